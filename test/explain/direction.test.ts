import { describe, expect, it } from "vitest";
import { readDirections } from "../../src/explain/direction";
import type { Socket } from "../../src/model/socket";
import type { Snapshot } from "../../src/model/snapshot";
import { listener, look, numbers, socket } from "./look-builder";

function way(sockets: readonly Socket[], more: Partial<Snapshot> = {}): (string | null)[] {
  const directions = readDirections(look(sockets, more));
  return sockets.map((_, index) => directions.of(index));
}
const noKernel = { kernel: null };

describe("direction", () => {
  it.each([
    ["the same address", "10.0.0.7:80", "10.0.0.7:80"],
    ["the v4 wildcard", "0.0.0.0:80", "10.0.0.7:80"],
    ["the dual-stack wildcard", "*:80", "10.0.0.7:80"],
    ["the v6 wildcard, which takes v4-mapped connections", "[::]:80", "10.0.0.7:80"],
    ["the v6 wildcard for v6", "[::]:80", "[2001:db8::7]:80"],
  ])("is inbound through %s", (_what, listening, local) => {
    expect(way([listener(listening, 0, 5), socket("ESTABLISHED", local, "10.9.9.9:55555")])).toEqual([null, "inbound"]);
  });
  it("is outbound past a listener on another address, and past a v4 wildcard for v6", () => {
    expect(way([listener("127.0.0.1:40000", 0, 5), socket("ESTABLISHED", "10.0.0.7:40000", "10.9.9.9:443")])[1]).toBe("outbound");
    expect(way([listener("0.0.0.0:40000", 0, 5), socket("ESTABLISHED", "[2001:db8::7]:40000", "[2001:db8::9]:443")])[1]).toBe("outbound");
  });
  it("tells both ends of a loopback connection", () => {
    expect(way([listener("127.0.0.1:3306", 0, 80), socket("CLOSE_WAIT", "127.0.0.1:41000", "127.0.0.1:3306"), socket("FIN_WAIT_2", "127.0.0.1:3306", "127.0.0.1:41000")])).toEqual([null, "outbound", "inbound"]);
  });
  it("goes by the network namespace", () => {
    expect(way([{ ...listener("0.0.0.0:40000", 0, 5), namespace: "1" }, { ...socket("ESTABLISHED", "10.0.0.7:40000", "10.9.9.9:443"), namespace: "2" }])[1]).toBe("outbound");
  });
  it("goes by the ports when the capture has no listener", () => {
    expect(way([socket("CLOSE_WAIT", "10.0.0.7:443", "10.9.9.9:50000")], noKernel)).toEqual(["inbound"]);
    expect(way([socket("CLOSE_WAIT", "10.0.0.7:50000", "10.9.9.9:443")], noKernel)).toEqual(["outbound"]);
    expect(way([socket("CLOSE_WAIT", "10.0.0.7:443", "10.9.9.9:443")], noKernel)).toEqual([null]);
  });
  it("goes by the crowd when both ports are ephemeral and no listener was seen", () => {
    const grpc = numbers(6).map((n) => socket("CLOSE_WAIT", "10.0.0.7:50051", `10.9.9.${n}:${45_000 + n}`));
    expect(way(grpc, noKernel)).toEqual(Array(6).fill("inbound"));
    const clients = numbers(6).map((n) => socket("CLOSE_WAIT", `10.0.0.7:${45_000 + n}`, "10.9.9.9:50051"));
    expect(way(clients, noKernel)).toEqual(Array(6).fill("outbound"));
    expect(way([socket("CLOSE_WAIT", "10.0.0.7:45001", "10.9.9.9:50051")], noKernel)).toEqual([null]);
  });
  it("uses the target's own port range, and each system's default", () => {
    const one = [socket("ESTABLISHED", "10.0.0.7:12000", "10.9.9.9:443")];
    expect(way(one, { kernel: { counters: {}, localPortRange: [10_000, 20_000], settings: {}, release: null } })).toEqual(["outbound"]);
    const mac = [socket("ESTABLISHED", "10.0.0.7:61234", "10.9.9.9:40000")];
    expect(way(mac, { kernel: null, source: { format: "netstat-macos", target: "-", takenAt: null } })).toEqual(["outbound"]);
    for (const [format, port] of [["get-nettcpconnection", 40_000], ["netstat-windows", 40_000], ["netstat-solaris", 20_000]] as const) {
      expect(way([socket("ESTABLISHED", "10.0.0.7:61234", `10.9.9.9:${port}`)], { kernel: null, source: { format, target: "-", takenAt: null } })).toEqual(["outbound"]);
    }
  });
  it("knows what only one side does", () => {
    expect(way([socket("SYN_SENT", "10.0.0.7:700", "10.9.9.9:700"), socket("SYN_RECEIVED", "10.0.0.7:50000", "10.9.9.9:50001")])).toEqual(["outbound", "inbound"]);
  });
  it("leaves UDP alone", () => {
    expect(way([{ ...socket("ESTABLISHED", "10.0.0.7:50000", "10.9.9.9:53"), protocol: "udp" }])).toEqual([null]);
  });
});
