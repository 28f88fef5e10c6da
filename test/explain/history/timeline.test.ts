import { describe, expect, it } from "vitest";
import { explain } from "../../../src/explain/explain";
import type { Snapshot } from "../../../src/model/snapshot";
import type { Timeline, TimeSeries } from "../../../src/model/timeline";
import { later, listener, look, numbers, process, socket, TAKEN_MS, times } from "../look-builder";

const shop = (pid: number) => ({ pid, process: "shopd" });

/** A service with `stuck` connections to its database, `queue` waiting in its accept queue, started at `startedMs` after the story's beginning. */
function shopAt(ms: number, { pid = 812, startedMs = -60_000, stuck = 4, queue = 0, state = "ESTABLISHED" as "ESTABLISHED" | "CLOSE_WAIT" } = {}): Snapshot {
  return later(look([
    listener("0.0.0.0:8080", queue, 128, shop(pid)),
    ...numbers(stuck).map((n) => socket(state, `10.0.0.7:${40_000 + n}`, "10.0.0.3:3306", { by: shop(pid), cookie: `${pid}-${n}`, info: times(2000, 2000, 500) })),
  ], { processes: [process(pid, "shopd", { startedAtMs: TAKEN_MS + startedMs, openDescriptors: 20 + stuck })] }), ms);
}

function timelineOf(...snapshots: Snapshot[]): Timeline {
  const { timeline } = explain({ snapshots, configured: [] });
  if (timeline === undefined) throw new Error("no timeline");
  return timeline;
}

const find = (timeline: Timeline, test: (series: TimeSeries) => boolean): TimeSeries | undefined => timeline.series.find(test);

describe("the time line", () => {
  it("is absent for one look, and for looks without a time", () => {
    expect(explain({ snapshots: [shopAt(0)], configured: [] }).timeline).toBeUndefined();
    const timeless = (snapshot: Snapshot): Snapshot => ({ ...snapshot, clock: null, source: { ...snapshot.source, takenAt: null } });
    expect(explain({ snapshots: [timeless(shopAt(0)), timeless(shopAt(5000))], configured: [] }).timeline).toBeUndefined();
  });
  it("has sockets by state and by group, the accept queue and the descriptors with their limits", () => {
    const timeline = timelineOf(shopAt(0), shopAt(5000, { stuck: 6, queue: 3 }), shopAt(10_000, { stuck: 8 }));
    expect(timeline.timesMs).toEqual([TAKEN_MS, TAKEN_MS + 5000, TAKEN_MS + 10_000]);
    expect(find(timeline, ({ subject }) => subject.kind === "state" && subject.state === "ESTABLISHED")?.values).toEqual([4, 6, 8]);
    expect(find(timeline, ({ subject }) => subject.kind === "group")).toMatchObject({ values: [4, 6, 8], subject: { process: "shopd", pid: 812, endpoint: { address: "10.0.0.3", port: 3306 } } });
    expect(find(timeline, ({ subject }) => subject.kind === "accept-queue")).toMatchObject({ values: [0, 3, 0], limits: [128, 128, 128] });
    expect(find(timeline, ({ subject }) => subject.kind === "descriptors")).toMatchObject({ values: [24, 26, 28], limits: [1024, 1024, 1024] });
  });
  it("counts local ports towards one remote end against the range", () => {
    const timeline = timelineOf(shopAt(0, { stuck: 80 }), shopAt(5000, { stuck: 90 }));
    expect(find(timeline, ({ subject }) => subject.kind === "local-ports")).toMatchObject({ values: [80, 90], limits: [28_232, 28_232] });
  });
  it("does not take for zero what a look did not tell", () => {
    const blind = { ...shopAt(5000), processes: [], sockets: shopAt(5000).sockets.filter(({ state }) => state !== "LISTEN") };
    const timeline = timelineOf(shopAt(0), blind, shopAt(10_000));
    expect(find(timeline, ({ subject }) => subject.kind === "descriptors")?.values).toEqual([24, null, 24]);
    expect(find(timeline, ({ subject }) => subject.kind === "accept-queue")?.values).toEqual([0, null, 0]);
  });
  it("shows a restart: another process of the same program, or the same number with another start", () => {
    const other = timelineOf(shopAt(0), shopAt(5000), shopAt(10_000, { pid: 900, startedMs: 7000 }));
    expect(other.events).toEqual([{ kind: "restart", timeMs: TAKEN_MS + 7000, untilMs: null, text: "shopd was started anew (pid 812, now 900)" }]);
    // One line for the service, over its restart.
    expect(other.series.filter(({ subject }) => subject.kind === "group")).toHaveLength(1);
    expect(timelineOf(shopAt(0), shopAt(5000), shopAt(10_000, { startedMs: 7000 })).events).toMatchObject([{ kind: "restart" }]);
  });
  it("takes no rounding of a start time, no worker and no clock that was set for a restart", () => {
    expect(timelineOf(shopAt(0), shopAt(5000, { startedMs: -59_990 }), shopAt(10_000, { startedMs: -60_015 })).events).toEqual([]);
    const workers = (ms: number, pid: number): Snapshot => {
      const one = shopAt(ms);
      return { ...one, processes: [...one.processes, process(pid, "shopd", { parentPid: 812, startedAtMs: TAKEN_MS + ms - 100 })] };
    };
    expect(timelineOf(workers(0, 820), workers(5000, 821), workers(10_000, 822)).events).toEqual([]);
    const many = (ms: number, shift: number): Snapshot => later(look([], { processes: numbers(6).map((n) => process(100 + n, `svc${n}`, { startedAtMs: TAKEN_MS - 100_000 * n + shift })) }), ms + shift);
    expect(timelineOf(many(0, 0), many(5000, 90_000)).events).toEqual([]);
  });
  it("shows when a peer hung up on many at once, by the moment of its goodbye", () => {
    const timeline = timelineOf(shopAt(0, { stuck: 12 }), shopAt(5000, { stuck: 12, state: "CLOSE_WAIT" }));
    expect(timeline.events).toEqual([{ kind: "peer-hang-up", timeMs: TAKEN_MS + 4500, untilMs: null, text: "10.0.0.3:3306 hung up on 12 connections of shopd" }]);
  });
});
