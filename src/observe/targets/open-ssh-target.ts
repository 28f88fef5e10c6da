import { Failure } from "../../model/failure";
import type { Target } from "../../model/target";
import type { Host } from "./reach";
import { reasonsBeyondBuiltin } from "./ssh/beyond-builtin";
import { openSsh } from "./ssh/open-ssh";
import type { OpenSshOptions } from "./ssh/open-ssh";
import { readRoute } from "./ssh/read-route";
import { hasSystemSsh, openSystemSsh } from "./system-ssh/open-system-ssh";

/** `auto`: the built-in client, unless something is asked for that only OpenSSH itself can do. Then it says so. */
export type SshClient = "auto" | "builtin" | "system";

/** Opens a host by the client that is wished for. Rejects as `openSsh` and `openSystemSsh` do. */
export async function openSshTarget(target: Target & { readonly kind: "ssh" }, client: SshClient, options: OpenSshOptions): Promise<Host> {
  if (client === "system") return openSystemSsh(target, options);
  if (client === "builtin") return openSsh(target, options);
  const reasons = await reasonsBeyondBuiltin(await readRoute(target, options.environment), options.environment.variables ?? {});
  if (reasons.length > 0) {
    if (await hasSystemSsh(options.environment)) {
      options.onNotice?.(`${target.host} is reached with the system's ssh: ${reasons.slice(0, 3).join("; ")}.`);
      return openSystemSsh(target, options);
    }
    options.onNotice?.(`The system's ssh would be needed for ${target.host} (${reasons.slice(0, 3).join("; ")}), but there is none on the PATH: the built-in client does without.`);
  }
  try {
    return await openSsh(target, options);
  } catch (error) {
    // No algorithm in common, before anybody was asked anything: OpenSSH has more of them, and the user's configuration may allow others.
    if (!(error instanceof Failure) || error.reason !== "unsupported" || !(await hasSystemSsh(options.environment))) throw error;
    options.onNotice?.(`${target.host} is reached with the system's ssh: ${error.message}`);
    return openSystemSsh(target, options);
  }
}
