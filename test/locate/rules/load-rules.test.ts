import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Failure } from "../../../src/model/failure";
import { loadRules } from "../../../src/locate/rules/load-rules";
import { LANGUAGES } from "../../../src/locate/languages/registry";
import { RULE_LANGUAGES, ruleFileJsonSchema } from "../../../src/locate/rules/schema";
import { LIBRARIES } from "../../../src/locate/rules/built-in";

const GOOD = `library: fancy
language: go
imports: [example.test/fancy, example.test/fancy/v2]
service: mysql
types:
  $.Pool: { from: $.Open, names: Pool }
resources:
  - rule: go/fancy-lease
    noun: lease
    type: $.Lease
    opens: $.Pool.Get|TryGet
    closes: [Give|Drop, { call: $.Return, argument: 1 }]
    advice: Give it back.
`;

/** What loading says is wrong; fails when nothing is. */
function complaint(text: string): string {
  try {
    loadRules(text, "mine.yaml");
  } catch (error) {
    expect(error).toBeInstanceOf(Failure);
    expect((error as Failure).reason).toBe("ruleInvalid");
    expect((error as Failure).remedy).toContain("mine.yaml");
    return (error as Failure).message;
  }
  throw new Error("the rules were accepted");
}

describe("a rule file", () => {
  const rules = loadRules(GOOD, "good.yaml");

  it("may leave out what is usual", () => {
    expect(rules.resources[0]).toEqual({
      rule: "go/fancy-lease",
      kind: "resource-leak",
      noun: "lease",
      type: "example.test/fancy.Lease",
      member: null,
      opens: [
        { call: "example.test/fancy.Pool.Get", opens: 0, error: 1, errorMember: null, when: [], unless: [], awaited: false },
        { call: "example.test/fancy.Pool.TryGet", opens: 0, error: 1, errorMember: null, when: [], unless: [], awaited: false },
      ],
      closes: [
        { call: "example.test/fancy.Lease.Give", on: "receiver" },
        { call: "example.test/fancy.Lease.Drop", on: "receiver" },
        { call: "example.test/fancy.Return", on: "argument:1" },
      ],
      contextManager: false,
      opensWithoutContext: true,
      closedWithParent: false,
      exhaustedBy: [],
      closedByReading: [],
      confidence: "high",
      collected: false,
      service: "mysql",
      advice: "Give it back.",
      fix: null,
    });
  });

  it("names things by its first import, and variables in lower case", () => {
    expect(rules.types).toEqual([
      { name: "example.test/fancy.Pool", extends: [], from: [{ call: "example.test/fancy.Open", result: 0 }], fields: [], names: ["pool"], values: [] },
    ]);
  });

  it("writes out alternatives in every part of a name", () => {
    const { borrows } = loadRules("library: x\nlanguage: python\nimports: x\nborrows: $.a|b.c|d", "x.yaml");
    expect(borrows).toEqual(["x.a.c", "x.a.d", "x.b.c", "x.b.d"]);
  });

  it("expects the error after the resource in Go, first where the receiver opens, nowhere in Python", () => {
    const errors = (language: string): readonly (number | null)[] =>
      loadRules(
        `library: x\nlanguage: ${language}\nimports: x\nresources:\n  - rule: ${language}/a\n    noun: a\n    type: x.A\n    closes: Close\n    advice: a\n    opens: [x.A.M, { call: x.B.M, opens: 1 }, { call: x.C.M, opens: receiver }, { call: x.D.M, error: null }]`,
        "x.yaml",
      ).resources[0]?.opens.map((open) => open.error) ?? [];
    expect(errors("go")).toEqual([1, 2, 0, null]);
    expect(errors("python")).toEqual([null, null, null, null]);
  });

  it("writes YAML's literals as the language does", () => {
    const when = (language: string): unknown =>
      loadRules(
        `library: x\nlanguage: ${language}\nimports: x\nresources:\n  - rule: ${language}/a\n    noun: a\n    type: x.A\n    closes: close\n    advice: a\n    opens: { call: x.f, when: { stream: true, limit: null, n: 3, s: word } }`,
        "x.yaml",
      ).resources[0]?.opens[0]?.when.map((one) => one.equals);
    expect(when("python")).toEqual(["True", "None", "3", "word"]);
    expect(when("go")).toEqual(["true", "nil", "3", "word"]);
  });
});

