import type { Import } from "../flow/flow-model";

/** Variables of one function, by where they were met: a block sees those around it, a method does not. */
export interface RubyScope {
  readonly kind: "method" | "closure" | "inPlace";
  /** Name in the source -> name in the flow: a block's parameter that hides an outer variable is renamed (`x~1`). */
  readonly names: Map<string, string>;
  /** Outer variables that a closure assigns. */
  readonly assigned: Set<string>;
}

export function newScope(kind: RubyScope["kind"]): RubyScope {
  return { kind, names: new Map(), assigned: new Set() };
}

/**
 * Constants are everybody's, wherever the file that defines them is (and Rails loads it when its name is met): each that a file names is
 * as if it was imported under its own name. `Net::HTTP` is written `Net.HTTP`.
 */
export class RubyConstants {
  readonly #named = new Set<string>();

  add(dotted: string): void {
    this.#named.add(dotted);
    const dot = dotted.indexOf(".");
    if (dot > 0) this.#named.add(dotted.slice(0, dot));
  }

  imports(): Import[] {
    return [...this.#named].map((name) => ({ local: name, path: name, member: null }));
  }
}

/** The constants that a text names, and what they are below: for a look without a parser. */
export function constantsIn(text: string): string[] {
  const found = new Set<string>();
  for (const [name] of text.matchAll(/\b[A-Z]\w*(?:::[A-Z]\w*)*/g)) found.add(name.replaceAll("::", "."));
  return [...found];
}

/** Names that a text defines (classes, modules, methods), for a look without a parser. */
export function definedIn(text: string): string[] {
  const found: string[] = [];
  for (const [, method] of text.matchAll(/\bdef[ \t]+(?:self\.|[A-Za-z_]\w*\.)?([a-z_A-Z]\w*[?!]?)/g)) if (method !== undefined) found.push(method);
  for (const [, type] of text.matchAll(/\b(?:class|module)[ \t]+([A-Z][\w:]*)/g)) if (type !== undefined) found.push(...type.split("::"));
  for (const [, names] of text.matchAll(/\battr_(?:reader|accessor)[ \t(]+((?::\w+[,\s]*)+)/g)) for (const [, name] of (names ?? "").matchAll(/:(\w+)/g)) if (name !== undefined) found.push(name);
  return found;
}

/** Every word that may be a call: parentheses are left out as a rule. */
export function wordsIn(text: string): Set<string> {
  return new Set(text.match(/[A-Za-z_]\w*[?!]?/g) ?? []);
}
