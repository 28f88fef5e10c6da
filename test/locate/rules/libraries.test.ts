import { describe, expect, it } from "vitest";
import { loadBuiltInRules, LIBRARIES } from "../../../src/locate/rules/built-in";
import { parse as parseYaml } from "yaml";
import { loadRules, loadRulesFromJson } from "../../../src/locate/rules/load-rules";
import type { RuleFile } from "../../../src/locate/rules/rule-model";
import { readdirSync, readFileSync } from "node:fs";
import { expectationsIn } from "../../../src/locate/rules/expectations";
import { findingsIn } from "./findings-in";

const RULES = loadBuiltInRules({ examples: true });
const EXTENSIONS: Readonly<Record<string, string>> = { csharp: "cs", go: "go", java: "java", javascript: "ts", kotlin: "kt", php: "php", python: "py", rust: "rs", ruby: "rb" };
const FOLDER = new URL("../../../src/locate/rules/libraries/", import.meta.url);

function ruleIds(file: RuleFile): readonly string[] {
  return [...new Set([...file.resources, ...file.blocking, ...file.timeouts, ...file.churn].filter((rule) => !("opensWithoutContext" in rule) || rule.opensWithoutContext).map((rule) => rule.rule))];
}

describe("the registry", () => {
  it("has a line for each file of the folder", () => {
    expect(LIBRARIES.map(([file]) => file)).toEqual(readdirSync(FOLDER).sort());
  });

  it("brings what the files say", () => {
    for (const [file, text] of LIBRARIES) expect(text).toBe(readFileSync(new URL(file, FOLDER), "utf8"));
  });

  it("names each file by its language and library", () => {
    for (const [file, text] of LIBRARIES) expect(file.startsWith(`${loadRules(text, file).language}-`)).toBe(true);
  });

  it("says the same without the examples, which are the last of each file", () => {
    const without = loadBuiltInRules();
    expect(without).toEqual(RULES.map((file) => ({ ...file, examples: [] })));
  });

  it("says the same as the JSON that the build makes of it", () => {
    for (const [file, text] of LIBRARIES) {
      const json = JSON.stringify(parseYaml(text));
      // On which line an example stands only the text tells.
      const fromText = loadRules(text, file);
      expect(loadRulesFromJson(json, file, true)).toEqual({ ...fromText, examples: fromText.examples.map(({ name, code }) => ({ name, code })) });
      expect(loadRulesFromJson(json, file, false)).toEqual({ ...loadRules(text, file), examples: [] });
    }
  });

  it("loads one language alone", () => {
    expect(loadBuiltInRules({ languages: ["go"] })).toEqual(loadBuiltInRules().filter((file) => file.language === "go"));
  });
});

describe.each(RULES.map((file) => [`${file.language} ${file.library}`, file] as const))("the rules of %s", (_name, file) => {
  const expectations = file.examples.flatMap((example) => expectationsIn(example.code));

  it("have as many good examples as bad ones, and at least one, for each rule", () => {
    for (const rule of ruleIds(file)) {
      const bad = expectations.filter((one) => one.rule === rule && one.says === "ruleid").length;
      const good = expectations.filter((one) => one.rule === rule && one.says === "ok").length;
      expect({ rule, bad: bad > 0, enoughGood: good >= bad }).toEqual({ rule, bad: true, enoughGood: true });
    }
  });

  it.each(file.examples.map((example) => [example.name, example.code] as const))("find in the example '%s' what it says, and nothing else of its rules", async (_example, code) => {
    const expected = expectationsIn(code);
    const spoken = new Set(expected.map((one) => one.rule));
    const findings = await findingsIn(RULES, [{ file: `example.${EXTENSIONS[file.language] ?? file.language}`, text: code, module: "example" }]);
    // Known misses and known false alarms are allowed to be mended.
    const open = new Set(expected.filter((one) => one.says.startsWith("todo")).map((one) => `${one.line} ${one.rule}`));
    const found = findings.filter((finding) => spoken.has(finding.rule) && !open.has(`${finding.range.start.line} ${finding.rule}`)).map((finding) => `${finding.range.start.line} ${finding.rule}`).sort();
    expect(found).toEqual(expected.filter((one) => one.says === "ruleid").map((one) => `${one.line} ${one.rule}`).sort());
  });
});
