import { describe, expect, it } from "vitest";
import type { LogRecords } from "../../../src/model/log-records";
import { createLogReader } from "../../../src/observe/logs/log-reader";
import type { LogClock } from "../../../src/observe/logs/settle-times";
import { Zone } from "../../../src/observe/logs/zone";

const CLOCK: LogClock = { zone: Zone.utc, zoneFrom: "the target's", notAfterMs: Date.UTC(2026, 10, 25, 13) };

function read(text: string, changes: { readonly clock?: Partial<LogClock>; readonly size?: number; readonly kind?: "journal" | "kernel"; readonly bootMs?: number } = {}): LogRecords {
  const reader = createLogReader({ kind: changes.kind ?? "journal", name: "app.log", how: "made", pid: null, clock: { ...CLOCK, ...changes.clock }, bootMs: changes.bootMs ?? null });
  const size = changes.size ?? 65_536;
  for (let at = 0; at < text.length; at += size) reader.push(text.slice(at, at + size));
  return reader.finish(null);
}

interface Line {
  readonly name: string;
  readonly line: string;
  readonly time: string | null;
  readonly level: string | null;
  readonly message: string;
  readonly fields?: Readonly<Record<string, string>>;
}

const T = "2026-11-25T12:10:11";

/** One line as each program writes it, by hand from its documentation. */
const LINES: readonly Line[] = [
  { name: "log4j", line: "2026-11-25 12:10:11,345 ERROR [http-8] com.shop.OrderHandler - refund 7 failed", time: `${T}.345Z`, level: "error", message: "refund 7 failed", fields: { thread: "http-8", logger: "com.shop.OrderHandler" } },
  { name: "ZooKeeper's log4j, a bracket in the bracket", line: "2026-11-25 12:10:11,747 - INFO  [QuorumPeer[myid=1]/0:0:0:0:0:0:0:0:2181:FastLeaderElection@774] - Notification time out: 3200", time: `${T}.747Z`, level: "info", message: "Notification time out: 3200" },
  { name: "logback", line: "12:10:11.345 [main] WARN  c.s.Shop - pool is low", time: `${T}.345Z`, level: "warning", message: "pool is low", fields: { thread: "main", logger: "c.s.Shop" } },
  { name: "Spring Boot 2", line: "2026-11-25 12:10:11.345  INFO 812 --- [           main] com.shop.ShopApplication                 : Started in 2 s", time: `${T}.345Z`, level: "info", message: "Started in 2 s", fields: { pid: "812", thread: "main", logger: "com.shop.ShopApplication" } },
  { name: "Spring Boot 3", line: "2026-11-25T12:10:11.345+01:00  WARN 812 --- [shop] [nio-8080-exec-3] c.z.h.p.PoolBase : HikariPool-1 - Failed to validate connection", time: "2026-11-25T11:10:11.345Z", level: "warning", message: "HikariPool-1 - Failed to validate connection" },
  { name: "Python's logging, basicConfig", line: "2026-11-25 12:10:11,345 - shop.orders - ERROR - refund 7 failed", time: `${T}.345Z`, level: "error", message: "refund 7 failed", fields: { logger: "shop.orders" } },
  { name: "Python's logging, level first", line: "2026-11-25 12:10:11,345 INFO shop.orders: order 7 accepted", time: `${T}.345Z`, level: "info", message: "order 7 accepted" },
  { name: "Tornado", line: "[W 261125 12:10:11 web:2348] 404 GET /favicon.ico (127.0.0.1) 0.5ms", time: `${T}.000Z`, level: "warning", message: "404 GET /favicon.ico (127.0.0.1) 0.5ms" },
  { name: "gunicorn", line: "[2026-11-25 12:10:11 +0000] [812] [CRITICAL] WORKER TIMEOUT (pid:813)", time: `${T}.000Z`, level: "critical", message: "WORKER TIMEOUT (pid:813)" },
  { name: "Celery", line: "[2026-11-25 12:10:11,345: INFO/MainProcess] Task shop.refund[5e61cfec-6402-42e1-ae95-3669fc081257] received", time: `${T}.345Z`, level: "info", message: "Task shop.refund[5e61cfec-6402-42e1-ae95-3669fc081257] received", fields: { process: "MainProcess" } },
  { name: "Celery, a task's own", line: "[2026-11-25 12:10:11,345: WARNING/ForkPoolWorker-3] shop.refund[5e61cfec-6402-42e1-ae95-3669fc081257]: refund 7 failed", time: `${T}.345Z`, level: "warning", message: "refund 7 failed", fields: { process: "ForkPoolWorker-3", task: "shop.refund" } },
  { name: "loguru", line: "2026-11-25 12:10:11.345 | ERROR    | shop.orders:refund:42 - refund 7 failed", time: `${T}.345Z`, level: "error", message: "refund 7 failed" },
  { name: "Go's log", line: "2026/11/25 12:10:11 order 7 accepted", time: `${T}.000Z`, level: null, message: "order 7 accepted" },
  { name: "Go's log with a file", line: "2026/11/25 12:10:11 main.go:42: order 7 accepted", time: `${T}.000Z`, level: null, message: "order 7 accepted", fields: { caller: "main.go:42" } },
  { name: "slog through log", line: "2026/11/25 12:10:11 ERROR refund failed order=7 err=\"no rows\"", time: `${T}.000Z`, level: "error", message: "refund failed order=7 err=\"no rows\"", fields: { order: "7", err: "no rows" } },
  { name: "slog's text", line: "time=2026-11-25T12:10:11.345+01:00 level=WARN msg=\"pool is low\" free=2", time: "2026-11-25T11:10:11.345Z", level: "warning", message: "pool is low", fields: { free: "2" } },
  { name: "slog's JSON", line: "{\"time\":\"2026-11-25T12:10:11.345678901Z\",\"level\":\"ERROR\",\"msg\":\"refund failed\",\"order\":7,\"req\":{\"id\":\"a1\"}}", time: `${T}.345Z`, level: "error", message: "refund failed", fields: { order: "7", "req.id": "a1" } },
  { name: "zap", line: "{\"level\":\"error\",\"ts\":1795608611.345,\"caller\":\"shop/refund.go:42\",\"msg\":\"refund \\\"7\\\" failed\"}", time: `${T}.345Z`, level: "error", message: "refund \"7\" failed", fields: { caller: "shop/refund.go:42" } },
  { name: "zap's console", line: "2026-11-25T12:10:11.345Z\tERROR\tshop/refund.go:42\trefund failed\t{\"order\": 7}", time: `${T}.345Z`, level: "error", message: "refund failed\t{\"order\": 7}" },
  { name: "zerolog", line: "{\"level\":\"warn\",\"time\":1795608611,\"message\":\"pool is low\"}", time: `${T}.000Z`, level: "warning", message: "pool is low" },
  { name: "logrus", line: "time=\"2026-11-25T12:10:11Z\" level=error msg=\"refund \\\"7\\\" failed\" order=7", time: `${T}.000Z`, level: "error", message: "refund \"7\" failed", fields: { order: "7" } },
  { name: "klog", line: "W1125 12:10:11.345678   12345 reflector.go:324] watch of *v1.Pod ended", time: `${T}.345Z`, level: "warning", message: "watch of *v1.Pod ended", fields: { thread: "12345", caller: "reflector.go:324" } },
  { name: "klog, structured", line: "E1125 12:10:11.345678       1 pod.go:42] \"Error syncing pod\" err=\"context deadline exceeded\" pod=\"shop/web\"", time: `${T}.345Z`, level: "error", message: "Error syncing pod", fields: { err: "context deadline exceeded", pod: "shop/web" } },
  { name: "pino", line: "{\"level\":50,\"time\":1795608611345,\"pid\":812,\"hostname\":\"web\",\"reqId\":\"r-1\",\"msg\":\"refund failed\"}", time: `${T}.345Z`, level: "error", message: "refund failed", fields: { reqId: "r-1" } },
  { name: "Bunyan", line: "{\"name\":\"shop\",\"hostname\":\"web\",\"pid\":812,\"level\":40,\"msg\":\"pool is low\",\"time\":\"2026-11-25T12:10:11.345Z\",\"v\":0}", time: `${T}.345Z`, level: "warning", message: "pool is low" },
  { name: "Logstash's encoder", line: "{\"@timestamp\":\"2026-11-25T12:10:11.345+01:00\",\"@version\":\"1\",\"message\":\"refund failed\",\"logger_name\":\"com.shop.Refund\",\"level\":\"ERROR\"}", time: "2026-11-25T11:10:11.345Z", level: "error", message: "refund failed" },
  { name: "Serilog's compact JSON", line: "{\"@t\":\"2026-11-25T12:10:11.3450000Z\",\"@mt\":\"Refund {Order} failed\",\"@l\":\"Error\",\"Order\":7}", time: `${T}.345Z`, level: "error", message: "Refund {Order} failed", fields: { Order: "7" } },
  { name: "Serilog's text", line: "2026-11-25 12:10:11.345 +00:00 [ERR] Refund 7 failed", time: `${T}.345Z`, level: "error", message: "Refund 7 failed" },
  { name: "Google Cloud", line: "{\"severity\":\"WARNING\",\"timestamp\":{\"seconds\":1795608611,\"nanos\":345000000},\"message\":\"pool is low\"}", time: `${T}.345Z`, level: "warning", message: "pool is low" },
  { name: "MongoDB", line: "{\"t\":{\"$date\":\"2026-11-25T12:10:11.345+00:00\"},\"s\":\"I\",\"c\":\"NETWORK\",\"id\":22943,\"ctx\":\"listener\",\"msg\":\"Connection accepted\",\"attr\":{\"remote\":\"10.0.0.7:51000\"}}", time: `${T}.345Z`, level: "info", message: "Connection accepted", fields: { "attr.remote": "10.0.0.7:51000" } },
  { name: "nginx's error log", line: "2026/11/25 12:10:11 [error] 4730#7: *13323058 upstream timed out (110: Connection timed out) while reading response header from upstream, client: 172.20.0.107, server: shop, request: \"POST /dspt/product HTTP/1.1\", upstream: \"http://172.20.0.103:15080/dspt/product\", host: \"shop\"", time: `${T}.000Z`, level: "error", message: "upstream timed out (110: Connection timed out) while reading response header from upstream, client: 172.20.0.107, server: shop, request: \"POST /dspt/product HTTP/1.1\", upstream: \"http://172.20.0.103:15080/dspt/product\", host: \"shop\"", fields: { connection: "13323058", upstream: "http://172.20.0.103:15080/dspt/product", client: "172.20.0.107", errno: "110", request: "POST /dspt/product HTTP/1.1" } },
  { name: "an access log", line: "10.0.0.7 - ann [25/Nov/2026:12:10:11 +0100] \"GET /orders/7?x=1 HTTP/1.1\" 504 160 \"-\" \"curl/8.5.0\" 3.001", time: "2026-11-25T11:10:11.000Z", level: "error", message: "\"GET /orders/7?x=1 HTTP/1.1\" 504 160 \"-\" \"curl/8.5.0\" 3.001", fields: { client: "10.0.0.7", user: "ann", status: "504", method: "GET", path: "/orders/7", bytes: "160", agent: "curl/8.5.0", duration: "3.001" } },
  { name: "HAProxy, HTTP", line: "Nov 25 12:10:12 lb haproxy[7]: 10.0.0.7:51000 [25/Nov/2026:12:10:11.345] web~ shop/s1 0/0/1/-1/8002 504 194 - - sH-- 12/10/8/3/0 0/0 {shop.example} \"GET /refund/7?x HTTP/1.1\"", time: `${T}.345Z`, level: "error", message: "web~ shop/s1 0/0/1/-1/8002 504 194 - - sH-- 12/10/8/3/0 0/0 {shop.example} \"GET /refund/7?x HTTP/1.1\"", fields: { program: "haproxy", frontend: "web", backend: "shop", server: "s1", Tr: "-1", Tt: "8002", status: "504", termination: "sH--", path: "/refund/7", client: "10.0.0.7:51000" } },
  { name: "HAProxy, TCP", line: "Nov 25 12:10:19 lb haproxy[7]: 10.0.0.7:51000 [25/Nov/2026:12:10:11.345] db maria/m1 1/0/8002 4311 cD 3/3/2/1/0 0/0", time: `${T}.345Z`, level: "warning", message: "db maria/m1 1/0/8002 4311 cD 3/3/2/1/0 0/0", fields: { Tw: "1", Tc: "0", Tt: "8002", bytes: "4311", termination: "cD", backend: "maria" } },
  { name: "Apache's error log", line: "[Wed Nov 25 12:10:11.345678 2026] [proxy_http:error] [pid 812:tid 140] [client 10.0.0.7:51000] AH01102: error reading status line from remote server", time: `${T}.345Z`, level: "error", message: "AH01102: error reading status line from remote server", fields: { module: "proxy_http", pid: "812", client: "10.0.0.7:51000" } },
  { name: "MySQL 8", line: "2026-11-25T12:10:11.345678Z 12 [Warning] [MY-010055] [Server] Aborted connection 12 to db: 'shop'", time: `${T}.345Z`, level: "warning", message: "Aborted connection 12 to db: 'shop'", fields: { thread: "12", code: "MY-010055", subsystem: "Server" } },
  { name: "MariaDB", line: "2026-11-25 12:10:11 12 [Warning] Aborted connection 12 to db: 'shop' user: 'shop' host: '10.0.0.7'", time: `${T}.000Z`, level: "warning", message: "Aborted connection 12 to db: 'shop' user: 'shop' host: '10.0.0.7'", fields: { thread: "12" } },
  { name: "PostgreSQL", line: "2026-11-25 12:10:11.345 UTC [812] shop@orders FATAL:  remaining connection slots are reserved for roles with the SUPERUSER attribute", time: `${T}.345Z`, level: "critical", message: "remaining connection slots are reserved for roles with the SUPERUSER attribute", fields: { pid: "812", user: "shop", database: "orders" } },
  { name: "Redis", line: "812:M 25 Nov 2026 12:10:11.345 # Error accepting a client connection: Too many open files", time: `${T}.345Z`, level: "warning", message: "Error accepting a client connection: Too many open files" },
  { name: "Rails' Logger", line: "E, [2026-11-25T12:10:11.345678 #812] ERROR -- shop: refund 7 failed", time: `${T}.345Z`, level: "error", message: "refund 7 failed", fields: { pid: "812", logger: "shop" } },
  { name: "PHP-FPM", line: "[25-Nov-2026 12:10:11] WARNING: [pool www] server reached pm.max_children setting (5), consider raising it", time: `${T}.000Z`, level: "warning", message: "[pool www] server reached pm.max_children setting (5), consider raising it" },
  { name: "Monolog", line: "[2026-11-25T12:10:11.345678+00:00] shop.ERROR: refund 7 failed {\"order\":7} []", time: `${T}.345Z`, level: "error", message: "refund 7 failed {\"order\":7} []" },
  { name: "Laravel", line: "[2026-11-25 12:10:11] production.ERROR: refund 7 failed", time: `${T}.000Z`, level: "error", message: "refund 7 failed" },
  { name: "Tomcat's juli", line: "25-Nov-2026 12:10:11.345 SEVERE [http-nio-8080-exec-3] org.apache.catalina.core.StandardWrapperValve.invoke Servlet.service() threw", time: `${T}.345Z`, level: "error", message: "Servlet.service() threw" },
  { name: "HDFS", line: "261125 121011 143 INFO dfs.DataNode$DataXceiver: Receiving block blk_-160", time: `${T}.000Z`, level: "info", message: "Receiving block blk_-160" },
  { name: "Kafka", line: "[2026-11-25 12:10:11,345] WARN [Consumer clientId=c1] Connection to node 1 could not be established (org.apache.kafka.clients.NetworkClient)", time: `${T}.345Z`, level: "warning", message: "[Consumer clientId=c1] Connection to node 1 could not be established (org.apache.kafka.clients.NetworkClient)" },
  { name: "Elasticsearch", line: "[2026-11-25T12:10:11,345][WARN ][o.e.t.TcpTransport       ] [node-1] exception caught on transport layer", time: `${T}.345Z`, level: "warning", message: "[node-1] exception caught on transport layer" },
  { name: "Elixir", line: "12:10:11.345 [error] GenServer Shop.Refund terminating", time: `${T}.345Z`, level: "error", message: "GenServer Shop.Refund terminating" },
  { name: "Envoy", line: "[2026-11-25 12:10:11.345][15][warning][connection] [source/common/network/connection_impl.cc:250] [C7] idle timeout", time: `${T}.345Z`, level: "warning", message: "[source/common/network/connection_impl.cc:250] [C7] idle timeout" },
  { name: "Rust's env_logger", line: "[2026-11-25T12:10:11Z WARN  shop::refund] pool is low", time: `${T}.000Z`, level: "warning", message: "pool is low" },
  { name: "Rust's tracing", line: "2026-11-25T12:10:11.345678Z  WARN shop::refund: pool is low free=2", time: `${T}.345Z`, level: "warning", message: "pool is low free=2" },
  { name: "syslog", line: "Nov 25 12:10:11 web shopd[812]: ERROR: refund 7 failed", time: `${T}.000Z`, level: "error", message: "refund 7 failed", fields: { host: "web", program: "shopd", pid: "812" } },
  { name: "syslog with a priority", line: "<27>Nov 25 12:10:11 web shopd[812]: refund 7 failed", time: `${T}.000Z`, level: "error", message: "refund 7 failed" },
  { name: "RFC 5424", line: "<165>1 2026-11-25T12:10:11.345Z web shopd 812 ID47 [shop@1 order=\"7\"] refund 7 failed", time: `${T}.345Z`, level: "notice", message: "refund 7 failed", fields: { host: "web", program: "shopd", pid: "812", order: "7" } },
  { name: "rsyslog's file", line: "2026-11-25T12:10:11.345678+00:00 web kernel: TCP: request_sock_TCP: Possible SYN flooding on port 8080. Sending cookies.", time: `${T}.345Z`, level: null, message: "TCP: request_sock_TCP: Possible SYN flooding on port 8080. Sending cookies." },
  { name: "a journal's line around logfmt with a stamp of its own", line: "Nov 25 13:10:11 web prometheus[7]: level=warn ts=2026-11-25T12:10:11.345Z caller=scrape.go:673 msg=\"append failed\"", time: `${T}.345Z`, level: "warning", message: "append failed", fields: { program: "prometheus", caller: "scrape.go:673" } },
  { name: "containerd's file", line: "2026-11-25T12:10:11.345678901Z stderr F refund 7 failed", time: `${T}.345Z`, level: null, message: "refund 7 failed", fields: { stream: "stderr" } },
  { name: "docker's json-file", line: "{\"log\":\"2026-11-25 12:10:11,300 ERROR shop.refund: refund 7 failed\\n\",\"stream\":\"stderr\",\"time\":\"2026-11-25T12:10:11.345678901Z\"}", time: `${T}.300Z`, level: "error", message: "refund 7 failed", fields: { stream: "stderr" } },
  { name: "docker logs --timestamps", line: "2026-11-25T12:10:11.345678901Z refund 7 failed", time: `${T}.345Z`, level: null, message: "refund 7 failed" },
  { name: "kubectl logs --prefix --timestamps", line: "[pod/web-1/app] 2026-11-25T12:10:11.345678901Z {\"level\":\"error\",\"msg\":\"refund failed\"}", time: `${T}.345Z`, level: "error", message: "refund failed", fields: { pod: "web-1", container: "app" } },
  { name: "docker compose, coloured", line: "\u001b[36mweb-1  |\u001b[0m 2026-11-25T12:10:11.345678901Z \u001b[31mERROR\u001b[0m refund 7 failed", time: `${T}.345Z`, level: "error", message: "refund 7 failed", fields: { container: "web-1" } },
  { name: "journalctl -o json", line: "{\"__REALTIME_TIMESTAMP\":\"1795608612000000\",\"_SOURCE_REALTIME_TIMESTAMP\":\"1795608611345678\",\"MESSAGE\":\"refund 7 failed\",\"PRIORITY\":\"3\",\"_PID\":\"812\",\"SYSLOG_IDENTIFIER\":\"shopd\",\"_HOSTNAME\":\"web\"}", time: `${T}.345Z`, level: "error", message: "refund 7 failed", fields: { program: "shopd", pid: "812", host: "web" } },
  { name: "journalctl -o json of bytes", line: "{\"__REALTIME_TIMESTAMP\":\"1795608611345678\",\"MESSAGE\":[104,105],\"PRIORITY\":\"6\",\"_PID\":\"812\",\"_COMM\":\"shopd\",\"_HOSTNAME\":\"web\"}", time: `${T}.345Z`, level: null, message: "hi" },
  { name: "squid", line: "1795608611.345    120 10.0.0.7 TCP_MISS/503 3970 GET http://shop/ - HIER_DIRECT/10.0.0.2 text/html", time: `${T}.345Z`, level: null, message: "120 10.0.0.7 TCP_MISS/503 3970 GET http://shop/ - HIER_DIRECT/10.0.0.2 text/html" },
  { name: "multilog's TAI64N", line: "@400000006b06d02d149aa0b0 refund 7 failed", time: `${T}.345Z`, level: null, message: "refund 7 failed" },
  { name: "plain words", line: "listening on port 8080", time: null, level: null, message: "listening on port 8080" },
];

