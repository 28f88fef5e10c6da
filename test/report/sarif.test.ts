import { expect, test } from "vitest";
import type { Analysis } from "../../src/model/finding";
import { sarifOfAnalysis } from "../../src/report/sarif";
import { pinnedCase } from "../editor/fixtures/pinned-case";

interface Sarif {
  version: string;
  runs: { tool: { driver: { rules: { id: string }[] } }; results: { ruleId: string; ruleIndex: number; partialFingerprints: Record<string, string>; locations: { physicalLocation: { artifactLocation: { uri: string }; region: { startLine: number; startColumn: number } } }[]; codeFlows: { threadFlows: { locations: unknown[] }[] }[] }[] }[];
}

function analysis(): Analysis {
  const { findings } = pinnedCase();
  return { findings, stats: { files: 3, parsed: 3, bytes: 100, ms: 5, cached: 0, engine: "wasm", opaque: {}, givenUp: [{ file: "a b.go", reason: "over 3 s" }] } };
}

test("each finding is a result with its rule, its place and its leak path", () => {
  const { findings } = pinnedCase();
  const document = JSON.parse(sarifOfAnalysis(analysis(), "1.2.3")) as Sarif;
  const [run] = document.runs;
  expect(document.version).toBe("2.1.0");
  expect(run?.results.length).toBe(findings.length);
  run?.results.forEach((result, index) => {
    const finding = findings[index];
    expect(run.tool.driver.rules[result.ruleIndex]?.id).toBe(finding?.rule);
    expect(result.locations[0]?.physicalLocation.artifactLocation.uri).toBe(finding?.file);
    expect(result.locations[0]?.physicalLocation.region).toMatchObject({ startLine: finding?.range.start.line, startColumn: finding?.range.start.column });
    expect(result.codeFlows[0]?.threadFlows[0]?.locations.length).toBe(finding?.path.length);
  });
});

test("two findings of one rule in one function have fingerprints of their own, and file names are URIs", () => {
  const base = analysis();
  const [first] = base.findings;
  if (first === undefined) throw new Error("the case has no finding");
  const document = JSON.parse(sarifOfAnalysis({ ...base, findings: [{ ...first, file: "a b/ü.go" }, { ...first, file: "a b/ü.go" }] }, "1")) as Sarif;
  const results = document.runs[0]?.results ?? [];
  expect(new Set(results.map((result) => result.partialFingerprints["leakline/v1"])).size).toBe(2);
  expect(results[0]?.locations[0]?.physicalLocation.artifactLocation.uri).toBe("a%20b/%C3%BC.go");
});
