import { createReadStream, createWriteStream } from "node:fs";
import { access } from "node:fs/promises";
import { basename, resolve } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { Command, CommanderError, InvalidArgumentError, Option } from "commander";
import type { Demo } from "../demo/start-demo";
import { READABLE_CAPTURES } from "../investigate/create-investigator";
import type { InvestigationStep, Investigator, OpenedFile, SshPrompts, TargetAccess } from "../investigate/investigator";
import { Failure } from "../model/failure";
import type { Investigation } from "../model/investigation";
import { countStates } from "../model/snapshot";
import { writeInvestigation, writeSnapshot } from "../protocol/investigation-file";
import { printable, textOfInvestigation, textOfSnapshot } from "../report/text";
import { workspaceRuleFiles } from "../investigate/rule-files";
import type { CommandRoom } from "./command-room";
import { addAnalyzeCommand } from "./commands/analyze";
import { addRuleCommands } from "./commands/rules";
import type { Output } from "./output";
import { failureLine, progressLine, writeAll } from "./output";
import type { Target } from "../model/target";
import { formatTarget } from "../model/target";
import { parseTarget } from "../model/parse-target";
import { waitAfterFailure } from "./try-again";

/** What the command works with; tests and cli.ts hand it in. */
export interface CommandParts {
  readonly version: string;
  readonly output: Output;
  readonly stdin: AsyncIterable<Uint8Array>;
  readonly cwd: string;
  readonly prompts: SshPrompts;
  readonly investigator: (options: { readonly engine: "wasm" | "native"; readonly rules: readonly string[] }) => Investigator;
  readonly startDemo: (signal: AbortSignal) => Promise<Demo>;
  /** Aborted by the user's interrupt. */
  readonly signal: AbortSignal;
}

const TARGETS = "local | ssh://[user@]host[:port] | docker://name | podman://name | k8s://[context@]namespace/pod[/container] | docker+ssh://[user@]host/name";
const NOTHING_WRONG = 0;
const SOMETHING_FOUND = 1;
const FAILED = 2;

