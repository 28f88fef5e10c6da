import type { Reading } from "../languages/plain-tree";
import type { TypeRoles } from "../languages/roles";
import type { FormatStyle } from "./text";

/** How a language writes text, calls and names, as far as messages are concerned: node types of its grammar. A role is the field's own name. */
export interface Shape {
  /** Node type -> the fields that are asked for. */
  readonly fields: Readonly<Record<string, readonly string[]>>;
  readonly strings: ReadonlySet<string>;
  /** Parts of a string that are its text. */
  readonly contents: ReadonlySet<string>;
  /** Parts of a string that a value fills; what is inside (or the node itself) is an expression. */
  readonly holes: ReadonlySet<string>;
  /** Strings that follow one another and are one. */
  readonly chains: ReadonlySet<string>;
  readonly binary: ReadonlySet<string>;
  /** Operators that join text. */
  readonly joins: ReadonlySet<string>;
  readonly conditions: ReadonlySet<string>;
  /** Nodes that only wrap one expression. */
  readonly wrappers: ReadonlySet<string>;
  readonly names: ReadonlySet<string>;
  readonly members: ReadonlySet<string>;
  readonly lambdas: ReadonlySet<string>;
  readonly calls: ReadonlySet<string>;
  /** Node type -> where the name and the value of a definition stand: a field, or `#0`, `#-1` for a child by its place. */
  readonly bindings: Readonly<Record<string, readonly [name: string, value: string]>>;
  /** Types and objects that constants stand in: node type -> where its name stands. */
  readonly owners: Readonly<Record<string, string>>;
  /** Statements that raise what they are given. */
  readonly throws: ReadonlySet<string>;
  /** Calls that give text, by their last name (after `.` when they must have a receiver). */
  readonly formatters: Readonly<Record<string, FormatStyle>>;
  readonly comments: ReadonlySet<string>;
}

const set = (...names: string[]): ReadonlySet<string> => new Set(names);
const NONE = set();

const GO: Shape = {
  fields: {
    call_expression: ["function", "arguments"], selector_expression: ["operand", "field"], binary_expression: ["left", "operator", "right"], const_spec: ["name", "value"], var_spec: ["name", "value"],
    short_var_declaration: ["left", "right"], assignment_statement: ["left", "operator", "right"], type_spec: ["name"], keyed_element: ["key", "value"],
  },
  strings: set("interpreted_string_literal", "raw_string_literal"), contents: set("interpreted_string_literal_content", "raw_string_literal_content", "escape_sequence"), holes: NONE, chains: NONE,
  binary: set("binary_expression"), joins: set("+"), conditions: NONE, wrappers: set("parenthesized_expression", "variadic_argument", "literal_element"),
  names: set("identifier"), members: set("selector_expression"), lambdas: NONE, calls: set("call_expression"),
  bindings: { const_spec: ["name", "value"], var_spec: ["name", "value"], short_var_declaration: ["left", "right"], assignment_statement: ["left", "right"] },
  owners: {}, throws: NONE, formatters: { Sprintf: "printf", Errorf: "printf", Sprint: "glued", Sprintln: "blanks" }, comments: set("comment"),
};

const PYTHON: Shape = {
  fields: {
    call: ["function", "arguments"], attribute: ["object", "attribute"], binary_operator: ["left", "operator", "right"], boolean_operator: ["left", "operator", "right"], assignment: ["left", "right"], keyword_argument: ["name", "value"], class_definition: ["name", "body"],
    interpolation: ["expression"], pair: ["key", "value"], augmented_assignment: ["left", "right"], default_parameter: ["name", "value"],
  },
  strings: set("string"), contents: set("string_content"), holes: set("interpolation"), chains: set("concatenated_string"),
  binary: set("binary_operator", "boolean_operator"), joins: set("+"), conditions: set("conditional_expression"), wrappers: set("parenthesized_expression", "keyword_argument", "await"),
  names: set("identifier"), members: set("attribute"), lambdas: set("lambda"), calls: set("call"),
  bindings: { assignment: ["left", "right"] }, owners: { class_definition: "name" }, throws: set("raise_statement"), formatters: { ".format": "named", gettext: "plain", _: "plain" }, comments: set("comment"),
};

const JAVA: Shape = {
  fields: {
    method_invocation: ["object", "name", "arguments"], object_creation_expression: ["type", "arguments"], binary_expression: ["left", "operator", "right"], ternary_expression: ["condition", "consequence", "alternative"],
    variable_declarator: ["name", "value"], assignment_expression: ["left", "operator", "right"], lambda_expression: ["body"], class_declaration: ["name", "body"], interface_declaration: ["name", "body"],
    enum_declaration: ["name", "body"], record_declaration: ["name", "body"], field_access: ["object", "field"], annotation: ["name", "arguments"], method_declaration: ["name", "body"], element_value_pair: ["key", "value"],
  },
  strings: set("string_literal"), contents: set("string_fragment", "multiline_string_fragment", "escape_sequence"), holes: NONE, chains: NONE,
  binary: set("binary_expression"), joins: set("+"), conditions: set("ternary_expression"), wrappers: set("parenthesized_expression", "cast_expression"),
  names: set("identifier"), members: set("field_access"), lambdas: set("lambda_expression"), calls: set("method_invocation", "object_creation_expression"),
  bindings: { variable_declarator: ["name", "value"], assignment_expression: ["left", "right"] }, owners: { class_declaration: "name", interface_declaration: "name", enum_declaration: "name", record_declaration: "name" },
  throws: set("throw_statement"), formatters: { "String.format": "printf", ".formatted": "printf", "MessageFormat.format": "named" }, comments: set("line_comment", "block_comment"),
};

