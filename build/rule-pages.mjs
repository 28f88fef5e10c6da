// Writes docs/rules: one page a rule and an index, from the rules' own data. A test holds them to it.
//
//   node build/rule-pages.mjs
import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL("..", import.meta.url));
const folder = join(root, "docs", "rules");
const { outputFiles } = await build({
  absWorkingDir: root, bundle: true, write: false, format: "esm", platform: "node", logLevel: "warning", loader: { ".yaml": "text" },
  stdin: {
    contents: 'export { loadBuiltInRules } from "./src/locate/rules/built-in"; export { rulePages } from "./src/locate/rules/rule-pages";',
    resolveDir: root,
    loader: "ts",
  },
  // yaml and its like are CommonJS inside: they ask for node's own modules by require.
  banner: { js: 'import { createRequire } from "node:module"; const require = createRequire("file:///");' },
});
const { loadBuiltInRules, rulePages } = await import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString("base64")}`);
const pages = rulePages(loadBuiltInRules({ examples: true }));

mkdirSync(folder, { recursive: true });
for (const file of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
  if (file.endsWith(".md") && !pages.has(file.replaceAll("\\", "/"))) rmSync(join(folder, file));
}
for (const [file, text] of pages) {
  mkdirSync(dirname(join(folder, file)), { recursive: true });
  writeFileSync(join(folder, file), text);
}
console.log(`${pages.size} pages in docs/rules`);
