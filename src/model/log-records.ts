import type { LogLevel, LogSource } from "./log";

/** One record as it was read, before it is chosen for the document. What it holds is reckoned when it is asked for. Secrets are scrubbed already. */
export interface LogRecord {
  /** Of its first line, counted from 1 in what was read of the source. */
  readonly line: number;
  /** Epoch milliseconds on the target's clock; null: it has no stamp. */
  readonly timeMs: number | null;
  readonly level: LogLevel | null;
  /** See `LogEvent`: the same words, of every record. */
  readonly message: string;
  readonly text: string;
  /** Costs as much as reading the line once more: ask for it only where it is wanted. */
  readonly fields: Readonly<Record<string, string>>;
}

/**
 * All records of one source in the range that was read, not only those kept in the document. Packed: ten million of them fit into a process.
 * Goes through them in the order of the lines, which need not be that of the times, as often as is wanted.
 */
export interface LogRecords extends Iterable<LogRecord> {
  readonly source: LogSource;
  readonly size: number;
  /** The times of all records in the same order, epoch milliseconds on the target's clock; NaN: none. Not to be written to. */
  readonly timesMs: Float64Array;
  /** The record at this place, 0 <= index < size. Throws RangeError outside. */
  at(index: number): LogRecord;
  /** The same records of a source on this target, in the command's form. */
  onTarget(target: string): LogRecords;
  /** The same records of a source of which more was assumed. */
  withAssumptions(more: readonly string[]): LogRecords;
  /** The same records of a source of which something was left unread, in words. */
  leaving(leftUnread: string): LogRecords;
}
