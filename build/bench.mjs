// `npm run bench`: speed and memory, side by side in one run with what a user would run instead. `--write` puts the table into README.md.
// `--quick` makes everything ten times smaller: to try the bench itself. `--only analyze,correlation` measures these parts alone, and with `--write`
// leaves the other rows of the table as they are. `--long` watches a whole hour and writes a whole day.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { ROOT, checkNode, ensureDebian, ensureNpm } from "./set-up.mjs";

checkNode();
ensureDebian(["observe", "engine", "labs", "workbench"]);
ensureNpm();
const quick = process.argv.includes("--quick");
const long = process.argv.includes("--long");
const only = process.argv.includes("--only") ? (process.argv[process.argv.indexOf("--only") + 1] ?? "").split(",") : null;
const { ensureNativeEngine } = await import("./native-engine.mjs");
// It takes minutes to build, and one part alone runs it.
if (only === null || only.includes("analyze")) await ensureNativeEngine();
const { inTurn, measure } = await import("./bench/measure.mjs");
const { FORMATS, writeCapture, writeFormat } = await import("./bench/captures.mjs");
const { LOG_KINDS, writeLog } = await import("./bench/logs.mjs");
const esbuild = await import("esbuild");

const rows = [];
const folder = mkdtempSync(join(tmpdir(), "leakline-bench-"));
const runs = quick ? 1 : 3;
const seconds = (ms) => (ms < 1_000 ? `${Math.round(ms)} ms` : `${(ms / 1_000).toFixed(2)} s`);
const megabytes = (bytes) => `${Math.round(bytes / 1e6)} MB`;
const add = (what, ours, other, goal, note = "") => {
  rows.push([what, ours, other, goal, note]);
  console.log([what, ours, other, goal, note].filter((text) => text !== "").join(" | "));
};
const must = (result, what, allowed = [0]) => {
  if (!allowed.includes(result.status)) throw new Error(`bench: ${what} ended with status ${result.status}`);
  return result;
};

async function readers() {
  const count = quick ? 100_000 : 1_000_000;
  await esbuild.build({ entryPoints: [join(ROOT, "src/observe/sockets/capture.ts")], bundle: true, platform: "node", format: "esm", outfile: join(ROOT, "dist/bench/capture.mjs"), logLevel: "error" });
  for (const [name, info, goal] of [["ss -tanpO", false, "6 s, 1 GB"], ["ss -tanpoieO", true, "20 s"]]) {
    const file = join(folder, `${info ? "info" : "plain"}.txt`);
    await writeCapture(file, count, { info });
    const [ours, awk] = await inTurn(runs, [
      async () => {
        const run = spawnSync(process.execPath, [join(ROOT, "build/bench/read-capture.mjs"), file], { encoding: "utf8", maxBuffer: 1 << 20 });
        if (run.status !== 0) throw new Error(`bench: the reader failed\n${run.stderr}`);
        const result = JSON.parse(run.stdout);
        if (result.sockets !== count) throw new Error(`bench: ${result.sockets} of ${count} rows were read`);
        return { ...result, wallMs: result.ms };
      },
      () => measure("awk", ["{++S[$1]} END {for (s in S) print s, S[s]}", file]),
    ]);
    add(`read ${count.toLocaleString("en")} rows of \`${name}\` (${megabytes(statSync(file).size)})`, `${seconds(ours.wallMs)}, ${Math.round(count / (ours.wallMs / 1_000)).toLocaleString("en")} rows/s, ${megabytes(ours.maxRssBytes)}`, `\`awk '{++S[$1]}'\`: ${seconds(awk.wallMs)}`, goal, `${(ours.wallMs / awk.wallMs).toFixed(1)} x awk, which counts states only`);
  }
}

/** Leak moments against a log: the kinds of line found, counted and tested. */
async function correlation() {
  const lines = quick ? 1_000_000 : 10_000_000;
  const moments = quick ? 1_000 : 10_000;
  await esbuild.build({ entryPoints: [join(ROOT, "src/explain/correlation/correlate.ts")], bundle: true, platform: "node", format: "esm", outfile: join(ROOT, "dist/bench/correlate.mjs"), logLevel: "error" });
  const run = spawnSync(process.execPath, [join(ROOT, "build/bench/correlate.mjs"), String(lines), String(moments)], { encoding: "utf8", maxBuffer: 1 << 20 });
  if (run.status !== 0) throw new Error(`bench: the correlation failed\n${run.stderr}`);
  const result = JSON.parse(run.stdout);
  if (!String(result.first).startsWith("refund of order")) throw new Error(`bench: ${result.first} goes with the leak`);
  add(`find the line that goes with ${moments.toLocaleString("en")} leak moments among ${lines.toLocaleString("en")} lines`, `${seconds(result.ms)}, ${Math.round(lines / (result.ms / 1_000)).toLocaleString("en")} lines/s, ${megabytes(result.maxRssBytes)}`, "-", "20 s, 1 GB", `of it ${seconds(result.telling)} to make the lines' text`);
}

