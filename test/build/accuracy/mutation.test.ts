import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { mutate, releasesOf as releasesOfFlows } from "../../../build/accuracy/mutation-rounds";
import type { MutationResult } from "../../../build/accuracy/mutation-rounds";
import { edited, inRounds, lineStarts, removal } from "../../../build/accuracy/mutants";
import { seededSample } from "../../../build/accuracy/seeded-sample";
import type { Release } from "../../../build/accuracy/releases";
import { lowerText } from "../../../src/locate/analyze-files";
import type { SourceText } from "../../../src/locate/analyze-files";
import { expectationsIn } from "../../../src/locate/rules/expectations";
import { LANGUAGES } from "../../../src/locate/languages/registry";
import { loadBuiltInRules } from "../../../src/locate/rules/built-in";
import { loadRules } from "../../../src/locate/rules/load-rules";
import shopdb from "../../locate/flow/shopdb.yaml";
import { testEngine, textAnalysis } from "../../locate/text-analysis";

/** The library that the corpus makes up is known too: what nobody knows, nobody can find. */
const RULES = [...loadBuiltInRules({ examples: true }), loadRules(shopdb, "test/locate/flow/shopdb.yaml")];
const EXTENSIONS: Readonly<Record<string, string>> = { csharp: "cs", go: "go", java: "java", javascript: "ts", kotlin: "kt", php: "php", python: "py", rust: "rs", ruby: "rb" };

async function releasesOf(language: string, text: string): Promise<{ readonly releases: readonly Release[]; readonly text: string }> {
  const flow = lowerText(await testEngine(LANGUAGES), LANGUAGES, { file: `a.${EXTENSIONS[language]}`, text, module: "a" })!;
  return { releases: releasesOfFlows([flow], RULES), text };
}

async function without(language: string, text: string): Promise<readonly string[]> {
  const { releases } = await releasesOf(language, text);
  return releases.map((one) => edited(text, removal(one, text, lineStarts(text)) ?? []).text);
}

describe("taking a release away", () => {
  test("a deferred close", async () => {
    const code = (line: string): string => `package a\n\nimport "database/sql"\n\nfunc f(db *sql.DB) error {\n\trows, err := db.Query("x")\n\tif err != nil {\n\t\treturn err\n\t}\n\t${line}\n\treturn g(rows)\n}\n`;
    expect(await without("go", code("defer rows.Close()"))).toEqual([code("")]);
  });

  test("a deferred closure's close, whose value is used", async () => {
    const code = (value: string): string => `package a\n\nimport "database/sql"\n\nfunc f(db *sql.DB) error {\n\ttx, err := db.Begin()\n\tdefer func() {\n\t\t_ = ${value}\n\t}()\n\treturn err\n}\n`;
    expect(await without("go", code("tx.Rollback()"))).toEqual([code("error(nil)")]);
  });

  test("a block of Python's becomes an assignment", async () => {
    expect(await without("python", "def f(path):\n    with open(path) as file:\n        return file.read()\n")).toEqual(["def f(path):\n    file = open(path)\n    if True:\n        return file.read()\n"]);
  });

  test("a resource of Java's try becomes a variable of its block", async () => {
    const code = (head: string): string => `import java.sql.*;\nclass A {\n  void f(Connection c) throws SQLException {\n    ${head}\n      s.execute("x");\n    } catch (SQLException e) { g(); }\n  }\n}\n`;
    expect(await without("java", code("try (Statement s = c.createStatement()) {"))).toEqual([code("try { Statement s = c.createStatement();")]);
  });

  test("one of two ways to close protects the other: neither is taken", async () => {
    expect(await without("python", "def f(path):\n    file = open(path)\n    try:\n        file.write('x')\n        file.close()\n    finally:\n        file.close()\n")).toEqual([]);
  });

  test("what is closed with what it was opened on is no mutant", async () => {
    const found = await without("java", "import java.sql.*;\nclass A {\n  void f(DataSource d) throws SQLException {\n    Connection c = d.getConnection();\n    Statement s = c.createStatement();\n    try { s.execute(\"x\"); } finally { s.close(); c.close(); }\n  }\n}\n");
    expect(found).toHaveLength(1);
    expect(found[0]).toContain("s.close(); ;");
  });

  test("what closes with a wrapper that is closed too is no mutant, nor what a getter gives", async () => {
    expect(await without("java", "import java.io.*;\nclass A {\n  void f(String p) throws IOException {\n    FileInputStream in = new FileInputStream(p);\n    BufferedReader r = new BufferedReader(new InputStreamReader(in));\n    r.readLine();\n    r.close();\n    in.close();\n  }\n}\n")).toEqual([]);
    const { releases } = await releasesOf("java", "import java.sql.*;\nclass A {\n  Connection shared;\n  Connection getConnection() { return shared; }\n  void f() throws SQLException {\n    Connection c = getConnection();\n    c.close();\n  }\n}\n");
    expect(releases.filter((one) => one.isDeclared)).toEqual([]);
  });

  test("declarations decide what counts: imported names, declared types, signatures", async () => {
    const go = (open: string): string => `package a\n\nimport (\n\t"database/sql"\n\t"cache"\n)\n\ntype store struct{ db *sql.DB; cache cache.Cache }\n\nfunc (s *store) all() (*sql.Rows, error) { return s.db.Query("x") }\n\nfunc (s *store) f() error {\n\trows, err := ${open}\n\tif err != nil {\n\t\treturn err\n\t}\n\tdefer rows.Close()\n\treturn g(rows)\n}\n`;
    const declared = async (language: string, text: string): Promise<readonly boolean[]> => (await releasesOf(language, text)).releases.map((one) => one.isDeclared);
    expect(await declared("go", go('s.db.Query("x")'))).toEqual([true]);
    expect(await declared("go", go('s.cache.Query("x")'))).toEqual([false]);
    expect(await declared("python", "import sqlite3\ndef f(path):\n    conn = sqlite3.connect(path)\n    cursor = conn.cursor()\n    cursor.execute('x')\n    conn.close()\n")).toEqual([true]);
    expect(await declared("python", "import sqlite3\nfrom own import connect\ndef f(path):\n    conn = connect(path)\n    conn.close()\n")).toEqual([false]);
  });

  test("what is handed on is no mutant: kept in a field, given back, at work in another thread", async () => {
    const code = (line: string): string => `package a\n\nimport "net"\n\nfunc (s *server) f() error {\n\tln, err := net.Listen("tcp", ":0")\n\tif err != nil {\n\t\treturn err\n\t}\n\t${line}\n\tln.Close()\n\treturn nil\n}\n`;
    for (const line of ["s.listener = ln", "go serve(ln)", "go func() { ln.Accept() }()"]) expect((await releasesOf("go", code(line))).releases.map((one) => one.isDeclared)).toEqual([false]);
    expect((await releasesOf("go", code("ln.Accept()"))).releases.map((one) => one.isDeclared)).toEqual([true]);
  });

  test("lines after an edit are known by their new numbers", () => {
    const { text, lineOf } = edited("a\nb\nc\n", [{ from: 0, to: 1, text: "1\n2" }]);
    expect(text).toBe("1\n2\nb\nc\n");
    expect([1, 2, 3].map(lineOf)).toEqual([1, 3, 4]);
  });

  test("a round takes one release of a function", async () => {
    const { releases } = await releasesOf("python", "def f(a, b):\n    with open(a) as x:\n        pass\n    with open(b) as y:\n        pass\n");
    expect(inRounds(releases).map((round) => round.length)).toEqual([1, 1]);
  });
});

