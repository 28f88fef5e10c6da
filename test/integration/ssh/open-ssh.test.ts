import { execFileSync } from "node:child_process";
import { appendFile, mkdir, readdir, readFile, readlink, stat, writeFile } from "node:fs/promises";
import { connect, createServer } from "node:net";
import type { AddressInfo, Server, Socket } from "node:net";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { Reach } from "../../../src/observe/targets/reach";
import { openSsh } from "../../../src/observe/targets/ssh/open-ssh";
import type { OpenSshOptions } from "../../../src/observe/targets/ssh/open-ssh";
import type { SshPrompts } from "../../../src/observe/targets/ssh/prompts";
import { scriptedPrompts } from "./scripted-prompts";
import { addSystemUser, freePort, makeKey, startAgent, startSshd, until } from "./sshd-rig";
import type { Sshd, SystemUser } from "./sshd-rig";

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function start(options: Parameters<typeof startSshd>[0] = {}): Promise<Sshd> {
  const sshd = await startSshd(options);
  closing.push(() => sshd.stop());
  return sshd;
}

interface OpenMore {
  readonly prompts?: SshPrompts;
  readonly signal?: AbortSignal;
  readonly timeLimitMs?: number;
  readonly agentSocket?: string | null;
  readonly config?: string;
  readonly host?: string;
  readonly user?: string | null;
  readonly port?: number | null;
  readonly onNotice?: (text: string) => void;
  readonly keepalive?: OpenSshOptions["keepalive"];
}

/** Opens `sshd` with its own home; `config` replaces the rig's ssh configuration. */
async function open(sshd: Sshd, more: OpenMore = {}): Promise<Reach> {
  if (more.config !== undefined) await writeFile(join(sshd.home, ".ssh/config"), more.config);
  const reach = await openSsh({ kind: "ssh", host: more.host ?? sshd.host, user: more.user ?? null, port: more.port === undefined ? sshd.port : more.port }, {
    prompts: more.prompts ?? scriptedPrompts(), signal: more.signal ?? new AbortController().signal, timeLimitMs: more.timeLimitMs ?? 20_000,
    environment: { home: sshd.home, agentSocket: more.agentSocket ?? null, systemConfigFile: null },
    ...(more.onNotice === undefined ? {} : { onNotice: more.onNotice }), ...(more.keepalive === undefined ? {} : { keepalive: more.keepalive }),
  });
  closing.push(() => reach.close());
  return reach;
}

