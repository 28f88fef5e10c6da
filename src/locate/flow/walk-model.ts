import type { Expression, LanguageTraits } from "./flow-model";
import type { CallResolution, FunctionRef } from "./resolution";
import type { OpenCallback, PassCall, ResourceRule, RunCall } from "../rules/rule-model";
import type { Edge, FlowNode } from "./flow-graph";
import type { CallExpression } from "./expressions";
import type { Fact } from "./facts";
import type { Wrapping } from "./wrapping";

/** What a workspace function does with an open object that it is given, one entry for each way it can end. */
export interface Outcome {
  /** `exhausted`: closed because it was read to its end; another way may stop before. */
  readonly status: "open" | "closed" | "exhausted" | "escaped";
  /** What the function's last result is on these ways, where that is known: it tells the ways apart for the caller. */
  readonly result: Fact | null;
}

/** What the walk must ask others. */
export interface Surroundings {
  readonly traits: LanguageTraits;
  readonly resolve: (call: CallExpression) => CallResolution;
  /** What happens to the object given as this argument; null: not a workspace function. */
  readonly effectOn: (target: FunctionRef, argument: { readonly index: number; readonly name: string | null }, rule: ResourceRule, asMember: boolean) => readonly Outcome[];
  readonly borrows: (names: readonly string[]) => boolean;
  readonly neverRaises: (names: readonly string[]) => boolean;
  readonly passes: (names: readonly string[]) => PassCall | null;
  /** A function of the workspace whose first result is always this very argument: `must(open())`. */
  readonly givesBack: (call: CallExpression, argument: CallExpression["arguments"][number]) => boolean;
  readonly runs: (names: readonly string[]) => RunCall | null;
  /** A function of the file that is walked. */
  readonly functionHere: (id: number) => FunctionRef;
  /** Methods that a function literal of the file calls on a name from around it. */
  readonly calledIn: (id: number, name: string) => readonly string[];
  /** The field that this part of what is built is put in; null: not built of named fields of a type. */
  readonly wraps: (built: Expression & { readonly is: "build" }, part: number) => Omit<Wrapping, "asMember"> | null;
  /** Last parts of all closing calls of the language's rules: what closes a parent. */
  readonly closingNames: ReadonlySet<string>;
  /** A generator that is a context manager keeps what it yields; any other gives it away. */
  readonly keepsWhatItYields: boolean;
  /** A coroutine that waits by yielding: `conn = yield pool.acquire()`. */
  readonly yieldWaits: boolean;
}

/** The object to follow. */
export type Origin =
  | {
      readonly is: "call";
      readonly call: CallExpression;
      /** The result that is the object, or what becomes open. */
      readonly opens: number | "receiver" | `argument:${number}`;
      /** Result that is null when the object is open. */
      readonly error: number | null;
      /** Member of the object that is null when it is open (gorm's `tx.Error`). */
      readonly errorMember: string | null;
      /** The result is the rule's member (`resp.Body`) and not the object around it. */
      readonly asMember: boolean;
      /** The result is one of several in a tuple. */
      readonly inTuple: boolean;
      /** It comes as a parameter of the function that the call is handed. */
      readonly callback?: OpenCallback | undefined;
    }
  | {
      readonly is: "parameter";
      readonly name: string;
      readonly asMember: boolean;
      /** It is this function's to close: who gave it does nothing with it any more. Absent: it is still the giver's. */
      readonly owned?: boolean;
      /** No parameter, but a variable of the function around, which a closure captures. Absent: false. */
      readonly captured?: boolean;
    };

/** How the object was left open. */
export interface Leak {
  readonly how: "returned" | "thrown" | "overwritten" | "dropped" | "deleted" | "piled-up";
  readonly grade: "path" | "raise";
  /** An exception left the function without meeting any handler in it. */
  readonly unhandled: boolean;
  /** The node of the call that raised; null for grade `path`. */
  readonly raisedAt: FlowNode | null;
  /** No way through the function closes it: it is for another to close, once he has it. */
  readonly neverClosedHere: boolean;
  /** The walk from the opening to the leaving node. */
  readonly steps: readonly WitnessStep[];
}

/** The object was given to another function of the workspace, and on this way nothing here uses it afterwards. */
export interface HandedOn {
  readonly to: FunctionRef;
  /** The parameter that has it, or the variable that a closure captures. */
  readonly argument: { readonly index: number; readonly name: string | null } | { readonly captured: string };
  readonly asMember: boolean;
  /** It runs elsewhere (goroutine, thread, task): what it raises comes back to nobody. */
  readonly apart: boolean;
  readonly node: FlowNode;
  /** The way to there. */
  readonly leak: Leak;
}

/** The object was put into another one, which may look after it from then on. */
export interface Kept {
  /** The constructing call that is given it, or the object whose field it becomes. */
  readonly by: Expression;
  readonly as: { readonly field: string } | { readonly argument: number; readonly name: string | null };
}

export interface WitnessStep {
  readonly node: FlowNode;
  /** The edge that was taken from it; null at the end. */
  readonly edge: Edge | null;
  /** The other way was possible too. */
  readonly decisive: boolean;
}

export interface Returned {
  readonly index: number;
  readonly asMember: boolean;
  /** Several values are given back. */
  readonly inTuple: boolean;
  /** It lies in a field of what is given back. Absent: it is given back itself. */
  readonly wrapping?: Wrapping;
}

export interface WalkResult {
  readonly leak: Leak | null;
  /** Results in which the object is given to the caller. */
  readonly returned: readonly Returned[];
  /** Some way ends without an error, with the object closed: a caller may be given nothing that is open. */
  readonly mayEndClosed: boolean;
  /** For a parameter: how it stands at each normal end. */
  readonly outcomes: readonly Outcome[];
  readonly handedOn: readonly HandedOn[];
  readonly kept: readonly Kept[];
  /** Some way closes it. */
  readonly closes: boolean;
  /** Some way ended with the object open and owned by who gave it (a receiver or parameter that becomes open here). */
  readonly gaveUp: boolean;
}

export interface WalkLimits {
  readonly states: number;
  readonly statesAtNode: number;
}

/** What is left open at an end is a leak of the function that is walked. */
export function isOwned(origin: Origin): boolean {
  return origin.is === "call" || origin.owned === true;
}

/** The argument index that stands for the receiver. */
export const RECEIVER = -1;
