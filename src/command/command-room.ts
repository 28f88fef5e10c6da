import type { Option } from "commander";
import type { InvestigationStep, Investigator } from "../investigate/investigator";

/** What the commands share: where they speak, how they are interrupted, and the investigator. One file a command, each adds itself. */
export interface CommandRoom {
  readonly version: string;
  readonly cwd: string;
  readonly signal: AbortSignal;
  readonly onProgress: (step: InvestigationStep) => void;
  /** The answer, on standard output. */
  say(chunks: Iterable<string>): Promise<void>;
  /** A remark, on standard error. */
  tell(text: string): void;
  /** Whether something was found: exit status 1. */
  found(something: boolean): void;
  withInvestigator(options: { readonly engine?: "wasm" | "native"; readonly rules?: readonly string[] }, use: (investigator: Investigator) => Promise<void>): Promise<void>;
  /** A workspace's own rule files, absolute, sorted. */
  workspaceRuleFiles(root: string): Promise<readonly string[]>;
  /** Options that several commands have. */
  workspace(): Option;
  engine(): Option;
}
