import { describe, expect, it } from "vitest";
import { explain } from "../../src/explain/explain";
import { listener, look, numbers, socket } from "./look-builder";

describe("connection groups", () => {
  const shopd = { pid: 812, process: "shopd" };
  const { groups, services } = explain({ snapshots: [look([
    listener("0.0.0.0:8080", 0, 128, shopd),
    ...numbers(4).map((n) => socket(n < 3 ? "ESTABLISHED" : "CLOSE_WAIT", `10.0.0.7:${40_000 + n}`, "10.0.0.3:3306", { by: shopd })),
    ...numbers(2).map((n) => socket("ESTABLISHED", "10.0.0.7:8080", `10.9.9.${n}:50000`, { by: shopd })),
    socket("ESTABLISHED", "10.0.0.7:8080", "10.9.9.9:50001", { recvQueue: 9 }),
    socket("ESTABLISHED", "10.0.0.7:44000", "10.0.0.3:3306", { by: { pid: 900, process: "cron" } }),
  ])], configured: [] });
  const told = groups.map((group) => `${group.direction ?? "listening"} ${group.process ?? "-"} ${group.endpoint.address}:${group.endpoint.port} ${group.sockets.length}`);

  it("are one for each process, direction and far end or listener, biggest first", () => {
    expect(told).toEqual(["outbound shopd 10.0.0.3:3306 4", "inbound shopd 0.0.0.0:8080 2", "listening shopd 0.0.0.0:8080 1", "inbound - 0.0.0.0:8080 1", "outbound cron 10.0.0.3:3306 1"]);
  });
  it("count their states and share a service", () => {
    expect(groups[0]?.states).toEqual({ ESTABLISHED: 3, CLOSE_WAIT: 1 });
    expect(groups[0]?.service).toBe(groups[4]?.service);
    expect(services[groups[0]?.service ?? -1]).toMatchObject({ kind: "mysql", address: "10.0.0.3", port: 3306 });
    expect(services[groups[1]?.service ?? -1]).toMatchObject({ name: "shopd" });
  });
  it("name a shared socket by the lowest pid: the parent of the workers", () => {
    const shared = { ...listener("0.0.0.0:80", 0, 511), ownership: "owned" as const, owners: [{ pid: 34, process: "nginx", fd: 6 }, { pid: 33, process: "nginx", fd: 6 }] };
    expect(explain({ snapshots: [look([shared])], configured: [] }).groups[0]?.pid).toBe(33);
  });
  it("explain nothing when there is nothing", () => {
    expect(explain({ snapshots: [], configured: [] })).toMatchObject({ services: [], groups: [], diagnoses: [], talk: { nodes: [], edges: [] } });
    expect(explain({ snapshots: [look([])], configured: [] })).toMatchObject({ services: [], groups: [], diagnoses: [], talk: { nodes: [], edges: [] } });
  });
});
