import { describe, expect, it } from "vitest";
import { poolsOfProcesses } from "../../src/investigate/pools-of-process";
import type { CodeModule } from "../../src/model/code-module";
import type { PoolSize } from "../../src/model/pool-size";
import { process } from "../explain/look-builder";

function pool(file: string, language: string | null = "go"): PoolSize {
  return { file, line: 31, language, library: "database/sql", service: "database", size: 20, unknown: null, per: "pool", text: "SetMaxOpenConns(20)" };
}

describe("whose pools they are", () => {
  const modules: readonly CodeModule[] = [
    { folder: "", language: "go", name: "example.com/shop", binaries: ["shop"], manifest: "go.mod" },
    { folder: "cmd/shopd", language: "go", name: null, binaries: ["shopd"], manifest: null },
    { folder: "tools/report", language: "python", name: "report", binaries: ["report.py"], manifest: null },
  ];
  const pools = [pool("db/db.go"), pool("tools/report/db.py", "python"), pool("cmd/shopd/main.go")];
  const of = poolsOfProcesses(pools, modules, null);

  it("are those of the code that the process is known to run, and of the module that it is built from", () => {
    expect(of(process(1, "shopd")).map(({ file }) => file)).toEqual(["db/db.go", "cmd/shopd/main.go"]);
    expect(of(process(2, "python3", { exe: "/usr/bin/python3", commandLine: "python3 /srv/tools/report/report.py" })).map(({ file }) => file)).toContain("tools/report/db.py");
  });
  it("are none of a process that nothing ties to the code", () => {
    expect(of(process(3, "nginx", { commandLine: "nginx: worker process" }))).toEqual([]);
  });
});
