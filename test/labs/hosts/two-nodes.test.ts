import { spawn } from "node:child_process";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import type { Sshd } from "../../integration/ssh/sshd-rig";
import { startSshd } from "../../integration/ssh/sshd-rig";
import { ServiceRig, sleep } from "../service-rig";

/**
 * Two nodes behind a real nginx, each a network and a process namespace of its own with a real sshd, and a database that both use. What one
 * command says of both: trouble that went from one to the other, a database that both wait for, or one node that is ill alone.
 */
const PROGRAM = fileURLToPath(new URL("../../../dist/leakline.js", import.meta.url));
const program = (name: string): string => fileURLToPath(new URL(`programs/${name}.py`, import.meta.url));
const PROXY = `llp${process.pid % 10_000}`;
const NODES = [1, 2].map((n) => ({ n, space: `lln${process.pid % 10_000}x${n}`, address: `10.79.0.1${n}` }));
const DATABASE = { space: `lld${process.pid % 10_000}`, address: "10.79.0.9" };
const spaces = [PROXY, DATABASE.space, ...NODES.map(({ space }) => space)];

interface HostsDocument {
  readonly diagnoses: readonly {
    readonly snapshot: number; readonly cause: string; readonly confidence: string; readonly endpoint: { readonly address: string; readonly port: number } | null;
    readonly hosts?: readonly { readonly name: string; readonly sockets: readonly number[]; readonly sinceOursMs: number | null; readonly sinceErrorMs: number | null }[];
    readonly evidence: readonly { readonly supports: boolean; readonly text: string }[];
    readonly process: { readonly name: string } | null;
  }[];
  readonly talk: { readonly nodes: readonly { readonly label: string; readonly target: string | null; readonly endpoint: { readonly port: number } | null }[]; readonly edges: readonly { readonly from: number; readonly to: number; readonly stuck: number }[] };
  readonly unreached?: readonly { readonly target: string }[];
  readonly snapshots: readonly { readonly source: { readonly target: string }; readonly carriedFrom?: string }[];
  readonly timeline?: {
    readonly onOurClock?: boolean; readonly timesMs: readonly number[]; readonly series: readonly { readonly label: string; readonly values: readonly (number | null)[] }[];
    readonly events: readonly { readonly kind: string; readonly text: string }[];
  };
  readonly logs: readonly { readonly name: string; readonly target?: string; readonly events: readonly object[] }[];
  readonly correlationNotes?: readonly string[];
  readonly correlations?: readonly { readonly diagnosis: number; readonly source: number; readonly template: string; readonly correctedPValue: number }[];
}

let rig: ServiceRig;
let home: string;
let sshds: Sshd[] = [];
let started: ServiceRig | null = null;

const file = (name: string): string => join(rig.folder, name);

beforeAll(async () => {
  rig = await ServiceRig.open("hosts");
  const ip = (...args: readonly string[]): Promise<unknown> => rig.run("ip", args);
  for (const space of spaces) {
    await ip("netns", "add", space);
    await ip("-n", space, "link", "set", "lo", "up");
  }
  await ip("-n", PROXY, "link", "add", "br0", "type", "bridge");
  await ip("-n", PROXY, "addr", "add", "10.79.0.1/24", "dev", "br0");
  await ip("-n", PROXY, "link", "set", "br0", "up");
  for (const [at, { space, address }] of [...NODES, DATABASE].entries()) {
    await ip("link", "add", `v${at}`, "netns", PROXY, "type", "veth", "peer", "name", "eth0", "netns", space);
    await ip("-n", PROXY, "link", "set", `v${at}`, "master", "br0", "up");
    await ip("-n", space, "addr", "add", `${address}/24`, "dev", "eth0");
    await ip("-n", space, "link", "set", "eth0", "up");
  }
});

afterEach(async () => {
  await Promise.all(sshds.map((sshd) => sshd.stop()));
  await started?.close();
  sshds = [];
  started = null;
  for (const name of ["ill-1", "ill-2", "silent", "ill-1.log", "ill-2.log"]) await rm(file(name), { force: true });
});