describe("one line of each program", () => {
  it.each(LINES)("$name", ({ line, time, level, message, fields = {} }) => {
    const records = read(`${line}\n`);
    expect(records.size).toBe(1);
    const record = records.at(0);
    expect({ time: record.timeMs === null ? null : new Date(Math.floor(record.timeMs + 1e-4)).toISOString(), level: record.level, message: record.message }).toEqual({ time, level, message });
    expect(record.fields).toMatchObject(fields);
  });

  it("all of them in one file, in pieces of whatever size, are the same records", () => {
    const text = LINES.filter(({ time }) => time !== null).map(({ line }) => line).join("\n");
    const shown = (records: LogRecords): unknown[] => [...records].map(({ line, level, message }) => [line, level, message]);
    const whole = shown(read(text));
    for (const size of [1, 7, 1000]) expect(shown(read(text, { size }))).toEqual(whole);
    expect(whole).toHaveLength(LINES.length - 1);
  });
});

describe("records of several lines", () => {
  it.each([
    ["Python", "2026-11-25 12:10:11,345 ERROR shop: refund 7 failed\nTraceback (most recent call last):\n  File \"shop.py\", line 7, in refund\n    raise ValueError(\"x\")\nValueError: x\n\nDuring handling of the above exception, another exception occurred:\n\nTraceback (most recent call last):\n  File \"shop.py\", line 9, in refund\nRuntimeError: y"],
    ["Java", "2026-11-25 12:10:11,345 ERROR [main] c.s.Shop - refund failed\njava.sql.SQLException: x\n\tat com.shop.Refund.run(Refund.java:7)\nCaused by: java.io.IOException: y\n\t... 12 more"],
    ["Go", "2026/11/25 12:10:11 http: panic serving 10.0.0.7:51000: boom\ngoroutine 7 [running]:\nmain.refund(0x7)\n\t/src/refund.go:42 +0x1a\ncreated by net/http.(*Server).Serve in goroutine 1\n\t/usr/lib/go/net/http/server.go:3285 +0x4b"],
    ["SQL", "2026-11-25 12:10:11.345 UTC [812] ERROR:  deadlock detected\n\tProcess 7 waits\nSELECT *\n  FROM orders\n WHERE id = 7"],
  ])("%s: what follows a stamped line goes with it", (_, text) => {
    const records = read(`${text}\n2026-11-25 12:10:12,000 INFO shop: next\n`);
    expect(records.size).toBe(2);
    expect(records.at(0).text).toBe(text.replace(/\n\n/g, "\n"));
    expect(records.at(0).message).not.toContain("\n");
  });

  it("java.util.logging says its level and its words in the second line", () => {
    const records = read("Nov 25, 2026 12:10:11 PM com.shop.Refund run\nSEVERE: refund 7 failed\njava.io.IOException: x\n\tat com.shop.Refund.run(Refund.java:7)\nNov 25, 2026 12:10:12 PM com.shop.Refund run\nINFO: again\n");
    expect([...records].map(({ level, message }) => [level, message])).toEqual([["error", "refund 7 failed"], ["info", "again"]]);
  });

  it("a trace that a container runtime stamped line by line is one record, and other lines are not", () => {
    const lines = ["ERROR refund failed", "java.lang.IllegalStateException: x", "\tat com.shop.Refund.run(Refund.java:7)", "Caused by: java.io.IOException: y", "listening again"];
    const records = read(lines.map((line, at) => `2026-11-25T12:10:11.34567890${at}Z stderr F ${line}\n`).join(""));
    expect([...records].map(({ text }) => text.split("\n").length)).toEqual([4, 1]);
    expect(records.at(0).text.split("\n").slice(1)).toEqual(lines.slice(1, 4));
  });

  it("a line that a container runtime cut is one line", () => {
    const records = read("2026-11-25T12:10:11.345678901Z stdout P {\"level\":\"error\",\n2026-11-25T12:10:11.345678902Z stdout F \"msg\":\"refund failed\"}\n2026-11-25T12:10:12.345678901Z stdout F next\n");
    expect([...records].map(({ text }) => text)).toEqual(["2026-11-25T12:10:11.345678901Z stdout P {\"level\":\"error\",\"msg\":\"refund failed\"}", "2026-11-25T12:10:12.345678901Z stdout F next"]);
  });

  it("JSON over several lines is one record", () => {
    const one = (order: number): string => JSON.stringify({ time: `2026-11-25T12:10:1${order}Z`, level: "error", msg: "refund failed", order, nested: { a: [1, 2] } }, null, 2);
    const records = read(`${one(1)}\n${one(2)}\n`);
    expect([...records].map(({ timeMs, level, message, fields }) => [timeMs, level, message, fields["order"]])).toEqual([[Date.UTC(2026, 10, 25, 12, 10, 11), "error", "refund failed", "1"], [Date.UTC(2026, 10, 25, 12, 10, 12), "error", "refund failed", "2"]]);
  });

  it("times of day alone roll over at midnight and end before what is known of the end", () => {
    const records = read("23:59:58.000 INFO one\n23:59:59.500 INFO two\n00:00:01.000 INFO three\n", { clock: { notAfterMs: Date.UTC(2026, 10, 25, 0, 5) } });
    expect([...records].map(({ timeMs }) => new Date(timeMs ?? 0).toISOString())).toEqual(["2026-11-24T23:59:58.000Z", "2026-11-24T23:59:59.500Z", "2026-11-25T00:00:01.000Z"]);
    expect(records.source.assumptions.join()).toContain("no day in the stamps");
  });

  it("the zone of a program's own stamps is told by the collector's beside them", () => {
    const records = read("2026-11-25T12:10:11.345678901Z stdout F 2026-11-25 14:10:11,340 INFO shop: x\n");
    expect(records.at(0).timeMs).toBe(Date.UTC(2026, 10, 25, 12, 10, 11, 340));
    expect(records.source.assumptions).toEqual(["no zone in the program's own stamps: UTC+02:00, as the collector's stamps beside them tell"]);
  });

  it("a kernel's ring counts from the boot", () => {
    const records = read("[   12.500000] TCP: out of memory -- consider tuning tcp_mem\n", { kind: "kernel", bootMs: Date.UTC(2026, 10, 25, 12) });
    expect(records.at(0)).toMatchObject({ timeMs: Date.UTC(2026, 10, 25, 12, 0, 12, 500), message: "TCP: out of memory -- consider tuning tcp_mem" });
  });
});

