import type { LanguageTraits, Expression } from "./flow-model";
import type { CallResolution, FunctionRef } from "./resolution";
import type { CloseCall, OpenCallback, PassCall, ResourceRule } from "../rules/rule-model";
import type { ControlFlow, Edge, FlowNode } from "./control-flow";
import type { CallExpression } from "./expressions";
import { calledName, contains, inWords, lastPart, partsOf, withoutCasts, withoutSteps } from "./expressions";
import type { Fact, Facts, Look } from "./facts";
import { decide, factOf, forget, keyOf, keysOfCondition, know, learn } from "./facts";
import type { VariableId } from "./variables";

/** What the object is, on one way through the function. */
export type Status = "before" | "open" | "closed" | "exhausted" | "escaped";

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
  | { readonly is: "parameter"; readonly name: string; readonly asMember: boolean };

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
}

export interface WalkResult {
  readonly leak: Leak | null;
  /** Results in which the object is given to the caller. */
  readonly returned: readonly Returned[];
  /** For a parameter: how it stands at each normal end. */
  readonly outcomes: readonly Outcome[];
  /** Some way ended with the object open and owned by who gave it (a receiver or parameter that becomes open here). */
  readonly gaveUp: boolean;
}

export interface WalkLimits {
  readonly states: number;
  readonly statesAtNode: number;
}
const LIMITS: WalkLimits = { states: 12_000, statesAtNode: 64 };

interface State {
  readonly node: number;
  readonly status: Status;
  /** Statement in which the object is a value that nothing holds yet; -1: held. */
  readonly loose: number;
  readonly holders: readonly VariableId[];
  readonly members: readonly VariableId[];
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

/** A value asked for as one, and not for one of its results. */
const WHOLE = -2;
/** The argument index that stands for the receiver. */
export const RECEIVER = -1;

type Carried = "object" | "member" | "held" | null;

const NO_FACTS: Facts = new Map();
const GENERIC_CLOSE = /^(close|aclose|dispose|release|shutdown|terminate|disconnect|destroy|kill|free|finish|end|stop|quit|detach|hijack)(_?(all|now|async|sync|nowait|connection|conn|session|tx|quietly|safely|silently))?$/i;
const ERROR_NAME = /^_?e(rr(or)?)?\d?$/i;
const CLOSES_ARGUMENT = /^(close|release|free|return|dispose|giveBack)/i;
const ABOUT_LIFE = /clos|open|active|connected|alive|valid|done|state|begun|started|transact|finished|committed|released/i;

/**
 * Follows one object through a function: breadth-first over the graph and a small state, so that the first leak met is the shortest, and
 * its walk is the witness. Deterministic. In doubt it is silent.
 */
export function walk(flow: ControlFlow, rule: ResourceRule, origin: Origin, around: Surroundings, limits: WalkLimits = LIMITS): WalkResult {
  return new Walk(flow, rule, origin, around, limits).run();
}

class Walk {
  readonly #relevant: ReadonlySet<string>;
  readonly #closes: ReadonlySet<string>;
  /** Calls that close only with certain arguments. */
  readonly #closesWhen: readonly CloseCall[];
  /** Variables that hold a function which closes the object. */
  readonly #closers = new Set<VariableId>();
  readonly #closesArguments: readonly CloseCall[];
  readonly #exhausts: ReadonlySet<string>;
  readonly #returned = new Map<string, Returned>();
  readonly #outcomes = new Map<string, Outcome>();
  #closedHere = false;
  /** By variable, the nodes from which a call that closes what it holds can be reached. */
  readonly #closing = new Map<VariableId, ReadonlySet<number>>();
  readonly #useful: ReadonlySet<number> | null;
  /** Keys of what the object goes with: the receiver of the opening call, and what that was got from. */
  readonly #parents: ReadonlySet<string>;
  readonly #look: Look;
  #state!: State;

  constructor(
    readonly flow: ControlFlow,
    readonly rule: ResourceRule,
    readonly origin: Origin,
    readonly around: Surroundings,
    readonly limits: WalkLimits,
  ) {
    this.#relevant = relevantKeys(flow);
    const onReceiver = rule.closes.filter((close) => close.on === "receiver");
    this.#closes = new Set(onReceiver.filter((close) => close.when === undefined).map((close) => lastPart(close.call)));
    this.#closesWhen = onReceiver.filter((close) => close.when !== undefined);
    this.#closesArguments = rule.closes.filter((close) => close.on !== "receiver");
    this.#exhausts = new Set(rule.exhaustedBy.map(lastPart));
    this.#useful = origin.is === "call" ? nodesThatReach(flow, (node) => node.event.is === "call" && node.event.call === origin.call) : null;
    this.#parents = this.#parentKeys();
    this.#look = {
      variables: flow.variables,
      holds: (expression) => this.#state.status === "open" && this.#isObject(expression),
      factOfCall: (call) => this.#factOfCall(call, 0),
      relevant: (key) => this.#relevant.has(key),
      errorPredicates: around.traits.errorResults,
    };
  }

