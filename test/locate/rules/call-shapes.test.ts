import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { loadBuiltInRules } from "../../../src/locate/rules/built-in";
import { disagreements, expectationsIn } from "../../../src/locate/rules/expectations";
import { findingsIn } from "./findings-in";
import { CALL_SYNTAXES, writeCallShapes } from "./shapes/call-shapes";
import type { CallShape } from "./shapes/call-shapes";

const FOLDER = join(import.meta.dirname, "../../corpus/shapes");
const RULES = loadBuiltInRules();

interface ShapeFile {
  readonly calls: readonly CallShape[];
  /** Rules about calls that have no shapes, with the reason. */
  readonly withoutCalls?: Readonly<Record<string, string>>;
}

describe.each(readdirSync(FOLDER).map((file) => file.replace(/\.yaml$/u, "")))("the calls of %s,", (language) => {
  const shapes = parse(readFileSync(join(FOLDER, `${language}.yaml`), "utf8")) as ShapeFile;
  const own = RULES.filter((file) => file.language === language);
  const idsOf = (section: "blocking" | "timeouts" | "churn"): ReadonlySet<string> => new Set(own.flatMap((file) => file[section].filter((rule) => !("held" in rule)).map(({ rule }) => rule)));
  const kinds = { blocking: idsOf("blocking"), limit: idsOf("timeouts"), churn: idsOf("churn") };
  const extension = CALL_SYNTAXES[language]?.extension ?? "";
  const texts = shapes.calls.flatMap((shape, i) => {
    const kind = (["blocking", "limit", "churn"] as const).find((one) => kinds[one].has(shape.rule)) ?? "limit";
    const written = writeCallShapes(shape, kind, language, language === "go" ? `calls${i}` : `Calls${i}`);
    return (["bad", "good"] as const).map((which) => ({ shape, which, file: `${which}${i}.${extension}`, module: `${which}${i}`, text: written[which] }));
  });

  it("are there for every rule about calls", () => {
    const ids = new Set([...kinds.blocking, ...kinds.limit, ...kinds.churn]);
    const shown = new Set([...shapes.calls.map(({ rule }) => rule), ...Object.keys(shapes.withoutCalls ?? {})]);
    expect([...ids].filter((id) => !shown.has(id))).toEqual([]);
    expect(shapes.calls.map(({ rule }) => rule).filter((id) => !ids.has(id))).toEqual([]);
  });

  it("are as often right as wrong", () => {
    for (const { shape } of texts) {
      const says = texts.filter((one) => one.shape === shape).flatMap(({ text }) => expectationsIn(text));
      const good = says.filter((one) => one.says.endsWith("ok")).length;
      expect(good).toBeGreaterThanOrEqual(says.length - good);
      expect(good).toBeGreaterThanOrEqual(4);
    }
  });

  it("are found where they are wrong, and nowhere else", async () => {
    const findings = await findingsIn(RULES, texts);
    const wrong = texts.flatMap(({ file, shape, text }) => {
      const lines = text.split("\n");
      const mine = findings.filter((finding) => finding.file === file).map((finding) => ({ line: finding.range.start.line, rule: finding.rule }));
      return disagreements(expectationsIn(text), mine).map(({ line, is }) => `${shape.rule} ${is} ${shapeAt(lines, line)}: ${lines[line - 1]?.trim()}`);
    });
    expect(wrong).toEqual([]);
  });
});

/** The function that a line stands in, as the shapes name it. */
function shapeAt(lines: readonly string[], line: number): string {
  for (let at = line - 1; at >= 0; at--) {
    const found = /\b((?:bad|good)(?:Direct|Helper|Loop|Closure|Finally)|work)\(/u.exec(lines[at] ?? "");
    if (found !== null) return found[1] as string;
  }
  return "?";
}
