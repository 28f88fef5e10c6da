import { createRequire } from "node:module";
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { Analysis, Finding } from "../../src/model/finding";
import { LANGUAGES } from "../../src/locate/languages/registry";
import { Locator, defaultMemoryMb } from "../../src/locate/locator";
import type { LocatorOptions } from "../../src/locate/locator";
import { wasmFromNodeModules } from "../../src/locate/parsing/wasm-from-node-modules";
import { loadRules } from "../../src/locate/rules/load-rules";
import { loadBuiltInRules } from "../../src/locate/rules/built-in";
import { ensureNativeEngine } from "../../build/native-engine.mjs";
import { buildWorker } from "./build-worker";
import { temporaryWorkspace } from "./temporary-workspace";
import type { TemporaryWorkspace } from "./temporary-workspace";
import { textAnalysis } from "./text-analysis";

const LEAKING_GO = `package shop

import "database/sql"

func update(db *sql.DB, empty bool) error {
	tx, err := db.Begin()
	if err != nil {
		return err
	}
	if empty {
		return nil
	}
	return tx.Commit()
}
`;
const LEAK = { file: "store/update.go", line: 6, rule: "go/sql-transaction" };
const CLEAN_GO = LEAKING_GO.replace("\tif empty {", "\tdefer tx.Rollback()\n\tif empty {");

let worker: Awaited<ReturnType<typeof buildWorker>>;
let hanging: Awaited<ReturnType<typeof buildWorker>>;
let cache = "";
let locator: Locator | null = null;
let workspace: TemporaryWorkspace | null = null;

beforeAll(async () => {
  worker = await buildWorker();
  hanging = await buildWorker(join(import.meta.dirname, "locate-worker-hanging-entry.ts"));
});
afterAll(() => {
  worker.remove();
  hanging.remove();
});
afterEach(async () => {
  await locator?.dispose();
  locator = null;
  workspace?.remove();
  workspace = null;
  if (cache !== "") rmSync(cache, { recursive: true, force: true });
  cache = "";
});

function opened(change: Partial<LocatorOptions> = {}): Locator {
  locator = new Locator({
    engine: "wasm",
    wasm: wasmFromNodeModules(process.cwd()),
    workerFile: worker.file,
    workers: 2,
    cacheDirectory: null,
    rules: [],
    require: createRequire(import.meta.url),
    onNotice: () => undefined,
    ...change,
  });
  return locator;
}

function analyze(one: Locator, root: string, only: readonly string[] = []): Promise<Analysis> {
  return one.analyze(root, { signal: new AbortController().signal, onProgress: () => undefined, only });
}

function update(one: Locator, root: string, changed: readonly string[]): Promise<Analysis> {
  return one.update(root, changed, { signal: new AbortController().signal, onProgress: () => undefined });
}

function places(findings: readonly Finding[]): { file: string; line: number; rule: string }[] {
  return findings.map(({ file, range, rule }) => ({ file, line: range.start.line, rule }));
}

function folder(files: Readonly<Record<string, string | Uint8Array>>): string {
  workspace = temporaryWorkspace(files);
  return workspace.root;
}

function cacheFolder(): string {
  cache = mkdtempSync(join(tmpdir(), "leakline-cache-"));
  return cache;
}

/** Threads of this process: what an abort must not leave behind. */
function threads(): number {
  return readdirSync("/proc/self/task").length;
}

describe("an analysis of some rules", () => {
  const files = { "go.mod": "module shop\n", "store/update.go": LEAKING_GO, "web/get.go": 'package web\n\nimport "net/http"\n\nfunc Get(c *http.Client) (int, error) {\n\tr, err := c.Get("http://a")\n\tif err != nil {\n\t\treturn 0, err\n\t}\n\treturn r.StatusCode, nil\n}\n' };

  it("finds what all rules find of these, and reads only the files that these speak of", async () => {
    workspace = temporaryWorkspace(files);
    const whole = await analyze(opened(), workspace.root);
    expect(new Set(whole.findings.map(({ rule }) => rule))).toContain("go/http-response-body");
    const some = await analyze(opened({ only: ["go/sql-*"] }), workspace.root);
    expect(some.findings).toEqual(whole.findings.filter(({ rule }) => rule.startsWith("go/sql-")));
    expect(some.findings).toMatchObject([{ file: LEAK.file, rule: LEAK.rule }]);
    expect([whole.stats.parsed, some.stats.parsed]).toEqual([2, 1]);
    expect((await analyze(opened({ only: ["net/http"] }), workspace.root)).findings.map(({ file }) => file)).toEqual(whole.findings.filter(({ library }) => library === "net/http").map(({ file }) => file));
  });
});

