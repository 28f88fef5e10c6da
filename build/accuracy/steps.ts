import { partsOf as partsInOrder } from "../../src/locate/flow/expressions";
import type { Expression, Step } from "../../src/locate/flow/flow-model";

/** All steps of a body, depth first. */
export function* stepsOf(list: readonly Step[]): Generator<Step> {
  for (const step of list) {
    yield step;
    for (const inner of innerSteps(step)) yield* stepsOf(inner);
  }
}

/** The lists of steps that a step holds. */
export function innerSteps(step: Step): readonly (readonly Step[])[] {
  switch (step.is) {
    case "if":
      return [step.then, step.else];
    case "loop":
      return [step.body, step.update, step.otherwise];
    case "switch":
      return step.cases.map((one) => one.body);
    case "try":
      return [step.body, ...step.handlers.map((one) => one.body), step.otherwise, step.finally];
    case "with":
    case "block":
    case "opaque":
      return [step.body];
    default:
      return [];
  }
}

/** The expressions that a step itself evaluates. */
export function expressionsOf(step: Step): readonly (Expression | null)[] {
  switch (step.is) {
    case "bind":
    case "do":
      return [step.value];
    case "defer":
      return [step.call];
    case "with":
      return step.items.map((item) => item.value);
    case "if":
    case "assert":
      return [step.condition];
    case "loop":
      return [step.iterates, step.condition];
    case "switch":
      return [step.subject];
    case "return":
      return step.values;
    case "throw":
      return [step.value];
    case "spawn":
      return [step.call];
    default:
      return [];
  }
}

/** The expressions whose values an expression is made of: what is assigned to is not one. */
export function partsOf(expression: Expression): readonly Expression[] {
  return expression.is === "assign" ? [expression.value] : partsInOrder(expression);
}
