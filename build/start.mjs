// `npm start`: builds Leakline, starts the built-in demo (two services that leak for real, on loopback), says what a scan of it finds, and
// opens the product on it: a desktop VS Code when `code` is there, else the real workbench in the browser. Ctrl-C ends everything.
//
//   npm start                    opens it
//   npm start -- --no-editor     only the scan
import { spawn, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ROOT, checkNode, ensureDebian, ensureNpm } from "./set-up.mjs";

const children = [];
const folder = mkdtempSync(join(tmpdir(), "leakline-start-"));
let ending = false;

/** Ends what was started, by process id, and removes the temporary folder. */
async function end(status) {
  if (ending) return;
  ending = true;
  await Promise.all(
    children.map(
      ({ child, group }) =>
        new Promise((resolve) => {
          if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return resolve();
          const force = setTimeout(() => kill(child, group, "SIGKILL"), 8_000);
          child.once("exit", () => {
            clearTimeout(force);
            resolve();
          });
          kill(child, group, "SIGTERM");
        }),
    ),
  );
  rmSync(folder, { recursive: true, force: true });
  process.exit(status);
}

function kill(child, group, signal) {
  try {
    if (group) process.kill(-child.pid, signal);
    else child.kill(signal);
  } catch {
    // It has ended.
  }
}

function must(what, args) {
  const run = spawnSync(process.execPath, args, { cwd: ROOT, stdio: ["ignore", "ignore", "inherit"] });
  if (run.status !== 0) throw new Error(`${what} failed (status ${run.status})`);
}

function has(command) {
  return spawnSync(process.platform === "win32" ? "where" : "which", [command], { stdio: "ignore" }).status === 0;
}

function freePort() {
  return new Promise((resolve) => {
    const server = createServer();
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

/** The demo's services, a scan of them on our output, and the folder of their code. */
function startDemo() {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(ROOT, "dist", "leakline.js"), "demo", "--keep"], { stdio: ["ignore", "inherit", "pipe"] });
    children.push({ child, group: false });
    let said = "";
    child.stderr.setEncoding("utf8").on("data", (text) => {
      said += text;
      const found = /its workspace is (.+?); Ctrl-C/.exec(said);
      if (found !== null) resolve(found[1]);
    });
    child.on("error", reject);
    child.on("exit", (status) => reject(new Error(`the demo ended (status ${status})\n${said}`)));
  });
}

/** The workbench in a browser: its own settings and extensions folder, nothing of yours is touched. */
async function openWorkbench(workspace) {
  const { setUpWorkbench } = await import("../test/vscode/set-up.mjs");
  const { node, entry } = setUpWorkbench((line) => console.error(`set-up: ${line}`));
  const userData = join(folder, "user-data");
  mkdirSync(join(userData, "User"), { recursive: true });
  writeFileSync(join(userData, "User", "settings.json"), JSON.stringify({ "workbench.startupEditor": "none", "workbench.secondarySideBar.defaultVisibility": "hidden", "telemetry.telemetryLevel": "off", "extensions.autoCheckUpdates": false, "chat.disableAIFeatures": true }));
  const where = ["--user-data-dir", userData, "--extensions-dir", join(folder, "extensions")];
  must("the packaging of the extension", ["node_modules/@vscode/vsce/vsce", "package", "--no-dependencies", "--no-rewrite-relative-links", "--out", "dist/leakline.vsix"]);
  const install = spawnSync(node, [entry, ...where, "--install-extension", join(ROOT, "dist", "leakline.vsix")], { encoding: "utf8" });
  if (install.status !== 0) throw new Error(`the extension was not installed\n${install.stderr}`);
  const port = Number(process.env.PORT) || (await freePort());
  const child = spawn(
    node,
    [entry, "--auth", "none", "--bind-addr", `127.0.0.1:${port}`, ...where, "--disable-telemetry", "--disable-update-check", "--disable-workspace-trust", "--disable-getting-started-override"],
    { stdio: "ignore", detached: true, env: { ...process.env, LEAKLINE_SCAN_ON_START: "local" } },
  );
  children.push({ child, group: true });
  const address = `http://127.0.0.1:${port}/?folder=${encodeURIComponent(workspace)}`;
  for (let tries = 0; tries < 240; tries += 1) {
    if (child.exitCode !== null) throw new Error(`the workbench ended (status ${child.exitCode})`);
    const answer = await fetch(`http://127.0.0.1:${port}/healthz`).catch(() => null);
    if (answer !== null) return address;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  throw new Error("the workbench does not answer");
}

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => void end(0));

try {
  checkNode();
  if (process.platform === "linux") ensureDebian(["look"]);
  ensureNpm();
  must("the build", ["build/compile.mjs", "--production"]);
  console.error("Starting the demo's services and scanning them (about 10 s) ...\n");
  const workspace = await startDemo();
  if (process.argv.includes("--no-editor")) await end(0);
  const desktop = has("code") && (process.platform !== "linux" || process.env.DISPLAY !== undefined || process.env.WAYLAND_DISPLAY !== undefined);
  if (desktop) {
    const run = spawnSync("code", [`--extensionDevelopmentPath=${ROOT}`, "--new-window", workspace], { stdio: "ignore", shell: process.platform === "win32", env: { ...process.env, LEAKLINE_SCAN_ON_START: "local" } });
    if (run.status !== 0) throw new Error("`code` could not be started");
    console.log("VS Code opens on the demo's code.");
  } else {
    console.log(`\nThe workbench, open on the demo's code:\n\n  ${await openWorkbench(workspace)}\n`);
  }
  console.log("The Investigation panel scans the demo as the window opens; again with F1, \"Leakline: Scan This Machine\". Ctrl-C here ends everything.");
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  await end(1);
}
