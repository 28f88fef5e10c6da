import type { Investigation } from "../model/investigation";
import { historiesOf } from "../model/histories";
import { countSockets, countStates } from "../model/snapshot";
import type { Snapshot } from "../model/snapshot";
import type { TcpState } from "../model/tcp-state";
import { recordNames } from "../investigate/watch/record/set-record";
import type { WatchedLook } from "../investigate/watch/watch";
import { formatDuration, formatStates } from "./text";

/** What a watch says, look by look. */

/** `12:04:36  10,012 sockets  ESTABLISHED 9800  CLOSE_WAIT 212 (+2)   0.18 s of its CPU, 3.6% of 5.0 s`. Of several hosts the sum, and who is away. */
export function watchLine({ investigation, costMs, share, intervalMs, gap, number }: WatchedLook): string {
  const { snapshots, unreached } = investigation;
  const histories = historiesOf(snapshots);
  const now = histories.flatMap((history) => snapshots[history[history.length - 1] as number] ?? []);
  const snapshot = now.reduce<Snapshot | undefined>((latest, one) => (latest === undefined || (one.source.takenAt ?? "") > (latest.source.takenAt ?? "") ? one : latest), undefined);
  if (snapshot === undefined) return "";
  const states: Partial<Record<TcpState, number>> = {};
  for (const one of now) for (const [state, count] of Object.entries(countStates(one))) states[state as TcpState] = (states[state as TcpState] ?? 0) + count;
  const moved = histories.reduce((sum, history) => {
    const [before, last] = history.slice(-2).map((index) => snapshots[index]);
    return before === undefined || last === undefined ? sum : sum + (countStates(last).CLOSE_WAIT ?? 0) - (countStates(before).CLOSE_WAIT ?? 0);
  }, 0);
  const hosts = histories.length > 1 ? `  ${histories.length} hosts` : "";
  const sockets = now.reduce((sum, one) => sum + countSockets(one), 0);
  const time = snapshot.source.takenAt === null ? "time unknown" : snapshot.source.takenAt.slice(11, 19);
  const cost = costMs === null || share === null ? "" : `   ${formatDuration(costMs)} of its ${snapshot.cost?.targetCpuMs === null ? "time" : "CPU"}, ${(share * 100).toFixed(1)}% of ${formatDuration(intervalMs)}`;
  const away = unreached === undefined ? "" : `   away: ${unreached.map(({ target }) => target.replace(/^ssh:\/\//, "")).join(", ")}`;
  return `${time}  look ${number}${hosts}  ${sockets} sockets  ${formatStates(states)}${moved === 0 ? "" : ` (CLOSE_WAIT ${moved > 0 ? "+" : ""}${moved})`}${cost}${away}${gap === null ? "" : `   after a gap: ${gap}`}`;
}

/** When a watch ends. */
export function watchSummary({ investigation, number, recordBytes }: WatchedLook, record: string | null): string {
  const times = investigation.timeline?.timesMs ?? [];
  const span = times.length < 2 ? "" : ` over ${formatDuration((times.at(-1) ?? 0) - (times[0] ?? 0))}`;
  const files = record === null ? [] : recordNames(record, investigation.targets);
  const kept = files.length === 0 || recordBytes === null ? "" : `; ${files.join(" ")} ${files.length === 1 ? "has" : "have"} ${(recordBytes / 1000).toFixed(0)} kB: leakline open ${files.join(" ")}`;
  return `${number} looks${span}${kept}`;
}

/** Which causes are there, for whom: when this changes there is news. */
export function causesOf(investigation: Investigation): string {
  return JSON.stringify(investigation.diagnoses.map(({ cause, severity, process, endpoint }) => [cause, severity, process?.pid ?? null, endpoint?.address ?? null, endpoint?.port ?? null]));
}
