import { spawn } from "node:child_process";
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { leakline } from "../labs/leakline-command";
import type { Sshd } from "./ssh/sshd-rig";
import { startSshd } from "./ssh/sshd-rig";

/** The bundled command as scripts and CI use it. */
const PROGRAM = fileURLToPath(new URL("../../dist/leakline.js", import.meta.url));
const LAB_A = fileURLToPath(new URL("../labs/a/workspace", import.meta.url));

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "leakline-command-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Several documents, one after the other; each begins its line with its schema. */
function documentsOf(text: string): { snapshots: { source: { takenAt: string } }[] }[] {
  return text.split(/^(?=\{"schema":"leakline\.investigation)/m).map((document) => JSON.parse(document) as { snapshots: { source: { takenAt: string } }[] });
}

const CAPTURE = `State      Recv-Q Send-Q Local Address:Port  Peer Address:Port Process
ESTAB      0      0      10.0.0.5:41000      10.0.0.9:5432      users:(("web",pid=11,fd=4))
this line is nothing
`;

describe("usage", () => {
  test.each([
    [["scan", "http://x"], "http://x"],
    [["parse", "/nowhere/at/all"], "/nowhere/at/all"],
    [["analyze", "--format", "xml"], "xml"],
    [["analyze", "/nowhere/at/all"], "/nowhere/at/all"],
    [["scan", "--workspace", "/nowhere/at/all"], "/nowhere/at/all"],
    [["frobnicate"], "frobnicate"],
    [["scan", "--time-limit", "soon"], "number"],
    [["analyze", "--memory", "10"], "64 MB"],
    [["analyze", "--memory", "much"], "number"],
    [["preserve"], "--output"],
    [["scan", "docker://web"], "docker://web"],
  ])("%j ends with 2 and one line on stderr that names it", async (args, named) => {
    const result = await leakline(args);
    expect(result.status).toBe(2);
    expect(result.stdout).toBe("");
    expect(result.stderr.trimEnd().split("\n")).toHaveLength(1);
    expect(result.stderr).toMatch(/^leakline: /);
    expect(result.stderr).toContain(named);
  });

  test("help and version are successes on stdout", async () => {
    const help = await leakline(["--help"]);
    expect(help.status).toBe(0);
    for (const command of ["scan", "open", "parse", "analyze", "preserve", "demo"]) expect(help.stdout).toContain(command);
    const { version } = JSON.parse(await readFile(fileURLToPath(new URL("../../package.json", import.meta.url)), "utf8")) as { version: string };
    expect((await leakline(["--version"])).stdout.trim()).toBe(version);
  });
});

describe("parse", () => {
  test("from standard input: JSON alone, with the line that was not understood", async () => {
    const result = await leakline(["parse", "-", "--json"], { input: CAPTURE });
    expect(result.status).toBe(0);
    const document = JSON.parse(result.stdout) as { schema: string; states: object; sockets: object[]; skipped: { line: number; text: string }[] };
    expect(document.schema).toBe("leakline.snapshot/1");
    expect(document.states).toEqual({ ESTABLISHED: 1 });
    expect(document.sockets[0]).toMatchObject({ state: "ESTABLISHED", pid: 11, process: "web", fd: 4, remote: { address: "10.0.0.9", port: 5432 } });
    expect(document.skipped).toMatchObject([{ line: 3, text: "this line is nothing" }]);
  });

  test("UTF-16 as PowerShell writes it", async () => {
    const file = join(folder, "utf16.txt");
    await writeFile(file, Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(CAPTURE.replaceAll("\n", "\r\n"), "utf16le")]));
    const result = await leakline(["parse", file, "--json"]);
    expect((JSON.parse(result.stdout) as { states: object }).states).toEqual({ ESTABLISHED: 1 });
  });

  test("nothing understood is a failure that says so, and the lines are still there", async () => {
    const result = await leakline(["parse", "-", "--json"], { input: "once upon a time\nthere was a capture\n" });
    expect(result.status).toBe(2);
    expect(result.stderr).toContain("no socket");
    expect((JSON.parse(result.stdout) as { skipped: object[] }).skipped).toHaveLength(2);
  });

  test("a reader that goes away ends it quietly", async () => {
    const file = join(folder, "long.txt");
    const [header = "", row = ""] = CAPTURE.split("\n");
    await writeFile(file, `${header}\n${`${row}\n`.repeat(50_000)}`);
    const child = spawn("sh", ["-c", `"${process.execPath}" "${PROGRAM}" parse "${file}" --json | head -c 100 > /dev/null`], { stdio: ["ignore", "ignore", "pipe"] });
    let stderr = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
    await new Promise((resolve) => child.on("close", resolve));
    expect(stderr).toBe("");
  });
});

describe("open", () => {
  test("a saved case opens again and says the same", async () => {
    const rows = Array.from({ length: 12 }, (_, index) => `CLOSE-WAIT 1 0 10.0.0.5:${41_000 + index} 10.0.0.9:3306 users:(("web",pid=11,fd=${index + 4})) ino:${index + 900} cubic lastsnd:70000 lastrcv:70000 lastack:10000`);
    const live = await leakline(["open", "-", "--json"], { input: `${rows.join("\n")}\n` });
    expect(live.status).toBe(1);
    const file = join(folder, "case.json");
    await writeFile(file, live.stdout);
    const again = await leakline(["open", file, "--json"]);
    expect(again.status).toBe(1);
    expect(JSON.parse(again.stdout)).toEqual(JSON.parse(live.stdout));
  });

  test("a damaged case is refused, naming the place", async () => {
    const file = join(folder, "damaged.json");
    await writeFile(file, '{"schema":"leakline.investigation/1","targets":[]}');
    const result = await leakline(["open", file]);
    expect(result.status).toBe(2);
    expect(result.stderr).toMatch(/damaged\.json: .* at \w+/);
  });
});

describe("analyze", () => {
  test("JSON: the contract's fields, the leaking line, status 1", async () => {
    const result = await leakline(["analyze", LAB_A, "--format", "json"], { env: { XDG_CACHE_HOME: folder } });
    expect(result.status).toBe(1);
    const document = JSON.parse(result.stdout) as { schema: string; findings: { rule: string; kind: string; file: string; range: object; path: { file: string; line: number }[] }[]; stats: { files: number } };
    expect(document.schema).toBe("leakline.analysis/1");
    expect(document.findings).toHaveLength(1);
    expect(document.findings[0]).toMatchObject({ kind: "transaction-leak", file: "controllers/main_controller.go" });
    const lines = (await readFile(join(LAB_A, "controllers/main_controller.go"), "utf8")).split("\n");
    const exit = document.findings[0]?.path.at(-1)?.line ?? 0;
    // The way out is the return after "sold out".
    expect(lines[exit - 2]).toContain("sold out");
    expect(lines[exit - 1]?.trim()).toBe("return");
  });

  test("SARIF: a file that code scanning takes", async () => {
    const result = await leakline(["analyze", LAB_A, "--format", "sarif"], { env: { XDG_CACHE_HOME: folder } });
    const document = JSON.parse(result.stdout) as { version: string; runs: { results: object[] }[] };
    expect(document.version).toBe("2.1.0");
    expect(document.runs[0]?.results).toHaveLength(1);
  });

  test("a folder with nothing wrong ends with 0", async () => {
    const result = await leakline(["analyze", join(LAB_A, "store"), "--format", "json"], { env: { XDG_CACHE_HOME: folder } });
    expect((JSON.parse(result.stdout) as { findings: object[] }).findings).toEqual([]);
    expect(result.status).toBe(0);
  });

  test("a broken rule is named with its line", async () => {
    const rules = join(folder, "broken.yaml");
    await writeFile(rules, "schema: leakline.rules/1\nlibrary: mine\nlanguage: go\nimprots: [x]\n");
    const result = await leakline(["analyze", LAB_A, "--rules", rules]);
    expect(result.status).toBe(2);
    expect(result.stderr).toMatch(/broken\.yaml:\d+:\d+/);
  });

  test("several mistakes of a rule file stand in one line, each with its place", async () => {
    const rules = join(folder, "twice-broken.yaml");
    await writeFile(rules, "library: mine\nlanguage: go\nimports: x\nsameas: {}\nblocks: []\n");
    const result = await leakline(["analyze", LAB_A, "--rules", rules]);
    expect(result.stderr).toMatch(/^leakline: [^\\\n]*twice-broken\.yaml:4:1: unknown key `sameas`; did you mean `sameAs`\?; [^\\\n]*twice-broken\.yaml:5:1: unknown key `blocks`[^\\\n]*\n$/);
  });

  test("both engines find the same", async () => {
    const [wasm, native] = await Promise.all(
      ["wasm", "native"].map(async (engine) => {
        // Beside its packages, as in an installation that has them.
        const result = await leakline(["analyze", LAB_A, "--format", "json", "--engine", engine], { env: { XDG_CACHE_HOME: join(folder, engine) } });
        return JSON.parse(result.stdout) as { findings: object[]; stats: { engine: string } };
      }),
    );
    expect(wasm?.stats.engine).toBe("wasm");
    expect(native?.stats.engine).toBe("native");
    expect(native?.findings).toEqual(wasm?.findings);
  });
});

describe("analyze in CI", () => {
  const LEAKING = "package a\n\nimport \"database/sql\"\n\nfunc F(db *sql.DB, n int) error {\n\ttx, err := db.Begin()\n\tif err != nil {\n\t\treturn err\n\t}\n\tif n == 0 {\n\t\treturn nil\n\t}\n\treturn tx.Commit()\n}\n";
  const workspaceOf = async (name: string, files: Readonly<Record<string, string>>): Promise<string> => {
    const root = join(folder, name);
    for (const [file, text] of Object.entries(files)) {
      await mkdir(dirname(join(root, file)), { recursive: true });
      await writeFile(join(root, file), text);
    }
    return root;
  };

  test("a baseline: what it knows is silent though its lines move, what is new fails", async () => {
    const root = await workspaceOf("baseline", { "a.go": LEAKING });
    const baseline = join(folder, "baseline.json");
    expect(await leakline(["analyze", root, "--write-baseline", baseline])).toMatchObject({ status: 0, stdout: "" });
    await writeFile(join(root, "a.go"), LEAKING.replace("func F", "// moved\n\nfunc F"));
    expect((await leakline(["analyze", root, "--baseline", baseline, "--format", "github"]))).toMatchObject({ status: 0, stdout: "" });
    await writeFile(join(root, "b.go"), LEAKING.replace("func F", "func G"));
    const result = await leakline(["analyze", root, "--baseline", baseline, "--format", "github"]);
    expect(result.status).toBe(1);
    expect(result.stdout).toMatch(/^::error file=b\.go,line=6,col=\d+,[^\n]*go\/sql-transaction[^\n]*\n$/);
    expect(await leakline(["analyze", root, "--baseline", join(root, "a.go")])).toMatchObject({ status: 2, stdout: "" });
  });

  test("--fix mends what is safe, leaves the rest, and what is mended is found no more", async () => {
    const root = await workspaceOf("fix", { "a.go": LEAKING, "odd.py": "import socket\n\n\ndef ask(host):\n    conn = socket.create_connection((host, 80), timeout=3)\n    if host:\n        return None\n    return conn\n" });
    const before = await leakline(["analyze", root, "--format", "json"]);
    const result = await leakline(["analyze", root, "--fix", "--format", "json"]);
    const rules = (text: string): string[] => (JSON.parse(text) as { findings: { rule: string }[] }).findings.map(({ rule }) => rule);
    expect(rules(before.stdout)).toContain("go/sql-transaction");
    expect(rules(result.stdout)).toEqual(rules(before.stdout).filter((rule) => rule !== "go/sql-transaction"));
    expect(result.stderr).toContain("a.go:6  go/sql-transaction");
    expect(await readFile(join(root, "a.go"), "utf8")).toBe(LEAKING.replace("\t}\n\tif n", "\t}\n\tdefer tx.Rollback()\n\tif n"));
  });
});

describe("rules", () => {
  const OWN = `library: acme
language: go
imports: corp.example/acme
resources:
  - rule: go/acme-lease
    noun: lease
    type: corp.example/acme.Lease
    opens: corp.example/acme.Take
    closes: Return
    advice: Return it.
examples:
  - name: a lease
    code: |
      package a
      import "corp.example/acme"
      func f(n int) error {
      	// ruleid: go/acme-lease
      	lease, err := acme.Take()
      	if err != nil { return err }
      	if n == 0 { return nil }
      	lease.Return()
      	return nil
      }
      func g() error {
      	// ok: go/acme-lease
      	lease, err := acme.Take()
      	if err != nil { return err }
      	defer lease.Return()
      	return nil
      }
`;

  test("explain tells a rule from its own data; an unknown one names those that are near", async () => {
    const { status, stdout } = await leakline(["explain", "go/sql-rows"]);
    expect(status).toBe(0);
    for (const part of ["# go/sql-rows", "result set", "database/sql.DB.Query", "defer rows.Close()", "ruleid: go/sql-rows"]) expect(stdout).toContain(part);
    const unknown = await leakline(["explain", "go/rows"]);
    expect(unknown).toMatchObject({ status: 2, stdout: "" });
    expect(unknown.stderr).toContain("go/sql-rows");
  });

  test("test runs the examples of a workspace's own rules, and says where one does not hold", async () => {
    const root = join(folder, "own-rules");
    await mkdir(join(root, ".leakline/rules"), { recursive: true });
    const file = join(root, ".leakline/rules/acme.yaml");
    await writeFile(file, OWN);
    expect(await leakline(["rules", "test"], { cwd: root })).toMatchObject({ status: 0, stdout: "ok     acme: a lease\n1 examples hold, 0 do not\n" });
    expect((await leakline(["explain", "go/acme-lease"], { cwd: root })).stdout).toContain("acme.Take");
    expect((await leakline(["rules"], { cwd: root })).stdout).toMatch(/^go\/acme-lease\s+go\s+acme$/m);
    await writeFile(file, OWN.replace("// ok:", "// ruleid:").replace("defer lease.Return()", "defer lease.Return() // fine"));
    const wrong = await leakline(["rules", "test", file]);
    expect(wrong.status).toBe(1);
    expect(wrong.stdout).toContain("line 13: go/acme-lease should be found here, and is not");
    await writeFile(file, OWN.replace("noun: lease", "nuon: lease"));
    const broken = await leakline(["rules", "test", file]);
    expect(broken.status).toBe(2);
    expect(broken.stderr).toContain("acme.yaml:6:5: unknown key `nuon`");
    // Beside a file that is wrong the others are tried all the same; the status is that of the worst.
    await writeFile(join(root, ".leakline/rules/birch.yaml"), OWN.replaceAll("acme", "birch"));
    const both = await leakline(["rules", "test"], { cwd: root });
    expect(both).toMatchObject({ status: 2, stdout: expect.stringMatching(/^FAILED [^\n]*acme\.yaml:5:5: `noun` is missing\nFAILED [^\n]*acme\.yaml:6:5: unknown key[^\n]*\nok {5}birch: a lease\n1 examples hold, 0 do not; 1 of 2 rule files cannot be used\n$/) });
  });

  test("schema is the JSON Schema of a rule file", async () => {
    const schema = JSON.parse((await leakline(["rules", "schema"])).stdout) as { properties: object };
    for (const key of ["library", "language", "imports", "resources", "blocking", "examples"]) expect(schema.properties).toHaveProperty(key);
  });
});

describe("scan", () => {
  test("without root it says what it could not see, and never that nobody owns it", async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const port = (server.address() as AddressInfo).port;
    const copy = join(folder, "leakline.js");
    await writeFile(copy, await readFile(PROGRAM));
    await chmod(folder, 0o755);
    await chmod(copy, 0o755);
    try {
      const child = spawn("setpriv", ["--reuid=65534", "--regid=65534", "--clear-groups", process.execPath, copy, "scan", "--json"], { env: { ...process.env, HOME: "/nonexistent" }, stdio: ["ignore", "pipe", "pipe"] });
      let stdout = "";
      child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
      await new Promise((resolve) => child.on("close", resolve));
      const document = JSON.parse(stdout) as { snapshots: { sockets: { state: string; local: { port: number }; ownership: string }[]; missing: { remedy: string }[] }[] };
      const listener = document.snapshots[0]?.sockets.find((socket) => socket.state === "LISTEN" && socket.local.port === port);
      expect(listener?.ownership).toBe("hidden");
      expect(document.snapshots[0]?.missing.map((missing) => missing.remedy).join(" ")).toMatch(/root|sudo/);
    } finally {
      server.close();
    }
  });

  test("watched, it looks again, keeps what it saw, and ends with what it found", async () => {
    const result = await leakline(["scan", "--watch", "--looks", "2", "--interval", "1", "--json"]);
    expect([0, 1]).toContain(result.status);
    const [first, second] = documentsOf(result.stdout);
    expect(first?.snapshots).toHaveLength(1);
    expect(second?.snapshots).toHaveLength(2);
    const [one, two] = second?.snapshots.map((snapshot) => Date.parse(snapshot.source.takenAt)) ?? [];
    expect((two ?? 0) - (one ?? 0)).toBeGreaterThanOrEqual(1_000);
  });

  test("a watch is recorded, tells what it costs, and opens again whole and in part", async () => {
    const record = join(folder, "watch.lk");
    const watched = await leakline(["scan", "--watch", "--looks", "3", "--interval", "1", "--no-logs", "--record", record]);
    expect([0, 1]).toContain(watched.status);
    expect(watched.stdout).toMatch(/look 1 {2}\d+ sockets .* of its CPU, \d+\.\d% of /);
    expect(watched.stderr).toContain("3 looks over");
    const opened = JSON.parse((await leakline(["open", record, "--json"])).stdout) as { targets: string[]; snapshots: { source: { takenAt: string } }[]; timeline: { timesMs: number[] } };
    expect(opened.targets).toEqual(["local"]);
    expect(opened.snapshots).toHaveLength(3);
    expect(opened.timeline.timesMs).toHaveLength(3);
    const from = new Date((opened.timeline.timesMs[1] ?? 0) - 1).toISOString();
    const part = JSON.parse((await leakline(["open", record, "--from", from, "--json"])).stdout) as typeof opened;
    expect(part.snapshots).toHaveLength(2);
    expect((await leakline(["scan", "ssh://127.0.0.1:1", "--watch", "--record", record])).stderr).toContain("is a record of local, not of ssh://127.0.0.1:1");
  });

  test("a host that accepts and says nothing ends within the time limit, clearly", async () => {
    const server = createServer(() => {});
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    try {
      const started = Date.now();
      const result = await leakline(["scan", `ssh://127.0.0.1:${(server.address() as AddressInfo).port}`, "--time-limit", "2"], { env: { HOME: folder, SSH_AUTH_SOCK: "" } });
      expect(result.status).toBe(2);
      expect(result.stderr).toMatch(/^leakline: .*127\.0\.0\.1.*2/);
      expect(Date.now() - started).toBeLessThan(10_000);
    } finally {
      server.close();
    }
  });

  test("interrupted, it ends at once with one line", async () => {
    const server = createServer(() => {});
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    try {
      const child = spawn(process.execPath, [PROGRAM, "scan", `ssh://127.0.0.1:${(server.address() as AddressInfo).port}`], { env: { ...process.env, HOME: folder, SSH_AUTH_SOCK: "" }, stdio: ["ignore", "pipe", "pipe"] });
      let stderr = "";
      child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
      await new Promise<void>((resolve) => server.once("connection", () => resolve()));
      child.kill("SIGINT");
      const status = await new Promise((resolve) => child.on("close", resolve));
      expect(status).toBe(2);
      expect(stderr).toMatch(/^leakline: [^\n]*[Cc]ancelled[^\n]*\n$/);
    } finally {
      server.close();
    }
  });

  describe("over ssh", () => {
    let sshd: Sshd;
    beforeAll(async () => {
      sshd = await startSshd();
    });
    afterAll(() => sshd.stop());

    test("an unknown host key is refused, its fingerprint shown", async () => {
      const home = await mkdtemp(join(folder, "home-"));
      const result = await leakline(["scan", `ssh://127.0.0.1:${sshd.port}`], { env: { HOME: home, SSH_AUTH_SOCK: "" } });
      expect(result.status).toBe(2);
      expect(result.stderr).toMatch(/SHA256:[A-Za-z0-9+/]{43}/);
      expect(result.stderr.trimEnd().split("\n")).toHaveLength(1);
    });

    test("the same sockets are seen there as here", async () => {
      const server = createServer();
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      const port = (server.address() as AddressInfo).port;
      try {
        const [there, here] = await Promise.all([
          leakline(["scan", `ssh://127.0.0.1:${sshd.port}`, "--json"], { env: { HOME: sshd.home, SSH_AUTH_SOCK: "" } }),
          leakline(["scan", "local", "--json"]),
        ]);
        const listener = (text: string): object | undefined =>
          (JSON.parse(text) as { snapshots: { sockets: { state: string; local: { port: number } }[] }[] }).snapshots[0]?.sockets.find((socket) => socket.state === "LISTEN" && socket.local.port === port);
        expect(listener(there.stdout)).toMatchObject({ pid: process.pid });
        expect(listener(there.stdout)).toEqual(listener(here.stdout));
      } finally {
        server.close();
      }
    });
  });
});

