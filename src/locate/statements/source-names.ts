import type { PlainNode } from "../languages/plain-tree";
import type { Shape } from "./shapes";

/** A value's name for a person is not longer than this. */
const LONGEST_NAME = 60;

/** One file's text and syntax, for whoever reads expressions in it. */
export interface ReadFile {
  readonly language: string;
  readonly shape: Shape;
  readonly text: string;
}

export function sourceOf(file: ReadFile, node: PlainNode): string {
  return file.text.slice(node.start, node.end);
}

/** A stretch of source on one line, cut where it grows long. */
export function shortName(source: string): string {
  const plain = source.replace(/\s+/gu, " ").trim();
  return plain.length > LONGEST_NAME ? `${plain.slice(0, LONGEST_NAME - 1)}…` : plain;
}

/** `this->a?.b(x)[0].c` as `this.a.b().c`: what a receiver is called, whatever the language. */
export function receiverPath(source: string): string {
  let out = "";
  let depth = 0;
  let quote = "";
  for (let at = 0; at < source.length; at++) {
    const sign = source[at] as string;
    if (quote !== "") {
      if (sign === "\\") at++;
      else if (sign === quote) quote = "";
      continue;
    }
    if (sign === '"' || sign === "'" || sign === "`") quote = sign;
    else if (sign === "(" || sign === "[" || sign === "{") {
      if (depth++ === 0 && sign === "(") out += "()";
    } else if (sign === ")" || sign === "]" || sign === "}") depth--;
    else if (depth > 0 || /\s/u.test(sign) || sign === "$" || sign === "&" || sign === "*" || sign === "@") continue;
    else if (sign === "-" && source[at + 1] === ">") {
      out += ".";
      at++;
    } else if (sign === ":" && source[at + 1] === ":") {
      out += ".";
      at++;
    } else if (sign === "?" || sign === "!") continue;
    else out += sign;
  }
  return out.length > 200 ? out.slice(-200) : out;
}
