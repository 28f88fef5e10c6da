import type { FileFlow } from "../../../src/locate/flow/flow-model";
import type { Language } from "../../../src/locate/languages/language";
import type { SyntaxNode } from "../../../src/locate/parsing/syntax";

/** A language whose lowering counts named nodes and does nothing else: the engines can be tested without the real ones. */
export function plainLanguage(id: "go" | "python", change: Partial<Language> = {}): Language {
  return {
    id,
    name: id,
    extensions: id === "go" ? [".go"] : [".py"],
    grammar: `tree-sitter-${id}`,
    roles: id === "go" ? "(function_declaration name: (identifier) @function)" : "(function_definition name: (identifier) @function)",
    traits: { id, callsRaise: id === "python", neverReturn: [], errorResults: id === "go", coroutineDecorators: [], freesUnreachable: id === "python" },
    generated: [],
    generatedMarks: [],
    lower: (input) => emptyFlow(input.file, id, input.module, countNamed(input.root)),
    ...change,
  };
}

export function countNamed(root: SyntaxNode): number {
  return 1 + root.namedChildren.reduce((sum, child) => sum + countNamed(child), 0);
}

export function emptyFlow(file: string, language: string, module: string, nodes = 0): FileFlow {
  return { file, language, module, imports: [], types: [], globals: [], functions: [], opaque: {}, nodes, hasSyntaxErrors: false, ignores: [] };
}