describe("preserve", () => {
  test("keeps two looks in a new file, which opens again; an existing file is never overwritten", async () => {
    const file = join(folder, "scene.json");
    const kept = await leakline(["preserve", "local", "-o", file]);
    expect([0, 1]).toContain(kept.status);
    const document = JSON.parse(await readFile(file, "utf8")) as { schema: string; snapshots: object[] };
    expect(document.schema).toBe("leakline.investigation/1");
    expect(document.snapshots).toHaveLength(2);
    const opened = await leakline(["open", file, "--json"]);
    expect(opened.status).toBe(kept.status);
    const again = await leakline(["preserve", "local", "-o", file]);
    expect(again.status).toBe(2);
    expect(again.stderr).toContain("scene.json");
  });
});

describe("demo", () => {
  test("leaks for real: both stories are found, each with its line first, and nothing is left behind", async () => {
    const result = await leakline(["demo", "--json"], { env: { XDG_CACHE_HOME: folder } });
    expect(result.status).toBe(1);
    const { diagnoses, suspects } = JSON.parse(result.stdout) as {
      diagnoses: { cause: string; process: { name: string; pid: number } | null; peerIdleTimeoutMs: number | null; service: { kind: string } | null }[];
      suspects: { rank: number; file: string; symbol: string; diagnosis: number }[];
    };
    const pinned = diagnoses.findIndex((diagnosis) => diagnosis.cause === "connection-pinned" && diagnosis.process?.name === "shopd");
    const stalled = diagnoses.findIndex((diagnosis) => diagnosis.cause === "accept-queue-stalled" && diagnosis.process?.name === "gateway");
    expect(diagnoses[pinned]?.service?.kind).toBe("mysql");
    expect(diagnoses[pinned]?.peerIdleTimeoutMs).toBeGreaterThan(1_960);
    expect(diagnoses[pinned]?.peerIdleTimeoutMs).toBeLessThan(2_040);
    expect(suspects.find((suspect) => suspect.diagnosis === pinned)).toMatchObject({ file: "shopd/orders/update.go", symbol: expect.stringContaining("Update") as string });
    expect(suspects.find((suspect) => suspect.diagnosis === stalled)).toMatchObject({ file: "gateway/app.py", symbol: expect.stringContaining("Offer.get") as string });
    for (const { process: held } of diagnoses) {
      if (held?.name === "shopd" || held?.name === "gateway") expect(() => process.kill(held.pid, 0)).toThrow(/ESRCH/);
    }
  });
});

