import { describe, expect, it } from "vitest";
import { explain } from "../../../src/explain/explain";
import type { Snapshot } from "../../../src/model/snapshot";
import { later, listener, look, numbers, process, socket, times } from "../look-builder";

const shopd = { pid: 812, process: "shopd" };
/** Connection n was last used `n * 5` seconds after the start of the story; `nowMs` is when the look is taken. */
function leakAt(nowMs: number, lastUsedMs: (n: number) => number): Snapshot {
  const there = numbers(200).filter((n) => n * 5000 <= nowMs);
  return later(look([listener("0.0.0.0:8080", 0, 128, shopd), ...there.map((n) => {
    const unused = nowMs - Math.min(nowMs, lastUsedMs(n));
    return socket("ESTABLISHED", `10.0.0.7:${40_000 + n}`, "10.0.0.3:3306", { by: shopd, info: times(unused, unused, unused) });
  })], { processes: [process(812, "shopd")] }), nowMs);
}
const leak = (nowMs: number): Snapshot => leakAt(nowMs, (n) => n * 5000);

describe("established-growth", () => {
  it("tells connections that are opened, used once, and never again", () => {
    const { diagnoses } = explain({ snapshots: [leak(50_000), leak(100_000)], configured: [] });
    expect(diagnoses).toHaveLength(1);
    expect(diagnoses[0]).toMatchObject({ cause: "established-growth", confidence: "medium", direction: "outbound", process: { pid: 812 }, lookFor: ["transaction-leak", "resource-leak", "client-churn"] });
    expect(diagnoses[0]?.evidence[0]?.figure).toBe("11 to 21 in 50.0 s");
    // Each last use, five seconds apart.
    const moments = diagnoses[0]?.leakMomentsMs ?? [];
    expect(moments[1] ?? 0).toBe((moments[0] ?? 0) + 5000);
  });
  it("is sure after three looks", () => {
    expect(explain({ snapshots: [leak(50_000), leak(100_000), leak(200_000)], configured: [] }).diagnoses[0]).toMatchObject({ cause: "established-growth", confidence: "high" });
  });
  it("is silent on one look", () => {
    expect(explain({ snapshots: [leak(100_000)], configured: [] }).diagnoses).toEqual([]);
  });
  it("is silent on a pool that grows under load: its connections are used all the time", () => {
    const busy = (now: number): Snapshot => leakAt(now, (n) => now - (n % 7) * 40);
    expect(explain({ snapshots: [busy(50_000), busy(100_000)], configured: [] }).diagnoses).toEqual([]);
  });
  it("is silent on a pool that warmed up in one burst and then rests", () => {
    const warm = (now: number): Snapshot => leakAt(now, () => 55_000);
    expect(explain({ snapshots: [leakAt(10_000, (n) => n * 5000), warm(60_000), warm(100_000)].map((one) => one), configured: [] }).diagnoses).toEqual([]);
  });
  it("is silent on a proxy, whose connections follow its clients", () => {
    const proxy = (now: number): Snapshot => {
      const one = leak(now);
      return { ...one, sockets: [...one.sockets, ...one.sockets.filter((s) => s.state === "ESTABLISHED").map((_, n) => socket("ESTABLISHED", "10.0.0.7:8080", `10.0.9.1:${50_000 + n}`, { by: shopd, info: times(1000, 1000, 1000) }))] };
    };
    expect(explain({ snapshots: [proxy(50_000), proxy(100_000)], configured: [] }).diagnoses).toEqual([]);
  });
  it("needs a steady climb where last use is unknown, and is not sure of it", () => {
    const blind = (now: number): Snapshot => ({ ...leak(now), sockets: leak(now).sockets.map((s) => ({ ...s, info: null })) });
    expect(explain({ snapshots: [blind(50_000), blind(100_000)], configured: [] }).diagnoses).toEqual([]);
    expect(explain({ snapshots: [blind(50_000), blind(100_000), blind(200_000)], configured: [] }).diagnoses[0]).toMatchObject({ cause: "established-growth", confidence: "low" });
  });
});
