import { same, stand } from "./conclusions";
import type { Ground, Ledger } from "./conclusions";

/** Chains of questions end here: beyond it nobody could follow either. */
const DEEPEST = 120;
/** The answers of a circle that is larger than this are kept as they were found first: it is not walked again from each of its questions. */
const MOST_PROVISIONAL = 2000;
/** Answers whose chains are longer than this are not the same when the chain is. */
const LONG = DEEPEST / 2;

interface OpenQuestion {
  /** The outermost open question that what was found so far was cut at; its own place or more: nothing outside. */
  low: number;
  /** How deep the questions below it went. */
  height: number;
  /** How many provisional answers there were when it was asked. */
  readonly before: number;
}

interface Provisional {
  readonly keep: (circle: ReadonlySet<unknown>) => void;
  readonly value: unknown;
  readonly low: number;
  readonly height: number;
  readonly grounds: readonly Ground[];
}

/** Where a scope, or a workspace, keeps its answers. */
export interface Shelf<K> {
  get(question: K): Answer | undefined;
  set(question: K, answer: Answer): unknown;
}

/**
 * Answers, each found once and again only when what it rests on has changed. A question that comes up again while it is being answered (a
 * name bound to something made of itself, functions that call each other) gets `otherwise`. What was concluded from such a cut holds only
 * for the question that closes the circle, and is forgotten after it: so every answer is what it would be if nothing else had ever been
 * asked, and the order of questions does not matter.
 */
export class Questions {
  #open = new Map<unknown, number>();
  #stack: OpenQuestion[] = [];
  #provisional = new Map<unknown, Provisional>();
  /** How often a question was cut off. */
  cuts = 0;

  constructor(readonly ledger: Ledger) {}

