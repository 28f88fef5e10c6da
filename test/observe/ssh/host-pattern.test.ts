import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { matchesPattern, matchesPatternList } from "../../../src/observe/targets/ssh/host-pattern";

describe("patterns of ssh_config(5)", () => {
  it.each([
    ["*", "", true], ["*", "anything", true], ["?", "", false], ["?", "a", true], ["?", "ab", false],
    ["*.co.uk", "a.co.uk", true], ["*.co.uk", "co.uk", false], ["192.168.0.?", "192.168.0.7", true], ["192.168.0.?", "192.168.0.17", false],
    ["a*b*c", "aXbYbZc", true], ["a*b*c", "acb", false], ["Web-*", "Web-1", true], ["Web-*", "web-1", false], ["a.b", "axb", false], ["[x]", "[x]", true], ["[x]", "x", false],
  ])("%s on %s is %s", (pattern, text, expected) => {
    expect(matchesPattern(pattern, text)).toBe(expected);
  });

  it("agrees with the regular expression of the same meaning", () => {
    fc.assert(fc.property(fc.string({ unit: fc.constantFrom("a", "b", "*", "?", ".") }), fc.string({ unit: fc.constantFrom("a", "b", ".") }), (pattern, text) => {
      const source = pattern.replace(/\./g, "\\.").replace(/\*/g, ".*").replace(/\?/g, ".");
      expect(matchesPattern(pattern, text)).toBe(new RegExp(`^${source}$`).test(text));
    }), { numRuns: 2000 });
  });

  it("takes no time for patterns that make a backtracking matcher explode", () => {
    const began = performance.now();
    expect(matchesPattern(`${"*a".repeat(40)}b`, "a".repeat(2000))).toBe(false);
    expect(performance.now() - began).toBeLessThan(2000);
  });

  it("lets a negated pattern overrule, and never match by itself", () => {
    expect(matchesPatternList(["*.example.com", "!bad.example.com"], "good.example.com")).toBe(true);
    expect(matchesPatternList(["*.example.com", "!bad.example.com"], "bad.example.com")).toBe(false);
    expect(matchesPatternList(["!bad.example.com"], "good.example.com")).toBe(false);
    expect(matchesPatternList([], "x")).toBe(false);
  });
});
