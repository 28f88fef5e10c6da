import { Failure } from "../model/failure";
import type { Investigation } from "../model/investigation";
import type { LogRecords } from "../model/log-records";
import type { NamedEndpoint } from "../model/service";
import type { Snapshot } from "../model/snapshot";
import { readJson } from "../observe/config/json";
import { isKubernetes, namesOfKubernetes } from "../observe/config/kubernetes";
import { CaptureDecoder } from "../observe/encoding/capture-decoder";
import { createLogReader } from "../observe/logs/log-reader";
import { logLikeness } from "../observe/logs/recognise";
import { Zone } from "../observe/logs/zone";
import { createCaptureReader } from "../observe/sockets/capture";
import { readDocument } from "../protocol/investigation-file";
import type { OpenedFile } from "./investigator";
import type { OpenedScene } from "./scene/read-scene";
import { readScene } from "./scene/read-scene";
import { isSceneFile } from "./scene/scene-file";
import { unpackedChunks } from "./unpacked-chunks";

/** Saved documents larger than this are refused rather than risked: one JavaScript string holds at most 512 MiB. */
const MAX_DOCUMENT_BYTES = 500_000_000;

export type OpenedContent =
  | { readonly kind: "snapshot"; readonly snapshot: Snapshot }
  /** What `kubectl get svc,endpoints,endpointslices,pods -o json` says of addresses. */
  | { readonly kind: "names"; readonly names: readonly NamedEndpoint[] }
  | { readonly kind: "log"; readonly records: LogRecords }
  | { readonly kind: "investigation"; readonly investigation: Investigation }
  | { readonly kind: "scene"; readonly scene: OpenedScene };

/** How much of a file is looked at to tell what it is. */
const HEAD = 65_536;

/** What is known of logs that a person opens, besides what they hold. */
export interface LogReading {
  /** Epoch milliseconds: no log is from later. */
  readonly nowMs: number;
  /** The zone of stamps that name none, as the user says: `Europe/Berlin`, `+02:00`. null: UTC is assumed, and said. */
  readonly zone: string | null;
  /** The user says that it is a log, whatever it looks like. Absent: what it is is told by its content. */
  readonly surely?: boolean;
}

/**
 * Reads one file, packed or not: a Leakline document (recognised by its first character and its schema), a log, or a capture of any known format, in any
 * encoding that tools write (observe/encoding).
 */
export async function readOpenedFile(file: OpenedFile, signal: AbortSignal, logReading: LogReading = { nowMs: Date.now(), zone: null }): Promise<OpenedContent> {
  const decoder = new CaptureDecoder();
  let push: ((text: string) => void) | null = null;
  let content: (() => OpenedContent) | null = null;
  /** -1: no document. */
  let documentBytes = -1;
  let head = "";
  /** The bytes of a preserved scene; null: it is none. */
  let archive: Uint8Array[] | null = null;
  let archiveBytes = 0;
  let begun = false;

  const decide = (): void => {
    const text = head;
    head = "";
    switch (logReading.surely === true ? "log" : kindOf(file.name, text)) {
      case "document": {
        const pieces: string[] = [text];
        documentBytes = text.length;
        push = (more) => pieces.push(more);
        content = () => readJsonDocument(file.name, pieces.join(""));
        return;
      }
      case "log": {
        const zone = logReading.zone === null ? null : Zone.named(logReading.zone);
        if (logReading.zone !== null && zone === null) throw new Failure("usage", `${logReading.zone} is no time zone`, "Name one as Europe/Berlin or +02:00.");
        const notAfterMs = Math.min(file.modifiedAtMs ?? logReading.nowMs, logReading.nowMs);
        const reader = createLogReader({ kind: "opened-file", name: file.name, how: "opened", pid: null, clock: { zone, zoneFrom: "the user says", notAfterMs } });
        reader.push(text);
        push = (more) => reader.push(more);
        content = () => ({ kind: "log", records: withDecoding(reader.finish(null), decoder) });
        return;
      }
      case "capture": {
        const reader = createCaptureReader(file.name);
        reader.push(text);
        push = (more) => reader.push(more);
        content = () => ({ kind: "snapshot", snapshot: withEncoding(reader.finish(), decoder) });
      }
    }
  };

  const take = (text: string): void => {
    if (push !== null) {
      push(text);
      return;
    }
    head += text;
    if (head.length >= HEAD) decide();
  };

  try {
    for await (const chunk of unpackedChunks(file.name, file.chunks)) {
      signal.throwIfAborted();
      if (!begun && isSceneFile(chunk)) archive = [];
      begun = true;
      if (archive !== null) {
        (archive as Uint8Array[]).push(chunk);
        archiveBytes += chunk.byteLength;
        if (archiveBytes > MAX_DOCUMENT_BYTES) throw new Failure("answerTooLarge", `${file.name}: an archive of over ${MAX_DOCUMENT_BYTES / 1_000_000} MB`, "Unpack it, and open the looks in it one by one.");
        continue;
      }
      take(decoder.push(chunk));
      if (documentBytes < 0) continue;
      documentBytes += chunk.byteLength;
      if (documentBytes > MAX_DOCUMENT_BYTES) {
        throw new Failure("answerTooLarge", `${file.name}: a saved document of over ${MAX_DOCUMENT_BYTES / 1_000_000} MB`, "Open the capture that it was made from instead.");
      }
    }
  } catch (error) {
    if (error instanceof Failure || signal.aborted) throw error;
    throw new Failure("fileUnreadable", `${file.name}: ${error instanceof Error ? error.message : "cannot be read"}`, "Check that the file exists and that you may read it.", { cause: error });
  }
  if (archive !== null) return { kind: "scene", scene: readScene(file.name, Buffer.concat(archive)) };
  take(decoder.end());
  if (content === null) decide();
  return (content as unknown as () => OpenedContent)();
}

