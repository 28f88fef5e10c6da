import { Failure } from "../model/failure";
import type { Investigation } from "../model/investigation";
import type { NamedEndpoint } from "../model/service";
import type { Snapshot } from "../model/snapshot";
import { readJson } from "../observe/config/json";
import { isKubernetes, namesOfKubernetes } from "../observe/config/kubernetes";
import { CaptureDecoder } from "../observe/encoding/capture-decoder";
import { createCaptureReader } from "../observe/sockets/capture";
import { readDocument } from "../protocol/investigation-file";
import type { OpenedFile } from "./investigator";

/** Saved documents larger than this are refused rather than risked: one JavaScript string holds at most 512 MiB. */
const MAX_DOCUMENT_BYTES = 500_000_000;

export type OpenedContent =
  | { readonly kind: "snapshot"; readonly snapshot: Snapshot }
  /** What `kubectl get svc,endpoints,endpointslices,pods -o json` says of addresses. */
  | { readonly kind: "names"; readonly names: readonly NamedEndpoint[] }
  | { readonly kind: "investigation"; readonly investigation: Investigation };

/** How much of a file that begins with a brace is looked at to tell a Leakline document from PowerShell's JSON. */
const DOCUMENT_HEAD = 4096;

/**
 * Reads one file: a Leakline document (recognised by its first character and its schema) or a capture of any known format, in any
 * encoding that tools write (observe/encoding).
 */
export async function readOpenedFile(file: OpenedFile, signal: AbortSignal): Promise<OpenedContent> {
  const decoder = new CaptureDecoder();
  let reader: ReturnType<typeof createCaptureReader> | null = null;
  let document: string[] | null = null;
  let documentBytes = 0;
  let head = "";
  let ended = false;

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
    const begun = head.trimStart();
    if (begun === "" || (begun.startsWith("{") && begun.length < DOCUMENT_HEAD && !ended)) return;
    // Every Leakline document begins with a brace; of captures only what PowerShell writes as JSON.
    if (begun.startsWith("{") && !isPowershellJson(begun)) document = [head];
    else {
      reader = createCaptureReader(file.name);
      reader.push(head);
    }
    head = "";
  };

  try {
    for await (const chunk of file.chunks) {
      signal.throwIfAborted();
      take(decoder.push(chunk));
      documentBytes += chunk.byteLength;
      if (document !== null && documentBytes > MAX_DOCUMENT_BYTES) {
        throw new Failure("answerTooLarge", `${file.name}: a saved document of over ${MAX_DOCUMENT_BYTES / 1_000_000} MB`, "Open the capture that it was made from instead.");
      }
    }
  } catch (error) {
    if (error instanceof Failure || signal.aborted) throw error;
    throw new Failure("fileUnreadable", `${file.name}: ${error instanceof Error ? error.message : "cannot be read"}`, "Check that the file exists and that you may read it.", { cause: error });
  }
  ended = true;
  take(decoder.end());

  if (document !== null) {
    const text = (document as string[]).join("");
    let json: unknown;
    try {
      json = JSON.parse(text);
    } catch (error) {
      throw new Failure("notUnderstood", `${file.name}: begins like JSON but is not: ${error instanceof Error ? error.message : "broken"}`, "If it was cut off, save it again; if it is a capture, remove what stands before it.");
    }
    // Our own documents have a schema, the API's an apiVersion.
    const tree = typeof json === "object" && json !== null && "apiVersion" in json && !("schema" in json) ? readJson(text) : null;
    if (tree !== null && isKubernetes(tree)) return { kind: "names", names: namesOfKubernetes(tree) };
    const read = readDocument(file.name, json);
    return "investigation" in read ? { kind: "investigation", investigation: read.investigation } : { kind: "snapshot", snapshot: read.snapshot };
  }
  return { kind: "snapshot", snapshot: withEncoding((reader ?? createCaptureReader(file.name)).finish(), decoder) };
}

/** Whether JSON that begins so lists sockets of Get-NetTCPConnection or Get-NetUDPEndpoint. */
function isPowershellJson(text: string): boolean {
  const head = text.slice(0, DOCUMENT_HEAD);
  return /"(?:LocalAddress|LocalPort|OwningProcess|AppliedSetting|CimClass|CimInstanceProperties)"\s*:/i.test(head) && !/^\{\s*"schema"/.test(head);
}

function withEncoding(snapshot: Snapshot, decoder: CaptureDecoder): Snapshot {
  const assumption = decoder.assumption();
  if (decoder.encoding === "utf-8") return snapshot;
  return { ...snapshot, source: { ...snapshot.source, encoding: decoder.encoding }, missing: assumption === null ? snapshot.missing : [...snapshot.missing, assumption] };
}
