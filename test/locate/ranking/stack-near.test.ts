import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { rank } from "../../../src/locate/ranking/rank";
import type { RankInput } from "../../../src/locate/ranking/rank";
import type { RecentChange } from "../../../src/locate/ranking/recent-change";
import type { StackedFunction } from "../../../src/locate/ranking/stack-near";
import { finding, look, pinned, process, service } from "./case-builder";

const LOOKED = Date.UTC(2026, 2, 1, 12);
const DAY = 86_400_000;
const base: RankInput = {
  diagnoses: [pinned()], findings: [], services: [service("mysql", "127.0.0.1", 13306)], modules: [], workspaceRoot: null,
  snapshots: [{ ...look([process(812, "shopd", { startedAtMs: LOOKED - DAY })]), clock: { targetMs: LOOKED, offsetMs: 0, offsetErrorMs: 1 } }],
};
const trace = (file: string, symbol: string, lines: readonly number[], moments = 18): StackedFunction => ({ diagnosis: 0, file, symbol, lines, from: "shop.log", moments: { with: moments, of: 20 }, waiting: 0 });
const reason = (input: Partial<RankInput>, file: string, factor: string) => rank({ ...base, ...input }).find((one) => one.file === file)?.reasons.find((one) => one.factor === factor);

describe("stacks", () => {
  it("settle what stands equal, and say where they stand and how often", () => {
    const findings = [finding("a.go", 10, { symbol: "Admin.List" }), finding("orders.go", 20, { symbol: "Orders.Refund" })];
    const stacks = [trace("orders.go", "main.(*Orders).Refund", [24])];
    expect(rank({ ...base, findings }).map(({ file }) => file)).toEqual(["a.go", "orders.go"]);
    expect(rank({ ...base, findings, stacks }).map(({ file }) => file)).toEqual(["orders.go", "a.go"]);
    expect(reason({ findings, stacks }, "orders.go", "stack")?.text).toBe("a stack trace through this function stands beside 18 of 20 leak moments, in shop.log");
    expect(reason({ findings, stacks: [trace("orders.go", "main.(*Orders).Refund", [20])] }, "orders.go", "stack")).toMatchObject({ text: "a stack trace through this line (orders.go:20) stands beside 18 of 20 leak moments, in shop.log" });
  });
  it("name the threads that wait below it", () => {
    const stacks: StackedFunction[] = [{ diagnosis: 0, file: "orders.go", symbol: "main.(*Orders).Refund.func1", lines: [21], from: "shop.log", moments: null, waiting: 7 }];
    expect(reason({ findings: [finding("orders.go", 20, { symbol: "Orders.Refund" })], stacks }, "orders.go", "stack")?.text).toBe("7 threads wait below this function in the dump in shop.log");
  });
  it("say nothing of another file, another function, another diagnosis, or beside few of the moments", () => {
    const findings = [finding("orders.go", 20, { symbol: "Orders.Refund" })];
    for (const stack of [trace("refunds.go", "Refund", [20]), trace("orders.go", "Orders.List", [99]), { ...trace("orders.go", "Orders.Refund", [20]), diagnosis: 1 }, trace("orders.go", "Orders.Refund", [20], 2), trace("orders.go", "", [99])]) {
      expect(reason({ findings, stacks: [stack] }, "orders.go", "stack")).toBeUndefined();
    }
  });
});

describe("a recent change", () => {
  const change = (daysBefore: number): RecentChange => ({ finding: 1, commit: "0123456789", subject: "Refunds in one transaction", atMs: LOOKED - daysBefore * DAY });
  const findings = [finding("a.go", 10), finding("orders.go", 20)];
  it("settles what stands equal, and names the commit", () => {
    expect(rank({ ...base, findings, changes: [change(2)] }).map(({ file }) => file)).toEqual(["orders.go", "a.go"]);
    expect(reason({ findings, changes: [change(2)] }, "orders.go", "recent-change")).toEqual({ factor: "recent-change", points: 2, text: "changed 2 days before the look, in 0123456789 (Refunds in one transaction)" });
    expect(reason({ findings, changes: [change(10)] }, "orders.go", "recent-change")?.points).toBe(1);
  });
  it("says nothing when it is old, or was committed after the process started", () => {
    expect(reason({ findings, changes: [change(60)] }, "orders.go", "recent-change")).toBeUndefined();
    expect(reason({ findings, changes: [change(0.5)] }, "orders.go", "recent-change")).toBeUndefined();
  });
});

it("neither, nor both together, put a guess before a path through the code", () => {
  const guess = fc.record({ confidence: fc.constantFrom("high" as const, "medium" as const, "low" as const), line: fc.integer({ min: 1, max: 40 }) });
  fc.assert(fc.property(guess, fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 30 }), fc.boolean(), fc.boolean(), ({ confidence, line }, moments, days, withStack, withChange) => {
    const findings = [finding("guess.go", line, { confidence, grade: "raise", symbol: "guess" }), finding("sure.go", 5, { confidence, grade: "path", symbol: "sure" })];
    const input = {
      ...base, findings,
      ...(withStack ? { stacks: [trace("guess.go", "guess", [line], moments)] } : {}),
      ...(withChange ? { changes: [{ finding: 0, commit: "0", subject: "", atMs: LOOKED - days * DAY }] } : {}),
    };
    expect(rank(input)[0]?.file).toBe("sure.go");
  }));
});
