import type { ChildProcess } from "node:child_process";
import { execFile, spawn } from "node:child_process";
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { ContainerRig, Content } from "./container-rig";
import { removeFolder, untilLeaking } from "./container-rig";
import { makeRootFileSystems } from "./root-file-systems";

const run = promisify(execFile);

export interface DockerRig extends ContainerRig {
  readonly socket: string;
}

/** A dockerd of the test's own, without a bridge and without rules in the firewall, on a socket in a folder of its own. */
export async function startDocker(): Promise<DockerRig> {
  const folder = mkdtempSync(join(tmpdir(), "leakline-docker-"));
  const roots = makeRootFileSystems(folder);
  const socket = join(folder, "docker.sock");
  const log = openSync(join(folder, "log"), "w");
  const daemon = spawn("dockerd", [
    "--host", `unix://${socket}`, "--data-root", join(folder, "data"), "--exec-root", join(folder, "exec"), "--pidfile", join(folder, "pid"),
    "--bridge", "none", "--iptables=false", "--ip6tables=false", "--storage-driver", "vfs",
  ], { stdio: ["ignore", log, log] });
  closeSync(log);
  const environment = { DOCKER_HOST: `unix://${socket}`, DOCKER_CONFIG: folder };
  const cli = async (...args: string[]): Promise<string> => (await run("docker", args, { env: { ...process.env, ...environment }, timeout: 60_000 })).stdout;

  try {
    await untilAnswers(daemon, cli);
    for (const [name, root] of Object.entries(roots)) {
      await run("tar", ["--create", "--file", join(folder, "image.tar"), "--directory", root, "."]);
      await cli("import", join(folder, "image.tar"), imageOf(name as Content));
    }
  } catch (error) {
    await end(daemon);
    throw new Error(`dockerd cannot be used here: ${String(error)}\n${readFileSync(join(folder, "log"), "utf8").slice(-2000)}`, { cause: error });
  }

  return {
    engine: "docker", environment, cli, socket,
    async leak(name, content, count, ...options) {
      const id = (await cli("run", "--detach", "--name", name, "--network", "none", ...options, imageOf(content), "/bin/leaker", "5432", String(count))).trim();
      await untilLeaking({ cli }, name);
      return id;
    },
    async stop() {
      const ids = (await cli("ps", "--all", "--quiet")).split("\n").filter((id) => id !== "");
      if (ids.length > 0) await cli("rm", "--force", ...ids);
      await end(daemon);
      await removeFolder(folder);
    },
  };
}

function imageOf(content: Content): string {
  return `leakline-test/${content}:1`;
}

async function untilAnswers(daemon: ChildProcess, cli: ContainerRig["cli"]): Promise<void> {
  const ended = new Promise<never>((_, reject) => {
    daemon.once("error", reject);
    daemon.once("exit", (code) => reject(new Error(`it ended with ${code}`)));
  });
  ended.catch(() => undefined);
  for (let round = 0; ; round += 1) {
    try {
      await Promise.race([cli("info", "--format", "{{.ID}}"), ended]);
      return;
    } catch (error) {
      if (round === 150 || daemon.exitCode !== null) throw error;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
}

/** dockerd takes its containerd along. */
async function end(daemon: ChildProcess): Promise<void> {
  if (daemon.exitCode !== null || daemon.pid === undefined || !existsSync(`/proc/${daemon.pid}`)) return;
  const ended = new Promise((resolve) => daemon.once("exit", resolve));
  daemon.kill("SIGTERM");
  const patience = setTimeout(() => daemon.kill("SIGKILL"), 15_000);
  await ended;
  clearTimeout(patience);
}
