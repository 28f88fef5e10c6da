import { ruleFileJsonSchema } from "./schema";

/** What may be written at a place of a rule file. */
export interface RuleCompletion {
  readonly label: string;
  readonly kind: "key" | "value";
  /** What is put there: a snippet, `$0` where the cursor goes. */
  readonly insert: string;
  /** What the schema says of it; empty when it says nothing. */
  readonly words: string;
}

/** As much of JSON Schema as the schema of rule files uses. */
interface Schema {
  readonly type?: string;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: boolean | Schema;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
}

/** A step from a value to a part of it: a key of a map, or an item of a list. */
type Step = string | typeof ITEM;
const ITEM = Symbol("item");

let root: Schema | null = null;

/**
 * What can stand at a place of a rule file that is being written, by the schema. The file need not be whole: what is around the place is told
 * by the lines above and their indentation.
 *
 * @param line from 1
 * @param column from 1, in UTF-16 code units
 */
export function ruleCompletions(text: string, line: number, column: number): RuleCompletion[] {
  const lines = text.split(/\r?\n/u);
  const before = (lines[line - 1] ?? "").slice(0, column - 1);
  const place = placeOf(lines, line - 1, before);
  if (place === null) return [];
  root ??= ruleFileJsonSchema() as Schema;
  let schemas = alternatives(root);
  for (const step of place.path) schemas = schemas.flatMap((schema) => partOf(schema, step)).flatMap(alternatives);
  return place.wants === "value" ? valuesOf(schemas) : keysOf(schemas, place.besides, place.isInline);
}

// ---------------------------------------------------------------------------------------------------------------- where it is

interface WrittenPlace {
  readonly path: readonly Step[];
  readonly wants: "key" | "value";
  /** Keys that the map has already. */
  readonly besides: ReadonlySet<string>;
  /** In a map between braces. */
  readonly isInline: boolean;
}

/** One line of a block: `    - key: value`. Columns from 0. */
interface Entry {
  readonly dash: number | null;
  readonly column: number;
  readonly key: string | null;
  /** What stands behind the key. */
  readonly value: string;
}

function entryOf(line: string): Entry | null {
  const [, blanks = "", dashes = "", rest = ""] = /^(\s*)((?:-\s+|-$)*)(.*)$/u.exec(line) ?? [];
  if (rest.trim() === "" && dashes === "") return null;
  if (rest.startsWith("#")) return null;
  const named = /^(?:"([^"]*)"|'([^']*)'|([^\s:#{[][^:#]*?))\s*:(?:\s+(.*)|)$/u.exec(rest);
  const column = blanks.length + dashes.length;
  const dash = dashes === "" ? null : blanks.length;
  return named === null ? { dash, column, key: null, value: rest } : { dash, column, key: named[1] ?? named[2] ?? named[3] ?? "", value: named[4] ?? "" };
}

