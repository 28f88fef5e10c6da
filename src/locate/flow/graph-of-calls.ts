import type { Argument, Expression, FunctionFlow, LanguageTraits, Place } from "./flow-model";
import type { CallExpression } from "./expressions";
import { calledName, lastPart, withoutCasts } from "./expressions";
import type { Capture } from "./flow-graph";
import { freeNames } from "./free-names";
import type { ExpressionGraphs } from "./graph-of-expressions";
import type { AddsFunctions, GrowingGraph, OpenEnd } from "./growing-graph";
import { NONE, open } from "./growing-graph";
import type { VariableId } from "./variables";

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

/** What a call adds to the graph: a node, or the function that it surely runs, built in place. */
export class CallGraphs {
  readonly #hardlyRaise: ReadonlySet<string>;
  /** Given once both are there. */
  steps!: AddsFunctions;

  constructor(readonly graph: GrowingGraph, readonly expressions: ExpressionGraphs) {
    this.#hardlyRaise = hardlyRaise(graph.traits);
  }

  call(call: CallExpression, from: readonly OpenEnd[], awaited: boolean): readonly OpenEnd[] {
    const settled = this.graph.traits.promises === true ? this.#settled(call, from) : null;
    if (settled !== null) return settled;
    const later = this.graph.traits.promises === true ? this.#runsLater(call) : null;
    let ends = this.expressions.evaluateCallee(call, from);
    for (const argument of call.arguments) if (argument !== later?.argument) ends = this.expressions.evaluate(argument.value, ends, "handed");
    ends = this.invoke(call, ends, null, awaited);
    return later === null ? ends : this.#calledBack(call, later.fn, later.throws, ends);
  }

