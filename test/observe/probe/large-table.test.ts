import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { explain } from "../../../src/explain/explain";
import type { Snapshot } from "../../../src/model/snapshot";
import { countSockets, countStates } from "../../../src/model/snapshot";
import { openPacked } from "../../../src/observe/packed-text";
import { createProbeReader } from "../../../src/observe/probe/probe";
import { readDocument, writeSnapshot } from "../../../src/protocol/investigation-file";
import type { LivingProcess } from "./living-process";
import { startProgram } from "./living-process";
import { busybox, lookBy, toolbox } from "./look-by";

const ALIVE = 150;
const HUNG_UP = 12;
const PORT = 3306;

/** In a network namespace of its own: connections that live, connections that the peer hung up on, and one with bytes that nobody reads. */
const CROWD = `
const net = require("net");
const held = [];
const server = net.createServer({ pauseOnConnect: true }, (s) => { s.on("error", () => {}); held.push(s); });
server.listen(${PORT}, "127.0.0.1", async () => {
  const connect = () => new Promise((resolve) => { const c = net.connect({ port: ${PORT}, host: "127.0.0.1", allowHalfOpen: true }, () => resolve(c)); c.pause(); c.on("error", () => {}); held.push(c); });
  const clients = [];
  for (let i = 0; i < ${ALIVE + HUNG_UP}; i += 1) clients.push(await connect());
  while (held.length < ${2 * (ALIVE + HUNG_UP)}) await new Promise((resolve) => setTimeout(resolve, 5));
  const accepted = held.filter((s) => s.localPort === ${PORT});
  const gone = new Set(clients.slice(0, ${HUNG_UP}).map((c) => c.localPort));
  for (const s of accepted) if (gone.has(s.remotePort)) s.end();
  clients[${HUNG_UP}].write("unread");
  setTimeout(() => console.log(JSON.stringify({ pid: process.pid, unread: clients[${HUNG_UP}].localPort })), 300);
});
`;

