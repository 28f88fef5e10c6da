import { execFileSync, spawn, spawnSync } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readWorkspaceFacts } from "../../../src/investigate/workspace-facts";
import { codeOfProcess } from "../../../src/locate/ranking/code-of-process";
import type { Process } from "../../../src/model/process";
import type { Snapshot } from "../../../src/model/snapshot";
import { createProbeReader } from "../../../src/observe/probe/probe";
import { probeScript } from "../../../src/observe/probe/script";

const has = (tool: string): boolean => spawnSync("sh", ["-c", `command -v ${tool}`]).status === 0;

/** A free port of this machine; another program may take it, which a test would show at once. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function look(shell: readonly string[]): Promise<Snapshot> {
  const [command = "sh", ...args] = shell;
  const child = spawn(command, args, { stdio: ["pipe", "pipe", "ignore"], timeout: 60_000 });
  const reader = createProbeReader();
  let bytes = 0;
  child.stdout.setEncoding("utf8");
  child.stdout.on("data", (text: string) => {
    bytes += text.length;
    reader.push(text);
  });
  const sentAtMs = Date.now();
  child.stdin.end(probeScript({ resolve: true, serviceEnvironment: true }));
  await new Promise((resolve) => child.once("close", resolve));
  return reader.finish({ target: { kind: "local" }, sentAtMs, endedAtMs: Date.now(), truncated: false, stderr: "", bytes });
}

const LISTEN_GO = (name: string): string => `package main\n\nimport (\n\t"net"\n\t"time"\n)\n\nfunc main() {\n\tl, err := net.Listen("tcp", "127.0.0.1:0")\n\tif err != nil {\n\t\tpanic(err)\n\t}\n\tdefer l.Close()\n\ttime.Sleep(time.Hour)\n\tprintln("${name}")\n}\n`;

/** A workspace of several languages in which every program has a namesake, and each program run from elsewhere under a name that tells nothing. */
const WORKSPACE: Readonly<Record<string, string>> = {
  "shop/go.mod": "module example.com/acme/shop\n\ngo 1.20\n",
  "shop/cmd/server/main.go": LISTEN_GO("shop"),
  "billing/go.mod": "module example.com/acme/billing\n\ngo 1.20\n",
  "billing/cmd/server/main.go": LISTEN_GO("billing"),
  "front/package.json": "{\n  \"author\": { \"name\": \"somebody\" },\n  \"name\": \"@acme/front\"\n}\n",
  "front/src/index.js": "require(\"net\").createServer().listen(0, \"127.0.0.1\");\n",
  "admin/package.json": "{\n  \"name\": \"@acme/admin\"\n}\n",
  "admin/src/index.js": "",
  "orders/pyproject.toml": "[project]\nname = \"orders\"\n",
  "orders/orders/__init__.py": "",
  "orders/orders/__main__.py": "import socket, time\ns = socket.create_server((\"127.0.0.1\", 0))\ntime.sleep(3600)\n",
  "stock/pyproject.toml": "[project]\nname = \"stock\"\n",
  "stock/stock/__main__.py": "if __name__ == \"__main__\":\n    pass\n",
  "ledger/pom.xml": "<project><artifactId>ledger</artifactId></project>\n",
  "ledger/src/main/java/com/acme/ledger/Main.java": "package com.acme.ledger;\npublic class Main { public static void main(String[] args) throws Exception { new java.net.ServerSocket(0, 5, java.net.InetAddress.getLoopbackAddress()); Thread.sleep(3600000); } }\n",
  "payroll/pom.xml": "<project><artifactId>payroll</artifactId></project>\n",
  "payroll/src/main/java/com/acme/payroll/Main.java": "package com.acme.payroll;\npublic class Main { public static void main(String[] args) {} }\n",
};

const jdk = has("javac") && has("jar");

