import type { Language } from "../languages/language";
import type { Engine } from "./engine";
import type { SyntaxNode } from "./syntax";

/** Where the parser first had to repair a text. Line and column from 1; null: nowhere. */
export function firstSyntaxError(engine: Engine, language: Language, { file, text }: { readonly file: string; readonly text: string }): { readonly line: number; readonly column: number } | null {
  return engine.withTree(language, text, (root) => {
    const node = firstError(root);
    return node === null ? null : { line: node.startPosition.row + 1, column: node.startPosition.column + 1 };
  }, { file });
}

function firstError(root: SyntaxNode): SyntaxNode | null {
  for (let node: SyntaxNode | undefined = root; node !== undefined && (node.hasError || node.isMissing);) {
    if (node.isError || node.isMissing) return node;
    node = node.children.find((child) => child.hasError || child.isError || child.isMissing);
  }
  return root.hasError ? root : null;
}
