import { describe, expect, it } from "vitest";
import { explain } from "../../../src/explain/explain";
import { listener, look, numbers, process, socket, times } from "../look-builder";

const done = (count: number, remote = "10.0.0.9:8086") => numbers(count).map((n) => socket("TIME_WAIT", `10.0.0.7:${33_000 + (n % 27_000)}`, remote));

describe("time-wait-churn", () => {
  it("tells a client made for each request, and by whom when only one speaks to that end", () => {
    const caller = socket("ESTABLISHED", "10.0.0.7:60500", "10.0.0.9:8086", { by: { pid: 77, process: "reporter" }, info: times(5, 5, 5) });
    const { diagnoses } = explain({ snapshots: [look([...done(12_000), caller], { processes: [process(77, "reporter")] })], configured: [] });
    expect(diagnoses).toHaveLength(1);
    expect(diagnoses[0]).toMatchObject({ cause: "time-wait-churn", severity: "warning", confidence: "high", count: 12_000, process: { pid: 77 }, lookFor: ["client-churn"] });
    expect(diagnoses[0]?.evidence.map((one) => one.figure)).toEqual(expect.arrayContaining(["about 200 a second", "43% of 28,232 local ports"]));
  });
  it("is critical when the ports are nearly gone", () => {
    expect(explain({ snapshots: [look(done(24_000))], configured: [] }).diagnoses[0]).toMatchObject({ severity: "critical", process: null });
  });
  it("is silent on the turnover of a server and on many ends", () => {
    const server = numbers(5000).map((n) => socket("TIME_WAIT", "10.0.0.7:80", `10.1.${n % 200}.4:${40_000 + n}`));
    expect(explain({ snapshots: [look([listener("0.0.0.0:80", 0, 511), ...server])], configured: [] }).diagnoses).toEqual([]);
    expect(explain({ snapshots: [look(numbers(3000).map((n) => socket("TIME_WAIT", `10.0.0.7:${33_000 + n}`, `10.1.${n % 250}.9:443`)))], configured: [] }).diagnoses).toEqual([]);
    expect(explain({ snapshots: [look(done(400))], configured: [] }).diagnoses).toEqual([]);
  });
  it("says what a table of states cannot tell", () => {
    expect(explain({ snapshots: [look([], { statesOnly: { TIME_WAIT: 28_000, ESTABLISHED: 50 } })], configured: [] }).diagnoses[0]).toMatchObject({ cause: "time-wait-churn", confidence: "low", direction: null });
  });
});
