import type { Confidence } from "../../model/finding";
import type { Trend } from "../../model/timeline";
import { formatCount, formatDuration } from "../figures";
import type { Points, Slope } from "./slope";
import { gather, slopeOf } from "./slope";

/** Where a quantity is going, before it is put into a time line. */
export type Course = Omit<Trend, "series">;

/** A piece of a quantity between two restarts of what holds it. */
export interface Period extends Points {
  readonly start: number;
  readonly peak: number;
  readonly shape: Shape;
}

/** A handful more is no growth. */
const LEAST_GROWTH = 4;
/** A restart empties what leaked: what stays above this share of the peak was no leak. */
const NEAR_ZERO = 0.35;

/**
 * Says where a quantity goes. What decides is the piece since the last cut (a restart):
 *
 * - `grows`: the slope's interval is above zero (or it climbs like stairs), the growth stands out of the noise, it goes on in the last third, and it was
 *   never given back. A wave of load gives back what it took, and a pool that fills up to its size stops: those are `unclear` and `plateau`.
 * - `sawtooth`: at least two pieces climb, and each cut empties them.
 *
 * @param limit The last known one; null: none.
 */
export function courseOf(points: Points, cutsMs: readonly number[], limit: number | null, noun: string): Course {
  const periods = periodsOf(points, cutsMs);
  const last = periods.at(-1);
  if (last === undefined) return unclear("there are too few looks to tell");
  const { shape } = last;
  const now = points.values.at(-1) ?? 0;
  const teeth = sawtoothOf(periods);
  if (teeth !== null) {
    const lengths = teeth.map(spanOf);
    return {
      ...reckoned(shape.slope, now, limit, shape.verdict === "grows"), verdict: "sawtooth", confidence: teeth.length >= 3 ? "high" : "medium",
      text: `climbs and falls to near zero with each restart: ${teeth.map(({ peak }, at) => `${formatCount(peak)} in ${formatDuration(lengths[at] ?? 0)}`).join(", ")}`,
    };
  }
  const { slope, verdict } = shape;
  if (verdict === "unclear" || slope === null) return { ...unclear(shape.why), ...(slope === null ? {} : { ratePerSecond: slope.perSecond, rateLow: finite(slope.low), rateHigh: finite(slope.high) }) };
  const figures = reckoned(slope, now, limit, verdict === "grows");
  if (verdict === "plateau") return { ...figures, verdict, confidence: shape.confidence, text: shape.why };
  const rate = `${sayRate(slope.perSecond)} (${sayRate(slope.low)} to ${sayRate(slope.high)})`;
  const left = figures.secondsLeft === null ? "" : figures.secondsLeft <= 0 ? `; the limit of ${formatCount(limit ?? 0)} is reached`
    : `; ${formatCount(limit ?? 0)} ${noun} are reached in ${formatDuration(figures.secondsLeft * 1000)}${figures.secondsLeftHigh === null ? "" : ` (${formatDuration((figures.secondsLeftLow ?? 0) * 1000)} to ${formatDuration(figures.secondsLeftHigh * 1000)})`}`;
  return { ...figures, verdict, confidence: shape.confidence, text: `${verdict === "grows" ? "grows by" : "falls by"} ${rate}${left}` };
}

/** The pieces between cuts that hold looks enough to speak of. */
export function periodsOf(points: Points, cutsMs: readonly number[]): Period[] {
  const periods: Period[] = [];
  const bounds = [...cutsMs].sort((a, b) => a - b);
  let times: number[] = [];
  let values: number[] = [];
  const close = (): void => {
    const first = values[0];
    if (first !== undefined && values.length >= 2) {
      const piece = { timesMs: times, values };
      periods.push({ ...piece, start: first, peak: Math.max(...gather(piece, 200).values, values.at(-1) ?? 0), shape: shapeOf(piece) });
    }
    times = [];
    values = [];
  };
  points.values.forEach((value, at) => {
    const time = points.timesMs[at] ?? 0;
    while (bounds.length > 0 && (bounds[0] ?? 0) <= time) {
      bounds.shift();
      close();
    }
    times.push(time);
    values.push(value);
  });
  close();
  return periods;
}

