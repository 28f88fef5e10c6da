import { beforeAll, describe, expect, test } from "vitest";
import { go } from "../../../src/locate/languages/go";
import { lowererFor } from "./lower-text";
import type { Lowerer } from "./lower-text";
import { printFlow, printFunction, printType } from "./print-flow";

let lowerer: Lowerer;
beforeAll(async () => {
  lowerer = await lowererFor(go);
});

function flowOf(source: string) {
  const flow = lowerer.lower(`package p\n\n${source}`);
  expect(flow.opaque).toEqual({});
  expect(flow.hasSyntaxErrors).toBe(false);
  return flow;
}

/** The body of `func f() {...}` with these statements. */
function body(statements: string): string {
  const flow = flowOf(`func f() {\n${statements}\n}\n`);
  return printFlow(flow).replace(/^fn1 f\(\)\n/, "").replace(/^ {2}/gm, "");
}

function lines(...all: string[]): string {
  return all.map((line) => `${line}\n`).join("");
}

describe("statements", () => {
  test("a call, a declaration, an assignment", () => {
    expect(body("run()\ntx, err := db.Begin()\na, b = b, a\nx.y[0] = z")).toBe(lines("run()", "tx, err := db.Begin()", "a, b = (b, a)", "x.y[0] = z"));
  });

  test("var and const, alone and in groups, with and without value", () => {
    expect(body('var a, b int = f()\nvar c *sql.DB\nconst d = 1\nvar (\n e = 2\n g, h string\n)\nconst (\n i = iota\n j\n)')).toBe(
      lines("a, b: int := f()", "c: sql.DB :=", "d := 1", "e := 2", "g, h: string :=", "i := iota", "j :="));
  });

  test("operators that assign read what they write; anything but a name is evaluated once", () => {
    expect(body("x += g()\nx++\ns.n--\nm[k()] |= 1")).toBe(lines("x = {x, g()}", "x = {x}", "s.n = {}", "m[k()] = {1}"));
  });

  test("if, else if, else", () => {
    expect(body("if a { b() } else if c { d() } else { e() }")).toBe(lines("if a", "  b()", "else", "  if c", "    d()", "  else", "    e()"));
  });

  test("an init statement stands in a scope with its if and its else", () => {
    expect(body("if err := f(); err != nil { return } else if v, ok := m[k]; ok { use(v) }")).toBe(
      lines("block", "  err := f()", "  if (err != null)", "    return", "  else", "    block", "      v, ok := m[k]", "      if ok", "        use(v)"));
  });

  test("for: forever, while, three clauses, range", () => {
    expect(body("for { a() }\nfor b { c() }\nfor i := 0; i < n; i++ { d(i) }\nfor ; ; { e() }")).toBe(
      lines("loop", "  a()", "loop while b", "  c()", "block", "  i := 0", "  loop while (i ? n)", "    d(i)", "  update", "    i = {i}", "loop", "  e()"));
  });

  test("range over slices, maps, channels, integers, functions, and nothing bound", () => {
    expect(body("for i, x := range xs { f(i, x) }\nfor k = range m {}\nfor range ch {}\nfor i := range 10 {}\nfor x := range seq(y) {}")).toBe(
      lines("loop i, x in xs", "  f(i, x)", "loop k in m", "loop  in ch", "loop i in 10", "loop x in seq(y)"));
  });

  test("labels: break, continue and goto find them", () => {
    expect(body("outer:\nfor {\n for {\n  continue outer\n }\n break outer\n}\ngoto end\nend:\nsel:\nselect {\ndefault:\n break sel\n}")).toBe(
      lines("outer:", "outer: loop", "  loop", "    continue outer", "  break outer", "goto end", "end:", "sel:", "sel: select", "  default:", "    break sel"));
  });

  test("switch: on a value, on conditions, with init, falling through, default", () => {
    expect(body("switch x := f(); x {\ncase 1, 2:\n a()\n fallthrough\ncase g():\n b()\ndefault:\n c()\n}\nswitch {\ncase a > b:\n break\n}")).toBe(
      lines("block", "  x := f()", "  switch x", "    case 1, 2 falls through:", "      a()", "    case g():", "      b()", "    default:", "      c()", "switch", "  case (a ? b):", "    break"));
  });

  test("type switch: the name it binds, the types it tests", () => {
    expect(body("switch v := x.(type) {\ncase nil:\ncase *sql.Tx, error:\n v.Close()\ncase []int:\ncase func():\ndefault:\n}\nswitch y.(type) {}")).toBe(
      lines("switch v of x", "  case null:", "  case sql.Tx, error:", "    v.Close()", "  case []<int><>:", "  case func<>:", "  default:", "switch y"));
  });

  test("select waits; what a case sends or binds happens in it, and no channel is computed twice", () => {
    expect(body("select {\ncase v, ok := <-ch:\n use(v)\ncase x = <-other():\ncase <-ctx.Done():\n return\ncase out <- make(chan int):\ndefault:\n}")).toBe(
      lines("select", "  case ch:", "    v, ok := ch[]", "    use(v)", "  case {}:", "    x = other()[]", "  case {}:", "    ctx.Done()[]", "    return",
        "  case out:", "    out[] = chan<int>[]", "  default:"));
  });

  test("defer and go: of a call, a method call, a closure", () => {
    expect(body("defer tx.Rollback()\ndefer func() { f() }()\ngo s.run(a, b...)\ngo func(c *sql.Conn) { c.Close() }(conn)")).toBe(
      lines("defer tx.Rollback()", "defer fn2()", "spawn s.run(a, *b)", "spawn fn3(conn)") +
        lines("fn2 f.<closure>() in fn1", "  f()", "fn3 f.<closure>(c: sql.Conn) in fn1", "  c.Close()").replace(/^ {2}/gm, ""));
  });

  test("send and receive", () => {
    expect(body("ch <- v\nx := <-ch\n<-done\nv, ok := <-ch")).toBe(lines("ch[] = v", "x := ch[]", "done[]", "v, ok := ch[]"));
  });

  test("a block has a scope of its own; a local type is no step", () => {
    const flow = flowOf("func f() { { a() }; type T struct{ c *Conn } }\n");
    expect(printFlow(flow)).toBe(lines("fn1 f()", "  block", "    a()"));
    expect(flow.types).toEqual([{ name: "T", fields: [{ name: "c", type: { name: ".Conn", element: null } }], bases: [] }]);
  });
});

