import type { CorrelationReport } from "../explain/correlation/correlate";
import { describeSignatures } from "../explain/log-signatures/find-signatures";
import type { FoundSignature } from "../explain/log-signatures/find-signatures";
import type { Diagnosis } from "../model/diagnosis";
import type { InvestigationLogs, LogEvent, LogSource } from "../model/log";
import type { LogRecords } from "../model/log-records";
import { WrittenBy } from "./written-by";

/** How many events the document keeps of one source. */
const MOST_EVENTS = 2_000;
/** The last ones of a source are kept whatever they say. */
const LATEST = 300;
/** Around each leak moment. */
const AROUND_MS = 2_000;
const AROUND_EACH = 20;

/** Nothing was tried. */
const NO_CORRELATIONS: CorrelationReport = { correlations: [], notes: [] };

/** Of several hosts: whose log tells of what, and how far the host's clock is ahead of ours. */
export interface SeveralHosts {
  concerns(source: LogSource, diagnosis: Diagnosis): boolean;
  /** Milliseconds. */
  offsetMs(source: LogSource | undefined): number;
}

const ONE_HOST: SeveralHosts = { concerns: () => true, offsetMs: () => 0 };

/** What the logs bring to the case: of all records those that matter, the signatures among them, what goes with the leaks, and who wrote them. */
export function caseLogs(
  logs: readonly LogRecords[], diagnoses: readonly Diagnosis[], found: readonly FoundSignature[], { correlations, notes }: CorrelationReport = NO_CORRELATIONS, writtenBy = new WrittenBy(null), hosts: SeveralHosts = ONE_HOST,
): InvestigationLogs {
  const chosen = logs.map((records, source) => {
    const moments = diagnoses.filter((diagnosis) => hosts.concerns(records.source, diagnosis)).flatMap(({ leakMomentsMs }) => leakMomentsMs).sort((one, other) => one - other);
    const kept = new Set<number>();
    for (const correlation of correlations) if (correlation.source === source) for (const record of correlation.records) kept.add(record);
    for (const { places } of found) for (const place of places) if (place.source === source) kept.add(place.record);
    for (const record of aroundMoments(records, moments)) if (kept.size < MOST_EVENTS) kept.add(record);
    // The kernel talks of everything on the host: what the field does not know and no leak is near says nothing here.
    const latest = records.source.kind === "kernel" ? 0 : LATEST;
    for (let record = records.size - 1; record >= 0 && record >= records.size - latest && kept.size < MOST_EVENTS; record -= 1) kept.add(record);
    return [...kept].sort((one, other) => one - other);
  });

  const ordered = chosen.flatMap((places, source) => {
    const offsetMs = hosts.offsetMs(logs[source]?.source);
    // A record without a time stands after the one that it follows.
    let last = Number.NEGATIVE_INFINITY;
    return places.map((record) => {
      const timeMs = logs[source]?.at(record).timeMs ?? null;
      if (timeMs !== null) last = timeMs - offsetMs;
      return { source, record, at: last };
    });
  }).sort((one, other) => (one.at === other.at ? one.source - other.source || one.record - other.record : one.at - other.at));
  const indexOf = new Map(ordered.map(({ source, record }, index) => [`${source} ${record}`, index]));
  const events = ordered.map(({ source, record }) => eventOf(logs, source, record));
  return {
    sources: logs.map(({ source }) => source),
    events,
    signatures: describeSignatures(found, (source, record) => indexOf.get(`${source} ${record}`) ?? null),
    correlations: correlations.map(({ records, ...rest }) => ({ ...rest, events: records.flatMap((record) => indexOf.get(`${rest.source} ${record}`) ?? []) })),
    ...(notes.length === 0 ? {} : { correlationNotes: notes }),
    writtenBy: events.map((event) => writtenBy.numberOf(event)),
    statements: writtenBy.statements,
  };
}

function eventOf(logs: readonly LogRecords[], source: number, record: number): LogEvent {
  const each = logs[source]?.at(record);
  return { source, line: each?.line ?? 0, timeMs: each?.timeMs ?? null, level: each?.level ?? null, message: each?.message ?? "", text: each?.text ?? "", fields: each?.fields ?? {} };
}

/** Records near a leak moment, some for each moment. Lines of several threads are not quite in order, so all are looked at once. */
function* aroundMoments(records: LogRecords, moments: readonly number[]): Generator<number> {
  if (moments.length === 0) return;
  const { timesMs } = records;
  const taken = new Uint16Array(moments.length);
  for (let record = 0; record < timesMs.length; record += 1) {
    const time = timesMs[record] ?? Number.NaN;
    if (Number.isNaN(time)) continue;
    let low = 0;
    let high = moments.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((moments[middle] ?? 0) < time - AROUND_MS) low = middle + 1;
      else high = middle;
    }
    const moment = moments[low];
    if (moment === undefined || Math.abs(moment - time) > AROUND_MS || (taken[low] ?? 0) >= AROUND_EACH) continue;
    taken[low] = (taken[low] ?? 0) + 1;
    yield record;
  }
}
