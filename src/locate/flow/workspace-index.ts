import type { FileFlow, Import, TypeDeclaration } from "./flow-model";
import type { FunctionRef } from "./resolution";

/** A type of the workspace with its methods, wherever in its package they are written. */
export interface WorkspaceType {
  /** `module.Name`. */
  readonly full: string;
  readonly name: string;
  readonly file: FileFlow;
  readonly declaration: TypeDeclaration;
  readonly methods: ReadonlyMap<string, readonly FunctionRef[]>;
}

/** What other files import by one name: a Go package (all its files), a Python module (one file). */
export interface WorkspaceModule {
  readonly name: string;
  readonly language: string;
  readonly files: readonly FileFlow[];
  readonly functions: ReadonlyMap<string, readonly FunctionRef[]>;
  readonly types: ReadonlyMap<string, WorkspaceType>;
}

/** A file's imports by the name that they are known by in it. Several where a `try` imports one of two. */
export interface FileImports {
  readonly byLocal: ReadonlyMap<string, readonly Import[]>;
  /** Everything a `from x import *` or a Go dot import brings in. */
  readonly stars: readonly string[];
}

export interface WorkspaceIndex {
  moduleOf(file: FileFlow): WorkspaceModule;
  /** The module that an import path means in this file; null when it is a library's. */
  moduleAt(path: string, from: FileFlow): WorkspaceModule | null;
  typeAt(full: string): WorkspaceType | null;
  imports(file: FileFlow): FileImports;
  file(path: string): FileFlow | null;
  /** All methods of this name in the workspace's types of a language. */
  methodsNamed(language: string, name: string): readonly FunctionRef[];
  /** The functions of this id that a file declares without a body. */
  isAbstract(ref: FunctionRef): boolean;
  /** All types of a language that the workspace declares. */
  typesOf(language: string): Iterable<WorkspaceType>;
  /** Paths that any file of a folder imports: a Go package knows its siblings' libraries. */
  folderImports(file: FileFlow): ReadonlySet<string>;
}

interface BuildingModule {
  name: string;
  language: string;
  files: FileFlow[];
  functions: Map<string, FunctionRef[]>;
  types: Map<string, BuildingType>;
}
interface BuildingType {
  full: string;
  name: string;
  file: FileFlow;
  declaration: TypeDeclaration;
  methods: Map<string, FunctionRef[]>;
}

/** How a language's imports find files: by the folder's import path, or by a dotted module name. */
const DOTTED_MODULES = new Set(["python"]);
/** A module is one file, imported by its path from the importing one. */
const FILE_MODULES = new Set(["javascript"]);

