import { execFile, spawn } from "node:child_process";
import type { ChildProcessByStdio } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { connect, createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { tmpdir, userInfo } from "node:os";
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Readable, Writable } from "node:stream";
import { promisify } from "node:util";

const run = promisify(execFile);
const SSHD = "/usr/sbin/sshd";

export type HostKeyType = "ed25519" | "rsa" | "ecdsa";

export interface SshdOptions {
  /** By default a free one. */
  readonly port?: number;
  /** By default 127.0.0.1. */
  readonly address?: string;
  /** By default one ed25519 key. */
  readonly hostKeyTypes?: readonly HostKeyType[];
  /** Host key files to use again (of an earlier `Sshd.hostKeyFiles`). */
  readonly hostKeyFiles?: readonly string[];
  /** More lines of sshd_config; they stand first, so they win. */
  readonly config?: readonly string[];
  /** Words before the sshd command (`["ip", "netns", "exec", "NAME"]`). */
  readonly wrapper?: readonly string[];
}

/** A real sshd of the test's own on loopback. */
export interface Sshd {
  readonly host: string;
  readonly port: number;
  /** The user who may sign in with `clientKey`: the one who runs the test. */
  readonly user: string;
  /** Private key file (ed25519, no passphrase) that is authorized. */
  readonly clientKey: string;
  /** Lines for a known_hosts file: `[127.0.0.1]:PORT ssh-ed25519 AAAA...`, one for each host key. */
  readonly hostKeyLines: readonly string[];
  readonly hostKeyFiles: readonly string[];
  /** A known_hosts file with `hostKeyLines`. */
  readonly knownHosts: string;
  /** A home folder to pass as `environment.home`: `.ssh/config` names `clientKey` for every host, `.ssh/known_hosts` has `hostKeyLines`. */
  readonly home: string;
  /** Folder of all this; more files may be put in, and vanish with `stop()`. */
  readonly folder: string;
  /** One public key a line; may be appended to. */
  readonly authorizedKeys: string;
  readonly pid: number;
  /** What sshd has logged so far. */
  log(): string;
  /** Ends sshd with all its sessions, and removes the folder. */
  stop(): Promise<void>;
}

