import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, test } from "vitest";
import type { FunctionFlow } from "../../../src/locate/flow/flow-model";
import { java } from "../../../src/locate/languages/java";
import { JAVA_READING } from "../../../src/locate/languages/java-reading";
import { readPlainTree } from "../../../src/locate/languages/plain-tree";
import type { Reading } from "../../../src/locate/languages/plain-tree";
import { lowererFor } from "./lower-text";
import type { Lowerer } from "./lower-text";
import { printFlow, printFunction, printType } from "./print-flow";

let lowerer: Lowerer;
beforeAll(async () => {
  lowerer = await lowererFor(java);
});

function flowOf(source: string) {
  const flow = lowerer.lower(source);
  expect(flow.opaque).toEqual({});
  expect(flow.hasSyntaxErrors).toBe(false);
  return flow;
}

/** The body of a method `f` with these statements, in a class with a field `x`. */
function body(statements: string): string {
  const flow = flowOf(`class A { Object x; void f() {\n${statements}\n} }`);
  return printFunction(flow.functions[1]!).replace(/^fn1 A\.f\(this; \)\n/, "").replace(/^ {2}/gm, "");
}

function lines(...all: string[]): string {
  return all.map((line) => `${line}\n`).join("");
}

describe("statements", () => {
  test("declarations, assignments, operators that assign read what they write", () => {
    expect(body("int a = g(), b; a = b; a += 1; a++; q.z[0] = a;")).toBe(lines("a: int := g()", "b: int :=", "a = b", "a = {a, 1}", "a = {a}", "q.z[0] = a"));
  });

  test("a field's name is a member of this, a local variable hides it in its block only", () => {
    expect(body("x = 1; { Object x = 2; x.g(); } x.g();")).toBe(lines("this.x = 1", "block", "  x: java.lang.Object := 2", "  x.g()", "this.x.g()"));
  });

  test("if, while, for, for each", () => {
    expect(body("if (a) b(); else if (c) d(); else e();\nwhile (a) b();\nfor (int i = 0; i < n; i++) d(i);\nfor (String s : all) e(s);")).toBe(
      lines("if a", "  b()", "else", "  if c", "    d()", "  else", "    e()", "loop while a", "  b()", "block", "  i: int := 0", "  loop while (i ? n)", "    d(i)", "  update", "    i = {i}", "loop s in all", "  e(s)"));
  });

  test("do ... while asks after each turn, also after continue", () => {
    expect(body("do { if (a) continue; b(); } while (c());")).toBe(lines("loop", "  if a", "    continue", "  b()", "update", "  if c()", "  else", "    break"));
  });

  test("labels: of loops, and of blocks that are left by a jump", () => {
    expect(body("outer: for (;;) { continue outer; }\nb: { if (a) break b; c(); }")).toBe(
      lines("outer: loop", "  continue outer", "block", "  if a", "    goto b~end", "  c()", "b~end:"));
  });

  test("try with resources, new and existing; handlers; finally", () => {
    expect(body("try (Reader r = open(); given) { r.read(); } catch (IOException | Bad e) { log(e); } finally { done(); }")).toBe(
      lines("try", "  with open() as r; given", "    r.read()", "except .IOException, .Bad as e", "  log(e)", "finally", "  done()"));
    const [, f] = flowOf("import java.io.*; class A { void f() { try { g(); } catch (IOException e) {} catch (Exception e) {} catch (Own e) {} } }").functions;
    const step = f!.body[0]!;
    expect(step.is === "try" && step.handlers.map(({ catchesAll, catchesCalls }) => [catchesAll, catchesCalls])).toEqual([[false, true], [true, false], [false, false]]);
  });

  test("switch: groups fall through, rules do not, the last of all never", () => {
    expect(body("switch (n) { case 1: case 2: a(); break; case 3: b(); default: c(); }\nswitch (n) { case 1, 2 -> a(); default -> { b(); } }")).toBe(
      lines("switch n", "  case 1 falls through:", "  case 2 falls through:", "    a()", "    break", "  case 3 falls through:", "    b()", "  default:", "    c()", "switch n", "  case 1, 2:", "    a()", "  default:", "    b()"));
  });

  test("a switch that is an expression is done first, and leaves its value in a variable", () => {
    expect(body("int k = switch (n) { case 1 -> 2; default -> { a(); yield 3; } };")).toBe(
      lines("value~0 := {}", "yield~0: switch n", "  case 1:", "    value~0 = 2", "    break yield~0", "  default:", "    a()", "    value~0 = 3", "    break yield~0", "k: int := value~0"));
  });

  test("patterns bind: what they are under another type; guards see it; the last of an exhaustive switch takes the rest", () => {
    expect(body("switch (o) { case T t when t.ok() -> a(t); case Box(U u) -> b(u); }")).toBe(
      lines("switch o", "  case .T<> as t if t.ok():", "    t: .T := .T(o)", "    a(t)", "  default:", "    u: .U := {}", "    b(u)"));
  });

  test("synchronized, assert, throw, an empty statement", () => {
    expect(body("synchronized (lock) { a(); }\nassert b : c;\n;\nthrow new E(d);")).toBe(lines("lock", "block", "  a()", "assert b", "c", "throw E(d)"));
  });
});

