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

describe("ss: columns", () => {
  it("reads owners of before 2014, without names for the figures", () => {
    expect(only('ESTAB 0 0 10.0.0.1:80 10.0.0.2:1234 users:(("nginx",123,4),("nginx",124,4))').owners).toEqual([
      { pid: 123, process: "nginx", fd: 4 }, { pid: 124, process: "nginx", fd: 4 },
    ]);
  });

  it("reads names that hold quotes, brackets, commas and blanks", () => {
    const socket = only('ESTAB 0 0 10.0.0.1:80 10.0.0.2:1234 users:(("a b",pid=1,fd=3),("x")),("",pid=2,fd=4),("pid=9,fd=9",pid=3,fd=5)) ino:77');
    expect(socket.owners).toEqual([{ pid: 1, process: "a b", fd: 3 }, { pid: 2, process: 'x")),("', fd: 4 }, { pid: 3, process: "pid=9,fd=9", fd: 5 }]);
    expect(socket.inode).toBe(77);
  });

  it("counts a thread's descriptor once", () => {
    expect(only('ESTAB 0 0 10.0.0.1:80 10.0.0.2:1 users:(("j",pid=5,tid=5,fd=8),("j",pid=5,tid=6,fd=8),("j",pid=5,tid=6,fd=9))').owners).toEqual([
      { pid: 5, process: "j", fd: 8 }, { pid: 5, process: "j", fd: 9 },
    ]);
  });

  it("keeps a row without Netid, State and queues readable by its heading", () => {
    const heading = "Local Address:Port Peer Address:Port Process\n";
    expect(only(`${heading}10.0.0.1:22 10.0.0.2:50000 users:(("sshd",pid=1,fd=3))`)).toMatchObject({ state: null, recvQueue: null, local: { port: 22 }, remote: { port: 50000 } });
    expect(only("ESTAB 10.0.0.1:22 10.0.0.2:50000")).toMatchObject({ state: "ESTABLISHED", recvQueue: null, sendQueue: null });
  });

  it("takes the state of a single-state table from the command", () => {
    const rows = "Recv-Q Send-Q Local Address:Port Peer Address:Port\n1 0 10.0.0.1:40000 10.0.0.2:3306\n";
    expect(countStates(readText(`$ ss -tn state close-wait\n${rows}`))).toEqual({ CLOSE_WAIT: 1 });
    expect(only(rows).state).toBeNull();
  });

  it("reads addresses in every notation", () => {
    const ends = (local: string, remote: string): unknown => {
      const socket = only(`ESTAB 0 0 ${local} ${remote}`);
      return [socket.local, socket.remote];
    };
    expect(ends("[::ffff:10.0.0.1]:80", "::ffff:10.0.0.2:443")).toEqual([{ address: "10.0.0.1", port: 80, zone: null }, { address: "10.0.0.2", port: 443, zone: null }]);
    expect(ends("[fe80::1]%eth0:22", "fe80::2%eth1:5000")).toEqual([{ address: "fe80::1", port: 22, zone: "eth0" }, { address: "fe80::2", port: 5000, zone: "eth1" }]);
    expect(ends("10.0.0.1%eth0:68", "*:*")).toEqual([{ address: "10.0.0.1", port: 68, zone: "eth0" }, { address: "*", port: 0, zone: null }]);
    expect(ends(":::80", ":::*")).toEqual([{ address: "::", port: 80, zone: null }, { address: "::", port: 0, zone: null }]);
    expect(ends("[2001:DB8:0:0:0:0:0:1]:8080", "[::1]:1")).toEqual([{ address: "2001:db8::1", port: 8080, zone: null }, { address: "::1", port: 1, zone: null }]);
    expect(ends("*%lo:53", "0.0.0.0:*")).toEqual([{ address: "*", port: 53, zone: "lo" }, { address: "0.0.0.0", port: 0, zone: null }]);
    expect(ends("web-1.example:https", "db:postgresql")).toEqual([{ address: "web-1.example", port: 443, zone: null }, { address: "db", port: 5432, zone: null }]);
    expect(ends("10.0.0.1:no-such-service", "10.0.0.2:mysql")).toEqual([{ address: "10.0.0.1", port: null, zone: null }, { address: "10.0.0.2", port: 3306, zone: null }]);
  });

  it.each([
    ["59min", 59 * 60_000], ["1min30sec", 90_000], ["9sec", 9000], ["052ms", 52], ["1.076ms", 1076], ["1.076sec", 1076], ["9.5ms", 9500], ["200ms", 200], ["", null],
  ])("reads the timer %s, iproute2's wrong unit included", (printed, expected) => {
    expect(only(`ESTAB 0 0 10.0.0.1:80 10.0.0.2:1 timer:(keepalive,${printed},3)`).timer).toEqual({ kind: "keepalive", expiresInMs: expected, retransmits: 3 });
  });

  it("takes UNCONN for closed TCP and for UDP, as the Netid says", () => {
    const snapshot = readText("Netid State Recv-Q Send-Q Local Address:Port Peer Address:Port\ntcp UNCONN 0 0 10.0.0.1:5 10.0.0.2:6\nudp UNCONN 0 0 *:68 *:*\nudp ESTAB 0 0 10.0.0.1:5 8.8.8.8:53\n");
    expect(snapshot.sockets.map((socket) => [socket.protocol, socket.state])).toEqual([["tcp", "CLOSED"], ["udp", null], ["udp", null]]);
  });

  it("sees that a table without Netid is UDP when the first UNCONN row comes", () => {
    const snapshot = readText("State Recv-Q Send-Q Local Address:Port Peer Address:Port\nESTAB 0 0 10.0.0.1:5000 8.8.8.8:53\nUNCONN 0 0 0.0.0.0:68 0.0.0.0:*\n");
    expect(snapshot.sockets.map((socket) => [socket.protocol, socket.state])).toEqual([["udp", null], ["udp", null]]);
  });

  it("passes over families without addresses", () => {
    const text = 'u_str ESTAB 0 0 * 12345 * 12346 users:(("systemd",pid=1,fd=3))\nnl UNCONN 0 0 rtnl:systemd/1 *\np_raw UNCONN 0 0 ipv6:eth0 *\ntcp LISTEN 0 5 0.0.0.0:80 0.0.0.0:*\n';
    const snapshot = readText(text);
    expect(snapshot.sockets.map((socket) => socket.local.port)).toEqual([80]);
    expect(snapshot.skipped).toEqual([]);
  });
});

