import { beforeAll, describe, expect, test } from "vitest";
import { rust } from "../../../src/locate/languages/rust";
import { lowererFor } from "./lower-text";
import type { Lowerer } from "./lower-text";
import { printFlow, printFunction, printType } from "./print-flow";

let lowerer: Lowerer;
beforeAll(async () => {
  lowerer = await lowererFor(rust);
});

function flowOf(source: string) {
  const flow = lowerer.lower(source, { module: "shop.api" });
  expect(flow.opaque).toEqual({});
  expect(flow.hasSyntaxErrors).toBe(false);
  return flow;
}

/** The body of a function `f` with these statements. */
function body(statements: string): string {
  const flow = flowOf(`async fn f() -> Result<u8, E> {\n${statements}\n}`);
  return printFunction(flow.functions[1]!).replace(/^.*\n/, "").replace(/^ {2}/gm, "");
}

function lines(...all: string[]): string {
  return all.map((line) => `${line}\n`).join("");
}

describe("errors are values", () => {
  test("`?` leaves the function where there is nothing or an error", () => {
    expect(body("let a = open()?; a.go().await?; Ok(a)")).toBe(lines(
      "~q1 := open()", "if (~q1 == null)", "  return null", "a := ~q1", "~q2 := await a.go()", "if (~q2 == null)", "  return null", "return &a",
    ));
  });

  test("unwrapping, wrapping and errors' own words are the value itself; what makes the words is run", () => {
    expect(body("let a = x.unwrap(); let b = Arc::new(y.clone()); let c = z.map_err(|e| wrap(e)).context(words())?; return Err(bad(1));")).toBe(lines(
      "a := &x", "b := &&y", "words()", "~q1 := &&z", "if (~q1 == null)", "  return null", "c := ~q1", "bad(1)", "return null",
    ));
  });

  test("is_some and is_err are comparisons", () => {
    expect(body("if a.is_none() || b.is_ok() { return g(); }")).toContain("if ((a == null) or (b != null))");
  });

  test("matches, if let, while let and let else test for what is there", () => {
    expect(body("match r { Ok(v) => v, Err(e) => { log(e); return g(); } }")).toBe(lines(
      "block", "  switch", "    case (r != null):", "      v := r", "      return v", "    default:", "      e :=", "      block", "        log(e)", "        return g()",
    ));
    expect(body("if let Some(x) = take() { x.go(); } else { stop(); }")).toBe(lines(
      "block", "  ~m1 := take()", "  if (~m1 != null)", "    x := ~m1", "    block", "      x.go()", "  else", "    block", "      stop()",
    ));
    expect(body("let Some(x) = opt else { return h(); };")).toBe(lines("if (opt != null)", "else", "  block", "    return h()", "x := opt"));
    expect(body("while let Some(x) = it.next().await { use_it(x); }")).toBe(lines(
      "~loop1: loop", "  ~m2 := await it.next()", "  if (~m2 != null)", "    x := ~m2", "    use_it(x)", "  else", "    break ~loop1",
    ));
  });
});

describe("blocks have values", () => {
  test("of ifs, loops and labelled blocks", () => {
    expect(body("let a = if c { 1 } else { 2 };")).toBe(lines("~v1 :=", "if c", "  block", "    ~v1 = 1", "else", "  block", "    ~v1 = 2", "a := ~v1"));
    expect(body("let a = loop { break g(); };")).toBe(lines("~v1 :=", "~loop2: loop", "  ~v1 = g()", "  break ~loop2", "a := ~v1"));
    expect(body("let a = 'done: { if c { break 'done 1; } 2 };")).toContain("goto ~end");
  });

  test("a break inside a match is the loop's, and labels reach further out", () => {
    expect(body("'out: loop { loop { match x { 1 => break, 2 => continue 'out, _ => break 'out } } }")).toBe(lines(
      "'out~1: loop", "  ~loop2: loop", "    block", "      switch", "        case (x == 1):", "          break ~loop2", "        case {x}:", "          continue 'out~1", "        default:", "          break 'out~1",
    ).replace("case {x}:", "case (x == 2):"));
  });

  test("what stands right of && runs only where the left says so", () => {
    expect(body("if a && b()? { c(); }")).toBe(lines(
      "block", "  ~v2 := a", "  if ~v2", "    ~q1 := b()", "    if (~q1 == null)", "      return null", "    ~v2 = ~q1", "  if ~v2", "    block", "      c()",
    ));
  });

  test("a chain of lets: the else stands once", () => {
    const printed = body("if let Some(a) = x && let Some(b) = a.y { go(b); } else { other(); }");
    expect(printed.split("other()")).toHaveLength(2);
    expect(printed).toContain("goto ~end");
  });
});

