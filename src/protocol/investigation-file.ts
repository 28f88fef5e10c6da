import * as z from "zod";
import { CAUSES } from "../model/diagnosis";
import type { Diagnosis } from "../model/diagnosis";
import { Failure } from "../model/failure";
import { FINDING_KINDS } from "../model/finding";
import type { Analysis } from "../model/finding";
import type { Investigation } from "../model/investigation";
import { sayAllHow, USUAL_CONFIDENCE } from "../model/name-agreement";
import type { PreservedFacts } from "../model/preserved";
import { IDENTITY_KINDS } from "../model/process";
import { NAME_SOURCES, SERVICE_KINDS } from "../model/service";
import type { HowWeKnow, Service } from "../model/service";
import { countStates } from "../model/snapshot";
import type { Snapshot } from "../model/snapshot";
import { NO_OWNERS } from "../model/socket";
import type { Socket } from "../model/socket";
import { RANKING_FACTORS } from "../model/suspect";
import { TCP_STATES } from "../model/tcp-state";
import { pastDocument, timelineDocument } from "./timeline-document";
import { danglingOfLogs, LOG_KEYS, logsFromWire, logsToWire } from "./log-documents";

/**
 * The three JSON documents of the command's contract, written from and read back into the model:
 * `leakline.snapshot/1`, `leakline.analysis/1`, `leakline.investigation/1`.
 *
 * Writing yields chunks, because a million sockets do not fit into one JavaScript string. Fields beyond the contract are added so that
 * a saved investigation opens with all that the live one had; the contract's own fields keep their names and shapes.
 */

export const SNAPSHOT_SCHEMA = "leakline.snapshot/1";
export const ANALYSIS_SCHEMA = "leakline.analysis/1";
export const INVESTIGATION_SCHEMA = "leakline.investigation/1";

function socketToWire(socket: Socket): object {
  const first = socket.owners[0];
  return {
    protocol: socket.protocol,
    state: socket.state,
    local: socket.local.zone === null ? { address: socket.local.address, port: socket.local.port } : socket.local,
    remote: socket.remote.zone === null ? { address: socket.remote.address, port: socket.remote.port } : socket.remote,
    recvQueue: socket.recvQueue,
    sendQueue: socket.sendQueue,
    pid: first?.pid ?? null,
    process: first?.process ?? null,
    fd: first?.fd ?? null,
    inode: socket.inode,
    uid: socket.uid,
    timer: socket.timer,
    info: socket.info,
    cgroup: socket.cgroup,
    namespace: socket.namespace,
    ownership: socket.ownership,
    cookie: socket.cookie,
    ...(socket.owners.length > 1 ? { owners: socket.owners } : {}),
  };
}

const SOCKETS_PER_CHUNK = 512;

/** `leakline.snapshot/1` in chunks. */
export function* writeSnapshot(snapshot: Snapshot): Generator<string> {
  const { sockets, skipped, source, ...rest } = snapshot;
  yield `{"schema":${JSON.stringify(SNAPSHOT_SCHEMA)},"source":${JSON.stringify(source)},"states":${JSON.stringify(countStates(snapshot))},"sockets":[`;
  for (let start = 0; start < sockets.length; start += SOCKETS_PER_CHUNK) {
    const rows = sockets.slice(start, start + SOCKETS_PER_CHUNK).map((socket) => JSON.stringify(socketToWire(socket)));
    yield `${start === 0 ? "" : ","}\n${rows.join(",\n")}`;
  }
  yield `],"skipped":${JSON.stringify(skipped)}`;
  for (const [key, value] of Object.entries(rest)) yield `,${JSON.stringify(key)}:${JSON.stringify(value)}`;
  yield "}";
}

function serviceToWire(service: Service): object {
  return {
    name: service.name,
    kind: service.kind,
    address: service.address,
    port: service.port,
    how: sayAllHow(service).join("; "),
    sources: service.how,
  };
}

