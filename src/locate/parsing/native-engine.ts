import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { Failure } from "../../model/failure";
import type { Language } from "../languages/language";
import { notLoaded, parseCancelled } from "./engine";
import type { Engine } from "./engine";
import { grammarFiles, grammarOf, grammarsOf } from "./grammars";
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
 * Rejects with Failure `toolMissing` when a binding does not load; the caller goes on with the wasm engine and says so once.
 */
export async function createNativeEngine(from: string, languages: readonly Language[]): Promise<Engine> {
  const require = createRequire(join(from, "leakline-native.cjs"));
  const load = async <T>(name: string): Promise<T> => {
    try {
      return await loadBinding<T>(require, name);
    } catch (error) {
      throw new Failure(
        "toolMissing",
        `the native engine cannot load ${name}: ${error instanceof Error ? (error.message.split("\n")[0] ?? "") : String(error)}`,
        "Build it with: npm rebuild tree-sitter --build-from-source (g++, make, python3). The wasm engine gives the same findings.",
        { cause: error },
      );
    }
  };
  const Parser = await load<NativeModule>("tree-sitter");
  const loaded = new Map<string, NativeParser>();
  const languageIds = new Set<string>();
  const loadLanguage = async (language: Language): Promise<void> => {
    for (const name of grammarsOf(language)) {
      if (loaded.has(name)) continue;
      const files = grammarFiles(name);
      const exported = await load<Record<string, unknown>>(files.package);
      const parser = new Parser();
      parser.setLanguage(files.binding === null ? exported : exported[files.binding]);
      loaded.set(name, parser);
    }
    languageIds.add(language.id);
  };
  for (const language of languages) await loadLanguage(language);
  return {
    id: "native",
    load: loadLanguage,
    withTree(language, text, use, options = {}) {
      const parser = loaded.get(grammarOf(language, options.file ?? ""));
      if (parser === undefined || !languageIds.has(language.id)) throw notLoaded("native", language);
      const { shouldStop } = options;
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

/** Some grammars' bindings are CommonJS, some are ES modules that wait at their top. */
async function loadBinding<T>(require: NodeJS.Require, name: string): Promise<T> {
  const path = require.resolve(name);
  const loaded = (await import(pathToFileURL(path).href)) as { readonly default: T };
  return loaded.default;
}
