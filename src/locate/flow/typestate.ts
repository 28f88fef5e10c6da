import { askedFrom, nodesThatReach } from "./asked-ahead";
import { unwrapCall } from "./call-results";
import type { ControlFlow, Edge, FlowNode } from "./flow-graph";
import type { CallExpression } from "./expressions";
import { calledName, contains, withoutCasts, withoutSteps } from "./expressions";
import type { Expression } from "./flow-model";
import type { Fact, Facts } from "./facts";
import { decide, keyOf, learn } from "./facts";
import { mentions } from "./handing";
import { onlyUses } from "./literal-arguments";
import { TrackedObject } from "./tracked-object";
import { CLOSES_ARGUMENT, Transfer } from "./transfer";
import type { ResourceRule } from "../rules/rule-model";
import type { FunctionRef } from "./resolution";
import { isOwned } from "./walk-model";
import type { HandedOn, Kept, Leak, Origin, Outcome, Returned, Surroundings, WalkLimits, WalkResult, WitnessStep } from "./walk-model";
import type { State } from "./walk-state";
import { stateKey } from "./walk-state";

const LIMITS: WalkLimits = { states: 12_000, statesAtNode: 64 };
const NO_FACTS: Facts = new Map();

/**
 * Follows one object through a function: breadth-first over the graph and a small state, so that the first leak met is the shortest, and
 * its walk is the witness. Deterministic. In doubt it is silent.
 */
export function walk(flow: ControlFlow, rule: ResourceRule, origin: Origin, around: Surroundings, limits: WalkLimits = LIMITS): WalkResult {
  return new Walk(flow, rule, origin, around, limits).run();
}

class Walk {
  readonly #returned = new Map<string, Returned>();
  readonly #outcomes = new Map<string, Outcome>();
  readonly #handedOn = new Map<string, HandedOn>();
  readonly #kept = new Map<Expression, Kept>();
  readonly #owns: boolean;
  #closedHere = false;
  #mayEndClosed = false;
  /** Nodes from which a return of nothing but null can be reached; null: not asked for yet. */
  #emptyHanded: ReadonlySet<number> | null = null;
  readonly #useful: ReadonlySet<number> | null;
  readonly object: TrackedObject;
  readonly transfer: Transfer;

  constructor(
    readonly flow: ControlFlow,
    readonly rule: ResourceRule,
    readonly origin: Origin,
    readonly around: Surroundings,
    readonly limits: WalkLimits,
  ) {
    this.object = new TrackedObject(flow, rule, origin, around);
    this.transfer = new Transfer(this.object);
    this.#owns = isOwned(origin);
    this.transfer.onHanded = (to, argument, asMember, apart, state) => {
      this.#handsOn(to, argument, asMember, apart, state);
    };
    if (origin.is === "call") this.transfer.onKept = (kept) => void this.#kept.set(kept.by, kept);
    this.#useful = origin.is === "call" ? nodesThatReach(flow, (node) => node.event.is === "call" && node.event.call === origin.call) : null;
  }

