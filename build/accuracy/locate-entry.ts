// What the scripts of this folder need of the product, bundled into one module by bundle-locate.mjs.
import { AnalysisSession } from "../../src/locate/analysis-session";
import { LANGUAGES } from "../../src/locate/languages/registry";
import type { Engine } from "../../src/locate/parsing/engine";
import { FileLowerer } from "../../src/locate/parsing/lowerer";
import { ruledNames } from "../../src/locate/prefilter";
import type { RuleFile } from "../../src/locate/rules/rule-model";
export { loadBuiltInRules } from "../../src/locate/rules/built-in";
export { expectationsIn } from "../../src/locate/rules/expectations";
export { LANGUAGES } from "../../src/locate/languages/registry";
export { lowerText, analyzeTexts } from "../../src/locate/analyze-files";
export { listWorkspace } from "../../src/locate/workspace-files";
export { createWasmEngine } from "../../src/locate/parsing/wasm-engine";
export { wasmFromNodeModules } from "../../src/locate/parsing/wasm-from-node-modules";
export { mutate, releasesOf } from "./mutation-rounds";
export { releaseWords } from "./releases";
export { typeWords } from "./declared-types";
export { seededSample } from "./seeded-sample";

/** A session that goes on from round to round, in this thread, with the files of one language. */
export function analysisSession(engine: Engine, rules: readonly RuleFile[], language: string): AnalysisSession {
  const languages = LANGUAGES.filter(({ id }) => id === language);
  const lowerer = new FileLowerer(engine, languages, new Map([[language, ruledNames(rules, language)]]));
  return new AnalysisSession({
    engine: engine.id, languages, rules, cacheDirectory: null, version: "",
    lowerer: { width: 1, lower: (task) => lowerer.lower(task, 20_000), dispose: () => Promise.resolve() },
  });
}
