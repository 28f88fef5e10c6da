import { it } from "vitest";
import { createLogReader } from "../../src/observe/logs/log-reader";
import { findSignatures } from "../../src/explain/log-signatures/find-signatures";
it("speed", () => {
  const kinds: Record<string, (i: number) => string> = {
    log4j: (i) => `2026-11-25 12:${String(10 + (i / 6000 | 0) % 50).padStart(2, "0")}:${String((i / 100 | 0) % 60).padStart(2, "0")},${String(i % 1000).padStart(3, "0")} INFO  [http-nio-8080-exec-${i % 20}] c.e.shop.OrderController - order ${i} accepted for user-${i * 7 % 1000} in ${i % 90} ms`,
    json: (i) => `{"time":"2026-11-25T12:10:11.${String(i % 1000).padStart(3, "0")}Z","level":"INFO","msg":"order accepted","order":${i},"user":"u-${i % 1000}","duration_ms":${i % 90}}`,
    nginx: (i) => `10.0.0.${i % 250} - - [25/Nov/2026:12:10:${String((i / 100 | 0) % 60).padStart(2, "0")} +0000] "GET /orders/${i} HTTP/1.1" 200 ${i % 5000} "-" "Mozilla/5.0 (X11; Linux x86_64)" 0.0${i % 90}`,
    haproxy: (i) => `Nov 25 12:10:11 lb1 haproxy[7]: 10.0.0.${i % 250}:${40000 + i % 20000} [25/Nov/2026:12:10:11.${String(i % 1000).padStart(3, "0")}] fe be/srv1 0/0/1/43/44 200 306 - - ---- 3/2/0/0/0 0/0 "GET /orders/${i} HTTP/1.1"`,
    logfmt: (i) => `time="2026-11-25T12:10:11.${String(i % 1000).padStart(3, "0")}Z" level=info msg="order accepted" order=${i} user=u-${i % 1000} duration_ms=${i % 90}`,
    cri: (i) => `2026-11-25T12:10:11.${String(i % 1000).padStart(3, "0")}123456Z stdout F 2026-11-25 12:10:11,${String(i % 1000).padStart(3, "0")} INFO shop.orders: order ${i} accepted for user-${i % 1000}`,
    syslog: (i) => `Nov 25 12:10:${String((i / 100 | 0) % 60).padStart(2, "0")} web1 shopd[812]: order ${i} accepted for user-${i % 1000}`,
  };
  for (const [name, make] of Object.entries(kinds)) {
    const n = 300_000;
    const text = Array.from({ length: n }, (_, i) => make(i)).join("\n") + "\n";
    const reader = createLogReader({ kind: "opened-file", name, how: "", pid: null, clock: { zone: null, zoneFrom: "", notAfterMs: Date.UTC(2026, 10, 26) } });
    const t0 = performance.now();
    for (let at = 0; at < text.length; at += 1 << 20) reader.push(text.slice(at, at + (1 << 20)));
    const records = reader.finish(null);
    const t1 = performance.now();
    let sum = 0;
    for (const r of records) sum += r.message.length + (r.timeMs ?? 0);
    const t2 = performance.now();
    findSignatures([records]);
    const t3 = performance.now();
    console.log(name, records.size, records.source.format, Math.round(n / (t1 - t0)) + "k/s read", Math.round(n / (t2 - t1)) + "k/s iterate", Math.round(n / (t3 - t2)) + "k/s signatures", sum > 0);
  }
});
