import type { Expression, Step } from "./flow-model";

export type CallExpression = Expression & { readonly is: "call" };
export type NameExpression = Expression & { readonly is: "name" };

/** The direct parts of an expression, in evaluation order. A closure's body is not a part of it. */
export function partsOf(expression: Expression): readonly Expression[] {
  switch (expression.is) {
    case "name":
    case "literal":
    case "closure":
      return [];
    case "member":
      return [expression.object];
    case "call":
      return [expression.callee, ...expression.arguments.map((argument) => argument.value)];
    case "await":
    case "not":
    case "same":
      return [expression.value];
    case "yield":
      return expression.value === null ? [] : [expression.value];
    case "build":
      return expression.parts.map((part) => part.value);
    case "logic":
    case "compare":
      return [expression.left, expression.right];
    case "conditional":
      return [expression.condition, expression.then, expression.else];
    case "index":
      return [expression.object, ...expression.parts];
    case "assign":
      return [expression.value, expression.target];
    case "operator":
    case "opaque":
      return expression.parts;
  }
}

/** The expressions that a step itself holds, in evaluation order, and the step lists inside it. Closures and nested functions are not entered. */
export function partsOfStep(step: Step, onExpression: (expression: Expression) => void, onSteps: (steps: readonly Step[]) => void): void {
  switch (step.is) {
    case "bind":
      if (step.value !== null) onExpression(step.value);
      for (const target of step.targets) onExpression(target);
      return;
    case "do":
      onExpression(step.value);
      return;
    case "if":
      onExpression(step.condition);
      onSteps(step.then);
      onSteps(step.else);
      return;
    case "loop":
      if (step.iterates !== null) onExpression(step.iterates);
      for (const target of step.binds) onExpression(target);
      if (step.condition !== null) onExpression(step.condition);
      onSteps(step.body);
      onSteps(step.update);
      onSteps(step.otherwise);
      return;
    case "switch":
      if (step.subject !== null) onExpression(step.subject);
      for (const one of step.cases) {
        for (const test of one.tests) onExpression(test);
        if (one.guard !== null) onExpression(one.guard);
        onSteps(one.body);
      }
      return;
    case "try":
      onSteps(step.body);
      for (const handler of step.handlers) onSteps(handler.body);
      onSteps(step.otherwise);
      onSteps(step.finally);
      return;
    case "with":
      for (const item of step.items) {
        onExpression(item.value);
        if (item.bind !== null) onExpression(item.bind);
      }
      onSteps(step.body);
      return;
    case "return":
      for (const value of step.values) onExpression(value);
      return;
    case "throw":
      if (step.value !== null) onExpression(step.value);
      return;
    case "defer":
    case "spawn":
      onExpression(step.call);
      return;
    case "assert":
      onExpression(step.condition);
      return;
    case "block":
    case "opaque":
      onSteps(step.body);
      return;
    case "break":
    case "continue":
    case "goto":
    case "label":
    case "define":
    case "scope":
      return;
  }
}

/** Every expression in these steps, parents before their parts. Closures are not entered. Allocates nothing: whole workspaces are walked. */
export function eachExpression(steps: readonly Step[], visit: (expression: Expression) => void): void {
  const deep = (expression: Expression): void => eachPart(expression, visit);
  const inside = (inner: readonly Step[]): void => {
    for (const step of inner) partsOfStep(step, deep, inside);
  };
  inside(steps);
}

function eachPart(expression: Expression, visit: (expression: Expression) => void): void {
  visit(expression);
  switch (expression.is) {
    case "name":
    case "literal":
    case "closure":
      return;
    case "member":
      eachPart(expression.object, visit);
      return;
    case "call":
      eachPart(expression.callee, visit);
      for (const argument of expression.arguments) eachPart(argument.value, visit);
      return;
    case "await":
    case "not":
    case "same":
      eachPart(expression.value, visit);
      return;
    case "yield":
      if (expression.value !== null) eachPart(expression.value, visit);
      return;
    case "build":
      for (const part of expression.parts) eachPart(part.value, visit);
      return;
    case "logic":
    case "compare":
      eachPart(expression.left, visit);
      eachPart(expression.right, visit);
      return;
    case "conditional":
      eachPart(expression.condition, visit);
      eachPart(expression.then, visit);
      eachPart(expression.else, visit);
      return;
    case "index":
      eachPart(expression.object, visit);
      for (const part of expression.parts) eachPart(part, visit);
      return;
    case "assign":
      eachPart(expression.value, visit);
      eachPart(expression.target, visit);
      return;
    case "operator":
    case "opaque":
      for (const part of expression.parts) eachPart(part, visit);
  }
}

