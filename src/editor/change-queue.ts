/** How long nothing more must change before work begins, and how long it is put off at most while changes keep coming. Milliseconds. */
export interface Patience {
  readonly quietMs: number;
  readonly mostMs: number;
}

/**
 * Gathers names of what changed until it is quiet, then hands them to `work`, one batch at a time: what changes meanwhile is the next
 * batch. A batch whose work was cancelled, or failed, is part of the next one: nothing that changed is forgotten.
 */
export class ChangeQueue {
  readonly #work: (changed: readonly string[], signal: AbortSignal) => Promise<void>;
  readonly #patience: Patience;
  #waiting = new Set<string>();
  #timer: ReturnType<typeof setTimeout> | null = null;
  #since = 0;
  #running: AbortController | null = null;
  /** Nobody wants any more what is being worked on. */
  #isLeft = false;

  /** `work` tells its failures itself. */
  constructor(work: (changed: readonly string[], signal: AbortSignal) => Promise<void>, patience: Patience) {
    this.#work = work;
    this.#patience = patience;
  }

  add(name: string): void {
    if (this.#waiting.size === 0) this.#since = Date.now();
    this.#waiting.add(name);
    this.#wait();
  }

  /** Ends the work that is going on; false when there is none. What it was about waits for the next change. */
  cancel(): boolean {
    if (this.#running === null) return false;
    this.#running.abort();
    return true;
  }

  /** Forgets what waits, and ends what is going on. */
  clear(): void {
    this.#waiting.clear();
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#isLeft = this.#running !== null;
    this.#running?.abort();
  }

  #wait(): void {
    if (this.#running !== null) return;
    if (this.#timer !== null) clearTimeout(this.#timer);
    const left = this.#since + this.#patience.mostMs - Date.now();
    this.#timer = setTimeout(() => void this.#start(), Math.max(0, Math.min(this.#patience.quietMs, left)));
  }

  async #start(): Promise<void> {
    this.#timer = null;
    const batch = [...this.#waiting];
    this.#waiting = new Set();
    const running = new AbortController();
    this.#running = running;
    let isDone = false;
    try {
      await this.#work(batch, running.signal);
      isDone = true;
    } catch {
      // Told by the work itself.
    } finally {
      this.#running = null;
      const came = this.#waiting.size > 0;
      if (!isDone && !this.#isLeft) for (const name of batch) this.#waiting.add(name);
      this.#isLeft = false;
      if (came) this.#wait();
    }
  }
}
