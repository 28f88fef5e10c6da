import type { Entry } from "./entry";

/** A tree of plain values that remembers its lines: what YAML and JSON have in common. Lines from 1. */
export type Tree = TreeValue | TreeMap | TreeList;
export interface TreeValue {
  readonly kind: "value";
  readonly value: string;
  readonly line: number;
}
export interface TreeMap {
  readonly kind: "map";
  readonly entries: readonly (readonly [key: string, value: Tree])[];
  readonly line: number;
}
export interface TreeList {
  readonly kind: "list";
  readonly items: readonly Tree[];
  readonly line: number;
}

/** What stands under this key; null: nothing, or not in a map. */
export function get(tree: Tree | null, key: string): Tree | null {
  return tree?.kind === "map" ? (tree.entries.find(([known]) => known === key)?.[1] ?? null) : null;
}

/** What stands at the end of these keys. */
export function getPath(tree: Tree | null, ...keys: readonly string[]): Tree | null {
  return keys.reduce(get, tree);
}

export function textOf(tree: Tree | null): string | null {
  return tree?.kind === "value" ? tree.value : null;
}

export function itemsOf(tree: Tree | null): readonly Tree[] {
  return tree?.kind === "list" ? tree.items : [];
}

/** All settings of a tree. `{name: DB_HOST, value: x}` (Kubernetes, ECS) is the setting DB_HOST of the list that it stands in. */
export function entriesOfTree(tree: Tree): Entry[] {
  const entries: Entry[] = [];
  collect(tree, [], entries);
  return entries;
}

function collect(tree: Tree, path: readonly string[], entries: Entry[]): void {
  if (tree.kind === "value") entries.push({ path, value: tree.value, line: tree.line });
  else if (tree.kind === "list") {
    tree.items.forEach((item, index) => {
      const named = item.kind === "map" ? namedValue(item) : null;
      if (named === null) collect(item, [...path, String(index)], entries);
      else entries.push({ path: [...path, named.name], value: named.value, line: named.line });
    });
  } else {
    // Spring and others write `spring.datasource.url:` as one key.
    for (const [key, value] of tree.entries) collect(value, [...path, ...(/^[\w-]+(\.[\w-]+)+$/.test(key) ? key.split(".") : [key])], entries);
  }
}

function namedValue(map: TreeMap): { name: string; value: string; line: number } | null {
  let name: string | null = null;
  let value: Tree | null = null;
  for (const [key, tree] of map.entries) {
    if (/^name$/i.test(key) && tree.kind === "value") name = tree.value;
    if (/^value$/i.test(key)) value = tree;
  }
  return name !== null && value?.kind === "value" ? { name, value: value.value, line: value.line } : null;
}
