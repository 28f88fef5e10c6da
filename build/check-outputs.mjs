/**
 * Checks on real trees what the command writes: that the SARIF validates and each of its regions is there in the file; that nothing is new
 * beside a baseline of now; that `--fix`, in a copy, takes away the findings that it says and brings none, and that the language's own tools
 * still read what it wrote. Prints each thing that does not hold, and ends with status 1 when there was any. The folders are only read.
 *
 *     node build/compile.mjs && node build/check-outputs.mjs FOLDER...
 */
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";
import ajvDraft04 from "ajv-draft-04";
import { ROOT } from "./set-up.mjs";

const folders = process.argv.slice(2).map((folder) => resolve(folder));
if (folders.length === 0 || folders.some((folder) => !existsSync(folder))) {
  process.stderr.write("usage: node build/check-outputs.mjs FOLDER...\n");
  process.exit(2);
}

const schema = JSON.parse(readFileSync(createRequire(import.meta.url).resolve("@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json"), "utf8"));
const ajv = new (ajvDraft04.default ?? ajvDraft04)({ strict: false, unicodeRegExp: false, validateFormats: false });
const isSarif = ajv.compile(schema);

/** Programs that read a file and say whether it is one of the language, where this machine has them. */
const READERS = {
  ".go": (file) => ["gofmt", ["-e", "-l", file]],
  ".py": (file) => ["python3", ["-c", "import ast,sys; ast.parse(open(sys.argv[1],'rb').read())", file]],
  ".js": (file) => ["node", ["--check", file]],
  ".rb": (file) => ["ruby", ["-c", file]],
  ".php": (file) => ["php", ["-l", file]],
};

const scratch = mkdtempSync(join(tmpdir(), "leakline-outputs-"));
let wrong = 0;
const complain = (folder, text) => {
  wrong++;
  console.log(`${basename(folder)}: ${text}`);
};

function leakline(...args) {
  const run = spawnSync(process.execPath, [join(ROOT, "dist/leakline.js"), ...args], { encoding: "utf8", maxBuffer: 1 << 29, env: { ...process.env, XDG_CACHE_HOME: join(scratch, "cache") } });
  if (run.status !== 0 && run.status !== 1) throw new Error(`leakline ${args.join(" ")} ended with ${run.status}: ${run.stderr.slice(-500)}`);
  return run;
}

/** Rule, file and function of each finding with how often it is there. */
function counted(findings) {
  const counts = new Map();
  for (const { rule, file, symbol } of findings) counts.set(`${rule} ${file} ${symbol}`, (counts.get(`${rule} ${file} ${symbol}`) ?? 0) + 1);
  return counts;
}

function checkSarif(folder, text) {
  const document = JSON.parse(text);
  if (!isSarif(document)) for (const error of isSarif.errors.slice(0, 5)) complain(folder, `SARIF: ${error.instancePath} ${error.message}`);
  const texts = new Map();
  let regions = 0;
  const check = ({ artifactLocation, region }) => {
    const file = artifactLocation.uri.split("/").map(decodeURIComponent).join("/");
    if (!texts.has(file)) texts.set(file, existsSync(join(folder, file)) ? readFileSync(join(folder, file), "utf8").replace(/^\ufeff/, "").split(/\r\n|\n|\r/) : null);
    const lines = texts.get(file);
    if (lines === null) return complain(folder, `SARIF: no file ${file}`);
    if (region === undefined) return undefined;
    regions++;
    const { startLine, startColumn, endLine = startLine, endColumn = startColumn } = region;
    const isThere = (line, column) => line >= 1 && line <= lines.length && column >= 1 && column <= lines[line - 1].length + 1;
    if (!isThere(startLine, startColumn) || !isThere(endLine, endColumn) || endLine < startLine || (endLine === startLine && endColumn < startColumn)) complain(folder, `SARIF: no such place ${file} ${JSON.stringify(region)}`);
    return undefined;
  };
  for (const run of document.runs) {
    for (const result of run.results) {
      result.locations.forEach(({ physicalLocation }) => check(physicalLocation));
      if (result.codeFlows.length !== 1 || result.codeFlows[0].threadFlows[0].locations.length === 0) complain(folder, `SARIF: a result without a flow: ${result.message.text}`);
      for (const { location } of result.codeFlows.flatMap(({ threadFlows }) => threadFlows).flatMap(({ locations }) => locations)) check(location.physicalLocation);
    }
  }
  return { results: document.runs[0].results.length, regions };
}

try {
  for (const folder of folders) {
    const sarif = checkSarif(folder, leakline("analyze", folder, "--format", "sarif").stdout);
    const before = JSON.parse(leakline("analyze", folder, "--format", "json").stdout).findings;
    const baseline = join(scratch, "baseline.json");
    leakline("analyze", folder, "--write-baseline", baseline);
    const beside = leakline("analyze", folder, "--baseline", baseline, "--format", "json");
    if (beside.status !== 0 || JSON.parse(beside.stdout).findings.length > 0) complain(folder, "something is new beside a baseline of now");
    const annotations = leakline("analyze", folder, "--format", "github").stdout.split("\n").filter((line) => line !== "");
    if (annotations.length !== before.length || annotations.some((line) => !/^::(error|warning|notice) [^\r]*::[^\r]*$/.test(line))) complain(folder, "annotations are not one line for each finding");

    const copy = join(scratch, "copy");
    cpSync(folder, copy, { recursive: true });
    const started = Date.now();
    const { stderr } = leakline("analyze", copy, "--fix", "--format", "json");
    const ms = Date.now() - started;
    const [, mended = "0", files = "0"] = /mended (\d+) of \d+ findings in (\d+) files/.exec(stderr) ?? [];
    const fixed = [...stderr.matchAll(/^\s*(?:leakline: )?\s\s(\S.*):(\d+) {2}(\S+)$/gm)].map(([, file, line, rule]) => before.find((one) => one.file === file && one.range.start.line === Number(line) && one.rule === rule));
    if (fixed.length !== Number(mended) || fixed.includes(undefined)) complain(folder, `of ${mended} fixes ${fixed.filter((one) => one !== undefined).length} are told of findings`);
    const expected = counted(before);
    for (const [key, count] of counted(fixed.filter((one) => one !== undefined))) expected.set(key, (expected.get(key) ?? 0) - count);
    for (const [key, count] of counted(JSON.parse(leakline("analyze", copy, "--format", "json").stdout).findings)) {
      if (count > (expected.get(key) ?? 0)) complain(folder, `after the fixes there is ${count} times, and not ${expected.get(key) ?? 0}: ${key}`);
    }
    for (const file of new Set(fixed.flatMap((one) => (one === undefined ? [] : [one.file])))) {
      const extension = /\.[^.]+$/.exec(file)?.[0] ?? "";
      const [program, args] = READERS[extension]?.(join(copy, file)) ?? [];
      if (program === undefined) continue;
      const read = spawnSync(program, args, { encoding: "utf8" });
      const readBefore = spawnSync(program, READERS[extension](join(folder, file))[1], { encoding: "utf8" });
      if (read.error === undefined && read.status !== 0 && readBefore.status === 0) complain(folder, `${file} is no ${extension} any more: ${read.stderr.slice(0, 300)}`);
    }
    console.log(`${basename(folder)}: ${sarif.results} results, ${sarif.regions} regions; mended ${mended} in ${files} files (${(ms / 1000).toFixed(1)} s)`);
    rmSync(copy, { recursive: true, force: true });
  }
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
console.log(wrong === 0 ? "all holds" : `${wrong} things do not hold`);
process.exit(wrong === 0 ? 0 : 1);
