import { parentOf } from "./module-names";
import type { FileScan, FunctionOutline } from "./prefilter";

export interface PlannedFile {
  readonly file: string;
  readonly language: string;
  readonly module: string;
  readonly scan: FileScan;
}

/** A helper that only passes its argument on may stand this many calls away from code that knows the library. */
const HELPER_DEPTH = 3;
/** A method's name that more files define than this says nothing about which one is meant, unless the module is imported. */
const AMBIGUOUS = 8;

/**
 * Decides which files must be parsed, by demand: the seeds import a library that a rule speaks of; whoever calls a function that (through
 * other functions) calls into a library matters too, at any distance; and so do, up to a few calls away, the functions that such code
 * calls, because they may close what they are given. Grows until `next()` has nothing new.
 */
export class ReadingPlan {
  readonly #files: readonly PlannedFile[];
  readonly #callers = new Map<number, number[]>();
  readonly #definers = new Map<number, number[]>();
  readonly #outlines = new Map<number, readonly FunctionOutline[]>();
  readonly #asked = new Set<number>();
  /** Functions whose callers matter, and functions whose callees matter (with their distance), by `file:function`. */
  readonly #relevant = new Set<string>();
  readonly #helpers = new Map<string, number>();
  readonly #wanted = new Set<number>();
  /** Names whose callers, definers were looked for from a file: `name:file`. */
  readonly #indexOf: ReadonlyMap<string, number>;

  constructor(files: readonly PlannedFile[], seeds: Iterable<string>) {
    this.#files = files;
    this.#indexOf = new Map(files.map(({ file }, index) => [file, index]));
    for (const seed of seeds) {
      const index = this.#indexOf.get(seed);
      if (index !== undefined) this.#wanted.add(index);
    }
    if (this.#wanted.size === 0) return;
    files.forEach(({ scan }, index) => {
      for (const name of scan.calls) push(this.#callers, name, index);
      for (const name of scan.defines) push(this.#definers, name, index);
    });
  }

  /** Files to parse now, each at most once over the plan's life; empty when all that matters was asked for. */
  next(): PlannedFile[] {
    const wave = [...this.#wanted].filter((index) => !this.#asked.has(index)).sort((a, b) => a - b);
    this.#wanted.clear();
    for (const index of wave) this.#asked.add(index);
    return wave.map((index) => this.#files[index] as PlannedFile);
  }

  /** Tells what a parsed file holds. All of a wave are told before the next is asked for. */
  learn(file: string, outlines: readonly FunctionOutline[]): void {
    const index = this.#indexOf.get(file);
    if (index === undefined) return;
    this.#outlines.set(index, outlines);
  }

  /** Follows the calls from all that was learnt. */
  grow(): void {
    const queue: { index: number; fn: number }[] = [];
    const mark = (index: number, fn: number): void => {
      const key = `${index}:${fn}`;
      if (this.#relevant.has(key)) return;
      this.#relevant.add(key);
      queue.push({ index, fn });
    };
    this.#relevant.clear();
    this.#helpers.clear();
    for (const [index, outlines] of this.#outlines) outlines.forEach((outline, fn) => outline.direct && mark(index, fn));

    for (let at = 0; at < queue.length; at++) {
      const { index, fn } = queue[at] as { index: number; fn: number };
      for (const name of (this.#outlines.get(index) as readonly FunctionOutline[])[fn]?.names ?? []) {
        const callers = this.#callers.get(name) ?? [];
        const rare = (this.#definers.get(name)?.length ?? 0) <= AMBIGUOUS;
        for (const caller of callers) {
          if (caller !== index && !this.#sees(caller, index, rare)) continue;
          const outlines = this.#outlines.get(caller);
          if (outlines === undefined) this.#wanted.add(caller);
          else outlines.forEach((outline, other) => outline.calls.includes(name) && mark(caller, other));
        }
      }
    }

    let frontier = [...this.#relevant];
    for (let depth = 1; depth <= HELPER_DEPTH && frontier.length > 0; depth++) {
      const found: string[] = [];
      for (const key of frontier) {
        const colon = key.indexOf(":");
        const index = Number(key.slice(0, colon));
        const outline = this.#outlines.get(index)?.[Number(key.slice(colon + 1))];
        for (const name of outline?.calls ?? []) {
          const definers = this.#definers.get(name) ?? [];
          for (const definer of definers) {
            if (definer !== index && !this.#sees(index, definer, definers.length <= AMBIGUOUS)) continue;
            const outlines = this.#outlines.get(definer);
            if (outlines === undefined) this.#wanted.add(definer);
            else {
              outlines.forEach((other, fn) => {
                const helper = `${definer}:${fn}`;
                if (!other.names.includes(name) || this.#relevant.has(helper) || this.#helpers.has(helper)) return;
                this.#helpers.set(helper, depth);
                found.push(helper);
              });
            }
          }
        }
      }
      frontier = found;
    }
  }

  /** Whether code in one file can mean a definition in the other: same folder, an import, or a name that is rare enough for a method. */
  #sees(from: number, to: number, rare: boolean): boolean {
    const user = this.#files[from] as PlannedFile;
    const owner = this.#files[to] as PlannedFile;
    if (user.language !== owner.language) return false;
    if (rare || parentOf(user.file) === parentOf(owner.file)) return true;
    if (user.language !== "python") return user.scan.imports.includes(owner.module);
    return user.scan.imports.some((written) => {
      const absolute = absoluteImport(written, user);
      return owner.module === absolute || owner.module.startsWith(`${absolute}.`) || absolute.startsWith(`${owner.module}.`);
    });
  }
}

/** `..db` in `shop.web.views` is `shop.db`. */
function absoluteImport(written: string, { module, file }: PlannedFile): string {
  const dots = /^\.+/.exec(written)?.[0].length ?? 0;
  if (dots === 0) return written;
  const parts = module.split(".");
  const base = parts.slice(0, Math.max(0, parts.length - dots + (file.endsWith("/__init__.py") ? 1 : 0)));
  const rest = written.slice(dots);
  return [...base, ...(rest === "" ? [] : [rest])].join(".");
}

function push(map: Map<number, number[]>, key: number, value: number): void {
  const values = map.get(key);
  if (values === undefined) map.set(key, [value]);
  else values.push(value);
}
