// As many looks at this machine as a watch of an hour makes at one a second, as fast as they go, with a record; memory at every sixth part.
//
//   node --expose-gc build/bench/watch-hour.mjs LOOKS
//
// Two hundred connections of its own are there to be followed; some are used and some replaced at each look.
import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { ROOT } from "../set-up.mjs";

const looks = Number(process.argv[2] ?? 3600);
await build({
  stdin: {
    contents: 'export { createInvestigator } from "./src/investigate/create-investigator"; export { openLocal } from "./src/observe/targets/local"; export { RecordWriter } from "./src/investigate/watch/record/record-writer";',
    resolveDir: ROOT, loader: "ts",
  },
  bundle: true, platform: "node", format: "cjs", outfile: join(ROOT, "dist/bench/watch.cjs"), logLevel: "error",
  loader: Object.fromEntries([".sh", ".ps1", ".scm", ".go", ".py", ".mod", ".md", ".txt", ".yaml"].map((kind) => [kind, "text"])), external: ["vscode", "cpu-features", "*.node", "tree-sitter", "tree-sitter-*"],
});
const { createRequire } = await import("node:module");
const { createInvestigator, openLocal, RecordWriter } = createRequire(import.meta.url)(join(ROOT, "dist/bench/watch.cjs"));

const server = createServer((socket) => socket.on("error", () => {}).on("data", (data) => socket.write(data)));
await new Promise((done) => server.listen(0, "127.0.0.1", done));
const open = () => connect(server.address().port, "127.0.0.1").on("error", () => {}).on("data", () => {});
const clients = Array.from({ length: 200 }, open);
const folder = mkdtempSync(join(tmpdir(), "leakline-watch-"));
const file = join(folder, "hour.lk");
const investigator = createInvestigator({ reach: () => Promise.resolve(openLocal()), locator: () => { throw new Error("not here"); }, textEngine: () => { throw new Error("not here"); }, ruleFiles: [], now: Date.now });
const record = await RecordWriter.open(file, "hour.lk", { target: "local", startedAt: new Date().toISOString(), intervalMs: 1000 });
const rss = [];
const began = performance.now();
let previous = null;
for (let look = 1; look <= looks; look += 1) {
  for (let use = 0; use < 4; use += 1) clients[Math.floor(Math.random() * clients.length)].write("x".repeat(100));
  const place = Math.floor(Math.random() * clients.length);
  clients[place].destroy();
  clients[place] = open();
  previous = await investigator.scan({ kind: "local" }, { workspaceRoot: null, prompts: {}, previous, keepConnection: true, signal: new AbortController().signal, timeLimitMs: 60_000, onProgress: () => {} });
  await record.append({ snapshot: previous.snapshots.at(-1), gap: null });
  if (look % Math.max(1, Math.floor(looks / 6)) === 0) {
    globalThis.gc?.();
    const { rss: all, heapUsed } = process.memoryUsage();
    rss.push({ look, rssMb: Math.round(all / 1e6), heapMb: Math.round(heapUsed / 1e6), descriptors: process.platform === "linux" ? readdirSync("/proc/self/fd").length : null });
  }
}
await record.close();
await investigator.dispose();
console.log(JSON.stringify({ looks, ms: Math.round(performance.now() - began), memory: rss, recordBytes: statSync(file).size, timelineLooks: previous.timeline.timesMs.length }));
for (const client of clients) client.destroy();
server.close();
rmSync(folder, { recursive: true, force: true });
