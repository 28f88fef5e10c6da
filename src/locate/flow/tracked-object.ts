import type { Expression } from "./flow-model";
import type { CloseCall, ResourceRule } from "../rules/rule-model";
import { relevantKeys } from "./asked-ahead";
import { WHOLE, unwrapCall } from "./call-results";
import type { ControlFlow } from "./flow-graph";
import type { CallExpression } from "./expressions";
import { calledName, contains, lastPart, withoutCasts, withoutSteps } from "./expressions";
import type { Fact, Look } from "./facts";
import { factOf, keyOf } from "./facts";
import { argumentsAre, onlyUses } from "./literal-arguments";
import type { VariableId } from "./variables";
import type { Origin, Surroundings } from "./walk-model";
import type { Carried, State } from "./walk-state";
import type { Wrapping } from "./wrapping";

const GENERIC_CLOSE = /^(close|aclose|dispose|release|shutdown|terminate|disconnect|destroy|kill|free|finish|end|stop|quit|detach|hijack)(_?(all|now|async|sync|nowait|connection|conn|session|tx|quietly|safely|silently))?$/i;
const ABOUT_LIFE = /clos|open|active|connected|alive|valid|done|state|begun|started|transact|finished|committed|released/i;

/** The object that a walk follows: which expressions carry it, what closes it, what is known where it is looked at. */
export class TrackedObject {
  readonly #relevant: ReadonlySet<string>;
  readonly closes: ReadonlySet<string>;
  /** Calls that close only with certain arguments. */
  readonly closesWhen: readonly CloseCall[];
  /** Variables that hold a function which closes the object. */
  readonly closers = new Set<VariableId>();
  readonly #exhausts: ReadonlySet<string>;
  readonly #lentTo: readonly RegExp[];
  /** Keys of what the object goes with: the receiver of the opening call, and what that was got from. */
  readonly parents: ReadonlySet<string>;
  readonly #wrappings = new Map<VariableId, Wrapping>();
  readonly look: Look;
  state!: State;

  constructor(
    readonly flow: ControlFlow,
    readonly rule: ResourceRule,
    readonly origin: Origin,
    readonly around: Surroundings,
  ) {
    this.#relevant = relevantKeys(flow);
    const onReceiver = rule.closes.filter((close) => close.on === "receiver");
    this.closes = new Set(onReceiver.filter((close) => close.when === undefined).map((close) => lastPart(close.call)));
    this.closesWhen = onReceiver.filter((close) => close.when !== undefined);
    this.#exhausts = new Set(rule.exhaustedBy.map(lastPart));
    this.#lentTo = (rule.lentTo ?? []).map((name) => new RegExp(`^${name.replaceAll("*", "\\w*")}$`, "u"));
    this.parents = this.#parentKeys();
    this.look = {
      variables: flow.variables,
      holds: (expression) => this.state.status === "open" && this.#isObject(expression),
      factOfCall: (call) => this.#factOfCall(call, 0),
      relevant: (key) => this.#relevant.has(key),
      errorPredicates: around.traits.errorResults,
    };
  }

