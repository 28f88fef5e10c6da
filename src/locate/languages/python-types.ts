import type { TypeRef } from "../flow/flow-model";

/** Names that say how a type is used, and not what it is: their first argument is the type. */
const TRANSPARENT = new Set(["Optional", "Annotated", "Final", "ClassVar", "Required", "NotRequired", "ReadOnly", "Unpack"]);
/** Their first argument is what comes out of them, not their last. */
const FIRST = new Set(["Generator", "AsyncGenerator"]);

/** What an annotation needs to know of its file. */
export type ResolveName = (dotted: string) => string;

/**
 * Reads an annotation from its text (`"Optional[sql.Connection]"`, `list[Response]`, `X | None`): quoted annotations are strings to the
 * parser, so the text is the one form that all annotations share. null where the type is not one thing (`int | str`, `Any`).
 */
export function readAnnotation(text: string, resolve: ResolveName): TypeRef | null {
  return known(new Annotation(text, resolve).union());
}

class Annotation {
  #at = 0;
  #depth: number;

  constructor(readonly text: string, readonly resolve: ResolveName, depth = 0) {
    this.#depth = depth;
  }

  #blank(): void {
    for (;;) {
      const c = this.text.charCodeAt(this.#at);
      if (c === 32 || (c >= 9 && c <= 13) || c === 92) this.#at++;
      else if (c === 35) {
        const end = this.text.indexOf("\n", this.#at);
        this.#at = end < 0 ? this.text.length : end;
      } else return;
    }
  }

  #peek(): string {
    this.#blank();
    return this.text[this.#at] ?? "";
  }

  /** `A | B`: one thing only when all but None are the same. */
  union(): TypeRef | null {
    if (++this.#depth > 40) {
      this.#at = this.text.length;
      return null;
    }
    const members: (TypeRef | null)[] = [this.#one()];
    while (this.#peek() === "|") {
      this.#at++;
      members.push(this.#one());
    }
    this.#depth--;
    return single(members);
  }

  #one(): TypeRef | null {
    const c = this.#peek();
    if (c === "*") {
      while (this.#peek() === "*") this.#at++;
      return this.#one();
    }
    const quoted = /[a-zA-Z]{0,2}("""|'''|"|')/y;
    quoted.lastIndex = this.#at;
    const quote = quoted.exec(this.text);
    if (quote !== null) {
      const from = quoted.lastIndex;
      const to = this.text.indexOf(quote[1]!, from);
      this.#at = to < 0 ? this.text.length : to + quote[1]!.length;
      return new Annotation(this.text.slice(from, to < 0 ? this.text.length : to), this.resolve, this.#depth).union();
    }
    if (c === "(") {
      this.#at++;
      const inner = this.union();
      if (this.#peek() === ")") this.#at++;
      return inner;
    }
    if (c === "[") {
      this.#arguments();
      return null;
    }
    const dotted = /[\p{L}_][\p{L}\p{Nd}_]*(?:\s*\.\s*[\p{L}_][\p{L}\p{Nd}_]*)*/uy;
    dotted.lastIndex = this.#at;
    const found = dotted.exec(this.text);
    if (found === null) {
      this.#at++;
      return null;
    }
    this.#at = dotted.lastIndex;
    const written = found[0].replace(/\s+/g, "");
    const args = this.#peek() === "[" ? this.#arguments() : null;
    if (this.#peek() === "(") {
      this.#at = this.text.length;
      return null;
    }
    const short = written.slice(written.lastIndexOf(".") + 1);
    if (short === "None") return NONE;
    if (short === "Any" || short === "object") return null;
    if (args !== null && TRANSPARENT.has(short)) return args[0] ?? null;
    if (args !== null && short === "Union") return single(args);
    if (short === "Literal") return null;
    const name = this.resolve(written);
    if (args === null) return { name, element: null };
    if (short === "tuple" || short === "Tuple") return { name, element: args.length === 1 ? known(args[0]!) : single(args) };
    return { name, element: known((FIRST.has(short) ? args[0] : args[args.length - 1]) ?? null) };
  }

  /** From `[` to its `]`. A list inside (`Callable[[A, B], C]`) counts as one argument without type; `...` is left out. */
  #arguments(): (TypeRef | null)[] {
    const args: (TypeRef | null)[] = [];
    this.#at++;
    for (;;) {
      const c = this.#peek();
      if (c === "") return args;
      if (c === "]") {
        this.#at++;
        return args;
      }
      if (c === ",") this.#at++;
      else if (this.text.startsWith("...", this.#at)) this.#at += 3;
      else {
        const before = this.#at;
        args.push(this.union());
        // Anything that is no type (`Annotated[int, Depends(x)]`) is passed over to the next comma or bracket.
        for (let nested = 0; ; this.#at++) {
          const here = this.#peek();
          if (here === "" || (nested === 0 && (here === "," || here === "]"))) break;
          if (here === "[" || here === "(" || here === "{") nested++;
          else if (here === "]" || here === ")" || here === "}") nested--;
        }
        if (this.#at === before) this.#at++;
      }
    }
  }
}

/** Marks None inside an annotation; it never leaves this file. */
const NONE: TypeRef = { name: "None", element: null };

function known(type: TypeRef | null): TypeRef | null {
  return type === NONE ? null : type;
}

function single(members: readonly (TypeRef | null)[]): TypeRef | null {
  const said = members.filter((member) => member !== NONE);
  if (said.length === 0) return members.length === 1 ? NONE : null;
  const first = said[0]!;
  return first !== null && said.every((member) => member !== null && member.name === first.name) ? first : null;
}
