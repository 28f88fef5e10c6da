// `npm run labs:repeat`: the labs of docs/correlation.md many times over, with rates drawn at random; prints each run and the hit rate.
//
//   npm run labs:repeat              20 runs of each lab and of their controls (about 40 minutes)
//   npm run labs:repeat -- 5 1234    5 runs, from seed 1234
import { spawn } from "node:child_process";
import { join } from "node:path";
import { ROOT } from "./set-up.mjs";

const [runs = "20", seed = String(Date.now() % 100_000)] = process.argv.slice(2);
console.log(`${runs} runs from seed ${seed}`);
const child = spawn(process.execPath, [join(ROOT, "node_modules/vitest/vitest.mjs"), "run", "--project", "labs", "--testTimeout", "14400000", "test/labs/correlation"], {
  cwd: ROOT, stdio: "inherit", env: { ...process.env, LEAKLINE_LAB_RUNS: runs, LEAKLINE_LAB_SEED: seed },
});
child.on("close", (status) => process.exit(status ?? 1));
