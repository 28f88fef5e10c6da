import { describe, expect, it } from "vitest";
import { captureText, readText, rowOf } from "./made-captures";

const rows = (text: string): string[] => {
  const snapshot = readText(text);
  expect(snapshot.skipped).toEqual([]);
  expect(snapshot.source.format).toBe("get-nettcpconnection");
  return snapshot.sockets.map(rowOf);
};

const TWO = ["tcp CLOSE_WAIT 10.20.0.15:8080 10.20.0.77:50123 - - 6612/?", "tcp LISTEN [::]:8080 [::]:* - - 6612/?"];

describe("Get-NetTCPConnection", () => {
  it("reads the table, empty cells and cut addresses", () => {
    const text = captureText("windows-get-nettcpconnection");
    expect(rows(text)).toEqual([
      "tcp LISTEN [::]:8080 [::]:* - - 6612/?", "tcp ESTABLISHED [fe80::8c5c:9d3a:17f0:6f3e%12]:49700 [fe80::1:2:3:4%12]:445 - - 4/?",
      "tcp CLOSE_WAIT [2001:db8:aaaa:bbbb:cccc:dddd:eee]:49701 [2001:db8::10]:443 - - 6612/?", "tcp CLOSED 0.0.0.0:50500 0.0.0.0:* - - 6612/?",
      "tcp CLOSE_WAIT 10.20.0.15:8080 10.20.0.77:50123 - - 6612/?", "tcp TIME_WAIT 10.20.0.15:8080 10.20.0.79:50300 - - none",
    ]);
    expect(readText(text).missing).toContainEqual(expect.objectContaining({ what: "1 addresses in full", remedy: expect.stringContaining("ConvertTo-Csv") as string }));
    expect(rows(text.replace("...", "…"))).toEqual(rows(text));
  });

  it("reads the list, CSV of either separator with and without type line, and JSON", () => {
    expect(rows(captureText("windows-get-nettcpconnection-list"))).toEqual(TWO);
    const csv = captureText("windows-get-nettcpconnection-csv");
    const three = [...TWO, "tcp TIME_WAIT 10.20.0.15:8080 10.20.0.79:50300 - - none"];
    expect(rows(csv)).toEqual(three);
    expect(rows(csv.replaceAll('","', '";"').replaceAll('",', '";'))).toEqual(three);
    expect(rows(csv.slice(csv.indexOf("\n") + 1).replaceAll('"', ""))).toEqual(three);
    const json = captureText("windows-get-nettcpconnection-json");
    expect(rows(json)).toEqual(TWO);
    expect(rows(json.replaceAll(":  ", ": "))).toEqual(TWO);
  });

  it("reads JSON on one line, alone, wrapped, with states by name, and with the whole CIM object around it", () => {
    const one = { CimClass: { CimClassProperties: [{ Name: "LocalAddress", Value: null }] }, LocalAddress: "10.20.0.15", LocalPort: 8080, RemoteAddress: "10.20.0.77", RemotePort: 50123, State: "CloseWait", OwningProcess: 6612 };
    const two = { ...one, LocalAddress: "::", RemoteAddress: "::", RemotePort: 0, State: 2 };
    for (const text of [JSON.stringify([one, two]), JSON.stringify([one, two], null, 2), JSON.stringify({ value: [one, two], Count: 2 }), JSON.stringify({ value: [one, two], Count: 2 }, null, 4), `${JSON.stringify(one)}\n${JSON.stringify(two)}`]) {
      expect(rows(text)).toEqual(TWO);
    }
    expect(rows(JSON.stringify(one, null, 4))).toEqual(TWO.slice(0, 1));
  });

  it("reads any choice of columns, in any order", () => {
    expect(rows([
      "OwningProcess State     RemotePort RemoteAddress LocalPort LocalAddress", "------------- -----     ---------- ------------- --------- ------------",
      "         6612 CloseWait      50123 10.20.0.77         8080 10.20.0.15", "         6612 Listen             0 ::                 8080 ::",
    ].join("\r\n"))).toEqual(TWO);
    expect(rows("LocalAddress LocalPort RemoteAddress RemotePort     State ProcessName OwningProcess\n------------ --------- ------------- ----------     ----- ----------- -------------\n10.20.0.15        8080 10.20.0.77         50123 CloseWait java                 6612\n")).toEqual([
      "tcp CLOSE_WAIT 10.20.0.15:8080 10.20.0.77:50123 - - 6612/java",
    ]);
  });

  it("reads a date among the columns, whose words are several", () => {
    expect(rows([
      "LocalAddress LocalPort RemoteAddress RemotePort State     AppliedSetting OwningProcess CreationTime",
      "------------ --------- ------------- ---------- -----     -------------- ------------- ------------",
      "10.20.0.15   8080      10.20.0.77    50123      CloseWait Internet       6612          11/25/2026 9:12:44 AM",
      "::           8080      ::            0          Listen                   6612          11/25/2026 9:02:01 AM",
    ].join("\n"))).toEqual(TWO);
  });

  it("reads a heading that a narrow window broke", () => {
    expect(rows([
      "❯ Get-NetTCPConnection",
      "LocalAddress                        LocalPort RemoteAddress                       RemotePort State       AppliedSetting OwningPr",
      "                                                                                                                        ocess   ",
      "------------                        --------- -------------                       ---------- -----       -------------- --------",
      "10.20.0.15                          8080      10.20.0.77                          50123      CloseWait   Internet       6612    ",
      "::                                  8080      ::                                  0          Listen                     6612    ",
    ].join("\n"))).toEqual(TWO);
  });

  it("reads rows whose heading was not copied", () => {
    expect(rows("10.20.0.15                          8080      10.20.0.77                          50123      CloseWait   Internet       6612\n::                                  8080      ::                                  0          Listen                     6612\n")).toEqual(TWO);
  });

  it("reads the whole list of a CIM object, where the state stands first and long values go on", () => {
    expect(rows([
      "State                   : CloseWait", "AppliedSetting          : Internet", "OwningProcess           : 6612", "Caption                 :", "InstanceID              : 10.20.0.15++8080++10.20.0.77++50123",
      "CreationTime            : 11/25/2026 9:12:44 AM", "LocalAddress            : 10.20.0.15", "LocalPort               : 8080", "RemoteAddress           : 10.20.0.77", "RemotePort              : 50123",
      "CimInstanceProperties   : {Caption, Description, ElementName,", "                          InstanceID...}", "CimSystemProperties     : Microsoft.Management.Infrastructure.CimSystemProperties",
      "State                   : Listen", "OwningProcess           : 6612", "LocalAddress            : ::", "LocalPort               : 8080", "RemoteAddress           : ::", "RemotePort              : 0",
    ].join("\n"))).toEqual(TWO);
  });

  it("reads Get-NetUDPEndpoint, told by its columns or by its command", () => {
    expect(rows(captureText("windows-get-netudpendpoint"))).toEqual(["udp - [::]:123 *:* - - not-asked", "udp - [fe80::8c5c:9d3a:17f0:6f3e%12]:1900 *:* - - not-asked", "udp - 127.0.0.1:5353 *:* - - not-asked"]);
    const list = "LocalAddress  : 127.0.0.1\nLocalPort     : 5353\nOwningProcess : 77\n";
    expect(rows(`PS /> Get-NetUDPEndpoint | fl\n${list}`)).toEqual(["udp - 127.0.0.1:5353 *:* - - 77/?"]);
    expect(rows(`PS C:\\> Get-NetTCPConnection -State Listen | fl LocalAddress, LocalPort, OwningProcess\n${list}`)).toEqual(["tcp - 127.0.0.1:5353 *:* - - 77/?"]);
  });

  it("loses no line: what turns out to be no socket is given back", () => {
    const broken = ["[", "  {", "    \"LocalAddress\": \"10.0.0.1\",", "ERROR: connection reset"];
    expect(readText(broken.join("\n")).skipped.map(({ text }) => text)).toEqual(broken);
    const foreign = ["{", "  \"name\": \"web\",", "  \"replicas\": 3", "}"];
    expect(readText(foreign.join("\n")).skipped.map(({ line, text }) => [line, text])).toEqual(foreign.map((text, index) => [index + 1, text]));
    const half = ["LocalAddress : 10.0.0.1", "LocalPort : http"];
    expect(readText(half.join("\n")).skipped.map(({ text }) => text)).toEqual(half);
    const cut = captureText("windows-get-nettcpconnection-json").split("\n").slice(0, 15).join("\n");
    const snapshot = readText(cut);
    expect(snapshot.sockets.map(rowOf)).toEqual(TWO.slice(0, 1));
    expect(snapshot.skipped.map(({ line }) => line)).toEqual([12, 13, 14, 15]);
  });
});
