// The three compiler projects: everything, the pure rooms (no ambient types), and the webview (DOM).
import { spawnSync } from "node:child_process";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const tsc = createRequire(import.meta.url).resolve("typescript/bin/tsc");
// What was checked and has not changed is not checked again: seconds instead of a minute on a busy machine.
const kept = join(fileURLToPath(new URL("..", import.meta.url)), "node_modules", ".cache", "leakline");
let failed = false;
for (const project of ["tsconfig.json", "tsconfig.pure.json", "webview/tsconfig.json"]) {
  const run = spawnSync(process.execPath, [tsc, "--noEmit", "--incremental", "--tsBuildInfoFile", join(kept, `${project.replaceAll("/", "-")}.tsbuildinfo`), "-p", project], { stdio: "inherit" });
  if (run.status !== 0) {
    console.error(`types: ${project} does not compile`);
    failed = true;
  }
}
process.exit(failed ? 1 : 0);
