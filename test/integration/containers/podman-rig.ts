import { execFile, execFileSync, spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const run = promisify(execFile);
const LEAKER = fileURLToPath(new URL("leaker.c", import.meta.url));
/** What the container with a shell has: BusyBox under these names. */
const APPLETS = ["sh", "cat", "ls", "awk", "grep", "sed", "sleep", "netstat", "date", "find", "id", "uname", "hostname", "readlink", "renice", "timeout", "tr", "xargs", "true"];

/**
 * A podman with a storage of its own, and two root file systems made from programs of this machine: nothing is downloaded, nothing of the
 * user's is seen. Its settings stand in environment variables that podman itself reads, so that whoever calls plain `podman` gets this one.
 */
export interface PodmanRig {
  readonly folder: string;
  /** Root file systems: BusyBox and the leaking program; the leaking program and `cat`; the leaking program alone. */
  readonly withShell: string;
  readonly withCat: string;
  readonly bare: string;
  readonly environment: Readonly<Record<string, string>>;
  podman(...args: string[]): Promise<string>;
  /** Starts a container and waits until its program says that it leaks. Gives the id. */
  leak(name: string, rootfs: string, count: number, ...options: string[]): Promise<string>;
  stop(): Promise<void>;
}

export async function startPodmanRig(): Promise<PodmanRig> {
  const folder = mkdtempSync(join(tmpdir(), "leakline-podman-"));
  const withShell = join(folder, "with-shell");
  const withCat = join(folder, "with-cat");
  const bare = join(folder, "bare");
  for (const rootfs of [withShell, withCat, bare]) for (const name of ["bin", "proc", "sys", "dev", "etc", "tmp", "run"]) mkdirSync(join(rootfs, name), { recursive: true });
  execFileSync("gcc", ["-static", "-Os", "-o", join(bare, "bin", "leaker"), LEAKER]);
  for (const rootfs of [withShell, withCat]) copyFileSync(join(bare, "bin", "leaker"), join(rootfs, "bin", "leaker"));
  installBusybox(withShell, "busybox");
  // BusyBox goes by the name that it is called by: under this one it is `cat` and nothing else.
  installBusybox(withCat, "cat");
  for (const applet of APPLETS) symlinkSync("busybox", join(withShell, "bin", applet));

  writeFileSync(join(folder, "storage.conf"), `[storage]\ndriver = "vfs"\ngraphroot = "${folder}/storage"\nrunroot = "${folder}/run"\n`);
  // Limits as this user has them: a sandbox may not let them be raised, as podman would.
  const settings = (runtime: string): string =>
    `[containers]\ndefault_ulimits = ["nofile=1024:1024", "nproc=4096:4096"]\n[engine]\nruntime = "${runtime}"\ncgroup_manager = "cgroupfs"\nevents_logger = "file"\n`;
  const environment = { CONTAINERS_STORAGE_CONF: join(folder, "storage.conf"), CONTAINERS_CONF: join(folder, "containers.conf") };
  const podman = async (...args: string[]): Promise<string> => (await run("podman", args, { env: { ...process.env, ...environment }, timeout: 60_000 })).stdout;

  // The two runtimes differ in the control groups they can live with.
  const refusals: string[] = [];
  for (const runtime of ["crun", "runc"]) {
    writeFileSync(join(folder, "containers.conf"), settings(runtime));
    try {
      await podman("run", "--rm", "--network", "none", "--rootfs", withShell, "/bin/true");
      refusals.length = 0;
      break;
    } catch (error) {
      refusals.push(String(error));
      await podman("rm", "--all", "--force", "--time", "0").catch(() => undefined);
    }
  }
  if (refusals.length > 0) throw new Error(`podman cannot run a container here:\n${refusals.join("\n")}`);

  return {
    folder, withShell, withCat, bare, environment, podman,
    async leak(name, rootfs, count, ...options) {
      const id = (await podman("run", "--detach", "--name", name, "--network", "none", ...options, "--rootfs", rootfs, "/bin/leaker", "5432", String(count))).trim();
      for (let round = 0; round < 100; round += 1) {
        if ((await podman("logs", name)).includes("leaking")) return id;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      throw new Error(`${name} does not leak`);
    },
    async stop() {
      await podman("rm", "--all", "--force", "--time", "0");
      // podman tidies up behind a container in the background.
      rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
    },
  };
}

/** Copies BusyBox, and the libraries it was linked with where it was. */
function installBusybox(rootfs: string, name: string): void {
  const busybox = execFileSync("sh", ["-c", "command -v busybox"], { encoding: "utf8" }).trim();
  copyFileSync(busybox, join(rootfs, "bin", name));
  // ldd fails on a program that needs none.
  const libraries = spawnSync("ldd", [busybox], { encoding: "utf8" });
  for (const [path] of libraries.status === 0 ? libraries.stdout.matchAll(/\/\S+/g) : []) {
    mkdirSync(join(rootfs, dirname(path)), { recursive: true });
    copyFileSync(realpathSync(path), join(rootfs, path));
  }
}