function diagnosisToWire(diagnosis: Diagnosis): object {
  const { service, peerIdleTimeout, leakMomentsMs, ...rest } = diagnosis;
  return {
    ...rest,
    service: service === null ? null : serviceToWire(service),
    peerIdleTimeoutMs: peerIdleTimeout === null ? null : peerIdleTimeout.medianMs,
    peerIdleTimeout,
    leakMoments: leakMomentsMs.map((ms) => new Date(ms).toISOString()),
  };
}

/** `leakline.investigation/1` in chunks. */
export function* writeInvestigation(investigation: Investigation): Generator<string> {
  const { snapshots, services, diagnoses, suspects, targets, logs, ...rest } = investigation;
  yield `{"schema":${JSON.stringify(INVESTIGATION_SCHEMA)},"targets":${JSON.stringify(targets)},\n"diagnoses":${JSON.stringify(diagnoses.map(diagnosisToWire))}`;
  yield `,\n"suspects":${JSON.stringify(suspects)},\n"services":${JSON.stringify(services.map(serviceToWire))}`;
  for (const [key, value] of Object.entries({ ...logsToWire(logs), ...rest })) yield `,\n${JSON.stringify(key)}:${JSON.stringify(value)}`;
  yield ',\n"snapshots":[';
  for (const [index, snapshot] of snapshots.entries()) {
    if (index > 0) yield ",\n";
    yield* writeSnapshot(snapshot);
  }
  yield "]}\n";
}

/** `leakline.analysis/1`. */
export function writeAnalysis(analysis: Analysis): string {
  return `${JSON.stringify({ schema: ANALYSIS_SCHEMA, findings: analysis.findings, stats: analysis.stats }, null, 2)}\n`;
}

// Reading. What comes from a file is validated here, once.

const count = z.number().int().nonnegative();
const state = z.enum(TCP_STATES);
const states = z.partialRecord(state, count);
const endpoint = z.object({ address: z.string(), port: count.nullable(), zone: z.string().nullable().default(null) });
const owner = z.object({ pid: count, process: z.string().nullable(), fd: z.number().int().nullable() });
const milliseconds = z.number().nullable();

const info = z.object({
  lastSendMs: milliseconds, lastReceiveMs: milliseconds, lastAckMs: milliseconds,
  bytesSent: milliseconds, bytesAcked: milliseconds, bytesReceived: milliseconds, retransmits: milliseconds, totalRetransmits: milliseconds,
  unacked: milliseconds, notSent: milliseconds, rttMs: milliseconds, rtoMs: milliseconds, backoff: milliseconds,
  congestionWindow: milliseconds, congestionControl: z.string().nullable(),
});

const socket = z
  .object({
    protocol: z.enum(["tcp", "udp", "mptcp", "sctp", "other"]),
    state: state.nullable(),
    local: endpoint,
    remote: endpoint,
    recvQueue: z.number().nullable(),
    sendQueue: z.number().nullable(),
    pid: count.nullable(),
    process: z.string().nullable(),
    fd: z.number().int().nullable(),
    inode: count.nullable(),
    uid: z.number().int().nullable(),
    timer: z.object({ kind: z.enum(["on", "keepalive", "timewait", "persist", "unknown"]), expiresInMs: milliseconds, retransmits: milliseconds }).nullable(),
    info: info.nullable(),
    cgroup: z.string().nullable(),
    namespace: z.string().nullable(),
    ownership: z.enum(["owned", "none", "hidden", "not-asked"]),
    cookie: z.string().nullable(),
    owners: z.array(owner).optional(),
  })
  .transform(({ pid, process, fd, owners, ...rest }): Socket => ({
    ...rest,
    owners: owners ?? (pid === null ? NO_OWNERS : [{ pid, process, fd }]),
  }));