describe("the W3C extended format", () => {
  it("has its columns from the line that names them, and its times are UTC", () => {
    const records = read("#Software: Microsoft Internet Information Services 10.0\n#Version: 1.0\n#Fields: date time s-ip cs-method cs-uri-stem cs-uri-query s-port c-ip sc-status time-taken\n2026-11-25 12:10:11 10.0.0.2 GET /orders/7 - 443 10.0.0.7 503 30012\n2026-11-25 12:10:12 10.0.0.2 GET /ok x=1 443 10.0.0.7 200 12\n", { clock: { zone: Zone.named("Europe/Berlin") } });
    expect(records.source.assumptions).toEqual([]);
    expect([...records].slice(-2).map(({ timeMs, level, fields }) => [new Date(timeMs ?? 0).toISOString(), level, fields["path"], fields["status"], fields["duration"], fields["client"], fields["query"]])).toEqual([
      ["2026-11-25T12:10:11.000Z", "error", "/orders/7", "503", "30012", "10.0.0.7", undefined],
      ["2026-11-25T12:10:12.000Z", "info", "/ok", "200", "12", "10.0.0.7", "x=1"],
    ]);
  });
});

describe("what a log may hold", () => {
  it("secrets are hidden before anything is kept, in message, text and fields", () => {
    const records = read("2026-11-25 12:10:11,345 ERROR shop: connect postgres://app:hunter2@db/orders failed password=hunter2\nGET /?api_key=hunter2\n{\"time\":\"2026-11-25T12:10:11Z\",\"level\":\"info\",\"msg\":\"login\",\"password\":\"hunter2\"}\n");
    for (const record of records) expect(JSON.stringify([record.message, record.text, record.fields])).not.toContain("hunter2");
    expect(records.at(0).message).toContain("connect postgres://app:***@db/orders failed");
  });

  it("an endless line is cut and said; a binary file does no harm", () => {
    const records = read(`2026-11-25 12:10:11,345 INFO x ${"y".repeat(600_000)}\n2026-11-25 12:10:12,345 INFO z\n`);
    expect(records.size).toBe(2);
    expect(records.source.skipped).toEqual([expect.objectContaining({ line: 1, reason: expect.stringContaining("cut off") as string })]);
    expect(read(Buffer.from(Uint8Array.from({ length: 5000 }, (_, at) => (at * 7919) % 256)).toString("latin1")).size).toBeGreaterThan(0);
  });
});
