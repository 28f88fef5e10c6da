// Preloaded into a program that is measured: its memory every two seconds, as lines of JSON into the file that LEAKLINE_SAMPLES names. Nothing is collected for its sake.
import { appendFileSync } from "node:fs";

const file = process.env.LEAKLINE_SAMPLES;
const began = performance.now();
setInterval(() => {
  const { rss, heapUsed, external, arrayBuffers } = process.memoryUsage();
  const { user, system } = process.cpuUsage();
  appendFileSync(file, `${JSON.stringify({ ms: Math.round(performance.now() - began), rss, heapUsed, external, arrayBuffers, cpuMs: Math.round((user + system) / 1000) })}\n`);
}, 2000).unref();