describe("expressions", () => {
  test("operators, comparisons, casts, conditionals, arrays, strings", () => {
    expect(body('a = b && !c || d == null;\na = (T) b;\na = c ? d : e;\na = new int[] {1, 2};\na = new T[n][];\na = "t" + 1_0L;\na = xs[i];')).toBe(
      lines("a = ((b and !c) or (d == null))", "a = .T(b)", "a = (c ? d : e)", "a = []<int>[1, 2]", "a = []<.T>[n]", 'a = {"t", 10}', "a = xs[i]"));
  });

  test("instanceof binds on the way; what it binds is declared before the statement", () => {
    expect(body("if (o instanceof T t && t.ok()) a(t);")).toBe(lines("t: .T := {}", "if (((t := .T(o)) ? .T<>) and t.ok())", "  a(t)"));
  });

  test("calls, chains, constructors, generic and nested types, this and super", () => {
    expect(body("a.b().c(d);\nnew ArrayList<String>(n).add(x);\nnew Map.Entry<>(a);\nthis.<T>g();\nsuper.h();\nA.this.f();")).toBe(
      lines("a.b().c(d)", "ArrayList(n).add(this.x)", "Map.Entry(a)", "this.g()", "super().h()", "this.f()"));
  });

  test("lambdas and method references", () => {
    const flow = flowOf("class A { void f() { g(y -> y.z()); h(() -> { a(); }); k(this::f, T::new, c::close); } }");
    expect(printFlow(flow)).toBe(
      lines("fn1 A.f(this; )", "  g(fn2)", "  h(fn3)", "  k(this.f, T, c.close)", "fn2 A.f.<lambda>(y) in fn1", "  return y.z()", "fn3 A.f.<lambda>() in fn1", "  a()"));
  });

  test("an anonymous class holds its arguments and its methods, and extends what is written", () => {
    const flow = flowOf("class A { void f(C c) { g(new B(c) { int n; void run() { c.close(); n = 1; } }); } }");
    expect(printFlow(flow)).toBe(lines("fn1 A.f(this; c: .C)", "  g(.A$1[c, run=fn2])", "fn2 A$1.run(this; ) in fn1", "  c.close()", "  this.n = 1"));
    expect(flow.types.map((type) => [type.name, type.bases.map(printType)])).toEqual([["A", []], ["A$1", [".B"]]]);
  });
});

