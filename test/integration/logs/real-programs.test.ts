import { execFileSync, spawn, spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { LogRecord, LogRecords } from "../../../src/model/log-records";
import { findSignatures } from "../../../src/explain/log-signatures/find-signatures";
import { LogsAnswer } from "../../../src/observe/logs/target/logs-answer";
import { logsScript } from "../../../src/observe/logs/target/logs-script";
import { TargetLogs } from "../../../src/observe/logs/target/target-logs";
import { createLogReader } from "../../../src/observe/logs/log-reader";
import { openLocal } from "../../../src/observe/targets/local";
import { freePorts, ServiceRig } from "../../labs/service-rig";

/** Two seconds for an answer, by the logging module; what it prints goes to a file. */
const SLOW_SERVICE = `
import http.server, logging, sys, time
logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(asctime)s %(levelname)-8s [%(threadName)s] shop.%(name)s - %(message)s")
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        logging.info("request for %s", self.path)
        try:
            if self.path == "/fail": raise ValueError("no order 7")
            time.sleep(2)
            self.send_response(200); self.end_headers(); self.wfile.write(b"done")
        except ValueError:
            logging.exception("refund failed")
            self.send_error(500)
http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
`;

function get(port: number, path: string): Promise<number> {
  return new Promise((resolve, reject) => {
    request({ host: "127.0.0.1", port, path, agent: false }, (answer) => {
      answer.resume();
      answer.on("end", () => resolve(answer.statusCode ?? 0));
    }).on("error", reject).end();
  });
}

/** Real programs, their logs where they keep them, found through their processes. */
describe("logs of real programs", () => {
  let rig: ServiceRig;
  let logs: readonly LogRecords[];
  let startedMs: number;

  const called = (name: string): LogRecords | undefined => logs.find(({ source }) => source.name.endsWith(name));
  const records = (name: string): LogRecord[] => [...(called(name) ?? [])];

  beforeAll(async () => {
    rig = await ServiceRig.open("logs");
    const { folder } = rig;
    startedMs = Date.now() - 1000;
    const [slow = 0, nginx = 0, haproxy = 0, redis = 0, maria = 0] = await freePorts(5);
    writeFileSync(join(folder, "slow.py"), SLOW_SERVICE);
    const pids: number[] = [];
    const intoFile = (name: string, command: string, args: readonly string[]): void => {
      // By a shell that becomes it, so that the rig ends it.
      const child = rig.start(name, "sh", ["-c", 'out=$1; shift; exec "$@" >>"$out" 2>&1', "sh", join(folder, name), command, ...args]);
      pids.push(child.pid ?? 0);
    };
    intoFile("slow.out", "python3", ["-u", join(folder, "slow.py"), String(slow)]);
    writeFileSync(join(folder, "nginx.conf"), `daemon off; worker_processes 1; pid ${folder}/nginx.pid; error_log ${folder}/nginx-error.log info; events {} http { access_log ${folder}/nginx-access.log; server { listen 127.0.0.1:${nginx}; location / { proxy_pass http://127.0.0.1:${slow}; proxy_read_timeout 1s; } } }`);
    pids.push(rig.start("nginx", "nginx", ["-e", join(folder, "nginx-error.log"), "-c", join(folder, "nginx.conf"), "-p", folder]).pid ?? 0);
    writeFileSync(join(folder, "haproxy.cfg"), `global\n  log stdout format raw local0\ndefaults\n  mode http\n  log global\n  option httplog\n  timeout connect 1s\n  timeout client 5s\n  timeout server 1s\nlisten web\n  bind 127.0.0.1:${haproxy}\n  server s1 127.0.0.1:${slow}\n`);
    intoFile("haproxy.out", "haproxy", ["-f", join(folder, "haproxy.cfg"), "-db"]);
    intoFile("redis.log", "redis-server", ["--port", String(redis), "--bind", "127.0.0.1", "--dir", folder, "--save", ""]);
    mkdirSync(join(folder, "data"));
    await rig.run("mariadb-install-db", ["--no-defaults", `--datadir=${join(folder, "data")}`, "--auth-root-authentication-method=normal", "--skip-test-db", ...(process.getuid?.() === 0 ? ["--user=root"] : [])]);
    pids.push(rig.start("mariadb", "mariadbd", ["--no-defaults", `--datadir=${join(folder, "data")}`, `--port=${maria}`, "--bind-address=127.0.0.1", `--socket=${join(folder, "m.sock")}`, `--log-error=${join(folder, "maria.err")}`, ...(process.getuid?.() === 0 ? ["--user=root"] : [])]).pid ?? 0);
    await Promise.all([rig.ready("slow.out", slow), rig.ready("nginx", nginx), rig.ready("haproxy.out", haproxy), rig.ready("redis.log", redis), rig.ready("mariadb", maria)]);
    expect(await Promise.all([get(nginx, "/orders/7"), get(nginx, "/fail"), get(haproxy, "/orders/8")])).toEqual([504, 500, 504]);

    const reach = openLocal();
    try {
      ({ logs } = await new TargetLogs().read(reach, { pids, sinceMs: startedMs, nowMs: Date.now(), signal: new AbortController().signal, timeLimitMs: 60_000 }));
    } finally {
      await reach.close();
    }
  });
  afterAll(() => rig?.close());

  it("all are found, each once, and each line has its moment", () => {
    for (const name of ["slow.out", "nginx-error.log", "nginx-access.log", "haproxy.out", "redis.log", "maria.err"]) {
      expect([name, logs.filter(({ source }) => source.name.endsWith(name)).length]).toEqual([name, 1]);
      const { firstMs, lastMs } = called(name)?.source ?? {};
      expect([name, firstMs]).not.toEqual([name, null]);
      // nginx and MariaDB write whole seconds.
      expect(firstMs ?? 0).toBeGreaterThan(startedMs - 1500);
      expect(lastMs ?? Number.POSITIVE_INFINITY).toBeLessThan(Date.now() + 1000);
    }
    // Database files are open for writing as well.
    expect(logs.filter(({ source }) => /\/(?:ib_|ibdata|aria_)/.test(source.name))).toEqual([]);
  });

  it("Python's: the level, the words, and the trace with its line", () => {
    const [failed] = records("slow.out").filter(({ level }) => level === "error");
    expect(failed?.message).toBe("refund failed");
    expect(failed?.text).toMatch(/Traceback[^]*ValueError: no order 7$/m);
    expect(records("slow.out").map(({ message }) => message)).toContain("request for /orders/7");
  });

  it("nginx's: what timed out, towards which service, and the 504 of it", () => {
    const [late] = records("nginx-error.log").filter(({ message }) => message.startsWith("upstream timed out"));
    expect(late?.fields).toMatchObject({ request: "GET /orders/7 HTTP/1.1", errno: "110" });
    expect(late?.fields["upstream"]).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/orders\/7$/);
    expect(records("nginx-access.log").map(({ fields }) => [fields["path"], fields["status"]]).sort()).toEqual([["/fail", "500"], ["/orders/7", "504"]]);
  });

  it("HAProxy's: stamped when it was accepted, with its timers and how it ended", () => {
    const [late] = records("haproxy.out").filter(({ fields }) => fields["path"] === "/orders/8");
    expect(late).toMatchObject({ level: "error", fields: { status: "504", termination: "sH--", frontend: "web", server: "s1", Tr: "-1" } });
    const ended = records("slow.out").find(({ message }) => message === "request for /orders/8");
    expect(Math.abs((late?.timeMs ?? 0) - (ended?.timeMs ?? 0))).toBeLessThan(900);
  });

  it("MariaDB's and Redis': levels and words", () => {
    expect(records("maria.err").find(({ message }) => /ready for connections/.test(message))).toMatchObject({ level: "notice" });
    expect(records("redis.log").find(({ message }) => /Ready to accept connections/.test(message))).toMatchObject({ level: "notice" });
  });

  it("what the field knows of them is found", () => {
    expect(findSignatures(logs).map(({ id }) => id)).toEqual(expect.arrayContaining(["upstream-timed-out", "gateway-timeout", "haproxy-sH"]));
  });
});

