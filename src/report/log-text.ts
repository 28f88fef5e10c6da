import type { InvestigationLogs, LogEvent, LogSource } from "../model/log";
import type { LogRecord, LogRecords } from "../model/log-records";
import { printable } from "./printable";

const SOURCES_SHOWN = 8;
const SIGNATURES_SHOWN = 12;
const MESSAGE_SHOWN = 160;

/** What the logs bring, for a terminal: where they were read and what was assumed, and the messages that the field knows. */
export function textOfLogs(logs: InvestigationLogs): string[] {
  const out: string[] = [];
  for (const source of logs.sources.slice(0, SOURCES_SHOWN)) out.push(...sourceLines(source));
  if (logs.sources.length > SOURCES_SHOWN) out.push(`and ${logs.sources.length - SOURCES_SHOWN} more logs (--json lists all)`);
  for (const note of logs.correlationNotes ?? []) out.push(`  ${printable(note)}`);
  for (const signature of logs.signatures.slice(0, SIGNATURES_SHOWN)) {
    const times = signature.firstMs === null || signature.lastMs === null ? "" : signature.count === 1 ? `, at ${moment(signature.firstMs)}` : `, ${moment(signature.firstMs)} to ${moment(signature.lastMs)}`;
    out.push(`  ${printable(signature.title)}  (${signature.count} ${signature.count === 1 ? "line" : "lines"}${times})`);
    out.push(`      ${printable(signature.means)}`);
    const example = logs.events[signature.events[0] ?? -1];
    if (example !== undefined) out.push(`      ${printable(example.message.split("\n")[0] ?? "").slice(0, MESSAGE_SHOWN)}`);
  }
  if (logs.signatures.length > SIGNATURES_SHOWN) out.push(`  and ${logs.signatures.length - SIGNATURES_SHOWN} more known messages (--json lists all)`);
  return out;
}

/** What goes with the leak moments of one diagnosis, most specific first. */
export function correlationsOf(logs: InvestigationLogs | undefined, diagnosis: number): string[] {
  const found = (logs?.correlations ?? []).filter((one) => one.diagnosis === diagnosis);
  const lines = found.slice(0, CORRELATIONS_SHOWN).map(({ text, source, statement }) => {
    const written = logs?.statements[statement ?? -1];
    return `${text}, in ${logs?.sources[source]?.name ?? "a log"}${written === undefined ? "" : `; written by ${written.symbol}, ${written.file}:${written.line}`}`;
  });
  if (found.length > CORRELATIONS_SHOWN) lines.push(`and ${found.length - CORRELATIONS_SHOWN} more that go with it (--json lists all)`);
  return lines;
}

const CORRELATIONS_SHOWN = 3;

function sourceLines(source: LogSource): string[] {
  const span = source.firstMs === null || source.lastMs === null ? "no time in it" : `${moment(source.firstMs)} to ${moment(source.lastMs)}`;
  const lines = [`log ${printable(source.name)} (${printable(source.how)}): ${source.records} records in ${source.lines} lines, ${source.format}, ${span}`];
  for (const assumption of source.assumptions) lines.push(`  assumed: ${printable(assumption)}`);
  if (source.leftUnread !== null) lines.push(`  left unread: ${printable(source.leftUnread)}`);
  if (source.skipped.length > 0) lines.push(`  ${source.skipped.length} lines could not be placed: ${printable(source.skipped[0]?.reason ?? "")}`);
  return lines;
}

/** `2024-01-31 10:11:12.345` of UTC. */
function moment(ms: number): string {
  return new Date(ms).toISOString().replace("T", " ").replace(/(?:\.000)?Z$/, "");
}

function eventLine(event: LogEvent | LogRecord): string {
  const more = event.text.includes("\n") ? `  (+${event.text.split("\n").length - 1} lines)` : "";
  return `${event.timeMs === null ? "-".padEnd(23) : moment(event.timeMs).padEnd(23)} ${(event.level ?? "-").padEnd(8)} ${printable(event.message.split("\n")[0] ?? "")}${more}`;
}

/** One log, record by record. */
export function* textOfLog(records: LogRecords): Generator<string> {
  yield `${sourceLines(records.source).join("\n")}\n`;
  for (const record of records) yield `${eventLine(record)}\n`;
}
