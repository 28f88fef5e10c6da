import type { Argument, Case, Expression, FileFlow, Place, Step, TypeRef } from "../flow/flow-model";
import type { LowerInput } from "./language";
import { Lowering, flowOf, MAX_DEPTH, logicChain } from "./lowering";
import type { OpenFunction } from "./lowering";
import { associates, joinOperands, lowerOperators, positional, USUAL_OPERATORS } from "./operators";
import type { OperatorKind } from "./operators";
import { childOfType, part } from "./plain-tree";
import type { PlainNode } from "./plain-tree";
import { lowerMacro } from "./rust-macros";
import type { MacroHost } from "./rust-macros";
import { RustPaths, segmentsOf, usedPaths } from "./rust-paths";
import { RUST_READING } from "./rust-reading";
import { readRustType } from "./rust-types";

/** A Rust file, lowered. Never throws, whatever the text: what is not understood is in `opaque`. */
export function lowerRust(input: LowerInput): FileFlow {
  const file = new RustFile(input.text, input.module);
  return { ...flowOf(input, "rust", RUST_READING, ["//"], file), imports: file.paths.imports };
}

/** Where the value of a block goes: nowhere, out of the function, or into a name of ours. */
type Sink = { readonly to: "nowhere" } | { readonly to: "caller" } | { readonly to: "name"; readonly name: string };

const NOWHERE: Sink = { to: "nowhere" };
const CALLER: Sink = { to: "caller" };

interface Breakable {
  /** As written, with its quote; null without one. */
  readonly label: string | null;
  readonly name: string;
  readonly isLoop: boolean;
  readonly sink: Sink;
}

/** What a function body is lowered into, put aside while another one is. */
interface Frame {
  readonly fn: OpenFunction;
  readonly into: Step[];
  readonly breakables: Breakable[];
  readonly owner: string | null;
  readonly inside: number;
  /** Where `?` goes inside a `try` block. */
  readonly tries: string[];
}

