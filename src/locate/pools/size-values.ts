import type { SyntaxNode } from "../parsing/syntax";

/** What an expression comes to before the program runs: a number, a name that another file may define, or a reason why nobody knows. */
export type SizeValue =
  | { readonly is: "number"; readonly value: number }
  /** `on`: what the name is a member of, its last name; null: it stands alone. */
  | { readonly is: "name"; readonly name: string; readonly on: string | null }
  | { readonly is: "unknown"; readonly why: string };

/** A name that is given a value. */
export interface Definition {
  readonly name: string;
  /** The innermost type, or object that has a name, that it stands in. */
  readonly owner: string | null;
  /** The function that it stands in; null: none. */
  readonly within: SyntaxNode | null;
  readonly value: SyntaxNode | null;
}

/** A constant made of constants made of constants: more steps are no configuration. */
const DEEPEST = 6;
const FUNCTIONS = /function|method|lambda|constructor_declaration|func_literal|arrow|local_function/;
const OWNERS = /^(?:class|interface|object|enum|struct|record)_(?:declaration|definition)$|^class$/;
/** Calls that make a number of a number. */
const CONVERSIONS = /^(?:u?int(?:8|16|32|64)?|Number|parseInt|Integer\.valueOf|Math\.(?:floor|round|ceil)|toInt)$/;

export function unwrap(node: SyntaxNode): SyntaxNode {
  let at = node;
  while (/^(?:parenthesized_expression|literal_element|expression_list|argument|value_argument|as_expression|satisfies_expression|await|await_expression|cast_expression)$/.test(at.type)) {
    const inner = at.type === "as_expression" || at.type === "satisfies_expression" ? at.namedChildren[0] : at.childForFieldName("value") ?? at.namedChildren[at.namedChildren.length - 1];
    if (inner === undefined || inner === null) return at;
    at = inner;
  }
  return at;
}

/** All definitions of a file: declarations, assignments, parameters' defaults left out. */
export function definitionsOf(root: SyntaxNode): Definition[] {
  const found: Definition[] = [];
  const visit = (node: SyntaxNode, owner: string | null, within: SyntaxNode | null): void => {
    const inner = FUNCTIONS.test(node.type) && node.type !== "function_type" ? node : within;
    const named = OWNERS.test(node.type) ? (node.childForFieldName("name")?.text ?? owner) : owner;
    for (const [name, value] of bindingsOf(node)) found.push({ name, owner: named, within: inner, value });
    const holdsObject = (node.type === "variable_declarator" || node.type === "pair") && node.childForFieldName("value")?.type === "object";
    const object = holdsObject ? ((node.childForFieldName("name") ?? node.childForFieldName("key"))?.text ?? null) : null;
    for (const child of node.namedChildren) visit(child, object ?? named, inner);
  };
  visit(root, null, null);
  return found;
}

function bindingsOf(node: SyntaxNode): (readonly [string, SyntaxNode | null])[] {
  const pair = (left: SyntaxNode | null, right: SyntaxNode | null): (readonly [string, SyntaxNode | null])[] => {
    if (left === null) return [];
    const names = left.type === "expression_list" || left.type === "pattern_list" ? left.namedChildren : [left];
    const values = right === null ? [] : right.type === "expression_list" ? right.namedChildren : [right];
    return names.map((name, at) => [lastName(name.text), names.length === values.length ? (values[at] ?? null) : null] as const);
  };
  switch (node.type) {
    case "const_spec":
    case "var_spec": {
      const names = node.childrenForFieldName("name");
      const values = node.childForFieldName("value");
      const list = values === null ? [] : values.type === "expression_list" ? values.namedChildren : [values];
      return names.map((name, at) => [name.text, list[at] ?? null] as const);
    }
    case "short_var_declaration":
    case "assignment_statement":
    case "assignment":
    case "assignment_expression":
      return pair(node.childForFieldName("left") ?? node.namedChildren[0] ?? null, node.childForFieldName("right") ?? node.namedChildren[1] ?? null);
    case "augmented_assignment":
    case "augmented_assignment_expression":
      return pair(node.childForFieldName("left"), null);
    case "variable_declarator":
      return pair(node.childForFieldName("name"), node.childForFieldName("value") ?? node.namedChildren[1] ?? null);
    case "public_field_definition":
    case "property_declaration":
      return pair(node.childForFieldName("name") ?? node.childForFieldName("property") ?? node.namedChildren.find(({ type }) => type === "variable_declaration")?.namedChildren[0] ?? null, node.childForFieldName("value") ?? node.namedChildren[node.namedChildren.length - 1] ?? null);
    case "pair":
      return pair(node.childForFieldName("key"), node.childForFieldName("value"));
    default:
      return [];
  }
}