/** Every other reader, on captures of one form each. */
async function otherReaders() {
  const count = quick ? 20_000 : 200_000;
  for (const format of Object.keys(FORMATS)) {
    const file = join(folder, "format.txt");
    await writeFormat(file, count, format);
    const run = spawnSync(process.execPath, [join(ROOT, "build/bench/read-capture.mjs"), file], { encoding: "utf8", maxBuffer: 1 << 20 });
    if (run.status !== 0) throw new Error(`bench: the reader of ${format} failed\n${run.stderr}`);
    const result = JSON.parse(run.stdout);
    if (result.sockets !== count || result.skipped > 0) throw new Error(`bench: ${result.sockets} of ${count} rows of ${format} were read`);
    add(`read ${count.toLocaleString("en")} rows of \`${format}\` (${megabytes(statSync(file).size)})`, `${seconds(result.ms)}, ${Math.round(count / (result.ms / 1_000)).toLocaleString("en")} rows/s, ${megabytes(result.maxRssBytes)}`, "", "");
    rmSync(file);
  }
}

/** Logs of each kind: read, gone through once more, and searched for the messages that the field knows. */
async function logs() {
  const count = quick ? 100_000 : 1_000_000;
  await esbuild.build({
    stdin: { contents: 'export { createLogReader } from "./src/observe/logs/log-reader"; export { Zone } from "./src/observe/logs/zone"; export { findSignatures } from "./src/explain/log-signatures/find-signatures";', resolveDir: ROOT, loader: "ts" },
    bundle: true, platform: "node", format: "esm", outfile: join(ROOT, "dist/bench/logs.mjs"), logLevel: "error",
  });
  const perSecond = (ms) => `${Math.round(count / (ms / 1_000)).toLocaleString("en")} lines/s`;
  for (const kind of Object.keys(LOG_KINDS)) {
    const file = join(folder, "made.log");
    await writeLog(file, count, kind);
    const [ours, grep] = await inTurn(runs, [
      async () => {
        const run = spawnSync(process.execPath, [join(ROOT, "build/bench/read-log.mjs"), file], { encoding: "utf8", maxBuffer: 1 << 20 });
        if (run.status !== 0) throw new Error(`bench: the reader of logs failed\n${run.stderr}`);
        const result = JSON.parse(run.stdout);
        if (result.records !== count || !result.timed) throw new Error(`bench: ${result.records} of ${count} records of ${kind} were read`);
        return { ...result, wallMs: result.ms };
      },
      () => measure("grep", ["-c", "-E", "ERROR|error| 504 ", file]),
    ]);
    add(`read ${count.toLocaleString("en")} lines of ${kind} (${megabytes(statSync(file).size)})`, `${seconds(ours.wallMs)}, ${perSecond(ours.wallMs)}, ${megabytes(ours.maxRssBytes)}`, `\`grep -cE\`: ${seconds(grep.wallMs)}`, "300,000 lines/s", `known messages: ${perSecond(ours.signaturesMs)}`);
    rmSync(file);
  }
}

/** Lines led back to the statements that wrote them, on one core. */
async function statements() {
  await esbuild.build({
    stdin: { contents: 'export { Locator } from "./src/locate/locator"; export { StatementMatcher } from "./src/locate/statements/matcher";', resolveDir: ROOT, loader: "ts" },
    bundle: true, platform: "node", format: "esm", outfile: join(ROOT, "dist/bench/statements.mjs"), logLevel: "error",
  });
  const [ours] = await inTurn(runs, [async () => {
    const run = spawnSync(process.execPath, [join(ROOT, "build/bench/match-statements.mjs"), join(folder, "statements"), quick ? "400" : "4000", quick ? "100000" : "1000000"], { encoding: "utf8", maxBuffer: 1 << 20 });
    if (run.status !== 0) throw new Error(`bench: the statements failed\n${run.stderr}`);
    const result = JSON.parse(run.stdout);
    if (result.found < result.lines) throw new Error(`bench: ${result.found} of ${result.lines} lines were led to a statement`);
    return { ...result, wallMs: result.ms };
  }]);
  add(`lead ${ours.lines.toLocaleString("en")} lines to the statements that wrote them (${ours.statements.toLocaleString("en")} statements in four languages)`, `${seconds(ours.ms)}, ${Math.round(ours.lines / (ours.ms / 1_000)).toLocaleString("en")} lines/s, ${megabytes(ours.maxRssBytes)}`, "", "200,000 lines/s", "one core; the lines stand in memory");
}

