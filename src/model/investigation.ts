import type { Diagnosis, Direction } from "./diagnosis";
import type { Endpoint } from "./endpoint";
import type { AnalysisStats, Finding } from "./finding";
import type { InvestigationLogs } from "./log";
import type { PreservedFacts } from "./preserved";
import type { PoolSize } from "./pool-size";
import type { KeptPast } from "./past";
import type { Service } from "./service";
import type { Snapshot } from "./snapshot";
import type { Suspect } from "./suspect";
import type { TalkGraph } from "./talk";
import type { TcpState } from "./tcp-state";
import type { Timeline } from "./timeline";

/** Sockets of one snapshot that belong together: same process, direction and far end (outbound) or listener (inbound, listening). */
export interface ConnectionGroup {
  readonly snapshot: number;
  /** null: LISTEN sockets and sockets whose direction is not known. */
  readonly direction: Direction | null;
  readonly pid: number | null;
  readonly process: string | null;
  /** Outbound: the remote end. Inbound and listening: the local listener. */
  readonly endpoint: Endpoint;
  /** Index into the investigation's services, or null. */
  readonly service: number | null;
  readonly states: Readonly<Partial<Record<TcpState, number>>>;
  readonly sockets: readonly number[];
}

/** A target that could not be looked at, and what to do. */
export interface UnreachedTarget {
  readonly target: string;
  readonly why: string;
  readonly remedy: string;
}

/** The whole case. Plain data: it can be written to one file and opened by a colleague offline. */
export interface Investigation {
  /** Targets in the command's form, one for each snapshot's origin. */
  readonly targets: readonly string[];
  /** ISO 8601, our clock. */
  readonly startedAt: string;
  readonly tookMs: number;
  /** Each target's looks oldest first (`historiesOf`). */
  readonly snapshots: readonly Snapshot[];
  readonly services: readonly Service[];
  readonly groups: readonly ConnectionGroup[];
  readonly diagnoses: readonly Diagnosis[];
  readonly findings: readonly Finding[];
  readonly suspects: readonly Suspect[];
  /** null: no workspace was analysed. */
  readonly analysis: AnalysisStats | null;
  /** Workspace folder name (not a path of somebody's machine), or null. */
  readonly workspace: string | null;
  /** Configuration and manifests of the workspace that were not read, and why. Absent: none. */
  readonly leftOut?: readonly { readonly file: string; readonly reason: string }[];
  /** What the workspace says of the sizes of its connection pools, the unknown ones too. Absent: nothing, or no workspace. */
  readonly pools?: readonly PoolSize[];
  /** Absent: no logs were looked for. */
  readonly logs?: InvestigationLogs;
  /** Absent: one look only. */
  readonly timeline?: Timeline;
  /** Of one target: what more than the time line is left of looks that `snapshots` no longer holds. Absent: all are there, or several targets. */
  readonly past?: KeptPast;
  /** Targets that were wanted and not reached. Absent: all were. */
  readonly unreached?: readonly UnreachedTarget[];
  /** Who talks to whom. Absent: a file of an earlier version. */
  readonly talk?: TalkGraph;
  /** What else of the scene was kept. Absent: nothing was preserved, these are looks. */
  readonly preserved?: PreservedFacts;
}
