import type { Investigation } from "../model/investigation";
import { countSockets, countStates } from "../model/snapshot";
import type { WatchedLook } from "../investigate/watch/watch";
import { formatDuration, formatStates } from "./text";

/** What a watch says, look by look. */

/** `12:04:36  10,012 sockets  ESTABLISHED 9800  CLOSE_WAIT 212 (+2)   0.18 s of its CPU, 3.6% of 5.0 s`. */
export function watchLine({ investigation, costMs, share, intervalMs, gap, number }: WatchedLook): string {
  const snapshot = investigation.snapshots.at(-1);
  if (snapshot === undefined) return "";
  const before = investigation.snapshots.at(-2);
  const states = countStates(snapshot);
  const moved = before === undefined ? 0 : (states.CLOSE_WAIT ?? 0) - (countStates(before).CLOSE_WAIT ?? 0);
  const time = snapshot.source.takenAt === null ? "time unknown" : snapshot.source.takenAt.slice(11, 19);
  const cost = costMs === null || share === null ? "" : `   ${formatDuration(costMs)} of its ${snapshot.cost?.targetCpuMs === null ? "time" : "CPU"}, ${(share * 100).toFixed(1)}% of ${formatDuration(intervalMs)}`;
  return `${time}  look ${number}  ${countSockets(snapshot)} sockets  ${formatStates(states)}${moved === 0 ? "" : ` (CLOSE_WAIT ${moved > 0 ? "+" : ""}${moved})`}${cost}${gap === null ? "" : `   after a gap: ${gap}`}`;
}

/** When a watch ends. */
export function watchSummary({ investigation, number, recordBytes }: WatchedLook, record: string | null): string {
  const times = investigation.timeline?.timesMs ?? [];
  const span = times.length < 2 ? "" : ` over ${formatDuration((times.at(-1) ?? 0) - (times[0] ?? 0))}`;
  const kept = record === null || recordBytes === null ? "" : `; ${record} has ${(recordBytes / 1000).toFixed(0)} kB: leakline open ${record}`;
  return `${number} looks${span}${kept}`;
}

/** Which causes are there, for whom: when this changes there is news. */
export function causesOf(investigation: Investigation): string {
  return JSON.stringify(investigation.diagnoses.map(({ cause, severity, process, endpoint }) => [cause, severity, process?.pid ?? null, endpoint?.address ?? null, endpoint?.port ?? null]));
}
