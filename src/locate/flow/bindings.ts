import type { Expression, FunctionFlow, Place, Step, TypeRef } from "./flow-model";

/** One thing that a name may hold in a function. Flow-insensitive: all that is bound to it anywhere in the function. */
export type Binding =
  | { readonly from: "type"; readonly type: TypeRef; readonly at: Place }
  /** The value itself, or its `result`-th part when it was unpacked. */
  | { readonly from: "value"; readonly value: Expression; readonly result: number | null; readonly at: Place }
  /** An element of the value: `for x in value`. `of`: the part of each element (`for i, x in enumerate(xs)`). */
  | { readonly from: "element"; readonly value: Expression; readonly part: number | null; readonly at: Place }
  /** What `with value as x` gives. */
  | { readonly from: "entered"; readonly value: Expression; readonly at: Place }
  | { readonly from: "function"; readonly function: number; readonly at: Place }
  /** It is bound, and nothing more is known: `except E as x`, a pattern. */
  | { readonly from: "something"; readonly at: Place };

/** An assignment to a member, `self.session = requests.Session()`, `client.Timeout = t`. */
export interface MemberBinding {
  readonly object: Expression;
  readonly name: string;
  readonly type: TypeRef | null;
  readonly value: Expression | null;
  readonly result: number | null;
}

export interface Bindings {
  readonly names: ReadonlyMap<string, readonly Binding[]>;
  readonly members: readonly MemberBinding[];
  /** Names that belong to the file's top level (Python's `global`), or to an enclosing function (`nonlocal`). */
  readonly outer: ReadonlySet<string>;
  /** Values returned and yielded, for results that nobody declares. */
  readonly returns: readonly (readonly Expression[])[];
  readonly yields: readonly Expression[];
}

/** Collects all that is bound in one function, its parameters and receiver included; closures inside it are functions of their own. */
export function collectBindings(fn: FunctionFlow): Bindings {
  const collector = new Collector();
  for (const parameter of fn.parameters) {
    if (parameter.name === "") continue;
    if (parameter.type === null) collector.add(parameter.name, parameter.initial === null ? { from: "something", at: fn.place } : { from: "value", value: parameter.initial, result: null, at: fn.place });
    else {
      const type = parameter.variadic && parameter.type.element === null ? { name: "", element: parameter.type } : parameter.type;
      collector.add(parameter.name, { from: "type", type, at: fn.place });
    }
  }
  fn.resultNames.forEach((name, i) => {
    const type = fn.results[i] ?? null;
    collector.add(name, type === null ? { from: "something", at: fn.place } : { from: "type", type, at: fn.place });
  });
  collector.steps(fn.body);
  return { names: collector.names, members: collector.members, outer: collector.outer, returns: collector.returns, yields: collector.yields };
}

class Collector {
  readonly names = new Map<string, Binding[]>();
  readonly members: MemberBinding[] = [];
  readonly outer = new Set<string>();
  readonly returns: (readonly Expression[])[] = [];
  readonly yields: Expression[] = [];

  add(name: string, binding: Binding): void {
    if (name === "_") return;
    const known = this.names.get(name);
    if (known === undefined) this.names.set(name, [binding]);
    else known.push(binding);
  }

  /** Binds a target to `value` (its `result`-th part); null: to something unknown. */
  private target(target: Expression, value: Expression | null, result: number | null, type: TypeRef | null): void {
    switch (target.is) {
      case "name":
        if (type !== null) this.add(target.name, { from: "type", type, at: target.at });
        if (value !== null) this.add(target.name, { from: "value", value, result, at: target.at });
        else if (type === null) this.add(target.name, { from: "something", at: target.at });
        return;
      case "member":
        this.members.push({ object: target.object, name: target.name, type, value, result });
        return;
      case "build":
        target.parts.forEach((part, i) => {
          if (value === null) this.target(part.value, null, null, null);
          else if (value.is === "build" && value.tuple && result === null) this.target(part.value, value.parts[i]?.value ?? null, null, null);
          else this.target(part.value, result === null ? value : null, result === null ? i : null, null);
        });
        return;
      case "same":
        this.target(target.value, value, result, type);
        return;
      default:
        return;
    }
  }

  private eachTurn(target: Expression, value: Expression, part: number | null): void {
    if (target.is === "name") this.add(target.name, { from: "element", value, part, at: target.at });
    else if (target.is === "build") target.parts.forEach((inner, i) => this.eachTurn(inner.value, value, part === null ? i : -1));
    else if (target.is === "same") this.eachTurn(target.value, value, part);
  }

  steps(steps: readonly Step[]): void {
    for (const step of steps) this.step(step);
  }

