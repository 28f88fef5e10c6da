/**
 * What a time stamp says, before zone, year and day are settled. `ms` depends on `kind`:
 * - `moment`: epoch milliseconds;
 * - `local`: the clock's reading as if it were UTC, its zone unknown;
 * - `yearless`: the same in the leap year 2000, since the stamp names no year;
 * - `clock`: milliseconds since midnight, the day unknown.
 */
export type StampKind = "moment" | "local" | "yearless" | "clock";

/** One stamp as it was found. One object is filled again and again: a log has millions. */
export class Stamp {
  kind: StampKind = "moment";
  ms = 0;
  /** The smallest step that it can tell, milliseconds: 1000, 1, 0.001. */
  precisionMs = 1000;
  /** The index behind it. */
  end = 0;
  /** The zone's letters where they alone tell it (`CET`), and several zones may be called so; empty otherwise. */
  zone = "";
  /** Day and month may be the other way round: `03/04/2024`. */
  dayOrMonth = false;

  copy(other: Stamp): void {
    this.kind = other.kind;
    this.ms = other.ms;
    this.precisionMs = other.precisionMs;
    this.end = other.end;
    this.zone = other.zone;
    this.dayOrMonth = other.dayOrMonth;
  }

  set(kind: StampKind, ms: number, precisionMs: number, end: number): true {
    this.kind = kind;
    this.ms = ms;
    this.precisionMs = precisionMs;
    this.end = end;
    return true;
  }
}

const MONTHS: ReadonlyMap<string, number> = new Map(["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"].map((name, index) => [name, index]));
/** The year that dates without one are reckoned in: it has a 29 February. */
export const YEARLESS_YEAR = 2000;
const DAY_MS = 86_400_000;

const digit = (line: string, at: number): number => {
  const code = line.charCodeAt(at) - 48;
  return code >= 0 && code <= 9 ? code : -1;
};

/** Two digits; a blank may stand for the first. -1: there are none. */
function two(line: string, at: number): number {
  const low = digit(line, at + 1);
  if (low < 0) return -1;
  const high = digit(line, at);
  return high >= 0 ? high * 10 + low : line.charCodeAt(at) === 32 ? low : -1;
}

function four(line: string, at: number): number {
  const high = two(line, at);
  const low = two(line, at + 2);
  return high < 0 || low < 0 || line.charCodeAt(at) === 32 || line.charCodeAt(at + 2) === 32 ? -1 : high * 100 + low;
}

/** The months met so far: days since 1970 of their first, and how many they have. */
const monthsKnown = new Map<number, { readonly start: number; readonly length: number }>();

/** Days since 1970-01-01 of a date in the Gregorian calendar; NaN for one that does not exist. Months count from 0. */
function daysSince1970(year: number, month: number, day: number): number {
  if (month < 0 || month > 11) return Number.NaN;
  let known = monthsKnown.get(year * 12 + month);
  if (known === undefined) {
    known = { start: Date.UTC(year, month, 1) / DAY_MS, length: new Date(Date.UTC(year, month + 1, 0)).getUTCDate() };
    if (monthsKnown.size > 10_000) monthsKnown.clear();
    monthsKnown.set(year * 12 + month, known);
  }
  return day < 1 || day > known.length ? Number.NaN : known.start + day - 1;
}

const POWERS: readonly number[] = [1, 10, 100, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9];

/** Where a time of day ended, and what came with it. Kept beside the functions: they are called for each line. */
let timeEnd = 0;
let timePrecision = 1000;

