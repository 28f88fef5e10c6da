// The analysis beside what people run today, on the same files of real packages, asked for the same kinds (`--rule`): semgrep, golangci-lint
// with the three linters of open resources, ruff's ASYNC rules. A peer that cannot be installed, or does not run, is a row that says so.
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { ROOT } from "../set-up.mjs";
import { cacheFolder, fetchPackages, packageList } from "../accuracy/fetch-packages.mjs";
import { PEERS } from "../accuracy/peers.mjs";
import { inTurn, measure } from "./measure.mjs";

const program = join(ROOT, "dist/leakline.js");

/** A peer that takes longer is asked once. */
const LONG_MS = 40_000;

/** Our rules of the kinds that each peer is asked for. */
const KINDS = {
  semgrep: ["go/http-response-body", "go/sql-rows", "go/sql-transaction", "python/file", "python/db-connection", "python/blocking-*"],
  golangci: ["go/http-response-body", "go/sql-rows", "go/sql-statement"],
  ruff: ["python/blocking-*"],
};

/**
 * `[{ what, ours, other, goal, note }]`: wall milliseconds, or null and the reason in `note`.
 * `goPackages`: `{ key, without }`, where `without` are folders that do not type-check as they are served: golangci-lint says nothing at all otherwise.
 */
export async function measureBesidePeers({ goPackages, pythonPackage, semgrepPackages, runs }) {
  const cache = cacheFolder();
  const flows = mkdtempSync(join(tmpdir(), "leakline-bench-flows-"));
  const rows = [];
  const folderOf = (key) => {
    const [one] = fetchPackages(packageList().filter((some) => some.key === key), cache);
    if (one?.folder === undefined) throw new Error(`${key} cannot be had`);
    return one.folder;
  };
  const ours = (folder, kinds) => async () => {
    // Cold: nothing is kept from the run before.
    rmSync(flows, { recursive: true, force: true });
    const run = await measure(process.execPath, [program, "analyze", folder, "--format", "json", ...kinds.flatMap((name) => ["--rule", name])], { env: { XDG_CACHE_HOME: flows } });
    if (run.status !== 0 && run.status !== 1) throw new Error("analyze failed");
    return run;
  };
  const beside = async (what, kinds, goal, key, install, theirs) => {
    try {
      const folder = folderOf(key);
      install();
      const pair = [ours(folder, kinds), () => theirs(folder)];
      const first = await inTurn(1, pair);
      const isLong = first[1].wallMs > LONG_MS;
      const [mine, other] = isLong || runs === 1 ? first : await inTurn(runs, pair);
      rows.push({ what, ours: mine, other, goal, note: `${key}${isLong ? ", one turn" : ""}` });
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
    for (const key of semgrepPackages) await beside("semgrep, rules of the same kinds", KINDS.semgrep, "10 x faster", key, () => peer("semgrep").install(cache), semgrep);
    for (const { key, without } of goPackages) {
      await beside("golangci-lint with bodyclose, sqlclosecheck, rowserrcheck", KINDS.golangci, "5 x faster", key, () => ensureGolangci(cache), async (folder) => {
        const env = { GOFLAGS: "-mod=mod", GOLANGCI_LINT_CACHE: join(flows, "lint") };
        const go = (...args) => spawnSync("go", ["list", ...args, "./..."], { maxBuffer: 1 << 28, encoding: "utf8", cwd: folder, env: { ...process.env, ...env }, timeout: 1_800_000 });
        // What the package imports is compiled before, and is not part of the figure.
        go("-export", "-deps", "-test");
        const folders = go("-f", "{{.Dir}}").stdout.trim().split("\n").map((path) => `./${relative(folder, path)}`).filter((path) => !without.some((left) => path.startsWith(left)));
        const report = `${flows}-golangci.txt`;
        const run = await checked(join(cache, "bin/golangci-lint"), ["run", "--no-config", "--default", "none", "--enable", "bodyclose,sqlclosecheck,rowserrcheck", "--allow-parallel-runners", "--output.text.path", report, ...folders], { cwd: folder, env }, [0, 1]);
        const said = readFileSync(report, "utf8");
        rmSync(report);
        if (said.includes("(typecheck)")) throw new Error("golangci-lint does not come to its linters: the package does not type-check");
        return run;
      });
    }
    await beside("ruff's ASYNC rules", KINDS.ruff, "the ratio", pythonPackage, () => peer("ruff").install(cache), (folder) => checked(join(cache, "py/bin/ruff"), ["check", "--isolated", "--no-cache", "--preview", "--select", "ASYNC", "--exit-zero", "--quiet", "."], { cwd: folder }, [0]));
  } finally {
    rmSync(flows, { recursive: true, force: true });
  }
  return rows;
}

function ensureGolangci(cache) {
  if (existsSync(join(cache, "bin/golangci-lint"))) return;
  const built = spawnSync("go", ["install", "github.com/golangci/golangci-lint/v2/cmd/golangci-lint@latest"], { env: { ...process.env, GOBIN: join(cache, "bin") }, encoding: "utf8", timeout: 1_800_000 });
  if (built.status !== 0) throw new Error(`golangci-lint cannot be built: ${(built.stderr ?? "").trim().split("\n").at(-1)}`);
}
