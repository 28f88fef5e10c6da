import { isAlias, isMap, isScalar, isSeq, LineCounter, parseAllDocuments } from "yaml";
import type { Document, Node } from "yaml";
import type { Entry } from "./entry";
import { readProperties } from "./properties";

/** A tree of plain values that remembers its lines: what YAML, JSON and JSONC have in common. */
export type Tree =
  | { readonly kind: "value"; readonly value: string; readonly line: number }
  | { readonly kind: "map"; readonly entries: readonly (readonly [key: string, value: Tree])[]; readonly line: number }
  | { readonly kind: "list"; readonly items: readonly Tree[]; readonly line: number };

/** Beyond this many nodes a file is data, no configuration. */
const MOST_NODES = 50_000;

/** Each document of a YAML file as a tree. Broken parts are left out, aliases and merge keys are followed. Never throws. */
export function readYamlTrees(text: string): Tree[] {
  const counter = new LineCounter();
  let documents: readonly Document.Parsed[];
  try {
    const parsed = parseAllDocuments(text, { lineCounter: counter, strict: false, uniqueKeys: false, logLevel: "silent", merge: true });
    documents = Array.isArray(parsed) ? (parsed as Document.Parsed[]) : [];
  } catch {
    return [];
  }
  let nodes = 0;
  const toTree = (node: unknown, document: Document.Parsed, depth: number): Tree | null => {
    nodes += 1;
    if (depth > 40 || nodes > MOST_NODES) return null;
    if (isAlias(node)) {
      const target = safely(() => node.resolve(document));
      const tree = target === undefined ? null : toTree(target, document, depth + 1);
      return tree;
    }
    if (isScalar(node)) return node.value === null || node.value === undefined ? null : { kind: "value", value: String(node.value), line: lineOf(node, counter) };
    if (isSeq(node)) {
      const items = node.items.map((item) => toTree(item, document, depth + 1)).filter((item) => item !== null);
      return { kind: "list", items, line: lineOf(node, counter) };
    }
    if (isMap(node)) {
      const entries: (readonly [string, Tree])[] = [];
      for (const pair of node.items) {
        const key = isScalar(pair.key) ? String(pair.key.value) : typeof pair.key === "string" ? pair.key : null;
        const value = toTree(pair.value, document, depth + 1);
        if (key === null || value === null) continue;
        const merged = key === "<<" ? (value.kind === "list" ? value.items : [value]) : null;
        if (merged === null) entries.push([key, value.kind === "value" && isScalar(pair.key) ? { ...value, line: lineOf(pair.key, counter) } : value]);
        else for (const part of merged) if (part.kind === "map") for (const entry of part.entries) if (!entries.some(([known]) => known === entry[0])) entries.push(entry);
      }
      return { kind: "map", entries, line: lineOf(node, counter) };
    }
    return null;
  };
  return documents.flatMap((document) => toTree(document.contents, document, 0) ?? []);
}

function lineOf(node: Node, counter: LineCounter): number {
  return counter.linePos(node.range?.[0] ?? 0).line;
}

function safely<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

/** JSON and JSONC as YAML sees them: comments and tabs outside strings become blanks, so that every line and column stays. */
export function blankComments(text: string): string {
  let out = "";
  let from = 0;
  const blank = (start: number, end: number): void => {
    out += text.slice(from, start) + text.slice(start, end).replace(/[^\n]/g, " ");
    from = end;
  };
  for (let at = 0; at < text.length; at++) {
    const char = text[at];
    if (char === '"') {
      for (at += 1; at < text.length && text[at] !== '"' && text[at] !== "\n"; at++) if (text[at] === "\\") at += 1;
    } else if (char === "\t") blank(at, at + 1);
    else if (char === "/" && text[at + 1] === "/") {
      const end = text.indexOf("\n", at);
      blank(at, end < 0 ? text.length : end);
      at = from;
    } else if (char === "/" && text[at + 1] === "*") {
      const end = text.indexOf("*/", at + 2);
      blank(at, end < 0 ? text.length : end + 2);
      at = from - 1;
    }
  }
  return out + text.slice(from);
}

/** All settings of a tree. `{name: DB_HOST, value: x}` (Kubernetes, ECS) is the setting DB_HOST of the list that it stands in. */
export function entriesOfTree(tree: Tree, path: readonly string[] = []): Entry[] {
  switch (tree.kind) {
    case "value":
      return [{ path, value: tree.value, line: tree.line }];
    case "list":
      return tree.items.flatMap((item, index) => {
        const named = item.kind === "map" ? namedValue(item) : null;
        return named === null ? entriesOfTree(item, [...path, String(index)]) : [{ path: [...path, named.name], value: named.value, line: named.line }];
      });
    case "map":
      // Spring and others write `spring.datasource.url:` as one key.
      return tree.entries.flatMap(([key, value]) => entriesOfTree(value, [...path, ...(/^[\w-]+(\.[\w-]+)+$/.test(key) ? key.split(".") : [key])]));
  }
}

function namedValue(map: Extract<Tree, { kind: "map" }>): { name: string; value: string; line: number } | null {
  let name: string | null = null;
  let value: Tree | null = null;
  for (const [key, tree] of map.entries) {
    if (/^name$/i.test(key) && tree.kind === "value") name = tree.value;
    if (/^value$/i.test(key)) value = tree;
  }
  return name !== null && value?.kind === "value" ? { name, value: value.value, line: value.line } : null;
}

/** Settings of a YAML file; one that is a template (`{{ .Values.host }}`) and no YAML is read line by line. */
export function readYaml(text: string): { readonly trees: readonly Tree[]; readonly entries: readonly Entry[] } {
  const trees = readYamlTrees(text);
  const entries = trees.flatMap((tree) => entriesOfTree(tree));
  return { trees, entries: entries.length > 0 ? entries : readProperties(text) };
}
