import { readdir, readFile } from "node:fs/promises";
import { dirname, isAbsolute, join } from "node:path";
import SSHConfig from "ssh-config";
import { Failure } from "../../../model/failure";

/** What must hold for a directive to count. */
export type ConfigCondition =
  | { readonly kind: "host"; readonly patterns: readonly string[] }
  | { readonly kind: "match"; readonly criteria: string; readonly file: string; readonly line: number };

/** One directive of ssh_config(5), with the blocks it stands in, outermost first (an Include inside a Host block adds to them). */
export interface ConfigDirective {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** Lower case. */
  readonly keyword: string;
  /** Arguments without their quotes. Never empty. */
  readonly args: readonly [string, ...string[]];
  readonly conditions: readonly ConfigCondition[];
}

/** How deep Includes may nest: OpenSSH's own limit. */
const MAX_DEPTH = 16;

/** Keywords whose value is a list of words. For the others the rest of the line is one value. */
const LISTS = new Set(["host", "include", "userknownhostsfile", "globalknownhostsfile", "sendenv", "ignoreunknown"]);

/**
 * Reads one configuration file with all that it includes, in order. A missing file is no directives.
 *
 * The text is read line by line (the format has no continuation lines) with the `ssh-config` package, of which only the parser is used: its
 * evaluation starts programs (`Match exec`, `CanonicalizeHostname`), ours cannot.
 *
 * @param includeFolder what relative Includes are relative to: `~/.ssh`, or `/etc/ssh` for the system's file.
 * @throws Failure `configInvalid` with file and line; `fileUnreadable` when the file is there but cannot be read.
 */
export async function readConfigFile(file: string, home: string, includeFolder: string): Promise<ConfigDirective[]> {
  return readInto(file, home, includeFolder, [], [file]);
}

async function readInto(
  file: string, home: string, includeFolder: string, outer: readonly ConfigCondition[], trail: readonly string[],
): Promise<ConfigDirective[]> {
  const text = await readIfThere(file);
  const directives: ConfigDirective[] = [];
  let conditions = outer;
  let line = 0;
  for (const raw of text.replace(/^\uFEFF/, "").split(/\r?\n/)) {
    line++;
    const parsed = parseLine(raw, file, line);
    if (parsed === null) continue;
    const { keyword, args } = parsed;
    if (keyword === "host") {
      conditions = [...outer, { kind: "host", patterns: args }];
    } else if (keyword === "match") {
      conditions = [...outer, { kind: "match", criteria: args.join(" "), file, line }];
    } else if (keyword === "include") {
      if (trail.length >= MAX_DEPTH) {
        throw invalid(file, line, `Include goes deeper than ${MAX_DEPTH} files (${trail.slice(-3).join(" -> ")})`);
      }
      for (const argument of args) {
        for (const included of await includedFiles(argument, home, includeFolder)) {
          directives.push(...(await readInto(included, home, includeFolder, conditions, [...trail, included])));
        }
      }
    } else {
      directives.push({ file, line, keyword, args, conditions });
    }
  }
  return directives;
}

function parseLine(raw: string, file: string, line: number): { keyword: string; args: [string, ...string[]] } | null {
  const text = raw.trim();
  if (text === "" || text.startsWith("#")) return null;
  const keyword = /^[^\s="]+/.exec(text)?.[0].toLowerCase();
  if (keyword === undefined) throw invalid(file, line, `\`${text}\` is not a keyword and its value`);
  // Only Match and the commands below keep their own quoting; nothing here ever evaluates them.
  if (keyword === "match" || keyword === "proxycommand") {
    const rest = text.slice(keyword.length).replace(/^\s*=?\s*/, "");
    if (rest === "") throw invalid(file, line, `${keyword} has no value`);
    return { keyword, args: [rest] };
  }
  let values: readonly string[];
  try {
    // One word more than enough: the package fails on lists without any.
    const [parsed] = SSHConfig.parse(text);
    if (parsed === undefined || !("value" in parsed)) return null;
    values = typeof parsed.value === "string" ? [parsed.value] : parsed.value.map((part) => part.val);
  } catch (error) {
    const unclosed = (text.match(/"/g)?.length ?? 0) % 2 === 1;
    throw invalid(file, line, unclosed ? "a quotation mark is not closed" : `${keyword} has no value`, error);
  }
  if (!LISTS.has(keyword)) values = values.length > 1 ? [values.join(" ")] : values;
  const [first, ...more] = values.map((value) => /^'(.*)'$/.exec(value)?.[1] ?? value).filter((value) => value !== "");
  if (first === undefined) throw invalid(file, line, `${keyword} has no value`);
  return { keyword, args: [first, ...more] };
}

/** A Failure that names the place, in the words of an editor: `file:line`. */
export function invalid(file: string, line: number, what: string, cause?: unknown): Failure {
  return new Failure("configInvalid", `${file}:${line}: ${what}.`, `Mend line ${line} of ${file}; \`ssh -G HOST\` checks it.`, { cause });
}

async function readIfThere(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === "ENOENT" || code === "ENOTDIR" || code === "EISDIR") return "";
    throw new Failure("fileUnreadable", `The ssh configuration ${file} could not be read (${String(code)}).`, `Check the owner and mode of ${file}.`, { cause: error });
  }
}

/** Files that an Include argument names, sorted as glob(7) sorts. None is no error. */
async function includedFiles(argument: string, home: string, includeFolder: string): Promise<string[]> {
  const expanded = argument === "~" || argument.startsWith("~/") ? join(home, argument.slice(1)) : argument;
  const path = isAbsolute(expanded) ? expanded : join(includeFolder, expanded);
  if (!/[*?[]/.test(path)) return [path];
  return expandGlob(path);
}

async function expandGlob(pattern: string): Promise<string[]> {
  const folder = dirname(pattern);
  const folders = folder === pattern ? [] : /[*?[]/.test(folder) ? await expandGlob(folder) : [folder];
  const last = pattern.slice(folder.length).replace(/^[\\/]/, "");
  const wanted = globSegment(last);
  const found: string[] = [];
  for (const each of folders) {
    let names: string[];
    try {
      names = await readdir(each);
    } catch {
      // A folder that is not there, or is a file, holds no configuration: as in OpenSSH.
      continue;
    }
    for (const name of names.sort()) {
      if ((last.startsWith(".") || !name.startsWith(".")) && wanted.test(name)) found.push(join(each, name));
    }
  }
  return found;
}

/** One path segment of glob(7): `*`, `?`, `[set]`, `[!set]`. */
function globSegment(segment: string): RegExp {
  const source = segment.replace(/\[(!?)([^\]/]+)\]|([*?])|([\\^$.|+(){}[\]/-])/g, (_all, not: string, set: string, star: string, other: string) => {
    if (set !== undefined) return `[${not === "!" ? "^" : ""}${set.replace(/[\\\]^]/g, "\\$&")}]`;
    if (star !== undefined) return star === "*" ? "[^/]*" : "[^/]";
    return `\\${other}`;
  });
  return new RegExp(`^${source}$`);
}
