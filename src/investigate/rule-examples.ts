import { analyzeTexts, lowerText } from "../locate/analyze-files";
import { LANGUAGES } from "../locate/languages/registry";
import type { Engine } from "../locate/parsing/engine";
import { disagreements, expectationsIn } from "../locate/rules/expectations";
import type { Disagreement } from "../locate/rules/expectations";
import type { RuleFile } from "../locate/rules/rule-model";

/** What one example of a rule file says and what is found. */
export interface ExampleResult {
  readonly library: string;
  readonly example: string;
  /** Expectations that the example makes. */
  readonly expectations: number;
  readonly disagreements: readonly Disagreement[];
  /** Why it could not be tried: it does not parse, or no language is known by this name. */
  readonly broken: string | null;
}

/** Runs the examples of `files`, each as a file of its own, with `rules` in force. `engine` is loaded with the languages that are needed. */
export async function tryExamples(engine: Engine, files: readonly RuleFile[], rules: readonly RuleFile[]): Promise<ExampleResult[]> {
  const results: ExampleResult[] = [];
  for (const file of files) {
    const language = LANGUAGES.find(({ id }) => id === file.language);
    if (language !== undefined) await engine.load(language);
    for (const example of file.examples) {
      const expectations = expectationsIn(example.code);
      const common = { library: file.library, example: example.name, expectations: expectations.length };
      const source = { file: `example${language?.extensions[0] ?? ""}`, text: example.code, module: "example" };
      const flow = language === undefined ? null : lowerText(engine, LANGUAGES, source);
      const broken = language === undefined ? `no language ${file.language}` : flow === null || flow.hasSyntaxErrors ? `it is not ${language.name}: the parser had to repair it` : expectations.length === 0 ? "it says neither `ruleid:` nor `ok:`" : null;
      const found = broken === null ? analyzeTexts({ engine, languages: LANGUAGES, rules }, [source]).findings : [];
      results.push({ ...common, broken, disagreements: broken === null ? disagreements(expectations, found.map(({ rule, range }) => ({ rule, line: range.start.line }))) : [] });
    }
  }
  return results;
}
