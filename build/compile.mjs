// Bundles the product: the extension (small, loads at once), the rooms behind it (on first use), the command, and the panel's program.
//
//   node build/compile.mjs [--production]
import { cpSync, mkdirSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL("..", import.meta.url));
const require = createRequire(join(root, "package.json"));
const production = process.argv.includes("--production");
const text = (...kinds) => Object.fromEntries(kinds.map((kind) => [kind, "text"]));

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
  loader: { ...text(".sh", ".scm", ".yaml", ".go", ".py", ".mod", ".md", ".txt"), ".wasm": "binary" },
  external: ["vscode", "cpu-features", "*.node", "tree-sitter", "tree-sitter-*"],
  plugins: [
    {
      name: "house",
      setup(setup) {
        // The ES module form builds a URL from import.meta.url, which a CommonJS bundle has not.
        setup.onResolve({ filter: /^web-tree-sitter$/ }, () => ({ path: require.resolve("web-tree-sitter") }));
        // Grammars are data and travel inside the bundle; only their native bindings stay outside.
        setup.onResolve({ filter: /\.wasm$/ }, ({ path }) => (path.startsWith(".") ? undefined : { path: require.resolve(path) }));
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
cpSync(join(root, "webview", "panel.css"), join(root, "dist", "webview", "panel.css"));
