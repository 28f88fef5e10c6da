import type { Analysis, Finding } from "../model/finding";
import { checkNames, isNamed } from "../locate/rules/rule-names";
import type { RuleFile } from "../locate/rules/rule-model";

/** Which rules a user asks about, by the names of `isNamed`. */
export interface AskedRules {
  /** These alone are looked for; empty: all. */
  readonly only: readonly string[];
  /** Of those, the findings of these are not told. */
  readonly without: readonly string[];
}

/** An analysis as it was asked for. Throws `Failure("usage")` for a name that means none of these rules. */
export function asAsked(analysis: Analysis, asked: AskedRules, rules: readonly RuleFile[]): Analysis {
  checkNames([...asked.only, ...asked.without], rules);
  return { ...analysis, findings: leaveOut(analysis.findings, asked) };
}

/** The same for findings, whatever the names are. That a comment silences nothing is told only when all rules were looked for. */
export function leaveOut(findings: readonly Finding[], { only, without }: AskedRules): readonly Finding[] {
  return findings.filter(({ rule, library }) => (only.length === 0 || isNamed(rule, library, only)) && !isNamed(rule, library, without));
}
