import type { Case, Expression, FunctionFlow, Handler, Place, Step } from "./flow-model";
import type { NameExpression } from "./expressions";
import { calledName, eachStep, lastPart, withoutCasts } from "./expressions";
import type { CallGraphs } from "./graph-of-calls";
import type { ExpressionGraphs } from "./graph-of-expressions";
import type { Breakable, Frame, GrowingGraph, OpenEnd } from "./growing-graph";
import { NONE, open } from "./growing-graph";

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

/** Go: a number or a text that is only declared is zero, and compares with zero as what somebody has put there. */
const ZERO_IS_A_VALUE = /^(?:u?int(?:8|16|32|64|ptr)?|float(?:32|64)|complex(?:64|128)|byte|rune|string)$/u;

/** What steps add to the graph: branches, loops, handlers, and what runs on the way out. */
export class StepGraphs {
  #deferredIds = new Map<string, number>();

  constructor(readonly graph: GrowingGraph, readonly expressions: ExpressionGraphs, readonly calls: CallGraphs) {}

  /** Body, then the chain of deferred calls. Gives the ends that go on after it; throws go to the collection around. */
  function(fn: FunctionFlow, from: readonly OpenEnd[], inner: boolean): readonly OpenEnd[] {
    const frame: Frame = { fn, inner, labels: new Map(), deferred: [], loops: 0 };
    const statement = this.graph.statement;
    this.graph.frames.push(frame);
    const scope = this.graph.variables.enterFunction(fn);
    const { result, leaving } = this.graph.collect(() => this.#inOrderOf(fn.body, from));
    const returns = [...(leaving.get("return") ?? []), ...result];
    leaving.delete("return");
    const normal = this.#runDeferred(frame, returns, false);
    for (const [way, ends] of leaving) {
      this.graph.leave(way, way === "throw" || way === "exit" ? this.#runDeferred(frame, ends, true) : ends);
    }
    this.graph.variables.leave(scope);
    this.graph.frames.pop();
    this.graph.statement = statement;
    return normal;
  }

  /** The chain, last registered first; a copy for leaving and one for unwinding. What a deferred call throws goes on in the same chain. */
  #runDeferred(frame: Frame, from: readonly OpenEnd[], unwinding: boolean): readonly OpenEnd[] {
    if (frame.deferred.length === 0 || from.length === 0) return from;
    const wasUnwinding = this.graph.unwinding;
    this.graph.unwinding = unwinding;
    this.graph.cleanup++;
    let ends: readonly OpenEnd[] = from;
    for (let i = frame.deferred.length - 1; i >= 0; i--) {
      const { id, call, scope } = frame.deferred[i]!;
      this.graph.nextStatement();
      const gate = this.graph.add({ is: "gate", id }, call.at, ends);
      const { result, leaving } = this.graph.collect(() => this.graph.variables.at(scope, () => this.calls.invoke(call, [open(gate, "run")], id)));
      ends = [open(gate, "skip"), ...result, ...(leaving.get("throw") ?? [])];
      for (const [way, left] of leaving) if (way !== "throw") this.graph.leave(way, left);
    }
    this.graph.cleanup--;
    this.graph.unwinding = wasUnwinding;
    return ends;
  }

  #steps(steps: readonly Step[], from: readonly OpenEnd[]): readonly OpenEnd[] {
    const scope = this.graph.variables.enterBlock(steps);
    const ends = this.#inOrderOf(steps, from);
    this.graph.variables.leave(scope);
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
    const scope = this.graph.variables.enterBlock(step);
    const ends = inside();
    this.graph.variables.leave(scope);
    return ends;
  }

