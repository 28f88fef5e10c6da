import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { deserialize, serialize } from "node:v8";
import { contentHash } from "../source-file";
import type { FileStatements } from "./file-statements";

const HASH_BYTES = 16;

/**
 * What the files of one workspace log, by their content, in one file beside the flows' pack. A cache that is missing, of another version
 * or damaged is as good as none.
 */
export class StatementCache {
  readonly #path: string | null;
  readonly #version: string;
  readonly #known: ReadonlyMap<string, FileStatements>;

  /** @param version of the code and data that make a file's statements what they are */
  constructor(directory: string | null, root: string, version: string) {
    this.#path = directory === null ? null : join(directory, `${contentHash(root)}.statements`);
    this.#version = version;
    this.#known = this.#read();
  }

  get(key: string): FileStatements | null {
    return this.#known.get(key) ?? null;
  }

  /** Writes what is in use beside the old file and then over it. A folder that cannot be written costs the cache. */
  save(files: ReadonlyMap<string, FileStatements>): void {
    if (this.#path === null) return;
    if (files.size === this.#known.size && [...files.keys()].every((key) => this.#known.has(key))) return;
    const beside = `${this.#path}.${process.pid}.${Date.now()}`;
    try {
      mkdirSync(dirname(this.#path), { recursive: true });
      const body = serialize({ version: this.#version, files });
      writeFileSync(beside, Buffer.concat([Buffer.from(contentHash(body), "hex"), body]), { mode: 0o600 });
      renameSync(beside, this.#path);
    } catch {
      rmSync(beside, { force: true });
    }
  }

  #read(): ReadonlyMap<string, FileStatements> {
    if (this.#path === null) return new Map();
    try {
      const bytes = readFileSync(this.#path);
      const body = bytes.subarray(HASH_BYTES);
      if (contentHash(body) !== bytes.toString("hex", 0, HASH_BYTES)) return new Map();
      const { version, files } = deserialize(body) as { version: string; files: Map<string, FileStatements> };
      return version === this.#version ? files : new Map();
    } catch {
      return new Map();
    }
  }
}
