/**
 * Node roles of a language, read from its `.scm` file: which field of which node type is the callee, the receiver, the value ...
 *
 * The file is a plain tree-sitter query (one compiles it in the tests, so a wrong node type or field cannot hide), restricted to
 * patterns of one node with named fields: `(call_expression function: (_) @callee arguments: (_) @arguments)`. It is read once
 * into a table instead of being run over each tree: running even six patterns cost 28 % of the parse, the table costs nothing.
 */
export interface Roles {
  /** Node type -> its roles by field. A type without entry has no fields that matter. */
  readonly byType: ReadonlyMap<string, TypeRoles>;
}

export interface TypeRoles {
  readonly byField: ReadonlyMap<string, string>;
  /** Some role may be played by an anonymous node, an operator say (`operator: _ @operator`). */
  readonly tokens: boolean;
}

const PATTERN = /\(\s*([a-z_]+)((?:\s+[a-z_]+:\s*(?:\(_\)|_)\s*@[a-z.]+)+)\s*\)/gy;
const FIELD = /([a-z_]+):\s*(\(_\)|_)\s*@([a-z.]+)/g;
const BLANK = /(?:\s|;[^\n]*(?:\n|$))*/gy;

/** Reads a role file. Throws an Error that names the offset where it is not of the documented shape: a defect of ours, not of a user's input. */
export function readRoles(scm: string): Roles {
  const byType = new Map<string, TypeRoles>();
  let offset = 0;
  for (;;) {
    BLANK.lastIndex = offset;
    BLANK.exec(scm);
    offset = BLANK.lastIndex;
    if (offset >= scm.length) return { byType };
    PATTERN.lastIndex = offset;
    const pattern = PATTERN.exec(scm);
    if (pattern === null) throw new Error(`role file: not understood at offset ${offset}: ${scm.slice(offset, offset + 60)}`);
    offset = PATTERN.lastIndex;
    const byField = new Map<string, string>();
    let tokens = false;
    for (const [, field, shape, role] of pattern[2]!.matchAll(FIELD)) {
      byField.set(field!, role!);
      if (shape === "_") tokens = true;
    }
    if (byType.has(pattern[1]!)) throw new Error(`role file: ${pattern[1]} stands twice`);
    byType.set(pattern[1]!, { byField, tokens });
  }
}