describe("ss: broken lines", () => {
  const row = 'CLOSE-WAIT 1      0              192.168.100.100:41234          192.168.100.101:3306   users:(("shopd",pid=812,fd=17))';

  it.each([46, 60, 66, 70, 77, 80, 90, 100, 110])("joins rows cut at column %i by a terminal", (width) => {
    const rows = [row, row.replace("41234", "41235").replace("fd=17", "fd=18"), row.replace("41234", "41236").replace("fd=17", "fd=19")];
    const cut = rows.flatMap((text) => text.match(new RegExp(`.{1,${width}}`, "g")) ?? []).join("\n");
    const snapshot = readText(cut);
    expect(snapshot.sockets.map((socket) => [socket.state, socket.local.port, socket.remote.port, socket.owners[0]?.fd])).toEqual([
      ["CLOSE_WAIT", 41234, 3306, 17], ["CLOSE_WAIT", 41235, 3306, 18], ["CLOSE_WAIT", 41236, 3306, 19],
    ]);
    expect(snapshot.skipped).toEqual([]);
  });

  it("takes a Process column that was put on a line of its own", () => {
    const socket = only('LISTEN 0      128          0.0.0.0:22         0.0.0.0:*     \n users:(("sshd",pid=640,fd=3)) ino:12 sk:1');
    expect(socket).toMatchObject({ inode: 12, owners: [{ pid: 640, process: "sshd", fd: 3 }] });
  });

  it("sees through colours, prompts, quoting and notes behind the row", () => {
    const snapshot = readText(
      [
        "root@web-1:~# ss -antp | grep 3306",
        "\x1b[01;31m\x1b[KCLOSE-WAIT\x1b[m\x1b[K 1 0 10.0.0.1:40000 10.0.0.9:\x1b[01;31m\x1b[K3306\x1b[m\x1b[K users:((\"shopd\",pid=8,fd=9))",
        "> CLOSE-WAIT 1 0 10.0.0.1:40001 10.0.0.9:3306 users:((\"shopd\",pid=8,fd=10))",
        "    CLOSE-WAIT 1 0 10.0.0.1:40002 10.0.0.9:3306   -- gone at the second look",
        "[root@web-1 ~]# ",
        "root@web-1:/var/log#",
      ].join("\n"),
    );
    expect(snapshot.skipped).toEqual([]);
    expect(snapshot.sockets.map((socket) => [socket.local.port, socket.remote.port, socket.ownership])).toEqual([[40000, 3306, "owned"], [40001, 3306, "owned"], [40002, 3306, "none"]]);
  });

  it("does not swallow what follows a row whose owners were cut off", () => {
    const snapshot = readText('ESTAB 0 0 10.0.0.1:1 10.0.0.2:2 users:(("shop\nsomething else\nESTAB 0 0 10.0.0.1:3 10.0.0.2:2');
    expect(snapshot.sockets.map((socket) => socket.local.port)).toEqual([1, 3]);
    expect(snapshot.skipped).toMatchObject([{ line: 2, text: "something else" }]);
  });

  it("keeps every line that it does not understand, with its number and text", () => {
    const snapshot = readText("hello\nESTAB 0 0 10.0.0.1:1 10.0.0.2:2\nESTAB 0 0 10.0.0.1:1\n\nESTAB x 0 10.0.0.1:1 10.0.0.2:2\nBROKEN 0 0 10.0.0.1:1 10.0.0.2:2\nESTAB 0 0 10.0.0.999:1 10.0.0.2:2");
    expect(snapshot.sockets).toHaveLength(1);
    expect(snapshot.skipped.map(({ line, text }) => [line, text])).toEqual([
      [1, "hello"], [3, "ESTAB 0 0 10.0.0.1:1"], [5, "ESTAB x 0 10.0.0.1:1 10.0.0.2:2"], [6, "BROKEN 0 0 10.0.0.1:1 10.0.0.2:2"], [7, "ESTAB 0 0 10.0.0.999:1 10.0.0.2:2"],
    ]);
    expect(snapshot.skipped.every(({ reason }) => reason.length > 5)).toBe(true);
  });
});