describe("classes", () => {
  test("constructors, initialisers, static and instance fields, nested classes", () => {
    const flow = flowOf("class A { static int s = g(); int i = h(); { k(); } static { l(); } A(int p) { i = p; } class B { int j = i + s; } }");
    expect(printFlow(flow)).toBe(lines(
      "fn0 <module>()", "  A.s = g()", "fn1 A.<fields>(this; )", "  this.i = h()", "  block", "    k()", "fn2 A.<static>()", "  l()", "fn3 A.A(this; p: int)", "  this.i = p",
      "fn4 A.B.<fields>(this; )", "  this.j = {A.this.i, A.s}"));
  });

  test("records keep their components; a compact constructor stores them at its end", () => {
    const flow = flowOf("record P(int a, T b) { P { check(a); } }");
    expect(flow.types[0]!.fields.map((field) => `${field.name} ${printType(field.type)}`)).toEqual(["a int", "b .T"]);
    expect(printFunction(flow.functions[1]!)).toBe(lines("fn1 P.P(this; a: int, b: .T)", "  check(a)", "  this.a = a", "  this.b = b"));
  });

  test("enums: constants are static fields of their own type", () => {
    const flow = flowOf("enum E { A(1), B { void f() {} }; E(int... n) {} }");
    expect(printFunction(flow.functions[0]!)).toBe(lines("fn0 <module>()", "  E.A = E(1)", "  E.B = .E$1[f=fn1]"));
    expect(flow.types[0]!.fields.map((field) => printType(field.type))).toEqual([".E", ".E"]);
  });

  test("methods without a body are abstract, static ones have no receiver", () => {
    const flow = flowOf("interface I { C open(); default void a() {} static void b() {} }");
    const told = (fn: FunctionFlow) => [fn.name, fn.isAbstract === true, fn.receiver, fn.results.map(printType)];
    expect(flow.functions.slice(1).map(told)).toEqual([["open", true, "this", [".C"]], ["a", false, "this", []], ["b", false, null, []]]);
  });

  test("bases: what is extended, then what is implemented; parameters of types are what bounds them", () => {
    const flow = flowOf("class A<T extends java.sql.Connection> extends B<T> implements C, d.E { void f(T t, Optional<? extends T> o, T[] many, T... rest) {} }");
    expect(flow.types[0]!.bases.map(printType)).toEqual([".B<java.sql.Connection>", ".C", "d.E"]);
    expect(printFunction(flow.functions[1]!)).toBe(lines("fn1 A.f(this; t: java.sql.Connection, o: .Optional<java.sql.Connection>, many: []<java.sql.Connection>, *rest: java.sql.Connection)"));
  });

  test("annotations are decorators with their values", () => {
    expect(printFlow(flowOf('class A { @Get("/x") @Override void f() {} }'))).toBe(lines('fn1 @Get("/x") @Override A.f(this; )'));
  });
});

describe("reading", () => {
  test("is the same tree, read quickly or node by node", () => {
    const thoroughly: Reading = {
      ...JAVA_READING, shortcuts: new Map([...JAVA_READING.shortcuts].filter(([type]) => type === "string_literal")), whole: new Set([...JAVA_READING.whole, ...JAVA_READING.words]), words: new Set(), last: new Map(),
    };
    const everything = readFileSync(fileURLToPath(new URL("../../corpus/syntax/everything.java", import.meta.url)), "utf8");
    for (const text of [everything, "class A { Object a = f(B.class), b = f(c.d), c = f(B.this), d = f(), e = g(null, this), $f = $g.$h; }"]) {
      lowerer.withRoot(text, (root) => expect(readPlainTree(root, text, JAVA_READING)).toEqual(readPlainTree(root, text, thoroughly)));
    }
  });
});

describe("the file", () => {
  test("its module is its package; imports of every kind", () => {
    const flow = flowOf("package shop.store;\nimport java.sql.Connection;\nimport java.util.*;\nimport static shop.Tools.close;\nimport static shop.Tools.*;\nclass A {}\n");
    expect(flow.module).toBe("shop.store");
    expect(flow.imports).toEqual([
      { local: "Connection", path: "java.sql", member: "Connection" }, { local: "*", path: "java.util", member: null },
      { local: "close", path: "shop.Tools", member: "close" }, { local: "*", path: "shop.Tools", member: null },
    ]);
  });

  test("java.lang needs no import, unless the file has a class of that name", () => {
    expect(flowOf("class A { void f() { System.exit(1); } }").imports).toEqual([{ local: "System", path: "java.lang", member: "System" }]);
    expect(flowOf("class Process { Process p; }").imports).toEqual([]);
  });

  test("methods without a class, and a module's declaration", () => {
    expect(printFlow(flowOf("void main() { f(); }"))).toBe(lines("fn1 main()", "  f()"));
    expect(printFlow(flowOf("module shop { requires java.sql; }"))).toBe("");
  });
});
