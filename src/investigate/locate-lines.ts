import { StatementMatcher } from "../locate/statements/matcher";
import type { StatementMatch } from "../locate/statements/matcher";
import { FrameFinder, framesIn } from "../locate/statements/stack-traces";
import type { FrameCandidate, StackFrame } from "../locate/statements/stack-traces";
import type { IndexedStatement, WorkspaceStatements } from "../locate/statements/workspace-statements";
import type { LogRecord } from "../model/log-records";
import { createLogReader } from "../observe/logs/log-reader";

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

/** A frame of a text that is shown, with all files of the workspace that it may mean: one where it can be told. */
export interface FramePlaces extends StackFrame {
  readonly candidates: readonly FrameCandidate[];
}

/** The same for texts that are shown, piece by piece: an editor asks about a line and what stands around it. */
export class LogPlaces {
  readonly workspace: WorkspaceStatements;
  readonly #matcher: StatementMatcher;
  readonly #finder: FrameFinder;

  /** @param root of the workspace, absolute */
  constructor(workspace: WorkspaceStatements, root: string) {
    this.workspace = workspace;
    this.#matcher = new StatementMatcher(workspace);
    this.#finder = new FrameFinder(workspace.files, root);
  }

  /** The records of a text, each with its place. Lines count from 1 in the text. */
  locate(name: string, text: string, nowMs: number): LocatedLine[] {
    const reader = createLogReader({ kind: "opened-file", name, how: "shown", pid: null, clock: { zone: null, zoneFrom: "", notAfterMs: nowMs } });
    reader.push(text);
    return [...reader.finish(null)].map((record) => locateLine(record, this.#matcher, this.#finder));
  }

  /** Stack frames of a text that lead into the workspace. Cheaper than `locate`: nothing is matched. */
  frames(text: string): readonly FramePlaces[] {
    return framesIn(text).flatMap((frame) => {
      const candidates = this.#finder.candidates(frame);
      return candidates.length === 0 ? [] : [{ ...frame, candidates }];
    });
  }
}

export function locateLine(record: LogRecord, matcher: StatementMatcher, finder: FrameFinder): LocatedLine {
  const match = matcher.match(record);
  return {
    record, match, exception: match === null ? matcher.exceptionIn(record.message) : null,
    frames: framesIn(record.text).map((frame) => ({ ...frame, file: finder.fileOf(frame) })),
  };
}
