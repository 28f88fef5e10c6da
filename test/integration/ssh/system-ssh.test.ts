import { execFile, execFileSync, spawn } from "node:child_process";
import { appendFile, readdir, readFile, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import type { AddressInfo, Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { SshClient } from "../../../src/observe/targets/open-ssh-target";
import { openSshTarget } from "../../../src/observe/targets/open-ssh-target";
import type { Host, RunResult } from "../../../src/observe/targets/reach";
import type { SshPrompts } from "../../../src/observe/targets/ssh/prompts";
import { scriptedPrompts } from "./scripted-prompts";
import { addSystemUser, freePort, makeKey, startAgent, startSshd, until } from "./sshd-rig";
import type { Sshd, SystemUser } from "./sshd-rig";

const run = promisify(execFile);
const closing: (() => Promise<void>)[] = [];
let sshd: Sshd;
let account: SystemUser;
beforeAll(async () => {
  account = await addSystemUser();
  sshd = await startSshd({ config: ["PasswordAuthentication yes"] });
});
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});
afterAll(async () => {
  await sshd?.stop();
  await account?.remove();
});

async function start(options: Parameters<typeof startSshd>[0] = {}): Promise<Sshd> {
  const one = await startSshd(options);
  closing.push(() => one.stop());
  return one;
}

interface OpenMore {
  readonly client?: SshClient;
  readonly prompts?: SshPrompts;
  readonly config?: string;
  readonly host?: string;
  readonly user?: string | null;
  readonly port?: number | null;
  readonly agentSocket?: string | null;
  readonly notices?: string[];
  readonly variables?: Record<string, string | undefined>;
}

async function open(at: Sshd, more: OpenMore = {}): Promise<Host> {
  const config = more.config ?? `IdentityFile ${at.clientKey}\nIdentitiesOnly yes\n`;
  await writeFile(join(at.home, ".ssh/config"), config, { mode: 0o600 });
  const reach = await openSshTarget({ kind: "ssh", host: more.host ?? at.host, user: more.user ?? null, port: more.port === undefined ? at.port : more.port }, more.client ?? "system", {
    prompts: more.prompts ?? scriptedPrompts(), signal: new AbortController().signal, timeLimitMs: 20_000,
    environment: { home: at.home, agentSocket: more.agentSocket ?? null, systemConfigFile: null, variables: more.variables ?? { PATH: process.env["PATH"] } },
    onNotice: (text) => more.notices?.push(text),
  });
  closing.push(() => reach.close());
  return reach;
}

async function answer(reach: Host, script: string, more: { signal?: AbortSignal; timeLimitMs?: number; maxBytes?: number } = {}): Promise<RunResult & { output: string }> {
  let output = "";
  const result = await reach.run({
    script, onOutput: (text) => { output += text; }, signal: more.signal ?? new AbortController().signal, timeLimitMs: more.timeLimitMs ?? 20_000, maxBytes: more.maxBytes ?? 10_000_000,
  });
  return { ...result, output };
}

async function failure(work: Promise<unknown>): Promise<{ reason: string; message: string; remedy: string }> {
  try {
    await work;
  } catch (error) {
    expect(error).toMatchObject({ name: "Failure" });
    return error as { reason: string; message: string; remedy: string };
  }
  throw new Error("it did not fail");
}

async function commandLines(): Promise<string[]> {
  const lines: string[] = [];
  for (const entry of await readdir("/proc")) {
    if (/^\d+$/.test(entry) && Number(entry) !== process.pid) lines.push((await readFile(`/proc/${entry}/cmdline`, "utf8").catch(() => "")).replaceAll("\0", " "));
  }
  return lines;
}
const gone = (mark: string): Promise<void> => until(async () => !(await commandLines()).some((line) => line.includes(mark)), 3000, () => `${mark} still runs`);