describe("a table above the limit", () => {
  let room: string;
  let crowd: LivingProcess;
  let inside: string;
  beforeAll(async () => {
    room = mkdtempSync(join(tmpdir(), "leakline-large-"));
    crowd = await startProgram(CROWD, { prefix: ["unshare", "--net", "sh", "-c", 'ip link set lo up && exec "$0" "$@"'] });
    inside = /\d+/.exec(String(spawnSync("readlink", [`/proc/${crowd.pid}/ns/net`]).stdout))?.[0] ?? "";
  });
  afterAll(async () => {
    await crowd.stop();
    rmSync(room, { recursive: true, force: true });
  });

  const enter = (): string[] => ["nsenter", "-t", String(crowd.pid), "-n"];
  /** The machine may have other namespaces; these tests are of this one. */
  const limits = { maxSockets: 100, maxSpaces: 0 };

  function expectAllTold(snapshot: Snapshot, namespace: string | null): void {
    const listed = snapshot.sockets.filter((socket) => socket.namespace === namespace);
    const counted = snapshot.summaries.filter((summary) => summary.namespace === namespace);
    const total = counted.reduce((sum, { count }) => sum + count, listed.length);
    // Exactly: nothing is lost, and nothing is told twice.
    expect(total).toBe(2 * (ALIVE + HUNG_UP) + 1);
    expect(listed.length).toBeLessThan(total / 2);
    const stuck = listed.filter((socket) => socket.state === "CLOSE_WAIT");
    expect(stuck).toHaveLength(HUNG_UP);
    for (const socket of stuck) expect(socket).toMatchObject({ recvQueue: 1, owners: [{ pid: crowd.pid }] });
    expect(listed.filter((socket) => socket.state === "FIN_WAIT_2")).toHaveLength(HUNG_UP);
    expect(listed.filter((socket) => socket.state === "LISTEN")).toHaveLength(1);
    expect(listed.find((socket) => socket.remote.port === crowd.said.unread && socket.local.port === PORT)).toMatchObject({ state: "ESTABLISHED", recvQueue: 6 });
    expect(counted.map(({ state, direction, endpoint, uid }) => [state, direction, endpoint.address, endpoint.port, uid]).sort()).toEqual([
      ["ESTABLISHED", "inbound", "127.0.0.1", PORT, 0], ["ESTABLISHED", "outbound", "127.0.0.1", PORT, 0],
    ]);
    expect(snapshot.missing.some((fact) => fact.what.endsWith("one by one") && fact.why.includes(String(total)) && fact.remedy.includes("--whole"))).toBe(true);
  }

  it("lists what can be stuck and counts the rest, with ss", async () => {
    const snapshot = await lookBy({ command: [...enter(), "sh", "-s"], limits });
    expect(snapshot.source.format).toBe("probe:ss");
    expectAllTold(snapshot, null);
    expect(countStates(snapshot)).toEqual({ LISTEN: 1, ESTABLISHED: 2 * ALIVE, CLOSE_WAIT: HUNG_UP, FIN_WAIT_2: HUNG_UP });
    expect(countSockets(snapshot)).toBe(2 * (ALIVE + HUNG_UP) + 1);
    // The few that are listed of each end carry all that ss tells.
    const few = snapshot.sockets.filter((socket) => socket.state === "ESTABLISHED" && socket.remote.port === PORT);
    expect(few.length).toBeGreaterThanOrEqual(10);
    for (const socket of few) expect(socket.info?.lastSendMs).not.toBeNull();
  });

  it("does the same from /proc", async () => {
    const path = toolbox(room, "no-ss", ["ss", "netstat"]);
    const snapshot = await lookBy({ command: [...enter(), "sh", "-s"], path, limits });
    expect(snapshot.source.format).toBe("probe:proc-net-tcp");
    expectAllTold(snapshot, null);
  });

  it("does the same with BusyBox's awk, and in another namespace", async () => {
    const path = busybox(room);
    expectAllTold(await lookBy({ command: [join(path, "sh"), "-s"], path, limits: { maxSockets: 20 } }), inside);
  });

  it("does the same with an ss that knows neither -H nor -O", async () => {
    const path = toolbox(room, "old-ss", [], { ss: 'case "$*" in *O*|*H*) echo "ss: invalid option" >&2; exit 255;; esac; exec /usr/bin/ss "$@"' });
    expectAllTold(await lookBy({ command: [...enter(), "sh", "-s"], path, limits }), null);
  });

  it("lists the same few at the next look", async () => {
    const looks = [await lookBy({ command: [...enter(), "sh", "-s"], limits }), await lookBy({ command: [...enter(), "sh", "-s"], limits })];
    const [first, second] = looks.map((snapshot) => snapshot.sockets.map((socket) => socket.cookie).sort());
    expect(second).toEqual(first);
  });

  it("lists everything when asked to", async () => {
    const snapshot = await lookBy({ command: [...enter(), "sh", "-s"], limits: { maxSockets: 0, maxSpaces: 0 } });
    expect(snapshot.summaries).toEqual([]);
    expect(snapshot.sockets).toHaveLength(2 * (ALIVE + HUNG_UP) + 1);
  });

  it("is explained by its counts: the groups are whole, and the owner of all is the owner of those that are listed", async () => {
    const snapshot = await lookBy({ command: [...enter(), "sh", "-s"], limits });
    const { groups, diagnoses } = explain({ snapshots: [snapshot], configured: [] });
    const out = groups.find((group) => group.direction === "outbound" && group.endpoint.port === PORT);
    expect(out).toMatchObject({ pid: crowd.pid, states: { ESTABLISHED: ALIVE, CLOSE_WAIT: HUNG_UP } });
    expect(groups.find((group) => group.direction === "inbound")).toMatchObject({ pid: crowd.pid, states: { ESTABLISHED: ALIVE, FIN_WAIT_2: HUNG_UP } });
    expect(groups.filter((group) => group.endpoint.port === PORT)).toHaveLength(3);
    expect(diagnoses).toMatchObject([{ cause: "connection-pinned", count: HUNG_UP, process: { pid: crowd.pid } }]);
  });

  it("is kept in the saved document", async () => {
    const snapshot = await lookBy({ command: [...enter(), "sh", "-s"], limits });
    const read = readDocument("x", JSON.parse([...writeSnapshot(snapshot)].join("")));
    expect(read).toEqual({ snapshot });
  });

  it("comes packed when that is asked for, and tells the same", async () => {
    const plain = await lookBy({ command: [...enter(), "sh", "-s"], limits: { maxSockets: 0, maxSpaces: 0 } });
    // The crowd is too small to be worth a compressor: the threshold stands in the script.
    expect(plain.cost?.rawBytes).toBe(plain.cost?.bytes);
    const { probeScript, USUAL_CHOICES } = await import("../../../src/observe/probe/script");
    const script = probeScript(USUAL_CHOICES, { maxSockets: 0, pack: 1, maxSpaces: 0 });
    expect(script).toContain('"$total" -ge 1000');
    for (const shell of [["dash"], ["bash"], ["busybox", "sh"]]) {
      const child = spawnSync("nsenter", ["-t", String(crowd.pid), "-n", ...shell, "-s"], { input: script.replace('"$total" -ge 1000', '"$total" -ge 10'), encoding: "utf8", maxBuffer: 1e9 });
      const reader = createProbeReader(openPacked);
      for (let at = 0; at < child.stdout.length; at += 1013) reader.push(child.stdout.slice(at, at + 1013));
      const packed = reader.finish({ target: { kind: "local" }, sentAtMs: 0, endedAtMs: 1, truncated: false, stderr: "", bytes: child.stdout.length });
      const names = (snapshot: Snapshot): string[] => snapshot.sockets.filter((socket) => socket.namespace === null).map((socket) => `${socket.cookie} ${socket.state} ${socket.owners[0]?.pid}`);
      expect(names(packed)).toEqual(names(plain));
      expect(packed.cost?.rawBytes ?? 0).toBeGreaterThan(1.5 * (packed.cost?.bytes ?? 0));
      expect(packed.missing).toEqual(plain.missing);
    }
  });
});