describe("what is wrong is said with its place", () => {
  const changed = (from: string, to: string): string => {
    expect(GOOD).toContain(from);
    return GOOD.replace(from, to);
  };

  it.each([
    ["a key that does not exist, with the one that was meant", changed("    closes:", "    close:"), "mine.yaml:12:5: unknown key `close`; did you mean `closes`?"],
    ["a key at the top", `${GOOD}colour: red\n`, "mine.yaml:14:1: unknown key `colour`; remove it"],
    ["a key inside a list", changed("argument: 1", "argumnt: 1"), "mine.yaml:12:43: unknown key `argumnt`; did you mean `argument`?"],
    ["a missing key, at what lacks it", changed("    noun: lease\n", ""), "mine.yaml:8:5: `noun` is missing"],
    ["a value of the wrong kind", changed("noun: lease", "noun: [lease]"), "mine.yaml:9:11: `noun` must be text"],
    ["a word that is none of those allowed", changed("service: mysql", "service: mysqll"), "mine.yaml:4:10: `service` must be `mysql`, `postgresql`"],
    ["a callee with blanks", changed("$.Pool.Get|TryGet", "$.Pool Get"), "mine.yaml:11:12: `opens`: a callee has no blanks"],
    ["an id of another language", changed("go/fancy-lease", "python/fancy-lease"), "mine.yaml:8:11: the id of a rule for go starts with `go/`"],
    ["an id that is no id", changed("go/fancy-lease", "Fancy Lease"), "mine.yaml:8:11: `rule`: a rule's id is `language/some-words`"],
    ["a method without a type", changed("    type: $.Lease\n", ""), "mine.yaml:8:5: `type` is missing"],
    ["a resource that nothing closes", changed("    closes: [Give|Drop, { call: $.Return, argument: 1 }]\n", ""), "mine.yaml:8:5: nothing closes this resource"],
    ["a time limit on nothing", `${GOOD}timeouts:\n  - rule: go/x\n    advice: a\n`, "mine.yaml:15:5: give `calls`, or the type that it `builds`"],
    ["one id for two kinds of rule", `${GOOD}blocking:\n  - rule: go/fancy-lease\n    calls: $.Wait\n    advice: a\n`, "mine.yaml:15:11: `go/fancy-lease` is already in `resources`"],
    ["what is no YAML", "library: [fancy\nlanguage: go", "mine.yaml:2:1: this is not YAML"],
    ["a key given twice", `${GOOD}library: again\n`, "mine.yaml:14:1: this is not YAML: Map keys must be unique"],
    ["an empty file", "", "mine.yaml:1:1: `library` is missing"],
    ["a file that is a list", "- a\n", "mine.yaml:1:1: the file must be a map"],
    ["a language that nobody reads", changed("language: go", "language: cobol"), "mine.yaml:2:11: `language` must be `csharp`, `go`"],
    ["imports that name nothing", changed("[example.test/fancy, example.test/fancy/v2]", "[]"), "mine.yaml:3:10: `imports` must not be empty"],
    ["a rule that speaks of no call", `${GOOD}blocking:\n  - rule: go/fancy-wait\n    calls: []\n    advice: a\n`, "mine.yaml:16:12: `calls` must not be empty"],
    ["a client that nothing makes", `${GOOD}churn:\n  - rule: go/fancy-churn\n    makes: []\n    advice: a\n`, "mine.yaml:16:12: `makes` must not be empty"],
    ["a second document", `${GOOD}---\nlibrary: other\n`, "mine.yaml:14:1: a rule file is one document"],
    ["an alias without its anchor", changed("advice: Give it back.", "advice: *words"), "mine.yaml:13:13: this is not YAML: Unresolved alias"],
    ["a mistake behind a mark of the byte order", `\ufeff${changed("library: fancy", "library: 7")}`, "mine.yaml:1:10: `library` must be text"],
    ["a mistake among Windows line ends", changed("    noun: lease", "    nuon: lease").replaceAll("\n", "\r\n"), "mine.yaml:8:5: `noun` is missing"],
    ["a tab where YAML wants blanks", "library: fancy\nresources:\n\t- rule: go/x\n", "mine.yaml:3:1: this is not YAML: Tabs are not allowed"],
  ])("%s", (_what, text, expected) => {
    expect(complaint(text).split("\n")[0]).toContain(expected);
  });

  it("takes anchors, a mark of the byte order and Windows line ends as they are meant", () => {
    const anchored = GOOD.replace("advice: Give it back.", "advice: &words Give it back.\n    fix: *words");
    expect(loadRules(`\ufeff${anchored.replaceAll("\n", "\r\n")}`, "mine.yaml").resources[0]?.fix).toBe("Give it back.");
  });

  it("refuses aliases of aliases that would fill the memory", () => {
    const bomb = ["a: &a0 [x, x, x, x, x, x, x, x, x, x]", ...Array.from({ length: 12 }, (_, i) => `b${i}: &a${i + 1} [${Array.from({ length: 10 }, () => `*a${i}`).join(", ")}]`)].join("\n");
    expect(complaint(bomb)).toMatch(/^mine\.yaml:\d+:\d+: this is not YAML: Excessive alias count/u);
  });

  it("tells several at once, in the order of the file, and counts the rest", () => {
    const lines = complaint(`${GOOD}a: 1\nb: 1\nc: 1\nd: 1\ne: 1\nf: 1\ng: 1\n`).split("\n");
    expect(lines.map((line) => /^mine\.yaml:(\d+):1/u.exec(line)?.[1])).toEqual(["14", "15", "16", "17", "18", undefined]);
    expect(lines.at(-1)).toBe("and 2 more");
  });

  it("never fails in another way, whatever a built-in file is changed to", () => {
    const texts = LIBRARIES.map(([, text]) => text.slice(0, 2500));
    fc.assert(
      fc.property(fc.constantFrom(...texts), fc.nat(), fc.nat(40), fc.string({ maxLength: 12 }), (text, at, length, put) => {
        const place = at % text.length;
        const broken = text.slice(0, place) + put + text.slice(place + length);
        try {
          loadRules(broken, "mine.yaml");
        } catch (error) {
          expect(error).toBeInstanceOf(Failure);
          expect((error as Failure).message).toMatch(/^mine\.yaml:\d+:\d+: \S/u);
          const [, line] = /^mine\.yaml:(\d+)/u.exec((error as Failure).message) ?? [];
          expect(Number(line)).toBeLessThanOrEqual(broken.split("\n").length);
        }
      }),
      { numRuns: 150 },
    );
  });
});

it("rules can be written for every language, and for no other", () => {
  expect([...RULE_LANGUAGES].sort()).toEqual(LANGUAGES.map(({ id }) => id).sort());
});

it("an example knows the line of the file on which its code begins", () => {
  const { examples } = loadRules(`${GOOD}examples:\n  - name: a\n    code: |\n      package a\n  - name: b\n    code: package b\n`, "mine.yaml");
  expect(examples.map(({ line }) => line)).toEqual([17, 19]);
});

describe("the schema for editors", () => {
  it("knows the keys, says which are needed, and refuses others", () => {
    const schema = ruleFileJsonSchema() as { required: string[]; additionalProperties: boolean; properties: Record<string, unknown> };
    expect(schema.required.sort()).toEqual(["imports", "language", "library"]);
    expect(schema.additionalProperties).toBe(false);
    expect(Object.keys(schema.properties)).toEqual(expect.arrayContaining(["resources", "blocking", "timeouts", "types", "examples"]));
    expect(JSON.stringify(schema)).toContain("A callee, fully named");
  });
});