describe("Locator", () => {
  it("finds what leaks, and counts what it saw", async () => {
    const root = folder({ "go.mod": "module example.test/shop\n", "store/update.go": LEAKING_GO, "store/other.go": "package shop\n\nfunc add(a, b int) int { return a + b }\n", "readme.md": "" });
    const { findings, stats } = await analyze(opened(), root);
    expect(places(findings)).toEqual([LEAK]);
    expect(stats).toMatchObject({ files: 2, parsed: 1, cached: 0, engine: "wasm", givenUp: [], bytes: Buffer.byteLength(LEAKING_GO) + "package shop\n\nfunc add(a, b int) int { return a + b }\n".length });
  });

  it("tells how far it is, ending with all", async () => {
    const root = folder({ "store/update.go": LEAKING_GO });
    const told: string[] = [];
    await opened().analyze(root, { signal: new AbortController().signal, onProgress: ({ phase, done, total }) => told.push(`${phase} ${done}/${total}`) });
    expect(told).toEqual(["read 0/1", "parse 1/1", "solve 1/1"]);
  });

  it("rejects a root that is no folder, and works after that", async () => {
    const one = opened();
    await expect(analyze(one, "/nonexistent/leakline")).rejects.toMatchObject({ name: "Failure", reason: "notFound" });
    expect((await analyze(one, folder({}))).findings).toEqual([]);
  });

  it("silences what a leakline-ignore comment speaks of", async () => {
    const commented = LEAKING_GO.replace("\ttx, err :=", "\t// leakline-ignore: go/sql-transaction -- the caller commits\n\ttx, err :=");
    const other = LEAKING_GO.replace("\ttx, err :=", "\t// leakline-ignore: go/another-rule\n\ttx, err :=");
    const { findings } = await analyze(opened(), folder({ "a/update.go": commented, "b/update.go": other }));
    expect(places(findings)).toEqual([{ file: "b/update.go", line: 6, rule: "leakline/unused-ignore" }, { file: "b/update.go", line: 7, rule: "go/sql-transaction" }]);
  });

  it("finds a comment that silences nothing, also in a file that nothing else would be read for", async () => {
    const { findings } = await analyze(opened(), folder({ "a.go": "package a\n\n// leakline-ignore: go/sql-rows -- long mended\nfunc F() {}\n", "b.py": "# prose about leakline-ignore\nx = 'leakline-ignore'\n" }));
    expect(places(findings)).toEqual([{ file: "a.go", line: 3, rule: "leakline/unused-ignore" }]);
  });

  it("gives only what is wanted, though helpers elsewhere are read", async () => {
    const root = folder({ "a/update.go": LEAKING_GO, "b/update.go": LEAKING_GO });
    expect(places((await analyze(opened(), root, ["b"])).findings)).toEqual([{ ...LEAK, file: "b/update.go" }]);
  });

  it("tells what it finds in the files that are wanted first before it has read the others", async () => {
    workspace = temporaryWorkspace({
      "go.mod": "module example.test/shop\n",
      "a/a.go": LEAKING_GO, "m/m.go": LEAKING_GO, "z/z.go": LEAKING_GO, "z/more.go": CLEAN_GO.replace("update", "other"),
    });
    const told: string[][] = [];
    let parsedBefore = Number.POSITIVE_INFINITY;
    let parsed = 0;
    const { findings } = await opened().analyze(workspace.root, {
      signal: new AbortController().signal,
      onProgress: ({ phase, done }) => {
        if (phase === "parse") parsed = done;
      },
      first: ["m"],
      onFindings: (some) => {
        told.push(some.map(({ file }) => file));
        parsedBefore = Math.min(parsedBefore, parsed);
      },
    });
    expect(told).toEqual([["m/m.go"]]);
    expect(parsedBefore).toBe(1);
    expect(findings.map(({ file }) => file)).toEqual(["a/a.go", "m/m.go", "z/z.go"]);
  });

  it("uses rules besides the built-in ones", async () => {
    const own = loadRules(
      `schema: leakline.rules/1
library: locks
language: go
imports: [example.test/locks]
resources:
  - rule: go/lease
    noun: lease
    type: $.Lease
    opens: [{ call: $.Take, error: null }]
    closes: Free
    advice: Free it.
`,
      "locks.yaml",
    );
    const root = folder({ "job.go": 'package job\n\nimport "example.test/locks"\n\nfunc run(skip bool) {\n\tlease := locks.Take()\n\tif skip {\n\t\treturn\n\t}\n\tlease.Free()\n}\n' });
    expect(places((await analyze(opened({ rules: [own] }), root)).findings)).toEqual([{ file: "job.go", line: 6, rule: "go/lease" }]);
  });
});

