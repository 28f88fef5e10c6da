/**
 * A copy of a piece of text that does not keep the text it was cut from alive: V8 keeps a long slice as a window into its parent, so one
 * stored address would hold a whole chunk of the capture.
 */
export function ownText(piece: string): string {
  return piece.length < 13 ? piece : ` ${piece}`.slice(1);
}

/** Keeps one copy of each text it has seen, so that a million rows share a few thousand strings. */
export class TextPool {
  readonly #texts = new Map<string, string>();

  /** The shared copy of this text. */
  share(piece: string): string {
    const known = this.#texts.get(piece);
    if (known !== undefined) return known;
    const own = ownText(piece);
    // A capture may hold a million different names; a pool must not become the leak.
    if (this.#texts.size > 100_000) this.#texts.clear();
    this.#texts.set(own, own);
    return own;
  }
}
