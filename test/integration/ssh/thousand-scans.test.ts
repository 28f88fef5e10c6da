import { readdir, readFile, readlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { afterAll, beforeAll, expect, it } from "vitest";
import { look } from "../../../src/observe/look";
import { openLocal } from "../../../src/observe/targets/local";
import { openSshTarget } from "../../../src/observe/targets/open-ssh-target";
import type { SshClient } from "../../../src/observe/targets/open-ssh-target";
import type { Reach } from "../../../src/observe/targets/reach";
import { scriptedPrompts } from "./scripted-prompts";
import { startSshd } from "./sshd-rig";
import type { Sshd } from "./sshd-rig";

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

let sshd: Sshd;
beforeAll(async () => {
  sshd = await startSshd();
  await writeFile(join(sshd.home, ".ssh/config"), `IdentityFile ${sshd.clientKey}\nIdentitiesOnly yes\n`);
});
afterAll(() => sshd?.stop());

const open = (client: SshClient): Promise<Reach> => openSshTarget({ kind: "ssh", host: sshd.host, user: null, port: sshd.port }, client, {
  prompts: scriptedPrompts(), signal: new AbortController().signal, timeLimitMs: 20_000,
  environment: { home: sshd.home, agentSocket: null, systemConfigFile: null, variables: { PATH: process.env["PATH"] } },
});

async function ask(reach: Reach): Promise<void> {
  let text = "";
  await reach.run({ script: "echo leakline", onOutput: (chunk) => { text += chunk; }, signal: new AbortController().signal, timeLimitMs: 20_000, maxBytes: 1000 });
  expect(text).toBe("leakline\n");
}

interface Held {
  /** Sockets, pipes, files: by kind, without the event loop's own. */
  readonly descriptors: number;
  readonly children: number;
  /** Bytes after a collection. */
  readonly heap: number;
  readonly resident: number;
}

/** What this process holds, once all that is closing has closed. */
async function held(): Promise<Held> {
  await new Promise((resolve) => setTimeout(resolve, 700));
  collect();
  await new Promise((resolve) => setTimeout(resolve, 50));
  collect();
  let descriptors = 0;
  for (const entry of await readdir("/proc/self/fd")) {
    const target = await readlink(`/proc/self/fd/${entry}`).catch(() => null);
    if (target !== null && !target.startsWith("/proc/")) descriptors++;
  }
  let children = 0;
  for (const entry of await readdir("/proc")) {
    if (!/^\d+$/.test(entry)) continue;
    const stat = await readFile(`/proc/${entry}/stat`, "utf8").catch(() => "");
    if (Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]) === process.pid) children++;
  }
  const memory = process.memoryUsage();
  return { descriptors, children, heap: memory.heapUsed, resident: memory.rss };
}

/** `times` in a row; what is held after a tenth of them (all is warm then) is what is held at the end. */
async function staysFlat(times: number, once: () => Promise<void>): Promise<void> {
  let turn = 0;
  const until = async (end: number): Promise<Held> => {
    for (; turn < end; turn++) await once();
    return held();
  };
  const before = await until(times / 10);
  const between = await until(Math.floor(times * 0.55));
  const after = await until(times);
  expect(after.descriptors).toBe(before.descriptors);
  expect(after.children).toBe(before.children);
  // Compiled code and what tests keep of themselves come and go by some megabytes, once; what each turn left behind would be there in both halves.
  expect(Math.min(between.heap - before.heap, after.heap - between.heap)).toBeLessThan(1_500_000);
  expect(after.resident - before.resident).toBeLessThan(60_000_000);
}

it("1,000 scripts on this machine", () => staysFlat(1000, async () => {
  const reach = openLocal();
  await ask(reach);
  await reach.close();
}));

it("1,000 scripts over one ssh connection", async () => {
  const reach = await open("builtin");
  try {
    await staysFlat(1000, () => ask(reach));
  } finally {
    await reach.close();
  }
});

it("250 ssh connections, one script each", () => staysFlat(250, async () => {
  const reach = await open("builtin");
  await ask(reach);
  await reach.close();
}));

it("40 runs of the system's ssh", () => staysFlat(40, async () => {
  const reach = await open("system");
  await ask(reach);
  await reach.close();
}));

it("whole looks: 10 of this machine, 10 over ssh", async () => {
  const options = { signal: new AbortController().signal, timeLimitMs: 60_000 };
  await staysFlat(10, async () => {
    for (const reach of [openLocal(), await open("builtin")]) {
      expect((await look(reach, options)).sockets.length).toBeGreaterThan(0);
      await reach.close();
    }
  });
});
