import { expect, test } from "vitest";
import type { Analysis } from "../../src/model/finding";
import { githubAnnotations } from "../../src/report/github";
import { pinnedCase } from "../editor/fixtures/pinned-case";

const stats: Analysis["stats"] = { files: 1, parsed: 1, bytes: 1, ms: 1, cached: 0, engine: "wasm", opaque: {}, givenUp: [] };

test("one workflow command a finding, at its place, its level by the confidence", () => {
  const { findings } = pinnedCase();
  const lines = githubAnnotations({ findings, stats }).trimEnd().split("\n");
  expect(lines).toHaveLength(findings.length);
  lines.forEach((line, index) => {
    const finding = findings[index]!;
    const level = { high: "error", medium: "warning", low: "notice" }[finding.confidence];
    expect(line.startsWith(`::${level} file=${finding.file},line=${finding.range.start.line},col=${finding.range.start.column},`)).toBe(true);
  });
});

test("nothing in a name or a message can end a command or begin another", () => {
  const [finding] = pinnedCase().findings;
  const text = githubAnnotations({ findings: [{ ...finding!, file: "a,b:c\n::error::x.go", message: "100%\n::set-output name=x::y" }], stats });
  expect(text.trimEnd().split("\n")).toHaveLength(1);
  expect(text).toContain("file=a%2Cb%3Ac%0A%3A%3Aerror%3A%3Ax.go,");
  expect(text).toContain("100%25%0A::set-output");
});
