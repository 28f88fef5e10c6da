import { describe, expect, test } from "vitest";
import { asAsked, leaveOut } from "../../src/investigate/rules-left-out";
import { loadBuiltInRules } from "../../src/locate/rules/built-in";
import type { Analysis } from "../../src/model/finding";
import { finding } from "../locate/ranking/case-builder";

const analysis: Analysis = {
  findings: [finding("a.go", 1), finding("b.py", 2, { rule: "python/blocking-http", library: "urllib" }), finding("c.go", 3, { rule: "go/sql-rows", library: "database/sql" })],
  stats: { files: 3, parsed: 3, bytes: 1, ms: 1, cached: 0, engine: "wasm", opaque: {}, givenUp: [] },
};
const alone = (...names: string[]): string[] => asAsked(analysis, { only: names, without: [] }, loadBuiltInRules()).findings.map(({ file }) => file);
const left = (...names: string[]): string[] => asAsked(analysis, { only: [], without: names }, loadBuiltInRules()).findings.map(({ file }) => file);

describe("rules that a user switches off", () => {
  test("by rule, by library, by the beginning of their names", () => {
    expect(left("python/blocking-http")).toEqual(["a.go", "c.go"]);
    expect(left("database/sql")).toEqual(["b.py"]);
    expect(left("go/*")).toEqual(["b.py"]);
    expect(left("go/sql-transaction", "go/sql-rows")).toEqual(["b.py"]);
    expect(left()).toEqual(["a.go", "b.py", "c.go"]);
  });

  test("a name that is no rule is refused, not passed over", () => {
    expect(() => left("go/sql-transactoin")).toThrow(/no rule and no library/);
    expect(() => left("cobol/*")).toThrow(/no rule and no library/);
  });
});

describe("rules that a user asks for alone", () => {
  test("by rule, by library, by the beginning of their names, and less what is switched off", () => {
    expect(alone("python/blocking-http")).toEqual(["b.py"]);
    expect(alone("database/sql")).toEqual(["a.go", "c.go"]);
    expect(alone("go/*", "python/blocking-http")).toEqual(["a.go", "b.py", "c.go"]);
    expect(asAsked(analysis, { only: ["go/*"], without: ["go/sql-rows"] }, loadBuiltInRules()).findings.map(({ file }) => file)).toEqual(["a.go"]);
    expect(() => alone("go/sql-row")).toThrow(/no rule and no library/);
  });

  test("a comment that silences another rule is not called idle", () => {
    const idle = finding("d.go", 1, { rule: "leakline/unused-ignore", library: "leakline" });
    expect(leaveOut([idle], { only: ["go/*"], without: [] })).toEqual([]);
    expect(leaveOut([idle], { only: [], without: ["go/*"] })).toEqual([idle]);
  });
});