describe("expressions", () => {
  test("operators: logic, comparison, not, the rest left to right", () => {
    expect(body("x = a && b || !c\nx = a == nil\nx = a != b && c < d\nx = a + b*c - d\nx = -a ^ ^b")).toBe(
      lines("x = ((a and b) or !c)", "x = (a == null)", "x = ((a != b) and (c ? d))", "x = {a, {b, c}, d}", "x = {{a}, {b}}"));
  });

  test("address, dereference, parentheses and conversions are the same object", () => {
    expect(body("x = &T{}\n*p = (y)\nz := []byte(s)\nw := (*T)(q)\nv, ok := r.(*sql.Rows)")).toBe(
      lines("x = &.T[]", "&p = y", "z := []<byte>(s)", "w := &T(q)", "v, ok := sql.Rows(r)"));
  });

  test("composite literals: keyed, positional, nested, with types left out", () => {
    expect(body('x = T{a: f(), b: g}\ny = []P{{1, 2}, {x: 3}}\nz = map[string]*Q{"k": {}, key(): h}\nw = [...]int{0: 1, 2}\nv = pkg.T{}\nu = G[int]{c: d}\nt = [][]E{{{}}}')).toBe(
      lines("x = .T[a=f(), b=g]", "y = []<.P>[.P[1, 2], .P[x=3]]", 'z = map<.Q>[k=.Q[], key(), h]', "w = []<int>[1, 2]", "v = pkg.T[]", "u = .G<int>[c=d]", "t = []<[]<.E>>[[]<.E>[.E[]]]"));
  });

  test("calls: method values, chains, generic instantiation, spread, types as arguments", () => {
    expect(body("f := s.Close\na.b(c).d()\ng[int](x)\nh[int, T](x, y...)\nmake([]*sql.Rows, n)\nnew(bytes.Buffer)\nnew(T)\nappend(x, make(chan error, 1))")).toBe(
      lines("f := s.Close", "a.b(c).d()", "g(x)", "h(x, *y)", "[]<sql.Rows>[n]", "bytes.Buffer[]", ".T[]", "append(x, chan<error>[1])"));
  });

  test("a generic function taken without calling it", () => {
    expect(body("x := f[int]\ny := pkg.G[string, error]")).toMatch(/^x := f\[int\]\ny := /);
  });

  test("indexing, slicing", () => {
    expect(body("x = a[i]\nx = a[1:n]\nx = a[:]\nx = a[i:j:k]\nx = m[k][0]")).toBe(lines("x = a[i]", "x = a[1, n]", "x = a[]", "x = a[i, j, k]", "x = m[k][0]"));
  });

  test("literals", () => {
    expect(body('x = "a\\n"\nx = `raw`\nx = 1.5\nx = \'c\'\nx = 2i\nx = true\nx = nil\nx = iota')).toBe(
      lines('x = "a\\\\n"', 'x = "raw"', "x = 1.5", "x = 'c'", "x = 2i", "x = true", "x = null", "x = iota"));
  });

  test("closures know where they stand, in source order", () => {
    const flow = flowOf("var handler = func(x int) error { return nil }\nfunc (s *S) m() { g(func() { func() {}() }) }\n");
    expect(printFlow(flow)).toBe(
      lines("fn0 <module>()", "  handler := fn1", "fn1 <closure>(x: int) -> error in fn0", "  return null", "fn2 S.m(s; )", "  g(fn3)", "fn3 S.m.<closure>() in fn2", "  fn4()", "fn4 S.m.<closure>.<closure>() in fn3"));
  });
});

