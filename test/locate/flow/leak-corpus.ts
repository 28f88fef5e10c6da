import type { Finding } from "../../../src/model/finding";
import type { FileFlow } from "../../../src/locate/flow/flow-model";
import { findLeaksWithStats } from "../../../src/locate/flow/leaks";
import type { LeakStats } from "../../../src/locate/flow/leaks";
import { createResolver } from "../../../src/locate/flow/resolver";
import { lowerText } from "../../../src/locate/analyze-files";
import type { SourceText } from "../../../src/locate/analyze-files";
import { LANGUAGES } from "../../../src/locate/languages/registry";
import { loadBuiltInRules } from "../../../src/locate/rules/built-in";
import type { RuleFile } from "../../../src/locate/rules/rule-model";
import { testEngine } from "../text-analysis";

/** Texts lowered, resolved and searched for leaks, with the product's own languages and rules unless others are given. */
export async function leaksOf(texts: readonly SourceText[], rules: readonly RuleFile[] = loadBuiltInRules()): Promise<{ readonly findings: readonly Finding[]; readonly stats: LeakStats; readonly flows: readonly FileFlow[] }> {
  const engine = await testEngine(LANGUAGES);
  const flows = texts.map((text) => lowerText(engine, LANGUAGES, text)!);
  const traits = new Map(LANGUAGES.map((language) => [language.id, language.traits]));
  const resolver = createResolver({ files: flows, rules, traits });
  return { ...findLeaksWithStats({ resolver, rules, traits }), flows };
}

/** An expectation in a comment on the line before: `ruleid: R`, `ok: R`, and for known misses `todoruleid: R`, `todook: R`. */
export interface Expectation {
  readonly line: number;
  readonly says: "ruleid" | "ok" | "todoruleid" | "todook";
  readonly rule: string;
}

const COMMENT = /^\s*(?:\/\/|#)\s*(ruleid|ok|todoruleid|todook):\s*(\S+)/;

export function expectationsOf(text: string): readonly Expectation[] {
  const lines = text.split("\n");
  const found: Expectation[] = [];
  lines.forEach((line, index) => {
    const match = COMMENT.exec(line);
    if (match === null) return;
    let target = index + 1;
    while (COMMENT.test(lines[target] ?? "")) target++;
    found.push({ line: target + 1, says: match[1] as Expectation["says"], rule: match[2]! });
  });
  return found;
}