describe("names and code of real programs on this machine", () => {
  let room = "";
  let workspace = "";
  const children: ChildProcess[] = [];
  const pids: Record<string, number> = {};
  const ports = { haproxy: 0, nginx: 0, behind: 0 };
  let snapshot: Snapshot;

  const start = (name: string, command: string, args: readonly string[], options: { readonly cwd?: string; readonly env?: Readonly<Record<string, string>> } = {}): void => {
    const child = spawn(command, args, { cwd: options.cwd ?? room, stdio: "ignore", env: { ...process.env, ...options.env } });
    children.push(child);
    pids[name] = child.pid ?? 0;
  };

  beforeAll(async () => {
    room = mkdtempSync(join(tmpdir(), "leakline-names-"));
    workspace = join(room, "workspace");
    for (const [file, text] of Object.entries(WORKSPACE)) {
      mkdirSync(dirname(join(workspace, file)), { recursive: true });
      writeFileSync(join(workspace, file), text);
    }
    // Deployed elsewhere, under names that say nothing.
    const deployed = join(room, "deployed");
    mkdirSync(deployed);
    execFileSync("go", ["build", "-o", join(deployed, "a.out"), "./cmd/server"], { cwd: join(workspace, "shop"), timeout: 100_000, env: { ...process.env, GOFLAGS: "-mod=mod", GOTOOLCHAIN: "local" } });
    start("go", join(deployed, "a.out"), []);
    execFileSync("cp", ["-r", join(workspace, "front"), join(deployed, "f")]);
    start("node", process.execPath, [join(deployed, "f/src/index.js")], { env: { MYSQL_PRIMARY_SERVICE_HOST: "10.96.4.2", MYSQL_PRIMARY_SERVICE_PORT: "3306", API_SERVICE_HOST: "s3cret-token", DB_PASSWORD: "s3cret" } });
    execFileSync("cp", ["-r", join(workspace, "orders"), join(deployed, "o")]);
    start("python", "python3", ["-m", "orders"], { cwd: join(deployed, "o") });
    if (jdk) {
      const classes = join(room, "classes");
      execFileSync("javac", ["-d", classes, join(workspace, "ledger/src/main/java/com/acme/ledger/Main.java")], { timeout: 60_000 });
      execFileSync("jar", ["cfe", join(deployed, "app.jar"), "com.acme.ledger.Main", "-C", classes, "."], { timeout: 60_000 });
      start("java", "java", ["-Xmx32m", "-jar", "app.jar"], { cwd: deployed });
    }
    ports.haproxy = await freePort();
    ports.nginx = await freePort();
    ports.behind = await freePort();
    writeFileSync(join(room, "lb.cfg"), `global\n  # s3cret\ndefaults\n  mode tcp\n  timeout connect 1s\n  timeout client 30s\n  timeout server 8s\nuserlist u\n  user admin insecure-password s3cret\nfrontend orders-in\n  bind 127.0.0.1:${ports.haproxy}\n  default_backend orders\nbackend orders\n  server db1 127.0.0.1:${ports.behind}\n`);
    start("haproxy", "haproxy", ["-db", "-f", join(room, "lb.cfg")]);
    mkdirSync(join(room, "conf.d"));
    writeFileSync(join(room, "ng.conf"), `worker_processes 1;\npid ${room}/ng.pid;\nerror_log ${room}/ng.err;\nevents { worker_connections 32; }\nhttp {\n  access_log off;\n  client_body_temp_path ${room}/t1; proxy_temp_path ${room}/t2; fastcgi_temp_path ${room}/t3; uwsgi_temp_path ${room}/t4; scgi_temp_path ${room}/t5;\n  include ${room}/conf.d/*.conf;\n}\n`);
    writeFileSync(join(room, "conf.d/shop.conf"), `upstream shop { server 127.0.0.1:${ports.behind}; }\nserver {\n  listen 127.0.0.1:${ports.nginx};\n  server_name shop.acme.test;\n  set $token "s3cret";\n  location / { proxy_read_timeout 3s; proxy_pass http://shop; }\n}\n`);
    start("nginx", "nginx", ["-c", join(room, "ng.conf"), "-g", "daemon off;"]);
    for (let turn = 0; turn < 60; turn++) {
      await pause(500);
      snapshot = await look(["dash", "-s"]);
      if (Object.values(pids).every((pid) => snapshot.processes.some((one) => one.pid === pid))) break;
    }
  }, 180_000);
  afterAll(async () => {
    for (const child of children) child.kill("SIGTERM");
    await Promise.all(children.map((child) => (child.exitCode !== null || child.signalCode !== null ? null : new Promise((resolve) => child.once("exit", resolve)))));
    rmSync(room, { recursive: true, force: true });
  });

  const processOf = (name: string): Process | undefined => snapshot.processes.find((one) => one.pid === pids[name]);

  const homes: readonly (readonly [name: string, folder: string])[] = [["go", "shop/cmd/server"], ["node", "front"], ["python", "orders"], ["java", "ledger"]];
  it.each(homes.filter(([name]) => jdk || name !== "java"))("ties the %s program to %s, among namesakes", async (name, folder) => {
    const { modules } = await readWorkspaceFacts(workspace, new AbortController().signal);
    const process = processOf(name);
    expect(process).toBeDefined();
    const fits = codeOfProcess(process!, modules, null).map(({ module, fit, text }) => ({ folder: modules[module]?.folder, fit, text })).sort((a, b) => b.fit - a.fit);
    expect(fits[0]?.folder, JSON.stringify(fits.slice(0, 3))).toBe(folder);
    expect(fits[0]?.fit).toBeGreaterThanOrEqual(0.6);
    expect(fits[1]?.fit ?? 0).toBeLessThan(fits[0]?.fit ?? 0);
  });

  it("names what stands behind HAProxy and nginx, with their times and lines", () => {
    expect(snapshot.configured?.find((one) => one.port === ports.haproxy)).toMatchObject({ name: "orders-in", file: join(room, "lb.cfg"), line: 11, behind: [{ host: "127.0.0.1", port: ports.behind, name: "db1" }], timeouts: [{ directive: "timeout client", ms: 30_000, line: 6 }, { directive: "timeout server", ms: 8000, line: 7 }] });
    expect(snapshot.configured?.find((one) => one.port === ports.nginx)).toMatchObject({ name: "shop.acme.test", file: join(room, "conf.d/shop.conf"), line: 3, timeouts: [{ directive: "proxy_read_timeout", ms: 3000, line: 6 }] });
  });

  it("takes the services of a pod's environment, and lets no other variable leave", () => {
    expect(snapshot.namedEndpoints).toContainEqual(expect.objectContaining({ address: "10.96.4.2", port: 3306, name: "mysql-primary", source: "service-environment" }));
    expect(JSON.stringify(snapshot)).not.toContain("s3cret");
  });

  it("sees the same through BusyBox", async () => {
    const other = await look(["busybox", "sh", "-s"]);
    const told = (one: Snapshot) => Object.entries(pids).map(([name, pid]) => [name, one.processes.find((process) => process.pid === pid)?.identity?.filter(({ kind }) => !kind.startsWith("unit")).map(({ kind, value }) => `${kind} ${value}`) ?? []]);
    expect(told(other)).toEqual(told(snapshot));
    expect(other.configured?.length).toBe(snapshot.configured?.length);
  }, 90_000);
});

