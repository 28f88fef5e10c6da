import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { LANGUAGES } from "../../../src/locate/languages/registry";
import { loadBuiltInRules } from "../../../src/locate/rules/built-in";
import { disagreements, expectationsIn } from "../../../src/locate/rules/expectations";
import { textAnalysis } from "../text-analysis";

const ROOT = join(import.meta.dirname, "../../corpus/peers");
const RULES = loadBuiltInRules();

describe.each(readdirSync(ROOT).sort())("cases after the documentation of %s", (peer) => {
  const texts = readdirSync(join(ROOT, peer)).sort().map((name) => ({ file: name, text: readFileSync(join(ROOT, peer, name), "utf8"), module: name.endsWith(".go") ? `example.test/${peer}` : name.replace(/\..*/u, "") }));

  test("its culprits are found and its innocents are not", async () => {
    const { findings } = await textAnalysis(LANGUAGES, RULES, texts);
    const differ = texts.flatMap(({ file, text }) => {
      const own = findings.filter((one) => one.file === file).map(({ range, rule }) => ({ line: range.start.line, rule }));
      const spoken = expectationsIn(text);
      // A rule that speaks of some calls of a file says other things of other files' calls: only annotated lines are asked about.
      const lines = new Set(spoken.map(({ line, rule }) => `${line} ${rule}`));
      return disagreements(spoken, own.filter(({ line, rule }) => lines.has(`${line} ${rule}`))).map(({ line, rule, is }) => `${file}:${line} ${rule} ${is}`);
    });
    expect(differ).toEqual([]);
  });

  test("both kinds are there", () => {
    const says = texts.flatMap(({ text }) => expectationsIn(text)).map((one) => one.says);
    expect(says.filter((one) => one.endsWith("ok")).length).toBeGreaterThanOrEqual(2);
    expect(says.filter((one) => one.endsWith("ruleid")).length).toBeGreaterThanOrEqual(2);
  });
});
