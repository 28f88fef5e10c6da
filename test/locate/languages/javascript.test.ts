import { beforeAll, describe, expect, test } from "vitest";
import { javascript } from "../../../src/locate/languages/javascript";
import { lowererFor } from "./lower-text";
import type { Lowerer } from "./lower-text";
import { printFunction, printSteps, printType } from "./print-flow";

let js: Lowerer;
let ts: Lowerer;
let tsx: Lowerer;
beforeAll(async () => {
  js = await lowererFor(javascript, "tree-sitter-javascript");
  ts = await lowererFor(javascript, "tree-sitter-typescript");
  tsx = await lowererFor(javascript, "tree-sitter-tsx");
});

function flowOf(source: string, lowerer: Lowerer = js) {
  const flow = lowerer.lower(source, { file: "src/a.js", module: "./src/a" });
  expect(flow.opaque).toEqual({});
  expect(flow.hasSyntaxErrors).toBe(false);
  return flow;
}

/** The steps of a module. */
function top(source: string, lowerer: Lowerer = js): string {
  return printSteps(flowOf(source, lowerer).functions[0]!.body);
}

function lines(...all: string[]): string {
  return all.map((line) => `${line}\n`).join("");
}

function imports(source: string, lowerer: Lowerer = js): string[] {
  return flowOf(source, lowerer).imports.map(({ local, path, member }) => `${local} = ${path}${member === null ? "" : ` . ${member}`}`);
}

describe("statements", () => {
  test("declarations, assignments, and operators that assign", () => {
    expect(top("const a = f(), b = 2; let c; a.b = c[0] = g(); n += f(); self.n -= 1; i++; x ??= open(); y &&= z;")).toBe(
      lines("a := f()", "b := 2", "c :=", "a.b = (c[0] := g())", "n = {n, f()}", "self.n = {1}", "i = {i}", "x = (x or open())", "y = (y and z)"));
  });

  test("patterns take their parts one by one; what is no name gets one", () => {
    expect(top("const { a, b: { c = 1 }, ...rest } = options; const { d } = await f(); [e, , g] = list; ({ h, i: o.j } = k); const [x, { y }] = pair();")).toBe(lines(
      "a := options.a", "c := (options.b.c or 1)", "rest := [*options]", "~1 := await f()", "d := ~1.d", "(e, ~2, g) = list", "h = k.h", "o.j = k.i", "(x, ~3) := pair()", "y := ~3.y"));
  });

  test("loops: every kind, with labels", () => {
    expect(top("for (let i = 0; i < 3; i++) f(i); for (;;) g(); for (const k in o) h(k); for (const [a, b] of m) h(a); while (c) d(); do { e(); } while (f()); outer: for (const x of y) { continue outer; }")).toBe(lines(
      "block", "  i := 0", "  loop while (i ? 3)", "    f(i)", "  update", "    i = {i}", "loop", "  g()", "loop k in o", "  h(k)", "loop (a, b) in m", "  h(a)", "loop while c", "  d()",
      "loop", "  e()", "update", "  if f()", "  else", "    break", "outer: loop x in y", "  continue outer"));
  });

  test("for await, and patterns that bind at each turn", () => {
    expect(top("for await (const { id, at: [when] } of rows()) f(id);")).toBe(lines("loop async ~1 in rows()", "  id := ~1.id", "  (when) := ~1.at", "  f(id)"));
  });

  test("switch falls through until it breaks; a labelled block is left by its label", () => {
    expect(top("switch (a) { case 1: case 2: f(); break; default: g(); } done: { if (x) break done; h(); }")).toBe(lines(
      "switch a", "  case 1 falls through:", "  case 2 falls through:", "    f()", "    break", "  default:", "    g()", "done: switch", "  default:", "    if x", "      break done", "    h()"));
  });

  test("try with and without a name, and with a pattern", () => {
    expect(top("try { f(); } catch { g(); } finally { h(); } try { f(); } catch ({ code }) { g(code); }")).toBe(lines(
      "try", "  f()", "except all", "  g()", "finally", "  h()", "try", "  f()", "except all as ~1", "  code := ~1.code", "  g(code)"));
  });

  test.each([
    ["javascript", () => js],
    ["typescript", () => ts],
    ["tsx", () => tsx],
  ])("using closes at the end of its block, whichever grammar reads it: %s", (_name, lowerer) => {
    expect(top("a(); using x = open(); b(x); await using y = later(); c();", lowerer())).toBe(lines("a()", "with open() as x", "  b(x)", "  async with later() as y", "    c()"));
  });

  test("functions are there before the first statement of their block", () => {
    expect(flowOf("f(); function f() {}").functions[0]!.body.map(({ is }) => is)).toEqual(["define", "do"]);
  });

  test("a var of an inner block belongs to its function", () => {
    expect(printFunction(flowOf("function f() { if (a) { var x = open(); } return x; }").functions[1]!)).toContain("x :=\n");
  });
});

