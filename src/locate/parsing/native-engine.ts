import { createRequire } from "node:module";
import { join } from "node:path";
import { Failure } from "../../model/failure";
import type { Language } from "../languages/language";
import { notLoaded, parseCancelled } from "./engine";
import type { Engine } from "./engine";
import type { SyntaxNode } from "./syntax";

/** What we use of the `tree-sitter` package; it is never bundled, so its types are not imported either. */
interface NativeTree {
  readonly rootNode: SyntaxNode;
}
interface NativeParser {
  setLanguage(language: unknown): void;
  parse(
    input: (index: number) => string | null,
    oldTree: null,
    options: { readonly progressCallback?: (index: number) => boolean },
  ): NativeTree | null | undefined;
  reset(): void;
}
interface NativeModule {
  new (): NativeParser;
}

/** UTF-16 units handed over at a time. The binding refuses a string of 32,768 units or more as a whole. */
const CHUNK = 16_384;

/**
 * The optional engine. `from` is the folder whose node_modules have `tree-sitter` and the grammars (the bundle's own place, normally).
 * Throws Failure `toolMissing` when a binding does not load; the caller goes on with the wasm engine and says so once.
 */
export function createNativeEngine(from: string, languages: readonly Language[]): Engine {
  const require = createRequire(join(from, "leakline-native.cjs"));
  const load = <T>(name: string): T => {
    try {
      return require(name) as T;
    } catch (error) {
      throw new Failure(
        "toolMissing",
        `the native engine cannot load ${name}: ${error instanceof Error ? (error.message.split("\n")[0] ?? "") : String(error)}`,
        "Build it with: npm rebuild tree-sitter --build-from-source (g++, make, python3). The wasm engine gives the same findings.",
        { cause: error },
      );
    }
  };
  const Parser = load<NativeModule>("tree-sitter");
  const loaded = new Map<string, NativeParser>();
  for (const language of languages) {
    const grammar = load<unknown>(language.grammar);
    const parser = new Parser();
    parser.setLanguage(grammar);
    loaded.set(language.id, parser);
  }
  return {
    id: "native",
    withTree(language, text, use, limits = {}) {
      const parser = loaded.get(language.id);
      if (parser === undefined) throw notLoaded("native", language);
      const { shouldStop } = limits;
      const tree = parser.parse(
        (index) => (index < text.length ? text.slice(index, index + CHUNK) : null),
        null,
        shouldStop === undefined ? {} : { progressCallback: () => shouldStop() },
      );
      if (tree === null || tree === undefined) {
        parser.reset();
        throw parseCancelled(language);
      }
      // The binding has no delete: the tree goes when the collector finds it unreachable.
      return use(tree.rootNode);
    },
    dispose() {
      loaded.clear();
    },
  };
}
