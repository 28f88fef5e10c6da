import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { RecentChanges } from "../../src/investigate/recent-changes";
import type { Suspect } from "../../src/model/suspect";
import { finding } from "../locate/ranking/case-builder";

/** A repository made here: `orders.go` is old but for its line 3, `-odd name.go` is old, `edited.go` differs from its commit. */
let root: string;
const NEW = Date.UTC(2026, 1, 27, 12);
const git = (dateMs: number, ...args: string[]): void => void execFileSync("git", ["-C", root, "-c", "user.name=Ada", "-c", "user.email=ada@example.test", ...args], { stdio: "ignore", env: { ...process.env, GIT_AUTHOR_DATE: `@${dateMs / 1000} +0000`, GIT_COMMITTER_DATE: `@${dateMs / 1000} +0000` } });
const lines = (...texts: string[]): string => texts.map((text) => `${text}\n`).join("");
const at = (file: string, from: number, to = from) => finding(file, from, { range: { start: { line: from, column: 1 }, end: { line: from, column: 9 } }, path: [{ file, line: from, column: 1, label: "" }, { file, line: to, column: 1, label: "" }] });
const told = async (...findings: ReturnType<typeof at>[]) => new RecentChanges().of(root, findings, findings.map((_, index) => ({ finding: index }) as Suspect), new AbortController().signal);

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "leakline-changes-"));
  git(NEW, "init", "-q");
  for (const file of ["orders.go", "-odd name.go", "edited.go"]) writeFileSync(join(root, file), lines("a", "b", "c", "d", "e"));
  git(Date.UTC(2024, 1, 1), "add", "-A", "--", ".");
  git(Date.UTC(2024, 1, 1), "commit", "-qm", "First");
  writeFileSync(join(root, "orders.go"), lines("a", "b", "changed", "d", "e"));
  git(NEW, "commit", "-qam", "Refunds in one transaction");
  writeFileSync(join(root, "edited.go"), lines("a", "not committed", "b", "c", "d", "e"));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

describe("who changed a suspect's lines last", () => {
  it("is the youngest commit between its opening call and where its path leaves", async () => {
    expect(await told(at("orders.go", 2, 4), at("orders.go", 4, 5), at("-odd name.go", 1, 5))).toEqual([
      { finding: 0, commit: expect.stringMatching(/^[0-9a-f]{10}$/) as string, subject: "Refunds in one transaction", atMs: NEW },
      { finding: 1, commit: expect.any(String) as string, subject: "First", atMs: Date.UTC(2024, 1, 1) },
      { finding: 2, commit: expect.any(String) as string, subject: "First", atMs: Date.UTC(2024, 1, 1) },
    ]);
  });
  it("is not known for a file that differs from its commit, that is not committed, or where there is no repository", async () => {
    writeFileSync(join(root, "new.go"), lines("a"));
    expect(await told(at("edited.go", 1), at("new.go", 1), at("gone.go", 1))).toEqual([]);
    expect(await new RecentChanges().of(tmpdir(), [at("orders.go", 1)], [{ finding: 0 } as Suspect], new AbortController().signal)).toEqual([]);
  });
  it("runs nothing that the repository's own settings name", async () => {
    const proof = join(root, "ran");
    const program = join(root, "hostile.sh");
    writeFileSync(program, `#!/bin/sh\necho ran >> '${proof}'\ncat\n`, { mode: 0o755 });
    writeFileSync(join(root, ".gitattributes"), "*.go diff=hostile filter=hostile\n");
    for (const [name, value] of [["diff.hostile.textconv", program], ["diff.hostile.command", program], ["filter.hostile.clean", program], ["filter.hostile.smudge", program], ["core.fsmonitor", program], ["core.pager", program], ["pager.blame", program], ["diff.external", program]] as const) git(NEW, "config", name, value);
    expect(await told(at("orders.go", 3))).toHaveLength(1);
    expect(existsSync(proof)).toBe(false);
  });
});
