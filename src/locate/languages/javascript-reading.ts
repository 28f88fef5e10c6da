import { readRoles } from "./roles";
import roleFile from "./javascript.scm";
import type { Reading, Shortcut } from "./plain-tree";

/** `()`: most calls and many functions. */
const empty: Shortcut = (_text, start, end) => (end - start === 2 ? [] : null);

/** A template without `${` has nothing that runs. */
const template: Shortcut = (text, start, end) => {
  for (let at = text.indexOf("$", start); at >= 0 && at < end; at = text.indexOf("$", at + 1)) if (text.charCodeAt(at + 1) === 123) return null;
  return [];
};

/** Searching for a `$` must not run past the node: the rest of the text may be long. */
const templateHere: Shortcut = (text, start, end) => template(text.slice(start, end), 0, end - start);

/**
 * How a tree of JavaScript or TypeScript is read. Types are taken as text (javascript-types.ts). Identifiers are not read as words of the
 * text: `$` and escapes belong to them.
 */
export const JAVASCRIPT_READING: Reading = {
  roles: readRoles(roleFile),
  whole: new Set([
    "identifier", "property_identifier", "private_property_identifier", "shorthand_property_identifier", "shorthand_property_identifier_pattern", "statement_identifier", "type_identifier",
    "number", "string", "regex", "this", "super", "null", "undefined", "true", "false", "meta_property", "import", "hash_bang_line", "html_character_reference", "jsx_text", "jsx_namespace_name",
    "empty_statement", "debugger_statement", "escape_sequence", "string_fragment", "accessibility_modifier", "override_modifier", "import_attribute", "namespace_import", "namespace_export",
    "type_annotation", "type_arguments", "type_parameters", "asserts_annotation", "type_predicate_annotation", "implements_clause", "function_signature", "abstract_method_signature",
    "method_signature", "call_signature", "construct_signature", "index_signature", "generic_type", "nested_type_identifier", "predefined_type", "union_type", "intersection_type",
    "conditional_type", "array_type", "tuple_type", "literal_type", "lookup_type", "type_query", "function_type", "constructor_type", "parenthesized_type", "readonly_type",
    "index_type_query", "infer_type", "template_literal_type", "existential_type", "flow_maybe_type", "this_type", "nested_identifier", "optional_type", "rest_type",
  ]),
  words: new Set(),
  skipped: new Set(["comment", "html_comment", "optional_chain"]),
  lists: new Set(["program", "statement_block", "class_body", "switch_body", "ERROR"]),
  shortcuts: new Map<string, Shortcut>([["arguments", empty], ["formal_parameters", empty], ["template_string", templateHere]]),
  last: new Map([["call_expression", "arguments"], ["member_expression", "name"], ["binary_expression", "right"], ["pair", "value"], ["function_declaration", "body"], ["assignment_expression", "value"]]),
};
