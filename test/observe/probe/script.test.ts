import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { PROBE_SCRIPT } from "../../../src/observe/probe/script";
import { NamespaceSections } from "../../../src/observe/probe/sections/namespaces";
import { createSectionFamilies } from "../../../src/observe/probe/sections/registry";

const ROOM = "src/observe/probe";

describe("the parts of the script and the readers of its sections", () => {
  it("holds every part, and calls each of them once", () => {
    for (const file of readdirSync(`${ROOM}/parts`)) {
      const part = readFileSync(`${ROOM}/parts/${file}`, "utf8");
      expect(PROBE_SCRIPT, file).toContain(part);
      const looks = [...part.matchAll(/^(look_\w+)\(\) \{$/gm)].map((match) => match[1] ?? "");
      expect(looks.length, file).toBeGreaterThan(0);
      for (const look of looks) expect([...PROBE_SCRIPT.matchAll(new RegExp(`^ *(?:pack )?${look}$`, "gm"))], look).toHaveLength(1);
    }
  });

  it("defines no function twice", () => {
    const names = [...PROBE_SCRIPT.matchAll(/^(\w+)\(\) \{/gm)].map((match) => match[1] ?? "");
    expect(names.filter((name, at) => names.indexOf(name) !== at)).toEqual([]);
  });

  it("has one reader for every section that a part prints", () => {
    const own = /^ {6}case "([a-z-]+)":/gm;
    const readers = [...createSectionFamilies(new NamespaceSections()).flatMap((family) => family.sections), ...new Set([...readFileSync(`${ROOM}/probe.ts`, "utf8").matchAll(own)].map((match) => match[1] ?? ""))];
    expect(readers.filter((name, at) => readers.indexOf(name) !== at)).toEqual([]);
    const printed = new Set([...PROBE_SCRIPT.replaceAll(/^ *#.*$/gm, "").matchAll(/(?:^|[ ;{])say ([a-z][a-z0-9-]*)/gm)].map((match) => match[1] ?? ""));
    expect(printed.size).toBeGreaterThan(15);
    expect([...printed].filter((name) => !readers.includes(name))).toEqual([]);
  });
});
