// `npm run log-to-source`: runs real programs that the registries serve, takes their logs, and leads each line back to its statement in
// the program's own source. The programs write each line's place themselves; it is taken away before the line is matched, and compared
// afterwards. `--write` puts the table into docs/log-to-source.md. Names after it choose programs; folders are kept for the next run.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ROOT } from "./set-up.mjs";
import { execute } from "./log-to-source/execute.mjs";
import { alertmanager } from "./log-to-source/go-alertmanager.mjs";
import { etcd } from "./log-to-source/go-etcd.mjs";
import { activemq } from "./log-to-source/java-activemq.mjs";
import { zookeeper } from "./log-to-source/java-zookeeper.mjs";
import { karma } from "./log-to-source/node-karma.mjs";
import { verdaccio } from "./log-to-source/node-verdaccio.mjs";
import { celery } from "./log-to-source/python-celery.mjs";
import { radicale } from "./log-to-source/python-radicale.mjs";

/** Must keep to the limits: 95 % right, under 1 % wrong. */
const PROGRAMS = { etcd, radicale, zookeeper, karma };
/** Nothing was made for these before their first figures were taken: they show what a program gets that nobody has seen, and are told, not held to the limits. */
const UNSEEN = { alertmanager, celery, activemq, verdaccio };
const asked = process.argv.slice(2).filter((word) => !word.startsWith("-"));
const verbose = process.argv.includes("--verbose");
const base = process.env["LEAKLINE_LOG_TO_SOURCE"] ?? join(tmpdir(), "leakline-log-to-source");
const rows = [];
const unseenRows = [];
const lengths = new Map();
let failed = false;

for (const [id, program] of Object.entries({ ...PROGRAMS, ...UNSEEN })) {
  if (asked.length > 0 && !asked.includes(id)) continue;
  const folder = join(base, id);
  mkdirSync(folder, { recursive: true });
  const source = program.prepare(folder);
  const raw = process.argv.includes("--again") ? readFileSync(join(folder, "raw.log"), "utf8") : await program.log(folder);
  writeFileSync(join(folder, "raw.log"), raw);
  const truth = new Map();
  const bare = raw.split("\n").map((line, index) => {
    const taken = program.take(line);
    if (taken === null) return line;
    truth.set(index + 1, taken);
    return taken.line;
  });
  writeFileSync(join(folder, "bare.log"), bare.join("\n"));
  const answer = JSON.parse(execute(process.execPath, [join(ROOT, "dist/leakline.js"), "locate-line", join(folder, "bare.log"), "--workspace", source, "--json"], folder));
  const { statements } = JSON.parse(execute(process.execPath, [join(ROOT, "dist/leakline.js"), "statements", source, "--json"], folder));
  const files = execute("find", [".", "-type", "f"], source).split("\n").map((file) => file.replace(/^\.\//, ""));
  const byLine = new Map(answer.lines.map((line) => [line.line, line]));
  const counts = { lines: 0, right: 0, undecided: 0, none: 0, wrong: 0, foreign: 0, foreignNamed: 0, drawn: 0 };
  const seen = new Set();
  const told = new Map();
  for (const [number, place] of truth) {
    const located = byLine.get(number);
    const own = files.some((file) => same(file, place.file) && (place.file.includes("/") || lengthOf(join(source, file)) >= place.number));
    const named = located?.statement ?? null;
    const at = (one) => [one, ...(one.through ?? [])].some(({ file, line, endLine }) => same(file, place.file) && line <= place.number && place.number <= (endLine ?? line));
    if (!own) {
      counts.foreign++;
      if (named !== null) counts.foreignNamed++;
      continue;
    }
    // A banner's drawing, an empty line: there is nothing to tell it by.
    if (!/[\p{L}\p{N}]/u.test(located?.message ?? "")) {
      counts.drawn++;
      continue;
    }
    counts.lines++;
    seen.add(`${place.file}:${place.number}`);
    const verdict = named === null ? "none" : located.ties.length > 0 ? "undecided" : at(named) ? "right" : "wrong";
    counts[verdict]++;
    if (verdict !== "right") {
      const text = `${verdict} ${place.file}:${place.number}${named === null ? "" : ` said ${named.file}:${named.line}`} | ${(located?.message ?? bare[number - 1]).slice(0, 140)}`;
      const key = `${verdict} ${place.file}:${place.number}`;
      told.set(key, { text, times: (told.get(key)?.times ?? 0) + 1 });
    }
  }
  if (verbose) for (const { text, times } of told.values()) console.log(`${times} x ${text}`);
  const share = (count) => `${((100 * count) / Math.max(1, counts.lines)).toFixed(1)} %`;
  const row = [program.name, statements.filter(({ kind }) => kind === "log").length, counts.lines, seen.size, share(counts.right), share(counts.undecided), share(counts.none), share(counts.wrong + counts.foreignNamed), counts.foreign, counts.drawn];
  (id in UNSEEN ? unseenRows : rows).push(row);
  console.log(row.join(" | "));
  if (id in PROGRAMS && (counts.right < 0.95 * counts.lines || counts.wrong + counts.foreignNamed >= 0.01 * counts.lines)) failed = true;
}

const table = (given) => [
  "| program | statements in its source | lines | by how many statements | right | several, told as such | none named | wrong | lines of its libraries | lines without a letter |",
  "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
  ...given.map((row) => `| ${row.join(" | ")} |`),
].join("\n");
if (process.argv.includes("--write")) {
  const page = join(ROOT, "docs/log-to-source.md");
  let text = readFileSync(page, "utf8");
  for (const [mark, given] of [["table", rows], ["unseen", unseenRows]]) {
    if (given.length > 0) text = text.replace(new RegExp(`(<!-- ${mark} -->\\n)[\\s\\S]*?(\\n<!-- /${mark} -->)`), (_, open, close) => open + table(given) + close);
  }
  writeFileSync(page, text);
} else for (const given of [rows, unseenRows]) if (given.length > 0) console.log(table(given));
if (failed) {
  console.error("log-to-source: below 95 % right, or 1 % wrong or more");
  process.exitCode = 1;
}

/** Lines of a file: a bare name with a line that a file of that name does not have is another's. */
function lengthOf(file) {
  if (!lengths.has(file)) lengths.set(file, readFileSync(file, "utf8").split("\n").length);
  return lengths.get(file);
}

/** A place as a program writes it, and a file of its source. */
function same(file, named) {
  const plain = named.replace(/^\/+/, "");
  return file === plain || file.endsWith(`/${plain}`) || plain.endsWith(`/${file}`);
}
