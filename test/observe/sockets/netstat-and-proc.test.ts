import { describe, expect, it } from "vitest";
import { countStates } from "../../../src/model/snapshot";
import type { Socket } from "../../../src/model/socket";
import { readText } from "./made-captures";

function only(text: string): Socket {
  const snapshot = readText(text);
  expect(snapshot.skipped).toEqual([]);
  expect(snapshot.sockets).toHaveLength(1);
  const [socket] = snapshot.sockets;
  if (socket === undefined) throw new Error("no socket");
  return socket;
}

describe("netstat", () => {
  it.each([
    ["812/shopd", 812, "shopd"], ["900/nginx: worker", 900, "nginx: worker"], ["5/sshd: root@pts/0", 5, "sshd: root@pts/0"], ["1/init", 1, "init"], ["77/a/b c", 77, "a/b c"], ["3/sendmail: acce", 3, "sendmail: acce"],
  ])("reads the program %s", (printed, pid, name) => {
    for (const timer of ["", " off (0.00/0/0)", " keepalive (7183.21/0/0)"]) {
      expect(only(`tcp        0      0 10.0.0.1:22             10.0.0.2:50000          ESTABLISHED ${printed.padEnd(20)}${timer}`).owners).toEqual([{ pid, process: name, fd: null }]);
      expect(only(`tcp6       0      0 :::22                   :::*                    LISTEN      root       22606      ${printed.padEnd(20)}${timer}`)).toMatchObject({ inode: 22606, uid: 0, owners: [{ pid, process: name }] });
    }
  });

  it("reads timers in seconds", () => {
    expect(only("tcp 0 0 10.0.0.1:1 10.0.0.2:2 ESTABLISHED 8/x keepalive (7183.21/0/2)").timer).toEqual({ kind: "keepalive", expiresInMs: 7_183_210, retransmits: 0 });
    expect(only("tcp 0 9 10.0.0.1:1 10.0.0.2:2 ESTABLISHED on (0.20/3/0)").timer).toEqual({ kind: "on", expiresInMs: 200, retransmits: 3 });
    expect(only("tcp 0 0 10.0.0.1:1 10.0.0.2:2 TIME_WAIT - timewait (58.11/0/0)")).toMatchObject({ timer: { kind: "timewait", expiresInMs: 58_110 }, ownership: "none" });
    expect(only("tcp 0 9 10.0.0.1:1 10.0.0.2:2 ESTABLISHED 8/x probe (1.00/0/4)").timer?.kind).toBe("persist");
    expect(only("tcp 0 0 10.0.0.1:1 10.0.0.2:2 ESTABLISHED 8/x off (0.00/0/0)").timer).toBeNull();
  });

  it("is not misled by UDP's missing state", () => {
    const snapshot = readText([
      "Proto Recv-Q Send-Q Local Address           Foreign Address         State       User       Inode      PID/Program name    ",
      "udp        0      0 0.0.0.0:68              0.0.0.0:*                           0          20830      1029/dhclient       ",
      "udp        0      0 10.0.0.1:5000           8.8.8.8:53              ESTABLISHED app        20831      77/resolver         ",
      "udp6       0      0 ::1:323                 :::*                                0          18364      -                   ",
      "raw6       0      0 :::58                   :::*                    7           0          20819      878/NetworkManager  ",
    ].join("\n"));
    expect(snapshot.skipped).toEqual([]);
    expect(snapshot.sockets.map((socket) => [socket.protocol, socket.state, socket.inode, socket.owners[0]?.pid])).toEqual([
      ["udp", null, 20830, 1029], ["udp", null, 20831, 77], ["udp", null, 18364, undefined], ["other", null, 20819, 878],
    ]);
  });

  it.each([
    ["German", ["VERBUNDEN", "ESTABLISHED"], ["CLOSE_WAIT", "CLOSE_WAIT"]],
    ["Portuguese", ["OUÇA", "LISTEN"], ["ESPERANDO_FECHAR", "CLOSE_WAIT"], ["ESPERA_FIN2", "FIN_WAIT_2"], ["ÚLTIMO_ACK", "LAST_ACK"]],
    ["Czech", ["NASLOUCHÁ", "LISTEN"], ["SPOJENO", "ESTABLISHED"], ["POSLEDNÍ ACK", "LAST_ACK"]],
    ["Swedish", ["LYSSNAR", "LISTEN"], ["STÄNG_VÄNTA", "CLOSE_WAIT"]],
    ["Portuguese through a wrong code page", ["OU\uFFFDA", "LISTEN"], ["\uFFFDLTIMO_ACK", "LAST_ACK"]],
  ] as const)("reads the states of %s", (_, ...words) => {
    for (const [printed, state] of words) {
      for (const owner of ["", "812/shopd"]) expect(only(`tcp 0 0 10.0.0.1:1 10.0.0.2:2 ${printed} ${owner}`)).toMatchObject({ state, owners: owner === "" ? [] : [{ pid: 812 }] });
    }
  });

  it("keeps a row whose state is in no language that it knows, unless it listens", () => {
    const snapshot = readText("tcp 0 0 0.0.0.0:80 0.0.0.0:* KUUNTELU 7/x\ntcp 0 0 10.0.0.1:1 10.0.0.2:2 YHDISTETTY 7/x\n");
    expect(snapshot.sockets.map((socket) => socket.state)).toEqual(["LISTEN"]);
    expect(snapshot.skipped).toMatchObject([{ line: 2, text: "tcp 0 0 10.0.0.1:1 10.0.0.2:2 YHDISTETTY 7/x" }]);
  });

  it("passes over titles, headings and notices in other languages", () => {
    const snapshot = readText([
      "(Es konnten nicht alle Prozesse identifiziert werden; Informationen über",
      "nicht-eigene Processe werden nicht angezeigt; Root kann sie anzeigen.)",
      "Aktive Internetverbindungen (Server und stehende Verbindungen)",
      "Proto Recv-Q Send-Q Local Address           Foreign Address         State       PID/Program name    Timer",
      "tcp        1      0 10.0.0.1:80             10.0.0.2:4000           CLOSE_WAIT  -                   aus (0.00/0/0)",
      "Aktive Sockets in der UNIX-Domäne (Server und stehende Verbindungen)",
      "Proto RefZäh Flaggen     Typ        Zustand       I-Node",
      "unix  2      [ ]         DGRAM                    12345    /run/x",
    ].join("\n"));
    expect(snapshot.skipped).toEqual([]);
    expect(snapshot.sockets).toMatchObject([{ state: "CLOSE_WAIT", ownership: "hidden", timer: null }]);
  });

  it("tells 'not root' from 'nobody'", () => {
    const notice = "(Not all processes could be identified, non-owned process info\n will not be shown, you would have to be root to see it all.)\n";
    const rows = "Proto Recv-Q Send-Q Local Address           Foreign Address         State       PID/Program name\ntcp 9 0 10.0.0.1:80 10.0.0.2:4000 CLOSE_WAIT -\ntcp 0 0 10.0.0.1:81 10.0.0.2:4001 ESTABLISHED 640/sshd: root\n";
    expect(readText(notice + rows).sockets[0]?.ownership).toBe("hidden");
    expect(readText(`# netstat -antp\n${rows}`).sockets[0]?.ownership).toBe("none");
    expect(readText(rows).sockets[0]?.ownership).toBe("none");
    expect(readText(rows.replace("640/sshd: root", "640/shopd")).sockets[0]?.ownership).toBe("hidden");
  });

  it("marks a port that was cut away", () => {
    expect(only("tcp6 0 0 2001:db8:85a3:8d3:13:443 :::* LISTEN").local).toEqual({ address: "2001:db8:85a3:8d3:13", port: 443, zone: null });
    expect(only("tcp6 0 0 2001:db8:85a3:8d3:1319:8a2e: 2001:db8::1:5000 ESTABLISHED").local.port).toBeNull();
  });
});

