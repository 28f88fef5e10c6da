import { expect, test } from "vitest";
import { accuracyPage } from "../../../build/accuracy/accuracy-page.mjs";

const finding = (line: number, kind: string): Record<string, unknown> => ({ file: "a.py", range: { start: { line } }, kind });
const score = (culprits: number, found: number, innocents: number, flagged: number): Record<string, number> => ({ culprits, found, innocents, flagged });
const counts = { right: 3, wrong: 1, unsure: 1, unread: 2, before: 4 };
const page: string = accuracyPage({
  alone: [["ruff", 1, 2, 1, 1, 1, "a path asked for"]],
  rows: [{ peer: "ruff", version: "1", theirs: score(4, 1, 5, 2), ours: score(4, 4, 5, 0) }, { peer: "SpotBugs", version: "2", failed: "no java" }],
  documentedRows: [{ peer: "ruff", version: "1", theirs: score(2, 2, 2, 0), ours: score(2, 1, 2, 0) }, { peer: "AsyncFixer", version: "not run", ours: score(3, 3, 1, 1) }],
  todo: { todoruleid: ["a"], todook: [] },
  packages: [
    { key: "pypi/a", version: "1", language: "python", findings: [finding(1, "resource-leak"), finding(2, "blocking-in-async"), finding(3, "no-timeout")], said: { ruff: { findings: [{ file: "a.py", line: 2, rule: "x" }, { file: "a.py", line: 9, rule: "x" }] }, semgrep: { failed: "no room | here" } } },
    { key: "go/b", missing: "gone" },
  ],
  peers: [{ name: "ruff", language: "python" }, { name: "semgrep", language: "*" }, { name: "noctx", language: "go" }],
  findings: [1, 2, 3], random: counts, high: { right: 0, wrong: 0, unsure: 0, unread: 0, before: 0 }, mutation: "## Releases taken away\n",
  share: (part: number, whole: number) => (whole === 0 ? "-" : `${Math.round((100 * part) / whole)} %`),
});

test("a peer beside Leakline on the same cases; one that does not run says why", () => {
  expect(page).toContain("| ruff | 1 | 1 of 4 (25 %) | 2 of 5 | 4 of 4 (100 %) | 0 of 5 |");
  expect(page).toContain("| SpotBugs | 2 | does not run: no java |");
});

test("the cases after a peer's documentation have a table of their own, where Leakline may be behind", () => {
  expect(page).toContain("| ruff | 1 | 2 of 2 (100 %) | 0 of 2 | 1 of 2 (50 %) | 0 of 2 |");
  expect(page).toContain("| AsyncFixer | not run |  |  | 3 of 3 (100 %) | 1 of 1 |");
});

test("a package's row: kinds of findings, what a peer says and what of it is on our lines, why one did not run; only peers of its language", () => {
  expect(page).toContain("| pypi/a | 1 | 1 / 1 / 1 | 2 (1) | does not run here: no room / here |");
  expect(page).not.toContain("| package | version | Leakline | noctx");
  expect(page).toContain("Not to be had: go/b.");
});

test("what was read by hand, with what is unread and what was judged before", () => {
  expect(page).toContain("| random, of all | 5 | 4 | 3 | 1 | 1 | 60 % | 2 |");
  expect(page).toContain("| random, of `high` | 0 | 0 | 0 | 0 | 0 | - | 0 |");
});
