import { homedir, userInfo } from "node:os";
import { join } from "node:path";
import type { Target } from "../../../model/target";
import { readConfigFile } from "./config-file";
import { resolveHostSettings, SYSTEM_PATHS } from "./host-settings";
import type { HostSettings } from "./host-settings";
import { resolveRoute } from "./route";

/** This machine's side of ssh. Passed in by hand: nothing in here reads environment variables. */
export interface OpenSshEnvironment {
  /** The user's home folder, absolute. */
  readonly home: string;
  /** `SSH_AUTH_SOCK`, or null. */
  readonly agentSocket: string | null;
  /** The local user's name; by default the system's. */
  readonly user?: string;
  /** What `${NAME}` in the configuration's paths stands for; by default `HOME` and `USER` alone. */
  readonly variables?: Readonly<Record<string, string | undefined>>;
  /** By default `~/.ssh/config`; null for none. */
  readonly configFile?: string | null;
  /** By default `/etc/ssh/ssh_config`; null for none. */
  readonly systemConfigFile?: string | null;
  /** The user's known_hosts files, whatever the configuration says. New keys go to the first. */
  readonly knownHostsFiles?: readonly string[];
}

/** Reads the configuration: the hosts to pass through, and the target last. */
export async function readRoute(target: Target & { readonly kind: "ssh" }, environment: OpenSshEnvironment): Promise<HostSettings[]> {
  const home = environment.home === "" ? homedir() : environment.home;
  const userFile = environment.configFile === undefined ? join(home, ".ssh", "config") : environment.configFile;
  const systemFile = environment.systemConfigFile === undefined ? "/etc/ssh/ssh_config" : environment.systemConfigFile;
  const directives = [
    ...(userFile === null ? [] : await readConfigFile(userFile, home, join(home, ".ssh"))),
    ...(systemFile === null ? [] : await readConfigFile(systemFile, home, "/etc/ssh")),
  ];
  const known = { home, user: environment.user ?? userInfo().username, agentSocket: environment.agentSocket, variables: environment.variables ?? {} };
  return resolveRoute({ user: target.user, host: target.host, port: target.port }, (host) => {
    const settings = resolveHostSettings(directives, host, known, SYSTEM_PATHS);
    return environment.knownHostsFiles === undefined ? settings : { ...settings, userKnownHostsFiles: environment.knownHostsFiles, globalKnownHostsFiles: [] };
  });
}
