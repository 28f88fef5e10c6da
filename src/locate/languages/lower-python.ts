import type { Argument, Case, Expression, FileFlow, Handler, Parameter, Step, TypeRef } from "../flow/flow-model";
import type { LowerInput } from "./language";
import { Lowering, flowOf, MAX_DEPTH, logicChain } from "./lowering";
import type { OpenFunction } from "./lowering";
import { lowerOperators, plainOperators, positional } from "./operators";
import type { OperatorKind } from "./operators";
import { childOfType, part, parts } from "./plain-tree";
import type { PlainNode } from "./plain-tree";
import { PYTHON_READING } from "./python-reading";
import { readAnnotation } from "./python-types";

const RUNNING = new Set(["call", "await", "yield", "named_expression", "lambda", "list_comprehension", "set_comprehension", "dictionary_comprehension", "generator_expression", "ERROR"]);

/** Types that belong to no module. */
const BUILTIN = new Set([
  "int", "float", "complex", "str", "bytes", "bytearray", "memoryview", "bool", "list", "tuple", "dict", "set", "frozenset", "type", "object", "slice",
  "range", "property", "super", "None", "Exception", "BaseException", "unicode", "long", "basestring", "file",
]);

const NO_STEPS: readonly Step[] = [];

/** A Python file, lowered. Never throws, whatever the text: what is not understood is in `opaque`. */
export function lowerPython(input: LowerInput): FileFlow {
  return flowOf(input, "python", PYTHON_READING, ["#"], new PythonFile(input.text, input.module, /(?:^|\/)__init__\.pyw?$/.test(input.file)));
}

/** Where a name may belong to, innermost last. */
type Scope =
  | { readonly kind: "function"; readonly names: Set<string> }
  /** Names of a comprehension's own, with the name each has in the flow. */
  | { readonly kind: "comprehension"; readonly names: Map<string, string> }
  /** A class body: its names are members of the class, and its methods do not see them. */
  | { readonly kind: "class"; readonly names: Set<string>; readonly symbol: string };

interface ClassHere {
  /** `Outer.Inner`. */
  readonly name: string;
  readonly fields: { name: string; type: TypeRef | null }[];
}

class PythonFile extends Lowering {
  /** Local name -> what it is, dotted: modules and members of modules. */
  #imported = new Map<string, string>();
  #fn!: OpenFunction;
  #class: ClassHere | null = null;
  #scopes: Scope[] = [];
  #renamed = 0;
  #importsInside = false;

  constructor(text: string, readonly module: string, readonly isPackage: boolean) {
    super(text);
  }

  lower(root: PlainNode): void {
    this.#readImports(root);
    this.#fn = this.openFunction("<module>", "<module>", null, this.at(root), this.between(root.start, root.start));
    this.#scopes.push({ kind: "function", names: new Set() });
    for (const child of root.children) this.#statement(child, this.#fn.body);
    for (const error of this.leftErrors(root)) this.#error(error, this.#fn.body);
    this.lowerPostponed();
  }

  // --- imports: all of the file first, because a function may stand before the import that its annotations use

