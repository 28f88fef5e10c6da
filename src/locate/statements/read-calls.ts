import type { PlainNode } from "../languages/plain-tree";
import { part } from "../languages/plain-tree";
import { receiverPath, shortName, sourceOf } from "./source-names";
import type { ReadFile } from "./source-names";
import { wholeLiteral } from "./string-literals";
import type { Text } from "./text";

export interface GivenArgument {
  /** Of a named argument; null: by position. */
  readonly name: string | null;
  readonly node: PlainNode | null;
  /** Where the argument is no node: in a macro's tokens. */
  readonly text?: Text;
  /** As the source writes it. */
  readonly source: string;
}

export interface ReadCall {
  /** Last name of the callee; a macro's ends in `!`. */
  readonly name: string;
  /** What it is called on, as a path; empty: on nothing. */
  readonly receiver: string;
  readonly receiverNode: PlainNode | null;
  readonly arguments: readonly GivenArgument[];
  /** Makes an object: `new X(...)`. */
  readonly constructs: boolean;
}

/** A call as its syntax gives it; null for a callee that is no name. */
export function readCall(file: ReadFile, node: PlainNode): ReadCall | null {
  switch (node.type) {
    case "macro_invocation": {
      const macro = part(node, "macro");
      const tokens = node.children.find(({ type }) => type === "token_tree");
      if (macro === null || tokens === undefined) return null;
      const path = receiverPath(sourceOf(file, macro));
      return { ...named(path), name: `${lastOf(path)}!`, receiverNode: null, arguments: macroArguments(sourceOf(file, tokens)), constructs: false };
    }
    case "echo_statement":
    case "print_intrinsic":
      return { name: node.type === "echo_statement" ? "echo" : "print", receiver: "", receiverNode: null, arguments: given(file, node.children), constructs: false };
    case "object_creation_expression":
    case "new_expression": {
      const type = part(node, "type") ?? part(node, "constructor") ?? node.children.find(({ type: kind }) => kind === "name" || kind === "qualified_name");
      if (type === undefined) return null;
      const list = part(node, "arguments") ?? node.children.find(({ type: kind }) => kind === "arguments");
      const path = receiverPath(sourceOf(file, type).replace(/<.*$/su, "").replaceAll("\\", "."));
      return { ...named(path), receiverNode: null, arguments: given(file, list?.children ?? []), constructs: true };
    }
    default:
      break;
  }
  if (file.language === "kotlin") return kotlinCall(file, node);
  const list = part(node, "arguments");
  const lambdas = [part(node, "block")].filter((block) => block !== null);
  const args = given(file, [...(list === null ? [] : file.shape.strings.has(list.type) ? [list] : list.children), ...lambdas]);
  // Fields for receiver and name: Java, PHP, Ruby.
  const object = part(node, "object") ?? part(node, "receiver") ?? part(node, "scope");
  const name = part(node, "name") ?? part(node, "method");
  if (name !== null) return { name: sourceOf(file, name), receiver: object === null ? "" : receiverPath(sourceOf(file, object)), receiverNode: object, arguments: args, constructs: false };
  const callee = part(node, "function");
  if (callee === null) return null;
  const inner = part(callee, "operand") ?? part(callee, "object") ?? part(callee, "expression") ?? part(callee, "condition") ?? part(callee, "value") ?? part(callee, "path");
  const path = receiverPath(sourceOf(file, callee).replaceAll("\\", "."));
  if (inner === null) return /^[\w$]+$/u.test(path.replace(/<.*$/u, "")) ? { name: path.replace(/<.*$/u, ""), receiver: "", receiverNode: null, arguments: args, constructs: false } : { ...named(path), receiverNode: null, arguments: args, constructs: false };
  return { name: lastOf(path).replace(/<.*$/u, ""), receiver: receiverPath(sourceOf(file, inner)), receiverNode: inner, arguments: args, constructs: false };
}

