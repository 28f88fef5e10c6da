import { cp, mkdir, readFile, writeFile } from "node:fs/promises";
import { Agent, get as httpGet } from "node:http";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Sshd } from "../../integration/ssh/sshd-rig";
import { startSshd } from "../../integration/ssh/sshd-rig";
import type { InvestigationDocument } from "../leakline-command";
import { investigationOf, leakline } from "../leakline-command";
import { ServiceRig, freePorts, lineOf, sleep } from "../service-rig";

/**
 * Lab B: a real Tornado service whose coroutine calls urllib on a service that takes a second, behind a real nginx that waits 3 s for an
 * answer; 200 concurrent requests, and 100 more while the first ones wait.
 */
const SOURCE = fileURLToPath(new URL("./workspace", import.meta.url));
const SLOW = fileURLToPath(new URL("./slow_prices.py", import.meta.url));
const PROXY_TIMEOUT_MS = 3_000;
// Debian's own Python has Debian's own Tornado.
const PYTHON = "/usr/bin/python3";

let rig: ServiceRig;
let sshd: Sshd;
let workspace: string;
let servicePid: number;
let servicePort: number;
let blockingLine: number;
let proxyPort: number;
let agent: Agent;

beforeAll(async () => {
  rig = await ServiceRig.open("b");
  const [appPort = 0, pricesPort = 0, nginxPort = 0] = await freePorts(3);
  servicePort = appPort;
  proxyPort = nginxPort;
  workspace = join(rig.folder, "workspace");
  await cp(SOURCE, workspace, { recursive: true });
  await writeFile(join(workspace, ".env"), `PORT=${appPort}\nPRICES_URL=http://127.0.0.1:${pricesPort}/price\n`);
  blockingLine = await lineOf(join(workspace, "app.py"), "fetch_price()", "class Price(");

  rig.start("prices", PYTHON, [SLOW, String(pricesPort)]);
  await rig.ready("prices", pricesPort);
  const service = rig.start("app", PYTHON, ["app.py"], { cwd: workspace, env: { PORT: String(appPort), PRICES_URL: `http://127.0.0.1:${pricesPort}/price`, PYTHONWARNINGS: "ignore" } });
  servicePid = service.pid ?? 0;
  await rig.ready("app", appPort);

  await mkdir(join(rig.folder, "nginx"));
  await writeFile(
    join(rig.folder, "nginx.conf"),
    `daemon off; user root; pid ${rig.folder}/nginx.pid; error_log ${rig.folder}/error.log;\nevents { worker_connections 1024; }\nhttp { access_log ${rig.folder}/access.log; client_body_temp_path ${rig.folder}/nginx/a; proxy_temp_path ${rig.folder}/nginx/b; fastcgi_temp_path ${rig.folder}/nginx/c; uwsgi_temp_path ${rig.folder}/nginx/d; scgi_temp_path ${rig.folder}/nginx/e;\n server { listen 127.0.0.1:${nginxPort}; location / { proxy_pass http://127.0.0.1:${appPort}; proxy_read_timeout ${PROXY_TIMEOUT_MS / 1_000}s; } } }\n`,
  );
  rig.start("nginx", "nginx", ["-p", rig.folder, "-e", join(rig.folder, "error.log"), "-c", join(rig.folder, "nginx.conf")]);
  await rig.ready("nginx", nginxPort);
  sshd = await startSshd();
  agent = new Agent({ keepAlive: false, maxSockets: 400 });
  // 200 at once; how many of them the loop accepts before it is stopped for the first time is the scheduler's affair. Those who come while
  // it is stopped stay in the accept queue.
  load(200);
  await sleep(2_000);
  load(100);
  await sleep(5_000);
});

afterAll(async () => {
  agent?.destroy();
  await sshd?.stop();
  await rig?.close();
});

/** So many requests at once; what they are answered does not matter here. */
function load(count: number): void {
  for (let turn = 0; turn < count; turn += 1) {
    const request = httpGet({ host: "127.0.0.1", port: proxyPort, path: "/price", agent }, (response) => response.resume());
    request.on("error", () => {});
  }
}

function requireTheAnswer(document: InvestigationDocument): void {
  const [first] = document.diagnoses;
  expect(first?.cause).toBe("accept-queue-stalled");
  expect(first?.direction).toBe("inbound");
  expect(first?.process?.pid).toBe(servicePid);
  expect(first?.service?.port).toBe(servicePort);
  // nginx hangs up after its proxy_read_timeout: seen on the connections that wait here.
  const timeout = document.diagnoses.find((diagnosis) => diagnosis.direction === "inbound" && diagnosis.peerIdleTimeoutMs !== null)?.peerIdleTimeoutMs;
  expect(timeout).toBeGreaterThan(PROXY_TIMEOUT_MS * 0.98);
  expect(timeout).toBeLessThan(PROXY_TIMEOUT_MS * 1.02);

  const [suspect] = document.suspects;
  expect(suspect).toMatchObject({ rank: 1, file: "app.py", line: blockingLine, kind: "blocking-in-async", cause: "accept-queue-stalled" });
  expect(suspect?.symbol).toContain("Price.get");
  // The decoys: an asynchronous client, a call handed to a thread, a call outside any coroutine.
  const blocking = document.findings.filter((finding) => finding.rule.includes("blocking"));
  expect(blocking.map((finding) => `${finding.file}:${finding.range.start.line}`)).toEqual([`app.py:${blockingLine}`]);
}

describe("lab B: a synchronous client in a coroutine", () => {
  test("found through a local scan, the line first", async () => {
    requireTheAnswer(investigationOf(await leakline(["scan", "local", "--workspace", workspace, "--json"])));
  });

  test("found through real ssh, the line first", async () => {
    const result = await leakline(["scan", `ssh://127.0.0.1:${sshd.port}`, "--workspace", workspace, "--json"], { env: { HOME: sshd.home, SSH_AUTH_SOCK: "" } });
    requireTheAnswer(investigationOf(result));
  });

  test("the proxy tells the same story", async () => {
    expect(await readFile(join(rig.folder, "error.log"), "utf8")).toContain("upstream timed out (110: Connection timed out)");
    expect(await readFile(join(rig.folder, "access.log"), "utf8")).toContain('" 504 ');
  });
});