async function output(reach: Reach, script: string): Promise<string> {
  let text = "";
  await reach.run({ script, onOutput: (chunk) => { text += chunk; }, signal: new AbortController().signal, timeLimitMs: 20_000, maxBytes: 1_000_000 });
  return text.trim();
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

const fingerprintOf = (file: string): string => execFileSync("ssh-keygen", ["-lf", file], { encoding: "utf8" }).split(" ")[1] as string;

describe("host keys", () => {
  it("goes on without a word when the key is known", async () => {
    const sshd = await start();
    const prompts = scriptedPrompts();
    const reach = await open(sshd, { prompts });
    expect(await output(reach, "echo hello")).toBe("hello");
    expect([prompts.hostKeys, prompts.secrets]).toEqual([[], []]);
  });

  it("asks for an unknown key with the fingerprint that ssh-keygen prints, and saves it", async () => {
    const sshd = await start({ hostKeyTypes: ["rsa"] });
    await writeFile(sshd.knownHosts, "# mine, without a line end at the end");
    const prompts = scriptedPrompts({ hostKey: "save" });
    const reach = await open(sshd, { prompts });
    expect(await output(reach, "echo in")).toBe("in");
    expect(prompts.hostKeys).toEqual([{
      host: sshd.host, port: sshd.port, keyType: "ssh-rsa", fingerprint: fingerprintOf(`${sshd.hostKeyFiles[0]}.pub`), knownHostsFile: sshd.knownHosts, note: null,
    }]);
    expect(await readFile(sshd.knownHosts, "utf8")).toBe(`# mine, without a line end at the end\n${sshd.hostKeyLines[0]}\n`);
    const again = scriptedPrompts();
    await open(sshd, { prompts: again });
    expect(again.hostKeys).toEqual([]);
  });

  it("makes a known_hosts file of mode 0600, hashed when HashKnownHosts says so, and OpenSSH finds it", async () => {
    const sshd = await start();
    const file = join(sshd.folder, "fresh/known");
    await open(sshd, { prompts: scriptedPrompts({ hostKey: "save" }), config: `IdentityFile ${sshd.clientKey}\nUserKnownHostsFile ${file}\nHashKnownHosts yes\n` });
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await readFile(file, "utf8")).toMatch(/^\|1\|/);
    expect(execFileSync("ssh-keygen", ["-f", file, "-F", `[${sshd.host}]:${sshd.port}`], { encoding: "utf8" })).toContain("found");
  });

  it("uses it once without saving when told so", async () => {
    const sshd = await start();
    await writeFile(sshd.knownHosts, "");
    await open(sshd, { prompts: scriptedPrompts({ hostKey: "once" }) });
    expect(await readFile(sshd.knownHosts, "utf8")).toBe("");
  });

  it("ends when the user refuses, and when StrictHostKeyChecking says yes without asking", async () => {
    const sshd = await start();
    await writeFile(sshd.knownHosts, "");
    expect((await failure(open(sshd))).reason).toBe("hostKeyUnknown");
    const prompts = scriptedPrompts({ hostKey: "save" });
    expect((await failure(open(sshd, { prompts, config: `IdentityFile ${sshd.clientKey}\nStrictHostKeyChecking yes\n` }))).reason).toBe("hostKeyUnknown");
    expect(prompts.hostKeys).toEqual([]);
    expect(sshd.log()).not.toContain("Accepted");
  });

  it("takes a new key in silence only with accept-new, and tells", async () => {
    const sshd = await start();
    await writeFile(sshd.knownHosts, "");
    const notices: string[] = [];
    await open(sshd, { config: `IdentityFile ${sshd.clientKey}\nStrictHostKeyChecking accept-new\n`, onNotice: (text) => notices.push(text) });
    expect(notices).toEqual([expect.stringContaining(fingerprintOf(`${sshd.hostKeyFiles[0]}.pub`))]);
    expect(await readFile(sshd.knownHosts, "utf8")).toContain("ssh-ed25519");
  });

  it("refuses a changed key before any secret is sent, naming file and line", async () => {
    const sshd = await start();
    const other = join(sshd.folder, "other");
    await makeKey(other);
    const [, key] = (await readFile(`${other}.pub`, "utf8")).split(" ");
    await writeFile(sshd.knownHosts, `# one\n[${sshd.host}]:${sshd.port} ssh-ed25519 ${key ?? ""}\n`);
    const prompts = scriptedPrompts({ hostKey: "save" });
    const refused = await failure(open(sshd, { prompts, config: `IdentityFile ${sshd.clientKey}\nStrictHostKeyChecking no\n` }));
    expect(refused.reason).toBe("hostKeyChanged");
    expect(refused.message).toContain(`${sshd.knownHosts}:2`);
    expect(refused.message).toContain(fingerprintOf(`${sshd.hostKeyFiles[0]}.pub`));
    expect(refused.remedy).toContain(`ssh-keygen -f '${sshd.knownHosts}' -R '[${sshd.host}]:${sshd.port}'`);
    expect(prompts.hostKeys).toEqual([]);
    expect(sshd.log()).not.toContain("Accepted");
  });

  it("finds names that ssh-keygen -H hashed", async () => {
    const sshd = await start();
    execFileSync("ssh-keygen", ["-H", "-f", sshd.knownHosts], { stdio: "ignore" });
    expect(await readFile(sshd.knownHosts, "utf8")).toMatch(/^\|1\|/);
    const prompts = scriptedPrompts();
    await open(sshd, { prompts });
    expect(prompts.hostKeys).toEqual([]);
  });

  it("refuses a revoked key", async () => {
    const sshd = await start();
    const [, type, key] = (sshd.hostKeyLines[0] as string).split(" ");
    await appendFile(sshd.knownHosts, `@revoked * ${type ?? ""} ${key ?? ""}\n`);
    const refused = await failure(open(sshd));
    expect(refused.reason).toBe("hostKeyRevoked");
    expect(refused.message).toContain(`${sshd.knownHosts}:2`);
  });

  it("asks a host with several keys for the one on file", async () => {
    const sshd = await start({ hostKeyTypes: ["ed25519", "ecdsa", "rsa"] });
    for (const line of sshd.hostKeyLines) {
      await writeFile(sshd.knownHosts, `${line}\n`);
      const prompts = scriptedPrompts();
      await open(sshd, { prompts });
      expect(prompts.hostKeys).toEqual([]);
    }
  });

  it("says that certificate authorities are not used", async () => {
    const sshd = await start();
    const [, type, key] = (sshd.hostKeyLines[0] as string).split(" ");
    await writeFile(sshd.knownHosts, `@cert-authority * ${type ?? ""} ${key ?? ""}\n`);
    const prompts = scriptedPrompts({ hostKey: "once" });
    await open(sshd, { prompts });
    expect(prompts.hostKeys[0]?.note).toContain(`${sshd.knownHosts}:1`);
  });

  it("goes by HostKeyAlias", async () => {
    const sshd = await start();
    const [, type, key] = (sshd.hostKeyLines[0] as string).split(" ");
    await writeFile(sshd.knownHosts, `stable-name ${type ?? ""} ${key ?? ""}\n`);
    const prompts = scriptedPrompts();
    await open(sshd, { prompts, config: `IdentityFile ${sshd.clientKey}\nHostKeyAlias stable-name\n` });
    expect(prompts.hostKeys).toEqual([]);
  });

  it("asks once, also when the keys are renewed in the middle", async () => {
    const sshd = await start({ config: ["RekeyLimit 200K", "LogLevel DEBUG1"] });
    await writeFile(sshd.knownHosts, "");
    const prompts = scriptedPrompts({ hostKey: "once" });
    const reach = await open(sshd, { prompts });
    let bytes = 0;
    await reach.run({ script: "yes | head -c 3000000", onOutput: (text) => { bytes += text.length; }, signal: new AbortController().signal, timeLimitMs: 20_000, maxBytes: 10_000_000 });
    expect(bytes).toBe(3_000_000);
    expect(prompts.hostKeys).toHaveLength(1);
    expect(sshd.log().match(/SSH2_MSG_NEWKEYS received/g)?.length ?? 0).toBeGreaterThan(3);
  });

  it("does not count the time that a person takes to answer", async () => {
    const sshd = await start();
    await writeFile(sshd.knownHosts, "");
    const prompts = scriptedPrompts({ hostKey: async () => {
      await new Promise((resolve) => setTimeout(resolve, 2500));
      return "once";
    } });
    const reach = await open(sshd, { prompts, timeLimitMs: 2000 });
    expect(await output(reach, "echo patient")).toBe("patient");
  });
});

