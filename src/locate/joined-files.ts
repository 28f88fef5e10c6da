import { filePath } from "./flow/module-paths";
import { absoluteImport, importsTypes, isRelated, leavesReceiverOut, namesAreGlobal, sharesFolder } from "./import-paths";
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

/** The outlines of a parsed file, by the names that are asked for. */
export interface LearntFile {
  readonly functions: readonly FunctionOutline[];
  readonly callsByName: ReadonlyMap<number, readonly { readonly fn: number; readonly call: CallOutline }[]>;
  readonly functionsByName: ReadonlyMap<number, readonly number[]>;
  /** Its calls that hand something over, each once; and by function, which of them it makes. */
  readonly handingOver: readonly CallOutline[];
  readonly handedBy: readonly (readonly number[])[];
  /** Modules that it names in calls and does not import under that name: `a.b` of `import a` and `a.b.c()`. */
  readonly named: ReadonlySet<string>;
}

/** A file with what is known of it. The same object as long as there is a file of its name. */
export class JoinedFile {
  readonly folder: string;
  /** What it imports, absolute. */
  imports: ReadonlySet<string> = new Set();
  /** The modules of which it imports all that there is, absolute. */
  stars: readonly string[] = [];
  learnt: LearntFile | null = null;
  /** Calls of its functions, by others and by itself. */
  readonly calledBy = new Set<Called>();
  /** What it calls, as far as anybody asked. */
  readonly calls = new Set<Called>();
  /** Calls that hand something over to a name that it defines. */
  readonly handedBy = new Set<Handing>();
  /** Where its own calls lead that hand something over: as `LearntFile.handingOver` has them, those that were followed. */
  handings: (Handing | null)[] = [];

  constructor(public planned: PlannedFile) {
    this.folder = parentOf(planned.file);
  }
}

/** The calls of a name that can mean a function of one file. */
export interface Called {
  readonly to: JoinedFile;
  readonly name: number;
  readonly isMethod: boolean;
  /** By the file that calls, if it may call at all. */
  readonly by: Map<JoinedFile, Calls>;
  /** How far those are who make these calls, in the walk of that number. */
  walk: number;
  distance: number;
}
export interface Calls {
  /** The names in its text say that it may: it must be read to know. */
  readonly may: boolean;
  /** Its functions that call, when it was read. */
  readonly functions: readonly number[];
  /** Files that hand the name on between the two. */
  readonly through: readonly JoinedFile[];
}

/** Where a call that hands something over can lead. */
export interface Handing {
  readonly name: number;
  readonly definers: ReadonlyMap<JoinedFile, { readonly method: boolean; readonly function: boolean }>;
  /** Files that hand the name on in between. */
  readonly through: readonly JoinedFile[];
  /** How often what is given was handed on, in the walk of that number. */
  walk: number;
  depth: number;
}

interface Change {
  readonly file: JoinedFile;
  /** null: it came. */
  readonly before: PlannedFile | null;
  /** null: it went. */
  readonly now: PlannedFile | null;
}

/** A method's name that more files define than this says nothing about which one is meant. */
const AMBIGUOUS_METHOD = 16;
/** A method's name that at most this many files define is known even where its module is not imported (it came in as an argument). */
const RARE_METHOD = 2;
const NO_CALLS: Calls = { may: false, functions: [], through: [] };
const NONE: readonly Called[] = [];

/**
 * Which files' calls can mean which files' functions, by names alone. What was found is kept, and after a change only what the changed files
 * have part in is found again.
 */
export class JoinedFiles {
  readonly #files = new Map<string, JoinedFile>();
  readonly #callers = new Map<number, JoinedFile[]>();
  readonly #definers = new Map<number, JoinedFile[]>();
  readonly #modules = new Map<string, JoinedFile[]>();
  readonly #importers = new Map<string, JoinedFile[]>();
  readonly #inFolder = new Map<string, JoinedFile[]>();
  /** What all files of a Go package import together, because a value's type may come through a field declared in the file beside. Where it was asked for. */
  readonly #importsOfFolder = new Map<string, ReadonlySet<string>>();
  /** By name and file: its methods of that name, its other functions. */
  readonly #called = new Map<number, Map<JoinedFile, readonly [Called | null, Called | null]>>();
  /** By name, the files of which some call that hands over was followed. */
  readonly #handers = new Map<number, JoinedFile[]>();
  /** Answers to "does it import that", and to "does that module lead there": both are asked at every call. */
  readonly #imported = new Map<JoinedFile, Map<JoinedFile, boolean>>();
  readonly #led = new Map<string, Map<JoinedFile, boolean | JoinedFile>>();

