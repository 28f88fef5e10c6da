import roleFile from "./rust.scm";
import type { Reading, Shortcut } from "./plain-tree";
import { readRoles } from "./roles";

const empty: Shortcut = (_text, start, end) => (end - start === 2 ? [] : null);

/** How a Rust tree is read. The rules of `macro_rules!` are patterns of tokens, not code that runs: they are not entered. */
export const RUST_READING: Reading = {
  roles: readRoles(roleFile),
  whole: new Set([
    "string_literal", "raw_string_literal", "char_literal", "integer_literal", "float_literal", "boolean_literal", "negative_literal", "lifetime", "label", "visibility_modifier",
    "extern_modifier", "function_modifiers", "macro_definition", "where_clause", "shebang", "inner_attribute_item", "use_bounds", "fragment_specifier", "higher_ranked_trait_bound", "for_lifetimes",
    "function_type", "removed_trait_bound", "lifetime_parameter", "const_parameter", "range_pattern",
  ]),
  // Raw identifiers (`r#type`) are no plain words.
  words: new Set(["primitive_type", "self", "super", "crate", "mutable_specifier"]),
  skipped: new Set(["line_comment", "block_comment"]),
  lists: new Set(["source_file", "block", "declaration_list", "ERROR"]),
  shortcuts: new Map<string, Shortcut>([["arguments", empty], ["parameters", empty], ["token_tree", empty]]),
  last: new Map([["call_expression", "arguments"], ["field_expression", "name"], ["binary_expression", "right"], ["function_item", "body"], ["scoped_identifier", "name"], ["if_expression", "else"], ["let_condition", "value"], ["reference_expression", "value"], ["match_arm", "value"]]),
};
