// The linters of Go, in one program of their own analyzers that `go vet` runs: the code is read and typed once for all of them, a package with an
// error of types costs only itself, and what is done is kept by Go's build cache when a run is broken off.
import { existsSync, mkdirSync, realpathSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { must, run } from "./tool-runs.mjs";

const LINTERS = {
  bodyclose: { module: "github.com/timakin/bodyclose", from: "github.com/timakin/bodyclose/passes/bodyclose", analyzer: "bodyclose.Analyzer" },
  sqlclosecheck: { module: "github.com/ryanrolds/sqlclosecheck", from: "github.com/ryanrolds/sqlclosecheck/pkg/analyzer", analyzer: "analyzer.NewAnalyzer()" },
  rowserrcheck: { module: "github.com/jingyugao/rowserrcheck", from: "github.com/jingyugao/rowserrcheck/passes/rowserr", analyzer: "rowserr.NewAnalyzer()" },
  noctx: { module: "github.com/sonatard/noctx", from: "github.com/sonatard/noctx", analyzer: "noctx.Analyzer" },
};

/** Built with today's reader of compiled packages: what a linter's own go.mod asks for may be too old for the Go that is here. */
function program(cache) {
  const file = join(cache, "bin/go-linters");
  if (existsSync(file)) return file;
  const folder = join(cache, "go-tools/all");
  const linters = Object.values(LINTERS);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "go.mod"), "module fetch\n\ngo 1.24\n");
  writeFileSync(join(folder, "main.go"), `package main\n\nimport (\n${linters.map(({ from }) => `\t"${from}"\n`).join("")}\t"golang.org/x/tools/go/analysis/unitchecker"\n)\n\nfunc main() { unitchecker.Main(${linters.map(({ analyzer }) => analyzer).join(", ")}) }\n`);
  must(run("go", ["get", ...linters.map(({ module }) => `${module}@latest`), "golang.org/x/tools@latest"], { cwd: folder }), "go get");
  must(run("go", ["build", "-o", file, "."], { cwd: folder, env: { ...process.env, GOFLAGS: "-mod=mod" } }), "go build");
  return file;
}

/** The whole JSON objects in a text that has other words between them. */
export function* objectsIn(text) {
  let depth = 0;
  let from = 0;
  let quoted = false;
  for (let at = 0; at < text.length; at++) {
    const sign = text[at];
    if (quoted) {
      if (sign === "\\") at += 1;
      else if (sign === '"') quoted = false;
    } else if (depth > 0 && sign === '"') quoted = true;
    else if (sign === "{" && (depth > 0 || at === 0 || text[at - 1] === "\n")) {
      if (depth === 0) from = at;
      depth += 1;
    } else if (sign === "}" && depth > 0) {
      depth -= 1;
      if (depth === 0) yield JSON.parse(text.slice(from, at + 1));
    }
  }
}

/** What `go vet -json` writes: of each package `{ analyzer: [{ posn, message }] | { error } }`, between lines that begin with `#`. */
export function readVetJson(text, folder) {
  const said = Object.fromEntries(Object.keys(LINTERS).map((name) => [name, []]));
  for (const object of objectsIn(text)) {
    for (const analyzers of Object.values(object)) {
      for (const [name, list] of Object.entries(analyzers)) {
        if (!(name in said) || !Array.isArray(list)) continue;
        for (const { posn } of list) {
          const match = /^(.+?):(\d+)(?::\d+)?$/u.exec(posn);
          if (match === null) continue;
          const file = relative(folder, match[1]);
          // A package is vetted with and without its tests: the same is said twice.
          if (!file.startsWith("..") && !said[name].some((one) => one.file === file && one.line === Number(match[2]))) said[name].push({ file, line: Number(match[2]), rule: name });
        }
      }
    }
  }
  return said;
}

/** One folder's answers, kept for the other three. */
let last = { folder: "", said: {} };

function vet(folder, cache) {
  if (last.folder === folder) return last.said;
  const real = realpathSync(folder);
  if (!existsSync(join(real, "go.mod"))) throw new Error("no go.mod: the module cannot be built");
  const result = run("go", ["vet", "-json", `-vettool=${program(cache)}`, "./..."], { cwd: real, env: { ...process.env, GOFLAGS: "-mod=mod" } });
  const text = `${result.stdout}\n${result.stderr}`;
  const said = readVetJson(text, real);
  const words = text.split("\n").filter((line) => !/^(?:go: downloading|# |[{}\s]|$)/u.test(line));
  if (result.status !== 0 && Object.values(said).every((list) => list.length === 0) && words.length > 0) throw new Error(words.at(-1));
  last = { folder, said };
  return said;
}

export const GO_LINTERS = Object.entries(LINTERS).map(([name, { module }]) => ({
  name, language: "go",
  install(cache) {
    const built = must(run("go", ["version", "-m", program(cache)]), "go version");
    return new RegExp(`^\\s*(?:mod|dep)\\s+${module.replaceAll(/[.]/gu, "\\.")}\\s+(\\S+)`, "mu").exec(built)?.[1] ?? "?";
  },
  run: (folder, cache) => vet(folder, cache)[name],
}));
