import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readConfigFile } from "../../../src/observe/targets/ssh/config-file";
import { resolveHostSettings } from "../../../src/observe/targets/ssh/host-settings";
import type { HostSettings } from "../../../src/observe/targets/ssh/host-settings";
import { readJumpHost } from "../../../src/observe/targets/ssh/jump-host";
import type { JumpHost } from "../../../src/observe/targets/ssh/jump-host";
import { resolveRoute } from "../../../src/observe/targets/ssh/route";

let home: string;
beforeEach(async () => { home = await mkdtemp(join(tmpdir(), "leakline-config-")); });
afterEach(async () => { await rm(home, { recursive: true, force: true }); });

async function put(path: string, text: string): Promise<string> {
  const file = join(home, path);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, text);
  return file;
}
const environment = () => ({ home, user: "me", agentSocket: "/run/agent", variables: { XDG_RUNTIME_DIR: "/run/user/7" } });
async function settle(text: string, host: string | JumpHost): Promise<HostSettings> {
  const file = await put(".ssh/config", text);
  const directives = await readConfigFile(file, home, join(home, ".ssh"));
  return resolveHostSettings(directives, typeof host === "string" ? { host, user: null, port: null } : host, environment());
}
async function route(text: string, host: string): Promise<string[]> {
  const file = await put(".ssh/config", text);
  const directives = await readConfigFile(file, home, join(home, ".ssh"));
  return resolveRoute({ host, user: null, port: null }, (each) => resolveHostSettings(directives, each, environment()))
    .map((settings) => `${settings.user}@${settings.hostName}:${settings.port}`);
}

