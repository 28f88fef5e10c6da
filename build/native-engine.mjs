// The native tree-sitter binding is optional: its Linux prebuilt wants a newer libstdc++ (GLIBCXX_3.4.31) than Debian 12 has.
// Here it is built from source, once, into node_modules. Needs g++, make, python3 and Node's own headers.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const require = createRequire(import.meta.url);

/** Only the runtime's prebuilt is too new; the grammars' are plain C and load as they are. Those that do not are built as well. */
const NATIVE_PACKAGES = [
  "tree-sitter", "tree-sitter-go", "tree-sitter-python", "tree-sitter-java", "tree-sitter-javascript", "tree-sitter-typescript", "tree-sitter-c-sharp",
  "tree-sitter-php", "tree-sitter-ruby", "@tree-sitter-grammars/tree-sitter-kotlin", "tree-sitter-rust",
];

/** In a process of its own: a binding that was once tried and failed stays failed in the process that tried. */
function whyNotLoaded(name) {
  const run = spawnSync(process.execPath, ["-e", `import(require("node:url").pathToFileURL(require.resolve(${JSON.stringify(name)})).href)`], { cwd: root, encoding: "utf8" });
  if (run.status === 0) return null;
  return (run.stderr.match(/^(?:\w*Error|Error): .*$/m)?.[0] ?? run.stderr).trim() || `exit status ${run.status}`;
}

/** Node's headers of this very version, or null: node-gyp would fetch them from the network. */
function headersDirectory() {
  const prefix = dirname(dirname(process.execPath));
  for (const directory of [prefix, "/usr", "/usr/local"]) {
    if (existsSync(join(directory, "include", "node", "node_api.h"))) return directory;
  }
  return null;
}

function nodeGyp() {
  const npm = spawnSync("npm", ["root", "-g"], { encoding: "utf8" }).stdout?.trim() ?? "";
  const candidates = [
    join(root, "node_modules", "node-gyp", "bin", "node-gyp.js"),
    join(npm, "npm", "node_modules", "node-gyp", "bin", "node-gyp.js"),
    join(npm, "node-gyp", "bin", "node-gyp.js"),
    "/usr/share/nodejs/node-gyp/bin/node-gyp.js",
  ];
  return candidates.find((candidate) => existsSync(candidate)) ?? null;
}

/**
 * Makes the native engine loadable. Does nothing when it already is. Throws an Error that names the missing tool.
 * @param {{ log?: (line: string) => void }} [options]
 */
export function ensureNativeEngine({ log = () => {} } = {}) {
  for (const name of NATIVE_PACKAGES) {
    const reason = whyNotLoaded(name);
    if (reason === null) continue;
    for (const tool of ["g++", "make", "python3"]) {
      if (spawnSync(tool, ["--version"]).error) {
        throw new Error(`${name} does not load (${reason}) and cannot be built: ${tool} is missing. Run: apt-get install g++ make python3`);
      }
    }
    const gyp = nodeGyp();
    if (gyp === null) throw new Error(`${name} does not load (${reason}) and cannot be built: node-gyp is missing. Run: apt-get install node-gyp, or npm install -g node-gyp`);
    const headers = headersDirectory();
    log(`building ${name} from source (${reason})`);
    const run = spawnSync(process.execPath, [gyp, "rebuild", ...(headers === null ? [] : [`--nodedir=${headers}`])], {
      cwd: dirname(require.resolve(`${name}/package.json`)),
      encoding: "utf8",
      env: { ...process.env, MAKEFLAGS: "-j2" },
      maxBuffer: 64 << 20,
    });
    const after = run.status === 0 ? whyNotLoaded(name) : (run.stderr ?? "").split("\n").filter((line) => /error/i.test(line)).slice(0, 8).join("\n");
    if (after !== null) throw new Error(`${name} could not be built: ${after || run.stderr}`);
  }
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  try {
    ensureNativeEngine({ log: (line) => console.error(line) });
  } catch (error) {
    console.error(error.message);
    process.exitCode = 1;
  }
}