const process = z.object({
  pid: count, parentPid: count.nullable(), name: z.string(), exe: z.string().nullable(), commandLine: z.string().nullable(), cwd: z.string().nullable(),
  cgroup: z.string().nullable(), uid: z.number().nullable(), startedAtMs: milliseconds, threads: milliseconds, openDescriptors: milliseconds,
  descriptorLimit: milliseconds, socketDescriptors: milliseconds, deadSocketInodes: z.array(z.number()), namespace: z.string().nullable(),
  identity: z.array(z.object({ kind: z.enum(IDENTITY_KINDS), value: z.string(), from: z.string() })).exactOptional(),
});

const confidence = z.enum(["high", "medium", "low"]);
const serviceKind = z.enum(SERVICE_KINDS);
const timeouts = z.array(z.object({ directive: z.string(), ms: z.number(), file: z.string(), line: count })).exactOptional();
const namedEndpoint = z.object({
  address: z.string(), port: count.nullable(), name: z.string(), kind: serviceKind, source: z.enum(NAME_SOURCES), confidence, text: z.string(),
});
const configuredEndpoint = z.object({
  host: z.string(), port: count, kind: serviceKind, name: z.string(), key: z.string().nullable(), file: z.string(), line: count,
  behind: z.array(z.object({ host: z.string(), port: count, name: z.string().nullable() })).exactOptional(), timeouts,
});

const namespace = z.object({
  id: z.string().nullable(), inode: z.string().nullable(), pid: count.nullable(), name: z.string().nullable(), how: z.string().nullable(), runtime: z.string().nullable(),
  containerId: z.string().nullable(), podUid: z.string().nullable(), sockets: count, readBy: z.string().nullable(), ownAddresses: z.array(z.string()),
  localPortRange: z.tuple([z.number(), z.number()]).nullable(),
});

const missingFact = z.object({ what: z.string(), why: z.string(), remedy: z.string() });
const lookCost = z.object({ wallMs: z.number(), bytes: z.number().nullable(), rawBytes: z.number().nullable().default(null), targetCpuMs: z.number().nullable() });

const snapshot = z
  .object({
    schema: z.literal(SNAPSHOT_SCHEMA),
    source: z.object({ format: z.string(), target: z.string(), takenAt: z.string().nullable(), encoding: z.string().exactOptional() }),
    sockets: z.array(socket),
    statesOnly: states.nullable(),
    processes: z.array(process),
    kernel: z
      .object({
        counters: z.record(z.string(), z.number()),
        localPortRange: z.tuple([z.number(), z.number()]).nullable(),
        settings: z.record(z.string(), z.number()),
        release: z.string().nullable(),
      })
      .nullable(),
    clock: z.object({ targetMs: z.number(), offsetMs: z.number(), offsetErrorMs: z.number(), readErrorMs: z.number().exactOptional() }).nullable(),
    privilege: z.object({ uid: z.number(), seesAllProcesses: z.boolean() }).nullable(),
    hostname: z.string().nullable(),
    hostNames: z.array(z.object({ address: z.string(), name: z.string(), from: z.string() })),
    // Documents of earlier versions have neither of these two.
    namespaces: z.array(namespace).default([]),
    summaries: z.array(z.object({
      namespace: z.string().nullable(), state, direction: z.enum(["inbound", "outbound"]), endpoint, uid: z.number().nullable(), cgroup: z.string().nullable(), count,
    })).default([]),
    ownAddresses: z.array(z.string()),
    namedEndpoints: z.array(namedEndpoint).exactOptional(),
    configured: z.array(configuredEndpoint).exactOptional(),
    searchDomains: z.array(z.string()).exactOptional(),
    machineNames: z.array(z.object({ what: z.string(), value: z.string(), from: z.string() })).exactOptional(),
    containers: z.array(z.object({
      id: z.string(), toldBy: z.string(), name: z.string().nullable(), image: z.string().nullable(), pid: count.nullable(),
      pod: z.object({ name: z.string(), namespace: z.string(), container: z.string().nullable() }).nullable(),
      compose: z.object({ project: z.string(), service: z.string() }).nullable(),
      networks: z.array(z.object({ name: z.string(), addresses: z.array(z.string()) })),
    })).exactOptional(),
    skipped: z.array(z.object({ line: z.number(), text: z.string(), reason: z.string() })),
    missing: z.array(missingFact),
    cost: lookCost.nullable(),
    carriedFrom: z.string().exactOptional(),
  })
  .transform(({ schema: _schema, ...rest }): Snapshot => rest);

