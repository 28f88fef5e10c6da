import { expect, test } from "vitest";
import type { Analysis, Finding } from "../../src/model/finding";
import { againstBaseline, writeBaseline } from "../../src/report/baseline";
import { pinnedCase } from "../editor/fixtures/pinned-case";

const [sample] = pinnedCase().findings;
if (sample === undefined) throw new Error("the case has no finding");
const found = (...changes: Partial<Finding>[]): Analysis => ({
  findings: changes.map((change) => ({ ...sample, ...change })),
  stats: { files: 1, parsed: 1, bytes: 1, ms: 1, cached: 0, engine: "wasm", opaque: {}, givenUp: [] },
});
const at = (line: number): Partial<Finding> => ({ range: { start: { line, column: 1 }, end: { line, column: 9 } } });

test("what the baseline knows is left out, also where its lines have moved", () => {
  const baseline = writeBaseline(found({ ...at(10), symbol: "a" }, { ...at(20), symbol: "b" }));
  const result = againstBaseline(found({ ...at(31), symbol: "a" }, { ...at(40), symbol: "c" }), baseline, "b.json");
  expect(result.analysis.findings.map(({ symbol }) => symbol)).toEqual(["c"]);
  expect([result.known, result.gone]).toEqual([1, 1]);
});

test("a second leak of the same rule in the same function is new", () => {
  const baseline = writeBaseline(found(at(10)));
  expect(againstBaseline(found(at(10), at(20)), baseline, "b.json").analysis.findings).toHaveLength(1);
});

test("the file is the same whatever the order, one finding a line", () => {
  const text = writeBaseline(found({ symbol: "z" }, { symbol: "a" }));
  expect(text).toBe(writeBaseline(found({ symbol: "a" }, { symbol: "z" })));
  expect(text.split("\n").filter((line) => line.includes(sample.rule))).toHaveLength(2);
});

test.each(["", "{", "[]", '{"schema":"leakline.analysis/1","findings":[]}', '{"schema":"leakline.baseline/1"}'])("%j is refused, naming the file", (text) => {
  expect(() => againstBaseline(found(), text, "known.json")).toThrow(/known\.json/);
});