/** Every step in these steps, in source order. */
export function eachStep(steps: readonly Step[], visit: (step: Step) => void): void {
  for (const step of steps) {
    visit(step);
    partsOfStep(step, () => undefined, (inner) => eachStep(inner, visit));
  }
}

/** The last part of what is called: `Begin` of `db.Begin()`, `urlopen` of `urlopen()`; null when it is computed. */
export function calledName(call: CallExpression): string | null {
  const callee = withoutCasts(call.callee);
  // PHP's own functions have a backslash in a namespace: `\exit`.
  if (callee.is === "name" || callee.is === "member") return callee.name.slice(callee.name.lastIndexOf("\\") + 1);
  return null;
}

/** The last part of a full name: `Begin` of `database/sql.DB.Begin`. */
export function lastPart(fullName: string): string {
  return fullName.slice(fullName.lastIndexOf(".") + 1);
}

/** The object itself, under casts, `&` and `*`. */
export function withoutCasts(expression: Expression): Expression {
  let at = expression;
  while (at.is === "same") at = at.value;
  return at;
}

/** The object that is meant where a method's result stands for its receiver: `em` of `em.getTransaction()`. */
export function withoutSteps(expression: Expression, through: readonly string[] | undefined): Expression {
  let at = withoutCasts(expression);
  while (through !== undefined && at.is === "call" && at.callee.is === "member" && at.arguments.every(({ value }) => value.is === "literal") && through.includes(at.callee.name)) at = withoutCasts(at.callee.object);
  return at;
}

/** Runs something: its evaluation is visible. */
export function hasEffects(expression: Expression): boolean {
  if (expression.is === "call" || expression.is === "await" || expression.is === "yield" || expression.is === "closure" || expression.is === "assign") return true;
  return partsOf(expression).some(hasEffects);
}

/** True when `inner` is `outer` or a part of it, at any depth. */
export function contains(outer: Expression, inner: Expression): boolean {
  return outer === inner || partsOf(outer).some((part) => contains(part, inner));
}

/** An expression for a person, short: `db.Begin()`, `tx`, `len(...)`. What has no short form is `...`. */
export function inWords(expression: Expression): string {
  const text = write(expression, 0);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

function write(expression: Expression, depth: number): string {
  if (depth > 6) return "...";
  const inner = (part: Expression): string => write(part, depth + 1);
  switch (expression.is) {
    case "name":
      // What a lowering added to tell variables of one name apart is not in the source.
      return expression.name.replace(/~\d*$/u, "");
    case "literal":
      return expression.kind === "string" ? `"${expression.text.length > 12 ? `${expression.text.slice(0, 10)}...` : expression.text}"` : expression.text;
    case "member":
      return `${inner(expression.object)}.${expression.name}`;
    case "call":
      return `${expression.callee.is === "closure" ? "func" : inner(expression.callee)}(${expression.arguments.length === 0 ? "" : "..."})`;
    case "await":
      return inner(expression.value);
    case "same":
    case "assign":
      return inner(expression.value);
    case "not":
      return `not ${inner(expression.value)}`;
    case "logic":
      return `${inner(expression.left)} ${expression.operator} ${inner(expression.right)}`;
    case "compare":
      return expression.operator === "other" ? "..." : `${inner(expression.left)} ${expression.operator} ${inner(expression.right)}`;
    case "index":
      return `${inner(expression.object)}[...]`;
    default:
      return "...";
  }
}
