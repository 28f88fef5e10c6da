import type { Argument, Case, Expression, FileFlow, FunctionFlow, Handler, LanguageTraits, Place, Step } from "./flow-model";
import type { CallExpression, NameExpression } from "./expressions";
import { calledName, eachStep, hasEffects, lastPart, withoutCasts } from "./expressions";
import { Variables } from "./variables";
import type { VariableId } from "./variables";
import { freeNames } from "./free-names";

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

const rebound = new WeakMap<FunctionFlow, ReadonlySet<string>>();

/** Names that a function gives, besides a function literal, what is none: in a loop the first turn's function is not the next one's. */
function reboundIn(fn: FunctionFlow): ReadonlySet<string> {
  let names = rebound.get(fn);
  if (names === undefined) {
    const found = new Set<string>();
    eachStep(fn.body, (step) => {
      if (step.is !== "bind" || step.value === null || withoutCasts(step.value).is === "closure") return;
      for (const target of step.targets) if (target.is === "name") found.add(target.name);
    });
    rebound.set(fn, (names = found));
  }
  return names;
}

interface OpenEnd {
  readonly from: number;
  readonly kind: EdgeKind;
  readonly condition: Expression | null;
}

/** Open ends by the way they leave: `return`, `throw`, `exit`, `break:7`, `continue:7`. */
type Leaving = Map<string, OpenEnd[]>;

interface Frame {
  readonly fn: FunctionFlow;
  readonly inner: boolean;
  readonly labels: Map<string, number>;
  readonly deferred: { readonly id: number; readonly call: CallExpression; readonly scope: number }[];
  loops: number;
}

interface Breakable {
  readonly id: number;
  readonly label: string | null;
  readonly isLoop: boolean;
  readonly frame: Frame;
}

const NONE: readonly OpenEnd[] = [];
const DEFAULT_MAX_NODES = 20_000;
/** Closures are built in place at most this deep. */
const MAX_INLINE = 4;
/** Where one function follows another by being handed over, they stand deep in one another. */
const MAX_INLINE_LATER = 12;
/** Methods of a promise that run what they are given when it is settled. */
const SETTLED = new Set(["then", "catch", "finally"]);
/** The first parameter of a function that is called back once, with an error or with a result. */
const ERROR_FIRST = /^_?e(rr(or)?)?\d?$/i;
/** Calls that take such a function and may run it many times, or never. */
const RUNS_OFTEN = /^(on|once|off|addListener|prependListener|prependOnceListener|removeListener|addEventListener|subscribe|use|watch|setErrorHandler|onError|hook|addHook|forEach|map|filter|some|every|reduce|catch|then|get|post|put|delete|patch|all)$/;

/** Calls whose failure nobody plans for: an exceptional edge from them would only make noise. */
const HARDLY_RAISE = new Set([
  "print", "len", "isinstance", "issubclass", "id", "repr", "type", "hasattr", "callable", "bool", "dict", "list", "tuple", "set", "range", "enumerate", "zip", "iter", "super",
  "format", "debug", "info", "warning", "warn", "exception", "critical", "time", "monotonic", "perf_counter", "now", "utcnow", "locals", "globals", "append", "getLogger",
  "is_set", "strip", "lower", "upper", "startswith", "endswith", "items", "keys", "values", "close", "aclose", "get_event_loop", "copy", "settimeout", "setblocking", "setsockopt", "fileno",
]);

const hardlyRaiseOf = new WeakMap<LanguageTraits, ReadonlySet<string>>();

function hardlyRaise(traits: LanguageTraits): ReadonlySet<string> {
  if (traits.hardlyRaise === undefined) return HARDLY_RAISE;
  let names = hardlyRaiseOf.get(traits);
  if (names === undefined) hardlyRaiseOf.set(traits, (names = new Set([...HARDLY_RAISE, ...traits.hardlyRaise])));
  return names;
}

/** Thrown when a function's graph grows beyond the limit; the caller gives the function up and counts it. */
export class TooLarge extends Error {}

/** The control-flow graph of one function, closures that it surely runs built in place. Throws `TooLarge`. */
export function buildControlFlow(file: FileFlow, fn: FunctionFlow, options: ControlFlowOptions): ControlFlow {
  return new Builder(file, fn, options).build();
}

class Builder {
  readonly #nodes: FlowNode[] = [];
  readonly #variables: Variables;
  readonly #max: number;
  readonly #traits: LanguageTraits;
  /** Blocks have variables of their own. */
  readonly #declares: boolean;
  readonly #hardlyRaise: ReadonlySet<string>;
  #leaving: Leaving = new Map();
  #frames: Frame[] = [];
  #breakables: Breakable[] = [];
  #statement = 0;
  #statements = 0;
  #cleanup = 0;
  #unwinding = false;
  #handling = 0;
  #deferredIds = new Map<string, number>();
  #closures = new Map<VariableId, number>();
  #hasOpaque = false;
  #endNode = -1;
  readonly #inner = new Map<CallExpression, FunctionFlow>();

  constructor(readonly file: FileFlow, readonly fn: FunctionFlow, readonly options: ControlFlowOptions) {
    this.#traits = options.traits;
    this.#declares = options.traits.blockScopes ?? options.traits.errorResults;
    this.#hardlyRaise = hardlyRaise(options.traits);
    this.#max = options.maxNodes ?? DEFAULT_MAX_NODES;
    this.#variables = new Variables(file, fn, options.traits);
  }

