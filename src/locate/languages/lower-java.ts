import type { Argument, Case, Expression, FileFlow, Handler, Parameter, Place, Step, TypeRef } from "../flow/flow-model";
import { classNamed, meaningOf } from "./class-frames";
import type { ClassHere, Frame } from "./class-frames";
import { caughtBy } from "./java-exceptions";
import { isJavaLang } from "./java-names";
import { JAVA_READING } from "./java-reading";
import { lowerElseIfs } from "./else-ifs";
import type { LowerInput } from "./language";
import { Lowering, flowOf, MAX_DEPTH } from "./lowering";
import type { OpenFunction } from "./lowering";
import { lowerOperators, plainOperators, positional, readBefore, USUAL_OPERATORS } from "./operators";
import type { OperatorKind } from "./operators";
import { childOfType, part, parts } from "./plain-tree";
import type { PlainNode } from "./plain-tree";

const CLASSES = new Set(["class_declaration", "interface_declaration", "enum_declaration", "record_declaration", "annotation_type_declaration"]);
const PRIMITIVES = new Set(["integral_type", "floating_point_type", "boolean_type", "void_type"]);
const TYPES = new Set(["type_identifier", "scoped_type_identifier", "generic_type", "array_type", "annotated_type", "wildcard", ...PRIMITIVES]);
const ANNOTATIONS = new Set(["annotation", "marker_annotation"]);
/** What the flow has no use for: names, and declarations about modules. */
const NO_STEPS_FROM = new Set([
  "package_declaration", "import_declaration", "module_declaration", "module_body", "exports_module_directive", "opens_module_directive", "provides_module_directive",
  "requires_module_directive", "requires_modifier", "uses_module_directive", "modifiers", "annotation", "marker_annotation", "permits", "throws", "dimensions", "asterisk",
  "type_parameters", "type_parameter", "type_bound", "type_list", "superclass", "super_interfaces", "extends_interfaces", "annotation_type_element_declaration",
]);

/** A Java file, lowered. Never throws, whatever the text: what is not understood is in `opaque`. */
export function lowerJava(input: LowerInput): FileFlow {
  const file = new JavaFile(input.text, input.module);
  return { ...flowOf(input, "java", JAVA_READING, ["//"], file), module: file.module };
}

/** Where the value of a `switch` that is an expression goes. */
interface Yield {
  readonly name: string;
  readonly label: string;
}

class JavaFile extends Lowering {
  /** What the package declaration says; without one, what the workspace calls the folder. */
  module: string;
  /** Simple name -> full name, of single imports of types. */
  #imported = new Map<string, string>();
  #frames: Frame[] = [];
  /** The classes at the top of the file. */
  readonly #outermost = new Map<string, string>();
  #typeParameters: Map<string, TypeRef | null>[] = [];
  #fn!: OpenFunction;
  #class: ClassHere | null = null;
  /** Instance initialisers of the class that is being lowered: opened when the first is met. */
  #initialiser: { fn: OpenFunction | null } = { fn: null };
  /** The list that the current statement goes to: what an expression needs done before it goes there first. */
  #into: Step[] = [];
  #yields: Yield[] = [];
  /** Labels of statements that are no loops: `break` out of them is a jump. */
  #blockLabels: string[] = [];
  #made = 0;
  readonly #anonymous = new Map<string, number>();

  constructor(text: string, module: string) {
    super(text);
    this.module = module;
  }

  lower(root: PlainNode): void {
    this.#readHead(root);
    for (const child of root.children) if (CLASSES.has(child.type)) this.#outermost.set(this.#nameOf(child), this.#nameOf(child));
    this.#fn = this.openFunction("<module>", "<module>", null, this.at(root), this.between(root.start, root.start));
    this.#frames.push({ is: "block", names: new Set(), classes: new Map() });
    for (const child of root.children) {
      if (child.type === "method_declaration") this.#method(child, null);
      else this.#statement(child, this.#fn.body);
    }
    for (const error of this.leftErrors(root)) this.#error(error, this.#fn.body);
    this.lowerPostponed();
  }

  // --- the head of the file

  #readHead(root: PlainNode): void {
    const own = new Set<string>();
    for (const child of root.children) {
      if (child.type === "package_declaration") {
        const name = child.children.find((one) => one.type === "identifier" || one.type === "scoped_identifier");
        if (name !== undefined) this.module = this.#dotted(name);
      } else if (child.type === "import_declaration") this.#import(child);
      else if (CLASSES.has(child.type)) own.add(this.#nameOf(child));
    }
    // java.lang as if it were imported: only names that the file writes.
    for (const [name] of this.text.matchAll(/\b[A-Z][A-Za-z]+\b/g)) {
      if (!isJavaLang(name) || own.has(name) || this.#imported.has(name)) continue;
      this.imports.push({ local: name, path: "java.lang", member: name });
      this.#imported.set(name, `java.lang.${name}`);
    }
  }

  #import(node: PlainNode): void {
    const name = node.children.find((one) => one.type === "identifier" || one.type === "scoped_identifier");
    if (name === undefined) return;
    const path = this.#dotted(name);
    const isStatic = /^import\s+static\b/.test(this.text.slice(node.start, name.start));
    if (childOfType(node, "asterisk") !== null) {
      this.imports.push({ local: "*", path, member: null });
      return;
    }
    const dot = path.lastIndexOf(".");
    const member = path.slice(dot + 1);
    this.imports.push({ local: member, path: dot < 0 ? "" : path.slice(0, dot), member });
    if (!isStatic) this.#imported.set(member, path);
  }

