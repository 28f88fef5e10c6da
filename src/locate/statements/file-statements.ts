import type { LogLevel } from "../../model/log";
import type { FunctionOutline } from "../prefilter";
import type { Text } from "./text";

/** A function of a file, as far as statements are concerned. Index: its id in the file's flow. */
export interface StatementFunction {
  /** As findings have it: `OrderHandler.refund`. */
  readonly symbol: string;
  readonly name: string;
  /** The type that it is a method of. */
  readonly owner: string | null;
  readonly parent: number | null;
  readonly parameters: readonly string[];
  /** The last parameter takes all arguments that are left. */
  readonly variadic: boolean;
  readonly line: number;
  readonly endLine: number;
}

/** A call that logs, an exception's text, or a call with a text that may be passed on to one that logs. */
export interface WrittenCall {
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  /** Id of the function it stands in. */
  readonly function: number;
  readonly callee: string;
  readonly receiver: string;
  readonly kind: "log" | "exception" | "other";
  readonly library: string;
  readonly level: LogLevel | null;
  /** null for `other`. */
  readonly message: Text | null;
  /** By position, where the callee may be a function of the workspace; else empty. */
  readonly arguments: readonly { readonly name: string | null; readonly text: Text }[];
  /** Keys of the fields that it logs beside the message. */
  readonly keys: readonly string[];
}

export interface Constant {
  readonly name: string;
  /** The type or object that it stands in; null: the file's top level. */
  readonly owner: string | null;
  readonly text: Text;
}

/** What one file says about its log lines. Depends on the file's text, name and module alone: cached by them. */
export interface FileStatements {
  readonly file: string;
  readonly language: string;
  readonly module: string;
  readonly functions: readonly StatementFunction[];
  /** By function id: names and calls, for the call graph. */
  readonly outlines: readonly FunctionOutline[];
  readonly calls: readonly WrittenCall[];
  readonly constants: readonly Constant[];
}

/** A file's statements, with the hash of the content that was really read; or why there are none. */
export type StatementOutcome = { readonly ok: true; readonly hash: string; readonly statements: FileStatements } | { readonly ok: false; readonly reason: string };

/** How many letters and digits of the text stand in the source. */
export function letters(text: Text): number {
  switch (text.is) {
    case "literal":
      return lettersOf(text.text);
    case "value":
    case "name":
      return 0;
    case "joined":
      return text.parts.reduce((sum, part) => sum + letters(part), 0);
    case "either":
      return Math.max(0, ...text.of.map(letters));
    case "formatted":
      return letters(text.format) + (text.style === "blanks" || text.style === "glued" ? text.arguments.reduce((sum, part) => sum + letters(part), 0) : 0);
  }
}

/** Whether any part of it stands in the source, be it only signs (`{} = {}`). */
export function holdsText(text: Text): boolean {
  switch (text.is) {
    case "literal":
      return text.text !== "";
    case "value":
    case "name":
      return false;
    case "joined":
      return text.parts.some(holdsText);
    case "either":
      return text.of.some(holdsText);
    case "formatted":
      return holdsText(text.format);
  }
}

export function lettersOf(text: string): number {
  let count = 0;
  for (let at = 0; at < text.length; at++) {
    const c = text.charCodeAt(at);
    if ((c >= 97 && c <= 122) || (c >= 65 && c <= 90) || (c >= 48 && c <= 57)) count++;
    // One sign of a script without letters' breaks says as much as a short word.
    else if (c >= 0x2e80) count += 3;
    else if (c >= 128) count++;
  }
  return count;
}