describe("functions", () => {
  test("methods, static ones, trait methods without a body, async", () => {
    const flow = flowOf("trait T { fn a(&self); } struct S { db: Arc<Db>, list: Vec<Row> } impl T for S { fn a(&self) {} } impl S { pub async fn new(x: &Db) -> Result<Self, E> { Self::make(x) } }");
    expect(flow.functions.slice(1).map((fn) => [fn.symbol, fn.receiver, fn.isAsync, fn.isAbstract === true])).toEqual([["T.a", "self", false, true], ["S.a", "self", false, false], ["S.new", null, true, false]]);
    expect(flow.types.map((type) => [type.name, type.fields.map((field) => `${field.name}: ${field.type === null ? "?" : printType(field.type)}`), type.bases.map(printType)])).toEqual([
      ["T", [], []], ["S", ["db: .Db", "list: .Vec<.Row>"], [".T"]],
    ]);
    expect(flow.functions[3]!.results.map((type) => (type === null ? null : printType(type)))).toEqual([".S"]);
  });

  test("async blocks and closures are functions of their own", () => {
    const flow = flowOf("fn f() { spawn(async move { g().await }); let h = async |x| x; let i = |(a, b): (u8, u8)| a; }");
    expect(flow.functions.slice(2).map((fn) => fn.isAsync)).toEqual([true, true, false]);
    expect(printFlow(flow)).toContain("spawn(fn2)");
  });

  test("an extractor is what it holds", () => {
    const flow = flowOf("use axum::extract::State; async fn f(State(pool): State<PgPool>, data: web::Data<App>) {}");
    expect(printFunction(flow.functions[1]!)).toBe(lines("fn1 async f(~p1: axum.extract.State<.PgPool>, ~p2: web.Data<.App>)", "  pool := ~p1[]", "  data := ~p2[]"));
  });

  test("tests are no part of the program", () => {
    expect(flowOf("#[cfg(test)] mod tests { fn a() {} } #[tokio::test] async fn b() {} #[test] fn c() {} fn d() {}").functions.map((fn) => fn.name)).toEqual(["<module>", "d"]);
  });

  test("attributes that call something are decorators, the language's own are none", () => {
    const flow = flowOf("use actix_web::get; #[inline] #[get(\"/\")] async fn a() {} #[tokio::main] async fn main() {}");
    expect(flow.functions.slice(1).map((fn) => fn.decorators.length)).toEqual([1, 1]);
  });
});

describe("macros", () => {
  test("what their tokens call is called", () => {
    expect(body("println!(\"{} {x}\", a.b(1).c, x = d(&e)?);")).toBe(lines("~q1 := d(&e)", "if (~q1 == null)", "  return null", "<\"{} {x}\", a.b(1).c, ~q1>"));
    expect(body("let v = vec![f(1), std::fs::read(p)];")).toContain("v := [f(1), std.fs.read(p)]");
  });

  test("select waits for one of its futures, join for all", () => {
    expect(body("tokio::select! { Some(m) = rx.recv() => { go(m).await; } _ = stop.changed(), if on => { return h(); } };")).toBe(lines(
      "select", "  case await rx.recv():", "    m :=", "    block", "      await go(m)", "  case await stop.changed() if on:", "    block", "      return h()",
    ));
    expect(body("let (a, b) = tokio::join!(x(), y());")).toContain("await");
  });

  test("a panic does not come back, bail and ensure return an error", () => {
    expect(body("panic!(\"no {}\", why());")).toContain("throw");
    expect(body("bail!(\"no\");")).toBe(lines("return null"));
    expect(body("ensure!(a.b(), \"no\");")).toBe(lines("if a.b()", "else", "  return null"));
  });
});

test("imports: trees, aliases, globs, relative ones, crates named in full, modules", () => {
  const flow = flowOf("use std::{fs, io::{self, Read as R}}; use super::db::Pool; use crate::x::*; use self::util::go; mod util; fn f() { tokio::fs::read(p); crate::y::z(); Vec::new(); u8::from(1); }");
  expect(flow.imports.map((one) => `${one.local} = ${one.path} ${one.member ?? "-"}`)).toEqual([
    "fs = std fs", "io = std io", "R = std.io Read", "Pool = shop.db Pool", "* = shop.x *", "go = shop.api.util go", "util = shop.api util", "tokio = tokio -", "crate = shop -",
  ]);
});

test("the variants of an enum are no module's members", () => {
  expect(flowOf("use self::Kind::*; use super::Other::*; enum Kind { A }").imports).toEqual([]);
});
