import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { WorkerThread } from "../../../src/locate/parsing/worker-thread";

const PROGRAM = `
import { workerData } from "node:worker_threads";
import { Failure } from "./src/model/failure";
import { Moved, serveThread } from "./src/locate/parsing/worker-thread";
let calls = 0;
serveThread({
  count: () => ++calls,
  data: () => workerData,
  hang: () => { for (;;); },
  crash: () => process.exit(3),
  wait: (ms) => new Promise((resolve) => setTimeout(() => resolve("waited"), ms)),
  tell: (n, emit) => { for (let i = 0; i < n; i++) emit(i); return "told"; },
  fail: () => { throw new Failure("notFound", "no such thing", "look elsewhere"); },
  burst: () => { throw new RangeError("burst"); },
  move: () => { const bytes = new Uint8Array(8).fill(7); return new Moved({ bytes }, [bytes.buffer]); },
});
`;

let folder = "";
let file = "";
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "leakline-thread-"));
  file = join(folder, "program.cjs");
  await build({ stdin: { contents: PROGRAM, resolveDir: process.cwd(), loader: "ts" }, outfile: file, bundle: true, platform: "node", format: "cjs", logLevel: "error" });
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe("a worker thread", () => {
  let thread: WorkerThread;
  afterEach(async () => {
    await thread.kill();
  });

  it("answers, tells and moves", async () => {
    thread = new WorkerThread(file, { given: 1 });
    expect(await thread.call("data", null)).toEqual({ given: 1 });
    const events: unknown[] = [];
    expect(await thread.call("tell", 3, { onEvent: (event) => events.push(event) })).toBe("told");
    expect(events).toEqual([0, 1, 2]);
    expect(await thread.call("move", null)).toEqual({ bytes: new Uint8Array(8).fill(7) });
  });

  it("is one thread from call to call, until it is killed", async () => {
    thread = new WorkerThread(file, null);
    expect([await thread.call("count", null), await thread.call("count", null)]).toEqual([1, 2]);
    await thread.kill();
    expect(thread.running).toBe(false);
    expect(await thread.call("count", null)).toBe(1);
  });

  it("brings failures over with their reason, and other errors with their message", async () => {
    thread = new WorkerThread(file, null);
    await expect(thread.call("fail", null)).rejects.toMatchObject({ name: "Failure", reason: "notFound", message: "no such thing", remedy: "look elsewhere" });
    await expect(thread.call("burst", null)).rejects.toThrow("burst");
    await expect(thread.call("nonsense", null)).rejects.toThrow("nonsense");
    expect(await thread.call("count", null)).toBe(1);
  });

  it("is killed when a call takes too long, and starts anew", async () => {
    thread = new WorkerThread(file, null);
    await expect(thread.call("hang", null, { limitMs: 100 })).rejects.toMatchObject({ reason: "timeout" });
    expect(thread.running).toBe(false);
    expect(await thread.call("count", null)).toBe(1);
  });

  it("is not killed for time in which the machine did not work for it, and not waited for without end", async () => {
    thread = new WorkerThread(file, null);
    // It stands still for three times its limit, as on a machine that others keep busy.
    expect(await thread.call("wait", 1_500, { limitMs: 500 })).toBe("waited");
    await expect(thread.call("wait", 60_000, { limitMs: 50 })).rejects.toMatchObject({ reason: "timeout" });
  });

  it("is killed in the middle of a call by its owner", async () => {
    thread = new WorkerThread(file, null);
    const call = thread.call("hang", null);
    const rejected = expect(call).rejects.toMatchObject({ reason: "cancelled" });
    await thread.kill();
    await rejected;
    expect(await thread.call("count", null)).toBe(1);
  });

  it("that crashed says so and starts anew", async () => {
    thread = new WorkerThread(file, null);
    await expect(thread.call("crash", null)).rejects.toMatchObject({ name: "Failure", message: expect.stringContaining("status 3") as string });
    expect(await thread.call("count", null)).toBe(1);
  });

  it("answers one call at a time", async () => {
    thread = new WorkerThread(file, null);
    const first = thread.call("wait", 20);
    await expect(thread.call("count", null)).rejects.toThrow("one call at a time");
    expect(await first).toBe("waited");
  });

  it("whose program is missing fails the call", async () => {
    const missing = join(folder, "missing.cjs");
    thread = new WorkerThread(missing, null);
    await expect(thread.call("count", null)).rejects.toMatchObject({ name: "Failure" });
    writeFileSync(missing, "");
  });
});
