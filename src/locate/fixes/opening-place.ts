import type { Finding } from "../../model/finding";
import type { Expression, FileFlow, Place, Step } from "../flow/flow-model";

/** The statement that binds what a finding's call opens, and those after it in its block. */
export interface OpeningPlace {
  readonly step: Extract<Step, { readonly is: "bind" }>;
  /** The variable that holds what was opened. */
  readonly variable: string;
  /** The other targets of the binding: an error twin, as a rule. */
  readonly others: readonly string[];
  readonly after: readonly Step[];
  readonly inLoop: boolean;
  /** What was opened is handed on the spot to another call (`new BufferedReader(new FileReader(name))`), whose result the variable holds. */
  readonly wrapped: boolean;
}

/** null: the call's result is not bound to a plain variable by a statement of its own. */
export function openingPlace(flow: FileFlow, finding: Finding): OpeningPlace | null {
  for (const { body } of flow.functions) {
    const found = search(body, finding, false);
    if (found !== null) return found;
  }
  return null;
}

function search(steps: readonly Step[], finding: Finding, inLoop: boolean): OpeningPlace | null {
  for (const [index, step] of steps.entries()) {
    if (!holds(step.at, finding)) continue;
    if (step.is === "bind" && step.value !== null && (beginsAt(unwrapped(step.value), finding) || wraps(step.value, finding))) {
      const names = step.targets.flatMap((target) => (target.is === "build" ? target.parts.map(({ value }) => value) : [target])).map((target) => (target.is === "name" ? target.name : null));
      const [variable, ...others] = names;
      if (variable === undefined || variable === null || variable === "_") return null;
      return {
        step, variable, others: others.filter((name): name is string => name !== null && name !== "_"), after: steps.slice(index + 1), inLoop,
        wrapped: !beginsAt(unwrapped(step.value), finding),
      };
    }
    for (const [inner, loops] of blocksOf(step)) {
      const found = search(inner, finding, inLoop || loops);
      if (found !== null) return found;
    }
  }
  return null;
}

function blocksOf(step: Step): (readonly [readonly Step[], boolean])[] {
  switch (step.is) {
    case "if":
      return [[step.then, false], [step.else, false]];
    case "loop":
      return [[step.body, true], [step.otherwise, false]];
    case "switch":
      return step.cases.map(({ body }) => [body, false] as const);
    case "try":
      return [[step.body, false], ...step.handlers.map(({ body }) => [body, false] as const), [step.otherwise, false], [step.finally, false]];
    case "with":
    case "block":
      return [[step.body, false]];
    default:
      return [];
  }
}

function unwrapped(value: Expression): Expression {
  return value.is === "same" || value.is === "await" ? unwrapped(value.value) : value;
}

function beginsAt(value: Expression, { range }: Finding): boolean {
  return value.at[0] === range.start.line && value.at[1] === range.start.column && value.at[2] === range.end.line && value.at[3] === range.end.column;
}

/** Its first argument, or that one's first, is what the finding speaks of. */
function wraps(value: Expression, finding: Finding): boolean {
  const call = unwrapped(value);
  const first = call.is === "call" ? call.arguments[0]?.value : undefined;
  return first !== undefined && (beginsAt(unwrapped(first), finding) || wraps(first, finding));
}

function holds(at: Place, { range: { start, end } }: Finding): boolean {
  return (at[0] < start.line || (at[0] === start.line && at[1] <= start.column)) && (at[2] > end.line || (at[2] === end.line && at[3] >= end.column));
}

/** Every name in steps, and whether one of them may take the object out of its block: returned, yielded, thrown, stored, kept by a closure. */
export function leavesBlock(steps: readonly Step[], variable: string): boolean {
  let leaves = false;
  const bare = (expression: unknown): boolean => {
    if (typeof expression !== "object" || expression === null) return false;
    const one = expression as Partial<Expression>;
    if (one.is === "name") return (one as { name: string }).name === variable;
    if (one.is === "build") return (one as Extract<Expression, { is: "build" }>).parts.some(({ value }) => bare(value));
    if (one.is === "same" || one.is === "await") return bare((one as Extract<Expression, { is: "same" | "await" }>).value);
    if (one.is === "conditional") return bare((one as Extract<Expression, { is: "conditional" }>).then) || bare((one as Extract<Expression, { is: "conditional" }>).else);
    if (one.is === "logic") return bare((one as Extract<Expression, { is: "logic" }>).left) || bare((one as Extract<Expression, { is: "logic" }>).right);
    return false;
  };
  const visit = (node: unknown): void => {
    if (leaves || typeof node !== "object" || node === null) return;
    if (Array.isArray(node)) {
      node.forEach(visit);
      return;
    }
    const one = node as { readonly is?: string; readonly [key: string]: unknown };
    if (one.is === "return" && (one["values"] as Expression[]).some(bare)) leaves = true;
    else if ((one.is === "yield" || one.is === "throw") && bare(one["value"])) leaves = true;
    // Bound to another name or place, or to the same anew.
    else if (one.is === "bind" && (bare(one["value"]) || (one["targets"] as Expression[]).some((target) => bare(target)))) leaves = true;
    else if (one.is === "assign" && (bare(one["value"]) || bare(one["target"]))) leaves = true;
    else if (one.is === "closure" || one.is === "define") leaves = true;
    for (const value of Object.values(one)) visit(value);
  };
  visit(steps);
  return leaves;
}
