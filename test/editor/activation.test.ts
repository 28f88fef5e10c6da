import { statSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { expect, test } from "vitest";

const root = join(import.meta.dirname, "..", "..");

// Time is measured by `npm run bench`. What makes the time is held here: what the extension's own bundle pulls in.
test("what is loaded at activation is small and has none of the heavy rooms", async () => {
  const result = await build({
    absWorkingDir: root, entryPoints: ["src/extension.ts"], bundle: true, minify: true, write: false, metafile: true, platform: "node", format: "cjs", outdir: "out", external: ["vscode"],
    plugins: [{ name: "product-apart", setup: (setup) => setup.onResolve({ filter: /^\.\/product\.js$/ }, () => ({ path: "./product.js", external: true })) }],
  });
  const inputs = Object.keys(result.metafile.inputs);
  const heavy = inputs.filter((file) => /node_modules\/(ssh2|web-tree-sitter|tree-sitter|yaml|commander|workerpool)\/|^src\/(locate|explain|investigate|demo|report|command)\//.test(file));
  expect(heavy).toEqual([]);
  expect(result.outputFiles.reduce((sum, file) => sum + file.contents.length, 0)).toBeLessThan(120_000);
  const required = Object.values(result.metafile.outputs).flatMap((output) => output.imports.map(({ path }) => path));
  // Loading node:crypto alone takes as long as all of ours.
  expect(required.filter((path) => /^(node:)?(crypto|http|https|net|tls|worker_threads)$/.test(path))).toEqual([]);
});

test("every file that activation needs is there", () => {
  for (const file of ["media/leakline.svg", "l10n/bundle.l10n.zh-cn.json"]) expect(statSync(join(root, file)).size).toBeGreaterThan(0);
});
