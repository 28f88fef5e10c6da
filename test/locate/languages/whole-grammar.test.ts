import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, test } from "vitest";
import { LANGUAGES, languageById, languageOf } from "../../../src/locate/languages/registry";
import { readRoles } from "../../../src/locate/languages/roles";
import type { SyntaxNode } from "../../../src/locate/parsing/syntax";
import { lowererFor, namedNodeTypes } from "./lower-text";
import type { Lowerer } from "./lower-text";

/** Files of test/corpus/syntax that together hold every construct of a language, and the node types that no text can give. */
const FIXTURES: Readonly<Record<string, { readonly files: readonly string[]; readonly neverInATree: Readonly<Record<string, string>> }>> = {
  java: { files: ["everything.java", "module-info.java"], neverInATree: {} },
  go: { files: ["everything.go"], neverInATree: {} },
  python: { files: ["everything.py", "everything2.py"], neverInATree: {} },
};

function fixture(name: string): string {
  return readFileSync(fileURLToPath(new URL(`../../corpus/syntax/${name}`, import.meta.url)), "utf8");
}

describe.each(LANGUAGES.map((language) => [language.id, language] as const))("%s", (id, language) => {
  let lowerer: Lowerer;
  beforeAll(async () => {
    lowerer = await lowererFor(language);
  });

  test("its role file fits its grammar", () => {
    expect(() => lowerer.compileRoles()).not.toThrow();
    expect(readRoles(language.roles).byType.size).toBeGreaterThan(20);
  });

  test("the fixtures hold every named node type of the grammar", () => {
    const { files, neverInATree } = FIXTURES[id]!;
    const met = new Set<string>();
    const visit = (node: SyntaxNode): void => {
      if (node.isNamed) met.add(node.type);
      node.children.forEach(visit);
    };
    for (const file of files) lowerer.withRoot(fixture(file), visit);
    const missing = namedNodeTypes(language).filter((type) => !met.has(type));
    expect(missing).toEqual(Object.keys(neverInATree));
    expect(met).not.toContain("ERROR");
  });

  test("every construct is understood: nothing opaque, no syntax error", () => {
    for (const file of FIXTURES[id]!.files) {
      const flow = lowerer.lower(fixture(file));
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
