import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import type { AddressInfo, Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { explain } from "../../../src/explain/explain";
import type { MissingFact, Snapshot } from "../../../src/model/snapshot";
import { textOfInvestigation } from "../../../src/report/text";
import { createProbeReader } from "../../../src/observe/probe/probe";
import { lookBy, NOBODY, toolbox } from "./look-by";

const MARK = `LEAKLINE_FAULT_${process.pid}`;

/** Processes that our looks have left behind. */
function leftBehind(): string[] {
  return readdirSync("/proc").filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid).flatMap((pid) => {
    try {
      if (!readFileSync(`/proc/${pid}/environ`, "utf8").includes(`${MARK}=1`) || readFileSync(`/proc/${pid}/stat`, "utf8").includes(") Z ")) return [];
      return [readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ")];
    } catch {
      return [];
    }
  });
}

async function nothingLeft(): Promise<void> {
  for (let round = 0; round < 300 && leftBehind().length > 0; round += 1) await new Promise((resolve) => setTimeout(resolve, 10));
  expect(leftBehind()).toEqual([]);
}

describe("a host on which something is broken", () => {
  let room: string;
  let server: Server;
  let port: number;
  beforeAll(async () => {
    server = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => server.once("listening", resolve));
    ({ port } = server.address() as AddressInfo);
  });
  afterAll(() => void server.close());
  beforeEach(() => {
    room = mkdtempSync(join(tmpdir(), "leakline-fault-"));
  });
  afterEach(() => rmSync(room, { recursive: true, force: true }));

  /** Its own namespace alone. */
  const limits = { maxSpaces: 0, tableSeconds: 30 };
  /** Soon tired of a tool that hangs. */
  const tired = { ...limits, tableSeconds: 1 };
  const env = { [MARK]: "1" };
  const withSs = (script: string, without: readonly string[] = []): string => toolbox(room, "bin", without, { ss: script });
  const facts = (snapshot: Snapshot): string => snapshot.missing.map((fact: MissingFact) => `${fact.what}: ${fact.why}`).join("\n");

  function expectListener(snapshot: Snapshot): void {
    expect(snapshot.sockets.find((socket) => socket.state === "LISTEN" && socket.local.port === port && socket.namespace === null)).toMatchObject({ owners: [{ pid: process.pid }] });
  }

  it.each([
    ["hangs", "exec sleep 1000", /ss did not end in time/],
    ["hangs and will not be ended", "trap '' TERM; while :; do sleep 1; done", /ss did not end in time/],
    ["prints half of it and hangs", "echo 'ESTAB 0 0 10.9.9.9:1 10.9.9.9:2 ino:0 sk:1'; exec sleep 1000", /ss did not end in time/],
    ["is killed in the middle", "echo 'ESTAB 0 0 10.9.9.9:1 10.9'; kill -9 $$", /ss did not end in time or was killed \(status 137\)/],
    ["prints half and dies", "echo 'ESTAB 0 0 10.9.9.9:1 10.9.9.9:2 ino:0 sk:1'; exit 1", /ss ended with status 1/],
    ["cannot be run", "exit 126", /ss could not be run/],
  ])("takes the next best source when ss %s, and says why", async (_, script, why) => {
    const path = toolbox(room, "bin", ["netstat"], { ss: script });
    const snapshot = await lookBy({ command: ["sh", "-s"], path, limits: tired, env });
    expect(snapshot.source.format).toBe("probe:proc-net-tcp");
    expectListener(snapshot);
    expect(snapshot.sockets.some((socket) => socket.local.address === "10.9.9.9")).toBe(false);
    expect(facts(snapshot)).toMatch(why);
    await nothingLeft();
  });

  it("bounds a tool that hangs where there is no timeout(1)", async () => {
    const snapshot = await lookBy({ command: ["sh", "-s"], path: withSs("exec sleep 1000", ["timeout"]), limits: tired, env });
    expect(snapshot.source.format).toBe("probe:proc-net-tcp");
    expectListener(snapshot);
    expect(facts(snapshot)).toMatch(/ss did not end in time/);
    await nothingLeft();
  });

  it("keeps what a table told before every source failed", async () => {
    const path = toolbox(room, "bin", ["netstat", "cat"], { ss: "echo 'ESTAB 0 0 10.9.9.9:1 10.9.9.9:2 ino:0 sk:1'; exec sleep 1000" });
    const snapshot = await lookBy({ command: ["sh", "-s"], path, limits: tired, env });
    expect(snapshot.sockets).toMatchObject([{ local: { address: "10.9.9.9" } }]);
    expect(facts(snapshot)).toMatch(/the rest of the socket table: ss did not end in time/);
    await nothingLeft();
  });

  it.each(["awk", "sed", "grep", "find", "timeout", "nsenter", "gzip", "id", "date"])("goes on without %s", async (tool) => {
    const snapshot = await lookBy({ command: ["sh", "-s"], path: toolbox(room, "bin", [tool]), limits, env });
    const listener = snapshot.sockets.find((socket) => socket.state === "LISTEN" && socket.local.port === port);
    // Without awk nobody joins descriptors to sockets: then ss itself is asked for the owners.
    expect(listener?.owners[0]?.pid).toBe(process.pid);
    expect(snapshot.missing.some((fact) => fact.what === "the end of the answer")).toBe(false);
    if (tool === "awk") expect(facts(snapshot)).toMatch(/other network namespaces: awk is not installed/);
    if (tool === "grep") expect(facts(snapshot)).toMatch(/what the processes are.*: grep is not installed/);
  });

  it("does not lose the rest for half a character", async () => {
    const path = toolbox(room, "bin", [], { ip: "printf '1: lo    inet 127.0.0.1/8 scope host lo\\303'" });
    const snapshot = await lookBy({ command: ["sh", "-s"], path, limits, env });
    expectListener(snapshot);
    expect(snapshot.ownAddresses).toEqual(["127.0.0.1"]);
    expect(snapshot.missing.some((fact) => fact.what === "the end of the answer")).toBe(false);
  });

  it("reads 200 MB of nonsense in bounded memory, and says how much there was", async () => {
    const path = withSs("yes 'a line that nobody understands, long enough to be read as a row of something: 0123456789' | head -c 200000000");
    const before = process.memoryUsage().rss;
    const snapshot = await lookBy({ command: ["sh", "-s"], path, limits, env });
    expect(snapshot.skipped).toHaveLength(1000);
    expect(facts(snapshot)).toMatch(/\d{7} more lines of the socket table/);
    expect(snapshot.cost?.bytes).toBeGreaterThan(200_000_000);
    expect(process.memoryUsage().rss - before).toBeLessThan(150_000_000);
  });

  it("reads one line of 200 MB as a line that nobody understands", async () => {
    const snapshot = await lookBy({ command: ["sh", "-s"], path: withSs("head -c 200000000 /dev/zero | tr '\\0' x; echo"), limits, env });
    expect(snapshot.skipped).toMatchObject([{ text: "x".repeat(4000) }]);
  });

  it("is right on both clocks when the host's is three hours slow", async () => {
    const path = toolbox(room, "bin", [], { date: 'exec /usr/bin/date -d "3 hours ago" "$@"' });
    const before = Date.now();
    const snapshot = await lookBy({ command: ["dash", "-s"], path, limits, env });
    const hours = 3 * 3_600_000;
    expect(Math.abs((snapshot.clock?.offsetMs ?? 0) + hours)).toBeLessThan((snapshot.clock?.offsetErrorMs ?? 0) + 50);
    // When it was taken, on our clock; leak moments, on the clock that the host's logs are written by.
    expect(Math.abs(Date.parse(snapshot.source.takenAt ?? "") - before)).toBeLessThan(30_000);
    const info = { lastSendMs: 60_000, lastReceiveMs: 60_000, lastAckMs: 50_000, bytesSent: null, bytesAcked: null, bytesReceived: null, retransmits: null, totalRetransmits: null, unacked: null, notSent: null, rttMs: null, rtoMs: null, backoff: null, congestionWindow: null, congestionControl: null };
    const [any] = snapshot.sockets;
    expect(any).toBeDefined();
    if (any === undefined) return;
    const sockets = Array.from({ length: 30 }, (_, at) => ({ ...any, state: "CLOSE_WAIT" as const, local: { address: "10.0.0.1", port: 40_000 + at, zone: null }, remote: { address: "10.0.0.5", port: 3306, zone: null }, recvQueue: 1, owners: [{ pid: 7, process: "shopd", fd: at }], ownership: "owned" as const, timer: null, inode: 900 + at, info }));
    const looked = { ...snapshot, sockets };
    const { diagnoses, services, groups } = explain({ snapshots: [looked], configured: [] });
    const [moment] = diagnoses[0]?.leakMomentsMs ?? [];
    expect(Math.abs((moment ?? 0) - ((snapshot.clock?.targetMs ?? 0) - 60_000))).toBeLessThan(1);
    expect(Math.abs((moment ?? 0) - (before - hours - 60_000))).toBeLessThan(30_000);
    const text = textOfInvestigation({ targets: ["local"], startedAt: "", tookMs: 1, snapshots: [looked], services, groups, diagnoses, findings: [], suspects: [], analysis: null, workspace: null });
    expect(text).toContain("its clock is 180 min 0 s behind ours");
  });

  /** Runs the shell in a mount namespace of its own, behind `setup`. */
  const mounted = (setup: string, ...then: readonly string[]): string[] => ["unshare", "--mount", "--propagation", "private", "sh", "-c", `${setup} && exec "$@"`, "sh", ...then];

  it("needs no room on the disk, in any shell", async () => {
    const full = join(room, "full");
    mkdirSync(full);
    for (const shell of [["dash"], ["bash"], ["busybox", "sh"]]) {
      const command = mounted(`mount -t tmpfs -o size=16k none ${full} && cd ${full} && { dd if=/dev/zero of=${full}/filler bs=1k 2>/dev/null; true; } && export TMPDIR=${full}`, ...shell, "-s");
      const snapshot = await lookBy({ command, limits, env });
      expectListener(snapshot);
      expect(snapshot.source.format).toBe("probe:ss");
      expect(snapshot.missing.some((fact) => fact.what === "the end of the answer")).toBe(false);
    }
  });

  it("needs nothing that can be written to", async () => {
    const snapshot = await lookBy({ command: mounted("for m in / /tmp /dev/shm /run /var/tmp; do mount --bind $m $m 2>/dev/null; mount -o remount,bind,ro $m 2>/dev/null; done; ! touch /tmp/x 2>/dev/null", "sh", "-s"), limits, env });
    expectListener(snapshot);
    expect(snapshot.missing.some((fact) => fact.what === "the end of the answer")).toBe(false);
  });

  it("says what a /proc that hides other users' processes hides", async () => {
    const snapshot = await lookBy({ command: mounted("mount -t proc -o hidepid=2 proc /proc", ...NOBODY, "sh", "-s"), limits, env });
    expect(snapshot.sockets.find((socket) => socket.state === "LISTEN" && socket.local.port === port)).toMatchObject({ ownership: "hidden", owners: [] });
    expect(snapshot.privilege).toEqual({ uid: 65_534, seesAllProcesses: false });
    expect(snapshot.processes.some((each) => each.pid === process.pid)).toBe(false);
    expect(facts(snapshot)).toMatch(/the owners of \d+ sockets: this user may not read other users' processes/);
  });

  it("says that it was stopped when the host allows no more processes", async () => {
    const snapshot = await lookBy({ command: [...NOBODY, "prlimit", "--nproc=1", "sh", "-s"], limits, env });
    expect(facts(snapshot)).toMatch(/the end of the answer: the script ended before it was done|the whole look/);
    expect(snapshot.missing.some((fact) => fact.remedy.includes("limit on processes"))).toBe(true);
    await nothingLeft();
  });

  it("reads an answer between a banner and a farewell, cut anywhere, without a throw", () => {
    const rows = Array.from({ length: 40 }, (_, at) => `ESTAB 0 0 10.0.0.1:${1000 + at} 10.0.0.2:3306 ino:${at + 1} sk:${at}`).join("\n");
    const answer = `Welcome to höst\n\nleakline.probe/1 abcdef012345\n\n@abcdef012345 uid 0\n\n@abcdef012345 space - 40\n\n@abcdef012345 sockets ss ss -tan\n${rows}\n\n@abcdef012345 summary\n7 ESTAB out 10.0.0.2:3306 0 -\n\n@abcdef012345 status ss 0\n\n@abcdef012345 hosts\n10.0.0.2 dätabase\n\n@abcdef012345 end\n`;
    const read = (text: string): Snapshot => {
      const reader = createProbeReader();
      reader.push(text);
      return reader.finish({ target: { kind: "local" }, sentAtMs: 0, endedAtMs: 1, truncated: false, stderr: "", bytes: text.length });
    };
    const whole = read(`${answer}logout\nConnection closed\n`);
    expect(whole.sockets).toHaveLength(40);
    expect(whole.summaries).toHaveLength(1);
    expect(whole.hostNames).toMatchObject([{ name: "dätabase" }]);
    expect(whole.skipped.map(({ text }) => text)).toEqual(["Welcome to höst"]);
    expect(whole.missing.some((fact) => fact.what === "the end of the answer")).toBe(false);
    const end = answer.lastIndexOf("@abcdef012345 end");
    for (let at = answer.indexOf("uid"); at < end; at += 1) {
      const snapshot = read(answer.slice(0, at));
      expect(snapshot.missing.some((fact) => fact.what === "the end of the answer")).toBe(true);
      // No half row is taken for a whole one.
      for (const socket of snapshot.sockets) expect(socket).toMatchObject({ remote: { port: 3306 }, cookie: expect.stringMatching(/^\d+$/) });
    }
  });
});
