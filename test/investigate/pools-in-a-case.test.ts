import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { createInvestigator } from "../../src/investigate/create-investigator";
import type { OpenedFile } from "../../src/investigate/investigator";
import { LANGUAGES } from "../../src/locate/languages/registry";
import { readDocument, writeInvestigation } from "../../src/protocol/investigation-file";
import { textOfInvestigation } from "../../src/report/text";
import { testEngine } from "../locate/text-analysis";

const workspace = mkdtempSync(join(tmpdir(), "pools-"));
writeFileSync(join(workspace, "go.mod"), "module example.com/shopd\n\ngo 1.22\n");
writeFileSync(join(workspace, "main.go"), "package main\n\nimport \"database/sql\"\n\nconst most = 20\n\nfunc main() {\n\tdb, _ := sql.Open(\"mysql\", dsn)\n\tdb.SetMaxOpenConns(most)\n\tserve(db)\n}\n");
afterAll(() => rmSync(workspace, { recursive: true, force: true }));

function capture(name: string, held: number, modifiedAtMs: number, state = "ESTAB"): OpenedFile {
  const rows = Array.from({ length: held }, (_, at) => `${state} 0 0 10.0.0.1:${40_000 + at} 10.0.0.2:3306 users:(("shopd",pid=812,fd=${7 + at}))\n`).join("");
  return { name, modifiedAtMs, chunks: (async function* () { yield await Promise.resolve(new TextEncoder().encode(`State Recv-Q Send-Q Local Peer\n${rows}`)); })() };
}

function investigator(textEngine = () => testEngine(LANGUAGES)) {
  const findings = { findings: [], stats: { files: 0, parsed: 0, bytes: 0, ms: 0, cached: 0, engine: "wasm" as const, opaque: {}, givenUp: [] } };
  const locator = { analyze: () => Promise.resolve(findings), dispose: () => Promise.resolve() } as unknown as ReturnType<Parameters<typeof createInvestigator>[0]["locator"]>;
  return createInvestigator({ reach: () => Promise.reject(new Error("nothing is reached")), locator: () => locator, textEngine, ruleFiles: [], now: Date.now });
}

const options = { workspaceRoot: workspace, signal: new AbortController().signal, onProgress: () => {} };

describe("a case whose code keeps a pool", () => {
  it("tells of captures in a row how fast it fills, and until when; saved and opened again it says the same", async () => {
    const start = Date.UTC(2026, 10, 25, 12);
    const captures = Array.from({ length: 10 }, (_, at) => capture(`${at}.txt`, 5 + at, start + at * 10_000));
    const opened = await investigator().open(captures, options);
    expect(opened.pools).toMatchObject([{ file: "main.go", line: 9, library: "database/sql", service: "mysql", size: 20 }]);
    const at = opened.timeline?.series.findIndex(({ subject }) => subject.kind === "pool") ?? -1;
    expect(opened.timeline?.series[at]).toMatchObject({ values: Array.from({ length: 10 }, (_, look) => 5 + look), limits: new Array(10).fill(20) });
    const trend = opened.timeline?.trends.find(({ series }) => series === at);
    expect(trend).toMatchObject({ verdict: "grows", text: expect.stringContaining("20 connections of the pool are reached in") as string });
    // One in ten seconds, six are left.
    expect(trend?.secondsLeft).toBeGreaterThan(50);
    expect(trend?.secondsLeft).toBeLessThan(70);
    const text = textOfInvestigation(opened);
    expect(text).toContain("5 to 14 of 20; grows by");
    expect(text).toContain("main.go:9  database/sql, SetMaxOpenConns(20) (mysql): 20 connections at most");
    const again = readDocument("case.json", JSON.parse([...writeInvestigation(opened)].join("")));
    expect("investigation" in again && [again.investigation.pools, again.investigation.timeline]).toEqual([opened.pools, opened.timeline]);
  });
  it("tells of one capture how full it is", async () => {
    const { diagnoses } = await investigator().open([capture("one.txt", 19, 0, "CLOSE-WAIT")], options);
    expect(diagnoses.flatMap(({ evidence }) => evidence).map(({ text }) => text)).toContain("19 of the 20 connections that main.go:9 allows (database/sql, SetMaxOpenConns(20))");
  });
  it("is told all the same where nothing can parse the code, and says what was not read", async () => {
    const opened = await investigator(() => Promise.reject(new Error("no grammar"))).open([capture("one.txt", 19, 0, "CLOSE-WAIT")], options);
    expect(opened.diagnoses).not.toEqual([]);
    expect(opened.leftOut).toEqual([{ file: "main.go", reason: "its pools were not read: no grammar" }]);
  });
});
