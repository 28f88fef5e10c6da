import type { Argument, Case, Expression, FileFlow, Parameter, Step, TypeRef } from "../flow/flow-model";
import type { LowerInput } from "./language";
import { goImports } from "./go-imports";
import { GO_READING } from "./go-reading";
import { Lowering, flowOf, MAX_DEPTH } from "./lowering";
import type { OpenFunction } from "./lowering";
import { lowerOperators, plainOperators, positional, readBefore, USUAL_OPERATORS } from "./operators";
import type { OperatorKind } from "./operators";
import { childOfType, part, parts } from "./plain-tree";
import type { PlainNode } from "./plain-tree";

/** The Go specification, "Predeclared identifiers": types. They belong to no package. */
const PREDECLARED = new Set([
  "any", "bool", "byte", "comparable", "complex64", "complex128", "error", "float32", "float64", "int", "int8", "int16", "int32", "int64",
  "rune", "string", "uint", "uint8", "uint16", "uint32", "uint64", "uintptr",
]);

const TYPES = new Set([
  "type_identifier", "qualified_type", "pointer_type", "slice_type", "array_type", "implicit_length_array_type", "map_type", "channel_type",
  "function_type", "struct_type", "interface_type", "generic_type", "parenthesized_type", "negated_type",
]);

const NO_STEPS: readonly Step[] = [];

/** A Go file, lowered. Never throws, whatever the text: what is not understood is in `opaque`. */
export function lowerGo(input: LowerInput): FileFlow {
  return flowOf(input, "go", GO_READING, ["//"], new GoFile(input.text));
}

class GoFile extends Lowering {
  /** Local package name -> import path. */
  #packages = new Map<string, string>();
  /** Type parameters in scope -> what their constraint says they are. Inner scopes shadow. */
  #typeParameters: Map<string, TypeRef | null>[] = [];
  #fn!: OpenFunction;

  lower(root: PlainNode): void {
    this.#readImports(root);
    this.#fn = this.openFunction("<module>", "<module>", null, this.at(root), this.between(root.start, root.start));
    for (const child of root.children) this.#topLevel(child);
    for (const error of this.leftErrors(root)) this.#error(error, this.#fn.body);
    this.lowerPostponed();
  }

