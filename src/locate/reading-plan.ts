import { filePath, resolvePath } from "./flow/module-paths";
import { parentOf } from "./module-names";
import { nameHash } from "./prefilter";
import type { CallOutline, FileScan, FunctionOutline } from "./prefilter";

export interface PlannedFile {
  readonly file: string;
  readonly language: string;
  readonly module: string;
  readonly scan: FileScan;
  /** It imports a library that a rule speaks of. */
  readonly seed: boolean;
}

/**
 * The names that join files of a workspace, hashed. A call of a name that no file defines, and a definition that nobody calls, lead nowhere:
 * a file in which nothing else has changed is the same to the plan. Names are only ever added, which errs on the side of planning anew.
 */
export class JoiningNames {
  readonly #defined = new Set<number>();
  readonly #called = new Set<number>();
  readonly #languages: ReadonlyMap<string, PlannedLanguage>;

  constructor(languages: ReadonlyMap<string, PlannedLanguage>) {
    this.#languages = languages;
  }

  add({ scan }: PlannedFile, outlines: readonly FunctionOutline[]): void {
    for (const name of scan.defines) this.#defined.add(name);
    for (const name of scan.calls) this.#called.add(name);
    for (const { names, calls } of outlines) {
      for (const name of names) this.#defined.add(name);
      for (const call of calls) this.#called.add(call.name);
    }
  }

