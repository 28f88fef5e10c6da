// The tools that people use today, each for one language and a few kinds of defect: how one is installed from its registry, run on a folder,
// and what it says as `{ file, line, rule }`. A tool that cannot be installed or does not run is named with its reason.
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";

/** So long a tool may take over a package. */
const LIMIT_MS = Number(process.env.LEAKLINE_ACCURACY_TOOL_SECONDS ?? 600) * 1_000;

function run(command, args, options = {}) {
  const result = spawnSync(command, args, { encoding: "utf8", maxBuffer: 1 << 28, timeout: LIMIT_MS, ...options });
  if (result.error !== undefined) throw new Error(`${command}: ${result.error.code === "ETIMEDOUT" ? `not done after ${LIMIT_MS / 1000} s` : result.error.message}`);
  return result;
}

function must(result, what) {
  if (result.status !== 0) throw new Error(`${what}: ${(result.stderr || result.stdout).trim().split("\n").slice(-2).join(" / ")}`);
  return result.stdout;
}

/** `file:line:column: text`, as compilers write; paths made relative to the folder. */
export function readPlainLines(text, folder, rule) {
  const found = [];
  for (const line of text.split("\n")) {
    const match = /^(?:vet: )?(.+?\.\w+):(\d+)(?::\d+)?:\s*(.+)$/u.exec(line.trim());
    if (match === null) continue;
    const file = match[1].startsWith("/") ? relative(folder, match[1]) : match[1].replace(/^\.\//u, "");
    found.push({ file, line: Number(match[2]), rule: typeof rule === "function" ? rule(match[3]) : rule });
  }
  return found;
}

/** What each says of a defect; anything else on a line with a place is an error of loading. */
const GO_SAYS = { bodyclose: /must be closed/u, sqlclosecheck: /close/iu, rowserrcheck: /Err/u, noctx: /context/iu };

const GO_TOOLS = {
  bodyclose: "github.com/timakin/bodyclose",
  sqlclosecheck: "github.com/ryanrolds/sqlclosecheck",
  rowserrcheck: "github.com/jingyugao/rowserrcheck",
  noctx: "github.com/sonatard/noctx/cmd/noctx",
};

/** Built with today's reader of compiled packages: what a linter's own go.mod asks for may be too old for the Go that is here. */
function installWithNewTools(cache, name, to) {
  const folder = join(cache, "go-tools", name);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "go.mod"), "module fetch\n\ngo 1.24\n");
  must(run("go", ["get", `${GO_TOOLS[name].replace(/\/cmd\/.*$/u, "")}@latest`, "golang.org/x/tools@latest"], { cwd: folder }), "go get");
  must(run("go", ["build", "-o", to, GO_TOOLS[name]], { cwd: folder, env: { ...process.env, GOFLAGS: "-mod=mod" } }), "go build");
}

function goTool(name) {
  return {
    name, language: "go",
    install(cache) {
      const bin = join(cache, "bin");
      if (!existsSync(join(bin, name))) installWithNewTools(cache, name, join(bin, name));
      const built = must(run("go", ["version", "-m", join(bin, name)]), "go version");
      const module = GO_TOOLS[name].replace(/\/cmd\/.*$/u, "");
      return new RegExp(`^\\s*(?:mod|dep)\\s+${module.replaceAll(/[.]/gu, "\\.")}\\s+(\\S+)`, "mu").exec(built)?.[1] ?? "?";
    },
    run(folder, cache) {
      // It types the code with all that it imports, so what it imports is fetched and compiled first.
      const env = { ...process.env, GOFLAGS: "-mod=mod" };
      const program = join(cache, "bin", name);
      // Two of them want to be run by the go command, two by themselves.
      const result = name === "bodyclose" || name === "noctx" ? run("go", ["vet", `-vettool=${program}`, "./..."], { cwd: folder, env }) : run(program, ["./..."], { cwd: folder, env });
      const text = `${result.stdout}\n${result.stderr}`;
      const found = readPlainLines(text, folder, (said) => (GO_SAYS[name].test(said) ? name : "")).filter(({ rule }) => rule !== "");
      if (found.length === 0 && result.status !== 0) throw new Error(text.trim().split("\n").filter((line) => !line.startsWith("go: downloading")).slice(-1)[0] ?? `status ${result.status}`);
      return found;
    },
  };
}