describe("logs that a configuration names, where descriptors may not be seen", () => {
  it("nginx's, with what it includes, of a master that another user runs with a file of its own", async () => {
    const rig = await ServiceRig.open("named-logs");
    try {
      const { folder } = rig;
      const [port = 0] = await freePorts(1);
      mkdirSync(join(folder, "sites"));
      writeFileSync(join(folder, "nginx.conf"), `daemon off; worker_processes 1; pid ${folder}/nginx.pid;\nerror_log ${folder}/errors.txt info;\nevents {}\nhttp {\n  include sites/*.conf;\n  include "${folder}/$(touch ran)/*.conf";\n  client_body_temp_path ${folder}/b; proxy_temp_path ${folder}/p; fastcgi_temp_path ${folder}/f; uwsgi_temp_path ${folder}/u; scgi_temp_path ${folder}/s;\n}\n`);
      writeFileSync(join(folder, "sites", "shop.conf"), `server {\n  listen 127.0.0.1:${port};\n  access_log ${folder}/shop-requests.txt;\n  location / { return 200 "ok"; }\n}\n`);
      chmodSync(folder, 0o755);
      const nginx = rig.start("nginx", "nginx", ["-e", join(folder, "errors.txt"), "-c", join(folder, "nginx.conf"), "-p", folder]);
      await rig.ready("nginx", port);
      expect(await get(port, "/orders/9")).toBe(200);
      for (const name of ["errors.txt", "shop-requests.txt"]) chmodSync(join(folder, name), 0o644);
      const script = logsScript({ pids: [nginx.pid ?? 0], sinceMs: Date.now() - 600_000, fileBytes: 1_000_000, totalBytes: 1_000_000, entries: 100, pack: false, kernel: false, filesOnly: false, follow: new Map() });
      const { stdout, status } = spawnSync("setpriv", ["--reuid=65534", "--regid=65534", "--clear-groups", "sh", "-s"], { input: script, encoding: "utf8", cwd: "/" });
      expect(status).toBe(0);
      const told: string[] = [];
      const answer = new LogsAnswer({ zone: () => {}, boot: () => {}, clock: () => {}, unread: () => {}, end: () => {}, log: ({ name, how }) => told.push(`${name}: ${how}`), piece: () => {}, text: () => {}, pieceEnd: () => {} });
      answer.push(stdout);
      expect(answer.finish()).toBe(true);
      expect(told).toContain(`${folder}/errors.txt: named in ${folder}/nginx.conf:2`);
      expect(told).toContain(`${folder}/shop-requests.txt: named in ${folder}/sites/shop.conf:3`);
      expect(stdout).toContain("/orders/9");
    } finally {
      await rig.close();
    }
  });
});

