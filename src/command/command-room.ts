import type { Option } from "commander";
import type { Demo } from "../demo/start-demo";
import type { InvestigationStep, Investigator, SshPrompts } from "../investigate/investigator";
import type { Picture } from "../report/talk-picture";
import type { Investigation } from "../model/investigation";

/** What the commands share: where they speak, how they are interrupted, and the investigator. One file a command, each adds itself. */
export interface CommandRoom {
  readonly version: string;
  readonly cwd: string;
  readonly stdin: AsyncIterable<Uint8Array>;
  readonly prompts: SshPrompts;
  readonly signal: AbortSignal;
  readonly onProgress: (step: InvestigationStep) => void;
  readonly startDemo: (signal: AbortSignal) => Promise<Demo>;
  /** The answer, on standard output. */
  say(chunks: Iterable<string>): Promise<void>;
  /** A case as the answer, and the exit status that goes with it. */
  report(investigation: Investigation, json: boolean, picture?: Picture): Promise<void>;
  /** Aliases of the user's ssh configuration. */
  configuredHosts(): Promise<readonly string[]>;
  /** A remark, on standard error. */
  tell(text: string): void;
  /** Whether something was found: exit status 1. */
  found(something: boolean): void;
  withInvestigator(options: { readonly engine?: "wasm" | "native"; readonly rules?: readonly string[]; readonly rule?: readonly string[]; readonly withoutRule?: readonly string[]; readonly memory?: number }, use: (investigator: Investigator) => Promise<void>): Promise<void>;
  /** A workspace's own rule files, absolute, sorted. */
  workspaceRuleFiles(root: string): Promise<readonly string[]>;
  /** Options that several commands have. */
  workspace(): Option;
  engine(): Option;
  memory(): Option;
  rule(): Option;
  withoutRule(): Option;
  json(): Option;
}
