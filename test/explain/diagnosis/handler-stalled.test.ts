import { describe, expect, it } from "vitest";
import { explain } from "../../../src/explain/explain";
import { listener, look, numbers, process, socket, times } from "../look-builder";
import { labA, labAConfig } from "../labs";

const app = { pid: 5, process: "app" };
const gone = (count: number, recvQueue: number) => numbers(count).map((n) => socket("CLOSE_WAIT", "10.0.0.7:8080", `10.0.0.8:${40_000 + n}`, { by: app, recvQueue, info: times(40_000, 40_000, 10_000) }));

describe("handler-stalled", () => {
  it("tells handlers that are busy after their clients left, and unread requests apart", () => {
    const { diagnoses } = explain({ snapshots: [look([listener("0.0.0.0:8080", 0, 128, app), ...gone(30, 1), ...numbers(6).map((n) => socket("CLOSE_WAIT", "10.0.0.7:8080", `10.0.0.8:${45_000 + n}`, { by: app, recvQueue: 240, info: times(40_000, 40_000, 10_000) }))], { processes: [process(5, "app")] })], configured: [] });
    expect(diagnoses.map((one) => one.cause)).toEqual(["handler-stalled"]);
    expect(diagnoses[0]).toMatchObject({ count: 36, confidence: "high", direction: "inbound", process: { pid: 5 } });
    expect(diagnoses[0]?.evidence.filter((one) => one.supports).map((one) => one.figure)).toEqual(["30 sockets", "6 sockets", "30.0 s"]);
    expect(diagnoses[0]?.lookFor).toEqual(expect.arrayContaining(["blocking-in-async", "no-timeout"]));
  });
  it("sums up the workers of a prefork server", () => {
    const workers = numbers(8).flatMap((worker) => numbers(2).map((n) => socket("CLOSE_WAIT", "10.0.0.7:8080", `10.0.0.8:${40_000 + worker * 10 + n}`, { by: { pid: 100 + worker, process: "gunicorn" }, recvQueue: 1, info: times(40_000, 40_000, 10_000) })));
    expect(explain({ snapshots: [look([listener("0.0.0.0:8080", 0, 128, { pid: 99, process: "gunicorn" }), ...workers])], configured: [] }).diagnoses[0]).toMatchObject({ cause: "handler-stalled", count: 16 });
  });
  it("tells requests that nobody reads while their clients still wait", () => {
    const unread = numbers(12).map((n) => socket("ESTABLISHED", "10.0.0.7:8080", `10.0.0.8:${40_000 + n}`, { by: app, recvQueue: 300, info: times(9000, 8000, 8000) }));
    expect(explain({ snapshots: [look([listener("0.0.0.0:8080", 0, 128, app), ...unread])], configured: [] }).diagnoses[0]).toMatchObject({ cause: "handler-stalled", states: { ESTABLISHED: 12 } });
  });
  it("comes after the pinned pool that makes the handlers wait", () => {
    const pinned = labA();
    const busy = numbers(20).map((n) => socket("CLOSE_WAIT", "10.0.0.7:8080", `10.0.0.8:${40_000 + n}`, { by: { pid: 812, process: "shopd" }, recvQueue: 1, info: times(40_000, 40_000, 10_000) }));
    const { diagnoses } = explain({ snapshots: [{ ...pinned, sockets: [...pinned.sockets, ...busy] }], configured: labAConfig });
    expect(diagnoses.slice(0, 2).map((one) => one.cause)).toEqual(["connection-pinned", "handler-stalled"]);
  });
  it("is silent on two clients that left", () => {
    expect(explain({ snapshots: [look([listener("0.0.0.0:8080", 0, 128, app), ...gone(2, 1)])], configured: [] }).diagnoses).toEqual([]);
  });
});
