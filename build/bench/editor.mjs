// What the editor costs: the extension's activation, and the panel's first paint in the real workbench.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";
import { ROOT } from "../set-up.mjs";

const median = (list) => [...list].sort((a, b) => a - b)[list.length >> 1];

/** Loads the built extension and calls `activate` with a `vscode` that does nothing: our part of the time, in milliseconds. */
const ACTIVATE = `
const Module = require("node:module");
const { performance } = require("node:perf_hooks");
const nothing = new Proxy(function () {}, { get: (_, key) => (key === "then" ? undefined : key === Symbol.toPrimitive ? () => "" : nothing), apply: () => nothing, construct: () => nothing, set: () => true });
const names = ["commands", "Diagnostic", "Disposable", "env", "EventEmitter", "l10n", "languages", "Position", "Range", "StatusBarAlignment", "ThemeIcon", "TreeItem", "Uri", "ViewColumn", "window", "workspace"];
const vscode = Object.fromEntries(names.map((name) => [name, nothing]));
const load = Module._load;
Module._load = function (request, ...rest) { return request === "vscode" ? vscode : load.call(this, request, ...rest); };
// An extension host has these long since.
for (const name of ["node:fs", "node:fs/promises", "node:path", "node:os", "node:stream", "node:stream/promises"]) require(name);
const start = performance.now();
const extension = require(process.argv[1]);
extension.activate({ extensionPath: "/", extensionUri: nothing, globalStorageUri: nothing, storageUri: nothing, globalState: nothing, workspaceState: nothing, secrets: nothing, subscriptions: [] });
console.log(performance.now() - start);
process.exit(0);
`;

/** Median of `turns` fresh processes, in milliseconds. */
export function measureActivation(turns) {
  return median(Array.from({ length: turns }, () => {
    const run = spawnSync(process.execPath, ["-e", ACTIVATE, join(ROOT, "dist", "extension.js")], { encoding: "utf8" });
    const ms = Number(run.stdout.trim());
    if (run.status !== 0 || !(ms > 0)) throw new Error(`the activation could not be measured: ${run.stderr}`);
    return ms;
  }));
}

/** The tests' own rig, bundled for plain Node. */
async function loadRig(folder) {
  const tests = join(ROOT, "test", "vscode");
  const outfile = join(folder, "rig.mjs");
  await build({
    entryPoints: [join(tests, "workbench-rig.ts")], outfile, bundle: true, format: "esm", platform: "node", define: { "import.meta.dirname": JSON.stringify(tests) },
    plugins: [{
      name: "beside",
      setup(setup) {
        setup.onResolve({ filter: /^\.\/set-up\.mjs$/ }, () => ({ path: pathToFileURL(join(tests, "set-up.mjs")).href, external: true }));
        setup.onResolve({ filter: /^playwright-core$/ }, () => ({ path: pathToFileURL(join(tests, "node_modules", "playwright-core", "index.mjs")).href, external: true }));
      },
    }],
  });
  return import(pathToFileURL(outfile).href);
}

/**
 * Opens a capture of `sockets` connections, all in one open group, and shows the panel in a new tab: milliseconds from the start of the
 * panel's document (program loaded, case asked for and drawn) to the first painted rows. Median of three tabs.
 */
export async function measureFirstPaint(sockets) {
  const folder = mkdtempSync(join(tmpdir(), "leakline-bench-panel-"));
  try {
    const lines = ["LISTEN 0 4096 0.0.0.0:8080 0.0.0.0:* users:((\"hub\",pid=77,fd=3))"];
    for (let at = 0; at < sockets; at += 1) {
      lines.push(`ESTAB 0 0 10.0.0.5:8080 10.${20 + ((at >> 16) & 255)}.${(at >> 8) & 255}.${at & 255}:${20_000 + (at % 30_000)} users:(("hub",pid=77,fd=${100 + at}))`);
    }
    const capture = join(folder, "large.ss");
    writeFileSync(capture, `State Recv-Q Send-Q Local Address:Port Peer Address:Port Process\n${lines.join("\n")}\n`);
    const { Workbench, until } = await loadRig(folder);
    const bench = await Workbench.open({ folder: null });
    try {
      await bench.run("Leakline: Open Capture or Investigation File...");
      await bench.chooseFile(capture);
      const side = await bench.panelWithCase();
      await side.locator(".grid").focus();
      await bench.page.keyboard.press("Home");
      await bench.page.keyboard.press("ArrowRight");
      await until("the open group", 20_000, async () => Number(await side.locator(".grid").getAttribute("aria-rowcount")) > sockets);
      const times = [];
      for (let turn = 0; turn < 3; turn += 1) {
        await bench.run("Leakline: Open Investigation in Editor");
        const tab = await bench.panel("tab");
        times.push(await until("the first rows", 30_000, () => tab.evaluate('performance.getEntriesByName("leakline:first-rows")[0]?.startTime ?? null').catch(() => null)));
        await bench.run("View: Close All Editors");
        await until("the tab is gone", 10_000, async () => bench.page.frames().every((frame) => frame !== tab));
      }
      return median(times);
    } finally {
      await bench.close();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