const KOTLIN: Shape = {
  fields: { binary_expression: ["left", "operator", "right"], class_declaration: ["name"], object_declaration: ["name"], if_expression: ["condition"] },
  strings: set("string_literal", "multiline_string_literal"), contents: set("string_content", "escape_sequence"), holes: set("interpolation"), chains: NONE,
  binary: set("binary_expression"), joins: set("+"), conditions: NONE, wrappers: set("parenthesized_expression", "value_argument"),
  names: set("identifier"), members: set("navigation_expression"), lambdas: set("annotated_lambda", "lambda_literal"), calls: set("call_expression"),
  bindings: { property_declaration: ["#variable", "#-1"], assignment: ["#0", "#-1"] }, owners: { class_declaration: "name", object_declaration: "name" }, throws: set("throw_expression"),
  formatters: { ".format": "printf", "String.format": "printf", ".trimIndent": "plain", ".trimMargin": "plain" }, comments: set("line_comment", "block_comment", "multiline_comment"),
};

const JAVASCRIPT: Shape = {
  fields: {
    call_expression: ["function", "arguments"], new_expression: ["constructor", "arguments"], member_expression: ["object", "property"], binary_expression: ["left", "operator", "right"],
    ternary_expression: ["condition", "consequence", "alternative"], variable_declarator: ["name", "value"], assignment_expression: ["left", "right"], public_field_definition: ["name", "value"], field_definition: ["property", "value"],
    pair: ["key", "value"], class_declaration: ["name", "body"], enum_declaration: ["name", "body"], enum_assignment: ["name", "value"], arrow_function: ["body"],
  },
  strings: set("string", "template_string"), contents: set("string_fragment", "escape_sequence"), holes: set("template_substitution"), chains: NONE,
  binary: set("binary_expression"), joins: set("+"), conditions: set("ternary_expression"), wrappers: set("parenthesized_expression", "as_expression", "non_null_expression", "await_expression", "satisfies_expression"),
  names: set("identifier"), members: set("member_expression"), lambdas: set("arrow_function"), calls: set("call_expression", "new_expression"),
  bindings: {
    variable_declarator: ["name", "value"], assignment_expression: ["left", "right"], public_field_definition: ["name", "value"], field_definition: ["property", "value"], pair: ["key", "value"], enum_assignment: ["name", "value"],
  },
  owners: { class_declaration: "name", enum_declaration: "name", variable_declarator: "name" }, throws: set("throw_statement"), formatters: { "util.format": "console", "chalk.*": "plain" }, comments: set("comment"),
};

const CSHARP: Shape = {
  fields: {
    invocation_expression: ["function", "arguments"], object_creation_expression: ["type", "arguments"], member_access_expression: ["expression", "name"], conditional_access_expression: ["condition"], member_binding_expression: ["name"],
    binary_expression: ["left", "operator", "right"], conditional_expression: ["condition", "consequence", "alternative"], variable_declarator: ["name"], assignment_expression: ["left", "right"], class_declaration: ["name", "body"],
    struct_declaration: ["name", "body"], record_declaration: ["name", "body"], attribute: ["name"], attribute_argument: ["name"], method_declaration: ["name", "body"], argument: ["name"], lambda_expression: ["body"],
  },
  strings: set("string_literal", "verbatim_string_literal", "raw_string_literal", "interpolated_string_expression"), contents: set("string_literal_content", "string_content", "raw_string_content", "escape_sequence"),
  holes: set("interpolation"), chains: NONE, binary: set("binary_expression"), joins: set("+"), conditions: set("conditional_expression"), wrappers: set("parenthesized_expression", "argument", "cast_expression", "await_expression"),
  names: set("identifier"), members: set("member_access_expression"), lambdas: set("lambda_expression"), calls: set("invocation_expression", "object_creation_expression"),
  bindings: { variable_declarator: ["name", "#-1"], assignment_expression: ["left", "right"] }, owners: { class_declaration: "name", struct_declaration: "name", record_declaration: "name" }, throws: set("throw_statement", "throw_expression"),
  formatters: { "string.Format": "named", "String.Format": "named" }, comments: set("comment"),
};

