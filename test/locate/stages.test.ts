import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { PlannedFile } from "../../src/locate/joined-file";
import { isWithin, stagesOf } from "../../src/locate/stages";

const scan = { generated: false, ignores: false, module: null, imports: [], defines: new Uint32Array(), calls: new Uint32Array() };
const planned = (file: string, seed = true): PlannedFile => ({ file, language: "go", module: "", scan, seed });
const counting = (stage: (file: string) => boolean, files: readonly string[]): string[] => files.filter((file) => !stage(file));

describe("the stages of a reading", () => {
  it("begin with what is wanted first, and are none where nothing would come sooner", () => {
    const files = ["a/1.go", "a/2.go", "b/1.go", "c/1.go"];
    expect(stagesOf(files.map((file) => planned(file)), ["b", "c/1.go"]).map((stage) => counting(stage, files))).toEqual([["b/1.go", "c/1.go"]]);
    expect(stagesOf(files.map((file) => planned(file)), [])).toEqual([]);
    expect(stagesOf(files.map((file) => planned(file)), ["."])).toEqual([]);
    expect(stagesOf(files.map((file) => planned(file, false)), ["b"])).toEqual([]);
  });

  it("take in more files with each, and what was wanted first with all", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 3000 }), fc.integer({ min: 0, max: 9 }), (count, folder) => {
        const files = Array.from({ length: count }, (_, i) => `f${i % 10}/${i}.go`);
        const stages = stagesOf(files.map((file) => planned(file)), [`f${folder}`]).map((stage) => new Set(counting(stage, files)));
        const first = files.filter((file) => isWithin(file, `f${folder}`));
        stages.forEach((stage, at) => {
          expect(stage.size).toBeLessThan(count);
          if (at > 0) expect([...(stages[at - 1] ?? [])].every((file) => stage.has(file))).toBe(true);
          expect(first.every((file) => stage.has(file))).toBe(true);
        });
      }),
      { numRuns: 60 },
    );
  });

  it("know a folder from one whose name begins alike", () => {
    expect([isWithin("shop/a.go", "shop"), isWithin("shopping/a.go", "shop"), isWithin("shop", "shop"), isWithin("a.go", ".")]).toEqual([true, false, true, true]);
  });
});
