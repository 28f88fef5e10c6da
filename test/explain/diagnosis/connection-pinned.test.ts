import { describe, expect, it } from "vitest";
import { explain } from "../../../src/explain/explain";
import type { Snapshot } from "../../../src/model/snapshot";
import { later, listener, look, numbers, process, socket, times } from "../look-builder";

const shopd = { pid: 812, process: "shopd" };

/** Connections of shopd to 10.0.0.3:3306 that the peer hung up on after 60 s, the newest `ageMs` ago, each a second older than the last. */
function hungUp(count: number, ageMs: number, more: { recvQueue?: number | null; idleMs?: (n: number) => number } = {}) {
  return numbers(count).map((n) => {
    const age = ageMs + n * 1000;
    const idle = more.idleMs?.(n) ?? 60_000;
    return socket("CLOSE_WAIT", `10.0.0.7:${40_000 + n}`, "10.0.0.3:3306", { by: shopd, recvQueue: more.recvQueue === undefined ? 1 : more.recvQueue, info: times(age + idle, age + idle - 2, age) });
  });
}

function shop(...sockets: Snapshot["sockets"][number][]): Snapshot {
  return look([listener("0.0.0.0:8080", 0, 4096, shopd), ...sockets], { processes: [process(812, "shopd")] });
}

function causes(...snapshots: Snapshot[]): string[] {
  return explain({ snapshots, configured: [] }).diagnoses.map((one) => `${one.cause} ${one.confidence}`);
}

describe("connection-pinned", () => {
  it("is sure of 126 that pile up on a database", () => {
    const { diagnoses } = explain({ snapshots: [shop(...hungUp(126, 6000))], configured: [] });
    expect(diagnoses).toHaveLength(1);
    expect(diagnoses[0]).toMatchObject({ cause: "connection-pinned", confidence: "high", severity: "critical", count: 126, title: "Connections to 10.0.0.3:3306 (mysql) are pinned and never closed" });
    expect(diagnoses[0]?.lookFor).toEqual(["transaction-leak", "resource-leak"]);
    expect(diagnoses[0]?.peerIdleTimeout?.medianMs).toBeCloseTo(59_998, -2);
    expect(diagnoses[0]?.evidence[0]).toMatchObject({ supports: true, figure: "126 sockets" });
    expect(diagnoses[0]?.evidence[0]?.sockets).toHaveLength(126);
  });

  it("names the service by what the workspace calls it", () => {
    const { diagnoses } = explain({ snapshots: [{ ...shop(...hungUp(30, 6000)), hostNames: [{ address: "10.0.0.3", name: "mysql-lb", from: "/etc/hosts" }] }], configured: [{ host: "mysql-lb", port: 3306, kind: "mysql", name: "mysql-lb", key: "DB", file: ".env", line: 2 }] });
    expect(diagnoses[0]?.title).toBe("Connections to mysql-lb:3306 are pinned and never closed");
  });

  it("counts the peer's last words (TLS close_notify, an error packet) as unread too", () => {
    const goodbye = numbers(12).map((n) => socket("CLOSE_WAIT", `10.0.0.7:${40_000 + n}`, "10.0.0.4:5432", { by: shopd, recvQueue: 32, info: times(70_000 + n, 10_000 + n, 10_000 + n) }));
    const { diagnoses } = explain({ snapshots: [shop(...goodbye)], configured: [] });
    expect(diagnoses[0]).toMatchObject({ cause: "connection-pinned", count: 12 });
    expect(diagnoses[0]?.peerIdleTimeout?.medianMs).toBe(60_000);
  });

  it("says when growth was seen, and is surer for it", () => {
    const before = later(shop(...hungUp(3, 3000)), -2_400_000);
    const now = shop(...hungUp(9, 6000));
    const { diagnoses } = explain({ snapshots: [before, now], configured: [] });
    expect(diagnoses[0]).toMatchObject({ cause: "connection-pinned", confidence: "high", snapshot: 1 });
    expect(diagnoses[0]?.evidence.map((one) => one.figure)).toContain("3 to 9 in 40 min");
  });

  it("weighs an idle pool for six, and says so beside", () => {
    expect(causes(shop(...hungUp(6, 6000)))).toEqual(["connection-pinned medium", "idle-timeout-mismatch low"]);
  });

  it("is silent when the peer has only just hung up", () => {
    expect(causes(shop(...hungUp(3, 10)))).toEqual([]);
  });

  it("does not take a constant where there is none", () => {
    const { diagnoses } = explain({ snapshots: [shop(...hungUp(20, 6000, { idleMs: (n) => 1000 + n * 7000 }))], configured: [] });
    expect(diagnoses[0]).toMatchObject({ cause: "connection-pinned", peerIdleTimeout: null });
    expect(diagnoses[0]?.evidence.some((one) => !one.supports && one.text.includes("differing"))).toBe(true);
  });

  it("takes a pool that the peer's restart hung up on for a guess at most", () => {
    const restarted = numbers(60).map((n) => socket("CLOSE_WAIT", `10.0.0.7:${40_000 + n}`, "10.0.0.3:3306", { by: shopd, recvQueue: 1, info: times(30_000 + n * 700, 30_000 + n * 700, 20_000 + (n % 9)) }));
    const { diagnoses } = explain({ snapshots: [shop(...restarted)], configured: [] });
    expect(diagnoses[0]).toMatchObject({ cause: "connection-pinned", confidence: "low", severity: "warning" });
    expect(diagnoses[0]?.evidence.some((one) => !one.supports && one.text.includes("at once, as when it restarts"))).toBe(true);
  });

  it("keeps the constant when some were hung up for another reason", () => {
    const { diagnoses } = explain({ snapshots: [shop(...hungUp(20, 6000, { idleMs: (n) => (n < 4 ? 5000 + n * 3000 : 60_000) }))], configured: [] });
    expect(diagnoses[0]?.peerIdleTimeout).toMatchObject({ sockets: 16 });
    expect(diagnoses[0]?.peerIdleTimeout?.medianMs).toBeCloseTo(59_998, -2);
  });

  it("does not let keepalive probes stretch the peer's timeout", () => {
    // Go's 15 s: lastack of the older ones is the last answered probe, a multiple of 15 s after the FIN.
    const probed = numbers(20).map((n) => {
      const age = 2000 + n * 2500;
      const sinceAck = age % 15_000;
      return socket("CLOSE_WAIT", `10.0.0.7:${40_000 + n}`, "10.0.0.3:3306", { by: shopd, recvQueue: 1, timer: { kind: "keepalive", expiresInMs: 15_000 - sinceAck, retransmits: 0 }, info: times(age + 8000, age + 8000, sinceAck) });
    });
    const { diagnoses } = explain({ snapshots: [shop(...probed)], configured: [] });
    expect(diagnoses[0]?.cause).toBe("connection-pinned");
    expect(diagnoses[0]?.count).toBe(20);
    expect(diagnoses[0]?.peerIdleTimeout?.medianMs).toBe(8000);
  });

  it("answers with less confidence where owner and times are unknown, and says so", () => {
    const plain = numbers(40).map((n) => socket("CLOSE_WAIT", `10.0.0.7:${40_000 + n}`, "10.0.0.3:3306", { recvQueue: 1, ownership: "not-asked", inode: null }));
    const { diagnoses } = explain({ snapshots: [look([listener("0.0.0.0:22", 0, 128), ...plain], { clock: null })], configured: [] });
    expect(diagnoses[0]).toMatchObject({ cause: "connection-pinned", confidence: "medium", process: null, leakMomentsMs: [], peerIdleTimeout: null, direction: "outbound" });
    expect(diagnoses[0]?.evidence.filter((one) => !one.supports).map((one) => one.text).join(" ")).toMatch(/owner is not known.*tcp_info/s);
  });

  it("says that it cannot tell unread from ignored where the capture has no queues", () => {
    const { diagnoses } = explain({ snapshots: [shop(...hungUp(40, 6000, { recvQueue: null }))], configured: [] });
    expect(diagnoses[0]).toMatchObject({ cause: "connection-pinned", confidence: "low" });
  });
});