describe("the cache", () => {
  it("gives the same again without parsing, also in a new process's locator", async () => {
    const root = folder({ "store/update.go": LEAKING_GO, "store/clean.go": CLEAN_GO.replace("func update", "func clean") });
    const cacheDirectory = cacheFolder();
    const first = await analyze(opened({ cacheDirectory }), root);
    expect(first.stats).toMatchObject({ parsed: 2, cached: 0 });
    await locator?.dispose();
    const second = await analyze(opened({ cacheDirectory }), root);
    expect(second.stats).toMatchObject({ files: 2, parsed: 0, cached: 2, bytes: first.stats.bytes });
    expect(second.findings).toEqual(first.findings);
  });

  it("parses alone what has changed", async () => {
    const root = folder({ "store/update.go": LEAKING_GO, "store/other.go": LEAKING_GO.replace("func update", "func other") });
    const cacheDirectory = cacheFolder();
    await analyze(opened({ cacheDirectory }), root);
    await locator?.dispose();
    workspace?.write("store/other.go", CLEAN_GO.replace("func update", "func other"));
    const { stats, findings } = await analyze(opened({ cacheDirectory }), root);
    expect(stats).toMatchObject({ parsed: 1, cached: 1 });
    expect(places(findings)).toEqual([LEAK]);
  });

  it.each([
    ["cut short", (bytes: Buffer) => bytes.subarray(0, bytes.length - 20)],
    ["cut in its head", (bytes: Buffer) => bytes.subarray(0, 30)],
    ["empty", () => Buffer.alloc(0)],
    ["of other bytes", (bytes: Buffer) => Buffer.from(bytes.map((byte, index) => (index > 60 && index % 7 === 0 ? byte ^ 0x5a : byte)))],
    ["damaged in its last byte", (bytes: Buffer) => Buffer.from(bytes.map((byte, index) => (index === bytes.length - 1 ? byte ^ 1 : byte)))],
  ])("that is %s is made anew, and told of", async (_how, damage) => {
    const root = folder({ "store/update.go": LEAKING_GO });
    const cacheDirectory = cacheFolder();
    const first = await analyze(opened({ cacheDirectory }), root);
    await locator?.dispose();
    const [name] = readdirSync(cacheDirectory);
    const pack = join(cacheDirectory, name ?? "");
    writeFileSync(pack, damage(readFileSync(pack)));
    // A change, so that the flows are asked for and not the whole analysis alone.
    workspace?.write("store/new.go", "package shop\n\nfunc nothing() {}\n");
    const notices: string[] = [];
    const second = await analyze(opened({ cacheDirectory, onNotice: (text) => notices.push(text) }), root);
    expect(notices).toEqual(["the kept analysis of this workspace is damaged: it is made anew"]);
    expect(second.findings).toEqual(first.findings);
    expect(second.stats).toMatchObject({ files: 2, parsed: 1, cached: 0 });
    const third = await analyze(opened({ cacheDirectory }), root);
    expect(third.stats).toMatchObject({ parsed: 0, cached: 1 });
  });

  it("of other rules is not used, and one that cannot be written costs nothing", async () => {
    const root = folder({ "store/update.go": LEAKING_GO });
    const cacheDirectory = cacheFolder();
    await analyze(opened({ cacheDirectory }), root);
    await locator?.dispose();
    const [some] = loadBuiltInRules();
    const notices: string[] = [];
    const { stats } = await analyze(opened({ cacheDirectory, onNotice: (text) => notices.push(text), rules: [{ ...(some as NonNullable<typeof some>), library: "another", resources: [] }] }), root);
    expect(stats).toMatchObject({ parsed: 1, cached: 0 });
    expect(notices).toEqual(["the kept analysis of this workspace is of another version, or of other rules: it is made anew"]);
    await locator?.dispose();
    writeFileSync(join(cacheDirectory, "file"), "");
    expect(places((await analyze(opened({ cacheDirectory: join(cacheDirectory, "file") }), root)).findings)).toEqual([LEAK]);
  });
});

