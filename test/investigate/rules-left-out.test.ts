import { describe, expect, test } from "vitest";
import { leaveOutRules } from "../../src/investigate/rules-left-out";
import { loadBuiltInRules } from "../../src/locate/rules/built-in";
import type { Analysis } from "../../src/model/finding";
import { finding } from "../locate/ranking/case-builder";

const analysis: Analysis = {
  findings: [finding("a.go", 1), finding("b.py", 2, { rule: "python/blocking-http", library: "urllib" }), finding("c.go", 3, { rule: "go/sql-rows", library: "database/sql" })],
  stats: { files: 3, parsed: 3, bytes: 1, ms: 1, cached: 0, engine: "wasm", opaque: {}, givenUp: [] },
};
const left = (...names: string[]): string[] => leaveOutRules(analysis, names, loadBuiltInRules()).findings.map(({ file }) => file);

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
