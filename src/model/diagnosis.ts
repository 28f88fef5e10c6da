import type { Confidence, FindingKind } from "./finding";
import type { Endpoint } from "./endpoint";
import type { Service } from "./service";
import type { TcpState } from "./tcp-state";

export const CAUSES = [
  "connection-pinned", "end-of-file-ignored", "accept-queue-stalled", "handler-stalled", "idle-timeout-mismatch",
  "established-growth", "held-but-dead", "time-wait-churn", "descriptor-exhaustion",
  "connect-stalled", "send-stalled", "syn-backlog", "peer-leaks",
  "shared-dependency", "cascade", "restart-masks-leak",
] as const;
export type Cause = (typeof CAUSES)[number];

/** Inbound: the local end is one of this host's listeners. Outbound: it is not. */
export type Direction = "inbound" | "outbound";

/** One thing that speaks for or against a cause, with its figures in the text. */
export interface Evidence {
  readonly supports: boolean;
  readonly text: string;
  /** The figure on its own (`126 sockets`, `60.0 s`), shown at the right edge; null when the text has it all. */
  readonly figure: string | null;
  /** Indices into the snapshot's sockets behind the figure: every number can be traced. */
  readonly sockets: readonly number[];
  /** The snapshot that `sockets` point into; absent: the diagnosis's own. */
  readonly snapshot?: number;
}

export interface DiagnosedProcess {
  readonly pid: number;
  readonly name: string;
  readonly commandLine: string | null;
  /** What the container that it runs in is called; absent: in none that is known. */
  readonly container?: string;
}

/** The constant idle time after which the peer hung up, with how constant it is. Milliseconds. */
export interface PeerIdleTimeout {
  readonly medianMs: number;
  readonly lowMs: number;
  readonly highMs: number;
  readonly sockets: number;
}

/** One host that a diagnosis over several hosts speaks of. */
export interface DiagnosedHost {
  /** In the command's form. */
  readonly target: string;
  /** What a person calls it. */
  readonly name: string;
  /** Index of the snapshot in the investigation, and of the sockets in it. */
  readonly snapshot: number;
  readonly sockets: readonly number[];
  readonly process: DiagnosedProcess | null;
  /** Epoch milliseconds when it began there, on the host's clock and on ours; null: not known. */
  readonly sinceMs: number | null;
  readonly sinceOursMs: number | null;
  /** How far `sinceOursMs` may be off, milliseconds either way; null with it. */
  readonly sinceErrorMs: number | null;
}

export interface Diagnosis {
  readonly cause: Cause;
  /** One sentence for a person at three in the morning. */
  readonly title: string;
  readonly severity: "critical" | "warning" | "notice";
  readonly confidence: Confidence;
  /** Sockets (or descriptors) that show the cause. */
  readonly count: number;
  readonly states: Readonly<Partial<Record<TcpState, number>>>;
  readonly process: DiagnosedProcess | null;
  readonly service: Service | null;
  readonly direction: Direction | null;
  /** The listener for inbound causes, the remote for outbound ones; null when many. */
  readonly endpoint: Endpoint | null;
  readonly peerIdleTimeout: PeerIdleTimeout | null;
  /** Epoch milliseconds on the target's clock, ascending: when the application last used each leaked connection. */
  readonly leakMomentsMs: readonly number[];
  readonly evidence: readonly Evidence[];
  readonly lookFor: readonly FindingKind[];
  /** What to do now, without a restart. */
  readonly advice: readonly string[];
  /** Index of the snapshot in the investigation, and of the sockets in it. */
  readonly snapshot: number;
  readonly sockets: readonly number[];
  /** Of a cause that stands over several hosts: which, in the order in which it came to them. `snapshot` and `sockets` are the first one's. */
  readonly hosts?: readonly DiagnosedHost[];
}
