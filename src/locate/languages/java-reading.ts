import roleFile from "./java.scm";
import type { Reading, Shortcut } from "./plain-tree";
import { isDottedName, isWord, lastDot, leaf } from "./plain-tree";
import type { PlainNode } from "./plain-tree";
import { readRoles } from "./roles";

/** Words that are no identifiers where an expression stands. */
const CONSTANTS: Readonly<Record<string, string>> = { this: "this", super: "super", true: "true", false: "false", null: "null_literal" };

function word(text: string, role: string | null, start: number, end: number): PlainNode {
  const name = text.slice(start, end);
  return leaf(Object.hasOwn(CONSTANTS, name) ? CONSTANTS[name]! : "identifier", role, start, end);
}

/** `a` or `a.b.c`; null where `this`, `super` or `class` stands behind a dot. */
function operand(text: string, role: string | null, start: number, end: number): PlainNode | null {
  const dot = lastDot(text, start, end);
  if (dot < 0) return word(text, role, start, end);
  const name = word(text, "name", dot + 1, end);
  if (name.type !== "identifier" || text.startsWith("class", dot + 1) && dot + 6 === end) return null;
  const object = operand(text, "object", start, dot);
  return object === null ? null : { type: "field_access", role, start, end, children: [object, name] };
}

const fieldAccess: Shortcut = (text, start, end) => (isDottedName(text, start, end) ? (operand(text, null, start, end)?.children ?? null) : null);

const argumentList: Shortcut = (text, start, end) => {
  if (end - start === 2) return [];
  if (!isDottedName(text, start + 1, end - 1)) return null;
  const only = operand(text, null, start + 1, end - 1);
  return only === null ? null : [only];
};

const emptyParentheses: Shortcut = (_text, start, end) => (end - start === 2 ? [] : null);

/** What is inside a string matters only where something is written into it: `\{x}`. */
const string: Shortcut = (text, start, end) => {
  for (let at = start; at < end - 1; at++) {
    if (text.charCodeAt(at) !== 92) continue;
    if (text.charCodeAt(at + 1) === 123) return null;
    at++;
  }
  return [];
};

/** `@Override`. */
const marker: Shortcut = (text, start, end) => (isWord(text, start + 1, end) ? [leaf("identifier", "name", start + 1, end)] : null);

/** How a Java tree is read. */
export const JAVA_READING: Reading = {
  roles: readRoles(roleFile),
  whole: new Set([
    "decimal_integer_literal", "hex_integer_literal", "octal_integer_literal", "binary_integer_literal", "decimal_floating_point_literal", "hex_floating_point_literal",
    "character_literal", "integral_type", "floating_point_type", "requires_modifier", "asterisk", "dimensions", "throws", "permits",
    "string_fragment", "multiline_string_fragment", "escape_sequence",
  ]),
  words: new Set(["identifier", "type_identifier", "true", "false", "null_literal", "this", "super", "void_type", "boolean_type", "underscore_pattern"]),
  skipped: new Set(["line_comment", "block_comment"]),
  lists: new Set([
    "program", "block", "class_body", "interface_body", "enum_body", "enum_body_declarations", "annotation_type_body", "constructor_body", "switch_block",
    "switch_block_statement_group", "ERROR",
  ]),
  shortcuts: new Map<string, Shortcut>([
    ["field_access", fieldAccess],
    ["argument_list", argumentList],
    ["formal_parameters", emptyParentheses],
    ["string_literal", string],
    ["marker_annotation", marker],
  ]),
  last: new Map([
    ["method_invocation", "arguments"], ["binary_expression", "right"], ["unary_expression", "value"], ["assignment_expression", "value"], ["array_access", "index"],
    ["cast_expression", "value"], ["lambda_expression", "body"], ["method_declaration", "body"], ["constructor_declaration", "body"], ["class_declaration", "body"],
    ["interface_declaration", "body"], ["enum_declaration", "body"], ["while_statement", "body"], ["for_statement", "body"], ["enhanced_for_statement", "body"],
    ["ternary_expression", "else"], ["variable_declarator", "value"], ["expression_statement", ""], ["return_statement", ""], ["throw_statement", ""],
    ["if_statement", "else"], ["catch_clause", "body"], ["finally_clause", ""], ["catch_formal_parameter", "name"], ["parenthesized_expression", ""],
  ]),
};
