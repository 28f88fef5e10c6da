// Saves files of a copied tree one after the other, and measures how long the new findings take each time, as an editor would wait for them.
//
//   node build/bench/after-save.mjs TREE COPY HOW_MANY
import { cpSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join, sep } from "node:path";
import { Locator } from "../../dist/bench/locator.mjs";

const [tree, copy, howMany] = process.argv.slice(2);
cpSync(tree, copy, { recursive: true, filter: (path) => !path.split(sep).some((part) => part === "testdata" || part === "vendor") });
const files = readdirSync(copy, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".go") && !file.endsWith("_test.go")).sort();

let state = 7;
const roll = (below) => {
  state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
  return (state >>> 8) % below;
};
const anywhere = () => files[roll(files.length)];
const inserted = (lines, at, ...more) => [...lines.slice(0, at), ...more, ...lines.slice(at)];
/** Each gives the file to change and what becomes of its lines. */
const EDITS = {
  "a line in the middle": { file: anywhere, change: (lines) => inserted(lines, Math.floor(lines.length / 2), "") },
  "a comment": { file: anywhere, change: (lines) => lines.map((line, at) => (at === lines.length - 3 ? `${line} // changed` : line)) },
  "a new function": { file: anywhere, change: (lines, turn) => [...lines, `func leaklineBench${turn}(path string) string { return path + "x" }`, ""] },
  "a new call": { file: anywhere, change: (lines) => { const at = lines.findIndex((line) => /^func .*\{$/.test(line)); return at < 0 ? inserted(lines, 1, "") : inserted(lines, at + 1, "\tprintln(len(\"x\"))"); } },
  "a broken line": { file: anywhere, change: (lines) => inserted(lines, Math.floor(lines.length / 2), "((( {") },
  "an import less": { file: anywhere, change: (lines) => { const at = lines.findIndex((line) => /^\t"/.test(line)); return at < 0 ? inserted(lines, 1, "") : lines.filter((_, i) => i !== at); } },
  "a widely used function": { file: () => ["net/http/client.go", "os/file.go", "fmt/print.go", "net/dial.go", "io/io.go"][roll(5)], change: (lines) => { const at = lines.findIndex((line) => /^func .*\{$/.test(line)); return inserted(lines, at + 1, "\tprintln(\"x\")"); } },
  "a function renamed": { file: anywhere, change: (lines, turn) => { const at = lines.findIndex((line) => /^func [A-Za-z]\w*\(/.test(line)); return at < 0 ? inserted(lines, 1, "") : lines.map((line, i) => (i === at ? line.replace(/^func (\w+)/, `func $1${turn}`) : line)); } },
};

const locator = new Locator({ engine: "wasm", wasm: { version: () => "bench" }, workerFile: join(import.meta.dirname, "../../dist/leakline.js"), cacheDirectory: null, rules: [], onNotice: () => undefined });
const options = { signal: new AbortController().signal, onProgress: () => undefined };
try {
  const { stats } = await locator.analyze(copy, options);
  const present = new Set(files);
  const times = new Map(Object.keys(EDITS).map((kind) => [kind, []]));
  const names = Object.keys(EDITS);
  for (let turn = 0; turn < Number(howMany); turn += 1) {
    const kind = names[turn % names.length];
    let file = EDITS[kind].file();
    if (!present.has(file)) file = anywhere();
    const path = join(copy, file);
    const before = readFileSync(path, "utf8");
    for (const text of [EDITS[kind].change(before.split("\n"), turn).join("\n"), before]) {
      writeFileSync(path, text);
      const started = performance.now();
      await locator.update(copy, [file], options);
      times.get(kind).push(performance.now() - started);
    }
  }
  const at = (list, share) => [...list].sort((a, b) => a - b)[Math.min(list.length - 1, Math.floor(list.length * share))];
  const all = [...times.values()].flat();
  console.log(JSON.stringify({ files: stats.files, saves: all.length, medianMs: at(all, 0.5), p95Ms: at(all, 0.95), kinds: names.map((kind) => ({ kind, medianMs: at(times.get(kind), 0.5) })), rssBytes: process.memoryUsage().rss }));
} finally {
  await locator.dispose();
  rmSync(copy, { recursive: true, force: true });
}
