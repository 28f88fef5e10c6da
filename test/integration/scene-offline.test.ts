import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { mkdtemp, mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import type { AddressInfo, Server } from "node:net";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { unzipSync } from "fflate";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createInvestigator } from "../../src/investigate/create-investigator";
import { writeScene } from "../../src/investigate/scene/write-scene";
import { Locator } from "../../src/locate/locator";
import { wasmFromNodeModules } from "../../src/locate/parsing/wasm-from-node-modules";
import { openLocal } from "../../src/observe/targets/local";
import { writeInvestigation } from "../../src/protocol/investigation-file";
import { textOfInvestigation } from "../../src/report/text";
import { leakline } from "../labs/leakline-command";

/**
 * The scene of a service that leaks, taken while it lives and opened when it is gone: in another home, without a network, without the code. What it says then must be
 * what it said then. The service counts every signal that it gets; its environment, command line and log are full of secrets.
 */
const PROGRAM = fileURLToPath(new URL("../../dist/leakline.js", import.meta.url));
const LEAKED = 20;

const SHOP = `import logging
import random
import signal
import socket
import sys
import threading
import time

logging.Formatter.converter = time.gmtime
logging.basicConfig(filename=sys.argv[1], level=logging.INFO, format="%(asctime)s.%(msecs)03dZ %(levelname)s %(message)s", datefmt="%Y-%m-%dT%H:%M:%S")
log = logging.getLogger("shop")
held = []


def reserve(order, port):
    stock = socket.create_connection(("127.0.0.1", port), timeout=5)
    stock.sendall(b"reserve")
    log.warning("order %d: the stock gave no answer", order)
    held.append(stock)


def book(order):
    log.info("order %d is booked", order)


def note(number, frame):
    with open(sys.argv[1] + ".signals", "a") as noted:
        noted.write("%d\\n" % number)


def main():
    for number in (signal.SIGQUIT, signal.SIGUSR1, signal.SIGUSR2, signal.SIGHUP, signal.SIGINT, signal.SIGTERM, signal.SIGCONT):
        signal.signal(number, note)
    with open(sys.argv[3]) as lines:
        for line in lines:
            log.info("%s", line.rstrip().replace("\\\\n", "\\n"))
    leaks = set(random.sample(range(240), ${LEAKED}))
    for order in range(240):
        time.sleep(random.uniform(0.005, 0.035))
        if order in leaks:
            reserve(order, int(sys.argv[2]))
        else:
            book(order)
    sys.stdout.write("up\\n")
    sys.stdout.flush()
    threading.Event().wait()


main()
`;

const lineOf = (text: string): number => SHOP.split("\n").findIndex((line) => line.includes(text)) + 1;

let planted = 0;
const secrets: string[] = [];
/** A secret of no known shape; each is looked for in the scene. */
function secret(length = 16): string {
  planted += 1;
  const made = `Pl4nt3d${String(planted).padStart(2, "0")}${"xKq7".repeat(10)}`.slice(0, length);
  secrets.push(made);
  return made;
}

const LOGGED = [
  `connecting to postgres://shop:${secret()}@db/shop`, `connecting to jdbc:mysql://db/shop?user=shop&password=${secret()}`, `connecting to jdbc:oracle:thin:shop/${secret()}@//db:1521/X`,
  `GET /orders?access_token=${secret()} HTTP/1.1`, `GET /files/1?X-Amz-Signature=${secret()} HTTP/1.1`, `Authorization: Bearer ${secret(40)}`, `Authorization: Basic ${secret(24)}=`, `X-Api-Key: ${secret()}`,
  `Cookie: theme=dark; sid=${secret()}`, `Set-Cookie: SESSION=${secret()}; Path=/`, `{"user":"bob","password":"${secret()}"}`, `aws_secret_access_key=${secret(40)}`,
  `token eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.${secret(32)}`, `-----BEGIN PRIVATE KEY-----\\nMIIE${secret(40)}\\n${secret(40)}\\n-----END PRIVATE KEY-----`, `client_secret: ${secret()}`,
];

let folder: string;
let service: ChildProcess;
let peer: Server;
let scene: string;
let kept: string;
let live: Told;

