/** How paths of files and of imports become names of modules. */

export function folderOf(file: string): string {
  const slash = file.lastIndexOf("/");
  return slash < 0 ? "" : file.slice(0, slash);
}

/** `app/db/__init__.py` is `app.db`, `app/main.py` is `app.main`. */
export function dottedPath(file: string): string {
  return file.replace(/\.[^./]+$/u, "").replace(/(^|\/)__init__$/u, "").replaceAll("/", ".");
}

/** `src/db/index.ts` is `src/db`, `src/main.js` is `src/main`. */
export function filePath(file: string): string {
  return withoutEnding(file).replace(/(?:^|\/)index$/u, "");
}

export function withoutEnding(path: string): string {
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
export function defaultLocal(path: string): string {
  const parts = path.split("/").filter((part, i) => i === 0 || !/^v\d+$/u.test(part));
  const last = parts.at(-1) ?? path;
  return last.replace(/\.v\d+$/u, "").replace(/^go-/u, "").replace(/[.-]go$/u, "");
}
