import { LOG_LEVELS } from "../../model/log";
import type { InvestigationLogs, LogEvent } from "../../model/log";
import type { LogQuery, LogRow, PanelLogs, TimeRange } from "../../protocol/panel";

/** A record of a log may be megabytes long. */
const MESSAGE_WIDTH = 600;
const TEXT_WIDTH = 8000;

function toRange(fromMs: number | null, toMs: number | null): TimeRange | null {
  return fromMs === null || toMs === null ? null : { fromMs, toMs };
}

function toStatement(logs: InvestigationLogs, at: number | null | undefined): LogRow["statement"] {
  const statement = at === null || at === undefined ? undefined : logs.statements[at];
  if (statement === undefined) return null;
  return { place: { file: statement.file, line: statement.line, column: statement.column }, symbol: statement.symbol, template: statement.template };
}

/** What the logs bring, at a glance; null where none was read. */
export function toPanelLogs(logs: InvestigationLogs | undefined): PanelLogs | null {
  if (logs === undefined || logs.sources.length === 0) return null;
  return {
    sources: logs.sources.map((source) => ({
      name: source.name, how: source.how, format: source.format, assumptions: [...source.assumptions], records: source.records, leftUnread: source.leftUnread,
      skipped: source.skipped.length, range: toRange(source.firstMs, source.lastMs),
    })),
    events: logs.events.length,
    signatures: logs.signatures.map(({ title, means, count, firstMs, lastMs }) => ({ title, means, count, range: toRange(firstMs, lastMs) })),
    correlations: logs.correlations.map(({ diagnosis, text, template, statement }) => ({ diagnosis, text, template, statement: toStatement(logs, statement) })),
  };
}

function passes(event: LogEvent, query: LogQuery, words: readonly string[], sources: InvestigationLogs["sources"]): boolean {
  if (query.range !== null && (event.timeMs === null || event.timeMs < query.range.fromMs || event.timeMs > query.range.toMs)) return false;
  if (query.level !== null && (event.level === null || LOG_LEVELS.indexOf(event.level) < LOG_LEVELS.indexOf(query.level))) return false;
  if (words.length === 0) return true;
  const text = `${event.text} ${sources[event.source]?.name ?? ""}`.toLowerCase();
  return words.every((word) => text.includes(word));
}

/** Indices of the events that pass, in order. */
export function findEvents(logs: InvestigationLogs, query: LogQuery): number[] {
  const words = query.text.toLowerCase().split(/\s+/).filter((word) => word !== "");
  return logs.events.flatMap((event, at) => (passes(event, query, words, logs.sources) ? [at] : []));
}

export function toLogRow(logs: InvestigationLogs, at: number): LogRow {
  const event = logs.events[at];
  if (event === undefined) throw new RangeError(`no event ${at}`);
  const cut = (text: string, width: number): string => (text.length > width ? `${text.slice(0, width)}...` : text);
  return {
    timeMs: event.timeMs,
    level: event.level,
    source: logs.sources[event.source]?.name ?? "",
    line: event.line,
    message: cut(event.message, MESSAGE_WIDTH),
    text: event.text === event.message ? null : cut(event.text, TEXT_WIDTH),
    statement: toStatement(logs, logs.writtenBy[at]),
  };
}
