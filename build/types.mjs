// The three compiler projects: everything, the pure rooms (no ambient types), and the webview (DOM).
import { spawnSync } from "node:child_process";
import { createRequire } from "node:module";

const tsc = createRequire(import.meta.url).resolve("typescript/bin/tsc");
let failed = false;
for (const project of ["tsconfig.json", "tsconfig.pure.json", "webview/tsconfig.json"]) {
  const run = spawnSync(process.execPath, [tsc, "--noEmit", "-p", project], { stdio: "inherit" });
  if (run.status !== 0) {
    console.error(`types: ${project} does not compile`);
    failed = true;
  }
}
process.exit(failed ? 1 : 0);
