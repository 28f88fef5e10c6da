import { FARTHEST_CALL } from "../locate/ranking/leak-line";
import type { LeakLine } from "../locate/ranking/leak-line";
import { StatementMatcher } from "../locate/statements/matcher";
import type { WorkspaceStatements } from "../locate/statements/workspace-statements";
import type { LogCorrelation, LogStatement } from "../model/log";
import type { LogRecord } from "../model/log-records";

/** Which statements of the workspace wrote the lines of a case: found one by one, numbered as they are met. */
export class WrittenBy {
  readonly #matcher: StatementMatcher | null;
  readonly #statements: LogStatement[] = [];
  readonly #numbers = new Map<LogStatement, number>();

  /** null: no workspace, so nobody is known to have written anything. */
  constructor(workspace: WorkspaceStatements | null) {
    this.#matcher = workspace === null || workspace.statements.length === 0 ? null : new StatementMatcher(workspace);
  }

  /** The number of the statement that wrote this; null: none of the workspace, or one of several that cannot be told apart. */
  numberOf(event: Pick<LogRecord, "message" | "level" | "fields" | "text">): number | null {
    const match = this.#matcher?.match(event) ?? null;
    if (match === null || match.ties.length > 0) return null;
    let number = this.#numbers.get(match.statement);
    if (number === undefined) {
      number = this.#statements.length;
      this.#numbers.set(match.statement, number);
      this.#statements.push(match.statement);
    }
    return number;
  }

  /** All that were met, without what only matching needs. */
  get statements(): LogStatement[] {
    return this.#statements.map(({ file, line, column, symbol, language, library, level, template }) => ({ file, line, column, symbol, language, library, level, template }));
  }

  statementOf = (_source: number, record: LogRecord): { readonly statement: number; readonly template: string } | null => {
    const number = this.numberOf(record);
    return number === null ? null : { statement: number, template: this.#statements[number]?.template ?? "" };
  };

  /** What the ranking needs of the lines that go with leaks, in their order. Values (a path, a user) are no statement's. */
  leakLines(correlations: readonly Pick<LogCorrelation, "diagnosis" | "statement" | "key" | "moments" | "ofMoments" | "lines" | "correctedPValue">[]): LeakLine[] {
    return correlations.flatMap(({ diagnosis, statement: number, key, moments, ofMoments, lines, correctedPValue }) => {
      const statement = key === null && number !== null ? this.#statements[number] : undefined;
      if (statement === undefined) return [];
      const functions = (this.#matcher?.around(statement, FARTHEST_CALL) ?? []).map(({ target, relation, distance }) => ({ file: target.file, symbol: target.symbol, line: target.line, endLine: target.endLine, relation, distance }));
      return [{ diagnosis, statement, moments, ofMoments, lines, correctedPValue, functions }];
    });
  }
}
