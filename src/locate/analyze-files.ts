import type { Analysis } from "../model/finding";
import type { FileFlow } from "./flow/flow-model";
import type { Language } from "./languages/language";
import { languageOf } from "./languages-by-file";
import type { Engine } from "./parsing/engine";
import type { RuleFile } from "./rules/rule-model";
import { solve } from "./solve";

/** A source text under the name that findings will carry. `module`: what other files import it as (Go import path, Python dotted name). */
export interface SourceText {
  readonly file: string;
  readonly text: string;
  readonly module: string;
}

export interface TextAnalysisOptions {
  readonly engine: Engine;
  readonly languages: readonly Language[];
  /** All rules, the built-in ones included. */
  readonly rules: readonly RuleFile[];
}

/**
 * The whole of locate over texts in memory: parse, lower, solve, in this thread, with neither prefilter nor cache nor files. For rule
 * examples, for tests, and for a caller that has one file. Files of an unknown language are counted and skipped.
 *
 *     const engine = await createWasmEngine(wasmFromNodeModules(process.cwd()), LANGUAGES);
 *     const { findings, stats } = analyzeTexts({ engine, languages: LANGUAGES, rules }, [
 *       { file: "main.go", text: "package main ...", module: "example.test/shop" },
 *     ]);
 *     engine.dispose();
 *
 * Tests have `textAnalysis()` of test/locate/text-analysis.ts, which does the first and last line.
 */
export function analyzeTexts(options: TextAnalysisOptions, texts: readonly SourceText[]): Analysis {
  const started = performance.now();
  const flows: FileFlow[] = [];
  for (const text of texts) {
    const flow = lowerText(options.engine, options.languages, text);
    if (flow !== null) flows.push(flow);
  }
  const { findings, givenUp } = solve(flows, options.rules, options.languages);
  return {
    findings,
    stats: {
      files: texts.length,
      parsed: flows.length,
      bytes: texts.reduce((sum, { text }) => sum + new TextEncoder().encode(text).length, 0),
      ms: performance.now() - started,
      cached: 0,
      engine: options.engine.id,
      opaque: countOpaque(flows),
      givenUp,
    },
  };
}

/** One text to its flow; null when no language has its file extension. */
export function lowerText(engine: Engine, languages: readonly Language[], { file, text, module }: SourceText, limits?: { readonly shouldStop: () => boolean }): FileFlow | null {
  const language = languageOf(file, languages);
  if (language === null) return null;
  return engine.withTree(language, text, (root) => language.lower({ file, text, root, module }), { file, ...limits });
}

/** `python/type_alias_statement` -> how often, over all files. */
export function countOpaque(flows: Iterable<FileFlow>): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { language, opaque } of flows) {
    for (const [nodeType, count] of Object.entries(opaque)) {
      const key = `${language}/${nodeType}`;
      counts[key] = (counts[key] ?? 0) + count;
    }
  }
  return counts;
}
