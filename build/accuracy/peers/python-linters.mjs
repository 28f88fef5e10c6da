// ruff and flake8-async, from PyPI, in an environment of their own in the cache.
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join, relative } from "node:path";
import { must, readPlainLines, run } from "./tool-runs.mjs";

function environment(cache) {
  const folder = join(cache, "py");
  if (!existsSync(join(folder, "bin/pip"))) must(run("python3", ["-m", "venv", folder]), "venv");
  return folder;
}

/** Installs a package of PyPI once; gives its version. */
export function pip(cache, name) {
  const folder = environment(cache);
  const show = () => run(join(folder, "bin/pip"), ["show", name]);
  if (show().status !== 0) must(run(join(folder, "bin/pip"), ["install", "-q", name]), `pip install ${name}`);
  return /^Version: (\S+)/mu.exec(show().stdout)[1];
}

export const ruff = {
  name: "ruff", language: "python",
  install: (cache) => pip(cache, "ruff"),
  run(folder, cache) {
    const result = run(join(cache, "py/bin/ruff"), ["check", "--isolated", "--no-cache", "--preview", "--select", "ASYNC2,SIM115", "--output-format", "json", "--exit-zero", "."], { cwd: folder });
    return JSON.parse(must(result, "ruff")).filter(({ code }) => code !== null && code !== "invalid-syntax").map(({ filename, location, code }) => ({ file: relative(folder, filename), line: location.row, rule: code }));
  },
};

/** Slow on whole packages (it infers types through all that is imported), so it is asked about cases only. */
export const pylint = {
  name: "pylint", language: "python", casesOnly: true,
  install: (cache) => pip(cache, "pylint"),
  run(folder, cache) {
    const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".py")).sort();
    const result = run(join(cache, "py/bin/pylint"), ["--disable=all", "--enable=consider-using-with", "--score=n", "--msg-template={path}:{line}:{column}: {symbol}", ...files], { cwd: folder });
    if (result.stdout === "" && result.status !== 0) must(result, "pylint");
    return readPlainLines(result.stdout, folder, (said) => said).filter(({ rule }) => rule === "consider-using-with");
  },
};

/** Files with a coroutine in them: the rules asked for (ASYNC2xx) speak of nothing else, and this tool is slow. */
export function filesWithCoroutines(folder) {
  return readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".py") && /\basync\s+def\b/u.test(readFileSync(join(folder, name), "utf8"))).sort();
}

/** So many files a run, so that no command line is too long. */
const BATCH = 400;

export const flake8Async = {
  name: "flake8-async", language: "python",
  install: (cache) => (pip(cache, "flake8"), pip(cache, "flake8-async")),
  run(folder, cache) {
    const files = filesWithCoroutines(folder);
    const found = [];
    for (let at = 0; at < files.length; at += BATCH) {
      const result = run(join(cache, "py/bin/flake8"), ["--isolated", "--select", "ASYNC2", "--disable-noqa", "--exit-zero", ...files.slice(at, at + BATCH)], { cwd: folder });
      found.push(...readPlainLines(must(result, "flake8"), folder, (text) => /^(ASYNC\d+)/u.exec(text)?.[1] ?? "other").filter(({ rule }) => rule !== "other"));
    }
    return found;
  },
};
