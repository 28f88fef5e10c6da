import { describe, expect, it } from "vitest";
import { explain } from "../../../src/explain/explain";
import type { Snapshot } from "../../../src/model/snapshot";
import { later, listener, look, numbers, process, socket, times } from "../look-builder";

const shop = { pid: 77, process: "shopd" };
const DATABASE = "10.0.0.9:5432";
const opening = (count: number, again: number | null, remote = DATABASE) => numbers(count).map((n) => socket("SYN_SENT", `10.0.0.7:${40_000 + n}`, remote, {
  by: shop, sendQueue: 1, timer: again === null ? null : { kind: "on", expiresInMs: 300, retransmits: again },
}));
const diagnosesOf = (...snapshots: Snapshot[]) => explain({ snapshots, configured: [] }).diagnoses;
const said = (...snapshots: Snapshot[]) => diagnosesOf(...snapshots).find((one) => one.cause === "connect-stalled");
const texts = (...snapshots: Snapshot[]): string => (said(...snapshots)?.evidence ?? []).map((one) => `${one.supports ? "+" : "-"} ${one.text}`).join("\n");

describe("connect-stalled", () => {
  it("tells connects without an answer, and that nothing at all gets there", () => {
    const snapshot = look(opening(12, 4), { processes: [process(77, "shopd")] });
    expect(diagnosesOf(snapshot)).toHaveLength(1);
    expect(said(snapshot)).toMatchObject({ severity: "critical", confidence: "high", count: 12, direction: "outbound", process: { pid: 77 }, service: { port: 5432 }, lookFor: ["no-timeout", "blocking-in-async"], leakMomentsMs: [] });
    expect(texts(snapshot)).toContain("+ no connection to this end is established");
  });
  it("tells a far end that lives and takes no new ones", () => {
    const working = socket("ESTABLISHED", "10.0.0.7:50000", DATABASE, { by: shop, info: times(900, 899, 899) });
    expect(texts(look([...opening(4, 1), working]))).toContain("+ connections to the same end that were made before are answered");
    expect(said(look([...opening(4, 1), working]))).toMatchObject({ confidence: "medium", severity: "warning", count: 4 });
  });
  it("names the listener when it is on this host and its accept queue is full", () => {
    const here = [listener("127.0.0.1:5432", 5, 4, { pid: 9, process: "poold" }), ...opening(3, 2, "127.0.0.1:5432").map((one) => ({ ...one, local: { ...one.local, address: "127.0.0.1" } }))];
    const snapshot = look(here, { processes: [process(9, "poold"), process(77, "shopd")] });
    expect(texts(snapshot)).toContain("+ poold (pid 9) listens there, on this host, and its accept queue is full");
    expect(said(snapshot)?.confidence).toBe("high");
  });
  it("takes no listener of another network namespace's loopback for the far end", () => {
    const here = [{ ...listener("127.0.0.1:5432", 5, 4, { pid: 9, process: "poold" }), namespace: "4026532000" }, ...opening(3, 2, "127.0.0.1:5432")];
    expect(texts(look(here))).not.toContain("poold");
  });
  it("goes by a second look where no timer is printed", () => {
    const first = look(opening(3, null));
    expect(said(first)).toBeUndefined();
    expect(said(first, later(first, 5000))).toMatchObject({ confidence: "medium", count: 3 });
    expect(said(look(opening(12, null)))).toMatchObject({ confidence: "low", severity: "notice" });
  });
  it("is silent on a handshake in progress, on one lost packet, and on many ends at once", () => {
    expect(diagnosesOf(look(opening(8, 0)))).toEqual([]);
    expect(diagnosesOf(look(opening(2, 3)))).toEqual([]);
    expect(diagnosesOf(look(numbers(60).map((n) => socket("SYN_SENT", `10.0.0.7:${40_000 + n}`, `10.1.${n}.4:6881`, { by: shop, timer: { kind: "on", expiresInMs: 300, retransmits: 2 } }))))).toEqual([]);
    // Other connections of the same program, opened anew at each look.
    const fresh = look(opening(3, null));
    expect(diagnosesOf(fresh, later({ ...fresh, sockets: fresh.sockets.map((one) => ({ ...one, local: { ...one.local, port: (one.local.port ?? 0) + 100 }, inode: (one.inode ?? 0) + 500 })) }, 5000))).toEqual([]);
  });
});
