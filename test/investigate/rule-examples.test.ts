import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import type { RuleFileTrial } from "../../src/investigate/rule-examples";
import { tryRuleExamples } from "../../src/investigate/rule-examples";
import { readRuleFiles, tryRuleFiles } from "../../src/investigate/rule-files";
import { LANGUAGES } from "../../src/locate/languages/registry";
import { testEngine } from "../locate/text-analysis";

const folder = mkdtempSync(join(tmpdir(), "leakline-rule-examples-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function written(name: string, text: string): string {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
}

async function tried(...files: readonly string[]): Promise<readonly RuleFileTrial[]> {
  return tryRuleExamples(await testEngine(LANGUAGES), await tryRuleFiles(files), []);
}

const file = (library: string, examples: string): string => `library: ${library}
language: python
imports: ${library}
resources:
  - rule: python/${library}-lease
    noun: lease
    type: $.Lease
    opens: $.take
    closes: give
    advice: Give it back.
examples:
${examples}`;

const HOLDS = `  - name: kept and lost
    code: |
      import LIBRARY
      def lost(ready):
          # ruleid: python/LIBRARY-lease
          lease = LIBRARY.take()
          if not ready:
              return
          lease.give()
      def kept():
          # ok: python/LIBRARY-lease
          lease = LIBRARY.take()
          try:
              work()
          finally:
              lease.give()
`;
const holdsOf = (library: string): string => HOLDS.replaceAll("LIBRARY", library);

test("a wrong file keeps no other from being tried, and no example the next", async () => {
  const trials = await tried(
    written("a.yaml", file("alder", holdsOf("alder")).replace("noun:", "nuon:")),
    written("b.yaml", file("birch", `  - name: no Python\n    code: |\n      import birch\n      def f(:\n          # ok: python/birch-lease\n          pass\n${holdsOf("birch")}`)),
    written("c.yaml", file("cedar", holdsOf("cedar").replace("# ok:", "# ruleid:"))),
  );
  expect(trials.map(({ problems }) => problems.map(({ line, column }) => [line, column]))).toEqual([[[5, 5], [6, 5]], [], []]);
  expect(trials.flatMap(({ examples }) => examples.map(({ library, example, broken, disagreements }) => [library, example, broken?.line ?? null, disagreements]))).toEqual([
    ["birch", "no Python", 2, []],
    ["birch", "kept and lost", null, []],
    ["cedar", "kept and lost", null, [{ line: 10, rule: "python/cedar-lease", is: "missed" }]],
  ]);
  // The place in the rule file itself: what stands on the line that is wrong.
  const [, , cedar] = trials;
  const text = file("cedar", holdsOf("cedar")).split("\n");
  expect(text[(cedar?.examples[0]?.line ?? 0) + 10 - 2]).toContain("cedar.take()");
});

test("an example that names a rule that is not there does not hold: it would be silent for ever", async () => {
  const [trial] = await tried(written("d.yaml", file("elder", holdsOf("elder").replace("ok: python/elder-lease", "ok: python/elder-leese"))));
  expect(trial?.examples[0]?.broken).toEqual({ line: 10, text: "python/elder-leese is no rule for Python" });
});

test("a rule of which no example says that it is found, or that it is silent, is named", async () => {
  const [trial] = await tried(written("e.yaml", `${file("fir", holdsOf("fir"))}blocking:\n  - rule: python/fir-wait\n    calls: fir.wait\n    advice: Await it.\n`));
  expect(trial?.unproven).toEqual([{ rule: "python/fir-wait", lacks: "ruleid" }, { rule: "python/fir-wait", lacks: "ok" }]);
});

test("an analysis is told of every file that is wrong, not of the first alone", async () => {
  const wrong = ["f.yaml", "g.yaml"].map((name) => written(name, file("larch", holdsOf("larch")).replace("noun:", "nuon:")));
  await expect(readRuleFiles(wrong)).rejects.toMatchObject({ reason: "ruleInvalid", message: expect.stringMatching(/f\.yaml:6:5: unknown key `nuon`[^]*g\.yaml:6:5: unknown key `nuon`/u) });
});

test("a folder or a pipe in the place of a rule file is told, and not waited for", async () => {
  await expect(readRuleFiles([folder])).rejects.toMatchObject({ reason: "fileUnreadable", message: `${folder}: not a file` });
});
