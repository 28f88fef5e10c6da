import { VARIABLE, maskMessage, maskedHash } from "./mask";

/** More different words than this in one place make that place variable: eight outcomes of an order stay eight kinds of line. */
const MOST_WORDS = 8;
/** Two places become variable together when so many kinds differ in just those, and each place has more than `MOST_WORDS` words. */
const MOST_PAIRS = 16;
/** Kinds that differ in the same places and cannot be made one are no longer compared beyond this. */
const MOST_COMPARED = 64;
/** Messages with more words are compared in one place at a time. */
const MOST_WORDS_FOR_PAIRS = 12;
/** Kinds that are told apart at a time; those that were not seen for longest are let go. */
const MOST_KINDS = 10_000;
/** Kinds whose text is kept when they are let go: those with at least so many lines, and no more than so many in all. */
const WORTH_KEEPING = 3;
const MOST_KEPT = 100_000;
const MOST_SEEN = 1 << 17;
/** A log that has brought so many kinds is not made of sentences: two places at a time, then one, are no longer compared. */
const KINDS_FOR_PAIRS = 50_000;
const KINDS_FOR_PLACES = 300_000;

interface Kind {
  readonly id: number;
  readonly pieces: readonly string[];
  lines: number;
  lastSeen: number;
}

/**
 * Sorts lines into kinds by their words, in one go and in bounded memory, the same for the same lines. Lines are of one kind when they
 * differ in variables alone (see `mask.ts`), or in the words of one or two places in which more than eight were seen between the same others.
 * One word at least must be left that they have in common.
 *
 * A line costs one go through its characters when its like was seen lately.
 */
export class TemplateMiner {
  readonly #kinds: Kind[] = [];
  /** For each kind the one that it was made part of; itself when it stands. */
  readonly #partOf: number[] = [];
  readonly #byText = new Map<string, Kind>();
  /** Standing kinds with words made variable, and all standing ones, by their number of pieces. */
  readonly #general = new Map<number, Kind[]>();
  readonly #byLength = new Map<number, Set<Kind>>();
  /** Standing kinds that agree in all but one place. */
  readonly #neighbours = new Map<number, Kind[]>();
  readonly #seen = new Map<number, number>();
  #lines = 0;
  #alive = 0;

