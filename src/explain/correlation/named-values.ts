import type { MomentScene } from "./coincidence";
import { FEWEST_LINES } from "./coincidence";
import { firstFrom } from "./coverage";
import type { SortedLog } from "./kinds-of-line";
import type { NamedPart } from "./unfinished-packets";
import { packetsThatNeverEnd } from "./unfinished-packets";
import { reachOf } from "./windows";

/** Something that lines have in common besides their words: a field's value, a variable part's, or being the last line of a request that never ends. */
export interface NamedValue {
  readonly key: { readonly name: string; readonly value: string };
  /** The commonest kind of line that has it. */
  readonly template: string;
  readonly statement: number | null;
  readonly times: Float64Array;
  /** The records, in the order of the log. */
  readonly records: readonly number[];
}

/** Records whose values are looked at, and different values among them, at most. */
const MOST_RECORDS = 200_000;
const MOST_VALUES = 100_000;
const LONGEST_VALUE = 200;
/** The value of a key that stands for requests which never come to their usual last line; its name says which line that is. */
export const NEVER_ENDS = "never ends";
/** Only the surroundings of the moments count for the test, and only those are read: this many half-widths of the widest window. */
const SURROUNDINGS = 42;

/** What stands in the lines around the moments by name and value, for those with enough lines to be tested. */
export function namedValues(log: SortedLog, scene: MomentScene): NamedValue[] {
  const reach = SURROUNDINGS * reachOf(scene.windows);
  const { records } = log;
  const near = nearRecords(records.timesMs, scene.moments, reach);
  const values = new Map<string, { name: string; value: string; records: number[] }>();
  const seen: { readonly index: number; readonly values: readonly NamedPart[] }[] = [];
  for (const index of near) {
    const record = records.at(index);
    const ofLine: NamedPart[] = [];
    const note = (name: string, value: string): void => {
      if (value === "" || value.length > LONGEST_VALUE) return;
      ofLine.push({ name, value });
      const id = `${name}\u0000${value}`;
      const known = values.get(id);
      if (known !== undefined) {
        if (known.records[known.records.length - 1] !== index) known.records.push(index);
      } else if (values.size < MOST_VALUES) values.set(id, { name, value, records: [index] });
    };
    for (const [name, value] of Object.entries(record.fields)) note(name, value);
    const kind = log.kinds[log.kindAt(index)];
    if (kind !== undefined) log.valuesOf(index, record).forEach((value, place) => note(`${kind.template} #${place + 1}`, value));
    seen.push({ index, values: ofLine });
  }
  const out: NamedValue[] = [];
  const make = (key: NamedValue["key"], indices: readonly number[]): void => {
    if (indices.length < FEWEST_LINES) return;
    const kind = commonestKind(log, indices);
    const times = Float64Array.from(indices, (index) => records.timesMs[index] ?? Number.NaN).sort();
    out.push({ key, template: kind?.template ?? "", statement: kind?.statement ?? null, times, records: indices });
  };
  for (const { name, value, records: of } of values.values()) {
    const variable = / #(\d+)$/.exec(name);
    make(variable === null ? { name, value } : { name: `<*> ${variable[1]}`, value }, of);
  }
  for (const packet of packetsThatNeverEnd(log, seen)) make({ name: `${packet.begins} without ${packet.missing}`, value: NEVER_ENDS }, packet.lastRecords);
  return out;
}

/** Records within reach of a moment, in the order of the log; of the earliest moments only when there are too many. */
function nearRecords(timesMs: Float64Array, moments: Float64Array, reach: number): number[] {
  const near: number[] = [];
  for (let index = 0; index < timesMs.length && near.length < MOST_RECORDS; index += 1) {
    const time = timesMs[index] ?? Number.NaN;
    if (Number.isNaN(time)) continue;
    const at = firstFrom(moments, time - reach);
    if (at < moments.length && (moments[at] ?? Infinity) <= time + reach) near.push(index);
  }
  return near;
}

function commonestKind(log: SortedLog, indices: readonly number[]): { readonly template: string; readonly statement: number | null } | null {
  const counts = new Map<number, number>();
  for (const index of indices) counts.set(log.kindAt(index), (counts.get(log.kindAt(index)) ?? 0) + 1);
  counts.delete(-1);
  const [first] = [...counts].sort((a, b) => b[1] - a[1] || a[0] - b[0]);
  return first === undefined ? null : (log.kinds[first[0]] ?? null);
}