  #isObject(expression: Expression): boolean {
    const carried = this.#carried(expression, this.#state);
    return carried === "object" || carried === "member";
  }

  run(): WalkResult {
    let gaveUp = false;
    let leak: Leak | null = null;
    const first = this.#explore(false);
    gaveUp = first.gaveUp;
    leak = first.leak;
    if (leak === null && !gaveUp && this.origin.is === "call" && this.flow.nodes.some((node) => node.edges.some((edge) => edge.kind === "raise"))) {
      const second = this.#explore(true);
      gaveUp = second.gaveUp;
      leak = second.leak;
    }
    return { leak: gaveUp ? null : leak, returned: [...this.#returned.values()], outcomes: [...this.#outcomes.values()], gaveUp };
  }

  #explore(withRaise: boolean): { readonly leak: Leak | null; readonly gaveUp: boolean } {
    const seen = new Map<number, Set<string>>();
    let queue: State[] = [this.#start()];
    let states = 0;
    let handled: Leak | null = null;
    let unhandled: Leak | null = null;
    let piledUp: Leak | null = null;
    while (queue.length > 0) {
      const next: State[] = [];
      for (const state of queue) {
        const leaks = (leak: Leak): void => {
          if (leak.how === "piled-up") piledUp ??= leak;
          else if (leak.unhandled) unhandled ??= leak;
          else handled ??= leak;
        };
        for (const after of this.#step(state, withRaise, leaks)) {
          const here = seen.get(after.node) ?? new Set();
          const key = stateKey(after);
          if (here.has(key)) continue;
          if (++states > this.limits.states || here.size >= this.limits.statesAtNode) return { leak: null, gaveUp: true };
          here.add(key);
          seen.set(after.node, here);
          next.push(after);
        }
      }
      // Without exceptional edges the walk goes on to the end: another way may give the object to the caller.
      if (handled !== null && withRaise) break;
      queue = next;
    }
    return { leak: handled ?? unhandled ?? piledUp, gaveUp: false };
  }

  #start(): State {
    const base: State = {
      node: this.flow.entry, status: "before", loose: -1, holders: [], members: [], field: null, registered: [], pins: [], facts: NO_FACTS, callFact: null, result: null, given: [],
      raised: -1, lost: null, before: null, edge: null, decisive: false,
    };
    if (this.origin.is === "call") return base;
    const name = this.origin.name;
    const variable = this.flow.variables.all.findIndex((one) => one.parameter && one.name === name);
    if (variable < 0) return { ...base, status: "escaped" };
    return { ...base, status: "open", holders: this.origin.asMember ? [] : [variable], members: this.origin.asMember ? [variable] : [] };
  }

  /** The states after a node, at the nodes that its edges lead to. */
  #step(state: State, withRaise: boolean, leaks: (leak: Leak) => void): State[] {
    const node = this.flow.nodes[state.node]!;
    const event = node.event;
    if (event.is === "exit") {
      this.#atExit(state, event.way, leaks);
      return [];
    }
    const results: State[] = [];
    for (let after of this.#transfer(node, state, leaks)) {
      if (after.status === "before" && this.#useful !== null && !this.#useful.has(node.id)) continue;
      if (after.status === "closed") this.#closedHere = true;
      if ((after.status === "closed" || after.status === "escaped") && this.origin.is === "call") continue;
      const lost = after.status === "open" && after.loose < 0 && after.given.length === 0 && after.holders.length === 0 && after.members.length === 0 && after.field === null && after.pins.length === 0;
      // What is left of a parameter is still the caller's.
      if (lost && after.lost === null && this.origin.is === "call") {
        const how = event.is === "delete" ? "deleted" : event.is === "bind" && state.loose >= 0 ? "dropped" : "overwritten";
        after = this.#lose(how, after, node, state);
      }
      this.#follow(node, after, state, withRaise, results);
    }
    return results;
  }

  #follow(node: FlowNode, after: State, state: State, withRaise: boolean, results: State[]): void {
    const event = node.event;
    this.#state = after;
    // Raised while it opens, or while the coroutine waits for it to be open: it is not open.
    const opening = (event.is === "call" && this.#isOrigin(event.call)) || (event.is === "yield" && this.around.yieldWaits && after.loose >= 0 && this.#isOrigin(unwrapCall(event.value)));
    // What wraps the object (`closing(conn)`) does nothing that could fail.
    const harmless = event.is === "call" && after.status === "open" && (this.#wraps(event.call, after) || this.#steps(event.call) || this.#givenBack(event.call, after) === "object" || this.#isAside(node, event.call, after) || this.around.neverRaises(this.around.resolve(event.call).names) || (node.cleanup && this.#guards(node, event.call)));
    let only: Edge["kind"] | null = null;
    let decided = false;
    if (event.is === "test") {
      const outcome = decide(event.condition, after.facts, this.#look);
      if (outcome !== null) {
        only = outcome ? "true" : "false";
        decided = true;
      } else if (after.status === "open" && (node.cleanup || this.#asksForLife(event.condition))) only = this.#closingSide(node, after);
    } else if (event.is === "gate") {
      only = after.registered.includes(event.id) ? "run" : "skip";
      decided = true;
    }
    for (const edge of node.edges) {
      if (edge.kind === "raise") {
        // What is raised before the object is open only leads to where it is opened: a fallback, another try.
        if (opening || (after.status !== "before" && (!withRaise || harmless || after.status !== "open" || after.raised >= 0 || after.lost !== null))) continue;
      } else if (only !== null && edge.kind !== only) continue;
      let next: State = after;
      if ((edge.kind === "true" || edge.kind === "false") && edge.condition !== null) {
        if (edge.kind === "false" && this.#exhaustsBy(edge.condition)) {
          if (this.origin.is === "call") continue;
          next = { ...next, status: "exhausted" };
        }
        this.#state = after;
        const facts = learn(edge.condition, edge.kind === "true", after.facts, this.#look);
        if (facts !== after.facts) next = { ...next, facts };
      } else if (edge.kind === "exhausted" && event.is === "turn" && this.#exhaustsBy(event.iterates)) {
        if (this.origin.is === "call") continue;
        next = { ...next, status: "exhausted" };
      } else if (edge.kind === "run" && event.is === "gate") next = this.#runs(event.id, after);
      if (edge.kind === "raise" && after.status !== "before") next = { ...next, raised: node.id };
      const decisive = !decided && (edge.kind === "true" || edge.kind === "false" || edge.kind === "case" || edge.kind === "exhausted") && node.edges.some((other) => other !== edge && other.kind !== "raise");
      const target = this.flow.nodes[edge.to]!;
      const moved: State = { ...next, node: edge.to, facts: this.#stillWanted(next.facts, edge.to), before: state, edge, decisive };
      if (moved.status === "open" && moved.loose >= 0 && target.statement !== moved.loose) {
        // The statement is over and nothing holds the object.
        if (this.origin.is === "call") results.push({ ...moved, ...this.#lose("dropped", { ...moved, loose: -1 }, node, state), node: edge.to, before: state, edge, decisive });
        continue;
      }
      results.push(moved);
    }
  }

  /** It is lost, but that is a leak only when the function goes on from here: `_, err = open(); if err == nil { fatal() }` wants it to fail. */
  #lose(how: "overwritten" | "dropped" | "deleted", after: State, node: FlowNode, state: State): State {
    return { ...after, lost: { how, at: { ...after, node: node.id, before: state.before, edge: state.edge, decisive: state.decisive } } };
  }

  /** Facts that nothing ahead asks for are dropped: ways that differ in nothing else are one again. */
  #stillWanted(facts: Facts, at: number): Facts {
    let kept: Map<string, Fact> | null = null;
    for (const key of facts.keys()) {
      if (askedFrom(this.flow, key).has(at)) continue;
      kept ??= new Map(facts);
      kept.delete(key);
    }
    return kept ?? facts;
  }

  #wraps(call: CallExpression, state: State): boolean {
    const pass = call.arguments.length > 0 ? this.around.passes(this.around.resolve(call).names) : null;
    const passed = pass === null ? undefined : call.arguments[pass.argument];
    return passed !== undefined && this.#carried(passed.value, state) !== null;
  }

  /**
   * Beside the object, and not what anybody plans for: another argument of the call that takes it (`new Reader(open(path), charset())`),
   * what closes or looks something up in clean-up code, what a handler does first.
   */
  #isAside(node: FlowNode, call: CallExpression, state: State): boolean {
    if (this.around.traits.ignoresRaisesAside !== true) return false;
    if (state.loose >= 0) return !call.arguments.some((argument) => this.#carried(argument.value, state) !== null) && !(call.callee.is === "member" && this.#carried(call.callee.object, state) !== null);
    if (node.handling && !this.#openedInHandler) return true;
    return node.cleanup && (CLOSES_ARGUMENT.test(calledName(call) ?? "") || /^(?:get|is)[A-Z]/u.test(calledName(call) ?? ""));
  }

  get #openedInHandler(): boolean {
    const origin = this.origin;
    return origin.is === "call" && this.flow.nodes.some((node) => node.handling && node.event.is === "call" && node.event.call === origin.call);
  }

  /** `socket.getInputStream()` of an open socket only looks at it. */
  #steps(call: CallExpression): boolean {
    return this.rule.through !== undefined && withoutSteps(call, this.rule.through) !== call;
  }

  /** `finally: if conn.is_connected(): conn.close()`: that the question itself fails is far-fetched. */
  #guards(node: FlowNode, call: CallExpression): boolean {
    return node.edges.some((edge) => {
      const { event } = this.flow.nodes[edge.to]!;
      return event.is === "test" && contains(event.condition, call);
    });
  }

  #atExit(state: State, way: "returned" | "thrown" | "ended", leaks: (leak: Leak) => void): void {
    if (way === "ended" || state.status === "before") return;
    if (this.origin.is === "parameter") {
      if (way !== "returned") return;
      const outcome: Outcome = { status: state.status === "open" && state.given.length > 0 ? "escaped" : state.status, result: state.result };
      this.#outcomes.set(`${outcome.status}:${outcome.result ?? ""}`, outcome);
      return;
    }
    if (state.status !== "open") return;
    if (state.given.length > 0) {
      if (way === "returned") for (const given of state.given) this.#returned.set(`${given.index}:${given.asMember ? "member" : "object"}`, given);
      return;
    }
    if (state.lost !== null) leaks(this.#leak(state.lost.how, state.lost.at));
    else leaks(this.#leak(way === "thrown" ? "thrown" : "returned", state));
  }

  #leak(how: Leak["how"], last: State): Leak {
    const steps: WitnessStep[] = [];
    let edge: Edge | null = null;
    let decisive = false;
    for (let at: State | null = last; at !== null; at = at.before) {
      steps.push({ node: this.flow.nodes[at.node]!, edge, decisive });
      edge = at.edge;
      decisive = at.decisive;
      const event = this.flow.nodes[at.node]!.event;
      if (event.is === "call" && this.#isOrigin(event.call) && at.status === "before") break;
    }
    steps.reverse();
    const raisedAt = last.raised >= 0 ? this.flow.nodes[last.raised]! : null;
    // Raised and out at once: nothing in the function took notice.
    const raisedIndex = raisedAt === null ? -1 : steps.findIndex((step) => step.node === raisedAt);
    const unhandled = raisedAt !== null && how === "thrown" && steps.slice(raisedIndex + 1).every(({ node }) => node.cleanup || node.event.is === "exit" || node.event.is === "leave" || node.event.is === "gate");
    return { how, grade: raisedAt !== null || (how === "thrown" && !this.around.traits.callsRaise) ? "raise" : "path", unhandled, raisedAt, neverClosedHere: !this.#closedHere, steps };
  }

  #isOrigin(call: CallExpression | null): boolean {
    return call !== null && this.origin.is === "call" && this.origin.call === call;
  }

  // --- what an expression carries

  /** `index`: which result is asked for; null: any; `WHOLE`: the value as one. */
  #carried(expression: Expression, state: State, index: number | null = WHOLE): Carried {
    switch (expression.is) {
      case "name": {
        const variable = this.flow.variables.of(expression);
        if (state.holders.includes(variable)) return "object";
        if (state.members.includes(variable)) return "member";
        return state.status === "open" && this.#closers.has(variable) ? "held" : null;
      }
      case "member": {
        if (state.field !== null && keyOf(expression, this.flow.variables) === state.field) return "object";
        const object = this.#carried(expression.object, state);
        if (object === "object" && this.rule.member === expression.name) return "member";
        if (object !== null && (this.#closes.has(expression.name) || this.#looksClosing(expression.name))) return "held";
        return null;
      }
      case "call": {
        if (this.#isOrigin(expression) && state.loose >= 0 && this.origin.is === "call" && typeof this.origin.opens === "number") {
          if (index === WHOLE && this.origin.inTuple) return "held";
          return index === null || index === WHOLE || index === this.origin.opens ? (this.origin.asMember ? "member" : "object") : null;
        }
        if (this.rule.through !== undefined) {
          const meant = withoutSteps(expression, this.rule.through);
          if (meant !== expression) return this.#carried(meant, state);
        }
        if (this.around.traits.promises === true) {
          const callee = withoutCasts(expression.callee);
          if (callee.is === "member" && (callee.name === "catch" || callee.name === "finally")) return this.#carried(callee.object, state, index);
        }
        return index === null || index === 0 || index === WHOLE ? this.#givenBack(expression, state) : null;
      }
      case "await":
      case "same":
        return this.#carried(expression.value, state, index);
      case "assign":
        // What it was just given is still in it when the expression goes on.
        return this.#carried(expression.value, state, index) ?? (expression.target.is === "name" ? this.#carried(expression.target, state) : null);
      case "conditional":
        return this.#carried(expression.then, state) ?? this.#carried(expression.else, state);
      case "logic":
        return this.#carried(expression.left, state) ?? this.#carried(expression.right, state);
      case "yield":
        return this.around.yieldWaits && expression.value !== null ? this.#carried(expression.value, state, index) : null;
      case "index": {
        // `sock.accept()[0]`
        const [which] = expression.parts;
        const call = unwrapCall(expression.object);
        if (which === undefined || which.is !== "literal" || which.kind !== "number" || expression.parts.length > 1 || !this.#isOrigin(call)) return null;
        return this.#carried(expression.object, state, Number(which.text));
      }
      case "operator":
        return expression.parts.some((part) => this.#carried(part, state) === "held") ? "held" : null;
      case "build":
        return expression.holds && expression.parts.some((part) => (part.name === null || this.rule.lentAs?.includes(part.name) !== true) && this.#carried(part.value, state, null) !== null) ? "held" : null;
      default:
        return null;
    }
  }

  /** A call that gives back the object: a rule says that it passes its argument on, or a method that gives its own type (fluent). */
  #givenBack(call: CallExpression, state: State): Carried {
    const callee = withoutCasts(call.callee);
    if (callee.is === "member") {
      const receiver = this.#carried(callee.object, state);
      if (receiver === "object" && this.rule.member === null) {
        const type = this.around.resolve(call).results[0]?.name ?? null;
        if (type !== null ? type === this.rule.type : this.rule.kind === "transaction-leak" && state.loose >= 0) return "object";
      }
    }
    for (const argument of call.arguments) {
      if (this.#carried(argument.value, state) === null) continue;
      const pass = this.around.passes(this.around.resolve(call).names);
      if (pass !== null && call.arguments[pass.argument] === argument) return this.#carried(argument.value, state);
    }
    return null;
  }

  /** Where a failure is a null result, what opened something besides its result did not give null. */
  #saysOpened(): Fact | null {
    return this.around.traits.failuresAreNull === true && this.origin.is === "call" && typeof this.origin.opens !== "number" ? "set" : null;
  }

  #factOfCall(call: CallExpression, index: number): Fact | null {
    const state = this.#state;
    if (this.origin.is === "call" && this.#isOrigin(call) && state.status === "open") return this.origin.error === index ? "null" : this.#saysOpened();
    if (state.callFact !== null && state.callFact.call === call) return state.callFact.fact;
    const name = calledName(call);
    // Go: what `recover()` gives is null unless the function is unwinding.
    if (name === "recover" && call.arguments.length === 0 && call.callee.is === "name") return this.flow.nodes[state.node]!.unwinding ? "set" : "null";
    if (this.around.traits.errorResults && (name === "Errorf" || name === "New" || name === "Error") && call.callee.is === "member") {
      const object = withoutCasts(call.callee.object);
      if (object.is === "name" && (object.name === "errors" || object.name === "fmt" || object.name === "status" || object.name === "xerrors")) return "set";
    }
    return null;
  }

  #parentKeys(): ReadonlySet<string> {
    const keys = new Set<string>();
    if (!this.rule.closedWithParent || this.origin.is !== "call") return keys;
    const add = (call: CallExpression): void => {
      // `new Command(sql, conn)`: it works on what it is made with.
      if (withoutCasts(call.callee).is !== "member" && this.around.borrows(this.around.resolve(call).names)) {
        for (const { value } of call.arguments) {
          const key = keyOf(value, this.flow.variables);
          if (key !== null) keys.add(key);
        }
      }
      // `conn.prepareStatement(sql).executeQuery()`: nothing holds what is between.
      for (let callee = withoutCasts(call.callee); callee.is === "member"; ) {
        const object = withoutCasts(callee.object);
        const key = keyOf(object, this.flow.variables);
        if (key !== null) keys.add(key);
        if (object.is !== "call") return;
        callee = withoutCasts(object.callee);
      }
    };
    add(this.origin.call);
    // A statement goes with its connection, and so do its results.
    for (let depth = 0; depth < 3; depth++) {
      const before = keys.size;
      for (const { event } of this.flow.nodes) {
        const from = event.is === "bind" && event.targets.length === 1 && keys.has(keyOf(event.targets[0]!, this.flow.variables) ?? "") ? event.value : event.is === "enter" && event.bind !== null && keys.has(keyOf(event.bind, this.flow.variables) ?? "") ? event.value : null;
        const call = unwrapCall(from);
        if (call !== null) add(call);
      }
      if (keys.size === before) break;
    }
    return keys;
  }

  #isParent(expression: Expression): boolean {
    if (this.#parents.size === 0) return false;
    const key = keyOf(expression, this.flow.variables);
    return key !== null && this.#parents.has(key);
  }

  #looksClosing(name: string): boolean {
    return GENERIC_CLOSE.test(name) && this.rule.notClosedBy?.includes(name) !== true;
  }

  /** A call by this name, with these arguments, closes its receiver. */
  #closesBy(name: string, call: CallExpression): boolean {
    return this.#closes.has(name) || this.#closesWhen.some((close) => lastPart(close.call) === name && argumentsAre(call, close.when ?? []));
  }

  #exhaustsBy(condition: Expression): boolean {
    if (this.#exhausts.size === 0 || this.#state.status !== "open") return false;
    const at = withoutCasts(condition.is === "await" ? condition.value : condition);
    if (at.is === "call") {
      const callee = withoutCasts(at.callee);
      return callee.is === "member" && this.#exhausts.has(callee.name) && this.#carried(callee.object, this.#state) !== null;
    }
    return (this.#exhausts.has("__iter__") || this.#exhausts.has("__next__") || this.#exhausts.has("__aiter__")) && this.#carried(at, this.#state) !== null;
  }

  /** `if not conn.closed`, `if session.is_active`: the condition asks whether the object is alive. */
  #asksForLife(condition: Expression): boolean {
    const at = withoutCasts(condition);
    if (at.is === "member") return ABOUT_LIFE.test(at.name) && this.#carried(at.object, this.#state) !== null;
    if (at.is === "call" && at.callee.is === "member") return ABOUT_LIFE.test(at.callee.name) && this.#carried(at.callee.object, this.#state) !== null;
    // `o instanceof AutoCloseable`
    if (at.is === "compare" && at.operator === "other" && at.right.is === "build" && at.right.type !== null && this.#carried(at.left, this.#state) !== null) return true;
    if (at.is === "compare") return this.#asksForLife(at.left) || this.#asksForLife(at.right);
    return false;
  }

  /** The one side of a test in clean-up code that closes the object; null: both do, or none. */
  #closingSide(node: FlowNode, state: State): Edge["kind"] | null {
    const closing = node.edges.filter((edge) => (edge.kind === "true" || edge.kind === "false") && this.#canClose(edge, node, state));
    return closing.length === 1 ? closing[0]!.kind : null;
  }

  #canClose(edge: Edge, from: FlowNode, state: State): boolean {
    const seen = new Set<number>();
    const queue: State[] = [{ ...state, node: edge.to }];
    for (let i = 0; i < queue.length && i < 80; i++) {
      const at = queue[i]!;
      const node = this.flow.nodes[at.node]!;
      if (seen.has(at.node) || node.event.is === "exit" || (from.cleanup && !node.cleanup)) continue;
      seen.add(at.node);
      for (const after of this.#transfer(node, at, () => undefined)) {
        if (after.status !== "open") return true;
        for (const out of node.edges) {
          if (out.kind === "raise" || (out.kind === "skip" && node.event.is === "gate" && after.registered.includes(node.event.id))) continue;
          queue.push({ ...(out.kind === "run" && node.event.is === "gate" ? this.#runs(node.event.id, after) : after), node: out.to });
        }
      }
      if (!from.cleanup && seen.size > 12) break;
    }
    return false;
  }

  #runs(id: number, state: State): State {
    const holders = new Set(state.holders);
    const members = new Set(state.members);
    for (const pin of state.pins) {
      if (pin.startsWith(`${id}:v`)) holders.add(Number(pin.slice(`${id}:v`.length)));
      if (pin.startsWith(`${id}:w`)) members.add(Number(pin.slice(`${id}:w`.length)));
    }
    return { ...state, registered: state.registered.filter((one) => one !== id), holders: sorted(holders), members: sorted(members) };
  }

  // --- what a node does

  #transfer(node: FlowNode, state: State, leaks: (leak: Leak) => void): readonly State[] {
    this.#state = state;
    const event = node.event;
    switch (event.is) {
      case "call":
        if (event.handed) return [this.#handed(event.call, state)];
        return this.#call(node, event.call, event.deferred, state, leaks);
      case "bind":
        return [this.#bind(node, event.targets, event.value, event.declares, event.zero, state)];
      case "unknown":
        return [this.#unbind(event.variables, state)];
      case "delete":
        return [this.#unbind(event.variables, state)];
      case "arguments":
        return [this.#arguments(event.parameters, event.values, event.deferred, state)];
      case "called-back":
        return [this.#calledBack(event.call, event.parameters, state)];
      case "closure": {
        if (state.status !== "open") return [this.#forgetAssigned(event.captures, state)];
        for (const { variable, only, calls } of event.captures) {
          // Who has the function that closes it may call it.
          if (this.#closers.has(variable) || (this.rule.closedByCall === true && state.holders.includes(variable))) return [escaped(state)];
          if (!state.holders.includes(variable) && !state.members.includes(variable)) continue;
          const harmless = event.how === "handed" && only && !calls.some((name) => this.#closes.has(name) || this.#closesWhen.some((close) => lastPart(close.call) === name) || this.#looksClosing(name));
          if (!harmless) return [escaped(state)];
        }
        return [this.#forgetAssigned(event.captures, state)];
      }
      case "turn":
        // `for one in (cur, conn): one.close()`
        if (state.status === "open" && event.iterates.is === "build" && this.#carried(event.iterates, state) === "held") return [escaped(state)];
        return [this.#targets(event.binds, state)];
      case "enter":
        return [this.#enter(event.value, event.bind, state)];
      case "leave": {
        if (state.status !== "open") return [state];
        const left = [event.value, ...(event.bind === null ? [] : [event.bind])];
        // It became open inside, and goes with the object that is left.
        const itself = this.rule.contextManager && this.origin.is === "call" && typeof this.origin.opens !== "number" && left.some((one) => this.#carried(one, state) === "object");
        return [itself || left.some((one) => this.#isParent(one)) ? closed(state) : state];
      }
      case "defer":
        return [this.#defer(event, state)];
      case "return":
        return [this.#return(event.values, event.inner, state)];
      case "yield": {
        if (state.status !== "open" || event.value === null) return [state];
        const carried = this.#carried(event.value, state);
        if (carried === null) return [state];
        if (this.around.yieldWaits) return [state];
        if (this.around.keepsWhatItYields && carried !== "held") return [{ ...state, loose: -1 }];
        return [escaped(state)];
      }
      case "read": {
        const object = this.#carried(event.member.object, state);
        return [state.status === "open" && object === "object" && this.rule.closedByReading.includes(event.member.name) ? closed(state) : state];
      }
      case "opaque":
        return [state.status === "open" && event.parts.some((part) => this.#carried(part, state, null) !== null) ? escaped(state) : state];
      default:
        return [state];
    }
  }

  #call(node: FlowNode, call: CallExpression, deferred: number | null, state: State, leaks: (leak: Leak) => void): readonly State[] {
    if (this.origin.is === "call" && this.#isOrigin(call)) {
      if (state.status === "before") return [this.#open(node, this.origin, state)];
      if (state.status === "open" && state.pins.length > 0 && state.raised < 0 && node.loops > 0) leaks(this.#leak("piled-up", { ...state }));
      return [state];
    }
    if (state.status !== "open") return [state];
    const callee = withoutCasts(call.callee);
    let after = state;
    if (this.rule.closedByCall === true && callee.is === "name" && (deferred === null ? this.#carried(callee, state) === "object" : state.pins.includes(`${deferred}:c`))) return [closed(state)];
    if (callee.is === "name" && this.#closers.size > 0 && this.#closers.has(this.flow.variables.of(callee))) return [closed(state)];
    if (callee.is === "member") {
      const receiver = deferred === null ? this.#receiver(callee.object, state) : state.pins.includes(`${deferred}:r`) ? "object" : state.pins.includes(`${deferred}:s`) ? "member" : null;
      if (receiver === "member" || (receiver === "object" && this.rule.member === null)) {
        if (this.#closesBy(callee.name, call) || this.#looksClosing(callee.name)) return [closed(state)];
        if (this.rule.keptBy?.includes(callee.name) === true) return [escaped(state)];
        if (deferred === null && this.rule.closedByFailure?.includes(callee.name) === true) return [closed(state), { ...state, callFact: { call, fact: "null" } }];
      } else if (receiver === "object" && this.#looksClosing(callee.name)) return [closed(state)];
      if (receiver !== null && deferred === null) {
        const { targets } = this.around.resolve(call);
        if (targets.length > 0) return this.#afterHelper(call, targets, RECEIVER, null, receiver === "member", state);
      }
      if (receiver === null && this.#chained(callee.object, state) && this.#closesBy(callee.name, call)) return [closed(state)];
      if (receiver === "object" && after.facts.size > 0) {
        for (const holder of after.holders) after = this.#forgetMembers(holder, after);
      }
      if (receiver === null && this.around.closingNames.has(callee.name) && this.#isParent(callee.object)) return [closed(state)];
    }
    // `closeQuietly(conn)`, `JdbcUtils.closeConnection(conn)`.
    if (this.#parents.size > 0 && CLOSES_ARGUMENT.test(calledName(call) ?? "") && call.arguments.some((argument) => this.#isParent(argument.value))) return [closed(state)];
    return this.#handArguments(call, deferred, after);
  }

  /** What the receiver of a call is; a member on the way to it counts as the object (`conn.driver.close()` does not). */
  #receiver(object: Expression, state: State): Carried {
    const carried = this.#carried(object, state);
    return carried === "held" ? null : carried;
  }

  /** `db.Begin().Create(x).Commit()`: the chain hangs on the object that nothing holds. */
  #chained(object: Expression, state: State): boolean {
    return state.loose >= 0 && this.origin.is === "call" && contains(object, this.origin.call);
  }

  #forgetMembers(holder: VariableId, state: State): State {
    let facts = state.facts;
    for (const key of state.facts.keys()) if (key.startsWith(`v${holder}.`)) facts = forget(key, facts);
    return facts === state.facts ? state : { ...state, facts };
  }

  #handArguments(call: CallExpression, deferred: number | null, state: State): readonly State[] {
    let states: readonly State[] = [state];
    call.arguments.forEach((argument, index) => {
      states = states.flatMap((one) => (one.status === "open" ? this.#handArgument(call, argument, index, deferred, one) : [one]));
    });
    return states;
  }

  #handArgument(call: CallExpression, argument: CallExpression["arguments"][number], index: number, deferred: number | null, state: State): readonly State[] {
    let carried = this.#carried(argument.value, state);
    if (deferred !== null) carried = state.pins.includes(`${deferred}:${index}`) ? "object" : state.pins.includes(`${deferred}:${index}m`) ? "member" : null;
    if (carried === null) return [state];
    const { names, targets, unknown } = this.around.resolve(call);
    if (carried !== "held" && !argument.spread) {
      for (const close of this.#closesArguments) {
        if (names.includes(close.call) && close.on === `argument:${index}` && argumentsAre(call, close.when ?? [])) return [closed(state)];
      }
      const pass = this.around.passes(names);
      if (pass !== null && pass.argument === index) return [state];
    }
    if (this.around.borrows(names)) return [state];
    if (carried === "held" || argument.spread) return [escaped(state)];
    if (targets.length > 0) return this.#afterHelper(call, targets, index, argument.name, carried === "member", state);
    const callee = withoutCasts(call.callee);
    // The callback that a helper runs inside its transaction works with it; who began it ends it.
    if (unknown && callee.is === "name" && this.rule.kind === "transaction-leak") {
      const variable = this.flow.variables.of(callee);
      if (this.flow.variables.isParameter(variable)) return [state];
    }
    if (targets.length === 0 && callee.is === "member" && callee.object.is === "name" && this.rule.kind === "transaction-leak" && this.around.traits.functionalMethods?.includes(callee.name) === true) {
      if (this.flow.variables.isParameter(this.flow.variables.of(callee.object))) return [state];
    }
    return [this.#keepsOwning(call, deferred, state) ? state : escaped(state)];
  }

  /**
   * What it is handed to did not take it over: this very function closes it later, on some way from here, and nothing of the call that
   * could hold it stays (a wrapper, a session): the call stands alone, or gives an error only. Who closes owns.
   */
  #keepsOwning(call: CallExpression, deferred: number | null, state: State): boolean {
    if (deferred !== null || this.origin.is !== "call" || state.field !== null) return false;
    const holders = [...state.holders, ...state.members];
    if (!holders.some((variable) => this.#closesLater(variable).has(state.node))) return false;
    return this.#givesErrorOnly(call);
  }

  #closesLater(variable: VariableId): ReadonlySet<number> {
    let nodes = this.#closing.get(variable);
    if (nodes === undefined) {
      const { variables } = this.flow;
      nodes = nodesThatReach(this.flow, ({ event }) => {
        if (event.is !== "call" || event.handed || event.call.callee.is !== "member") return false;
        const { name, object } = event.call.callee;
        const owner = object.is === "member" && this.rule.member === object.name ? object.object : object;
        return owner.is === "name" && variables.of(owner) === variable && (this.#closesBy(name, event.call) || this.#looksClosing(name));
      });
      this.#closing.set(variable, nodes);
    }
    return nodes;
  }

  /** Nothing takes the call's value, or (where errors come back) one variable that is an error's by its name. */
  #givesErrorOnly(call: CallExpression): boolean {
    return this.flow.nodes.every(({ event }) => {
      switch (event.is) {
        case "bind": {
          if (event.value === null || !contains(event.value, call)) return true;
          const target = event.targets[0];
          return this.around.traits.errorResults && withoutCasts(event.value) === call && event.targets.length === 1 && target?.is === "name" && (target.name === "_" || ERROR_NAME.test(target.name));
        }
        case "return":
        case "opaque":
          return !(event.is === "return" ? event.values : event.parts).some((part) => contains(part, call));
        case "yield":
          return event.value === null || !contains(event.value, call);
        case "call":
          return event.call === call || !event.call.arguments.some((argument) => contains(argument.value, call));
        case "enter":
          return !contains(event.value, call);
        default:
          return true;
      }
    });
  }

  #afterHelper(call: CallExpression, targets: readonly FunctionRef[], index: number, name: string | null, asMember: boolean, state: State): readonly State[] {
    const outcomes = targets.flatMap((target) => this.around.effectOn(target, { index, name }, this.rule, asMember));
    if (outcomes.length === 0 || outcomes.some((outcome) => outcome.status === "escaped")) return [this.#keepsOwning(call, null, state) ? state : escaped(state)];
    const statuses = new Set(outcomes.map((outcome) => outcome.status));
    if (!statuses.has("open")) return [closed(state)];
    if (statuses.size === 1) return [state];
    // It closes on some ways only: told apart by the error that it gives back, or else taken as closed.
    const states: State[] = [];
    let sure = false;
    for (const fact of ["null", "set"] as const) {
      const mine = new Set(outcomes.filter((outcome) => outcome.result === fact || outcome.result === null).map((outcome) => outcome.status));
      if (mine.size === 1 && mine.has("open")) {
        states.push({ ...state, callFact: { call, fact } });
        sure = true;
      }
    }
    if (!sure) return [statuses.has("closed") ? closed(state) : state];
    return [closed(state), ...states];
  }

  /** `go f(x)`, `go func() { x... }()`: whoever runs it has it now. */
  #handed(call: CallExpression, state: State): State {
    if (state.status !== "open") return state;
    const callee = withoutCasts(call.callee);
    if (this.#carried(callee.is === "member" ? callee.object : callee, state) !== null) return escaped(state);
    return call.arguments.some((argument) => this.#carried(argument.value, state) !== null) ? escaped(state) : state;
  }

  #open(node: FlowNode, origin: Origin & { readonly is: "call" }, state: State): State {
    const open: State = { ...state, status: "open" };
    // Its function runs where this graph does not show it.
    if (origin.callback !== undefined && !this.flow.nodes.some(({ event }) => event.is === "called-back" && event.call === origin.call)) return escaped(state);
    if (typeof origin.opens === "number") return { ...open, loose: node.statement };
    const callee = withoutCasts(origin.call.callee);
    const opened = origin.opens === "receiver" ? (callee.is === "member" ? withoutSteps(callee.object, this.rule.through) : null) : (origin.call.arguments[Number(origin.opens.slice("argument:".length))]?.value ?? null);
    if (opened === null) return escaped(state);
    const at = withoutCasts(opened);
    if (at.is === "name") return this.#pinEarlier(at, { ...open, holders: sorted([this.flow.variables.of(at), ...this.#owners(at)]) });
    const key = keyOf(at, this.flow.variables);
    return key === null ? escaped(state) : { ...open, field: key };
  }

  /** `tx = em.getTransaction(); tx.begin()`: em has the transaction too. */
  #owners(name: Expression & { readonly is: "name" }): VariableId[] {
    if (this.rule.through === undefined) return [];
    const variable = this.flow.variables.of(name);
    return this.flow.nodes.flatMap(({ event }) => {
      if (event.is !== "bind" || event.value === null || event.targets.length !== 1 || event.targets[0]!.is !== "name" || this.flow.variables.of(event.targets[0]!) !== variable) return [];
      const owner = withoutSteps(event.value, this.rule.through);
      return owner.is === "name" && owner !== event.value ? [this.flow.variables.of(owner)] : [];
    });
  }

  /** `defer o.Close()` may stand before `o.Begin()`: what was registered already has the object that becomes open now. */
  #pinEarlier(opened: Expression, state: State): State {
    const key = keyOf(opened, this.flow.variables);
    const pins = new Set(state.pins);
    for (const { event } of this.flow.nodes) {
      if (event.is !== "defer" || !state.registered.includes(event.id)) continue;
      const callee = withoutCasts(event.call.callee);
      if (callee.is === "member" && keyOf(callee.object, this.flow.variables) === key) pins.add(`${event.id}:r`);
      event.call.arguments.forEach((argument, index) => {
        if (keyOf(argument.value, this.flow.variables) === key) pins.add(`${event.id}:${index}`);
      });
    }
    return pins.size === state.pins.length ? state : { ...state, pins: [...pins].sort() };
  }

  #bind(node: FlowNode, targets: readonly Expression[], value: Expression | null, declares: boolean, zero: boolean, state: State): State {
    const pairs = pairUp(targets, value);
    const carried = pairs.map(({ value: from, index }) => (from === null || state.status !== "open" ? null : this.#carried(from, state, index)));
    const facts = pairs.map(({ value: from, index }) => this.#factOfResult(from, index, zero));
    let after = state;
    pairs.forEach(({ target }, i) => {
      const what = carried[i]!;
      if (target.is !== "name") {
        if (what !== null && after.status === "open") after = escaped(after);
        const key = keyOf(target, this.flow.variables);
        after = { ...after, facts: know(key, facts[i]!, forget(key, after.facts), this.#look), field: key !== null && key === after.field && what === null ? null : after.field };
        return;
      }
      if (target.name === "_" && this.around.traits.errorResults) return;
      const variable = this.flow.variables.of(target);
      after = this.#release(variable, declares, after);
      if (what === "held" || (what !== null && this.flow.variables.isOuter(variable))) {
        if (after.status === "open") after = escaped(after);
      } else if (what !== null && after.status === "open") {
        after = what === "object" ? { ...after, loose: -1, holders: sorted([...after.holders, variable]) } : { ...after, loose: -1, members: sorted([...after.members, variable]) };
        if (what === "object" && this.origin.is === "call" && this.origin.errorMember !== null && this.#isOrigin(unwrapCall(pairs[i]!.value))) {
          after = { ...after, facts: new Map([...after.facts, [`v${variable}.${this.origin.errorMember}`, "null"]]) };
        }
      }
      const fact = facts[i]!;
      if (fact !== null && !this.flow.variables.isVolatile(variable, target.at)) {
        const twin = this.origin.is === "call" && this.#isOrigin(unwrapCall(pairs[i]!.value));
        after = { ...after, facts: twin ? new Map([...after.facts, [`v${variable}`, fact]]) : know(`v${variable}`, fact, after.facts, this.#look) };
      }
    });
    if (after.status === "open" && after.loose >= 0 && !carried.some((what) => what !== null)) {
      // Bound is something else: the object that nothing holds is lost with its statement, unless this bind stands inside it.
      if (value !== null && contains(value, this.origin.is === "call" ? this.origin.call : value) && node.event.is === "bind" && !isInner(node, this.flow)) after = { ...after, loose: -1 };
    } else if (after.status === "open" && after.loose >= 0) after = { ...after, loose: -1 };
    return after;
  }

  #factOfResult(value: Expression | null, index: number | null, zero: boolean): Fact | null {
    if (value === null) return zero ? "null" : null;
    const call = unwrapCall(value);
    if (call !== null) {
      if (this.#isOrigin(call) && this.#state.status === "open") return this.origin.is === "call" && this.origin.error !== null && this.origin.error === (index === null || index === WHOLE ? 0 : index) ? "null" : this.#saysOpened();
      if (this.#state.callFact !== null && this.#state.callFact.call === call) return this.#lastResult(call, index);
      return index === null || index === 0 || index === WHOLE ? this.#factOfCall(call, 0) : null;
    }
    return index === null || index === 0 || index === WHOLE ? factOf(value, this.#state.facts, this.#look) : null;
  }

  /** The fact told by a helper is about its last result. */
  #lastResult(call: CallExpression, index: number | null): Fact | null {
    const results = this.around.resolve(call).results.length;
    const last = results === 0 ? 0 : results - 1;
    return (index === null || index === WHOLE ? 0 : index) === last ? (this.#state.callFact?.fact ?? null) : null;
  }

  /** The variable gets another value. */
  #release(variable: VariableId, declares: boolean, state: State): State {
    const facts = forget(`v${variable}`, state.facts);
    const holders = state.holders.includes(variable) ? state.holders.filter((one) => one !== variable) : state.holders;
    const members = state.members.includes(variable) ? state.members.filter((one) => one !== variable) : state.members;
    // A deferred closure sees the variable's new value, unless it is a new variable of the next turn.
    const pins = declares ? state.pins : state.pins.filter((pin) => !pin.endsWith(`:v${variable}`) && !pin.endsWith(`:w${variable}`));
    if (facts === state.facts && holders === state.holders && members === state.members && pins.length === state.pins.length) return state;
    return { ...state, facts, holders, members, pins };
  }

  /** What a closure may assign from now on is known no more. */
  #forgetAssigned(captures: readonly { readonly variable: VariableId }[], state: State): State {
    let facts = state.facts;
    for (const { variable } of captures) if (this.flow.variables.isVolatile(variable, null)) facts = forget(`v${variable}`, facts);
    return facts === state.facts ? state : { ...state, facts };
  }

  #unbind(variables: readonly VariableId[], state: State): State {
    let after = state;
    for (const variable of variables) after = this.#release(variable, false, after);
    return after;
  }

  #targets(targets: readonly Expression[], state: State): State {
    let after = state;
    for (const target of targets) {
      if (target.is === "name") after = this.#release(this.flow.variables.of(target), true, after);
      else if (target.is === "build") after = this.#targets(target.parts.map((part) => part.value), after);
      else {
        const key = keyOf(target, this.flow.variables);
        after = { ...after, facts: forget(key, after.facts) };
      }
    }
    return after;
  }

  #arguments(parameters: readonly VariableId[], values: readonly Expression[], deferred: number | null, state: State): State {
    const carried = values.map((value, index) =>
      deferred === null ? this.#carried(value, state) : state.pins.includes(`${deferred}:${index}`) ? "object" : state.pins.includes(`${deferred}:${index}m`) ? "member" : null);
    const facts = values.map((value) => (deferred === null ? factOf(value, state.facts, this.#look) : null));
    let after = state;
    parameters.forEach((parameter, i) => {
      after = this.#release(parameter, true, after);
      if (after.status === "open" && carried[i] === "object") after = { ...after, loose: -1, holders: sorted([...after.holders, parameter]) };
      else if (after.status === "open" && carried[i] === "member") after = { ...after, loose: -1, members: sorted([...after.members, parameter]) };
      else if (after.status === "open" && carried[i] === "held") after = escaped(after);
      const fact = facts[i]!;
      if (fact !== null) after = { ...after, facts: know(`v${parameter}`, fact, after.facts, this.#look) };
    });
    return after;
  }

  /** The function that a call was handed begins: with the object, where the call opens it. */
  #calledBack(call: CallExpression, parameters: readonly (VariableId | null)[], state: State): State {
    let after = state;
    for (const parameter of parameters) if (parameter !== null) after = this.#release(parameter, true, after);
    if (after.status !== "open" || !this.#isOrigin(call) || this.origin.is !== "call") return after;
    if (this.origin.callback === undefined) {
      // Whatever it opened, it is not open where the callback has an error.
      const [first] = parameters;
      return first !== undefined && first !== null && ERROR_NAME.test(this.flow.variables.nameOf(first)) ? { ...after, facts: new Map([...after.facts, [`v${first}`, "null"]]) } : after;
    }
    const { parameter, error, closer } = this.origin.callback;
    const twin = error === null ? null : parameters[error] ?? null;
    if (twin !== null) after = { ...after, facts: new Map([...after.facts, [`v${twin}`, "null"]]) };
    const closes = closer === null ? null : parameters[closer] ?? null;
    if (closes !== null) this.#closers.add(closes);
    const holder = parameters[parameter] ?? null;
    return holder === null ? (closes === null ? after : { ...after, loose: -1, holders: sorted([...after.holders, closes]) }) : { ...after, loose: -1, holders: sorted([...after.holders, holder]) };
  }

  #enter(value: Expression, bind: Expression | null, state: State): State {
    let after = state;
    const carried = state.status === "open" ? this.#carried(value, state) : null;
    if (carried !== null) {
      const call = unwrapCall(value);
      const pass = call === null || this.#isOrigin(call) ? null : this.around.passes(this.around.resolve(call).names);
      if (this.rule.contextManager || pass?.contextManager === true) return closed(after);
      if (state.loose >= 0) after = bind === null ? escaped(after) : { ...after, loose: -1 };
    }
    if (bind === null) return after;
    if (bind.is === "name") {
      const variable = this.flow.variables.of(bind);
      after = this.#release(variable, false, after);
      if (after.status === "open" && carried === "object") after = { ...after, holders: sorted([...after.holders, variable]) };
      if (after.status === "open" && carried === "member") after = { ...after, members: sorted([...after.members, variable]) };
    } else if (carried !== null && after.status === "open") after = escaped(after);
    return after;
  }

  #defer(event: { readonly id: number; readonly call: CallExpression; readonly captures: readonly { readonly variable: VariableId }[] }, state: State): State {
    const registered = state.registered.includes(event.id) ? state.registered : sorted([...state.registered, event.id]);
    if (state.status !== "open") return registered === state.registered ? state : { ...state, registered };
    const pins = new Set(state.pins);
    const callee = withoutCasts(event.call.callee);
    let loose = state.loose;
    const carried = callee.is === "member" ? this.#carried(callee.object, state) : null;
    if (carried === "object") pins.add(`${event.id}:r`);
    if (carried === "member") pins.add(`${event.id}:s`);
    if (this.rule.closedByCall === true && callee.is === "name" && this.#carried(callee, state) === "object") pins.add(`${event.id}:c`);
    event.call.arguments.forEach((argument, index) => {
      const what = this.#carried(argument.value, state);
      if (what === "object") pins.add(`${event.id}:${index}`);
      if (what === "member") pins.add(`${event.id}:${index}m`);
      if (what !== null) loose = -1;
    });
    for (const { variable } of event.captures) {
      if (state.holders.includes(variable)) pins.add(`${event.id}:v${variable}`);
      if (state.members.includes(variable)) pins.add(`${event.id}:w${variable}`);
    }
    if (carried !== null) loose = -1;
    return { ...state, registered, pins: [...pins].sort(), loose };
  }

  #return(values: readonly Expression[], inner: boolean, state: State): State {
    const flat = values.length === 1 && values[0]!.is === "build" && values[0]!.tuple ? values[0]!.parts.map((part) => part.value) : values;
    let after = state;
    const last = flat.at(-1);
    if (!inner && this.origin.is === "parameter" && last !== undefined) {
      const call = unwrapCall(last);
      after = { ...after, result: call !== null && state.callFact?.call === call ? state.callFact.fact : factOf(last, state.facts, this.#look) };
    }
    if (state.status !== "open") return after;
    // Given back together with its parent: the caller closes the parent.
    const withParent = flat.some((value) => this.#isParent(value));
    flat.forEach((value, i) => {
      const carried = this.#carried(value, state, null);
      if (carried === null) return;
      if (carried !== "held" && !inner && !withParent) {
        const call = unwrapCall(value);
        const index = flat.length === 1 && this.origin.is === "call" && call !== null && this.#isOrigin(call) && typeof this.origin.opens === "number" ? this.origin.opens : i;
        const inTuple = flat.length > 1 || (this.origin.is === "call" && this.#isOrigin(call) && this.origin.inTuple);
        if (after.status === "open") after = { ...after, given: [...after.given, { index, asMember: carried === "member", inTuple }], loose: -1 };
      } else after = escaped(after);
    });
    return withParent ? escaped(after) : after;
  }
}

/** The call has all of these arguments, with these literal texts. */
export function argumentsAre(call: CallExpression, wanted: readonly { readonly argument: string; readonly equals: string }[]): boolean {
  return wanted.every(({ argument, equals }) => hasLiteral(call, argument, equals));
}

/** The text that a text of several parts begins with: `"http://" . $host`, `"http://{$host}/"`. */
function beginningOf(value: Expression): string | null {
  const first = value.is === "operator" ? value.parts[0] : value.is === "build" && !value.holds && !value.tuple ? value.parts[0]?.value : undefined;
  if (first === undefined) return null;
  return first.is === "literal" ? (first.kind === "string" ? first.text : null) : beginningOf(first);
}

export function hasLiteral(call: CallExpression, argument: string, equals: string): boolean {
  const positional = call.arguments.filter((one) => one.name === null);
  const option = call.arguments.find((one) => one.name === argument) ?? positional.flatMap(({ value }) => (value.is === "build" && !value.tuple ? value.parts : [])).find((one) => one.name === argument);
  const given = /^\d+$/.test(argument) ? positional[Number(argument)] : option;
  const value = given === undefined ? null : withoutCasts(given.value);
  if (value === null) return false;
  // A named constant (`Mode.Read`) is known by its words.
  if (value.is !== "literal" && value.is !== "member") {
    const begins = beginningOf(value);
    return begins !== null && equals.split("|").some((one) => one.endsWith("*") && plainText(begins).startsWith(plainText(one.slice(0, -1))));
  }
  const text = plainText(value.is === "member" ? inWords(value) : value.text);
  return equals.split("|").some((one) => (one.endsWith("*") ? text.startsWith(plainText(one.slice(0, -1))) : text === plainText(one)));
}

function plainText(text: string): string {
  return text.trim().replace(/\s+/g, " ").replace(/\s*;$/, "").toLowerCase();
}

function unwrapCall(value: Expression | null): CallExpression | null {
  let at = value;
  while (at !== null && (at.is === "same" || at.is === "await" || at.is === "assign" || at.is === "yield")) at = at.value;
  return at !== null && at.is === "call" ? at : null;
}

/** A bind inside an expression (`:=` of Python): the statement goes on after it. */
function isInner(node: FlowNode, flow: ControlFlow): boolean {
  return node.edges.some((edge) => flow.nodes[edge.to]!.statement === node.statement);
}

/** Targets with what they get: a value, or one result of it. `index` null: which one is not known. */
function pairUp(targets: readonly Expression[], value: Expression | null): { readonly target: Expression; readonly value: Expression | null; readonly index: number | null }[] {
  const only = targets.length === 1 ? targets[0]! : null;
  const flat = only !== null && only.is === "build" && only.tuple ? only.parts.map((part) => part.value) : targets;
  if (flat.length === 1 && flat[0] === only) return [{ target: flat[0]!, value, index: WHOLE }];
  if (value === null) return flat.map((target) => ({ target, value: null, index: 0 }));
  if (value.is === "build" && value.parts.length === flat.length) return flat.map((target, i) => ({ target, value: value.parts[i]!.value, index: 0 }));
  return flat.map((target, index) => ({ target, value, index }));
}

function closed(state: State): State {
  return { ...state, status: "closed", loose: -1, callFact: null };
}

function escaped(state: State): State {
  return { ...state, status: "escaped", loose: -1, callFact: null };
}

function sorted(numbers: Iterable<number>): number[] {
  return [...new Set(numbers)].sort((a, b) => a - b);
}

function stateKey(state: State): string {
  const facts = state.facts.size === 0 ? "" : [...state.facts].map(([key, fact]) => `${key}=${fact}`).sort().join(",");
  const call = state.callFact === null ? "" : `${state.callFact.call.at.join(".")}${state.callFact.fact}`;
  return `${state.status}|${state.loose}|${state.holders.join(",")}|${state.members.join(",")}|${state.field ?? ""}|${state.registered.join(",")}|${state.pins.join(",")}|${facts}|${call}|${state.result ?? ""}|${state.given.map(({ index, asMember }) => `${index}${asMember ? "m" : ""}`).join(",")}|${state.raised}|${state.lost === null ? "" : state.lost.at.node}`;
}

/** Keys worth remembering: tested at two places, or tested and somewhere assigned a constant. */
function relevantKeys(flow: ControlFlow): ReadonlySet<string> {
  const tests = new Map<string, Set<Expression>>();
  const constants = new Set<string>();
  for (const { event } of flow.nodes) {
    if (event.is === "test") {
      for (const key of keysOfCondition(event.condition, flow.variables)) {
        const places = tests.get(key) ?? new Set();
        places.add(event.condition);
        tests.set(key, places);
      }
    } else if (event.is === "return") {
      // What a function gives back tells its caller which way it went.
      const key = event.values.length === 0 ? null : keyOf(event.values.at(-1)!, flow.variables);
      if (key !== null) constants.add(key);
    } else if (event.is === "bind") {
      for (const { target, value } of pairUp(event.targets, event.value)) {
        const at = value === null ? null : withoutCasts(value);
        if (at !== null && at.is === "call" && calledName(at) !== "recover") continue;
        const key = keyOf(target, flow.variables);
        if (key !== null) constants.add(key);
      }
    }
  }
  const relevant = new Set<string>();
  for (const [key, places] of tests) if (places.size > 1 || constants.has(key)) relevant.add(key);
  // What is copied from a key matters as much as the copy.
  for (let changed = true; changed; ) {
    changed = false;
    for (const { event } of flow.nodes) {
      const pairs = event.is === "bind" ? pairUp(event.targets, event.value) : event.is === "arguments" ? event.parameters.map((_, i) => ({ target: null, parameter: event.parameters[i]!, value: event.values[i]! })) : [];
      for (const pair of pairs) {
        if (pair.value === null) continue;
        const to = pair.target === null ? `v${(pair as { parameter: number }).parameter}` : keyOf(pair.target, flow.variables);
        if (to === null || !relevant.has(to)) continue;
        for (const part of [pair.value, ...partsOf(pair.value)]) {
          const from = keyOf(part, flow.variables);
          if (from !== null && !relevant.has(from)) {
            relevant.add(from);
            changed = true;
          }
        }
      }
    }
  }
  return relevant;
}

interface Questions {
  /** Nodes that look at a key. */
  readonly at: ReadonlyMap<string, ReadonlySet<number>>;
  /** Nodes from which one of them can be reached; filled when asked. */
  readonly from: Map<string, ReadonlySet<number>>;
}

const questions = new WeakMap<ControlFlow, Questions>();
const NOWHERE: ReadonlySet<number> = new Set();

function askedFrom(flow: ControlFlow, key: string): ReadonlySet<number> {
  let known = questions.get(flow);
  if (known === undefined) questions.set(flow, (known = { at: keysLookedAt(flow), from: new Map() }));
  let from = known.from.get(key);
  if (from === undefined) {
    const at = known.at.get(key);
    from = at === undefined ? NOWHERE : nodesThatReach(flow, (node) => at.has(node.id));
    known.from.set(key, from);
  }
  return from;
}

function keysLookedAt(flow: ControlFlow): ReadonlyMap<string, ReadonlySet<number>> {
  const at = new Map<string, Set<number>>();
  const add = (key: string | null, node: number): void => {
    if (key === null) return;
    const nodes = at.get(key);
    if (nodes === undefined) at.set(key, new Set([node]));
    else nodes.add(node);
  };
  const look = (expression: Expression, node: number): void => {
    add(keyOf(expression, flow.variables), node);
    for (const part of partsOf(expression)) look(part, node);
  };
  for (const { id, event } of flow.nodes) {
    if (event.is === "test") {
      look(event.condition, id);
      for (const key of keysOfCondition(event.condition, flow.variables)) add(key, id);
    } else if (event.is === "bind") {
      if (event.value !== null) look(event.value, id);
    } else if (event.is === "arguments" || event.is === "return") for (const value of event.values) look(value, id);
  }
  return at;
}

/** Nodes from which a wanted one can be reached. */
function nodesThatReach(flow: ControlFlow, wanted: (node: FlowNode) => boolean): ReadonlySet<number> {
  const into: number[][] = flow.nodes.map(() => []);
  for (const node of flow.nodes) for (const edge of node.edges) into[edge.to]!.push(node.id);
  const found = new Set<number>();
  const queue = flow.nodes.filter(wanted).map((node) => node.id);
  for (let id = queue.pop(); id !== undefined; id = queue.pop()) {
    if (found.has(id)) continue;
    found.add(id);
    queue.push(...into[id]!);
  }
  return found;
}