  private step(step: Step): void {
    switch (step.is) {
      case "bind": {
        if (step.value !== null) this.expression(step.value);
        const value = step.value;
        const [only] = step.targets;
        if (step.targets.length === 1 && only !== undefined) this.target(only, value, null, step.type);
        else {
          step.targets.forEach((target, i) => {
            if (value !== null && value.is === "build" && value.tuple && value.parts.length === step.targets.length) this.target(target, value.parts[i]?.value ?? null, null, step.type);
            else this.target(target, value, value === null ? null : i, step.type);
          });
        }
        return;
      }
      case "do":
        return this.expression(step.value);
      case "if":
        this.expression(step.condition);
        this.steps(step.then);
        return this.steps(step.else);
      case "loop":
        if (step.iterates !== null) {
          this.expression(step.iterates);
          const iterates = step.iterates;
          // Go's `for key, value := range x` binds two; Python's tuple is one target of two parts.
          step.bindTypes?.forEach((type, i) => {
            const target = step.binds[i];
            if (type !== null && target?.is === "name") this.add(target.name, { from: "type", type, at: target.at });
          });
          if (step.binds.length === 2) {
            this.eachTurn(step.binds[0] as Expression, iterates, 0);
            this.eachTurn(step.binds[1] as Expression, iterates, null);
          } else for (const target of step.binds) this.eachTurn(target, iterates, null);
        }
        if (step.condition !== null) this.expression(step.condition);
        this.steps(step.body);
        this.steps(step.update);
        return this.steps(step.otherwise);
      case "switch":
        if (step.subject !== null) this.expression(step.subject);
        for (const one of step.cases) {
          if (step.bind !== null && step.subject !== null) this.add(step.bind, { from: "value", value: step.subject, result: null, at: one.at });
          for (const name of one.binds) this.add(name, { from: "something", at: one.at });
          for (const test of one.tests) this.expression(test);
          if (one.guard !== null) this.expression(one.guard);
          this.steps(one.body);
        }
        return;
      case "try":
        this.steps(step.body);
        for (const handler of step.handlers) {
          if (handler.bind !== null) this.add(handler.bind, { from: "something", at: handler.at });
          this.steps(handler.body);
        }
        this.steps(step.otherwise);
        return this.steps(step.finally);
      case "with":
        for (const item of step.items) {
          this.expression(item.value);
          if (item.bind === null) continue;
          if (item.type && item.bind.is === "name") this.add(item.bind.name, { from: "type", type: item.type, at: item.bind.at });
          this.entered(item.bind, item.value);
        }
        return this.steps(step.body);
      case "return":
        this.returns.push(step.values);
        for (const value of step.values) this.expression(value);
        return;
      case "throw":
        if (step.value !== null) this.expression(step.value);
        return;
      case "defer":
      case "spawn":
        return this.expression(step.call);
      case "define":
        return this.add(step.name, { from: "function", function: step.function, at: step.at });
      case "assert":
        return this.expression(step.condition);
      case "scope":
        if (step.kind !== "delete") for (const name of step.names) this.outer.add(name);
        return;
      case "block":
      case "opaque":
        return this.steps(step.body);
      default:
        return;
    }
  }

  private entered(target: Expression, value: Expression): void {
    if (target.is === "name") this.add(target.name, { from: "entered", value, at: target.at });
    else if (target.is === "member") this.members.push({ object: target.object, name: target.name, type: null, value, result: null });
    else if (target.is === "build") for (const part of target.parts) this.target(part.value, null, null, null);
  }

  /** Only what binds or yields inside an expression matters here. */
  private expression(expression: Expression): void {
    switch (expression.is) {
      case "assign":
        this.target(expression.target, expression.value, null, null);
        return this.expression(expression.value);
      case "yield":
        if (expression.value !== null) {
          this.yields.push(expression.value);
          this.expression(expression.value);
        }
        return;
      case "name":
      case "literal":
      case "closure":
        return;
      default:
        eachChild(expression, (child) => this.expression(child));
    }
  }
}

/** Calls `visit` with each direct part of an expression, in the order of evaluation. Closures' bodies are not parts. */
export function eachChild(expression: Expression, visit: (child: Expression) => void): void {
  switch (expression.is) {
    case "name":
    case "literal":
    case "closure":
      return;
    case "member":
      return visit(expression.object);
    case "call":
      visit(expression.callee);
      for (const argument of expression.arguments) visit(argument.value);
      return;
    case "await":
    case "not":
    case "same":
      return visit(expression.value);
    case "yield":
      if (expression.value !== null) visit(expression.value);
      return;
    case "build":
      for (const part of expression.parts) visit(part.value);
      return;
    case "logic":
    case "compare":
      visit(expression.left);
      return visit(expression.right);
    case "conditional":
      visit(expression.condition);
      visit(expression.then);
      return visit(expression.else);
    case "index":
      visit(expression.object);
      for (const part of expression.parts) visit(part);
      return;
    case "assign":
      visit(expression.value);
      return visit(expression.target);
    case "operator":
    case "opaque":
      for (const part of expression.parts) visit(part);
      return;
  }
}

/** Calls `visit` with each expression that a step holds directly (not those of the steps inside it). */
export function eachExpression(step: Step, visit: (expression: Expression) => void): void {
  switch (step.is) {
    case "bind":
      if (step.value !== null) visit(step.value);
      for (const target of step.targets) visit(target);
      return;
    case "do":
      return visit(step.value);
    case "if":
    case "assert":
      return visit(step.condition);
    case "loop":
      if (step.iterates !== null) visit(step.iterates);
      for (const target of step.binds) visit(target);
      if (step.condition !== null) visit(step.condition);
      return;
    case "switch":
      if (step.subject !== null) visit(step.subject);
      for (const one of step.cases) {
        for (const test of one.tests) visit(test);
        if (one.guard !== null) visit(one.guard);
      }
      return;
    case "with":
      for (const item of step.items) {
        visit(item.value);
        if (item.bind !== null) visit(item.bind);
      }
      return;
    case "return":
      for (const value of step.values) visit(value);
      return;
    case "throw":
      if (step.value !== null) visit(step.value);
      return;
    case "defer":
    case "spawn":
      return visit(step.call);
    default:
      return;
  }
}

/** Calls `visit` with each list of steps inside a step. */
export function eachBody(step: Step, visit: (steps: readonly Step[]) => void): void {
  switch (step.is) {
    case "if":
      visit(step.then);
      return visit(step.else);
    case "loop":
      visit(step.body);
      visit(step.update);
      return visit(step.otherwise);
    case "switch":
      for (const one of step.cases) visit(one.body);
      return;
    case "try":
      visit(step.body);
      for (const handler of step.handlers) visit(handler.body);
      visit(step.otherwise);
      return visit(step.finally);
    case "with":
    case "block":
    case "opaque":
      return visit(step.body);
    default:
      return;
  }
}
