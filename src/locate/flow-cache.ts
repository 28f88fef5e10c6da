import { closeSync, fstatSync, mkdirSync, openSync, readSync, renameSync, rmSync, writeSync } from "node:fs";
import { dirname, join } from "node:path";
import { deserialize, serialize } from "node:v8";
import { threadId } from "node:worker_threads";
import type { Analysis } from "../model/finding";
import type { FileScan, FunctionOutline } from "./prefilter";
import { contentHash } from "./source-file";
import { SpilledFlows } from "./spilled-flows";
import type { CachedFlow } from "./spilled-flows";

/** What the head of a pack says (which is its last part): enough when nothing has changed. */
interface PackHead {
  readonly version: string;
  readonly wholeKey: string;
  readonly analysis: Analysis;
  readonly index: Extent;
}
/** Where some bytes of the pack lie, and their hash. */
interface Extent {
  readonly at: number;
  readonly length: number;
  readonly hash: string;
}
interface PackIndex {
  readonly scans: ReadonlyMap<string, FileScan>;
  readonly flows: ReadonlyMap<string, { readonly extent: Extent; readonly outlines: readonly FunctionOutline[] }>;
}

const MAGIC = Buffer.from("LEAKLINE-PACK-2\n");
const HASH_BYTES = 16;
/** The end of the file: length of the head, hash of the head. The head stands before it, because it is known last. */
const TRAILER = 4 + HASH_BYTES;
const NOTHING: PackIndex = { scans: new Map(), flows: new Map() };

/**
 * One pack file for each workspace: the last whole analysis, and below it the scans and flows of its files by content, read one by one
 * when they are asked for. A pack that is missing, of another version or damaged anywhere is as good as none: what is damaged is made
 * anew; one that is not used at all is told of in `thrownAway`. Must be closed.
 */
export class FlowCache {
  readonly #path: string | null;
  readonly #version: string;
  #file: number | null = null;
  #head: PackHead | null = null;
  /** Why the pack that was there is not used: for a person. null when it is, or when there was none. */
  thrownAway: string | null = null;
  #index: PackIndex | null = null;
  readonly #scans = new Map<string, FileScan>();
  readonly #flows: SpilledFlows;

  private constructor(path: string | null, version: string) {
    this.#path = path;
    this.#version = version;
    this.#flows = new SpilledFlows(`${path ?? ""}.${process.pid}.${threadId}.${Date.now()}.flows`);
  }

  /** @param version of engine, lowering and rules together */
  static open(directory: string | null, root: string, version: string): FlowCache {
    const cache = new FlowCache(directory === null ? null : join(directory, `${contentHash(root)}.pack`), version);
    cache.#readHead();
    return cache;
  }

