import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { CAUSES } from "../../../src/model/diagnosis";
import { CAUSE_READERS } from "../../../src/explain/diagnosis/registry";

const root = new URL("../../../", import.meta.url);
const docs = readFileSync(new URL("docs/causes.md", root), "utf8");

describe.each(CAUSES)("%s", (cause) => {
  it("is in the registry once", () => {
    expect(CAUSE_READERS.filter((reader) => reader.cause === cause)).toHaveLength(1);
  });
  it("has a file of its own, and examples", () => {
    expect(existsSync(new URL(`src/explain/diagnosis/${cause}.ts`, root))).toBe(true);
    expect(existsSync(new URL(`test/explain/diagnosis/${cause}.test.ts`, root))).toBe(true);
  });
  it("has an entry in docs/causes.md with its signs, its meaning and what to do now", () => {
    const entry = docs.split(/^## /m).find((section) => section.startsWith(`${cause}\n`)) ?? "";
    for (const part of ["**Signs.**", "**What it means.**", "**Against.**", "**Now.**"]) expect(entry).toContain(part);
  });
});
