import { Coverage, firstFrom } from "./coverage";
import { lnGamma, lnTail } from "./tail";
import type { Window, WindowFamily } from "./windows";
import { likeliest } from "./windows";

/** What the kinds of line of one log are held against. All times are milliseconds, sorted ascending. */
export interface MomentScene {
  readonly moments: Float64Array;
  /** All lines of the log, of whatever kind: how much goes on. */
  readonly activity: Float64Array;
  /** The stretch that the log tells of. Moments lie within. */
  readonly fromMs: number;
  readonly toMs: number;
  /** Candidates, narrowest first. */
  readonly windows: readonly WindowFamily[];
}

export interface Coincidence {
  readonly window: Window;
  /** Moments with a line in the window. */
  readonly hits: number;
  /** How many there would be by chance. */
  readonly expected: number;
  /** ln of the probability of so many by chance, with the choice of the window corrected. 0: no sign of anything. */
  readonly lnP: number;
}

/** A moment is thought to lie as well anywhere within this many half-widths of the window around it; the least favourable counts. */
const NEIGHBOURHOODS = [10, 40] as const;
/** From this half-width on the load itself may go up and down within a neighbourhood, and is taken out. Milliseconds. */
const LOAD_MATTERS_FROM_MS = 50;
/** Fewer lines or moments than this are no pattern, whatever chance says. */
export const FEWEST_LINES = 3;
export const FEWEST_MOMENTS = 4;

/**
 * How likely chance alone is to bring so many of the moments so close to a line of one kind. The null hypothesis, and why it is this one:
 * docs/decisions/0175. In short:
 *
 * - The lines stand where they stand. Each moment could as well have been anywhere near by, so it meets a line with the probability that its
 *   neighbourhood is covered by lines: rates that rise, and bursts of lines, are in that figure.
 * - Moments may hang together (bursts, a fixed beat). How much is measured: all moments are moved together by many amounts, and the number that
 *   then meets a line varies more than it should. That is the correlation of a beta-binomial distribution.
 * - In wide windows the load itself comes and goes. There, a moment must meet this kind of line more often than any lines as frequent would,
 *   given how many lines of whatever kind stand around it.
 */
export function coincidenceOf(times: Float64Array, scene: MomentScene): Coincidence {
  const { moments } = scene;
  let best: Coincidence = { window: { fromMs: 0, toMs: 0 }, hits: 0, expected: 0, lnP: 0 };
  if (times.length < FEWEST_LINES || moments.length < FEWEST_MOMENTS) return best;
  for (const family of scene.windows) {
    for (const window of likeliest(family, times, moments)) {
      const coverage = new Coverage(times, window.fromMs, window.toMs);
      const hits = coverage.count(moments);
      if (hits < FEWEST_LINES) continue;
      const chances = chancesByCover(coverage, scene, window);
      let expected = sum(chances);
      // Only what is striking by the cheap figure is worth the dear ones, which can but raise it.
      let lnP = lnTail(hits, moments.length, expected / moments.length, 0);
      if (lnP - window.lnWeight < Math.min(best.lnP, WORTH_A_SECOND_LOOK)) {
        if (halfWidth(window) >= LOAD_MATTERS_FROM_MS) expected = raiseToLoad(chances, times, scene, window);
        lnP = lnTail(hits, moments.length, expected / moments.length, correlationOf(coverage, scene, window));
      }
      if (Math.max(lnP - window.lnWeight, SURE) < Math.max(best.lnP, SURE)) best = { window: { fromMs: window.fromMs, toMs: window.toMs }, hits, expected, lnP: lnP - window.lnWeight };
    }
  }
  return best;
}

/** Beyond this a window is not better for being less likely still: the narrower one says more. */
const SURE = Math.log(1e-40);
const WORTH_A_SECOND_LOOK = Math.log(0.05);

function halfWidth(window: Window): number {
  return (window.toMs - window.fromMs) / 2;
}

/** For each moment the share of its neighbourhood that is covered: the largest over the sizes of neighbourhood. */
function chancesByCover(coverage: Coverage, { moments, fromMs, toMs }: MomentScene, window: Window): Float64Array {
  const chances = new Float64Array(moments.length);
  const left = new Float64Array(moments.length);
  const right = new Float64Array(moments.length);
  const wholeLeft = coverage.upTo(fromMs);
  const wholeRight = coverage.upTo(toMs);
  for (const size of NEIGHBOURHOODS) {
    const reach = size * halfWidth(window);
    coverage.upToEach(moments, -reach, left);
    coverage.upToEach(moments, reach, right);
    for (let index = 0; index < moments.length; index += 1) {
      const moment = moments[index] ?? 0;
      const from = Math.max(fromMs, moment - reach);
      const to = Math.min(toMs, moment + reach);
      const covered = Math.min(right[index] ?? 0, wholeRight) - Math.max(left[index] ?? 0, wholeLeft);
      const share = to > from ? Math.min(1, covered / (to - from)) : 1;
      if (share > (chances[index] ?? 0)) chances[index] = share;
    }
  }
  return chances;
}

