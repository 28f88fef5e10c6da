import type { SyntaxNode } from "../parsing/syntax";
import { definitionsOf, valueOf } from "./size-values";

/** A name that another file may define. */
export interface SoughtName {
  readonly name: string;
  /** What it is a member of; null: it stands alone. */
  readonly on: string | null;
}

/** In which files a name of this file may be defined: by their names without ending, or their folder's. `here`: in files of the same folder (Go's packages). */
export interface Whereabouts {
  readonly here: boolean;
  readonly stems: readonly string[];
}

/** Where the name comes from, as the file's imports say. */
export function whereaboutsOf({ name, on }: SoughtName, language: string, text: string): Whereabouts {
  if (language === "go") return on === null ? { here: true, stems: [] } : { here: false, stems: [on] };
  if (on === "self" || on === "this" || on === "cls") return { here: false, stems: [] };
  const word = on ?? name;
  const stems = new Set(on === null ? [] : [on]);
  const names = new RegExp(`(?<![\\w$])${word.replaceAll("$", "\\$")}(?![\\w$])`);
  for (const found of text.matchAll(/^\s*from\s+([\w.]+)\s+import\s*(\([^)]*\)|[^\n]*)/gm)) if (names.test(found[2] ?? "")) stems.add(lastOf(found[1] ?? "", "."));
  for (const found of text.matchAll(/^\s*import\s+([\w.]+)\s+as\s+(\w+)/gm)) if (found[2] === word) stems.add(lastOf(found[1] ?? "", "."));
  for (const found of text.matchAll(/\b(?:import|const|let|var)\s+([^;=]*?)(?:\s+from\s+|\s*=\s*require\(\s*)["']([^"']+)["']/g)) if (names.test(found[1] ?? "")) stems.add(lastOf(found[2] ?? "", "/").replace(/\.[cm]?[jt]sx?$/, ""));
  for (const found of text.matchAll(/^\s*import\s+static\s+[\w.]*?(\w+)\.(\w+|\*)\s*;/gm)) if (found[2] === name || found[2] === "*") stems.add(found[1] ?? "");
  stems.delete("");
  return { here: false, stems: [...stems] };
}

/** May this file define it? Paths relative to the workspace. */
export function mayDefine(candidate: string, from: string, { here, stems }: Whereabouts): boolean {
  const [folder, base] = split(candidate);
  if (here) return folder === split(from)[0] && candidate !== from;
  const stem = base.replace(/\.[^.]+$/, "");
  const inFolder = /^(?:index|__init__)$/.test(stem) || base.endsWith(".go");
  return stems.some((one) => stem === one || (inFolder && lastOf(folder, "/") === one));
}

/** What a file gives this name at its top level, or in the type or object it is a member of. Numbers only; null: not known; absent: it does not define it. */
export function definedHere(root: SyntaxNode, { name, on }: SoughtName): (number | null)[] {
  const definitions = definitionsOf(root);
  return definitions
    .filter((definition) => definition.name === name && definition.within === null && (definition.owner === null || definition.owner === on))
    .map(({ value }) => {
      const told = value === null ? null : valueOf(value, definitions);
      return told?.is === "number" ? told.value : null;
    });
}

function split(path: string): [folder: string, base: string] {
  const slash = path.lastIndexOf("/");
  return slash < 0 ? ["", path] : [path.slice(0, slash), path.slice(slash + 1)];
}

function lastOf(path: string, separator: string): string {
  return path.slice(path.lastIndexOf(separator) + 1);
}
