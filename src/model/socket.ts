import type { Endpoint } from "./endpoint";
import type { TcpState } from "./tcp-state";

export interface SocketOwner {
  readonly pid: number;
  /** The kernel's short name of the process (`comm`, 15 bytes), as the tool printed it. */
  readonly process: string | null;
  readonly fd: number | null;
}

/**
 * Who holds a socket, said honestly:
 * - `owned`: at least one process is known to hold it (`owners` is not empty);
 * - `none`: no process holds it: never accepted, an orphan, or held by the kernel;
 * - `hidden`: somebody may hold it, but this look was not allowed to see (not root);
 * - `not-asked`: the capture carries no owner column at all.
 */
export type Ownership = "owned" | "none" | "hidden" | "not-asked";

export interface SocketTimer {
  /** ss(8) names: on (retransmission), keepalive, timewait, persist, unknown. */
  readonly kind: "on" | "keepalive" | "timewait" | "persist" | "unknown";
  /** Milliseconds until it expires, or null when not printed. */
  readonly expiresInMs: number | null;
  readonly retransmits: number | null;
}

/** The parts of tcp_info (tcp(7), ss(8) -i) that Leakline uses. Times in milliseconds before the look. null: not printed. */
export interface TcpInfo {
  readonly lastSendMs: number | null;
  readonly lastReceiveMs: number | null;
  readonly lastAckMs: number | null;
  readonly bytesSent: number | null;
  readonly bytesAcked: number | null;
  readonly bytesReceived: number | null;
  readonly retransmits: number | null;
  readonly totalRetransmits: number | null;
  readonly unacked: number | null;
  readonly notSent: number | null;
  readonly rttMs: number | null;
  readonly rtoMs: number | null;
  readonly backoff: number | null;
  readonly congestionWindow: number | null;
  readonly congestionControl: string | null;
}

export interface Socket {
  readonly protocol: "tcp" | "udp" | "mptcp" | "sctp" | "other";
  /** null: the protocol has no states, or the capture has no state column and none could be inferred. */
  readonly state: TcpState | null;
  readonly local: Endpoint;
  readonly remote: Endpoint;
  /** Bytes not read by the application (an unread FIN counts one); for LISTEN the accept queue's length. */
  readonly recvQueue: number | null;
  /** Bytes not acknowledged by the peer; for LISTEN the accept queue's limit (null where the source does not tell). */
  readonly sendQueue: number | null;
  readonly owners: readonly SocketOwner[];
  readonly ownership: Ownership;
  /** 0: the kernel has no inode for it (TIME_WAIT, never accepted, orphan). null: not printed. */
  readonly inode: number | null;
  readonly uid: number | null;
  readonly timer: SocketTimer | null;
  readonly info: TcpInfo | null;
  readonly cgroup: string | null;
  /** Network namespace inode or name, null for the namespace of the look. */
  readonly namespace: string | null;
  /** The kernel's socket cookie (`sk:` of ss -e), as printed. */
  readonly cookie: string | null;
}

/** Shared by every socket without an owner, so that a million rows do not hold a million empty arrays. */
export const NO_OWNERS: readonly SocketOwner[] = Object.freeze([]);