afterAll(async () => {
  for (const space of spaces) await rig.run("ip", ["netns", "del", space], { allow: [0, 1] });
  await rig.close();
});

/** A node: its service and its sshd. */
function startNode({ n, space, address }: (typeof NODES)[number], database: boolean, hostKeyFiles?: readonly string[]): Promise<Sshd> {
  const app = ["python3", program("app"), address, "8080", file(`ill-${n}`), ...(database ? [DATABASE.address, "3306"] : [])];
  // A process namespace of its own, and no other network namespace in sight: as on another machine.
  return startSshd({
    address, port: 22, ...(hostKeyFiles === undefined ? {} : { hostKeyFiles }),
    wrapper: ["ip", "netns", "exec", space, "unshare", "--pid", "--fork", "--mount-proc", "--kill-child", "sh", "-c", `mount -t tmpfs none /run/netns; ${app.map((word) => `'${word}'`).join(" ")} & exec "$@"`, "sh"],
  });
}

/** Both nodes, the proxy before them and its load. */
async function start(perSecond: number, database: boolean): Promise<ServiceRig> {
  const lab = (started = await ServiceRig.open("hosts-run"));
  if (database) {
    lab.start("database", "ip", ["netns", "exec", DATABASE.space, "python3", program("database"), DATABASE.address, "3306", file("silent")]);
    await sleep(700);
  }
  sshds = await Promise.all(NODES.map((node) => startNode(node, database)));
  home = join(lab.folder, "home");
  await mkdir(join(home, ".ssh"), { recursive: true, mode: 0o700 });
  await writeFile(join(home, ".ssh", "known_hosts"), (await Promise.all(sshds.map((sshd) => readFile(sshd.knownHosts, "utf8")))).join(""));
  await writeFile(join(home, ".ssh", "config"), [...sshds.map((sshd, at) => `Host web-${at + 1}\n  HostName ${sshd.host}\n  User ${sshd.user}\n  IdentityFile ${sshd.clientKey}\n`), "Host web-9\n  HostName 10.79.0.99\n", "Host *\n  IdentitiesOnly yes\n"].join(""));
  const folder = lab.folder;
  await writeFile(join(folder, "nginx.conf"), `pid ${folder}/nginx.pid;
error_log stderr;
worker_processes 1;
events { worker_connections 4000; }
http {
  access_log off;
  client_body_temp_path ${folder}/b; proxy_temp_path ${folder}/p; fastcgi_temp_path ${folder}/f; uwsgi_temp_path ${folder}/u; scgi_temp_path ${folder}/s;
  upstream nodes {
${NODES.map(({ address }) => `    server ${address}:8080 max_fails=3 fail_timeout=60s;`).join("\n")}
  }
  server {
    listen 10.79.0.1:8080;
    location / { proxy_pass http://nodes; proxy_connect_timeout 1s; proxy_read_timeout 2s; }
  }
}
`);
  await sleep(1_000);
  lab.start("nginx", "ip", ["netns", "exec", PROXY, "nginx", "-c", join(folder, "nginx.conf"), "-g", "daemon off;"]);
  await sleep(500);
  lab.start("load", "ip", ["netns", "exec", PROXY, "python3", program("load"), "10.79.0.1", "8080", String(perSecond)]);
  await sleep(2_500);
  return lab;
}

async function leakline(...args: readonly string[]): Promise<{ stdout: string; stderr: string; status: number }> {
  return rig.run("ip", ["netns", "exec", PROXY, process.execPath, PROGRAM, ...args], { env: { HOME: home }, allow: [0, 1] });
}

/** A watch in the background. `until` waits for a round, `end` interrupts it as a person does. */
interface Watching {
  readonly rounds: readonly HostsDocument[];
  until(wanted: (round: HostsDocument) => boolean, what: string): Promise<void>;
  end(): Promise<{ readonly stderr: string }>;
}