describe("anonymize", () => {
  test("writes a case that opens again and holds none of its words, and never overwrites", async () => {
    const capture = join(folder, "telling.txt");
    const rows = Array.from({ length: 12 }, (_, index) => `CLOSE-WAIT 1 0 192.168.77.5:${41_000 + index} 172.19.3.9:3306 users:(("umbrellad",pid=4711,fd=${index + 5})) timer:(keepalive,12sec,0) uid:1001 ino:${900 + index} sk:${index} cgroup:/system.slice/umbrellad.service --> cubic lastsnd:600000 lastrcv:600000 lastack:540000`);
    await writeFile(capture, `$ sudo ss -tanpoieHO\n${rows.join("\n")}\nmotd of umbrella\n`);
    const saved = join(folder, "telling.json");
    const opened = await leakline(["open", capture, "--json"]);
    expect(opened.status).toBe(1);
    await writeFile(saved, opened.stdout);
    const out = join(folder, "anonymous.json");
    expect(await leakline(["anonymize", saved, "-o", out])).toMatchObject({ status: 0, stdout: "" });
    const text = await readFile(out, "utf8");
    expect(["umbrella", "192.168.77.5", "172.19.3.9", "telling.txt", "motd"].filter((word) => text.includes(word))).toEqual([]);
    const shape = (document: string): unknown => (JSON.parse(document) as { diagnoses: { cause: string; count: number; confidence: string }[] }).diagnoses.map(({ cause, count, confidence }) => [cause, count, confidence]);
    const again = await leakline(["open", out, "--json"]);
    expect(again.status).toBe(1);
    expect(shape(again.stdout)).toEqual(shape(opened.stdout));
    expect(await leakline(["anonymize", saved, "-o", out])).toMatchObject({ status: 2, stderr: expect.stringContaining("anonymous.json") as string });
    expect(await readFile(out, "utf8")).toBe(text);
  });
});

