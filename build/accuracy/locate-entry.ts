// What the scripts of this folder need of the product, bundled into one module by bundle-locate.mjs.
export { loadBuiltInRules } from "../../src/locate/rules/built-in";
export { expectationsIn } from "../../src/locate/rules/expectations";
export { LANGUAGES } from "../../src/locate/languages/registry";
export { lowerText, analyzeTexts } from "../../src/locate/analyze-files";
export { listWorkspace } from "../../src/locate/workspace-files";
export { createWasmEngine } from "../../src/locate/parsing/wasm-engine";
export { wasmFromNodeModules } from "../../src/locate/parsing/wasm-from-node-modules";
export { mutate } from "./mutation-rounds";
export { importsOfFolders, releaseWords, releasesIn } from "./releases";
export { seededSample } from "./seeded-sample";
