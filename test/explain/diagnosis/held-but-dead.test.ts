import { describe, expect, it } from "vitest";
import { explain } from "../../../src/explain/explain";
import { later, look, numbers, process, socket, times } from "../look-builder";

const dead = (count: number) => numbers(count).map((n) => 9000 + n);

describe("held-but-dead", () => {
  it("tells descriptors whose socket left the table, and what the living ones speak to", () => {
    const living = numbers(20).map((n) => socket("CLOSE_WAIT", `10.0.0.7:${40_000 + n}`, "10.0.0.3:3306", { by: { pid: 812, process: "shopd" }, recvQueue: 1, info: times(70_000, 70_000, 10_000) }));
    const { diagnoses } = explain({ snapshots: [look(living, { processes: [process(812, "shopd", { deadSocketInodes: dead(214), socketDescriptors: 240 })] })], configured: [] });
    expect(diagnoses.map((one) => one.cause)).toEqual(["connection-pinned", "held-but-dead"]);
    expect(diagnoses[1]).toMatchObject({ count: 214, confidence: "high", severity: "critical", process: { pid: 812 }, service: { kind: "mysql" }, lookFor: ["transaction-leak", "resource-leak"] });
  });
  it("is surer when they grow", () => {
    const at = (count: number, ms: number) => later(look([], { processes: [process(812, "shopd", { deadSocketInodes: dead(count) })] }), ms);
    expect(explain({ snapshots: [at(6, 0)], configured: [] }).diagnoses[0]).toMatchObject({ cause: "held-but-dead", confidence: "low" });
    expect(explain({ snapshots: [at(6, 0), at(12, 60_000)], configured: [] }).diagnoses[0]).toMatchObject({ cause: "held-but-dead", confidence: "high" });
    expect(explain({ snapshots: [at(6, 0), at(6, 60_000)], configured: [] }).diagnoses).toEqual([]);
  });
  it("is silent on a few", () => {
    expect(explain({ snapshots: [look([], { processes: [process(1, "systemd", { deadSocketInodes: dead(4) })] })], configured: [] }).diagnoses).toEqual([]);
  });
});
