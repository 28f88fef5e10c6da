import type { Finding } from "../../src/model/finding";
import type { FileFlow } from "../../src/locate/flow/flow-model";
import type { RuleFile } from "../../src/locate/rules/rule-model";
import { declarationsOf, declaredIn, ruleNames } from "./declared-types";
import { edited, inRounds, lineStarts, removal } from "./mutants";
import type { Edit } from "./mutants";
import { importsOfFolders, releaseWords, releasesIn } from "./releases";
import type { Release, ReleaseWords } from "./releases";

/** A release that was taken away, and whether the analysis then said that its variable stays open. */
export interface Outcome {
  readonly release: Release;
  readonly caught: boolean;
  /** The rule that found it. */
  readonly rule: string | null;
}

export interface MutationResult {
  readonly outcomes: readonly Outcome[];
  /** Releases whose opening was found before anything was taken away: no correct code to begin with. */
  readonly notSilent: readonly { readonly release: Release; readonly rule: string }[];
}

export interface MutationInput {
  readonly flows: readonly FileFlow[];
  readonly textOf: (file: string) => string;
  readonly rules: readonly RuleFile[];
  /** The findings of the whole, with these texts in the place of the files' own. */
  readonly analyze: (changed: ReadonlyMap<string, string>) => Promise<readonly Finding[]>;
  /** Takes a share of the candidates; all when not given. */
  readonly choose?: (releases: readonly Release[]) => readonly Release[];
}

/** Findings that say that something stays open. A rule that looks at another side of it (a body that is not read to its end) says nothing of that. */
function leaksOf(rules: readonly RuleFile[]): (finding: Finding) => boolean {
  const beside = new Set(rules.flatMap(({ resources }) => resources.filter((one) => one.beside === true).map(({ rule }) => rule)));
  return ({ kind, rule }) => (kind === "transaction-leak" || kind === "resource-leak") && !beside.has(rule);
}

/** All releases of a package that can be asked about. */
export function releasesOf(flows: readonly FileFlow[], rules: readonly RuleFile[]): Release[] {
  const words = new Map<string, { readonly words: ReleaseWords; readonly names: ReturnType<typeof ruleNames> }>();
  const imported = importsOfFolders(flows);
  const everything = declarationsOf(flows);
  return flows.flatMap((flow) => {
    let known = words.get(flow.language);
    if (known === undefined) words.set(flow.language, (known = { words: releaseWords(rules, flow.language), names: ruleNames(rules, flow.language) }));
    return releasesIn(flow, known.words, imported.get(flow.file.slice(0, Math.max(0, flow.file.lastIndexOf("/")))) ?? new Set(), declaredIn(flow, everything, known.names));
  });
}

/** Takes each release away, a round at a time, and asks whether its opening call is found; with all of them in place it must not be. */
export async function mutate({ flows, textOf, rules, analyze, choose }: MutationInput): Promise<MutationResult> {
  const candidates = releasesOf(flows, rules);
  const edits = new Map<Release, readonly Edit[]>();
  for (const one of choose?.(candidates) ?? candidates) {
    const text = textOf(one.file);
    const taken = removal(one, text, lineStarts(text));
    if (taken !== null) edits.set(one, taken);
  }
  if (edits.size === 0) return { outcomes: [], notSilent: [] };
  const leaks = leaksOf(rules);
  const before = (await analyze(new Map())).filter(leaks);
  const found = (findings: readonly Finding[], release: Release, lineOf: (line: number) => number): Finding | undefined =>
    findings.find(({ file, range }) => file === release.file && release.openings.some(({ line, endLine }) => lineOf(line) <= range.start.line && range.start.line <= lineOf(endLine)));
  const notSilent = [...edits.keys()].flatMap((release) => {
    const finding = found(before, release, (line) => line);
    return finding === undefined ? [] : [{ release, rule: finding.rule }];
  });
  const loud = new Set(notSilent.map(({ release }) => release));
  const outcomes: Outcome[] = [];
  for (const round of inRounds([...edits.keys()].filter((one) => !loud.has(one)))) {
    const changed = new Map<string, ReturnType<typeof edited>>();
    for (const file of new Set(round.map((one) => one.file))) {
      changed.set(file, edited(textOf(file), round.filter((one) => one.file === file).flatMap((one) => [...edits.get(one)!])));
    }
    const findings = (await analyze(new Map([...changed].map(([file, { text }]) => [file, text])))).filter(leaks);
    for (const release of round) {
      const finding = found(findings, release, changed.get(release.file)!.lineOf);
      outcomes.push({ release, caught: finding !== undefined, rule: finding?.rule ?? null });
    }
  }
  return { outcomes, notSilent };
}
