import type { Argument, Expression, FunctionFlow, Step } from "./flow-model";
import { eachBody, eachChild, eachExpression } from "./bindings";

/** What a value may be, as bits. `SET` is all that counts as true and is not `true` itself. */
const NULL = 1;
const FALSE = 2;
const TRUE = 4;
const SET = 8;
const ANY = NULL | FALSE | TRUE | SET;

/** What parameters must be for a place to be reached: their possible values, as bits. A parameter that is not there may be anything. */
export type Conditions = ReadonlyMap<string, number>;

export const NO_CONDITIONS: Conditions = new Map();

/** Made only where a parameter asks for it: `if (async) await reader.ReadAsync(); else reader.Read();`. */
export function asksForSynchronous(conditions: Conditions): boolean {
  for (const [name, bits] of conditions) {
    if (/^(?:is|run|use)?_?async$/i.test(name) && (bits & (TRUE | SET)) === 0) return true;
    if (/^(?:is|run|use)?_?sync(?:hronous)?(?:ly)?$/i.test(name) && (bits & (NULL | FALSE)) === 0) return true;
  }
  return false;
}

/** Both hold; null when they cannot. */
export function both(a: Conditions, b: Conditions): Conditions | null {
  if (b.size === 0) return a;
  if (a.size === 0) return b;
  const all = new Map(a);
  for (const [name, bits] of b) {
    const left = (all.get(name) ?? ANY) & bits;
    if (left === 0) return null;
    all.set(name, left);
  }
  return all;
}

/** True when `a` holds wherever `b` does. */
export function coveredBy(a: Conditions, b: Conditions): boolean {
  for (const [name, bits] of a) if (((b.get(name) ?? ANY) & ~bits) !== 0) return false;
  return true;
}

/** The parameters that keep the value that the caller gave. */
export function steadyParameters(fn: FunctionFlow): ReadonlySet<string> {
  const names = new Set(fn.parameters.filter(({ name, variadic }) => name !== "" && !variadic).map(({ name }) => name));
  if (names.size === 0) return names;
  const target = (value: Expression): void => {
    if (value.is === "name") names.delete(value.name);
    else if (value.is === "build" || value.is === "opaque" || value.is === "operator") eachChild(value, target);
  };
  const expression = (value: Expression): void => {
    if (value.is === "assign") target(value.target);
    eachChild(value, expression);
  };
  const steps = (list: readonly Step[]): void => {
    for (const step of list) {
      if (step.is === "bind") step.targets.forEach(target);
      else if (step.is === "loop") step.binds.forEach(target);
      else if (step.is === "with") for (const { bind } of step.items) { if (bind !== null) target(bind); }
      else if (step.is === "switch") for (const one of step.cases) for (const name of one.binds) names.delete(name);
      else if (step.is === "try") for (const { bind } of step.handlers) { if (bind !== null) names.delete(bind); }
      else if (step.is === "define") names.delete(step.name);
      else if (step.is === "scope") for (const name of step.names) names.delete(name);
      eachExpression(step, expression);
      eachBody(step, steps);
    }
  };
  steps(fn.body);
  return names;
}

/** What parameters must be when a condition turns out so. null: they can be nothing, it never does. */
export function impliedBy(condition: Expression, outcome: boolean, parameters: ReadonlySet<string>): Conditions | null {
  switch (condition.is) {
    case "name":
      return parameters.has(condition.name) ? new Map([[condition.name, outcome ? TRUE | SET : NULL | FALSE | SET]]) : NO_CONDITIONS;
    case "not":
      return impliedBy(condition.value, !outcome, parameters);
    case "same":
      return impliedBy(condition.value, outcome, parameters);
    case "logic": {
      if ((condition.operator === "and") !== outcome) return NO_CONDITIONS;
      const left = impliedBy(condition.left, outcome, parameters);
      const right = impliedBy(condition.right, outcome, parameters);
      return left === null || right === null ? null : both(left, right);
    }
    case "compare": {
      const { left, right, operator } = condition;
      if (operator === "other" || left.is !== "name" || right.is !== "literal" || !parameters.has(left.name)) return NO_CONDITIONS;
      const bits = bitsOf(right);
      if (bits === null || bits === SET) return NO_CONDITIONS;
      return new Map([[left.name, (operator === "==") === outcome ? bits : ANY & ~bits]]);
    }
    default:
      return NO_CONDITIONS;
  }
}

/** True when no path goes on behind these steps. */
export function alwaysLeaves(steps: readonly Step[]): boolean {
  const last = steps.at(-1);
  if (last === undefined) return false;
  switch (last.is) {
    case "return":
    case "throw":
    case "break":
    case "continue":
      return true;
    case "if":
      return alwaysLeaves(last.then) && alwaysLeaves(last.else);
    case "block":
      return alwaysLeaves(last.body);
    default:
      return false;
  }
}

/**
 * What a callee asks of its parameters, as what it asks of the caller's: a literal argument (or default) either is so or is not (null),
 * a parameter that is handed on must be so in its turn, and of anything else nothing is known.
 */
export function askedOfCaller(asked: Conditions, callee: FunctionFlow, given: readonly Argument[], own: ReadonlySet<string>): Conditions | null {
  if (asked.size === 0 || given.some(({ spread }) => spread)) return NO_CONDITIONS;
  let all: Conditions = NO_CONDITIONS;
  const positional = given.filter(({ name }) => name === null);
  // `Base.method(self, x)` hands the receiver over itself.
  const [first] = positional;
  if (callee.receiver !== null && first?.value.is === "name" && first.value.name === callee.receiver) positional.shift();
  for (const [name, bits] of asked) {
    const index = callee.parameters.findIndex((one) => one.name === name);
    const parameter = callee.parameters[index];
    if (parameter === undefined) continue;
    const before = callee.parameters.slice(0, index);
    const value = given.find((one) => one.name === name)?.value ?? (before.some(({ variadic }) => variadic) ? undefined : positional[index]?.value) ?? initialOf(callee, parameter);
    if (value === null) continue;
    if (value.is === "literal") {
      const is = bitsOf(value);
      if (is !== null && (is & bits) === 0) return null;
    } else if (value.is === "name" && own.has(value.name)) {
      const joined = both(all, new Map([[value.name, bits]]));
      if (joined === null) return null;
      all = joined;
    }
  }
  return all;
}

/** A decorator may give what the caller leaves out. */
function initialOf(callee: FunctionFlow, parameter: FunctionFlow["parameters"][number]): Expression | null {
  return callee.decorators.length > 0 ? null : parameter.initial;
}

function bitsOf(value: Expression & { readonly is: "literal" }): number | null {
  switch (value.kind) {
    case "null":
      return NULL;
    case "true":
      return TRUE;
    case "false":
      return FALSE;
    // Empty texts and zeros are SET as well: what counts as false among them is not told apart.
    default:
      return SET;
  }
}
