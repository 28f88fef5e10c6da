import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import type { WasmSource } from "./wasm-engine";

/** The wasm files of the installed packages, for tests and for a command that runs from a source tree. `root` is the folder of node_modules. */
export function wasmFromNodeModules(root: string): WasmSource {
  const require = createRequire(join(root, "leakline.cjs"));
  return {
    runtime: () => readFileSync(require.resolve("web-tree-sitter/web-tree-sitter.wasm")),
    grammar: (grammar) => readFileSync(require.resolve(`${grammar}/${grammar}.wasm`)),
  };
}