async function scan() {
  const program = join(ROOT, "dist/leakline.js");
  const [ours, node, ss] = await inTurn(quick ? 1 : 5, [
    () => measure(process.execPath, [program, "scan", "--json"]),
    () => measure(process.execPath, [program, "--version"]),
    () => measure("ss", ["-tanpoie"]),
  ]);
  must(ours, "leakline scan", [0, 1]);
  add("scan this machine (`leakline scan --json`)", seconds(ours.wallMs), `\`ss -tanpoie\`: ${seconds(ss.wallMs)}`, "ss + 0.5 s", `${seconds(node.wallMs)} of it is Node's start`);
}

async function crowd() {
  const { measureAnswer, measureCrowd } = await import("./bench/crowded.mjs");
  const connections = quick ? 5_000 : 50_000;
  const { counted, whole, ss, lsof } = await measureCrowd(folder, connections);
  const size = (bytes) => (bytes < 1e6 ? `${Math.round(bytes / 1e3)} kB` : megabytes(bytes));
  const cost = ({ wallMs, cost: { targetCpuMs, bytes, rawBytes } }) => `${seconds(wallMs)}, ${seconds(targetCpuMs)} of its CPU, ${size(bytes)} sent (${size(rawBytes)} before compression)`;
  const beside = (name, one) => `\`${name}\`: ${one === null ? "not done after 60 s" : `${seconds(one.wallMs)}, ${seconds(one.cpuMs)} CPU, ${size(one.bytes)}`}`;
  const others = `${beside("ss -tanpoie", ss)}; ${beside("lsof -i -nP", lsof)}`;
  add(`look at a machine with ${(2 * connections).toLocaleString("en")} sockets, as over ssh`, cost(counted), others, "CPU of ss", `${counted.listed.toLocaleString("en")} listed, the rest counted there`);
  add("the same with `--whole`", cost(whole), "", "CPU of ss", "all listed");
  // A packed section is one gzip stream, and half a million rows are what Node packs at once.
  for (const [how, count] of [["plain", quick ? 100_000 : 1_000_000], ["packed", quick ? 50_000 : 500_000]]) {
    const { ms, maxRssBytes, bytes, rawBytes } = await measureAnswer(folder, count, how);
    add(`read a look's answer of ${count.toLocaleString("en")} sockets, ${how} (${size(bytes)}${how === "packed" ? ` for ${size(rawBytes)}` : ""})`, `${seconds(ms)}, ${megabytes(maxRssBytes)}`, "", "1.2 GB", "with `--whole`; counted, it is some thousands of rows");
  }
}

async function analyze() {
  const goRoot = spawnSync("go", ["env", "GOROOT"], { encoding: "utf8" }).stdout.trim();
  const source = join(goRoot, quick ? "src/net" : "src");
  const program = join(ROOT, "dist/leakline.js");
  for (const engine of ["wasm", "native"]) {
    const cache = join(folder, `cache-${engine}`);
    const run = async () => {
      const result = spawnSync(process.execPath, [join(ROOT, "build/bench/run-measured.mjs"), process.execPath, program, "analyze", source, "--format", "json", "--engine", engine], {
        encoding: "utf8", maxBuffer: 1 << 28, env: { ...process.env, XDG_CACHE_HOME: cache },
      });
      if (result.status !== 0) throw new Error(`bench: analyze failed\n${result.stderr}`);
      return JSON.parse(result.stdout);
    };
    const cold = [];
    for (let turn = 0; turn < (quick ? 1 : 2); turn += 1) {
      rmSync(cache, { recursive: true, force: true });
      cold.push(await run());
    }
    const warm = [await run(), await run()];
    const best = (list) => list.sort((a, b) => a.wallMs - b.wallMs)[0];
    const first = best(cold);
    const again = best(warm);
    const { stats, findings } = first;
    const mb = stats.bytes / 1e6;
    add(
      `\`analyze\` Go's standard library, ${engine} (${Math.round(mb)} MB, ${stats.files.toLocaleString("en")} files, ${stats.parsed.toLocaleString("en")} of them parsed)`,
      `cold ${seconds(first.wallMs)} (${(mb / (first.wallMs / 1_000)).toFixed(1)} MB/s), cached ${seconds(again.wallMs)} (${(mb / (again.wallMs / 1_000)).toFixed(0)} MB/s), ${megabytes(first.peakBytes)}`,
      "",
      engine === "wasm" ? "25 s cold, 3 s cached" : "",
      `${findings} findings`,
    );
  }
}

