import { beforeAll, describe, expect, test } from "vitest";
import { csharp } from "../../../src/locate/languages/csharp";
import { isDone, givesTask } from "../../../src/locate/languages/csharp-tasks";
import { importsOf, namespaceOf } from "../../../src/locate/languages/csharp-usings";
import { lowererFor } from "./lower-text";
import type { Lowerer } from "./lower-text";
import { printFunction } from "./print-flow";

let lowerer: Lowerer;
beforeAll(async () => {
  lowerer = await lowererFor(csharp);
});

function flowOf(source: string) {
  const flow = lowerer.lower(source);
  expect(flow.opaque).toEqual({});
  expect(flow.hasSyntaxErrors).toBe(false);
  return flow;
}

/** The body of a method `f` with these statements, in a class with a field `x`. */
function body(statements: string): string {
  const flow = flowOf(`class A { object x; async Task f() {\n${statements}\n} }`);
  return printFunction(flow.functions[1]!).replace(/^[^\n]*\n/, "").replace(/^ {2}/gm, "");
}

function lines(...all: string[]): string {
  return all.map((line) => `${line}\n`).join("");
}

describe("statements", () => {
  test("declarations, assignments, operators that assign read what they write; a field is a member of this", () => {
    expect(body("int a = g(), b; a = b; a += 1; a++; q.z[0] = a; x = 1;")).toBe(lines("a: int := g()", "b: int :=", "a = b", "a = {a, 1}", "a = {a}", "q.z[0] = a", "this.x = 1"));
  });

  test("a using declaration holds what follows it in its block; several are left last first", () => {
    expect(body("a(); using var b = B(); { using var c = C(); d(); } await using var e = E(); f();")).toBe(
      lines("a()", "with B() as b", "  block", "    with C() as c", "      d()", "  async with E() as e", "    f()"));
  });

  test("using statements, of a declaration, of something given, in a row", () => {
    expect(body("using (var a = A()) using (given) { b(); }")).toBe(lines("with A() as a", "  with given", "    b()"));
  });

  test("do ... while asks after each turn; for each over a tuple, and over a stream", () => {
    expect(body("do { b(); } while (c()); await foreach (var (k, v) in s) d(k);")).toBe(
      lines("loop", "  b()", "update", "  if c()", "  else", "    break", "loop async (k, v) in s", "  d(k)"));
  });

  test("handlers: a filter may say no, the root of all takes all, nothing named takes all", () => {
    const [, f] = flowOf("class A { void f() { try { g(); } catch (IOException e) { } catch (Own) { } catch (Exception e) when (h(e)) { } catch (Exception) { } catch { } } }").functions;
    const step = f!.body[0]!;
    expect(step.is === "try" && step.handlers.map(({ catches, catchesAll, catchesCalls }) => [catches[0] ?? null, catchesAll, catchesCalls])).toEqual(
      [[".IOException", false, true], [".Own", false, false], [".Exception", false, false], [".Exception", true, false], [null, true, false]]);
  });

  test("switch: empty sections fall through, others never; goto case is a jump", () => {
    expect(body("switch (n) { case 1: case 2: a(); break; case 3: goto case 1; default: c(); break; }")).toBe(
      lines("switch n", "  case 1 falls through:", "  case 2:", "    case~0~2:", "    a()", "    break", "  case 3:", "    case~0~3:", "    goto case~0~1", "  default:", "    case~0~default:", "    c()", "    break"));
  });

  test("a switch that is an expression is done first; its last arm takes the rest", () => {
    expect(body("var k = n switch { 1 => a(), > 2 => throw b(), _ => c() };")).toBe(
      lines("value~0 := {}", "switch n", "  case 1:", "    value~0 = a()", "  case <2>:", "    throw b()", "  default:", "    value~0 = c()", "k := value~0"));
  });

  test("throws inside of expressions are ways out", () => {
    expect(body("var a = b ?? throw c(); var d = e ? g : throw h();")).toBe(lines("if (b == null)", "  throw c()", "a := b", "if e", "else", "  throw h()", "d := g"));
  });

  test("a local function is known in all of its block", () => {
    expect(body("a(); h(); return; int h() => 1;").split("\n")[0]).toBe("define h fn2");
  });

  test("yield break ends, yield return gives", () => {
    const flow = flowOf("class A { IEnumerable<int> f() { yield return g(); yield break; } }");
    expect(flow.functions[1]!.isGenerator).toBe(true);
    expect(flow.functions[1]!.body.map((step) => step.is)).toEqual(["do", "return"]);
  });
});

