import { beforeAll, describe, expect, test } from "vitest";
import { kotlin } from "../../../src/locate/languages/kotlin";
import { lowererFor } from "./lower-text";
import type { Lowerer } from "./lower-text";
import { printFlow, printFunction, printType } from "./print-flow";

let lowerer: Lowerer;
beforeAll(async () => {
  lowerer = await lowererFor(kotlin);
});

function flowOf(source: string) {
  const flow = lowerer.lower(source);
  expect(flow.opaque).toEqual({});
  expect(flow.hasSyntaxErrors).toBe(false);
  return flow;
}

/** The body of a function `f(x)` with these statements. */
function body(statements: string): string {
  const flow = flowOf(`fun f(x: Any) {\n${statements}\n}`);
  return printFunction(flow.functions[1]!).replace(/^fn1 f\(x\)\n/, "").replace(/^ {2}/gm, "");
}

function lines(...all: string[]): string {
  return all.map((line) => `${line}\n`).join("");
}

describe("values that branch go where they are wanted", () => {
  test("`?:` with a jump is an assignment and a test", () => {
    expect(body("val a = g() ?: return")).toBe(lines("a := g()", "if (a == null)", "  return"));
    expect(body("val a = g() ?: throw E()")).toBe(lines("a := g()", "if (a == null)", "  throw E()"));
  });

  test("if and when bind in each branch; the last case of a `when` that is a value takes the rest", () => {
    expect(body("val a = if (b()) c() else d()")).toBe(lines("a :=", "if b()", "  a = c()", "else", "  a = d()"));
    expect(body("val a = when (x) { 1 -> b(); 2, 3 -> c() }")).toContain("default:\n    a = c()");
    expect(body("when (x) { 1 -> b(); 2 -> c() }")).not.toContain("default");
  });

  test("try gives its value from the body or from a handler, never from finally", () => {
    expect(body("val a = try { b() } catch (e: E) { null } finally { c() }")).toBe(lines("a :=", "try", "  a = b()", "except .E as e", "  a = null", "finally", "  c()"));
  });

  test("a function that is an expression returns in its branches", () => {
    const flow = flowOf("fun f(a: Int) = if (a == 1) g() else h()");
    expect(printFunction(flow.functions[1]!)).toBe(lines("fn1 f(a: .Int)", "  if (a == 1)", "    return g()", "  else", "    return h()"));
  });

  test("what the right side of && needs is done only after the left", () => {
    expect(body("g(a() && b().run { c() })")).toMatch(/if value~\d+\n(.*\n)*\s+value~\d+ = /u);
  });
});

describe("blocks that run where they stand", () => {
  test("use closes on every way; the plain return in it is the function's", () => {
    expect(body("make().use { s -> if (s.a()) return\n s.b() }")).toBe(lines("with make() as s", "  if s.a()", "    return", "  s.b()"));
  });

  test("return@label leaves the block only", () => {
    const printed = body("x.let { if (it.a()) return@let\n b() }");
    expect(printed).toMatch(/break block~\d+/u);
    expect(printed).not.toMatch(/\breturn\b/u);
    expect(body("xs.forEach { if (it.a()) return@forEach\n b() }")).toMatch(/loop it in xs\n(.*\n)*\s+continue turn~\d+/u);
  });

  test("in apply and with, names that nothing declares are the receiver's", () => {
    expect(body("val c = make().apply { autoCommit = false\n start() }")).toBe(lines("c := make()", "block", "  c.setAutoCommit(false)", "  c.start()"));
    expect(body("with(x) { println(a)\n go(this) }")).toBe(lines("block", "  println(x.a)", "  x.go(x)"));
  });

  test("a safe call's block runs only when there is something", () => {
    expect(body("x?.let { it.close() }")).toBe(lines("if (x != null)", "  x.close()"));
  });

  test("map collects what its block gives", () => {
    expect(body("val l = xs.map { make(it) }")).toMatch(/list~\d+ := \[\]\n.*loop it in xs\n\s+list~\d+\[\] = make\(it\)\nl = list~\d+/u);
  });

  test("runCatching takes what is thrown", () => {
    expect(body("runCatching { a() }")).toBe(lines("try", "  a()", "except all"));
  });

  test("nested `it`s are different variables", () => {
    const printed = body("a().let { it.b().let { it.c() } }");
    expect(new Set(printed.match(/it(?:~\d+)?(?=\.)/gu)).size).toBe(2);
  });

  test("a function of the file of the same name is called, not built in place", () => {
    const flow = flowOf("fun use(b: () -> Unit) {}\nfun run(b: () -> Unit) {}\nfun f() { run { g() } }");
    expect(printFlow(flow)).toContain("run(fn");
  });
});