/** Runs the command; gives the exit status: 0 nothing wrong, 1 something found, 2 usage or failure (then one line is on stderr). */
export async function runCommand(argv: readonly string[], parts: CommandParts): Promise<number> {
  let status = NOTHING_WRONG;
  const { output, signal } = parts;
  const progress = progressLine(output);
  const onProgress = (step: InvestigationStep): void => progress.show(step.text);

  const withInvestigator = async (options: { engine?: "wasm" | "native"; rules?: readonly string[] }, use: (investigator: Investigator) => Promise<void>): Promise<void> => {
    const investigator = parts.investigator({ engine: options.engine ?? "wasm", rules: (options.rules ?? []).map((file) => resolve(parts.cwd, file)) });
    try {
      await use(investigator);
    } finally {
      progress.clear();
      await investigator.dispose();
    }
  };

  const say = async (chunks: Iterable<string>): Promise<void> => {
    progress.clear();
    await writeAll(output.stdout, chunks);
  };

  const report = async (investigation: Investigation, json: boolean): Promise<void> => {
    await say(json ? writeInvestigation(investigation) : [textOfInvestigation(investigation)]);
    status = investigation.diagnoses.length > 0 ? SOMETHING_FOUND : NOTHING_WRONG;
  };

  const program = new Command("leakline")
    .description("From a stuck socket to the line that leaks.")
    .version(parts.version)
    .exitOverride()
    .configureOutput({ writeOut: (text) => output.stdout.write(text), writeErr: () => {} });

  const workspace = (): Option => new Option("--workspace <dir>", "folder with the service's source code").argParser((dir: string) => resolve(parts.cwd, dir));
  const json = (): Option => new Option("--json", "one JSON document on standard output").default(false);
  const timeLimit = (): Option => new Option("--time-limit <seconds>", "give up on a host after this long").default(30).argParser(positive);
  const maxSockets = (): Option => new Option("--max-sockets <n>", "in a network namespace with more, list what can be stuck and count the rest (default: 50000)").argParser(positiveWhole).conflicts("whole");
  const whole = (): Option => new Option("--whole", "list every socket, however many").default(false);
  const resolveNames = (): Option => new Option("--resolve", "ask the host's resolver for the names of the far ends (it sends DNS queries)").default(false);
  const serviceEnvironment = (): Option => new Option("--service-environment", "read the addresses of Kubernetes services out of the processes' environments, and nothing else of them").default(false);
  const sshClient = (): Option => new Option("--ssh <client>", "who speaks ssh: the built-in client, the system's own ssh, or by what the configuration needs").choices(["auto", "builtin", "system"]).default("auto");
  const sudo = (): Option => new Option("--sudo", "look as root by `sudo -n`, where that asks for no password").default(false).conflicts("doas");
  const doas = (): Option => new Option("--doas", "the same by `doas -n`").default(false);
  const context = (): Option => new Option("--context <name>", "for a pod: the kubeconfig's context").argParser(nonOption);
  const kubeconfig = (): Option => new Option("--kubeconfig <file>", "for a pod: a kubeconfig on the host where kubectl runs").argParser(nonOption);
  const engine = (): Option => new Option("--engine <engine>", "tree-sitter engine").choices(["wasm", "native"]).default("wasm");

  const room: CommandRoom = {
    version: parts.version,
    cwd: parts.cwd,
    signal,
    onProgress,
    say,
    tell: (text) => {
      progress.clear();
      output.stderr.write(`leakline: ${text.split("\n").map(printable).join("\n")}\n`);
    },
    found: (something) => {
      status = something ? SOMETHING_FOUND : NOTHING_WRONG;
    },
    withInvestigator,
    workspaceRuleFiles,
    workspace,
    engine,
  };

  program
    .command("scan")
    .description("look at a host's sockets and say why they are stuck, and which line can cause it")
    .argument("[target]", TARGETS, "local")
    .addOption(workspace())
    .option("--watch", "look again every --interval seconds until interrupted; growth shows after the second look", false)
    .addOption(new Option("--interval <seconds>", "between two looks").default(5).argParser(positive))
    .addOption(new Option("--looks <n>", "end after this many looks (with --watch: no end unless given)").argParser(positive))
    .addOption(sshClient())
    .addOption(sudo())
    .addOption(doas())
    .addOption(context())
    .addOption(kubeconfig())
    .addOption(json())
    .addOption(timeLimit())
    .addOption(maxSockets())
    .addOption(whole())
    .addOption(resolveNames())
    .addOption(serviceEnvironment())
    .addOption(engine())
    .action(async (target: string, options: AccessOptions & { resolve: boolean; serviceEnvironment: boolean; maxSockets?: number; whole: boolean; workspace?: string; watch: boolean; interval: number; looks?: number; json: boolean; timeLimit: number; engine: "wasm" | "native" }) =>
      withInvestigator(options, async (investigator) => {
        const place = placeOf(target, options);
        const looks = options.looks ?? (options.watch ? Number.POSITIVE_INFINITY : 1);
        let previous: Investigation | null = null;
        let failures = 0;
        let waitMs = 0;
        for (let turn = 1; turn <= looks; turn += 1) {
          if (waitMs > 0 && !(await pause(waitMs, signal))) break;
          waitMs = options.interval * 1_000;
          const scanned: Promise<Investigation> = investigator.scan(place, {
            workspaceRoot: options.workspace ?? null,
            prompts: parts.prompts,
            access: accessOf(options),
            keepConnection: looks > 1,
            previous,
            signal,
            timeLimitMs: options.timeLimit * 1_000,
            choices: { resolve: options.resolve, serviceEnvironment: options.serviceEnvironment },
            ...limitOf(options),
            onProgress,
          });
          try {
            previous = await scanned;
            failures = 0;
          } catch (error) {
            // Ctrl-C is how a watch ends: what it saw last has been shown.
            if (options.watch && previous !== null && signal.aborted) return;
            // What was reached once will be reached again: a watch outlives a restart of its host.
            failures += 1;
            const wait = options.watch && previous !== null ? waitAfterFailure(error, failures) : null;
            if (wait === null) throw error;
            progress.clear();
            output.stderr.write(`leakline: ${printable(error instanceof Error ? error.message : String(error))} Looking again in ${wait / 1000} s.\n`);
            waitMs = wait;
            turn -= 1;
            continue;
          }
          if (options.watch || turn === looks) await report(previous, options.json);
        }
      }),
    );

  program
    .command("open")
    .description("explain captures (ss, netstat, Get-NetTCPConnection, /proc/net/tcp; several: oldest first) or a saved investigation")
    .argument("<file...>", "files, or - for standard input")
    .addOption(workspace())
    .addOption(json())
    .addOption(engine())
    .action(async (files: string[], options: { workspace?: string; json: boolean; engine: "wasm" | "native" }) =>
      withInvestigator(options, async (investigator) => {
        const opened = await Promise.all(files.map((file) => openFile(file, parts)));
        await report(await investigator.open(opened, { workspaceRoot: options.workspace ?? null, signal, onProgress }), options.json);
      }),
    );

  program
    .command("parse")
    .description("read one capture")
    .argument("<file>", "a file, or - for standard input")
    .addOption(json())
    .action(async (file: string, options: { json: boolean }) =>
      withInvestigator({}, async (investigator) => {
        const snapshot = await investigator.parse(await openFile(file, parts), signal);
        await say(options.json ? writeSnapshotLine(writeSnapshot(snapshot)) : [textOfSnapshot(snapshot)]);
        if (Object.keys(countStates(snapshot)).length === 0 && snapshot.sockets.length === 0) {
          throw new Failure("notUnderstood", `${file}: no socket in it (${snapshot.skipped.length} lines not understood)`, READABLE_CAPTURES);
        }
      }),
    );

  addAnalyzeCommand(program, room);
  addRuleCommands(program, room);

  program
    .command("preserve")
    .description("keep the scene before a restart: two looks, with all that they can tell, in one file")
    .argument("[target]", TARGETS, "local")
    .requiredOption("-o, --output <file>", "file to write (must not exist)")
    .addOption(sshClient())
    .addOption(sudo())
    .addOption(doas())
    .addOption(context())
    .addOption(kubeconfig())
    .addOption(timeLimit())
    .addOption(maxSockets())
    .addOption(whole())
    .action(async (target: string, options: AccessOptions & { output: string; timeLimit: number; maxSockets?: number; whole: boolean }) =>
      withInvestigator({}, async (investigator) => {
        const file = resolve(parts.cwd, options.output);
        const scan = (previous: Investigation | null): Promise<Investigation> =>
          investigator.scan(placeOf(target, options), { workspaceRoot: null, prompts: parts.prompts, access: accessOf(options), previous, signal, timeLimitMs: options.timeLimit * 1_000, ...limitOf(options), onProgress });
        const first = await scan(null);
        await pause(3_000, signal);
        const second = await scan(first);
        progress.clear();
        await writeNewFile(file, options.output, writeInvestigation(second));
        output.stderr.write(`leakline: kept two looks at ${second.targets.join(", ")} in ${options.output}\n`);
        status = second.diagnoses.length > 0 ? SOMETHING_FOUND : NOTHING_WRONG;
      }),
    );

  program
    .command("anonymize")
    .description("copy a saved investigation without addresses, names and code, to show it to others")
    .argument("<file>", "a saved investigation, or - for standard input")
    .requiredOption("-o, --output <file>", "file to write (must not exist)")
    .action(async (file: string, options: { output: string }) =>
      withInvestigator({}, async (investigator) => {
        const opened = await investigator.open([await openFile(file, parts)], { workspaceRoot: null, signal, onProgress });
        progress.clear();
        await writeNewFile(resolve(parts.cwd, options.output), options.output, writeInvestigation(investigator.anonymize(opened)));
        output.stderr.write(`leakline: wrote ${options.output} without addresses, names and code\n`);
      }),
    );

  program
    .command("demo")
    .description("start the built-in leaking services on loopback and scan them")
    .addOption(json())
    .addOption(new Option("--keep", "leave the services running until interrupted").default(false))
    .action(async (options: { json: boolean; keep: boolean }) =>
      withInvestigator({}, async (investigator) => {
        progress.show("Starting the demo's services (about 8 s)");
        const demo = await parts.startDemo(signal);
        try {
          await report(
            await investigator.scan({ kind: "local" }, { workspaceRoot: demo.workspace, prompts: parts.prompts, previous: null, signal, timeLimitMs: 30_000, onProgress }),
            options.json,
          );
          if (options.keep) {
            output.stderr.write(`leakline: the demo runs; its workspace is ${demo.workspace}; Ctrl-C ends it\n`);
            await pause(24 * 3_600_000, signal);
          }
        } finally {
          await demo.stop();
        }
      }),
    );

  // Help belongs to stdout and is a success; everything else that commander refuses is a usage failure.
  for (const command of program.commands) command.exitOverride().configureOutput({ writeOut: (text) => output.stdout.write(text), writeErr: () => {} });

  try {
    await program.parseAsync([...argv], { from: "user" });
    return status;
  } catch (error) {
    progress.clear();
    if (error instanceof CommanderError) {
      if (error.exitCode === 0) return NOTHING_WRONG;
      if (error.code === "commander.help") {
        output.stderr.write(failureLine(new Failure("usage", "no command given", "Try `leakline scan`, or `leakline --help`.")));
        return FAILED;
      }
      output.stderr.write(failureLine(new Failure("usage", error.message.replace(/^error: /, "").replace(/\.$/, ""), "See `leakline --help`.")));
      return FAILED;
    }
    if (error instanceof Failure) {
      output.stderr.write(failureLine(error));
      return FAILED;
    }
    throw error;
  }
}

