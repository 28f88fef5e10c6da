import type { Expression } from "./flow-model";
import type { CloseCall, ResourceRule } from "../rules/rule-model";
import { nodesThatReach } from "./asked-ahead";
import { pairUp, unwrapCall } from "./call-results";
import type { ControlFlow, FlowNode } from "./flow-graph";
import type { CallExpression } from "./expressions";
import { calledName, contains, lastPart, withoutCasts, withoutSteps } from "./expressions";
import { factOf, forget, keyOf, know } from "./facts";
import { functionOf, isClosure } from "./handing";
import { argumentsAre, onlyUses } from "./literal-arguments";
import type { FunctionRef } from "./resolution";
import type { TrackedObject } from "./tracked-object";
import type { VariableId } from "./variables";
import type { HandedOn, Kept, Origin, Surroundings } from "./walk-model";
import { isOwned, RECEIVER } from "./walk-model";
import type { State } from "./walk-state";
import { closed, escaped, sorted } from "./walk-state";
import { isWrapped, wrappedRule } from "./wrapping";
import type { Wrapping } from "./wrapping";

const ERROR_NAME = /^_?e(rr(or)?)?\d?$/i;
export const CLOSES_ARGUMENT = /^(close|release|free|return|dispose|giveBack)/i;

/** What a node of the graph does with the object and with what is known. */
export class Transfer {
  readonly flow: ControlFlow;
  readonly rule: ResourceRule;
  readonly origin: Origin;
  readonly around: Surroundings;
  readonly #closesArguments: readonly CloseCall[];
  /** By variable, the nodes from which a call that closes what it holds can be reached. */
  readonly #closing = new Map<VariableId, ReadonlySet<number>>();

  /** Told of each function of the workspace that the object is given to. */
  onHanded: (to: FunctionRef, argument: HandedOn["argument"], asMember: boolean, apart: boolean, state: State) => void = () => undefined;

  /** Told of each place where the object is put into another one. */
  onKept: (kept: Kept) => void = () => undefined;

  constructor(readonly object: TrackedObject) {
    this.flow = object.flow;
    this.rule = object.rule;
    this.origin = object.origin;
    this.around = object.around;
    this.#closesArguments = object.rule.closes.filter((close) => close.on !== "receiver");
  }

  runs(id: number, state: State): State {
    const holders = new Set(state.holders);
    const members = new Set(state.members);
    for (const pin of state.pins) {
      if (pin.startsWith(`${id}:v`)) holders.add(Number(pin.slice(`${id}:v`.length)));
      if (pin.startsWith(`${id}:w`)) members.add(Number(pin.slice(`${id}:w`.length)));
    }
    return { ...state, registered: state.registered.filter((one) => one !== id), holders: sorted(holders), members: sorted(members) };
  }

