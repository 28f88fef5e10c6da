import { readFileSync } from "node:fs";
import { defineConfig } from "vitest/config";
import type { Plugin } from "vitest/config";

/** The same "text" rule that the bundler has for .scm, .yaml, .sh and the demo files (build/compile.mjs). */
const textFiles: Plugin = {
  name: "text-files",
  enforce: "pre",
  load(id) {
    if (!/\.(scm|yaml|sh|ps1|go|py|mod|md|txt)$/.test(id)) return null;
    return `export default ${JSON.stringify(readFileSync(id, "utf8"))};`;
  },
};

export default defineConfig({
  plugins: [textFiles],
  test: {
    projects: [
      {
        plugins: [textFiles],
        test: { name: "unit", include: ["test/{model,observe,explain,locate,investigate,report,protocol,editor,command,demo,webview,build}/**/*.test.ts"], testTimeout: 60_000 },
      },
      {
        plugins: [textFiles],
        test: { name: "integration", include: ["test/integration/**/*.test.ts"], testTimeout: 180_000, hookTimeout: 180_000, fileParallelism: false },
      },
      {
        plugins: [textFiles],
        test: { name: "labs", include: ["test/labs/**/*.test.ts"], testTimeout: 600_000, hookTimeout: 600_000, fileParallelism: false },
      },
      // Captures that people published: only where the folder is (LEAKLINE_CORPUS), and then it must hold every kind.
      ...(process.env.LEAKLINE_CORPUS === undefined ? [] : [{ plugins: [textFiles], test: { name: "published", include: ["test/published/**/*.test.ts"], testTimeout: 60_000 } }]),
      {
        plugins: [textFiles],
        test: { name: "vscode", include: ["test/vscode/**/*.test.ts"], exclude: ["test/vscode/node_modules/**"], testTimeout: 600_000, hookTimeout: 600_000, fileParallelism: false },
      },
    ],
  },
});
