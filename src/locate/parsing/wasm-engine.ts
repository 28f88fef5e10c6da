import { Language as Grammar, Parser, Query } from "web-tree-sitter";
import type { Node } from "web-tree-sitter";
import { Failure } from "../../model/failure";
import type { Language } from "../languages/language";
import { notLoaded, parseCancelled, refuseUnknownPredicates } from "./engine";
import type { Engine } from "./engine";
import { grammarOf, grammarsOf, rolesFor } from "./grammars";
import type { SyntaxNode } from "./syntax";

/**
 * The bytes of web-tree-sitter's own wasm and of each grammar's. Passed in, because where they lie differs: node_modules in tests,
 * beside the bundle in the extension, inside the bundle in the command.
 */
export interface WasmSource {
  runtime(): Uint8Array;
  /** `grammar` is `Language.grammar`: `tree-sitter-go`. */
  grammar(grammar: string): Uint8Array;
  /** Changes when a grammar's bytes do, without reading them. Empty where they are part of the program that is running. */
  version(): string;
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

/** The engine that ships: loads everywhere, and frees what it parsed. */
export async function createWasmEngine(wasm: WasmSource, languages: readonly Language[]): Promise<Engine> {
  await startRuntime(wasm);
  /** By grammar. A promise, so that two files that want it at once load it once. */
  const loading = new Map<string, Promise<void>>();
  const loaded = new Map<string, Parser>();
  const loadGrammar = (name: string): Promise<void> => {
    const present = loading.get(name);
    if (present !== undefined) return present;
    const work = Grammar.load(wasm.grammar(name)).then((grammar) => {
      const parser = new Parser();
      parser.setLanguage(grammar);
      loaded.set(name, parser);
    });
    loading.set(name, work);
    return work;
  };
  const languageIds = new Set<string>();
  const load = async (language: Language): Promise<void> => {
    for (const name of grammarsOf(language)) await loadGrammar(name);
    languageIds.add(language.id);
  };
  for (const language of languages) await load(language);
  return {
    id: "wasm",
    load,
    withTree(language, text, use, options = {}) {
      const parser = loaded.get(grammarOf(language, options.file ?? ""));
      if (parser === undefined || !languageIds.has(language.id)) throw notLoaded("wasm", language);
      const { shouldStop } = options;
      const tree = parser.parse(text, null, shouldStop === undefined ? undefined : { progressCallback: () => shouldStop() });
      if (tree === null) {
        // Without this the next parse goes on with this one's half-built stack and returns the wrong tree.
        parser.reset();
        throw parseCancelled(language);
      }
      try {
        return use(asSyntaxNode(tree.rootNode));
      } finally {
        tree.delete();
      }
    },
    dispose() {
      for (const parser of loaded.values()) parser.delete();
      loaded.clear();
      loading.clear();
    },
  };
}

/**
 * Compiles a language's role query against its grammar. A language file reads its `.scm` as a table and runs it over no tree, so this is
 * for tests: it proves that the node types and fields exist, and that no predicate is written that nobody would evaluate.
 * Throws Failure `unsupported`.
 */
export async function checkRoles(wasm: WasmSource, language: Language): Promise<void> {
  refuseUnknownPredicates(language);
  await startRuntime(wasm);
  for (const name of grammarsOf(language)) {
    const grammar = await Grammar.load(wasm.grammar(name));
    try {
      new Query(grammar, rolesFor(language, name)).delete();
    } catch (error) {
      throw new Failure(
        "unsupported",
        `the role query of ${language.id} does not fit ${name}: ${error instanceof Error ? error.message : String(error)}`,
        `Correct the .scm file, or install the version of ${name} that it was written for.`,
        { cause: error },
      );
    }
  }
}

/** web-tree-sitter's node has the same shape. */
function asSyntaxNode(node: Node): SyntaxNode {
  return node;
}
