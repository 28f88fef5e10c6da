import type { LogRecord, LogRecords } from "../../model/log-records";
import { TemplateMiner } from "./template-miner";

/** One kind of line of a log: a template, or all lines of one statement. */
export interface LineKind {
  readonly template: string;
  /** As `StatementOf` gave it; null: not known. */
  readonly statement: number | null;
  /** Milliseconds, ascending. Lines without a time are not among them. */
  readonly times: Float64Array;
}

/** A log sorted into its kinds of line. */
export interface SortedLog {
  readonly records: LogRecords;
  /** Kinds with at least `fewest` lines, in the order of their first. */
  readonly kinds: readonly LineKind[];
  /** Index into `kinds` of the record at this place; -1: of a kind with too few lines, or without a time. */
  kindAt(index: number): number;
  /** What this kind leaves open in the message, in order. */
  valuesOf(index: number, record: LogRecord): readonly string[];
  /** Times of all lines, ascending. */
  readonly activity: Float64Array;
  /** Milliseconds: the stamps are whole multiples of this. 1: to the millisecond or finer. */
  readonly resolutionMs: number;
}

/** Which statement of the workspace wrote a record: the same number for the same statement; null: not known. Asked once for each template. */
export type StatementOf = (source: number, record: LogRecord) => { readonly statement: number; readonly template: string } | null;

/** Reads a log once and sorts its lines into kinds. Lines of several templates that one statement wrote are one kind. */
export function sortLog(source: number, records: LogRecords, fewest: number, statementOf: StatementOf): SortedLog {
  const miner = new TemplateMiner();
  const { timesMs } = records;
  const ids = new Int32Array(records.size);
  const samples: number[] = [];
  let at = 0;
  for (const record of records) {
    const id = miner.add(record.message);
    ids[at] = id;
    samples[id] ??= at;
    at += 1;
  }

  const lines = new Int32Array(miner.size);
  for (let index = 0; index < ids.length; index += 1) {
    const id = miner.kindOf(ids[index]!);
    ids[index] = id;
    if (!Number.isNaN(timesMs[index]!)) lines[id]! += 1;
  }
  // A statement's lines may be of several templates, each of which has too few of them.
  const sampleOf = new Map<number, number>();
  samples.forEach((sample, id) => {
    const kind = miner.kindOf(id);
    sampleOf.set(kind, Math.min(sample, sampleOf.get(kind) ?? sample));
  });
  const byStatement = new Map<number, number>();
  const groups: { template: string; statement: number | null; lines: number }[] = [];
  const groupOf = new Int32Array(miner.size).fill(-1);
  for (const [id, sample] of [...sampleOf].sort((a, b) => a[1] - b[1])) {
    if (lines[id] === 0) continue;
    const template = miner.templateOf(id);
    const written = groups.length < MOST_GROUPS || lines[id]! >= fewest ? statementOf(source, records.at(sample)) : null;
    let group = written === null ? undefined : byStatement.get(written.statement);
    if (group === undefined) {
      if (written === null && (lines[id]! < fewest || template === "")) continue;
      group = groups.length;
      groups.push({ template: written?.template ?? template, statement: written?.statement ?? null, lines: 0 });
      if (written !== null) byStatement.set(written.statement, group);
    }
    groupOf[id] = group;
    groups[group]!.lines += lines[id]!;
  }

  // Counting sort by group: each group's times lie together, in the order of the lines.
  const starts = new Int32Array(groups.length + 1);
  groups.forEach((group, index) => (starts[index + 1] = starts[index]! + group.lines));
  const packed = new Float64Array(starts[groups.length]!);
  const next = starts.slice();
  for (let index = 0; index < ids.length; index += 1) {
    const group = groupOf[ids[index]!]!;
    ids[index] = group;
    const time = timesMs[index]!;
    if (group >= 0 && !Number.isNaN(time)) packed[next[group]!++] = time;
  }
  const kindOfGroup = new Int32Array(groups.length).fill(-1);
  const kinds: LineKind[] = [];
  groups.forEach(({ template, statement, lines: count }, group) => {
    if (count < fewest) return;
    kindOfGroup[group] = kinds.length;
    kinds.push({ template, statement, times: ascending(packed.subarray(starts[group]!, starts[group + 1]!)) });
  });
  const activity = ascending(timesMs.filter((time) => !Number.isNaN(time)));
  return {
    records,
    kinds,
    kindAt: (index) => (ids[index]! < 0 || Number.isNaN(timesMs[index]!) ? -1 : kindOfGroup[ids[index]!]!),
    valuesOf: (_index, record) => miner.valuesOf(miner.add(record.message), record.message),
    activity,
    resolutionMs: resolutionOf(activity),
  };
}

/** Beyond this many kinds those with few lines are no longer asked for their statement. */
const MOST_GROUPS = 50_000;

/** Sorted in place; lines mostly come in order, and then nothing is done. */
function ascending(times: Float64Array): Float64Array {
  for (let index = 1; index < times.length; index += 1) if (times[index]! < times[index - 1]!) return times.sort();
  return times;
}

/** The coarsest of 1 s, 100 ms and 10 ms that all but a few stamps are multiples of. */
function resolutionOf(times: Float64Array): number {
  const sample = Math.min(times.length, 1000);
  if (sample < 3) return 1;
  for (const step of [1000, 100, 10]) {
    let odd = 0;
    for (let index = 0; index < sample; index += 1) if (times[Math.floor((index * times.length) / sample)]! % step !== 0) odd += 1;
    if (odd <= sample * 0.01) return step;
  }
  return 1;
}
