import { execFile } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { ContainerRig } from "./container-rig";
import { removeFolder, untilLeaking } from "./container-rig";
import { makeRootFileSystems } from "./root-file-systems";

const run = promisify(execFile);

/** A podman with a storage of its own: nothing of the user's is seen or touched. */
export async function startPodman(): Promise<ContainerRig> {
  const folder = mkdtempSync(join(tmpdir(), "leakline-podman-"));
  const roots = makeRootFileSystems(folder);
  writeFileSync(join(folder, "storage.conf"), `[storage]\ndriver = "vfs"\ngraphroot = "${folder}/storage"\nrunroot = "${folder}/run"\n`);
  // Limits as this user has them: a sandbox may not let them be raised, as podman would.
  const settings = (runtime: string): string =>
    `[containers]\ndefault_ulimits = ["nofile=1024:1024", "nproc=4096:4096"]\n[engine]\nruntime = "${runtime}"\ncgroup_manager = "cgroupfs"\nevents_logger = "file"\n`;
  const environment = { CONTAINERS_STORAGE_CONF: join(folder, "storage.conf"), CONTAINERS_CONF: join(folder, "containers.conf") };
  const cli = async (...args: string[]): Promise<string> => (await run("podman", args, { env: { ...process.env, ...environment }, timeout: 60_000 })).stdout;

  // The two runtimes differ in the control groups they can live with.
  const refusals: string[] = [];
  for (const runtime of ["crun", "runc"]) {
    writeFileSync(join(folder, "containers.conf"), settings(runtime));
    try {
      await cli("run", "--rm", "--network", "none", "--rootfs", roots["with-shell"], "/bin/true");
      refusals.length = 0;
      break;
    } catch (error) {
      refusals.push(String(error));
      await cli("rm", "--all", "--force", "--time", "0").catch(() => undefined);
    }
  }
  if (refusals.length > 0) throw new Error(`podman cannot run a container here:\n${refusals.join("\n")}`);

  return {
    engine: "podman", environment, cli,
    async leak(name, content, count, ...options) {
      const id = (await cli("run", "--detach", "--name", name, "--network", "none", ...options, "--rootfs", roots[content], "/bin/leaker", "5432", String(count))).trim();
      await untilLeaking({ cli }, name);
      return id;
    },
    async stop() {
      await cli("rm", "--all", "--force", "--time", "0");
      await removeFolder(folder);
    },
  };
}
