import type { Stamp } from "./stamp";
import { YEARLESS_YEAR, ZONE_READINGS } from "./stamp";
import { formatOffset, Zone } from "./zone";

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;

/** What is known of the clock that the stamps were taken from. */
export interface LogClock {
  /** The zone of stamps that name none; null: nothing tells it. */
  readonly zone: Zone | null;
  /** How the zone is known, in words: `the target's`, `as --log-zone says`. */
  readonly zoneFrom: string;
  /** A moment that the log's last line is not after, epoch milliseconds on the target's clock: years and days that stamps leave out are those before it. null: none. */
  readonly notAfterMs: number | null;
}

/** How much later than `notAfterMs` a stamp may be before it is taken for last year's: clocks and zones are never quite right. */
const SLACK_MS = 26 * 3_600_000;

/** How far lines of several threads stand out of order. */
const DISORDER_MS = MINUTE_MS;

/**
 * Turns stamps into moments in the order of the lines, and says what it had to assume. Times of day alone count from an unknown midnight until
 * `finish` knows which.
 */
export class TimeSettler {
  readonly #clock: LogClock;
  readonly #zone: Zone;
  #last = Number.NEGATIVE_INFINITY;
  #withoutZone = 0;
  #withoutYear = 0;
  #clockOnly = 0;
  #dayOrMonth = 0;
  #twice = 0;
  #skipped = 0;
  readonly #ambiguousZones = new Map<string, number>();
  /** What a collector's stamp beside the program's own says of the program's zone, milliseconds; NaN: nothing yet. */
  #offsetBeside = Number.NaN;
  #besideTold = 0;
  #day = 0;
  #lastClock = -1;

  constructor(clock: LogClock) {
    this.#clock = clock;
    this.#zone = clock.zone ?? Zone.utc;
  }

  /** Whether times so far count from an unknown midnight. */
  get daysUnknown(): boolean {
    return this.#clockOnly > 0;
  }

  /** The moment of a stamp, epoch milliseconds. `beside`: the collector's stamp on the same line, when it is one with a zone. */
  settle(stamp: Stamp, beside: Stamp | null): number {
    const ms = this.#moment(stamp, beside);
    this.#last = ms;
    return ms;
  }

  #moment(stamp: Stamp, beside: Stamp | null): number {
    if (stamp.dayOrMonth) this.#dayOrMonth += 1;
    switch (stamp.kind) {
      case "moment":
        return stamp.ms;
      case "local":
        return this.#local(stamp.ms, stamp, beside);
      case "yearless": {
        this.#withoutYear += 1;
        return this.#local(this.#withYear(stamp.ms), stamp, beside);
      }
      case "clock": {
        if (beside !== null && beside.kind === "moment") {
          // The collector tells the day.
          const offset = this.#zone.offsetMs(beside.ms);
          const day = Math.floor((beside.ms + offset) / DAY_MS) * DAY_MS;
          const ms = day + stamp.ms - offset;
          return ms - beside.ms > DAY_MS / 2 ? ms - DAY_MS : ms - beside.ms < -DAY_MS / 2 ? ms + DAY_MS : ms;
        }
        this.#clockOnly += 1;
        // The clock went back by hours: midnight has passed.
        if (this.#lastClock - stamp.ms > DAY_MS / 2) this.#day += 1;
        this.#lastClock = stamp.ms;
        return this.#day * DAY_MS + stamp.ms;
      }
    }
  }

