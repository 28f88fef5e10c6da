import { readFileSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { LANGUAGES } from "../languages/registry";
import { grammarFiles, grammarsOf } from "./grammars";
import type { WasmSource } from "./wasm-engine";

/** The wasm files of the installed packages, for tests and for a command that runs from a source tree. `root` is the folder of node_modules. */
export function wasmFromNodeModules(root: string): WasmSource {
  const require = createRequire(join(root, "leakline.cjs"));
  const path = (grammar: string): string => {
    const files = grammarFiles(grammar);
    return require.resolve(`${files.package}/${files.wasm}`);
  };
  return {
    runtime: () => readFileSync(require.resolve("web-tree-sitter/web-tree-sitter.wasm")),
    grammar: (grammar) => readFileSync(path(grammar)),
    version: () => LANGUAGES.flatMap(grammarsOf).map((grammar) => `${grammar} ${statSync(path(grammar)).size} ${statSync(path(grammar)).mtimeMs}`).join("\n"),
  };
}