describe("ss: who holds what", () => {
  const owned = (name: string, pid: number, more = ""): string => `ESTAB 0 0 10.0.0.1:${pid} 10.0.0.2:1 users:(("${name}",pid=${pid},fd=4))${more}`;
  const bare = "CLOSE-WAIT 9 0 10.0.0.1:7000 10.0.0.2:2";
  const ownershipOf = (text: string): string | undefined => readText(text).sockets.find((socket) => socket.local.port === 7000 && socket.state === "CLOSE_WAIT")?.ownership;

  it("calls it hidden when nothing shows that root looked", () => {
    expect(ownershipOf(`${owned("shopd", 100)}\n${bare}`)).toBe("hidden");
    expect(ownershipOf(`user@web:~$ ss -tanp\n${owned("sshd", 100)}\n${bare}`)).toBe("hidden");
  });

  it("calls it unowned when owners of several users are seen", () => {
    expect(ownershipOf(`${owned("shopd", 100, " uid:1000 ino:5")}\n${owned("mysqld", 101, " uid:27 ino:6")}\n${bare} uid:33 ino:9`)).toBe("none");
    expect(ownershipOf(`${owned("shopd", 100, " uid:1000 ino:5")}\n${bare} uid:33 ino:9`)).toBe("hidden");
    expect(ownershipOf(`${owned("shopd", 100, " uid:1000 ino:5")}\n${bare} uid:1000 ino:9`)).toBe("none");
    expect(ownershipOf(`${owned("sshd", 100)}\n${bare}`)).toBe("none");
  });

  it("calls it unowned when the listener's process is seen: it would have been seen to accept", () => {
    expect(ownershipOf(`LISTEN 129 128 *:7000 *:* users:(("shopd",pid=100,fd=3))\n${bare}`)).toBe("none");
    expect(ownershipOf(`LISTEN 129 128 10.0.0.7:7000 *:* users:(("shopd",pid=100,fd=3))\n${bare}`)).toBe("hidden");
  });

  it("believes the kernel's inode 0 whoever looked", () => {
    expect(ownershipOf(`user@web:~$ ss -tanpe\n${owned("x", 100, " uid:1000 ino:5")}\n${bare} ino:0 sk:1`)).toBe("none");
  });
});