  ask<K, T>(shelf: Shelf<K>, question: K, otherwise: T, find: () => T): T {
    const at = this.#open.get(question);
    if (at !== undefined) return this.#cut(at, otherwise);
    const known = shelf.get(question);
    if (known !== undefined && !known.isOpen) {
      known.refresh();
      if (!known.isLost && this.#holdsHere(known)) {
        this.ledger.restsOn(known);
        const top = this.#stack.at(-1);
        if (top !== undefined) top.height = Math.max(top.height, known.height + 1);
        return known.value as T;
      }
    }
    const provisional = this.#provisional.get(question);
    if (provisional !== undefined) {
      this.cuts++;
      const top = this.#stack.at(-1) as OpenQuestion;
      top.low = Math.min(top.low, provisional.low);
      top.height = Math.max(top.height, provisional.height + 1);
      this.ledger.restsOnAll(provisional.grounds);
      return provisional.value as T;
    }
    if (this.#stack.length > DEEPEST) return this.#cut(0, otherwise);

    const { value, grounds, height, low, circle } = this.#find(question, find);
    if (low >= this.#stack.length) {
      // Found in the midst of another's circle it may be another than alone: only what is alone is kept.
      const answer = new Answer(this, question, find, value, grounds, height, circle);
      if (known === undefined || known.isLost) shelf.set(question, answer);
      this.ledger.restsOn(answer);
    } else {
      const keep = (circle: ReadonlySet<unknown>): void => void shelf.set(question, new Answer(this, question, find, value, grounds, height, circle));
      this.#provisional.set(question, { value, low, height, grounds, keep });
      this.ledger.restsOnAll(grounds);
      (this.#stack.at(-1) as OpenQuestion).low = Math.min((this.#stack.at(-1) as OpenQuestion).low, low);
    }
    const top = this.#stack.at(-1);
    if (top !== undefined) top.height = Math.max(top.height, height + 1);
    return value;
  }

  /** The answer as it is when nothing else is being asked. */
  alone<T>(question: unknown, find: () => T): Found<T> {
    const [open, stack, provisional] = [this.#open, this.#stack, this.#provisional];
    this.#open = new Map();
    this.#stack = [];
    this.#provisional = new Map();
    try {
      return this.#find(question, find);
    } finally {
      [this.#open, this.#stack, this.#provisional] = [open, stack, provisional];
    }
  }

  #find<T>(question: unknown, find: () => T): Found<T> {
    const at = this.#stack.length;
    const own: OpenQuestion = { low: Number.POSITIVE_INFINITY, height: 0, before: this.#provisional.size };
    this.#open.set(question, at);
    this.#stack.push(own);
    let noted: { readonly value: T; readonly grounds: readonly Ground[] } | null = null;
    try {
      noted = this.ledger.note(find);
    } finally {
      this.#stack.pop();
      this.#open.delete(question);
      if (noted === null || own.low >= at) this.#close(own.before);
    }
    const circle = this.#closed;
    this.#closed = NONE;
    return { ...noted, height: own.height, low: own.low, circle };
  }

  #closed: ReadonlySet<unknown> = NONE;

  /** Forgets the provisional answers that came after this many. */
  #close(before: number): void {
    if (this.#provisional.size === before) return;
    const members = [...this.#provisional].slice(before);
    this.#closed = new Set(members.map(([question]) => question));
    for (const [question, { keep }] of members) {
      this.#provisional.delete(question);
      if (members.length > MOST_PROVISIONAL) keep(this.#closed);
    }
  }

  #cut<T>(at: number, otherwise: T): T {
    this.cuts++;
    const top = this.#stack.at(-1) as OpenQuestion;
    top.low = Math.min(top.low, at);
    if (at === 0 && this.#stack.length > DEEPEST) top.height = DEEPEST;
    return otherwise;
  }

  /** An answer found alone says the same here, unless something of its own circle is being asked, or the chain would become too long. */
  #holdsHere({ circle, height }: Answer): boolean {
    if (this.#stack.length === 0) return true;
    if (this.#stack.length + height > DEEPEST) return false;
    if (circle.size === 0) return true;
    for (const question of this.#open.keys()) if (circle.has(question)) return false;
    return true;
  }
}

interface Found<T> {
  readonly value: T;
  readonly grounds: readonly Ground[];
  readonly height: number;
  readonly low: number;
  readonly circle: ReadonlySet<unknown>;
}

const NONE: ReadonlySet<unknown> = new Set();

/** A kept answer. */
export class Answer implements Ground {
  restedOnBy = 0;
  changedAt: number;
  isOpen = false;
  /** It could not be found any more: what it was about is gone. */
  isLost = false;
  #checkedAt: number;

  constructor(
    private readonly questions: Questions,
    private readonly question: unknown,
    private readonly find: () => unknown,
    public value: unknown,
    private grounds: readonly Ground[],
    public height: number,
    /** The questions that it went through in circles, itself left out. */
    public circle: ReadonlySet<unknown>,
  ) {
    this.changedAt = questions.ledger.revision;
    this.#checkedAt = questions.ledger.revision;
  }

  get checkedAt(): number {
    return this.#checkedAt;
  }

  refresh(): void {
    const { ledger } = this.questions;
    const since = this.#checkedAt;
    if (since === ledger.revision || this.isLost || this.isOpen) return;
    this.isOpen = true;
    try {
      if (!stand(this.grounds, since)) {
        const found = this.questions.alone(this.question, this.find);
        const isOther = !same(found.value, this.value) || !sameCircle(found.circle, this.circle) || (found.height !== this.height && Math.max(found.height, this.height) > LONG);
        if (isOther) this.changedAt = ledger.revision;
        if (!same(found.value, this.value)) this.value = found.value;
        this.grounds = found.grounds;
        this.height = found.height;
        this.circle = found.circle;
      }
      this.#checkedAt = ledger.revision;
    } catch {
      // Whoever still asks will ask anew, and hear what is wrong.
      this.isLost = true;
      this.changedAt = ledger.revision;
    } finally {
      this.isOpen = false;
    }
  }
}

function sameCircle(a: ReadonlySet<unknown>, b: ReadonlySet<unknown>): boolean {
  if (a.size !== b.size) return false;
  for (const one of a) if (!b.has(one)) return false;
  return true;
}

/** Keeps answers by their names, and lets go of those that nothing asks for any more. */
export class NamedAnswers implements Shelf<string> {
  readonly #answers = new Map<string, Answer>();

  get(question: string): Answer | undefined {
    return this.#answers.get(question);
  }

  set(question: string, answer: Answer): void {
    this.#answers.set(question, answer);
  }

  /** Drops what was not looked at in the present revision. All that is still wanted has been asked for. */
  sweep(revision: number): void {
    for (const [question, answer] of this.#answers) if (answer.checkedAt !== revision) this.#answers.delete(question);
  }
}
