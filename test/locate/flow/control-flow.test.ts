import { describe, expect, test } from "vitest";
import { buildControlFlow } from "../../../src/locate/flow/control-flow";
import { TooLarge } from "../../../src/locate/flow/flow-graph";
import type { ControlFlow } from "../../../src/locate/flow/flow-graph";
import { calledName } from "../../../src/locate/flow/expressions";
import type { Step } from "../../../src/locate/flow/flow-model";
import {
  again, and, asserts, attempt, bind, call, choose, conditional, defers, each, FALSE, FileBuilder, goto, handler, label, leave, loop, name, not, or, point, returns, run, spawns, throws,
  traits, TRUE, using, when, yielding,
} from "./build-flow";

type Kind = "raises" | "returns";

function graphOf(body: readonly Step[], kind: Kind = "returns", builder = new FileBuilder()): ControlFlow {
  const fn = builder.add("f", body);
  return buildControlFlow(builder.file(), fn, { traits: traits(kind), names: (one) => [calledName(one) ?? ""] });
}

/** Ids of the nodes that call this name; `end`, `thrown` and `gone` are the exits. */
function at(graph: ControlFlow, where: string): number[] {
  const ways: Record<string, string> = { end: "returned", thrown: "thrown", gone: "ended" };
  return graph.nodes.filter(({ event }) => (event.is === "exit" ? ways[where] === event.way : event.is === "call" && calledName(event.call) === where)).map(({ id }) => id);
}

/** Whether a way leads from one named point to another, past none of `avoiding`. Gates are taken both ways. */
function reaches(graph: ControlFlow, from: string, to: string, avoiding: readonly string[] = []): boolean {
  const avoided = new Set(avoiding.flatMap((one) => at(graph, one)));
  const wanted = new Set(at(graph, to));
  const starts = from === "start" ? [graph.entry] : at(graph, from);
  if (starts.length === 0) throw new Error(`nothing calls ${from}`);
  const seen = new Set<number>();
  const queue = starts.flatMap((id) => graph.nodes[id]!.edges.map((edge) => edge.to));
  for (let id = queue.pop(); id !== undefined; id = queue.pop()) {
    if (wanted.has(id)) return true;
    if (seen.has(id) || avoided.has(id)) continue;
    seen.add(id);
    queue.push(...graph.nodes[id]!.edges.map((edge) => edge.to));
  }
  return false;
}

describe("conditions", () => {
  test("short circuit: the right side runs only when the left does not decide", () => {
    const graph = graphOf([when(and(call("a"), call("b")), [point("then")], [point("else")])]);
    expect(reaches(graph, "a", "then", ["b"])).toBe(false);
    expect(reaches(graph, "a", "else", ["b"])).toBe(true);
    expect(reaches(graph, "b", "then")).toBe(true);
    const either = graphOf([when(or(call("a"), not(call("b"))), [point("then")], [point("else")])]);
    expect(reaches(either, "a", "then", ["b"])).toBe(true);
    expect(reaches(either, "a", "else", ["b"])).toBe(false);
  });

  test("short circuit as a value, and a conditional, go either way", () => {
    const graph = graphOf([bind("x", or(call("a"), call("b"))), bind("y", conditional(call("c"), call("d"), call("e"))), point("after")]);
    expect(reaches(graph, "a", "c", ["b"])).toBe(true);
    expect(reaches(graph, "d", "e")).toBe(false);
    expect(reaches(graph, "c", "after", ["d", "e"])).toBe(false);
  });

  test("a literal decides", () => {
    const graph = graphOf([when(TRUE(), [point("a")], [point("b")]), loop(TRUE(), [point("c")]), point("after")]);
    expect(reaches(graph, "start", "b")).toBe(false);
    expect(reaches(graph, "c", "after")).toBe(false);
    expect(graphOf([when(FALSE(), [point("a")])]).nodes.some(({ event }) => event.is === "call")).toBe(false);
  });
});

