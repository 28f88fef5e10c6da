import type { Comparison } from "../model/comparison";
import type { Analysis, Finding } from "../model/finding";
import type { Investigation } from "../model/investigation";
import type { LogRecords } from "../model/log-records";
import type { Snapshot } from "../model/snapshot";
import type { Target } from "../model/target";
import type { ProbeChoices } from "../observe/probe/script";
import type { TargetAccess } from "../observe/targets/open-target";
import type { RuleFile } from "../locate/rules/rule-model";
import type { WorkspaceStatements } from "../locate/statements/workspace-statements";
import type { FixReport } from "./fix-workspace";
import type { LocatedLine } from "./locate-lines";
import type { RuleFileTrial } from "./rule-examples";
import type { SshPrompts } from "../observe/targets/ssh/prompts";
import type { WatchedLook, WatchOptions as WatchCourse } from "./watch/watch";

export type { ProbeChoices, SshPrompts, TargetAccess, WatchedLook };

export interface RulesInForce {
  readonly builtIn: readonly RuleFile[];
  readonly own: readonly RuleFile[];
}

export type InvestigationPhase = "reach" | "look" | "explain" | "locate" | "rank";

export interface InvestigationStep {
  readonly phase: InvestigationPhase;
  readonly text: string;
}

/** For whoever wants findings before all of the workspace was read. */
export interface EarlyFindings {
  /** Files and folders of the workspace, relative to it, that are wanted first: a person has them open. What the stuck processes run comes before them. */
  readonly first: readonly string[];
  /** Is told of all that is found so far. Provisional: what is read later may take a finding away, and the result is what counts. */
  readonly onFindings: (findings: readonly Finding[]) => void;
}

/** Where one of several targets stands that are looked at together. */
export interface TargetStanding {
  /** In the command's form. */
  readonly target: string;
  readonly state: "under-way" | "seen" | "unreached";
  /** What happens right now, or why it was not reached; null: nothing to say. */
  readonly text: string | null;
}

export interface ScanOptions {
  /** Absolute folder of the workspace, or null to explain without locating. */
  readonly workspaceRoot: string | null;
  readonly prompts: SshPrompts;
  /** How the user wishes the target to be reached; left out: as `openTarget` does by itself. */
  readonly access?: TargetAccess;
  /** The connection stays open for the next scan of the same target, until `dispose`. Left out: it is closed. */
  readonly keepConnection?: boolean;
  /** An earlier case of the same target: its snapshots are the history. */
  readonly previous: Investigation | null;
  /** Why nobody looked since `previous`, in words: it is shown as a gap. */
  readonly gap?: string;
  readonly signal: AbortSignal;
  readonly timeLimitMs: number;
  readonly onProgress: (step: InvestigationStep) => void;
  readonly early?: EarlyFindings;
  /** Of several targets that are looked at together: where each of them stands. Left out: nobody is told. */
  readonly onTarget?: (standing: TargetStanding) => void;
  /** Whether the target's logs are read too, over the same connection: when something is wrong, or in any case. Absent: never. */
  readonly logs?: "when-stuck" | "always";
  /** What the user allows beyond the usual look; absent: nothing. */
  readonly choices?: ProbeChoices;
  /** A network namespace with more TCP sockets is counted and not listed whole; 0: listed, however many. See `look`. */
  readonly maxSockets?: number;
}

/** As for a scan; `timeLimitMs` bounds the whole of it, a person's answers aside. */
export type PreserveOptions = Omit<ScanOptions, "previous" | "keepConnection">;

/** A scan again and again: see `watch`. */
export interface WatchOptions extends Omit<ScanOptions, "previous" | "gap" | "keepConnection">, Omit<WatchCourse, "record"> {
  /** A file to which each look is written, as `RecordWriter.open` takes it. Left out: none. */
  readonly record?: { readonly path: string; readonly name: string };
}

export interface OpenOptions {
  readonly workspaceRoot: string | null;
  /** The zone of stamps in opened logs that name none: `Europe/Berlin`, `+02:00`. Absent: UTC is assumed, and said. */
  readonly logZone?: string;
  /** Of a record of a watch, the looks of this time alone: epoch milliseconds on the target's clock, both included. */
  readonly fromMs?: number;
  readonly toMs?: number;
  readonly signal: AbortSignal;
  readonly onProgress: (step: InvestigationStep) => void;
  readonly early?: EarlyFindings;
}

