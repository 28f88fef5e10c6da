import { describe, expect, it } from "vitest";
import { explain } from "../../../src/explain/explain";
import { listener, look, numbers, process, socket, times } from "../look-builder";
import { labB } from "../labs";

const app = { pid: 5, process: "python3" };
const waiting = (count: number, waitedMs: number, state: "ESTABLISHED" | "CLOSE_WAIT" = "ESTABLISHED") =>
  numbers(count).map((n) => socket(state, "10.0.0.7:8888", `10.0.0.8:${40_000 + n}`, { recvQueue: 119, info: times(waitedMs, waitedMs, state === "CLOSE_WAIT" ? 50 : waitedMs) }));

describe("accept-queue-stalled", () => {
  it("tells lab B with the queue's figures and what speaks against", () => {
    const { diagnoses } = explain({ snapshots: [labB()], configured: [] });
    const first = diagnoses[0];
    expect(first).toMatchObject({ cause: "accept-queue-stalled", confidence: "high", count: 68, states: { ESTABLISHED: 68 } });
    expect(first?.evidence.find((one) => one.text.includes("accept queue"))?.figure).toBe("68 of 128");
    expect(first?.evidence.find((one) => one.text.includes("no owner"))).toMatchObject({ figure: "68 connections" });
    expect(first?.evidence.some((one) => !one.supports && one.text.includes("not full"))).toBe(true);
    expect(first?.lookFor[0]).toBe("blocking-in-async");
  });
  it("is critical when the queue is above its limit", () => {
    const full = look([listener("0.0.0.0:8888", 129, 128, app), ...waiting(129, 4000)], { processes: [process(5, "python3")], kernel: { counters: { TcpExtListenOverflows: 40 }, localPortRange: null, settings: {}, release: null } });
    const first = explain({ snapshots: [full], configured: [] }).diagnoses[0];
    expect(first).toMatchObject({ cause: "accept-queue-stalled", severity: "critical", confidence: "high", process: { pid: 5 } });
    expect(first?.evidence.find((one) => one.text.includes("ListenOverflows"))?.figure).toBe("40");
  });
  it("goes by the listener's own figures when owners are hidden, less surely", () => {
    const hidden = look([listener("0.0.0.0:8888", 60, 128), ...numbers(60).map((n) => socket("ESTABLISHED", "10.0.0.7:8888", `10.0.0.8:${40_000 + n}`, { recvQueue: 119, ownership: "hidden" }))], { privilege: { uid: 1000, seesAllProcesses: false } });
    const { diagnoses } = explain({ snapshots: [hidden], configured: [] });
    expect(diagnoses[0]).toMatchObject({ cause: "accept-queue-stalled", process: null });
    expect(diagnoses[0]?.confidence).not.toBe("high");
  });
  it("tells peers that gave up before they were accepted", () => {
    const { diagnoses } = explain({ snapshots: [look([listener("0.0.0.0:8888", 12, 128, app), ...waiting(12, 9000, "CLOSE_WAIT")])], configured: [] });
    expect(diagnoses[0]).toMatchObject({ cause: "accept-queue-stalled", states: { CLOSE_WAIT: 12 } });
  });
  it.each([[1, 20], [2, 300], [40, 15]])("finds %i waiting for %i ms healthy", (count, waitedMs) => {
    expect(explain({ snapshots: [look([listener("0.0.0.0:8888", count, 128, app), ...waiting(count, waitedMs)])], configured: [] }).diagnoses).toEqual([]);
  });
  it("does not take a socket of another namespace's process for one that was never accepted", () => {
    const elsewhere = numbers(20).map((n) => socket("ESTABLISHED", "10.0.0.7:8888", `10.0.0.8:${40_000 + n}`, { inode: 5000 + n, info: times(60_000, 60_000, 60_000) }));
    expect(explain({ snapshots: [look([listener("0.0.0.0:8888", 0, 128), ...elsewhere])], configured: [] }).diagnoses).toEqual([]);
  });
});
