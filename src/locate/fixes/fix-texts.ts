import type { Finding } from "../../model/finding";
import { lowerText } from "../analyze-files";
import type { SourceText, TextAnalysisOptions } from "../analyze-files";
import type { FileFlow } from "../flow/flow-model";
import type { Language } from "../languages/language";
import { languageOf } from "../languages-by-file";
import { solve } from "../solve";
import { applyEdits } from "./edit";
import { openingPlace } from "./opening-place";
import { deferRelease, tryWithResources, useBlock, usingDeclaration, withBlock } from "./release-forms";
import type { ReleaseForm } from "./release-forms";

const FORMS: Readonly<Record<NonNullable<Language["releaseForm"]>, ReleaseForm>> = {
  defer: deferRelease, "with-block": withBlock, "try-with-resources": tryWithResources, "using-declaration": usingDeclaration, "use-block": useBlock,
};

export interface FixedTexts {
  /** New texts of the files that were mended. */
  readonly texts: ReadonlyMap<string, string>;
  readonly fixed: readonly Finding[];
  /** Findings for which there is no fix that is sure to mend and to change nothing else. */
  readonly left: readonly Finding[];
}

/** A file as it stands at one moment of the mending. */
interface Version {
  readonly text: string;
  readonly flow: FileFlow;
}

/** What a finding is about, without its line, which fixes move. */
const identity = ({ rule, file, symbol }: Finding): string => `${rule} ${file} ${symbol}`;

/**
 * Mends what can be mended safely: the language's own form of "release on every way out" is put behind the opening call. Each fix is proven
 * before it is kept: the text still parses, its finding is gone, and no other has come, anywhere in the workspace.
 *
 * @param texts the whole workspace as far as it matters for the findings: types and helpers live in other files
 */
export function fixTexts(options: TextAnalysisOptions, texts: readonly SourceText[], findings: readonly Finding[]): FixedTexts {
  const sources = new Map(texts.map((source) => [source.file, source]));
  const versions = new Map<string, Version>();
  for (const source of texts) {
    const flow = lowerText(options.engine, options.languages, source);
    if (flow !== null) versions.set(source.file, { text: source.text, flow });
  }
  // What a rule says beside another is told once the other is mended; it was there before, and is nothing that the fix has brought.
  const beside = new Set(options.rules.flatMap(({ resources }) => resources).filter((rule) => rule.beside === true).map(({ rule }) => rule));
  const count = (changed: ReadonlyMap<string, Version>): ReadonlyMap<string, number> => {
    const counts = new Map<string, number>();
    const flows = [...versions].map(([file, { flow }]) => changed.get(file)?.flow ?? flow);
    for (const finding of solve(flows, options.rules, options.languages).findings) if (!beside.has(finding.rule)) counts.set(identity(finding), (counts.get(identity(finding)) ?? 0) + 1);
    return counts;
  };

  let before = count(new Map());
  const fixed: Finding[] = [];
  const mendedTexts = new Map<string, string>();
  const attempt = (group: readonly Finding[]): boolean => {
    const changed = new Map<string, Version>();
    const mended: Finding[] = [];
    for (const finding of fromTheEnd(group)) {
      const source = sources.get(finding.file);
      const version = changed.get(finding.file) ?? versions.get(finding.file);
      const next = source === undefined || version === undefined ? null : withFix(options, source, version, finding);
      if (next === null) continue;
      changed.set(finding.file, next);
      mended.push(finding);
    }
    if (mended.length === 0) return true;
    const expected = new Map(before);
    for (const finding of mended) expected.set(identity(finding), (expected.get(identity(finding)) ?? 0) - 1);
    const now = count(changed);
    // Each mended finding must have been there, and be gone; nothing may have come.
    const proven = [...expected.values()].every((left) => left >= 0) && [...new Set([...expected.keys(), ...now.keys()])].every((key) => (now.get(key) ?? 0) <= (expected.get(key) ?? 0));
    if (!proven) return false;
    before = now;
    for (const [file, version] of changed) {
      versions.set(file, version);
      mendedTexts.set(file, version.text);
    }
    fixed.push(...mended);
    return true;
  };

  // All at once as a rule; where something does not add up, file by file, and one by one.
  if (!attempt(findings)) {
    for (const file of new Set(findings.map((finding) => finding.file))) {
      const own = findings.filter((finding) => finding.file === file);
      if (!attempt(own)) for (const finding of fromTheEnd(own)) attempt([finding]);
    }
  }
  const done = new Set(fixed);
  return { texts: mendedTexts, fixed: findings.filter((finding) => done.has(finding)), left: findings.filter((finding) => !done.has(finding)) };
}

/** So that places before a fix stay what they are. */
function fromTheEnd(findings: readonly Finding[]): Finding[] {
  return [...findings].sort((a, b) => b.range.start.line - a.range.start.line || b.range.start.column - a.range.start.column);
}

function withFix(options: TextAnalysisOptions, source: SourceText, { text, flow }: Version, finding: Finding): Version | null {
  const form = languageOf(source.file, options.languages)?.releaseForm;
  if (form === undefined || flow.hasSyntaxErrors || finding.handedOn === true) return null;
  const place = openingPlace(flow, finding);
  if (place === null) return null;
  for (const rule of options.rules.flatMap(({ resources }) => resources).filter((one) => one.rule === finding.rule)) {
    const edits = FORMS[form]({ text, flow, place, rule });
    if (edits === null || edits.length === 0) continue;
    const changed = applyEdits(text, edits);
    const after = lowerText(options.engine, options.languages, { ...source, text: changed });
    if (after !== null && !after.hasSyntaxErrors) return { text: changed, flow: after };
  }
  return null;
}
