import type { Expression } from "./flow-model";
import { pairUp } from "./call-results";
import type { ControlFlow, FlowNode } from "./flow-graph";
import { calledName, partsOf, withoutCasts } from "./expressions";
import { keyOf, keysOfCondition } from "./facts";

/** Keys worth remembering: tested at two places, or tested and somewhere assigned a constant. */
export function relevantKeys(flow: ControlFlow): ReadonlySet<string> {
  const tests = new Map<string, Set<Expression>>();
  const constants = new Set<string>();
  for (const { event } of flow.nodes) {
    if (event.is === "test") {
      for (const key of keysOfCondition(event.condition, flow.variables)) {
        const places = tests.get(key) ?? new Set();
        places.add(event.condition);
        tests.set(key, places);
      }
    } else if (event.is === "return") {
      // What a function gives back tells its caller which way it went.
      const key = event.values.length === 0 ? null : keyOf(event.values.at(-1)!, flow.variables);
      if (key !== null) constants.add(key);
    } else if (event.is === "bind") {
      for (const { target, value } of pairUp(event.targets, event.value)) {
        const at = value === null ? null : withoutCasts(value);
        if (at !== null && at.is === "call" && calledName(at) !== "recover") continue;
        const key = keyOf(target, flow.variables);
        if (key !== null) constants.add(key);
      }
    }
  }
  const relevant = new Set<string>();
  for (const [key, places] of tests) if (places.size > 1 || constants.has(key)) relevant.add(key);
  // What is copied from a key matters as much as the copy.
  for (let changed = true; changed; ) {
    changed = false;
    for (const { event } of flow.nodes) {
      const pairs = event.is === "bind" ? pairUp(event.targets, event.value) : event.is === "arguments" ? event.parameters.map((_, i) => ({ target: null, parameter: event.parameters[i]!, value: event.values[i]! })) : [];
      for (const pair of pairs) {
        if (pair.value === null) continue;
        const to = pair.target === null ? `v${(pair as { parameter: number }).parameter}` : keyOf(pair.target, flow.variables);
        if (to === null || !relevant.has(to)) continue;
        for (const part of [pair.value, ...partsOf(pair.value)]) {
          const from = keyOf(part, flow.variables);
          if (from !== null && !relevant.has(from)) {
            relevant.add(from);
            changed = true;
          }
        }
      }
    }
  }
  return relevant;
}

interface Questions {
  /** Nodes that look at a key. */
  readonly at: ReadonlyMap<string, ReadonlySet<number>>;
  /** Nodes from which one of them can be reached; filled when asked. */
  readonly from: Map<string, ReadonlySet<number>>;
}

const questions = new WeakMap<ControlFlow, Questions>();
const NOWHERE: ReadonlySet<number> = new Set();

/** Nodes from which one can be reached that looks at this key. */
export function askedFrom(flow: ControlFlow, key: string): ReadonlySet<number> {
  let known = questions.get(flow);
  if (known === undefined) questions.set(flow, (known = { at: keysLookedAt(flow), from: new Map() }));
  let from = known.from.get(key);
  if (from === undefined) {
    const at = known.at.get(key);
    from = at === undefined ? NOWHERE : nodesThatReach(flow, (node) => at.has(node.id));
    known.from.set(key, from);
  }
  return from;
}

function keysLookedAt(flow: ControlFlow): ReadonlyMap<string, ReadonlySet<number>> {
  const at = new Map<string, Set<number>>();
  const add = (key: string | null, node: number): void => {
    if (key === null) return;
    const nodes = at.get(key);
    if (nodes === undefined) at.set(key, new Set([node]));
    else nodes.add(node);
  };
  const look = (expression: Expression, node: number): void => {
    add(keyOf(expression, flow.variables), node);
    for (const part of partsOf(expression)) look(part, node);
  };
  for (const { id, event } of flow.nodes) {
    if (event.is === "test") {
      look(event.condition, id);
      for (const key of keysOfCondition(event.condition, flow.variables)) add(key, id);
    } else if (event.is === "bind") {
      if (event.value !== null) look(event.value, id);
    } else if (event.is === "arguments" || event.is === "return") for (const value of event.values) look(value, id);
  }
  return at;
}

/** Nodes from which a wanted one can be reached. */
export function nodesThatReach(flow: ControlFlow, wanted: (node: FlowNode) => boolean): ReadonlySet<number> {
  const into: number[][] = flow.nodes.map(() => []);
  for (const node of flow.nodes) for (const edge of node.edges) into[edge.to]!.push(node.id);
  const found = new Set<number>();
  const queue = flow.nodes.filter(wanted).map((node) => node.id);
  for (let id = queue.pop(); id !== undefined; id = queue.pop()) {
    if (found.has(id)) continue;
    found.add(id);
    queue.push(...into[id]!);
  }
  return found;
}
