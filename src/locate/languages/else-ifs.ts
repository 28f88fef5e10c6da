import type { Case, Expression, Place, Step } from "../flow/flow-model";

/** Else-ifs beyond this become a `switch`, which does not nest. */
const LONG_CHAIN = 40;

/** One `if` of a chain of else-ifs. What it holds is lowered when asked for, in the order of the source. */
export interface ElseIf {
  /** @param into where the steps go that the condition needs before it */
  readonly condition: (into: Step[]) => Expression;
  readonly then: () => readonly Step[];
  readonly at: Place;
}

/**
 * Lowers a chain of else-ifs. Programs (and those that write programs) make long ones: the chain is walked, not recursed into.
 * @param otherwise the last `else`
 * @param label of the `switch` that a long chain becomes: no name that a `break` of the program could mean
 */
export function lowerElseIfs(chain: readonly ElseIf[], otherwise: { readonly body: () => readonly Step[]; readonly at: Place } | null, label: () => string, at: Place, into: Step[]): void {
  if (chain.length > LONG_CHAIN) {
    const cases: Case[] = chain.map((one) => ({ tests: [one.condition(into)], guard: null, binds: [], body: one.then(), fallsThrough: false, at: one.at }));
    if (otherwise !== null) cases.push({ tests: [], guard: null, binds: [], body: otherwise.body(), fallsThrough: false, at: otherwise.at });
    into.push({ is: "switch", label: label(), subject: null, bind: null, cases, waits: false, at });
    return;
  }
  let steps = into;
  for (const one of chain) {
    const condition = one.condition(steps);
    const then = one.then();
    const below: Step[] = [];
    steps.push({ is: "if", condition, then, else: below, at: one.at });
    steps = below;
  }
  if (otherwise !== null) steps.push(...otherwise.body());
}
