import type { Argument, Case, Expression, FileFlow, Handler, Step, TypeRef } from "../flow/flow-model";
import { handedOnFrom, loadedName, loadedPath, readImports } from "./javascript-imports";
import { JAVASCRIPT_READING } from "./javascript-reading";
import { membersWritten, readType } from "./javascript-types";
import type { LowerInput } from "./language";
import { Lowering, flowOf, MAX_DEPTH } from "./lowering";
import type { OpenFunction } from "./lowering";
import { lowerOperators, plainOperators, positional, USUAL_OPERATORS } from "./operators";
import type { OperatorKind } from "./operators";
import { childOfType, part, parts } from "./plain-tree";
import type { PlainNode } from "./plain-tree";

const NO_STEPS: readonly Step[] = [];

/** A file of JavaScript or TypeScript, lowered. Never throws, whatever the text: what is not understood is in `opaque`. */
export function lowerJavascript(input: LowerInput): FileFlow {
  return flowOf(input, "javascript", JAVASCRIPT_READING, ["//"], new JavascriptFile(input.text));
}

interface ClassHere {
  /** `Outer.Inner` for a namespace's class. */
  readonly name: string;
  readonly fields: { name: string; type: TypeRef | null }[];
}

/** What a function literal is to those who call it. */
interface Naming {
  readonly name: string;
  /** The type whose method it is. */
  readonly owner: ClassHere | null;
  /** It is called on the type itself. */
  readonly isStatic: boolean;
}

const CLOSURE: Naming = { name: "<closure>", owner: null, isStatic: false };

class JavascriptFile extends Lowering {
  /** Local name -> what it is, dotted. */
  #imported = new Map<string, string>();
  #fn!: OpenFunction;
  /** What `this` is called here: `this` in methods and what stands in them as arrow functions, a type's name in static ones. */
  #this = FOREIGN_THIS;
  /** `var` of inner blocks belong to the function: declared at its beginning. */
  #hoisted = new Set<string>();
  #blocks = 0;
  #temporaries = 0;
  #typesByName = new Map<string, ClassHere>();
  #namespace = "";

  lower(root: PlainNode): void {
    this.imports.push(...readImports(root, this.text));
    for (const { local, path, member } of this.imports) if (local !== "" && local !== "*") this.#imported.set(local, member === null ? path : `${path}.${member}`);
    this.#fn = this.openFunction("<module>", "<module>", null, this.at(root), this.between(root.start, root.start));
    this.#list(root.children, this.#fn.body);
    for (const error of this.leftErrors(root)) this.#error(error, this.#fn.body);
    this.lowerPostponed();
  }

  // --- names and types

