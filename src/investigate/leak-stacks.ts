import type { StackedFunction } from "../locate/ranking/stack-near";
import { FrameFinder, framesIn } from "../locate/statements/stack-traces";
import type { Diagnosis } from "../model/diagnosis";
import type { LogRecords } from "../model/log-records";
import type { Snapshot } from "../model/snapshot";

/** A trace is written in the moment of its error, and the connection was last used by the same request. */
const BESIDE_MS = 1000;
/** The same stretch of time a little before each moment: traces that stand there as often have nothing to do with it. */
const BEFORE_MS = 5 * BESIDE_MS;
/** Records that are looked at for each diagnosis and log; a dump is looked for in the last ones. */
const MOST_RECORDS = 20_000;
const LAST_RECORDS = 2_000;
const MOST_FUNCTIONS = 200;

/** Go's SIGQUIT and panics of all goroutines, the JVM's thread dump, Python's faulthandler. */
const DUMP = /^goroutine \d+ \[[^\]]+\]:$|^Full thread dump|^\s+java\.lang\.Thread\.State: |^(?:Current thread|Thread) 0x[0-9a-f]+.*most recent call first/m;
/** A thread's part of a dump, and what says that it waits. What Python says of a thread is its frames alone. */
const THREAD = /^(?=goroutine \d+ \[|"[^"\n]+" |(?:Current thread|Thread) 0x[0-9a-f]+)/m;
const WAITS = /^goroutine \d+ \[(?!running|runnable|idle)|Thread\.State: (?:WAITING|TIMED_WAITING|BLOCKED)|socketRead|SocketDispatcher\.read|Net\.poll|most recent call first/m;

/** Functions of the workspace that stack traces pass through beside the leak moments of a diagnosis, or below which threads wait in a dump, in the logs of its process. */
export function leakStacks(logs: readonly LogRecords[], diagnoses: readonly Diagnosis[], files: readonly string[], snapshots: readonly Snapshot[]): StackedFunction[] {
  const finder = new FrameFinder(files);
  return diagnoses.flatMap((diagnosis, place) => {
    const pid = diagnosis.process?.pid ?? null;
    // A pid means one process on one host only.
    const host = snapshots[diagnosis.snapshot]?.source.target;
    const own = logs.filter(({ source }) => source.kind !== "kernel" && (source.target === undefined || source.target === host) && (source.pid === null ? source.kind === "opened-file" || pid === null : source.pid === pid));
    return own.flatMap((records) => [...tracesBeside(records, diagnosis, place, finder), ...waitingIn(records, place, finder)]);
  });
}

function tracesBeside(records: LogRecords, { leakMomentsMs }: Diagnosis, diagnosis: number, finder: FrameFinder): StackedFunction[] {
  if (leakMomentsMs.length === 0) return [];
  const beside = new Map<string, { file: string; symbol: string; lines: Set<number>; moments: Set<number>; before: Set<number> }>();
  let looked = 0;
  for (let record = 0; record < records.timesMs.length && looked < MOST_RECORDS && beside.size < MOST_FUNCTIONS; record += 1) {
    const time = records.timesMs[record] ?? Number.NaN;
    const near = momentsWithin(leakMomentsMs, time - BESIDE_MS, time + BESIDE_MS);
    const later = momentsWithin(leakMomentsMs, time + BEFORE_MS - BESIDE_MS, time + BEFORE_MS + BESIDE_MS);
    if (near.length === 0 && later.length === 0) continue;
    looked += 1;
    const { text } = records.at(record);
    if (!text.includes("\n")) continue;
    for (const frame of framesIn(text)) {
      const file = finder.fileOf(frame);
      if (file === null) continue;
      const key = `${file} ${frame.symbol}`;
      let known = beside.get(key);
      if (known === undefined) beside.set(key, (known = { file, symbol: frame.symbol, lines: new Set(), moments: new Set(), before: new Set() }));
      known.lines.add(frame.line);
      for (const moment of near) known.moments.add(moment);
      for (const moment of later) known.before.add(moment);
    }
  }
  return [...beside.values()].filter(({ moments, before }) => moments.size > 2 * before.size)
    .map(({ file, symbol, lines, moments }) => ({ diagnosis, file, symbol, lines: [...lines], from: records.source.name, moments: { with: moments.size, of: leakMomentsMs.length }, waiting: 0 }));
}

/** Of the last dump in a log. */
function waitingIn(records: LogRecords, diagnosis: number, finder: FrameFinder): StackedFunction[] {
  for (let record = records.size - 1; record >= 0 && record >= records.size - LAST_RECORDS; record -= 1) {
    const { text } = records.at(record);
    if (!text.includes("\n") || !DUMP.test(text)) continue;
    const waiting = new Map<string, { file: string; symbol: string; lines: Set<number>; threads: number }>();
    for (const thread of text.split(THREAD)) {
      if (!WAITS.test(thread)) continue;
      const through = new Set<string>();
      for (const frame of framesIn(thread)) {
        const file = finder.fileOf(frame);
        if (file === null || waiting.size >= MOST_FUNCTIONS) continue;
        const key = `${file} ${frame.symbol}`;
        let known = waiting.get(key);
        if (known === undefined) waiting.set(key, (known = { file, symbol: frame.symbol, lines: new Set(), threads: 0 }));
        known.lines.add(frame.line);
        if (!through.has(key)) known.threads += 1;
        through.add(key);
      }
    }
    if (waiting.size > 0) return [...waiting.values()].map(({ file, symbol, lines, threads }) => ({ diagnosis, file, symbol, lines: [...lines], from: records.source.name, moments: null, waiting: threads }));
  }
  return [];
}

/** Indices of the moments (ascending) in a stretch of time, both ends included. */
function momentsWithin(moments: readonly number[], fromMs: number, toMs: number): number[] {
  let low = 0;
  let high = moments.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((moments[middle] ?? 0) < fromMs) low = middle + 1;
    else high = middle;
  }
  const within: number[] = [];
  for (let at = low; at < moments.length && (moments[at] ?? 0) <= toMs; at += 1) within.push(at);
  return within;
}
