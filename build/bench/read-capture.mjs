// Child process of the bench: reads one capture with the product's own reader and says what it cost.
import { createReadStream } from "node:fs";
import { createCaptureReader } from "../../dist/bench/capture.mjs";

const file = process.argv[2];
const start = performance.now();
const reader = createCaptureReader(file);
const decoder = new TextDecoder();
for await (const chunk of createReadStream(file, { highWaterMark: 1 << 20 })) reader.push(decoder.decode(chunk, { stream: true }));
const snapshot = reader.finish();
process.stdout.write(JSON.stringify({ sockets: snapshot.sockets.length, skipped: snapshot.skipped.length, ms: performance.now() - start, maxRssBytes: process.resourceUsage().maxRSS * 1024 }));
