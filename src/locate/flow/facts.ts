import type { Expression } from "./flow-model";
import type { CallExpression } from "./expressions";
import { calledName, withoutCasts } from "./expressions";
import type { Variables } from "./variables";

/**
 * What is known of a value on a way through the function: it is null, it is not null, it is true (or counts as true), it is
 * false (or counts as false, and may be null).
 */
export type Fact = "null" | "set" | "true" | "false";
export type Facts = ReadonlyMap<string, Fact>;

/** How the facts look at the world: the walk tells what only it knows. */
export interface Look {
  readonly variables: Variables;
  /** The expression is the open object under watch. */
  readonly holds: (expression: Expression) => boolean;
  readonly factOfCall: (call: CallExpression) => Fact | null;
  /** Only facts about what is tested more than once, or assigned a constant, are worth a state of their own. */
  readonly relevant: (key: string) => boolean;
  /** A predicate of an error that is null is false (`errors.Is(err, x)`, `os.IsNotExist(err)`). */
  readonly errorPredicates: boolean;
}

/** `v3`, `v3.options.retry`: the key of a variable or of a chain of members; null for anything computed, or assigned behind our back. */
export function keyOf(expression: Expression, variables: Variables): string | null {
  const at = withoutCasts(expression);
  if (at.is === "name") {
    const variable = variables.of(at);
    return variables.isVolatile(variable, at.at) ? null : `v${variable}`;
  }
  if (at.is === "member") {
    const object = keyOf(at.object, variables);
    return object === null ? null : `${object}.${at.name}`;
  }
  return null;
}

/** `v3=="debug"`: the key of a comparison of what has a key with a literal or with another such. */
function comparisonKey(left: Expression, right: Expression, variables: Variables): string | null {
  const a = keyOf(left, variables);
  const at = withoutCasts(right);
  const b = at.is === "literal" && (at.kind === "number" || at.kind === "string") ? `${at.kind}:${at.text}` : keyOf(right, variables);
  return a === null || b === null ? null : `${a}==${b}`;
}

/** Functions that answer the same for the same: what a value is, and what a text begins with. */
const ASKS_A_FUNCTION = /^(?:is|has)(?:_?[a-z]|[A-Z])|^callable$/u;
const ASKS_A_TEXT = new Set(["startswith", "endswith", "startsWith", "endsWith"]);
/** Of two signs that say the opposite one stands for both. */
const OPPOSITES: ReadonlyMap<string, string> = new Map([["<=", ">"], [">=", "<"], ["not in", "in"]]);

/** `n > 3`, `"r" in mode`, `isinstance(path, str)`: asked twice of the same, it is answered alike. `negated`: the key is that of the opposite. */
function testKey(test: Expression, variables: Variables): { readonly key: string; readonly negated: boolean } | null {
  if (test.is === "compare") {
    if (test.operator !== "other" || test.sign === undefined) return null;
    const left = termOf(test.left, variables);
    const right = termOf(test.right, variables);
    const opposite = OPPOSITES.get(test.sign);
    const sign = opposite ?? test.sign;
    // A container may have got it since.
    if (left === null || right === null || !/^(?:<|>|in)$/u.test(sign) || (sign === "in" && test.left.is !== "literal")) return null;
    return { key: `?${left} ${sign} ${right}`, negated: opposite !== undefined };
  }
  if (test.is !== "call" || test.arguments.length === 0) return null;
  const callee = withoutCasts(test.callee);
  if (callee.is !== "name" && callee.is !== "member") return null;
  const receiver = callee.is === "member" ? termOf(callee.object, variables) : "";
  if (receiver === null || !(callee.is === "name" ? ASKS_A_FUNCTION.test(callee.name) : ASKS_A_TEXT.has(callee.name))) return null;
  const given = test.arguments.map((argument) => (argument.spread ? null : termOf(argument.value, variables)));
  return given.includes(null) ? null : { key: `?${receiver} ${callee.name} ${given.join(" , ")}`, negated: false };
}

/** A literal, or a variable that is not assigned behind our back. */
function termOf(expression: Expression, variables: Variables): string | null {
  const at = withoutCasts(expression);
  if (at.is === "literal") return JSON.stringify(`${at.kind}:${at.text}`);
  if (at.is === "build" && at.tuple) {
    const parts = at.parts.map((part) => termOf(part.value, variables));
    return parts.includes(null) ? null : `( ${parts.join(" , ")} )`;
  }
  return at.is === "name" ? keyOf(at, variables) : null;
}

