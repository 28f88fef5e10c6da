import type { Finding } from "../../../src/model/finding";
import { lowerText } from "../../../src/locate/analyze-files";
import type { SourceText } from "../../../src/locate/analyze-files";
import { findBlocking } from "../../../src/locate/flow/blocking";
import type { FileFlow } from "../../../src/locate/flow/flow-model";
import { findHeldGuards } from "../../../src/locate/flow/held-guards";
import { findLeaks } from "../../../src/locate/flow/leaks";
import { createResolver } from "../../../src/locate/flow/resolver";
import type { IndexedWorkspace } from "../../../src/locate/flow/resolver";
import { findNoTimeout } from "../../../src/locate/flow/timeouts";
import { LANGUAGES } from "../../../src/locate/languages/registry";
import type { RuleFile } from "../../../src/locate/rules/rule-model";
import { testEngine } from "../text-analysis";

export const TRAITS = new Map(LANGUAGES.map((language) => [language.id, language.traits]));

/** Lowers source texts; a text that does not parse is a mistake of the test, so it throws. */
export async function flowsOf(texts: readonly SourceText[]): Promise<readonly FileFlow[]> {
  const engine = await testEngine(LANGUAGES);
  return texts.map((text) => {
    const flow = lowerText(engine, LANGUAGES, text);
    if (flow === null) throw new Error(`${text.file}: no language has this extension`);
    if (flow.hasSyntaxErrors) throw new Error(`${text.file} does not parse`);
    if (Object.keys(flow.opaque).length > 0) throw new Error(`${text.file} has syntax that is not understood: ${Object.keys(flow.opaque).join(", ")}`);
    return flow;
  });
}

export async function resolverOf(rules: readonly RuleFile[], texts: readonly SourceText[]): Promise<IndexedWorkspace> {
  return createResolver({ files: await flowsOf(texts), rules, traits: TRAITS });
}

/** All findings of all solvers. */
export async function findingsIn(rules: readonly RuleFile[], texts: readonly SourceText[]): Promise<readonly Finding[]> {
  const resolver = await resolverOf(rules, texts);
  const input = { resolver, rules, traits: TRAITS };
  return [...findLeaks(input), ...findBlocking(input), ...findHeldGuards(input), ...findNoTimeout(input)];
}
