import { Coverage, firstFrom } from "./coverage";
import type { Window } from "./windows";

/** How closely a kind of line belongs to the moments, beyond that it does. */
export interface Specificity {
  /** Harmonic mean of the share of moments that have such a line and the share of such lines that have a moment. 1: one to one. */
  readonly score: number;
  /** Median distance of the nearest line from the middle of the window, milliseconds. */
  readonly distanceMs: number;
}

/** Of several kinds of line that go with the moments (a request's lines come together) the one that comes with them alone says most. */
export function specificityOf(times: Float64Array, moments: Float64Array, window: Window, hits: number): Specificity {
  // Of the time that the moments tell of; earlier leaks are gone with an earlier process.
  const from = firstFrom(times, (moments[0] ?? 0) + window.fromMs);
  const to = firstFrom(times, (moments[moments.length - 1] ?? 0) + window.toMs + 1e-6);
  const lines = times.subarray(from, to);
  const near = new Coverage(moments, -window.toMs, -window.fromMs).count(lines);
  const recall = hits / Math.max(1, moments.length);
  const precision = near / Math.max(1, lines.length);
  const distances: number[] = [];
  for (const moment of moments) {
    const middle = moment + (window.fromMs + window.toMs) / 2;
    const at = firstFrom(times, middle);
    const distance = Math.min(Math.abs((times[at] ?? Infinity) - middle), Math.abs(middle - (times[at - 1] ?? -Infinity)));
    if (distance <= (window.toMs - window.fromMs) / 2) distances.push(distance);
  }
  distances.sort((a, b) => a - b);
  return { score: recall + precision === 0 ? 0 : (2 * recall * precision) / (recall + precision), distanceMs: distances[distances.length >> 1] ?? Infinity };
}

/** Scores that differ by less are equal: chance hits differ from kind to kind. */
const SAME_SCORE = 0.1;

/** Most specific first; of equals the nearest, then the least likely by chance. */
export function bySpecificity(a: { readonly specificity: Specificity; readonly lnP: number }, b: typeof a): number {
  return Math.round(b.specificity.score / SAME_SCORE) - Math.round(a.specificity.score / SAME_SCORE) || a.specificity.distanceMs - b.specificity.distanceMs || a.lnP - b.lnP;
}
