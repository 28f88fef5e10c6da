import type { Argument, Case, Expression, FileFlow, Handler, Parameter, Step, TypeRef } from "../flow/flow-model";
import type { LowerInput } from "./language";
import { Lowering, flowOf, MAX_DEPTH } from "./lowering";
import type { OpenFunction } from "./lowering";
import { associates, joinOperands, lowerOperators, positional } from "./operators";
import type { OperatorKind } from "./operators";
import { childOfType, part, parts } from "./plain-tree";
import type { PlainNode } from "./plain-tree";
import { KERNEL, blockUse } from "./ruby-blocks";
import type { BlockUse } from "./ruby-blocks";
import { RubyConstants, newScope } from "./ruby-names";
import type { RubyScope } from "./ruby-names";
import { RUBY_READING } from "./ruby-reading";

/** A Ruby file, lowered. Never throws, whatever the text: what is not understood is in `opaque`. */
export function lowerRuby(input: LowerInput): FileFlow {
  return flowOf(input, "ruby", RUBY_READING, ["#"], new RubyFile(input.text));
}

/** Where the value of a statement goes: everything in Ruby has one. */
type Sink =
  | { readonly is: "drop" }
  /** It is the last thing that a method or closure does. */
  | { readonly is: "return" }
  | { readonly is: "bind"; readonly targets: readonly Expression[] }
  /** One of many, which are kept in this variable (`map`). */
  | { readonly is: "store"; readonly name: string };

const DROP: Sink = { is: "drop" };
const RETURN: Sink = { is: "return" };
const NO_STEPS: readonly Step[] = [];

/** What `next` and `break` mean where the lowering stands. */
interface Jumps {
  readonly kind: "loop" | "block";
  readonly label: string;
  /** A symbol that `throw` ends it by. */
  readonly tag: string | null;
}

interface ClassHere {
  /** `Outer.Inner`. */
  readonly name: string;
  /** Methods that only read a field of the same name. */
  readonly readers: Set<string>;
}

class RubyFile extends Lowering {
  readonly #constants = new RubyConstants();
  #fn!: OpenFunction;
  #class: ClassHere | null = null;
  #scopes: RubyScope[] = [];
  #jumps: Jumps[] = [];
  /** Labels of `begin` blocks that a `retry` begins anew, innermost last. */
  #retries: (string | null)[] = [];
  /** Steps before the one that is being lowered; null where what they do would not always be done. */
  #before: Step[] | null = null;
  #made = 0;
  /** Parameters that hold a block. */
  #blocks = new Set<string>();
  readonly #ownMethods = new Set<string>();

  lower(root: PlainNode): void {
    for (const [, name] of this.text.matchAll(/\bdef[ \t]+(?:self\.)?(\w+[?!]?)/g)) if (name !== undefined) this.#ownMethods.add(name);
    this.#fn = this.openFunction("<module>", "<module>", null, this.at(root), this.between(root.start, root.start));
    this.#scopes.push(newScope("method"));
    this.#statements(root.children, this.#fn.body, DROP);
    for (const error of this.leftErrors(root)) this.#error(error, this.#fn.body);
    this.lowerPostponed();
    this.imports.push(...this.#constants.imports());
  }

  #fresh(name: string): string {
    return `${name}~${++this.#made}`;
  }

  // --- variables

