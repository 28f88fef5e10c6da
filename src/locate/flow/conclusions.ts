/** Something that conclusions are drawn from: a part of the workspace as it is now, or another conclusion. */
export interface Ground {
  /** The revision in which it last became another. */
  readonly changedAt: number;
  /** It is being drawn anew at this moment: nobody can say yet whether it will be another. */
  readonly isOpen: boolean;
  /** Brings it up to the present revision. */
  refresh(): void;
  /** The last one that was told to rest on it, so that it is not told twice. */
  restedOnBy: number;
}

/** A part of the workspace. Whoever looks at it rests on it; whoever changes it says so. */
export class Part implements Ground {
  readonly isOpen = false;
  restedOnBy = 0;
  changedAt: number;

  constructor(readonly ledger: Ledger) {
    this.changedAt = ledger.revision;
  }

  refresh(): void {
    // It is what it is.
  }

  changes(): void {
    this.changedAt = this.ledger.revision;
  }
}

interface Sheet {
  readonly number: number;
  readonly grounds: Ground[];
}

/**
 * Notes what each conclusion rests on while it is drawn, so that after a change of the workspace only those are drawn again whose grounds
 * have changed; where the new one says the same as the old, all that rests on it stands. One for each workspace.
 */
export class Ledger {
  /** Counts the states of the workspace. Raised by whoever changes it, before the change. */
  revision = 1;
  #sheet: Sheet | null = null;
  #sheets = 0;

  /** The conclusion that is being drawn now rests on this. */
  restsOn(ground: Ground): void {
    const sheet = this.#sheet;
    if (sheet === null || ground.restedOnBy === sheet.number) return;
    ground.restedOnBy = sheet.number;
    sheet.grounds.push(ground);
  }

  restsOnAll(grounds: readonly Ground[]): void {
    for (const ground of grounds) this.restsOn(ground);
  }

  /** Does `work`, and gives with its result what it rests on. The conclusion around it does not rest on that by itself. */
  note<T>(work: () => T): { readonly value: T; readonly grounds: readonly Ground[] } {
    const outer = this.#sheet;
    const sheet: Sheet = { number: ++this.#sheets, grounds: [] };
    this.#sheet = sheet;
    try {
      return { value: work(), grounds: sheet.grounds };
    } finally {
      this.#sheet = outer;
    }
  }
}

/** Whether all of these are as they were in a revision. They are asked in the order in which they were met: behind one that changed, the others may not matter any more. */
export function stand(grounds: readonly Ground[], since: number): boolean {
  for (const ground of grounds) {
    if (ground.isOpen) return false;
    ground.refresh();
    if (ground.isOpen || ground.changedAt > since) return false;
  }
  return true;
}

/** One that asks for nothing that could ask for it. */
export class Conclusion<T> implements Ground {
  restedOnBy = 0;
  changedAt = 0;
  isOpen = false;
  #checkedAt = 0;
  #value: T | undefined;
  #grounds: readonly Ground[] = [];

  constructor(
    readonly ledger: Ledger,
    private readonly draw: () => T,
  ) {}

  get(): T {
    this.refresh();
    this.ledger.restsOn(this);
    return this.#value as T;
  }

  refresh(): void {
    const since = this.#checkedAt;
    if (since === this.ledger.revision) return;
    if (since > 0 && stand(this.#grounds, since)) {
      this.#checkedAt = this.ledger.revision;
      return;
    }
    this.isOpen = true;
    try {
      const { value, grounds } = this.ledger.note(this.draw);
      if (since === 0 || !same(value, this.#value)) {
        this.#value = value;
        this.changedAt = this.ledger.revision;
      }
      this.#grounds = grounds;
      this.#checkedAt = this.ledger.revision;
    } finally {
      this.isOpen = false;
    }
  }
}

/**
 * Equal by content: plain objects, arrays and what they hold. Objects of a class are what they are: another one is another.
 */
export function same(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (Array.isArray(a)) {
    if (!Array.isArray(b) || a.length !== b.length) return false;
    for (let i = 0; i < a.length; i++) if (!same(a[i], b[i])) return false;
    return true;
  }
  if (Object.getPrototypeOf(a) !== Object.prototype || Object.getPrototypeOf(b) !== Object.prototype) return false;
  const keys = Object.keys(a);
  if (keys.length !== Object.keys(b).length) return false;
  for (const key of keys) if (!Object.hasOwn(b, key) || !same((a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key])) return false;
  return true;
}