/** New findings after one file was saved: many edits of different kinds, one after the other, in one session. */
async function afterSave() {
  const goRoot = spawnSync("go", ["env", "GOROOT"], { encoding: "utf8" }).stdout.trim();
  await esbuild.build({ entryPoints: [join(ROOT, "src/locate/locator.ts")], bundle: true, platform: "node", format: "esm", outfile: join(ROOT, "dist/bench/locator.mjs"), logLevel: "error" });
  const run = spawnSync(process.execPath, [join(ROOT, "build/bench/after-save.mjs"), join(goRoot, quick ? "src/net" : "src"), join(folder, "saved"), quick ? "15" : "150", quick ? "20" : "75"], { encoding: "utf8", maxBuffer: 1 << 24 });
  if (run.status !== 0) throw new Error(`bench: the edits failed\n${run.stderr}`);
  const { files, saves, medianMs, p95Ms, kinds, rssBytes } = JSON.parse(run.stdout);
  const slowest = [...kinds].sort((a, b) => b.medianMs - a.medianMs).slice(0, 2).map(({ kind, medianMs }) => `${kind}: ${seconds(medianMs)}`).join(", ");
  add(`new findings after a save, Go's standard library (${files.toLocaleString("en")} files, ${saves} edits of ${kinds.length} kinds)`, `median ${seconds(medianMs)}, p95 ${seconds(p95Ms)}, ${megabytes(rssBytes)} in memory`, "", "median 150 ms", slowest);
}

/** A watch over time: memory of its looks, and how they are kept on disk; with `--long` a whole day on disk. */
async function watching() {
  const last = (run, what) => {
    if (run.status !== 0) throw new Error(`bench: ${what} failed`);
    return JSON.parse(run.stdout.trim().split("\n").at(-1));
  };
  const bench = (program, ...args) => spawnSync(process.execPath, ["--expose-gc", join(ROOT, "build/bench", program), ...args.map(String)], { encoding: "utf8", maxBuffer: 1 << 20, stdio: ["ignore", "pipe", "inherit"] });
  const made = last(bench("watch-looks.mjs", quick ? 100 : 600), "the watch of made looks");
  add(`explain and record the looks of a watch at ${made.sockets.toLocaleString("en")} sockets (${made.looks})`, `${made.memory.map(({ rssMb }) => rssMb).join(", ")} MB at each sixth of them; ${seconds(made.msALook)} a look`, "", "flat", `${(made.recordBytes / 1e6).toFixed(1)} MB on disk`);
  const record = last(bench("record-day.mjs", long ? 17_280 : quick ? 60 : 240), "the record");
  add(`record a watch at 10,000 sockets, 1% changing (${record.looks.toLocaleString("en")} looks)`, `${(record.bytes / 1e6).toFixed(1)} MB, ${record.writeMsALook} ms a look; five minutes from its middle in ${seconds(record.fiveMinutesFromTheMiddle.ms)}`, "", "50 MB for a day of 17,280");
}

/** A real watch of an hour: with `--long`, or as `node build/bench/watch-hour.mjs` has told it into the file that `--hour` names. */
async function hour() {
  const at = process.argv.indexOf("--hour");
  if (!long && at < 0) return;
  const told = at < 0 ? spawnSync(process.execPath, [join(ROOT, "build/bench/watch-hour.mjs"), "3600"], { encoding: "utf8", maxBuffer: 1 << 20, stdio: ["ignore", "pipe", "inherit"] }).stdout : readFileSync(process.argv[at + 1], "utf8");
  const { memory, ...watch } = JSON.parse(told.trim().split("\n").at(-1));
  add(`watch a service that is used for an hour, asked for one look a second (${watch.looks.toLocaleString("en")} looks, ${watch.sockets.map((count) => count.toLocaleString("en")).join(" to ")} sockets)`,
    `${memory.map(({ rssMb }) => rssMb).join(", ")} MB resident at minutes ${memory.map(({ minute }) => minute).join(", ")}; least heap ${memory.map(({ heapMb }) => heapMb).join(", ")} MB`, "", "flat",
    `${watch.mbAnHourAfterTheFirstQuarter} MB an hour by the slope behind the first quarter; a look every ${seconds(watch.intervalMs)}, ${seconds(watch.targetCpuMs)} of the target's CPU and ${seconds(watch.ownCpuMsALook)} of ours; ${(watch.recordBytes / 1e6).toFixed(1)} MB on disk`);
}

