import { describe, expect, test } from "vitest";
import { drawSample, identity, inDrawnOrder, judged } from "../../../build/accuracy/hand-sample.mjs";

const finding = (file: string, line: number, more: Readonly<Record<string, unknown>> = {}): Record<string, unknown> => ({ file, range: { start: { line } }, rule: "python/file", kind: "resource-leak", confidence: "high", path: [], ...more });
const many = Array.from({ length: 200 }, (_, at) => finding(`src/${at}.py`, at + 1, { confidence: at % 2 === 0 ? "high" : "low" }));
const PACKAGES = [{ key: "pypi/a", version: "1", findings: many }];
const ids = (list: readonly { one: unknown; finding: unknown }[]): readonly string[] => list.map((each) => identity(each.one, each.finding));

describe("which findings are read", () => {
  test("as many as are asked for, another draw for another seed, the same for the same", () => {
    const first = drawSample(PACKAGES, { random: 1, high: 2 });
    expect(first.random).toHaveLength(50);
    expect(ids(drawSample(PACKAGES, { random: 1, high: 2 }).random)).toEqual(ids(first.random));
    expect(ids(drawSample(PACKAGES, { random: 9, high: 2 }).random)).not.toEqual(ids(first.random));
    expect(first.high.every((each) => each.finding.confidence === "high")).toBe(true);
  });

  test("nothing of tests and examples", () => {
    const { findings } = drawSample([{ key: "go/a", version: "1", findings: [finding("a_test.go", 1), finding("examples/x/main.go", 2), finding("testdata/a.go", 3), finding("contest/a.go", 4), finding("src/a.spec.ts", 5)] }]);
    expect(findings.map((each) => each.finding.file)).toEqual(["contest/a.go"]);
  });

  test("of findings that rest on one call only one", () => {
    const steps = (line: number): Record<string, unknown> => ({ kind: "blocking-in-async", path: [{ file: "src/caller.py", line, label: "calls" }, { file: "src/helper.py", line: 7, label: "blocks" }] });
    const { random } = drawSample([{ key: "pypi/a", version: "1", findings: [finding("src/a.py", 1, steps(1)), finding("src/b.py", 2, steps(2)), finding("src/c.py", 3)] }]);
    expect(random).toHaveLength(2);
  });

  test("a draw hardly changes when one more is around", () => {
    const list = many.map((each) => ({ each }));
    const named = ({ each }: { each: Record<string, unknown> }): string => String(each["file"]);
    const before = inDrawnOrder(list, 3, named).map(named);
    const after = inDrawnOrder([...list, { each: finding("src/new.py", 1) }], 3, named).map(named).filter((name) => name !== "src/new.py");
    expect(after).toEqual(before);
  });
});

test("a sample's judgements are counted, those of an earlier draw by themselves", () => {
  const one = { key: "pypi/a", version: "1" };
  const list = many.slice(0, 4).map((each) => ({ one, finding: each }));
  const judgements = { [ids(list)[0]!]: { is: "right", drawn: "1/2" }, [ids(list)[1]!]: { is: "wrong" }, [ids(list)[2]!]: { is: "unsure", drawn: "1/2" } };
  expect(judged(list, judgements, "1/2")).toEqual({ right: 1, wrong: 1, unsure: 1, unread: 1, before: 1 });
});
