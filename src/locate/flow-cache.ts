import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { deserialize, serialize } from "node:v8";
import type { Analysis } from "../model/finding";
import type { FileScan, FunctionOutline } from "./prefilter";
import { contentHash } from "./source-file";

export interface CachedFlow {
  readonly flow: Uint8Array;
  readonly outlines: readonly FunctionOutline[];
}

/** What the head of a pack says; the body is read only when a file has changed. */
interface PackHead {
  readonly version: string;
  readonly wholeKey: string;
  readonly analysis: Analysis;
  readonly bodyLength: number;
  readonly bodyHash: string;
}
interface PackBody {
  readonly scans: ReadonlyMap<string, FileScan>;
  readonly flows: ReadonlyMap<string, CachedFlow>;
}

const MAGIC = Buffer.from("LEAKLINE-PACK-1\n");

/**
 * One pack file for each workspace: the last whole analysis, and below it the scans and flows of its files by content. A pack that is
 * missing, of another version or damaged in any way is as good as none: everything is made anew, and nobody is told.
 */
export class FlowCache {
  readonly #path: string | null;
  readonly #version: string;
  readonly #head: PackHead | null;
  #bodyBytes: Buffer | null;
  #body: PackBody | null = null;
  readonly #scans = new Map<string, FileScan>();
  readonly #flows = new Map<string, CachedFlow>();

  private constructor(path: string | null, version: string, pack: { head: PackHead; body: Buffer } | null) {
    this.#path = path;
    this.#version = version;
    this.#head = pack?.head ?? null;
    this.#bodyBytes = pack?.body ?? null;
  }

  /** @param version of engine, lowering and rules together */
  static open(directory: string | null, root: string, version: string): FlowCache {
    if (directory === null) return new FlowCache(null, version, null);
    const path = join(directory, `${contentHash(root)}.pack`);
    return new FlowCache(path, version, readPack(path, version));
  }

  analysis(wholeKey: string): Analysis | null {
    return this.#head?.wholeKey === wholeKey ? this.#head.analysis : null;
  }

  scan(hash: string): FileScan | null {
    return this.#scans.get(hash) ?? this.#loaded().scans.get(hash) ?? null;
  }

  flow(key: string): CachedFlow | null {
    return this.#flows.get(key) ?? this.#loaded().flows.get(key) ?? null;
  }

  hasFlow(key: string): boolean {
    return this.#path === null || this.#flows.has(key) || this.#loaded().flows.has(key);
  }

  keepScan(hash: string, scan: FileScan): void {
    if (this.#path !== null && this.#loaded().scans.get(hash) === undefined) this.#scans.set(hash, scan);
  }

  keepFlow(key: string, flow: CachedFlow): void {
    if (this.#path !== null) this.#flows.set(key, flow);
  }

  /**
   * Writes the pack, with the entries that are still in use, beside the old one and then over it, so that a reader never sees half of it.
   * A folder that cannot be written costs the cache, not the analysis.
   */
  save(wholeKey: string, analysis: Analysis, flowKeys: Iterable<string>, hashes: Iterable<string>): void {
    if (this.#path === null) return;
    const old = this.#loaded();
    const body = serialize({
      scans: used([old.scans, this.#scans], new Set(hashes)),
      flows: used([old.flows, this.#flows], new Set(flowKeys)),
    } satisfies PackBody);
    const head = serialize({ version: this.#version, wholeKey, analysis, bodyLength: body.length, bodyHash: contentHash(body) } satisfies PackHead);
    const lengths = Buffer.alloc(4);
    lengths.writeUInt32LE(head.length);
    const beside = `${this.#path}.${process.pid}.${Date.now()}`;
    try {
      mkdirSync(join(this.#path, ".."), { recursive: true });
      writeFileSync(beside, Buffer.concat([MAGIC, lengths, Buffer.from(contentHash(head), "hex"), head, body]), { mode: 0o600 });
      renameSync(beside, this.#path);
    } catch {
      try {
        rmSync(beside, { force: true });
      } catch {
        // Not even that: the folder is no folder.
      }
    }
  }

  #loaded(): PackBody {
    this.#body ??= readBody(this.#head, this.#bodyBytes) ?? { scans: new Map(), flows: new Map() };
    this.#bodyBytes = null;
    return this.#body;
  }
}

function readPack(path: string, version: string): { head: PackHead; body: Buffer } | null {
  try {
    const bytes = readFileSync(path);
    if (!bytes.subarray(0, MAGIC.length).equals(MAGIC)) return null;
    const headAt = MAGIC.length + 4 + 16;
    const headEnd = headAt + bytes.readUInt32LE(MAGIC.length);
    const headBytes = bytes.subarray(headAt, headEnd);
    if (contentHash(headBytes) !== bytes.toString("hex", MAGIC.length + 4, headAt)) return null;
    const head = deserialize(headBytes) as PackHead;
    const body = bytes.subarray(headEnd);
    return head.version === version && head.bodyLength === body.length ? { head, body } : null;
  } catch {
    return null;
  }
}

function readBody(head: PackHead | null, bytes: Buffer | null): PackBody | null {
  if (head === null || bytes === null || contentHash(bytes) !== head.bodyHash) return null;
  try {
    return deserialize(bytes) as PackBody;
  } catch {
    return null;
  }
}

function used<T>(maps: readonly ReadonlyMap<string, T>[], keys: ReadonlySet<string>): Map<string, T> {
  const result = new Map<string, T>();
  for (const map of maps) for (const [key, value] of map) if (keys.has(key)) result.set(key, value);
  return result;
}
