import { beforeAll, describe, expect, test } from "vitest";
import type { FileFlow } from "../../../src/locate/flow/flow-model";
import { csharp } from "../../../src/locate/languages/csharp";
import { go } from "../../../src/locate/languages/go";
import { java } from "../../../src/locate/languages/java";
import { javascript } from "../../../src/locate/languages/javascript";
import { kotlin } from "../../../src/locate/languages/kotlin";
import { MAX_DEPTH } from "../../../src/locate/languages/lowering";
import { php } from "../../../src/locate/languages/php";
import { python } from "../../../src/locate/languages/python";
import { rust } from "../../../src/locate/languages/rust";
import { ruby } from "../../../src/locate/languages/ruby";
import { lowererFor } from "./lower-text";
import type { Lowerer } from "./lower-text";

const DEEP = 5_000;
const times = (text: string, count = DEEP): string => text.repeat(count);

let goes: Lowerer;
let pythons: Lowerer;
let javas: Lowerer;
let kotlins: Lowerer;
let scripts: Lowerer;
let phps: Lowerer;
let sharps: Lowerer;
let rusts: Lowerer;
let rubies: Lowerer;
beforeAll(async () => {
  rusts = await lowererFor(rust);
  kotlins = await lowererFor(kotlin);
  scripts = await lowererFor(javascript);
  sharps = await lowererFor(csharp);
  goes = await lowererFor(go);
  rubies = await lowererFor(ruby);
  pythons = await lowererFor(python);
  javas = await lowererFor(java);
  phps = await lowererFor(php);
});

/** How deep steps and expressions stand in one another, measured without recursion. */
function depthOf(flow: FileFlow): number {
  let deepest = 0;
  const left: [unknown, number][] = [[flow.functions, 0]];
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    const [value, depth] = next;
    if (typeof value !== "object" || value === null) continue;
    const here = "is" in value ? depth + 1 : depth;
    deepest = Math.max(deepest, here);
    for (const inner of Object.values(value)) left.push([inner, here]);
  }
  return deepest;
}

function countOf(flow: FileFlow, has: (value: Record<string, unknown>) => boolean): number {
  let count = 0;
  const left: unknown[] = [flow.functions];
  for (let value = left.pop(); left.length > 0 || value !== undefined; value = left.pop()) {
    if (typeof value !== "object" || value === null) continue;
    if ("is" in value && has(value as Record<string, unknown>)) count++;
    left.push(...Object.values(value));
  }
  return count;
}

const isCallOf = (name: string) => (value: Record<string, unknown>): boolean => value["is"] === "call" && (value["callee"] as { name?: string }).name === name;

