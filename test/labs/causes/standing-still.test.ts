import { afterAll, beforeAll, expect, test } from "vitest";
import type { InvestigationDocument } from "../leakline-command";
import { investigationOf, leakline } from "../leakline-command";
import { ServiceRig, sleep } from "../service-rig";
import { PYTHON, onlyDiagnosis, program, until } from "./programs";

/**
 * Connections that stand still for a reason outside the program that holds them. Two network namespaces, made and removed here, joined by a veth pair: `HERE` at
 * 10.79.0.1, `THERE` at 10.79.0.2 and, seen from HERE, at 10.79.0.3 and 10.79.1.x, whose packets find the way to HERE and not back (a neighbour that nobody is).
 */
const HERE = `lls${process.pid}a`;
const THERE = `lls${process.pid}b`;
const NOBODY = "02:00:00:00:00:99";
const FORGED = Array.from({ length: 24 }, (_, n) => `10.79.1.${n + 1}`);

let rig: ServiceRig;
const pids: Record<string, number> = {};
let said: InvestigationDocument;

const pid = (name: string): number => pids[name] ?? -1;
const evidenceOf = (name: string): string => onlyDiagnosis(said, pid(name)).evidence.map((one) => `${one.supports ? "+" : "-"} ${one.text}`).join("\n");

beforeAll(async () => {
  rig = await ServiceRig.open("standing-still");
  const ip = (...args: string[]) => rig.run("ip", args);
  await ip("netns", "add", HERE);
  await ip("netns", "add", THERE);
  await ip("link", "add", "veth0", "netns", HERE, "type", "veth", "peer", "name", "veth0", "netns", THERE);
  for (const [name, ...addresses] of [[HERE, "10.79.0.1/24"], [THERE, "10.79.0.2/24", "10.79.0.3/24", ...FORGED.map((one) => `${one}/32`)]] as const) {
    await Promise.all(addresses.map((address) => ip("-n", name, "addr", "add", address, "dev", "veth0")));
    await ip("-n", name, "link", "set", "veth0", "up");
    await ip("-n", name, "link", "set", "lo", "up");
  }
  for (const nobody of ["10.79.0.3", "10.79.0.8", "10.79.0.9"]) await ip("-n", HERE, "neigh", "replace", nobody, "lladdr", NOBODY, "dev", "veth0", "nud", "permanent");
  await ip("-n", HERE, "route", "add", "10.79.1.0/24", "via", "10.79.0.9");

  const start = (label: string, namespace: string, ...args: (string | number)[]): void => {
    // ip(8) becomes the program: its pid is the program's.
    pids[label] = rig.start(label, "ip", ["netns", "exec", namespace, PYTHON, program("stalls"), ...args.map(String)]).pid ?? -1;
  };
  const count = async (namespace: string, ...filter: string[]): Promise<number> =>
    (await rig.run("ip", ["netns", "exec", namespace, "ss", "-tanH", ...filter])).stdout.split("\n").filter((line) => line.trim() !== "").length;

  start("keeps", THERE, "accepts", "10.79.0.2", 7001);
  start("full", THERE, "never-accepts", "10.79.0.2", 7002, 4);
  start("asks", HERE, "accepts", "10.79.0.1", 7003);
  start("flooded", HERE, "accepts", "10.79.0.1", 7004);
  start("writes", HERE, "writes", "10.79.0.1", 7005);
  await until("all listen", async () => (await count(HERE, "-l")) === 3 && (await count(THERE, "-l")) === 2);
  const saidDoneMs = Date.now();
  start("says-done", HERE, "says-done", "10.79.0.2", 7001, 8);
  start("to-full", HERE, "connects", "10.79.0.2", 7002, 14);
  start("to-nobody", HERE, "connects", "10.79.0.8", 5432, 6);
  start("one-way", THERE, "connects", "10.79.0.1", 7003, 12, "10.79.0.3");
  start("forged", THERE, "connects", "10.79.0.1", 7004, 24, ...FORGED);
  start("never-reads", THERE, "connects", "10.79.0.1", 7005, 4);
  await until("the connections stand", async () => (await count(HERE, "state", "fin-wait-2")) === 8 && (await count(HERE, "state", "syn-recv")) === 36 && (await count(HERE, "state", "syn-sent")) === 9 + 6);
  // A peer that takes its time over its end of a connection is no leak: half a minute is what tells.
  await sleep(saidDoneMs + 31_500 - Date.now());
  said = investigationOf(await leakline(["scan", "local", "--json"]));
});

afterAll(async () => {
  for (const name of [HERE, THERE]) await rig?.run("ip", ["netns", "del", name], { allow: [0, 1] });
  await rig?.close();
});

test("connect-stalled: the far end's accept queue is full, and its listener is named across the namespaces", () => {
  expect(onlyDiagnosis(said, pid("to-full"))).toMatchObject({ cause: "connect-stalled", confidence: "high", direction: "outbound", count: 9, states: { SYN_SENT: 9 } });
  expect(onlyDiagnosis(said, pid("to-full")).title).toContain("10.79.0.2:7002");
  expect(evidenceOf("to-full")).toContain(`+ python3 (pid ${pid("full")}) listens there, on this host, and its accept queue is full`);
});

test("the program with the full queue gets its own cause", () => {
  expect(onlyDiagnosis(said, pid("full"))).toMatchObject({ cause: "accept-queue-stalled", direction: "inbound" });
});

test("connect-stalled: nothing at all answers there", () => {
  expect(onlyDiagnosis(said, pid("to-nobody"))).toMatchObject({ cause: "connect-stalled", confidence: "high", direction: "outbound", count: 6, service: { kind: "postgresql", port: 5432 } });
  expect(evidenceOf("to-nobody")).toContain("+ no connection to this end is established");
});

test("syn-backlog: the way back to a client is closed; the client sees a connect that stalls", () => {
  expect(onlyDiagnosis(said, pid("asks"))).toMatchObject({ cause: "syn-backlog", direction: "inbound", count: 12, states: { SYN_RECEIVED: 12 }, lookFor: [] });
  expect(evidenceOf("asks")).toContain("+ all come from the same few addresses");
  expect(onlyDiagnosis(said, pid("one-way"))).toMatchObject({ cause: "connect-stalled", count: 12 });
  expect(evidenceOf("one-way")).toContain(`- python3 (pid ${pid("asks")}) listens there, on this host, and its accept queue is not full`);
});

test("syn-backlog: as many senders as requests, and no answer from any", () => {
  expect(onlyDiagnosis(said, pid("flooded"))).toMatchObject({ cause: "syn-backlog", direction: "inbound", count: 24 });
  expect(evidenceOf("flooded")).toContain("+ nearly each comes from another address");
});

test("send-stalled: receivers that never read, and which program they are", () => {
  expect(onlyDiagnosis(said, pid("writes"))).toMatchObject({ cause: "send-stalled", confidence: "high", direction: "inbound", count: 4, states: { ESTABLISHED: 4 } });
  expect(evidenceOf("writes")).toContain(`+ the far end is on this host: python3 (pid ${pid("never-reads")}) holds these and has not read them`);
});

test("peer-leaks: the other end is never closed, and whose it is", () => {
  expect(onlyDiagnosis(said, pid("says-done"))).toMatchObject({ cause: "peer-leaks", confidence: "high", direction: "outbound", count: 8, states: { FIN_WAIT_2: 8 } });
  expect(onlyDiagnosis(said, pid("says-done")).title).toContain(`python3 (pid ${pid("keeps")}), the peer, does not close`);
});
