import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { PlannedFile } from "../../src/locate/joined-file";
import { nameHash } from "../../src/locate/prefilter";
import type { CallForm, FunctionOutline } from "../../src/locate/prefilter";
import { ReadingPlan } from "../../src/locate/reading-plan";

const NAMES = ["open", "close", "run", "save", "Store"];
const hashes = (names: Iterable<string>): Uint32Array => Uint32Array.from(new Set([...names].map(nameHash))).sort();

/** A file as a text could be: what it defines and calls, and what it imports. */
interface Text {
  readonly language: string;
  readonly folder: string;
  readonly imports: readonly string[];
  readonly isSeed: boolean;
  readonly functions: readonly { readonly name: string; readonly isMethod: boolean; readonly direct: boolean; readonly calls: readonly { readonly name: string; readonly form: CallForm; readonly module: string; readonly handsOver: boolean }[] }[];
}

const MODULES: Readonly<Record<string, readonly string[]>> = { go: ["x/a", "x/b", "x/c"], python: ["a.f0", "a.f1", "b.f2", "b.f3", "a", ".f1"], ruby: ["Store", "Help"], java: ["a.*", "a.Store", "b.*", "b.Help"] };

const name = fc.constantFrom(...NAMES);
const textIn = (language: string): fc.Arbitrary<Text> => {
  const module = fc.constantFrom(...(MODULES[language] ?? []));
  const call = fc.record({ name, form: fc.constantFrom<CallForm>("plain", "qualified", "method"), module, handsOver: fc.boolean() }).map((one) => (one.form === "qualified" ? one : { ...one, module: "" }));
  const fn = fc.record({ name, isMethod: fc.boolean(), direct: fc.boolean(), calls: fc.array(call, { maxLength: 3 }) });
  return fc.record({ language: fc.constant(language), folder: fc.constantFrom("a", "b", "c"), imports: fc.uniqueArray(module, { maxLength: 2 }), functions: fc.array(fn, { maxLength: 2 }), isSeed: fc.boolean() });
};

/** The workspace's files by number: made, then changed and removed one after the other. */
const history = fc.constantFrom(...Object.keys(MODULES)).chain((language) => {
  const text = textIn(language);
  const change = fc.record({ at: fc.nat({ max: 5 }), text: fc.option(text, { nil: null, freq: 6 }), imports: fc.option(fc.uniqueArray(fc.constantFrom(...(MODULES[language] ?? [])), { maxLength: 2 }), { nil: null }) });
  return fc.tuple(fc.array(text, { minLength: 3, maxLength: 6 }), fc.array(fc.array(change, { minLength: 1, maxLength: 2 }), { minLength: 1, maxLength: 5 }));
});

const languages = new Map(Object.keys(MODULES).map((language) => [language, { blocks: language === "python", ruled: hashesSet("open"), closing: hashesSet("close") }]));
function hashesSet(one: string): ReadonlySet<number> {
  return new Set([nameHash(one)]);
}

function planned(at: number, { language, folder, imports, functions, isSeed }: Text): PlannedFile {
  const file = `${folder}/f${at}.${language}`;
  return {
    file, language, module: language === "go" ? `x/${folder}` : language === "java" ? folder : `${folder}.f${at}`,
    scan: { generated: false, ignores: false, module: null, imports, defines: hashes(functions.map((fn) => fn.name)), calls: hashes(functions.flatMap((fn) => fn.calls.map((call) => call.name))) },
    seed: isSeed,
  };
}

const outlinesOf = ({ functions }: Text): FunctionOutline[] =>
  functions.map((fn) => ({ names: [nameHash(fn.name)], isMethod: fn.isMethod, direct: fn.direct, calls: fn.calls.map((call) => ({ ...call, name: nameHash(call.name) })) }));

/** Goes through the plan's waves; a file of which nothing is known could not be read. */
function settle(plan: ReadingPlan, texts: ReadonlyMap<string, Text | null>): { readonly matters: string[] } {
  for (let wave = plan.next(); wave.length > 0; wave = plan.next()) {
    for (const { file } of wave) {
      const known = texts.get(file) ?? null;
      plan.learn(file, known === null ? null : outlinesOf(known));
    }
  }
  return { matters: [...plan.matters].sort() };
}

describe("a plan that goes on", () => {
  it("wants what a new one would, after any changes", () => {
    fc.assert(
      fc.property(history, fc.integer(), ([first, steps], broken) => {
        const now = new Map<number, { readonly file: PlannedFile; readonly text: Text }>();
        const texts = new Map<string, Text | null>();
        const files = (): PlannedFile[] => [...now.values()].map(({ file }) => file).sort((a, b) => (a.file < b.file ? -1 : 1));
        const put = (at: number, text: Text, turn: number): void => {
          const file = planned(at, text);
          now.set(at, { file, text });
          // Now and then a file cannot be read.
          texts.set(file.file, (broken + at + turn) % 7 === 0 ? null : text);
        };
        first.forEach((text, at) => void put(at, text, 0));
        const plan = new ReadingPlan(files(), languages);
        settle(plan, texts);
        for (const [turn, step] of steps.entries()) {
          for (const { at, text, imports } of step) {
            const before = now.get(at);
            // The same with other imports, another one, or none.
            if (imports !== null && before !== undefined) put(at, { ...before.text, imports }, turn + 1);
            else if (text !== null) put(at, text, turn + 1);
            else now.delete(at);
          }
          plan.update(files());
          expect(settle(plan, texts).matters).toEqual(settle(new ReadingPlan(files(), languages), texts).matters);
        }
      }),
      { numRuns: 1000 },
    );
  });

  const go = (file: string, calls: readonly string[], imports: readonly string[] = [], seed = false): PlannedFile => ({
    file, language: "go", module: file.split("/")[0] ?? "", seed,
    scan: { generated: false, ignores: false, module: null, imports, defines: hashes([`f${file.split("/")[0]}`]), calls: hashes(calls) },
  });
  const outline = (file: string, calls: readonly string[], direct = false): FunctionOutline[] => [
    { names: [nameHash(`f${file.split("/")[0]}`)], isMethod: false, direct, calls: calls.map((call) => ({ name: nameHash(call), form: "qualified" as const, module: call.slice(1), handsOver: false })) },
  ];

  it("reads only the file that changed, and those that matter only now", () => {
    const files = [go("a/a.go", ["open"], ["lib"], true), go("b/b.go", ["fa"], ["a"]), go("c/c.go", ["fx"], ["b"])];
    const plan = new ReadingPlan(files, languages);
    const outlines = new Map([["a/a.go", outline("a/a.go", [], true)], ["b/b.go", outline("b/b.go", ["fa"])], ["c/c.go", outline("c/c.go", ["fb"])]]);
    const read = (): string[] => {
      const all: string[] = [];
      for (let wave = plan.next(); wave.length > 0; wave = plan.next()) for (const { file } of wave) {
        all.push(file);
        plan.learn(file, outlines.get(file) ?? null);
      }
      return all;
    };
    expect(read()).toEqual(["a/a.go", "b/b.go"]);
    const calling = go("c/c.go", ["fb"], ["b"]);
    plan.update([files[0]!, files[1]!, calling]);
    expect(read()).toEqual(["c/c.go"]);
    // A call of what nobody defines leads nowhere: the file itself is all that is read.
    plan.update([files[0]!, go("b/b.go", ["fa", "println"], ["a"]), calling]);
    expect(read()).toEqual(["b/b.go"]);
    plan.update([files[0]!]);
    expect(read()).toEqual([]);
    expect([...plan.matters]).toEqual(["a/a.go"]);
  });
});
