import type { Container } from "./container";
import type { Endpoint } from "./endpoint";
import type { Process } from "./process";
import type { ConfiguredEndpoint, NamedEndpoint } from "./service";
import type { Socket } from "./socket";
import type { TcpState } from "./tcp-state";

/** A line of the capture that was not understood. Kept and shown: nothing is lost. */
export interface SkippedLine {
  /** Counted from 1 in the capture (or in its section of the probe's answer). */
  readonly line: number;
  readonly text: string;
  readonly reason: string;
}

/** Something that this look could not see, why, and how to get it. */
export interface MissingFact {
  readonly what: string;
  readonly why: string;
  readonly remedy: string;
}

export interface SnapshotSource {
  /** Reader id: `ss`, `netstat-linux`, `proc-net-tcp`, ... or `probe:<reader>` for a live look. */
  readonly format: string;
  /** Target in the command's form (`local`, `ssh://host`), or the file's name, or `-`. */
  readonly target: string;
  /** ISO 8601 with milliseconds on *our* clock; null for a capture that does not tell. */
  readonly takenAt: string | null;
  /** What a file's text was encoded in, where it was not UTF-8: `utf-16le`, `cp850`, ... */
  readonly encoding?: string;
}

export interface TargetClock {
  /** Epoch milliseconds on the target's clock when the socket table was read. */
  readonly targetMs: number;
  /** target clock minus our clock, and half the round trip as its error, in milliseconds. */
  readonly offsetMs: number;
  readonly offsetErrorMs: number;
  /**
   * By how much `targetMs` may be off the moment at which the kernel gave the table, milliseconds: the same for all sockets of the look. A busy host
   * lets a look wait between reading the clock and reading the sockets. Absent: not known.
   */
  readonly readErrorMs?: number;
}

export interface Privilege {
  readonly uid: number;
  /** True when descriptors of all processes could be read. */
  readonly seesAllProcesses: boolean;
}

export interface KernelFacts {
  /** By the kernel's own names: `TcpExtListenOverflows`, `TcpExtListenDrops`, `TcpCurrEstab`, ... */
  readonly counters: Readonly<Record<string, number>>;
  /** net.ipv4.ip_local_port_range, inclusive. */
  readonly localPortRange: readonly [number, number] | null;
  /** Other sysctls by dotted name: `net.core.somaxconn`, `net.ipv4.tcp_fin_timeout`, `net.ipv4.tcp_keepalive_time`, ... */
  readonly settings: Readonly<Record<string, number>>;
  /** `uname -sr`, or null. */
  readonly release: string | null;
}

/** A name for an address from the target's own files. */
export interface HostName {
  readonly address: string;
  readonly name: string;
  /** `/etc/hosts`, ... */
  readonly from: string;
}

/** What a machine is called by those who run it: `instance id` `i-0abc`, `machine type` `m5.large`. */
export interface MachineName {
  readonly what: string;
  readonly value: string;
  /** The file that says so. */
  readonly from: string;
}

/** What one look cost, so that nobody has to guess. null: not measured. */
export interface LookCost {
  readonly wallMs: number;
  /** What the target sent, as it came over the wire. */
  readonly bytes: number | null;
  /** The same unpacked; equal to `bytes` when nothing was compressed. */
  readonly rawBytes: number | null;
  /** CPU of the script and of all that it started there, user and system. */
  readonly targetCpuMs: number | null;
}

/** A network namespace of the target: a socket table, addresses and ports of its own (network_namespaces(7)). */
export interface NetworkNamespace {
  /** As `Socket.namespace` names it; null: the one that the look was made from. */
  readonly id: string | null;
  /** Inode of its nsfs file, as `Process.namespace` has it; null: not allowed to see it. */
  readonly inode: string | null;
  /** A process in it; null: it lives by a name alone, or it is the look's own. */
  readonly pid: number | null;
  /** What a person calls it: the name under /run/netns, of a container, a pod, a unit; null: nothing tells. */
  readonly name: string | null;
  /** How the name is known, in words; null with `name`. */
  readonly how: string | null;
  /** `docker`, `podman`, `containerd`, `cri-o`, `lxc`, `nspawn`, ...; null: no container, or none that is known. */
  readonly runtime: string | null;
  readonly containerId: string | null;
  readonly podUid: string | null;
  /** TCP sockets that the kernel counts there, or that were read where it does not tell. */
  readonly sockets: number;
  /** What its sockets were read with: `ss`, `netstat-linux`, `proc-net-tcp`; null: they were not read (`missing` says why), or there are none. */
  readonly readBy: string | null;
  /** Its own addresses, canonical text. Empty: not known. */
  readonly ownAddresses: readonly string[];
  /** Its net.ipv4.ip_local_port_range, inclusive; null: not known. */
  readonly localPortRange: readonly [number, number] | null;
}