describe("keys and agents", () => {
  it("uses an unencrypted key of each kind and format", async () => {
    const sshd = await start();
    for (const [type, format] of [["ed25519"], ["ecdsa"], ["rsa"], ["rsa", "PEM"], ["ecdsa", "PEM"], ["rsa", "PKCS8"], ["ecdsa", "PKCS8"]] as const) {
      const file = join(sshd.folder, `user_${type}_${format ?? "openssh"}`);
      await makeKey(file, { type, ...(format === undefined ? {} : { format }) });
      await appendFile(sshd.authorizedKeys, await readFile(`${file}.pub`, "utf8"));
      const reach = await open(sshd, { config: `IdentityFile ${file}\n` });
      expect(await output(reach, "echo in"), file).toBe("in");
    }
  });

  it("asks for the passphrase of an encrypted key, again when it was wrong, and tells which one worked", async () => {
    const sshd = await start();
    for (const [type, format] of [["ed25519"], ["rsa", "PEM"], ["rsa", "PKCS8"]] as const) {
      const file = join(sshd.folder, `locked_${type}_${format ?? "openssh"}`);
      await makeKey(file, { type, passphrase: "correct horse", ...(format === undefined ? {} : { format }) });
      await appendFile(sshd.authorizedKeys, await readFile(`${file}.pub`, "utf8"));
      const prompts = scriptedPrompts({ secret: ({ attempt }) => (attempt === 1 ? "wrong" : "correct horse") });
      await open(sshd, { prompts, config: `IdentityFile ${file}\n` });
      expect(prompts.secrets.map(({ kind, keyFile, attempt, echo, storageKey }) => ({ kind, keyFile, attempt, echo, storageKey }))).toEqual([1, 2].map((attempt) => (
        { kind: "passphrase", keyFile: file, attempt, echo: false, storageKey: `passphrase:${file}` })));
      expect(prompts.rejectedSecrets.map(({ attempt }) => attempt)).toEqual([1]);
      expect(prompts.acceptedSecrets).toEqual([{ question: prompts.secrets[1], secret: "correct horse" }]);
    }
  });

  it("opens an old encrypted key that has no public half beside it", async () => {
    const sshd = await start();
    const file = join(sshd.folder, "alone");
    await makeKey(file, { type: "rsa", format: "PEM", passphrase: "old pass" });
    await appendFile(sshd.authorizedKeys, await readFile(`${file}.pub`, "utf8"));
    execFileSync("rm", [`${file}.pub`]);
    const reach = await open(sshd, { prompts: scriptedPrompts({ secret: () => "old pass" }), config: `IdentityFile ${file}\n` });
    expect(await output(reach, "echo in")).toBe("in");
  });

  it("gives up after three wrong passphrases, and asks for none that the host would not take", async () => {
    const sshd = await start();
    const file = join(sshd.folder, "locked");
    await makeKey(file, { passphrase: "right" });
    const unasked = scriptedPrompts({ secret: () => "right" });
    expect((await failure(open(sshd, { prompts: unasked, config: `IdentityFile ${file}\n` }))).reason).toBe("authRefused");
    expect(unasked.secrets).toEqual([]);
    await appendFile(sshd.authorizedKeys, await readFile(`${file}.pub`, "utf8"));
    const prompts = scriptedPrompts({ secret: () => "wrong" });
    const refused = await failure(open(sshd, { prompts }));
    expect(refused).toMatchObject({ reason: "authRefused", remedy: expect.stringContaining("wrong 3 times") });
    expect(prompts.secrets).toHaveLength(3);
  });

  it("signs in with a real agent's key, RSA too, and asks for nothing", async () => {
    const sshd = await start();
    for (const type of ["ed25519", "rsa", "ecdsa"] as const) {
      const file = join(sshd.folder, `agent_${type}`);
      await makeKey(file, { type });
      await appendFile(sshd.authorizedKeys, await readFile(`${file}.pub`, "utf8"));
      const agent = await startAgent(sshd.folder, [file]);
      closing.push(() => agent.stop());
      const reach = await open(sshd, { agentSocket: agent.socket, config: "IdentityFile none\n" });
      expect(await output(reach, "echo in; echo \"agent: $SSH_AUTH_SOCK\"")).toBe("in\nagent:");
    }
  });

  it("offers only the named keys with IdentitiesOnly, by their public half, and takes a locked key from the agent", async () => {
    const sshd = await start();
    const keys = await Promise.all(Array.from({ length: 9 }, async (_, index) => {
      const file = join(sshd.folder, `k${index}`);
      await makeKey(file, { comment: `k${index}` });
      return file;
    }));
    const right = keys[8] as string;
    await appendFile(sshd.authorizedKeys, await readFile(`${right}.pub`, "utf8"));
    const agent = await startAgent(sshd.folder, keys);
    closing.push(() => agent.stop());
    const many = await failure(open(sshd, { agentSocket: agent.socket, config: "IdentityFile none\n" }));
    expect(many).toMatchObject({ reason: "authRefused", remedy: expect.stringContaining("IdentitiesOnly") });
    await open(sshd, { agentSocket: agent.socket, config: `IdentityFile ${right}.pub\nIdentitiesOnly yes\n` });
    execFileSync("ssh-keygen", ["-q", "-p", "-P", "", "-N", "locked now", "-f", right]);
    const prompts = scriptedPrompts();
    await open(sshd, { prompts, agentSocket: agent.socket, config: `IdentityFile ${right}\n` });
    expect(prompts.secrets).toEqual([]);
  });

  it("lists what was tried when the host refuses, and goes on past an agent that is not there or says nothing", async () => {
    const sshd = await start();
    const file = join(sshd.folder, "stranger");
    await makeKey(file);
    const gone = await failure(open(sshd, { agentSocket: join(sshd.folder, "no-agent"), config: `IdentityFile ${file}\n` }));
    expect(gone).toMatchObject({ reason: "authRefused", message: expect.stringContaining(`key ${file}`), remedy: expect.stringContaining("no-agent") });
    const mute = createServer((socket) => socket.resume());
    await new Promise<void>((resolve) => mute.listen(join(sshd.folder, "mute"), resolve));
    closing.push(() => new Promise((resolve) => mute.close(() => resolve())));
    expect((await failure(open(sshd, { agentSocket: join(sshd.folder, "mute"), timeLimitMs: 1500 }))).reason).toBe("timeout");
  });

  it("names keys that it cannot use, and the way round", async () => {
    const sshd = await start();
    const putty = join(sshd.folder, "key.ppk");
    await writeFile(putty, "PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\nComment: x\n");
    const blob = Buffer.concat([...["sk-ssh-ed25519@openssh.com", "x".repeat(32), "ssh:"].map((text) => Buffer.concat([Buffer.from([0, 0, 0, text.length]), Buffer.from(text)]))]);
    const field = (bytes: Buffer): Buffer => Buffer.concat([Buffer.from([0, 0, 0, bytes.length]), bytes]);
    const fido = join(sshd.folder, "fido");
    await writeFile(fido, `-----BEGIN OPENSSH PRIVATE KEY-----\n${Buffer.concat([
      Buffer.from("openssh-key-v1\0"), field(Buffer.from("none")), field(Buffer.from("none")), field(Buffer.alloc(0)), Buffer.from([0, 0, 0, 1]), field(blob), field(Buffer.alloc(8)),
    ]).toString("base64")}\n-----END OPENSSH PRIVATE KEY-----\n`);
    const junk = join(sshd.folder, "junk");
    await writeFile(junk, "no key at all");
    const refused = await failure(open(sshd, { config: `IdentityFile ${putty}\nIdentityFile ${fido}\nIdentityFile ${junk}\nIdentityFile ${sshd.folder}/absent\n` }));
    expect(refused.reason).toBe("authRefused");
    for (const part of [`${putty} is a PuTTY key`, `${fido} is a FIDO`, `${junk} is not a private key`, "absent does not exist", "agent"]) expect(refused.remedy).toContain(part);
  });
});

