import { holdsTwoEnds } from "./columns";

/** More text than this without an end is no object that a tool printed, but a brace in other text. */
const LONGEST_OBJECT = 8_000_000;

/**
 * Finds JSON objects in text that comes line by line: pretty-printed over many lines, or many on one line, in arrays or bare. An object
 * inside an object is part of it; one inside the outermost array stands alone.
 */
export class JsonObjects {
  readonly #onObject: (text: string) => void;
  #parts: string[] = [];
  #length = 0;
  /** Open braces and brackets inside the current object; 0: between objects. */
  #depth = 0;
  #array = 0;

  constructor(onObject: (text: string) => void) {
    this.#onObject = onObject;
  }

  /** Whether an object or an array has begun and not ended. */
  get open(): boolean {
    return this.#depth > 0 || this.#array > 0;
  }

  reset(): void {
    this.#parts = [];
    this.#length = 0;
    this.#depth = 0;
    this.#array = 0;
  }

  /** Takes the next line; false when it cannot be JSON where it stands. After that only `reset` may follow. */
  push(line: string): boolean {
    // A row of a socket table is no part of an object that was cut off above it.
    if (this.#depth > 0 && holdsTwoEnds(line)) return false;
    let start = this.#depth > 0 ? 0 : -1;
    for (let at = 0; at < line.length; at += 1) {
      const code = line.charCodeAt(at);
      switch (code) {
        case 34: // "
          if (this.#depth === 0) return false;
          at = endOfText(line, at);
          // A text never goes on over a line's end.
          if (at === -1) return false;
          break;
        case 123: // {
          if (this.#depth === 0) start = at;
          this.#depth += 1;
          break;
        case 91: // [
          if (this.#depth > 0) this.#depth += 1;
          else this.#array += 1;
          break;
        case 125: // }
          if (this.#depth === 0) return false;
          this.#depth -= 1;
          if (this.#depth === 0) {
            this.#parts.push(line.slice(start, at + 1));
            const text = this.#parts.join("\n");
            this.#parts = [];
            this.#length = 0;
            start = -1;
            this.#onObject(text);
          }
          break;
        case 93: // ]
          if (this.#depth > 1) this.#depth -= 1;
          else if (this.#depth === 1 || this.#array === 0) return false;
          else this.#array -= 1;
          break;
        case 32: case 9: case 44:
          break;
        default:
          if (this.#depth === 0) return false;
      }
    }
    if (start !== -1) {
      this.#parts.push(line.slice(start));
      this.#length += line.length;
      if (this.#length > LONGEST_OBJECT) return false;
    }
    return true;
  }
}

/** Where the quote stands that closes the text opened at `open`, or -1. */
function endOfText(line: string, open: number): number {
  for (let quote = line.indexOf('"', open + 1); quote !== -1; quote = line.indexOf('"', quote + 1)) {
    let escapes = 0;
    while (line.charCodeAt(quote - 1 - escapes) === 92) escapes += 1;
    if (escapes % 2 === 0) return quote;
  }
  return -1;
}
