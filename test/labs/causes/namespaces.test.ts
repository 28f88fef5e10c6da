import { afterAll, beforeAll, expect, test } from "vitest";
import { fileURLToPath } from "node:url";
import type { InvestigationDocument } from "../leakline-command";
import { leakline } from "../leakline-command";
import { ServiceRig, sleep } from "../service-rig";
import { PYTHON, onlyDiagnosis, program, until } from "./programs";

/** Two network namespaces joined by a veth pair, made and removed here: the peer in one, the leaking client in the other. */
const PROGRAM = fileURLToPath(new URL("../../../dist/leakline.js", import.meta.url));
const HERE = `llc${process.pid}a`;
const THERE = `llc${process.pid}b`;
const PORT = 5_432;
const COUNT = 24;

let rig: ServiceRig;
let client: number;

beforeAll(async () => {
  rig = await ServiceRig.open("namespaces");
  await rig.run("ip", ["netns", "add", HERE]);
  await rig.run("ip", ["netns", "add", THERE]);
  await rig.run("ip", ["link", "add", "veth0", "netns", HERE, "type", "veth", "peer", "name", "veth0", "netns", THERE]);
  for (const [name, address] of [[HERE, "10.77.0.1/24"], [THERE, "10.77.0.2/24"]] as const) {
    await rig.run("ip", ["-n", name, "addr", "add", address, "dev", "veth0"]);
    await rig.run("ip", ["-n", name, "link", "set", "veth0", "up"]);
    await rig.run("ip", ["-n", name, "link", "set", "lo", "up"]);
  }
  rig.start("peer", "ip", ["netns", "exec", THERE, PYTHON, program("peer"), "10.77.0.2", String(PORT), "5"]);
  const inside = async (name: string, filter: readonly string[]): Promise<number> =>
    (await rig.run("ip", ["netns", "exec", name, "ss", "-tnH", ...filter])).stdout.split("\n").filter((line) => line.trim() !== "").length;
  await until("the peer listens", async () => (await inside(THERE, ["-l"])) === 1);
  // ip(8) becomes the program: its pid is the client's.
  client = rig.start("client", "ip", ["netns", "exec", HERE, PYTHON, program("keeps_connections"), "10.77.0.2", String(PORT), String(COUNT), "0.1"]).pid ?? -1;
  await until("the peer hung up", async () => (await inside(HERE, ["state", "close-wait"])) === COUNT);
  await sleep(2_500);
});

afterAll(async () => {
  for (const name of [HERE, THERE]) await rig?.run("ip", ["netns", "del", name], { allow: [0, 1] });
  await rig?.close();
});

test("inside the namespace: the far end is another host's, named by its port", async () => {
  const result = await rig.run("ip", ["netns", "exec", HERE, process.execPath, PROGRAM, "scan", "local", "--json"], { allow: [1] });
  const said = onlyDiagnosis(JSON.parse(result.stdout) as InvestigationDocument, client);
  expect(said).toMatchObject({ cause: "connection-pinned", confidence: "high", direction: "outbound", count: COUNT, service: { kind: "postgresql", port: PORT } });
  expect(said.peerIdleTimeoutMs).toBeGreaterThan(5_000 * 0.98);
  expect(said.peerIdleTimeoutMs).toBeLessThan(5_000 * 1.02);
});

test("outside it: root's look enters the namespace, tells the same, and takes no socket there for a dead one", async () => {
  const result = await leakline(["scan", "local", "--json"]);
  expect(result.status).toBe(1);
  const document = JSON.parse(result.stdout) as InvestigationDocument;
  expect(onlyDiagnosis(document, client)).toMatchObject({ cause: "connection-pinned", confidence: "high", direction: "outbound", count: COUNT, service: { kind: "postgresql", port: PORT } });
  expect(result.stdout).toContain(`"name":"${HERE}","how":"named /run/netns/${HERE}"`);
});
