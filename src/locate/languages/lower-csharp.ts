import type { Argument, Case, Expression, FileFlow, Handler, Parameter, Place, Step, TypeRef } from "../flow/flow-model";
import { classNamed, meaningOf } from "./class-frames";
import type { ClassHere, Frame } from "./class-frames";
import { caughtBy } from "./csharp-exceptions";
import { CSHARP_READING } from "./csharp-reading";
import { TASKS, TASK_TYPE, givesTask, isDone, taskMethodsOf } from "./csharp-tasks";
import { importsOf, namespaceOf } from "./csharp-usings";
import { lowerElseIfs } from "./else-ifs";
import type { LowerInput } from "./language";
import { Lowering, flowOf, MAX_DEPTH } from "./lowering";
import type { OpenFunction } from "./lowering";
import { associates, joinOperands, lowerOperators, positional, readBefore, USUAL_OPERATORS } from "./operators";
import type { OperatorKind } from "./operators";
import { childOfType, part, parts } from "./plain-tree";
import type { PlainNode } from "./plain-tree";

const CLASSES = new Set(["class_declaration", "interface_declaration", "struct_declaration", "record_declaration", "enum_declaration"]);
const SIMPLE_TYPES = new Set([
  "alias_qualified_name", "array_type", "function_pointer_type", "implicit_type", "nullable_type", "pointer_type", "predefined_type", "qualified_name", "ref_type", "scoped_type", "tuple_type",
]);
const TYPES = new Set([...SIMPLE_TYPES, "generic_name", "identifier"]);
const PREPROCESSOR = new Set(["preproc_if", "preproc_elif", "preproc_else"]);
/** What the flow has no use for: names, and declarations about names. */
const NO_STEPS_FROM = new Set([
  "using_directive", "extern_alias_directive", "modifier", "attribute_list", "global_attribute", "type_parameter_list", "type_parameter_constraints_clause", "delegate_declaration", "empty_statement",
  "explicit_interface_specifier", "preproc_if_in_attribute_list", "preproc_arg", "base_list", "calling_convention",
]);
const PATTERNS = new Set([
  "and_pattern", "constant_pattern", "declaration_pattern", "discard", "list_pattern", "negated_pattern", "or_pattern", "parenthesized_pattern", "recursive_pattern", "relational_pattern", "type_pattern", "var_pattern",
]);
/** Local name of what waits for a task; no identifier of C# can be it. */
const TASK = "Task~";
/** Local name of what a function that is wanted to raise comes to instead of its end. */
const ENVIRONMENT = "Environment~";
const EXPECTS_RAISE = /^(?:(?:\w+\.)*(?:Xunit)?Assert(?:Extensions|Ex)?\s*\.\s*(?:Throws|Catch)\w*|(?:Xunit\.)?Record\s*\.\s*Exception(?:Async)?)\b/;

/** A C# file, lowered. Never throws, whatever the text: what is not understood is in `opaque`. */
export function lowerCSharp(input: LowerInput): FileFlow {
  const file = new CSharpFile(input.text, namespaceOf(input.text) ?? input.module);
  return { ...flowOf(input, "csharp", CSHARP_READING, ["//"], file), module: file.module };
}

/** What a pattern asks of a value, and the names that it binds. `whole`: the value itself under another type. */
interface Bound {
  readonly name: string;
  readonly type: TypeRef | null;
  readonly whole: boolean;
  readonly at: Place;
}

class CSharpFile extends Lowering {
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
  /** The innermost `switch` that something jumps about in: the start of its labels' names. */
  #caseLabels: string | null = null;
  #temporaries = 0;
  /** The call whose arguments are read wants what it is given to raise: `Assert.Throws<T>(() => ...)`. */
  #isExpectedToRaise = false;
  /** Properties that make something anew each time they are read (`Connection => new SqlConnection(text)`), with their classes: a read is a call. */
  readonly #makers = new Set<string>();
  /** Methods that this file declares to give a task, whatever they are called. */
  readonly #taskMethods: ReadonlySet<string>;
  /** Parameters that are variables of the caller. */
  readonly #references = new Map<OpenFunction, ReadonlySet<string>>();

  constructor(text: string, readonly module: string) {
    super(text);
    this.#taskMethods = taskMethodsOf(text);
    this.imports.push(...importsOf(text, module), { local: TASK, path: "System.Threading.Tasks", member: "Task" });
    if (/\b(?:Assert\w*|Record)\s*\.\s*(?:Throws|Catch|Exception)/.test(text)) this.imports.push({ local: ENVIRONMENT, path: "System", member: "Environment" });
  }

  lower(root: PlainNode): void {
    const declared = (nodes: readonly PlainNode[]): void => {
      for (const child of nodes) {
        if (CLASSES.has(child.type) || child.type === "delegate_declaration") this.#outermost.set(this.#nameOf(child), this.#nameOf(child));
        else if (child.type === "namespace_declaration") declared(part(child, "body")?.children ?? []);
        else if (PREPROCESSOR.has(child.type) || child.type === "file_scoped_namespace_declaration") declared(child.children);
      }
    };
    declared(root.children);
    this.#fn = this.openFunction("<module>", "<module>", null, this.at(root), this.between(root.start, root.start));
    this.#frames.push({ is: "block", names: new Set(), classes: new Map() });
    this.#statements(root.children, this.#fn.body, this.between(root.start, root.start));
    for (const error of this.leftErrors(root)) this.#error(error, this.#fn.body);
    this.lowerPostponed();
  }

