import { createReadStream } from "node:fs";
import { createRequire } from "node:module";
import { homedir } from "node:os";
import { join } from "node:path";
import { isMainThread } from "node:worker_threads";
import { version } from "../package.json";
import { runCommand } from "./command/program";
import { terminalPrompts } from "./command/terminal-prompts";
import { runDemoProgram } from "./demo/demo-program";
import { DEMO_PROGRAM_ARGUMENT, startDemo } from "./demo/start-demo";
import { createInvestigator } from "./investigate/create-investigator";
import { Locator } from "./locate/locator";
import { embeddedWasm } from "./locate/parsing/embedded-wasm";
import { createWasmEngine } from "./locate/parsing/wasm-engine";
import { runLocateWorker } from "./locate/parsing/locate-worker";
import { openTarget } from "./observe/targets/open-target";
import { listConfiguredHosts } from "./observe/targets/ssh/configured-hosts";
import { userSshEnvironment } from "./observe/targets/ssh/user-environment";
import { printable } from "./report/text";

/** A second interrupt after this long ends the program at once, whatever it still has to tidy. */
const IMPATIENCE_MS = 1_000;

/** The product without an editor: one file that runs with plain Node, its own workers and the demo's programs included. */
async function main(): Promise<number> {
  const interrupted = new AbortController();
  let interruptedAtMs = 0;
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => {
      // One Ctrl-C may arrive twice: from the terminal and from the program that started us. A person's second one comes later.
      if (interrupted.signal.aborted && Date.now() - interruptedAtMs > IMPATIENCE_MS) process.exit(130);
      if (!interrupted.signal.aborted) interruptedAtMs = Date.now();
      interrupted.abort();
    });
  }
  // Notices quote configuration files and hosts: they pass the same gate as every text from outside.
  const notice = (text: string): void => void process.stderr.write(`leakline: ${printable(text)}\n`);
  const output = { stdout: process.stdout, stderr: process.stderr, interactive: process.stderr.isTTY };
  const home = homedir();
  const cache = process.env["XDG_CACHE_HOME"] || join(home, ".cache");

  return runCommand(process.argv.slice(2), {
    version,
    output,
    stdin: process.stdin.isTTY ? createReadStream("/dev/stdin") : process.stdin,
    cwd: process.cwd(),
    prompts: terminalPrompts(process.stdin, process.stderr),
    signal: interrupted.signal,
    configuredHosts: () => listConfiguredHosts(home),
    startDemo: (signal) => startDemo({ program: __filename, node: process.execPath, signal }),
    investigator: ({ engine, rules, askedRules, memoryMb }) =>
      createInvestigator({
        now: Date.now,
        reach: (target, options) => openTarget(target, { ...options, environment: userSshEnvironment(process.env, home), onNotice: notice }),
        ruleFiles: rules,
        askedRules,
        textEngine: () => createWasmEngine(embeddedWasm, []),
        locator: (all) =>
          new Locator({
            engine,
            wasm: embeddedWasm,
            workerFile: __filename,
            cacheDirectory: join(cache, "leakline"),
            rules: all,
            only: askedRules.only,
            require: createRequire(__filename),
            onNotice: notice,
            memoryMb: () => memoryMb,
          }),
      }),
  });
}

if (!isMainThread) runLocateWorker(embeddedWasm);
else if (process.argv[2] === DEMO_PROGRAM_ARGUMENT) runDemoProgram(process.argv[3] ?? "", Number(process.argv[4]));
else {
  main().then(
    (status) => {
      process.exitCode = status;
    },
    (error: unknown) => {
      process.stderr.write(`leakline: a defect in Leakline itself: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
      process.exitCode = 2;
    },
  );
}