/** The periods that climb, when each later one began near zero again and there are at least two of them; else null. */
export function sawtoothOf(periods: readonly Period[]): readonly Period[] | null {
  const teeth: Period[] = [];
  periods.forEach((period, at) => {
    const before = periods[at - 1];
    // The leaking program's own first steps stand at the bottom: what it holds at rest.
    const emptied = before === undefined || period.start <= before.peak * NEAR_ZERO;
    if (climbs(period) && emptied && (before === undefined || before.peak - period.start >= LEAST_GROWTH)) teeth.push(period);
  });
  const whole = periods.filter((period) => period.values.length >= 5 || spanOf(period) > 0);
  // One tooth among many quiet periods is a bad day, no leak that comes back.
  return teeth.length >= 2 && teeth.length >= whole.length * 0.6 ? teeth : null;
}

/** It climbed to its end and did not settle. */
export function climbs(period: Period): boolean {
  if (period.shape.verdict === "grows") return true;
  // Between two restarts there may be no more than a few looks: then each must lie above the one before.
  const { values } = period;
  return values.length >= 3 && values.length < 8 && values.every((value, at) => at === 0 || value > (values[at - 1] ?? 0)) && (values[values.length - 1] ?? 0) - (values[0] ?? 0) >= LEAST_GROWTH;
}

export function spanOf({ timesMs }: Points): number {
  return (timesMs.at(-1) ?? 0) - (timesMs[0] ?? 0);
}

export interface Shape {
  readonly verdict: "grows" | "plateau" | "falls" | "unclear";
  readonly slope: Slope | null;
  readonly confidence: Confidence;
  readonly why: string;
}

/** The course of one piece. */
export function shapeOf(piece: Points): Shape {
  const { values, timesMs } = piece;
  const slope = slopeOf(piece);
  if (slope === null) return { verdict: "unclear", slope: null, confidence: "low", why: "there are too few looks to tell" };
  const seconds = spanOf(piece) / 1000;
  const net = slope.perSecond * seconds;
  const level = Math.max(Math.abs(slope.start), Math.abs(slope.end));
  const material = Math.max(LEAST_GROWTH, level * 0.05, 2 * slope.spread);
  const smooth = gather(piece, 80).values;
  const lowest = Math.min(...smooth);
  const highest = Math.max(...smooth);
  const third = Math.max(5, Math.ceil(values.length / 3));
  const end = slopeOf({ timesMs: timesMs.slice(-third), values: values.slice(-third) });
  const going = end === null ? 1 : end.perSecond / (slope.perSecond || 1);

  const back = mostGivenBack(smooth);
  const stairs = climbsLikeStairs(smooth);
  if ((slope.low > 0 || stairs) && net >= material) {
    if (going < 0.25 && (end === null || end.low <= 0 || going < 0.1) && !stairs) return { verdict: "plateau", slope, confidence: values.length >= 12 ? "high" : "medium", why: `rose and rests at about ${formatCount(slope.end > highest ? highest : (smooth.at(-1) ?? slope.end))}` };
    if (back > Math.max(0.5 * net, 4 * slope.spread) && !stairs) return { verdict: "unclear", slope, confidence: "low", why: "rises, and gave back more than half of it: it follows the load" };
    // So few looks cannot tell a load that wanders: only what hardly ever falls, or doubles, is more than a guess.
    const wanders = values.length < 20 && back > 0.1 * net && net < 0.5 * level;
    const confidence: Confidence = wanders ? "low" : values.length >= 12 && going >= 0.5 && back <= 0.25 * net && (slope.low > 0.5 * slope.perSecond || (stairs && back <= 0.1 * net)) ? "high"
      : values.length >= 8 && going >= 0.4 ? "medium" : "low";
    return { verdict: "grows", slope, confidence, why: "" };
  }
  if (slope.high < 0 && -net >= material) return { verdict: "falls", slope, confidence: values.length >= 12 ? "medium" : "low", why: "" };
  // Noise stays within a few of its own spreads, and no look resembles the one before; a wave of load does.
  const steady = highest - lowest <= Math.max(LEAST_GROWTH, 0.1 * highest) || (slope.likeness < 0.6 && highest - lowest <= 7 * slope.spread);
  if (steady) return { verdict: "plateau", slope, confidence: values.length >= 12 ? "high" : "medium", why: `steady at about ${formatCount((highest + lowest) / 2)}` };
  // A pool fills in steps at the beginning and rests: the line through all of it may be flat, or steep and short.
  const rest = smooth.slice(-Math.ceil(smooth.length / 2));
  if (Math.max(...rest) - Math.min(...rest) <= Math.max(2, 0.1 * highest)) return { verdict: "plateau", slope, confidence: "medium", why: `rests at about ${formatCount(rest.at(-1) ?? 0)}` };
  return { verdict: "unclear", slope, confidence: "low", why: "goes up and down" };
}