describe("after a save", () => {
  it("reads the saved file alone, and finds the same as from the start", async () => {
    const root = folder({ "store/update.go": CLEAN_GO, "store/other.go": LEAKING_GO.replace("func update", "func other") });
    const one = opened();
    expect(places((await analyze(one, root)).findings)).toEqual([{ ...LEAK, file: "store/other.go" }]);
    workspace?.write("store/update.go", LEAKING_GO);
    const after = await update(one, root, ["store/update.go"]);
    expect(after.stats).toMatchObject({ files: 2, parsed: 1, cached: 1 });
    expect(places(after.findings)).toEqual([{ ...LEAK, file: "store/other.go" }, LEAK]);
    expect((await analyze(opened(), root)).findings).toEqual(after.findings);
  });

  it("sees files that came, went, or can no longer be read", async () => {
    const root = folder({ "store/update.go": LEAKING_GO });
    const one = opened();
    await analyze(one, root);
    workspace?.write("store/new.go", LEAKING_GO.replace("func update", "func fresh"));
    expect(places((await update(one, root, ["store/new.go"])).findings)).toEqual([{ ...LEAK, file: "store/new.go" }, LEAK]);
    rmSync(join(root, "store/new.go"));
    const gone = await update(one, root, ["store/new.go"]);
    expect(places(gone.findings)).toEqual([LEAK]);
    workspace?.write("store/update.go", new Uint8Array([0x70, 0xff, 0xfe]));
    const unreadable = await update(one, root, ["store/update.go"]);
    expect(unreadable).toMatchObject({ findings: [], stats: { givenUp: [{ file: "store/update.go", reason: "not UTF-8" }] } });
  });

  it("sees a folder that went, or was replaced, though nobody tells of its files", async () => {
    const root = folder({ "store/update.go": LEAKING_GO, "late/store/update.go": LEAKING_GO, "later/one.go": CLEAN_GO });
    const one = opened();
    expect(places((await analyze(one, root)).findings)).toEqual([{ ...LEAK, file: "late/store/update.go" }, LEAK]);
    rmSync(join(root, "late"), { recursive: true });
    expect(places((await update(one, root, ["late"])).findings)).toEqual([LEAK]);
    workspace?.write("later/one.go", LEAKING_GO);
    workspace?.write("later/two.go", LEAKING_GO.replace("func update", "func other"));
    expect(places((await update(one, root, ["later"])).findings)).toEqual([{ ...LEAK, file: "later/one.go" }, { ...LEAK, file: "later/two.go" }, LEAK]);
  });

  it("goes on from what was kept when the program was started again", async () => {
    const root = folder({ "store/update.go": CLEAN_GO, "store/other.go": LEAKING_GO.replace("func update", "func other") });
    const cacheDirectory = cacheFolder();
    await analyze(opened({ cacheDirectory }), root);
    await locator?.dispose();
    const again = opened({ cacheDirectory });
    expect((await analyze(again, root)).stats).toMatchObject({ parsed: 0, cached: 2 });
    workspace?.write("store/update.go", LEAKING_GO);
    const after = await update(again, root, ["store/update.go"]);
    expect(after.stats).toMatchObject({ parsed: 1, cached: 1 });
    expect(places(after.findings)).toEqual([{ ...LEAK, file: "store/other.go" }, LEAK]);
  });

  it("without a look before looks at everything", async () => {
    const root = folder({ "store/update.go": LEAKING_GO });
    expect(places((await update(opened(), root, ["store/update.go"])).findings)).toEqual([LEAK]);
  });
});

