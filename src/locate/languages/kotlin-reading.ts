import roleFile from "./kotlin.scm";
import type { Reading } from "./plain-tree";
import { readRoles } from "./roles";

/** How a Kotlin tree is read. */
export const KOTLIN_READING: Reading = {
  roles: readRoles(roleFile),
  whole: new Set([
    "number_literal", "float_literal", "character_literal", "string_content", "escape_sequence", "label", "shebang", "use_site_target", "class_modifier", "function_modifier", "inheritance_modifier",
    "member_modifier", "parameter_modifier", "platform_modifier", "property_modifier", "reification_modifier", "variance_modifier", "visibility_modifier", "qualified_identifier", "type_modifiers",
    "type_parameter_modifiers", "type_constraints",
  ]),
  words: new Set(),
  skipped: new Set(["line_comment", "block_comment"]),
  lists: new Set(["source_file", "block", "class_body", "enum_class_body", "lambda_literal", "when_expression", "ERROR"]),
  shortcuts: new Map(),
  last: new Map([["assignment", "value"], ["binary_expression", "right"]]),
};
