import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openSsh } from "../../../src/observe/targets/ssh/open-ssh";
import type { Reach, RunResult } from "../../../src/observe/targets/reach";
import { scriptedPrompts } from "./scripted-prompts";
import { startSshd } from "./sshd-rig";
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

describe("a run over real ssh", () => {
  it("brings output, standard error and the exit code", async () => {
    const result = await run("echo out; echo err >&2; exit 7");
    expect(result).toMatchObject({ output: "out\n", stderr: "err\n", exitCode: 7, exitSignal: null, bytes: 4, truncated: false });
  });
});
