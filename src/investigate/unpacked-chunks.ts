import { Readable } from "node:stream";
import type { Transform } from "node:stream";
import * as zlib from "node:zlib";
import { Failure } from "../model/failure";

/** The first bytes of packed files (RFC 1952, RFC 8878, the .xz and bzip2 formats), with who unpacks what the runtime does not. */
const PACKED: readonly { readonly magic: readonly number[]; readonly what: string; readonly unpacker: (() => Transform) | null; readonly tool: string }[] = [
  { magic: [0x1f, 0x8b], what: "gzip", unpacker: () => zlib.createGunzip(), tool: "gunzip" },
  { magic: [0x28, 0xb5, 0x2f, 0xfd], what: "zstd", unpacker: zstd(), tool: "zstd -d" },
  { magic: [0xfd, 0x37, 0x7a, 0x58, 0x5a], what: "xz", unpacker: null, tool: "xz -dk" },
  { magic: [0x42, 0x5a, 0x68], what: "bzip2", unpacker: null, tool: "bunzip2 -k" },
];

/** Node has it since 22.15. */
function zstd(): (() => Transform) | null {
  const made = (zlib as { createZstdDecompress?: () => Transform }).createZstdDecompress;
  return made === undefined ? null : () => made();
}

const LONGEST_MAGIC = 6;

/** A file's bytes, unpacked when it is packed: rotated logs are. Throws `Failure("notUnderstood")` for what this runtime cannot unpack. */
export async function* unpackedChunks(name: string, chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const iterator = chunks[Symbol.asyncIterator]();
  let head: Buffer = Buffer.alloc(0);
  let ended = false;
  try {
    while (head.length < LONGEST_MAGIC && !ended) {
      const next = await iterator.next();
      if (next.done === true) ended = true;
      else head = head.length === 0 ? Buffer.from(next.value.buffer, next.value.byteOffset, next.value.byteLength) : Buffer.concat([head, next.value]);
    }
    const packed = PACKED.find(({ magic }) => magic.every((byte, index) => head[index] === byte));
    const rest = async function* (): AsyncGenerator<Uint8Array> {
      if (head.length > 0) yield head;
      for (let next = ended ? null : await iterator.next(); next !== null && next.done !== true; next = await iterator.next()) yield next.value;
    };
    if (packed === undefined) {
      yield* rest();
      return;
    }
    if (packed.unpacker === null) throw new Failure("notUnderstood", `${name}: packed by ${packed.what}, which is not unpacked here`, `Unpack it first: ${packed.tool} ${name}`);
    const source = Readable.from(rest());
    const unpacking = packed.unpacker();
    source.on("error", (error) => unpacking.destroy(error));
    try {
      for await (const chunk of source.pipe(unpacking)) yield chunk as Uint8Array;
    } catch (error) {
      if (error instanceof Failure) throw error;
      throw new Failure("notUnderstood", `${name}: begins as ${packed.what} and cannot be unpacked: ${error instanceof Error ? error.message : "broken"}`, "Copy it again: it was cut off or damaged on the way.", { cause: error });
    } finally {
      source.destroy();
      unpacking.destroy();
    }
  } finally {
    await iterator.return?.();
  }
}