describe("the peer's idle timeout under keepalive", () => {
  const probed = (sinceFinMs: number, count = 6) => shop(...numbers(count).map((n) => {
    // One burst; Go's 15 s: the timer that the last data set runs out first, then probes refresh lastack.
    const lastAck = sinceFinMs < 15_000 ? sinceFinMs : sinceFinMs % 15_000;
    const expiresInMs = sinceFinMs < 7000 ? 7000 - sinceFinMs : 15_000 - lastAck;
    return socket("CLOSE_WAIT", `10.0.0.7:${40_000 + n}`, "10.0.0.3:3306", { by: shopd, recvQueue: 1, cookie: String(n), timer: { kind: "keepalive", expiresInMs, retransmits: 0 }, info: times(sinceFinMs + 8000, sinceFinMs + 8000, lastAck) });
  }));
  const first = (...snapshots: Snapshot[]) => explain({ snapshots, configured: [] }).diagnoses[0];

  it.each([1000, 5500, 9000, 14_000])("is certain %i ms after the hang-up, before any probe", (sinceFinMs) => {
    expect(first(probed(sinceFinMs))?.peerIdleTimeout).toMatchObject({ medianMs: 8000, sockets: 6 });
    expect(first(probed(sinceFinMs))?.evidence.some((one) => one.text.includes("upper limit"))).toBe(false);
  });
  it("is an upper limit once probes may have been answered, and no pool is advised by it", () => {
    const { diagnoses } = explain({ snapshots: [probed(20_000)], configured: [] });
    expect(diagnoses.map((one) => one.cause)).toEqual(["connection-pinned"]);
    expect(diagnoses[0]?.evidence.some((one) => !one.supports && one.text.includes("upper limit"))).toBe(true);
  });
  it("is what an earlier look at the same sockets said", () => {
    expect(first(later(probed(6000), -30_000), probed(36_000))?.peerIdleTimeout?.medianMs).toBe(8000);
  });
  it("goes by the lowest figures that several share, though more have been probed", () => {
    // Kernel-like timers of 15 s that tell nothing: two of ten have not been probed yet.
    const mixed = shop(...numbers(10).map((n) => {
      const probes = n < 2 ? 0 : n < 4 ? 1 : 2;
      const lastAck = 3000 + n;
      return socket("CLOSE_WAIT", `10.0.0.7:${40_000 + n}`, "10.0.0.3:3306", { by: shopd, recvQueue: 1, timer: { kind: "keepalive", expiresInMs: 15_000 - lastAck, retransmits: 0 }, info: times(lastAck + 60_000 + probes * 15_000, lastAck + 60_000 + probes * 15_000, lastAck) });
    }));
    expect(first(mixed)?.peerIdleTimeout).toMatchObject({ medianMs: 60_000, sockets: 2 });
  });
});
