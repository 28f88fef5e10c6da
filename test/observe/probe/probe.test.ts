import { spawn, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, realpathSync, rmSync, symlinkSync } from "node:fs";
import { connect } from "node:net";
import type { Socket as NetSocket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Snapshot } from "../../../src/model/snapshot";
import type { Socket } from "../../../src/model/socket";
import { createProbeReader } from "../../../src/observe/probe/probe";
import { PROBE_SCRIPT } from "../../../src/observe/probe/script";
import { keyOf } from "../sockets/made-captures";
import type { LivingProcess } from "./living-process";
import { BLOCKED_PROGRAM, LEAKY_PROGRAM, startProgram } from "./living-process";

interface Way {
  readonly command: readonly string[];
  readonly path?: string;
  readonly cwd?: string;
}

function readAnswer(answer: string, more: Partial<Parameters<ReturnType<typeof createProbeReader>["finish"]>[0]> = {}): Snapshot {
  const reader = createProbeReader();
  reader.push(answer);
  return reader.finish({ target: { kind: "local" }, sentAtMs: 1000, endedAtMs: 1100, truncated: false, stderr: "", bytes: answer.length, ...more });
}

async function lookBy(way: Way): Promise<Snapshot> {
  const [command = "", ...args] = way.command;
  const sentAtMs = Date.now();
  const child = spawn(command, args, { stdio: ["pipe", "pipe", "pipe"], cwd: way.cwd, env: { ...process.env, ...(way.path === undefined ? {} : { PATH: way.path }) } });
  const reader = createProbeReader();
  let stderr = "";
  let bytes = 0;
  child.stdout.setEncoding("utf8");
  child.stdout.on("data", (text: string) => {
    bytes += text.length;
    reader.push(text);
  });
  child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
  child.stdin.end(PROBE_SCRIPT);
  await new Promise((resolve, reject) => {
    child.once("close", resolve);
    child.once("error", reject);
  });
  return reader.finish({ target: { kind: "local" }, sentAtMs, endedAtMs: Date.now(), truncated: false, stderr, bytes });
}

/** A directory with links to the programs of this machine, some left out. */
function toolbox(parent: string, name: string, without: readonly string[]): string {
  const folder = join(parent, name);
  mkdirSync(folder);
  for (const tool of readdirSync("/usr/bin")) if (!without.includes(tool)) symlinkSync(join("/usr/bin", tool), join(folder, tool));
  return folder;
}

const SHELLS: readonly (readonly [string, readonly string[]])[] = [["dash", ["dash", "-s"]], ["bash", ["bash", "-s"]], ["busybox", ["busybox", "sh", "-s"]]];

