import type { AnalysisStats, Finding } from "../model/finding";
import { findBlocking } from "./flow/blocking";
import type { FileFlow } from "./flow/flow-model";
import { findLeaks } from "./flow/leaks";
import { createResolver } from "./flow/resolver";
import { findNoTimeout } from "./flow/timeouts";
import type { Language } from "./languages/language";
import type { RuleFile } from "./rules/rule-model";

export interface Solution {
  /** By file, then place. */
  readonly findings: readonly Finding[];
  /** Solvers that failed: a defect of ours must not hide what the others found. Named as the workspace, `.`. */
  readonly givenUp: AnalysisStats["givenUp"];
}

const SOLVERS = { "open resources": findLeaks, "blocking calls": findBlocking, "missing time limits": findNoTimeout } as const;

/** From all flows to findings: resolution once, then every solver, then `leakline-ignore`. Pure. */
export function solve(flows: readonly FileFlow[], rules: readonly RuleFile[], languages: readonly Language[]): Solution {
  const traits = new Map(languages.map((language) => [language.id, language.traits]));
  const resolver = createResolver({ files: flows, rules, traits });
  const findings: Finding[] = [];
  const givenUp: { file: string; reason: string }[] = [];
  for (const [name, find] of Object.entries(SOLVERS)) {
    try {
      findings.push(...find({ resolver, rules, traits }));
    } catch (error) {
      givenUp.push({ file: ".", reason: `the search for ${name} failed: ${error instanceof Error ? error.message : String(error)}` });
    }
  }
  return { findings: inOrder(withoutIgnored(findings, flows)), givenUp };
}

/** Leaves out findings that a `leakline-ignore` comment on their line, or on the line before, speaks of (all rules, or theirs; `python/*` for a family). */
export function withoutIgnored(findings: readonly Finding[], flows: readonly FileFlow[]): Finding[] {
  const byFile = new Map(flows.filter((flow) => flow.ignores.length > 0).map((flow) => [flow.file, flow.ignores]));
  return findings.filter((finding) => {
    const line = finding.range.start.line;
    const ignores = byFile.get(finding.file) ?? [];
    return !ignores.some((ignore) => (ignore.line === line || ignore.line === line - 1) && (ignore.rule === null || ignore.rule === finding.rule || (ignore.rule.endsWith("*") && finding.rule.startsWith(ignore.rule.slice(0, -1)))));
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
