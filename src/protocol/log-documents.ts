import * as z from "zod";
import { LOG_LEVELS, LOG_SOURCE_KINDS } from "../model/log";
import type { InvestigationLogs, LogCorrelation, LogEvent, LogSignature, LogSource, LogStatement } from "../model/log";
import type { LogRecords } from "../model/log-records";

/**
 * Logs in documents: the keys `logs` (one object a source, with the events of it that are kept), `signatures`, `correlations` and `statements` of
 * `leakline.investigation/1`, and `leakline.log/1`, which is all that one log file holds.
 */

export const LOG_SCHEMA = "leakline.log/1";

/** The keys of an investigation's document. Each event has its place among all events, and the statement that wrote it. */
export function logsToWire(logs: InvestigationLogs | undefined): Readonly<Record<string, unknown>> {
  if (logs === undefined) return { logs: [] };
  const eventsOf = logs.sources.map((): object[] => []);
  for (const [index, event] of logs.events.entries()) {
    const { source, ...rest } = event;
    eventsOf[source]?.push({ index, ...rest, writtenBy: logs.writtenBy[index] ?? null });
  }
  return {
    logs: logs.sources.map((source, index) => ({ ...source, events: eventsOf[index] ?? [] })),
    signatures: logs.signatures,
    correlations: logs.correlations,
    ...(logs.correlationNotes === undefined ? {} : { correlationNotes: logs.correlationNotes }),
    statements: logs.statements,
  };
}

const RECORDS_PER_CHUNK = 256;

/** `leakline.log/1` in chunks: the source, then every record of it. */
export function* writeLog(records: LogRecords): Generator<string> {
  yield `{"schema":${JSON.stringify(LOG_SCHEMA)},"source":${JSON.stringify(records.source)},"events":[`;
  let rows: string[] = [];
  let first = true;
  for (const { line, timeMs, level, message, text, fields } of records) {
    rows.push(JSON.stringify({ line, time: timeMs === null ? null : new Date(timeMs).toISOString(), timeMs, level, message, text, fields }));
    if (rows.length < RECORDS_PER_CHUNK) continue;
    yield `${first ? "" : ","}\n${rows.join(",\n")}`;
    first = false;
    rows = [];
  }
  if (rows.length > 0) yield `${first ? "" : ","}\n${rows.join(",\n")}`;
  yield "]}\n";
}

const count = z.number().int().nonnegative();
const milliseconds = z.number().nullable();
const level = z.enum(LOG_LEVELS).nullable();
const words = z.record(z.string(), z.string());

const event = z.object({ index: count, line: count, timeMs: milliseconds, level, message: z.string(), text: z.string(), fields: words, writtenBy: count.nullable().default(null) });

const source = z.object({
  target: z.string().exactOptional(),
  kind: z.enum(LOG_SOURCE_KINDS), name: z.string(), how: z.string(), pid: count.nullable(), format: z.string(), assumptions: z.array(z.string()), firstMs: milliseconds, lastMs: milliseconds,
  lines: count, bytes: count, records: count, leftUnread: z.string().nullable(), skipped: z.array(z.object({ line: z.number(), text: z.string(), reason: z.string() })),
});

const indices = z.array(count);

/** Parts of an investigation's schema. Documents of earlier versions have no logs, as an empty list. */
export const LOG_KEYS = {
  logs: z.array(source.extend({ events: z.array(event) })).default([]),
  signatures: z.array(z.object({ id: z.string(), title: z.string(), means: z.string(), count, firstMs: milliseconds, lastMs: milliseconds, events: indices })).exactOptional(),
  correlations: z
    .array(z.object({
      diagnosis: count, source: count, template: z.string(), key: z.object({ name: z.string(), value: z.string() }).nullable(), lines: count, moments: count, ofMoments: count,
      expected: z.number(), window: z.object({ fromMs: z.number(), toMs: z.number() }), pValue: z.number(), correctedPValue: z.number(), text: z.string(), events: indices, statement: count.nullable(),
    }))
    .exactOptional(),
  correlationNotes: z.array(z.string()).exactOptional(),
  statements: z
    .array(z.object({ file: z.string(), line: count, column: count, symbol: z.string(), language: z.string(), library: z.string(), level, template: z.string() }))
    .exactOptional(),
};

interface LogKeys {
  readonly logs: readonly (LogSource & { readonly events: readonly (z.infer<typeof event>)[] })[];
  readonly signatures?: readonly LogSignature[];
  readonly correlations?: readonly LogCorrelation[];
  readonly correlationNotes?: readonly string[];
  readonly statements?: readonly LogStatement[];
}

/** The logs of a document, as the model has them; undefined: none were looked for. */
export function logsFromWire({ logs, signatures, correlations, correlationNotes, statements }: LogKeys): InvestigationLogs | undefined {
  if (signatures === undefined && logs.length === 0) return undefined;
  const all = logs
    .flatMap(({ events }, index) => events.map(({ index: place, writtenBy, ...rest }) => ({ place, writtenBy, event: { source: index, ...rest } satisfies LogEvent })))
    .sort((one, other) => one.place - other.place);
  return {
    sources: logs.map(({ events: _events, ...rest }) => rest),
    events: all.map((each) => each.event),
    signatures: signatures ?? [],
    correlations: correlations ?? [],
    ...(correlationNotes === undefined ? {} : { correlationNotes }),
    statements: statements ?? [],
    writtenBy: all.map((each) => each.writtenBy),
  };
}

/** Indices that lead past the end of the list that they point into. */
export function danglingOfLogs(logs: InvestigationLogs, diagnoses: number): { readonly path: (string | number)[]; readonly index: number; readonly length: number }[] {
  const found: { path: (string | number)[]; index: number; length: number }[] = [];
  const check = (index: number, length: number, path: (string | number)[]): void => {
    if (index >= length) found.push({ path, index, length });
  };
  for (const [at, signature] of logs.signatures.entries()) for (const index of signature.events) check(index, logs.events.length, ["signatures", at, "events"]);
  for (const [at, correlation] of logs.correlations.entries()) {
    check(correlation.diagnosis, diagnoses, ["correlations", at, "diagnosis"]);
    check(correlation.source, logs.sources.length, ["correlations", at, "source"]);
    for (const index of correlation.events) check(index, logs.events.length, ["correlations", at, "events"]);
    if (correlation.statement !== null) check(correlation.statement, logs.statements.length, ["correlations", at, "statement"]);
  }
  for (const [at, statement] of logs.writtenBy.entries()) if (statement !== null) check(statement, logs.statements.length, ["logs", at, "writtenBy"]);
  return found;
}
