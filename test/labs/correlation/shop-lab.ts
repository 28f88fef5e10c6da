import type { ChildProcess } from "node:child_process";
import { cp, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { ServiceRig, freePorts, sleep } from "../service-rig";
import type { RequestKind } from "./traffic";
import { drawTraffic, sendTraffic } from "./traffic";

const SOURCE = fileURLToPath(new URL("./shop", import.meta.url));
/** The driver is the one of lab A. */
const MODULE = fileURLToPath(new URL("../a/workspace", import.meta.url));
/** HAProxy hangs up after so long without data. */
const IDLE_TIMEOUT_MS = 4_000;

/** Lab A over time: a Go service that logs, over a real MariaDB behind a real HAProxy, at fifty requests a second of five kinds. */
export class ShopLab {
  readonly workspace: string;
  readonly #rig: ServiceRig;
  readonly #proxyPort: number;
  #service: { readonly child: ChildProcess; readonly port: number } | null = null;
  #runs = 0;

  private constructor(rig: ServiceRig, workspace: string, proxyPort: number) {
    this.#rig = rig;
    this.workspace = workspace;
    this.#proxyPort = proxyPort;
  }

  static async open(): Promise<ShopLab> {
    const rig = await ServiceRig.open("shop");
    try {
      const [databasePort = 0, proxyPort = 0] = await freePorts(2);
      const workspace = join(rig.folder, "workspace");
      await cp(SOURCE, workspace, { recursive: true });
      for (const file of ["go.mod", "go.sum"]) await cp(join(MODULE, file), join(workspace, file));
      await writeFile(join(workspace, "config.yaml"), `database:\n  host: 127.0.0.1\n  port: ${proxyPort}\n  driver: mysql\n`);
      const data = join(rig.folder, "data");
      await mkdir(data);
      await rig.run("mariadb-install-db", ["--no-defaults", `--datadir=${data}`, "--auth-root-authentication-method=normal", "--skip-test-db", "--user=root"]);
      rig.start("mariadbd", "mariadbd", ["--no-defaults", "--user=root", `--datadir=${data}`, `--socket=${join(rig.folder, "db.sock")}`, "--bind-address=127.0.0.1", `--port=${databasePort}`, `--pid-file=${join(rig.folder, "db.pid")}`, "--innodb-buffer-pool-size=32M", "--max-connections=500"]);
      await rig.ready("mariadbd", databasePort);
      await rig.run("mariadb", ["--no-defaults", `--socket=${join(rig.folder, "db.sock")}`, "--user=root", "-e", "CREATE DATABASE shop; CREATE USER shop@'%' IDENTIFIED BY 'lab'; CREATE USER shop@localhost IDENTIFIED BY 'lab'; GRANT ALL ON shop.* TO shop@'%'; GRANT ALL ON shop.* TO shop@localhost"]);
      await writeFile(join(rig.folder, "haproxy.cfg"), `defaults\n  mode tcp\n  timeout connect 2s\n  timeout client 60s\n  timeout server ${IDLE_TIMEOUT_MS}ms\nlisten mysql\n  bind 127.0.0.1:${proxyPort}\n  server db 127.0.0.1:${databasePort}\n`);
      rig.start("haproxy", "haproxy", ["-db", "-f", join(rig.folder, "haproxy.cfg")]);
      await rig.ready("haproxy", proxyPort);
      await rig.run("go", ["build", "-o", join(workspace, "shopd"), "."], { cwd: workspace, env: { GOFLAGS: "-mod=mod" } });
      return new ShopLab(rig, workspace, proxyPort);
    } catch (error) {
      await rig.close();
      throw error;
    }
  }

  /** A fresh service and a fresh log, requests for so long, and the time that the proxy needs to hang up. `leaks`: about so many; `silent`: by a path that logs nothing. */
  async run(seconds: number, leaks: number, silent: boolean, random: () => number): Promise<{ readonly pid: number; readonly log: string; readonly sent: ReadonlyMap<string, number> }> {
    await this.stop();
    const [port = 0] = await freePorts(1);
    this.#runs += 1;
    const name = `shopd-${this.#runs}`;
    const log = join(this.#rig.folder, `${name}.log`);
    // Exec, so that the process is the service itself with the file as its standard error.
    const child = this.#rig.start(name, "/bin/sh", ["-c", 'exec "$1" 2>>"$2"', "sh", join(this.workspace, "shopd"), log], { cwd: this.workspace, env: { SHOPD_DSN: `shop:lab@tcp(127.0.0.1:${this.#proxyPort})/shop`, SHOPD_ADDRESS: `127.0.0.1:${port}` } });
    this.#service = { child, port };
    await this.#rig.ready(name, port);
    const lengthMs = seconds * 1_000;
    const sound = { sound: "/refund?item=tea", leaks: "/refund?item=cup" };
    const kinds: readonly RequestKind[] = drawTraffic(["/order?item=tea", "/list", "/count", "/show"], sound, 50, lengthMs, silent ? 0 : leaks, random);
    const silently = silent ? [{ path: "/forget", weight: leaks / (50 * seconds) }] : [];
    const sent = await sendTraffic(port, [...kinds, ...silently], 50, lengthMs, random);
    await sleep(IDLE_TIMEOUT_MS + 1_000);
    return { pid: child.pid ?? 0, log: await readFile(log, "utf8"), sent };
  }

  async stop(): Promise<void> {
    const child = this.#service?.child;
    this.#service = null;
    if (child === undefined || child.exitCode !== null) return;
    await new Promise<void>((resolve) => {
      child.once("exit", () => resolve());
      child.kill("SIGKILL");
    });
  }

  async close(): Promise<void> {
    await this.#rig.close();
  }
}
