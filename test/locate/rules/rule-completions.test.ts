import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { LIBRARIES } from "../../../src/locate/rules/built-in";
import { ruleCompletions } from "../../../src/locate/rules/rule-completions";

/** What is offered where `|` stands in the text. */
function offered(marked: string): string[] {
  const before = marked.slice(0, marked.indexOf("¦")).split("\n");
  return ruleCompletions(marked.replace("¦", ""), before.length, (before.at(-1)?.length ?? 0) + 1).map(({ label }) => label);
}

const HEAD = "library: acme\nlanguage: go\nimports: corp.example/acme\n";

describe("what can be written at a place of a rule file", () => {
  it("in an empty file: what must be there first", () => {
    expect(offered("¦").slice(0, 3)).toEqual(["library", "language", "imports"]);
  });

  it("at the top: every key that is not there yet", () => {
    const keys = offered(`${HEAD}¦\nblocking:\n  - rule: go/acme-wait\n`);
    expect(keys).toEqual(expect.arrayContaining(["resources", "timeouts", "examples"]));
    for (const there of ["library", "language", "imports", "blocking"]) expect(keys).not.toContain(there);
  });

  it("in a resource, behind its dash and on the lines below", () => {
    expect(offered(`${HEAD}resources:\n  - ¦`).slice(0, 4)).toEqual(["rule", "noun", "opens", "advice"]);
    const keys = offered(`${HEAD}resources:\n  - rule: go/acme-lease\n    noun: lease\n    ¦\n    opens: $.Take\n  - rule: go/other\n    closes: Give\n`);
    expect(keys).toEqual(expect.arrayContaining(["closes", "kind", "advice"]));
    for (const there of ["rule", "noun", "opens"]) expect(keys).not.toContain(there);
  });

  it("where a list stands no deeper than its key", () => {
    expect(offered(`${HEAD}resources:\n- rule: go/acme-lease\n  ¦`)).toContain("closes");
    expect(offered(`${HEAD}blocking:\n- ¦`)).toContain("unlessCalled");
  });

  it("the words that a key allows", () => {
    expect(offered("language: ¦")).toEqual(expect.arrayContaining(["go", "rust", "python"]));
    expect(offered("alsoFor: [java, ¦")).toContain("kotlin");
    expect(offered(`${HEAD}resources:\n  - kind: ¦`)).toEqual(expect.arrayContaining(["transaction-leak", "resource-leak"]));
    expect(offered(`${HEAD}resources:\n  - contextManager: ¦`)).toEqual(["true", "false"]);
  });

  it("between braces, in a list or not, and deeper down", () => {
    expect(offered(`${HEAD}resources:\n  - rule: go/a\n    opens: { call: $.Take, ¦`)).toEqual(expect.arrayContaining(["opens", "error", "callback"]));
    expect(offered(`${HEAD}resources:\n  - rule: go/a\n    opens: { call: $.Take, ¦`)).not.toContain("call");
    expect(offered(`${HEAD}resources:\n  - rule: go/a\n    closes: [Give, { ¦`)).toEqual(expect.arrayContaining(["call", "argument", "when"]));
    expect(offered(`${HEAD}resources:\n  - rule: go/a\n    opens:\n      - call: $.Take\n        callback:\n          ¦`)).toEqual(expect.arrayContaining(["parameter", "closer", "each"]));
  });

  it("in a type, whose name is free", () => {
    expect(offered(`${HEAD}types:\n  $.Pool:\n    ¦`)).toEqual(expect.arrayContaining(["from", "names", "fluent"]));
    expect(offered(`${HEAD}types:\n  $.Pool: { ¦`)).toContain("extends");
  });

  it("nothing in a comment, in code or in free text", () => {
    for (const text of ["# ¦", "library: ¦", `${HEAD}examples:\n  - name: a\n    code: |\n      ¦`, `${HEAD}examples:\n  - name: a\n    code: |\n      def f():\n          ¦`]) expect(offered(text)).toEqual([]);
  });

  it("among Windows line ends too", () => {
    expect(offered(`${HEAD}resources:\n  - rule: go/a\n    ¦`.replaceAll("\n", "\r\n"))).toContain("closes");
  });
});

// Each key that the product's own rules have must be offered where it stands once it is taken away.
test("offers every key that stands in a rule file of the product at its place", () => {
  for (const [name, text] of LIBRARIES) {
    const lines = text.split("\n");
    const end = lines.findIndex((line) => line.startsWith("examples:"));
    lines.slice(0, end < 0 ? lines.length : end).forEach((line, at) => {
      const [, lead = "", key] = /^(\s*(?:- )?)([a-z]\w*):(?:\s|$)/u.exec(line) ?? [];
      // Free names: `$.Pool`, `stream: true` of a condition, a field.
      if (key === undefined || lines.slice(0, at).some((_, i) => i === at - 1 && /^\s*(when|unless|fields|sameAs|types):\s*$/u.test(lines[i] ?? ""))) return;
      const words = ruleCompletions([...lines.slice(0, at), lead, ...lines.slice(at + 1)].join("\n"), at + 1, lead.length + 1).map(({ label }) => label);
      if (words.length > 0) expect(words, `${name}:${at + 1}: ${line}`).toContain(key);
      else expect(line, `${name}:${at + 1}: nothing is offered`).not.toMatch(/^ {0,4}(?:- )?(rule|closes|opens|advice|library|imports|calls|type)\b/u);
    });
  }
});

test("never fails, whatever stands there", () => {
  const texts = LIBRARIES.map(([, text]) => text.slice(0, 2500));
  fc.assert(fc.property(fc.constantFrom(...texts), fc.nat(), fc.string({ maxLength: 10 }), (text, at, put) => {
    const place = at % text.length;
    const before = `${text.slice(0, place)}${put}`.split("\n");
    expect(Array.isArray(ruleCompletions(`${before.join("\n")}${text.slice(place)}`, before.length, (before.at(-1) ?? "").length + 1))).toBe(true);
  }), { numRuns: 200 });
});