  #readImports(root: PlainNode): void {
    const left: PlainNode[] = [root];
    // Where the first function that encloses the place ends: nodes come in the order of the text.
    let insideUntil = -1;
    for (let node = left.pop(); node !== undefined; node = left.pop()) {
      if (node.type === "function_definition") insideUntil = Math.max(insideUntil, node.end);
      this.#importsInside = node.start < insideUntil;
      switch (node.type) {
        case "import_statement":
          for (const name of parts(node, "name")) this.#importModule(name);
          break;
        case "import_from_statement":
          this.#importFrom(node);
          break;
        default:
          if (CANNOT_HOLD_STATEMENTS.has(node.type)) break;
          for (let i = node.children.length - 1; i >= 0; i--) left.push(node.children[i]!);
      }
    }
  }

  #importModule(node: PlainNode): void {
    if (node.type === "aliased_import") {
      const name = part(node, "name");
      const local = part(node, "local");
      if (name === null || local === null) return;
      this.#import(this.textOf(local), this.#dotted(name), null);
      return;
    }
    const path = this.#dotted(node);
    const dot = path.indexOf(".");
    // `import a.b` binds `a`; that a.b is loaded is told by an entry of its own.
    if (dot > 0) {
      const top = path.slice(0, dot);
      if (!this.imports.some((known) => known.local === top && known.path === top)) this.#import(top, top, null);
    }
    this.#import(path, path, null);
  }

  #importFrom(node: PlainNode): void {
    const from = part(node, "path");
    if (from === null) return;
    const path = this.#absolute(this.#dotted(from));
    if (childOfType(node, "wildcard_import") !== null) {
      this.imports.push({ local: "*", path, member: null });
      return;
    }
    for (const name of parts(node, "name")) {
      const member = name.type === "aliased_import" ? part(name, "name") : name;
      const local = name.type === "aliased_import" ? part(name, "local") : name;
      if (member !== null && local !== null) this.#import(this.#dotted(local), path, this.#dotted(member));
    }
  }

  #import(local: string, path: string, member: string | null): void {
    // A function's own import of a name that Python has already (`from shop.items import list`) is not what the others mean by it.
    if (this.#importsInside && member !== null && BUILT_IN_CALLS.has(local)) return;
    this.imports.push({ local, path, member });
    this.#imported.set(local, member === null ? path : path.endsWith(".") ? `${path}${member}` : `${path}.${member}`);
  }

  #dotted(node: PlainNode): string {
    return this.textOf(node).replace(/[\s\\]+/g, "");
  }

  /** `..m` in module `a.b.c` is `a.m`; where the module's name does not reach that far the dots stay. */
  #absolute(path: string): string {
    const dots = /^\.*/.exec(path)![0].length;
    if (dots === 0) return path;
    const packages = this.module === "" ? [] : this.module.split(".");
    if (!this.isPackage) packages.pop();
    const up = dots - 1;
    if (packages.length <= up) return path;
    const base = packages.slice(0, packages.length - up);
    const rest = path.slice(dots);
    return rest === "" ? base.join(".") : `${base.join(".")}.${rest}`;
  }

  // --- names and types

  /** A dotted name as it is known outside this file; its own names get a leading dot, builtins stay bare. */
  #qualify(dotted: string): string {
    const dot = dotted.indexOf(".");
    const first = dot < 0 ? dotted : dotted.slice(0, dot);
    const imported = this.#imported.get(first);
    if (imported !== undefined) return dot < 0 ? imported : `${imported}${dotted.slice(dot)}`;
    return BUILTIN.has(first) ? dotted : `.${dotted}`;
  }

  #typeOf(node: PlainNode | null): TypeRef | null {
    return node === null ? null : readAnnotation(this.textOf(node), (dotted) => this.#qualify(dotted));
  }

  #bindName(name: string): void {
    for (let i = this.#scopes.length - 1; i >= 0; i--) {
      const scope = this.#scopes[i]!;
      if (scope.kind === "comprehension") {
        if (scope.names.has(name)) return;
      } else {
        scope.names.add(name);
        return;
      }
    }
  }

  #identifier(node: PlainNode): Expression {
    const name = this.textOf(node);
    const at = this.at(node);
    let crossed = false;
    for (let i = this.#scopes.length - 1; i >= 0; i--) {
      const scope = this.#scopes[i]!;
      if (scope.kind === "comprehension") {
        const renamed = scope.names.get(name);
        if (renamed !== undefined) return { is: "name", name: renamed, at };
      } else if (scope.kind === "class") {
        if (!crossed && scope.names.has(name)) {
          let object: Expression | null = null;
          for (const segment of scope.symbol.split(".")) {
            object = object === null ? { is: "name", name: segment, at } : { is: "member", object, name: segment, at };
          }
          return { is: "member", object: object!, name, at };
        }
      } else {
        if (scope.names.has(name)) break;
        crossed = true;
      }
    }
    return { is: "name", name, at };
  }

  // --- definitions

  #function(node: PlainNode, decorators: Expression[], into: Step[]): void {
    const nameNode = part(node, "name");
    const name = nameNode === null ? "" : this.textOf(nameNode);
    const owner = this.#class;
    const parent = this.#fn;
    const outer = owner !== null ? owner.name : parent.id === 0 ? "" : parent.symbol;
    const fn = this.openFunction(name, outer === "" ? name : `${outer}.${name}`, parent.id === 0 ? null : parent.id, this.at(node), this.at(nameNode ?? node));
    fn.decorators = decorators;
    fn.isAsync = this.text.startsWith("async", node.start);
    fn.owner = owner?.name ?? null;
    if (owner === null) {
      this.#bindName(name);
      into.push({ is: "define", name, function: fn.id, at: this.at(node) });
    }
    const results = part(node, "results");
    if (results !== null) fn.results.push(this.#typeOf(results));
    const list = part(node, "parameters");
    const parameters = list === null ? [] : this.#parameters(list);
    const isStatic = decorators.some((decorator) => decorator.is === "name" && decorator.name === "staticmethod");
    if (owner !== null && !isStatic && parameters.length > 0 && !parameters[0]!.variadic) fn.receiver = parameters.shift()!.name;
    fn.parameters = parameters;
    this.#body(fn, part(node, "body"), null);
  }

  /** Lowers a body in a scope of its own: a block, or a lambda's one expression. */
  #body(fn: OpenFunction, block: PlainNode | null, expression: PlainNode | null): void {
    const outerFn = this.#fn;
    const outerClass = this.#class;
    const names = new Set(fn.parameters.map((parameter) => parameter.name));
    if (fn.receiver !== null) names.add(fn.receiver);
    this.#fn = fn;
    this.#class = null;
    this.#scopes.push({ kind: "function", names });
    if (block !== null) for (const child of block.children) this.#statement(child, fn.body);
    if (expression !== null) fn.body.push({ is: "return", values: [this.#expression(expression)], at: this.at(expression) });
    this.#scopes.pop();
    this.#fn = outerFn;
    this.#class = outerClass;
  }

  #parameters(list: PlainNode): Parameter[] {
    const parameters: Parameter[] = [];
    const add = (name: PlainNode | null, type: TypeRef | null, variadic: boolean, initial: PlainNode | null): void => {
      parameters.push({ name: name === null ? "" : this.textOf(name), type, variadic, initial: initial === null ? null : this.#expression(initial) });
    };
    for (const node of list.children) {
      switch (node.type) {
        case "identifier":
          add(node, null, false, null);
          break;
        case "default_parameter":
        case "typed_default_parameter":
          add(part(node, "name"), this.#typeOf(part(node, "type")), false, part(node, "initial"));
          break;
        case "typed_parameter": {
          const inner = node.children.find((child) => child.role === null) ?? null;
          const variadic = inner !== null && inner.type !== "identifier";
          add(variadic ? inner.children[0] ?? null : inner, this.#typeOf(part(node, "type")), variadic, null);
          break;
        }
        case "list_splat_pattern":
        case "dictionary_splat_pattern":
          add(node.children[0] ?? null, null, true, null);
          break;
        case "tuple_pattern":
          // Python 2 only: `def f((a, b))`.
          add(null, null, false, null);
          for (const name of this.#namesIn(node)) parameters.push({ name, type: null, variadic: false, initial: null });
          break;
        case "keyword_separator":
        case "positional_separator":
          break;
        default:
          if (node.type !== "ERROR") this.countOpaque(node.type);
      }
    }
    return parameters;
  }

  #classDefinition(node: PlainNode, into: Step[]): void {
    const nameNode = part(node, "name");
    const short = nameNode === null ? "" : this.textOf(nameNode);
    const outer = this.#class;
    const here: ClassHere = { name: outer === null ? short : `${outer.name}.${short}`, fields: [] };
    const bases: TypeRef[] = [];
    for (const base of part(node, "bases")?.children ?? []) {
      if (base.type === "keyword_argument") {
        const value = part(base, "value");
        if (value !== null) this.#doIfItRuns(value, into);
        continue;
      }
      if (base.type === "call" || base.type === "list_splat") into.push({ is: "do", value: this.#expression(base), at: this.at(base) });
      else {
        // `class Row(table(Base) | None)`: a type by its names, but what is called in it runs.
        this.#doIfItRuns(base, into);
        const type = this.#typeOf(base);
        if (type !== null) bases.push(type);
      }
    }
    const at = this.types.length;
    this.types.push({ name: here.name, fields: here.fields, bases });
    if (outer === null) this.#bindName(short);
    const body: Step[] = [];
    this.#class = here;
    this.#scopes.push({ kind: "class", names: new Set(), symbol: here.name });
    for (const child of part(node, "body")?.children ?? []) this.#statement(child, body);
    this.#scopes.pop();
    this.#class = outer;
    this.types[at] = { name: here.name, fields: here.fields, bases };
    if (body.length > 0) into.push({ is: "block", body, at: this.at(node) });
  }

  #doIfItRuns(node: PlainNode, into: Step[]): void {
    if (runs(node)) into.push({ is: "do", value: this.#expression(node), at: this.at(node) });
  }

  // --- statements

  #steps(block: PlainNode | null): readonly Step[] {
    if (block === null) return NO_STEPS;
    const steps: Step[] = [];
    for (const child of block.children) this.#statement(child, steps);
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
    switch (node.type) {
      case "import_statement":
      case "import_from_statement":
        for (const name of parts(node, "name")) {
          const local = name.type === "aliased_import" ? part(name, "local") : name;
          if (local !== null) this.#bindName(this.#dotted(local).split(".")[0]!);
        }
        return;
      case "future_import_statement":
      case "pass_statement":
        return;
      case "expression_statement": {
        const only = node.children.length === 1 ? node.children[0]! : null;
        if (only !== null) this.#statementHere(only, into);
        else if (node.children.length > 0) into.push({ is: "do", value: this.#tuple(node), at: this.at(node) });
        return;
      }
      case "assignment":
        this.#assignment(node, into);
        return;
      case "augmented_assignment": {
        const target = part(node, "target");
        const value = part(node, "value");
        if (target === null || value === null) break;
        const at = this.at(node);
        const lowered = this.#target(target);
        const read = lowered.is === "name" ? [lowered] : [];
        into.push({ is: "bind", targets: [lowered], value: { is: "operator", parts: [...read, this.#expression(value)], at }, declares: false, type: null, at });
        return;
      }
      case "function_definition":
        this.#function(node, [], into);
        return;
      case "class_definition":
        this.#classDefinition(node, into);
        return;
      case "decorated_definition": {
        const definition = part(node, "definition");
        const decorators: Expression[] = [];
        for (const child of node.children) if (child.type === "decorator") for (const inner of child.children) decorators.push(this.#expression(inner));
        if (definition === null) break;
        if (definition.type === "function_definition") this.#function(definition, decorators, into);
        else {
          for (const decorator of decorators) if (decorator.is === "call") into.push({ is: "do", value: decorator, at: decorator.at });
          this.#statement(definition, into);
        }
        return;
      }
      case "type_alias_statement": {
        const name = part(node, "name");
        const base = this.#typeOf(part(node, "type"));
        if (name !== null) this.types.push({ name: /^[^[\s]*/.exec(this.textOf(name))![0], fields: [], bases: base === null ? [] : [base] });
        return;
      }
      case "return_statement":
        into.push({ is: "return", values: node.children.map((child) => this.#expression(child)), at: this.at(node) });
        return;
      case "raise_statement":
        this.#raise(node, into);
        return;
      case "break_statement":
        into.push({ is: "break", label: null, at: this.at(node) });
        return;
      case "continue_statement":
        into.push({ is: "continue", label: null, at: this.at(node) });
        return;
      case "delete_statement":
        this.#delete(node, into);
        return;
      case "global_statement":
      case "nonlocal_statement":
        into.push({ is: "scope", kind: node.type === "global_statement" ? "global" : "nonlocal", names: node.children.map((child) => this.textOf(child)), at: this.at(node) });
        return;
      case "assert_statement":
        this.#assert(node, into);
        return;
      case "print_statement": {
        const args: Argument[] = [];
        for (const child of node.children) {
          if (child.type === "chevron") for (const file of child.children) args.push({ name: "file", spread: false, value: this.#expression(file) });
          else args.push(positional(this.#expression(child)));
        }
        const at = this.at(node);
        into.push({ is: "do", value: { is: "call", callee: { is: "name", name: "print", at: this.between(node.start, node.start + 5) }, arguments: args, at }, at });
        return;
      }
      case "exec_statement": {
        const at = this.at(node);
        const args = node.children.map((child) => positional(this.#expression(child)));
        into.push({ is: "do", value: { is: "call", callee: { is: "name", name: "exec", at: this.between(node.start, node.start + 4) }, arguments: args, at }, at });
        return;
      }
      case "if_statement":
        this.#if(node, into);
        return;
      case "for_statement":
      case "while_statement":
        this.#loop(node, into);
        return;
      case "with_statement":
        this.#with(node, into);
        return;
      case "try_statement":
        this.#try(node, into);
        return;
      case "match_statement":
        this.#match(node, into);
        return;
      case "block":
        into.push(...this.#steps(node));
        return;
    }
    if (isExpressionType(node.type)) {
      into.push({ is: "do", value: this.#expression(node), at: this.at(node) });
      return;
    }
    if (node.type === "ERROR") {
      this.#error(node, into);
      return;
    }
    this.countOpaque(node.type);
    const body: Step[] = [];
    for (const child of node.children) this.#statement(child, body);
    into.push({ is: "opaque", nodeType: node.type, body, at: this.at(node) });
  }

  #error(node: PlainNode, into: Step[]): void {
    this.tookError(node);
    this.inError++;
    const body: Step[] = [];
    for (const child of node.children) this.#statement(child, body);
    this.inError--;
    into.push({ is: "opaque", nodeType: "ERROR", body, at: this.at(node) });
  }

  /** `a = b = f()` binds left to right; every target but the last is an `assign` inside the value. */
  #assignment(node: PlainNode, into: Step[]): void {
    const at = this.at(node);
    const chain: PlainNode[] = [];
    let value: PlainNode | null = node;
    let type: TypeRef | null = null;
    let annotated = false;
    while (value !== null && value.type === "assignment") {
      const target = part(value, "target");
      if (target !== null) chain.push(target);
      const annotation = part(value, "type");
      if (annotation !== null) {
        annotated = true;
        type = this.#typeOf(annotation);
      }
      value = part(value, "value");
    }
    const last = chain.pop();
    if (last === undefined) return;
    let lowered: Expression | null = value === null ? null : value.type === "augmented_assignment" ? this.#opaque(value) : this.#expression(value);
    for (const target of chain) if (lowered !== null) lowered = { is: "assign", target: this.#target(target), value: lowered, at: this.at(target) };
    const targets = last.type === "pattern_list" && !last.children.some((child) => child.type === "list_splat_pattern")
      ? last.children.map((child) => this.#target(child))
      : [this.#target(last)];
    if (this.#class !== null && this.#scopes.at(-1)?.kind === "class") {
      for (const target of [...chain, last]) for (const name of this.#namesIn(target)) this.#field(name, type);
    } else if (annotated && last.type === "identifier" && this.#scopes.length === 1) this.globals.push({ name: this.textOf(last), type });
    into.push({ is: "bind", targets, value: lowered, declares: annotated && value === null, type, at });
  }

  #field(name: string, type: TypeRef | null): void {
    const fields = this.#class!.fields;
    const known = fields.find((field) => field.name === name);
    if (known === undefined) fields.push({ name, type });
    else if (known.type === null) known.type = type;
  }

  /** What stands left of `=`, after `for`, or after `as`. */
  #target(node: PlainNode): Expression {
    this.depth++;
    const lowered = this.depth > MAX_DEPTH ? this.cutExpression(node) : this.#targetHere(node);
    this.depth--;
    return lowered;
  }

  #targetHere(node: PlainNode): Expression {
    switch (node.type) {
      case "identifier":
        this.#bindName(this.textOf(node));
        return this.#identifier(node);
      case "pattern_list":
      case "tuple_pattern":
      case "list_pattern":
      case "tuple":
      case "list":
      case "expression_list":
        // `(x) = v` is a tuple of one to the grammar, and x to Python.
        if (node.type === "tuple_pattern" && node.children.length === 1 && !this.textOf(node).includes(",")) return this.#target(node.children[0]!);
        return {
          is: "build", holds: false, type: null, tuple: true, at: this.at(node),
          parts: node.children.map((child) => {
            const spread = child.type === "list_splat_pattern" || child.type === "list_splat";
            return { name: null, spread, value: this.#target(spread ? child.children[0] ?? child : child) };
          }),
        };
      case "as_pattern_target":
      case "parenthesized_expression":
      case "list_splat_pattern":
      case "list_splat":
        return node.children.length === 1 ? this.#target(node.children[0]!) : this.#opaque(node);
      default:
        return this.#expression(node);
    }
  }

  #raise(node: PlainNode, into: Step[]): void {
    const at = this.at(node);
    const cause = part(node, "cause");
    const raised = node.children.find((child) => child.role === null) ?? null;
    let value: Expression | null = null;
    if (raised !== null) {
      // Python 2: `raise X, "message", traceback` raises X("message").
      if (raised.type === "expression_list") {
        const [first, ...rest] = raised.children.map((child) => this.#expression(child));
        if (first !== undefined) value = { is: "call", callee: first, arguments: rest.map(positional), at: this.at(raised) };
      } else value = this.#expression(raised);
    }
    if (cause !== null && cause.type !== "identifier" && cause.type !== "none") into.push({ is: "do", value: this.#expression(cause), at: this.at(cause) });
    into.push({ is: "throw", value, at });
  }

  #delete(node: PlainNode, into: Step[]): void {
    const names: string[] = [];
    const rest: Expression[] = [];
    const visit = (target: PlainNode): void => {
      if (target.type === "identifier") {
        const lowered = this.#identifier(target);
        if (lowered.is === "name") names.push(lowered.name);
        else rest.push(lowered);
      } else if (target.type === "expression_list" || target.type === "tuple" || target.type === "list" || target.type === "parenthesized_expression") target.children.forEach(visit);
      else rest.push(this.#expression(target));
    };
    node.children.forEach(visit);
    for (const value of rest) into.push({ is: "do", value: { is: "operator", parts: [value], at: value.at }, at: value.at });
    if (names.length > 0) into.push({ is: "scope", kind: "delete", names, at: this.at(node) });
  }

  #assert(node: PlainNode, into: Step[]): void {
    const [tested, message] = node.children;
    const at = this.at(node);
    if (tested === undefined) return;
    const condition = this.#expression(tested);
    const said = message === undefined ? null : this.#expression(message);
    if (said === null || said.is === "literal" || said.is === "name") into.push({ is: "assert", condition, at });
    else into.push({ is: "if", condition: { is: "not", value: condition, at: condition.at }, then: [{ is: "throw", value: said, at: said.at }], else: [], at });
  }

  #if(node: PlainNode, into: Step[]): void {
    const branches = [node, ...parts(node, "else")];
    const last = branches[branches.length - 1]!;
    const tested = branches.filter((branch) => branch.type !== "else_clause");
    const lowered = tested.map((branch) => {
      const condition = part(branch, "condition");
      return { branch, condition: condition === null ? this.missing(branch) : this.#expression(condition), then: this.#steps(part(branch, "then")) };
    });
    const rest = last.type === "else_clause" ? this.#steps(part(last, "body")) : NO_STEPS;
    // A long chain is one switch: nested `else` of hundreds would be too deep for every reader.
    if (lowered.length > 40) {
      const cases: Case[] = lowered.map(({ branch, condition, then }) => ({ tests: [condition], guard: null, binds: [], body: then, fallsThrough: false, at: this.at(branch) }));
      if (rest.length > 0) cases.push({ tests: [], guard: null, binds: [], body: rest, fallsThrough: false, at: this.at(last) });
      into.push({ is: "switch", label: null, subject: null, bind: null, cases, waits: false, at: this.at(node) });
      return;
    }
    let below: readonly Step[] = rest;
    for (let i = lowered.length - 1; i >= 0; i--) {
      const { branch, condition, then } = lowered[i]!;
      below = [{ is: "if", condition, then, else: below, at: i === 0 ? this.at(node) : this.between(branch.start, node.end) }];
    }
    into.push(...below);
  }

  #loop(node: PlainNode, into: Step[]): void {
    const target = part(node, "target");
    const value = part(node, "value");
    const condition = part(node, "condition");
    const iterates = value === null ? null : this.#expression(value);
    const binds = target === null ? [] : [this.#target(target)];
    const tested = condition === null ? null : this.#expression(condition);
    const body = this.#steps(part(node, "body"));
    const otherwise = part(node, "else");
    into.push({
      is: "loop", label: null, iterates, binds,
      // `while True` leaves only by break.
      condition: tested !== null && tested.is === "literal" && (tested.kind === "true" || (tested.kind === "number" && tested.text === "1")) ? null : tested,
      body, update: NO_STEPS,
      otherwise: otherwise === null ? NO_STEPS : this.#steps(part(otherwise, "body")),
      isAsync: this.text.startsWith("async", node.start),
      at: this.at(node),
    });
  }

  #with(node: PlainNode, into: Step[]): void {
    const items: { value: Expression; bind: Expression | null }[] = [];
    const add = (value: PlainNode): void => {
      if (value.type === "as_pattern") {
        const bind = part(value, "bind");
        const inner = value.children.find((child) => child.role === null);
        // `with (open(a) as f, open(b)):` is a tuple of patterns to some versions of the grammar.
        if (inner !== undefined) items.push({ value: this.#expression(inner), bind: bind === null ? null : this.#target(bind) });
      } else if ((value.type === "tuple" || value.type === "parenthesized_expression") && value.children.some((child) => child.type === "as_pattern")) value.children.forEach(add);
      else if (value.type === "parenthesized_expression" && value.children.length === 1) add(value.children[0]!);
      else items.push({ value: this.#expression(value), bind: null });
    };
    for (const clause of node.children) {
      if (clause.type !== "with_clause") continue;
      for (const item of clause.children) {
        const value = part(item, "value");
        if (value !== null) add(value);
      }
    }
    into.push({ is: "with", items, isAsync: this.text.startsWith("async", node.start), body: this.#steps(part(node, "body")), at: this.at(node) });
  }

  #try(node: PlainNode, into: Step[]): void {
    const body = this.#steps(part(node, "body"));
    const handlers: Handler[] = [];
    let otherwise: readonly Step[] = NO_STEPS;
    let last: readonly Step[] = NO_STEPS;
    for (const child of node.children) {
      if (child.type === "except_clause" || child.type === "except_group_clause") handlers.push(this.#handler(child));
      else if (child.type === "else_clause") otherwise = this.#steps(part(child, "body"));
      else if (child.type === "finally_clause") last = this.#steps(childOfType(child, "block"));
      else if (child.role !== "body") {
        const steps: Step[] = [];
        this.#statement(child, steps);
        otherwise = [...otherwise, ...steps];
      }
    }
    into.push({ is: "try", body, handlers, otherwise, finally: last, at: this.at(node) });
  }

  #handler(node: PlainNode): Handler {
    const caught = parts(node, "catches");
    let bindNode: PlainNode | null = null;
    let types: readonly PlainNode[] = caught;
    const first = caught[0];
    const second = caught[1];
    if (first !== undefined && first.type === "as_pattern") {
      bindNode = part(first, "bind");
      types = first.children.filter((child) => child.role === null);
    } else if (caught.length === 2 && second !== undefined && !this.#looksLikeType(second)) {
      // Python 2 binds what stands after the comma; Python 3.14 (PEP 758) lists types there.
      bindNode = second;
      types = caught.slice(0, 1);
    }
    const catches: string[] = [];
    const computed: Step[] = [];
    const add = (type: PlainNode): void => {
      if (type.type === "call") computed.push({ is: "do", value: this.#expression(type), at: this.at(type) });
      if (type.type === "tuple" || type.type === "parenthesized_expression" || type.type === "expression_list") type.children.forEach(add);
      else {
        const written = this.#dotted(type);
        const qualified = this.#qualify(written);
        catches.push(qualified.startsWith(".") ? written : qualified);
      }
    };
    types.forEach(add);
    const name = bindNode === null ? null : this.#namesIn(bindNode)[0] ?? null;
    if (name !== null) this.#bindName(name);
    return {
      catches,
      catchesAll: types.length === 0 || catches.some((caughtType) => CATCH_ALL.has(caughtType)),
      bind: name,
      body: [...computed, ...this.#steps(childOfType(node, "block"))],
      at: this.at(node),
    };
  }

  /** Exception classes are dotted or begin with a capital, the variables of Python 2's handlers do neither. */
  #looksLikeType(node: PlainNode): boolean {
    return node.type !== "identifier" || /^_*\p{Lu}/u.test(this.textOf(node));
  }

  #match(node: PlainNode, into: Step[]): void {
    const subjects = parts(node, "subject");
    const subject: Expression | null = subjects.length === 1
      ? this.#expression(subjects[0]!)
      : { is: "build", holds: false, type: null, tuple: true, parts: subjects.map((one) => positional(this.#expression(one))), at: this.at(node) };
    const cases: Case[] = [];
    for (const clause of part(node, "body")?.children ?? []) {
      if (clause.type !== "case_clause") continue;
      const patterns = clause.children.filter((child) => child.role === null);
      const binds: string[] = [];
      const tests: Expression[] = [];
      let always = patterns.length === 1;
      for (const pattern of patterns) if (!this.#pattern(pattern, tests, binds)) always = false;
      if (!always && tests.length === 0) tests.push({ is: "operator", parts: [], at: this.at(patterns[0] ?? clause) });
      for (const name of binds) this.#bindName(name);
      const guard = part(clause, "guard")?.children[0] ?? null;
      cases.push({
        tests: always ? [] : tests, guard: guard === null ? null : this.#expression(guard), binds, body: this.#steps(part(clause, "body")), fallsThrough: false, at: this.at(clause),
      });
    }
    into.push({ is: "switch", label: null, subject, bind: null, cases, waits: false, at: this.at(node) });
  }

  /** Collects the expressions and names of a pattern; true when it matches everything. */
  #pattern(node: PlainNode, tests: Expression[], binds: string[]): boolean {
    this.depth++;
    const always = this.depth > MAX_DEPTH ? tests.push(this.cutExpression(node)) === 0 : this.#patternHere(node, tests, binds);
    this.depth--;
    return always;
  }

  #patternHere(node: PlainNode, tests: Expression[], binds: string[]): boolean {
    switch (node.type) {
      case "case_pattern":
        if (node.children.length === 0) {
          if (this.textOf(node).trim() === "_") return true;
          tests.push({ is: "literal", kind: "number", text: this.textOf(node), at: this.at(node) });
          return false;
        }
        return node.children.map((child) => this.#pattern(child, tests, binds)).every(Boolean);
      case "dotted_name": {
        const name = this.#dotted(node);
        if (!name.includes(".")) {
          if (name !== "_") binds.push(name);
          return true;
        }
        tests.push(this.#dottedExpression(node));
        return false;
      }
      case "identifier":
        binds.push(this.textOf(node));
        return true;
      case "as_pattern": {
        let always = true;
        for (const child of node.children) {
          if (child.type === "as_pattern_target" || child.type === "identifier") binds.push(...this.#namesIn(child));
          else if (!this.#pattern(child, tests, binds)) always = false;
        }
        return always;
      }
      case "union_pattern": {
        const always = node.children.map((child) => this.#pattern(child, tests, binds)).some(Boolean);
        // `_` is no node of its own here.
        return always || /\|\s*_\s*$/.test(this.textOf(node));
      }
      case "class_pattern":
        for (const [i, child] of node.children.entries()) {
          if (i === 0 && child.type === "dotted_name") tests.push(this.#dottedExpression(child));
          else this.#pattern(child, tests, binds);
        }
        return false;
      case "keyword_pattern":
        node.children.slice(1).forEach((child) => this.#pattern(child, tests, binds));
        return false;
      case "list_pattern":
      case "tuple_pattern":
      case "dict_pattern":
      case "splat_pattern":
        for (const child of node.children) this.#pattern(child, tests, binds);
        return node.type === "tuple_pattern" && node.children.length === 1 && tests.length === 0 && !this.text.slice(node.start, node.end).includes(",");
      case "complex_pattern":
        tests.push({ is: "literal", kind: "number", text: this.textOf(node), at: this.at(node) });
        return false;
      case "integer":
      case "float": {
        // The sign is a neighbour, not a part.
        const sign = /-\s*$/.exec(this.text.slice(Math.max(0, node.start - 8), node.start));
        const start = sign === null ? node.start : node.start - sign[0].length;
        tests.push({ is: "literal", kind: "number", text: this.text.slice(start, node.end), at: this.between(start, node.end) });
        return false;
      }
      default:
        tests.push(this.#expression(node));
        return false;
    }
  }

  #dottedExpression(node: PlainNode): Expression {
    const at = this.at(node);
    let result: Expression | null = null;
    for (const segment of this.#dotted(node).split(".")) {
      result = result === null ? { is: "name", name: segment, at } : { is: "member", object: result, name: segment, at };
    }
    return result!;
  }

  #namesIn(node: PlainNode): string[] {
    const names: string[] = [];
    const left: PlainNode[] = [node];
    for (let at = left.pop(); at !== undefined; at = left.pop()) {
      if (at.type === "identifier") names.push(this.textOf(at));
      if (at.type === "attribute" || at.type === "subscript") continue;
      for (let i = at.children.length - 1; i >= 0; i--) left.push(at.children[i]!);
    }
    return names;
  }

  // --- expressions

  #tuple(node: PlainNode): Expression {
    return { is: "build", holds: true, type: null, tuple: true, parts: this.#elements(node), at: this.at(node) };
  }

  #elements(node: PlainNode): Argument[] {
    const elements: Argument[] = [];
    for (const child of node.children) this.#element(child, elements);
    return elements;
  }

  #element(node: PlainNode, into: Argument[]): void {
    switch (node.type) {
      case "list_splat":
      case "dictionary_splat":
      case "list_splat_pattern":
      case "dictionary_splat_pattern":
        for (const inner of node.children) into.push({ name: null, spread: true, value: this.#expression(inner) });
        return;
      case "parenthesized_list_splat":
        for (const inner of node.children) this.#element(inner, into);
        return;
      case "keyword_argument": {
        const name = part(node, "name");
        const value = part(node, "value");
        if (value !== null) into.push({ name: name === null ? null : this.textOf(name), spread: false, value: this.#expression(value) });
        return;
      }
      case "pair": {
        const key = part(node, "key");
        const value = part(node, "value");
        let name: string | null = null;
        if (key !== null) {
          const lowered = this.#expression(key);
          if (lowered.is === "literal" && lowered.kind === "string") name = lowered.text;
          else if (lowered.is === "name") name = lowered.name;
          else if (lowered.is !== "literal") into.push(positional(lowered));
        }
        if (value !== null) into.push({ name, spread: false, value: this.#expression(value) });
        return;
      }
      default:
        into.push(positional(this.#expression(node)));
    }
  }

  #expression(node: PlainNode): Expression {
    this.depth++;
    const lowered = this.tooDeep(node, "attribute") ? this.cutExpression(node) : this.#expressionHere(node);
    this.depth--;
    return lowered;
  }

  #expressionHere(node: PlainNode): Expression {
    switch (node.type) {
      case "identifier":
        return this.#identifier(node);
      case "dotted_name":
        return this.#dottedExpression(node);
      case "none":
        return { is: "literal", kind: "null", text: "None", at: this.at(node) };
      case "true":
        return { is: "literal", kind: "true", text: "True", at: this.at(node) };
      case "false":
        return { is: "literal", kind: "false", text: "False", at: this.at(node) };
      case "integer":
      case "float":
        return { is: "literal", kind: "number", text: this.textOf(node), at: this.at(node) };
      case "ellipsis":
        return { is: "operator", parts: [], at: this.at(node) };
      case "string":
        return this.#string(node);
      case "concatenated_string":
        return this.#concatenated(node);
      case "parenthesized_expression":
        return node.children.length === 1 ? this.#expression(node.children[0]!) : this.#opaque(node);
      case "attribute": {
        const object = part(node, "object");
        const name = part(node, "name");
        if (object === null || name === null) return this.#opaque(node);
        return { is: "member", object: this.#expression(object), name: this.textOf(name), at: this.at(node) };
      }
      case "call": {
        const callee = part(node, "callee");
        const list = part(node, "arguments");
        if (callee === null) return this.#opaque(node);
        const lowered = this.#expression(callee);
        const args = list === null ? [] : list.type === "generator_expression" ? [positional(this.#expression(list))] : this.#elements(list);
        return { is: "call", callee: lowered, arguments: args, at: this.at(node) };
      }
      case "subscript": {
        const object = part(node, "object");
        if (object === null) return this.#opaque(node);
        return { is: "index", object: this.#expression(object), parts: parts(node, "index").map((index) => this.#expression(index)), at: this.at(node) };
      }
      case "slice":
        return { is: "operator", parts: node.children.map((child) => this.#expression(child)), at: this.at(node) };
      case "list":
      case "set":
      case "dictionary":
        return { is: "build", holds: true, type: null, tuple: false, parts: this.#elements(node), at: this.at(node) };
      case "tuple":
      case "expression_list":
      case "pattern_list":
        return this.#tuple(node);
      case "list_splat":
      case "dictionary_splat":
      case "list_splat_pattern":
        return node.children.length === 1 ? this.#expression(node.children[0]!) : this.#opaque(node);
      case "list_comprehension":
      case "set_comprehension":
      case "dictionary_comprehension":
      case "generator_expression":
        return this.#comprehension(node);
      case "pair":
      case "parenthesized_list_splat": {
        const elements: Argument[] = [];
        this.#element(node, elements);
        return { is: "build", holds: true, type: null, tuple: true, parts: elements, at: this.at(node) };
      }
      case "lambda": {
        const parent = this.#fn;
        const symbol = parent.id === 0 ? "<lambda>" : `${parent.symbol}.<lambda>`;
        const fn = this.openFunction("<lambda>", symbol, parent.id, this.at(node), this.between(node.start, node.start + "lambda".length));
        const list = part(node, "parameters");
        if (list !== null) fn.parameters = this.#parameters(list);
        this.#body(fn, null, part(node, "body"));
        return { is: "closure", function: fn.id, at: this.at(node) };
      }
      case "named_expression": {
        const target = part(node, "target");
        const value = part(node, "value");
        if (target === null || value === null) return this.#opaque(node);
        const lowered = this.#expression(value);
        return { is: "assign", target: this.#target(target), value: lowered, at: this.at(node) };
      }
      case "conditional_expression": {
        const [then, condition, otherwise] = node.children;
        if (then === undefined || condition === undefined || otherwise === undefined) return this.#opaque(node);
        return { is: "conditional", condition: this.#expression(condition), then: this.#expression(then), else: this.#expression(otherwise), at: this.at(node) };
      }
      case "await":
        return node.children.length === 1 ? { is: "await", value: this.#expression(node.children[0]!), at: this.at(node) } : this.#opaque(node);
      case "yield": {
        this.#fn.isGenerator = true;
        const value = node.children[0];
        return { is: "yield", value: value === undefined ? null : this.#expression(value), from: /^yield\s+from\b/.test(this.text.slice(node.start, node.start + 40)), at: this.at(node) };
      }
      case "not_operator": {
        const value = part(node, "value");
        return value === null ? this.#opaque(node) : { is: "not", value: this.#expression(value), at: this.at(node) };
      }
      case "unary_operator": {
        const value = part(node, "value");
        return value === null ? this.#opaque(node) : { is: "operator", parts: [this.#expression(value)], at: this.at(node) };
      }
      case "boolean_operator":
      case "binary_operator":
        return this.#binary(node);
      case "comparison_operator":
        return this.#comparison(node);
      case "as_pattern": {
        const value = node.children.find((child) => child.role === null);
        const bind = part(node, "bind");
        if (value === undefined) return this.#opaque(node);
        const lowered = this.#expression(value);
        return bind === null ? lowered : { is: "assign", target: this.#target(bind), value: lowered, at: this.at(node) };
      }
      case "case_pattern":
        return node.children.length === 1 ? this.#expression(node.children[0]!) : this.#opaque(node);
      default:
        return this.#opaque(node);
    }
  }

  #string(node: PlainNode): Expression {
    const interpolations: Argument[] = [];
    for (const child of node.children) if (child.type === "interpolation") this.#interpolation(child, interpolations);
    const at = this.at(node);
    if (interpolations.length === 0) return { is: "literal", kind: "string", text: this.#stringText(node), at };
    // What it begins with says what it is: `f"data:{text}"`.
    const first = node.children.find((child) => child.type === "interpolation");
    const beginning = first === undefined ? "" : this.text.slice(node.start, first.start).replace(/^[a-zA-Z]*(?:"""|'''|"|')/u, "");
    if (beginning !== "") interpolations.unshift(positional({ is: "literal", kind: "string", text: beginning, at }));
    return { is: "build", holds: false, type: null, tuple: false, parts: interpolations, at };
  }

  /** What stands between the quotes, escapes as written. */
  #stringText(node: PlainNode): string {
    const text = this.textOf(node);
    const opening = /^[a-zA-Z]*("""|'''|"|'|`)/.exec(text);
    if (opening === null) return text;
    const quote = opening[1]!;
    return text.slice(opening[0].length, text.endsWith(quote) && text.length >= opening[0].length + quote.length ? -quote.length : undefined);
  }

  #interpolation(node: PlainNode, into: Argument[]): void {
    const value = part(node, "value");
    if (value !== null) into.push(positional(this.#expression(value)));
    for (const inner of part(node, "format")?.children ?? []) if (inner.type === "format_expression") this.#interpolation(inner, into);
  }

  #concatenated(node: PlainNode): Expression {
    const pieces = node.children.map((child) => this.#expression(child));
    const at = this.at(node);
    const texts: string[] = [];
    for (const piece of pieces) if (piece.is === "literal") texts.push(piece.text);
    if (texts.length === pieces.length) return { is: "literal", kind: "string", text: texts.join(""), at };
    return { is: "build", holds: false, type: null, tuple: false, parts: pieces.map(positional), at };
  }

  /**
   * `[e for x in xs if c]` holds what `x := an element of xs, and c, and e` gives: the iterable is not held, an empty one is the
   * `and` that stops early, and x is the comprehension's own (renamed where the function knows that name already).
   */
  #comprehension(node: PlainNode): Expression {
    const names = new Map<string, string>();
    const operands: Expression[] = [];
    this.#scopes.push({ kind: "comprehension", names });
    for (const clause of node.children) {
      if (clause.type === "for_in_clause") {
        const target = part(clause, "target");
        const values = parts(clause, "value");
        const at = this.at(clause);
        const iterable: Expression = values.length === 1
          ? this.#expression(values[0]!)
          : { is: "build", holds: false, type: null, tuple: true, parts: values.map((value) => positional(this.#expression(value))), at };
        let element: Expression = { is: "index", object: iterable, parts: [], at: iterable.at };
        if (this.text.startsWith("async", clause.start)) element = { is: "await", value: element, at };
        if (target !== null) {
          for (const name of this.#namesIn(target)) if (!names.has(name)) names.set(name, this.#isBound(name) ? `${name}~${++this.#renamed}` : name);
          operands.push({ is: "assign", target: this.#target(target), value: element, at });
        } else operands.push(element);
      } else if (clause.type === "if_clause") for (const condition of clause.children) operands.push(this.#expression(condition));
    }
    const body = part(node, "body");
    if (body !== null) operands.push(this.#expression(body));
    this.#scopes.pop();
    const at = this.at(node);
    return { is: "build", holds: true, type: null, tuple: false, parts: operands.length === 0 ? [] : [positional(logicChain("and", operands, at))], at };
  }

  #isBound(name: string): boolean {
    return this.#scopes.some((scope) => scope.kind !== "class" && scope.names.has(name));
  }

  #binary(node: PlainNode): Expression {
    const lowered = lowerOperators(node, {
      isLink: (left) => left.type === "binary_operator" || left.type === "boolean_operator",
      ...plainOperators(this, (operand) => this.#expression(operand)),
      kindOf: operatorKind,
    });
    return lowered ?? this.#opaque(node);
  }

  /** `a < b < c` is `a < b and b < c` with b evaluated once: told apart only where b is a name or a literal. */
  #comparison(node: PlainNode): Expression {
    const operands = node.children.filter((child) => child.role !== "operator").map((child) => this.#expression(child));
    const operators = parts(node, "operator").map((operator) => operator.type);
    const at = this.at(node);
    if (operands.length === 2 && operators.length === 1) {
      const operator = comparison(operators[0]!);
      return { is: "compare", operator, ...(operator === "other" ? { sign: operators[0]! } : {}), left: operands[0]!, right: operands[1]!, at };
    }
    if (operands.length !== operators.length + 1 || operands.slice(1, -1).some((operand) => operand.is !== "name" && operand.is !== "literal")) {
      return { is: "operator", parts: operands, at };
    }
    return logicChain("and", operators.map((operator, i): Expression => ({
      is: "compare", operator: comparison(operator), left: operands[i]!, right: operands[i + 1]!,
      at: [operands[i]!.at[0], operands[i]!.at[1], operands[i + 1]!.at[2], operands[i + 1]!.at[3]],
    })));
  }

  // --- what is not known, or too deep

  #opaque(node: PlainNode): Expression {
    return this.opaqueExpression(node, (child) => this.#expression(child));
  }

  protected override later(node: PlainNode): void {
    const fn = this.#fn;
    const here = this.#class;
    const scopes = [...this.#scopes];
    this.postpone(node, fn, (body) => {
      this.#fn = fn;
      this.#class = here;
      this.#scopes = scopes;
      this.#statement(node, body);
    });
  }
}

const CATCH_ALL = new Set(["Exception", "BaseException", "builtins.Exception", "builtins.BaseException", "exceptions.Exception", "StandardError"]);

/** Nodes that the search for imports need not enter: large, and all expressions. */
const CANNOT_HOLD_STATEMENTS = new Set([
  "expression_statement", "return_statement", "parameters", "argument_list", "call", "assert_statement", "raise_statement", "delete_statement",
  "binary_operator", "boolean_operator", "comparison_operator", "attribute", "subscript", "identifier", "string", "decorator", "with_clause",
]);

const EXPRESSIONS = new Set([
  "identifier", "none", "true", "false", "integer", "float", "ellipsis", "string", "concatenated_string", "parenthesized_expression", "attribute", "call",
  "subscript", "slice", "list", "set", "dictionary", "tuple", "expression_list", "pattern_list", "list_splat", "dictionary_splat", "list_splat_pattern",
  "list_comprehension", "set_comprehension", "dictionary_comprehension", "generator_expression", "pair", "parenthesized_list_splat", "lambda",
  "named_expression", "conditional_expression", "await", "yield", "not_operator", "unary_operator", "boolean_operator", "binary_operator",
  "comparison_operator", "as_pattern", "dotted_name",
]);

function isExpressionType(type: string): boolean {
  return EXPRESSIONS.has(type);
}

function operatorKind(link: PlainNode): OperatorKind {
  const operator = part(link, "operator")?.type;
  return operator === "and" || operator === "or" ? operator : "operator";
}

function comparison(operator: string): "==" | "!=" | "other" {
  if (operator === "==" || operator === "is") return "==";
  if (operator === "!=" || operator === "is not" || operator === "<>") return "!=";
  return "other";
}

/** What Python itself lets every file call. */
const BUILT_IN_CALLS = new Set(
  "all any bool bytes dict dir filter float format getattr hash help id input int isinstance iter len list map max min next object open print range repr set sorted str sum tuple type vars zip".split(" "),
);

/** Something in it is called, or made. */
function runs(node: PlainNode): boolean {
  return RUNNING.has(node.type) || node.children.some(runs);
}
