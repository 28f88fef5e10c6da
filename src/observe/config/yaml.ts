import { isAlias, isMap, isScalar, isSeq, LineCounter, parseAllDocuments } from "yaml";
import type { Document, Node } from "yaml";
import type { Entry } from "./entry";
import { readProperties } from "./properties";
import { entriesOfTree } from "./tree";
import type { Tree } from "./tree";

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
        // The text of a block (`key: |`) begins on the next line.
        const below = isScalar(pair.value) && (pair.value.type === "BLOCK_LITERAL" || pair.value.type === "BLOCK_FOLDED") ? 1 : 0;
        if (merged === null) entries.push([key, value.kind === "value" && isScalar(pair.key) ? { ...value, line: lineOf(pair.key, counter) + below } : value]);
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

/** Settings of a YAML file; one that is a template (`{{ .Values.host }}`) and no YAML is read line by line. */
export function readYaml(text: string): { readonly trees: readonly Tree[]; readonly entries: readonly Entry[] } {
  const trees = readYamlTrees(text);
  const entries = trees.flatMap((tree) => entriesOfTree(tree));
  return { trees, entries: entries.length > 0 ? entries : readProperties(text) };
}
