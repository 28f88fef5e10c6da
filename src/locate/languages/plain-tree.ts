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
  /** Named nodes read. */
  readonly nodes: number;
  /** What the parser could not place, in source order (an outer one before those in it), wherever it stood. */
  readonly errors: readonly PlainNode[];
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
  /** Types whose children are a list of statements: an ERROR among them stays in its place. Anywhere else it would pass for a part. */
  readonly lists: ReadonlySet<string>;
  /** Anonymous nodes that are operands all the same, whatever field they stand in or none: C#'s `this`. Absent: none. */
  readonly kept?: ReadonlySet<string>;
  /** What is inside short nodes, told by their text alone (`a.b.c`, `(x)`). null: not so simple, enter it. */
  readonly shortcuts: ReadonlyMap<string, Shortcut>;
  /** Type -> the role of its last part, after which nothing comes that matters; "" when any part is the last. */
  readonly last: ReadonlyMap<string, string>;
}

/** The very children that the cursor would find. The tests read real code both ways and compare. */
export type Shortcut = (text: string, start: number, end: number) => PlainNode[] | null;

interface TypeFacts {
  readonly name: string;
  readonly named: boolean;
  readonly whole: boolean;
  readonly word: boolean;
  readonly skipped: boolean;
  /** Anonymous, and an operand. */
  readonly kept: boolean;
  readonly shortcut: Shortcut | null;
  readonly last: string | null;
  readonly roles: TypeRoles | null;
  /** Field id -> role, filled as met. */
  readonly roleByFieldId: (string | null | undefined)[];
}

/** Copies a tree over `text` into plain nodes. */
export function readPlainTree(root: SyntaxNode, text: string, reading: Reading): PlainTree {
  const cursor = root.walk();
  // What the parser made up has no width, whatever stands at its place; what it left out is there all the same.
  const trustText = !root.hasError;
  const factsById: (TypeFacts | undefined)[] = [];
  const factsHere = (): TypeFacts => {
    const id = cursor.nodeTypeId;
    const known = factsById[id];
    if (known !== undefined) return known;
    const name = cursor.nodeType;
    const word = reading.words.has(name);
    const facts: TypeFacts = {
      name, named: cursor.nodeIsNamed, whole: word || reading.whole.has(name), word: word && trustText, skipped: reading.skipped.has(name), kept: reading.kept?.has(name) === true,
      shortcut: trustText ? reading.shortcuts.get(name) ?? null : null, last: trustText ? reading.last.get(name) ?? null : null,
      roles: reading.roles.byType.get(name) ?? null, roleByFieldId: [],
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
    const errors: PlainNode[] = [];
    const top: Mutable<PlainNode> = { type: facts.name, role: null, start: cursor.startIndex, end: cursor.endIndex, children: NOTHING };
    if (!cursor.gotoFirstChild()) return { root: top, nodes, errors };
    // Children wait here until their parent is left, so that its array is made once, in its size: one that grows takes room for 17.
    const waiting: PlainNode[] = [];
    let waits = 0;
    const waitingSince: number[] = [0];
    let parent = top;
    let parentFacts = facts;
    const above: Mutable<PlainNode>[] = [];
    const aboveFacts: TypeFacts[] = [];
    for (;;) {
      facts = factsHere();
      let complete = false;
      if (facts.named) {
        if (!facts.skipped) {
          nodes++;
          const role = parentFacts.roles === null ? null : roleIn(parentFacts);
          const start = cursor.startIndex;
          let end = -1;
          let children: PlainNode[] | null = null;
          if (facts.shortcut !== null) {
            end = cursor.endIndex;
            children = facts.shortcut(text, start, end);
          }
          if (children === null && !facts.whole && cursor.gotoFirstChild()) {
            const node: Mutable<PlainNode> = { type: facts.name, role, start, end, children: NOTHING };
            if (facts.name === "ERROR") errors.push(node);
            if (facts.name !== "ERROR" || reading.lists.has(parent.type)) waiting[waits++] = node;
            waitingSince.push(waits);
            above.push(parent);
            aboveFacts.push(parentFacts);
            parent = node;
            parentFacts = facts;
            continue;
          }
          if (children !== null) nodes += count(children);
          const node: PlainNode = { type: facts.name, role, start, end: facts.word ? endOfWord(text, start) : end < 0 ? cursor.endIndex : end, children: children ?? NOTHING };
          if (facts.name === "ERROR") errors.push(node);
          if (facts.name !== "ERROR" || reading.lists.has(parent.type)) waiting[waits++] = node;
          complete = isLast(parentFacts, role);
        }
      } else if (parentFacts.roles !== null && parentFacts.roles.tokens) {
        const role = roleIn(parentFacts);
        if (role !== null || facts.kept) waiting[waits++] = leaf(facts.name, role, cursor.startIndex, cursor.endIndex);
      } else if (facts.kept) waiting[waits++] = leaf(facts.name, null, cursor.startIndex, cursor.endIndex);
      while (complete || !cursor.gotoNextSibling()) {
        const since = waitingSince.pop()!;
        if (waits > since) {
          parent.children = waiting.slice(since, waits);
          waits = since;
        }
        const outer = above.pop();
        if (outer === undefined) return { root: top, nodes, errors };
        cursor.gotoParent();
        if (parent.end < 0) parent.end = cursor.endIndex;
        const { role } = parent;
        parent = outer;
        parentFacts = aboveFacts.pop()!;
        complete = isLast(parentFacts, role);
      }
    }
  } finally {
    cursor.delete?.();
  }
}

function isLast(parent: TypeFacts, role: string | null): boolean {
  return parent.last !== null && (parent.last === "" || parent.last === role);
}

function count(nodes: readonly PlainNode[]): number {
  let sum = nodes.length;
  for (const node of nodes) sum += count(node.children);
  return sum;
}

function isWordPart(c: number): boolean {
  return (c >= 97 && c <= 122) || (c >= 65 && c <= 90) || (c >= 48 && c <= 57) || c === 95 || c === 36 || c >= 128;
}

function endOfWord(text: string, start: number): number {
  let at = start;
  while (at < text.length && isWordPart(text.charCodeAt(at))) at++;
  return at;
}

/** Nothing but one word, which does not begin with a digit. */
export function isWord(text: string, start: number, end: number): boolean {
  const first = text.charCodeAt(start);
  if (start >= end || (first >= 48 && first <= 57)) return false;
  for (let at = start; at < end; at++) if (!isWordPart(text.charCodeAt(at))) return false;
  return true;
}

/** `a.b.c` and nothing else; a word is one as well. */
export function isDottedName(text: string, start: number, end: number): boolean {
  const first = text.charCodeAt(start);
  if (start >= end || first === 46 || (first >= 48 && first <= 57)) return false;
  for (let at = start; at < end; at++) {
    const c = text.charCodeAt(at);
    if (c !== 46 ? !isWordPart(c) : at + 1 === end || text.charCodeAt(at + 1) === 46) return false;
  }
  return true;
}

/** The last dot of a stretch of text, or -1. Never looks outside it: `lastIndexOf` would search the whole text before a word. */
export function lastDot(text: string, start: number, end: number): number {
  for (let at = end - 1; at >= start; at--) if (text.charCodeAt(at) === 46) return at;
  return -1;
}

export function leaf(type: string, role: string | null, start: number, end: number): PlainNode {
  return { type, role, start, end, children: NOTHING };
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
