import type { Diagnosis, Evidence } from "../../model/diagnosis";
import type { LogSource } from "../../model/log";
import type { Snapshot } from "../../model/snapshot";
import type { FoundSignature } from "./find-signatures";
import { KNOWN_SIGNATURES } from "./known-signatures";

/** Of one diagnosis: no more than so many messages speak for it. */
const MOST = 6;
/** How far from the leak moments a message may stand. The peer's hang-up, which writes the line, comes a timeout after the leak. */
const AROUND_MS = 90_000;

/**
 * The diagnoses with what the logs say for them: messages that the field knows, that speak for the cause, stand near its leak moments, and were
 * written by its process or by whoever is at the other end of its sockets. In a log that a person opened nobody knows who wrote it: that is said.
 */
export function withSignatureEvidence(diagnoses: readonly Diagnosis[], found: readonly FoundSignature[], sources: readonly LogSource[], snapshots: readonly Snapshot[]): Diagnosis[] {
  return diagnoses.map((diagnosis) => {
    const snapshot = snapshots[diagnosis.snapshot];
    if (snapshot === undefined) return diagnosis;
    const pids = concerned(diagnosis, snapshot);
    // A number means another process on another host.
    const there = sources.map((source) => (source.target === undefined || source.target === snapshot.source.target ? source : undefined));
    const evidence = found.flatMap((signature) => {
      const known = KNOWN_SIGNATURES.find(({ id }) => id === signature.id);
      if (known === undefined || !known.supports.includes(diagnosis.cause)) return [];
      return pieceOf(known.title, signature, diagnosis, there, pids);
    });
    return evidence.length === 0 ? diagnosis : { ...diagnosis, evidence: [...diagnosis.evidence, ...evidence.slice(0, MOST)] };
  });
}

/** Processes whose words count: the one that holds the sockets, those of its name, and those at the other end on the same host. */
function concerned(diagnosis: Diagnosis, snapshot: Snapshot): ReadonlySet<number> {
  const pids = new Set<number>();
  const { process, endpoint } = diagnosis;
  if (process !== null) for (const { pid, name } of snapshot.processes) if (pid === process.pid || name === process.name) pids.add(pid);
  if (process !== null) pids.add(process.pid);
  const port = endpoint?.port ?? null;
  if (port === null) return pids;
  const names = new Set<string>();
  for (const socket of snapshot.sockets) {
    const atOtherEnd = diagnosis.direction === "inbound" ? socket.remote.port === port : socket.local.port === port;
    if (!atOtherEnd) continue;
    for (const { pid, process: name } of socket.owners) {
      pids.add(pid);
      if (name !== null) names.add(name);
    }
  }
  // The master of a proxy writes the logs and holds none of the connections.
  for (const { pid, name } of snapshot.processes) if (names.has(name)) pids.add(pid);
  return pids;
}

function pieceOf(title: string, signature: FoundSignature, diagnosis: Diagnosis, sources: readonly (LogSource | undefined)[], pids: ReadonlySet<number>): Evidence[] {
  const moments = diagnosis.leakMomentsMs;
  const idleMs = diagnosis.peerIdleTimeout?.medianMs ?? 0;
  const from = (moments[0] ?? Number.NEGATIVE_INFINITY) - AROUND_MS;
  const to = (moments.at(-1) ?? Number.POSITIVE_INFINITY) + idleMs + AROUND_MS;
  let lines = 0;
  let first = Number.POSITIVE_INFINITY;
  let last = Number.NEGATIVE_INFINITY;
  const places: string[] = [];
  for (const [index, times] of signature.timesMs) {
    const source = sources[index];
    if (source === undefined) continue;
    // The kernel speaks for all.
    const kernel = source.kind === "kernel";
    if (source.pid === null ? !(source.kind === "opened-file" || kernel) : !pids.has(source.pid)) continue;
    const near = times.filter((time) => time >= from && time <= to);
    if (near.length === 0) continue;
    lines += near.length;
    for (const time of near) {
      if (time < first) first = time;
      if (time > last) last = time;
    }
    places.push(source.kind === "opened-file" ? `${source.name} (whoever wrote it)` : source.name);
  }
  if (lines === 0) return [];
  const when = first === last ? `at ${clock(first)}` : `${clock(first)} to ${clock(last)}`;
  return [{ supports: true, text: `the logs say: ${lowerFirst(title)}, ${when} UTC, in ${places.join(", ")}`, figure: `${lines} ${lines === 1 ? "line" : "lines"}`, sockets: [] }];
}

/** Names keep their capital. */
function lowerFirst(title: string): string {
  return /^(?:A|An|The|All|Requests|Clients|Nobody|No|Transactions|New)\b/.test(title) ? title.charAt(0).toLowerCase() + title.slice(1) : title;
}

function clock(ms: number): string {
  return new Date(ms).toISOString().slice(11, 19);
}
