import type { Diagnosis } from "../../model/diagnosis";
import type { LogCorrelation, LogSource } from "../../model/log";
import type { LogRecords } from "../../model/log-records";
import { countOf } from "../figures";
import type { Coincidence, MomentScene } from "./coincidence";
import { FEWEST_LINES, FEWEST_MOMENTS, coincidenceOf } from "./coincidence";
import { Coverage, firstFrom } from "./coverage";
import { holm } from "./holm";
import type { SortedLog, StatementOf } from "./kinds-of-line";
import { sortLog } from "./kinds-of-line";
import type { MomentSet } from "./moment-sets";
import { momentSetsOf } from "./moment-sets";
import { namedValues } from "./named-values";
import { SMALLEST_CHANCE, sayCorrelation } from "./say-correlation";
import type { Specificity } from "./specificity";
import { bySpecificity, specificityOf } from "./specificity";
import { UNKNOWN_ERROR_MS, reachOf, windowsFor } from "./windows";

export interface CorrelationInput {
  readonly diagnoses: readonly Diagnosis[];
  /** In the order of the investigation's sources. */
  readonly logs: readonly LogRecords[];
  /** Left out: no statement of the workspace is known. */
  readonly statementOf?: StatementOf;
  /** By how much the leak moments of a diagnosis may be off, all by the same (`TargetClock.readErrorMs`). Left out: not known. */
  readonly momentErrorMs?: (diagnosis: Diagnosis) => number;
  /** Whether a log can tell of a diagnosis: of several hosts each one's logs tell of its own. Left out: every log of every one. */
  readonly concerns?: (source: LogSource, diagnosis: Diagnosis) => boolean;
}

/** A correlation whose lines are still places in the log that was read. */
export interface FoundCorrelation extends Omit<LogCorrelation, "events"> {
  /** Indices into the source's records, the first ones. */
  readonly records: readonly number[];
}

export interface CorrelationReport {
  /** By diagnosis; of one diagnosis the most specific first. */
  readonly correlations: readonly FoundCorrelation[];
  /** What was tried and gave nothing, or could not be tried, for a person. */
  readonly notes: readonly string[];
}

/** Named is what chance brings in less than one investigation of a thousand. */
export const LEVEL = 0.001;
/** Sure, and still no answer: too few of the moments, or hardly more than chance brings. */
const SMALLEST_SHARE = 0.1;
const SMALLEST_LIFT = 1.5;
const KINDS_NAMED = 8;
const VALUES_NAMED = 4;
const RECORDS_NAMED = 20;
/** There are thousands of values, most of them without meaning: only the narrower windows are worth their while. */
const WINDOWS_FOR_VALUES = 4;

/**
 * Finds the kinds of log line, and the values in them, that go with the leak moments of each diagnosis. See docs/correlation.md and
 * docs/decisions/0175. Pure and the same for the same input.
 */