function watch(...args: readonly string[]): Watching {
  const child = spawn("ip", ["netns", "exec", PROXY, process.execPath, PROGRAM, "scan", ...args, "--ssh", "builtin", "--watch", "--json"], { env: { ...process.env, HOME: home }, stdio: ["ignore", "pipe", "pipe"] });
  const rounds: HostsDocument[] = [];
  let text = "";
  let stderr = "";
  child.stderr.setEncoding("utf8").on("data", (piece: string) => (stderr += piece));
  child.stdout.setEncoding("utf8").on("data", (piece: string) => {
    text += piece;
    // Each document ends with its own line end, and the next begins with its schema.
    for (let end = text.indexOf("]}\n{\"schema\":\"leakline.investigation/1\""); end >= 0; end = text.indexOf("]}\n{\"schema\":\"leakline.investigation/1\"")) {
      rounds.push(JSON.parse(text.slice(0, end + 2)) as HostsDocument);
      text = text.slice(end + 3);
    }
  });
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
  return {
    rounds,
    async until(wanted, what) {
      for (const patience = Date.now() + 90_000; !rounds.some(wanted); await sleep(100)) {
        if (Date.now() > patience || child.exitCode !== null) throw new Error(`${what}: not after ${rounds.length} rounds (${rounds.map(({ diagnoses, correlations, logs }) => `${diagnoses.map(({ cause, confidence }) => `${cause} ${confidence}`).join("+")} ${correlations?.length ?? 0}c ${logs.length}l`).join("; ")})\n${stderr}\n${JSON.stringify(rounds.at(-1)?.diagnoses.map(({ cause, evidence }) => [cause, evidence.map((one) => one.text)]), null, 1)}`);
      }
    },
    async end() {
      child.kill("SIGINT");
      await ended;
      if (text.trim() !== "") rounds.push(JSON.parse(text) as HostsDocument);
      return { stderr };
    },
  };
}

async function scan(...targets: readonly string[]): Promise<HostsDocument> {
  return JSON.parse((await leakline("scan", ...targets, "--ssh", "builtin", "--no-logs", "--json")).stdout) as HostsDocument;
}

const causes = ({ diagnoses }: HostsDocument): string[] => [...new Set(diagnoses.map(({ cause }) => cause))];

test("trouble that goes from the first node to the second as the proxy shifts the load is a cascade, live and from two preserved scenes", async () => {
  const lab = await start(100, false);
  await writeFile(file("ill-1"), "");
  await sleep(13_000);
  const found = await scan("web-1", "web-2");
  const cascade = found.diagnoses.find(({ cause }) => cause === "cascade");
  expect(cascade, `${JSON.stringify(found.diagnoses.map(({ cause, evidence }) => [cause, evidence.map(({ text }) => text)]), null, 1)}\n${lab.output("nginx").slice(-2000)}`).toBeDefined();
  expect(cascade?.hosts?.map(({ name }) => name)).toEqual(["web-1", "web-2"]);
  const [first, second] = cascade?.hosts ?? [];
  // nginx gives each request two seconds, and takes a node out after three that took longer.
  const step = (second?.sinceOursMs ?? 0) - (first?.sinceOursMs ?? 0);
  expect(step).toBeGreaterThan(1_200);
  expect(step).toBeLessThan(8_000);
  expect(cascade?.evidence.filter(({ supports }) => supports).map(({ text }) => text).join("\n")).toMatch(/10\.79\.0\.1\b[\s\S]*fell off/);
  expect(cascade?.confidence).toBe("high");
  expect(causes(found)).not.toContain("shared-dependency");

  const kept = await Promise.all([1, 2].map(async (n) => {
    const path = join(lab.folder, `web-${n}.zip`);
    await leakline("preserve", `web-${n}`, "--ssh", "builtin", "-o", path);
    return path;
  }));
  const opened = JSON.parse((await rig.run(process.execPath, [PROGRAM, "open", ...kept, "--json"], { allow: [1] })).stdout) as HostsDocument;
  expect(opened.diagnoses.find(({ cause }) => cause === "cascade")?.hosts?.map(({ name }) => name)).toEqual(["web-1", "web-2"]);
});