const service = z
  .object({
    name: z.string(), kind: serviceKind, address: z.string(), port: count.nullable(),
    sources: z.array(
      z
        .object({ source: z.enum(NAME_SOURCES), text: z.string(), name: z.string(), kind: serviceKind, confidence: confidence.optional(), file: z.string().nullable(), line: z.number().nullable(), timeouts })
        .transform((how): HowWeKnow => ({ ...how, confidence: how.confidence ?? USUAL_CONFIDENCE[how.source] })),
    ),
  })
  .transform(({ sources, ...rest }): Service => ({ ...rest, how: sources }));

const findingKind = z.enum(FINDING_KINDS);
const indices = z.array(count);

const diagnosedProcess = z.object({ pid: count, name: z.string(), commandLine: z.string().nullable(), container: z.string().exactOptional() });

const diagnosis = z
  .object({
    cause: z.enum(CAUSES), title: z.string(), severity: z.enum(["critical", "warning", "notice"]), confidence, count,
    states,
    process: diagnosedProcess.nullable(),
    service: service.nullable(),
    direction: z.enum(["inbound", "outbound"]).nullable(),
    endpoint: endpoint.nullable(),
    peerIdleTimeout: z.object({ medianMs: z.number(), lowMs: z.number(), highMs: z.number(), sockets: count }).nullable(),
    leakMoments: z.array(z.iso.datetime()),
    evidence: z.array(z.object({ supports: z.boolean(), text: z.string(), figure: z.string().nullable(), sockets: indices, snapshot: count.exactOptional() })),
    lookFor: z.array(findingKind), advice: z.array(z.string()), snapshot: count, sockets: indices,
    hosts: z.array(z.object({
      target: z.string(), name: z.string(), snapshot: count, sockets: indices, process: diagnosedProcess.nullable(),
      sinceMs: milliseconds, sinceOursMs: milliseconds, sinceErrorMs: milliseconds,
    })).exactOptional(),
  })
  .transform(({ leakMoments, ...rest }): Diagnosis => ({ ...rest, leakMomentsMs: leakMoments.map((iso) => Date.parse(iso)) }));

const position = z.object({ line: count, column: count });
const finding = z.object({
  rule: z.string(), kind: findingKind, confidence, language: z.string(), file: z.string(), range: z.object({ start: position, end: position }),
  symbol: z.string(), message: z.string(), grade: z.enum(["path", "raise", "call"]),
  path: z.array(z.object({ file: z.string(), line: count, column: count, label: z.string() })).min(1),
  library: z.string(), service: z.string().nullable(), advice: z.string(),
});

const suspect = z.object({
  rank: count, score: z.number(), cause: z.enum(CAUSES), kind: findingKind, rule: z.string(), file: z.string(), line: count, column: count, symbol: z.string(),
  reasons: z.array(z.object({ factor: z.enum(RANKING_FACTORS), points: z.number(), text: z.string() })), finding: count, diagnosis: count,
});

const talk = z.object({
  nodes: z.array(z.object({
    kind: z.enum(["service", "remote", "clients"]), label: z.string(), target: z.string().nullable(), pid: count.nullable(), endpoint: endpoint.nullable(), service: count.nullable(),
  })),
  edges: z.array(z.object({
    from: count, to: count, states, count, stuck: count, why: z.array(z.string()), places: z.array(z.object({ snapshot: count, sockets: indices })),
  })),
});

