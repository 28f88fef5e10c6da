import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { coincidenceOf } from "../../../src/explain/correlation/coincidence";
import { Coverage } from "../../../src/explain/correlation/coverage";
import { holm } from "../../../src/explain/correlation/holm";
import { lnTail } from "../../../src/explain/correlation/tail";
import { windowsFor } from "../../../src/explain/correlation/windows";
import type { Random } from "./made-logs";
import { anywhere, arrivals, randomOf } from "./made-logs";

const LENGTH = 120_000;

interface Case {
  readonly moments: number[];
  readonly lines: number[];
  /** Lines of other kinds; left out: fifty a second. */
  readonly other?: number[];
}

/** Worlds in which lines and moments have nothing to do with each other but the load. */
const UNRELATED: Record<string, (random: Random) => Case> = {
  "both at random": (random) => ({ moments: anywhere(random, 5 + random() * 60, LENGTH), lines: arrivals(random, 0.05 * 400 ** random(), LENGTH) }),
  "a load that rises": (random) => {
    const load = (ms: number): number => ms / LENGTH;
    return { moments: arrivals(random, 0.6, LENGTH, load), lines: arrivals(random, 1 + random() * 20, LENGTH, load) };
  },
  "a load that begins late": (random) => {
    const load = (ms: number): number => (ms < LENGTH * 0.8 ? 0.02 : 1);
    return { moments: arrivals(random, 2, LENGTH, load), lines: arrivals(random, 1 + random() * 20, LENGTH, load) };
  },
  "a load in waves": (random) => {
    const period = 2_000 + random() * 20_000;
    const load = (ms: number): number => (1 + Math.sin((ms / period) * 2 * Math.PI)) / 2;
    return { moments: arrivals(random, 1, LENGTH, load), lines: arrivals(random, 1 + random() * 10, LENGTH, load), other: arrivals(random, 50, LENGTH, load) };
  },
  "a load in bursts of a second": (random) => {
    const bursts = arrivals(random, 0.15, LENGTH).map((start) => [start, start + 300 + random() * 2000] as const);
    const load = (ms: number): number => (bursts.some(([from, to]) => ms >= from && ms <= to) ? 1 : 0.03);
    return { moments: arrivals(random, 3, LENGTH, load), lines: arrivals(random, 2 + random() * 10, LENGTH, load), other: arrivals(random, 50, LENGTH, load) };
  },
  "lines on a beat": (random) => {
    const period = 50 * 200 ** random();
    return { moments: anywhere(random, 5 + random() * 60, LENGTH), lines: beat(random, period) };
  },
  "both on the same beat": (random) => {
    const period = 100 * 100 ** random();
    return { moments: beat(random, period).slice(0, 60), lines: beat(random, period) };
  },
  "moments on some beats of a clock": (random) => {
    const clock = beat(random, 100);
    return { moments: anywhere(random, 60, clock.length).map((at) => (clock[Math.floor(at)] ?? 0) + random() * 2), lines: beat(random, 100) };
  },
  "a load generator with an even pace": (random) => {
    const made: Required<Case> = { moments: [], lines: [], other: [] };
    for (let time = 0; time < LENGTH; time += 20) {
      const kind = Math.floor(random() * 5);
      if (kind === 0 && random() < 0.1) made.moments.push(time + random() * 3);
      else (kind === 1 ? made.lines : made.other).push(time + random() * 5);
    }
    return made;
  },
  "lines in bursts": (random) => ({ moments: anywhere(random, 5 + random() * 60, LENGTH), lines: inBursts(random, 0.2, 5 + random() * 100, 500) }),
  "moments in bursts": (random) => ({ moments: inBursts(random, 0.1, 1 + random() * 15, 300), lines: arrivals(random, 0.2 + random() * 10, LENGTH) }),
  "both in bursts of their own": (random) => ({ moments: inBursts(random, 0.1, 10, 300), lines: inBursts(random, 0.2, 20, 300) }),
  "one burst of each, close together": (random) => ({ moments: anywhere(random, 8, 900, 40_000), lines: anywhere(random, 3 + random() * 20, 900, 30_000 + random() * 20_000) }),
  "three connections at a time": (random) => ({ moments: anywhere(random, 15, LENGTH).flatMap((at) => [at, at + 1, at + 2]), lines: arrivals(random, 0.2 + random() * 10, LENGTH) }),
};

