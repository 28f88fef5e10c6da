import { readdir, readFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openSsh } from "../../../src/observe/targets/ssh/open-ssh";
import type { Reach, RunResult } from "../../../src/observe/targets/reach";
import { scriptedPrompts } from "./scripted-prompts";
import { startSshd, until } from "./sshd-rig";
import type { Sshd } from "./sshd-rig";

let sshd: Sshd;
let reach: Reach;

beforeAll(async () => {
  sshd = await startSshd();
  reach = await openSsh({ kind: "ssh", host: sshd.host, user: null, port: sshd.port }, {
    prompts: scriptedPrompts(), signal: new AbortController().signal, timeLimitMs: 20_000,
    environment: { home: sshd.home, agentSocket: null, systemConfigFile: null },
  });
});
afterAll(async () => {
  await reach?.close();
  await sshd?.stop();
});

async function run(script: string, more: { signal?: AbortSignal; timeLimitMs?: number; maxBytes?: number } = {}): Promise<RunResult & { output: string; chunks: string[] }> {
  const chunks: string[] = [];
  const result = await reach.run({
    script, onOutput: (text) => chunks.push(text), signal: more.signal ?? new AbortController().signal,
    timeLimitMs: more.timeLimitMs ?? 20_000, maxBytes: more.maxBytes ?? 10_000_000,
  });
  return { ...result, output: chunks.join(""), chunks };
}

let marks = 0;
/** A word that stands on the command line of what the script starts, and nowhere else. */
function freshMark(): string {
  return `mark-${process.pid}-${++marks}`;
}

async function running(mark: string): Promise<boolean> {
  for (const entry of await readdir("/proc")) {
    if (!/^\d+$/.test(entry) || Number(entry) === process.pid) continue;
    const commandLine = await readFile(`/proc/${entry}/cmdline`, "utf8").catch(() => "");
    if (commandLine.includes(mark)) return true;
  }
  return false;
}
const there = (mark: string): Promise<void> => until(() => running(mark), 5000, () => `${mark} never ran`);
const gone = (mark: string): Promise<void> => until(async () => !(await running(mark)), 2000, () => `${mark} still runs after 2 s`);

describe("a run over real ssh", () => {
  it("brings output, standard error and the exit code", async () => {
    const result = await run("echo out; echo err >&2; exit 7");
    expect(result).toMatchObject({ output: "out\n", stderr: "err\n", exitCode: 7, exitSignal: null, bytes: 4, truncated: false });
  });

  it("keeps the signal that ended the script", async () => {
    const result = await run("kill -TERM $$; sleep 5");
    expect(result).toMatchObject({ exitCode: null, exitSignal: "SIGTERM" });
  });

  it("ends with the script, not with what the script left in the background", async () => {
    const mark = freshMark();
    const result = await run(`sh -c 'sleep 600; : ${mark}' >/dev/null 2>&1 </dev/null & echo done`);
    expect(result).toMatchObject({ output: "done\n", exitCode: 0 });
    await gone(mark);
  });

  it("does not make the script's own `wait` hang", async () => {
    const result = await run("true & wait; echo waited");
    expect(result.output).toBe("waited\n");
  });

  it("gives the script an empty standard input, so nothing eats the rest of it", async () => {
    const result = await run("cat; read line || echo end; echo still here");
    expect(result.output).toBe("end\nstill here\n");
  });

  it("passes a script of any length and any characters", async () => {
    const lines = Array.from({ length: 4000 }, (_, index) => `printf '%s\\n' 'zeile ${index} ähm \\n $x'`);
    const result = await run(lines.join("\n"));
    expect(result.output).toBe(Array.from({ length: 4000 }, (_, index) => `zeile ${index} ähm \\n $x\n`).join(""));
  });

  it("never splits a character between chunks, and shows broken bytes as U+FFFD", async () => {
    // 3-byte characters, so that chunk borders (at multiples of the channel's packet size) fall inside some of them.
    const result = await run(`i=0; while [ $i -lt 2000 ]; do printf '\\342\\202\\254\\342\\202\\254\\342\\202\\254\\342\\202\\254\\342\\202\\254\\342\\202\\254\\342\\202\\254'; i=$((i+1)); done; printf 'a\\377b'`);
    expect(result.output).toBe(`${"\u20ac".repeat(14_000)}a\uFFFDb`);
    expect(result.bytes).toBe(14_000 * 3 + 3);
    for (const chunk of result.chunks.slice(0, -1)) expect(chunk).toMatch(/^\u20ac*a?$/);
  });

  it("caps standard output and says so, and ends the script", async () => {
    const mark = freshMark();
    const result = await run(`: ${mark}; yes`, { maxBytes: 100_000 });
    expect(result).toMatchObject({ truncated: true, bytes: 100_000 });
    expect(result.output.length).toBe(100_000);
    await gone(mark);
  });

  it("caps standard error at 64 KiB without stalling the rest", async () => {
    const result = await run("yes 0123456 | head -c 3000000 >&2; echo after");
    expect(result.stderr.length).toBe(65_536);
    expect(result).toMatchObject({ output: "after\n", exitCode: 0 });
  });

  it("leaves nothing running after its time limit", async () => {
    const mark = freshMark();
    const began = Date.now();
    await expect(run(`sh -c 'sleep 600; : ${mark}'`, { timeLimitMs: 500 })).rejects.toMatchObject({ name: "Failure", reason: "timeout" });
    expect(Date.now() - began).toBeLessThan(8000);
    await gone(mark);
  });

  it("leaves nothing running after it was cancelled, and the connection still works", async () => {
    const mark = freshMark();
    const controller = new AbortController();
    const seen = run(`echo begun; sh -c 'sleep 600; : ${mark}' | cat`, { signal: controller.signal });
    await there(mark);
    controller.abort();
    await expect(seen).rejects.toMatchObject({ name: "Failure", reason: "cancelled" });
    await gone(mark);
    expect((await run("echo again")).output).toBe("again\n");
  });

  it("is cancelled before it begins when the signal already is", async () => {
    await expect(run("echo no", { signal: AbortSignal.abort() })).rejects.toMatchObject({ reason: "cancelled" });
  });

  it("queues runs beyond the host's MaxSessions", async () => {
    const results = await Promise.all(Array.from({ length: 25 }, (_, index) => run(`sleep 0.1; echo ${index}`)));
    expect(results.map((result) => result.output)).toEqual(Array.from({ length: 25 }, (_, index) => `${index}\n`));
  });

  it("fails with the reader's own error when the reader throws", async () => {
    const mark = freshMark();
    const boom = new Error("reader");
    await expect(reach.run({
      script: `echo x; sh -c 'sleep 600; : ${mark}'`, onOutput: () => { throw boom; }, signal: new AbortController().signal, timeLimitMs: 10_000, maxBytes: 1000,
    })).rejects.toThrow("reader");
    await gone(mark);
  });
});
