import { StatementMatcher } from "../locate/statements/matcher";
import type { StatementMatch } from "../locate/statements/matcher";
import { FrameFinder, framesIn } from "../locate/statements/stack-traces";
import type { StackFrame } from "../locate/statements/stack-traces";
import type { IndexedStatement, WorkspaceStatements } from "../locate/statements/workspace-statements";
import type { LogRecord } from "../model/log-records";

/** A frame of a stack trace; `file`: the workspace's, or null for other people's code. */
export interface LocatedFrame extends StackFrame {
  readonly file: string | null;
}

/** One record of a log and where it comes from. */
export interface LocatedLine {
  readonly record: LogRecord;
  /** null: no statement of the workspace, or none that can be told. */
  readonly match: StatementMatch | null;
  /** Where no statement can be told: the exception of the workspace whose text the message is. */
  readonly exception: IndexedStatement | null;
  readonly frames: readonly LocatedFrame[];
}

/** Holds records against a workspace's statements, one by one, as they are asked for. */
export function* locateLines(records: Iterable<LogRecord>, workspace: WorkspaceStatements): Generator<LocatedLine> {
  const matcher = new StatementMatcher(workspace);
  const finder = new FrameFinder(workspace.files);
  for (const record of records) yield locateLine(record, matcher, finder);
}

export function locateLine(record: LogRecord, matcher: StatementMatcher, finder: FrameFinder): LocatedLine {
  const match = matcher.match(record);
  return {
    record, match, exception: match === null ? matcher.exceptionIn(record.message) : null,
    frames: framesIn(record.text).map((frame) => ({ ...frame, file: finder.fileOf(frame) })),
  };
}