  /** A function literal, or one that a local name stands for, which can be built where it is handed over. */
  #literalOf(argument: Argument | undefined): FunctionFlow | null {
    if (argument === undefined || argument.spread) return null;
    const value = withoutCasts(argument.value);
    let id: number | undefined;
    if (value.is === "closure") id = value.function;
    else if (value.is === "name") {
      const variable = this.graph.variables.of(value);
      id = this.graph.closures.get(variable);
    }
    if (id === undefined) return null;
    const fn = this.graph.file.functions[id]!;
    return this.graph.frames.length > MAX_INLINE_LATER || fn.isGenerator || this.graph.frames.some((frame) => frame.fn.id === id) ? null : fn;
  }

  /** `p.then(f, g).catch(h).finally(k)`: a promise that fails is an exception that was raised, and its handlers are those of the chain. */
  #settled(call: CallExpression, from: readonly OpenEnd[]): readonly OpenEnd[] | null {
    const callee = withoutCasts(call.callee);
    if (callee.is !== "member" || !SETTLED.has(callee.name) || call.arguments.length === 0) return null;
    const frame = this.graph.frames.at(-1)!;
    if (frame.inner) this.graph.inner.set(call, frame.fn);
    const { result, leaving } = this.graph.collect(() => this.expressions.evaluate(callee.object, from, "handed"));
    const thrown = leaving.get("throw") ?? [];
    leaving.delete("throw");
    for (const [way, ends] of leaving) this.graph.leave(way, ends);
    const value: Argument = { name: null, spread: false, value: callee.object };
    /** What is no literal is somebody's, who is handed what it holds. */
    const run = (argument: Argument | undefined, given: readonly Argument[], ends: readonly OpenEnd[]): readonly OpenEnd[] => {
      const fn = this.#literalOf(argument);
      if (fn !== null) return ends.length === 0 ? NONE : this.#inPlace(fn, given, call.at, ends, null);
      if (argument === undefined || ends.length === 0) return ends;
      const handed = this.expressions.evaluate(argument.value, ends, "handed");
      return handed.length === 0 ? NONE : [open(this.graph.add({ is: "call", call, awaited: false, deferred: null, handed: false }, call.at, handed))];
    };
    const [first, second] = call.arguments;
    if (callee.name === "then") {
      const failed = second === undefined ? (this.graph.leave("throw", thrown), NONE) : run(second, [], thrown);
      return [...run(first, [value], result), ...failed];
    }
    if (callee.name === "catch") return [...result, ...run(first, [], thrown)];
    const was = this.graph.unwinding;
    this.graph.cleanup++;
    this.graph.unwinding = false;
    const after = run(first, [], result);
    this.graph.unwinding = true;
    this.graph.leave("throw", run(first, [], thrown));
    this.graph.unwinding = was;
    this.graph.cleanup--;
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
    const ruled = this.graph.options.callsBack?.(call, this.graph.frames.at(-1)!.fn) ?? null;
    const argument = ruled === null || ruled === "last" ? last : call.arguments[ruled];
    const fn = this.#literalOf(argument);
    if (argument === undefined || fn === null) return null;
    if (ruled !== null) return { argument, fn, throws: false };
    const name = calledName(call);
    return fn.parameters.length > 0 && ERROR_FIRST.test(fn.parameters[0]!.name) && name !== null && !RUNS_OFTEN.test(name) ? { argument, fn, throws: false } : null;
  }

  #calledBack(call: CallExpression, fn: FunctionFlow, throws: boolean, from: readonly OpenEnd[]): readonly OpenEnd[] {
    if (from.length === 0) return NONE;
    const scope = this.graph.variables.enterFunction(fn);
    const parameters = fn.parameters.map((one) => (one.name === "" || one.variadic ? null : this.graph.variables.assigned(one.name)));
    this.graph.variables.leave(scope);
    const node = this.graph.add({ is: "called-back", call, parameters }, call.at, from);
    const statement = this.graph.statement;
    const { result, leaving } = this.graph.collect(() => this.steps.function(fn, [open(node)], true));
    this.graph.statement = statement;
    for (const [way, ends] of leaving) {
      // Nobody catches what a callback throws: the program ends.
      if (way === "throw" && !throws) this.graph.connect(ends, this.graph.endNode);
      else this.graph.leave(way, ends);
    }
    return result;
  }

  /** The call itself, receiver and arguments being evaluated: a closure built in place, or a node. */
  invoke(call: CallExpression, from: readonly OpenEnd[], deferred: number | null, awaited = false): readonly OpenEnd[] {
    if (from.length === 0) return NONE;
    const frame = this.graph.frames.at(-1)!;
    if (frame.inner) this.graph.inner.set(call, frame.fn);
    const closure = this.closureOf(call);
    if (closure !== null) {
      const fn = this.graph.file.functions[closure]!;
      if (this.graph.frames.length <= MAX_INLINE && !this.graph.frames.some((frame) => frame.fn.id === closure) && !fn.isGenerator) {
        return this.#inPlace(fn, call.arguments, call.at, from, deferred);
      }
    }
    const node = this.graph.add({ is: "call", call, awaited, deferred, handed: false }, call.at, from);
    const leaves = this.#leaves(call);
    if (leaves === "throws") {
      this.graph.leave("throw", [open(node)]);
      return NONE;
    }
    if (leaves === "unwinds") {
      this.graph.leave("exit", [open(node)]);
      return NONE;
    }
    if (leaves === "ends") {
      this.graph.connect([open(node)], this.graph.endNode);
      return NONE;
    }
    // Its own accessor, by its bare name.
    const accessor = this.graph.traits.implicitReceiver !== undefined && call.callee.is === "name" && call.arguments.length === 0 && /^(?:get|is|has)[A-Z]/u.test(call.callee.name);
    const name = calledName(call) ?? "";
    if (!accessor && (!this.#hardlyRaise.has(name) || (awaited && this.graph.traits.raiseWhenAwaited?.includes(name) === true))) this.graph.mayRaise(node);
    return [open(node)];
  }

  /** `ends`: at once. `unwinds`: finally and deferred calls run first, and then the process, goroutine or test is over. `throws`: an exception like any other. */
  #leaves(call: CallExpression): "ends" | "unwinds" | "throws" | null {
    const last = calledName(call);
    if (last === null) return null;
    const within = this.graph.frames.at(-1)!.fn;
    const known = this.graph.traits.neverReturn.filter((one) => lastPart(one.call) === last);
    if (known.length > 0) {
      const names = this.graph.options.names(call, within);
      const found = known.find((one) => names.includes(one.call) || (one.call === last && call.callee.is === "name" && names.length === 0));
      if (found !== undefined) return !found.raises ? "ends" : /^(?:panic|throw|raise)/i.test(last) ? "throws" : "unwinds";
    }
    return this.graph.options.leaves?.(call, within) ?? null;
  }

  closureOf(call: CallExpression): number | null {
    const callee = withoutCasts(call.callee);
    if (callee.is === "closure") return callee.function;
    if (callee.is !== "name") return null;
    const variable = this.graph.variables.of(callee);
    return variable === null ? null : (this.graph.closures.get(variable) ?? null);
  }

  #inPlace(fn: FunctionFlow, given: readonly Argument[], at: Place, from: readonly OpenEnd[], deferred: number | null): readonly OpenEnd[] {
    const scope = this.graph.variables.enterFunction(fn);
    const parameters: VariableId[] = [];
    const values: Expression[] = [];
    fn.parameters.forEach((parameter, index) => {
      const argument = given.find((one) => one.name === parameter.name) ?? given[index];
      if (argument === undefined || argument.name !== null && argument.name !== parameter.name || argument.spread || parameter.variadic) return;
      parameters.push(this.graph.variables.assigned(parameter.name));
      values.push(argument.value);
    });
    this.graph.variables.leave(scope);
    let ends = from;
    if (parameters.length > 0) ends = [open(this.graph.add({ is: "arguments", parameters, values, deferred }, at, from))];
    const statement = this.graph.statement;
    const after = this.steps.function(fn, ends, true);
    this.graph.statement = statement;
    return after;
  }

  closure(id: number, at: Place, how: "handed" | "kept" | "spawned", from: readonly OpenEnd[]): readonly OpenEnd[] {
    if (from.length === 0) return NONE;
    const captures = this.captures(id, at);
    if (captures.length === 0) return from;
    return [open(this.graph.add({ is: "closure", function: id, captures, how }, at, from))];
  }

  captures(id: number, elsewhere: Place | null): Capture[] {
    const captures: Capture[] = [];
    for (const [name, use] of freeNames(this.graph.file, id)) {
      const variable = this.graph.variables.find(name);
      if (variable === null) continue;
      if (use.assigned && elsewhere !== null) this.graph.variables.markVolatile(variable, elsewhere);
      captures.push({ variable, only: use.only, calls: use.calls });
    }
    return captures;
  }
}