/** TCP sockets that were counted on the target and are not listed, because the table was large. No socket stands both here and in `sockets`. */
export interface SocketSummary {
  readonly namespace: string | null;
  readonly state: TcpState;
  /** As reckoned there: `inbound` when its local port has a listener. */
  readonly direction: "inbound" | "outbound";
  /** The end that they share: inbound the local one, outbound the remote one. Address `*`: different ends, too many to tell apart. */
  readonly endpoint: Endpoint;
  readonly uid: number | null;
  readonly cgroup: string | null;
  readonly count: number;
}

/** All that one look brought. */
export interface Snapshot {
  readonly source: SnapshotSource;
  readonly sockets: readonly Socket[];
  /**
   * Counts by state as the capture itself gives them, for captures that carry states without sockets (`awk` tables).
   * null when the sockets tell.
   */
  readonly statesOnly: Readonly<Partial<Record<TcpState, number>>> | null;
  readonly processes: readonly Process[];
  readonly kernel: KernelFacts | null;
  readonly clock: TargetClock | null;
  readonly privilege: Privilege | null;
  readonly hostname: string | null;
  readonly hostNames: readonly HostName[];
  /** Every network namespace that was found, the look's own first. Empty: a capture, or the target does not tell. */
  readonly namespaces: readonly NetworkNamespace[];
  /** Sockets that were only counted. Empty: all are listed. */
  readonly summaries: readonly SocketSummary[];
  /** The own addresses of the look's own network namespace, canonical text. Empty: not known. */
  readonly ownAddresses: readonly string[];
  /** Endpoints that the target, or a list of facts about it, has a name for. Absent: not asked, as with the next ones. */
  readonly namedEndpoints?: readonly NamedEndpoint[];
  /** Endpoints that configuration files on the target name, those of its load balancers first of all. Their files are the target's. */
  readonly configured?: readonly ConfiguredEndpoint[];
  /** Names that the target's resolver completes a short name with (resolv.conf(5)), in its order. */
  readonly searchDomains?: readonly string[];
  readonly machineNames?: readonly MachineName[];
  /** Containers of the host by name. Absent: not asked. */
  readonly containers?: readonly Container[];
  readonly skipped: readonly SkippedLine[];
  readonly missing: readonly MissingFact[];
  readonly cost: LookCost | null;
  /**
   * A brief look of a watch: what stays from second to second was not read again but is that of the whole look taken at this moment (ISO 8601, our clock):
   * addresses, names, containers, programs, balancers, what is known of a process besides its descriptors and threads, and which descriptors were dead.
   * Absent: all of it was read now.
   */
  readonly carriedFrom?: string;
}

/** Sockets by state, in the order of the states' life; only states that occur. TCP only. */
export function countStates(snapshot: Snapshot): Partial<Record<TcpState, number>> {
  if (snapshot.statesOnly !== null) return { ...snapshot.statesOnly };
  const counts: Partial<Record<TcpState, number>> = {};
  for (const socket of snapshot.sockets) {
    if (socket.state === null) continue;
    counts[socket.state] = (counts[socket.state] ?? 0) + 1;
  }
  for (const { state, count } of snapshot.summaries) counts[state] = (counts[state] ?? 0) + count;
  return counts;
}

/** All sockets of a snapshot, the listed and the counted ones; for a capture that carries states alone, those of its states. */
export function countSockets(snapshot: Snapshot): number {
  if (snapshot.statesOnly !== null) return Object.values(snapshot.statesOnly).reduce((sum, count) => sum + count, 0);
  return snapshot.summaries.reduce((sum, { count }) => sum + count, snapshot.sockets.length);
}

/** Epoch milliseconds of the look on the target's clock, else on ours; null when the capture does not tell. */
export function lookedAtMs(snapshot: Snapshot): number | null {
  if (snapshot.clock !== null) return snapshot.clock.targetMs;
  if (snapshot.source.takenAt === null) return null;
  const parsed = Date.parse(snapshot.source.takenAt);
  return Number.isNaN(parsed) ? null : parsed;
}
