import { describe, expect, it } from "vitest";
import { explain } from "../../../src/explain/explain";
import type { Snapshot } from "../../../src/model/snapshot";
import { keepalive, later, look, numbers, process, socket, times } from "../look-builder";

const client = { pid: 10, process: "client" };
const leaker = { pid: 20, process: "leaker" };
const SERVER = "10.0.0.9:7000";
const waiting = (count: number, quietMs: number | null, by: typeof client | null = client) => numbers(count).map((n) => socket("FIN_WAIT_2", `10.0.0.7:${40_000 + n}`, SERVER, {
  ...(by === null ? {} : { by }), timer: keepalive(9000), info: quietMs === null ? null : times(quietMs, quietMs + 5, 2000),
}));
const processes = [process(10, "client"), process(20, "leaker")];
const said = (...snapshots: Snapshot[]) => explain({ snapshots, configured: [] }).diagnoses.find((one) => one.cause === "peer-leaks");
const texts = (...snapshots: Snapshot[]): string => (said(...snapshots)?.evidence ?? []).map((one) => `${one.supports ? "+" : "-"} ${one.text} ${one.figure ?? ""}`).join("\n");

describe("peer-leaks", () => {
  it("tells a peer that does not hang up", () => {
    const snapshot = look(waiting(6, 45_000), { processes });
    expect(explain({ snapshots: [snapshot], configured: [] }).diagnoses).toHaveLength(1);
    expect(said(snapshot)).toMatchObject({ confidence: "medium", severity: "notice", count: 6, states: { FIN_WAIT_2: 6 }, direction: "outbound", process: { pid: 10 }, service: { port: 7000 }, lookFor: ["no-timeout"] });
    expect(texts(snapshot)).toContain("- the peer may still be at work");
    expect(said(look(waiting(30, 45_000), { processes }))).toMatchObject({ confidence: "high", severity: "warning" });
  });
  it("names the peer's process when it is on this host", () => {
    const ends = numbers(6).map((n) => socket("CLOSE_WAIT", SERVER, `10.0.0.7:${40_000 + n}`, { by: leaker, recvQueue: 1, info: times(45_000, 45_000, 44_000), namespace: "4026532111" }));
    const snapshot = look([...waiting(6, 45_000), ...ends], { processes });
    expect(said(snapshot)?.title).toContain("leaker (pid 20), the peer, does not close");
    expect(said(snapshot)).toMatchObject({ confidence: "high" });
  });
  it("is silent on orphans, on an orderly end, and on data that still comes", () => {
    expect(said(look(waiting(500, 45_000, null)))).toBeUndefined();
    expect(said(look(waiting(80, 6000), { processes }))).toBeUndefined();
    expect(said(look(waiting(4, 600_000), { processes }))).toBeUndefined();
    const answered = waiting(20, 0).map((one) => ({ ...one, info: one.info === null ? null : { ...one.info, lastSendMs: 90_000, lastReceiveMs: 700 } }));
    expect(said(look(answered, { processes }))).toBeUndefined();
  });
  it("goes by a second look half a minute later where no times are printed", () => {
    const first = look(waiting(8, null), { processes });
    expect(said(first)).toBeUndefined();
    expect(said(first, later(first, 10_000))).toBeUndefined();
    expect(said(first, later(first, 40_000))).toMatchObject({ confidence: "medium", count: 8 });
    expect(said(look(waiting(40, null), { processes }))).toMatchObject({ confidence: "low", severity: "notice" });
  });
});
