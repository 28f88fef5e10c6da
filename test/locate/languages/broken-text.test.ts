import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import type { Place } from "../../../src/locate/flow/flow-model";
import { csharp } from "../../../src/locate/languages/csharp";
import { go } from "../../../src/locate/languages/go";
import { java } from "../../../src/locate/languages/java";
import { javascript } from "../../../src/locate/languages/javascript";
import { php } from "../../../src/locate/languages/php";
import { python } from "../../../src/locate/languages/python";
import { rust } from "../../../src/locate/languages/rust";
import { ruby } from "../../../src/locate/languages/ruby";
import { lowererFor } from "./lower-text";
import type { Lowerer } from "./lower-text";

/** Read as text, or gone when the program runs. */
const TYPES = [
  "type_annotation", "type_arguments", "type_parameters", "type_alias_declaration", "interface_declaration", "ambient_declaration", "implements_clause", "import_attribute", "extends_type_clause",
  "asserts_annotation", "type_predicate_annotation", "function_signature", "method_signature", "abstract_method_signature", "index_signature", "call_signature", "construct_signature", "property_signature",
  "object_type", "type_query", "generic_type", "union_type", "intersection_type", "array_type", "tuple_type", "lookup_type", "literal_type", "conditional_type", "function_type", "constructor_type",
  "parenthesized_type", "readonly_type", "index_type_query", "infer_type", "template_literal_type", "flow_maybe_type", "optional_type", "rest_type", "nested_type_identifier", "mapped_type_clause",
];

const CASES = [
  // Attributes hold constants; conditions of the preprocessor, and what stands in a declared type, run nothing.
  { language: csharp, grammar: csharp.grammar, fixture: "everything.cs", callType: "invocation_expression", notRun: ["attribute", "preproc_if_in_attribute_list", "array_type"] },
  { language: go, grammar: go.grammar, fixture: "everything.go", callType: "call_expression", notRun: ["array_type"] },
  // What stands in a handler's head is its types and its name; annotations are read as text.
  // Annotations hold constants, array dimensions of types no code.
  { language: java, grammar: java.grammar, fixture: "everything.java", callType: "method_invocation", notRun: ["annotation", "marker_annotation", "annotation_type_element_declaration"] },
  // Attributes of parameters hold constants.
  { language: php, grammar: php.grammar, fixture: "everything.php", callType: "function_call_expression", notRun: ["attribute_list"] },
  { language: python, grammar: python.grammar, fixture: "everything.py", callType: "call", notRun: ["type", "as_pattern_target", "except_clause"] },
  // Rules of macros are patterns of tokens; tests are no part of what runs; lengths of arrays and the types' own constants are the compiler's.
  { language: rust, grammar: rust.grammar, fixture: "everything.rs", callType: "call_expression", notRun: ["attribute", "macro_definition", "macro_rule", "array_type", "type_arguments", "const_parameter", "where_clause", "range_pattern", "const_block"] },
  // Many of its calls are something else to the flow (`raise`, `attr_reader`, `x.nil?`): its lists stand for them.
  { language: ruby, grammar: ruby.grammar, fixture: "everything.rb", callType: "array", notRun: ["exceptions", "superclass", "exception_variable"] },
  { language: javascript, grammar: javascript.grammar, fixture: "everything.js", callType: "call_expression", notRun: ["import_attribute"] },
  { language: javascript, grammar: "tree-sitter-typescript", fixture: "everything.ts", callType: "call_expression", notRun: TYPES },
] as const;

const SNIPPETS = ["(", ")", "{", "}", "[", "]", '"', "'", "if ", "else", "@", "\n", "\t", "    ", "f()", " g(x) ", ":", ";", "=", ":=", "é🙂", "\0", "func ", "def ", "return ", "\\"];