  close(): void {
    if (this.#file !== null) closeSync(this.#file);
    this.#file = null;
    this.#flows.close();
  }

  analysis(wholeKey: string): Analysis | null {
    return this.#head?.wholeKey === wholeKey ? this.#head.analysis : null;
  }

  scan(hash: string): FileScan | null {
    return this.#scans.get(hash) ?? this.#packed().scans.get(hash) ?? null;
  }

  flow(key: string): CachedFlow | null {
    const fresh = this.#flows.get(key);
    if (fresh !== null) return fresh;
    const entry = this.#packed().flows.get(key);
    if (entry === undefined) return null;
    const flow = this.#read(entry.extent);
    return flow === null ? null : { flow, outlines: entry.outlines };
  }

  /** True also without a cache: there is nothing to keep it in. */
  hasFlow(key: string): boolean {
    return this.#path === null || this.#flows.has(key) || this.#packed().flows.has(key);
  }

  keepScan(hash: string, scan: FileScan): void {
    if (this.#path !== null) this.#scans.set(hash, scan);
  }

  keepFlow(key: string, flow: CachedFlow): void {
    if (this.#path !== null) this.#flows.set(key, flow);
  }

  /**
   * Writes a pack with the entries that are in use, beside the old one and then over it, so that a reader never sees half of it.
   * A folder that cannot be written costs the cache, not the analysis.
   */
  save(wholeKey: string, analysis: Analysis, flowKeys: Iterable<string>, scanHashes: Iterable<string>): void {
    if (this.#path === null) return;
    const beside = `${this.#path}.${process.pid}.${Date.now()}`;
    try {
      mkdirSync(dirname(this.#path), { recursive: true });
      const file = openSync(beside, "w", 0o600);
      try {
        writeAll(file, MAGIC);
        const index = this.#writeBody(file, flowKeys, scanHashes);
        const head = serialize({ version: this.#version, wholeKey, analysis, index } satisfies PackHead);
        writeAll(file, head);
        const length = Buffer.alloc(4);
        length.writeUInt32LE(head.length);
        writeAll(file, Buffer.concat([length, Buffer.from(contentHash(head), "hex")]));
      } finally {
        closeSync(file);
      }
      renameSync(beside, this.#path);
    } catch {
      try {
        rmSync(beside, { force: true });
      } catch {
        // Not even that: the folder is no folder.
      }
    }
  }

  /** Flows one after the other, then the index that says where they lie. */
  #writeBody(file: number, flowKeys: Iterable<string>, scanHashes: Iterable<string>): Extent {
    let at = MAGIC.length;
    const write = (bytes: Uint8Array): Extent => {
      const extent = { at, length: bytes.length, hash: contentHash(bytes) };
      writeAll(file, bytes);
      at += bytes.length;
      return extent;
    };
    const flows = new Map<string, { extent: Extent; outlines: readonly FunctionOutline[] }>();
    for (const key of flowKeys) {
      const entry = this.flow(key);
      if (entry !== null) flows.set(key, { extent: write(entry.flow), outlines: entry.outlines });
    }
    const scans = new Map<string, FileScan>();
    for (const hash of scanHashes) {
      const scan = this.scan(hash);
      if (scan !== null) scans.set(hash, scan);
    }
    return write(serialize({ scans, flows } satisfies PackIndex));
  }

  #readHead(): void {
    if (this.#path === null) return;
    const damaged = "the kept analysis of this workspace is damaged: it is made anew";
    try {
      this.#file = openSync(this.#path, "r");
      this.thrownAway = damaged;
      const end = fstatSync(this.#file).size;
      if (!readExactly(this.#file, 0, MAGIC.length).equals(MAGIC)) return;
      const trailer = readExactly(this.#file, end - TRAILER, TRAILER);
      const length = trailer.readUInt32LE(0);
      const bytes = readExactly(this.#file, end - TRAILER - length, length);
      if (contentHash(bytes) !== trailer.toString("hex", 4)) return;
      const head = deserialize(bytes) as PackHead;
      if (head.version === this.#version) this.#head = head;
      this.thrownAway = this.#head === null ? "the kept analysis of this workspace is of another version, or of other rules: it is made anew" : null;
    } catch {
      this.#head = null;
    }
  }

  #packed(): PackIndex {
    return (this.#index ??= this.#readIndex());
  }

  #readIndex(): PackIndex {
    const bytes = this.#head === null ? null : this.#read(this.#head.index);
    if (bytes === null) return NOTHING;
    try {
      return deserialize(bytes) as PackIndex;
    } catch {
      return NOTHING;
    }
  }

  /** null when the pack has no such bytes, or others. */
  #read({ at, length, hash }: Extent): Buffer | null {
    if (this.#file === null) return null;
    try {
      const bytes = readExactly(this.#file, at, length);
      return contentHash(bytes) === hash ? bytes : null;
    } catch {
      return null;
    }
  }
}

/** Throws when the file ends before. */
function readExactly(file: number, at: number, length: number): Buffer {
  const bytes = Buffer.allocUnsafe(length);
  for (let done = 0; done < length; ) {
    const got = readSync(file, bytes, done, length - done, at + done);
    if (got === 0) throw new RangeError("the pack is cut short");
    done += got;
  }
  return bytes;
}

function writeAll(file: number, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length; ) done += writeSync(file, bytes, done);
}
