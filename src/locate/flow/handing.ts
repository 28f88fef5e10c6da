import type { RunCall } from "../rules/rule-model";
import type { CallExpression } from "./expressions";
import { withoutCasts } from "./expressions";
import type { ControlFlow, FlowNode } from "./flow-graph";
import type { Expression } from "./flow-model";
import type { VariableId } from "./variables";

// What a walk asks of the places where an object is given to another function.

/** The function literal of this number. */
export function isClosure(value: Expression | null, id: number): boolean {
  const at = value === null ? null : withoutCasts(value);
  return at !== null && at.is === "closure" && at.function === id;
}

/** The argument that is the function to run. */
export function functionOf(run: RunCall, call: CallExpression): CallExpression["arguments"][number] | undefined {
  if (typeof run.function === "string" && run.function !== "last") return call.arguments.find((one) => one.name === run.function);
  return run.function === "last" ? call.arguments.at(-1) : call.arguments[run.function as number];
}

/** What happens at the node has to do with one of these variables. Events are plain data, and walked by shape. */
export function mentions({ event }: FlowNode, variables: ReadonlySet<VariableId>, flow: ControlFlow): boolean {
  const stack: unknown[] = [event];
  for (let value = stack.pop(); value !== undefined; value = stack.pop()) {
    if (typeof value !== "object" || value === null) continue;
    if (Array.isArray(value)) {
      for (const part of value as unknown[]) if (typeof part === "object" && part !== null) stack.push(part);
      continue;
    }
    const one = value as { readonly is?: string; readonly variable?: VariableId };
    if (one.is === "name") {
      if (variables.has(flow.variables.of(one as Expression & { readonly is: "name" }))) return true;
      continue;
    }
    if (typeof one.variable === "number" && variables.has(one.variable)) return true;
    for (const part of Object.values(one)) if (typeof part === "object" && part !== null) stack.push(part);
  }
  return false;
}
