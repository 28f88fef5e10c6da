import type { LookCost } from "../../model/snapshot";

/** A look may cost its target this share of the time between two looks. */
export const MOST_SHARE = 0.1;
/** However dear a look is, one is made in this time. */
const SLOWEST_MS = 300_000;
/** One dear look may be chance: the median of these decides. */
const REMEMBERED = 5;

/** How often a watch looks: as often as the user asked, unless a look costs the target more than a tenth of that. */
export class Pace {
  readonly #askedMs: number;
  readonly #costs: number[] = [];

  constructor(askedMs: number) {
    this.#askedMs = askedMs;
  }

  /** CPU of the target where that is told, else how long the look took. */
  add(cost: LookCost | null): void {
    if (cost === null) return;
    this.#costs.push(cost.targetCpuMs ?? cost.wallMs);
    if (this.#costs.length > REMEMBERED) this.#costs.shift();
  }

  /** What a look costs the target now, milliseconds; null: not measured. */
  get costMs(): number | null {
    const sorted = [...this.#costs].sort((a, b) => a - b);
    // Of two the lower: the first look of a watch is a whole one, and dear.
    return sorted[(sorted.length - 1) >> 1] ?? null;
  }

  /** From the start of one look to the start of the next, milliseconds. */
  get intervalMs(): number {
    const needed = (this.costMs ?? 0) / MOST_SHARE;
    // Rounded up to whole hundreds of milliseconds, so that it does not tremble from look to look.
    return Math.max(this.#askedMs, Math.min(SLOWEST_MS, Math.ceil(needed / 100) * 100));
  }

  /** The share of the target's time that the looks take, 0 to 1; null: not measured. */
  get share(): number | null {
    return this.costMs === null ? null : this.costMs / this.intervalMs;
  }

  get slowed(): boolean {
    return this.intervalMs > this.#askedMs;
  }
}
