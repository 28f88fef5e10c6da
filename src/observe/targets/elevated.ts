import { Failure } from "../../model/failure";
import type { MissingFact } from "../../model/snapshot";
import type { Reach, RunRequest, RunResult } from "./reach";
import { ShellNotStarted } from "./shell-not-started";

/** By what rights the script runs: the account's own, or root's, where sudo or doas give them without a question. */
export type Elevation = "none" | "sudo" | "doas";

/**
 * The same host, looked at as root where it is allowed, and as before where it is not: then the result says so, with the line that would allow it.
 * No password is ever typed.
 *
 * @param runAsRoot runs a request through the tool; rejects with `ShellNotStarted` when that refuses.
 */
export function elevated(host: Reach, tool: "sudo" | "doas", runAsRoot: (request: RunRequest) => Promise<RunResult>): Reach {
  let refused: MissingFact | null = null;
  return {
    target: host.target,
    close: () => host.close(),
    async run(request) {
      // Another shell than the usual one has rights of its own.
      if (request.shell !== undefined) return host.run(request);
      if (refused === null) {
        try {
          return await runAsRoot(request);
        } catch (error) {
          if (!(error instanceof ShellNotStarted)) throw error;
          refused = refusal(tool, error.said, await accountName(host, request));
        }
      }
      const result = await host.run(request);
      return { ...result, missing: [...(result.missing ?? []), refused] };
    },
  };
}

/** Who we are there, for the line to write; null when it cannot be told. */
async function accountName(host: Reach, request: RunRequest): Promise<string | null> {
  let name = "";
  try {
    await host.run({ script: "id -un", onOutput: (text) => { name += text; }, signal: request.signal, timeLimitMs: request.timeLimitMs, maxBytes: 1000 });
  } catch (error) {
    if (error instanceof Failure && error.reason === "cancelled") throw error;
    return null;
  }
  return /^[A-Za-z_][A-Za-z0-9_.-]*\$?$/.test(name.trim()) ? name.trim() : null;
}

function refusal(tool: "sudo" | "doas", said: string, account: string | null): MissingFact {
  const user = account ?? "USER";
  const absent = /not found|unknown command|not recognized/i.test(said);
  const line = tool === "sudo" ? `\`${user} ALL=(root) NOPASSWD: /bin/sh -s\` in /etc/sudoers.d/leakline (write it with \`visudo -f\`)` : `\`permit nopass ${user} as root cmd /bin/sh args -s\` in /etc/doas.conf`;
  return {
    what: "the look as root",
    why: absent ? `${tool} is not there; the look was made with the account's own rights` : `${tool} refused (${said.slice(0, 200) || "without a word"}); the look was made with the account's own rights`,
    remedy: absent ? "look as root, or as the user who runs the service" : `let root's administrator put this line there: ${line}; it lets that account do anything as root`,
  };
}
