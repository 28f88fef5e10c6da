// `no-sync` of eslint-plugin-n: each call of that name, wherever it stands.
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { must, run } from "./tool-runs.mjs";

export const noSync = {
  name: "eslint-plugin-n no-sync", language: "javascript",
  asks: "js-ts",
  install(cache) {
    const folder = join(cache, "eslint");
    const packages = ["eslint", "eslint-plugin-n", "@typescript-eslint/parser", "typescript"];
    if (packages.some((name) => !existsSync(join(folder, "node_modules", name)))) {
      mkdirSync(folder, { recursive: true });
      writeFileSync(join(folder, "package.json"), "{}");
      must(run("npm", ["install", "--no-audit", "--no-fund", "--ignore-scripts", "--silent", ...packages], { cwd: folder }), "npm install");
    }
    // Of TypeScript it wants the types of a whole project: one without any library is enough, as it asks nothing of them.
    writeFileSync(join(folder, "own.config.mjs"), `import n from "eslint-plugin-n";
import parser from "@typescript-eslint/parser";
const shared = { plugins: { n }, linterOptions: { noInlineConfig: true, reportUnusedDisableDirectives: "off" }, rules: { "n/no-sync": "error" } };
export default [
  { ...shared, files: ["**/*.{js,mjs,cjs,jsx}"] },
  { ...shared, files: ["**/*.{ts,mts,cts,tsx}"], ignores: ["**/*.d.ts"], languageOptions: { parser, parserOptions: { project: ["./asked/tsconfig.asked.json"] } } },
];
`);
    return JSON.parse(readFileSync(join(folder, "node_modules/eslint-plugin-n/package.json"), "utf8")).version;
  },
  run(folder, cache) {
    const own = join(cache, "eslint");
    // ESLint looks only below the folder that it is started in, and it must not find a configuration of the package's own.
    const copy = join(own, "asked");
    rmSync(copy, { recursive: true, force: true });
    cpSync(folder, copy, { recursive: true, filter: (source) => !/(?:^|\/)(?:node_modules|\.git)$/u.test(source.slice(folder.length)) && !/\/(?:eslint\.config\.[cm]?[jt]s|\.eslintrc[^/]*)$/u.test(source) });
    writeFileSync(join(copy, "tsconfig.asked.json"), '{ "compilerOptions": { "noResolve": true, "noLib": true, "types": [] }, "include": ["**/*"] }');
    const result = run(join(own, "node_modules/.bin/eslint"), ["--config", "own.config.mjs", "--no-error-on-unmatched-pattern", "--no-ignore", "--format", "json", "asked"], { cwd: own });
    if (result.status !== 0 && result.status !== 1) must(result, "eslint");
    return JSON.parse(result.stdout).flatMap(({ filePath, messages }) => messages.filter(({ ruleId }) => ruleId === "n/no-sync").map(({ line }) => ({ file: relative(copy, filePath), line, rule: "no-sync" })));
  },
};