  #readImports(root: PlainNode): void {
    for (const declaration of root.children) {
      if (declaration.type !== "import_declaration") continue;
      const list = childOfType(declaration, "import_spec_list");
      for (const spec of (list ?? declaration).children) {
        if (spec.type !== "import_spec") continue;
        const path = part(spec, "path");
        if (path === null) continue;
        const given = part(spec, "local");
        const found = goImports(this.textOf(path).slice(1, -1), given === null ? null : this.textOf(given), this.text);
        this.imports.push(found);
        if (found.local !== "." && found.local !== "_") this.#packages.set(found.local, found.path);
      }
    }
  }

  #topLevel(node: PlainNode): void {
    switch (node.type) {
      case "function_declaration":
      case "method_declaration":
        this.#function(node);
        return;
      case "var_declaration":
      case "const_declaration":
        for (const spec of specsOf(node)) {
          const type = this.#typeOrNull(part(spec, "type"));
          for (const name of parts(spec, "name")) {
            if (name.type === "identifier" && this.textOf(name) !== "_") this.globals.push({ name: this.textOf(name), type });
          }
        }
        this.#statement(node, this.#fn.body);
        return;
      default:
        this.#statement(node, this.#fn.body);
    }
  }

  #function(node: PlainNode): void {
    const nameNode = part(node, "name");
    const name = nameNode === null ? "" : this.textOf(nameNode);
    const receiver = part(node, "receiver")?.children.find((child) => child.type === "parameter_declaration") ?? null;
    const scope = new Map<string, TypeRef | null>();
    this.#typeParameters.push(scope);
    let owner: string | null = null;
    let receiverName: string | null = null;
    if (receiver !== null) {
      const type = part(receiver, "type");
      const named = type === null ? null : this.#receiverType(type, scope);
      owner = named;
      const variable = part(receiver, "name");
      receiverName = variable === null ? null : this.textOf(variable);
    }
    this.#readTypeParameters(part(node, "type.parameters"), scope);
    const fn = this.openFunction(name, owner === null ? name : `${owner}.${name}`, null, this.at(node), this.at(nameNode ?? node));
    fn.owner = owner;
    fn.receiver = receiverName;
    this.#signatureAndBody(fn, node);
    this.#typeParameters.pop();
  }

  /** `*Store[K, V]` gives `Store`; K and V are then type parameters without a known constraint. */
  #receiverType(type: PlainNode, scope: Map<string, TypeRef | null>): string | null {
    let at: PlainNode | undefined = type;
    while (at !== undefined && (at.type === "pointer_type" || at.type === "parenthesized_type")) at = at.children[0];
    if (at === undefined) return null;
    if (at.type === "generic_type") {
      for (const argument of part(at, "type.arguments")?.children ?? []) scope.set(this.textOf(argument), null);
      at = part(at, "type") ?? at;
    }
    return this.textOf(at);
  }

  #readTypeParameters(list: PlainNode | null, scope: Map<string, TypeRef | null>): void {
    for (const declaration of list?.children ?? []) {
      if (declaration.type !== "type_parameter_declaration") continue;
      const names = parts(declaration, "name").filter((name) => name.type === "identifier");
      for (const name of names) scope.set(this.textOf(name), null);
      const constraint = part(declaration, "type");
      const only = constraint?.children.length === 1 ? constraint.children[0]! : null;
      const type = only === null || only.type === "negated_type" ? null : this.#type(only);
      const said = type === null || type.name === "any" || type.name === "comparable" || type.name === "interface" ? null : type;
      for (const name of names) scope.set(this.textOf(name), said);
    }
  }

  #signatureAndBody(fn: OpenFunction, node: PlainNode): void {
    const outer = this.#fn;
    this.#fn = fn;
    for (const child of part(node, "parameters")?.children ?? []) this.#parameter(child, fn.parameters);
    const results = part(node, "results");
    if (results !== null) {
      if (results.type === "parameter_list") {
        const list: Parameter[] = [];
        for (const child of results.children) this.#parameter(child, list);
        for (const result of list) {
          fn.results.push(result.type);
          if (result.name !== "") fn.resultNames.push(result.name);
        }
      } else fn.results.push(this.#typeOrNull(results));
    }
    const body = part(node, "body");
    if (body !== null) this.#block(body, fn.body);
    this.#fn = outer;
  }

  #parameter(node: PlainNode, into: Parameter[]): void {
    if (node.type !== "parameter_declaration" && node.type !== "variadic_parameter_declaration") return;
    const variadic = node.type === "variadic_parameter_declaration";
    const type = this.#typeOrNull(part(node, "type"));
    const names = parts(node, "name");
    if (names.length === 0) into.push({ name: "", type, variadic, initial: null });
    for (const name of names) into.push({ name: this.textOf(name), type, variadic, initial: null });
  }

  // --- statements

  /** The statements of a `block`, or of a case: their list, with or without the list node between. */
  #block(node: PlainNode, into: Step[]): void {
    for (const child of node.children) {
      if (child.role !== null && child.type !== "statement_list") continue;
      if (child.type === "statement_list") for (const statement of child.children) this.#statement(statement, into);
      else this.#statement(child, into);
    }
  }

  #steps(node: PlainNode | null): readonly Step[] {
    if (node === null) return NO_STEPS;
    const steps: Step[] = [];
    if (node.type === "block") this.#block(node, steps);
    else this.#statement(node, steps);
    return steps;
  }

  #statement(node: PlainNode, into: Step[], label: string | null = null): void {
    this.depth++;
    if (this.depth > MAX_DEPTH) into.push(this.cutStep(node));
    else this.#statementHere(node, into, label);
    for (const error of this.leftErrors(node)) this.#error(error, into);
    this.depth--;
  }

  #statementHere(node: PlainNode, into: Step[], label: string | null): void {
    const at = this.at(node);
    switch (node.type) {
      case "package_clause":
      case "import_declaration":
      case "empty_statement":
      case "fallthrough_statement":
        return;
      case "expression_statement":
        for (const child of node.children) into.push({ is: "do", value: this.#expression(child), at });
        return;
      case "short_var_declaration":
        into.push({ is: "bind", targets: this.#list(part(node, "target")), value: this.#tuple(part(node, "value")), declares: true, type: null, at });
        return;
      case "assignment_statement":
        this.#assignment(node, into);
        return;
      case "inc_statement":
      case "dec_statement": {
        const target = this.#expression(node.children[0]!);
        into.push({ is: "bind", targets: [target], value: { is: "operator", parts: readBefore(target), at }, declares: false, type: null, at });
        return;
      }
      case "send_statement":
        this.#send(node, into);
        return;
      case "receive_statement":
        this.#receive(node, into);
        return;
      case "var_declaration":
      case "const_declaration":
        for (const spec of specsOf(node)) this.#variable(spec, into);
        return;
      case "type_declaration":
        for (const child of node.children) this.#typeDeclaration(child);
        return;
      case "return_statement":
        into.push({ is: "return", values: this.#list(childOfType(node, "expression_list")), at });
        return;
      case "go_statement":
        for (const child of node.children) into.push({ is: "spawn", call: this.#expression(child), at });
        return;
      case "defer_statement":
        for (const child of node.children) into.push({ is: "defer", call: this.#expression(child), at });
        return;
      case "break_statement":
        into.push({ is: "break", label: this.#label(node), at });
        return;
      case "continue_statement":
        into.push({ is: "continue", label: this.#label(node), at });
        return;
      case "goto_statement":
        into.push({ is: "goto", label: this.#label(node) ?? "", at });
        return;
      case "labeled_statement": {
        const name = part(node, "label");
        const text = name === null ? "" : this.textOf(name);
        into.push({ is: "label", name: text, at: this.at(name ?? node) });
        for (const child of node.children) if (child.role !== "label") this.#statement(child, into, text);
        return;
      }
      case "statement_list":
        for (const child of node.children) this.#statement(child, into);
        return;
      case "ERROR":
        this.#error(node, into);
        return;
      case "block": {
        const body: Step[] = [];
        this.#block(node, body);
        into.push({ is: "block", body, at });
        return;
      }
      case "if_statement":
        this.#if(node, into);
        return;
      case "for_statement":
        this.#for(node, into, label);
        return;
      case "expression_switch_statement":
      case "type_switch_statement":
        this.#switch(node, into, label);
        return;
      case "select_statement":
        this.#select(node, into, label);
        return;
      default: {
        if (isExpressionType(node.type)) {
          into.push({ is: "do", value: this.#expression(node), at });
          return;
        }
        this.countOpaque(node.type);
        const body: Step[] = [];
        for (const child of node.children) this.#statement(child, body);
        into.push({ is: "opaque", nodeType: node.type, body, at });
      }
    }
  }

  #error(node: PlainNode, into: Step[]): void {
    this.tookError(node);
    this.inError++;
    const body: Step[] = [];
    for (const child of node.children) this.#statement(child, body);
    this.inError--;
    into.push({ is: "opaque", nodeType: "ERROR", body, at: this.at(node) });
  }

  #label(node: PlainNode): string | null {
    const label = childOfType(node, "label_name");
    return label === null ? null : this.textOf(label);
  }

  #assignment(node: PlainNode, into: Step[]): void {
    const at = this.at(node);
    const targets = this.#list(part(node, "target"));
    const operator = part(node, "operator");
    let value = this.#tuple(part(node, "value"));
    if (operator !== null && operator.type !== "=" && value !== null) value = { is: "operator", parts: [...targets.flatMap(readBefore), value], at };
    into.push({ is: "bind", targets, value, declares: false, type: null, at });
  }

  /** `ch <- v` hands v over: a bind to an `index` of the channel without parts. */
  #send(node: PlainNode, into: Step[]): void {
    const channel = part(node, "channel");
    const value = part(node, "value");
    if (channel === null || value === null) return;
    const at = this.at(node);
    const target: Expression = { is: "index", object: this.#expression(channel), parts: [], at: this.at(channel) };
    into.push({ is: "bind", targets: [target], value: this.#expression(value), declares: false, type: null, at });
  }

  #receive(node: PlainNode, into: Step[]): void {
    const at = this.at(node);
    const target = part(node, "target");
    const value = part(node, "value");
    if (value === null) return;
    const received = this.#expression(value);
    if (target === null) into.push({ is: "do", value: received, at });
    else into.push({ is: "bind", targets: this.#list(target), value: received, declares: this.text.slice(target.end, value.start).includes(":="), type: null, at });
  }

  #variable(spec: PlainNode, into: Step[]): void {
    const targets = parts(spec, "name").filter((name) => name.type === "identifier").map((name) => this.name(name));
    into.push({ is: "bind", targets, value: this.#tuple(part(spec, "value")), declares: true, type: this.#typeOrNull(part(spec, "type")), at: this.at(spec) });
  }

  /** An init statement lives in a scope with what follows it. */
  #scoped(first: PlainNode | null, node: PlainNode, into: Step[], build: (into: Step[]) => void): void {
    if (first === null) {
      build(into);
      return;
    }
    const body: Step[] = [];
    this.#statement(first, body);
    build(body);
    into.push({ is: "block", body, at: this.at(node) });
  }

  #if(node: PlainNode, into: Step[]): void {
    // A chain of `else if` without init statements is lowered as one switch when it is long, so that it does not nest.
    let length = 1;
    for (let at = part(node, "else"); at !== null && at.type === "if_statement" && part(at, "first") === null; at = part(at, "else")) length++;
    if (length > 40 && part(node, "first") === null) {
      const cases: Case[] = [];
      let at: PlainNode | null = node;
      for (let turn = 0; turn < length && at !== null; turn++) {
        const condition = part(at, "condition");
        cases.push({
          tests: condition === null ? [] : [this.#expression(condition)], guard: null, binds: [], body: this.#steps(part(at, "then")), fallsThrough: false, at: this.at(part(at, "then") ?? at),
        });
        at = part(at, "else");
      }
      if (at !== null) cases.push({ tests: [], guard: null, binds: [], body: this.#steps(at), fallsThrough: false, at: this.at(at) });
      into.push({ is: "switch", label: null, subject: null, bind: null, cases, waits: false, at: this.at(node) });
      return;
    }
    this.#scoped(part(node, "first"), node, into, (body) => {
      const condition = part(node, "condition");
      body.push({
        is: "if",
        condition: condition === null ? this.missing(node) : this.#expression(condition),
        then: this.#steps(part(node, "then")),
        else: this.#steps(part(node, "else")),
        at: this.at(node),
      });
    });
  }

  #for(node: PlainNode, into: Step[], label: string | null): void {
    const at = this.at(node);
    const head = node.children.find((child) => child.role === null) ?? null;
    const loop = (iterates: Expression | null, binds: readonly Expression[], condition: Expression | null, update: readonly Step[], body: readonly Step[]): Step => (
      { is: "loop", label, iterates, binds, condition, body, update, otherwise: NO_STEPS, isAsync: false, at }
    );
    const body = (): readonly Step[] => this.#steps(part(node, "body"));
    if (head === null) into.push(loop(null, [], null, NO_STEPS, body()));
    else if (head.type === "range_clause") {
      const value = part(head, "value");
      into.push(loop(value === null ? this.missing(head) : this.#expression(value), this.#list(part(head, "target")), null, NO_STEPS, body()));
    } else if (head.type === "for_clause") {
      this.#scoped(part(head, "first"), node, into, (steps) => {
        const condition = part(head, "condition");
        const lowered = condition === null ? null : this.#expression(condition);
        const inside = body();
        steps.push(loop(null, [], lowered, this.#steps(part(head, "update")), inside));
      });
    } else into.push(loop(null, [], this.#expression(head), NO_STEPS, body()));
  }

  #switch(node: PlainNode, into: Step[], label: string | null): void {
    this.#scoped(part(node, "first"), node, into, (steps) => {
      const subject = part(node, "subject");
      const bind = part(node, "bind")?.children[0] ?? null;
      const lowered = subject === null ? null : this.#expression(subject);
      const cases: Case[] = [];
      for (const child of node.children) {
        if (child.role !== null) continue;
        if (child.type !== "expression_case" && child.type !== "type_case" && child.type !== "default_case") {
          this.#inError(child, cases);
          continue;
        }
        const tests: Expression[] = [];
        for (const test of parts(child, "test")) {
          if (test.type === "expression_list") tests.push(...this.#list(test));
          else tests.push(this.#expression(test));
        }
        cases.push(this.#case(child, tests, []));
      }
      steps.push({ is: "switch", label, subject: lowered, bind: bind === null ? null : this.textOf(bind), cases, waits: false, at: this.at(node) });
    });
  }

  #select(node: PlainNode, into: Step[], label: string | null): void {
    const cases: Case[] = [];
    for (const child of node.children) {
      if (child.type === "default_case") cases.push(this.#case(child, [], []));
      else if (child.type === "communication_case") {
        const communication = part(child, "test");
        const first: Step[] = [];
        const tests: Expression[] = [];
        if (communication !== null) {
          // The channel is what the case waits for; sending and binding happen when it is chosen. A channel that has to be computed is
          // evaluated there as well, and only there: no call may stand in the flow twice.
          const value = part(communication, "value");
          const received = value !== null && value.type === "unary_expression" ? part(value, "value") : value;
          const channel = part(communication, "channel") ?? received;
          tests.push(channel !== null && isPlain(channel) ? this.#expression(channel) : { is: "operator", parts: [], at: this.at(communication) });
          this.#statement(communication, first);
        } else tests.push(this.missing(child));
        cases.push(this.#case(child, tests, first));
      } else this.#inError(child, cases);
    }
    into.push({ is: "switch", label, subject: null, bind: null, cases, waits: true, at: this.at(node) });
  }

  #case(node: PlainNode, tests: readonly Expression[], first: readonly Step[]): Case {
    const body: Step[] = [...first];
    this.#block(node, body);
    const statements = childOfType(node, "statement_list")?.children ?? [];
    const fallsThrough = statements[statements.length - 1]?.type === "fallthrough_statement";
    return { tests, guard: null, binds: [], body, fallsThrough, at: this.at(node) };
  }

  /** What the parser could not place between two cases: kept as a case of its own that may or may not run. */
  #inError(node: PlainNode, cases: Case[]): void {
    const body: Step[] = [];
    this.#statement(node, body);
    if (body.length > 0) cases.push({ tests: [this.missing(node)], guard: null, binds: [], body, fallsThrough: false, at: this.at(node) });
  }

  // --- types

  #typeDeclaration(node: PlainNode): void {
    if (node.type !== "type_spec" && node.type !== "type_alias") return;
    const nameNode = part(node, "name");
    const type = part(node, "type");
    if (nameNode === null || type === null) return;
    const scope = new Map<string, TypeRef | null>();
    this.#typeParameters.push(scope);
    this.#readTypeParameters(part(node, "type.parameters"), scope);
    const fields: { name: string; type: TypeRef | null }[] = [];
    const bases: TypeRef[] = [];
    if (type.type === "struct_type") this.#fields(type, fields, bases);
    else if (type.type === "interface_type") {
      for (const child of type.children) {
        if (child.type === "method_elem") this.#interfaceMethod(child, this.textOf(nameNode));
        if (child.type !== "type_elem" || child.children.length !== 1) continue;
        const base = this.#typeOrNull(child.children[0]!);
        if (base !== null) bases.push(base);
      }
    } else {
      const base = this.#typeOrNull(type);
      if (base !== null) bases.push(base);
    }
    this.types.push({ name: this.textOf(nameNode), fields, bases });
    this.#typeParameters.pop();
  }

  #interfaceMethod(node: PlainNode, owner: string): void {
    const nameNode = part(node, "name");
    if (nameNode === null) return;
    const name = this.textOf(nameNode);
    const fn = this.openFunction(name, `${owner}.${name}`, null, this.at(node), this.at(nameNode));
    fn.owner = owner;
    fn.isAbstract = true;
    this.#signatureAndBody(fn, node);
  }

  #fields(struct: PlainNode, fields: { name: string; type: TypeRef | null }[], bases: TypeRef[]): void {
    for (const declaration of childOfType(struct, "field_declaration_list")?.children ?? []) {
      if (declaration.type !== "field_declaration") continue;
      const type = this.#typeOrNull(part(declaration, "type"));
      const names = parts(declaration, "name");
      for (const name of names) fields.push({ name: this.textOf(name), type });
      if (names.length === 0 && type !== null) {
        bases.push(type);
        // An embedded field is also reached by the type's own name: `s.DB`.
        fields.push({ name: type.name.slice(type.name.lastIndexOf(".") + 1), type });
      }
    }
  }

  #typeOrNull(node: PlainNode | null): TypeRef | null {
    return node === null ? null : this.#type(node);
  }

  #type(node: PlainNode): TypeRef | null {
    this.depth++;
    const type = this.depth > MAX_DEPTH ? null : this.#typeHere(node);
    this.depth--;
    return type;
  }

  #typeHere(node: PlainNode): TypeRef | null {
    switch (node.type) {
      case "type_identifier":
      case "identifier": {
        const name = this.textOf(node);
        for (let i = this.#typeParameters.length - 1; i >= 0; i--) {
          const constraint = this.#typeParameters[i]!.get(name);
          if (constraint !== undefined) return constraint;
        }
        return { name: PREDECLARED.has(name) ? name : `.${name}`, element: null };
      }
      case "qualified_type": {
        const written = this.textOf(node);
        const dot = written.indexOf(".");
        const local = written.slice(0, dot).trim();
        return { name: `${this.#packages.get(local) ?? local}.${written.slice(dot + 1).trim()}`, element: null };
      }
      case "pointer_type":
      case "parenthesized_type":
      case "negated_type":
      case "type_elem":
        return node.children.length === 1 ? this.#type(node.children[0]!) : null;
      case "slice_type":
      case "array_type":
      case "implicit_length_array_type":
        return { name: "[]", element: this.#typeOrNull(part(node, "element")) };
      case "map_type":
        return { name: "map", element: this.#typeOrNull(part(node, "element")) };
      case "channel_type":
        return { name: "chan", element: this.#typeOrNull(part(node, "element")) };
      case "generic_type": {
        const base = this.#typeOrNull(part(node, "type"));
        const argument = part(node, "type.arguments")?.children.at(-1);
        return base === null ? null : { name: base.name, element: argument === undefined ? null : this.#type(argument) };
      }
      case "function_type":
        return { name: "func", element: null };
      case "struct_type":
        return { name: "struct", element: null };
      case "interface_type":
        return { name: "interface", element: null };
      default:
        return null;
    }
  }

  // --- expressions

  #list(node: PlainNode | null): Expression[] {
    if (node === null) return [];
    if (node.type !== "expression_list") return [this.#expression(node)];
    return node.children.map((child) => this.#expression(child));
  }

  /** One value as itself, several as a tuple. */
  #tuple(node: PlainNode | null): Expression | null {
    if (node === null) return null;
    const values = this.#list(node);
    if (values.length === 1) return values[0]!;
    return { is: "build", holds: true, type: null, tuple: true, parts: values.map(positional), at: this.at(node) };
  }

  #expression(node: PlainNode): Expression {
    this.depth++;
    const lowered = this.tooDeep(node, "selector_expression") ? this.cutExpression(node) : this.#expressionHere(node);
    this.depth--;
    return lowered;
  }

  #expressionHere(node: PlainNode): Expression {
    switch (node.type) {
      case "identifier":
      case "blank_identifier":
      case "field_identifier":
      case "package_identifier":
      case "label_name":
        return this.name(node);
      case "type_identifier":
        // `case nil:` of a type switch is a type to the parser.
        return this.textOf(node) === "nil" ? { is: "literal", kind: "null", text: "nil", at: this.at(node) } : this.name(node);
      case "nil":
        return { is: "literal", kind: "null", text: "nil", at: this.at(node) };
      case "true":
      case "false":
        return { is: "literal", kind: node.type, text: node.type, at: this.at(node) };
      case "int_literal":
      case "float_literal":
      case "imaginary_literal":
      case "rune_literal":
      case "iota":
        return { is: "literal", kind: "number", text: this.textOf(node), at: this.at(node) };
      case "interpreted_string_literal":
      case "raw_string_literal":
        return { is: "literal", kind: "string", text: this.textOf(node).slice(1, -1), at: this.at(node) };
      case "parenthesized_expression":
        return node.children.length === 1 ? this.#expression(node.children[0]!) : this.#opaque(node);
      case "selector_expression": {
        const object = part(node, "object");
        const name = part(node, "name");
        if (object === null || name === null) return this.#opaque(node);
        return { is: "member", object: this.#expression(object), name: this.textOf(name), at: this.at(node) };
      }
      case "call_expression":
        return this.#call(node);
      case "index_expression": {
        const object = part(node, "object");
        const index = part(node, "index");
        if (object === null) return this.#opaque(node);
        return { is: "index", object: this.#expression(object), parts: index === null ? [] : [this.#expression(index)], at: this.at(node) };
      }
      case "slice_expression": {
        const object = part(node, "object");
        if (object === null) return this.#opaque(node);
        const bounds = node.children.filter((child) => child !== object);
        return { is: "index", object: this.#expression(object), parts: bounds.map((bound) => this.#expression(bound)), at: this.at(node) };
      }
      case "type_assertion_expression":
      case "type_conversion_expression": {
        const value = part(node, "value");
        const type = part(node, "type");
        if (value === null || type === null) return this.#opaque(node);
        // `f[int](x)`: the parser cannot tell a conversion from the call of a generic function, which is far more usual.
        if (type.type === "generic_type") return { is: "call", callee: this.#expression(type), arguments: [positional(this.#expression(value))], at: this.at(node) };
        return { is: "same", value: this.#expression(value), type: this.#type(type), at: this.at(node) };
      }
      case "type_instantiation_expression": {
        const type = part(node, "type");
        return type === null ? this.#opaque(node) : this.#expression(type);
      }
      case "composite_literal": {
        const type = this.#typeOrNull(part(node, "type"));
        const body = part(node, "body");
        return { is: "build", holds: true, type, tuple: false, parts: body === null ? [] : this.#elements(body, type), at: this.at(node) };
      }
      case "literal_value":
        return { is: "build", holds: true, type: null, tuple: false, parts: this.#elements(node, null), at: this.at(node) };
      case "literal_element":
        return node.children.length === 1 ? this.#expression(node.children[0]!) : this.#opaque(node);
      case "func_literal":
        return this.#closure(node);
      case "unary_expression":
        return this.#unary(node);
      case "binary_expression":
        return this.#binary(node);
      case "variadic_argument":
        return node.children.length === 1 ? this.#expression(node.children[0]!) : this.#opaque(node);
      // Types where expressions stand: `new(T)`, `case *sql.Tx:`, `(*T).Method`, `f[int]`.
      case "qualified_type": {
        const pack = part(node, "package");
        const name = part(node, "name");
        if (pack === null || name === null) return this.#opaque(node);
        return { is: "member", object: this.name(pack), name: this.textOf(name), at: this.at(node) };
      }
      case "pointer_type":
      case "parenthesized_type":
      case "negated_type":
      case "type_elem":
        return node.children.length === 1 ? this.#expression(node.children[0]!) : this.#opaque(node);
      case "generic_type": {
        const type = part(node, "type");
        return type === null ? this.#opaque(node) : this.#expression(type);
      }
      case "slice_type":
      case "array_type":
      case "implicit_length_array_type":
      case "map_type":
      case "channel_type":
      case "function_type":
      case "struct_type":
      case "interface_type":
        return { is: "build", holds: false, type: this.#type(node), tuple: false, parts: [], at: this.at(node) };
      default:
        return this.#opaque(node);
    }
  }

  #call(node: PlainNode): Expression {
    const callee = part(node, "callee");
    const list = part(node, "arguments");
    if (callee === null) return this.#opaque(node);
    const args = list?.children ?? [];
    const at = this.at(node);
    if (callee.type === "identifier" && args.length > 0 && TYPES.has(args[0]!.type)) {
      const name = this.textOf(callee);
      if (name === "new" || name === "make") {
        return { is: "build", holds: true, type: this.#type(args[0]!), tuple: false, parts: args.slice(1).map((arg) => positional(this.#expression(arg))), at };
      }
    }
    return {
      is: "call",
      callee: this.#expression(callee),
      arguments: args.map((arg) => ({ name: null, spread: arg.type === "variadic_argument", value: this.#expression(arg) })),
      at,
    };
  }

  #elements(body: PlainNode, type: TypeRef | null): Argument[] {
    const elements: Argument[] = [];
    for (const child of body.children) {
      if (child.type === "keyed_element") {
        const key = part(child, "key")?.children[0] ?? null;
        const value = part(child, "value");
        let name: string | null = null;
        if (key !== null) {
          if (key.type === "identifier") name = this.textOf(key);
          else if (key.type === "interpreted_string_literal" || key.type === "raw_string_literal") name = this.textOf(key).slice(1, -1);
          else if (!LITERALS.has(key.type)) elements.push(positional(this.#element(key, null)));
        }
        if (value !== null) elements.push({ name, spread: false, value: this.#element(value, type) });
      } else elements.push(positional(this.#element(child, type)));
    }
    return elements;
  }

  /** `{...}` without its type inside a slice, array or map literal has the element's type. */
  #element(node: PlainNode, outer: TypeRef | null): Expression {
    const inner = node.type === "literal_element" && node.children.length === 1 ? node.children[0]! : node;
    if (inner.type !== "literal_value") return this.#expression(inner);
    const type = outer !== null && (outer.name === "[]" || outer.name === "map") ? outer.element : null;
    this.depth++;
    const lowered: Expression = this.depth > MAX_DEPTH
      ? this.cutExpression(inner)
      : { is: "build", holds: true, type, tuple: false, parts: this.#elements(inner, type), at: this.at(inner) };
    this.depth--;
    return lowered;
  }

  #closure(node: PlainNode): Expression {
    const parent = this.#fn;
    const symbol = parent.id === 0 ? "<closure>" : `${parent.symbol}.<closure>`;
    const fn = this.openFunction("<closure>", symbol, parent.id, this.at(node), this.between(node.start, node.start + "func".length));
    this.#signatureAndBody(fn, node);
    return { is: "closure", function: fn.id, at: this.at(node) };
  }

  #unary(node: PlainNode): Expression {
    const operator = part(node, "operator")?.type;
    const operand = part(node, "value");
    if (operand === null) return this.#opaque(node);
    const value = this.#expression(operand);
    const at = this.at(node);
    switch (operator) {
      case "!":
        return { is: "not", value, at };
      case "&":
      case "*":
        return { is: "same", value, type: null, at };
      case "<-":
        return { is: "index", object: value, parts: [], at };
      default:
        return { is: "operator", parts: [value], at };
    }
  }

  #binary(node: PlainNode): Expression {
    const lowered = lowerOperators(node, {
      isLink: (left) => left.type === "binary_expression",
      ...plainOperators(this, (operand) => this.#expression(operand)),
      kindOf: operatorKind,
    });
    return lowered ?? this.#opaque(node);
  }

  // --- what is not known, or too deep

  #opaque(node: PlainNode): Expression {
    return this.opaqueExpression(node, (child) => this.#expression(child));
  }

  protected override later(node: PlainNode): void {
    const fn = this.#fn;
    const typeParameters = [...this.#typeParameters];
    this.postpone(node, fn, (body) => {
      this.#fn = fn;
      this.#typeParameters = typeParameters;
      this.#statement(node, body);
    });
  }
}

const LITERALS = new Set(["int_literal", "float_literal", "imaginary_literal", "rune_literal", "nil", "true", "false", "iota"]);

function operatorKind(link: PlainNode): OperatorKind {
  return USUAL_OPERATORS.get(part(link, "operator")?.type ?? "") ?? "operator";
}

function isExpressionType(type: string): boolean {
  return type.endsWith("_expression") || type.endsWith("_literal") || type === "literal_value" || type === "literal_element" || type === "identifier" || type === "nil" || type === "true" || type === "false" || type === "iota" || TYPES.has(type);
}

/** A name or a chain of members. */
function isPlain(node: PlainNode): boolean {
  let at: PlainNode | null = node;
  while (at !== null && at.type === "selector_expression") at = part(at, "object");
  return at !== null && at.type === "identifier";
}

function specsOf(declaration: PlainNode): PlainNode[] {
  const specs: PlainNode[] = [];
  for (const child of declaration.children) {
    if (child.type === "var_spec_list") specs.push(...child.children.filter((spec) => spec.type === "var_spec"));
    else if (child.type === "var_spec" || child.type === "const_spec") specs.push(child);
  }
  return specs;
}