/** Methods that give what they are called on, as far as a leak is concerned: the value out of its option or result, a reference, another handle. */
const SAME_METHODS: ReadonlySet<string> = new Set([
  "unwrap", "expect", "unwrap_or_default", "unwrap_or_else", "unwrap_or", "unwrap_unchecked", "map_err", "context", "with_context", "wrap_err", "wrap_err_with", "ok", "ok_or", "ok_or_else", "as_ref", "as_mut", "as_deref",
  "as_deref_mut", "clone", "cloned", "copied", "to_owned", "by_ref", "or_else", "inspect_err", "inspect", "as_pin_mut", "boxed", "into_future",
]);
const COPIES: ReadonlySet<string> = new Set(["clone", "cloned", "copied", "to_owned"]);
/** Methods that tell whether there is something. */
const TELLS: ReadonlyMap<string, "==" | "!="> = new Map([["is_some", "!="], ["is_ok", "!="], ["is_none", "=="], ["is_err", "=="]]);
/** Types whose `new` only wraps. */
const WRAPPERS: ReadonlySet<string> = new Set(["Box", "Arc", "Rc", "Pin"]);
/** Extractors of the web frameworks: what a handler wants is in them. */
const EXTRACTORS: ReadonlySet<string> = new Set(["State", "Data", "Extension", "Json", "Query", "Path", "Form", "ReqData"]);
/** Attributes of code that is no part of the program that serves. */
const TEST = /^#\[\s*(?:cfg\s*\(\s*(?:test|any\s*\(\s*test|all\s*\(\s*test)\b|(?:[\w:]+::)?(?:test|bench|rstest|test_case|wasm_bindgen_test|proptest)\b)/;
const CONSTANT = /^(?:[A-Z]|r#[A-Z])/;
const STRUCTURED: ReadonlySet<string> = new Set([
  "if_expression", "match_expression", "block", "unsafe_block", "const_block", "try_block", "loop_expression", "while_expression", "for_expression", "return_expression", "break_expression", "continue_expression",
  "assignment_expression", "compound_assignment_expr",
]);
/** Named nodes without anything that runs in them. */
const SILENT: ReadonlySet<string> = new Set([
  "empty_statement", "macro_definition", "extern_crate_declaration", "attribute_item", "inner_attribute_item", "associated_type", "visibility_modifier", "shebang", "type_item", "label", "lifetime", "mutable_specifier",
  "line_comment", "block_comment", "where_clause", "function_modifiers",
]);
const TYPES: ReadonlySet<string> = new Set([
  "type_identifier", "scoped_type_identifier", "generic_type", "generic_type_with_turbofish", "reference_type", "pointer_type", "array_type", "tuple_type", "unit_type", "never_type", "dynamic_type", "abstract_type",
  "bounded_type", "function_type", "primitive_type", "bracketed_type", "qualified_type", "type_arguments", "removed_trait_bound", "higher_ranked_trait_bound", "type_binding", "trait_bounds", "type_parameters", "use_bounds",
]);

class RustFile extends Lowering implements MacroHost {
  readonly paths: RustPaths;
  #frame!: Frame;
  #temporaries = 0;
  readonly #declared = new Map<string, { fields: { name: string; type: TypeRef | null }[]; bases: TypeRef[] }>();

  constructor(text: string, module: string) {
    super(text);
    this.paths = new RustPaths(module);
  }

  lower(root: PlainNode): void {
    this.#findNames(root, 0);
    const fn = this.openFunction("<module>", "<module>", null, this.at(root), this.between(root.start, root.start));
    this.#frame = { fn, into: fn.body, breakables: [], owner: null, inside: 0, tries: [] };
    this.#list(root.children, NOWHERE);
    for (const error of this.leftErrors(root)) this.#error(error);
    this.lowerPostponed();
  }

  push(step: Step): void {
    this.#frame.into.push(step);
  }

  temporary(kind: "q" | "m" | "v" | "p" | "d"): string {
    return `~${kind}${++this.#temporaries}`;
  }

  /** Runs `build` with its steps going elsewhere. */
  collect(build: () => void): Step[] {
    const steps: Step[] = [];
    const frame = this.#frame;
    this.#frame = { ...frame, into: steps };
    build();
    this.#frame = frame;
    return steps;
  }

  // --- names

  /** Names that paths begin with: items may be used above their declaration. */
  #findNames(root: PlainNode, inside: number): void {
    if (inside > 50) return;
    for (const child of root.children) {
      const name = part(child, "name");
      switch (child.type) {
        case "mod_item": {
          if (name === null) break;
          const body = part(child, "body");
          if (body === null) this.paths.declareModule(this.#word(name));
          else {
            this.paths.declareInline(this.#word(name));
            this.#findNames(body, inside + 1);
          }
          break;
        }
        case "struct_item":
        case "enum_item":
        case "union_item":
        case "trait_item":
        case "function_item":
        case "type_item":
        case "const_item":
        case "static_item":
          if (name !== null) this.paths.declareName(this.#word(name));
          break;
        case "use_declaration":
          if (!this.#isTest(child, root)) for (const used of usedPaths(child, this.text)) this.paths.use(used, inside);
          break;
      }
    }
  }

  #word(node: PlainNode): string {
    return this.textOf(node).replace(/^r#/, "");
  }

  named(node: PlainNode): Expression {
    return { is: "name", name: this.#word(node), at: this.at(node) };
  }

  #qualify(segments: readonly string[]): string {
    if (segments[0] === "Self") return this.#frame.owner === null ? "Self" : [`.${this.#frame.owner}`, ...segments.slice(1)].join(".");
    return this.paths.qualify(segments, this.#frame.inside);
  }

  #type(node: PlainNode | null): TypeRef | null {
    return readRustType(node, this.text, (segments) => this.#qualify(segments));
  }

  /** A path as a chain of members: `std::fs::read`. */
  path(segments: readonly string[], at: Place): Expression {
    let i = 0;
    let head: string;
    const [first] = segments;
    if (first === "crate") {
      head = this.paths.crate();
      i = 1;
    } else if (first === "self" && segments.length > 1) {
      head = this.paths.self();
      i = 1;
    } else if (first === "super") {
      while (segments[i] === "super") i++;
      head = this.paths.above(i - this.#frame.inside);
    } else if (first === "Self" && this.#frame.owner !== null) {
      head = this.#frame.owner;
      i = 1;
    } else {
      head = segments.length > 1 ? this.paths.head(first ?? "") : first ?? "";
      i = 1;
    }
    let result: Expression = { is: "name", name: head, at };
    for (; i < segments.length; i++) result = { is: "member", object: result, name: segments[i]!, at };
    return result;
  }

  #pathOf(node: PlainNode): Expression {
    return this.path(this.#segments(node), this.at(node));
  }

  #segments(node: PlainNode): string[] {
    switch (node.type) {
      case "scoped_identifier":
      case "scoped_type_identifier": {
        const path = part(node, "path");
        const name = part(node, "name");
        return [...(path === null ? [] : this.#segments(path)), ...(name === null ? [] : [this.#word(name)])];
      }
      case "generic_type":
      case "generic_type_with_turbofish":
      case "generic_function": {
        const inner = part(node, "type") ?? part(node, "callee");
        return inner === null ? [] : this.#segments(inner);
      }
      case "bracketed_type":
      case "qualified_type":
      case "reference_type": {
        const inner = part(node, "type") ?? node.children[0];
        return inner === undefined ? [] : this.#segments(inner);
      }
      case "identifier":
      case "type_identifier":
      case "self":
      case "super":
      case "crate":
      case "primitive_type":
      case "metavariable":
        return segmentsOf(this.textOf(node));
      default:
        return ["?"];
    }
  }

  // --- items and statements

  #list(children: readonly PlainNode[], sink: Sink): void {
    let attributes: PlainNode[] = [];
    children.forEach((child, i) => {
      if (child.type === "attribute_item") {
        attributes.push(child);
        return;
      }
      const given = attributes;
      attributes = [];
      if (given.some((attribute) => TEST.test(this.textOf(attribute)))) return;
      const isLast = i === children.length - 1;
      this.#statement(child, isLast ? sink : NOWHERE, given);
    });
  }

  #isTest(child: PlainNode, parent: PlainNode): boolean {
    for (let i = parent.children.indexOf(child) - 1; i >= 0 && parent.children[i]!.type === "attribute_item"; i--) if (TEST.test(this.textOf(parent.children[i]!))) return true;
    return false;
  }

  #statement(node: PlainNode, sink: Sink = NOWHERE, attributes: readonly PlainNode[] = []): void {
    this.depth++;
    if (this.depth > MAX_DEPTH) this.push(this.cutStep(node));
    else this.#statementHere(node, sink, attributes);
    for (const error of this.leftErrors(node)) this.#error(error);
    this.depth--;
  }

  #statementHere(node: PlainNode, sink: Sink, attributes: readonly PlainNode[]): void {
    if (SILENT.has(node.type) || TYPES.has(node.type)) return;
    switch (node.type) {
      case "use_declaration":
        if (this.#frame.fn.id !== 0) for (const used of usedPaths(node, this.text)) this.paths.use(used, this.#frame.inside);
        return;
      case "expression_statement": {
        const [value] = node.children;
        if (value !== undefined) this.#value(value, this.text.charCodeAt(node.end - 1) === 59 ? NOWHERE : sink);
        return;
      }
      case "let_declaration":
        this.#let(node);
        return;
      case "function_item":
      case "function_signature_item":
        this.#function(node, attributes);
        return;
      case "mod_item": {
        const body = part(node, "body");
        if (body === null) return;
        const frame = this.#frame;
        this.#frame = { ...frame, inside: frame.inside + 1 };
        this.#list(body.children, NOWHERE);
        this.#frame = frame;
        return;
      }
      case "foreign_mod_item":
      case "declaration_list":
        this.#list((part(node, "body") ?? node).children, NOWHERE);
        return;
      case "impl_item":
      case "trait_item":
        this.#implementation(node);
        return;
      case "struct_item":
      case "union_item":
      case "enum_item":
        this.#declareType(node);
        return;
      case "const_item":
      case "static_item": {
        const name = part(node, "name");
        const value = part(node, "value");
        const type = this.#type(part(node, "type"));
        if (name === null) return;
        const word = this.#word(name);
        if (this.#frame.fn.id === 0 && word !== "_") this.globals.push({ name: word, type });
        const lowered = value === null ? null : this.#expression(value);
        this.push({ is: "bind", targets: [{ is: "name", name: word, at: this.at(name) }], value: lowered, declares: true, type, at: this.at(node) });
        return;
      }
      case "ERROR":
        this.#error(node);
        return;
      default:
        this.#value(node, sink);
    }
  }

  #error(node: PlainNode): void {
    this.tookError(node);
    this.inError++;
    const body = this.collect(() => node.children.forEach((child) => this.#statement(child)));
    this.inError--;
    this.push({ is: "opaque", nodeType: "ERROR", body, at: this.at(node) });
  }

  #let(node: PlainNode): void {
    const target = part(node, "target");
    const value = part(node, "value");
    const otherwise = part(node, "else");
    const type = this.#type(part(node, "type"));
    if (target === null) return;
    let lowered = value === null ? null : this.#expression(value);
    if (otherwise !== null && lowered !== null) {
      lowered = this.#steady(lowered, "d");
      const test = this.#test(target, lowered);
      const at = this.at(otherwise);
      const steps = this.collect(() => this.#block(otherwise, NOWHERE));
      this.push({ is: "if", condition: test ?? { is: "operator", parts: [lowered], at }, then: [], else: steps, at });
    }
    this.#bindPattern(target, lowered, type, this.at(node));
  }

  #declare(name: string): { fields: { name: string; type: TypeRef | null }[]; bases: TypeRef[] } {
    let known = this.#declared.get(name);
    if (known === undefined) {
      known = { fields: [], bases: [] };
      this.#declared.set(name, known);
      this.types.push({ name, ...known });
    }
    return known;
  }

  #declareType(node: PlainNode): void {
    const name = part(node, "name");
    if (name === null) return;
    const declared = this.#declare(this.#word(name));
    const body = part(node, "body");
    if (body === null) return;
    const fields = (list: PlainNode): void => {
      let position = 0;
      for (const child of list.children) {
        if (child.type === "field_declaration") {
          const field = part(child, "name");
          if (field !== null) declared.fields.push({ name: this.#word(field), type: this.#type(part(child, "type")) });
        } else if (child.role === "type") declared.fields.push({ name: `${position++}`, type: this.#type(child) });
        else if (child.type === "enum_variant") {
          const variant = part(child, "body");
          if (variant !== null) fields(variant);
          const value = part(child, "value");
          if (value !== null) this.push({ is: "do", value: this.#expression(value), at: this.at(value) });
        }
      }
    };
    fields(body);
  }

  #implementation(node: PlainNode): void {
    const isTrait = node.type === "trait_item";
    const named = isTrait ? part(node, "name") : part(node, "type");
    const body = part(node, "body");
    const type = this.#type(named);
    const own = isTrait ? this.#word(named ?? node) : type === null ? null : type.name.startsWith(".") ? type.name.slice(1) : type.name.slice(type.name.lastIndexOf(".") + 1);
    if (own !== null) {
      const declared = isTrait || this.paths.declares(own) ? this.#declare(own) : null;
      const trait = this.#type(part(node, "trait"));
      if (trait !== null && declared !== null) declared.bases.push(trait);
      if (isTrait) for (const bound of part(node, "bounds")?.children ?? []) {
        const base = this.#type(bound);
        if (base !== null) this.#declare(own).bases.push(base);
      }
    }
    if (body === null) return;
    const frame = this.#frame;
    this.#frame = { ...frame, owner: own };
    this.#list(body.children, NOWHERE);
    this.#frame = frame;
  }

  #function(node: PlainNode, attributes: readonly PlainNode[]): void {
    const frame = this.#frame;
    const nameNode = part(node, "name");
    const name = nameNode === null ? "" : this.#word(nameNode);
    const nested = frame.fn.id !== 0;
    const owner = nested ? null : frame.owner;
    const symbol = owner !== null ? `${owner}.${name}` : nested ? `${frame.fn.symbol}.${name}` : name;
    const fn = this.openFunction(name, symbol, nested ? frame.fn.id : null, this.at(node), this.at(nameNode ?? node));
    fn.owner = owner;
    const modifiers = childOfType(node, "function_modifiers");
    fn.isAsync = modifiers !== null && /\basync\b/.test(this.textOf(modifiers));
    fn.decorators = attributes.flatMap((attribute) => this.#decorator(attribute));
    if (nested) this.push({ is: "define", name, function: fn.id, at: this.at(node) });
    const body = part(node, "body");
    if (body === null) fn.isAbstract = true;
    const bounds = new Map<string, PlainNode>();
    for (const parameter of part(node, "type.parameters")?.children ?? []) {
      const bound = part(parameter, "bounds");
      const named = part(parameter, "name");
      if (bound !== null && named !== null) bounds.set(this.#word(named), bound);
    }
    this.#frame = { fn, into: fn.body, breakables: [], owner: frame.owner, inside: frame.inside, tries: [] };
    this.#parameters(part(node, "parameters"), bounds);
    const result = part(node, "result");
    if (result !== null) fn.results.push(this.#bounded(result, bounds));
    if (body !== null) this.#blockSteps(body, result === null ? NOWHERE : CALLER);
    this.#frame = frame;
  }

  /** A type, or what a type parameter is bound by: `S: Store`. */
  #bounded(node: PlainNode | null, bounds: ReadonlyMap<string, PlainNode>): TypeRef | null {
    let inner = node;
    while (inner?.type === "reference_type") inner = part(inner, "type");
    const bound = inner?.type === "type_identifier" ? bounds.get(this.#word(inner)) : undefined;
    return this.#type(bound === undefined ? node : bound.children[0] ?? null);
  }

  #decorator(attribute: PlainNode): Expression[] {
    const inner = childOfType(attribute, "attribute");
    const path = inner?.children.find((child) => child.role === null);
    if (inner === undefined || inner === null || path === undefined) return [];
    const segments = this.#segments(path);
    // Attributes of the language itself name nothing that could be called.
    if (segments.length === 1 && BUILT_IN_ATTRIBUTES.has(segments[0]!)) return [];
    const callee = this.path(segments, this.at(path));
    return [part(inner, "arguments") === null ? callee : { is: "call", callee, arguments: [], at: this.at(inner) }];
  }

  #parameters(list: PlainNode | null, bounds: ReadonlyMap<string, PlainNode>): void {
    const { fn } = this.#frame;
    for (const child of list?.children ?? []) {
      if (child.type === "self_parameter") fn.receiver = "self";
      else if (child.type === "parameter") this.#parameter(part(child, "target"), this.#bounded(part(child, "type"), bounds), child);
      else if (child.type === "variadic_parameter") fn.parameters.push({ name: "", type: null, variadic: true, initial: null });
      else if (list?.type === "closure_parameters") this.#parameter(child, null, child);
      else if (TYPES.has(child.type)) fn.parameters.push({ name: "", type: this.#type(child), variadic: false, initial: null });
    }
  }

  #parameter(target: PlainNode | null, type: TypeRef | null, node: PlainNode): void {
    const { fn } = this.#frame;
    if (target?.type === "self") {
      fn.receiver = "self";
      return;
    }
    const extractor = type !== null && type.element !== null && EXTRACTORS.has(type.name.slice(type.name.lastIndexOf(".") + 1));
    let plain = target;
    while (plain !== null && plain.type === "mut_pattern" && plain.children.length > 0) plain = plain.children.at(-1)!;
    if (plain?.type === "identifier" && !extractor) {
      fn.parameters.push({ name: this.#word(plain), type, variadic: false, initial: null });
      return;
    }
    const name = plain === null || plain.type === "_" ? "" : this.temporary("p");
    fn.parameters.push({ name, type, variadic: false, initial: null });
    if (plain === null || name === "") return;
    const at = this.at(node);
    const given: Expression = { is: "name", name, at };
    if (!extractor) this.#bindPattern(plain, given, null, at);
    else {
      // `State(pool)`, and `data: web::Data<T>`, which is used as if it were the T.
      const wanted = plain.type === "tuple_struct_pattern" ? plain.children.find((child) => child.role !== "type") ?? null : plain;
      if (wanted !== null) this.#bindPattern(wanted, { is: "index", object: given, parts: [], at }, null, at);
    }
  }

  // --- blocks and values

  #block(node: PlainNode, sink: Sink): void {
    const body = this.collect(() => this.#blockSteps(node, sink));
    this.push({ is: "block", body, at: this.at(node) });
  }

  #blockSteps(node: PlainNode, sink: Sink): void {
    if (node.type !== "block") {
      this.#value(node, sink);
      return;
    }
    const label = childOfType(node, "label");
    const children = label === null ? node.children : node.children.filter((child) => child !== label);
    if (label === null) {
      this.#list(children, sink);
      return;
    }
    const name = `~end${++this.#temporaries}`;
    this.#frame.breakables.push({ label: this.textOf(label), name, isLoop: false, sink });
    this.#list(children, sink);
    this.#frame.breakables.pop();
    this.push({ is: "label", name, at: this.between(node.end, node.end) });
  }

  #deliver(value: Expression, sink: Sink, at: Place): void {
    if (sink.to === "caller") this.push({ is: "return", values: [value], at });
    else if (sink.to === "name") this.push({ is: "bind", targets: [{ is: "name", name: sink.name, at: value.at }], value, declares: false, type: null, at });
    else if (!isNothing(value)) this.push({ is: "do", value, at });
  }

  /** Lowers an expression whose value goes to `sink`. */
  #value(node: PlainNode, sink: Sink): void {
    this.depth++;
    if (this.depth > MAX_DEPTH && node.children.length > 0) this.push(this.cutStep(node));
    else this.#valueHere(node, sink);
    this.depth--;
  }

  #valueHere(node: PlainNode, sink: Sink): void {
    const at = this.at(node);
    switch (node.type) {
      case "block":
        this.#block(node, sink);
        return;
      case "unsafe_block":
      case "const_block": {
        const block = childOfType(node, "block");
        if (block !== null) this.#block(block, sink);
        return;
      }
      case "try_block": {
        const block = childOfType(node, "block");
        if (block === null) return;
        const name = `~end${++this.#temporaries}`;
        this.#frame.tries.push(name);
        this.#block(block, sink);
        this.#frame.tries.pop();
        this.push({ is: "label", name, at: this.between(node.end, node.end) });
        return;
      }
      case "if_expression":
        this.#if(node, sink);
        return;
      case "match_expression":
        this.#match(node, sink);
        return;
      case "loop_expression":
      case "while_expression":
      case "for_expression":
        this.#loop(node, sink);
        return;
      case "return_expression": {
        const [value] = node.children;
        if (value === undefined) this.push({ is: "return", values: [], at });
        else if (STRUCTURED.has(value.type)) this.#value(value, CALLER);
        else this.push({ is: "return", values: [this.#expression(value)], at });
        return;
      }
      case "break_expression":
      case "continue_expression":
        this.#jump(node, at);
        return;
      case "assignment_expression": {
        const target = part(node, "target");
        const value = part(node, "value");
        if (target === null || value === null) return;
        const lowered = this.#expression(value);
        this.#assign(target, lowered, at);
        return;
      }
      case "compound_assignment_expr": {
        const target = part(node, "target");
        const value = part(node, "value");
        if (target === null || value === null) return;
        const right = this.#expression(value);
        const left = this.#expression(target);
        this.push({ is: "bind", targets: [left], value: { is: "operator", parts: [...(left.is === "name" ? [left] : []), right], at }, declares: false, type: null, at });
        return;
      }
      case "expression_statement":
      case "attribute_item":
        if (node.type === "expression_statement") this.#statementHere(node, sink, []);
        return;
      default:
        this.#deliver(this.#expression(node), sink, at);
    }
  }

  #assign(target: PlainNode, value: Expression, at: Place): void {
    if (target.type === "tuple_expression" && target.children.length > 0) {
      const parts = target.children.map((child) => positional(this.#expression(child)));
      this.push({ is: "bind", targets: [{ is: "build", holds: false, type: null, tuple: true, parts, at: this.at(target) }], value, declares: false, type: null, at });
      return;
    }
    if (this.textOf(target) === "_") this.push({ is: "do", value, at });
    else this.push({ is: "bind", targets: [this.#expression(target)], value, declares: false, type: null, at });
  }

  #jump(node: PlainNode, at: Place): void {
    const label = childOfType(node, "label");
    const written = label === null ? null : this.textOf(label);
    const isBreak = node.type === "break_expression";
    const target = this.#target(written);
    const value = node.children.find((child) => child !== label);
    if (value !== undefined) this.#value(value, target?.sink ?? NOWHERE);
    this.jump(isBreak, written, at);
  }

  #target(written: string | null): Breakable | null {
    return [...this.#frame.breakables].reverse().find((one) => (written === null ? one.isLoop : one.label === written)) ?? null;
  }

  jump(isBreak: boolean, written: string | null, at: Place): void {
    const target = this.#target(written);
    if (target === null) this.push({ is: isBreak ? "break" : "continue", label: written, at });
    else if (target.isLoop) this.push({ is: isBreak ? "break" : "continue", label: target.name, at });
    else this.push({ is: "goto", label: target.name, at });
  }

  /** The steps of a condition that may bind: `then` stands where it holds. What the condition itself evaluates before goes before the step. */
  #if(node: PlainNode, sink: Sink): void {
    const condition = part(node, "condition");
    const then = part(node, "then");
    const otherwise = part(node, "else");
    if (condition === null || then === null) {
      this.#parts(node);
      return;
    }
    const elseSteps = otherwise === null ? [] : this.collect(() => {
      for (const child of otherwise.children) this.#value(child, sink);
    });
    const at = this.at(node);
    const body = this.collect(() => {
      this.#whenHolds(condition, () => this.#block(then, sink), elseSteps, at);
    });
    // A scrutinee lives as long as the whole `if let`.
    if (body.length === 1) this.push(body[0]!);
    else this.push({ is: "block", body, at });
  }

  #whenHolds(condition: PlainNode, then: () => void, otherwise: readonly Step[], at: Place): void {
    const links = condition.type === "let_chain" ? linksOf(condition) : [condition];
    if (links.length === 1) {
      this.#link(links[0]!, then, otherwise, at);
      return;
    }
    const end = otherwise.length === 0 ? null : `~end${++this.#temporaries}`;
    const walk = (i: number): void => {
      if (i < links.length) this.#link(links[i]!, () => walk(i + 1), [], at);
      else {
        then();
        if (end !== null) this.push({ is: "goto", label: end, at });
      }
    };
    walk(0);
    if (end === null) return;
    for (const step of otherwise) this.push(step);
    this.push({ is: "label", name: end, at });
  }

  #link(node: PlainNode, then: () => void, otherwise: readonly Step[], at: Place): void {
    if (node.type !== "let_condition") {
      const tested = this.#expression(node);
      this.push({ is: "if", condition: tested, then: this.collect(then), else: otherwise, at });
      return;
    }
    const target = part(node, "target");
    const value = part(node, "value");
    if (target === null || value === null) return;
    const steady = this.#steady(this.#expression(value), "m");
    const test = this.#test(target, steady);
    const steps = this.collect(() => {
      this.#bindPattern(target, steady, null, this.at(node));
      then();
    });
    if (test === null) for (const step of steps) this.push(step);
    else this.push({ is: "if", condition: test, then: steps, else: otherwise, at });
  }

  #match(node: PlainNode, sink: Sink): void {
    const value = part(node, "value");
    const body = part(node, "body");
    if (value === null || body === null) {
      this.#parts(node);
      return;
    }
    const at = this.at(node);
    // A block and a switch in it.
    this.depth++;
    const steps = this.collect(() => {
      const subject = this.#steady(this.#expression(value), "m");
      const arms = body.children.filter((child) => child.type === "match_arm");
      const cases = arms.map((arm, i) => this.#arm(arm, subject, sink, i === arms.length - 1));
      this.push({ is: "switch", label: null, subject: null, bind: null, cases, waits: false, at });
    });
    this.depth--;
    this.push({ is: "block", body: steps, at });
  }

  #arm(arm: PlainNode, subject: Expression, sink: Sink, isLast: boolean): Case {
    const pattern = part(arm, "target");
    const value = part(arm, "value");
    const inner = pattern?.children.find((child) => child.role !== "condition") ?? null;
    const condition = pattern === null ? null : part(pattern, "condition");
    const test = inner === null ? null : this.#test(inner, subject);
    let guard: Expression | null = null;
    const hoisted = condition === null ? [] : this.collect(() => {
      guard = condition.type === "let_chain" || condition.type === "let_condition" ? this.#linksAsValue(condition) : this.#expression(condition);
    });
    const body = this.collect(() => {
      if (inner !== null) this.#bindPattern(inner, subject, null, this.at(inner));
      for (const step of hoisted) this.push(step);
      if (condition !== null) for (const link of linksOf(condition)) if (link.type === "let_condition") this.#bindGuard(link);
      if (value !== null) this.#value(value, sink);
    });
    // The arms of a match are all that there can be: the last one is taken when no other was.
    const tests = test === null || (isLast && guard === null) ? [] : [test];
    return { tests: tests.length === 0 && guard !== null ? [{ is: "literal", kind: "true", text: "true", at: this.at(arm) }] : tests, guard, binds: [], body, fallsThrough: false, at: this.at(arm) };
  }

  #bindGuard(link: PlainNode): void {
    const target = part(link, "target");
    if (target !== null) this.#bindPattern(target, null, null, this.at(link));
  }

  #linksAsValue(condition: PlainNode): Expression {
    const operands = linksOf(condition).map((link): Expression => {
      if (link.type !== "let_condition") return this.#expression(link);
      const value = part(link, "value");
      return { is: "operator", parts: value === null ? [] : [this.#expression(value)], at: this.at(link) };
    });
    return operands.length === 1 ? operands[0]! : logicChain("and", operands);
  }

  #loop(node: PlainNode, sink: Sink): void {
    const written = childOfType(node, "label");
    const at = this.at(node);
    const name = written === null ? `~loop${++this.#temporaries}` : `${this.textOf(written)}~${++this.#temporaries}`;
    const body = part(node, "body");
    const inLoop = (build: () => void): Step[] => {
      this.#frame.breakables.push({ label: written === null ? null : this.textOf(written), name, isLoop: true, sink });
      const steps = this.collect(build);
      this.#frame.breakables.pop();
      return steps;
    };
    const run = (): void => {
      if (body !== null) this.#blockSteps(body, NOWHERE);
    };
    const loop = { is: "loop", label: name, update: [], otherwise: [], isAsync: false, at } as const;
    if (node.type === "for_expression") {
      const target = part(node, "target");
      const value = part(node, "value");
      const iterates = value === null ? null : this.#expression(value);
      const plain = target === null || target.type === "_" ? null : target;
      const item: Expression | null = plain === null ? null : plain.type === "identifier" ? this.named(plain) : { is: "name", name: this.temporary("d"), at: this.at(plain) };
      const steps = inLoop(() => {
        if (plain !== null && item !== null && plain.type !== "identifier") this.#bindPattern(plain, item, null, this.at(plain));
        run();
      });
      this.push({ ...loop, iterates, binds: item === null ? [] : [item], condition: null, body: steps });
      return;
    }
    const condition = part(node, "condition");
    if (condition === null) {
      this.push({ ...loop, iterates: null, binds: [], condition: null, body: inLoop(run) });
      return;
    }
    let plainCondition: Expression | null = null;
    const isLet = condition.type === "let_condition" || condition.type === "let_chain";
    const before = isLet ? [] : this.collect(() => {
      plainCondition = this.#expression(condition);
    });
    if (!isLet && before.length === 0) {
      this.push({ ...loop, iterates: null, binds: [], condition: isAlways(plainCondition!) ? null : plainCondition, body: inLoop(run) });
      return;
    }
    const steps = inLoop(() => {
      const leave: Step = { is: "break", label: name, at: this.at(condition) };
      if (isLet) this.#whenHolds(condition, run, [leave], this.at(condition));
      else {
        for (const step of before) this.push(step);
        this.push({ is: "if", condition: plainCondition!, then: this.collect(run), else: [leave], at: this.at(condition) });
      }
    });
    this.push({ ...loop, iterates: null, binds: [], condition: null, body: steps });
  }

  /** Only what runs in a broken construct. */
  #parts(node: PlainNode): void {
    for (const child of node.children) this.#statement(child);
  }

  // --- patterns

  /** A value that may be looked at several times: what is no name gets one. `m`: it lives as long as the construct whose subject it is. */
  #steady(value: Expression, kind: "m" | "d" | "q"): Expression {
    if (value.is === "name") return value;
    const name = this.temporary(kind);
    this.push({ is: "bind", targets: [{ is: "name", name, at: value.at }], value, declares: true, type: null, at: value.at });
    return { is: "name", name, at: value.at };
  }

  /** What must hold for a value to be of this pattern; null: it always is. `None` and `Err` are what is null. */
  #test(pattern: PlainNode, value: Expression): Expression | null {
    const at = this.at(pattern);
    const isNull = (operator: "==" | "!="): Expression => ({ is: "compare", operator, left: value, right: { is: "literal", kind: "null", text: "None", at }, at });
    const other: Expression = { is: "operator", parts: [value], at };
    switch (pattern.type) {
      case "_":
      case "remaining_field_pattern":
        return null;
      case "identifier":
        if (this.#word(pattern) === "None") return isNull("==");
        return CONSTANT.test(this.textOf(pattern)) ? other : null;
      case "mut_pattern":
      case "ref_pattern":
      case "reference_pattern": {
        const inner = pattern.children.filter((child) => child.type !== "mutable_specifier").at(-1);
        return inner === undefined ? null : this.#test(inner, value);
      }
      case "captured_pattern": {
        const inner = pattern.children[1];
        return inner === undefined ? null : this.#test(inner, value);
      }
      case "tuple_pattern":
        return pattern.children.every((child) => this.#test(child, value) === null) ? null : other;
      case "or_pattern": {
        const tests = pattern.children.map((child) => this.#test(child, value));
        return tests.some((test) => test === null) ? null : logicChain("or", tests as Expression[]);
      }
      case "tuple_struct_pattern": {
        const name = this.#segments(part(pattern, "type") ?? pattern).at(-1);
        const inner = pattern.children.filter((child) => child.role !== "type");
        const deeper = inner.every((child) => this.#test(child, value) === null) ? null : other;
        if (name === "Some" || name === "Ok") return deeper === null ? isNull("!=") : { is: "logic", operator: "and", left: isNull("!="), right: deeper, at };
        if (name === "Err") return deeper === null ? isNull("==") : { is: "logic", operator: "and", left: isNull("=="), right: deeper, at };
        return other;
      }
      case "boolean_literal":
        return { is: "compare", operator: "==", left: value, right: { is: "literal", kind: this.textOf(pattern) === "true" ? "true" : "false", text: this.textOf(pattern), at }, at };
      case "integer_literal":
      case "string_literal":
        return { is: "compare", operator: "==", left: value, right: this.#expression(pattern), at };
      default:
        return other;
    }
  }

  /** Binds the names of a pattern to parts of a value. */
  #bindPattern(pattern: PlainNode, value: Expression | null, type: TypeRef | null, at: Place): void {
    this.depth++;
    if (this.depth <= MAX_DEPTH) this.#bindPatternHere(pattern, value, type, at);
    this.depth--;
  }

  #bindPatternHere(pattern: PlainNode, value: Expression | null, type: TypeRef | null, at: Place): void {
    const place = this.at(pattern);
    switch (pattern.type) {
      case "_":
        if (value !== null && !isNothing(value)) this.push({ is: "do", value, at });
        return;
      case "identifier":
      case "shorthand_field_identifier":
        if (CONSTANT.test(this.textOf(pattern))) return;
        this.push({ is: "bind", targets: [this.named(pattern)], value, declares: true, type, at });
        return;
      case "mut_pattern":
      case "ref_pattern":
      case "reference_pattern": {
        const inner = pattern.children.filter((child) => child.type !== "mutable_specifier").at(-1);
        // `&_`: the wildcard is no node.
        if (inner !== undefined) this.#bindPattern(inner, value, type, at);
        return;
      }
      case "captured_pattern": {
        const [name, inner] = pattern.children;
        if (name !== undefined) this.#bindPattern(name, value, type, at);
        if (inner !== undefined) this.#bindPattern(inner, value, type, at);
        return;
      }
      case "or_pattern":
        // Each alternative binds the same names.
        if (pattern.children[0] !== undefined) this.#bindPattern(pattern.children[0], value, type, at);
        return;
      case "tuple_pattern":
        this.#bindTuple(pattern, value, at);
        return;
      case "tuple_struct_pattern": {
        const name = this.#segments(part(pattern, "type") ?? pattern).at(-1);
        const whole = name === "Some" || name === "Ok";
        for (const child of pattern.children) {
          if (child.role === "type") continue;
          const inner: Expression | null = value === null || name === "Err" ? null : whole ? value : { is: "index", object: value, parts: [], at: place };
          this.#bindPattern(child, inner, null, at);
        }
        return;
      }
      case "struct_pattern":
        for (const child of pattern.children) {
          if (child.type !== "field_pattern") continue;
          const name = part(child, "name");
          const target = part(child, "target") ?? name;
          if (name === null || target === null) continue;
          const field: Expression | null = value === null ? null : { is: "member", object: value, name: this.#word(name), at: this.at(name) };
          if (target.type === "_") continue;
          this.#bindPattern(target, field, null, this.at(child));
        }
        return;
      case "slice_pattern":
      case "generic_pattern":
        for (const child of pattern.children) {
          if (pattern.type === "generic_pattern") continue;
          this.#bindPattern(child, value === null ? null : { is: "index", object: value, parts: [], at: place }, null, at);
        }
        return;
      default:
        // Literals, ranges, constants, macros: nothing is bound.
        return;
    }
  }

  /** One tuple of targets, so that each name gets its part. Wildcards are no nodes: the commas tell. */
  #bindTuple(pattern: PlainNode, value: Expression | null, at: Place): void {
    const targets: Argument[] = [];
    const inside: { readonly pattern: PlainNode; readonly name: string }[] = [];
    let end = pattern.start + 1;
    for (const child of pattern.children) {
      const commas = this.text.slice(end, child.start).split(",").length - 1 - (targets.length > 0 ? 1 : 0);
      for (let i = 0; i < commas; i++) targets.push(positional({ is: "name", name: this.temporary("d"), at: this.at(child) }));
      end = child.end;
      if (child.type === "remaining_field_pattern") break;
      let plain = child;
      while ((plain.type === "mut_pattern" || plain.type === "ref_pattern") && plain.children.length > 0) plain = plain.children.at(-1)!;
      if (plain.type === "identifier" && !CONSTANT.test(this.textOf(plain))) targets.push(positional(this.named(plain)));
      else {
        const name = this.temporary("d");
        targets.push(positional({ is: "name", name, at: this.at(child) }));
        inside.push({ pattern: child, name });
      }
    }
    if (targets.length === 0) return;
    this.push({ is: "bind", targets: [{ is: "build", holds: false, type: null, tuple: true, parts: targets, at: this.at(pattern) }], value, declares: true, type: null, at });
    for (const one of inside) this.#bindPattern(one.pattern, { is: "name", name: one.name, at: this.at(one.pattern) }, null, this.at(one.pattern));
  }

  // --- expressions

  #expression(node: PlainNode): Expression {
    this.depth++;
    const lowered = this.tooDeep(node, "field_expression") ? this.cutExpression(node) : this.#expressionHere(node);
    this.depth--;
    return lowered;
  }

  #only(node: PlainNode): PlainNode | null {
    return node.children.find((child) => !SILENT.has(child.type)) ?? null;
  }

  #expressionHere(node: PlainNode): Expression {
    const at = this.at(node);
    if (STRUCTURED.has(node.type)) return this.#structured(node, at);
    switch (node.type) {
      case "identifier":
      case "metavariable":
      case "field_identifier":
      case "shorthand_field_identifier":
        return this.#word(node) === "None" ? { is: "literal", kind: "null", text: "None", at } : this.named(node);
      case "self":
        return { is: "name", name: "self", at };
      case "crate":
      case "super":
      case "scoped_identifier":
      case "scoped_type_identifier":
      case "generic_function":
      case "generic_type":
      case "generic_type_with_turbofish":
      case "bracketed_type":
      case "type_identifier": {
        const callee = node.type === "generic_function" ? part(node, "callee") : null;
        if (callee?.type === "field_expression") return this.#expression(callee);
        return this.#pathOf(node);
      }
      case "boolean_literal":
        return { is: "literal", kind: this.textOf(node) === "true" ? "true" : "false", text: this.textOf(node), at };
      case "integer_literal":
      case "float_literal":
      case "char_literal":
      case "negative_literal":
        return { is: "literal", kind: "number", text: this.textOf(node), at };
      case "string_literal":
      case "raw_string_literal":
        return { is: "literal", kind: "string", text: unquoted(this.textOf(node)), at };
      case "parenthesized_expression": {
        const inner = this.#only(node);
        return inner === null ? this.#opaque(node) : this.#expression(inner);
      }
      case "unit_expression":
        return { is: "build", holds: false, type: null, tuple: true, parts: [], at };
      case "tuple_expression":
      case "array_expression":
        return { is: "build", holds: true, type: null, tuple: node.type === "tuple_expression", parts: this.#values(node).map(positional), at };
      case "field_expression":
        return this.#field(node);
      case "call_expression":
        return this.#call(node);
      case "macro_invocation":
        return lowerMacro(node, this);
      case "await_expression": {
        const inner = this.#only(node);
        return inner === null ? this.#opaque(node) : { is: "await", value: this.#expression(inner), at };
      }
      case "try_expression": {
        const inner = this.#only(node);
        return inner === null ? this.#opaque(node) : this.question(this.#expression(inner), at);
      }
      case "reference_expression": {
        const inner = part(node, "value");
        return inner === null ? this.#opaque(node) : { is: "same", value: this.#expression(inner), type: null, at };
      }
      case "unary_expression": {
        const inner = this.#only(node);
        if (inner === null) return this.#opaque(node);
        const value = this.#expression(inner);
        const sign = this.text.charAt(node.start);
        return sign === "*" ? { is: "same", value, type: null, copies: true, at } : sign === "!" ? { is: "not", value, at } : { is: "operator", parts: [value], at };
      }
      case "type_cast_expression": {
        const inner = part(node, "value");
        return inner === null ? this.#opaque(node) : { is: "same", value: this.#expression(inner), type: this.#type(part(node, "type")), at };
      }
      case "binary_expression":
        return this.#binary(node);
      case "let_condition":
      case "let_chain":
        return this.#linksAsValue(node);
      case "index_expression": {
        const [object, index] = node.children;
        if (object === undefined) return this.#opaque(node);
        return { is: "index", object: this.#expression(object), parts: index === undefined ? [] : [this.#expression(index)], at };
      }
      case "range_expression":
        return { is: "operator", parts: this.#values(node), at };
      case "struct_expression":
        return this.#struct(node);
      case "closure_expression":
        return this.#closure(node);
      case "async_block":
      case "gen_block":
        return this.#asyncBlock(node);
      case "yield_expression": {
        const inner = this.#only(node);
        this.#frame.fn.isGenerator = true;
        return { is: "yield", value: inner === null ? null : this.#expression(inner), from: false, at };
      }
      default:
        if (TYPES.has(node.type)) return { is: "build", holds: false, type: this.#type(node), tuple: false, parts: [], at };
        return this.#opaque(node);
    }
  }

  #values(node: PlainNode): Expression[] {
    return node.children.filter((child) => !SILENT.has(child.type)).map((child) => this.#expression(child));
  }

  #structured(node: PlainNode, at: Place): Expression {
    const nothing: Expression = { is: "build", holds: false, type: null, tuple: true, parts: [], at };
    if (["return_expression", "break_expression", "continue_expression", "assignment_expression", "compound_assignment_expr"].includes(node.type)) {
      this.#value(node, NOWHERE);
      return nothing;
    }
    const name = this.temporary("v");
    this.push({ is: "bind", targets: [{ is: "name", name, at }], value: null, declares: true, type: null, at });
    this.#value(node, { to: "name", name });
    return { is: "name", name, at };
  }

  /** `e?`: where e is an error or nothing, the function (or the `try` block) ends. */
  question(value: Expression, at: Place): Expression {
    const steady = this.#steady(value, "q");
    const nothing: Expression = { is: "literal", kind: "null", text: "?", at };
    const inTry = this.#frame.tries.at(-1);
    const leave: Step = inTry === undefined ? { is: "return", values: [nothing], at } : { is: "goto", label: inTry, at };
    this.push({ is: "if", condition: { is: "compare", operator: "==", left: steady, right: nothing, at }, then: [leave], else: [], at });
    return steady;
  }

  #field(node: PlainNode): Expression {
    const object = part(node, "object");
    const name = part(node, "name");
    if (object === null || name === null) return this.#opaque(node);
    return { is: "member", object: this.#expression(object), name: this.#word(name), at: this.at(node) };
  }

  #call(node: PlainNode): Expression {
    const written = part(node, "callee");
    if (written === null) return this.#opaque(node);
    let callee = written;
    if (callee.type === "generic_function") callee = part(callee, "callee") ?? callee;
    const list = part(node, "arguments");
    const at = this.at(node);
    const values = (): Expression[] => (list === null ? [] : this.#values(list));
    if (callee.type === "field_expression") {
      const object = part(callee, "object");
      const name = part(callee, "name");
      if (object === null || name === null) return this.#opaque(node);
      // The callee is an expression of its own, as deep as any.
      this.depth++;
      const receiver = this.#expression(object);
      this.depth--;
      return this.method(receiver, this.#word(name), values(), this.at(callee), at);
    }
    if (callee.type === "identifier" || callee.type === "scoped_identifier" || callee.type === "self") {
      const segments = this.#segments(callee);
      return this.call(segments, values(), this.at(callee), at);
    }
    return { is: "call", callee: this.#expression(callee), arguments: values().map(positional), at };
  }

  /** A call of a path. What only wraps is what it wraps. */
  call(segments: readonly string[], values: readonly Expression[], calleeAt: Place, at: Place): Expression {
    const last = segments.at(-1);
    const [first] = values;
    if (first !== undefined && values.length === 1) {
      if (last === "Ok" || last === "Some") return { is: "same", value: first, type: null, at };
      if (last === "Err") {
        if (!isNothing(first)) this.push({ is: "do", value: first, at });
        return { is: "literal", kind: "null", text: "Err", at };
      }
      if ((last === "new" || last === "pin" || last === "from") && segments.length >= 2 && WRAPPERS.has(segments.at(-2)!)) return { is: "same", value: first, type: null, at };
    }
    return { is: "call", callee: this.path(segments, calleeAt), arguments: values.map(positional), at };
  }

  method(object: Expression, name: string, values: readonly Expression[], calleeAt: Place, at: Place): Expression {
    if (SAME_METHODS.has(name) && (values.length === 0 || name !== "expect")) return this.#same(object, values, at, COPIES.has(name));
    if (values.length === 0 && TELLS.has(name)) return { is: "compare", operator: TELLS.get(name)!, left: object, right: { is: "literal", kind: "null", text: "None", at }, at };
    if (name === "expect" && values.length === 1) return this.#same(object, [], at);
    return { is: "call", callee: { is: "member", object, name, at: calleeAt }, arguments: values.map(positional), at };
  }

  #same(object: Expression, values: readonly Expression[], at: Place, copies = false): Expression {
    for (const value of values) if (!isNothing(value) && value.is !== "name" && value.is !== "member" && value.is !== "closure") this.push({ is: "do", value, at: value.at });
    return { is: "same", value: object, type: null, ...(copies ? { copies } : {}), at };
  }

  #struct(node: PlainNode): Expression {
    const type = this.#type(part(node, "type"));
    const fields: Argument[] = [];
    for (const child of part(node, "body")?.children ?? []) {
      if (child.type === "field_initializer") {
        const name = part(child, "name");
        const value = part(child, "value");
        if (name !== null && value !== null) fields.push({ name: this.#word(name), spread: false, value: this.#expression(value) });
      } else if (child.type === "shorthand_field_initializer") {
        const name = childOfType(child, "identifier");
        if (name !== null) fields.push({ name: this.#word(name), spread: false, value: this.named(name) });
      } else if (child.type === "base_field_initializer") {
        const value = this.#only(child);
        if (value !== null) fields.push({ name: null, spread: true, value: this.#expression(value) });
      }
    }
    return { is: "build", holds: true, type, tuple: false, parts: fields, at: this.at(node) };
  }

  #closure(node: PlainNode): Expression {
    const isAsync = /^(?:(?:static|move|for\s*<[^>]*>)\s+)*async\b/.test(this.text.slice(node.start, Math.min(node.end, node.start + 60)));
    const fn = this.#openClosure(node, isAsync);
    const frame = this.#frame;
    this.#frame = { fn, into: fn.body, breakables: [], owner: frame.owner, inside: frame.inside, tries: [] };
    this.#parameters(part(node, "parameters"), new Map());
    const result = part(node, "result");
    if (result !== null) fn.results.push(this.#type(result));
    const body = part(node, "body");
    if (body !== null && body.type !== "_") this.#blockSteps(body, CALLER);
    this.#frame = frame;
    return { is: "closure", function: fn.id, at: this.at(node) };
  }

  /** A block whose body runs when it is awaited, on whatever runs the one who awaits. */
  #asyncBlock(node: PlainNode): Expression {
    const fn = this.#openClosure(node, node.type === "async_block" || this.text.startsWith("async", node.start));
    fn.isGenerator = node.type === "gen_block";
    const frame = this.#frame;
    this.#frame = { fn, into: fn.body, breakables: [], owner: frame.owner, inside: frame.inside, tries: [] };
    const block = childOfType(node, "block");
    if (block !== null) this.#blockSteps(block, CALLER);
    this.#frame = frame;
    return { is: "closure", function: fn.id, at: this.at(node) };
  }

  #openClosure(node: PlainNode, isAsync: boolean): OpenFunction {
    return this.openClosure(node.start, node.end, isAsync);
  }

  openClosure(start: number, end: number, isAsync: boolean): OpenFunction {
    const parent = this.#frame.fn;
    const symbol = parent.id === 0 ? "<closure>" : `${parent.symbol}.<closure>`;
    const fn = this.openFunction("<closure>", symbol, parent.id, this.between(start, end), this.between(start, Math.min(end, start + 1)));
    fn.isAsync = isAsync;
    return fn;
  }

  /** Lowers a macro's tokens as the body of a closure of its own. */
  inClosure(fn: OpenFunction, build: () => void): void {
    const frame = this.#frame;
    this.#frame = { fn, into: fn.body, breakables: [], owner: frame.owner, inside: frame.inside, tries: [] };
    build();
    this.#frame = frame;
  }

  #binary(node: PlainNode): Expression {
    const lowered = lowerOperators(node, {
      isLink: (left) => left.type === "binary_expression",
      kindOf: operatorKind,
      expression: (operand) => this.#expression(operand),
      associates,
      right: (link, kind, operands) => this.#rightOperand(link, kind, operands),
      join: (kind, operands, link) => (operands.length === 1 ? operands[0]! : joinOperands(kind, operands, this.at(link))),
    });
    return lowered ?? this.#opaque(node);
  }

  #rightOperand(link: PlainNode, kind: OperatorKind, operands: Expression[]): void {
    const right = part(link, "right");
    const at = this.at(link);
    let lowered: Expression = { is: "opaque", nodeType: "MISSING", parts: [], at };
    const hoisted = this.collect(() => {
      if (right !== null) lowered = this.#expression(right);
      else this.hasSyntaxErrors = true;
    });
    if ((kind !== "and" && kind !== "or") || hoisted.length === 0) {
      for (const step of hoisted) this.push(step);
      operands.push(lowered);
      return;
    }
    // What stands on the right runs only where the left says so.
    const left = operands.length === 1 ? operands[0]! : logicChain(kind, operands);
    const name = this.temporary("v");
    this.push({ is: "bind", targets: [{ is: "name", name, at }], value: left, declares: true, type: null, at });
    const then: Step[] = [...hoisted, { is: "bind", targets: [{ is: "name", name, at }], value: lowered, declares: false, type: null, at }];
    this.push({ is: "if", condition: { is: "name", name, at }, then: kind === "and" ? then : [], else: kind === "and" ? [] : then, at });
    operands.splice(0, operands.length, { is: "name", name, at });
  }

  // --- what is not known, or too deep

  #opaque(node: PlainNode): Expression {
    return this.opaqueExpression(node, (child) => this.#expression(child));
  }

  protected override later(node: PlainNode): void {
    const frame = { ...this.#frame, breakables: [...this.#frame.breakables], tries: [...this.#frame.tries] };
    this.postpone(node, frame.fn, (body) => {
      this.#frame = { ...frame, into: body };
      this.#statement(node);
    });
  }

  /** Parts of a macro that are no plain tokens: nested token trees of it are read by rust-macros.ts. */
  leafOf(node: PlainNode): Expression {
    return this.#expression(node);
  }
}

/** Attributes of the language and its derive macros: they run nothing. */
const BUILT_IN_ATTRIBUTES: ReadonlySet<string> = new Set([
  "allow", "warn", "deny", "forbid", "expect", "cfg", "cfg_attr", "derive", "doc", "inline", "cold", "must_use", "deprecated", "no_mangle", "non_exhaustive", "repr", "track_caller", "unsafe", "target_feature", "ignore", "should_panic",
  "instrument", "link", "link_name", "export_name", "used", "automatically_derived", "proc_macro", "proc_macro_derive", "proc_macro_attribute", "macro_export", "macro_use", "path", "global_allocator", "panic_handler", "rustfmt", "clippy",
]);

/** The links of a let chain, in order; the parser may nest them to the left. */
function linksOf(condition: PlainNode): PlainNode[] {
  if (condition.type !== "let_chain") return [condition];
  return condition.children.flatMap(linksOf);
}

/** Nothing runs, nothing is held. */
function isNothing(value: Expression): boolean {
  return value.is === "literal" || (value.is === "name" && value.name.startsWith("~")) || (value.is === "build" && value.parts.length === 0);
}

function isAlways(condition: Expression): boolean {
  return condition.is === "literal" && condition.kind === "true";
}

function operatorKind(link: PlainNode): OperatorKind {
  return USUAL_OPERATORS.get(part(link, "operator")?.type ?? "") ?? "operator";
}

/** `"a"`, `b"a"`, `r#"a"#`. */
function unquoted(written: string): string {
  const start = written.indexOf('"');
  const end = written.lastIndexOf('"');
  return start < 0 || end <= start ? written : written.slice(start + 1, end);
}
