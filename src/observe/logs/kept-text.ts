import { constants, deflateRawSync, inflateRawSync } from "node:zlib";

/** How much text may stand unpacked. Above it, text is compressed, and unpacked piece by piece when it is read again. */
const PLAIN_CHARACTERS = 96_000_000;
const PIECE_CHARACTERS = 1_000_000;

interface Piece {
  readonly text: string | null;
  readonly packed: Buffer | null;
}

/** Text that is appended once and read back in order, some ten bytes of it in one when there is much. */
export class KeptText {
  readonly #pieces: Piece[] = [];
  #open: string[] = [];
  #openLength = 0;
  #plain = 0;
  readonly #plainCharacters: number;
  #lastPiece = -1;
  #lastText = "";

  constructor(plainCharacters = PLAIN_CHARACTERS) {
    this.#plainCharacters = plainCharacters;
  }

  /** The piece that the next text goes into, and where in it. */
  get piece(): number {
    return this.#pieces.length;
  }

  get offset(): number {
    return this.#openLength;
  }

  append(text: string): void {
    this.#open.push(text);
    this.#openLength += text.length;
    if (this.#openLength >= PIECE_CHARACTERS) this.#close();
  }

  slice(piece: number, start: number, end: number): string {
    return this.#text(piece).slice(start, end);
  }

  #text(piece: number): string {
    if (piece === this.#lastPiece) return this.#lastText;
    const kept = this.#pieces[piece];
    let text: string;
    if (kept === undefined) {
      text = this.#open.join("");
      this.#open = [text];
    } else text = kept.text ?? inflateRawSync(kept.packed ?? Buffer.alloc(0)).toString("utf8");
    // What is still growing is not kept.
    this.#lastPiece = kept === undefined ? -1 : piece;
    this.#lastText = text;
    return text;
  }

  #close(): void {
    const text = this.#open.join("");
    this.#open = [];
    this.#openLength = 0;
    if (this.#plain < this.#plainCharacters) {
      this.#plain += text.length;
      this.#pieces.push({ text, packed: null });
    } else this.#pieces.push({ text: null, packed: deflateRawSync(text, { level: 1, strategy: constants.Z_DEFAULT_STRATEGY }) });
  }
}
