/**
 * A time zone: how far a clock on the wall is ahead of UTC. Zones by name come from the ICU data inside the runtime (Intl), which is kept with it.
 */
export class Zone {
  readonly name: string;
  readonly #format: Intl.DateTimeFormat | null;
  readonly #fixedMs: number;
  /** Offsets that were asked for, by the quarter of an hour: no zone changes in between. */
  readonly #known = new Map<number, number>();
  #lastQuarter = Number.NaN;
  #lastOffset = 0;
  /** The quarter of an hour of the last reading that had one meaning alone, and the offset there. */
  #lastLocal = Number.NaN;
  #lastLocalOffset = 0;

  private constructor(name: string, format: Intl.DateTimeFormat | null, fixedMs: number) {
    this.name = name;
    this.#format = format;
    this.#fixedMs = fixedMs;
  }

  static readonly utc = new Zone("UTC", null, 0);

  static fixed(minutes: number): Zone {
    return minutes === 0 ? Zone.utc : new Zone(formatOffset(minutes), null, minutes * 60_000);
  }

  /** The zone of a name as the IANA database has it (`Europe/Berlin`) or of an offset (`+02:00`, `UTC+2`); null: there is none. */
  static named(name: string): Zone | null {
    const offset = /^(?:UTC|GMT)?([+-])(\d{1,2})(?::?(\d{2}))?$/i.exec(name.trim());
    if (offset !== null) return Zone.fixed((Number(offset[2]) * 60 + Number(offset[3] ?? 0)) * (offset[1] === "-" ? -1 : 1));
    if (/^(?:Etc\/)?(?:UTC|UCT|Universal|Zulu|GMT|Z)$/i.test(name.trim())) return Zone.utc;
    try {
      return new Zone(name.trim(), new Intl.DateTimeFormat("en-US", {
        timeZone: name.trim(), hourCycle: "h23", year: "numeric", month: "numeric", day: "numeric", hour: "numeric", minute: "numeric", second: "numeric",
      }), 0);
    } catch {
      return null;
    }
  }

  /** Milliseconds that its clocks are ahead of UTC at a moment. */
  offsetMs(epochMs: number): number {
    if (this.#format === null) return this.#fixedMs;
    const quarter = Math.floor(epochMs / 900_000);
    if (quarter === this.#lastQuarter) return this.#lastOffset;
    let offset = this.#known.get(quarter);
    if (offset === undefined) {
      offset = this.#reckon(quarter * 900_000);
      if (this.#known.size > 100_000) this.#known.clear();
      this.#known.set(quarter, offset);
    }
    this.#lastQuarter = quarter;
    this.#lastOffset = offset;
    return offset;
  }

  /**
   * The moment at which its clocks show `localMs` (a reading as if it were UTC). Where they show it twice, the first moment that is not before
   * `notBeforeMs`; where they skip it, the moment that a clock not yet put forward would mean.
   */
  toMoment(localMs: number, notBeforeMs: number): LocalMoment {
    if (this.#format === null) {
      moment.ms = localMs - this.#fixedMs;
      moment.twice = moment.skipped = false;
      return moment;
    }
    const quarter = Math.floor(localMs / 900_000);
    if (quarter === this.#lastLocal) {
      moment.ms = localMs - this.#lastLocalOffset;
      moment.twice = moment.skipped = false;
      return moment;
    }
    // No zone jumps twice within a day.
    const before = this.offsetMs(localMs - 86_400_000);
    const after = this.offsetMs(localMs + 86_400_000);
    const early = localMs - Math.max(before, after);
    const late = localMs - Math.min(before, after);
    if (before === after) {
      this.#lastLocal = quarter;
      this.#lastLocalOffset = before;
      moment.ms = early;
      moment.twice = moment.skipped = false;
      return moment;
    }
    const earlyFits = this.offsetMs(early) === localMs - early;
    const lateFits = this.offsetMs(late) === localMs - late;
    moment.twice = earlyFits && lateFits;
    moment.skipped = !earlyFits && !lateFits;
    moment.ms = moment.twice ? (early >= notBeforeMs ? early : late) : earlyFits ? early : lateFits ? late : localMs - before;
    return moment;
  }

  #reckon(epochMs: number): number {
    const parts: Record<string, number> = {};
    for (const { type, value } of this.#format?.formatToParts(epochMs) ?? []) parts[type] = Number(value);
    return Date.UTC(parts["year"] ?? 0, (parts["month"] ?? 1) - 1, parts["day"] ?? 1, parts["hour"] ?? 0, parts["minute"] ?? 0, parts["second"] ?? 0) - epochMs;
  }
}

/** One answer, filled again at each call of `toMoment`. */
export interface LocalMoment {
  ms: number;
  /** The clocks show this reading twice: they were put back. */
  twice: boolean;
  /** They never show it: they were put forward. */
  skipped: boolean;
}

const moment: LocalMoment = { ms: 0, twice: false, skipped: false };

/** `UTC+02:00` */
export function formatOffset(minutes: number): string {
  const size = Math.abs(Math.round(minutes));
  return `UTC${minutes < 0 ? "-" : "+"}${String(Math.floor(size / 60)).padStart(2, "0")}:${String(size % 60).padStart(2, "0")}`;
}
