import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Finding } from "../../../src/model/finding";
import { findBlocking } from "../../../src/locate/flow/blocking";
import { loadBuiltInRules } from "../../../src/locate/rules/built-in";
import { corpusTexts } from "../rules/corpus";
import { expectationsIn } from "../../../src/locate/rules/expectations";
import { resolverOf, TRAITS } from "../rules/findings-in";
import type { SourceText } from "../../../src/locate/analyze-files";

const RULES = loadBuiltInRules();

async function blocking(texts: readonly SourceText[]): Promise<readonly Finding[]> {
  return findBlocking({ resolver: await resolverOf(RULES, texts), rules: RULES, traits: TRAITS });
}

function text(code: string, file = "app.py"): SourceText {
  return { file, text: code, module: file.replace(/\.py$/u, "").replaceAll("/", ".") };
}

describe.each(["through-helpers", "silences", "decorators", "types", "python2", "javascript", "csharp", "java", "kotlin", "rust", "php", "ruby"])("blocking/%s", (folder) => {
  it("has just the findings that its comments say", async () => {
    const texts = corpusTexts(`blocking/${folder}`);
    const said = texts.flatMap(({ file, text: code }) => expectationsIn(code).map((one) => ({ ...one, file })));
    expect(said.length).toBeGreaterThan(0);
    const found = (await blocking(texts)).map((finding) => `${finding.file}:${finding.range.start.line} ${finding.rule}`);
    expect(found.sort()).toEqual(said.filter((one) => one.says === "ruleid").map((one) => `${one.file}:${one.line} ${one.rule}`).sort());
  });
});

describe("the path of a blocking call", () => {
  it("starts inside the coroutine and ends at the library's call", async () => {
    const findings = await blocking(corpusTexts("blocking/through-helpers"));
    const lines = new Map(corpusTexts("blocking/through-helpers").map(({ file, text: code }) => [file, code.split("\n")]));
    const here = (file: string, line: number): string => (lines.get(file)?.[line - 1] ?? "").trim();
    const deep = findings.find((finding) => finding.symbol === "by_alias");
    expect(deep?.path.map((step) => here(step.file, step.line))).toEqual([
      "return is_even(n)",
      'return current("EUR")',
      'return parse(_transport.fetch("/now/" + plain(currency)))',
      "with urllib.request.urlopen(self.base + path, timeout=3) as response:",
    ]);
    for (const finding of findings) {
      expect(finding.path[0]).toMatchObject({ file: finding.file, line: finding.range.start.line, column: finding.range.start.column });
      expect(here(finding.path.at(-1)?.file ?? "", finding.path.at(-1)?.line ?? 0)).toContain("urlopen(");
      expect(finding).toMatchObject({ kind: "blocking-in-async", grade: "call", library: "urllib", service: "http", language: "python" });
    }
  });

  it("says how sure it is: high for what is known, low where only a name tells", async () => {
    const findings = await blocking(corpusTexts("blocking/types"));
    expect(findings.filter((finding) => finding.confidence === "low").map((finding) => finding.symbol)).toEqual(["by_name_only"]);
  });

  it("prefers a way that is known to a shorter one that is guessed", async () => {
    const findings = await blocking([
      text(
        [
          "import requests",
          "def known():",
          "    return deeper()",
          "def deeper():",
          "    return requests.get('u', timeout=1)",
          "def both(session):",
          "    session.get('v', timeout=1)",
          "    return known()",
          "async def run(thing):",
          "    both(thing)",
        ].join("\n"),
      ),
    ]);
    expect(findings.map((finding) => [finding.confidence, finding.path.map((step) => step.line)])).toEqual([["high", [10, 8, 3, 5]]]);
  });
});

describe("the search", () => {
  it("ends, and finds what is reachable, in any graph of calls", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 7 }).chain((n) =>
          fc.record({ n: fc.constant(n), edges: fc.array(fc.tuple(fc.nat(n - 1), fc.nat(n - 1)), { maxLength: 20 }), blockers: fc.uniqueArray(fc.nat(n - 1), { maxLength: 3 }) }),
        ),
        async ({ n, edges, blockers }) => {
          const lines = ["import time"];
          for (let i = 0; i < n; i++) {
            lines.push(`def f${i}(x):`);
            for (const [from, to] of edges) if (from === i) lines.push(`    x = f${to}(x)`);
            if (blockers.includes(i)) lines.push("    time.sleep(1)");
            lines.push("    return x");
          }
          for (let i = 0; i < n; i++) lines.push(`async def c${i}():`, `    f${i}(1)`);
          const findings = await blocking([text(lines.join("\n"))]);

          // Reachability by repeated relaxation: another way than the search's own.
          const blocks = new Set(blockers);
          for (let turn = 0; turn < n; turn++) for (const [from, to] of edges) if (blocks.has(to)) blocks.add(from);
          expect(findings.map((finding) => finding.symbol).sort()).toEqual([...blocks].map((i) => `c${i}`).sort());
        },
      ),
      { numRuns: 60 },
    );
  });

  it("does not look twice at long chains of unknown calls", async () => {
    // Each call's receiver is the one before: resolved from every end this would take 2^60 steps.
    const lines = ["import requests", "async def build(q):"];
    for (let i = 0; i < 60; i++) lines.push(`    q = q.step${i}(q.left${i}(q), q.right${i}(q))`);
    lines.push("    requests.get(q, timeout=1)");
    expect((await blocking([text(lines.join("\n"))])).map((finding) => finding.range.start.line)).toEqual([63]);
  });
});