  #step(step: Step, from: readonly OpenEnd[]): readonly OpenEnd[] {
    if (from.length === 0 && step.is !== "label" && !this.#holdsLabel(step)) return NONE;
    this.graph.nextStatement();
    switch (step.is) {
      case "bind":
        return this.#bind(step, from);
      case "do":
        return this.expressions.evaluate(step.value, from, "kept");
      case "if": {
        const { yes, no } = this.expressions.condition(step.condition, from);
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
        for (const value of step.values) ends = this.expressions.evaluate(value, ends, "kept");
        const frame = this.graph.frames.at(-1)!;
        const bound = this.#bindResults(step, ends);
        if (ends.length === 0) return NONE;
        // With named results what is returned is what they hold.
        const values = bound !== ends || step.values.length === 0 ? this.#returnedBy(step, frame.fn) : step.values;
        ends = bound;
        this.graph.leave("return", [open(this.graph.add({ is: "return", values, inner: frame.inner }, step.at, ends))]);
        return NONE;
      }
      case "throw": {
        const ends = step.value === null ? from : this.expressions.evaluate(step.value, from, "kept");
        if (ends.length > 0) this.graph.leave("throw", [open(this.graph.add({ is: "throw", value: step.value }, step.at, ends))]);
        return NONE;
      }
      case "break":
      case "continue": {
        const target = this.#target(step.is, step.label);
        if (target !== null) this.graph.leave(`${step.is}:${target}`, from);
        return NONE;
      }
      case "goto":
        this.graph.connect(from, this.#label(step.label, step.at));
        return NONE;
      case "label": {
        const node = this.#label(step.name, step.at);
        this.graph.connect(from, node);
        return [open(node)];
      }
      case "defer":
        return this.#defer(step.call, step.at, from);
      case "spawn":
        return this.#spawn(step.call, from);
      case "define": {
        const variable = this.graph.variables.assigned(step.name);
        this.graph.closures.set(variable, step.function);
        return from;
      }
      case "assert": {
        const { yes, no } = this.expressions.condition(step.condition, from);
        if (no.length > 0) this.graph.leave("throw", [open(this.graph.add({ is: "throw", value: null }, step.at, no))]);
        return yes;
      }
      case "scope": {
        if (step.kind !== "delete") return from;
        const variables = step.names.map((name) => this.graph.variables.assigned(name));
        return [open(this.graph.add({ is: "delete", variables }, step.at, from))];
      }
      case "block":
        return this.#steps(step.body, from);
      case "opaque":
        this.graph.hasOpaque = true;
        return this.#steps(step.body, from);
    }
  }

  #holdsLabel(step: Step): boolean {
    return step.is === "block" && step.body.some((inner) => inner.is === "label");
  }

