import type { FileFlow, FunctionFlow } from "./flow-model";
import type { ControlFlow, ControlFlowOptions } from "./flow-graph";
import { CallGraphs } from "./graph-of-calls";
import { ExpressionGraphs } from "./graph-of-expressions";
import { StepGraphs } from "./graph-of-steps";
import { GrowingGraph, NONE, open } from "./growing-graph";

/** The control-flow graph of one function, closures that it surely runs built in place. Throws `TooLarge`. */
export function buildControlFlow(file: FileFlow, fn: FunctionFlow, options: ControlFlowOptions): ControlFlow {
  const graph = new GrowingGraph(file, fn, options);
  const expressions = new ExpressionGraphs(graph);
  const calls = new CallGraphs(graph, expressions);
  const steps = new StepGraphs(graph, expressions, calls);
  expressions.calls = calls;
  calls.steps = steps;
  const entry = graph.add({ is: "entry" }, fn.namePlace, NONE);
  const end: readonly [number, number, number, number] = [fn.place[2], Math.max(1, fn.place[3] - 1), fn.place[2], fn.place[3]];
  const returned = graph.add({ is: "exit", way: "returned" }, end, NONE);
  const thrown = graph.add({ is: "exit", way: "thrown" }, end, NONE);
  graph.endNode = graph.add({ is: "exit", way: "ended" }, end, NONE);
  const after = steps.function(fn, [open(entry)], false);
  graph.connect(after, returned);
  graph.connect(graph.take("throw"), thrown);
  graph.connect(graph.take("exit"), graph.endNode);
  return { nodes: graph.nodes, entry, variables: graph.variables, hasOpaque: graph.hasOpaque, inner: graph.inner };
}