/** The analysis beside the tools that people use today, where they can be installed. */
async function peers() {
  const { measureBesidePeers } = await import("./bench/beside-peers.mjs");
  const chosen = quick ? { goPackages: [{ key: "go/github.com-pressly-goose-v3", without: [] }], pythonPackage: "pypi/datasette", semgrepPackages: ["pypi/datasette"] } : {
    goPackages: [{ key: "go/vitess.io-vitess", without: ["./go/vt/vtgate/evalengine/integration"] }, { key: "go/github.com-dolthub-go-mysql-server", without: [] }],
    pythonPackage: "pypi/langchain-community",
    semgrepPackages: ["go/github.com-open-policy-agent-opa", "pypi/langchain-community"],
  };
  for (const { what, ours, other, goal, note } of await measureBesidePeers({ ...chosen, runs: quick ? 1 : 3 })) {
    if (ours === null) add(`\`analyze\` beside ${what}`, "", "", goal, note);
    else add(`\`analyze\` beside ${what}`, `${seconds(ours.wallMs)}, ${megabytes(ours.peakBytes)}`, `${seconds(other.wallMs)}, ${megabytes(other.peakBytes)}`, goal, `${other.wallMs < ours.wallMs ? `Leakline takes ${Math.round(ours.wallMs / other.wallMs)} x its time` : `${(other.wallMs / ours.wallMs).toFixed(1)} x Leakline's time`}; ${note}`);
  }
}

async function editor() {
  const { measureActivation, measureFirstPaint } = await import("./bench/editor.mjs");
  const activation = measureActivation(quick ? 3 : 11);
  add("extension's activation (load and `activate`)", seconds(activation), "", "50 ms");
  const paint = await measureFirstPaint(100_000);
  add("panel's first paint of 100,000 sockets", seconds(paint), "", "1 s");
}

try {
  const told = only?.length === 1 && only[0] === "hour" && process.argv.includes("--hour");
  const compiled = told ? { status: 0 } : spawnSync(process.execPath, [join(ROOT, "build/compile.mjs"), "--production"], { stdio: "inherit" });
  if (compiled.status !== 0) throw new Error("bench: the product does not compile");
  const parts = { readers, otherReaders, correlation, logs, statements, scan, crowd, analyze, afterSave, peers, editor, watching, hour };
  const unknown = (only ?? []).filter((name) => !(name in parts));
  if (unknown.length > 0) throw new Error(`bench: no part is called ${unknown.join(", ")}; there are ${Object.keys(parts).join(", ")}`);
  for (const [name, part] of Object.entries(parts)) if (only === null || only.includes(name)) await part();
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** Rows of the table that stands, for the parts that were not measured now. */
function rowsThatStand() {
  const found = /<!-- bench -->\n([\s\S]*?)<!-- \/bench -->/.exec(readFileSync(join(ROOT, "README.md"), "utf8"))?.[1] ?? "";
  return found.split("\n").filter((line) => line.startsWith("| ") && !line.startsWith("| what")).map((line) => line.slice(2, -2).split(" | "));
}
if (only !== null) {
  // What stands in brackets are figures of the run.
  const name = ([what]) => what.split(" (")[0];
  const measured = new Map(rows.map((row) => [name(row), row]));
  const standing = rowsThatStand();
  const present = new Set(standing.map(name));
  rows.splice(0, rows.length, ...standing.map((row) => measured.get(name(row)) ?? row), ...rows.filter((row) => !present.has(name(row))));
}

const table = [
  `Node ${process.versions.node}, ${cpus().length} cores (${cpus()[0]?.model.trim() ?? "unknown"}). Medians; memory is the peak of the whole process.`,
  "",
  "| what | Leakline | beside it | to reach | |",
  "|---|---|---|---|---|",
  ...rows.map((row) => `| ${row.join(" | ")} |`),
].join("\n");
if (process.argv.includes("--write")) {
  const readme = join(ROOT, "README.md");
  const text = readFileSync(readme, "utf8");
  const marked = /(<!-- bench -->\n)[\s\S]*?(<!-- \/bench -->)/;
  if (!marked.test(text)) throw new Error("bench: README.md has no <!-- bench --> marks");
  writeFileSync(readme, text.replace(marked, (_, open, close) => `${open}${table}\n${close}`));
  console.log("README.md: table written");
}
