import { generateKeyPairSync } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { connect } from "node:net";
import type { AddressInfo, Socket } from "node:net";
import { join } from "node:path";
import ssh2 from "ssh2";
import { afterEach, describe, expect, it } from "vitest";
import { Failure } from "../../../src/model/failure";
import type { HostSettings } from "../../../src/observe/targets/ssh/host-settings";
import { SignIn } from "../../../src/observe/targets/ssh/sign-in";
import { TimeLimit } from "../../../src/observe/targets/time-limit";
import { openVerifiedClient } from "../../../src/observe/targets/ssh/verified-client";
import type { VerifiedClientOptions } from "../../../src/observe/targets/ssh/verified-client";

const source = join(__dirname, "../../../src");
const closing: (() => void)[] = [];
afterEach(() => { for (const close of closing.splice(0)) close(); });

/** A server that lets everybody in, and counts who tried. */
async function welcomeAll(): Promise<{ port: number; attempts: () => number }> {
  const hostKey = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey.export({ type: "pkcs1", format: "pem" });
  let attempts = 0;
  const sockets = new Set<Socket>();
  const server = new ssh2.Server({ hostKeys: [hostKey] }, (client) => {
    client.on("error", () => undefined);
    client.on("authentication", (context) => {
      attempts++;
      context.accept();
    });
  });
  (server as unknown as { _srv: { on(event: "connection", listener: (socket: Socket) => void): void } })._srv.on("connection", (socket) => sockets.add(socket));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closing.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { port: (server.address() as AddressInfo).port, attempts: () => attempts };
}

const settings: HostSettings = {
  alias: "h", hostName: "127.0.0.1", port: 22, user: "u", addressFamily: 0, identityFiles: [], identityFilesConfigured: true, identitiesOnly: true, agentSocket: null, jumps: [],
  hostKeyAlias: null, userKnownHostsFiles: [], globalKnownHostsFiles: [], strictHostKeyChecking: "ask", hashKnownHosts: false, connectTimeoutMs: null,
  methods: ["password"], passwordPrompts: 1, batchMode: false, notices: [],
  certificateFiles: [], proxyCommand: null, controlPaths: [], gssapi: "no", hostKeysTakenInSilence: false, keepalive: { intervalMs: 15_000, count: 3 }, beyondBuiltin: [],
};

async function optionsFor(port: number, more: Partial<VerifiedClientOptions>): Promise<VerifiedClientOptions & { stream: Socket }> {
  const stream = connect(port, "127.0.0.1");
  await new Promise((resolve) => stream.once("connect", resolve));
  const limit = new TimeLimit(new AbortController().signal, 20_000, () => new Failure("timeout", "late", "wait"));
  closing.push(() => limit.dispose());
  const prompts = { confirmHostKey: async () => "refuse" as const, secret: async () => "x" };
  return {
    where: "h", user: "u", verify: async () => undefined, knownTypes: [], signIn: new SignIn(settings, prompts, limit, new AbortController().signal), signal: limit.signal,
    keepalive: { intervalMs: 15_000, count: 3 }, onHostKey: () => undefined, ...more, stream,
  };
}

describe("no ssh client without a verifier", () => {
  it("only one file of the product makes clients", () => {
    const makers = (readdirSync(source, { recursive: true }) as string[])
      .filter((name) => name.endsWith(".ts") && /new\s+(?:ssh2\s*\.\s*)?Client\s*\(/.test(readFileSync(join(source, name), "utf8")));
    expect(makers).toEqual([join("observe", "targets", "ssh", "verified-client.ts")]);
    const text = readFileSync(join(source, makers[0] as string), "utf8");
    expect(text.match(/new\s+ssh2\.Client\s*\(/g)).toHaveLength(1);
    expect(text.match(/hostVerifier:/g)).toHaveLength(1);
  });

  it("only this room knows the ssh package", () => {
    const users = (readdirSync(source, { recursive: true }) as string[])
      .filter((name) => name.endsWith(".ts") && /(?:from|require\(|import\()\s*["']ssh2["']/.test(readFileSync(join(source, name), "utf8")));
    expect(users.filter((name) => !name.startsWith(join("observe", "targets", "ssh")))).toEqual([]);
    expect(users.length).toBeGreaterThan(0);
  });

  it("does not compile without one", () => {
    const unverified = (options: Omit<VerifiedClientOptions, "verify">): unknown =>
      // @ts-expect-error a client cannot be made without a verifier
      () => openVerifiedClient(options);
    expect(unverified).toBeTypeOf("function");
  });

  it("signs in nowhere until the verifier has accepted, and never when it refuses", async () => {
    const { port, attempts } = await welcomeAll();
    const refusal = new Failure("hostKeyChanged", "changed", "stop");
    const refused = await optionsFor(port, { verify: async () => { throw refusal; } });
    await expect(openVerifiedClient(refused)).rejects.toBe(refusal);
    expect(attempts()).toBe(0);
    expect(refused.stream.destroyed).toBe(true);

    let accept: () => void = () => undefined;
    let shown: Buffer | null = null;
    const waiting = openVerifiedClient(await optionsFor(port, { verify: (key) => new Promise((resolve) => {
      shown = key;
      accept = resolve;
    }) }));
    while (shown === null) await new Promise((resolve) => setTimeout(resolve, 5));
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(attempts()).toBe(0);
    accept();
    const client = await waiting;
    expect(attempts()).toBe(1);
    await client.close();
  });

  it("refuses when the verifier breaks, and frees the connection when it is cancelled while it thinks", async () => {
    const { port, attempts } = await welcomeAll();
    await expect(openVerifiedClient(await optionsFor(port, { verify: async () => { throw new TypeError("bug"); } }))).rejects.toMatchObject({ reason: "hostKeyUnknown" });
    const controller = new AbortController();
    const options = await optionsFor(port, { verify: () => new Promise(() => { setTimeout(() => controller.abort(new Failure("cancelled", "c", "r")), 20); }), signal: controller.signal });
    await expect(openVerifiedClient(options)).rejects.toMatchObject({ reason: "cancelled" });
    expect(options.stream.destroyed).toBe(true);
    expect(attempts()).toBe(0);
  });
});