export function lastName(path: string): string {
  return /([\w$]+)\s*$/.exec(path)?.[1] ?? path;
}

/** What the expression comes to, by the definitions of its own file. */
export function valueOf(node: SyntaxNode, definitions: readonly Definition[], depth = 0): SizeValue {
  const at = unwrap(node);
  const text = at.text.trim();
  if (/^-?\d[\d_]*(?:[lLuU]+|[ui](?:8|16|32|64|size))?$/.test(text)) return { is: "number", value: Number(text.replaceAll("_", "").replace(/[luLU].*$|i.*$/, "")) };
  if (depth >= DEEPEST) return notBeforeItRuns(text);
  const operator = at.childForFieldName("operator")?.text;
  const left = at.childForFieldName("left");
  const right = at.childForFieldName("right");
  if (left !== null && right !== null && operator !== undefined && /^[-+*]$/.test(operator)) {
    const [a, b] = [valueOf(left, definitions, depth + 1), valueOf(right, definitions, depth + 1)];
    if (a.is === "number" && b.is === "number") return { is: "number", value: operator === "+" ? a.value + b.value : operator === "-" ? a.value - b.value : a.value * b.value };
    return notBeforeItRuns(text);
  }
  const callee = at.childForFieldName("function");
  if (callee !== null && CONVERSIONS.test(callee.text)) {
    const [only] = at.childForFieldName("arguments")?.namedChildren ?? [];
    return only === undefined ? notBeforeItRuns(text) : valueOf(only, definitions, depth + 1);
  }
  const path = /^(?:([\w$.]+)\s*\.\s*)?([A-Za-z_$][\w$]*)$/.exec(text);
  if (path === null) return notBeforeItRuns(text);
  const [, on, name = ""] = path;
  return on === undefined ? ofName(at, name, definitions, depth) : ofMember(at, lastName(on), name, definitions, depth);
}

function ofName(at: SyntaxNode, name: string, definitions: readonly Definition[], depth: number): SizeValue {
  const seen = definitions.filter((definition) => definition.name === name && (definition.within === null || isInside(at, definition.within)));
  const nearest = seen.filter(({ within }) => within !== null);
  const parameter = enclosing(at).find((fn) => new RegExp(`(?<![\\w$])${escaped(name)}(?![\\w$])`).test(parametersOf(fn)));
  if (nearest.length === 0 && parameter !== undefined) return { is: "unknown", why: `${name} is a parameter: the callers decide` };
  const chosen = nearest.length > 0 ? nearest : seen.filter(({ owner }) => owner === null || owner === ownerOf(at));
  if (chosen.length === 0) return { is: "name", name, on: null };
  const [one] = chosen;
  if (chosen.length > 1 || one === undefined || one.value === null) return { is: "unknown", why: `${name} is given a value in several places` };
  return valueOf(one.value, definitions, depth + 1);
}

function ofMember(at: SyntaxNode, on: string, name: string, definitions: readonly Definition[], depth: number): SizeValue {
  const owner = on === "self" || on === "this" || on === "cls" ? ownerOf(at) : on;
  const seen = definitions.filter((definition) => definition.name === name && definition.owner === owner);
  if (seen.length === 0) return { is: "name", name, on };
  const [one] = seen;
  if (seen.length > 1 || one === undefined || one.value === null) return { is: "unknown", why: `${on}.${name} is given a value in several places` };
  return valueOf(one.value, definitions, depth + 1);
}

function ownerOf(node: SyntaxNode): string | null {
  for (let at = node.parent; at !== null; at = at.parent) if (OWNERS.test(at.type)) return at.childForFieldName("name")?.text ?? null;
  return null;
}

function enclosing(node: SyntaxNode): SyntaxNode[] {
  const found: SyntaxNode[] = [];
  for (let at = node.parent; at !== null; at = at.parent) if (FUNCTIONS.test(at.type)) found.push(at);
  return found;
}

function parametersOf(fn: SyntaxNode): string {
  return (fn.childForFieldName("parameters") ?? fn.childForFieldName("parameter"))?.text ?? "";
}

function isInside(node: SyntaxNode, outer: SyntaxNode): boolean {
  return node.startIndex >= outer.startIndex && node.endIndex <= outer.endIndex;
}

function escaped(name: string): string {
  return name.replaceAll("$", "\\$");
}

/** The expression's own text may hold anything, a password too: only its first name is told. */
export function notBeforeItRuns(text: string): SizeValue {
  const head = /^[\w$.]+/.exec(text)?.[0] ?? "it";
  return { is: "unknown", why: `${head.slice(0, 60)}... is not known before it runs` };
}
