import { Language as Grammar, Parser, Query } from "web-tree-sitter";
import type { Node } from "web-tree-sitter";
import type { Language } from "../languages/language";
import { groupCaptures, notLoaded, parseCancelled, refuseUnknownPredicates } from "./engine";
import type { Engine } from "./engine";
import type { SyntaxNode } from "./syntax";

/**
 * The bytes of web-tree-sitter's own wasm and of each grammar's. Passed in, because where they lie differs: node_modules in tests,
 * beside the bundle in the extension, inside the bundle in the command.
 */
export interface WasmSource {
  runtime(): Uint8Array;
  /** `grammar` is `Language.grammar`: `tree-sitter-go`. */
  grammar(grammar: string): Uint8Array;
}

let runtime: Promise<void> | null = null;

/** web-tree-sitter keeps its runtime in a module variable: one for the whole thread, started once. */
function startRuntime(wasm: WasmSource): Promise<void> {
  runtime ??= Parser.init({
    wasmBinary: wasm.runtime(),
    // Never asked for the bytes, yet its ES module form builds a URL from import.meta.url without it, which a CommonJS bundle has not.
    locateFile: (name: string) => name,
  }).catch((error: unknown) => {
    runtime = null;
    throw error;
  });
  return runtime;
}

interface Loaded {
  readonly parser: Parser;
  readonly query: Query;
}

/** The engine that ships: loads everywhere, and frees what it parsed. Compiles each language's role query once. */
export async function createWasmEngine(wasm: WasmSource, languages: readonly Language[]): Promise<Engine> {
  languages.forEach(refuseUnknownPredicates);
  await startRuntime(wasm);
  const loaded = new Map<string, Loaded>();
  for (const language of languages) {
    const grammar = await Grammar.load(wasm.grammar(language.grammar));
    const parser = new Parser();
    parser.setLanguage(grammar);
    loaded.set(language.id, { parser, query: new Query(grammar, language.roles) });
  }
  return {
    id: "wasm",
    withTree(language, text, use, limits = {}) {
      const found = loaded.get(language.id);
      if (found === undefined) throw notLoaded("wasm", language);
      const { shouldStop } = limits;
      const tree = found.parser.parse(text, null, shouldStop === undefined ? undefined : { progressCallback: () => shouldStop() });
      if (tree === null) {
        // Without this the next parse goes on with this one's half-built stack and returns the wrong tree.
        found.parser.reset();
        throw parseCancelled(language);
      }
      try {
        const root = asSyntaxNode(tree.rootNode);
        return use(root, groupCaptures(found.query.captures(tree.rootNode).map(({ name, node }) => ({ name, node: asSyntaxNode(node) }))));
      } finally {
        tree.delete();
      }
    },
    dispose() {
      for (const { parser, query } of loaded.values()) {
        query.delete();
        parser.delete();
      }
      loaded.clear();
    },
  };
}

/** web-tree-sitter's node has the same shape. */
function asSyntaxNode(node: Node): SyntaxNode {
  return node;
}
