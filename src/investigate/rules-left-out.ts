import { Failure } from "../model/failure";
import type { Analysis, Finding } from "../model/finding";
import type { RuleFile } from "../locate/rules/rule-model";

/**
 * Leaves the findings of some rules out of an analysis. A name is a rule (`go/sql-transaction`), all rules of a beginning (`go/*`), or a library
 * (`database/sql`). Throws `Failure("usage")` for a name that is nothing of the kind in these rules.
 */
export function leaveOutRules(analysis: Analysis, names: readonly string[], rules: readonly RuleFile[]): Analysis {
  for (const name of names) {
    if (rules.some((file) => file.library === name || rulesOf(file).some((rule) => isNamed(rule, name)))) continue;
    throw new Failure("usage", `${name}: no rule and no library of the rules is called that`, "`leakline rules` lists them; `go/*` stands for all that begin so.");
  }
  return { ...analysis, findings: leaveOut(analysis.findings, names) };
}

/** The same for findings, whatever the names are. */
export function leaveOut(findings: readonly Finding[], names: readonly string[]): readonly Finding[] {
  return findings.filter(({ rule, library }) => !names.some((name) => library === name || isNamed(rule, name)));
}

function isNamed(rule: string, name: string): boolean {
  return name.endsWith("*") ? rule.startsWith(name.slice(0, -1)) : rule === name;
}

function rulesOf({ resources, blocking, timeouts, churn }: RuleFile): string[] {
  return [...resources, ...blocking, ...timeouts, ...churn].map(({ rule }) => rule);
}
