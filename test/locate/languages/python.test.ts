import { beforeAll, describe, expect, test } from "vitest";
import { python } from "../../../src/locate/languages/python";
import { lowererFor } from "./lower-text";
import type { Lowerer } from "./lower-text";
import { printFlow, printFunction, printSteps, printType } from "./print-flow";

let lowerer: Lowerer;
beforeAll(async () => {
  lowerer = await lowererFor(python);
});

function flowOf(source: string, options?: { file?: string; module?: string }) {
  const flow = lowerer.lower(source, options);
  expect(flow.opaque).toEqual({});
  expect(flow.hasSyntaxErrors).toBe(false);
  return flow;
}

/** The steps of a module. */
function top(source: string): string {
  return printSteps(flowOf(source).functions[0]!.body);
}

function lines(...all: string[]): string {
  return all.map((line) => `${line}\n`).join("");
}

describe("statements", () => {
  test("calls and assignments; a chain assigns left to right", () => {
    expect(top("run()\nx = f(a)\na.b = c[0] = g()\na, b = b, a\nx: int = 3\ny: 'Conn'\n")).toBe(
      lines("run()", "x = f(a)", "c[0] = (a.b := g())", "a, b = (b, a)", "x: int = 3", "y: .Conn :="));
  });

  test("unpacking: nested, starred, in lists", () => {
    expect(top("a, (b, c) = f()\n[d, e] = g()\nx, *rest = h()\n(k) = v\n")).toBe(lines("a, (b, c) = f()", "(d, e) = g()", "(x, *rest) = h()", "k = v"));
  });

  test("operators that assign read what they write", () => {
    expect(top("n += f()\nself.n -= 1\n")).toBe(lines("n = {n, f()}", "self.n = {1}"));
  });

  test("if, elif, else", () => {
    expect(top("if a:\n  b()\nelif c:\n  d()\nelse:\n  e()\n")).toBe(lines("if a", "  b()", "else", "  if c", "    d()", "  else", "    e()"));
  });

  test("for and while, with else", () => {
    expect(top("for x in xs:\n  f(x)\n  continue\nelse:\n  g()\nfor i, (a, b) in y, z: pass\nwhile not done():\n  break\nelse:\n  h()\n")).toBe(
      lines("loop x in xs", "  f(x)", "  continue", "otherwise", "  g()", "loop (i, (a, b)) in (y, z)", "loop while !done()", "  break", "otherwise", "  h()"));
  });

  test("a loop whose condition is always true leaves only by break", () => {
    expect(top("while True:\n  a()\nwhile 1: pass\nwhile (True): pass\n")).toBe(lines("loop", "  a()", "loop", "loop"));
  });

  test("with: one, several, in parentheses, without a name, into members and tuples", () => {
    expect(top("with open(p) as f: f.read()\nwith a() as x, b, c() as (d, e): pass\nwith (a() as x, b() as y,): pass\nwith (a() as x): pass\nwith (lock): pass\nwith (a, b): pass\nwith f() as self.x: pass\n")).toBe(
      lines("with open(p) as f", "  f.read()", "with a() as x; b; c() as (d, e)", "with a() as x; b() as y", "with a() as x", "with lock", "with a; b", "with f() as self.x"));
  });

  test("try: every kind of handler, else and finally", () => {
    expect(top("import os, module\ntry:\n  a()\nexcept KeyError as e:\n  b(e)\nexcept (os.error, module.Bad):\n  c()\nexcept Exception:\n  d()\nexcept:\n  raise\nelse:\n  f()\nfinally:\n  g()\n")).toBe(
      lines("try", "  a()", "except KeyError as e", "  b(e)", "except os.error, module.Bad", "  c()", "except Exception all", "  d()", "except all", "  throw", "otherwise", "  f()", "finally", "  g()"));
  });

  test("exception groups are caught like the rest", () => {
    expect(top("try: a()\nexcept* (OSError, TimeoutError) as g: b(g)\nexcept* BaseException: c()\n")).toBe(
      lines("try", "  a()", "except OSError, TimeoutError as g", "  b(g)", "except BaseException all", "  c()"));
  });

  test("the types that are caught are resolved through the imports", () => {
    const step = flowOf("from requests import exceptions as rx, Timeout\nimport socket as s\ntry: a()\nexcept (rx.ConnectionError, Timeout, s.error, Mine): pass\n").functions[0]!.body[0]!;
    expect(step.is === "try" && step.handlers[0]!.catches).toEqual(["requests.exceptions.ConnectionError", "requests.Timeout", "socket.error", "Mine"]);
  });

  test("raise: again, with a cause, with the traceback of Python 2", () => {
    expect(top("raise\nraise E\nraise E(x) from e\nraise E from make()\nraise E, 'text', tb\n")).toBe(lines("throw", "throw E", "throw E(x)", "make()", "throw E", 'throw E("text", tb)'));
  });

  test("assert: what its message calls runs only when it fails", () => {
    expect(top("assert a\nassert a, 'text'\nassert a, f(x)\n")).toBe(lines("assert a", "assert a", "if !a", "  throw f(x)"));
  });

  test("del, global, nonlocal, pass, ellipsis", () => {
    expect(top("del a, (b, c)\ndel d[0], e.f\nglobal g, h\npass\n...\n")).toBe(lines("delete a, b, c", "{d[0]}", "{e.f}", "global g, h", "{}"));
  });

  test("match: literals, captures, classes, sequences, mappings, alternatives, guards", () => {
    expect(top(
      'match cmd:\n  case "go" | "run": a()\n  case -1: b()\n  case Point(x=0, y=y) as p if p.ok: c(p)\n  case [first, *rest]: d()\n  case {"k": v, **others}: e()\n' +
        "  case mod.NAME: f()\n  case None: pass\n  case str(): pass\n  case (x): g(x)\n  case _: h()\n")).toBe(
      lines("switch cmd", '  case "go", "run":', "    a()", "  case -1:", "    b()", "  case Point, 0 as y, p if p.ok:", "    c(p)", "  case {} as first, rest:", "    d()",
        '  case "k" as v, others:', "    e()", "  case mod.NAME:", "    f()", "  case null:", "  case str:", "  default as x:", "    g(x)", "  default:", "    h()"));
  });

  test("match on several subjects; a capture matches everything, unless it has a guard", () => {
    expect(top("match a, f():\n  case x if x: b()\n  case A | _: c()\n")).toBe(lines("switch (a, f())", "  default as x if x:", "    b()", "  default as A:", "    c()"));
  });

  test("Python 2: print, exec, except with a comma", () => {
    expect(top('print "x", y\nprint >>err, z\nexec code in ns\ntry: a()\nexcept IOError, e: b(e)\nif a <> b: pass\n')).toBe(
      lines('print("x", y)', "print(file=err, z)", "exec(code, ns)", "try", "  a()", "except IOError as e", "  b(e)", "if (a != b)"));
  });

  test("several types without parentheses (Python 3.14) are no variable", () => {
    expect(top("try: a()\nexcept OSError, TimeoutError: b()\nexcept KeyError, mod.Bad, e: c()\n")).toBe(lines("try", "  a()", "except OSError, TimeoutError", "  b()", "except KeyError, mod.Bad, e", "  c()"));
  });

  test("a condition on the name of the module is a condition", () => {
    expect(top('if __name__ == "__main__":\n  main()\n')).toBe(lines('if (__name__ == "__main__")', "  main()"));
  });
});

