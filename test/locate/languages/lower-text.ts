import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { Language as Grammar, Parser, Query } from "web-tree-sitter";
import type { Node } from "web-tree-sitter";
import type { FileFlow } from "../../../src/locate/flow/flow-model";
import type { Language } from "../../../src/locate/languages/language";
import { grammarFiles, rolesFor } from "../../../src/locate/parsing/grammars";
import type { SyntaxNode } from "../../../src/locate/parsing/syntax";

const require = createRequire(import.meta.url);

export interface Lowerer {
  lower(text: string, options?: { readonly file?: string; readonly module?: string }): FileFlow;
  /** Milliseconds spent on parsing and lowering so far. */
  readonly spent: { parse: number; lower: number };
  withRoot<T>(text: string, use: (root: SyntaxNode) => T): T;
  /** All nodes of a type, as the engine itself finds them. */
  nodesOfType(root: SyntaxNode, type: string): readonly SyntaxNode[];
  /** Throws when the role file names node types or fields that the grammar does not have. */
  compileRoles(): void;
}

/** web-tree-sitter with one language's grammar, as it ships. `grammarName`: one of those that read single extensions. */
export async function lowererFor(language: Language, grammarName = language.grammar): Promise<Lowerer> {
  await Parser.init();
  const files = grammarFiles(grammarName);
  const grammar = await Grammar.load(readFileSync(require.resolve(`${files.package}/${files.wasm}`)));
  const parser = new Parser();
  parser.setLanguage(grammar);
  const spent = { parse: 0, lower: 0 };
  const withRoot = <T>(text: string, use: (root: SyntaxNode) => T): T => {
    const before = performance.now();
    const tree = parser.parse(text);
    spent.parse += performance.now() - before;
    if (tree === null) throw new Error("the parser gave no tree");
    try {
      return use(tree.rootNode);
    } finally {
      tree.delete();
    }
  };
  return {
    spent,
    withRoot,
    nodesOfType: (root, type) => (root as Node).descendantsOfType(type),
    lower(text, { file = `file${language.extensions[0]}`, module = "m" } = {}) {
      return withRoot(text, (root) => {
        const before = performance.now();
        const flow = language.lower({ file, text, root, module });
        spent.lower += performance.now() - before;
        return flow;
      });
    },
    compileRoles() {
      new Query(grammar, rolesFor(language, grammarName)).delete();
    },
  };
}

/** Named node types of a grammar, as its node-types.json lists them; supertypes (which no tree holds) left out. */
export function namedNodeTypes(grammar: string): string[] {
  const { package: name, wasm } = grammarFiles(grammar);
  // A package of several grammars has a folder for each, named as the wasm file is.
  const folders = ["", `${wasm.replace(/^tree-sitter-|\.wasm$/g, "")}/`];
  const found = folders.map((folder) => `${name}/${folder}src/node-types.json`).find((path) => existsSync(join(dirname(require.resolve(`${name}/package.json`)), path.slice(name.length))));
  if (found === undefined) throw new Error(`${grammar}: no node-types.json`);
  const types = JSON.parse(readFileSync(require.resolve(found), "utf8")) as { type: string; named: boolean; subtypes?: unknown }[];
  return types.filter((type) => type.named && type.subtypes === undefined).map((type) => type.type);
}