describe("expressions", () => {
  test("optional chains, nullish, comparisons, casts and signs", () => {
    expect(top("a?.b?.(c)?.[d]; x = a ?? (b && c); y = a === b; z = a !== null; w = a instanceof B; v = !a; u = a ? b : c; t = -1;")).toBe(lines(
      "a.b(c)[d]", "x = (a or (b and c))", "y = (a == b)", "z = (a != null)", "w = (a ? B)", "v = !a", "u = (a ? b : c)", "t = -1"));
  });

  test("awaited together is awaited one by one", () => {
    expect(top("const [a, b] = await Promise.all([f(), g()]);")).toBe(lines("(a, b) := (await f(), await g())"));
  });

  test("templates, tagged templates, objects, markup", () => {
    expect(top("x = `a${f()}b`; y = sql`select ${id}`; z = { a, b: 1, ...c, [d()]: e }; w = <A b={f()} {...p}>{g()} text</A>;")).toBe(lines(
      "x = <f()>", "y = sql(<id>)", "z = [a=a, b=1, *c, {d()}, e]", "w = [b=f(), *p, g()]"));
  });

  test("TypeScript's casts say what a value is", () => {
    expect(top("import { Pool } from 'pg'; a = b as Pool; c = <Pool>d; e = f!; g = h satisfies Pool; i = j as const; k = l as unknown as Pool;", ts)).toBe(lines(
      "a = pg.Pool(b)", "c = pg.Pool(d)", "e = &f", "g = &h", "i = &j", "k = pg.Pool(&l)"));
  });

  test("functions are closures, with the name that they are bound to", () => {
    const flow = flowOf("const f = async (a, { b = 1 }, ...rest) => { await a; }; g(x => x, function* () { yield 1; });");
    expect(flow.functions.map(({ name, isAsync, isGenerator, parameters }) => [name, isAsync, isGenerator, parameters.map((one) => one.name)])).toEqual([
      ["<module>", false, false, []], ["f", true, false, ["a", "~1", "rest"]], ["<closure>", false, false, ["x"]], ["<closure>", false, true, []],
    ]);
    expect(printSteps(flow.functions[1]!.body)).toBe(lines("b := (~1.b or 1)", "await a"));
  });
});

describe("modules", () => {
  test("imports of every kind", () => {
    expect(imports("import fs from 'node:fs'; import * as path from 'path'; import { a, b as c } from './x.js'; import d, { e } from 'y'; import './z';")).toEqual([
      "fs = fs . default", "path = path", "a = ./x.js . a", "c = ./x.js . b", "d = y . default", "e = y . e", " = ./z"]);
  });

  test("require: bound, destructured, a member, in a function, called at once", () => {
    expect(imports("const pg = require('pg'); const { Pool, Client: C } = require('pg'); const E = require('events').EventEmitter; function f() { const z = require('node:zlib'); }").filter((one) => !one.startsWith("require"))).toEqual([
      "pg = pg", "Pool = pg . Pool", "C = pg . Client", "E = events . EventEmitter", "z = zlib"]);
    expect(top("require('./app.js').listen(1);")).toBe(lines('require "·/app·js".listen(1)'));
  });

  test("import() gives the module, awaited or not", () => {
    expect(top("const m = await import('m'); import('n').then(f);")).toBe(lines('m := require "m"', 'require "n".then(f)'));
  });

  test("TypeScript's own forms", () => {
    expect(imports("import pg = require('pg'); import type { A } from 'a'; import { type B } from 'b'; export { c } from 'c'; export * from 'd'; export * as e from 'e';", ts)).toEqual([
      "pg = pg", "A = a . A", "B = b . B", "c = c . c", "* = d", "e = e"]);
    expect(top("import S = A.B.C; export = S;", ts)).toBe(lines("S := A.B.C", "default := S"));
  });

  test("what a module gives has the name that others ask for", () => {
    expect(top("export default f; export { a as b };")).toBe(lines("default := f", "b := a"));
    const common = flowOf("module.exports = { find() {}, save: async () => {}, load: other }; exports.close = function () {};");
    expect(common.functions.slice(1).map(({ name, owner, parent }) => [name, owner, parent])).toEqual([["find", null, null], ["save", null, null], ["close", null, null]]);
    expect(printSteps(common.functions[0]!.body)).toBe(lines("load := other", "close := fn3"));
  });
});

