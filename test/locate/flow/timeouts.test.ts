import { describe, expect, it } from "vitest";
import { findNoTimeout } from "../../../src/locate/flow/timeouts";
import { loadBuiltInRules } from "../../../src/locate/rules/built-in";
import { corpusTexts } from "../rules/corpus";
import { expectationsIn } from "../../../src/locate/rules/expectations";
import { resolverOf, TRAITS } from "../rules/findings-in";

const RULES = loadBuiltInRules();

describe("rules/timeouts", () => {
  it("has just the findings that its comments say", async () => {
    const texts = corpusTexts("rules/timeouts");
    const said = texts.flatMap(({ file, text }) => expectationsIn(text).map((one) => ({ ...one, file })));
    const findings = findNoTimeout({ resolver: await resolverOf(RULES, texts), rules: RULES, traits: TRAITS });
    const found = findings.filter((finding) => finding.kind === "no-timeout").map((finding) => `${finding.file}:${finding.range.start.line} ${finding.rule}`);
    expect(found.sort()).toEqual(said.filter((one) => one.says === "ruleid").map((one) => `${one.file}:${one.line} ${one.rule}`).sort());
  });

  it("gives each finding a witness at the call", async () => {
    const resolver = await resolverOf(RULES, corpusTexts("rules/timeouts"));
    for (const finding of findNoTimeout({ resolver, rules: RULES, traits: TRAITS })) {
      expect(finding.path).toEqual([expect.objectContaining({ file: finding.file, line: finding.range.start.line, column: finding.range.start.column })]);
    }
  });
});