/** What a person does to a file between two valid states of it: cut, type, and paste pieces of it elsewhere. Fractions of the text's length. */
type Edit =
  | { readonly kind: "cut"; readonly at: number; readonly length: number }
  | { readonly kind: "type"; readonly at: number; readonly text: string }
  | { readonly kind: "paste"; readonly at: number; readonly from: number; readonly length: number };

const edits: fc.Arbitrary<Edit[]> = fc.array(
  fc.oneof(
    fc.record({ kind: fc.constant("cut" as const), at: fc.double({ min: 0, max: 1, noNaN: true }), length: fc.nat(60) }),
    fc.record({ kind: fc.constant("type" as const), at: fc.double({ min: 0, max: 1, noNaN: true }), text: fc.constantFrom(...SNIPPETS) }),
    fc.record({ kind: fc.constant("paste" as const), at: fc.double({ min: 0, max: 1, noNaN: true }), from: fc.double({ min: 0, max: 1, noNaN: true }), length: fc.nat(60) }),
  ),
  { minLength: 1, maxLength: 6 },
);

function edited(text: string, changes: readonly Edit[]): string {
  for (const change of changes) {
    const at = Math.floor(change.at * text.length);
    if (change.kind === "cut") text = text.slice(0, at) + text.slice(at + change.length);
    else if (change.kind === "type") text = text.slice(0, at) + change.text + text.slice(at);
    else {
      const from = Math.floor(change.from * text.length);
      text = text.slice(0, at) + text.slice(from, from + change.length) + text.slice(at);
    }
  }
  return text;
}

describe.each(CASES.map((one) => [one.fixture, one] as const))("%s", (_fixture, { language, grammar, fixture, callType, notRun }) => {
  let lowerer: Lowerer;
  beforeAll(async () => {
    lowerer = await lowererFor(language, grammar);
  });

  test("whatever is done to a text: no throw, no call lost, places inside the text", () => {
    const text = readFileSync(fileURLToPath(new URL(`../../corpus/syntax/${fixture}`, import.meta.url)), "utf8");
    fc.assert(
      fc.property(edits, (changes) => {
        const broken = edited(text, changes);
        const flow = lowerer.lower(broken);
        const lengths = broken.split("\n").map((line) => line.length);
        const calls = new Set<string>();
        const visit = (value: unknown): void => {
          if (typeof value !== "object" || value === null) return;
          const { is, at, name } = value as { is?: string; at?: Place; name?: string };
          if (is !== undefined && at !== undefined) {
            const [line, column, endLine, endColumn] = at;
            expect(line < endLine || (line === endLine && column <= endColumn)).toBe(true);
            expect(column >= 1 && column <= lengths[line - 1]! + 1 && endColumn <= lengths[endLine - 1]! + 1).toBe(true);
            // `x.unwrap()` and `Some(x)` are x, `Err(x)` is nothing.
            if (language === rust && (is === "same" || is === "literal")) calls.add(at.join(":"));
            if (is === "call" || is === "build" || (is === "name" && name?.startsWith("require ") === true)) calls.add(at.join(":"));
          }
          for (const inner of Object.values(value)) visit(inner);
        };
        visit(flow.functions);
        lowerer.withRoot(broken, (root) => {
          expect(flow.hasSyntaxErrors).toBe(root.hasError);
          for (const call of lowerer.nodesOfType(root, callType)) {
            const { startPosition: start, endPosition: end } = call;
            const place = [start.row + 1, start.column + 1, end.row + 1, end.column + 1].join(":");
            let at = call.parent;
            while (at !== null && !(notRun as readonly string[]).includes(at.type)) at = at.parent;
            if (at === null) expect(calls).toContain(place);
          }
        });
      }),
      { numRuns: 150 },
    );
  }, 180_000);

  test("whatever text it is given, it does not throw", () => {
    fc.assert(fc.property(fc.string({ unit: "binary", maxLength: 200 }), (text) => {
      expect(lowerer.lower(text).functions[0]!.name).toBe("<module>");
    }), { numRuns: 150 });
  }, 180_000);
});
