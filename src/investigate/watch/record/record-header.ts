import * as z from "zod";
import { Failure } from "../../../model/failure";

/** The first line of a record file: `leakline.watch/1 {...}`. */
export interface RecordHeader {
  /** In the command's form. */
  readonly target: string;
  /** ISO 8601, our clock. */
  readonly startedAt: string;
  /** As the user asked, milliseconds between looks. */
  readonly intervalMs: number;
}

const VERSION = 1;
const BEGIN = "leakline.watch/";
const LONGEST = 4096;
const header = z.object({ target: z.string(), startedAt: z.string(), intervalMs: z.number() });

export function writeRecordHeader({ target, startedAt, intervalMs }: RecordHeader): Uint8Array {
  return new TextEncoder().encode(`${BEGIN}${VERSION} ${JSON.stringify({ target, startedAt, intervalMs })}\n`);
}

/** Whether a file that begins so is a record, of whatever version. */
export function isRecord(bytes: Uint8Array): boolean {
  return new TextDecoder("latin1").decode(bytes.subarray(0, BEGIN.length)) === BEGIN;
}

/**
 * @returns the header and where the frames begin; null: no record
 * @throws Failure `notUnderstood` for a record of another version, or with a broken first line
 */
export function readRecordHeader(bytes: Uint8Array, name: string): { readonly header: RecordHeader; readonly length: number } | null {
  if (!isRecord(bytes)) return null;
  const end = bytes.subarray(0, LONGEST).indexOf(0x0a);
  const line = new TextDecoder().decode(bytes.subarray(0, end === -1 ? LONGEST : end));
  const match = /^leakline\.watch\/(\d+) (\{.*\})$/.exec(line);
  if (match !== null && Number(match[1]) !== VERSION) {
    throw new Failure("notUnderstood", `${name}: a record of version ${match[1]}; this Leakline reads version ${VERSION}`, "Open it with the Leakline that wrote it, or a newer one.");
  }
  try {
    if (match !== null && end !== -1) return { header: header.parse(JSON.parse(match[2] ?? "")), length: end + 1 };
  } catch {
    // It is said below.
  }
  throw new Failure("notUnderstood", `${name}: the first line of this record is broken`, "Only a copy that is whole can be opened.");
}