export function correlate({ diagnoses, logs, statementOf = () => null, momentErrorMs = () => UNKNOWN_ERROR_MS, concerns = () => true }: CorrelationInput): CorrelationReport {
  const sets = momentSetsOf(diagnoses);
  const notes = sets.flatMap(({ diagnoses: of, moments }) => (moments.length >= FEWEST_MOMENTS ? [] : [`${countOf(moments.length, "leak moment")} of ${titleOf(diagnoses, of)}: too few to say which log line goes with them (${FEWEST_MOMENTS} are needed)`]));
  const tried = sets.filter(({ moments }) => moments.length >= FEWEST_MOMENTS);
  if (tried.length === 0) return { correlations: [], notes };

  const kinds = new Family();
  const values = new Family();
  logs.forEach((records, source) => {
    if (records.size === 0) return;
    const log = sortLog(source, records, FEWEST_LINES, statementOf);
    for (const set of tried) {
      if (!set.diagnoses.some((of) => concerns(records.source, diagnoses[of] as Diagnosis))) continue;
      const scene = sceneOf(log, set, Math.max(0, ...set.diagnoses.map((of) => momentErrorMs(diagnoses[of] as Diagnosis))));
      if (scene === null) {
        notes.push(`${records.source.name} tells nothing of the time of the leak moments of ${titleOf(diagnoses, set.diagnoses)}`);
        continue;
      }
      const mostTogether = mostWithin(scene.moments, 2 * reachOf(scene.windows));
      log.kinds.forEach(({ template, statement, times }, kind) => kinds.try({ source, set, scene, log, mostTogether, template, statement, key: null, times, of: { kind } }));
      const closer = { ...scene, windows: scene.windows.slice(0, WINDOWS_FOR_VALUES) };
      const closerTogether = mostWithin(closer.moments, 2 * reachOf(closer.windows));
      for (const value of namedValues(log, closer)) values.try({ source, set, scene: closer, log, mostTogether: closerTogether, ...value, of: { records: value.records } });
    }
  });

  const correlations: FoundCorrelation[] = [];
  const namedKinds = kinds.named(KINDS_NAMED);
  const namedValuesFound = values.named(VALUES_NAMED);
  for (const set of tried) {
    const ofSet = kindsFirst(namedKinds.filter(({ candidate }) => candidate.set === set), namedValuesFound.filter(({ candidate }) => candidate.set === set));
    if (ofSet.length === 0) {
      const tests = kinds.testsOf(set);
      if (tests > 0) notes.push(`${countOf(tests, "kind")} of log line tried against ${countOf(set.moments.length, "leak moment")} of ${titleOf(diagnoses, set.diagnoses)}: none goes with them more than chance predicts`);
    }
    for (const of of set.diagnoses) for (const one of ofSet) correlations.push(toCorrelation(one, of, diagnoses));
  }
  correlations.sort((a, b) => a.diagnosis - b.diagnosis);
  return { correlations, notes };
}

/** The most of the ascending times that lie within a stretch of this length. */
function mostWithin(ascending: Float64Array, lengthMs: number): number {
  let most = 0;
  let from = 0;
  for (let to = 0; to < ascending.length; to += 1) {
    while ((ascending[to] ?? 0) - (ascending[from] ?? 0) > lengthMs) from += 1;
    most = Math.max(most, to - from + 1);
  }
  return most;
}

function titleOf(diagnoses: readonly Diagnosis[], of: readonly number[]): string {
  return `"${diagnoses[of[0] ?? 0]?.title ?? ""}"`;
}

interface Candidate {
  readonly source: number;
  readonly set: MomentSet;
  readonly scene: MomentScene;
  readonly log: SortedLog;
  /** Moments that one line can be beside, at most. */
  readonly mostTogether: number;
  readonly template: string;
  readonly statement: number | null;
  readonly key: LogCorrelation["key"];
  readonly times: Float64Array;
  /** Which records of the log these are. */
  readonly of: { readonly kind: number } | { readonly records: readonly number[] };
}

interface Named {
  readonly candidate: Candidate;
  readonly coincidence: Coincidence;
  readonly specificity: Specificity;
  readonly lnP: number;
}

/** Everything that is tested under one correction. */
class Family {
  #tests = 0;
  readonly #testsOf = new Map<MomentSet, number>();
  readonly #striking: { readonly candidate: Candidate; readonly coincidence: Coincidence }[] = [];

  try(candidate: Candidate): void {
    // Too few lines to be beside a tenth of the moments, wherever they stand: it could not be named, so it is not tested and not paid for.
    if (candidate.times.length * candidate.mostTogether < candidate.scene.moments.length * SMALLEST_SHARE) return;
    this.#tests += 1;
    this.#testsOf.set(candidate.set, this.testsOf(candidate.set) + 1);
    const coincidence = coincidenceOf(candidate.times, candidate.scene);
    if (coincidence.lnP < Math.log(LEVEL)) this.#striking.push({ candidate, coincidence });
  }

