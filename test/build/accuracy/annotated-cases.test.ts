import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { GROUND, hashOf, layOut, score } from "../../../build/accuracy/annotated-cases.mjs";
import { documentedFiles, documentedFor } from "../../../build/accuracy/documented-cases.mjs";
import { expectationsIn } from "../../../src/locate/rules/expectations";

const folders: string[] = [];
const fresh = (): string => {
  const folder = mkdtempSync(join(tmpdir(), "leakline-cases-"));
  folders.push(folder);
  return folder;
};
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

describe("what a tool makes of annotated cases", () => {
  const text = ["# ruleid: python/file", "a = open(x)", "# ok: python/file", "b = open(y)", "# todoruleid: python/file", "c = open(z)", "# ruleid: python/socket", "d = socket()"].join("\n");
  const files = [{ file: "a.py", text, language: "python" }];

  test("culprits found, innocents flagged, of the rules asked for only", () => {
    const said = [{ file: "a.py", line: 2, rule: "SIM115" }, { file: "a.py", line: 4, rule: "SIM115" }, { file: "b.py", line: 6, rule: "SIM115" }, { file: "a.py", line: 8, rule: "SIM115" }];
    expect(score(files, expectationsIn, said, /^python\/file$/u)).toEqual({ culprits: 2, found: 1, innocents: 1, flagged: 1, missed: ["a.py:6 python/file"], alarms: ["a.py:4 python/file"] });
  });

  test("Leakline is held to the annotated rule itself", () => {
    const said = [{ file: "a.py", line: 2, rule: "python/file" }, { file: "a.py", line: 4, rule: "python/blocking-file" }, { file: "a.py", line: 6, rule: "python/blocking-file" }];
    expect(score(files, expectationsIn, said, /^python\/file$/u, { exact: true })).toMatchObject({ found: 1, flagged: 0 });
  });

  test("a known miss stays a culprit: who finds it has found one more", () => {
    expect(score(files, expectationsIn, [{ file: "a.py", line: 6, rule: "any" }], /^python\/file$/u)).toMatchObject({ culprits: 2, found: 1, innocents: 1, flagged: 0 });
  });

  test("each peer's ground names rules that there are", () => {
    const rules = ["go/http-response-body", "go/sql-rows", "go/http-no-timeout", "python/blocking-file", "python/file", "java/jdbc-connection", "java/file-stream", "javascript/sync-file"];
    for (const [peer, ground] of Object.entries(GROUND)) expect({ peer, any: rules.some((rule) => ground.test(rule)) }).toEqual({ peer, any: true });
    expect(rules.filter((rule) => GROUND["PMD CloseResource"]!.test(rule))).toEqual(["java/jdbc-connection", "java/file-stream"]);
  });
});

describe("cases laid out for a peer", () => {
  test("files of one language, in their folders", () => {
    const folder = fresh();
    const own = layOut([{ file: "examples/a/example.py", text: "x = 1\n", language: "python" }, { file: "examples/b/example.rb", text: "x = 1\n", language: "ruby" }], "python", folder);
    expect(own.map(({ file }) => file)).toEqual(["examples/a/example.py"]);
    expect(readFileSync(join(folder, "examples/a/example.py"), "utf8")).toBe("x = 1\n");
  });
});

describe("cases after the peers' documentation", () => {
  const files = documentedFiles();

  test("each has its peer, its language and something annotated", () => {
    for (const { peer, file, text, language } of files) expect({ file, of: file.startsWith(`peers/${peer}/`), language: language.length > 0, annotated: expectationsIn(text).length > 0 }).toEqual({ file, of: true, language: true, annotated: true });
    expect(new Set(files.map(({ peer }) => peer)).size).toBeGreaterThanOrEqual(10);
  });

  test("a peer whose name is not a folder has its cases too", () => {
    for (const name of ["bodyclose", "PMD CloseResource", "SpotBugs", "eslint-plugin-n no-sync", "pylint"]) expect({ name, any: documentedFor(files, { name }).length > 0 }).toEqual({ name, any: true });
    expect(documentedFor(files, { name: "semgrep" })).toEqual([]);
  });

  test("what was measured is known by the texts", () => {
    const changed = files.map((one, index) => (index === 0 ? { ...one, text: `${one.text} ` } : one));
    expect(hashOf(files)).toMatch(/^[0-9a-f]{8}$/u);
    expect(hashOf(changed)).not.toBe(hashOf(files));
  });
});
