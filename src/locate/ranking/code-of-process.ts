import type { CodeModule } from "../../model/code-module";
import type { Process } from "../../model/process";
import { identityTies } from "./identity-ties";
import type { Tie } from "./identity-ties";
import { baseName, canRun, languageOfProcess } from "./language-of-process";

/** How well a module's code fits a process, and why. */
export interface ModuleFit {
  /** Index into the modules. */
  readonly module: number;
  /** 0 (nothing says so) to 1 (it is this one); below 0: it cannot be. */
  readonly fit: number;
  /** In words, for the user: `shopd is built from cmd/shopd`. */
  readonly text: string;
}

/** What little may be known of a process: a capture gives its name alone. */
export type KnownProcess = Pick<Process, "name" | "exe" | "commandLine" | "cwd"> & { readonly identity?: Process["identity"] };

/**
 * Which modules of the workspace this process may run, one answer a module, in the modules' order. A local process is tied by its
 * working directory and the paths on its command line; a remote one by the ends of such paths, and both by the program's name.
 * `workspaceRoot` is absolute; null: the process runs elsewhere, or there is no folder.
 */
export function codeOfProcess(process: KnownProcess, modules: readonly CodeModule[], workspaceRoot: string | null): ModuleFit[] {
  const language = languageOfProcess(process);
  return modules.map((module, index) => {
    const runs = language === null ? null : canRun(language, module.language);
    if (runs === false) return { module: index, fit: -1, text: `${process.name} ${language?.text ?? ""}, and this is ${sayLanguage(module.language)}` };
    const found = [...identityTies(process, module, modules), ...ties(process, module, workspaceRoot)].sort((a, b) => b.fit - a.fit);
    // The program's own word that it is another one is worth more than a likeness of names.
    const not = found.find(({ fit }) => fit < 0);
    if (not !== undefined) return { module: index, fit: not.fit, text: not.text };
    const [best] = found;
    if (best !== undefined) return { module: index, fit: best.fit, text: [...new Set(found.filter(({ fit }) => fit >= TELLING).map(({ text }) => text))].slice(0, REASONS_SHOWN).join("; ") || best.text };
    if (runs === true && language !== null && language.language !== "native") return { module: index, fit: 0.3, text: `${process.name} ${language.text}, and this is ${sayLanguage(module.language)}` };
    if (language?.language === "native" && runs === null) return { module: index, fit: -0.5, text: `${process.name} ${language.text}, and this is ${sayLanguage(module.language)}` };
    return { module: index, fit: runs === true ? 0.1 : 0, text: `nothing ties ${module.folder === "" ? "this code" : module.folder} to ${process.name}` };
  });
}

/** A tie below this only adds words; and so many are enough. */
const TELLING = 0.6;
const REASONS_SHOWN = 3;

/** Files of this module's scripts that the process was started with, relative to the workspace. */
export function startedScripts(process: KnownProcess, module: CodeModule, workspaceRoot: string | null): string[] {
  return module.binaries.filter(isScript).map((binary) => scriptFile(module, binary)).filter((entry) => argumentThatEndsWith(process, entry, module.folder, workspaceRoot) !== null);
}

/** Is this file started as a program of its own? */
export function isScriptOf(module: CodeModule, file: string): boolean {
  return module.binaries.some((binary) => isScript(binary) && scriptFile(module, binary) === file);
}

function scriptFile(module: CodeModule, binary: string): string {
  return module.folder === "" ? binary : `${module.folder}/${binary}`;
}

function ties(process: KnownProcess, module: CodeModule, root: string | null): Tie[] {
  const found: Tie[] = [];
  const program = programName(process);
  for (const binary of module.binaries) {
    if (isScript(binary)) {
      // A script is named by its file: the process is an interpreter with that file on its command line.
      const shown = argumentThatEndsWith(process, scriptFile(module, binary), module.folder, root);
      if (shown !== null) found.push({ fit: shown.surely ? 1 : 0.6, text: `${process.name} was started with ${shown.argument}` });
      continue;
    }
    if (sameProgram(binary, process.name) || sameProgram(binary, program)) found.push({ fit: 1, text: `${process.name} is built from ${module.folder === "" ? "this module" : module.folder} (${binary})` });
  }
  const titled = titledAs(process);
  const lastFolder = module.folder === "" ? (root === null ? null : baseName(root)) : baseName(module.folder);
  if (titled !== null && (titled === lastFolder || titled === module.name)) found.push({ fit: 0.8, text: `${process.name} calls itself ${titled}` });
  if (module.language === "python" && module.folder !== "" && (argumentAfter(process, /^(-A|--app)$/) ?? "").split(":", 1)[0]?.split(".", 1)[0] === baseName(module.folder)) {
    found.push({ fit: 0.7, text: `${process.name} was told to run the application ${baseName(module.folder)}` });
  }
  const folder = root === null ? null : joinPath(root, module.folder);
  if (folder !== null) {
    if (process.cwd !== null && isInside(process.cwd, folder)) found.push({ fit: 0.9, text: `${process.name} works in ${module.folder === "" ? "the workspace" : module.folder}` });
    if (process.exe !== null && isInside(process.exe, folder)) found.push({ fit: 0.9, text: `${process.name}'s executable lies in ${module.folder === "" ? "the workspace" : module.folder}` });
    const path = argumentsOf(process).find((argument) => argument.startsWith("/") && isInside(argument, folder));
    if (path !== undefined) found.push({ fit: 0.9, text: `${process.name}'s command line names ${module.folder === "" ? "the workspace" : module.folder}` });
  }
  const name = module.name === null ? null : baseName(module.name.replace(/\/v\d+$/, ""));
  const called = program === process.name || sameProgram(program, process.name) ? `${process.name} has` : `${process.name} runs ${program}:`;
  if (name !== null && (sameProgram(name, process.name) || sameProgram(name, program))) found.push({ fit: 0.9, text: `${called} the name of the module ${module.name ?? name}` });
  const last = module.folder === "" ? (root === null ? null : baseName(root)) : baseName(module.folder);
  if (last !== null && last.length >= 3) {
    if (sameProgram(last, process.name) || sameProgram(last, program)) found.push({ fit: 0.8, text: `${called} the name of the folder ${last}` });
    else if (process.cwd !== null && baseName(process.cwd) === last) found.push({ fit: 0.7, text: `${process.name} works in a folder that is called ${last} too` });
    else if (!GENERAL_FOLDERS.has(last) && argumentsOf(process).some((argument) => argument.split("/").includes(last))) found.push({ fit: 0.6, text: `${process.name}'s command line names a folder ${last}` });
    else if (!GENERAL_FOLDERS.has(last) && process.cwd !== null && process.cwd.split("/").includes(last)) found.push({ fit: 0.6, text: `${process.name} works below a folder ${last}` });
  }
  return found;
}

