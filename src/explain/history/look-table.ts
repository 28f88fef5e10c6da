import type { KeptPast } from "../../model/past";
import type { SeriesSubject, Timeline } from "../../model/timeline";
import type { Measure } from "./measures";

/** One quantity over the looks. Columns as long as the table's times; NaN: that look did not tell. */
export interface Row {
  readonly key: string;
  subject: SeriesSubject;
  label: string;
  lineage: string | null;
  readonly values: number[];
  /** null as long as no look told a limit. */
  limits: number[] | null;
  /** Its greatest value so far. */
  peak: number;
  lastTold: number;
}

/** More looks than a picture has points are thinned, the older the more. */
const MOST_LOOKS = 1600;
const MOST_ROWS = 600;

/**
 * The figures of all looks, in columns. Bounded: when it is full, the older half is thinned to half its looks, so that a watch of weeks costs no more
 * than one of hours. Of two looks the greater figure stays; looks on both sides of a restart or a gap are never put together.
 */
export class LookTable {
  readonly timesMs: number[] = [];
  /** 1 at a time that stands for a gap: no look was made there. */
  readonly gaps: number[] = [];
  readonly #rows = new Map<string, Row>();
  readonly #cuts: number[] = [];

  get rows(): Iterable<Row> {
    return this.#rows.values();
  }

  row(key: string): Row | undefined {
    return this.#rows.get(key);
  }

  /** Nothing before this moment is put together with anything after it. */
  cutAt(timeMs: number): void {
    this.#cuts.push(timeMs);
    if (this.#cuts.length > MOST_LOOKS) this.#cuts.shift();
  }

  /** The figures of a time line, with the names of its quantities. */
  restore({ timesMs, series }: Timeline, past: KeptPast): void {
    const gaps = new Set(past.gaps);
    this.timesMs.push(...timesMs);
    this.gaps.push(...timesMs.map((_, at) => (gaps.has(at) ? 1 : 0)));
    const told = (value: number | null): number => value ?? Number.NaN;
    series.forEach(({ subject, label, values, limits }, at) => {
      const named = past.series[at];
      if (named === undefined) return;
      const known = values.filter((value) => value !== null);
      this.#rows.set(named.key, {
        key: named.key, subject, label, lineage: named.lineage, values: values.map(told), limits: limits === null ? null : limits.map(told),
        peak: known.reduce((most, value) => Math.max(most, value), 0), lastTold: timesMs[values.findLastIndex((value) => value !== null)] ?? 0,
      });
    });
  }

  /** @param countsSockets false: the look told states alone, so that a group that is not there is unknown, not empty. */
  add(timeMs: number, measures: readonly Measure[], countsSockets: boolean): void {
    const length = this.timesMs.length;
    this.timesMs.push(timeMs);
    this.gaps.push(0);
    for (const row of this.#rows.values()) {
      row.values.push(isCount(row.subject) && (countsSockets || row.subject.kind === "state") ? 0 : Number.NaN);
      row.limits?.push(Number.NaN);
    }
    for (const measure of measures) {
      let row = this.#rows.get(measure.key);
      if (row === undefined) {
        const before = isCount(measure.subject) ? 0 : Number.NaN;
        row = { key: measure.key, subject: measure.subject, label: measure.label, lineage: measure.lineage, limits: null, peak: 0, lastTold: timeMs, values: [] };
        for (let look = 0; look < length; look += 1) row.values.push(this.gaps[look] === 1 ? Number.NaN : before);
        row.values.push(measure.value);
        this.#rows.set(measure.key, row);
      } else row.values[length] = measure.value;
      row.subject = measure.subject;
      row.label = measure.label;
      row.lineage = measure.lineage;
      row.peak = Math.max(row.peak, measure.value);
      row.lastTold = timeMs;
      if (measure.limit !== null) {
        row.limits ??= new Array<number>(length + 1).fill(Number.NaN);
        row.limits[length] = measure.limit;
      }
    }
    if (this.#rows.size > MOST_ROWS) this.#dropSmallest();
    if (this.timesMs.length > MOST_LOOKS) this.#thin();
  }

  /** Marks that nobody looked from the last look until the next one. */
  addGap(timeMs: number): void {
    this.timesMs.push(timeMs);
    this.gaps.push(1);
    for (const row of this.#rows.values()) {
      row.values.push(Number.NaN);
      row.limits?.push(Number.NaN);
    }
    this.cutAt(timeMs);
  }

  /** What was small and is not seen any more tells least. */
  #dropSmallest(): void {
    const now = this.timesMs.at(-1) ?? 0;
    const byWorth = [...this.#rows.values()].sort((a, b) => Number(a.lastTold === now) - Number(b.lastTold === now) || a.peak - b.peak);
    for (const row of byWorth.slice(0, this.#rows.size - Math.floor(MOST_ROWS * 0.8))) this.#rows.delete(row.key);
  }

  #thin(): void {
    const { timesMs, gaps } = this;
    const old = Math.floor(timesMs.length / 2);
    const keep: number[] = [];
    for (let look = 0; look < timesMs.length; look += 1) {
      const next = look + 1;
      const together = next < old && gaps[look] === 0 && gaps[next] === 0 && !this.#cuts.some((cut) => cut > (timesMs[look] ?? 0) && cut <= (timesMs[next] ?? 0));
      if (together) {
        for (const row of this.#rows.values()) {
          const first = row.values[look] ?? Number.NaN;
          const second = row.values[next] ?? Number.NaN;
          row.values[next] = Number.isNaN(first) ? second : Number.isNaN(second) ? first : Math.max(first, second);
        }
        look = next;
      }
      keep.push(look);
    }
    const pick = (column: number[]): void => {
      keep.forEach((from, to) => {
        column[to] = column[from] as number;
      });
      column.length = keep.length;
    };
    pick(timesMs);
    pick(gaps);
    for (const row of this.#rows.values()) {
      pick(row.values);
      if (row.limits !== null) pick(row.limits);
    }
  }
}

/** Sockets of a kind that a look does not list are not there; a queue, a process or a remote end that it does not list is not known. */
function isCount({ kind }: SeriesSubject): boolean {
  return kind === "state" || kind === "group";
}
