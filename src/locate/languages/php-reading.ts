import roleFile from "./php.scm";
import type { Reading, Shortcut } from "./plain-tree";
import { readRoles } from "./roles";

const emptyParentheses: Shortcut = (_text, start, end) => (end - start === 2 ? [] : null);

/** Whatever is written into a text begins with a `$`. */
const interpolated: Shortcut = (text, start, end) => (text.slice(start, end).includes("$") ? null : []);

/** How a PHP tree is read. Types and names of namespaces are taken as text; what stands outside `<?php` is no code. */
export const PHP_READING: Reading = {
  roles: readRoles(roleFile),
  whole: new Set([
    "integer", "float", "string", "nowdoc", "boolean", "null", "cast_type", "relative_scope", "qualified_name", "relative_name", "namespace_name", "named_type", "optional_type", "primitive_type",
    "union_type", "intersection_type", "disjunctive_normal_form_type", "bottom_type", "type_list", "visibility_modifier", "static_modifier", "abstract_modifier", "final_modifier", "readonly_modifier",
    "var_modifier", "reference_modifier", "variadic_placeholder", "string_content", "escape_sequence", "heredoc_start", "heredoc_end", "use_list", "operation", "declare_directive", "empty_statement",
  ]),
  words: new Set(["name", "variable_name"]),
  skipped: new Set(["comment", "text_interpolation", "text", "php_tag", "php_end_tag"]),
  lists: new Set(["program", "compound_statement", "colon_block", "declaration_list", "enum_declaration_list", "switch_block", "case_statement", "default_statement", "ERROR"]),
  shortcuts: new Map<string, Shortcut>([["arguments", emptyParentheses], ["formal_parameters", emptyParentheses], ["encapsed_string", interpolated], ["heredoc", interpolated]]),
  last: new Map([["function_call_expression", "arguments"], ["member_call_expression", "arguments"], ["member_access_expression", "name"], ["binary_expression", "right"], ["assignment_expression", "value"], ["method_declaration", "body"]]),
};