/** Ruby servers put the folder that they serve into their title: `puma 6.4.2 (tcp://0.0.0.0:3000) [shop]`, `sidekiq 7.2.0 shop [0 of 5 busy]`; PHP-FPM its pool. */
function titledAs(process: KnownProcess): string | null {
  const title = process.commandLine ?? process.name;
  return /^puma(?:: cluster worker \d+: \d+)? ?.*\[([\w.-]+)\]\s*$/.exec(title)?.[1] ?? /^sidekiq [\d.]+ ([\w.-]+) \[/.exec(title)?.[1] ?? /^php-fpm: pool ([\w.-]+)/.exec(title)?.[1] ?? null;
}

function argumentAfter(process: KnownProcess, option: RegExp): string | null {
  const words = argumentsOf(process);
  const at = words.findIndex((word) => option.test(word));
  return at < 0 ? null : (words[at + 1] ?? null);
}

const GENERAL_FOLDERS: ReadonlySet<string> = new Set(["src", "app", "lib", "bin", "cmd", "usr", "opt", "srv", "home", "var", "main", "server", "code", "workspace", "local", "python", "node_modules"]);

/** The program that a person means: the script after an interpreter, the module after `-m`, else the executable. */
function programName(process: KnownProcess): string {
  const words = (process.commandLine ?? "").split(/\s+/).filter((word) => word !== "");
  const language = languageOfProcess(process);
  if (language !== null && language.language !== "native") {
    const dashM = words.indexOf("-m");
    if (dashM >= 0 && words[dashM + 1] !== undefined) return words[dashM + 1] ?? process.name;
    const script = words.slice(1).find((word) => !word.startsWith("-"));
    if (script !== undefined) return baseName(script).replace(/\.(py|js|mjs|cjs|ts|jar|rb|php)$/, "");
  }
  return process.exe === null ? (words[0] === undefined ? process.name : baseName(words[0])) : baseName(process.exe.replace(/ \(deleted\)$/, ""));
}

/** `comm` is cut at 15 bytes. */
function sameProgram(name: string, process: string): boolean {
  return name !== "" && (name === process || (process.length === 15 && name.startsWith(process)));
}

function argumentsOf(process: KnownProcess): string[] {
  return (process.commandLine ?? "").split(/\s+/).filter((word) => word !== "");
}

interface NamedFile {
  readonly argument: string;
  /** The path says which file it is, not its last name alone: `main.py` and `app.py` are everywhere. */
  readonly surely: boolean;
}

/** An argument that is this file: its whole path's end, its path inside the module, or `package.module[:app]` for it. */
function argumentThatEndsWith(process: KnownProcess, entry: string, folder: string, root: string | null): NamedFile | null {
  const inside = folder !== "" && entry.startsWith(`${folder}/`) ? entry.slice(folder.length + 1) : entry;
  const absolute = root === null ? null : joinPath(root, entry);
  const dotted = (path: string): string => path.replace(/(\/__main__|\/__init__)?\.py$/, "").replaceAll("/", ".");
  let named: NamedFile | null = null;
  for (const argument of argumentsOf(process)) {
    const path = argument.replace(/^(\.\/)+/, "");
    const full = path.startsWith("/") ? path : process.cwd === null ? null : joinPath(process.cwd, path);
    if (absolute !== null && full !== null && full === absolute) return { argument, surely: true };
    const module = argument.split(":", 1)[0] ?? argument;
    const whole = entry.includes("/") && (path === entry || path.endsWith(`/${entry}`) || (full !== null && full.endsWith(`/${entry}`)) || (entry.endsWith(".py") && module === dotted(entry)));
    if (whole) return { argument, surely: true };
    if (path === inside || path.endsWith(`/${inside}`) || (entry.endsWith(".py") && module === dotted(inside))) named ??= { argument, surely: false };
  }
  return named;
}

function isScript(binary: string): boolean {
  return /\.(py|js|mjs|cjs|ts|mts|rb|ru|php|jar|sh)$/.test(binary) || binary === "artisan" || binary === "bin/console";
}

function joinPath(root: string, folder: string): string {
  const base = root.replace(/\/+$/, "");
  return folder === "" ? base : `${base}/${folder}`;
}

function isInside(path: string, folder: string): boolean {
  return path === folder || path.startsWith(`${folder}/`);
}

function sayLanguage(language: string): string {
  return language === "" ? "other code" : language.charAt(0).toUpperCase() + language.slice(1);
}