  #dotted(node: PlainNode): string {
    const text = this.textOf(node);
    return /^[\w$.]+$/.test(text) ? text : text.replace(/\/\*[^]*?\*\/|\/\/[^\n]*|\s+/g, "");
  }

  #nameOf(node: PlainNode): string {
    const name = part(node, "name");
    return name === null ? "" : this.textOf(name);
  }

  // --- types

  #qualify(name: string): string {
    const own = classNamed(name, this.#frames, this.#outermost);
    if (own !== null) return `.${own}`;
    return this.#imported.get(name) ?? `.${name}`;
  }

  #typeOrNull(node: PlainNode | null): TypeRef | null {
    return node === null ? null : this.#type(node);
  }

  #type(node: PlainNode): TypeRef | null {
    switch (node.type) {
      case "type_identifier":
      case "identifier": {
        const name = this.textOf(node);
        if (name === "var" || name === "") return null;
        for (let i = this.#typeParameters.length - 1; i >= 0; i--) {
          const bound = this.#typeParameters[i]!.get(name);
          if (bound !== undefined) return bound;
        }
        return { name: this.#qualify(name), element: null };
      }
      case "scoped_type_identifier":
        return { name: this.#qualifyDotted(this.#dotted(node)), element: null };
      case "generic_type": {
        const base = node.children[0];
        if (base === undefined) return null;
        const type = this.#type(base);
        const last = childOfType(node, "type_arguments")?.children.at(-1);
        return type === null ? null : { name: type.name, element: last === undefined ? null : this.#type(last) };
      }
      case "wildcard":
      case "annotated_type": {
        const inner = node.children.find((child) => TYPES.has(child.type));
        return inner === undefined ? null : this.#type(inner);
      }
      case "array_type":
        return { name: "[]", element: this.#typeOrNull(part(node, "element")) };
      case "void_type":
        return null;
      default:
        return PRIMITIVES.has(node.type) ? { name: this.textOf(node), element: null } : null;
    }
  }

  /** `Map.Entry`, `java.sql.Connection`, `Outer<T>.Inner`. */
  #qualifyDotted(written: string): string {
    const name = written.replace(/<[^.]*>|@\w+/g, "");
    const [first = "", ...rest] = name.split(".");
    if (/^[a-z]/.test(first) && classNamed(first, this.#frames, this.#outermost) === null) return name;
    return [this.#qualify(first), ...rest].join(".");
  }

  #readTypeParameters(list: PlainNode | null): void {
    const scope = new Map<string, TypeRef | null>();
    this.#typeParameters.push(scope);
    for (const parameter of list?.children ?? []) {
      const name = childOfType(parameter, "type_identifier");
      if (name !== null) scope.set(this.textOf(name), null);
    }
    for (const parameter of list?.children ?? []) {
      const name = childOfType(parameter, "type_identifier");
      const bound = childOfType(parameter, "type_bound")?.children[0];
      if (name !== null && bound !== undefined) scope.set(this.textOf(name), this.#type(bound));
    }
  }

  // --- names

  #meaning(name: string) {
    return meaningOf(name, this.#frames, this.#outermost);
  }

  /** Declares a local variable in the innermost block. */
  #local(name: string): void {
    for (let i = this.#frames.length - 1; i >= 0; i--) {
      const frame = this.#frames[i]!;
      if (frame.is === "block") {
        frame.names.add(name);
        return;
      }
    }
  }

  #inBlock<T>(inside: () => T): T {
    this.#frames.push({ is: "block", names: new Set(), classes: new Map() });
    const result = inside();
    this.#frames.pop();
    return result;
  }

  #identifier(node: PlainNode): Expression {
    const name = this.textOf(node);
    const at = this.at(node);
    const meaning = this.#meaning(name);
    switch (meaning.is) {
      case "field":
        if (meaning.isStatic) return { is: "member", object: { is: "name", name: meaning.owner, at }, name, at };
        return { is: "member", object: { is: "name", name: meaning.inner ? "this" : `${meaning.owner}.this`, at }, name, at };
      case "class":
        return { is: "name", name: meaning.full, at };
      default:
        return { is: "name", name, at };
    }
  }

  // --- classes

  /** Modifiers without what stands in annotations. */
  #modifiers(node: PlainNode): { readonly words: string; readonly annotations: readonly PlainNode[] } {
    const modifiers = childOfType(node, "modifiers");
    if (modifiers === null) return { words: "", annotations: [] };
    let words = "";
    let from = modifiers.start;
    for (const child of modifiers.children) {
      words += `${this.text.slice(from, child.start)} `;
      from = child.end;
    }
    words += this.text.slice(from, modifiers.end);
    return { words, annotations: modifiers.children.filter((child) => ANNOTATIONS.has(child.type)) };
  }

  /** A class among members or statements. Gives the functions declared in it, when it can see the variables around it. */
  #classDeclaration(node: PlainNode, into: Step[]): void {
    const short = this.#nameOf(node);
    const outer = this.#class;
    const isLocal = this.#fn.id !== 0;
    const full = outer === null ? short : `${outer.full}.${short}`;
    const frame = this.#frames.at(-1)!;
    if (frame.is === "block" && isLocal) frame.classes.set(short, full);
    const kind = node.type;
    const first = this.functions.length;
    this.#readTypeParameters(part(node, "type.parameters"));
    const bases: TypeRef[] = [];
    const heads = [...parts(node, "bases"), ...node.children.filter((child) => child.type === "extends_interfaces")];
    for (const head of heads) {
      const list = childOfType(head, "type_list");
      for (const base of (list ?? head).children) {
        const type = TYPES.has(base.type) ? this.#type(base) : null;
        if (type !== null) bases.push(type);
      }
    }
    const components = kind === "record_declaration" ? this.#parameters(part(node, "parameters")) : null;
    this.#classBody(full, part(node, "body"), bases, { components, isInterface: kind === "interface_declaration" || kind === "annotation_type_declaration" });
    this.#typeParameters.pop();
    if (isLocal) {
      // What its methods use of the variables around it, it may keep.
      const at = this.at(node);
      const made = this.functions.slice(first).filter((fn) => fn.parent === this.#fn.id);
      if (made.length > 0) into.push({ is: "do", value: { is: "build", holds: true, type: null, tuple: false, parts: made.map((fn) => ({ name: fn.name, spread: false, value: { is: "closure", function: fn.id, at } })), at }, at });
    }
  }

  #classBody(full: string, body: PlainNode | null, bases: readonly TypeRef[], shape: { readonly components: readonly Parameter[] | null; readonly isInterface: boolean }): void {
    const here: ClassHere = { full, fields: new Map(), nested: new Map() };
    const declared: { name: string; type: TypeRef | null }[] = [];
    const outer = { class: this.#class, initialiser: this.#initialiser, yields: this.#yields, labels: this.#blockLabels };
    this.#class = here;
    this.#initialiser = { fn: null };
    this.#yields = [];
    this.#blockLabels = [];
    this.#frames.push({ is: "class", here });
    const members = this.#members(body);
    for (const member of members) if (CLASSES.has(member.type)) here.nested.set(this.#nameOf(member), `${full}.${this.#nameOf(member)}`);
    const typeAt = this.types.length;
    this.types.push({ name: full, fields: declared, bases });
    for (const component of shape.components ?? []) {
      here.fields.set(component.name, "instance");
      declared.push({ name: component.name, type: component.type });
    }
    for (const member of members) {
      if (member.type === "enum_constant") {
        here.fields.set(this.#nameOf(member), "static");
        declared.push({ name: this.#nameOf(member), type: { name: `.${full}`, element: null } });
      } else if (member.type === "field_declaration" || member.type === "constant_declaration") {
        const isStatic = shape.isInterface || /\bstatic\b/.test(this.#modifiers(member).words);
        const type = this.#typeOrNull(part(member, "type"));
        for (const declarator of parts(member, "declarator")) {
          const name = this.#nameOf(declarator);
          here.fields.set(name, isStatic ? "static" : "instance");
          declared.push({ name, type: this.#withDimensions(type, declarator) });
        }
      }
    }
    this.types[typeAt] = { name: full, fields: declared, bases };
    for (const member of members) this.#member(member, here, shape.components);
    this.#frames.pop();
    this.#class = outer.class;
    this.#initialiser = outer.initialiser;
    this.#yields = outer.yields;
    this.#blockLabels = outer.labels;
  }

  #members(body: PlainNode | null): readonly PlainNode[] {
    if (body === null) return [];
    return body.children.flatMap((child) => (child.type === "enum_body_declarations" ? child.children : [child]));
  }

  #member(node: PlainNode, here: ClassHere, components: readonly Parameter[] | null): void {
    this.depth++;
    if (this.depth > MAX_DEPTH) this.#fn.body.push(this.cutStep(node));
    else this.#memberHere(node, here, components);
    this.depth--;
  }

  #memberHere(node: PlainNode, here: ClassHere, components: readonly Parameter[] | null): void {
    if (CLASSES.has(node.type)) {
      this.#classDeclaration(node, this.#fn.body);
      return;
    }
    switch (node.type) {
      case "method_declaration":
        this.#method(node, here);
        return;
      case "constructor_declaration":
      case "compact_constructor_declaration":
        this.#construct(node, here, components);
        return;
      case "field_declaration":
      case "constant_declaration":
        for (const declarator of parts(node, "declarator")) this.#field(declarator, here);
        return;
      case "enum_constant":
        this.#enumConstant(node, here);
        return;
      case "static_initializer":
        for (const block of node.children) if (block.type === "block") this.#initialiserBlock(block, here, true);
        return;
      case "block":
        this.#initialiserBlock(node, here, false);
        return;
      case "ERROR":
        this.#error(node, this.#fn.body);
        return;
      default:
        if (NO_STEPS_FROM.has(node.type)) return;
        // Statements where members stand: broken text.
        this.#statement(node, this.#fn.body);
    }
  }

  #openMember(name: string, here: ClassHere | null, node: PlainNode, nameNode: PlainNode | null): OpenFunction {
    const symbol = here === null ? name : `${here.full}.${name === "<init>" ? here.full.slice(here.full.lastIndexOf(".") + 1) : name}`;
    const fn = this.openFunction(name, symbol, this.#fn.id === 0 ? null : this.#fn.id, this.at(node), this.at(nameNode ?? node));
    fn.owner = here?.full ?? null;
    return fn;
  }

  #method(node: PlainNode, here: ClassHere | null): void {
    const { words, annotations } = this.#modifiers(node);
    this.#readTypeParameters(part(node, "type.parameters"));
    const fn = this.#openMember(this.#nameOf(node), here, node, part(node, "name"));
    if (here !== null && !/\bstatic\b/.test(words)) fn.receiver = "this";
    fn.decorators = annotations.map((annotation) => this.#annotation(annotation));
    const result = part(node, "type");
    if (result !== null && result.type !== "void_type") fn.results.push(this.#type(result));
    fn.parameters = this.#parameters(part(node, "parameters"));
    const body = part(node, "body");
    if (body === null) fn.isAbstract = true;
    this.#body(fn, body);
    this.#typeParameters.pop();
  }

  #construct(node: PlainNode, here: ClassHere, components: readonly Parameter[] | null): void {
    this.#readTypeParameters(part(node, "type.parameters"));
    const fn = this.#openMember("<init>", here, node, part(node, "name"));
    fn.receiver = "this";
    fn.decorators = this.#modifiers(node).annotations.map((annotation) => this.#annotation(annotation));
    const compact = node.type === "compact_constructor_declaration";
    fn.parameters = compact ? [...(components ?? [])] : this.#parameters(part(node, "parameters"));
    this.#body(fn, part(node, "body"));
    if (compact) {
      // At its end each component is stored.
      const at = this.at(node);
      for (const { name } of fn.parameters) fn.body.push({ is: "bind", targets: [{ is: "member", object: { is: "name", name: "this", at }, name, at }], value: { is: "name", name, at }, declares: false, type: null, at });
    }
    this.#typeParameters.pop();
  }

  #body(fn: OpenFunction, body: PlainNode | null): void {
    if (body === null) return;
    this.#inFunction(fn, () => {
      for (const parameter of fn.parameters) this.#local(parameter.name);
      for (const child of body.children) this.#statement(child, fn.body);
    });
  }

  /** A function's own state around what is lowered in it. */
  #inFunction(fn: OpenFunction, inside: () => void): void {
    const outer = { fn: this.#fn, into: this.#into, yields: this.#yields, labels: this.#blockLabels };
    this.#fn = fn;
    this.#into = fn.body;
    this.#yields = [];
    this.#blockLabels = [];
    this.#inBlock(inside);
    this.#fn = outer.fn;
    this.#into = outer.into;
    this.#yields = outer.yields;
    this.#blockLabels = outer.labels;
  }

  /** The function that stands for what is done with a new instance before its constructor. */
  #instanceInitialiser(here: ClassHere, node: PlainNode): OpenFunction {
    let fn = this.#initialiser.fn;
    if (fn === null) {
      fn = this.#openMember("<fields>", here, node, node);
      fn.receiver = "this";
      this.#initialiser.fn = fn;
    }
    return fn;
  }

  #initialiserBlock(block: PlainNode, here: ClassHere, isStatic: boolean): void {
    const fn = isStatic ? this.#openMember("<static>", here, block, block) : this.#instanceInitialiser(here, block);
    this.#inFunction(fn, () => {
      if (isStatic) this.#statements(block, fn.body);
      else this.#statement(block, fn.body);
    });
  }

  #field(declarator: PlainNode, here: ClassHere): void {
    const value = part(declarator, "value");
    if (value === null) return;
    const at = this.at(declarator);
    const nameNode = part(declarator, "name");
    const name = this.#nameOf(declarator);
    const isStatic = here.fields.get(name) === "static";
    const target: Expression = { is: "member", object: { is: "name", name: isStatic ? here.full : "this", at: this.at(nameNode ?? declarator) }, name, at: this.at(nameNode ?? declarator) };
    const fn = isStatic ? this.functions[0]! : this.#instanceInitialiser(here, declarator);
    this.#inFunction(fn, () => {
      const lowered = this.#expression(value);
      fn.body.push({ is: "bind", targets: [target], value: lowered, declares: false, type: null, at });
    });
  }

  #enumConstant(node: PlainNode, here: ClassHere): void {
    const at = this.at(node);
    const name = this.#nameOf(node);
    const top = this.functions[0]!;
    this.#inFunction(top, () => {
      const args = this.#arguments(part(node, "arguments"));
      const body = part(node, "body");
      const made: Expression = body === null
        ? { is: "call", callee: { is: "name", name: here.full, at }, arguments: args, at }
        : this.#anonymousClass(node, body, { name: `.${here.full}`, element: null }, args);
      const target: Expression = { is: "member", object: { is: "name", name: here.full, at }, name, at };
      top.body.push({ is: "bind", targets: [target], value: made, declares: false, type: null, at });
    });
  }

  /** `new T(args) {...}`: an object that holds what it was given, and what its methods use. */
  #anonymousClass(node: PlainNode, body: PlainNode, base: TypeRef | null, args: readonly Argument[]): Expression {
    const outer = this.#class?.full ?? "";
    const number = (this.#anonymous.get(outer) ?? 0) + 1;
    this.#anonymous.set(outer, number);
    const full = `${outer}$${number}`;
    const at = this.at(node);
    const first = this.functions.length;
    this.#classBody(full, body, base === null ? [] : [base], { components: null, isInterface: false });
    const methods = this.functions.slice(first).filter((fn) => fn.owner === full);
    return {
      is: "build", holds: true, type: { name: `.${full}`, element: base?.element ?? null }, tuple: false,
      parts: [...args, ...methods.map((fn): Argument => ({ name: fn.name, spread: false, value: { is: "closure", function: fn.id, at } }))], at,
    };
  }

  #annotation(node: PlainNode): Expression {
    const name = part(node, "name");
    const at = this.at(node);
    const callee: Expression = name === null ? { is: "name", name: "", at } : this.#nameChain(name);
    const list = part(node, "arguments");
    if (list === null) return callee;
    const args: Argument[] = [];
    for (const child of list.children) {
      if (child.type === "element_value_pair") {
        const key = part(child, "key");
        const value = part(child, "value");
        if (value !== null) args.push({ name: key === null ? null : this.textOf(key), spread: false, value: this.#annotationValue(value) });
      } else args.push(positional(this.#annotationValue(child)));
    }
    return { is: "call", callee, arguments: args, at };
  }

  /** Constants only: nothing in an annotation runs. */
  #annotationValue(node: PlainNode): Expression {
    if (ANNOTATIONS.has(node.type)) return this.#annotation(node);
    if (node.type === "element_value_array_initializer") {
      return { is: "build", holds: true, type: null, tuple: false, parts: node.children.map((child) => positional(this.#annotationValue(child))), at: this.at(node) };
    }
    return this.#expression(node);
  }

  /** `a.b.C` as members of a name. */
  #nameChain(node: PlainNode): Expression {
    if (node.type !== "scoped_identifier") return this.name(node);
    const object = part(node, "object");
    const name = part(node, "name");
    if (object === null || name === null) return this.name(node);
    return { is: "member", object: this.#nameChain(object), name: this.textOf(name), at: this.at(node) };
  }

  #parameters(list: PlainNode | null): Parameter[] {
    const parameters: Parameter[] = [];
    for (const node of list?.children ?? []) {
      switch (node.type) {
        case "formal_parameter":
          parameters.push({ name: this.#nameOf(node), type: this.#withDimensions(this.#typeOrNull(part(node, "type")), node), variadic: false, initial: null });
          break;
        case "spread_parameter": {
          const type = node.children.find((child) => TYPES.has(child.type));
          const declarator = childOfType(node, "variable_declarator");
          parameters.push({ name: declarator === null ? "" : this.#nameOf(declarator), type: type === undefined ? null : this.#type(type), variadic: true, initial: null });
          break;
        }
        case "receiver_parameter":
          break;
        default:
          if (node.type !== "ERROR") this.countOpaque(node.type);
      }
    }
    return parameters;
  }

  #withDimensions(type: TypeRef | null, node: PlainNode): TypeRef | null {
    const dimensions = part(node, "dimensions");
    return dimensions === null ? type : { name: "[]", element: type };
  }

  // --- statements

  #statements(block: PlainNode, into: Step[]): void {
    for (const child of block.children) this.#statement(child, into);
  }

  /** A body, in a scope of its own. */
  #steps(node: PlainNode | null): readonly Step[] {
    const steps: Step[] = [];
    if (node === null) return steps;
    this.#inBlock(() => {
      if (node.type === "block") this.#statements(node, steps);
      else this.#statement(node, steps);
    });
    return steps;
  }

  #statement(node: PlainNode, into: Step[], label: string | null = null): void {
    this.depth++;
    const outer = this.#into;
    this.#into = into;
    if (this.depth > MAX_DEPTH) into.push(this.cutStep(node));
    else this.#statementHere(node, into, label);
    for (const error of this.leftErrors(node)) this.#error(error, into);
    this.#into = outer;
    this.depth--;
  }

  #statementHere(node: PlainNode, into: Step[], label: string | null): void {
    if (NO_STEPS_FROM.has(node.type)) return;
    if (CLASSES.has(node.type)) {
      this.#classDeclaration(node, into);
      return;
    }
    const at = this.at(node);
    switch (node.type) {
      case "expression_statement":
        for (const child of node.children) this.#expressionStatement(child, at, into);
        return;
      case "local_variable_declaration":
      case "field_declaration":
        this.#localVariables(node, into);
        return;
      case "explicit_constructor_invocation": {
        const object = part(node, "object");
        const callee = part(node, "callee");
        const args = this.#arguments(part(node, "arguments"));
        if (object !== null) args.unshift(positional(this.#expression(object)));
        into.push({ is: "do", value: { is: "call", callee: { is: "name", name: callee?.type ?? "super", at: this.at(callee ?? node) }, arguments: args, at }, at });
        return;
      }
      case "return_statement":
        into.push({ is: "return", values: node.children.map((child) => this.#expression(child)), at });
        return;
      case "throw_statement": {
        const value = node.children[0];
        into.push({ is: "throw", value: value === undefined ? null : this.#expression(value), at });
        return;
      }
      case "yield_statement":
        for (const child of node.children) this.#yield(child, at, into);
        return;
      case "break_statement": {
        const target = this.#labelOf(node);
        if (target !== null && this.#blockLabels.includes(target)) into.push({ is: "goto", label: `${target}~end`, at });
        else into.push({ is: "break", label: target, at });
        return;
      }
      case "continue_statement":
        into.push({ is: "continue", label: this.#labelOf(node), at });
        return;
      case "labeled_statement":
        this.#labeled(node, into);
        return;
      case "assert_statement": {
        const [condition, ...message] = node.children;
        if (condition === undefined) return;
        into.push({ is: "assert", condition: this.#expression(condition), at });
        // Made only when the assertion fails, which is seldom worth a way of its own.
        for (const part of message) into.push({ is: "do", value: this.#expression(part), at: this.at(part) });
        return;
      }
      case "if_statement":
        this.#if(node, into);
        return;
      case "while_statement":
        into.push({ is: "loop", label, iterates: null, binds: [], condition: this.#partOrOpaque(node, "condition"), body: this.#steps(part(node, "body")), update: [], otherwise: [], isAsync: false, at });
        return;
      case "do_statement": {
        const body = this.#steps(part(node, "body"));
        const update: Step[] = [];
        const conditionNode = part(node, "condition");
        const outer = this.#into;
        this.#into = update;
        const condition = conditionNode === null ? this.missing(node) : this.#expression(conditionNode);
        this.#into = outer;
        update.push({ is: "if", condition, then: [], else: [{ is: "break", label: null, at: condition.at }], at: condition.at });
        into.push({ is: "loop", label, iterates: null, binds: [], condition: null, body, update, otherwise: [], isAsync: false, at });
        return;
      }
      case "for_statement":
        this.#for(node, into, label);
        return;
      case "enhanced_for_statement":
        this.#forEach(node, into, label);
        return;
      case "switch_expression":
        this.#switch(node, into, label, null);
        return;
      case "synchronized_statement": {
        for (const child of node.children) if (child.role !== "body") into.push({ is: "do", value: this.#expression(child), at: this.at(child) });
        into.push({ is: "block", body: this.#steps(part(node, "body")), at });
        return;
      }
      case "try_statement":
      case "try_with_resources_statement":
        this.#try(node, into);
        return;
      case "block":
      case "constructor_body":
        into.push({ is: "block", body: this.#inBlock(() => this.#listed(node)), at });
        return;
      case "static_initializer":
        for (const child of node.children) this.#statement(child, into);
        return;
      case "ERROR":
        this.#error(node, into);
        return;
      case "method_declaration":
        this.#method(node, this.#class);
        return;
      case "constructor_declaration":
      case "compact_constructor_declaration":
        if (this.#class === null) break;
        this.#construct(node, this.#class, null);
        return;
    }
    if (isExpressionType(node.type)) {
      this.#expressionStatement(node, at, into);
      return;
    }
    this.countOpaque(node.type);
    const body: Step[] = [];
    for (const child of node.children) this.#statement(child, body);
    into.push({ is: "opaque", nodeType: node.type, body, at });
  }

  #listed(node: PlainNode): readonly Step[] {
    const steps: Step[] = [];
    this.#statements(node, steps);
    return steps;
  }

  #error(node: PlainNode, into: Step[]): void {
    this.tookError(node);
    this.inError++;
    const body: Step[] = [];
    for (const child of node.children) this.#statement(child, body);
    this.inError--;
    into.push({ is: "opaque", nodeType: "ERROR", body, at: this.at(node) });
  }

  #labelOf(node: PlainNode): string | null {
    const label = childOfType(node, "identifier");
    return label === null ? null : this.textOf(label);
  }

  #expressionStatement(node: PlainNode, at: Place, into: Step[]): void {
    if (node.type === "assignment_expression") {
      const { target, value } = this.#assigned(node);
      into.push({ is: "bind", targets: [target], value, declares: false, type: null, at });
    } else if (node.type === "update_expression") {
      const target = node.children[0] === undefined ? this.missing(node) : this.#expression(node.children[0]);
      into.push({ is: "bind", targets: [target], value: { is: "operator", parts: readBefore(target), at }, declares: false, type: null, at });
    } else into.push({ is: "do", value: this.#expression(node), at });
  }

  #localVariables(node: PlainNode, into: Step[]): void {
    const type = this.#typeOrNull(part(node, "type"));
    for (const declarator of parts(node, "declarator")) {
      const nameNode = part(declarator, "name");
      const name = this.#nameOf(declarator);
      const value = part(declarator, "value");
      const lowered = value === null ? null : this.#expression(value);
      this.#local(name);
      const target: Expression = { is: "name", name, at: this.at(nameNode ?? declarator) };
      into.push({ is: "bind", targets: [target], value: lowered, declares: true, type: this.#withDimensions(type, declarator), at: this.at(parts(node, "declarator").length === 1 ? node : declarator) });
      // Lombok closes it where its block ends.
      if (this.#isCleanedUp(node)) into.push({ is: "defer", call: { is: "call", callee: { is: "member", object: target, name: "close", at: target.at }, arguments: [], at: target.at }, at: target.at });
    }
  }

  #isCleanedUp(node: PlainNode): boolean {
    const modifiers = childOfType(node, "modifiers");
    return modifiers !== null && /@(?:lombok\.)?Cleanup\b/u.test(this.textOf(modifiers));
  }

  #labeled(node: PlainNode, into: Step[]): void {
    const label = this.#labelOf(node) ?? "";
    const inner = node.children.find((child) => child.type !== "identifier");
    if (inner === undefined) return;
    if (LOOPS.has(inner.type)) {
      this.#statement(inner, into, label);
      return;
    }
    this.#blockLabels = [...this.#blockLabels, label];
    this.#statement(inner, into);
    this.#blockLabels = this.#blockLabels.slice(0, -1);
    into.push({ is: "label", name: `${label}~end`, at: this.at(node) });
  }

  #partOrOpaque(node: PlainNode, role: string): Expression {
    const found = part(node, role);
    return found === null ? this.missing(node) : this.#expression(found);
  }

  /** Lowers with what it needs before it in `steps`. */
  #loweredInto(steps: Step[], lower: () => Expression): Expression {
    const outer = this.#into;
    this.#into = steps;
    const lowered = lower();
    this.#into = outer;
    return lowered;
  }

  #if(node: PlainNode, into: Step[]): void {
    const chain: PlainNode[] = [];
    let last: PlainNode | null = node;
    while (last !== null && last.type === "if_statement") {
      chain.push(last);
      last = part(last, "else");
    }
    lowerElseIfs(
      chain.map((one) => ({
        condition: (steps) => this.#loweredInto(steps, () => this.#partOrOpaque(one, "condition")),
        then: () => this.#steps(part(one, "then")),
        at: this.at(one),
      })),
      last === null ? null : { body: () => this.#steps(last), at: this.at(last) },
      () => `else~${this.#made++}`, this.at(node), into,
    );
  }

  #for(node: PlainNode, into: Step[], label: string | null): void {
    const at = this.at(node);
    const body: Step[] = [];
    this.#inBlock(() => {
      for (const first of parts(node, "first")) this.#statement(first, body);
      const outer = this.#into;
      this.#into = body;
      const conditionNode = part(node, "condition");
      const condition = conditionNode === null ? null : this.#expression(conditionNode);
      this.#into = outer;
      const inside = this.#steps(part(node, "body"));
      const update: Step[] = [];
      for (const one of parts(node, "update")) this.#statement(one, update);
      body.push({ is: "loop", label, iterates: null, binds: [], condition, body: inside, update, otherwise: [], isAsync: false, at });
    });
    if (body.length === 1) into.push(body[0]!);
    else into.push({ is: "block", body, at });
  }

  #forEach(node: PlainNode, into: Step[], label: string | null): void {
    const iterates = this.#partOrOpaque(node, "value");
    const nameNode = part(node, "name");
    const type = this.#withDimensions(this.#typeOrNull(part(node, "type")), node);
    const body = this.#inBlock(() => {
      if (nameNode !== null) this.#local(this.textOf(nameNode));
      return this.#steps(part(node, "body"));
    });
    into.push({
      is: "loop", label, iterates, binds: nameNode === null ? [] : [this.name(nameNode)], bindTypes: [type], condition: null, body, update: [], otherwise: [], isAsync: false, at: this.at(node),
    });
  }

  #try(node: PlainNode, into: Step[]): void {
    const at = this.at(node);
    const resources = part(node, "resources");
    const items: { value: Expression; bind: Expression | null; type: TypeRef | null }[] = [];
    let body: readonly Step[] = [];
    const before: Step[] = [];
    this.#inBlock(() => {
      for (const resource of resources?.children ?? []) {
        if (resource.type !== "resource") continue;
        const outer = this.#into;
        this.#into = before;
        const nameNode = part(resource, "name");
        const value = part(resource, "value") ?? resource.children.find((child) => child.role === null && child.type !== "modifiers") ?? null;
        const lowered = value === null ? this.missing(resource) : this.#expression(value);
        this.#into = outer;
        if (nameNode !== null) this.#local(this.textOf(nameNode));
        items.push({ value: lowered, bind: nameNode === null ? null : this.name(nameNode), type: this.#typeOrNull(part(resource, "type")) });
      }
      body = this.#steps(part(node, "body"));
    });
    if (items.length > 0) body = [...before, { is: "with", items, isAsync: false, body, at }];
    const handlers = node.children.filter((child) => child.type === "catch_clause").map((clause) => this.#handler(clause));
    const last = childOfType(node, "finally_clause");
    const after = last === null ? [] : this.#steps(childOfType(last, "block"));
    if (handlers.length === 0 && after.length === 0) into.push({ is: "block", body, at });
    else into.push({ is: "try", body, handlers, otherwise: [], finally: after, at });
  }

  #handler(node: PlainNode): Handler {
    const parameter = childOfType(node, "catch_formal_parameter");
    const nameNode = parameter === null ? null : part(parameter, "name");
    const types = (parameter === null ? null : childOfType(parameter, "catch_type"))?.children.flatMap((type) => this.#type(type) ?? []) ?? [];
    const catches = types.map((type) => type.name);
    const bind = nameNode === null || nameNode.type === "underscore_pattern" ? null : this.textOf(nameNode);
    const body = this.#inBlock(() => {
      if (bind !== null) this.#local(bind);
      return this.#steps(part(node, "body"));
    });
    return { catches, ...caughtBy(catches), bind, body, at: this.at(node) };
  }

  // --- switch

  /** `result`: where its value goes, when it is an expression. */
  #switch(node: PlainNode, into: Step[], label: string | null, result: Yield | null): void {
    const at = this.at(node);
    let subject = this.#partOrOpaque(node, "subject");
    const rules = part(node, "body")?.children ?? [];
    const hasPatterns = rules.some((rule) => rule.children.some((one) => one.type === "switch_label" && one.children.some((child) => child.type === "pattern")));
    if (hasPatterns && subject.is !== "name") {
      const name = `subject~${this.#made++}`;
      into.push({ is: "bind", targets: [{ is: "name", name, at: subject.at }], value: subject, declares: true, type: null, at: subject.at });
      subject = { is: "name", name, at: subject.at };
    }
    if (result !== null) this.#yields.push(result);
    const cases: Case[] = [];
    this.#inBlock(() => {
      for (const rule of rules) {
        if (rule.type === "switch_rule" || rule.type === "switch_block_statement_group") cases.push(this.#case(rule, subject, result));
        else if (rule.type === "ERROR") this.#error(rule, into);
      }
    });
    if (result !== null) this.#yields.pop();
    const last = cases.at(-1);
    if (last !== undefined) {
      // What must be exhaustive takes its last case when it took no other; nothing falls out of the last.
      const exhaustive = (result !== null || hasPatterns) && last.guard === null && !cases.some(isDefault);
      cases[cases.length - 1] = { ...last, tests: exhaustive ? [] : last.tests, binds: exhaustive ? [] : last.binds, fallsThrough: false };
    }
    into.push({ is: "switch", label: result?.label ?? label, subject, bind: null, cases, waits: false, at });
  }

  #case(rule: PlainNode, subject: Expression, result: Yield | null): Case {
    const tests: Expression[] = [];
    const binds: string[] = [];
    let guard: Expression | null = null;
    let isDefaultToo = false;
    const body: Step[] = [];
    const isRule = rule.type === "switch_rule";
    const at = this.at(rule);
    // Labels of one group share its body: their pattern variables, too.
    const known = this.#into;
    const pattern = (node: PlainNode): void => {
      for (const bound of this.#patternVariables(node)) {
        this.#local(bound.name);
        binds.push(bound.name);
        const value: Expression = bound.whole ? { is: "same", value: subject, type: bound.type, at: bound.at } : { is: "operator", parts: [], at: bound.at };
        body.push({ is: "bind", targets: [{ is: "name", name: bound.name, at: bound.at }], value, declares: true, type: bound.type, at: bound.at });
      }
    };
    this.#inBlock(() => {
      this.#into = body;
      for (const label of rule.children) {
        if (label.type !== "switch_label") continue;
        if (label.children.length === 0 || /\bdefault\b/.test(this.text.slice(label.children[0]!.end, label.end))) isDefaultToo = true;
        for (const child of label.children) {
          if (child.type === "pattern") {
            const inner = child.children[0];
            pattern(child);
            if (inner !== undefined) tests.push(this.#typeTest(inner));
          } else if (child.type === "guard") {
            for (const condition of child.children) guard = this.#expression(condition);
          } else tests.push(this.#expression(child));
        }
      }
      for (const child of rule.children) {
        if (child.type === "switch_label") continue;
        if (!isRule) this.#statement(child, body);
        else if (child.type === "expression_statement" && result !== null) {
          for (const value of child.children) this.#yield(value, this.at(child), body);
        } else if (child.type === "block") body.push(...this.#steps(child));
        else this.#statement(child, body);
      }
      this.#into = known;
    });
    return isDefaultToo
      ? { tests: [], guard: null, binds: [], body, fallsThrough: !isRule, at }
      : { tests, guard, binds: guard === null ? [] : binds, body, fallsThrough: !isRule, at };
  }

  #yield(value: PlainNode, at: Place, into: Step[]): void {
    const target = this.#yields.at(-1);
    const outer = this.#into;
    this.#into = into;
    const lowered = this.#expression(value);
    this.#into = outer;
    if (target === undefined) {
      into.push({ is: "do", value: lowered, at });
      return;
    }
    into.push({ is: "bind", targets: [{ is: "name", name: target.name, at }], value: lowered, declares: false, type: null, at });
    into.push({ is: "break", label: target.label, at });
  }

  /** A `switch` inside an expression is done before the statement, and leaves its value in a variable. */
  #switchValue(node: PlainNode): Expression {
    const number = this.#made++;
    const at = this.at(node);
    const result: Yield = { name: `value~${number}`, label: `yield~${number}` };
    const into = this.#into;
    into.push({ is: "bind", targets: [{ is: "name", name: result.name, at }], value: { is: "operator", parts: [], at }, declares: true, type: null, at });
    this.#local(result.name);
    this.#switch(node, into, null, result);
    return { is: "name", name: result.name, at };
  }

  /** The variables of a pattern. `whole`: it is the thing itself under another type. */
  #patternVariables(node: PlainNode): { readonly name: string; readonly type: TypeRef | null; readonly whole: boolean; readonly at: Place }[] {
    const found: { name: string; type: TypeRef | null; whole: boolean; at: Place }[] = [];
    const visit = (inner: PlainNode, whole: boolean): void => {
      switch (inner.type) {
        case "type_pattern":
        case "record_pattern_component": {
          const name = inner.children.findLast((child) => child.type === "identifier");
          const type = inner.children.find((child) => TYPES.has(child.type));
          if (name !== undefined) found.push({ name: this.textOf(name), type: type === undefined ? null : this.#type(type), whole, at: this.at(name) });
          return;
        }
        case "record_pattern":
          for (const child of inner.children) if (child.type === "record_pattern_body") for (const component of child.children) visit(component, false);
          return;
        case "pattern":
          for (const child of inner.children) visit(child, whole);
          return;
        default:
      }
    };
    visit(node, true);
    return found;
  }

  /** The type that a pattern asks for, as something to compare with. */
  #typeTest(node: PlainNode): Expression {
    const inner = TYPES.has(node.type) ? node : (node.children.find((child) => TYPES.has(child.type) || child.type === "identifier") ?? node);
    return { is: "build", holds: false, type: this.#type(inner), tuple: false, parts: [], at: this.at(node) };
  }

  // --- expressions

  #expression(node: PlainNode): Expression {
    this.depth++;
    const lowered = this.tooDeep(node, "field_access") ? this.cutExpression(node) : this.#expressionHere(node);
    this.depth--;
    return lowered;
  }

  #expressionHere(node: PlainNode): Expression {
    const at = this.at(node);
    switch (node.type) {
      case "identifier":
        return this.#identifier(node);
      case "underscore_pattern":
      case "this":
      case "type_identifier":
        return this.name(node);
      case "scoped_identifier":
        return this.#nameChain(node);
      case "super":
        return { is: "call", callee: { is: "name", name: "super", at }, arguments: [], at };
      case "null_literal":
        return { is: "literal", kind: "null", text: "null", at };
      case "true":
      case "false":
        return { is: "literal", kind: node.type, text: node.type, at };
      case "decimal_integer_literal":
      case "hex_integer_literal":
      case "octal_integer_literal":
      case "binary_integer_literal":
      case "decimal_floating_point_literal":
      case "hex_floating_point_literal":
      case "character_literal":
        return { is: "literal", kind: "number", text: numberText(this.textOf(node)), at };
      case "string_literal":
        return this.#string(node);
      case "template_expression": {
        const processor = part(node, "object");
        const value = part(node, "value");
        const args = [processor, value].flatMap((one) => (one === null ? [] : [positional(this.#expression(one))]));
        return { is: "build", holds: false, type: null, tuple: false, parts: args, at };
      }
      case "string_interpolation":
      case "parenthesized_expression":
        return node.children.length === 1 ? this.#expression(node.children[0]!) : this.#opaque(node);
      case "class_literal": {
        const type = node.children[0];
        if (type === undefined) return this.#opaque(node);
        return { is: "member", object: TYPES.has(type.type) ? this.#typeAsExpression(type) : this.#expression(type), name: "class", at };
      }
      case "field_access":
        return this.#fieldAccess(node, at);
      case "method_invocation":
        return this.#call(node);
      case "object_creation_expression":
        return this.#creation(node);
      case "array_creation_expression": {
        const sizes = parts(node, "dimensions").filter((child) => child.type === "dimensions_expr").flatMap((child) => child.children.filter((one) => !ANNOTATIONS.has(one.type)));
        const value = part(node, "value");
        const items = value === null ? sizes.map((size) => this.#expression(size)) : value.children.map((item) => this.#expression(item));
        return { is: "build", holds: true, type: { name: "[]", element: this.#typeOrNull(part(node, "type")) }, tuple: false, parts: items.map(positional), at };
      }
      case "array_initializer":
      case "element_value_array_initializer":
        return { is: "build", holds: true, type: null, tuple: false, parts: node.children.map((child) => positional(this.#expression(child))), at };
      case "array_access": {
        const object = part(node, "object");
        const index = part(node, "index");
        if (object === null) return this.#opaque(node);
        return { is: "index", object: this.#expression(object), parts: index === null ? [] : [this.#expression(index)], at };
      }
      case "cast_expression": {
        const value = part(node, "value");
        if (value === null) return this.#opaque(node);
        return { is: "same", value: this.#expression(value), type: this.#typeOrNull(part(node, "type")), at };
      }
      case "instanceof_expression":
        return this.#instanceof(node);
      case "lambda_expression":
        return this.#lambda(node);
      case "method_reference":
        return this.#methodReference(node);
      case "switch_expression":
        return this.#switchValue(node);
      case "assignment_expression": {
        const { target, value } = this.#assigned(node);
        return { is: "assign", target, value, at };
      }
      case "update_expression": {
        const target = node.children[0] === undefined ? this.missing(node) : this.#expression(node.children[0]);
        return { is: "assign", target, value: { is: "operator", parts: readBefore(target), at }, at };
      }
      case "unary_expression": {
        const operand = part(node, "value");
        if (operand === null) return this.#opaque(node);
        const value = this.#expression(operand);
        return part(node, "operator")?.type === "!" ? { is: "not", value, at } : { is: "operator", parts: [value], at };
      }
      case "binary_expression":
        return this.#binary(node);
      case "ternary_expression": {
        const condition = part(node, "condition");
        const then = part(node, "then");
        const otherwise = part(node, "else");
        if (condition === null || then === null || otherwise === null) return this.#opaque(node);
        return { is: "conditional", condition: this.#expression(condition), then: this.#expression(then), else: this.#expression(otherwise), at };
      }
      case "explicit_constructor_invocation":
        return { is: "call", callee: { is: "name", name: part(node, "callee")?.type ?? "super", at }, arguments: this.#arguments(part(node, "arguments")), at };
      case "annotation":
      case "marker_annotation":
        return this.#annotation(node);
      default:
        if (TYPES.has(node.type)) return this.#typeAsExpression(node);
        return this.#opaque(node);
    }
  }

  #string(node: PlainNode): Expression {
    const at = this.at(node);
    const written = this.textOf(node);
    const inserted = node.children.filter((child) => child.type === "string_interpolation");
    if (inserted.length > 0) return { is: "build", holds: false, type: null, tuple: false, parts: inserted.map((child) => positional(this.#expression(child))), at };
    const text = written.startsWith('"""') ? written.slice(3, -3).replace(/^[^\n]*\n/, "") : written.slice(1, -1);
    return { is: "literal", kind: "string", text, at };
  }

  #fieldAccess(node: PlainNode, at: Place): Expression {
    const object = part(node, "object");
    const name = part(node, "name");
    if (object === null || name === null) return this.#opaque(node);
    // `Outer.this`
    if (name.type === "this") {
      const outer = this.textOf(object);
      return { is: "name", name: this.#class?.full === outer || this.#class?.full.endsWith(`.${outer}`) === true ? "this" : `${this.#qualify(outer).replace(/^\./, "")}.this`, at };
    }
    return { is: "member", object: this.#expression(object), name: this.textOf(name), at };
  }

  /** A type where an expression stands: what is constructed, `int[]::new`. */
  #typeAsExpression(node: PlainNode): Expression {
    const at = this.at(node);
    let inner = node;
    while ((inner.type === "generic_type" || inner.type === "annotated_type") && inner.children.length > 0) {
      inner = inner.children.find((child) => TYPES.has(child.type)) ?? inner.children[0]!;
    }
    if (inner.type === "type_identifier" || inner.type === "identifier") {
      const name = this.textOf(inner);
      return { is: "name", name: classNamed(name, this.#frames, this.#outermost) ?? name, at };
    }
    if (inner.type === "scoped_type_identifier") {
      const [first = "", ...rest] = this.#dotted(inner).replace(/<[^.]*>|@\w+/g, "").split(".");
      let object: Expression = { is: "name", name: classNamed(first, this.#frames, this.#outermost) ?? first, at };
      for (const name of rest) object = { is: "member", object, name, at };
      return object;
    }
    return { is: "build", holds: false, type: this.#type(inner), tuple: false, parts: [], at };
  }

  #arguments(list: PlainNode | null): Argument[] {
    return (list?.children ?? []).map((child) => positional(this.#expression(child)));
  }

  #call(node: PlainNode): Expression {
    const name = part(node, "name");
    const object = part(node, "object");
    if (name === null) return this.#opaque(node);
    const callee: Expression = object === null
      ? this.name(name)
      : { is: "member", object: this.#expression(object), name: this.textOf(name), at: this.between(object.start, name.end) };
    return { is: "call", callee, arguments: this.#arguments(part(node, "arguments")), at: this.at(node) };
  }

  #creation(node: PlainNode): Expression {
    const typeNode = part(node, "type");
    if (typeNode === null) return this.#opaque(node);
    const outer = node.children.find((child) => child.role === null && child.type !== "class_body" && !ANNOTATIONS.has(child.type) && child.type !== "type_arguments");
    const args = this.#arguments(part(node, "arguments"));
    if (outer !== undefined && isExpressionType(outer.type)) args.unshift(positional(this.#expression(outer)));
    const body = childOfType(node, "class_body");
    if (body !== null) return this.#anonymousClass(node, body, this.#type(typeNode), args);
    return { is: "call", callee: this.#typeAsExpression(typeNode), arguments: args, at: this.at(node) };
  }

  #assigned(node: PlainNode): { readonly target: Expression; readonly value: Expression } {
    const at = this.at(node);
    const targetNode = part(node, "target");
    const valueNode = part(node, "value");
    const operator = part(node, "operator")?.type ?? "=";
    const target = targetNode === null ? this.missing(node) : this.#expression(targetNode);
    const value = valueNode === null ? this.missing(node) : this.#expression(valueNode);
    return { target, value: operator === "=" ? value : { is: "operator", parts: [...readBefore(target), value], at } };
  }

  /** `o instanceof T t` binds t on the way, to be read only where the test came out well. */
  #instanceof(node: PlainNode): Expression {
    const left = part(node, "left");
    if (left === null) return this.#opaque(node);
    let value = this.#expression(left);
    const type = part(node, "type");
    const name = part(node, "name");
    const pattern = childOfType(node, "record_pattern");
    const at = this.at(node);
    const right: Expression = type !== null ? this.#typeTest(type) : pattern !== null ? this.#typeTest(pattern) : this.missing(node);
    if (name !== null && name.type === "identifier") {
      const bound = this.textOf(name);
      const declared = this.#typeOrNull(type);
      this.#declareAhead(bound, declared, this.at(name));
      value = { is: "assign", target: this.name(name), value: { is: "same", value, type: declared, at: value.at }, at: value.at };
    }
    for (const bound of pattern === null ? [] : this.#patternVariables(pattern)) this.#declareAhead(bound.name, bound.type, bound.at);
    return { is: "compare", operator: "other", left: value, right, at };
  }

  #declareAhead(name: string, type: TypeRef | null, at: Place): void {
    this.#into.push({ is: "bind", targets: [{ is: "name", name, at }], value: { is: "operator", parts: [], at }, declares: true, type, at });
    this.#local(name);
  }

  #lambda(node: PlainNode): Expression {
    const parent = this.#fn;
    const symbol = parent.id === 0 ? "<lambda>" : `${parent.symbol}.<lambda>`;
    const fn = this.openFunction("<lambda>", symbol, parent.id, this.at(node), this.between(node.start, node.start));
    const list = part(node, "parameters");
    if (list !== null) {
      if (list.type === "formal_parameters") fn.parameters = this.#parameters(list);
      else {
        const names = list.type === "inferred_parameters" ? list.children : [list];
        fn.parameters = names.map((name) => ({ name: this.textOf(name), type: null, variadic: false, initial: null }));
      }
    }
    const body = part(node, "body");
    if (body !== null) {
      if (body.type === "block") this.#body(fn, body);
      else {
        this.#inFunction(fn, () => {
          for (const parameter of fn.parameters) this.#local(parameter.name);
          const value = this.#expression(body);
          fn.body.push({ is: "return", values: [value], at: this.at(body) });
        });
      }
    }
    return { is: "closure", function: fn.id, at: this.at(node) };
  }

  /** `conn::close` is the member, not called; `T::new` is the type. */
  #methodReference(node: PlainNode): Expression {
    const [object] = node.children;
    if (object === undefined) return this.#opaque(node);
    const lowered = TYPES.has(object.type) ? this.#typeAsExpression(object) : this.#expression(object);
    const name = node.children.length > 1 ? node.children.findLast((child) => child.type === "identifier") : undefined;
    return name === undefined ? lowered : { is: "member", object: lowered, name: this.textOf(name), at: this.at(node) };
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
    const frames = [...this.#frames];
    const typeParameters = [...this.#typeParameters];
    const here = this.#class;
    const initialiser = this.#initialiser;
    this.postpone(node, fn, (body) => {
      this.#fn = fn;
      this.#frames = frames;
      this.#typeParameters = typeParameters;
      this.#class = here;
      this.#initialiser = initialiser;
      this.#yields = [];
      this.#blockLabels = [];
      this.#statement(node, body);
    });
  }
}

const LOOPS = new Set(["while_statement", "do_statement", "for_statement", "enhanced_for_statement", "switch_expression", "labeled_statement"]);
const EXPRESSIONS = new Set([
  "identifier", "scoped_identifier", "this", "super", "true", "false", "null_literal", "field_access", "method_invocation", "method_reference", "array_access", "array_initializer", "class_literal",
  "element_value_array_initializer", "underscore_pattern", "string_interpolation",
]);

function isExpressionType(type: string): boolean {
  return type.endsWith("_expression") || type.endsWith("_literal") || EXPRESSIONS.has(type) || TYPES.has(type);
}

function isDefault(one: Case): boolean {
  return one.tests.length === 0 && one.guard === null && one.binds.length === 0;
}

function operatorKind(link: PlainNode): OperatorKind {
  return USUAL_OPERATORS.get(part(link, "operator")?.type ?? "") ?? "operator";
}

/** `1_000L` is 1000. */
function numberText(written: string): string {
  return /^[\d_.]+[lLfFdD]?$/.test(written) ? written.replace(/[_lLfFdD]/g, "") : written;
}
