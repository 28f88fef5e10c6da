import type { ChildProcess } from "node:child_process";
import { cp, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { ServiceRig, freePorts, sleep } from "../service-rig";
import { drawTraffic, sendTraffic } from "./traffic";

const SOURCE = fileURLToPath(new URL("./prices", import.meta.url));
const SLOW = fileURLToPath(new URL("./slow_prices.py", import.meta.url));
const PROXY_TIMEOUT_MS = 3_000;
// Debian's own Python has Debian's own Tornado.
const PYTHON = "/usr/bin/python3";
/** Each stuck handler stops a worker: more than can get stuck in one run, so that the others are served. */
const WORKERS = 30;

/** Lab B over time: a Tornado service in worker processes that logs, behind a real nginx, at fifty requests a second of five kinds. */
export class PricesLab {
  readonly workspace: string;
  readonly #rig: ServiceRig;
  readonly #pricesPort: number;
  #running: readonly ChildProcess[] = [];
  #runs = 0;

  private constructor(rig: ServiceRig, workspace: string, pricesPort: number) {
    this.#rig = rig;
    this.workspace = workspace;
    this.#pricesPort = pricesPort;
  }

  static async open(): Promise<PricesLab> {
    const rig = await ServiceRig.open("prices");
    try {
      const [pricesPort = 0] = await freePorts(1);
      const workspace = join(rig.folder, "workspace");
      await cp(SOURCE, workspace, { recursive: true });
      await mkdir(join(rig.folder, "nginx"));
      rig.start("prices", PYTHON, [SLOW, String(pricesPort)]);
      await rig.ready("prices", pricesPort);
      return new PricesLab(rig, workspace, pricesPort);
    } catch (error) {
      await rig.close();
      throw error;
    }
  }

  /** Fresh workers and a fresh log, requests for so long, and the time that the proxy needs to hang up. `leaks`: about so many. */
  async run(seconds: number, leaks: number, random: () => number): Promise<{ readonly log: string; readonly sent: ReadonlyMap<string, number> }> {
    await this.stop();
    const [port = 0, nginxPort = 0] = await freePorts(2);
    this.#runs += 1;
    const name = `app-${this.#runs}`;
    const log = join(this.#rig.folder, `${name}.log`);
    const service = this.#rig.start(name, "/bin/sh", ["-c", `exec ${PYTHON} "$1" 2>>"$2"`, "sh", join(this.workspace, "app.py"), log], { cwd: this.workspace, env: { PORT: String(port), WORKERS: String(WORKERS), PRICES_URL: `http://127.0.0.1:${this.#pricesPort}/price`, PYTHONWARNINGS: "ignore" } });
    await this.#rig.ready(name, port);
    const folder = this.#rig.folder;
    await writeFile(
      join(folder, `${name}.conf`),
      `daemon off; user root; pid ${folder}/${name}.pid; error_log ${folder}/${name}-nginx.log;\nevents { worker_connections 1024; }\nhttp { access_log off; client_body_temp_path ${folder}/nginx/a; proxy_temp_path ${folder}/nginx/b; fastcgi_temp_path ${folder}/nginx/c; uwsgi_temp_path ${folder}/nginx/d; scgi_temp_path ${folder}/nginx/e;\n server { listen 127.0.0.1:${nginxPort}; location / { proxy_pass http://127.0.0.1:${port}; proxy_read_timeout ${PROXY_TIMEOUT_MS / 1_000}s; } } }\n`,
    );
    const nginx = this.#rig.start(`${name}-nginx`, "nginx", ["-p", folder, "-e", join(folder, `${name}-nginx.log`), "-c", join(folder, `${name}.conf`)]);
    this.#running = [nginx, service];
    await this.#rig.ready(`${name}-nginx`, nginxPort);
    const lengthMs = seconds * 1_000;
    const kinds = drawTraffic(["/", "/stock?item=tea", "/order?item=tea", "/compare?item=tea"], { sound: "/price?item=tea", leaks: "/price?item=cup" }, 50, lengthMs, leaks, random);
    const sent = await sendTraffic(nginxPort, kinds, 50, lengthMs, random);
    await sleep(PROXY_TIMEOUT_MS + 1_000);
    return { log: await readFile(log, "utf8"), sent };
  }

  /** The parent first, or it would start its workers anew; then each worker by its id: one that waits in a call hears no gentler word. */
  async stop(): Promise<void> {
    const running = this.#running;
    this.#running = [];
    for (const child of running) {
      if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) continue;
      const { pid } = child;
      const workers = (await readFile(`/proc/${pid}/task/${pid}/children`, "utf8")).split(" ").filter((id) => id.trim() !== "").map(Number);
      await new Promise<void>((resolve) => {
        child.once("exit", () => resolve());
        child.kill("SIGKILL");
      });
      for (const worker of workers) {
        try {
          process.kill(worker, "SIGKILL");
        } catch {
          // It ended with its parent.
        }
      }
    }
  }

  async close(): Promise<void> {
    await this.stop();
    await this.#rig.close();
  }
}