describe("passwords and questions, with a real account", () => {
  let account: SystemUser;
  beforeAll(async () => { account = await addSystemUser(); });
  afterAll(async () => { await account?.remove(); });

  it("signs in by password, asks again when it was wrong, and hands the one that worked to the store", async () => {
    const sshd = await start({ config: ["PasswordAuthentication yes"] });
    const prompts = scriptedPrompts({ secret: ({ attempt }) => (attempt < 2 ? "stale" : account.password) });
    const reach = await open(sshd, { prompts, user: account.name, config: "IdentityFile none\n" });
    expect(await output(reach, "id -un")).toBe(account.name);
    expect(prompts.secrets.map(({ kind, attempt, storageKey, echo }) => ({ kind, attempt, storageKey, echo }))).toEqual([1, 2].map((attempt) => (
      { kind: "password", attempt, storageKey: `password:${account.name}@${sshd.host}:${sshd.port}`, echo: false })));
    expect(prompts.rejectedSecrets.map(({ attempt }) => attempt)).toEqual([1]);
    expect(prompts.acceptedSecrets).toEqual([{ question: prompts.secrets[1], secret: account.password }]);
  });

  it("gives up after three wrong passwords, and when none is given, saying what was tried", async () => {
    const sshd = await start({ config: ["PasswordAuthentication yes"] });
    const wrong = scriptedPrompts({ secret: () => "wrong" });
    const refused = await failure(open(sshd, { prompts: wrong, user: account.name, config: "IdentityFile none\n" }));
    expect(refused).toMatchObject({ reason: "authRefused", message: expect.stringContaining("password (3 times)") });
    expect(wrong.rejectedSecrets).toHaveLength(3);
    expect(refused.message).not.toContain("wrong");
    const none = scriptedPrompts();
    expect(await failure(open(sshd, { prompts: none, user: account.name }))).toMatchObject({ reason: "authRefused", message: expect.stringContaining("password (not given)") });
    expect(none.secrets).toHaveLength(1);
  });

  it("answers keyboard-interactive with the host's own words, and never lets them be stored", async () => {
    const sshd = await start({ config: ["UsePAM yes", "KbdInteractiveAuthentication yes"] });
    const prompts = scriptedPrompts({ secret: ({ attempt }) => (attempt === 1 ? "wrong" : account.password) });
    const reach = await open(sshd, { prompts, user: account.name, config: "IdentityFile none\n" });
    expect(await output(reach, "id -un")).toBe(account.name);
    expect(prompts.secrets.map(({ kind, storageKey, echo }) => ({ kind, storageKey, echo }))).toEqual([1, 2].map(() => ({ kind: "keyboard-interactive", storageKey: null, echo: false })));
    expect(prompts.secrets[0]?.prompt).toMatch(/password/i);
    expect([prompts.acceptedSecrets, prompts.rejectedSecrets]).toEqual([[], []]);
  });

  it("gives a host both that wants two things, key then password, also when the key is an agent's", async () => {
    const sshd = await start({ config: ["PasswordAuthentication yes", "AuthenticationMethods publickey,password"] });
    const prompts = scriptedPrompts({ secret: () => account.password });
    expect(await output(await open(sshd, { prompts, user: account.name }), "id -un")).toBe(account.name);
    expect(prompts.acceptedSecrets).toHaveLength(1);
    const agent = await startAgent(sshd.folder, [sshd.clientKey]);
    closing.push(() => agent.stop());
    expect(await output(await open(sshd, { prompts, user: account.name, agentSocket: agent.socket, config: "IdentityFile none\n" }), "id -un")).toBe(account.name);
  });

  it("asks for nothing in BatchMode", async () => {
    const sshd = await start({ config: ["PasswordAuthentication yes", "UsePAM yes", "KbdInteractiveAuthentication yes"] });
    const prompts = scriptedPrompts({ secret: () => account.password });
    expect((await failure(open(sshd, { prompts, user: account.name, config: "IdentityFile none\nBatchMode yes\n" }))).reason).toBe("authRefused");
    expect(prompts.secrets).toEqual([]);
  });

  it("can be cancelled while a password is asked for", async () => {
    const sshd = await start({ config: ["PasswordAuthentication yes"] });
    const controller = new AbortController();
    let promptSignal: AbortSignal | null = null;
    const prompts = scriptedPrompts({ secret: (_question, signal) => {
      promptSignal = signal;
      setTimeout(() => controller.abort(), 50);
      return new Promise(() => undefined);
    } });
    expect((await failure(open(sshd, { prompts, signal: controller.signal, user: account.name, config: "IdentityFile none\n" }))).reason).toBe("cancelled");
    expect((promptSignal as AbortSignal | null)?.aborted).toBe(true);
  });

  it("runs one after the other where MaxSessions is 1, and says so where no session is allowed", async () => {
    const one = await start({ config: ["MaxSessions 1"] });
    const reach = await open(one);
    expect(await Promise.all([1, 2, 3, 4].map((index) => output(reach, `echo ${index}`)))).toEqual(["1", "2", "3", "4"]);
    const none = await start({ config: ["MaxSessions 0"] });
    expect((await failure(output(await open(none), "echo no"))).reason).toBe("unsupported");
  });

  it("says so when the account has no shell, in the host's words", async () => {
    const closed = await addSystemUser({ shell: "/usr/sbin/nologin" });
    closing.push(() => closed.remove());
    const sshd = await start();
    const reach = await open(sshd, { user: closed.name });
    expect(await failure(output(reach, "echo no"))).toMatchObject({ reason: "toolMissing", message: expect.stringContaining("not available") });
    const commandless = await start({ config: ["ForceCommand /nonexistent/shell"] });
    expect((await failure(output(await open(commandless), "echo no"))).reason).toBe("toolMissing");
    const chatty = await start({ config: ["ForceCommand yes 'no shell here'"] });
    expect((await failure(output(await open(chatty), "echo no"))).reason).toBe("toolMissing");
  });

  it("drops what start-up files print before the script begins", async () => {
    const sshd = await start({ config: ["ForceCommand echo Welcome; printf 'no line end'; sh -s"] });
    expect(await output(await open(sshd), "echo only this")).toBe("only this");
  });

  it("closes an open question when the host hangs up", async () => {
    const sshd = await start({ config: ["PasswordAuthentication yes", "LoginGraceTime 1"] });
    let promptSignal: AbortSignal | null = null;
    const prompts = scriptedPrompts({ secret: (_question, signal) => {
      promptSignal = signal;
      return new Promise(() => undefined);
    } });
    const refused = await failure(open(sshd, { prompts, user: account.name, config: "IdentityFile none\n" }));
    expect(["authRefused", "connectionLost"]).toContain(refused.reason);
    expect((promptSignal as AbortSignal | null)?.aborted).toBe(true);
    await writeFile(sshd.knownHosts, "");
    const asked = scriptedPrompts({ hostKey: (_question, signal) => {
      promptSignal = signal;
      return new Promise(() => undefined);
    } });
    expect((await failure(open(sshd, { prompts: asked }))).reason).toBe("connectionLost");
    expect((promptSignal as AbortSignal | null)?.aborted).toBe(true);
  });

  it("ends what it started on an account whose runs it may kill, with the guard alone", async () => {
    // A forced command makes sshd refuse signal requests, as servers without them do.
    const sshd = await start({ config: ["ForceCommand sh -s"] });
    const reach = await open(sshd);
    const mark = `forced-${process.pid}`;
    const failed = failure(reach.run({ script: `sh -c 'sleep 600; : ${mark}'`, onOutput: () => undefined, signal: new AbortController().signal, timeLimitMs: 700, maxBytes: 1000 }));
    expect((await failed).reason).toBe("timeout");
    await until(async () => !(await commandLines()).some((line) => line.includes(mark)), 2000, () => "the forced command still runs");
  });
});

