import type { Place } from "../flow/flow-model";

/** Turns UTF-16 offsets of one text into places. Lines end at LF; a CR before it belongs to its line. */
export class Places {
  readonly #starts: number[] = [0];

  constructor(text: string) {
    for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) this.#starts.push(at + 1);
  }

  place(start: number, end: number): Place {
    const line = this.#lineOf(start, 0);
    const endLine = this.#lineOf(end, line);
    return [line + 1, start - this.#starts[line]! + 1, endLine + 1, end - this.#starts[endLine]! + 1];
  }

  /** Where a line and column, both from 1, stand in the text. */
  offset(line: number, column: number): number {
    return this.#starts[line - 1]! + column - 1;
  }

  /** Line from 1. */
  line(offset: number): number {
    return this.#lineOf(offset, 0) + 1;
  }

  /** Index of the last line start that is not after `offset`; `from` is a line known to be not after it. */
  #lineOf(offset: number, from: number): number {
    const starts = this.#starts;
    const next = starts[from + 1];
    if (from > 0 && (next === undefined || next > offset)) return from;
    let low = from;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (starts[middle]! <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}
