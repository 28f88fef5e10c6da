import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { loadBuiltInRules } from "../../../src/locate/rules/built-in";
import { rulePages } from "../../../src/locate/rules/rule-pages";
import { ruleFileJsonSchema } from "../../../src/locate/rules/schema";
import { loadRules } from "../../../src/locate/rules/load-rules";

const DOCUMENT = readFileSync(join(import.meta.dirname, "../../../docs/rules.md"), "utf8");

/** All keys that the schema knows, at any depth; keys of free maps are not among them. */
function keysOf(schema: unknown): ReadonlySet<string> {
  const keys = new Set<string>();
  const visit = (node: unknown): void => {
    if (typeof node !== "object" || node === null) return;
    const { properties } = node as { properties?: Record<string, unknown> };
    if (properties !== undefined) for (const key of Object.keys(properties)) keys.add(key);
    for (const child of Object.values(node)) visit(child);
  };
  visit(schema);
  return keys;
}

describe("docs/rules.md", () => {
  it("names every key that a rule file may have", () => {
    const silent = [...keysOf(ruleFileJsonSchema())].filter((key) => key !== "schema" && !new RegExp(`\\b${key}\\b`, "u").test(DOCUMENT));
    expect(silent).toEqual([]);
  });

  it("shows a file that loads", () => {
    const shown = /```yaml\n([\s\S]*?)```/u.exec(DOCUMENT)?.[1] ?? "";
    const rules = loadRules(shown, "docs/rules.md");
    expect(rules.resources[0]?.opens.map((open) => open.call)).toEqual(["corp.example/acme/pool.Pool.Get", "corp.example/acme/pool.Pool.TryGet"]);
  });
});

describe("docs/rules", () => {
  const folder = join(import.meta.dirname, "../../../docs/rules");
  const pages = rulePages(loadBuiltInRules({ examples: true }));

  it("has a page for each rule, and no other: `npm run docs:rules` writes them", () => {
    expect(readdirSync(folder, { recursive: true, encoding: "utf8" }).map((file) => file.replaceAll("\\", "/")).filter((file) => file.endsWith(".md")).sort()).toEqual([...pages.keys()].sort());
  });

  it("says what the rules say now: after a change of a rule, `npm run docs:rules`", () => {
    expect([...pages].filter(([file, text]) => readFileSync(join(folder, file), "utf8") !== text).map(([file]) => file)).toEqual([]);
  });

  it("leads from the index to every page", () => {
    const index = pages.get("README.md") ?? "";
    for (const file of pages.keys()) if (file !== "README.md") expect(index.split(`](${file})`).length).toBeGreaterThanOrEqual(3);
  });
});