/** Every Leakline document begins with a brace; of captures only what PowerShell writes as JSON; and a log may be JSON, line by line. */
function kindOf(name: string, head: string): "document" | "log" | "capture" {
  const begun = head.trimStart();
  if (begun.startsWith("{")) {
    if (isPowershellJson(begun)) return "capture";
    if (/^\{\s*"(?:schema|apiVersion)"/.test(begun)) return "document";
    const [first = ""] = begun.split("\n", 1);
    return first.trimEnd().endsWith("}") && !first.includes('"apiVersion"') && logLikeness(name, head) !== "no" ? "log" : "document";
  }
  const likeness = logLikeness(name, head);
  if (likeness === "no") return "capture";
  // A log may quote a row of a table; a table may stand below a line with a date.
  const reader = createCaptureReader(name);
  reader.push(head);
  const { sockets, statesOnly, kernel, skipped } = reader.finish();
  const rows = sockets.length + Object.keys(statesOnly ?? {}).length + Object.keys(kernel?.counters ?? {}).length;
  return rows === 0 || (likeness === "surely" && rows * 10 < skipped.length) ? "log" : "capture";
}

function readJsonDocument(name: string, text: string): OpenedContent {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new Failure("notUnderstood", `${name}: begins like JSON but is not: ${error instanceof Error ? error.message : "broken"}`, "If it was cut off, save it again; if it is a capture, remove what stands before it.");
  }
  // Our own documents have a schema, the API's an apiVersion.
  const tree = typeof json === "object" && json !== null && "apiVersion" in json && !("schema" in json) ? readJson(text) : null;
  if (tree !== null && isKubernetes(tree)) return { kind: "names", names: namesOfKubernetes(tree) };
  const read = readDocument(name, json);
  return "investigation" in read ? { kind: "investigation", investigation: read.investigation } : { kind: "snapshot", snapshot: read.snapshot };
}

/** A code page that was guessed is one more assumption. */
function withDecoding(records: LogRecords, decoder: CaptureDecoder): LogRecords {
  const assumption = decoder.assumption();
  return assumption === null ? records : records.withAssumptions([`${assumption.what}: ${assumption.why}`]);
}

/** Whether JSON that begins so lists sockets of Get-NetTCPConnection or Get-NetUDPEndpoint. */
function isPowershellJson(text: string): boolean {
  const head = text.slice(0, 4096);
  return /"(?:LocalAddress|LocalPort|OwningProcess|AppliedSetting|CimClass|CimInstanceProperties)"\s*:/i.test(head) && !/^\{\s*"schema"/.test(head);
}

function withEncoding(snapshot: Snapshot, decoder: CaptureDecoder): Snapshot {
  const assumption = decoder.assumption();
  if (decoder.encoding === "utf-8") return snapshot;
  return { ...snapshot, source: { ...snapshot.source, encoding: decoder.encoding }, missing: assumption === null ? snapshot.missing : [...snapshot.missing, assumption] };
}
