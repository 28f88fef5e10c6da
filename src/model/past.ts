/** A service that was started anew: another process, or the same number with another start. Times are epoch milliseconds on the target's clock. */
export interface Restart {
  readonly lineage: string;
  readonly name: string;
  /** When the new process was started; where that is not told, the look that first saw it. */
  readonly timeMs: number;
  readonly beforePid: number;
  readonly afterPid: number;
  /** Start of the old and the new process; null: not told. */
  readonly beforeStartedMs: number | null;
  readonly afterStartedMs: number | null;
}

/** What looks that a case no longer holds leave behind besides the figures of its time line, so that causes which need a long time can be told anew from it. */
export interface KeptPast {
  /** All looks that were made. */
  readonly looks: number;
  /** Of each series of the time line, in its order: the quantity's name over restarts, and the service it belongs to; null: none. */
  readonly series: readonly { readonly key: string; readonly lineage: string | null }[];
  /** Indices of the time line's times at which nobody looked. */
  readonly gaps: readonly number[];
  readonly restarts: readonly Restart[];
  /** Which process of the last look belongs to which service. */
  readonly services: readonly { readonly pid: number; readonly lineage: string }[];
}
