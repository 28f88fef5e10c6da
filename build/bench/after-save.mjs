// Saves files of a copied tree one after the other, and measures how long the new findings take each time, as an editor would wait for them.
//
//   node build/bench/after-save.mjs TREE COPY HOW_MANY SECONDS
//
// Ends after that many seconds of saves, however many were made by then: the figures say how many.
import { cpSync, existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join, sep } from "node:path";
import { Locator } from "../../dist/bench/locator.mjs";

const [tree, copy, howMany, budgetSeconds] = process.argv.slice(2);
cpSync(tree, copy, { recursive: true, filter: (path) => !path.split(sep).some((part) => part === "testdata" || part === "vendor") });
const files = readdirSync(copy, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".go") && !file.endsWith("_test.go")).sort();

let state = 7;
const roll = (below) => {
  state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
  return (state >>> 8) % below;
};
const anywhere = () => files[roll(files.length)];
const inserted = (lines, at, ...more) => [...lines.slice(0, at), ...more, ...lines.slice(at)];
const folderOf = (file) => file.slice(0, Math.max(0, file.lastIndexOf("/")));
const packageIn = (path) => {
  const folder = folderOf(path);
  const beside = readdirSync(folder).find((name) => name.endsWith(".go") && !name.endsWith("_test.go"));
  return (beside === undefined ? null : /^package (\w+)/m.exec(readFileSync(join(folder, beside), "utf8"))?.[1]) ?? "main";
};
/** Each gives the file to change and what becomes of its lines. */
const EDITS = {
  "a line in the middle": { file: anywhere, change: (lines) => inserted(lines, Math.floor(lines.length / 2), "") },
  "a comment": { file: anywhere, change: (lines) => lines.map((line, at) => (at === lines.length - 3 ? `${line} // changed` : line)) },
  "a new function": { file: anywhere, change: (lines, turn) => [...lines, `func leaklineBench${turn}(path string) string { return path + "x" }`, ""] },
  "a new call": { file: anywhere, change: (lines) => { const at = lines.findIndex((line) => /^func .*\{$/.test(line)); return at < 0 ? inserted(lines, 1, "") : inserted(lines, at + 1, "\tprintln(len(\"x\"))"); } },
  "a broken line": { file: anywhere, change: (lines) => inserted(lines, Math.floor(lines.length / 2), "((( {") },
  "an import less": { file: anywhere, change: (lines) => { const at = lines.findIndex((line) => /^\t"/.test(line)); return at < 0 ? inserted(lines, 1, "") : lines.filter((_, i) => i !== at); } },
  "a widely used function": { file: () => ["net/http/client.go", "os/file.go", "fmt/print.go", "net/dial.go", "io/io.go"][roll(5)], change: (lines) => { const at = lines.findIndex((line) => /^func .*\{$/.test(line)); return inserted(lines, at + 1, "\tprintln(\"x\")"); } },
  "a file more": { file: (turn) => `${folderOf(anywhere())}/leakline_bench_${turn}.go`, change: (_, turn, path) => [`package ${packageIn(path)}`, "", `func leaklineBenchFile${turn}(path string) string { return path + "x" }`, ""] },
  "a function renamed": { file: anywhere, change: (lines, turn) => { const at = lines.findIndex((line) => /^func [A-Za-z]\w*\(/.test(line)); return at < 0 ? inserted(lines, 1, "") : lines.map((line, i) => (i === at ? line.replace(/^func (\w+)/, `func $1${turn}`) : line)); } },
};

const locator = new Locator({ engine: "wasm", wasm: { version: () => "bench" }, workerFile: join(import.meta.dirname, "../../dist/leakline.js"), cacheDirectory: null, rules: [], onNotice: () => undefined });
const options = { signal: new AbortController().signal, onProgress: () => undefined };
try {
  const { stats } = await locator.analyze(copy, options);
  const present = new Set(files);
  const times = new Map(Object.keys(EDITS).map((kind) => [kind, []]));
  const names = Object.keys(EDITS);
  const until = performance.now() + Number(budgetSeconds) * 1_000;
  for (let turn = 0; turn < Number(howMany) && performance.now() < until; turn += 1) {
    const kind = names[turn % names.length];
    let file = EDITS[kind].file(turn);
    if (kind !== "a file more" && !present.has(file)) file = anywhere();
    const path = join(copy, file);
    // A file that was not there goes again.
    const before = existsSync(path) ? readFileSync(path, "utf8") : null;
    for (const text of [EDITS[kind].change((before ?? "").split("\n"), turn, path).join("\n"), before]) {
      if (text === null) rmSync(path);
      else writeFileSync(path, text);
      const started = performance.now();
      await locator.update(copy, [file], options);
      times.get(kind).push(performance.now() - started);
    }
  }
  const at = (list, share) => [...list].sort((a, b) => a - b)[Math.min(list.length - 1, Math.floor(list.length * share))];
  const all = [...times.values()].flat();
  if (all.length === 0) throw new Error("no save was measured");
  console.log(JSON.stringify({ files: stats.files, saves: all.length, medianMs: at(all, 0.5), p95Ms: at(all, 0.95), kinds: names.filter((kind) => times.get(kind).length > 0).map((kind) => ({ kind, medianMs: at(times.get(kind), 0.5) })), rssBytes: process.memoryUsage().rss }));
} finally {
  await locator.dispose();
  rmSync(copy, { recursive: true, force: true });
}
