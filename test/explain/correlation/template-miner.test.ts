import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { maskMessage, maskedHash } from "../../../src/explain/correlation/mask";
import { TemplateMiner } from "../../../src/explain/correlation/template-miner";
import { randomOf } from "./made-logs";

describe("what is variable by its looks", () => {
  test.each([
    ["order 4711 of 10.0.0.7 refused", "order <*> of <*> refused", ["4711", "10.0.0.7"]],
    ["GET /orders/17/items?page=5 HTTP/1.1", "GET /orders/<*>/items?page=<*> HTTP/<*>", ["17", "5", "1.1"]],
    ["id 550e8400-e29b-41d4-a716-446655440000 took 15.2µs", "id <*> took <*>", ["550e8400-e29b-41d4-a716-446655440000", "15.2µs"]],
    ["peer fe80::1 at 2024-01-02T10:11:12.333Z", "peer <*> at <*>", ["fe80::1", "2024-01-02T10:11:12.333Z"]],
    ["key deadbeefcafe gone", "key <*> gone", ["deadbeefcafe"]],
    ["a bad cafe made it", "a bad cafe made it", []],
    ['{"event":"refused","order":17}', '{"event":"refused","order":<*>}', ["17"]],
    ["订单 42 被拒绝", "订单 <*> 被拒绝", ["42"]],
    ["", "", []],
  ])("%s", (message, template, values) => {
    const masked = maskMessage(message);
    expect(masked.pieces.join("")).toBe(template);
    expect(masked.values).toEqual(values);
  });

  test("pieces and values put together are the message, and the hash knows the pieces alone", () => {
    fc.assert(fc.property(fc.string({ unit: "binary", maxLength: 80 }), fc.string({ maxLength: 80 }), (one, other) => {
      for (const message of [one, other]) {
        const { pieces, values } = maskMessage(message);
        let at = 0;
        expect(pieces.map((piece) => (piece === "<*>" && values[at] !== undefined ? values[at++] : piece)).join("")).toBe(message);
      }
      const same = maskMessage(one).pieces.join("\u0000") === maskMessage(other).pieces.join("\u0000");
      expect(maskedHash(one) === maskedHash(other)).toBe(same);
    }));
  });
});

function kindsOf(messages: readonly string[]): string[] {
  const miner = new TemplateMiner();
  const ids = messages.map((message) => miner.add(message));
  return [...new Set(ids.map((id) => miner.templateOf(id)))].sort();
}

describe("kinds of line", () => {
  test("words that say what happened stay; words of which there are many are variable, wherever they stand", () => {
    const users = Array.from({ length: 30 }, (_, index) => `${String.fromCharCode(97 + (index % 26))}${"o".repeat(1 + index / 26)}nna`);
    const messages = users.flatMap((user, index) => [`${user} bought ${users[(index * 7) % 30]}`, `order of ${user} accepted`, `order of ${user} refused`]);
    expect(kindsOf([...messages, ...messages])).toEqual(["<*> bought <*>", "order of <*> accepted", "order of <*> refused"]);
  });

  test("the same lines give the same kinds, and no line is without one", () => {
    const random = randomOf(3);
    const words = ["tea", "cup", "pot", "jug", "can", "mug", "urn", "pan", "vat", "keg", "tub"];
    const messages = Array.from({ length: 3_000 }, () => `${words[Math.floor(random() * 3)]} of ${words[Math.floor(random() * 11)]} for ${Math.floor(random() * 1e6)} ${random() < 0.5 ? "sold" : "kept"}`);
    const [first, second] = [new TemplateMiner(), new TemplateMiner()];
    for (const message of messages) expect(first.add(message)).toBe(second.add(message));
    for (let id = 0; id < first.size; id += 1) expect(first.templateOf(id)).not.toBe("");
    expect(kindsOf(messages)).toEqual(["cup of <*> for <*> kept", "cup of <*> for <*> sold", "pot of <*> for <*> kept", "pot of <*> for <*> sold", "tea of <*> for <*> kept", "tea of <*> for <*> sold"]);
  });

  test("a line's values are read back by what its kind leaves open", () => {
    const miner = new TemplateMiner();
    for (let index = 0; index < 12; index += 1) miner.add(`${"abcdefghijkl"[index]}nna paid ${index} to the bank`);
    const id = miner.add("hanna paid 7.50 to the bank");
    expect(miner.templateOf(id)).toBe("<*> paid <*> to the bank");
    expect(miner.valuesOf(id, "hanna paid 7.50 to the bank")).toEqual(["hanna", "7.50"]);
  });

  test("a log in which each line is another one keeps within its bounds, and what comes often is still one kind", () => {
    const miner = new TemplateMiner();
    const random = randomOf(4);
    const word = (): string => Array.from({ length: 6 }, () => String.fromCharCode(103 + Math.floor(random() * 20))).join("");
    for (let index = 0; index < 60_000; index += 1) {
      miner.add(`${word()}-${word()} ${word()}`);
      if (index % 10 === 0) miner.add(`cache of ${index} full`);
    }
    const id = miner.add("cache of 5 full");
    expect(miner.templateOf(id)).toBe("cache of <*> full");
  });
});
