import { describe, expect, test } from "vitest";
import fc from "fast-check";
import { line, matcherOf } from "./text-statements";

const SHOP = `package shop

import (
	"log"
	"fmt"
	"go.uber.org/zap"
)

func (s *Server) Refund(id int) {
	log.Printf("order %d accepted for %s", id, customer)
	log.Printf("order %d refused", id)
	log.Printf("%s: %s", what, err)
	log.Printf("started")
	s.lg.Error("cannot pay", zap.Int("order", id))
	s.lg.Warn("cannot pay", zap.Int("customer", id))
	log.Printf("cannot reach %s: %v", host, s.take(host))
}

func (s *Server) Close() {
	log.Println("closing the door")
	s.lg.Info("closed", zap.Int("open", n))
}

func (s *Server) Stop() {
	log.Println("closing the door")
	s.lg.Info("closed", zap.String("reason", why))
}

func (s *Server) take(name string) error {
	return fmt.Errorf("pool of %s is empty", name)
}
`;

describe("a line finds its statement", () => {
  test("values come back under the names that the source gives them", async () => {
    const match = (await matcherOf({ "shop/shop.go": SHOP })).match(line("order 17 accepted for Ada Lovelace"));
    expect(match?.statement).toMatchObject({ file: "shop/shop.go", line: 10, symbol: "Server.Refund" });
    expect(match?.values).toEqual([{ name: "id", value: "17" }, { name: "customer", value: "Ada Lovelace" }]);
    expect(match?.ties).toEqual([]);
  });

  test("names in the message go before names in the code", async () => {
    const matcher = await matcherOf({ "a.cs": `class A { void F() { _logger.LogInformation("order {OrderId} took {Elapsed:F1} ms", o.Id, sw.Ms); } }` });
    expect(matcher.match(line("order 17 took 3.5 ms"))?.values).toEqual([{ name: "OrderId", value: "17" }, { name: "Elapsed", value: "3.5" }]);
  });

  test("a header that nobody took off, and fields behind it, do no harm", async () => {
    const matcher = await matcherOf({ "shop/shop.go": SHOP });
    for (const text of ["2024/03/01 10:00:00 order 17 refused", "[worker-3] INFO: order 17 refused", 'order 17 refused tenant=4 path="/x y"', '2024-03-01T10:00:00Z\tINFO\torder 17 refused\t{"tenant": 4}']) {
      expect(matcher.match(line(text))?.statement.line, text).toBe(11);
    }
  });

  test.each([
    ["a statement of nothing but values", "disk: full"],
    ["the middle of another sentence", "he said order 17 refused to come"],
    ["a word that another program says as well", "the engine started slowly"],
    ["nothing at all", ""],
  ])("no guess: %s", async (_, text) => {
    expect((await matcherOf({ "shop/shop.go": SHOP })).match(line(text))).toBeNull();
  });

  test("the level decides, and must not contradict", async () => {
    const matcher = await matcherOf({ "shop/shop.go": SHOP });
    expect(matcher.match(line("cannot pay", { level: "warning" }))?.statement.line).toBe(15);
    expect(matcher.match(line("cannot pay", { level: "error" }))?.statement.line).toBe(14);
    expect(matcher.match(line("cannot pay", { level: "debug" }))).toBeNull();
  });

  test("the fields beside the message tell two of one text apart", async () => {
    const matcher = await matcherOf({ "shop/shop.go": SHOP });
    expect(matcher.match(line("closed", { fields: { reason: "idle" } }))?.statement.line).toBe(26);
    expect(matcher.match(line('closed\t{"open": 3}'))?.statement.line).toBe(21);
  });

  test("what cannot be told apart is told as such", async () => {
    const match = (await matcherOf({ "shop/shop.go": SHOP })).match(line("closing the door"));
    expect([match?.statement, ...(match?.ties ?? [])].map((statement) => statement?.line).sort()).toEqual([20, 25]);
  });

  test.each([
    ["in a field", line("closing the door", { fields: { caller: "shop/shop.go:25" } })],
    ["as two fields", line("closing the door", { fields: { pathname: "/app/shop/shop.go", lineno: "25" } })],
    ["in the header of the record", { ...line("closing the door"), text: "I0301 10:00:00.000000 1 shop.go:25] closing the door" }],
    ["before the message", line("shop.go:25: closing the door")],
  ])("the place that a line names is used: %s", async (_, event) => {
    expect((await matcherOf({ "shop/shop.go": SHOP })).match(event)).toMatchObject({ how: "place", ties: [], statement: { line: 25 } });
  });

  test("a message that only the place explains", async () => {
    expect((await matcherOf({ "shop/shop.go": SHOP })).match(line("disk: full", { fields: { caller: "shop.go:12" } }))).toMatchObject({ how: "place", statement: { line: 12 } });
  });

  test("an exception's text in a variable part is led back to where it was written", async () => {
    const match = (await matcherOf({ "shop/shop.go": SHOP })).match(line("cannot reach db1: pool of shop is empty"));
    expect(match?.statement.line).toBe(16);
    expect(match?.explains).toMatchObject([{ statement: { template: "pool of <*> is empty", kind: "exception" } }]);
  });

  test("the most literal of several", async () => {
    const matcher = await matcherOf({ "a.py": `logger.info("request %s", x)\nlogger.info("request %s timed out after %d s", x, n)\nlogger.info("request " + x + " timed out")\n` });
    expect(matcher.match(line("request 7 timed out after 3 s"))?.statement.line).toBe(2);
    expect(matcher.match(line("request 7 timed out"))?.statement.line).toBe(3);
    expect(matcher.match(line("request 7 came"))?.statement.line).toBe(1);
  });

  test("scripts without blanks between words", async () => {
    const matcher = await matcherOf({ "a.js": "console.log(`订单${id}已接受`);\nconsole.log(`订单${id}被拒绝`);\n" });
    expect(matcher.match(line("订单17被拒绝"))).toMatchObject({ statement: { line: 2 }, values: [{ name: "id", value: "17" }] });
  });
});

