import { execFile } from "node:child_process";
import { appendFile, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { openSshTarget } from "../../../src/observe/targets/open-ssh-target";
import type { Host } from "../../../src/observe/targets/reach";
import { scriptedPrompts } from "./scripted-prompts";
import type { ScriptedPrompts } from "./scripted-prompts";
import { startAgent, startSshd, until } from "./sshd-rig";
import type { Sshd } from "./sshd-rig";

const run = promisify(execFile);
const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/**
 * Three hosts in network namespaces, in a row: this machine reaches the first alone, the first the second alone, and only the second the third.
 * `10.213.N.0/30` is the wire in front of host N.
 */
const names = [1, 2, 3].map((index) => `leak${process.pid}h${index}`);
let hosts: Sshd[] = [];

beforeAll(async () => {
  const ip = (...args: string[]): Promise<unknown> => run("ip", args);
  for (const name of names) {
    await ip("netns", "add", name);
    await ip("-n", name, "link", "set", "lo", "up");
  }
  for (const [index, name] of names.entries()) {
    const before = names[index - 1];
    const [near, far] = [`lk${process.pid % 10_000}n${index}`, `lk${process.pid % 10_000}f${index}`];
    await ip("link", "add", near, "type", "veth", "peer", "name", far);
    await ip("link", "set", far, "netns", name);
    if (before !== undefined) await ip("link", "set", near, "netns", before);
    const inside = before === undefined ? [] : ["-n", before];
    await ip(...inside, "addr", "add", `10.213.${index + 1}.1/30`, "dev", near);
    await ip(...inside, "link", "set", near, "up");
    await ip("-n", name, "addr", "add", `10.213.${index + 1}.2/30`, "dev", far);
    await ip("-n", name, "link", "set", far, "up");
  }
  // The default route is not to be tried for what lies behind: nothing leaves this machine.
  for (const behind of ["10.213.2.0/30", "10.213.3.0/30"]) await ip("route", "add", "unreachable", behind);
  hosts = await Promise.all(names.map((name, index) => startSshd({ address: `10.213.${index + 1}.2`, port: 22, wrapper: ["ip", "netns", "exec", name] })));
  const [first] = hosts as [Sshd, Sshd, Sshd];
  for (const host of hosts.slice(1)) await appendFile(host.authorizedKeys, await readFile(`${first.clientKey}.pub`, "utf8"));
  await writeFile(first.knownHosts, `${hosts.flatMap((host) => host.hostKeyLines).join("\n")}\n`);
});
afterAll(async () => {
  for (const host of hosts) await host.stop();
  for (const behind of ["10.213.2.0/30", "10.213.3.0/30"]) await run("ip", ["route", "del", "unreachable", behind]).catch(() => undefined);
  for (const name of names) await run("ip", ["netns", "del", name]).catch(() => undefined);
});

interface Opened { readonly host: Host; readonly prompts: ScriptedPrompts }

async function open(client: "builtin" | "system", config: string, target: string, agentSocket: string | null = null): Promise<Opened> {
  const [first] = hosts as [Sshd];
  const prompts = scriptedPrompts({ hostKey: "refuse" });
  // The ssh that ProxyJump starts reads the file again, and finds this account's known_hosts unless it is told.
  await writeFile(join(first.home, ".ssh/config"), `${config}Host *\n  IdentityFile ${first.clientKey}\n  IdentitiesOnly yes\n  UserKnownHostsFile ${first.knownHosts}\n`);
  const host = await openSshTarget({ kind: "ssh", host: target, user: null, port: null }, client, {
    prompts, signal: new AbortController().signal, timeLimitMs: 20_000,
    environment: { home: first.home, agentSocket, systemConfigFile: null, variables: { PATH: process.env["PATH"], SHELL: "/bin/sh" } },
  });
  closing.push(() => host.close());
  return { host, prompts };
}

async function output(host: Host, script: string, timeLimitMs = 20_000): Promise<string> {
  let text = "";
  await host.run({ script, onOutput: (chunk) => { text += chunk; }, signal: new AbortController().signal, timeLimitMs, maxBytes: 1_000_000 });
  return text.trim();
}
const reasonOf = (work: Promise<unknown>): Promise<string> => work.then(() => "none", (error: unknown) => String((error as { reason?: unknown }).reason));

const LIST = "Host goal\n  HostName 10.213.3.2\n  ProxyJump one,two\nHost one\n  HostName 10.213.1.2\nHost two\n  HostName 10.213.2.2\nHost 10.*\n  ProxyJump nowhere\n  User nobody\n";
const NESTED = "Host goal\n  HostName 10.213.3.2\n  ProxyJump two\nHost two\n  HostName 10.213.2.2\n  ProxyJump one\nHost one\n  HostName 10.213.1.2\n  ProxyJump none\nHost *\n  ProxyJump one\n";

describe.each(["builtin", "system"] as const)("three hosts in a row, by the %s client", (client) => {
  it.each([["a list", LIST], ["jumps of jumps", NESTED]])("%s: through each from the one before it, each one's key known", async (_name, config) => {
    const { host, prompts } = await open(client, config, "goal");
    expect(await output(host, "echo $SSH_CONNECTION")).toMatch(/^10\.213\.3\.1 \d+ 10\.213\.3\.2 22$/);
    expect(prompts.hostKeys).toEqual([]);
  });

  it("does not reach the last one without the way through", async () => {
    expect(["unreachable", "timeout"]).toContain(await reasonOf(open(client, "Host goal\n  HostName 10.213.3.2\n  ConnectTimeout 1\n", "goal").then(({ host }) => output(host, "echo", 3000))));
  });

  it.each([0, 1, 2])("is stopped by a changed key at hop %i", async (index) => {
    const [first] = hosts as [Sshd];
    const known = await readFile(first.knownHosts, "utf8");
    closing.push(() => writeFile(first.knownHosts, known));
    const key = ((hosts[(index + 1) % 3] as Sshd).hostKeyLines[0] as string).split(" ")[2] as string;
    await writeFile(first.knownHosts, known.split("\n").map((line) => (line.startsWith(`10.213.${index + 1}.2 `) ? `10.213.${index + 1}.2 ssh-ed25519 ${key}` : line)).join("\n"));
    expect(await reasonOf(open(client, LIST, "goal").then(({ host }) => output(host, "echo")))).toBe("hostKeyChanged");
  });

  it("forwards no agent to any of them, whatever the configuration says", async () => {
    const [first] = hosts as [Sshd];
    const agent = await startAgent(first.folder, [first.clientKey]);
    closing.push(() => agent.stop());
    const { host } = await open(client, `Host *\n  ForwardAgent yes\n${LIST}`, "goal", agent.socket);
    expect(await output(host, "echo \"agent:$SSH_AUTH_SOCK\"")).toBe("agent:");
    for (const each of hosts) expect(await readdir("/tmp").then((all) => all.filter((entry) => entry.startsWith("ssh-") && each.log().includes(entry)))).toEqual([]);
  });
});

async function commandLines(): Promise<string[]> {
  const lines: string[] = [];
  for (const entry of await readdir("/proc")) {
    if (/^\d+$/.test(entry) && Number(entry) !== process.pid) lines.push((await readFile(`/proc/${entry}/cmdline`, "utf8").catch(() => "")).replaceAll("\0", " "));
  }
  return lines;
}

describe("a ProxyCommand of the user's own", () => {
  const through = (command: string, more = ""): string => `Host goal\n  HostName 10.213.1.2\n  ProxyCommand ${command}\n${more}`;
  const NC = "busybox nc %h %p";

  it("carries the connection, with its tokens, and ends with it", async () => {
    const mark = `proxy-${process.pid}`;
    const { host } = await open("builtin", through(`sh -c '${NC}; : ${mark}' # %n %r %%`), "goal");
    expect(await output(host, "echo $SSH_CONNECTION")).toMatch(/10\.213\.1\.2 22$/);
    expect((await commandLines()).some((line) => line.includes(mark))).toBe(true);
    expect((await output(host, "head -c 3000000 /dev/zero | tr '\\0' x")).length).toBe(1_000_000);
    await host.close();
    await until(async () => !(await commandLines()).some((line) => line.includes(mark)), 3000, () => "the ProxyCommand still runs");
  });

  it("is the way to the first jump", async () => {
    const { host } = await open("builtin", `Host goal\n  HostName 10.213.2.2\n  ProxyJump gate\nHost gate\n  HostName 10.213.1.2\n  ProxyCommand ${NC}\n`, "goal");
    expect(await output(host, "echo $SSH_CONNECTION")).toMatch(/10\.213\.2\.2 22$/);
  });

  it("is run in the home folder, and says what it said when it brings no connection", async () => {
    const [first] = hosts as [Sshd];
    const failed = await open("builtin", through("sh -c 'pwd >&2; echo no way here >&2; exit 1'"), "goal").catch((error: unknown) => error);
    expect(failed).toMatchObject({ reason: "unreachable", message: expect.stringContaining(`${first.home} no way here`) });
    expect(await reasonOf(open("builtin", through("/nonexistent/program"), "goal"))).toBe("unreachable");
  });

  it("that never answers ends with the time limit, and is gone", async () => {
    const mark = `mute-${process.pid}`;
    expect(await reasonOf(open("builtin", through(`sh -c 'sleep 600; : ${mark}'`, "  ConnectTimeout 1\n"), "goal"))).toBe("timeout");
    await until(async () => !(await commandLines()).some((line) => line.includes(mark)), 3000, () => "it still runs");
  });

  it("does not excuse a changed key", async () => {
    const [first, second] = hosts as [Sshd, Sshd];
    const known = await readFile(first.knownHosts, "utf8");
    closing.push(() => writeFile(first.knownHosts, known));
    await writeFile(first.knownHosts, `10.213.1.2 ssh-ed25519 ${(second.hostKeyLines[0] as string).split(" ")[2] ?? ""}\n`);
    expect(await reasonOf(open("builtin", through(NC), "goal"))).toBe("hostKeyChanged");
  });
});
