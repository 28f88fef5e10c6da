import { filePath } from "./flow/module-paths";
import { absoluteImport, sharesFolder } from "./import-paths";
import type { JoinedFile, PlannedFile } from "./joined-file";

/** Where to look a file up: by the names that it calls and defines, by its modules and what it imports, by its folder. */
export class FilesByName {
  readonly callers = new Map<number, JoinedFile[]>();
  readonly definers = new Map<number, JoinedFile[]>();
  readonly modules = new Map<string, JoinedFile[]>();
  readonly importers = new Map<string, JoinedFile[]>();
  readonly inFolder = new Map<string, JoinedFile[]>();
  /** What all files of a Go package import together, because a value's type may come through a field declared in the file beside. Where it was asked for. */
  readonly #importsOfFolder = new Map<string, ReadonlySet<string>>();

  takeOut(file: JoinedFile, before: PlannedFile): void {
    for (const name of before.scan.calls) take(this.callers, name, file);
    for (const name of before.scan.defines) take(this.definers, name, file);
    for (const module of modulesOf(before)) take(this.modules, module, file);
    for (const module of file.imports) take(this.importers, module, file);
    take(this.inFolder, file.folder, file);
    file.imports = new Set();
    file.stars = [];
  }

  /** Takes what a file's text says of it, and the file itself. */
  putIn(file: JoinedFile, now: PlannedFile): void {
    file.planned = now;
    file.imports = new Set(now.scan.imports.map((written) => absoluteImport(written, now)));
    file.stars = now.scan.imports.flatMap((written) => (written.endsWith("*") ? [absoluteImport(written.slice(0, -2), now)] : []));
    for (const name of now.scan.calls) give(this.callers, name, file);
    for (const name of now.scan.defines) give(this.definers, name, file);
    for (const module of modulesOf(now)) give(this.modules, module, file);
    for (const module of file.imports) give(this.importers, module, file);
    give(this.inFolder, file.folder, file);
  }

  /** The one file of a module, where modules are files: the last of several. */
  fileOf(module: string): JoinedFile | null {
    let found: JoinedFile | null = null;
    for (const file of this.modules.get(module) ?? []) {
      if (!sharesFolder(file.planned.language) && (found === null || file.planned.file > found.planned.file)) found = file;
    }
    return found;
  }

  /** What all files of a folder import together, in languages whose files share their folder. */
  importsIn(folder: string): ReadonlySet<string> {
    let paths = this.#importsOfFolder.get(folder);
    if (paths === undefined) {
      paths = new Set((this.inFolder.get(folder) ?? []).flatMap(({ planned }) => (sharesFolder(planned.language) ? planned.scan.imports : [])));
      this.#importsOfFolder.set(folder, paths);
    }
    return paths;
  }

  /** Lets go of what was told of a folder's imports, and gives it; undefined: nobody asked. */
  forgetImportsIn(folder: string): ReadonlySet<string> | undefined {
    const together = this.#importsOfFolder.get(folder);
    this.#importsOfFolder.delete(folder);
    return together;
  }
}

/** The names by which a file is imported. */
export function modulesOf({ file, language, module }: PlannedFile): readonly string[] {
  return language === "javascript" ? [module, `./${filePath(file)}`] : [module];
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

export function give<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const values = map.get(key);
  if (values === undefined) map.set(key, [value]);
  else values.push(value);
}

export function take<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const values = map.get(key);
  const at = values?.indexOf(value) ?? -1;
  if (values === undefined || at < 0) return;
  if (values.length === 1) map.delete(key);
  else {
    values[at] = values[values.length - 1] as V;
    values.pop();
  }
}
