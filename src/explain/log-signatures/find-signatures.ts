import type { LogSignature } from "../../model/log";
import type { LogRecords } from "../../model/log-records";
import { ANY_SIGNATURE, KNOWN_SIGNATURES } from "./known-signatures";

/** A signature with where it stands: source and record. */
export interface FoundSignature {
  readonly id: string;
  readonly count: number;
  readonly firstMs: number | null;
  readonly lastMs: number | null;
  /** The first ones, and the last. */
  readonly places: readonly { readonly source: number; readonly record: number }[];
  /** Times of all of them that have one, by source, ascending within a source's order. */
  readonly timesMs: ReadonlyMap<number, readonly number[]>;
}

const PLACES = 20;

interface Draft {
  count: number;
  firstMs: number | null;
  lastMs: number | null;
  readonly places: { readonly source: number; readonly record: number }[];
  readonly timesMs: Map<number, number[]>;
}

/** Goes through all records once and finds the messages that the field knows. */
export function findSignatures(logs: readonly LogRecords[]): FoundSignature[] {
  const drafts = new Map<string, Draft>();
  for (const [source, records] of logs.entries()) {
    for (let record = 0; record < records.size; record += 1) {
      const each = records.at(record);
      const { text } = each;
      if (!ANY_SIGNATURE.test(text)) continue;
      for (const { id, pattern } of KNOWN_SIGNATURES) {
        if (!pattern.test(text)) continue;
        const { timeMs } = each;
        let draft = drafts.get(id);
        if (draft === undefined) {
          draft = { count: 0, firstMs: null, lastMs: null, places: [], timesMs: new Map() };
          drafts.set(id, draft);
        }
        draft.count += 1;
        if (timeMs !== null) {
          if (draft.firstMs === null || timeMs < draft.firstMs) draft.firstMs = timeMs;
          if (draft.lastMs === null || timeMs > draft.lastMs) draft.lastMs = timeMs;
          const times = draft.timesMs.get(source);
          if (times === undefined) draft.timesMs.set(source, [timeMs]);
          else times.push(timeMs);
        }
        if (draft.places.length < PLACES) draft.places.push({ source, record });
      }
    }
  }
  return KNOWN_SIGNATURES.flatMap(({ id }) => {
    const draft = drafts.get(id);
    return draft === undefined ? [] : [{ id, ...draft }];
  });
}

/** For the document. `indexOf` gives the place of a record among the events that are kept, or null. */
export function describeSignatures(found: readonly FoundSignature[], indexOf: (source: number, record: number) => number | null): LogSignature[] {
  return found.map(({ id, count, firstMs, lastMs, places }) => {
    const known = KNOWN_SIGNATURES.find((each) => each.id === id);
    return {
      id, title: known?.title ?? id, means: known?.means ?? "", count, firstMs, lastMs,
      events: places.map(({ source, record }) => indexOf(source, record)).filter((index) => index !== null),
    };
  });
}
