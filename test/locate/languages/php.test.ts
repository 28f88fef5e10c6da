import { beforeAll, describe, expect, test } from "vitest";
import { php } from "../../../src/locate/languages/php";
import { phpImports, phpModule } from "../../../src/locate/languages/php-imports";
import { docBefore, readPhpType } from "../../../src/locate/languages/php-types";
import { lowererFor } from "./lower-text";
import type { Lowerer } from "./lower-text";
import { printFlow, printFunction, printType } from "./print-flow";

let lowerer: Lowerer;
beforeAll(async () => {
  lowerer = await lowererFor(php);
});

function flowOf(source: string) {
  const flow = lowerer.lower(`<?php ${source}`);
  expect(flow.opaque).toEqual({});
  expect(flow.hasSyntaxErrors).toBe(false);
  return flow;
}

/** The body of a function `f` with these statements. */
function body(statements: string): string {
  const flow = flowOf(`function f() {\n${statements}\n}`);
  return printFunction(flow.functions[1]!).replace(/^fn1 .*\n/, "").replace(/^ {2}/gm, "");
}

function lines(...all: string[]): string {
  return all.map((line) => `${line}\n`).join("");
}

describe("statements", () => {
  test("assignments, references, operators that assign", () => {
    expect(body("$a = g(); $b = &$a; $a .= 'x'; $a ??= h(); $a++; $q->z[0] = $a; $l[] = $a;")).toBe(
      lines("$a = g()", "$b = $a", '$a = {$a, "x"}', "$a = ($a or h())", "$a = {$a}", "$q.z[0] = $a", "$l[] = $a"));
  });

  test("lists, with holes, keys and lists inside", () => {
    expect(body("[$a, , [$b]] = g(); list('x' => $c) = h();")).toBe(lines("($a, ~1, ($b)) = g()", "($c) = &{h()}"));
  });

  test("both ways to write if, while, for and switch", () => {
    const braced = body("if (a()) { b(); } elseif (c()) { d(); } else { e(); } while (a()) { b(); } for ($i = 0; $i < 3; $i++) { b(); } foreach ($x as $k => $v) { b(); } switch ($x) { case 1: b(); break; default: c(); }");
    const alternative = body("if (a()): b(); elseif (c()): d(); else: e(); endif; while (a()): b(); endwhile; for ($i = 0; $i < 3; $i++): b(); endfor; foreach ($x as $k => $v): b(); endforeach; switch ($x): case 1: b(); break; default: c(); endswitch;");
    expect(alternative).toBe(braced);
    expect(braced).toContain(lines("if a()", "  b()", "else", "  if c()", "    d()", "  else", "    e()", "loop while a()", "  b()", "$i = 0", "loop while ($i ? 3)", "  b()", "update", "  $i = {$i}", "loop $k, $v in $x", "  b()"));
  });

  test("break and continue count loops and switches; continue of a switch leaves it", () => {
    const inLoop = body("foreach ($x as $v) { switch ($v) { case 1: continue 2; case 2: break 2; case 3: break; } }");
    expect(inLoop).toContain("~1: loop $v in $x");
    expect(inLoop).toContain("continue ~1");
    expect(inLoop).toContain("break ~1");
    expect(body("foreach ($x as $v) { switch ($v) { case 3: continue; } }")).toContain("    break\n");
  });

  test("several types of one handler, finally, and throw as a value", () => {
    expect(body("try { a(); } catch (\\A\\B | \\RuntimeException $e) { throw $e; } catch (\\Throwable) { b(); } finally { c(); } return $x ?? throw new E;")).toBe(
      lines("try", "  a()", "except A.B, php.RuntimeException as $e", "  throw $e", "except php.Throwable all", "  b()", "finally", "  c()", "return ($x or throw(E()))"));
  });

  test("match evaluates its subject once and throws what fits nothing", () => {
    expect(body("return match (g()) { 1, 2 => a(), default => b() };")).toBe(lines("return ((((~1 := g()) == 1) or (~1 == 2)) ? a() : b())"));
    expect(body("return match (true) { $x > 1 => a() };")).toBe(lines("return (($x ? 1) ? a() : throw())"));
  });

  test("what ends a script, jumps, and what outlives the function", () => {
    expect(body("global $db; static $n; exit(1); a: goto a; unset($x);")).toBe(lines("global $db", "global $n", "exit(1)", "a:", "goto a", "delete $x"));
  });
});