describe("the ssh configuration of a host", () => {
  it("has OpenSSH's defaults when nothing is said", async () => {
    const settings = await settle("", "web");
    expect(settings).toMatchObject({
      hostName: "web", port: 22, user: "me", identitiesOnly: false, identityFilesConfigured: false, agentSocket: "/run/agent", jumps: [],
      hostKeyAlias: null, strictHostKeyChecking: "ask", hashKnownHosts: false, connectTimeoutMs: null, batchMode: false, notices: [],
      methods: ["publickey", "keyboard-interactive", "password"],
      userKnownHostsFiles: [join(home, ".ssh/known_hosts"), join(home, ".ssh/known_hosts2")],
      globalKnownHostsFiles: ["/etc/ssh/ssh_known_hosts", "/etc/ssh/ssh_known_hosts2"],
    });
    expect(settings.identityFiles).toContain(join(home, ".ssh/id_ed25519"));
  });

  it("takes the first value that applies, and collects identity files", async () => {
    const text = "Host web\n  User first\n  IdentityFile ~/.ssh/a\nHost *\n\tUser=second\n  Port 2222\n  IdentityFile ~/.ssh/b\n  IdentityFile ~/.ssh/a\n";
    expect(await settle(text, "web")).toMatchObject({ user: "first", port: 2222, identityFiles: [join(home, ".ssh/a"), join(home, ".ssh/b")] });
    expect(await settle(text, "db")).toMatchObject({ user: "second", identityFiles: [join(home, ".ssh/b"), join(home, ".ssh/a")] });
  });

  it("gives what the user typed precedence", async () => {
    expect(await settle("User conf\nPort 2222\n", { host: "web", user: "typed", port: 2200 })).toMatchObject({ user: "typed", port: 2200 });
  });

  it("knows patterns, lists and negation", async () => {
    const text = "Host *.corp !db.corp web?\n  User yes\n";
    expect((await settle(text, "a.corp")).user).toBe("yes");
    expect((await settle(text, "web1")).user).toBe("yes");
    expect((await settle(text, "db.corp")).user).toBe("me");
    expect((await settle(text, "web")).user).toBe("me");
  });

  it("is indifferent to letter case, blanks, equals signs, quotes, comments, CRLF and a byte order mark", async () => {
    const text = "\uFEFF# top\r\nHOST \"web\"\r\n\thostname = web.example.com\r\n  uSeR\t\"a b\"\r\n  Port=2200 # trailing\r\n\r\n";
    expect(await settle(text, "web")).toMatchObject({ hostName: "web.example.com", user: "a b", port: 2200 });
  });

  it("puts tokens into paths and names", async () => {
    const text = "Host web\n  HostName %h.example.com\n  User deploy\n  IdentityFile ~/.ssh/%n-%r-%h\n  IdentityFile %d/k_%u_%%\n  UserKnownHostsFile ~/.ssh/kh_%h /tmp/k2\n";
    expect(await settle(text, "web")).toMatchObject({
      hostName: "web.example.com",
      identityFiles: [join(home, ".ssh/web-deploy-web.example.com"), `${home}/k_me_%`],
      userKnownHostsFiles: [join(home, ".ssh/kh_web.example.com"), "/tmp/k2"],
    });
  });

  it("puts variables into paths, and names the line of one that is not set", async () => {
    expect(await settle("IdentityAgent ${XDG_RUNTIME_DIR}/gcr/ssh\nIdentityFile ${HOME}/k\n", "web")).toMatchObject({ agentSocket: "/run/user/7/gcr/ssh", identityFiles: [`${home}/k`] });
    expect((await settle("IdentityAgent $XDG_RUNTIME_DIR\n", "web")).agentSocket).toBe("/run/user/7");
    await expect(settle("\nIdentityFile ${NOT_SET}/k\n", "web")).rejects.toMatchObject({ reason: "configInvalid", message: expect.stringContaining("config:2:") });
  });

  it.each([["90", 90_000], ["1m30s", 90_000], ["1H", 3_600_000], ["none", null], ["0", null]])("reads ConnectTimeout %s", async (text, expected) => {
    expect((await settle(`ConnectTimeout ${text}\n`, "web")).connectTimeoutMs).toBe(expected);
  });

  it("takes single quotes, minds letter case in Host, and knows true and false", async () => {
    expect(await settle("Host WEB\n  User no\nHost web\n  User 'a b'\n  StrictHostKeyChecking true\n  NumberOfPasswordPrompts 0\n", "web"))
      .toMatchObject({ user: "a b", strictHostKeyChecking: "yes", passwordPrompts: 0 });
  });

  it("does not take an IPv6 zone for a token", async () => {
    expect((await settle("", "fe80::1%eth0")).hostName).toBe("fe80::1%eth0");
  });

  it("reads agent, host key and sign-in settings", async () => {
    const text = "IdentityAgent none\nHostKeyAlias stable\nStrictHostKeyChecking accept-new\nHashKnownHosts yes\nConnectTimeout 7\nGlobalKnownHostsFile none\n" +
      "PreferredAuthentications password,publickey\nPubkeyAuthentication no\nNumberOfPasswordPrompts 1\nBatchMode yes\nIdentitiesOnly yes\nIdentityFile none\nAddressFamily inet6\n";
    expect(await settle(text, "web")).toMatchObject({
      agentSocket: null, hostKeyAlias: "stable", strictHostKeyChecking: "accept-new", hashKnownHosts: true, connectTimeoutMs: 7000, globalKnownHostsFiles: [],
      methods: ["password"], passwordPrompts: 1, batchMode: true, identitiesOnly: true, identityFiles: [], addressFamily: 6,
    });
    expect((await settle("IdentityAgent ~/agent.sock\n", "web")).agentSocket).toBe(join(home, "agent.sock"));
    expect((await settle("IdentityAgent SSH_AUTH_SOCK\n", "web")).agentSocket).toBe("/run/agent");
  });

  it("treats StrictHostKeyChecking no as ask, and says so", async () => {
    const settings = await settle("Host web\n StrictHostKeyChecking no\n", "web");
    expect(settings.strictHostKeyChecking).toBe("ask");
    expect(settings.notices).toEqual([expect.stringContaining(`${join(home, ".ssh/config")}:2`)]);
  });

  it("ignores keywords that are not its business", async () => {
    expect((await settle("UseKeychain yes\nForwardAgent yes\nSendEnv LANG LC_*\nUser x\n", "web")).user).toBe("x");
  });

  it("never runs what Match exec names: passed over with a notice, or not even that when it could not hold", async () => {
    const proof = join(home, "ran");
    const text = `Match exec "touch ${proof}" host web\n  User evil\n  HashKnownHosts yes\nMatch host other exec "touch ${proof}"\n  User evil\nMatch originalhost web\n User judged\nHost web\n  User late\nMatch all\n  Port 2201\n` +
      "Host *\n  CanonicalizeHostname yes\n  CanonicalDomains example.invalid\n";
    const settings = await settle(text, "web");
    // The second Match needs no program, so it is judged, and its User stands first.
    expect(settings).toMatchObject({ user: "judged", port: 2201, hashKnownHosts: false });
    expect(settings.notices).toEqual([expect.stringContaining("config:1 "), expect.stringContaining("canonicalizehostname")]);
    expect(existsSync(proof)).toBe(false);
  });

  it("compares Match host with the HostName set before, as ssh -G does", async () => {
    const text = "Host web\n  HostName web.example.com\nMatch host *.example.com user root,me\n  Port 2301\nMatch host web\n  Port 2302\nMatch !originalhost web user \"me\"\n  Port 2303\n";
    for (const host of ["web", "db", "x.example.com"]) {
      const settings = await settle(text, { host, user: "me", port: null });
      const file = await put("absolute", text);
      const real = execFileSync("ssh", ["-G", "-F", file, `me@${host}`], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
      expect(String(settings.port)).toBe(/^port (\d+)$/m.exec(real)?.[1]);
      expect(settings.notices).toEqual([]);
    }
  });

  it("keeps a ProxyCommand with its place, and whichever of it and ProxyJump stands first", async () => {
    const text = "Host web\n  ProxyCommand nc -X 5 \"%h\" %p # all of it\nHost free\n  ProxyCommand none\nHost *\n  ProxyJump none\n";
    const file = join(home, ".ssh/config");
    expect((await settle(text, "web")).proxyCommand).toEqual({ command: "nc -X 5 \"%h\" %p # all of it", file, line: 2 });
    expect(await settle(text, "free")).toMatchObject({ jumps: [], proxyCommand: null });
    expect(await settle("ProxyJump gate\nProxyCommand nc %h %p\n", "web")).toMatchObject({ jumps: [{ user: null, host: "gate", port: null }], proxyCommand: null });
    expect(await settle("ProxyCommand nc %h %p\nProxyJump gate\n", "web")).toMatchObject({ jumps: [], proxyCommand: { command: "nc %h %p" } });
  });

  it("reads the files a second time for Match final, with the real name, as ssh -G does", async () => {
    const text = "Host web\n  HostName web.example.com\nMatch final host *.example.com\n  Port 2401\n  IdentityFile ~/.ssh/final\nMatch !final\n  User first\nHost *.example.com\n  User second\n  ConnectTimeout 4\n" +
      "Match canonical\n  ProxyJump gate\nTag late\nMatch tagged early\n  Port 1\n";
    for (const host of ["web", "db"]) {
      const settings = await settle(text, host);
      const file = await put("absolute", text.replace("Tag late\nMatch tagged early\n  Port 1\n", ""));
      const real = execFileSync("ssh", ["-G", "-F", file, host], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
      const value = (keyword: string): string | undefined => new RegExp(`^${keyword} (.*)$`, "m").exec(real)?.[1];
      expect([settings.hostName, String(settings.port), settings.user]).toEqual([value("hostname"), value("port"), value("user")]);
      expect(settings.connectTimeoutMs === null ? "none" : String(settings.connectTimeoutMs / 1000)).toBe(value("connecttimeout"));
      expect(settings.jumps.map((jump) => jump.host)).toEqual([value("proxyjump")].filter((jump) => jump !== undefined));
      expect(settings.identityFilesConfigured).toBe(host === "web");
    }
    expect((await settle("Match final\n  Include inner\n", "web")).port).toBe(22);
    await put(".ssh/inner", "Port 2402\n");
    expect((await settle("Match final\n  Include inner\n", "web")).port).toBe(2402);
  });

  it("knows when a silent connection is to be taken for lost", async () => {
    expect((await settle("", "web")).keepalive).toEqual({ intervalMs: 15_000, count: 3 });
    expect((await settle("ServerAliveInterval 1m\nServerAliveCountMax 2\n", "web")).keepalive).toEqual({ intervalMs: 60_000, count: 2 });
    expect((await settle("ServerAliveInterval 0\n", "web")).keepalive).toEqual({ intervalMs: 0, count: 3 });
  });

  it("collects certificates, and says what is OpenSSH's alone, with its place", async () => {
    const settings = await settle("CertificateFile ~/.ssh/a.pub\nPKCS11Provider /usr/lib/card.so\nHost *\n  CertificateFile %d/.ssh/b.pub\n  KnownHostsCommand none\n  GSSAPIAuthentication yes\n  ControlPath ~/.ssh/%r@%h:%p\n", "web");
    expect(settings.certificateFiles).toEqual([join(home, ".ssh/a.pub"), join(home, ".ssh/b.pub")]);
    expect(settings.beyondBuiltin).toEqual([`pkcs11provider at ${join(home, ".ssh/config")}:2`]);
    expect(settings).toMatchObject({ gssapi: "byUser", controlPaths: [join(home, ".ssh/me@web:22")] });
    expect((await settle("ControlPath /tmp/%Q\n", "web")).controlPaths).toEqual([]);
    expect((await settle("Match exec \"true\"\n User x\n", "web")).beyondBuiltin).toEqual([expect.stringContaining("config:1")]);
  });

  it("computes the name of a shared connection as ssh does", async () => {
    const text = "Host web\n  HostName web.example.com\n  Port 2201\n  User deploy\n  ControlPath /tmp/cm-%C-%L-%i\n";
    const file = await put("absolute", text);
    const real = execFileSync("ssh", ["-G", "-F", file, "web"], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
    expect((await settle(text, "web")).controlPaths).toContain(/^controlpath (.*)$/m.exec(real)?.[1]);
  });

  it.each([
    ["Host\n", 1], ["User x\nPort ssh\n", 2], ["Port 0\n", 1], ["Port 70000\n", 1], ["\n\nIdentitiesOnly maybe\n", 3], ["User \"open\nPort 22\n", 1], ["HostName\n", 1],
    ["StrictHostKeyChecking perhaps\n", 1], ["IdentityFile ~/%Q\n", 1], ["ProxyJump a,,b\n", 1], ["ConnectTimeout soon\n", 1], ["= x\n", 1], ["Include\n", 1], ["Match\n", 1],
  ])("names the line of %j", async (text, line) => {
    await expect(settle(text, "web")).rejects.toMatchObject({ name: "Failure", reason: "configInvalid", message: expect.stringContaining(`config:${line}:`) });
  });

  it("never throws anything but a Failure, whatever the text", async () => {
    const words = fc.constantFrom("Host", "Match", "Include", "User", "Port", "IdentityFile", "ProxyJump", "*", "!x", "\"", "=", "#", "22", "%h", "~", "\\", "web", "\t", " ", "\n", "\r\n", "all", "é");
    await fc.assert(fc.asyncProperty(fc.array(words, { maxLength: 25 }).map((parts) => parts.join("")), async (text) => {
      try {
        await settle(text, "web");
      } catch (error) {
        expect(error).toMatchObject({ name: "Failure" });
      }
    }), { numRuns: 300 });
  });

  it("says the same as ssh -G on ordinary files", async () => {
    const text = "Include more/*.conf\nHost web w*\n  HostName web.example.com\n  Port 2201\n  User deploy\nHost *\n  User other\n  ConnectTimeout 9\n  IdentityFile ~/.ssh/all\n";
    await put(".ssh/more/a.conf", "Host w*\n  IdentityFile /keys/w\n  ProxyJump gate:2200\n");
    for (const host of ["web", "west", "db"]) {
      const settings = await settle(text, host);
      // ssh -F takes relative Includes from the real ~/.ssh, so an absolute one stands in.
      const file = await put("absolute", text.replace("more/", `${home}/.ssh/more/`));
      const real = execFileSync("ssh", ["-G", "-F", file, host], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).split("\n");
      const value = (keyword: string): string[] => real.filter((each) => each.startsWith(`${keyword} `)).map((each) => each.slice(keyword.length + 1));
      expect([settings.hostName, String(settings.port)]).toEqual([value("hostname")[0], value("port")[0]]);
      expect(settings.user).toBe(value("user")[0]);
      expect(settings.connectTimeoutMs).toBe(Number(value("connecttimeout")[0]) * 1000);
      expect(settings.identityFiles.map((path) => path.replace(home, "~"))).toEqual(value("identityfile"));
      expect(settings.jumps.map((jump) => `${jump.host}:${String(jump.port)}`)).toEqual(value("proxyjump"));
    }
  });
});

describe("Include", () => {
  it("is relative to ~/.ssh, takes globs in order, nests, and ignores what is missing", async () => {
    await put(".ssh/conf.d/20.conf", "User twenty\nPort 2020\n");
    await put(".ssh/conf.d/10.conf", "Include deeper/x\nUser ten\n");
    await put(".ssh/deeper/x", "HostName deep\n");
    await put(".ssh/conf.d/.hidden.conf", "HostName hidden\n");
    expect(await settle("Include conf.d/*.conf missing ~/.ssh/none*\n", "web")).toMatchObject({ user: "ten", port: 2020, hostName: "deep" });
  });

  it("knows sets and folders in globs", async () => {
    await put(".ssh/d1/a", "User one\n");
    await put(".ssh/d2/b", "User two\n");
    expect((await settle("Include d[2-9]/?\n", "web")).user).toBe("two");
    expect((await settle("Include d*/[!a]\n", "web")).user).toBe("two");
  });

  it("counts only where the block around it does", async () => {
    await put(".ssh/inner", "User inner\nHost db\n  Port 2\nHost web\n  Port 3\n");
    const text = "Host web\n  Include inner\nHost *\n  User outer\n";
    expect(await settle(text, "web")).toMatchObject({ user: "inner", port: 3 });
    expect(await settle(text, "db")).toMatchObject({ user: "outer", port: 22 });
  });

  it("ends the included file's blocks with the file", async () => {
    await put(".ssh/inner", "Host other\n  Port 9\n");
    expect((await settle("Include inner\nPort 2022\n", "web")).port).toBe(2022);
  });

  it("stops a circle, naming the place", async () => {
    await put(".ssh/loop", "Include loop\n");
    await expect(settle("Include loop\n", "web")).rejects.toMatchObject({ reason: "configInvalid", message: expect.stringContaining("loop:1:") });
  });
});

describe("ProxyJump", () => {
  it.each([
    ["gate", { user: null, host: "gate", port: null }], ["me@gate:2200", { user: "me", host: "gate", port: 2200 }], ["[::1]:2200", { user: null, host: "::1", port: 2200 }],
    ["ssh://u@gate:1", { user: "u", host: "gate", port: 1 }], ["u@dom@gate", { user: "u@dom", host: "gate", port: null }], ["gate:0", null], ["gate:x", null], ["", null], ["a b", null],
  ])("reads %s", (text, expected) => {
    expect(readJumpHost(text)).toEqual(expected);
  });

  it("resolves each hop by its alias before HostName replaces it", async () => {
    const text = "Host target\n  HostName 10.0.0.9\n  ProxyJump gate,admin@inner:2200\nHost gate\n  HostName gate.example.com\n  User gatekeeper\n  Port 2201\nHost inner\n  HostName 10.0.0.2\n  User nobody\n" +
      "Host 10.*\n  User wrong\n  ProxyJump wrong\n";
    expect(await route(text, "target")).toEqual(["gatekeeper@gate.example.com:2201", "admin@10.0.0.2:2200", "me@10.0.0.9:22"]);
  });

  it("follows the first hop's own jump, and `none` ends it", async () => {
    const text = "Host outer\n  ProxyJump none\nHost gate\n  ProxyJump outer\nHost target\n  ProxyJump gate\nHost *\n  ProxyJump elsewhere\n";
    expect(await route(text, "target")).toEqual(["me@outer:22", "me@gate:22", "me@target:22"]);
  });

  it("notices a circle", async () => {
    await expect(route("Host *\n  ProxyJump gate\n", "target")).rejects.toMatchObject({ reason: "configInvalid" });
  });
});

it("nothing in this room evaluates a configuration with the package, which would run programs", async () => {
  const folder = join(__dirname, "../../../src/observe/targets/ssh");
  for (const name of await readdir(folder)) {
    const source = await readFile(join(folder, name), "utf8");
    expect(source, name).not.toMatch(/\.compute\s*\(|child_process|process\.env/);
  }
});
