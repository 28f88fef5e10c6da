import type { Cause, Direction } from "./diagnosis";
import type { Endpoint } from "./endpoint";
import type { TcpState } from "./tcp-state";

/** A number that was one thing and is another; null: not there then, or not now. */
export interface Change {
  readonly before: number | null;
  readonly after: number | null;
}

/** A cause that is there now and was not, is gone, or is there on more or fewer sockets. */
export interface ComparedCause {
  readonly change: "new" | "gone" | "worse" | "better" | "same";
  readonly cause: Cause;
  readonly host: string;
  readonly title: string;
  readonly count: Change;
}

/** Sockets that belong together (a process, a direction, an end) and whose number by state differs. */
export interface ComparedGroup {
  readonly change: "appeared" | "went" | "changed";
  readonly host: string;
  readonly direction: Direction | null;
  readonly process: string | null;
  readonly endpoint: Endpoint;
  readonly states: Readonly<Partial<Record<TcpState, Change>>>;
  readonly total: Change;
}

export interface ComparedProcess {
  readonly change: "started" | "ended" | "restarted" | "program-changed" | "limits-changed" | "descriptors-changed";
  readonly host: string;
  readonly name: string;
  readonly pid: Change;
  /** What differs, in words: `exe /srv/shop-1.4 to /srv/shop-1.5`. */
  readonly text: string;
}

export interface ComparedSetting {
  readonly host: string;
  readonly name: string;
  readonly before: string | null;
  readonly after: string | null;
}

/** What has changed between two cases. */
export interface Comparison {
  /** Targets as each case names them. */
  readonly targets: { readonly before: readonly string[]; readonly after: readonly string[] };
  /** ISO 8601 of the last look of each; null: not known. */
  readonly takenAt: { readonly before: string | null; readonly after: string | null };
  /** True when something is there that was not, or more of it. */
  readonly worse: boolean;
  readonly causes: readonly ComparedCause[];
  /** Biggest difference first. */
  readonly groups: readonly ComparedGroup[];
  readonly processes: readonly ComparedProcess[];
  readonly settings: readonly ComparedSetting[];
  /** The kernel's counters that moved, and those that were set back by a restart of the machine. */
  readonly counters: readonly { readonly host: string; readonly name: string; readonly before: number; readonly after: number; readonly restarted: boolean }[];
  /** Hosts that only one of the two has. */
  readonly unmatched: { readonly before: readonly string[]; readonly after: readonly string[] };
}
