import type { OpenSshEnvironment } from "./read-route";

/** Where Windows' own OpenSSH keeps its agent. */
const WINDOWS_AGENT = "\\\\.\\pipe\\openssh-ssh-agent";

/**
 * This user's side of ssh, from the variables of the process and the home folder (`os.homedir()`).
 * A pure function: the wiring reads the process, the ssh room never does.
 */
export function userSshEnvironment(
  variables: Readonly<Record<string, string | undefined>>, home: string, platform: string = process.platform,
): OpenSshEnvironment {
  const socket = variables["SSH_AUTH_SOCK"];
  return { home, variables, agentSocket: socket !== undefined && socket !== "" ? socket : platform === "win32" ? WINDOWS_AGENT : null };
}
