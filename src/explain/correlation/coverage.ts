/**
 * The stretches of time in which a moment would have a line within the window: the union over all lines of `[line - to, line - from]`.
 * Times in milliseconds, sorted ascending.
 */
export class Coverage {
  readonly #starts: Float64Array;
  readonly #ends: Float64Array;
  /** Milliseconds covered before each stretch. */
  readonly #before: Float64Array;

  constructor(times: Float64Array, fromMs: number, toMs: number) {
    const starts = new Float64Array(times.length);
    const ends = new Float64Array(times.length);
    let count = 0;
    for (const time of times) {
      const start = time - toMs;
      const end = time - fromMs;
      if (count > 0 && start <= (ends[count - 1] ?? 0)) ends[count - 1] = end;
      else {
        starts[count] = start;
        ends[count] = end;
        count += 1;
      }
    }
    const before = new Float64Array(count);
    for (let at = 1; at < count; at += 1) before[at] = (before[at - 1] ?? 0) + (ends[at - 1] ?? 0) - (starts[at - 1] ?? 0);
    this.#starts = starts.subarray(0, count);
    this.#ends = ends.subarray(0, count);
    this.#before = before;
  }

  /** Milliseconds that are covered up to `x`. */
  upTo(x: number): number {
    const at = this.#lastStartingBy(x);
    return at < 0 ? 0 : (this.#before[at] ?? 0) + Math.min(x, this.#ends[at] ?? x) - (this.#starts[at] ?? x);
  }

  covers(x: number): boolean {
    const at = this.#lastStartingBy(x);
    return at >= 0 && x <= (this.#ends[at] ?? x);
  }

  /** `upTo(x + shift)` for each of many ascending `x`, in one go through both. */
  upToEach(ascending: Float64Array, shift: number, out: Float64Array): void {
    const starts = this.#starts;
    let at = -1;
    for (let index = 0; index < ascending.length; index += 1) {
      const x = (ascending[index] ?? 0) + shift;
      while (at + 1 < starts.length && (starts[at + 1] ?? 0) <= x) at += 1;
      out[index] = at < 0 ? 0 : (this.#before[at] ?? 0) + Math.min(x, this.#ends[at] ?? x) - (starts[at] ?? x);
    }
  }

  /** How many of many ascending `x` are covered. */
  count(ascending: Float64Array): number {
    const starts = this.#starts;
    let at = -1;
    let covered = 0;
    for (const x of ascending) {
      while (at + 1 < starts.length && (starts[at + 1] ?? 0) <= x) at += 1;
      if (at >= 0 && x <= (this.#ends[at] ?? x)) covered += 1;
    }
    return covered;
  }

  #lastStartingBy(x: number): number {
    let low = 0;
    let high = this.#starts.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#starts[middle] ?? 0) <= x) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }
}

/** Index of the first of ascending times that is at least `x`. */
export function firstFrom(ascending: Float64Array, x: number): number {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ascending[middle] ?? 0) < x) low = middle + 1;
    else high = middle;
  }
  return low;
}
