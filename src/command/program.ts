import { resolve } from "node:path";
import { Command, CommanderError, Option } from "commander";
import type { Demo } from "../demo/start-demo";
import type { Investigator, SshPrompts } from "../investigate/investigator";
import { workspaceRuleFiles } from "../investigate/rule-files";
import type { AskedRules } from "../investigate/rules-left-out";
import { Failure } from "../model/failure";
import { writeInvestigation } from "../protocol/investigation-file";
import { pictureOf } from "../report/talk-picture";
import { printable, textOfInvestigation } from "../report/text";
import type { CommandRoom } from "./command-room";
import { addAnalyzeCommand } from "./commands/analyze";
import { addAnonymizeCommand } from "./commands/anonymize";
import { addCompareCommand } from "./commands/compare";
import { addDemoCommand } from "./commands/demo";
import { addOpenCommand } from "./commands/open";
import { addParseCommand } from "./commands/parse";
import { addPreserveCommand } from "./commands/preserve";
import { addRuleCommands } from "./commands/rules";
import { addScanCommand } from "./commands/scan";
import { addStatementCommands } from "./commands/statements";
import { megabytes } from "./target-options";
import type { Output } from "./output";
import { failureLine, progressLine, writeAll } from "./output";

/** What the command works with; tests and cli.ts hand it in. */
export interface CommandParts {
  readonly version: string;
  readonly output: Output;
  readonly stdin: AsyncIterable<Uint8Array>;
  readonly cwd: string;
  readonly prompts: SshPrompts;
  readonly investigator: (options: { readonly engine: "wasm" | "native"; readonly rules: readonly string[]; readonly askedRules: AskedRules; readonly memoryMb: number | null }) => Investigator;
  /** Aliases of the user's ssh configuration. */
  readonly configuredHosts: () => Promise<readonly string[]>;
  readonly startDemo: (signal: AbortSignal) => Promise<Demo>;
  /** Aborted by the user's interrupt. */
  readonly signal: AbortSignal;
}

const NOTHING_WRONG = 0;
const SOMETHING_FOUND = 1;
const FAILED = 2;

/** Each command is a file in `commands/` that adds itself; the order is the order of `--help`. */
const COMMANDS: readonly ((program: Command, room: CommandRoom) => void)[] = [
  addScanCommand,
  addOpenCommand,
  addParseCommand,
  addAnalyzeCommand,
  addRuleCommands,
  addStatementCommands,
  addPreserveCommand,
  addCompareCommand,
  addAnonymizeCommand,
  addDemoCommand,
];

/** Runs the command; gives the exit status: 0 nothing wrong, 1 something found, 2 usage or failure (then one line is on stderr). */
export async function runCommand(argv: readonly string[], parts: CommandParts): Promise<number> {
  let status = NOTHING_WRONG;
  const { output } = parts;
  const progress = progressLine(output);
  const say = async (chunks: Iterable<string>): Promise<void> => {
    progress.clear();
    await writeAll(output.stdout, chunks);
  };
  const found = (something: boolean): void => {
    status = something ? SOMETHING_FOUND : NOTHING_WRONG;
  };

  const room: CommandRoom = {
    version: parts.version,
    cwd: parts.cwd,
    stdin: parts.stdin,
    prompts: parts.prompts,
    signal: parts.signal,
    startDemo: parts.startDemo,
    onProgress: (step) => progress.show(step.text),
    say,
    configuredHosts: parts.configuredHosts,
    async report(investigation, json, picture) {
      await say(json ? writeInvestigation(investigation) : [picture === undefined ? textOfInvestigation(investigation) : pictureOf(investigation, picture)]);
      found(investigation.diagnoses.length > 0);
    },
    tell: (text) => {
      progress.clear();
      output.stderr.write(`leakline: ${text.split("\n").map(printable).join("\n")}\n`);
    },
    found,
    async withInvestigator(options, use) {
      const investigator = parts.investigator({ engine: options.engine ?? "wasm", rules: (options.rules ?? []).map((file) => resolve(parts.cwd, file)), askedRules: { only: options.rule ?? [], without: options.withoutRule ?? [] }, memoryMb: options.memory ?? null });
      try {
        await use(investigator);
      } finally {
        progress.clear();
        await investigator.dispose();
      }
    },
    workspaceRuleFiles,
    workspace: () => new Option("--workspace <dir>", "folder with the service's source code").argParser((dir: string) => resolve(parts.cwd, dir)),
    engine: () => new Option("--engine <engine>", "tree-sitter engine").choices(["wasm", "native"]).default("wasm"),
    memory: () => new Option("--memory <MB>", "the most that the analysis of code may hold").argParser(megabytes),
    rule: () => new Option("--rule <name>", "look for this rule alone, for those of a library, or for all that begin so (go/*): the less is asked, the faster it goes; repeatable").argParser((name: string, before: string[] | undefined) => [...(before ?? []), name]),
    withoutRule: () => new Option("--without-rule <name>", "leave out the findings of a rule, of a library, or of all rules that begin so (go/*); repeatable").argParser((name: string, before: string[] | undefined) => [...(before ?? []), name]),
    json: () => new Option("--json", "one JSON document on standard output").default(false),
  };

  const program = new Command("leakline")
    .description("From a stuck socket to the line that leaks.")
    .version(parts.version)
    .exitOverride()
    .configureOutput({ writeOut: (text) => output.stdout.write(text), writeErr: () => {} });
  for (const add of COMMANDS) add(program, room);
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