/** "wx": a scene that was kept is never overwritten. */
async function writeNewFile(path: string, shownName: string, chunks: Iterable<string>): Promise<void> {
  try {
    await pipeline(Readable.from(chunks), createWriteStream(path, { flags: "wx", mode: 0o600 }));
  } catch (error) {
    throw new Failure("fileUnreadable", `${shownName}: ${error instanceof Error ? error.message : "cannot be written"}`, "Name a new file in a folder that you may write to.", { cause: error });
  }
}

interface AccessOptions {
  readonly ssh: "auto" | "builtin" | "system";
  readonly sudo: boolean;
  readonly doas: boolean;
  readonly context?: string;
  readonly kubeconfig?: string;
}

/** The target, in the context that an option names. Throws `Failure("usage")`. */
function placeOf(text: string, options: AccessOptions): Target {
  const target = parseTarget(text);
  if (options.context === undefined && options.kubeconfig === undefined) return target;
  if (target.kind !== "pod") throw new Failure("usage", `${text} is no pod`, "--context and --kubeconfig go with k8s://namespace/pod.");
  if (options.context === undefined) return target;
  if (target.context !== null && target.context !== options.context) throw new Failure("usage", `${text} names the context ${target.context}, --context ${options.context}`, "Name it once.");
  return parseTarget(formatTarget({ ...target, context: options.context }));
}

