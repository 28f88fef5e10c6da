import type { Endpoint } from "./endpoint";
import type { Confidence } from "./finding";
import type { TcpState } from "./tcp-state";

/** What a line of the picture counts. */
export type SeriesSubject =
  | { readonly kind: "state"; readonly state: TcpState }
  /** Sockets of one process, direction and end in one state. */
  | { readonly kind: "group"; readonly group: string; readonly state: TcpState; readonly pid: number | null; readonly process: string | null; readonly endpoint: Endpoint; readonly service: string | null }
  | { readonly kind: "accept-queue"; readonly endpoint: Endpoint }
  | { readonly kind: "descriptors"; readonly pid: number; readonly process: string }
  | { readonly kind: "local-ports"; readonly endpoint: Endpoint }
  /** Connections of a pool whose size the workspace's code says. Of several workers the fullest. */
  | { readonly kind: "pool"; readonly pid: number; readonly process: string; readonly endpoint: Endpoint; readonly service: string; readonly file: string; readonly line: number };

/** One measured quantity over the looks. `values` and `limits` have the length of the time line's `timesMs`; null: that look did not tell. */
export interface TimeSeries {
  readonly subject: SeriesSubject;
  readonly label: string;
  readonly values: readonly (number | null)[];
  /** The limit at each look (descriptors, pool, accept queue, port range); null: none, or not known. */
  readonly limits: readonly (number | null)[] | null;
}

export const TIMELINE_EVENT_KINDS = ["restart", "deploy", "commit", "log-burst", "peer-hang-up", "gap"] as const;
export type TimelineEventKind = (typeof TIMELINE_EVENT_KINDS)[number];

export interface TimelineEvent {
  readonly kind: TimelineEventKind;
  /** Epoch milliseconds on the time line's clock. */
  readonly timeMs: number;
  /** Where it lasts; null: a moment. */
  readonly untilMs: number | null;
  readonly text: string;
}

/** Where a quantity is going. */
export interface Trend {
  /** Index into the time line's series. */
  readonly series: number;
  readonly verdict: "grows" | "plateau" | "falls" | "sawtooth" | "unclear";
  /** Per second, with its 95 % interval; null: not reckoned. */
  readonly ratePerSecond: number | null;
  readonly rateLow: number | null;
  readonly rateHigh: number | null;
  /** Seconds until the limit at this rate, with the interval; null: no limit is known, or it is not going there. */
  readonly secondsLeft: number | null;
  readonly secondsLeftLow: number | null;
  readonly secondsLeftHigh: number | null;
  readonly confidence: Confidence;
  readonly text: string;
}

/** One socket's life as the looks saw it. Times are epoch milliseconds on the target's clock. */
export interface SocketLife {
  /** As `identityOf` names it. */
  readonly socket: string;
  readonly firstSeenMs: number;
  readonly lastSeenMs: number;
  /** Each state with the look that first saw it. */
  readonly states: readonly { readonly state: TcpState; readonly sinceMs: number }[];
  /** When the application last sent or read anything, as far as the looks tell; null: not told. */
  readonly lastUsedMs: number | null;
  /** Looks in which it was seen used (bytes moved) since the first. 0: never used again. */
  readonly uses: number;
}

/** Looks in time, made into what a picture needs. */
export interface Timeline {
  readonly timesMs: readonly number[];
  readonly series: readonly TimeSeries[];
  readonly events: readonly TimelineEvent[];
  readonly trends: readonly Trend[];
  /** Its times are on our clock, because several hosts are on it. Absent: on the clock of the one target. */
  readonly onOurClock?: true;
}
