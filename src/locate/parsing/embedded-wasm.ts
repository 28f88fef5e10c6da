import { brotliDecompressSync } from "node:zlib";
import cSharp from "tree-sitter-c-sharp/tree-sitter-c_sharp.wasm";
import go from "tree-sitter-go/tree-sitter-go.wasm";
import java from "tree-sitter-java/tree-sitter-java.wasm";
import javascript from "tree-sitter-javascript/tree-sitter-javascript.wasm";
import kotlin from "@tree-sitter-grammars/tree-sitter-kotlin/tree-sitter-kotlin.wasm";
import php from "tree-sitter-php/tree-sitter-php.wasm";
import python from "tree-sitter-python/tree-sitter-python.wasm";
import ruby from "tree-sitter-ruby/tree-sitter-ruby.wasm";
import rust from "tree-sitter-rust/tree-sitter-rust.wasm";
import tsx from "tree-sitter-typescript/tree-sitter-tsx.wasm";
import typescript from "tree-sitter-typescript/tree-sitter-typescript.wasm";
import runtime from "web-tree-sitter/web-tree-sitter.wasm";
import type { WasmSource } from "./wasm-engine";

/**
 * The grammars as the bundler put them into the program, compressed (parse tables are mostly zeros: 17 MB become one): one file runs
 * everywhere, nothing is looked for on the disk.
 */
const GRAMMARS: Readonly<Record<string, string>> = {
  "tree-sitter-c-sharp": cSharp,
  "tree-sitter-go": go,
  "tree-sitter-java": java,
  "tree-sitter-javascript": javascript,
  "tree-sitter-kotlin": kotlin,
  "tree-sitter-php": php,
  "tree-sitter-python": python,
  "tree-sitter-ruby": ruby,
  "tree-sitter-rust": rust,
  "tree-sitter-tsx": tsx,
  "tree-sitter-typescript": typescript,
};

function unpack(text: string): Uint8Array {
  return brotliDecompressSync(Buffer.from(text, "base64"));
}

export const embeddedWasm: WasmSource = {
  runtime: () => unpack(runtime),
  grammar(grammar) {
    const text = GRAMMARS[grammar];
    if (text === undefined) throw new Error(`the grammar ${grammar} was not bundled: add it to embedded-wasm.ts`);
    return unpack(text);
  },
  version: () => "",
};
