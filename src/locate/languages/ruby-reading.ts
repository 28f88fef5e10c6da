import type { PlainNode, Reading, Shortcut } from "./plain-tree";
import { readRoles } from "./roles";
import roleFile from "./ruby.scm";

const NOTHING: PlainNode[] = [];

/** Texts without `#` have no inside that runs. */
const text: Shortcut = (source, start, end) => {
  for (let at = start; at < end; at++) if (source.charCodeAt(at) === 35) return null;
  return NOTHING;
};

/** How a Ruby tree is read. */
export const RUBY_READING: Reading = {
  roles: readRoles(roleFile),
  whole: new Set([
    "integer", "float", "character", "simple_symbol", "hash_key_symbol", "string_content", "escape_sequence", "heredoc_beginning", "heredoc_content",
    "heredoc_end", "operator", "setter", "uninterpreted", "empty_statement", "forward_argument", "forward_parameter", "hash_splat_nil", "rational", "complex",
    "encoding", "file", "line", "alias", "undef", "instance_variable", "class_variable", "global_variable", "identifier",
  ]),
  words: new Set(["constant", "nil", "self", "super"]),
  skipped: new Set(["comment"]),
  lists: new Set(["program", "body_statement", "block_body", "then", "else", "ensure", "begin", "do", "parenthesized_statements", "ERROR"]),
  shortcuts: new Map<string, Shortcut>([["string", text], ["string_array", text], ["symbol_array", text], ["regex", text], ["delimited_symbol", text], ["heredoc_body", text]]),
  last: new Map([["binary", "right"], ["pair", "value"], ["assignment", "value"], ["operator_assignment", "value"], ["scope_resolution", "name"]]),
};