  #label(name: string, at: Place): number {
    const labels = this.graph.frames.at(-1)!.labels;
    let node = labels.get(name);
    if (node === undefined) {
      node = this.graph.add({ is: "join" }, at, NONE);
      labels.set(name, node);
    }
    return node;
  }

  #target(kind: "break" | "continue", label: string | null): number | null {
    const frame = this.graph.frames.at(-1);
    for (let i = this.graph.breakables.length - 1; i >= 0; i--) {
      const breakable = this.graph.breakables[i]!;
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
      const variable = step.declares ? this.graph.variables.declare(name) : this.graph.variables.of(name);
      if (variable !== null && !this.graph.variables.isOuter(variable) && !reboundIn(this.graph.frames.at(-1)!.fn).has(name.name)) {
        this.graph.closures.set(variable, closure.function);
        return from;
      }
    }
    if (value !== null) ends = this.expressions.evaluate(value, ends, "kept");
    for (const target of step.targets) ends = this.expressions.evaluateTarget(target, ends);
    if (ends.length === 0) return NONE;
    this.graph.resolveTargets(step.targets, step.declares);
    return [open(this.graph.add({ is: "bind", targets: step.targets, value, declares: step.declares, zero: step.declares && value === null && !(this.graph.traits.errorResults && ZERO_IS_A_VALUE.test(step.type?.name ?? "")) }, step.at, ends))];
  }

  /** The named results; for one that is called `_`, which can be read by nobody, what was returned into it. */
  #returnedBy(step: Step & { readonly is: "return" }, fn: FunctionFlow): readonly Expression[] {
    const names = this.graph.variables.resultNames(fn, step.at);
    return names.map((name, index) => (name.name === "_" ? (step.values.length === names.length ? step.values[index] : step.values[0]) : undefined) ?? name);
  }

  /** Go: `return a, b` stores into the named results before anything deferred runs. */
  #bindResults(step: Step & { readonly is: "return" }, from: readonly OpenEnd[]): readonly OpenEnd[] {
    const { fn } = this.graph.frames.at(-1)!;
    if (fn.resultNames.length === 0 || step.values.length === 0 || from.length === 0) return from;
    const targets = this.graph.variables.resultNames(fn, step.at);
    if (step.values.length !== targets.length && step.values.length !== 1) return from;
    const value: Expression = step.values.length === 1
      ? step.values[0]!
      : { is: "build", holds: true, type: null, tuple: true, parts: step.values.map((one) => ({ name: null, spread: false, value: one })), at: step.at };
    return [open(this.graph.add({ is: "bind", targets, value, declares: false, zero: false }, step.at, from))];
  }

  #loop(step: Step & { readonly is: "loop" }, from: readonly OpenEnd[]): readonly OpenEnd[] {
    const frame = this.graph.frames.at(-1)!;
    const breakable: Breakable = { id: this.graph.nodes.length, label: step.label, isLoop: true, frame };
    let ends = from;
    if (step.iterates !== null) {
      ends = this.expressions.evaluate(step.iterates, ends, "handed");
      if (ends.length === 0) return NONE;
    }
    const scope = this.graph.variables.enterBlock(step.binds);
    frame.loops++;
    this.graph.breakables.push(breakable);
    const turnStatement = this.graph.statement;
    let head: number;
    let into: readonly OpenEnd[];
    let out: readonly OpenEnd[];
    if (step.iterates !== null) {
      this.graph.resolveTargets(step.binds, this.graph.declares);
      head = this.graph.add({ is: "turn", iterates: step.iterates, binds: step.binds }, step.at, ends);
      into = [open(head)];
      out = [open(head, "exhausted")];
      // What a variable holds is most often a list, whose turns raise nothing.
      if (this.graph.traits.turnsHardlyRaise !== true || withoutCasts(step.iterates).is === "call") this.graph.mayRaise(head);
      if (step.condition !== null) {
        const tested = this.expressions.condition(step.condition, into);
        into = tested.yes;
        out = [...out, ...tested.no];
      }
    } else {
      head = this.graph.add({ is: "join" }, step.at, ends);
      if (step.condition === null) {
        into = [open(head)];
        out = NONE;
      } else {
        const tested = this.expressions.condition(step.condition, [open(head)]);
        into = tested.yes;
        out = tested.no;
      }
    }
    const { result, leaving } = this.graph.collect(() => this.#steps(step.body, into));
    const breaks = [...(leaving.get(`break:${breakable.id}`) ?? [])];
    const again = [...result, ...(leaving.get(`continue:${breakable.id}`) ?? [])];
    leaving.delete(`break:${breakable.id}`);
    leaving.delete(`continue:${breakable.id}`);
    for (const [way, left] of leaving) this.graph.leave(way, left);
    // A `do ... while` asks there whether to go on.
    const updated = this.graph.collect(() => this.#steps(step.update, again));
    breaks.push(...(updated.leaving.get(`break:${breakable.id}`) ?? []));
    updated.leaving.delete(`break:${breakable.id}`);
    for (const [way, left] of updated.leaving) this.graph.leave(way, left);
    this.graph.connect(updated.result, head);
    this.graph.breakables.pop();
    frame.loops--;
    this.graph.variables.leave(scope);
    this.graph.statement = turnStatement;
    return [...this.#steps(step.otherwise, out), ...breaks];
  }

  #switch(step: Step & { readonly is: "switch" }, from: readonly OpenEnd[]): readonly OpenEnd[] {
    const frame = this.graph.frames.at(-1)!;
    const breakable: Breakable = { id: this.graph.nodes.length, label: step.label, isLoop: false, frame };
    let ends = step.subject === null ? from : this.expressions.evaluate(step.subject, from, "handed");
    if (ends.length === 0) return NONE;
    const scope = this.graph.variables.enterBlock(step.cases);
    if (step.bind !== null && step.subject !== null) {
      // `switch v := x.(type)`: v is x under another type.
      const target: NameExpression = { is: "name", name: step.bind, at: step.at };
      this.graph.variables.declare(target);
      ends = [open(this.graph.add({ is: "bind", targets: [target], value: step.subject, declares: true, zero: false }, step.at, ends))];
    }
    this.graph.breakables.push(breakable);
    const after: OpenEnd[] = [];
    const { leaving } = this.graph.collect(() => {
      // The default stands last in the order of tests, wherever it is written.
      const order = [...step.cases.filter((one) => !isDefault(one)), ...step.cases.filter(isDefault)];
      const entries = new Map<Case, readonly OpenEnd[]>();
      let rest: readonly OpenEnd[] = ends;
      if (step.waits) {
        const node = this.graph.add({ is: "join" }, step.at, rest);
        for (const one of order) {
          let entry: readonly OpenEnd[] = [open(node, "case")];
          for (const test of one.tests) entry = this.expressions.evaluate(test, entry, "handed");
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
            const tested = step.bind === null ? this.expressions.condition(condition, rest) : this.#oneOf(rest, one.at);
            taken.push(...tested.yes);
            rest = tested.no;
          }
          let entry: readonly OpenEnd[] = one.tests.length === 0 ? rest : taken;
          if (one.tests.length === 0) rest = NONE;
          if (one.guard !== null) {
            const tested = this.expressions.condition(one.guard, entry);
            entry = tested.yes;
            rest = [...rest, ...tested.no];
          }
          entries.set(one, entry);
        }
      }
      let falling: readonly OpenEnd[] = NONE;
      for (const one of step.cases) {
        let entry = [...(entries.get(one) ?? NONE), ...falling];
        const inner = this.graph.variables.enterBlock(one);
        if (one.binds.length > 0 && entry.length > 0) {
          this.graph.nextStatement();
          const variables = one.binds.map((name) => this.graph.variables.assigned(name));
          entry = [open(this.graph.add({ is: "unknown", variables }, one.at, entry))];
        }
        const done = this.#steps(one.body, entry);
        this.graph.variables.leave(inner);
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
    for (const [way, left] of leaving) this.graph.leave(way, left);
    this.graph.breakables.pop();
    this.graph.variables.leave(scope);
    return after;
  }

  /** Either way may be taken, and nothing is learnt. */
  #oneOf(from: readonly OpenEnd[], at: Place): { readonly yes: readonly OpenEnd[]; readonly no: readonly OpenEnd[] } {
    if (from.length === 0) return { yes: NONE, no: NONE };
    const node = this.graph.add({ is: "join" }, at, from);
    return { yes: [open(node, "case")], no: [open(node, "case")] };
  }

  #try(step: Step & { readonly is: "try" }, from: readonly OpenEnd[]): readonly OpenEnd[] {
    const whole = this.graph.collect(() => {
      const body = this.graph.collect(() => this.#steps(step.body, from));
      const thrown = body.leaving.get("throw") ?? [];
      body.leaving.delete("throw");
      for (const [way, ends] of body.leaving) this.graph.leave(way, ends);
      const after = [...this.#steps(step.otherwise, body.result)];
      let uncaught: readonly OpenEnd[] = thrown;
      for (const handler of step.handlers) {
        const { caught, passed } = this.#caught(uncaught, handler);
        if (caught.length > 0) {
          this.graph.nextStatement();
          this.graph.handling++;
          let entry: readonly OpenEnd[] = [open(this.graph.add({ is: "join" }, handler.at, caught))];
          if (handler.bind !== null) {
            const variables = [this.graph.variables.assigned(handler.bind)];
            entry = [open(this.graph.add({ is: "unknown", variables }, handler.at, entry))];
          }
          after.push(...this.#steps(handler.body, entry));
          this.graph.handling--;
        }
        uncaught = passed;
      }
      this.graph.leave("throw", uncaught);
      return after;
    });
    if (step.finally.length === 0) {
      for (const [way, ends] of whole.leaving) this.graph.leave(way, ends);
      return whole.result;
    }
    const copy = (ends: readonly OpenEnd[], unwinding: boolean): readonly OpenEnd[] => {
      const was = this.graph.unwinding;
      this.graph.unwinding = unwinding;
      this.graph.cleanup++;
      const done = this.#steps(step.finally, ends);
      this.graph.cleanup--;
      this.graph.unwinding = was;
      return done;
    };
    const after = copy(whole.result, false);
    for (const [way, ends] of whole.leaving) this.graph.leave(way, copy(ends, way === "throw"));
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
      const event = this.graph.nodes[end.from]!.event;
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
    this.graph.nextStatement();
    const evaluated = this.expressions.evaluate(item.value, from, "handed");
    if (evaluated.length === 0) return NONE;
    if (item.bind !== null) this.graph.resolveTargets([item.bind], this.graph.declares);
    const entered = this.graph.add({ is: "enter", value: item.value, bind: item.bind }, item.value.at, evaluated);
    if (step.isAsync) this.graph.mayRaise(entered);
    const { result, leaving } = this.graph.collect(() => this.#with(step, index + 1, [open(entered)]));
    const leave = (ends: readonly OpenEnd[]): readonly OpenEnd[] => {
      if (ends.length === 0) return NONE;
      this.graph.nextStatement();
      return [open(this.graph.add({ is: "leave", value: item.value, bind: item.bind }, item.value.at, ends))];
    };
    let after = leave(result);
    for (const [way, ends] of leaving) {
      const left = leave(ends);
      if (way === "throw" && swallows(item.value)) after = [...after, ...left];
      this.graph.leave(way, left);
    }
    return after;
  }

  #defer(expression: Expression, at: Place, from: readonly OpenEnd[]): readonly OpenEnd[] {
    const call = withoutCasts(expression);
    if (call.is !== "call") return this.expressions.evaluate(call, from, "kept");
    let ends = this.expressions.evaluateCallee(call, from);
    for (const argument of call.arguments) ends = this.expressions.evaluate(argument.value, ends, "kept");
    if (ends.length === 0) return NONE;
    const frame = this.graph.frames.at(-1)!;
    const key = `${frame.fn.id}:${call.at.join(":")}`;
    const id = this.#deferredIds.get(key) ?? this.#deferredIds.size;
    this.#deferredIds.set(key, id);
    if (!frame.deferred.some((known) => known.id === id)) frame.deferred.push({ id, call, scope: this.graph.variables.current });
    const closure = this.calls.closureOf(call);
    // Built in place at the end: what it assigns is assigned there, in plain sight.
    const captures = closure === null ? [] : this.calls.captures(closure, null);
    return [open(this.graph.add({ is: "defer", id, call, captures }, at, ends))];
  }

  #spawn(expression: Expression, from: readonly OpenEnd[]): readonly OpenEnd[] {
    const call = withoutCasts(expression);
    if (call.is !== "call") return this.expressions.evaluate(call, from, "spawned");
    let ends = this.expressions.evaluateCallee(call, from);
    for (const argument of call.arguments) ends = this.expressions.evaluate(argument.value, ends, "kept");
    const closure = this.calls.closureOf(call);
    if (closure !== null) ends = this.calls.closure(closure, call.at, "spawned", ends);
    if (ends.length === 0) return NONE;
    return [open(this.graph.add({ is: "call", call, awaited: false, deferred: null, handed: true }, call.at, ends))];
  }
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
