import { same } from "./flow/conclusions";
import { sharesFolder } from "./import-paths";
import { holds } from "./files-by-name";
import type { Calls, Handing, JoinedFile, PlannedFile } from "./joined-file";
import { JoinedFiles } from "./joined-files";
import type { FunctionOutline } from "./prefilter";

/** What is known of a language, for the plan. */
export interface PlannedLanguage {
  /** A rule says that some calls block: then callers matter at any distance, because a coroutine may be the last of them. */
  readonly blocks: boolean;
  /** Last names of the calls that a rule speaks of, hashed: a file beside a seed that makes one may use a value whose type the seed names. */
  readonly ruled: ReadonlySet<number>;
  /** Last names of the calls that close something by a rule, hashed. */
  readonly closing: ReadonlySet<number>;
}

/** Where nothing blocks, callers matter only because they may be given an open resource, by a function that was given it itself. */
const GIVEN_DISTANCE = 2;
/** A helper that closes what it is given may hand it on this many times. */
const HELPER_DEPTH = 2;
/** Helpers are looked for from functions that are at most this many calls away from a library's: farther up nobody holds the resource. */
const HOLDING_DISTANCE = 2;
/** All that is farther from a library's call than what any of these speaks of is as far. */
const FAR = 3;
const NOWHERE = 255;

/** What a walk has found of a file that was read. */
interface Reached {
  /** How far each function is from a library's call. */
  readonly distances: Uint8Array;
  /** How often what each function is given was handed on before. */
  readonly depths: Uint8Array;
}

/**
 * Decides which files must be parsed, by demand: the seeds import a library that a rule speaks of; whoever calls a function that (through
 * other functions) calls into a library matters too; and so do, up to a few calls away, the functions that such code hands something to,
 * where they stand in a file that closes anything. What matters does not depend on the order in which it is found: a plan that goes on
 * after a change wants what a new one would.
 */
export class ReadingPlan {
  readonly #languages: ReadonlyMap<string, PlannedLanguage>;
  readonly #joined = new JoinedFiles();
  readonly #seedFolders = new Set<string>();
  readonly #namesOf = new WeakMap<PlannedFile, { readonly ruled: boolean; readonly closing: boolean }>();
  /** Seeds that do not count yet. */
  #heldBack: (file: string) => boolean = () => false;
  /** What was found holds no longer. */
  #mustWalk = false;
  /** Files that mattered and changed: they are read before anything else, for most changes change nothing for others. */
  readonly #again = new Set<JoinedFile>();
  /** Those that matter, as far as the walk has come; null: it is not read. */
  readonly #matter = new Map<JoinedFile, Reached | null>();
  /** Of those the ones that are to be asked for. */
  readonly #unread = new Set<JoinedFile>();
  /** What was read before, and is come to only now. */
  #met: JoinedFile[] = [];
  /** Counts the walks: what is marked with another number was met in an earlier one. */
  #number = 0;
  #hasFollowed = false;
  /** Functions to go on from: to their callers, nearest first, and to those that they hand something to. */
  #callees: Step[][] = [];
  #givers: Step[] = [];

  constructor(files: readonly PlannedFile[], languages: ReadonlyMap<string, PlannedLanguage>) {
    this.#languages = languages;
    this.update(files);
  }