describe("a journal", () => {
  it("made by systemd's own tool, is found through a process and read, level and all", async () => {
    const rig = await ServiceRig.open("journal");
    const child = spawn("sleep", ["60"]);
    try {
      const { folder } = rig;
      const micros = (Date.now() - 5000) * 1000;
      const entry = (at: number, message: string, priority: number): string => [
        `__REALTIME_TIMESTAMP=${micros + at}`, `__MONOTONIC_TIMESTAMP=${1000 + at}`, "_BOOT_ID=7d2e1c3ab54f4f0c9b0a1d2e3f4a5b6c", `PRIORITY=${priority}`, `_PID=${child.pid}`, "SYSLOG_IDENTIFIER=shopd", "_HOSTNAME=web", `MESSAGE=${message}`, "", "",
      ].join("\n");
      writeFileSync(join(folder, "in.export"), entry(0, "order 7 accepted", 6) + entry(250_000, "refund 7 failed", 3));
      execFileSync("systemd-journal-remote", [`--output=${join(folder, "made.journal")}`, join(folder, "in.export")], { stdio: "ignore", env: { ...process.env, PATH: `${process.env["PATH"]}:/lib/systemd` } });
      const script = logsScript({ pids: [child.pid ?? 0], sinceMs: Date.now() - 600_000, fileBytes: 1_000_000, totalBytes: 1_000_000, entries: 100, pack: true, kernel: false, filesOnly: false, follow: new Map() });
      // The journal's folder exists in a mount namespace of its own alone.
      const { stdout, status } = spawnSync("unshare", ["-m", "sh", "-c", 'mkdir -p /run/log && mount -t tmpfs tmpfs /run/log && mkdir -p /run/log/journal/$(cat /etc/machine-id) && cp "$1" /run/log/journal/$(cat /etc/machine-id)/ && exec sh -s', "sh", join(folder, "made.journal")], { input: script, encoding: "utf8" });
      expect(status).toBe(0);
      const reader = createLogReader({ kind: "journal", name: "sleep", how: "", pid: null, clock: { zone: null, zoneFrom: "", notAfterMs: null } });
      const told: string[] = [];
      const answer = new LogsAnswer({
        zone: () => {}, boot: () => {}, clock: () => {}, unread: () => {}, end: () => {}, log: ({ kind, how }) => told.push(kind, how), piece: () => {}, text: (text) => reader.push(text), pieceEnd: () => {},
      });
      answer.push(stdout);
      expect(answer.finish()).toBe(true);
      expect(told).toEqual(["journal", `of process sleep (${child.pid}), in the journal`]);
      expect([...reader.finish(null)].map(({ timeMs, level, message, fields }) => [Math.round((timeMs ?? 0) * 1000), level, message, fields["program"]])).toEqual([
        [micros, null, "order 7 accepted", "shopd"], [micros + 250_000, "error", "refund 7 failed", "shopd"],
      ]);
    } finally {
      child.kill("SIGKILL");
      await rig.close();
    }
  });
});
