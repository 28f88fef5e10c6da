import { Failure } from "../../../model/failure";
import type { Snapshot } from "../../../model/snapshot";
import { readSnapshotData } from "../../../protocol/investigation-file";
import { Unpacker } from "./flushed-stream";
import { FRAME_HEAD, findMark, isWhole, readFrameHead } from "./frames";
import type { FrameHead } from "./frames";
import { readRecordHeader } from "./record-header";
import type { RecordHeader } from "./record-header";
import type { RecordedLook } from "./snapshot-codec";
import { SnapshotReader } from "./snapshot-codec";

/** Looks from `fromMs` to `toMs`, both included, epoch milliseconds on the target's clock. */
export interface RecordRange {
  readonly fromMs?: number;
  readonly toMs?: number;
  /** Of many looks those that are wanted, by their time. The last one, and one after a gap, is always given. Absent: all. */
  readonly wants?: (timeMs: number) => boolean;
}

export interface ReadRecord {
  readonly header: RecordHeader;
  /** Oldest first. Holds one block at a time, however large the file is; what lies outside the range is not unpacked. */
  looks(range?: RecordRange): AsyncGenerator<RecordedLook, void, undefined>;
  /** What could not be read, in words, once `looks` has ended. Empty: the record is whole. */
  readonly damage: readonly string[];
}

/**
 * Opens a record that arrives in chunks.
 *
 * @throws Failure `notUnderstood`: no record, another version, a broken first line
 */
export async function readRecord(chunks: AsyncIterable<Uint8Array>, name: string): Promise<ReadRecord> {
  const bytes = new ByteStream(chunks);
  const head = readRecordHeader(await bytes.peek(65_536), name);
  if (head === null) throw new Failure("notUnderstood", `${name}: no record of a watch`, "A record is what `leakline scan --watch --record FILE` writes.");
  bytes.skip(head.length);
  const damage: string[] = [];
  return { header: head.header, damage, looks: (range = {}) => looksOf(bytes, range, damage) };
}

interface Frame {
  readonly head: FrameHead;
  readonly bytes: Uint8Array;
}

async function* looksOf(bytes: ByteStream, { fromMs = Number.NEGATIVE_INFINITY, toMs = Number.POSITIVE_INFINITY, wants = () => true }: RecordRange, damage: string[]): AsyncGenerator<RecordedLook, void, undefined> {
  let block: Block | null = null;
  let waiting: Frame[] = [];
  let lastMs: number | null = null;
  /** Stands at a look that nobody wanted; if it is the last one it is given all the same. */
  let passed: Block | null = null;
  /** Something was lost since the last look that was given. */
  let lost: string | null = null;
  const lose = (what: string): void => {
    lost = what;
    damage.push(`${what}${lastMs === null ? "" : `, after the look of ${new Date(lastMs).toISOString()}`}`);
  };
  try {
    for (;;) {
      const frame = await nextFrame(bytes);
      if (frame === null || ("head" in frame && frame.head.timeMs > toMs)) {
        if (passed !== null) yield passed.look();
        return;
      }
      if ("damaged" in frame) {
        if (passed !== null) yield passed.look();
        passed = null;
        block?.close();
        block = null;
        waiting = [];
        lose(frame.atEnd ? `the last look is torn (${frame.damaged} bytes)` : `${frame.damaged} bytes are damaged`);
        continue;
      }
      if (frame.head.kind === "first") {
        block?.close();
        block = new Block();
        waiting = [];
      }
      // The rest of a block whose middle is lost cannot be told.
      if (block === null) continue;
      waiting.push(frame);
      if (frame.head.timeMs < fromMs) continue;
      for (const one of waiting) {
        let look: RecordedLook | null = null;
        try {
          const gap = await block.advance(one);
          const { timeMs } = one.head;
          if (timeMs >= fromMs && (gap !== null || lost !== null || wants(timeMs))) look = block.look();
          passed = look === null && timeMs >= fromMs ? block : null;
        } catch {
          passed = null;
          block.close();
          block = null;
          lose("a look is damaged");
          break;
        }
        lastMs = one.head.timeMs;
        if (look === null) continue;
        yield lost === null ? look : { ...look, gap: look.gap ?? `the record is damaged there: ${lost as string}` };
        lost = null;
      }
      waiting = [];
    }
  } finally {
    block?.close();
    await bytes.close();
  }
}

/** Looks that go on from each other, unpacked in their order. */
class Block {
  readonly #unpacker = new Unpacker();
  readonly #reader = new SnapshotReader();

  async advance({ head, bytes }: Frame): Promise<string | null> {
    return this.#reader.advance(await this.#unpacker.unpack(bytes.subarray(FRAME_HEAD), head.rawLength));
  }

  look(): RecordedLook {
    return this.#reader.look((data): Snapshot => readSnapshotData(data));
  }

  close(): void {
    this.#unpacker.close();
  }
}

async function nextFrame(bytes: ByteStream): Promise<Frame | { readonly damaged: number; readonly atEnd: boolean } | null> {
  const start = await bytes.peek(FRAME_HEAD);
  if (start.length === 0) return null;
  const head = readFrameHead(start);
  if (head !== null) {
    const whole = await bytes.peek(FRAME_HEAD + head.bodyLength);
    if (whole.length === FRAME_HEAD + head.bodyLength && isWhole(whole, head)) {
      bytes.skip(whole.length);
      return { head, bytes: whole };
    }
  }
  // Until the next mark with a frame behind it, or the end.
  let damaged = 1;
  bytes.skip(1);
  for (;;) {
    const ahead = await bytes.peek(65_536);
    const at = findMark(ahead, 0);
    if (at === -1) {
      const passed = ahead.length < 65_536 ? ahead.length : ahead.length - 3;
      bytes.skip(passed);
      damaged += passed;
      if (ahead.length < 65_536) return { damaged, atEnd: true };
      continue;
    }
    bytes.skip(at);
    damaged += at;
    const found = readFrameHead(await bytes.peek(FRAME_HEAD));
    const body = found === null ? null : await bytes.peek(FRAME_HEAD + found.bodyLength);
    if (found !== null && body !== null && body.length === FRAME_HEAD + found.bodyLength && isWhole(body, found)) return { damaged, atEnd: false };
    bytes.skip(1);
    damaged += 1;
  }
}

/** Chunks as one stream that can be looked into ahead. */
class ByteStream {
  readonly #chunks: AsyncIterator<Uint8Array>;
  #held: Uint8Array = new Uint8Array(0);
  #ended = false;

  constructor(chunks: AsyncIterable<Uint8Array>) {
    this.#chunks = chunks[Symbol.asyncIterator]();
  }

  /** The next bytes, not yet passed: `length` of them, or as many as there are. */
  async peek(length: number): Promise<Uint8Array> {
    if (this.#held.length < length && !this.#ended) {
      const pieces = [this.#held];
      let total = this.#held.length;
      while (total < length && !this.#ended) {
        const { value, done } = await this.#chunks.next();
        if (done === true) this.#ended = true;
        else {
          pieces.push(value);
          total += value.length;
        }
      }
      this.#held = Buffer.concat(pieces);
    }
    return this.#held.subarray(0, length);
  }

  skip(length: number): void {
    this.#held = this.#held.subarray(length);
  }

  async close(): Promise<void> {
    await this.#chunks.return?.();
  }
}
