import { describe, expect, it } from "vitest";
import { countStates } from "../../../src/model/snapshot";
import { createCaptureReader } from "../../../src/observe/sockets/capture";
import { captureText, keyOf, keyOfMade, MADE, readText } from "./made-captures";

const ALL = MADE.sockets.map(keyOfMade).sort();
const tcpKeys = (text: string): string[] => readText(text).sockets.filter((socket) => socket.protocol === "tcp").map(keyOf).sort();

/** Captures that show every TCP socket with whole addresses. */
const WHOLE = [
  "ss-tanpoie", "ss-tanpoieHO", "ss-tanpoieH", "ss-tanp", "ss-tan", "ss-tanoe", "ss-tanmi", "ss-tuanp", "ss-anp", "ss-threads", "ss-80-columns", "ss-46-columns",
  "netstat-tanpoeeW", "ss-not-root",
];

describe("captures of one host's sockets in every state, by every tool", () => {
  it.each(WHOLE)("%s shows the sockets that were opened, no other", (name) => {
    const snapshot = readText(captureText(name));
    expect(snapshot.sockets.filter((socket) => socket.protocol === "tcp").map(keyOf).sort()).toEqual(ALL);
    expect(snapshot.skipped).toEqual([]);
  });

  it.each(WHOLE.filter((name) => name !== "netstat-tanpoeeW"))("%s gives each receive queue", (name) => {
    const queues = new Map(readText(captureText(name)).sockets.map((socket) => [keyOf(socket), socket.recvQueue]));
    for (const made of MADE.sockets) expect([keyOfMade(made), queues.get(keyOfMade(made))]).toEqual([keyOfMade(made), made.recvQueue]);
  });

  it.each(["ss-tanpoie", "ss-tanpoieHO", "ss-tanpoieH", "ss-80-columns"])("%s tells who holds each socket, and that nobody holds the rest", (name) => {
    const snapshot = readText(captureText(name));
    for (const made of MADE.sockets) {
      const socket = snapshot.sockets.find((each) => keyOf(each) === keyOfMade(made));
      expect([keyOfMade(made), socket?.ownership]).toEqual([keyOfMade(made), made.owned ? "owned" : "none"]);
      expect(socket?.owners.map(({ pid, process }) => ({ pid, process }))).toEqual(made.owned ? [{ pid: MADE.pid, process: MADE.process }] : []);
    }
  });

  it("joins /proc/net/tcp and tcp6 in one file to the same sockets", () => {
    const text = captureText("proc-net-tcp") + captureText("proc-net-tcp6");
    expect(tcpKeys(text)).toEqual(ALL);
    const unowned = readText(text).sockets.filter((socket) => socket.ownership === "none").map(keyOf).sort();
    expect(unowned).toEqual(MADE.sockets.filter((made) => !made.owned).map(keyOfMade).sort());
  });

  it.each(["netstat-anpo", "netstat-tanpoe", "netstat-tan", "netstat-tanp", "netstat-not-root"])("%s keeps the rows whose IPv6 addresses were cut, and says so", (name) => {
    const snapshot = readText(captureText(name));
    const tcp = snapshot.sockets.filter((socket) => socket.protocol === "tcp");
    expect(tcp).toHaveLength(MADE.sockets.length);
    expect(tcp.map((socket) => socket.state).sort()).toEqual(MADE.sockets.map((made) => made.state).sort());
    // Every row with short addresses is exact; a cut row still has its port and the beginning of its address.
    const keys = tcp.map(keyOf);
    for (const made of MADE.sockets.filter((each) => each.family === 4 || each.local[0].length < 15)) expect(keys).toContain(keyOfMade(made));
    const cut = tcp.find((socket) => socket.local.port === 8082 && socket.state === "LISTEN");
    expect("fd77:aaaa:bbbb:cccc:dddd:eeee:ffff:2").toContain(cut?.local.address);
    expect(snapshot.missing.some((fact) => fact.what.includes("IPv6") && fact.remedy.includes("-W"))).toBe(true);
    expect(snapshot.skipped).toEqual([]);
  });

  it.each(["busybox-netstat-tan", "busybox-netstat-tane"])("%s, whose long addresses push the columns, is whole", (name) => {
    expect(tcpKeys(captureText(name))).toEqual(ALL);
  });

  it("reads owners, users, inodes and timers of netstat", () => {
    const snapshot = readText(captureText("netstat-tanpoeeW"));
    const closeWait = snapshot.sockets.find((socket) => socket.remote.port === 40002);
    expect(closeWait).toMatchObject({ recvQueue: 1, uid: 0, ownership: "owned", owners: [{ pid: MADE.pid, fd: null }], timer: { kind: "keepalive" } });
    expect(closeWait?.inode).toBeGreaterThan(0);
    const waiting = snapshot.sockets.find((socket) => socket.remote.port === 40011);
    expect(waiting).toMatchObject({ recvQueue: 61, inode: 0, ownership: "none" });
    const listener = snapshot.sockets.find((socket) => socket.local.port === 8080 && socket.state === "LISTEN");
    expect(listener).toMatchObject({ recvQueue: 2, sendQueue: null });
  });

  it("does not call a socket unowned when netstat was not allowed to see", () => {
    const snapshot = readText(captureText("netstat-not-root"));
    expect(new Set(snapshot.sockets.filter((socket) => socket.state === "ESTABLISHED" || socket.state === "LISTEN").map((socket) => socket.ownership))).toEqual(new Set(["hidden"]));
    expect(snapshot.sockets.find((socket) => socket.state === "TIME_WAIT")?.ownership).toBe("none");
    expect(snapshot.missing.some((fact) => fact.remedy.includes("root"))).toBe(true);
  });

  it("leaves the owner open where the capture never asked", () => {
    const snapshot = readText(captureText("ss-tan"));
    expect(new Set(snapshot.sockets.map((socket) => socket.ownership))).toEqual(new Set(["not-asked"]));
    expect(snapshot.missing.some((fact) => fact.remedy.includes("-tanpoie"))).toBe(true);
  });

  it("knows the never accepted ones from the kernel's own inode 0, without owners", () => {
    const snapshot = readText(captureText("ss-tanoe"));
    expect(snapshot.sockets.filter((socket) => socket.ownership === "none").map(keyOf).sort()).toEqual(MADE.sockets.filter((made) => !made.owned).map(keyOfMade).sort());
  });

  it("reads a table that lost its State column", () => {
    const expected = MADE.sockets.filter((made) => made.state === "CLOSE_WAIT").map((made) => keyOfMade(made).replace("CLOSE_WAIT", "tcp")).sort();
    expect(readText(captureText("ss-close-wait")).sockets.map(keyOf).sort()).toEqual(expected);
    const asked = readText(`root@host:~# ss -tanp state close-wait\n${captureText("ss-close-wait")}`);
    expect(countStates(asked)).toEqual({ CLOSE_WAIT: expected.length });
    expect(asked.sockets.find((socket) => socket.remote.port === 40011)?.ownership).toBe("none");
  });

  it("reads names for ports where they are known", () => {
    for (const name of ["ss-tap-names", "netstat-tap-names"]) {
      const snapshot = readText(captureText(name));
      expect(snapshot.sockets.filter((socket) => socket.protocol === "tcp")).toHaveLength(MADE.sockets.length);
      expect(snapshot.sockets.find((socket) => socket.state === "SYN_SENT")?.remote.port).toBe(3306);
      expect(snapshot.sockets.filter((socket) => socket.state === "LISTEN").map((socket) => socket.local.port).sort()).toEqual([8080, 8081, 8082, 8083]);
    }
  });

  it("tells UDP from TCP with and without the Netid column", () => {
    const [made = ["", 0]] = MADE.udp;
    for (const name of ["ss-tuanp", "ss-anp", "ss-uanp", "netstat-uanpe", "netstat-anpo", "proc-net-udp"]) {
      const udp = readText(captureText(name)).sockets.filter((socket) => socket.protocol === "udp");
      expect([name, udp.map((socket) => [socket.local.address, socket.local.port, socket.state])]).toEqual([name, [[made[0], made[1], null]]]);
    }
  });

  it("keeps scope and zone apart from the address", () => {
    for (const name of ["ss-tanp", "ss-tanpoieHO"]) {
      const scoped = readText(captureText(name)).sockets.find((socket) => socket.local.port === 8083);
      expect(scoped?.local).toMatchObject({ zone: "mkvb", port: 8083 });
      expect(scoped?.local.address).toMatch(/^fe80::[0-9a-f:]+$/);
    }
  });

  it("reads tcp_info on the second line and behind the row alike", () => {
    for (const name of ["ss-tanpoie", "ss-tanpoieHO"]) {
      const text = captureText(name);
      const socket = readText(text).sockets.find((each) => each.remote.port === 40003);
      const line = text.split("\n").find((_, index, lines) => (lines[index - 1] ?? "").includes("10.77.0.99:40003") || (_.includes("10.77.0.99:40003") && _.includes("rtt:")));
      const printed = (key: string): number => Number(new RegExp(`\\b${key}:([0-9.]+)`).exec(line ?? "")?.[1]);
      expect(socket?.info).toMatchObject({
        lastSendMs: printed("lastsnd"), lastReceiveMs: printed("lastrcv"), lastAckMs: printed("lastack"), bytesReceived: 25, rttMs: printed("rtt"), rtoMs: printed("rto"),
        congestionWindow: printed("cwnd"), congestionControl: /\b(bbr|cubic|reno)\b/.exec(line ?? "")?.[1],
      });
      expect(socket?.cgroup).toBe("/");
      expect(socket?.cookie).toMatch(/^[0-9a-f]+$/);
      // Nothing has been sent yet: what the kernel prints there counts from the machine's start.
      expect(readText(text).sockets.find((each) => each.state === "SYN_SENT")?.info).toMatchObject({ lastSendMs: null, lastReceiveMs: null, lastAckMs: null });
    }
  });

  it("counts by state what awk and uniq count", () => {
    const counts: Record<string, number> = {};
    for (const made of MADE.sockets) counts[made.state] = (counts[made.state] ?? 0) + 1;
    for (const name of ["awk-states", "uniq-states"]) {
      const snapshot = readText(captureText(name));
      expect(snapshot.statesOnly).toEqual(counts);
      expect(snapshot.sockets).toEqual([]);
      expect(snapshot.skipped).toEqual([]);
    }
  });

  it("reads the totals of ss -s", () => {
    const text = captureText("ss-s");
    const totals = /estab (\d+), closed \d+, orphaned \d+, timewait (\d+)/.exec(text);
    expect(readText(text).statesOnly).toEqual({ ESTABLISHED: Number(totals?.[1]), TIME_WAIT: Number(totals?.[2]) });
    expect(readText(text).skipped).toEqual([]);
  });

  it("joins kernel counters by name, alike from /proc and from nstat", () => {
    const proc = readText(captureText("proc-net-netstat"));
    const nstat = readText(captureText("nstat"));
    expect(proc.kernel?.counters.TcpActiveOpens).toBeGreaterThan(0);
    expect(proc.kernel?.counters.TcpMaxConn).toBe(-1);
    for (const name of ["TcpActiveOpens", "TcpExtListenDrops", "TcpExtListenOverflows", "TcpExtTW"]) {
      expect([name, nstat.kernel?.counters[name]]).toEqual([name, proc.kernel?.counters[name]]);
    }
    expect(proc.skipped).toEqual([]);
    expect(nstat.skipped).toEqual([]);
  });

  it.each(["\r\n", "\n"])("reads every capture with any line end, in pieces of any size", (end) => {
    for (const name of ["ss-tanpoie", "netstat-anpo", "proc-net-tcp"]) {
      const text = `\uFEFF${captureText(name).replaceAll(/\r?\n/g, end)}`;
      const whole = readText(text);
      for (const size of [1, 7, 4096]) {
        const pieces: string[] = [];
        for (let at = 0; at < text.length; at += size) pieces.push(text.slice(at, at + size));
        
        const reader = createCaptureReader("-");
        for (const piece of pieces) reader.push(piece);
        expect(reader.finish()).toEqual(whole);
      }
      expect(whole.skipped).toEqual([]);
    }
  });
});


