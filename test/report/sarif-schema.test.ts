import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { default as Ajv } from "ajv-draft-04";
import type { FormatsPlugin } from "ajv-formats";
import { expect, test } from "vitest";
import { loadBuiltInRules } from "../../src/locate/rules/built-in";
import type { Analysis } from "../../src/model/finding";
import { sarifOfAnalysis } from "../../src/report/sarif";
import { LANGUAGES } from "../../src/locate/languages/registry";
import { textAnalysis } from "../locate/text-analysis";

/** The OASIS schema, as a package of matchers brings it. */
const require = createRequire(import.meta.url);
const SCHEMA = JSON.parse(readFileSync(require.resolve("@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json"), "utf8")) as object;
const { default: Draft04 } = require("ajv-draft-04") as { default: typeof Ajv };
const { default: addFormats } = require("ajv-formats") as { default: FormatsPlugin };
const validator = new Draft04({ allErrors: true, strict: false, unicodeRegExp: false });
addFormats(validator as never);
const validate = validator.compile(SCHEMA);

function problemsOf(text: string): unknown {
  return validate(JSON.parse(text)) ? [] : validate.errors;
}

test("a document that is none is refused, so the check can fail", () => {
  expect(validate({ version: "2.1.0", runs: [{ tool: {} }] })).toBe(false);
});

test("every finding of the rules' own examples makes a valid log, with its path as a code flow", async () => {
  const rules = loadBuiltInRules({ examples: true });
  const texts = rules.flatMap((file, number) => file.examples.map((example, index) => {
    const extension = LANGUAGES.find(({ id }) => id === file.language)?.extensions[0] ?? "";
    return { file: `a b/${number}-${index}${extension}`, text: example.code, module: `example${number}_${index}` };
  }));
  const analysis = await textAnalysis(LANGUAGES, rules, texts);
  expect(analysis.findings.length).toBeGreaterThan(100);
  const text = sarifOfAnalysis(analysis, "1.2.3-beta.1", (rule) => `# ${rule}\n`);
  expect(problemsOf(text)).toEqual([]);
  const { runs } = JSON.parse(text) as { runs: { tool: { driver: { rules: { id: string; help: { markdown: string } }[] } }; results: { codeFlows: { threadFlows: { locations: unknown[] }[] }[] }[] }[] };
  expect(runs[0]?.results.map((result) => result.codeFlows[0]?.threadFlows[0]?.locations.length)).toEqual(analysis.findings.map((finding) => finding.path.length));
  // Each rule brings its own page.
  expect(runs[0]?.tool.driver.rules.filter(({ id, help }) => help.markdown !== `# ${id}\n`)).toEqual([]);
});

test("an analysis without findings, and one with odd names and files given up", () => {
  const nothing: Analysis = { findings: [], stats: { files: 0, parsed: 0, bytes: 0, ms: 0, cached: 0, engine: "wasm", opaque: {}, givenUp: [{ file: "ü b/[x]#?.go", reason: "over 3 s" }] } };
  expect(problemsOf(sarifOfAnalysis(nothing, "0.0.0"))).toEqual([]);
});
