/** One change of a text: `[start, end)` in UTF-16 units is replaced. */
export interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** Edits must not overlap. */
export function applyEdits(text: string, edits: readonly Edit[]): string {
  let result = text;
  for (const { start, end, text: replacement } of [...edits].sort((a, b) => b.start - a.start)) result = result.slice(0, start) + replacement + result.slice(end);
  return result;
}

/** A text's lines, for places that count from 1. The line end (`\n`, `\r\n`) is the text's own. */
export class TextLines {
  readonly newline: string;
  readonly #starts: number[] = [0];

  constructor(readonly text: string) {
    this.newline = text.includes("\r\n") ? "\r\n" : "\n";
    for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) this.#starts.push(at + 1);
  }

  offset(line: number, column: number): number {
    return (this.#starts[line - 1] ?? this.text.length) + column - 1;
  }

  lineStart(line: number): number {
    return this.#starts[line - 1] ?? this.text.length;
  }

  /** Without its line end. */
  line(line: number): string {
    return this.text.slice(this.lineStart(line), this.#starts[line] ?? this.text.length).replace(/\r?\n$/, "");
  }

  indent(line: number): string {
    return /^[ \t]*/.exec(this.line(line))?.[0] ?? "";
  }

  /** Nothing but white space stands before the place on its line. */
  beginsLine(line: number, column: number): boolean {
    return this.line(line).slice(0, column - 1).trim() === "";
  }

  /** Nothing but white space, a semicolon or a comment stands after the place on its line. */
  endsLine(line: number, column: number): boolean {
    return /^\s*;?\s*(?:(?:\/\/|#).*)?$/.test(this.line(line).slice(column - 1));
  }
}