describe("the API for whoever has events", () => {
  test("an answer for each event, and the functions around its statement", async () => {
    const matcher = await matcherOf({
      "a.py": `import logging\n\ndef pay(order):\n    logging.info("paying %s", order)\n    book(order)\n\ndef book(order):\n    ledger(order)\n\ndef ledger(order):\n    pass\n\ndef handle(request):\n    pay(request.order)\n`,
    });
    const [statement, none] = matcher.matchEvents([line("paying 17"), line("something else entirely")]);
    expect(none).toBeNull();
    expect(statement?.symbol).toBe("pay");
    const around = matcher.around(statement as NonNullable<typeof statement>).map(({ target, distance, relation }) => `${target.symbol} ${distance} ${relation}`);
    expect(around).toEqual(["pay 0 itself", "handle 1 calls it", "book 1 called by it", "ledger 2 called by it"]);
  });
});

test("whatever a statement writes is led back to it, with its values", async () => {
  const matcher = await matcherOf({ "a.rs": `fn f() { info!("first {a} of {b} done"); warn!("second [{c}] is {d:?}; stop"); error!("third: {e}"); }` });
  const value = fc.stringMatching(/^[a-z0-9_/.]{1,12}$/u).filter((text) => !/done|stop|first|second|third|of|is/u.test(text));
  fc.assert(
    fc.property(value, value, fc.constantFrom(0, 1, 2), (one, two, which) => {
      const text = [`first ${one} of ${two} done`, `second [${one}] is ${two}; stop`, `third: ${one}`][which] as string;
      const match = matcher.match(line(text));
      expect(match?.statement.template).toBe(["first <*> of <*> done", "second [<*>] is <*>; stop", "third: <*>"][which]);
      expect(match?.values.map(({ value: found }) => found)).toEqual(which === 2 ? [one] : [one, two]);
    }),
    { numRuns: 200 },
  );
});