  transfer(node: FlowNode, state: State, pilesUp: (state: State) => void): readonly State[] {
    this.object.state = state;
    const event = node.event;
    switch (event.is) {
      case "call":
        if (event.handed && !this.object.isOrigin(event.call)) return [this.#handed(event.call, state)];
        return this.#call(node, event.call, event.deferred, state, pilesUp);
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
          if (this.object.closers.has(variable) || (this.rule.closedByCall === true && state.holders.includes(variable))) return [escaped(state)];
          if (state.wrappers.includes(variable)) return [escaped(state)];
          if (!state.holders.includes(variable) && !state.members.includes(variable)) continue;
          this.#handsClosure(event.function, event.how, variable, state);
          const harmless = event.how === "handed" && only && !calls.some((name) => this.object.closes.has(name) || this.object.closesWhen.some((close) => lastPart(close.call) === name) || this.object.looksClosing(name) || this.rule.through?.includes(name) === true);
          if (!harmless) return [escaped(state)];
        }
        return [this.#forgetAssigned(event.captures, state)];
      }
      case "turn":
        // `for one in (cur, conn): one.close()`
        if (state.status === "open" && event.iterates.is === "build" && this.object.carried(event.iterates, state) === "held") return [escaped(state)];
        return [this.#targets(event.binds, state)];
      case "enter":
        return [this.#enter(event.value, event.bind, state)];
      case "leave": {
        if (state.status !== "open") return [state];
        const left = [event.value, ...(event.bind === null ? [] : [event.bind])];
        // It became open inside, and goes with the object that is left.
        const itself = this.rule.contextManager && this.origin.is === "call" && typeof this.origin.opens !== "number" && left.some((one) => this.object.carried(one, state) === "object");
        return [itself || left.some((one) => this.object.isParent(one)) ? closed(state) : state];
      }
      case "defer":
        return [this.#defer(event, state)];
      case "return":
        return [this.#return(event.values, event.inner, state)];
      case "yield": {
        if (state.status !== "open" || event.value === null) return [state];
        const carried = this.object.carried(event.value, state);
        if (carried === null) return [state];
        if (this.around.yieldWaits) return [state];
        if (this.around.keepsWhatItYields && carried !== "held") return [{ ...state, loose: -1 }];
        return [escaped(state)];
      }
      case "read": {
        const object = this.object.carried(event.member.object, state);
        return [state.status === "open" && object === "object" && this.rule.closedByReading.includes(event.member.name) ? closed(state) : state];
      }
      case "opaque":
        return [state.status === "open" && event.parts.some((part) => this.object.carried(part, state, null) !== null) ? escaped(state) : state];
      default:
        return [state];
    }
  }

  #call(node: FlowNode, call: CallExpression, deferred: number | null, state: State, pilesUp: (state: State) => void): readonly State[] {
    if (this.origin.is === "call" && this.object.isOrigin(call)) {
      if (state.status === "before") return [this.#open(node, this.origin, state)];
      if (state.status === "open" && state.pins.length > 0 && state.raised < 0 && node.loops > 0) pilesUp(state);
      return [state];
    }
    if (state.status !== "open") return [state];
    const callee = withoutCasts(call.callee);
    let after = deferred === null ? this.#forgetWritten(call, state) : state;
    if (this.rule.closedByCall === true && callee.is === "name" && (deferred === null ? this.object.carried(callee, state) === "object" : state.pins.includes(`${deferred}:c`))) return [closed(state)];
    if (callee.is === "name" && this.object.closers.size > 0 && this.object.closers.has(this.flow.variables.of(callee))) return [closed(state)];
    const wrapper = deferred === null && callee.is === "member" ? this.object.wrapperIn(callee.object, state) : null;
    if (wrapper !== null && callee.is === "member") return this.#throughWrapper(call, callee.name, wrapper, state);
    if (callee.is === "member") {
      const receiver = deferred === null ? this.object.receiver(callee.object, state) : state.pins.includes(`${deferred}:r`) ? "object" : state.pins.includes(`${deferred}:s`) ? "member" : null;
      if (receiver === "member" || (receiver === "object" && this.rule.member === null)) {
        if (this.object.closesBy(callee.name, call) || this.object.looksClosing(callee.name)) return [closed(state)];
        if (this.rule.keptBy?.includes(callee.name) === true) return [escaped(state)];
        if (deferred === null && this.rule.closedByFailure?.includes(callee.name) === true) return [closed(state), { ...state, callFact: { call, fact: "null" } }];
      } else if (receiver === "object" && (this.object.looksClosing(callee.name) || (isWrapped(this.rule) && this.object.closesBy(callee.name, call)))) return [closed(state)];
      if (receiver !== null && deferred === null) {
        const { targets } = this.around.resolve(call);
        if (targets.length > 0) return this.#afterHelper(call, targets, RECEIVER, null, receiver === "member", after);
      }
      if (receiver === null && this.object.chained(callee.object, state) && this.object.closesBy(callee.name, call)) return [closed(state)];
      if (receiver === "object" && after.facts.size > 0) {
        for (const holder of after.holders) after = this.#forgetMembers(holder, after);
      }
      if (receiver === null && this.around.closingNames.has(callee.name) && this.object.isParent(callee.object)) return [closed(state)];
    }
    // `closeQuietly(conn)`, `JdbcUtils.closeConnection(conn)`.
    if (this.object.parents.size > 0 && CLOSES_ARGUMENT.test(calledName(call) ?? "") && call.arguments.some((argument) => this.object.isParent(argument.value))) return [closed(state)];
    if (this.#handsOver(call)) return [escaped(state)];
    return this.#handArguments(call, deferred, after);
  }

  /** `rows.Scan(&n)`: the call may have written there. */
  #forgetWritten(call: CallExpression, state: State): State {
    if (!this.around.traits.errorResults || state.facts.size === 0) return state;
    let { facts } = state;
    for (const { value } of call.arguments) if (value.is === "same" && value.type === null) facts = forget(keyOf(value, this.flow.variables), facts);
    return facts === state.facts ? state : { ...state, facts };
  }

  /** What the call gives closes the object in its turn. */
  #handsOver(call: CallExpression): boolean {
    if (this.rule.handedOverBy === undefined) return false;
    const name = calledName(call);
    return this.rule.handedOverBy.some((one) => lastPart(one.call) === name && argumentsAre(call, one.when)) && this.around.resolve(call).names.some((full) => this.rule.handedOverBy!.some((one) => one.call === full));
  }

  /** `lock.Release()`: a method of what wraps the object. */
  #throughWrapper(call: CallExpression, method: string, wrapping: Wrapping, state: State): readonly State[] {
    if (this.object.closesBy(method, call) || this.object.looksClosing(method)) return [closed(state)];
    const rule = wrappedRule(this.rule, wrapping);
    const { targets } = this.around.resolve(call);
    if (rule === null || targets.length === 0) return [escaped(state)];
    const outcomes = targets.flatMap((target) => this.around.effectOn(target, { index: RECEIVER, name: null }, rule, false));
    if (outcomes.length > 0 && outcomes.every(({ status }) => status === "open")) return this.#handArguments(call, null, state);
    return [outcomes.length > 0 && outcomes.every(({ status }) => status === "closed") ? closed(state) : escaped(state)];
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
    let carried = this.object.carried(argument.value, state);
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
    if (deferred === null && this.around.givesBack(call, argument)) return [state];
    if (deferred === null) this.#handsToRun(call, names, argument, index, carried, state);
    if (this.around.borrows(names)) return [state];
    if (carried === "held" || argument.spread) {
      // `work(&wrapped{tx, s})`: what is built for the callee alone is no other owner than the callee.
      const isBuilt = carried === "held" && !argument.spread && withoutCasts(argument.value).is === "build";
      return [isBuilt && this.#keepsOwning(call, deferred, state) ? state : escaped(state)];
    }
    if (deferred === null && this.object.isLentTo(call) && isOwned(this.origin) && this.#givesWorker(call, state)) return [state];
    if (targets.length > 0) {
      if (deferred === null) this.onKept({ by: call, as: { argument: index, name: argument.name } });
      return this.#afterHelper(call, targets, index, argument.name, carried === "member", state);
    }
    const callee = withoutCasts(call.callee);
    // The callback that a helper runs with it works with it; who began a transaction ends it, and who closes it later is its owner.
    if (unknown && callee.is === "name" && (this.rule.kind === "transaction-leak" || this.#isClosedLater(deferred, state))) {
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
    return this.#isClosedLater(deferred, state) && (this.#givesErrorOnly(call) || (this.rule.kind === "transaction-leak" && this.around.traits.errorResults && this.#givesWorker(call, state)));
  }

  /** This very function closes it, on some way from here. */
  #isClosedLater(deferred: number | null, state: State): boolean {
    if (deferred !== null || !isOwned(this.origin) || state.field !== null) return false;
    return [...state.holders, ...state.members].some((variable) => this.#closesLater(variable).has(state.node));
  }

  /** `const watcher = watch(path, () => watcher.close())`: the function that the opening call was given sees to what it gives. */
  #isClosedByItsOwn(call: CallExpression | null, variable: VariableId): boolean {
    if (call === null) return false;
    const name = this.flow.variables.nameOf(variable);
    return call.arguments.some(({ value }) => {
      const given = withoutCasts(value);
      return given.is === "closure" && this.around.calledIn(given.function, name).some((called) => this.object.closes.has(called) || this.object.looksClosing(called));
    });
  }

  #closesLater(variable: VariableId): ReadonlySet<number> {
    let nodes = this.#closing.get(variable);
    if (nodes === undefined) {
      const { variables } = this.flow;
      nodes = nodesThatReach(this.flow, ({ event }) => {
        if (event.is !== "call" || event.handed || event.call.callee.is !== "member") return false;
        const { name, object } = event.call.callee;
        const owner = object.is === "member" && this.rule.member === object.name ? object.object : object;
        return owner.is === "name" && variables.of(owner) === variable && (this.object.closesBy(name, event.call) || this.object.looksClosing(name));
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

  /**
   * `q := queries.WithTx(tx)`: what works inside the transaction, and is neither closed, given back, nor put anywhere here. Who commits is this function.
   */
  #givesWorker(call: CallExpression, state: State): boolean {
    const { variables } = this.flow;
    const workers = new Set<VariableId>();
    for (const { event } of this.flow.nodes) {
      if (event.is === "bind" && event.value !== null && contains(event.value, call)) {
        const value = withoutCasts(event.value);
        if (this.object.wrapping(value, state) !== null) continue;
        if (value !== call) {
          if (value.is !== "call" || !isChainedOn(value, call)) return false;
          continue;
        }
        const [target] = event.targets;
        if (target?.is !== "name" || variables.isOuter(variables.of(target))) return false;
        workers.add(variables.of(target));
      } else if (event.is === "return" ? event.values.some((value) => contains(value, call) && this.object.wrapping(value, state) === null && !(value.is === "call" && isChainedOn(value, call))) : event.is === "opaque" && event.parts.some((part) => contains(part, call))) return false;
    }
    const isWorker = (value: Expression): boolean => {
      const at = withoutCasts(value);
      return at.is === "name" && workers.has(variables.of(at));
    };
    return this.flow.nodes.every(({ event }) => {
      if (event.is === "return") return !event.values.some(isWorker);
      if (event.is === "bind") return event.value === null || (!isWorker(event.value) && !(event.value.is === "build" && event.value.parts.some((part) => isWorker(part.value))));
      if (event.is !== "call" || event.call.callee.is !== "member" || !isWorker(event.call.callee.object)) return true;
      return !this.object.closesBy(event.call.callee.name, event.call) && !this.object.looksClosing(event.call.callee.name);
    });
  }

  #afterHelper(call: CallExpression, targets: readonly FunctionRef[], index: number, name: string | null, asMember: boolean, state: State): readonly State[] {
    const outcomes = targets.flatMap((target) => this.around.effectOn(target, { index, name }, this.rule, asMember));
    if (outcomes.some((outcome) => outcome.status === "escaped" || outcome.status === "open")) for (const to of targets) this.onHanded(to, { index, name }, asMember, false, state);
    if (outcomes.length === 0 || outcomes.some((outcome) => outcome.status === "escaped")) return [this.#keepsOwning(call, null, state) ? state : escaped(state)];
    const statuses = new Set(outcomes.map((outcome) => outcome.status));
    if (!statuses.has("open")) return [closed(state)];
    if (statuses.size === 1) return [state];
    // It closes on some ways only: told apart by the error that it gives back, or else taken as closed.
    const states: State[] = [];
    let sure = false;
    for (const fact of ["null", "set"] as const) {
      const mine = new Set(outcomes.filter((outcome) => outcome.result === fact || outcome.result === null).map((outcome) => outcome.status));
      // Where the helper itself tells this result with it open, that it may tell the same with it closed changes nothing.
      const told = this.around.traits.errorResults && !this.#isSpread(call) && outcomes.some((outcome) => outcome.status === "open" && outcome.result === fact);
      if (told || (mine.size === 1 && mine.has("open"))) {
        states.push({ ...state, callFact: { call, fact } });
        sure = true;
      }
    }
    if (!sure) return [statuses.has("closed") ? closed(state) : state];
    return [closed(state), ...states];
  }

  /** `read(open())`: the error that comes with the object is given along, and is null where it is open. */
  #isSpread(call: CallExpression): boolean {
    return this.origin.is === "call" && this.origin.error !== null && call.arguments.length === 1 && this.object.isOrigin(unwrapCall(call.arguments[0]!.value));
  }

  /** `go f(x)`, `go func() { x... }()`: whoever runs it has it now. */
  #handed(call: CallExpression, state: State): State {
    if (state.status !== "open") return state;
    const callee = withoutCasts(call.callee);
    if (this.object.carried(callee.is === "member" ? callee.object : callee, state) !== null) return escaped(state);
    const given = call.arguments.map((argument) => this.object.carried(argument.value, state));
    if (given.every((carried) => carried === null)) return state;
    call.arguments.forEach((argument, index) => {
      const carried = given[index];
      if (carried !== "object" && carried !== "member") return;
      const targets = callee.is === "closure" ? [this.around.functionHere(callee.function)] : this.around.resolve(call).targets;
      for (const to of targets) this.onHanded(to, { index, name: argument.name }, carried === "member", true, state);
    });
    return escaped(state);
  }

  /** `go func() { conn ... }()`, `pool.submit(() -> handle(socket))`: the closure has it now. */
  #handsClosure(id: number, how: "handed" | "kept" | "spawned", variable: VariableId, state: State): void {
    if (how === "kept") return;
    if (how === "handed") {
      const taker = this.flow.nodes.find(({ event }) => event.is === "call" && event.call.arguments.some(({ value }) => isClosure(value, id)))?.event;
      if (taker?.is !== "call") return;
      const run = this.around.runs(this.around.resolve(taker.call).names);
      if (run === null || !isClosure(functionOf(run, taker.call)?.value ?? null, id)) return;
    }
    this.onHanded(this.around.functionHere(id), { captured: this.flow.variables.nameOf(variable) }, state.members.includes(variable), true, state);
  }

  /** `Thread(target=handle, args=(conn,))`, `pool.submit(handle, conn)`: the function will be called with it. */
  #handsToRun(call: CallExpression, names: readonly string[], argument: CallExpression["arguments"][number], index: number, carried: ReturnType<TrackedObject["carried"]>, state: State): void {
    if (carried === null) return;
    const run = this.around.runs(names);
    const called = run === null ? undefined : functionOf(run, call);
    if (run === null || called === undefined || called === argument) return;
    const at = call.arguments.indexOf(called);
    const value = withoutCasts(argument.value);
    const positional = call.arguments.filter((one) => one.name === null && one !== called);
    let position = -1;
    let given: ReturnType<TrackedObject["carried"]> = carried;
    if (run.arguments !== null && argument.name === run.arguments && value.is === "build") {
      position = value.parts.findIndex((part) => this.object.carried(part.value, state) !== null);
      given = position < 0 ? null : this.object.carried(value.parts[position]!.value, state);
    } else if (argument.name === null && run.arguments === null) position = positional.indexOf(argument) - (index > at && at >= 0 ? call.arguments.slice(0, at).filter((one) => one.name === null).length : 0);
    if (position < 0 || (given !== "object" && given !== "member")) return;
    const fn = withoutCasts(called.value);
    const targets = fn.is === "closure" ? [this.around.functionHere(fn.function)] : fn.is === "name" || fn.is === "member" ? this.around.resolve({ is: "call", callee: fn, arguments: [], at: fn.at }).targets : [];
    for (const to of targets) this.onHanded(to, { index: position, name: null }, given === "member", true, state);
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
    const carried = pairs.map(({ value: from, index }) => (from === null || state.status !== "open" ? null : this.object.carried(from, state, index)));
    const facts = pairs.map(({ value: from, index }) => this.object.factOfResult(from, index, zero));
    let after = state;
    pairs.forEach(({ target }, i) => {
      const what = carried[i]!;
      if (target.is !== "name") {
        // `s.conns[conn] = true`: the key is kept as well; `lock.conn = nil`: what wraps it is another now.
        const isKey = after.status === "open" && target.is === "member" && this.object.wrapperIn(target.object, after) !== null ? true : target.is === "index" && after.status === "open" && target.parts.some((part) => this.object.carried(part, after) !== null);
        if (what !== null && what !== "held" && after.status === "open" && target.is === "member") this.onKept({ by: withoutCasts(target.object), as: { field: target.name } });
        if ((what !== null || isKey) && after.status === "open") after = escaped(after);
        const key = keyOf(target, this.flow.variables);
        after = { ...after, facts: know(key, facts[i]!, forget(key, after.facts), this.object.look), field: key !== null && key === after.field && what === null ? null : after.field };
        return;
      }
      if (target.name === "_" && this.around.traits.errorResults) return;
      const variable = this.flow.variables.of(target);
      after = this.#release(variable, declares, after);
      if (what === "held" || (what !== null && this.flow.variables.isOuter(variable))) {
        if (after.status === "open") after = this.#wrappedIn(variable, what === "held" ? pairs[i]!.value : null, after, state);
      } else if (what !== null && after.status === "open") {
        after = what === "object" ? { ...after, loose: -1, holders: sorted([...after.holders, variable]) } : { ...after, loose: -1, members: sorted([...after.members, variable]) };
        if (this.object.isOrigin(unwrapCall(pairs[i]!.value)) && this.#isClosedByItsOwn(unwrapCall(pairs[i]!.value), variable)) after = escaped(after);
        if (what === "object" && this.origin.is === "call" && this.origin.errorMember !== null && this.object.isOrigin(unwrapCall(pairs[i]!.value))) {
          after = { ...after, facts: new Map([...after.facts, [`v${variable}.${this.origin.errorMember}`, "null"]]) };
        }
      }
      const fact = facts[i]!;
      if (fact !== null && !this.flow.variables.isVolatile(variable, target.at)) {
        const twin = this.origin.is === "call" && this.object.isOrigin(unwrapCall(pairs[i]!.value));
        after = { ...after, facts: twin ? new Map([...after.facts, [`v${variable}`, fact]]) : know(`v${variable}`, fact, after.facts, this.object.look) };
      }
    });
    if (after.status === "open" && after.loose >= 0 && !carried.some((what) => what !== null)) {
      // Bound is something else: the object that nothing holds is lost with its statement, unless this bind stands inside it.
      if (value !== null && contains(value, this.origin.is === "call" ? this.origin.call : value) && node.event.is === "bind" && !isInner(node, this.flow)) after = { ...after, loose: -1 };
    } else if (after.status === "open" && after.loose >= 0) after = { ...after, loose: -1 };
    return after;
  }

  /** `lock := &Lock{conn: conn}`: a variable of this function wraps the object; anything else that holds it is out of sight. */
  #wrappedIn(variable: VariableId, value: Expression | null, state: State, before: State): State {
    const built = value === null || this.flow.variables.isOuter(variable) || withoutCasts(value).is !== "build" ? null : this.object.wrapping(value, before);
    if (built === null) return escaped(state);
    this.object.noteWrapping(variable, built);
    return { ...state, loose: -1, wrappers: sorted([...state.wrappers, variable]) };
  }

  /** The variable gets another value. */
  #release(variable: VariableId, declares: boolean, state: State): State {
    const facts = forget(`v${variable}`, state.facts);
    const holders = state.holders.includes(variable) ? state.holders.filter((one) => one !== variable) : state.holders;
    const members = state.members.includes(variable) ? state.members.filter((one) => one !== variable) : state.members;
    const wrappers = state.wrappers.includes(variable) ? state.wrappers.filter((one) => one !== variable) : state.wrappers;
    // A deferred closure sees the variable's new value, unless it is a new variable of the next turn.
    const pins = declares ? state.pins : state.pins.filter((pin) => !pin.endsWith(`:v${variable}`) && !pin.endsWith(`:w${variable}`));
    if (facts === state.facts && holders === state.holders && members === state.members && wrappers === state.wrappers && pins.length === state.pins.length) return state;
    return { ...state, facts, holders, members, wrappers, pins };
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
      deferred === null ? this.object.carried(value, state) : state.pins.includes(`${deferred}:${index}`) ? "object" : state.pins.includes(`${deferred}:${index}m`) ? "member" : null);
    const facts = values.map((value) => (deferred === null ? factOf(value, state.facts, this.object.look) : null));
    let after = state;
    parameters.forEach((parameter, i) => {
      after = this.#release(parameter, true, after);
      if (after.status === "open" && carried[i] === "object") after = { ...after, loose: -1, holders: sorted([...after.holders, parameter]) };
      else if (after.status === "open" && carried[i] === "member") after = { ...after, loose: -1, members: sorted([...after.members, parameter]) };
      else if (after.status === "open" && carried[i] === "held") after = escaped(after);
      const fact = facts[i]!;
      if (fact !== null) after = { ...after, facts: know(`v${parameter}`, fact, after.facts, this.object.look) };
    });
    return after;
  }

  /** The function that a call was handed begins: with the object, where the call opens it. */
  #calledBack(call: CallExpression, parameters: readonly (VariableId | null)[], state: State): State {
    let after = state;
    for (const parameter of parameters) if (parameter !== null) after = this.#release(parameter, true, after);
    if (after.status !== "open" || !this.object.isOrigin(call) || this.origin.is !== "call") return after;
    if (this.origin.callback === undefined) {
      // Whatever it opened, it is not open where the callback has an error.
      const [first] = parameters;
      return first !== undefined && first !== null && ERROR_NAME.test(this.flow.variables.nameOf(first)) ? { ...after, facts: new Map([...after.facts, [`v${first}`, "null"]]) } : after;
    }
    const { parameter, error, closer } = this.origin.callback;
    const twin = error === null ? null : parameters[error] ?? null;
    if (twin !== null) after = { ...after, facts: new Map([...after.facts, [`v${twin}`, "null"]]) };
    const closes = closer === null ? null : parameters[closer] ?? null;
    if (closes !== null) this.object.closers.add(closes);
    const holder = parameters[parameter] ?? null;
    return holder === null ? (closes === null ? after : { ...after, loose: -1, holders: sorted([...after.holders, closes]) }) : { ...after, loose: -1, holders: sorted([...after.holders, holder]) };
  }

