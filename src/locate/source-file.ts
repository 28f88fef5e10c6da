import { isUtf8 } from "node:buffer";
import { createHash } from "node:crypto";
import { readFileSync, statSync } from "node:fs";

/** Larger files are data or generated, and would hold a worker for seconds. */
export const MAX_SOURCE_BYTES = 2 * 1024 * 1024;

export type SourceFile =
  | { readonly ok: true; /** UTF-8, whatever the file is written in. */ readonly bytes: Buffer; /** Of the file's bytes, 128 bits in hexadecimal. */ readonly hash: string }
  | { readonly ok: false; readonly reason: string };

/** The compilers of Go and Rust take nothing but UTF-8. */
const ALWAYS_UTF8 = /\.(?:go|rs)$/;
/** More letters beyond ASCII than this share of the bytes, and it is no code in a Latin alphabet's code page. */
const MOST_BEYOND_ASCII = 0.1;

/**
 * Reads a source file if it is one that can be analysed: at most 2 MB of text. What is not UTF-8 is read as Windows-1252, where each byte is
 * one character: code of old with an accent in a comment is code all the same (not in Go and Rust). Never throws.
 */
export function readSourceFile(path: string): SourceFile {
  let bytes: Buffer;
  try {
    if (statSync(path).size > MAX_SOURCE_BYTES) return { ok: false, reason: "over 2 MB" };
    bytes = readFileSync(path);
  } catch (error) {
    return { ok: false, reason: `cannot be read (${error instanceof Error && "code" in error ? String(error.code) : String(error)})` };
  }
  if (isUtf8(bytes)) return { ok: true, bytes, hash: contentHash(bytes) };
  return !ALWAYS_UTF8.test(path) && isOldText(bytes) ? { ok: true, bytes: Buffer.from(new TextDecoder("windows-1252").decode(bytes)), hash: contentHash(bytes) } : { ok: false, reason: "not UTF-8" };
}

/** No control characters that text has no use for, and little beyond ASCII. */
function isOldText(bytes: Buffer): boolean {
  let beyond = 0;
  for (const byte of bytes) {
    if (byte >= 128) beyond++;
    else if (byte < 32 && (byte < 9 || byte > 13) && byte !== 26 && byte !== 27) return false;
  }
  return beyond <= bytes.length * MOST_BEYOND_ASCII;
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