describe("expressions", () => {
  test("logic, comparison, not, arithmetic", () => {
    expect(top("x = a and b or not c\nx = a is None\nx = a is not b\nx = a != b\nx = a in b\nx = a + b * -c\nx = a not in b\n")).toBe(
      lines("x = ((a and b) or !c)", "x = (a == null)", "x = (a != b)", "x = (a != b)", "x = (a ? b)", "x = {a, {b, {c}}}", "x = (a ? b)"));
  });

  test("a chained comparison is an `and`, where what stands between can be written twice", () => {
    expect(top("x = 0 < n <= m\nx = a < f() < b\n")).toBe(lines("x = ((0 ? n) and (n ? m))", "x = {a, f(), b}"));
  });

  test("conditional, walrus, await, lambda", () => {
    expect(printFlow(flowOf("x = a if c else b\nif (m := f()): pass\ny = await g()\nz = lambda p, *q, r=1: p(r)\n"))).toBe(
      lines("fn0 <module>()", "  x = (c ? a : b)", "  if (m := f())", "  y = await g()", "  z = fn1", "fn1 <lambda>(p, *q, r = 1) in fn0", "  return p(r)"));
  });

  test("calls: keywords, spreads, chains, a generator as the only argument", () => {
    expect(top("f(a, *b, k=c, **d)\nf(x)(y).z()\nany(g(x) for x in xs)\nf((yield_))\n")).toBe(
      lines("f(a, *b, k=c, *d)", "f(x)(y).z()", "any([((x := xs[]) and g(x))])", "f(yield_)"));
  });

  test("what is built: lists, sets, tuples, dictionaries", () => {
    expect(top('x = [a, *b]\nx = {a, b}\nx = ()\nx = a,\nx = {"k": v, n: w, **r, f(): u, 1: t}\nx = [(*a, b)]\n')).toBe(
      lines("x = [a, *b]", "x = [a, b]", "x = ()", "x = (a)", "x = [k=v, n=w, *r, f(), u, t]", "x = [(*a, b)]"));
  });

  test("strings: plain, joined, formatted (which hold nothing), with nested formats", () => {
    expect(top("x = 'a'\nx = r'\\d' \"b\"\nx = '''c'''\nx = f\"{a} {b()!r:>{w}}\"\nx = 'a' f'{b}'\nx = f'plain'\nx = b'\\x00'\n")).toBe(
      lines('x = "a"', 'x = "\\\\db"', 'x = "c"', "x = <a, b(), w>", 'x = <"a", <b>>', 'x = "plain"', 'x = "\\\\x00"'));
  });

  test("literals, subscripts and slices", () => {
    expect(top("x = None\nx = True\nx = 1.5e3\nx = a[0]\nx = a[1:n, ::2]\nx = a[k][-1]\n")).toBe(lines("x = null", "x = true", "x = 1.5e3", "x = a[0]", "x = a[{1, n}, {2}]", "x = a[k][{1}]"));
  });

  test("constants in front of a dot are no names", () => {
    expect(top("x = None.y\nx = (True)\nf(None)\n")).toBe(lines("x = null.y", "x = true", "f(null)"));
  });

  test("comprehensions: an element of the iterable, the conditions, then the value", () => {
    expect(top("x = [f(a) for a in b if a]\nx = {k: v for k, v in m.items()}\nx = {a for b in c for a in b}\n")).toBe(
      lines("x = [(((a := b[]) and a) and f(a))]", "x = [(((k, v) := m.items()[]) and (k=v))]", "x = [(((b := c[]) and (a := b[])) and a)]"));
  });

  test("a comprehension's name is its own", () => {
    expect(printFlow(flowOf("def f(conn):\n  [conn.close() for conn in pool]\n  return conn\n"))).toBe(
      lines("fn0 <module>()", "  define f fn1", "fn1 f(conn)", "  [((conn~1 := pool[]) and conn~1.close())]", "  return conn"));
  });

  test("an asynchronous comprehension awaits each element", () => {
    expect(printFlow(flowOf("async def f(s):\n  return [await g(x) async for x in s]\n"))).toContain("return [((x := await s[]) and await g(x))]");
  });

  test("yield makes a generator of its function alone", () => {
    const flow = flowOf("def f():\n  x = yield\n  yield 1, 2\n  yield from g()\n  def inner(): pass\ndef h():\n  return lambda: (yield)\n");
    expect(flow.functions.map((fn) => [fn.name, fn.isGenerator])).toEqual([["<module>", false], ["f", true], ["inner", false], ["h", false], ["<lambda>", true]]);
    expect(printFunction(flow.functions[1]!)).toBe(lines("fn1 generator f()", "  x = yield", "  yield (1, 2)", "  yield from g()", "  define inner fn2"));
  });
});

