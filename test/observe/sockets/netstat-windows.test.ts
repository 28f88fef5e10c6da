import { describe, expect, it } from "vitest";
import type { Socket } from "../../../src/model/socket";
import { captureText, readText, rowOf } from "./made-captures";

const rows = (text: string): string[] => readText(text).sockets.map(rowOf);

/** The one socket of a text that holds nothing else. */
function only(text: string): Socket {
  const snapshot = readText(text);
  expect(snapshot.skipped).toEqual([]);
  expect(snapshot.sockets).toHaveLength(1);
  const [socket] = snapshot.sockets;
  if (socket === undefined) throw new Error("no socket");
  return socket;
}

describe("netstat of Windows", () => {
  it("reads -abno: programs and services stand behind their row", () => {
    const snapshot = readText(captureText("windows-netstat-abno"));
    expect(snapshot.skipped).toEqual([]);
    expect(snapshot.source.format).toBe("netstat-windows");
    expect(snapshot.sockets.map(rowOf)).toEqual([
      "tcp LISTEN 0.0.0.0:135 0.0.0.0:* - - 1180/svchost.exe",
      "tcp LISTEN 0.0.0.0:445 0.0.0.0:* - - 4/?",
      "tcp LISTEN 0.0.0.0:8080 0.0.0.0:* - - 6612/java.exe",
      "tcp CLOSE_WAIT 10.20.0.15:8080 10.20.0.77:50123 - - 6612/java.exe",
      "tcp ESTABLISHED 10.20.0.15:8080 10.20.0.77:50124 - - 6612/java.exe",
      "tcp FIN_WAIT_2 10.20.0.15:8080 10.20.0.78:50200 - - 6612/java.exe",
      "tcp TIME_WAIT 10.20.0.15:8080 10.20.0.79:50300 - - none",
      "tcp SYN_SENT 10.20.0.15:50444 10.20.0.9:1433 - - 6612/java.exe",
      "tcp LISTEN [::]:135 [::]:* - - 1180/svchost.exe",
      "tcp LAST_ACK [::1]:49680 [::1]:8081 - - 5120/My App.exe",
      "tcp ESTABLISHED [fe80::a1:b2c3%12]:49700 [fe80::9:9%12]:445 - - 4/?",
      "udp - 0.0.0.0:123 *:* - - 1404/svchost.exe",
      "udp - [fe80::a1:b2c3%12]:1900 *:* - - 2288/svchost.exe",
    ]);
  });

  it("reads German, whose states are translated", () => {
    const snapshot = readText(captureText("windows-netstat-ano-de"));
    expect(snapshot.skipped).toEqual([]);
    expect(snapshot.sockets.map((socket) => socket.state)).toEqual(["LISTEN", "CLOSE_WAIT", "ESTABLISHED", "FIN_WAIT_2", "TIME_WAIT", "SYN_SENT", "LISTEN", null]);
  });

  it("reads Chinese, whose headings are translated", () => {
    const snapshot = readText(captureText("windows-netstat-ano-zh"));
    expect(snapshot.skipped).toEqual([]);
    expect(snapshot.sockets.map(rowOf)).toEqual([
      "tcp LISTEN 0.0.0.0:135 0.0.0.0:* - - 1180/?", "tcp CLOSE_WAIT 10.20.0.15:8080 10.20.0.77:50123 - - 6612/?",
      "tcp TIME_WAIT 10.20.0.15:8080 10.20.0.79:50300 - - none", "udp - 0.0.0.0:123 *:* - - 1404/?",
    ]);
  });

  it.each([
    ["French", "Connexions actives", "  Proto  Adresse locale         Adresse distante       État            PID"],
    ["Spanish", "Conexiones activas", "  Proto  Dirección local          Dirección remota        Estado           PID"],
    ["Italian", "Connessioni attive", "  Proto  Indirizzo locale          Indirizzo esterno        Stato           PID"],
    ["Portuguese", "Conexões ativas", "  Proto  Endereço local          Endereço externo        Estado           PID"],
    ["Japanese", "アクティブな接続", "  プロトコル  ローカル アドレス          外部アドレス        状態           PID"],
    ["Korean", "활성 연결", "  프로토콜  로컬 주소              외부 주소              상태            PID"],
    ["Russian", "Активные подключения", "  Имя    Локальный адрес        Внешний адрес          Состояние       PID"],
    ["traditional Chinese", "使用中連線", "  協定   本機位址               外部位址               狀態            PID"],
  ])("knows the title and the heading of %s for what they are", (_, title, heading) => {
    const snapshot = readText(`\r\n${title}\r\n\r\n${heading}\r\n  TCP    10.0.0.1:8080          10.0.0.2:50123         CLOSE_WAIT      42\r\n`);
    expect(snapshot.skipped).toEqual([]);
    expect(snapshot.sockets.map(rowOf)).toEqual(["tcp CLOSE_WAIT 10.0.0.1:8080 10.0.0.2:50123 - - 42/?"]);
  });

  it.each([["ABH™REN"], ["ABH\uFFFDREN"], ["ABHÖREN"], ["ABH?REN"], ["abhören"], ["À L'ÉCOUTE"], ["受信待ち"], ["ASCOLTO"], ["xyz"]])("takes %s for LISTEN, because nobody is at the far end", (word) => {
    const printed = word.replaceAll(" ", "_");
    expect(only(`  TCP    0.0.0.0:135            0.0.0.0:0              ${printed}         1180`)).toMatchObject({ state: "LISTEN", owners: [{ pid: 1180 }] });
    expect(only(`  TCP    [::]:135               [::]:0                 ${printed}`).state).toBe("LISTEN");
    expect(only(`  TCP    0.0.0.0:135            BUEROPC:0              ${printed}`).state).toBe("LISTEN");
  });

  it("keeps a row whose state is in no language that it knows as it stands, and guesses nothing", () => {
    const snapshot = readText("  TCP    10.0.0.1:80   10.0.0.2:5000   ÉTABLI   7\n  TCP    10.0.0.1:80   10.0.0.2:5001   ESTABLISHED   7\n");
    expect(snapshot.sockets.map(rowOf)).toEqual(["tcp ESTABLISHED 10.0.0.1:80 10.0.0.2:5001 - - 7/?"]);
    expect(snapshot.skipped).toMatchObject([{ line: 1, reason: expect.stringContaining("language") as string }]);
  });

  it("reads rows alone, as findstr leaves them", () => {
    expect(rows("  TCP    127.0.0.1:6374         127.0.0.1:7164         ESTABLISHED     6136\r\n  UDP    0.0.0.0:6374           *:*                                    6136\r\n")).toEqual([
      "tcp ESTABLISHED 127.0.0.1:6374 127.0.0.1:7164 - - 6136/?", "udp - 0.0.0.0:6374 *:* - - 6136/?",
    ]);
  });

  it("reads names in place of figures", () => {
    expect(rows("  TCP    10.33.16.169:49590     25:https               CLOSE_WAIT\n  TCP    LAPTOP:50123           lb-140-82-114-25-iad:https  ESTABLISHED\n  TCP    [2001:db8::1]:50124    lhr25s34-in-x0e.example:http  TIME_WAIT")).toEqual([
      "tcp CLOSE_WAIT 10.33.16.169:49590 25:443 - - not-asked",
      "tcp ESTABLISHED LAPTOP:50123 lb-140-82-114-25-iad:443 - - not-asked",
      "tcp TIME_WAIT [2001:db8::1]:50124 lhr25s34-in-x0e.example:80 - - not-asked",
    ]);
  });

  it("reads bound sockets (-q), offload states (-t) and the time in a state", () => {
    expect(rows([
      "  TCP    10.0.0.1:50500         0.0.0.0:0              BOUND           42",
      "  TCP    10.0.0.1:50501         10.0.0.2:443           ESTABLISHED     42             InHost",
      "  TCP    10.0.0.1:50502         10.0.0.2:443           ESTABLISHED     InHost",
      "  TCP    0.0.0.0:135            0.0.0.0:0              LISTENING       1180            InHost      3812231",
      "  UDP    0.0.0.0:123            *:*                                    1404",
      "  TCP    10.0.0.1:50503         10.0.0.2:443           SYN_RECEIVED    0",
    ].join("\n"))).toEqual([
      "tcp CLOSED 10.0.0.1:50500 0.0.0.0:* - - 42/?", "tcp ESTABLISHED 10.0.0.1:50501 10.0.0.2:443 - - 42/?", "tcp ESTABLISHED 10.0.0.1:50502 10.0.0.2:443 - - none",
      "tcp LISTEN 0.0.0.0:135 0.0.0.0:* - - 1180/?", "udp - 0.0.0.0:123 *:* - - 1404/?", "tcp SYN_RECEIVED 10.0.0.1:50503 10.0.0.2:443 - - none",
    ]);
  });

  it("reads states that a narrow column cut, where only one begins so", () => {
    expect(only("  TCP    10.0.0.1:1         10.0.0.2:2         ESTABLI").state).toBe("ESTABLISHED");
    expect(only("  TCP    10.0.0.1:1         10.0.0.2:2         CLOSE_W").state).toBe("CLOSE_WAIT");
    expect(readText("  TCP    10.0.0.1:1         10.0.0.2:2         FIN_WAI").skipped).toHaveLength(1);
  });

  it("reads what old versions print for -b", () => {
    const snapshot = readText([
      "  TCP    10.0.0.1:1025          10.0.0.2:445           ESTABLISHED     1184",
      "  C:\\WINDOWS\\system32\\WS2_32.dll",
      "  -- unknown component(s) --",
      "  [svchost.exe]",
      "",
      "  TCP    10.0.0.1:1026          10.0.0.2:445           ESTABLISHED     4",
      "  [System]",
    ].join("\r\n"));
    expect(snapshot.skipped).toEqual([]);
    expect(snapshot.sockets.map(rowOf)).toEqual(["tcp ESTABLISHED 10.0.0.1:1025 10.0.0.2:445 - - 1184/svchost.exe", "tcp ESTABLISHED 10.0.0.1:1026 10.0.0.2:445 - - 4/System"]);
  });

  it("reads -abo in French, with names for the far end and a typographer's apostrophe", () => {
    const snapshot = readText(["PS C:\\WINDOWS\\system32> netstat -abo", "", "Connexions actives", "", "  Proto  Adresse locale         Adresse distante       État", "  TCP    0.0.0.0:80             LAPTOP-1:0             LISTENING       4", " Impossible d’obtenir les informations de propriétaire", "  TCP    0.0.0.0:135            LAPTOP-1:0             LISTENING       104", "  RpcSs", " [svchost.exe]"].join("\r\n"));
    expect(snapshot.skipped).toEqual([]);
    expect(snapshot.sockets.map(rowOf)).toEqual(["tcp LISTEN 0.0.0.0:80 LAPTOP-1:* - - 4/?", "tcp LISTEN 0.0.0.0:135 LAPTOP-1:* - - 104/svchost.exe"]);
  });

  it("says that -b without -o names programs and not processes", () => {
    const snapshot = readText("  TCP    10.0.0.1:1025          10.0.0.2:445           ESTABLISHED\n [chrome.exe]\n  TCP    10.0.0.1:1026          10.0.0.2:445           CLOSE_WAIT\n Impossible d'obtenir les informations de propriétaire\n");
    expect(snapshot.skipped).toEqual([]);
    expect(snapshot.sockets.map((socket) => socket.ownership)).toEqual(["not-asked", "hidden"]);
    expect(snapshot.missing).toContainEqual(expect.objectContaining({ why: expect.stringContaining("chrome.exe 1") as string, remedy: expect.stringContaining("-abno") as string }));
  });

  it("knows services that lost their indentation by the program that follows", () => {
    const snapshot = readText("TCP 0.0.0.0:135 0.0.0.0:0 LISTENING 1180\nRpcSs\n[svchost.exe]\nTCP 0.0.0.0:136 0.0.0.0:0 LISTENING 1181\nEventLog\n[svchost.exe]\n");
    expect(snapshot.skipped).toEqual([]);
    expect(snapshot.sockets.map(rowOf)).toEqual(["tcp LISTEN 0.0.0.0:135 0.0.0.0:* - - 1180/svchost.exe", "tcp LISTEN 0.0.0.0:136 0.0.0.0:* - - 1181/svchost.exe"]);
  });

  it("sees through prompts, quoting, colours and tabs", () => {
    const snapshot = readText([
      "C:\\Users\\me>netstat -ano -p tcp", "> \x1b[32m  TCP\x1b[0m    10.0.0.1:1025          10.0.0.2:445           CLOSE_WAIT     1184", "TCP\t10.0.0.1:1026\t10.0.0.2:445\tCLOSE_WAIT\t1184",
      "PS C:\\Users\\me> netstat -an | findstr 445", "  TCP    10.0.0.1:1027          10.0.0.2:445           CLOSE_WAIT", "C:\\Users\\me>",
    ].join("\r\n"));
    expect(snapshot.skipped).toEqual([]);
    expect(snapshot.sockets.map(rowOf)).toEqual([
      "tcp CLOSE_WAIT 10.0.0.1:1025 10.0.0.2:445 - - 1184/?", "tcp CLOSE_WAIT 10.0.0.1:1026 10.0.0.2:445 - - 1184/?", "tcp CLOSE_WAIT 10.0.0.1:1027 10.0.0.2:445 - - not-asked",
    ]);
  });

  it("shows a row that a lost line feed hung onto what -b says, and one above a heading", () => {
    const hung = " Can not obtain ownership information  TCP    10.0.0.1:8080           10.0.0.2:5000              CLOSE_WAIT       6612";
    expect(readText(`  TCP    0.0.0.0:445            0.0.0.0:0              LISTENING       4\n${hung}\n`).skipped).toMatchObject([{ line: 2 }]);
    const broken = "tcp4       0     48 10.20.0.15.22          10.20.0.1.56321        ESTABLISHE servers)";
    expect(readText(`${broken}\nProto Recv-Q Send-Q Local Address          Foreign Address        (state)\n`).skipped).toMatchObject([{ line: 1, text: broken }]);
  });

  it("does not take a line of noise for a program or a service", () => {
    const noise = "connection pool exhausted, 32 waiting";
    const snapshot = readText(`  TCP    10.0.0.1:1025          10.0.0.2:445           CLOSE_WAIT     1184\n [java.exe]\n${noise}\n  TCP    10.0.0.1:1026          10.0.0.2:445           CLOSE_WAIT     1184\n`);
    expect(snapshot.skipped).toMatchObject([{ line: 3, text: noise }]);
    expect(snapshot.sockets).toHaveLength(2);
  });
});
