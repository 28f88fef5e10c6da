import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { SpilledFlows } from "../../src/locate/spilled-flows";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "leakline-spilled-"));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe("spilled flows", () => {
  it.each([["on a disk", "made/on/need"], ["where the disk takes nothing", "file/below"]])("are given back as they were, the last under each key, %s", (_where, below) => {
    writeFileSync(join(folder, "file"), "");
    const path = join(folder, below, "spilled");
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.constantFrom("a", "b", "c", "d"), fc.uint8Array({ maxLength: 300 })), { maxLength: 12 }), (rows) => {
        const spilled = new SpilledFlows(path);
        try {
          const last = new Map<string, Uint8Array>();
          for (const [key, flow] of rows) {
            spilled.set(key, { flow, outlines: [] });
            last.set(key, flow);
          }
          for (const key of ["a", "b", "c", "d"]) {
            expect(spilled.has(key)).toBe(last.has(key));
            const given = spilled.get(key);
            expect(given === null ? null : [...given.flow]).toEqual(last.has(key) ? [...last.get(key)!] : null);
          }
        } finally {
          spilled.close();
        }
      }),
      { numRuns: 40 },
    );
  });

  it("leave no file behind, and make none where nothing is spilled", () => {
    const unused = new SpilledFlows(join(folder, "unused"));
    unused.close();
    const spilled = new SpilledFlows(join(folder, "spilled"));
    spilled.set("a", { flow: new Uint8Array(5), outlines: [] });
    if (process.platform !== "win32") expect(readdirSync(folder)).toEqual([]);
    spilled.close();
    expect(readdirSync(folder)).toEqual([]);
  });
});
