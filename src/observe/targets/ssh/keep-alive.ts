/** Probes of a silent connection: after `count` unanswered ones it is lost. An interval of 0: none. */
export interface KeepAlive {
  readonly intervalMs: number;
  readonly count: number;
}