/** A file that a person opens: its name for messages, and its bytes in chunks. */
export interface OpenedFile {
  readonly name: string;
  readonly chunks: AsyncIterable<Uint8Array>;
  /** Epoch milliseconds: when it was last written to. Absent: not known. Stamps without a year are before that. */
  readonly modifiedAtMs?: number;
}

export type ParsedFile = { readonly kind: "snapshot"; readonly snapshot: Snapshot } | { readonly kind: "log"; readonly records: LogRecords };

export interface WorkspaceOptions {
  readonly signal: AbortSignal;
  readonly onProgress: (step: InvestigationStep) => void;
}

/** The use cases. Every promise rejects with a `Failure`; `cancelled` when `signal` aborts. */
export interface Investigator {
  scan(target: Target, options: ScanOptions): Promise<Investigation>;
  /** Several targets at once: each one's looks are its own history; what could not be reached is in `unreached`. */
  scanSet(targets: readonly Target[], options: ScanOptions): Promise<Investigation>;
  /** All of a scene that can be taken by reading within the time. What did not finish is named in `preserved.unfinished`. */
  preserve(target: Target, options: PreserveOptions): Promise<Investigation>;
  /** Looks at a target, or at several together, again and again over connections that stay open, until its time is over or `signal` aborts; gives the last case, null before the first. */
  watch(targets: readonly Target[], options: WatchOptions): Promise<Investigation | null>;
  /** Captures (several make a history in the given order), logs beside them, or saved investigations and preserved scenes (several stand beside each other), with logs; or the record of a watch. */
  open(files: readonly OpenedFile[], options: OpenOptions): Promise<Investigation>;
  /** What has changed from one case to the other: each is opened as `open` does. */
  compare(before: OpenedFile, after: OpenedFile, options: OpenOptions): Promise<Comparison>;
  /** One capture or one log, with nothing explained. */
  parse(file: OpenedFile, options: { readonly signal: AbortSignal; readonly logZone?: string }): Promise<ParsedFile>;
  /** Each record of a log (whatever the file looks like) with the statement below `root` that wrote it, and its stack traces' places. */
  locateLines(file: OpenedFile, root: string, options: WorkspaceOptions & { readonly logZone?: string }): Promise<Iterable<LocatedLine>>;
  /** What the workspace below `root` can log, and who calls whom in it. */
  statements(root: string, options: WorkspaceOptions): Promise<WorkspaceStatements>;
  analyze(root: string, options: { readonly signal: AbortSignal; readonly onProgress: (step: InvestigationStep) => void; readonly early?: EarlyFindings }): Promise<Analysis>;
  /**
   * The analysis after files of `root` were saved, made, moved or deleted (paths relative to it, with `/`): only what they may matter to is
   * read and solved again. After a change of the workspace's rules, or with nothing in memory, the same as `analyze`.
   */
  update(root: string, files: readonly string[], options: { readonly signal: AbortSignal; readonly onProgress: (step: InvestigationStep) => void }): Promise<Analysis>;
  /** The same looks and causes with the code as it is now: findings and suspects anew. */
  withCode(investigation: Investigation, root: string, analysis: Analysis, signal: AbortSignal): Promise<Investigation>;
  /** Mends in place what can be mended safely of an analysis of `root`. */
  fix(root: string, analysis: Analysis, signal: AbortSignal): Promise<FixReport>;
  /** All rules in force for a workspace (null: none at hand), with their examples: the product's, the user's, the workspace's own. */
  rules(root: string | null): Promise<RulesInForce>;
  /** Runs the examples of rule files (absolute paths), with the product's rules and those of all these files in force. A file that is wrong keeps no other from being tried. */
  tryRules(files: readonly string[]): Promise<readonly RuleFileTrial[]>;
  /** The case without whose it is: addresses, names and code replaced, structure and figures kept. */
  anonymize(investigation: Investigation): Investigation;
  dispose(): Promise<void>;
}