/** Indexes modules, types and functions of all files in one pass; what only some questions need is built when it is first asked for. */
export function indexWorkspace(files: readonly FileFlow[], libraryImports: (language: string) => readonly string[]): WorkspaceIndex {
  const byFile = new Map<string, FileFlow>();
  const modules = new Map<string, BuildingModule[]>();
  const byPath = new Map<string, BuildingModule>();
  const ofFile = new Map<FileFlow, BuildingModule>();
  const types = new Map<string, BuildingType>();
  const methods = new Map<string, FunctionRef[]>();

  const moduleCount = new Map<string, number>();
  for (const file of files) {
    const key = `${file.language} ${file.module}`;
    moduleCount.set(key, (moduleCount.get(key) ?? 0) + 1);
  }

  for (const file of files) {
    byFile.set(file.file, file);
    const alone = FILE_MODULES.has(file.language);
    const dotted = DOTTED_MODULES.has(file.language) || alone;
    const key = `${file.language} ${file.module}`;
    const path = alone ? filePath(file.file) : dottedPath(file.file);
    let module: BuildingModule | undefined;
    if (!dotted) module = modules.get(key)?.[0];
    if (module === undefined) {
      const unique = !dotted || (moduleCount.get(key) === 1 && file.module !== "");
      module = { name: unique ? file.module : path, language: file.language, files: [], functions: new Map(), types: new Map() };
      const same = modules.get(key);
      if (same === undefined) modules.set(key, [module]);
      else same.push(module);
      if (dotted) byPath.set(path, module);
    }
    module.files.push(file);
    ofFile.set(file, module);
  }

  const typeOf = (module: BuildingModule, file: FileFlow, name: string, declaration: TypeDeclaration | null): BuildingType => {
    let type = module.types.get(name);
    if (type === undefined) {
      type = { full: `${module.name}.${name}`, name, file, declaration: declaration ?? { name, fields: [], bases: [] }, methods: new Map() };
      module.types.set(name, type);
      types.set(`${module.language} ${type.full}`, type);
    } else if (declaration?.isPartial === true) {
      const { fields, bases } = type.declaration;
      type.declaration = { ...declaration, fields: [...fields, ...declaration.fields], bases: [...bases, ...declaration.bases] };
    } else if (declaration !== null && type.declaration.fields.length === 0 && type.declaration.bases.length === 0) {
      type.declaration = declaration;
      type.file = file;
    }
    return type;
  };

  for (const file of files) {
    const module = ofFile.get(file) as BuildingModule;
    for (const declaration of file.types) typeOf(module, file, declaration.name, declaration);
    for (const fn of file.functions) {
      const ref = { file: file.file, id: fn.id };
      if (fn.owner !== null) {
        push(typeOf(module, file, fn.owner, null).methods, fn.name, ref);
        push(methods, `${file.language} ${fn.name}`, ref);
      } else if (fn.id !== 0 && (fn.parent === null || fn.parent === 0)) push(module.functions, fn.name, ref);
    }
  }

  const imports = new Map<FileFlow, FileImports>();
  const folders = new Map<string, Set<string>>();
  const found = new Map<string, BuildingModule | null>();
  const libraryHeads = new Map<string, Set<string>>();
  const isLibrary = (language: string, path: string): boolean => {
    let heads = libraryHeads.get(language);
    if (heads === undefined) libraryHeads.set(language, (heads = new Set(libraryImports(language).map((name) => name.split(".")[0] as string))));
    return heads.has(path.split(".")[0] as string);
  };

  const dottedModule = (path: string, from: FileFlow): BuildingModule | null => {
    const folder = folderOf(from.file);
    if (path.startsWith(".")) {
      const dots = /^\.+/u.exec(path)?.[0].length ?? 1;
      const parts = folder === "" ? [] : folder.split("/");
      const base = parts.slice(0, Math.max(0, parts.length - (dots - 1))).join(".");
      const rest = path.slice(dots);
      return byPath.get([base, rest].filter((part) => part !== "").join(".")) ?? null;
    }
    const exact = modules.get(`${from.language} ${path}`)?.filter((module) => module !== ofFile.get(from));
    if (exact !== undefined && exact.length > 0) return nearest(exact, from);
    if (isLibrary(from.language, path)) return null;
    const parts = folder === "" ? [] : folder.split("/");
    for (let length = parts.length; length >= 0; length--) {
      const module = byPath.get([...parts.slice(0, length), path].join("."));
      if (module !== undefined && module !== ofFile.get(from)) return module;
    }
    return null;
  };

  /** `./db`, `../db/index.js`, the name of a package of the workspace, `@/db` and `src/db` from a folder above. */
  const fileModule = (path: string, from: FileFlow): BuildingModule | null => {
    const at = resolvePath(path, folderOf(from.file));
    if (at !== null) return byPath.get(filePath(at)) ?? null;
    const exact = modules.get(`${from.language} ${withoutEnding(path)}`)?.filter((module) => module !== ofFile.get(from));
    if (exact !== undefined && exact.length > 0) return nearest(exact, from);
    const inside = /^(?:[@~#]\/?|\$lib\/)(?=[^/@])(.+)$/u.exec(path);
    const below = path.startsWith("@/") || path.startsWith("~/") || path.startsWith("#") || path.startsWith("$lib/") ? (inside?.[1] ?? path) : path;
    if (below === path && (!path.includes("/") || path.startsWith("@"))) return null;
    const parts = folderOf(from.file).split("/").filter((part) => part !== "");
    for (let length = parts.length; length >= 0; length--) {
      const folder = parts.slice(0, length);
      for (const inner of below === path ? [""] : ["", "src", "app", "lib", "src/lib"]) {
        const module = byPath.get(filePath([...folder, ...(inner === "" ? [] : [inner]), below].join("/")));
        if (module !== undefined && module !== ofFile.get(from)) return module;
      }
    }
    return null;
  };

  const pathModule = (path: string, language: string): BuildingModule | null => {
    const exact = modules.get(`${language} ${path}`)?.[0];
    if (exact !== undefined) return exact;
    const prefix = prefixOf(language);
    return prefix !== null && path.startsWith(`${prefix}/`) ? (modules.get(`${language} ${path.slice(prefix.length + 1)}`)?.[0] ?? null) : null;
  };

  /**
   * Without a manifest a package is named by its folder only (`models`), and imported below a path that nobody tells (`shop/models`).
   * The prefix below which most of the workspace's folders are imported is that path; when several are as likely, none is.
   */
  const prefixes = new Map<string, string | null>();
  const prefixOf = (language: string): string | null => {
    const known = prefixes.get(language);
    if (known !== undefined) return known;
    const folders = new Map<string, Set<string>>();
    const libraries = new Set(libraryImports(language));
    for (const file of files) {
      if (file.language !== language) continue;
      for (const { path } of file.imports) {
        if (libraries.has(path)) continue;
        for (let slash = path.indexOf("/"); slash >= 0; slash = path.indexOf("/", slash + 1)) {
          const folder = path.slice(slash + 1);
          const module = modules.get(`${language} ${folder}`)?.[0];
          if (module === undefined || folderOf(module.files[0]?.file ?? "") !== folder) continue;
          const prefix = path.slice(0, slash);
          folders.set(prefix, (folders.get(prefix) ?? new Set<string>()).add(folder));
        }
      }
    }
    const ranked = [...folders].sort((a, b) => b[1].size - a[1].size);
    const [best, second] = ranked;
    const prefix = best !== undefined && (second === undefined || second[1].size < best[1].size) ? best[0] : null;
    prefixes.set(language, prefix);
    return prefix;
  };

  return {
    moduleOf: (file) => ofFile.get(file) as BuildingModule,
    moduleAt: (path, from) => {
      const dotted = DOTTED_MODULES.has(from.language);
      const alone = FILE_MODULES.has(from.language);
      const key = dotted || alone ? `${folderOf(from.file)} ${from.file} ${path}` : `${from.language} ${path}`;
      const known = found.get(key);
      if (known !== undefined) return known;
      const module = alone ? fileModule(path, from) : dotted ? dottedModule(path, from) : pathModule(path, from.language);
      found.set(key, module);
      return module;
    },
    typeAt: (full) => {
      for (const language of languagesOf(files)) {
        const type = types.get(`${language} ${full}`);
        if (type !== undefined) return type;
      }
      return null;
    },
    imports: (file) => {
      const known = imports.get(file);
      if (known !== undefined) return known;
      const byLocal = new Map<string, Import[]>();
      const stars: string[] = [];
      for (const one of file.imports) {
        if (one.local === "." || one.local === "*" || one.member === "*") stars.push(one.path);
        else push(byLocal, one.local === "" ? defaultLocal(one.path) : (one.local.split(".")[0] as string), one);
      }
      const answer = { byLocal, stars };
      imports.set(file, answer);
      return answer;
    },
    file: (path) => byFile.get(path) ?? null,
    isAbstract: (ref) => byFile.get(ref.file)?.functions[ref.id]?.isAbstract === true,
    typesOf: function* (language) {
      for (const [key, type] of types) if (key.startsWith(`${language} `)) yield type;
    },
    methodsNamed: (language, name) => methods.get(`${language} ${name}`) ?? [],
    folderImports: (file) => {
      if (folders.size === 0) {
        for (const each of files) {
          const folder = `${each.language} ${folderOf(each.file)}`;
          const set = folders.get(folder) ?? new Set<string>();
          for (const one of each.imports) set.add(one.path);
          folders.set(folder, set);
        }
      }
      return folders.get(`${file.language} ${folderOf(file.file)}`) ?? new Set();
    },
  };
}

const languageLists = new WeakMap<readonly FileFlow[], readonly string[]>();
function languagesOf(files: readonly FileFlow[]): readonly string[] {
  let list = languageLists.get(files);
  if (list === undefined) languageLists.set(files, (list = [...new Set(files.map((file) => file.language))]));
  return list;
}

function push<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}

function folderOf(file: string): string {
  const slash = file.lastIndexOf("/");
  return slash < 0 ? "" : file.slice(0, slash);
}

/** `app/db/__init__.py` is `app.db`, `app/main.py` is `app.main`. */
function dottedPath(file: string): string {
  return file.replace(/\.[^./]+$/u, "").replace(/(^|\/)__init__$/u, "").replaceAll("/", ".");
}

/** `src/db/index.ts` is `src/db`, `src/main.js` is `src/main`. */
export function filePath(file: string): string {
  return withoutEnding(file).replace(/(?:^|\/)index$/u, "");
}

function withoutEnding(path: string): string {
  return path.replace(/\.(?:[mc]?[jt]sx?|json)$/u, "");
}

/** A relative path from a folder, both relative to the workspace; null for a path that is not relative, or leads out. */
export function resolvePath(path: string, folder: string): string | null {
  if (path !== "." && path !== ".." && !path.startsWith("./") && !path.startsWith("../")) return null;
  const parts = folder === "" ? [] : folder.split("/");
  for (const part of path.split("/")) {
    if (part === "" || part === ".") continue;
    if (part !== "..") parts.push(part);
    else if (parts.pop() === undefined) return null;
  }
  return parts.join("/");
}

/** The name that a package is known by when the import gives none: the last part, without a version or the usual affixes. */
function defaultLocal(path: string): string {
  const parts = path.split("/").filter((part, i) => i === 0 || !/^v\d+$/u.test(part));
  const last = parts.at(-1) ?? path;
  return last.replace(/\.v\d+$/u, "").replace(/^go-/u, "").replace(/[.-]go$/u, "");
}

/** Of several modules of one name, the one that shares most of its folder with the importing file. */
function nearest(modules: readonly BuildingModule[], from: FileFlow): BuildingModule | null {
  let best: BuildingModule | null = null;
  let most = -1;
  for (const module of modules) {
    const file = module.files[0]?.file ?? "";
    let shared = 0;
    const a = file.split("/");
    const b = from.file.split("/");
    while (shared < a.length && shared < b.length && a[shared] === b[shared]) shared++;
    if (shared > most) {
      most = shared;
      best = module;
    }
  }
  return best;
}