describe("functions and classes", () => {
  const signature = (source: string, id = 1): string => printFunction(flowOf(source).functions[id]!).split("\n")[0]!;

  test("parameters of every kind", () => {
    expect(signature("def f(a, /, b=1, *args, c, d: int = 2, **kw) -> None: pass")).toBe("fn1 f(a, b = 1, *args, c, d: int = 2, *kw) -> _");
    expect(signature("def f(a, *, b): pass")).toBe("fn1 f(a, b)");
    expect(signature("def f(*args: Conn, **kw: str): pass")).toBe("fn1 f(*args: .Conn, *kw: str)");
    expect(signature("def f((a, b), c): pass")).toBe("fn1 f(, a, b, c)");
  });

  test("async, decorators, results, defaults that are calls", () => {
    expect(signature("@app.route('/x')\n@coroutine\nasync def f(db=connect()) -> 'list[Row]': pass")).toBe('fn1 @app.route("/x") @coroutine async f(db = connect()) -> list<.Row>');
    expect(signature("async  def f(): pass")).toBe("fn1 async f()");
    expect(signature("def asyncthing(): pass")).toBe("fn1 asyncthing()");
  });

  test("methods: self, cls, static ones, properties, nested classes", () => {
    const flow = flowOf(
      "class Store(Base, mod.Mixin, metaclass=M):\n  def get(self, key): pass\n  @classmethod\n  def make(cls): pass\n  @staticmethod\n  def parse(text): pass\n  @property\n  def size(this): pass\n" +
        "  class Inner:\n    def run(self):\n      def deep(): pass\n  def odd(*args): pass\n");
    expect(flow.functions.slice(1).map((fn) => [fn.symbol, fn.owner, fn.receiver, fn.parameters.length, fn.parent])).toEqual([
      ["Store.get", "Store", "self", 1, null],
      ["Store.make", "Store", "cls", 0, null],
      ["Store.parse", "Store", null, 1, null],
      ["Store.size", "Store", "this", 0, null],
      ["Store.Inner.run", "Store.Inner", "self", 0, null],
      ["Store.Inner.run.deep", null, null, 0, 5],
      ["Store.odd", "Store", null, 1, null],
    ]);
    expect(flow.types.map((t) => [t.name, t.bases.map(printType)])).toEqual([["Store", [".Base", ".mod.Mixin"]], ["Store.Inner", []]]);
  });

  test("a class body runs where it stands; its names are members of the class, which its methods do not see", () => {
    expect(printFlow(flowOf("x = 1\nclass A:\n  x = connect()\n  y: int = x\n  def m(self): return x\n"))).toBe(
      lines("fn0 <module>()", "  x = 1", "  block", "    A.x = connect()", "    A.y: int = A.x", "fn1 A.m(self; )", "  return x"));
  });

  test("fields at class level, with their types", () => {
    const flow = flowOf("import sqlite3\nclass A:\n  conn: sqlite3.Connection\n  name: str = 'n'\n  pool = None\n  a, b = 1, 2\n  class Meta:\n    ordering = []\n");
    expect(flow.types.map((t) => `${t.name}: ${t.fields.map((f) => `${f.name} ${printType(f.type)}`).join(", ")}`)).toEqual(["A: conn sqlite3.Connection, name str, pool _, a _, b _", "A.Meta: ordering _"]);
  });

  test("closures and nested definitions belong to the function that holds them", () => {
    const flow = flowOf("def outer(x):\n  def inner():\n    return x\n  return inner, lambda: x\n");
    expect(printFlow(flow)).toBe(
      lines("fn0 <module>()", "  define outer fn1", "fn1 outer(x)", "  define inner fn2", "  return (inner, fn3)", "fn2 outer.inner() in fn1", "  return x", "fn3 outer.<lambda>() in fn1", "  return x"));
  });

  test("places", () => {
    const [, f] = flowOf("@deco\ndef f(a):\n    return a\n").functions;
    expect(f!.place).toEqual([2, 1, 3, 13]);
    expect(f!.namePlace).toEqual([2, 5, 2, 6]);
  });
});