describe("expressions", () => {
  test("calls of all kinds", () => {
    expect(body("f(1, ...$a); $o->m(name: 2); $o?->m(); A::s(); $f(); $o->$n(); new A(1); $g = strlen(...); $x |> trim(...);")).toBe(
      lines("f(1, *$a)", "$o.m(name=2)", "$o.m()", "A.s()", "$f()", "$o[$n]()", "A(1)", "$g = [strlen]", "[trim]($x)"));
  });

  test("closures see what they use; by reference they change it; arrow functions see all", () => {
    const flow = flowOf("function f($a) { $c = function () use ($a, &$b) { $b = $a; yield 1; }; return fn() => g($a); }");
    expect(flow.functions.map((fn) => [fn.symbol, fn.parent, fn.isGenerator])).toEqual([["<module>", null, false], ["f", null, false], ["f.<closure>", 1, true], ["f.<closure>", 1, false]]);
    expect(printFunction(flow.functions[2]!)).toContain("nonlocal $b");
    expect(printFunction(flow.functions[3]!)).toContain("return g($a)");
  });

  test("text of several parts says how it begins and what is written into it, and keeps none of it", () => {
    expect(body('$a = "x {$b->c()} $d[0]"; $e = "plain"; $h = <<<X\n  $i\n  X;')).toBe(lines('$a = <"x ", $b.c(), $d[0]>', '$e = "plain"', "$h = <$i>"));
  });
});

describe("names", () => {
  test("classes by use and namespace, functions of a namespace or of none", () => {
    const flow = flowOf("namespace App\\Web; use Lib\\Db\\{Pool as P, Conn}; use function Lib\\open; function f(Own $o, \\PDO $p, P $q, Db\\X $r, ?Conn $s, int|null $t) { open(); strlen(''); new Conn; }");
    expect(flow.module).toBe("App.Web");
    expect(flow.functions[1]!.parameters.map(({ type }) => (type === null ? null : printType(type)))).toEqual([".Own", "php.PDO", "Lib.Db.Pool", "App.Web.Db.X", "Lib.Db.Conn", null]);
    expect(flow.imports).toContainEqual({ local: "Lib\\open", path: "Lib", member: "open" });
    expect(flow.imports).toContainEqual({ local: "strlen", path: "php", member: "strlen" });
    expect(flow.imports).toContainEqual({ local: "Lib\\Db\\Conn", path: "Lib.Db", member: "Conn" });
  });

  test("self, static and $this are one; parent is what is extended", () => {
    const flow = flowOf("class A extends B { private static $c; function f() { self::$c = new self; static::g(); parent::f(); return $this->c; } }");
    expect(printFunction(flow.functions[1]!)).toContain(lines("  $this.c = A()", "  $this.g()", "  super().f()", "  return $this.c"));
  });

  test("fields by declared types, comments and promoted parameters; traits and interfaces are bases", () => {
    const flow = flowOf("class A extends B implements C { use T; /** @var \\PDO|null */ private $a; public ?D $b; function __construct(private E $e, /* none */ $x) {} }");
    expect(flow.types).toEqual([{
      name: "A",
      fields: [{ name: "a", type: { name: "php.PDO", element: null } }, { name: "b", type: { name: "php.D", element: null } }, { name: "e", type: { name: "php.E", element: null } }],
      bases: [{ name: "php.B", element: null }, { name: "php.C", element: null }, { name: "php.T", element: null }],
    }]);
    expect(printFlow(flow)).toContain("$this.e = $e");
  });

  test("several namespaces in a file find each other", () => {
    const flow = flowOf("namespace A { class X {} } namespace B { use A\\X; function f() { return new X; } class Y {} $y = new Y; }");
    expect(flow.module).toBe("A");
    expect(printFlow(flow)).toContain("return X()");
    expect(printFlow(flow)).toContain("$y = B~Y()");
  });
});

describe("what is read without a parser", () => {
  test("types as they are written", () => {
    const read = (written: string) => readPhpType(written, (name) => `q:${name}`);
    expect(read("?Foo")).toEqual({ name: "q:Foo", element: null });
    expect(read("null|\\A\\B")).toEqual({ name: "q:\\A\\B", element: null });
    expect(read("Foo[]")).toEqual({ name: "[]", element: { name: "q:Foo", element: null } });
    expect(read("array<int, Foo>")).toEqual({ name: "[]", element: { name: "q:Foo", element: null } });
    expect(read("Collection<Foo>")).toEqual({ name: "q:Collection", element: { name: "q:Foo", element: null } });
    expect(read("int|string|false")).toBeNull();
  });

  test("a documentation comment counts right before its declaration only", () => {
    const text = "/** @param A $a\n * @return B */ function f() {} /* no */ function g() {}";
    expect(docBefore(text, text.indexOf("function f"))).toEqual({ variable: null, result: "B", parameters: new Map([["$a", "A"]]) });
    expect(docBefore(text, text.indexOf("function g")).result).toBeNull();
  });

  test("modules", () => {
    expect(phpModule("<?php\nnamespace App\\Db;\nclass X {}")).toBe("App.Db");
    expect(phpModule("<?php echo 1;")).toBe("php");
    const imports = phpImports("<?php\nuse A\\B, C\\D as E;\nuse F\\{G, H as I};\n$x = new \\J\\K; $p = new PDO($dsn); curl_init();");
    for (const module of ["A.B", "C.D", "F.G", "F.H", "J.K", "php.PDO", "php.curl_init", "php"]) expect(imports).toContain(module);
    expect(imports).not.toContain("php.mysqli");
  });
});
