import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { explain } from "../../src/explain/explain";
import type { Snapshot } from "../../src/model/snapshot";
import type { Socket } from "../../src/model/socket";
import { keepalive, later, listener, look, numbers, process, socket, times } from "./look-builder";

const web = { pid: 10, process: "web" };
const browser = { pid: 20, process: "firefox" };

/** What stands on healthy hosts, in any amount that a healthy host may have. */
const busyServer = fc.tuple(fc.nat(2), fc.nat(400), fc.nat(300), fc.nat(60_000)).map(([queue, open, done, idle]): Socket[] => [
  listener("0.0.0.0:8080", queue, 128, web),
  ...numbers(queue).map((n) => socket("ESTABLISHED", "10.0.0.7:8080", `10.2.0.9:${32_800 + n}`, { recvQueue: 200, info: times(3, 3, 3) })),
  // Keep-alive connections wait for their next request.
  ...numbers(open).map((n) => socket("ESTABLISHED", "10.0.0.7:8080", `10.2.${n % 250}.1:${40_000 + n}`, { by: web, timer: keepalive(15_000), info: times((idle * n) % 75_000, (idle * n) % 75_000, (idle * n) % 75_000) })),
  ...numbers(done).map((n) => socket("TIME_WAIT", "10.0.0.7:8080", `10.2.${n % 250}.2:${40_000 + n}`)),
  // Half a dozen have just been closed by their clients.
  ...numbers(open % 7).map((n) => socket("CLOSE_WAIT", "10.0.0.7:8080", `10.2.0.3:${45_000 + n}`, { by: web, recvQueue: n % 2, timer: idle % 2 === 0 ? keepalive(14_000) : null, info: times(idle + 40 + n, idle + 40 + n, 1 + n) })),
]);
const idlePools = fc.tuple(fc.nat(50), fc.nat(20), fc.nat(2_000_000)).map(([database, cache, idle]): Socket[] => [
  ...numbers(database).map((n) => socket("ESTABLISHED", `10.0.0.7:${36_000 + n}`, "10.0.0.3:3306", { by: web, timer: keepalive(9000), info: times(idle + n, idle + n, 200 + n) })),
  ...numbers(cache).map((n) => socket("ESTABLISHED", `10.0.0.7:${37_000 + n}`, "10.0.0.4:6379", { by: web, info: times(idle + n, idle + n, idle + n) })),
]);
const turnover = fc.nat(900).map((count): Socket[] => numbers(count).map((n) => socket("TIME_WAIT", `10.0.0.7:${38_000 + n}`, `10.3.${n % 3}.1:443`)));
/** A browser or an agent holds single connections that far servers have closed, TLS goodbye unread, for hours. */
const singletons = fc.tuple(fc.nat(40), fc.nat(3_600_000)).map(([count, age]): Socket[] =>
  numbers(count).map((n) => socket("CLOSE_WAIT", `10.0.0.7:${42_000 + n}`, `151.101.${n}.69:443`, { by: browser, recvQueue: 25, info: times(age + 60_000 + n * 991, age + n * 991, age + n * 991) })));
const oneYoung = fc.tuple(fc.nat(2), fc.nat(4000)).map(([recvQueue, age]): Socket[] => [socket("CLOSE_WAIT", "10.0.0.7:44444", "10.0.0.3:3306", { by: web, recvQueue, info: times(age + 30_000, age + 30_000, age) })]);
const quiet = fc.constantFrom<Socket[]>(
  [listener("127.0.0.53:53", 0, 4096, { pid: 3, process: "systemd-resolve" }), listener("0.0.0.0:22", 0, 128, { pid: 4, process: "sshd" })],
  [socket("SYN_SENT", "10.0.0.7:51000", "10.9.9.9:443", { by: web })],
  [socket("FIN_WAIT_2", "10.0.0.7:51001", "10.9.9.9:443"), socket("LAST_ACK", "10.0.0.7:51002", "10.9.9.9:443")],
  // An ssh session that forwards a port, half closed and in use.
  [socket("CLOSE_WAIT", "10.0.0.7:51003", "10.9.9.9:22", { by: { pid: 5, process: "ssh" }, sendQueue: 4000, info: times(20, 90_000, 15) })],
);
const parts = fc.tuple(busyServer, idlePools, turnover, singletons, oneYoung, quiet).map((all) => all.flat());
const processes = [process(10, "web", { openDescriptors: 500, descriptorLimit: 1024, deadSocketInodes: [1, 2] }), process(20, "firefox", { deadSocketInodes: [3, 4, 5] }), process(3, "systemd-resolve"), process(4, "sshd")];
const healthy = parts.map((sockets): Snapshot => look(sockets, { processes }));

const causes = (...snapshots: Snapshot[]): string[] => explain({ snapshots, configured: [] }).diagnoses.map((one) => `${one.cause}: ${one.title}`);

