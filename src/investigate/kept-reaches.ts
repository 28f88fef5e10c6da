import { Failure } from "../model/failure";
import type { Reach } from "../observe/targets/reach";

/** Connections that stay open between looks, so that a watch signs in once. Owns them. */
export class KeptReaches {
  readonly #reaches = new Map<string, Reach>();

  /**
   * Does work over the kept connection of that name, or over a new one. A kept one that turns out to have gone is opened again, once; any other
   * failure ends it.
   *
   * @param keep false: it is closed after the work.
   * @param onLost is told before the second try, with why.
   */
  async use<T>(name: string, keep: boolean, open: () => Promise<Reach>, work: (reach: Reach) => Promise<T>, onLost: (failure: Failure) => void): Promise<T> {
    const kept = this.#reaches.get(name);
    this.#reaches.delete(name);
    if (kept === undefined) return this.#do(name, keep, await open(), work);
    try {
      return await this.#do(name, keep, kept, work);
    } catch (error) {
      if (!(error instanceof Failure) || error.reason !== "connectionLost") throw error;
      onLost(error);
      return this.#do(name, keep, await open(), work);
    }
  }

  async dispose(): Promise<void> {
    const all = [...this.#reaches.values()];
    this.#reaches.clear();
    await Promise.all(all.map((reach) => reach.close()));
  }

  async #do<T>(name: string, keep: boolean, reach: Reach, work: (reach: Reach) => Promise<T>): Promise<T> {
    let worked = false;
    try {
      const result = await work(reach);
      worked = true;
      return result;
    } finally {
      const before = this.#reaches.get(name);
      if (worked && keep && before === undefined) this.#reaches.set(name, reach);
      else await reach.close();
    }
  }
}