async function commandLines(): Promise<string[]> {
  const lines: string[] = [];
  for (const entry of await readdir("/proc")) {
    if (/^\d+$/.test(entry) && Number(entry) !== process.pid) lines.push(await readFile(`/proc/${entry}/cmdline`, "utf8").catch(() => ""));
  }
  return lines;
}

describe("jump hosts", () => {
  it("goes through two, verifying each, and resolves aliases before HostName", async () => {
    const [outer, inner, target] = [await start(), await start(), await start()];
    for (const sshd of [inner, target]) await appendFile(sshd.authorizedKeys, await readFile(`${outer.clientKey}.pub`, "utf8"));
    await writeFile(outer.knownHosts, `${[outer, inner, target].flatMap((sshd) => sshd.hostKeyLines).join("\n")}\n`);
    const config = `Host goal\n  HostName 127.0.0.1\n  Port ${target.port}\n  ProxyJump first,second\nHost first\n  HostName 127.0.0.1\n  Port ${outer.port}\n` +
      `Host second\n  HostName 127.0.0.1\n  Port ${inner.port}\nHost 127.0.0.1\n  ProxyJump wrong\n  Port 1\nHost *\n  IdentityFile ${outer.clientKey}\n`;
    const prompts = scriptedPrompts();
    const reach = await open(outer, { host: "goal", port: null, config, prompts });
    expect(await output(reach, "echo $SSH_CONNECTION | cut -d' ' -f4")).toBe(String(target.port));
    expect(prompts.hostKeys).toEqual([]);
    for (const sshd of [outer, inner, target]) expect(sshd.log()).toContain("Accepted publickey");

    // The same way, with the middle one's key unknown: it is asked for by name, and a changed one ends it.
    await writeFile(outer.knownHosts, `${[outer, target].flatMap((sshd) => sshd.hostKeyLines).join("\n")}\n`);
    const asked = scriptedPrompts({ hostKey: "refuse" });
    expect((await failure(open(outer, { host: "goal", port: null, prompts: asked }))).reason).toBe("hostKeyUnknown");
    expect(asked.hostKeys.map((question) => question.port)).toEqual([inner.port]);
    const [, , key] = (target.hostKeyLines[0] as string).split(" ");
    await appendFile(outer.knownHosts, `[127.0.0.1]:${inner.port} ssh-ed25519 ${key ?? ""}\n`);
    expect((await failure(open(outer, { host: "goal", port: null }))).reason).toBe("hostKeyChanged");
  });

  it("says which host could not reach the next one", async () => {
    const sshd = await start();
    const dead = await freePort();
    const refused = await failure(open(sshd, { host: "goal", port: null, config: `Host goal\n HostName 127.0.0.1\n Port ${dead}\n ProxyJump gate\nHost gate\n HostName 127.0.0.1\n Port ${sshd.port}\nHost *\n IdentityFile ${sshd.clientKey}\n` }));
    expect(refused).toMatchObject({ reason: "unreachable", message: expect.stringContaining(`gate (127.0.0.1):${sshd.port} could not connect to 127.0.0.1:${dead}`) });
  });
});

