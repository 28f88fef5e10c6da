import { mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const require = createRequire(import.meta.url);

/** Bundles a worker's program as the product does, into a temporary folder. `remove` when done. */
export async function buildWorker(entry = join(here, "locate-worker-entry.ts")): Promise<{ readonly file: string; remove(): void }> {
  const folder = mkdtempSync(join(tmpdir(), "leakline-worker-"));
  const file = join(folder, "worker.cjs");
  await build({
    entryPoints: [entry],
    outfile: file,
    bundle: true,
    platform: "node",
    format: "cjs",
    target: "node20",
    loader: { ".scm": "text", ".yaml": "text" },
    // The ES module form asks for import.meta.url, which a CommonJS bundle has not.
    alias: { "web-tree-sitter": require.resolve("web-tree-sitter") },
    define: { NODE_MODULES_OF: JSON.stringify(process.cwd()) },
    logLevel: "error",
  });
  return {
    file,
    remove: () => {
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
