import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";

/** A small program that holds sockets until it is stopped, and said what it holds. */
export interface LivingProcess {
  readonly pid: number;
  readonly said: Readonly<Record<string, number>>;
  stop(): Promise<void>;
}

/** Starts Node on this program, which must print one line of JSON when it is ready. */
export async function startProgram(program: string, options: { readonly args?: readonly string[]; readonly prefix?: readonly string[]; readonly cwd?: string } = {}): Promise<LivingProcess> {
  const [command = process.execPath, ...rest] = [...(options.prefix ?? []), process.execPath, "-e", program, ...(options.args ?? [])];
  const child: ChildProcess = spawn(command, rest, { stdio: ["pipe", "pipe", "inherit"], cwd: options.cwd });
  const said = await new Promise<Record<string, number>>((resolve, reject) => {
    let text = "";
    child.stdout?.on("data", (chunk: Buffer) => {
      text += chunk.toString("utf8");
      const end = text.indexOf("\n");
      if (end !== -1) resolve(JSON.parse(text.slice(0, end)) as Record<string, number>);
    });
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`the program ended with ${code ?? "a signal"} before it was ready`)));
  });
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  return {
    pid: said.pid ?? child.pid ?? 0,
    said,
    async stop() {
      child.kill("SIGKILL");
      await ended;
    },
  };
}

/**
 * Holds, on loopback: a listener; a connection whose peer has hung up and that nobody reads (CLOSE_WAIT, Recv-Q 1); one that the peer has
 * reset (held but dead); one that lives; a UDP socket; and a Unix-domain listener with a connection.
 */
export const LEAKY_PROGRAM = `
const net = require("net"), dgram = require("dgram"), fs = require("fs");
const held = [];
const server = net.createServer({ pauseOnConnect: true, allowHalfOpen: true }, (socket) => { socket.on("error", () => {}); held.push(socket); });
server.listen(0, "127.0.0.1", async () => {
  const port = server.address().port;
  const connect = () => new Promise((resolve) => { const c = net.connect(port, "127.0.0.1", () => resolve(c)); c.on("error", () => {}); held.push(c); });
  const living = await connect();
  const hungUp = await connect();
  const reset = await connect();
  const ports = { hungUp: hungUp.localPort, reset: reset.localPort, living: living.localPort };
  const udp = dgram.createSocket("udp4"); held.push(udp);
  await new Promise((resolve) => udp.bind(0, "127.0.0.1", resolve));
  const path = "\\0leakline-test-" + process.pid;
  const local = net.createServer((s) => held.push(s)); held.push(local);
  await new Promise((resolve) => local.listen(path, resolve));
  await new Promise((resolve) => { const c = net.connect(path, resolve); held.push(c); });
  while (held.filter((s) => s.remotePort !== undefined).length < 6) await new Promise((resolve) => setTimeout(resolve, 5));
  hungUp.end(); reset.resetAndDestroy();
  await new Promise((resolve) => setTimeout(resolve, 150));
  const links = fs.readdirSync("/proc/self/fd").map((fd) => { try { return fs.readlinkSync("/proc/self/fd/" + fd); } catch { return ""; } });
  console.log(JSON.stringify({ pid: process.pid, port, ...ports, udp: udp.address().port, descriptors: links.filter((l) => l !== "").length, sockets: links.filter((l) => l.startsWith("socket:")).length }));
});
setInterval(() => {}, 1000);
`;

/** Listens with a short queue and never comes back to accept: a blocked event loop. */
export const BLOCKED_PROGRAM = `
const net = require("net"), fs = require("fs");
const server = net.createServer(() => {});
server.listen({ port: 0, host: "127.0.0.1", backlog: 4 }, () => {
  fs.writeSync(1, JSON.stringify({ pid: process.pid, port: server.address().port }) + "\\n");
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
});
`;
