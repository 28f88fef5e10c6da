import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { WHAT_IS_READ } from "../../src/model/what-is-read";

const ROOT = join(import.meta.dirname, "../..");
const readme = readFileSync(join(ROOT, "README.md"), "utf8").replace(/\s+/g, " ");
const chinese = JSON.parse(readFileSync(join(ROOT, "l10n/bundle.l10n.zh-cn.json"), "utf8")) as Record<string, string>;

describe("what a look reads of a host", () => {
  it("names every part of the probe, and no part that there is not", () => {
    const scripts = ["src/observe/probe/parts", "src/observe/logs/target"].flatMap((folder) => readdirSync(join(ROOT, folder)).filter((file) => file.endsWith(".sh")));
    const parts = scripts.map((file) => file.replace(/\.sh$/, "")).sort();
    expect([...new Set(WHAT_IS_READ.map(({ part }) => part))].sort()).toEqual(parts);
  });

  it.each(WHAT_IS_READ.map(({ text }) => text))("stands in the README and in Chinese: %s", (text) => {
    expect(readme).toContain(text);
    expect(chinese[text] ?? "").toMatch(/\p{Script=Han}/u);
  });
});
