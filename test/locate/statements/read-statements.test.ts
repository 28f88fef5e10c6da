import { describe, expect, test } from "vitest";
import { statementsOf } from "./text-statements";

interface Expected {
  readonly line: number;
  readonly template: string;
  readonly library?: string;
  readonly level?: string | null;
  readonly symbol?: string;
  readonly kind?: "log" | "exception";
  readonly keys?: readonly string[];
}

/** Each file with what it logs, in order. */
const FILES: Readonly<Record<string, { readonly text: string; readonly logs: readonly Expected[] }>> = {
  "shop/orders.go": {
    text: `package shop

import (
	"fmt"
	"log"
	"log/slog"
	"os"

	"github.com/rs/zerolog"
	"github.com/sirupsen/logrus"
	"go.uber.org/zap"
)

const accepted = "order %d accepted"

func (s *Server) Refund(id int) error {
	log.Printf(accepted+" for %s", id, s.customer)
	slog.Warn("stock is low", "sku", sku, slog.Int("left", n))
	s.lg.Error("cannot pay", zap.Int("order", id), zap.Error(err))
	s.zl.Info().Str("order", x).Msgf("paid %v", sum)
	logrus.WithFields(logrus.Fields{"order": id}).Infof("sent to %q", to)
	fmt.Fprintf(os.Stderr, "bye: %+v\\n", err)
	msg := fmt.Sprintf("worker %d", n)
	go func() { log.Println("left by", msg) }()
	return fmt.Errorf("refund of %d refused", id)
}
`,
    logs: [
      { line: 17, template: "order <*> accepted for <*>", library: "log", level: null, symbol: "Server.Refund" },
      { line: 18, template: "stock is low", library: "log/slog", level: "warning", keys: ["sku", "left"] },
      { line: 19, template: "cannot pay", library: "go.uber.org/zap", level: "error", keys: ["order"] },
      { line: 20, template: "paid <*>", library: "github.com/rs/zerolog", level: "info", keys: ["order"] },
      { line: 21, template: "sent to <*>", library: "github.com/sirupsen/logrus", level: "info", keys: ["order"] },
      { line: 22, template: "bye: <*>", library: "fmt" },
      { line: 24, template: "left by worker <*>", library: "log", symbol: "Server.Refund" },
      { line: 25, template: "refund of <*> refused", kind: "exception" },
    ],
  },
  "shop/orders.py": {
    text: `import logging
from loguru import logger as loud

log = logging.getLogger(__name__)
ACCEPTED = "order %s " "accepted"

class Orders:
    REFUSED = f"refused: {WHY}"

    def refund(self, order):
        log.info(ACCEPTED, order.id, extra={"tenant": 1})
        self.logger.warning("slow %(path)s after %(ms)d ms", {"path": p, "ms": ms})
        log.error(self.REFUSED)
        log.debug("a {} of {name:>4}".format(kind, name=n) + " done")
        loud.info("paid {} by {who}", total, who=w)
        log.exception("gone" if late else "not here yet")
        print("listening on", port, file=sys.stderr)
        raise RefundError("no refund for %s" % order)
`,
    logs: [
      { line: 11, template: "order <*> accepted", library: "logging", level: "info", symbol: "Orders.refund", keys: ["extra", "tenant"] },
      { line: 12, template: "slow <*> after <*> ms", level: "warning" },
      { line: 13, template: "refused: <*>", level: "error" },
      { line: 14, template: "a <*> of <*> done", level: "debug" },
      { line: 15, template: "paid <*> by <*>", library: "loguru", level: "info" },
      { line: 16, template: "not here yet", level: "error" },
      { line: 17, template: "listening on <*>", library: "builtins" },
      { line: 18, template: "no refund for <*>", kind: "exception" },
    ],
  },
  "src/Orders.java": {
    text: `package shop;
import org.slf4j.Logger;
class Orders {
  private static final String ACCEPTED = "order {} accepted";
  void refund(Order order) {
    LOG.info(ACCEPTED + " for {}", order.id, who);
    logger.atWarn().addKeyValue("sku", sku).log("stock of {} is low", sku);
    log.error(Markers.FATAL_MARKER, "cannot pay {}", id, e);
    julLogger.log(Level.SEVERE, "disk {0} of {1}", new Object[] {a, b});
    log.debug(() -> "lazy " + x);
    log.info(String.format("%d of %-5s%n", n, all));
    System.err.println("bye " + name);
    throw new IllegalStateException("refund of " + id + " refused");
  }
}
`,
    logs: [
      { line: 6, template: "order <*> accepted for <*>", library: "org.slf4j", level: "info", symbol: "Orders.refund" },
      { line: 7, template: "stock of <*> is low", level: "warning", keys: ["sku"] },
      { line: 8, template: "cannot pay <*>", level: "error" },
      { line: 9, template: "disk <*> of <*>", level: "error" },
      { line: 10, template: "lazy <*>", level: "debug" },
      { line: 11, template: "<*> of <*>", level: "info" },
      { line: 12, template: "bye <*>", library: "java.lang.System" },
      { line: 13, template: "refund of <*> refused", kind: "exception" },
    ],
  },
  "src/Stock.kt": {
    text: `package shop
import mu.KotlinLogging
class Stock {
  companion object { const val LOW = "stock is low" }
  fun take(sku: String) {
    logger.info { "took $sku from \${shelf.name} now" }
    log.warn("only {} left", left)
    logger.error(e) { LOW }
    throw StockException("none of $sku")
  }
}
`,
    logs: [
      { line: 6, template: "took <*> from <*> now", level: "info", symbol: "Stock.take" },
      { line: 7, template: "only <*> left", level: "warning" },
      { line: 8, template: "stock is low", level: "error" },
      { line: 9, template: "none of <*>", kind: "exception" },
    ],
  },
  "src/orders.ts": {
    text: `import pino from "pino";
const MESSAGES = { accepted: "order accepted" };
export class Orders {
  refund(order: Order): void {
    this.logger.info({ order: order.id, total }, "refund of %d started", order.id);
    req.log.error(MESSAGES.accepted);
    console.warn("slow", path, ms);
    console.log(\`paid \${order.total} by \${who}\`);
    process.stderr.write("bye\\n");
    throw new RefundError(\`refund of \${order.id} refused\`);
  }
}
`,
    logs: [
      { line: 5, template: "refund of <*> started", library: "pino", level: "info", symbol: "Orders.refund", keys: ["order", "total"] },
      { line: 6, template: "order accepted", level: "error" },
      { line: 7, template: "slow <*> <*>", library: "console", level: null },
      { line: 8, template: "paid <*> by <*>", library: "console" },
      { line: 9, template: "bye", library: "process" },
      { line: 10, template: "refund of <*> refused", kind: "exception" },
    ],
  },
  "src/Orders.cs": {
    text: `using Microsoft.Extensions.Logging;
namespace Shop;
partial class Orders {
  const string Accepted = "order {OrderId} accepted";
  void Refund(Order order) {
    _logger.LogInformation(Accepted, order.Id);
    logger?.LogError(ex, "cannot pay {Total:F2} to {@Customer}", t, c);
    Log.ForContext<Orders>().Warning($"stock of {sku} is low");
    Console.Error.WriteLine("bye {0}", name);
    throw new InvalidOperationException("refund of " + order.Id + " refused");
  }
  [LoggerMessage(EventId = 3, Level = LogLevel.Warning, Message = "late by {Ms} ms")]
  partial void Late(int ms);
}
`,
    logs: [
      { line: 6, template: "order <*> accepted", library: "Microsoft.Extensions.Logging", level: "info", symbol: "Orders.Refund" },
      { line: 7, template: "cannot pay <*> to <*>", level: "error" },
      { line: 8, template: "stock of <*> is low", library: "Serilog", level: "warning" },
      { line: 9, template: "bye <*>", library: "System.Console" },
      { line: 10, template: "refund of <*> refused", kind: "exception" },
      { line: 12, template: "late by <*> ms", level: "warning" },
    ],
  },
  "src/Orders.php": {
    text: `<?php
namespace Shop;
use Psr\\Log\\LoggerInterface;
class Orders {
  const ACCEPTED = 'order {id} accepted';
  function refund($order) {
    $this->logger->info(self::ACCEPTED, ['id' => $order->id]);
    Log::error("cannot pay {$order->total} to $who" . $why);
    error_log(sprintf("slow: %s took %d ms", $path, $ms));
    throw new RefundException("no refund for $order->id");
  }
}
`,
    logs: [
      { line: 7, template: "order <*> accepted", library: "Psr.Log", level: "info", symbol: "Orders.refund", keys: ["id"] },
      { line: 8, template: "cannot pay <*> to <*>", level: "error" },
      { line: 9, template: "slow: <*> took <*> ms", library: "php" },
      { line: 10, template: "no refund for <*>", kind: "exception" },
    ],
  },
  "lib/orders.rb": {
    text: `class Orders
  ACCEPTED = "order accepted"
  def refund(order)
    logger.info "refund of #{order.id} started"
    Rails.logger.warn(ACCEPTED)
    @log.error { "cannot pay #{order.total}" }
    $stderr.puts "bye #{name}"
    log.debug("slow %s after %d ms" % [path, ms])
    raise RefundError, "no refund for #{order.id}"
  end
end
`,
    logs: [
      { line: 4, template: "refund of <*> started", library: "Logger", level: "info", symbol: "Orders.refund" },
      { line: 5, template: "order accepted", level: "warning" },
      { line: 6, template: "cannot pay <*>", level: "error" },
      { line: 7, template: "bye <*>", library: "IO" },
      { line: 8, template: "slow <*> after <*> ms", level: "debug" },
      { line: 9, template: "no refund for <*>", kind: "exception" },
    ],
  },
  "src/orders.rs": {
    text: `use tracing::{info, warn};
const BYE: &str = "bye";
impl Orders {
    fn refund(&self, order: &Order) -> Result<()> {
        info!(order.id, total = %order.total, "refund of {} started", order.id);
        tracing::warn!(target: "shop", "stock of {sku:?} is {{low}}");
        log::error!("cannot pay {0} to {1}", total, who);
        eprintln!("listening on {addr}");
        bail!("no refund for {}", order.id);
    }
}
`,
    logs: [
      { line: 5, template: "refund of <*> started", library: "tracing", level: "info", symbol: "Orders.refund", keys: ["total"] },
      { line: 6, template: "stock of <*> is {low}", level: "warning" },
      { line: 7, template: "cannot pay <*> to <*>", level: "error" },
      { line: 8, template: "listening on <*>", library: "std" },
      { line: 9, template: "no refund for <*>", kind: "exception" },
    ],
  },
};

