import { describe, expect, it } from "vitest";
import { captureText, readText, rowOf } from "./made-captures";

const rows = (text: string): string[] => {
  const snapshot = readText(text);
  expect(snapshot.skipped).toEqual([]);
  return snapshot.sockets.map(rowOf);
};

describe("netstat of macOS and the BSDs", () => {
  it("reads macOS -anv, whose process names hold blanks and brackets, and passes over the tables beside it", () => {
    const text = captureText("macos-netstat-anv");
    expect(readText(text).source.format).toBe("netstat-bsd");
    expect(rows(text)).toEqual([
      "tcp CLOSE_WAIT 10.20.0.15:8080 10.20.0.77:50123 25 0 6612/java",
      "tcp ESTABLISHED 10.20.0.15:50444 10.20.0.9:5432 0 340 84517/Code Helper (Plu",
      "tcp LISTEN *:8080 *:* - - 6612/java",
      "tcp FIN_WAIT_2 [fe80::1%lo0]:1024 [fe80::1%lo0]:49152 0 0 901/node",
      "tcp SYN_SENT [2001:db8:aaaa:bb]:50624 [2001:db8:cccc:dd]:443 0 0 35474/Google Chrome He",
      "tcp TIME_WAIT 10.20.0.15:8080 10.20.0.79:50300 0 0 none",
      "udp - *:5353 *:* 0 0 377/mDNSResponder",
      "udp - 10.20.0.15:64161 10.20.0.1:53 0 0 855/Brave Browser He",
      "other - *:* *:* 0 0 312/airportd",
    ]);
    expect(readText(text).missing).toContainEqual(expect.objectContaining({ what: "2 addresses in full" }));
  });

  it("reads older macOS, with a pid column", () => {
    expect(rows(captureText("macos-netstat-anv-pid"))).toEqual([
      "tcp CLOSE_WAIT 10.20.0.15:8080 10.20.0.77:50123 25 0 6612/?", "tcp LISTEN *:8080 *:* - - 6612/?", "tcp TIME_WAIT 10.20.0.15:8080 10.20.0.79:50300 0 0 none", "udp - *:5353 *:* 0 0 377/?",
    ]);
  });

  it.each([
    ["rhiwat shiwat pid epid, with a heading alone to tell", "Proto Recv-Q Send-Q  Local Address  Foreign Address  (state)  rhiwat shiwat  pid  epid", "tcp4 0 0 10.0.0.1.80 10.0.0.2.5000 ESTABLISHED 131072 131072 843 0"],
    ["rxbytes txbytes rhiwat shiwat pid epid", "Proto Recv-Q Send-Q  Local Address  Foreign Address  (state)  rxbytes txbytes rhiwat shiwat  pid  epid", "tcp4 0 0 10.0.0.1.80 10.0.0.2.5000 ESTABLISHED 0 0 131072 131072 843 0"],
    ["five hexadecimal digits of state", "", "tcp4 0 0 10.0.0.1.80 10.0.0.2.5000 ESTABLISHED 131072  131072  843      0 00102 00000006 00000000003e3959 00000001 00000800      1      0 000001"],
    ["all columns, no heading", "", "tcp4 0 0 10.0.0.1.80 10.0.0.2.5000 ESTABLISHED 0 0 1048576 1048576    843      0 00000 00000006 0000000000010cb7 00000000 00000900      1      0 000000"],
  ])("finds the pid in the columns of %s", (_, heading, row) => {
    expect(rows(`${heading}\n${row}\n`)).toEqual(["tcp ESTABLISHED 10.0.0.1:80 10.0.0.2:5000 0 0 843/?"]);
  });

  it.each([
    ["-x of FreeBSD", "tcp4 0 0 10.0.0.1.80 10.0.0.2.5000 0 0 0 0 65700 33580 1 2048 0 0 525600 268640 0.00 0.00 5079.93 0.00 0.00 0.00", "tcp - 10.0.0.1:80 10.0.0.2:5000 0 0 not-asked"],
    ["-R of FreeBSD", "tcp4 0 0 10.0.0.1.80 10.0.0.2.5000 ESTABLISHED 3f1c22aa 130", "tcp ESTABLISHED 10.0.0.1:80 10.0.0.2:5000 0 0 not-asked"],
    ["-b of macOS", "tcp4 0 0 10.0.0.1.80 10.0.0.2.5000 ESTABLISHED 6612 129", "tcp ESTABLISHED 10.0.0.1:80 10.0.0.2:5000 0 0 not-asked"],
    ["-A", "fffff80003df43d0 tcp4 0 0 10.0.0.1.80 10.0.0.2.5000 ESTABLISHED", "tcp ESTABLISHED 10.0.0.1:80 10.0.0.2:5000 0 0 not-asked"],
    ["NetBSD", "tcp        0      0  *.ssh                  *.*                    LISTEN", "tcp LISTEN *:22 *:* - - not-asked"],
    ["FreeBSD's state names", "tcp6 0 0 2001:db8::15.443 2001:db8::77.50200 SYN_RCVD", "tcp SYN_RECEIVED [2001:db8::15]:443 [2001:db8::77]:50200 0 0 not-asked"],
    ["an IPv4 address in IPv6", "tcp46 0 0 ::ffff:10.0.0.1.80 ::ffff:10.0.0.2.5000 CLOSE_WAIT", "tcp CLOSE_WAIT 10.0.0.1:80 10.0.0.2:5000 0 0 not-asked"],
    ["HP-UX", "tcp        0      0  *.49152                *.*                     LISTEN", "tcp LISTEN *:49152 *:* - - not-asked"],
    ["a state cut by the terminal", "tcp4 0 0 10.0.0.1.80 10.0.0.2.5000 ESTABLIS", "tcp ESTABLISHED 10.0.0.1:80 10.0.0.2:5000 0 0 not-asked"],
  ])("reads %s", (_, line, wanted) => {
    expect(rows(line)).toEqual([wanted]);
  });

  it("keeps names, and says which addresses are cut or may be", () => {
    const snapshot = readText([
      "tcp4       0      0  kbrazil-mac.attl.62979 40.77.18.167.https     ESTABLISHED", "tcp6       0      0  fe80::aede:48ff:.61677 fe80::aede:48ff:.49617 ESTABLISHED",
      "tcp4      31      0  10.0.0.1.62664         93.87.236.35.bc..sunpr CLOSE_WAIT", "tcp4       0      0  localhost.49152        localhost.smtp         ESTABLISHED",
    ].join("\n"));
    expect(snapshot.sockets.map(rowOf)).toEqual([
      "tcp ESTABLISHED kbrazil-mac.attl:62979 40.77.18.167:443 0 0 not-asked", "tcp ESTABLISHED [fe80::aede:48ff:]:61677 [fe80::aede:48ff:]:49617 0 0 not-asked",
      "tcp CLOSE_WAIT 10.0.0.1:62664 93.87.236.35.bc.:? 31 0 not-asked", "tcp ESTABLISHED localhost:49152 localhost:25 0 0 not-asked",
    ]);
    expect(snapshot.missing).toContainEqual(expect.objectContaining({ what: "4 addresses in full", why: expect.stringContaining("3 are cut, 1 fill") as string }));
  });

  it("reads the accept queues of -L, and takes them from nowhere else", () => {
    expect(rows(captureText("freebsd-netstat-L"))).toEqual(["tcp LISTEN *:8080 *:* 193 128 not-asked", "tcp LISTEN *:22 *:* 0 128 not-asked"]);
    expect(rows(captureText("macos-netstat-L"))).toEqual(["tcp LISTEN *:8080 *:* 129 128 not-asked", "tcp LISTEN 127.0.0.1:631 *:* 0 128 not-asked", "tcp LISTEN [::1]:631 *:* 0 5 not-asked"]);
  });

  it("takes no retransmits for queues (-T)", () => {
    expect(rows(captureText("freebsd-netstat-anT"))).toEqual(["tcp - 10.20.0.15:22 10.20.0.1:56321 - - not-asked", "tcp - 10.20.0.15:8080 10.20.0.77:50123 - - not-asked"]);
  });

  it("reads FreeBSD, OpenBSD and AIX", () => {
    expect(rows(captureText("freebsd-netstat-an"))).toEqual([
      "tcp CLOSE_WAIT 10.20.0.15:8080 10.20.0.77:50123 25 0 not-asked", "tcp ESTABLISHED 10.20.0.15:22 10.20.0.1:56321 0 48 not-asked",
      "tcp LAST_ACK [2001:db8::15]:443 [2001:db8::77]:50200 0 0 not-asked", "tcp LISTEN *:8080 *:* - - not-asked", "tcp LISTEN *:22 *:* - - not-asked", "udp - *:514 *:* 0 0 not-asked",
    ]);
    expect(rows(captureText("openbsd-netstat-an"))).toEqual([
      "tcp CLOSE_WAIT 10.20.0.15:8080 10.20.0.77:50123 25 0 not-asked", "tcp LISTEN *:22 *:* - - not-asked", "tcp FIN_WAIT_1 [fe80::1%lo0]:1024 [fe80::1%lo0]:49152 0 0 not-asked", "udp - *:* *:* 0 0 not-asked",
    ]);
    expect(rows(captureText("aix-netstat-Aan"))).toEqual([
      "tcp CLOSE_WAIT 10.20.0.15:8080 10.20.0.77:50123 25 0 not-asked", "tcp LISTEN *:22 *:* - - not-asked", "tcp LISTEN *:13 *:* - - not-asked", "udp - *:111 *:* 0 0 not-asked",
    ]);
  });

  it("does not take net-tools' rows, nor net-tools these", () => {
    const text = ["tcp        0      0 10.0.0.1:22  10.0.0.2:50000  ESTABLISHED", "tcp6       0      0  2001:db8::a.443  2001:db8::b.50200  CLOSE_WAIT", "tcp6       0      0 2001:db8::a:443  2001:db8::b:50201  CLOSE_WAIT"].join("\n");
    expect(rows(text)).toEqual(["tcp ESTABLISHED 10.0.0.1:22 10.0.0.2:50000 0 0 not-asked", "tcp CLOSE_WAIT [2001:db8::a]:443 [2001:db8::b]:50200 0 0 not-asked", "tcp CLOSE_WAIT [2001:db8::a]:443 [2001:db8::b]:50201 0 0 not-asked"]);
    expect(readText(text).source.format.split("+").sort()).toEqual(["netstat-bsd", "netstat-linux"]);
  });

  it("keeps a row whose state it does not know as it stands", () => {
    const snapshot = readText("tcp4 0 0 10.0.0.1.80 10.0.0.2.5000 OUVERT\n");
    expect(snapshot.sockets).toEqual([]);
    expect(snapshot.skipped).toMatchObject([{ line: 1 }]);
  });
});