describe("odd files", () => {
  it("cost themselves at most, and are named", async () => {
    const root = folder({
      "store/update.go": LEAKING_GO,
      "empty.go": "",
      "bom.go": Buffer.from(`\uFEFF${LEAKING_GO}`),
      "crlf.go": LEAKING_GO.replaceAll("\n", "\r\n"),
      "nul.go": LEAKING_GO.replace("if empty", "/* \0 */ if empty"),
      "latin1.go": Buffer.from(LEAKING_GO.replace("package shop", "package shop // caf\u00e9"), "latin1"),
      "utf16.py": Buffer.from("\uFEFFimport requests\n", "utf16le"),
      "large.go": `${LEAKING_GO}// ${"x".repeat(2 * 1024 * 1024)}\n`,
      "one-line.py": `import requests; x = [${"1, ".repeat(340_000)}]\n`,
      "broken.go": LEAKING_GO.replace("package shop", "package shop\nfunc ((("),
      "huge.go": Buffer.alloc(50 * 1024 * 1024, "x"),
      "brackets.go": `package shop\n\nimport "database/sql"\n\nvar deep = ${"(".repeat(1_000_000)}`,
      "minified.js": `const pg=require("pg");${"function f(a){return a.b(c)};".repeat(3_000)}`,
    });
    const { findings, stats } = await analyze(opened({ fileLimitMs: 60_000 }), root);
    expect(stats.givenUp).toEqual(expect.arrayContaining([
      { file: "latin1.go", reason: "not UTF-8" },
      { file: "utf16.py", reason: "not UTF-8" },
      { file: "large.go", reason: "over 2 MB" },
      { file: "huge.go", reason: "over 2 MB" },
    ]));
    // A million brackets are read or given up, by name; what a program wrote is nobody's code.
    expect(stats.givenUp.map(({ file }) => file).filter((file) => file !== "brackets.go").sort()).toEqual(["huge.go", "large.go", "latin1.go", "utf16.py"]);
    expect(stats.files).toBe(13);
    for (const file of ["store/update.go", "bom.go", "crlf.go", "nul.go"]) expect(places(findings)).toContainEqual({ ...LEAK, file });
  });
});

describe("memory", () => {
  /** So much code that it does not fit into the least bound. */
  const large = (): Record<string, string> => {
    const body = LEAKING_GO.slice(LEAKING_GO.indexOf("func update"));
    const functions = Array.from({ length: 400 }, (_, i) => body.replace("update", `update${i}`)).join("\n");
    return Object.fromEntries(Array.from({ length: 12 }, (_, i) => [`p${i}/update.go`, `package p${i}\n\nimport "database/sql"\n\n${functions}`]));
  };

  it("that is not enough ends the analysis with a failure that names the setting; the thread that asked, and what was kept, live on", async () => {
    const root = folder(large());
    const cacheDirectory = cacheFolder();
    let memoryMb = 64;
    const one = opened({ cacheDirectory, fileLimitMs: 60_000, memoryMb: () => memoryMb });
    const part = await analyze(one, join(root, "p0"));
    await expect(analyze(one, root)).rejects.toMatchObject({ name: "Failure", reason: "outOfMemory", message: expect.stringContaining("64 MB"), remedy: expect.stringContaining("leakline.analysis.memoryMb") });
    expect((await analyze(one, join(root, "p0"))).stats).toMatchObject({ parsed: 0, cached: 1 });
    expect(part.findings).toHaveLength(400);
    // More is allowed: the same locator goes on with it, without being made anew.
    await one.dispose();
    memoryMb = 2048;
    expect((await analyze(one, root)).findings).toHaveLength(4800);
  });

  it("is half of the machine's where nobody names a bound, within limits", () => {
    expect([0.5, 4, 64].map((gb) => defaultMemoryMb(gb * 1024 ** 3))).toEqual([1024, 2048, 4096]);
  });
});