describe("/proc/net/tcp", () => {
  const row = (local: string, remote: string, state: string, tail = "00000000:00000000 00:00000000 00000000  1000        0 12345 1 0000000000000000 100 0 0 10 0"): string => `   0: ${local} ${remote} ${state} ${tail}`;

  it("reads the words of both byte orders", () => {
    const little = [row("0100007F:1F90", "00000000:0000", "0A"), row("0A00000A:D431", "0900000A:0CEA", "08")].join("\n");
    const big = [row("7F000001:1F90", "00000000:0000", "0A"), row("0A00000A:D431", "0A000009:0CEA", "08")].join("\n");
    const wanted = [["127.0.0.1", 8080, "LISTEN"], ["10.0.0.10", 54321, "CLOSE_WAIT"]];
    for (const text of [little, big]) expect(readText(text).sockets.map((socket) => [socket.local.address, socket.local.port, socket.state])).toEqual(wanted);
    expect(readText(big).sockets[1]?.remote).toEqual({ address: "10.0.0.9", port: 3306, zone: null });
  });

  it("reads IPv6 as four words, mapped addresses folded, in both byte orders", () => {
    const little = [row("00000000000000000000000001000000:0016", "00000000000000000000000000000000:0000", "0A"), row("0000000000000000FFFF00000100000A:0050", "0000000000000000FFFF00000200000A:C350", "01"), row("B80D0120000000000000000001000000:01BB", "000080FE00000000578BCB48ACE6303C:1F90", "01")].join("\n");
    const swap = (text: string): string => text.replace(/\b[0-9A-F]{32}\b/g, (hex) => (hex.match(/.{8}/g) ?? []).map((word) => (word.match(/../g) ?? []).reverse().join("")).join(""));
    for (const text of [little, swap(little)]) {
      const snapshot = readText(text);
      expect(snapshot.sockets.map((socket) => [socket.local.address, socket.remote.address])).toEqual([["::1", "::"], ["10.0.0.1", "10.0.0.2"], ["2001:db8::1", "fe80::48cb:8b57:3c30:e6ac"]]);
    }
  });

  it("reads queues, timers and the missing inode", () => {
    const snapshot = readText([
      row("0100007F:1F90", "0200007F:C350", "01", "0000000A:00000078 01:00000014 00000002  1000        0 99 2 ffff8800 20 4 30 10 -1"),
      row("0100007F:1F90", "0200007F:C351", "06", "00000000:00000000 03:000007C5 00000000     0        0 0 3 ffff8800"),
      row("0100007F:1F90", "00000000:0000", "0A", "00000000:00000081 00:00000000 00000000     0        0 100 1 ffff8800 100 0 0 10 0"),
      row("0100007F:1F90", "0200007F:C352", "01", "00000000:00000000 02:000AFC80 00000000  1000        0 101 2 ffff8800 20 4 30 10 -1"),
      row("0100007F:1F90", "0200007F:C353", "01", "00000001:00000000 04:0000000A 00000000  1000        0 102 2 ffff8800 20 4 30 10 -1"),
    ].join("\n"));
    expect(snapshot.sockets.map((socket) => [socket.recvQueue, socket.sendQueue, socket.timer, socket.inode, socket.ownership])).toEqual([
      [120, 10, { kind: "on", expiresInMs: 200, retransmits: 2 }, 99, "not-asked"],
      [0, 0, { kind: "timewait", expiresInMs: 19_890, retransmits: 0 }, 0, "none"],
      [129, null, null, 100, "not-asked"],
      [0, 0, { kind: "keepalive", expiresInMs: 7_200_000, retransmits: 0 }, 101, "not-asked"],
      [0, 1, { kind: "persist", expiresInMs: 100, retransmits: 0 }, 102, "not-asked"],
    ]);
  });

  it("takes rows with a drops column for UDP", () => {
    expect(only(row("0100007F:0035", "00000000:0000", "07", "00000000:00000000 00:00000000 00000000   101        0 2000 2 ffff8800 0"))).toMatchObject({ protocol: "udp", state: null });
  });
});

