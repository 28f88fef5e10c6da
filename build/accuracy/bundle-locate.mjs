// The product's analysis as one module for these scripts: built anew at each run, so that it is never an old one.
import { rmSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { ROOT } from "../set-up.mjs";

export async function bundleLocate() {
  const { build } = await import("esbuild");
  // One a run: several may run beside each other.
  const outfile = join(ROOT, `dist/accuracy/locate-${process.pid}.mjs`);
  await build({
    absWorkingDir: ROOT, entryPoints: ["build/accuracy/locate-entry.ts"], bundle: true, platform: "node", format: "esm", outfile, logLevel: "error", loader: { ".yaml": "text", ".scm": "text" },
    // yaml and its like are CommonJS inside: they ask for node's own modules by require.
    banner: { js: 'import * as __module from "node:module"; const require = __module.createRequire(import.meta.url);' },
    external: ["web-tree-sitter"],
  });
  try {
    return await import(pathToFileURL(outfile).href);
  } finally {
    rmSync(outfile);
  }
}