describe("the system's own ssh", () => {
  it("brings output, errors and the exit code, and is told apart from ssh's own failure", async () => {
    const reach = await open(sshd);
    expect(await answer(reach, "echo out; echo err >&2; exit 7")).toMatchObject({ output: "out\n", stderr: "err\n", exitCode: 7, truncated: false });
    expect((await answer(reach, "echo x; exit 255")).exitCode).toBe(255);
    const program = await reach.command({ argv: ["printf", "%s|", "two words", "it's"], input: "", onOutput: () => undefined, signal: new AbortController().signal, timeLimitMs: 20_000, maxBytes: 100 });
    expect(program).toMatchObject({ exitCode: 0, bytes: 15 });
  });

  it("leaves nothing running there or here after its time limit, a cancel, or a full measure", async () => {
    const reach = await open(sshd);
    const mark = `sys-${process.pid}`;
    expect((await failure(answer(reach, `sh -c 'sleep 600; : ${mark}-limit'`, { timeLimitMs: 900 }))).reason).toBe("timeout");
    const controller = new AbortController();
    const cancelled = failure(answer(reach, `echo; sh -c 'sleep 600; : ${mark}-cancel'`, { signal: controller.signal }));
    await until(async () => (await commandLines()).some((line) => line.includes(`${mark}-cancel`)), 5000, () => "it never ran");
    controller.abort();
    expect((await cancelled).reason).toBe("cancelled");
    expect(await answer(reach, `yes ${mark}-full`, { maxBytes: 100_000 })).toMatchObject({ truncated: true, bytes: 100_000 });
    await gone(mark);
    await gone(`-p ${sshd.port} -- `);
    expect((await readdir(tmpdir())).filter((name) => name.startsWith("leakline-ask-"))).toEqual([]);
  });

  it("answers ssh's questions by our prompts: a password, once kept, tried once", async () => {
    const config = "IdentityFile none\nPreferredAuthentications password\n";
    const answers = ["wrong", account.password];
    const prompts = scriptedPrompts({ secret: () => answers.shift() ?? null });
    expect((await answer(await open(sshd, { user: account.name, config, prompts }), "id -un")).output.trim()).toBe(account.name);
    expect(prompts.secrets.map(({ kind, attempt, storageKey }) => [kind, attempt, storageKey])).toEqual([1, 2].map((attempt) => ["password", attempt, `password:${account.name}@127.0.0.1:${sshd.port}`]));
    expect(prompts.rejectedSecrets.length).toBe(1);
    expect(prompts.acceptedSecrets.map(({ secret }) => secret)).toEqual([account.password]);
    // Nothing is asked again after a refusal to answer, and no empty password goes to the host.
    const refusing = scriptedPrompts();
    const before = sshd.log().length;
    expect(await failure(answer(await open(sshd, { user: account.name, config, prompts: refusing }), "id"))).toMatchObject({ reason: "authRefused" });
    expect(refusing.secrets.length).toBe(1);
    expect(sshd.log().slice(before)).not.toContain("Failed password");
    // Wrong to the end.
    const wrong = scriptedPrompts({ secret: () => "wrong" });
    expect(await failure(answer(await open(sshd, { user: account.name, config, prompts: wrong }), "id"))).toMatchObject({ reason: "authRefused" });
    expect(wrong.secrets.length).toBe(3);
    expect(wrong.rejectedSecrets.length).toBe(3);
    expect(wrong.acceptedSecrets).toEqual([]);
  });

  it("puts no secret onto a command line, into an environment or onto disk", async () => {
    const secret = account.password;
    const seen: string[] = [];
    const prompts = scriptedPrompts({ secret: async () => secret });
    const reach = await open(sshd, { user: account.name, config: "IdentityFile none\nPreferredAuthentications password\n", prompts });
    const running = answer(reach, "sleep 1");
    for (let turn = 0; turn < 12; turn++) {
      for (const entry of await readdir("/proc")) {
        if (!/^\d+$/.test(entry) || Number(entry) === process.pid) continue;
        for (const file of ["cmdline", "environ"]) seen.push(await readFile(`/proc/${entry}/${file}`, "latin1").catch(() => ""));
      }
      for (const folder of (await readdir(tmpdir())).filter((name) => name.startsWith("leakline-ask-"))) {
        for (const name of await readdir(join(tmpdir(), folder)).catch(() => [])) seen.push(await readFile(join(tmpdir(), folder, name), "latin1").catch(() => ""));
      }
      await new Promise((resolve) => setTimeout(resolve, 30));
    }
    await running;
    expect(seen.some((text) => text.includes("leakline-ask-"))).toBe(true);
    expect(seen.some((text) => text.includes(secret))).toBe(false);
  });

  it("opens a locked key by a passphrase", async () => {
    const locked = join(sshd.folder, "locked");
    await makeKey(locked, { passphrase: "a long walk" });
    await appendFile(sshd.authorizedKeys, await readFile(`${locked}.pub`, "utf8"));
    const answers = ["wrong", "a long walk"];
    const prompts = scriptedPrompts({ secret: () => answers.shift() ?? null });
    expect((await answer(await open(sshd, { config: `IdentityFile ${locked}\nIdentitiesOnly yes\n`, prompts }), "echo in")).output).toBe("in\n");
    expect(prompts.acceptedSecrets.map(({ question }) => question.storageKey)).toEqual([`passphrase:${locked}`]);
    expect(prompts.rejectedSecrets.length).toBe(1);
  });

  it("asks for an unknown host key with its fingerprint, refuses a changed and a revoked one, and takes none in silence", async () => {
    const known = await readFile(sshd.knownHosts, "utf8");
    closing.push(() => writeFile(sshd.knownHosts, known));
    const fingerprint = execFileSync("ssh-keygen", ["-lf", `${sshd.hostKeyFiles[0] ?? ""}.pub`], { encoding: "utf8" }).split(" ")[1] as string;
    for (const config of ["", "StrictHostKeyChecking no\n"]) {
      await writeFile(sshd.knownHosts, "");
      const refusing = scriptedPrompts({ hostKey: "refuse" });
      expect((await failure(answer(await open(sshd, { prompts: refusing, config: `${config}IdentityFile ${sshd.clientKey}\n` }), "echo"))).reason).toBe("hostKeyUnknown");
      expect(refusing.hostKeys).toEqual([expect.objectContaining({ host: "127.0.0.1", port: sshd.port, keyType: "ED25519", fingerprint })]);
      expect(await readFile(sshd.knownHosts, "utf8")).toBe("");
    }
    expect((await answer(await open(sshd, { prompts: scriptedPrompts({ hostKey: "save" }) }), "echo in")).output).toBe("in\n");
    expect(await readFile(sshd.knownHosts, "utf8")).toContain("ssh-ed25519");
    const other = join(sshd.folder, "other-host");
    await makeKey(other);
    const [, key = ""] = (await readFile(`${other}.pub`, "utf8")).split(" ");
    await writeFile(sshd.knownHosts, `[127.0.0.1]:${sshd.port} ssh-ed25519 ${key}\n`);
    expect((await failure(answer(await open(sshd), "echo"))).reason).toBe("hostKeyChanged");
    await writeFile(sshd.knownHosts, `@revoked * ${known.split(" ").slice(1).join(" ")}`);
    expect((await failure(answer(await open(sshd), "echo"))).reason).toBe("hostKeyRevoked");
  });

  it("forwards nothing, whatever the configuration says", async () => {
    const agent = await startAgent(sshd.folder, [sshd.clientKey]);
    closing.push(() => agent.stop());
    const forwarded = await freePort();
    const config = `ForwardAgent yes\nForwardX11 yes\nLocalForward ${forwarded} 127.0.0.1:22\nRemoteCommand echo instead\nPermitLocalCommand yes\nLocalCommand touch ${sshd.folder}/local\nIdentityFile ${sshd.clientKey}\n`;
    const reach = await open(sshd, { config, agentSocket: agent.socket });
    expect((await answer(reach, `echo "agent:$SSH_AUTH_SOCK display:$DISPLAY"; ss -Htln "sport = :${forwarded}"`)).output).toBe("agent: display:\n");
    expect(await readdir(sshd.folder)).not.toContain("local");
  });

  it("tells ssh's failures apart", async () => {
    const key = `IdentityFile ${sshd.clientKey}\n`;
    expect((await failure(answer(await open(sshd, { port: await freePort() }), "echo"))).reason).toBe("unreachable");
    expect((await failure(answer(await open(sshd, { host: "no-such-host.invalid" }), "echo"))).reason).toBe("unreachable");
    expect((await failure(answer(await open(sshd, { config: `${key}NoSuchOption yes\n` }), "echo"))).reason).toBe("configInvalid");
    expect((await failure(answer(await open(sshd, { config: "IdentityFile none\nPasswordAuthentication no\n" }), "echo"))).reason).toBe("authRefused");
    const strange = await start({ config: ["KexAlgorithms curve25519-sha256"] });
    expect((await failure(answer(await open(strange, { config: `IdentityFile ${strange.clientKey}\nKexAlgorithms ecdh-sha2-nistp256\n` }), "echo"))).reason).toBe("unsupported");
    const sockets: Socket[] = [];
    const mute = createServer((socket) => void sockets.push(socket.on("error", () => undefined)));
    await new Promise<void>((resolve) => mute.listen(0, "127.0.0.1", resolve));
    closing.push(async () => {
      for (const socket of sockets) socket.destroy();
      mute.close();
    });
    const silent = await open(sshd, { port: (mute.address() as AddressInfo).port });
    expect((await failure(answer(silent, "echo", { timeLimitMs: 700 }))).reason).toBe("timeout");
    const noShell = await start({ config: ["ForceCommand /nonexistent/shell"] });
    expect((await failure(answer(await open(noShell), "echo"))).reason).toBe("toolMissing");
    expect(await failure(open(sshd, { variables: { PATH: "/nonexistent" } }))).toMatchObject({ reason: "toolMissing" });
  });

  it("a connection that breaks in the middle is a lost connection", async () => {
    const own = await start();
    const reach = await open(own);
    const broken = failure(answer(reach, "echo begun; sleep 600"));
    await until(async () => own.log().includes("Starting session"), 5000, () => "it never began");
    await new Promise((resolve) => setTimeout(resolve, 300));
    // The session's own sshd, as when the host goes down.
    const children = (await run("pgrep", ["-P", String(own.pid)])).stdout.trim().split("\n").map(Number);
    for (const pid of children) process.kill(pid, "SIGKILL");
    expect((await broken).reason).toBe("connectionLost");
  });
});

