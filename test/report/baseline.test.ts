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

/** A path of two steps from a line on. */
const leak = (file: string, line: number, label = "when it is empty"): Partial<Finding> => ({ file, ...at(line), path: [{ file, line, column: 3, label: "opened by db.Begin()" }, { file, line: line + 4, column: 5, label }] });

test("what was renamed, or moved to another file, is known all the same: it says the same", () => {
  const baseline = writeBaseline(found({ ...leak("a.go", 10), symbol: "old" }, { ...leak("b/c.go", 50), symbol: "kept" }));
  const result = againstBaseline(found({ ...leak("a.go", 70), symbol: "fresh" }, { ...leak("d/e f.go", 5), symbol: "kept" }), baseline, "b.json");
  expect(result).toMatchObject({ analysis: { findings: [] }, known: 2, gone: 0 });
});

test("renamed and moved at once, or saying something else, it is new", () => {
  const baseline = writeBaseline(found({ ...leak("a.go", 10), symbol: "old" }));
  for (const other of [{ ...leak("b.go", 10), symbol: "fresh" }, { ...leak("a.go", 10, "when it is full"), symbol: "fresh" }, { ...leak("a.go", 10), symbol: "fresh", rule: "go/another" }]) {
    expect(againstBaseline(found(other), baseline, "b.json")).toMatchObject({ known: 0, gone: 1 });
  }
});

test("of two in one function the new one is told, whichever comes first", () => {
  const baseline = writeBaseline(found(leak("a.go", 30, "second")));
  const { analysis } = againstBaseline(found(leak("a.go", 10, "first"), leak("a.go", 34, "second")), baseline, "b.json");
  expect(analysis.findings.map(({ path }) => path[1]?.label)).toEqual(["first"]);
});

test("a baseline of an earlier version, without what findings say, is read as before", () => {
  const baseline = writeBaseline(found({ ...at(10), symbol: "a" })).replace(/ [0-9a-f]{12}"/, '"');
  expect(againstBaseline(found({ ...at(90), symbol: "a" }, { ...at(10), symbol: "b" }), baseline, "b.json").analysis.findings.map(({ symbol }) => symbol)).toEqual(["b"]);
});

test("each line of it stands for one finding", () => {
  const baseline = writeBaseline(found(leak("a.go", 10)));
  expect(againstBaseline(found(leak("a.go", 10), { ...leak("b.go", 10) }), baseline, "b.json").analysis.findings).toHaveLength(1);
});

test.each(["", "{", "[]", '{"schema":"leakline.analysis/1","findings":[]}', '{"schema":"leakline.baseline/1"}'])("%j is refused, naming the file", (text) => {
  expect(() => againstBaseline(found(), text, "known.json")).toThrow(/known\.json/);
});
