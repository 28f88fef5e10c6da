import type { CallExpression } from "./expressions";
import { calledName, eachStep, inWords, withoutCasts } from "./expressions";
import type { Expression, FunctionFlow } from "./flow-model";

/**
 * Calls that roll back by themselves when the context that is their first argument is cancelled (database/sql, documentation of
 * `DB.BeginTx` and `Conn.BeginTx`; sqlx hands its own on to them). The context of `DB.Conn` only limits the wait for a connection.
 */
const UNDONE_WITH_CONTEXT: ReadonlySet<string> = new Set([
  "database/sql.DB.BeginTx", "database/sql.Conn.BeginTx", "github.com/jmoiron/sqlx.DB.BeginTx", "github.com/jmoiron/sqlx.DB.BeginTxx", "github.com/jmoiron/sqlx.Conn.BeginTxx",
  // ent's own transaction is one of database/sql.
  "entgo.io/ent.Client.Tx", "entgo.io/ent.Client.BeginTx",
]);
const REQUEST = /(^|\.)(r|req|request|c|gc|stream)$/i;
/** Contexts that are made with an end of their own. */
const ENDING = /^(WithTimeout|WithDeadline|WithCancel|WithTimeoutCause|WithDeadlineCause|WithCancelCause)$/;

/** Added to the advice of a leak that a context ends at last. */
export const UNDONE_ADVICE = "Here the context ends: when it is cancelled (a request's, when the request is over) the library rolls back by itself. Until then the connection is held.";

/** What this call opens is given up by the library when its context is cancelled, and the function shows that the context will be. */
export function isUndoneWithContext(fn: FunctionFlow, call: CallExpression, names: readonly string[]): boolean {
  const context = call.arguments[0]?.value;
  return context !== undefined && names.some((name) => UNDONE_WITH_CONTEXT.has(name)) && ends(fn, context, 3);
}

function ends(fn: FunctionFlow, context: Expression, depth: number): boolean {
  const at = withoutCasts(context);
  if (depth === 0) return false;
  if (at.is === "call") {
    const callee = withoutCasts(at.callee);
    const name = calledName(at) ?? "";
    if (callee.is !== "member") return false;
    if (at.arguments.length === 0) return (name === "Context" || name === "UserContext") && REQUEST.test(inWords(withoutCasts(callee.object)));
    if (ENDING.test(name)) return true;
    return name === "WithValue" && ends(fn, at.arguments[0]!.value, depth - 1);
  }
  if (at.is !== "name") return false;
  // One binding that does not end is enough to keep quiet about it.
  const bound = valuesOf(fn, at.name);
  return bound.length > 0 && bound.every((value) => ends(fn, value, depth - 1));
}

/** Calls that give a context like the one they are given, with more in it. */
const CARRYING = /^(WithValue|AppendToOutgoingContext|NewOutgoingContext|NewContext|ContextWithSpan)$/;

/** This context is made here and never ends: `context.Background()`, with whatever values. */
export function neverEnds(fn: FunctionFlow, context: Expression, depth = 4): boolean {
  const at = withoutCasts(context);
  if (depth === 0) return false;
  if (at.is === "call") {
    const name = calledName(at) ?? "";
    if (at.arguments.length === 0) return (name === "Background" || name === "TODO") && inWords(withoutCasts(at.callee)) === `context.${name}`;
    return name === "WithoutCancel" || (CARRYING.test(name) && neverEnds(fn, at.arguments[0]!.value, depth - 1));
  }
  if (at.is !== "name") return false;
  const bound = valuesOf(fn, at.name);
  return bound.length > 0 && bound.every((value) => neverEnds(fn, value, depth - 1));
}

/** All that a variable of the function is set to. */
function valuesOf(fn: FunctionFlow, name: string): readonly Expression[] {
  const bound: Expression[] = [];
  eachStep(fn.body, (step) => {
    const first = step.is === "bind" ? step.targets[0] : undefined;
    if (step.is === "bind" && first !== undefined && first.is === "name" && first.name === name && step.value !== null) bound.push(step.value);
  });
  return bound;
}
