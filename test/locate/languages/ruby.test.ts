import { beforeAll, describe, expect, test } from "vitest";
import { ruby } from "../../../src/locate/languages/ruby";
import { constantsIn, definedIn } from "../../../src/locate/languages/ruby-names";
import { lowererFor } from "./lower-text";
import type { Lowerer } from "./lower-text";
import { printFlow, printFunction } from "./print-flow";

let lowerer: Lowerer;
beforeAll(async () => {
  lowerer = await lowererFor(ruby);
});

const lines = (...all: readonly string[]): string => all.join("\n");
/** The steps of a method's body. */
function body(text: string, parameters = ""): string {
  const flow = lowerer.lower(`def m(${parameters})\n${text}\nend\n`);
  return printFunction(flow.functions[1]!).split("\n").slice(1).map((line) => line.slice(2)).join("\n").trimEnd();
}

describe("blocks", () => {
  test("a block that runs once stands in its call, like `with`", () => {
    expect(body("File.open(path) { |f| f.read }\nnil", "path")).toBe(lines("with File.open(path) as f", "  f.read()", "return null"));
  });

  test("what it gives is the call's value", () => {
    expect(body("text = File.open(path) do |f| f.read end\nputs text\nnil", "path")).toBe(lines("with File.open(path) as f", "  value~2 = f.read()", "text = value~2", "Kernel.puts(text)", "return null"));
  });

  test("return leaves the method, next the block, break the call", () => {
    expect(body("list.each do |x|\n next if x.a\n break if x.b\n return 1\nend\nnil", "list")).toBe(lines(
      "block~1: loop x in list", "  if x.a()", "    continue block~1", "  if x.b()", "    break block~1", "  return 1", "return null",
    ));
  });

  test("a symbol is a block that calls it", () => {
    expect(body("conns.each(&:close)\nnil", "conns")).toBe(lines("loop each~1 in conns", "  each~1.close()", "return null"));
  });

  test("somebody else's block is a block as well", () => {
    expect(body("File.open(path, &block)\nnil", "path, &block")).toBe(lines("with File.open(path) as given~1", "  value~2 = Proc.yield(given~1)", "value~2", "return null"));
  });

  test("a block of a method that nobody knows is a closure, and assigns the variables around it", () => {
    const flow = lowerer.lower("def m\n n = 0\n later { n += 1 }\n nil\nend\n");
    expect(printFlow(flow)).toContain("nonlocal n");
    expect(printFunction(flow.functions[1]!)).toContain("later(fn2)");
  });

  test("a block's parameter hides a variable of the same name", () => {
    expect(body("list.each { |x| x.a }\nx.b", "x, list")).toBe(lines("block~1: loop x~3 in list", "  x~3.a()", "return x.b()"));
  });

  test("the caller's block is asked, whichever way", () => {
    expect(body("yield 1\nblock.call(2)\nnil", "&block")).toBe(lines("Proc.yield(1)", "Proc.yield(2)", "return null"));
  });
});

describe("ways", () => {
  test("retry begins its `begin` anew", () => {
    expect(body("begin\n a\nrescue IOError\n retry\nensure\n b\nend\nnil")).toBe(lines(
      "retry~1: loop", "  try", "    a()", "  except IOError", "    continue retry~1", "  finally", "    b()", "  break retry~1", "return null",
    ));
  });

  test("a method has handlers of its own", () => {
    expect(body("a\nrescue => e\n b\nelse\n c\nensure\n d")).toBe(lines("try", "  a()", "except all as e", "  return b()", "otherwise", "  return c()", "finally", "  d()"));
  });

  test("what stands right of `or` is done only then", () => {
    expect(body("x = a or return\nb || raise(E, \"no\")\nnil")).toContain("throw E(");
  });

  test("a pattern that nothing fits raises", () => {
    expect(body("case v\nin [Integer => n] if n > 1 then n\nend", "v")).toContain("throw");
  });
});

describe("names", () => {
  test("constants are imported by being named; A::B.new constructs A::B", () => {
    const flow = lowerer.lower("c = Net::HTTP.new(host)\n");
    expect(flow.imports).toContainEqual({ local: "Net.HTTP", path: "Net.HTTP", member: null });
    expect(flow.imports).toContainEqual({ local: "Net", path: "Net", member: null });
    expect(printFlow(flow)).toContain("c = Net.HTTP(host())");
  });

  test("a bare word is a variable, a field by its reader, or a call", () => {
    const flow = lowerer.lower("class A\n attr_reader :db\n def m(x) = p(x, db, other)\nend\n");
    expect(printFlow(flow)).toContain("Kernel.p(x, self.db, other())");
  });

  test("classes have their full names, their bases and their methods, those of `class << self` too", () => {
    const flow = lowerer.lower("module Shop\n class Web < Base\n  class << self\n   def build = new\n  end\n end\nend\n");
    expect(flow.types.map((type) => [type.name, type.bases.map((base) => base.name)])).toEqual([["Shop", []], ["Shop.Web", [".Base"]]]);
    expect(flow.functions.map((fn) => [fn.owner, fn.name])).toContainEqual(["Shop.Web", "build"]);
  });

  test("a look without a parser finds what a text names and defines", () => {
    expect(constantsIn("Net::HTTP.get(URI(x))")).toEqual(["Net.HTTP", "URI"]);
    expect(definedIn("class A::B\n attr_reader :x\n def self.run!\n def go?\nend")).toEqual(["run!", "go?", "A", "B", "x"]);
  });
});
