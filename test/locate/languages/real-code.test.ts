import { beforeAll, describe, expect, test } from "vitest";
import type { FileFlow, Place } from "../../../src/locate/flow/flow-model";
import { go } from "../../../src/locate/languages/go";
import { GO_READING } from "../../../src/locate/languages/go-reading";
import { javascript } from "../../../src/locate/languages/javascript";
import { JAVASCRIPT_READING } from "../../../src/locate/languages/javascript-reading";
import { readPlainTree } from "../../../src/locate/languages/plain-tree";
import type { PlainNode, Reading } from "../../../src/locate/languages/plain-tree";
import { python } from "../../../src/locate/languages/python";
import { PYTHON_READING } from "../../../src/locate/languages/python-reading";
import type { SyntaxNode } from "../../../src/locate/parsing/syntax";
import { lowererFor } from "./lower-text";
import type { Lowerer } from "./lower-text";
import { goLibrary, pythonLibrary, sourcesUnder } from "./real-code";

const CASES = [
  {
    language: go, reading: GO_READING, callType: "call_expression", folders: () => ["net/http", "database/sql"].map((name) => `${goLibrary()}/${name}`),
    // Evaluated by the compiler: the length of an array type.
    notRun: new Set(["array_type"]),
  },
  {
    language: python, reading: PYTHON_READING, callType: "call",
    folders: () => ["asyncio", "http", "email", "sqlite3"].map((name) => `${pythonLibrary()}/${name}`),
    // Read as text.
    notRun: new Set(["type"]),
  },
  {
    language: javascript, reading: JAVASCRIPT_READING, callType: "call_expression",
    // Programs of people, as this one's dependencies are published.
    folders: () => ["ssh2/lib", "fast-check/lib", "rollup/dist/es/shared"].map((name) => `${process.cwd()}/node_modules/${name}`),
    notRun: new Set(["import_attribute"]),
  },
] as const;

describe.each(CASES.map((one) => [one.language.id, one] as const))("%s's standard library", (_id, { language, reading, callType, folders, notRun }) => {
  let lowerer: Lowerer;
  beforeAll(async () => {
    lowerer = await lowererFor(language);
  });

  test("is understood, and no call in it is lost", () => {
    let nodes = 0;
    const opaque: Record<string, number> = {};
    const lost: string[] = [];
    let calls = 0;
    for (const folder of folders()) {
      for (const { file, text } of sourcesUnder(folder, language.extensions[0]!)) {
        const flow = lowerer.lower(text, { file });
        nodes += flow.nodes;
        for (const [type, count] of Object.entries(flow.opaque)) opaque[type] = (opaque[type] ?? 0) + count;
        if (flow.functions.some((fn, i) => fn.id !== i || (fn.parent !== null && fn.parent >= i))) expect.fail(`${file}: functions are not in source order`);
        const known = placesOf(flow);
        lowerer.withRoot(text, (root) => {
          for (const call of lowerer.nodesOfType(root, callType)) {
            calls++;
            const { startPosition: start, endPosition: end } = call;
            const place = [start.row + 1, start.column + 1, end.row + 1, end.column + 1].join(":");
            if (!known.has(place) && !standsIn(call, notRun)) lost.push(`${file}:${place}`);
          }
        });
      }
    }
    expect(opaque).toEqual({});
    expect(lost).toEqual([]);
    expect(nodes).toBeGreaterThan(100_000);
    expect(calls).toBeGreaterThan(5_000);
  }, 180_000);

  test("is the same tree, read quickly or node by node", () => {
    const thoroughly: Reading = {
      ...reading,
      shortcuts: new Map([...reading.shortcuts].filter(([type]) => type === "string" || type === "template_string")),
      whole: new Set([...reading.whole, ...reading.words]),
      words: new Set(),
      last: new Map(),
    };
    let compared = 0;
    for (const folder of folders()) {
      for (const { file, text } of sourcesUnder(folder, language.extensions[0]!)) {
        lowerer.withRoot(text, (root) => {
          const quick = readPlainTree(root, text, reading);
          const thorough = readPlainTree(root, text, thoroughly);
          const difference = firstDifference(quick.root, thorough.root, text);
          if (difference !== null) expect.fail(`${file}: ${difference}`);
          expect(quick.nodes).toBe(thorough.nodes);
          compared += quick.nodes;
        });
      }
    }
    expect(compared).toBeGreaterThan(100_000);
  }, 180_000);
});

/** The places of all that a call may have become: a call, `make` and `new` a build, `require("x")` a name, Python 2's raise a call inside a throw. */
function placesOf(flow: FileFlow): Set<string> {
  const places = new Set<string>();
  const seen = new Set<unknown>();
  const visit = (value: unknown): void => {
    if (typeof value !== "object" || value === null || seen.has(value)) return;
    seen.add(value);
    const { is, at, name } = value as { is?: string; at?: Place; name?: string };
    if ((is === "call" || is === "build" || (is === "name" && name?.startsWith("require ") === true)) && at !== undefined) places.add(at.join(":"));
    for (const inner of Object.values(value)) visit(inner);
  };
  visit(flow.functions);
  return places;
}

function standsIn(node: SyntaxNode, types: ReadonlySet<string>): boolean {
  for (let at = node.parent; at !== null; at = at.parent) if (types.has(at.type)) return true;
  return false;
}

function firstDifference(a: PlainNode, b: PlainNode, text: string): string | null {
  const left: [PlainNode, PlainNode][] = [[a, b]];
  for (let pair = left.pop(); pair !== undefined; pair = left.pop()) {
    const [x, y] = pair;
    if (x.type !== y.type || x.role !== y.role || x.start !== y.start || x.end !== y.end || x.children.length !== y.children.length) {
      const show = (n: PlainNode): string => `${n.type} as ${n.role} with [${n.children.map((c) => `${c.type} as ${c.role}`).join(", ")}] ${n.start}-${n.end}`;
      return `${JSON.stringify(text.slice(y.start, y.end).slice(0, 80))}: told ${show(x)}, is ${show(y)}`;
    }
    x.children.forEach((child, i) => left.push([child, y.children[i]!]));
  }
  return null;
}
