import type { Argument, Case, Expression, FileFlow, Handler, Parameter, Place, Step, TypeRef } from "../flow/flow-model";
import { caughtBy } from "./java-exceptions";
import { isJavaLang } from "./java-names";
import { classNamed, GETTERS, meaningOf, SETTERS, WRAPPERS } from "./kotlin-names";
import type { ClassHere, Frame } from "./kotlin-names";
import { KOTLIN_READING } from "./kotlin-reading";
import { ALONE, ELSEWHERE, LAUNCHERS, ON_RECEIVER, SAME_THREAD, STREAM_LIBRARIES, STREAMED, TOP_LEVEL } from "./kotlin-scope-functions";
import type { InPlace } from "./kotlin-scope-functions";
import { lowerElseIfs } from "./else-ifs";
import type { LowerInput } from "./language";
import { Lowering, flowOf, MAX_DEPTH, logicChain } from "./lowering";
import type { OpenFunction } from "./lowering";
import { associates, joinOperands, lowerOperators, positional, readBefore, USUAL_OPERATORS } from "./operators";
import type { OperatorKind } from "./operators";
import { childOfType, part, parts } from "./plain-tree";
import type { PlainNode } from "./plain-tree";

const TYPES = new Set(["user_type", "nullable_type", "function_type", "non_nullable_type", "parenthesized_type", "dynamic"]);
const CLASSES = new Set(["class_declaration", "object_declaration", "companion_object"]);
const DECLARATIONS = new Set(["class_declaration", "object_declaration", "companion_object", "function_declaration", "property_declaration", "type_alias", "for_statement", "while_statement", "do_while_statement", "assignment"]);
/** What the flow has no use for: heads of the file, types, modifiers. */
const NO_STEPS_FROM = new Set([
  "package_header", "import", "qualified_identifier", "file_annotation", "shebang", "type_alias", "modifiers", "annotation", "type_parameters", "type_parameter", "type_constraints", "type_arguments", "label",
  "type_projection", "use_site_target", "lambda_parameters", "class_modifier", "function_modifier", "inheritance_modifier", "member_modifier", "parameter_modifier", "parameter_modifiers", "platform_modifier", "property_modifier",
  "visibility_modifier", "reification_modifier", "variance_modifier", "type_modifiers", "type_parameter_modifiers", "string_content", "escape_sequence", ...TYPES,
]);

/** A Kotlin file, lowered. Never throws, whatever the text: what is not understood is in `opaque`. */
export function lowerKotlin(input: LowerInput): FileFlow {
  const file = new KotlinFile(input.text, input.module);
  return { ...flowOf(input, "kotlin", KOTLIN_READING, ["//"], file), module: file.module };
}

/** Where the value of something goes. `declares`: the variable is declared with its first value. */
type Sink =
  | { readonly is: "drop" }
  | { readonly is: "return" }
  | { readonly is: "name"; readonly name: string; readonly declares: boolean; readonly type: TypeRef | null }
  /** Into a list that is being made. */
  | { readonly is: "store"; readonly name: string };
const DROP: Sink = { is: "drop" };

/** A block that runs where it stands: what `return@label` in it means. */
interface Target {
  readonly label: string;
  readonly sink: Sink;
  readonly leave: "break" | "continue";
  readonly to: string;
}

interface Call {
  readonly callee: PlainNode;
  readonly given: readonly PlainNode[];
  readonly lambda: PlainNode | null;
  readonly lambdaLabel: string | null;
}

class KotlinFile extends Lowering {
  module: string;
  readonly #imported = new Map<string, string>();
  #frames: Frame[] = [];
  readonly #outermost = new Map<string, string>();
  readonly #topFunctions = new Set<string>();
  readonly #extensions = new Set<string>();
  readonly #topProperties = new Set<string>();
  /** Names of all properties that the file declares: no getters of Java. */
  readonly #properties = new Set<string>();
  #typeParameters: Map<string, TypeRef | null>[] = [];
  #fn!: OpenFunction;
  #class: ClassHere | null = null;
  #into: Step[] = [];
  #targets: Target[] = [];
  /** Variables that stand for `this`, innermost last, with the names by which `this@name` finds them. */
  #receivers: { readonly name: string; readonly label: string | null }[] = [];
  #loops: string[] = [];
  #used = new Set<string>();
  #backing: Expression | null = null;
  #async = false;
  #made = 0;
  readonly #streams: boolean;
  readonly #anonymous = new Map<string, number>();

  constructor(text: string, module: string) {
    super(text);
    this.module = module;
    this.#streams = STREAM_LIBRARIES.test(text);
  }

  lower(root: PlainNode): void {
    this.#readHead(root);
    this.#fn = this.openFunction("<module>", "<module>", null, this.at(root), this.between(root.start, root.start));
    this.#into = this.#fn.body;
    this.#frames.push({ is: "block", names: new Map(), classes: new Map() });
    for (const child of root.children) {
      if (child.type === "property_declaration") this.#topProperty(child);
      else if (child.type === "function_declaration") this.#function(child, null, false);
      else this.#statement(child, this.#fn.body);
    }
    for (const error of this.leftErrors(root)) this.#error(error, this.#fn.body);
    this.lowerPostponed();
  }

  // --- the head of the file

