import type { Timeline, TimelineEvent, TimeSeries, Trend } from "../../model/timeline";
import type { History } from "./history";
import { timelineOf } from "./timeline";

/** One of several hosts that were looked at over the same time. */
export interface HostHistory {
  /** What a person calls it, different for each. */
  readonly name: string;
  /** Its clock minus ours, milliseconds. */
  readonly offsetMs: number;
  readonly history: History;
}

/** Lines of a host alone, shared among several: a picture with more shows nothing. At least so many for each. */
const FEWEST_LINES = 4;

interface Look {
  readonly host: number;
  readonly column: number;
  readonly timeMs: number;
}

/**
 * The time lines of several hosts as one, on our clock. Looks of different hosts that belong to one round share a moment; where a host was not looked at
 * its lines have a hole. Where one host's looks were put together in pairs and another's were not, a look stands for both moments of its pair.
 * null: no host has two looks with a time.
 */
export function timelinesTogether(hosts: readonly HostHistory[]): Timeline | null {
  const each = hosts.flatMap(({ name, offsetMs, history }) => {
    const timeline = timelineOf(history, { groups: Math.max(FEWEST_LINES, Math.floor(60 / hosts.length)), others: Math.max(FEWEST_LINES, Math.floor(40 / hosts.length)) });
    return timeline === null ? [] : [{ name, offsetMs, timeline, gaps: history.table.gaps }];
  });
  if (each.length === 0) return null;
  const looks = each.flatMap(({ timeline, offsetMs, gaps }, host): Look[] =>
    timeline.timesMs.flatMap((timeMs, column): Look[] => (gaps[column] === 1 ? [] : [{ host, column, timeMs: timeMs - offsetMs }])));
  const rounds = roundsOf(looks);
  const timesMs = rounds.map((round) => Math.max(...round.map(({ timeMs }) => timeMs)));
  const series: TimeSeries[] = [];
  const trends: Trend[] = [];
  const events: TimelineEvent[] = [];
  each.forEach(({ name, offsetMs, timeline, gaps }, host) => {
    const columns = columnsOf(host, rounds, timesMs, timeline.timesMs.map((ms) => ms - offsetMs), gaps);
    const spread = (values: readonly (number | null)[]): (number | null)[] => columns.map((column) => (column === null ? null : (values[column] ?? null)));
    trends.push(...timeline.trends.map((trend) => ({ ...trend, series: trend.series + series.length })));
    series.push(...timeline.series.map((one) => ({ ...one, label: `${name}: ${one.label}`, values: spread(one.values), limits: one.limits === null ? null : spread(one.limits) })));
    events.push(...timeline.events.map((event) => ({ ...event, timeMs: event.timeMs - offsetMs, untilMs: event.untilMs === null ? null : event.untilMs - offsetMs, text: `${name}: ${event.text}` })));
  });
  return { timesMs, series, events: events.sort((a, b) => a.timeMs - b.timeMs), trends, onOurClock: true };
}

/** Looks in the order of their time; a round ends where a host would be in it twice. */
function roundsOf(looks: readonly Look[]): Look[][] {
  const rounds: Look[][] = [];
  for (const look of [...looks].sort((a, b) => a.timeMs - b.timeMs || a.host - b.host)) {
    const round = rounds[rounds.length - 1];
    if (round === undefined || round.some(({ host }) => host === look.host)) rounds.push([look]);
    else round.push(look);
  }
  return rounds;
}

/** For each round the column of this host's table that tells of it; null: nobody looked there. */
function columnsOf(host: number, rounds: readonly (readonly Look[])[], roundsMs: readonly number[], timesMs: readonly number[], gaps: readonly number[]): (number | null)[] {
  let next = 0;
  return rounds.map((round, at) => {
    const own = round.find((look) => look.host === host);
    if (own !== undefined) return own.column;
    while (next < timesMs.length && (timesMs[next] ?? 0) < (roundsMs[at] ?? 0)) next += 1;
    // Between two looks of its own, with no gap between them: they were put together.
    return next > 0 && next < timesMs.length && gaps[next] !== 1 && gaps[next - 1] !== 1 ? next : null;
  });
}