  /** A dotted name as it is known outside this file; its own names get a leading dot. */
  #qualify(dotted: string): string {
    const dot = dotted.indexOf(".");
    const imported = this.#imported.get(dot < 0 ? dotted : dotted.slice(0, dot));
    // What a default import holds is the module's, as far as types go.
    if (imported !== undefined) return dot < 0 ? imported : `${imported.replace(/\.default$/, "")}${dotted.slice(dot)}`;
    return `.${dotted}`;
  }

  #typeOf(node: PlainNode | null): TypeRef | null {
    return node === null ? null : readType(this.textOf(node), (dotted) => this.#qualify(dotted));
  }

  /** The type after the colon. One that is written out on the spot (`{ pool }: { pool: Pool }`) is a type of its own, named by its place. */
  #annotation(node: PlainNode): TypeRef | null {
    const annotation = childOfType(node, "type_annotation");
    if (annotation === null) return null;
    const members = membersWritten(this.textOf(annotation), (dotted) => this.#qualify(dotted));
    if (members.length === 0) return this.#typeOf(annotation);
    const [line, column] = this.at(annotation);
    const here = this.#type(`~${line}_${column}`, []);
    for (const { name, type } of members) this.#field(here, name, type);
    return { name: `.${here.name}`, element: null };
  }

  #temporary(): string {
    return `~${++this.#temporaries}`;
  }

  #type(name: string, bases: readonly TypeRef[]): ClassHere {
    const known = this.#typesByName.get(name);
    if (known !== undefined) return known;
    const here: ClassHere = { name, fields: [] };
    this.#typesByName.set(name, here);
    this.types.push({ name, fields: here.fields, bases });
    return here;
  }

  #field(here: ClassHere, name: string, type: TypeRef | null): void {
    const known = here.fields.find((field) => field.name === name);
    if (known === undefined) here.fields.push({ name, type });
    else if (known.type === null) known.type = type;
  }

  // --- functions

  #function(node: PlainNode, naming: Naming, decorators: Expression[] = []): OpenFunction {
    const parent = this.#fn;
    const nameNode = part(node, "name");
    const owner = naming.owner;
    const outer = owner !== null ? owner.name : parent.id === 0 ? "" : parent.symbol;
    const inside = naming.name === CLOSURE.name ? parent.id : parent.id === 0 ? null : parent.id;
    const fn = this.openFunction(naming.name, outer === "" ? naming.name : `${outer}.${naming.name}`, inside, this.at(node), this.at(nameNode ?? node));
    fn.decorators = decorators;
    fn.owner = owner?.name ?? null;
    const arrow = node.type === "arrow_function";
    const head = this.text.slice(this.#afterDecorators(node), nameNode?.start ?? part(node, "parameters")?.start ?? part(node, "parameter")?.start ?? node.end);
    fn.isAsync = /(?:^|\s)async(?=[\s*([]|$)/.test(head);
    fn.isGenerator = node.type.startsWith("generator_function") || (node.type === "method_definition" && /\*\s*$/.test(head));
    const ownThis = owner === null ? (arrow ? this.#this : FOREIGN_THIS) : naming.isStatic ? owner.name : "this";
    if (owner !== null && !naming.isStatic) fn.receiver = "this";
    const results = childOfType(node, "type_annotation");
    if (results !== null) fn.results.push(this.#typeOf(results));
    const outerFn = this.#fn;
    const outerThis = this.#this;
    const outerHoisted = this.#hoisted;
    const outerBlocks = this.#blocks;
    this.#fn = fn;
    this.#this = ownThis;
    this.#hoisted = new Set();
    this.#blocks = 0;
    const single = part(node, "parameter");
    if (single !== null) fn.parameters.push({ name: this.textOf(single), type: null, variadic: false, initial: null });
    const list = part(node, "parameters");
    if (list !== null) for (const parameter of list.children) this.#parameter(parameter, fn, naming);
    const body = part(node, "body");
    if (body !== null && body.type === "statement_block") this.#list(body.children, fn.body);
    else if (body !== null) fn.body.push({ is: "return", values: [this.#expression(body)], at: this.at(body) });
    for (const name of [...this.#hoisted].reverse()) fn.body.unshift({ is: "bind", targets: [{ is: "name", name, at: fn.namePlace }], value: null, declares: true, type: null, at: fn.namePlace });
    this.#fn = outerFn;
    this.#this = outerThis;
    this.#hoisted = outerHoisted;
    this.#blocks = outerBlocks;
    return fn;
  }

  #afterDecorators(node: PlainNode): number {
    let start = node.start;
    for (const decorator of parts(node, "decorator")) start = Math.max(start, decorator.end);
    return start;
  }

  #parameter(node: PlainNode, fn: OpenFunction, naming: Naming): void {
    let pattern: PlainNode | null = node;
    let initial: PlainNode | null = null;
    let type: TypeRef | null = null;
    let isField = false;
    if (node.type === "required_parameter" || node.type === "optional_parameter") {
      pattern = part(node, "target");
      initial = part(node, "initial");
      type = this.#annotation(node);
      isField = node.children.some((child) => child.type === "accessibility_modifier" || child.type === "override_modifier") || /^(?:@[^)]*\)\s*)?readonly\s/.test(this.textOf(node));
      for (const decorator of parts(node, "decorator")) for (const inner of decorator.children) this.#evaluated(inner);
    } else if (node.type === "assignment_pattern") {
      pattern = part(node, "target");
      initial = part(node, "initial");
    }
    if (pattern === null || pattern.type === "this" || pattern.type === "ERROR") return;
    const variadic = pattern.type === "rest_pattern";
    const inner = variadic ? pattern.children[0] ?? pattern : pattern;
    const value = initial === null ? null : this.#expression(initial);
    const at = this.at(node);
    if (inner.type !== "identifier") {
      const name = this.#temporary();
      fn.parameters.push({ name, type, variadic, initial: value });
      this.#destructure(inner, { is: "name", name, at: this.at(inner) }, null, true, fn.body, at);
      return;
    }
    const name = this.textOf(inner);
    fn.parameters.push({ name, type, variadic, initial: value });
    if (!isField || naming.owner === null) return;
    this.#field(naming.owner, name, type);
    const object: Expression = { is: "name", name: "this", at };
    fn.body.push({ is: "bind", targets: [{ is: "member", object, name, at }], value: { is: "name", name, at }, declares: false, type: null, at });
  }

  /** Runs where the definition stands: a decorator of a parameter. */
  #evaluated(node: PlainNode): void {
    const value = this.#expression(node);
    if (value.is === "call") this.#fn.body.push({ is: "do", value, at: value.at });
  }

  // --- classes, and objects that are used like them

  #class(node: PlainNode, name: string, into: Step[], decorators: readonly PlainNode[]): void {
    const bases: TypeRef[] = [];
    const heritage = childOfType(node, "class_heritage");
    for (const child of heritage?.children ?? []) {
      if (child.type === "implements_clause") {
        for (const written of this.textOf(child).replace(/^implements\s+/, "").split(/,(?![^<]*>)/)) {
          const type = readType(written, (dotted) => this.#qualify(dotted));
          if (type !== null) bases.push(type);
        }
        continue;
      }
      for (const base of child.type === "extends_clause" ? parts(child, "base") : [child]) {
        if (base.type === "identifier" || base.type === "member_expression") {
          const type = this.#typeOf(base);
          if (type !== null) bases.push(type);
        } else {
          const value = this.#expression(base);
          into.push({ is: "do", value, at: value.at });
        }
      }
    }
    for (const decorator of [...decorators, ...parts(node, "decorator")]) for (const inner of decorator.children) {
      const value = this.#expression(inner);
      if (value.is === "call") into.push({ is: "do", value, at: value.at });
    }
    const here = this.#type(name, bases);
    const body: Step[] = [];
    let waiting: Expression[] = [];
    const initial: PlainNode[] = [];
    const members = part(node, "body")?.children ?? [];
    for (const member of members) {
      if (member.type === "decorator") {
        for (const inner of member.children) waiting.push(this.#expression(inner));
        continue;
      }
      const own = [...waiting, ...parts(member, "decorator").flatMap((decorator) => decorator.children.map((inner) => this.#expression(inner)))];
      waiting = [];
      if (member.type === "method_definition") this.#method(member, here, own, body);
      else if (member.type === "field_definition" || member.type === "public_field_definition") {
        if (this.#fieldDefinition(member, here, own, body)) initial.push(member);
      } else if (member.type === "class_static_block") {
        const outerThis = this.#this;
        this.#this = name;
        body.push({ is: "block", body: this.#steps(part(member, "body")), at: this.at(member) });
        this.#this = outerThis;
      } else if (member.type === "ERROR") this.#error(member, body);
      else if (!DECLARED_ONLY.has(member.type)) this.#statement(member, body);
    }
    if (initial.length > 0) this.#initialisers(node, here, initial);
    if (body.length > 0) into.push({ is: "block", body, at: this.at(node) });
  }

  #propertyName(node: PlainNode | null): string {
    if (node === null) return "";
    return node.type === "string" ? this.text.slice(node.start + 1, node.end - 1) : this.textOf(node).replace(/\s+/g, "");
  }

  /** `[key()]` is computed once, where the class or the object is made. */
  #computedKey(node: PlainNode | null, into: Step[]): void {
    if (node?.type !== "computed_property_name") return;
    for (const inner of node.children) {
      const value = this.#expression(inner);
      into.push({ is: "do", value, at: value.at });
    }
  }

  #method(node: PlainNode, here: ClassHere, decorators: Expression[], into: Step[]): void {
    const name = part(node, "name");
    this.#computedKey(name, into);
    this.#function(node, { name: this.#propertyName(name), owner: here, isStatic: this.#isStatic(node) }, decorators);
  }

  #isStatic(node: PlainNode): boolean {
    return /(?:^|\s)static\s/.test(this.text.slice(this.#afterDecorators(node), part(node, "name")?.start ?? node.start));
  }

  /** A function in a field is a method. True: its value is computed for each new object. */
  #fieldDefinition(node: PlainNode, here: ClassHere, decorators: Expression[], into: Step[]): boolean {
    const nameNode = part(node, "name");
    this.#computedKey(nameNode, into);
    const name = this.#propertyName(nameNode);
    const value = part(node, "value");
    const type = this.#annotation(node);
    const isStatic = this.#isStatic(node);
    for (const decorator of decorators) if (decorator.is === "call") into.push({ is: "do", value: decorator, at: decorator.at });
    if (value !== null && FUNCTIONS.has(value.type)) {
      this.#function(value, { name, owner: here, isStatic });
      return false;
    }
    if (type !== null || value === null) this.#field(here, name, type);
    if (value === null) return false;
    if (!isStatic) return true;
    const at = this.at(node);
    const outerThis = this.#this;
    this.#this = here.name;
    into.push({ is: "bind", targets: [this.#memberOfType(here.name, name, at)], value: this.#expression(value), declares: false, type, at });
    this.#this = outerThis;
    return false;
  }

  #memberOfType(type: string, name: string, at: Step["at"]): Expression {
    let object: Expression | null = null;
    for (const segment of type.split(".")) object = object === null ? { is: "name", name: segment, at } : { is: "member", object, name: segment, at };
    return { is: "member", object: object!, name, at };
  }

  /** What `new` does before the constructor's own body: a method of its own. */
  #initialisers(node: PlainNode, here: ClassHere, fields: readonly PlainNode[]): void {
    const place = this.at(node);
    const fn = this.openFunction("<fields>", `${here.name}.<fields>`, this.#fn.id === 0 ? null : this.#fn.id, place, this.at(part(node, "name") ?? node));
    fn.owner = here.name;
    fn.receiver = "this";
    const outerFn = this.#fn;
    const outerThis = this.#this;
    this.#fn = fn;
    this.#this = "this";
    for (const field of fields) {
      const value = part(field, "value");
      const at = this.at(field);
      const object: Expression = { is: "name", name: "this", at };
      if (value !== null) fn.body.push({ is: "bind", targets: [{ is: "member", object, name: this.#propertyName(part(field, "name")), at }], value: this.#expression(value), declares: false, type: this.#annotation(field), at });
    }
    this.#fn = outerFn;
    this.#this = outerThis;
  }

  /** `{ a, b: c, ...d, m() {} }`. With an owner its functions are methods of that type. */
  #object(node: PlainNode, owner: ClassHere | null, handsOut = false): Expression {
    const made: Argument[] = [];
    for (const child of node.children) {
      switch (child.type) {
        case "pair": {
          const key = part(child, "key");
          const value = part(child, "value");
          if (key?.type === "computed_property_name") for (const inner of key.children) made.push(positional({ is: "operator", parts: [this.#expression(inner)], at: this.at(inner) }));
          if (value === null) break;
          const name = key?.type === "computed_property_name" ? null : this.#propertyName(key);
          made.push({ name, spread: false, value: name !== null && FUNCTIONS.has(value.type) ? this.#property(value, name, owner, handsOut) : this.#expression(value) });
          break;
        }
        case "method_definition": {
          const key = part(child, "name");
          if (key?.type === "computed_property_name") for (const inner of key.children) made.push(positional({ is: "operator", parts: [this.#expression(inner)], at: this.at(inner) }));
          const name = this.#propertyName(key);
          made.push({ name, spread: false, value: this.#property(child, name, owner, handsOut) });
          break;
        }
        case "shorthand_property_identifier": {
          const name = this.textOf(child);
          made.push({ name, spread: false, value: { is: "name", name, at: this.at(child) } });
          break;
        }
        case "spread_element":
          for (const inner of child.children) made.push({ name: null, spread: true, value: this.#expression(inner) });
          break;
        default:
          made.push(positional(this.#expression(child)));
      }
    }
    return { is: "build", holds: true, type: owner === null ? null : { name: `.${owner.name}`, element: null }, tuple: false, parts: made, at: this.at(node) };
  }

  #property(node: PlainNode, name: string, owner: ClassHere | null, handsOut: boolean): Expression {
    const naming = owner !== null ? { name, owner, isStatic: false } : handsOut ? { name, owner: null, isStatic: false } : CLOSURE;
    return { is: "closure", function: this.#function(node, naming).id, at: this.at(node) };
  }

  // --- statements

  #steps(block: PlainNode | null): readonly Step[] {
    if (block === null) return NO_STEPS;
    const steps: Step[] = [];
    this.#blocks++;
    if (block.type === "statement_block") this.#list(block.children, steps);
    else this.#statement(block, steps);
    this.#blocks--;
    return steps;
  }

  /** A list of statements: functions are there from the beginning, and what stands after `using` stands inside it. */
  #list(nodes: readonly PlainNode[], into: Step[]): void {
    const steps: Step[] = [];
    for (let i = 0; i < nodes.length; i++) {
      const node = nodes[i]!;
      const using = this.#usingOf(node);
      if (using === null) {
        this.#statement(node, steps);
        continue;
      }
      const items = using.declarators.flatMap((declarator) => {
        const target = part(declarator, "target");
        const value = part(declarator, "value");
        if (value === null) return [];
        return [{ value: this.#expression(value), bind: target?.type === "identifier" ? this.name(target) : null }];
      });
      for (const error of this.leftErrors(node)) this.#error(error, steps);
      const body: Step[] = [];
      this.#list(nodes.slice(i + 1), body);
      steps.push({ is: "with", items, isAsync: using.isAsync, body, at: this.between(node.start, nodes.at(-1)!.end) });
      break;
    }
    into.push(...steps.filter((step) => step.is === "define"), ...steps.filter((step) => step.is !== "define"));
  }

  /** `using x = f()`: a declaration to the one grammar, an assignment with a word before it to the other two. */
  #usingOf(node: PlainNode): { readonly declarators: readonly PlainNode[]; readonly isAsync: boolean } | null {
    if (node.type === "using_declaration") return { declarators: node.children.filter((child) => child.type === "variable_declarator"), isAsync: this.text.startsWith("await", node.start) };
    if (node.type !== "expression_statement") return null;
    const written = /^(await\s+)?using\s+(?!in\b|of\b|instanceof\b|as\b|satisfies\b)[\p{L}_$]/u.exec(this.text.slice(node.start, Math.min(node.end, node.start + 40)));
    if (written === null) return null;
    let inner = node.children[0];
    while (inner?.type === "await_expression") inner = inner.children[0];
    const declarators = inner?.type === "sequence_expression" ? inner.children : inner === undefined ? [] : [inner];
    return declarators.length > 0 && declarators.every((one) => one.type === "assignment_expression") ? { declarators, isAsync: written[1] !== undefined } : null;
  }

  #statement(node: PlainNode, into: Step[]): void {
    this.depth++;
    if (this.depth > MAX_DEPTH) into.push(this.cutStep(node));
    else this.#statementHere(node, into, null);
    for (const error of this.leftErrors(node)) this.#error(error, into);
    this.depth--;
  }

  #statementHere(node: PlainNode, into: Step[], label: string | null): void {
    const at = this.at(node);
    switch (node.type) {
      case "import_statement":
      case "import_alias":
      case "hash_bang_line":
      case "empty_statement":
      case "debugger_statement":
        if (node.type === "import_alias") this.#importAlias(node, into);
        return;
      case "ambient_declaration":
        this.#ambient(node);
        return;
      case "function_signature":
        return;
      case "export_statement":
        this.#export(node, into);
        return;
      case "expression_statement":
        for (const child of node.children) this.#expressionStatement(child, into);
        return;
      case "variable_declaration":
      case "lexical_declaration":
      case "using_declaration":
        for (const child of node.children) this.#declarator(child, node.type === "variable_declaration", into);
        return;
      case "function_declaration":
      case "generator_function_declaration": {
        const name = part(node, "name");
        this.#define(node, name === null ? "default" : this.textOf(name), into);
        return;
      }
      case "class_declaration":
      case "abstract_class_declaration": {
        const name = part(node, "name");
        this.#class(node, this.#namespace + (name === null ? "default" : this.textOf(name)), into, []);
        return;
      }
      case "interface_declaration":
      case "type_alias_declaration":
        this.#declaredType(node);
        return;
      case "enum_declaration":
        this.#enum(node, into);
        return;
      case "internal_module":
      case "module":
        this.#namespaceBody(node, into);
        return;
      case "statement_block":
        into.push({ is: "block", body: this.#steps(node), at });
        return;
      case "return_statement":
        into.push({ is: "return", values: node.children.map((child) => this.#expression(child)), at });
        return;
      case "throw_statement":
        into.push({ is: "throw", value: node.children[0] === undefined ? null : this.#expression(node.children[0]), at });
        return;
      case "break_statement":
      case "continue_statement": {
        const target = part(node, "label");
        into.push({ is: node.type === "break_statement" ? "break" : "continue", label: target === null ? null : this.textOf(target), at });
        return;
      }
      case "labeled_statement":
        this.#labeled(node, into);
        return;
      case "if_statement":
        this.#if(node, into);
        return;
      case "for_statement":
        this.#for(node, into, label);
        return;
      case "for_in_statement":
        this.#forIn(node, into, label);
        return;
      case "while_statement": {
        const condition = part(node, "condition");
        const tested = condition === null ? this.missing(node) : this.#expression(condition);
        into.push({ is: "loop", label, iterates: null, binds: [], condition: isAlways(tested) ? null : tested, body: this.#steps(part(node, "body")), update: NO_STEPS, otherwise: NO_STEPS, isAsync: false, at });
        return;
      }
      case "do_statement": {
        const body = this.#steps(part(node, "body"));
        const condition = part(node, "condition");
        const tested = condition === null ? this.missing(node) : this.#expression(condition);
        const leave: Step = { is: "if", condition: tested, then: NO_STEPS, else: [{ is: "break", label: null, at: tested.at }], at: tested.at };
        into.push({ is: "loop", label, iterates: null, binds: [], condition: null, body, update: [leave], otherwise: NO_STEPS, isAsync: false, at });
        return;
      }
      case "switch_statement":
        this.#switch(node, into, label);
        return;
      case "try_statement":
        this.#try(node, into);
        return;
      case "with_statement": {
        const value = part(node, "value");
        if (value !== null) into.push({ is: "do", value: this.#expression(value), at: this.at(value) });
        into.push({ is: "block", body: this.#steps(part(node, "body")), at });
        return;
      }
      case "else_clause":
        for (const child of node.children) this.#statement(child, into);
        return;
      case "ERROR":
        this.#error(node, into);
        return;
      case "decorator":
        for (const child of node.children) this.#expressionStatement(child, into);
        return;
    }
    if (EXPRESSIONS.has(node.type)) {
      this.#expressionStatement(node, into);
      return;
    }
    if (DECLARED_ONLY.has(node.type)) return;
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

  #define(node: PlainNode, name: string, into: Step[]): void {
    const fn = this.#function(node, { name, owner: null, isStatic: false });
    into.push({ is: "define", name, function: fn.id, at: this.at(node) });
  }

  #declarator(node: PlainNode, isVar: boolean, into: Step[]): void {
    if (node.type !== "variable_declarator") {
      if (node.type !== "ERROR") this.#statement(node, into);
      return;
    }
    const target = part(node, "target");
    const value = part(node, "value");
    if (target === null) return;
    const at = this.at(node);
    const type = this.#annotation(node);
    const inner = isVar && this.#blocks > 0 && this.#fn.id !== 0;
    if (inner) for (const name of this.#namesIn(target)) this.#hoisted.add(name);
    if (target.type === "identifier" && this.#fn.id === 0 && type !== null) this.globals.push({ name: this.textOf(target), type });
    const lowered = value === null ? null : target.type === "identifier" ? this.#namedValue(value, this.textOf(target)) : this.#expression(value);
    // `var x;` of an inner block changes nothing: it is declared already.
    if (lowered === null && inner) return;
    this.#destructure(target, lowered, type, !inner, into, at);
  }

  /** A function or class gets the name that it is bound to; an object of functions at the top of the file is used like a class. */
  #namedValue(node: PlainNode, name: string): Expression {
    if (FUNCTIONS.has(node.type)) return { is: "closure", function: this.#function(node, { name, owner: null, isStatic: false }).id, at: this.at(node) };
    if (node.type === "class") return this.#classValue(node, name);
    if (node.type === "object" && this.#fn.id === 0 && holdsFunctions(node)) return this.#object(node, this.#type(this.#namespace + name, []));
    if ((node.type === "as_expression" || node.type === "satisfies_expression") && node.children[0] !== undefined && (FUNCTIONS.has(node.children[0].type) || node.children[0].type === "object")) {
      return this.#namedValue(node.children[0], name);
    }
    return this.#expression(node);
  }

  #classValue(node: PlainNode, name: string): Expression {
    const own = part(node, "name");
    const body: Step[] = [];
    this.#class(node, name, body, []);
    this.#fn.body.push(...body);
    if (own !== null && this.textOf(own) !== name) this.#type(this.textOf(own), [{ name: `.${name}`, element: null }]);
    return { is: "name", name, at: this.at(node) };
  }

  /** Binds a pattern to a value, part by part. */
  #destructure(pattern: PlainNode, value: Expression | null, type: TypeRef | null, declares: boolean, into: Step[], at: Step["at"]): void {
    this.depth++;
    if (this.depth > MAX_DEPTH) into.push(this.cutStep(pattern));
    else this.#destructureHere(pattern, value, type, declares, into, at);
    this.depth--;
  }

  #destructureHere(pattern: PlainNode, value: Expression | null, type: TypeRef | null, declares: boolean, into: Step[], at: Step["at"]): void {
    switch (pattern.type) {
      case "assignment_pattern":
      case "object_assignment_pattern":
      case "assignment_expression": {
        const target = part(pattern, "target");
        const initial = part(pattern, "initial") ?? part(pattern, "value");
        if (target === null) return;
        const otherwise = initial === null ? null : this.#expression(initial);
        const whole: Expression | null = value === null ? otherwise : otherwise === null ? value : { is: "logic", operator: "or", left: value, right: otherwise, at: this.at(pattern) };
        this.#destructure(target, whole, type, declares, into, this.at(pattern));
        return;
      }
      case "object_pattern":
      case "object": {
        const source = this.#steady(value, into, at);
        for (const child of pattern.children) {
          const inner = child.type === "object_assignment_pattern" ? part(child, "target") : child.type === "assignment_expression" ? part(child, "target") : null;
          if (child.type === "shorthand_property_identifier_pattern" || child.type === "shorthand_property_identifier" || (inner !== null && inner.type.startsWith("shorthand"))) {
            const name = this.textOf(inner ?? child);
            this.#destructure(child, source === null ? null : { is: "member", object: source, name, at: this.at(child) }, null, declares, into, this.at(child));
          } else if (child.type === "pair_pattern" || child.type === "pair") {
            const key = part(child, "key");
            const target = part(child, "value");
            if (key?.type === "computed_property_name") this.#computedKey(key, into);
            if (target === null) continue;
            const taken: Expression | null = source === null ? null : { is: "member", object: source, name: this.#propertyName(key), at: this.at(child) };
            this.#destructure(target, taken, null, declares, into, this.at(child));
          } else if (child.type === "rest_pattern" || child.type === "spread_element") {
            const target = child.children[0];
            const rest: Expression | null = source === null ? null : { is: "build", holds: true, type: null, tuple: false, parts: [{ name: null, spread: true, value: source }], at: this.at(child) };
            if (target !== undefined) this.#destructure(target, rest, null, declares, into, this.at(child));
          } else if (child.type !== "ERROR") this.#destructure(child, source, null, declares, into, this.at(child));
        }
        return;
      }
      case "array_pattern":
      case "array":
        this.#destructureArray(pattern, value, declares, into, at);
        return;
      case "rest_pattern":
      case "spread_element":
        if (pattern.children[0] !== undefined) this.#destructure(pattern.children[0], value, type, declares, into, at);
        return;
      default:
        into.push({ is: "bind", targets: [this.#target(pattern)], value, declares, type, at });
    }
  }

  /** One tuple of targets, with names of our own where the parts are patterns themselves. */
  #destructureArray(pattern: PlainNode, value: Expression | null, declares: boolean, into: Step[], at: Step["at"]): void {
    const targets: Argument[] = [];
    const inside: { readonly pattern: PlainNode; readonly name: string }[] = [];
    let end = pattern.start + 1;
    for (const child of pattern.children) {
      // A hole is no node: the commas tell.
      const commas = this.text.slice(end, child.start).split(",").length - 1 - (targets.length > 0 ? 1 : 0);
      for (let i = 0; i < commas; i++) targets.push(positional({ is: "name", name: this.#temporary(), at: this.at(child) }));
      end = child.end;
      const spread = child.type === "rest_pattern" || child.type === "spread_element";
      const inner = spread ? child.children[0] ?? child : child;
      if (inner.type === "identifier" || inner.type === "member_expression" || inner.type === "subscript_expression") targets.push({ name: null, spread, value: this.#target(inner) });
      else {
        const name = this.#temporary();
        targets.push({ name: null, spread, value: { is: "name", name, at: this.at(inner) } });
        inside.push({ pattern: inner, name });
      }
    }
    into.push({ is: "bind", targets: [{ is: "build", holds: false, type: null, tuple: true, parts: targets, at: this.at(pattern) }], value, declares, type: null, at });
    for (const one of inside) this.#destructure(one.pattern, { is: "name", name: one.name, at: this.at(one.pattern) }, null, declares, into, this.at(one.pattern));
  }

  /** A value that may be read several times: what is no name gets one. */
  #steady(value: Expression | null, into: Step[], at: Step["at"]): Expression | null {
    if (value === null || value.is === "name") return value;
    if (value.is === "member" && (value.object.is === "name" || (value.object.is === "member" && value.object.object.is === "name"))) return value;
    const name = this.#temporary();
    into.push({ is: "bind", targets: [{ is: "name", name, at: value.at }], value, declares: true, type: null, at });
    return { is: "name", name, at: value.at };
  }

  #namesIn(node: PlainNode): string[] {
    const names: string[] = [];
    const left: PlainNode[] = [node];
    for (let at = left.pop(); at !== undefined; at = left.pop()) {
      if (at.type === "identifier" || at.type === "shorthand_property_identifier_pattern") names.push(this.textOf(at));
      else if (at.type === "member_expression" || at.type === "subscript_expression") continue;
      else if (at.type === "assignment_pattern" || at.type === "object_assignment_pattern") {
        const target = part(at, "target");
        if (target !== null) left.push(target);
      } else if (at.type === "pair_pattern") {
        const value = part(at, "value");
        if (value !== null) left.push(value);
      } else for (let i = at.children.length - 1; i >= 0; i--) left.push(at.children[i]!);
    }
    return names;
  }

  /** What stands left of `=` and is no pattern. */
  #target(node: PlainNode): Expression {
    if (node.type === "identifier" || node.type.startsWith("shorthand_property_identifier")) return this.name(node);
    return this.#expression(node);
  }

  #expressionStatement(node: PlainNode, into: Step[]): void {
    const at = this.at(node);
    switch (node.type) {
      case "assignment_expression": {
        const target = part(node, "target");
        const value = part(node, "value");
        if (target === null || value === null) break;
        this.#assign(target, value, into, at);
        return;
      }
      case "sequence_expression":
        for (const child of node.children) this.#expressionStatement(child, into);
        return;
      case "internal_module":
        this.#namespaceBody(node, into);
        return;
      case "parenthesized_expression":
        if (node.children.length === 1 && node.children[0]!.type === "assignment_expression") {
          this.#expressionStatement(node.children[0]!, into);
          return;
        }
        break;
      case "string":
      case "undefined":
        return;
    }
    const value = this.#expression(node);
    if (value.is === "assign") into.push({ is: "bind", targets: [value.target], value: value.value, declares: false, type: null, at });
    else into.push({ is: "do", value, at });
  }

  #assign(target: PlainNode, value: PlainNode, into: Step[], at: Step["at"]): void {
    if (target.type === "object_pattern" || target.type === "array_pattern" || target.type === "object" || target.type === "array") {
      this.#destructure(target, this.#expression(value), null, false, into, at);
      return;
    }
    const written = this.#memberPath(target);
    const exported = written === null ? null : exportedName(written);
    if (exported !== null && this.#fn.id === 0) {
      this.#exportValue(exported, value, into, at);
      return;
    }
    const prototype = written === null ? null : prototypeOf(written);
    if (prototype !== null && this.#fn.id === 0 && this.#prototype(prototype.type, prototype.name, value, into, at)) return;
    const name = target.type === "identifier" ? this.textOf(target) : null;
    const lowered = name === null ? this.#expression(value) : FUNCTIONS.has(value.type) || value.type === "class" ? this.#namedValue(value, name) : this.#expression(value);
    into.push({ is: "bind", targets: [this.#target(target)], value: lowered, declares: false, type: null, at });
  }

  /** `Foo.prototype.bar = function`, `Foo.prototype = {...}`, `Foo.bar = function` of a type of this file. */
  #prototype(typeName: string, name: string | null, value: PlainNode, into: Step[], at: Step["at"]): boolean {
    const owner = this.#type(typeName, []);
    if (name === null) {
      const inherits = value.type === "call_expression" || value.type === "new_expression";
      if (inherits || value.type !== "object") return false;
      into.push({ is: "do", value: this.#object(value, owner), at });
      return true;
    }
    if (!FUNCTIONS.has(value.type)) return false;
    this.#function(value, { name, owner, isStatic: false });
    return true;
  }

  /** `a.b.c` of plain names; null for anything else. */
  #memberPath(node: PlainNode): string | null {
    const text = this.textOf(node);
    return text.length < 200 && /^[\p{L}_$][\p{L}\p{Nd}_$]*(?:\.[\p{L}_$][\p{L}\p{Nd}_$]*)+$/u.test(text) ? text : null;
  }

  // --- what a module gives

  #export(node: PlainNode, into: Step[]): void {
    const declaration = part(node, "declaration");
    const at = this.at(node);
    if (declaration !== null) {
      const isDefault = /^export\s+default\b/.test(this.text.slice(this.#afterDecorators(node), declaration.start).trimStart() + " ") || /\bdefault\s*$/.test(this.text.slice(node.start, declaration.start));
      if (declaration.type === "class_declaration" || declaration.type === "abstract_class_declaration") {
        const name = part(declaration, "name");
        this.#class(declaration, this.#namespace + (name === null ? "default" : this.textOf(name)), into, parts(node, "decorator"));
      } else this.#statement(declaration, into);
      const name = part(declaration, "name");
      if (isDefault && name !== null) this.#handOut("default", { is: "name", name: this.textOf(name), at: this.at(name) }, into, at);
      return;
    }
    if (handedOnFrom(node, this.text) !== null) return;
    const clause = childOfType(node, "export_clause");
    if (clause !== null) {
      for (const one of clause.children) {
        const name = part(one, "name");
        const local = part(one, "local");
        if (name === null || local === null || this.textOf(local) === this.textOf(name)) continue;
        this.#handOut(this.#propertyName(local), { is: "name", name: this.textOf(name), at: this.at(name) }, into, at);
      }
      return;
    }
    const value = node.children.find((child) => EXPRESSIONS.has(child.type)) ?? null;
    if (value === null) return;
    // `export as namespace X` only names it for scripts.
    if (/^export\s+as\s+namespace\b/.test(this.text.slice(node.start, node.start + 40))) return;
    this.#exportValue("default", value, into, at);
  }

  #exportValue(name: string, node: PlainNode, into: Step[], at: Step["at"]): void {
    if (node.type === "assignment_expression") {
      // `exports = module.exports = f`, `exports.a = exports.b = f`
      const target = part(node, "target");
      const value = part(node, "value");
      if (target !== null && value !== null) {
        this.#assign(target, value, into, at);
        const written = this.#memberPath(target) ?? (target.type === "identifier" ? this.textOf(target) : null);
        const inner = written === null ? null : exportedName(written) ?? written;
        if (inner !== null && inner !== name) this.#handOut(name, { is: "name", name: inner, at: this.at(target) }, into, at);
        return;
      }
    }
    if (FUNCTIONS.has(node.type)) {
      const own = part(node, "name");
      const fn = this.#function(node, { name, owner: null, isStatic: false });
      if (own !== null && this.textOf(own) !== name) into.push({ is: "define", name: this.textOf(own), function: fn.id, at });
      this.#handOut(name, { is: "closure", function: fn.id, at: this.at(node) }, into, at);
      return;
    }
    if (node.type === "class") {
      const own = part(node, "name");
      const value = this.#classValue(node, own === null ? name : this.textOf(own));
      if (value.is === "name" && value.name !== name) this.#handOut(name, value, into, at);
      return;
    }
    if (node.type === "object" && name === "default" && !this.text.startsWith("export", node.start - 15)) {
      // What `module.exports` holds are the module's own names.
      const commonJs = !/export\s+default\s*$/.test(this.text.slice(Math.max(0, node.start - 30), node.start));
      const value = commonJs ? this.#object(node, null, true) : this.#object(node, this.#type("default", []));
      if (commonJs && value.is === "build") {
        for (const one of value.parts) {
          if (one.name === null || one.spread || one.value.is === "closure" || (one.value.is === "name" && one.value.name === one.name)) continue;
          this.#handOut(one.name, one.value, into, one.value.at);
        }
      } else into.push({ is: "do", value, at });
      return;
    }
    this.#handOut(name, this.#expression(node), into, at);
  }

  #handOut(name: string, value: Expression, into: Step[], at: Step["at"]): void {
    into.push({ is: "bind", targets: [{ is: "name", name, at }], value, declares: true, type: null, at });
  }

  #importAlias(node: PlainNode, into: Step[]): void {
    const [local, path] = node.children;
    if (local === undefined || path === undefined) return;
    const at = this.at(node);
    let value: Expression | null = null;
    for (const segment of this.textOf(path).split(".")) value = value === null ? { is: "name", name: segment.trim(), at } : { is: "member", object: value, name: segment.trim(), at };
    into.push({ is: "bind", targets: [this.name(local)], value, declares: true, type: null, at });
  }

  #declaredType(node: PlainNode): void {
    const name = part(node, "name");
    if (name === null) return;
    const aliased = part(node, "type");
    const bases: TypeRef[] = [];
    const clause = childOfType(node, "extends_type_clause");
    for (const base of clause === null ? [] : parts(clause, "base")) {
      const type = this.#typeOf(base);
      if (type !== null) bases.push(type);
    }
    if (aliased !== null && aliased.type !== "object_type") {
      const type = this.#typeOf(aliased);
      if (type !== null && type.name !== "func" && type.name !== "[]") bases.push(type);
    }
    const here = this.#type(this.#namespace + this.textOf(name), bases);
    const members = part(node, "body") ?? (aliased?.type === "object_type" ? aliased : null);
    if (members !== null) this.#members(here, members);
  }

  #members(here: ClassHere, written: PlainNode): void {
    for (const member of written.children) if (member.type === "property_signature") this.#field(here, this.#propertyName(part(member, "name")), this.#annotation(member));
  }

  /** `declare const db: Pool`, also inside `declare global`: made elsewhere, used here by its declared type. */
  #ambient(node: PlainNode): void {
    for (const child of node.children) {
      switch (child.type) {
        case "lexical_declaration":
        case "variable_declaration":
          for (const declarator of child.children) {
            const target = part(declarator, "target");
            const type = this.#annotation(declarator);
            if (target?.type === "identifier" && type !== null) this.globals.push({ name: this.textOf(target), type });
          }
          break;
        case "statement_block":
          this.#ambient(child);
          break;
        case "interface_declaration":
        case "type_alias_declaration":
          this.#declaredType(child);
          break;
        default:
      }
    }
  }

  #enum(node: PlainNode, into: Step[]): void {
    const name = part(node, "name");
    const values: Argument[] = [];
    for (const member of part(node, "body")?.children ?? []) {
      const value = part(member, "value");
      if (member.type === "enum_assignment" && value !== null) values.push({ name: this.#propertyName(part(member, "name")), spread: false, value: this.#expression(value) });
    }
    const at = this.at(node);
    const made: Expression = { is: "build", holds: true, type: null, tuple: false, parts: values, at };
    if (name !== null) into.push({ is: "bind", targets: [this.name(name)], value: made, declares: true, type: null, at });
  }

  /** `namespace N { export function f() {} }`: N.f is a function of the type N. */
  #namespaceBody(node: PlainNode, into: Step[]): void {
    const name = part(node, "name");
    const body = part(node, "body");
    if (body === null || name === null || name.type === "string") return;
    const outer = this.#namespace;
    const written = this.textOf(name).replace(/\s+/g, "");
    const here = this.#type(outer + written, []);
    this.#namespace = `${outer}${written}.`;
    const steps: Step[] = [];
    this.#blocks++;
    for (const child of body.children) {
      const declaration = child.type === "export_statement" ? part(child, "declaration") : null;
      if (declaration?.type === "function_declaration" || declaration?.type === "generator_function_declaration") {
        const fn = this.#function(declaration, { name: this.textOf(part(declaration, "name") ?? declaration), owner: here, isStatic: true });
        steps.push({ is: "define", name: fn.name, function: fn.id, at: this.at(declaration) });
        for (const error of this.leftErrors(child)) this.#error(error, steps);
      } else this.#statement(child, steps);
    }
    this.#blocks--;
    this.#namespace = outer;
    into.push({ is: "block", body: steps, at: this.at(node) });
  }

  // --- control flow

  #labeled(node: PlainNode, into: Step[]): void {
    const label = part(node, "label");
    const body = part(node, "body");
    if (body === null) return;
    const name = label === null ? null : this.textOf(label);
    if (LOOPS.has(body.type) || body.type === "switch_statement") {
      this.#statementHere(body, into, name);
      for (const error of this.leftErrors(body)) this.#error(error, into);
      return;
    }
    // Only `break label` leaves a labelled block: a switch with one case, which is always taken.
    const only: Case = { tests: [], guard: null, binds: [], body: this.#steps(body), fallsThrough: false, at: this.at(body) };
    into.push({ is: "switch", label: name, subject: null, bind: null, cases: [only], waits: false, at: this.at(node) });
  }

  #if(node: PlainNode, into: Step[]): void {
    const branches: { readonly node: PlainNode; readonly condition: Expression; readonly then: readonly Step[] }[] = [];
    let rest: readonly Step[] = NO_STEPS;
    let restAt: PlainNode = node;
    for (let at: PlainNode | null = node; at !== null; ) {
      const condition = part(at, "condition");
      branches.push({ node: at, condition: condition === null ? this.missing(at) : this.#expression(condition), then: this.#steps(part(at, "then")) });
      const otherwise: PlainNode | null = part(at, "else");
      const inner: PlainNode | null = otherwise?.children.find((child) => child.role === null) ?? null;
      if (inner !== null && inner.type === "if_statement" && otherwise!.children.length === 1) {
        at = inner;
        continue;
      }
      if (otherwise !== null) {
        restAt = otherwise;
        const steps: Step[] = [];
        this.#blocks++;
        for (const child of otherwise.children) {
          if (child.type === "statement_block") this.#list(child.children, steps);
          else this.#statement(child, steps);
        }
        this.#blocks--;
        rest = steps;
      }
      at = null;
    }
    // A long chain is one switch: nested `else` of hundreds would be too deep for every reader.
    if (branches.length > 40) {
      const cases: Case[] = branches.map((one) => ({ tests: [one.condition], guard: null, binds: [], body: one.then, fallsThrough: false, at: this.at(one.node) }));
      if (rest.length > 0) cases.push({ tests: [], guard: null, binds: [], body: rest, fallsThrough: false, at: this.at(restAt) });
      // `break` inside means the loop around it.
      into.push({ is: "switch", label: IF_CHAIN, subject: null, bind: null, cases, waits: false, at: this.at(node) });
      return;
    }
    let below: readonly Step[] = rest;
    for (let i = branches.length - 1; i >= 0; i--) {
      const one = branches[i]!;
      below = [{ is: "if", condition: one.condition, then: one.then, else: below, at: this.between(one.node.start, node.end) }];
    }
    into.push(...below);
  }

  #for(node: PlainNode, into: Step[], label: string | null): void {
    const before: Step[] = [];
    const first = part(node, "first");
    this.#blocks++;
    if (first !== null) this.#statement(first, before);
    const condition = parts(node, "condition").find((one) => one.type !== "empty_statement") ?? null;
    const tested = condition === null ? null : this.#expression(condition.type === "expression_statement" && condition.children[0] !== undefined ? condition.children[0] : condition);
    const update: Step[] = [];
    const change = part(node, "update");
    if (change !== null) this.#expressionStatement(change, update);
    const body = this.#steps(part(node, "body"));
    this.#blocks--;
    const loop: Step = { is: "loop", label, iterates: null, binds: [], condition: tested !== null && isAlways(tested) ? null : tested, body, update, otherwise: NO_STEPS, isAsync: false, at: this.at(node) };
    if (before.length > 0) into.push({ is: "block", body: [...before, loop], at: this.at(node) });
    else into.push(loop);
  }

  #forIn(node: PlainNode, into: Step[], label: string | null): void {
    const target = part(node, "target");
    const value = part(node, "value");
    const iterates = value === null ? this.missing(node) : this.#expression(value);
    const head = this.text.slice(node.start, target?.start ?? node.start);
    const isAsync = /^for\s+await\b/.test(head);
    const binds: Expression[] = [];
    const inner: Step[] = [];
    this.#blocks++;
    if (target !== null) {
      if (/\bvar\s*$/.test(head) && this.#fn.id !== 0) for (const name of this.#namesIn(target)) this.#hoisted.add(name);
      if (target.type === "object_pattern" || (target.type === "array_pattern" && target.children.some((child) => child.type !== "identifier"))) {
        const name = this.#temporary();
        binds.push({ is: "name", name, at: this.at(target) });
        this.#destructure(target, { is: "name", name, at: this.at(target) }, null, /\b(?:const|let)\s*$/.test(head), inner, this.at(target));
      } else if (target.type === "array_pattern") {
        binds.push({ is: "build", holds: false, type: null, tuple: true, parts: target.children.map((child) => positional(this.name(child))), at: this.at(target) });
      } else binds.push(this.#target(target));
    }
    const body = this.#steps(part(node, "body"));
    this.#blocks--;
    // `for (using x of xs)`: each is closed at the end of its turn.
    const closing = /\busing\s*$/.test(head) && binds[0] !== undefined ? [{ is: "with" as const, items: [{ value: binds[0], bind: null }], isAsync, body, at: this.at(node) }] : body;
    into.push({ is: "loop", label, iterates, binds, condition: null, body: [...inner, ...closing], update: NO_STEPS, otherwise: NO_STEPS, isAsync, at: this.at(node) });
  }

  #switch(node: PlainNode, into: Step[], label: string | null): void {
    const subject = part(node, "subject");
    const clauses = (part(node, "body")?.children ?? []).filter((child) => child.type === "switch_case" || child.type === "switch_default");
    const on = subject === null ? null : this.#expression(subject);
    // `switch (true)` tests each case by itself.
    const plain = on !== null && on.is === "literal" && on.kind === "true";
    const cases = clauses.map((clause, i): Case => {
      const test = part(clause, "test");
      const body: Step[] = [];
      this.#blocks++;
      const tests = test === null ? [] : [this.#expression(test)];
      this.#list(parts(clause, "body"), body);
      this.#blocks--;
      return { tests, guard: null, binds: [], body, fallsThrough: i < clauses.length - 1, at: this.at(clause) };
    });
    for (const child of part(node, "body")?.children ?? []) if (child.type === "ERROR") this.#error(child, into);
    into.push({ is: "switch", label, subject: plain ? null : on, bind: null, cases, waits: false, at: this.at(node) });
  }

  #try(node: PlainNode, into: Step[]): void {
    const body = this.#steps(part(node, "body"));
    const handlers: Handler[] = [];
    const handler = part(node, "handler");
    if (handler !== null) {
      const bind = part(handler, "bind");
      const steps: Step[] = [];
      let name: string | null = null;
      if (bind !== null && bind.type === "identifier") name = this.textOf(bind);
      else if (bind !== null) {
        name = this.#temporary();
        this.#destructure(bind, { is: "name", name, at: this.at(bind) }, null, true, steps, this.at(bind));
      }
      handlers.push({ catches: [], catchesAll: true, bind: name, body: [...steps, ...this.#steps(part(handler, "body"))], at: this.at(handler) });
    }
    const last = part(node, "finally");
    into.push({ is: "try", body, handlers, otherwise: NO_STEPS, finally: last === null ? NO_STEPS : this.#steps(part(last, "body")), at: this.at(node) });
  }

  // --- expressions

  #expression(node: PlainNode): Expression {
    this.depth++;
    const lowered = this.tooDeep(node, "member_expression") ? this.cutExpression(node) : this.#expressionHere(node);
    this.depth--;
    return lowered;
  }

  #arguments(list: PlainNode | null): Argument[] {
    if (list === null) return [];
    if (list.type === "template_string") return [positional(this.#expression(list))];
    return this.#elements(list);
  }

  #elements(node: PlainNode): Argument[] {
    return node.children.map((child): Argument => {
      const spread = child.type === "spread_element" || child.type === "rest_pattern";
      return { name: null, spread, value: this.#expression(spread ? child.children[0] ?? child : child) };
    });
  }

  #expressionHere(node: PlainNode): Expression {
    const at = this.at(node);
    switch (node.type) {
      case "identifier":
      case "property_identifier":
      case "private_property_identifier":
      case "shorthand_property_identifier":
      case "shorthand_property_identifier_pattern":
      case "statement_identifier":
      case "type_identifier":
      case "import":
        return { is: "name", name: this.textOf(node), at };
      case "this":
        return { is: "name", name: this.#this, at };
      case "super":
        return { is: "call", callee: { is: "name", name: "super", at }, arguments: [], at };
      case "null":
      case "undefined":
        return { is: "literal", kind: "null", text: node.type, at };
      case "true":
      case "false":
        return { is: "literal", kind: node.type, text: node.type, at };
      case "number":
        return { is: "literal", kind: "number", text: this.textOf(node), at };
      case "string":
        return { is: "literal", kind: "string", text: this.text.slice(node.start + 1, Math.max(node.start + 1, node.end - 1)), at };
      case "regex":
      case "jsx_text":
      case "html_character_reference":
        return { is: "literal", kind: "string", text: this.textOf(node), at };
      case "meta_property":
        return { is: "operator", parts: [], at };
      case "template_string": {
        const inside = node.children.filter((child) => child.type === "template_substitution").flatMap((child) => child.children.map((inner) => positional(this.#expression(inner))));
        if (inside.length > 0) return { is: "build", holds: false, type: null, tuple: false, parts: inside, at };
        return { is: "literal", kind: "string", text: this.text.slice(node.start + 1, Math.max(node.start + 1, node.end - 1)), at };
      }
      case "parenthesized_expression":
      case "template_substitution":
      case "spread_element":
      case "rest_pattern":
      case "computed_property_name":
      case "instantiation_expression": {
        const [inner] = node.children;
        return inner === undefined ? this.#opaque(node) : this.#expression(inner);
      }
      case "sequence_expression": {
        // `(0, f.g)(x)`: a compiler's way to call g without `this`.
        if (node.children.length === 2 && node.children[0]!.type === "number") return this.#expression(node.children[1]!);
        // The last is the value, and it is all that anybody can hold.
        const parts = node.children.map((child) => this.#expression(child));
        return { is: "build", holds: true, type: null, tuple: false, parts: parts.map(positional), at };
      }
      case "member_expression": {
        const object = part(node, "object");
        const name = part(node, "name");
        if (object === null || name === null) return this.#opaque(node);
        return { is: "member", object: this.#expression(object), name: this.textOf(name), at };
      }
      case "subscript_expression": {
        const object = part(node, "object");
        const index = part(node, "index");
        if (object === null) return this.#opaque(node);
        const key = index === null ? null : this.#expression(index);
        const of = this.#expression(object);
        if (key !== null && key.is === "literal" && key.kind === "string" && /^[\p{L}_$][\p{L}\p{Nd}_$]*$/u.test(key.text)) return { is: "member", object: of, name: key.text, at };
        return { is: "index", object: of, parts: key === null ? [] : [key], at };
      }
      case "call_expression":
        return this.#call(node);
      case "new_expression": {
        const callee = part(node, "callee");
        if (callee === null) return this.#opaque(node);
        return { is: "call", callee: this.#expression(callee), arguments: this.#arguments(part(node, "arguments")), at };
      }
      case "await_expression": {
        const [inner] = node.children;
        if (inner === undefined) return this.#opaque(node);
        const path = loadedPath(inner, this.text);
        if (path !== null) return this.#expression(inner);
        const value = this.#expression(inner);
        return this.#awaitedTogether(value) ?? { is: "await", value, at };
      }
      case "yield_expression": {
        const [inner] = node.children;
        this.#fn.isGenerator = true;
        return { is: "yield", value: inner === undefined ? null : this.#expression(inner), from: /^yield\s*\*/.test(this.text.slice(node.start, node.start + 12)), at };
      }
      case "arrow_function":
      case "function_expression":
      case "generator_function":
        return { is: "closure", function: this.#function(node, CLOSURE).id, at };
      case "class":
        return this.#classValue(node, this.#className(node));
      case "object":
      case "object_pattern":
        return this.#object(node, null);
      case "array":
      case "array_pattern":
        return { is: "build", holds: true, type: null, tuple: false, parts: this.#elements(node), at };
      case "assignment_expression":
      case "assignment_pattern": {
        const target = part(node, "target");
        const value = part(node, "value") ?? part(node, "initial");
        if (target === null || value === null) return this.#opaque(node);
        if (target.type === "identifier") return { is: "assign", target: this.name(target), value: this.#namedValue(value, this.textOf(target)), at };
        const lowered = this.#expression(value);
        if (target.type !== "object_pattern" && target.type !== "array_pattern") return { is: "assign", target: this.#target(target), value: lowered, at };
        const steps: Step[] = [];
        const name = this.#temporary();
        this.#destructure(target, { is: "name", name, at: lowered.at }, null, false, steps, at);
        const names = this.#namesIn(target).map((one) => positional({ is: "name", name: one, at: this.at(target) }));
        const assigned: Expression = { is: "assign", target: { is: "build", holds: false, type: null, tuple: true, parts: names, at: this.at(target) }, value: lowered, at };
        // What the pattern computes (defaults, keys, places to store) is computed all the same.
        const computed = steps.flatMap((step) => (step.is === "bind" ? [...step.targets, ...(step.value === null ? [] : [step.value])] : step.is === "do" ? [step.value] : [])).filter(({ is }) => is !== "name" && is !== "literal");
        return computed.length === 0 ? assigned : { is: "operator", parts: [assigned, ...computed], at };
      }
      case "augmented_assignment_expression": {
        const target = part(node, "target");
        const value = part(node, "value");
        if (target === null || value === null) return this.#opaque(node);
        const operator = part(node, "operator")?.type ?? "";
        const left = this.#target(target);
        const right = this.#expression(value);
        const whole: Expression = operator === "||=" || operator === "??=" || operator === "&&="
          ? { is: "logic", operator: operator === "&&=" ? "and" : "or", left, right, at }
          : { is: "operator", parts: left.is === "name" ? [left, right] : [right], at };
        return { is: "assign", target: left, value: whole, at };
      }
      case "update_expression": {
        const target = part(node, "target");
        if (target === null) return this.#opaque(node);
        const left = this.#target(target);
        return { is: "assign", target: left, value: { is: "operator", parts: left.is === "name" ? [left] : [], at }, at };
      }
      case "ternary_expression": {
        const [condition, then, otherwise] = [part(node, "condition"), part(node, "then"), part(node, "else")];
        if (condition === null || then === null || otherwise === null) return this.#opaque(node);
        return { is: "conditional", condition: this.#expression(condition), then: this.#expression(then), else: this.#expression(otherwise), at };
      }
      case "unary_expression": {
        const value = part(node, "value");
        if (value === null) return this.#opaque(node);
        const lowered = this.#expression(value);
        if (part(node, "operator")?.type === "!") return { is: "not", value: lowered, at };
        if (lowered.is === "literal" && lowered.kind === "number") return { is: "literal", kind: "number", text: this.textOf(node), at };
        if (part(node, "operator")?.type === "void" && lowered.is === "literal") return { is: "literal", kind: "null", text: "undefined", at };
        return { is: "operator", parts: [lowered], at };
      }
      case "binary_expression":
        return this.#binary(node);
      case "as_expression":
      case "satisfies_expression": {
        const [value, type] = node.children;
        if (value === undefined) return this.#opaque(node);
        // `as const` and `satisfies T` say nothing new of the value.
        const cast = node.type === "satisfies_expression" || type === undefined ? null : this.#typeOf(type);
        return { is: "same", value: this.#expression(value), type: cast, at };
      }
      case "type_assertion": {
        const type = childOfType(node, "type_arguments");
        const value = node.children.find((child) => child !== type);
        if (value === undefined) return this.#opaque(node);
        const written = type === null ? "" : this.text.slice(type.start + 1, type.end - 1);
        return { is: "same", value: this.#expression(value), type: written.trim() === "const" ? null : readType(written, (dotted) => this.#qualify(dotted)), at };
      }
      case "non_null_expression": {
        const [value] = node.children;
        return value === undefined ? this.#opaque(node) : { is: "same", value: this.#expression(value), type: null, at };
      }
      case "jsx_element":
      case "jsx_self_closing_element":
      case "jsx_opening_element":
        return this.#markup(node);
      case "jsx_expression": {
        const [inner] = node.children;
        return inner === undefined ? { is: "operator", parts: [], at } : this.#expression(inner);
      }
      case "pair":
      case "pair_pattern": {
        const value = part(node, "value");
        return value === null ? this.#opaque(node) : this.#expression(value);
      }
      case "method_definition":
        return { is: "closure", function: this.#function(node, CLOSURE).id, at };
      case "internal_module": {
        const steps: Step[] = [];
        this.#namespaceBody(node, steps);
        this.#fn.body.push(...steps);
        return { is: "operator", parts: [], at };
      }
      case "decorator":
        return { is: "operator", parts: node.children.map((child) => this.#expression(child)), at };
      default:
        return this.#opaque(node);
    }
  }

  #className(node: PlainNode): string {
    const own = part(node, "name");
    return own === null ? `<class${node.start}>` : this.textOf(own);
  }

  #call(node: PlainNode): Expression {
    const at = this.at(node);
    const callee = part(node, "callee");
    if (callee === null) return this.#opaque(node);
    const path = loadedPath(node, this.text);
    if (path !== null) return { is: "name", name: loadedName(path), at };
    const args = part(node, "arguments");
    if (callee.type === "super") return { is: "call", callee: { is: "name", name: "super", at: this.at(callee) }, arguments: this.#arguments(args), at };
    const lowered = this.#expression(callee);
    return { is: "call", callee: lowered, arguments: this.#arguments(args), at };
  }

  /** `await Promise.all([f(), g()])` gives what `[await f(), await g()]` gives. */
  #awaitedTogether(value: Expression): Expression | null {
    if (value.is !== "call" || value.callee.is !== "member" || value.callee.object.is !== "name" || value.callee.object.name !== "Promise" || value.callee.name !== "all") return null;
    const [list] = value.arguments;
    if (list === undefined || list.spread || list.value.is !== "build" || list.value.tuple || list.value.parts.some((one) => one.spread || one.name !== null)) return null;
    return { is: "build", holds: true, type: null, tuple: true, parts: list.value.parts.map((one) => positional({ is: "await", value: one.value, at: one.value.at })), at: value.at };
  }

  /** Markup holds what its attributes and children give; a component is called by whoever shows it. */
  #markup(node: PlainNode): Expression {
    const held: Argument[] = [];
    const attributes = (tag: PlainNode): void => {
      for (const attribute of parts(tag, "attribute")) {
        if (attribute.type === "jsx_expression") {
          for (const inner of attribute.children) held.push({ name: null, spread: true, value: this.#expression(inner.type === "spread_element" ? inner.children[0] ?? inner : inner) });
          continue;
        }
        const [name, value] = attribute.children;
        if (value !== undefined && value.type !== "string") held.push({ name: name === undefined ? null : this.textOf(name), spread: false, value: this.#expression(value) });
      }
    };
    const open = node.type === "jsx_element" ? part(node, "open") : node;
    if (open !== null) attributes(open);
    for (const child of node.children) {
      if (child.role !== null || child.type === "jsx_text" || child.type === "string" || child.type === "html_character_reference") continue;
      if (child.type === "jsx_expression" && child.children.length === 0) continue;
      held.push(positional(this.#expression(child)));
    }
    return { is: "build", holds: true, type: null, tuple: false, parts: held, at: this.at(node) };
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
    if (DECLARED_ONLY.has(node.type)) return { is: "operator", parts: [], at: this.at(node) };
    return this.opaqueExpression(node, (child) => this.#expression(child));
  }

  protected override later(node: PlainNode): void {
    const fn = this.#fn;
    const ownThis = this.#this;
    const namespace = this.#namespace;
    this.postpone(node, fn, (body) => {
      this.#fn = fn;
      this.#this = ownThis;
      this.#namespace = namespace;
      this.#hoisted = new Set();
      this.#statement(node, body);
    });
  }
}

/** `this` of a function that is nobody's method: whoever calls it says what it is. */
const FOREIGN_THIS = "this~";
/** No program can name this label, so no `break` ends at it. */
const IF_CHAIN = "<if>";

const FUNCTIONS = new Set(["arrow_function", "function_expression", "generator_function"]);
const LOOPS = new Set(["for_statement", "for_in_statement", "while_statement", "do_statement"]);

/** Syntax that is gone when the program runs. */
const DECLARED_ONLY = new Set([
  "function_signature", "method_signature", "abstract_method_signature", "index_signature", "call_signature", "construct_signature", "property_signature", "type_annotation", "type_arguments",
  "type_parameters", "asserts_annotation", "type_predicate_annotation", "implements_clause", "accessibility_modifier", "override_modifier", "predefined_type", "generic_type", "union_type",
  "intersection_type", "object_type", "array_type", "tuple_type", "literal_type", "lookup_type", "type_query", "function_type", "constructor_type", "parenthesized_type", "readonly_type",
  "index_type_query", "infer_type", "template_literal_type", "conditional_type", "existential_type", "flow_maybe_type", "this_type", "nested_type_identifier", "interface_body", "import_attribute",
  "hash_bang_line", "jsx_closing_element", "jsx_namespace_name", "string_fragment", "escape_sequence", "regex_pattern", "regex_flags", "import_clause", "named_imports", "import_specifier", "namespace_import",
  "export_clause", "export_specifier", "namespace_export", "extends_type_clause", "optional_type", "rest_type", "mapped_type_clause", "nested_identifier", "type_predicate", "asserts",
]);

const EXPRESSIONS = new Set([
  "identifier", "property_identifier", "private_property_identifier", "shorthand_property_identifier", "this", "super", "null", "undefined", "true", "false", "number", "string", "regex", "meta_property",
  "template_string", "template_substitution", "parenthesized_expression", "sequence_expression", "member_expression", "subscript_expression", "call_expression", "new_expression", "await_expression",
  "yield_expression", "arrow_function", "function_expression", "generator_function", "class", "object", "array", "assignment_expression", "augmented_assignment_expression", "update_expression",
  "ternary_expression", "unary_expression", "binary_expression", "as_expression", "satisfies_expression", "type_assertion", "non_null_expression", "instantiation_expression", "jsx_element",
  "jsx_self_closing_element", "jsx_opening_element", "jsx_expression", "jsx_text", "spread_element", "pair", "method_definition", "object_pattern", "array_pattern", "assignment_pattern", "rest_pattern", "pair_pattern",
  "shorthand_property_identifier_pattern", "computed_property_name", "import", "statement_identifier", "type_identifier", "html_character_reference",
]);

/** `exports.a`, `module.exports.a` give `a`; `module.exports` gives `default`. */
function exportedName(path: string): string | null {
  if (path === "module.exports") return "default";
  return /^(?:module\.)?exports\.([^.]+)$/.exec(path)?.[1] ?? null;
}

/** `Foo.prototype.bar`, `Foo.prototype`. */
function prototypeOf(path: string): { readonly type: string; readonly name: string | null } | null {
  const found = /^([^.]+)\.prototype(?:\.([^.]+))?$/.exec(path);
  return found === null ? null : { type: found[1]!, name: found[2] ?? null };
}

function holdsFunctions(object: PlainNode): boolean {
  return object.children.some((child) => child.type === "method_definition" || (child.type === "pair" && FUNCTIONS.has(part(child, "value")?.type ?? "")));
}

function isAlways(condition: Expression): boolean {
  return condition.is === "literal" && (condition.kind === "true" || (condition.kind === "number" && condition.text === "1"));
}

const OPERATORS: ReadonlyMap<string, OperatorKind> = new Map<string, OperatorKind>([...USUAL_OPERATORS, ["??", "or"], ["===", "=="], ["!==", "!="], ["instanceof", "compare"], ["in", "compare"]]);

function operatorKind(link: PlainNode): OperatorKind {
  return OPERATORS.get(part(link, "operator")?.type ?? "") ?? "operator";
}

