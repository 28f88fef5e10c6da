/**
 * A syntax tree as both engines can give it: web-tree-sitter (ships) and the native binding (optional).
 * Nodes never leave the room: a language file turns them into the flow model inside `withTree`.
 */
export interface SyntaxNode {
  readonly id: number;
  readonly type: string;
  readonly text: string;
  readonly isNamed: boolean;
  readonly isMissing: boolean;
  readonly isError: boolean;
  readonly hasError: boolean;
  /** Rows and columns from 0. Columns in UTF-16 code units in both engines. */
  readonly startPosition: { readonly row: number; readonly column: number };
  readonly endPosition: { readonly row: number; readonly column: number };
  readonly startIndex: number;
  readonly endIndex: number;
  readonly parent: SyntaxNode | null;
  readonly children: readonly SyntaxNode[];
  readonly namedChildren: readonly SyntaxNode[];
  childForFieldName(field: string): SyntaxNode | null;
  childrenForFieldName(field: string): readonly SyntaxNode[];
}

/** Captures of a compiled role query over one tree: capture name -> nodes, in source order. */
export type RoleCaptures = ReadonlyMap<string, readonly SyntaxNode[]>;
