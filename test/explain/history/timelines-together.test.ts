import { describe, expect, it } from "vitest";
import { explain } from "../../../src/explain/explain";
import { History } from "../../../src/explain/history/history";
import { timelinesTogether } from "../../../src/explain/history/timelines-together";
import { makeScene } from "../../../src/explain/scene";
import { createServiceNames } from "../../../src/explain/services/name-services";
import type { Snapshot } from "../../../src/model/snapshot";
import type { Timeline } from "../../../src/model/timeline";
import { later, look, socket } from "../look-builder";

/** Looks at hosts in rounds of a second; a host's clock may be ahead, and it may be away in a round. */
function watched(rounds: number, hosts: Readonly<Record<string, { readonly aheadMs: number; readonly sockets: (round: number) => number; readonly away?: (round: number) => boolean }>>): Timeline | undefined {
  let histories: ReadonlyMap<string, History> | undefined;
  let timeline: Timeline | undefined;
  const kept = new Map<string, Snapshot[]>();
  const gone = new Set<string>();
  for (let round = 0; round < rounds; round += 1) {
    const gaps = new Map<string, string>();
    for (const [name, { aheadMs, sockets, away }] of Object.entries(hosts)) {
      if (away?.(round) === true) {
        gone.add(name);
        continue;
      }
      const target = `ssh://${name}`;
      if (gone.delete(name)) gaps.set(target, "it was away");
      const held = Array.from({ length: sockets(round) }, (_, n) => socket("ESTABLISHED", `10.0.0.1:${20_000 + n}`, "10.0.0.9:3306"));
      const seen = later(look(held), round * 1000 + aheadMs);
      const snapshot = { ...seen, source: { ...seen.source, format: "probe:ss", target }, clock: { targetMs: seen.clock?.targetMs ?? 0, offsetMs: aheadMs, offsetErrorMs: 1 } };
      kept.set(name, [...(kept.get(name) ?? []).slice(-5), snapshot]);
    }
    ({ histories, timeline } = explain({ snapshots: [...kept.values()].flat(), configured: [], gaps, ...(histories === undefined ? {} : { histories }) }));
  }
  return timeline;
}
const valuesOf = (timeline: Timeline | undefined, label: string): readonly (number | null)[] | undefined => timeline?.series.find((series) => series.label === label)?.values;

describe("the time lines of several hosts", () => {
  it("are one, on our clock: a round is one moment, however far the hosts' clocks are apart", () => {
    const timeline = watched(10, { "web-1": { aheadMs: 0, sockets: (round) => 5 + round }, "web-2": { aheadMs: 3_600_000, sockets: () => 7 } });
    expect(timeline?.onOurClock).toBe(true);
    expect(timeline?.timesMs).toHaveLength(10);
    expect((timeline?.timesMs[9] ?? 0) - (timeline?.timesMs[0] ?? 0)).toBe(9000);
    expect(valuesOf(timeline, "web-1: ESTABLISHED")).toEqual([5, 6, 7, 8, 9, 10, 11, 12, 13, 14]);
    expect(valuesOf(timeline, "web-2: ESTABLISHED")).toEqual(Array.from({ length: 10 }, () => 7));
  });
  it("have a hole where a host was away, and say so on our clock", () => {
    const timeline = watched(8, { "web-1": { aheadMs: 0, sockets: () => 3 }, "web-2": { aheadMs: -60_000, sockets: () => 7, away: (round) => round >= 3 && round < 6 } });
    expect(valuesOf(timeline, "web-2: ESTABLISHED")).toEqual([7, 7, 7, null, null, null, 7, 7]);
    expect(valuesOf(timeline, "web-1: ESTABLISHED")).toEqual([3, 3, 3, 3, 3, 3, 3, 3]);
    expect(timeline?.events).toMatchObject([{ kind: "gap", timeMs: timeline?.timesMs[2], untilMs: timeline?.timesMs[6], text: "web-2: not looked at: it was away" }]);
  });
  it("end with a hole where a host is still away", () => {
    const timeline = watched(6, { "web-1": { aheadMs: 0, sockets: () => 3 }, "web-2": { aheadMs: 0, sockets: () => 7, away: (round) => round >= 4 } });
    expect(valuesOf(timeline, "web-2: ESTABLISHED")).toEqual([7, 7, 7, 7, null, null]);
  });
  it("stay whole when one host's looks were put together in pairs and the other's were not", () => {
    const names = createServiceNames([]);
    const [first, second] = [new History(), new History()];
    for (let round = 0; round < 1700; round += 1) {
      const add = (history: History, sockets: number): void => history.add(makeScene(later(look(Array.from({ length: sockets }, (_, n) => socket("ESTABLISHED", `10.0.0.1:${20_000 + n}`, "10.0.0.9:3306"))), round * 1000), 0, [], names));
      add(first, 3);
      if (round % 10 >= 3 || round >= 1000) add(second, 4);
    }
    const timeline = timelinesTogether([{ name: "web-1", offsetMs: 0, history: first }, { name: "web-2", offsetMs: 0, history: second }]) ?? undefined;
    const whole = valuesOf(timeline, "web-1: ESTABLISHED") ?? [];
    expect(whole.length).toBeGreaterThan(500);
    expect(whole.filter((value) => value !== 3)).toEqual([]);
    const last = valuesOf(timeline, "web-2: ESTABLISHED") ?? [];
    const times = timeline?.timesMs ?? [];
    const from = times.findIndex((ms) => ms >= (times[0] ?? 0) + 1_010_000);
    expect(last.slice(from).filter((value) => value !== 4)).toEqual([]);
  });
});
