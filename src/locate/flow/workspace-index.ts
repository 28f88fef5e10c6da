import { Conclusion, Part } from "./conclusions";
import type { Ledger } from "./conclusions";
import type { FileFlow, Import } from "./flow-model";
import { defaultLocal, dottedPath, filePath, folderOf, resolvePath, withoutEnding } from "./module-paths";
import { LiveFile, NamedParts, WorkspaceModule } from "./workspace-parts";
import type { WorkspaceFunction, WorkspaceType } from "./workspace-parts";

/** A file's imports by the name that they are known by in it. Several where a `try` imports one of two. */
export interface FileImports {
  readonly byLocal: ReadonlyMap<string, readonly Import[]>;
  /** Everything a `from x import *` or a Go dot import brings in. */
  readonly stars: readonly string[];
}

/** How a language's imports find files: by the folder's import path, or by a dotted module name. */
const DOTTED_MODULES = new Set(["python"]);
/** A module is one file, imported by its path from the importing one. */
const FILE_MODULES = new Set(["javascript"]);

/** Which files came, changed and went with an update. */
export interface WorkspaceChange {
  readonly came: readonly LiveFile[];
  readonly changed: readonly LiveFile[];
  readonly went: readonly LiveFile[];
}

/**
 * Modules, types and functions of a workspace by their names. Every look into it is noted in the ledger; an update brings up to date what
 * the changed files have part in, and says which looks would now see another thing.
 */
export class WorkspaceIndex {
  readonly #ledger: Ledger;
  readonly #libraryImports: (language: string) => readonly string[];
  #files: readonly LiveFile[] = [];
  readonly #byFile = new Map<string, LiveFile>();
  /** By language and name, in the order of their first files. */
  #modules = new Map<string, WorkspaceModule[]>();
  /** Dotted or plain path, for languages in which a file is a module. */
  #byPath = new Map<string, WorkspaceModule>();
  #ofFile = new Map<string, WorkspaceModule>();
  #known = new Map<string, WorkspaceModule>();
  readonly #types = new Map<string, WorkspaceType[]>();
  readonly #methods = new Map<string, readonly WorkspaceFunction[]>();
  #languages: readonly string[] = [];
  #folders = new Map<string, ReadonlySet<string>>();

  readonly #filesPart: Part;
  readonly #languagesPart: Part;
  /** Which modules there are, and where. */
  readonly #modulesPart: Part;
  readonly #allImports: Part;
  readonly #typeNames: NamedParts;
  readonly #methodNames: NamedParts;
  readonly #folderParts: NamedParts;
  readonly #typesOfLanguage: NamedParts;
  readonly #imports = new Map<LiveFile, { readonly of: FileFlow["imports"]; readonly imports: FileImports }>();
  readonly #found = new Map<string, Conclusion<WorkspaceModule | null>>();
  readonly #prefixes = new Map<string, Conclusion<string | null>>();
  readonly #libraryHeads = new Map<string, ReadonlySet<string>>();

  /** @param libraryImports the modules that the rules of a language know: never the workspace's own */
  constructor(ledger: Ledger, libraryImports: (language: string) => readonly string[]) {
    this.#ledger = ledger;
    this.#libraryImports = libraryImports;
    this.#filesPart = new Part(ledger);
    this.#languagesPart = new Part(ledger);
    this.#modulesPart = new Part(ledger);
    this.#allImports = new Part(ledger);
    this.#typeNames = new NamedParts(ledger);
    this.#methodNames = new NamedParts(ledger);
    this.#folderParts = new NamedParts(ledger);
    this.#typesOfLanguage = new NamedParts(ledger);
  }

  get files(): readonly LiveFile[] {
    this.#ledger.restsOn(this.#filesPart);
    return this.#files;
  }

  // ------------------------------------------------------------------------------------------------------------ looks

  file(path: string): LiveFile | null {
    return this.#byFile.get(path) ?? null;
  }

