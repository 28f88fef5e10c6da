import { holds } from "./files-by-name";
import type { FilesByName } from "./files-by-name";
import { absoluteImport, importsTypes, isRelated, leavesReceiverOut, namesAreGlobal, sharesFolder } from "./import-paths";
import { JoinedFile } from "./joined-file";
import { nameHash } from "./prefilter";
import type { CallOutline } from "./prefilter";

/** A method's name that more files define than this says nothing about which one is meant. */
const AMBIGUOUS_METHOD = 16;
/** A method's name that at most this many files define is known even where its module is not imported (it came in as an argument). */
const RARE_METHOD = 2;

/** Whether a name in one file can mean what another defines: by what it imports, and by how rare the name is. Answers hold until the files change. */
export class NameMeanings {
  readonly #files: FilesByName;
  /** Answers to "does it import that", and to "does that module lead there": both are asked at every call. */
  readonly #imported = new Map<JoinedFile, Map<JoinedFile, boolean>>();
  readonly #led = new Map<string, Map<JoinedFile, boolean | JoinedFile>>();

  constructor(files: FilesByName) {
    this.#files = files;
  }

  /** The files have changed. */
  forget(): void {
    this.#imported.clear();
    this.#led.clear();
  }

  /** Whether that call, in the file `from`, can mean a definition in the file `to`. `through` is told who hands the name on. */
  means(from: JoinedFile, call: CallOutline, to: JoinedFile, isMethod: boolean, through: JoinedFile[]): boolean {
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
  mayMean(from: JoinedFile, to: JoinedFile, name: number, isMethod: boolean): boolean {
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
      const between = this.#files.fileOf(module);
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
    const definers = this.#files.definers.get(name)?.length ?? 0;
    if (definers > AMBIGUOUS_METHOD) return false;
    if (from === to || from.folder === to.folder) return true;
    const { language } = from.planned;
    if (sharesFolder(language) && !importsTypes(language)) return this.#files.importsIn(from.folder).has(to.planned.module);
    return definers <= RARE_METHOD || this.#imports(from, to);
  }
}

/** How much a method's name says. */
export function howTelling(definers: number): number {
  return definers <= RARE_METHOD ? 0 : definers <= AMBIGUOUS_METHOD ? 1 : 2;
}
