import { describe, expect, it } from "vitest";
import { explain } from "../../../src/explain/explain";
import { listener, look, numbers, process, socket, times } from "../look-builder";

const app = { pid: 5, process: "app" };

describe("end-of-file-ignored", () => {
  it("tells a missing close on what came in", () => {
    const held = numbers(60).map((n) => socket("CLOSE_WAIT", "10.0.0.7:9100", `10.0.0.${n + 10}:50000`, { by: app, info: times(300_000 + n * 1000, 300_000 + n * 1000, 290_000 + n * 1000) }));
    const { diagnoses } = explain({ snapshots: [look([listener("0.0.0.0:9100", 0, 128, app), ...held], { processes: [process(5, "app")] })], configured: [] });
    expect(diagnoses).toHaveLength(1);
    expect(diagnoses[0]).toMatchObject({ cause: "end-of-file-ignored", confidence: "high", direction: "inbound", count: 60, lookFor: ["resource-leak"], endpoint: { port: 9100 } });
    expect(diagnoses[0]?.title).toBe("Connections accepted on 0.0.0.0:9100 are read to their end and never closed");
  });
  it("tells it on what went out", () => {
    const held = numbers(12).map((n) => socket("CLOSE_WAIT", `10.0.0.7:${40_000 + n}`, "10.0.0.9:80", { by: app, info: times(100_000, 100_000, 90_000) }));
    expect(explain({ snapshots: [look(held, { processes: [process(5, "app")] })], configured: [] }).diagnoses[0]).toMatchObject({ cause: "end-of-file-ignored", direction: "outbound", count: 12 });
  });
  it("counts nothing that still sends after the peer's FIN", () => {
    const sending = numbers(12).map((n) => socket("CLOSE_WAIT", "10.0.0.7:873", `10.0.0.${n + 10}:50000`, { by: app, sendQueue: 40_000, info: times(3, 60_000, 60_000) }));
    expect(explain({ snapshots: [look([listener("0.0.0.0:873", 0, 5, app), ...sending])], configured: [] }).diagnoses).toEqual([]);
  });
  it("answers a table of states with what it can know", () => {
    const { diagnoses } = explain({ snapshots: [look([], { statesOnly: { ESTABLISHED: 40, CLOSE_WAIT: 814, TIME_WAIT: 30 }, clock: null })], configured: [] });
    expect(diagnoses).toHaveLength(1);
    expect(diagnoses[0]).toMatchObject({ cause: "end-of-file-ignored", confidence: "low", count: 814, states: { CLOSE_WAIT: 814 }, process: null, service: null, direction: null, endpoint: null });
    expect(diagnoses[0]?.evidence.some((one) => !one.supports && one.text.includes("only counts"))).toBe(true);
  });
  it("finds a table of states with a few CLOSE_WAITs healthy", () => {
    expect(explain({ snapshots: [look([], { statesOnly: { ESTABLISHED: 400, CLOSE_WAIT: 5, TIME_WAIT: 300, LISTEN: 9 } })], configured: [] }).diagnoses).toEqual([]);
  });
});
