import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import type { AddressInfo, Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { unzipSync } from "fflate";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { leakline } from "../labs/leakline-command";

/** Preserving a live host by the bundled command: what the file gives back, what it must not hold, and several hosts in one command. */

const SECRETS = ["envS3cretPlanted", "argS3cretPlanted", "logS3cretPlanted"];
/** Keeps thirty connections that the peer hung up on, a thread besides, and a log with a password in it. */
const LEAKS = `
import socket, sys, threading, time
log = open(sys.argv[1], "a")
log.write("2026-01-01T00:00:00Z ERROR cannot connect to postgres://shop:logS3cretPlanted@db/shop\\n"); log.flush()
held = [socket.create_connection(("127.0.0.1", int(sys.argv[2]))) for _ in range(30)]
for one in held: one.sendall(b"hello")
threading.Thread(target=time.sleep, args=(600,), daemon=True).start()
sys.stdout.write("up\\n"); sys.stdout.flush()
while True:
    log.write(time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()) + " INFO token=logS3cretPlanted still here\\n"); log.flush(); time.sleep(0.5)
`;

interface Told {
  readonly diagnoses: readonly { readonly cause: string; readonly count: number; readonly process: { readonly pid: number } | null; readonly leakMoments: readonly string[] }[];
  readonly suspects: readonly { readonly file: string; readonly line: number; readonly score: number }[];
  readonly snapshots: readonly object[];
  readonly logs: readonly object[];
  readonly talk: object;
  readonly preserved?: { readonly descriptors: readonly { readonly pid: number; readonly target: string }[]; readonly threads: readonly { readonly pid: number }[]; readonly unfinished: readonly { readonly what: string }[] };
}

let folder: string;
let leaking: ChildProcess;
let peer: Server;
let scene: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "leakline-scene-"));
  peer = createServer((socket) => {
    socket.on("error", () => {});
    socket.once("data", () => setTimeout(() => socket.end(), 300));
  });
  await new Promise<void>((resolve) => peer.listen(0, "127.0.0.1", resolve));
  await writeFile(join(folder, "leaks.py"), LEAKS);
  leaking = spawn("python3", [join(folder, "leaks.py"), join(folder, "app.log"), String((peer.address() as AddressInfo).port), "--password=argS3cretPlanted"], {
    env: { ...process.env, DATABASE_PASSWORD: "envS3cretPlanted" }, stdio: ["ignore", "pipe", "inherit"],
  });
  await new Promise((resolve) => leaking.stdout?.once("data", resolve));
  await new Promise((resolve) => setTimeout(resolve, 7_000));
  scene = join(folder, "host.scene.zip");
});

afterAll(async () => {
  leaking.kill("SIGKILL");
  peer.close();
  await rm(folder, { recursive: true, force: true });
});

const told = async (...args: readonly string[]): Promise<Told> => JSON.parse((await leakline(args)).stdout) as Told;
/** What a case says of the process that leaks; others may come and go on this machine. */
const mine = ({ diagnoses }: Told): Told["diagnoses"] => diagnoses.filter(({ process: held }) => held?.pid === leaking.pid);
const causes = (one: Told): string[] => mine(one).map(({ cause, count }) => `${cause} ${count}`);

