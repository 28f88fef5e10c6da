import type { Import } from "../flow/flow-model";
import { childOfType, part } from "./plain-tree";
import type { PlainNode } from "./plain-tree";

/** What every program has without an import, and rules may speak of: as if it were imported from here. */
export const GLOBALS = "globalThis";
const GLOBAL_NAMES = new Set(["fetch", "WebSocket", "EventSource", "Atomics", "XMLHttpRequest"]);

/** `node:fs` is `fs`, `./pool.js` of a program in TypeScript is `./pool`: what a module is called, without what only the loader needs. */
export function modulePath(written: string): string {
  return written.replace(/^node:/, "").replace(/[?#].*$/, "");
}

/** The name under which the flow knows `require("x")` and `import("x")` themselves. No dot: it is one name. */
export function loadedName(path: string): string {
  return `require "${path.replaceAll(".", "·")}"`;
}

/** The path of `require("x")`, `import("x")`, `await import("x")`, `(…)` around them; null for anything else. */
export function loadedPath(node: PlainNode | null, text: string): string | null {
  let at = node;
  while (at !== null && (at.type === "await_expression" || at.type === "parenthesized_expression" || at.type === "as_expression" || at.type === "non_null_expression")) at = at.children[0] ?? null;
  if (at === null || at.type !== "call_expression") return null;
  const callee = part(at, "callee");
  if (callee === null || (callee.type !== "import" && text.slice(callee.start, callee.end) !== "require")) return null;
  const list = part(at, "arguments");
  const [first] = list?.children ?? [];
  if (first === undefined || list?.type !== "arguments") return null;
  if (first.type !== "string" && (first.type !== "template_string" || first.children.length > 0)) return null;
  return modulePath(text.slice(first.start + 1, first.end - 1));
}

/** The path of `export ... from "x"`; null for an export of the file's own. */
export function handedOnFrom(node: PlainNode, text: string): PlainNode | null {
  const source = childOfType(node, "string");
  return source === null || /^export\s+default\b|^export\s*=/.test(text.slice(node.start, source.start)) ? null : source;
}

/**
 * All imports of a file, wherever they stand: `import`, `export ... from` (handed on under the exported name), `require` with its
 * destructured names, `import()`, `import x = require()`. A default import has the member `default`.
 */
export function readImports(root: PlainNode, text: string): Import[] {
  const imports: Import[] = [];
  const seen = new Set<string>();
  const of = (node: PlainNode): string => text.slice(node.start, node.end);
  const add = (local: string, path: string, member: string | null): void => {
    const key = `${local}\n${path}\n${member ?? ""}`;
    if (seen.has(key)) return;
    seen.add(key);
    imports.push({ local, path, member });
  };
  const unquoted = (node: PlainNode): string => (node.type === "string" ? text.slice(node.start + 1, node.end - 1) : of(node));

  const statement = (node: PlainNode): void => {
    const required = childOfType(node, "import_require_clause");
    if (required !== null) {
      const source = part(required, "path");
      const local = childOfType(required, "identifier");
      if (source !== null && local !== null) add(of(local), modulePath(unquoted(source)), null);
      return;
    }
    const source = part(node, "path");
    if (source === null) return;
    const path = modulePath(unquoted(source));
    const clause = childOfType(node, "import_clause");
    if (clause === null) {
      add("", path, null);
      return;
    }
    for (const child of clause.children) {
      if (child.type === "identifier") add(of(child), path, "default");
      else if (child.type === "namespace_import") add(of(child).replace(/^\*\s*as\s+/, ""), path, null);
      else if (child.type === "named_imports") for (const one of child.children) specifier(one, path);
    }
  };
  const specifier = (node: PlainNode, path: string): void => {
    const name = part(node, "name");
    if (name === null) return;
    const local = part(node, "local");
    add(unquoted(local ?? name), path, unquoted(name));
  };
  const handedOn = (node: PlainNode): void => {
    const source = handedOnFrom(node, text);
    if (source === null) return;
    const path = modulePath(unquoted(source));
    const clause = childOfType(node, "export_clause");
    const namespace = childOfType(node, "namespace_export");
    if (clause !== null) for (const one of clause.children) specifier(one, path);
    else if (namespace !== null) add(of(namespace).replace(/^\*\s*as\s+/, ""), path, null);
    else add("*", path, null);
  };
  /** `x = require("y")`, `{ a, b: c } = require("y")`, `x = require("y").z`. */
  const bound = (target: PlainNode, value: PlainNode): void => {
    let member: string | null = null;
    let path = loadedPath(value, text);
    if (path === null && value.type === "member_expression") {
      const object = part(value, "object");
      const name = part(value, "name");
      path = loadedPath(object, text);
      member = name === null ? null : of(name);
    }
    if (path === null) return;
    if (target.type === "identifier") add(of(target), path, member);
    if (target.type !== "object_pattern" || member !== null) return;
    for (const child of target.children) {
      if (child.type === "shorthand_property_identifier_pattern") add(of(child), path, of(child));
      const key = part(child, "key");
      const inner = part(child, "value");
      if (child.type === "pair_pattern" && key !== null && inner !== null && inner.type === "identifier") add(of(inner), path, unquoted(key));
    }
  };

  const globals = new Set<string>();
  const globalOf = (callee: PlainNode | null): void => {
    if (callee === null) return;
    const written = callee.type === "identifier" ? of(callee) : callee.type === "member_expression" && part(callee, "object")?.type === "identifier" ? of(part(callee, "object")!) : "";
    if (GLOBAL_NAMES.has(written)) globals.add(written);
  };
  const left: PlainNode[] = [root];
  for (let node = left.pop(); node !== undefined; node = left.pop()) {
    switch (node.type) {
      case "import_statement":
        statement(node);
        continue;
      case "export_statement":
        handedOn(node);
        break;
      case "variable_declarator":
      case "assignment_expression": {
        const target = part(node, "target");
        const value = part(node, "value");
        if (target !== null && value !== null) bound(target, value);
        break;
      }
      case "new_expression":
        globalOf(part(node, "callee"));
        break;
      case "call_expression": {
        const path = loadedPath(node, text);
        if (path !== null) add(loadedName(path), path, null);
        globalOf(part(node, "callee"));
        break;
      }
    }
    for (let i = node.children.length - 1; i >= 0; i--) left.push(node.children[i]!);
  }
  for (const name of globals) if (!imports.some((one) => one.local === name)) add(name, GLOBALS, name);
  return imports;
}
