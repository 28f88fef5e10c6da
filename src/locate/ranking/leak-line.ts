import type { Diagnosis } from "../../model/diagnosis";
import type { Finding } from "../../model/finding";
import type { LogStatement } from "../../model/log";
import type { SuspectReason } from "../../model/suspect";
import { WEIGHTS } from "./weights";

/** A function of the workspace and how it stands to the one that wrote a line. Lines count from 1, both ends included. */
export interface FunctionNearLine {
  readonly file: string;
  readonly symbol: string;
  readonly line: number;
  readonly endLine: number;
  readonly relation: "itself" | "calls it" | "called by it";
  /** Calls between the two; 0: the function itself. */
  readonly distance: number;
}

/** A statement whose lines go with the leak moments of a diagnosis. */
export interface LeakLine {
  /** Index into the diagnoses. */
  readonly diagnosis: number;
  readonly statement: LogStatement;
  readonly moments: number;
  readonly ofMoments: number;
  /** Lines of the statement that were read: many more than moments say little. */
  readonly lines: number;
  readonly correctedPValue: number;
  /** The function that the statement stands in, and those near it by calls. */
  readonly functions: readonly FunctionNearLine[];
}

/** How far calls are followed from the statement's function. */
export const FARTHEST_CALL = 3;

/** The name of findings that no rule made: the statement stands for what the rules do not know. */
export const LEAK_LINE_RULE = "leakline/goes-with-leak";

/** Share of the moments, and how many of the lines are beside one: 0 to 1. */
function strengthOf({ moments, ofMoments, lines }: LeakLine): number {
  return (moments / Math.max(1, ofMoments)) * (0.5 + 0.5 * likeness({ moments, ofMoments, lines }));
}

/** 1: each moment has one line and each line one moment. */
export function likeness({ moments, ofMoments, lines }: Pick<LeakLine, "moments" | "ofMoments" | "lines">): number {
  return (2 * Math.min(moments, lines)) / Math.max(1, ofMoments + lines);
}

/**
 * What the lines that go with the leak say of a finding: for it when its function wrote such a line, or is near by calls to the one that did; against it
 * when the line is known and the finding is nowhere near. The line that says most counts.
 */
export function weighLeakLines(finding: Finding, lines: readonly LeakLine[]): SuspectReason[] {
  const weights = WEIGHTS.logLine;
  let best: SuspectReason | null = null;
  for (const line of lines) {
    const near = nearest(finding, line);
    if (near === null) continue;
    const full = near.distance === 0 ? weights.itself : (weights.byCalls[Math.min(near.distance, weights.byCalls.length) - 1] ?? 0);
    const points = Math.round(full * strengthOf(line));
    if (points > 0 && (best === null || points > best.points)) best = { factor: "log-line", points, text: sayNear(line, near) };
  }
  if (best !== null) return [best];
  const [first] = lines;
  if (first === undefined || likeness(first) < OUTSIDE_COUNTS_FROM) return [];
  const points = Math.round(weights.elsewhere * strengthOf(first));
  return points === 0 ? [] : [{ factor: "log-line", points, text: `${first.moments} of ${first.ofMoments} leak moments go with a line of ${first.statement.symbol}, which is not near` }];
}

/** A line that comes often besides the leaks may well be written by somebody who is there for every request. */
const OUTSIDE_COUNTS_FROM = 0.5;

function sayNear({ statement, moments, ofMoments }: LeakLine, near: FunctionNearLine): string {
  const figure = `${moments} of ${ofMoments} leak moments go with the line \`${statement.template}\``;
  const where = `${statement.file}:${statement.line}`;
  if (near.distance === 0) return `${figure}, written here (${where})`;
  const far = near.distance === 1 ? "" : ` over ${near.distance} calls`;
  return near.relation === "calls it" ? `${figure}, written by ${statement.symbol} (${where}), which this calls${far}` : `${figure}, written by ${statement.symbol} (${where}), which calls this${far}`;
}

/** The nearest of the functions that the finding, or a step of its path, stands in. */
function nearest(finding: Finding, { functions }: LeakLine): FunctionNearLine | null {
  const places = [{ file: finding.file, line: finding.range.start.line }, ...finding.path.map(({ file, line }) => ({ file, line }))];
  let best: FunctionNearLine | null = null;
  for (const one of functions) {
    if (best !== null && one.distance >= best.distance) continue;
    // Only the finding's own place counts for a function that is called: what a path runs through down there is called by everybody.
    const held = one.relation === "called by it" ? places.slice(0, 1) : places;
    if (held.some(({ file, line }) => file === one.file && line >= one.line && line <= one.endLine)) best = one;
  }
  return best;
}

/**
 * Where the lines that go with a leak were written by a function of which no finding tells, a finding is made of the statement, so that the function is
 * among the suspects: it is no proof, and says so. One for each diagnosis at most, from its most specific line.
 */
export function findingsOfLeakLines(diagnoses: readonly Diagnosis[], findings: readonly Finding[], lines: readonly LeakLine[]): Finding[] {
  const made: Finding[] = [];
  diagnoses.forEach((diagnosis, index) => {
    const ofDiagnosis = lines.filter((line) => line.diagnosis === index);
    const [line] = ofDiagnosis;
    const [kind] = diagnosis.lookFor;
    if (line === undefined || kind === undefined) return;
    const known = [...findings, ...made].some((finding) => diagnosis.lookFor.includes(finding.kind) && (nearest(finding, line)?.distance ?? Infinity) <= 1);
    if (known) return;
    const { statement, moments, ofMoments } = line;
    const at = { line: statement.line, column: statement.column };
    made.push({
      rule: LEAK_LINE_RULE,
      kind,
      confidence: "low",
      language: statement.language,
      file: statement.file,
      range: { start: at, end: { line: at.line, column: at.column + 1 } },
      symbol: statement.symbol,
      message: `${statement.symbol} writes the log line that goes with the leak (${moments} of ${ofMoments} leak moments): no rule knows a leak here, this is no proof`,
      grade: "call",
      path: [{ file: statement.file, ...at, label: `writes \`${statement.template}\`` }],
      library: statement.library,
      service: null,
      advice: "Read this function and what it calls for something that is opened and not closed on the way to this line. If the library that it uses has no rules, a rule of your own finds the others (docs/rules.md).",
    });
  });
  return made;
}

/** What a reader sees who asks for the rule of such a finding. */
export const LEAK_LINE_PAGE = `# ${LEAK_LINE_RULE}

No rule of a library. Log lines that this statement wrote go with the moments in which connections leaked, far more often than chance allows, and no
rule finds a leak in its function or one call away from it. So the function is among the suspects with this finding, as the place to read first. It is no proof: the line
may be written beside the leak, before or after it, by a caller or a callee of the function that leaks. How the test works: docs/correlation.md.
`;
