import { LOG_LEVELS } from "../../model/log";
import type { InvestigationLogs, LogEvent, LogSource } from "../../model/log";
import { ONE_CLOCK } from "../../model/line-clock";
import type { AheadOf } from "../../model/line-clock";
import type { LogQuery, LogRow, PanelLogs, TimeRange } from "../../protocol/panel";

/** A record of a log may be megabytes long. */
const MESSAGE_WIDTH = 600;
const TEXT_WIDTH = 8000;

function toRange(fromMs: number | null, toMs: number | null): TimeRange | null {
  return fromMs === null || toMs === null ? null : { fromMs, toMs };
}

/** `web-1: /var/log/shop.log` where several hosts are in the case. */
function nameOf(source: LogSource | undefined): string {
  if (source === undefined) return "";
  return source.target === undefined ? source.name : `${source.target.replace(/^ssh:\/\//, "")}: ${source.name}`;
}

function toStatement(logs: InvestigationLogs, at: number | null | undefined): LogRow["statement"] {
  const statement = at === null || at === undefined ? undefined : logs.statements[at];
  if (statement === undefined) return null;
  return { place: { file: statement.file, line: statement.line, column: statement.column }, symbol: statement.symbol, template: statement.template };
}

/** What the logs bring, at a glance; null where none was read. */
export function toPanelLogs(logs: InvestigationLogs | undefined, aheadOf: AheadOf = ONE_CLOCK): PanelLogs | null {
  if (logs === undefined || logs.sources.length === 0) return null;
  return {
    sources: logs.sources.map((source) => ({
      name: nameOf(source), how: source.how, format: source.format, assumptions: [...source.assumptions], records: source.records, leftUnread: source.leftUnread,
      skipped: source.skipped.length, range: toRange(onLine(source, source.firstMs, aheadOf), onLine(source, source.lastMs, aheadOf)),
    })),
    events: logs.events.length,
    signatures: logs.signatures.map(({ title, means, count, firstMs, lastMs }) => ({ title, means, count, range: toRange(firstMs, lastMs) })),
    correlations: logs.correlations.map(({ diagnosis, text, template, statement }) => ({ diagnosis, text, template, statement: toStatement(logs, statement) })),
  };
}

function onLine(source: LogSource | undefined, timeMs: number | null, aheadOf: AheadOf): number | null {
  return timeMs === null ? null : timeMs - aheadOf(source?.target);
}

function passes(event: LogEvent, query: LogQuery, words: readonly string[], sources: InvestigationLogs["sources"], aheadOf: AheadOf): boolean {
  const timeMs = onLine(sources[event.source], event.timeMs, aheadOf);
  if (query.range !== null && (timeMs === null || timeMs < query.range.fromMs || timeMs > query.range.toMs)) return false;
  if (query.level !== null && (event.level === null || LOG_LEVELS.indexOf(event.level) < LOG_LEVELS.indexOf(query.level))) return false;
  if (words.length === 0) return true;
  const text = `${event.text} ${nameOf(sources[event.source])}`.toLowerCase();
  return words.every((word) => text.includes(word));
}

/** Indices of the events that pass, in order. */
export function findEvents(logs: InvestigationLogs, query: LogQuery, aheadOf: AheadOf = ONE_CLOCK): number[] {
  const words = query.text.toLowerCase().split(/\s+/).filter((word) => word !== "");
  return logs.events.flatMap((event, at) => (passes(event, query, words, logs.sources, aheadOf) ? [at] : []));
}

export function toLogRow(logs: InvestigationLogs, at: number, aheadOf: AheadOf = ONE_CLOCK): LogRow {
  const event = logs.events[at];
  if (event === undefined) throw new RangeError(`no event ${at}`);
  const cut = (text: string, width: number): string => (text.length > width ? `${text.slice(0, width)}...` : text);
  return {
    timeMs: onLine(logs.sources[event.source], event.timeMs, aheadOf),
    level: event.level,
    source: nameOf(logs.sources[event.source]),
    line: event.line,
    message: cut(event.message, MESSAGE_WIDTH),
    text: event.text === event.message ? null : cut(event.text, TEXT_WIDTH),
    statement: toStatement(logs, logs.writtenBy[at]),
  };
}
