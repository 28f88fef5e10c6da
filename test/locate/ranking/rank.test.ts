import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { rank } from "../../../src/locate/ranking/rank";
import type { RankInput } from "../../../src/locate/ranking/rank";
import type { CodeModule } from "../../../src/model/code-module";
import { FINDING_KINDS } from "../../../src/model/finding";
import type { Suspect } from "../../../src/model/suspect";
import { connection, finding, look, pinned, process, service, stalled } from "./case-builder";

const goModule = (folder: string, name: string | null, binaries: readonly string[]): CodeModule => ({ folder, language: "go", name, binaries, manifest: name === null ? null : "go.mod" });
const pyModule = (folder: string, binaries: readonly string[], name: string | null = null): CodeModule => ({ folder, language: "python", name, binaries, manifest: null });
const input = (more: Partial<RankInput>): RankInput => ({ diagnoses: [], findings: [], snapshots: [], services: [], modules: [], workspaceRoot: null, ...more });
const places = (suspects: readonly Suspect[]): string[] => suspects.map((one) => `${one.file}:${one.line}`);
const factors = (suspect: Suspect | undefined): Record<string, number> => Object.fromEntries((suspect?.reasons ?? []).map((reason) => [reason.factor, reason.points]));

describe("story A: a transaction left open in a Go service", () => {
  const leak = finding("controllers/main.go", 12, { symbol: "MainController.update" });
  const base = {
    diagnoses: [pinned()],
    snapshots: [look([process(812, "shopd", { exe: "/home/me/shop/shopd", commandLine: "./shopd -conf app.conf", cwd: "/home/me/shop" })])],
    services: [service("mysql", "127.0.0.1", 13306)],
    modules: [goModule("", "example.com/shopd", ["shopd"])],
    workspaceRoot: "/home/me/shop",
  };

  it("puts the transaction before a response body, a maybe-leak and code of another language", () => {
    const suspects = rank(input({ ...base, findings: [
      finding("jobs/report.go", 40, { kind: "resource-leak", rule: "go/http-body", service: "http", library: "net/http" }),
      finding("models/order.go", 30, { grade: "raise", confidence: "medium" }),
      finding("scripts/migrate.py", 8, { rule: "python/dbapi-connection", kind: "resource-leak" }),
      leak,
      finding("controllers/list.go", 22, { kind: "resource-leak", rule: "go/sql-rows" }),
    ] }));
    expect(places(suspects)).toEqual(["controllers/main.go:12", "controllers/list.go:22", "models/order.go:30", "jobs/report.go:40", "scripts/migrate.py:8"]);
    expect(suspects[0]).toMatchObject({ rank: 1, score: 100, cause: "connection-pinned", symbol: "MainController.update", finding: 3, diagnosis: 0, column: 3 });
    expect(factors(suspects[0])).toEqual({ "explains-cause": 40, "speaks-to-service": 20, "in-process": 20, "path-certainty": 10, confidence: 10 });
    expect(factors(suspects[3])["speaks-to-service"]).toBeLessThan(0);
    expect(factors(suspects[4])["in-process"]).toBeLessThan(0);
  });

  it("says each reason in words", () => {
    const [suspect] = rank(input({ ...base, findings: [leak] }));
    expect(suspect?.reasons.map((reason) => reason.text)).toEqual([
      "an unfinished transaction explains pinned connections",
      "speaks to database, and mysql is what stands at mysql",
      "shopd is built from this module (shopd); shopd works in the workspace; shopd's executable lies in the workspace",
      "a path through the code leaves it open",
      "the rule is sure of the types",
    ]);
  });

  it("leaves out what explains nothing", () => {
    expect(rank(input({ ...base, findings: [finding("a.go", 1, { kind: "blocking-in-async" }), finding("b.go", 1, { kind: "pool-config" })] }))).toEqual([]);
    expect(rank(input({ ...base, diagnoses: [], findings: [leak] }))).toEqual([]);
  });

  it("prefers the program that holds the sockets to its neighbour in the same repository", () => {
    const modules = [goModule("", "example.com/shop", ["shop"]), goModule("cmd/shopd", null, ["shopd"]), goModule("cmd/reporter", null, ["reporter"])];
    const suspects = rank(input({ ...base, modules, findings: [finding("cmd/reporter/main.go", 9), finding("internal/store/tx.go", 31), finding("cmd/shopd/main.go", 15)] }));
    expect(places(suspects)).toEqual(["cmd/shopd/main.go:15", "internal/store/tx.go:31", "cmd/reporter/main.go:9"]);
    expect(factors(suspects[1])["in-process"]).toBeGreaterThan(0);
    expect(factors(suspects[2])["in-process"]).toBeLessThan(0);
  });

  it("tells mysql from postgresql, but not by a port's usual name alone", () => {
    const findings = [finding("pg.go", 3, { service: "postgresql", library: "pgx" }), finding("sql.go", 3, { confidence: "medium" })];
    expect(places(rank(input({ ...base, findings })))).toEqual(["sql.go:3", "pg.go:3"]);
    const guessed = rank(input({ ...base, diagnoses: [pinned({ service: service("mysql", "10.0.0.3", 3306, "well-known-port") })], findings }));
    expect(factors(guessed.find((one) => one.file === "pg.go"))["speaks-to-service"]).toBeUndefined();
  });

  it("works on a capture that names neither process nor service", () => {
    const suspects = rank(input({ diagnoses: [pinned({ process: null, service: null })], findings: [finding("b.go", 7, { grade: "raise" }), leak] }));
    expect(places(suspects)).toEqual(["controllers/main.go:12", "b.go:7"]);
    expect(suspects[0]?.score).toBe(60);
  });
});

