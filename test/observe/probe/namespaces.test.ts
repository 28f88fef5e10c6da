import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { explain } from "../../../src/explain/explain";
import type { NetworkNamespace, Snapshot } from "../../../src/model/snapshot";
import type { Socket } from "../../../src/model/socket";
import type { LivingProcess } from "./living-process";
import { startProgram } from "./living-process";
import { busybox, lookBy, NOBODY } from "./look-by";

/** Two namespaces joined by a veth pair, made and removed here. The second has the very addresses and ports of the first on another link. */
const NEAR = `llp${process.pid}a`;
const FAR = `llp${process.pid}b`;
const PORT = 5432;
const COUNT = 6;

function run(...[command = "", ...args]: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: "utf8" });
  if (status !== 0) throw new Error(`${command} ${args.join(" ")}: ${stderr}`);
  return stdout;
}

const SERVER = `
const net = require("net");
const held = [];
net.createServer((s) => { held.push(s); s.on("error", () => {}); if (held.length <= ${COUNT}) s.end(); }).listen(${PORT}, "10.78.0.2", () => console.log(JSON.stringify({ pid: process.pid })));
`;
const CLIENT = `
const net = require("net");
const held = [];
const connect = () => new Promise((resolve, reject) => { const c = net.connect({ port: ${PORT}, host: "10.78.0.2", allowHalfOpen: true }, () => resolve()); c.pause(); c.on("error", reject); held.push(c); });
// A listener whose port a client of the other namespace also has as its remote one.
net.createServer(() => {}).listen(${PORT}, "10.78.0.1", async () => {
  for (let i = 0; i < ${COUNT}; i += 1) await connect();
  // Long enough to be stuck, and not just late.
  setTimeout(() => console.log(JSON.stringify({ pid: process.pid })), 2500);
});
`;