  run(): WalkResult {
    let gaveUp = false;
    let leak: Leak | null = null;
    const first = this.#explore(false);
    gaveUp = first.gaveUp;
    leak = first.leak;
    if (leak === null && !gaveUp && this.#owns && this.flow.nodes.some((node) => node.edges.some((edge) => edge.kind === "raise"))) {
      const second = this.#explore(true);
      gaveUp = second.gaveUp;
      leak = second.leak;
    }
    return { leak: gaveUp ? null : leak, returned: [...this.#returned.values()], mayEndClosed: this.#mayEndClosed, outcomes: [...this.#outcomes.values()], handedOn: [...this.#handedOn.values()], kept: [...this.#kept.values()], closes: this.#closedHere, gaveUp };
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
      node: this.flow.entry, status: "before", loose: -1, holders: [], members: [], wrappers: [], field: null, registered: [], pins: [], facts: NO_FACTS, callFact: null, result: null, given: [],
      raised: -1, lost: null, before: null, edge: null, decisive: false,
    };
    if (this.origin.is === "call") return base;
    const { name, captured } = this.origin;
    const variable = this.flow.variables.all.findLastIndex((one) => (captured === true ? one.outer : one.parameter) && one.name === name);
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
    // Lost, and the next one is opened: the function goes on, if only round a loop that never ends.
    if (state.lost !== null && event.is === "call" && this.object.isOrigin(event.call)) {
      leaks(this.#leak(state.lost.how, state.lost.at));
      return [];
    }
    const results: State[] = [];
    for (let after of this.transfer.transfer(node, state, (last) => leaks(this.#leak("piled-up", { ...last })))) {
      if (after.status === "before" && this.#useful !== null && !this.#useful.has(node.id)) continue;
      if (after.status === "closed") this.#noteClosing(node);
      if ((after.status === "closed" || after.status === "escaped") && this.#owns) continue;
      const lost = after.status === "open" && after.loose < 0 && after.given.length === 0 && after.holders.length === 0 && after.members.length === 0 && after.wrappers.length === 0 && after.field === null && after.pins.length === 0;
      // What is left of a parameter is still the caller's.
      if (lost && after.lost === null && this.origin.is === "call") {
        const how = event.is === "delete" ? "deleted" : event.is === "bind" && state.loose >= 0 ? "dropped" : "overwritten";
        after = this.#lose(how, after, node, state);
      }
      this.#follow(node, after, state, withRaise, results);
    }
    return results;
  }

  #noteClosing(node: FlowNode): void {
    this.#closedHere = true;
    if (this.origin.is !== "call" || this.#mayEndClosed) return;
    this.#emptyHanded ??= nodesThatReach(this.flow, ({ event }) => event.is === "return" && !event.inner && givesNothing(event.values));
    this.#mayEndClosed = this.#emptyHanded.has(node.id);
  }

  #follow(node: FlowNode, after: State, state: State, withRaise: boolean, results: State[]): void {
    const event = node.event;
    this.object.state = after;
    // Raised while it opens, or while the coroutine waits for it to be open: it is not open.
    const opening = (event.is === "call" && this.object.isOrigin(event.call)) || (event.is === "yield" && this.around.yieldWaits && after.loose >= 0 && this.object.isOrigin(unwrapCall(event.value)));
    // What wraps the object (`closing(conn)`) does nothing that could fail.
    const harmless = event.is === "call" && after.status === "open" && (this.#wraps(event.call, after) || this.#steps(event.call) || this.object.givenBack(event.call, after) === "object" || this.#isAside(node, event.call, after) || this.around.neverRaises(this.around.resolve(event.call).names) || (node.cleanup && this.#guards(node, event.call)));
    let only: Edge["kind"] | null = null;
    let decided = false;
    if (event.is === "test") {
      const outcome = decide(event.condition, after.facts, this.object.look);
      if (outcome !== null) {
        only = outcome ? "true" : "false";
        decided = true;
      } else if (after.status === "open" && (node.cleanup || this.object.asksForLife(event.condition))) only = this.#closingSide(node, after);
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
        if (edge.kind === "false" && this.object.exhaustsBy(edge.condition)) {
          if (this.#owns) continue;
          next = { ...next, status: "exhausted" };
        }
        this.object.state = after;
        const facts = learn(edge.condition, edge.kind === "true", after.facts, this.object.look);
        if (facts !== after.facts) next = { ...next, facts };
      } else if (edge.kind === "exhausted" && event.is === "turn" && this.object.exhaustsBy(event.iterates)) {
        if (this.#owns) continue;
        next = { ...next, status: "exhausted" };
      } else if (edge.kind === "run" && event.is === "gate") next = this.transfer.runs(event.id, after);
      if (edge.kind === "raise" && after.status !== "before") next = { ...next, raised: node.id };
      const decisive = !decided && (edge.kind === "true" || edge.kind === "false" || edge.kind === "case" || edge.kind === "exhausted") && node.edges.some((other) => other !== edge && other.kind !== "raise");
      const target = this.flow.nodes[edge.to]!;
      const moved: State = { ...next, node: edge.to, facts: this.#stillWanted(next.facts, edge.to), before: state, edge, decisive };
      if (moved.status === "open" && moved.loose >= 0 && target.statement !== moved.loose) {
        const held = this.#heldByParent();
        if (held !== null) {
          if (held !== "elsewhere") results.push({ ...moved, loose: -1, field: held });
          continue;
        }
        // The statement is over and nothing holds the object.
        if (this.origin.is === "call") results.push({ ...moved, ...this.#lose("dropped", { ...moved, loose: -1 }, node, state), node: edge.to, before: state, edge, decisive });
        continue;
      }
      results.push(moved);
    }
  }

  /** The receiver that holds what nobody took: its key where it is ended in this very function, or else `elsewhere`; null: it holds nothing. */
  #heldByParent(): string | null {
    if (this.object.rule.heldByParent !== true || this.origin.is !== "call") return null;
    const callee = withoutCasts(this.origin.call.callee);
    const key = callee.is === "member" ? keyOf(callee.object, this.flow.variables) : null;
    if (key === null) return "elsewhere";
    const endedHere = this.flow.nodes.some(({ event }) => {
      const called = event.is === "call" ? withoutCasts(event.call.callee) : null;
      return event.is === "call" && called?.is === "member" && this.object.closesBy(called.name, event.call) && keyOf(called.object, this.flow.variables) === key;
    });
    return endedHere ? key : "elsewhere";
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
    const passed = pass === null || onlyUses(pass, call) ? undefined : call.arguments[pass.argument];
    return passed !== undefined && this.object.carried(passed.value, state) !== null;
  }

  /**
   * Beside the object, and not what anybody plans for: another argument of the call that takes it (`new Reader(open(path), charset())`),
   * what closes or looks something up in clean-up code, what a handler does first.
   */
  #isAside(node: FlowNode, call: CallExpression, state: State): boolean {
    if (this.around.traits.ignoresRaisesAside !== true) return false;
    if (state.loose >= 0) return !call.arguments.some((argument) => this.object.carried(argument.value, state) !== null) && !(call.callee.is === "member" && this.object.carried(call.callee.object, state) !== null);
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
    if (!this.#owns) {
      if (way !== "returned") return;
      const outcome: Outcome = { status: state.status === "open" && state.given.length > 0 ? "escaped" : state.status, result: state.result };
      this.#outcomes.set(`${outcome.status}:${outcome.result ?? ""}`, outcome);
      return;
    }
    if (state.status !== "open") return;
    if (state.given.length > 0) {
      if (way === "returned") for (const given of state.given) this.#returned.set(`${given.index}:${given.wrapping?.field ?? ""}:${given.asMember ? "member" : "object"}`, given);
      return;
    }
    if (state.lost !== null) leaks(this.#leak(state.lost.how, state.lost.at));
    else leaks(this.#leak(way === "thrown" ? "thrown" : "returned", state));
  }

  /** Noted where nothing keeps it back: no deferred close waits for it, and nobody here looks at it afterwards. */
  #handsOn(to: FunctionRef, argument: HandedOn["argument"], asMember: boolean, apart: boolean, state: State): void {
    if (!this.#owns || state.status !== "open" || state.raised >= 0 || state.pins.length > 0 || state.wrappers.length > 0 || state.given.length > 0 || state.field !== null || state.lost !== null) return;
    const key = `${state.node} ${to.file} ${to.id}`;
    if (this.#handedOn.has(key) || this.#isUsedAfter(state)) return;
    this.#handedOn.set(key, { to, argument, asMember, apart, node: this.flow.nodes[state.node]!, leak: this.#leak("returned", state) });
  }

  #isUsedAfter(state: State): boolean {
    const from = this.flow.nodes[state.node]!;
    const held = new Set([...state.holders, ...state.members]);
    const seen = new Set<number>([from.id]);
    const queue = [from];
    for (let node = queue.pop(); node !== undefined; node = queue.pop()) {
      if (node !== from && node.statement !== from.statement && mentions(node, held, this.flow)) return true;
      for (const edge of node.edges) {
        const next = this.flow.nodes[edge.to]!;
        if ((edge.kind === "raise" && node === from) || seen.has(next.id) || (next.event.is === "call" && this.object.isOrigin(next.event.call))) continue;
        seen.add(next.id);
        queue.push(next);
      }
    }
    return false;
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
      if (event.is === "call" && this.object.isOrigin(event.call) && at.status === "before") break;
    }
    steps.reverse();
    const raisedAt = last.raised >= 0 ? this.flow.nodes[last.raised]! : null;
    // Raised and out at once: nothing in the function took notice.
    const raisedIndex = raisedAt === null ? -1 : steps.findIndex((step) => step.node === raisedAt);
    const unhandled = raisedAt !== null && how === "thrown" && steps.slice(raisedIndex + 1).every(({ node }) => node.cleanup || node.event.is === "exit" || node.event.is === "leave" || node.event.is === "gate");
    return { how, grade: raisedAt !== null || (how === "thrown" && !this.around.traits.callsRaise) ? "raise" : "path", unhandled, raisedAt, neverClosedHere: !this.#closedHere, steps };
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
      for (const after of this.transfer.transfer(node, at, () => undefined)) {
        if (after.status !== "open") return true;
        for (const out of node.edges) {
          if (out.kind === "raise" || (out.kind === "skip" && node.event.is === "gate" && after.registered.includes(node.event.id))) continue;
          queue.push({ ...(out.kind === "run" && node.event.is === "gate" ? this.transfer.runs(node.event.id, after) : after), node: out.to });
        }
      }
      if (!from.cleanup && seen.size > 12) break;
    }
    return false;
  }
}

/** `return nil, nil`: no result, and no error. */
function givesNothing(values: readonly Expression[]): boolean {
  const flat = values.length === 1 && values[0]!.is === "build" && values[0]!.tuple ? values[0]!.parts.map((part) => part.value) : values;
  return flat.length > 0 && flat.every((value) => value.is === "literal" && value.kind === "null");
}