  #local(localMs: number, stamp: Stamp, beside: Stamp | null): number {
    if (stamp.zone !== "") return localMs - this.#ambiguous(stamp.zone, localMs) * MINUTE_MS;
    if (beside !== null && beside.kind === "moment") {
      // The line was collected soon after it was written: the difference, to the quarter of an hour, is the zone.
      const offset = Math.round((localMs - beside.ms) / (15 * MINUTE_MS)) * 15 * MINUTE_MS;
      if (Math.abs(localMs - beside.ms - offset) < 5 * MINUTE_MS && Math.abs(offset) <= 14 * 60 * MINUTE_MS) {
        this.#offsetBeside = offset;
        this.#besideTold += 1;
        return localMs - offset;
      }
      if (!Number.isNaN(this.#offsetBeside)) return localMs - this.#offsetBeside;
    }
    this.#withoutZone += 1;
    const moment = this.#zone.toMoment(localMs, this.#last - DISORDER_MS);
    if (moment.twice) this.#twice += 1;
    if (moment.skipped) this.#skipped += 1;
    return moment.ms;
  }

  /** The latest year in which the reading is not after what is known of the end. */
  #withYear(yearlessMs: number): number {
    const limit = (this.#clock.notAfterMs ?? Date.UTC(YEARLESS_YEAR, 0, 1)) + SLACK_MS;
    if (limit !== this.#limit) {
      this.#limit = limit;
      this.#limitYear = new Date(limit).getUTCFullYear();
    }
    for (let year = this.#limitYear; year > this.#limitYear - 5; year -= 1) {
      const shifted = yearlessMs + this.#yearShift(year, yearlessMs);
      if (shifted <= limit && !Number.isNaN(shifted)) return shifted;
    }
    return yearlessMs + this.#yearShift(this.#limitYear - 1, yearlessMs);
  }

  #limit = Number.NaN;
  #limitYear = 0;
  readonly #shifts = new Map<number, readonly [number, number]>();

  /** Milliseconds from a day of YEARLESS_YEAR to the same day of another year; 29 February exists in leap years alone. */
  #yearShift(year: number, yearlessMs: number): number {
    let shift = this.#shifts.get(year);
    if (shift === undefined) {
      const leap = new Date(Date.UTC(year, 1, 29)).getUTCMonth() === 1;
      const start = Date.UTC(year, 0, 1) - Date.UTC(YEARLESS_YEAR, 0, 1);
      shift = [start, leap ? start : start - DAY_MS];
      this.#shifts.set(year, shift);
    }
    const afterFebruary = yearlessMs >= FIRST_OF_MARCH;
    if (yearlessMs >= LEAP_DAY && !afterFebruary && shift[0] !== shift[1]) return Number.NaN;
    return afterFebruary ? shift[1] : shift[0];
  }

  #ambiguous(name: string, localMs: number): number {
    const readings = ZONE_READINGS[name] ?? [0];
    const here = this.#zone.offsetMs(localMs) / MINUTE_MS;
    const chosen = this.#clock.zone !== null && readings.includes(here) ? here : (readings[0] ?? 0);
    this.#ambiguousZones.set(name, chosen);
    return chosen;
  }

  /** What must be added to every time of a log that has times of day alone, so that its last one is not after what is known of its end. 0 for others. */
  dayShiftMs(): number {
    if (this.#clockOnly === 0) return 0;
    const end = this.#clock.notAfterMs ?? 0;
    const offset = this.#zone.offsetMs(end);
    const lastClock = Math.max(0, this.#lastClock);
    const localEnd = end + offset;
    let day = Math.floor(localEnd / DAY_MS);
    if (day * DAY_MS + lastClock > localEnd + 5 * MINUTE_MS) day -= 1;
    return (day - this.#day) * DAY_MS - offset;
  }

  /** In words, whatever the stamps left open. */
  assumptions(): string[] {
    const said: string[] = [];
    const { zoneFrom, notAfterMs } = this.#clock;
    const until = notAfterMs === null ? "" : ` before ${new Date(notAfterMs).toISOString().slice(0, 10)}`;
    if (this.#withoutZone + this.#clockOnly > 0) said.push(this.#clock.zone === null ? "no zone in the stamps: read as UTC" : `no zone in the stamps: read as ${zoneFrom}, ${this.#zoneInWords()}`);
    if (this.#besideTold > 0) said.push(`no zone in the program's own stamps: ${formatOffset(this.#offsetBeside / MINUTE_MS)}, as the collector's stamps beside them tell`);
    if (this.#withoutYear > 0) said.push(notAfterMs === null ? "no year in the stamps, and nothing tells it: the year is a guess" : `no year in the stamps: the last one${until}`);
    if (this.#clockOnly > 0) said.push(`no day in the stamps: the last one${until}, a day more whenever the clock went back`);
    if (this.#dayOrMonth > 0) said.push("day and month could be the other way round: read as month/day");
    if (this.#twice > 0) said.push(`${this.#twice} lines in an hour that the clocks showed twice: taken in the order of the lines`);
    if (this.#skipped > 0) said.push(`${this.#skipped} lines in an hour that the clocks skipped: taken as if they had not been put forward`);
    for (const [name, minutes] of this.#ambiguousZones) said.push(`${name} in the stamps may be several zones: taken for ${formatOffset(minutes)}`);
    return said;
  }

  #zoneInWords(): string {
    const at = Number.isFinite(this.#last) ? this.#last : (this.#clock.notAfterMs ?? 0);
    const offset = formatOffset(this.#zone.offsetMs(at) / MINUTE_MS);
    return this.#zone.name === offset || (this.#zone.name === "UTC" && offset === "UTC+00:00") ? this.#zone.name : `${this.#zone.name} (${offset})`;
  }
}

const LEAP_DAY = Date.UTC(YEARLESS_YEAR, 1, 29);
const FIRST_OF_MARCH = Date.UTC(YEARLESS_YEAR, 2, 1);
