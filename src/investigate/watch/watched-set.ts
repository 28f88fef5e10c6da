import { Failure } from "../../model/failure";
import type { UnreachedTarget } from "../../model/investigation";
import type { Target } from "../../model/target";
import { formatTarget } from "../../model/target";
import { AT_ONCE, noneReached } from "../scan-set";
import type { TargetLook } from "../target-looks";
import { waitAfterFailure } from "./try-again";
import type { GapBefore } from "./watch";

/** A look of a round, and why nobody looked at this target since the one before; null: they follow each other. */
export interface SetLook extends TargetLook {
  readonly target: Target;
  readonly gap: string | null;
}

export interface SetRound {
  /** In the order of the targets; at least one. */
  readonly looks: readonly SetLook[];
  /** Those without a look in this round. */
  readonly unreached: readonly UnreachedTarget[];
}

export interface WatchedSetOptions {
  /** How long a round waits for a target that is slower than the others, milliseconds: its look counts when it comes. */
  readonly patienceMs: number;
  /** One look. Its rejection with a Failure is that target's alone. `signal` ends it with the set. */
  readonly lookAt: (target: Target, signal: AbortSignal) => Promise<TargetLook>;
  readonly onAway: (failure: Failure, waitMs: number) => void;
  readonly signal: AbortSignal;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

/** Failures in a row after which a target is looked for no less often than before: the others go on. */
const SLOWEST_AFTER = 10;

interface Watched {
  readonly target: Target;
  running: Promise<void> | null;
  startedMs: number;
  came: TargetLook | null;
  away: { readonly failure: Failure; readonly inARow: number; readonly againMs: number } | null;
  /** The next look that comes follows a gap. */
  gap: string | null;
}

/**
 * Several targets that are looked at in rounds. One that is away does not hold up the others: it is looked for again beside the rounds, ever less often, and
 * comes back with a gap behind it. One that is slow is not asked a second time while it answers. Owns the looks under way until `dispose`.
 */
export class WatchedSet {
  readonly #watched: readonly Watched[];
  readonly #options: WatchedSetOptions;
  readonly #end = new AbortController();
  readonly #signal: AbortSignal;
  #rounds = 0;
  #turn = 0;
  #broken: { readonly error: unknown } | null = null;

  constructor(targets: readonly Target[], options: WatchedSetOptions) {
    this.#watched = targets.map((target) => ({ target, running: null, startedMs: 0, came: null, away: null, gap: null }));
    this.#options = options;
    this.#signal = AbortSignal.any([options.signal, this.#end.signal]);
  }

  /**
   * One look at every target that can be looked at. The first round waits for all, as a scan does.
   *
   * @param gapBefore why nobody looked at a target between its last look and this one, besides that it was away
   * @throws Failure `unreachable` when the first round reaches none; when all are away later, why the last of them is
   */
  async round(gapBefore: GapBefore): Promise<SetRound> {
    const { now, patienceMs } = this.#options;
    const beganMs = now();
    // What an earlier round did not come to is this round's.
    const turn = (this.#turn += 1);
    const waiting = this.#watched.filter((one) => one.running === null && (one.away === null || now() >= one.away.againMs));
    const workers = Array.from({ length: Math.min(AT_ONCE, waiting.length) }, async () => {
      for (let one = waiting.shift(); one !== undefined && turn === this.#turn; one = waiting.shift()) await this.#start(one);
    });
    const all = Promise.all([...workers, ...this.#watched.flatMap(({ running }) => running ?? [])]);
    if (this.#rounds === 0) await all;
    else {
      const patience = this.#patience(beganMs + patienceMs);
      await Promise.race([all, patience.over]);
      patience.stop();
    }
    // Slow ones alone: a round has a look.
    while (this.#broken === null && !this.#signal.aborted && !this.#watched.some(({ came }) => came !== null)) {
      const running = this.#watched.flatMap((one) => one.running ?? []);
      if (running.length === 0) break;
      await Promise.race(running);
    }
    this.#signal.throwIfAborted();
    if (this.#broken !== null) throw this.#broken.error;
    this.#rounds += 1;
    const looks = this.#watched.flatMap((one): SetLook[] => {
      const { came, target } = one;
      if (came === null) return [];
      one.came = null;
      const since = gapBefore(came.snapshot);
      const why = one.gap ?? since;
      one.gap = null;
      return [{ ...came, target, gap: why }];
    });
    const unreached = this.#watched.filter(({ target }) => !looks.some((look) => look.target === target)).map((one) => this.#unreachedOf(one));
    if (looks.length > 0) return { looks, unreached };
    if (this.#rounds === 1) throw noneReached(unreached);
    throw this.#watched.findLast(({ away }) => away !== null)?.away?.failure ?? noneReached(unreached);
  }

  /** Ends what is under way. */
  async dispose(): Promise<void> {
    this.#end.abort();
    await Promise.all(this.#watched.flatMap(({ running }) => running ?? []));
  }

  #start(one: Watched): Promise<void> {
    const { lookAt, now } = this.#options;
    one.startedMs = now();
    one.running = lookAt(one.target, this.#signal).then(
      (look) => {
        if (one.away !== null) one.gap = `it was away: ${one.away.failure.message}`;
        one.away = null;
        one.came = look;
      },
      (error: unknown) => this.#failed(one, error),
    ).finally(() => (one.running = null));
    return one.running;
  }

  #failed(one: Watched, error: unknown): void {
    if (!(error instanceof Failure) || this.#signal.aborted) {
      this.#broken ??= { error };
      return;
    }
    const inARow = (one.away?.inARow ?? 0) + 1;
    const waitMs = waitAfterFailure(error, Math.min(inARow, SLOWEST_AFTER));
    one.away = { failure: error, inARow, againMs: waitMs === null ? Number.POSITIVE_INFINITY : this.#options.now() + waitMs };
    // What the first round does not reach is said with its case.
    if (this.#rounds > 0 && waitMs !== null) this.#options.onAway(error, waitMs);
  }

  #unreachedOf({ target, away, startedMs }: Watched): UnreachedTarget {
    if (away !== null) return { target: formatTarget(target), why: away.failure.message, remedy: away.failure.remedy };
    return { target: formatTarget(target), why: `no answer for ${Math.round((this.#options.now() - startedMs) / 1000)} s`, remedy: "nothing: its look counts when it comes; the others do not wait for it" };
  }

  /** Resolves when the time has come or the set ends. `stop` frees the timer. */
  #patience(untilMs: number): { readonly over: Promise<void>; stop(): void } {
    let stop = (): void => {};
    const over = new Promise<void>((resolve) => {
      const timer = setTimeout(() => stop(), Math.max(0, untilMs - this.#options.now()));
      stop = () => {
        clearTimeout(timer);
        this.#signal.removeEventListener("abort", stop);
        resolve();
      };
      this.#signal.addEventListener("abort", stop, { once: true });
    });
    return { over, stop };
  }
}
