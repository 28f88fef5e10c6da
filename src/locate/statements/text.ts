/**
 * What an expression is as text: the literal parts that stand in the source, and what is only known when it runs. Plain data, kept by
 * file; names are looked up later, when all files of the workspace are known.
 */
export type Text =
  | { readonly is: "literal"; readonly text: string }
  /** Any value. `name`: as the source writes it, for a person. */
  | { readonly is: "value"; readonly name: string }
  /** A name that may be a constant, a parameter or anything: `MESSAGE`, `Messages.STARTED`. */
  | { readonly is: "name"; readonly path: string }
  | { readonly is: "joined"; readonly parts: readonly Text[] }
  /** One of several: both ways of a condition, all values that a variable is given. */
  | { readonly is: "either"; readonly of: readonly Text[] }
  | { readonly is: "formatted"; readonly style: FormatStyle; readonly format: Text; readonly arguments: readonly Text[] };

/**
 * How a format string marks its variable parts.
 * - `plain`: it does not.
 * - `printf`: `%d`, `%-10s`, `%[1]v`, `%1$s`, `%(name)s`, `%%`
 * - `braces`: `{}` (SLF4J), `{0}` (java.util.logging, where the two are not told apart); `\{}` is a brace
 * - `named`: `{}`, `{0}`, `{name:format}`, `{@name}`, with `{{` and `}}` for braces (.NET, Python's format, Rust, PSR-3)
 * - `console`: as `printf`, and arguments that no mark takes follow after a blank (Node's `util.format`)
 * - `blanks`: all arguments, one blank between them (Python's `print`, Go's `Println`)
 * - `glued`: all arguments, one after the other (`puts`, Go's `Print`)
 */
export const FORMAT_STYLES = ["plain", "printf", "braces", "named", "console", "blanks", "glued"] as const;
export type FormatStyle = (typeof FORMAT_STYLES)[number];

/** A part of a message: literal text, or a hole that a value fills. */
export type Piece = string | Hole;

export interface Hole {
  /** What the value is called: the message's own name for it (`orderId` of `{orderId}`), else the expression that gives it. */
  readonly name: string;
  /** Index of the parameter of the surrounding function that fills it; absent: something else does. */
  readonly parameter?: number;
  /** The value is itself a format string, and these are its arguments. */
  readonly formatOf?: FormatStyle;
}

/** What a name stands for where it is used: text, a parameter of the function (by index), or null: not known. */
export type NameMeaning = { readonly text: Text } | { readonly parameter: number } | null;

/** More ways than these to put a message together are not followed; the part that branches becomes a hole. */
const MOST_WAYS = 6;
const DEEPEST = 12;

/** All messages that a text can be, each as its pieces: literals are never empty and never stand side by side. */
export function expand(text: Text, meaning: (path: string) => NameMeaning, depth = 0): readonly (readonly Piece[])[] {
  if (depth > DEEPEST) return [[{ name: "…" }]];
  switch (text.is) {
    case "literal":
      return [text.text === "" ? [] : [text.text]];
    case "value":
      return [[{ name: text.name }]];
    case "name": {
      const found = meaning(text.path);
      if (found === null) return [[{ name: text.path }]];
      if ("parameter" in found) return [[{ name: text.path, parameter: found.parameter }]];
      return expand(found.text, meaning, depth + 1);
    }
    case "joined":
      return product(text.parts.map((part) => expand(part, meaning, depth + 1)), () => ({ name: "…" }));
    case "either": {
      const ways = text.of.flatMap((one) => expand(one, meaning, depth + 1));
      const seen = new Map(ways.map((way) => [JSON.stringify(way), way]));
      return seen.size > MOST_WAYS ? [...seen.values()].slice(0, MOST_WAYS) : [...seen.values()];
    }
    case "formatted":
      return expand(text.format, meaning, depth + 1).flatMap((way) => fill(way, text.style, text.arguments, meaning, depth)).slice(0, MOST_WAYS);
  }
}

/** The ways to put parts together that have several ways each; where they are too many, the branching part becomes a hole. */
function product(parts: readonly (readonly (readonly Piece[])[])[], hole: () => Hole): readonly (readonly Piece[])[] {
  let ways: readonly Piece[][] = [[]];
  for (const part of parts) {
    const branches = part.length * ways.length > MOST_WAYS ? [[hole()]] : part;
    ways = ways.flatMap((way) => branches.map((branch) => [...way, ...branch]));
  }
  return ways.map(merged);
}

