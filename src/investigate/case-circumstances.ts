import { logBursts } from "../explain/history/log-bursts";
import { withEvents } from "../explain/history/timeline";
import type { LogRecords } from "../model/log-records";
import type { Snapshot } from "../model/snapshot";
import type { Timeline } from "../model/timeline";
import type { SeveralHosts } from "./case-logs";
import { workspaceEvents } from "./watch/workspace-events";

/** The time line with what happened besides: deploys and commits of the workspace, bursts of the logs. */
export async function withCircumstances(timeline: Timeline, workspaceRoot: string | null, logs: readonly LogRecords[], hosts: SeveralHosts, signal: AbortSignal): Promise<Timeline> {
  const first = timeline.timesMs[0] ?? 0;
  const last = timeline.timesMs.at(-1) ?? 0;
  const events = workspaceRoot === null ? [] : await workspaceEvents(workspaceRoot, first, last, signal);
  if (timeline.onOurClock !== true) return withEvents(timeline, [...events, ...logBursts(logs, first, last)]);
  const bursts = logs.flatMap((records) => {
    const offsetMs = hosts.offsetMs(records.source);
    const whose = records.source.target === undefined ? "" : `${records.source.target.replace(/^ssh:\/\//, "")}: `;
    return logBursts([records], first + offsetMs, last + offsetMs).map((event) => ({ ...event, timeMs: event.timeMs - offsetMs, untilMs: event.untilMs === null ? null : event.untilMs - offsetMs, text: `${whose}${event.text}` }));
  });
  return withEvents(timeline, [...events, ...bursts]);
}

/** Each host's logs tell of its own diagnoses; what was opened beside them, of all. */
export function severalHosts(snapshots: readonly Snapshot[]): SeveralHosts {
  const offsets = new Map(snapshots.map(({ source, clock }) => [source.target, clock?.offsetMs ?? 0]));
  return {
    concerns: ({ target }, { snapshot }) => target === undefined || snapshots[snapshot]?.source.target === target,
    offsetMs: (source) => (source?.target === undefined ? 0 : (offsets.get(source.target) ?? 0)),
  };
}
