import type { FramePlaces, LocatedLine } from "../investigate/locate-lines";

/** Where a line of a log leads, in one of several folders. */
export interface LogLead {
  /** The folder, absolute. */
  readonly root: string;
  /** Relative to it, with `/`. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** The statement's message; for a frame, what was running. */
  readonly says: string;
  readonly symbol: string;
}

/** What one folder knows of a line: the record that it belongs to, and the frame that stands on it. */
export interface FolderLine {
  readonly root: string;
  readonly located: LocatedLine | null;
  readonly frame: FramePlaces | null;
}

/**
 * Where a line leads, over all folders: to the frame that stands on it, else to the statement that wrote its record. Several: they agree with the line equally
 * well, and only a person can tell. Empty: nowhere.
 */
export function leadsOf(lines: readonly FolderLine[]): LogLead[] {
  const frames = frameLeads(lines);
  return frames.length > 0 ? frames : statementLeads(lines);
}

/** Of all folders' files that a frame may mean, those whose paths agree with the trace's in most parts. */
export function frameLeads(lines: readonly Pick<FolderLine, "root" | "frame">[]): LogLead[] {
  return best(lines.flatMap(({ root, frame }) => (frame === null ? [] : frame.candidates.map(({ file, same }) => ({
    weight: [same], lead: { root, file, line: frame.line, column: frame.column ?? 1, says: frame.symbol, symbol: frame.symbol },
  })))));
}

const HOW = { place: 2, text: 1, logger: 0 } as const;

function statementLeads(lines: readonly FolderLine[]): LogLead[] {
  return best(lines.flatMap(({ root, located }) => {
    const { match = null, exception = null } = located ?? {};
    const statements = match === null ? (exception === null ? [] : [exception]) : [match.statement, ...match.ties];
    return statements.map(({ file, line, column, template, symbol }) => ({
      // One that names its place, or says more of the line, is likelier than one that only fits.
      weight: [match === null ? -1 : HOW[match.how], (template.replaceAll("<*>", "").match(/[\p{L}\p{N}]/gu) ?? []).length],
      lead: { root, file, line, column, says: template, symbol },
    }));
  }));
}

function best(all: readonly { readonly weight: readonly number[]; readonly lead: LogLead }[]): LogLead[] {
  const compare = (one: readonly number[], other: readonly number[]): number => one.map((value, at) => value - (other[at] ?? 0)).find((difference) => difference !== 0) ?? 0;
  const most = all.reduce<readonly number[] | null>((top, { weight }) => (top === null || compare(weight, top) > 0 ? weight : top), null);
  return most === null ? [] : all.filter(({ weight }) => compare(weight, most) === 0).map(({ lead }) => lead);
}
