import type { FileHandle } from "node:fs/promises";
import { open } from "node:fs/promises";
import { Failure } from "../../../model/failure";
import { writeFrame } from "./frames";
import { Packer } from "./flushed-stream";
import { readRecordHeader, writeRecordHeader } from "./record-header";
import type { RecordHeader } from "./record-header";
import type { RecordedLook } from "./snapshot-codec";
import { SnapshotWriter, timeOf } from "./snapshot-codec";

/** A block stands by itself. It ends when its differences take this many times the bytes of its first look, or after so many looks. */
export const BLOCK_GROWTH = 4;
export const BLOCK_LOOKS = 720;
/** A crash of this program loses nothing that was written; one of the machine no more than this, milliseconds. */
const SYNC_EVERY_MS = 15_000;

/** Appends looks to a record file; each is on its way to the disk when `append` resolves. Owns the file until `close`. */
export class RecordWriter {
  readonly #file: FileHandle;
  readonly #name: string;
  #packer: Packer | null = null;
  #writer = new SnapshotWriter();
  #firstBytes = 0;
  #nextBytes = 0;
  #looks = 0;
  #syncedMs = 0;
  #bytes: number;

  private constructor(file: FileHandle, name: string, bytes: number) {
    this.#file = file;
    this.#name = name;
    this.#bytes = bytes;
  }

  /**
   * Begins a record, or goes on with one of the same target: what is there is never changed, and a torn look at its end stays behind as damage.
   *
   * @param name the file as the user calls it, for messages
   * @throws Failure `usage` when another file stands there, `fileUnreadable` when it cannot be written
   */
  static async open(path: string, name: string, header: RecordHeader): Promise<RecordWriter> {
    let file: FileHandle | null = null;
    try {
      file = await open(path, "a+", 0o600);
      const { size } = await file.stat();
      if (size === 0) {
        const first = writeRecordHeader(header);
        await file.appendFile(first);
        return new RecordWriter(file, name, first.length);
      }
      const head = Buffer.alloc(Math.min(size, 65_536));
      await file.read(head, 0, head.length, 0);
      const known = readRecordHeader(head, name);
      if (known === null) throw new Failure("usage", `${name} is there already, and is no record of a watch`, "Name a new file: what stands in a file is not written over.");
      if (known.header.target !== header.target) throw new Failure("usage", `${name} is a record of ${known.header.target}, not of ${header.target}`, "Name a new file for another target.");
      return new RecordWriter(file, name, size);
    } catch (error) {
      await file?.close();
      throw error instanceof Failure ? error : failed(name, error);
    }
  }

  /** Bytes of a block's first look, and of all that follow it in that block. */
  get block(): { readonly first: number; readonly next: number } {
    return { first: this.#firstBytes, next: this.#nextBytes };
  }

  /** Size of the file, bytes. */
  get bytes(): number {
    return this.#bytes;
  }

  async append(look: RecordedLook): Promise<void> {
    const first = this.#packer === null || this.#looks >= BLOCK_LOOKS || this.#nextBytes > BLOCK_GROWTH * this.#firstBytes;
    if (first) {
      this.#packer?.close();
      this.#packer = new Packer();
      this.#writer = new SnapshotWriter();
      this.#looks = 0;
      this.#nextBytes = 0;
    }
    const raw = this.#writer.write(look);
    const frame = writeFrame(first ? "first" : "next", timeOf(look.snapshot), raw.length, await (this.#packer as Packer).pack(raw));
    if (first) this.#firstBytes = frame.length;
    else this.#nextBytes += frame.length;
    this.#looks += 1;
    try {
      await this.#file.appendFile(frame);
      this.#bytes += frame.length;
      if (Date.now() - this.#syncedMs >= SYNC_EVERY_MS) {
        await this.#file.datasync();
        this.#syncedMs = Date.now();
      }
    } catch (error) {
      // Half a frame may stand there: what comes next begins anew.
      this.#packer?.close();
      this.#packer = null;
      throw failed(this.#name, error);
    }
  }

  async close(): Promise<void> {
    this.#packer?.close();
    this.#packer = null;
    await this.#file.close();
  }
}

function failed(name: string, error: unknown): Failure {
  return new Failure("fileUnreadable", `${name}: ${error instanceof Error ? error.message : "cannot be written"}`, "Name a file in a folder that you may write to, on a disk with room.", { cause: error });
}
