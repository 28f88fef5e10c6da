import { describe, expect, it } from "vitest";
import { countStates } from "../../../src/model/snapshot";
import type { Process } from "../../../src/model/process";
import { captureText, readText } from "./made-captures";

const HEAD = "COMMAND     PID   USER   FD   TYPE             DEVICE SIZE/OFF NODE NAME\n";

describe("lsof", () => {
  it.each([
    ["of Linux", "java       1234   app   77u  IPv6            4711123      0t0  TCP 10.0.0.1:8080->10.0.0.2:51000 (CLOSE_WAIT)", "CLOSE_WAIT", 77, 4711123],
    ["of RHEL 5, without SIZE", "java       1234   app   77u  IPv6            4711123            TCP 10.0.0.1:8080->10.0.0.2:51000 (CLOSE_WAIT)", "CLOSE_WAIT", 77, 4711123],
    ["of macOS", "Google\\x20  1234   app   77u  IPv4 0x8d4f2f3e2d1c0b9a      0t0  TCP 10.0.0.1:8080->10.0.0.2:51000 (CLOSE_WAIT)", "CLOSE_WAIT", 77, null],
    ["of FreeBSD", "java       1234   app   77u  IPv4 0xfffff80012345678      0t0  TCP 10.0.0.1:8080->10.0.0.2:51000 (FIN_WAIT_2)", "FIN_WAIT_2", 77, null],
    ["with a lock and no mode", "java       1234   app   77uW IPv4            4711123      0t0  TCP 10.0.0.1:8080->10.0.0.2:51000 (ESTABLISHED)", "ESTABLISHED", 77, 4711123],
    ["with queues", "java       1234   app   77u  IPv4            4711123      0t0  TCP 10.0.0.1:8080->10.0.0.2:51000 (CLOSE_WAIT QR=25 QS=3)", "CLOSE_WAIT", 77, 4711123],
    ["with a descriptor too wide to print", "java       1234   app *482u  IPv4            4711123      0t0  TCP 10.0.0.1:8080->10.0.0.2:51000 (CLOSE_WAIT)", "CLOSE_WAIT", null, 4711123],
    ["of a thread", "java       1234 1240 http-exec-1 app   77u  IPv4            4711123      0t0  TCP 10.0.0.1:8080->10.0.0.2:51000 (CLOSE_WAIT)", "CLOSE_WAIT", 77, 4711123],
    ["with names", "java       1234   app   77u  IPv4            4711123      0t0  TCP web-1.example:http-alt->client-9.example:51000 (CLOSE_WAIT)", "CLOSE_WAIT", 77, 4711123],
  ])("reads a row %s", (_, row, state, fd, inode) => {
    for (const text of [row, HEAD + row]) {
      const snapshot = readText(text);
      expect(snapshot.skipped).toEqual([]);
      expect(snapshot.sockets).toMatchObject([{ protocol: "tcp", state, inode, local: { port: 8080 }, remote: { port: 51000 }, ownership: "owned", owners: [{ pid: 1234, fd }] }]);
    }
  });

  it("reads queues, parents, threads and what a process runs", () => {
    const snapshot = readText([
      "COMMAND  PID TID TASKCMD PPID USER FD TYPE DEVICE SIZE/OFF NODE NAME",
      "shop\\x20d 812           7 app cwd DIR 8,1 4096 77 /srv/shop one", "shop\\x20d 812           7 app txt REG 8,1 4096 78 /usr/bin/shopd", "shop\\x20d 812           7 app 3r FIFO 0,12 0t0 1 pipe",
      "shop\\x20d 812           7 app 9u IPv4 500 0t0 TCP 10.0.0.1:1->10.0.0.2:2 (CLOSE_WAIT QR=1 QS=0)", "shop\\x20d 812 815 worker 7 app 9u IPv4 500 0t0 TCP 10.0.0.1:1->10.0.0.2:2 (CLOSE_WAIT QR=1 QS=0)",
      "other 900           1 root 4u IPv4 500 0t0 TCP 10.0.0.1:1->10.0.0.2:2 (CLOSE_WAIT QR=1 QS=0)",
    ].join("\n"));
    expect(snapshot.skipped).toEqual([]);
    expect(snapshot.sockets).toMatchObject([{ recvQueue: 1, sendQueue: 0, owners: [{ pid: 812, process: "shop d", fd: 9 }, { pid: 900, process: "other", fd: 4 }] }]);
    expect(snapshot.processes).toMatchObject([{ pid: 812, name: "shop d", parentPid: 7, cwd: "/srv/shop one", exe: "/usr/bin/shopd", uid: null }, { pid: 900, parentPid: 1, uid: 0 }]);
  });

  const dead = (process: Process | undefined): readonly number[] | undefined => process?.deadSocketInodes;
  it.each([
    ["now", "sock                0,9      0t0   95153 protocol: TCP"], ["now, of IPv6", "sock                0,9      0t0   95153 protocol: TCPv6"], ["before", "sock                0,7      0t0   95153 can't identify protocol"], ["long before", "sock                0,5            95153 can't identify protocol"],
  ])("keeps descriptors of sockets that are in no table, as it calls them %s", (_, file) => {
    const snapshot = readText(HEAD + [7, 8, 8].map((fd) => `shopd      812   app   ${fd}u  ${file.replace("95153", String(95_150 + fd))}`).join("\n"));
    expect(snapshot.skipped).toEqual([]);
    expect(snapshot.sockets).toEqual([]);
    expect(dead(snapshot.processes[0])).toEqual([95_157, 95_158]);
    expect(snapshot.missing.some((fact) => fact.why.includes("network namespace"))).toBe(true);
  });

  it("does not take other sockets for dead ones", () => {
    const snapshot = readText(`${HEAD}shopd 812 app 7u sock 0,9 0t0 1 protocol: UNIX\nshopd 812 app 8u sock 0,9 0t0 2 protocol: NETLINK\nshopd 812 app 9u sock 0,9 0t0 3 protocol: UDP\nshopd 812 app 10u unix 0x00 0t0 4 type=STREAM\n`);
    expect(dead(snapshot.processes[0])).toEqual([]);
    expect(snapshot.skipped).toEqual([]);
  });

  it("takes BSD's sockets without a control block for dead", () => {
    expect(dead(readText(`${HEAD}shopd 812 app 7u IPv4 0x0 0t0 TCP no PCB, CANTSENDMORE, CANTRCVMORE\n`).processes[0])).toEqual([7]);
  });

  it("says what it was not allowed to see", () => {
    const snapshot = readText(`${HEAD}init 1 root NOFD /proc/1/fd (opendir: Permission denied)\ninit 1 root cwd unknown /proc/1/cwd (readlink: Permission denied)\n`);
    expect(snapshot.skipped).toEqual([]);
    expect(snapshot.missing.some((fact) => fact.remedy.includes("root"))).toBe(true);
  });

  it("reads its own fields in whatever order and selection", () => {
    const text = "p812\ncshopd\nu1000\nf9\ntIPv4\nd500\nPTCP\nn10.0.0.1:1->10.0.0.2:2\nTST=CLOSE_WAIT\nTQR=1\nTQS=0\nf10\ntsock\ni77\nnprotocol: TCP\np900\ncother\nf4\ntIPv6\nPTCP\nn[::1]:80\nTST=LISTEN\n";
    const snapshot = readText(text);
    expect(snapshot.skipped).toEqual([]);
    expect(snapshot.sockets).toMatchObject([{ state: "CLOSE_WAIT", recvQueue: 1, inode: 500, uid: 1000, owners: [{ pid: 812, process: "shopd", fd: 9 }] }, { state: "LISTEN", local: { address: "::1", port: 80 }, sendQueue: null }]);
    expect(dead(snapshot.processes[0])).toEqual([77]);
    const nul = text.replaceAll(/\n(?=[cudtPnTi])/g, "\0").replaceAll("\n", "\0\n");
    expect(readText(nul).sockets).toEqual(snapshot.sockets);
  });

  it("keeps a line that is no field", () => {
    expect(readText("p812\ncshopd\nf9\ntIPv4\nPTCP\nnthis is no address\nwhat?\n").skipped.map(({ line }) => line)).toEqual([6, 7]);
  });

  it.each(["lsof-p", "lsof-i-threads", "lsof-fields", "lsof-fields-nul"])("%s of a real process", (name) => {
    const snapshot = readText(captureText(name));
    expect(snapshot.skipped).toEqual([]);
    expect(countStates(snapshot)).toEqual({ LISTEN: 3, ESTABLISHED: 7, CLOSE_WAIT: 2, FIN_WAIT_2: 2, SYN_SENT: 1 });
    expect(snapshot.sockets.every((socket) => socket.owners.length === 1)).toBe(true);
  });
});