describe("functions", () => {
  const signature = (source: string): string => printFunction(flowOf(source).functions[1]!).split("\n")[0]!;

  test("parameters: grouped, unnamed, blank, variadic, of every type", () => {
    expect(signature("func f(a, b int, c ...string, ) {}")).toBe("fn1 f(a: int, b: int, *c: string)");
    expect(signature("func f(int, *T, ...any) {}")).toBe("fn1 f(: int, : .T, *: any)");
    expect(signature("func f(_ context.Context, g func(int) error, h interface{ M() }, s struct{ x int }, ch <-chan T, m map[string][]T, a [4]T) {}")).toBe(
      "fn1 f(_: context.Context, g: func, h: interface, s: struct, ch: chan<.T>, m: map<[]<.T>>, a: []<.T>)");
  });

  test("results: one, several, named; a bare return returns the named ones", () => {
    expect(signature("func f() error {}")).toBe("fn1 f() -> error");
    expect(signature("func f() (*sql.Tx, error) {}")).toBe("fn1 f() -> sql.Tx, error");
    const named = flowOf("func f() (tx *sql.Tx, err error) { return }").functions[1]!;
    expect(printFunction(named)).toBe(lines("fn1 f() -> tx sql.Tx, err error", "  return"));
    expect(named.resultNames).toEqual(["tx", "err"]);
  });

  test("methods: pointer, value, nameless and generic receivers", () => {
    const read = (source: string) => {
      const fn = flowOf(source).functions[1]!;
      return [fn.symbol, fn.name, fn.owner, fn.receiver];
    };
    expect(read("func (s *Store) Get() {}")).toEqual(["Store.Get", "Get", "Store", "s"]);
    expect(read("func (Store) Get() {}")).toEqual(["Store.Get", "Get", "Store", null]);
    expect(read("func (s *Store[K, V]) Get(k K) V {}")).toEqual(["Store.Get", "Get", "Store", "s"]);
  });

  test("a type parameter is what its constraint says, and nobody's type without one", () => {
    expect(signature("func f[C io.Closer, T any, N ~int | ~string](c C, t T, n N) []C {}")).toBe("fn1 f(c: io.Closer, t, n) -> []<io.Closer>");
    expect(signature("func (s *Store[K, V]) Get(k K, w W) V {}")).toBe("fn1 Store.Get(s; k, w: .W) -> _");
  });

  test("places: the whole function, and its name", () => {
    const [, f, closure] = flowOf("func f() {\n\tx := func() {}\n}\n").functions;
    expect(f!.place).toEqual([3, 1, 5, 2]);
    expect(f!.namePlace).toEqual([3, 6, 3, 7]);
    expect(closure!.place).toEqual([4, 7, 4, 16]);
    expect(closure!.namePlace).toEqual([4, 7, 4, 11]);
  });

  test("a function without a body, and init functions", () => {
    expect(printFlow(flowOf("func asm(x int) int\nfunc init() { a() }\nfunc init() { b() }\n"))).toBe(
      lines("fn1 asm(x: int) -> int", "fn2 init()", "  a()", "fn3 init()", "  b()"));
  });
});

