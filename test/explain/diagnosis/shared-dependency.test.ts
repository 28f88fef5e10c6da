import { describe, expect, it } from "vitest";
import { listener, socket, times } from "../look-builder";
import { causesOf, DATABASE, host, only, stalled, unanswered, working } from "../hosts-builder";

describe("the same remote stuck on several hosts", () => {
  const ill = (n: number): ReturnType<typeof host> => host(n, [...stalled(n, 12, 30_000, 8_000), ...unanswered(n, 6, 28_000)]);

  it("is named, first of all, with the remote, the hosts and since when on each", () => {
    const [first] = causesOf(ill(1), ill(2));
    expect(first?.cause).toBe("shared-dependency");
    expect(first?.confidence).toBe("high");
    expect(first?.endpoint).toMatchObject({ address: "10.0.9.9", port: 3306 });
    expect(first?.hosts?.map(({ name, sockets }) => [name, sockets.length])).toEqual([["web-1", 6], ["web-2", 6]]);
    expect(first?.count).toBe(12);
    for (const one of first?.hosts ?? []) expect(one.sinceOursMs).not.toBeNull();
  });

  it("applies each host's clock offset: the same moment is the same on ours", () => {
    const early = host(1, [...stalled(1, 12, 30_000, 8_000), ...unanswered(1, 6, 28_000)], { offsetMs: -7_000, errorMs: 40 });
    const late = host(2, [...stalled(2, 12, 30_000, 8_000), ...unanswered(2, 6, 28_000)], { offsetMs: 90_000, errorMs: 20 });
    const hosts = only("shared-dependency", early, late)?.hosts ?? [];
    expect(hosts[0]?.sinceOursMs).toBe(hosts[1]?.sinceOursMs);
    expect(Math.abs((hosts[0]?.sinceMs ?? 0) - (hosts[1]?.sinceMs ?? 0))).toBe(97_000);
    expect(hosts.map((one) => one.sinceErrorMs).sort()).toEqual([20, 40]);
  });

  it("a host on which it is well speaks against it", () => {
    const found = only("shared-dependency", ill(1), ill(2), host(3, working(3, 9)));
    expect(found?.confidence).toBe("medium");
    expect(found?.evidence.find((one) => !one.supports && one.text.startsWith("web-3"))?.sockets).toHaveLength(9);
  });

  it("more hosts well than ill: hardly the remote", () => {
    expect(only("shared-dependency", ill(1), ill(2), host(3, working(3, 9)), host(4, working(4, 9)))?.confidence).toBe("low");
  });

  it("connections that it hung up and the applications kept may be the same leak on each host, and it says so", () => {
    const leaks = (n: number): ReturnType<typeof host> => host(n, Array.from({ length: 30 }, (_, index) => socket("CLOSE_WAIT", `10.0.0.${n}:${42000 + index}`, DATABASE, {
      by: { pid: 500, process: "app" }, recvQueue: 1, info: times(70_000 + index * 900, 70_000 + index * 900, 10_000 + index * 900),
    })));
    const found = only("shared-dependency", leaks(1), leaks(2));
    expect(found?.confidence).toBe("medium");
    expect(found?.evidence.some((one) => !one.supports && one.text.includes("same code may leak"))).toBe(true);
    expect(found?.lookFor).toEqual([]);
  });
});

describe("what is not", () => {
  it("one host alone, twice looked at", () => {
    const alone = host(1, [...stalled(1, 12, 30_000, 8_000), ...unanswered(1, 6, 28_000)]);
    expect(only("shared-dependency", alone)).toBeUndefined();
    expect(only("shared-dependency", alone, alone)).toBeUndefined();
  });

  it("one ill host and one well host", () => {
    expect(only("shared-dependency", host(1, [...stalled(1, 12, 30_000, 8_000), ...unanswered(1, 6, 28_000)]), host(2, working(2, 8)))).toBeUndefined();
  });

  it("the same loopback address, or the same container address, on two hosts", () => {
    const local = (n: number): ReturnType<typeof host> => host(n, [...stalled(n, 12, 30_000, 8_000), ...unanswered(n, 6, 28_000, "127.0.0.1:3306")]);
    expect(only("shared-dependency", local(1), local(2))).toBeUndefined();
    const contained = (n: number): ReturnType<typeof host> => host(n, [...stalled(n, 12, 30_000, 8_000), ...unanswered(n, 6, 28_000, "172.17.0.2:3306")], {
      containers: [{ id: "a".repeat(64), toldBy: "docker", name: "db", image: "mysql", pid: 9, pod: null, compose: null, networks: [{ name: "bridge", addresses: ["172.17.0.2"] }] }],
    });
    expect(only("shared-dependency", contained(1), contained(2))).toBeUndefined();
  });

  it("subscribers that wait for their next message on hosts without trouble", () => {
    const waits = (n: number): ReturnType<typeof host> => host(n, unanswered(n, 20, 600_000, "10.0.9.5:6379"));
    expect(causesOf(waits(1), waits(2))).toEqual([]);
  });

  it("two hosts that are ill on different remotes", () => {
    expect(only("shared-dependency", host(1, [...stalled(1, 12, 30_000, 8_000), ...unanswered(1, 6, 28_000)]), host(2, [...stalled(2, 12, 30_000, 8_000), ...unanswered(2, 6, 28_000, "10.0.9.8:3306")]))).toBeUndefined();
  });

  it("the database's own host, whose clients they are", () => {
    const database = host(9, [listener("0.0.0.0:3306", 0, 80, { pid: 70, process: "mysqld" })], { ownAddresses: ["10.0.9.9"] });
    const ill = (n: number): ReturnType<typeof host> => host(n, [...stalled(n, 12, 30_000, 8_000), ...unanswered(n, 6, 28_000)]);
    const found = only("shared-dependency", ill(1), ill(2), database);
    expect(found?.hosts).toHaveLength(2);
    expect(found?.evidence.some((one) => one.text.includes("web-9"))).toBe(true);
  });
});