interface Told {
  readonly diagnoses: readonly { readonly cause: string; readonly count: number; readonly process: { readonly pid: number } | null; readonly leakMoments: readonly string[] }[];
  readonly suspects: readonly { readonly diagnosis: number; readonly file: string; readonly line: number; readonly symbol: string; readonly score: number; readonly reasons: readonly { readonly factor: string }[] }[];
  readonly correlations?: readonly { readonly diagnosis: number; readonly template: string; readonly moments: number; readonly statement: number | null }[];
  readonly statements?: readonly { readonly file: string; readonly line: number }[];
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "leakline-offline-"));
  const workspace = join(folder, "workspace");
  await mkdir(workspace);
  await mkdir(join(folder, "home"));
  await writeFile(join(workspace, "shop.py"), SHOP);
  await writeFile(join(folder, "secrets.txt"), `${LOGGED.join("\n")}\n`);
  peer = createServer((socket) => {
    socket.on("error", () => {});
    socket.once("data", () => setTimeout(() => socket.end(), 1_500));
  });
  await new Promise<void>((resolve) => peer.listen(0, "127.0.0.1", resolve));
  service = spawn("python3", [
    "shop.py", join(folder, "shop.log"), String((peer.address() as AddressInfo).port), join(folder, "secrets.txt"), `--password=${secret()}`, "--api-key", secret(), `--dsn=mysql://shop:${secret()}@db/shop`,
  ], { cwd: workspace, env: { ...process.env, DATABASE_PASSWORD: secret(), AWS_SECRET_ACCESS_KEY: secret(40), PRIVATE_URL: `https://bob:${secret()}@git/x` }, stdio: ["ignore", "pipe", "inherit"] });
  await new Promise((resolve) => service.stdout?.once("data", resolve));
  await new Promise((resolve) => setTimeout(resolve, 2_000));

  const investigator = createInvestigator({
    now: Date.now, ruleFiles: [], textEngine: () => Promise.reject(new Error("not asked for")), reach: () => Promise.resolve(openLocal()),
    locator: (rules) => new Locator({ engine: "wasm", wasm: wasmFromNodeModules(process.cwd()), workerFile: PROGRAM, workers: 1, cacheDirectory: null, rules, require: createRequire(import.meta.url), onNotice: () => undefined }),
  });
  const investigation = await investigator.preserve({ kind: "local" }, {
    workspaceRoot: workspace, prompts: { answer: () => Promise.reject(new Error("nobody is asked")) } as never, signal: new AbortController().signal, timeLimitMs: 30_000, onProgress: () => undefined,
  });
  await investigator.dispose();
  scene = join(folder, "home", "shop.scene.zip");
  await writeFile(scene, writeScene(investigation, { version: "test", report: textOfInvestigation(investigation) }));
  kept = [...writeInvestigation(investigation)].join("");
  live = JSON.parse((await leakline(["scan", "local", "--workspace", workspace, "--json"])).stdout) as Told;

  service.kill("SIGKILL");
  peer.close();
  await rename(workspace, join(folder, "gone"));
});

afterAll(async () => {
  service.kill("SIGKILL");
  await rm(folder, { recursive: true, force: true });
});

/** `leakline open` where nothing of here is: no network but an empty one, nothing of the environment, another home. */
function elsewhere(...args: readonly string[]): Promise<{ readonly status: number | null; readonly stdout: string; readonly stderr: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn("unshare", ["--net", process.execPath, PROGRAM, ...args], { cwd: join(folder, "home"), env: { HOME: join(folder, "home"), PATH: "/usr/bin:/bin", TZ: "Asia/Tokyo", LANG: "C" }, stdio: ["ignore", "pipe", "pipe"] });
    let stdout = "";
    let stderr = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
    child.on("error", reject).on("close", (status) => resolve({ status, stdout, stderr }));
  });
}

/** What a case says of the service, numbers of diagnoses aside: others may leak on this machine too. */
function ofTheService(told: Told): object {
  const mine = told.diagnoses.findIndex(({ process: held }) => held?.pid === service.pid);
  const found = told.diagnoses[mine];
  return {
    cause: found?.cause, count: found?.count, moments: found?.leakMoments.length,
    correlations: told.correlations?.filter(({ diagnosis }) => diagnosis === mine).map(({ template, moments, statement }) => [template, moments, told.statements?.[statement ?? -1]?.file, told.statements?.[statement ?? -1]?.line]),
    suspects: told.suspects.filter(({ diagnosis }) => diagnosis === mine).map(({ file, line, symbol, score, reasons }) => [file, line, symbol, Math.round(score), reasons.map(({ factor }) => factor)]),
  };
}

describe("a scene of a live service, when the service is gone", () => {
  test("opens without the host, a network or the code, and is the live case to the letter", async () => {
    const opened = await elsewhere("open", scene, "--json");
    expect(opened.stderr).toBe("");
    expect(opened.status).toBe(1);
    expect(JSON.parse(opened.stdout)).toEqual(JSON.parse(kept));
  });

  test("says what a scan of the living said: cause, leak moments, the line that goes with them, its statement, the suspects and why", async () => {
    const opened = JSON.parse((await elsewhere("open", scene, "--json")).stdout) as Told;
    expect(ofTheService(opened)).toEqual(ofTheService(live));
    expect(ofTheService(opened)).toMatchObject({ cause: "connection-pinned", count: LEAKED, moments: LEAKED, correlations: [[expect.stringContaining("the stock gave no answer"), LEAKED, "shop.py", lineOf("the stock gave no answer")]], suspects: [["shop.py", lineOf("socket.create_connection"), "reserve", expect.any(Number), expect.arrayContaining(["log-line"])]] });
  });

  test("the service got no signal of any kind", async () => {
    await expect(readFile(join(folder, "shop.log.signals"), "utf8")).rejects.toThrow("ENOENT");
  });

  test("none of the planted secrets is in any byte of it, though the log is", async () => {
    const bytes = await readFile(scene);
    const parts = Object.entries(unzipSync(bytes)).map(([name, part]) => [name, Buffer.from(part).toString("latin1")] as const);
    expect(parts.find(([name]) => name === "logs.json")?.[1]).toContain("the stock gave no answer");
    expect(parts.find(([name]) => name === "logs.json")?.[1]).toContain("connecting to postgres://shop:***@db/shop");
    expect(secrets.length).toBeGreaterThan(20);
    const found = secrets.flatMap((one) => [["the file", bytes.toString("latin1")] as const, ...parts].filter(([, text]) => text.includes(one)).map(([name]) => `${one} in ${name}`));
    expect(found).toEqual([]);
  });
});
