/**
 * Finds which of many patterns can be in a line, by whole words: each pattern is filed under the rarest of its words, and a line looks up
 * its own words. A second, cheap test (one bit for each word) throws out most of what is left.
 */
export class WordIndex {
  readonly #keys: Int32Array;
  readonly #slots: Int32Array;
  readonly #mask: number;
  readonly #buckets: Int32Array[] = [];
  readonly #bits: Int32Array;
  /** Patterns without a whole word: each line is held against them. */
  readonly loose: Int32Array;

  /** @param words of each pattern, as `wordsIn` gives them: those that must stand in a line as whole words */
  constructor(words: readonly (readonly number[])[]) {
    const frequency = new Map<number, number>();
    for (const own of words) for (const word of new Set(own)) frequency.set(word, (frequency.get(word) ?? 0) + 1);
    const byWord = new Map<number, number[]>();
    const loose: number[] = [];
    this.#bits = new Int32Array(words.length);
    words.forEach((own, pattern) => {
      let rarest: number | null = null;
      let bits = 0;
      for (const word of own) {
        bits |= 1 << (word >>> 27);
        // The later of two as rare: messages differ towards their ends.
        if (rarest === null || (frequency.get(word) ?? 0) <= (frequency.get(rarest) ?? 0)) rarest = word;
      }
      this.#bits[pattern] = bits;
      if (rarest === null) loose.push(pattern);
      else {
        const list = byWord.get(rarest);
        if (list === undefined) byWord.set(rarest, [pattern]);
        else list.push(pattern);
      }
    });
    this.loose = Int32Array.from(loose);
    let size = 16;
    while (size < byWord.size * 4) size *= 2;
    this.#mask = size - 1;
    this.#keys = new Int32Array(size);
    this.#slots = new Int32Array(size);
    for (const [word, patterns] of byWord) {
      let at = (word ^ (word >>> 15)) & this.#mask;
      while (this.#slots[at] !== 0) at = (at + 1) & this.#mask;
      this.#keys[at] = word;
      this.#buckets.push(Int32Array.from(patterns));
      this.#slots[at] = this.#buckets.length;
    }
  }

  readonly #found: number[] = [];
  readonly #hit: Int32Array[] = [];

  /** Patterns whose words may all stand in the line; the array is used again by the next call. */
  candidates(line: string): readonly number[] {
    const hits = this.#hit;
    let count = 0;
    let bits = 0;
    const { length } = line;
    let at = 0;
    while (at < length) {
      let c = line.charCodeAt(at);
      if (CLASS[c < 128 ? c : c < 0x2e80 ? 127 : 126] === 0) {
        at++;
        continue;
      }
      let hash = 0x811c9dc5 | 0;
      if (c >= 0x2e80) {
        hash = Math.imul(hash ^ c, 0x01000193);
        at++;
      } else {
        do {
          hash = Math.imul(hash ^ c, 0x01000193);
          at++;
          if (at === length) break;
          c = line.charCodeAt(at);
        } while (c < 128 ? CLASS[c] === 1 : c < 0x2e80);
      }
      hash = finish(hash);
      bits |= 1 << (hash >>> 27);
      let slot = (hash ^ (hash >>> 15)) & this.#mask;
      let bucket = this.#slots[slot] as number;
      while (bucket !== 0) {
        if (this.#keys[slot] === hash) {
          hits[count++] = this.#buckets[bucket - 1] as Int32Array;
          break;
        }
        slot = (slot + 1) & this.#mask;
        bucket = this.#slots[slot] as number;
      }
    }
    const found = this.#found;
    let many = 0;
    for (let hit = 0; hit < count; hit++) {
      const bucket = hits[hit] as Int32Array;
      for (let i = 0; i < bucket.length; i++) {
        const pattern = bucket[i] as number;
        const wanted = this.#bits[pattern] as number;
        if ((wanted & bits) === wanted) found[many++] = pattern;
      }
    }
    for (let i = 0; i < this.loose.length; i++) found[many++] = this.loose[i] as number;
    found.length = many;
    return found;
  }
}

/** 1: part of a word. 127 stands for letters beyond ASCII, 126 for scripts that write words without blanks, each sign of which is a word. */
const CLASS = Uint8Array.from({ length: 128 }, (_, c) => ((c >= 97 && c <= 122) || (c >= 65 && c <= 90) || (c >= 48 && c <= 57) || c === 95 || c >= 126 ? 1 : 0));
CLASS[126] = 1;

function finish(hash: number): number {
  let mixed = hash ^ (hash >>> 16);
  mixed = Math.imul(mixed, 0x45d9f3b);
  return mixed ^ (mixed >>> 13);
}

function isPart(c: number): boolean {
  return c >= 128 ? c < 0x2e80 : c !== 126 && c !== 127 && CLASS[c] === 1;
}

/** Hashes of the words of a literal that stand as whole words in any line that holds it. `open`: a value may stand right before or after it. */
export function wordsIn(literal: string, openBefore: boolean, openAfter: boolean): number[] {
  const found: number[] = [];
  let at = 0;
  while (at < literal.length) {
    const c = literal.charCodeAt(at);
    if (c >= 0x2e80) {
      found.push(finish(Math.imul((0x811c9dc5 | 0) ^ c, 0x01000193)));
      at++;
      continue;
    }
    if (!isPart(c)) {
      at++;
      continue;
    }
    const start = at;
    let hash = 0x811c9dc5 | 0;
    while (at < literal.length && isPart(literal.charCodeAt(at))) hash = Math.imul(hash ^ literal.charCodeAt(at++), 0x01000193);
    if ((start > 0 || !openBefore) && (at < literal.length || !openAfter)) found.push(finish(hash));
  }
  return found;
}
