import { closeSync, mkdirSync, openSync, readSync, rmSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import type { FunctionOutline } from "./prefilter";

/** A file's flow, packed, and what the reading plan asks of it. */
export interface CachedFlow {
  readonly flow: Uint8Array;
  readonly outlines: readonly FunctionOutline[];
}

/** A large workspace's packed flows are some hundred MB, wanted once more at the end of a run: they wait on disk, in a file without a name that ends with its owner. */
export class SpilledFlows {
  readonly #kept = new Map<string, { readonly at: number; readonly length: number; readonly outlines: CachedFlow["outlines"] }>();
  /** What the disk did not take. */
  readonly #held = new Map<string, CachedFlow>();
  readonly #path: string;
  #file: number | null = null;
  #end = 0;
  #isRefused = false;

  /** @param path where the file is made, beside what it will become; free */
  constructor(path: string) {
    this.#path = path;
  }

  has(key: string): boolean {
    return this.#kept.has(key) || this.#held.has(key);
  }

  set(key: string, flow: CachedFlow): void {
    const at = this.#write(flow.flow);
    if (at === null) this.#held.set(key, flow);
    else this.#kept.set(key, { at, length: flow.flow.length, outlines: flow.outlines });
  }

  /** null also when it cannot be read back: then it is made anew. */
  get(key: string): CachedFlow | null {
    const kept = this.#kept.get(key);
    if (kept === undefined || this.#file === null) return this.#held.get(key) ?? null;
    const flow = Buffer.allocUnsafeSlow(kept.length);
    try {
      for (let done = 0; done < kept.length; ) {
        const got = readSync(this.#file, flow, done, kept.length - done, kept.at + done);
        if (got === 0) return null;
        done += got;
      }
      return { flow, outlines: kept.outlines };
    } catch {
      return null;
    }
  }

  close(): void {
    if (this.#file === null) return;
    closeSync(this.#file);
    this.#file = null;
    // Where an open file keeps its name until it is closed.
    forget(this.#path);
  }

  /** Where it lies, or null. A disk that refused once is not asked again. */
  #write(bytes: Uint8Array): number | null {
    if (this.#isRefused) return null;
    try {
      const file = (this.#file ??= this.#open());
      const at = this.#end;
      for (let done = 0; done < bytes.length; ) done += writeSync(file, bytes, done, bytes.length - done, at + done);
      this.#end = at + bytes.length;
      return at;
    } catch {
      this.#isRefused = true;
      return null;
    }
  }

  #open(): number {
    mkdirSync(dirname(this.#path), { recursive: true });
    const file = openSync(this.#path, "wx+", 0o600);
    // Nobody else has to find it, and a thread that is killed leaves nothing behind.
    forget(this.#path);
    return file;
  }
}

function forget(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // It goes when it is closed.
  }
}