describe("types", () => {
  const typeOf = (annotation: string): string => printType(flowOf(`import typing as t, sqlite3\nfrom requests import Session\nfrom typing import Optional\ndef f(x: ${annotation}): pass\n`).functions[1]!.parameters[0]!.type);

  test.each([
    ["int", "int"],
    ["Session", "requests.Session"],
    ["sqlite3.Connection", "sqlite3.Connection"],
    ["'sqlite3.Connection'", "sqlite3.Connection"],
    ["Store", ".Store"],
    ["Optional[Session]", "requests.Session"],
    ['Optional["Session"]', "requests.Session"],
    ["t.Optional[Session]", "requests.Session"],
    ["Session | None", "requests.Session"],
    ["None | Session", "requests.Session"],
    ['"Session | None"', "requests.Session"],
    ["Union[Session, None]", "requests.Session"],
    ["int | str", "_"],
    ["Union[int, str]", "_"],
    ["t.Any", "_"],
    ["None", "_"],
    ["list[Session]", "list<requests.Session>"],
    ["t.List[t.Optional[Session]]", "typing.List<requests.Session>"],
    ["dict[str, Session]", "dict<requests.Session>"],
    ["tuple[Session, ...]", "tuple<requests.Session>"],
    ["tuple[int, str]", "tuple"],
    ["t.Generator[Session, None, None]", "typing.Generator<requests.Session>"],
    ["t.AsyncIterator[Session]", "typing.AsyncIterator<requests.Session>"],
    ["t.Callable[[int, str], Session]", "typing.Callable<requests.Session>"],
    ["t.Annotated[Session, Depends(get_db)]", "requests.Session"],
    ["type[Session]", "type<requests.Session>"],
    ["Literal['a', 'b']", "_"],
  ])("%s is %s", (annotation, expected) => {
    expect(typeOf(annotation)).toBe(expected);
  });

  test("aliases name what they stand for", () => {
    expect(flowOf("import sqlite3\ntype C = sqlite3.Connection\ntype L[T] = list[T]\n").types.map((t) => `${t.name} ${t.bases.map(printType).join()}`)).toEqual(["C sqlite3.Connection", "L list<.T>"]);
  });

  test("annotated variables of the module are globals", () => {
    const flow = flowOf("from requests import Session\ns: Session = make()\nt: 'Session'\nu = 1\ndef f():\n  v: int = 2\n");
    expect(flow.globals.map((g) => [g.name, printType(g.type)])).toEqual([["s", "requests.Session"], ["t", "requests.Session"]]);
  });
});