describe("hosts that are not well", () => {
  async function listen(onConnection: (socket: Socket) => void, backlog?: number): Promise<{ port: number; server: Server }> {
    const sockets = new Set<Socket>();
    const server = createServer((socket) => {
      sockets.add(socket);
      socket.on("error", () => undefined);
      onConnection(socket);
    });
    await new Promise<void>((resolve) => server.listen({ port: 0, host: "127.0.0.1", ...(backlog === undefined ? {} : { backlog }) }, resolve));
    closing.push(async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    });
    return { port: (server.address() as AddressInfo).port, server };
  }
  let sshd: Sshd;
  beforeAll(async () => { sshd = await startSshd(); });
  afterAll(async () => { await sshd?.stop(); });

  it("a port where nobody listens is unreachable", async () => {
    expect(await failure(open(sshd, { port: await freePort() }))).toMatchObject({ reason: "unreachable", message: expect.stringContaining("refused") });
  });

  it("a name without an address is unreachable", async () => {
    expect(await failure(open(sshd, { host: "no-such-host.invalid" }))).toMatchObject({ reason: "unreachable", message: expect.stringContaining("no-such-host.invalid") });
  });

  it("a host that accepts and says nothing times out", async () => {
    const { port } = await listen(() => undefined);
    const began = Date.now();
    expect(await failure(open(sshd, { port, timeLimitMs: 700 }))).toMatchObject({ reason: "timeout", message: expect.stringContaining("0.7 s") });
    expect(Date.now() - began).toBeLessThan(8000);
  });

  it("ConnectTimeout ends it earlier", async () => {
    const { port } = await listen(() => undefined);
    const began = Date.now();
    expect(await failure(open(sshd, { port, config: "ConnectTimeout 1\n" }))).toMatchObject({ reason: "timeout", message: expect.stringContaining("ConnectTimeout") });
    expect(Date.now() - began).toBeLessThan(8000);
  });

  it("a host that begins ssh and falls silent times out", async () => {
    const { port } = await listen((socket) => socket.write("SSH-2.0-silent\r\n"));
    expect((await failure(open(sshd, { port, timeLimitMs: 700 }))).reason).toBe("timeout");
  });

  it("a host whose accept queue is full times out", async () => {
    // A listener that never accepts: Node always does, so it is a stopped process of another kind.
    const script = "import socket,sys,time\ns=socket.socket()\ns.bind(('127.0.0.1',0))\ns.listen(0)\nprint(s.getsockname()[1],flush=True)\ntime.sleep(600)\n";
    const { spawn } = await import("node:child_process");
    const child = spawn("python3", ["-c", script], { stdio: ["ignore", "pipe", "inherit"] });
    closing.push(async () => { child.kill("SIGKILL"); });
    const port = Number(await new Promise<string>((resolve) => child.stdout.once("data", (data: Buffer) => resolve(data.toString()))));
    const fillers = Array.from({ length: 4 }, () => connect(port, "127.0.0.1").on("error", () => undefined));
    closing.push(async () => { for (const filler of fillers) filler.destroy(); });
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect((await failure(open(sshd, { port, timeLimitMs: 800 }))).reason).toBe("timeout");
  });

  it("a server that speaks something else is not waited for", async () => {
    const web = await listen((socket) => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n"));
    expect(await failure(open(sshd, { port: web.port }))).toMatchObject({ reason: "connectionLost", remedy: expect.stringContaining("check that it is an ssh server") });
    const old = await listen((socket) => socket.write("SSH-1.5-antique\r\n"));
    expect((await failure(open(sshd, { port: old.port }))).reason).toBe("unsupported");
    const noise = await listen((socket) => socket.write(Buffer.alloc(100_000, 0xff)));
    expect((await failure(open(sshd, { port: noise.port }))).reason).toBe("unsupported");
  });

  it("a host with no algorithm in common is named as such", async () => {
    const strange = await start({ config: ["KexAlgorithms sntrup761x25519-sha512@openssh.com"] });
    expect((await failure(open(strange))).reason).toBe("unsupported");
  });

  it("a host that hangs up at once is a lost connection", async () => {
    const { port } = await listen((socket) => socket.destroy());
    expect((await failure(open(sshd, { port }))).reason).toBe("connectionLost");
  });

  it("a connection cut in the middle of a run is a lost connection, nothing stays there, and later runs say so at once", async () => {
    const pipes: Socket[] = [];
    const { port } = await listen((socket) => {
      const through = connect(sshd.port, "127.0.0.1");
      pipes.push(socket, through);
      through.on("error", () => undefined);
      socket.pipe(through).pipe(socket);
    });
    const reach = await open(sshd, { port, prompts: scriptedPrompts({ hostKey: "once" }), config: `IdentityFile ${sshd.clientKey}\n` });
    const mark = `cut-${process.pid}`;
    let begun = false;
    const running = failure(reach.run({ script: `echo begun; sh -c 'sleep 600; : ${mark}'`, onOutput: () => { begun = true; }, signal: new AbortController().signal, timeLimitMs: 20_000, maxBytes: 1000 }));
    await until(async () => begun, 5000, () => "it never began");
    for (const socket of pipes) socket.destroy();
    expect((await running).reason).toBe("connectionLost");
    expect((await failure(reach.run({ script: "echo", onOutput: () => undefined, signal: new AbortController().signal, timeLimitMs: 1000, maxBytes: 1000 }))).reason).toBe("connectionLost");
    await until(async () => !(await commandLines()).some((line) => line.includes(mark)), 3000, () => "the cut run still runs");
  });

  it("a connection that falls silent is noticed by keepalive", async () => {
    let silent = false;
    const { port } = await listen((socket) => {
      const through = connect(sshd.port, "127.0.0.1");
      through.on("error", () => undefined);
      socket.on("data", (data) => { if (!silent) through.write(data); });
      through.on("data", (data) => { if (!silent) socket.write(data); });
      socket.on("close", () => through.destroy());
    });
    const reach = await open(sshd, { port, prompts: scriptedPrompts({ hostKey: "once" }), config: `IdentityFile ${sshd.clientKey}\n`, keepalive: { intervalMs: 200, count: 3 } });
    expect(await output(reach, "echo alive")).toBe("alive");
    silent = true;
    expect((await failure(reach.run({ script: "sleep 600", onOutput: () => undefined, signal: new AbortController().signal, timeLimitMs: 20_000, maxBytes: 1000 }))).reason).toBe("connectionLost");
  });

  it("can be cancelled before it begins, and at any moment of connecting", async () => {
    expect((await failure(open(sshd, { signal: AbortSignal.abort() }))).reason).toBe("cancelled");
    for (const delay of [0, 1, 2, 5, 10, 20, 40, 60]) {
      const controller = new AbortController();
      setTimeout(() => controller.abort(), delay);
      const work = open(sshd, { signal: controller.signal });
      const outcome = await work.then(() => "open", (error: unknown) => (error as { reason: string }).reason);
      expect(["open", "cancelled"]).toContain(outcome);
    }
  });
});