describe("loops", () => {
  test("may make no turn; break leaves past the otherwise, the end goes through it", () => {
    const graph = graphOf([point("a"), each(call("items"), "x", [when(call("c"), [leave()]), point("body")], [point("otherwise")]), point("after")]);
    expect(reaches(graph, "a", "after", ["c"])).toBe(true);
    expect(reaches(graph, "c", "after", ["otherwise", "body"])).toBe(true);
    expect(reaches(graph, "body", "after", ["otherwise", "c"])).toBe(false);
    expect(reaches(graph, "body", "body")).toBe(true);
  });

  test("continue runs the update, labels name the outer loop", () => {
    const graph = graphOf([loop(call("c1"), [loop(call("c2"), [when(call("x"), [again("outer")]), when(call("y"), [leave("outer")]), point("in")]), point("late")], { label: "outer", update: [point("update")] }), point("after")]);
    expect(reaches(graph, "x", "update", ["in", "c2", "y", "late"])).toBe(true);
    expect(reaches(graph, "y", "after", ["update", "c1"])).toBe(true);
    expect(reaches(graph, "y", "late", ["c2"])).toBe(false);
  });

  test("without a condition only break leaves", () => {
    expect(reaches(graphOf([loop(null, [point("a")]), point("after")]), "a", "after")).toBe(false);
    expect(reaches(graphOf([loop(null, [point("a"), leave()]), point("after")]), "a", "after")).toBe(true);
  });
});

describe("switch", () => {
  test("one case, or none without a default; fall through; the default is tried last", () => {
    const graph = graphOf([choose(call("s"), [{ tests: [], body: [point("d")] }, { tests: [call("t1")], body: [point("a")], falls: true }, { tests: [call("t2")], body: [point("b")] }]), point("after")]);
    expect(reaches(graph, "a", "b")).toBe(true);
    expect(reaches(graph, "b", "d")).toBe(false);
    expect(reaches(graph, "s", "d", ["t2"])).toBe(false);
    expect(reaches(graph, "s", "after", ["a", "b", "d"])).toBe(false);
    expect(reaches(graphOf([point("s"), choose(null, [{ tests: [call("t")], body: [point("a")] }]), point("after")]), "s", "after", ["a"])).toBe(true);
  });

  test("a select takes one of its cases, and none is none", () => {
    const graph = graphOf([point("s"), choose(null, [{ tests: [call("t1")], body: [point("a")] }, { tests: [call("t2")], body: [point("b")] }], true), point("after")]);
    expect(reaches(graph, "s", "after", ["a", "b"])).toBe(false);
    expect(reaches(graph, "s", "b", ["t1", "a"])).toBe(true);
  });
});

describe("exceptions", () => {
  test("every call has an edge to the handlers, and onwards unless one catches all", () => {
    const some = graphOf([attempt([point("a"), point("b")], [handler(["ValueError"], [point("h")])]), point("after")], "raises");
    expect(reaches(some, "a", "h", ["b"])).toBe(true);
    expect(reaches(some, "a", "thrown", ["b", "h", "after"])).toBe(true);
    const all = graphOf([attempt([point("a")], [handler([], [])])], "raises");
    expect(reaches(all, "a", "thrown")).toBe(false);
  });

  test("what a handler, or the else, raises is not caught by its own try", () => {
    const graph = graphOf([attempt([point("a")], [handler([], [point("h")])], [], [point("e")])], "raises");
    expect(reaches(graph, "h", "h")).toBe(false);
    expect(reaches(graph, "e", "h")).toBe(false);
    expect(reaches(graph, "e", "thrown")).toBe(true);
  });

  test("finally is copied once for each way of leaving", () => {
    const graph = graphOf([
      loop(call("c"), [attempt([when(call("r"), [returns()]), when(call("b"), [leave()]), when(call("n"), [again()]), point("x")], [], [point("last")]), point("next")]),
      point("after"),
    ], "raises");
    // normal, throw, return, break, continue
    expect(at(graph, "last")).toHaveLength(5);
    const copies = at(graph, "last").map((id) => ["next", "after", "end", "thrown", "c"].filter((to) => graph.nodes[id]!.edges.some((edge) => edge.kind === "next") && firstPoints(graph, id).includes(to)));
    expect(copies.map((one) => one.join()).sort()).toEqual(["after", "c", "end", "next", "thrown"]);
  });

  test("in a language whose calls do not raise only throw has an edge", () => {
    const graph = graphOf([attempt([point("a"), when(call("c"), [throws()])], [handler([], [point("h")])])]);
    expect(reaches(graph, "a", "h", ["c"])).toBe(false);
    expect(reaches(graph, "c", "h")).toBe(true);
  });

  test("throwing a type goes to the handler that names it", () => {
    const graph = graphOf([attempt([throws(call("ValueError"))], [handler(["ValueError"], [point("v")])]), point("after")], "returns");
    expect(reaches(graph, "start", "v")).toBe(true);
    expect(reaches(graph, "start", "thrown")).toBe(false);
  });

  test("an assertion that does not hold throws", () => {
    const graph = graphOf([asserts(call("a")), point("b")]);
    expect(reaches(graph, "a", "thrown", ["b"])).toBe(true);
    expect(reaches(graph, "a", "b")).toBe(true);
  });

  test("yields raise; logging hardly does", () => {
    expect(reaches(graphOf([run(yielding(null)), point("b")], "raises"), "start", "thrown", ["b"])).toBe(true);
    expect(reaches(graphOf([run(call("log.info"))], "raises"), "start", "thrown")).toBe(false);
  });
});

