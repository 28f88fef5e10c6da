import { describe, expect, it } from "vitest";
import { findingsOfLeakLines, LEAK_LINE_RULE } from "../../../src/locate/ranking/leak-line";
import type { FunctionNearLine, LeakLine } from "../../../src/locate/ranking/leak-line";
import { rank } from "../../../src/locate/ranking/rank";
import type { RankInput } from "../../../src/locate/ranking/rank";
import type { Finding } from "../../../src/model/finding";
import { finding, look, pinned, process, service } from "./case-builder";

const base: RankInput = {
  diagnoses: [pinned()],
  findings: [],
  snapshots: [look([process(812, "shopd", { exe: "/home/me/shop/shopd", commandLine: "./shopd", cwd: "/home/me/shop" })])],
  services: [service("mysql", "127.0.0.1", 13306)],
  modules: [{ folder: "", language: "go", name: "example.com/shopd", binaries: ["shopd"], manifest: "go.mod" }],
  workspaceRoot: "/home/me/shop",
};

const near = (symbol: string, file: string, line: number, endLine: number, relation: FunctionNearLine["relation"], distance: number): FunctionNearLine => ({ symbol, file, line, endLine, relation, distance });

/** `Refund` of orders.go, lines 20 to 40, says no in line 30; `serve` calls it, and it calls `begin` of store.go. */
const refused = (changes: Partial<LeakLine> = {}): LeakLine => ({
  diagnosis: 0,
  statement: { file: "orders.go", line: 30, column: 3, symbol: "Orders.Refund", language: "go", library: "log/slog", level: "warning", template: "order <*> refused" },
  moments: 47, ofMoments: 50, lines: 47, correctedPValue: 1e-40,
  functions: [near("Orders.Refund", "orders.go", 20, 40, "itself", 0), near("serve", "main.go", 5, 15, "calls it", 1), near("begin", "store.go", 1, 9, "called by it", 1), near("main", "main.go", 50, 60, "calls it", 2)],
  ...changes,
});

const ranked = (findings: readonly Finding[], leakLines: readonly LeakLine[]) => {
  const all = [...findings, ...findingsOfLeakLines(base.diagnoses, findings, leakLines)];
  return rank({ ...base, findings: all, leakLines });
};
const reasonOf = (suspects: ReturnType<typeof ranked>, file: string) => suspects.find((one) => one.file === file)?.reasons.find(({ factor }) => factor === "log-line");

describe("the statement whose line goes with the leak", () => {
  it("raises the finding of its function above a surer one elsewhere, and says why", () => {
    const suspects = ranked([finding("admin.go", 12), finding("orders.go", 22, { confidence: "medium", grade: "raise" })], [refused()]);
    expect(suspects.map(({ file }) => file)).toEqual(["orders.go", "admin.go"]);
    expect(reasonOf(suspects, "orders.go")?.text).toBe("47 of 50 leak moments go with the line `order <*> refused`, written here (orders.go:30)");
    expect(reasonOf(suspects, "admin.go")?.points).toBeLessThan(0);
    for (const { score } of suspects) expect(score).toBeLessThanOrEqual(100);
  });

  it("raises what calls it and what it calls, less with each call", () => {
    const suspects = ranked([finding("main.go", 55), finding("main.go", 7), finding("store.go", 3), finding("orders.go", 21)], [refused()]);
    const points = (line: number): number => suspects.find((one) => one.line === line)?.reasons.find(({ factor }) => factor === "log-line")?.points ?? 0;
    expect(points(21)).toBeGreaterThan(points(7));
    expect(points(7)).toBe(points(3));
    expect(points(3)).toBeGreaterThan(points(55));
    expect(points(55)).toBeGreaterThan(0);
    expect(reasonOf(suspects, "store.go")?.text).toContain("written by Orders.Refund (orders.go:30), which calls this");
    expect(suspects.find((one) => one.line === 7)?.reasons.map(({ text }) => text).join()).toContain("which this calls");
  });

  it("finds the finding by a step of its path as well", () => {
    const suspects = ranked([finding("helper.go", 4, { path: [{ file: "helper.go", line: 4, column: 1, label: "opened here" }, { file: "orders.go", line: 33, column: 1, label: "left here" }] }), finding("admin.go", 1)], [refused()]);
    expect(suspects[0]?.file).toBe("helper.go");
  });

  it("says less when its lines come often besides the leaks, and then nothing against others", () => {
    const suspects = ranked([finding("admin.go", 12), finding("orders.go", 22)], [refused({ lines: 900 })]);
    expect(reasonOf(suspects, "orders.go")?.points).toBeLessThan(reasonOf(ranked([finding("orders.go", 22)], [refused()]), "orders.go")?.points ?? 0);
    expect(reasonOf(suspects, "admin.go")).toBeUndefined();
  });

  it("concerns its own diagnosis alone", () => {
    expect(reasonOf(ranked([finding("orders.go", 22)], [refused({ diagnosis: 1 })]), "orders.go")).toBeUndefined();
  });
});

describe("a leak that no rule knows", () => {
  it("makes the statement's function a suspect, named no proof, before a finding that has nothing to do with the line", () => {
    const suspects = ranked([finding("admin.go", 12)], [refused()]);
    expect(suspects[0]).toMatchObject({ rank: 1, rule: LEAK_LINE_RULE, file: "orders.go", line: 30, symbol: "Orders.Refund", kind: "transaction-leak" });
    const [made] = findingsOfLeakLines(base.diagnoses, [], [refused()]);
    expect(made).toMatchObject({ confidence: "low", path: [{ file: "orders.go", line: 30 }] });
    expect(made?.message).toContain("no proof");
  });

  it("is not made where a finding of the function, or one call away, tells of it", () => {
    for (const known of [finding("orders.go", 25), finding("main.go", 7), finding("store.go", 3)]) expect(findingsOfLeakLines(base.diagnoses, [known], [refused()])).toEqual([]);
    // Two calls away is another matter, and so is a finding of a kind that does not explain the cause.
    expect(findingsOfLeakLines(base.diagnoses, [finding("main.go", 55)], [refused()])).toHaveLength(1);
    expect(findingsOfLeakLines(base.diagnoses, [finding("orders.go", 25, { kind: "pool-config" })], [refused()])).toHaveLength(1);
  });

  it("is not made twice, nor for a diagnosis that code does not explain", () => {
    expect(findingsOfLeakLines([pinned(), pinned()], [], [refused(), refused({ diagnosis: 1 })])).toHaveLength(1);
    expect(findingsOfLeakLines([pinned({ lookFor: [] })], [], [refused()])).toEqual([]);
  });

  it("counts for what the same process's handlers make wait, where no line of its own can be known", () => {
    const stuck = pinned({ cause: "handler-stalled", direction: "inbound", lookFor: ["transaction-leak"] });
    const waiting = { ...stuck, cause: "accept-queue-stalled" as const };
    const suspects = rank({ ...base, diagnoses: [waiting, stuck], findings: [finding("orders.go", 22)], leakLines: [refused({ diagnosis: 1 })] });
    expect(suspects.map(({ diagnosis, reasons }) => [diagnosis, reasons.some(({ factor }) => factor === "log-line")])).toEqual([[0, true], [1, true]]);
    // Connections the other way are another story.
    const outward = rank({ ...base, diagnoses: [{ ...waiting, direction: "outbound" }, stuck], findings: [finding("orders.go", 22)], leakLines: [refused({ diagnosis: 1 })] });
    expect(outward.find(({ diagnosis }) => diagnosis === 0)?.reasons.some(({ factor }) => factor === "log-line")).toBe(false);
  });
});
