import type { LocatedLine } from "../investigate/locate-lines";
import type { IndexedStatement, WorkspaceStatements } from "../locate/statements/workspace-statements";

/** `leakline.statements/1`: what a workspace can log. `leakline.lines/1`: the records of a log with the statements that wrote them. */
export const STATEMENTS_SCHEMA = "leakline.statements/1";
export const LINES_SCHEMA = "leakline.lines/1";

const PER_CHUNK = 256;

export function* writeStatements({ statements, givenUp }: WorkspaceStatements): Generator<string> {
  yield* document({ schema: STATEMENTS_SCHEMA, givenUp }, "statements", statements, (one) => ({ ...plain(one), kind: one.kind, keys: one.keys }));
}

export function* writeLines(lines: Iterable<LocatedLine>): Generator<string> {
  yield* document({ schema: LINES_SCHEMA }, "lines", lines, ({ record, match, exception, frames }) => ({
    line: record.line,
    timeMs: record.timeMs,
    message: record.message,
    statement: match === null ? null : plain(match.statement),
    how: match?.how ?? null,
    values: match?.values ?? [],
    ties: (match?.ties ?? []).map(plain),
    explains: [...(match?.explains ?? []), ...(exception === null ? [] : [{ name: "", statement: exception }])].map(({ name, statement }) => ({ name, statement: plain(statement) })),
    frames: frames.map(({ at: _, ...frame }) => frame),
  }));
}

function plain({ file, line, column, endLine, symbol, language, library, level, template, through }: IndexedStatement): object {
  return { file, line, column, endLine, symbol, language, library, level, template, ...(through.length === 0 ? {} : { through }) };
}

/** One JSON document in chunks: the head's keys, then a list. */
function* document<T>(head: object, key: string, rows: Iterable<T>, rowOf: (row: T) => object): Generator<string> {
  yield `${JSON.stringify(head).slice(0, -1)},${JSON.stringify(key)}:[`;
  let waiting: string[] = [];
  let first = true;
  for (const row of rows) {
    waiting.push(JSON.stringify(rowOf(row)));
    if (waiting.length < PER_CHUNK) continue;
    yield `${first ? "" : ","}\n${waiting.join(",\n")}`;
    first = false;
    waiting = [];
  }
  if (waiting.length > 0) yield `${first ? "" : ","}\n${waiting.join(",\n")}`;
  yield "]}\n";
}