  #readHead(root: PlainNode): void {
    for (const child of root.children) {
      switch (child.type) {
        case "package_header": {
          const name = childOfType(child, "qualified_identifier");
          if (name !== null) this.module = this.#dotted(name);
          break;
        }
        case "import":
          this.#import(child);
          break;
        case "class_declaration":
        case "object_declaration":
          this.#outermost.set(this.#nameOf(child), this.#nameOf(child));
          break;
        case "function_declaration":
          (this.#receiverType(child) === null ? this.#topFunctions : this.#extensions).add(this.#nameOf(child));
          break;
        case "property_declaration":
          for (const name of this.#declaredNames(child)) this.#topProperties.add(name);
          break;
      }
    }
    this.#readProperties(root);
    for (const [name] of this.text.matchAll(/\b[A-Z][A-Za-z]+\b/gu)) {
      if (!isJavaLang(name) || this.#outermost.has(name) || this.#imported.has(name)) continue;
      this.imports.push({ local: name, path: "java.lang", member: name });
      this.#imported.set(name, `java.lang.${name}`);
    }
  }

  /** Properties of classes, at any depth, and of the file; no variables of functions. */
  #readProperties(root: PlainNode): void {
    const left = [...root.children];
    for (let node = left.pop(); node !== undefined; node = left.pop()) {
      if (node.type === "property_declaration") for (const name of this.#declaredNames(node)) this.#properties.add(name);
      else if (node.type === "primary_constructor") {
        for (const parameter of childOfType(node, "class_parameters")?.children ?? []) if (parameter.type === "class_parameter" && this.#isProperty(parameter)) this.#properties.add(this.#nameOf(parameter));
      } else if (node.type !== "function_declaration") left.push(...node.children);
    }
  }

  #import(node: PlainNode): void {
    const name = childOfType(node, "qualified_identifier");
    if (name === null) return;
    const path = this.#dotted(name);
    if (/\.\s*\*/u.test(this.text.slice(name.end, node.end))) {
      this.imports.push({ local: "*", path, member: null });
      return;
    }
    const dot = path.lastIndexOf(".");
    const member = path.slice(dot + 1);
    const alias = childOfType(node, "identifier");
    const local = alias === null ? member : this.textOf(alias);
    this.imports.push({ local, path: dot < 0 ? "" : path.slice(0, dot), member });
    this.#imported.set(local, path);
  }

  #dotted(node: PlainNode): string {
    return this.textOf(node).replace(/\/\*[^]*?\*\/|\/\/[^\n]*|\s+|`/gu, "");
  }

  #nameOf(node: PlainNode): string {
    const name = part(node, "name") ?? childOfType(node, "identifier");
    return name === null ? "" : this.#word(name);
  }

  #word(node: PlainNode): string {
    return this.textOf(node).replaceAll("`", "");
  }

  #declaredNames(property: PlainNode): string[] {
    const single = childOfType(property, "variable_declaration");
    const many = childOfType(property, "multi_variable_declaration");
    return (single !== null ? [single] : (many?.children ?? [])).map((one) => this.#nameOf(one));
  }

  /** `Foo` of `fun Foo.bar()` and `val Foo.bar`. */
  #receiverType(node: PlainNode): PlainNode | null {
    for (const child of node.children) {
      if (TYPES.has(child.type)) return child;
      if (child.role === "name" || child.type === "variable_declaration" || child.type === "multi_variable_declaration") return null;
    }
    return null;
  }

  // --- types

  #qualify(name: string): string {
    const own = classNamed(name, this.#frames, this.#outermost);
    if (own !== null) return `.${own}`;
    return this.#imported.get(name) ?? `.${name}`;
  }

  #type(node: PlainNode | null): TypeRef | null {
    if (node === null) return null;
    switch (node.type) {
      case "user_type": {
        const names = node.children.filter((child) => child.type === "identifier").map((child) => this.#word(child));
        const [first = "", ...rest] = names;
        if (rest.length === 0) {
          for (let i = this.#typeParameters.length - 1; i >= 0; i--) {
            const bound = this.#typeParameters[i]!.get(first);
            if (bound !== undefined) return bound;
          }
        }
        if (first === "Unit" || first === "Nothing" || first === "Any") return null;
        const last = childOfType(node, "type_arguments")?.children.at(-1);
        const element = last === undefined ? null : this.#type(last.children.find((child) => TYPES.has(child.type)) ?? null);
        const packaged = rest.length > 0 && /^[a-z]/u.test(first) && classNamed(first, this.#frames, this.#outermost) === null;
        return { name: packaged ? names.join(".") : [this.#qualify(first), ...rest].join("."), element };
      }
      case "nullable_type":
      case "parenthesized_type":
      case "non_nullable_type":
        return this.#type(node.children.find((child) => TYPES.has(child.type)) ?? null);
      default:
        return null;
    }
  }

  #readTypeParameters(node: PlainNode): void {
    const scope = new Map<string, TypeRef | null>();
    this.#typeParameters.push(scope);
    for (const parameter of childOfType(node, "type_parameters")?.children ?? []) {
      const name = childOfType(parameter, "identifier");
      if (name !== null) scope.set(this.textOf(name), this.#type(parameter.children.find((child) => TYPES.has(child.type)) ?? null));
    }
  }

  // --- names

  #declare(name: string): string {
    const lowered = this.#used.has(name) ? `${name}~${this.#made++}` : name;
    this.#bindName(name, lowered);
    return lowered;
  }

  #bindName(name: string, lowered: string): void {
    this.#used.add(lowered);
    for (let i = this.#frames.length - 1; i >= 0; i--) {
      const frame = this.#frames[i]!;
      if (frame.is !== "block") continue;
      frame.names.set(name, lowered);
      return;
    }
  }

  #inBlock<T>(inside: () => T): T {
    this.#frames.push({ is: "block", names: new Map(), classes: new Map() });
    const result = inside();
    this.#frames.pop();
    return result;
  }

  #identifier(node: PlainNode): Expression {
    const name = this.#word(node);
    const at = this.at(node);
    if (name === "null") return { is: "literal", kind: "null", text: "null", at };
    if (name === "true" || name === "false") return { is: "literal", kind: name, text: name, at };
    if (name === "field" && this.#backing !== null) return this.#backing;
    const meaning = meaningOf(name, this.#frames, this.#outermost);
    switch (meaning.is) {
      case "local":
        return { is: "name", name: meaning.name, at };
      case "field":
        if (meaning.isStatic) return { is: "member", object: { is: "name", name: meaning.owner, at }, name, at };
        return { is: "member", object: { is: "name", name: meaning.inner ? "this" : `${meaning.owner}.this`, at }, name, at };
      case "class":
        return { is: "name", name: meaning.full, at };
      default: {
        const receiver = this.#implied(name);
        return receiver === null ? { is: "name", name, at } : this.#property({ is: "name", name: receiver, at }, name, at);
      }
    }
  }

  /** The variable whose member a name is that nothing here declares: the receiver of the block around. */
  #implied(name: string): string | null {
    if (this.#receivers.length === 0 || !/^[a-z]/u.test(name) || this.#imported.has(name) || TOP_LEVEL.has(name)) return null;
    if (this.#topFunctions.has(name) || this.#extensions.has(name) || this.#topProperties.has(name)) return null;
    if (this.#frames.some((frame) => frame.is === "class" && frame.here.methods.has(name))) return null;
    return this.#receivers.at(-1)!.name;
  }

  #property(object: Expression, name: string, at: Place): Expression {
    const getter = this.#properties.has(name) ? undefined : GETTERS.get(name);
    if (getter !== undefined) return { is: "call", callee: { is: "member", object, name: getter, at }, arguments: [], at };
    return { is: "member", object, name, at };
  }

  // --- modifiers and annotations

  #modifiers(node: PlainNode): { readonly words: ReadonlySet<string>; readonly decorators: Expression[] } {
    const words = new Set<string>();
    const decorators: Expression[] = [];
    for (const child of childOfType(node, "modifiers")?.children ?? []) {
      if (child.type !== "annotation") words.add(this.textOf(child));
      else for (const one of child.children) if (one.type !== "use_site_target") decorators.push(this.#annotation(one));
    }
    return { words, decorators };
  }

  #annotation(node: PlainNode): Expression {
    const at = this.at(node);
    const type = node.type === "constructor_invocation" ? (node.children.find((child) => TYPES.has(child.type)) ?? node) : node;
    const callee = this.#typeAsExpression(type);
    const list = childOfType(node, "value_arguments");
    return list === null ? callee : { is: "call", callee, arguments: this.#arguments(list.children), at };
  }

  #typeAsExpression(node: PlainNode): Expression {
    const at = this.at(node);
    const user = node.type === "nullable_type" ? (childOfType(node, "user_type") ?? node) : node;
    const [first = "", ...rest] = user.children.filter((child) => child.type === "identifier").map((child) => this.#word(child));
    let made: Expression = { is: "name", name: classNamed(first, this.#frames, this.#outermost) ?? first, at };
    for (const name of rest) made = { is: "member", object: made, name, at };
    return made;
  }

  // --- classes

  #classDeclaration(node: PlainNode, into: Step[], isLocal: boolean): void {
    const outer = this.#class;
    const short = node.type === "companion_object" && part(node, "name") === null ? "Companion" : this.#nameOf(node);
    const full = outer === null ? short : `${outer.full}.${short}`;
    const frame = this.#frames.at(-1)!;
    if (isLocal && frame.is === "block") frame.classes.set(short, full);
    const first = this.functions.length;
    this.#readTypeParameters(node);
    this.#classBody(full, node, node.type === "object_declaration");
    this.#typeParameters.pop();
    if (!isLocal) return;
    const at = this.at(node);
    const made = this.functions.slice(first).filter((fn) => fn.parent === this.#fn.id);
    if (made.length > 0) into.push({ is: "do", value: { is: "build", holds: true, type: null, tuple: false, parts: made.map((fn) => ({ name: fn.name, spread: false, value: { is: "closure", function: fn.id, at } })), at }, at });
  }

  /** Everything of a class, an object or an object literal. `isStatic`: there is one of it, which its name stands for. */
  #classBody(full: string, node: PlainNode, isStatic: boolean): void {
    const here: ClassHere = { full, fields: new Map(), methods: new Set(), nested: new Map() };
    const outer = {
      class: this.#class, targets: this.#targets, receivers: this.#receivers, loops: this.#loops, async: this.#async, backing: this.#backing,
    };
    this.#class = here;
    this.#targets = [];
    this.#receivers = [];
    this.#loops = [];
    this.#async = false;
    this.#backing = null;
    this.#frames.push({ is: "class", here });
    const body = childOfType(node, "class_body") ?? childOfType(node, "enum_class_body");
    const members = body?.children ?? [];
    const primary = childOfType(node, "primary_constructor");
    const parameters = (primary === null ? null : childOfType(primary, "class_parameters"))?.children ?? [];
    const companions = members.filter((member) => member.type === "companion_object");
    const all = [...members.map((member) => ({ member, fixed: isStatic })), ...companions.flatMap((companion) => (childOfType(companion, "class_body")?.children ?? []).map((member) => ({ member, fixed: true })))];
    for (const { member } of all) if (CLASSES.has(member.type) && member.type !== "companion_object") here.nested.set(this.#nameOf(member), `${full}.${this.#nameOf(member)}`);
    const declared: { name: string; type: TypeRef | null }[] = [];
    for (const parameter of parameters) {
      if (parameter.type !== "class_parameter" || !this.#isProperty(parameter)) continue;
      here.fields.set(this.#nameOf(parameter), "instance");
      declared.push({ name: this.#nameOf(parameter), type: this.#typeAmong(parameter) });
    }
    for (const { member, fixed } of all) {
      if (member.type === "enum_entry") {
        here.fields.set(this.#nameOf(member), "static");
        declared.push({ name: this.#nameOf(member), type: { name: `.${full}`, element: null } });
      } else if (member.type === "function_declaration") here.methods.add(this.#nameOf(member));
      else if (member.type === "property_declaration" && this.#receiverType(member) === null) {
        for (const variable of this.#variablesOf(member)) {
          here.fields.set(this.#nameOf(variable), fixed ? "static" : "instance");
          declared.push({ name: this.#nameOf(variable), type: this.#typeAmong(variable) });
        }
      }
    }
    const specifiers = [childOfType(node, "delegation_specifiers"), ...companions.map((companion) => childOfType(companion, "delegation_specifiers"))].flatMap((list) => list?.children ?? []);
    const bases = specifiers.flatMap((specifier) => {
      const holder = specifier.children.find((child) => child.type === "constructor_invocation" || child.type === "explicit_delegation") ?? specifier;
      return this.#type(holder.children.find((child) => TYPES.has(child.type)) ?? null) ?? [];
    });
    this.types.push({ name: full, fields: declared, bases });
    this.#initialiser(node, here, parameters, specifiers, members, isStatic);
    for (const { member, fixed } of all) this.#member(member, here, fixed);
    this.#frames.pop();
    this.#class = outer.class;
    this.#targets = outer.targets;
    this.#receivers = outer.receivers;
    this.#loops = outer.loops;
    this.#async = outer.async;
    this.#backing = outer.backing;
  }

  #isProperty(parameter: PlainNode): boolean {
    const name = childOfType(parameter, "identifier");
    const before = this.text.slice(parameter.start, name?.start ?? parameter.end);
    return /\b(?:val|var)\s*$/u.test(before);
  }

  #typeAmong(node: PlainNode): TypeRef | null {
    return this.#type(node.children.find((child) => TYPES.has(child.type)) ?? null);
  }

  #variablesOf(property: PlainNode): PlainNode[] {
    const single = childOfType(property, "variable_declaration");
    return single !== null ? [single] : (childOfType(property, "multi_variable_declaration")?.children ?? []);
  }

  /** The primary constructor: parameters, what is done with them, and the properties' first values, in their order. */
  #initialiser(node: PlainNode, here: ClassHere, parameters: readonly PlainNode[], specifiers: readonly PlainNode[], members: readonly PlainNode[], isStatic: boolean): void {
    const at = this.at(node);
    const isPrimary = !members.some((member) => member.type === "secondary_constructor") || childOfType(node, "primary_constructor") !== null;
    const work = members.filter((member) => (member.type === "property_declaration" && this.#initialValue(member) !== null) || member.type === "anonymous_initializer");
    const calls = specifiers.filter((specifier) => specifier.children.some((child) => child.type === "constructor_invocation" || child.type === "explicit_delegation"));
    if (parameters.length === 0 && work.length === 0 && calls.length === 0) return;
    const fn = this.#open(isStatic ? "<static>" : isPrimary ? "<init>" : "<fields>", here, node, part(node, "name") ?? node);
    if (!isStatic) fn.receiver = "this";
    this.#inFunction(fn, false, () => {
      for (const parameter of parameters) {
        if (parameter.type !== "class_parameter") continue;
        const name = this.#nameOf(parameter);
        const initial = parameter.children.find((child) => !TYPES.has(child.type) && child.type !== "identifier" && child.type !== "modifiers");
        const variadic = this.#modifiers(parameter).words.has("vararg");
        this.#bindName(name, name);
        fn.parameters.push({ name, type: this.#typeAmong(parameter), variadic, initial: initial === undefined ? null : this.#expression(initial) });
      }
      for (const specifier of calls) {
        const inner = specifier.children.find((child) => child.type === "constructor_invocation" || child.type === "explicit_delegation")!;
        const list = childOfType(inner, "value_arguments");
        if (list !== null) fn.body.push({ is: "do", value: { is: "call", callee: { is: "name", name: "super", at: this.at(inner) }, arguments: this.#arguments(list.children), at: this.at(inner) }, at: this.at(inner) });
        else for (const value of inner.children) if (!TYPES.has(value.type)) this.#flow(value, fn.body, DROP);
      }
      for (const parameter of parameters) {
        if (parameter.type !== "class_parameter" || !this.#isProperty(parameter)) continue;
        const name = this.#nameOf(parameter);
        const place = this.at(parameter);
        fn.body.push({ is: "bind", targets: [{ is: "member", object: { is: "name", name: "this", at: place }, name, at: place }], value: { is: "name", name, at: place }, declares: false, type: null, at: place });
      }
      for (const member of work) {
        if (member.type === "anonymous_initializer") {
          const block = childOfType(member, "block");
          if (block !== null) fn.body.push({ is: "block", body: this.#steps(block), at: this.at(member) });
        } else this.#field(member, here, fn.body, isStatic);
      }
    });
    fn.place = at;
  }

  #initialValue(property: PlainNode): PlainNode | null {
    const variables = property.children.findIndex((child) => child.type === "variable_declaration" || child.type === "multi_variable_declaration");
    if (variables < 0) return null;
    return property.children.slice(variables + 1).find((child) => child.type !== "type_constraints" && child.type !== "getter" && child.type !== "setter" && child.type !== "ERROR") ?? null;
  }

  #field(property: PlainNode, here: ClassHere | null, into: Step[], isStatic: boolean): void {
    const value = this.#initialValue(property);
    const [variable] = this.#variablesOf(property);
    if (value === null || variable === undefined) return;
    const place = this.at(variable);
    const name = this.#nameOf(variable);
    const target: Expression = here === null ? { is: "name", name, at: place } : { is: "member", object: { is: "name", name: isStatic ? here.full : "this", at: place }, name, at: place };
    const outer = this.#into;
    this.#into = into;
    const lowered = this.#initial(value);
    this.#into = outer;
    into.push({ is: "bind", targets: [target], value: lowered, declares: here === null, type: here === null ? this.#typeAmong(variable) : null, at: this.at(property) });
  }

  /** A first value; `by lazy { ... }` gives what its block gives. */
  #initial(value: PlainNode): Expression {
    if (value.type !== "property_delegate") return this.#expression(value);
    const inner = value.children[0];
    if (inner === undefined) return this.missing(value);
    const call = inner.type === "call_expression" ? this.#callParts(inner) : null;
    if (call !== null && call.lambda !== null && this.textOf(call.callee) === "lazy") {
      return { is: "call", callee: { is: "closure", function: this.#lambda(call.lambda, null).id, at: this.at(inner) }, arguments: [], at: this.at(inner) };
    }
    return { is: "build", holds: true, type: null, tuple: false, parts: [positional(this.#expression(inner))], at: this.at(value) };
  }

  #member(node: PlainNode, here: ClassHere, isStatic: boolean): void {
    this.depth++;
    if (this.depth > MAX_DEPTH) this.#fn.body.push(this.cutStep(node));
    else this.#memberHere(node, here, isStatic);
    this.depth--;
  }

  #memberHere(node: PlainNode, here: ClassHere, isStatic: boolean): void {
    switch (node.type) {
      case "class_declaration":
      case "object_declaration":
        return this.#classDeclaration(node, this.#fn.body, false);
      case "companion_object": {
        // Its members are the class's; what it does first, the module does.
        const list = childOfType(node, "class_body")?.children ?? [];
        const work = list.filter((member) => member.type === "property_declaration" || member.type === "anonymous_initializer");
        this.#inFunction(this.functions[0]!, false, () => {
          for (const member of work) {
            if (member.type === "property_declaration") this.#field(member, here, this.functions[0]!.body, true);
            else for (const block of member.children) this.#statement(block, this.functions[0]!.body);
          }
        });
        return;
      }
      case "function_declaration":
        this.#function(node, here, isStatic);
        return;
      case "property_declaration":
        return this.#accessors(node, here, isStatic);
      case "secondary_constructor": {
        const fn = this.#open("<init>", here, node, node);
        fn.receiver = "this";
        fn.decorators = this.#modifiers(node).decorators;
        this.#inFunction(fn, false, () => {
          this.#parameters(childOfType(node, "function_value_parameters"), fn);
          const delegation = childOfType(node, "constructor_delegation_call");
          const list = delegation === null ? null : childOfType(delegation, "value_arguments");
          if (delegation !== null && list !== null) {
            const at = this.at(delegation);
            fn.body.push({ is: "do", value: { is: "call", callee: { is: "name", name: this.textOf(delegation).startsWith("this") ? "this" : "super", at }, arguments: this.#arguments(list.children), at }, at });
          }
          const block = childOfType(node, "block");
          if (block !== null) for (const child of block.children) this.#statement(child, fn.body);
        });
        return;
      }
      case "enum_entry":
        return this.#enumEntry(node, here);
      case "anonymous_initializer":
        return;
      case "ERROR":
        return this.#error(node, this.#fn.body);
      default:
        if (!NO_STEPS_FROM.has(node.type)) this.#statement(node, this.#fn.body);
    }
  }

  #enumEntry(node: PlainNode, here: ClassHere): void {
    const at = this.at(node);
    const name = this.#nameOf(node);
    const top = this.functions[0]!;
    this.#inFunction(top, false, () => {
      const args = this.#arguments(childOfType(node, "value_arguments")?.children ?? []);
      const made: Expression = childOfType(node, "class_body") === null ? { is: "call", callee: { is: "name", name: here.full, at }, arguments: args, at } : this.#anonymousClass(node, args, { name: `.${here.full}`, element: null });
      top.body.push({ is: "bind", targets: [{ is: "member", object: { is: "name", name: here.full, at }, name, at }], value: made, declares: false, type: null, at });
    });
  }

  #anonymousClass(node: PlainNode, args: readonly Argument[], base: TypeRef | null): Expression {
    const outer = this.#class?.full ?? "";
    const number = (this.#anonymous.get(outer) ?? 0) + 1;
    this.#anonymous.set(outer, number);
    const full = `${outer}$${number}`;
    const at = this.at(node);
    const first = this.functions.length;
    this.#classBody(full, node, false);
    const made = this.types.find((type) => type.name === full);
    if (base !== null && made !== undefined) this.types[this.types.indexOf(made)] = { ...made, bases: [base, ...made.bases] };
    const methods = this.functions.slice(first).filter((fn) => fn.owner === full);
    return {
      is: "build", holds: true, type: { name: `.${full}`, element: null }, tuple: false,
      parts: [...args, ...methods.map((fn): Argument => ({ name: fn.name, spread: false, value: { is: "closure", function: fn.id, at } }))], at,
    };
  }

  // --- functions

  #open(name: string, here: ClassHere | null, node: PlainNode, nameNode: PlainNode): OpenFunction {
    const shown = name.startsWith("<init") ? (here?.full.slice(here.full.lastIndexOf(".") + 1) ?? name) : name;
    const symbol = here !== null ? `${here.full}.${shown}` : this.#fn.id === 0 ? shown : `${this.#fn.symbol}.${shown}`;
    const fn = this.openFunction(name, symbol, this.#fn.id === 0 ? null : this.#fn.id, this.at(node), this.at(nameNode));
    fn.owner = here?.full ?? null;
    return fn;
  }

  #inFunction(fn: OpenFunction, isAsync: boolean, inside: () => void): void {
    const outer = { fn: this.#fn, into: this.#into, targets: this.#targets, loops: this.#loops, used: this.#used, async: this.#async, receivers: this.#receivers, backing: this.#backing };
    this.#fn = fn;
    this.#into = fn.body;
    this.#targets = [];
    this.#loops = [];
    this.#used = new Set(outer.used);
    this.#async = isAsync;
    this.#receivers = [...outer.receivers];
    this.#inBlock(inside);
    this.#fn = outer.fn;
    this.#into = outer.into;
    this.#targets = outer.targets;
    this.#loops = outer.loops;
    this.#used = outer.used;
    this.#async = outer.async;
    this.#receivers = outer.receivers;
    this.#backing = outer.backing;
  }

  #function(node: PlainNode, here: ClassHere | null, isStatic: boolean): OpenFunction {
    const { words, decorators } = this.#modifiers(node);
    this.#readTypeParameters(node);
    const fn = this.#open(this.#nameOf(node), here, node, part(node, "name") ?? node);
    fn.decorators = decorators;
    fn.isAsync = words.has("suspend");
    if (here !== null && !isStatic) fn.receiver = "this";
    const list = childOfType(node, "function_value_parameters");
    const after = node.children.slice(list === null ? node.children.length : node.children.indexOf(list) + 1);
    const result = after.find((child) => TYPES.has(child.type));
    if (result !== undefined) fn.results.push(this.#type(result));
    const receiver = this.#receiverType(node);
    const body = childOfType(node, "function_body");
    if (body === null) fn.isAbstract = true;
    this.#inFunction(fn, fn.isAsync, () => {
      if (receiver !== null) {
        const name = here === null ? "this" : "receiver~";
        fn.parameters.push({ name, type: this.#type(receiver), variadic: false, initial: null });
        this.#receivers.push({ name, label: fn.name });
      }
      this.#parameters(list, fn);
      this.#functionBody(body, fn);
    });
    this.#typeParameters.pop();
    return fn;
  }

  #functionBody(body: PlainNode | null, fn: OpenFunction): void {
    const [inside] = body?.children ?? [];
    if (inside === undefined) return;
    if (inside.type === "block") for (const child of inside.children) this.#statement(child, fn.body);
    else this.#statement(inside, fn.body, { is: "return" });
  }

  #parameters(list: PlainNode | null, fn: OpenFunction): void {
    let variadic = false;
    for (const child of list?.children ?? []) {
      if (child.type === "parameter_modifiers") variadic = this.textOf(child).includes("vararg");
      else if (child.type === "parameter") {
        const name = this.#nameOf(child);
        this.#bindName(name, name);
        fn.parameters.push({ name, type: this.#typeAmong(child), variadic, initial: null });
        variadic = false;
      } else {
        const last = fn.parameters.at(-1);
        if (last !== undefined) fn.parameters[fn.parameters.length - 1] = { ...last, initial: this.#expression(child) } satisfies Parameter;
      }
    }
  }

  #topProperty(node: PlainNode): void {
    for (const variable of this.#variablesOf(node)) {
      const type = this.#typeAmong(variable);
      if (type !== null) this.globals.push({ name: this.#nameOf(variable), type });
    }
    if (this.#receiverType(node) === null) {
      if (childOfType(node, "multi_variable_declaration") !== null) this.#statement(node, this.functions[0]!.body);
      else this.#field(node, null, this.functions[0]!.body, true);
    }
    this.#accessors(node, null, true);
  }

  /** `get() = ...` and `set(value) { ... }` are methods, called as Java calls them. */
  #accessors(node: PlainNode, here: ClassHere | null, isStatic: boolean): void {
    const [variable] = this.#variablesOf(node);
    if (variable === undefined) return;
    const name = this.#nameOf(variable);
    for (const accessor of node.children) {
      if ((accessor.type !== "getter" && accessor.type !== "setter") || childOfType(accessor, "function_body") === null) continue;
      const isGetter = accessor.type === "getter";
      const fn = this.#open(`${isGetter ? "get" : "set"}${name.slice(0, 1).toUpperCase()}${name.slice(1)}`, here, accessor, variable);
      if (here !== null && !isStatic) fn.receiver = "this";
      const type = this.#typeAmong(variable);
      if (isGetter) fn.results.push(type);
      const receiver = this.#receiverType(node);
      this.#inFunction(fn, false, () => {
        const at = this.at(variable);
        this.#backing = here === null ? { is: "name", name, at } : { is: "member", object: { is: "name", name: isStatic ? here.full : "this", at }, name, at };
        if (receiver !== null) {
          fn.parameters.push({ name: "receiver~", type: this.#type(receiver), variadic: false, initial: null });
          this.#receivers.push({ name: "receiver~", label: name });
        }
        if (!isGetter) {
          const value = childOfType(accessor, "identifier");
          if (value !== null) {
            this.#bindName(this.#word(value), this.#word(value));
            fn.parameters.push({ name: this.#word(value), type, variadic: false, initial: null });
          }
        }
        this.#functionBody(childOfType(accessor, "function_body"), fn);
      });
    }
  }

  /** A block that is a value. */
  #lambda(node: PlainNode, label: string | null, shape: { readonly isAsync?: boolean; readonly decorators?: readonly Expression[] } = {}): OpenFunction {
    const parent = this.#fn;
    const fn = this.openFunction("<lambda>", parent.id === 0 ? "<lambda>" : `${parent.symbol}.<lambda>`, parent.id, this.at(node), this.between(node.start, node.start));
    fn.isAsync = shape.isAsync === true;
    fn.decorators = [...(shape.decorators ?? [])];
    const given = childOfType(node, "lambda_parameters");
    const statements = node.children.filter((child) => child !== given);
    this.#inFunction(fn, fn.isAsync, () => {
      // Whoever runs it may give it another `this`: names that nothing declares are nobody's.
      this.#receivers = [];
      const unpack: { readonly names: PlainNode; readonly from: string }[] = [];
      if (given === null && this.#usesIt(node)) {
        fn.parameters.push({ name: this.#declare("it"), type: null, variadic: false, initial: null });
      }
      for (const parameter of given?.children ?? []) {
        if (parameter.type === "multi_variable_declaration") {
          const name = `part~${this.#made++}`;
          fn.parameters.push({ name, type: null, variadic: false, initial: null });
          unpack.push({ names: parameter, from: name });
        } else {
          const name = this.#nameOf(parameter);
          this.#bindName(name, name);
          fn.parameters.push({ name, type: this.#typeAmong(parameter), variadic: false, initial: null });
        }
      }
      for (const { names, from } of unpack) this.#unpack(names, { is: "name", name: from, at: this.at(names) }, fn.body);
      if (label !== null) this.#targets = [{ label, sink: { is: "return" }, leave: "break", to: "" }];
      this.#listInto(statements, fn.body, { is: "return" });
    });
    return fn;
  }

  #usesIt(lambda: PlainNode): boolean {
    return /\bit\b/u.test(this.text.slice(lambda.start, lambda.end));
  }

  #unpack(names: PlainNode, value: Expression, into: Step[]): void {
    const at = this.at(names);
    const targets = names.children.filter((child) => child.type === "variable_declaration");
    const bound = targets.map((target): Argument => {
      const name = this.#nameOf(target);
      if (name !== "_") this.#bindName(name, name);
      return positional({ is: "name", name, at: this.at(target) });
    });
    into.push({ is: "bind", targets: [{ is: "build", holds: true, type: null, tuple: true, parts: bound, at }], value, declares: true, type: null, at });
  }

  // --- statements

  #steps(node: PlainNode, sink: Sink = DROP): Step[] {
    const steps: Step[] = [];
    this.#inBlock(() => {
      if (node.type === "block") this.#listInto(node.children, steps, sink);
      else this.#statement(node, steps, sink);
    });
    return steps;
  }

  /** Statements, of which the last gives the value. */
  #listInto(statements: readonly PlainNode[], into: Step[], sink: Sink): void {
    statements.forEach((child, i) => this.#statement(child, into, i === statements.length - 1 ? sink : DROP));
  }

  #statement(node: PlainNode, into: Step[], sink: Sink = DROP): void {
    this.depth++;
    const outer = this.#into;
    this.#into = into;
    if (this.depth > MAX_DEPTH) into.push(this.cutStep(node));
    else this.#statementHere(node, into, sink);
    for (const error of this.leftErrors(node)) this.#error(error, into);
    this.#into = outer;
    this.depth--;
  }

  #statementHere(node: PlainNode, into: Step[], sink: Sink): void {
    if (NO_STEPS_FROM.has(node.type)) return;
    const at = this.at(node);
    switch (node.type) {
      case "class_declaration":
      case "object_declaration":
      case "companion_object":
        return this.#classDeclaration(node, into, this.#fn.id !== 0);
      case "function_declaration": {
        if (this.#fn.id === 0) {
          this.#function(node, null, false);
          return;
        }
        const name = this.#nameOf(node);
        this.#bindName(name, name);
        const fn = this.#function(node, null, false);
        into.push({ is: "define", name, function: fn.id, at });
        return;
      }
      case "property_declaration":
        return this.#local(node, into);
      case "assignment":
        return this.#assignment(node, into);
      case "for_statement":
        return this.#for(node, into, null);
      case "while_statement":
      case "do_while_statement":
        return this.#while(node, into, null);
      case "block":
        into.push({ is: "block", body: this.#steps(node, sink), at });
        return;
      case "anonymous_initializer":
        for (const child of node.children) this.#statement(child, into);
        return;
      case "ERROR":
        return this.#error(node, into);
      default:
        if (isExpressionType(node.type)) return this.#flow(node, into, sink);
    }
    if (!KNOWN_PARTS.has(node.type)) this.countOpaque(node.type);
    const body: Step[] = [];
    for (const child of node.children) this.#statement(child, body);
    into.push({ is: "opaque", nodeType: node.type, body, at });
  }

  #error(node: PlainNode, into: Step[]): void {
    this.tookError(node);
    this.inError++;
    const body: Step[] = [];
    const outer = this.#into;
    this.#into = body;
    for (const child of node.children) this.#statement(child, body);
    this.#into = outer;
    this.inError--;
    into.push({ is: "opaque", nodeType: "ERROR", body, at: this.at(node) });
  }

  #local(node: PlainNode, into: Step[]): void {
    const value = this.#initialValue(node);
    const many = childOfType(node, "multi_variable_declaration");
    if (many !== null) {
      const lowered = value === null ? this.missing(node) : this.#initial(value);
      this.#unpack(many, lowered, into);
      return;
    }
    const variable = childOfType(node, "variable_declaration");
    if (variable === null) {
      if (value !== null) this.#statement(value, into);
      return;
    }
    const name = this.#nameOf(variable);
    const type = this.#typeAmong(variable);
    const target: Expression = { is: "name", name, at: this.at(variable) };
    if (value !== null && value.type !== "property_delegate" && this.#isInvolved(value)) {
      // Its own value may use what another variable of this name holds.
      this.#flow(value, into, { is: "name", name, declares: true, type });
      this.#bindName(name, name);
      return;
    }
    const lowered = value === null ? null : this.#initial(value);
    this.#bindName(name, name);
    into.push({ is: "bind", targets: [target], value: lowered, declares: true, type, at: this.at(node) });
  }

  #assignment(node: PlainNode, into: Step[]): void {
    const at = this.at(node);
    const targetNode = part(node, "target");
    const valueNode = part(node, "value");
    const operator = part(node, "operator")?.type ?? "=";
    if (targetNode === null || valueNode === null) {
      for (const child of node.children) this.#statement(child, into);
      return;
    }
    const target = this.#target(targetNode);
    if (operator === "=" && target.is === "member" && SETTERS.has(target.name) && !this.#properties.has(target.name)) {
      const callee: Expression = { ...target, name: SETTERS.get(target.name)! };
      into.push({ is: "do", value: { is: "call", callee, arguments: [positional(this.#expression(valueNode))], at }, at });
      return;
    }
    if (operator === "=" && target.is === "name" && this.#isInvolved(valueNode)) {
      this.#flow(valueNode, into, { is: "name", name: target.name, declares: false, type: null });
      return;
    }
    const value = this.#expression(valueNode);
    if (operator === "+=" && value.is !== "literal") {
      into.push({ is: "do", value: { is: "call", callee: { is: "member", object: target, name: "plusAssign", at: target.at }, arguments: [positional(value)], at }, at });
      return;
    }
    into.push({ is: "bind", targets: [target], value: operator === "=" ? value : { is: "operator", parts: [...readBefore(target), value], at }, declares: false, type: null, at });
  }

  /** Something that is assigned to: never a getter's call. */
  #target(node: PlainNode): Expression {
    if (node.type === "navigation_expression") {
      const [object, name] = node.children;
      if (object !== undefined && name !== undefined) return { is: "member", object: this.#expression(object), name: this.#word(name), at: this.at(node) };
    }
    const lowered = this.#expression(node);
    if (lowered.is === "call" && lowered.callee.is === "member" && node.type === "identifier") return { ...lowered.callee, name: this.#word(node) };
    return lowered;
  }

  #loopLabel(label: string | null): string {
    return label ?? `loop~${this.#made++}`;
  }

  #inLoop<T>(label: string, inside: () => T): T {
    this.#loops.push(label);
    const result = inside();
    this.#loops.pop();
    return result;
  }

  #for(node: PlainNode, into: Step[], given: string | null): void {
    const at = this.at(node);
    const own = childOfType(node, "label");
    const label = this.#loopLabel(own !== null ? labelText(this.textOf(own)) : given);
    const rest = node.children.filter((child) => child.type !== "label" && child.type !== "annotation");
    const [binding, over, body] = rest;
    const iterates = over === undefined ? this.missing(node) : this.#expression(over);
    const binds: Expression[] = [];
    const bindTypes: (TypeRef | null)[] = [];
    const inside = this.#inBlock(() => {
      const before: Step[] = [];
      if (binding !== undefined && binding.type === "variable_declaration") {
        const name = this.#nameOf(binding);
        this.#bindName(name, name);
        binds.push({ is: "name", name, at: this.at(binding) });
        bindTypes.push(this.#typeAmong(binding));
      } else if (binding !== undefined) {
        const parts = binding.children.filter((child) => child.type === "variable_declaration").map((one): Argument => {
          const name = this.#nameOf(one);
          if (name !== "_") this.#bindName(name, name);
          return positional({ is: "name", name, at: this.at(one) });
        });
        binds.push({ is: "build", holds: true, type: null, tuple: true, parts, at: this.at(binding) });
        bindTypes.push(null);
      }
      return [...before, ...(body === undefined ? [] : this.#inLoop(label, () => this.#steps(body)))];
    });
    into.push({ is: "loop", label, iterates, binds, bindTypes, condition: null, body: inside, update: [], otherwise: [], isAsync: false, at });
  }

  #while(node: PlainNode, into: Step[], given: string | null): void {
    const at = this.at(node);
    const own = childOfType(node, "label");
    const label = this.#loopLabel(own !== null ? labelText(this.textOf(own)) : given);
    const conditionNode = part(node, "condition");
    const body = node.children.find((child) => child.role === null && child.type !== "label");
    const isDo = node.type === "do_while_statement";
    // The condition is asked at each turn, with all that has to be done for it.
    const asked: Step[] = [];
    const ask = (): Expression => {
      const outer = this.#into;
      this.#into = asked;
      const condition = conditionNode === null ? this.missing(node) : this.#expression(conditionNode);
      this.#into = outer;
      return condition;
    };
    const leave = (condition: Expression): Step => ({ is: "if", condition, then: [], else: [{ is: "break", label, at: condition.at }], at: condition.at });
    if (isDo) {
      const inside = body === undefined ? [] : this.#inLoop(label, () => this.#steps(body));
      const condition = ask();
      into.push({ is: "loop", label, iterates: null, binds: [], condition: null, body: inside, update: [...asked, leave(condition)], otherwise: [], isAsync: false, at });
      return;
    }
    const condition = ask();
    const inside = body === undefined ? [] : this.#inLoop(label, () => this.#steps(body));
    if (asked.length === 0) into.push({ is: "loop", label, iterates: null, binds: [], condition, body: inside, update: [], otherwise: [], isAsync: false, at });
    else into.push({ is: "loop", label, iterates: null, binds: [], condition: null, body: [...asked, leave(condition), ...inside], update: [], otherwise: [], isAsync: false, at });
  }

  // --- values that are made by steps

  /** True for what branches, jumps or runs a block in place: it is done by steps, and its value goes where it is wanted. */
  #isInvolved(node: PlainNode): boolean {
    switch (node.type) {
      case "if_expression":
      case "when_expression":
      case "try_expression":
      case "labeled_expression":
      case "return_expression":
      case "throw_expression":
        return true;
      case "parenthesized_expression":
      case "annotated_expression":
        return node.children.some((child) => this.#isInvolved(child));
      case "binary_expression":
        return part(node, "operator")?.type === "?:";
      case "call_expression": {
        const call = this.#callParts(node);
        return call !== null && (this.#inPlaceOf(call) !== null || this.#raises(call));
      }
      default:
        return false;
    }
  }

  #settle(value: Expression, into: Step[], sink: Sink, at: Place): void {
    switch (sink.is) {
      case "drop":
        into.push({ is: "do", value, at });
        return;
      case "return":
        into.push({ is: "return", values: [value], at });
        return;
      case "name":
        into.push({ is: "bind", targets: [{ is: "name", name: sink.name, at }], value, declares: sink.declares, type: sink.type, at });
        return;
      case "store":
        into.push({ is: "bind", targets: [{ is: "index", object: { is: "name", name: sink.name, at }, parts: [], at }], value, declares: false, type: null, at });
    }
  }

  /** A variable that gets its values in branches is declared before them. */
  #declared(sink: Sink, into: Step[], at: Place): Sink {
    if (sink.is !== "name" || !sink.declares) return sink;
    into.push({ is: "bind", targets: [{ is: "name", name: sink.name, at }], value: null, declares: true, type: sink.type, at });
    return { ...sink, declares: false, type: null };
  }

  #temporary(into: Step[], at: Place): Sink & { readonly is: "name" } {
    const name = `value~${this.#made++}`;
    into.push({ is: "bind", targets: [{ is: "name", name, at }], value: { is: "build", holds: false, type: null, tuple: false, parts: [], at }, declares: true, type: null, at });
    return { is: "name", name, declares: false, type: null };
  }

  /** An expression as steps; its value goes to `sink`. */
  #flow(node: PlainNode, into: Step[], sink: Sink): void {
    const at = this.at(node);
    const outer = this.#into;
    this.#into = into;
    this.depth++;
    if (this.depth > MAX_DEPTH && node.children.length > 0) into.push(this.cutStep(node));
    else this.#flowHere(node, into, sink, at);
    this.depth--;
    this.#into = outer;
  }

  #flowHere(node: PlainNode, into: Step[], sink: Sink, at: Place): void {
    switch (node.type) {
      case "parenthesized_expression":
      case "annotated_expression": {
        const inner = node.children.find((child) => child.type !== "annotation");
        if (inner === undefined) break;
        return this.#flow(inner, into, sink);
      }
      case "labeled_expression":
        return this.#labeled(node, into, sink);
      case "if_expression":
        return this.#if(node, into, sink);
      case "when_expression":
        return this.#when(node, into, sink);
      case "try_expression":
        return this.#try(node, into, sink);
      case "return_expression":
        return this.#return(node, into);
      case "throw_expression": {
        const [value] = node.children;
        into.push({ is: "throw", value: value === undefined ? null : this.#expression(value), at });
        return;
      }
      case "identifier": {
        const word = this.textOf(node);
        if (word === "break" || word === "continue") {
          into.push({ is: word, label: this.#loops.at(-1) ?? null, at });
          return;
        }
        if (sink.is === "drop") return;
        break;
      }
      case "binary_expression":
        if (part(node, "operator")?.type === "?:") return this.#elvis(node, into, sink);
        break;
      case "unary_expression": {
        const operator = part(node, "operator")?.type;
        const operand = part(node, "value");
        if (sink.is !== "drop" || operand === null || (operator !== "++" && operator !== "--")) break;
        const target = this.#target(operand);
        into.push({ is: "bind", targets: [target], value: { is: "operator", parts: readBefore(target), at }, declares: false, type: null, at });
        return;
      }
      case "call_expression": {
        const call = this.#callParts(node);
        const shape = call === null ? null : this.#inPlaceOf(call);
        if (call !== null && shape !== null) return this.#inPlace(node, call, shape, into, sink);
        if (call !== null && this.#raises(call)) {
          into.push({ is: "throw", value: { is: "operator", parts: this.#arguments(call.given).map(({ value }) => value), at }, at });
          return;
        }
        break;
      }
      default:
        if (DECLARATIONS.has(node.type)) {
          this.#statement(node, into);
          return;
        }
    }
    this.#settle(this.#expression(node), into, sink, at);
  }

  #labeled(node: PlainNode, into: Step[], sink: Sink): void {
    const at = this.at(node);
    const label = childOfType(node, "label");
    const inner = node.children.find((child) => child.type !== "label");
    const name = label === null ? "" : labelText(this.textOf(label));
    if (name === "break" || name === "continue") {
      into.push({ is: name, label: inner === undefined ? null : this.#word(inner), at });
      return;
    }
    if (inner === undefined) return;
    if (inner.type === "for_statement") return this.#for(inner, into, name);
    if (inner.type === "while_statement" || inner.type === "do_while_statement") return this.#while(inner, into, name);
    this.#flow(inner, into, sink);
  }

  #return(node: PlainNode, into: Step[]): void {
    const at = this.at(node);
    const label = part(node, "label");
    const value = node.children.find((child) => child.role !== "label");
    if (label !== null) {
      const target = this.#targets.findLast((one) => one.label === this.#word(label));
      if (target !== undefined && target.to !== "") {
        if (value !== undefined) this.#flow(value, into, target.sink);
        into.push({ is: target.leave, label: target.to, at });
        return;
      }
    }
    if (value === undefined) into.push({ is: "return", values: [], at });
    else this.#flow(value, into, { is: "return" });
  }

  #branch(node: PlainNode | null, sink: Sink): Step[] {
    return node === null ? [] : this.#steps(node, sink);
  }

  #branches(node: PlainNode): { readonly condition: PlainNode | null; readonly then: PlainNode | null; readonly otherwise: PlainNode | null } {
    const condition = part(node, "condition");
    const rest = node.children.filter((child) => child !== condition && child.type !== "ERROR");
    const from = condition?.end ?? node.start;
    const [first, second] = rest;
    if (first !== undefined && /\belse\b/u.test(this.text.slice(from, first.start).replace(/\/\*[^]*?\*\/|\/\/[^\n]*/gu, ""))) return { condition, then: null, otherwise: first };
    return { condition, then: first ?? null, otherwise: second ?? null };
  }

  /** Lowers with what it needs before it in `steps`. */
  #loweredInto(steps: Step[], lower: () => Expression): Expression {
    const outer = this.#into;
    this.#into = steps;
    const lowered = lower();
    this.#into = outer;
    return lowered;
  }

  #if(node: PlainNode, into: Step[], given: Sink): void {
    const sink = this.#declared(given, into, this.at(node));
    const chain: { readonly node: PlainNode; readonly condition: PlainNode | null; readonly then: PlainNode | null }[] = [];
    let last: PlainNode | null = node;
    while (last !== null && last.type === "if_expression") {
      const { condition, then, otherwise } = this.#branches(last);
      chain.push({ node: last, condition, then });
      last = otherwise;
    }
    lowerElseIfs(
      chain.map((one) => ({
        condition: (steps) => this.#loweredInto(steps, () => (one.condition === null ? this.missing(one.node) : this.#expression(one.condition))),
        then: () => this.#branch(one.then, sink),
        at: this.at(one.node),
      })),
      last === null ? null : { body: () => this.#branch(last, sink), at: this.at(last) },
      () => `else~${this.#made++}`, this.at(node), into,
    );
  }

  #when(node: PlainNode, into: Step[], given: Sink): void {
    const at = this.at(node);
    const sink = this.#declared(given, into, at);
    this.#inBlock(() => {
      const head = childOfType(node, "when_subject");
      let subject: Expression | null = null;
      if (head !== null) {
        const variable = childOfType(head, "variable_declaration");
        const value = head.children.find((child) => child.type !== "variable_declaration" && child.type !== "annotation");
        subject = value === undefined ? this.missing(head) : this.#expression(value);
        if (variable !== null) {
          const name = this.#nameOf(variable);
          this.#bindName(name, name);
          into.push({ is: "bind", targets: [{ is: "name", name, at: this.at(variable) }], value: subject, declares: true, type: this.#typeAmong(variable), at: this.at(head) });
          subject = { is: "name", name, at: this.at(variable) };
        }
      }
      const cases: Case[] = [];
      for (const entry of node.children) {
        if (entry.type === "ERROR") this.#error(entry, into);
        if (entry.type !== "when_entry") continue;
        const conditions = parts(entry, "condition");
        const tests = conditions.map((condition) => this.#whenTest(condition));
        const body = entry.children.find((child) => child.role !== "condition" && child.type !== "ERROR") ?? null;
        cases.push({ tests, guard: null, binds: [], body: this.#branch(body, sink), fallsThrough: false, at: this.at(entry) });
      }
      const last = cases.at(-1);
      // What gives a value takes its last case when it took no other.
      if (last !== undefined && sink.is !== "drop" && !cases.some((one) => one.tests.length === 0)) cases[cases.length - 1] = { ...last, tests: [] };
      into.push({ is: "switch", label: `when~${this.#made++}`, subject, bind: null, cases, waits: false, at });
    });
  }

  #whenTest(node: PlainNode): Expression {
    const at = this.at(node);
    if (node.type === "type_test") return { is: "build", holds: false, type: this.#typeAmong(node), tuple: false, parts: [], at };
    if (node.type === "range_test") return { is: "operator", parts: node.children.map((child) => this.#expression(child)), at };
    return this.#expression(node);
  }

  #try(node: PlainNode, into: Step[], given: Sink): void {
    const sink = this.#declared(given, into, this.at(node));
    const block = childOfType(node, "block");
    const body = block === null ? [] : this.#steps(block, sink);
    const handlers = node.children.filter((child) => child.type === "catch_block").map((clause) => this.#handler(clause, sink));
    const last = childOfType(node, "finally_block");
    const after = last === null ? [] : last.children.flatMap((child) => (child.type === "block" ? this.#steps(child) : []));
    into.push({ is: "try", body, handlers, otherwise: [], finally: after, at: this.at(node) });
  }

  #handler(node: PlainNode, sink: Sink): Handler {
    const name = childOfType(node, "identifier");
    const type = this.#typeAmong(node);
    const catches = type === null ? [] : [type.name];
    const block = childOfType(node, "block");
    const bind = name === null ? null : this.#word(name);
    const body = this.#inBlock(() => {
      if (bind !== null) this.#bindName(bind, bind);
      return block === null ? [] : this.#steps(block, sink);
    });
    return { catches, ...caughtBy(catches), bind, body, at: this.at(node) };
  }

  /** `a ?: b`: b is done only where a is null. */
  #elvis(node: PlainNode, into: Step[], sink: Sink): void {
    const at = this.at(node);
    const chain: PlainNode[] = [];
    let first: PlainNode = node;
    while (first.type === "binary_expression" && part(first, "operator")?.type === "?:") {
      const left = part(first, "left");
      const right = part(first, "right");
      if (left === null || right === null) break;
      chain.unshift(right);
      first = left;
    }
    const kept: Sink & { readonly is: "name" } = sink.is === "name" ? sink : this.#temporary(into, at);
    if (this.#isInvolved(first)) this.#flow(first, into, this.#declared(kept, into, at));
    else this.#settle(this.#expression(first), into, kept, at);
    const again: Sink = { ...kept, declares: false, type: null };
    const name: Expression = { is: "name", name: kept.name, at };
    for (const right of chain) {
      const then: Step[] = [];
      this.#flow(right, then, again);
      into.push({ is: "if", condition: { is: "compare", operator: "==", left: name, right: { is: "literal", kind: "null", text: "null", at }, at }, then, else: [], at });
    }
    if (sink.is !== "name" && sink.is !== "drop") this.#settle(name, into, sink, at);
  }

  // --- calls

  /** A call, whatever it is written like: `f(a) { b }` is a call of a call to the grammar, `f<T>(a)` may be comparisons. */
  #callParts(node: PlainNode): Call | null {
    const [inner] = node.children;
    if (inner === undefined || TYPES.has(inner.type)) return null;
    let callee = inner;
    let given = childOfType(node, "value_arguments")?.children ?? [];
    const annotated = childOfType(node, "annotated_lambda");
    let lambda = annotated === null ? null : childOfType(annotated, "lambda_literal");
    const label = annotated === null ? null : childOfType(annotated, "label");
    if (annotated !== null && childOfType(node, "value_arguments") === null && inner.type === "call_expression" && childOfType(inner, "annotated_lambda") === null && childOfType(inner, "value_arguments") !== null) {
      callee = inner.children[0] ?? inner;
      given = childOfType(inner, "value_arguments")!.children;
    }
    // `f({ ... })`
    const [only] = given;
    if (lambda === null && given.length === 1 && only !== undefined && only.children.length === 1 && only.children[0]!.type === "lambda_literal") {
      lambda = only.children[0]!;
      given = [];
    }
    return { callee, given, lambda, lambdaLabel: label === null ? null : labelText(this.textOf(label)) };
  }

  #inPlaceOf({ callee, given, lambda }: Call): InPlace | null {
    if (lambda === null) return null;
    if (callee.type === "identifier") {
      const name = this.textOf(callee);
      if (meaningOf(name, this.#frames, this.#outermost).is === "local" || this.#topFunctions.has(name)) return null;
      if (this.#frames.some((frame) => frame.is === "class" && frame.here.methods.has(name))) return null;
      if (name === "withContext" && given[0] !== undefined && SAME_THREAD.test(this.textOf(given[0])) && !this.textOf(given[0]).includes("Dispatchers.IO")) return ALONE.get("coroutineScope")!;
      return ALONE.get(name) ?? null;
    }
    if (callee.type !== "navigation_expression") return null;
    const name = callee.children[1];
    if (name === undefined || callee.children.length !== 2) return null;
    const word = this.textOf(name);
    const shape = ON_RECEIVER.get(word) ?? null;
    if (shape === null || this.#extensions.has(word)) return null;
    if (this.#streams && STREAMED.has(word)) return null;
    if (shape.runs !== "locked" && given.length > 0) return null;
    return shape;
  }

  #inPlace(node: PlainNode, call: Call, shape: InPlace, into: Step[], given: Sink): void {
    const at = this.at(node);
    const lambda = call.lambda!;
    const receiverNode = call.callee.type === "navigation_expression" ? call.callee.children[0]! : shape.gets === "this" ? (call.given[0]?.children.at(-1) ?? null) : null;
    const word = this.#word(call.callee.type === "navigation_expression" ? call.callee.children[1]! : call.callee);
    const safe = call.callee.type === "navigation_expression" && this.text.slice(call.callee.children[0]!.end, call.callee.children[1]!.start).includes("?");
    const label = call.lambdaLabel ?? word;
    // The receiver itself goes where it is wanted first.
    if (shape.gives === "receiver" && receiverNode !== null && shape.runs === "once" && given.is === "name") {
      this.#flow(receiverNode, into, given);
      const steps = this.#block(lambda, label, shape, { is: "name", name: given.name, at }, DROP, at);
      this.#pushBlock(steps, given.name, safe, into, at);
      return;
    }
    const sink = this.#declared(given, into, at);
    if (receiverNode === null) {
      // What a rule may say of the call itself, and what is evaluated for it.
      if (shape.runs === "each") {
        const [times] = call.given;
        const over = times === undefined ? this.missing(node) : this.#expression(times.children.at(-1) ?? times);
        return this.#turns(lambda, label, shape, over, into, sink, at);
      }
      const args = this.#arguments(call.given);
      if (call.callee.type === "identifier" && !SILENT.has(word)) into.push({ is: "do", value: { is: "call", callee: this.#calleeName(call.callee), arguments: args, at }, at });
      else for (const argument of args) into.push({ is: "do", value: argument.value, at });
      const steps = this.#block(lambda, label, shape, null, shape.gives === "block" ? sink : DROP, at);
      if (shape.runs === "catch") into.push(this.#caught(steps, sink, at));
      else into.push({ is: "block", body: steps, at });
      if (shape.gives !== "block" && sink.is !== "drop") this.#settle({ is: "operator", parts: [], at }, into, sink, at);
      return;
    }
    if (shape.runs === "each") return this.#turns(lambda, label, shape, this.#expression(receiverNode), into, sink, at);
    if (shape.runs === "use") return this.#use(lambda, label, shape, receiverNode, into, sink, at);
    const lowered = this.#expression(receiverNode);
    const isVariable = lowered.is === "name" && this.#used.has(lowered.name);
    let name: string;
    if (isVariable) name = lowered.name;
    else {
      const parameter = childOfType(lambda, "lambda_parameters")?.children[0];
      const wanted = shape.gets === "this" ? "self" : parameter === undefined || parameter.type !== "variable_declaration" ? "it" : this.#nameOf(parameter);
      name = this.#used.has(wanted) || wanted === "self" || wanted === "_" ? `${wanted}~${this.#made++}` : wanted;
      this.#used.add(name);
      into.push({ is: "bind", targets: [{ is: "name", name, at: lowered.at }], value: lowered, declares: true, type: null, at: lowered.at });
    }
    const object: Expression = { is: "name", name, at };
    if (shape.gives === "maybe") {
      const asked = this.#temporary(into, at);
      into.push(...this.#block(lambda, label, shape, object, asked, at));
      const nothing: Expression = { is: "literal", kind: "null", text: "null", at };
      const yes: Expression = { is: "name", name: asked.name, at };
      this.#settle({ is: "conditional", condition: yes, then: word === "takeIf" ? object : nothing, else: word === "takeIf" ? nothing : object, at }, into, sink, at);
      return;
    }
    if (shape.runs === "locked") into.push({ is: "do", value: { is: "call", callee: { is: "member", object, name: word, at }, arguments: this.#arguments(call.given), at }, at });
    const steps = this.#block(lambda, label, shape, object, shape.gives === "block" ? sink : DROP, at);
    if (safe && sink.is === "return") {
      into.push({ is: "if", condition: { is: "compare", operator: "!=", left: object, right: { is: "literal", kind: "null", text: "null", at }, at }, then: steps, else: [{ is: "return", values: [{ is: "literal", kind: "null", text: "null", at }], at }], at });
      return;
    }
    if (safe && sink.is === "name" && shape.gives === "block") this.#settle({ is: "literal", kind: "null", text: "null", at }, into, sink, at);
    if (shape.runs === "catch") into.push(this.#caught(steps, sink, at));
    else this.#pushBlock(steps, name, safe, into, at);
    if (shape.gives === "receiver" && sink.is !== "drop") this.#settle(object, into, sink, at);
  }

  #pushBlock(steps: readonly Step[], name: string, safe: boolean, into: Step[], at: Place): void {
    if (!safe) into.push({ is: "block", body: steps, at });
    else into.push({ is: "if", condition: { is: "compare", operator: "!=", left: { is: "name", name, at }, right: { is: "literal", kind: "null", text: "null", at }, at }, then: steps, else: [], at });
  }

  #caught(steps: readonly Step[], sink: Sink, at: Place): Step {
    const body: Step[] = [];
    if (sink.is !== "drop") this.#settle({ is: "operator", parts: [], at }, body, sink, at);
    return { is: "try", body: steps, handlers: [{ catches: [], catchesAll: true, bind: null, body, at }], otherwise: [], finally: [], at };
  }

  /** `x.use { ... }`: x is closed on every way out of the block. */
  #use(lambda: PlainNode, label: string, shape: InPlace, receiverNode: PlainNode, into: Step[], sink: Sink, at: Place): void {
    const value = this.#expression(receiverNode);
    let bind: Expression | null = null;
    let object = value;
    if (value.is !== "name" || !this.#used.has(value.name)) {
      const parameter = childOfType(lambda, "lambda_parameters")?.children[0];
      const wanted = parameter?.type === "variable_declaration" ? this.#nameOf(parameter) : "it";
      const name = this.#used.has(wanted) || wanted === "_" ? `${wanted}~${this.#made++}` : wanted;
      this.#used.add(name);
      bind = { is: "name", name, at: value.at };
      object = bind;
    }
    const body = this.#block(lambda, label, shape, object, sink, at);
    into.push({ is: "with", items: [{ value, bind }], isAsync: false, body, at });
  }

  /** A block that runs for each element. */
  #turns(lambda: PlainNode, label: string, shape: InPlace, over: Expression, into: Step[], sink: Sink, at: Place): void {
    let list: Sink & { readonly is: "name" } | null = null;
    let source = over;
    if (shape.gives === "list" && sink.is !== "drop") {
      const name = `list~${this.#made++}`;
      into.push({ is: "bind", targets: [{ is: "name", name, at }], value: { is: "build", holds: true, type: null, tuple: false, parts: [], at }, declares: true, type: null, at });
      list = { is: "name", name, declares: false, type: null };
    } else if (sink.is !== "drop" && (shape.gives === "receiver" || shape.gives === "element") && over.is !== "name") {
      const name = `source~${this.#made++}`;
      into.push({ is: "bind", targets: [{ is: "name", name, at: over.at }], value: over, declares: true, type: null, at: over.at });
      source = { is: "name", name, at: over.at };
    }
    const to = `turn~${this.#made++}`;
    const binds: Expression[] = [];
    const body: Step[] = [];
    this.#inBlock(() => {
      const given = childOfType(lambda, "lambda_parameters")?.children ?? [];
      const names = given.length > 0 ? given : [];
      const element = shape.gets === "indexed" ? names[1] : names[0];
      const index = shape.gets === "indexed" ? names[0] : undefined;
      if (index !== undefined && index.type === "variable_declaration") this.#declare(this.#nameOf(index));
      if (element === undefined) {
        if (names.length === 0 && shape.gets !== "indexed" && this.#usesIt(lambda)) binds.push({ is: "name", name: this.#declare("it"), at: over.at });
      } else if (element.type === "multi_variable_declaration") {
        const parts = element.children.filter((child) => child.type === "variable_declaration").map((one) => positional({ is: "name", name: this.#nameOf(one) === "_" ? "_" : this.#declare(this.#nameOf(one)), at: this.at(one) }));
        binds.push({ is: "build", holds: true, type: null, tuple: true, parts, at: this.at(element) });
      } else binds.push({ is: "name", name: this.#nameOf(element) === "_" ? "_" : this.#declare(this.#nameOf(element)), at: this.at(element) });
      const inner: Sink = list === null ? DROP : { is: "store", name: list.name };
      this.#targets.push({ label, sink: inner, leave: "continue", to });
      this.#listInto(lambda.children.filter((child) => child.type !== "lambda_parameters"), body, inner);
      this.#targets.pop();
    });
    into.push({ is: "loop", label: to, iterates: source, binds, condition: null, body, update: [], otherwise: [], isAsync: false, at });
    if (sink.is === "drop") return;
    if (list !== null) this.#settle({ is: "name", name: list.name, at }, into, sink, at);
    else if (shape.gives === "receiver") this.#settle(source, into, sink, at);
    else if (shape.gives === "element") this.#settle({ is: "index", object: source, parts: [], at }, into, sink, at);
    else this.#settle({ is: "operator", parts: [], at }, into, sink, at);
  }

  /** The steps of a block that runs once, here. `object`: what its `it`, its parameter or its `this` is. */
  #block(lambda: PlainNode, label: string, shape: InPlace, object: Expression | null, sink: Sink, at: Place): Step[] {
    const steps: Step[] = [];
    const given = childOfType(lambda, "lambda_parameters");
    const text = this.text.slice(lambda.start, lambda.end);
    const jumps = text.includes(`return@${label}`);
    const to = `block~${this.#made++}`;
    const isReceiver = shape.gets === "this" && object?.is === "name";
    this.#inBlock(() => {
      if (object !== null && shape.gets === "it") {
        const [parameter] = given?.children ?? [];
        if (parameter?.type === "multi_variable_declaration") this.#unpack(parameter, object, steps);
        else {
          const written = parameter === undefined ? "it" : this.#nameOf(parameter);
          if (object.is === "name") this.#bindName(written, object.name);
          else {
            const name = this.#declare(written);
            steps.push({ is: "bind", targets: [{ is: "name", name, at: object.at }], value: object, declares: true, type: null, at: object.at });
          }
        }
      }
      if (isReceiver) this.#receivers.push({ name: object.name, label });
      this.#targets.push({ label, sink, leave: "break", to });
      this.#listInto(lambda.children.filter((child) => child !== given), steps, sink);
      this.#targets.pop();
      if (isReceiver) this.#receivers.pop();
    });
    if (!jumps) return steps;
    return [{ is: "switch", label: to, subject: null, bind: null, cases: [{ tests: [], guard: null, binds: [], body: steps, fallsThrough: false, at }], waits: false, at }];
  }

  #calleeName(node: PlainNode): Expression {
    const name = this.#word(node);
    const at = this.at(node);
    const meaning = meaningOf(name, this.#frames, this.#outermost);
    if (meaning.is === "local") return { is: "name", name: meaning.name, at };
    if (meaning.is === "class") return { is: "name", name: meaning.full, at };
    if (meaning.is === "field" && !this.#frames.some((frame) => frame.is === "class" && frame.here.methods.has(name))) return this.#identifier(node);
    const receiver = this.#implied(name);
    if (receiver !== null) return { is: "member", object: { is: "name", name: receiver, at }, name, at };
    return { is: "name", name, at };
  }

  /** `error("...")` and `TODO()` of Kotlin's library never return. */
  #raises({ callee, lambda }: Call): boolean {
    if (callee.type !== "identifier" || lambda !== null) return false;
    const name = this.textOf(callee);
    if ((name !== "error" && name !== "TODO") || this.#imported.has(name) || this.#topFunctions.has(name) || this.#extensions.has(name)) return false;
    return meaningOf(name, this.#frames, this.#outermost).is === "unknown" && !this.#frames.some((frame) => frame.is === "class" && frame.here.methods.has(name));
  }

  #call(node: PlainNode): Expression {
    const at = this.at(node);
    const call = this.#callParts(node);
    if (call === null) return this.#opaque(node);
    if (this.#raises(call)) {
      this.#flow(node, this.#into, DROP);
      return { is: "operator", parts: [], at };
    }
    if (this.#inPlaceOf(call) !== null) {
      const kept = this.#temporary(this.#into, at);
      this.#inPlace(node, call, this.#inPlaceOf(call)!, this.#into, kept);
      return { is: "name", name: kept.name, at };
    }
    const { callee: calleeNode, given, lambda } = call;
    const word = calleeNode.type === "identifier" ? this.textOf(calleeNode) : calleeNode.type === "navigation_expression" && calleeNode.children.length > 1 ? this.textOf(calleeNode.children[1]!) : "";
    if (lambda !== null && ELSEWHERE.has(word) && calleeNode.type === "identifier" && !this.#topFunctions.has(word)) {
      for (const argument of this.#arguments(given)) this.#into.push({ is: "do", value: argument.value, at });
      const fn = this.#lambda(lambda, call.lambdaLabel ?? word, { decorators: [{ is: "name", name: word, at: this.at(calleeNode) }] });
      return { is: "call", callee: { is: "closure", function: fn.id, at }, arguments: [], at };
    }
    let callee: Expression;
    const args: Argument[] = [];
    if (calleeNode.type === "identifier") callee = this.#calleeName(calleeNode);
    else if (calleeNode.type === "navigation_expression" && calleeNode.children.length === 2) {
      this.depth++;
      const object = this.#expression(calleeNode.children[0]!);
      this.depth--;
      const name = this.#word(calleeNode.children[1]!);
      // An extension is a function of its receiver.
      const imported = this.#imported.get(name);
      if ((this.#extensions.has(name) || (imported !== undefined && /^[a-z]/u.test(name))) && !this.#isTypeName(object)) {
        callee = { is: "name", name, at: this.at(calleeNode) };
        args.push(positional(object));
      } else if (name === "use" && lambda === null && given.length === 1) return this.#useBy(object, given[0]!, at);
      else if (WRAPPERS.has(name) && lambda === null && isStreamLike(object)) {
        const place = this.at(calleeNode);
        callee = { is: "member", object: { is: "member", object: { is: "name", name: "java", at: place }, name: "io", at: place }, name: WRAPPERS.get(name)!, at: place };
        args.push(positional(object));
      } else callee = { is: "member", object, name, at: this.at(calleeNode) };
    } else callee = this.#expression(calleeNode);
    args.push(...this.#arguments(given));
    if (lambda !== null) {
      const isAsync = LAUNCHERS.has(word) && given.length === 0 && calleeNode.type === "identifier" && this.#async;
      args.push(positional({ is: "closure", function: this.#lambda(lambda, call.lambdaLabel ?? word, { isAsync }).id, at: this.at(lambda) }));
    }
    return { is: "call", callee, arguments: args, at };
  }

  /** `x.use(::read)`: what it is given is called with x, which is closed then. */
  #useBy(object: Expression, given: PlainNode, at: Place): Expression {
    const name = `it~${this.#made++}`;
    this.#used.add(name);
    const kept = this.#temporary(this.#into, at);
    const bind: Expression = { is: "name", name, at: object.at };
    const body: Step[] = [];
    const [reader] = this.#arguments([given]);
    if (reader !== undefined) this.#settle({ is: "call", callee: reader.value, arguments: [positional(bind)], at }, body, kept, at);
    this.#into.push({ is: "with", items: [{ value: object, bind }], isAsync: false, body, at });
    return { is: "name", name: kept.name, at };
  }

  /** `Files.copy` is no extension of a class. */
  #isTypeName(object: Expression): boolean {
    return (object.is === "name" || object.is === "member") && /^[A-Z]/u.test(object.name) && !this.#used.has(object.name);
  }

  #arguments(list: readonly PlainNode[]): Argument[] {
    return list.flatMap((argument): Argument[] => {
      if (argument.type !== "value_argument") return argument.type === "ERROR" ? [] : [positional(this.#expression(argument))];
      const named = argument.children.length > 1 && argument.children[0]!.type === "identifier" ? this.#word(argument.children[0]!) : null;
      const value = argument.children.at(-1);
      if (value === undefined) return [];
      if (value.type === "spread_expression") return [{ name: null, spread: true, value: value.children[0] === undefined ? this.missing(value) : this.#expression(value.children[0]) }];
      const spread = /^\s*\*/u.test(this.text.slice(argument.children.length > 1 ? argument.children[0]!.end : argument.start, value.start));
      return [{ name: named, spread, value: this.#expression(value) }];
    });
  }

  // --- expressions

  #expression(node: PlainNode): Expression {
    this.depth++;
    const lowered = this.tooDeep(node, "navigation_expression") ? this.cutExpression(node) : this.#expressionHere(node);
    this.depth--;
    return lowered;
  }

  #expressionHere(node: PlainNode): Expression {
    const at = this.at(node);
    switch (node.type) {
      case "identifier": {
        const word = this.textOf(node);
        if (word === "break" || word === "continue") {
          this.#flow(node, this.#into, DROP);
          return { is: "operator", parts: [], at };
        }
        return this.#identifier(node);
      }
      case "this_expression": {
        const label = childOfType(node, "identifier");
        return { is: "name", name: this.#thisNamed(label === null ? null : this.#word(label)), at };
      }
      case "super_expression":
        return { is: "call", callee: { is: "name", name: "super", at }, arguments: [], at };
      case "number_literal":
      case "float_literal":
      case "character_literal":
        return { is: "literal", kind: "number", text: numberText(this.textOf(node)), at };
      case "string_literal":
      case "multiline_string_literal":
        return this.#string(node, at);
      case "parenthesized_expression":
      case "annotated_expression": {
        const inner = node.children.find((child) => child.type !== "annotation");
        return inner === undefined ? this.#opaque(node) : this.#expression(inner);
      }
      case "spread_expression":
        return node.children[0] === undefined ? this.#opaque(node) : this.#expression(node.children[0]);
      case "return_expression":
      case "throw_expression":
        this.#flow(node, this.#into, DROP);
        return { is: "operator", parts: [], at };
      case "if_expression":
        return this.#ifValue(node, at);
      case "when_expression":
      case "try_expression":
      case "labeled_expression": {
        const kept = this.#temporary(this.#into, at);
        this.#flow(node, this.#into, kept);
        return { is: "name", name: kept.name, at };
      }
      case "binary_expression":
        return this.#binary(node);
      case "call_expression":
        return this.#call(node);
      case "navigation_expression":
        return this.#navigation(node, at);
      case "index_expression": {
        const [object, ...indexes] = node.children;
        if (object === undefined) return this.#opaque(node);
        return { is: "index", object: this.#expression(object), parts: indexes.map((index) => this.#expression(index)), at };
      }
      case "as_expression": {
        const left = part(node, "left");
        if (left === null) return this.#opaque(node);
        return { is: "same", value: this.#expression(left), type: this.#type(part(node, "right")), at };
      }
      case "is_expression": {
        const left = part(node, "left");
        if (left === null) return this.#opaque(node);
        return { is: "compare", operator: "other", left: this.#expression(left), right: { is: "build", holds: false, type: this.#type(part(node, "right")), tuple: false, parts: [], at }, at };
      }
      case "in_expression":
      case "range_expression":
        return { is: "operator", parts: node.children.map((child) => this.#expression(child)), at };
      case "infix_expression": {
        const [left, name, right] = node.children;
        if (left === undefined || name === undefined || right === undefined) return this.#opaque(node);
        if (this.textOf(name) === "to") return { is: "build", holds: true, type: null, tuple: true, parts: [positional(this.#expression(left)), positional(this.#expression(right))], at };
        return { is: "call", callee: { is: "member", object: this.#expression(left), name: this.#word(name), at: this.between(left.start, name.end) }, arguments: [positional(this.#expression(right))], at };
      }
      case "unary_expression": {
        const operand = part(node, "value");
        const operator = part(node, "operator")?.type;
        if (operand === null) return this.#opaque(node);
        if (operator === "!!") return { is: "same", value: this.#expression(operand), type: null, at };
        if (operator === "!") return { is: "not", value: this.#expression(operand), at };
        if (operator !== "++" && operator !== "--") return { is: "operator", parts: [this.#expression(operand)], at };
        const target = this.#target(operand);
        return { is: "assign", target, value: { is: "operator", parts: readBefore(target), at }, at };
      }
      case "lambda_literal":
        return { is: "closure", function: this.#lambda(node, null).id, at };
      case "annotated_lambda": {
        const lambda = childOfType(node, "lambda_literal");
        return lambda === null ? this.#opaque(node) : { is: "closure", function: this.#lambda(lambda, null).id, at };
      }
      case "anonymous_function": {
        const fn = this.openFunction("<lambda>", this.#fn.id === 0 ? "<lambda>" : `${this.#fn.symbol}.<lambda>`, this.#fn.id, at, this.between(node.start, node.start));
        this.#inFunction(fn, false, () => {
          this.#parameters(childOfType(node, "function_value_parameters"), fn);
          this.#functionBody(childOfType(node, "function_body"), fn);
        });
        return { is: "closure", function: fn.id, at };
      }
      case "object_literal":
        return this.#anonymousClass(node, [], null);
      case "collection_literal":
        return { is: "build", holds: true, type: null, tuple: false, parts: node.children.map((child) => positional(this.#expression(child))), at };
      case "callable_reference": {
        const [type, name] = node.children.length > 1 ? [node.children[0]!, node.children.at(-1)!] : [null, node.children[0]];
        if (name === undefined) return { is: "operator", parts: [], at };
        if (TYPES.has(name.type)) return this.#typeAsExpression(name);
        if (type === null) return this.#calleeName(name);
        return { is: "member", object: this.#typeAsExpression(type), name: this.#word(name), at };
      }
      case "value_argument":
        return node.children.length === 0 ? this.#opaque(node) : this.#expression(node.children.at(-1)!);
      case "interpolation":
        return node.children.length === 1 ? this.#expression(node.children[0]!) : this.#opaque(node);
      case "assignment":
      case "block": {
        this.#statement(node, this.#into);
        return { is: "operator", parts: [], at };
      }
      default:
        if (DECLARATIONS.has(node.type)) {
          this.#statement(node, this.#into);
          return { is: "operator", parts: [], at };
        }
        if (TYPES.has(node.type)) return this.#typeAsExpression(node);
        return this.#opaque(node);
    }
  }

  #thisNamed(label: string | null): string {
    if (label === null) return this.#receivers.at(-1)?.name ?? "this";
    const receiver = this.#receivers.findLast((one) => one.label === label);
    if (receiver !== undefined) return receiver.name;
    const full = this.#class?.full ?? "";
    return full === label || full.endsWith(`.${label}`) ? "this" : `${this.#qualify(label).replace(/^\./u, "")}.this`;
  }

  #navigation(node: PlainNode, at: Place): Expression {
    const [object, name] = node.children;
    if (object === undefined) return this.#opaque(node);
    const between = this.text.slice(object.end, name?.start ?? node.end);
    const lowered = this.#expression(object);
    if (name === undefined) return lowered;
    const word = this.#word(name);
    if (between.includes("::")) return { is: "member", object: lowered, name: word, at };
    return this.#property(lowered, word, at);
  }

  #string(node: PlainNode, at: Place): Expression {
    const inserted = node.children.filter((child) => child.type === "interpolation");
    if (inserted.length > 0) return { is: "build", holds: false, type: null, tuple: false, parts: inserted.map((child) => positional(this.#expression(child))), at };
    const written = this.textOf(node);
    return { is: "literal", kind: "string", text: written.startsWith('"""') ? written.slice(3, -3) : written.slice(1, -1), at };
  }

  /** What each side needs done first decides: nothing, and it is one expression. */
  #ifValue(node: PlainNode, at: Place): Expression {
    const { condition, then, otherwise } = this.#branches(node);
    const simple = [then, otherwise].every((one) => one !== null && one.type !== "block" && one.type !== "assignment" && !this.#isInvolved(one));
    if (condition !== null && then !== null && otherwise !== null && simple) {
      const asked = this.#expression(condition);
      const [yes, yesSteps] = this.#apart(then);
      const [no, noSteps] = this.#apart(otherwise);
      if (yesSteps.length + noSteps.length === 0) return { is: "conditional", condition: asked, then: yes, else: no, at };
      const kept = this.#temporary(this.#into, at);
      this.#settle(yes, yesSteps, kept, at);
      this.#settle(no, noSteps, kept, at);
      this.#into.push({ is: "if", condition: asked, then: yesSteps, else: noSteps, at });
      return { is: "name", name: kept.name, at };
    }
    const kept = this.#temporary(this.#into, at);
    this.#if(node, this.#into, kept);
    return { is: "name", name: kept.name, at };
  }

  /** An expression, and what has to be done before it. */
  #apart(node: PlainNode): [Expression, Step[]] {
    const steps: Step[] = [];
    const outer = this.#into;
    this.#into = steps;
    const lowered = this.#expression(node);
    this.#into = outer;
    return [lowered, steps];
  }

  #binary(node: PlainNode): Expression {
    const called = this.#genericCall(node);
    if (called !== null) return called;
    const lowered = lowerOperators(node, {
      isLink: (left) => left.type === "binary_expression" && !(part(left, "operator")?.type === ">" && this.#isGenericCall(left)),
      kindOf,
      expression: (operand) => this.#expression(operand),
      associates,
      right: (link, kind, operands) => {
        const right = part(link, "right");
        if (right === null) operands.push(this.missing(link));
        else if (kind === "and" || kind === "or" || kind === "elvis") {
          const [value, steps] = this.#apart(right);
          if (steps.length === 0) operands.push(value);
          else {
            const before = operands.length === 1 ? operands[0]! : logicChain(kind === "and" ? "and" : "or", operands);
            operands.splice(0, operands.length, this.#guarded(kind, before, value, steps));
          }
        } else operands.push(this.#expression(right));
      },
      join: (kind, operands, link) => (operands.length === 1 ? operands[0]! : joinOperands(kind === "elvis" ? "or" : kind, operands, this.at(link))),
    });
    return lowered ?? this.#opaque(node);
  }

  /** The right side needs steps, which are done only when the left side leaves it to the right. */
  #guarded(kind: "and" | "or" | "elvis", left: Expression, right: Expression, steps: Step[]): Expression {
    const { at } = left;
    const kept = this.#temporary(this.#into, at);
    this.#settle(left, this.#into, kept, at);
    const name: Expression = { is: "name", name: kept.name, at };
    this.#settle(right, steps, kept, right.at);
    const nothing: Expression = { is: "literal", kind: "null", text: "null", at };
    const condition: Expression = kind === "elvis" ? { is: "compare", operator: "==", left: name, right: nothing, at } : name;
    this.#into.push({ is: "if", condition, then: kind === "or" ? [] : steps, else: kind === "or" ? steps : [], at });
    return name;
  }

  /** `f<T>(x)` comes out of the grammar as `f < T > (x)`. */
  #isGenericCall(node: PlainNode): boolean {
    const left = part(node, "left");
    if (part(node, "operator")?.type !== ">" || left === null || left.type !== "binary_expression" || part(left, "operator")?.type !== "<") return false;
    const callee = part(left, "left");
    const type = part(left, "right");
    return part(node, "right")?.type === "parenthesized_expression" && (callee?.type === "identifier" || callee?.type === "navigation_expression") && (type?.type === "identifier" || type?.type === "navigation_expression")
      && /^[A-Z]|\.[A-Z]/u.test(this.textOf(type)) && /^<\s*[\w.?]+\s*>$/u.test(this.text.slice(callee.end, part(node, "right")!.start).trim());
  }

  #genericCall(node: PlainNode): Expression | null {
    if (!this.#isGenericCall(node)) return null;
    const calleeNode = part(part(node, "left")!, "left")!;
    const callee = calleeNode.type === "identifier" ? this.#calleeName(calleeNode) : this.#target(calleeNode);
    return { is: "call", callee, arguments: part(node, "right")!.children.map((child) => positional(this.#expression(child))), at: this.at(node) };
  }

  // --- what is not known, or too deep

  #opaque(node: PlainNode): Expression {
    if (NO_STEPS_FROM.has(node.type)) return { is: "operator", parts: [], at: this.at(node) };
    return this.opaqueExpression(node, (child) => this.#expression(child));
  }

  protected override later(node: PlainNode): void {
    const kept = { fn: this.#fn, frames: [...this.#frames], types: [...this.#typeParameters], here: this.#class, receivers: [...this.#receivers] };
    this.postpone(node, kept.fn, (body) => {
      this.#fn = kept.fn;
      this.#frames = kept.frames;
      this.#typeParameters = kept.types;
      this.#class = kept.here;
      this.#receivers = kept.receivers;
      this.#targets = [];
      this.#loops = [];
      this.#statement(node, body);
    });
  }
}

/** Of the functions that run their block in place, those of which no rule can say anything. */
const SILENT = new Set(["run", "with", "runCatching", "synchronized", "measureTimeMillis", "measureNanoTime", "measureTime", "coroutineScope", "supervisorScope", "withContext"]);
const EXPRESSIONS = new Set(["identifier", "callable_reference", "anonymous_function", "value_argument", "interpolation", "annotated_lambda"]);
/** Parts that stand alone only in broken text. */
const KNOWN_PARTS = new Set(["value_arguments", "function_value_parameters", "function_body", "parameter", "class_parameters", "class_parameter", "when_entry", "when_subject", "catch_block", "finally_block",
  "primary_constructor", "delegation_specifiers", "delegation_specifier", "constructor_invocation", "explicit_delegation", "variable_declaration", "multi_variable_declaration", "class_body", "enum_class_body",
  "enum_entry", "getter", "setter", "property_delegate", "type_test", "range_test", "function_type_parameters", "secondary_constructor", "constructor_delegation_call"]);

/** By its name a stream, a socket's or an answer's, and no file. */
function isStreamLike(object: Expression): boolean {
  const name = object.is === "call" ? (object.callee.is === "name" || object.callee.is === "member" ? object.callee.name : "") : object.is === "name" || object.is === "member" ? object.name : "";
  if (object.is === "call") return /stream|socket|open|body|buffer|channel/iu.test(name);
  return name !== "" && !/file|path|dir|dest|^f$|^it/iu.test(name);
}

function isExpressionType(type: string): boolean {
  return type.endsWith("_expression") || type.endsWith("_literal") || EXPRESSIONS.has(type);
}

const OPERATORS: ReadonlyMap<string, OperatorKind | "elvis"> = new Map<string, OperatorKind | "elvis">([...USUAL_OPERATORS, ["?:", "elvis"], ["===", "=="], ["!==", "!="]]);

function kindOf(link: PlainNode): OperatorKind | "elvis" {
  return OPERATORS.get(part(link, "operator")?.type ?? "") ?? "operator";
}

function labelText(written: string): string {
  return written.replace(/@$/u, "");
}

/** `1_000L` is 1000. */
function numberText(written: string): string {
  return /^[\d_.]+[uUlLfF]*$/u.test(written) ? written.replace(/[_uUlLfF]/gu, "") : written;
}
