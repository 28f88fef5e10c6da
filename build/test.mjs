// `npm test`: everything. Types, lint, layering, bundle, package, unit, integration, labs, and a real VS Code.
// Ends with the real counts: `N passed, N failed`. A test that was skipped, a suite that ran nothing, a process that was left running
// and a step that could not run are failures.
//
//   npm test                      everything
//   npm test -- --only unit,labs  some steps (names below)
import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ROOT, checkNode, ensureDebian, ensureNpm } from "./set-up.mjs";

const only = (() => {
  const at = process.argv.indexOf("--only");
  return at < 0 ? null : new Set((process.argv[at + 1] ?? "").split(","));
})();
const wanted = (step) => only === null || only.has(step);

const mark = randomUUID();
const env = { ...process.env, LEAKLINE_TEST_RUN: mark, CI: process.env.CI ?? "true", FORCE_COLOR: "0", NO_COLOR: "1" };
const reports = mkdtempSync(join(tmpdir(), "leakline-test-"));
const totals = { passed: 0, failed: 0 };
const failures = [];

function record(name, passed, failed, detail = "") {
  totals.passed += passed;
  totals.failed += failed;
  if (failed > 0) failures.push(`${name}${detail === "" ? "" : `: ${detail}`}`);
}

function heading(name) {
  console.log(`\n== ${name}`);
  return Date.now();
}

function runCommand(command, args, options = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: ROOT, env, stdio: ["ignore", "inherit", "inherit"], ...options });
    child.on("error", (error) => resolve({ status: -1, error }));
    child.on("close", (status) => resolve({ status }));
  });
}

async function step(name, work) {
  if (!wanted(name)) return;
  const start = heading(name);
  try {
    await work();
    record(name, 1, 0);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    record(name, 0, 1, error instanceof Error ? error.message.split("\n")[0] : String(error));
  }
  console.log(`-- ${name}: ${((Date.now() - start) / 1000).toFixed(1)} s`);
}

const command = (program, ...args) => async () => {
  const { status, error } = await runCommand(program, args);
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(`${program} ${args.join(" ")} ended with status ${status}`);
};

/** A vitest project. What it reports is what counts; skipped and unfinished tests count as failed, and so does an empty suite. */
async function suite(name) {
  if (!wanted(name)) return;
  const start = heading(name);
  const report = join(reports, `${name}.json`);
  const { status } = await runCommand(process.execPath, [
    join(ROOT, "node_modules/vitest/vitest.mjs"), "run", "--project", name, "--reporter=default", "--reporter=json", `--outputFile.json=${report}`,
  ]);
  if (!existsSync(report)) {
    record(name, 0, 1, `the runner ended with status ${status} and no report`);
  } else {
    const result = JSON.parse(readFileSync(report, "utf8"));
    const skipped = result.numPendingTests + result.numTodoTests;
    const brokenFiles = result.testResults.filter((file) => file.status === "failed" && file.assertionResults.every((test) => test.status === "passed")).length;
    const empty = result.numTotalTests === 0 ? 1 : 0;
    let failed = result.numFailedTests + skipped + brokenFiles + empty;
    if (failed === 0 && status !== 0) failed = 1;
    const detail = [
      result.numFailedTests > 0 ? `${result.numFailedTests} failed` : "",
      skipped > 0 ? `${skipped} did not run` : "",
      brokenFiles > 0 ? `${brokenFiles} files could not be run` : "",
      empty > 0 ? "no test ran" : "",
      failed === 1 && status !== 0 && result.numFailedTests === 0 ? `the runner ended with status ${status}` : "",
    ].filter((text) => text !== "").join(", ");
    record(name, result.numPassedTests, failed, detail);
  }
  console.log(`-- ${name}: ${((Date.now() - start) / 1000).toFixed(1)} s`);
}

/** Processes that carry this run's mark in their environment and are not this one. */
function leftRunning() {
  if (process.platform !== "linux") return [];
  const left = [];
  for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)) {
    try {
      if (!readFileSync(`/proc/${pid}/environ`, "latin1").includes(`LEAKLINE_TEST_RUN=${mark}`)) continue;
      if (/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, "latin1"))) continue;
      left.push({ pid: Number(pid), command: readFileSync(`/proc/${pid}/cmdline`, "latin1").replaceAll("\0", " ").trim() });
    } catch {
      // It ended while we looked, or is not ours to see.
    }
  }
  return left;
}

async function main() {
  const started = Date.now();
  checkNode();
  const groups = ["observe", "engine"];
  if (wanted("integration") || wanted("labs") || wanted("vscode")) groups.push("ssh");
  if (wanted("integration")) groups.push("containers");
  // The logs of real programs are read in the integration tests too.
  if (wanted("integration") || wanted("labs")) groups.push("labs");
  if (wanted("vscode")) groups.push("workbench");
  ensureDebian(groups);
  ensureNpm();
  const { ensureNativeEngine } = await import("./native-engine.mjs");
  await ensureNativeEngine();

  // The browser driver's types are part of what is compiled; the workbench itself is what the last suite runs in.
  if (wanted("types") || wanted("lint") || wanted("vscode")) {
    const { setUpWorkbench } = await import("../test/vscode/set-up.mjs");
    setUpWorkbench((line) => console.error(`set-up: ${line}`));
  }

  const node = process.execPath;
  await step("types", command(node, "build/types.mjs"));
  await step("lint", command(node, "node_modules/eslint/bin/eslint.js", "--max-warnings", "0", "."));
  await step("layers", command(node, "node_modules/dependency-cruiser/bin/dependency-cruise.mjs", "--config", ".dependency-cruiser.cjs", "src", "webview"));
  await step("compile", command(node, "build/compile.mjs", "--production"));
  await step("package", command(node, "node_modules/@vscode/vsce/vsce", "package", "--no-dependencies", "--no-rewrite-relative-links", "--out", "dist/leakline.vsix"));
  await suite("unit");
  if (process.env.LEAKLINE_CORPUS !== undefined) await suite("published");
  await suite("integration");
  await suite("labs");
  await suite("vscode");

  // Give ended children a moment to be reaped, then nothing of ours may be left.
  let left = leftRunning();
  for (let tries = 0; left.length > 0 && tries < 20; tries += 1) {
    await new Promise((resolve) => setTimeout(resolve, 250));
    left = leftRunning();
  }
  for (const { pid, command: text } of left) {
    console.error(`left running: ${pid} ${text}`);
    try {
      process.kill(pid, "SIGKILL");
    } catch {
      // Gone meanwhile.
    }
  }
  record("nothing left running", left.length === 0 ? 1 : 0, left.length === 0 ? 0 : 1, `${left.length} processes`);

  console.log(`\n${((Date.now() - started) / 1000).toFixed(0)} s`);
  for (const failure of failures) console.log(`FAILED ${failure}`);
}

try {
  await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  totals.failed += 1;
} finally {
  rmSync(reports, { recursive: true, force: true });
}
console.log(`${totals.passed} passed, ${totals.failed} failed`);
process.exit(totals.failed === 0 ? 0 : 1);
