import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import type { AddressInfo, Server } from "node:net";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { Snapshot } from "../../../src/model/snapshot";
import { look } from "../../../src/observe/look";
import { runLocalAsRoot } from "../../../src/observe/targets/local-as-root";
import { openTarget } from "../../../src/observe/targets/open-target";
import type { TargetAccess } from "../../../src/observe/targets/open-target";
import type { Reach } from "../../../src/observe/targets/reach";
import { scriptedPrompts } from "./scripted-prompts";
import { addSystemUser, startSshd, until } from "./sshd-rig";
import type { Sshd, SystemUser } from "./sshd-rig";

const closing: (() => Promise<void>)[] = [];
let sshd: Sshd;
let account: SystemUser;
/** Held by this process, which is root's: whoever is not root cannot see by whom. */
let listener: Server;
let port: number;
let doasConf: string | null = null;

beforeAll(async () => {
  account = await addSystemUser();
  sshd = await startSshd();
  await writeFile(join(sshd.home, ".ssh/config"), `IdentityFile ${sshd.clientKey}\nIdentitiesOnly yes\n`);
  listener = createServer();
  await new Promise<void>((resolve) => listener.listen(0, "127.0.0.1", resolve));
  port = (listener.address() as AddressInfo).port;
  doasConf = await readFile("/etc/doas.conf", "utf8").catch(() => null);
});
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});
afterAll(async () => {
  listener?.close();
  await sshd?.stop();
  await account?.remove();
  if (doasConf === null) await rm("/etc/doas.conf", { force: true });
  else await writeFile("/etc/doas.conf", doasConf);
});

async function allow(tool: "sudo" | "doas"): Promise<void> {
  if (tool === "doas") {
    await writeFile("/etc/doas.conf", `permit nopass ${account.name} as root cmd /bin/sh args -s\n`, { mode: 0o600 });
    closing.push(() => rm("/etc/doas.conf", { force: true }));
    return;
  }
  const file = `/etc/sudoers.d/${account.name}`;
  await writeFile(file, `${account.name} ALL=(root) NOPASSWD: /bin/sh -s\n`, { mode: 0o440 });
  closing.push(() => rm(file, { force: true }));
}

async function open(access: TargetAccess): Promise<Reach> {
  const reach = await openTarget({ kind: "ssh", host: sshd.host, user: account.name, port: sshd.port }, {
    ...access, prompts: scriptedPrompts(), signal: new AbortController().signal, timeLimitMs: 20_000,
    environment: { home: sshd.home, agentSocket: null, systemConfigFile: null, variables: { PATH: process.env["PATH"] } },
  });
  closing.push(() => reach.close());
  return reach;
}
const scan = async (reach: Reach): Promise<Snapshot> => look(reach, { signal: new AbortController().signal, timeLimitMs: 30_000 });
const owners = (snapshot: Snapshot): readonly number[] => snapshot.sockets.find((socket) => socket.local.port === port)?.owners.map(({ pid }) => pid) ?? [];

async function commandLines(): Promise<string[]> {
  const lines: string[] = [];
  for (const entry of await readdir("/proc")) {
    if (/^\d+$/.test(entry) && Number(entry) !== process.pid) lines.push((await readFile(`/proc/${entry}/cmdline`, "utf8").catch(() => "")).replaceAll("\0", " "));
  }
  return lines;
}
const there = (mark: string): Promise<void> => until(async () => (await commandLines()).some((line) => line.includes(mark)), 5000, () => `${mark} never ran`);
const gone = (mark: string): Promise<void> => until(async () => !(await commandLines()).some((line) => line.includes(mark)), 3000, () => `${mark} still runs`);

it.each([["builtin", "sudo"], ["system", "doas"]] as const)("through the %s client, by %s: owners that the account alone does not see", async (sshClient, elevation) => {
  const before = await scan(await open({ sshClient, elevation }));
  expect(before.privilege?.uid).not.toBe(0);
  expect(owners(before)).toEqual([]);
  expect(before.missing.filter(({ what }) => what === "the look as root").length).toBe(1);
  await allow(elevation);
  const after = await scan(await open({ sshClient, elevation }));
  expect(after.privilege).toMatchObject({ uid: 0 });
  expect(owners(after)).toEqual([process.pid]);
  expect(after.missing.filter(({ what }) => what === "the look as root")).toEqual([]);
});