  #enter(value: Expression, bind: Expression | null, state: State): State {
    let after = state;
    const carried = state.status === "open" ? this.object.carried(value, state) : null;
    if (carried !== null) {
      const call = unwrapCall(value);
      const pass = call === null || this.object.isOrigin(call) ? null : this.around.passes(this.around.resolve(call).names);
      const isPassedOn = call === null || pass === null || !onlyUses(pass, call);
      if (isPassedOn && (this.rule.contextManager || pass?.contextManager === true)) return closed(after);
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
    const carried = callee.is === "member" ? this.object.carried(callee.object, state) : null;
    if (carried === "object") pins.add(`${event.id}:r`);
    if (carried === "member") pins.add(`${event.id}:s`);
    if (this.rule.closedByCall === true && callee.is === "name" && this.object.carried(callee, state) === "object") pins.add(`${event.id}:c`);
    event.call.arguments.forEach((argument, index) => {
      const what = this.object.carried(argument.value, state);
      if (what === "object") pins.add(`${event.id}:${index}`);
      if (what === "member") pins.add(`${event.id}:${index}m`);
      if (what !== null) loose = -1;
    });
    if (callee.is === "member" && this.object.wrapperIn(callee.object, state) !== null) return { ...escaped(state), registered };
    for (const { variable } of event.captures) {
      if (state.wrappers.includes(variable)) return { ...escaped(state), registered };
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
      after = { ...after, result: call !== null && state.callFact?.call === call ? state.callFact.fact : factOf(last, state.facts, this.object.look) };
    }
    if (state.status !== "open") return after;
    // Given back together with its parent: the caller closes the parent.
    const withParent = flat.some((value) => this.object.isParent(value));
    flat.forEach((value, i) => {
      const carried = this.object.carried(value, state, null);
      if (carried === null) return;
      const wrapping = carried === "held" && !inner && !withParent && after.status === "open" ? this.object.wrapping(value, state) : null;
      if (wrapping !== null) after = { ...after, given: [...after.given, { index: i, asMember: false, inTuple: flat.length > 1, wrapping }], loose: -1 };
      else if (carried !== "held" && !inner && !withParent) {
        const call = unwrapCall(value);
        const index = flat.length === 1 && this.origin.is === "call" && call !== null && this.object.isOrigin(call) && typeof this.origin.opens === "number" ? this.origin.opens : i;
        const inTuple = flat.length > 1 || (this.origin.is === "call" && this.object.isOrigin(call) && this.origin.inTuple);
        if (after.status === "open") after = { ...after, given: [...after.given, { index, asMember: carried === "member", inTuple }], loose: -1 };
      } else after = escaped(after);
    });
    return withParent ? escaped(after) : after;
  }
}

/** `queries.WithTx(tx).Touch(ctx, id)`: a method of what the inner call gives. */
function isChainedOn(outer: CallExpression, inner: CallExpression): boolean {
  const callee = withoutCasts(outer.callee);
  const object = callee.is === "member" ? withoutCasts(callee.object) : null;
  return object === inner || (object?.is === "call" && isChainedOn(object, inner));
}

/** A bind inside an expression (`:=` of Python): the statement goes on after it. */
function isInner(node: FlowNode, flow: ControlFlow): boolean {
  return node.edges.some((edge) => flow.nodes[edge.to]!.statement === node.statement);
}