/** The named points and exits met first after a node, on ways that raise nothing. */
function firstPoints(graph: ControlFlow, from: number): string[] {
  const found: string[] = [];
  const seen = new Set<number>();
  const queue = graph.nodes[from]!.edges.filter((edge) => edge.kind !== "raise").map((edge) => edge.to);
  for (let id = queue.pop(); id !== undefined; id = queue.pop()) {
    if (seen.has(id)) continue;
    seen.add(id);
    const { event, edges } = graph.nodes[id]!;
    if (event.is === "call") found.push(calledName(event.call)!);
    else if (event.is === "exit") found.push({ returned: "end", thrown: "thrown", ended: "gone" }[event.way]);
    else queue.push(...edges.map((edge) => edge.to));
  }
  return found;
}

describe("with", () => {
  test("is left on every way out of its body", () => {
    const graph = graphOf([using(call("cm"), "x", [when(call("c"), [returns()]), point("body")]), point("after")], "raises");
    const leaves = graph.nodes.filter(({ event }) => event.is === "leave");
    expect(leaves).toHaveLength(3);
    expect(leaves.map(({ id }) => firstPoints(graph, id)).flat().sort()).toEqual(["after", "end", "thrown"]);
  });

  test("suppress ends what its body raises", () => {
    const graph = graphOf([using(call("suppress"), null, [point("body")]), point("after")], "raises");
    expect(reaches(graph, "body", "after")).toBe(true);
  });
});

describe("deferred calls", () => {
  test("run last first, on the way out, and only when they were registered", () => {
    const graph = graphOf([when(call("early"), [returns()]), defers(call("first")), defers(call("second")), point("body")]);
    expect(reaches(graph, "body", "first")).toBe(true);
    expect(reaches(graph, "second", "first")).toBe(true);
    expect(reaches(graph, "first", "second")).toBe(false);
    const gates = graph.nodes.filter(({ event }) => event.is === "gate");
    expect(gates.every((gate) => gate.edges.some((edge) => edge.kind === "run") && gate.edges.some((edge) => edge.kind === "skip"))).toBe(true);
  });

  test("run when the function panics", () => {
    const graph = graphOf([defers(call("last")), point("a"), run(call("panic"))]);
    expect(reaches(graph, "panic", "last")).toBe(true);
    expect(reaches(graph, "panic", "thrown")).toBe(true);
    expect(reaches(graph, "panic", "end")).toBe(false);
  });

  test("a deferred closure is built in place", () => {
    const builder = new FileBuilder();
    const closure = builder.closure([when(call("c"), [point("inner")])]);
    const graph = graphOf([defers({ is: "call", callee: closure, arguments: [], at: [900, 1, 900, 5] }), point("body")], "returns", builder);
    expect(reaches(graph, "body", "inner")).toBe(true);
    expect(reaches(graph, "inner", "body")).toBe(false);
  });
});

