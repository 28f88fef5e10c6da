import type { Analysis } from "../../src/model/finding";
import { analyzeTexts } from "../../src/locate/analyze-files";
import type { SourceText } from "../../src/locate/analyze-files";
import type { Language } from "../../src/locate/languages/language";
import type { Engine } from "../../src/locate/parsing/engine";
import { createWasmEngine } from "../../src/locate/parsing/wasm-engine";
import { wasmFromNodeModules } from "../../src/locate/parsing/wasm-from-node-modules";
import type { RuleFile } from "../../src/locate/rules/rule-model";

const engines = new Map<readonly Language[], Promise<Engine>>();

/** The wasm engine of this test process for these languages: made once. */
export function testEngine(languages: readonly Language[]): Promise<Engine> {
  let engine = engines.get(languages);
  if (engine === undefined) {
    engine = createWasmEngine(wasmFromNodeModules(process.cwd()), languages);
    engines.set(languages, engine);
  }
  return engine;
}

/** Texts in, analysis out: the whole of locate in this process. */
export async function textAnalysis(languages: readonly Language[], rules: readonly RuleFile[], texts: readonly SourceText[]): Promise<Analysis> {
  return analyzeTexts({ engine: await testEngine(languages), languages, rules }, texts);
}