describe("reverse DNS", () => {
  it("is asked of the target through getent alone, with the address as an argument", () => {
    const room = mkdtempSync(join(tmpdir(), "leakline-getent-"));
    try {
      // Stand-ins for ss and getent: nothing leaves this machine, and what they were given is seen.
      writeFileSync(join(room, "ss"), "#!/bin/sh\necho 'ESTAB 0 0 10.0.0.7:50000 10.0.0.3:3306'\necho 'ESTAB 0 0 10.0.0.7:50001 10.0.0.3:3306'\necho 'ESTAB 0 0 10.0.0.7:50002 $(touch${IFS}x):80'\necho 'ESTAB 0 0 [::ffff:10.0.0.7]:50003 [::ffff:10.0.0.4]:80'\necho 'ESTAB 0 0 127.0.0.1:5 127.0.0.1:6'\n", { mode: 0o755 });
      writeFileSync(join(room, "getent"), "#!/bin/sh\necho \"$# $1 $2\" >> \"$GETENT_SEEN\"\necho \"$2 db1.prod.example\"\n", { mode: 0o755 });
      const run = (resolve: boolean): Snapshot => {
        const result = spawnSync("dash", ["-s"], { input: probeScript({ resolve, serviceEnvironment: false }), encoding: "utf8", timeout: 60_000, maxBuffer: 1e9, env: { ...process.env, PATH: `${room}:${process.env.PATH ?? ""}`, GETENT_SEEN: join(room, "seen") } });
        const reader = createProbeReader();
        reader.push(result.stdout);
        return reader.finish({ target: { kind: "local" }, sentAtMs: 0, endedAtMs: 1, truncated: false, stderr: "", bytes: 1 });
      };
      expect(run(false).namedEndpoints?.filter(({ source }) => source === "reverse-dns")).toEqual([]);
      expect(spawnSync("cat", [join(room, "seen")]).status).not.toBe(0);
      expect(run(true).namedEndpoints?.filter(({ source }) => source === "reverse-dns").map(({ address, name }) => `${address} ${name}`).sort()).toEqual(["10.0.0.3 db1.prod.example", "10.0.0.4 db1.prod.example"]);
      expect(execFileSync("sort", [join(room, "seen")], { encoding: "utf8" })).toBe("2 hosts 10.0.0.3\n2 hosts 10.0.0.4\n");
    } finally {
      rmSync(room, { recursive: true, force: true });
    }
  }, 130_000);
});
