// How the tools of others are run, and how what most of them write is read.
import { spawnSync } from "node:child_process";
import { relative } from "node:path";

/** So long a tool may take over a package. */
export const limitSeconds = () => Number(process.env.LEAKLINE_ACCURACY_TOOL_SECONDS ?? 600);

/** Runs a tool; throws when it cannot be started or is not done in time. */
export function run(command, args, options = {}) {
  const limit = limitSeconds();
  const result = spawnSync(command, args, { encoding: "utf8", maxBuffer: 1 << 29, timeout: limit * 1_000, ...options });
  if (result.error !== undefined) throw new Error(`${command}: ${result.error.code === "ETIMEDOUT" ? `not done after ${limit} s` : result.error.message}`);
  return result;
}

/** What a tool wrote; throws its last words when it failed. */
export function must(result, what) {
  if (result.status !== 0) throw new Error(`${what}: ${(result.stderr || result.stdout).trim().split("\n").slice(-2).join(" / ")}`);
  return result.stdout;
}

/** `file:line:column: text`, as compilers write; paths made relative to the folder. */
export function readPlainLines(text, folder, rule) {
  const found = [];
  for (const line of text.split("\n")) {
    const match = /^(?:vet: )?(.+?\.\w+):(\d+)(?::\d+)?:\s*(.+)$/u.exec(line.trim());
    if (match === null) continue;
    const file = match[1].startsWith("/") ? relative(folder, match[1]) : match[1].replace(/^\.\//u, "");
    found.push({ file, line: Number(match[2]), rule: typeof rule === "function" ? rule(match[3]) : rule });
  }
  return found;
}
