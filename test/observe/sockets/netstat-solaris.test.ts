import { describe, expect, it } from "vitest";
import { captureText, readText, rowOf } from "./made-captures";

describe("netstat of Solaris and illumos", () => {
  it("reads every section of -an", () => {
    const snapshot = readText(captureText("solaris-netstat-an"));
    expect(snapshot.skipped).toEqual([]);
    expect(snapshot.source.format).toBe("netstat-solaris");
    expect(snapshot.sockets.map(rowOf)).toEqual([
      "udp - *:111 *:* - - not-asked", "udp - *:* *:* - - not-asked", "udp - 10.20.0.15:64161 10.20.0.1:53 - - not-asked", "udp - *:546 *:* - - not-asked",
      "tcp CLOSED *:* *:* 0 0 not-asked", "tcp LISTEN *:22 *:* - - not-asked", "tcp CLOSE_WAIT 10.20.0.15:8080 10.20.0.77:50123 25 0 not-asked",
      "tcp ESTABLISHED 10.20.0.15:22 10.20.0.1:56321 0 51 not-asked", "tcp CLOSED 10.20.0.15:50500 *:* 0 0 not-asked",
      "tcp LISTEN *:22 *:* - - not-asked", "tcp FIN_WAIT_2 [fe80::8:20ff:fe1%net0]:22 [fe80::9:9%net0]:50200 0 0 not-asked",
      "sctp CLOSED 0.0.0.0:* 0.0.0.0:* 0 0 not-asked",
    ]);
  });

  it("reads -u, which prints a shared socket once for each process", () => {
    const snapshot = readText(captureText("solaris-netstat-nu"));
    expect(snapshot.skipped).toEqual([]);
    expect(snapshot.sockets.map(rowOf)).toEqual(["tcp ESTABLISHED 10.20.0.15:22 10.20.0.1:56321 0 51 531/sshd,533/sshd", "tcp CLOSE_WAIT 10.20.0.15:8080 10.20.0.77:50123 25 0 6612/java"]);
  });

  it("reads rows without their headings, old titles, names and cut states", () => {
    const snapshot = readText([
      "TCP", "      *.22                 *.*                0      0 24576      0 LISTEN", "192.168.0.60.22      192.168.0.127.1063   16445      0 24820      3 ESTABLISHED",
      "shop.ssh             bastion.50200        16445      0 24820      0 CLOSE_WAIT", "192.168.0.60.80      172.16.100.54.3396   31856      0 24616      0 TIME_WA",
    ].join("\r\n"));
    expect(snapshot.skipped).toEqual([]);
    expect(snapshot.sockets.map(rowOf)).toEqual([
      "tcp LISTEN *:22 *:* - - not-asked", "tcp ESTABLISHED 192.168.0.60:22 192.168.0.127:1063 3 0 not-asked", "tcp CLOSE_WAIT shop:22 bastion:50200 0 0 not-asked", "tcp TIME_WAIT 192.168.0.60:80 172.16.100.54:3396 0 0 not-asked",
    ]);
  });

  it("reads owners of UDP and words that are blanks away from each other", () => {
    const snapshot = readText("UDP: IPv4\n   Local Address        Remote Address      User    Pid      Command     State\n-------------------- -------------------- -------- ------ ------------- ----------\n*.111                                     daemon   412 rpcbind       Idle\n10.0.0.1.123  10.0.0.2.123  root 77 ntp d  Connected\n");
    expect(snapshot.skipped).toEqual([]);
    expect(snapshot.sockets.map(rowOf)).toEqual(["udp - *:111 *:* - - 412/rpcbind", "udp - 10.0.0.1:123 10.0.0.2:123 - - 77/ntp d"]);
  });

  it("leaves lines of other text", () => {
    const lines = ["10.0.0.1.80 10.0.0.2.5000 1 2 3 4 BUSY", "com.example.App started in 3.2 s", "TCP is fine"];
    expect(readText(lines.join("\n")).skipped.map(({ text }) => text)).toEqual(lines);
  });
});
