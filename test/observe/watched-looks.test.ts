import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import type { AddressInfo, Server, Socket as Connection } from "node:net";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Snapshot } from "../../src/model/snapshot";
import { look } from "../../src/observe/look";
import { openLocal } from "../../src/observe/targets/local";
import type { Reach, RunRequest } from "../../src/observe/targets/reach";
import { WatchedLooks } from "../../src/observe/watched-looks";
import { busybox } from "./probe/look-by";

const options = { signal: new AbortController().signal, timeLimitMs: 60_000 };

/** A machine of which each script that is run is kept; `path` replaces where its tools are looked for. */
class Machine implements Reach {
  readonly target = { kind: "local" } as const;
  readonly scripts: string[] = [];
  readonly #reach = openLocal();
  readonly #first: string;
  /** @param shell what runs the script, `sh -s` unless given, and the line before it. */
  constructor(private readonly shell: readonly string[] | null = null, first = "") {
    this.#first = first;
  }
  run(request: RunRequest): ReturnType<Reach["run"]> {
    this.scripts.push(request.script);
    if (this.shell === null) return this.#reach.run(request);
    return this.#reach.command({ ...request, argv: this.shell, input: `{ ${this.#first}\n${request.script}\nexit; }\n` });
  }
  get kinds(): string[] {
    return this.scripts.map((script) => (script.includes("known_pids=") ? "brief" : "whole"));
  }
  close(): Promise<void> {
    return this.#reach.close();
  }
}

