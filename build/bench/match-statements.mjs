// A made workspace of four languages and a log that its statements could have written: reads the statements, then leads every line back to its own.
//
//   node build/bench/match-statements.mjs FOLDER STATEMENTS LINES
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Locator, StatementMatcher } from "../../dist/bench/statements.mjs";

const [folder, statementCount, lineCount] = process.argv.slice(2);
let state = 11;
const roll = (below) => {
  state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
  return (state >>> 8) % below;
};
const WORDS = "order refund payment cart user session token cache entry index shard replica leader follower snapshot request response upstream client server queue worker task job batch page block chunk stream topic offset commit timeout limit quota retry backoff lock lease key value record row table schema column price stock item parcel address invoice account balance transfer ledger audit report export import mirror backup restore merge split route filter rule policy grant scope".split(" ");
const VERBS = "accepted refused started finished failed skipped expired dropped received sent opened closed created deleted updated moved loaded saved checked retried".split(" ");
const seen = new Set();
/** Three to six words, some of them values, as people write log lines; no two the same. */
function sentence() {
  for (;;) {
    const parts = [WORDS[roll(WORDS.length)], "%", VERBS[roll(VERBS.length)], ...Array.from({ length: 1 + roll(4) }, () => (roll(4) === 0 ? "%" : WORDS[roll(WORDS.length)]))];
    const text = parts.join(" ");
    if (!seen.has(text.replaceAll("% ", ""))) {
      seen.add(text.replaceAll("% ", ""));
      return text;
    }
  }
}
const LANGUAGES = [
  { file: "go", head: "package shop\nimport \"log\"\n", body: (text, n) => `func f${n}(a int, b int, c int, d int, e int) {\n\tlog.Printf("${text.replaceAll("%", "%d")}"${args(text)})\n}\n` },
  { file: "py", head: "import logging\nlog = logging.getLogger(__name__)\n", body: (text, n) => `def f${n}(a, b, c, d, e):\n    log.info("${text.replaceAll("%", "%s")}"${args(text)})\n` },
  { file: "java", head: "import org.slf4j.*;\nclass C {\n private static final Logger log = LoggerFactory.getLogger(C.class);\n", body: (text, n) => ` void f${n}(int a, int b, int c, int d, int e) { log.info("${text.replaceAll("%", "{}")}"${args(text)}); }\n`, end: "}\n" },
  { file: "js", head: "", body: (text, n) => { let at = 0; return `function f${n}(a, b, c, d, e) { console.log(\`${text.replace(/%/g, () => `\${${"abcde"[at++]}}`)}\`); }\n`; } },
];
function args(text) {
  return [...text.matchAll(/%/g)].map((_, at) => `, ${"abcde"[at]}`).join("");
}

rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
const sentences = Array.from({ length: Number(statementCount) }, sentence);
for (let at = 0; at < sentences.length; at += 25) {
  const { file, head, body, end = "" } = LANGUAGES[(at / 25) % LANGUAGES.length];
  writeFileSync(join(folder, `part${at / 25}.${file}`), head + sentences.slice(at, at + 25).map((text, n) => body(text, at + n)).join("") + end);
}
const locator = new Locator({ engine: "wasm", wasm: { version: () => "bench" }, workerFile: join(import.meta.dirname, "../../dist/leakline.js"), cacheDirectory: null, rules: [], onNotice: () => undefined });
try {
  const workspace = await locator.statements(folder, { signal: new AbortController().signal, onProgress: () => undefined });
  const lines = Array.from({ length: Number(lineCount) }, () => {
    const text = sentences[roll(sentences.length)];
    return { message: text.replace(/%/g, () => String(roll(1_000_000))), level: null, fields: {}, text: "" };
  });
  const matcher = new StatementMatcher(workspace);
  const started = performance.now();
  let found = 0;
  let several = 0;
  for (const line of lines) {
    const match = matcher.match(line);
    if (match !== null) found += 1;
    if (match !== null && match.ties.length > 0) several += 1;
  }
  console.log(JSON.stringify({ statements: workspace.statements.length, lines: lines.length, found, several, ms: performance.now() - started, maxRssBytes: process.resourceUsage().maxRSS * 1024 }));
} finally {
  await locator.dispose();
  rmSync(folder, { recursive: true, force: true });
}