/** The keys that a condition would be known by. */
export function keysOfCondition(condition: Expression, variables: Variables): readonly string[] {
  const at = withoutCasts(condition);
  switch (at.is) {
    case "not":
      return keysOfCondition(at.value, variables);
    case "logic":
      return [...keysOfCondition(at.left, variables), ...keysOfCondition(at.right, variables)];
    case "assign":
      return keysOfCondition(at.target, variables);
    case "compare": {
      if (at.operator === "other") {
        const test = testKey(at, variables);
        return test === null ? [] : [test.key];
      }
      const [value, literal] = withLiteralLast(at.left, at.right);
      const key = literal !== null && literal.kind !== "number" && literal.kind !== "string" ? keyOf(value, variables) : comparisonKey(at.left, at.right, variables);
      return key === null ? keysOfGiven(value, variables) : [key];
    }
    case "call": {
      const test = testKey(at, variables);
      return test === null ? [] : [test.key];
    }
    default: {
      const key = keyOf(at, variables);
      return key === null ? [] : [key];
    }
  }
}

/** What a call is given that is compared: its error may decide. */
function keysOfGiven(expression: Expression, variables: Variables): readonly string[] {
  const at = withoutCasts(expression);
  const key = at.is === "call" && at.arguments.length === 1 ? keyOf(at.arguments[0]!.value, variables) : null;
  return key === null ? [] : [key];
}

type Literal = Expression & { readonly is: "literal" };

function withLiteralLast(left: Expression, right: Expression): readonly [Expression, Literal | null] {
  const b = withoutCasts(right);
  if (b.is === "literal") return [left, b];
  const a = withoutCasts(left);
  if (a.is === "literal") return [right, a];
  return [left, null];
}

export function factOf(expression: Expression, facts: Facts, look: Look): Fact | null {
  if (look.holds(expression)) return "set";
  const at = withoutCasts(expression);
  switch (at.is) {
    case "literal":
      if (at.kind === "null") return "null";
      if (at.kind === "true" || at.kind === "false") return at.kind;
      if (at.kind === "number") return at.text === "0" ? "false" : "true";
      return at.text === "" ? "false" : "true";
    case "name":
    case "member": {
      const key = keyOf(at, look.variables);
      const known = key === null ? undefined : facts.get(key);
      if (known !== undefined) return known;
      // Sentinel errors are made once and are never null: `ErrClosed`, `sql.ErrNoRows`.
      return look.errorPredicates && /^Err[A-Z]/.test(at.name) ? "set" : null;
    }
    case "await":
    case "assign":
      return factOf(at.value, facts, look);
    case "build":
    case "closure":
      return "set";
    case "call":
      return look.factOfCall(at);
    case "compare":
    case "not":
    case "logic": {
      const outcome = decide(at, facts, look);
      return outcome === null ? null : outcome ? "true" : "false";
    }
    case "conditional": {
      const outcome = decide(at.condition, facts, look);
      if (outcome !== null) return factOf(outcome ? at.then : at.else, facts, look);
      const then = factOf(at.then, facts, look);
      return then === factOf(at.else, facts, look) ? then : null;
    }
    default:
      return null;
  }
}

/** What a condition must be on this way; null: it may be either. */
export function decide(condition: Expression, facts: Facts, look: Look): boolean | null {
  const at = withoutCasts(condition);
  switch (at.is) {
    case "not": {
      const inner = decide(at.value, facts, look);
      return inner === null ? null : !inner;
    }
    case "logic": {
      const left = decide(at.left, facts, look);
      const right = decide(at.right, facts, look);
      if (at.operator === "and") return left === false || right === false ? false : left === true && right === true ? true : null;
      return left === true || right === true ? true : left === false && right === false ? false : null;
    }
    case "compare": {
      if (at.operator === "other") return answered(at, facts, look);
      const same = equal(at.left, at.right, facts, look);
      return same === null ? null : at.operator === "==" ? same : !same;
    }
    case "call": {
      const fact = look.factOfCall(at);
      if (fact !== null) return fact === "set" || fact === "true";
      const before = answered(at, facts, look);
      if (before !== null || !look.errorPredicates) return before;
      const error = at.arguments.find((argument) => withoutCasts(argument.value).is === "name" && factOf(argument.value, facts, look) === "null");
      if (error === undefined || !/err/i.test(withoutCasts(error.value).is === "name" ? (withoutCasts(error.value) as { name: string }).name : "")) return null;
      return /no_?err|success|nil|ok$/i.test(calledName(at) ?? "");
    }
    default: {
      const fact = factOf(at, facts, look);
      return fact === null ? null : fact === "set" || fact === "true";
    }
  }
}

