import type { Expression, FileFlow, FunctionFlow, LanguageTraits, Place } from "./flow-model";
import type { CallExpression } from "./expressions";
import { TooLarge } from "./flow-graph";
import type { ControlFlowOptions, EdgeKind, FlowEvent, FlowNode } from "./flow-graph";
import type { VariableId } from "./variables";
import { Variables } from "./variables";

export interface OpenEnd {
  readonly from: number;
  readonly kind: EdgeKind;
  readonly condition: Expression | null;
}

/** Open ends by the way they leave: `return`, `throw`, `exit`, `break:7`, `continue:7`. */
export type Leaving = Map<string, OpenEnd[]>;

export interface Frame {
  readonly fn: FunctionFlow;
  readonly inner: boolean;
  readonly labels: Map<string, number>;
  readonly deferred: { readonly id: number; readonly call: CallExpression; readonly scope: number }[];
  loops: number;
}

export interface Breakable {
  readonly id: number;
  readonly label: string | null;
  readonly isLoop: boolean;
  readonly frame: Frame;
}

export const NONE: readonly OpenEnd[] = [];
const DEFAULT_MAX_NODES = 20_000;

export function open(from: number, kind: EdgeKind = "next"): OpenEnd {
  return { from, kind, condition: null };
}

/** Calls are expressions, and run functions that are made of expressions: what the one part asks of the other. */
export interface AddsCalls {
  call(call: CallExpression, from: readonly OpenEnd[], awaited: boolean): readonly OpenEnd[];
  closure(id: number, at: Place, how: "handed" | "kept" | "spawned", from: readonly OpenEnd[]): readonly OpenEnd[];
}

/** A function's body in place, with what it deferred. */
export interface AddsFunctions {
  function(fn: FunctionFlow, from: readonly OpenEnd[], inner: boolean): readonly OpenEnd[];
}

/** The graph as it grows: nodes, ends that lead nowhere yet, and where in the function it grows. */
export class GrowingGraph {
  readonly nodes: FlowNode[] = [];
  readonly variables: Variables;
  readonly #max: number;
  readonly traits: LanguageTraits;
  /** Blocks have variables of their own. */
  readonly declares: boolean;
  #leaving: Leaving = new Map();
  frames: Frame[] = [];
  breakables: Breakable[] = [];
  statement = 0;
  #statements = 0;
  cleanup = 0;
  unwinding = false;
  handling = 0;
  closures = new Map<VariableId, number>();
  hasOpaque = false;
  endNode = -1;
  readonly inner = new Map<CallExpression, FunctionFlow>();

  constructor(readonly file: FileFlow, readonly fn: FunctionFlow, readonly options: ControlFlowOptions) {
    this.traits = options.traits;
    this.declares = options.traits.blockScopes ?? options.traits.errorResults;
    this.#max = options.maxNodes ?? DEFAULT_MAX_NODES;
    this.variables = new Variables(file, fn, options.traits);
  }

  add(event: FlowEvent, at: Place, from: readonly OpenEnd[]): number {
    const id = this.nodes.length;
    if (id >= this.#max) throw new TooLarge();
    this.nodes.push({
      id, event, at, edges: [], statement: event.is === "exit" ? -1 : this.statement, cleanup: this.cleanup > 0, handling: this.handling > 0, unwinding: this.unwinding, loops: this.frames.at(-1)?.loops ?? 0,
    });
    this.connect(from, id);
    return id;
  }

  connect(ends: readonly OpenEnd[], to: number): void {
    for (const { from, kind, condition } of ends) {
      const edges = this.nodes[from]!.edges;
      if (!edges.some((edge) => edge.to === to && edge.kind === kind)) edges.push({ to, kind, condition });
    }
  }

  leave(way: string, ends: readonly OpenEnd[]): void {
    if (ends.length === 0) return;
    const known = this.#leaving.get(way);
    if (known === undefined) this.#leaving.set(way, [...ends]);
    else known.push(...ends);
  }

  take(way: string): OpenEnd[] {
    const ends = this.#leaving.get(way) ?? [];
    this.#leaving.delete(way);
    return ends;
  }

  /** Runs `inside` with its own collection of leaving ends, and gives these back. */
  collect<T>(inside: () => T): { readonly result: T; readonly leaving: Leaving } {
    const outer = this.#leaving;
    const leaving: Leaving = new Map();
    this.#leaving = leaving;
    const result = inside();
    this.#leaving = outer;
    return { result, leaving };
  }

  mayRaise(node: number): void {
    if (this.traits.callsRaise) this.leave("throw", [open(node, "raise")]);
  }

  nextStatement(): void {
    this.statement = ++this.#statements;
  }

  resolveTargets(targets: readonly Expression[], declares: boolean): void {
    for (const target of targets) {
      if (target.is === "name") {
        const variable = declares ? this.variables.declare(target) : this.variables.of(target);
        if (variable !== null) this.closures.delete(variable);
      } else if (target.is === "build") this.resolveTargets(target.parts.map((part) => part.value), declares);
      else this.#resolveNames(target);
    }
  }

  #resolveNames(expression: Expression): void {
    if (expression.is === "name") this.variables.of(expression);
    else if (expression.is === "member" || expression.is === "index") this.#resolveNames(expression.object);
  }
}
