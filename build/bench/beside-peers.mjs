// The analysis beside what people run today, on the same files of real packages: semgrep, golangci-lint with the three linters of open
// resources, ruff's ASYNC rules. A peer that cannot be installed, or does not run, is a row that says so.
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ROOT } from "../set-up.mjs";
import { cacheFolder, fetchPackages, packageList } from "../accuracy/fetch-packages.mjs";
import { PEERS } from "../accuracy/peers.mjs";
import { inTurn, measure } from "./measure.mjs";

const program = join(ROOT, "dist/leakline.js");

/** `[{ what, ours, other, goal, note }]`: wall milliseconds, or null and the reason in `note`. */
export async function measureBesidePeers({ goPackage, pythonPackage, runs }) {
  const cache = cacheFolder();
  const flows = mkdtempSync(join(tmpdir(), "leakline-bench-flows-"));
  const rows = [];
  const folderOf = (key) => {
    const [one] = fetchPackages(packageList().filter((some) => some.key === key), cache);
    if (one?.folder === undefined) throw new Error(`${key} cannot be had`);
    return one.folder;
  };
  const ours = (folder) => async () => {
    // Cold: nothing is kept from the run before.
    rmSync(flows, { recursive: true, force: true });
    const run = await measure(process.execPath, [program, "analyze", folder, "--format", "json"], { env: { XDG_CACHE_HOME: flows } });
    if (run.status !== 0 && run.status !== 1) throw new Error("analyze failed");
    return run;
  };
  const beside = async (what, goal, key, install, theirs) => {
    try {
      const folder = folderOf(key);
      install();
      const [mine, other] = await inTurn(runs, [ours(folder), () => theirs(folder)]);
      rows.push({ what, ours: mine, other, goal, note: key });
    } catch (error) {
      rows.push({ what, ours: null, other: null, goal, note: `not measured: ${String(error.message).split("\n")[0].slice(0, 120)}` });
    }
  };
  const peer = (name) => PEERS.find((one) => one.name === name);
  const checked = async (command, args, options, allowed) => {
    const run = await measure(command, args, options);
    if (!allowed.includes(run.status)) throw new Error(`${command} ended with status ${run.status}`);
    return run;
  };
  try {
    const rules = join(ROOT, "build/accuracy/semgrep-rules.yaml");
    const semgrep = (folder) => checked(join(cache, "py/bin/semgrep"), ["scan", "--metrics=off", "--disable-version-check", "--quiet", "--no-git-ignore", "--json", "--jobs", "2", "--config", rules, "."], { cwd: folder, env: { PATH: `${join(cache, "py/bin")}:${process.env.PATH}` } }, [0, 1]);
    for (const key of [goPackage, pythonPackage]) await beside("semgrep, rules of the same kinds", "10 x faster", key, () => peer("semgrep").install(cache), semgrep);
    await beside("golangci-lint with bodyclose, sqlclosecheck, rowserrcheck", "5 x faster", goPackage, () => {
      if (existsSync(join(cache, "bin/golangci-lint"))) return;
      const built = spawnSync("go", ["install", "github.com/golangci/golangci-lint/v2/cmd/golangci-lint@latest"], { env: { ...process.env, GOBIN: join(cache, "bin") }, encoding: "utf8", timeout: 1_800_000 });
      if (built.status !== 0) throw new Error(`golangci-lint cannot be built: ${(built.stderr ?? "").trim().split("\n").at(-1)}`);
    }, async (folder) => {
      const env = { GOFLAGS: "-mod=mod", GOLANGCI_LINT_CACHE: join(flows, "lint") };
      // What the package imports is compiled before, and is not part of the figure.
      spawnSync("go", ["list", "-export", "-deps", "-test", "./..."], { maxBuffer: 1 << 26, stdio: "ignore", cwd: folder, env: { ...process.env, ...env }, timeout: 1_800_000 });
      return checked(join(cache, "bin/golangci-lint"), ["run", "--no-config", "--default", "none", "--enable", "bodyclose,sqlclosecheck,rowserrcheck", "--allow-parallel-runners", "./..."], { cwd: folder, env }, [0, 1]);
    });
    await beside("ruff's ASYNC rules", "the ratio", pythonPackage, () => peer("ruff").install(cache), (folder) => checked(join(cache, "py/bin/ruff"), ["check", "--isolated", "--no-cache", "--preview", "--select", "ASYNC", "--exit-zero", "--quiet", "."], { cwd: folder }, [0]));
  } finally {
    rmSync(flows, { recursive: true, force: true });
  }
  return rows;
}
