import { describe, expect, it } from "vitest";
import { analyzeTexts } from "../../../src/locate/analyze-files";
import { fixTexts } from "../../../src/locate/fixes/fix-texts";
import type { Finding } from "../../../src/model/finding";
import { LANGUAGES } from "../../../src/locate/languages/registry";
import { loadBuiltInRules } from "../../../src/locate/rules/built-in";
import { testEngine } from "../text-analysis";

const RULES = loadBuiltInRules({ examples: true });
/** What is mended by mending what it goes with: a transaction ends with its session. */
const ENDS_WITH_ANOTHER = ["csharp/mongodb-transaction"];
const BESIDE = new Set([...ENDS_WITH_ANOTHER, ...RULES.flatMap(({ resources }) => resources).filter(({ beside }) => beside === true).map(({ rule }) => rule)]);

async function fix(file: string, text: string): Promise<{ readonly text: string; readonly fixed: readonly Finding[]; readonly left: readonly Finding[] }> {
  const options = { engine: await testEngine(LANGUAGES), languages: LANGUAGES, rules: RULES };
  const source = { file, text, module: "m" };
  const { texts, fixed, left } = fixTexts(options, [source], analyzeTexts(options, [source]).findings);
  return { text: texts.get(file) ?? text, fixed, left };
}

describe("Go", () => {
  it("defers the release behind the error check, with the variable's own name", async () => {
    const { text, fixed, left } = await fix("a.go", [
      "package a", "", 'import "database/sql"', "", "func move(db *sql.DB, n int) error {", "\ttxn, err := db.Begin()", "\tif err != nil {", "\t\treturn err", "\t}", "\tif n == 0 { // nothing", "\t\treturn nil", "\t}", "\treturn txn.Commit()", "}", "",
    ].join("\n"));
    expect(left).toEqual([]);
    expect(fixed.map(({ rule }) => rule)).toEqual(["go/sql-transaction"]);
    expect(text.split("\n").slice(5, 11)).toEqual(["\ttxn, err := db.Begin()", "\tif err != nil {", "\t\treturn err", "\t}", "\tdefer txn.Rollback()", "\tif n == 0 { // nothing"]);
  });

  it("keeps the line ends of the file, and mends two in one function", async () => {
    const { text, fixed } = await fix("a.go", [
      "package a", 'import "net/http"', "func two() (int, error) {", "\tone, err := http.Get(\"http://a\")", "\tif err != nil {", "\t\treturn 0, err", "\t}", "\tother, err := http.Get(\"http://b\")", "\tif err != nil {", "\t\treturn 0, err", "\t}", "\treturn one.StatusCode + other.StatusCode, nil", "}", "",
    ].join("\r\n"));
    expect(fixed.filter(({ rule }) => rule === "go/http-body").length || fixed.filter(({ kind }) => kind === "resource-leak").length).toBe(2);
    expect(text).toContain("\t}\r\n\tdefer one.Body.Close()\r\n");
    expect(text).toContain("\t}\r\n\tdefer other.Body.Close()\r\n");
    expect(text.replaceAll("\r\n", "")).not.toContain("\n");
  });

  it("leaves a loop alone, where deferred calls would pile up, and an error that is not tested here", async () => {
    const { text, fixed, left } = await fix("a.go", [
      "package a", 'import "database/sql"', "func each(db *sql.DB, names []string) error {", "\tfor _, name := range names {", "\t\trows, err := db.Query(name)", "\t\tif err != nil {", "\t\t\treturn err", "\t\t}", "\t\trows.Next()", "\t}", "\treturn nil", "}", "",
    ].join("\n"));
    expect(fixed).toEqual([]);
    expect(left.length).toBe(1);
    expect(text).not.toContain("defer");
  });
});