function beat(random: Random, period: number): number[] {
  const phase = random() * period;
  return Array.from({ length: Math.floor(LENGTH / period) }, (_, turn) => phase + turn * period + random() * 3);
}

function inBursts(random: Random, perSecond: number, each: number, width: number): number[] {
  return arrivals(random, perSecond, LENGTH).flatMap((start) => anywhere(random, each, width, start));
}

function sorted(times: readonly number[], step = 1): Float64Array {
  return Float64Array.from(times, (time) => Math.floor(time / step) * step).sort();
}

function chanceIn(made: Case, random: Random, resolutionMs = 1): number {
  const activity = sorted([...made.lines, ...(made.other ?? arrivals(random, 50, LENGTH))], resolutionMs);
  const scene = { moments: sorted(made.moments), activity, fromMs: 0, toMs: LENGTH, windows: windowsFor(resolutionMs) };
  return Math.exp(coincidenceOf(sorted(made.lines, resolutionMs), scene).lnP);
}

const RUNS = 80;

describe("what has nothing to do with the leak is not named", () => {
  for (const [name, make] of Object.entries(UNRELATED)) {
    for (const resolutionMs of [1, 1000]) {
      test(`${name}${resolutionMs === 1 ? "" : ", stamps of whole seconds"}`, () => {
        const chances: number[] = [];
        for (let seed = 1; seed <= RUNS; seed += 1) {
          const random = randomOf(seed * 7919);
          chances.push(chanceIn(make(random), random, resolutionMs));
        }
        // As many as the level says, and what a level of RUNS trials may bring more (three standard deviations).
        for (const level of [0.05, 0.01]) {
          const most = RUNS * level + 3 * Math.sqrt(RUNS * level * (1 - level));
          expect(chances.filter((chance) => chance < level).length, `below ${level}`).toBeLessThanOrEqual(most);
        }
        // One line in a report of a thousand: with these seeds none.
        expect(chances.filter((chance) => chance < 0.001)).toEqual([]);
      });
    }
  }
});

/** Worlds in which the line goes with the leak, with how sure that must become. */
const RELATED: Record<string, { readonly make: (random: Random) => Case; readonly below: number }> = {
  "five moments, each with its own rare line": { below: 1e-3, make: (random) => besides(anywhere(random, 5, LENGTH), random, 2) },
  "six, and a look whose clock was read 0.2 s late": { below: 1e-2, make: (random) => besides(anywhere(random, 6, LENGTH).map((at) => at + 200), random, 2, -200) },
  "six": { below: 1e-4, make: (random) => besides(anywhere(random, 6, LENGTH), random, 2) },
  "six within twenty seconds": { below: 1e-3, make: (random) => besides(anywhere(random, 6, 20_000, 50_000), random, 2) },
  "ten lines a second, each with a leak": {
    below: 1e-10,
    make: (random) => {
      const lines = arrivals(random, 10, LENGTH);
      return { lines, moments: lines.filter((at) => at > 60_000).slice(0, 40).map((at) => at - 2 - random() * 5) };
    },
  },
  "ten lines a second, one in twenty with a leak": {
    below: 1e-10,
    make: (random) => {
      const lines = arrivals(random, 10, LENGTH);
      return { lines, moments: lines.filter(() => random() < 0.05).slice(0, 40).map((at) => at - 2 - random() * 5) };
    },
  },
  "half of the leaks come from elsewhere": {
    below: 1e-10,
    make: (random) => {
      const lines = arrivals(random, 2, LENGTH);
      const moments = lines.filter(() => random() < 0.2).map((at) => at - 2 - random() * 5);
      return { lines, moments: [...moments, ...anywhere(random, moments.length, LENGTH)] };
    },
  },
  "a look whose clock was read 37 ms late": {
    below: 1e-3,
    make: (random) => {
      const lines = arrivals(random, 0.2, LENGTH);
      return { lines, moments: lines.map((at) => at + 37 + random() * 4) };
    },
  },
  "the line comes up to 0.4 s later": { below: 1e-5, make: (random) => besides(arrivals(random, 0.5, LENGTH), random, 400) },
  "an even pace": {
    below: 1e-6,
    make: (random) => {
      const made: Required<Case> = { moments: [], lines: [], other: [] };
      for (let time = 0; time < LENGTH; time += 20) {
        const kind = Math.floor(random() * 5);
        (kind === 0 ? made.lines : made.other).push(time + random() * 5);
        if (kind === 0 && random() < 0.1) made.moments.push(time + random() * 3);
      }
      return made;
    },
  },
};