describe("chains that programs write do not nest, and lose nothing", () => {
  test.each([
    ["go: +", () => goes.lower(`package p\nvar x = f()${times(" + f()")}`)],
    ["go: &&", () => goes.lower(`package p\nvar x = f()${times(" && f()")}`)],
    ["rust: +", () => rusts.lower(`const X: u8 = f()${times(" + f()")};`)],
    ["rust: &&", () => rusts.lower(`const X: bool = f()${times(" && f()")};`)],
    ["java: +", () => javas.lower(`class A { Object x = f()${times(" + f()")}; }`)],
    ["java: ||", () => javas.lower(`class A { boolean x = f()${times(" || f()")}; }`)],
    ["php: .", () => phps.lower(`<?php $x = f()${times(" . f()")};`)],
    ["php: ??", () => phps.lower(`<?php $x = f()${times(" ?? f()")};`)],
    ["php: &&", () => phps.lower(`<?php $x = f()${times(" && f()")};`)],
    ["kotlin: +", () => kotlins.lower(`val x = f()${times(" + f()")}`)],
    ["kotlin: &&", () => kotlins.lower(`val x = f()${times(" && f()")}`)],
    ["python: +", () => pythons.lower(`x = f()${times(" + f()")}`)],
    ["python: or", () => pythons.lower(`x = f()${times(" or f()")}`)],
    ["ruby: +", () => rubies.lower(`x = f()${times(" + f()")}`)],
    ["ruby: ||", () => rubies.lower(`x = f()${times(" || f()")}`)],
    ["javascript: +", () => scripts.lower(`x = f()${times(" + f()")}`)],
    ["javascript: ??", () => scripts.lower(`x = f()${times(" ?? f()")}`)],
    ["python: implicit concatenation", () => pythons.lower(`x = f(${times("'a' ")})${times(" + f()")}`)],
  ])("%s", (_what, lower) => {
    const flow = lower();
    expect(flow.opaque).toEqual({});
    expect(depthOf(flow)).toBeLessThan(30);
    expect(countOf(flow, isCallOf("f"))).toBe(DEEP + 1);
  });

  test("a long else-if chain tests its conditions in order", () => {
    const chain = (join: string, open: string, close: string) => Array.from({ length: DEEP }, (_, i) => `${i === 0 ? "" : join}if c${i}() ${open} f() ${close}`).join("");
    const inKotlin = kotlins.lower(`fun g() { ${Array.from({ length: DEEP }, (_, i) => `if (c${i}()) { f() } else `).join("")}{ h() } }`);
    const inGo = goes.lower(`package p\nfunc g() { ${chain(" else ", "{", "}")} else { h() } }`);
    const inPython = pythons.lower(`${Array.from({ length: DEEP }, (_, i) => `${i === 0 ? "if" : "elif"} c${i}(): f()\n`).join("")}else: h()\n`);
    const inPhp = phps.lower(`<?php ${Array.from({ length: DEEP }, (_, i) => `${i === 0 ? "if" : "elseif"} (c${i}()) { f(); }`).join(" ")} else { h(); }`);
    const inJavascript = scripts.lower(`${Array.from({ length: DEEP }, (_, i) => `if (c${i}()) { f(); } else `).join("")}{ h(); }`);
    for (const flow of [inGo, inKotlin, inPhp, inPython, inJavascript]) {
      expect(flow.opaque).toEqual({});
      expect(depthOf(flow)).toBeLessThan(10);
      const step = flow.functions.flatMap((fn) => fn.body).find((one) => one.is === "switch");
      expect(step?.is === "switch" && step.subject).toBeNull();
      const cases = step?.is === "switch" ? step.cases : [];
      expect(cases).toHaveLength(DEEP + 1);
      expect(cases.map((one) => (one.tests[0]?.is === "call" && one.tests[0].callee.is === "name" ? one.tests[0].callee.name : "default"))).toEqual([...Array.from({ length: DEEP }, (_, i) => `c${i}`), "default"]);
    }
  });
});

