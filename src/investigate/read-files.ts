import { TextDecoder } from "node:util";
import { Failure } from "../model/failure";
import type { Investigation } from "../model/investigation";
import type { Snapshot } from "../model/snapshot";
import { createCaptureReader } from "../observe/sockets/capture";
import { readDocument } from "../protocol/investigation-file";
import type { OpenedFile } from "./investigator";

/** Saved documents larger than this are refused rather than risked: one JavaScript string holds at most 512 MiB. */
const MAX_DOCUMENT_BYTES = 500_000_000;

export type OpenedContent =
  | { readonly kind: "snapshot"; readonly snapshot: Snapshot }
  | { readonly kind: "investigation"; readonly investigation: Investigation };

/**
 * Reads one file: a Leakline document (recognised by its first character and its schema) or a capture of any known format.
 * Text is decoded as UTF-8, or UTF-16 when a byte order mark says so.
 */
export async function readOpenedFile(file: OpenedFile, signal: AbortSignal): Promise<OpenedContent> {
  let decoder: TextDecoder | null = null;
  let reader: ReturnType<typeof createCaptureReader> | null = null;
  let document: string[] | null = null;
  let documentBytes = 0;
  let head = "";

  const take = (text: string): void => {
    if (document !== null) {
      document.push(text);
      return;
    }
    if (reader !== null) {
      reader.push(text);
      return;
    }
    head += text;
    if (head.trim() === "") return;
    // A capture of sockets never begins with a brace; every Leakline document does.
    if (head.trimStart().startsWith("{")) document = [head];
    else {
      reader = createCaptureReader(file.name);
      reader.push(head);
    }
    head = "";
  };

  try {
    for await (const chunk of file.chunks) {
      signal.throwIfAborted();
      decoder ??= new TextDecoder(encodingOf(chunk));
      take(decoder.decode(chunk, { stream: true }));
      documentBytes += chunk.byteLength;
      if (document !== null && documentBytes > MAX_DOCUMENT_BYTES) {
        throw new Failure("answerTooLarge", `${file.name}: a saved document of over ${MAX_DOCUMENT_BYTES / 1_000_000} MB`, "Open the capture that it was made from instead.");
      }
    }
  } catch (error) {
    if (error instanceof Failure || signal.aborted) throw error;
    throw new Failure("fileUnreadable", `${file.name}: ${error instanceof Error ? error.message : "cannot be read"}`, "Check that the file exists and that you may read it.", { cause: error });
  }
  if (decoder !== null) take((decoder as TextDecoder).decode());

  if (document !== null) {
    let json: unknown;
    try {
      json = JSON.parse((document as string[]).join(""));
    } catch (error) {
      throw new Failure("notUnderstood", `${file.name}: begins like JSON but is not: ${error instanceof Error ? error.message : "broken"}`, "If it was cut off, save it again; if it is a capture, remove what stands before it.");
    }
    const read = readDocument(file.name, json);
    return "investigation" in read ? { kind: "investigation", investigation: read.investigation } : { kind: "snapshot", snapshot: read.snapshot };
  }
  return { kind: "snapshot", snapshot: (reader ?? createCaptureReader(file.name)).finish() };
}

function encodingOf(chunk: Uint8Array): "utf-8" | "utf-16le" | "utf-16be" {
  if (chunk[0] === 0xff && chunk[1] === 0xfe) return "utf-16le";
  if (chunk[0] === 0xfe && chunk[1] === 0xff) return "utf-16be";
  return "utf-8";
}