  testsOf(set: MomentSet): number {
    return this.#testsOf.get(set) ?? 0;
  }

  /** The most specific ones of each set of moments that stand after the correction. */
  named(most: number): Named[] {
    const lnPs = holm(this.#striking.map(({ coincidence }) => coincidence.lnP), this.#tests);
    const out: Named[] = [];
    this.#striking.forEach(({ candidate, coincidence }, index) => {
      const { moments } = candidate.scene;
      const lnP = lnPs[index] ?? 0;
      if (lnP >= Math.log(LEVEL) || coincidence.hits < moments.length * SMALLEST_SHARE || coincidence.hits < coincidence.expected * SMALLEST_LIFT) return;
      out.push({ candidate, coincidence, lnP, specificity: specificityOf(candidate.times, moments, coincidence.window, coincidence.hits) });
    });
    out.sort(bySpecificity);
    const taken = new Map<MomentSet, number>();
    return out.filter(({ candidate: { set } }) => {
      const place = taken.get(set) ?? 0;
      taken.set(set, place + 1);
      return place < most;
    });
  }
}

/** Kinds of line before values, unless a value is plainly the more specific. Both come in their own order. */
function kindsFirst(kinds: readonly Named[], values: readonly Named[]): Named[] {
  const best = kinds[0]?.specificity.score ?? 0;
  const ahead = values.filter(({ specificity }) => specificity.score > best + VALUES_STAND_BACK);
  return [...ahead, ...kinds, ...values.filter((value) => !ahead.includes(value))];
}

const VALUES_STAND_BACK = 0.25;

/** null: the log does not reach the moments. */
function sceneOf(log: SortedLog, { moments }: MomentSet, errorMs: number): MomentScene | null {
  const { activity, resolutionMs } = log;
  const first = activity[0];
  const last = activity[activity.length - 1];
  if (first === undefined || last === undefined) return null;
  const windows = windowsFor(resolutionMs, errorMs);
  // Before the first line nothing is known: it may have been rotated away. After the last one nothing was written, and that is known.
  const told = moments.subarray(firstFrom(moments, first - reachOf(windows)));
  if (told.length === 0) return null;
  return { moments: told, activity, fromMs: Math.min(first, told[0] ?? first), toMs: Math.max(last, told[told.length - 1] ?? last), windows };
}

function toCorrelation({ candidate, coincidence, lnP }: Named, of: number, diagnoses: readonly Diagnosis[]): FoundCorrelation {
  const { source, template, statement, key, times, scene } = candidate;
  const found = {
    diagnosis: of,
    source,
    template,
    key,
    lines: times.length,
    moments: coincidence.hits,
    ofMoments: scene.moments.length,
    expected: coincidence.expected,
    window: coincidence.window,
    pValue: Math.max(SMALLEST_CHANCE, Math.exp(coincidence.lnP)),
    correctedPValue: Math.max(SMALLEST_CHANCE, Math.exp(lnP)),
    statement,
  };
  const diagnosis = diagnoses[of];
  return { ...found, text: diagnosis === undefined ? "" : sayCorrelation(found, diagnosis), records: recordsOf(candidate, coincidence) };
}

/** The first records of the candidate that stand in a window of a moment. */
function recordsOf({ log, of, scene }: Candidate, { window }: Coincidence): number[] {
  const near = new Coverage(scene.moments, -window.toMs, -window.fromMs);
  const { timesMs, size } = log.records;
  const out: number[] = [];
  const take = (index: number): void => {
    if (out.length < RECORDS_NAMED && near.covers(timesMs[index] ?? Number.NaN)) out.push(index);
  };
  if ("records" in of) of.records.forEach(take);
  else for (let index = 0; index < size && out.length < RECORDS_NAMED; index += 1) if (log.kindAt(index) === of.kind) take(index);
  return out;
}