describe("expressions", () => {
  test("null tests by pattern, and what a pattern binds", () => {
    expect(body("if (a is null) b(); if (a is not null) b(); if (a is { } c) c.d();")).toBe(
      lines("if (a == null)", "  b()", "if (a != null)", "  b()", "c := {}", "if ((c := &a) != null)", "  c.d()"));
  });

  test("?. and ! go on with what they stand behind; ConfigureAwait gives the task itself", () => {
    expect(body("a?.b()?.c(); a!.d(); await e().ConfigureAwait(false);")).toBe(lines("a.b().c()", "&a.d()", "await &e()"));
  });

  test("waiting for a task is a call of its own, before its value", () => {
    const calls = (text: string): boolean => body(text).includes("Task~.");
    expect(calls("var r = LoadAsync().Result;")).toBe(true);
    expect(calls("LoadAsync().Wait();")).toBe(true);
    expect(calls("var r = LoadAsync().ConfigureAwait(false).GetAwaiter().GetResult();")).toBe(true);
    expect(calls("Task<int> t = Load(); var r = t.Result;")).toBe(true);
    expect(calls("var t = LoadAsync(); await Task.WhenAll(t); var r = t.Result;")).toBe(false);
    expect(calls("var t = LoadAsync(); await t; var r = t.Result;")).toBe(false);
    expect(calls("var r = (await LoadAsync()).Result; var q = context.Result; gate.Wait();")).toBe(false);
  });

  test("what is new() is of the declared type; initialisers give by name, collections hold", () => {
    expect(body("Conn c = new(s) { Limit = 1 };")).toBe(lines("c: .Conn := Conn(s, Limit=1)"));
    expect(body("var l = new List<Conn> { a, b() };")).toMatch(/^l := .*a, b\(\)/);
  });
});

describe("declarations", () => {
  test("Task<T> is T to whoever awaits it; nullable, ref and arrays", () => {
    const flow = flowOf("using Some.Db; class A { async Task<Conn?> f(ref Conn a, Conn[] b, Lazy<Conn> c, params Conn[] d) { } }");
    const f = flow.functions[1]!;
    expect(f.isAsync).toBe(true);
    expect(f.results).toEqual([{ name: ".Conn", element: null }]);
    expect(f.parameters.map(({ name, type, variadic }) => [name, type?.name, type?.element?.name, variadic])).toEqual(
      [["a", ".Conn", undefined, false], ["b", "[]", ".Conn", false], ["c", ".Lazy", ".Conn", false], ["d", "[]", ".Conn", true]]);
  });

  test("a primary constructor keeps what it is given, and hands on to its base", () => {
    const flow = flowOf("class A(Conn conn) : B(conn) { void f() => conn.g(); }");
    expect(flow.types[0]).toEqual({ name: "A", fields: [{ name: "conn", type: { name: ".Conn", element: null } }], bases: [{ name: ".B", element: null }] });
    expect(printFunction(flow.functions[1]!)).toContain("this.conn = conn\n  super(conn)");
    expect(printFunction(flow.functions[2]!)).toContain("this.conn.g()");
  });

  test("accessors are methods; parts of a class say that they are parts", () => {
    const flow = flowOf("partial class A { Conn P { get { return g(); } set { h(value); } } Conn Q => k(); int R { get; set; } = 3; }");
    expect(flow.types[0]!.isPartial).toBe(true);
    expect(flow.functions.map(({ symbol }) => symbol)).toEqual(["<module>", "A.P", "A.set_P", "A.Q", "A.<fields>"]);
  });

  test("imports: the namespace and those around it, usings, aliases, what the SDK brings where it is used, full names", () => {
    const text = "using System.Data;\nusing F = System.IO.File;\nusing static System.Math;\nnamespace A.B.C;\nclass X { HttpClient c; System.Net.Sockets.Socket s; }\n";
    expect(namespaceOf(text)).toBe("A.B.C");
    expect(importsOf(text, "A.B.C")).toEqual([
      { local: "*", path: "A.B", member: null }, { local: "*", path: "A", member: null }, { local: "*", path: "System.Data", member: null }, { local: "F", path: "System.IO", member: "File" },
      { local: "*", path: "System.Math", member: null }, { local: "*", path: "System.IO", member: null }, { local: "*", path: "System.Net.Http", member: null }, { local: "System", path: "System", member: null },
    ]);
  });

  test("what gives a task, and when it is surely done", () => {
    expect(["client.GetAsync", "Task.Run", "Task.Delay", "LoadAsync<int>", "Load", "pool.Run"].map(givesTask)).toEqual([true, true, true, true, false, false]);
    expect([isDone("t", "await t;"), isDone("t", "await Task.WhenAny(t)"), isDone("t", "if (t.IsCompleted)"), isDone("t", "await tt;")]).toEqual([true, true, true, false]);
  });
});
