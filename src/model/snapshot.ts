import type { Process } from "./process";
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
}

export interface TargetClock {
  /** Epoch milliseconds on the target's clock when the socket table was read. */
  readonly targetMs: number;
  /** target clock minus our clock, and half the round trip as its error, in milliseconds. */
  readonly offsetMs: number;
  readonly offsetErrorMs: number;
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

/** What one look cost, so that nobody has to guess. null: not measured. */
export interface LookCost {
  readonly wallMs: number;
  readonly bytes: number | null;
  readonly targetCpuMs: number | null;
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
  /** The target's own addresses, canonical text. Empty: not known. */
  readonly ownAddresses: readonly string[];
  readonly skipped: readonly SkippedLine[];
  readonly missing: readonly MissingFact[];
  readonly cost: LookCost | null;
}

/** Sockets by state, in the order of the states' life; only states that occur. TCP only. */
export function countStates(snapshot: Snapshot): Partial<Record<TcpState, number>> {
  if (snapshot.statesOnly !== null) return { ...snapshot.statesOnly };
  const counts: Partial<Record<TcpState, number>> = {};
  for (const socket of snapshot.sockets) {
    if (socket.state === null) continue;
    counts[socket.state] = (counts[socket.state] ?? 0) + 1;
  }
  return counts;
}
