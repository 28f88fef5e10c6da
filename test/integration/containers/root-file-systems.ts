import { execFileSync, spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, realpathSync, symlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Content } from "./container-rig";

const LEAKER = fileURLToPath(new URL("leaker.c", import.meta.url));
/** What the container with a shell has: BusyBox under these names. */
const APPLETS = ["sh", "cat", "ls", "awk", "grep", "sed", "sleep", "netstat", "date", "find", "id", "uname", "hostname", "readlink", "renice", "timeout", "tr", "xargs", "true"];

/** Root file systems made of programs of this machine, each in its folder: nothing is downloaded. */
export function makeRootFileSystems(folder: string): Readonly<Record<Content, string>> {
  const roots = { "with-shell": join(folder, "with-shell"), "with-cat": join(folder, "with-cat"), bare: join(folder, "bare") };
  for (const root of Object.values(roots)) for (const name of ["bin", "proc", "sys", "dev", "etc", "tmp", "run"]) mkdirSync(join(root, name), { recursive: true });
  execFileSync("gcc", ["-static", "-Os", "-o", join(roots.bare, "bin", "leaker"), LEAKER]);
  for (const root of [roots["with-shell"], roots["with-cat"]]) copyFileSync(join(roots.bare, "bin", "leaker"), join(root, "bin", "leaker"));
  installBusybox(roots["with-shell"], "busybox");
  for (const applet of APPLETS) symlinkSync("busybox", join(roots["with-shell"], "bin", applet));
  // BusyBox goes by the name that it is called by: under this one it is `cat` and nothing else.
  installBusybox(roots["with-cat"], "cat");
  return roots;
}

/** Copies BusyBox, and the libraries it was linked with where it was. */
function installBusybox(root: string, name: string): void {
  const busybox = execFileSync("sh", ["-c", "command -v busybox"], { encoding: "utf8" }).trim();
  copyFileSync(busybox, join(root, "bin", name));
  // ldd fails on a program that needs none.
  const libraries = spawnSync("ldd", [busybox], { encoding: "utf8" });
  for (const [path] of libraries.status === 0 ? libraries.stdout.matchAll(/\/\S+/g) : []) {
    mkdirSync(join(root, dirname(path)), { recursive: true });
    copyFileSync(realpathSync(path), join(root, path));
  }
}
