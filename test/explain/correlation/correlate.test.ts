import { describe, expect, test } from "vitest";
import { correlate } from "../../../src/explain/correlation/correlate";
import type { MadeLine, Random } from "./made-logs";
import { anywhere, arrivals, diagnosisWith, logOf, randomOf } from "./made-logs";

const MINUTE = 60_000;

/** A shop at 50 requests a second of five kinds; each logs that it begins and that it is done. Some updates are refused, and leak. */
function shop(random: Random, lengthMs: number, refusedShare: number): { lines: MadeLine[]; leaks: number[] } {
  const lines: MadeLine[] = [];
  const leaks: number[] = [];
  let number = 1000;
  for (const time of arrivals(random, 50, lengthMs)) {
    number += 1;
    const kind = ["list", "count", "move", "show", "update"][Math.floor(random() * 5)] ?? "list";
    const user = `user-${Math.floor(random() * 40)}`;
    const fields = { path: `/${kind}`, user, request: `r-${number}` };
    lines.push({ timeMs: time, message: `request ${number} begins`, fields });
    const work = time + 2 + random() * 6;
    const refused = kind === "update" && random() < refusedShare;
    if (refused) leaks.push(work);
    lines.push({ timeMs: work + 1, message: refused ? `order ${number} of ${user} refused: sold out` : `${kind} of ${number} went well in ${(random() * 9).toFixed(1)} ms`, fields });
    if (!refused) lines.push({ timeMs: work + 2 + random() * 3, message: `request ${number} done`, fields });
  }
  for (let time = 0; time < lengthMs; time += 1000) lines.push({ timeMs: time + random() * 3, message: `heartbeat ${time / 1000}, queue empty` });
  return { lines, leaks };
}

describe("a leak among other traffic", () => {
  test("the line that comes with the leak alone is first, with its figure and its chance", () => {
    const { lines, leaks } = shop(randomOf(1), MINUTE, 0.08);
    const { correlations } = correlate({ diagnoses: [diagnosisWith(leaks)], logs: [logOf(lines)] });
    const [first] = correlations;
    expect(first).toMatchObject({ diagnosis: 0, source: 0, template: "order <*> of user-<*> refused: sold out", key: null, ofMoments: leaks.length, moments: leaks.length, statement: null });
    expect(first?.correctedPValue).toBeLessThan(1e-10);
    expect(first?.expected).toBeLessThan(leaks.length / 4);
    expect(first?.text).toMatch(new RegExp(`^${leaks.length} of ${leaks.length} leaked connections were last used within \\d+ ms of a line \`order <\\*> of user-<\\*> refused: sold out\` \\([\\d.]+ expected by chance, p = \\de-\\d+\\)$`));
    for (const other of correlations) expect(other.template).not.toContain("heartbeat");
  });

  test("requests that never end, and the path that leaks, are named as well", () => {
    const { lines, leaks } = shop(randomOf(2), MINUTE, 0.08);
    const values = correlate({ diagnoses: [diagnosisWith(leaks)], logs: [logOf(lines)] }).correlations.filter(({ key }) => key !== null);
    const endless = values.find(({ key }) => key?.value === "never ends");
    expect(endless).toMatchObject({ key: { name: "request <*> begins without request <*> done" }, moments: leaks.length, lines: leaks.length });
    expect(values.some(({ key }) => key?.name === "path" && key.value === "/update")).toBe(true);
    expect(values.some(({ key }) => key?.name === "user")).toBe(false);
  });

  test("the records named are lines of that kind beside a leak", () => {
    const { lines, leaks } = shop(randomOf(3), MINUTE, 0.05);
    const log = logOf(lines);
    const [first] = correlate({ diagnoses: [diagnosisWith(leaks)], logs: [log] }).correlations;
    expect(first?.records.length).toBe(Math.min(20, leaks.length));
    for (const index of first?.records ?? []) {
      const record = log.at(index);
      expect(record.message).toContain("refused");
      expect(leaks.some((leak) => Math.abs(leak - (record.timeMs ?? 0)) <= 100)).toBe(true);
    }
  });

  test("found with stamps of whole seconds when leaks are rarer than those", () => {
    const { lines, leaks } = shop(randomOf(4), 10 * MINUTE, 0.004);
    const [first] = correlate({ diagnoses: [diagnosisWith(leaks)], logs: [logOf(lines, { resolutionMs: 1000 })] }).correlations;
    expect(first?.template).toBe("order <*> of user-<*> refused: sold out");
    expect(first?.window.fromMs).toBeLessThanOrEqual(-1000);
  });

  test("lines that one statement wrote are one kind, whatever words are in them", () => {
    const random = randomOf(5);
    const leaks = anywhere(random, 12, MINUTE);
    const words = ["tea", "cup", "pot", "jug"];
    const lines = [...leaks.map((time, index): MadeLine => ({ timeMs: time + 2, message: `no more ${words[index % 4]} for you` })), ...arrivals(random, 20, MINUTE).map((timeMs): MadeLine => ({ timeMs, message: "tick" }))];
    const { correlations } = correlate({
      diagnoses: [diagnosisWith(leaks)], logs: [logOf(lines)],
      statementOf: (_, record) => (record.message.startsWith("no more") ? { statement: 3, template: "no more <*> for you" } : null),
    });
    expect(correlations[0]).toMatchObject({ template: "no more <*> for you", statement: 3, moments: 12, lines: 12 });
  });

  test("six leaks are enough when the line is rare, and three are said to be too few", () => {
    const random = randomOf(6);
    const leaks = anywhere(random, 6, MINUTE);
    const lines = [...leaks.map((time): MadeLine => ({ timeMs: time + 1, message: `refund ${Math.floor(time)} refused` })), ...arrivals(random, 30, MINUTE).map((timeMs): MadeLine => ({ timeMs, message: `job ${Math.floor(timeMs)} ran` }))];
    const [first] = correlate({ diagnoses: [diagnosisWith(leaks)], logs: [logOf(lines)] }).correlations;
    expect(first).toMatchObject({ template: "refund <*> refused", moments: 6, ofMoments: 6 });
    expect(first?.correctedPValue).toBeLessThan(0.001);

    const few = correlate({ diagnoses: [diagnosisWith(leaks.slice(0, 3))], logs: [logOf(lines)] });
    expect(few.correlations).toEqual([]);
    expect(few.notes.join()).toContain("too few");
  });

  test("workers of one program are tried together, and each diagnosis gets the answer", () => {
    const { lines, leaks } = shop(randomOf(7), MINUTE, 0.05);
    const diagnoses = leaks.map((leak, index) => diagnosisWith([leak], { process: { pid: 100 + index, name: "worker", commandLine: null } }));
    const { correlations } = correlate({ diagnoses, logs: [logOf(lines)] });
    expect(new Set(correlations.map(({ diagnosis }) => diagnosis)).size).toBe(diagnoses.length);
    expect(correlations[0]).toMatchObject({ template: "order <*> of user-<*> refused: sold out", ofMoments: leaks.length });
  });
});

