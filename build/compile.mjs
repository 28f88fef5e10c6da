// Bundles the product: the extension (small, loads at once), the rooms behind it (on first use), the command, and the panel's program.
//
//   node build/compile.mjs [--production]
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants } from "node:zlib";
import { build } from "esbuild";
import { parse as parseYaml } from "yaml";

const root = fileURLToPath(new URL("..", import.meta.url));
const require = createRequire(join(root, "package.json"));
const production = process.argv.includes("--production");
const text = (...kinds) => Object.fromEntries(kinds.map((kind) => [kind, "text"]));

/** Base64 of the compressed bytes. Compressing well takes seconds, so it is kept beside the packages until one of them changes. */
function packed(path) {
  const { mtimeMs, size } = statSync(path);
  const kept = join(root, "node_modules", ".cache", "leakline", `${basename(path)}-${size}-${Math.round(mtimeMs)}.br.base64`);
  if (existsSync(kept)) return readFileSync(kept, "utf8");
  const text = brotliCompressSync(readFileSync(path), { params: { [constants.BROTLI_PARAM_QUALITY]: 9, [constants.BROTLI_PARAM_LGWIN]: 22, [constants.BROTLI_PARAM_SIZE_HINT]: size } }).toString("base64");
  mkdirSync(dirname(kept), { recursive: true });
  // Written under another name first: two builds may run at once.
  writeFileSync(`${kept}.${process.pid}`, text);
  renameSync(`${kept}.${process.pid}`, kept);
  return text;
}

const shared = {
  absWorkingDir: root,
  bundle: true,
  minify: production,
  sourcemap: production ? false : "linked",
  legalComments: "none",
  logLevel: "warning",
  // Stack traces and error names in logs must read as they were written.
  keepNames: true,
};

/** Node programs. Native addons stay outside: ssh2 and the analysis do without them when they do not load. */
const node = {
  ...shared,
  platform: "node",
  format: "cjs",
  target: "node20.12",
  loader: text(".sh", ".ps1", ".scm", ".yaml", ".go", ".py", ".mod", ".md", ".txt"),
  external: ["vscode", "cpu-features", "*.node", "tree-sitter", "tree-sitter-*"],
  plugins: [
    {
      name: "house",
      setup(setup) {
        // The ES module form builds a URL from import.meta.url, which a CommonJS bundle has not.
        setup.onResolve({ filter: /^web-tree-sitter$/ }, () => ({ path: require.resolve("web-tree-sitter") }));
        // Grammars are data and travel inside the bundle; only their native bindings stay outside.
        setup.onResolve({ filter: /\.wasm$/ }, ({ path }) => (path.startsWith(".") ? undefined : { path: require.resolve(path) }));
        // The product's own rules were checked when they were tested; as JSON they load in a fraction of the time.
        setup.onLoad({ filter: /[\\/](?:rules|statements)[\\/]libraries[\\/][^\\/]+\.yaml$/ }, ({ path }) => ({ contents: JSON.stringify(parseYaml(readFileSync(path, "utf8"))), loader: "text" }));
        setup.onLoad({ filter: /\.wasm$/ }, ({ path }) => ({ contents: packed(path), loader: "text" }));
        // A bundle of its own beside the extension's.
        setup.onResolve({ filter: /^\.\/product\.js$/ }, () => ({ path: "./product.js", external: true }));
      },
    },
  ],
};

rmSync(join(root, "dist"), { recursive: true, force: true });
mkdirSync(join(root, "dist", "webview"), { recursive: true });
await Promise.all([
  build({ ...node, entryPoints: ["src/extension.ts"], outfile: "dist/extension.js" }),
  build({ ...node, entryPoints: ["src/editor/product.ts"], outfile: "dist/product.js" }),
  build({ ...node, entryPoints: ["src/cli.ts"], outfile: "dist/leakline.js", banner: { js: "#!/usr/bin/env node" } }),
  build({ ...shared, entryPoints: ["webview/panel.ts"], outfile: "dist/webview/panel.js", platform: "browser", format: "iife", target: "chrome128" }),
]);
// What completes rule files in an editor with a YAML language server.
const schema = spawnSync(process.execPath, [join(root, "dist", "leakline.js"), "rules", "schema"], { encoding: "utf8" });
if (schema.status !== 0) throw new Error(`the rules' schema could not be written: ${schema.stderr}`);
writeFileSync(join(root, "dist", "leakline-rules.schema.json"), schema.stdout);
// The chart library's own rules first, so that the panel's overrule them.
writeFileSync(join(root, "dist", "webview", "panel.css"), readFileSync(require.resolve("uplot/dist/uPlot.min.css"), "utf8") + readFileSync(join(root, "webview", "panel.css"), "utf8"));
