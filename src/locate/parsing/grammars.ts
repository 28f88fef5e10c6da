import type { Language } from "../languages/language";

/** Where a grammar's files lie in its npm package. */
interface GrammarFiles {
  readonly package: string;
  /** Path of the wasm file in the package. */
  readonly wasm: string;
  /** Member of the native binding's exports that is this grammar; null: the exports themselves. */
  readonly binding: string | null;
}

/** Packages that do not lie as most do: `tree-sitter-x/tree-sitter-x.wasm`, one grammar a package. */
const UNUSUAL: Readonly<Record<string, GrammarFiles>> = {
  "tree-sitter-c-sharp": { package: "tree-sitter-c-sharp", wasm: "tree-sitter-c_sharp.wasm", binding: null },
  "tree-sitter-kotlin": { package: "@tree-sitter-grammars/tree-sitter-kotlin", wasm: "tree-sitter-kotlin.wasm", binding: null },
  "tree-sitter-php": { package: "tree-sitter-php", wasm: "tree-sitter-php.wasm", binding: "php" },
  "tree-sitter-tsx": { package: "tree-sitter-typescript", wasm: "tree-sitter-tsx.wasm", binding: "tsx" },
  "tree-sitter-typescript": { package: "tree-sitter-typescript", wasm: "tree-sitter-typescript.wasm", binding: "typescript" },
};

export function grammarFiles(grammar: string): GrammarFiles {
  return UNUSUAL[grammar] ?? { package: grammar, wasm: `${grammar}.wasm`, binding: null };
}

/** All grammars that a language is written in: its own, and those of single file extensions. */
export function grammarsOf(language: Language): string[] {
  return [...new Set([language.grammar, ...Object.values(language.grammarByExtension ?? {})])];
}

/** The grammar of one file of the language. */
export function grammarOf(language: Language, file: string): string {
  for (const [extension, grammar] of Object.entries(language.grammarByExtension ?? {})) if (file.toLowerCase().endsWith(extension)) return grammar;
  return language.grammar;
}

/**
 * The role patterns that one grammar of a language must know. A pattern that only some of its grammars have stands after a comment line
 * `; only tree-sitter-tsx tree-sitter-typescript`, which holds until the next empty line.
 */
export function rolesFor(language: Language, grammar: string): string {
  return language.roles
    .split(/\n[ \t]*\n/)
    .filter((paragraph) => {
      const only = /^;[ \t]*only[ \t]+(.+)$/m.exec(paragraph)?.[1];
      return only === undefined || only.trim().split(/\s+/).includes(grammar);
    })
    .join("\n\n");
}