  /** The one ref of a function that a file has now. */
  ref(path: string, id: number): WorkspaceFunction {
    const ref = this.#byFile.get(path)?.refs[id];
    if (ref === undefined) throw new RangeError(`no function ${id} in ${path}`);
    return ref;
  }

  moduleOf(file: FileFlow): WorkspaceModule {
    const live = this.#byFile.get(file.file) as LiveFile;
    this.#ledger.restsOn(live.modulePart);
    return this.#ofFile.get(file.file) as WorkspaceModule;
  }

  /** The module that an import path means in this file; null when it is a library's. */
  moduleAt(path: string, from: FileFlow): WorkspaceModule | null {
    const dotted = DOTTED_MODULES.has(from.language);
    const alone = FILE_MODULES.has(from.language);
    const key = dotted || alone ? `${from.file} ${path}` : `${from.language} ${path}`;
    let found = this.#found.get(key);
    if (found === undefined) {
      const { file, language } = from;
      found = new Conclusion(this.#ledger, () => {
        this.#ledger.restsOn(this.#modulesPart);
        return alone ? this.#fileModule(path, file, language) : dotted ? this.#dottedModule(path, file, language) : this.#pathModule(path, language);
      });
      this.#found.set(key, found);
    }
    return found.get();
  }

  typeAt(full: string): WorkspaceType | null {
    this.#typeNames.restOn(full);
    this.#ledger.restsOn(this.#languagesPart);
    for (const language of this.#languages) {
      const types = this.#types.get(`${language} ${full}`);
      if (types !== undefined) return types.reduce((first, type) => (type.file.file < first.file.file ? type : first));
    }
    return null;
  }

  imports(file: FileFlow): FileImports {
    const live = this.#byFile.get(file.file) as LiveFile;
    this.#ledger.restsOn(live.importsPart);
    const known = this.#imports.get(live);
    if (known?.of === live.imports) return known.imports;
    const byLocal = new Map<string, Import[]>();
    const stars: string[] = [];
    for (const one of live.imports) {
      if (one.local === "." || one.local === "*" || one.member === "*") stars.push(one.path);
      else push(byLocal, one.local === "" ? defaultLocal(one.path) : (one.local.split(".")[0] as string), one);
    }
    const imports = { byLocal, stars };
    this.#imports.set(live, { of: live.imports, imports });
    return imports;
  }

  /** All methods of this name in the workspace's types of a language. */
  methodsNamed(language: string, name: string): readonly WorkspaceFunction[] {
    const key = `${language} ${name}`;
    this.#methodNames.restOn(key);
    return this.#methods.get(key) ?? [];
  }

  /** All types of a language that the workspace declares. */
  *typesOf(language: string): Iterable<WorkspaceType> {
    this.#typesOfLanguage.restOn(language);
    for (const [key, types] of this.#types) if (key.startsWith(`${language} `)) yield* types;
  }

  /** Paths that any file of a folder imports: a Go package knows its siblings' libraries. */
  folderImports(file: FileFlow): ReadonlySet<string> {
    const folder = `${file.language} ${folderOf(file.file)}`;
    this.#folderParts.restOn(folder);
    return this.#folders.get(folder) ?? new Set();
  }

  // ------------------------------------------------------------------------------------------------------------ updates

  /** Takes these for all files that there are, in this order. Those that are the same objects as before have not changed. */
  update(files: readonly FileFlow[]): WorkspaceChange {
    const came: LiveFile[] = [];
    const changed: LiveFile[] = [];
    const newImports = new Set<string>();
    let isOtherPlan = files.length !== this.#files.length;
    const staying = new Set<string>();
    const live = files.map((file, index) => {
      staying.add(file.file);
      let known = this.#byFile.get(file.file);
      if (known === undefined) {
        known = new LiveFile(this.#ledger, file);
        came.push(known);
        isOtherPlan = true;
        newImports.add(`${file.language} ${folderOf(file.file)}`);
      } else if (known.source !== file) {
        if (known.module !== file.module) isOtherPlan = true;
        const { imports } = known;
        const methods = methodNames(known);
        known.become(file);
        this.#listMethods(known, methods);
        if (known.importsPart.changedAt === this.#ledger.revision && known.imports !== imports) newImports.add(`${file.language} ${folderOf(file.file)}`);
        changed.push(known);
      }
      if (this.#files[index] !== known) isOtherPlan = true;
      return known;
    });
    const went = this.#files.filter((file) => !staying.has(file.file));
    for (const file of went) {
      this.#byFile.delete(file.file);
      this.#imports.delete(file);
      const names = methodNames(file);
      file.become({ ...file.source, functions: [], imports: [] });
      this.#listMethods(file, names);
      newImports.add(`${file.language} ${folderOf(file.file)}`);
    }
    this.#files = live;
    for (const file of came) {
      this.#byFile.set(file.file, file);
      this.#listMethods(file, new Set());
    }
    if (newImports.size > 0) this.#allImports.changes();
    this.#listFolders(newImports);
    const languages = [...new Set(live.map(({ language }) => language))];
    if (languages.join(" ") !== this.#languages.join(" ")) this.#languagesPart.changes();
    this.#languages = languages;
    if (isOtherPlan) {
      this.#filesPart.changes();
      this.#assignModules();
    }
    this.#refreshModules(new Set([...came, ...changed]), isOtherPlan);
    return { came, changed, went };
  }

  /** Which file belongs to which module. */
  #assignModules(): void {
    const counts = new Map<string, number>();
    for (const { language, module } of this.#files) counts.set(`${language} ${module}`, (counts.get(`${language} ${module}`) ?? 0) + 1);
    this.#modules = new Map();
    this.#byPath = new Map();
    const known = new Map<string, WorkspaceModule>();
    const ofFile = new Map<string, WorkspaceModule>();
    for (const file of this.#files) {
      const alone = FILE_MODULES.has(file.language);
      const dotted = DOTTED_MODULES.has(file.language) || alone;
      const key = `${file.language} ${file.module}`;
      const path = alone ? filePath(file.file) : dottedPath(file.file);
      let module = dotted ? undefined : this.#modules.get(key)?.[0];
      if (module === undefined) {
        const name = !dotted || (counts.get(key) === 1 && file.module !== "") ? file.module : path;
        const identity = `${file.language} ${name}${dotted ? ` ${file.file}` : ""}`;
        module = this.#known.get(identity) ?? new WorkspaceModule(this.#ledger, name, file.language);
        known.set(identity, module);
        push(this.#modules, key, module);
        if (dotted) this.#byPath.set(path, module);
      }
      if (this.#ofFile.get(file.file) !== module) file.modulePart.changes();
      ofFile.set(file.file, module);
    }
    for (const [identity, module] of this.#known) if (known.get(identity) !== module) this.#become(module, []);
    this.#known = known;
    this.#ofFile = ofFile;
    this.#modulesPart.changes();
  }

  #refreshModules(changed: ReadonlySet<LiveFile>, all: boolean): void {
    const files = new Map<WorkspaceModule, LiveFile[]>();
    const wanted = new Set<WorkspaceModule>();
    for (const file of changed) wanted.add(this.#ofFile.get(file.file) as WorkspaceModule);
    for (const file of this.#files) {
      const module = this.#ofFile.get(file.file) as WorkspaceModule;
      if (all || wanted.has(module)) push(files, module, file);
    }
    for (const [module, own] of files) if (wanted.has(module) || !module.hasFiles(own)) this.#become(module, own);
  }

  #become(module: WorkspaceModule, files: readonly LiveFile[]): void {
    const { language } = module;
    module.become(files, {
      came: (type) => {
        push(this.#types, `${language} ${type.full}`, type);
        this.#typeNames.change(type.full);
        this.#typesOfLanguage.change(language);
      },
      went: (type) => {
        const key = `${language} ${type.full}`;
        const left = (this.#types.get(key) ?? []).filter((one) => one !== type);
        if (left.length === 0) this.#types.delete(key);
        else this.#types.set(key, left);
        this.#typeNames.change(type.full);
        this.#typesOfLanguage.change(language);
      },
      changed: () => this.#typesOfLanguage.change(language),
    });
  }

  /** Brings the lists of methods up to date with one file: by file, then by place. */
  #listMethods(file: LiveFile, before: ReadonlySet<string>): void {
    const now = new Map<string, WorkspaceFunction[]>();
    for (const fn of file.functions) if (fn.owner !== null) push(now, fn.name, file.refs[fn.id] as WorkspaceFunction);
    for (const name of new Set([...before, ...now.keys()])) {
      const key = `${file.language} ${name}`;
      const old = this.#methods.get(key) ?? [];
      const others = old.filter((ref) => ref.file !== file.file);
      const at = others.findIndex((ref) => ref.file > file.file);
      const list = at < 0 ? [...others, ...(now.get(name) ?? [])] : [...others.slice(0, at), ...(now.get(name) ?? []), ...others.slice(at)];
      if (list.length === old.length && list.every((ref, i) => ref === old[i])) continue;
      if (list.length === 0) this.#methods.delete(key);
      else this.#methods.set(key, list);
      this.#methodNames.change(key);
    }
  }

  #listFolders(names: ReadonlySet<string>): void {
    if (names.size === 0) return;
    const sets = new Map<string, Set<string>>();
    for (const file of this.#files) {
      const folder = `${file.language} ${folderOf(file.file)}`;
      if (!names.has(folder)) continue;
      const set = sets.get(folder) ?? new Set();
      for (const { path } of file.imports) set.add(path);
      sets.set(folder, set);
    }
    for (const name of names) {
      this.#folders.set(name, sets.get(name) ?? new Set());
      this.#folderParts.change(name);
    }
  }

  // ------------------------------------------------------------------------------------------------------------ import paths

  #isLibrary(language: string, path: string): boolean {
    let heads = this.#libraryHeads.get(language);
    if (heads === undefined) this.#libraryHeads.set(language, (heads = new Set(this.#libraryImports(language).map((name) => name.split(".")[0] as string))));
    return heads.has(path.split(".")[0] as string);
  }

  /** Modules of this name besides the file's own; the nearest when there are several. */
  #named(language: string, name: string, from: string): WorkspaceModule | null {
    const own = this.#ofFile.get(from);
    const others = this.#modules.get(`${language} ${name}`)?.filter((module) => module !== own) ?? [];
    return others.length === 0 ? null : nearest(others, from);
  }

  #dottedModule(path: string, from: string, language: string): WorkspaceModule | null {
    const folder = folderOf(from);
    if (path.startsWith(".")) {
      const dots = /^\.+/u.exec(path)?.[0].length ?? 1;
      const parts = folder === "" ? [] : folder.split("/");
      const base = parts.slice(0, Math.max(0, parts.length - (dots - 1))).join(".");
      const rest = path.slice(dots);
      return this.#byPath.get([base, rest].filter((part) => part !== "").join(".")) ?? null;
    }
    const exact = this.#named(language, path, from);
    if (exact !== null) return exact;
    if (this.#isLibrary(language, path)) return null;
    const parts = folder === "" ? [] : folder.split("/");
    for (let length = parts.length; length >= 0; length--) {
      const module = this.#byPath.get([...parts.slice(0, length), path].join("."));
      if (module !== undefined && module !== this.#ofFile.get(from)) return module;
    }
    return null;
  }

  /** `./db`, `../db/index.js`, the name of a package of the workspace, `@/db` and `src/db` from a folder above. */
  #fileModule(path: string, from: string, language: string): WorkspaceModule | null {
    const at = resolvePath(path, folderOf(from));
    if (at !== null) return this.#byPath.get(filePath(at)) ?? null;
    const exact = this.#named(language, withoutEnding(path), from);
    if (exact !== null) return exact;
    const inside = /^(?:[@~#]\/?|\$lib\/)(?=[^/@])(.+)$/u.exec(path);
    const below = path.startsWith("@/") || path.startsWith("~/") || path.startsWith("#") || path.startsWith("$lib/") ? (inside?.[1] ?? path) : path;
    if (below === path && (!path.includes("/") || path.startsWith("@"))) return null;
    const parts = folderOf(from).split("/").filter((part) => part !== "");
    for (let length = parts.length; length >= 0; length--) {
      const folder = parts.slice(0, length);
      for (const inner of below === path ? [""] : ["", "src", "app", "lib", "src/lib"]) {
        const module = this.#byPath.get(filePath([...folder, ...(inner === "" ? [] : [inner]), below].join("/")));
        if (module !== undefined && module !== this.#ofFile.get(from)) return module;
      }
    }
    return null;
  }

  #pathModule(path: string, language: string): WorkspaceModule | null {
    const exact = this.#modules.get(`${language} ${path}`)?.[0];
    if (exact !== undefined) return exact;
    const prefix = this.#prefixOf(language);
    return prefix !== null && path.startsWith(`${prefix}/`) ? (this.#modules.get(`${language} ${path.slice(prefix.length + 1)}`)?.[0] ?? null) : null;
  }

  /**
   * Without a manifest a package is named by its folder only (`models`), and imported below a path that nobody tells (`shop/models`).
   * The prefix below which most of the workspace's folders are imported is that path; when several are as likely, none is.
   */
  #prefixOf(language: string): string | null {
    let known = this.#prefixes.get(language);
    if (known === undefined) {
      known = new Conclusion(this.#ledger, () => {
        this.#ledger.restsOn(this.#allImports);
        this.#ledger.restsOn(this.#modulesPart);
        return this.#commonPrefix(language);
      });
      this.#prefixes.set(language, known);
    }
    return known.get();
  }

  #commonPrefix(language: string): string | null {
    const folders = new Map<string, Set<string>>();
    const libraries = new Set(this.#libraryImports(language));
    // A folder's path is imported from many files: each is looked at once.
    const seen = new Set<string>();
    for (const file of this.#files) {
      if (file.language !== language) continue;
      for (const { path } of file.imports) {
        if (libraries.has(path) || seen.has(path)) continue;
        seen.add(path);
        for (let slash = path.indexOf("/"); slash >= 0; slash = path.indexOf("/", slash + 1)) {
          const folder = path.slice(slash + 1);
          const first = this.#firstFileOf(`${language} ${folder}`);
          if (first === null || folderOf(first) !== folder) continue;
          const prefix = path.slice(0, slash);
          folders.set(prefix, (folders.get(prefix) ?? new Set<string>()).add(folder));
        }
      }
    }
    const ranked = [...folders].sort((a, b) => b[1].size - a[1].size);
    const [best, second] = ranked;
    return best !== undefined && (second === undefined || second[1].size < best[1].size) ? best[0] : null;
  }

  #firstFileOf(key: string): string | null {
    return this.#modules.get(key)?.[0]?.files[0]?.file ?? null;
  }
}

function methodNames(file: LiveFile): ReadonlySet<string> {
  const names = new Set<string>();
  for (const { owner, name } of file.functions) if (owner !== null) names.add(name);
  return names;
}

function push<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}

/** Of several modules of one name, the one that shares most of its folder with the importing file. */
function nearest(modules: readonly WorkspaceModule[], from: string): WorkspaceModule | null {
  let best: WorkspaceModule | null = null;
  let most = -1;
  for (const module of modules) {
    const a = (module.files[0]?.file ?? "").split("/");
    const b = from.split("/");
    let shared = 0;
    while (shared < a.length && shared < b.length && a[shared] === b[shared]) shared++;
    if (shared > most) {
      most = shared;
      best = module;
    }
  }
  return best;
}
