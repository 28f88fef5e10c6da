import { readdirSync, readFileSync } from "node:fs";
import { afterEach, describe, expect, it } from "vitest";
import { Failure } from "../../../src/model/failure";
import { openLocal } from "../../../src/observe/targets/local";
import type { RunResult } from "../../../src/observe/targets/reach";

const MARK = "LEAKLINE_LOCAL_TEST";

/** PIDs of processes that carry this mark in their environment. */
function marked(mark: string): number[] {
  return readdirSync("/proc").filter((name) => /^\d+$/.test(name)).map(Number).filter((pid) => {
    try {
      return pid !== process.pid && readFileSync(`/proc/${pid}/environ`, "utf8").includes(`${MARK}=${mark}\0`) && !readFileSync(`/proc/${pid}/stat`, "utf8").includes(") Z ");
    } catch {
      return false;
    }
  });
}

async function until(condition: () => boolean): Promise<void> {
  for (let round = 0; round < 500 && !condition(); round += 1) await new Promise((resolve) => setTimeout(resolve, 10));
}

interface Asked {
  readonly signal?: AbortSignal;
  readonly timeLimitMs?: number;
  readonly maxBytes?: number;
}

async function run(script: string, asked: Asked = {}): Promise<{ result: RunResult; output: string; pieces: string[] }> {
  const pieces: string[] = [];
  const reach = openLocal();
  try {
    const result = await reach.run({
      script, onOutput: (text) => pieces.push(text), signal: asked.signal ?? new AbortController().signal, timeLimitMs: asked.timeLimitMs ?? 20_000, maxBytes: asked.maxBytes ?? 1_000_000,
    });
    return { result, output: pieces.join(""), pieces };
  } finally {
    await reach.close();
  }
}

describe("running a script on this machine", () => {
  afterEach(() => {
    delete process.env[MARK];
  });

  it("gives its output, its exit code and its errors", async () => {
    const { result, output } = await run("echo hello; echo trouble >&2; exit 3");
    expect(output).toBe("hello\n");
    expect(result).toMatchObject({ exitCode: 3, exitSignal: null, stderr: "trouble\n", truncated: false, bytes: 6 });
    expect(result.endedAtMs).toBeGreaterThanOrEqual(result.sentAtMs);
  });

  it("tells the signal that ended it", async () => {
    expect((await run("kill -TERM $$")).result).toMatchObject({ exitCode: null, exitSignal: "SIGTERM" });
  });

  it("never splits a character, and replaces a broken one", async () => {
    const { output, pieces } = await run("printf '\\303'; sleep 0.2; printf '\\251\\360\\237'; sleep 0.2; printf '\\230\\200 end\\377'");
    expect(output).toBe("é😀 end\uFFFD");
    expect(pieces.slice(0, -1).join("")).not.toContain("\uFFFD");
  });

  it("stops at the byte limit and says so", async () => {
    process.env[MARK] = "endless";
    const { result, output } = await run("yes endless", { maxBytes: 100_000 });
    expect(result).toMatchObject({ truncated: true, bytes: 100_000 });
    expect(output).toHaveLength(100_000);
    await until(() => marked("endless").length === 0);
    expect(marked("endless")).toEqual([]);
  });

  // Jobs of the shell, groups of their own (timeout makes one), and a child that refuses to hear.
  const STUBBORN = "sleep 1000 & timeout 1000 sleep 999 & (trap '' TERM INT HUP; sleep 998) & timeout 1000 sh -c 'sleep 997; true' | cat & echo ready; sleep 1000";

  it.each([
    ["cancelled", "cancelled"], ["out of time", "timeout"], ["closed", "cancelled"],
  ] as const)("leaves nothing running when it is %s", async (how, reason) => {
    process.env[MARK] = reason + how;
    const stop = new AbortController();
    const reach = openLocal();
    let ready: () => void = () => {};
    const begun = new Promise<void>((resolve) => (ready = resolve));
    const running = reach.run({ script: STUBBORN, onOutput: () => ready(), signal: stop.signal, timeLimitMs: how === "out of time" ? 3000 : 60_000, maxBytes: 1000 });
    const outcome = running.catch((error: unknown) => error);
    try {
      await begun;
      // A shell that becomes another program is two for a moment: what was there together is what counts.
      let most = 0;
      await until(() => (most = Math.max(most, marked(reason + how).length)) >= 7);
      expect(most).toBeGreaterThanOrEqual(7);
      if (how === "cancelled") stop.abort();
      if (how === "closed") await reach.close();
      const failure = await outcome;
      expect(failure).toBeInstanceOf(Failure);
      expect(failure).toMatchObject({ reason });
      expect((failure as Failure).remedy).not.toBe("");
      await until(() => marked(reason + how).length === 0);
      expect(marked(reason + how)).toEqual([]);
    } finally {
      stop.abort();
      await reach.close();
    }
  });

  it("leaves no background job behind after a good end", async () => {
    process.env[MARK] = "background";
    await run("sleep 1000 >/dev/null 2>&1 </dev/null & echo done");
    await until(() => marked("background").length === 0);
    expect(marked("background")).toEqual([]);
  });

  it("does not start what is cancelled already", async () => {
    await expect(run("echo x", { signal: AbortSignal.abort() })).rejects.toMatchObject({ reason: "cancelled" });
  });

  it("says what is missing where there is no sh", async () => {
    const path = process.env.PATH;
    process.env.PATH = "/nonexistent";
    try {
      await expect(run("echo x")).rejects.toMatchObject({ reason: "toolMissing", remedy: expect.stringContaining("ssh") as unknown });
    } finally {
      process.env.PATH = path;
    }
  });

  it("does not mind a script that ends before it is read", async () => {
    expect((await run(`exit 0\n${"# filler\n".repeat(200_000)}`)).result.exitCode).toBe(0);
  });
});
