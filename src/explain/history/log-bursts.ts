import type { LogRecords } from "../../model/log-records";
import type { TimelineEvent } from "../../model/timeline";
import { formatCount } from "../figures";

/** Lines are counted in this many stretches of the time. */
const STRETCHES = 120;
const SHORTEST_MS = 1000;
/** Fewer lines are no burst, however quiet it was before. */
const LEAST_LINES = 20;
/** Standard deviations of a Poisson process above its mean, and times the usual number. */
const ABOVE = 6;
const TIMES = 3;
const MOST = 20;

/**
 * Stretches of time in which a log says far more than it usually does. Usual is the median of the stretches, so that a burst does not hide itself.
 *
 * @param fromMs, toMs epoch milliseconds on the target's clock
 */
export function logBursts(logs: Iterable<LogRecords>, fromMs: number, toMs: number): TimelineEvent[] {
  const stretch = Math.max(SHORTEST_MS, (toMs - fromMs) / STRETCHES);
  const count = Math.ceil((toMs - fromMs) / stretch);
  if (!(count >= 5)) return [];
  const events = [...logs].flatMap(({ source, timesMs }): (TimelineEvent & { readonly lines: number })[] => {
    const lines = new Array<number>(count).fill(0);
    for (const ms of timesMs) {
      const at = Math.floor((ms - fromMs) / stretch);
      if (at >= 0 && at < count) lines[at] = (lines[at] ?? 0) + 1;
    }
    const usual = [...lines].sort((a, b) => a - b)[count >> 1] ?? 0;
    const most = Math.max(LEAST_LINES, usual * TIMES, usual + ABOVE * Math.sqrt(usual));
    const bursts: { from: number; until: number; lines: number }[] = [];
    lines.forEach((here, at) => {
      if (here < most) return;
      const last = bursts[bursts.length - 1];
      if (last !== undefined && last.until === at) {
        last.until = at + 1;
        last.lines += here;
      } else bursts.push({ from: at, until: at + 1, lines: here });
    });
    return bursts.map(({ from, until, lines: total }) => ({
      kind: "log-burst" as const, timeMs: fromMs + from * stretch, untilMs: fromMs + until * stretch, lines: total,
      text: `${formatCount(total)} lines in ${source.name}, where ${formatCount(usual * (until - from))} are usual`,
    }));
  });
  return events.sort((a, b) => b.lines - a.lines).slice(0, MOST).map(({ lines: _lines, ...event }) => event);
}
