import type { Expression } from "./flow-model";
import type { Edge } from "./flow-graph";
import type { Fact, Facts } from "./facts";
import type { VariableId } from "./variables";
import type { Returned } from "./walk-model";

/** What the object is, on one way through the function. */
export type Status = "before" | "open" | "closed" | "exhausted" | "escaped";

export interface State {
  readonly node: number;
  readonly status: Status;
  /** Statement in which the object is a value that nothing holds yet; -1: held. */
  readonly loose: number;
  readonly holders: readonly VariableId[];
  readonly members: readonly VariableId[];
  /** Variables of this function that hold a value which wraps it. */
  readonly wrappers: readonly VariableId[];
  /** Key of the field that holds a receiver that became open. */
  readonly field: string | null;
  readonly registered: readonly number[];
  /** `2:r`, `2:0`, `2:v7`: deferred call 2 has the object as its receiver, an argument, a captured variable. */
  readonly pins: readonly string[];
  readonly facts: Facts;
  readonly callFact: { readonly call: Expression; readonly fact: Fact } | null;
  readonly result: Fact | null;
  /** Results in which it is given to the caller, unless a deferred call or a finally closes it before the caller has it. */
  readonly given: readonly Returned[];
  /** Node that raised, -1 none. */
  readonly raised: number;
  /** The state at the node where the last that held the object let go of it; null: it is held. */
  readonly lost: { readonly how: "overwritten" | "dropped" | "deleted"; readonly at: State } | null;
  readonly before: State | null;
  readonly edge: Edge | null;
  readonly decisive: boolean;
}

export type Carried = "object" | "member" | "held" | null;

export function closed(state: State): State {
  return { ...state, status: "closed", loose: -1, callFact: null };
}

export function escaped(state: State): State {
  return { ...state, status: "escaped", loose: -1, callFact: null };
}

export function sorted(numbers: Iterable<number>): number[] {
  return [...new Set(numbers)].sort((a, b) => a - b);
}

/** Two states with the same text go on alike. */
export function stateKey(state: State): string {
  const facts = state.facts.size === 0 ? "" : [...state.facts].map(([key, fact]) => `${key}=${fact}`).sort().join(",");
  const call = state.callFact === null ? "" : `${state.callFact.call.at.join(".")}${state.callFact.fact}`;
  return `${state.status}|${state.loose}|${state.holders.join(",")}|${state.members.join(",")}|${state.wrappers.join(",")}|${state.field ?? ""}|${state.registered.join(",")}|${state.pins.join(",")}|${facts}|${call}|${state.result ?? ""}|${state.given.map(({ index, asMember }) => `${index}${asMember ? "m" : ""}`).join(",")}|${state.raised}|${state.lost === null ? "" : state.lost.at.node}`;
}