describe("syntax nested by a machine is cut, visibly, and lowered after the cut", () => {
  test.each([
    ["csharp: calls", () => sharps.lower(`var x = ${times("f(")}${times(")")};`)],
    ["csharp: lambdas", () => sharps.lower(`var x = ${times("() => f(")}${times(")")};`)],
    ["csharp: blocks", () => sharps.lower(`${times("if (c) { f(); ")}${times("}")}`)],
    ["csharp: method chain", () => sharps.lower(`var x = a${times(".f()")};`)],
    ["csharp: classes", () => sharps.lower(`${times("class C { int x = f(); ")}${times("}")}`)],
    ["go: calls", () => goes.lower(`package p\nvar x = ${times("f(")}${times(")")}`)],
    ["go: parentheses", () => goes.lower(`package p\nvar x = ${times("(f() + ")}0${times(")")}`)],
    ["go: closures", () => goes.lower(`package p\nvar x = ${times("func() { f(); g(")}${times(") }")}`)],
    ["go: blocks", () => goes.lower(`package p\nfunc g() { ${times("if c { f(); ")}${times("}")} }`)],
    ["go: literals", () => goes.lower(`package p\nvar x = T${times("{f(), ")}1${times("}")}`)],
    ["go: method chain", () => goes.lower(`package p\nvar x = a${times(".f()")}`)],
    ["rust: calls", () => rusts.lower(`const X: u8 = ${times("f(")}${times(")")};`)],
    ["rust: closures", () => rusts.lower(`const X: u8 = ${times("|| { f(); g(")}${times(") }")};`)],
    ["rust: blocks", () => rusts.lower(`fn g() { ${times("if c { f(); ")}${times("}")} }`)],
    ["rust: method chain", () => rusts.lower(`const X: u8 = a${times(".f()")};`)],
    ["rust: matches", () => rusts.lower(`fn g() { ${times("match f() { _ => ")}1${times("}")} }`)],
    ["ruby: calls", () => rubies.lower(`x = ${times("f(")}${times(")")}`)],
    ["ruby: blocks", () => rubies.lower(`${times("if c then f(); ")}${times(" end;")}`)],
    ["ruby: lambdas", () => rubies.lower(`x = ${times("-> { f(")}${times(") }")}`)],
    ["ruby: lists", () => rubies.lower(`x = ${times("[f(), ")}${times("]")}`)],
    ["javascript: calls", () => scripts.lower(`x = ${times("f(")}${times(")")}`)],
    ["javascript: arrow functions", () => scripts.lower(`x = ${times("() => f(")}${times(")")}`)],
    ["javascript: blocks", () => scripts.lower(`${times("if (c) { f(); ")}${times("}")}`)],
    ["javascript: objects", () => scripts.lower(`x = ${times("{ a: f(), b: ")}1${times("}")}`)],
    ["javascript: promise chain", () => scripts.lower(`x = a${times(".f()")}`)],
    ["php: calls", () => phps.lower(`<?php $x = ${times("f(")}${times(")")};`)],
    ["php: closures", () => phps.lower(`<?php $x = ${times("function () { f(); g(")}${times("); }")};`)],
    ["php: blocks", () => phps.lower(`<?php ${times("if ($c) { f(); ")}${times("}")}`)],
    ["php: arrays", () => phps.lower(`<?php $x = ${times("[f(), ")}1${times("]")};`)],
    ["php: method chain", () => phps.lower(`<?php $x = $a${times("->f()")};`)],
    ["kotlin: calls", () => kotlins.lower(`val x = ${times("f(")}${times(")")}`)],
    ["kotlin: blocks", () => kotlins.lower(`fun g() { ${times("if (c) { f(); ")}${times("}")} }`)],
    ["kotlin: blocks that run in place", () => kotlins.lower(`fun g() { ${times("run { f(); ")}${times("}")} }`)],
    ["kotlin: method chain", () => kotlins.lower(`val x = a${times(".f()")}`)],
    ["python: calls", () => pythons.lower(`x = ${times("f(")}${times(")")}`)],
    ["python: lists", () => pythons.lower(`x = ${times("[f(), ")}${times("]")}`)],
    ["python: lambdas", () => pythons.lower(`x = ${times("lambda: f(")}${times(")")}`)],
    ["python: method chain", () => pythons.lower(`x = a${times(".f()")}`)],
    ["python: not", () => pythons.lower(`x = ${times("not ")}(${times("f() if c else ", DEEP)}1)`)],
  ])("%s", (_what, lower) => {
    const flow = lower();
    expect(flow.opaque["nesting"]).toBeGreaterThan(0);
    expect(Object.keys(flow.opaque)).toEqual(["nesting"]);
    // A postponed piece stands in a step of its own.
    expect(depthOf(flow)).toBeLessThanOrEqual(MAX_DEPTH + 60);
    expect(countOf(flow, isCallOf("f"))).toBe(DEEP);
  });

  test("go: types, indexes and selectors", () => {
    expect(() => goes.lower(`package p\nvar x ${times("[]")}int\nvar y = a${times(".b")}\nvar z = a${times("[0]")}\nvar w = ${times("*")}p\nfunc f(${times("*")}T) {}\n`)).not.toThrow();
  });

  test("python: targets, patterns, annotations, subscripts", () => {
    expect(() => pythons.lower(`${times("[")}x${times("]")} = 1\nx: ${times("list[")}int${times("]")}\ny = a${times(".b")}\nz = a${times("[0]")}\nmatch v:\n  case ${times("[")}x${times("]")}: pass\n`)).not.toThrow();
  });

  test("javascript: patterns, types, markup, subscripts", () => {
    expect(() => scripts.lower(`const ${times("[")}x${times("]")} = 1; const ${times("{ a: ")}x${times("}")} = y; z = a${times("[0]")}; w = ${times("<a>")}${times("</a>")}; ${times("!")}q;`)).not.toThrow();
  });

  test("php: lists, properties, subscripts, else", () => {
    expect(() => phps.lower(`<?php ${times("[")}$x${times("]")} = 1; $y = $a${times("->b")}; $z = $a${times("[0]")}; ${times("!")}$q; ${times("if ($c) f(); else ")}g(); $w = ${times("match ($v) { 1 => ")}1${times(" }")};`)).not.toThrow();
  });

  test("rust: paths, types, patterns, macros, questions", () => {
    expect(() => rusts.lower(`use ${times("a::{")}b${times("}")}; type T = ${times("Vec<")}u8${times(">")}; fn f() { let ${times("(")}x${times(",)")} = y; a${times("::b")}(); z${times("?")}; m!(${times("(f() + ")}1${times(")")}); ${times("&")}w; }`)).not.toThrow();
  });

  test("python: blocks", () => {
    const depth = 90;
    const flow = pythons.lower(Array.from({ length: depth }, (_, i) => `${" ".repeat(i)}if c:\n`).join("") + `${" ".repeat(depth)}f()\n`);
    expect(flow.opaque).toEqual({});
    expect(countOf(flow, isCallOf("f"))).toBe(1);
  });
});
