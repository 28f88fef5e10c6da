import type { Expression } from "./flow-model";
import type { CallExpression } from "./expressions";

/** A value asked for as one, and not for one of its results. */
export const WHOLE = -2;

/** The call whose value this is, through casts, waits and inner assignments; null: none. */
export function unwrapCall(value: Expression | null): CallExpression | null {
  let at = value;
  while (at !== null && (at.is === "same" || at.is === "await" || at.is === "assign" || at.is === "yield")) at = at.value;
  return at !== null && at.is === "call" ? at : null;
}

/** Targets with what they get: a value, or one result of it. `index` null: which one is not known. */
export function pairUp(targets: readonly Expression[], value: Expression | null): { readonly target: Expression; readonly value: Expression | null; readonly index: number | null }[] {
  const only = targets.length === 1 ? targets[0]! : null;
  const flat = only !== null && only.is === "build" && only.tuple ? only.parts.map((part) => part.value) : targets;
  if (flat.length === 1 && flat[0] === only) return [{ target: flat[0]!, value, index: WHOLE }];
  if (value === null) return flat.map((target) => ({ target, value: null, index: 0 }));
  if (value.is === "build" && value.parts.length === flat.length) return flat.map((target, i) => ({ target, value: value.parts[i]!.value, index: 0 }));
  return flat.map((target, index) => ({ target, value, index }));
}