describe("across files", () => {
  it("knows types from other files, and mends only what stays mended there", async () => {
    const options = { engine: await testEngine(LANGUAGES), languages: LANGUAGES, rules: RULES };
    const texts = [
      { file: "shop/desk.go", module: "x.test/shop", text: "package shop\n\nimport \"database/sql\"\n\ntype Desk struct{ pool *sql.DB }\n" },
      { file: "shop/sell.go", module: "x.test/shop", text: "package shop\n\nfunc (d *Desk) Sell(n int) error {\n\ttx, err := d.pool.Begin()\n\tif err != nil {\n\t\treturn err\n\t}\n\tif n == 0 {\n\t\treturn nil\n\t}\n\treturn tx.Commit()\n}\n" },
    ];
    const { texts: mended, fixed } = fixTexts(options, texts, analyzeTexts(options, texts).findings);
    expect(fixed).toHaveLength(1);
    expect([...mended.keys()]).toEqual(["shop/sell.go"]);
    expect(mended.get("shop/sell.go")).toContain("\t}\n\tdefer tx.Rollback()\n\tif n == 0");
  });
});

describe("Python", () => {
  it("puts the rest of the block into with, nested blocks and comments included", async () => {
    const { text, fixed } = await fix("a.py", [
      "import socket", "", "", "def ask(host, quick):", "    conn = socket.create_connection((host, 80), timeout=3)", "    # say something", "    conn.sendall(b'x')", "    if quick:", "        return None", "", "    data = conn.recv(10)", "    conn.close()", "    return data", "",
    ].join("\n"));
    expect(fixed.length).toBe(1);
    expect(text.split("\n").slice(4)).toEqual([
      "    with socket.create_connection((host, 80), timeout=3) as conn:", "        # say something", "        conn.sendall(b'x')", "        if quick:", "            return None", "", "        data = conn.recv(10)", "        conn.close()", "        return data", "",
    ]);
  });

  it("does not touch what leaves the block, or text of several lines", async () => {
    for (const body of [
      ["    if quick:", "        return None", "    return conn"],
      ["    if quick:", "        return None", '    conn.sendall("""', "x", '""".encode())', "    conn.close()"],
    ]) {
      const source = ["import socket", "def ask(host, quick):", "    conn = socket.create_connection((host, 80), timeout=3)", ...body, ""].join("\n");
      const { text, fixed } = await fix("a.py", source);
      expect(fixed).toEqual([]);
      expect(text).toBe(source);
    }
  });
});

describe("Java", () => {
  const wrap = (...body: string[]): string => ["import java.io.*;", "import java.sql.*;", "class Shop {", "  int count(javax.sql.DataSource source, boolean quick) throws Exception {", ...body.map((line) => `    ${line}`), "  }", "}", ""].join("\n");

  it("puts the rest of the block into try-with-resources, one in another", async () => {
    const { text, fixed, left } = await fix("Shop.java", wrap(
      "Connection connection = source.getConnection();", "final Statement statement = connection.createStatement();", "if (quick) {", "  return 0; // nothing to count", "}", "int n = statement.executeUpdate(\"x\");", "connection.close();", "return n;"));
    expect(left).toEqual([]);
    expect(fixed.map(({ rule }) => rule)).toContain("java/jdbc-connection");
    expect(text.split("\n").slice(4, 8)).toEqual([
      "    try (Connection connection = source.getConnection()) {", "      final Statement statement = connection.createStatement();", "      if (quick) {", "        return 0; // nothing to count",
    ]);
    expect(text.split("\n").slice(8)).toEqual(["      }", "      int n = statement.executeUpdate(\"x\");", "      connection.close();", "      return n;", "    }", "  }", "}", ""]);
  });

  it("takes the stream around a stream", async () => {
    const { text, left } = await fix("Shop.java", wrap('BufferedReader reader = new BufferedReader(new FileReader("a"));', "if (quick) return 0;", "reader.close();", "return 1;"));
    expect(left).toEqual([]);
    expect(text).toContain('    try (BufferedReader reader = new BufferedReader(new FileReader("a"))) {\n');
  });

  it("leaves what leaves the block, is bound anew, or holds text of several lines", async () => {
    for (const body of [
      ["Reader reader = new FileReader(\"a\");", "if (quick) return 0;", "reader = new BufferedReader(reader);", "reader.close();", "return 1;"],
      ["Reader reader = new FileReader(\"a\");", "if (quick) return 0;", 'String text = """', "  a", '  """;', "reader.close();", "return 1;"],
    ]) {
      const source = wrap(...body);
      const { text, fixed } = await fix("Shop.java", source);
      expect(fixed).toEqual([]);
      expect(text).toBe(source);
    }
  });
});