describe("classes", () => {
  test("methods, fields and what the constructor keeps", () => {
    const flow = flowOf(
      "import { Pool, PoolClient } from 'pg'; class Store extends Base<X> implements Kept { private pool: Pool; #client = open(); static shared = new Store(); constructor(private readonly db: Pool) { super(); } async get(id: string): Promise<PoolClient | null> { return this.pool; } static make() { return this.shared; } handle = async () => { await this.get(); }; }",
      ts);
    expect(flow.types.map(({ name, bases, fields }) => [name, bases.map(printType), fields.map((one) => `${one.name}: ${printType(one.type)}`)])).toEqual([["Store", [".Base", ".Kept"], ["pool: pg.Pool", "db: pg.Pool"]]]);
    expect(flow.functions.slice(1).map(({ name, owner, receiver, results, isAsync }) => [name, owner, receiver, results.map(printType).join(), isAsync])).toEqual([
      ["constructor", "Store", "this", "", false], ["get", "Store", "this", "pg.PoolClient", true], ["make", "Store", null, "", false], ["handle", "Store", "this", "", true], ["<fields>", "Store", "this", "", false],
    ]);
    expect(printSteps(flow.functions[1]!.body)).toBe(lines("this.db = db", "super()"));
    expect(printSteps(flow.functions[3]!.body)).toBe(lines("return Store.shared"));
    expect(printSteps(flow.functions[5]!.body)).toBe(lines("this.#client = open()"));
    expect(printSteps(flow.functions[0]!.body)).toBe(lines("block", "  Store.shared = Store()"));
  });

  test("objects of functions, prototypes and namespaces are used like classes", () => {
    const flow = flowOf("const api = { async get() { return this.client; }, put: () => {} }; Old.prototype.close = function () { this.end(); };");
    expect(flow.functions.slice(1).map(({ symbol, owner, receiver }) => [symbol, owner, receiver])).toEqual([["api.get", "api", "this"], ["api.put", "api", "this"], ["Old.close", "Old", "this"]]);
    const inside = flowOf("namespace N { export function f() {} export class C { m() {} } }", ts);
    expect(inside.functions.slice(1).map(({ symbol, owner }) => [symbol, owner])).toEqual([["N.f", "N"], ["N.C.m", "N.C"]]);
  });

  test("this of a plain function is nobody's", () => {
    const flow = flowOf("class A { m() { f(() => this.x); g(function () { return this.x; }); } }");
    expect(flow.functions.slice(2).map((fn) => printSteps(fn.body))).toEqual([lines("return this.x"), lines("return this~.x")]);
  });

  test("decorators belong to their method", () => {
    const flow = flowOf("@Controller('/x') class C { @Get('/y') @logged async list() {} }", ts);
    expect(flow.functions[1]!.decorators).toHaveLength(2);
    expect(top("@Controller('/x') class C { }", ts)).toBe(lines('Controller("/x")'));
  });

  test("types that are only declared run nothing", () => {
    expect(top("declare module 'x' { export function f(): void; } interface I { a: string } type T = { b: number }; function f(a: string): void; declare const y: string;", ts)).toBe("");
  });
});

describe("types", () => {
  test.each([
    ["Pool", ".Pool"], ["pg.Pool", "pg.Pool"], ["Promise<pg.Pool>", "pg.Pool"], ["pg.Pool | null | undefined", "pg.Pool"], ["pg.Pool | string", "_"], ["pg.Pool[]", "[]<pg.Pool>"],
    ["Map<string, pg.Pool>", "map<pg.Pool>"], ["Array<Promise<pg.Pool>>", "[]<pg.Pool>"], ["readonly pg.Pool[]", "[]<pg.Pool>"], ["(a: string) => void", "func"], ["(pg.Pool)", "pg.Pool"],
    ["{ a: string }", "_"], ["pg.Pool & { x: number }", "pg.Pool"], ["typeof pool", "_"], ["any", "_"], ["string", "string"], ["Repository<User>", ".Repository<.User>"],
  ])("%s is %s", (written, read) => {
    const flow = flowOf(`import pg = require("pg"); function f(x: ${written}) {}`, ts);
    expect(printType(flow.functions[1]!.parameters[0]!.type)).toBe(read);
  });
});