describe("logging calls of each language", () => {
  test.each(Object.entries(FILES))("%s", async (file, { text, logs }) => {
    const { statements } = await statementsOf({ [file]: text });
    expect(statements.map(({ line, template }) => `${line} ${template}`)).toEqual(logs.map(({ line, template }) => `${line} ${template}`));
    logs.forEach((expected, at) => {
      const { line, template, ...rest } = expected;
      expect({ line, template, ...statements[at], ways: undefined }, `line ${line}`).toMatchObject({ kind: "log", ...rest, ...(rest.keys === undefined ? {} : { keys: expect.arrayContaining([...rest.keys]) as unknown }) });
    });
  });
});

describe("across files", () => {
  test("a constant of another file is looked up by the type that it stands in", async () => {
    const { statements } = await statementsOf({
      "src/a/Messages.java": `package a; public interface Messages { String STARTED = "service {} started"; String STOPPED = "service stopped"; }`,
      "src/b/Other.java": `package b; class Other { static final String STARTED = "another text"; }`,
      "src/b/Main.java": `package b; import a.Messages; class Main { void run() { log.info(Messages.STARTED, name); } }`,
    });
    expect(statements.map(({ template }) => template)).toEqual(["service <*> started"]);
  });

  test("a name that two files give different texts to is a value", async () => {
    const { statements } = await statementsOf({
      "a/one.py": `GREETING = "one is here"\n`, "b/two.py": `GREETING = "two is here"\n`, "c/main.py": `from x import GREETING\nlogger.info("said " + GREETING)\n`,
    });
    expect(statements.map(({ template }) => template)).toEqual(["said <*>"]);
  });

  test("who hands a message to a function that logs it wrote the statement; the logging call is named beside it", async () => {
    const { statements } = await statementsOf(
      {
        "log/log.go": `package log\nimport "log"\nfunc Infof(format string, args ...interface{}) { write(fmt.Sprintf(format, args...)) }\nfunc write(text string) { log.Print("[shop] " + text) }\n`,
        "shop/shop.go": `package shop\nimport "example.test/log"\nfunc run() { log.Infof("order %d accepted", id) }\n`,
      },
      { "log/log.go": "example.test/log", "shop/shop.go": "example.test/shop" },
    );
    const [statement] = statements.filter(({ file }) => file === "shop/shop.go");
    expect(statement).toMatchObject({ template: "[shop] order <*> accepted", symbol: "run", through: [{ file: "log/log.go", line: 3 }, { file: "log/log.go", line: 4 }] });
  });

  test("a method under a name of the file's own: by assignment, several at once, taken out of its object, bound", async () => {
    const { statements } = await statementsOf({
      "worker.py": `from celery.utils.log import get_logger\n\nlogger = get_logger(__name__)\ndebug, info = (logger.debug, logger.info)\nwarn, late = logger.warning, logger.error\n\ndef received(task, warn=logger.warning, error=logger.error):\n    info("Task %s received", task)\n    debug("waking up")\n    warn("late by %s", task)\n    error("too late by %s", task)\n`,
      "server.js": `const { error, warn: late } = require("./logger");\nconst logger = makeLogger();\nconst { info, debug } = logger;\nconst say = console.log.bind(console);\nfunction serve(req) {\n  info("request of %s", req.user);\n  debug(\`took \${req.ms} ms\`);\n  say("bye", req.user);\n}\n`,
      // Two meanings: none.
      "both.py": `import logging\nlog = logging.getLogger()\nput = log.info\nput = queue.put\nput("into the queue")\n`,
    });
    expect(statements.map(({ file, template, level }) => [file, template, level])).toEqual([
      ["server.js", "request of <*>", "info"], ["server.js", "took <*> ms", "debug"], ["server.js", "bye <*>", null],
      ["worker.py", "Task <*> received", "info"], ["worker.py", "waking up", "debug"], ["worker.py", "late by <*>", "warning"], ["worker.py", "too late by <*>", "error"],
    ]);
  });

  test("a function with words of its own is the statement, whoever calls it", async () => {
    const { statements } = await statementsOf({ "a.py": `def failed(what):\n    logger.error("the request failed: %s", what)\n\ndef run():\n    failed("no route")\n` });
    expect(statements.map(({ line, template }) => [line, template])).toEqual([[2, "the request failed: <*>"]]);
  });
});

describe("odd text", () => {
  test.each([
    ["an unfinished call", "a.go", 'package p\nfunc f() { log.Printf("half '],
    ["format marks without arguments", "a.py", 'logger.info("100% of %s")\nlogger.info("%")\n'],
    ["an empty message", "a.ts", 'console.log("");\nconsole.log();\nlogger.info();\n'],
    ["nested quotes", "a.rs", 'fn f() { info!("a \\"b\\" {}", r#"x"y"#); }'],
    ["a macro without arguments", "a.rs", "fn f() { println!(); info!(); panic!(); }"],
  ])("%s does not stop the reading", async (_, file, text) => {
    await expect(statementsOf({ [file]: text })).resolves.toBeDefined();
  });
});
