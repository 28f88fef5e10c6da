import { lstatSync, readFileSync, readdirSync, realpathSync, existsSync } from "node:fs";
import type { Dirent } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import ignore from "ignore";
import type { Ignore } from "ignore";
import { Failure } from "../model/failure";
import type { Language } from "./languages/language";
import { languageOf } from "./languages-by-file";

/** A source file of the workspace, found and not yet read. */
export interface WorkspaceFile {
  /** Relative to the root, with `/`. */
  readonly file: string;
  readonly language: Language;
  /** Bytes. */
  readonly size: number;
  /** Generated: read for what it declares alone. Absent: somebody's own code. */
  readonly declaresOnly?: boolean;
}

/** All that a walk brought. */
export interface WorkspaceListing {
  /** The root with its own symbolic links resolved. */
  readonly root: string;
  /** By name, so that the same workspace always gives the same order. */
  readonly files: readonly WorkspaceFile[];
  /** Every other file whose name tells where modules begin (`go.mod`, `pyproject.toml` ...), relative. */
  readonly landmarks: ReadonlySet<string>;
  readonly givenUp: readonly { readonly file: string; readonly reason: string }[];
}

/** Folders that never hold a user's own code. Folders whose name starts with a dot are left out as well. */
const FOREIGN_FOLDERS = new Set(["node_modules", "bower_components", "__pycache__", "site-packages", "dist-packages", "virtualenv", "venv", "env.bak"]);
/** A folder that holds one of these is a virtual environment, whatever its name. */
const ENVIRONMENT_MARKS = ["pyvenv.cfg", "conda-meta"];
export const LANDMARKS = new Set(["go.mod", "Cargo.toml", "pyproject.toml", "setup.py", "setup.cfg", "__init__.py", "package.json", "tsconfig.json", "jsconfig.json", "Gemfile"]);

/** Files that decide which others there are, or what they are imported as. */
export function decidesForOthers(file: string): boolean {
  const name = file.slice(file.lastIndexOf("/") + 1);
  return name === ".gitignore" || name === "go.work" || LANDMARKS.has(name) || ENVIRONMENT_MARKS.includes(name);
}

/** Patterns of one `.gitignore`, with the folder it stands in (`""`, or ending in `/`), relative to the root; above the root: the root seen from there. */
interface IgnoreFile {
  readonly folder: string;
  readonly prefix: string;
  readonly matcher: Ignore;
}

/**
 * Lists the source files below `root`: `.gitignore` files (of folders above too, up to the repository's root) and `.git/info/exclude` are
 * respected, symbolic links are not followed (as git and ripgrep do: no loops, and nothing outside is read), third-party and generated
 * places are left out. A folder that cannot be read is named in `givenUp`. Synchronous: it runs in a worker.
 * Throws Failure `notFound` when the root is no readable folder.
 */
export function listWorkspace(root: string, languages: readonly Language[]): WorkspaceListing {
  const real = resolveRoot(root);
  const files: WorkspaceFile[] = [];
  const landmarks = new Set<string>();
  const givenUp: { file: string; reason: string }[] = [];
  const generated = new Map(languages.map((language) => [language.id, ignore().add([...language.generated])]));
  const declaring = new Map(languages.flatMap((language) => (language.declarations === undefined ? [] : [[language.id, ignore().add([...language.declarations])] as const])));

  const visit = (folder: string, above: readonly IgnoreFile[]): void => {
    let entries: Dirent[];
    try {
      entries = readdirSync(join(real, folder), { withFileTypes: true });
    } catch (error) {
      givenUp.push({ file: folder === "" ? "." : folder.slice(0, -1), reason: `the folder cannot be read (${codeOf(error)})` });
      return;
    }
    if (folder !== "" && entries.some((entry) => ENVIRONMENT_MARKS.includes(entry.name))) return;
    const own = entries.some((entry) => entry.name === ".gitignore" && entry.isFile()) ? readIgnoreFile(join(real, folder, ".gitignore"), folder, "") : null;
    const ignores = own === null ? above : [...above, own];
    entries.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
    for (const entry of entries) {
      const path = folder + entry.name;
      if (entry.isDirectory()) {
        if (entry.name.startsWith(".") || FOREIGN_FOLDERS.has(entry.name) || isIgnored(`${path}/`, ignores)) continue;
        if ([...generated.values()].every((matcher) => matcher.ignores(`${path}/`))) continue;
        visit(`${path}/`, ignores);
      } else if (entry.isFile()) {
        if (LANDMARKS.has(entry.name)) landmarks.add(path);
        const language = languageOf(entry.name, languages);
        if (language === null || isIgnored(path, ignores)) continue;
        const declaresOnly = declaring.get(language.id)?.ignores(path) === true;
        if (!declaresOnly && generated.get(language.id)?.ignores(path) === true) continue;
        try {
          files.push({ file: path, language, size: lstatSync(join(real, path)).size, ...(declaresOnly ? { declaresOnly } : {}) });
        } catch (error) {
          // Gone between the listing and now, or not ours to see.
          givenUp.push({ file: path, reason: `cannot be read (${codeOf(error)})` });
        }
      }
    }
  };
  visit("", ignoreFilesAbove(real));
  return { root: real, files, landmarks, givenUp };
}

function resolveRoot(root: string): string {
  try {
    const real = realpathSync(root);
    readdirSync(real);
    return real;
  } catch (error) {
    throw new Failure("notFound", `${root} is not a folder that can be read (${codeOf(error)})`, "Name a folder that exists and that you may read.", { cause: error });
  }
}

/** `.gitignore` of the folders above the root, up to the repository's own, and its `info/exclude`. */
function ignoreFilesAbove(root: string): IgnoreFile[] {
  const found: IgnoreFile[] = [];
  for (let folder = root; ; folder = dirname(folder)) {
    const prefix = relative(folder, root).split(sep).join("/");
    const slashed = prefix === "" ? "" : `${prefix}/`;
    // The root's own .gitignore is read by the walk.
    if (folder !== root) {
      const file = readIgnoreFile(join(folder, ".gitignore"), "", slashed);
      if (file !== null) found.unshift(file);
    }
    if (existsSync(join(folder, ".git"))) {
      const exclude = readIgnoreFile(join(folder, ".git", "info", "exclude"), "", slashed);
      return exclude === null ? found : [exclude, ...found];
    }
    // Without a repository there is nothing that says where to stop, so folders above do not count.
    if (folder === dirname(folder)) return [];
  }
}

function readIgnoreFile(path: string, folder: string, prefix: string): IgnoreFile | null {
  try {
    return { folder, prefix, matcher: ignore().add(readFileSync(path, "utf8")) };
  } catch {
    return null;
  }
}

/** The deepest file that has a say decides. Folders end in `/`. */
function isIgnored(path: string, files: readonly IgnoreFile[]): boolean {
  for (let i = files.length - 1; i >= 0; i--) {
    const { folder, prefix, matcher } = files[i] as IgnoreFile;
    const { ignored, unignored } = matcher.test(prefix + path.slice(folder.length));
    if (ignored || unignored) return ignored;
  }
  return false;
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : String(error);
}
