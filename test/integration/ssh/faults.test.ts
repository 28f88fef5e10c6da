import { execFile } from "node:child_process";
import { appendFile, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { connect, createServer } from "node:net";
import type { AddressInfo, Socket } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { look } from "../../../src/observe/look";
import { openSshTarget } from "../../../src/observe/targets/open-ssh-target";
import type { Host, RunResult } from "../../../src/observe/targets/reach";
import { scriptedPrompts } from "./scripted-prompts";
import { addSystemUser, startSshd, until } from "./sshd-rig";
import type { Sshd, SystemUser } from "./sshd-rig";

const run = promisify(execFile);
const closing: (() => Promise<void>)[] = [];
let sshd: Sshd;
beforeAll(async () => { sshd = await startSshd(); });
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});
afterAll(() => sshd?.stop());

async function start(options: Parameters<typeof startSshd>[0]): Promise<Sshd> {
  const one = await startSshd(options);
  closing.push(() => one.stop());
  return one;
}

type Client = "builtin" | "system";

async function open(client: Client, at: Sshd, more: { readonly port?: number; readonly user?: string; readonly hostKeyAlias?: string } = {}): Promise<Host> {
  const alias = more.hostKeyAlias === undefined ? "" : `HostKeyAlias ${more.hostKeyAlias}\n`;
  await writeFile(join(at.home, ".ssh/config"), `${alias}IdentityFile ${at.clientKey}\nIdentitiesOnly yes\n`);
  const host = await openSshTarget({ kind: "ssh", host: at.host, user: more.user ?? null, port: more.port ?? at.port }, client, {
    prompts: scriptedPrompts(), signal: new AbortController().signal, timeLimitMs: 20_000,
    environment: { home: at.home, agentSocket: null, systemConfigFile: null, variables: { PATH: process.env["PATH"] } },
  });
  closing.push(() => host.close());
  return host;
}

async function answer(host: Host, script: string, more: { readonly maxBytes?: number; readonly timeLimitMs?: number; readonly onOutput?: (text: string) => void } = {}): Promise<RunResult & { output: string }> {
  let output = "";
  const result = await host.run({
    script, onOutput: more.onOutput ?? ((text) => { output += text; }), signal: new AbortController().signal, timeLimitMs: more.timeLimitMs ?? 20_000, maxBytes: more.maxBytes ?? 1_000_000,
  });
  return { ...result, output };
}
const reasonOf = (work: Promise<unknown>): Promise<string> => work.then(() => "none", (error: unknown) => String((error as { reason?: unknown }).reason));

async function commandLines(): Promise<string[]> {
  const lines: string[] = [];
  for (const entry of await readdir("/proc")) {
    if (/^\d+$/.test(entry) && Number(entry) !== process.pid) lines.push((await readFile(`/proc/${entry}/cmdline`, "utf8").catch(() => "")).replaceAll("\0", " "));
  }
  return lines;
}
const gone = (mark: string): Promise<void> => until(async () => !(await commandLines()).some((line) => line.includes(mark)), 4000, () => `${mark} still runs`);

