import { readdirSync, readlinkSync } from "node:fs";
import { connect, createServer } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { explain } from "../../src/explain/explain";
import { look } from "../../src/observe/look";
import { openLocal } from "../../src/observe/targets/local";

/** Looks at its own machine again and again, whole looks with their explanation, and prints what it holds after a tenth of them and at the end. */

const collect = (globalThis as unknown as { gc: () => void }).gc;
const looks = Number(process.argv[2]);

async function held(): Promise<Record<string, number>> {
  await pause(300);
  collect();
  const descriptors = readdirSync("/proc/self/fd").filter((entry) => {
    try {
      return !readlinkSync(`/proc/self/fd/${entry}`).startsWith("/proc/");
    } catch {
      return false;
    }
  }).length;
  const { heapUsed, rss } = process.memoryUsage();
  return { descriptors, processes: readdirSync("/proc").filter((name) => /^\d+$/.test(name)).length, heapUsed, rss };
}

async function main(): Promise<void> {
  // Something to see: a listener, and connections that the other end has hung up on.
  const server = createServer((socket) => socket.end()).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const { port } = server.address() as { port: number };
  const stuck = await Promise.all(Array.from({ length: 20 }, () => new Promise<unknown>((resolve) => {
    const socket = connect({ host: "127.0.0.1", port, allowHalfOpen: true }, () => resolve(socket));
    socket.pause();
  })));
  const started = Date.now();
  let seen = 0;
  let before: Record<string, number> | null = null;
  for (let turn = 1; turn <= looks; turn += 1) {
    const reach = openLocal();
    const snapshot = await look(reach, { signal: new AbortController().signal, timeLimitMs: 60_000 });
    await reach.close();
    explain({ snapshots: [snapshot], configured: [] });
    if (snapshot.sockets.filter(({ state }) => state === "CLOSE_WAIT").length === stuck.length) seen += 1;
    if (turn === Math.floor(looks / 10)) before = await held();
  }
  const after = await held();
  process.stdout.write(JSON.stringify({ before, after, seen, ms: Date.now() - started }));
  process.exit(0);
}

void main();