const preserved = z.object({
  target: z.string(), beganMs: z.number(), endedMs: z.number(), pids: indices,
  descriptors: z.array(z.object({ pid: count, fd: count, target: z.string(), watches: indices.exactOptional() })),
  threads: z.array(z.object({
    pid: count, tid: count, name: z.string(), state: z.string().nullable(), waitsIn: z.string().nullable(), systemCall: z.number().int().nullable(), kernelStack: z.array(z.string()),
  })),
  limits: z.array(z.object({ pid: count, name: z.string(), soft: z.string(), hard: z.string(), unit: z.string() })),
  settings: z.record(z.string(), z.string()),
  unfinished: z.array(missingFact), cost: lookCost,
  damaged: z.array(z.object({ part: z.string(), why: z.string() })).exactOptional(),
});

const investigation = z
  .object({
    schema: z.literal(INVESTIGATION_SCHEMA),
    targets: z.array(z.string()), startedAt: z.string(), tookMs: z.number(),
    snapshots: z.array(snapshot).min(1), services: z.array(service),
    groups: z.array(z.object({
      snapshot: count, direction: z.enum(["inbound", "outbound"]).nullable(), pid: count.nullable(), process: z.string().nullable(), endpoint,
      service: count.nullable(), states, sockets: indices,
    })),
    diagnoses: z.array(diagnosis), findings: z.array(finding), suspects: z.array(suspect),
    analysis: z
      .object({
        files: count, parsed: count, bytes: count, ms: z.number(), cached: count, engine: z.enum(["wasm", "native"]),
        opaque: z.record(z.string(), count), givenUp: z.array(z.object({ file: z.string(), reason: z.string() })),
      })
      .nullable(),
    workspace: z.string().nullable(),
    leftOut: z.array(z.object({ file: z.string(), reason: z.string() })).exactOptional(),
    pools: z.array(z.object({
      file: z.string(), line: count, language: z.string().nullable(), library: z.string(), service: serviceKind, size: count.nullable(), unknown: z.string().nullable(), per: z.enum(["pool", "host"]), text: z.string(),
    })).exactOptional(),
    timeline: timelineDocument.exactOptional(),
    past: pastDocument.exactOptional(),
    unreached: z.array(z.object({ target: z.string(), why: z.string(), remedy: z.string() })).exactOptional(),
    talk: talk.exactOptional(),
    preserved: preserved.exactOptional(),
    ...LOG_KEYS,
  })
  .transform(({ schema: _schema, logs, signatures, correlations, correlationNotes, statements, ...rest }): Investigation => {
    const read = logsFromWire({ logs, ...(signatures === undefined ? {} : { signatures }), ...(correlations === undefined ? {} : { correlations }), ...(correlationNotes === undefined ? {} : { correlationNotes }), ...(statements === undefined ? {} : { statements }) });
    return read === undefined ? rest : { ...rest, logs: read };
  })
  .superRefine((value, context) => {
    // Indices lead from one list into another: a file with a dangling one would show the wrong socket or line.
    const check = (index: number, length: number, path: (string | number)[]): void => {
      if (index >= length) context.addIssue({ code: "custom", path, message: `index ${index} points past the end (${length} entries)` });
    };
    value.suspects.forEach((entry, at) => {
      check(entry.finding, value.findings.length, ["suspects", at, "finding"]);
      check(entry.diagnosis, value.diagnoses.length, ["suspects", at, "diagnosis"]);
    });
    const socketsOf = (at: number): number => value.snapshots[at]?.sockets.length ?? 0;
    value.diagnoses.forEach((entry, at) => {
      check(entry.snapshot, value.snapshots.length, ["diagnoses", at, "snapshot"]);
      for (const index of entry.sockets) check(index, socketsOf(entry.snapshot), ["diagnoses", at, "sockets"]);
      entry.evidence.forEach((piece, piecesAt) => {
        if (piece.snapshot !== undefined) check(piece.snapshot, value.snapshots.length, ["diagnoses", at, "evidence", piecesAt, "snapshot"]);
        for (const index of piece.sockets) check(index, socketsOf(piece.snapshot ?? entry.snapshot), ["diagnoses", at, "evidence", piecesAt, "sockets"]);
      });
      entry.hosts?.forEach((host, hostAt) => {
        check(host.snapshot, value.snapshots.length, ["diagnoses", at, "hosts", hostAt, "snapshot"]);
        for (const index of host.sockets) check(index, socketsOf(host.snapshot), ["diagnoses", at, "hosts", hostAt, "sockets"]);
      });
    });
    value.talk?.edges.forEach((edge, at) => {
      check(edge.from, value.talk?.nodes.length ?? 0, ["talk", "edges", at, "from"]);
      check(edge.to, value.talk?.nodes.length ?? 0, ["talk", "edges", at, "to"]);
      for (const place of edge.places) {
        check(place.snapshot, value.snapshots.length, ["talk", "edges", at, "places"]);
        for (const index of place.sockets) check(index, socketsOf(place.snapshot), ["talk", "edges", at, "places"]);
      }
    });
    value.groups.forEach((entry, at) => {
      check(entry.snapshot, value.snapshots.length, ["groups", at, "snapshot"]);
      if (entry.service !== null) check(entry.service, value.services.length, ["groups", at, "service"]);
      for (const index of entry.sockets) check(index, socketsOf(entry.snapshot), ["groups", at, "sockets"]);
    });
    if (value.logs !== undefined) for (const { path, index, length } of danglingOfLogs(value.logs, value.diagnoses.length)) check(index, length, path);
  });

