import { describe, expect, it } from "vitest";
import { describeSignatures, findSignatures } from "../../../src/explain/log-signatures/find-signatures";
import { ANY_SIGNATURE, KNOWN_SIGNATURES } from "../../../src/explain/log-signatures/known-signatures";
import { withSignatureEvidence } from "../../../src/explain/log-signatures/signature-evidence";
import { CAUSES } from "../../../src/model/diagnosis";
import type { Diagnosis } from "../../../src/model/diagnosis";
import type { LogRecords } from "../../../src/model/log-records";
import { readFileSync } from "node:fs";
import { logOf } from "../correlation/made-logs";
import { look } from "../look-builder";

/** Lines as the programs write them, from their documentation and sources, and the message that each is. */
const LINES: readonly (readonly [string, string])[] = [
  ["upstream-timed-out", "upstream timed out (110: Connection timed out) while reading response header from upstream, client: 10.0.0.7"],
  ["gateway-timeout", "10.0.0.7 - - [25/Nov/2026:12:10:11 +0000] \"GET / HTTP/1.1\" 504 160 \"-\" \"curl\""],
  ["too-many-open-files", "accept tcp [::]:8080: accept4: too many open files; retrying in 5ms"],
  ["too-many-open-files", "OSError: [Errno 24] Too many open files"],
  ["too-many-open-files", "Error: EMFILE: too many open files, open '/x'"],
  ["go-invalid-connection", "[mysql] 2026/11/25 12:10:11 refund: invalid connection"],
  ["go-bad-connection", "begin: driver: bad connection"],
  ["mysql-unexpected-eof", "[mysql] 2026/11/25 12:10:11 packets.go:58: unexpected EOF"],
  ["mysql-gone-away", "(2006, 'MySQL server has gone away')"],
  ["hikari-timeout", "java.sql.SQLTransientConnectionException: shop - Connection is not available, request timed out after 30000ms (total=10, active=10, idle=0, waiting=3)"],
  ["pool-exhausted", "sqlalchemy.exc.TimeoutError: QueuePool limit of size 5 overflow 10 reached, connection timed out, timeout 30.00"],
  ["dotnet-pool-timeout", "System.InvalidOperationException: Timeout expired.  The timeout period elapsed prior to obtaining a connection from the pool.  This may have occurred because all pooled connections were in use and max pool size was reached."],
  ["lock-wait-timeout", "Error 1205 (HY000): Lock wait timeout exceeded; try restarting transaction"],
  ["deadlock", "ERROR:  deadlock detected"],
  ["slots-reserved", "FATAL:  remaining connection slots are reserved for roles with the SUPERUSER attribute"],
  ["too-many-connections", "Error 1040: Too many connections"],
  ["cannot-assign-address", "dial tcp 10.0.0.2:80: connect: cannot assign requested address".replace("cannot", "Cannot")],
  ["oom-kill", "Out of memory: Killed process 812 (java) total-vm:9000kB"],
  ["syn-flooding", "TCP: request_sock_TCP: Possible SYN flooding on port 8080. Sending cookies."],
  ["listen-overflow", "*** uWSGI listen queue of socket \"127.0.0.1:8000\" (fd: 3) full !!! (101/100) ***"],
  ["context-deadline", "Get \"http://shop/\": context deadline exceeded (Client.Timeout exceeded while awaiting headers)"],
  ["asyncio-slow", "Executing <Task pending name='Task-7' coro=<refund() running at shop.py:7>> took 1.234 seconds"],
  ["node-errors", "Error: read ECONNRESET at TCP.onStreamRead"],
  ["node-errors", "Error: socket hang up"],
  ["broken-pipe", "write tcp 10.0.0.2:8080->10.0.0.7:51000: write: broken pipe"],
  ["connection-reset", "read tcp 10.0.0.2:51000->10.0.0.7:3306: read: connection reset by peer"],
  ["worker-timeout", "[CRITICAL] WORKER TIMEOUT (pid:813)"],
  ["unclosed-resource", "Unclosed client session"],
];

const http = (code: string): string => `10.0.0.7:51000 [25/Nov/2026:12:10:11.345] web shop/s1 0/0/1/-1/8002 504 194 - - ${code}-- 12/10/8/3/0 0/0 "GET / HTTP/1.1"`;
const tcp = (code: string): string => `10.0.0.7:51000 [25/Nov/2026:12:10:11.345] db maria/m1 1/0/8002 4311 ${code} 3/3/2/1/0 0/0`;
const AT = Date.UTC(2026, 10, 25, 12);
const found = (...messages: readonly string[]): string[] => findSignatures([logOf(messages.map((message, at) => ({ timeMs: AT + at, message })))]).map(({ id }) => id);