function python(cache) {
  const folder = join(cache, "py");
  if (!existsSync(join(folder, "bin/pip"))) must(run("python3", ["-m", "venv", folder]), "venv");
  return folder;
}

function pip(cache, name) {
  const folder = python(cache);
  const show = () => run(join(folder, "bin/pip"), ["show", name]);
  if (show().status !== 0) must(run(join(folder, "bin/pip"), ["install", "-q", name]), `pip install ${name}`);
  return /^Version: (\S+)/mu.exec(show().stdout)[1];
}

const ruff = {
  name: "ruff", language: "python",
  install: (cache) => pip(cache, "ruff"),
  run(folder, cache) {
    const result = run(join(cache, "py/bin/ruff"), ["check", "--isolated", "--no-cache", "--preview", "--select", "ASYNC2,SIM115", "--output-format", "json", "--exit-zero", "."], { cwd: folder });
    return JSON.parse(must(result, "ruff")).filter(({ code }) => code !== null && code !== "invalid-syntax").map(({ filename, location, code }) => ({ file: relative(folder, filename), line: location.row, rule: code }));
  },
};

const flake8Async = {
  name: "flake8-async", language: "python",
  install: (cache) => (pip(cache, "flake8"), pip(cache, "flake8-async")),
  run(folder, cache) {
    const result = run(join(cache, "py/bin/flake8"), ["--isolated", "--select", "ASYNC2", "--disable-noqa", "--exit-zero", "."], { cwd: folder });
    return readPlainLines(must(result, "flake8"), folder, (text) => /^(ASYNC\d+)/u.exec(text)?.[1] ?? "other").filter(({ rule }) => rule !== "other");
  },
};