it("leaves no descriptor behind: fifty connections in a row, good, refused and cancelled", async () => {
  const sshd = await start();
  await mkdir(join(sshd.folder, "empty/.ssh"), { recursive: true });
  const agent = await startAgent(sshd.folder, [sshd.clientKey]);
  closing.push(() => agent.stop());
  const once = async (index: number): Promise<void> => {
    const signal = index % 5 === 3 ? AbortSignal.timeout(15) : new AbortController().signal;
    const home = index % 5 === 4 ? join(sshd.folder, "empty") : sshd.home;
    const agentSocket = index % 2 === 0 ? agent.socket : null;
    const reach = await openSsh({ kind: "ssh", host: sshd.host, user: null, port: sshd.port }, {
      prompts: scriptedPrompts(), signal, timeLimitMs: 10_000, environment: { home, agentSocket, systemConfigFile: null },
    }).catch(() => null);
    if (reach === null) return;
    await reach.run({ script: "echo x", onOutput: () => undefined, signal: new AbortController().signal, timeLimitMs: 10_000, maxBytes: 100 });
    await reach.close();
    await reach.close();
  };
  for (let index = 0; index < 5; index++) await once(index);
  const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 300));
  await settle();
  const before = await sockets();
  for (let index = 0; index < 50; index++) await once(index);
  await settle();
  expect(await sockets()).toBe(before);
});

/** Socket descriptors of this process. */
async function sockets(): Promise<number> {
  let count = 0;
  for (const entry of await readdir("/proc/self/fd")) {
    if ((await readlink(`/proc/self/fd/${entry}`).catch(() => "")).startsWith("socket:")) count++;
  }
  return count;
}
