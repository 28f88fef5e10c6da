import type { Analysis } from "../../model/finding";
import type { FactsWithPools } from "../facts-with-pools";

/** A watch looks every few seconds; what is saved in the editor meanwhile is seen after this long, milliseconds. */
const FRESH_MS = 60_000;

/** What was read in a workspace, for the looks that follow within a minute: code does not change from look to look. */
export class WorkspaceMemory {
  readonly #now: () => number;
  #facts: Remembered<FactsWithPools> | null = null;
  #analysis: Remembered<Analysis> | null = null;

  /** @param now epoch milliseconds */
  constructor(now: () => number) {
    this.#now = now;
  }

  async facts(root: string, read: () => Promise<FactsWithPools>): Promise<FactsWithPools> {
    const known = this.#facts;
    if (known !== null && known.root === root && this.#now() - known.readMs < FRESH_MS) return known.what;
    this.#facts = { root, readMs: this.#now(), what: await read() };
    return this.#facts.what;
  }

  async analysis(root: string, read: () => Promise<Analysis>): Promise<Analysis> {
    const known = this.#analysis;
    if (known !== null && known.root === root && this.#now() - known.readMs < FRESH_MS) return known.what;
    this.#analysis = { root, readMs: this.#now(), what: await read() };
    return this.#analysis.what;
  }
}

interface Remembered<T> {
  readonly root: string;
  readonly readMs: number;
  readonly what: T;
}
