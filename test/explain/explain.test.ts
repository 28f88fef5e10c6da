import { describe, expect, it } from "vitest";
import { explain } from "../../src/explain/explain";
import { labA, labAConfig, labB } from "./labs";

describe("lab A: an unfinished transaction", () => {
  const { diagnoses, services } = explain({ snapshots: [labA()], configured: labAConfig });

  it("is told as pinned connections, first", () => {
    expect(diagnoses[0]).toMatchObject({ cause: "connection-pinned", count: 6, direction: "outbound", states: { CLOSE_WAIT: 6 }, process: { pid: 812, name: "shopd" } });
  });
  it("gives the peer's idle timeout to the millisecond", () => {
    expect(diagnoses[0]?.peerIdleTimeout?.medianMs).toBeGreaterThanOrEqual(7840);
    expect(diagnoses[0]?.peerIdleTimeout?.medianMs).toBeLessThanOrEqual(8160);
    expect(diagnoses[0]?.peerIdleTimeout?.sockets).toBe(6);
  });
  it("names MySQL by the workspace's DSN, though HAProxy listens at the odd port", () => {
    expect(diagnoses[0]?.service).toMatchObject({ kind: "mysql", port: 13306 });
    expect(services.find((service) => service.port === 13306)?.how.map((how) => how.source)).toEqual(["own-listener", "workspace-config"]);
  });
  it("gives a leak moment for each connection, ascending, on the target's clock", () => {
    const moments = diagnoses[0]?.leakMomentsMs ?? [];
    expect(moments).toHaveLength(6);
    // The first was last used 17 s before the look, the others a second after one another.
    const taken = labA().clock?.targetMs ?? 0;
    expect(moments).toEqual([17, 16, 15, 14, 13, 12].map((ago) => taken - ago * 1000));
  });
});

describe("lab B: a synchronous client in a coroutine", () => {
  const { diagnoses } = explain({ snapshots: [labB()], configured: [] });

  it("is told as an accept queue that nobody empties, first, and handlers that are stalled, second", () => {
    expect(diagnoses.map((diagnosis) => diagnosis.cause)).toEqual(["accept-queue-stalled", "handler-stalled"]);
    expect(diagnoses[0]).toMatchObject({ direction: "inbound", count: 68, process: { pid: 4711, name: "python3" }, endpoint: { port: 8888 } });
  });
  it("does not take the 77 with Recv-Q 0 for a missing close", () => {
    expect(diagnoses.some((diagnosis) => diagnosis.cause === "end-of-file-ignored")).toBe(false);
    expect(diagnoses[1]?.count).toBe(126);
  });
});