  build(): ControlFlow {
    const fn = this.fn;
    const entry = this.#add({ is: "entry" }, fn.namePlace, NONE);
    const end: readonly [number, number, number, number] = [fn.place[2], Math.max(1, fn.place[3] - 1), fn.place[2], fn.place[3]];
    const returned = this.#add({ is: "exit", way: "returned" }, end, NONE);
    const thrown = this.#add({ is: "exit", way: "thrown" }, end, NONE);
    this.#endNode = this.#add({ is: "exit", way: "ended" }, end, NONE);
    const after = this.#function(fn, [open(entry)], false);
    this.#connect(after, returned);
    this.#connect(this.#take("throw"), thrown);
    this.#connect(this.#take("exit"), this.#endNode);
    return { nodes: this.#nodes, entry, variables: this.#variables, hasOpaque: this.#hasOpaque, inner: this.#inner };
  }

  // --- nodes and ends

  #add(event: FlowEvent, at: Place, from: readonly OpenEnd[]): number {
    const id = this.#nodes.length;
    if (id >= this.#max) throw new TooLarge();
    this.#nodes.push({
      id, event, at, edges: [], statement: event.is === "exit" ? -1 : this.#statement, cleanup: this.#cleanup > 0, handling: this.#handling > 0, unwinding: this.#unwinding, loops: this.#frames.at(-1)?.loops ?? 0,
    });
    this.#connect(from, id);
    return id;
  }

  #connect(ends: readonly OpenEnd[], to: number): void {
    for (const { from, kind, condition } of ends) {
      const edges = this.#nodes[from]!.edges;
      if (!edges.some((edge) => edge.to === to && edge.kind === kind)) edges.push({ to, kind, condition });
    }
  }

  #leave(way: string, ends: readonly OpenEnd[]): void {
    if (ends.length === 0) return;
    const known = this.#leaving.get(way);
    if (known === undefined) this.#leaving.set(way, [...ends]);
    else known.push(...ends);
  }

  #take(way: string): OpenEnd[] {
    const ends = this.#leaving.get(way) ?? [];
    this.#leaving.delete(way);
    return ends;
  }

  /** Runs `inside` with its own collection of leaving ends, and gives these back. */
  #collect<T>(inside: () => T): { readonly result: T; readonly leaving: Leaving } {
    const outer = this.#leaving;
    const leaving: Leaving = new Map();
    this.#leaving = leaving;
    const result = inside();
    this.#leaving = outer;
    return { result, leaving };
  }

  #mayRaise(node: number): void {
    if (this.#traits.callsRaise) this.#leave("throw", [open(node, "raise")]);
  }

  // --- functions built in place

  /** Body, then the chain of deferred calls. Gives the ends that go on after it; throws go to the collection around. */
  #function(fn: FunctionFlow, from: readonly OpenEnd[], inner: boolean): readonly OpenEnd[] {
    const frame: Frame = { fn, inner, labels: new Map(), deferred: [], loops: 0 };
    const statement = this.#statement;
    this.#frames.push(frame);
    const scope = this.#variables.enterFunction(fn);
    const { result, leaving } = this.#collect(() => this.#inOrderOf(fn.body, from));
    const returns = [...(leaving.get("return") ?? []), ...result];
    leaving.delete("return");
    const normal = this.#runDeferred(frame, returns, false);
    for (const [way, ends] of leaving) {
      this.#leave(way, way === "throw" || way === "exit" ? this.#runDeferred(frame, ends, true) : ends);
    }
    this.#variables.leave(scope);
    this.#frames.pop();
    this.#statement = statement;
    return normal;
  }

  /** The chain, last registered first; a copy for leaving and one for unwinding. What a deferred call throws goes on in the same chain. */
  #runDeferred(frame: Frame, from: readonly OpenEnd[], unwinding: boolean): readonly OpenEnd[] {
    if (frame.deferred.length === 0 || from.length === 0) return from;
    const wasUnwinding = this.#unwinding;
    this.#unwinding = unwinding;
    this.#cleanup++;
    let ends: readonly OpenEnd[] = from;
    for (let i = frame.deferred.length - 1; i >= 0; i--) {
      const { id, call, scope } = frame.deferred[i]!;
      this.#nextStatement();
      const gate = this.#add({ is: "gate", id }, call.at, ends);
      const { result, leaving } = this.#collect(() => this.#variables.at(scope, () => this.#invoke(call, [open(gate, "run")], id)));
      ends = [open(gate, "skip"), ...result, ...(leaving.get("throw") ?? [])];
      for (const [way, left] of leaving) if (way !== "throw") this.#leave(way, left);
    }
    this.#cleanup--;
    this.#unwinding = wasUnwinding;
    return ends;
  }

  // --- steps

  #steps(steps: readonly Step[], from: readonly OpenEnd[]): readonly OpenEnd[] {
    const scope = this.#variables.enterBlock(steps);
    const ends = this.#inOrderOf(steps, from);
    this.#variables.leave(scope);
    return ends;
  }

  /** In the scope that is there: a function's body shares that of its parameters. */
  #inOrderOf(steps: readonly Step[], from: readonly OpenEnd[]): readonly OpenEnd[] {
    let ends = from;
    for (const step of steps) ends = this.#step(step, ends);
    return ends;
  }

  /** What a step declares for what is inside it (the items of a `with`). */
  #inScope(step: Step, inside: () => readonly OpenEnd[]): readonly OpenEnd[] {
    const scope = this.#variables.enterBlock(step);
    const ends = inside();
    this.#variables.leave(scope);
    return ends;
  }

  #nextStatement(): void {
    this.#statement = ++this.#statements;
  }

  #step(step: Step, from: readonly OpenEnd[]): readonly OpenEnd[] {
    if (from.length === 0 && step.is !== "label" && !this.#holdsLabel(step)) return NONE;
    this.#nextStatement();
    switch (step.is) {
      case "bind":
        return this.#bind(step, from);
      case "do":
        return this.#evaluate(step.value, from, "kept");
      case "if": {
        const { yes, no } = this.#condition(step.condition, from);
        const then = this.#steps(step.then, yes);
        return [...then, ...this.#steps(step.else, no)];
      }
      case "loop":
        return this.#loop(step, from);
      case "switch":
        return this.#switch(step, from);
      case "try":
        return this.#try(step, from);
      case "with":
        return this.#inScope(step, () => this.#with(step, 0, from));
      case "return": {
        let ends = from;
        for (const value of step.values) ends = this.#evaluate(value, ends, "kept");
        const frame = this.#frames.at(-1)!;
        const bound = this.#bindResults(step, ends);
        if (ends.length === 0) return NONE;
        // With named results what is returned is what they hold.
        const values = bound !== ends || step.values.length === 0 ? this.#returnedBy(step, frame.fn) : step.values;
        ends = bound;
        this.#leave("return", [open(this.#add({ is: "return", values, inner: frame.inner }, step.at, ends))]);
        return NONE;
      }
      case "throw": {
        const ends = step.value === null ? from : this.#evaluate(step.value, from, "kept");
        if (ends.length > 0) this.#leave("throw", [open(this.#add({ is: "throw", value: step.value }, step.at, ends))]);
        return NONE;
      }
      case "break":
      case "continue": {
        const target = this.#target(step.is, step.label);
        if (target !== null) this.#leave(`${step.is}:${target}`, from);
        return NONE;
      }
      case "goto":
        this.#connect(from, this.#label(step.label, step.at));
        return NONE;
      case "label": {
        const node = this.#label(step.name, step.at);
        this.#connect(from, node);
        return [open(node)];
      }
      case "defer":
        return this.#defer(step.call, step.at, from);
      case "spawn":
        return this.#spawn(step.call, from);
      case "define": {
        const variable = this.#variables.assigned(step.name);
        this.#closures.set(variable, step.function);
        return from;
      }
      case "assert": {
        const { yes, no } = this.#condition(step.condition, from);
        if (no.length > 0) this.#leave("throw", [open(this.#add({ is: "throw", value: null }, step.at, no))]);
        return yes;
      }
      case "scope": {
        if (step.kind !== "delete") return from;
        const variables = step.names.map((name) => this.#variables.assigned(name));
        return [open(this.#add({ is: "delete", variables }, step.at, from))];
      }
      case "block":
        return this.#steps(step.body, from);
      case "opaque":
        this.#hasOpaque = true;
        return this.#steps(step.body, from);
    }
  }

  #holdsLabel(step: Step): boolean {
    return step.is === "block" && step.body.some((inner) => inner.is === "label");
  }

  #label(name: string, at: Place): number {
    const labels = this.#frames.at(-1)!.labels;
    let node = labels.get(name);
    if (node === undefined) {
      node = this.#add({ is: "join" }, at, NONE);
      labels.set(name, node);
    }
    return node;
  }

  #target(kind: "break" | "continue", label: string | null): number | null {
    const frame = this.#frames.at(-1);
    for (let i = this.#breakables.length - 1; i >= 0; i--) {
      const breakable = this.#breakables[i]!;
      if (breakable.frame !== frame) return null;
      if (label === null ? kind === "break" || breakable.isLoop : breakable.label === label) return breakable.id;
    }
    return null;
  }

  #bind(step: Step & { readonly is: "bind" }, from: readonly OpenEnd[]): readonly OpenEnd[] {
    const value = step.value;
    const closure = value === null ? null : withoutCasts(value);
    let ends = from;
    if (closure !== null && closure.is === "closure" && step.targets.length === 1 && step.targets[0]!.is === "name") {
      const name = step.targets[0]!;
      const variable = step.declares ? this.#variables.declare(name) : this.#variables.of(name);
      if (variable !== null && !this.#variables.isOuter(variable) && !reboundIn(this.#frames.at(-1)!.fn).has(name.name)) {
        this.#closures.set(variable, closure.function);
        return from;
      }
    }
    if (value !== null) ends = this.#evaluate(value, ends, "kept");
    for (const target of step.targets) ends = this.#evaluateTarget(target, ends);
    if (ends.length === 0) return NONE;
    this.#resolveTargets(step.targets, step.declares);
    return [open(this.#add({ is: "bind", targets: step.targets, value, declares: step.declares, zero: step.declares && value === null }, step.at, ends))];
  }

  #resolveTargets(targets: readonly Expression[], declares: boolean): void {
    for (const target of targets) {
      if (target.is === "name") {
        const variable = declares ? this.#variables.declare(target) : this.#variables.of(target);
        if (variable !== null) this.#closures.delete(variable);
      } else if (target.is === "build") this.#resolveTargets(target.parts.map((part) => part.value), declares);
      else this.#resolveNames(target);
    }
  }

  #resolveNames(expression: Expression): void {
    if (expression.is === "name") this.#variables.of(expression);
    else if (expression.is === "member" || expression.is === "index") this.#resolveNames(expression.object);
  }

  /** What must be evaluated to know where to store: `f().x = 1`. */
  #evaluateTarget(target: Expression, from: readonly OpenEnd[]): readonly OpenEnd[] {
    switch (target.is) {
      case "name":
        return from;
      case "build": {
        let ends = from;
        for (const part of target.parts) ends = this.#evaluateTarget(part.value, ends);
        return ends;
      }
      case "member":
        return this.#evaluate(target.object, from, "handed");
      case "index": {
        let ends = this.#evaluate(target.object, from, "handed");
        for (const part of target.parts) ends = this.#evaluate(part, ends, "handed");
        return ends;
      }
      default:
        return this.#evaluate(target, from, "handed");
    }
  }

  /** The named results; for one that is called `_`, which can be read by nobody, what was returned into it. */
  #returnedBy(step: Step & { readonly is: "return" }, fn: FunctionFlow): readonly Expression[] {
    const names = this.#variables.resultNames(fn, step.at);
    return names.map((name, index) => (name.name === "_" ? (step.values.length === names.length ? step.values[index] : step.values[0]) : undefined) ?? name);
  }

  /** Go: `return a, b` stores into the named results before anything deferred runs. */
  #bindResults(step: Step & { readonly is: "return" }, from: readonly OpenEnd[]): readonly OpenEnd[] {
    const { fn } = this.#frames.at(-1)!;
    if (fn.resultNames.length === 0 || step.values.length === 0 || from.length === 0) return from;
    const targets = this.#variables.resultNames(fn, step.at);
    if (step.values.length !== targets.length && step.values.length !== 1) return from;
    const value: Expression = step.values.length === 1
      ? step.values[0]!
      : { is: "build", holds: true, type: null, tuple: true, parts: step.values.map((one) => ({ name: null, spread: false, value: one })), at: step.at };
    return [open(this.#add({ is: "bind", targets, value, declares: false, zero: false }, step.at, from))];
  }

  #loop(step: Step & { readonly is: "loop" }, from: readonly OpenEnd[]): readonly OpenEnd[] {
    const frame = this.#frames.at(-1)!;
    const breakable: Breakable = { id: this.#nodes.length, label: step.label, isLoop: true, frame };
    let ends = from;
    if (step.iterates !== null) {
      ends = this.#evaluate(step.iterates, ends, "handed");
      if (ends.length === 0) return NONE;
    }
    const scope = this.#variables.enterBlock(step.binds);
    frame.loops++;
    this.#breakables.push(breakable);
    const turnStatement = this.#statement;
    let head: number;
    let into: readonly OpenEnd[];
    let out: readonly OpenEnd[];
    if (step.iterates !== null) {
      this.#resolveTargets(step.binds, this.#declares);
      head = this.#add({ is: "turn", iterates: step.iterates, binds: step.binds }, step.at, ends);
      into = [open(head)];
      out = [open(head, "exhausted")];
      this.#mayRaise(head);
      if (step.condition !== null) {
        const tested = this.#condition(step.condition, into);
        into = tested.yes;
        out = [...out, ...tested.no];
      }
    } else {
      head = this.#add({ is: "join" }, step.at, ends);
      if (step.condition === null) {
        into = [open(head)];
        out = NONE;
      } else {
        const tested = this.#condition(step.condition, [open(head)]);
        into = tested.yes;
        out = tested.no;
      }
    }
    const { result, leaving } = this.#collect(() => this.#steps(step.body, into));
    const breaks = [...(leaving.get(`break:${breakable.id}`) ?? [])];
    const again = [...result, ...(leaving.get(`continue:${breakable.id}`) ?? [])];
    leaving.delete(`break:${breakable.id}`);
    leaving.delete(`continue:${breakable.id}`);
    for (const [way, left] of leaving) this.#leave(way, left);
    // A `do ... while` asks there whether to go on.
    const updated = this.#collect(() => this.#steps(step.update, again));
    breaks.push(...(updated.leaving.get(`break:${breakable.id}`) ?? []));
    updated.leaving.delete(`break:${breakable.id}`);
    for (const [way, left] of updated.leaving) this.#leave(way, left);
    this.#connect(updated.result, head);
    this.#breakables.pop();
    frame.loops--;
    this.#variables.leave(scope);
    this.#statement = turnStatement;
    return [...this.#steps(step.otherwise, out), ...breaks];
  }

  #switch(step: Step & { readonly is: "switch" }, from: readonly OpenEnd[]): readonly OpenEnd[] {
    const frame = this.#frames.at(-1)!;
    const breakable: Breakable = { id: this.#nodes.length, label: step.label, isLoop: false, frame };
    let ends = step.subject === null ? from : this.#evaluate(step.subject, from, "handed");
    if (ends.length === 0) return NONE;
    const scope = this.#variables.enterBlock(step.cases);
    if (step.bind !== null && step.subject !== null) {
      // `switch v := x.(type)`: v is x under another type.
      const target: NameExpression = { is: "name", name: step.bind, at: step.at };
      this.#variables.declare(target);
      ends = [open(this.#add({ is: "bind", targets: [target], value: step.subject, declares: true, zero: false }, step.at, ends))];
    }
    this.#breakables.push(breakable);
    const after: OpenEnd[] = [];
    const { leaving } = this.#collect(() => {
      // The default stands last in the order of tests, wherever it is written.
      const order = [...step.cases.filter((one) => !isDefault(one)), ...step.cases.filter(isDefault)];
      const entries = new Map<Case, readonly OpenEnd[]>();
      let rest: readonly OpenEnd[] = ends;
      if (step.waits) {
        const node = this.#add({ is: "join" }, step.at, rest);
        for (const one of order) {
          let entry: readonly OpenEnd[] = [open(node, "case")];
          for (const test of one.tests) entry = this.#evaluate(test, entry, "handed");
          entries.set(one, entry);
        }
        rest = step.cases.length === 0 ? NONE : [];
      } else {
        for (const one of order) {
          if (isDefault(one)) {
            entries.set(one, rest);
            rest = NONE;
            continue;
          }
          const taken: OpenEnd[] = [];
          for (const test of one.tests) {
            const condition: Expression = step.subject === null || step.bind !== null ? test : { is: "compare", operator: "==", left: step.subject, right: test, at: test.at };
            // A type switch tests nothing that is known here.
            const tested = step.bind === null ? this.#condition(condition, rest) : this.#oneOf(rest, one.at);
            taken.push(...tested.yes);
            rest = tested.no;
          }
          let entry: readonly OpenEnd[] = one.tests.length === 0 ? rest : taken;
          if (one.tests.length === 0) rest = NONE;
          if (one.guard !== null) {
            const tested = this.#condition(one.guard, entry);
            entry = tested.yes;
            rest = [...rest, ...tested.no];
          }
          entries.set(one, entry);
        }
      }
      let falling: readonly OpenEnd[] = NONE;
      for (const one of step.cases) {
        let entry = [...(entries.get(one) ?? NONE), ...falling];
        const inner = this.#variables.enterBlock(one);
        if (one.binds.length > 0 && entry.length > 0) {
          this.#nextStatement();
          const variables = one.binds.map((name) => this.#variables.assigned(name));
          entry = [open(this.#add({ is: "unknown", variables }, one.at, entry))];
        }
        const done = this.#steps(one.body, entry);
        this.#variables.leave(inner);
        if (one.fallsThrough) falling = done;
        else {
          falling = NONE;
          after.push(...done);
        }
      }
      after.push(...rest);
    });
    after.push(...(leaving.get(`break:${breakable.id}`) ?? []));
    leaving.delete(`break:${breakable.id}`);
    for (const [way, left] of leaving) this.#leave(way, left);
    this.#breakables.pop();
    this.#variables.leave(scope);
    return after;
  }

  /** Either way may be taken, and nothing is learnt. */
  #oneOf(from: readonly OpenEnd[], at: Place): { readonly yes: readonly OpenEnd[]; readonly no: readonly OpenEnd[] } {
    if (from.length === 0) return { yes: NONE, no: NONE };
    const node = this.#add({ is: "join" }, at, from);
    return { yes: [open(node, "case")], no: [open(node, "case")] };
  }

  #try(step: Step & { readonly is: "try" }, from: readonly OpenEnd[]): readonly OpenEnd[] {
    const whole = this.#collect(() => {
      const body = this.#collect(() => this.#steps(step.body, from));
      const thrown = body.leaving.get("throw") ?? [];
      body.leaving.delete("throw");
      for (const [way, ends] of body.leaving) this.#leave(way, ends);
      const after = [...this.#steps(step.otherwise, body.result)];
      let uncaught: readonly OpenEnd[] = thrown;
      for (const handler of step.handlers) {
        const { caught, passed } = this.#caught(uncaught, handler);
        if (caught.length > 0) {
          this.#nextStatement();
          this.#handling++;
          let entry: readonly OpenEnd[] = [open(this.#add({ is: "join" }, handler.at, caught))];
          if (handler.bind !== null) {
            const variables = [this.#variables.assigned(handler.bind)];
            entry = [open(this.#add({ is: "unknown", variables }, handler.at, entry))];
          }
          after.push(...this.#steps(handler.body, entry));
          this.#handling--;
        }
        uncaught = passed;
      }
      this.#leave("throw", uncaught);
      return after;
    });
    if (step.finally.length === 0) {
      for (const [way, ends] of whole.leaving) this.#leave(way, ends);
      return whole.result;
    }
    const copy = (ends: readonly OpenEnd[], unwinding: boolean): readonly OpenEnd[] => {
      const was = this.#unwinding;
      this.#unwinding = unwinding;
      this.#cleanup++;
      const done = this.#steps(step.finally, ends);
      this.#cleanup--;
      this.#unwinding = was;
      return done;
    };
    const after = copy(whole.result, false);
    for (const [way, ends] of whole.leaving) this.#leave(way, copy(ends, way === "throw"));
    return after;
  }

  /**
   * Which thrown ends a handler takes. A catch-all takes all; otherwise any may be of the type, and any may not, except that
   * `throw T()` is taken for certain by the handler that names T and passes the one that names another type only.
   */
  #caught(thrown: readonly OpenEnd[], { catches, catchesAll, catchesCalls }: Handler): { readonly caught: OpenEnd[]; readonly passed: OpenEnd[] } {
    const caught: OpenEnd[] = [];
    const passed: OpenEnd[] = [];
    const types = new Set(catches.map(lastPart));
    for (const end of thrown) {
      const event = this.#nodes[end.from]!.event;
      const type = event.is === "throw" && event.value !== null ? thrownType(event.value) : null;
      if (catchesAll || (catchesCalls === true && event.is !== "throw") || (type !== null && types.has(type))) caught.push(end);
      else {
        caught.push(end);
        passed.push(end);
      }
    }
    return { caught, passed };
  }

  #with(step: Step & { readonly is: "with" }, index: number, from: readonly OpenEnd[]): readonly OpenEnd[] {
    const item = step.items[index];
    if (item === undefined) return this.#steps(step.body, from);
    this.#nextStatement();
    const evaluated = this.#evaluate(item.value, from, "handed");
    if (evaluated.length === 0) return NONE;
    if (item.bind !== null) this.#resolveTargets([item.bind], this.#declares);
    const entered = this.#add({ is: "enter", value: item.value, bind: item.bind }, item.value.at, evaluated);
    if (step.isAsync) this.#mayRaise(entered);
    const { result, leaving } = this.#collect(() => this.#with(step, index + 1, [open(entered)]));
    const leave = (ends: readonly OpenEnd[]): readonly OpenEnd[] => {
      if (ends.length === 0) return NONE;
      this.#nextStatement();
      return [open(this.#add({ is: "leave", value: item.value, bind: item.bind }, item.value.at, ends))];
    };
    let after = leave(result);
    for (const [way, ends] of leaving) {
      const left = leave(ends);
      if (way === "throw" && swallows(item.value)) after = [...after, ...left];
      this.#leave(way, left);
    }
    return after;
  }

  #defer(expression: Expression, at: Place, from: readonly OpenEnd[]): readonly OpenEnd[] {
    const call = withoutCasts(expression);
    if (call.is !== "call") return this.#evaluate(call, from, "kept");
    let ends = this.#evaluateCallee(call, from);
    for (const argument of call.arguments) ends = this.#evaluate(argument.value, ends, "kept");
    if (ends.length === 0) return NONE;
    const frame = this.#frames.at(-1)!;
    const key = `${frame.fn.id}:${call.at.join(":")}`;
    const id = this.#deferredIds.get(key) ?? this.#deferredIds.size;
    this.#deferredIds.set(key, id);
    if (!frame.deferred.some((known) => known.id === id)) frame.deferred.push({ id, call, scope: this.#variables.current });
    const closure = this.#closureOf(call);
    // Built in place at the end: what it assigns is assigned there, in plain sight.
    const captures = closure === null ? [] : this.#captures(closure, null);
    return [open(this.#add({ is: "defer", id, call, captures }, at, ends))];
  }

  #spawn(expression: Expression, from: readonly OpenEnd[]): readonly OpenEnd[] {
    const call = withoutCasts(expression);
    if (call.is !== "call") return this.#evaluate(call, from, "spawned");
    let ends = this.#evaluateCallee(call, from);
    for (const argument of call.arguments) ends = this.#evaluate(argument.value, ends, "kept");
    const closure = this.#closureOf(call);
    if (closure !== null) ends = this.#closure(closure, call.at, "spawned", ends);
    if (ends.length === 0) return NONE;
    return [open(this.#add({ is: "call", call, awaited: false, deferred: null, handed: true }, call.at, ends))];
  }

  // --- expressions

  #evaluate(expression: Expression, from: readonly OpenEnd[], how: "handed" | "kept" | "spawned"): readonly OpenEnd[] {
    if (from.length === 0) return NONE;
    switch (expression.is) {
      case "literal":
        return from;
      case "name": {
        const variable = this.#variables.of(expression);
        const closure = variable === null ? undefined : this.#closures.get(variable);
        return closure === undefined ? from : this.#closure(closure, expression.at, how, from);
      }
      case "member": {
        const ends = this.#evaluate(expression.object, from, "handed");
        if (ends.length === 0 || this.options.readMembers?.has(expression.name) !== true) return ends;
        return [open(this.#add({ is: "read", member: expression }, expression.at, ends))];
      }
      case "call":
        return this.#call(expression, from, false);
      case "await": {
        const value = withoutCasts(expression.value);
        if (value.is === "call") return this.#call(value, from, true);
        const ends = this.#evaluate(value, from, how);
        if (ends.length === 0) return NONE;
        const node = this.#add({ is: "await", value }, expression.at, ends);
        this.#mayRaise(node);
        return [open(node)];
      }
      case "yield": {
        const ends = expression.value === null ? from : this.#evaluate(expression.value, from, "kept");
        if (ends.length === 0) return NONE;
        const node = this.#add({ is: "yield", value: expression.value }, expression.at, ends);
        this.#mayRaise(node);
        return [open(node)];
      }
      case "closure":
        return this.#closure(expression.function, expression.at, how, from);
      case "logic": {
        if (!hasEffects(expression.right)) return this.#inOrder([expression.left, expression.right], from, how);
        const { yes, no } = this.#condition(expression.left, from);
        const [goesOn, stays] = expression.operator === "and" ? [yes, no] : [no, yes];
        return [...stays, ...this.#evaluate(expression.right, goesOn, how)];
      }
      case "conditional": {
        if (!hasEffects(expression.then) && !hasEffects(expression.else)) return this.#inOrder([expression.condition, expression.then, expression.else], from, how);
        const { yes, no } = this.#condition(expression.condition, from);
        return [...this.#evaluate(expression.then, yes, how), ...this.#evaluate(expression.else, no, how)];
      }
      case "assign": {
        const ends = this.#evaluate(expression.value, from, "kept");
        if (ends.length === 0) return NONE;
        this.#resolveTargets([expression.target], false);
        return [open(this.#add({ is: "bind", targets: [expression.target], value: expression.value, declares: false, zero: false }, expression.at, ends))];
      }
      case "opaque": {
        this.#hasOpaque = true;
        const ends = this.#inOrder(expression.parts, from, "kept");
        if (ends.length === 0 || expression.parts.length === 0) return ends;
        return [open(this.#add({ is: "opaque", parts: expression.parts }, expression.at, ends))];
      }
      case "build":
        return this.#inOrder(expression.parts.map((part) => part.value), from, expression.holds ? "kept" : "handed");
      case "not":
      case "same":
        return this.#evaluate(expression.value, from, how);
      case "compare":
        return this.#inOrder([expression.left, expression.right], from, "handed");
      case "index":
        return this.#inOrder([expression.object, ...expression.parts], from, "handed");
      case "operator":
        return this.#inOrder(expression.parts, from, "handed");
    }
  }

  #inOrder(parts: readonly Expression[], from: readonly OpenEnd[], how: "handed" | "kept" | "spawned"): readonly OpenEnd[] {
    let ends = from;
    for (const part of parts) ends = this.#evaluate(part, ends, how);
    return ends;
  }

  #condition(expression: Expression, from: readonly OpenEnd[]): { readonly yes: readonly OpenEnd[]; readonly no: readonly OpenEnd[] } {
    if (from.length === 0) return { yes: NONE, no: NONE };
    switch (expression.is) {
      case "not": {
        const { yes, no } = this.#condition(expression.value, from);
        return { yes: no, no: yes };
      }
      case "logic": {
        const left = this.#condition(expression.left, from);
        if (expression.operator === "and") {
          const right = this.#condition(expression.right, left.yes);
          return { yes: right.yes, no: [...left.no, ...right.no] };
        }
        const right = this.#condition(expression.right, left.no);
        return { yes: [...left.yes, ...right.yes], no: right.no };
      }
      case "literal":
        if (expression.kind === "true" || (expression.kind === "number" && expression.text === "1")) return { yes: from, no: NONE };
        if (expression.kind === "false" || expression.kind === "null") return { yes: NONE, no: from };
        break;
      default:
    }
    const ends = this.#evaluate(expression, from, "handed");
    if (ends.length === 0) return { yes: NONE, no: NONE };
    const node = this.#add({ is: "test", condition: expression }, expression.at, ends);
    return { yes: [{ from: node, kind: "true", condition: expression }], no: [{ from: node, kind: "false", condition: expression }] };
  }

  // --- calls and closures

  #evaluateCallee(call: CallExpression, from: readonly OpenEnd[]): readonly OpenEnd[] {
    const callee = withoutCasts(call.callee);
    if (callee.is === "closure") return from;
    if (callee.is === "name") {
      this.#variables.of(callee);
      return from;
    }
    if (callee.is === "member") return this.#evaluate(callee.object, from, "handed");
    return this.#evaluate(callee, from, "handed");
  }

  #call(call: CallExpression, from: readonly OpenEnd[], awaited: boolean): readonly OpenEnd[] {
    const settled = this.#traits.promises === true ? this.#settled(call, from) : null;
    if (settled !== null) return settled;
    const later = this.#traits.promises === true ? this.#runsLater(call) : null;
    let ends = this.#evaluateCallee(call, from);
    for (const argument of call.arguments) if (argument !== later?.argument) ends = this.#evaluate(argument.value, ends, "handed");
    ends = this.#invoke(call, ends, null, awaited);
    return later === null ? ends : this.#calledBack(call, later.fn, later.throws, ends);
  }

  /** A function literal, or one that a local name stands for, which can be built where it is handed over. */
  #literalOf(argument: Argument | undefined): FunctionFlow | null {
    if (argument === undefined || argument.spread) return null;
    const value = withoutCasts(argument.value);
    let id: number | undefined;
    if (value.is === "closure") id = value.function;
    else if (value.is === "name") {
      const variable = this.#variables.of(value);
      id = this.#closures.get(variable);
    }
    if (id === undefined) return null;
    const fn = this.file.functions[id]!;
    return this.#frames.length > MAX_INLINE_LATER || fn.isGenerator || this.#frames.some((frame) => frame.fn.id === id) ? null : fn;
  }

  /** `p.then(f, g).catch(h).finally(k)`: a promise that fails is an exception that was raised, and its handlers are those of the chain. */
  #settled(call: CallExpression, from: readonly OpenEnd[]): readonly OpenEnd[] | null {
    const callee = withoutCasts(call.callee);
    if (callee.is !== "member" || !SETTLED.has(callee.name) || call.arguments.length === 0) return null;
    const frame = this.#frames.at(-1)!;
    if (frame.inner) this.#inner.set(call, frame.fn);
    const { result, leaving } = this.#collect(() => this.#evaluate(callee.object, from, "handed"));
    const thrown = leaving.get("throw") ?? [];
    leaving.delete("throw");
    for (const [way, ends] of leaving) this.#leave(way, ends);
    const value: Argument = { name: null, spread: false, value: callee.object };
    /** What is no literal is somebody's, who is handed what it holds. */
    const run = (argument: Argument | undefined, given: readonly Argument[], ends: readonly OpenEnd[]): readonly OpenEnd[] => {
      const fn = this.#literalOf(argument);
      if (fn !== null) return ends.length === 0 ? NONE : this.#inPlace(fn, given, call.at, ends, null);
      if (argument === undefined || ends.length === 0) return ends;
      const handed = this.#evaluate(argument.value, ends, "handed");
      return handed.length === 0 ? NONE : [open(this.#add({ is: "call", call, awaited: false, deferred: null, handed: false }, call.at, handed))];
    };
    const [first, second] = call.arguments;
    if (callee.name === "then") {
      const failed = second === undefined ? (this.#leave("throw", thrown), NONE) : run(second, [], thrown);
      return [...run(first, [value], result), ...failed];
    }
    if (callee.name === "catch") return [...result, ...run(first, [], thrown)];
    const was = this.#unwinding;
    this.#cleanup++;
    this.#unwinding = false;
    const after = run(first, [], result);
    this.#unwinding = true;
    this.#leave("throw", run(first, [], thrown));
    this.#unwinding = was;
    this.#cleanup--;
    return after;
  }

  /** The function that a call runs later and once. `throws`: what it throws comes back to who made the call. */
  #runsLater(call: CallExpression): { readonly argument: Argument; readonly fn: FunctionFlow; readonly throws: boolean } | null {
    const [first] = call.arguments;
    const last = call.arguments.at(-1);
    if (first === undefined || last === undefined) return null;
    const callee = withoutCasts(call.callee);
    if (callee.is === "name" && callee.name === "Promise") {
      const fn = this.#literalOf(first);
      return fn === null ? null : { argument: first, fn, throws: true };
    }
    const ruled = this.options.callsBack?.(call, this.#frames.at(-1)!.fn) ?? null;
    const argument = ruled === null || ruled === "last" ? last : call.arguments[ruled];
    const fn = this.#literalOf(argument);
    if (argument === undefined || fn === null) return null;
    if (ruled !== null) return { argument, fn, throws: false };
    const name = calledName(call);
    return fn.parameters.length > 0 && ERROR_FIRST.test(fn.parameters[0]!.name) && name !== null && !RUNS_OFTEN.test(name) ? { argument, fn, throws: false } : null;
  }

  #calledBack(call: CallExpression, fn: FunctionFlow, throws: boolean, from: readonly OpenEnd[]): readonly OpenEnd[] {
    if (from.length === 0) return NONE;
    const scope = this.#variables.enterFunction(fn);
    const parameters = fn.parameters.map((one) => (one.name === "" || one.variadic ? null : this.#variables.assigned(one.name)));
    this.#variables.leave(scope);
    const node = this.#add({ is: "called-back", call, parameters }, call.at, from);
    const statement = this.#statement;
    const { result, leaving } = this.#collect(() => this.#function(fn, [open(node)], true));
    this.#statement = statement;
    for (const [way, ends] of leaving) {
      // Nobody catches what a callback throws: the program ends.
      if (way === "throw" && !throws) this.#connect(ends, this.#endNode);
      else this.#leave(way, ends);
    }
    return result;
  }

  /** The call itself, receiver and arguments being evaluated: a closure built in place, or a node. */
  #invoke(call: CallExpression, from: readonly OpenEnd[], deferred: number | null, awaited = false): readonly OpenEnd[] {
    if (from.length === 0) return NONE;
    const frame = this.#frames.at(-1)!;
    if (frame.inner) this.#inner.set(call, frame.fn);
    const closure = this.#closureOf(call);
    if (closure !== null) {
      const fn = this.file.functions[closure]!;
      if (this.#frames.length <= MAX_INLINE && !this.#frames.some((frame) => frame.fn.id === closure) && !fn.isGenerator) {
        return this.#inPlace(fn, call.arguments, call.at, from, deferred);
      }
    }
    const node = this.#add({ is: "call", call, awaited, deferred, handed: false }, call.at, from);
    const leaves = this.#leaves(call);
    if (leaves === "throws") {
      this.#leave("throw", [open(node)]);
      return NONE;
    }
    if (leaves === "unwinds") {
      this.#leave("exit", [open(node)]);
      return NONE;
    }
    if (leaves === "ends") {
      this.#connect([open(node)], this.#endNode);
      return NONE;
    }
    // Its own accessor, by its bare name.
    const accessor = this.#traits.implicitReceiver !== undefined && call.callee.is === "name" && call.arguments.length === 0 && /^(?:get|is|has)[A-Z]/u.test(call.callee.name);
    const name = calledName(call) ?? "";
    if (!accessor && (!this.#hardlyRaise.has(name) || (awaited && this.#traits.raiseWhenAwaited?.includes(name) === true))) this.#mayRaise(node);
    return [open(node)];
  }

  /** `ends`: at once. `unwinds`: finally and deferred calls run first, and then the process, goroutine or test is over. `throws`: an exception like any other. */
  #leaves(call: CallExpression): "ends" | "unwinds" | "throws" | null {
    const last = calledName(call);
    if (last === null) return null;
    const within = this.#frames.at(-1)!.fn;
    const known = this.#traits.neverReturn.filter((one) => lastPart(one.call) === last);
    if (known.length > 0) {
      const names = this.options.names(call, within);
      const found = known.find((one) => names.includes(one.call) || (one.call === last && call.callee.is === "name" && names.length === 0));
      if (found !== undefined) return !found.raises ? "ends" : /^panic/i.test(last) ? "throws" : "unwinds";
    }
    return this.options.leaves?.(call, within) ?? null;
  }

  #closureOf(call: CallExpression): number | null {
    const callee = withoutCasts(call.callee);
    if (callee.is === "closure") return callee.function;
    if (callee.is !== "name") return null;
    const variable = this.#variables.of(callee);
    return variable === null ? null : (this.#closures.get(variable) ?? null);
  }

  #inPlace(fn: FunctionFlow, given: readonly Argument[], at: Place, from: readonly OpenEnd[], deferred: number | null): readonly OpenEnd[] {
    const scope = this.#variables.enterFunction(fn);
    const parameters: VariableId[] = [];
    const values: Expression[] = [];
    fn.parameters.forEach((parameter, index) => {
      const argument = given.find((one) => one.name === parameter.name) ?? given[index];
      if (argument === undefined || argument.name !== null && argument.name !== parameter.name || argument.spread || parameter.variadic) return;
      parameters.push(this.#variables.assigned(parameter.name));
      values.push(argument.value);
    });
    this.#variables.leave(scope);
    let ends = from;
    if (parameters.length > 0) ends = [open(this.#add({ is: "arguments", parameters, values, deferred }, at, from))];
    const statement = this.#statement;
    const after = this.#function(fn, ends, true);
    this.#statement = statement;
    return after;
  }

  #closure(id: number, at: Place, how: "handed" | "kept" | "spawned", from: readonly OpenEnd[]): readonly OpenEnd[] {
    if (from.length === 0) return NONE;
    const captures = this.#captures(id, at);
    if (captures.length === 0) return from;
    return [open(this.#add({ is: "closure", function: id, captures, how }, at, from))];
  }

  #captures(id: number, elsewhere: Place | null): Capture[] {
    const captures: Capture[] = [];
    for (const [name, use] of freeNames(this.file, id)) {
      const variable = this.#variables.find(name);
      if (variable === null) continue;
      if (use.assigned && elsewhere !== null) this.#variables.markVolatile(variable, elsewhere);
      captures.push({ variable, only: use.only, calls: use.calls });
    }
    return captures;
  }
}

function open(from: number, kind: EdgeKind = "next"): OpenEnd {
  return { from, kind, condition: null };
}

function isDefault(one: Case): boolean {
  return one.tests.length === 0 && one.guard === null && one.binds.length === 0;
}

function thrownType(value: Expression): string | null {
  const thrown = withoutCasts(value);
  if (thrown.is === "call") return calledName(thrown);
  return null;
}

/** Python's `contextlib.suppress`, `pytest.raises`, `assertRaises`: what the body raises ends there. */
function swallows(value: Expression): boolean {
  const call = withoutCasts(value);
  const name = call.is === "call" ? calledName(call) : null;
  return name === "suppress" || name === "raises" || name === "assertRaises" || name === "assertRaisesRegex";
}