/**
 * Raises each moment's chance to that of lines which are as many around it, dealt at random onto the places of all lines there (hypergeometric).
 * Gives the sum.
 */
function raiseToLoad(chances: Float64Array, times: Float64Array, { moments, activity }: MomentScene, window: Window): number {
  const reach = NEIGHBOURHOODS[NEIGHBOURHOODS.length - 1]! * halfWidth(window);
  for (let index = 0; index < moments.length; index += 1) {
    const moment = moments[index] ?? 0;
    const all = between(activity, moment - reach, moment + reach);
    const inside = between(activity, moment + window.fromMs, moment + window.toMs);
    const ours = Math.min(all, between(times, moment - reach, moment + reach));
    const missed = all - inside < ours ? 0 : Math.exp(lnGamma(all - inside + 1) - lnGamma(all - inside - ours + 1) - lnGamma(all + 1) + lnGamma(all - ours + 1));
    chances[index] = Math.max(chances[index] ?? 0, 1 - missed);
  }
  return sum(chances);
}

/** Moments that are moved to and fro to see how they hang together: so many, in so many moves, at most. */
const MOVED = 400;
const MOVES = 200_000;

/** The correlation of any two moments' meeting a line: 0 when they come independently, 1 when they all meet one or none does. */
function correlationOf(coverage: Coverage, scene: MomentScene, window: Window): number {
  const { fromMs, toMs } = scene;
  const moved = scene.moments.length <= MOVED ? scene.moments : stretches(scene.moments);
  const width = window.toMs - window.fromMs;
  const guard = 2 * width;
  const reach = NEIGHBOURHOODS[0] * halfWidth(window);
  const span = Math.min((toMs - fromMs) / 2, Math.max(40 * width, 3 * (medianGap(scene.moments) ?? 0)));
  const shared = sharedFate(scene.moments, width);
  if (span <= guard) return shared;
  const wanted = Math.ceil((span - guard) / (width / 2));
  const moves = Math.min(wanted, Math.max(50, Math.floor(MOVES / moved.length / 2)));
  let squares = 0;
  let variance = 0;
  for (let move = 0; move < moves; move += 1) {
    // In even steps, and when those would be too many, on places that no beat can hide from.
    const place = wanted <= moves ? (move + 0.5) / moves : (move * 0.6180339887498949 + 0.5) % 1;
    for (const sign of [-1, 1]) {
      const shift = sign * (guard + place * (span - guard));
      let hits = 0;
      let expected = 0;
      let spread = 0;
      for (const moment of moved) {
        const x = moment + shift;
        if (x < fromMs || x > toMs) continue;
        const from = Math.max(fromMs, x - reach);
        const to = Math.min(toMs, x + reach);
        const chance = Math.min(1, (coverage.upTo(to) - coverage.upTo(from)) / (to - from));
        if (coverage.covers(x)) hits += 1;
        expected += chance;
        spread += chance * (1 - chance);
      }
      squares += (hits - expected) ** 2;
      variance += spread;
    }
  }
  const measured = variance < 1e-9 ? 0 : Math.max(0, squares / variance - 1) / (moved.length - 1);
  return Math.min(1, Math.max(shared, measured));
}

/** Moments closer together than the window is wide meet the same lines. The correlation that makes as many of them one as cannot be told apart. */
function sharedFate(moments: Float64Array, width: number): number {
  let apart = 0;
  let last = -Infinity;
  for (const moment of moments) {
    if (moment - last < width) continue;
    apart += 1;
    last = moment;
  }
  return (moments.length / apart - 1) / (moments.length - 1);
}

/** Some unbroken stretches of the moments: what hangs together stays together. */
function stretches(moments: Float64Array): Float64Array {
  const out = new Float64Array(MOVED);
  const each = MOVED / 4;
  for (let part = 0; part < 4; part += 1) {
    const start = Math.floor((part * (moments.length - each)) / 3);
    out.set(moments.subarray(start, start + each), part * each);
  }
  return out;
}

function medianGap(moments: Float64Array): number | null {
  const gaps = new Float64Array(Math.max(0, moments.length - 1));
  for (let index = 1; index < moments.length; index += 1) gaps[index - 1] = (moments[index] ?? 0) - (moments[index - 1] ?? 0);
  return gaps.length === 0 ? null : (gaps.sort()[gaps.length >> 1] ?? null);
}

/** How many of the ascending times lie within both ends. */
export function between(ascending: Float64Array, fromMs: number, toMs: number): number {
  return Math.max(0, firstAfter(ascending, toMs) - firstFrom(ascending, fromMs));
}

function firstAfter(ascending: Float64Array, x: number): number {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ascending[middle] ?? 0) <= x) low = middle + 1;
    else high = middle;
  }
  return low;
}

function sum(values: Float64Array): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}
