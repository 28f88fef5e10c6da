import { parse } from "smol-toml";
import type { Entry } from "./entry";
import { readProperties } from "./properties";

/** TOML through smol-toml, which keeps no positions: lines are found again by tables and keys. A broken file is read line by line. */
export function readToml(text: string): Entry[] {
  let document: unknown;
  try {
    document = parse(text);
  } catch {
    return readProperties(text);
  }
  const lines = readLines(text);
  const entries: Entry[] = [];
  flatten(document, [], entries, (path) => {
    // An inline table's keys stand on the line of the key that holds it.
    for (let length = path.length; length > 0; length--) {
      const line = lines.get(path.slice(0, length).join("\u0000"));
      if (line !== undefined) return line;
    }
    return 1;
  }, 0);
  return entries;
}

function flatten(value: unknown, path: readonly string[], entries: Entry[], lineOf: (path: readonly string[]) => number, depth: number): void {
  if (depth > 20) return;
  if (typeof value === "string" || typeof value === "number" || typeof value === "bigint") entries.push({ path, value: String(value), line: lineOf(path) });
  else if (Array.isArray(value)) value.forEach((item: unknown, index) => flatten(item, [...path, String(index)], entries, lineOf, depth + 1));
  else if (typeof value === "object" && value !== null && !(value instanceof Date)) {
    for (const [key, item] of Object.entries(value)) flatten(item, [...path, key], entries, lineOf, depth + 1);
  }
}

/** The line of each table's head and each key, by their path. Array tables count their items, as the parser does. */
function readLines(text: string): Map<string, number> {
  const lines = new Map<string, number>();
  const items = new Map<string, number>();
  let table: string[] = [];
  let multiline: string | null = null;
  text.split(/\r?\n/).forEach((line, index) => {
    if (multiline !== null) {
      if (line.includes(multiline)) multiline = null;
      return;
    }
    const head = /^\s*(\[\[?)\s*([^\]]+?)\s*\]\]?/.exec(line);
    if (head !== null) {
      table = keyPath(head[2] ?? "");
      if (head[1] === "[[") {
        const name = table.join("\u0000");
        const item = items.get(name) ?? 0;
        items.set(name, item + 1);
        table = [...table, String(item)];
      } else table = throughItems(table, items);
      lines.set(table.join("\u0000"), index + 1);
      return;
    }
    const key = /^\s*((?:"[^"]*"|'[^']*'|[\w-]+)(?:\s*\.\s*(?:"[^"]*"|'[^']*'|[\w-]+))*)\s*=\s*(.*)$/.exec(line);
    if (key === null) return;
    lines.set([...table, ...keyPath(key[1] ?? "")].join("\u0000"), index + 1);
    const open = /^("""|''')/.exec(key[2] ?? "")?.[1];
    if (open !== undefined && (key[2] ?? "").indexOf(open, 3) < 0) multiline = open;
  });
  return lines;
}

/** `[servers.auth]` after `[[servers]]` speaks of its last item. */
function throughItems(table: readonly string[], items: ReadonlyMap<string, number>): string[] {
  const path: string[] = [];
  table.forEach((element, index) => {
    path.push(element);
    const count = items.get(table.slice(0, index + 1).join("\u0000"));
    if (count !== undefined && index + 1 < table.length) path.push(String(count - 1));
  });
  return path;
}

function keyPath(written: string): string[] {
  return [...written.matchAll(/"([^"]*)"|'([^']*)'|([\w-]+)/g)].map((match) => match[1] ?? match[2] ?? match[3] ?? "");
}
