import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, test } from "vitest";
import { LANGUAGES, languageById, languageOf } from "../../../src/locate/languages/registry";
import { readRoles } from "../../../src/locate/languages/roles";
import { grammarsOf } from "../../../src/locate/parsing/grammars";
import type { SyntaxNode } from "../../../src/locate/parsing/syntax";
import { lowererFor, namedNodeTypes } from "./lower-text";
import type { Lowerer } from "./lower-text";

interface Fixture {
  readonly files: readonly string[];
  /** What another grammar of the language reads otherwise is written otherwise. */
  readonly change?: (text: string) => string;
  /** Node types with roles, at least, where the grammar has few fields. */
  readonly fewestRoles?: number;
  readonly neverInATree: Readonly<Record<string, string>>;
}

/** By grammar: files of test/corpus/syntax that together hold every construct, and the node types that no text can give. */
const FIXTURES: Readonly<Record<string, Fixture>> = {
  // `is var (a, b)` is read as a declaration whose type is `var`.
  "tree-sitter-c-sharp": { files: ["everything.cs", "file-namespace.cs"], neverInATree: { var_pattern: "declaration_pattern comes first" } },
  "tree-sitter-go": { files: ["everything.go"], neverInATree: {} },
  "tree-sitter-java": { files: ["everything.java", "module-info.java"], neverInATree: {} },
  "tree-sitter-php": { files: ["everything.php"], neverInATree: {} },
  "tree-sitter-rust": { files: ["everything.rs"], neverInATree: {} },
  // The grammar gives names to the fields of 16 node types only.
  "tree-sitter-kotlin": { files: ["everything.kt"], fewestRoles: 15, neverInATree: {} },
  "tree-sitter-python": { files: ["everything.py", "everything2.py"], neverInATree: {} },
  "tree-sitter-ruby": { files: ["everything.rb"], neverInATree: {} },
  "tree-sitter-javascript": { files: ["everything.js"], neverInATree: {} },
  "tree-sitter-typescript": { files: ["everything.ts"], neverInATree: {} },
  // `<T>x` is markup there.
  "tree-sitter-tsx": { files: ["everything.ts", "everything.tsx"], change: (text) => text.replace(/^let cast = .*$/m, ""), neverInATree: {} },
};

function fixture(name: string): string {
  return readFileSync(fileURLToPath(new URL(`../../corpus/syntax/${name}`, import.meta.url)), "utf8");
}

describe.each(LANGUAGES.flatMap((language) => grammarsOf(language).map((grammar) => [language.id, grammar, language] as const)))("%s by %s", (id, grammar, language) => {
  const { files, fewestRoles = 20, change = (text: string): string => text, neverInATree } = FIXTURES[grammar]!;
  let lowerer: Lowerer;
  beforeAll(async () => {
    lowerer = await lowererFor(language, grammar);
  });

  test("its role file fits its grammar", () => {
    expect(() => lowerer.compileRoles()).not.toThrow();
    expect(readRoles(language.roles).byType.size).toBeGreaterThan(fewestRoles);
  });

  test("the fixtures hold every named node type of the grammar", () => {
    const met = new Set<string>();
    const visit = (node: SyntaxNode): void => {
      if (node.isNamed) met.add(node.type);
      node.children.forEach(visit);
    };
    for (const file of files) lowerer.withRoot(change(fixture(file)), visit);
    const missing = namedNodeTypes(grammar).filter((type) => !met.has(type));
    expect(missing).toEqual(Object.keys(neverInATree));
    expect(met).not.toContain("ERROR");
  });

  test("every construct is understood: nothing opaque, no syntax error", () => {
    for (const file of files) {
      const flow = lowerer.lower(change(fixture(file)), { file });
      expect({ file, opaque: flow.opaque, hasSyntaxErrors: flow.hasSyntaxErrors }).toEqual({ file, opaque: {}, hasSyntaxErrors: false });
      expect(JSON.stringify(flow.functions)).not.toContain('"opaque"');
    }
  });

  test("it is found by its id and by its files' names", () => {
    expect(languageById(id)).toBe(language);
    for (const extension of language.extensions) expect(languageOf(`a/b${extension}`)).toBe(language);
    expect(language.traits.id).toBe(id);
  });
});

test("other files are nobody's", () => {
  expect(languageOf("a.txt")).toBeNull();
  expect(languageOf("go")).toBeNull();
  expect(languageById("cobol")).toBeNull();
});
