import { chmod, chown, cp, mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { InvestigationDocument } from "../leakline-command";
import { investigationOf, leakline } from "../leakline-command";
import { ServiceRig, freePorts, lineOf, sleep } from "../service-rig";
import { PYTHON, countSockets, diagnosesOf, pidOf, until } from "./programs";

/**
 * Two more stories, from the socket to the line: a psycopg2 pool whose transactions are left open against a real PostgreSQL that ends idle
 * transactions, and a Go client that never closes response bodies against a real nginx with a keep-alive timeout.
 */
const LEAKS = 14;

function requireIdleTimeout(ms: number | null | undefined, expected: number): void {
  expect(ms).toBeGreaterThan(expected * 0.98);
  expect(ms).toBeLessThan(expected * 1.02);
}

describe("PostgreSQL ends the transactions that a pool's user left open", () => {
  const IDLE_MS = 8_000;
  let rig: ServiceRig;
  let workspace: string;
  let databasePort: number;
  let shop: number;
  let document: InvestigationDocument;

  beforeAll(async () => {
    rig = await ServiceRig.open("postgres");
    const [database = 0, http = 0] = await freePorts(2);
    databasePort = database;
    workspace = join(rig.folder, "workspace");
    await cp(fileURLToPath(new URL("./pool-workspace", import.meta.url)), workspace, { recursive: true });
    await writeFile(join(workspace, ".env"), `SHOP_DSN=postgresql://shop@127.0.0.1:${database}/shop\n`);

    // PostgreSQL refuses to run as root; Debian keeps its programs apart from the path.
    const [version] = (await readdir("/usr/lib/postgresql")).sort((one, other) => Number(other) - Number(one));
    const programs = join("/usr/lib/postgresql", version ?? "", "bin");
    const data = join(rig.folder, "data");
    await chmod(rig.folder, 0o755);
    await mkdir(data, { mode: 0o700 });
    const [uid, gid] = [Number((await rig.run("id", ["-u", "postgres"])).stdout), Number((await rig.run("id", ["-g", "postgres"])).stdout)];
    await chown(data, uid, gid);
    const asPostgres = [`--reuid=${uid}`, `--regid=${gid}`, "--clear-groups"];
    await rig.run("setpriv", [...asPostgres, join(programs, "initdb"), "-D", data, "-A", "trust", "-U", "shop", "--no-sync", "-E", "UTF8", "--locale=C"], { cwd: "/" });
    rig.start("postgres", "setpriv", [...asPostgres, join(programs, "postgres"), "-D", data, "-h", "127.0.0.1", "-p", String(database), "-c", "unix_socket_directories=", "-c", "fsync=off", "-c", `idle_in_transaction_session_timeout=${IDLE_MS}`], { cwd: "/" });
    await rig.ready("postgres", database);
    await until("the database answers", async () => (await rig.run(join(programs, "psql"), ["-h", "127.0.0.1", "-p", String(database), "-U", "shop", "-d", "postgres", "-c", "CREATE DATABASE shop"], { allow: [0, 1, 2] })).status === 0);
    await rig.run(join(programs, "psql"), ["-h", "127.0.0.1", "-p", String(database), "-U", "shop", "-d", "shop", "-c", "CREATE TABLE stock (item text PRIMARY KEY, count int); INSERT INTO stock VALUES ('cup', 3)"]);

    shop = pidOf(rig.start("shop", PYTHON, ["app.py"], { cwd: workspace, env: { SHOP_DSN: `postgresql://shop@127.0.0.1:${database}/shop`, SHOP_PORT: String(http) } }), "shop");
    await rig.ready("shop", http);
    const get = async (path: string): Promise<number> => (await fetch(`http://127.0.0.1:${http}${path}`, { headers: { connection: "close" } })).status;
    expect([await get("/restock"), await get("/list")]).toEqual([200, 200]);
    for (let turn = 0; turn < LEAKS; turn += 1) {
      expect(await get("/reserve")).toBe(409);
      await sleep(50);
    }
    await until("PostgreSQL ended the transactions", async () => (await countSockets(rig, "close-wait", `dport = :${database}`)) >= LEAKS);
    await sleep(2_500);
    document = investigationOf(await leakline(["scan", "local", "--workspace", workspace, "--json"]));
  });

  afterAll(async () => rig?.close());

  test("the cause, the database, its timeout", () => {
    const said = diagnosesOf(document, shop);
    expect(said.map((diagnosis) => diagnosis.cause)).toEqual(["connection-pinned"]);
    expect(said[0]).toMatchObject({ direction: "outbound", count: LEAKS, service: { kind: "postgresql", port: databasePort } });
    requireIdleTimeout(said[0]?.peerIdleTimeoutMs, IDLE_MS);
    expect(said[0]?.leakMoments).toHaveLength(LEAKS);
  });

  test("the peer's last words were seen", () => {
    expect(diagnosesOf(document, shop)[0]?.evidence.some((one) => one.supports && one.text.includes("last words"))).toBe(true);
  });

  test("the line is suspect number one, the functions that end what they begin are none", async () => {
    expect(document.suspects[0]).toMatchObject({ rank: 1, file: "store.py", symbol: expect.stringContaining("reserve") as string, cause: "connection-pinned" });
    const begin = await lineOf(join(workspace, "store.py"), "pool.getconn()", "def reserve");
    expect(document.suspects[0]?.line).toBeGreaterThanOrEqual(begin);
    expect(document.suspects[0]?.line).toBeLessThanOrEqual(begin + 2);
    for (const suspect of document.suspects) expect(suspect.symbol).not.toMatch(/restock|listing/);
  });
});

describe("nginx hangs up on connections whose responses were never closed", () => {
  const KEEPALIVE_MS = 6_000;
  let rig: ServiceRig;
  let workspace: string;
  let port: number;
  let feed: number;
  let document: InvestigationDocument;

  beforeAll(async () => {
    rig = await ServiceRig.open("bodies");
    port = (await freePorts(1))[0] ?? 0;
    workspace = join(rig.folder, "workspace");
    await cp(fileURLToPath(new URL("./bodies-workspace", import.meta.url)), workspace, { recursive: true });
    const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map((name) => `${name}_temp_path ${rig.folder}/${name};`).join(" ");
    await writeFile(join(rig.folder, "nginx.conf"), `pid ${rig.folder}/nginx.pid;\nerror_log stderr;\nevents {}\nhttp {\n access_log off; ${temporary}\n keepalive_timeout ${KEEPALIVE_MS / 1_000}s;\n server { listen 127.0.0.1:${port}; location / { return 200 "an item of the catalog\\n"; } }\n}\n`);
    rig.start("nginx", "nginx", ["-c", join(rig.folder, "nginx.conf"), "-g", "daemon off;"]);
    await rig.ready("nginx", port);
    await rig.run("go", ["build", "-o", join(workspace, "feed"), "."], { cwd: workspace });
    feed = pidOf(rig.start("feed", join(workspace, "feed"), [`http://127.0.0.1:${port}/`], { cwd: workspace }), "feed");
    await until("nginx hung up", async () => (await countSockets(rig, "close-wait", `dport = :${port}`)) >= 12);
    await sleep(2_500);
    document = investigationOf(await leakline(["scan", "local", "--workspace", workspace, "--json"]));
  });

  afterAll(async () => rig?.close());

  test("the cause, the service, its timeout", () => {
    const said = diagnosesOf(document, feed);
    expect(said[0], JSON.stringify(said)).toMatchObject({ cause: "connection-pinned", direction: "outbound", count: 12, service: { kind: "http", port } });
    requireIdleTimeout(said[0]?.peerIdleTimeoutMs, KEEPALIVE_MS);
  });

  test("the line is suspect number one", async () => {
    expect(document.suspects[0]).toMatchObject({ rank: 1, file: "main.go", kind: "resource-leak", symbol: expect.stringContaining("fresh") as string, line: await lineOf(join(workspace, "main.go"), "client.Get(", "func fresh") });
    for (const suspect of document.suspects) expect(suspect.symbol).not.toMatch(/load/);
  });
});