const STAIRS = 4;

/**
 * Each quarter lies higher than the one before it, at its lowest and at its highest point, the last one all above the first, and the climb does not end:
 * what noise with a memory, or a wave on top of a leak, leaves of a climb when the slope's interval is too wide to tell.
 */
function climbsLikeStairs(values: readonly number[]): boolean {
  if (values.length < 2 * STAIRS) return false;
  const steps = Array.from({ length: STAIRS }, (_, step) => {
    const part = values.slice(Math.floor((step * values.length) / STAIRS), Math.floor(((step + 1) * values.length) / STAIRS));
    return { low: Math.min(...part), high: Math.max(...part) };
  });
  const first = steps[0];
  const last = steps[STAIRS - 1];
  const before = steps[STAIRS - 2];
  if (first === undefined || last === undefined || before === undefined) return false;
  return steps.every((step, at) => at === 0 || (step.low > (steps[at - 1]?.low ?? 0) && step.high > (steps[at - 1]?.high ?? 0)))
    && last.low > first.high
    && last.low - before.low >= 0.12 * (last.low - first.low) && last.high - before.high >= 0.12 * (last.high - first.high);
}

/** The greatest fall from a peak to a later low. */
function mostGivenBack(values: readonly number[]): number {
  let peak = Number.NEGATIVE_INFINITY;
  let most = 0;
  for (const value of values) {
    peak = Math.max(peak, value);
    most = Math.max(most, peak - value);
  }
  return most;
}

function reckoned(slope: Slope | null, now: number, limit: number | null, grows: boolean): Pick<Trend, "ratePerSecond" | "rateLow" | "rateHigh" | "secondsLeft" | "secondsLeftLow" | "secondsLeftHigh"> {
  const rates = { ratePerSecond: slope?.perSecond ?? null, rateLow: slope === null ? null : finite(slope.low), rateHigh: slope === null ? null : finite(slope.high) };
  if (slope === null || !grows || limit === null || slope.perSecond <= 0) return { ...rates, secondsLeft: null, secondsLeftLow: null, secondsLeftHigh: null };
  const room = Math.max(0, limit - Math.max(now, slope.end));
  return {
    ...rates,
    secondsLeft: room / slope.perSecond,
    secondsLeftLow: Number.isFinite(slope.high) ? room / slope.high : null,
    secondsLeftHigh: slope.low > 0 ? room / slope.low : null,
  };
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

function unclear(text: string): Course {
  return { verdict: "unclear", ratePerSecond: null, rateLow: null, rateHigh: null, secondsLeft: null, secondsLeftLow: null, secondsLeftHigh: null, confidence: "low", text };
}

/** `2.0 a second`, `12 a minute`, `3.5 an hour`. */
function sayRate(perSecond: number): string {
  const size = Math.abs(perSecond);
  const say = (value: number, unit: string): string => `${value >= 100 ? formatCount(value) : value >= 10 ? value.toFixed(0) : value.toFixed(1)} ${unit}`;
  if (!Number.isFinite(perSecond)) return "any";
  return size >= 1 ? say(size, "a second") : size * 60 >= 1 ? say(size * 60, "a minute") : say(size * 3600, "an hour");
}
