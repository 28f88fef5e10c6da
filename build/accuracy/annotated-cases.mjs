// The annotated cases of our own, laid out in a folder as each peer wants them, and what a tool makes of them.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { ROOT } from "../set-up.mjs";

const EXTENSIONS = { csharp: "cs", go: "go", java: "java", javascript: "ts", kotlin: "kt", php: "php", python: "py", rust: "rs", ruby: "rb" };

/** Rules that speak of what a peer is for. */
export const GROUND = {
  bodyclose: /^go\/http-response-body$/u,
  sqlclosecheck: /^go\/(?:sql-rows|sql-statement)$/u,
  noctx: /^go\/http-no-timeout$/u,
  ruff: /^python\/(?:blocking-(?:http|sleep|subprocess|process-start|file|file-status|input)|file)$/u,
  pylint: /^python\/(?:file|urllib-response)$/u,
  "flake8-async": /^python\/blocking-(?:http|sleep|subprocess|process-start|file|file-status|input)$/u,
  "PMD CloseResource": /^java\/(?!blocking|.*(?:timeout|churn|wait|sleep|lock)).*$/u,
  SpotBugs: /^java\/(?:jdbc-(?:connection|statement|result)|file|stream|io).*$/u,
  "eslint-plugin-n no-sync": /^javascript\/sync-/u,
  semgrep: /^(?:go\/(?:http-response-body|sql-rows|sql-transaction)|python\/(?:file|db-connection|blocking-(?:http|sleep|subprocess))|java\/jdbc-(?:connection|statement))$/u,
};

/** `[{ file, text, language }]`: whole files of test/corpus and the examples of the rules. */
export function annotatedFiles(rules) {
  const found = [];
  for (const kind of ["leaks", "blocking", "rules"]) {
    const folder = join(ROOT, "test/corpus", kind);
    for (const name of readdirSync(folder, { recursive: true, encoding: "utf8" }).sort()) {
      const language = Object.keys(EXTENSIONS).find((one) => name.endsWith(`.${EXTENSIONS[one]}`));
      if (language !== undefined) found.push({ file: `${kind}/${name.replaceAll("\\", "/")}`, text: readFileSync(join(folder, name), "utf8"), language });
    }
  }
  for (const file of rules) {
    file.examples.forEach(({ code }, index) => {
      const library = file.library.toLowerCase().replaceAll(/\W+/gu, "_");
      // Several files may speak of one library.
      const folder = `${file.language}_${library}_${index}`;
      const before = found.filter((one) => one.file.startsWith(`examples/${folder}`) && /^(?:_\d+)?\/example\./u.test(one.file.slice(`examples/${folder}`.length))).length;
      found.push({ file: `examples/${folder}${before === 0 ? "" : `_${before + 1}`}/example.${EXTENSIONS[file.language]}`, text: code, language: file.language });
    });
  }
  return found;
}

/** What was said holds for these texts. */
export const hashOf = (files) => createHash("sha256").update(files.map(({ file, text }) => `${file}\n${text}`).join("\n")).digest("hex").slice(0, 8);

/** Writes the cases of a language; Go's as a module of its own, each example a package, without those that import more than Go's own library. */
export function layOut(files, language, folder) {
  const own = files.filter((one) => one.language === language && (language !== "go" || !/^\s*(?:[\w.]+\s+){0,2}"[\w-]+\.[\w.-]+\//mu.test(one.text))).map((one) => (language === "go" ? { ...one, file: inItsPackage(one) } : one));
  for (const { file, text } of own) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), text);
  }
  if (language !== "go") return own;
  writeFileSync(join(folder, "go.mod"), "module example.test/cases\n\ngo 1.22\n");
  // A package with an error of types is not looked at by any of the peers.
  const built = spawnSync("go", ["build", "./..."], { cwd: folder, encoding: "utf8", timeout: 300_000 });
  const broken = [...built.stderr.matchAll(/^# example\.test\/cases\/(\S+)/gmu)].map(([, path]) => `${path}/`);
  for (const path of broken) rmSync(join(folder, path), { recursive: true, force: true });
  return own.filter(({ file }) => !broken.some((path) => file.startsWith(path)));
}

/** The corpus has files of several packages in one folder. */
function inItsPackage({ file, text }) {
  if (file.startsWith("examples/")) return file;
  const name = /^package\s+(\w+)/mu.exec(text)?.[1] ?? "main";
  return file.replace(/\/go\//u, `/go_${name}/`);
}

/** Of Java's cases those that Java's own library suffices for, compiled; gives the files that did compile. */
export function compileJava(files, folder, classes) {
  const done = [];
  mkdirSync(classes, { recursive: true });
  for (const { file } of files) {
    const result = spawnSync("javac", ["-nowarn", "-g", "-d", classes, join(folder, file)], { encoding: "utf8", timeout: 60_000 });
    if (result.status === 0) done.push(file);
  }
  return done;
}

/**
 * `{ culprits, found, innocents, flagged }`: of the calls annotated for rules that match. A culprit is found by any finding on its line
 * (or on the declaration that begins there); `exact`: of the annotated rule itself, as Leakline is held to.
 */
export function score(files, expectationsIn, findings, ground, { exact = false } = {}) {
  const at = new Set(findings.map(({ file, line, rule }) => `${file}:${line}${exact ? ` ${rule}` : ""}`));
  const result = { culprits: 0, found: 0, innocents: 0, flagged: 0, missed: [], alarms: [] };
  for (const { file, text } of files) {
    for (const { line, rule, says } of expectationsIn(text)) {
      if (!ground.test(rule)) continue;
      const hit = at.has(`${file}:${line}${exact ? ` ${rule}` : ""}`);
      if (says === "ruleid" || says === "todoruleid") {
        result.culprits += 1;
        if (hit) result.found += 1;
        else result.missed.push(`${file}:${line} ${rule}`);
      } else {
        result.innocents += 1;
        if (hit) {
          result.flagged += 1;
          result.alarms.push(`${file}:${line} ${rule}`);
        }
      }
    }
  }
  return result;
}
