import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { rustNames } from "./rust-modules";

/** Gives each file the name that other files import it by. Reads manifests once each. */
export interface ModuleNames {
  of(file: string, language: string): string;
}

/**
 * Go: the import path by the nearest `go.mod` (also above the root; every module of a `go.work` has its own), else the folder.
 * Python: the dotted name from the top of the `__init__.py` chain; below a `src/` folder, and where there is no chain, from the project's
 * folder (`pyproject.toml`, `setup.py`, `setup.cfg`), else from the root.
 * Rust: the crate's name (`Cargo.toml`) and the modules below it, with dots.
 * Java, Kotlin: the folder below the source root; the file's own package declaration goes before it.
 * C#: the folder; the file's own namespace goes before it.
 * PHP: the namespace that the file declares; without one, `php`.
 *
 * JavaScript: what `paths` of the nearest `tsconfig.json` calls it; in a workspace of packages, the package's name with the path in it (alone for what
 * its manifest says is its entry); else its own path.
 *
 * Ruby: the program that the file belongs to, by the nearest `Gemfile`: constants are everybody's in it.
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

  const javascript = javascriptNames(root, landmarks);
  const rust = rustNames(root, landmarks);

  return {
    of(file, language) {
      const folder = parentOf(file);
      if (language === "javascript") return javascript(file);
      if (language === "go") return goModuleOf(folder) ?? (folder === "" ? "." : folder);
      if (language === "python") {
        const stem = lastOf(file).replace(/\.pyw?$/, "");
        const parts = pythonPackage(folder);
        return (stem === "__init__" && parts.length > 0 ? parts : [...parts, stem]).join(".");
      }
      if (language === "java" || language === "kotlin") return packageOf(folder);
      // A file without a namespace.
      if (language === "php") return "php";
      if (language === "csharp") return folder === "" ? "default" : folder.replaceAll("/", ".");
      if (language === "rust") return rust(file);
      if (language === "ruby") return rubyProgram(folder, landmarks);
      return file;
    },
  };
}

interface Package {
  readonly folder: string;
  readonly name: string;
  readonly entry: string | null;
}
interface Alias {
  readonly prefix: string;
  readonly target: string;
}

function javascriptNames(root: string, landmarks: ReadonlySet<string>): (file: string) => string {
  const manifests = [...landmarks].filter((path) => lastOf(path) === "package.json");
  const packages: Package[] = manifests.length < 2 ? [] : manifests.flatMap((path) => {
    const manifest = readJson(join(root, path));
    const name = manifest?.["name"];
    if (typeof name !== "string" || name === "") return [];
    const exported = manifest?.["exports"];
    const entry = [manifest?.["source"], typeof exported === "string" ? exported : null, manifest?.["module"], manifest?.["main"]].find((one) => typeof one === "string");
    return [{ folder: parentOf(path), name, entry: typeof entry === "string" ? plainPath(entry) : null }];
  });
  const aliases = new Map<string, readonly Alias[]>();
  for (const path of landmarks) {
    if (!/(?:^|\/)[tj]sconfig\.json$/.test(path)) continue;
    const options = readJson(join(root, path))?.["compilerOptions"];
    if (typeof options !== "object" || options === null) continue;
    const { paths, baseUrl } = options as { paths?: unknown; baseUrl?: unknown };
    if (typeof paths !== "object" || paths === null) continue;
    const base = [parentOf(path), typeof baseUrl === "string" ? plainPath(baseUrl) : ""].filter((part) => part !== "").join("/");
    aliases.set(parentOf(path), Object.entries(paths).flatMap(([name, targets]): Alias[] => {
      const target: unknown = Array.isArray(targets) ? targets[0] : null;
      if (typeof target !== "string") return [];
      return [{ prefix: name.replace(/\*$/, ""), target: [base, plainPath(target.replace(/\*$/, ""))].filter((part) => part !== "").join("/") }];
    }));
  }
  return (file) => {
    const plain = file.replace(/\.(?:[mc]?[jt]sx?)$/, "").replace(/(?:^|\/)index$/, "");
    for (let folder = parentOf(file); ; folder = parentOf(folder)) {
      for (const { prefix, target } of aliases.get(folder) ?? []) {
        if (prefix.endsWith("/") && plain.startsWith(`${target}/`)) return prefix + plain.slice(target.length + 1);
        if (!prefix.endsWith("/") && plainPath(target).replace(/\.(?:[mc]?[jt]sx?)$/, "").replace(/\/index$/, "") === plain) return prefix;
      }
      if (folder === "") break;
    }
    const inside = packages.filter(({ folder }) => folder !== "" && file.startsWith(`${folder}/`)).sort((a, b) => b.folder.length - a.folder.length)[0];
    if (inside === undefined) return `./${plain}`;
    const rest = plain === inside.folder ? "" : plain.slice(inside.folder.length + 1);
    const entry = inside.entry === null ? null : inside.entry.replace(/\.(?:[mc]?[jt]sx?)$/, "").replace(/(?:^|\/)index$/, "").replace(/^(?:dist|lib|build|out)(?=\/|$)/, "src");
    return rest === "" || rest === "src" || rest === entry ? inside.name : `${inside.name}/${rest}`;
  };
}

function plainPath(path: string): string {
  return path.replace(/^(?:\.\/)+/, "").replace(/^\.$/, "").replace(/\/+$/, "");
}

/** A manifest may hold comments and trailing commas; one that is not understood says nothing. */
function readJson(path: string): Readonly<Record<string, unknown>> | null {
  try {
    const text = readFileSync(path, "utf8").replace(/("(?:[^"\\\n]|\\.)*")|\/\/[^\n]*|\/\*[\s\S]*?\*\//g, "$1").replace(/,(\s*[\]}])/g, "$1");
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

function rubyProgram(folder: string, landmarks: ReadonlySet<string>): string {
  for (let at = folder; at !== ""; at = parentOf(at)) if (landmarks.has(inFolder(at, "Gemfile"))) return `main/${at}`;
  return "main";
}

/** Java, Kotlin: what follows the source root (`src/main/java`), for files that do not say their package. */
function packageOf(folder: string): string {
  const root = /(?:^|\/)(?:src\/(?:[^/]+\/)?(?:java|kotlin)|src)(?:\/|$)/.exec(folder);
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
