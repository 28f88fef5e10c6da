import { describe, expect, it } from "vitest";
import { explain } from "../../../src/explain/explain";
import type { Snapshot } from "../../../src/model/snapshot";
import { later, listener, look, numbers, process, socket, times } from "../look-builder";

const web = { pid: 10, process: "web" };
const half = (count: number, again: number | null, from: (n: number) => string = (n) => `10.2.${n % 250}.${n >> 8}`) => numbers(count).map((n) => socket("SYN_RECEIVED", "10.0.0.7:8080", `${from(n)}:${30_000 + n}`, {
  timer: again === null ? null : { kind: "on", expiresInMs: 700, retransmits: again },
}));
const inside = (count: number) => numbers(count).map((n) => socket("ESTABLISHED", "10.0.0.7:8080", `10.3.${n % 250}.1:${20_000 + n}`, { by: web, info: times(20, 20, 20) }));
const listen = (queue = 0) => listener("0.0.0.0:8080", queue, 128, web);
const processes = [process(10, "web")];
const said = (...snapshots: Snapshot[]) => explain({ snapshots, configured: [] }).diagnoses.find((one) => one.cause === "syn-backlog");
const texts = (...snapshots: Snapshot[]): string => (said(...snapshots)?.evidence ?? []).map((one) => `${one.supports ? "+" : "-"} ${one.text} ${one.figure ?? ""}`).join("\n");

describe("syn-backlog", () => {
  it("tells a flood: nearly each from another address, and no line of code to look for", () => {
    const snapshot = look([listen(), ...half(100, 2), ...inside(40)], { processes });
    expect(said(snapshot)).toMatchObject({ confidence: "high", severity: "critical", count: 100, direction: "inbound", process: { pid: 10 }, lookFor: [] });
    expect(texts(snapshot)).toMatch(/\+ nearly each comes from another address.* 100 addresses/);
    expect(texts(snapshot)).toContain("- the accept queue is not full");
    expect(texts(snapshot)).toContain("100 of 128");
  });
  it("tells a path that is closed one way", () => {
    const snapshot = look([listen(), ...half(12, 3, () => "10.2.0.9")], { processes });
    expect(said(snapshot)).toMatchObject({ confidence: "medium", severity: "warning" });
    expect(texts(snapshot)).toMatch(/\+ all come from the same few addresses.*10\.2\.0\.9/);
  });
  it("puts the blame where the accept queue is full, behind accept-queue-stalled", () => {
    const waiting = numbers(129).map((n) => socket("ESTABLISHED", "10.0.0.7:8080", `10.4.0.1:${20_000 + n}`, { recvQueue: 100, info: times(4000, 4000, 4000) }));
    const snapshot = look([listen(129), ...waiting, ...half(3, 1)], { processes });
    expect(explain({ snapshots: [snapshot], configured: [] }).diagnoses.map((one) => one.cause)).toEqual(["accept-queue-stalled", "syn-backlog"]);
    expect(said(snapshot)).toMatchObject({ confidence: "high", lookFor: ["blocking-in-async", "no-timeout"] });
  });
  it("counts what the kernel turned away since the look before", () => {
    const kernel = (drops: number) => ({ counters: { TcpExtTCPReqQFullDrop: drops }, localPortRange: [32768, 60999] as const, settings: {}, release: null });
    const first = look([listen(), ...half(40, 1)], { processes, kernel: kernel(10) });
    expect(texts(first, { ...later(first, 5000), kernel: kernel(510) })).toMatch(/\+ requests that found no place since the look before.* 500/);
    expect(texts(first, later(first, 5000))).toContain("- every request found a place");
  });
  it("is silent on handshakes in progress, and on a few clients with bad lines among many", () => {
    expect(said(look([listen(), ...half(60, 0), ...inside(900)]))).toBeUndefined();
    expect(said(look([listen(), ...half(9, 2), ...inside(5)]))).toBeUndefined();
    expect(said(look([listen(), ...half(15, 2), ...inside(4000)]))).toBeUndefined();
  });
  it("says little where neither timers nor a second look tell", () => {
    expect(said(look([listen(), ...half(90, null)]))).toBeUndefined();
    expect(said(look([listen(), ...half(120, null)]))).toMatchObject({ confidence: "low", severity: "notice", count: 120 });
    const first = look([listen(), ...half(12, null)]);
    expect(said(first, later(first, 2000))).toMatchObject({ confidence: "medium", count: 12 });
  });
});