/** Literals side by side become one; empty ones go. */
export function merged(pieces: readonly Piece[]): Piece[] {
  const out: Piece[] = [];
  for (const piece of pieces) {
    const last = out.at(-1);
    if (typeof piece === "string" && typeof last === "string") out[out.length - 1] = last + piece;
    else if (piece !== "") out.push(piece);
  }
  return out;
}

const PRINTF = /%(?:\((\w+)\))?(?:\[(\d+)\]|(\d+)\$)?[-+ #0,'(<]*(?:\*|\d+)?(?:\.(?:\*|\d+)?)?(?:hh|h|ll|l|L|q|j|z|t)?([a-zA-Z%])/gu;
const NAMED = /\{\{|\}\}|\{([^{}]*)\}/gu;
const BRACES = /\\?\{(\d?)\}/gu;

/** Text that is written in quotes (Python's `%r`, Go's `%q`); what a value looks like is its own business. */
function quoted(ways: readonly (readonly Piece[])[], quote: string): readonly (readonly Piece[])[] {
  return ways.map((way) => (way.some((piece) => typeof piece === "string") ? merged([quote, ...way, quote]) : way));
}

/** Puts the arguments where the format's marks stand. */
function fill(format: readonly Piece[], style: FormatStyle, given: readonly Text[], meaning: (path: string) => NameMeaning, depth: number): readonly (readonly Piece[])[] {
  const argument = (index: number, name: string | null): readonly (readonly Piece[])[] => {
    const text = given[index];
    if (text === undefined) return [[{ name: name ?? `${index + 1}` }]];
    const ways = expand(text, meaning, depth + 1);
    // A literal that is handed to a mark is as good as one in the format; anything else keeps the name that the format gives.
    if (ways.some((way) => way.some((piece) => typeof piece === "string"))) return ways;
    return name === null ? ways : [[{ name }]];
  };
  const after = (from: number, separator: string): (readonly (readonly Piece[])[])[] => given.slice(from).flatMap((_, at) => [[[separator]], argument(from + at, null)]);
  // A format that comes in by a parameter is read at the caller.
  const asFormat = (piece: Piece): Piece => (typeof piece !== "string" && piece.parameter !== undefined && style !== "plain" && style !== "blanks" && style !== "glued" ? { ...piece, formatOf: style } : piece);
  const parts: (readonly (readonly Piece[])[])[] = [];
  let next = 0;
  const split = (text: string, pattern: RegExp, mark: (match: RegExpMatchArray) => readonly (readonly Piece[])[]): void => {
    let at = 0;
    for (const match of text.matchAll(pattern)) {
      parts.push([[text.slice(at, match.index)]], mark(match));
      at = match.index + match[0].length;
    }
    parts.push([[text.slice(at)]]);
  };
  for (const piece of format) {
    if (typeof piece !== "string") {
      parts.push([[asFormat(piece)]]);
      continue;
    }
    switch (style) {
      case "plain":
        return [format];
      case "blanks":
      case "glued":
        parts.push([[piece]]);
        break;
      case "printf":
      case "console":
        split(piece, PRINTF, ([whole, name, index, numbered, verb]) => {
          if (verb === "%") return [["%"]];
          if (verb === "n" && whole === "%n") return [["\n"]];
          if (name !== undefined) return [[{ name }]];
          const fixed = index ?? numbered;
          const at = fixed === undefined ? next++ : Number(fixed) - 1;
          return verb === "r" || verb === "q" ? quoted(argument(at, null), verb === "r" ? "'" : '"') : argument(at, null);
        });
        break;
      case "braces":
        split(piece, BRACES, ([whole, index]) => (whole.startsWith("\\") ? [[whole.slice(1)]] : argument(index === "" || index === undefined ? next++ : Number(index), null)));
        break;
      case "named":
        split(piece, NAMED, ([whole, inside]) => {
          if (whole === "{{") return [["{"]];
          if (whole === "}}") return [["}"]];
          const name = (inside ?? "").replace(/^[@$]/u, "").replace(/[:,!].*$/u, "").trim();
          if (name === "") return argument(next++, null);
          return /^\d+$/u.test(name) ? argument(Number(name), null) : [[{ name }]];
        });
        break;
    }
  }
  if (style === "console") parts.push(...after(next, " "));
  if (style === "blanks") parts.push(...after(0, " "));
  if (style === "glued") parts.push(...after(0, ""));
  return product(parts, () => ({ name: "…" }));
}