describe("messages that the field knows", () => {
  it.each(LINES)("%s: %s", (id, line) => {
    expect(found(line)).toContain(id);
  });

  it.each(["cD", "sH", "sQ", "SC", "sC", "CD", "cH", "CH", "SD", "sD", "SH"])("HAProxy's %s, in both of its formats and in no other line", (code) => {
    expect(found(http(code))).toContain(`haproxy-${code}`);
    expect(found(tcp(code))).toContain(`haproxy-${code}`);
    expect(found(http("--").replace("504", "200"), tcp("--"), `order ${code} 7/8/9 done`)).toEqual([]);
  });

  it("says nothing of a healthy log", () => {
    expect(found("order 7 accepted", "GET /orders/504 200", "pool ready: 5 idle", "token refreshed", "closed 3 idle connections of the cache", "started in 504 ms")).toEqual([]);
  });

  it("are counted, with their first and last moment and the first places", () => {
    const records = logOf([{ timeMs: AT, message: "too many open files" }, { timeMs: AT + 1, message: "fine" }, { timeMs: AT + 9, message: "too many open files" }]);
    expect(describeSignatures(findSignatures([records]), (source, record) => (record === 0 ? null : source * 10 + record))).toEqual([
      expect.objectContaining({ id: "too-many-open-files", count: 2, firstMs: AT, lastMs: AT + 9, events: [2] }),
    ]);
  });

  it("are each found by the one pass, have words, name causes that exist, and stand in the documentation", () => {
    const docs = readFileSync("docs/logs.md", "utf8");
    for (const { id, pattern, title, means, supports } of KNOWN_SIGNATURES) {
      if (!id.startsWith("haproxy-")) expect(ANY_SIGNATURE.source).toContain(pattern.source);
      expect(title.length * means.length).toBeGreaterThan(200);
      expect(CAUSES).toEqual(expect.arrayContaining([...supports]));
      expect(docs).toContain(`\`${id}\``);
    }
    expect(new Set(KNOWN_SIGNATURES.map(({ id }) => id)).size).toBe(KNOWN_SIGNATURES.length);
  });
});

describe("what the logs say for a cause", () => {
  const snapshot = look([]);
  const diagnosis = (changes: Partial<Diagnosis> = {}): Diagnosis => ({
    cause: "handler-stalled", title: "t", severity: "warning", confidence: "medium", count: 3, states: { CLOSE_WAIT: 3 }, process: { pid: 812, name: "shopd", commandLine: null }, service: null, direction: "inbound",
    endpoint: { address: "10.0.0.1", port: 8080, zone: null }, peerIdleTimeout: null, leakMomentsMs: [AT, AT + 60_000], evidence: [], lookFor: [], advice: [], snapshot: 0, sockets: [], ...changes,
  });
  const log = (pid: number | null, timeMs: number, kind: "file" | "opened-file" = "file"): LogRecords => {
    const made = logOf([{ timeMs, message: "upstream timed out (110: Connection timed out)" }]);
    return { ...made, source: { ...made.source, pid, kind, name: "x.log" } };
  };
  const evidence = (changes: Partial<Diagnosis>, records: LogRecords): string[] =>
    withSignatureEvidence([diagnosis(changes)], findSignatures([records]), [records.source], [snapshot]).flatMap((told) => told.evidence.map(({ text, figure }) => `${text} | ${figure}`));

  it("counts when its process wrote it, near the leak", () => {
    expect(evidence({}, log(812, AT + 1000))).toEqual(["the logs say: nginx waited for the service behind it and gave up, at 12:00:01 UTC, in x.log | 1 line"]);
  });

  it("counts neither of another process, nor at another time, nor for a cause that it does not speak for", () => {
    expect(evidence({}, log(4, AT))).toEqual([]);
    expect(evidence({}, log(812, AT - 3_600_000))).toEqual([]);
    expect(evidence({ cause: "time-wait-churn" }, log(812, AT))).toEqual([]);
  });

  it("of an opened log it is said that nobody knows who wrote it", () => {
    expect(evidence({}, log(null, AT, "opened-file"))[0]).toContain("in x.log (whoever wrote it)");
  });
});
