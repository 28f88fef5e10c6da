import { analyzeTexts, lowerText } from "../locate/analyze-files";
import { LANGUAGES } from "../locate/languages/registry";
import type { Language } from "../locate/languages/language";
import type { Engine } from "../locate/parsing/engine";
import { firstSyntaxError } from "../locate/parsing/first-syntax-error";
import { disagreements, expectationsIn } from "../locate/rules/expectations";
import type { Disagreement } from "../locate/rules/expectations";
import type { RuleProblem } from "../locate/rules/load-rules";
import { holdsFor } from "../locate/rules/rule-model";
import type { RuleExample, RuleFile } from "../locate/rules/rule-model";
import { ruleIds } from "../locate/rules/rule-names";
import type { TriedFile } from "./rule-files";

/** What one example of a rule file says and what is found. */
export interface ExampleResult {
  readonly library: string;
  readonly example: string;
  /** Line of the rule file on which its code begins; null: not known. */
  readonly line: number | null;
  /** Expectations that the example makes. */
  readonly expectations: number;
  readonly disagreements: readonly Disagreement[];
  /** Why it could not be tried: it does not parse, says nothing, or speaks of a rule that is not there. `line`: in its code, from 1; null: all of it. */
  readonly broken: { readonly line: number | null; readonly text: string } | null;
}

/** What came of one rule file: what is wrong with it, else its examples. */
export interface RuleFileTrial {
  readonly file: string;
  readonly problems: readonly RuleProblem[];
  readonly examples: readonly ExampleResult[];
  /** Its rules of which no example says `ruleid:` (`ok:`). */
  readonly unproven: readonly { readonly rule: string; readonly lacks: "ruleid" | "ok" }[];
}

/** Runs the examples of files that can be used, with their rules and `others` in force. `engine` is loaded with the languages that are needed. */
export async function tryRuleExamples(engine: Engine, files: readonly TriedFile[], others: readonly RuleFile[]): Promise<RuleFileTrial[]> {
  const rules = [...others, ...files.flatMap((tried) => (tried.rules === null ? [] : [tried.rules]))];
  const trials: RuleFileTrial[] = [];
  for (const { file, problems, rules: own } of files) {
    trials.push({ file, problems, examples: own === null ? [] : await tryExamples(engine, own, rules), unproven: own === null ? [] : unproven(own) });
  }
  return trials;
}

async function tryExamples(engine: Engine, file: RuleFile, rules: readonly RuleFile[]): Promise<ExampleResult[]> {
  const language = LANGUAGES.find(({ id }) => id === file.language);
  // The schema knows the languages.
  if (language === undefined) throw new Error(`no language ${file.language}`);
  if (file.examples.length > 0) await engine.load(language);
  const known = new Set(rules.filter((one) => holdsFor(one, language.id)).flatMap(ruleIds));
  return file.examples.map((example) => {
    const expectations = expectationsIn(example.code);
    const common = { library: file.library, example: example.name, line: example.line ?? null, expectations: expectations.length };
    const stranger = expectations.find(({ rule }) => !known.has(rule));
    const broken = whyBroken(engine, language, example) ??
      (expectations.length === 0 ? { line: null, text: "it says neither `ruleid:` nor `ok:`" } : null) ??
      (stranger === undefined ? null : { line: stranger.line, text: `${stranger.rule} is no rule for ${language.name}` });
    const found = broken === null ? analyzeTexts({ engine, languages: LANGUAGES, rules }, [sourceOf(language, example)]).findings : [];
    return { ...common, broken, disagreements: broken === null ? disagreements(expectations, found.map(({ rule, range }) => ({ rule, line: range.start.line }))) : [] };
  });
}

function whyBroken(engine: Engine, language: Language, example: RuleExample): ExampleResult["broken"] {
  const source = sourceOf(language, example);
  const error = firstSyntaxError(engine, language, source);
  if (error !== null) return { line: error.line, text: `it is not ${language.name}: the parser had to repair it at column ${error.column}` };
  return lowerText(engine, LANGUAGES, source)?.hasSyntaxErrors === false ? null : { line: null, text: `it is not ${language.name}: it could not be read` };
}

function sourceOf(language: Language, { code }: RuleExample): { readonly file: string; readonly text: string; readonly module: string } {
  return { file: `example${language.extensions[0] ?? ""}`, text: code, module: "example" };
}

function unproven(file: RuleFile): RuleFileTrial["unproven"] {
  const said = file.examples.flatMap(({ code }) => expectationsIn(code));
  return [...new Set(ruleIds(file))].flatMap((rule) => (["ruleid", "ok"] as const).flatMap((lacks) => (said.some((one) => one.rule === rule && one.says === lacks) ? [] : [{ rule, lacks }])));
}