describe("ss: tcp_info", () => {
  it("reads what is printed, and what is not printed as just now", () => {
    const socket = only(
      "CLOSE-WAIT 1 0 10.0.0.1:40000 10.0.0.9:3306 users:((\"shopd\",pid=8,fd=9)) timer:(keepalive,13sec,0) uid:1000 ino:123456 sk:ffff8800 cgroup:/system.slice/shopd.service -->\n"
      + "\t ts sack cubic wscale:7,7 rto:204 backoff:2 rtt:0.125/0.25 ato:40 mss:1448 cwnd:10 bytes_sent:300 bytes_acked:301 bytes_received:12 segs_out:9 send 1.2Mbps lastsnd:68000 lastack:8000 pacing_rate 2.4Mbps busy:12ms unacked:2 retrans:1/3 notsent:77 rcv_space:14600 minrtt:0.1\n",
    );
    expect(socket).toMatchObject({ uid: 1000, inode: 123456, cookie: "ffff8800", cgroup: "/system.slice/shopd.service", timer: { kind: "keepalive", expiresInMs: 13_000, retransmits: 0 } });
    expect(socket.info).toEqual({
      lastSendMs: 68_000, lastReceiveMs: 0, lastAckMs: 8000, bytesSent: 300, bytesAcked: 301, bytesReceived: 12, retransmits: 1, totalRetransmits: 3, unacked: 2, notSent: 77,
      rttMs: 0.125, rtoMs: 204, backoff: 2, congestionWindow: 10, congestionControl: "cubic",
    });
  });
});