describe("nothing to name", () => {
  test.each([100, 101, 102, 103, 104])("leaks that go with no line (seed %i): nothing is named, and how much was tried is said", (seed) => {
    const random = randomOf(seed);
    const { lines } = shop(random, MINUTE, 0.05);
    const report = correlate({ diagnoses: [diagnosisWith(anywhere(random, 40, MINUTE))], logs: [logOf(lines)] });
    expect(report.correlations).toEqual([]);
    expect(report.notes.join()).toContain("none goes with them");
  });

  test("no leak moments, no logs, a log of another day, a log without times", () => {
    const { lines, leaks } = shop(randomOf(8), MINUTE, 0.05);
    expect(correlate({ diagnoses: [diagnosisWith([])], logs: [logOf(lines)] })).toEqual({ correlations: [], notes: [] });
    expect(correlate({ diagnoses: [], logs: [logOf(lines)] }).correlations).toEqual([]);
    expect(correlate({ diagnoses: [diagnosisWith(leaks)], logs: [] }).correlations).toEqual([]);
    const later = correlate({ diagnoses: [diagnosisWith(leaks)], logs: [logOf(lines.map((line) => ({ ...line, timeMs: line.timeMs + 86_400_000 })))] });
    expect(later.correlations).toEqual([]);
    expect(later.notes.join()).toContain("tells nothing of the time");
    const untimed = logOf(lines);
    untimed.timesMs.fill(Number.NaN);
    expect(correlate({ diagnoses: [diagnosisWith(leaks)], logs: [untimed] }).correlations).toEqual([]);
  });
});

describe("moments that are all off by the same, as on a host that let the look wait", () => {
  const shifted = (leaks: readonly number[], byMs: number): number[] => leaks.map((leak) => leak + byMs);

  test("find their line where the look says by how much they may be off", () => {
    for (const [seed, byMs] of [[11, 104], [12, -93], [13, 61]] as const) {
      const { lines, leaks } = shop(randomOf(seed), 30_000, 0.06);
      const [first] = correlate({ diagnoses: [diagnosisWith(shifted(leaks, byMs))], logs: [logOf(lines)], momentErrorMs: () => 125 }).correlations;
      expect(first, `${byMs} ms`).toMatchObject({ template: "order <*> of user-<*> refused: sold out" });
      expect(first?.correctedPValue).toBeLessThan(1e-3);
      expect(first?.window.fromMs).toBeLessThanOrEqual(-byMs + 1);
      expect(first?.window.toMs).toBeGreaterThanOrEqual(-byMs - 1);
    }
  });

  test("name nothing more often by chance for all the places that are tried", () => {
    let named = 0;
    for (let seed = 0; seed < 50; seed += 1) {
      const random = randomOf(1000 + seed);
      const { lines } = shop(random, 10_000, 0.05);
      const leaks = anywhere(random, 14, 10_000);
      named += correlate({ diagnoses: [diagnosisWith(leaks)], logs: [logOf(lines)], momentErrorMs: () => 125 }).correlations.length > 0 ? 1 : 0;
    }
    expect(named).toBe(0);
  });
});