  #isObject(expression: Expression): boolean {
    const carried = this.carried(expression, this.state);
    return carried === "object" || carried === "member";
  }

  /** The wrapping of the variable that this expression is; null: it is no variable that wraps the object. */
  wrapperIn(expression: Expression, state: State): Wrapping | null {
    if (state.wrappers.length === 0 || state.status !== "open") return null;
    const at = withoutCasts(expression);
    if (at.is !== "name") return null;
    const variable = this.flow.variables.of(at);
    return state.wrappers.includes(variable) ? (this.#wrappings.get(variable) ?? null) : null;
  }

  #throughWrapper(wrapping: Wrapping, name: string): Carried {
    if (name === wrapping.field) return wrapping.asMember ? "member" : "object";
    return wrapping.isEmbedded && name === this.rule.member ? "member" : null;
  }

  /** From now on this variable is known to wrap the object as this value does. */
  noteWrapping(variable: VariableId, wrapping: Wrapping): void {
    this.#wrappings.set(variable, wrapping);
  }

  /** What is built here of a type's fields holds the object in one of them; null: it does not, or not so plainly. */
  wrapping(value: Expression, state: State): Wrapping | null {
    const built = withoutCasts(value);
    if (built.is === "name") return this.wrapperIn(built, state);
    if (built.is !== "build" || built.type === null || built.tuple || !built.holds) return null;
    let found: Wrapping | null = null;
    for (const [index, part] of built.parts.entries()) {
      const carried = this.carried(part.value, state, null);
      if (carried === null) continue;
      if (carried === "held" || found !== null) return null;
      const field = this.around.wraps(built, index);
      if (field === null) return null;
      found = { ...field, asMember: carried === "member" };
    }
    return found;
  }

  isOrigin(call: CallExpression | null): boolean {
    return call !== null && this.origin.is === "call" && this.origin.call === call;
  }

  /** `index`: which result is asked for; null: any; `WHOLE`: the value as one. */
  carried(expression: Expression, state: State, index: number | null = WHOLE): Carried {
    switch (expression.is) {
      case "name": {
        const variable = this.flow.variables.of(expression);
        if (state.holders.includes(variable)) return "object";
        if (state.members.includes(variable)) return "member";
        if (state.wrappers.includes(variable)) return "held";
        return state.status === "open" && this.closers.has(variable) ? "held" : null;
      }
      case "member": {
        if (state.field !== null && keyOf(expression, this.flow.variables) === state.field) return "object";
        const wrapper = this.wrapperIn(expression.object, state);
        if (wrapper !== null) return this.#throughWrapper(wrapper, expression.name);
        const object = this.carried(expression.object, state);
        if (object === "object" && this.rule.member === expression.name) return "member";
        if (this.rule.carriedBy?.includes(expression.name) === true && this.carried(rootOf(expression.object), state) === "object") return "held";
        if (object !== null && (this.closes.has(expression.name) || this.looksClosing(expression.name))) return "held";
        return null;
      }
      case "call": {
        if (this.isOrigin(expression) && state.loose >= 0 && this.origin.is === "call" && typeof this.origin.opens === "number") {
          if (index === WHOLE && this.origin.inTuple) return "held";
          return index === null || index === WHOLE || index === this.origin.opens ? (this.origin.asMember ? "member" : "object") : null;
        }
        if (this.rule.through !== undefined) {
          const meant = withoutSteps(expression, this.rule.through);
          if (meant !== expression) return this.carried(meant, state);
        }
        if (this.around.traits.promises === true) {
          const callee = withoutCasts(expression.callee);
          if (callee.is === "member" && (callee.name === "catch" || callee.name === "finally")) return this.carried(callee.object, state, index);
        }
        return index === null || index === 0 || index === WHOLE ? this.givenBack(expression, state) : null;
      }
      case "await":
      case "same":
        return this.carried(expression.value, state, index);
      case "assign":
        // What it was just given is still in it when the expression goes on.
        return this.carried(expression.value, state, index) ?? (expression.target.is === "name" ? this.carried(expression.target, state) : null);
      case "conditional":
        return this.carried(expression.then, state) ?? this.carried(expression.else, state);
      case "logic":
        return this.carried(expression.left, state) ?? this.carried(expression.right, state);
      case "yield":
        return this.around.yieldWaits && expression.value !== null ? this.carried(expression.value, state, index) : null;
      case "index": {
        // `sock.accept()[0]`
        const [which] = expression.parts;
        const call = unwrapCall(expression.object);
        if (which === undefined || which.is !== "literal" || which.kind !== "number" || expression.parts.length > 1 || !this.isOrigin(call)) return null;
        return this.carried(expression.object, state, Number(which.text));
      }
      case "operator":
        return expression.parts.some((part) => this.carried(part, state) === "held") ? "held" : null;
      case "build":
        return expression.holds && expression.parts.some((part) => (part.name === null || this.rule.lentAs?.includes(part.name) !== true) && this.carried(part.value, state, null) !== null) ? "held" : null;
      default:
        return null;
    }
  }

  /** A call that gives back the object: a rule says that it passes its argument on, or a method that gives its own type (fluent). */
  givenBack(call: CallExpression, state: State): Carried {
    const callee = withoutCasts(call.callee);
    if (callee.is === "member") {
      const receiver = this.carried(callee.object, state);
      if (receiver === "object" && this.rule.member === null) {
        const type = this.around.resolve(call).results[0]?.name ?? null;
        if (type !== null ? type === this.rule.type : this.rule.kind === "transaction-leak" && state.loose >= 0) return "object";
      }
    }
    for (const argument of call.arguments) {
      if (this.carried(argument.value, state) === null) continue;
      const pass = this.around.passes(this.around.resolve(call).names);
      if (pass !== null && call.arguments[pass.argument] === argument && !onlyUses(pass, call)) return this.carried(argument.value, state);
      if (this.around.givesBack(call, argument)) return this.carried(argument.value, state);
    }
    return null;
  }

  /** It is the object of this very turn that the opening call gives: what the next turn's gives, or that it fails, is nothing about it. */
  #justOpened(state: State): boolean {
    return state.status === "open" && (state.loose >= 0 || (this.origin.is === "call" && typeof this.origin.opens !== "number"));
  }

  /** Where a failure is a null result, what opened something besides its result did not give null. */
  #saysOpened(): Fact | null {
    return this.around.traits.failuresAreNull === true && this.origin.is === "call" && typeof this.origin.opens !== "number" ? "set" : null;
  }

  #factOfCall(call: CallExpression, index: number): Fact | null {
    const state = this.state;
    if (this.origin.is === "call" && this.isOrigin(call) && this.#justOpened(state)) return this.origin.error === index ? "null" : this.#saysOpened();
    if (state.callFact !== null && state.callFact.call === call) return state.callFact.fact;
    const name = calledName(call);
    // Go: what `recover()` gives is null unless the function is unwinding.
    if (name === "recover" && call.arguments.length === 0 && call.callee.is === "name") return this.flow.nodes[state.node]!.unwinding ? "set" : "null";
    if (index === 0 && this.#givesItsError(call, name)) return "null";
    if (this.around.traits.errorResults && (name === "Errorf" || name === "New" || name === "Error") && call.callee.is === "member") {
      const object = withoutCasts(call.callee.object);
      if (object.is === "name" && (object.name === "errors" || object.name === "fmt" || object.name === "status" || object.name === "xerrors")) return "set";
    }
    return null;
  }

  /** `convert(err)`, `errors.Wrap(err, "...")`: a function whose only result is an error, given one that is null, gives null. */
  #givesItsError(call: CallExpression, name: string | null): boolean {
    if (!this.around.traits.errorResults) return false;
    const given = call.arguments[0] === undefined ? null : withoutCasts(call.arguments[0].value);
    if (given?.is !== "name" || !/err/iu.test(given.name) || factOf(given, this.state.facts, this.look) !== "null") return false;
    if (call.arguments.slice(1).some(({ value }) => withoutCasts(value).is !== "literal")) return false;
    const { results } = this.around.resolve(call);
    return results.length === 1 ? results[0]?.name === "error" : results.length === 0 && /^(?:Wrap|WithStack|WithMessage|Trace|Annotate)f?$/u.test(name ?? "");
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

  isParent(expression: Expression): boolean {
    if (this.parents.size === 0) return false;
    const key = keyOf(expression, this.flow.variables);
    return key !== null && this.parents.has(key);
  }

  looksClosing(name: string): boolean {
    return GENERIC_CLOSE.test(name) && this.rule.notClosedBy?.includes(name) !== true;
  }

  /** What this call gives only works with the object. */
  isLentTo(call: CallExpression): boolean {
    const name = calledName(call);
    return name !== null && this.#lentTo.some((pattern) => pattern.test(name));
  }

  /** A call by this name, with these arguments, closes its receiver. */
  closesBy(name: string, call: CallExpression): boolean {
    return this.closes.has(name) || this.closesWhen.some((close) => lastPart(close.call) === name && argumentsAre(call, close.when ?? []));
  }

  exhaustsBy(condition: Expression): boolean {
    if (this.#exhausts.size === 0 || this.state.status !== "open") return false;
    const at = withoutCasts(condition.is === "await" ? condition.value : condition);
    if (at.is === "call") {
      const callee = withoutCasts(at.callee);
      return callee.is === "member" && this.#exhausts.has(callee.name) && this.carried(callee.object, this.state) !== null;
    }
    return (this.#exhausts.has("__iter__") || this.#exhausts.has("__next__") || this.#exhausts.has("__aiter__")) && this.carried(at, this.state) !== null;
  }

  /** `if not conn.closed`, `if session.is_active`: the condition asks whether the object is alive. */
  asksForLife(condition: Expression): boolean {
    const at = withoutCasts(condition);
    if (at.is === "member") return ABOUT_LIFE.test(at.name) && this.carried(at.object, this.state) !== null;
    if (at.is === "call" && at.callee.is === "member") return ABOUT_LIFE.test(at.callee.name) && this.carried(at.callee.object, this.state) !== null;
    // `o instanceof AutoCloseable`
    if (at.is === "compare" && at.operator === "other" && at.right.is === "build" && at.right.type !== null && this.carried(at.left, this.state) !== null) return true;
    if (at.is === "compare") return this.asksForLife(at.left) || this.asksForLife(at.right);
    return false;
  }

  /** What the receiver of a call is; a member on the way to it counts as the object (`conn.driver.close()` does not). */
  receiver(object: Expression, state: State): Carried {
    const carried = this.carried(object, state);
    return carried === "held" ? null : carried;
  }

  /** `db.Begin().Create(x).Commit()`: the chain hangs on the object that nothing holds. */
  chained(object: Expression, state: State): boolean {
    return state.loose >= 0 && this.origin.is === "call" && contains(object, this.origin.call);
  }

  factOfResult(value: Expression | null, index: number | null, zero: boolean): Fact | null {
    if (value === null) return zero ? "null" : null;
    const call = unwrapCall(value);
    if (call !== null) {
      if (this.isOrigin(call) && this.#justOpened(this.state)) return this.origin.is === "call" && this.origin.error !== null && this.origin.error === (index === null || index === WHOLE ? 0 : index) ? "null" : this.#saysOpened();
      if (this.state.callFact !== null && this.state.callFact.call === call) return this.#lastResult(call, index);
      return index === null || index === 0 || index === WHOLE ? this.#factOfCall(call, 0) : null;
    }
    return index === null || index === 0 || index === WHOLE ? factOf(value, this.state.facts, this.look) : null;
  }

  /** The fact told by a helper is about its last result. */
  #lastResult(call: CallExpression, index: number | null): Fact | null {
    const results = this.around.resolve(call).results.length;
    const last = results === 0 ? 0 : results - 1;
    return (index === null || index === WHOLE ? 0 : index) === last ? (this.state.callFact?.fact ?? null) : null;
  }
}

/** What a chain of members begins with: `tx` of `tx.Statement.ConnPool`. */
function rootOf(chain: Expression): Expression {
  let at = withoutCasts(chain);
  while (at.is === "member") at = withoutCasts(at.object);
  return at;
}
