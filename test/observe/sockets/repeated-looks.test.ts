import { describe, expect, it } from "vitest";
import { countStates } from "../../../src/model/snapshot";
import { captureText, keyOf, readText } from "./made-captures";

const heading = "Proto Recv-Q Send-Q Local Address           Foreign Address         State\n";
const title = "Active Internet connections (servers and established)\n";
const netstatRow = (port: number, state: string): string => `tcp        0      0 10.0.0.1:${port}         10.0.0.9:3306           ${state}\n`;
const look = (...rows: string[]): string => title + heading + rows.join("");

describe("a capture that repeats its table", () => {
  const first = look(netstatRow(40001, "ESTABLISHED"), netstatRow(40002, "ESTABLISHED"), netstatRow(40003, "ESTABLISHED"));
  const second = look(netstatRow(40001, "ESTABLISHED"), netstatRow(40002, "CLOSE_WAIT"), netstatRow(40004, "ESTABLISHED"));

  it("is its last look, and says that there were others", () => {
    const snapshot = readText(first + second);
    expect(snapshot.sockets.map((socket) => [socket.local.port, socket.state])).toEqual([[40001, "ESTABLISHED"], [40002, "CLOSE_WAIT"], [40004, "ESTABLISHED"]]);
    expect(snapshot.missing.find((fact) => fact.what === "1 other looks at the same sockets")?.why).toContain("1 sockets that only the others list");
    expect(snapshot.skipped).toEqual([]);
  });

  it("is the look before when the last one was cut off", () => {
    const snapshot = readText(first + look(netstatRow(40001, "CLOSE_WAIT")));
    expect(snapshot.sockets.map((socket) => socket.local.port)).toEqual([40001, 40002, 40003]);
    expect(snapshot.sockets[0]?.state).toBe("ESTABLISHED");
    expect(snapshot.missing.some((fact) => fact.what.includes("other looks"))).toBe(true);
  });

  it("by a command typed again is the same", () => {
    const snapshot = readText(`$ netstat -tan\n${first}$ netstat -tan\n${second}$ netstat -tan\n${second}`);
    expect(countStates(snapshot)).toEqual({ ESTABLISHED: 2, CLOSE_WAIT: 1 });
    expect(snapshot.missing.some((fact) => fact.what === "2 other looks at the same sockets")).toBe(true);
  });

  it("is two hosts when the prompts say so, or nothing proves that it is one", () => {
    expect(readText(`root@web-1:~# netstat -tan\n${first}root@web-2:~# netstat -tan\n${first}`).sockets).toHaveLength(6);
    const listeners = look("tcp        0      0 0.0.0.0:22              0.0.0.0:*               LISTEN\n");
    expect(readText(listeners + listeners).sockets).toHaveLength(2);
  });

  it("keeps tables of different sockets, whatever their number", () => {
    const text = `$ ss -tan state established\nRecv-Q Send-Q Local Address:Port Peer Address:Port\n0 0 10.0.0.1:1 10.0.0.2:2\n$ ss -tan state close-wait\nRecv-Q Send-Q Local Address:Port Peer Address:Port\n1 0 10.0.0.1:3 10.0.0.2:2\n`;
    const snapshot = readText(text);
    expect(countStates(snapshot)).toEqual({ ESTABLISHED: 1, CLOSE_WAIT: 1 });
    expect(snapshot.missing.some((fact) => fact.what.includes("moments") || fact.what.includes("looks"))).toBe(false);
  });
});

describe("tables of several tools in one capture", () => {
  it("count each socket once, with what each tool knows", () => {
    const text = [
      "root@web-1:~# ss -tanoi", "State Recv-Q Send-Q Local Address:Port Peer Address:Port",
      "CLOSE-WAIT 1 0 10.0.0.1:40002 10.0.0.9:3306 timer:(keepalive,13sec,0)", "\t cubic rto:204 rtt:1/2 lastsnd:9000 lastrcv:9000 lastack:1000", "LISTEN 0 128 0.0.0.0:80 0.0.0.0:*", "TIME-WAIT 0 0 10.0.0.1:80 10.0.0.3:5000",
      "root@web-1:~# netstat -antp", "Active Internet connections (servers and established)", "Proto Recv-Q Send-Q Local Address           Foreign Address         State       PID/Program name",
      "tcp        1      0 10.0.0.1:40002          10.0.0.9:3306           CLOSE_WAIT  812/shopd", "tcp        0      0 0.0.0.0:80              0.0.0.0:*               LISTEN      812/shopd", "tcp        0      0 10.0.0.1:80             10.0.0.4:5001           ESTABLISHED 812/shopd",
      "root@web-1:~# lsof -nPi", "COMMAND PID USER   FD   TYPE DEVICE SIZE/OFF NODE NAME", "shopd   812 root   17u  IPv4  95147      0t0  TCP 10.0.0.1:40002->10.0.0.9:3306 (CLOSE_WAIT)", "shopd   812 root    3u  IPv4  95100      0t0  TCP *:80 (LISTEN)",
    ].join("\n");
    const snapshot = readText(text);
    expect(snapshot.skipped).toEqual([]);
    expect(countStates(snapshot)).toEqual({ CLOSE_WAIT: 1, LISTEN: 1, TIME_WAIT: 1, ESTABLISHED: 1 });
    expect(snapshot.sockets.find((socket) => socket.state === "CLOSE_WAIT")).toMatchObject({
      recvQueue: 1, inode: 95147, uid: 0, owners: [{ pid: 812, process: "shopd", fd: 17 }], timer: { kind: "keepalive" }, info: { lastAckMs: 1000 },
    });
    expect(snapshot.sockets.find((socket) => socket.state === "LISTEN")).toMatchObject({ sendQueue: 128, owners: [{ fd: 3 }] });
    expect(snapshot.missing.some((fact) => fact.what.includes("moments between the tables") && fact.why.startsWith("2 sockets"))).toBe(true);
  });

  it("of one host and one moment tell the sockets of any one of them", () => {
    const alone = readText(captureText("ss-tanpoie"));
    const together = readText(["ss-tanpoie", "netstat-tanpoeeW", "proc-net-tcp", "proc-net-tcp6"].map(captureText).join("\n"));
    expect(together.sockets.map(keyOf).sort()).toEqual(alone.sockets.map(keyOf).sort());
    expect(together.skipped).toEqual([]);
    const closeWait = (snapshot: typeof alone): unknown => snapshot.sockets.filter((socket) => socket.state === "CLOSE_WAIT").map(({ ownership, recvQueue, inode, owners }) => ({ ownership, recvQueue, inode, owners }));
    expect(closeWait(together)).toEqual(closeWait(alone));
  });

  it("keep sockets that share an address and a port", () => {
    const rows = 'LISTEN 0 5 0.0.0.0:80 0.0.0.0:* users:(("a",pid=1,fd=3)) ino:11\nLISTEN 0 5 0.0.0.0:80 0.0.0.0:* users:(("b",pid=2,fd=3)) ino:12\nESTAB 0 0 10.0.0.1:80 10.0.0.2:2 users:(("b",pid=2,fd=4)) ino:13\n';
    expect(readText(rows).sockets).toHaveLength(3);
    expect(readText(`# ss -tanpe\n${rows}# cat /proc/net/tcp\n   0: 00000000:0050 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 11 1 0 100 0 0 10 0\n   1: 00000000:0050 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 12 1 0 100 0 0 10 0\n`).sockets).toHaveLength(3);
  });
});