describe("coroutines", () => {
  test("suspend functions and what they launch are asynchronous; withContext is built in place, marked", () => {
    const flow = flowOf("import kotlinx.coroutines.*\nsuspend fun f() { launch { a() }\n launch(Dispatchers.IO) { b() }\n withContext(Dispatchers.IO) { c() } }\nfun g() { launch { d() } }");
    expect(flow.functions.map((fn) => [fn.name, fn.isAsync, fn.decorators.length])).toEqual([["<module>", false, 0], ["f", true, 0], ["<lambda>", true, 0], ["<lambda>", false, 0], ["<lambda>", false, 1], ["g", false, 0], ["<lambda>", false, 0]]);
  });
});

describe("classes", () => {
  test("the primary constructor stores its properties, then does the initialisers in their order", () => {
    const flow = flowOf("class A(val a: Int, b: T) : B(b) {\n val c = g(a)\n init {\n h()\n }\n fun m() = c\n}");
    expect(printFlow(flow)).toBe(lines("fn1 A.A(this; a: .Int, b: .T)", "  super(b)", "  this.a = a", "  this.c = g(a)", "  block", "    h()", "fn2 A.m(this; )", "  return this.c"));
    expect(flow.types.map((type) => [type.name, type.bases.map(printType)])).toEqual([["A", [".B"]]]);
  });

  test("a companion's members are the class's, static; objects' too", () => {
    const flow = flowOf("class A {\n companion object {\n val s = g()\n fun m() = s\n }\n}\nobject O {\n val t = h()\n}");
    expect(printFlow(flow)).toContain("A.s = g()");
    expect(printFlow(flow)).toContain("return A.s");
    expect(printFlow(flow)).toContain("O.t = h()");
  });

  test("extensions are functions of their receiver, where the file declares or imports them", () => {
    const flow = flowOf("import a.b.send\nfun Link.twice() { go() }\nfun f(l: Link) { l.twice()\n l.send(1)\n l.other() }");
    expect(printFlow(flow)).toBe(lines("fn1 twice(this: .Link)", "  this.go()", "fn2 f(l: .Link)", "  twice(l)", "  send(l, 1)", "  l.other()"));
  });

  test("Java's getters are called where a property is written, unless the file declares one", () => {
    expect(body("x.connection.a()")).toBe(lines("x.getConnection().a()"));
    const flow = flowOf("class A(val connection: C)\nfun f(a: A) { a.connection.b() }");
    expect(printFlow(flow)).toContain("a.connection.b()");
  });
});

test("imports: single, star, alias; the package", () => {
  const flow = flowOf("package a.b\n\nimport c.D\nimport e.f.*\nimport g.h as i\n");
  expect(flow.module).toBe("a.b");
  expect(flow.imports).toEqual([{ local: "D", path: "c", member: "D" }, { local: "*", path: "e.f", member: null }, { local: "i", path: "g", member: "h" }]);
});

test("break and continue find their loop, also past `when`", () => {
  expect(body("for (i in xs) { when (i) { 1 -> break; else -> continue } }")).toMatch(/break loop~\d+(.*\n)*\s+continue loop~\d+/u);
  expect(body("a@ for (i in xs) { while (b) { break@a } }")).toContain("break a");
});

test("whatever is cut off a text, it does not throw, and says that it is broken", () => {
  const text = "class A(val s: DataSource) { fun f(x: Int): Int { val c = s.connection ?: return 1\n c.use { it.a() } ; return when (x) { 1 -> 2; else -> 3 } } }";
  for (let end = 0; end < text.length; end++) expect(lowerer.lower(text.slice(0, end)).functions[0]!.name).toBe("<module>");
  expect(lowerer.lower(text.slice(0, 60)).hasSyntaxErrors).toBe(true);
});