function accessOf(options: AccessOptions): TargetAccess {
  return { sshClient: options.ssh, elevation: options.sudo ? "sudo" : options.doas ? "doas" : "none", kubeconfig: options.kubeconfig ?? null };
}

function* writeSnapshotLine(chunks: Iterable<string>): Generator<string> {
  yield* chunks;
  yield "\n";
}

function positiveWhole(text: string): number {
  const value = positive(text);
  if (!Number.isSafeInteger(value)) throw new InvalidArgumentError("a whole number above 0 is wanted");
  return value;
}

function limitOf({ maxSockets, whole }: { readonly maxSockets?: number; readonly whole: boolean }): { readonly maxSockets?: number } {
  return whole ? { maxSockets: 0 } : maxSockets === undefined ? {} : { maxSockets };
}

/** A value that no program it is handed to takes for an option. */
function nonOption(text: string): string {
  if (text === "" || text.startsWith("-")) throw new InvalidArgumentError("It must not be empty or begin with a dash.");
  return text;
}

function positive(text: string): number {
  const value = Number(text);
  if (!Number.isFinite(value) || value <= 0) throw new InvalidArgumentError("a number above 0 is wanted");
  return value;
}

async function openFile(file: string, parts: CommandParts): Promise<OpenedFile> {
  if (file === "-") return { name: "-", chunks: parts.stdin };
  const path = resolve(parts.cwd, file);
  try {
    await access(path);
  } catch (error) {
    throw new Failure("notFound", `${file}: ${(error as NodeJS.ErrnoException).code === "ENOENT" ? "no such file" : "cannot be read"}`, "Check the name, or use - for standard input.", { cause: error });
  }
  return { name: basename(file), chunks: createReadStream(path, { highWaterMark: 1 << 20 }) };
}

/** Waits; false when interrupted. */
function pause(ms: number, signal: AbortSignal): Promise<boolean> {
  return new Promise((done) => {
    if (signal.aborted) return done(false);
    const onAbort = (): void => {
      clearTimeout(timer);
      done(false);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", onAbort);
      done(true);
    }, Math.min(ms, 2 ** 31 - 1));
    signal.addEventListener("abort", onAbort, { once: true });
  });
}
