/** A quantity over time, without holes. Times in milliseconds, ascending. */
export interface Points {
  readonly timesMs: readonly number[];
  readonly values: readonly number[];
}

export interface Slope {
  /** Per second: the median of the slopes between all pairs of points, and its 95 % interval. */
  readonly perSecond: number;
  readonly low: number;
  readonly high: number;
  /** The line's height at the first and the last point. */
  readonly start: number;
  readonly end: number;
  /** How far the points lie from the line: the standard deviation that the median of their distances says. */
  readonly spread: number;
  /** How much each distance resembles the one before it, 0 to 0.95: noise does not, a wave does. */
  readonly likeness: number;
}

const MOST_POINTS = 60;
const LEAST_POINTS = 5;
/** Of the normal distribution, two-sided 95 %. */
const Z = 1.96;

/**
 * The growth of a noisy quantity: Theil and Sen's estimator, which a few wild looks do not move, with the interval that Kendall's statistic gives
 * (Sen, Journal of the American Statistical Association 63, 1968), widened for looks that resemble their neighbours (as Hamed and Rao do, Journal
 * of Hydrology 204, 1998, here for the first lag). More points than 60 are put together first, by medians. null: fewer than five points, or no time
 * passed.
 */
export function slopeOf(points: Points): Slope | null {
  const { timesMs, values } = gather(points, MOST_POINTS);
  const count = values.length;
  const first = timesMs[0] ?? 0;
  if (count < LEAST_POINTS || (timesMs[count - 1] ?? 0) <= first) return null;
  const pairs = new Float64Array((count * (count - 1)) / 2);
  let found = 0;
  for (let later = 1; later < count; later += 1) {
    for (let before = 0; before < later; before += 1) {
      const seconds = ((timesMs[later] ?? 0) - (timesMs[before] ?? 0)) / 1000;
      if (seconds > 0) pairs[found++] = ((values[later] ?? 0) - (values[before] ?? 0)) / seconds;
    }
  }
  if (found === 0) return null;
  const slopes = pairs.subarray(0, found).sort();
  const perSecond = middle(slopes);
  const offsets = values.map((value, at) => value - (perSecond * ((timesMs[at] ?? 0) - first)) / 1000).sort((a, b) => a - b);
  const base = middle(offsets);
  const rests = values.map((value, at) => value - base - (perSecond * ((timesMs[at] ?? 0) - first)) / 1000);
  const spread = 1.4826 * middle(rests.map(Math.abs).sort((a, b) => a - b));
  const likeness = likenessOf(rests);
  // How many times larger the variance is because of that.
  const reach = Z * Math.sqrt((kendallVariance(values) * (1 + likeness)) / (1 - likeness));
  const low = slopes[Math.floor((slopes.length - reach) / 2)] ?? Number.NEGATIVE_INFINITY;
  const high = slopes[Math.ceil((slopes.length + reach) / 2)] ?? Number.POSITIVE_INFINITY;
  return { perSecond, low, high, start: base, end: base + (perSecond * ((timesMs[count - 1] ?? 0) - first)) / 1000, spread, likeness };
}

/** At most `most` points, each the medians of as many neighbours. */
export function gather({ timesMs, values }: Points, most: number): Points {
  if (values.length <= most) return { timesMs, values };
  const size = Math.ceil(values.length / most);
  const times: number[] = [];
  const medians: number[] = [];
  for (let start = 0; start < values.length; start += size) {
    times.push(middle(timesMs.slice(start, start + size)));
    medians.push(middle(values.slice(start, start + size).sort((a, b) => a - b)));
  }
  return { timesMs: times, values: medians };
}

function middle(sorted: ArrayLike<number>): number {
  const half = sorted.length >> 1;
  const high = sorted[half] ?? 0;
  return sorted.length % 2 === 1 ? high : ((sorted[half - 1] ?? high) + high) / 2;
}

/** The variance of Kendall's S with its correction for ties. */
function kendallVariance(values: readonly number[]): number {
  const count = values.length;
  const ties = new Map<number, number>();
  for (const value of values) ties.set(value, (ties.get(value) ?? 0) + 1);
  let variance = count * (count - 1) * (2 * count + 5);
  for (const tied of ties.values()) variance -= tied * (tied - 1) * (2 * tied + 5);
  return variance / 18;
}

/** The correlation of neighbours, corrected for the shortness of the series (Kendall, Biometrika 41, 1954). */
function likenessOf(rests: readonly number[]): number {
  const mean = rests.reduce((sum, rest) => sum + rest, 0) / rests.length;
  let own = 0;
  let shared = 0;
  rests.forEach((rest, at) => {
    own += (rest - mean) ** 2;
    if (at > 0) shared += (rest - mean) * ((rests[at - 1] ?? 0) - mean);
  });
  const raw = own === 0 ? 0 : shared / own;
  return Math.min(0.95, Math.max(0, raw + (1 + 4 * raw) / rests.length));
}
