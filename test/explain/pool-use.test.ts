import { describe, expect, it } from "vitest";
import { explain } from "../../src/explain/explain";
import type { Diagnosis } from "../../src/model/diagnosis";
import type { PoolSize, PoolsOf } from "../../src/model/pool-size";
import type { Snapshot } from "../../src/model/snapshot";
import type { Timeline, Trend } from "../../src/model/timeline";
import { textOfTimeline } from "../../src/report/timeline-text";
import { later, listener, look, numbers, process, socket, TAKEN_MS, times } from "./look-builder";

const shop = { pid: 812, process: "shopd" };

function pool(more: Partial<PoolSize> = {}): PoolSize {
  return { file: "db.go", line: 31, language: "go", library: "database/sql", service: "database", size: 20, unknown: null, per: "pool", text: "SetMaxOpenConns(20)", ...more };
}

const all = (...pools: readonly PoolSize[]): PoolsOf => ({ name }) => (name === "shopd" ? pools : []);

/** `held` connections to a database, `dead` of them hung up on, the rest idle since long. */
function shopAt(ms: number, held: number, { dead = 0, to = "10.0.0.3:3306", by = shop, parent = 1 } = {}): Snapshot {
  return later(look([
    listener("0.0.0.0:8080", 0, 128, shop),
    ...numbers(held).map((n) => socket(n < dead ? "CLOSE_WAIT" : "ESTABLISHED", `10.0.0.7:${40_000 + n}`, to, { by, cookie: `${by.pid}-${n}`, info: times(120_000 + ms - n * 1000, 120_000 + ms - n * 1000, 60_000 + ms - n * 1000) })),
  ], { processes: [process(by.pid, "shopd", { parentPid: parent, startedAtMs: TAKEN_MS - 600_000 })] }), ms);
}

function timelineOf(snapshots: readonly Snapshot[], poolsOf: PoolsOf): Timeline {
  const { timeline } = explain({ snapshots, configured: [], poolsOf });
  if (timeline === undefined) throw new Error("no timeline");
  return timeline;
}

const poolTrend = (timeline: Timeline): Trend | undefined => timeline.trends.find(({ series }) => timeline.series[series]?.subject.kind === "pool");

const said = (diagnoses: readonly Diagnosis[]): string[] => diagnoses.flatMap(({ evidence }) => evidence.map(({ text }) => text)).filter((text) => text.includes("pool") || text.includes("allows"));

