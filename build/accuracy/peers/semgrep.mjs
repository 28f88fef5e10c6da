// semgrep, with rules of the same kinds in its public syntax.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { run } from "./tool-runs.mjs";
import { pip } from "./python-linters.mjs";

const RULES = ["../semgrep-rules.yaml", "../semgrep-rules-more.yaml"].map((name) => new URL(name, import.meta.url).pathname);

export const semgrep = {
  name: "semgrep", language: "*",
  install: (cache) => pip(cache, "semgrep"),
  /** What it said holds for these rules. */
  asks: createHash("sha256").update(RULES.map((file) => readFileSync(file, "utf8")).join("")).digest("hex").slice(0, 8),
  run(folder, cache) {
    const result = run(join(cache, "py/bin/semgrep"), ["scan", "--metrics=off", "--disable-version-check", "--quiet", "--no-git-ignore", "--json", "--jobs", "2", ...RULES.flatMap((file) => ["--config", file]), "."], { cwd: folder, env: { ...process.env, SEMGREP_ENABLE_VERSION_CHECK: "0", PATH: `${join(cache, "py/bin")}:${process.env.PATH}` } });
    if (result.stdout === "") throw new Error(`semgrep: ${result.stderr.trim().split("\n").at(-1)}`);
    return JSON.parse(result.stdout).results.map(({ path, start, check_id }) => ({ file: path.replace(/^\.\//u, ""), line: start.line, rule: check_id.split(".").at(-1) }));
  },
};