describe.each(["builtin", "system"] as const)("faults of a target, by the %s client", (client) => {
  const mark = (name: string): string => `fault-${process.pid}-${client}-${name}`;

  it("200 MB of answer: taken up to the limit, said, with flat memory, and what sends them is ended", async () => {
    const host = await open(client, sshd);
    await answer(host, "head -c 5000000 /dev/zero", { maxBytes: 10_000_000, onOutput: () => undefined });
    const before = process.memoryUsage().rss;
    let peak = 0;
    let taken = 0;
    const whole = await answer(host, "head -c 200000000 /dev/zero", { maxBytes: 300_000_000, timeLimitMs: 60_000, onOutput: (text) => {
      taken += text.length;
      peak = Math.max(peak, process.memoryUsage().rss);
    } });
    expect(whole).toMatchObject({ exitCode: 0, truncated: false, bytes: 200_000_000 });
    expect(taken).toBe(200_000_000);
    expect(peak - before).toBeLessThan(100_000_000);
    expect(await answer(host, `yes ${mark("flood")}`, { maxBytes: 20_000_000, timeLimitMs: 60_000, onOutput: () => undefined })).toMatchObject({ truncated: true, bytes: 20_000_000 });
    await gone(mark("flood"));
  });

  it("a probe's answer cut at its limit, in the middle of a section and of a character: a partial look that says so", async () => {
    const host = await open(client, sshd);
    const limited: Host = { ...host, run: (request) => host.run({ ...request, maxBytes: 3000 }) };
    const snapshot = await look(limited, { signal: new AbortController().signal, timeLimitMs: 30_000 });
    expect(snapshot.missing.map(({ what }) => what)).toContain("the end of the answer");
    const cut = await answer(host, "printf 'ab\\303\\251'", { maxBytes: 3 });
    expect(cut).toMatchObject({ truncated: true, bytes: 3, output: "ab\ufffd" });
    expect((await answer(host, "printf '\\303'; sleep 0.2; printf '\\251\\303'")).output).toBe("é\ufffd");
  });

  it("a connection cut in the middle of a section: a clear error, and nothing stays there", async () => {
    const pipes: Socket[] = [];
    let passed = 0;
    const server = createServer((socket) => {
      const through = connect(sshd.port, "127.0.0.1");
      pipes.push(socket, through);
      for (const each of [socket, through]) each.on("error", () => undefined);
      socket.pipe(through);
      through.on("data", (data: Buffer) => {
        passed += data.length;
        if (passed > 60_000) for (const each of pipes) each.destroy();
        else socket.write(data);
      });
      socket.on("close", () => through.destroy());
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    closing.push(async () => {
      for (const each of pipes) each.destroy();
      server.close();
    });
    const { port } = server.address() as AddressInfo;
    const known = await readFile(sshd.knownHosts, "utf8");
    closing.push(() => writeFile(sshd.knownHosts, known));
    await appendFile(sshd.knownHosts, known.replaceAll(`:${sshd.port} `, `:${port} `));
    const host = await open(client, sshd, { port });
    expect(await reasonOf(answer(host, `yes ${mark("cut")}`, { maxBytes: 10_000_000 }))).toBe("connectionLost");
    await gone(mark("cut"));
  });

  it("a shell that talks before and after: neither is taken for the answer", async () => {
    const noisy = await start({ config: ["ForceCommand cat /etc/passwd; printf '\\033[31mWelcome \\303(\\n'; sh -s; echo Goodbye >&2"] });
    const host = await open(client, noisy);
    expect(await answer(host, "echo only this")).toMatchObject({ output: "only this\n", stderr: "Goodbye\n" });
    const snapshot = await look(host, { signal: new AbortController().signal, timeLimitMs: 30_000 });
    expect(snapshot.skipped.filter(({ text }) => /Welcome|root:/.test(text))).toEqual([]);
    expect(snapshot.missing.map(({ what }) => what)).not.toContain("the end of the answer");
    const after = await start({ config: ["ForceCommand sh -s; echo Goodbye"] });
    expect((await look(await open(client, after), { signal: new AbortController().signal, timeLimitMs: 30_000 })).sockets.length).toBeGreaterThan(0);
  });

  it("standard output closed early, or a script that is killed: what came is there, and how it ended", async () => {
    const host = await open(client, sshd);
    expect(await answer(host, "echo early; exec >&-; sleep 0.3; exit 4")).toMatchObject({ output: "early\n", exitCode: 4 });
    const killed = await answer(host, "echo early; kill -9 $$").then((result) => result.output, (error: unknown) => String((error as { reason?: unknown }).reason));
    // ssh(1) has no way to pass a signal on: it exits with 255.
    expect(["early\n", "connectionLost"]).toContain(killed);
  });

  it("no session left (MaxSessions), and a server that turns new connections away (MaxStartups)", async () => {
    const closed = await start({ config: ["MaxSessions 0"] });
    expect(await reasonOf(open(client, closed).then((host) => answer(host, "echo")))).toBe("unsupported");
    const busy = await start({ config: ["MaxStartups 1:100:1", "LoginGraceTime 30"] });
    // One that is let in and never signs in takes the only place; the rig's own first look may still hold it.
    await until(async () => {
      const waiting = connect(busy.port, busy.host).on("error", () => undefined);
      closing.push(async () => void waiting.destroy());
      return (await new Promise<string>((resolve) => waiting.once("data", (data) => resolve(String(data))).once("close", () => resolve("")))).startsWith("SSH-2.0");
    }, 5000, () => "nobody is let in");
    expect(await reasonOf(open(client, busy).then((host) => answer(host, "echo")))).toBe("connectionLost");
  });

  it("a host key of another type is a changed one; a server with several keys is asked for the one on file", async () => {
    const many = await start({ hostKeyTypes: ["rsa", "ecdsa", "ed25519"] });
    const lines = many.hostKeyLines;
    for (const line of lines) {
      await writeFile(many.knownHosts, `${line}\n`);
      expect((await answer(await open(client, many), "echo in")).output).toBe("in\n");
    }
    const one = await start({ hostKeyTypes: ["ed25519"] });
    const name = (one.hostKeyLines[0] as string).split(" ")[0] as string;
    await writeFile(one.knownHosts, `${name} ${(lines[0] as string).split(" ").slice(1).join(" ")}\n`);
    expect(await reasonOf(open(client, one).then((host) => answer(host, "echo")))).toBe("hostKeyChanged");
  });

  it("a full disk there: nothing is written, so nothing is missing", async () => {
    // A root file system without a byte to spare, for this sshd alone: home and /tmp are a full tmpfs.
    const folder = join(sshd.folder, `full-${client}`);
    await mkdir(folder);
    await run("mount", ["-t", "tmpfs", "-o", "size=64k", "tmpfs", folder]);
    closing.push(async () => void (await run("umount", ["-l", folder])));
    await run("sh", ["-c", `cat /dev/zero >${folder}/fill 2>/dev/null; ls ${folder}`]);
    const full = await start({ wrapper: ["unshare", "--mount", "--propagation", "private", "sh", "-c", `mount --bind ${folder} /home && mount --bind ${folder} /var/tmp && exec "$@"`, "sh"], config: [`SetEnv HOME=/home TMPDIR=/var/tmp`] });
    const host = await open(client, full);
    expect((await answer(host, "echo x 2>/dev/null >/home/x || echo full; echo x 2>/dev/null >/var/tmp/x || echo full")).output).toBe("full\nfull\n");
    const snapshot = await look(host, { signal: new AbortController().signal, timeLimitMs: 30_000 });
    expect(snapshot.sockets.length).toBeGreaterThan(0);
    expect(snapshot.missing.map(({ what }) => what)).not.toContain("the end of the answer");
    expect((await readdir(folder)).filter((entry) => entry !== "fill" && entry !== "x")).toEqual([]);
  });
});

describe.each([["fish", "/usr/bin/fish"], ["csh", "/bin/tcsh"], ["restricted", "/bin/rbash"]] as const)("an account whose shell is %s", (_name, shell) => {
  let account: SystemUser;
  beforeAll(async () => {
    account = await addSystemUser({ shell });
  });
  afterAll(() => account?.remove());

  it("is looked at all the same, and nothing is left there", async () => {
    const host = await open("builtin", sshd, { user: account.name });
    const mark = `shell-${process.pid}-${_name}`;
    expect((await answer(host, "echo \"it's\" $0; id -un")).output).toBe(`it's sh\n${account.name}\n`);
    expect(await reasonOf(answer(host, `sh -c 'sleep 600; : ${mark}'`, { timeLimitMs: 800 }))).toBe("timeout");
    await gone(mark);
  });
});

it("an account that may do nothing says so in its own words", async () => {
  for (const [shell, words] of [["/usr/sbin/nologin", "not available"], ["/bin/false", "did not run"]] as const) {
    const account = await addSystemUser({ shell });
    closing.push(() => account.remove());
    for (const client of ["builtin", "system"] as const) {
      const failed = await open(client, sshd, { user: account.name }).then((host) => answer(host, "echo")).catch((error: unknown) => error);
      expect(failed).toMatchObject({ reason: "toolMissing", message: expect.stringContaining(words) });
    }
  }
});