describe("tables of counts and other text", () => {
  it("takes the peak of each state over several tables", () => {
    const snapshot = readText("$ netstat -n | awk '/^tcp/ {++S[$NF]} END {for(a in S) print a, S[a]}'\nCLOSE_WAIT 126\nESTABLISHED 20\n$ netstat -n | awk '/^tcp/ {++S[$NF]} END {for(a in S) print a, S[a]}'\nCLOSE_WAIT 5\nESTABLISHED 40\n");
    expect(countStates(snapshot)).toEqual({ CLOSE_WAIT: 126, ESTABLISHED: 40 });
    expect(snapshot.skipped).toEqual([]);
  });

  it("lets listed sockets speak before counted ones, and says so", () => {
    const snapshot = readText("ESTAB 0 0 10.0.0.1:1 10.0.0.2:2\n\nCLOSE_WAIT 126\n");
    expect(countStates(snapshot)).toEqual({ ESTABLISHED: 1 });
    expect(snapshot.missing.some((fact) => fact.what.includes("counts"))).toBe(true);
  });

  it("reads several formats out of one text", () => {
    const snapshot = readText([
      "# ss -tan", "State Recv-Q Send-Q Local Address:Port Peer Address:Port", "ESTAB 0 0 10.0.0.1:1 10.0.0.2:2",
      "# netstat -tan", "Active Internet connections (servers and established)", "Proto Recv-Q Send-Q Local Address Foreign Address State", "tcp 0 0 10.0.0.1:3 10.0.0.2:4 TIME_WAIT",
      "# cat /proc/net/tcp", "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode", "   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 7 1 0 100 0 0 10 0",
      "# cat /proc/net/netstat", "TcpExt: ListenOverflows ListenDrops", "TcpExt: 7 9",
    ].join("\n"));
    expect(snapshot.skipped).toEqual([]);
    expect(snapshot.sockets.map((socket) => socket.state)).toEqual(["ESTABLISHED", "TIME_WAIT", "LISTEN"]);
    expect(snapshot.kernel?.counters).toEqual({ TcpExtListenOverflows: 7, TcpExtListenDrops: 9 });
    expect(snapshot.source.format.split("+").sort()).toEqual(["netstat-linux", "proc-net-netstat", "proc-net-tcp", "ss"]);
  });

  it("keeps foreign text whole", () => {
    const lines = ["2024-01-01 12:00:00 ERROR upstream timed out", "SELECT 1;", "\tat com.example.Main(Main.java:1)", "{\"a\":1}"];
    const snapshot = readText(lines.join("\n"));
    expect(snapshot.skipped.map(({ text }) => text)).toEqual(lines);
    expect(snapshot.source.format).toBe("unknown");
  });
});

describe("the byte order of /proc/net/tcp", () => {
  const row = (local: string, remote: string): string => `   0: ${local}:1F90 ${remote}:C350 01 00000000:00000000 00:00000000 00000000  1000        0 12345 1 0000000000000000 20 4 30 10 -1\n`;

  it("is told as an assumption where both ways read as well, and only there", () => {
    const said = (text: string): boolean => readText(text).missing.some(({ what }) => what.includes("byte order"));
    expect(said(row("08080808", "09090909"))).toBe(true);
    expect(said(row("0500000A", "0900000A"))).toBe(false);
    expect(said(row("0A000005", "0A000009"))).toBe(false);
  });
});
