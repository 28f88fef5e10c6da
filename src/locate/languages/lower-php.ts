import type { Argument, Case, Expression, FileFlow, Handler, Place, Step, TypeRef } from "../flow/flow-model";
import type { LowerInput } from "./language";
import { Lowering, flowOf, MAX_DEPTH, logicChain } from "./lowering";
import type { OpenFunction } from "./lowering";
import { caughtByPhp } from "./php-exceptions";
import { GLOBAL, PhpNames, dotted, inside } from "./php-names";
import { PHP_READING } from "./php-reading";
import { docBefore, readPhpType } from "./php-types";
import { joinOperands, lowerOperators, positional, USUAL_OPERATORS } from "./operators";
import type { OperatorKind } from "./operators";
import { childOfType, part, parts } from "./plain-tree";
import type { PlainNode } from "./plain-tree";

const NO_STEPS: readonly Step[] = [];

/** A PHP file, lowered. Never throws, whatever the text: what is not understood is in `opaque`. */
export function lowerPhp(input: LowerInput): FileFlow {
  const file = new PhpFile(input.text);
  return { ...flowOf(input, "php", PHP_READING, ["//", "#"], file), module: file.module };
}

interface ClassHere {
  readonly name: string;
  /** Full name of what it extends. */
  readonly parent: string | null;
  readonly fields: { name: string; type: TypeRef | null }[];
}

/** What `break` and `continue` leave; it gets a label when something further inside asks for it. */
interface Breakable {
  readonly isLoop: boolean;
  label: string | null;
}

/** Instances and classes are one here: `self::`, `static::` and `$this->` reach the same methods and properties. */
const THIS = "$this";

class PhpFile extends Lowering {
  /** The first namespace of the file; `php` without one. */
  module = GLOBAL;
  #names = new PhpNames();
  readonly #imported = new Set<string>();
  /** Classes of further namespaces of this file, by their full names. */
  readonly #elsewhere = new Map<string, string>();
  #fn!: OpenFunction;
  #class: ClassHere | null = null;
  #breakables: Breakable[] = [];
  #labels = 0;
  #temporaries = 0;
  #anonymous = 0;

  lower(root: PlainNode): void {
    const first = root.children.find((child) => child.type === "namespace_definition");
    const name = first === undefined ? null : part(first, "name");
    if (name !== null) this.module = dotted(this.textOf(name));
    this.#fn = this.openFunction("<module>", "<module>", null, this.at(root), this.between(root.start, root.start));
    this.#list(root.children, this.#fn.body);
    for (const error of this.leftErrors(root)) this.#error(error, this.#fn.body);
    this.lowerPostponed();
  }

  // --- names and types