describe.each(["builtin", "system"] as const)("root's eyes through the %s client", (sshClient) => {
  it.each([
    ["sudo", "password is required", (name: string) => `${name} ALL=(root) NOPASSWD: /bin/sh -s`],
    ["doas", "doas", (name: string) => `permit nopass ${name} as root cmd /bin/sh args -s`],
  ] as const)("%s refuses: the script is run all the same, and the result says which line would allow it", async (elevation, word, line) => {
    const reach = await open({ sshClient, elevation });
    for (const _turn of [1, 2]) {
      let output = "";
      const { missing = [] } = await reach.run({ script: "id -un", onOutput: (text) => { output += text; }, signal: new AbortController().signal, timeLimitMs: 20_000, maxBytes: 1000 });
      expect(output.trim()).toBe(account.name);
      expect(missing).toEqual([{ what: "the look as root", why: expect.stringContaining(word), remedy: expect.stringContaining(line(account.name)) }]);
    }
  });

  it.each(["sudo", "doas"] as const)("leaves nothing of root's running after a time limit or a cancel (%s)", async (elevation) => {
    await allow(elevation);
    const reach = await open({ sshClient, elevation });
    const mark = `root-${process.pid}-${sshClient}-${elevation}`;
    const limited = reach.run({ script: `id -u; sh -c 'sleep 600; : ${mark}-limit'`, onOutput: () => undefined, signal: new AbortController().signal, timeLimitMs: 1500, maxBytes: 1000 });
    await there(`${mark}-limit`);
    await expect(limited).rejects.toMatchObject({ reason: "timeout" });
    const controller = new AbortController();
    const cancelled = reach.run({ script: `sh -c 'sleep 600; : ${mark}-cancel'`, onOutput: () => undefined, signal: controller.signal, timeLimitMs: 20_000, maxBytes: 1000 });
    cancelled.catch(() => undefined);
    await there(`${mark}-cancel`);
    controller.abort();
    await expect(cancelled).rejects.toMatchObject({ reason: "cancelled" });
    await gone(mark);
  });
});

it("sees a sudo that works in the script's own terminal and one that has none", async () => {
  await allow("sudo");
  const file = `/etc/sudoers.d/${account.name}`;
  for (const pty of ["use_pty", "!use_pty"]) {
    await writeFile(`${file}-pty`, `Defaults:${account.name} ${pty}\n`, { mode: 0o440 });
    closing.push(() => rm(`${file}-pty`, { force: true }));
    const reach = await open({ sshClient: "builtin", elevation: "sudo" });
    const mark = `pty-${process.pid}-${pty}`;
    const limited = reach.run({ script: `sh -c 'sleep 600; : ${mark}'`, onOutput: () => undefined, signal: new AbortController().signal, timeLimitMs: 1200, maxBytes: 1000 });
    await there(mark);
    await expect(limited).rejects.toMatchObject({ reason: "timeout" });
    await gone(mark);
  }
});

it("does the same on this machine", async () => {
  const request = { onOutput: () => undefined, signal: new AbortController().signal, timeLimitMs: 20_000, maxBytes: 1000 };
  let output = "";
  const env = { PATH: process.env["PATH"] };
  expect(await runLocalAsRoot("sudo", { ...request, script: "id -u; exit 3", onOutput: (text) => { output += text; } }, env)).toMatchObject({ exitCode: 3 });
  expect(output).toBe("0\n");
  await expect(runLocalAsRoot("doas", { ...request, script: "id -u" }, { PATH: "/nonexistent" })).rejects.toMatchObject({ name: "Failure", said: expect.stringContaining("not found") });
  const mark = `here-${process.pid}`;
  await expect(runLocalAsRoot("sudo", { ...request, script: `sh -c 'sleep 600; : ${mark}'`, timeLimitMs: 800 }, env)).rejects.toMatchObject({ reason: "timeout" });
  await gone(mark);
});
