import { describe, expect, it } from "vitest";
import { explain } from "../../../src/explain/explain";
import type { Diagnosis } from "../../../src/model/diagnosis";
import type { Snapshot } from "../../../src/model/snapshot";
import type { Socket } from "../../../src/model/socket";
import { later, listener, look, numbers, process, socket, TAKEN_MS, times } from "../look-builder";
import { poisson, random } from "../history/simulated";

const EVERY_MS = 5000;

interface Story {
  /** Looks in each period between two restarts. */
  readonly periods: readonly number[];
  /** Connections that lie idle towards the database, `at` looks after the start, of `of` looks until the restart. */
  readonly idle: (at: number, of: number, period: number) => number;
  /** Connections of a pool that is used all the time. */
  readonly pool?: (at: number, period: number) => number;
  readonly hungUp?: boolean;
}

function* looksOf({ periods, idle, pool = () => 0, hungUp = false }: Story): Generator<Snapshot> {
  let ms = 0;
  for (const [period, length] of periods.entries()) {
    const by = { pid: 800 + period, process: "shopd" };
    const startedMs = ms - 1500;
    for (let at = 0; at < length; at += 1) {
      const sockets: Socket[] = [listener("0.0.0.0:8080", 0, 128, by)];
      numbers(Math.round(idle(at, length, period))).forEach((n) => {
        const quiet = 2000 + (at * EVERY_MS) / 2;
        sockets.push(socket(hungUp ? "CLOSE_WAIT" : "ESTABLISHED", `10.0.0.7:${40_000 + n}`, "10.0.0.3:3306", { by, recvQueue: hungUp ? 1 : 0, cookie: `${period}-${n}`, info: { ...times(quiet + 1000, quiet + 1000, 1500), bytesSent: 300, bytesReceived: 900 } }));
      });
      numbers(pool(at, period)).forEach((n) => {
        sockets.push(socket("ESTABLISHED", `10.0.0.7:${50_000 + n}`, "10.0.0.4:5432", { by, cookie: `${period}-p${n}`, info: { ...times(20, 10, 10), bytesSent: 300 * (at + 1), bytesReceived: 900 * (at + 1) } }));
      });
      yield later(look(sockets, { processes: [process(by.pid, "shopd", { startedAtMs: TAKEN_MS + startedMs, openDescriptors: 20 + sockets.length })] }), ms);
      ms += EVERY_MS;
    }
  }
}

const found = (story: Story): readonly Diagnosis[] => explain({ snapshots: [...looksOf(story)], configured: [] }).diagnoses.filter(({ cause }) => cause === "restart-masks-leak");

describe("restart-masks-leak", () => {
  it("tells three restarts, shorter each time, with the periods", () => {
    const [diagnosis, ...others] = found({ periods: [24, 18, 12, 8], idle: (at, of) => (60 * at) / of });
    expect(others).toEqual([]);
    expect(diagnosis).toMatchObject({ confidence: "high", severity: "critical", direction: "outbound", process: { pid: 803, name: "shopd" }, endpoint: { address: "10.0.0.3", port: 3306 }, lookFor: ["transaction-leak", "resource-leak", "client-churn"] });
    expect(diagnosis?.evidence.find(({ text }) => text.startsWith("each period was shorter"))?.figure).toBe("2 min, 90.0 s, 60.0 s");
    expect(diagnosis?.evidence.find(({ text }) => text.startsWith("its start time changed"))?.figure).toBe("3 restarts");
    expect(diagnosis?.evidence.some(({ text, supports }) => supports && text.includes("none was used again"))).toBe(true);
    expect(diagnosis?.leakMomentsMs.length).toBe(diagnosis?.sockets.length);
  });
  it("says when the periods do not get shorter", () => {
    const [diagnosis] = found({ periods: [14, 14, 14, 10], idle: (at) => 4 * at });
    expect(diagnosis).toMatchObject({ severity: "warning", confidence: "high" });
    expect(diagnosis?.evidence.some(({ supports, text }) => !supports && text.includes("do not get shorter"))).toBe(true);
  });
  it("tells those that the peer hung up on, too", () => {
    expect(found({ periods: [20, 15, 10], idle: (at, of) => (40 * at) / of, hungUp: true })).toHaveLength(1);
  });
  it("is not sure after one restart, and silent without any", () => {
    expect(found({ periods: [20, 15], idle: (at, of) => (40 * at) / of })[0]).toMatchObject({ confidence: "medium" });
    expect(found({ periods: [40], idle: (at) => at })).toEqual([]);
  });
  it.each<[string, Story]>([
    ["a service that is steady between its deploys", { periods: [20, 20, 20, 20], idle: () => 5, pool: () => 12 }],
    ["one whose pool fills after each start, and rests", { periods: [20, 20, 20, 20], idle: (at) => Math.min(20, at * 7), pool: (at) => Math.min(30, at * 8) }],
    ["one whose pool grows with the load of the day, and is used", { periods: [20, 20, 20], idle: () => 2, pool: (at, period) => 5 + at + period * 3 }],
    ["a leak that a deploy ended", { periods: [20, 20, 20, 20], idle: (at, of, period) => (period === 0 ? (60 * at) / of : 3) }],
  ])("is silent on %s", (_name, story) => {
    expect(found(story)).toEqual([]);
  });
  it("is silent on a hundred services under load that come and go with deploys, but for two at most; and finds nineteen leaks of twenty in the same noise", () => {
    let alarms = 0;
    let told = 0;
    for (let run = 0; run < 100; run += 1) {
      const next = random(run * 31 + 7);
      const mean = 3 + Math.floor(next() * 40);
      const periods = Array.from({ length: 3 + Math.floor(next() * 2) }, () => 8 + Math.floor(next() * 12));
      if (found({ periods, idle: () => poisson(mean, next) }).length > 0) alarms += 1;
      if (run < 20 && found({ periods, idle: (at) => 3 * at + poisson(mean / 4, next) }).length > 0) told += 1;
    }
    expect(alarms).toBeLessThanOrEqual(2);
    expect(told).toBeGreaterThanOrEqual(19);
  });
});