describe("sockstat of FreeBSD", () => {
  it("reads owners, states, and sockets that nobody holds", () => {
    const snapshot = readText(captureText("freebsd-sockstat"));
    expect(snapshot.skipped).toEqual([]);
    expect(countStates(snapshot)).toEqual({ LISTEN: 3, ESTABLISHED: 1, CLOSE_WAIT: 1, FIN_WAIT_2: 1, TIME_WAIT: 1 });
    expect(snapshot.sockets.find((socket) => socket.state === "FIN_WAIT_2")).toMatchObject({ local: { address: "2001:db8::10", port: 52011 }, remote: { address: "2001:db8::99", port: 443 }, owners: [{ pid: 2210, process: "Web Content", fd: 44 }] });
    expect(snapshot.sockets.find((socket) => socket.state === "TIME_WAIT")?.ownership).toBe("none");
    expect(snapshot.sockets.filter((socket) => socket.protocol === "udp")).toMatchObject([{ local: { address: "fe80::1", zone: "lo0", port: 123 } }]);
  });

  it("reads it without states and without its heading", () => {
    const snapshot = readText("www      nginx       1204 12  tcp4   192.0.2.10:80         198.51.100.7:51044\n");
    expect(snapshot.sockets).toMatchObject([{ state: null, owners: [{ pid: 1204, fd: 12 }] }]);
  });
});
