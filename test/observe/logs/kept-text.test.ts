import fc from "fast-check";
import { expect, it } from "vitest";
import { KeptText } from "../../../src/observe/logs/kept-text";

it("text is read back the same, whether it stands plain, compressed, or is still growing", () => {
  fc.assert(fc.property(fc.array(fc.tuple(fc.string({ unit: "grapheme", maxLength: 20 }), fc.integer({ min: 1, max: 60_000 })), { minLength: 1, maxLength: 40 }), fc.constantFrom(0, 1_500_000, 50_000_000), (parts, plain) => {
    const kept = new KeptText(plain);
    const texts = parts.map(([text, times]) => text.repeat(Math.ceil(times / 20)));
    const places = texts.map((text) => {
      const place = { piece: kept.piece, start: kept.offset, end: kept.offset + text.length };
      kept.append(text);
      return place;
    });
    for (const at of [...texts.keys()].reverse()) {
      const { piece, start, end } = places[at] ?? { piece: 0, start: 0, end: 0 };
      if (kept.slice(piece, start, end) !== texts[at]) throw new Error(`text ${at} changed`);
    }
  }), { numRuns: 25 });
  expect(new KeptText().slice(0, 0, 0)).toBe("");
});
