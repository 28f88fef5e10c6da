import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { loadBuiltInRules } from "../../../src/locate/rules/built-in";
import { loadRules } from "../../../src/locate/rules/load-rules";
import shopdb from "./shopdb.yaml";
import { expectationsOf, leaksOf } from "./leak-corpus";
import type { Expectation } from "./leak-corpus";

const RULES = [...loadBuiltInRules(), loadRules(shopdb, "test/locate/flow/shopdb.yaml")];
const ROOT = "test/corpus/leaks";

/** All files of a language are one workspace folder: helpers in one may be used by another. */
function filesOf(language: string): { readonly file: string; readonly text: string; readonly module: string }[] {
  const folder = join(ROOT, language);
  return readdirSync(folder).sort().map((name) => ({ file: `${language}/${name}`, text: readFileSync(join(folder, name), "utf8"), module: language === "go" ? `example.test/${name.replace(/\..*/, "")}` : name.replace(/\..*/, "") }));
}

for (const language of ["csharp", "go", "java", "javascript", "kotlin", "php", "python", "ruby", "rust"]) {
  describe(`annotated ${language}`, async () => {
    const texts = filesOf(language);
    const { findings, stats } = await leaksOf(texts, RULES);
    const found = (file: string, expectation: Expectation): boolean =>
      findings.some((finding) => finding.file === file && finding.rule === expectation.rule && finding.range.start.line === expectation.line);

    for (const { file, text } of texts) {
      const expectations = expectationsOf(text);
      test(`${file}: what must be found is found, and nothing else`, () => {
        const wrong = expectations.flatMap((expectation) => {
          const wanted = expectation.says === "ruleid" || expectation.says === "todook";
          return found(file, expectation) === wanted ? [] : [`${file}:${expectation.line} ${expectation.says} ${expectation.rule}`];
        });
        const expected = new Set(expectations.map(({ line, rule }) => `${line} ${rule}`));
        const unexpected = findings.filter((finding) => finding.file === file && !expected.has(`${finding.range.start.line} ${finding.rule}`)).map((finding) => `${file}:${finding.range.start.line} unexpected ${finding.rule}`);
        expect([...wrong, ...unexpected]).toEqual([]);
      });
      test(`${file}: as many innocents as culprits`, () => {
        const count = (says: string): number => expectations.filter((expectation) => expectation.says === says).length;
        expect(count("ok") + count("todook")).toBeGreaterThanOrEqual(count("ruleid"));
        expect(count("ruleid")).toBeGreaterThan(0);
      });
    }

    test("every witness starts at the opening call and ends where the function is left", () => {
      for (const finding of findings) {
        expect(finding.path.length).toBeGreaterThanOrEqual(2);
        expect({ line: finding.path[0]!.line, column: finding.path[0]!.column }).toEqual(finding.range.start);
        for (const step of finding.path) expect(step.label).not.toBe("");
      }
    });

    test("nothing is given up", () => {
      expect(stats.gaveUp).toBe(0);
    });
  });
}
