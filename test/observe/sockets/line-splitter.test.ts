import fc from "fast-check";
import { expect, test } from "vitest";
import { LineSplitter } from "../../../src/observe/sockets/line-splitter";

test("however the text is cut into chunks, the lines are those of the whole", () => {
  fc.assert(fc.property(fc.array(fc.string({ unit: fc.constantFrom("a", "é", "\r", "\n") }), { maxLength: 12 }), (chunks) => {
    const lines: string[] = [];
    const splitter = new LineSplitter((line) => lines.push(line));
    for (const chunk of chunks) splitter.push(chunk);
    const whole = chunks.join("").split("\n");
    expect([...lines, splitter.takeRest()]).toEqual(whole);
    expect(splitter.takeRest()).toBe("");
  }));
});