describe("story B: a synchronous call in a coroutine", () => {
  const blocking = (file: string, line: number, more = {}) => finding(file, line, { rule: "python/blocking-http", kind: "blocking-in-async", grade: "call", service: "http", library: "urllib", ...more });
  const snapshot = look([process(4711, "python3", { exe: "/usr/bin/python3.11", commandLine: "python3 /srv/front/app.py", cwd: "/srv/front" })], [connection(4711, 47_000, "127.0.0.1", 9999)]);
  const base = { diagnoses: [stalled(), stalled({ cause: "handler-stalled", lookFor: ["blocking-in-async", "no-timeout", "transaction-leak"] })], snapshots: [snapshot], workspaceRoot: "/srv/front" };
  const modules = [pyModule("", ["app.py", "slow.py"]), pyModule("tools", ["report.py"])];

  it("puts the blocking call of the started program first, before decoys", () => {
    const findings = [
      blocking("tools/report.py", 9),
      blocking("slow.py", 4),
      finding("app.py", 70, { rule: "python/no-timeout", kind: "no-timeout", grade: "call", service: "http" }),
      blocking("app.py", 21, { symbol: "MainHandler.get" }),
      blocking("handlers/old.py", 5, { confidence: "low" }),
      blocking("js/app.ts", 5, { language: "typescript" }),
    ];
    const suspects = rank(input({ ...base, modules, findings, services: [service("http", "127.0.0.1", 9999)] }));
    const first = suspects.filter((one) => one.diagnosis === 0);
    expect(places(suspects)[0]).toBe("app.py:21");
    expect(places(first).slice(0, 2)).toEqual(["app.py:21", "app.py:70"]);
    expect(places(first)[first.length - 1]).toBe("js/app.ts:5");
    expect(factors(suspects[0])).toMatchObject({ "explains-cause": 40, "speaks-to-service": 12, "in-process": 20 });
  });

  it("weighs what the process speaks to: a slow http backend, and no database", () => {
    const sleep = blocking("app.py", 30, { service: null, rule: "python/blocking-sleep" });
    const database = blocking("app.py", 35, { service: "mysql", rule: "python/blocking-db" });
    const suspects = rank(input({ ...base, diagnoses: [stalled()], modules, findings: [sleep, database, blocking("app.py", 40)], services: [service("http", "127.0.0.1", 9999)] }));
    expect(places(suspects)).toEqual(["app.py:40", "app.py:30", "app.py:35"]);
  });

  it("counts a connection to an unknown end for a little", () => {
    const [suspect] = rank(input({ ...base, diagnoses: [stalled()], modules, findings: [blocking("app.py", 21)] }));
    expect(factors(suspect)["speaks-to-service"]).toBe(6);
  });

  it("does not take the listener's own kind for the kind that the code speaks to", () => {
    const diagnosis = stalled({ service: service("http", "0.0.0.0", 8888, "well-known-port") });
    const [suspect] = rank(input({ diagnoses: [diagnosis], snapshots: [look([process(4711, "python3")])], findings: [blocking("app.py", 21, { service: "mysql" })] }));
    expect(factors(suspect)["speaks-to-service"]).toBeUndefined();
  });
});

