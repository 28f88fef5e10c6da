import type { Diagnosis } from "../../../src/model/diagnosis";
import type { Finding } from "../../../src/model/finding";
import type { Process } from "../../../src/model/process";
import type { HowWeKnow, Service, ServiceKind } from "../../../src/model/service";
import type { Snapshot } from "../../../src/model/snapshot";
import type { Socket } from "../../../src/model/socket";

/** Diagnoses, findings and looks made by hand, for tests of the ranking. */
export function finding(file: string, line: number, more: Partial<Finding> = {}): Finding {
  return {
    rule: "go/sql-transaction", kind: "transaction-leak", confidence: "high", language: file.endsWith(".py") ? "python" : "go", file,
    range: { start: { line, column: 3 }, end: { line, column: 20 } }, symbol: "f", message: "m", grade: "path",
    path: [{ file, line, column: 3, label: "opened here" }], library: "database/sql", service: "database", advice: "", ...more,
  };
}

export function service(kind: ServiceKind, address: string, port: number, source: HowWeKnow["source"] = "workspace-config"): Service {
  return { name: kind, kind, address, port, how: [{ source, text: "", name: kind, kind, confidence: source === "well-known-port" ? "low" : "high", file: null, line: null }] };
}

export function pinned(more: Partial<Diagnosis> = {}): Diagnosis {
  return {
    cause: "connection-pinned", title: "", severity: "warning", confidence: "high", count: 6, states: { CLOSE_WAIT: 6 }, process: { pid: 812, name: "shopd", commandLine: "/srv/bin/shopd" },
    service: service("mysql", "127.0.0.1", 13306), direction: "outbound", endpoint: { address: "127.0.0.1", port: 13306, zone: null }, peerIdleTimeout: null, leakMomentsMs: [],
    evidence: [], lookFor: ["transaction-leak", "resource-leak"], advice: [], snapshot: 0, sockets: [], ...more,
  };
}

export function stalled(more: Partial<Diagnosis> = {}): Diagnosis {
  return pinned({
    cause: "accept-queue-stalled", direction: "inbound", process: { pid: 4711, name: "python3", commandLine: "python3 /srv/front/app.py" }, service: service("other", "0.0.0.0", 8888, "own-listener"),
    endpoint: { address: "0.0.0.0", port: 8888, zone: null }, lookFor: ["blocking-in-async", "no-timeout"], ...more,
  });
}

export function process(pid: number, name: string, more: Partial<Process> = {}): Process {
  return {
    pid, name, parentPid: 1, exe: null, commandLine: null, cwd: null, cgroup: null, uid: 0, startedAtMs: null, threads: null, openDescriptors: null, descriptorLimit: null,
    socketDescriptors: null, deadSocketInodes: [], namespace: null, ...more,
  };
}

export function look(processes: readonly Process[], sockets: readonly Socket[] = []): Snapshot {
  return {
    source: { format: "probe:ss", target: "local", takenAt: null }, sockets, statesOnly: null, processes, kernel: null, clock: null, privilege: null, hostname: null, hostNames: [], namespaces: [], summaries: [], ownAddresses: [],
    skipped: [], missing: [], cost: null,
  };
}

export function connection(pid: number, localPort: number, address: string, port: number): Socket {
  return {
    protocol: "tcp", state: "ESTABLISHED", local: { address: "127.0.0.1", port: localPort, zone: null }, remote: { address, port, zone: null }, recvQueue: 0, sendQueue: 0,
    owners: [{ pid, process: null, fd: 3 }], ownership: "owned", inode: 1, uid: 0, timer: null, info: null, cgroup: null, namespace: null, cookie: null,
  };
}