function explainIssue(name: string, error: z.ZodError): Failure {
  const issue = error.issues[0];
  const place = issue === undefined || issue.path.length === 0 ? "the top level" : issue.path.join(".");
  const more = error.issues.length > 1 ? ` (and ${error.issues.length - 1} more)` : "";
  return new Failure(
    "notUnderstood",
    `${name}: not a whole Leakline document: at ${place}: ${issue?.message ?? "unknown"}${more}`,
    "Save it again with this version of Leakline, or open the original capture instead.",
  );
}

/** What was kept of a scene besides its looks, from parsed JSON. Throws `Failure("notUnderstood")` naming the place. */
export function readPreserved(json: unknown): PreservedFacts {
  const result = preserved.safeParse(json);
  if (!result.success) throw explainIssue("what was preserved", result.error);
  return result.data;
}

/** A snapshot from parsed data without a schema and without sockets' wire form, as a record of a watch holds it. Throws ZodError. */
export function readSnapshotData(data: Readonly<Record<string, unknown>>): Snapshot {
  return snapshot.parse({ ...data, schema: SNAPSHOT_SCHEMA });
}

/** A Leakline document read from parsed JSON: an investigation, or a snapshot. Throws `Failure("notUnderstood")` naming the place. */
export function readDocument(name: string, json: unknown): { readonly investigation: Investigation } | { readonly snapshot: Snapshot } {
  const schema = typeof json === "object" && json !== null && "schema" in json ? json.schema : undefined;
  if (schema === INVESTIGATION_SCHEMA) {
    const result = investigation.safeParse(json);
    if (!result.success) throw explainIssue(name, result.error);
    return { investigation: result.data };
  }
  if (schema === SNAPSHOT_SCHEMA) {
    const result = snapshot.safeParse(json);
    if (!result.success) throw explainIssue(name, result.error);
    return { snapshot: result.data };
  }
  const told = typeof schema === "string" ? `its schema is "${schema}"` : "it has no schema";
  throw new Failure("notUnderstood", `${name}: JSON, but no Leakline document: ${told}`, `Leakline opens ${INVESTIGATION_SCHEMA} and ${SNAPSHOT_SCHEMA}, and captures of ss, netstat and /proc/net/tcp.`);
}
