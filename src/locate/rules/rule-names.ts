import { Failure } from "../../model/failure";
import type { RuleFile } from "./rule-model";

/** Whether a name that a user gave means this rule: `go/sql-transaction`, `go/*` (all that begin so), or the rule's library (`database/sql`). */
export function isNamed(rule: string, library: string, names: readonly string[]): boolean {
  return names.some((name) => library === name || (name.endsWith("*") ? rule.startsWith(name.slice(0, -1)) : rule === name));
}

/** Throws `Failure("usage")` for a name that means none of these rules: what is written wrong is not passed over. */
export function checkNames(names: readonly string[], rules: readonly RuleFile[]): void {
  for (const name of names) {
    if (rules.some((file) => ruleIds(file).some((rule) => isNamed(rule, file.library, [name])))) continue;
    throw new Failure("usage", `${name}: no rule and no library of the rules is called that`, "`leakline rules` lists them; `go/*` stands for all that begin so.");
  }
}

/**
 * The rules that these names mean, and all that the others know of their libraries: types, what borrows, what passes on. Names that mean none of
 * these rules are no error here.
 */
export function selectRules(rules: readonly RuleFile[], names: readonly string[]): readonly RuleFile[] {
  return rules.map((file) => {
    const named = <T extends { readonly rule: string }>(all: readonly T[]): readonly T[] => all.filter(({ rule }) => isNamed(rule, file.library, names));
    return { ...file, resources: named(file.resources), blocking: named(file.blocking), timeouts: named(file.timeouts), churn: named(file.churn) };
  });
}

/** The rules of a file, as often as each stands in it. */
export function ruleIds({ resources, blocking, timeouts, churn }: RuleFile): readonly string[] {
  return [...resources, ...blocking, ...timeouts, ...churn].map(({ rule }) => rule);
}