describe("counts that a target sent", () => {
  const answer = (...sections: readonly string[]): string => `leakline.probe/1 abcdef012345\n${sections.map((section) => `\n@abcdef012345 ${section}\n`).join("")}`;
  const read = (text: string, bytes = text.length): Snapshot => {
    const reader = createProbeReader(openPacked);
    reader.push(text);
    return reader.finish({ target: { kind: "local" }, sentAtMs: 1000, endedAtMs: 1100, truncated: false, stderr: "", bytes });
  };
  const rows = "sockets ss ss -tanoieHO\nLISTEN 0 128 *:443 *:* ino:9 sk:1\nESTAB 0 0 [::ffff:10.0.0.1]:443 [::ffff:10.0.0.9]:5000 ino:10 sk:2";

  it("are read in the way of each table, and what is not understood is kept", () => {
    const snapshot = read(answer("machine x86_64", "uid 0", rows, "summary\n900 ESTAB in [::ffff:10.0.0.1]:443 33 /system.slice/web.service\n70 TIME-WAIT out 10.0.0.5:3306 - -\n5 ESTAB out *:443 - -\n3 ESTAB out *:* - -\n4 ESTAB sideways x 0 -", "status ss 0", "end"));
    expect(snapshot.summaries).toEqual([
      { namespace: null, state: "ESTABLISHED", direction: "inbound", endpoint: { address: "10.0.0.1", port: 443, zone: null }, uid: 33, cgroup: "/system.slice/web.service", count: 900 },
      { namespace: null, state: "TIME_WAIT", direction: "outbound", endpoint: { address: "10.0.0.5", port: 3306, zone: null }, uid: null, cgroup: null, count: 70 },
      { namespace: null, state: "ESTABLISHED", direction: "outbound", endpoint: { address: "*", port: 443, zone: null }, uid: null, cgroup: null, count: 5 },
      { namespace: null, state: "ESTABLISHED", direction: "outbound", endpoint: { address: "*", port: null, zone: null }, uid: null, cgroup: null, count: 3 },
    ]);
    expect(snapshot.skipped).toMatchObject([{ text: "4 ESTAB sideways x 0 -" }]);
    // The wildcard listener is the one that they came in at.
    expect(explain({ snapshots: [snapshot], configured: [] }).groups.find((group) => group.direction === "inbound")).toMatchObject({ endpoint: { address: "*", port: 443 }, states: { ESTABLISHED: 901 } });
    const proc = read(answer("machine s390x", "uid 0", "sockets proc cat /proc/net/tcp\n  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode", "summary\n8 ESTAB out 0A000005:0CEA 33 -\n2 ESTAB out *:01BB - -", "status proc 0", "end"));
    expect(proc.summaries.map(({ endpoint }) => endpoint)).toEqual([{ address: "10.0.0.5", port: 3306, zone: null }, { address: "*", port: 443, zone: null }]);
  });

  it("make a churn of TIME_WAITs known though none of them is listed", () => {
    const snapshot = read(answer("machine x86_64", "uid 0", rows, "summary\n20000 TIME-WAIT out 10.0.0.5:3306 - -", "status ss 0", "settings\n/proc/sys/net/ipv4/ip_local_port_range:32768\t60999", "end"));
    expect(explain({ snapshots: [snapshot], configured: [] }).diagnoses).toMatchObject([{ cause: "time-wait-churn", count: 20_000, states: { TIME_WAIT: 20_000 }, endpoint: { address: "10.0.0.5", port: 3306 }, confidence: "high" }]);
  });

  it("name nobody where several processes hold the listed ones", () => {
    const held = "sockets ss ss -tanoieHO\nESTAB 0 0 10.0.0.1:40000 10.0.0.5:3306 ino:10 sk:2\nESTAB 0 0 10.0.0.1:40001 10.0.0.5:3306 ino:11 sk:3";
    const snapshot = read(answer("machine x86_64", "uid 0", held, "summary\n500 ESTAB out 10.0.0.5:3306 0 -", "status ss 0", "descriptors\nP 7 2 1 3:10\nP 8 2 1 3:11\nD 0", "end"));
    expect(explain({ snapshots: [snapshot], configured: [] }).groups.map(({ pid, states }) => [pid, states.ESTABLISHED])).toEqual([[null, 500], [7, 1], [8, 1]]);
  });

  const packedSection = (text: string): string => `packed\n${(gzipSync(text).toString("base64").match(/.{1,76}/g) ?? []).join("\n")}`;
  const many = `\n@abcdef012345 sockets ss ss -tanoieHO\n${Array.from({ length: 3000 }, (_, at) => `ESTAB 0 0 10.0.0.1:${1000 + at} 10.0.0.5:3306 ino:${at} sk:${at.toString(16)} cgroup:/ü`).join("\n")}\n\n@abcdef012345 status ss 0\n`;

  it("are read out of a packed section as out of a plain one", () => {
    const snapshot = read(answer("uid 0", packedSection(many), "unpacked", "hosts\n10.0.0.5 db", "end"));
    expect(snapshot.sockets).toHaveLength(3000);
    expect(snapshot.sockets[7]?.cgroup).toBe("/ü");
    expect(snapshot.hostNames).toHaveLength(1);
    expect(snapshot.missing.some((fact) => fact.what.includes("part of the answer"))).toBe(false);
    expect((snapshot.cost?.rawBytes ?? 0) - (snapshot.cost?.bytes ?? 0)).toBeGreaterThan(Buffer.byteLength(many) / 2);
  });

  it("are kept as far as they came when a packed section was cut off or damaged, and it is said", () => {
    const packed = packedSection(many);
    const cut = read(answer("uid 0", packed.slice(0, Math.floor(packed.length * 0.6))).trimEnd());
    expect(cut.sockets.length).toBeGreaterThan(100);
    expect(cut.sockets.length).toBeLessThan(3000);
    expect(cut.missing.some((fact) => fact.what === "the end of the answer")).toBe(true);
    for (const damaged of [packed.replace(/\n.{76}\n/, "\n<html>oops</html>\n"), packed.slice(0, Math.floor(packed.length / 2 / 4) * 4)]) {
      const snapshot = read(answer("uid 0", damaged, "unpacked", "hosts\n10.0.0.5 db", "end"));
      expect(snapshot.missing.some((fact) => fact.what === "part of the answer")).toBe(true);
      expect(snapshot.hostNames).toHaveLength(1);
    }
  });
});

describe("the script", () => {
  it("has no here-document: shells write those to a temporary file", () => {
    for (const file of ["probe.sh", "parts/sockets.sh", "parts/namespaces.sh", "parts/dead.sh", "parts/descriptors.sh", "parts/processes.sh", "parts/kernel.sh", "parts/addresses.sh"]) {
      expect(readFileSync(`src/observe/probe/${file}`, "utf8").replace(/^ *#.*$/gm, "")).not.toMatch(/<<|\bmktemp\b|\bsort\b|\btee\b/);
    }
  });
});