describe("what only OpenSSH can do", () => {
  it("signs in with a certificate, and the choice is made and said by itself", async () => {
    const own = await start();
    const authority = join(own.folder, "authority");
    const key = join(own.folder, "certified");
    await makeKey(authority);
    await makeKey(key);
    execFileSync("ssh-keygen", ["-q", "-s", authority, "-I", "leakline", "-n", own.user, "-V", "-5m:+1h", `${key}.pub`]);
    const certified = await start({ config: [`TrustedUserCAKeys ${authority}.pub`] });
    const config = `IdentityFile ${key}\nIdentitiesOnly yes\n`;
    const notices: string[] = [];
    expect((await answer(await open(certified, { client: "auto", config, notices }), "echo in")).output).toBe("in\n");
    expect(notices).toEqual([expect.stringContaining("certified-cert.pub is a certificate")]);
    expect(certified.log()).toContain("ED25519-CERT");
    expect((await failure(open(certified, { client: "builtin", config }))).reason).toBe("authRefused");
    // The same, named by CertificateFile.
    await writeFile(join(own.folder, "elsewhere.pub"), await readFile(`${key}-cert.pub`, "utf8"));
    await run("rm", [`${key}-cert.pub`]);
    expect((await answer(await open(certified, { client: "auto", config: `${config}CertificateFile ${join(own.folder, "elsewhere.pub")}\n` }), "echo in")).output).toBe("in\n");
    // And held by an agent alone.
    await writeFile(`${key}-cert.pub`, await readFile(join(own.folder, "elsewhere.pub"), "utf8"));
    const agent = await startAgent(own.folder, [key]);
    closing.push(() => agent.stop());
    await run("rm", [`${key}-cert.pub`, key, `${key}.pub`]);
    const held: string[] = [];
    expect((await answer(await open(certified, { client: "auto", config: "IdentityFile none\n", agentSocket: agent.socket, notices: held }), "echo in")).output).toBe("in\n");
    expect(held).toEqual([expect.stringContaining("ssh-ed25519-cert-v01@openssh.com")]);
  });

  it("accepts a host by its certificate authority", async () => {
    const own = await start();
    const authority = join(own.folder, "host-authority");
    await makeKey(authority);
    execFileSync("ssh-keygen", ["-q", "-s", authority, "-I", "leakline", "-h", "-n", "127.0.0.1", "-V", "-5m:+1h", `${own.hostKeyFiles[0] ?? ""}.pub`]);
    const certified = await start({ hostKeyFiles: own.hostKeyFiles, config: [`HostCertificate ${own.hostKeyFiles[0] ?? ""}-cert.pub`] });
    await writeFile(certified.knownHosts, `@cert-authority [127.0.0.1]:${certified.port} ${await readFile(`${authority}.pub`, "utf8")}`);
    const prompts = scriptedPrompts();
    expect((await answer(await open(certified, { client: "auto", prompts }), "echo in")).output).toBe("in\n");
    expect(prompts.hostKeys).toEqual([]);
  });

  it("goes over the user's shared connection where one stands, and leaves it standing", async () => {
    const own = await start();
    const socket = join(own.folder, "cm-%C");
    const config = `IdentityFile ${own.clientKey}\nIdentitiesOnly yes\nControlPath ${socket}\n`;
    const notices: string[] = [];
    await answer(await open(own, { client: "auto", config, notices }), "echo");
    expect(notices).toEqual([]);
    const master = spawn("ssh", ["-F", join(own.home, ".ssh/config"), "-o", `UserKnownHostsFile=${own.knownHosts}`, "-o", "ControlMaster=yes", "-N", "-p", String(own.port), own.host], { stdio: "ignore" });
    const ended = new Promise<void>((resolve) => master.once("exit", () => resolve()));
    closing.push(async () => {
      master.kill("SIGKILL");
      await ended;
    });
    await until(async () => (await readdir(own.folder)).some((name) => name.startsWith("cm-")), 5000, () => "no shared connection");
    const accepted = (): number => own.log().split("Accepted publickey").length;
    const before = accepted();
    const reach = await open(own, { client: "auto", config, notices });
    const mark = `shared-${process.pid}`;
    expect((await answer(reach, "echo shared")).output).toBe("shared\n");
    expect((await failure(answer(reach, `sh -c 'sleep 600; : ${mark}'`, { timeLimitMs: 700 }))).reason).toBe("timeout");
    await gone(mark);
    expect(notices).toEqual([expect.stringContaining("the shared connection")]);
    expect(accepted()).toBe(before);
    expect(master.exitCode).toBe(null);
    expect((await answer(reach, "echo again")).output).toBe("again\n");
  });

  it("goes through jumps, asking for each host's key, and refuses a jump host whose key would be taken in silence", async () => {
    const [outer, inner] = [await start(), await start()];
    await appendFile(inner.authorizedKeys, await readFile(`${outer.clientKey}.pub`, "utf8"));
    const hosts = `Host goal\n HostName 127.0.0.1\n Port ${inner.port}\n ProxyJump gate\nHost gate\n HostName 127.0.0.1\n Port ${outer.port}\nHost *\n IdentityFile ${outer.clientKey}\n UserKnownHostsFile ${outer.knownHosts}\n`;
    await writeFile(outer.knownHosts, "");
    const prompts = scriptedPrompts({ hostKey: "save" });
    expect((await answer(await open(outer, { host: "goal", port: null, config: hosts, prompts }), "echo $SSH_CONNECTION | cut -d' ' -f4")).output.trim()).toBe(String(inner.port));
    expect(prompts.hostKeys.map(({ port }) => port)).toEqual([outer.port, inner.port]);
    const refused = await failure(open(outer, { host: "goal", port: null, config: hosts.replace("Host gate\n", "Host gate\n StrictHostKeyChecking no\n") }));
    expect(refused).toMatchObject({ reason: "unsupported", message: expect.stringContaining("gate") });
  });

  it("takes a host that has no algorithm in common with the built-in client", async () => {
    const odd = await start({ config: ["Ciphers aes128-cbc", "MACs umac-64@openssh.com", "KexAlgorithms sntrup761x25519-sha512@openssh.com"] });
    const config = `IdentityFile ${odd.clientKey}\nIdentitiesOnly yes\nCiphers +aes128-cbc\n`;
    expect((await failure(open(odd, { client: "builtin", config }))).reason).toBe("unsupported");
    const notices: string[] = [];
    expect((await answer(await open(odd, { client: "auto", config, notices }), "echo in")).output).toBe("in\n");
    expect(notices).toEqual([expect.stringContaining("system's ssh")]);
  });
});