describe("ss: its forms over the years", () => {
  const connection = { state: "CLOSE_WAIT", local: { address: "10.0.0.1", port: 40000 }, remote: { address: "10.0.0.9", port: 3306 } };

  it.each([
    ["before 2014", "State      Recv-Q Send-Q        Local Address:Port          Peer Address:Port \nCLOSE-WAIT 1      0                  10.0.0.1:40000             10.0.0.9:3306   users:((\"shopd\",812,17))"],
    ["2014 to 2017", "State      Recv-Q Send-Q Local Address:Port                 Peer Address:Port\nCLOSE-WAIT 1      0      ::ffff:10.0.0.1:40000              ::ffff:10.0.0.9:3306                users:((\"shopd\",pid=812,fd=17))"],
    ["2017, IPv6 in brackets", "State      Recv-Q Send-Q Local Address:Port                 Peer Address:Port\nCLOSE-WAIT 1      0      [::ffff:10.0.0.1]:40000            [::ffff:10.0.0.9]:3306               users:((\"shopd\",pid=812,fd=17))"],
    ["2018, blanks at its end", "State      Recv-Q Send-Q Local Address:Port  Peer Address:Port                                   \nCLOSE-WAIT 1      0           10.0.0.1:40000     10.0.0.9:3306  users:((\"shopd\",pid=812,fd=17))     "],
    ["2019, Process glued", "Netid State      Recv-Q Send-Q Local Address:Port  Peer Address:PortProcess\ntcp   CLOSE-WAIT 1      0           10.0.0.1:40000     10.0.0.9:3306 users:((\"shopd\",pid=812,fd=17))"],
    ["2020, Process apart", "State      Recv-Q Send-Q Local Address:Port  Peer Address:Port Process\nCLOSE-WAIT 1      0           10.0.0.1:40000     10.0.0.9:3306  users:((\"shopd\",pid=812,fd=17)) uid:33 ino:5 sk:1 cgroup:/system.slice/shop.service -->"],
    ["2022, threads", "State      Recv-Q Send-Q Local Address:Port  Peer Address:Port Process\nCLOSE-WAIT 1      0           10.0.0.1:40000     10.0.0.9:3306  users:((\"shopd\",pid=812,tid=812,fd=17),(\"shopd\",pid=812,tid=813,fd=17))"],
    ["SELinux contexts", "State      Recv-Q Send-Q Local Address:Port  Peer Address:Port Process\nCLOSE-WAIT 1      0           10.0.0.1:40000     10.0.0.9:3306  users:((\"shopd\",pid=812,proc_ctx=system_u:system_r:shop_t:s0,fd=17))"],
    ["SELinux contexts of sockets", "State      Recv-Q Send-Q Local Address:Port  Peer Address:Port Process\nCLOSE-WAIT 1      0           10.0.0.1:40000     10.0.0.9:3306  users:((\"shopd\",pid=812,proc_ctx=u:r:t:s0-s0:c0.c1023,fd=17,sock_ctx=u:r:t:s0))"],
    ["without queues (-Q)", "State      Local Address:Port  Peer Address:Port Process\nCLOSE-WAIT       10.0.0.1:40000     10.0.0.9:3306  users:((\"shopd\",pid=812,fd=17))"],
    ["options of the socket", "State      Recv-Q Send-Q Local Address:Port  Peer Address:Port Process\nCLOSE-WAIT 1      0           10.0.0.1:40000     10.0.0.9:3306  users:((\"shopd\",pid=812,fd=17)) tos:0x10 class_id:0x1 cgroup:/x inet-sockopt: ( recverr) --> tclass:0x0"],
    ["a filter on its line", "# ss -K dst 10.0.0.9 dport = 3306\nNetid State      Recv-Q Send-Q Local Address:Port  Peer Address:Port Process\ntcp   CLOSE-WAIT 1      0           10.0.0.1:40000     10.0.0.9:3306 users:((\"shopd\",pid=812,fd=17))"],
    ["events (-E)", "State      Recv-Q Send-Q Local Address:Port  Peer Address:Port Process\nCLOSE-WAIT 1      0           10.0.0.1:40000     10.0.0.9:3306  users:((\"shopd\",pid=812,fd=17))"],
  ])("%s", (_, text) => {
    const socket = only(text);
    expect(socket).toMatchObject(connection);
    expect(socket.owners).toEqual([{ pid: 812, process: "shopd", fd: 17 }]);
  });

  it.each([
    ["u_str ESTAB 0 0 /run/systemd/journal/stdout 21337 * 21336"], ["u_dgr UNCONN 0 0 * 15431 * 15430 users:((\"x\",pid=1,fd=2))"], ["u_seq LISTEN 0 4096 @irqbalance.sock 9 * 0"], ["nl UNCONN 0 0 uevent:systemd-udevd/512 *"], ["nl UNCONN 4352 0 tcpdiag:ss/8821 * "],
    ["p_raw UNCONN 0 0 arp:eth0 *"], ["p_dgr UNCONN 0 0 [34958]:wlan0 *"], ["v_str LISTEN 0 0 *:1024 *:*"], ["ti_rd LISTEN 0 0 1.1.1:18888 -"], ["xdp UNCONN 0 0 eth0:q0 *"], ["??? ESTAB 0 0 10.0.0.1:icmp 10.0.0.2:*"],
  ])("passes over, or keeps as other, the family of %s", (line) => {
    const snapshot = readText(`Netid State Recv-Q Send-Q Local Address:Port Peer Address:Port Process\n${line}\ntcp LISTEN 0 5 10.0.0.1:80 0.0.0.0:*\n`);
    expect(snapshot.skipped).toEqual([]);
    expect(snapshot.sockets.filter((socket) => socket.protocol === "tcp").map((socket) => socket.local.port)).toEqual([80]);
  });

  it.each([
    ["sctp LISTEN 0 5 127.0.0.1:3868 0.0.0.0:*", "sctp"], ["mptcp ESTAB 0 0 10.0.0.1:40000 10.0.0.9:3306", "mptcp"], ["dccp LISTEN 0 5 *:5001 *:*", "other"], ["raw UNCONN 0 0 0.0.0.0:icmp 0.0.0.0:*", "other"], ["icmp6 UNCONN 0 0 *:ipv6-icmp *:*", "other"], ["udp UNCONN 0 0 0.0.0.0:68 0.0.0.0:*", "udp"],
  ])("reads %s", (line, protocol) => {
    expect(only(`Netid State Recv-Q Send-Q Local Address:Port Peer Address:Port Process\n${line}\n`).protocol).toBe(protocol);
  });

  it("does not give a broken row's owner to the row before it", () => {
    const snapshot = readText("ESTAB 0 0 10.0.0.1:1 10.0.0.2:2\nES TAB 0 0 10.0.0.1:3 10.0.0.2:4 users:((\"x\",pid=5,fd=6))\n");
    expect(snapshot.sockets).toMatchObject([{ local: { port: 1 }, owners: [] }]);
    expect(snapshot.skipped.map(({ line }) => line)).toEqual([2]);
  });

  it("joins rows that a terminal of 80 columns broke between their addresses", () => {
    const rows = ["CLOSE-WAIT 1      0      [2001:db8:aaaa:bbbb:cccc:dddd:eeee:ffff]:40001 [2001:db8:aaaa:bbbb:cccc:dddd:eeee:1]:3306", "CLOSE-WAIT 1      0      [2001:db8:aaaa:bbbb:cccc:dddd:eeee:ffff]:40002 [2001:db8:aaaa:bbbb:cccc:dddd:eeee:1]:3306"];
    for (const width of [60, 72, 73, 80, 100]) {
      const snapshot = readText(rows.flatMap((row) => row.match(new RegExp(`.{1,${width}}`, "g")) ?? []).join("\n"));
      expect([width, snapshot.sockets.map((socket) => [socket.local.port, socket.remote.port])]).toEqual([width, [[40001, 3306], [40002, 3306]]]);
    }
  });
});
