// As many made looks as a watch makes in ten minutes at one a second, as fast as they go: explained, kept and recorded as a watch does; memory at every sixth part.
//
//   node --expose-gc build/bench/watch-looks.mjs LOOKS [SOCKETS]
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { ROOT } from "../set-up.mjs";

const looks = Number(process.argv[2] ?? 600);
const sockets = Number(process.argv[3] ?? 3000);
await build({
  stdin: {
    contents: 'export { RecordWriter } from "./src/investigate/watch/record/record-writer"; export { spreadLooks } from "./src/investigate/watch/spread-looks"; export { explain } from "./src/explain/explain"; export { madeDay } from "./test/investigate/watch/made-day";',
    resolveDir: ROOT, loader: "ts",
  },
  bundle: true, platform: "node", format: "cjs", outfile: join(ROOT, "dist/bench/watch-looks.cjs"), logLevel: "error",
});
const { RecordWriter, spreadLooks, explain, madeDay } = createRequire(import.meta.url)(join(ROOT, "dist/bench/watch-looks.cjs"));
const folder = mkdtempSync(join(tmpdir(), "leakline-looks-"));
const file = join(folder, "looks.lk");
try {
  const record = await RecordWriter.open(file, "looks.lk", { target: "ssh://db7", startedAt: new Date().toISOString(), intervalMs: 1000 });
  const memory = [];
  let kept = [];
  let histories;
  let timeline;
  let ms = 0;
  let look = 0;
  for (const snapshot of madeDay(sockets, looks)) {
    const began = performance.now();
    kept = spreadLooks([...kept, snapshot], 12);
    ({ histories, timeline } = explain({ snapshots: kept, configured: [], ...(histories === undefined ? {} : { histories }) }));
    await record.append({ snapshot, gap: null });
    ms += performance.now() - began;
    look += 1;
    if (look % Math.max(1, Math.floor(looks / 6)) === 0) {
      globalThis.gc?.();
      const { rss, heapUsed } = process.memoryUsage();
      memory.push({ look, rssMb: Math.round(rss / 1e6), heapMb: Math.round(heapUsed / 1e6) });
    }
  }
  await record.close();
  console.log(JSON.stringify({ looks, sockets, msALook: Math.round((ms / looks) * 10) / 10, memory, recordBytes: statSync(file).size, timelineLooks: timeline.timesMs.length }));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
