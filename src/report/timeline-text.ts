import type { Timeline, TimeSeries, Trend } from "../model/timeline";

/** Eighths of a block: what a terminal can draw of a course. */
const BLOCKS = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"];
const WIDTH = 40;
const LINES = 8;
const EVENTS = 8;

/** A course in one line, at most forty characters; a hole is a blank. Of the looks that share a character the greatest is drawn. */
export function sparkline(values: readonly (number | null)[]): string {
  const told = values.filter((value): value is number => value !== null);
  const highest = Math.max(0, ...told);
  const width = Math.min(WIDTH, values.length);
  return Array.from({ length: width }, (_, column) => {
    const from = Math.floor((column * values.length) / width);
    const piece = values.slice(from, Math.max(from + 1, Math.floor(((column + 1) * values.length) / width)));
    const there = piece.filter((value): value is number => value !== null);
    if (there.length === 0) return " ";
    return BLOCKS[highest === 0 ? 0 : Math.min(BLOCKS.length - 1, Math.floor((Math.max(...there) / highest) * (BLOCKS.length - 0.01)))] ?? " ";
  }).join("");
}

/** What grows, falls or comes back, and what happened meanwhile. Empty: nothing moves. */
export function textOfTimeline(timeline: Timeline, printable: (text: string) => string): string[] {
  const telling = timeline.trends.filter(({ verdict }) => verdict === "grows" || verdict === "sawtooth" || verdict === "falls").sort(byWeight).slice(0, LINES);
  const { events } = timeline;
  if (telling.length === 0 && events.length === 0) return [];
  const first = timeline.timesMs[0] ?? 0;
  const last = timeline.timesMs.at(-1) ?? 0;
  const out = [`over time: ${timeline.timesMs.length} looks, ${clock(first)} to ${clock(last)} UTC`];
  for (const trend of telling) {
    const series = timeline.series[trend.series];
    if (series !== undefined) out.push(`  ${sparkline(series.values).padEnd(WIDTH)}  ${printable(series.label)}: ${ends(series)}; ${printable(trend.text)} (${trend.confidence} confidence)`);
  }
  for (const event of events.slice(-EVENTS)) out.push(`  ${clock(event.timeMs)}${event.untilMs === null ? "" : ` to ${clock(event.untilMs)}`}  ${printable(event.text)}`);
  if (events.length > EVENTS) out.push(`  and ${events.length - EVENTS} earlier events (--json lists all)`);
  return out;
}

const WEIGHT: Readonly<Record<Trend["verdict"], number>> = { sawtooth: 0, grows: 1, falls: 2, plateau: 3, unclear: 4 };
const SURE = { high: 0, medium: 1, low: 2 } as const;

function byWeight(a: Trend, b: Trend): number {
  return WEIGHT[a.verdict] - WEIGHT[b.verdict] || SURE[a.confidence] - SURE[b.confidence] || (a.secondsLeft ?? Number.POSITIVE_INFINITY) - (b.secondsLeft ?? Number.POSITIVE_INFINITY);
}

function ends({ values, limits }: TimeSeries): string {
  const told = values.filter((value): value is number => value !== null);
  const limit = limits?.findLast((one) => one !== null) ?? null;
  return `${told[0] ?? "?"} to ${told.at(-1) ?? "?"}${limit === null ? "" : ` of ${limit}`}`;
}

function clock(ms: number): string {
  return new Date(ms).toISOString().slice(11, 19);
}
