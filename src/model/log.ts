import type { SkippedLine } from "./snapshot";

/** syslog's severities (RFC 5424 section 6.2.1) with `emerg`, `alert` and `crit` as one, and `trace` below `debug`. */
export const LOG_LEVELS = ["trace", "debug", "info", "notice", "warning", "error", "critical"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export const LOG_SOURCE_KINDS = ["journal", "file", "container", "pod", "kernel", "opened-file"] as const;
export type LogSourceKind = (typeof LOG_SOURCE_KINDS)[number];

/** One log that was read: where it lives, how it was found, what was assumed, and how much of it was read. */
export interface LogSource {
  /** The target that it was read on, in the command's form, where a case has several. Absent: the one target, or a file that was opened. */
  readonly target?: string;
  readonly kind: LogSourceKind;
  /** The path on the target, the unit, the container or pod, the opened file's name. */
  readonly name: string;
  /** How it is known to matter, in words: `descriptor 2 of shopd (812)`, `access_log of /etc/nginx/nginx.conf:12`. */
  readonly how: string;
  /** The process that writes it; null: not known, or several. */
  readonly pid: number | null;
  /** Reader id: `nginx-error`, `haproxy`, `logfmt`, `json`, `log4j`, `syslog`, ...; `plain` when only stamps (or not even those) were recognised. */
  readonly format: string;
  /** What the lines do not say and was assumed, in words: `no zone in the stamps: read as the target's, UTC+02:00`. */
  readonly assumptions: readonly string[];
  /** Epoch milliseconds on the target's clock of the first and last event read; null: no event has a time. */
  readonly firstMs: number | null;
  readonly lastMs: number | null;
  /** Lines and bytes read (unpacked), and records that they made. */
  readonly lines: number;
  readonly bytes: number;
  readonly records: number;
  /** What was left unread, in words: `the last 8 MB of 2.1 GB`; null: all of the wanted range was read. */
  readonly leftUnread: string | null;
  /** Lines that could not be placed (bad encoding, over-long). Never silently dropped. */
  readonly skipped: readonly SkippedLine[];
}

/** One record of a log: a line, or a line with the stack trace that follows it. */
export interface LogEvent {
  /** Index into the logs' sources. */
  readonly source: number;
  /** Of its first line, counted from 1 in what was read of the source. */
  readonly line: number;
  /** Epoch milliseconds on the target's clock, with fractions as far as the stamp gives them; null: the record has no stamp. */
  readonly timeMs: number | null;
  readonly level: LogLevel | null;
  /** What the program said: the record's first line without stamp, level, logger and process. */
  readonly message: string;
  /** The whole record as it stands, lines joined by `\n`. Secrets scrubbed. */
  readonly text: string;
  /** Named values of the record: keys of JSON and logfmt, and the format's own (`status`, `upstream`, `termination`, `logger`, `thread`, `connection`). Text as it stands. */
  readonly fields: Readonly<Record<string, string>>;
}

/** A message that the field knows, found in the logs. */
export interface LogSignature {
  /** `too-many-open-files`, `upstream-timed-out`, `haproxy-sH`, ... */
  readonly id: string;
  readonly title: string;
  /** What it means for stuck sockets, for a person at three in the morning. */
  readonly means: string;
  readonly count: number;
  readonly firstMs: number | null;
  readonly lastMs: number | null;
  /** Indices into the logs' events, the first ones. */
  readonly events: readonly number[];
}

/**
 * A kind of log line that goes with the leak moments of a diagnosis far more often than its own rate predicts, or a value (a request id,
 * a thread, a URL, a user) that does.
 */
export interface LogCorrelation {
  /** Index into the investigation's diagnoses. */
  readonly diagnosis: number;
  /** Index into the logs' sources. */
  readonly source: number;
  /** The kind of line, variable parts as `<*>`: `order <*> accepted for <*>`. */
  readonly template: string;
  /** Set when it is a field's value that goes with the leak and not the line as such: `path` = `/orders/refund`. */
  readonly key: { readonly name: string; readonly value: string } | null;
  /** Lines of this kind that were read. */
  readonly lines: number;
  /** Leak moments with such a line in the window, of all that were tested. */
  readonly moments: number;
  readonly ofMoments: number;
  /** Leak moments with such a line that chance alone predicts. */
  readonly expected: number;
  /** The window around a leak moment, milliseconds: a line counts when `fromMs <= line - moment <= toMs`. */
  readonly window: { readonly fromMs: number; readonly toMs: number };
  /** Probability of a figure as high as this by chance, and the same corrected for all that was tested. */
  readonly pValue: number;
  readonly correctedPValue: number;
  /** For a person: the line, the figure, how likely chance is. */
  readonly text: string;
  /** Indices into the logs' events: lines of this kind that stand in the windows, the first ones. */
  readonly events: readonly number[];
  /** Index into the logs' statements: what wrote the line; null: not known. */
  readonly statement: number | null;
}

/** A logging call of the workspace. Lines and columns count from 1. */
export interface LogStatement {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** The function it stands in: `OrderHandler.refund`. */
  readonly symbol: string;
  readonly language: string;
  /** `log/slog`, `logging`, `org.slf4j`, `console`, ... */
  readonly library: string;
  readonly level: LogLevel | null;
  /** The message with variable parts as `<*>`. */
  readonly template: string;
}

/** What the target's logs bring to the case. Bounded: the events that matter, not whole logs. */
export interface InvestigationLogs {
  readonly sources: readonly LogSource[];
  /** In order of time; those without a time after the one that they follow. */
  readonly events: readonly LogEvent[];
  readonly signatures: readonly LogSignature[];
  /** By diagnosis; of one diagnosis the most specific first. */
  readonly correlations: readonly LogCorrelation[];
  /** What was held against the leak moments and gave nothing, or could not be, in words. Absent: nothing to say. */
  readonly correlationNotes?: readonly string[];
  readonly statements: readonly LogStatement[];
  /** For each event the statement that wrote it (index into `statements`), or null. Same length as `events`. */
  readonly writtenBy: readonly (number | null)[];
}