describe("a scene of a live host", () => {
  test("takes well under its 30 s, and opens offline with what the live case has", async () => {
    const since = Date.now();
    const kept = await leakline(["preserve", "local", "-o", scene]);
    expect(kept.status).toBe(1);
    expect(Date.now() - since).toBeLessThan(30_000);
    expect(kept.stderr).toMatch(/kept two looks at local in .*host\.scene\.zip \(\d+ kB\)[\s\S]*it took \d+\.\d s and cost the host/);
    expect((await stat(scene)).size).toBeLessThan(2_000_000);
    const live = await told("scan", "local", "--json");
    const opened = await told("open", scene, "--json");
    expect(causes(opened)).toEqual(causes(live));
    expect(causes(opened)).toEqual(["connection-pinned 30"]);
    expect(mine(opened)[0]?.leakMoments).toHaveLength(30);
    expect(opened.snapshots).toHaveLength(2);
    expect(opened.logs.length).toBeGreaterThan(0);
    // A process of somebody else's may have ended between the look and the close look, or have thousands of threads.
    expect(opened.preserved?.unfinished.filter(({ what }) => !/^(?:descriptors|threads) of process/.test(what))).toEqual([]);
    const held = opened.preserved?.descriptors.filter(({ pid }) => pid === leaking.pid).map(({ target }) => target) ?? [];
    // Its standard streams may be sockets too.
    expect(held.filter((target) => target.startsWith("socket:")).length).toBeGreaterThanOrEqual(30);
    expect(held).toContain(join(folder, "app.log"));
    expect(opened.preserved?.threads.filter(({ pid }) => pid === leaking.pid)).toHaveLength(2);
  });

  test("holds none of the secrets of environment, command line and logs, though the log is in it", async () => {
    const parts = unzipSync(await readFile(scene));
    const all = Object.values(parts).map((bytes) => Buffer.from(bytes).toString("utf8")).join("\n");
    expect(all).toContain("still here");
    expect(all).toContain("leaks.py");
    for (const secret of SECRETS) expect(all.includes(secret), secret).toBe(false);
  });

  test("against itself nothing got worse; against a host where the leak is gone, the cause is gone", async () => {
    const same = await leakline(["compare", scene, scene, "--json"]);
    expect(same.status).toBe(0);
    expect(JSON.parse(same.stdout)).toMatchObject({ schema: "leakline.comparison/1", worse: false, groups: [], settings: [] });
    leaking.kill("SIGKILL");
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    const after = join(folder, "after.scene.zip");
    await leakline(["preserve", "local", "-o", after]);
    const gone = await leakline(["compare", scene, after, "--json"]);
    expect(JSON.parse(gone.stdout)).toMatchObject({ causes: expect.arrayContaining([expect.objectContaining({ change: "gone", cause: "connection-pinned", count: { before: 30, after: null } })]) as object });
    const back = await leakline(["compare", after, scene]);
    expect(back.status).toBe(1);
    expect(back.stdout).toMatch(/new {5}.*pinned[\s\S]*Something got worse/);
  });

  test("damage to a part is named, and the rest opens", async () => {
    const bytes = await readFile(scene);
    // The part's bytes begin behind its name.
    const at = bytes.indexOf("threads.json") + "threads.json".length + 12;
    bytes[at] = (bytes[at] ?? 0) ^ 0xff;
    const damaged = join(folder, "damaged.zip");
    await writeFile(damaged, bytes);
    const opened = await leakline(["open", damaged]);
    expect(opened.status).toBe(1);
    expect(opened.stdout).toContain("damaged: threads.json");
    expect(opened.stdout).toContain("pinned");
  });
});

describe("several hosts in one command", () => {
  test("a list with a host that cannot be reached: it is named, and the others are looked at", async () => {
    const list = join(folder, "hosts");
    await writeFile(list, "# ours\nlocal\n\nssh://127.0.0.1:1   # nobody there\n");
    const result = await leakline(["scan", "--hosts", list, "--json", "--time-limit", "10"], { env: { HOME: folder } });
    expect([0, 1]).toContain(result.status);
    expect(JSON.parse(result.stdout)).toMatchObject({ targets: ["local", "ssh://127.0.0.1:1"], unreached: [{ target: "ssh://127.0.0.1:1" }] });
  });

  test.each([
    [["scan", "web-*"], "web-*: no alias"],
    [["scan", "ssh://127.0.0.1:1", "ssh://127.0.0.1:2"], "none of 2 targets"],
    [["scan", "--hosts", "/nowhere/at/all"], "/nowhere/at/all"],
    [["compare", "-", "-"], "both files"],
  ])("%j ends with 2 and one line that names it", async (args, named) => {
    const result = await leakline(args, { env: { HOME: folder } });
    expect(result.status).toBe(2);
    expect(result.stderr.trimEnd().split("\n")).toHaveLength(1);
    expect(result.stderr).toContain(named);
  });

  test("who talks to whom, for Graphviz and for Mermaid", async () => {
    const dot = await leakline(["open", scene, "--format", "dot"]);
    expect(dot.stdout).toMatch(/^digraph leakline \{[\s\S]*color=red[\s\S]*\}\n$/);
    const mermaid = await leakline(["open", scene, "--format", "mermaid"]);
    expect(mermaid.stdout).toMatch(/^flowchart LR\n[\s\S]*==>\|"30 of 30 stuck"\|/);
  });
});
