// A record of a day: one look every five seconds at ten thousand sockets, one in a hundred changing. Bytes, and the time that writing and reading take.
//
//   node build/bench/record-day.mjs [LOOKS]
import { createReadStream, mkdtempSync, rmSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { ROOT } from "../set-up.mjs";

const looks = Number(process.argv[2] ?? 17_280);
await build({
  stdin: {
    contents: 'export { RecordWriter } from "./src/investigate/watch/record/record-writer"; export { readRecord } from "./src/investigate/watch/record/record-reader"; export { madeDay } from "./test/investigate/watch/made-day";',
    resolveDir: ROOT, loader: "ts",
  },
  bundle: true, platform: "node", format: "cjs", outfile: join(ROOT, "dist/bench/record.cjs"), logLevel: "error",
});
const { RecordWriter, readRecord, madeDay } = createRequire(import.meta.url)(join(ROOT, "dist/bench/record.cjs"));
const folder = mkdtempSync(join(tmpdir(), "leakline-day-"));
const file = join(folder, "day.lk");
try {
  const record = await RecordWriter.open(file, "day.lk", { target: "ssh://db7", startedAt: new Date().toISOString(), intervalMs: 5000 });
  let writeMs = 0;
  let middleMs = 0;
  let at = 0;
  for (const snapshot of madeDay(10_000, looks)) {
    const began = performance.now();
    await record.append({ snapshot, gap: null });
    writeMs += performance.now() - began;
    if (at++ === looks >> 1) middleMs = snapshot.clock.targetMs;
  }
  await record.close();
  const began = performance.now();
  const opened = await readRecord(createReadStream(file, { highWaterMark: 1 << 20 }), "day.lk");
  let ranged = 0;
  for await (const { snapshot } of opened.looks({ fromMs: middleMs, toMs: middleMs + 300_000 })) ranged += Math.sign(snapshot.sockets.length);
  console.log(JSON.stringify({ looks, bytes: statSync(file).size, writeMsALook: Math.round((writeMs / looks) * 10) / 10, fiveMinutesFromTheMiddle: { looks: ranged, ms: Math.round(performance.now() - began) }, maxRssMb: Math.round(process.resourceUsage().maxRSS / 1000) }));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
