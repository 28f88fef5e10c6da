import { describe, expect, it } from "vitest";
import { leakStacks } from "../../src/investigate/leak-stacks";
import type { LogRecords } from "../../src/model/log-records";
import { createLogReader } from "../../src/observe/logs/log-reader";
import { look, pinned } from "../locate/ranking/case-builder";

const NOON = Date.UTC(2026, 2, 1, 12);
const FILES = ["web/orders.py", "web/report.py", "shop/orders.go", "src/com/shop/Orders.java"];

function log(text: string, pid: number | null = 812): LogRecords {
  const reader = createLogReader({ kind: "file", name: "/var/log/shop.log", how: "", pid, clock: { zone: null, zoneFrom: "", notAfterMs: NOON + 3_600_000 } });
  reader.push(text);
  return reader.finish(null);
}
const stamp = (ms: number): string => new Date(ms).toISOString().replace("T", " ").replace("Z", "").replace(".", ",");
const traceback = (ms: number, file: string, line: number, symbol: string): string =>
  `${stamp(ms)} ERROR web: no\nTraceback (most recent call last):\n  File "/srv/app/${file}", line ${line}, in ${symbol}\n    x()\n  File "/usr/lib/python3/dist-packages/x.py", line 3, in x\nValueError: no\n`;
const diagnosis = (moments: readonly number[]) => pinned({ leakMomentsMs: moments });

describe("stack traces beside leak moments", () => {
  const moments = Array.from({ length: 20 }, (_, n) => NOON + n * 31_000);
  it("name the function and its line, with how many moments; a library's frames are nobody's", () => {
    const text = moments.map((ms) => traceback(ms + 20, "web/orders.py", 42, "refund")).join("");
    expect(leakStacks([log(text)], [diagnosis(moments)], FILES, [])).toEqual([{ diagnosis: 0, file: "web/orders.py", symbol: "refund", lines: [42], from: "/var/log/shop.log", moments: { with: 20, of: 20 }, waiting: 0 }]);
  });
  it("that stand everywhere have nothing to do with it", () => {
    const text = Array.from({ length: 700 }, (_, n) => traceback(NOON - 10_000 + n * 900, "web/report.py", 7, "report")).join("");
    expect(leakStacks([log(text)], [diagnosis(moments)], FILES, [])).toEqual([]);
  });
  it("of another process say nothing", () => {
    expect(leakStacks([log(traceback(NOON, "web/orders.py", 42, "refund"), 99)], [diagnosis([NOON])], FILES, [])).toEqual([]);
  });
});

it("of the same process number on another host say nothing", () => {
  const host = (name: string) => ({ ...look([]), source: { format: "probe:ss", target: name, takenAt: null } });
  const records = log(traceback(NOON, "web/orders.py", 42, "refund")).onTarget("ssh://web2");
  expect(leakStacks([records], [diagnosis([NOON])], FILES, [host("ssh://web1")])).toEqual([]);
  expect(leakStacks([records], [diagnosis([NOON])], FILES, [host("ssh://web2")])).toHaveLength(1);
});

describe("a dump of threads", () => {
  it("of Go: what waits, and not what runs", () => {
    const goroutine = (n: number, state: string, symbol: string, file: string, line: number): string => `goroutine ${n} [${state}]:\nmain.${symbol}(0xc000)\n\t/srv/build/${file}:${line} +0x1d\n`;
    const text = `${stamp(NOON)} INFO shop: dump\n${goroutine(7, "IO wait, 3 minutes", "(*Orders).Refund", "shop/orders.go", 31)}${goroutine(8, "select", "(*Orders).Refund", "shop/orders.go", 31)}${goroutine(9, "running", "(*Orders).List", "shop/orders.go", 80)}`;
    expect(leakStacks([log(text)], [diagnosis([])], FILES, [])).toEqual([{ diagnosis: 0, file: "shop/orders.go", symbol: "main.(*Orders).Refund", lines: [31], from: "/var/log/shop.log", moments: null, waiting: 2 }]);
  });
  it("of the JVM", () => {
    const thread = (name: string, state: string, method: string, line: number): string => `"${name}" #12 prio=5 os_prio=0 tid=0x1 nid=0x2\n   java.lang.Thread.State: ${state}\n\tat com.shop.Orders.${method}(Orders.java:${line})\n`;
    const text = `${stamp(NOON)} INFO shop: dump\nFull thread dump OpenJDK 64-Bit Server VM:\n${thread("http-1", "WAITING (parking)", "take", 12)}${thread("http-2", "TIMED_WAITING (parking)", "take", 12)}${thread("http-3", "RUNNABLE", "list", 90)}`;
    expect(leakStacks([log(text)], [diagnosis([])], FILES, [])).toEqual([{ diagnosis: 0, file: "src/com/shop/Orders.java", symbol: "com.shop.Orders.take", lines: [12], from: "/var/log/shop.log", moments: null, waiting: 2 }]);
  });
});
