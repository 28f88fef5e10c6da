import type { LocatedLine } from "../investigate/locate-lines";
import type { IndexedStatement, WorkspaceStatements } from "../locate/statements/workspace-statements";
import { printable } from "../report/printable";

const MESSAGE_SHOWN = 200;
const VALUE_SHOWN = 60;

/** All that a workspace can log, one a line, for a terminal: place, level, message with `<*>` for what varies, function. */
export function* textOfStatements({ statements, givenUp }: WorkspaceStatements): Generator<string> {
  for (const one of statements) {
    if (one.kind !== "log") continue;
    yield `${printable(placeOf(one))}  ${(one.level ?? "-").padEnd(8)} ${printable(one.template)}  (${printable(one.symbol)}, ${one.library})\n`;
  }
  for (const { file, reason } of givenUp) yield `${printable(file)}  not read: ${printable(reason)}\n`;
}

/** Each record with what is known of where it comes from. */
export function* textOfLines(lines: Iterable<LocatedLine>): Generator<string> {
  let located = 0;
  let all = 0;
  for (const { record, match, exception, frames } of lines) {
    all++;
    if (match !== null) located++;
    const out = [`${record.line}: ${printable(record.message.split("\n")[0] ?? "").slice(0, MESSAGE_SHOWN)}`];
    if (match !== null) {
      out.push(`    ${printable(placeOf(match.statement))}  ${printable(match.statement.symbol)}  ${printable(match.statement.template)}`);
      if (match.values.length > 0) out.push(`    ${match.values.map(({ name, value }) => `${printable(name)} = ${printable(value).slice(0, VALUE_SHOWN)}`).join(", ")}`);
      if (match.ties.length > 0) out.push(`    or, saying the same: ${match.ties.slice(0, 5).map((one) => printable(placeOf(one))).join(", ")}${match.ties.length > 5 ? ` and ${match.ties.length - 5} more` : ""}`);
      for (const { name, statement } of match.explains) out.push(`    ${printable(name)} was made at ${printable(placeOf(statement))}  ${printable(statement.symbol)}`);
    } else if (exception !== null) out.push(`    an exception made at ${printable(placeOf(exception))}  ${printable(exception.symbol)}`);
    for (const frame of frames) if (frame.file !== null) out.push(`    at ${printable(frame.file)}:${frame.line}  ${printable(frame.symbol)}`);
    yield `${out.join("\n")}\n`;
  }
  yield `${located} of ${all} records led back to a statement\n`;
}

export function placeOf({ file, line }: Pick<IndexedStatement, "file" | "line">): string {
  return `${file}:${line}`;
}
