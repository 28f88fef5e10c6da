// Correlates made leak moments with a made log, and prints the figures as JSON: correlate.mjs LINES MOMENTS. The log is told line by line when it is
// asked for, as a reader with packed records does; making a line's text is measured alone as well.
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const { correlate } = await import(pathToFileURL(join(import.meta.dirname ?? new URL(".", import.meta.url).pathname, "../../dist/bench/correlate.mjs")).href);
const [lines, moments] = process.argv.slice(2).map(Number);
let state = 7;
const random = () => {
  state = (state + 0x6d2b79f5) >>> 0;
  let mixed = Math.imul(state ^ (state >>> 15), state | 1);
  mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
};
// Two hundred kinds of line of a busy day, each as often as its place says; the leaking one is rare.
const WORDS = ["order", "cart", "price", "stock", "user", "mail", "page", "login", "search", "report", "queue", "cache", "token", "image", "feed", "rate", "bill", "plan", "tax", "coupon"];
const VERBS = ["taken", "listed", "counted", "shown", "sent", "kept", "found", "dropped", "checked", "stored"];
const LENGTH_MS = 86_400_000;
const timesMs = new Float64Array(lines);
const kinds = new Uint8Array(lines);
const leaks = [];
for (let index = 0; index < lines; index += 1) {
  timesMs[index] = Math.floor((index / lines) * LENGTH_MS + random() * 8);
  kinds[index] = Math.floor(200 * random() ** 2);
  if (random() < moments / lines) {
    kinds[index] = 255;
    leaks.push(timesMs[index] - Math.floor(random() * 4));
  }
}
const messageOf = (index) => {
  const kind = kinds[index];
  return kind === 255 ? `refund of order ${index} refused: nothing was paid` : `${WORDS[kind % 20]} ${index} of user-${index % 977} ${VERBS[Math.floor(kind / 20)]} in ${(index % 1000) / 10} ms by worker thread-${index % 16}`;
};
const at = (index) => ({ line: index + 1, timeMs: timesMs[index], level: null, message: messageOf(index), text: "", fields: {} });
const source = { kind: "file", name: "made.log", how: "made", pid: null, format: "plain", assumptions: [], firstMs: timesMs[0], lastMs: timesMs[lines - 1], lines, bytes: 0, records: lines, leftUnread: null, skipped: [] };
const log = {
  source, size: lines, timesMs, at, withAssumptions: () => log,
  *[Symbol.iterator]() {
    for (let index = 0; index < lines; index += 1) yield at(index);
  },
};
const diagnosis = { cause: "connection-pinned", title: "made", direction: "outbound", endpoint: null, process: null, snapshot: 0, leakMomentsMs: leaks };

let begun = performance.now();
let letters = 0;
for (const { message } of log) letters += message.length;
const telling = performance.now() - begun;
begun = performance.now();
const { correlations } = correlate({ diagnoses: [diagnosis], logs: [log], momentErrorMs: () => 10 });
const ms = performance.now() - begun;
process.stdout.write(JSON.stringify({ ms, telling, meanLength: letters / lines, maxRssBytes: process.resourceUsage().maxRSS * 1024, first: correlations[0]?.template ?? null, text: correlations[0]?.text ?? null }));
