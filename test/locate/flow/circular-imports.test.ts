import { expect, it } from "vitest";
import { LANGUAGES } from "../../../src/locate/languages/registry";
import { loadBuiltInRules } from "../../../src/locate/rules/built-in";
import { textAnalysis } from "../text-analysis";

it("types that find their bases through each other's star imports cost no search", async () => {
  const one = "package y;\nimport static y.S.*;\nimport static y.Base.*;\nclass S extends Inner { class In extends Deep { } void f() { g(); new Thing().close(); } }\n";
  const other = "package y;\nimport static y.S.*;\nimport java.sql.*;\nclass Base extends S { static class Inner extends Base { } void h(Connection c) throws Exception { c.createStatement(); helper(); } }\n";
  const leak = "package y;\nimport java.sql.*;\nclass L { int f(javax.sql.DataSource d, boolean q) throws SQLException { Connection c = d.getConnection(); if (q) return 0; c.close(); return 1; } }\n";
  const { findings, stats } = await textAnalysis(LANGUAGES, loadBuiltInRules(), [{ file: "S.java", text: one, module: "y" }, { file: "Base.java", text: other, module: "y" }, { file: "L.java", text: leak, module: "y" }]);
  expect(stats.givenUp).toEqual([]);
  expect(findings.map(({ rule, file }) => [rule, file])).toContainEqual(["java/jdbc-connection", "L.java"]);
});
