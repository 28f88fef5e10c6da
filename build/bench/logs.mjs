// Made logs for the bench, one line of each kind of program; every tenth line is another level, every thousandth has a trace below it.
import { createWriteStream } from "node:fs";
import { once } from "node:events";

const pad = (value, width) => String(value).padStart(width, "0");
const time = (i) => `${pad(Math.floor(i / 360_000) % 24, 2)}:${pad(Math.floor(i / 6_000) % 60, 2)}:${pad(Math.floor(i / 100) % 60, 2)}`;
const fraction = (i) => pad((i * 10) % 1000, 3);
const level = (i, [usual, other]) => (i % 10 === 0 ? other : usual);
const words = (i) => `order ${i} accepted for user-${(i * 7) % 1000} in ${i % 90} ms`;

export const LOG_KINDS = {
  log4j: (i) => `2026-11-25 ${time(i)},${fraction(i)} ${level(i, ["INFO ", "ERROR"])} [http-nio-8080-exec-${i % 20}] c.e.shop.OrderController - ${words(i)}${i % 1000 === 0 ? "\njava.sql.SQLException: x\n\tat c.e.shop.Pool.take(Pool.java:42)" : ""}`,
  JSON: (i) => `{"time":"2026-11-25T${time(i)}.${fraction(i)}Z","level":"${level(i, ["INFO", "ERROR"])}","msg":"order accepted","order":${i},"user":"u-${i % 1000}","duration_ms":${i % 90}}`,
  logfmt: (i) => `time="2026-11-25T${time(i)}.${fraction(i)}Z" level=${level(i, ["info", "error"])} msg="order accepted" order=${i} user=u-${i % 1000} duration_ms=${i % 90}`,
  "nginx access": (i) => `10.0.${i % 200}.${i % 250} - - [25/Nov/2026:${time(i)} +0000] "GET /orders/${i} HTTP/1.1" ${level(i, ["200", "504"])} ${i % 5000} "-" "Mozilla/5.0 (X11; Linux x86_64)" 0.0${i % 90}`,
  HAProxy: (i) => `Nov 25 ${time(i)} lb1 haproxy[7]: 10.0.0.${i % 250}:${40_000 + (i % 20_000)} [25/Nov/2026:${time(i)}.${fraction(i)}] fe be/srv1 0/0/1/43/44 200 306 - - ---- 3/2/0/0/0 0/0 "GET /orders/${i} HTTP/1.1"`,
  syslog: (i) => `Nov 25 ${time(i)} web1 shopd[812]: ${words(i)}`,
  "containerd, Python inside": (i) => `2026-11-25T${time(i)}.${fraction(i)}123456Z stdout F 2026-11-25 ${time(i)},${fraction(i)} ${level(i, ["INFO", "ERROR"])} shop.orders: ${words(i)}`,
};

export async function writeLog(file, lines, kind) {
  const out = createWriteStream(file);
  for (let at = 0; at < lines; at += 10_000) {
    const text = Array.from({ length: Math.min(10_000, lines - at) }, (_, index) => `${LOG_KINDS[kind](at + index)}\n`).join("");
    if (!out.write(text)) await once(out, "drain");
  }
  out.end();
  await once(out, "close");
}