  /** The name by which this file calls something that it knows in full. */
  #local(full: string): string {
    const elsewhere = this.#elsewhere.get(full);
    if (elsewhere !== undefined) return elsewhere;
    // Others as they are written in full: no name of this file has a backslash.
    const local = inside(this.module, full) ?? (full.startsWith(`${GLOBAL}.`) ? full.slice(GLOBAL.length) : full).replaceAll(".", "\\");
    if (!this.#imported.has(local)) {
      this.#imported.add(local);
      const dot = full.lastIndexOf(".");
      this.imports.push({ local, path: dot < 0 ? GLOBAL : full.slice(0, dot), member: full.slice(dot + 1) });
    }
    return local;
  }

  #className(written: string, at: Place): Expression {
    const word = written.toLowerCase();
    if (word === "self" || word === "static") return { is: "name", name: this.#class?.name ?? written, at };
    if (word === "parent") return { is: "name", name: this.#class?.parent === null || this.#class === null ? written : this.#local(this.#class.parent), at };
    return { is: "name", name: this.#local(this.#names.class(written)), at };
  }

  #functionName(written: string, at: Place): Expression {
    const full = this.#names.function(written);
    const name = full !== null && full.startsWith(`${GLOBAL}.`) ? full.slice(GLOBAL.length + 1) : dotted(written);
    if (full !== null && !full.startsWith(`${GLOBAL}.`)) return { is: "name", name: this.#local(full), at };
    if (!this.#imported.has(name)) {
      this.#imported.add(name);
      this.imports.push({ local: name, path: GLOBAL, member: name });
    }
    return { is: "name", name, at };
  }

  /** A call of something of PHP itself, whatever stands in the source. */
  #builtIn(name: string, values: readonly Expression[], at: Place): Expression {
    return { is: "call", callee: { is: "name", name: this.#local(`${GLOBAL}.${name}`), at }, arguments: values.map(positional), at };
  }

  #qualify(name: string): string | null {
    const word = name.toLowerCase();
    if (word === "self" || word === "static") return this.#class === null ? null : `.${this.#class.name}`;
    if (word === "parent") return this.#class?.parent ?? null;
    const full = this.#names.class(name);
    this.#local(full);
    const own = this.#elsewhere.get(full) ?? inside(this.module, full);
    return own === null || this.module === GLOBAL ? full : `.${own}`;
  }

  #typeText(written: string | null): TypeRef | null {
    return written === null ? null : readPhpType(written, (name) => this.#qualify(name));
  }

  #typeOf(node: PlainNode): TypeRef | null {
    const type = part(node, "type");
    return type === null ? null : this.#typeText(this.textOf(type));
  }

  #nameText(node: PlainNode): string {
    const name = part(node, "name");
    return name === null ? "" : this.textOf(name);
  }

  #temporary(): string {
    return `~${++this.#temporaries}`;
  }

  // --- functions

  #decorators(node: PlainNode): Expression[] {
    const list = part(node, "decorators");
    const found: Expression[] = [];
    for (const group of list?.children ?? []) for (const attribute of group.children) {
      const name = attribute.children.find((child) => child.role === null);
      if (attribute.type !== "attribute" || name === undefined) continue;
      const at = this.at(attribute);
      const given = part(attribute, "arguments");
      found.push({ is: "call", callee: this.#className(this.textOf(name), this.at(name)), arguments: given === null ? [] : this.#arguments(given), at });
    }
    return found;
  }

  #function(node: PlainNode, name: string, owner: ClassHere | null, start: number = node.start): OpenFunction {
    const closure = node.type === "anonymous_function" || node.type === "arrow_function";
    const outer = this.#fn;
    const prefix = owner !== null ? `${owner.name}.` : closure && outer.id !== 0 ? `${outer.symbol}.` : "";
    const nameNode = part(node, "name");
    const decorators = this.#decorators(node);
    const fn = this.openFunction(name, prefix + name, closure ? outer.id : null, this.at(node), nameNode === null ? this.between(node.start, node.start) : this.at(nameNode));
    fn.decorators = decorators;
    fn.owner = owner?.name ?? null;
    if (owner !== null) fn.receiver = THIS;
    const doc = closure ? null : docBefore(this.text, start);
    const declared = part(node, "type");
    const written = declared === null ? null : this.textOf(declared);
    const result = this.#typeText(written) ?? this.#typeText(doc?.result ?? null);
    if (result !== null) fn.results.push(result);
    const body = part(node, "body");
    if (body === null && owner !== null) fn.isAbstract = true;
    const breakables = this.#breakables;
    const here = this.#class;
    this.#fn = fn;
    this.#breakables = [];
    if (!closure && owner === null) this.#class = null;
    for (const parameter of part(node, "parameters")?.children ?? []) this.#parameter(parameter, fn, owner, doc?.parameters ?? null);
    const uses = childOfType(node, "anonymous_function_use_clause");
    const shared = uses === null ? [] : uses.children.filter((child) => child.type === "by_ref").flatMap((child) => child.children.map((inner) => this.textOf(inner)));
    if (shared.length > 0) fn.body.push({ is: "scope", kind: "nonlocal", names: shared, at: this.at(uses!) });
    if (body !== null) {
      if (body.type === "compound_statement") this.#list(body.children, fn.body);
      else {
        const value = this.#expression(body);
        fn.body.push({ is: "return", values: [value], at: this.at(body) });
      }
    }
    this.#fn = outer;
    this.#class = here;
    this.#breakables = breakables;
    return fn;
  }

  #parameter(node: PlainNode, fn: OpenFunction, owner: ClassHere | null, docs: ReadonlyMap<string, string> | null): void {
    if (node.type === "ERROR") return;
    const nameNode = part(node, "name");
    if (nameNode === null) {
      this.#do(node, fn.body);
      return;
    }
    const name = this.textOf(nameNode).replace(/^[&\s]+/, "");
    const type = this.#typeOf(node) ?? this.#typeText(docs?.get(name) ?? null);
    const initial = part(node, "initial");
    // Attributes hold constants.
    fn.parameters.push({ name, type, variadic: node.type === "variadic_parameter", initial: initial === null ? null : this.#expression(initial) });
    if (node.type !== "property_promotion_parameter" || owner === null) return;
    const at = this.at(node);
    const field = name.slice(1);
    this.#field(owner, field, type);
    fn.body.push({ is: "bind", targets: [{ is: "member", object: { is: "name", name: THIS, at }, name: field, at }], value: { is: "name", name, at }, declares: false, type: null, at });
    for (const hooks of node.children) if (hooks.type === "property_hook_list") this.#hooks(hooks, field, owner);
  }

  #closure(node: PlainNode): Expression {
    return { is: "closure", function: this.#function(node, "<closure>", null).id, at: this.at(node) };
  }

  // --- classes

  #field(here: ClassHere, name: string, type: TypeRef | null): void {
    const known = here.fields.find((field) => field.name === name);
    if (known === undefined) here.fields.push({ name, type });
    else if (known.type === null) known.type = type;
  }

  #classNames(node: PlainNode): string[] {
    return node.children.filter((child) => child.type === "name" || child.type === "qualified_name" || child.type === "relative_name").map((child) => this.textOf(child));
  }

  #typeRef(written: string): TypeRef {
    return { name: this.#qualify(written) ?? written, element: null };
  }

  #classDeclaration(node: PlainNode, into: Step[]): void {
    const short = this.#nameText(node);
    const full = `${this.#names.module}.${short}`;
    const name = this.#names.module === this.module ? short : full.replaceAll(".", "~");
    if (name !== short) this.#elsewhere.set(full, name);
    this.#classBody(node, name, into);
  }

  #classBody(node: PlainNode, name: string, into: Step[]): void {
    const bases: TypeRef[] = [];
    let parent: string | null = null;
    for (const child of node.children) {
      if (child.type !== "base_clause" && child.type !== "class_interface_clause") continue;
      for (const written of this.#classNames(child)) {
        bases.push(this.#typeRef(written));
        if (child.type === "base_clause") parent ??= this.#names.class(written);
      }
    }
    const members = part(node, "body")?.children ?? [];
    for (const member of members) if (member.type === "use_declaration") for (const written of this.#classNames(member)) bases.push(this.#typeRef(written));
    const here: ClassHere = { name, parent, fields: [] };
    this.types.push({ name, fields: here.fields, bases });
    const outer = this.#class;
    const breakables = this.#breakables;
    this.#class = here;
    this.#breakables = [];
    for (const decorator of this.#decorators(node)) into.push({ is: "do", value: decorator, at: decorator.at });
    // Declared types first: methods above a property use it too.
    for (const member of members) if (member.type === "property_declaration") this.#propertyTypes(member, here);
    for (const member of members) this.#member(member, here, into);
    this.#class = outer;
    this.#breakables = breakables;
  }

  #propertyTypes(node: PlainNode, here: ClassHere): void {
    const type = this.#typeOf(node) ?? this.#typeText(docBefore(this.text, node.start).variable);
    for (const child of node.children) if (child.type === "property_element") this.#field(here, this.#nameText(child).slice(1), type);
  }

  #member(node: PlainNode, here: ClassHere, into: Step[]): void {
    this.depth++;
    if (this.depth > MAX_DEPTH) into.push(this.cutStep(node));
    else this.#memberHere(node, here, into);
    for (const error of this.leftErrors(node)) this.#error(error, into);
    this.depth--;
  }

  #memberHere(node: PlainNode, here: ClassHere, into: Step[]): void {
    switch (node.type) {
      case "method_declaration":
        this.#function(node, this.#nameText(node), here);
        return;
      case "property_declaration": {
        let name = "";
        for (const child of node.children) {
          if (child.type === "property_element") {
            name = this.#nameText(child).slice(1);
            this.#initial(part(child, "value"), here, name, into);
          } else if (child.type === "property_hook_list") this.#hooks(child, name, here);
        }
        return;
      }
      case "const_declaration":
        this.#constants(node, here, into);
        return;
      case "enum_case": {
        this.#field(here, this.#nameText(node), { name: `.${here.name}`, element: null });
        this.#initial(part(node, "value"), here, this.#nameText(node), into);
        return;
      }
      case "use_declaration":
        return;
      case "ERROR":
        this.#error(node, into);
        return;
      default:
        this.#statement(node, into);
    }
  }

  /** Properties and constants begin with constants: only what calls something is kept. */
  #initial(value: PlainNode | null, here: ClassHere, name: string, into: Step[]): void {
    if (value === null || CONSTANTS.has(value.type)) return;
    const at = this.at(value);
    const lowered = this.#expression(value);
    if (isConstant(lowered)) return;
    into.push({ is: "bind", targets: [{ is: "member", object: { is: "name", name: here.name, at }, name, at }], value: lowered, declares: false, type: null, at });
  }

  #constants(node: PlainNode, here: ClassHere | null, into: Step[]): void {
    for (const element of node.children) {
      if (element.type !== "const_element") continue;
      const [name, value] = element.children;
      if (name === undefined || value === undefined) continue;
      const at = this.at(element);
      if (here !== null) {
        this.#initial(value, here, this.textOf(name), into);
        continue;
      }
      into.push({ is: "bind", targets: [this.name(name)], value: this.#expression(value), declares: true, type: null, at });
    }
  }

  #hooks(list: PlainNode, property: string, here: ClassHere): void {
    for (const hook of list.children) {
      if (hook.type !== "property_hook") continue;
      const name = hook.children.find((child) => child.type === "name" && child.role === null);
      this.#function(hook, `${property}::${name === undefined ? "get" : this.textOf(name)}`, here);
    }
  }

  /** `new class(args) extends Base {...}`: an object that holds what it was given. */
  #anonymousClass(node: PlainNode, at: Place): Expression {
    const outer = this.#class?.name ?? "";
    const name = `${outer}$${++this.#anonymous}`;
    const given = childOfType(node, "arguments");
    const values = given === null ? [] : this.#arguments(given);
    this.#classBody(node, name, this.#fn.body);
    return { is: "build", holds: true, type: { name: `.${name}`, element: null }, tuple: false, parts: values, at };
  }

  // --- statements

  #list(nodes: readonly PlainNode[], into: Step[]): void {
    for (const node of nodes) this.#statement(node, into);
  }

  #steps(node: PlainNode | null): Step[] {
    const steps: Step[] = [];
    if (node === null) return steps;
    if (node.type === "compound_statement" || node.type === "colon_block") {
      this.depth++;
      if (this.depth > MAX_DEPTH) steps.push(this.cutStep(node));
      else this.#list(node.children, steps);
      for (const error of this.leftErrors(node)) this.#error(error, steps);
      this.depth--;
    } else this.#statement(node, steps);
    return steps;
  }

  #statement(node: PlainNode, into: Step[]): void {
    this.depth++;
    if (this.depth > MAX_DEPTH) into.push(this.cutStep(node));
    else this.#statementHere(node, into);
    for (const error of this.leftErrors(node)) this.#error(error, into);
    this.depth--;
  }

  #statementHere(node: PlainNode, into: Step[]): void {
    const at = this.at(node);
    switch (node.type) {
      case "expression_statement":
        for (const child of node.children) this.#expressionStatement(child, into);
        return;
      case "compound_statement":
      case "colon_block": {
        const body: Step[] = [];
        this.#list(node.children, body);
        into.push({ is: "block", body, at });
        return;
      }
      case "echo_statement":
      case "declare_statement":
        for (const child of node.children) {
          if (child.type === "declare_directive") continue;
          this.#statement(child, into);
        }
        return;
      case "namespace_definition":
        this.#namespaceDefinition(node, into);
        return;
      case "namespace_use_declaration":
        this.#use(node);
        return;
      case "function_definition": {
        const name = this.#nameText(node);
        const fn = this.#function(node, name, null);
        into.push({ is: "define", name, function: fn.id, at });
        return;
      }
      case "class_declaration":
      case "interface_declaration":
      case "trait_declaration":
      case "enum_declaration":
        this.#classDeclaration(node, into);
        return;
      case "const_declaration":
        this.#constants(node, null, into);
        return;
      case "return_statement":
        into.push({ is: "return", values: node.children.map((child) => this.#expression(child)), at });
        return;
      case "exit_statement":
        into.push({ is: "do", value: this.#builtIn("exit", node.children.map((child) => this.#expression(child)), at), at });
        return;
      case "break_statement":
      case "continue_statement":
        this.#leave(node, into, at);
        return;
      case "goto_statement":
        if (node.children[0] !== undefined) into.push({ is: "goto", label: this.textOf(node.children[0]), at });
        return;
      case "named_label_statement":
        if (node.children[0] !== undefined) into.push({ is: "label", name: this.textOf(node.children[0]), at });
        return;
      case "if_statement":
        this.#if(node, into);
        return;
      case "while_statement":
      case "do_statement":
      case "for_statement":
      case "foreach_statement":
        this.#loop(node, into);
        return;
      case "switch_statement":
        this.#switch(node, into);
        return;
      case "try_statement":
        this.#try(node, into);
        return;
      case "global_declaration":
      case "function_static_declaration":
        this.#outlives(node, into);
        return;
      case "unset_statement": {
        const names = node.children.filter((child) => child.type === "variable_name").map((child) => this.textOf(child));
        for (const child of node.children) if (child.type !== "variable_name") this.#do(child, into);
        if (names.length > 0) into.push({ is: "scope", kind: "delete", names, at });
        return;
      }
      case "empty_statement":
      case "use_declaration":
        return;
      case "else_clause":
      case "else_if_clause":
      case "finally_clause":
      case "catch_clause":
      case "case_statement":
      case "default_statement":
      case "switch_block":
      case "declaration_list":
      case "enum_declaration_list":
        // Without what they belong to: broken text.
        for (const child of node.children) this.#statement(child, into);
        return;
      case "method_declaration":
        this.#function(node, this.#nameText(node), this.#class);
        return;
      case "property_declaration":
      case "enum_case":
        for (const child of node.children) {
          const value = part(child, "value") ?? (child.role === "value" ? child : null);
          if (value !== null) this.#do(value, into);
        }
        return;
      case "ERROR":
        this.#error(node, into);
        return;
    }
    if (EXPRESSIONS.has(node.type) || node.type.endsWith("_expression")) {
      this.#expressionStatement(node, into);
      return;
    }
    if (NOTHING_RUNS.has(node.type)) return;
    this.countOpaque(node.type);
    const body: Step[] = [];
    for (const child of node.children) this.#statement(child, body);
    into.push({ is: "opaque", nodeType: node.type, body, at });
  }

  #error(node: PlainNode, into: Step[]): void {
    this.tookError(node);
    this.inError++;
    const body: Step[] = [];
    for (const child of node.children) this.#statement(child, body);
    this.inError--;
    into.push({ is: "opaque", nodeType: "ERROR", body, at: this.at(node) });
  }

  #do(node: PlainNode, into: Step[]): void {
    into.push({ is: "do", value: this.#expression(node), at: this.at(node) });
  }

  #namespaceDefinition(node: PlainNode, into: Step[]): void {
    const name = part(node, "name");
    const names = new PhpNames();
    names.namespace = name === null ? "" : dotted(this.textOf(name));
    const outer = this.#names;
    this.#names = names;
    const body = part(node, "body");
    if (body === null) return;
    this.#list(body.children, into);
    this.#names = outer;
  }

  #use(node: PlainNode): void {
    const outerKind = part(node, "kind")?.type ?? null;
    const prefix = childOfType(node, "namespace_name");
    const clauses = node.children.flatMap((child) => (child.type === "namespace_use_group" ? child.children : [child])).filter((child) => child.type === "namespace_use_clause");
    for (const clause of clauses) {
      const kind = outerKind ?? part(clause, "kind")?.type ?? "class";
      const named = clause.children.find((child) => child.role === null);
      const alias = part(clause, "local");
      if (named === undefined || kind === "const") continue;
      const full = prefix === null ? this.textOf(named) : `${this.textOf(prefix)}\\${this.textOf(named)}`;
      this.#names.use(kind === "function" ? "function" : "class", full, alias === null ? null : this.textOf(alias));
      // So that the imports say what the file speaks of.
      if (kind !== "function") this.#local(this.#names.class(alias === null ? full.slice(full.lastIndexOf("\\") + 1) : this.textOf(alias)));
    }
  }

  /** `break 2` leaves the second loop or switch outwards; `continue` of a switch leaves it. */
  #leave(node: PlainNode, into: Step[], at: Place): void {
    const written = node.children[0] === undefined ? 1 : Number.parseInt(this.textOf(node.children[0]), 10);
    const count = Number.isInteger(written) && written > 0 ? written : 1;
    const target = this.#breakables.at(-count);
    const isBreak = node.type === "break_statement" || target?.isLoop === false;
    // The innermost needs no label, unless `continue` of a switch is meant.
    if (count === 1 || target === undefined) {
      into.push({ is: isBreak ? "break" : "continue", label: null, at });
      return;
    }
    target.label ??= `~${++this.#labels}`;
    into.push({ is: isBreak ? "break" : "continue", label: target.label, at });
  }

  #inside<T>(isLoop: boolean, lower: () => T): { readonly result: T; readonly label: string | null } {
    const here: Breakable = { isLoop, label: null };
    this.#breakables.push(here);
    const result = lower();
    this.#breakables.pop();
    return { result, label: here.label };
  }

  #condition(node: PlainNode, role = "condition"): Expression {
    const condition = part(node, role);
    return condition === null ? this.#missing(node) : this.#expression(condition);
  }

  #if(node: PlainNode, into: Step[]): void {
    const branches: { readonly start: number; readonly node: PlainNode; readonly condition: Expression; readonly then: readonly Step[] }[] = [];
    let rest: readonly Step[] = NO_STEPS;
    let restAt = node;
    for (let at: PlainNode | null = node; at !== null; ) {
      branches.push({ start: at.start, node: at, condition: this.#condition(at), then: this.#steps(part(at, "then")) });
      let next: PlainNode | null = null;
      for (const clause of parts(at, "else")) {
        if (clause.type === "else_if_clause") {
          branches.push({ start: clause.start, node: clause, condition: this.#condition(clause), then: this.#steps(part(clause, "then")) });
          continue;
        }
        const body = part(clause, "body");
        if (body?.type === "if_statement") next = body;
        else {
          restAt = clause;
          rest = this.#steps(body);
        }
      }
      at = next;
    }
    if (branches.length > LONG_CHAIN) {
      const cases: Case[] = branches.map((one) => ({ tests: [one.condition], guard: null, binds: [], body: one.then, fallsThrough: false, at: this.at(one.node) }));
      if (rest.length > 0) cases.push({ tests: [], guard: null, binds: [], body: rest, fallsThrough: false, at: this.at(restAt) });
      // `break` inside means the loop around it: no name of its own can be asked for.
      into.push({ is: "switch", label: IF_CHAIN, subject: null, bind: null, cases, waits: false, at: this.at(node) });
      return;
    }
    let below: readonly Step[] = rest;
    for (let i = branches.length - 1; i >= 0; i--) {
      const one = branches[i]!;
      below = [{ is: "if", condition: one.condition, then: one.then, else: below, at: this.between(one.start, node.end) }];
    }
    into.push(...below);
  }

  #loop(node: PlainNode, into: Step[]): void {
    const at = this.at(node);
    const body = (): Step[] => {
      const steps: Step[] = [];
      for (const one of parts(node, "body")) {
        if (one.type === "compound_statement" || one.type === "colon_block") steps.push(...this.#steps(one));
        else this.#statement(one, steps);
      }
      return steps;
    };
    const common = { otherwise: NO_STEPS, isAsync: false, at };
    if (node.type === "foreach_statement") {
      const [iterated, target] = node.children.filter((child) => child.role === null);
      if (iterated === undefined) return;
      const iterates = this.#expression(iterated);
      const binds = target === undefined ? [] : target.type === "pair" ? target.children.map((child) => this.#target(child)) : [this.#target(target)];
      const { result, label } = this.#inside(true, body);
      into.push({ is: "loop", label, iterates, binds, condition: null, body: result, update: NO_STEPS, ...common });
      return;
    }
    if (node.type === "for_statement") {
      const first = part(node, "first");
      if (first !== null) this.#expressionStatement(first, into);
      const conditions = sequence(part(node, "condition")).map((one) => this.#expression(one));
      const condition = conditions.length < 2 ? conditions[0] ?? null : logicChain("and", [...conditions.slice(0, -1).map((value): Expression => value), conditions.at(-1)!]);
      const { result, label } = this.#inside(true, body);
      const update: Step[] = [];
      const last = part(node, "update");
      if (last !== null) this.#expressionStatement(last, update);
      into.push({ is: "loop", label, iterates: null, binds: [], condition: condition === null || isAlways(condition) ? null : condition, body: result, update, ...common });
      return;
    }
    if (node.type === "while_statement") {
      const condition = this.#condition(node);
      const { result, label } = this.#inside(true, body);
      into.push({ is: "loop", label, iterates: null, binds: [], condition: isAlways(condition) ? null : condition, body: result, update: NO_STEPS, ...common });
      return;
    }
    const { result, label } = this.#inside(true, body);
    const condition = this.#condition(node);
    const leave: Step = { is: "if", condition, then: NO_STEPS, else: [{ is: "break", label: null, at: condition.at }], at: condition.at };
    into.push({ is: "loop", label, iterates: null, binds: [], condition: null, body: result, update: [leave], ...common });
  }

  #switch(node: PlainNode, into: Step[]): void {
    const subject = this.#condition(node, "subject");
    const plain = subject.is === "literal" && subject.kind === "true";
    const clauses = (part(node, "body")?.children ?? []).filter((child) => child.type === "case_statement" || child.type === "default_statement");
    const { result, label } = this.#inside(false, () => clauses.map((clause, i): Case => {
      const test = part(clause, "test");
      const tests = test === null ? [] : [this.#expression(test)];
      const body: Step[] = [];
      this.#list(clause.children.filter((child) => child.role === null), body);
      return { tests, guard: null, binds: [], body, fallsThrough: i < clauses.length - 1, at: this.at(clause) };
    }));
    for (const child of part(node, "body")?.children ?? []) if (child.type === "ERROR") this.#error(child, into);
    into.push({ is: "switch", label, subject: plain ? null : subject, bind: null, cases: result, waits: false, at: this.at(node) });
  }

  #try(node: PlainNode, into: Step[]): void {
    const body = this.#steps(part(node, "body"));
    const handlers: Handler[] = [];
    let last: readonly Step[] = NO_STEPS;
    for (const clause of node.children) {
      if (clause.type === "finally_clause") last = this.#steps(part(clause, "body"));
      if (clause.type !== "catch_clause") continue;
      const types = part(clause, "type");
      const catches = types === null ? [] : this.textOf(types).split("|").map((written) => this.#names.class(written.trim()));
      const bind = part(clause, "bind");
      const { catchesAll, catchesCalls } = caughtByPhp(catches);
      handlers.push({
        catches, catchesAll: catchesAll || catches.length === 0, ...(catchesCalls ? { catchesCalls } : {}), bind: bind === null ? null : this.textOf(bind), body: this.#steps(part(clause, "body")), at: this.at(clause),
      });
    }
    into.push({ is: "try", body, handlers, otherwise: NO_STEPS, finally: last, at: this.at(node) });
  }

  /** `global $db` and `static $db`: what is bound to it is kept after the function. */
  #outlives(node: PlainNode, into: Step[]): void {
    const at = this.at(node);
    const isStatic = node.type === "function_static_declaration";
    const named = node.children.map((child) => (isStatic ? part(child, "name") : child)).filter((child) => child !== null);
    const names = named.filter((child) => child.type === "variable_name").map((child) => this.textOf(child));
    if (names.length > 0) into.push({ is: "scope", kind: "global", names, at });
    // A variable of the whole program is known by its name only (`$wpdb`, of its class `wpdb`): the file speaks of it.
    if (!isStatic) for (const name of names) this.#local(`${GLOBAL}.${name.replace(/^\$/u, "")}`);
    for (const child of node.children) {
      if (isStatic) {
        const name = part(child, "name");
        const value = part(child, "value");
        if (name !== null && value !== null && value.type !== "null") into.push({ is: "bind", targets: [this.name(name)], value: this.#expression(value), declares: false, type: null, at: this.at(child) });
      } else if (child.type !== "variable_name") this.#do(child, into);
    }
  }

  #expressionStatement(node: PlainNode, into: Step[]): void {
    const at = this.at(node);
    switch (node.type) {
      case "sequence_expression":
        for (const child of node.children) this.#expressionStatement(child, into);
        return;
      case "throw_expression": {
        const [value] = node.children;
        into.push({ is: "throw", value: value === undefined ? null : this.#expression(value), at });
        return;
      }
      case "error_suppression_expression":
      case "parenthesized_expression":
        if (node.children.length === 1 && node.children[0]!.type === "assignment_expression") {
          this.#expressionStatement(node.children[0]!, into);
          return;
        }
        break;
      case "string":
      case "integer":
      case "boolean":
      case "null":
        return;
    }
    const value = this.#expression(node);
    if (value.is === "assign") {
      const doc = node.type === "assignment_expression" && value.target.is === "name" ? docBefore(this.text, node.start).variable : null;
      into.push({ is: "bind", targets: [value.target], value: value.value, declares: false, type: this.#typeText(doc), at });
    } else into.push({ is: "do", value, at });
  }

  // --- expressions

  #expression(node: PlainNode): Expression {
    this.depth++;
    const lowered = this.tooDeep(node, "member_access_expression") ? this.cutExpression(node) : this.#expressionHere(node);
    this.depth--;
    return lowered;
  }

  #missing(node: PlainNode): Expression {
    this.countOpaque(`${node.type} without a part`);
    return { is: "opaque", nodeType: "missing", parts: [], at: this.between(node.end, node.end) };
  }

  #operator(node: PlainNode, children: readonly PlainNode[] = node.children): Expression {
    return { is: "operator", parts: children.map((child) => this.#expression(child)), at: this.at(node) };
  }

  #expressionHere(node: PlainNode): Expression {
    const at = this.at(node);
    switch (node.type) {
      case "variable_name":
        return this.name(node);
      case "name":
      case "qualified_name":
      case "relative_name":
        return this.#constant(node, at);
      case "relative_scope":
        return this.#className(this.textOf(node), at);
      case "integer":
      case "float":
        return { is: "literal", kind: "number", text: this.textOf(node).replaceAll("_", ""), at };
      case "string":
        return { is: "literal", kind: "string", text: this.textOf(node).replace(/^[bB]?'|'$/g, ""), at };
      case "boolean":
        return { is: "literal", kind: this.textOf(node).toLowerCase() === "true" ? "true" : "false", text: this.textOf(node), at };
      case "null":
        return { is: "literal", kind: "null", text: this.textOf(node), at };
      case "encapsed_string":
      case "heredoc":
      case "heredoc_body":
      case "nowdoc":
        return this.#text(node, at);
      case "shell_command_expression":
        return this.#builtIn("shell_exec", [this.#text(node, at)], at);
      case "parenthesized_expression":
      case "echo_statement":
        return node.children.length === 1 ? this.#expression(node.children[0]!) : this.#operator(node);
      case "error_suppression_expression":
        return node.children[0] === undefined ? this.#missing(node) : { is: "same", value: this.#expression(node.children[0]), type: null, at };
      case "by_ref":
      case "variadic_unpacking":
        return node.children[0] === undefined ? this.#missing(node) : this.#expression(node.children[0]);
      case "dynamic_variable_name":
        return { is: "index", object: { is: "name", name: "$GLOBALS", at }, parts: node.children.filter((child) => child.type !== "name").map((child) => this.#expression(child)), at };
      case "anonymous_function":
      case "arrow_function":
        return this.#closure(node);
      case "function_call_expression":
      case "member_call_expression":
      case "nullsafe_member_call_expression":
      case "scoped_call_expression":
        return this.#call(node, at);
      case "member_access_expression":
      case "nullsafe_member_access_expression":
      case "scoped_property_access_expression":
        return this.#access(node, at);
      case "class_constant_access_expression":
        return this.#classConstant(node, at);
      case "object_creation_expression":
        return this.#creation(node, at);
      case "anonymous_class":
        return this.#anonymousClass(node, at);
      case "subscript_expression": {
        const [object, ...indexes] = node.children;
        if (object === undefined) return this.#missing(node);
        return { is: "index", object: this.#expression(object), parts: indexes.map((child) => this.#expression(child)), at };
      }
      case "array_creation_expression":
        return { is: "build", holds: true, type: null, tuple: false, parts: node.children.map((child) => this.#element(child)), at };
      case "array_element_initializer":
        return this.#element(node).value;
      case "list_literal":
        return this.#target(node);
      case "assignment_expression":
      case "reference_assignment_expression": {
        const targetNode = part(node, "target");
        const valueNode = part(node, "value");
        const value = valueNode === null ? this.#missing(node) : this.#expression(valueNode);
        const target = targetNode === null ? this.#missing(node) : this.#target(targetNode);
        return { is: "assign", target, value: isKeyedList(targetNode, this.text) ? { is: "same", value: { is: "operator", parts: [value], at: value.at }, type: null, at: value.at } : value, at };
      }
      case "augmented_assignment_expression": {
        const targetNode = part(node, "target");
        const valueNode = part(node, "value");
        const target = targetNode === null ? this.#missing(node) : this.#target(targetNode);
        const value = valueNode === null ? this.#missing(node) : this.#expression(valueNode);
        const combined: Expression = part(node, "operator")?.type === "??="
          ? { is: "logic", operator: "or", left: target, right: value, at }
          : { is: "operator", parts: target.is === "name" ? [target, value] : [value], at };
        return { is: "assign", target, value: combined, at };
      }
      case "update_expression": {
        const targetNode = part(node, "target");
        const target = targetNode === null ? this.#missing(node) : this.#target(targetNode);
        return { is: "assign", target, value: { is: "operator", parts: target.is === "name" ? [target] : [], at }, at };
      }
      case "unary_op_expression": {
        const operand = part(node, "value") ?? node.children.find((child) => child.role === null);
        if (operand === undefined) return this.#missing(node);
        const value = this.#expression(operand);
        return part(node, "operator")?.type === "!" ? { is: "not", value, at } : { is: "operator", parts: [value], at };
      }
      case "binary_expression":
        return this.#binary(node);
      case "conditional_expression": {
        const condition = this.#condition(node);
        const then = part(node, "then");
        const otherwise = part(node, "else");
        const below = otherwise === null ? this.#missing(node) : this.#expression(otherwise);
        if (then === null) return { is: "logic", operator: "or", left: condition, right: below, at };
        return { is: "conditional", condition, then: this.#expression(then), else: below, at };
      }
      case "match_expression":
        return this.#match(node, at);
      case "throw_expression":
        return this.#builtIn("throw", node.children.map((child) => this.#expression(child)), at);
      case "exit_statement":
        return this.#builtIn("exit", node.children.map((child) => this.#expression(child)), at);
      case "yield_expression": {
        this.#fn.isGenerator = true;
        const [child] = node.children;
        const from = /^yield\s+from\b/i.test(this.text.slice(node.start, node.start + 40));
        return { is: "yield", value: child === undefined ? null : this.#expression(child), from, at };
      }
      case "cast_expression": {
        const value = part(node, "value");
        return value === null ? this.#missing(node) : this.#operator(node, [value]);
      }
      case "clone_expression":
      case "print_intrinsic":
      case "include_expression":
      case "include_once_expression":
      case "require_expression":
      case "require_once_expression":
      case "sequence_expression":
      case "pair":
        return this.#operator(node);
      case "arguments":
      case "argument":
        return { is: "operator", parts: (node.type === "arguments" ? node.children : [node]).map((child) => this.#argument(child).value), at };
    }
    if (NOTHING_RUNS.has(node.type)) return { is: "operator", parts: [], at };
    return this.#opaque(node);
  }

  #constant(node: PlainNode, at: Place): Expression {
    const written = this.textOf(node);
    return { is: "name", name: written.includes("\\") ? dotted(written) : written, at };
  }

  #text(node: PlainNode, at: Place): Expression {
    const inserted = node.children.flatMap((child) => (child.type === "heredoc_body" ? child.children : [child])).filter((child) => !NOTHING_RUNS.has(child.type));
    if (inserted.length === 0) return { is: "literal", kind: "string", text: this.textOf(node).replace(/^b?"|"$/gi, ""), at };
    const [begins] = node.children;
    const beginning: Expression[] = begins?.type === "string_content" ? [{ is: "literal", kind: "string", text: this.textOf(begins), at: this.at(begins) }] : [];
    return { is: "build", holds: false, type: null, tuple: false, parts: [...beginning, ...inserted.map((child) => this.#expression(child))].map(positional), at };
  }

  #element(node: PlainNode): Argument {
    if (node.type !== "array_element_initializer") return positional(this.#expression(node));
    const [first, second] = node.children;
    if (first === undefined) return positional(this.#missing(node));
    if (second === undefined) return { name: null, spread: first.type === "variadic_unpacking", value: this.#expression(first) };
    const key = this.#expression(first);
    const value = this.#expression(second);
    const name = key.is === "literal" && key.kind === "string" ? key.text : key.is === "name" && !key.name.startsWith("$") ? key.name : key.is === "member" && key.object.is === "name" ? key.name : null;
    if (name !== null || key.is === "literal") return { name: name ?? (key.is === "literal" ? key.text : null), spread: false, value };
    return { name: null, spread: false, value: { is: "operator", parts: [key, value], at: this.at(node) } };
  }

  /** What is assigned to. */
  #target(node: PlainNode): Expression {
    const at = this.at(node);
    if (node.type === "by_ref") return node.children[0] === undefined ? this.#missing(node) : this.#target(node.children[0]);
    if (node.type === "list_literal" || node.type === "array_creation_expression") {
      if (this.depth > MAX_DEPTH) return this.cutExpression(node);
      this.depth++;
      const targets: Argument[] = [];
      let end = node.start;
      for (const child of node.children) {
        const between = this.text.slice(end, child.start);
        end = child.end;
        // `'key' => $x`: the key is evaluated, and is no target.
        if (child.type !== "array_element_initializer" && this.#isKey(child)) continue;
        // A hole is no node: the commas tell.
        const commas = between.split(",").length - 1 - (targets.length > 0 ? 1 : 0);
        if (!between.includes("=>")) for (let i = 0; i < commas; i++) targets.push(positional({ is: "name", name: this.#temporary(), at: this.at(child) }));
        const inner = child.type === "array_element_initializer" ? child.children.at(-1) ?? child : child;
        targets.push(positional(this.#target(inner)));
      }
      this.depth--;
      return { is: "build", holds: false, type: null, tuple: true, parts: targets, at };
    }
    return this.#expression(node);
  }

  /** `=>` follows it. */
  #isKey(node: PlainNode): boolean {
    return /^\s*=>/.test(this.text.slice(node.end, node.end + 20));
  }

  #argument(node: PlainNode): Argument {
    if (node.type !== "argument") return positional(this.#expression(node));
    const name = part(node, "name");
    const value = node.children.findLast((child) => child.role === null);
    if (value === undefined) return positional(name === null ? this.#missing(node) : this.#constant(name, this.at(name)));
    return { name: name === null ? null : this.textOf(name), spread: value.type === "variadic_unpacking", value: this.#expression(value) };
  }

  #arguments(list: PlainNode): Argument[] {
    return list.children.filter((child) => child.type !== "variadic_placeholder").map((child) => this.#argument(child));
  }

  /** `f(...)` is a closure over the function and its object: not called. */
  #called(callee: Expression, node: PlainNode, at: Place): Expression {
    const list = part(node, "arguments");
    if (list !== null && list.children.some((child) => child.type === "variadic_placeholder")) return { is: "build", holds: true, type: null, tuple: false, parts: [positional(callee)], at };
    const given = list === null ? [] : this.#arguments(list);
    const asks = callee.is === "name" && given.length === 1 && !given[0]!.spread ? ASKS.get(callee.name.replace(/^\\/u, "").toLowerCase()) : undefined;
    if (asks !== undefined && (given[0]!.value.is === "name" || given[0]!.value.is === "member")) return { is: "compare", operator: asks, left: given[0]!.value, right: { is: "literal", kind: "null", text: "null", at }, at };
    return { is: "call", callee, arguments: given, at };
  }

  #call(node: PlainNode, at: Place): Expression {
    if (node.type !== "function_call_expression") {
      const name = part(node, "name");
      // A method's call nests twice: the call, and the member that it calls.
      this.depth++;
      const callee = this.#access(node, name === null ? at : this.between(node.start, name.end));
      this.depth--;
      return this.#called(callee, node, at);
    }
    const callee = part(node, "callee");
    if (callee === null) return { is: "call", callee: this.#missing(node), arguments: [], at };
    const named = callee.type === "name" || callee.type === "qualified_name" || callee.type === "relative_name";
    return this.#called(named ? this.#functionName(this.textOf(callee), this.at(callee)) : this.#expression(callee), node, at);
  }

  /** `->name`, `?->name`, `::$name` and the callee of a method. A name that is computed is an index. */
  #access(node: PlainNode, at: Place): Expression {
    const objectNode = part(node, "object");
    const nameNode = part(node, "name");
    if (objectNode === null || nameNode === null) return this.#missing(node);
    const scoped = node.type.startsWith("scoped_");
    const object = scoped ? this.#scope(objectNode) : this.#expression(objectNode);
    if (nameNode.type === "name") return { is: "member", object, name: this.textOf(nameNode), at };
    if (node.type === "scoped_property_access_expression" && nameNode.type === "variable_name") return { is: "member", object, name: this.textOf(nameNode).slice(1), at };
    return { is: "index", object, parts: [this.#expression(nameNode)], at };
  }

  #scope(node: PlainNode): Expression {
    const at = this.at(node);
    const word = this.textOf(node).toLowerCase();
    if (this.#class !== null && (word === "self" || word === "static")) return { is: "name", name: THIS, at };
    if (this.#class !== null && word === "parent") return { is: "call", callee: { is: "name", name: "super", at }, arguments: [], at };
    if (node.type === "name" || node.type === "qualified_name" || node.type === "relative_name" || node.type === "relative_scope") return this.#className(this.textOf(node), at);
    return this.#expression(node);
  }

  #classConstant(node: PlainNode, at: Place): Expression {
    const [scope, name] = node.children;
    if (scope === undefined || name === undefined) return this.#missing(node);
    const isName = scope.type === "name" || scope.type === "qualified_name" || scope.type === "relative_name";
    if (this.textOf(name).toLowerCase() === "class" && isName) return { is: "literal", kind: "string", text: this.#names.class(this.textOf(scope)), at };
    const object = this.#scope(scope);
    if (name.type !== "name") return { is: "index", object, parts: [this.#expression(name)], at };
    return { is: "member", object, name: this.textOf(name), at };
  }

  #creation(node: PlainNode, at: Place): Expression {
    const list = childOfType(node, "arguments");
    const made = node.children.find((child) => child.type !== "arguments");
    if (made === undefined) return this.#missing(node);
    if (made.type === "anonymous_class") return this.#anonymousClass(made, at);
    const named = made.type === "name" || made.type === "qualified_name" || made.type === "relative_name";
    const callee = named ? this.#className(this.textOf(made), this.at(made)) : { is: "index" as const, object: this.#expression(made), parts: [], at: this.at(made) };
    return { is: "call", callee, arguments: list === null ? [] : this.#arguments(list), at };
  }

  /** Its arms in their order; an arm's value is evaluated only when it is taken. Without a default what fits nothing is thrown. */
  #match(node: PlainNode, at: Place): Expression {
    const subject = this.#condition(node, "subject");
    const plain = subject.is === "literal" && subject.kind === "true";
    const simple = subject.is === "name" || subject.is === "literal";
    const held: Expression = simple ? subject : { is: "name", name: this.#temporary(), at: subject.at };
    let first = !simple;
    let otherwise: Expression | null = null;
    const arms: { readonly test: Expression; readonly value: Expression }[] = [];
    const extra: Expression[] = [];
    for (const arm of part(node, "body")?.children ?? []) {
      const valueNode = part(arm, "value");
      if (arm.type === "match_default_expression") {
        otherwise = valueNode === null ? this.#missing(arm) : this.#expression(valueNode);
        continue;
      }
      if (arm.type !== "match_conditional_expression") {
        extra.push(this.#expression(arm));
        continue;
      }
      const tests = (part(arm, "test")?.children ?? []).map((child): Expression => {
        const right = this.#expression(child);
        if (plain) return right;
        const left: Expression = first ? { is: "assign", target: held, value: subject, at: subject.at } : held;
        first = false;
        return { is: "compare", operator: "==", left, right, at: right.at };
      });
      const value = valueNode === null ? this.#missing(arm) : this.#expression(valueNode);
      if (tests.length > 0) arms.push({ test: logicChain("or", tests), value });
    }
    const none = otherwise ?? this.#builtIn("throw", first ? [subject] : [], at);
    const choose = (from: number, to: number, rest: Expression): Expression => {
      if (from >= to) return rest;
      if (to - from <= 8) {
        let below = rest;
        for (let i = to - 1; i >= from; i--) below = { is: "conditional", condition: arms[i]!.test, then: arms[i]!.value, else: below, at };
        return below;
      }
      // Halved, so that hundreds of arms do not nest as deep.
      const middle = (from + to) >> 1;
      const upper = arms.slice(from, middle).map((arm) => arm.test);
      return { is: "conditional", condition: logicChain("or", upper), then: choose(from, middle, arms[middle - 1]!.value), else: choose(middle, to, rest), at };
    };
    const chosen = arms.length === 0 && first ? ({ is: "operator", parts: [subject, none], at } as const) : choose(0, arms.length, none);
    return extra.length === 0 ? chosen : { is: "operator", parts: [...extra, chosen], at };
  }

  /** `??` associates to the right: its chain is walked too. */
  #binary(node: PlainNode): Expression {
    const lowered = lowerOperators(node, {
      isLink: (left) => left.type === "binary_expression",
      kindOf: operatorKind,
      expression: (operand) => this.#expression(operand),
      associates: (kind) => kind === "and" || kind === "or" || kind === "operator",
      right: (link, kind, operands) => {
        for (const right of rightOperands(link, kind)) operands.push(right === null ? this.#missing(link) : right.role === "right" && kind === "instanceof" ? this.#typeTest(right) : this.#expression(right));
      },
      join: (kind, operands, link) => {
        const at = this.at(link);
        if (kind === "pipe") return { is: "call", callee: operands[1]!, arguments: [positional(operands[0]!)], at };
        if (kind === "==" || kind === "!=") return { is: "compare", operator: kind, left: asNothing(operands[0]!), right: asNothing(operands[1]!), at };
        return joinOperands(kind === "instanceof" ? "compare" : kind, operands, at);
      },
    });
    return lowered ?? this.#opaque(node);
  }

  #typeTest(node: PlainNode): Expression {
    const named = node.type === "name" || node.type === "qualified_name" || node.type === "relative_name";
    return named ? this.#className(this.textOf(node), this.at(node)) : this.#expression(node);
  }

  // --- what is not known, or too deep

  #opaque(node: PlainNode): Expression {
    return this.opaqueExpression(node, (child) => this.#expression(child));
  }

  protected override later(node: PlainNode): void {
    const fn = this.#fn;
    const here = this.#class;
    const names = this.#names;
    this.postpone(node, fn, (body) => {
      this.#fn = fn;
      this.#class = here;
      this.#names = names;
      this.#breakables = [];
      this.#statement(node, body);
    });
  }
}

/** Else-ifs beyond this become a `switch`, which does not nest. */
const LONG_CHAIN = 40;
/** A `switch` of this label is a chain of else-ifs: `break` in it leaves the loop around it. */
const IF_CHAIN = "<if>";
const CONSTANTS = new Set(["integer", "float", "string", "boolean", "null", "nowdoc", "name", "qualified_name"]);
/** Names, types, words: nothing that runs. */
const NOTHING_RUNS = new Set([
  "name", "namespace_name", "namespace_use_clause", "namespace_use_group", "string_content", "escape_sequence", "heredoc_start", "heredoc_end", "nowdoc_body", "nowdoc_string", "cast_type", "named_type", "optional_type", "primitive_type",
  "union_type", "intersection_type", "disjunctive_normal_form_type", "bottom_type", "type_list", "visibility_modifier", "static_modifier", "abstract_modifier", "final_modifier", "readonly_modifier", "var_modifier",
  "reference_modifier", "variadic_placeholder", "use_list", "use_as_clause", "use_instead_of_clause", "base_clause", "class_interface_clause", "operation", "declare_directive", "empty_statement",
]);
const EXPRESSIONS = new Set([
  "variable_name", "dynamic_variable_name", "qualified_name", "relative_name", "relative_scope", "integer", "float", "string", "boolean", "null", "encapsed_string", "heredoc", "heredoc_body", "nowdoc",
  "anonymous_function", "arrow_function", "anonymous_class", "list_literal", "print_intrinsic", "by_ref", "variadic_unpacking", "array_element_initializer", "arguments", "argument", "pair",
]);
/** Functions that ask whether there is anything in a variable. */
const ASKS: ReadonlyMap<string, "==" | "!="> = new Map([["is_resource", "!="], ["is_object", "!="], ["is_null", "=="]]);

const OPERATORS: ReadonlyMap<string, OperatorKind | "instanceof" | "pipe"> = new Map<string, OperatorKind | "instanceof" | "pipe">([
  ...USUAL_OPERATORS, ["and", "and"], ["or", "or"], ["??", "or"], ["===", "=="], ["!==", "!="], ["<>", "!="], ["instanceof", "instanceof"], ["|>", "pipe"],
]);

function operatorKind(link: PlainNode): OperatorKind | "instanceof" | "pipe" {
  return OPERATORS.get(part(link, "operator")?.type ?? "") ?? "operator";
}

/** The right operand; of `a ?? (b ?? (c ...))`, as the parser has it, all that follow. */
function rightOperands(node: PlainNode, kind: string): readonly (PlainNode | null)[] {
  const found: (PlainNode | null)[] = [];
  for (let at = part(node, "right"); ; ) {
    if (at === null || kind !== "or" || at.type !== "binary_expression" || operatorKind(at) !== "or") return [...found, at];
    const left = part(at, "left");
    // Only a chain: what stands on the left of it is a single operand.
    if (left === null || left.type === "binary_expression") return [...found, at];
    found.push(left);
    at = part(at, "right");
  }
}

function sequence(node: PlainNode | null): readonly PlainNode[] {
  if (node === null) return [];
  return node.type === "sequence_expression" ? node.children.flatMap(sequence) : [node];
}

/** `['a' => $a] = f()`: the places of the parts say nothing. */
function isKeyedList(node: PlainNode | null, text: string): boolean {
  return node !== null && node.type === "list_literal" && text.slice(node.start, node.end).includes("=>");
}

/** What PHP's functions give when they fail is `false`: compared with it, a value is compared with nothing. */
function asNothing(value: Expression): Expression {
  return value.is === "literal" && value.kind === "false" ? { ...value, kind: "null" } : value;
}

function isAlways(condition: Expression): boolean {
  return condition.is === "literal" && (condition.kind === "true" || (condition.kind === "number" && condition.text !== "0"));
}

function isConstant(value: Expression): boolean {
  switch (value.is) {
    case "literal":
    case "name":
      return true;
    case "member":
      return isConstant(value.object);
    case "build":
      return value.parts.every((one) => isConstant(one.value));
    case "operator":
      return value.parts.every(isConstant);
    default:
      return false;
  }
}

