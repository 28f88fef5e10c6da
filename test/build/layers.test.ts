import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

/**
 * The machines that hold the arrows of the house, tried on a house of their own: each arrow is broken once and must be named.
 * A rule whose pattern no longer matches a room would hold nothing and say nothing.
 */
const ROOT = join(import.meta.dirname, "..", "..");
let house: string;

/** A file of each room that only exports a word. */
const ROOMS = [
  "src/model/word.ts", "src/observe/look.ts", "src/explain/why.ts", "src/locate/where.ts", "src/locate/flow/solve.ts", "src/locate/languages/go.ts", "src/locate/parsing/engine.ts",
  "src/investigate/scan.ts", "src/editor/view.ts", "src/report/text.ts", "src/protocol/message.ts", "src/command/program.ts", "src/demo/start.ts", "src/extension.ts", "src/cli.ts", "webview/panel.ts",
];

beforeAll(() => {
  house = mkdtempSync(join(tmpdir(), "leakline-house-"));
  for (const file of [".dependency-cruiser.cjs", "tsconfig.json", "package.json"]) cpSync(join(ROOT, file), join(house, file));
  symlinkSync(join(ROOT, "node_modules"), join(house, "node_modules"));
});
afterAll(() => rmSync(house, { recursive: true, force: true }));

function furnish(from: string, imported: string | null): void {
  for (const file of ROOMS) {
    mkdirSync(dirname(join(house, file)), { recursive: true });
    writeFileSync(join(house, file), "export const word = 1;\n");
  }
  if (imported === null) return;
  const specifier = imported.startsWith("src/") ? `${"../".repeat(from.split("/").length - 1)}${imported.replace(/\.ts$/, "")}` : imported;
  writeFileSync(join(house, from), `import * as other from "${specifier}";\nexport const word = other;\n`);
}

function broken(): string[] {
  const run = spawnSync(process.execPath, [join(ROOT, "node_modules/dependency-cruiser/bin/dependency-cruise.mjs"), "--config", ".dependency-cruiser.cjs", "--output-type", "json", "src", "webview"], { cwd: house, encoding: "utf8", maxBuffer: 1 << 26 });
  const result = JSON.parse(run.stdout) as { summary: { violations: { rule: { name: string } }[] } };
  return [...new Set(result.summary.violations.map((violation) => violation.rule.name))].sort();
}

describe("the arrows of the house", () => {
  test("a house without a wrong arrow is let pass", () => {
    furnish("", null);
    expect(broken()).toEqual([]);
  });

  test.each([
    ["src/model/word.ts", "src/observe/look.ts", "model-imports-nothing"],
    ["src/observe/look.ts", "src/explain/why.ts", "observe-meets-others-in-model"],
    ["src/explain/why.ts", "src/locate/where.ts", "explain-meets-others-in-model"],
    ["src/explain/why.ts", "node:fs", "explain-is-pure"],
    ["src/locate/where.ts", "src/observe/look.ts", "locate-meets-others-in-model"],
    ["src/locate/flow/solve.ts", "src/locate/languages/go.ts", "flow-knows-no-language"],
    ["src/locate/languages/go.ts", "src/locate/parsing/engine.ts", "languages-know-no-solver"],
    ["src/investigate/scan.ts", "src/editor/view.ts", "investigate-composes"],
    ["src/report/text.ts", "src/explain/why.ts", "report-shows"],
    ["src/protocol/message.ts", "src/investigate/scan.ts", "protocol-is-shared"],
    ["src/investigate/scan.ts", "vscode", "only-editor-touches-vscode"],
    ["webview/panel.ts", "src/explain/why.ts", "webview-talks-in-messages"],
    ["src/editor/view.ts", "src/cli.ts", "nobody-knows-the-wiring"],
    ["src/explain/why.ts", "src/demo/start.ts", "the-demo-is-a-guest"],
    ["src/demo/start.ts", "src/explain/why.ts", "the-demo-stands-alone"],
  ])("%s -> %s is named: %s", (from, imported, rule) => {
    furnish(from, imported);
    expect(broken()).toContain(rule);
  });
});
