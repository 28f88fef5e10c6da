import type { TypeRef } from "../flow/flow-model";

/** What a type needs to know of its file. */
export type ResolveName = (dotted: string) => string;

/** Names that say how a type is used, and not what it is: their first argument is the type. A promise counts as what it gives. */
const TRANSPARENT = new Set(["Promise", "PromiseLike", "Awaited", "Readonly", "Partial", "Required", "NonNullable", "Omit", "Pick", "Writable", "Ref", "MaybePromise"]);
const CONTAINERS = new Set(["Array", "ReadonlyArray", "Set", "ReadonlySet", "Iterable", "AsyncIterable", "Iterator", "AsyncIterator", "Generator", "AsyncGenerator", "IterableIterator", "AsyncIterableIterator"]);
const KEYED = new Set(["Map", "ReadonlyMap", "WeakMap", "Record"]);
const NOTHING = new Set(["null", "undefined", "void", "never"]);
const ANYTHING = new Set(["any", "unknown", "object", "Object", "Function", "this"]);
const BUILT_IN = new Set(["string", "number", "boolean", "bigint", "symbol", "String", "Number", "Boolean", "Date", "RegExp", "Error", "Buffer", "Uint8Array", "ArrayBuffer"]);

/**
 * Reads a type from its text, with or without the `:` before it (`: Promise<pg.PoolClient | null>`). null where the type is not one thing.
 * An intersection is its first part that is known.
 */
export function readType(text: string, resolve: ResolveName): TypeRef | null {
  const read = new TypeText(text, resolve).union();
  return read === NO_VALUE ? null : read;
}

/** Longer ones are not looked through for their members. */
const LONGEST_WRITTEN = 2000;

/** The properties of a type that is written out on the spot (`: { pool: Pool; size?: number }`) whose types somebody declared. Empty for any other type. */
export function membersWritten(text: string, resolve: ResolveName): readonly { readonly name: string; readonly type: TypeRef }[] {
  const body = text.length > LONGEST_WRITTEN ? undefined : /^:?\s*\{([^]*)\}\s*$/u.exec(text)?.[1];
  if (body === undefined) return [];
  const members: { name: string; type: TypeRef }[] = [];
  let nested = 0;
  let from = 0;
  for (let at = 0; at <= body.length; at++) {
    const c = body[at] ?? ";";
    if ("<([{".includes(c)) nested++;
    else if (c === ">" && body[at - 1] !== "=") nested--;
    else if (")]}".includes(c)) nested--;
    if (nested < 0) return [];
    if (nested > 0 || (c !== ";" && c !== "," && c !== "\n")) continue;
    const [, name, type] = /^\s*(?:readonly\s+)?([\p{L}_$][\p{L}\p{Nd}_$]*)\s*\??\s*:\s*([^]+)$/u.exec(body.slice(from, at)) ?? [];
    const read = name === undefined || type === undefined ? null : readType(type, resolve);
    if (name !== undefined && read !== null && !BUILT_IN.has(read.name)) members.push({ name, type: read });
    from = at + 1;
  }
  return members;
}

/** `null`, `undefined`: a member of a union that says nothing. It never leaves this file. */
const NO_VALUE: TypeRef = { name: "undefined", element: null };
const DEEPEST = 40;

class TypeText {
  #at = 0;
  #depth = 0;

