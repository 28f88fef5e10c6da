import roleFile from "./csharp.scm";
import type { PlainNode, Reading, Shortcut } from "./plain-tree";
import { isDottedName, lastDot, leaf } from "./plain-tree";
import { readRoles } from "./roles";

/** Words that are no identifiers where an expression stands. */
const CONSTANTS: ReadonlySet<string> = new Set(["true", "false", "null", "default"]);
const PREDEFINED: ReadonlySet<string> = new Set([
  "bool", "byte", "char", "decimal", "double", "float", "int", "long", "object", "sbyte", "short", "string", "uint", "ulong", "ushort", "nint", "nuint", "void",
]);

/** `a.b.c`; null where a word that is no name stands in it. `this` and `base` have no name of their own in the grammar. */
function operand(text: string, role: string | null, start: number, end: number): PlainNode | null {
  const dot = lastDot(text, start, end);
  if (dot < 0) {
    const word = text.slice(start, end);
    if (CONSTANTS.has(word)) return null;
    return leaf(word === "this" || word === "base" ? word : PREDEFINED.has(word) ? "predefined_type" : "identifier", role, start, end);
  }
  const object = operand(text, "object", start, dot);
  return object === null ? null : { type: "member_access_expression", role, start, end, children: [object, leaf("identifier", "name", dot + 1, end)] };
}

const memberAccess: Shortcut = (text, start, end) => (isDottedName(text, start, end) ? (operand(text, null, start, end)?.children ?? null) : null);

const emptyList: Shortcut = (_text, start, end) => (end - start === 2 ? [] : null);

/** How a C# tree is read. */
export const CSHARP_READING: Reading = {
  roles: readRoles(roleFile),
  whole: new Set([
    "identifier", "modifier", "predefined_type", "implicit_type", "integer_literal", "real_literal", "character_literal", "string_literal", "verbatim_string_literal", "raw_string_literal", "boolean_literal",
    "null_literal", "discard", "string_content", "escape_sequence", "interpolation_start", "interpolation_quote", "interpolation_brace", "interpolation_format_clause", "calling_convention",
    "attribute_target_specifier", "constructor_constraint", "function_pointer_type", "implicit_parameter", "preproc_arg",
  ]),
  words: new Set(),
  skipped: new Set([
    "comment", "shebang_directive", "preproc_define", "preproc_undef", "preproc_region", "preproc_endregion", "preproc_line", "preproc_nullable", "preproc_pragma", "preproc_error", "preproc_warning",
  ]),
  lists: new Set(["compilation_unit", "declaration_list", "enum_member_declaration_list", "block", "switch_body", "switch_section", "preproc_if", "preproc_else", "preproc_elif", "global_statement", "ERROR"]),
  kept: new Set(["this", "base"]),
  shortcuts: new Map<string, Shortcut>([
    ["member_access_expression", memberAccess],
    ["argument_list", emptyList],
    ["parameter_list", emptyList],
  ]),
  last: new Map([
    ["invocation_expression", "arguments"], ["assignment_expression", "value"], ["cast_expression", "value"], ["method_declaration", "body"], ["while_statement", "body"], ["foreach_statement", "body"],
    ["conditional_expression", "else"], ["binary_expression", "right"], ["if_statement", "else"],
  ]),
};
