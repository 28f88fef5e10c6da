import { describe, expect, it } from "vitest";
import { countStates } from "../../../src/model/snapshot";
import { captureText, readText } from "./made-captures";

describe("counts by state", () => {
  const wanted = { CLOSE_WAIT: 126, ESTABLISHED: 20, SYN_RECEIVED: 3, FIN_WAIT_1: 2, TIME_WAIT: 65_536 };
  it.each([
    ["awk", "CLOSE_WAIT 126\nESTABLISHED 20\nSYN_RECV 3\nFIN_WAIT1 2\nTIME_WAIT 65536"],
    ["awk with a tab", "CLOSE_WAIT\t126\nESTABLISHED\t20\nSYN_RECV\t3\nFIN_WAIT1\t2\nTIME_WAIT\t65536"],
    ["colons", "CLOSE_WAIT: 126\nESTABLISHED: 20\nSYN_RECV: 3\nFIN_WAIT1: 2\nTIME_WAIT: 65536"],
    ["uniq -c", "    126 CLOSE_WAIT\n     20 ESTABLISHED\n      3 SYN_RECV\n      2 FIN_WAIT1\n  65536 TIME_WAIT"],
    ["ss and uniq -c, its heading counted", "    126 CLOSE-WAIT\n     20 ESTAB\n      1 State\n      3 SYN-RECV\n      2 FIN-WAIT-1\n  65536 TIME-WAIT"],
    ["netstat and awk, its headings counted", "CLOSE_WAIT 126\nestablished) 1\nState 1\nESTABLISHED 20\nSYN_RECV 3\nFIN_WAIT1 2\nTIME_WAIT 65536"],
    ["a heading of its own", "STATE COUNT\n---------\nCLOSE_WAIT 126\nESTABLISHED 20\nSYN_RECV 3\nFIN_WAIT1 2\nTIME_WAIT 65536\nTotal 65687"],
    ["a table of a ticket", "| State | Count |\n|---|---|\n| CLOSE_WAIT | 126 |\n| ESTABLISHED | 20 |\n| SYN_RECV | 3 |\n| FIN_WAIT1 | 2 |\n| TIME_WAIT | 65536 |"],
    ["comma-separated", "state,count\nCLOSE_WAIT,126\nESTABLISHED,20\nSYN_RECV,3\nFIN_WAIT1,2\nTIME_WAIT,65536"],
    ["awk's own arrays", "S[CLOSE_WAIT] = 126\nS[ESTABLISHED] = 20\nS[SYN_RECV] = 3\nS[FIN_WAIT1] = 2\nS[TIME_WAIT] = 65536"],
    ["JSON's inside", "\"close_wait\": 126,\n\"established\": 20,\n\"syn_recv\": 3,\n\"fin_wait1\": 2,\n\"time_wait\": 65536"],
    ["shares beside them", "CLOSE_WAIT 126 (0.2%)\nESTABLISHED 20 (0.03%)\nSYN_RECV 3 (0%)\nFIN_WAIT1 2 (0%)\nTIME_WAIT 65536 (99.8%)"],
    ["one line", "ESTABLISHED:20 CLOSE_WAIT:126 SYN_RECV:3 FIN_WAIT1:2 TIME_WAIT:65536"],
    ["one line with commas", "estab 20, close-wait 126, syn-recv 3, fin-wait-1 2, time-wait 65536"],
    ["PowerShell's groups", "Count Name                      Group\n----- ----                      -----\n  126 CloseWait                 {MSFT_NetTCPConnection (InstanceID = \"1\")...}\n   20 Established               {}\n    3 SynReceived               {}\n    2 FinWait1                  {}\n65536 TimeWait                  {}"],
    ["Portuguese", "ESPERANDO_FECHAR 126\nESTABELECIDA 20\nSYN_RECEBIDO 3\nESPERA_FIN1 2\nTIME_WAIT 65536"],
    ["prompts around", "[root@web ~]# netstat -an | awk '/^tcp/ {++S[$NF]} END {for(a in S) print a, S[a]}'\nCLOSE_WAIT 126\nESTABLISHED 20\nSYN_RECV 3\nFIN_WAIT1 2\nTIME_WAIT 65536\n[root@web ~]# "],
    ["node_exporter", "# TYPE node_tcp_connection_states gauge\nnode_tcp_connection_states{state=\"close_wait\"} 126\nnode_tcp_connection_states{state=\"established\"} 20\nnode_tcp_connection_states{state=\"syn_recv\"} 3\nnode_tcp_connection_states{state=\"fin_wait1\"} 2\nnode_tcp_connection_states{state=\"time_wait\"} 65536\nnode_tcp_connection_states{state=\"rx_queued_bytes\"} 8"],
  ])("are read as %s prints them", (_, text) => {
    const snapshot = readText(text);
    expect(countStates(snapshot)).toEqual(wanted);
    expect(snapshot.skipped).toEqual([]);
  });

  it("are not seen in other text", () => {
    const lines = ["Listen 8080", "Closed 3 tickets today", "ERROR 500 CLOSE_WAIT", "retries: 3", "established connection 4 to db", "open 12", "Total 45", "state: running"];
    for (const line of lines) {
      const snapshot = readText(line);
      // `Listen 8080` is what an Apache configuration says, and what awk would print: nothing tells them apart.
      if (line !== "Listen 8080") expect([line, snapshot.statesOnly]).toEqual([line, null]);
    }
  });

  it("of /proc/net/sockstat tell TIME_WAIT alone, and the kernel's own figures", () => {
    const snapshot = readText("sockets: used 285\nTCP: inuse 12 orphan 4 tw 333 alloc 15 mem 2\nUDP: inuse 2 mem 1\nUDPLITE: inuse 0\nRAW: inuse 0\nFRAG: inuse 0 memory 0\nTCP6: inuse 5\nUDP6: inuse 1\nUDPLITE6: inuse 0\nRAW6: inuse 1\nFRAG6: inuse 0 memory 0\n");
    expect(snapshot.skipped).toEqual([]);
    expect(snapshot.statesOnly).toEqual({ TIME_WAIT: 333 });
    expect(snapshot.kernel?.counters).toMatchObject({ sockstat_sockets_used: 285, sockstat_TCP_inuse: 12, sockstat_TCP_orphan: 4, sockstat_TCP_alloc: 15, sockstat_TCP6_inuse: 5 });
  });

  it("of ss -s, old and new", () => {
    expect(readText("Total: 1925 (kernel 2483)\nTCP:   34210 (estab 993, closed 32591, orphaned 7, synrecv 5, timewait 32502/0), ports 1319\n\nTransport Total     IP        IPv6\n*         2483      -         -\nRAW       0         0         0\n").statesOnly).toEqual({ ESTABLISHED: 993, SYN_RECEIVED: 5, TIME_WAIT: 32_502 });
    expect(readText("Total: 183\nTCP:   9 (estab 2, closed 3, orphaned 0, timewait 3)\n\nTransport Total     IP        IPv6\nRAW\t  1         0         1        \nUDP\t  3         2         1        \nTCP\t  6         5         1        \nINET\t  10        7         3        \nFRAG\t  0         0         0        \n")).toMatchObject({ statesOnly: { ESTABLISHED: 2, TIME_WAIT: 3 }, skipped: [] });
  });
});

