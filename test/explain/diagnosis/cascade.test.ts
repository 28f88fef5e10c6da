import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { later } from "../look-builder";
import { causesOf, host, only, stalled, unanswered } from "../hosts-builder";

describe("trouble that moves from host to host", () => {
  // The first falls 60 s ago and gets 10 requests a second for 20 s; then the second gets them all.
  const first = host(1, stalled(1, 200, 60_000, 40_500));
  const second = host(2, stalled(2, 150, 38_000, 10_000));

  it("is named with the order and the times", () => {
    const found = only("cascade", second, first);
    expect(found?.confidence).toBe("high");
    expect(found?.title).toContain("web-1, then web-2");
    const [one, two] = found?.hosts ?? [];
    // A twentieth of the first ones may be leftovers: 10 of 200 and 7 of 150 in both.
    expect((two?.sinceOursMs ?? 0) - (one?.sinceOursMs ?? 0)).toBeGreaterThan(20_000);
    expect((two?.sinceOursMs ?? 0) - (one?.sinceOursMs ?? 0)).toBeLessThan(24_000);
    expect(found?.evidence.filter((piece) => piece.supports).map((piece) => piece.text).join("\n")).toMatch(/10\.0\.0\.100[\s\S]*fell off/);
  });

  it("goes by our clock: hosts whose own clocks tell the other order are put right", () => {
    const slow = host(2, stalled(2, 150, 38_000, 10_000), { offsetMs: -600_000 });
    expect(only("cascade", first, slow)?.hosts?.map((one) => one.name)).toEqual(["web-1", "web-2"]);
  });

  it("within the error of the clocks there is no order, and no cascade", () => {
    expect(only("cascade", host(1, stalled(1, 200, 60_000, 40_500), { errorMs: 15_000 }), host(2, stalled(2, 150, 38_000, 10_000), { errorMs: 15_000 }))).toBeUndefined();
  });

  it("a third whose order is not known is told without a place", () => {
    const third = host(3, stalled(3, 150, 37_500, 10_000), { errorMs: 400 });
    const found = only("cascade", first, second, third);
    expect(found?.hosts?.map((one) => one.name)).toEqual(["web-1", "web-2", "web-3"]);
    expect(found?.evidence.some((one) => !one.supports && one.text.startsWith("web-3 fell at the same time"))).toBe(true);
  });

  it("a first host that was restarted since still stands first", () => {
    const well = later(host(1, []), 30_000);
    const found = only("cascade", first, well, later(second, 30_000));
    expect(found?.hosts?.map((one) => one.name)).toEqual(["web-1", "web-2"]);
    expect(found?.evidence[0]?.text).toContain("well again");
  });

  it("looks that tell no times tell the order by themselves", () => {
    const bare = (n: number, count: number): ReturnType<typeof host> => host(n, stalled(n, count, 30_000, 8_000).map((one) => ({ ...one, info: null })));
    const found = only("cascade", bare(1, 0), later(bare(1, 20), 30_000), later(bare(1, 20), 60_000), bare(2, 0), later(bare(2, 0), 60_000), later(bare(2, 20), 90_000));
    expect(found?.hosts?.map((one) => [one.name, one.sinceErrorMs])).toEqual([["web-1", 15_005], ["web-2", 15_005]]);
  });
});

describe("what is not", () => {
  it("hosts that fall together, as when what they share is ill", () => {
    const ill = (n: number, since: number): ReturnType<typeof host> => host(n, [...stalled(n, 100, since, 5_000), ...unanswered(n, 6, since - 500)]);
    const found = causesOf(ill(1, 40_000), ill(2, 38_500));
    expect(found.map((one) => one.cause)).not.toContain("cascade");
    expect(found[0]?.cause).toBe("shared-dependency");
  });

  it("one ill host among well ones", () => {
    expect(only("cascade", host(1, stalled(1, 200, 60_000, 40_000)), host(2, []), host(3, []))).toBeUndefined();
  });

  it("two services on two ports", () => {
    const elsewhere = host(2, stalled(2, 150, 38_000, 10_000).map((one) => ({ ...one, local: { ...one.local, port: 9090 } })));
    expect(only("cascade", host(1, stalled(1, 200, 60_000, 40_500)), elsewhere)).toBeUndefined();
  });

  it("two slow leaks that overlap, whatever their beginnings", () => {
    fc.assert(fc.property(fc.integer({ min: 60_000, max: 600_000 }), fc.double({ min: 0.6, max: 1, noNaN: true }), (since, share) => {
      // Both go on to the present: the second began before the first was half through.
      expect(only("cascade", host(1, stalled(1, 60, since, 6_000)), host(2, stalled(2, 60, 6_000 + (since - 6_000) * share, 6_000)))).toBeUndefined();
    }), { numRuns: 40 });
  });

  it("two falls hours apart", () => {
    expect(only("cascade", host(1, stalled(1, 100, 4 * 3_600_000, 4 * 3_600_000 - 20_000)), host(2, stalled(2, 100, 60_000, 10_000)))).toBeUndefined();
  });
});