  /** Nodes of the tree, `@class` without its mark. */
  #word(node: PlainNode): string {
    const text = this.textOf(node);
    return text.startsWith("@") ? text.slice(1) : text;
  }

  #nameOf(node: PlainNode): string {
    const name = part(node, "name");
    return name === null ? "" : this.#word(name.type === "generic_name" ? (name.children[0] ?? name) : name);
  }

  // --- types

  #qualify(name: string): string {
    return `.${classNamed(name, this.#frames, this.#outermost) ?? name}`;
  }

  #typeOrNull(node: PlainNode | null): TypeRef | null {
    return node === null ? null : this.#type(node);
  }

  #type(node: PlainNode): TypeRef | null {
    switch (node.type) {
      case "identifier": {
        const name = this.#word(node);
        if (name === "" || name === "var") return null;
        for (let i = this.#typeParameters.length - 1; i >= 0; i--) {
          const bound = this.#typeParameters[i]!.get(name);
          if (bound !== undefined) return bound;
        }
        return { name: this.#qualify(name), element: null };
      }
      case "generic_name": {
        const base = node.children[0];
        if (base === undefined) return null;
        const last = childOfType(node, "type_argument_list")?.children.findLast((child) => TYPES.has(child.type));
        const element = last === undefined ? null : this.#type(last);
        const name = this.#word(base);
        if (TASKS.has(name)) return element;
        return { name: this.#qualify(name), element };
      }
      case "qualified_name": {
        const name = part(node, "name");
        const object = part(node, "object");
        if (name === null || object === null) return null;
        const inner = this.#type(name);
        if (inner === null || (name.type === "generic_name" && TASKS.has(this.#word(name.children[0] ?? name)))) return inner;
        return { name: this.#qualifyDotted(`${this.#dotted(object)}.${inner.name.slice(inner.name.lastIndexOf(".") + 1)}`), element: inner.element };
      }
      case "alias_qualified_name": {
        const name = part(node, "name");
        return name === null ? null : this.#type(name);
      }
      case "array_type":
        return { name: "[]", element: this.#typeOrNull(part(node, "element")) };
      case "nullable_type":
      case "pointer_type":
      case "ref_type":
      case "scoped_type":
        return this.#typeOrNull(part(node, "element"));
      case "predefined_type": {
        const name = this.textOf(node);
        return name === "void" || name === "dynamic" ? null : { name, element: null };
      }
      default:
        return null;
    }
  }

  #dotted(node: PlainNode): string {
    return this.textOf(node).replace(/\/\*[^]*?\*\/|\/\/[^\n]*|\s+|<[^.]*>|^global::/g, "");
  }

  /** `Outer.Inner`, `System.IO.Stream`. */
  #qualifyDotted(name: string): string {
    const [first = "", ...rest] = name.split(".");
    const own = classNamed(first, this.#frames, this.#outermost);
    return own === null ? (this.imports.some(({ local, member }) => local === first && member !== null) ? `.${name}` : name) : `.${[own, ...rest].join(".")}`;
  }

  #readTypeParameters(node: PlainNode): void {
    const scope = new Map<string, TypeRef | null>();
    this.#typeParameters.push(scope);
    for (const parameter of childOfType(node, "type_parameter_list")?.children ?? []) if (parameter.type === "type_parameter") scope.set(this.#nameOf(parameter), null);
    for (const clause of node.children) {
      if (clause.type !== "type_parameter_constraints_clause") continue;
      const [name, ...constraints] = clause.children;
      const bound = constraints.map((one) => part(one, "type")).find((type) => type !== null);
      if (name !== undefined && bound !== undefined) scope.set(this.#word(name), this.#typeOrNull(bound));
    }
  }

  // --- names

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
    const name = this.#word(node);
    const at = this.at(node);
    const meaning = meaningOf(name, this.#frames, this.#outermost);
    switch (meaning.is) {
      case "field":
        if (this.#makers.has(`${meaning.owner}.${name}`)) return { is: "call", callee: { is: "member", object: { is: "name", name: meaning.isStatic ? meaning.owner : meaning.inner ? "this" : `${meaning.owner}.this`, at }, name, at }, arguments: [], at };
        if (meaning.isStatic) return { is: "member", object: { is: "name", name: meaning.owner, at }, name, at };
        return { is: "member", object: { is: "name", name: meaning.inner ? "this" : `${meaning.owner}.this`, at }, name, at };
      case "class":
        return { is: "name", name: meaning.full, at };
      default:
        return { is: "name", name, at };
    }
  }

  #nameAt(node: PlainNode): Expression {
    return { is: "name", name: this.#word(node), at: this.at(node) };
  }

  // --- classes

  #modifiers(node: PlainNode): ReadonlySet<string> {
    return new Set(node.children.filter((child) => child.type === "modifier").map((child) => this.textOf(child)));
  }

  /** Attributes that say what calls a method. Others change nothing of what it does. */
  #decorators(node: PlainNode): Expression[] {
    const found: Expression[] = [];
    for (const list of node.children) {
      if (list.type !== "attribute_list") continue;
      for (const attribute of list.children) {
        const name = part(attribute, "name");
        if (name !== null && /(?:^|\.)(?:Http(?:Get|Post|Put|Delete|Patch|Head|Options)|Route|Function|FunctionName|AcceptVerbs)(?:Attribute)?$/.test(this.textOf(name))) found.push(this.#typeAsExpression(name));
      }
    }
    return found;
  }

  /** A class among members or statements. */
  #classDeclaration(node: PlainNode): void {
    const short = this.#nameOf(node);
    const full = this.#class === null ? short : `${this.#class.full}.${short}`;
    this.#readTypeParameters(node);
    const bases: TypeRef[] = [];
    let baseArguments: PlainNode | null = null;
    for (const base of childOfType(node, "base_list")?.children ?? []) {
      if (base.type === "argument_list") baseArguments = base;
      else if (base.type === "primary_constructor_base_type") baseArguments = childOfType(base, "argument_list");
      const written = base.type === "primary_constructor_base_type" ? part(base, "type") : base;
      const type = written !== null && TYPES.has(written.type) ? this.#type(written) : null;
      if (type !== null && node.type !== "enum_declaration") bases.push(type);
    }
    this.#classBody(full, node, bases, baseArguments);
    this.#typeParameters.pop();
  }

  #classBody(full: string, node: PlainNode, bases: readonly TypeRef[], baseArguments: PlainNode | null): void {
    const here: ClassHere = { full, fields: new Map(), nested: new Map() };
    const declared: { name: string; type: TypeRef | null }[] = [];
    const outer = { class: this.#class, initialiser: this.#initialiser, labels: this.#caseLabels };
    this.#class = here;
    this.#initialiser = { fn: null };
    this.#caseLabels = null;
    this.#frames.push({ is: "class", here });
    const members = flattened(part(node, "body")?.children ?? []);
    for (const member of members) if (CLASSES.has(member.type)) here.nested.set(this.#nameOf(member), `${full}.${this.#nameOf(member)}`);
    const typeAt = this.types.length;
    const isPartial = this.#modifiers(node).has("partial");
    const declaration = { name: full, fields: declared, bases, ...(isPartial ? { isPartial } : {}) };
    this.types.push(declaration);
    const list = childOfType(node, "parameter_list");
    const primary = list === null ? null : this.#parameters(list);
    const add = (name: string, type: TypeRef | null, isStatic: boolean): void => {
      here.fields.set(name, isStatic ? "static" : "instance");
      declared.push({ name, type });
    };
    for (const { name, type } of primary ?? []) add(name, type, false);
    for (const member of members) {
      const modifiers = this.#modifiers(member);
      const isStatic = modifiers.has("static") || modifiers.has("const");
      if (member.type === "enum_member_declaration") add(this.#nameOf(member), { name: `.${full}`, element: null }, true);
      else if (member.type === "property_declaration" || member.type === "event_declaration") {
        const value = part(member, "value");
        if (value?.type === "arrow_expression_clause" && /^(?:implicit_)?object_creation_expression$/.test(value.children[0]?.type ?? "")) this.#makers.add(`${full}.${this.#nameOf(member)}`);
        add(this.#nameOf(member), this.#typeOrNull(part(member, "type")), isStatic);
      } else if (member.type === "field_declaration" || member.type === "event_field_declaration") {
        const variables = childOfType(member, "variable_declaration");
        const type = variables === null ? null : this.#typeOrNull(part(variables, "type"));
        for (const declarator of variables?.children ?? []) if (declarator.type === "variable_declarator") add(this.#nameOf(declarator), type, isStatic);
      }
    }
    this.types[typeAt] = declaration;
    if (primary !== null) this.#primaryConstructor(node, here, primary, baseArguments);
    for (const member of members) this.#member(member, here);
    this.#frames.pop();
    this.#class = outer.class;
    this.#initialiser = outer.initialiser;
    this.#caseLabels = outer.labels;
  }

  /** `class A(T x) : B(x)`: a constructor that keeps what it is given. */
  #primaryConstructor(node: PlainNode, here: ClassHere, parameters: Parameter[], baseArguments: PlainNode | null): void {
    const fn = this.#openMember("<init>", here, node, part(node, "name"));
    fn.receiver = "this";
    fn.parameters = parameters;
    const at = fn.namePlace;
    this.#inFunction(fn, () => {
      for (const { name } of parameters) this.#local(name);
      for (const { name } of parameters) fn.body.push({ is: "bind", targets: [{ is: "member", object: { is: "name", name: "this", at }, name, at }], value: { is: "name", name, at }, declares: false, type: null, at });
      if (baseArguments !== null) fn.body.push({ is: "do", value: { is: "call", callee: { is: "name", name: "super", at }, arguments: this.#arguments(baseArguments), at: this.at(baseArguments) }, at });
    });
  }

  #member(node: PlainNode, here: ClassHere): void {
    this.depth++;
    const outer = this.#into;
    this.#into = this.#fn.body;
    if (this.depth > MAX_DEPTH) this.#fn.body.push(this.cutStep(node));
    else this.#memberHere(node, here);
    for (const error of this.leftErrors(node)) this.#error(error, this.#fn.body);
    this.#into = outer;
    this.depth--;
  }

  #memberHere(node: PlainNode, here: ClassHere): void {
    if (CLASSES.has(node.type)) {
      this.#classDeclaration(node);
      return;
    }
    switch (node.type) {
      case "method_declaration":
        this.#method(node, here, this.#nameOf(node));
        return;
      case "operator_declaration":
        this.#method(node, here, `operator ${part(node, "operator")?.type ?? ""}`);
        return;
      case "conversion_operator_declaration":
        this.#method(node, here, "operator");
        return;
      case "constructor_declaration":
        this.#construct(node, here);
        return;
      case "destructor_declaration":
        this.#method(node, here, "Finalize");
        return;
      case "field_declaration":
      case "event_field_declaration": {
        const isStatic = this.#modifiers(node).has("static") || this.#modifiers(node).has("const");
        for (const declarator of childOfType(node, "variable_declaration")?.children ?? []) {
          const value = declarator.type === "variable_declarator" ? this.#declared(declarator) : null;
          if (value !== null) this.#field(declarator, value, here, isStatic, this.#typeOrNull(part(childOfType(node, "variable_declaration")!, "type")));
        }
        return;
      }
      case "property_declaration":
      case "indexer_declaration":
      case "event_declaration":
        this.#property(node, here);
        return;
      case "enum_member_declaration":
        for (const value of parts(node, "value")) this.#fn.body.push({ is: "do", value: this.#expression(value), at: this.at(value) });
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

  #method(node: PlainNode, here: ClassHere | null, name: string): void {
    const modifiers = this.#modifiers(node);
    this.#readTypeParameters(node);
    const fn = this.#openMember(name, here, node, part(node, "name"));
    if (here !== null && !modifiers.has("static")) fn.receiver = "this";
    const result = part(node, "type");
    fn.isAsync = modifiers.has("async") || this.#givesTask(result);
    fn.decorators = this.#decorators(node);
    if (result !== null && this.textOf(result) !== "void") fn.results.push(this.#type(result));
    fn.parameters = this.#parameters(part(node, "parameters"));
    const references = (part(node, "parameters")?.children ?? []).filter((one) => one.type === "parameter" && (this.#modifiers(one).has("out") || this.#modifiers(one).has("ref"))).map((one) => this.#nameOf(one));
    if (references.length > 0) this.#references.set(fn, new Set(references));
    const body = part(node, "body");
    if (body === null) fn.isAbstract = true;
    this.#body(fn, body);
    this.#typeParameters.pop();
  }

  #construct(node: PlainNode, here: ClassHere): void {
    const isStatic = this.#modifiers(node).has("static");
    const fn = this.#openMember(isStatic ? "<static>" : "<init>", here, node, part(node, "name"));
    if (!isStatic) fn.receiver = "this";
    fn.parameters = this.#parameters(part(node, "parameters"));
    const first = childOfType(node, "constructor_initializer");
    this.#inFunction(fn, () => {
      for (const parameter of fn.parameters) this.#local(parameter.name);
      if (first !== null) {
        const at = this.at(first);
        const name = childOfType(first, "this") === null ? "super" : "this";
        fn.body.push({ is: "do", value: { is: "call", callee: { is: "name", name, at }, arguments: this.#arguments(childOfType(first, "argument_list")), at }, at });
      }
      this.#bodySteps(fn, part(node, "body"), false);
    });
  }

  /** Accessors are methods of their own: the getter by the property's name, since reading it is written without a call. */
  #property(node: PlainNode, here: ClassHere): void {
    const name = node.type === "indexer_declaration" ? "this[]" : this.#nameOf(node);
    const isStatic = this.#modifiers(node).has("static");
    const type = this.#typeOrNull(part(node, "type"));
    const indexes = this.#parameters(part(node, "parameters"));
    const open = (of: string, at: PlainNode): OpenFunction => {
      const fn = this.#openMember(of, here, at, part(node, "name"));
      if (!isStatic) fn.receiver = "this";
      fn.parameters = [...indexes];
      return fn;
    };
    for (const accessor of part(node, "accessors")?.children ?? []) {
      if (accessor.type !== "accessor_declaration") continue;
      const kind = part(accessor, "name")?.type ?? "";
      const body = part(accessor, "body");
      if (body === null) continue;
      const fn = open(kind === "get" ? name : `${kind}_${name}`, accessor);
      if (kind === "get") fn.results.push(type);
      else fn.parameters.push({ name: "value", type, variadic: false, initial: null });
      this.#body(fn, body, kind === "get");
    }
    const value = part(node, "value");
    if (value === null) return;
    if (value.type === "arrow_expression_clause") {
      const fn = open(name, node);
      fn.results.push(type);
      this.#body(fn, value);
    } else this.#field(node, value, here, isStatic, type);
  }

  #field(node: PlainNode, value: PlainNode, here: ClassHere, isStatic: boolean, type: TypeRef | null): void {
    const at = this.at(node);
    const nameAt = this.at(part(node, "name") ?? node);
    const target: Expression = { is: "member", object: { is: "name", name: isStatic ? here.full : "this", at: nameAt }, name: this.#nameOf(node), at: nameAt };
    let fn = isStatic ? this.functions[0]! : this.#initialiser.fn;
    if (fn === null) {
      fn = this.#openMember("<fields>", here, node, node);
      fn.receiver = "this";
      this.#initialiser.fn = fn;
    }
    const into = fn;
    this.#inFunction(into, () => {
      const lowered = this.#typed(value, type);
      into.body.push({ is: "bind", targets: [target], value: lowered, declares: false, type: null, at });
    });
  }

  #body(fn: OpenFunction, body: PlainNode | null, gives = fn.results.length > 0 || fn.name === "<lambda>"): void {
    if (body === null) return;
    this.#inFunction(fn, () => {
      for (const parameter of fn.parameters) this.#local(parameter.name);
      this.#bodySteps(fn, body, gives);
    });
  }

  /** A block, `=> expression`, or an expression. `gives`: its value is the function's. */
  #bodySteps(fn: OpenFunction, body: PlainNode | null, gives: boolean): void {
    if (body === null) return;
    if (body.type === "block") {
      this.#statements(body.children, fn.body, this.between(body.start, body.start));
      return;
    }
    const value = body.type === "arrow_expression_clause" ? body.children[0] : body;
    if (value === undefined) return;
    const at = this.at(value);
    if (value.type === "throw_expression") this.#throw(value, at, fn.body);
    else if (gives) fn.body.push({ is: "return", values: [this.#expression(value)], at });
    else this.#expressionStatement(value, at, fn.body);
  }

  /** A function's own state around what is lowered in it. */
  #inFunction(fn: OpenFunction, inside: () => void): void {
    const outer = { fn: this.#fn, into: this.#into, labels: this.#caseLabels };
    this.#fn = fn;
    this.#into = fn.body;
    this.#caseLabels = null;
    this.#inBlock(inside);
    this.#fn = outer.fn;
    this.#into = outer.into;
    this.#caseLabels = outer.labels;
  }

  #parameters(list: PlainNode | null): Parameter[] {
    const parameters: Parameter[] = [];
    let type: TypeRef | null = null;
    for (const node of list?.children ?? []) {
      if (node.type === "parameter") {
        const initial = node.children.find((child) => child.role === null && child.type !== "modifier" && child.type !== "attribute_list" && isExpressionType(child.type));
        parameters.push({ name: this.#nameOf(node), type: this.#typeOrNull(part(node, "type")), variadic: false, initial: initial === undefined || this.functions.length === 0 ? null : this.#constant(initial) });
      } else if (node.role === "type") type = this.#type(node);
      // `params T[] name` has no node of its own.
      else if (node.role === "name") parameters.push({ name: this.#word(node), type, variadic: true, initial: null });
    }
    return parameters;
  }

  /** Default values are constants: nothing in them runs. */
  #constant(node: PlainNode): Expression {
    const into = this.#into;
    this.#into = [];
    const value = this.#expression(node);
    this.#into = into;
    return value;
  }

  // --- statements

  /**
   * Statements in a row. Local functions are known in all of their block; what follows a `using` declaration is inside it.
   * `start`: where the row begins.
   */
  #statements(nodes: readonly PlainNode[], into: Step[], start: Place): void {
    const defined: Step[] = [];
    for (const node of nodes) {
      const inner = node.type === "global_statement" ? node.children[0] : node;
      if (inner?.type === "local_function_statement") this.#local(this.#nameOf(inner));
    }
    const head = into.length;
    let list = into;
    const open: { readonly items: PlainNode; readonly isAsync: boolean; readonly around: Step[]; readonly body: Step[]; readonly withItems: WithItem[] }[] = [];
    for (const node of nodes) {
      const inner = node.type === "global_statement" ? (node.children[0] ?? node) : node;
      if (inner.type === "local_function_statement") {
        const fn = this.#localFunction(inner);
        defined.push({ is: "define", name: fn.name, function: fn.id, at: start });
        continue;
      }
      if (inner.type === "local_declaration_statement" && this.#isUsing(inner)) {
        const outer = this.#into;
        this.#into = list;
        const withItems = this.#resources(childOfType(inner, "variable_declaration"));
        this.#into = outer;
        const body: Step[] = [];
        open.push({ items: inner, isAsync: this.textOf(inner).startsWith("await"), around: list, body, withItems });
        list = body;
        continue;
      }
      this.#statement(inner, list);
    }
    const end = nodes.at(-1);
    for (const one of open.reverse()) {
      one.around.push({ is: "with", items: one.withItems, isAsync: one.isAsync, body: one.body, at: this.between(one.items.start, end?.end ?? one.items.end) });
    }
    if (defined.length > 0) into.splice(head, 0, ...defined);
  }

  #isUsing(node: PlainNode): boolean {
    return /^(?:await\s+)?using\b/.test(this.text.slice(node.start, node.start + 40));
  }

  /** What `using` declares, with what it holds. */
  #resources(variables: PlainNode | null): WithItem[] {
    const items: WithItem[] = [];
    if (variables === null) return items;
    const type = this.#typeOrNull(part(variables, "type"));
    for (const declarator of variables.children) {
      if (declarator.type !== "variable_declarator") continue;
      const value = this.#declared(declarator);
      const lowered = value === null ? this.missing(declarator) : this.#typed(value, type);
      const nameNode = part(declarator, "name");
      if (nameNode !== null) this.#local(this.#word(nameNode));
      items.push({ value: lowered, bind: nameNode === null ? null : this.#nameAt(nameNode), type });
    }
    return items;
  }

  /** A body, in a scope of its own. */
  #steps(node: PlainNode | null): readonly Step[] {
    const steps: Step[] = [];
    if (node === null) return steps;
    this.#inBlock(() => {
      if (node.type === "block") this.#statements(node.children, steps, this.between(node.start, node.start));
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
      this.#classDeclaration(node);
      return;
    }
    const at = this.at(node);
    switch (node.type) {
      case "namespace_declaration":
        this.#statements(part(node, "body")?.children ?? [], into, at);
        return;
      case "file_scoped_namespace_declaration":
        this.#statements(node.children.filter((child) => child.role === null), into, at);
        return;
      case "global_statement":
        for (const child of node.children) this.#statement(child, into);
        return;
      case "preproc_if":
      case "preproc_elif":
      case "preproc_else":
        this.#preprocessed(node, into);
        return;
      case "expression_statement":
        for (const child of node.children) this.#expressionStatement(child, at, into);
        return;
      case "local_declaration_statement":
        if (this.#isUsing(node)) this.#statements([node], into, at);
        else for (const child of node.children) if (child.type === "variable_declaration") this.#localVariables(child, at, into);
        return;
      case "variable_declaration":
      case "field_declaration":
        if (node.type === "variable_declaration") this.#localVariables(node, at, into);
        else for (const child of node.children) if (child.type === "variable_declaration") this.#localVariables(child, at, into);
        return;
      case "local_function_statement": {
        this.#local(this.#nameOf(node));
        const fn = this.#localFunction(node);
        into.push({ is: "define", name: fn.name, function: fn.id, at });
        return;
      }
      case "return_statement":
        into.push({ is: "return", values: node.children.map((child) => this.#expression(child)), at });
        return;
      case "throw_statement":
        this.#throw(node, at, into);
        return;
      case "yield_statement": {
        const [value] = node.children;
        this.#fn.isGenerator = true;
        if (value === undefined) into.push({ is: "return", values: [], at });
        else into.push({ is: "do", value: { is: "yield", value: this.#expression(value), from: false, at }, at });
        return;
      }
      case "break_statement":
        into.push({ is: "break", label: null, at });
        return;
      case "continue_statement":
        into.push({ is: "continue", label: null, at });
        return;
      case "goto_statement":
        this.#goto(node, at, into);
        return;
      case "labeled_statement": {
        const [name, inner] = node.children;
        if (name !== undefined) into.push({ is: "label", name: this.#word(name), at });
        if (inner !== undefined) this.#statement(inner, into);
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
        const outer = this.#into;
        this.#into = update;
        const condition = this.#partOrOpaque(node, "condition");
        this.#into = outer;
        update.push({ is: "if", condition, then: [], else: [{ is: "break", label: null, at: condition.at }], at: condition.at });
        into.push({ is: "loop", label, iterates: null, binds: [], condition: null, body, update, otherwise: [], isAsync: false, at });
        return;
      }
      case "for_statement":
        this.#for(node, into);
        return;
      case "foreach_statement":
        this.#forEach(node, into);
        return;
      case "switch_statement":
        this.#switch(node, into);
        return;
      case "using_statement":
        this.#using(node, into);
        return;
      case "lock_statement":
      case "fixed_statement":
        into.push({ is: "block", body: this.#inBlock(() => {
          const steps: Step[] = [];
          node.children.forEach((child, i) => {
            if (i === 0 && child.type !== "variable_declaration") steps.push({ is: "do", value: this.#expressionIn(child, steps), at: this.at(child) });
            else this.#statement(child, steps);
          });
          return steps;
        }), at });
        return;
      case "checked_statement":
      case "unsafe_statement":
        for (const child of node.children) this.#statement(child, into);
        return;
      case "try_statement":
        this.#try(node, into);
        return;
      case "block":
        into.push({ is: "block", body: this.#steps(node), at });
        return;
      case "ERROR":
        this.#error(node, into);
        return;
      case "declaration_list":
      case "switch_body":
      case "switch_section":
      case "when_clause":
      case "argument_list":
      case "argument":
      case "accessor_list":
      case "accessor_declaration":
      case "arrow_expression_clause":
        for (const child of node.children) this.#statement(child, into);
        return;
      case "catch_clause":
      case "finally_clause":
        for (const child of node.children) if (child.type === "block") this.#statement(child, into);
        return;
    }
    if (MEMBERS.has(node.type)) {
      this.#memberHere(node, this.#class ?? { full: "", fields: new Map(), nested: new Map() });
      return;
    }
    if (isExpressionType(node.type)) {
      this.#expressionStatement(node, at, into);
      return;
    }
    if (PATTERNS.has(node.type)) {
      into.push({ is: "do", value: this.#patternTest(node, { is: "operator", parts: [], at }), at });
      return;
    }
    this.countOpaque(node.type);
    const body: Step[] = [];
    for (const child of node.children) this.#statement(child, body);
    into.push({ is: "opaque", nodeType: node.type, body, at });
  }

  #expressionIn(node: PlainNode, into: Step[]): Expression {
    return this.#loweredInto(into, () => this.#expression(node));
  }

  #error(node: PlainNode, into: Step[]): void {
    this.tookError(node);
    this.inError++;
    const body: Step[] = [];
    for (const child of node.children) this.#statement(child, body);
    this.inError--;
    into.push({ is: "opaque", nodeType: "ERROR", body, at: this.at(node) });
  }

  /** One of its branches is compiled, nobody knows which: each may run. Declarations hold in all of them. */
  #preprocessed(node: PlainNode, into: Step[]): void {
    const inside = node.children.filter((child) => child.role === null);
    const other = part(node, "else");
    if (inside.every((child) => !isStatementType(child.type))) {
      for (const child of inside) this.#statement(child, into);
      if (other !== null) this.#statement(other, into);
      return;
    }
    const at = this.at(node);
    if (node.type === "preproc_else") {
      this.#statements(inside, into, at);
      return;
    }
    const then: Step[] = [];
    this.#statements(inside, then, at);
    const otherwise: Step[] = [];
    if (other !== null) this.#statement(other, otherwise);
    // A branch is no block: what it declares is known after it.
    const declared = new Map<string, Step>();
    const outside = (steps: readonly Step[]): Step[] => steps.map((step) => {
      if (step.is !== "bind" || !step.declares) return step;
      for (const target of step.targets) if (target.is === "name") declared.set(target.name, { is: "bind", targets: [target], value: { is: "operator", parts: [], at }, declares: true, type: step.type, at });
      return { ...step, declares: false };
    });
    const branches = { then: outside(then), else: outside(otherwise) };
    into.push(...declared.values(), { is: "if", condition: { is: "operator", parts: [], at: this.at(part(node, "condition") ?? node) }, ...branches, at });
  }

  #localFunction(node: PlainNode): OpenFunction {
    const name = this.#nameOf(node);
    const parent = this.#fn;
    const modifiers = this.#modifiers(node);
    this.#readTypeParameters(node);
    const fn = this.openFunction(name, parent.id === 0 ? name : `${parent.symbol}.${name}`, parent.id, this.at(node), this.at(part(node, "name") ?? node));
    const result = part(node, "type");
    fn.isAsync = modifiers.has("async") || this.#givesTask(result);
    if (result !== null && this.textOf(result) !== "void") fn.results.push(this.#type(result));
    fn.parameters = this.#parameters(part(node, "parameters"));
    this.#body(fn, part(node, "body"));
    this.#typeParameters.pop();
    return fn;
  }

  /** A method that gives a task is as asynchronous as one that says so: whoever calls it does not reckon with being held up. */
  #givesTask(type: PlainNode | null): boolean {
    return type !== null && TASK_TYPE.test(this.textOf(type));
  }

  #expressionStatement(node: PlainNode, at: Place, into: Step[]): void {
    if (node.type === "assignment_expression") {
      const { target, value, declares } = this.#assigned(node);
      into.push({ is: "bind", targets: [target], value, declares, type: null, at });
      // What an `out` or `ref` parameter is set to is the caller's.
      if (target.is === "name" && this.#handsOut(target.name)) into.push({ is: "bind", targets: [{ is: "index", object: { is: "name", name: "out~", at }, parts: [], at }], value: target, declares: false, type: null, at });
    } else if (isStep(node, this.text)) {
      const operand = node.children[0];
      const target = operand === undefined ? this.missing(node) : this.#expression(operand);
      into.push({ is: "bind", targets: [target], value: { is: "operator", parts: readBefore(target), at }, declares: false, type: null, at });
    } else into.push({ is: "do", value: this.#expression(node), at });
  }

  #handsOut(name: string): boolean {
    return this.#references.get(this.#fn)?.has(name) === true && meaningOf(name, this.#frames, this.#outermost).is === "local";
  }

  /** The value in a declarator: whatever stands in it and is not its name. */
  #declared(declarator: PlainNode): PlainNode | null {
    return declarator.children.find((child) => child.role !== "name" && child.type !== "tuple_pattern" && child.type !== "bracketed_argument_list") ?? null;
  }

  #localVariables(node: PlainNode, at: Place, into: Step[]): void {
    const type = this.#typeOrNull(part(node, "type"));
    const declarators = node.children.filter((child) => child.type === "variable_declarator");
    for (const declarator of declarators) {
      const value = this.#declared(declarator);
      const lowered = value === null ? null : this.#typed(value, type);
      const pattern = childOfType(declarator, "tuple_pattern");
      const nameNode = part(declarator, "name");
      const target: Expression = pattern !== null ? this.#tupleTarget(pattern) : nameNode === null ? this.missing(declarator) : this.#nameAt(nameNode);
      if (nameNode !== null) this.#local(this.#word(nameNode));
      into.push({ is: "bind", targets: [target], value: lowered, declares: true, type, at: declarators.length === 1 ? at : this.at(declarator) });
    }
  }

  /** `(a, (b, _))` where variables are declared. */
  #tupleTarget(node: PlainNode): Expression {
    return {
      is: "build", holds: true, type: null, tuple: true, at: this.at(node),
      parts: node.children.map((child) => {
        if (child.type === "tuple_pattern" || child.type === "parenthesized_variable_designation") return positional(this.#tupleTarget(child));
        if (child.type !== "discard") this.#local(this.#word(child));
        return positional(child.type === "discard" ? { is: "name", name: "_", at: this.at(child) } : this.#nameAt(child));
      }),
    };
  }

  /** `new()` is of the type that is declared. */
  #typed(node: PlainNode, type: TypeRef | null): Expression {
    if (node.type !== "implicit_object_creation_expression" || type === null) return this.#expression(node);
    return this.#made(node, this.#named(type, this.at(node)), type, childOfType(node, "argument_list"), childOfType(node, "initializer_expression"));
  }

  /** A type as something to call. */
  #named(type: TypeRef, at: Place): Expression {
    const [first = "", ...rest] = type.name.replace(/^\./, "").split(".");
    const own = type.name.startsWith(".") && this.types.some(({ name }) => name === type.name.slice(1));
    if (own) return { is: "name", name: type.name.slice(1), at };
    return rest.reduce<Expression>((object, name) => ({ is: "member", object, name, at }), { is: "name", name: first, at });
  }

  #throw(node: PlainNode, at: Place, into: Step[]): void {
    const [value] = node.children;
    into.push({ is: "throw", value: value === undefined ? null : this.#expressionIn(value, into), at });
  }

  #goto(node: PlainNode, at: Place, into: Step[]): void {
    const [target] = node.children;
    const isCase = /^goto\s+(?:case|default)\b/.test(this.textOf(node));
    if (isCase) {
      if (this.#caseLabels !== null) into.push({ is: "goto", label: `${this.#caseLabels}~${target === undefined ? "default" : this.textOf(target)}`, at });
      return;
    }
    if (target !== undefined) into.push({ is: "goto", label: this.#word(target), at });
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
      () => `else~${this.#temporaries++}`, this.at(node), into,
    );
  }

  #for(node: PlainNode, into: Step[]): void {
    const at = this.at(node);
    const body: Step[] = [];
    this.#inBlock(() => {
      for (const first of parts(node, "first")) if (first.type !== ",") this.#statement(first, body);
      const outer = this.#into;
      this.#into = body;
      const conditionNode = part(node, "condition");
      const condition = conditionNode === null ? null : this.#expression(conditionNode);
      this.#into = outer;
      const inside = this.#steps(part(node, "body"));
      const update: Step[] = [];
      for (const one of parts(node, "update")) if (one.type !== ",") this.#statement(one, update);
      body.push({ is: "loop", label: null, iterates: null, binds: [], condition, body: inside, update, otherwise: [], isAsync: false, at });
    });
    if (body.length === 1) into.push(body[0]!);
    else into.push({ is: "block", body, at });
  }

  #forEach(node: PlainNode, into: Step[]): void {
    const iterates = this.#partOrOpaque(node, "value");
    const target = part(node, "target");
    const type = this.#typeOrNull(part(node, "type"));
    let bind: Expression | null = null;
    const body = this.#inBlock(() => {
      if (target !== null) {
        if (target.type === "tuple_pattern") bind = this.#tupleTarget(target);
        else if (target.type === "identifier") {
          bind = this.#nameAt(target);
          this.#local(this.#word(target));
        } else bind = this.#target(target);
      }
      return this.#steps(part(node, "body"));
    });
    into.push({
      is: "loop", label: null, iterates, binds: bind === null ? [] : [bind], bindTypes: [type], condition: null, body, update: [], otherwise: [],
      isAsync: /^await\b/.test(this.text.slice(node.start, node.start + 6)), at: this.at(node),
    });
  }

  #using(node: PlainNode, into: Step[]): void {
    const at = this.at(node);
    const before: Step[] = [];
    let items: WithItem[] = [];
    let body: readonly Step[] = [];
    this.#inBlock(() => {
      const outer = this.#into;
      this.#into = before;
      const head = node.children.find((child) => child.role !== "body");
      if (head === undefined) items = [{ value: this.missing(node), bind: null, type: null }];
      else if (head.type === "variable_declaration") items = this.#resources(head);
      else items = [{ value: this.#expression(head), bind: null, type: null }];
      this.#into = outer;
      body = this.#steps(part(node, "body"));
    });
    into.push(...before, { is: "with", items, isAsync: this.text.startsWith("await", node.start), body, at });
  }

  #try(node: PlainNode, into: Step[]): void {
    const at = this.at(node);
    const body = this.#steps(part(node, "body"));
    const handlers = node.children.filter((child) => child.type === "catch_clause").map((clause) => this.#handler(clause));
    const last = childOfType(node, "finally_clause");
    const after = last === null ? [] : this.#steps(childOfType(last, "block"));
    if (handlers.length === 0 && after.length === 0) into.push({ is: "block", body, at });
    else into.push({ is: "try", body, handlers, otherwise: [], finally: after, at });
  }

  #handler(node: PlainNode): Handler {
    const declaration = childOfType(node, "catch_declaration");
    const nameNode = declaration === null ? null : part(declaration, "name");
    const type = declaration === null ? null : this.#typeOrNull(part(declaration, "type"));
    const filter = childOfType(node, "catch_filter_clause");
    const bind = nameNode === null ? null : this.#word(nameNode);
    const body: Step[] = [];
    this.#inBlock(() => {
      if (bind !== null) this.#local(bind);
      for (const condition of filter?.children ?? []) body.push({ is: "do", value: this.#expressionIn(condition, body), at: this.at(condition) });
      body.push(...this.#steps(part(node, "body")));
    });
    const catches = type === null ? [] : [type.name];
    return { catches, ...caughtBy(catches, filter !== null), bind, body, at: this.at(node) };
  }

  // --- switch and patterns

  /** A value that is asked more than once: a name, or a variable made for it. */
  #asked(value: Expression): Expression {
    if (value.is === "name" || value.is === "literal") return value;
    const name = `subject~${this.#temporaries++}`;
    this.#into.push({ is: "bind", targets: [{ is: "name", name, at: value.at }], value, declares: true, type: null, at: value.at });
    return { is: "name", name, at: value.at };
  }

  #switch(node: PlainNode, into: Step[]): void {
    const at = this.at(node);
    const sections = part(node, "body")?.children ?? [];
    let subject = this.#partOrOpaque(node, "subject");
    if (sections.some((section) => section.children.some((child) => PATTERNS.has(child.type) && child.type !== "constant_pattern"))) subject = this.#asked(subject);
    const outer = this.#caseLabels;
    if (/\bgoto\s+(?:case|default)\b/.test(this.textOf(node))) this.#caseLabels = `case~${this.#temporaries++}`;
    const cases: Case[] = [];
    this.#inBlock(() => {
      for (const section of sections) {
        if (section.type === "switch_section") cases.push(this.#section(section, subject));
        else if (section.type === "ERROR") this.#error(section, into);
      }
    });
    this.#caseLabels = outer;
    // The default may stand anywhere; it is asked last. What falls into it stays where it is.
    const last = cases.at(-1);
    if (last !== undefined) cases[cases.length - 1] = { ...last, fallsThrough: false };
    into.push({ is: "switch", label: null, subject, bind: null, cases, waits: false, at });
  }

  #section(section: PlainNode, subject: Expression): Case {
    const body: Step[] = [];
    const tests: Expression[] = [];
    const binds: string[] = [];
    let guard: Expression | null = null;
    const at = this.at(section);
    const isDefault = /^default\s*:/.test(this.text.slice(section.start, section.start + 40));
    const labels: string[] = isDefault ? ["default"] : [];
    let head = !isDefault;
    let statements = 0;
    for (const child of section.children) {
      if (child.type === "when_clause") {
        for (const condition of child.children) guard = this.#expressionIn(condition, body);
        head = false;
      } else if (head && (PATTERNS.has(child.type) || isExpressionType(child.type))) {
        labels.push(this.textOf(child));
        tests.push(this.#caseTest(child, subject, binds, body));
        head = false;
      } else {
        if (statements === 0 && this.#caseLabels !== null) for (const label of labels) body.push({ is: "label", name: `${this.#caseLabels}~${label}`, at });
        statements++;
        this.#statement(child, body);
      }
    }
    // A pattern that takes everything.
    const takesAll = tests.length === 1 && tests[0]!.is === "operator" && tests[0]!.parts.length === 0 && guard === null;
    return { tests: isDefault || takesAll ? [] : tests, guard, binds: guard === null ? [] : binds, body, fallsThrough: statements === 0, at };
  }

  /** A pattern's test, and its variables bound in `body`. */
  #caseTest(node: PlainNode, subject: Expression, binds: string[], body: Step[]): Expression {
    for (const bound of this.#bound(node)) {
      this.#local(bound.name);
      binds.push(bound.name);
      body.push({ is: "bind", targets: [{ is: "name", name: bound.name, at: bound.at }], value: bound.whole ? { is: "same", value: subject, type: bound.type, at: bound.at } : { is: "operator", parts: [], at: bound.at }, declares: true, type: bound.type, at: bound.at });
    }
    return this.#patternValue(node, body);
  }

  /** What a pattern compares with. */
  #patternValue(node: PlainNode, into: Step[]): Expression {
    const at = this.at(node);
    switch (node.type) {
      case "constant_pattern":
        return node.children[0] === undefined ? this.missing(node) : this.#expressionIn(node.children[0], into);
      case "parenthesized_pattern":
        return node.children[0] === undefined ? this.missing(node) : this.#patternValue(node.children[0], into);
      case "discard":
      case "var_pattern":
        return { is: "operator", parts: [], at };
      default:
        break;
    }
    if (!PATTERNS.has(node.type)) return this.#expressionIn(node, into);
    const type = part(node, "type");
    return { is: "build", holds: false, type: type === null ? null : this.#type(type), tuple: false, parts: this.#constants(node).map((one) => positional(this.#expressionIn(one, into))), at };
  }

  /** The expressions that stand in a pattern. */
  #constants(node: PlainNode): PlainNode[] {
    const found: PlainNode[] = [];
    let left = 2000;
    const visit = (inner: PlainNode): void => {
      if (left-- < 0) return;
      for (const child of inner.children) {
        if (PATTERNS.has(child.type) || child.type.endsWith("_pattern_clause")) visit(child);
        // `Name: pattern`, whose name is no value.
        else if (child.type === "subpattern") visit({ ...child, children: child.children.filter((one) => PATTERNS.has(one.type)) });
        else if (child.role !== null && (TYPES.has(child.type) || child.role === "name")) continue;
        else if (isExpressionType(child.type)) found.push(child);
      }
    };
    visit(node);
    return found;
  }

  /** The variables of a pattern. */
  #bound(node: PlainNode): readonly Bound[] {
    const found: Bound[] = [];
    let left = 2000;
    const visit = (inner: PlainNode, whole: boolean): void => {
      if (left-- < 0) return;
      const name = part(inner, "name");
      const type = part(inner, "type");
      switch (inner.type) {
        case "declaration_pattern":
        case "var_pattern":
        case "recursive_pattern":
        case "list_pattern":
        case "declaration_expression":
          if (name !== null) found.push({ name: this.#word(name), type: type === null ? null : this.#type(type), whole, at: this.at(name) });
          for (const child of inner.children) if (child.role === null) visit(child, false);
          return;
        case "parenthesized_variable_designation":
          for (const one of parts(inner, "name")) found.push({ name: this.#word(one), type: null, whole: false, at: this.at(one) });
          for (const child of inner.children) if (child.role === null) visit(child, false);
          return;
        case "and_pattern":
        case "or_pattern":
        case "negated_pattern":
        case "parenthesized_pattern":
          for (const child of inner.children) visit(child, whole);
          return;
        default:
          for (const child of inner.children) if (PATTERNS.has(child.type) || /pattern|argument|tuple|declaration/.test(child.type)) visit(child, false);
      }
    };
    visit(node, true);
    return found;
  }

  /** `value is pattern`. Null tests are told as such. */
  #patternTest(node: PlainNode, value: Expression): Expression {
    const at = this.at(node);
    let inner = node;
    let negated = false;
    while ((inner.type === "negated_pattern" || inner.type === "parenthesized_pattern") && inner.children[0] !== undefined) {
      if (inner.type === "negated_pattern") negated = !negated;
      inner = inner.children[0];
    }
    const [constant] = inner.children;
    const isNull = inner.type === "constant_pattern" && constant?.type === "null_literal";
    const bounds = this.#bound(inner).filter(({ whole }) => whole);
    let left = value;
    for (const bound of this.#bound(inner)) {
      this.#declareAhead(bound.name, bound.type, bound.at);
      if (bound.whole && bounds.length === 1) left = { is: "assign", target: { is: "name", name: bound.name, at: bound.at }, value: { is: "same", value: left, type: bound.type, at: value.at }, at: value.at };
    }
    if (isNull) return { is: "compare", operator: negated ? "!=" : "==", left, right: { is: "literal", kind: "null", text: "null", at: this.at(constant) }, at };
    // `x is { }` and `x is T t` hold of no null.
    if (inner.type === "recursive_pattern" && inner.children.every((child) => child.role === "name" || child.children.length === 0)) {
      return { is: "compare", operator: negated ? "==" : "!=", left, right: { is: "literal", kind: "null", text: "null", at }, at };
    }
    return { is: "compare", operator: "other", left, right: this.#patternValue(inner, this.#into), at };
  }

  #declareAhead(name: string, type: TypeRef | null, at: Place): void {
    this.#into.push({ is: "bind", targets: [{ is: "name", name, at }], value: { is: "operator", parts: [], at }, declares: true, type, at });
    this.#local(name);
  }

  /** A `switch` that is an expression is done before the statement, and leaves its value in a variable. */
  #switchValue(node: PlainNode): Expression {
    const at = this.at(node);
    const name = `value~${this.#temporaries++}`;
    const into = this.#into;
    const [first] = node.children;
    if (first === undefined || first.type === "switch_expression_arm") return this.#opaque(node);
    const subject = this.#asked(this.#expression(first));
    into.push({ is: "bind", targets: [{ is: "name", name, at }], value: { is: "operator", parts: [], at }, declares: true, type: null, at });
    this.#local(name);
    const cases: Case[] = [];
    for (const arm of node.children) {
      if (arm.type !== "switch_expression_arm") continue;
      const body: Step[] = [];
      const tests: Expression[] = [];
      const binds: string[] = [];
      let guard: Expression | null = null;
      this.#inBlock(() => {
        const [pattern, ...rest] = arm.children;
        if (pattern === undefined) return;
        const test = this.#caseTest(pattern, subject, binds, body);
        if (!(test.is === "operator" && test.parts.length === 0)) tests.push(test);
        for (const child of rest) {
          if (child.type === "when_clause") for (const condition of child.children) guard = this.#expressionIn(condition, body);
          else if (child.type === "throw_expression") this.#throw(child, this.at(child), body);
          else body.push({ is: "bind", targets: [{ is: "name", name, at: this.at(child) }], value: this.#expressionIn(child, body), declares: false, type: null, at: this.at(child) });
        }
      });
      // One that takes all with a guard is still no default.
      if (tests.length === 0 && guard !== null) tests.push({ is: "operator", parts: [], at: this.at(arm) });
      cases.push({ tests, guard, binds: guard === null ? [] : binds, body, fallsThrough: false, at: this.at(arm) });
    }
    // It throws when nothing fits, so that the last arm stands for the rest.
    const last = cases.at(-1);
    if (last !== undefined && last.guard === null && !cases.some((one) => one.tests.length === 0)) cases[cases.length - 1] = { ...last, tests: [] };
    into.push({ is: "switch", label: null, subject, bind: null, cases, waits: false, at });
    return { is: "name", name, at };
  }

  // --- expressions

  #expression(node: PlainNode): Expression {
    this.depth++;
    const lowered = this.tooDeep(node, "member_access_expression") ? this.cutExpression(node) : this.#expressionHere(node);
    this.depth--;
    return lowered;
  }

  #expressionHere(node: PlainNode): Expression {
    const at = this.at(node);
    switch (node.type) {
      case "identifier":
        return this.#identifier(node);
      case "this":
      case "implicit_parameter":
      case "discard":
      case "predefined_type":
        return { is: "name", name: this.textOf(node), at };
      case "base":
        return { is: "call", callee: { is: "name", name: "super", at }, arguments: [], at };
      case "generic_name":
      case "qualified_name":
      case "alias_qualified_name":
        return this.#typeAsExpression(node);
      case "null_literal":
        return { is: "literal", kind: "null", text: "null", at };
      case "boolean_literal":
        return { is: "literal", kind: this.textOf(node) === "true" ? "true" : "false", text: this.textOf(node), at };
      case "integer_literal":
      case "real_literal":
      case "character_literal":
        return { is: "literal", kind: "number", text: numberText(this.textOf(node)), at };
      case "string_literal":
      case "verbatim_string_literal":
      case "raw_string_literal":
        return { is: "literal", kind: "string", text: this.textOf(node).replace(/^[@$]*"+|"+(?:u8)?$/g, ""), at };
      case "interpolated_string_expression":
        return { is: "build", holds: false, type: null, tuple: false, at, parts: node.children.flatMap((child) => (child.type === "interpolation" ? child.children.filter((one) => one.type !== "interpolation_alignment_clause" && isExpressionType(one.type)).map((one) => positional(this.#expression(one))) : [])) };
      case "parenthesized_expression":
      case "checked_expression":
      case "ref_expression":
      case "argument":
      case "expression_element":
      case "arrow_expression_clause":
      case "interpolation": {
        const inner = node.children.find((child) => child.role !== "name");
        return inner === undefined ? this.missing(node) : inner.type === "ERROR" ? this.#opaque(inner) : this.#expression(inner);
      }
      case "member_access_expression":
      case "conditional_access_expression":
      case "element_access_expression":
        return this.#access(node, at);
      case "invocation_expression":
        return this.#call(node);
      case "object_creation_expression": {
        const type = part(node, "type");
        if (type === null) return this.#opaque(node);
        return this.#made(node, this.#typeAsExpression(type), this.#type(type), part(node, "arguments"), part(node, "value"));
      }
      case "implicit_object_creation_expression":
        return this.#built(node.children, null, at);
      case "anonymous_object_creation_expression":
        return this.#built(node.children.filter((child, i) => !(child.type === "identifier" && /^\s*=[^=>]/.test(this.text.slice(child.end, node.children[i + 1]?.start ?? child.end)))), null, at);
      case "array_creation_expression":
      case "stackalloc_expression": {
        const type = part(node, "type");
        const rank = type === null ? null : part(type, "dimensions");
        return this.#built([...(rank?.children ?? []), ...node.children.filter((child) => child.role !== "type")], type === null ? null : this.#type(type), at);
      }
      case "implicit_array_creation_expression":
      case "implicit_stackalloc_expression":
      case "initializer_expression":
      case "collection_expression":
        return this.#built(node.children, null, at);
      case "tuple_expression":
        return { is: "build", holds: true, type: null, tuple: true, parts: this.#arguments(node), at };
      case "with_expression": {
        const values = node.children.flatMap((child) => (child.type === "with_initializer" ? child.children.slice(1) : [child]));
        return { is: "build", holds: true, type: null, tuple: false, parts: values.map((child) => positional(this.#expression(child))), at };
      }
      case "await_expression":
        return node.children[0] === undefined ? this.missing(node) : { is: "await", value: this.#expression(node.children[0]), at };
      case "cast_expression":
      case "as_expression":
      case "refvalue_expression": {
        const value = part(node, "value") ?? part(node, "left");
        return value === null ? this.missing(node) : { is: "same", value: this.#expression(value), type: this.#typeOrNull(part(node, "type")), at };
      }
      case "is_expression": {
        const type = part(node, "type");
        return { is: "compare", operator: "other", left: this.#partOrOpaque(node, "left"), right: { is: "build", holds: false, type: this.#typeOrNull(type), tuple: false, parts: [], at: this.at(type ?? node) }, at };
      }
      case "is_pattern_expression": {
        const pattern = part(node, "pattern");
        const value = this.#partOrOpaque(node, "left");
        return pattern === null ? value : { ...this.#patternTest(pattern, value), at };
      }
      case "lambda_expression":
      case "anonymous_method_expression":
        return this.#lambda(node);
      case "switch_expression":
        return this.#switchValue(node);
      case "throw_expression":
        this.#throw(node, at, this.#into);
        return { is: "operator", parts: [], at };
      case "query_expression":
        return this.#query(node);
      case "assignment_expression": {
        const { target, value } = this.#assigned(node);
        return { is: "assign", target, value, at };
      }
      case "prefix_unary_expression":
      case "postfix_unary_expression":
      case "unary_expression":
        return this.#unary(node, at);
      case "binary_expression":
        return this.#binary(node);
      case "conditional_expression":
        return this.#conditional(node, at);
      case "range_expression":
      case "makeref_expression":
      case "reftype_expression":
      case "spread_element":
      case "collection_element":
        return node.type === "collection_element" && node.children.length === 1 ? this.#expression(node.children[0]!) : { is: "operator", parts: node.children.map((child) => this.#expression(child)), at };
      case "typeof_expression":
      case "sizeof_expression":
      case "default_expression":
        return node.type === "default_expression" && part(node, "type") === null ? { is: "literal", kind: "null", text: "default", at } : { is: "build", holds: false, type: null, tuple: false, parts: [], at };
      case "declaration_expression": {
        const name = part(node, "name");
        if (name === null) return this.missing(node);
        this.#declareAhead(this.#word(name), this.#typeOrNull(part(node, "type")), this.at(name));
        return this.#nameAt(name);
      }
      case "element_binding_expression":
        return { is: "index", object: { is: "operator", parts: [], at }, parts: node.children.map((child) => this.#expression(child)), at };
      case "member_binding_expression": {
        const name = part(node, "name");
        return { is: "member", object: { is: "operator", parts: [], at }, name: name === null ? "" : this.#nameOf(node), at };
      }
      case "preproc_if":
      case "preproc_elif":
      case "preproc_else": {
        const inside = node.children.filter((child) => child.role !== "condition").map((child) => this.#expression(child));
        return inside.length === 1 ? inside[0]! : { is: "operator", parts: inside, at };
      }
      case "tuple_pattern":
      case "parenthesized_variable_designation":
        return this.#tupleTarget(node);
      default:
        if (SIMPLE_TYPES.has(node.type)) return { is: "build", holds: false, type: this.#type(node), tuple: false, parts: [], at };
        if (PATTERNS.has(node.type)) return this.#patternTest(node, { is: "operator", parts: [], at });
        return this.#opaque(node);
    }
  }

  /** A type where an expression stands: what is constructed, what has static members. */
  #typeAsExpression(node: PlainNode): Expression {
    const at = this.at(node);
    switch (node.type) {
      case "identifier": {
        const name = this.#word(node);
        return { is: "name", name: classNamed(name, this.#frames, this.#outermost) ?? name, at };
      }
      case "generic_name":
        return node.children[0] === undefined ? this.#opaque(node) : { ...this.#typeAsExpression(node.children[0]), at };
      case "alias_qualified_name": {
        const name = part(node, "name");
        return name === null ? this.#opaque(node) : this.#typeAsExpression(name);
      }
      case "qualified_name": {
        const object = part(node, "object");
        if (object === null) return this.#opaque(node);
        return { is: "member", object: this.#typeAsExpression(object), name: this.#nameOf(node), at };
      }
      case "nullable_type":
      case "scoped_type":
      case "ref_type": {
        const inner = part(node, "element");
        return inner === null ? this.#opaque(node) : this.#typeAsExpression(inner);
      }
      case "predefined_type":
        return { is: "name", name: this.textOf(node), at };
      default:
        return TYPES.has(node.type) ? { is: "build", holds: false, type: this.#type(node), tuple: false, parts: [], at } : this.#expression(node);
    }
  }

  #access(node: PlainNode, at: Place): Expression {
    const object = part(node, "object");
    if (object === null) return this.#opaque(node);
    if (node.type === "element_access_expression") {
      return { is: "index", object: this.#expression(object), parts: (part(node, "index")?.children ?? []).map((child) => this.#expression(child)), at };
    }
    if (node.type === "member_access_expression") {
      const name = this.#nameOf(node);
      if (name === "Result" && this.#isTask(object)) return this.#waits("Result", object, at);
      const member: Expression = { is: "member", object: this.#operand(object), name, at };
      return object.type === "this" && this.#class !== null && this.#makers.has(`${this.#class.full}.${name}`) ? { is: "call", callee: member, arguments: [], at } : member;
    }
    // `a?.b`, `a?[0]`: what comes after it is done only when there is an a, which is all that the flow asks of it.
    const inner = node.children.find((child) => child !== object);
    if (inner === undefined) return this.#expression(object);
    if (inner.type === "element_binding_expression") return { is: "index", object: this.#expression(object), parts: inner.children.map((child) => this.#expression(child)), at };
    if (inner.type === "member_binding_expression") return { is: "member", object: this.#expression(object), name: this.#nameOf(inner), at };
    return { is: "operator", parts: [this.#expression(object), this.#expression(inner)], at };
  }

  /** What stands before a dot: a value before a type of the same name, a generic type by its name. */
  #operand(node: PlainNode): Expression {
    return node.type === "generic_name" || node.type === "qualified_name" || node.type === "alias_qualified_name" ? this.#typeAsExpression(node) : this.#expression(node);
  }

  /** True for what is surely a task: called by a name that says so, or a variable that holds one which was not waited for. */
  #isTask(node: PlainNode): boolean {
    let inner = node;
    while (inner.type === "parenthesized_expression" && inner.children[0] !== undefined) inner = inner.children[0];
    if (inner.type === "invocation_expression") {
      const callee = part(inner, "callee");
      if (callee === null) return false;
      const name = this.#nameOf(callee);
      if (name === "ConfigureAwait" || name === "WaitAsync" || name === "AsTask") {
        const object = part(callee, "object");
        return object !== null && this.#isTask(object);
      }
      const written = this.textOf(callee);
      return givesTask(written) || (/^(?:this\s*\.\s*)?\w+$/.test(written) && this.#taskMethods.has(this.#nameOf(callee) || this.#word(callee)));
    }
    if (inner.type !== "identifier") return false;
    const name = this.#word(inner);
    const before = this.#before(inner);
    if (!/^\w+$/.test(name) || isDone(name, before)) return false;
    if (new RegExp(`\\b(?:Value)?Task(?:<[^;{}()]*>)?\\??\\s+${name}\\b`).test(before)) return true;
    const made = new RegExp(`\\bvar\\s+${name}\\s*=\\s*(?!await\\b)([\\w.<>]+)\\s*\\(`).exec(before);
    return made !== null && givesTask(made[1] ?? "");
  }

  /** `task.Result` and what is like it, as the call that it is. Its value is the task's. */
  #waits(how: string, task: PlainNode, at: Place): Expression {
    const value: Expression = { is: "await", value: this.#expression(task), at: this.at(task) };
    const ahead: Expression = { is: "call", callee: { is: "member", object: { is: "name", name: TASK, at }, name: how, at }, arguments: [], at };
    this.#into.push({ is: "do", value: ahead, at });
    return { is: "same", value, type: null, at };
  }

  #arguments(list: PlainNode | null): Argument[] {
    return (list?.children ?? []).filter((child) => child.type !== "ERROR").map((child) => {
      const name = child.type === "argument" ? part(child, "name") : null;
      return { name: name === null ? null : this.#word(name), spread: false, value: this.#expression(child) };
    });
  }

  #call(node: PlainNode): Expression {
    const outer = this.#isExpectedToRaise;
    const written = part(node, "callee");
    this.#isExpectedToRaise = written !== null && EXPECTS_RAISE.test(this.text.slice(written.start, Math.min(written.end, written.start + 80)));
    const call = this.#callHere(node);
    this.#isExpectedToRaise = outer;
    return call;
  }

  #callHere(node: PlainNode): Expression {
    const callee = part(node, "callee");
    const list = part(node, "arguments");
    if (callee === null) return this.#opaque(node);
    const at = this.at(node);
    const object = callee.type === "member_access_expression" || callee.type === "conditional_access_expression" ? part(callee, "object") : null;
    const name = callee.type === "member_access_expression" ? this.#nameOf(callee) : "";
    if (object !== null && name !== "") {
      if (name === "ConfigureAwait" && list?.children.length === 1) return { is: "same", value: this.#expression(object), type: null, at };
      if (name === "GetResult" && object.type === "invocation_expression") {
        const inner = part(object, "callee");
        const task = inner === null ? null : part(inner, "object");
        if (inner !== null && task !== null && this.#nameOf(inner) === "GetAwaiter" && (task.type !== "identifier" || !this.#isDoneHere(task))) return this.#waits("GetResult", task, at);
      }
      if (name === "Wait" && this.#isTask(object)) return this.#waits("Wait", object, at);
    }
    if (callee.type === "identifier" && this.textOf(callee) === "nameof") return { is: "call", callee: this.#nameAt(callee), arguments: [], at };
    const lowered: Expression = callee.type === "identifier" && meaningOf(this.#word(callee), this.#frames, this.#outermost).is === "class" ? this.#nameAt(callee)
      : callee.type === "generic_name" && callee.children[0] !== undefined ? this.#expression(callee.children[0])
      : this.#expression(callee);
    return { is: "call", callee: lowered, arguments: this.#arguments(list), at };
  }

  #isDoneHere(task: PlainNode): boolean {
    return isDone(this.#word(task), this.#before(task));
  }

  /** The text of the function up to a place in it. */
  #before(node: PlainNode): string {
    const [line, column] = this.#fn.place;
    return this.text.slice(this.places.offset(line, column), node.start);
  }

  /** `new T(args) { A = x }`: what the initialiser sets is given by name. What it collects is held. */
  #made(node: PlainNode, callee: Expression, type: TypeRef | null, list: PlainNode | null, initializer: PlainNode | null): Expression {
    const at = this.at(node);
    const given = this.#arguments(list);
    const items = initializer?.children ?? [];
    if (items.length > 0 && !items.every((item) => item.type === "assignment_expression" && part(item, "target")?.type === "identifier")) {
      return { ...this.#built(items, type, at), parts: [...given, ...items.map((item) => this.#item(item))] } as Expression;
    }
    for (const item of items) {
      const target = part(item, "target");
      const value = part(item, "value");
      if (value !== null) given.push({ name: target === null ? null : this.#word(target), spread: false, value: this.#expression(value) });
    }
    if (callee.is === "build") return { is: "build", holds: true, type, tuple: false, parts: given, at };
    return { is: "call", callee, arguments: given, at };
  }

  #built(items: readonly PlainNode[], type: TypeRef | null, at: Place): Expression & { readonly is: "build" } {
    const all = items.flatMap((item) => (item.type === "initializer_expression" || item.type === "argument_list" ? item.children : [item]));
    return { is: "build", holds: true, type, tuple: false, parts: all.map((item) => this.#item(item)), at };
  }

  /** One of a collection's items, or `A = x`, `[k] = x`. */
  #item(node: PlainNode): Argument {
    if (node.type !== "assignment_expression") return positional(this.#expression(node));
    const target = part(node, "target");
    const value = part(node, "value");
    const lowered = value === null ? this.missing(node) : this.#expression(value);
    if (target?.type === "identifier") return { name: this.#word(target), spread: false, value: lowered };
    return positional({ is: "build", holds: true, type: null, tuple: false, parts: [...(target?.children ?? []).map((child) => positional(this.#expression(child))), positional(lowered)], at: this.at(node) });
  }

  #target(node: PlainNode): Expression {
    if (node.type === "tuple_expression") {
      return { is: "build", holds: true, type: null, tuple: true, parts: node.children.map((child) => positional(this.#target(child.children.find((one) => one.role !== "name") ?? child))), at: this.at(node) };
    }
    return this.#expression(node);
  }

  #assigned(node: PlainNode): { readonly target: Expression; readonly value: Expression; readonly declares: boolean } {
    const at = this.at(node);
    const targetNode = part(node, "target");
    const valueNode = part(node, "value");
    const operator = part(node, "operator")?.type ?? "=";
    const target = targetNode === null ? this.missing(node) : this.#target(targetNode);
    const value = valueNode === null ? this.missing(node) : this.#expression(valueNode);
    if (operator === "=") return { target, value, declares: false };
    if (operator === "??=") return { target, value: { is: "logic", operator: "or", left: target, right: value, at }, declares: false };
    // `button.Click += handler`: the event keeps it.
    if (operator === "+=" && value.is === "closure") return { target: { is: "index", object: target, parts: [], at: target.at }, value, declares: false };
    return { target, value: { is: "operator", parts: [...readBefore(target), value], at }, declares: false };
  }

  #unary(node: PlainNode, at: Place): Expression {
    const operand = part(node, "value") ?? node.children[0];
    if (operand === undefined) return this.missing(node);
    const value = this.#expression(operand);
    if (isStep(node, this.text)) return { is: "assign", target: value, value: { is: "operator", parts: readBefore(value), at }, at };
    if (node.type === "postfix_unary_expression") return { is: "same", value, type: null, at };
    const operator = this.text[node.start];
    if (operator === "!") return { is: "not", value, at };
    return operator === "*" || operator === "&" ? { is: "same", value, type: null, at } : { is: "operator", parts: [value], at };
  }

  #conditional(node: PlainNode, at: Place): Expression {
    const condition = part(node, "condition");
    const then = part(node, "then");
    const otherwise = part(node, "else");
    if (condition === null || then === null || otherwise === null) return this.#opaque(node);
    const thrown = then.type === "throw_expression" ? then : otherwise.type === "throw_expression" ? otherwise : null;
    const test = this.#expression(condition);
    if (thrown !== null) {
      const body: Step[] = [];
      this.#throw(thrown, this.at(thrown), body);
      this.#into.push({ is: "if", condition: test, then: thrown === then ? body : [], else: thrown === then ? [] : body, at });
      return this.#expression(thrown === then ? otherwise : then);
    }
    return { is: "conditional", condition: test, then: this.#expression(then), else: this.#expression(otherwise), at };
  }

  #lambda(node: PlainNode): Expression {
    const parent = this.#fn;
    const fn = this.openFunction("<lambda>", parent.id === 0 ? "<lambda>" : `${parent.symbol}.<lambda>`, parent.id, this.at(node), this.between(node.start, node.start));
    fn.isAsync = this.#modifiers(node).has("async");
    const list = part(node, "parameters");
    if (list !== null) fn.parameters = list.type === "parameter_list" ? this.#parameters(list) : [{ name: this.#word(list), type: null, variadic: false, initial: null }];
    const raises = this.#isExpectedToRaise;
    this.#isExpectedToRaise = false;
    this.#body(fn, part(node, "body") ?? childOfType(node, "block"), !raises);
    if (raises) fn.body.push({ is: "do", value: { is: "call", callee: { is: "member", object: { is: "name", name: ENVIRONMENT, at: this.at(node) }, name: "FailFast", at: this.at(node) }, arguments: [], at: this.at(node) }, at: this.at(node) });
    return { is: "closure", function: fn.id, at: this.at(node) };
  }

  /** `from x in xs where ... select ...`: its variables are made ahead, and what it gives holds what is written in it. */
  #query(node: PlainNode): Expression {
    const found: Argument[] = [];
    const one = (child: PlainNode): void => void found.push(positional(this.#expression(child)));
    const bind = (name: PlainNode, value: Expression, type: TypeRef | null): void => {
      this.#into.push({ is: "bind", targets: [this.#nameAt(name)], value, declares: true, type, at: this.at(name) });
      this.#local(this.#word(name));
    };
    return this.#inBlock(() => {
      for (const clause of node.children) {
        const inner = clause.children.filter((child) => child.role === null);
        switch (clause.type) {
          case "from_clause": {
            const name = part(clause, "name");
            const [source] = inner;
            if (source !== undefined && name !== null) bind(name, { is: "index", object: this.#expression(source), parts: [], at: this.at(source) }, this.#typeOrNull(part(clause, "type")));
            break;
          }
          case "let_clause":
            if (inner[0] !== undefined && inner[1] !== undefined) bind(inner[0], this.#expression(inner[1]), null);
            break;
          case "join_clause": {
            const [name, source, ...rest] = inner;
            if (name !== undefined && source !== undefined) bind(name, { is: "index", object: this.#expression(source), parts: [], at: this.at(source) }, this.#typeOrNull(part(clause, "type")));
            for (const child of rest) {
              if (child.type === "join_into_clause") for (const into of child.children) this.#declareAhead(this.#word(into), null, this.at(into));
              else one(child);
            }
            break;
          }
          case "identifier":
            this.#declareAhead(this.#word(clause), null, this.at(clause));
            break;
          case "ERROR":
            break;
          default:
            for (const child of inner) one(child);
        }
      }
      return { is: "build", holds: true, type: null, tuple: false, parts: found, at: this.at(node) };
    });
  }

  #binary(node: PlainNode): Expression {
    const lowered = lowerOperators<OperatorKind | "??">(node, {
      isLink: (left) => left.type === "binary_expression",
      kindOf: (link) => (part(link, "operator")?.type === "??" ? "??" : operatorKind(link)),
      expression: (operand) => this.#expression(operand),
      associates: (kind) => kind !== "??" && associates(kind),
      right: (link, kind, operands) => {
        const right = part(link, "right");
        if (kind === "??") operands.splice(0, 1, this.#orElse(operands[0]!, right, this.at(link)));
        else operands.push(right === null ? this.missing(link) : this.#expression(right));
      },
      join: (kind, operands, link) => (kind === "??" ? operands[0]! : joinOperands(kind, operands, this.at(link))),
    });
    return lowered ?? this.#opaque(node);
  }

  /** `a ?? b`, `a ?? throw ...`. */
  #orElse(left: Expression, right: PlainNode | null, at: Place): Expression {
    if (right?.type !== "throw_expression") return { is: "logic", operator: "or", left, right: right === null ? this.#missingAt(at) : this.#expression(right), at };
    const value = this.#asked(left);
    const body: Step[] = [];
    this.#throw(right, this.at(right), body);
    this.#into.push({ is: "if", condition: { is: "compare", operator: "==", left: value, right: { is: "literal", kind: "null", text: "null", at: value.at }, at: value.at }, then: body, else: [], at });
    return value;
  }

  #missingAt(at: Place): Expression {
    this.hasSyntaxErrors = true;
    return { is: "opaque", nodeType: "MISSING", parts: [], at };
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
      this.#caseLabels = null;
      this.#statement(node, body);
    });
  }
}

interface WithItem {
  readonly value: Expression;
  readonly bind: Expression | null;
  readonly type: TypeRef | null;
}

const MEMBERS = new Set([
  "method_declaration", "operator_declaration", "conversion_operator_declaration", "constructor_declaration", "destructor_declaration", "event_field_declaration", "property_declaration", "indexer_declaration",
  "event_declaration", "enum_member_declaration",
]);
const EXPRESSIONS = new Set(["identifier", "generic_name", "this", "base", "discard", "implicit_parameter", "raw_string_literal", "tuple_pattern", "interpolation", "spread_element", "expression_element", "collection_element"]);

function isExpressionType(type: string): boolean {
  return type.endsWith("_expression") || type.endsWith("_literal") || EXPRESSIONS.has(type) || SIMPLE_TYPES.has(type);
}

function isStatementType(type: string): boolean {
  return type.endsWith("_statement") || type === "block";
}

/** Members, those in preprocessor branches too: each may be the one that is compiled. */
function flattened(members: readonly PlainNode[]): readonly PlainNode[] {
  return members.flatMap((member) => (PREPROCESSOR.has(member.type) ? flattened(member.children.filter((child) => child.role !== "condition")) : [member]));
}

/** `x++`, `--x`. */
function isStep(node: PlainNode, text: string): boolean {
  if (node.type === "postfix_unary_expression") return /(?:\+\+|--)$/.test(text.slice(node.end - 2, node.end));
  return node.type === "prefix_unary_expression" && /^(?:\+\+|--)/.test(text.slice(node.start, node.start + 2));
}

function operatorKind(link: PlainNode): OperatorKind {
  return USUAL_OPERATORS.get(part(link, "operator")?.type ?? "") ?? "operator";
}

/** `1_000L` is 1000. */
function numberText(written: string): string {
  return /^[\d_.]+[a-zA-Z]*$/.test(written) ? written.replace(/[_a-zA-Z]/g, "") : written;
}