describe("netstat -s", () => {
  it("tells the counters that /proc tells, whatever its words for them", () => {
    const prose = readText(captureText("netstat-s"));
    const proc = readText(captureText("netstat-s-proc"));
    expect(prose.skipped).toEqual([]);
    expect(proc.skipped).toEqual([]);
    const wanted = proc.kernel?.counters ?? {};
    const got = prose.kernel?.counters ?? {};
    expect(Object.keys(got).length).toBeGreaterThan(250);
    for (const [name, value] of Object.entries(got)) expect([name, value]).toEqual([name, wanted[name]]);
    for (const name of ["TcpExtListenOverflows", "TcpExtListenDrops", "TcpExtTCPAbortOnData", "TcpExtTCPAbortOnClose", "TcpExtTCPTimeWaitOverflow", "TcpExtTCPReqQFullDrop", "TcpCurrEstab", "TcpRetransSegs", "TcpEstabResets", "TcpOutRsts", "TcpExtPruneCalled"]) {
      expect([name, got[name] !== undefined]).toEqual([name, true]);
    }
  });

  it("keeps words that it does not know", () => {
    const snapshot = readText("Tcp:\n    12 active connection openings\n    7 connections that felt lonely\nTcpExt:\n    9 SYNs to LISTEN sockets ignored\n");
    expect(snapshot.kernel?.counters).toEqual({ TcpActiveOpens: 12, TcpExtListenDrops: 9 });
    expect(snapshot.skipped).toMatchObject([{ line: 3, text: "    7 connections that felt lonely" }]);
  });
});
