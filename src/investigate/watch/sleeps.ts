import type { Snapshot } from "../../model/snapshot";

/** How often it is checked whether this machine is awake, milliseconds. */
const BEAT_MS = 1000;

interface Seen {
  /** The last look's time on the target's clock, epoch milliseconds. */
  lastMs: number | null;
  /** Sleeps that a look was asked about already. */
  asked: number;
  /** Slept through while the last look was under way, milliseconds; 0: nothing. The look may have been made before it. */
  carriedMs: number;
}

/**
 * Times in which this machine slept, or ran other programs only: told by a beat that came late though this program did not work meanwhile, so that neither a
 * target that is slow to answer nor a long reckoning of ours is one. Whether a look that was under way was made before such a time or after it is told by the target's own clock. Beats until `dispose`.
 */
export class Sleeps {
  readonly #now: () => number;
  readonly #lateMs: () => number;
  readonly #cpuMs: () => number;
  readonly #timer: NodeJS.Timeout;
  readonly #sleeps: number[] = [];
  readonly #seen = new Map<string, Seen>();
  #beatMs: number;
  #workedMs: number;

  /**
   * @param now epoch milliseconds
   * @param lateMs a beat that is later than this was slept through, milliseconds
   * @param cpuMs what this program has worked so far, milliseconds of CPU
   */
  constructor(now: () => number, lateMs: () => number, cpuMs: () => number = workedMs) {
    this.#now = now;
    this.#cpuMs = cpuMs;
    this.#workedMs = cpuMs();
    this.#lateMs = lateMs;
    this.#beatMs = now();
    this.#timer = setInterval(() => this.#beat(), BEAT_MS);
    this.#timer.unref();
  }

  /** Milliseconds slept between the look before at the same target and this one; null: none. Asked once for each look. */
  before({ source, clock }: Snapshot): number | null {
    this.#beat();
    const seen = this.#seen.get(source.target) ?? { lastMs: null, asked: 0, carriedMs: 0 };
    const takenMs = clock?.targetMs ?? null;
    const fresh = this.#sleeps.slice(seen.asked).reduce((sum, ms) => sum + ms, 0);
    const sleptMs = fresh + seen.carriedMs;
    // A target without a clock cannot say: it was looked at when its answer was read.
    const elapsedMs = takenMs === null ? Number.POSITIVE_INFINITY : seen.lastMs === null ? 0 : takenMs - seen.lastMs;
    const between = sleptMs > 0 && elapsedMs >= sleptMs / 2;
    this.#seen.set(source.target, { lastMs: takenMs, asked: this.#sleeps.length, carriedMs: between ? 0 : fresh });
    return between ? sleptMs : null;
  }

  dispose(): void {
    clearInterval(this.#timer);
  }

  #beat(): void {
    const cpuMs = this.#cpuMs();
    const lateMs = this.#now() - this.#beatMs - BEAT_MS - (cpuMs - this.#workedMs);
    this.#workedMs = cpuMs;
    if (lateMs > this.#lateMs()) this.#sleeps.push(lateMs);
    this.#beatMs = this.#now();
  }
}

function workedMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