  /** Takes these for all files that there are now. Those that have not changed are the same objects as before. */
  update(files: readonly PlannedFile[]): void {
    // Where nothing is a seed nothing matters, and nobody has to know the names.
    const any = files.some(({ seed }) => seed);
    for (const { file, before, now } of this.#joined.update(any ? files : [])) {
      if (before === null || now === null || !this.#isAlike(before, now)) this.#mustWalk = true;
      if (now === null) this.#again.delete(file);
      else if (before !== null && this.#matter.has(file)) this.#again.add(file);
    }
  }

  /** From now on these files are no seeds, until it is told otherwise: what others lead to is read first. */
  holdBack(heldBack: (file: string) => boolean): void {
    this.#heldBack = heldBack;
    this.#mustWalk = true;
  }

  /**
   * Files to parse now, in order; each once, and again when it has changed. Empty when all that matters was asked for: then what was learnt
   * of files that do not matter any more is forgotten.
   */
  next(): PlannedFile[] {
    if (this.#again.size > 0) return inOrder(this.#again);
    if (this.#mustWalk) this.#begin();
    this.#walk();
    const wave = inOrder(this.#unread);
    this.#unread.clear();
    if (wave.length === 0) for (const file of this.#joined.files.values()) if (file.learnt !== null && !this.#matter.has(file)) this.#joined.learn(file, null);
    return wave;
  }

  /** Tells what a parsed file holds; null: it could not be parsed. All of a wave are told before the next is asked for. */
  learn(name: string, outlines: readonly FunctionOutline[] | null): void {
    const file = this.#joined.files.get(name);
    if (file === undefined) return;
    const isAgain = this.#again.delete(file);
    const before = file.learnt?.functions ?? null;
    this.#joined.learn(file, outlines);
    if (isAgain) this.#mustWalk ||= !this.#isLearntAlike(before, outlines);
    else if (!this.#mustWalk && this.#matter.get(file) === null) this.#enter(file);
  }

  /** The files that matter, as far as is known. */
  get matters(): Iterable<string> {
    return [...this.#matter.keys()].map(({ planned }) => planned.file);
  }

  #begin(): void {
    this.#mustWalk = false;
    this.#matter.clear();
    this.#unread.clear();
    this.#number++;
    this.#hasFollowed = false;
    this.#seedFolders.clear();
    this.#callees = Array.from({ length: FAR + 1 }, () => []);
    this.#givers = [];
    const files = [...this.#joined.files.values()];
    for (const { planned, folder } of files) if (this.#isSeed(planned) && sharesFolder(planned.language)) this.#seedFolders.add(folder);
    for (const file of files) if (this.#isSeed(file.planned) || (this.#knowsLibrary(file) && this.#names(file.planned).ruled)) this.#want(file);
  }

  /** Follows the calls from all that was learnt: who calls what matters, and whom it hands something to. */
  #walk(): void {
    for (;;) {
      const met = this.#met.pop();
      if (met !== undefined) {
        this.#enter(met);
        continue;
      }
      const callee = this.#callees.find((steps) => steps.length > 0)?.pop();
      if (callee !== undefined) {
        this.#followCallers(callee);
        continue;
      }
      const giver = this.#givers.pop();
      if (giver === undefined) return;
      this.#followHelpers(giver);
    }
  }

  #want(file: JoinedFile): void {
    if (this.#matter.has(file)) return;
    this.#matter.set(file, null);
    if (file.learnt === null) this.#unread.add(file);
    else this.#met.push(file);
  }

  /** What is in a file that matters has become known: all that was followed so far may lead into it. */
  #enter(file: JoinedFile): void {
    if (file.learnt === null) return;
    const { functions } = file.learnt;
    this.#matter.set(file, { distances: new Uint8Array(functions.length).fill(NOWHERE), depths: new Uint8Array(functions.length).fill(NOWHERE) });
    if (this.#knowsLibrary(file)) functions.forEach(({ direct }, fn) => void (direct && this.#reach(file, fn, 0)));
    if (!this.#hasFollowed) return;
    for (const called of file.calls) if (called.walk === this.#number) this.#come(file, called.by.get(file) as Calls, called.distance);
    for (const handing of file.handedBy) if (handing.walk === this.#number) this.#give(file, handing, handing.depth);
  }

  /** These calls are made from that far. */
  #come(file: JoinedFile, { may, functions, through }: Calls, distance: number): void {
    const reached = this.#matter.get(file);
    if (reached === undefined && may) this.#want(file);
    if (!reached) return;
    for (const between of through) this.#want(between);
    for (const fn of functions) this.#reach(file, fn, distance);
  }

  #reach(file: JoinedFile, fn: number, distance: number): void {
    const reached = this.#matter.get(file);
    if (!reached || (reached.distances[fn] as number) <= distance) return;
    reached.distances[fn] = distance;
    this.#callees[distance]?.push({ file, fn });
  }

  #followCallers({ file, fn }: Step): void {
    const distance = this.#matter.get(file)?.distances[fn] ?? NOWHERE;
    const outline = file.learnt?.functions[fn];
    if (outline === undefined) return;
    this.#hasFollowed = true;
    if (distance <= HOLDING_DISTANCE) this.#hold(file, fn, 0);
    if (distance >= GIVEN_DISTANCE && this.#languages.get(file.planned.language)?.blocks !== true) return;
    const next = Math.min(distance + 1, FAR);
    for (const name of outline.names) {
      const called = this.#joined.calledAs(file, name, outline.isMethod);
      if (called.walk === this.#number && called.distance <= next) continue;
      called.walk = this.#number;
      called.distance = next;
      for (const [caller, calls] of called.by) this.#come(caller, calls, next);
    }
  }

  /** What this call gives was handed on that often. */
  #give(file: JoinedFile, handing: Handing, depth: number): void {
    const reached = this.#matter.get(file);
    if (reached === undefined && this.#names(file.planned).closing) this.#want(file);
    const means = handing.definers.get(file);
    if (!reached || means === undefined) return;
    for (const fn of file.learnt?.functionsByName.get(handing.name) ?? []) {
      if (file.learnt?.functions[fn]?.isMethod === true ? means.method : means.function) this.#hold(file, fn, depth);
    }
  }

  #hold(file: JoinedFile, fn: number, depth: number): void {
    const reached = this.#matter.get(file);
    if (!reached || (reached.depths[fn] as number) <= depth) return;
    reached.depths[fn] = depth;
    this.#givers.push({ file, fn });
  }

  #followHelpers({ file, fn }: Step): void {
    const depth = (this.#matter.get(file)?.depths[fn] ?? NOWHERE) + 1;
    if (depth > HELPER_DEPTH) return;
    for (const number of file.learnt?.handedBy[fn] ?? []) {
      const handing = this.#joined.handing(file, number);
      if (handing.walk === this.#number && handing.depth <= depth) continue;
      handing.walk = this.#number;
      handing.depth = depth;
      for (const between of handing.through) this.#want(between);
      for (const definer of handing.definers.keys()) this.#give(definer, handing, depth);
    }
  }

  /** Whether a file may hold values of a library: it imports it, or (Go) a file of the same package does. */
  #knowsLibrary({ planned, folder }: JoinedFile): boolean {
    return this.#isSeed(planned) || (sharesFolder(planned.language) && this.#seedFolders.has(folder));
  }

  #isSeed({ seed, file }: PlannedFile): boolean {
    return seed && !this.#heldBack(file);
  }

  /** Whether a file calls names that the rules speak of. */
  #names(planned: PlannedFile): { readonly ruled: boolean; readonly closing: boolean } {
    let names = this.#namesOf.get(planned);
    if (names === undefined) {
      const language = this.#languages.get(planned.language);
      const calls = (some: ReadonlySet<number> | undefined): boolean => some !== undefined && planned.scan.calls.some((name) => some.has(name));
      this.#namesOf.set(planned, (names = { ruled: calls(language?.ruled), closing: calls(language?.closing) }));
    }
    return names;
  }

  /** Whether a file's names join it with others as before. A call of what no file defines, and a definition that nobody calls, lead nowhere. */
  #isAlike(a: PlannedFile, b: PlannedFile): boolean {
    if (a.seed !== b.seed || a.language !== b.language || a.module !== b.module || !same(a.scan.imports, b.scan.imports)) return false;
    if (!same(this.#names(a), this.#names(b))) return false;
    return !differ(a.scan.defines, b.scan.defines, (name) => this.#joined.isCalled(name)) && !differ(a.scan.calls, b.scan.calls, (name) => this.#joined.isDefined(name));
  }

  /** The same of what was read in it. */
  #isLearntAlike(a: readonly FunctionOutline[] | null, b: readonly FunctionOutline[] | null): boolean {
    const joining = (outlines: readonly FunctionOutline[]): unknown =>
      outlines
        .map(({ names, isMethod, direct, calls }) => ({ names: names.filter((name) => this.#joined.isCalled(name)), isMethod, direct, calls: calls.filter(({ name }) => this.#joined.isDefined(name)) }))
        .filter(({ names, direct, calls }) => names.length > 0 || direct || calls.length > 0);
    return a === null || b === null ? a === b : same(joining(a), joining(b));
  }
}

/** A function to go on from. */
interface Step {
  readonly file: JoinedFile;
  readonly fn: number;
}

/** Whether one has a name that matters, and the other has not. Both are in order. */
function differ(a: Uint32Array, b: Uint32Array, matters: (name: number) => boolean): boolean {
  return a.some((name) => !holds(b, name) && matters(name)) || b.some((name) => !holds(a, name) && matters(name));
}

function inOrder(files: Iterable<JoinedFile>): PlannedFile[] {
  return [...files].map(({ planned }) => planned).sort((a, b) => (a.file < b.file ? -1 : a.file > b.file ? 1 : 0));
}
