import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { LogClock } from "../../../src/observe/logs/settle-times";
import { TimeSettler } from "../../../src/observe/logs/settle-times";
import { readStamp, Stamp } from "../../../src/observe/logs/stamp";
import { formatOffset, Zone } from "../../../src/observe/logs/zone";

/** They are dear to make. */
const formatters = new Map<string, Intl.DateTimeFormat>();
function formatter(options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = JSON.stringify(options);
  let made = formatters.get(key);
  if (made === undefined) {
    made = new Intl.DateTimeFormat("en-US", options);
    formatters.set(key, made);
  }
  return made;
}

/** What a clock on the wall of a zone shows at a moment, by the runtime's own formatter: not by the code under test. */
function wall(ms: number, timeZone: string): Record<"year" | "month" | "day" | "hour" | "minute" | "second" | "weekday" | "monthName", string> {
  const part = (options: Intl.DateTimeFormatOptions): Record<string, string> =>
    Object.fromEntries(formatter({ timeZone, hourCycle: "h23", ...options }).formatToParts(ms).map(({ type, value }) => [type, value]));
  const figures = part({ year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", second: "2-digit" });
  const names = part({ month: "short", weekday: "short" });
  const of = (name: string): string => figures[name] ?? "";
  return { year: of("year"), month: of("month"), day: of("day"), hour: of("hour"), minute: of("minute"), second: of("second"), weekday: names["weekday"] ?? "", monthName: names["month"] ?? "" };
}

/** `+0530` and `+05:30` of a zone at a moment, again by the formatter. */
function offsetOf(ms: number, timeZone: string): string {
  const name = formatter({ timeZone, timeZoneName: "longOffset" }).formatToParts(ms).find(({ type }) => type === "timeZoneName")?.value ?? "GMT";
  return name === "GMT" ? "+00:00" : name.slice(3);
}

const pad = (value: number, width: number): string => String(value).padStart(width, "0");

interface Spelling {
  readonly name: string;
  /** The smallest step that it writes, milliseconds. */
  readonly stepMs: number;
  /** Whether it names the zone, or at least what is needed to find it. */
  readonly zoned: boolean;
  readonly year: boolean;
  readonly write: (ms: number, zone: string) => string;
}

const date = (w: ReturnType<typeof wall>, sign: string): string => `${w.year}${sign}${w.month}${sign}${w.day}`;
const time = (w: ReturnType<typeof wall>): string => `${w.hour}:${w.minute}:${w.second}`;
const millis = (ms: number): string => pad(((ms % 1000) + 1000) % 1000, 3);

const SPELLINGS: readonly Spelling[] = [
  { name: "RFC 3339 with Z", stepMs: 1, zoned: true, year: true, write: (ms) => { const w = wall(ms, "UTC"); return `${date(w, "-")}T${time(w)}.${millis(ms)}Z`; } },
  { name: "RFC 3339 nanoseconds with an offset", stepMs: 1, zoned: true, year: true, write: (ms, zone) => { const w = wall(ms, zone); return `${date(w, "-")}T${time(w)}.${millis(ms)}000000${offsetOf(ms, zone)}`; } },
  { name: "ISO with a blank and an offset without colon", stepMs: 1, zoned: true, year: true, write: (ms, zone) => { const w = wall(ms, zone); return `${date(w, "-")} ${time(w)}.${millis(ms)} ${offsetOf(ms, zone).replace(":", "")}`; } },
  { name: "Go's time.String", stepMs: 1, zoned: true, year: true, write: (ms) => { const w = wall(ms, "UTC"); return `${date(w, "-")} ${time(w)}.${millis(ms)} +0000 UTC`; } },
  { name: "Python, log4j: a comma before the milliseconds", stepMs: 1, zoned: false, year: true, write: (ms, zone) => { const w = wall(ms, zone); return `${date(w, "-")} ${time(w)},${millis(ms)}`; } },
  { name: "nginx error, Go's log", stepMs: 1000, zoned: false, year: true, write: (ms, zone) => { const w = wall(ms, zone); return `${date(w, "/")} ${time(w)}`; } },
  { name: "Go's log with microseconds", stepMs: 1, zoned: false, year: true, write: (ms, zone) => { const w = wall(ms, zone); return `${date(w, "/")} ${time(w)}.${millis(ms)}000`; } },
  { name: "Common Log Format", stepMs: 1000, zoned: true, year: true, write: (ms, zone) => { const w = wall(ms, zone); return `${w.day}/${w.monthName}/${w.year}:${time(w)} ${offsetOf(ms, zone).replace(":", "")}`; } },
  { name: "HAProxy's accept date", stepMs: 1, zoned: false, year: true, write: (ms, zone) => { const w = wall(ms, zone); return `${w.day}/${w.monthName}/${w.year}:${time(w)}.${millis(ms)}`; } },
  { name: "syslog", stepMs: 1000, zoned: false, year: false, write: (ms, zone) => { const w = wall(ms, zone); return `${w.monthName} ${w.day.replace(/^0/, " ")} ${time(w)}`; } },
  { name: "journald short-precise", stepMs: 1, zoned: false, year: false, write: (ms, zone) => { const w = wall(ms, zone); return `${w.monthName} ${w.day} ${time(w)}.${millis(ms)}000`; } },
  { name: "RFC 1123", stepMs: 1000, zoned: true, year: true, write: (ms) => { const w = wall(ms, "UTC"); return `${w.weekday}, ${w.day} ${w.monthName} ${w.year} ${time(w)} GMT`; } },
  { name: "ctime with a fraction, as Apache", stepMs: 1, zoned: false, year: true, write: (ms, zone) => { const w = wall(ms, zone); return `${w.weekday} ${w.monthName} ${w.day} ${time(w)}.${millis(ms)}000 ${w.year}`; } },
  { name: "Redis", stepMs: 1, zoned: false, year: true, write: (ms, zone) => { const w = wall(ms, zone); return `${w.day} ${w.monthName} ${w.year} ${time(w)}.${millis(ms)}`; } },
  { name: "Tomcat", stepMs: 1, zoned: false, year: true, write: (ms, zone) => { const w = wall(ms, zone); return `${w.day}-${w.monthName}-${w.year} ${time(w)}.${millis(ms)}`; } },
  { name: "PHP", stepMs: 1000, zoned: true, year: true, write: (ms) => { const w = wall(ms, "UTC"); return `${w.day}-${w.monthName}-${w.year} ${time(w)} UTC`; } },
  { name: "java.util.logging", stepMs: 1000, zoned: false, year: true, write: (ms, zone) => { const w = wall(ms, zone); const hour = Number(w.hour); return `${w.monthName} ${w.day}, ${w.year} ${hour % 12 === 0 ? 12 : hour % 12}:${w.minute}:${w.second} ${hour < 12 ? "AM" : "PM"}`; } },
  { name: "compact ISO", stepMs: 1, zoned: true, year: true, write: (ms) => { const w = wall(ms, "UTC"); return `${date(w, "")}T${w.hour}${w.minute}${w.second}.${millis(ms)}Z`; } },
  { name: "HDFS, MySQL 5", stepMs: 1000, zoned: false, year: true, write: (ms, zone) => { const w = wall(ms, zone); return `${w.year.slice(2)}${w.month}${w.day} ${w.hour}${w.minute}${w.second}`; } },
  { name: "glog with a year", stepMs: 1, zoned: false, year: true, write: (ms, zone) => { const w = wall(ms, zone); return `${date(w, "")} ${time(w)}.${millis(ms)}000`; } },
  { name: "dots, day first", stepMs: 1000, zoned: false, year: true, write: (ms, zone) => { const w = wall(ms, zone); return `${w.day}.${w.month}.${w.year} ${time(w)}`; } },
  { name: "epoch seconds", stepMs: 1000, zoned: true, year: true, write: (ms) => String(ms / 1000) },
  { name: "epoch milliseconds", stepMs: 1, zoned: true, year: true, write: (ms) => String(ms) },
  { name: "epoch microseconds", stepMs: 1, zoned: true, year: true, write: (ms) => `${ms}000` },
  { name: "epoch nanoseconds", stepMs: 1, zoned: true, year: true, write: (ms) => `${ms}000000` },
  { name: "epoch seconds with a fraction", stepMs: 1, zoned: true, year: true, write: (ms) => `${Math.floor(ms / 1000)}.${millis(ms)}` },
];

const ZONES = ["UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "America/St_Johns", "Pacific/Apia", "Africa/Cairo", "Asia/Kathmandu"];

/** 2009 to 2037: from where epochs have ten digits and two digits of a year mean this century. */
const moments = fc.integer({ min: Date.UTC(2009, 0, 2), max: Date.UTC(2037, 11, 30) });

function settle(text: string, clock: LogClock): { readonly ms: number; readonly end: number; readonly assumptions: string[] } {
  const stamp = new Stamp();
  expect([text, readStamp(text, 0, stamp)]).toEqual([text, true]);
  const settler = new TimeSettler(clock);
  const ms = settler.settle(stamp, null);
  return { ms, end: stamp.end, assumptions: settler.assumptions() };
}

/** Whether the clocks of a zone show this reading once. Only then can a stamp without a zone mean one moment. */
function shownOnce(ms: number, zone: string): boolean {
  return [-1, 1].every((hours) => [1_800_000, 3_600_000, 7_200_000].every((shift) => JSON.stringify(wall(ms + hours * shift, zone)) !== JSON.stringify(wall(ms, zone))));
}

describe("time stamps", () => {
  it.each(SPELLINGS)("$name: whatever moment is written in whatever zone is read back", ({ stepMs, zoned, year, write }) => {
    fc.assert(
      fc.property(moments, fc.constantFrom(...ZONES), fc.constantFrom(" INFO x", "] x", ": x", ""), (raw, zone, tail) => {
        const ms = Math.floor(raw / stepMs) * stepMs;
        fc.pre(zoned || shownOnce(ms, zone));
        const text = write(ms, zone);
        // An epoch is a figure: it is a stamp where something ends it.
        fc.pre(tail !== "" || !/^\d+(?:\.\d+)?$/.test(text));
        const read = settle(`${text}${tail}`, { zone: Zone.named(zone), zoneFrom: "the target's", notAfterMs: year ? null : ms + 3_600_000 });
        expect([text, zone, Math.round(read.ms * 1000) / 1000]).toEqual([text, zone, ms]);
        expect(read.end).toBe(text.length);
        expect(read.assumptions.some((said) => said.startsWith("no zone"))).toBe(!zoned);
        expect(read.assumptions.some((said) => said.startsWith("no year"))).toBe(!year);
      }),
      { numRuns: 60 },
    );
  });

  it("a reading that the clocks show twice goes on from the line before", () => {
    const clock: LogClock = { zone: Zone.named("Europe/Berlin"), zoneFrom: "the target's", notAfterMs: null };
    // 2026-10-25: at 3:00 CEST the clocks go back to 2:00 CET.
    const settler = new TimeSettler(clock);
    const stamp = new Stamp();
    const read = (text: string): string => {
      readStamp(text, 0, stamp);
      return new Date(settler.settle(stamp, null)).toISOString();
    };
    expect(["2026-10-25 01:59:59", "2026-10-25 02:10:00", "2026-10-25 02:50:00", "2026-10-25 02:05:00", "2026-10-25 02:59:00", "2026-10-25 03:00:00"].map(read)).toEqual([
      "2026-10-24T23:59:59.000Z", "2026-10-25T00:10:00.000Z", "2026-10-25T00:50:00.000Z", "2026-10-25T01:05:00.000Z", "2026-10-25T01:59:00.000Z", "2026-10-25T02:00:00.000Z",
    ]);
    expect(settler.assumptions().join()).toMatch(/4 lines in an hour that the clocks showed twice/);
    // And one that they never show: 2:30 on the day that they go forward.
    expect(settle("2026-03-29 02:30:00", clock)).toMatchObject({ ms: Date.UTC(2026, 2, 29, 1, 30), assumptions: expect.arrayContaining([expect.stringContaining("skipped") as string]) as string[] });
  });

  it("a year that is not there is the last one before the log's end, through New Year and a leap day", () => {
    const clock: LogClock = { zone: Zone.utc, zoneFrom: "the target's", notAfterMs: Date.UTC(2025, 0, 1, 0, 10) };
    expect(["Dec 31 23:59:59", "Jan  1 00:00:01", "Feb 29 12:00:00", "Mar  1 00:00:00"].map((text) => new Date(settle(text, clock).ms).toISOString())).toEqual([
      "2024-12-31T23:59:59.000Z", "2025-01-01T00:00:01.000Z", "2024-02-29T12:00:00.000Z", "2024-03-01T00:00:00.000Z",
    ]);
  });

  it("letters that mean several zones are the target's own where they fit, and the likeliest otherwise, and that is said", () => {
    expect(settle("2026-01-10 12:00:00 CST", { zone: Zone.named("Asia/Shanghai"), zoneFrom: "", notAfterMs: null }).ms).toBe(Date.UTC(2026, 0, 10, 4));
    const american = settle("2026-01-10 12:00:00 CST", { zone: null, zoneFrom: "", notAfterMs: null });
    expect(american.ms).toBe(Date.UTC(2026, 0, 10, 18));
    expect(american.assumptions).toEqual(["CST in the stamps may be several zones: taken for UTC-06:00"]);
    expect(settle("2026-01-10 12:00:00 CET", { zone: Zone.named("Asia/Shanghai"), zoneFrom: "", notAfterMs: null }).ms).toBe(Date.UTC(2026, 0, 10, 11));
  });

  it.each([
    "2026-13-01 10:00:00", "2026-02-30 10:00:00", "2026-01-01 25:00:00", "2026-01-01 10:61:00", "99999999999", "1234567890123456789012", "12345678 hello", "2026-01-01", "10.0.0.1 - -", "127.0.0.1:8080 up",
    "Mayor Smith 10:00", "Decker 12 12:00:00", "3 items", "1.2.3 released", "20241301T101112", "HTTP/1.1 200", "May the force", "12/34/2026 10:00:00", "1700000000abc",
  ])("%s is no time stamp", (text) => {
    expect(readStamp(text, 0, new Stamp())).toBe(false);
  });

  it("never reads past a text, whatever stands in it", () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[0-9T:.,/ Zz+-]{0,40}$/)), (text) => {
      const stamp = new Stamp();
      if (!readStamp(text, 0, stamp)) return;
      expect(stamp.end).toBeLessThanOrEqual(text.length);
      expect(Number.isFinite(stamp.ms)).toBe(true);
    }), { numRuns: 2000 });
  });
});

describe("zones", () => {
  it("by name agree with the runtime at whatever moment", () => {
    fc.assert(fc.property(moments, fc.constantFrom(...ZONES), (ms, zone) => {
      const minutes = (Zone.named(zone)?.offsetMs(ms) ?? Number.NaN) / 60_000;
      expect(formatOffset(minutes)).toBe(`UTC${offsetOf(ms, zone)}`);
    }));
  });

  it.each([["+02:00", 120], ["UTC-5", -300], ["GMT+0530", 330], ["Z", 0], ["UTC", 0]])("%s is an offset", (name, minutes) => {
    expect((Zone.named(name)?.offsetMs(0) ?? Number.NaN) / 60_000).toBe(minutes);
  });

  it("that nobody knows are none", () => {
    expect([Zone.named("Mars/Olympus"), Zone.named("; rm -rf /"), Zone.named("")]).toEqual([null, null, null]);
  });
});
