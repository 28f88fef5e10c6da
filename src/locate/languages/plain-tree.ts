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

/** The children of all leaves. Nobody pushes to them: only nodes that were entered get children. */
const NOTHING: PlainNode[] = [];

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** What a language knows of its nodes before it has seen one. */
export interface Reading {
  readonly roles: Roles;
  /** Types whose inside nobody asks for (literals, keywords): they are not entered. */
  readonly whole: ReadonlySet<string>;
  /** Types that are one word of letters, digits and `_`: not entered, and their end is read off the text. */
  readonly words: ReadonlySet<string>;
  /** Types that mean nothing to the flow (comments): they are left out. */
  readonly skipped: ReadonlySet<string>;
  /** Types that are entered only when this says so, by the text from their start. */
  readonly entered: ReadonlyMap<string, (text: string, start: number) => boolean>;
}

interface TypeFacts {
  readonly name: string;
  readonly named: boolean;
  readonly whole: boolean;
  readonly word: boolean;
  readonly skipped: boolean;
  readonly entered: ((text: string, start: number) => boolean) | null;
  readonly roles: TypeRoles | null;
  /** Field id -> role, filled as met. */
  readonly roleByFieldId: (string | null | undefined)[];
}

/** Copies a tree over `text` into plain nodes. */
export function readPlainTree(root: SyntaxNode, text: string, reading: Reading): PlainTree {
  const cursor = root.walk();
  // A word that the parser made up has no width, whatever stands at its place.
  const trustWords = !root.hasError;
  const factsById: (TypeFacts | undefined)[] = [];
  const factsHere = (): TypeFacts => {
    const id = cursor.nodeTypeId;
    const known = factsById[id];
    if (known !== undefined) return known;
    const name = cursor.nodeType;
    const word = reading.words.has(name);
    const facts: TypeFacts = {
      name, named: cursor.nodeIsNamed, whole: word || reading.whole.has(name), word: word && trustWords, skipped: reading.skipped.has(name),
      entered: reading.entered.get(name) ?? null, roles: reading.roles.byType.get(name) ?? null, roleByFieldId: [],
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
    let nodes = 1;
    const top: Mutable<PlainNode> = { type: facts.name, role: null, start: cursor.startIndex, end: cursor.endIndex, children: [] };
    if (!cursor.gotoFirstChild()) return { root: top, nodes };
    let parent = top;
    let parentFacts = facts;
    const above: Mutable<PlainNode>[] = [];
    const aboveFacts: TypeFacts[] = [];
    for (;;) {
      facts = factsHere();
      if (facts.named) {
        nodes++;
        if (!facts.skipped) {
          const role = parentFacts.roles === null ? null : roleIn(parentFacts);
          const start = cursor.startIndex;
          const whole = facts.whole || (facts.entered !== null && !facts.entered(text, start));
          if (!whole && cursor.gotoFirstChild()) {
            const node: Mutable<PlainNode> = { type: facts.name, role, start, end: -1, children: [] };
            parent.children.push(node);
            above.push(parent);
            aboveFacts.push(parentFacts);
            parent = node;
            parentFacts = facts;
            continue;
          }
          parent.children.push({ type: facts.name, role, start, end: facts.word ? endOfWord(text, start) : cursor.endIndex, children: NOTHING });
        }
      } else if (parentFacts.roles !== null && parentFacts.roles.tokens) {
        const role = roleIn(parentFacts);
        if (role !== null) parent.children.push({ type: facts.name, role, start: cursor.startIndex, end: cursor.endIndex, children: NOTHING });
      }
      while (!cursor.gotoNextSibling()) {
        const outer = above.pop();
        if (outer === undefined) return { root: top, nodes };
        cursor.gotoParent();
        parent.end = cursor.endIndex;
        parent = outer;
        parentFacts = aboveFacts.pop()!;
      }
    }
  } finally {
    cursor.delete?.();
  }
}

function endOfWord(text: string, start: number): number {
  let at = start;
  for (; at < text.length; at++) {
    const c = text.charCodeAt(at);
    if (!((c >= 97 && c <= 122) || (c >= 65 && c <= 90) || (c >= 48 && c <= 57) || c === 95 || c >= 128)) break;
  }
  return at;
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
