import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { toPanelCase } from "../../../src/editor/panel/panel-case";
import { readFigures, toPanelTimeline } from "../../../src/editor/panel/panel-timeline";
import type { Timeline } from "../../../src/model/timeline";
import { EMPTY_QUERY, PANEL_METHODS } from "../../../src/protocol/panel";
import { watchedCase } from "../fixtures/watched-case";

const timeline = watchedCase(720).timeline as Timeline;
const whole = { fromMs: timeline.timesMs[0] as number, toMs: timeline.timesMs.at(-1) as number };

test("the case carries what can be drawn, not the figures: a day of looks weighs no more than an hour", () => {
  const shown = toPanelCase(watchedCase(720), { workspace: "trusted", socketsNotKept: false, live: true });
  expect(shown.timeline).toMatchObject({ looks: 720, range: whole });
  expect(shown.timeline?.series.find(({ kind }) => kind === "descriptors")).toMatchObject({ limit: 1024, last: timeline.series[7]?.values.at(-1) });
  expect(PANEL_METHODS.ready.result.safeParse({ revision: 1, activity: null, case: shown, query: EMPTY_QUERY, words: {}, locale: "en" }).success).toBe(true);
  const day = toPanelTimeline(watchedCase(17_280).timeline);
  expect(JSON.stringify(day).length - JSON.stringify(shown.timeline).length).toBeLessThan(200);
});

test("one look makes no time line", () => {
  expect(toPanelTimeline(watchedCase(1).timeline)).toBeNull();
  expect(toPanelTimeline(undefined)).toBeNull();
});

describe("the figures of a stretch", () => {
  test("are the looks themselves where there is room, and one more at each end", () => {
    const range = { fromMs: timeline.timesMs[100] as number, toMs: timeline.timesMs[200] as number };
    const figures = readFigures(timeline, range, 1000);
    expect(figures.merged).toBe(1);
    expect(figures.timesMs).toEqual(timeline.timesMs.slice(99, 201));
    expect(figures.values[2]).toEqual(timeline.series[2]?.values.slice(99, 201));
    expect(figures.limits[7]).toEqual(timeline.series[7]?.limits?.slice(99, 201));
    expect(figures.limits[2]).toBeNull();
  });

  test("keep every peak, however few points there are, and stay within them", () => {
    const value = fc.option(fc.nat(10_000), { nil: null });
    fc.assert(fc.property(fc.array(value, { minLength: 2, maxLength: 400 }), fc.integer({ min: 2, max: 60 }), (values, points) => {
      const timesMs = values.map((_, at) => at * 1000);
      const made: Timeline = { timesMs, series: [{ subject: { kind: "state", state: "CLOSE_WAIT" }, label: "CLOSE_WAIT", values, limits: values }], events: [], trends: [] };
      const figures = readFigures(made, { fromMs: 0, toMs: timesMs.at(-1) as number }, points);
      expect(figures.timesMs.length).toBeLessThanOrEqual(points);
      const told = (list: readonly (number | null)[]): number[] => list.filter((one) => one !== null);
      expect(Math.max(-1, ...told(figures.values[0] ?? []))).toBe(Math.max(-1, ...told(values)));
      expect(Math.min(1e9, ...told(figures.limits[0] ?? []))).toBe(Math.min(1e9, ...told(values)));
      expect(figures.timesMs).toEqual([...figures.timesMs].sort((a, b) => a - b));
    }));
  });

  test("of a stretch without looks are its neighbours, so that a line still crosses it", () => {
    const [a, b] = [timeline.timesMs[10] as number, timeline.timesMs[11] as number];
    expect(readFigures(timeline, { fromMs: a + 1000, toMs: b - 1000 }, 100).timesMs).toEqual([a, b]);
  });
});
