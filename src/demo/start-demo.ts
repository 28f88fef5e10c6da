import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { closeSync, constants, openSync } from "node:fs";
import { copyFile, link, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { Failure } from "../model/failure";
import type { DemoMessage, DemoRole } from "./demo-program";
import { DEMO_FOLDER } from "./demo-program";
import { demoWorkspace } from "./workspace-files";

export interface Demo {
  /** Absolute path of the little workspace with the two stories' code. */
  readonly workspace: string;
  /** Ends the programs and removes the folder. Twice is harmless. */
  stop(): Promise<void>;
}

export interface DemoOptions {
  /** The bundled command (`dist/leakline.js`): the programs are started through it. */
  readonly program: string;
  /** A Node executable (or Electron's with ELECTRON_RUN_AS_NODE, which is set for it). */
  readonly node: string;
  readonly signal: AbortSignal;
}

/** Hidden argument of the command that runs one of the demo's programs. */
export const DEMO_PROGRAM_ARGUMENT = "__demo-program";

const START_LIMIT_MS = 30_000;

/**
 * Starts the leaking services on loopback and resolves when they leak visibly (about 8 s). Nothing outside a temporary folder is written.
 * Rejects with `Failure("timeout")` or the signal's reason; then nothing is left behind.
 */
export async function startDemo(options: DemoOptions): Promise<Demo> {
  const root = await mkdtemp(join(tmpdir(), DEMO_FOLDER));
  const workspace = join(root, "workspace");
  const children: ChildProcess[] = [];
  let stopped: Promise<void> | null = null;

  const stop = (): Promise<void> => (stopped ??= endAll(children).then(() => rm(root, { recursive: true, force: true })));

  try {
    const limit = AbortSignal.any([options.signal, AbortSignal.timeout(START_LIMIT_MS)]);
    const start = async (role: DemoRole, port: number): Promise<Running> => {
      const executable = await stage(options.node, root, role);
      const cwd = role === "shopd" || role === "gateway" ? join(workspace, role) : root;
      await mkdir(cwd, { recursive: true });
      for (let tries = 1; ; tries += 1) {
        try {
          return await startProgram(executable, options.program, role, port, cwd, children, limit);
        } catch (error) {
          // "Text file busy": a child that was forked while the copy was written still has it open, for a moment.
          if (!(error instanceof NotStarted) || error.code !== "ETXTBSY" || tries === BUSY_TRIES) throw error;
          await new Promise((again) => setTimeout(again, 200));
        }
      }
    };

    const database = await start("database", 0);
    const billing = await start("billing", 0);
    const gateway = await start("gateway", billing.port ?? 0);
    const ports = { database: database.port ?? 0, gateway: gateway.port ?? 0, billing: billing.port ?? 0 };
    for (const [file, text] of demoWorkspace(ports)) {
      const path = join(workspace, file);
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, text);
    }
    await start("shopd", ports.database);
    const visitors = await start("visitors", ports.gateway);
    await Promise.all([database.leaking, visitors.leaking]);
    return { workspace, stop };
  } catch (error) {
    await stop();
    if (options.signal.aborted || error instanceof Failure) throw error;
    throw new Failure("timeout", `The demo did not start: ${error instanceof Error ? error.message : "unknown"}`, "Run `leakline demo` in a terminal to see what its programs say.", { cause: error });
  }
}

/**
 * The program's executable under the service's own name, as a real service has one: a copy of Node (shared blocks where the file
 * system can). Where that fails (Electron's binary wants its libraries beside it), Node itself plays the part.
 */
async function stage(node: string, root: string, role: DemoRole): Promise<string> {
  if (process.versions["electron"] !== undefined || process.platform === "win32") return node;
  const executable = join(root, "bin", role);
  try {
    await mkdir(dirname(executable), { recursive: true });
    // A link where it can be: a fresh copy may still be open for writing in a child that was forked meanwhile, and then cannot be run.
    await link(node, executable).catch(() => copyFile(node, executable, constants.COPYFILE_FICLONE));
    return executable;
  } catch {
    return node;
  }
}

const BUSY_TRIES = 10;

class NotStarted extends Error {
  readonly code: string | undefined;
  constructor(role: DemoRole, cause: NodeJS.ErrnoException) {
    super(`its program "${role}" cannot be started: ${cause.message}`, { cause });
    this.code = cause.code;
  }
}

interface Running {
  readonly port: number | null;
  /** Resolves when the program says that it now leaks; rejects when it ends before. */
  readonly leaking: Promise<void>;
}

function startProgram(executable: string, program: string, role: DemoRole, port: number, cwd: string, children: ChildProcess[], limit: AbortSignal): Promise<Running> {
  return new Promise((resolve, reject) => {
    limit.throwIfAborted();
    // shopd writes its log as a service does that its unit sends to a file.
    const log = role === "shopd" ? openSync(join(cwd, "shopd.log"), "a") : null;
    const child = spawn(executable, [program, DEMO_PROGRAM_ARGUMENT, role, String(port)], {
      cwd,
      stdio: ["ignore", "ignore", log ?? "ignore", "ipc"],
      env: { PATH: process.env["PATH"] ?? "", ELECTRON_RUN_AS_NODE: "1", ...(process.env["LEAKLINE_TEST_RUN"] === undefined ? {} : { LEAKLINE_TEST_RUN: process.env["LEAKLINE_TEST_RUN"] }) },
    });
    if (log !== null) closeSync(log);
    children.push(child);
    const ended = (detail: string): Error => new Error(`its program "${role}" ${detail}`);
    let leakingNow: () => void = () => {};
    let notLeaking: (error: Error) => void = () => {};
    const leaking = new Promise<void>((now, never) => {
      leakingNow = now;
      notLeaking = never;
    });
    // Awaited by the caller only for some roles; for the others its rejection is of no interest.
    leaking.catch(() => {});
    const give = (error: Error): void => {
      reject(error);
      notLeaking(error);
    };
    limit.addEventListener("abort", () => give(limit.reason instanceof Error ? limit.reason : ended("was too slow")), { once: true });
    child.on("error", (error: NodeJS.ErrnoException) => give(new NotStarted(role, error)));
    child.on("exit", (code, signal) => give(ended(`ended (${signal ?? `status ${code}`})`)));
    child.on("message", (message: DemoMessage) => {
      if ("ready" in message) resolve({ port: message.port, leaking });
      else leakingNow();
    });
  });
}

async function endAll(children: readonly ChildProcess[]): Promise<void> {
  await Promise.all(
    children.map(
      (child) =>
        new Promise<void>((resolve) => {
          if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return resolve();
          child.once("exit", () => resolve());
          child.kill("SIGKILL");
        }),
    ),
  );
}
