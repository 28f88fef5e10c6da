import { isUtf8 } from "node:buffer";
import { TextDecoder } from "node:util";
import { decode } from "iconv-lite";
import type { MissingFact } from "../../model/snapshot";
import type { Guess } from "./guess-encoding";
import { guessEncoding } from "./guess-encoding";

const LINE_FEED = 10;
const NUL = 0;
const BLANK = 32;
/** How much of the text from its first line that is not UTF-8 decides the code page. */
const SAMPLE = 65_536;
/** A line longer than this is decoded in pieces, cut at a blank. */
const LONGEST_LINE = 1_048_576;
const EMPTY = new Uint8Array(0);

/**
 * Decodes a capture of whatever encoding into text, from chunks of any size; how it is cut into chunks makes no difference. UTF-8, with or
 * without a mark, passes whole blocks. Where a block is not UTF-8 each of its lines is decoded on its own evidence: UTF-16 of either byte
 * order (by its zeros), UTF-8, or the one code page that the first such lines tell. So a file that was appended to in another encoding, or
 * that holds stray bytes, keeps all its lines; a byte that means nothing becomes U+FFFD.
 */
export class CaptureDecoder {
  readonly #utf8 = new TextDecoder("utf-8");
  readonly #little = new TextDecoder("utf-16le");
  readonly #big = new TextDecoder("utf-16be");
  /** Bytes not decoded yet: the line that has not ended, or the sample while it is gathered. */
  #rest: Uint8Array = EMPTY;
  /** Longer than this the rest must be before it is looked at again. */
  #wanted = 0;
  #guess: Guess | null = null;
  #guessedLines = 0;
  #wideLines = 0;
  /** Byte order of the last UTF-16 line, or of the mark. */
  #wide: "little" | "big" | null = null;
  #marked: "utf-8" | "utf-16le" | "utf-16be" | null = null;
  #begun = false;

  /** The text that these bytes complete: whole lines, each with its line feed. */
  push(bytes: Uint8Array): string {
    const all = this.#rest.length === 0 ? bytes : joined(this.#rest, bytes);
    if (all.length < this.#wanted) {
      this.#rest = all;
      return "";
    }
    return this.#take(all, false);
  }

  /** What is left when no more bytes come. */
  end(): string {
    const all = this.#rest;
    this.#rest = EMPTY;
    return this.#take(all, true);
  }

  /** The encoding that the text was read in: `utf-8`, `utf-16le`, ... or the code page; the most telling one of a mixed text. */
  get encoding(): string {
    if (this.#guess !== null) return this.#guess.page.name;
    if (this.#wideLines > 0) return this.#wide === "big" ? "utf-16be" : "utf-16le";
    return this.#marked ?? "utf-8";
  }

  /** What the reader of the snapshot should know of a code page that was guessed, or null. */
  assumption(): MissingFact | null {
    if (this.#guess === null) return null;
    return {
      what: `the encoding of ${this.#guessedLines} lines, for certain`,
      why: `they are not UTF-8 and were read as ${this.#guess.page.label}: ${this.#guess.evidence}`,
      remedy: "if names look wrong, save the capture as UTF-8 (PowerShell: ... | Out-File -Encoding utf8)",
    };
  }

  #take(all: Uint8Array, last: boolean): string {
    this.#wanted = 0;
    let bytes = all;
    if (!this.#begun) {
      if (bytes.length < 3 && !last) {
        this.#rest = bytes;
        return "";
      }
      this.#begun = true;
      bytes = this.#takeMark(bytes);
    }
    let out = "";
    if (this.#wide === null) {
      // Everything up to the last line feed at once, where it is UTF-8 and has no zeros.
      const end = last ? bytes.length : bytes.lastIndexOf(LINE_FEED) + 1;
      if (end > 0) {
        const block = bytes.subarray(0, end);
        if (block.indexOf(NUL) === -1 && isUtf8(block)) {
          out = this.#utf8.decode(block);
          bytes = bytes.subarray(end);
        }
      }
    }
    return out + this.#takeLines(bytes, last);
  }

  #takeMark(bytes: Uint8Array): Uint8Array {
    if (bytes[0] === 0xff && bytes[1] === 0xfe) {
      this.#wide = "little";
      this.#marked = "utf-16le";
      return bytes.subarray(2);
    }
    if (bytes[0] === 0xfe && bytes[1] === 0xff) {
      this.#wide = "big";
      this.#marked = "utf-16be";
      return bytes.subarray(2);
    }
    if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) this.#marked = "utf-8";
    return bytes;
  }

  #takeLines(bytes: Uint8Array, last: boolean): string {
    const parts: string[] = [];
    let start = 0;
    while (start < bytes.length) {
      const line = this.#nextLine(bytes, start, last);
      if (line === null) break;
      const text = this.#decodeLine(bytes, start, line);
      if (text === null) {
        // A code page is wanted: gather the sample first, unless all that comes is here.
        if (!last && bytes.length - start < SAMPLE) {
          this.#wanted = SAMPLE;
          break;
        }
        this.#guess = guessEncoding(this.#sampleOf(bytes.subarray(start, start + SAMPLE)));
        continue;
      }
      parts.push(text);
      start = line.next;
    }
    this.#rest = start === 0 ? bytes : start >= bytes.length ? EMPTY : bytes.slice(start);
    if (this.#wanted === 0 && this.#rest.length > 0) this.#wanted = Math.min(this.#rest.length + 1, LONGEST_LINE);
    return parts.join("");
  }

