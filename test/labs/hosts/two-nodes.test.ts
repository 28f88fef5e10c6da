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
    readonly cause: string; readonly confidence: string; readonly endpoint: { readonly address: string; readonly port: number } | null;
    readonly hosts?: readonly { readonly name: string; readonly sockets: readonly number[]; readonly sinceOursMs: number | null; readonly sinceErrorMs: number | null }[];
    readonly evidence: readonly { readonly supports: boolean; readonly text: string }[];
    readonly process: { readonly name: string } | null;
  }[];
  readonly talk: { readonly nodes: readonly { readonly label: string; readonly target: string | null; readonly endpoint: { readonly port: number } | null }[]; readonly edges: readonly { readonly from: number; readonly to: number; readonly stuck: number }[] };
  readonly unreached?: readonly { readonly target: string }[];
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
  for (const name of ["ill-1", "ill-2", "silent"]) await rm(file(name), { force: true });
});

afterAll(async () => {
  for (const space of spaces) await rig.run("ip", ["netns", "del", space], { allow: [0, 1] });
  await rig.close();
});

/** Both nodes, the proxy before them and its load. */
async function start(perSecond: number, database: boolean): Promise<ServiceRig> {
  const lab = (started = await ServiceRig.open("hosts-run"));
  if (database) {
    lab.start("database", "ip", ["netns", "exec", DATABASE.space, "python3", program("database"), DATABASE.address, "3306", file("silent")]);
    await sleep(700);
  }
  sshds = await Promise.all(NODES.map(({ n, space, address }) => {
    const app = ["python3", program("app"), address, "8080", file(`ill-${n}`), ...(database ? [DATABASE.address, "3306"] : [])];
    // A process namespace of its own, and no other network namespace in sight: as on another machine.
    return startSshd({ address, port: 22, wrapper: ["ip", "netns", "exec", space, "unshare", "--pid", "--fork", "--mount-proc", "--kill-child", "sh", "-c", `mount -t tmpfs none /run/netns; ${app.map((word) => `'${word}'`).join(" ")} & exec "$@"`, "sh"] });
  }));
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
