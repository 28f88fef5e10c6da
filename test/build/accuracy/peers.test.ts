import { mkdtempSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { askPeers, inTurn } from "../../../build/accuracy/ask-peers.mjs";
import { keyOf } from "../../../build/accuracy/fetch-packages.mjs";
import { isRemembered, remembered } from "../../../build/accuracy/kept-results.mjs";
import { keptAs, reads } from "../../../build/accuracy/peers.mjs";
import { readVetJson } from "../../../build/accuracy/peers/go-linters.mjs";
import { readSpotBugs } from "../../../build/accuracy/peers/java-linters.mjs";
import { filesWithCoroutines } from "../../../build/accuracy/peers/python-linters.mjs";
import { must, readPlainLines } from "../../../build/accuracy/peers/tool-runs.mjs";

const scratch = mkdtempSync(join(tmpdir(), "leakline-peers-"));
afterAll(() => {
  rmSync(scratch, { recursive: true, force: true });
});

describe("what the tools write", () => {
  test("lines with a place, as compilers write them", () => {
    expect(readPlainLines("./a/b.py:3:5: ASYNC251 time.sleep\nnothing\n/work/x/c.py:9: other", "/work/x", (said) => said.slice(0, 8))).toEqual([{ file: "a/b.py", line: 3, rule: "ASYNC251" }, { file: "c.py", line: 9, rule: "other" }]);
  });

  test("a tool that fails says its last words", () => {
    expect(() => must({ status: 2, stdout: "", stderr: "a\nb\nc\n" }, "tool")).toThrow("tool: b / c");
    expect(must({ status: 0, stdout: "fine", stderr: "" }, "tool")).toBe("fine");
  });

  test("go vet's objects, empty ones and words of the go command between them; twice said counts once, and what lies outside not at all", () => {
    const at = (line: number, file = "/w/a.go"): string => `{ "posn": "${file}:${line}:2", "message": "a } in \\"words\\"" }`;
    const text = `{}\n# example.test/a\n{\n\t"example.test/a": {\n\t\t"bodyclose": [${at(3)}, ${at(3)}, ${at(9, "/cache/b.go")}],\n\t\t"noctx": { "error": "no types" },\n\t\t"other": [${at(1)}]\n\t}\n}\ngo: downloading x v1\n{\n"example.test/a [example.test/a.test]": { "bodyclose": [${at(3)}, ${at(4)}] }\n}\n`;
    expect(readVetJson(text, "/w")).toEqual({ bodyclose: [{ file: "a.go", line: 3, rule: "bodyclose" }, { file: "a.go", line: 4, rule: "bodyclose" }], sqlclosecheck: [], rowserrcheck: [], noctx: [] });
  });

  test("SpotBugs' own line of a bug, not its method's or that of another place it names", () => {
    const line = (start: number): string => `<SourceLine classname="a.B" start="${start}" end="${start}" sourcefile="B.java" sourcepath="a/B.java"/>`;
    const xml = `<BugCollection><BugInstance type="OBL_UNSATISFIED_OBLIGATION" priority="2"><Class classname="a.B">${line(1)}</Class><Method name="f">${line(2)}</Method>${line(12)}${line(14)}</BugInstance><BugInstance type="NP_NULL" priority="1">${line(5)}</BugInstance></BugCollection>`;
    expect(readSpotBugs(xml)).toEqual([{ file: "a/B.java", line: 12, rule: "OBL_UNSATISFIED_OBLIGATION" }]);
  });

  test("files with a coroutine", () => {
    mkdirSync(join(scratch, "py/in"), { recursive: true });
    writeFileSync(join(scratch, "py/in/a.py"), "async  def f(): pass\n");
    writeFileSync(join(scratch, "py/b.py"), "def async_def(): pass\n");
    writeFileSync(join(scratch, "py/c.txt"), "async def f(): pass\n");
    expect(filesWithCoroutines(join(scratch, "py"))).toEqual(["in/a.py"]);
  });
});

describe("asking", () => {
  const peer = (name: string, language: string, run: () => unknown = () => []): { name: string; language: string; version: string; run: () => unknown } => ({ name, language, version: "1", run });
  const packages = [{ key: "go/a", language: "go", version: "1", folder: "/a" }, { key: "pypi/b", language: "python", version: "1", folder: "/b" }, { key: "go/c", language: "go", version: "1", folder: "/c" }];

  test("cheap tools first, Go's linters a package at a time, each only of its language", () => {
    const order = inTurn(packages, [peer("semgrep", "*"), peer("noctx", "go"), peer("bodyclose", "go"), peer("ruff", "python")]).map(({ peer: one, one: { key } }) => `${one.name} ${key}`);
    expect(order).toEqual(["ruff pypi/b", "noctx go/a", "bodyclose go/a", "noctx go/c", "bodyclose go/c", "semgrep go/a", "semgrep pypi/b", "semgrep go/c"]);
    expect([reads({ language: "*" }, "go"), reads({ language: "java" }, "go")]).toEqual([true, false]);
  });

  test("what was kept is not asked again, what fails says why, and after the time nothing new is asked", () => {
    const asked: string[] = [];
    const ruff = peer("ruff", "python", () => (asked.push("ruff"), [{ file: "b.py", line: 1, rule: "x" }]));
    const fails = peer("semgrep", "*", () => {
      throw new Error("no room");
    });
    const told: string[] = [];
    const ask = (deadline: number): ReturnType<typeof askPeers> => askPeers(packages.slice(1, 2), [ruff, fails], { cache: scratch, deadline, tell: (line) => told.push(line), now: () => 5 });
    expect(ask(10).get("pypi/b")).toEqual({ ruff: { findings: [{ file: "b.py", line: 1, rule: "x" }] }, semgrep: { failed: "no room" } });
    expect(ask(10).get("pypi/b")).toMatchObject({ ruff: { findings: [{ line: 1 }] } });
    expect(asked).toEqual(["ruff"]);
    expect(told.some((line) => line.includes("no room"))).toBe(true);
    const late = askPeers([{ ...packages[1]!, version: "2" }], [ruff], { cache: scratch, deadline: 1, tell: () => {}, now: () => 5 });
    expect(late.get("pypi/b")).toEqual({ ruff: { failed: "not asked" } });
  });

  test("a kept answer is whole, under tool, version, question and package", () => {
    expect(keptAs({ name: "semgrep", version: "2", asks: "abc" }, packages[0]!)).toBe("semgrep-2-abc-go/a-1");
    const key = "some tool/1";
    expect(isRemembered(scratch, key)).toBe(false);
    expect(() => remembered(scratch, key, () => {
      throw new Error("broken off");
    })).toThrow("broken off");
    expect(isRemembered(scratch, key)).toBe(false);
    expect(remembered(scratch, key, () => ({ a: 1 }))).toEqual({ a: 1 });
    expect(JSON.parse(readFileSync(join(scratch, "results/some-tool-1.json"), "utf8"))).toEqual({ a: 1 });
    expect(remembered(scratch, key, () => ({ a: 2 }))).toEqual({ a: 1 });
  });

  test("a package is known by its registry, name and the folder within", () => {
    expect([{ registry: "npm", name: "@directus/api" }, { registry: "maven", name: "com.alibaba:druid" }, { registry: "debian-source", name: "mono", within: "mcs/class" }].map((one) => keyOf(one))).toEqual(["npm/directus-api", "maven/com.alibaba-druid", "debian-source/mono-mcs-class"]);
  });
});
