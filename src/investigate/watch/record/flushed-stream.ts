import type { BrotliCompress, BrotliDecompress } from "node:zlib";
import { constants, createBrotliCompress, createBrotliDecompress } from "node:zlib";

/** Of what was packed before, this much is remembered: some hundred looks (2^20 bytes). */
const WINDOW_BITS = 20;
/** Packs as well as the higher ones here, in a fraction of their time. */
const QUALITY = 5;
/** Turns of the event loop in which unpacked bytes arrive at the latest. */
const TURNS = 100;

/** A compressor that remembers what went before and gives the bytes of each piece at once: the file is whole after every look. */
export class Packer {
  readonly #stream: BrotliCompress = createBrotliCompress({ params: { [constants.BROTLI_PARAM_QUALITY]: QUALITY, [constants.BROTLI_PARAM_LGWIN]: WINDOW_BITS } });
  #pieces: Buffer[] = [];
  #failure: Error | null = null;

  constructor() {
    this.#stream.on("data", (piece: Buffer) => this.#pieces.push(piece));
    this.#stream.on("error", (error) => {
      this.#failure = error;
    });
  }

  async pack(bytes: Uint8Array): Promise<Uint8Array> {
    await new Promise<void>((resolve, reject) => this.#stream.write(bytes, (error) => (error ? reject(error) : resolve())));
    await new Promise<void>((resolve) => this.#stream.flush(constants.BROTLI_OPERATION_FLUSH, resolve));
    if (this.#failure !== null) throw this.#failure;
    const packed = Buffer.concat(this.#pieces);
    this.#pieces = [];
    return packed;
  }

  close(): void {
    this.#stream.destroy();
  }
}

/** The other way: gives the pieces of one Packer back, in their order. Throws when the bytes are none of its. */
export class Unpacker {
  readonly #stream: BrotliDecompress = createBrotliDecompress();
  #pieces: Buffer[] = [];
  #length = 0;
  #failed: (error: Error) => void = () => {};
  #enough: () => void = () => {};

  constructor() {
    this.#stream.on("data", (piece: Buffer) => {
      this.#pieces.push(piece);
      this.#length += piece.length;
      this.#enough();
    });
    this.#stream.on("error", (error) => this.#failed(error));
  }

  async unpack(bytes: Uint8Array, rawLength: number): Promise<Uint8Array> {
    await new Promise<void>((resolve, reject) => {
      this.#failed = reject;
      this.#enough = () => {
        if (this.#length >= rawLength) resolve();
      };
      // When they are written all that they hold has been unpacked, but some of it may still wait to be read.
      const wait = (turns: number): void => {
        if (this.#length >= rawLength) resolve();
        else if (turns === 0) reject(new RangeError("the packed bytes hold less than they should"));
        else setImmediate(() => wait(turns - 1));
      };
      this.#stream.write(bytes, (error) => (error ? reject(error) : wait(TURNS)));
    });
    const raw = Buffer.concat(this.#pieces);
    this.#pieces = [];
    this.#length = 0;
    if (raw.length !== rawLength) throw new RangeError("the packed bytes hold more than they should");
    return raw;
  }

  close(): void {
    this.#stream.destroy();
  }
}
