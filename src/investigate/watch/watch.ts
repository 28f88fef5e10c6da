import { setTimeout as sleep } from "node:timers/promises";
import { Failure } from "../../model/failure";
import type { Investigation } from "../../model/investigation";
import type { LookCost, Snapshot } from "../../model/snapshot";
import type { RecordedLook } from "./record/snapshot-codec";
import { Pace } from "./pace";
import { Sleeps } from "./sleeps";
import { waitAfterFailure } from "./try-again";

export interface WatchOptions {
  /** Between the starts of two looks, milliseconds. */
  readonly intervalMs: number;
  /** The watch ends when it has lasted this long; null: no such end. */
  readonly forMs: number | null;
  /** The watch ends after this many looks; null: no such end. */
  readonly looks: number | null;
  /** Where each look is written; null: nowhere. The caller closes it. */
  readonly record: { append(look: RecordedLook): Promise<void>; readonly bytes: number } | null;
  /** The looks that the last case brought: of several targets those that were reached. Left out: the last snapshot. */
  readonly newLooks?: () => readonly RecordedLook[];
  readonly signal: AbortSignal;
  readonly onLook: (look: WatchedLook) => void | Promise<void>;
  /** The target is away; it is looked for again after `waitMs`. */
  readonly onAway: (failure: Failure, waitMs: number) => void;
}

/** One look of a watch, with what watching costs. */
export interface WatchedLook {
  readonly investigation: Investigation;
  /** Counted from 1. */
  readonly number: number;
  /** In force until the next look. */
  readonly intervalMs: number;
  /** What a look costs the target, milliseconds of its CPU (or of its time, where that is not told), and the share of the interval; null: not measured. */
  readonly costMs: number | null;
  readonly share: number | null;
  /** The interval is longer than asked for, because a look costs more than a tenth of it. */
  readonly slowed: boolean;
  /** Why nobody looked since the look before; null: they follow each other. */
  readonly gap: string | null;
  /** Bytes of the record so far; null: none is kept. */
  readonly recordBytes: number | null;
  readonly last: boolean;
}

/** Why nobody looked at a target between the look before and this one; null: they follow each other. To be asked for each look when it was made. */
export type GapBefore = (look: Snapshot) => string | null;

/** Looks at the target once more. `previous`: the case so far. */
export type LookOnce = (previous: Investigation | null, gapBefore: GapBefore) => Promise<Investigation>;

/** A pause that takes this much longer than meant, milliseconds, was no pause: this machine slept, or was too busy to look. */
const LATE_MS = 5000;

function tooLateMs(pace: Pace): number {
  return Math.max(LATE_MS, pace.intervalMs);
}

function sleptFor(ms: number): string {
  return `this machine slept, or was too busy to look, for ${Math.round(ms / 1000)} s`;
}

/** Each of several targets pays for its own look. */
function dearest(costs: readonly LookCost[]): LookCost | null {
  const cpuMs = ({ targetCpuMs, wallMs }: LookCost): number => targetCpuMs ?? wallMs;
  return [...costs].sort((one, other) => cpuMs(other) - cpuMs(one))[0] ?? null;
}

/**
 * Looks again and again until its time is over or `signal` aborts. What was reached once is reached again: a failure that passes by itself is waited
 * for, and the time without a look is a gap, as the time is in which this machine slept, between two looks or during one.
 *
 * @returns the last case; null: it was ended before the first look was done
 * @throws Failure as a scan does, when the first look fails or what failed does not pass
 */
export async function watch(lookOnce: LookOnce, options: WatchOptions, now: () => number): Promise<Investigation | null> {
  const pace = new Pace(options.intervalMs);
  const sleeps = new Sleeps(now, () => tooLateMs(pace));
  try {
    return await lookAgainAndAgain(lookOnce, options, now, pace, sleeps);
  } finally {
    sleeps.dispose();
  }
}

async function lookAgainAndAgain(
  lookOnce: LookOnce, { forMs, looks, record, newLooks, signal, onLook, onAway }: WatchOptions, now: () => number, pace: Pace, sleeps: Sleeps,
): Promise<Investigation | null> {
  const startedMs = now();
  let previous: Investigation | null = null;
  let gap: string | null = null;
  let failures = 0;
  for (let number = 1; ;) {
    const beganMs = now();
    let waitMs: number;
    /** Told with this look. */
    let told: string | null = null;
    const since = gap;
    const gapBefore = (look: Snapshot): string | null => {
      const sleptMs = sleeps.before(look);
      const why = since ?? (sleptMs === null ? null : sleptFor(sleptMs));
      told ??= why;
      return why;
    };
    try {
      const investigation: Investigation = await lookOnce(previous, gapBefore);
      failures = 0;
      const seen = newLooks?.() ?? investigation.snapshots.slice(-1).map((snapshot) => ({ snapshot, gap: told }));
      pace.add(dearest(seen.flatMap(({ snapshot }) => snapshot.cost ?? [])));
      for (const one of seen) await record?.append(one);
      waitMs = Math.max(0, beganMs + pace.intervalMs - now());
      const last = (looks !== null && number >= looks) || (forMs !== null && now() + waitMs - startedMs > forMs);
      previous = investigation;
      await onLook({ investigation, number, intervalMs: pace.intervalMs, costMs: pace.costMs, share: pace.share, slowed: pace.slowed, gap: told, recordBytes: record?.bytes ?? null, last });
      gap = null;
      number += 1;
      if (last) return previous;
      waitMs = Math.max(0, beganMs + pace.intervalMs - now());
    } catch (error) {
      // An interrupt is how a watch ends: what it saw last has been shown.
      if (signal.aborted && previous !== null) return previous;
      failures += 1;
      const wait = previous === null ? null : waitAfterFailure(error, failures);
      if (wait === null || !(error instanceof Failure)) throw error;
      onAway(error, wait);
      gap = `it was away: ${error.message}`;
      waitMs = wait;
      if (forMs !== null && now() + waitMs - startedMs > forMs) return previous;
    }
    const dueMs = now() + waitMs;
    try {
      await sleep(Math.min(waitMs, 2 ** 31 - 1), undefined, { signal });
    } catch {
      return previous;
    }
    const lateMs = now() - dueMs;
    if (lateMs > tooLateMs(pace)) gap = sleptFor(lateMs);
  }
}
