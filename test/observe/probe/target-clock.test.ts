import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ClockSample } from "../../../src/observe/probe/target-clock";
import { readClockSample, targetClock } from "../../../src/observe/probe/target-clock";

/** What a host prints at a moment: its uptime in hundredths, cut off, before and after its clock, which `date` gives `waitsMs` later and which takes `restMs` more. */
function printed(bootMs: number, atMs: number, waitsMs: number, restMs: number, fraction: boolean): ClockSample | null {
  const up = (ms: number): string => (Math.floor((ms - bootMs) / 10) / 100).toFixed(2);
  const epoch = atMs + waitsMs;
  return readClockSample(fraction ? (epoch / 1000).toFixed(6) : String(Math.floor(epoch / 1000)), up(atMs), up(epoch + restMs));
}
function moment(bootMs: number, atMs: number): ClockSample | null {
  const up = (Math.floor((atMs - bootMs) / 10) / 100).toFixed(2);
  return readClockSample("-", up, up);
}

const wait = fc.integer({ min: 0, max: 900 });

describe("the moment of a socket table", () => {
  it("lies within the error that is told, however long the host lets date wait", () => {
    fc.assert(fc.property(fc.integer({ min: 0, max: 10_000_000 }), wait, wait, wait, wait, wait, fc.boolean(), (upMs, startWait, rest, table, tableAt, endWait, fraction) => {
      const sentAtMs = 1_700_000_000_000;
      const bootMs = sentAtMs - 100_000 - upMs;
      const start = sentAtMs + 5;
      const before = start + startWait + rest + 3;
      const after = before + table;
      const end = after + 40;
      const samples = new Map([["start", printed(bootMs, start, startWait, rest, fraction)], ["before", moment(bootMs, before)], ["after", moment(bootMs, after)], ["end", printed(bootMs, end, endWait, rest, fraction)]].filter((pair): pair is [string, ClockSample] => pair[1] !== null));
      const clock = targetClock(samples, fraction ? null : Math.floor(bootMs / 1000), sentAtMs, end + endWait + rest + 7);
      const truth = before + (table * Math.min(tableAt, 900)) / 900;
      expect(clock).not.toBeNull();
      expect(Math.abs((clock?.targetMs ?? 0) - truth)).toBeLessThanOrEqual((clock?.readErrorMs ?? 0) + 0.01);
      // Both clocks are one here.
      expect(Math.abs(clock?.offsetMs ?? 1e9)).toBeLessThanOrEqual((clock?.offsetErrorMs ?? 0) + 0.01);
    }));
  });
  it("is known to hundredths of a second beside the table's own time, where one of the two dates was let run at once", () => {
    fc.assert(fc.property(wait, wait, wait, (startWait, table, restMs) => {
      const bootMs = 1_699_999_000_000;
      const start = 1_700_000_000_000;
      const before = start + startWait + restMs;
      const after = before + table;
      const samples = new Map([["start", printed(bootMs, start, startWait, restMs, true)], ["before", moment(bootMs, before)], ["after", moment(bootMs, after)], ["end", printed(bootMs, after, 2, 1, true)]].filter((pair): pair is [string, ClockSample] => pair[1] !== null));
      expect(targetClock(samples, null, start, after + 5)?.readErrorMs ?? Infinity).toBeLessThanOrEqual(table / 2 + 10 + 25);
    }));
  });
  it("falls back to the clock of the look's start where nothing else was read", () => {
    expect(targetClock(new Map([["start", { epochMs: 5000, precise: true, uptimeMs: null }]]), null, 4990, 5010)).toMatchObject({ targetMs: 5000, readErrorMs: 0 });
    expect(readClockSample("-", "-", "-")).toBeNull();
    expect(readClockSample("soon", "1.00", "1.00")).toBeNull();
  });
});
