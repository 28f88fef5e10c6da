import type { Timeline, TimelineEvent, TimeSeries, Trend } from "../../model/timeline";
import type { KeptPast } from "../../model/past";
import type { History } from "./history";
import type { LookTable, Row } from "./look-table";
import type { Points } from "./slope";
import { courseOf } from "./trend";

/** A picture with more lines shows nothing. */
const GROUP_SERIES = 60;
const OTHER_SERIES = 40;
/** A group that never had more sockets than this in that state has no line of its own. */
const SMALL = 2;

/** How many lines of connection groups, and of queues, descriptors and ports, there are at most. */
export interface MostLines {
  readonly groups: number;
  readonly others: number;
}

/** What the looks were, made into what a picture needs. null: fewer than two looks have a time. */
export function timelineOf(history: History, most: MostLines = { groups: GROUP_SERIES, others: OTHER_SERIES }): Timeline | null {
  const { table } = history;
  if (table.timesMs.length < 2) return null;
  const rows = chooseRows([...table.rows], most);
  const series = rows.map((row): TimeSeries => ({
    subject: row.subject, label: row.label, values: row.values.map(toldOrNull), limits: row.limits === null ? null : row.limits.map(toldOrNull),
  }));
  const trends = rows.flatMap((row, index): Trend[] => {
    const course = courseOf(pointsOf(table, row), cutsOf(history, row.lineage), lastLimit(row), nounOf(row));
    return course.verdict === "unclear" && course.ratePerSecond === null ? [] : [{ series: index, ...course }];
  });
  return { timesMs: [...table.timesMs], series, events: inOrder(history.events), trends };
}

/** What must be kept beside the time line of this history for `History.restored`. */
export function pastOf(history: History, most: MostLines = { groups: GROUP_SERIES, others: OTHER_SERIES }): KeptPast {
  const { table, restarts, looks, services } = history;
  return {
    looks, restarts: [...restarts],
    series: chooseRows([...table.rows], most).map(({ key, lineage }) => ({ key, lineage })),
    gaps: table.gaps.flatMap((gap, at) => (gap === 1 ? [at] : [])),
    services: [...services].map(([pid, lineage]) => ({ pid, lineage })),
  };
}

/** The same with more events on it: deploys, bursts of log lines. */
export function withEvents(timeline: Timeline, events: readonly TimelineEvent[]): Timeline {
  return events.length === 0 ? timeline : { ...timeline, events: inOrder([...timeline.events, ...events]) };
}

/** The looks that told this quantity. */
export function pointsOf({ timesMs }: LookTable, row: Row): Points {
  const times: number[] = [];
  const values: number[] = [];
  row.values.forEach((value, look) => {
    if (Number.isNaN(value)) return;
    times.push(timesMs[look] ?? 0);
    values.push(value);
  });
  return { timesMs: times, values };
}

/** When the service was started anew. */
export function cutsOf(history: History, lineage: string | null): number[] {
  return lineage === null ? [] : history.restarts.filter((restart) => restart.lineage === lineage).map(({ timeMs }) => timeMs);
}

export function lastLimit({ limits }: Row): number | null {
  return limits?.findLast((limit) => !Number.isNaN(limit)) ?? null;
}

function chooseRows(rows: readonly Row[], most: MostLines): Row[] {
  const states = rows.filter(({ subject }) => subject.kind === "state");
  const groups = rows.filter(({ subject, peak }) => subject.kind === "group" && peak > SMALL).sort((a, b) => b.peak - a.peak).slice(0, most.groups);
  const share = (row: Row): number => row.peak / (lastLimit(row) ?? Number.POSITIVE_INFINITY);
  const others = rows.filter(({ subject }) => subject.kind !== "state" && subject.kind !== "group").sort((a, b) => share(b) - share(a) || b.peak - a.peak).slice(0, most.others);
  return [...states, ...groups, ...others];
}

function nounOf({ subject }: Row): string {
  return subject.kind === "descriptors" ? "descriptors" : subject.kind === "pool" ? "connections of the pool" : subject.kind === "local-ports" ? "local ports" : subject.kind === "accept-queue" ? "waiting connections" : "sockets";
}

function toldOrNull(value: number): number | null {
  return Number.isNaN(value) ? null : value;
}

function inOrder(events: readonly TimelineEvent[]): TimelineEvent[] {
  return [...events].sort((a, b) => a.timeMs - b.timeMs);
}
