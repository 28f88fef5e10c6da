import type { Expression } from "./flow-model";
import type { CallExpression } from "./expressions";
import { hasEffects, withoutCasts } from "./expressions";
import type { AddsCalls, GrowingGraph, OpenEnd } from "./growing-graph";
import { NONE, open } from "./growing-graph";

/** What evaluating an expression adds to the graph, in the order of evaluation. */
export class ExpressionGraphs {
  /** Given once both are there. */
  calls!: AddsCalls;

  constructor(readonly graph: GrowingGraph) {}

  /** What must be evaluated to know where to store: `f().x = 1`. */
  evaluateTarget(target: Expression, from: readonly OpenEnd[]): readonly OpenEnd[] {
    switch (target.is) {
      case "name":
        return from;
      case "build": {
        let ends = from;
        for (const part of target.parts) ends = this.evaluateTarget(part.value, ends);
        return ends;
      }
      case "member":
        return this.evaluate(target.object, from, "handed");
      case "index": {
        let ends = this.evaluate(target.object, from, "handed");
        for (const part of target.parts) ends = this.evaluate(part, ends, "handed");
        return ends;
      }
      default:
        return this.evaluate(target, from, "handed");
    }
  }

  evaluate(expression: Expression, from: readonly OpenEnd[], how: "handed" | "kept" | "spawned"): readonly OpenEnd[] {
    if (from.length === 0) return NONE;
    switch (expression.is) {
      case "literal":
        return from;
      case "name": {
        const variable = this.graph.variables.of(expression);
        const closure = variable === null ? undefined : this.graph.closures.get(variable);
        return closure === undefined ? from : this.calls.closure(closure, expression.at, how, from);
      }
      case "member": {
        const ends = this.evaluate(expression.object, from, "handed");
        if (ends.length === 0 || this.graph.options.readMembers?.has(expression.name) !== true) return ends;
        return [open(this.graph.add({ is: "read", member: expression }, expression.at, ends))];
      }
      case "call":
        return this.calls.call(expression, from, false);
      case "await": {
        const value = withoutCasts(expression.value);
        if (value.is === "call") return this.calls.call(value, from, true);
        const ends = this.evaluate(value, from, how);
        if (ends.length === 0) return NONE;
        const node = this.graph.add({ is: "await", value }, expression.at, ends);
        this.graph.mayRaise(node);
        return [open(node)];
      }
      case "yield": {
        const ends = expression.value === null ? from : this.evaluate(expression.value, from, "kept");
        if (ends.length === 0) return NONE;
        const node = this.graph.add({ is: "yield", value: expression.value }, expression.at, ends);
        this.graph.mayRaise(node);
        return [open(node)];
      }
      case "closure":
        return this.calls.closure(expression.function, expression.at, how, from);
      case "logic": {
        if (!hasEffects(expression.right)) return this.#inOrder([expression.left, expression.right], from, how);
        const { yes, no } = this.condition(expression.left, from);
        const [goesOn, stays] = expression.operator === "and" ? [yes, no] : [no, yes];
        return [...stays, ...this.evaluate(expression.right, goesOn, how)];
      }
      case "conditional": {
        if (!hasEffects(expression.then) && !hasEffects(expression.else)) return this.#inOrder([expression.condition, expression.then, expression.else], from, how);
        const { yes, no } = this.condition(expression.condition, from);
        return [...this.evaluate(expression.then, yes, how), ...this.evaluate(expression.else, no, how)];
      }
      case "assign": {
        const ends = this.evaluate(expression.value, from, "kept");
        if (ends.length === 0) return NONE;
        this.graph.resolveTargets([expression.target], false);
        return [open(this.graph.add({ is: "bind", targets: [expression.target], value: expression.value, declares: false, zero: false }, expression.at, ends))];
      }
      case "opaque": {
        this.graph.hasOpaque = true;
        const ends = this.#inOrder(expression.parts, from, "kept");
        if (ends.length === 0 || expression.parts.length === 0) return ends;
        return [open(this.graph.add({ is: "opaque", parts: expression.parts }, expression.at, ends))];
      }
      case "build":
        return this.#inOrder(expression.parts.map((part) => part.value), from, expression.holds ? "kept" : "handed");
      case "not":
      case "same":
        return this.evaluate(expression.value, from, how);
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
    for (const part of parts) ends = this.evaluate(part, ends, how);
    return ends;
  }

  condition(expression: Expression, from: readonly OpenEnd[]): { readonly yes: readonly OpenEnd[]; readonly no: readonly OpenEnd[] } {
    if (from.length === 0) return { yes: NONE, no: NONE };
    switch (expression.is) {
      case "not": {
        const { yes, no } = this.condition(expression.value, from);
        return { yes: no, no: yes };
      }
      case "logic": {
        const left = this.condition(expression.left, from);
        if (expression.operator === "and") {
          const right = this.condition(expression.right, left.yes);
          return { yes: right.yes, no: [...left.no, ...right.no] };
        }
        const right = this.condition(expression.right, left.no);
        return { yes: [...left.yes, ...right.yes], no: right.no };
      }
      case "literal":
        if (expression.kind === "true" || (expression.kind === "number" && expression.text === "1")) return { yes: from, no: NONE };
        if (expression.kind === "false" || expression.kind === "null") return { yes: NONE, no: from };
        break;
      default:
    }
    const ends = this.evaluate(expression, from, "handed");
    if (ends.length === 0) return { yes: NONE, no: NONE };
    const node = this.graph.add({ is: "test", condition: expression }, expression.at, ends);
    return { yes: [{ from: node, kind: "true", condition: expression }], no: [{ from: node, kind: "false", condition: expression }] };
  }

  evaluateCallee(call: CallExpression, from: readonly OpenEnd[]): readonly OpenEnd[] {
    const callee = withoutCasts(call.callee);
    if (callee.is === "closure") return from;
    if (callee.is === "name") {
      this.graph.variables.of(callee);
      return from;
    }
    if (callee.is === "member") return this.evaluate(callee.object, from, "handed");
    return this.evaluate(callee, from, "handed");
  }
}
