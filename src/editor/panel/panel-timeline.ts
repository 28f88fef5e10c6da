import type { Timeline } from "../../model/timeline";
import type { PanelMethods, PanelTimeline, TimeRange } from "../../protocol/panel";
import type { z } from "zod/mini";

type TimelineFigures = z.infer<PanelMethods["timeline"]["result"]>;

function lastTold(values: readonly (number | null)[] | null): number | null {
  return values?.findLast((value) => value !== null) ?? null;
}

/** What the panel must know to draw the time line; null where there is only one look. */
export function toPanelTimeline(timeline: Timeline | undefined): PanelTimeline | null {
  const from = timeline?.timesMs[0];
  const to = timeline?.timesMs.at(-1);
  if (timeline === undefined || from === undefined || to === undefined || timeline.timesMs.length < 2) return null;
  return {
    range: { fromMs: from, toMs: to },
    looks: timeline.timesMs.length,
    series: timeline.series.map(({ subject, label, values, limits }) => ({
      kind: subject.kind,
      state: subject.kind === "state" || subject.kind === "group" ? subject.state : null,
      label,
      last: lastTold(values),
      limit: lastTold(limits),
    })),
    events: timeline.events.map(({ kind, timeMs, untilMs, text }) => ({ kind, timeMs, untilMs, text })),
    trends: timeline.trends.map(({ series, verdict, confidence, text }) => ({ series, verdict, confidence, text })),
  };
}

/** First index whose time is not before `timeMs`. */
function firstAt(times: readonly number[], timeMs: number): number {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((times[middle] ?? Infinity) < timeMs) low = middle + 1;
    else high = middle;
  }
  return low;
}

function merge(values: readonly (number | null)[], from: number, to: number, better: (a: number, b: number) => number): number | null {
  let merged: number | null = null;
  for (let at = from; at < to; at += 1) {
    const value = values[at] ?? null;
    if (value !== null) merged = merged === null ? value : better(merged, value);
  }
  return merged;
}

/**
 * The figures of a stretch, with the look before and after it so that lines reach the edges. With more looks than `points`, neighbours
 * are merged: the highest value and the lowest limit of each run, at the run's last time.
 */
export function readFigures(timeline: Timeline, range: TimeRange, points: number): Omit<TimelineFigures, "revision"> {
  const times = timeline.timesMs;
  const first = Math.max(0, firstAt(times, range.fromMs) - 1);
  const end = Math.min(times.length, firstAt(times, range.toMs) + 1);
  const looks = Math.max(0, end - first);
  const merged = Math.max(1, Math.ceil(looks / points));
  const starts = Array.from({ length: Math.ceil(looks / merged) }, (_, run) => first + run * merged);
  const runs = starts.map((start) => [start, Math.min(end, start + merged)] as const);
  return {
    merged,
    timesMs: runs.map(([, stop]) => times[stop - 1] ?? 0),
    values: timeline.series.map(({ values }) => runs.map(([start, stop]) => merge(values, start, stop, Math.max))),
    limits: timeline.series.map(({ limits }) => (limits === null ? null : runs.map(([start, stop]) => merge(limits, start, stop, Math.min)))),
  };
}
