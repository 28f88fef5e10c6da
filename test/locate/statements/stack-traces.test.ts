import { describe, expect, test } from "vitest";
import { FrameFinder, framesIn } from "../../../src/locate/statements/stack-traces";

const FILES = [
  "cmd/shopd/main.go", "shop/orders.go", "backend/shop/orders.py", "backend/shop/__init__.py", "src/main/java/com/example/shop/Orders.java", "src/test/java/com/example/shop/OrdersTest.java", "src/main/kotlin/stock/Stock.kt",
  "web/src/orders.ts", "web/src/index.js", "Shop/Orders.cs", "lib/orders.rb", "app/src/Orders.php", "crates/shop/src/orders.rs",
];

/** The places in the workspace that a trace leads to, in its order; `-` for other people's code. */
function places(text: string): string[] {
  const finder = new FrameFinder(FILES);
  return framesIn(text).map((frame) => `${finder.fileOf(frame) ?? "-"}:${frame.line} ${frame.symbol}`);
}

describe("stack traces lead into the workspace", () => {
  test("Go: a panic and its goroutines", () => {
    const text = "panic: boom\n\ngoroutine 7 [running]:\nexample.test/shop.(*Server).Refund(0xc000012345, 0x11)\n\t/app/shop/orders.go:42 +0x1d\nnet/http.HandlerFunc.ServeHTTP(...)\n\t/usr/local/go/src/net/http/server.go:2136\ncreated by main.main in goroutine 1\n\t/build/cmd/shopd/main.go:12 +0x5e\n";
    expect(places(text)).toEqual(["shop/orders.go:42 example.test/shop.(*Server).Refund", "-:2136 net/http.HandlerFunc.ServeHTTP", "cmd/shopd/main.go:12 main.main"]);
  });

  test("Python: chained exceptions, and the library's frames", () => {
    const text = 'Traceback (most recent call last):\n  File "/app/shop/orders.py", line 7, in refund\n    pay()\n  File "/usr/lib/python3/dist-packages/requests/orders.py", line 90, in send\n\nDuring handling of the above exception, another exception occurred:\n\n  File "/app/shop/__init__.py", line 3, in <module>\n';
    expect(places(text)).toEqual(["backend/shop/orders.py:7 refund", "-:90 send", "backend/shop/__init__.py:3 <module>"]);
  });

  test("Java and Kotlin: causes, suppressed ones, modules and jars", () => {
    const text = "java.lang.IllegalStateException: boom\n\tat com.example.shop.Orders.refund(Orders.java:42)\n\tat java.base/java.lang.Thread.run(Thread.java:833)\n\tSuppressed: java.io.IOException: x\n\t\tat app//com.example.shop.Orders$Line.close(Orders.java:77) ~[shop.jar:1.0]\nCaused by: java.sql.SQLException: y\n\tat stock.Stock.take(Stock.kt:5)\n\tat org.other.Orders.refund(Orders.java:9)\n\t... 3 more\n";
    expect(places(text)).toEqual([
      "src/main/java/com/example/shop/Orders.java:42 com.example.shop.Orders.refund", "-:833 java.lang.Thread.run", "src/main/java/com/example/shop/Orders.java:77 com.example.shop.Orders$Line.close", "src/main/kotlin/stock/Stock.kt:5 stock.Stock.take",
      "-:9 org.other.Orders.refund",
    ]);
  });

  test("Node: methods, async frames, modules, and what is below node_modules", () => {
    const text = "Error: boom\n    at Orders.refund [as run] (/app/src/orders.ts:10:5)\n    at async /app/src/index.js:3:1\n    at Layer.handle (/app/node_modules/express/src/index.js:95:5)\n    at node:internal/process/task_queues:95:5\n    at file:///app/src/index.js:8:2\n";
    expect(places(text)).toEqual(["web/src/orders.ts:10 Orders.refund", "web/src/index.js:3 ", "-:95 Layer.handle", "web/src/index.js:8 "]);
  });

  test.each([
    ["C#", "   at Shop.Orders.Refund(Order order) in C:\\build\\Shop\\Orders.cs:line 12\n   at System.Threading.Tasks.Task.Execute()\n", ["Shop/Orders.cs:12 Shop.Orders.Refund"]],
    ["Ruby", "/app/lib/orders.rb:12:in `refund': boom (RuntimeError)\n\tfrom /usr/lib/ruby/gems/3.1.0/gems/rack-2.2/lib/orders.rb:4:in 'call'\n", ["lib/orders.rb:12 refund", "-:4 call"]],
    ["PHP", "PHP Fatal error:  Uncaught Exception: boom in /var/www/app/src/Orders.php:12\nStack trace:\n#0 /var/www/app/src/Orders.php(30): Shop\\Orders->refund()\n#1 {main}\n", ["app/src/Orders.php:12 ", "app/src/Orders.php:30 Shop\\Orders->refund"]],
    ["Rust", "thread 'main' panicked at crates/shop/src/orders.rs:4:5:\nboom\nstack backtrace:\n   0: rust_begin_unwind\n             at /rustc/90c5418062/library/std/src/panicking.rs:645:5\n   2: shop::orders::refund\n             at ./src/orders.rs:12:9\n", ["crates/shop/src/orders.rs:4 ", "-:645 rust_begin_unwind", "crates/shop/src/orders.rs:12 shop::orders::refund"]],
  ])("%s", (_, text, expected) => {
    expect(places(text)).toEqual(expected);
  });

  test("a name that two files have is told by its folders, or not at all", () => {
    const finder = new FrameFinder(["a/util/x.py", "b/util/x.py", "b/other/x.py"]);
    expect(finder.fileOf({ language: "python", symbol: "", path: "/srv/b/util/x.py" })).toBe("b/util/x.py");
    expect(finder.fileOf({ language: "python", symbol: "", path: "/srv/util/x.py" })).toBeNull();
    expect(finder.fileOf({ language: "python", symbol: "", path: "x.py" })).toBeNull();
  });

  test("prose is no trace", () => {
    expect(framesIn("meet me at the station (platform 3) at 10:30\nratio 3:4\n  File a report, line 7\n")).toEqual([]);
  });

  test("where a frame stands in the text is told, for a link", () => {
    const text = 'x\n  File "/app/shop/orders.py", line 7, in refund';
    const [frame] = framesIn(text);
    expect([frame?.at.row, text.split("\n")[1]?.slice(frame?.at.start, frame?.at.end)]).toEqual([1, '/app/shop/orders.py", line 7']);
  });
});
