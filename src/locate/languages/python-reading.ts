import { isDottedName, lastDot, leaf } from "./plain-tree";
import type { PlainNode, Reading, Shortcut } from "./plain-tree";
import roleFile from "./python.scm";
import { readRoles } from "./roles";

/** Words that the grammar tells apart from identifiers. */
const CONSTANTS: ReadonlyMap<string, string> = new Map([["None", "none"], ["True", "true"], ["False", "false"]]);

function operand(text: string, role: string | null, start: number, end: number): PlainNode {
  const dot = lastDot(text, start, end);
  if (dot < 0) return leaf(CONSTANTS.get(text.slice(start, end)) ?? "identifier", role, start, end);
  return { type: "attribute", role, start, end, children: [operand(text, "object", start, dot), leaf("identifier", "name", dot + 1, end)] };
}

const attribute: Shortcut = (text, start, end) => (isDottedName(text, start, end) ? operand(text, null, start, end).children : null);

const argumentList: Shortcut = (text, start, end) => {
  if (end - start === 2) return [];
  return isDottedName(text, start + 1, end - 1) ? [operand(text, null, start + 1, end - 1)] : null;
};

const parameters: Shortcut = (text, start, end) => {
  if (end - start === 2) return [];
  return isDottedName(text, start + 1, end - 1) ? [leaf("identifier", null, start + 1, end - 1)] : null;
};

/** Only f- and t-strings have an inside that runs; what else is in a string nobody asks for. */
const string: Shortcut = (text, start) => {
  for (let at = start; at < start + 3; at++) {
    switch (text[at]) {
      case "f":
      case "F":
      case "t":
      case "T":
        return null;
      case '"':
      case "'":
      case "`":
        return [];
    }
  }
  return [];
};

/** How a Python tree is read. Annotations are taken as text (python-types.ts), because the quoted ones are strings to the parser. */
export const PYTHON_READING: Reading = {
  roles: readRoles(roleFile),
  whole: new Set([
    "integer", "float", "ellipsis", "type", "type_parameter", "import_prefix", "dotted_name", "relative_import", "string_start", "string_content", "string_end",
    "type_conversion", "break_statement", "continue_statement", "pass_statement", "wildcard_import", "keyword_separator", "positional_separator",
  ]),
  words: new Set(["identifier", "none", "true", "false"]),
  skipped: new Set(["comment", "line_continuation"]),
  lists: new Set(["module", "block", "ERROR"]),
  shortcuts: new Map<string, Shortcut>([["attribute", attribute], ["argument_list", argumentList], ["parameters", parameters], ["string", string]]),
  last: new Map([
    ["call", "arguments"], ["attribute", "name"], ["binary_operator", "right"], ["boolean_operator", "right"], ["not_operator", "value"], ["keyword_argument", "value"],
    ["pair", "value"], ["assignment", "value"], ["augmented_assignment", "value"], ["named_expression", "value"], ["default_parameter", "initial"],
    ["typed_default_parameter", "initial"], ["function_definition", "body"], ["class_definition", "body"], ["lambda", "body"], ["decorated_definition", "definition"],
    ["for_statement", "else"], ["while_statement", "else"], ["with_item", "value"], ["return_statement", ""], ["await", ""], ["decorator", ""], ["parenthesized_expression", ""],
  ]),
};
