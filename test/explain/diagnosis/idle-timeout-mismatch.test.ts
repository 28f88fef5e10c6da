import { describe, expect, it } from "vitest";
import { explain } from "../../../src/explain/explain";
import { look, numbers, process, socket, times } from "../look-builder";

const app = { pid: 5, process: "app" };
const hungUp = (count: number, idleMs: (n: number) => number, ageMs = 30_000) =>
  look(numbers(count).map((n) => socket("CLOSE_WAIT", `10.0.0.7:${40_000 + n}`, "10.0.0.9:8443", { by: app, recvQueue: 25, info: times(ageMs + n + idleMs(n), ageMs + n, ageMs + n) })), { processes: [process(5, "app")] });

describe("idle-timeout-mismatch", () => {
  it("tells two idle connections of a pool that the peer hung up on after the same time", () => {
    const { diagnoses } = explain({ snapshots: [hungUp(2, () => 75_000)], configured: [] });
    expect(diagnoses).toHaveLength(1);
    expect(diagnoses[0]).toMatchObject({ cause: "idle-timeout-mismatch", severity: "notice", lookFor: ["pool-config"], count: 2 });
    expect(diagnoses[0]?.peerIdleTimeout?.medianMs).toBe(75_000);
    expect(diagnoses[0]?.title).toContain("after 75.0 s");
  });
  it("is silent on a single one: any client has one now and then", () => {
    expect(explain({ snapshots: [hungUp(1, () => 75_000)], configured: [] }).diagnoses).toEqual([]);
  });
  it("is silent on two without a constant", () => {
    expect(explain({ snapshots: [hungUp(2, (n) => 20_000 + n * 9000)], configured: [] }).diagnoses).toEqual([]);
  });
  it("is likelier than a leak for a handful that speak http", () => {
    expect(explain({ snapshots: [hungUp(4, () => 75_000)], configured: [] }).diagnoses.map((one) => `${one.cause} ${one.confidence}`)).toEqual(["idle-timeout-mismatch medium", "connection-pinned low"]);
  });
  it("gives way when there are more than any pool keeps", () => {
    expect(explain({ snapshots: [hungUp(60, () => 75_000)], configured: [] }).diagnoses.map((one) => one.cause)).toEqual(["connection-pinned"]);
  });
});
