import { describe, expect, it } from "vitest";
import { explain } from "../../../src/explain/explain";
import { later, look, numbers, process, socket, times } from "../look-builder";

const using = (open: number, more: { sockets?: number; limit?: number } = {}) => process(812, "shopd", { openDescriptors: open, descriptorLimit: more.limit ?? 1024, socketDescriptors: more.sockets ?? open - 20 });

describe("descriptor-exhaustion", () => {
  it("tells how near the limit is, after the leak that used them up", () => {
    const pinned = numbers(900).map((n) => socket("CLOSE_WAIT", `10.0.0.7:${33_000 + n}`, "10.0.0.3:3306", { by: { pid: 812, process: "shopd" }, recvQueue: 1, info: times(90_000, 90_000, 30_000) }));
    const { diagnoses } = explain({ snapshots: [look(pinned, { processes: [using(1000)] })], configured: [] });
    expect(diagnoses.map((one) => one.cause)).toEqual(["connection-pinned", "descriptor-exhaustion"]);
    expect(diagnoses[1]).toMatchObject({ severity: "critical", count: 1000, process: { pid: 812 }, service: { kind: "mysql" } });
    expect(diagnoses[1]?.evidence[0]?.figure).toBe("1,000 of 1,024 (98%)");
  });
  it("says so when most are no sockets", () => {
    const { diagnoses } = explain({ snapshots: [look([], { processes: [using(900, { sockets: 12 })] })], configured: [] });
    expect(diagnoses[0]).toMatchObject({ cause: "descriptor-exhaustion", severity: "warning" });
    expect(diagnoses[0]?.evidence.some((one) => !one.supports && one.figure === "12 of 900 are sockets")).toBe(true);
  });
  it("foresees the limit from two looks", () => {
    // 100 more in a minute, 424 left: a bit over four minutes.
    const { diagnoses } = explain({ snapshots: [later(look([], { processes: [using(500)] }), -60_000), look([], { processes: [using(600)] })], configured: [] });
    expect(diagnoses[0]).toMatchObject({ cause: "descriptor-exhaustion", severity: "warning", confidence: "medium" });
    expect(diagnoses[0]?.evidence.map((one) => one.figure)).toContain("in 4 min");
  });
  it("is silent on a process that uses a part of a big limit", () => {
    expect(explain({ snapshots: [look([], { processes: [using(5000, { limit: 1_048_576 }), using(500)] })], configured: [] }).diagnoses).toEqual([]);
  });
});