  constructor(readonly text: string, readonly resolve: ResolveName) {
    if (this.#peek() === ":") this.#at++;
  }

  #peek(): string {
    for (;;) {
      const c = this.text.charCodeAt(this.#at);
      if (c === 32 || (c >= 9 && c <= 13) || c === 160) this.#at++;
      else if (c === 47 && this.text[this.#at + 1] === "*") {
        const end = this.text.indexOf("*/", this.#at + 2);
        this.#at = end < 0 ? this.text.length : end + 2;
      } else if (c === 47 && this.text[this.#at + 1] === "/") {
        const end = this.text.indexOf("\n", this.#at);
        this.#at = end < 0 ? this.text.length : end;
      } else break;
    }
    return this.text[this.#at] ?? "";
  }

  union(): TypeRef | null {
    if (++this.#depth > DEEPEST) {
      this.#at = this.text.length;
      return null;
    }
    if (this.#peek() === "|") this.#at++;
    const members = [this.#intersection()];
    while (this.#peek() === "|") {
      this.#at++;
      members.push(this.#intersection());
    }
    this.#depth--;
    const said = members.filter((member) => member !== NO_VALUE);
    const [first] = said;
    if (first === undefined) return NO_VALUE;
    return first !== null && said.every((member) => member !== null && member.name === first.name) ? first : null;
  }

  #intersection(): TypeRef | null {
    if (this.#peek() === "&") this.#at++;
    let known = this.#postfix();
    while (this.#peek() === "&") {
      this.#at++;
      const next = this.#postfix();
      known ??= next;
    }
    return known;
  }

  #postfix(): TypeRef | null {
    let type = this.#one();
    while (this.#peek() === "[") {
      const inside = this.#skip("[", "]");
      type = inside === "" ? { name: "[]", element: type === NO_VALUE ? null : type } : null;
    }
    return type;
  }

  #one(): TypeRef | null {
    const c = this.#peek();
    if (c === "(") {
      const before = this.#at;
      this.#skip("(", ")");
      if (this.#peek() === "=" && this.text[this.#at + 1] === ">") {
        this.#at += 2;
        this.union();
        return { name: "func", element: null };
      }
      const after = this.#at;
      this.#at = before + 1;
      const inner = this.union();
      this.#at = after;
      return inner;
    }
    if (c === "{" || c === "[") {
      this.#skip(c, c === "{" ? "}" : "]");
      return null;
    }
    if (c === "'" || c === '"' || c === "`") {
      const end = this.text.indexOf(c, this.#at + 1);
      this.#at = end < 0 ? this.text.length : end + 1;
      return null;
    }
    const dotted = /[\p{L}_$][\p{L}\p{Nd}_$]*(?:\s*\.\s*[\p{L}_$][\p{L}\p{Nd}_$]*)*/uy;
    dotted.lastIndex = this.#at;
    const found = dotted.exec(this.text);
    if (found === null) {
      this.#at++;
      return null;
    }
    this.#at = dotted.lastIndex;
    const written = found[0].replace(/\s+/g, "");
    if (written === "readonly" || written === "unique" || written === "abstract") return this.#postfix();
    if (written === "keyof" || written === "typeof" || written === "infer" || written === "new" || written === "asserts" || written === "import") {
      this.#at = this.text.length;
      return null;
    }
    const args = this.#peek() === "<" ? this.#arguments() : null;
    if (NOTHING.has(written)) return NO_VALUE;
    if (ANYTHING.has(written) || written === "true" || written === "false") return null;
    if (args !== null) {
      const element = (type: TypeRef | null | undefined): TypeRef | null => (type === undefined || type === NO_VALUE ? null : type);
      if (TRANSPARENT.has(written)) return args[0] ?? null;
      if (CONTAINERS.has(written)) return { name: "[]", element: element(args[0]) };
      if (KEYED.has(written)) return { name: "map", element: element(args[1]) };
      return { name: this.resolve(written), element: element(args.at(-1)) };
    }
    return { name: BUILT_IN.has(written) ? written : this.resolve(written), element: null };
  }

  /** From `<` to its `>`. */
  #arguments(): (TypeRef | null)[] {
    const args: (TypeRef | null)[] = [];
    this.#at++;
    for (;;) {
      const c = this.#peek();
      if (c === "") return args;
      if (c === ">") {
        this.#at++;
        return args;
      }
      if (c === ",") {
        this.#at++;
        continue;
      }
      const before = this.#at;
      args.push(this.union());
      // What is no plain type (`extends`, `=>`, a conditional) is passed over to the next comma or bracket.
      for (let nested = 0; ; this.#at++) {
        const here = this.#peek();
        if (here === "" || (nested === 0 && (here === "," || here === ">"))) break;
        if ("<([{".includes(here)) nested++;
        else if (here === "=" && this.text[this.#at + 1] === ">") this.#at++;
        else if (">)]}".includes(here)) nested--;
        if (nested < 0) break;
      }
      if (this.#at === before) this.#at++;
    }
  }

  /** Past a bracketed stretch; gives what is inside. */
  #skip(open: string, close: string): string {
    const from = this.#at + 1;
    let nested = 0;
    for (; this.#at < this.text.length; this.#at++) {
      const c = this.text[this.#at];
      if (c === open) nested++;
      else if (c === close && --nested === 0) {
        this.#at++;
        return this.text.slice(from, this.#at - 1).trim();
      }
    }
    return this.text.slice(from);
  }
}
