import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { loadBuiltInRules } from "../../../src/locate/rules/built-in";
import { disagreements, expectationsIn } from "../../../src/locate/rules/expectations";
import { findingsIn } from "./findings-in";
import { SHAPES, writeResourceShapes } from "./shapes/resource-shapes";
import type { ResourceShape } from "./shapes/resource-shapes";
import { SYNTAXES } from "./shapes/syntax";

const FOLDER = join(import.meta.dirname, "../../corpus/shapes");
const RULES = loadBuiltInRules();
/** Rust has none: what is opened is closed when it is dropped. */
const LANGUAGES = readdirSync(FOLDER).map((file) => file.replace(/\.yaml$/u, "")).filter((language) => language !== "rust");

interface ShapeFile {
  readonly resources: readonly ResourceShape[];
  /** Rules that have no shapes, with the reason. */
  readonly without?: Readonly<Record<string, string>>;
}

describe.each(LANGUAGES)("the shapes of %s,", (language) => {
  const shapes = parse(readFileSync(join(FOLDER, `${language}.yaml`), "utf8")) as ShapeFile;
  const syntax = SYNTAXES[language];
  if (syntax === undefined) throw new Error(`${language}: nobody says how it is written`);
  const texts = shapes.resources.map((shape, i) => ({ shape, file: `Shape${i}.${syntax.extension}`, module: `shape${i}`, text: writeResourceShapes(shape, syntax, language === "go" ? `shape${i}` : `Shape${i}`) }));

  it("has every rule about what is opened", () => {
    const ids = new Set(RULES.filter((file) => file.language === language).flatMap((file) => file.resources.filter(({ opensWithoutContext }) => opensWithoutContext).map(({ rule }) => rule)));
    const shown = new Set([...shapes.resources.map(({ rule }) => rule), ...Object.keys(shapes.without ?? {})]);
    expect([...ids].filter((id) => !shown.has(id))).toEqual([]);
    expect([...shown].filter((id) => !ids.has(id))).toEqual([]);
  });

  it("are written in every shape, as often right as wrong", () => {
    for (const { shape, text } of texts) {
      const says = expectationsIn(text);
      for (const good of [true, false]) expect(says.filter((one) => one.says.endsWith("ok") === good).length).toBeGreaterThanOrEqual(SHAPES.length);
      expect(new Set(says.map(({ rule }) => rule))).toEqual(new Set([shape.rule]));
    }
  });

  it("are found where they leave something open, and nowhere else", async () => {
    const findings = await findingsIn(RULES, texts);
    const wrong = texts.flatMap(({ file, shape, text }) => {
      const lines = text.split("\n");
      const mine = findings.filter((finding) => finding.file === file).map((finding) => ({ line: finding.range.start.line, rule: finding.rule }));
      return disagreements(expectationsIn(text), mine).map(({ line, is }) => `${shape.rule} ${is} ${functionAt(lines, line)}: ${lines[line - 1]?.trim()}`);
    });
    expect(wrong).toEqual([]);
  });
});

/** The function that a line stands in, as the shapes name it. */
function functionAt(lines: readonly string[], line: number): string {
  for (let at = line - 1; at >= 0; at--) {
    const found = /\b(direct|directOk|made|helper|helperOk|loop|loopOk|closure|closureOk|finallyBad|finallyOk)\(/u.exec(lines[at] ?? "");
    if (found !== null && /\b(?:func|def|function|void|fun|Task\S*|public|throws)\b/u.test(lines[at] ?? "")) return found[1] as string;
  }
  return "?";
}

if (!existsSync(FOLDER)) throw new Error("no shapes");
