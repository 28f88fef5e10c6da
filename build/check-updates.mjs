/**
 * Checks on a real tree that an analysis that goes on after each change says the same as one that begins anew: edits files of a copy at
 * random (lines away, twice, broken; functions renamed; releases taken away; imports taken away; files made, removed, put back), updates,
 * and compares with a cold run. Prints each difference, and ends with status 1 when there was any. The folder itself is only read.
 *
 *     node build/check-updates.mjs FOLDER [EDITS] [SEED]
 */
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, extname, join, resolve } from "node:path";
import { build } from "esbuild";
import { createRequire } from "node:module";

const [given, edits = "30", seedText = "1"] = process.argv.slice(2);
if (given === undefined || !existsSync(given) || !(Number(edits) > 0)) {
  process.stderr.write("usage: node build/check-updates.mjs FOLDER [EDITS] [SEED]\n");
  process.exit(2);
}

const LEFT_OUT = new Set(["node_modules", "vendor", "testdata", ".git"]);
const CODE = new Set([".go", ".py", ".java", ".js", ".ts", ".tsx", ".cs", ".php", ".rb", ".kt", ".rs"]);
const FUNCTION_NAME = /\b(func (?:\([^)]*\) )?|def |function |fn |fun )(\w+)/;
const RELEASE = /\b(Close|close|Rollback|rollback|Dispose|release)\b/;
const IMPORT = /^\s*(import|from|use|require|using)\b|^\t"/;

/** Whole numbers below `n`, the same for the same seed (a linear congruential generator; the low bits are the weakest). */
let state = Number(seedText);
const below = (n) => {
  state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
  return (state >>> 8) % n;
};
const oneOf = (list) => list[below(list.length)];

/** Each changes the lines of a file in place. */
const CHANGES = {
  "empty line": (lines, at) => void lines.splice(at, 0, ""),
  "line away": (lines, at) => void lines.splice(at, 1),
  "line twice": (lines, at) => void lines.splice(at, 0, lines[at]),
  "broken": (lines, at) => void lines.splice(at, 0, "((( {"),
  "release away": (lines, at) => replaceFrom(lines, at, RELEASE, "Foo"),
  "renamed": (lines, at) => replaceFrom(lines, at, FUNCTION_NAME, "$1$2Zz"),
  "import away": (lines) => {
    const found = lines.findIndex((line) => IMPORT.test(line));
    if (found >= 0) lines.splice(found, 1);
  },
};

function replaceFrom(lines, at, pattern, by) {
  const found = lines.findIndex((line, index) => index >= at && pattern.test(line));
  if (found >= 0) lines[found] = lines[found].replace(pattern, by);
}

const scratch = mkdtempSync(join(tmpdir(), "leakline-updates-"));
const tidy = () => rmSync(scratch, { recursive: true, force: true });
for (const signal of ["SIGINT", "SIGTERM"]) {
  process.once(signal, () => {
    tidy();
    process.exit(130);
  });
}
try {
  process.exitCode = await check();
} finally {
  tidy();
}

