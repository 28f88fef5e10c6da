import type { Socket } from "node:net";
import { chmod, copyFile, readFile, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { InvestigationDocument } from "../leakline-command";
import { investigationOf, leakline } from "../leakline-command";
import { ServiceRig, freePorts, sleep } from "../service-rig";
import type { Diagnosed } from "./programs";
import { countSockets, diagnosesOf, impatientClient, onlyDiagnosis, pidOf, startProgram, until } from "./programs";

/**
 * One crowded machine: every cause is made real by a small program, healthy programs run beside them, and one scan has to tell them
 * apart. The peers hang up after 5 s without data.
 */
const IDLE_MS = 5_000;
const PROGRAM = fileURLToPath(new URL("../../../dist/leakline.js", import.meta.url));

/** The end that a diagnosis speaks of: the labs' own document leaves it out. */
interface Located {
  readonly diagnoses: readonly (Diagnosed & { readonly endpoint: { readonly address: string; readonly port: number } | null })[];
}

let rig: ServiceRig;
const clients: Socket[] = [];
const pids: Record<string, number> = {};
const ports: Record<string, number> = {};
let once: InvestigationDocument;
let twice: InvestigationDocument;

const pid = (name: string): number => pids[name] ?? -1;
const port = (name: string): number => ports[name] ?? -1;

beforeAll(async () => {
  rig = await ServiceRig.open("causes");
  const names = ["hangs-up", "hangs-up-6", "stays", "orphans", "single", "prefork", "threads", "dual-stack", "http", "long-poll", "redis", "nginx", "slow-closer"];
  const free = await freePorts(names.length);
  names.forEach((name, index) => (ports[name] = free[index] ?? 0));
  const start = (label: string, name: string, ...args: (string | number)[]): void => void (pids[label] = startProgram(rig, label, name, args));

  start("hangs-up", "peer", "127.0.0.1", port("hangs-up"), IDLE_MS / 1_000);
  start("hangs-up-6", "peer", "::1", port("hangs-up-6"), IDLE_MS / 1_000);
  start("stays", "peer", "127.0.0.1", port("stays"), 0);
  start("orphans", "peer", "127.0.0.1", port("orphans"), 2, "orphans");
  start("single", "blocked_http", "127.0.0.1", port("single"), "single");
  start("prefork", "blocked_http", "127.0.0.1", port("prefork"), "workers=3");
  start("threads", "blocked_http", "127.0.0.1", port("threads"), "threads");
  start("dual-stack", "blocked_http", "::", port("dual-stack"), "threads");
  start("http", "healthy", "http-server", port("http"));
  start("long-poll", "healthy", "long-poll", port("long-poll"));
  await writeFile(join(rig.folder, "nginx.conf"), `pid ${rig.folder}/nginx.pid;\nerror_log stderr;\nevents {}\nhttp {\n access_log off;\n keepalive_timeout 30s;\n client_body_temp_path ${rig.folder}/b; proxy_temp_path ${rig.folder}/p; fastcgi_temp_path ${rig.folder}/f; uwsgi_temp_path ${rig.folder}/u; scgi_temp_path ${rig.folder}/s;\n server { listen 127.0.0.1:${port("nginx")}; location / { return 200 "ok\\n"; } }\n}\n`);
  pids["nginx"] = pidOf(rig.start("nginx", "nginx", ["-c", join(rig.folder, "nginx.conf"), "-g", "daemon off;"]), "nginx");
  pids["redis"] = pidOf(rig.start("redis", "redis-server", ["--port", String(port("redis")), "--bind", "127.0.0.1", "--save", "", "--dir", rig.folder]), "redis");
  for (const name of names) if (name !== "slow-closer") await (name === "hangs-up-6" ? sleep(0) : rig.ready(name, port(name)));

  // The healthy ones.
  start("http-load", "healthy", "http-load", port("http"));
  start("nginx-poll", "healthy", "poll", port("nginx"));
  start("idle-clients", "healthy", "idle-clients", port("long-poll"));
  start("redis-pool", "healthy", "redis-pool", port("redis"));
  start("slow-closer", "healthy", "slow-closer", port("slow-closer"));

  // The sick ones.
  start("pinned", "keeps_connections", "127.0.0.1", port("hangs-up"), 24, 0.1, `healthy=${port("stays")}`);
  start("pinned-6", "keeps_connections", "::1", port("hangs-up-6"), 24, 0.1);
  start("reads-the-end", "keeps_connections", "127.0.0.1", port("hangs-up"), 12, 0, "reads-the-end");
  start("idle-pool", "keeps_connections", "127.0.0.1", port("hangs-up"), 3, 0);
  start("dead", "keeps_connections", "127.0.0.1", port("orphans"), 60, 0, "keepalive");
  start("churn", "churn", port("stays"), 1_500);
  // A shell that lowers its own limit, then becomes the program: 5 of its 64 descriptors are no sockets.
  pids["exhausted"] = pidOf(rig.start("exhausted", "sh", ["-c", 'ulimit -n 64; exec /usr/bin/python3 "$0" 127.0.0.1 "$1" 56 0', fileURLToPath(new URL("./programs/keeps_connections.py", import.meta.url)), String(port("stays"))]), "exhausted");
  // Eight clients wait for good, eight have given up.
  for (const name of ["single", "prefork"]) {
    for (let turn = 0; turn < 16; turn += 1) clients.push(impatientClient(port(name), turn < 8 ? null : 1_000));
  }
  for (let turn = 0; turn < 12; turn += 1) clients.push(impatientClient(port("threads"), 1_000));
  for (let turn = 0; turn < 12; turn += 1) clients.push(impatientClient(port("dual-stack"), 1_000, turn % 2 === 0 ? "127.0.0.1" : "::1"));

  const closeWaits = (filter: string, count: number) => async (): Promise<boolean> => (await countSockets(rig, "close-wait", filter)) >= count;
  await until("all hung up by the peer", closeWaits(`dport = :${port("hangs-up")}`, 24 + 12 + 3));
  await until("all hung up by the peer over IPv6", closeWaits(`dport = :${port("hangs-up-6")}`, 24));
  await until("clients gave up", closeWaits(`( sport = :${port("threads")} or sport = :${port("dual-stack")} )`, 24));
  await until("a connection for each request", async () => (await countSockets(rig, "time-wait", `dport = :${port("stays")}`)) >= 1_400);
  const descriptors = async (name: string): Promise<number> => (await readdir(`/proc/${pid(name)}/fd`)).length;
  await until("keepalive was answered by a reset", async () => (await descriptors("dead")) >= 3 + 60 && (await countSockets(rig, "established", `dport = :${port("orphans")}`)) + (await countSockets(rig, "close-wait", `dport = :${port("orphans")}`)) === 0);
  await until("its descriptors are used up", async () => (await descriptors("exhausted")) >= 3 + 56);
  // What was hung up a moment ago is no sign yet.
  await sleep(6_000);
  once = investigationOf(await leakline(["scan", "local", "--json"]));

  start("grows", "keeps_connections", "127.0.0.1", port("stays"), 400, 0.1);
  await until("a first handful of connections", async () => (await countSockets(rig, "established", `dport = :${port("stays")}`)) >= 56 + 2 + 10);
  await sleep(1_500);
  twice = investigationOf(await leakline(["scan", "local", "--json", "--looks", "2", "--interval", "4"]));
});

afterAll(async () => {
  for (const client of clients) client.destroy();
  await rig?.close();
});

describe.each([["one look", () => once], ["two looks", () => twice]] as const)("every cause, real, on a crowded machine: %s", (_, document) => {
  test("connection-pinned: one of two peers hung up", () => {
    const said = onlyDiagnosis(document(), pid("pinned"));
    expect(said).toMatchObject({ cause: "connection-pinned", direction: "outbound", count: 24, states: { CLOSE_WAIT: 24 }, service: { port: port("hangs-up") } });
    expect(said.peerIdleTimeoutMs).toBeGreaterThan(IDLE_MS * 0.98);
    expect(said.peerIdleTimeoutMs).toBeLessThan(IDLE_MS * 1.02);
    expect(said.leakMoments).toHaveLength(24);
  });

  test("connection-pinned over IPv6", () => {
    expect(onlyDiagnosis(document(), pid("pinned-6"))).toMatchObject({ cause: "connection-pinned", direction: "outbound", count: 24, service: { port: port("hangs-up-6") } });
  });

  test("end-of-file-ignored: read to the end, kept", () => {
    expect(onlyDiagnosis(document(), pid("reads-the-end"))).toMatchObject({ cause: "end-of-file-ignored", direction: "outbound", count: 12, service: { port: port("hangs-up") } });
  });

  test("accept-queue-stalled: a server of one thread is blocked", () => {
    // One request was accepted; fifteen wait, half of them given up.
    const [said] = diagnosesOf(document(), pid("single"));
    expect(said).toMatchObject({ cause: "accept-queue-stalled", direction: "inbound", count: 15, service: { port: port("single") } });
    expect(diagnosesOf(document(), pid("single"))).toHaveLength(1);
  });

  test("accept-queue-stalled: all workers of a pre-fork server are busy", async () => {
    const said = document().diagnoses.filter((diagnosis) => diagnosis.service?.port === port("prefork") && diagnosis.direction === "inbound");
    expect(said, JSON.stringify(said)).toHaveLength(1);
    expect(said[0]).toMatchObject({ cause: "accept-queue-stalled", count: 13 });
    // A busy worker is named: its stacks tell what holds it.
    expect(await readFile(`/proc/${said[0]?.process?.pid ?? 0}/status`, "utf8")).toMatch(new RegExp(`^PPid:\\s+${pid("prefork")}$`, "m"));
  });

  test("handler-stalled: threads at work for clients that gave up, nobody waits to be accepted", () => {
    expect(onlyDiagnosis(document(), pid("threads"))).toMatchObject({ cause: "handler-stalled", direction: "inbound", count: 12, service: { port: port("threads") } });
  });

  test("handler-stalled on a dual-stack listener: v4-mapped and IPv6 clients are one case", () => {
    expect(onlyDiagnosis(document(), pid("dual-stack"))).toMatchObject({ cause: "handler-stalled", direction: "inbound", count: 12, service: { port: port("dual-stack") } });
  });

  test("idle-timeout-mismatch: a small idle pool", () => {
    const [said] = diagnosesOf(document(), pid("idle-pool"));
    expect(said).toMatchObject({ cause: "idle-timeout-mismatch", direction: "outbound", count: 3, service: { port: port("hangs-up") } });
    expect(said?.peerIdleTimeoutMs).toBeGreaterThan(IDLE_MS * 0.98);
    expect(said?.peerIdleTimeoutMs).toBeLessThan(IDLE_MS * 1.02);
  });

  test("held-but-dead: sockets left the table, descriptors did not", () => {
    expect(onlyDiagnosis(document(), pid("dead"))).toMatchObject({ cause: "held-but-dead", count: 60 });
  });

  test("descriptor-exhaustion", () => {
    const said = onlyDiagnosis(document(), pid("exhausted"));
    expect(said).toMatchObject({ cause: "descriptor-exhaustion", direction: "outbound", service: { port: port("stays") } });
    expect(said.count).toBeGreaterThanOrEqual(56 + 3);
    expect(said.count).toBeLessThanOrEqual(64);
  });

  test("the healthy ones get a clean bill", () => {
    const healthy = ["http", "http-load", "nginx", "nginx-poll", "long-poll", "idle-clients", "redis", "redis-pool", "slow-closer", "hangs-up", "hangs-up-6", "stays", "orphans"];
    const said = healthy.flatMap((name) => diagnosesOf(document(), pid(name)).map((diagnosis) => `${name}: ${diagnosis.cause}`));
    expect(said).toEqual([]);
    // The load generator is healthy too.
    expect(diagnosesOf(document(), process.pid)).toEqual([]);
  });
});

test("time-wait-churn: a connection for each request", () => {
  const said = once.diagnoses.filter((diagnosis) => diagnosis.cause === "time-wait-churn");
  expect(said).toHaveLength(1);
  expect(said[0]).toMatchObject({ direction: "outbound", service: { port: port("stays") } });
  expect(said[0]?.count).toBeGreaterThanOrEqual(1_400);
  expect(diagnosesOf(once, pid("churn")).filter((diagnosis) => diagnosis.cause !== "time-wait-churn")).toEqual([]);
});

test("established-growth: idle connections to one peer grow between two looks", () => {
  const said = onlyDiagnosis(twice, pid("grows"));
  expect(said).toMatchObject({ cause: "established-growth", direction: "outbound", service: { port: port("stays") } });
  expect(said.count).toBeGreaterThanOrEqual(10);
});

test("as nobody (uid 65534): owners hidden, less sure, and it says why", async () => {
  // The temporary folder is root's own; nobody may read the program from one that is not.
  const copy = join(rig.folder, "leakline.js");
  await copyFile(PROGRAM, copy);
  await chmod(copy, 0o644);
  await chmod(rig.folder, 0o755);
  const result = await rig.run("setpriv", ["--reuid=65534", "--regid=65534", "--clear-groups", process.execPath, copy, "scan", "local", "--json"], { cwd: "/", allow: [1] });
  const document = JSON.parse(result.stdout) as Located;
  // Whose listener it is cannot be seen either, so nothing but the address names the peer.
  const pinned = document.diagnoses.find((diagnosis) => diagnosis.endpoint?.port === port("hangs-up-6"));
  expect(pinned).toMatchObject({ cause: "connection-pinned", direction: "outbound", process: null, service: null, count: 24 });
  expect(pinned?.confidence).not.toBe("high");
  const root = once.diagnoses.find((diagnosis) => diagnosis.process?.pid === pid("pinned-6"));
  expect(["high", "medium", "low"].indexOf(pinned?.confidence ?? "")).toBeGreaterThanOrEqual(["high", "medium", "low"].indexOf(root?.confidence ?? ""));
  expect(pinned?.evidence.some((one) => !one.supports && /not root/.test(one.text))).toBe(true);
  const waiting = document.diagnoses.find((diagnosis) => diagnosis.endpoint?.port === port("single"));
  expect(waiting?.cause).toBe("accept-queue-stalled");
});
