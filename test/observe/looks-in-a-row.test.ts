import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { expect, it } from "vitest";

/** A look takes a quarter to half a second. What one leaves behind shows in two hundred as in a thousand, which took nine minutes once and were flat. */
const LOOKS = 200;

/** In namespaces of its own: a look costs what a machine holds, and hundreds of them at this machine would be the slowest test of all. */
it("200 whole looks in a row: descriptors, processes and memory stay flat, and each look sees what is there", async () => {
  const folder = mkdtempSync(join(tmpdir(), "leakline-looks-"));
  try {
    const program = join(folder, "looks.cjs");
    await build({ entryPoints: [join(import.meta.dirname, "looks-in-a-row-program.ts")], bundle: true, platform: "node", format: "cjs", loader: { ".sh": "text", ".ps1": "text" }, external: ["cpu-features", "*.node"], outfile: program, logLevel: "error" });
    const run = spawnSync("unshare", ["--net", "--pid", "--fork", "--kill-child", "--mount-proc", "sh", "-c", 'ip link set lo up && exec "$@"', "sh", process.execPath, "--expose-gc", program, String(LOOKS)], { encoding: "utf8", timeout: 600_000 });
    expect(run.stderr).toBe("");
    const { before, after, seen, ms } = JSON.parse(run.stdout) as { before: Held; after: Held; seen: number; ms: number };
    console.log(`${LOOKS} looks in ${Math.round(ms / 1000)} s; heap ${before.heapUsed} to ${after.heapUsed}, resident ${before.rss} to ${after.rss}`);
    expect(seen).toBe(LOOKS);
    expect([after.descriptors, after.processes]).toEqual([before.descriptors, before.processes]);
    // Nine tenths of the looks lie between: what each left behind would show, were it a few kilobytes.
    expect(after.heapUsed - before.heapUsed).toBeLessThan(3_000_000);
    expect(after.rss - before.rss).toBeLessThan(60_000_000);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}, 600_000);

interface Held {
  readonly descriptors: number;
  readonly processes: number;
  readonly heapUsed: number;
  readonly rss: number;
}