/** What the same question was answered before. */
function answered(test: Expression, facts: Facts, look: Look): boolean | null {
  const asked = testKey(test, look.variables);
  const known = asked === null ? undefined : facts.get(asked.key);
  return known === undefined ? null : (known === "true") !== asked!.negated;
}

function remember(test: Expression, outcome: boolean, facts: Facts, look: Look): Facts {
  const asked = testKey(test, look.variables);
  return asked === null ? facts : know(asked.key, outcome !== asked.negated ? "true" : "false", facts, look);
}

function equal(left: Expression, right: Expression, facts: Facts, look: Look): boolean | null {
  const [value, literal] = withLiteralLast(left, right);
  if (literal !== null && literal.kind === "null") {
    const fact = factOf(value, facts, look) ?? (givesItsError(value, facts, look) ? "null" : null);
    if (fact === null || fact === "false") return null;
    return fact === "null";
  }
  if (literal !== null && (literal.kind === "true" || literal.kind === "false")) {
    const fact = factOf(value, facts, look);
    if (fact === "null") return false;
    if (fact === null || fact === "set") return null;
    return fact === literal.kind;
  }
  const key = comparisonKey(left, right, look.variables);
  const known = key === null ? undefined : facts.get(key);
  if (known !== undefined) return known === "true";
  // Null is not what somebody gave a name to: `err == sql.ErrNoRows`, `err == context.Canceled`.
  const a = factOf(left, facts, look);
  const b = factOf(right, facts, look);
  if (a === "null" && b === "null") return true;
  if (a === "null" && (b !== null || named(right))) return false;
  if (b === "null" && (a !== null || named(left))) return false;
  return null;
}

/** `if db.AddError(err) == nil`: a function that is given nothing but an error, and whose result is compared with null, gives null for none. */
function givesItsError(expression: Expression, facts: Facts, look: Look): boolean {
  const at = withoutCasts(expression);
  if (!look.errorPredicates || at.is !== "call" || at.arguments.length !== 1) return false;
  const given = withoutCasts(at.arguments[0]!.value);
  return given.is === "name" && /err/iu.test(given.name) && factOf(given, facts, look) === "null";
}

function named(expression: Expression): boolean {
  const at = withoutCasts(expression);
  return at.is === "member" || at.is === "name" || at.is === "literal";
}

/** The facts after a condition came out one way. */
export function learn(condition: Expression, outcome: boolean, facts: Facts, look: Look): Facts {
  const at = withoutCasts(condition);
  switch (at.is) {
    case "not":
      return learn(at.value, !outcome, facts, look);
    case "logic":
      if ((at.operator === "and") !== outcome) return facts;
      return learn(at.right, outcome, learn(at.left, outcome, facts, look), look);
    case "assign":
      return learn(at.target, outcome, facts, look);
    case "compare": {
      if (at.operator === "other") return remember(at, outcome, facts, look);
      const same = at.operator === "==" ? outcome : !outcome;
      const [value, literal] = withLiteralLast(at.left, at.right);
      if (literal !== null && literal.kind === "null") return know(keyOf(value, look.variables), same ? "null" : "set", facts, look);
      if (literal !== null && (literal.kind === "true" || literal.kind === "false")) {
        const other = literal.kind === "true" ? "false" : "true";
        return know(keyOf(value, look.variables), same ? literal.kind : other, facts, look);
      }
      return know(comparisonKey(at.left, at.right, look.variables), same ? "true" : "false", facts, look);
    }
    case "name":
    case "member": {
      const key = keyOf(at, look.variables);
      if (key !== null && facts.has(key) && decide(at, facts, look) === outcome) return facts;
      return know(key, outcome ? "true" : "false", facts, look);
    }
    case "call":
      return remember(at, outcome, facts, look);
    default:
      return facts;
  }
}

export function know(key: string | null, fact: Fact | null, facts: Facts, look: Look): Facts {
  if (key === null || (fact !== null && !look.relevant(key))) return facts;
  if (facts.get(key) === (fact ?? undefined)) return facts;
  const next = new Map(facts);
  if (fact === null) next.delete(key);
  else next.set(key, fact);
  return next;
}

/** Nothing is known any more of what has this key, of its members, and of comparisons with it. */
export function forget(key: string | null, facts: Facts): Facts {
  if (key === null || facts.size === 0) return facts;
  let next: Map<string, Fact> | null = null;
  for (const known of facts.keys()) {
    if (known === key || known.startsWith(`${key}.`) || known.startsWith(`${key}==`) || known.endsWith(`==${key}`) || known.includes(`==${key}.`) || (known.startsWith("?") && known.slice(1).split(" ").includes(key))) {
      next ??= new Map(facts);
      next.delete(known);
    }
  }
  return next ?? facts;
}