async function check() {
  const root = join(scratch, "tree");
  cpSync(resolve(given), root, { recursive: true, filter: (path) => !LEFT_OUT.has(basename(path)) });
  const { AnalysisSession, lowerer, LANGUAGES, rules } = await room();
  const session = () => new AnalysisSession({ engine: "wasm", lowerer, languages: LANGUAGES, rules, cacheDirectory: null, version: "check" });
  const options = { only: [], onProgress: () => undefined };
  const cold = () => session().analyze(root, options);

  const files = readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile() && CODE.has(extname(entry.name))).map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1)).sort();
  if (files.length === 0) throw new Error(`no source file in ${given}`);
  const kept = session();
  const first = await kept.analyze(root, options);
  const found = [...new Set(first.findings.map(({ file }) => file))];
  process.stdout.write(`${files.length} files, ${first.findings.length} findings\n`);

  /** What the edited files were; null: there was none. */
  const before = new Map();
  const kinds = [...Object.keys(CHANGES), "file away", "file more", "put back"];
  let differing = 0;
  const times = [];
  for (let edit = 0; edit < Number(edits); edit++) {
    const kind = oneOf(kinds);
    let file = found.length > 0 && below(2) === 0 ? oneOf(found) : oneOf(files);
    if (kind === "put back" && before.size > 0) {
      file = oneOf([...before.keys()]);
      if (before.get(file) === null) rmSync(join(root, file), { force: true });
      else writeFileSync(join(root, file), before.get(file));
    } else if (!existsSync(join(root, file)) || kind === "put back") continue;
    else {
      const text = readFileSync(join(root, file), "utf8");
      if (kind === "file more") {
        file = file.replace(/(\.[a-z]+)$/, `_more${edit}$1`);
        before.set(file, null);
        writeFileSync(join(root, file), text);
      } else {
        if (!before.has(file)) before.set(file, text);
        const lines = text.split("\n");
        if (kind === "file away") rmSync(join(root, file));
        else {
          CHANGES[kind](lines, below(lines.length));
          writeFileSync(join(root, file), lines.join("\n"));
        }
      }
    }
    const started = performance.now();
    const updated = await kept.update(root, [file], options);
    times.push(performance.now() - started);
    const anew = await cold();
    if (said(updated) === said(anew)) continue;
    differing++;
    const [went, came] = [difference(updated.findings, anew.findings), difference(anew.findings, updated.findings)];
    process.stdout.write(`edit ${edit}, ${kind}: ${file}\n${went.map((one) => `  only after the update: ${one}\n`).join("")}${came.map((one) => `  only from the start: ${one}\n`).join("")}${went.length + came.length === 0 ? "  the same findings, other statistics\n" : ""}`);
  }
  times.sort((a, b) => a - b);
  process.stdout.write(`${times.length} edits, ${differing} with a difference; an update took ${Math.round(times[times.length >> 1] ?? 0)} ms at the median\n`);
  return differing > 0 ? 1 : 0;
}

/** All that must be the same. */
function said({ findings, stats: { files, bytes, opaque, givenUp } }) {
  return JSON.stringify([findings, files, bytes, Object.entries(opaque).sort(), givenUp]);
}

function difference(some, others) {
  const known = new Set(others.map((one) => JSON.stringify(one)));
  return some.map((one) => JSON.stringify(one)).filter((one) => !known.has(one)).slice(0, 5);
}

/** The analysis itself, without threads: bundled from the source. */
async function room() {
  const repository = resolve(import.meta.dirname, "..");
  const outfile = join(scratch, "session.cjs");
  const source = (path) => JSON.stringify(join(repository, "src/locate", path));
  const require = createRequire(join(repository, "package.json"));
  await build({
    stdin: {
      contents: `
        export { AnalysisSession } from ${source("analysis-session")};
        export { LANGUAGES } from ${source("languages/registry")};
        export { loadBuiltInRules } from ${source("rules/built-in")};
        export { ruledNames } from ${source("prefilter")};
        export { FileLowerer } from ${source("parsing/lowerer")};
        export { createWasmEngine } from ${source("parsing/wasm-engine")};
        export { wasmFromNodeModules } from ${source("parsing/wasm-from-node-modules")};
      `,
      resolveDir: repository,
      loader: "ts",
    },
    outfile, bundle: true, platform: "node", format: "cjs", target: "node20", logLevel: "error",
    loader: { ".scm": "text", ".yaml": "text" }, alias: { "web-tree-sitter": require.resolve("web-tree-sitter") }, external: ["tree-sitter", "tree-sitter-*"],
  });
  const { AnalysisSession, LANGUAGES, loadBuiltInRules, ruledNames, FileLowerer, createWasmEngine, wasmFromNodeModules } = createRequire(import.meta.url)(outfile);
  const rules = loadBuiltInRules();
  const engine = await createWasmEngine(wasmFromNodeModules(repository), []);
  const one = new FileLowerer(engine, LANGUAGES, new Map(LANGUAGES.map(({ id }) => [id, ruledNames(rules, id)])));
  // Most files are the same in each of the cold runs: each text is lowered once.
  const lowered = new Map();
  const lower = async (task) => {
    const path = join(task.root, task.file);
    const key = existsSync(path) ? `${task.file} ${task.module} ${createHash("sha256").update(readFileSync(path)).digest("hex")}` : null;
    const outcome = lowered.get(key) ?? (await one.lower(task, 60_000));
    if (key !== null) lowered.set(key, outcome);
    return outcome;
  };
  const lowerer = { width: 1, lower, dispose: async () => undefined };
  return { AnalysisSession, LANGUAGES, rules, lowerer };
}