describe("the looks of a watch", () => {
  let room: string;
  let server: Server;
  let port: number;
  const held: Connection[] = [];
  const children: ChildProcess[] = [];
  beforeAll(async () => {
    server = createServer((connection) => held.push(connection.on("error", () => {}))).listen(0, "127.0.0.1");
    await once(server, "listening");
    ({ port } = server.address() as AddressInfo);
  });
  afterAll(() => {
    for (const connection of held) connection.destroy();
    server.close();
  });
  beforeEach(() => void (room = mkdtempSync(join(tmpdir(), "leakline-watched-"))));
  afterEach(() => {
    for (const child of children.splice(0)) child.kill("SIGKILL");
    rmSync(room, { recursive: true, force: true });
  });

  /** A process of its own that holds connections to our server and prints a line when it does. */
  async function client(connections: number): Promise<ChildProcess> {
    const child = spawn(process.execPath, ["-e", `let open=0;for(let i=0;i<${connections};i++)require("node:net").connect(${port},"127.0.0.1",()=>{if(++open===${connections})console.log("ready")})`], { stdio: ["ignore", "pipe", "inherit"] });
    children.push(child);
    await once(child.stdout as NonNullable<ChildProcess["stdout"]>, "data");
    return child;
  }
  const socketsOf = (snapshot: Snapshot, pid: number | undefined): number => snapshot.sockets.filter(({ owners, namespace }) => namespace === null && owners.some((owner) => owner.pid === pid)).length;

  it.each([
    ["this machine's sh", null, ""],
    ["bash", ["bash", "-s"], ""],
    ["busybox", ["busybox", "sh", "-s"], "applets"],
  ])("are brief behind the first, and tell by %s what a whole look tells", async (_, shell, applets) => {
    const machine = new Machine(shell, applets === "" ? "" : `PATH=${busybox(room)}`);
    const looks = new WatchedLooks(() => performance.now());
    const first = await looks.look(machine, options);
    const brief = await looks.look(machine, options);
    const whole = await look(machine, options);
    expect(machine.kinds).toEqual(["whole", "brief", "whole"]);
    const ours = (snapshot: Snapshot): unknown => snapshot.processes.filter(({ pid }) => pid === process.pid).map(({ startedAtMs: _at, threads: _threads, openDescriptors: _open, socketDescriptors: _sockets, ...rest }) => rest);
    expect(ours(brief)).toEqual(ours(whole));
    expect(ours(brief)).toHaveLength(1);
    const us = (snapshot: Snapshot): number => snapshot.processes.find(({ pid }) => pid === process.pid)?.startedAtMs ?? 0;
    expect(Math.abs(us(brief) - us(whole))).toBeLessThan(100);
    expect(brief.sockets.find(({ state, local, namespace }) => state === "LISTEN" && local.port === port && namespace === null)).toMatchObject({ owners: [{ pid: process.pid }], ownership: "owned" });
    expect(brief).toMatchObject({
      hostname: whole.hostname, hostNames: whole.hostNames, ownAddresses: whole.ownAddresses, privilege: whole.privilege, searchDomains: whole.searchDomains, machineNames: whole.machineNames,
      source: { format: first.source.format }, carriedFrom: first.source.takenAt, kernel: { release: whole.kernel?.release, localPortRange: whole.kernel?.localPortRange },
    });
    expect(first.carriedFrom).toBeUndefined();
    expect(Object.keys(brief.kernel?.counters ?? {}).sort()).toEqual(Object.keys(whole.kernel?.counters ?? {}).sort());
    expect(brief.namespaces.map(({ id, name, ownAddresses }) => ({ id, name, ownAddresses })).filter(({ id }) => whole.namespaces.some((one) => one.id === id)))
      .toEqual(whole.namespaces.map(({ id, name, ownAddresses }) => ({ id, name, ownAddresses })).filter(({ id }) => brief.namespaces.some((one) => one.id === id)));
    expect(brief.skipped).toEqual([]);
    await machine.close();
  });

  it("cost a fraction of a whole look's CPU and bytes of script", async () => {
    const machine = new Machine();
    const looks = new WatchedLooks(() => performance.now());
    const costs = [];
    for (let turn = 0; turn < 5; turn += 1) costs.push((await looks.look(machine, options)).cost?.targetCpuMs ?? Number.NaN);
    const [whole = 0, ...brief] = costs;
    expect(Math.min(...brief)).toBeLessThan(whole / 2);
    expect((machine.scripts[1] ?? "").length).toBeLessThan((machine.scripts[0] ?? "").length / 2);
    await machine.close();
  });

  it("tell of a process that is new in full, and then look whole", async () => {
    let now = 0;
    const machine = new Machine();
    const looks = new WatchedLooks(() => now);
    const { cost } = await looks.look(machine, options);
    now = 1000;
    const child = await client(3);
    const brief = await looks.look(machine, options);
    expect(brief.processes.find(({ pid }) => pid === child.pid)).toMatchObject({ exe: process.execPath, parentPid: process.pid, cwd: process.cwd(), descriptorLimit: expect.any(Number) });
    expect(brief.processes.find(({ pid }) => pid === child.pid)?.commandLine).toContain(`connect(${port}`);
    expect(socketsOf(brief, child.pid)).toBe(3);
    now = 2000;
    await looks.look(machine, options);
    // Whole looks may take two hundredths of the time.
    now = Math.max(10_000, 50 * (cost?.targetCpuMs ?? 0)) + 1000;
    expect((await looks.look(machine, options)).carriedFrom).toBeUndefined();
    now += 1000;
    await looks.look(machine, options);
    expect(machine.kinds).toEqual(["whole", "brief", "brief", "whole", "brief"]);
    await machine.close();
  });

  it("forget a process that has ended", async () => {
    const machine = new Machine();
    const looks = new WatchedLooks(() => performance.now());
    const child = await client(2);
    expect(socketsOf(await looks.look(machine, options), child.pid)).toBe(2);
    child.kill("SIGKILL");
    await once(child, "close");
    const brief = await looks.look(machine, options);
    expect(machine.kinds).toEqual(["whole", "brief"]);
    expect(brief.processes.some(({ pid }) => pid === child.pid)).toBe(false);
    expect(socketsOf(brief, child.pid)).toBe(0);
    await machine.close();
  });

  it("are whole again over another connection, after a minute, and where the look before failed", async () => {
    let now = 0;
    const looks = new WatchedLooks(() => now);
    const one = new Machine();
    const other = new Machine();
    await looks.look(one, options);
    await looks.look(other, options);
    now = 70_000;
    const late = await looks.look(other, options);
    expect(late.carriedFrom).toBeUndefined();
    await looks.look(other, options);
    await expect(looks.look(other, { ...options, signal: AbortSignal.abort() })).rejects.toMatchObject({ reason: "cancelled" });
    await looks.look(other, options);
    expect(one.kinds).toEqual(["whole"]);
    expect(other.kinds).toEqual(["whole", "whole", "brief", "brief", "whole"]);
    await one.close();
    await other.close();
  });
});
