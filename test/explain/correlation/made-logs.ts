import type { Diagnosis } from "../../../src/model/diagnosis";
import type { LogRecord, LogRecords } from "../../../src/model/log-records";

/** Numbers in [0, 1), the same for the same seed (mulberry32). */
export type Random = () => number;
export function randomOf(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** Arrivals without memory: `perSecond` on average, at each time times `load` (0 to 1). Milliseconds from 0. */
export function arrivals(random: Random, perSecond: number, lengthMs: number, load: (ms: number) => number = () => 1): number[] {
  const times: number[] = [];
  for (let time = 0; ; ) {
    time += (-Math.log(1 - random()) / perSecond) * 1000;
    if (time > lengthMs) return times;
    if (random() < load(time)) times.push(time);
  }
}

export function anywhere(random: Random, count: number, lengthMs: number, fromMs = 0): number[] {
  return Array.from({ length: count }, () => fromMs + random() * lengthMs);
}

export interface MadeLine {
  readonly timeMs: number;
  readonly message: string;
  readonly fields?: Readonly<Record<string, string>>;
}

/** A log as the readers give it, of made lines. */
export function logOf(lines: readonly MadeLine[], changes: { readonly name?: string; readonly resolutionMs?: number } = {}): LogRecords {
  const step = changes.resolutionMs ?? 1;
  const sorted = [...lines].sort((a, b) => a.timeMs - b.timeMs);
  const timesMs = Float64Array.from(sorted, ({ timeMs }) => Math.floor(timeMs / step) * step);
  const at = (index: number): LogRecord => {
    const line = sorted[index];
    if (line === undefined) throw new RangeError(`no record ${index}`);
    return { line: index + 1, timeMs: timesMs[index] ?? null, level: null, message: line.message, text: line.message, fields: line.fields ?? {} };
  };
  return {
    source: {
      kind: "file", name: changes.name ?? "shop.log", how: "made", pid: null, format: "plain", assumptions: [], firstMs: timesMs[0] ?? null, lastMs: timesMs[timesMs.length - 1] ?? null,
      lines: sorted.length, bytes: 0, records: sorted.length, leftUnread: null, skipped: [],
    },
    size: sorted.length,
    timesMs,
    at,
    onTarget: () => logOf(lines, changes),
    withAssumptions: () => logOf(lines, changes),
    leaving: () => logOf(lines, changes),
    *[Symbol.iterator]() {
      for (let index = 0; index < sorted.length; index += 1) yield at(index);
    },
  };
}

export function diagnosisWith(leakMomentsMs: readonly number[], changes: Partial<Diagnosis> = {}): Diagnosis {
  return {
    cause: "connection-pinned", title: "Connections to db:3306 are pinned", severity: "critical", confidence: "high", count: leakMomentsMs.length, states: { CLOSE_WAIT: leakMomentsMs.length },
    process: { pid: 7, name: "shopd", commandLine: null }, service: null, direction: "outbound", endpoint: { address: "10.0.0.2", port: 3306, zone: null }, peerIdleTimeout: null,
    leakMomentsMs: [...leakMomentsMs].map(Math.round).sort((a, b) => a - b), evidence: [], lookFor: ["transaction-leak"], advice: [], snapshot: 0, sockets: [], ...changes,
  };
}