  #variable(name: string): string | null {
    for (let i = this.#scopes.length - 1; i >= 0; i--) {
      const scope = this.#scopes[i]!;
      const known = scope.names.get(name);
      if (known !== undefined) return known;
      if (scope.kind === "method") return null;
    }
    return null;
  }

  /** The flow's name of a variable that is assigned here; one that was not met before is this scope's own. */
  #assignedVariable(name: string): string {
    const crossed: RubyScope[] = [];
    for (let i = this.#scopes.length - 1; i >= 0; i--) {
      const scope = this.#scopes[i]!;
      const known = scope.names.get(name);
      if (known !== undefined) {
        for (const closure of crossed) closure.assigned.add(known);
        return known;
      }
      if (scope.kind === "method") break;
      if (scope.kind === "closure") crossed.push(scope);
    }
    this.#scopes.at(-1)!.names.set(name, name);
    return name;
  }

  /** A parameter of a block: a variable of its own, whatever there is around. */
  #parameterVariable(name: string): string {
    const scope = this.#scopes.at(-1)!;
    const own = scope.kind === "inPlace" && this.#variable(name) !== null ? this.#fresh(name) : name;
    scope.names.set(name, own);
    return own;
  }

  #self(at: PlainNode): Expression {
    return { is: "name", name: "self", at: this.at(at) };
  }

  #kernel(name: string, node: PlainNode): Expression {
    const at = this.at(node);
    this.#constants.add("Kernel");
    return { is: "member", object: { is: "name", name: "Kernel", at }, name, at };
  }

  // --- methods and classes

  #method(node: PlainNode, into: Step[]): void {
    const nameNode = part(node, "name");
    const name = nameNode === null ? "" : this.textOf(nameNode);
    const owner = this.#class;
    const parent = this.#fn;
    const outer = owner !== null ? owner.name : parent.id === 0 ? "" : parent.symbol;
    const fn = this.openFunction(name, outer === "" ? name : `${outer}.${name}`, parent.id === 0 ? null : parent.id, this.at(node), this.at(nameNode ?? node));
    if (owner !== null) {
      fn.owner = owner.name;
      fn.receiver = "self";
    } else into.push({ is: "define", name, function: fn.id, at: this.at(node) });
    const givesNothing = name === "initialize" || name.endsWith("=");
    this.#inside(fn, "method", () => {
      const list = part(node, "parameters");
      if (list !== null) fn.parameters = this.#parameters(list, fn.body);
      const body = part(node, "body");
      if (body !== null) this.#bodyOf(body, fn.body, givesNothing ? DROP : RETURN);
    });
  }

  /** Lowers what is in a function of its own. */
  #inside(fn: OpenFunction, kind: "method" | "closure", lower: () => void): void {
    const outer = { fn: this.#fn, jumps: this.#jumps, retries: this.#retries, before: this.#before, blocks: this.#blocks };
    const scope = newScope(kind);
    this.#fn = fn;
    this.#jumps = [];
    this.#retries = [];
    this.#before = null;
    if (kind === "method") this.#blocks = new Set();
    this.#scopes.push(scope);
    lower();
    this.#scopes.pop();
    if (scope.assigned.size > 0) fn.body.unshift({ is: "scope", kind: "nonlocal", names: [...scope.assigned], at: fn.namePlace });
    this.#fn = outer.fn;
    this.#jumps = outer.jumps;
    this.#retries = outer.retries;
    this.#before = outer.before;
    this.#blocks = outer.blocks;
  }

  /** `into`: where destructured parameters are taken apart. */
  #parameters(list: PlainNode, into: Step[]): Parameter[] {
    const parameters: Parameter[] = [];
    const add = (name: string, variadic: boolean, initial: PlainNode | null): void => {
      parameters.push({ name: name === "" ? "" : this.#parameterVariable(name), type: null, variadic, initial: initial === null ? null : this.#conditionally(initial) });
    };
    for (const node of list.children) {
      if (node.role === "local") {
        this.#parameterVariable(this.textOf(node));
        continue;
      }
      const nameNode = part(node, "name");
      const name = nameNode === null ? "" : this.textOf(nameNode);
      switch (node.type) {
        case "identifier":
          add(this.textOf(node), false, null);
          break;
        case "optional_parameter":
        case "keyword_parameter":
          add(name, false, part(node, "initial"));
          break;
        case "splat_parameter":
        case "hash_splat_parameter":
        case "forward_parameter":
          add(name, true, null);
          break;
        case "block_parameter":
          if (name !== "") {
            this.#parameterVariable(name);
            this.#blocks.add(name);
          }
          parameters.push({ name, type: null, variadic: false, initial: null });
          break;
        case "destructured_parameter": {
          const whole = this.#fresh("part");
          parameters.push({ name: whole, type: null, variadic: false, initial: null });
          const at = this.at(node);
          into.push({ is: "bind", targets: [this.#destructured(node)], value: { is: "name", name: whole, at }, declares: false, type: null, at });
          break;
        }
        case "hash_splat_nil":
          break;
        default:
          if (node.type !== "ERROR") this.countOpaque(node.type);
      }
    }
    return parameters;
  }

  #destructured(node: PlainNode): Expression {
    const items = node.children.flatMap((child): Argument[] => {
      if (child.type === "destructured_parameter") return [positional(this.#destructured(child))];
      const nameNode = child.type === "identifier" ? child : part(child, "name");
      if (nameNode === null) return [];
      return [{ name: null, spread: child.type === "splat_parameter", value: { is: "name", name: this.#parameterVariable(this.textOf(nameNode)), at: this.at(nameNode) } }];
    });
    return { is: "build", holds: false, type: null, tuple: true, parts: items, at: this.at(node) };
  }

  #classNamed(node: PlainNode): string {
    const name = this.#dotted(node);
    return this.#class === null || this.text.startsWith("::", node.start) ? name : `${this.#class.name}.${name}`;
  }

  /** `A::B` as `A.B`; what stands before a constant and is no constant is left out. */
  #dotted(node: PlainNode): string {
    return this.textOf(node).replace(/\s+/g, "").replace(/^::/, "").replaceAll("::", ".");
  }

  #typeRef(node: PlainNode): TypeRef | null {
    if (node.type !== "constant" && node.type !== "scope_resolution") return null;
    const name = this.#dotted(node);
    if (!/^[\p{Lu}][\w.]*$/u.test(name)) return null;
    this.#constants.add(name);
    // A class that this file declares beside it, in the same module.
    for (let outer = this.#class?.name ?? ""; outer !== ""; outer = outer.slice(0, Math.max(0, outer.lastIndexOf(".")))) {
      if (this.types.some((type) => type.name === `${outer}.${name}`)) return { name: `.${outer}.${name}`, element: null };
    }
    return { name: `.${name}`, element: null };
  }

  #classDefinition(node: PlainNode, into: Step[]): void {
    const nameNode = part(node, "name");
    const bases: TypeRef[] = [];
    const base = part(node, "base")?.children[0] ?? null;
    if (base !== null) {
      const type = this.#typeRef(base);
      if (type !== null) bases.push(type);
      else if (base.type === "call") {
        const value = this.#expression(base);
        into.push({ is: "do", value, at: value.at });
      }
    }
    this.#classBody(nameNode === null ? "" : this.#classNamed(nameNode), part(node, "body"), bases, node, into);
  }

  #classBody(name: string, body: PlainNode | null, bases: TypeRef[], node: PlainNode, into: Step[]): void {
    const outer = this.#class;
    const here: ClassHere = { name, readers: new Set() };
    for (const child of body?.children ?? []) {
      if (child.type !== "call") continue;
      const called = part(child, "name");
      const word = called === null ? "" : this.textOf(called);
      const given = part(child, "arguments")?.children ?? [];
      if (word === "include" || word === "prepend" || word === "extend") {
        for (const one of given) {
          const type = this.#typeRef(one);
          if (type !== null) bases.push(type);
        }
      } else if (word === "attr_reader" || word === "attr_accessor") {
        for (const one of given) if (one.type === "simple_symbol") here.readers.add(this.textOf(one).slice(1));
      }
    }
    this.types.push({ name, fields: [], bases });
    const steps: Step[] = [];
    this.#class = here;
    this.#scopes.push(newScope("method"));
    const before = this.#before;
    for (const reader of here.readers) {
      const at = this.at(node);
      const fn = this.openFunction(reader, `${name}.${reader}`, this.#fn.id === 0 ? null : this.#fn.id, at, at);
      fn.owner = name;
      fn.receiver = "self";
      fn.body.push({ is: "return", values: [{ is: "member", object: { is: "name", name: "self", at }, name: reader, at }], at });
    }
    if (body !== null) this.#bodyOf(body, steps, DROP);
    this.#before = before;
    this.#scopes.pop();
    this.#class = outer;
    if (steps.length > 0) into.push({ is: "block", body: steps, at: this.at(node) });
  }

  // --- statements

  #statements(nodes: readonly PlainNode[], into: Step[], sink: Sink): void {
    let last = nodes.length - 1;
    while (last >= 0 && isNoStatement(nodes[last]!)) last--;
    nodes.forEach((node, i) => this.#statement(node, into, i === last ? sink : DROP));
    if (last < 0) this.#give(null, into, sink, null);
  }

  /** A body with its `rescue`, `else` and `ensure`, or one expression. */
  #bodyOf(node: PlainNode, into: Step[], sink: Sink): void {
    if (node.type !== "body_statement" && node.type !== "begin" && node.type !== "block_body") {
      this.#statement(node, into, sink);
      return;
    }
    const rescues = node.children.filter((child) => child.type === "rescue");
    const otherwise = childOfType(node, "else");
    const ensure = childOfType(node, "ensure");
    const rest = node.children.filter((child) => child.type !== "rescue" && child !== otherwise && child !== ensure);
    if (rescues.length === 0 && ensure === null) {
      this.#statements(otherwise === null ? rest : [...rest, ...otherwise.children], into, sink);
      return;
    }
    const retries = rescues.length > 0 && rescues.some((one) => /\bretry\b/.test(this.textOf(one)));
    const label = retries ? this.#fresh("retry") : null;
    const at = this.at(node);
    const body = this.#block(rest, otherwise === null ? sink : DROP);
    this.#retries.push(label);
    const handlers = rescues.map((one) => this.#handler(one, sink));
    this.#retries.pop();
    const step: Step = {
      is: "try", body, handlers,
      otherwise: otherwise === null ? NO_STEPS : this.#block(otherwise.children, sink),
      finally: ensure === null ? NO_STEPS : this.#block(ensure.children, DROP),
      at,
    };
    if (label === null) into.push(step);
    else into.push({ is: "loop", label, iterates: null, binds: [], condition: null, body: [step, { is: "break", label, at }], update: NO_STEPS, otherwise: NO_STEPS, isAsync: false, at });
  }

  #handler(node: PlainNode, sink: Sink): Handler {
    const catches: string[] = [];
    for (const type of part(node, "catches")?.children ?? []) {
      const name = this.#dotted(type);
      catches.push(name);
      if (/^[A-Z][\w.]*$/.test(name)) this.#constants.add(name);
    }
    const variable = part(node, "bind")?.children[0] ?? null;
    const body: Step[] = [];
    const bind = variable !== null && variable.type === "identifier" ? this.#assignedVariable(this.textOf(variable)) : null;
    const inside = part(node, "body");
    body.push(...this.#block(inside === null ? [] : inside.children, sink));
    return { catches, catchesAll: catches.length === 0 || catches.some((name) => CATCH_ALL.has(name) || name.startsWith("*")), ...(catches.some((name) => CATCH_CALLS.has(name)) ? { catchesCalls: true } : {}), bind, body, at: this.at(node) };
  }

  #block(nodes: readonly PlainNode[], sink: Sink): Step[] {
    const steps: Step[] = [];
    this.#statements(nodes, steps, sink);
    return steps;
  }

  #one(node: PlainNode | null, sink: Sink): Step[] {
    const steps: Step[] = [];
    if (node === null) this.#give(null, steps, sink, null);
    else if (node.type === "then" || node.type === "else" || node.type === "do" || node.type === "parenthesized_statements") this.#statements(node.children, steps, sink);
    else this.#statement(node, steps, sink);
    return steps;
  }

  #statement(node: PlainNode, into: Step[], sink: Sink): void {
    const before = this.#before;
    this.#before = into;
    this.depth++;
    if (this.depth > MAX_DEPTH) into.push(this.cutStep(node));
    else this.#statementHere(node, into, sink);
    for (const error of this.leftErrors(node)) this.#error(error, into);
    this.depth--;
    this.#before = before;
  }

  /** Hands a value on; null: nil. */
  #give(value: Expression | null, into: Step[], sink: Sink, node: PlainNode | null): void {
    const at = value?.at ?? (node === null ? this.between(0, 0) : this.at(node));
    switch (sink.is) {
      case "drop":
        if (value !== null && value.is !== "literal" && !(value.is === "operator" && value.parts.length === 0)) into.push({ is: "do", value, at });
        return;
      case "return":
        if (value !== null) into.push({ is: "return", values: [value], at });
        return;
      case "bind":
        into.push({ is: "bind", targets: sink.targets, value: value ?? { is: "literal", kind: "null", text: "nil", at }, declares: false, type: null, at });
        return;
      case "store":
        if (value !== null) into.push({ is: "bind", targets: [{ is: "index", object: { is: "name", name: sink.name, at }, parts: [], at }], value, declares: false, type: null, at });
    }
  }

  #statementHere(node: PlainNode, into: Step[], sink: Sink): void {
    const at = this.at(node);
    switch (node.type) {
      case "empty_statement":
      case "uninterpreted":
      case "alias":
      case "undef":
        return;
      case "method":
      case "singleton_method":
        this.#method(node, into);
        this.#give(null, into, sink, node);
        return;
      case "class":
      case "module":
        this.#classDefinition(node, into);
        return;
      case "singleton_class": {
        const body = part(node, "body");
        const steps: Step[] = [];
        if (body !== null) this.#bodyOf(body, steps, DROP);
        if (steps.length > 0) into.push({ is: "block", body: steps, at });
        return;
      }
      case "body_statement":
      case "begin":
      case "block_body":
        this.#bodyOf(node, into, sink);
        return;
      case "begin_block":
      case "parenthesized_statements":
      case "then":
      case "do":
        this.#statements(node.children, into, sink);
        return;
      case "end_block": {
        const closure = this.#closure(node, null, node.children, "at_exit");
        into.push({ is: "do", value: { is: "call", callee: this.#kernel("at_exit", node), arguments: [positional(closure)], at }, at });
        return;
      }
      case "heredoc_body":
        for (const child of node.children) {
          if (child.type === "interpolation") for (const inner of child.children) this.#statement(inner, into, DROP);
        }
        return;
      case "if":
      case "unless":
      case "elsif":
        this.#if(node, into, sink);
        return;
      case "if_modifier":
      case "unless_modifier": {
        const condition = this.#condition(part(node, "condition"), node, node.type === "unless_modifier");
        into.push({ is: "if", condition, then: this.#one(part(node, "body"), sink), else: sink.is === "bind" ? this.#one(null, sink) : NO_STEPS, at });
        return;
      }
      case "while":
      case "until":
      case "while_modifier":
      case "until_modifier":
        this.#while(node, into);
        this.#give(null, into, sink, node);
        return;
      case "for": {
        const target = part(node, "target");
        const values = part(node, "value")?.children ?? [];
        const value = values[0] === undefined ? null : this.#expression(values[0]);
        const label = this.#fresh("for");
        const binds = target === null ? [] : target.type === "left_assignment_list" ? target.children.map((child) => this.#target(child)) : [this.#target(target)];
        this.#jumps.push({ kind: "loop", label, tag: null });
        const body = this.#one(part(node, "body"), DROP);
        this.#jumps.pop();
        into.push({ is: "loop", label, iterates: value, binds, condition: null, body, update: NO_STEPS, otherwise: NO_STEPS, isAsync: false, at });
        this.#give(null, into, sink, node);
        return;
      }
      case "case":
        this.#case(node, into, sink);
        return;
      case "case_match":
        this.#caseMatch(node, into, sink);
        return;
      case "rescue_modifier": {
        const body = this.#one(part(node, "body"), sink);
        const handler = this.#one(part(node, "handler"), sink);
        into.push({ is: "try", body, handlers: [{ catches: [], catchesAll: true, bind: null, body: handler, at }], otherwise: NO_STEPS, finally: NO_STEPS, at });
        return;
      }
      case "return":
      case "next":
      case "break":
      case "redo":
      case "retry":
        this.#jump(node, into);
        return;
      case "assignment":
        this.#assignment(node, into, sink);
        return;
      case "match_pattern": {
        const value = part(node, "value");
        const pattern = part(node, "pattern");
        const tests: Expression[] = [];
        const names: string[] = [];
        const lowered = value === null ? null : this.#expression(value);
        if (pattern !== null) this.#pattern(pattern, tests, names);
        const only = pattern !== null && pattern.type === "identifier";
        const parts_ = [...(lowered === null ? [] : [lowered]), ...tests];
        const given: Expression = only && lowered !== null ? lowered : { is: "operator", parts: parts_, at };
        if (names.length === 0) into.push({ is: "do", value: given, at });
        else into.push({ is: "bind", targets: only ? [{ is: "name", name: names[0]!, at }] : [tupleOf(names, at)], value: given, declares: false, type: null, at });
        return;
      }
      case "binary":
        if (this.#logicStatement(node, into, sink)) return;
        break;
      case "call":
        if (this.#callStatement(node, into, sink)) return;
        break;
      case "identifier":
        if (this.textOf(node) === "raise" && this.#variable("raise") === null) {
          into.push({ is: "throw", value: null, at });
          return;
        }
        break;
      case "ERROR":
        this.#error(node, into);
        return;
    }
    if (EXPRESSIONS.has(node.type)) {
      const value = this.#expression(node);
      this.#give(value, into, sink, node);
      return;
    }
    this.countOpaque(node.type);
    const body: Step[] = [];
    for (const child of node.children) this.#statement(child, body, DROP);
    into.push({ is: "opaque", nodeType: node.type, body, at });
  }

  #error(node: PlainNode, into: Step[]): void {
    this.tookError(node);
    this.inError++;
    const body: Step[] = [];
    for (const child of node.children) this.#statement(child, body, DROP);
    this.inError--;
    into.push({ is: "opaque", nodeType: "ERROR", body, at: this.at(node) });
  }

  #condition(node: PlainNode | null, around: PlainNode, negated: boolean): Expression {
    const condition = node === null ? this.missing(around) : this.#expression(node);
    return negated ? { is: "not", value: condition, at: condition.at } : condition;
  }

  #if(node: PlainNode, into: Step[], sink: Sink): void {
    const branches: PlainNode[] = [node];
    let rest = part(node, "else");
    for (; rest !== null && rest.type === "elsif"; rest = part(rest, "else")) branches.push(rest);
    const lowered = branches.map((branch, i) => ({
      branch,
      // Only the first condition is always asked.
      condition: i === 0 ? this.#condition(part(branch, "condition"), branch, node.type === "unless") : this.#quietly(() => this.#condition(part(branch, "condition"), branch, false)),
      then: this.#one(part(branch, "then"), sink),
    }));
    let below: readonly Step[] = rest !== null ? this.#one(rest, sink) : sink.is === "bind" ? this.#one(null, sink) : NO_STEPS;
    if (lowered.length > 40) {
      const cases: Case[] = lowered.map(({ branch, condition, then }) => ({ tests: [condition], guard: null, binds: [], body: then, fallsThrough: false, at: this.at(branch) }));
      if (below.length > 0) cases.push({ tests: [], guard: null, binds: [], body: below, fallsThrough: false, at: this.at(rest ?? node) });
      into.push({ is: "switch", label: null, subject: null, bind: null, cases, waits: false, at: this.at(node) });
      return;
    }
    for (let i = lowered.length - 1; i >= 0; i--) {
      const { branch, condition, then } = lowered[i]!;
      below = [{ is: "if", condition, then, else: below, at: i === 0 ? this.at(node) : this.between(branch.start, node.end) }];
    }
    into.push(...below);
  }

  #while(node: PlainNode, into: Step[]): void {
    const label = this.#fresh("while");
    const until = node.type === "until" || node.type === "until_modifier";
    const body = part(node, "body");
    const at = this.at(node);
    const lowered = this.#quietly(() => this.#condition(part(node, "condition"), node, until));
    const always = lowered.is === "literal" && lowered.kind === "true" ? null : lowered;
    this.#jumps.push({ kind: "loop", label, tag: null });
    const steps = this.#one(body, DROP);
    this.#jumps.pop();
    // `begin ... end while x` asks after its first turn.
    if (body !== null && body.type === "begin" && node.type.endsWith("_modifier")) {
      steps.push({ is: "if", condition: lowered, then: NO_STEPS, else: [{ is: "break", label, at }], at });
      into.push({ is: "loop", label, iterates: null, binds: [], condition: null, body: steps, update: NO_STEPS, otherwise: NO_STEPS, isAsync: false, at });
      return;
    }
    into.push({ is: "loop", label, iterates: null, binds: [], condition: always, body: steps, update: NO_STEPS, otherwise: NO_STEPS, isAsync: false, at });
  }

  #case(node: PlainNode, into: Step[], sink: Sink): void {
    const value = part(node, "value");
    const subject = value === null ? null : this.#expression(value);
    const cases: Case[] = [];
    for (const child of node.children) {
      if (child.type === "when") {
        const tests = this.#quietly(() => parts(child, "pattern").flatMap((pattern) => pattern.children.map((one) => this.#expression(one))));
        cases.push({ tests: tests.length === 0 ? [this.missing(child)] : tests, guard: null, binds: [], body: this.#one(part(child, "body"), sink), fallsThrough: false, at: this.at(child) });
      } else if (child.type === "else") cases.push({ tests: [], guard: null, binds: [], body: this.#one(child, sink), fallsThrough: false, at: this.at(child) });
    }
    if (sink.is === "bind" && childOfType(node, "else") === null) cases.push({ tests: [], guard: null, binds: [], body: this.#one(null, sink), fallsThrough: false, at: this.at(node) });
    into.push({ is: "switch", label: null, subject, bind: null, cases, waits: false, at: this.at(node) });
  }

  #caseMatch(node: PlainNode, into: Step[], sink: Sink): void {
    const value = part(node, "value");
    const subject = value === null ? null : this.#expression(value);
    const cases: Case[] = [];
    for (const clause of parts(node, "clause")) {
      const pattern = part(clause, "pattern");
      const tests: Expression[] = [];
      const binds: string[] = [];
      const guard = part(clause, "guard");
      const { always, asked } = this.#quietly(() => {
        const all = pattern !== null && this.#pattern(pattern, tests, binds);
        const condition = guard === null ? null : part(guard, "condition");
        return { always: all, asked: condition === null || guard === null ? null : this.#condition(condition, guard, guard.type === "unless_guard") };
      });
      if (!always && tests.length === 0) tests.push({ is: "operator", parts: [], at: this.at(pattern ?? clause) });
      cases.push({ tests: always ? [] : tests, guard: asked, binds, body: this.#one(part(clause, "body"), sink), fallsThrough: false, at: this.at(clause) });
    }
    const otherwise = part(node, "else");
    const at = this.at(node);
    // What no pattern fits raises.
    cases.push({ tests: [], guard: null, binds: [], body: otherwise === null ? [{ is: "throw", value: null, at }] : this.#one(otherwise, sink), fallsThrough: false, at: this.at(otherwise ?? node) });
    into.push({ is: "switch", label: null, subject, bind: null, cases, waits: false, at });
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
      case "identifier":
        binds.push(this.#assignedVariable(this.textOf(node)));
        return true;
      case "parenthesized_pattern":
        return node.children.map((child) => this.#pattern(child, tests, binds)).every(Boolean);
      case "alternative_pattern":
        return node.children.map((child) => this.#pattern(child, tests, binds)).some(Boolean);
      case "as_pattern": {
        const value = part(node, "value");
        const name = part(node, "name");
        const always = value !== null && this.#pattern(value, tests, binds);
        if (name !== null) binds.push(this.#assignedVariable(this.textOf(name)));
        return always;
      }
      case "array_pattern":
      case "find_pattern":
      case "hash_pattern":
        for (const child of node.children) {
          if (child.role === "class") tests.push(this.#expression(child));
          else this.#pattern(child, tests, binds);
        }
        return false;
      case "keyword_pattern": {
        const value = part(node, "value");
        const key = part(node, "key");
        if (value !== null) this.#pattern(value, tests, binds);
        else if (key !== null && key.type === "hash_key_symbol") binds.push(this.#assignedVariable(this.textOf(key)));
        return false;
      }
      case "splat_parameter":
      case "hash_splat_parameter": {
        const name = part(node, "name");
        if (name !== null) binds.push(this.#assignedVariable(this.textOf(name)));
        return false;
      }
      case "hash_splat_nil":
        return false;
      case "expression_reference_pattern": {
        const value = part(node, "value");
        if (value !== null) tests.push(this.#expression(value));
        return false;
      }
      case "variable_reference_pattern": {
        const name = part(node, "name");
        if (name !== null) tests.push(this.#expression(name));
        return false;
      }
      default:
        tests.push(this.#expression(node));
        return false;
    }
  }

  #jump(node: PlainNode, into: Step[]): void {
    const at = this.at(node);
    const given = node.children[0]?.children ?? [];
    const values = given.length === 0 ? [] : [given.length === 1 ? this.#expression(given[0]!) : this.#listOf(given, node)];
    const inner = this.#jumps.at(-1);
    const dropped = (): void => {
      for (const value of values) into.push({ is: "do", value, at });
    };
    switch (node.type) {
      case "return":
        into.push({ is: "return", values, at });
        return;
      case "retry": {
        const label = this.#retries.at(-1);
        into.push(label ? { is: "continue", label, at } : { is: "throw", value: null, at });
        return;
      }
      case "redo":
      case "next":
        if (inner === undefined) into.push({ is: "return", values, at });
        else {
          dropped();
          into.push(inner.kind === "loop" ? { is: "continue", label: inner.label, at } : { is: "break", label: inner.label, at });
        }
        return;
      default:
        if (inner === undefined) into.push({ is: "return", values, at });
        else {
          dropped();
          into.push({ is: "break", label: inner.label, at });
        }
    }
  }

  #assignment(node: PlainNode, into: Step[], sink: Sink): void {
    const target = part(node, "target");
    const value = part(node, "value");
    const at = this.at(node);
    if (target === null || value === null) {
      this.missing(node);
      for (const child of node.children) this.#statement(child, into, DROP);
      return;
    }
    if (target.type === "constant" && value.type === "call" && this.#classByCall(target, value, node, into)) return;
    if (target.type === "left_assignment_list") {
      const single = value.type === "right_assignment_list" || value.type === "array" ? null : this.#expression(value);
      const given = single ?? this.#listOf(value.children, value);
      const plain = !target.children.some((child) => child.type === "rest_assignment");
      const items = target.children.map((child): Argument => ({ name: null, spread: child.type === "rest_assignment", value: this.#target(child) }));
      into.push({ is: "bind", targets: plain ? items.map((one) => one.value) : [{ is: "build", holds: false, type: null, tuple: true, parts: items, at: this.at(target) }], value: given, declares: false, type: null, at });
      return;
    }
    // Structures give their value to the target where it comes up, so that what they open is the target's on that way only.
    const structured = ["if", "unless", "case", "case_match", "begin", "rescue_modifier", "parenthesized_statements"].includes(value.type);
    if (structured && this.#before !== null) {
      const lowered = this.#target(target);
      this.#statement(value, into, { is: "bind", targets: [lowered] });
      if (sink.is !== "drop" && lowered.is === "name") this.#give(lowered, into, sink, node);
      return;
    }
    const lowered = value.type === "right_assignment_list" || value.type === "splat_argument" ? this.#listOf(value.type === "splat_argument" ? [value] : value.children, value) : this.#expression(value);
    const bound = this.#target(target);
    into.push({ is: "bind", targets: [bound], value: lowered, declares: false, type: null, at });
    if (sink.is !== "drop" && (bound.is === "name" || (bound.is === "member" && bound.object.is === "name"))) this.#give(bound, into, sink, node);
  }

  /** `Point = Struct.new(:x) do ... end`, `Failed = Class.new(StandardError)`. */
  #classByCall(target: PlainNode, value: PlainNode, node: PlainNode, into: Step[]): boolean {
    const object = part(value, "object");
    const method = part(value, "name");
    if (object === null || method === null) return false;
    const called = `${this.textOf(object)}.${this.textOf(method)}`;
    if (called !== "Struct.new" && called !== "Class.new" && called !== "Data.define" && called !== "Module.new") return false;
    const first = part(value, "arguments")?.children[0];
    const base = called === "Class.new" && first !== undefined ? this.#typeRef(first) : null;
    const block = part(value, "block");
    this.#classBody(this.#classNamed(target), block === null ? null : part(block, "body"), base === null ? [] : [base], node, into);
    return true;
  }

  #target(node: PlainNode): Expression {
    this.depth++;
    const lowered = this.depth > MAX_DEPTH ? this.cutExpression(node) : this.#targetHere(node);
    this.depth--;
    return lowered;
  }

  #targetHere(node: PlainNode): Expression {
    const at = this.at(node);
    switch (node.type) {
      case "identifier":
        return { is: "name", name: this.#assignedVariable(this.textOf(node)), at };
      case "constant": {
        const name = this.textOf(node);
        return this.#class === null ? { is: "name", name, at } : { is: "member", object: { is: "name", name: this.#class.name, at }, name, at };
      }
      case "destructured_left_assignment":
      case "left_assignment_list":
        return {
          is: "build", holds: false, type: null, tuple: true, at,
          parts: node.children.map((child): Argument => ({ name: null, spread: child.type === "rest_assignment", value: this.#target(child) })),
        };
      case "rest_assignment":
        return node.children[0] === undefined ? { is: "operator", parts: [], at } : this.#target(node.children[0]);
      case "call": {
        const object = part(node, "object");
        const name = part(node, "name");
        if (object === null || name === null || part(node, "arguments") !== null) break;
        return { is: "member", object: this.#expression(object), name: this.textOf(name), at };
      }
    }
    return this.#expression(node);
  }

  /** `a or return`, `a && b.close`: what is on the right is done only then. False: it is an expression like others. */
  #logicStatement(node: PlainNode, into: Step[], sink: Sink): boolean {
    const operator = part(node, "operator")?.type ?? "";
    const left = part(node, "left");
    const right = part(node, "right");
    const and = operator === "and" || operator === "&&";
    if ((!and && operator !== "or" && operator !== "||") || left === null || right === null) return false;
    const jumps = this.#alwaysJumps(right);
    if (sink.is !== "drop" && !jumps) return false;
    const at = this.at(node);
    if (sink.is === "drop" || (sink.is === "return" && and)) {
      const condition = this.#expression(left);
      const body = this.#one(right, DROP);
      into.push({ is: "if", condition, then: and ? body : NO_STEPS, else: and ? NO_STEPS : body, at });
      return true;
    }
    const value = this.#expression(left);
    const name = this.#fresh("value");
    const held: Expression = { is: "name", name, at: value.at };
    into.push({ is: "bind", targets: [held], value, declares: false, type: null, at });
    const body = this.#one(right, DROP);
    into.push({ is: "if", condition: held, then: and ? body : NO_STEPS, else: and ? NO_STEPS : body, at });
    this.#give(held, into, sink, node);
    return true;
  }

  #alwaysJumps(node: PlainNode): boolean {
    if (node.type === "parenthesized_statements" && node.children.length === 1) return this.#alwaysJumps(node.children[0]!);
    if (node.type === "return" || node.type === "next" || node.type === "break" || node.type === "retry") return true;
    if (node.type === "identifier") return this.textOf(node) === "raise";
    if (node.type !== "call" || part(node, "object") !== null) return false;
    const name = part(node, "name");
    return name !== null && (this.textOf(name) === "raise" || this.textOf(name) === "fail");
  }

  // --- calls as statements

  /** Calls that are more than a call: `raise`, and those whose block is run here. False: a call like others. */
  #callStatement(node: PlainNode, into: Step[], sink: Sink): boolean {
    const name = part(node, "name");
    const object = part(node, "object");
    if (name === null) return false;
    const method = this.textOf(name);
    const at = this.at(node);
    if (object === null && !this.#ownMethods.has(method)) {
      if (method === "raise" || method === "fail") {
        into.push({ is: "throw", value: this.#raised(node), at });
        return true;
      }
      if (method === "throw") {
        const tag = part(node, "arguments")?.children[0];
        const word = tag === undefined ? "" : this.textOf(tag);
        const around = this.#jumps.findLast((one) => one.tag === word);
        into.push(around === undefined ? { is: "throw", value: null, at } : { is: "break", label: around.label, at });
        return true;
      }
    }
    const value = this.#blockInPlace(node, into, sink.is !== "drop");
    if (value === undefined) return false;
    this.#give(value, into, sink, node);
    return true;
  }

  #raised(node: PlainNode): Expression | null {
    const [first, ...rest] = part(node, "arguments")?.children ?? [];
    if (first === undefined) return null;
    const lowered = this.#expression(first);
    if (first.type !== "constant" && first.type !== "scope_resolution") return lowered;
    const given: Argument[] = [];
    for (const one of rest) this.#argument(one, given);
    return { is: "call", callee: lowered, arguments: given, at: this.at(node) };
  }

  /**
   * Lowers a call together with its block where the block is known to be run at once. Gives the call's value, null for nil; undefined
   * when the block is none of these, and nothing was done.
   */
  #blockInPlace(node: PlainNode, into: Step[], asked: boolean): Expression | null | undefined {
    const name = part(node, "name");
    if (name === null) return undefined;
    const block = part(node, "block");
    const passed = block === null ? this.#passedBlock(node) : null;
    if (block === null && passed === null) return undefined;
    const object = part(node, "object");
    const method = this.textOf(name);
    if (this.#ownMethods.has(method) && object === null) return undefined;
    const use = blockUse(method, object === null ? null : /^(?:::)?([A-Z]\w*)/.exec(this.textOf(object))?.[1] ?? "");
    if (use.is === "unknown") return undefined;
    if (passed !== null && (use.is === "turns" ? passed.type !== "simple_symbol" : use.gives === "receiver")) return undefined;
    const at = this.at(node);
    const call = this.#call(node, false);
    if (passed !== null) return use.is === "turns" ? this.#eachCalled(call, passed, use.stores, at, into) : this.#calledOnce(call, passed, at, into);
    return this.#runHere(call, method, block!, use, asked, at, into);
  }

  #runHere(call: Expression, method: string, block: PlainNode, use: BlockUse & { readonly is: "turns" | "once" }, asked: boolean, at: Expression["at"], into: Step[]): Expression | null {
    const label = this.#fresh("block");
    const result = this.#fresh("value");
    const held: Expression = { is: "name", name: result, at };
    this.#scopes.push(newScope("inPlace"));
    const steps: Step[] = [];
    const list = part(block, "parameters");
    const parameters = (list === null ? this.#numbered(block) : this.#parameters(list, steps)).filter((one) => one.name !== "");
    const names = parameters.map((one): Expression => ({ is: "name", name: one.name, at: list === null ? at : this.at(list) }));
    const body = part(block, "body");
    const loops = use.is === "turns";
    const tag = method === "catch" && call.is === "call" && call.arguments[0]?.value.is === "literal" ? `:${call.arguments[0].value.text}` : null;
    this.#jumps.push({ kind: loops ? "loop" : "block", label, tag });
    const gives = use.is === "turns" ? use.stores : asked && use.gives === "value";
    const sink: Sink = !gives ? DROP : loops ? { is: "store", name: result } : { is: "bind", targets: [held] };
    if (body !== null) this.#bodyOf(body, steps, sink);
    else this.#give(null, steps, sink, null);
    this.#jumps.pop();
    this.#scopes.pop();
    if (loops) {
      if (gives) into.push({ is: "bind", targets: [held], value: { is: "build", holds: true, type: null, tuple: false, parts: [], at }, declares: false, type: null, at });
      const forever = method === "loop";
      into.push({
        is: "loop", label, iterates: forever ? null : iterated(call), binds: forever ? [] : turnBinds(method, names, at), condition: null, body: steps,
        update: NO_STEPS, otherwise: NO_STEPS, isAsync: false, at,
      });
      return gives ? held : method.startsWith("each") || forever ? null : { is: "operator", parts: [], at };
    }
    if (use.is === "once" && use.gives === "receiver" && call.is === "call" && call.callee.is === "member") {
      const receiver = call.callee.object;
      const own: Expression = receiver.is === "name" ? receiver : held;
      if (own !== receiver) into.push({ is: "bind", targets: [own], value: receiver, declares: false, type: null, at });
      if (names[0] !== undefined) into.push({ is: "bind", targets: [names[0]], value: own, declares: false, type: null, at });
      into.push(...this.#leavable(steps, label, block, at));
      return own;
    }
    if (method === "then" || method === "yield_self") {
      if (names[0] !== undefined && call.is === "call" && call.callee.is === "member") into.push({ is: "bind", targets: [names[0]], value: call.callee.object, declares: false, type: null, at });
      into.push(...this.#leavable(steps, label, block, at));
      return gives ? held : null;
    }
    const bind: Expression | null = names.length === 0 ? null : names.length === 1 ? names[0]! : { is: "build", holds: false, type: null, tuple: true, parts: names.map(positional), at };
    into.push(...this.#leavable([{ is: "with", items: [{ value: call, bind }], isAsync: false, body: steps, at }], label, block, at));
    return gives ? held : null;
  }

  /** Steps that `next`, `break` and `throw` may leave. */
  #leavable(steps: Step[], label: string, block: PlainNode, at: Expression["at"]): Step[] {
    if (!/\b(?:next|break|throw|redo)\b/.test(this.textOf(block))) return steps;
    return [{ is: "loop", label, iterates: null, binds: [], condition: null, body: [...steps, { is: "break", label, at }], update: NO_STEPS, otherwise: NO_STEPS, isAsync: false, at }];
  }

  /** `_1` and `it`: parameters that nobody declares. */
  #numbered(block: PlainNode): Parameter[] {
    const text = this.textOf(block);
    const found = /(?<![\w@.:])(_[1-9]|it)\b(?!\s*(?:["'(\[{:=]|do\b))/.exec(text)?.[1];
    if (found === undefined || this.#variable(found) !== null) return [];
    const names = found === "it" ? ["it"] : ["_1", ...(/\b_2\b/.test(text) ? ["_2"] : [])];
    return names.map((name) => ({ name: this.#parameterVariable(name), type: null, variadic: false, initial: null }));
  }

  /** What `conns.each(&:close)` and `File.open(path, &block)` hand over as their block. */
  #passedBlock(node: PlainNode): PlainNode | null {
    for (const one of part(node, "arguments")?.children ?? []) if (one.type === "block_argument") return one.children[0] ?? null;
    return null;
  }

  /** `File.open(path, &block)`: with somebody else's block it ends by itself just as well. */
  #calledOnce(call: Expression, block: PlainNode, at: Expression["at"], into: Step[]): Expression {
    const given: Expression = { is: "name", name: this.#fresh("given"), at };
    const result: Expression = { is: "name", name: this.#fresh("value"), at };
    const done: Expression = block.type === "simple_symbol"
      ? { is: "call", callee: { is: "member", object: given, name: this.textOf(block).slice(1), at: this.at(block) }, arguments: [], at: this.at(block) }
      : this.#yielded([positional(given)], block);
    into.push({ is: "with", items: [{ value: call, bind: given }], isAsync: false, body: [{ is: "bind", targets: [result], value: done, declares: false, type: null, at }], at });
    return result;
  }

  #eachCalled(call: Expression, symbol: PlainNode, stores: boolean, at: Expression["at"], into: Step[]): Expression | null {
    const turn: Expression = { is: "name", name: this.#fresh("each"), at };
    const result: Expression = { is: "name", name: this.#fresh("value"), at };
    const done: Expression = { is: "call", callee: { is: "member", object: turn, name: this.textOf(symbol).slice(1), at: this.at(symbol) }, arguments: [], at: this.at(symbol) };
    const body: Step[] = [];
    if (stores) {
      into.push({ is: "bind", targets: [result], value: { is: "build", holds: true, type: null, tuple: false, parts: [], at }, declares: false, type: null, at });
      this.#give(done, body, { is: "store", name: (result as { name: string }).name }, null);
    } else body.push({ is: "do", value: done, at });
    into.push({ is: "loop", label: null, iterates: iterated(call), binds: [turn], condition: null, body, update: NO_STEPS, otherwise: NO_STEPS, isAsync: false, at });
    return stores ? result : { is: "operator", parts: [], at };
  }

  // --- expressions

  /** What is evaluated only on some ways: nothing is put before it. */
  #quietly<T>(lower: () => T): T {
    const before = this.#before;
    this.#before = null;
    const lowered = lower();
    this.#before = before;
    return lowered;
  }

  #conditionally(node: PlainNode): Expression {
    return this.#quietly(() => this.#expression(node));
  }

  #listOf(nodes: readonly PlainNode[], around: PlainNode): Expression {
    const elements: Argument[] = [];
    for (const node of nodes) this.#argument(node, elements);
    return { is: "build", holds: true, type: null, tuple: true, parts: elements, at: this.at(around) };
  }

  #argument(node: PlainNode, into: Argument[]): void {
    switch (node.type) {
      case "splat_argument":
      case "hash_splat_argument":
      case "rest_assignment":
        for (const inner of node.children) into.push({ name: null, spread: true, value: this.#expression(inner) });
        return;
      case "block_argument":
        for (const inner of node.children) into.push(positional(this.#expression(inner)));
        return;
      case "forward_argument":
      case "empty_statement":
        return;
      case "heredoc_body":
        for (const child of node.children) if (child.type === "interpolation") for (const inner of child.children) into.push({ name: "", spread: false, value: { is: "build", holds: false, type: null, tuple: false, parts: [positional(this.#expression(inner))], at: this.at(inner) } });
        return;
      case "pair": {
        const key = part(node, "key");
        const value = part(node, "value");
        let name: string | null = null;
        if (key !== null) {
          if (key.type === "hash_key_symbol") name = this.textOf(key);
          else {
            const lowered = this.#expression(key);
            if (lowered.is === "literal" && lowered.kind === "string") name = lowered.text;
            else if (lowered.is !== "literal" && lowered.is !== "name") into.push({ name: "", spread: false, value: { is: "operator", parts: [lowered], at: lowered.at } });
          }
        }
        if (value !== null) into.push({ name, spread: false, value: this.#expression(value) });
        // `f(x:)` gives x.
        else if (key !== null && name !== null) into.push({ name, spread: false, value: this.#word(name, key) });
        return;
      }
      default:
        into.push(positional(this.#expression(node)));
    }
  }

  /** A bare name: a variable, a field by its reader, or a call. */
  #word(name: string, node: PlainNode): Expression {
    const at = this.at(node);
    const variable = this.#variable(name);
    if (variable !== null) return { is: "name", name: variable, at };
    if (this.#class?.readers.has(name) === true) return { is: "member", object: this.#self(node), name, at };
    if (KERNEL.has(name) && !this.#ownMethods.has(name)) return { is: "call", callee: this.#kernel(name, node), arguments: [], at };
    return { is: "call", callee: { is: "name", name, at }, arguments: [], at };
  }

  #expression(node: PlainNode): Expression {
    this.depth++;
    const lowered = this.tooDeep(node, "scope_resolution") ? this.cutExpression(node) : this.#expressionHere(node);
    this.depth--;
    return lowered;
  }

  #expressionHere(node: PlainNode): Expression {
    const at = this.at(node);
    switch (node.type) {
      case "identifier":
        return this.#word(this.textOf(node), node);
      case "constant":
        this.#constants.add(this.textOf(node));
        return { is: "name", name: this.textOf(node), at };
      case "scope_resolution": {
        const object = part(node, "object");
        const name = part(node, "name");
        if (name === null) return this.#opaque(node);
        const dotted = this.#dotted(node);
        if (/^[A-Z][\w.]*$/.test(dotted)) this.#constants.add(dotted);
        return object === null ? { is: "name", name: this.textOf(name), at } : { is: "member", object: this.#expression(object), name: this.textOf(name), at };
      }
      case "instance_variable":
        return { is: "member", object: this.#self(node), name: this.textOf(node).slice(1), at };
      case "class_variable":
        return { is: "member", object: this.#self(node), name: this.textOf(node), at };
      case "global_variable":
        return { is: "member", object: this.#kernel("global", node), name: this.textOf(node), at };
      case "self":
        return this.#self(node);
      case "super": {
        const fn = this.#fn;
        const args = fn.parameters.map((one): Argument => ({ name: null, spread: one.variadic, value: { is: "name", name: one.name, at } })).filter((one) => one.value.is === "name" && one.value.name !== "");
        return { is: "call", callee: this.#superCallee(node), arguments: args, at };
      }
      case "nil":
        return { is: "literal", kind: "null", text: "nil", at };
      case "true":
        return { is: "literal", kind: "true", text: "true", at };
      case "false":
        return { is: "literal", kind: "false", text: "false", at };
      case "integer":
      case "float":
      case "rational":
      case "complex":
        return { is: "literal", kind: "number", text: this.textOf(node), at };
      case "character":
      case "encoding":
      case "file":
      case "line":
      case "heredoc_beginning":
      case "operator":
      case "setter":
        return { is: "literal", kind: "string", text: this.textOf(node), at };
      case "simple_symbol":
      case "hash_key_symbol":
        return { is: "literal", kind: "string", text: this.textOf(node).replace(/^:/, ""), at };
      case "string":
      case "delimited_symbol":
      case "regex":
      case "bare_string":
      case "bare_symbol":
      case "chained_string":
      case "heredoc_body":
        return this.#text(node);
      case "subshell":
        return { is: "call", callee: this.#kernel("backtick", node), arguments: [positional(this.#text(node))], at };
      case "string_array":
      case "symbol_array":
        return { is: "build", holds: true, type: null, tuple: false, parts: node.children.map((child) => positional(this.#text(child))), at };
      case "array":
      case "hash":
      case "right_assignment_list":
      case "argument_list": {
        const elements: Argument[] = [];
        for (const child of node.children) this.#argument(child, elements);
        return { is: "build", holds: true, type: null, tuple: node.type !== "hash", parts: elements, at };
      }
      case "pair":
      case "splat_argument":
      case "hash_splat_argument":
      case "block_argument":
      case "forward_argument":
      case "empty_statement": {
        const elements: Argument[] = [];
        this.#argument(node, elements);
        return elements.length === 1 ? elements[0]!.value : { is: "build", holds: true, type: null, tuple: true, parts: elements, at };
      }
      case "parenthesized_statements":
        if (node.children.length === 1) return EXPRESSIONS.has(node.children[0]!.type) || node.children[0]!.type === "assignment" ? this.#expression(node.children[0]!) : this.#structure(node.children[0]!);
        return this.#structure(node);
      case "if":
      case "unless":
      case "case":
      case "case_match":
      case "begin":
      case "while":
      case "until":
      case "for":
      case "if_modifier":
      case "unless_modifier":
      case "while_modifier":
      case "until_modifier":
      case "rescue_modifier":
      case "return":
      case "next":
      case "break":
      case "redo":
      case "retry":
      case "class":
      case "module":
      case "singleton_class":
      case "method":
      case "singleton_method":
      case "match_pattern":
      case "alias":
      case "undef":
      case "begin_block":
      case "end_block":
      case "then":
      case "else":
        return this.#structure(node);
      case "test_pattern": {
        const value = part(node, "value");
        const pattern = part(node, "pattern");
        const tests: Expression[] = value === null ? [] : [this.#expression(value)];
        const names: string[] = [];
        if (pattern !== null) this.#pattern(pattern, tests, names);
        const test: Expression = { is: "operator", parts: tests, at };
        return names.length === 0 ? test : { is: "assign", target: tupleOf(names, at), value: test, at };
      }
      case "assignment": {
        const target = part(node, "target");
        const value = part(node, "value");
        if (target === null || value === null) return this.#opaque(node);
        const lowered = value.type === "right_assignment_list" ? this.#listOf(value.children, value) : this.#expression(value);
        return { is: "assign", target: this.#target(target), value: lowered, at };
      }
      case "operator_assignment":
        return this.#operatorAssignment(node);
      case "conditional": {
        const condition = part(node, "condition");
        const then = part(node, "then");
        const otherwise = part(node, "else");
        if (condition === null || then === null || otherwise === null) return this.#opaque(node);
        return { is: "conditional", condition: this.#expression(condition), then: this.#conditionally(then), else: this.#conditionally(otherwise), at };
      }
      case "unary": {
        const value = part(node, "value");
        const operator = part(node, "operator")?.type;
        if (value === null) return this.#opaque(node);
        const lowered = operator === "defined?" ? this.#conditionally(value) : this.#expression(value);
        if (operator === "-" && lowered.is === "literal") return { is: "literal", kind: "number", text: this.textOf(node), at };
        return operator === "!" || operator === "not" ? { is: "not", value: lowered, at } : { is: "operator", parts: operator === "defined?" ? [] : [lowered], at };
      }
      case "binary":
        return this.#binary(node);
      case "range":
        return { is: "operator", parts: node.children.filter((child) => child.role !== "operator").map((child) => this.#expression(child)), at };
      case "element_reference": {
        const object = part(node, "object");
        if (object === null) return this.#opaque(node);
        const given: Argument[] = [];
        const lowered = this.#expression(object);
        for (const child of node.children) if (child.role === null) this.#argument(child, given);
        return { is: "index", object: lowered, parts: given.map((one) => one.value), at };
      }
      case "lambda": {
        const block = part(node, "body");
        return this.#closure(node, part(node, "parameters"), block === null ? [] : [part(block, "body") ?? block], "<lambda>");
      }
      case "yield": {
        const given: Argument[] = [];
        for (const list of node.children) for (const child of list.children) this.#argument(child, given);
        return this.#yielded(given, node);
      }
      case "interpolation":
        return this.#text(node);
      case "call": {
        if (this.#before !== null) {
          const value = this.#blockInPlace(node, this.#before, true);
          if (value !== undefined) return value ?? { is: "literal", kind: "null", text: "nil", at };
        }
        return this.#call(node, true);
      }
    }
    return this.#opaque(node);
  }

  /** What the caller's block does with what it is given is not for it to end: `Proc.yield` is no real method. */
  #yielded(given: readonly Argument[], node: PlainNode): Expression {
    const at = this.at(node);
    this.#constants.add("Proc");
    return { is: "call", callee: { is: "member", object: { is: "name", name: "Proc", at }, name: "yield", at }, arguments: given, at };
  }

  #superCallee(node: PlainNode): Expression {
    const at = this.at(node);
    let fn: OpenFunction = this.#fn;
    while (fn.owner === null && fn.parent !== null) fn = this.functions[fn.parent]!;
    const named: Expression = { is: "name", name: "super", at };
    return fn.name === "initialize" || fn.owner === null ? named : { is: "member", object: { is: "call", callee: named, arguments: [], at }, name: fn.name, at };
  }

  /** A statement where a value is asked for. */
  #structure(node: PlainNode): Expression {
    const at = this.at(node);
    const before = this.#before;
    if (before !== null) {
      const result: Expression = { is: "name", name: this.#fresh("value"), at };
      const jump = node.type === "return" || node.type === "next" || node.type === "break" || node.type === "redo" || node.type === "retry";
      this.#statement(node, before, jump ? DROP : { is: "bind", targets: [result] });
      return jump || NO_VALUE.has(node.type) ? { is: "literal", kind: "null", text: "nil", at } : result;
    }
    // Done or not, and in what order, is not told: what is in it is.
    const steps: Step[] = [];
    const fn = this.openFunction("<block>", this.#fn.id === 0 ? "<block>" : `${this.#fn.symbol}.<block>`, this.#fn.id, at, this.between(node.start, node.start));
    const outer = this.#fn;
    this.#inside(fn, "closure", () => {
      this.#statement(node, steps, RETURN);
      fn.body.push(...steps);
    });
    this.#fn = outer;
    return { is: "call", callee: { is: "closure", function: fn.id, at }, arguments: [], at };
  }

  #text(node: PlainNode): Expression {
    const at = this.at(node);
    const inside: Argument[] = [];
    const visit = (one: PlainNode): void => {
      for (const child of one.children) {
        if (one.type === "interpolation") inside.push(positional(this.#expression(child)));
        else visit(child);
      }
    };
    visit(node);
    if (inside.length > 0) return { is: "build", holds: false, type: null, tuple: false, parts: inside, at };
    const text = this.textOf(node);
    return { is: "literal", kind: "string", text: /^:?(["']).*\1$/s.test(text) ? text.replace(/^:?["']/, "").slice(0, -1) : text, at };
  }

  #operatorAssignment(node: PlainNode): Expression {
    const target = part(node, "target");
    const value = part(node, "value");
    const operator = part(node, "operator")?.type ?? "";
    if (target === null || value === null) return this.#opaque(node);
    const at = this.at(node);
    const bound = this.#target(target);
    if (operator === "||=" || operator === "&&=") {
      const given = this.#conditionally(value);
      return { is: "logic", operator: operator === "||=" ? "or" : "and", left: bound, right: { is: "assign", target: bound, value: given, at }, at };
    }
    const given = this.#expression(value);
    return { is: "assign", target: bound, value: { is: "operator", parts: [bound, given], at }, at };
  }

  #binary(node: PlainNode): Expression {
    const lowered = lowerOperators(node, {
      isLink: (left) => left.type === "binary",
      kindOf: operatorKind,
      expression: (operand) => this.#expression(operand),
      associates,
      right: (link, kind, operands) => {
        const right = part(link, "right");
        operands.push(right === null ? this.missing(link) : kind === "and" || kind === "or" ? this.#conditionally(right) : this.#expression(right));
      },
      join: (kind, operands, link) => {
        const at = this.at(link);
        // `list << conn` keeps what it is given.
        if (kind === "<<") return operands.slice(1).reduce<Expression>((object, given) => ({ is: "call", callee: { is: "member", object, name: "<<", at }, arguments: [positional(given)], at }), operands[0]!);
        return joinOperands(kind, operands, at);
      },
    });
    return lowered ?? this.#opaque(node);
  }

  /** @param withBlock false: its block is lowered by who asks */
  #call(node: PlainNode, withBlock: boolean): Expression {
    const name = part(node, "name");
    const object = part(node, "object");
    const list = part(node, "arguments");
    const block = withBlock ? part(node, "block") : null;
    const at = this.at(node);
    const method = name === null ? "call" : this.textOf(name);
    if (name === null && object === null) return this.#opaque(node);
    let callee: Expression;
    if (object === null) {
      if (name!.type === "super") callee = this.#superCallee(node);
      else if (KERNEL.has(method) && !this.#ownMethods.has(method)) callee = this.#kernel(method, name!);
      else if (name!.type === "constant") {
        this.#constants.add(method);
        callee = { is: "name", name: method, at: this.at(name!) };
      } else {
        const variable = this.#variable(method);
        callee = { is: "name", name: variable !== null && list === null && block === null ? variable : method, at: this.at(name!) };
      }
    } else if ((object.type === "constant" || object.type === "scope_resolution") && method === "new") callee = this.#expression(object);
    else if (object.type === "constant" && part(node, "operator")?.type === "::" && name?.type === "constant" && list === null) callee = this.#expression(object);
    else if (object.type === "identifier" && this.#blocks.has(this.textOf(object)) && (method === "call" || method === "yield")) {
      const given: Argument[] = [];
      for (const child of list?.children ?? []) this.#argument(child, given);
      return this.#yielded(given, node);
    } else {
      const receiver = this.#expression(object);
      if (method === "nil?" && list === null) return { is: "compare", operator: "==", left: receiver, right: { is: "literal", kind: "null", text: "nil", at }, at };
      if (receiver.is === "name" && receiver.name === "self" && this.#class?.readers.has(method) === true && list === null) return { is: "member", object: receiver, name: method, at };
      callee = { is: "member", object: receiver, name: method, at: this.between(object.start, name?.end ?? object.end) };
    }
    const given: Argument[] = [];
    for (const child of list?.children ?? []) {
      if (!withBlock && child.type === "block_argument") continue;
      this.#argument(child, given);
    }
    if (block !== null) {
      const body = part(block, "body");
      given.push(positional(this.#closure(block, part(block, "parameters"), body === null ? [] : [body], "<block>")));
      if (object === null && (method === "lambda" || method === "proc")) return given.at(-1)!.value;
    }
    return { is: "call", callee, arguments: given, at };
  }

  #closure(node: PlainNode, list: PlainNode | null, body: readonly PlainNode[], name: string): Expression {
    const parent = this.#fn;
    const fn = this.openFunction(name, parent.id === 0 ? name : `${parent.symbol}.${name}`, parent.id, this.at(node), this.between(node.start, Math.min(node.end, node.start + 2)));
    this.#inside(fn, "closure", () => {
      fn.parameters = list !== null ? this.#parameters(list, fn.body) : name === "at_exit" ? [] : this.#numbered(node);
      body.forEach((one, i) => {
        const sink = i === body.length - 1 ? RETURN : DROP;
        if (one.type === "block_body" || one.type === "body_statement") this.#bodyOf(one, fn.body, sink);
        else if (one.type !== "block" && one.type !== "do_block") this.#statement(one, fn.body, sink);
      });
    });
    return { is: "closure", function: fn.id, at: this.at(node) };
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
      this.#jumps = [];
      this.#retries = [];
      this.#before = null;
      this.#statement(node, body, DROP);
    });
  }
}

const CATCH_ALL = new Set(["StandardError", "Exception"]);
/** Roots of what the libraries of databases raise: their handlers take what the calls between raise. */
const CATCH_CALLS = new Set([
  "PG.Error", "PGError", "Mysql2.Error", "SQLite3.Exception", "Sequel.Error", "Sequel.DatabaseError", "ActiveRecord.ActiveRecordError", "ActiveRecord.StatementInvalid", "Redis.BaseError", "Mongo.Error", "Faraday.Error",
  "Trilogy.Error", "DBI.Error", "Bunny.Exception",
]);

/** Structures that give nil, or nothing that matters. */
const NO_VALUE = new Set(["while", "until", "for", "while_modifier", "until_modifier", "class", "module", "singleton_class", "method", "singleton_method", "alias", "undef", "match_pattern", "end_block"]);

const EXPRESSIONS = new Set([
  "identifier", "constant", "scope_resolution", "instance_variable", "class_variable", "global_variable", "self", "super", "nil", "true", "false", "integer", "float", "rational", "complex",
  "character", "encoding", "file", "line", "heredoc_beginning", "operator", "setter", "simple_symbol", "hash_key_symbol", "string", "delimited_symbol", "regex", "bare_string", "bare_symbol",
  "chained_string", "subshell", "string_array", "symbol_array", "array", "hash", "right_assignment_list", "argument_list", "pair", "splat_argument", "hash_splat_argument", "block_argument",
  "forward_argument", "test_pattern", "operator_assignment", "conditional", "unary", "binary", "range", "element_reference", "lambda", "yield", "interpolation", "call",
]);

function isNoStatement(node: PlainNode): boolean {
  return node.type === "empty_statement" || node.type === "heredoc_body" || node.type === "uninterpreted";
}

function operatorKind(link: PlainNode): OperatorKind | "<<" {
  switch (part(link, "operator")?.type) {
    case "and":
    case "&&":
      return "and";
    case "or":
    case "||":
      return "or";
    case "==":
      return "==";
    case "!=":
      return "!=";
    case "<<":
      return "<<";
    default:
      return "operator";
  }
}

function tupleOf(names: readonly string[], at: Expression["at"]): Expression {
  return { is: "build", holds: false, type: null, tuple: true, parts: names.map((name) => positional({ is: "name", name, at })), at };
}

/** What `x.each`, `x.map` go through is x itself; other calls (`File.foreach(path)`, `10.times`) say it by what they give. */
function iterated(call: Expression): Expression {
  if (call.is === "call" && call.callee.is === "member" && call.arguments.length === 0) return call.callee.object;
  return call;
}

/** The loop's convention: of two, the first is a key or number, the second the element. */
function turnBinds(method: string, names: readonly Expression[], at: Expression["at"]): readonly Expression[] {
  if (names.length < 2) return names;
  if (names.length === 2) return method === "each_with_index" || method === "each_with_object" ? [names[1]!, names[0]!] : names;
  return [{ is: "build", holds: false, type: null, tuple: true, parts: names.map(positional), at }];
}