/** Kotlin's grammar has no fields here: callee, then arguments, then a lambda, which may belong to an inner call. */
function kotlinCall(file: ReadFile, node: PlainNode): ReadCall | null {
  const [callee, ...rest] = node.children;
  if (callee === undefined) return null;
  const lists = rest.filter(({ type }) => type === "value_arguments").flatMap(({ children }) => children);
  const lambdas = rest.filter(({ type }) => type === "annotated_lambda").flatMap(({ children }) => children.filter(({ type }) => type === "lambda_literal"));
  const own = given(file, [...lists, ...lambdas]);
  if (callee.type === "call_expression") {
    const inner = kotlinCall(file, callee);
    return inner === null ? null : { ...inner, arguments: [...inner.arguments, ...own] };
  }
  const path = receiverPath(sourceOf(file, callee));
  const object = callee.type === "navigation_expression" ? (callee.children[0] ?? null) : null;
  return { ...named(path), receiverNode: object, arguments: own, constructs: object === null && /^[A-Z]/u.test(path) };
}

function named(path: string): { readonly name: string; readonly receiver: string } {
  const dot = path.lastIndexOf(".");
  return { name: path.slice(dot + 1), receiver: dot < 0 ? "" : path.slice(0, dot) };
}

function lastOf(path: string): string {
  return path.slice(path.lastIndexOf(".") + 1);
}

function given(file: ReadFile, nodes: readonly PlainNode[]): GivenArgument[] {
  return nodes.map((node) => {
    const name = node.type === "keyword_argument" || node.type === "argument" ? part(node, "name") : node.type === "pair" ? part(node, "key") : null;
    return { name: name === null ? null : sourceOf(file, name).replace(/:$/u, ""), node, source: shortName(sourceOf(file, node)) };
  });
}

/** The arguments of a macro, which the grammar gives as tokens: split at the commas (and `;`) that stand in no bracket and no string. */
function macroArguments(tokens: string): GivenArgument[] {
  const inner = tokens.slice(1, -1);
  const found: string[] = [];
  let start = 0;
  let depth = 0;
  for (let at = 0; at < inner.length; at++) {
    const sign = inner[at] as string;
    const string = stringAt(inner, at);
    if (string > 0) {
      at += string - 1;
      continue;
    }
    if (sign === "(" || sign === "[" || sign === "{") depth++;
    else if (sign === ")" || sign === "]" || sign === "}") depth--;
    else if (depth === 0 && (sign === "," || sign === ";")) {
      found.push(inner.slice(start, at));
      start = at + 1;
    }
  }
  found.push(inner.slice(start));
  return found
    .map((one) => one.trim())
    .filter((one) => one !== "")
    .map((one) => {
      const assigned = /^(?:r#)?([A-Za-z_][\w.]*)\s*(?::\s*)?=(?![=>])\s*/u.exec(one);
      const value = assigned === null ? one : one.slice(assigned[0].length);
      const literal = stringAt(value, 0) === value.length;
      const text: Text = literal ? { is: "literal", text: wholeLiteral("rust", value) } : /^[A-Z][A-Z0-9_]*$/u.test(value) ? { is: "name", path: value } : { is: "value", name: shortName(value) };
      return { name: assigned?.[1] ?? null, node: null, text, source: shortName(one) };
    });
}

/** Length of the string literal that begins there; 0: none does. */
function stringAt(text: string, at: number): number {
  const previous = text[at - 1];
  if (previous !== undefined && /[\w"]/u.test(previous) && text[at] !== '"') return 0;
  const raw = /^b?r(#*)"/u.exec(text.slice(at, at + 12));
  if (raw !== null) {
    const end = text.indexOf(`"${raw[1] ?? ""}`, at + raw[0].length);
    return end < 0 ? 0 : end + 1 + (raw[1] ?? "").length - at;
  }
  if (text[at] !== '"') return 0;
  for (let end = at + 1; end < text.length; end++) {
    if (text[end] === "\\") end++;
    else if (text[end] === '"') return end + 1 - at;
  }
  return 0;
}
