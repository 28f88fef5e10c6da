import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { Sleeps } from "../../../src/investigate/watch/sleeps";
import { later, look } from "../../explain/look-builder";

let workedMs = 0;
let sleeps: Sleeps;
const at = (seconds: number) => later(look([]), seconds * 1000);

beforeEach(() => {
  vi.useFakeTimers();
  workedMs = 0;
  sleeps = new Sleeps(Date.now, () => 5000, () => workedMs);
});
afterEach(() => {
  sleeps.dispose();
  vi.useRealTimers();
});

it("takes a target that is slow to answer for no sleep", () => {
  expect(sleeps.before(at(0))).toBeNull();
  vi.advanceTimersByTime(120_000);
  expect(sleeps.before(at(120))).toBeNull();
});

it("takes a long reckoning of this program for no sleep", () => {
  expect(sleeps.before(at(0))).toBeNull();
  vi.setSystemTime(Date.now() + 30_000);
  workedMs += 29_000;
  expect(sleeps.before(at(30))).toBeNull();
});

it("tells a sleep once, before the look that was made after it", () => {
  expect(sleeps.before(at(0))).toBeNull();
  vi.setSystemTime(Date.now() + 600_000);
  expect(sleeps.before(at(600))).toBeCloseTo(599_000, -3);
  expect(sleeps.before(at(605))).toBeNull();
});

it("tells it for each of several targets by that target's own clock", () => {
  const of = (target: string, seconds: number) => ({ ...at(seconds), source: { ...at(seconds).source, target } });
  for (const target of ["ssh://a", "ssh://b"]) expect(sleeps.before(of(target, 0))).toBeNull();
  vi.setSystemTime(Date.now() + 600_000);
  // One had answered before the sleep, the other answers after it.
  expect(sleeps.before(of("ssh://a", 5))).toBeNull();
  expect(sleeps.before(of("ssh://b", 604))).not.toBeNull();
  expect(sleeps.before(of("ssh://a", 609))).not.toBeNull();
  expect(sleeps.before(of("ssh://b", 609))).toBeNull();
});

it("beats no more when the watch has ended", () => {
  sleeps.dispose();
  expect(vi.getTimerCount()).toBe(0);
});