describe("Kotlin", () => {
  const wrap = (...body: string[]): string => ["import java.io.File", "", "fun first(file: File, quick: Boolean): String? {", ...body.map((line) => `    ${line}`), "}", ""].join("\n");

  it("puts the rest of the block into use", async () => {
    const { text, fixed, left } = await fix("a.kt", wrap("val stream = file.inputStream()", "if (quick) {", "    return null", "}", "val text = String(stream.readBytes())", "stream.close()", "return text"));
    expect(left).toEqual([]);
    expect(fixed).toHaveLength(1);
    expect(text).toBe(wrap("file.inputStream().use { stream ->", "    if (quick) {", "        return null", "    }", "    val text = String(stream.readBytes())", "    stream.close()", "    return text", "}"));
  });

  it("leaves a loop's body with continue alone", async () => {
    const source = ["import java.io.File", "", "fun all(files: List<File>) {", "    for (file in files) {", "        val stream = file.inputStream()", "        if (stream.read() < 0) {", "            continue", "        }", "        stream.close()", "    }", "}", ""].join("\n");
    const { text, fixed, left } = await fix("a.kt", source);
    expect(left).toHaveLength(1);
    expect(fixed).toEqual([]);
    expect(text).toBe(source);
  });
});

describe("C#", () => {
  const wrap = (...body: string[]): string => ["using System.IO;", "using Microsoft.Data.SqlClient;", "class Shop {", "    int Count(string dsn, bool quick) {", ...body.map((line) => `        ${line}`), "    }", "}", ""].join("\r\n");

  it("declares it with using", async () => {
    const { text, fixed, left } = await fix("Shop.cs", wrap("var connection = new SqlConnection(dsn);", "connection.Open();", "if (quick) return 0;", "SqlCommand command = new SqlCommand(\"x\", connection);", "var n = command.ExecuteNonQuery();", "connection.Close();", "return n;"));
    expect(left).toEqual([]);
    expect(fixed.length).toBeGreaterThan(0);
    expect(text.split("\r\n")[4]).toBe("        using var connection = new SqlConnection(dsn);");
  });

  it("leaves what is returned or stored", async () => {
    const source = ["using System.IO;", "class Shop {", "    Stream kept;", "    Stream Open(bool quick) {", "        var stream = File.OpenRead(\"a\");", "        if (quick) return null;", "        return stream;", "    }", "}", ""].join("\n");
    const { text, fixed } = await fix("Shop.cs", source);
    expect(fixed).toEqual([]);
    expect(text).toBe(source);
  });
});

describe("every fix over the rules' own examples", () => {
  it("removes its finding, brings no other, and parses", async () => {
    const options = { engine: await testEngine(LANGUAGES), languages: LANGUAGES, rules: RULES };
    let fixedInAll = 0;
    for (const file of RULES) {
      const extension = LANGUAGES.find(({ id }) => id === file.language)!.extensions[0]!;
      for (const [number, example] of file.examples.entries()) {
        const source = { file: `${number}${extension}`, text: example.code, module: "m" };
        const before = analyzeTexts(options, [source]).findings;
        const { texts, fixed, left } = fixTexts(options, [source], before);
        const text = texts.get(source.file) ?? source.text;
        const after = analyzeTexts(options, [{ ...source, text }]).findings;
        // What a rule says beside another (that a body is closed and never read) comes to light once the other is mended.
        const told = (findings: readonly Finding[]): string[] => findings.filter(({ rule }) => !BESIDE.has(rule)).map(({ rule, symbol }) => `${rule} ${symbol}`).sort();
        expect(told(after)).toEqual(told(left));
        fixedInAll += fixed.length;
      }
    }
    expect(fixedInAll).toBeGreaterThan(40);
  }, 120_000);
});