  /** The number of the line's kind. It may be made part of another later: ask `kindOf` in the end. */
  add(message: string): number {
    this.#lines += 1;
    const hash = maskedHash(message);
    const known = this.#seen.get(hash);
    if (known !== undefined) {
      const id = this.kindOf(known);
      const kind = this.#kinds[id]!;
      kind.lines += 1;
      kind.lastSeen = this.#lines;
      return id;
    }
    const kind = this.#find(maskMessage(message).pieces);
    kind.lines += 1;
    kind.lastSeen = this.#lines;
    if (this.#seen.size >= MOST_SEEN) this.#seen.clear();
    this.#seen.set(hash, kind.id);
    return kind.id;
  }

  /** The kind that `id` has been made part of, or itself. */
  kindOf(id: number): number {
    let at = id;
    for (let up = this.#partOf[at]!; up !== at; up = this.#partOf[at]!) {
      this.#partOf[at] = this.#partOf[up]!;
      at = up;
    }
    return at;
  }

  /** Numbers given so far. */
  get size(): number {
    return this.#kinds.length;
  }

  /** `order <*> refused`. Empty for one that was let go of. */
  templateOf(id: number): string {
    return (this.#kinds[this.kindOf(id)]?.pieces ?? []).join("");
  }

  /** The pieces of a message that this kind leaves open, in their order. */
  valuesOf(id: number, message: string): string[] {
    const { pieces } = this.#kinds[this.kindOf(id)]!;
    const masked = maskMessage(message);
    const values: string[] = [];
    let variable = 0;
    masked.pieces.forEach((piece, at) => {
      const value = piece === VARIABLE ? masked.values[variable++]! : piece;
      if (pieces[at] === VARIABLE) values.push(value);
    });
    return values;
  }

  #find(pieces: readonly string[]): Kind {
    const text = pieces.join("\u0000");
    const known = this.#byText.get(text);
    if (known !== undefined) return known;
    const general = this.#general.get(pieces.length)?.find((kind) => holds(kind.pieces, pieces));
    if (general !== undefined) return general;
    if (this.#alive >= MOST_KINDS) this.#letGo();
    return this.#join(this.#make(pieces));
  }

  #make(pieces: readonly string[]): Kind {
    const kind: Kind = { id: this.#kinds.length, pieces, lines: 0, lastSeen: this.#lines };
    this.#kinds.push(kind);
    this.#partOf.push(kind.id);
    this.#byText.set(pieces.join("\u0000"), kind);
    const standing = this.#byLength.get(pieces.length);
    if (standing === undefined) this.#byLength.set(pieces.length, new Set([kind]));
    else standing.add(kind);
    this.#alive += 1;
    return kind;
  }

  /** Enters a new kind among its neighbours, and makes one of all that differ in the same places once they are too many. */
  #join(kind: Kind): Kind {
    for (const { places, key } of neighbourhoods(kind.pieces)) {
      if (this.#kinds.length > (places.length === 1 ? KINDS_FOR_PLACES : KINDS_FOR_PAIRS)) break;
      let same = this.#neighbours.get(key);
      if (same === undefined) this.#neighbours.set(key, (same = []));
      if (same.length >= MOST_COMPARED) continue;
      same.push(kind);
      if (same.length <= (places.length === 1 ? MOST_WORDS : MOST_PAIRS) || !places.every((place) => new Set(same.map(({ pieces }) => pieces[place])).size > MOST_WORDS)) continue;
      const pieces = kind.pieces.map((piece, place) => (places.includes(place) ? VARIABLE : piece));
      const parts = [...(this.#byLength.get(pieces.length) ?? [])].filter((part) => holds(pieces, part.pieces));
      const whole = this.#make(pieces);
      for (const part of parts) {
        this.#partOf[part.id] = whole.id;
        whole.lines += part.lines;
        this.#forget(part);
      }
      const general = this.#general.get(pieces.length);
      if (general === undefined) this.#general.set(pieces.length, [whole]);
      else general.push(whole);
      return this.#join(whole);
    }
    return kind;
  }

  #forget(kind: Kind): void {
    this.#alive -= 1;
    this.#byText.delete(kind.pieces.join("\u0000"));
    this.#byLength.get(kind.pieces.length)?.delete(kind);
    const general = this.#general.get(kind.pieces.length);
    const place = general?.indexOf(kind) ?? -1;
    if (place >= 0) general?.splice(place, 1);
    for (const { key } of neighbourhoods(kind.pieces)) {
      const same = this.#neighbours.get(key);
      const at = same?.indexOf(kind) ?? -1;
      if (same === undefined || at < 0) continue;
      if (same.length === 1) this.#neighbours.delete(key);
      else same.splice(at, 1);
    }
  }

  /** Lets go of the half that was not seen for longest. Their lines keep their number; a line like them begins a new kind. */
  #letGo(): void {
    const standing = [...this.#byText.values()].sort((a, b) => a.lastSeen - b.lastSeen || a.id - b.id);
    for (const kind of standing.slice(0, standing.length >> 1)) {
      this.#forget(kind);
      if (kind.lines < WORTH_KEEPING || this.#kept >= MOST_KEPT) this.#kinds[kind.id] = { ...kind, pieces: [] };
      else this.#kept += 1;
    }
    this.#seen.clear();
  }

  #kept = 0;
}

/** Is each message of the second kind one of the first? */
function holds(general: readonly string[], pieces: readonly string[]): boolean {
  for (let at = 0; at < general.length; at += 1) if (general[at] !== VARIABLE && general[at] !== pieces[at]) return false;
  return true;
}

/** Places of a kind's words, one or two at a time, with a number that kinds share which agree everywhere else. */
function neighbourhoods(pieces: readonly string[]): { readonly places: readonly number[]; readonly key: number }[] {
  let low = pieces.length;
  let high = 0x9e3779b9;
  // A sum of mixed hashes: what one piece brings can be taken out again.
  const words: { readonly place: number; readonly low: number; readonly high: number }[] = [];
  pieces.forEach((piece, place) => {
    const hash = hashOf(piece);
    const bring = { place, low: Math.imul(hash ^ Math.imul(place + 1, 0x85ebca6b), 0xc2b2ae35), high: Math.imul(hash + Math.imul(place + 1, 0x27d4eb2f), 0x165667b1) };
    low = (low + bring.low) | 0;
    high = (high + bring.high) | 0;
    // What stands between words tells kinds apart, and so do variables.
    if (piece !== VARIABLE && /[\p{L}_]/u.test(piece)) words.push(bring);
  });
  const keyOf = (a: number, b: number): number => ((b >>> 0) & 0x1fffff) * 0x100000000 + (a >>> 0);
  const out: { places: readonly number[]; key: number }[] = [];
  if (words.length < 2) return out;
  for (const one of words) out.push({ places: [one.place], key: keyOf(low - one.low + one.place, high - one.high) });
  if (words.length < 3 || words.length > MOST_WORDS_FOR_PAIRS) return out;
  for (const [at, one] of words.entries()) {
    for (const other of words.slice(at + 1)) out.push({ places: [one.place, other.place], key: keyOf(low - one.low - other.low + one.place * 1_000 + other.place, high - one.high - other.high) });
  }
  return out;
}

function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return hash ^ (hash >>> 13);
}
