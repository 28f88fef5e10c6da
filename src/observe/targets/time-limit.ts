import { Failure } from "../../model/failure";

/**
 * One deadline and one cancellation as one signal, whose reason is always a `Failure` (`timeout` or `cancelled`).
 * The clock stands still while a person is being asked. Owns a timer and a listener: `dispose()` frees both.
 */
export class TimeLimit {
  readonly #controller = new AbortController();
  readonly #outer: AbortSignal;
  readonly #onExpire: () => Failure;
  readonly #onOuterAbort = (): void => this.#abort(cancellation(this.#outer));
  #timer: NodeJS.Timeout | null = null;
  #leftMs: number;
  #since = 0;
  #pauses = 0;

  /** @param onExpire makes the failure, when the time is over: what was being done then, and what to do. */
  constructor(outer: AbortSignal, limitMs: number, onExpire: () => Failure) {
    this.#outer = outer;
    this.#leftMs = limitMs;
    this.#onExpire = onExpire;
    if (outer.aborted) this.#onOuterAbort();
    else outer.addEventListener("abort", this.#onOuterAbort, { once: true });
    this.#start();
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Rejects with the signal's Failure as soon as it aborts, whatever becomes of the work. */
  async race<T>(work: Promise<T>): Promise<T> {
    return raceSignal(this.signal, work);
  }

  /** The same, with the clock standing still. */
  async paused<T>(work: Promise<T>): Promise<T> {
    this.pause();
    try {
      return await this.race(work);
    } finally {
      this.resume();
    }
  }

  pause(): void {
    if (this.#pauses++ > 0 || this.#timer === null) return;
    clearTimeout(this.#timer);
    this.#timer = null;
    this.#leftMs -= performance.now() - this.#since;
  }

  resume(): void {
    if (--this.#pauses === 0) this.#start();
  }

  dispose(): void {
    this.#outer.removeEventListener("abort", this.#onOuterAbort);
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#pauses = Number.POSITIVE_INFINITY;
  }

  #start(): void {
    if (this.signal.aborted || this.#pauses > 0) return;
    this.#since = performance.now();
    // setTimeout takes 2^31 - 1 ms at most and fires at once beyond.
    this.#timer = setTimeout(() => this.#abort(this.#onExpire()), Math.min(Math.max(0, this.#leftMs), 2_147_483_647));
  }

  #abort(failure: Failure): void {
    this.dispose();
    this.#controller.abort(failure);
  }
}

/** The Failure that an aborted signal stands for. */
export function cancellation(signal: AbortSignal): Failure {
  return signal.reason instanceof Failure ? signal.reason : new Failure("cancelled", "Cancelled.", "Start it again when you want.");
}

/** Rejects with the signal's Failure as soon as it aborts. The work goes on: its owner must end it on the same signal. */
export async function raceSignal<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  let onAbort: () => void = () => undefined;
  try {
    return await Promise.race([
      work,
      new Promise<never>((_resolve, reject) => {
        onAbort = () => reject(cancellation(signal));
        if (signal.aborted) onAbort();
        else signal.addEventListener("abort", onAbort, { once: true });
      }),
    ]);
  } finally {
    signal.removeEventListener("abort", onAbort);
    // A late rejection has nobody left who waits for it.
    work.catch(() => undefined);
  }
}

/** `12 s`, `0.5 s`. */
export function formatSeconds(ms: number): string {
  return `${Number((ms / 1000).toPrecision(3))} s`;
}
