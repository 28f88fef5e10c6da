import { randomUUID } from "node:crypto";
import type { MissingFact } from "../../../model/snapshot";
import type { Host, RunRequest, RunResult } from "../reach";

/** The head line of /proc/net/tcp (Documentation/networking/proc_net_tcp.rst). */
const HEAD = /^\s*sl\s+local_address/;

/**
 * A look without a shell: a program prints the kernel's socket tables, and they go on as the probe's answer would, with nothing in it but them.
 * Null when the program printed no table (it is not there).
 */
export async function printTables(host: Host, argv: readonly string[], request: RunRequest): Promise<RunResult | null> {
  const nonce = randomUUID();
  let held: string | null = "";
  const result = await host.command({
    argv,
    input: "",
    signal: request.signal,
    timeLimitMs: request.timeLimitMs,
    maxBytes: request.maxBytes,
    onOutput: (text) => {
      if (held === null) {
        request.onOutput(text);
        return;
      }
      held += text;
      if (!HEAD.test(held)) return;
      request.onOutput(`leakline.probe/1 ${nonce}\n@${nonce} system Linux\n@${nonce} sockets proc ${argv.join(" ").replace(/\s+/g, " ")}\n${held}`);
      held = null;
    },
  });
  if (held !== null) return null;
  // A table of IPv6 that is not there makes `cat` fail after it has printed the other.
  request.onOutput(`\n@${nonce} status proc 0\n@${nonce} end\n`);
  return { ...result, missing: [NO_SHELL] };
}

const NO_SHELL: MissingFact = {
  what: "processes, idle times and all but the socket table",
  why: "the container has no shell, and its network namespace could not be entered from its host",
  remedy: "look from the host it runs on, as root",
};
