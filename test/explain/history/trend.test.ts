import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Points } from "../../../src/explain/history/slope";
import { slopeOf } from "../../../src/explain/history/slope";
import { courseOf } from "../../../src/explain/history/trend";
import { poisson, random, series, wander } from "./simulated";

const RUNS = 100;

/** The share of simulated series of which it is said that they grow. */
function shareGrowing(make: (next: () => number, run: number) => Points, confidences: readonly string[] = ["high", "medium", "low"]): number {
  let grows = 0;
  for (let run = 0; run < RUNS; run += 1) {
    const course = courseOf(make(random(run * 7919 + 13), run), [], null, "sockets");
    if (course.verdict === "grows" && confidences.includes(course.confidence)) grows += 1;
  }
  return grows / RUNS;
}

/** A wave of load that swings between a tenth and nine tenths of its height, beginning anywhere in its period. */
const wave = (looks: number, periods: number) => (next: () => number, run: number): Points =>
  series(looks, (look) => poisson(50 + 40 * Math.sin(2 * Math.PI * ((periods * look) / looks + run / RUNS)), next));

describe.each([12, 60, 400])("false alarms in %i looks are under five in a hundred", (looks) => {
  it.each<[string, (next: () => number, run: number) => Points]>([
    ["a steady load", (next) => series(looks, () => poisson(20, next))],
    ["a small steady load", (next) => series(looks, () => poisson(3, next))],
    ["a load that wanders", (next) => { const load = wander(0.9, 10, next); return series(looks, () => 100 + load()); }],
    ["a pool that fills to its size and rests", () => series(looks, (look) => Math.min(50, (look * 50) / (0.2 * looks)))],
    ["a pool that fills slower and slower", (next) => series(looks, (look) => 50 * (1 - Math.exp(-look / (looks * 0.1))) + poisson(2, next))],
    ["a wave of load, once", wave(looks, 1)],
    ["two days with their waves", wave(looks, 2)],
    ["a day and a half", wave(looks, 1.4)],
  ])("%s", (_name, make) => {
    expect(shareGrowing(make, ["high", "medium"])).toBeLessThanOrEqual(0.05);
  });
});

describe.each([12, 60, 400])("leaks that are told in %i looks", (looks) => {
  it.each<[string, number, (next: () => number, run: number) => Points]>([
    ["one that climbs by chance, sixty in all", 0.98, (next) => { let held = 0; return series(looks, () => (held += poisson(60 / looks, next))); }],
    ["one under a small noisy load", 0.95, (next) => series(looks, (look) => (30 * look) / looks + poisson(5, next))],
    ["one under a load that wanders", 0.75, (next) => { const load = wander(0.9, 8, next); return series(looks, (look) => (60 * look) / looks + 40 + load()); }],
    ["one under three waves of load", 0.7, (next, run) => series(looks, (look) => (100 * look) / looks + poisson(30 + 20 * Math.sin(2 * Math.PI * ((3 * look) / looks + run / RUNS)), next))],
  ])("%s", (_name, power, make) => {
    expect(shareGrowing(make)).toBeGreaterThanOrEqual(power);
  });
});

describe("the rate", () => {
  it.each<[string, (next: () => number) => (look: number) => number]>([
    ["noise", (next) => () => poisson(20, next)],
    ["a load that wanders", (next) => { const load = wander(0.8, 8, next); return () => 50 + load(); }],
  ])("lies in its interval in 93 and more of a hundred series, under %s", (_name, disturb) => {
    let inside = 0;
    for (let run = 0; run < 200; run += 1) {
      const noise = disturb(random(run + 5));
      const slope = slopeOf(series(80, (look, seconds) => 0.5 * seconds + noise(look)));
      if (slope !== null && slope.low <= 0.5 && slope.high >= 0.5) inside += 1;
    }
    expect(inside / 200).toBeGreaterThanOrEqual(0.93);
  });
  it("is that of a straight line, whatever the line, and wild looks do not move it", () => {
    fc.assert(fc.property(fc.double({ min: 0.01, max: 100, noNaN: true }), fc.integer({ min: 10, max: 300 }), fc.integer({ min: 0, max: 9 }), (rate, looks, wild) => {
      const timesMs = Array.from({ length: looks }, (_, look) => look * 1000);
      const values = timesMs.map((ms, look) => (look === wild ? 1e6 : (rate * ms) / 1000));
      expect(slopeOf({ timesMs, values })?.perSecond).toBeCloseTo(rate, 3);
    }), { numRuns: 50 });
  });
});

describe("the time left", () => {
  it("is the room to the limit by the rate, with its interval", () => {
    const course = courseOf(series(60, (_look, seconds) => 200 + seconds * 2), [], 1024, "descriptors");
    // After 295 s there are 790: 234 are left.
    expect(course).toMatchObject({ verdict: "grows", confidence: "high" });
    expect(course.secondsLeft).toBeCloseTo(117, 0);
    expect(course.secondsLeftLow ?? 0).toBeLessThanOrEqual(course.secondsLeft ?? 0);
    expect(course.secondsLeftHigh ?? 0).toBeGreaterThanOrEqual(course.secondsLeft ?? 0);
    expect(course.text).toContain("1,024 descriptors are reached in 117.0 s");
  });
  it("is not told of what rests, falls, or has no limit", () => {
    for (const course of [courseOf(series(60, () => 900), [], 1024, "descriptors"), courseOf(series(60, (look) => 900 - look * 5), [], 1024, "descriptors"), courseOf(series(60, (look) => look * 5), [], null, "descriptors")]) {
      expect(course.secondsLeft).toBeNull();
    }
  });
  it("is not told from fewer than five looks", () => {
    expect(courseOf(series(4, (look) => look * 100), [], 1024, "descriptors")).toMatchObject({ verdict: "unclear", secondsLeft: null });
  });
});

describe("a sawtooth", () => {
  const teeth = (lengths: readonly number[], height: number): { points: Points; cuts: number[] } => {
    const values = lengths.flatMap((length) => Array.from({ length }, (_, at) => (height * at) / length));
    const points = series(values.length, (look) => values[look] ?? 0);
    let at = 0;
    return { points, cuts: lengths.slice(0, -1).map((length) => (points.timesMs[(at += length)] ?? 0) - 1) };
  };
  it("is a climb after each restart", () => {
    const { points, cuts } = teeth([40, 30, 20, 10], 200);
    expect(courseOf(points, cuts, null, "sockets")).toMatchObject({ verdict: "sawtooth", confidence: "high" });
  });
  it("is none without restarts: then it is load that comes and goes", () => {
    expect(courseOf(teeth([40, 30, 20], 200).points, [], null, "sockets").verdict).toBe("unclear");
  });
  it("is none when the service is steady between its restarts", () => {
    const next = random(3);
    const points = series(90, () => poisson(40, next));
    expect(courseOf(points, [30, 60].map((look) => points.timesMs[look] ?? 0), null, "sockets").verdict).not.toBe("sawtooth");
  });
});
