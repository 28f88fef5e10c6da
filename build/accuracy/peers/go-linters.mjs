// The linters of Go, in one program of their own analyzers that `go vet` runs: the code is read and typed once for all of them, a package with an
// error of types costs only itself, and what is done is kept by Go's build cache when a run is broken off.
import { existsSync, mkdirSync, realpathSync, writeFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { must, run } from "./tool-runs.mjs";

const LINTERS = {
  bodyclose: { module: "github.com/timakin/bodyclose", from: "github.com/timakin/bodyclose/passes/bodyclose", analyzer: "bodyclose.Analyzer" },
  sqlclosecheck: { module: "github.com/ryanrolds/sqlclosecheck", from: "github.com/ryanrolds/sqlclosecheck/pkg/analyzer", analyzer: "analyzer.NewAnalyzer()" },
  rowserrcheck: { module: "github.com/jingyugao/rowserrcheck", from: "github.com/jingyugao/rowserrcheck/passes/rowserr", analyzer: "rowserr.NewAnalyzer()" },
  noctx: { module: "github.com/sonatard/noctx", from: "github.com/sonatard/noctx", analyzer: "noctx.Analyzer" },
};

/** The reader of compiled packages: it knows those of the Go that is here, and takes types from them (from v0.50 on it wants them from each look before). */
const READER = "v0.44.0";

/**
 * The go command has each package that is imported looked at first, only for what is known of its functions. That is kept to Go's own library (that
 * log.Fatal does not come back): of a thousand packages of others it takes most of the time, and none of the four asks for more.
 */
const mainOf = (linters) => `package main

import (
	"encoding/json"
	"os"
	"strings"

${linters.map(({ from }) => `\t"${from}"\n`).join("")}	"golang.org/x/tools/go/analysis/unitchecker"
)

func main() {
	last := os.Args[len(os.Args)-1]
	if strings.HasSuffix(last, ".cfg") {
		var asked struct {
			ImportPath, VetxOutput string
			VetxOnly               bool
		}
		if text, err := os.ReadFile(last); err == nil && json.Unmarshal(text, &asked) == nil && asked.VetxOnly && strings.Contains(strings.Split(asked.ImportPath, "/")[0], ".") {
			if os.WriteFile(asked.VetxOutput, nil, 0o644) == nil {
				os.Exit(0)
			}
		}
	}
	unitchecker.Main(${linters.map(({ analyzer }) => analyzer).join(", ")})
}
`;

/** Built with one reader for all: what a linter's own go.mod asks for may be too old for the Go that is here. */
function program(cache) {
  const file = join(cache, "bin/go-linters");
  if (existsSync(file)) return file;
  const folder = join(cache, "go-tools/all");
  const linters = Object.values(LINTERS);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "go.mod"), "module fetch\n\ngo 1.24\n");
  writeFileSync(join(folder, "main.go"), mainOf(linters));
  must(run("go", ["get", ...linters.map(({ module }) => `${module}@latest`), `golang.org/x/tools@${READER}`], { cwd: folder }), "go get");
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

/** A published module may name folders beside it in its `replace` lines that are not part of it: who depends on it never reads those lines. */
function dropLostReplacements(folder) {
  const { Replace: replaced } = JSON.parse(must(run("go", ["mod", "edit", "-json"], { cwd: folder }), "go mod edit"));
  for (const { Old, New } of replaced ?? []) if (/^\.{0,2}\//u.test(New.Path) && !existsSync(resolve(folder, New.Path))) must(run("go", ["mod", "edit", `-dropreplace=${Old.Path}${Old.Version === undefined ? "" : `@${Old.Version}`}`], { cwd: folder }), "go mod edit");
}

/** One folder's answers, kept for the other three. */
let last = { folder: "", said: {} };

function vet(folder, cache) {
  if (last.folder === folder) return last.said;
  const real = realpathSync(folder);
  if (!existsSync(join(real, "go.mod"))) throw new Error("no go.mod: the module cannot be built");
  dropLostReplacements(real);
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
