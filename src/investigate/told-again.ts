import { withEvents } from "../explain/history/timeline";
import type { Diagnosis } from "../model/diagnosis";
import { formatEndpoint } from "../model/endpoint";
import type { Investigation } from "../model/investigation";
import type { InvestigationLogs } from "../model/log";
import type { TimelineEvent } from "../model/timeline";

/**
 * A saved case explained anew (by another version, with a workspace at hand), with what its looks alone cannot tell again: the logs that were
 * read then, what was preserved, the time line of looks that were not kept.
 */
export function toldAgain(again: Investigation, saved: Investigation): Investigation {
  const { timeline } = saved;
  return {
    ...again,
    ...(saved.unreached === undefined ? {} : { unreached: saved.unreached }),
    ...(saved.preserved === undefined ? {} : { preserved: saved.preserved }),
    ...(again.timeline !== undefined && saved.past !== undefined && timeline !== undefined ? { timeline: withEvents(again.timeline, timeline.events.filter((event) => !again.timeline?.events.some((one) => isSame(one, event)))) } : {}),
    ...(timeline !== undefined && timeline.timesMs.length > (again.timeline?.timesMs.length ?? 0) ? { timeline } : {}),
    ...(again.logs === undefined && saved.logs !== undefined ? { logs: forDiagnoses(saved.logs, saved.diagnoses, again.diagnoses) } : {}),
  };
}

/** What was read of the workspace and the logs then stays where it is not read again. */
function isSame(one: TimelineEvent, other: TimelineEvent): boolean {
  return one.kind === other.kind && one.timeMs === other.timeMs && one.text === other.text;
}

const identity = ({ cause, process, endpoint, direction }: Diagnosis): string => `${cause} ${direction ?? ""} ${process?.pid ?? ""} ${endpoint === null ? "" : formatEndpoint(endpoint)}`;

/** What goes with a diagnosis that is no longer made goes with nothing. */
function forDiagnoses(logs: InvestigationLogs, before: readonly Diagnosis[], now: readonly Diagnosis[]): InvestigationLogs {
  const places = new Map(now.map((diagnosis, place) => [identity(diagnosis), place]));
  return {
    ...logs,
    correlations: logs.correlations.flatMap((correlation) => {
      const diagnosis = before[correlation.diagnosis];
      const place = diagnosis === undefined ? undefined : places.get(identity(diagnosis));
      return place === undefined ? [] : [{ ...correlation, diagnosis: place }];
    }),
  };
}
