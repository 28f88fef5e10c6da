import { describe, expect, it } from "vitest";
import { orderDiagnoses } from "../../../src/explain/diagnosis/order";
import type { Diagnosis } from "../../../src/model/diagnosis";

function diagnosis(cause: Diagnosis["cause"], pid: number | null, more: Partial<Diagnosis> = {}): Diagnosis {
  return {
    cause, title: "", severity: "warning", confidence: "high", count: 10, states: {}, process: pid === null ? null : { pid, name: "p", commandLine: null }, service: null, direction: null, endpoint: null,
    peerIdleTimeout: null, leakMomentsMs: [], evidence: [], lookFor: [], advice: [], snapshot: 0, sockets: [], ...more,
  };
}
const order = (...diagnoses: Diagnosis[]): string[] => orderDiagnoses(diagnoses).map((one) => `${one.cause} ${one.process?.pid ?? "-"}`);

describe("root cause first", () => {
  it("puts what explains before what it explains, in one process", () => {
    expect(order(diagnosis("descriptor-exhaustion", 1, { severity: "critical" }), diagnosis("handler-stalled", 1), diagnosis("accept-queue-stalled", 1, { severity: "critical" }), diagnosis("connection-pinned", 1)))
      .toEqual(["connection-pinned 1", "accept-queue-stalled 1", "handler-stalled 1", "descriptor-exhaustion 1"]);
  });
  it("puts a guess after what is known", () => {
    expect(order(diagnosis("connection-pinned", 1, { confidence: "low" }), diagnosis("accept-queue-stalled", 1))).toEqual(["accept-queue-stalled 1", "connection-pinned 1"]);
  });
  it("puts the process with the worst diagnosis first, and keeps its diagnoses together", () => {
    expect(order(diagnosis("handler-stalled", 1), diagnosis("connection-pinned", 2), diagnosis("descriptor-exhaustion", 2, { severity: "critical" }), diagnosis("time-wait-churn", null, { severity: "notice" })))
      .toEqual(["connection-pinned 2", "descriptor-exhaustion 2", "handler-stalled 1", "time-wait-churn -"]);
  });
  it("does not weigh descriptors against sockets", () => {
    expect(order(diagnosis("descriptor-exhaustion", 1, { count: 18_000 }), diagnosis("handler-stalled", 2, { count: 190 }))).toEqual(["handler-stalled 2", "descriptor-exhaustion 1"]);
  });
});
