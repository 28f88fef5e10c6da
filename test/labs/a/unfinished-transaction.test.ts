import { cp, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Sshd } from "../../integration/ssh/sshd-rig";
import { startSshd } from "../../integration/ssh/sshd-rig";
import type { InvestigationDocument } from "../leakline-command";
import { investigationOf, leakline } from "../leakline-command";
import { ServiceRig, freePorts, lineOf, sleep } from "../service-rig";

/**
 * Lab A: a real Go service over a real MariaDB through a real HAProxy in TCP mode that hangs up after 8 s without data. One handler
 * begins a transaction (through a helper of another package) and returns early without ending it.
 */
const SOURCE = fileURLToPath(new URL("./workspace", import.meta.url));
const IDLE_TIMEOUT_MS = 8_000;
const LEAKS = 6;

let rig: ServiceRig;
let sshd: Sshd;
let workspace: string;
let servicePid: number;
let proxyPort: number;
let leakingLine: number;
let leakWindow: readonly [number, number];

beforeAll(async () => {
  rig = await ServiceRig.open("a");
  const [databasePort = 0, lbPort = 0, httpPort = 0] = await freePorts(3);
  proxyPort = lbPort;

  workspace = join(rig.folder, "workspace");
  await cp(SOURCE, workspace, { recursive: true });
  const config = join(workspace, "config.yaml");
  await writeFile(config, (await readFile(config, "utf8")).replace("port: 13306", `port: ${lbPort}`));
  leakingLine = await lineOf(join(workspace, "controllers/main_controller.go"), "m.shop.Begin()", "func (m *Main) Update");

  const data = join(rig.folder, "data");
  await mkdir(data);
  await rig.run("mariadb-install-db", ["--no-defaults", `--datadir=${data}`, "--auth-root-authentication-method=normal", "--skip-test-db", "--user=root"]);
  rig.start("mariadbd", "mariadbd", ["--no-defaults", "--user=root", `--datadir=${data}`, `--socket=${join(rig.folder, "db.sock")}`, "--bind-address=127.0.0.1", `--port=${databasePort}`, `--pid-file=${join(rig.folder, "db.pid")}`, "--innodb-buffer-pool-size=32M"]);
  await rig.ready("mariadbd", databasePort);
  await rig.run("mariadb", ["--no-defaults", `--socket=${join(rig.folder, "db.sock")}`, "--user=root", "-e", "CREATE DATABASE shop; CREATE USER shop@'%' IDENTIFIED BY 'lab'; CREATE USER shop@localhost IDENTIFIED BY 'lab'; GRANT ALL ON shop.* TO shop@'%'; GRANT ALL ON shop.* TO shop@localhost"]);

  await writeFile(
    join(rig.folder, "haproxy.cfg"),
    `defaults\n  mode tcp\n  timeout connect 2s\n  timeout client 60s\n  timeout server ${IDLE_TIMEOUT_MS / 1_000}s\nlisten mysql\n  bind 127.0.0.1:${lbPort}\n  server db 127.0.0.1:${databasePort}\n`,
  );
  rig.start("haproxy", "haproxy", ["-db", "-f", join(rig.folder, "haproxy.cfg")]);
  await rig.ready("haproxy", lbPort);

  await rig.run("go", ["build", "-o", join(workspace, "shopd"), "."], { cwd: workspace, env: { GOFLAGS: "-mod=mod" } });
  const service = rig.start("shopd", join(workspace, "shopd"), [], { cwd: workspace, env: { SHOPD_DSN: `shop:lab@tcp(127.0.0.1:${lbPort})/shop`, SHOPD_ADDRESS: `127.0.0.1:${httpPort}` } });
  servicePid = service.pid ?? 0;
  await rig.ready("shopd", httpPort);

  // Load: requests that end what they begin, and six of the kind that does not.
  const get = async (path: string): Promise<number> => (await fetch(`http://127.0.0.1:${httpPort}${path}`)).status;
  for (let turn = 0; turn < 3; turn += 1) {
    expect(await get("/count")).toBe(200);
    expect(await get("/list")).toBe(200);
    expect(await get("/move?item=tea")).toBe(200);
  }
  const from = Date.now();
  for (let turn = 0; turn < LEAKS; turn += 1) {
    expect(await get("/update?item=cup")).toBe(409);
    await sleep(150);
  }
  leakWindow = [from, Date.now()];

  sshd = await startSshd();
  await sleep(IDLE_TIMEOUT_MS + 1_500);
});

afterAll(async () => {
  await sshd?.stop();
  await rig?.close();
});

function requireTheAnswer(document: InvestigationDocument): void {
  const [first] = document.diagnoses;
  expect(document.schema).toBe("leakline.investigation/1");
  expect(first?.cause).toBe("connection-pinned");
  expect(first?.direction).toBe("outbound");
  expect(first?.process?.pid).toBe(servicePid);
  expect(first?.process?.name).toBe("shopd");
  expect(first?.service?.kind).toBe("mysql");
  expect(first?.service?.port).toBe(proxyPort);
  expect(first?.states["CLOSE_WAIT"]).toBeGreaterThanOrEqual(LEAKS);
  expect(first?.peerIdleTimeoutMs).toBeGreaterThan(IDLE_TIMEOUT_MS * 0.98);
  expect(first?.peerIdleTimeoutMs).toBeLessThan(IDLE_TIMEOUT_MS * 1.02);
  // The leak moments are those of the leaking requests (half a second for the way there and for a busy machine's clocks).
  const moments = (first?.leakMoments ?? []).map((iso) => Date.parse(iso)).filter((ms) => ms >= leakWindow[0] - 500 && ms <= leakWindow[1] + 500);
  expect(moments.length).toBe(LEAKS);

  const [suspect] = document.suspects;
  expect(suspect).toMatchObject({ rank: 1, file: "controllers/main_controller.go", line: leakingLine, kind: "transaction-leak", cause: "connection-pinned" });
  expect(suspect?.symbol).toContain("Update");
  // The decoys end what they begin: none of them is a suspect.
  for (const other of document.suspects) expect(other.file).not.toBe("controllers/stock.go");
}

describe("lab A: an unfinished transaction behind a load balancer", () => {
  test("found through a local scan, the line first", async () => {
    requireTheAnswer(investigationOf(await leakline(["scan", "local", "--workspace", workspace, "--json"])));
  });

  test("found through real ssh, the line first", async () => {
    const result = await leakline(["scan", `ssh://127.0.0.1:${sshd.port}`, "--workspace", workspace, "--json"], { env: { HOME: sshd.home, SSH_AUTH_SOCK: "" } });
    requireTheAnswer(investigationOf(result));
  });

  test("the text report names the line for a person", async () => {
    const result = await leakline(["scan", "--workspace", workspace]);
    expect(result.status).toBe(1);
    expect(result.stdout).toContain(`controllers/main_controller.go:${leakingLine}`);
    expect(result.stdout).toContain("8.0 s");
  });

  test("found in what ss printed, pasted into a file", async () => {
    const capture = await rig.run("ss", ["-tanpoie"]);
    const result = await leakline(["open", "-", "--workspace", workspace, "--json"], { input: capture.stdout });
    const document = investigationOf(result);
    expect(document.diagnoses[0]?.cause).toBe("connection-pinned");
    expect(document.suspects[0]).toMatchObject({ file: "controllers/main_controller.go", line: leakingLine });
  });
});