  /** Where the line that begins at `start` ends; null when it has not ended yet. */
  #nextLine(bytes: Uint8Array, start: number, last: boolean): Line | null {
    let from = start;
    for (;;) {
      const feed = bytes.indexOf(LINE_FEED, from);
      if (feed === -1) break;
      const odd = (feed - start) % 2 === 1;
      const zero = bytes.subarray(start, feed).indexOf(NUL);
      const follows = bytes[feed + 1];
      // Whether it is a little-endian line feed stands in the byte after it.
      if (follows === undefined && !last && !odd && (zero !== -1 || this.#wide === "little")) return null;
      if (!odd && follows === NUL && (zero === -1 ? this.#wide === "little" || (feed === start && this.#wide !== "big") : zero % 2 === 1)) return { end: feed, next: feed + 2, form: "little", fed: true };
      if (odd && bytes[feed - 1] === NUL && (this.#wide === "big" || zero % 2 === 0)) return { end: feed - 1, next: feed + 1, form: "big", fed: true };
      if (zero === -1 || !looksWide(bytes, start, feed, start + zero)) return { end: feed, next: feed + 1, form: "narrow", fed: true };
      // Half of a character, such as U+4E0A.
      from = feed + 1;
    }
    if (last) return { end: bytes.length, next: bytes.length, form: this.#formOf(bytes, start, bytes.length), fed: false };
    if (bytes.length - start < LONGEST_LINE) return null;
    const form = this.#formOf(bytes, start, bytes.length);
    const cut = form === "narrow" ? betweenCharacters(bytes, start) : bytes.length - ((bytes.length - start) % 2);
    return { end: cut, next: cut, form, fed: false };
  }

  #formOf(bytes: Uint8Array, start: number, end: number): Line["form"] {
    const zero = bytes.subarray(start, end).indexOf(NUL);
    if (zero === -1) return this.#wide ?? "narrow";
    if (!looksWide(bytes, start, end, start + zero)) return "narrow";
    return zero % 2 === 1 ? "little" : "big";
  }

  /** The text of a line; null when it needs a code page and none is known yet. */
  #decodeLine(bytes: Uint8Array, start: number, line: Line): string | null {
    const end = line.fed ? "\n" : "";
    const content = bytes.subarray(start, line.end);
    if (line.form !== "narrow") {
      this.#wide = line.form;
      this.#wideLines += 1;
      return (line.form === "little" ? this.#little : this.#big).decode(content) + end;
    }
    if (isUtf8(content)) return this.#utf8.decode(content) + end;
    if (this.#guess === null) return null;
    this.#guessedLines += 1;
    return decode(content, this.#guess.page.codec) + end;
  }

  /** The lines of a piece that are not UTF-8. */
  #sampleOf(bytes: Uint8Array): Uint8Array {
    const lines: Uint8Array[] = [];
    let start = 0;
    while (start < bytes.length) {
      const feed = bytes.indexOf(LINE_FEED, start);
      const next = feed === -1 ? bytes.length : feed + 1;
      const line = bytes.subarray(start, next);
      if (!isUtf8(line) && (line.indexOf(NUL) === -1 || lines.length === 0)) lines.push(line);
      start = next;
    }
    return lines.reduce(joined, EMPTY);
  }
}

interface Line {
  readonly end: number;
  readonly next: number;
  readonly form: "narrow" | "little" | "big";
  /** Whether it ended with a line feed. */
  readonly fed: boolean;
}

/** The last place of a long line where no encoding has the middle of a character: behind a blank, else before UTF-8's last character. */
function betweenCharacters(bytes: Uint8Array, start: number): number {
  const blank = bytes.lastIndexOf(BLANK);
  if (blank >= start) return blank + 1;
  let cut = bytes.length - 1;
  while (cut > bytes.length - 4 && ((bytes[cut] ?? 0) & 0xc0) === 0x80) cut -= 1;
  return cut;
}

/** Whether every second byte is so often zero that this is UTF-16 and no stray zero in other text. */
function looksWide(bytes: Uint8Array, start: number, end: number, firstZero: number): boolean {
  let zeros = 0;
  let others = 0;
  for (let at = start; at < end; at += 1) {
    if (bytes[at] !== NUL) continue;
    if ((at - firstZero) % 2 === 0) zeros += 1;
    else others += 1;
  }
  return zeros * 5 >= end - start && others * 4 <= zeros;
}

function joined(one: Uint8Array, other: Uint8Array): Uint8Array {
  const both = new Uint8Array(one.length + other.length);
  both.set(one);
  both.set(other, one.length);
  return both;
}