/** A real program's own log, its places hidden from us and compared afterwards: Debian's Python with the standard library's loggers and servers. */
describe("from a log line to its statement", () => {
  const PYTHON = `import http.server, logging, sys, threading, urllib.request

log = logging.getLogger("shop")
STARTED = "shop is listening on port %d"

class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        log.info("request for %s by %s", self.path, self.client_address[0])
        if self.path == "/refund":
            self.refund()
        self.send_response(200)
        self.end_headers()

    def refund(self):
        try:
            raise ValueError("no order %d" % 17)
        except ValueError as error:
            log.exception("refund failed: %s", error)

    def log_message(self, format, *args):
        log.debug("http: " + format, *args)

def main():
    server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
    log.warning(STARTED, server.server_port)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    for path in ("/orders", "/refund", "/orders/3"):
        urllib.request.urlopen("http://127.0.0.1:%d%s" % (server.server_port, path)).read()
    log.info("served " + str(3) + " requests")
    server.shutdown()

logging.basicConfig(level=logging.DEBUG, format="%(lineno)d\\t%(asctime)s %(levelname)s [%(threadName)s] %(name)s: %(message)s", stream=sys.stdout)
main()
`;

  test("every line of a server's log, its values, and the frames of its traces", async () => {
    const workspace = join(folder, "lines");
    await mkdir(join(workspace, "shop"), { recursive: true });
    await writeFile(join(workspace, "shop", "server.py"), PYTHON);
    const run = spawn("/usr/bin/python3", [join(workspace, "shop", "server.py")], { stdio: ["ignore", "pipe", "inherit"] });
    let raw = "";
    for await (const chunk of run.stdout) raw += String(chunk);
    const written = new Map<number, number>();
    const bare = raw.split("\n").map((line, index) => {
      const place = /^(\d+)\t/.exec(line);
      if (place === null) return line;
      written.set(index + 1, Number(place[1]));
      return line.slice(place[0].length);
    });
    await writeFile(join(workspace, "shop.log"), bare.join("\n"));
    const { stdout, status } = await leakline(["locate-line", join(workspace, "shop.log"), "--workspace", workspace, "--json"]);
    expect(status).toBe(0);
    const { lines } = JSON.parse(stdout) as { lines: { line: number; statement: { file: string; line: number; symbol: string } | null; values: { name: string; value: string }[]; explains: { statement: { line: number } }[]; frames: { file: string | null; line: number; symbol: string }[] }[] };
    expect(written.size).toBeGreaterThanOrEqual(9);
    expect(lines.map(({ line, statement }) => [line, statement?.line])).toEqual([...written]);
    const refund = lines.find(({ statement }) => statement?.symbol === "Handler.refund");
    expect(refund?.values).toEqual([{ name: "error", value: "no order 17" }]);
    expect(refund?.explains.map(({ statement }) => statement.line)).toEqual([16]);
    expect(refund?.frames.map(({ file, line, symbol }) => [file, line, symbol])).toEqual([["shop/server.py", 16, "refund"]]);
  });

  test("statements lists what the code can log", async () => {
    const { stdout } = await leakline(["statements", join(folder, "lines")]);
    expect(stdout).toContain("shop/server.py:25  warning  shop is listening on port <*>  (main, logging)");
  });
});
