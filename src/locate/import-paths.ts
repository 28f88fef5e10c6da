import { filePath, resolvePath } from "./flow/module-paths";
import { parentOf } from "./module-names";

// How the files of a language name each other, for the reading plan.

/** A file by what others import it as. */
export interface NamedFile {
  readonly file: string;
  readonly language: string;
  readonly module: string;
}

/** Languages in which the files of a folder are one module, so that they see each other's names and types. */
export function sharesFolder(language: string): boolean {
  return language === "go" || language === "java" || language === "kotlin" || language === "csharp" || language === "php";
}

/** Languages that import the types of a module, and not the module. */
export function importsTypes(language: string): boolean {
  return language === "java" || language === "kotlin" || language === "csharp" || language === "php";
}

/** Languages in which a method may be called without its receiver. */
export function leavesReceiverOut(language: string): boolean {
  return language === "java" || language === "kotlin" || language === "csharp" || language === "ruby";
}

/** Languages in which a file names what others define without importing it. */
export function namesAreGlobal(language: string): boolean {
  return language === "ruby";
}

/** The module itself; in languages with dotted modules also one that it re-exports, or a name inside it. */
export function isRelated(module: string, { module: own, language, file }: NamedFile): boolean {
  if (module === own) return true;
  if (language === "javascript") return module === `./${filePath(file)}`;
  return (!sharesFolder(language) || importsTypes(language)) && module !== "" && own !== "" && (own.startsWith(`${module}.`) || module.startsWith(`${own}.`));
}

/** `..db` in `shop.web.views` is `shop.db`. */
export function absoluteImport(written: string, { module, file, language }: NamedFile): string {
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