test("a database that both nodes wait for is a shared dependency, and no cascade; a host that cannot be reached is named", async () => {
  await start(20, true);
  await writeFile(file("silent"), "");
  await sleep(12_000);
  const found = await scan("web-*", "--time-limit", "15");
  expect(found.diagnoses[0]?.cause, JSON.stringify(found.diagnoses.map(({ cause, evidence }) => [cause, evidence.map(({ text }) => text)]), null, 1)).toBe("shared-dependency");
  expect(found.diagnoses[0]?.endpoint).toMatchObject({ address: DATABASE.address, port: 3306 });
  expect(found.diagnoses[0]?.hosts?.map(({ name, sockets }) => [name, sockets.length]).sort()).toEqual([["web-1", 6], ["web-2", 6]]);
  expect(causes(found)).not.toContain("cascade");
  const stuck = found.talk.edges.filter((edge) => edge.stuck > 0 && found.talk.nodes[edge.to]?.endpoint?.port === 3306);
  expect(stuck.map((edge) => [found.talk.nodes[edge.from]?.target, edge.stuck]).sort()).toEqual([["ssh://web-1", 6], ["ssh://web-2", 6]]);
  expect(found.unreached?.map(({ target }) => target)).toEqual(["ssh://web-9"]);
});

test("one node that is ill alone is neither", async () => {
  await start(40, false);
  await writeFile(file("ill-1"), "");
  await sleep(12_000);
  const found = await scan("web-1", "web-2");
  expect(causes(found)).toContain("handler-stalled");
  expect(causes(found)).not.toContain("cascade");
  expect(causes(found)).not.toContain("shared-dependency");
});

test("a node that goes away during a watch and comes back is a hole in its line and a gap; the other goes on", async () => {
  const lab = await start(20, false);
  const [first, second] = sshds as [Sshd, Sshd];
  const watching = watch("web-1", "web-2", "--interval", "0.5", "--no-logs", "--record", join(lab.folder, "away.lk"));
  const isAway = ({ unreached }: HostsDocument): boolean => unreached?.some(({ target }) => target === "ssh://web-2") === true;
  await watching.until(({ timeline }) => (timeline?.timesMs.length ?? 0) >= 3, "three looks at each");
  const keys = await Promise.all([...second.hostKeyFiles, ...second.hostKeyFiles.map((key) => `${key}.pub`)].map(async (path) => {
    const copy = join(lab.folder, path.split("/").at(-1) ?? "");
    await writeFile(copy, await readFile(path), { mode: 0o600 });
    return copy;
  }));
  const mayIn = await readFile(second.authorizedKeys);
  const clientKey = await readFile(second.clientKey);
  await second.stop();
  sshds = [first];
  await watching.until(isAway, "web-2 is away");
  const before = watching.rounds.length;
  await watching.until((round) => watching.rounds.indexOf(round) > before + 1, "web-1 goes on");
  // Its folder went with it; the command reads the key again when it signs in.
  await mkdir(second.folder, { recursive: true });
  await writeFile(second.clientKey, clientKey, { mode: 0o600 });
  const back = await startNode(NODES[1] as (typeof NODES)[number], false, keys.slice(0, second.hostKeyFiles.length));
  sshds = [first, back];
  await writeFile(back.authorizedKeys, mayIn);
  await watching.until((round) => watching.rounds.slice(0, watching.rounds.indexOf(round)).some(isAway) && !isAway(round), "web-2 is back");
  const { stderr } = await watching.end();
  const { rounds } = watching;
  await rm(second.folder, { recursive: true, force: true });
  const found = rounds.at(-1) as HostsDocument;
  const valuesOf = (name: string): readonly (number | null)[] => found.timeline?.series.find(({ label }) => label === `${name}: LISTEN`)?.values ?? [];
  const told = (name: string): string => valuesOf(name).map((value) => (value === null ? "." : "x")).join("");
  expect(told("web-1")).toMatch(/^x{5,}$/);
  expect(told("web-2")).toMatch(/x\.{2,}x+$/);
  expect(found.timeline?.events.map(({ kind, text }) => `${kind} ${text}`).filter((text) => text.startsWith("gap"))).toEqual([expect.stringMatching(/^gap web-2: not looked at: it was away: /) as unknown]);
  expect(stderr).toContain("Looking again in");
  const again = JSON.parse((await rig.run(process.execPath, [PROGRAM, "open", ...[1, 2].map((n) => join(lab.folder, `away.web-${n}.lk`)), "--json"], { allow: [0, 1] })).stdout) as HostsDocument;
  expect(again.timeline?.events.filter(({ kind }) => kind === "gap").map(({ text }) => text)).toEqual([expect.stringMatching(/^web-2: not looked at: it was away: /) as unknown]);
});

