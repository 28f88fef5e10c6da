import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { connect, createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Real services for the labs: started in a temporary folder, ended by pid, nothing left behind. */
export class ServiceRig {
  readonly folder: string;
  readonly #children: { readonly name: string; readonly child: ChildProcess; output: string }[] = [];

  private constructor(folder: string) {
    this.folder = folder;
  }

  static async open(name: string): Promise<ServiceRig> {
    return new ServiceRig(await mkdtemp(join(tmpdir(), `leakline-lab-${name}-`)));
  }

  /** Starts a service in the background; what it prints is kept for error messages. */
  start(name: string, command: string, args: readonly string[], options: { cwd?: string; env?: Record<string, string> } = {}): ChildProcess {
    const child = spawn(command, [...args], {
      cwd: options.cwd ?? this.folder,
      env: { ...process.env, LC_ALL: "C", ...options.env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const entry = { name, child, output: "" };
    const keep = (data: Buffer): void => {
      entry.output = (entry.output + data.toString("utf8")).slice(-20_000);
    };
    child.stdout.on("data", keep);
    child.stderr.on("data", keep);
    child.on("error", (error) => (entry.output += `\n${error.message}`));
    this.#children.push(entry);
    return child;
  }

  /** Runs a command to its end; rejects with its output when it fails. */
  async run(command: string, args: readonly string[], options: { cwd?: string; env?: Record<string, string>; allow?: readonly number[] } = {}): Promise<{ stdout: string; stderr: string; status: number }> {
    return new Promise((resolve, reject) => {
      const child = spawn(command, [...args], { cwd: options.cwd ?? this.folder, env: { ...process.env, LC_ALL: "C", ...options.env }, stdio: ["ignore", "pipe", "pipe"] });
      let stdout = "";
      let stderr = "";
      child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
      child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
      child.on("error", (error) => reject(new Error(`${command} cannot be run: ${error.message}. Is it installed?`)));
      child.on("close", (status) => {
        if (status !== null && (options.allow ?? [0]).includes(status)) resolve({ stdout, stderr, status });
        else reject(new Error(`${command} ${args.join(" ")} ended with status ${status}\n${stderr}\n${stdout.slice(-2_000)}`));
      });
    });
  }

  output(name: string): string {
    return this.#children.find((entry) => entry.name === name)?.output ?? "";
  }

  /** Waits until something accepts on the port, or fails with what the service said. */
  async ready(name: string, port: number, limitMs = 60_000): Promise<void> {
    const entry = this.#children.find((candidate) => candidate.name === name);
    for (const end = Date.now() + limitMs; Date.now() < end; ) {
      if (entry !== undefined && entry.child.exitCode !== null) break;
      if (await accepts(port)) return;
      await sleep(100);
    }
    throw new Error(`${name} does not listen on port ${port}:\n${entry?.output ?? "(never started)"}`);
  }

  async close(): Promise<void> {
    for (const { child } of [...this.#children].reverse()) await end(child);
    await rm(this.folder, { recursive: true, force: true });
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  await new Promise<void>((resolve) => {
    const force = setTimeout(() => child.kill("SIGKILL"), 5_000);
    child.once("exit", () => {
      clearTimeout(force);
      resolve();
    });
    child.kill("SIGTERM");
  });
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: "127.0.0.1" });
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}

/** Ports that were free a moment ago. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, () => new Promise<ReturnType<typeof createServer>>((resolve) => {
      const server = createServer();
      server.listen(0, "127.0.0.1", () => resolve(server));
    })),
  );
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Line (from 1) of the only line of a file that holds `text` after the line that holds `after`. */
export async function lineOf(file: string, text: string, after = ""): Promise<number> {
  const lines = (await readFile(file, "utf8")).split("\n");
  const start = after === "" ? 0 : lines.findIndex((line) => line.includes(after));
  const found = lines.findIndex((line, index) => index >= start && line.includes(text));
  if (start < 0 || found < 0) throw new Error(`${file}: no line with ${JSON.stringify(text)}`);
  return found + 1;
}