describe("the end", () => {
  test("of the process: nothing runs after exit; quit runs what is deferred first", () => {
    const graph = graphOf([defers(call("last")), when(call("c"), [run(call("exit"))]), run(call("quit")), point("after")]);
    expect(reaches(graph, "exit", "last")).toBe(false);
    expect(reaches(graph, "exit", "gone")).toBe(true);
    expect(reaches(graph, "quit", "last")).toBe(true);
    expect(reaches(graph, "quit", "end")).toBe(false);
    expect(at(graph, "after")).toEqual([]);
  });

  test("a thrown end that runs no handler: exit is caught by nobody", () => {
    const graph = graphOf([attempt([run(call("quit"))], [handler([], [point("h")])], [point("last")])], "raises");
    expect(reaches(graph, "quit", "h")).toBe(false);
    expect(reaches(graph, "quit", "last")).toBe(true);
  });
});

describe("jumps and closures", () => {
  test("goto reaches its label, forwards and backwards", () => {
    const graph = graphOf([label("top"), point("a"), when(call("c"), [goto("top")]), when(call("d"), [goto("out")]), point("b"), label("out"), point("after")]);
    expect(reaches(graph, "c", "a")).toBe(true);
    expect(reaches(graph, "d", "after", ["b", "a"])).toBe(true);
  });

  test("a closure in a variable is built where it is called, not where it is made", () => {
    const builder = new FileBuilder();
    const closure = builder.closure([point("inner"), returns()]);
    const graph = graphOf([bind("g", closure, true), point("a"), run(call("g")), point("b")], "returns", builder);
    expect(reaches(graph, "inner", "a")).toBe(false);
    expect(reaches(graph, "a", "b", ["inner"])).toBe(false);
  });

  test("a closure that calls itself does not grow for ever", () => {
    const builder = new FileBuilder();
    const closure = builder.closure([point("inner"), run(call("g"))]);
    const graph = graphOf([bind("g", closure, true), run(call("g")), point("b")], "returns", builder);
    expect(at(graph, "inner")).toHaveLength(1);
    expect(reaches(graph, "inner", "b")).toBe(true);
  });

  test("a spawned closure does not run here", () => {
    const builder = new FileBuilder();
    const closure = builder.closure([point("inner"), run(call("use", name("x")))]);
    const graph = graphOf([bind("x", call("open"), true), spawns({ is: "call", callee: closure, arguments: [], at: [901, 1, 901, 5] }), point("b")], "returns", builder);
    expect(at(graph, "inner")).toEqual([]);
    expect(graph.nodes.some(({ event }) => event.is === "closure" && event.how === "spawned")).toBe(true);
  });
});

describe("limits", () => {
  test("finally in finally grows fast, and is given up", () => {
    let body: Step[] = [point("x")];
    for (let depth = 0; depth < 12; depth++) body = [loop(call("c"), [attempt(body, [], [when(call("r"), [returns()]), when(call("b"), [leave()]), ...body])])];
    expect(() => graphOf(body, "raises")).toThrow(TooLarge);
  });

  test("a block that is built twice has the same variables in both copies", () => {
    const graph = graphOf([attempt([point("a"), when(call("c"), [returns()])], [], [bind("x", call("open"), true), run(call("use", name("x")))])]);
    const variables = graph.nodes.flatMap(({ event }) => (event.is === "bind" ? event.targets.map((target) => (target.is === "name" ? graph.variables.of(target) : -1)) : []));
    expect(variables.length).toBeGreaterThan(1);
    expect(new Set(variables).size).toBe(1);
  });

  test("a name declared in an inner block is another variable", () => {
    const graph = graphOf([bind("x", call("a"), true), when(call("c"), [bind("x", call("b"), true)]), bind("x", call("d"))]);
    const [outer, inner, last] = graph.nodes.flatMap(({ event }) => (event.is === "bind" && event.targets[0]!.is === "name" ? [graph.variables.of(event.targets[0]!)] : []));
    expect(inner).not.toBe(outer);
    expect(last).toBe(outer);
  });
});