  get files(): ReadonlyMap<string, JoinedFile> {
    return this.#files;
  }

  /** Whether any text calls something of this name. */
  isCalled(name: number): boolean {
    return this.#callers.has(name);
  }

  /** Whether any file defines this name. */
  isDefined(name: number): boolean {
    return this.#definers.has(name) || this.#called.has(name);
  }

  /** Takes these for all files that there are now; those that have not changed are the same objects as before. Gives those that did. */
  update(planned: readonly PlannedFile[]): readonly Change[] {
    const changes: Change[] = [];
    const present = new Set<string>();
    for (const now of planned) {
      present.add(now.file);
      const file = this.#files.get(now.file);
      if (file?.planned !== now) changes.push({ file: file ?? new JoinedFile(now), before: file?.planned ?? null, now });
    }
    for (const [name, file] of this.#files) if (!present.has(name)) changes.push({ file, before: file.planned, now: null });
    if (changes.length > 0) this.#apply(changes);
    return changes;
  }

  #apply(changes: readonly Change[]): void {
    this.#imported.clear();
    this.#led.clear();
    const isFirst = this.#files.size === 0;
    /** How many files defined a name before. */
    const sizes = new Map<number, number>();
    const redefined = new Set<number>();
    /** What the files of a folder imported together before. */
    const ofFolder = new Map<string, ReadonlySet<string>>();
    /** By module, import paths that its file has no longer, or only now. */
    const ofModule = new Map<string, { readonly language: string; readonly paths: Set<string> }>();
    for (const { file, before, now } of changes) {
      if (isFirst) {
        if (now !== null) this.#putIn(file, now);
        continue;
      }
      const old = file.imports;
      const isOther = before === null || now === null || before.module !== now.module || before.language !== now.language;
      const names = new Set([...(before?.scan.defines ?? []), ...(now?.scan.defines ?? [])]);
      for (const name of names) if (!sizes.has(name)) sizes.set(name, this.#definers.get(name)?.length ?? 0);
      if (before !== null) this.#takeOut(file, before);
      // What was told of it holds no longer when it is another's module, or goes by other names.
      if (isOther || namesAreGlobal(now.language)) {
        for (const called of [...file.calledBy]) this.#forgetCalled(called);
        for (const name of names) redefined.add(name);
      }
      if (now === null) {
        this.#files.delete(file.planned.file);
        for (const module of file.learnt?.named ?? []) take(this.#importers, module, file);
        file.learnt = null;
        this.#forgetHandingsOf(file);
      } else {
        this.#putIn(file, now);
        for (const name of names) if (before === null || !holds(before.scan.defines, name) || !holds(now.scan.defines, name)) redefined.add(name);
      }
      const { language } = now ?? (before as PlannedFile);
      if (sharesFolder(language)) {
        const together = this.#importsOfFolder.get(file.folder);
        if (together !== undefined) ofFolder.set(file.folder, together);
        this.#importsOfFolder.delete(file.folder);
        continue;
      }
      const paths = [...new Set([...old, ...file.imports])].filter((path) => isOther || !(old.has(path) && file.imports.has(path)));
      if (paths.length === 0) continue;
      for (const module of new Set([...(before === null ? [] : modulesOf(before)), ...(now === null ? [] : modulesOf(now))])) {
        const known = ofModule.get(module);
        if (known === undefined) ofModule.set(module, { language, paths: new Set(paths) });
        else for (const path of paths) known.paths.add(path);
      }
    }
    if (isFirst) return;
    for (const [name, before] of sizes) {
      if (rank(before) === rank(this.#definers.get(name)?.length ?? 0)) continue;
      for (const called of [...this.#calledOf(name)]) this.#forgetCalled(called);
      redefined.add(name);
    }
    for (const name of redefined) for (const file of [...(this.#handers.get(name) ?? [])]) this.#forgetHandings(file, name);
    for (const { file } of changes) this.#refresh(file);
    for (const [folder, before] of ofFolder) {
      const now = this.#importsIn(folder);
      const differing = [...before, ...now].filter((path) => !(before.has(path) && now.has(path)));
      if (differing.length > 0) this.#reconsider(this.#inFolder.get(folder) ?? [], differing.flatMap((path) => this.#modules.get(path) ?? []));
    }
    for (const [module, { language, paths }] of ofModule) {
      const importers = [...new Set(this.#importers.get(module))];
      if (importers.length === 0) continue;
      this.#reconsider(importers, [...this.#files.values()].filter(({ planned }) => namesAreGlobal(language) || [...paths].some((path) => isRelated(path, planned))));
    }
  }

  #takeOut(file: JoinedFile, before: PlannedFile): void {
    for (const name of before.scan.calls) take(this.#callers, name, file);
    for (const name of before.scan.defines) take(this.#definers, name, file);
    for (const module of modulesOf(before)) take(this.#modules, module, file);
    for (const module of file.imports) take(this.#importers, module, file);
    take(this.#inFolder, file.folder, file);
    file.imports = new Set();
    file.stars = [];
  }

  #putIn(file: JoinedFile, now: PlannedFile): void {
    file.planned = now;
    file.imports = new Set(now.scan.imports.map((written) => absoluteImport(written, now)));
    file.stars = now.scan.imports.flatMap((written) => (written.endsWith("*") ? [absoluteImport(written.slice(0, -2), now)] : []));
    this.#files.set(now.file, file);
    for (const name of now.scan.calls) give(this.#callers, name, file);
    for (const name of now.scan.defines) give(this.#definers, name, file);
    for (const module of modulesOf(now)) give(this.#modules, module, file);
    for (const module of file.imports) give(this.#importers, module, file);
    give(this.#inFolder, file.folder, file);
  }

  /** Says what was read in a file; null: it has not been read, or could not be. */
  learn(file: JoinedFile, outlines: readonly FunctionOutline[] | null): void {
    this.#forgetHandingsOf(file);
    for (const module of file.learnt?.named ?? []) take(this.#importers, module, file);
    if (outlines === null) file.learnt = null;
    else {
      const callsByName = new Map<number, { readonly fn: number; readonly call: CallOutline }[]>();
      const functionsByName = new Map<number, number[]>();
      outlines.forEach(({ names, calls }, fn) => {
        for (const name of names) give(functionsByName, name, fn);
        for (const call of calls) give(callsByName, call.name, { fn, call });
      });
      const numbers = new Map<string, number>();
      const handingOver: CallOutline[] = [];
      const handedBy = outlines.map(({ calls }) => calls.flatMap((call) => {
        if (!call.handsOver) return [];
        const key = `${call.name} ${call.form} ${call.module}`;
        let number = numbers.get(key);
        if (number === undefined) numbers.set(key, (number = handingOver.push(call) - 1));
        return [number];
      }));
      const called = new Set(outlines.flatMap(({ calls }) => calls.flatMap(({ form, module }) => (form === "qualified" ? [module] : []))));
      const named = new Set([...called].map((module) => absoluteImport(module, file.planned)).filter((module) => !file.imports.has(module)));
      for (const module of named) give(this.#importers, module, file);
      file.learnt = { functions: outlines, callsByName, functionsByName, handingOver, handedBy, named };
    }
    this.#refresh(file);
  }

  /** Finds anew what a file calls. */
  #refresh(file: JoinedFile): void {
    this.#forgetHandingsOf(file);
    for (const called of file.calls) called.by.delete(file);
    file.calls.clear();
    if (this.#files.get(file.planned.file) !== file) return;
    for (const name of file.planned.scan.calls) for (const called of this.#calledOf(name)) this.#note(called, file);
  }

  /** Finds anew what some files call of some others. */
  #reconsider(callers: readonly JoinedFile[], targets: readonly JoinedFile[]): void {
    for (const target of targets) {
      for (const called of target.calledBy) for (const caller of callers) if (holds(caller.planned.scan.calls, called.name)) this.#note(called, caller);
    }
    for (const caller of callers) this.#forgetHandingsOf(caller);
  }

  // ------------------------------------------------------------------------------------------------------------ calls

  /** All calls that can mean the functions of that name in a file. */
  calledAs(to: JoinedFile, name: number, isMethod: boolean): Called {
    let byFile = this.#called.get(name);
    if (byFile === undefined) this.#called.set(name, (byFile = new Map()));
    const [method, other] = byFile.get(to) ?? [null, null];
    const known = isMethod ? method : other;
    if (known !== null) return known;
    const called: Called = { to, name, isMethod, by: new Map(), walk: 0, distance: 0 };
    byFile.set(to, isMethod ? [called, other] : [method, called]);
    to.calledBy.add(called);
    for (const caller of this.#callers.get(name) ?? []) this.#note(called, caller);
    return called;
  }

  /** Those of the calls of a name that somebody has asked for. */
  #calledOf(name: number): readonly Called[] {
    const byFile = this.#called.get(name);
    if (byFile === undefined) return NONE;
    const found: Called[] = [];
    for (const pair of byFile.values()) for (const called of pair) if (called !== null) found.push(called);
    return found;
  }

  #note(called: Called, caller: JoinedFile): void {
    const calls = this.#callsIn(called, caller);
    if (calls !== NO_CALLS) {
      called.by.set(caller, calls);
      caller.calls.add(called);
    } else if (called.by.delete(caller)) caller.calls.delete(called);
  }

  #callsIn({ to, name, isMethod }: Called, caller: JoinedFile): Calls {
    if (caller.planned.language !== to.planned.language) return NO_CALLS;
    const functions: number[] = [];
    const through: JoinedFile[] = [];
    for (const { fn, call } of caller.learnt?.callsByName.get(name) ?? []) {
      if (this.#means(caller, call, to, isMethod, through)) functions.push(fn);
    }
    const may = this.#mayMean(caller, to, name, isMethod);
    return may || functions.length > 0 ? { may, functions, through } : NO_CALLS;
  }

  #forgetCalled(called: Called): void {
    called.to.calledBy.delete(called);
    for (const caller of called.by.keys()) caller.calls.delete(called);
    const byFile = this.#called.get(called.name);
    const [method, other] = byFile?.get(called.to) ?? [null, null];
    if (called.isMethod ? other === null : method === null) byFile?.delete(called.to);
    else byFile?.set(called.to, called.isMethod ? [null, other] : [method, null]);
  }

  // ----------------------------------------------------------------------------------------------------- handing over

  /** Where a call of that file can lead, for what it is given; by its number in `LearntFile.handingOver`. */
  handing(from: JoinedFile, number: number): Handing {
    let handing = from.handings[number] ?? null;
    if (handing === null) {
      handing = this.#findHanding(from, from.learnt?.handingOver[number] as CallOutline);
      from.handings[number] = handing;
      give(this.#handers, handing.name, from);
    }
    return handing;
  }

  #findHanding(from: JoinedFile, call: CallOutline): Handing {
    const definers = new Map<JoinedFile, { readonly method: boolean; readonly function: boolean }>();
    const through: JoinedFile[] = [];
    const handing: Handing = { name: call.name, definers, through, walk: 0, depth: 0 };
    for (const definer of this.#definers.get(call.name) ?? []) {
      const method = this.#means(from, call, definer, true, through);
      const other = this.#means(from, call, definer, false, through);
      if (!method && !other) continue;
      definers.set(definer, { method, function: other });
      definer.handedBy.add(handing);
    }
    return handing;
  }

  #forgetHandings(file: JoinedFile, name: number | null): void {
    for (const [number, handing] of file.handings.entries()) {
      if (!handing || (name !== null && handing.name !== name)) continue;
      for (const definer of handing.definers.keys()) definer.handedBy.delete(handing);
      take(this.#handers, handing.name, file);
      file.handings[number] = null;
    }
  }

  #forgetHandingsOf(file: JoinedFile): void {
    this.#forgetHandings(file, null);
    file.handings = [];
  }

  // ------------------------------------------------------------------------------------------------------------ names

  /** Whether that call, in the file `from`, can mean a definition in the file `to`. `through` is told who hands the name on. */
  #means(from: JoinedFile, call: CallOutline, to: JoinedFile, isMethod: boolean, through: JoinedFile[]): boolean {
    const user = from.planned;
    const owner = to.planned;
    if (user.language !== owner.language) return false;
    switch (call.form) {
      case "plain":
        // A method of the class itself, or one that it inherits.
        if (isMethod) return leavesReceiverOut(user.language) && this.#mayMeanMethod(from, to, call.name);
        if (from === to || (sharesFolder(user.language) && from.folder === to.folder)) return true;
        return (!sharesFolder(user.language) || importsTypes(user.language)) && from.stars.some((module) => isRelated(module, owner));
      case "qualified": {
        if (namesAreGlobal(user.language)) return this.#mayMeanMethod(from, to, call.name);
        const led = this.#leadsTo(absoluteImport(call.module, user), to);
        if (led instanceof JoinedFile && !through.includes(led)) through.push(led);
        return led !== false;
      }
      case "method":
        return isMethod && this.#mayMeanMethod(from, to, call.name);
    }
  }

  /** The same for a file of which only the names are known. */
  #mayMean(from: JoinedFile, to: JoinedFile, name: number, isMethod: boolean): boolean {
    if (from === to) return true;
    if (isMethod) return this.#mayMeanMethod(from, to, name);
    const { language } = from.planned;
    if (sharesFolder(language)) {
      if (from.folder === to.folder) return true;
      if (!importsTypes(language)) return from.imports.has(to.planned.module);
    }
    for (const module of from.imports) if (this.#leadsTo(module, to) !== false) return true;
    return false;
  }

  /** Whether a name taken from that module can be one of the owner's: its own module, or one that hands it on, which must then be read as well. */
  #leadsTo(module: string, to: JoinedFile): boolean | JoinedFile {
    const owner = to.planned;
    if (module === owner.module) return true;
    if (sharesFolder(owner.language) && !importsTypes(owner.language)) return false;
    let answers = this.#led.get(module);
    if (answers === undefined) this.#led.set(module, (answers = new Map()));
    let answer = answers.get(to);
    if (answer === undefined) {
      const between = this.#fileOf(module);
      answer = between !== null && this.#imports(between, to) ? between : isRelated(module, owner);
      answers.set(to, answer);
    }
    return answer;
  }

  #imports(from: JoinedFile, to: JoinedFile): boolean {
    let answers = this.#imported.get(from);
    if (answers === undefined) this.#imported.set(from, (answers = new Map()));
    let answer = answers.get(to);
    if (answer === undefined) {
      const owner = to.planned;
      answer = false;
      for (const module of from.imports) {
        if (namesAreGlobal(owner.language) ? holds(owner.scan.defines, nameHash(module.slice(module.lastIndexOf(".") + 1))) : isRelated(module, owner)) {
          answer = true;
          break;
        }
      }
      answers.set(to, answer);
    }
    return answer;
  }

  #mayMeanMethod(from: JoinedFile, to: JoinedFile, name: number): boolean {
    const definers = this.#definers.get(name)?.length ?? 0;
    if (definers > AMBIGUOUS_METHOD) return false;
    if (from === to || from.folder === to.folder) return true;
    const { language } = from.planned;
    if (sharesFolder(language) && !importsTypes(language)) return this.#importsIn(from.folder).has(to.planned.module);
    return definers <= RARE_METHOD || this.#imports(from, to);
  }

  // ---------------------------------------------------------------------------------------------------------- modules

  /** The one file of a module, where modules are files: the last of several. */
  #fileOf(module: string): JoinedFile | null {
    let found: JoinedFile | null = null;
    for (const file of this.#modules.get(module) ?? []) {
      if (!sharesFolder(file.planned.language) && (found === null || file.planned.file > found.planned.file)) found = file;
    }
    return found;
  }

  #importsIn(folder: string): ReadonlySet<string> {
    let paths = this.#importsOfFolder.get(folder);
    if (paths === undefined) {
      paths = new Set((this.#inFolder.get(folder) ?? []).flatMap(({ planned }) => (sharesFolder(planned.language) ? planned.scan.imports : [])));
      this.#importsOfFolder.set(folder, paths);
    }
    return paths;
  }
}

/** The names by which a file is imported. */
function modulesOf({ file, language, module }: PlannedFile): readonly string[] {
  return language === "javascript" ? [module, `./${filePath(file)}`] : [module];
}

/** How much a method's name says. */
function rank(definers: number): number {
  return definers <= RARE_METHOD ? 0 : definers <= AMBIGUOUS_METHOD ? 1 : 2;
}

/** @param names in order */
export function holds(names: Uint32Array, name: number): boolean {
  let low = 0;
  let high = names.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((names[middle] as number) < name) low = middle + 1;
    else high = middle;
  }
  return names[low] === name;
}

function give<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const values = map.get(key);
  if (values === undefined) map.set(key, [value]);
  else values.push(value);
}

function take<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const values = map.get(key);
  const at = values?.indexOf(value) ?? -1;
  if (values === undefined || at < 0) return;
  if (values.length === 1) map.delete(key);
  else {
    values[at] = values[values.length - 1] as V;
    values.pop();
  }
}
