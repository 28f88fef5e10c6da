import { isUtf8 } from "node:buffer";
import { createHash } from "node:crypto";
import { readFileSync, statSync } from "node:fs";

/** Larger files are data or generated, and would hold a worker for seconds. */
export const MAX_SOURCE_BYTES = 2 * 1024 * 1024;

export type SourceFile =
  | { readonly ok: true; readonly bytes: Buffer; /** Of the bytes, 128 bits in hexadecimal. */ readonly hash: string }
  | { readonly ok: false; readonly reason: string };

/** Reads a source file if it is one that can be analysed: at most 2 MB of UTF-8. Never throws. */
export function readSourceFile(path: string): SourceFile {
  let bytes: Buffer;
  try {
    if (statSync(path).size > MAX_SOURCE_BYTES) return { ok: false, reason: "over 2 MB" };
    bytes = readFileSync(path);
  } catch (error) {
    return { ok: false, reason: `cannot be read (${error instanceof Error && "code" in error ? String(error.code) : String(error)})` };
  }
  if (!isUtf8(bytes)) return { ok: false, reason: "not UTF-8" };
  return { ok: true, bytes, hash: contentHash(bytes) };
}

export function contentHash(...parts: readonly (Uint8Array | string)[]): string {
  const hash = createHash("sha256");
  for (const part of parts) {
    hash.update(part);
    if (typeof part === "string") hash.update("\0");
  }
  return hash.digest("hex").slice(0, 32);
}

/** The text without a byte order mark: editors do not count it as a column. */
export function sourceText(bytes: Buffer): string {
  const marked = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
  return bytes.toString("utf8", marked ? 3 : 0);
}
