import type { Diagnosis } from "../model/diagnosis";
import { formatEndpoint } from "../model/endpoint";
import type { Investigation } from "../model/investigation";
import type { InvestigationLogs } from "../model/log";

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
    ...(timeline !== undefined && timeline.timesMs.length > (again.timeline?.timesMs.length ?? 0) ? { timeline } : {}),
    ...(again.logs === undefined && saved.logs !== undefined ? { logs: forDiagnoses(saved.logs, saved.diagnoses, again.diagnoses) } : {}),
  };
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