function placeOf(lines: readonly string[], at: number, before: string): WrittenPlace | null {
  if (/^\s*#|\s#/u.test(before)) return null;
  const entry = entryOf(before) ?? { dash: null, column: before.length, key: null, value: "" };
  const above = pathAbove(lines, at, entry);
  const inline = /\{([^{}]*)$/u.exec(before);
  if (inline !== null) {
    const parts = (inline[1] ?? "").split(",");
    const key = /^\s*([\w$]+)\s*:\s+/u.exec(parts.at(-1) ?? "")?.[1];
    const path = [...above, ...(entry.key === null ? [] : [entry.key]), ...(/\[[^\]]*\{[^{}]*$/u.test(before) ? [ITEM as Step] : [])];
    if (key !== undefined) return { path: [...path, key], wants: "value", besides: new Set(), isInline: true };
    return { path, wants: "key", besides: new Set(parts.flatMap((part) => /^\s*([\w$]+)\s*:/u.exec(part)?.[1] ?? [])), isInline: true };
  }
  if (entry.key !== null) {
    const isList = /^\[[^\]]*$/u.test(entry.value);
    return { path: [...above, entry.key, ...(isList ? [ITEM as Step] : [])], wants: "value", besides: new Set(), isInline: false };
  }
  return { path: above, wants: "key", besides: siblings(lines, at, entry), isInline: false };
}

/** The keys and lists around a line, outermost first. */
function pathAbove(lines: readonly string[], at: number, entry: Entry): Step[] {
  const path: Step[] = [];
  // Where a parent must begin: left of a key, or not right of a dash.
  let limit = entry.column;
  let inList = entry.dash !== null;
  if (entry.dash !== null) {
    path.unshift(ITEM);
    limit = entry.dash;
  }
  for (let line = at - 1; line >= 0; line--) {
    const over = entryOf(lines[line] ?? "");
    if (over === null) continue;
    if (!inList && over.dash !== null && over.column === limit) {
      // The first key of the item that this one is in.
      path.unshift(ITEM);
      limit = over.dash;
      inList = true;
      continue;
    }
    const isParent = over.key !== null && !(inList && over.dash === limit) && (inList ? over.column <= limit : over.column < limit);
    if (!isParent) continue;
    path.unshift(over.key as string);
    limit = over.column;
    inList = over.dash !== null;
    if (over.dash !== null) {
      path.unshift(ITEM);
      limit = over.dash;
    }
  }
  return path;
}

/** The keys of the map that a line is in, above and below it. */
function siblings(lines: readonly string[], at: number, { column, dash }: Entry): Set<string> {
  const found = new Set<string>();
  const look = (from: number, by: 1 | -1): void => {
    for (let line = from; line >= 0 && line < lines.length; line += by) {
      const other = entryOf(lines[line] ?? "");
      if (other === null || other.column > column) continue;
      if (other.column < column || (by === 1 && other.dash !== null)) return;
      if (other.key !== null) found.add(other.key);
      if (other.dash !== null) return;
    }
  };
  if (dash === null) look(at - 1, -1);
  look(at + 1, 1);
  return found;
}

// ---------------------------------------------------------------------------------------------------------------- what the schema says

function alternatives(schema: Schema): Schema[] {
  const others = [...(schema.anyOf ?? []), ...(schema.oneOf ?? [])];
  // What is said of all alternatives is said of each that says nothing itself.
  return others.length === 0 ? [schema] : others.flatMap((other) => alternatives(schema.description === undefined || other.description !== undefined ? other : { ...other, description: schema.description }));
}

function partOf(schema: Schema, step: Step): Schema[] {
  if (step === ITEM) return schema.items === undefined ? [] : [schema.items];
  const known = Object.hasOwn(schema.properties ?? {}, step) ? schema.properties?.[step] : typeof schema.additionalProperties === "object" ? schema.additionalProperties : undefined;
  return known === undefined ? [] : [known];
}

function keysOf(schemas: readonly Schema[], besides: ReadonlySet<string>, isInline: boolean): RuleCompletion[] {
  const found = new Map<string, RuleCompletion & { readonly required: boolean }>();
  for (const schema of schemas) {
    for (const [key, value] of Object.entries(schema.properties ?? {})) {
      if (besides.has(key) || found.has(key)) continue;
      found.set(key, { label: key, kind: "key", insert: `${key}:${openingOf(value, isInline)}`, words: wordsOf(value), required: schema.required?.includes(key) === true });
    }
  }
  // What must be there comes first, else as the schema has it.
  return [...found.values()].sort((a, b) => Number(b.required) - Number(a.required)).map(({ required: _, ...completion }) => completion);
}

/** How a value begins that is no single word: a map, or a list of maps, on lines of its own. */
function openingOf(schema: Schema, isInline: boolean): string {
  const kinds = alternatives(schema);
  if (isInline || kinds.some(({ type }) => type !== "object" && type !== "array")) return " $0";
  if (kinds.some(({ type }) => type === "object")) return "\n  $0";
  return kinds.some(({ items }) => items !== undefined && alternatives(items).every(({ type }) => type === "object")) ? "\n  - $0" : " $0";
}

function valuesOf(schemas: readonly Schema[]): RuleCompletion[] {
  const values = new Map<string, RuleCompletion>();
  for (const schema of schemas) {
    const allowed = schema.enum ?? (schema.const !== undefined ? [schema.const] : schema.type === "boolean" ? [true, false] : schema.type === "null" ? [null] : []);
    for (const value of allowed) values.set(String(value), { label: String(value), kind: "value", insert: String(value), words: wordsOf(schema) });
  }
  return [...values.values()];
}

function wordsOf(schema: Schema): string {
  return schema.description ?? alternatives(schema).find(({ description }) => description !== undefined)?.description ?? "";
}