const PHP: Shape = {
  fields: {
    function_call_expression: ["function", "arguments"], member_call_expression: ["object", "name", "arguments"], nullsafe_member_call_expression: ["object", "name", "arguments"], scoped_call_expression: ["scope", "name", "arguments"],
    object_creation_expression: ["arguments"], binary_expression: ["left", "operator", "right"], conditional_expression: ["condition", "body", "alternative"], assignment_expression: ["left", "right"], class_declaration: ["name", "body"],
    interface_declaration: ["name", "body"], trait_declaration: ["name", "body"], enum_declaration: ["name", "body"], argument: ["name"], heredoc: ["value"], nowdoc: ["value"], member_access_expression: ["object", "name"], property_element: ["name"],
  },
  strings: set("string", "encapsed_string", "heredoc", "nowdoc", "heredoc_body", "nowdoc_body"), contents: set("string_content", "escape_sequence", "nowdoc_string"),
  holes: set("variable_name", "member_access_expression", "nullsafe_member_access_expression", "subscript_expression", "dynamic_variable_name", "member_call_expression", "scoped_call_expression", "function_call_expression"), chains: NONE,
  binary: set("binary_expression"), joins: set("."), conditions: set("conditional_expression"), wrappers: set("parenthesized_expression", "argument", "cast_expression"),
  names: set("variable_name", "name"), members: set("class_constant_access_expression", "member_access_expression"), lambdas: NONE,
  calls: set("function_call_expression", "member_call_expression", "nullsafe_member_call_expression", "scoped_call_expression", "object_creation_expression", "echo_statement", "print_intrinsic"),
  bindings: { const_element: ["#0", "#-1"], property_element: ["#0", "#-1"], assignment_expression: ["left", "right"] },
  owners: { class_declaration: "name", interface_declaration: "name", trait_declaration: "name", enum_declaration: "name" }, throws: set("throw_expression"), formatters: { sprintf: "printf" }, comments: set("comment"),
};

const RUBY: Shape = {
  fields: {
    call: ["receiver", "method", "arguments", "block"], binary: ["left", "operator", "right"], conditional: ["condition", "consequence", "alternative"], assignment: ["left", "right"], class: ["name", "body"], module: ["name", "body"],
    pair: ["key", "value"], block: ["body"], do_block: ["body"],
  },
  strings: set("string", "heredoc_body"), contents: set("string_content", "escape_sequence", "heredoc_content"), holes: set("interpolation"), chains: set("chained_string"),
  binary: set("binary"), joins: set("+", "<<"), conditions: set("conditional"), wrappers: set("parenthesized_statements", "block_body", "body_statement"),
  names: set("identifier", "constant"), members: set("scope_resolution"), lambdas: set("block", "do_block"), calls: set("call"),
  bindings: { assignment: ["left", "right"] }, owners: { class: "name", module: "name" }, throws: NONE, formatters: { format: "printf", sprintf: "printf", ".freeze": "plain", ".strip": "plain", ".squish": "plain" }, comments: set("comment"),
};

const RUST: Shape = {
  fields: {
    macro_invocation: ["macro"], call_expression: ["function", "arguments"], field_expression: ["value", "field"], scoped_identifier: ["path", "name"], const_item: ["name", "value"], static_item: ["name", "value"],
    let_declaration: ["pattern", "value"], binary_expression: ["left", "operator", "right"], closure_expression: ["body"],
  },
  strings: set("string_literal", "raw_string_literal"), contents: set("string_content", "escape_sequence"), holes: NONE, chains: NONE, binary: set("binary_expression"), joins: set("+"), conditions: NONE,
  wrappers: set("parenthesized_expression", "reference_expression"), names: set("identifier"), members: set("scoped_identifier", "field_expression"), lambdas: set("closure_expression"), calls: set("macro_invocation", "call_expression"),
  bindings: { const_item: ["name", "value"], static_item: ["name", "value"], let_declaration: ["pattern", "value"] }, owners: {}, throws: NONE, formatters: { "format!": "named", ".to_string": "plain", ".to_owned": "plain", ".into": "plain", "String.from": "plain" },
  comments: set("line_comment", "block_comment"),
};

const SHAPES: Readonly<Record<string, Shape>> = { go: GO, python: PYTHON, java: JAVA, kotlin: KOTLIN, javascript: JAVASCRIPT, csharp: CSHARP, php: PHP, ruby: RUBY, rust: RUST };

export function shapeOf(language: string): Shape | null {
  return SHAPES[language] ?? null;
}

const readings = new Map<Shape, Reading>();

/** For `readPlainTree`: every named node but comments, fields under their own names. */
export function readingOf(shape: Shape): Reading {
  let reading = readings.get(shape);
  if (reading === undefined) {
    const byType = new Map<string, TypeRoles>(Object.entries(shape.fields).map(([type, fields]) => [type, { byField: new Map(fields.map((field) => [field, field])), tokens: fields.includes("operator") }]));
    reading = { roles: { byType }, whole: NONE, words: NONE, skipped: shape.comments, lists: NONE, shortcuts: new Map(), last: new Map() };
    readings.set(shape, reading);
  }
  return reading;
}