test("a watch of both shows trouble go from one node to the other while it does, with each node's logs, one time line, and a record for each", async () => {
  const lab = await start(20, false);
  const record = join(lab.folder, "hour.lk");
  const watching = watch("web-1", "web-2", "--interval", "1", "--record", record);
  await watching.until(({ timeline }) => (timeline?.timesMs.length ?? 0) >= 2, "two looks at each");
  await writeFile(file("ill-1"), "");
  await watching.until(({ diagnoses }) => diagnoses.length > 0, "web-1 is in trouble");
  await sleep(4_000);
  await writeFile(file("ill-2"), "");
  const fell = (round: HostsDocument): boolean => causes(round).includes("cascade");
  await watching.until(fell, "a cascade");
  const { stderr } = await watching.end();
  const { rounds } = watching;
  const found = rounds.find(fell) as HostsDocument;
  expect(found.diagnoses.find(({ cause }) => cause === "cascade")?.hosts?.map(({ name }) => name)).toEqual(["web-1", "web-2"]);
  expect(causes(rounds[0] as HostsDocument)).not.toContain("cascade");
  expect(found.timeline?.onOurClock).toBe(true);
  for (const name of ["web-1", "web-2"]) {
    const values = found.timeline?.series.find(({ label }) => label === `${name}: ESTABLISHED`)?.values ?? [];
    expect(values.filter((value) => value !== null).length, name).toBeGreaterThan(2);
    expect(found.snapshots.some(({ source, carriedFrom }) => source.target === `ssh://${name}` && carriedFrom !== undefined), name).toBe(true);
  }
  // Each node's log is its own: what goes with its stuck requests stands in it.
  const logs = new Set(found.logs.map(({ name, target }) => `${target} ${name.split("/").at(-1)}`));
  for (const n of [1, 2]) expect(logs).toContain(`ssh://web-${n} ill-${n}.log`);
  // An ill node keeps every request: its lines come as steadily as what is stuck, so that whether one goes with it is for `test/labs/correlation`. What is tried, is tried for each node.
  for (const n of [1, 2]) expect([...(found.correlationNotes ?? []), ...(found.correlations ?? []).map(({ diagnosis }) => `${found.diagnoses[diagnosis]?.endpoint?.address}:8080`)].join("\n")).toContain(`10.79.0.1${n}:8080`);
  for (const { source, diagnosis } of found.correlations ?? []) {
    expect(found.logs[source]?.target).toBe(found.snapshots[found.diagnoses[diagnosis]?.snapshot ?? -1]?.source.target);
  }
  const files = [1, 2].map((n) => join(lab.folder, `hour.web-${n}.lk`));
  expect(stderr).toContain(`leakline open ${files.join(" ")}`);
  const again = JSON.parse((await rig.run(process.execPath, [PROGRAM, "open", ...files, "--json"], { allow: [1] })).stdout) as HostsDocument;
  expect(again.diagnoses.find(({ cause }) => cause === "cascade")?.hosts?.map(({ name }) => name)).toEqual(["web-1", "web-2"]);
  expect(again.timeline?.timesMs.length).toBe(rounds.at(-1)?.timeline?.timesMs.length);
  expect(again.timeline?.series.map(({ label }) => label)).toEqual(rounds.at(-1)?.timeline?.series.map(({ label }) => label));
});