/** `HH:MM[:SS[.fraction]]` with `.`, `,` or `:` before the fraction, and AM or PM behind. Gives milliseconds since midnight, or -1. */
function timeOfDay(line: string, at: number, separator = 58): number {
  let hour = digit(line, at);
  let next = at + 1;
  if (hour < 0) {
    if (line.charCodeAt(at) !== 32) return -1;
    hour = digit(line, next);
    if (hour < 0) return -1;
    next += 1;
  } else {
    const low = digit(line, next);
    if (low >= 0) {
      hour = hour * 10 + low;
      next += 1;
    }
  }
  if (line.charCodeAt(next) !== separator || hour > 24) return -1;
  const minute = two(line, next + 1);
  if (minute < 0 || minute > 59 || line.charCodeAt(next + 1) === 32) return -1;
  next += 3;
  let ms = (hour * 60 + minute) * 60_000;
  timePrecision = 60_000;
  if (line.charCodeAt(next) === separator) {
    const second = two(line, next + 1);
    if (second >= 0 && second <= 60 && line.charCodeAt(next + 1) !== 32) {
      ms += second * 1000;
      next += 3;
      timePrecision = 1000;
      const mark = line.charCodeAt(next);
      if ((mark === 46 || mark === 44 || (mark === 58 && separator === 58)) && digit(line, next + 1) >= 0) {
        let value = 0;
        let place = next + 1;
        for (let figure = digit(line, place); figure >= 0 && place < next + 10; figure = digit(line, place)) {
          value = value * 10 + figure;
          place += 1;
        }
        const power = POWERS[place - next - 1] ?? 1;
        // A colon is before milliseconds, or it is no fraction: `10:11:12:13` may be anything.
        if (mark !== 58 || place - next === 4) {
          ms += (value * 1000) / power;
          timePrecision = 1000 / power;
          next = place;
          while (digit(line, next) >= 0) next += 1;
        }
      }
    }
  }
  // `2:05:06 PM`, `2:05:06PM`
  const blank = line.charCodeAt(next) === 32 || line.charCodeAt(next) === 0x202f ? 1 : 0;
  const letter = line.charCodeAt(next + blank) | 32;
  if ((letter === 97 || letter === 112) && (line.charCodeAt(next + blank + 1) | 32) === 109 && !isWord(line.charCodeAt(next + blank + 2)) && hour >= 1 && hour <= 12) {
    ms += ((letter === 112 ? 12 : 0) - (hour === 12 ? 12 : 0)) * 3_600_000;
    next += blank + 2;
  }
  timeEnd = next;
  return ms;
}