function besides(moments: number[], random: Random, withinMs: number, laterMs = 0): Case {
  return { moments, lines: moments.map((at) => at + laterMs + random() * withinMs) };
}

describe("what goes with the leak is found", () => {
  for (const [name, { make, below }] of Object.entries(RELATED)) {
    test(name, () => {
      let found = 0;
      for (let seed = 1; seed <= 30; seed += 1) {
        const random = randomOf(seed * 104_729);
        if (chanceIn(make(random), random) < below) found += 1;
      }
      expect(found).toBeGreaterThanOrEqual(28);
    });
  }
});

describe("the parts", () => {
  test("the upper tail is the binomial's sum, and a correlation of one leaves one draw", () => {
    // By hand: P(K >= 2) of three throws at 1/2 is 4/8; P(K = 3) at 0.1 is 0.001.
    expect(Math.exp(lnTail(2, 3, 0.5, 0))).toBeCloseTo(0.5, 12);
    expect(Math.exp(lnTail(3, 3, 0.1, 0))).toBeCloseTo(0.001, 12);
    expect(Math.exp(lnTail(3, 3, 0.1, 1))).toBeCloseTo(0.1, 12);
    // A beta-binomial with alpha = beta = 1 (mean 1/2, rho 1/3) is uniform on 0..n.
    expect(Math.exp(lnTail(3, 4, 0.5, 1 / 3))).toBeCloseTo(2 / 5, 9);
    // Far below what a double holds: 1000 of 1000 at 1/10.
    expect(lnTail(1000, 1000, 0.1, 0)).toBeCloseTo(-1000 * Math.LN10, 6);
  });

  test("more hits are never likelier, more correlation never makes all of them less likely", () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 300 }), fc.double({ min: 0.001, max: 0.999, noNaN: true }), fc.double({ min: 0, max: 0.99, noNaN: true }), (n, mean, rho) => {
      let last = 0;
      for (let k = 0; k <= n; k += Math.max(1, Math.floor(n / 10))) {
        const tail = lnTail(k, n, mean, rho);
        expect(tail).toBeLessThanOrEqual(last + 1e-9);
        last = tail;
      }
      expect(lnTail(n, n, mean, rho)).toBeGreaterThanOrEqual(lnTail(n, n, mean, rho / 2) - 1e-6);
    }));
  });

  test("coverage agrees with a look at each millisecond", () => {
    fc.assert(fc.property(fc.array(fc.integer({ min: 0, max: 300 }), { maxLength: 30 }), fc.integer({ min: 0, max: 20 }), fc.integer({ min: 1, max: 20 }), (times, before, after) => {
      const coverage = new Coverage(sorted(times), -before, after);
      const covered = (x: number): boolean => times.some((time) => time - x >= -before && time - x <= after);
      let total = 0;
      const xs: number[] = [];
      const sums: number[] = [];
      for (let x = -40; x < 360; x += 1) {
        if (coverage.covers(x + 0.5) !== covered(x + 0.5) || Math.abs(coverage.upTo(x) - total) > 1e-6) expect.fail(`at ${x}`);
        xs.push(x);
        sums.push(total);
        total += covered(x + 0.5) ? 1 : 0;
      }
      const out = new Float64Array(xs.length);
      coverage.upToEach(Float64Array.from(xs), 0, out);
      sums.forEach((sum, index) => expect(out[index]).toBeCloseTo(sum, 6));
    }));
  });

  test("Holm: the smallest is multiplied by all tests, each next by one fewer, and order is kept", () => {
    const corrected = holm([Math.log(0.01), Math.log(0.0001), Math.log(0.009)], 10).map(Math.exp);
    expect(corrected[1]).toBeCloseTo(0.001, 10);
    expect(corrected[2]).toBeCloseTo(0.081, 10);
    expect(corrected[0]).toBeCloseTo(0.081, 10);
  });
});
