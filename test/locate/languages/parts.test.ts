import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Expression } from "../../../src/locate/flow/flow-model";
import { goImports } from "../../../src/locate/languages/go-imports";
import { readIgnores } from "../../../src/locate/languages/ignores";
import { logicChain } from "../../../src/locate/languages/lowering";
import { Places } from "../../../src/locate/languages/places";
import { isDottedName, isWord } from "../../../src/locate/languages/plain-tree";
import { readAnnotation } from "../../../src/locate/languages/python-types";
import { readRoles } from "../../../src/locate/languages/roles";

describe("role files", () => {
  test("fields become roles, `_` lets operators play one, comments are passed over", () => {
    const roles = readRoles("; a comment (with parentheses)\n(call function: (_) @callee arguments: (_) @arguments)\n\n(binary left: (_) @left operator: _ @operator) ; trailing\n");
    expect([...roles.byType.keys()]).toEqual(["call", "binary"]);
    expect([...roles.byType.get("call")!.byField]).toEqual([["function", "callee"], ["arguments", "arguments"]]);
    expect(roles.byType.get("call")!.tokens).toBe(false);
    expect(roles.byType.get("binary")!.tokens).toBe(true);
  });

  test.each([
    ["a capture without a field", "(call (_) @callee)"],
    ["a predicate", "((call function: (_) @callee) (#eq? @callee \"f\"))"],
    ["a named node type", "(call function: (identifier) @callee)"],
    ["no field at all", "(call)"],
    ["a missing parenthesis", "(call function: (_) @callee"],
  ])("%s is refused with its place", (_what, text) => {
    expect(() => readRoles(`(x y: (_) @z)\n${text}`)).toThrow(/offset 14/);
  });

  test("a node type stands once", () => {
    expect(() => readRoles("(a b: (_) @c)(a d: (_) @e)")).toThrow(/a stands twice/);
  });
});

describe("places", () => {
  test("any two offsets of any text, against counting line by line", () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom("a", "\n", "\r\n", "é", "🙂", "\t"), { maxLength: 60 }), fc.nat(80), fc.nat(80), (pieces, one, two) => {
        const text = pieces.join("");
        const start = Math.min(one, two, text.length);
        const end = Math.min(Math.max(one, two), text.length);
        const count = (offset: number): [number, number] => {
          const before = text.slice(0, offset).split("\n");
          return [before.length, before[before.length - 1]!.length + 1];
        };
        const places = new Places(text);
        expect(places.place(start, end)).toEqual([...count(start), ...count(end)]);
        expect(places.line(end)).toBe(count(end)[0]);
      }),
    );
  });
});

describe("ignores", () => {
  test("rule and reason are optional; only a comment's first word counts", () => {
    const text = [
      "x // leakline-ignore: go/rows -- the caller closes it  ",
      "// leakline-ignore -- all of it",
      "//leakline-ignore:go/*",
      "// see leakline-ignore",
      '"leakline-ignore"',
      "// leakline-ignored",
      "\t// leakline-ignore: a/b\r",
      "// leakline-ignore: a --",
      "// leakline-ignore",
    ].join("\n");
    expect(readIgnores(text, "//")).toEqual([
      { line: 1, rule: "go/rows", reason: "the caller closes it" },
      { line: 2, rule: null, reason: "all of it" },
      { line: 3, rule: "go/*", reason: null },
      { line: 7, rule: "a/b", reason: null },
      { line: 8, rule: "a", reason: null },
      { line: 9, rule: null, reason: null },
    ]);
  });

  test("no mark, no work", () => {
    expect(readIgnores("a\nb", "#")).toEqual([]);
  });
});

describe("logic chains", () => {
  test("operands stay in order, and the tree is as flat as it can be", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 300 }), (count) => {
        const operands = Array.from({ length: count }, (_, i): Expression => ({ is: "name", name: `n${i}`, at: [1, i + 1, 1, i + 2] }));
        const names: string[] = [];
        let deepest = 0;
        const visit = (e: Expression, depth: number): void => {
          deepest = Math.max(deepest, depth);
          if (e.is === "logic") {
            expect(e.at).toEqual([1, e.left.at[1], 1, e.right.at[3]]);
            visit(e.left, depth + 1);
            visit(e.right, depth + 1);
          } else if (e.is === "name") names.push(e.name);
        };
        visit(logicChain("and", operands), 0);
        expect(names).toEqual(operands.map((o) => (o.is === "name" ? o.name : "")));
        expect(deepest).toBeLessThan(Math.log2(count) + 9);
      }),
    );
  });
});

describe("Go's imports", () => {
  test.each([
    ["fmt", "", "fmt"],
    ["database/sql", "", "sql"],
    ["github.com/go-redis/redis/v8", "", "redis"],
    ["gopkg.in/yaml.v3", "", "yaml"],
    ["gopkg.in/mgo.v2/bson", "", "bson"],
    ["github.com/mattn/go-sqlite3", "sqlite3.Version()", "sqlite3"],
    ["github.com/nats-io/nats.go", "nats.Connect(url)", "nats"],
    ["github.com/hashicorp/go-multierror", "multierror.Append(err)", "multierror"],
    ["github.com/slack-go/slack", "slack.New()", "slack"],
    ["github.com/kballard/go-shellquote", "shellquote.Split(x)", "shellquote"],
    ["github.com/a/b_c", "b_c.X", "b_c"],
    ["k8s.io/api/apps/v1", "v1.Deployment{}", "v1"],
    ["example.com/m/v3", "m.X()", "m"],
    ["github.com/mitchellh/go-homedir", 'const s = "homedir.x"; x.homedir.y; homedir.Dir()', "homedir"],
  ])("%s with `%s` is %s", (path, text, local) => {
    expect(goImports(path, null, text)).toEqual({ local, path, member: null });
  });

  test("a given name is the name", () => {
    expect(goImports("net/http", "h", "").local).toBe("h");
  });
});

describe("words", () => {
  test.each([["a.b.c", true], ["a", true], ["_x9.é", true], ["a.", false], [".a", false], ["a..b", false], ["9a", false], ["a b", false], ["a.b()", false], ["", false]])("%s dotted: %s", (text, expected) => {
    expect(isDottedName(text, 0, text.length)).toBe(expected);
  });

  test("a word has no dots", () => {
    expect([isWord("ab", 0, 2), isWord("a.b", 0, 3), isWord("", 0, 0), isWord("1", 0, 1)]).toEqual([true, false, false, false]);
  });
});

describe("annotations", () => {
  test("any text is read without a throw, and in the end", () => {
    const resolve = (name: string): string => name;
    fc.assert(fc.property(fc.array(fc.constantFrom("A", ".", "[", "]", "(", ")", ",", "|", "'", '"', " ", "None", "Optional", "...", "*", "#", "\n", "=", "1"), { maxLength: 40 }), (pieces) => {
      readAnnotation(pieces.join(""), resolve);
    }), { numRuns: 2_000 });
    expect(readAnnotation("list[".repeat(5_000), resolve)).not.toBeUndefined();
  });
});