function isWord(code: number): boolean {
  return (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || (code >= 48 && code <= 57) || code === 95;
}

/** Minutes east of UTC by the names that mean one thing; those that mean several have NaN, and are told apart by what the target's zone is. */
const ZONE_NAMES: ReadonlyMap<string, number> = new Map([
  ["UTC", 0], ["GMT", 0], ["WET", 0], ["WEST", 60], ["CET", 60], ["CEST", 120], ["MEZ", 60], ["MESZ", 120], ["EET", 120], ["EEST", 180], ["MSK", 180], ["EST", -300], ["EDT", -240],
  ["CDT", -300], ["MDT", -360], ["PDT", -420], ["PST", -480], ["MST", -420], ["AKST", -540], ["AKDT", -480], ["HST", -600], ["JST", 540], ["KST", 540], ["HKT", 480], ["SGT", 480],
  ["PKT", 300], ["NZST", 720], ["NZDT", 780], ["AEST", 600], ["AEDT", 660], ["ACST", 570], ["ACDT", 630], ["AWST", 480], ["SAST", 120], ["BRT", -180], ["ART", -180], ["WIB", 420],
  ["CST", Number.NaN], ["IST", Number.NaN], ["BST", Number.NaN],
]);

/** What an ambiguous zone's letters may mean, likeliest first, minutes east of UTC. */
export const ZONE_READINGS: Readonly<Record<string, readonly number[]>> = { CST: [-360, 480, -300], IST: [330, 120, 60], BST: [60, 360] };

/** Whether letters at the head of a text are a zone's name that is known. */
export function zoneOfName(name: string): number | null {
  return ZONE_NAMES.get(name) ?? null;
}

/** Finishes a stamp whose date and time end at `end`: what zone follows? */
function withZone(line: string, end: number, localMs: number, precisionMs: number, stamp: Stamp): true {
  stamp.zone = "";
  const code = line.charCodeAt(end);
  if (code === 90 && !isWord(line.charCodeAt(end + 1))) return stamp.set("moment", localMs, precisionMs, end + 1);
  const blank = code === 32 ? 1 : 0;
  const at = end + blank;
  const sign = line.charCodeAt(at);
  if (sign === 43 || sign === 45) {
    const hours = two(line, at + 1);
    if (hours >= 0 && hours <= 15 && line.charCodeAt(at + 1) !== 32) {
      let next = at + 3;
      let minutes = 0;
      const colon = line.charCodeAt(next) === 58 ? 1 : 0;
      const more = two(line, next + colon);
      if (more >= 0 && more < 60 && line.charCodeAt(next + colon) !== 32) {
        minutes = more;
        next += colon + 2;
      }
      // `10:11:12 -12345` is a figure, and so is ` +5` on its own.
      if (!isWord(line.charCodeAt(next)) && (blank === 0 || next > at + 3)) {
        const offset = (hours * 60 + minutes) * (sign === 43 ? 1 : -1);
        // Go prints the letters beside the figures: `+0000 UTC`.
        const letters = /^ (?:[A-Z]{3,5}|[+-]\d{2,4})(?= m=|[^\w]|$)/.exec(line.slice(next, next + 8));
        if (letters !== null && (letters[0].charCodeAt(1) < 65 || ZONE_NAMES.has(letters[0].slice(1)))) next += letters[0].length;
        return stamp.set("moment", localMs - offset * 60_000, precisionMs, next);
      }
    }
  } else if (sign >= 65 && sign <= 90) {
    let next = at + 1;
    while (next < at + 6 && line.charCodeAt(next) >= 65 && line.charCodeAt(next) <= 90) next += 1;
    if (next - at >= 3 && !isWord(line.charCodeAt(next))) {
      const name = line.slice(at, next);
      const offset = ZONE_NAMES.get(name);
      if (offset !== undefined) {
        // `GMT+2`, `UTC+02:00`
        const shift = offset === 0 ? /^([+-])(\d{1,2})(?::?(\d{2}))?(?!\w)/.exec(line.slice(next, next + 7)) : null;
        if (shift !== null) {
          const minutes = (Number(shift[2]) * 60 + Number(shift[3] ?? 0)) * (shift[1] === "-" ? -1 : 1);
          return stamp.set("moment", localMs - minutes * 60_000, precisionMs, next + shift[0].length);
        }
        if (!Number.isNaN(offset)) return stamp.set("moment", localMs - offset * 60_000, precisionMs, next);
        stamp.zone = name;
        return stamp.set("local", localMs, precisionMs, next);
      }
    }
  }
  return stamp.set("local", localMs, precisionMs, end);
}

/** A date that ended at `end`, then a blank, `T` or `_`, then a time. */
function withTime(line: string, end: number, days: number, yearless: boolean, stamp: Stamp, separator = 58): boolean {
  if (Number.isNaN(days)) return false;
  const code = line.charCodeAt(end);
  let at = end;
  if (code === 32 || code === 84 || code === 95 || code === 116 || code === 58 || code === 45) at += 1;
  else if (code === 44 && line.charCodeAt(end + 1) === 32) at += 2;
  else return false;
  const time = timeOfDay(line, at, separator);
  if (time < 0) return false;
  const ms = days * DAY_MS + time;
  return yearless ? ((stamp.zone = ""), stamp.set("yearless", ms, timePrecision, timeEnd)) : withZone(line, timeEnd, ms, timePrecision, stamp);
}

function month(line: string, at: number): number {
  return MONTHS.get(line.slice(at, at + 3).toLowerCase()) ?? -1;
}

/**
 * Reads the time stamp that begins at `at`: ISO 8601 and its relatives with `/`, `.` or nothing between (RFC 3339, Python, log4j, nginx, Go, glog,
 * HDFS, MySQL 5), dates with a month's name (syslog, CLF, HAProxy, Apache, Redis, Tomcat, PHP, RFC 1123, java.util.logging), `MM/DD/YYYY`, a time of day
 * alone, and epochs in seconds to nanoseconds.
 *
 * @returns false when none begins there; `stamp` is then worth nothing.
 */
export function readStamp(line: string, at: number, stamp: Stamp): boolean {
  stamp.dayOrMonth = false;
  const first = line.charCodeAt(at);
  if (first >= 48 && first <= 57) return readNumericStamp(line, at, stamp);
  if ((first >= 65 && first <= 90) || (first >= 97 && first <= 122)) return readNamedStamp(line, at, stamp);
  return first === 64 && readTai(line, at, stamp);
}

/** multilog and svlogd write the clock plus 2^62 and ten seconds, whatever TAI really was ahead of UTC that year: tai64nlocal takes off the same. */
const LIBTAI_AHEAD_S = 10;

/** daemontools' TAI64N: `@` and 24 hexadecimal digits, sixteen of seconds and eight of nanoseconds. */
function readTai(line: string, at: number, stamp: Stamp): boolean {
  const match = /^@(40[0-9a-f]{14})([0-9a-f]{8})(?![0-9a-f])/.exec(line.slice(at, at + 26));
  if (match === null) return false;
  const seconds = Number(BigInt(`0x${match[1] ?? "0"}`) - 2n ** 62n) - LIBTAI_AHEAD_S;
  stamp.zone = "";
  return seconds > 0 && seconds < EPOCH_TO_S && stamp.set("moment", seconds * 1000 + Number.parseInt(match[2] ?? "0", 16) / 1e6, 0.000001, at + 25);
}

function readNumericStamp(line: string, at: number, stamp: Stamp): boolean {
  const year = four(line, at);
  if (year >= 0) {
    const mark = line.charCodeAt(at + 4);
    if (mark === 45 || mark === 47 || mark === 46) {
      if (year < 1970 || year > 2200) return false;
      const named = month(line, at + 5);
      if (named >= 0) return withTime(line, at + 11, daysSince1970(year, named, two(line, at + 9)), false, stamp);
      if (line.charCodeAt(at + 7) !== mark) return false;
      const days = daysSince1970(year, two(line, at + 5) - 1, two(line, at + 8));
      // DB2's `2024-01-31-10.11.12.123456`.
      if (mark === 45 && line.charCodeAt(at + 10) === 45 && line.charCodeAt(at + 13) === 46) return withTime(line, at + 10, days, false, stamp, 46);
      return withTime(line, at + 10, days, false, stamp);
    }
    if (mark >= 48 && mark <= 57) return readRunOfDigits(line, at, stamp);
    return false;
  }
  const lead = two(line, at);
  if (lead < 0) return readShortStamp(line, at, stamp);
  const mark = line.charCodeAt(at + 2);
  switch (mark) {
    case 47:
    case 45:
    case 32:
    case 46: {
      const named = month(line, at + 3);
      if (named >= 0) return readDayMonth(line, at + 6, lead, named, mark, stamp);
      return mark === 32 ? false : readFigures(line, at, lead, mark, stamp);
    }
    case 58: {
      const time = timeOfDay(line, at);
      if (time < 0 || timePrecision === 60_000) return false;
      // `12:30:45` alone is a stamp only where something ends it.
      stamp.zone = "";
      return isWord(line.charCodeAt(timeEnd)) ? false : stamp.set("clock", time, timePrecision, timeEnd);
    }
    default:
      return false;
  }
}

/** `3/4/2024 5:06:07 PM`, `5 Jan 2024 ...`, `5:06:07 PM`: what begins with one digit. */
function readShortStamp(line: string, at: number, stamp: Stamp): boolean {
  const lead = digit(line, at);
  const mark = line.charCodeAt(at + 1);
  if (mark === 47 || mark === 45 || mark === 32 || mark === 46) {
    const named = month(line, at + 2);
    if (named >= 0) return readDayMonth(line, at + 5, lead, named, mark, stamp);
    return mark === 47 || mark === 46 ? readFigures(line, at - 1, lead, mark, stamp) : false;
  }
  if (mark !== 58) return false;
  const time = timeOfDay(line, at);
  stamp.zone = "";
  return time < 0 || timePrecision === 60_000 || isWord(line.charCodeAt(timeEnd)) ? false : stamp.set("clock", time, timePrecision, timeEnd);
}

/** Behind `31/Jan`: `/2024:10:11:12`, `-2024 10:11:12`, ` 2024 10:11:12`, or a time at once. */
function readDayMonth(line: string, end: number, day: number, monthIndex: number, mark: number, stamp: Stamp): boolean {
  if (line.charCodeAt(end) !== mark) return false;
  const year = four(line, end + 1);
  if (year >= 1970) return withTime(line, end + 5, daysSince1970(year, monthIndex, day), false, stamp);
  // `31-Jan-24 10:11:12`
  const short = two(line, end + 1);
  if (short >= 0 && line.charCodeAt(end + 3) === 32) return withTime(line, end + 3, daysSince1970(2000 + short, monthIndex, day), false, stamp);
  return mark === 32 ? withTime(line, end, daysSince1970(YEARLESS_YEAR, monthIndex, day), true, stamp) : false;
}

/** `01/31/2024 10:11:12`, `31.01.2024 10:11:12`, `01-31 10:11:12`, `[10.30 16:49:06]`. `at` is that of a first figure of two places. */
function readFigures(line: string, at: number, lead: number, mark: number, stamp: Stamp): boolean {
  let next = at + 3;
  let second = two(line, next);
  if (second < 0 || line.charCodeAt(next) === 32) {
    second = digit(line, next);
    if (second < 0) return false;
    next += 1;
  } else next += 2;
  if (line.charCodeAt(next) === mark) {
    const full = four(line, next + 1);
    const year = full >= 1970 ? full : two(line, next + 1) >= 0 ? 2000 + two(line, next + 1) : -1;
    if (year < 0) return false;
    const end = next + (full >= 1970 ? 5 : 3);
    // Europeans who write dots, and whoever has a day above 12, put the day first.
    const dayFirst = mark === 46 || lead > 12;
    stamp.dayOrMonth = mark !== 46 && lead <= 12 && second <= 12 && lead !== second;
    return withTime(line, end, dayFirst ? daysSince1970(year, second - 1, lead) : daysSince1970(year, lead - 1, second), false, stamp);
  }
  return mark !== 47 && line.charCodeAt(next) === 32 && withTime(line, next, daysSince1970(YEARLESS_YEAR, lead - 1, second), true, stamp);
}

/** `20240131T101112Z`, `20240131 10:11:12.5`, `081109 203615`, `240131 10:11:12`, and epochs. */
function readRunOfDigits(line: string, at: number, stamp: Stamp): boolean {
  let end = at + 5;
  while (digit(line, end) >= 0) end += 1;
  const length = end - at;
  stamp.zone = "";
  if (length === 8) {
    const year = four(line, at);
    if (year < 1970 || year > 2200) return false;
    const days = daysSince1970(year, two(line, at + 4) - 1, two(line, at + 6));
    if (Number.isNaN(days)) return false;
    if (withTime(line, end, days, false, stamp)) return true;
    const code = line.charCodeAt(end);
    return code === 84 || code === 32 || code === 45 || code === 95 ? withPackedTime(line, end + 1, days, stamp) : false;
  }
  if (length === 6 && line.charCodeAt(end) === 32) {
    const days = daysSince1970(2000 + two(line, at), two(line, at + 2) - 1, two(line, at + 4));
    if (Number.isNaN(days)) return false;
    return withTime(line, end, days, false, stamp) || withPackedTime(line, end + 1, days, stamp);
  }
  if (length === 14) {
    const year = four(line, at);
    const days = year < 1970 || year > 2200 ? Number.NaN : daysSince1970(year, two(line, at + 4) - 1, two(line, at + 6));
    return Number.isNaN(days) ? false : withPackedTime(line, at + 8, days, stamp);
  }
  return readEpoch(line, at, end, stamp);
}

/** `101112`, `101112.345`, `101112,345`, and a zone. */
function withPackedTime(line: string, at: number, days: number, stamp: Stamp): boolean {
  const hour = two(line, at);
  const minute = two(line, at + 2);
  const second = two(line, at + 4);
  if (hour < 0 || hour > 24 || minute < 0 || minute > 59 || second < 0 || second > 60 || line.charCodeAt(at) === 32) return false;
  let end = at + 6;
  let ms = days * DAY_MS + ((hour * 60 + minute) * 60 + second) * 1000;
  let precision = 1000;
  const mark = line.charCodeAt(end);
  if ((mark === 46 || mark === 44) && digit(line, end + 1) >= 0) {
    const from = end + 1;
    end = from;
    while (digit(line, end) >= 0) end += 1;
    ms += Number(`0.${line.slice(from, end)}`) * 1000;
    precision = 1000 / 10 ** (end - from);
  }
  if (isWord(line.charCodeAt(end)) && line.charCodeAt(end) !== 90) return false;
  return withZone(line, end, ms, precision, stamp);
}

/** 2001-09-09 to 2100-01-01, in seconds: the figures of ten digits that are taken for a time. */
const EPOCH_FROM_S = 1_000_000_000;
const EPOCH_TO_S = 4_102_444_800;

/** Milliseconds since 1970 of a figure in seconds (with a fraction or not), milliseconds, microseconds or nanoseconds; NaN: it is none of them. */
export function epochMs(figure: string): number {
  const dot = figure.indexOf(".");
  const whole = dot === -1 ? figure : figure.slice(0, dot);
  if (!/^\d+$/.test(whole)) return Number.NaN;
  const scale = whole.length === 10 ? 1000 : whole.length === 13 ? 1 : whole.length === 16 ? 1e-3 : whole.length === 19 ? 1e-6 : Number.NaN;
  // Nanoseconds have more digits than a double holds: what is cut off is below a microsecond.
  const ms = whole.length === 19 ? Number(whole.slice(0, 16)) / 1000 : Number(figure) * scale;
  return ms >= EPOCH_FROM_S * 1000 && ms <= EPOCH_TO_S * 1000 ? ms : Number.NaN;
}

function readEpoch(line: string, at: number, digitsEnd: number, stamp: Stamp): boolean {
  let end = digitsEnd;
  if (line.charCodeAt(end) === 46 && digit(line, end + 1) >= 0) {
    end += 1;
    while (digit(line, end) >= 0) end += 1;
  }
  const after = line.charCodeAt(end);
  // A figure is a stamp only where a blank or a closing mark ends it: an id may have as many digits.
  if (!(after === 32 || after === 9 || after === 58 || after === 93 || after === 41 || after === 44)) return false;
  const ms = epochMs(line.slice(at, end));
  if (Number.isNaN(ms)) return false;
  const fraction = end - digitsEnd - 1;
  const whole = digitsEnd - at;
  return stamp.set("moment", ms, (whole === 10 ? 1000 : whole === 13 ? 1 : 0.001) / 10 ** Math.max(0, fraction), end);
}

/** `Jan 31 10:11:12`, `Jan 31, 2024 10:11:12 AM`, `Jan 31 2024 10:11:12`, with a weekday before it or not; `Wed, 31 Jan 2024 10:11:12 GMT`; `Wed Jan 31 10:11:12.5 2024`. */
function readNamedStamp(line: string, at: number, stamp: Stamp): boolean {
  let next = at;
  let named = month(line, next);
  if (named < 0) {
    // A weekday?
    const code = line.charCodeAt(at + 3);
    if (code === 44 && line.charCodeAt(at + 4) === 32) next = at + 5;
    else if (code === 32) next = at + 4;
    else return false;
    const lead = digit(line, next);
    if (lead >= 0 && isWeekday(line, at)) return readNumericStamp(line, next, stamp);
    named = month(line, next);
    if (named < 0 || !isWeekday(line, at)) return false;
  }
  next += 3;
  if (line.charCodeAt(next) !== 32) return false;
  let day = two(line, next + 1);
  if (day >= 0) next += 3;
  else {
    day = digit(line, next + 1);
    if (day < 0) return false;
    next += 2;
  }
  const code = line.charCodeAt(next);
  const year = code === 44 ? four(line, next + 2) : four(line, next + 1);
  if (year >= 1970 && year <= 2200) {
    const end = next + (code === 44 ? 6 : 5);
    return withTime(line, end, daysSince1970(year, named, day), false, stamp);
  }
  if (code !== 32) return false;
  const time = timeOfDay(line, next + 1);
  if (time < 0) return false;
  const end = timeEnd;
  const precision = timePrecision;
  // ctime puts the year last, date(1) a zone before it.
  const tail = /^ (?:([A-Z]{3,5}|[+-]\d{4}) )?((?:19[7-9]|2[01])\d\d)(?!\d|[:.-]\d)/.exec(line.slice(end, end + 14));
  if (tail !== null) {
    const ms = daysSince1970(Number(tail[2]), named, day) * DAY_MS + time;
    if (Number.isNaN(ms)) return false;
    withZone(line, tail[1] === undefined ? end + tail[0].length : end, ms, precision, stamp);
    stamp.end = Math.max(stamp.end, end + tail[0].length);
    return true;
  }
  const days = daysSince1970(YEARLESS_YEAR, named, day);
  if (Number.isNaN(days)) return false;
  stamp.zone = "";
  return stamp.set("yearless", days * DAY_MS + time, precision, end);
}

function isWeekday(line: string, at: number): boolean {
  return /^(?:mon|tue|wed|thu|fri|sat|sun)/i.test(line.slice(at, at + 3));
}