describe("imports", () => {
  const imports = (source: string, options?: { file?: string; module?: string }): string[] =>
    flowOf(source, options).imports.map((i) => `${i.local} = ${i.path}${i.member === null ? "" : `:${i.member}`}`);

  test("modules, renamed ones, and packages that load a module", () => {
    expect(imports("import os, sys as s\nimport urllib.request\nimport urllib.error\nimport a.b.c as d\n")).toEqual([
      "os = os", "s = sys", "urllib = urllib", "urllib.request = urllib.request", "urllib.error = urllib.error", "d = a.b.c",
    ]);
  });

  test("members, renamed ones, stars, __future__ (which binds nothing that runs)", () => {
    expect(imports("from __future__ import print_function\nfrom urllib.request import (urlopen as o, Request)\nfrom x import *\n")).toEqual(["o = urllib.request:urlopen", "Request = urllib.request:Request", "* = x"]);
  });

  test("relative imports are made absolute by the module's name; a package is its own level", () => {
    const source = "from . import a\nfrom .b import c\nfrom .. import d\nfrom ..e.f import g as h\nfrom ... import far\n";
    expect(imports(source, { file: "app/sub/mod.py", module: "app.sub.mod" })).toEqual(["a = app.sub:a", "c = app.sub.b:c", "d = app:d", "h = app.e.f:g", "far = ...:far"]);
    expect(imports("from . import a\nfrom .b import c\n", { file: "app/sub/__init__.py", module: "app.sub" })).toEqual(["a = app.sub:a", "c = app.sub.b:c"]);
    expect(imports("from . import a\nfrom .b import c\n", { file: "mod.py", module: "mod" })).toEqual(["a = .:a", "c = .b:c"]);
  });

  test("everywhere: in functions, in try, in if, in classes", () => {
    expect(imports("try:\n  import json5 as json\nexcept ImportError:\n  import json\ndef f():\n  if x:\n    import time\n  with y:\n    from a import b\nclass C:\n  import z\n")).toEqual([
      "json = json5", "json = json", "time = time", "b = a:b", "z = z",
    ]);
  });

  test("an import is no step", () => {
    expect(top("import os\nfrom a import b\nx = b\n")).toBe(lines("x = b"));
  });
});

describe("ignores, odd text", () => {
  test("ignores", () => {
    expect(flowOf("a()  # leakline-ignore: python/requests -- the caller closes it\n# leakline-ignore\nb('leakline-ignore')\n").ignores).toEqual([
      { line: 1, rule: "python/requests", reason: "the caller closes it" },
      { line: 2, rule: null, reason: null },
    ]);
  });

  test("places count UTF-16 units", () => {
    expect(flowOf("f('🙂é', g())\n").functions[0]!.body[0]!.at).toEqual([1, 1, 1, 14]);
  });

  test("tabs, CRLF, a byte order mark and no newline at the end", () => {
    const flow = flowOf("\ufeffdef f():\r\n\tif a:\r\n\t\tb()\r\n\treturn c");
    expect(printFunction(flow.functions[1]!)).toBe(lines("fn1 f()", "  if a", "    b()", "  return c"));
  });

  test("an unfinished file keeps what stands before and after", () => {
    const flow = lowerer.lower("def f():\n    conn = connect(\n    x = 1\n\ndef g():\n    h()\n");
    expect(flow.hasSyntaxErrors).toBe(true);
    expect(JSON.stringify(flow)).toContain('"connect"');
    expect(JSON.stringify(flow)).toContain('"h"');
  });

  test("no text at all", () => {
    expect(flowOf("").functions.map((fn) => fn.symbol)).toEqual(["<module>"]);
  });
});
