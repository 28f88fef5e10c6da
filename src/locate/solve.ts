import type { AnalysisStats, Finding } from "../model/finding";
import { blockingSearches } from "./flow/blocking";
import type { FileFlow } from "./flow/flow-model";
import { guardSearches } from "./flow/held-guards";
import { LeakSearch } from "./flow/leaks";
import { createResolver } from "./flow/resolver";
import type { IndexedWorkspace } from "./flow/resolver";
import { timeoutSearches } from "./flow/timeouts";
import type { Language } from "./languages/language";
import type { RuleFile } from "./rules/rule-model";

export interface Solution {
  /** By file, then place. */
  readonly findings: readonly Finding[];
  /** Solvers that failed: a defect of ours must not hide what the others found. Named as the workspace, `.`. */
  readonly givenUp: AnalysisStats["givenUp"];
}

/** From all flows to findings: resolution once, then every solver, then `leakline-ignore`. Pure. */
export function solve(flows: readonly FileFlow[], rules: readonly RuleFile[], languages: readonly Language[]): Solution {
  return new Solver(rules, languages).solve(flows);
}

/**
 * Solves a workspace again and again while it changes. What comes out is what a new one would give, at the cost of what has changed and of
 * what that matters to: everything that is concluded notes what it rests on.
 */
export class Solver {
  readonly #rules: readonly RuleFile[];
  readonly #languages: readonly Language[];
  #workspace: IndexedWorkspace | null = null;
  #searches: readonly { readonly name: string; readonly find: () => readonly Finding[] }[] = [];

  constructor(rules: readonly RuleFile[], languages: readonly Language[]) {
    this.#rules = rules;
    this.#languages = languages;
  }

  /** @param flows all that there are, in the order of their files; those that have not changed are the same objects as before */
  solve(flows: readonly FileFlow[]): Solution {
    if (this.#workspace === null) this.#begin(flows);
    else this.#workspace.update(flows);
    const findings: Finding[] = [];
    const givenUp: { file: string; reason: string }[] = [];
    for (const { name, find } of this.#searches) {
      try {
        findings.push(...find());
      } catch (error) {
        givenUp.push({ file: ".", reason: `the search for ${name} failed: ${error instanceof Error ? error.message : String(error)}` });
      }
    }
    // Where a search failed, what it would have asked for is not known.
    if (givenUp.length > 0) this.#workspace = null;
    else this.#workspace?.sweep();
    const { shown, unused } = withIgnores(findings, flows);
    // Where a solver failed, what a comment silences may be among what it would have found.
    return { findings: inOrder(givenUp.length > 0 ? shown : [...shown, ...unused]), givenUp };
  }

  #begin(flows: readonly FileFlow[]): void {
    const traits = new Map(this.#languages.map((language) => [language.id, language.traits]));
    const resolver = createResolver({ files: flows, rules: this.#rules, traits });
    const input = { resolver, rules: this.#rules, traits };
    const leaks = new LeakSearch(input);
    const all = (searches: readonly { run(): readonly Finding[] }[]) => (): readonly Finding[] => searches.flatMap((search) => search.run());
    this.#workspace = resolver;
    this.#searches = [
      { name: "open resources", find: () => leaks.run().findings },
      { name: "blocking calls", find: all(blockingSearches(input)) },
      { name: "held guards", find: all(guardSearches(input)) },
      { name: "missing time limits", find: all(timeoutSearches(input)) },
    ];
  }
}

/**
 * Leaves out findings that a `leakline-ignore` comment on their line, or on the line before, speaks of (all rules, or theirs; `python/*`
 * for a family). A comment that silences nothing is a finding of its own: what it was for has been mended, or has moved away.
 */
export function withIgnores(findings: readonly Finding[], flows: readonly FileFlow[]): { readonly shown: Finding[]; readonly unused: Finding[] } {
  const byFile = new Map(flows.filter((flow) => flow.ignores.length > 0).map((flow) => [flow.file, flow.ignores]));
  const used = new Set<Ignore>();
  const shown = findings.filter((finding) => {
    const line = finding.range.start.line;
    const speaking = (byFile.get(finding.file) ?? []).filter((ignore) => (ignore.line === line || ignore.line === line - 1) && (ignore.rule === null || ignore.rule === finding.rule || (ignore.rule.endsWith("*") && finding.rule.startsWith(ignore.rule.slice(0, -1)))));
    for (const ignore of speaking) used.add(ignore);
    return speaking.length === 0;
  });
  const unused = flows.flatMap((flow) => flow.ignores.filter((ignore) => !used.has(ignore)).map((ignore) => unusedIgnore(flow, ignore)));
  return { shown, unused };
}

type Ignore = FileFlow["ignores"][number];

function unusedIgnore({ file, language }: FileFlow, { line, rule }: Ignore): Finding {
  const place = { line, column: 1 };
  const what = rule === null ? "nothing is found there" : `${rule} is not found there`;
  return {
    rule: "leakline/unused-ignore", kind: "unused-ignore", confidence: "medium", language, file, range: { start: place, end: place }, symbol: "leakline-ignore",
    message: `this comment silences nothing: ${what}`, grade: "call", path: [{ file, line, column: 1, label: `leakline-ignore${rule === null ? "" : `: ${rule}`}` }], library: "leakline", service: null,
    advice: "Take the comment away, or move it to the line that it speaks of (or the line before that).",
  };
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
