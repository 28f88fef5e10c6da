import { describe, expect, it } from "vitest";
import { loadRules } from "../../../src/locate/rules/load-rules";
import { calleeMatches, indexRules } from "../../../src/locate/rules/rule-index";

const FILE = loadRules(
  `library: cache
language: python
imports: cache
resources:
  - { rule: python/a, noun: a, type: $.A, opens: $.open, closes: close, exhaustedBy: drain, advice: a }
  - { rule: python/b, noun: b, type: $.B, opens: [$.open, $.special], closes: close, advice: b }
blocking:
  - { rule: python/wait, calls: $.Client.*, except: $.Client.pipeline|lock, advice: w }
timeouts:
  - { rule: python/limit, calls: $.get, builds: $.Client, arguments: timeout, advice: t }
churn:
  - { rule: python/anew, makes: $.Client, advice: c }
borrows: $.show
passes: { call: $.wrap, argument: 1, contextManager: true }
`,
  "cache.yaml",
);
const OTHER = loadRules("library: x\nlanguage: go\nimports: cache\nborrows: cache.other", "x.yaml");
const index = indexRules([FILE, OTHER], "python");

describe("the index of rules", () => {
  it("finds all rules that a name opens, in the order of the files", () => {
    expect(index.opens(["cache.open"]).map(({ rule }) => rule.rule)).toEqual(["python/a", "python/b"]);
    expect(index.opens(["cache.close"])).toEqual([]);
  });

  it("asks for each name in turn, the most specific first, and answers each rule once", () => {
    expect(index.opens(["cache.special", "cache.open"]).map(({ rule, open }) => `${rule.rule} ${open.call}`)).toEqual(["python/b cache.special", "python/a cache.open", "python/b cache.open"]);
    expect(index.opens(["cache.open", "cache.open"])).toHaveLength(2);
  });

  it("knows what closes, exhausts, borrows and passes on", () => {
    expect(index.closes(["cache.B.close"]).map(({ rule }) => rule.rule)).toEqual(["python/b"]);
    expect(index.exhausts(["cache.A.drain"]).map(({ rule }) => rule.rule)).toEqual(["python/a"]);
    expect([index.borrows(["cache.show"]), index.borrows(["cache.hide"])]).toEqual([true, false]);
    expect(index.passes(["x", "cache.wrap"])).toEqual({ call: "cache.wrap", argument: 1, contextManager: true });
    expect(index.passes(["cache.show"])).toBeNull();
  });

  it("takes a star for any one name, and leaves out what is excepted", () => {
    expect(index.blocks(["cache.Client.get"])?.rule.rule).toBe("python/wait");
    expect(index.blocks(["cache.Client.pipeline"])).toBeNull();
    expect(index.blocks(["cache.Client"])).toBeNull();
    expect(index.blocks(["cache.Client.pool.get"])).toBeNull();
  });

  it("finds limits by call and by what is built, and clients made anew", () => {
    expect(index.timeouts(["cache.get"])).toHaveLength(1);
    expect(index.timeoutsOfType("cache.Client")).toHaveLength(1);
    expect(index.churns(["cache.Client"])).toHaveLength(1);
  });

  it("keeps languages apart", () => {
    expect(index.borrows(["cache.other"])).toBe(false);
    expect(indexRules([FILE, OTHER], "go").borrows(["cache.other"])).toBe(true);
  });
});

describe("a callee", () => {
  it.each([
    ["a.b", "a.b", true],
    ["a.b", "a.b.c", false],
    ["a.*", "a.b", true],
    ["a.*", "a.b.c", false],
    ["a.*", "a", false],
    ["net/http.*", "net/http.Get", true],
    ["net/http.*", "net/http.Client.Get", false],
    ["log.*", "blog.Print", false],
  ])("%s means %s: %s", (callee, name, expected) => {
    expect(calleeMatches(callee, name)).toBe(expected);
  });
});