describe("a healthy host gets a clean bill", () => {
  it("at one look", () => {
    fc.assert(fc.property(healthy, (snapshot) => {
      expect(causes(snapshot)).toEqual([]);
    }), { numRuns: 300 });
  });
  it("at two looks, a minute apart, with other sockets in them", () => {
    fc.assert(fc.property(healthy, healthy, (first, second) => {
      // A pool that warmed up from nothing between two looks cannot be told from a leak's beginning only if nothing of it was there before.
      // What hangs up at this moment is not what hung up a minute ago: inodes are counted up.
      const fresh = { ...second, sockets: second.sockets.map((one) => (one.state === "CLOSE_WAIT" && one.inode !== null ? { ...one, inode: one.inode + 1_000_000 } : one)) };
      expect(causes(later(first, -60_000), fresh).filter((cause) => !cause.startsWith("established-growth"))).toEqual([]);
    }), { numRuns: 150 });
  });
  it("at two looks at the same quiet sockets", () => {
    fc.assert(fc.property(healthy, (snapshot) => {
      const aged = { ...snapshot, sockets: snapshot.sockets.filter((one) => one.state !== "CLOSE_WAIT").map((one) => (one.info === null || one.info.lastSendMs === null ? one : { ...one, info: { ...one.info, lastSendMs: one.info.lastSendMs + 30_000, lastReceiveMs: (one.info.lastReceiveMs ?? 0) + 30_000 } })) };
      // Unaccepted ones would have waited too long by then; a healthy server has accepted them.
      const accepted = { ...aged, sockets: aged.sockets.filter((one) => !(one.state === "ESTABLISHED" && one.ownership === "none")) };
      expect(causes(snapshot, later(accepted, 30_000))).toEqual([]);
    }), { numRuns: 150 });
  });
  it("when a CLOSE_WAIT was seen once and is gone at the next look", () => {
    const once = look([...numbers(3).map((n) => socket("CLOSE_WAIT", `10.0.0.7:${40_000 + n}`, "10.0.0.3:3306", { by: web, recvQueue: 1, info: times(9000, 9000, 800) }))]);
    expect(causes(later(once, -10_000), look([]))).toEqual([]);
  });
  it("from plain netstat, without times and owners", () => {
    const plain = fc.tuple(fc.nat(300), fc.nat(300), fc.nat(3)).map(([open, done, hung]) => look([
      ...numbers(open).map((n) => socket("ESTABLISHED", "10.0.0.7:443", `10.2.${n % 250}.1:${40_000 + n}`, { ownership: "not-asked", inode: null })),
      ...numbers(done).map((n) => socket("TIME_WAIT", `10.0.0.7:${40_000 + n}`, "10.0.0.3:3306", { ownership: "not-asked", inode: null })),
      ...numbers(hung).map((n) => socket("CLOSE_WAIT", `10.0.0.7:${46_000 + n}`, "104.16.1.1:443", { recvQueue: 1, ownership: "not-asked", inode: null })),
    ], { clock: null, kernel: null, source: { format: "netstat-linux", target: "-", takenAt: null } }));
    fc.assert(fc.property(plain, (snapshot) => {
      expect(causes(snapshot)).toEqual([]);
    }), { numRuns: 100 });
  });
});

describe("whatever the facts are", () => {
  const number = fc.option(fc.integer({ min: 0, max: 500_000 }), { nil: null });
  const any = fc.record({
    state: fc.constantFrom("LISTEN", "ESTABLISHED", "CLOSE_WAIT", "TIME_WAIT", "SYN_SENT", "SYN_RECEIVED", "FIN_WAIT_2", "CLOSED", null),
    port: fc.integer({ min: 0, max: 65_535 }), remote: fc.integer({ min: 0, max: 65_535 }), recvQueue: number, sendQueue: number, send: number, receive: number, ack: number,
    ownership: fc.constantFrom("owned", "none", "hidden", "not-asked"), protocol: fc.constantFrom("tcp", "udp", "mptcp", "other"), address: fc.constantFrom("10.0.0.7", "::1", "*", "0.0.0.0", "::", "name"), timed: fc.boolean(),
  });
  const snapshots = fc.array(fc.tuple(fc.array(any, { maxLength: 80 }), fc.boolean()), { maxLength: 3 }).map((looks) => looks.map(([sockets, clocked], at) => later(look(sockets.map((one) => ({
    ...socket(one.state as Socket["state"], `${one.address}:${one.port}`, `10.0.0.3:${one.remote}`, { recvQueue: one.recvQueue, sendQueue: one.sendQueue, info: one.timed ? { lastSendMs: one.send, lastReceiveMs: one.receive, lastAckMs: one.ack } : null, ...(one.ownership === "owned" ? { by: web } : {}) }),
    ownership: one.ownership as Socket["ownership"], protocol: one.protocol as Socket["protocol"],
  })), clocked ? {} : { clock: null }), at * 60_000)));

  it("explain does not throw, traces its figures to real sockets, and counts every TCP socket in one group", () => {
    fc.assert(fc.property(snapshots, (looks) => {
      const { groups, services, diagnoses } = explain({ snapshots: looks, configured: [] });
      const last = looks[looks.length - 1];
      const total = last?.sockets.length ?? 0;
      const grouped = groups.flatMap((group) => group.sockets).sort((a, b) => a - b);
      expect(grouped).toEqual(numbers(total).filter((index) => ["tcp", "mptcp"].includes(last?.sockets[index]?.protocol ?? "")));
      for (const group of groups) if (group.service !== null) expect(services[group.service]).toBeDefined();
      for (const service of services) expect(service.how.length).toBeGreaterThan(0);
      for (const diagnosis of diagnoses) {
        expect(diagnosis.evidence.some((one) => one.supports)).toBe(true);
        expect(diagnosis.lookFor.length).toBeGreaterThan(0);
        expect([...diagnosis.leakMomentsMs]).toEqual([...diagnosis.leakMomentsMs].sort((a, b) => a - b));
        for (const index of [...diagnosis.sockets, ...diagnosis.evidence.flatMap((one) => one.sockets)]) expect(index).toBeLessThan(total);
      }
    }), { numRuns: 500 });
  });
});
