// Which findings are read by hand: drawn by a seed, one of each cause.
import { createHash } from "node:crypto";

/** A finding is known again by where it stands in its package, whatever the version of Leakline. */
export const identity = (one, finding) => `${one.key}@${one.version} ${finding.file}:${finding.range.start.line} ${finding.rule}`;

const TESTS = /(?:^|\/)(?:tests?|testing|testdata|spec|specs|e2e|integration|caddytest|mycli_test|examples?|benchmarks?)\/|_test\.go$|(?:^|\/)(?:test_|conftest)[^/]*\.py$|_test\.py$|\.(?:test|spec)\.[jt]sx?$|_(?:test|spec)\.rb$/u;

/** Seeds of the samples. When something was mended because of what a sample showed, they are changed: what is read then was not used for mending. */
export const SEEDS = { random: 61, high: 67 };

/** Judgements made for this draw say so; one that does not was made for an earlier draw. */
export const drawnBy = (seeds = SEEDS) => `${seeds.random}/${seeds.high}`;

/** So many of each sample are read. */
const READ = 50;

/** What a finding rests on: many callers of one blocking function have one cause, and so have many that are given what one helper opens. */
function causeOf({ one, finding }) {
  const opened = finding.kind === "blocking-in-async" ? finding.path.at(-1) : finding.path.filter(({ label }) => / opens it here, by /u.test(label)).at(-1);
  return opened === undefined ? identity(one, finding) : `${one.key} ${finding.rule} ${opened.file}:${opened.line}`;
}

/** By a hash of what each is, so that a draw hardly changes when what is around it does. */
export function inDrawnOrder(list, seed, identityOf) {
  const order = new Map(list.map((each) => [each, createHash("sha256").update(`${seed} ${identityOf(each)}`).digest("hex")]));
  return [...list].sort((a, b) => (order.get(a) < order.get(b) ? -1 : 1));
}

/**
 * `{ findings, random, high }` of `[{ key, version, findings }]`: all findings outside tests and examples, 50 of them, and 50 of those at
 * `high`. Of findings with one cause only the first by the draw is taken: a helper with 200 callers would be the whole sample.
 */
export function drawSample(packages, seeds = SEEDS) {
  const findings = packages.flatMap((one) => (one.findings ?? []).filter(({ file }) => !TESTS.test(file)).map((finding) => ({ one, finding })));
  const drawn = (list, count, seed) => {
    const causes = new Map();
    for (const each of inDrawnOrder(list, seed, ({ one, finding }) => identity(one, finding))) if (!causes.has(causeOf(each))) causes.set(causeOf(each), each);
    return [...causes.values()].slice(0, count);
  };
  return { findings, random: drawn(findings, READ, seeds.random), high: drawn(findings.filter(({ finding }) => finding.confidence === "high"), READ, seeds.high) };
}

/** Of a sample `[{ one, finding }]`: how many are right, wrong, unsure and unread, and how many of those read were judged in an earlier draw. */
export function judged(list, judgements, drawn = drawnBy()) {
  const counts = { right: 0, wrong: 0, unsure: 0, unread: 0, before: 0 };
  for (const { one, finding } of list) {
    const judgement = judgements[identity(one, finding)];
    counts[judgement?.is ?? "unread"] += 1;
    if (judgement !== undefined && judgement.drawn !== drawn) counts.before += 1;
  }
  return counts;
}
