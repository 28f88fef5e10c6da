// Child process of the bench: reads one log with the product's own reader, then goes through all of its records, and says what that cost.
import { createReadStream } from "node:fs";
import { createLogReader, findSignatures, Zone } from "../../dist/bench/logs.mjs";

const file = process.argv[2];
const start = performance.now();
const reader = createLogReader({ kind: "opened-file", name: file, how: "", pid: null, clock: { zone: Zone.named("Europe/Berlin"), zoneFrom: "", notAfterMs: Date.UTC(2026, 11, 1) } });
const decoder = new TextDecoder();
for await (const chunk of createReadStream(file, { highWaterMark: 1 << 20 })) reader.push(decoder.decode(chunk, { stream: true }));
const records = reader.finish(null);
const read = performance.now();
let characters = 0;
let errors = 0;
for (const record of records) {
  characters += record.message.length;
  if (record.level === "error") errors += 1;
}
const walked = performance.now();
findSignatures([records]);
const { lines, format, firstMs } = records.source;
process.stdout.write(JSON.stringify({ lines, records: records.size, format, timed: firstMs !== null, errors, characters, ms: read - start, walkMs: walked - read, signaturesMs: performance.now() - walked, maxRssBytes: process.resourceUsage().maxRSS * 1024 }));
