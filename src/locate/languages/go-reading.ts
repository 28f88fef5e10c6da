import roleFile from "./go.scm";
import { isDottedName, isWord, lastDot, leaf } from "./plain-tree";
import type { PlainNode, Reading, Shortcut } from "./plain-tree";
import { readRoles } from "./roles";

/** Words that the grammar tells apart from identifiers where an expression stands. */
const CONSTANTS = new Set(["nil", "true", "false", "iota"]);
/** Words that begin a type, so that two words are not a name and its type. */
const TYPE_WORDS = new Set(["chan", "func", "map", "struct", "interface"]);

function word(text: string, role: string | null, start: number, end: number): PlainNode {
  const name = text.slice(start, end);
  return leaf(CONSTANTS.has(name) ? name : "identifier", role, start, end);
}

/** `a` or `a.b.c`. */
function operand(text: string, role: string | null, start: number, end: number): PlainNode {
  const dot = lastDot(text, start, end);
  if (dot < 0) return word(text, role, start, end);
  return { type: "selector_expression", role, start, end, children: [operand(text, "object", start, dot), leaf("field_identifier", "name", dot + 1, end)] };
}

/** `T` or `pkg.T`; null for more dots. */
function typeName(text: string, role: string | null, start: number, end: number): PlainNode | null {
  if (!isDottedName(text, start, end)) return null;
  const dot = lastDot(text, start, end);
  if (dot < 0) return TYPE_WORDS.has(text.slice(start, end)) ? null : leaf("type_identifier", role, start, end);
  if (lastDot(text, start, dot) >= 0) return null;
  return { type: "qualified_type", role, start, end, children: [leaf("package_identifier", "package", start, dot), leaf("type_identifier", "name", dot + 1, end)] };
}

function pointerOrName(text: string, role: string | null, start: number, end: number): PlainNode | null {
  if (text.charCodeAt(start) !== 42) return typeName(text, role, start, end);
  const pointed = typeName(text, null, start + 1, end);
  return pointed === null ? null : { type: "pointer_type", role, start, end, children: [pointed] };
}

const selector: Shortcut = (text, start, end) => (isDottedName(text, start, end) ? (operand(text, null, start, end).children) : null);

const one: Shortcut = (text, start, end) => (isDottedName(text, start, end) ? [operand(text, null, start, end)] : null);

const argumentList: Shortcut = (text, start, end) => {
  if (end - start === 2) return [];
  if (!isDottedName(text, start + 1, end - 1)) return null;
  // The arguments of these are types.
  if (text.startsWith("new", start - 3) || text.startsWith("make", start - 4)) return null;
  return [operand(text, null, start + 1, end - 1)];
};

const element: Shortcut = (text, start, end) => {
  if (isDottedName(text, start, end)) return [operand(text, null, start, end)];
  const first = text.charCodeAt(start);
  if (first === 34) {
    // A closing quote that is the first one to follow, and no escapes: one plain string.
    for (let at = start + 1; at < end - 1; at++) if (text.charCodeAt(at) === 34 || text.charCodeAt(at) === 92) return null;
    return text.charCodeAt(end - 1) === 34 ? [leaf("interpreted_string_literal", null, start, end)] : null;
  }
  if (first < 48 || first > 57) return null;
  for (let at = start; at < end; at++) {
    const c = text.charCodeAt(at);
    if (c < 48 || c > 57) return null;
  }
  return [leaf("int_literal", null, start, end)];
};

const qualifiedType: Shortcut = (text, start, end) => typeName(text, null, start, end)?.children ?? null;

const pointerType: Shortcut = (text, start, end) => pointerOrName(text, null, start, end)?.children ?? null;

const sliceType: Shortcut = (text, start, end) => {
  if (text.charCodeAt(start + 1) !== 93) return null;
  const inner = pointerOrName(text, "element", start + 2, end);
  return inner === null ? null : [inner];
};

/** `ctx context.Context`, `db *sql.DB`: one name, one blank, one named type. */
const parameter: Shortcut = (text, start, end) => {
  let blank = start;
  while (blank < end && text.charCodeAt(blank) !== 32) blank++;
  if (blank === end || !isWord(text, start, blank) || TYPE_WORDS.has(text.slice(start, blank))) return null;
  const type = pointerOrName(text, "type", blank + 1, end);
  return type === null ? null : [leaf("identifier", "name", start, blank), type];
};

const emptyParentheses: Shortcut = (_text, start, end) => (end - start === 2 ? [] : null);

/** How a Go tree is read. */
export const GO_READING: Reading = {
  roles: readRoles(roleFile),
  whole: new Set(["interpreted_string_literal", "raw_string_literal", "int_literal", "float_literal", "imaginary_literal", "rune_literal", "dot", "fallthrough_statement"]),
  words: new Set(["identifier", "field_identifier", "type_identifier", "package_identifier", "label_name", "blank_identifier", "nil", "true", "false", "iota"]),
  skipped: new Set(["comment"]),
  lists: new Set(["source_file", "block", "statement_list", "ERROR"]),
  shortcuts: new Map<string, Shortcut>([
    ["selector_expression", selector],
    ["qualified_type", qualifiedType],
    ["pointer_type", pointerType],
    ["slice_type", sliceType],
    ["parameter_declaration", parameter],
    ["parameter_list", emptyParentheses],
    ["argument_list", argumentList],
    ["expression_list", one],
    ["literal_element", element],
  ]),
  last: new Map([
    ["call_expression", "arguments"], ["binary_expression", "right"], ["unary_expression", "value"], ["selector_expression", "name"], ["index_expression", "index"],
    ["composite_literal", "body"], ["keyed_element", "value"], ["type_assertion_expression", "type"], ["qualified_type", "name"], ["parameter_declaration", "type"],
    ["short_var_declaration", "value"], ["assignment_statement", "value"], ["function_declaration", "body"], ["method_declaration", "body"], ["func_literal", "body"],
    ["if_statement", "else"], ["for_statement", "body"], ["expression_statement", ""], ["return_statement", ""], ["defer_statement", ""], ["go_statement", ""],
    ["block", ""], ["literal_element", ""], ["pointer_type", ""], ["parenthesized_expression", ""],
  ]),
};
