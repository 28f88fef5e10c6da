import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** Gives each file the name that other files import it by. Reads manifests once each. */
export interface ModuleNames {
  of(file: string, language: string): string;
}

/**
 * Go: the import path by the nearest `go.mod` (also above the root; every module of a `go.work` has its own), else the folder.
 * Python: the dotted name from the top of the `__init__.py` chain; below a `src/` folder, and where there is no chain, from the project's
 * folder (`pyproject.toml`, `setup.py`, `setup.cfg`), else from the root.
 * Java: the folder below the source root; the file's own package declaration goes before it.
 *
 * @param landmarks paths of manifests and `__init__.py` files, relative to `root`, with `/`
 */
export function moduleNames(root: string, landmarks: ReadonlySet<string>): ModuleNames {
  const goModules = new Map<string, string | null>();
  const above = goModuleAbove(root);

  const goModuleOf = (folder: string): string | null => {
    const known = goModules.get(folder);
    if (known !== undefined) return known;
    const manifest = inFolder(folder, "go.mod");
    let name: string | null;
    if (landmarks.has(manifest)) name = readGoModule(join(root, manifest));
    else if (folder === "") name = above;
    else {
      const outer = goModuleOf(parentOf(folder));
      name = outer === null ? null : joinImport(outer, lastOf(folder));
    }
    goModules.set(folder, name);
    return name;
  };

  const pythonFolders = new Map<string, readonly string[]>();
  /** The dotted parts that stand for a folder. */
  const pythonPackage = (folder: string): readonly string[] => {
    const known = pythonFolders.get(folder);
    if (known !== undefined) return known;
    let parts: readonly string[];
    const parent = parentOf(folder);
    if (folder === "" || isProjectFolder(folder, landmarks) || lastOf(folder) === "src") parts = [];
    else if (landmarks.has(inFolder(folder, "__init__.py")) && !landmarks.has(inFolder(parent, "__init__.py")) && !belowSource(folder)) parts = [lastOf(folder)];
    else parts = [...pythonPackage(parent), lastOf(folder)];
    pythonFolders.set(folder, parts);
    return parts;
  };

  return {
    of(file, language) {
      const folder = parentOf(file);
      if (language === "go") return goModuleOf(folder) ?? (folder === "" ? "." : folder);
      if (language === "python") {
        const stem = lastOf(file).replace(/\.pyw?$/, "");
        const parts = pythonPackage(folder);
        return (stem === "__init__" && parts.length > 0 ? parts : [...parts, stem]).join(".");
      }
      if (language === "java") return packageOf(folder);
      return file;
    },
  };
}

/** Java: what follows the source root (`src/main/java`), for files that do not say their package. */
function packageOf(folder: string): string {
  const root = /(?:^|\/)(?:src\/(?:[^/]+\/)?java|src)(?:\/|$)/.exec(folder);
  const inside = root === null ? folder : folder.slice(root.index + root[0].length);
  return inside === "" ? "default" : inside.replaceAll("/", ".");
}

/** `src` layouts hold namespace packages too, whose outer folders have no `__init__.py`. */
function belowSource(folder: string): boolean {
  return /(?:^|\/)src\//.test(folder);
}

function isProjectFolder(folder: string, landmarks: ReadonlySet<string>): boolean {
  if (landmarks.has(inFolder(folder, "__init__.py"))) return false;
  return ["pyproject.toml", "setup.py", "setup.cfg"].some((name) => landmarks.has(inFolder(folder, name)));
}

function readGoModule(path: string): string | null {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch {
    return null;
  }
  const name = /^[ \t]*module[ \t]+(?:"([^"]+)"|([^\s/"(]\S*))/m.exec(text);
  return name?.[1] ?? name?.[2] ?? null;
}

/** The standard library's go.mod says `std`, yet its packages are imported without it. */
function joinImport(module: string, folder: string): string {
  return module === "std" ? folder : `${module}/${folder}`;
}

/** The import path of `root` itself when it lies inside a module. */
function goModuleAbove(root: string): string | null {
  const inside: string[] = [];
  for (let folder = dirname(root), last = lastOf(root.replaceAll("\\", "/")); ; ) {
    inside.unshift(last);
    const name = readGoModule(join(folder, "go.mod"));
    if (name !== null) return inside.reduce(joinImport, name);
    const parent = dirname(folder);
    if (parent === folder) return null;
    last = lastOf(folder.replaceAll("\\", "/"));
    folder = parent;
  }
}

function inFolder(folder: string, name: string): string {
  return folder === "" ? name : `${folder}/${name}`;
}

/** `a/b/c.go` gives `a/b`; `c.go` gives the root, which is the empty text. */
export function parentOf(path: string): string {
  const slash = path.lastIndexOf("/");
  return slash < 0 ? "" : path.slice(0, slash);
}

function lastOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}
