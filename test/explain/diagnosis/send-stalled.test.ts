import { describe, expect, it } from "vitest";
import { explain } from "../../../src/explain/explain";
import type { Snapshot } from "../../../src/model/snapshot";
import type { Socket } from "../../../src/model/socket";
import { later, listener, look, numbers, process, socket, times } from "../look-builder";

const feed = { pid: 10, process: "feed" };
const reader = { pid: 20, process: "reader" };
/** Written to `sentMs` ago for the last time; a probe of the closed window was answered a second ago. */
const closed = (count: number, sentMs: number, more: Partial<Socket> = {}) => numbers(count).map((n) => ({
  ...socket("ESTABLISHED", "10.0.0.7:9000", `10.2.0.4:${40_000 + n}`, { by: feed, sendQueue: 2_500_000, timer: { kind: "persist", expiresInMs: 400, retransmits: 0 }, info: { ...times(sentMs, sentMs + 300, 1000), backoff: 4 } }), ...more,
}));
const listen = listener("0.0.0.0:9000", 0, 128, feed);
const processes = [process(10, "feed"), process(20, "reader")];
const said = (...snapshots: Snapshot[]) => explain({ snapshots, configured: [] }).diagnoses.find((one) => one.cause === "send-stalled");
const texts = (...snapshots: Snapshot[]): string => (said(...snapshots)?.evidence ?? []).map((one) => `${one.supports ? "+" : "-"} ${one.text} ${one.figure ?? ""}`).join("\n");

describe("send-stalled", () => {
  it("tells receivers that do not read, and since when", () => {
    const snapshot = look([listen, ...closed(4, 9000)], { processes });
    expect(said(snapshot)).toMatchObject({ confidence: "medium", severity: "warning", count: 4, direction: "inbound", process: { pid: 10 }, lookFor: ["no-timeout", "blocking-in-async", "resource-leak"] });
    expect(texts(snapshot)).toMatch(/\+ the far end's window is closed/);
    expect(texts(snapshot)).toContain("up to 9.0 s");
    expect(said(snapshot)?.leakMomentsMs).toHaveLength(4);
  });
  it("names the process that does not read when it is on this host", () => {
    const ends = numbers(4).map((n) => socket("ESTABLISHED", `10.2.0.4:${40_000 + n}`, "10.0.0.7:9000", { by: reader, recvQueue: 128_512, info: times(9000, 9000, 9000), namespace: "4026532111" }));
    expect(texts(look([listen, ...closed(4, 9000), ...ends], { processes }))).toContain("reader (pid 20) holds these and has not read them");
    expect(said(look([listen, ...closed(4, 9000), ...ends], { processes }))?.confidence).toBe("high");
  });
  it("tells a way that is gone from a reader that sleeps", () => {
    const gone = numbers(3).map((n) => socket("ESTABLISHED", `10.0.0.7:${40_000 + n}`, "10.0.0.9:3306", { by: feed, sendQueue: 60, timer: { kind: "on", expiresInMs: 5000, retransmits: 6 }, info: times(30_000, 30_010, 30_000) }));
    expect(said(look(gone, { processes }))).toMatchObject({ direction: "outbound", count: 3, service: { port: 3306 } });
    expect(said(look(gone, { processes }))?.title).toContain("is acknowledged: the way there is gone");
    // Lost and sent again twice, acknowledged a moment ago: a bad line.
    expect(said(look(gone.map((one) => ({ ...one, timer: { kind: "on" as const, expiresInMs: 300, retransmits: 2 } }))))).toBeUndefined();
    expect(said(look(gone.map((one) => ({ ...one, info: one.info === null ? null : { ...one.info, lastAckMs: 80 } }))))).toBeUndefined();
  });
  it("goes by a second look where no timer is printed", () => {
    const bare = look(closed(3, 0, { timer: null, info: null }));
    expect(said(bare)).toBeUndefined();
    expect(said(bare, later(bare, 10_000))).toMatchObject({ confidence: "medium", count: 3 });
    const moved = { ...bare, sockets: bare.sockets.map((one) => ({ ...one, sendQueue: (one.sendQueue ?? 0) - 1448 })) };
    expect(said(bare, later(moved, 10_000))).toBeUndefined();
  });
  it("is silent on a busy sender, and says one paused receiver only after a minute", () => {
    expect(said(look([listen, ...closed(200, 40)]))).toBeUndefined();
    expect(said(look([listen, ...closed(2, 40_000)]))).toBeUndefined();
    expect(said(look([listen, ...closed(1, 90_000)]))).toMatchObject({ confidence: "low", severity: "notice", count: 1 });
  });
});
