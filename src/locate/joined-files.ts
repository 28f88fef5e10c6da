import { FilesByName, give, holds, modulesOf, take } from "./files-by-name";
import { absoluteImport, isRelated, namesAreGlobal, sharesFolder } from "./import-paths";
import { JoinedFile } from "./joined-file";
import type { Called, Calls, Handing, PlannedFile } from "./joined-file";
import { NameMeanings, howTelling } from "./name-meanings";
import type { CallOutline, FunctionOutline } from "./prefilter";

interface Change {
  readonly file: JoinedFile;
  /** null: it came. */
  readonly before: PlannedFile | null;
  /** null: it went. */
  readonly now: PlannedFile | null;
}

const NO_CALLS: Calls = { may: false, functions: [], through: [] };
const NONE: readonly Called[] = [];

/**
 * Which files' calls can mean which files' functions, by names alone. What was found is kept, and after a change only what the changed files
 * have part in is found again.
 */
export class JoinedFiles {
  readonly #files = new Map<string, JoinedFile>();
  readonly #byName = new FilesByName();
  readonly #names = new NameMeanings(this.#byName);
  /** By name and file: its methods of that name, its other functions. */
  readonly #called = new Map<number, Map<JoinedFile, readonly [Called | null, Called | null]>>();
  /** By name, the files of which some call that hands over was followed. */
  readonly #handers = new Map<number, JoinedFile[]>();

  get files(): ReadonlyMap<string, JoinedFile> {
    return this.#files;
  }

  /** Whether any text calls something of this name. */
  isCalled(name: number): boolean {
    return this.#byName.callers.has(name);
  }

  /** Whether any file defines this name. */
  isDefined(name: number): boolean {
    return this.#byName.definers.has(name) || this.#called.has(name);
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
    this.#names.forget();
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
      for (const name of names) if (!sizes.has(name)) sizes.set(name, this.#byName.definers.get(name)?.length ?? 0);
      if (before !== null) this.#byName.takeOut(file, before);
      // What was told of it holds no longer when it is another's module, or goes by other names.
      if (isOther || namesAreGlobal(now.language)) {
        for (const called of [...file.calledBy]) this.#forgetCalled(called);
        for (const name of names) redefined.add(name);
      }
      if (now === null) {
        this.#files.delete(file.planned.file);
        for (const module of file.learnt?.named ?? []) take(this.#byName.importers, module, file);
        file.learnt = null;
        this.#forgetHandingsOf(file);
      } else {
        this.#putIn(file, now);
        for (const name of names) if (before === null || !holds(before.scan.defines, name) || !holds(now.scan.defines, name)) redefined.add(name);
      }
      const { language } = now ?? (before as PlannedFile);
      if (sharesFolder(language)) {
        const together = this.#byName.forgetImportsIn(file.folder);
        if (together !== undefined) ofFolder.set(file.folder, together);
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
      if (howTelling(before) === howTelling(this.#byName.definers.get(name)?.length ?? 0)) continue;
      for (const called of [...this.#calledOf(name)]) this.#forgetCalled(called);
      redefined.add(name);
    }
    for (const name of redefined) for (const file of [...(this.#handers.get(name) ?? [])]) this.#forgetHandings(file, name);
    for (const { file } of changes) this.#refresh(file);
    for (const [folder, before] of ofFolder) {
      const now = this.#byName.importsIn(folder);
      const differing = [...before, ...now].filter((path) => !(before.has(path) && now.has(path)));
      if (differing.length > 0) this.#reconsider(this.#byName.inFolder.get(folder) ?? [], differing.flatMap((path) => this.#byName.modules.get(path) ?? []));
    }
    for (const [module, { language, paths }] of ofModule) {
      const importers = [...new Set(this.#byName.importers.get(module))];
      if (importers.length === 0) continue;
      this.#reconsider(importers, [...this.#files.values()].filter(({ planned }) => namesAreGlobal(language) || [...paths].some((path) => isRelated(path, planned))));
    }
  }

  #putIn(file: JoinedFile, now: PlannedFile): void {
    this.#files.set(now.file, file);
    this.#byName.putIn(file, now);
  }

  /** Says what was read in a file; null: it has not been read, or could not be. */
  learn(file: JoinedFile, outlines: readonly FunctionOutline[] | null): void {
    this.#forgetHandingsOf(file);
    for (const module of file.learnt?.named ?? []) take(this.#byName.importers, module, file);
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
      for (const module of named) give(this.#byName.importers, module, file);
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
    for (const caller of this.#byName.callers.get(name) ?? []) this.#note(called, caller);
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
      if (this.#names.means(caller, call, to, isMethod, through)) functions.push(fn);
    }
    const may = this.#names.mayMean(caller, to, name, isMethod);
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
    for (const definer of this.#byName.definers.get(call.name) ?? []) {
      const method = this.#names.means(from, call, definer, true, through);
      const other = this.#names.means(from, call, definer, false, through);
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
}