const semgrep = {
  name: "semgrep", language: "*",
  install: (cache) => pip(cache, "semgrep"),
  run(folder, cache) {
    const rules = new URL("semgrep-rules.yaml", import.meta.url).pathname;
    const result = run(join(cache, "py/bin/semgrep"), ["scan", "--metrics=off", "--disable-version-check", "--quiet", "--no-git-ignore", "--json", "--jobs", "2", "--config", rules, "."], { cwd: folder, env: { ...process.env, SEMGREP_ENABLE_VERSION_CHECK: "0", PATH: `${join(cache, "py/bin")}:${process.env.PATH}` } });
    return JSON.parse(result.stdout).results.map(({ path, start, check_id }) => ({ file: path.replace(/^\.\//u, ""), line: start.line, rule: check_id.split(".").at(-1) }));
  },
};

/** A classpath with these artifacts and all that they need, by Maven. */
function classpath(cache, name, artifacts) {
  const folder = join(cache, "maven", name);
  const file = join(folder, "classpath");
  if (!existsSync(file)) {
    mkdirSync(folder, { recursive: true });
    const dependencies = artifacts.map(([group, artifact, version]) => `<dependency><groupId>${group}</groupId><artifactId>${artifact}</artifactId><version>${version}</version></dependency>`).join("");
    writeFileSync(join(folder, "pom.xml"), `<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion><groupId>x</groupId><artifactId>x</artifactId><version>1</version><dependencies>${dependencies}</dependencies></project>`);
    must(run("mvn", ["-q", "-B", "dependency:build-classpath", `-Dmdep.outputFile=${file}`], { cwd: folder }), "mvn");
  }
  return readFileSync(file, "utf8").trim();
}

const PMD = "7.7.0";
const pmd = {
  name: "PMD CloseResource", language: "java",
  install(cache) {
    classpath(cache, "pmd", [["net.sourceforge.pmd", "pmd-cli", PMD], ["net.sourceforge.pmd", "pmd-java", PMD]]);
    return PMD;
  },
  run(folder, cache) {
    const rules = join(cache, "maven/pmd/rules.xml");
    writeFileSync(rules, '<ruleset name="x" xmlns="http://pmd.sourceforge.net/ruleset/2.0.0"><description>x</description><rule ref="category/java/errorprone.xml/CloseResource"/></ruleset>');
    const result = run("java", ["-cp", classpath(cache, "pmd", []), "net.sourceforge.pmd.cli.PmdCli", "check", "--no-cache", "--no-progress", "-f", "text", "-R", rules, "-d", folder]);
    if (result.status !== 0 && result.status !== 4 && result.status !== 5) must(result, "pmd");
    return readPlainLines(result.stdout, folder, "CloseResource");
  },
};

const SPOTBUGS = "4.8.6";
const spotbugs = {
  name: "SpotBugs", language: "java", wantsClasses: true,
  install(cache) {
    classpath(cache, "spotbugs", [["com.github.spotbugs", "spotbugs", SPOTBUGS]]);
    return SPOTBUGS;
  },
  /** `folder` holds sources; the classes are compiled from them, as far as they compile, or lie in `jar`. */
  run(folder, cache, { jar }) {
    const result = run("java", ["-cp", classpath(cache, "spotbugs", []), "edu.umd.cs.findbugs.LaunchAppropriateUI", "-textui", "-effort:max", "-low", "-emacs", "-bugCategories", "BAD_PRACTICE,EXPERIMENTAL,CORRECTNESS,PERFORMANCE", jar], { env: { ...process.env, JAVA_TOOL_OPTIONS: "" } });
    const resource = /^(?:ODR_|OS_|OBL_)/u;
    const found = [];
    for (const line of result.stdout.split("\n")) {
      const match = /^(.+?\.java):(\d+):\d+\s+(.*)$/u.exec(line.trim());
      if (match === null) continue;
      const rule = /(ODR_\w+|OS_\w+|OBL_\w+)/u.exec(match[3])?.[1] ?? (/close|clean up|obligation|stream/iu.test(match[3]) ? "resource" : null);
      if (rule !== null && (resource.test(rule) || rule === "resource")) found.push({ file: match[1], line: Number(match[2]), rule });
    }
    return found;
  },
};

/** `no-sync` of eslint-plugin-n: each call of that name, wherever it stands. With TypeScript's parser it wants the types of the whole project, so JavaScript only. */
const noSync = {
  name: "eslint-plugin-n no-sync", language: "javascript",
  install(cache) {
    const folder = join(cache, "eslint");
    if (!existsSync(join(folder, "node_modules/eslint-plugin-n"))) {
      mkdirSync(folder, { recursive: true });
      writeFileSync(join(folder, "package.json"), "{}");
      must(run("npm", ["install", "--no-audit", "--no-fund", "--ignore-scripts", "--silent", "eslint", "eslint-plugin-n"], { cwd: folder }), "npm install");
      writeFileSync(join(folder, "eslint.config.mjs"), `import n from "eslint-plugin-n";
export default [{ files: ["**/*.{js,mjs,cjs}"], plugins: { n }, linterOptions: { noInlineConfig: true, reportUnusedDisableDirectives: "off" }, rules: { "n/no-sync": "error" } }];
`);
    }
    return JSON.parse(readFileSync(join(folder, "node_modules/eslint-plugin-n/package.json"), "utf8")).version;
  },
  run(folder, cache) {
    const own = join(cache, "eslint");
    // ESLint looks only below the folder that its configuration lies in.
    const copy = join(own, "asked");
    rmSync(copy, { recursive: true, force: true });
    cpSync(folder, copy, { recursive: true });
    const result = run("npx", ["eslint", "--no-error-on-unmatched-pattern", "--no-ignore", "--format", "json", "asked"], { cwd: own });
    if (result.status !== 0 && result.status !== 1) must(result, "eslint");
    return JSON.parse(result.stdout).flatMap(({ filePath, messages }) => messages.filter(({ ruleId }) => ruleId === "n/no-sync").map(({ line }) => ({ file: relative(copy, filePath), line, rule: "no-sync" })));
  },
};

export const PEERS = [...Object.keys(GO_TOOLS).map(goTool), ruff, flake8Async, pmd, spotbugs, noSync, semgrep];

const memory = (cache, key) => join(cache, "results", `${key.replaceAll(/[^\w.-]/gu, "-")}.json`);

export const isRemembered = (cache, key) => existsSync(memory(cache, key));

/** What a tool said before of the same version of a package, so that a second run asks only what is new. */
export function remembered(cache, key, make) {
  const file = memory(cache, key);
  if (existsSync(file)) return JSON.parse(readFileSync(file, "utf8"));
  const value = make();
  mkdirSync(join(cache, "results"), { recursive: true });
  writeFileSync(file, JSON.stringify(value));
  return value;
}

export const hasFiles = (folder, ending) => readdirSync(folder, { recursive: true, encoding: "utf8" }).some((name) => name.endsWith(ending));
