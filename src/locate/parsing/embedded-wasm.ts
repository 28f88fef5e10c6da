import goGrammar from "tree-sitter-go/tree-sitter-go.wasm";
import pythonGrammar from "tree-sitter-python/tree-sitter-python.wasm";
import runtime from "web-tree-sitter/web-tree-sitter.wasm";
import type { WasmSource } from "./wasm-engine";

/** The grammars as the bundler put them into the program: one file runs everywhere, nothing is looked for on the disk. */
const GRAMMARS: Readonly<Record<string, Uint8Array>> = {
  "tree-sitter-go": goGrammar,
  "tree-sitter-python": pythonGrammar,
};

export const embeddedWasm: WasmSource = {
  runtime: () => runtime,
  grammar(grammar) {
    const bytes = GRAMMARS[grammar];
    if (bytes === undefined) throw new Error(`the grammar ${grammar} was not bundled: add it to embedded-wasm.ts`);
    return bytes;
  },
};
