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
  walk(): SyntaxCursor;
}

/** The cheap way through a tree: each property is one call into the engine, a node costs several. */
export interface SyntaxCursor {
  readonly nodeType: string;
  readonly nodeTypeId: number;
  readonly nodeIsNamed: boolean;
  readonly nodeIsMissing: boolean;
  /** 0: no field. */
  readonly currentFieldId: number;
  readonly currentFieldName: string | null;
  /** UTF-16 offsets into the text, in both engines. */
  readonly startIndex: number;
  readonly endIndex: number;
  gotoFirstChild(): boolean;
  gotoNextSibling(): boolean;
  gotoParent(): boolean;
  /** web-tree-sitter's cursors live in wasm memory and must be freed; the native ones free themselves. */
  delete?(): void;
}

