import type { TypeRef } from "../flow/flow-model";

/** Types that name no class. */
const BUILT_IN = new Set([
  "int", "integer", "float", "double", "string", "bool", "boolean", "false", "true", "null", "void", "never", "mixed", "object", "callable", "resource", "numeric", "scalar", "class-string", "$this",
]);
const CONTAINERS = new Set(["array", "iterable", "list", "non-empty-list", "non-empty-array"]);

/**
 * A type as the source or a comment writes it: `?Foo`, `Foo|null`, `Foo[]`, `Collection<int, Foo>`. Of several the first that is a class.
 *
 * @param qualify full name of a class; `self` and `static` come here too
 */
export function readPhpType(written: string, qualify: (name: string) => string | null): TypeRef | null {
  for (const alternative of alternatives(written.replace(/\s+/g, ""))) {
    const type = single(alternative.replace(/^[?(]+|\)+$/g, ""), qualify);
    if (type !== null) return type;
  }
  return null;
}

function alternatives(written: string): string[] {
  const found: string[] = [];
  let depth = 0;
  let from = 0;
  for (let at = 0; at < written.length; at++) {
    const c = written[at];
    if (c === "<" || c === "{") depth++;
    else if (c === ">" || c === "}") depth--;
    else if ((c === "|" || c === "&") && depth === 0) {
      found.push(written.slice(from, at));
      from = at + 1;
    }
  }
  return [...found, written.slice(from)];
}

function single(written: string, qualify: (name: string) => string | null): TypeRef | null {
  if (written.endsWith("[]")) {
    const element = single(written.slice(0, -2), qualify);
    return element === null ? null : { name: "[]", element };
  }
  const angle = written.indexOf("<");
  const name = angle < 0 ? written : written.slice(0, angle);
  const last = angle < 0 ? null : /(?:^|[<,])([^<>,]+)>$/.exec(written.slice(angle))?.[1] ?? null;
  const element = last === null ? null : single(last, qualify);
  if (CONTAINERS.has(name.toLowerCase())) return element === null ? null : { name: "[]", element };
  if (!/^\\?[A-Za-z_\x80-\uffff][\w\x80-\uffff\\]*$/.test(name) || BUILT_IN.has(name.toLowerCase())) return null;
  const full = qualify(name);
  return full === null ? null : { name: full, element };
}

/** What a documentation comment right before a declaration says of types. */
export interface DocTypes {
  readonly variable: string | null;
  readonly result: string | null;
  readonly parameters: ReadonlyMap<string, string>;
}

const NOTHING: DocTypes = { variable: null, result: null, parameters: new Map() };

/** Reads the `/** ... *\/` that ends right before `start`, if there is one. */
export function docBefore(text: string, start: number): DocTypes {
  let end = start;
  while (end > 0 && /\s/.test(text[end - 1]!)) end--;
  if (end < 5 || text[end - 1] !== "/" || text[end - 2] !== "*") return NOTHING;
  const from = text.lastIndexOf("/*", end - 3);
  if (from < 0 || text[from + 2] !== "*" || end - from > 10_000) return NOTHING;
  const comment = text.slice(from, end);
  if (!comment.includes("@")) return NOTHING;
  const parameters = new Map<string, string>();
  for (const [, type, name] of comment.matchAll(/@(?:psalm-|phpstan-)?param[ \t]+([^\s$]+)[ \t]+&?(?:\.\.\.)?(\$\w+)/g)) if (!parameters.has(name!)) parameters.set(name!, type!);
  return { variable: /@var[ \t]+([^\s*]+)/.exec(comment)?.[1] ?? null, result: /@return[ \t]+([^\s*]+)/.exec(comment)?.[1] ?? null, parameters };
}
