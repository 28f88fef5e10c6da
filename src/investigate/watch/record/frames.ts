/**
 * The frames of a record file (docs/decisions/0178): a look each, in an append-only file. A frame begins with a mark, so that what stands behind damaged bytes is found
 * again, and has a check sum over its head and its body.
 *
 *     mark "LKwf" | kind u8 | body length u32 | length unpacked u32 | time f64, epoch ms | CRC-32 u32 | body
 */
export const FRAME_HEAD = 25;
const MARK = 0x66774b4c;
/** Larger than any look: a length beyond it is damage. */
const LARGEST_BODY = 1_000_000_000;

/** `first`: it stands by itself and begins a block. `next`: it goes on from the frame before. */
export type FrameKind = "first" | "next";

export interface FrameHead {
  readonly kind: FrameKind;
  readonly bodyLength: number;
  readonly rawLength: number;
  readonly timeMs: number;
  readonly checkSum: number;
}

export function writeFrame(kind: FrameKind, timeMs: number, rawLength: number, body: Uint8Array): Uint8Array {
  const frame = new Uint8Array(FRAME_HEAD + body.length);
  const view = new DataView(frame.buffer);
  view.setUint32(0, MARK, true);
  view.setUint8(4, kind === "first" ? 1 : 2);
  view.setUint32(5, body.length, true);
  view.setUint32(9, rawLength, true);
  view.setFloat64(13, timeMs, true);
  frame.set(body, FRAME_HEAD);
  view.setUint32(21, checkSumOf(frame.subarray(0, 21), body), true);
  return frame;
}

/** The head of a frame that begins here; null: none does. */
export function readFrameHead(bytes: Uint8Array): FrameHead | null {
  if (bytes.length < FRAME_HEAD) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, FRAME_HEAD);
  const kind = view.getUint8(4);
  const bodyLength = view.getUint32(5, true);
  if (view.getUint32(0, true) !== MARK || (kind !== 1 && kind !== 2) || bodyLength > LARGEST_BODY) return null;
  return { kind: kind === 1 ? "first" : "next", bodyLength, rawLength: view.getUint32(9, true), timeMs: view.getFloat64(13, true), checkSum: view.getUint32(21, true) };
}

/** Whether the frame is as it was written. `bytes`: head and body. */
export function isWhole(bytes: Uint8Array, head: FrameHead): boolean {
  return checkSumOf(bytes.subarray(0, 21), bytes.subarray(FRAME_HEAD, FRAME_HEAD + head.bodyLength)) === head.checkSum;
}

/** Where the next mark stands at or behind `from`; -1: nowhere. */
export function findMark(bytes: Uint8Array, from: number): number {
  for (let at = from; at + 4 <= bytes.length; at += 1) {
    if (bytes[at] === 0x4c && bytes[at + 1] === 0x4b && bytes[at + 2] === 0x77 && bytes[at + 3] === 0x66) return at;
  }
  return -1;
}

/** CRC-32 of ISO 3309, as zlib has it; zlib's own is in Node 22 and newer only. */
const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? 0xedb88320 ^ (value >>> 1) : value >>> 1;
  return value >>> 0;
});

function checkSumOf(...pieces: readonly Uint8Array[]): number {
  let sum = 0xffffffff;
  for (const piece of pieces) for (let at = 0; at < piece.length; at += 1) sum = (TABLE[(sum ^ (piece[at] as number)) & 0xff] as number) ^ (sum >>> 8);
  return (sum ^ 0xffffffff) >>> 0;
}
