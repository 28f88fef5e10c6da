import type { Process } from "../../src/model/process";
import type { Snapshot } from "../../src/model/snapshot";
import { NO_OWNERS } from "../../src/model/socket";
import type { Socket, SocketTimer, TcpInfo } from "../../src/model/socket";
import type { Endpoint } from "../../src/model/endpoint";

/** Snapshots made by hand, for tests. Times in milliseconds. */
export const TAKEN_MS = Date.parse("2026-03-01T12:04:31.000Z");

export function end(text: string): Endpoint {
  const colon = text.lastIndexOf(":");
  const port = text.slice(colon + 1);
  return { address: text.slice(0, colon).replace(/^\[|\]$/g, ""), port: port === "*" ? 0 : Number(port), zone: null };
}

export interface Held {
  readonly pid: number;
  readonly process: string;
}

export function socket(state: Socket["state"], local: string, remote: string, more: Partial<Omit<Socket, "info">> & { info?: Partial<TcpInfo> | null; by?: Held } = {}): Socket {
  const { by, info, ...rest } = more;
  return {
    protocol: "tcp",
    state,
    local: end(local),
    remote: end(remote),
    recvQueue: 0,
    sendQueue: 0,
    owners: by === undefined ? NO_OWNERS : [{ pid: by.pid, process: by.process, fd: 7 }],
    ownership: by === undefined ? "none" : "owned",
    inode: by === undefined ? 0 : 1000 + Number(end(local).port) * 7 + Number(end(remote).port),
    uid: 0,
    timer: null,
    info: info === null || info === undefined ? null : { ...NO_INFO, ...info },
    cgroup: null,
    namespace: null,
    cookie: null,
    ...rest,
  };
}

const NO_INFO: TcpInfo = {
  lastSendMs: null, lastReceiveMs: null, lastAckMs: null, bytesSent: null, bytesAcked: null, bytesReceived: null, retransmits: null, totalRetransmits: null,
  unacked: null, notSent: null, rttMs: null, rtoMs: null, backoff: null, congestionWindow: null, congestionControl: null,
};

/** lastsnd, lastrcv, lastack. */
export function times(lastSendMs: number, lastReceiveMs: number, lastAckMs: number): Partial<TcpInfo> {
  return { lastSendMs, lastReceiveMs, lastAckMs };
}

export function keepalive(expiresInMs: number): SocketTimer {
  return { kind: "keepalive", expiresInMs, retransmits: 0 };
}

export function listener(local: string, queue: number, limit: number | null, by?: Held): Socket {
  return socket("LISTEN", local, "0.0.0.0:*", { recvQueue: queue, sendQueue: limit, info: null, ...(by === undefined ? {} : { by }) });
}

export function process(pid: number, name: string, more: Partial<Process> = {}): Process {
  return {
    pid, name, parentPid: 1, exe: `/usr/bin/${name}`, commandLine: name, cwd: "/", cgroup: null, uid: 0, startedAtMs: TAKEN_MS - 3_600_000, threads: 4,
    openDescriptors: 40, descriptorLimit: 1024, socketDescriptors: 20, deadSocketInodes: [], namespace: null, ...more,
  };
}

export function look(sockets: readonly Socket[], more: Partial<Snapshot> = {}): Snapshot {
  return {
    source: { format: "probe:ss", target: "local", takenAt: new Date(TAKEN_MS).toISOString() },
    sockets,
    statesOnly: null,
    processes: [],
    kernel: { counters: {}, localPortRange: [32768, 60999], settings: {}, release: "Linux 6.18" },
    clock: { targetMs: TAKEN_MS, offsetMs: 0, offsetErrorMs: 1 },
    privilege: { uid: 0, seesAllProcesses: true },
    hostname: "prod-1",
    hostNames: [],
    namespaces: [],
    summaries: [],
    ownAddresses: ["10.0.0.7"],
    skipped: [],
    missing: [],
    cost: null,
    ...more,
  };
}

/** The same look `ms` later. */
export function later(snapshot: Snapshot, ms: number): Snapshot {
  return {
    ...snapshot,
    source: { ...snapshot.source, takenAt: new Date(TAKEN_MS + ms).toISOString() },
    clock: snapshot.clock === null ? null : { ...snapshot.clock, targetMs: TAKEN_MS + ms },
  };
}

export function numbers(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}