describe("the file", () => {
  test("package variables are steps of the top level, and globals with their types", () => {
    const flow = flowOf("var db *sql.DB\nvar a, b = f()\nconst c Kind = 1\nvar (\n d = open()\n)\n");
    expect(printFunction(flow.functions[0]!)).toBe(lines("fn0 <module>()", "  db: sql.DB :=", "  a, b := f()", "  c: .Kind := 1", "  d := open()"));
    expect(flow.globals.map((g) => [g.name, printType(g.type)])).toEqual([["db", "sql.DB"], ["a", "_"], ["b", "_"], ["c", ".Kind"], ["d", "_"]]);
  });

  test("types: fields, tags, embedded structs, interfaces, aliases, generics", () => {
    const flow = flowOf(
      'import "database/sql"\n' +
        'type S struct {\n a, b *sql.Rows `json:"x"`\n *sql.DB\n Base\n c map[string]func()\n Gen[int]\n}\n' +
        "type I interface {\n io.Closer\n M(x int) error\n ~int | ~string\n}\n" +
        "type A = sql.Tx\ntype D []*sql.Conn\ntype G[T any] struct{ v T; next *G[T] }\ntype (\n X int\n Y struct{}\n)\n");
    expect(flow.types.map((t) => `${t.name}{${t.fields.map((f) => `${f.name} ${printType(f.type)}`).join("; ")}}(${t.bases.map(printType).join(", ")})`)).toEqual([
      "S{a database/sql.Rows; b database/sql.Rows; DB database/sql.DB; Base .Base; c map<func>; Gen .Gen<int>}(database/sql.DB, .Base, .Gen<int>)",
      "I{}(io.Closer)",
      "A{}(database/sql.Tx)",
      "D{}([]<database/sql.Conn>)",
      "G{v _; next .G}()",
      "X{}(int)",
      "Y{}()",
    ]);
  });

  test("types are resolved through the imports, renamed ones too", () => {
    const flow = flowOf('import (\n db "database/sql"\n "net/http"\n)\nfunc f(a *db.Tx, b *http.Response, c []*db.Rows, d atomic.Pointer[db.DB]) {}\n');
    expect(flow.functions[1]!.parameters.map((p) => printType(p.type))).toEqual(["database/sql.Tx", "net/http.Response", "[]<database/sql.Rows>", "atomic.Pointer<database/sql.DB>"]);
  });

  test("imports: named, dot, blank, versions and other conventions", () => {
    const flow = flowOf(
      "import (\n" +
        ' "fmt"\n r "github.com/go-redis/redis/v8"\n . "math"\n _ "github.com/lib/pq"\n "github.com/jackc/pgx/v5"\n "gopkg.in/yaml.v3"\n' +
        ' "github.com/go-sql-driver/mysql"\n "github.com/mattn/go-sqlite3"\n "github.com/nats-io/nats.go"\n `raw/path`\n "k8s.io/api/autoscaling/v2"\n "gopkg.in/gorp.v1"\n)\n' +
        "func f() { pgx.Connect(); yaml.Unmarshal(); mysql.New(); sqlite3.Version(); nats.Connect(); v2.X() }\n");
    expect(flow.imports.map((i) => `${i.local} ${i.path}`)).toEqual([
      "fmt fmt", "r github.com/go-redis/redis/v8", ". math", "_ github.com/lib/pq", "pgx github.com/jackc/pgx/v5", "yaml gopkg.in/yaml.v3",
      "mysql github.com/go-sql-driver/mysql", "sqlite3 github.com/mattn/go-sqlite3", "nats github.com/nats-io/nats.go", "path raw/path", "v2 k8s.io/api/autoscaling/v2",
      "gorp gopkg.in/gorp.v1",
    ]);
    expect(flow.imports.every((i) => i.member === null)).toBe(true);
  });

  test("places count UTF-16 units, from 1", () => {
    const flow = flowOf('func f() {\n\tg("🙂é", tx.Begin())\n}\n');
    const step = flow.functions[1]!.body[0]!;
    expect(step.at).toEqual([4, 2, 4, 22]);
    const call = step.is === "do" && step.value.is === "call" ? step.value.arguments[1]!.value : null;
    expect(call!.at).toEqual([4, 11, 4, 21]);
  });

  test("ignores: the rule and the reason", () => {
    const flow = flowOf('func f() {\n\ta() // leakline-ignore: go/sql-transaction -- closed by the caller\n\t// leakline-ignore\n\tb()\n\tc("leakline-ignore")\n\t//leakline-ignore: x\n}\n');
    expect(flow.ignores).toEqual([
      { line: 4, rule: "go/sql-transaction", reason: "closed by the caller" },
      { line: 5, rule: null, reason: null },
      { line: 8, rule: "x", reason: null },
    ]);
  });
});

describe("broken and odd text", () => {
  test("an unfinished function is lowered as far as it goes", () => {
    const flow = lowerer.lower("package p\nfunc f() {\n\ttx, err := db.Begin()\n\tif err != nil {\n\t\treturn\n\t}\n\tx := \n");
    expect(flow.hasSyntaxErrors).toBe(true);
    expect(JSON.stringify(flow)).toContain('"Begin"');
  });

  test("a stray token costs nothing around it", () => {
    const flow = lowerer.lower("package p\nfunc f() { a() @ b() }\nfunc g() { c() }\n");
    expect(flow.hasSyntaxErrors).toBe(true);
    expect(printFunction(flow.functions.find((fn) => fn.name === "g")!)).toMatch(/ g\(\)\n {2}c\(\)\n$/);
    expect(JSON.stringify(flow.functions)).toMatch(/"name":"a".*"name":"b"/);
  });

  test("no text at all", () => {
    const flow = lowerer.lower("");
    expect(flow.functions.map((fn) => fn.symbol)).toEqual(["<module>"]);
    expect(flow.hasSyntaxErrors).toBe(false);
  });
});