describe("the order", () => {
  it("gives rank 1 to the best of the first diagnosis, then goes by score", () => {
    const growth = pinned({ cause: "established-growth", lookFor: ["transaction-leak"], service: service("mysql", "10.0.0.3", 3306) });
    const eof = pinned({ cause: "end-of-file-ignored", lookFor: ["resource-leak"], service: null, process: null });
    const suspects = rank(input({ diagnoses: [eof, growth], findings: [finding("tx.go", 1), finding("body.go", 1, { kind: "resource-leak", grade: "raise", confidence: "low", service: null })], snapshots: [look([])] }));
    expect(suspects.map((one) => [one.rank, one.file])).toEqual([[1, "body.go"], [2, "tx.go"]]);
    expect(suspects[0]?.score ?? 0).toBeLessThan(suspects[1]?.score ?? 0);
  });
  it("breaks ties by diagnosis, file, line and column", () => {
    const findings = [finding("b.go", 9), finding("a.go", 9), finding("a.go", 2)];
    const suspects = rank(input({ diagnoses: [pinned(), pinned({ cause: "held-but-dead" })], findings }));
    expect(suspects.map((one) => `${one.diagnosis} ${one.file}:${one.line}`)).toEqual(["0 a.go:2", "0 a.go:9", "0 b.go:9", "1 a.go:2", "1 a.go:9", "1 b.go:9"]);
  });
  it("keeps scores within 0 and 100, sums of their reasons, and ranks without gaps", () => {
    const anyFinding = fc.record({ kind: fc.constantFrom(...FINDING_KINDS), grade: fc.constantFrom("path", "raise", "call"), confidence: fc.constantFrom("high", "medium", "low"), service: fc.constantFrom(null, "mysql", "http", "database", "redis", "no-such"), file: fc.constantFrom("a.go", "cmd/x/b.go", "c.py", "d.js"), line: fc.integer({ min: 1, max: 50 }) });
    fc.assert(fc.property(fc.array(anyFinding, { maxLength: 20 }), fc.constantFrom("shopd", "python3", "java", "x"), (records, name) => {
      const findings = records.map(({ file, line, ...rest }) => finding(file, line, rest as Partial<ReturnType<typeof finding>>));
      const diagnoses = [pinned({ process: { pid: 812, name, commandLine: name } }), stalled()];
      const suspects = rank(input({ diagnoses, findings, modules: [goModule("cmd/x", null, ["x"]), pyModule("", ["c.py"])] }));
      expect(suspects).toHaveLength(diagnoses.flatMap((diagnosis) => findings.filter((one) => diagnosis.lookFor.includes(one.kind))).length);
      suspects.forEach((suspect, index) => {
        expect(suspect.rank).toBe(index + 1);
        expect(suspect.score).toBe(Math.max(0, Math.min(100, Math.round(suspect.reasons.reduce((sum, reason) => sum + reason.points, 0)))));
      });
    }));
  });
});