/** Starts an sshd and waits until it greets. Fails, saying what to install, when there is none. */
export async function startSshd(options: SshdOptions = {}): Promise<Sshd> {
  if (!existsSync(SSHD)) throw new Error(`${SSHD} is missing: apt-get install openssh-server`);
  // Privilege separation wants its folder; Debian's init script makes it at boot, which a container never has.
  if (process.getuid?.() === 0) await mkdir("/run/sshd", { recursive: true, mode: 0o755 });
  const folder = await mkdtemp(join(tmpdir(), "leakline-sshd-"));
  // sshd reads authorized_keys as the user who signs in.
  await chmod(folder, 0o755);
  const address = options.address ?? "127.0.0.1";
  const port = options.port ?? (await freePort());
  const hostKeyFiles = options.hostKeyFiles ?? (await Promise.all((options.hostKeyTypes ?? ["ed25519"]).map(async (type) => {
    const file = join(folder, `host_${type}`);
    await makeKey(file, { type });
    return file;
  })));
  const clientKey = join(folder, "client");
  await makeKey(clientKey);
  const authorizedKeys = join(folder, "authorized_keys");
  await writeFile(authorizedKeys, await readFile(`${clientKey}.pub`, "utf8"), { mode: 0o644 });

  const name = port === 22 ? address : `[${address}]:${port}`;
  const hostKeyLines = await Promise.all(hostKeyFiles.map(async (file) => {
    const [type, key] = (await readFile(`${file}.pub`, "utf8")).split(" ");
    return `${name} ${type ?? ""} ${key ?? ""}`;
  }));
  const home = join(folder, "home");
  await mkdir(join(home, ".ssh"), { recursive: true, mode: 0o700 });
  const knownHosts = join(home, ".ssh", "known_hosts");
  await writeFile(knownHosts, `${hostKeyLines.join("\n")}\n`, { mode: 0o600 });
  await writeFile(join(home, ".ssh", "config"), `IdentityFile ${clientKey}\nIdentitiesOnly yes\n`, { mode: 0o600 });

  const config = join(folder, "sshd_config");
  await writeFile(config, [
    ...(options.config ?? []),
    `Port ${port}`,
    `ListenAddress ${address}`,
    ...hostKeyFiles.map((file) => `HostKey ${file}`),
    `AuthorizedKeysFile ${authorizedKeys}`,
    `PidFile ${join(folder, "sshd.pid")}`,
    "StrictModes no",
    "UsePAM no",
    "PasswordAuthentication no",
    "KbdInteractiveAuthentication no",
    "PermitRootLogin yes",
    // Not this machine's start-up files, which may be slow or talkative.
    `SetEnv HOME=${home}`,
    // The one keyword of which the last line wins.
    ...(options.config?.some((line) => line.startsWith("MaxStartups ")) === true ? [] : ["MaxStartups 100"]),
    "LogLevel VERBOSE",
    // Newer servers shut out an address that fails often; ours fails on purpose.
    ...((await sshdVersion()) >= 9.08 ? ["PerSourcePenalties no"] : []),
    "",
  ].join("\n"));

  const [program, ...before] = [...(options.wrapper ?? []), SSHD];
  const child = spawnTied(program as string, [...before, "-D", "-e", "-f", config]);
  let log = "";
  let ended: string | null = null;
  child.stderr.setEncoding("utf8").on("data", (text: string) => { log += text; });
  const exit = new Promise<void>((resolve) => {
    child.once("error", (error) => { ended = error.message; resolve(); });
    child.once("exit", (code, signal) => { ended = `exit ${String(code ?? signal)}`; resolve(); });
  });
  const stop = async (): Promise<void> => {
    if (ended === null && child.pid !== undefined) {
      for (const pid of [...(await descendants(child.pid)), child.pid]) endProcess(pid);
      await exit;
    }
    await rm(folder, { recursive: true, force: true });
  };
  try {
    // In a namespace of its own the port cannot be tried from here; the log tells.
    await until(async () => {
      if (ended !== null) throw new Error(`sshd did not start (${ended}): ${log}`);
      return log.includes("Server listening") && (options.wrapper !== undefined || (await greets(address, port)));
    }, 10_000, () => `sshd does not listen on ${address}:${port}: ${log}`);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    host: address, port, user: userInfo().username, clientKey, hostKeyLines, hostKeyFiles, knownHosts, home, folder, authorizedKeys,
    pid: child.pid as number, log: () => log, stop,
  };
}

/** 9.2 is 9.02, 9.10 is 9.10, so that versions compare as numbers. */
async function sshdVersion(): Promise<number> {
  const said = await run(SSHD, ["-V"]).then(({ stderr }) => stderr, (error: unknown) => String((error as { stderr?: unknown }).stderr));
  const [, major, minor] = /OpenSSH_(\d+)\.(\d+)/.exec(said) ?? [];
  return Number(major ?? 0) + Number(minor ?? 0) / 100;
}

export interface KeyOptions {
  readonly type?: HostKeyType | "dsa";
  readonly passphrase?: string;
  /** `PEM` or `PKCS8` for the old formats. */
  readonly format?: "PEM" | "PKCS8";
  readonly comment?: string;
}

/** A key pair by ssh-keygen: FILE and FILE.pub. */
export async function makeKey(file: string, options: KeyOptions = {}): Promise<void> {
  const format = options.format === undefined ? [] : ["-m", options.format];
  const bits = options.type === "rsa" ? ["-b", "2048"] : [];
  await run("ssh-keygen", ["-q", "-t", options.type ?? "ed25519", ...bits, ...format, "-N", options.passphrase ?? "", "-C", options.comment ?? "leakline-test", "-f", file]);
}

/** A real account of this machine, with a password. Needs root. */
export interface SystemUser {
  readonly name: string;
  readonly password: string;
  remove(): Promise<void>;
}