describe("a host with other network namespaces", () => {
  let room: string;
  let server: LivingProcess;
  let client: LivingProcess;
  let near: string;
  let far: string;

  beforeAll(async () => {
    room = mkdtempSync(join(tmpdir(), "leakline-netns-"));
    run("ip", "netns", "add", NEAR);
    run("ip", "netns", "add", FAR);
    run("ip", "link", "add", "veth0", "netns", NEAR, "type", "veth", "peer", "name", "veth0", "netns", FAR);
    for (const [name, address] of [[NEAR, "10.78.0.1/24"], [FAR, "10.78.0.2/24"]] as const) {
      run("ip", "-n", name, "addr", "add", address, "dev", "veth0");
      run("ip", "-n", name, "link", "set", "veth0", "up");
      run("ip", "-n", name, "link", "set", "lo", "up");
    }
    run("ip", "netns", "exec", NEAR, "sysctl", "-qw", "net.ipv4.ip_local_port_range=20000 20999");
    server = await startProgram(SERVER, { prefix: ["ip", "netns", "exec", FAR] });
    client = await startProgram(CLIENT, { prefix: ["ip", "netns", "exec", NEAR] });
    near = /\d+/.exec(run("readlink", `/proc/${client.pid}/ns/net`))?.[0] ?? "";
    far = /\d+/.exec(run("readlink", `/proc/${server.pid}/ns/net`))?.[0] ?? "";
  }, 60_000);

  afterAll(async () => {
    await client?.stop();
    await server?.stop();
    for (const name of [NEAR, FAR]) spawnSync("ip", ["netns", "del", name]);
    rmSync(room, { recursive: true, force: true });
  });

  const stuck = (snapshot: Snapshot, id: string | undefined): Socket[] => snapshot.sockets.filter((socket) => socket.namespace === id && socket.state === "CLOSE_WAIT" && socket.remote.port === PORT);
  const spaceOf = (snapshot: Snapshot, id: string): NetworkNamespace | undefined => snapshot.namespaces.find((one) => one.id === id);

  it("reads each with the host's own ss as root, by its name, with its own addresses and port range", async () => {
    const snapshot = await lookBy({ command: ["sh", "-s"] });
    expect(snapshot.namespaces[0]).toMatchObject({ id: null, pid: null, name: null, readBy: "ss" });
    expect(spaceOf(snapshot, near)).toMatchObject({ inode: near, pid: client.pid, name: NEAR, how: `named /run/netns/${NEAR}`, readBy: "ss", ownAddresses: expect.arrayContaining(["10.78.0.1", "127.0.0.1"]), localPortRange: [20_000, 20_999] });
    expect(spaceOf(snapshot, far)).toMatchObject({ name: FAR, ownAddresses: expect.arrayContaining(["10.78.0.2"]) });
    const sockets = stuck(snapshot, near);
    expect(sockets).toHaveLength(COUNT);
    for (const socket of sockets) {
      expect(socket).toMatchObject({ recvQueue: 1, ownership: "owned", owners: [{ pid: client.pid, process: "node" }], local: { address: "10.78.0.1" } });
      expect(socket.info?.lastAckMs).toBeGreaterThan(100);
    }
    expect(snapshot.sockets.filter((socket) => socket.namespace === far && socket.state === "FIN_WAIT_2")).toHaveLength(COUNT);
    for (const process of snapshot.processes) if (process.pid === client.pid || process.pid === server.pid) expect(process.deadSocketInodes).toEqual([]);
    expect(snapshot.missing.filter((fact) => fact.what.includes(near) || fact.what.includes(far))).toEqual([]);
  });

  it("tells the direction by each namespace's own listeners", async () => {
    const snapshot = await lookBy({ command: ["sh", "-s"] });
    const { groups, diagnoses } = explain({ snapshots: [snapshot], configured: [] });
    const mine = groups.filter((group) => snapshot.sockets[group.sockets[0] ?? -1]?.namespace === near && group.states.CLOSE_WAIT !== undefined);
    expect(mine).toMatchObject([{ direction: "outbound", endpoint: { address: "10.78.0.2", port: PORT }, pid: client.pid }]);
    const theirs = groups.filter((group) => snapshot.sockets[group.sockets[0] ?? -1]?.namespace === far && group.states.FIN_WAIT_2 !== undefined);
    expect(theirs).toMatchObject([{ direction: "inbound", endpoint: { address: "10.78.0.2", port: PORT } }]);
    expect(diagnoses.find((diagnosis) => diagnosis.process?.pid === client.pid)).toMatchObject({ cause: "connection-pinned", count: COUNT });
  });

  it("reads them as nobody from /proc, and says what that does not tell", async () => {
    const snapshot = await lookBy({ command: [...NOBODY, "sh", "-s"] });
    const found = snapshot.namespaces.filter((one) => one.id?.startsWith("tcp-") === true);
    const mine = found.find((one) => stuck(snapshot, one.id ?? "").some((socket) => socket.local.address === "10.78.0.1"));
    expect(mine).toMatchObject({ inode: null, readBy: "proc-net-tcp", localPortRange: null, ownAddresses: expect.arrayContaining(["10.78.0.1"]) });
    expect(stuck(snapshot, mine?.id ?? "")).toHaveLength(COUNT);
    for (const socket of stuck(snapshot, mine?.id ?? "")) expect(socket).toMatchObject({ recvQueue: 1, ownership: "hidden", owners: [], info: null });
    expect(snapshot.missing.some((fact) => /who holds the sockets of \d+ other network namespace/.test(fact.what) && fact.remedy.includes("root"))).toBe(true);
  });

  it("reads them with nothing but BusyBox, without nsenter", async () => {
    const path = busybox(room, ["nsenter"]);
    const snapshot = await lookBy({ command: [join(path, "sh"), "-s"], path });
    expect(spaceOf(snapshot, near)).toMatchObject({ name: NEAR, readBy: "proc-net-tcp", ownAddresses: expect.arrayContaining(["10.78.0.1"]) });
    expect(stuck(snapshot, near)).toHaveLength(COUNT);
    for (const socket of stuck(snapshot, near)) expect(socket).toMatchObject({ recvQueue: 1, owners: [{ pid: client.pid }] });
  });

  it("brings times that were read later to the look's moment", async () => {
    const before = Date.now();
    const snapshot = await lookBy({ command: ["sh", "-s"] });
    const clock = snapshot.clock?.targetMs ?? 0;
    expect(clock).toBeGreaterThan(before - 50);
    const again = await lookBy({ command: ["sh", "-s"] });
    // The same event, seen from two looks, stands at one moment.
    const moments = (one: Snapshot): number[] => stuck(one, near).map((socket) => (one.clock?.targetMs ?? 0) - (socket.info?.lastAckMs ?? 0)).sort((a, b) => a - b);
    moments(snapshot).forEach((moment, at) => expect(Math.abs(moment - (moments(again)[at] ?? 0))).toBeLessThan(60));
  });

  it("enters one that lives by its name alone", async () => {
    const name = `llp${process.pid}c`;
    run("ip", "netns", "add", name);
    try {
      run("ip", "-n", name, "link", "set", "lo", "up");
      // The side that closes first leaves a TIME_WAIT, which outlives its process.
      run("ip", "netns", "exec", name, process.execPath, "-e", `
        const net = require("net");
        const server = net.createServer((s) => { s.on("end", () => server.close()); s.resume(); }).listen(7001, "127.0.0.1", () => net.connect(7001, "127.0.0.1").end());`);
      for (const path of [undefined, busybox(mkdtempSync(join(tmpdir(), "leakline-applets-"))) ]) {
        const snapshot = await lookBy({ command: ["sh", "-s"], ...(path === undefined ? {} : { path }) });
        if (path !== undefined) rmSync(join(path, ".."), { recursive: true });
        const alone = snapshot.namespaces.find((one) => one.name === name);
        expect(alone).toMatchObject({ pid: null, how: `named /run/netns/${name}`, sockets: 1, ownAddresses: expect.arrayContaining(["127.0.0.1"]) });
        expect(snapshot.sockets.filter((socket) => socket.namespace === alone?.id)).toMatchObject([{ state: "TIME_WAIT", ownership: "none" }]);
      }
    } finally {
      run("ip", "netns", "del", name);
    }
  });

  it("leaves out what is beyond the limit, and says so", async () => {
    const snapshot = await lookBy({ command: ["sh", "-s"], limits: { maxSpaces: 0 } });
    expect(stuck(snapshot, near)).toEqual([]);
    expect(spaceOf(snapshot, near)).toMatchObject({ name: NEAR, readBy: null });
    // The kernel's count is told all the same.
    expect(spaceOf(snapshot, near)?.sockets).toBeGreaterThanOrEqual(COUNT);
    expect(snapshot.missing.some((fact) => /the sockets of \d+ other network namespaces/.test(fact.what))).toBe(true);
  });
});