describe("workers", () => {
  it("give up a file that takes too long, crashes or throws, name it, and go on with the others", async () => {
    const spoiled = (words: string): string => LEAKING_GO.replace("package shop", `package shop // ${words}`);
    const root = folder({ "a.go": spoiled("HANG FOR EVER"), "b.go": spoiled("END THE THREAD"), "c.go": spoiled("THROW"), "store/update.go": LEAKING_GO, "z.go": LEAKING_GO });
    const { findings, stats } = await analyze(opened({ workerFile: hanging.file, workers: 1, fileLimitMs: 1500 }), root);
    expect(places(findings)).toEqual([LEAK, { ...LEAK, file: "z.go" }]);
    expect(stats.parsed).toBe(2);
    expect(stats.givenUp).toEqual([
      { file: "a.go", reason: "over 1.5 s" },
      { file: "b.go", reason: expect.stringContaining("status 7") as string },
      { file: "c.go", reason: "could not be lowered: thrown by the test" },
    ]);
  });

  it("are gone when an analysis is aborted, and come back", async () => {
    const root = folder({ "a.go": LEAKING_GO.replace("package shop", "package shop // HANG FOR EVER"), "b.go": LEAKING_GO.replace("package shop", "package shop // HANG FOR EVER") });
    const one = opened({ workerFile: hanging.file, fileLimitMs: 600_000 });
    const before = threads();
    const abort = new AbortController();
    let most = 0;
    const running = one.analyze(root, { signal: abort.signal, onProgress: () => undefined });
    const rejected = expect(running).rejects.toMatchObject({ name: "Failure", reason: "cancelled" });
    // The session and its two workers.
    while (most < before + 3) {
      most = Math.max(most, threads());
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    abort.abort();
    await rejected;
    for (let tries = 0; threads() > before && tries < 100; tries++) await new Promise((resolve) => setTimeout(resolve, 20));
    expect(threads()).toBeLessThanOrEqual(before);
    workspace?.write("a.go", LEAKING_GO);
    workspace?.write("b.go", CLEAN_GO);
    expect(places((await analyze(one, root)).findings)).toEqual([{ ...LEAK, file: "a.go" }]);
  });

  it("are not started for an analysis that was aborted before it began", async () => {
    const before = threads();
    await expect(opened().analyze(folder({ "a.go": LEAKING_GO }), { signal: AbortSignal.abort(), onProgress: () => undefined })).rejects.toMatchObject({ reason: "cancelled" });
    expect(threads()).toBeLessThanOrEqual(before);
  });

  it("serve analyses in the order they were asked for", async () => {
    const one = opened();
    const root = folder({ "store/update.go": LEAKING_GO });
    const [first, second] = await Promise.all([analyze(one, root), analyze(one, root)]);
    expect(first.findings).toEqual(second.findings);
  });
});

describe("engines", () => {
  const corpus = join(import.meta.dirname, "..", "corpus");

  it("give the same findings, and the same as without prefilter, over the corpus", async () => {
    ensureNativeEngine();
    const wasm = await analyze(opened(), corpus);
    await locator?.dispose();
    const notices: string[] = [];
    const native = await analyze(opened({ engine: "native", onNotice: (text) => notices.push(text) }), corpus);
    expect(notices).toEqual([]);
    expect(native.stats.engine).toBe("native");
    expect(wasm.findings.length).toBeGreaterThan(20);
    expect(native.findings).toEqual(wasm.findings);
    expect(native.stats).toMatchObject({ files: wasm.stats.files, parsed: wasm.stats.parsed, opaque: wasm.stats.opaque, givenUp: [] });

    const texts = readdirSync(corpus, { recursive: true, encoding: "utf8" }).sort().filter((file) => LANGUAGES.some(({ extensions }) => extensions.some((extension) => file.endsWith(extension))));
    const { moduleNames } = await import("../../src/locate/module-names");
    const { listWorkspace } = await import("../../src/locate/workspace-files");
    const listing = listWorkspace(corpus, LANGUAGES);
    const names = moduleNames(listing.root, listing.landmarks);
    const { declaredModule } = await import("../../src/locate/prefilter");
    const all = await textAnalysis(LANGUAGES, loadBuiltInRules(), texts.map((file) => {
      const text = readFileSync(join(corpus, file), "utf8");
      const { id } = LANGUAGES.find(({ extensions }) => extensions.some((extension) => file.endsWith(extension)))!;
      return { file, text, module: declaredModule(id, text) ?? names.of(file, id) };
    }));
    expect(wasm.findings).toEqual(all.findings);
  }, 300_000);

  it("say once that the native one does not load, and go on", async () => {
    const notices: string[] = [];
    const root = folder({ "store/update.go": LEAKING_GO });
    const one = opened({ engine: "native", require: createRequire("/nonexistent/x.js"), onNotice: (text) => notices.push(text) });
    const first = await analyze(one, root);
    await analyze(one, root);
    expect(first.stats.engine).toBe("wasm");
    expect(places(first.findings)).toEqual([LEAK]);
    expect(notices).toEqual([expect.stringContaining("native engine")]);
  });
});

describe("what a workspace logs", () => {
  const statements = async (one: Locator, root: string): Promise<string[]> =>
    (await one.statements(root, { signal: new AbortController().signal, onProgress: () => undefined })).statements.map(({ file, line, template }) => `${file}:${line} ${template}`);

  it("is read through the workers, kept by content, and read again where a file changed", async () => {
    cache = mkdtempSync(join(tmpdir(), "leakline-cache-"));
    workspace = temporaryWorkspace({ "shop/a.py": 'import logging\nlogging.info("order %s accepted", x)\n', "shop/b.go": 'package shop\nimport "log"\nfunc f() { log.Println("closing", n) }\n' });
    const first = opened({ cacheDirectory: cache });
    expect(await statements(first, workspace.root)).toEqual(["shop/a.py:2 order <*> accepted", "shop/b.go:3 closing <*>"]);
    await first.dispose();
    expect(readdirSync(cache).filter((file) => file.endsWith(".statements"))).toHaveLength(1);
    const second = opened({ cacheDirectory: cache });
    expect(await statements(second, workspace.root)).toEqual(["shop/a.py:2 order <*> accepted", "shop/b.go:3 closing <*>"]);
    workspace.write("shop/a.py", 'import logging\n\nlogging.info("order %s refused", x)\n');
    expect(await statements(second, workspace.root)).toEqual(["shop/a.py:3 order <*> refused", "shop/b.go:3 closing <*>"]);
  });

  it("a damaged cache is as good as none", async () => {
    cache = mkdtempSync(join(tmpdir(), "leakline-cache-"));
    workspace = temporaryWorkspace({ "a.rb": 'logger.info "order accepted"\n' });
    const first = opened({ cacheDirectory: cache });
    await statements(first, workspace.root);
    await first.dispose();
    for (const file of readdirSync(cache)) writeFileSync(join(cache, file), "nonsense");
    expect(await statements(opened({ cacheDirectory: cache }), workspace.root)).toEqual(["a.rb:1 order accepted"]);
  });
});

describe("generated clients", () => {
  const CLIENT = `// Code generated by protoc-gen-go-grpc. DO NOT EDIT.

package feedpb

import (
	context "context"

	grpc "google.golang.org/grpc"
)

type FeedClient interface {
	Items(ctx context.Context, in *Request, opts ...grpc.CallOption) (grpc.ServerStreamingClient[Item], error)
	Later(ctx context.Context, in *Request, opts ...grpc.CallOption) (Feed_LaterClient, error)
}

type feedClient struct {
	cc grpc.ClientConnInterface
}

func (c *feedClient) Items(ctx context.Context, in *Request, opts ...grpc.CallOption) (grpc.ServerStreamingClient[Item], error) {
	stream, err := c.cc.NewStream(context.Background(), &Feed_ServiceDesc.Streams[0], "/shop.Feed/Items", opts...)
	if err != nil {
		return nil, err
	}
	if err := stream.CloseSend(); err != nil {
		return nil, err
	}
	return &grpc.GenericClientStream[Request, Item]{ClientStream: stream}, nil
}

func (c *feedClient) Later(ctx context.Context, in *Request, opts ...grpc.CallOption) (Feed_LaterClient, error) {
	stream, err := c.cc.NewStream(ctx, &Feed_ServiceDesc.Streams[1], "/shop.Feed/Later", opts...)
	if err != nil {
		return nil, err
	}
	return &feedLaterClient{stream}, nil
}

type Feed_LaterClient interface {
	Recv() (*Item, error)
	grpc.ClientStream
}

type feedLaterClient struct {
	grpc.ClientStream
}
`;
  const USER = (name: string, context: string) => `package shop

import (
	"context"

	"example.com/shop/feedpb"
)

func first(given context.Context, client feedpb.FeedClient) (*feedpb.Item, error) {
	stream, err := client.${name}(${context}, &feedpb.Request{})
	if err != nil {
		return nil, err
	}
	return stream.Recv()
}
`;

  it("are read for the streams that they give, and have no findings of their own", async () => {
    const root = folder({
      "go.mod": "module example.com/shop\n", "feedpb/feed_grpc.pb.go": CLIENT,
      "items.go": USER("Items", "context.Background()"), "later.go": USER("Later", "context.TODO()"), "given.go": USER("Items", "given"),
    });
    const { findings } = await analyze(opened({ rules: loadBuiltInRules({ languages: ["go"] }) }), root);
    expect(places(findings)).toEqual([{ file: "items.go", line: 10, rule: "go/grpc-stream" }, { file: "later.go", line: 10, rule: "go/grpc-stream" }]);
  });
});