  /** All of a file that the plan goes by. */
  image({ file, language, module, seed, scan }: PlannedFile, outlines: readonly FunctionOutline[]): unknown {
    const known = this.#languages.get(language);
    const leads = (name: number): boolean => this.#defined.has(name) || known?.ruled.has(name) === true || known?.closing.has(name) === true;
    const functions = outlines.map(({ names, isMethod, direct, calls }) => ({ names: names.filter((name) => this.#called.has(name)), isMethod, direct, calls: calls.filter(({ name }) => this.#defined.has(name)) }));
    return {
      file, language, module, seed, imports: scan.imports,
      defines: [...scan.defines].filter((name) => this.#called.has(name)),
      calls: [...scan.calls].filter(leads),
      functions: functions.filter(({ names, calls }) => names.length > 0 || calls.length > 0),
    };
  }
}

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
/** A method's name that more files define than this says nothing about which one is meant. */
const AMBIGUOUS_METHOD = 16;
/** A method's name that at most this many files define is known even where its module is not imported (it came in as an argument). */
const RARE_METHOD = 2;

/**
 * Decides which files must be parsed, by demand: the seeds import a library that a rule speaks of; whoever calls a function that (through
 * other functions) calls into a library matters too; and so do, up to a few calls away, the functions that such code hands something to,
 * where they stand in a file that closes anything. Grows until `next()` has nothing new.
 */
export class ReadingPlan {
  readonly #files: readonly PlannedFile[];
  readonly #languages: ReadonlyMap<string, PlannedLanguage>;
  readonly #indexOf: ReadonlyMap<string, number>;
  readonly #byModule = new Map<string, number>();
  readonly #callers = new Map<number, number[]>();
  readonly #definers = new Map<number, number[]>();
  readonly #outlines = new Map<number, LearntFile>();
  readonly #asked = new Set<number>();
  readonly #wanted = new Set<number>();
  /** What all files of a Go package import together, because a value's type may come through a field declared in the file beside. */
  readonly #importsOfFolder = new Map<string, Set<string>>();
  readonly #seedFolders = new Set<string>();
  /** Answers to "does it import that", by both files' numbers; and to "does that module lead there", by module and owner: both are asked at every call. */
  readonly #imported = new Map<number, boolean>();
  readonly #led = new Map<string, Map<number, boolean>>();
  readonly #absoluteImports = new Map<number, readonly string[]>();

  constructor(files: readonly PlannedFile[], languages: ReadonlyMap<string, PlannedLanguage>) {
    this.#files = files;
    this.#languages = languages;
    this.#indexOf = new Map(files.map(({ file }, index) => [file, index]));
    for (const { file, language, seed } of files) if (seed && sharesFolder(language)) this.#seedFolders.add(parentOf(file));
    files.forEach((file, index) => {
      if (file.seed || (this.#knowsLibrary(file) && this.#callsRuled(file))) this.#wanted.add(index);
    });
    if (this.#wanted.size === 0) return;
    files.forEach(({ file, language, module, scan }, index) => {
      for (const name of scan.calls) push(this.#callers, name, index);
      for (const name of scan.defines) push(this.#definers, name, index);
      if (!sharesFolder(language)) {
        this.#byModule.set(module, index);
        if (language === "javascript") this.#byModule.set(`./${filePath(file)}`, index);
        return;
      }
      const folder = parentOf(file);
      const imports = this.#importsOfFolder.get(folder) ?? new Set();
      this.#importsOfFolder.set(folder, imports);
      for (const path of scan.imports) imports.add(path);
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
    const callsByName = new Map<number, { readonly fn: number; readonly call: CallOutline }[]>();
    const functionsByName = new Map<number, number[]>();
    outlines.forEach(({ names, calls }, fn) => {
      for (const name of names) push(functionsByName, name, fn);
      for (const call of calls) push(callsByName, call.name, { fn, call });
    });
    this.#outlines.set(index, { functions: outlines, callsByName, functionsByName });
  }

  /** Follows the calls from all that was learnt: who calls what matters, and whom it hands something to. */
  grow(): void {
    const distances = this.#followCallers();
    const holding = [...distances].filter(([, distance]) => distance <= HOLDING_DISTANCE).map(([key]) => key);
    this.#followHelpers(holding, distances);
  }

  /** Functions that lead to a library's call, by `functionKey`, with their distance from it. Wants the files of callers not yet parsed. */
  #followCallers(): Map<number, number> {
    const distances = new Map<number, number>();
    let frontier: number[] = [];
    for (const [index, { functions }] of this.#outlines) {
      if (!this.#knowsLibrary(this.#files[index] as PlannedFile)) continue;
      functions.forEach(({ direct }, fn) => {
        if (direct) frontier.push(functionKey(index, fn));
      });
    }
    for (const key of frontier) distances.set(key, 0);
    for (let distance = 1; frontier.length > 0; distance++) {
      const found: number[] = [];
      for (const key of frontier) {
        const index = fileOf(key);
        const target = this.#outlineOf(key);
        const { language } = this.#files[index] as PlannedFile;
        if (target === undefined || (distance > GIVEN_DISTANCE && this.#languages.get(language)?.blocks !== true)) continue;
        for (const name of target.names) {
          for (const caller of this.#callers.get(name) ?? []) {
            const learnt = this.#outlines.get(caller);
            if (learnt === undefined) {
              if (this.#mayMean(caller, index, name, target.isMethod)) this.#wanted.add(caller);
              continue;
            }
            for (const { fn, call } of learnt.callsByName.get(name) ?? []) {
              const other = functionKey(caller, fn);
              if (distances.has(other) || !this.#means(caller, call, index, target.isMethod)) continue;
              distances.set(other, distance);
              found.push(other);
            }
          }
        }
      }
      frontier = found;
    }
    return distances;
  }

  #followHelpers(from: readonly number[], known: ReadonlyMap<number, number>): void {
    const helpers = new Set<number>();
    let frontier = from;
    for (let depth = 1; depth <= HELPER_DEPTH && frontier.length > 0; depth++) {
      const found: number[] = [];
      for (const key of frontier) {
        const index = fileOf(key);
        for (const call of this.#outlineOf(key)?.calls ?? []) {
          if (!call.handsOver) continue;
          for (const definer of this.#definers.get(call.name) ?? []) {
            if (!this.#means(index, call, definer, true) && !this.#means(index, call, definer, false)) continue;
            const learnt = this.#outlines.get(definer);
            if (learnt === undefined) {
              if (this.#closesSomething(this.#files[definer] as PlannedFile)) this.#wanted.add(definer);
              continue;
            }
            for (const fn of learnt.functionsByName.get(call.name) ?? []) {
              const helper = functionKey(definer, fn);
              if (helpers.has(helper) || known.has(helper) || !this.#means(index, call, definer, learnt.functions[fn]?.isMethod === true)) continue;
              helpers.add(helper);
              found.push(helper);
            }
          }
        }
      }
      frontier = found;
    }
  }

  #outlineOf(key: number): FunctionOutline | undefined {
    return this.#outlines.get(fileOf(key))?.functions[key % FUNCTIONS];
  }

  /** Whether a file may hold values of a library: it imports it, or (Go) a file of the same package does. */
  #knowsLibrary({ file, language, seed }: PlannedFile): boolean {
    return seed || (sharesFolder(language) && this.#seedFolders.has(parentOf(file)));
  }

  #callsRuled({ language, scan }: PlannedFile): boolean {
    const ruled = this.#languages.get(language)?.ruled;
    return ruled !== undefined && scan.calls.some((name) => ruled.has(name));
  }

  #closesSomething({ language, scan }: PlannedFile): boolean {
    const closing = this.#languages.get(language)?.closing;
    return closing !== undefined && scan.calls.some((name) => closing.has(name));
  }

  /** Whether that call, in the file `from`, can mean a definition in the file `to`. */
  #means(from: number, call: CallOutline, to: number, isMethod: boolean): boolean {
    const user = this.#files[from] as PlannedFile;
    const owner = this.#files[to] as PlannedFile;
    if (user.language !== owner.language) return false;
    switch (call.form) {
      case "plain":
        // A method of the class itself, or one that it inherits.
        if (isMethod) return leavesReceiverOut(user.language) && this.#mayMeanMethod(from, to, call.name);
        if (from === to || (sharesFolder(user.language) && parentOf(user.file) === parentOf(owner.file))) return true;
        return (!sharesFolder(user.language) || importsTypes(user.language)) && user.scan.imports.some((written) => written.endsWith("*") && isRelated(absoluteImport(written.slice(0, -2), user), owner));
      case "qualified":
        if (namesAreGlobal(user.language)) return this.#mayMeanMethod(from, to, call.name);
        return this.#leadsTo(absoluteImport(call.module, user), to);
      case "method":
        return isMethod && this.#mayMeanMethod(from, to, call.name);
    }
  }

  /** The same for a file of which only the names are known. */
  #mayMean(from: number, to: number, name: number, isMethod: boolean): boolean {
    const user = this.#files[from] as PlannedFile;
    const owner = this.#files[to] as PlannedFile;
    if (user.language !== owner.language) return false;
    if (from === to) return true;
    if (isMethod) return this.#mayMeanMethod(from, to, name);
    if (sharesFolder(user.language) && parentOf(user.file) === parentOf(owner.file)) return true;
    return this.#importsOf(from).some((module) => this.#leadsTo(module, to));
  }

  /** Whether a name taken from that module can be one of the owner's: its own module, or one that hands it on, which must then be read as well. */
  #leadsTo(module: string, to: number): boolean {
    let answers = this.#led.get(module);
    if (answers === undefined) this.#led.set(module, (answers = new Map()));
    let answer = answers.get(to);
    if (answer !== undefined) return answer;
    const owner = this.#files[to] as PlannedFile;
    answer = module === owner.module;
    if (!answer) {
      const between = this.#byModule.get(module);
      const handsOn = between !== undefined && this.#imports(between, to);
      if (handsOn) this.#wanted.add(between);
      answer = handsOn || isRelated(module, owner);
    }
    answers.set(to, answer);
    return answer;
  }

  #imports(from: number, to: number): boolean {
    const key = from * this.#files.length + to;
    let answer = this.#imported.get(key);
    if (answer === undefined) {
      const owner = this.#files[to] as PlannedFile;
      answer = namesAreGlobal(owner.language)
        ? this.#importsOf(from).some((name) => owner.scan.defines.includes(nameHash(name.slice(name.lastIndexOf(".") + 1))))
        : this.#importsOf(from).some((module) => isRelated(module, owner));
      this.#imported.set(key, answer);
    }
    return answer;
  }

  #importsOf(from: number): readonly string[] {
    let modules = this.#absoluteImports.get(from);
    if (modules === undefined) {
      const user = this.#files[from] as PlannedFile;
      modules = user.scan.imports.map((written) => absoluteImport(written, user));
      this.#absoluteImports.set(from, modules);
    }
    return modules;
  }

  #mayMeanMethod(from: number, to: number, name: number): boolean {
    const user = this.#files[from] as PlannedFile;
    const owner = this.#files[to] as PlannedFile;
    const definers = this.#definers.get(name)?.length ?? 0;
    if (definers > AMBIGUOUS_METHOD) return false;
    if (from === to || parentOf(user.file) === parentOf(owner.file)) return true;
    if (sharesFolder(user.language) && !importsTypes(user.language)) return this.#importsOfFolder.get(parentOf(user.file))?.has(owner.module) === true;
    return definers <= RARE_METHOD || this.#imports(from, to);
  }
}

/** Languages in which the files of a folder are one module, so that they see each other's names and types. */
function sharesFolder(language: string): boolean {
  return language === "go" || language === "java" || language === "kotlin" || language === "csharp" || language === "php";
}

/** Languages that import the types of a module, and not the module. */
function importsTypes(language: string): boolean {
  return language === "java" || language === "kotlin" || language === "csharp" || language === "php";
}

/** Languages in which a method may be called without its receiver. */
function leavesReceiverOut(language: string): boolean {
  return language === "java" || language === "kotlin" || language === "csharp" || language === "ruby";
}

/** Languages in which a file names what others define without importing it. */
function namesAreGlobal(language: string): boolean {
  return language === "ruby";
}

/** The module itself; in languages with dotted modules also one that it re-exports, or a name inside it. */
function isRelated(module: string, { module: own, language, file }: PlannedFile): boolean {
  if (module === own) return true;
  if (language === "javascript") return module === `./${filePath(file)}`;
  return (!sharesFolder(language) || importsTypes(language)) && module !== "" && own !== "" && (own.startsWith(`${module}.`) || module.startsWith(`${own}.`));
}

/** `..db` in `shop.web.views` is `shop.db`. */
function absoluteImport(written: string, { module, file, language }: PlannedFile): string {
  if (language === "javascript") {
    const path = resolvePath(written, parentOf(file));
    return path === null ? written : `./${filePath(path)}`;
  }
  if (language === "rust") {
    const [first, ...rest] = written.split(".");
    const own = module.split(".");
    if (first === "crate") return [own[0], ...rest].join(".");
    if (first === "self") return [...own, ...rest].join(".");
    if (first !== "super") return written;
    const up = written.split(".").findIndex((part) => part !== "super");
    return [...own.slice(0, Math.max(1, own.length - (up < 0 ? 1 : up))), ...written.split(".").slice(up < 0 ? written.length : up)].join(".");
  }
  const dots = /^\.+/.exec(written)?.[0].length ?? 0;
  if (dots === 0) return written;
  const parts = module.split(".");
  const base = parts.slice(0, Math.max(0, parts.length - dots + (/(?:^|\/)__init__\.py$/.test(file) ? 1 : 0)));
  const rest = written.slice(dots);
  return [...base, ...(rest === "" ? [] : [rest])].join(".");
}

/** The outlines of a parsed file, by the names that are asked for. */
interface LearntFile {
  readonly functions: readonly FunctionOutline[];
  readonly callsByName: ReadonlyMap<number, readonly { readonly fn: number; readonly call: CallOutline }[]>;
  readonly functionsByName: ReadonlyMap<number, readonly number[]>;
}

/** A function of a planned file as one number: cheaper in sets than text. */
const FUNCTIONS = 2 ** 20;
function functionKey(file: number, fn: number): number {
  return file * FUNCTIONS + fn;
}
function fileOf(key: number): number {
  return Math.floor(key / FUNCTIONS);
}

function push<T>(map: Map<number, T[]>, key: number, value: T): void {
  const values = map.get(key);
  if (values === undefined) map.set(key, [value]);
  else values.push(value);
}