export async function addSystemUser(options: { readonly shell?: string } = {}): Promise<SystemUser> {
  if (process.getuid?.() !== 0) throw new Error("an account with a password can only be made by root: run the tests as root");
  const name = `leak${randomBytes(4).toString("hex")}`;
  const password = randomBytes(12).toString("base64url");
  await run("useradd", ["--no-create-home", "--home-dir", "/tmp", "--shell", options.shell ?? "/bin/sh", name]);
  try {
    const child = spawn("chpasswd", [], { stdio: ["pipe", "ignore", "pipe"] });
    let errors = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => { errors += text; });
    child.stdin.end(`${name}:${password}\n`);
    await new Promise<void>((resolve, reject) => child.once("exit", (code) => (code === 0 ? resolve() : reject(new Error(`chpasswd: ${errors}`)))));
  } catch (error) {
    await run("userdel", [name]);
    throw error;
  }
  return {
    name, password,
    remove: async () => {
      for (const pid of await processesOf(name)) endProcess(pid);
      await run("userdel", ["--force", name]).catch((error: unknown) => {
        // userdel warns on standard error about the mail spool that was never made, and still succeeds.
        if (!String(error).includes("mail spool")) throw error;
      });
    },
  };
}

/** A real ssh-agent with the given keys. */
export interface TestAgent {
  readonly socket: string;
  readonly pid: number;
  stop(): Promise<void>;
}

export async function startAgent(folder: string, keys: readonly string[]): Promise<TestAgent> {
  const socket = join(folder, `agent-${randomBytes(3).toString("hex")}`);
  const child = spawnTied("ssh-agent", ["-D", "-a", socket]);
  child.stderr.resume();
  const exit = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  await until(async () => existsSync(socket), 5000, () => "ssh-agent does not start");
  for (const key of keys) await run("ssh-add", ["-q", key], { env: { ...process.env, SSH_AUTH_SOCK: socket } });
  return {
    socket,
    pid: child.pid as number,
    stop: async () => {
      for (const pid of [...(await descendants(child.pid as number)), child.pid as number]) endProcess(pid);
      await exit;
      await rm(socket, { force: true });
    },
  };
}

/** Starts a program that cannot outlive this process, even when it is killed: a watcher beside it waits for the end of our pipe. */
function spawnTied(program: string, args: readonly string[]): ChildProcessByStdio<Writable, null, Readable> {
  const script = 'exec 3<&0; ( read -r _ <&3; kill -KILL $$ ) >/dev/null 2>&1 & exec "$@" 3<&- </dev/null';
  return spawn("sh", ["-c", script, "sh", program, ...args], { stdio: ["pipe", "ignore", "pipe"] });
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise<void>((resolve) => server.close(() => resolve()));
  return port;
}

/** Tries until it is so. */
export async function until(condition: () => Promise<boolean>, limitMs: number, message: () => string): Promise<void> {
  const end = Date.now() + limitMs;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error(message());
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

function greets(address: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, address);
    const done = (answer: boolean): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.once("data", (data) => done(data.toString("latin1").startsWith("SSH-2.0")));
    socket.once("error", () => done(false));
    socket.setTimeout(2000, () => done(false));
  });
}

function endProcess(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It ended by itself in between.
  }
}

/** All processes below one, by /proc, deepest last. */
async function descendants(root: number): Promise<number[]> {
  const parents = new Map<number, number>();
  for (const entry of await readdir("/proc")) {
    if (!/^\d+$/.test(entry)) continue;
    const stat = await readFile(`/proc/${entry}/stat`, "utf8").catch(() => "");
    parents.set(Number(entry), Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]));
  }
  const found: number[] = [];
  for (let level = [root]; level.length > 0;) {
    level = [...parents].filter(([, parent]) => level.includes(parent)).map(([pid]) => pid);
    found.push(...level);
  }
  return found;
}

async function processesOf(user: string): Promise<number[]> {
  const { stdout } = await run("ps", ["-o", "pid=", "-u", user]).catch(() => ({ stdout: "" }));
  return stdout.trim().split(/\s+/).filter((pid) => pid !== "").map(Number);
}
