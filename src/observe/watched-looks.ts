import type { Snapshot } from "../model/snapshot";
import { briefLook, wholeLook } from "./look";
import type { LookOptions } from "./look";
import type { ProbeMemory } from "./probe/probe-memory";
import type { Reach } from "./targets/reach";

/** A whole look is made again after this long: what a brief one carries over is never older. Milliseconds. */
const WHOLE_EVERY_MS = 60_000;
/** Less often where whole looks would cost the target more than this share of the time, but at least so often. */
const WHOLE_SHARE = 0.01;
const WHOLE_AT_LEAST_MS = 600_000;
/** A new process or namespace is looked at whole, but whole looks are not made closer to each other than this. Milliseconds, and a share of the time. */
const NEWCOMERS_AFTER_MS = 10_000;
const NEWCOMERS_SHARE = 0.02;

/**
 * The looks of a watch at one target: whole ones now and then, and brief ones between them that read only what time needs. A connection that is new, a
 * look that did not go well, processes and namespaces that nobody knows yet: the next one is whole.
 */
export class WatchedLooks {
  readonly #now: () => number;
  #reach: Reach | null = null;
  #memory: ProbeMemory | null = null;
  #newcomers = false;
  #wholeAtMs = 0;
  #wholeCostMs = 0;

  /** @param now milliseconds that never go back */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** Throws as `look` does. */
  async look(reach: Reach, options: LookOptions): Promise<Snapshot> {
    const known = reach === this.#reach ? this.#memory : null;
    this.#reach = reach;
    // Whatever ends this look early, the next one starts afresh.
    this.#memory = null;
    if (known !== null && !this.#wholeIsDue()) {
      const brief = await briefLook(reach, options, known);
      this.#memory = brief.memory;
      this.#newcomers = brief.newcomers;
      if (brief.memory !== null) return brief.snapshot;
    }
    const beganMs = this.#now();
    const whole = await wholeLook(reach, options);
    this.#memory = whole.memory;
    this.#newcomers = false;
    this.#wholeAtMs = beganMs;
    this.#wholeCostMs = whole.snapshot.cost?.targetCpuMs ?? whole.snapshot.cost?.wallMs ?? 0;
    return whole.snapshot;
  }

  #wholeIsDue(): boolean {
    const sinceMs = this.#now() - this.#wholeAtMs;
    if (this.#newcomers && sinceMs >= Math.max(NEWCOMERS_AFTER_MS, this.#wholeCostMs / NEWCOMERS_SHARE)) return true;
    return sinceMs >= Math.max(WHOLE_EVERY_MS, Math.min(WHOLE_AT_LEAST_MS, this.#wholeCostMs / WHOLE_SHARE));
  }
}