describe("a look at this machine", () => {
  let leaky: LivingProcess;
  let room: string;
  beforeAll(async () => {
    room = mkdtempSync(join(tmpdir(), "leakline-probe-"));
    leaky = await startProgram(LEAKY_PROGRAM, { cwd: room });
  });
  afterAll(async () => {
    await leaky.stop();
    rmSync(room, { recursive: true, force: true });
  });

  const between = (snapshot: Snapshot, localPort: number | undefined, remotePort: number | undefined): Socket | undefined =>
    snapshot.sockets.find((socket) => socket.local.port === localPort && socket.remote.port === remotePort);

  function expectLeakySeen(snapshot: Snapshot): void {
    const { port, hungUp, living, reset } = leaky.said;
    expect(between(snapshot, port, hungUp)).toMatchObject({ state: "CLOSE_WAIT", recvQueue: 1, ownership: "owned", owners: [{ pid: leaky.pid }], uid: 0 });
    expect(between(snapshot, hungUp, port)?.state).toBe("FIN_WAIT_2");
    expect(between(snapshot, living, port)).toMatchObject({ state: "ESTABLISHED", owners: [{ pid: leaky.pid, process: "node" }] });
    expect(snapshot.sockets.find((socket) => socket.state === "LISTEN" && socket.local.port === port)).toMatchObject({ owners: [{ pid: leaky.pid }], recvQueue: 0 });
    // The reset connection has left every table; its descriptor has not been closed.
    expect(between(snapshot, port, reset)).toBeUndefined();
    expect(snapshot.skipped).toEqual([]);
  }

  it.each(SHELLS)("works in %s", async (_, command) => {
    const snapshot = await lookBy({ command });
    expectLeakySeen(snapshot);
    expect(snapshot.source).toMatchObject({ format: "probe:ss", target: "local" });
    expect(between(snapshot, leaky.said.port, leaky.said.hungUp)?.info?.lastAckMs).toBeGreaterThan(100);
    const holder = snapshot.processes.find((process) => process.pid === leaky.pid);
    expect(holder).toMatchObject({
      name: "node", exe: realpathSync(process.execPath), cwd: room, uid: 0, parentPid: process.pid, openDescriptors: leaky.said.descriptors, socketDescriptors: leaky.said.sockets,
      descriptorLimit: Number(/Max open files\s+(\d+)/.exec(readFileSync(`/proc/${leaky.pid}/limits`, "utf8"))?.[1]),
      namespace: /\d+/.exec(String(spawnSync("readlink", [`/proc/${leaky.pid}/ns/net`]).stdout))?.[0],
    });
    expect(holder?.threads).toBeGreaterThan(1);
    // Exactly the reset connection: Unix-domain, UDP and living TCP sockets are no dead ones.
    expect(holder?.deadSocketInodes).toHaveLength(1);
    expect(snapshot.kernel?.counters.TcpActiveOpens).toBeGreaterThan(2);
    expect(snapshot.kernel?.counters).toHaveProperty("TcpExtListenOverflows");
    expect(snapshot.kernel?.localPortRange).toEqual(readFileSync("/proc/sys/net/ipv4/ip_local_port_range", "utf8").trim().split(/\s+/).map(Number));
    expect(snapshot.kernel?.settings).toMatchObject({ "net.core.somaxconn": Number(readFileSync("/proc/sys/net/core/somaxconn", "utf8")), "net.ipv4.tcp_fin_timeout": Number(readFileSync("/proc/sys/net/ipv4/tcp_fin_timeout", "utf8")) });
    expect(snapshot.kernel?.release).toMatch(/^Linux \d/);
    expect(snapshot.ownAddresses).toEqual(expect.arrayContaining(["127.0.0.1"]));
    expect(snapshot.hostNames.some((host) => host.name === "localhost")).toBe(true);
    expect(snapshot.hostname).toBe(readFileSync("/proc/sys/kernel/hostname", "utf8").trim());
    expect(snapshot.privilege?.uid).toBe(0);
  });

  it.each(SHELLS)("tells the time of the target to the millisecond in %s", async (_, command) => {
    const before = Date.now();
    const snapshot = await lookBy({ command });
    const clock = snapshot.clock;
    expect(clock).not.toBeNull();
    if (clock === null) return;
    // One machine, one clock: the true offset is nought, and must lie within the error told.
    expect(Math.abs(clock.offsetMs)).toBeLessThanOrEqual(clock.offsetErrorMs + 2);
    expect(clock.targetMs).toBeGreaterThanOrEqual(before - 2);
    expect(clock.targetMs).toBeLessThanOrEqual(Date.now() + 2);
    const started = snapshot.processes.find((process) => process.pid === leaky.pid)?.startedAtMs ?? 0;
    const uptime = Number(readFileSync("/proc/uptime", "utf8").split(" ")[0]);
    const ticks = Number(readFileSync(`/proc/${leaky.pid}/stat`, "utf8").split(") ")[1]?.split(" ")[19]);
    expect(Math.abs(started - (Date.now() - uptime * 1000 + ticks * 10))).toBeLessThan(100);
  });

  it("gives the same sockets from ss, netstat and /proc", async () => {
    const folder = mkdtempSync(join(tmpdir(), "leakline-tools-"));
    try {
      const bySs = await lookBy({ command: ["/bin/sh", "-s"] });
      const byNetstat = await lookBy({ command: ["/bin/sh", "-s"], path: toolbox(folder, "no-ss", ["ss"]) });
      const byProc = await lookBy({ command: ["/bin/sh", "-s"], path: toolbox(folder, "no-tools", ["ss", "netstat"]) });
      expect([bySs, byNetstat, byProc].map((snapshot) => snapshot.source.format)).toEqual(["probe:ss", "probe:netstat-linux", "probe:proc-net-tcp"]);
      const mine = (snapshot: Snapshot): unknown => snapshot.sockets.filter((socket) => socket.owners.some((owner) => owner.pid === leaky.pid))
        .map((socket) => [keyOf(socket), socket.recvQueue, socket.inode, socket.uid, socket.owners]).sort((one, other) => String(one[0]).localeCompare(String(other[0])));
      expect(mine(byNetstat)).toEqual(mine(bySs));
      expect(mine(byProc)).toEqual(mine(bySs));
      for (const snapshot of [byNetstat, byProc]) {
        expectLeakySeen(snapshot);
        expect(snapshot.missing.some((fact) => fact.remedy.includes("iproute2"))).toBe(true);
        expect(snapshot.processes.find((process) => process.pid === leaky.pid)?.deadSocketInodes).toHaveLength(1);
      }
      expect(bySs.missing.some((fact) => fact.remedy.includes("iproute2"))).toBe(false);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it("needs no more than busybox", async () => {
    const folder = mkdtempSync(join(tmpdir(), "leakline-busybox-"));
    try {
      const applets = join(folder, "bin");
      mkdirSync(applets);
      for (const applet of String(spawnSync("busybox", ["--list"]).stdout).split("\n").filter((line) => line !== "")) symlinkSync("/usr/bin/busybox", join(applets, applet));
      const snapshot = await lookBy({ command: [join(applets, "sh"), "-s"], path: applets });
      expectLeakySeen(snapshot);
      expect(snapshot.source.format).toBe("probe:proc-net-tcp");
      expect(snapshot.processes.find((process) => process.pid === leaky.pid)).toMatchObject({ name: "node", exe: realpathSync(process.execPath), cwd: room, openDescriptors: leaky.said.descriptors, socketDescriptors: leaky.said.sockets, uid: 0 });
      expect(snapshot.processes.find((process) => process.pid === leaky.pid)?.deadSocketInodes).toHaveLength(1);
      expect(snapshot.processes.find((process) => process.pid === leaky.pid)?.commandLine).toContain("pauseOnConnect");
      expect(Math.abs(snapshot.clock?.offsetMs ?? 1e9)).toBeLessThanOrEqual((snapshot.clock?.offsetErrorMs ?? 0) + 2);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it("says what another user may not see, and does not call it unowned", async () => {
    const snapshot = await lookBy({ command: ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "sh", "-s"] });
    expect(snapshot.privilege).toEqual({ uid: 65_534, seesAllProcesses: false });
    expect(between(snapshot, leaky.said.port, leaky.said.hungUp)).toMatchObject({ state: "CLOSE_WAIT", ownership: "hidden", owners: [] });
    const fact = snapshot.missing.find((each) => each.what.includes("owners"));
    expect(fact?.remedy).toContain("root");
    expect(snapshot.processes.find((process) => process.pid === leaky.pid)?.deadSocketInodes ?? []).toEqual([]);
  });

  it("sees connections that were never accepted: a full queue, and no owner even for another user", async () => {
    const blocked = await startProgram(BLOCKED_PROGRAM);
    const clients: NetSocket[] = [];
    try {
      for (let count = 0; count < 5; count += 1) {
        const client = connect(blocked.said.port ?? 0, "127.0.0.1");
        client.on("error", () => {});
        clients.push(client);
        await new Promise((resolve) => client.once("connect", resolve));
      }
      clients[0]?.write("hello");
      clients[1]?.end();
      await new Promise((resolve) => setTimeout(resolve, 100));
      for (const command of [["sh", "-s"], ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "sh", "-s"]]) {
        const snapshot = await lookBy({ command });
        const listener = snapshot.sockets.find((socket) => socket.state === "LISTEN" && socket.local.port === blocked.said.port);
        // The kernel admits one more than the limit.
        expect(listener).toMatchObject({ recvQueue: 5, sendQueue: 4 });
        const waiting = snapshot.sockets.filter((socket) => socket.local.port === blocked.said.port && socket.state !== "LISTEN");
        expect(waiting.map((socket) => [socket.ownership, socket.inode])).toEqual(Array.from({ length: 5 }, () => ["none", 0]));
        expect(waiting.filter((socket) => socket.state === "CLOSE_WAIT").map((socket) => socket.recvQueue)).toEqual([1]);
        expect(waiting.filter((socket) => socket.recvQueue === 5)).toHaveLength(1);
      }
    } finally {
      for (const client of clients) client.destroy();
      await blocked.stop();
    }
  });

  it("is not taken in by what processes call themselves", async () => {
    const evil = "x\n@12345678-1234 end\nleakline.probe/1 aaaaaaaaaaaa\n@aaaaaaaaaaaa uid 4242\n/proc/1/exe:/evil\n/proc/1/stat:1 (evil) S 1 1 1 1\n";
    const liar = await startProgram(`process.title = ""; const s = require("net").createServer(() => {}); s.listen(0, "127.0.0.1", () => console.log(JSON.stringify({ pid: process.pid, port: s.address().port })));`.replace('process.title = ""; ', ""), { args: [evil] });
    try {
      for (const [, command] of SHELLS) {
        const snapshot = await lookBy({ command });
        expect(snapshot.privilege?.uid).toBe(0);
        expect(snapshot.skipped).toEqual([]);
        expect(snapshot.processes.some((process) => process.name === "evil" || process.exe === "/evil")).toBe(false);
        const process = snapshot.processes.find((each) => each.pid === liar.pid);
        expect(process?.commandLine).toContain("@12345678-1234 end leakline.probe/1");
        expect(snapshot.sockets.find((socket) => socket.local.port === liar.said.port)?.owners[0]?.pid).toBe(liar.pid);
      }
    } finally {
      await liar.stop();
    }
  });

  it("does not call sockets of another network namespace dead", async () => {
    const apart = await startProgram(LEAKY_PROGRAM.replaceAll("127.0.0.1", "::1").replace("udp4", "udp6"), { prefix: ["unshare", "--net", "sh", "-c", 'ip link set lo up && exec "$0" "$@"'] });
    try {
      const snapshot = await lookBy({ command: ["sh", "-s"] });
      const process = snapshot.processes.find((each) => each.pid === apart.pid);
      expect(process?.deadSocketInodes).toHaveLength(1);
      expect(process?.socketDescriptors).toBe(apart.said.sockets);
      expect(process?.namespace).not.toBe(snapshot.processes.find((each) => each.pid === leaky.pid)?.namespace);
      // Its own table was read in it, and nothing of it is missing.
      const inside = snapshot.namespaces.find((one) => one.id === process?.namespace);
      expect(inside).toMatchObject({ inode: process?.namespace, readBy: "ss", ownAddresses: expect.arrayContaining(["::1"]) });
      const { port, hungUp } = apart.said;
      const there = snapshot.sockets.filter((socket) => socket.namespace === inside?.id);
      expect(there.find((socket) => socket.local.port === port && socket.remote.port === hungUp)).toMatchObject({ state: "CLOSE_WAIT", recvQueue: 1, owners: [{ pid: apart.pid }], info: { lastAckMs: expect.any(Number) } });
      expect(there).toHaveLength(inside?.sockets ?? 0);
      expect(snapshot.sockets.some((socket) => socket.namespace === null && socket.owners.some((owner) => owner.pid === apart.pid))).toBe(false);
      expect(snapshot.missing.filter((fact) => fact.what.includes(inside?.id ?? "?"))).toEqual([]);
    } finally {
      await apart.stop();
    }
  });

  it("knows a TCP socket that was never connected from sockets that no table lists", async () => {
    const odd = spawn("perl", ["-MSocket", "-e", 'socket(A, PF_INET, SOCK_DGRAM, 0) && socket(B, 16, 3, 0) && socket(C, PF_INET, SOCK_STREAM, 0) or die; $| = 1; print "ready\\n"; sleep 1000'], { stdio: ["pipe", "pipe", "inherit"] });
    try {
      await new Promise((resolve, reject) => {
        odd.stdout.once("data", resolve);
        odd.once("exit", reject);
      });
      const snapshot = await lookBy({ command: ["sh", "-s"] });
      const process = snapshot.processes.find((each) => each.pid === odd.pid);
      const inodes = [3, 4, 5].map((fd) => Number(/\d+/.exec(readlinkSync(`/proc/${odd.pid ?? 0}/fd/${fd}`))?.[0]));
      expect(process?.deadSocketInodes).toEqual([inodes[2]]);
    } finally {
      odd.kill("SIGKILL");
    }
  });

  it("does not call a socket dead that is only being made or closed", async () => {
    const busy = await startProgram(`
      const net = require("net");
      const server = net.createServer((s) => { s.on("error", () => {}); s.end("x"); });
      server.listen(0, "127.0.0.1", () => {
        const port = server.address().port;
        setInterval(() => { for (let i = 0; i < 8; i += 1) { const c = net.connect(port, "127.0.0.1"); c.on("error", () => {}); c.resume(); } }, 20);
        console.log(JSON.stringify({ pid: process.pid, port }));
      });`);
    try {
      const looks: (readonly number[])[] = [];
      for (let round = 0; round < 8; round += 1) {
        const snapshot = await lookBy({ command: ["sh", "-s"] });
        looks.push(snapshot.processes.find((process) => process.pid === busy.pid)?.deadSocketInodes ?? []);
      }
      // A machine so busy that this process stood still for a third of a second may show it once.
      expect(looks.filter((dead) => dead.length > 0).length).toBeLessThanOrEqual(1);
    } finally {
      await busy.stop();
    }
  });

  it("writes nothing on the target", async () => {
    const empty = mkdtempSync(join(tmpdir(), "leakline-empty-"));
    try {
      const [command] = [["sh", "-s"]];
      const child = spawnSync(command?.[0] ?? "sh", ["-s"], { input: PROBE_SCRIPT, cwd: empty, env: { ...process.env, TMPDIR: empty, HOME: empty }, encoding: "utf8", maxBuffer: 1e9 });
      expect(child.status).toBe(0);
      expect(child.stderr).toBe("");
      expect(readdirSync(empty)).toEqual([]);
    } finally {
      rmSync(empty, { recursive: true, force: true });
    }
  });
});

describe("answers that are not as they should be", () => {
  const answer = (...sections: readonly string[]): string => `leakline.probe/1 abcdef012345\n${sections.map((section) => `\n@abcdef012345 ${section}\n`).join("")}`;

  it("sets a login script's chatter aside and reads on", () => {
    const snapshot = readAnswer(`Welcome to web-1\nlast login: now\n${answer("uid 0", "sockets ss ss -tan\nESTAB 0 0 10.0.0.1:1 10.0.0.2:2", "status ss 0", "end")}`);
    expect(snapshot.sockets).toHaveLength(1);
    expect(snapshot.skipped.map(({ text }) => text)).toEqual(["Welcome to web-1", "last login: now"]);
  });

  it("says that nothing answered as a shell", () => {
    const snapshot = readAnswer("", { stderr: "This account is not available\n" });
    expect(snapshot.sockets).toEqual([]);
    expect(snapshot.missing[0]?.why).toContain("This account is not available");
    expect(readAnswer("garbage").missing).toHaveLength(1);
  });

  it("says that the answer was cut, and takes no half row", () => {
    const cut = answer("uid 0", "sockets ss ss -tan\nESTAB 0 0 10.0.0.1:1 10.0.0.2:22\nESTAB 0 0 10.0.0.1:1 10.0.0.2:3").trimEnd();
    const snapshot = readAnswer(cut, { truncated: true });
    expect(snapshot.sockets.map((socket) => socket.remote.port)).toEqual([22]);
    expect(snapshot.missing.some((fact) => fact.what === "the end of the answer")).toBe(true);
  });

  it("takes the table that ended well and not the refused one before it", () => {
    const snapshot = readAnswer(answer("uid 0", "sockets ss ss -tanpoieHO\nESTAB 0 0 10.0.0.1:1 10.0.0.2:1", "status ss 1", "sockets ss ss -tan\nESTAB 0 0 10.0.0.1:1 10.0.0.2:1\nESTAB 0 0 10.0.0.1:1 10.0.0.2:2", "status ss 0", "end"));
    expect(snapshot.sockets.map((socket) => socket.remote.port)).toEqual([1, 2]);
  });

  it("keeps rows that it does not understand", () => {
    const snapshot = readAnswer(answer("uid 0", "sockets ss ss -tan\nESTAB 0 0 10.0.0.1:1 10.0.0.2:1\nwhat is this", "status ss 0", "end"));
    expect(snapshot.skipped).toMatchObject([{ line: 2, text: "what is this" }]);
  });

  it("holds back from 'nobody' inside a PID namespace of its own", () => {
    const rows = "sockets ss ss -tan\nESTAB 0 0 10.0.0.1:1 10.0.0.2:1 ino:77 sk:1\nCLOSE-WAIT 9 0 10.0.0.1:1 10.0.0.2:2 ino:0 sk:2";
    const own = (namespace: string): (string | undefined)[] => readAnswer(answer("uid 0", `namespaces ${namespace} net:[5]`, rows, "status ss 0", "descriptors\nP 1 3 0\nD 0", "end")).sockets.map((socket) => socket.ownership);
    expect(own("pid:[4026531836]")).toEqual(["none", "none"]);
    expect(own("pid:[4026532999]")).toEqual(["hidden", "none"]);
  });

  it("tells a socket that nobody holds from one that was closed while we looked", () => {
    const rows = "sockets ss ss -tan\nESTAB 0 0 10.0.0.1:1 10.0.0.2:1 ino:77 sk:1\nESTAB 0 0 10.0.0.1:1 10.0.0.2:2 ino:78 sk:2\nESTAB 0 0 10.0.0.1:1 10.0.0.2:3 ino:79 sk:3";
    const snapshot = readAnswer(answer("uid 0", rows, "status ss 0", "descriptors\nP 9 3 1 5:79\nD 0", "unowned\n77", "dead", "deadcheck done", "files\n/proc/9/stat:9 (nfsd (x)) S 1 9 9 0 -1 0 0 0 0 0 0 0 0 0 20 0 4 0 500 0", "end"));
    expect(snapshot.privilege?.seesAllProcesses).toBe(true);
    expect(snapshot.sockets.map((socket) => socket.ownership)).toEqual(["none", "hidden", "owned"]);
    expect(snapshot.sockets[2]?.owners).toEqual([{ pid: 9, process: "nfsd (x)", fd: 5 }]);
    expect(snapshot.missing.some((fact) => fact.why.includes("closed while we looked"))).toBe(true);
    expect(snapshot.processes).toMatchObject([{ pid: 9, parentPid: 1, name: "nfsd (x)", threads: 4, openDescriptors: 3, socketDescriptors: 1 }]);
  });

  it.each([
    ["MainThread", "/usr/bin/node", "node"],
    ["systemd-resolve", "/usr/lib/systemd/systemd-resolved", "systemd-resolved"],
    ["nginx", "/usr/sbin/nginx", "nginx"],
    ["gunicorn: maste", "/usr/bin/python3.11", "gunicorn: maste"],
    ["shopd", "/opt/other", "shopd"],
  ])("calls a process whose comm is %s and whose program is %s %s", (comm, exe, name) => {
    const stat = `/proc/9/stat:9 (${comm}) S 1 9 9 0 -1 0 0 0 0 0 0 0 0 0 20 0 4 0 500 0`;
    const rows = "sockets ss ss -tan\nESTAB 0 0 10.0.0.1:1 10.0.0.2:3 ino:79 sk:3";
    for (const program of [`links\n/proc/9/exe\0${exe}\0`, "only the command line"]) {
      const known = program.startsWith("links") ? [program, `files\n${stat}`] : [`files\n${stat}\n/proc/9/cmdline:${exe}`];
      const snapshot = readAnswer(answer("uid 0", rows, "status ss 0", "descriptors\nP 9 3 1 5:79\nD 0", ...known, "end"));
      expect(snapshot.processes[0]?.name).toBe(name);
      expect(snapshot.sockets[0]?.owners[0]?.process).toBe(name);
    }
  });

  it("gives no count of descriptors that it was not allowed to read", () => {
    const snapshot = readAnswer(answer("uid 0", "descriptors\nP 1 297 0\nX 1\nD 297", "files\n/proc/1/stat:1 (init) S 0 1 1 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 0 0", "end"));
    expect(snapshot.processes).toMatchObject([{ pid: 1, openDescriptors: null, socketDescriptors: null }]);
    expect(snapshot.privilege).toEqual({ uid: 0, seesAllProcesses: false });
  });

  it("believes no more dead sockets than the kernel counts, the largest leak first", () => {
    const dead = (listed: number): number[] => readAnswer(answer(
      "descriptors\nP 7 9 4 1:1 2:2 3:3 4:4\nP 8 9 1 1:5\nD 0", `sockstat\nTCP: inuse ${listed - 1} orphan 0 tw 3 alloc 20 mem 1\nTCP6: inuse 1`, "dead\n8 1 5\n7 1 1\n7 2 2\n7 3 3\n7 4 4", "deadcheck unnamed",
      "files\n/proc/7/stat:7 (leaks) S 1 7 7 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 500 0\n/proc/8/stat:8 (odd) S 1 8 8 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 500 0", "end",
    )).processes.map((process) => process.deadSocketInodes.length);
    expect(dead(15)).toEqual([4, 1]);
    expect(dead(16)).toEqual([4, 0]);
    expect(dead(20)).toEqual([0, 0]);
  });

  it("reckons a clock of whole seconds with the uptime beside it", () => {
    // True times: boot at 1,000,000.4 s; the samples at 100.30, 100.70, 101.20 and 101.90 s of uptime.
    const snapshot = readAnswer(answer("clock start 1000100 100.30", "clock before 1000101 100.70", "clock after 1000101 101.20", "clock end 1000102 101.90", "bootlines\nbtime 1000000", "end"), { sentAtMs: 1_000_100_600, endedAtMs: 1_000_102_400 });
    const clock = snapshot.clock;
    expect(clock).not.toBeNull();
    if (clock === null) return;
    const trueMiddle = 1_000_000_400 + (100_700 + 101_200) / 2;
    expect(Math.abs(clock.targetMs - trueMiddle)).toBeLessThanOrEqual(clock.offsetErrorMs);
    expect(clock.offsetErrorMs).toBeLessThan(500);
  });
});
