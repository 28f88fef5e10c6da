// A real watch: `leakline scan --watch` at a machine of its own (namespaces of the kernel) on which a service is used, and its memory over time.
//
//   node build/bench/watch-hour.mjs SECONDS [INTERVAL] [CONNECTIONS]
//
// Needs root, util-linux (unshare, nsenter), iproute2 and python3, and the product in dist/.
import { spawn } from "node:child_process";
import { createWriteStream, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { ROOT } from "../set-up.mjs";

const seconds = Number(process.argv[2] ?? 3600);
const interval = Number(process.argv[3] ?? 1);
const connections = Number(process.argv[4] ?? 1500);
const folder = mkdtempSync(join(tmpdir(), "leakline-watch-"));
const samplesFile = join(folder, "memory.jsonl");
const record = join(folder, "hour.lk");
const said = join(folder, "looks.txt");
const service = spawn("unshare", ["--net", "--pid", "--fork", "--mount-proc", "python3", join(ROOT, "build/bench/changing-sockets.py"), String(connections)], { stdio: ["pipe", "pipe", "inherit"] });
try {
  await new Promise((ready, failed) => {
    service.stdout.once("data", ready);
    service.once("error", failed).once("close", () => failed(new Error("the service ended")));
  });
  const inside = readFileSync(`/proc/${service.pid}/task/${service.pid}/children`, "utf8").trim().split(" ")[0];
  const began = performance.now();
  const status = await new Promise((done, failed) => {
    const watch = spawn("nsenter", ["-t", inside, "-n", "-p", "-m", process.execPath, "--import", pathToFileURL(join(ROOT, "build/bench/memory-sampler.mjs")).href, join(ROOT, "dist/leakline.js"), "scan", "--watch", "--interval", String(interval), "--for", `${seconds}s`, "--record", record], { stdio: ["ignore", "pipe", "inherit"], env: { ...process.env, LEAKLINE_SAMPLES: samplesFile } });
    watch.stdout.pipe(createWriteStream(said));
    watch.once("error", failed).once("close", done);
  });
  if (status !== 0 && status !== 1) throw new Error(`the watch ended with status ${status}`);
  const tookMs = performance.now() - began;
  const samples = readFileSync(samplesFile, "utf8").trim().split("\n").map((line) => JSON.parse(line));
  const lines = readFileSync(said, "utf8").split("\n").map((line) => /^\d\d:\d\d:\d\d {2}look (\d+) {2}(\d+) sockets .*?([\d.]+) (ms|s) of its CPU/.exec(line)).filter((match) => match !== null);
  const costs = lines.map((match) => Number(match[3]) * (match[4] === "s" ? 1000 : 1)).sort((one, other) => one - other);
  const sockets = lines.map((match) => Number(match[2]));
  // A twelfth of the time is five minutes of an hour.
  const twelfth = (seconds * 1000) / 12;
  const memory = [1, 3, 6, 9, 12].map((twelfths) => {
    const window = samples.filter(({ ms }) => ms <= twelfths * twelfth + 2000 && ms > twelfths * twelfth - twelfth / 2);
    const rss = window.map((sample) => sample.rss).sort((one, other) => one - other);
    return { minute: Math.round((twelfths * twelfth) / 6000) / 10, rssMb: Math.round((rss[rss.length >> 1] ?? Number.NaN) / 1e6), heapMb: Math.round(Math.min(...window.map(({ heapUsed }) => heapUsed)) / 1e6) };
  });
  const late = samples.filter(({ ms }) => ms > 3 * twelfth);
  const meanMs = late.reduce((sum, { ms }) => sum + ms, 0) / late.length;
  const meanRss = late.reduce((sum, { rss }) => sum + rss, 0) / late.length;
  const slope = late.reduce((sum, { ms, rss }) => sum + (ms - meanMs) * (rss - meanRss), 0) / late.reduce((sum, { ms }) => sum + (ms - meanMs) ** 2, 0);
  console.log(JSON.stringify({
    seconds, askedMs: interval * 1000, looks: lines.length, intervalMs: Math.round(tookMs / lines.length), sockets: [Math.min(...sockets), Math.max(...sockets)], targetCpuMs: costs[costs.length >> 1],
    ownCpuMsALook: Math.round(samples.at(-1).cpuMs / lines.length), memory, mbAnHourAfterTheFirstQuarter: Math.round((slope * 3.6e6) / 1e5) / 10, recordBytes: statSync(record).size,
  }));
} finally {
  service.stdin.end();
  rmSync(folder, { recursive: true, force: true });
}