describe("a pool against its limit, over time", () => {
  it("is counted with what the peer hung up on, and says how fast it fills and when it is full", () => {
    const timeline = timelineOf(numbers(12).map((look) => shopAt(look * 5000, 4 + look, { dead: Math.min(2, look) })), all(pool()));
    expect(timeline.series.find(({ subject }) => subject.kind === "pool")).toMatchObject({
      label: "pool of shopd to 10.0.0.3:3306 (mysql) (db.go:31)", values: numbers(12).map((look) => 4 + look), limits: numbers(12).map(() => 20),
      subject: { pid: 812, process: "shopd", file: "db.go", line: 31, endpoint: { address: "10.0.0.3", port: 3306 } },
    });
    const trend = poolTrend(timeline);
    // One more every five seconds; five are left of twenty.
    expect(trend).toMatchObject({ verdict: "grows", confidence: "high" });
    expect(trend?.ratePerSecond).toBeCloseTo(0.2, 2);
    expect(trend?.secondsLeft).toBeGreaterThan(20);
    expect(trend?.secondsLeft).toBeLessThan(30);
    expect(trend?.secondsLeftLow).toBeLessThanOrEqual(trend?.secondsLeft ?? 0);
    expect(trend?.secondsLeftHigh).toBeGreaterThanOrEqual(trend?.secondsLeft ?? 0);
    expect(textOfTimeline(timeline, (text) => text).find((line) => line.includes("pool of shopd"))).toMatch(/4 to 15 of 20; grows by .*; 20 connections of the pool are reached in .* \(high confidence\)/);
  });
  it("has no line where no limit is known", () => {
    const looks = [shopAt(0, 4), shopAt(5000, 6), shopAt(10_000, 8)];
    for (const pools of [[], [pool({ size: null, unknown: "most is a parameter" })], [pool(), pool({ file: "other.go" })], [pool({ service: "redis" })]]) {
      expect(timelineOf(looks, all(...pools)).series.filter(({ subject }) => subject.kind === "pool")).toEqual([]);
    }
  });
  it("is each worker's own: the fullest one's, not the sum of all", () => {
    const workers = (ms: number, counts: readonly number[]): Snapshot => {
      const [first, ...rest] = counts.map((count, at) => shopAt(ms, count, { by: { pid: 900 + at, process: "shopd" }, parent: 812 }));
      if (first === undefined) throw new Error("no worker");
      return { ...first, sockets: [first, ...rest].flatMap(({ sockets }) => sockets), processes: [process(812, "shopd"), ...[first, ...rest].flatMap(({ processes }) => processes)] };
    };
    const { series } = timelineOf([workers(0, [3, 9]), workers(5000, [12, 9])], all(pool()));
    expect(series.filter(({ subject }) => subject.kind === "pool")).toMatchObject([{ values: [9, 12], limits: [20, 20] }]);
  });
  it("is one host's own where the pool keeps so many to each host", () => {
    const http = (ms: number, a: number, b: number): Snapshot => {
      const one = shopAt(ms, a, { to: "10.0.0.4:80" });
      return { ...one, sockets: [...one.sockets, ...shopAt(ms, b, { to: "10.0.0.5:80" }).sockets] };
    };
    const { series } = timelineOf([http(0, 2, 5), http(5000, 3, 6)], all(pool({ service: "http", per: "host", size: 8 })));
    expect(series.filter(({ subject }) => subject.kind === "pool").map(({ values }) => values).sort()).toEqual([[2, 3], [5, 6]]);
    expect(timelineOf([http(0, 2, 5), http(5000, 3, 6)], all(pool({ service: "http" }))).series.filter(({ subject }) => subject.kind === "pool")).toEqual([]);
  });
});

describe("a pool against its limit, in one look", () => {
  const diagnoses = (held: number, ...pools: readonly PoolSize[]): readonly Diagnosis[] => explain({ snapshots: [shopAt(0, held, { dead: held })], configured: [], poolsOf: all(...pools) }).diagnoses;

  it("is evidence, with the place that sets it", () => {
    expect(said(diagnoses(19, pool()))).toEqual(["19 of the 20 connections that db.go:31 allows (database/sql, SetMaxOpenConns(20))"]);
    expect(said(diagnoses(20, pool()))).toEqual(["20 of the 20 connections that db.go:31 allows (database/sql, SetMaxOpenConns(20)): the pool is empty, and whoever wants one waits"]);
  });
  it("chooses none where several fit, where the size is not known, and where more is held", () => {
    expect(said(diagnoses(19, pool(), pool({ file: "reports.go", line: 8 })))).toEqual(["how full its pool is cannot be told: 2 pools of the workspace may be this one: db.go:31, reports.go:8"]);
    expect(said(diagnoses(19, pool({ size: null, unknown: "most is a parameter: the callers decide" })))).toEqual(["how full its pool is cannot be told: db.go:31 (SetMaxOpenConns(20)): most is a parameter: the callers decide"]);
    expect(said(diagnoses(35, pool()))).toEqual(["how full its pool is cannot be told: more is held than the 20 that db.go:31 allows: other code opens connections there, or there are several such pools"]);
    expect(said(diagnoses(19, pool({ service: "redis" })))).toEqual([]);
    expect(said(diagnoses(19))).toEqual([]);
  });
  it("chooses none where one pool may lead to two databases", () => {
    const one = shopAt(0, 12, { dead: 12 });
    const both = { ...one, sockets: [...one.sockets, ...shopAt(0, 3, { to: "10.0.0.9:3306" }).sockets] };
    expect(said(explain({ snapshots: [both], configured: [], poolsOf: all(pool()) }).diagnoses)).toEqual([expect.stringMatching(/^how full its pool is cannot be told: the pool at db\.go:31 may lead to /)]);
  });
});