/** The texts of the own corpus and of the rules' examples, each a workspace of its own. */
function workspaces(): readonly (readonly SourceText[])[] {
  const found: SourceText[][] = [];
  for (const language of readdirSync("test/corpus/leaks")) {
    const folder = join("test/corpus/leaks", language);
    found.push(readdirSync(folder).sort().map((name) => ({ file: name, text: readFileSync(join(folder, name), "utf8"), module: language === "go" ? "example.test/shop" : name.replace(/\..*/u, "") })));
  }
  for (const file of RULES) for (const { code } of file.examples) found.push([{ file: `example.${EXTENSIONS[file.language]}`, text: code, module: "example" }]);
  return found;
}

describe("a seeded share of the mutants of the own corpus", async () => {
  const engine = await testEngine(LANGUAGES);
  const results: MutationResult[] = [];
  const textsOf: (readonly SourceText[])[] = [];
  const everything = workspaces().flatMap((texts) => {
    const flows = texts.map((text) => lowerText(engine, LANGUAGES, text)!).filter((flow) => !flow.hasSyntaxErrors);
    return releasesOfFlows(flows, RULES).map((release) => ({ release, texts }));
  });
  const chosen = seededSample(everything, 200, 20_240_611);
  for (const texts of new Set(chosen.map((one) => one.texts))) {
    const flows = texts.map((text) => lowerText(engine, LANGUAGES, text)!);
    const keys = new Set(chosen.filter((one) => one.texts === texts).map(({ release }) => JSON.stringify(release)));
    textsOf.push(texts);
    results.push(
      await mutate({
        flows, rules: RULES, textOf: (file) => texts.find((one) => one.file === file)!.text,
        choose: (releases) => releases.filter((release) => keys.has(JSON.stringify(release))),
        analyze: async (changed) => (await textAnalysis(LANGUAGES, RULES, texts.map((one) => ({ ...one, text: changed.get(one.file) ?? one.text })))).findings,
      }),
    );
  }
  const outcomes = results.flatMap((one) => one.outcomes);
  const show = ({ release }: { readonly release: Release }): string => `${release.language} ${release.symbol} ${release.form} ${release.words}`;

  test("there are enough of them, in several languages", () => {
    expect(outcomes.length).toBeGreaterThan(80);
    expect(new Set(outcomes.map(({ release }) => release.language)).size).toBeGreaterThanOrEqual(5);
  });

  test("nine of ten are caught, and the rest is of few kinds", () => {
    const missed = outcomes.filter(({ caught }) => !caught);
    expect({ share: missed.length / outcomes.length < 0.1, missed: missed.length < 15 ? [] : missed.map(show) }).toEqual({ share: true, missed: [] });
  });

  test("with every release in its place it is silent, but for the culprits that say so", () => {
    const texts = new Map(workspaces().flat().map((one) => [one.text, expectationsIn(one.text)]));
    const loud = results.flatMap(({ notSilent }, index) => notSilent.map((one) => ({ ...one, text: textsOf[index]!.find(({ file }) => file === one.release.file)!.text })));
    const innocent = loud.filter(({ release, rule, text }) => {
      const spoken = texts.get(text)!.filter((one) => one.rule === rule);
      return spoken.length > 0 && !release.openings.some(({ line, endLine }) => spoken.some((one) => one.says !== "ok" && one.line >= line && one.line <= endLine));
    });
    expect(innocent.map(show)).toEqual([]);
  });
});
