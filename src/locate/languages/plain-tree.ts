import type { SyntaxNode } from "../parsing/syntax";
import type { Roles, TypeRoles } from "./roles";

/**
 * A syntax node as plain data: named nodes, and the anonymous ones that play a role (operators).
 * Every touch of an engine's node is a call into wasm or C++; one pass with a cursor makes as few as can be.
 */
export interface PlainNode {
  readonly type: string;
  /** The role it plays in its parent, by the language's role file; null when it has none. */
  readonly role: string | null;
  /** UTF-16 offsets into the text, end exclusive. */
  readonly start: number;
  readonly end: number;
  readonly children: PlainNode[];
}

export interface PlainTree {
  readonly root: PlainNode;
  /** Named nodes visited. */
  readonly nodes: number;
}

const NOTHING: readonly PlainNode[] = Object.freeze([]);

interface TypeFacts {
  readonly name: string;
  readonly named: boolean;
  readonly whole: boolean;
  readonly skipped: boolean;
  readonly roles: TypeRoles | null;
  /** Field id -> role, filled as met. */
  readonly roleByFieldId: (string | null | undefined)[];
}

/**
 * Copies a tree. `whole` names node types whose inside nobody asks for (identifiers, plain strings): they are not entered.
 * `skipped` names node types that mean nothing to the flow (comments): they are left out.
 */
export function readPlainTree(root: SyntaxNode, roles: Roles, whole: ReadonlySet<string>, skipped: ReadonlySet<string>): PlainTree {
  const cursor = root.walk();
  const factsById: (TypeFacts | undefined)[] = [];
  let nodes = 0;
  const factsHere = (): TypeFacts => {
    const id = cursor.nodeTypeId;
    const known = factsById[id];
    if (known !== undefined) return known;
    const name = cursor.nodeType;
    const facts: TypeFacts = {
      name, named: cursor.nodeIsNamed, whole: whole.has(name), skipped: skipped.has(name), roles: roles.byType.get(name) ?? null, roleByFieldId: [],
    };
    factsById[id] = facts;
    return facts;
  };
  const roleIn = (parent: TypeFacts): string | null => {
    const id = cursor.currentFieldId;
    if (id === 0) return null;
    let role = parent.roleByFieldId[id];
    if (role === undefined) {
      role = parent.roles?.byField.get(cursor.currentFieldName ?? "") ?? null;
      parent.roleByFieldId[id] = role;
    }
    return role;
  };
  try {
    let facts = factsHere();
    const top: PlainNode = { type: facts.name, role: null, start: cursor.startIndex, end: cursor.endIndex, children: [] };
    nodes = 1;
    const parents: PlainNode[] = [top];
    const parentFacts: TypeFacts[] = [facts];
    if (!cursor.gotoFirstChild()) return { root: top, nodes };
    for (;;) {
      const depth = parents.length - 1;
      const above = parentFacts[depth]!;
      facts = factsHere();
      let entered = false;
      if (facts.named) {
        nodes++;
        if (!facts.skipped) {
          const role = above.roles === null ? null : roleIn(above);
          const enter = !facts.whole && cursor.gotoFirstChild();
          if (enter) {
            // The cursor stands on the first child, whose start may differ from ours only by nothing: a node starts where its first child does.
            const node: PlainNode = { type: facts.name, role, start: cursor.startIndex, end: -1, children: [] };
            parents[depth]!.children.push(node);
            parents.push(node);
            parentFacts.push(facts);
            entered = true;
          } else {
            parents[depth]!.children.push({ type: facts.name, role, start: cursor.startIndex, end: cursor.endIndex, children: NOTHING as PlainNode[] });
          }
        }
      } else if (above.roles !== null && above.roles.tokens) {
        const role = roleIn(above);
        if (role !== null) {
          parents[depth]!.children.push({ type: facts.name, role, start: cursor.startIndex, end: cursor.endIndex, children: NOTHING as PlainNode[] });
        }
      }
      if (entered) continue;
      while (!cursor.gotoNextSibling()) {
        const node = parents.pop()!;
        parentFacts.pop();
        cursor.gotoParent();
        if (parents.length === 0) return { root: top, nodes };
        (node as { end: number }).end = cursor.endIndex;
      }
    }
  } finally {
    cursor.delete?.();
  }
}

/** The first child in that role, or null. */
export function part(node: PlainNode, role: string): PlainNode | null {
  for (const child of node.children) if (child.role === role) return child;
  return null;
}

export function parts(node: PlainNode, role: string): PlainNode[] {
  return node.children.filter((child) => child.role === role);
}

/** The first child of that type, or null. */
export function childOfType(node: PlainNode, type: string): PlainNode | null {
  for (const child of node.children) if (child.type === type) return child;
  return null;
}
