import type { Expression, FunctionFlow, LanguageTraits, Place } from "./flow-model";
import type { CallExpression } from "./expressions";
import type { VariableId, Variables } from "./variables";

/**
 * What happens at a node, after everything it is made of has happened at earlier nodes.
 * - `call`: receiver and arguments are evaluated. `deferred`: they were, when the call with this id was registered. `handed`: the callee runs elsewhere (`go`).
 * - `closure`: a function literal that captures is created, and `handed` on (an argument), `kept` (stored, returned, bound) or `spawned`.
 * - `test`: the edges `true` and `false` carry the condition.
 * - `turn`: a loop's next turn binds; `iterates` is what it walks over. Edges: `next` into the body, `exhausted` out.
 * - `gate`: the edge `run` is taken when the deferred call was registered on this path, `skip` otherwise.
 * - `arguments`: the parameters of a function that is built in place are bound; `deferred` as above.
 * - `called-back`: the function that a call was handed begins to run, later and once; its parameters (null: no name) are given by the call.
 * - `return` leaves the function, or (`inner`) a closure built in place.
 */
export type FlowEvent =
  | { readonly is: "entry" | "join" }
  | { readonly is: "exit"; readonly way: "returned" | "thrown" | "ended" }
  | { readonly is: "call"; readonly call: CallExpression; readonly awaited: boolean; readonly deferred: number | null; readonly handed: boolean }
  | { readonly is: "yield"; readonly value: Expression | null }
  | { readonly is: "await"; readonly value: Expression }
  | { readonly is: "read"; readonly member: Expression & { readonly is: "member" } }
  | { readonly is: "bind"; readonly targets: readonly Expression[]; readonly value: Expression | null; readonly declares: boolean; readonly zero: boolean }
  | { readonly is: "unknown"; readonly variables: readonly VariableId[] }
  | { readonly is: "arguments"; readonly parameters: readonly VariableId[]; readonly values: readonly Expression[]; readonly deferred: number | null }
  | { readonly is: "called-back"; readonly call: CallExpression; readonly parameters: readonly (VariableId | null)[] }
  | { readonly is: "closure"; readonly function: number; readonly captures: readonly Capture[]; readonly how: "handed" | "kept" | "spawned" }
  | { readonly is: "test"; readonly condition: Expression }
  | { readonly is: "turn"; readonly iterates: Expression; readonly binds: readonly Expression[] }
  | { readonly is: "enter" | "leave"; readonly value: Expression; readonly bind: Expression | null }
  | { readonly is: "defer"; readonly id: number; readonly call: CallExpression; readonly captures: readonly Capture[] }
  | { readonly is: "gate"; readonly id: number }
  | { readonly is: "return"; readonly values: readonly Expression[]; readonly inner: boolean }
  | { readonly is: "throw"; readonly value: Expression | null }
  | { readonly is: "delete"; readonly variables: readonly VariableId[] }
  | { readonly is: "opaque"; readonly parts: readonly Expression[] };

/** A variable that a closure uses. `only`: nothing but method calls on it and tests of it (`calls` names them); otherwise it may close, keep or replace it. */
export interface Capture {
  readonly variable: VariableId;
  readonly only: boolean;
  readonly calls: readonly string[];
}

export type EdgeKind = "next" | "true" | "false" | "raise" | "exhausted" | "case" | "run" | "skip";

export interface Edge {
  readonly to: number;
  readonly kind: EdgeKind;
  /** For `true` and `false`. */
  readonly condition: Expression | null;
}

export interface FlowNode {
  readonly id: number;
  readonly event: FlowEvent;
  readonly at: Place;
  readonly edges: Edge[];
  /** The statement it belongs to: a value that nothing holds lives until its statement ends. */
  readonly statement: number;
  /** Inside a `finally` or a deferred call. */
  readonly cleanup: boolean;
  /** Inside a handler: something was raised and caught. */
  readonly handling: boolean;
  /** In a copy of clean-up code that runs because something was raised. */
  readonly unwinding: boolean;
  /** Nesting of loops around it, in its own function. */
  readonly loops: number;
}

export interface ControlFlow {
  readonly nodes: readonly FlowNode[];
  readonly entry: number;
  readonly variables: Variables;
  /** Steps and expressions that the language file did not know lie on some way. */
  readonly hasOpaque: boolean;
  /** The closure that a call stands in, for calls of closures built in place: names there resolve in its own scope. */
  readonly inner: ReadonlyMap<CallExpression, FunctionFlow>;
}

export interface ControlFlowOptions {
  readonly traits: LanguageTraits;
  /** Fully qualified names that a call may have. */
  readonly names: (call: CallExpression, within: FunctionFlow) => readonly string[];
  /** Workspace functions that end the process or always throw; null: it returns. */
  readonly leaves?: (call: CallExpression, within: FunctionFlow) => "ends" | "throws" | null;
  /** The argument that a call runs later, once, by what a rule says of it; null: none. */
  readonly callsBack?: (call: CallExpression, within: FunctionFlow) => number | "last" | null;
  /** Members whose reading is an event. */
  readonly readMembers?: ReadonlySet<string>;
  /** More nodes than this: the function is given up. */
  readonly maxNodes?: number;
}

/** Thrown when a function's graph grows beyond the limit; the caller gives the function up and counts it. */
export class TooLarge extends Error {}
