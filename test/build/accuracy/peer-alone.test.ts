import { expect, test } from "vitest";
import { identityOfPeer, peersAlone, peersAloneRows } from "../../../build/accuracy/peer-alone.mjs";

const at = (file: string, line: number): { file: string; range: { start: { line: number } } } => ({ file, range: { start: { line } } });
const PACKAGES = [
  {
    key: "go/a", version: "v1",
    findings: [at("a.go", 10), at("b.go", 5)],
    said: {
      bodyclose: { findings: [{ file: "a.go", line: 12, rule: "bodyclose" }, { file: "a.go", line: 13, rule: "bodyclose" }, { file: "c.go", line: 5, rule: "bodyclose" }] },
      noctx: { findings: [{ file: "a.go", line: 90, rule: "noctx" }] },
      sqlclosecheck: { failed: "not asked" },
    },
  },
];

test("alone is what has no finding of ours within two lines; who was not asked, and who speaks of no leak, is left out", () => {
  const [one, ...rest] = peersAlone(PACKAGES);
  expect(rest).toEqual([]);
  expect({ peer: one!.peer, packages: one!.packages, said: one!.said, alone: one!.alone.map(({ finding }: { finding: { file: string; line: number } }) => `${finding.file}:${finding.line}`) }).toEqual({ peer: "bodyclose", packages: 1, said: 3, alone: ["a.go:13", "c.go:5"] });
});

test("the rows count what was read and what of it is true, with why", () => {
  const judgements = { [identityOfPeer("bodyclose", PACKAGES[0]!, { file: "c.go", line: 5, rule: "bodyclose" })]: { is: "right", why: "never closed" }, [identityOfPeer("bodyclose", PACKAGES[0]!, { file: "a.go", line: 13, rule: "bodyclose" })]: { is: "wrong", why: "closed by the caller" } };
  expect(peersAloneRows(PACKAGES, judgements)).toEqual([["bodyclose", 1, 3, 2, 2, 1, "never closed"]]);
  expect(peersAloneRows(PACKAGES, {})).toEqual([["bodyclose", 1, 3, 2, 0, 0, ""]]);
});
