import { describe, expect, it } from "vitest";
import { inWordsOf } from "../../../src/locate/rules/advice";
import { loadBuiltInRules } from "../../../src/locate/rules/built-in";
import { indexRules } from "../../../src/locate/rules/rule-index";

const RULES = loadBuiltInRules();

describe("the advice of Java's rules in Kotlin", () => {
  const kotlin = indexRules(RULES, "kotlin");

  it("speaks of what Kotlin has", () => {
    const rules = kotlin.files.flatMap((file) => [...file.resources, ...file.blocking, ...file.timeouts, ...file.churn]);
    expect(rules.length).toBeGreaterThan(50);
    expect(rules.filter(({ advice, fix }) => /try-with-resources|try \(/u.test(`${advice} ${fix ?? ""}`)).map(({ rule }) => rule)).toEqual([]);
  });

  it("is a call of use, on what was opened", () => {
    expect(inWordsOf("kotlin", "try (Jedis jedis = pool.getResource()) { ... }")).toBe("pool.getResource().use { jedis -> ... }");
    expect(inWordsOf("kotlin", "try (KafkaProducer<String, String> producer = new KafkaProducer<>(settings)) { ... }")).toBe("KafkaProducer<>(settings).use { producer -> ... }");
    expect(inWordsOf("kotlin", "Use try-with-resources; only getCurrentSession is closed for you.")).toBe("Use `use { }`; only getCurrentSession is closed for you.");
  });
});

describe("the advice of a language's own rules", () => {
  it("is as it was written", () => {
    const java = indexRules(RULES, "java").files.flatMap(({ resources }) => resources);
    expect(java).toEqual(RULES.filter(({ language }) => language === "java").flatMap(({ resources }) => resources));
  });
});
