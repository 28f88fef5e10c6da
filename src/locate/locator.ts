import { readFileSync } from "node:fs";
import { availableParallelism, totalmem } from "node:os";
import { dirname } from "node:path";
import type { Analysis, Finding } from "../model/finding";
import { Failure } from "../model/failure";
import type { AnalysisProgress } from "./analysis-session";
import type { EngineId } from "./parsing/engine";
import type { AnalyzeCall, LocateWorkerData, SessionEvent } from "./parsing/locate-worker";
import type { WasmSource } from "./parsing/wasm-engine";
import { WorkerThread } from "./parsing/worker-thread";
import type { RuleFile } from "./rules/rule-model";
import { contentHash } from "./source-file";
import type { WorkspaceStatements } from "./statements/workspace-statements";

export interface LocatorOptions {
  readonly engine: EngineId;
  /** The same as the workers run with: its grammars are part of what a cached flow depends on. */
  readonly wasm: WasmSource;
  /** The built program of the workers: it must call `runLocateWorker` when it runs inside a thread. Absolute path. */
  readonly workerFile: string;
  /** Threads that parse; the smaller of 4 and the number of cores when not given. */
  readonly workers?: number;
  /** Where the cache lies, one file for each workspace; null for no cache. */
  readonly cacheDirectory: string | null;
  /** Rules besides the built-in ones. */
  readonly rules: readonly RuleFile[];
  /** Names (`isNamed`) of the rules that are looked for; all when absent or empty. */
  readonly only?: readonly string[];
  /** Resolves the native engine's packages; those beside the worker file when not given. */
  readonly require?: NodeJS.Require;
  /** Things the user should know that are no failure: the native engine does not load. Each is said once. */
  readonly onNotice: (text: string) => void;
  /** A file that takes longer is given up. 3,000 ms when not given. */
  readonly fileLimitMs?: number;
  /** The memory that an analysis may hold, asked at each start of its thread. MB; null, or when not given: `defaultMemoryMb`. */
  readonly memoryMb?: () => number | null;
}

export interface LocateOptions {
  readonly signal: AbortSignal;
  readonly onProgress: (progress: AnalysisProgress) => void;
  /** Files and folders relative to the root: only findings in these, though what they call is read too. All when not given. */
  readonly only?: readonly string[];
  /** Files and folders relative to the root whose findings are wanted first. */
  readonly first?: readonly string[];
  /** Is told of all that is found so far, before everything was read: it may be withdrawn. See `AnalyzeOptions.onFindings`. */
  readonly onFindings?: (findings: readonly Finding[]) => void;
}

const MAX_WORKERS = 4;
const FILE_LIMIT_MS = 3000;
/** What was made a moment ago. The larger, the less is copied while a workspace is read; more than this gains nothing. MB. */
const YOUNG_MB = 96;

/** The bound of an analysis's memory where nobody names one: half of the machine's, 4,096 MB at most, 1,024 at least. */
export function defaultMemoryMb(machineBytes: number = totalmem()): number {
  return Math.max(1024, Math.min(4096, Math.floor(machineBytes / 2 / 1024 ** 2)));
}

/**
 * Workspace in, findings out. All work is done in a worker thread with workers of its own, so that the thread that calls (an editor's, say)
 * never waits: not for the disk, not for a parser, not for the solver. An abort kills them at once; the next analysis starts them again
 * and finds in the cache what was done before.
 */
export class Locator {
  readonly #options: LocatorOptions;
  readonly #noticed = new Set<string>();
  #session: WorkerThread | null = null;
  /** The end of the analyses before: one at a time. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(options: LocatorOptions) {
    this.#options = options;
  }

  /**
   * Reads the workspace below `root` and gives what can leak or block there. Rejects with Failure `cancelled` when `signal` aborts (every
   * thread is gone by then), `notFound` for a root that is no readable folder, `outOfMemory` when `memoryMb` was not enough (the next call begins with a new thread). Calls follow one another.
   */
  async analyze(root: string, options: LocateOptions): Promise<Analysis> {
    return this.#inTurn(root, null, options);
  }

  /**
   * The same after some files were saved, made, moved or deleted: only these (relative to the root) are read, and only what they may matter
   * to is solved again. Falls back to `analyze` when there was no look at this root yet. Nothing is written to the cache until the next
   * `analyze`.
   */
  async update(root: string, changed: readonly string[], options: LocateOptions): Promise<Analysis> {
    return this.#inTurn(root, changed, options);
  }

  /**
   * What the workspace below `root` can log, and who calls whom in it: for a `StatementMatcher`. Files that did not change since the last
   * time are not read again. Rejects as `analyze` does; waits for its turn as well.
   */
  async statements(root: string, options: Pick<LocateOptions, "signal" | "onProgress">): Promise<WorkspaceStatements> {
    return (await this.#next(() => this.#callNow("statements", root, options))) as WorkspaceStatements;
  }

  async #inTurn(root: string, changed: readonly string[] | null, options: LocateOptions): Promise<Analysis> {
    const call: AnalyzeCall = { root, only: options.only ?? [], first: options.first ?? [], asTheyCome: options.onFindings !== undefined, changed };
    return (await this.#next(() => this.#callNow("analyze", call, options))) as Analysis;
  }

  async #next(work: () => Promise<unknown>): Promise<unknown> {
    const turn = this.#last.then(work);
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  async dispose(): Promise<void> {
    const session = this.#session;
    this.#session = null;
    await session?.kill();
  }

  async #callNow(method: "analyze" | "statements", argument: unknown, { signal, onProgress, onFindings }: LocateOptions): Promise<unknown> {
    if (signal.aborted) throw cancelled();
    const session = (this.#session ??= new WorkerThread(this.#options.workerFile, this.#workerData(), {
      limits: () => ({ maxOldGenerationSizeMb: this.#options.memoryMb?.() ?? defaultMemoryMb(), maxYoungGenerationSizeMb: YOUNG_MB }),
      exhausted,
    }));
    let killed: Promise<void> | null = null;
    const onAbort = (): void => {
      killed = session.kill(cancelled());
    };
    signal.addEventListener("abort", onAbort, { once: true });
    try {
      return await session.call(method, argument, {
        onEvent: (event) => {
          const told = event as SessionEvent;
          if (told.kind === "progress") onProgress({ phase: told.phase, done: told.done, total: told.total });
          else if (told.kind === "findings") onFindings?.(told.findings);
          else this.#notice(told.text);
        },
      });
    } finally {
      signal.removeEventListener("abort", onAbort);
      await killed;
    }
  }

  #notice(text: string): void {
    if (this.#noticed.has(text)) return;
    this.#noticed.add(text);
    this.#options.onNotice(text);
  }

  #workerData(): LocateWorkerData {
    const { engine, wasm, workerFile, cacheDirectory, rules, require } = this.#options;
    return {
      leakline: "session",
      workerFile,
      engine,
      nativeFrom: nativeFolder(require) ?? dirname(workerFile),
      workers: Math.max(1, this.#options.workers ?? Math.min(availableParallelism(), MAX_WORKERS)),
      cacheDirectory,
      version: contentHash(readFileSync(workerFile), wasm.version()),
      rules,
      only: this.#options.only ?? [],
      ruled: new Map(),
      fileLimitMs: this.#options.fileLimitMs ?? FILE_LIMIT_MS,
    };
  }
}

/** The folder below whose node_modules `tree-sitter` lies, or null when it is not installed. */
function nativeFolder(require: NodeJS.Require | undefined): string | null {
  try {
    return require === undefined ? null : dirname(dirname(dirname(require.resolve("tree-sitter/package.json"))));
  } catch {
    return null;
  }
}

function exhausted(limitMb: number): Failure {
  return new Failure(
    "outOfMemory",
    `the analysis needs more memory than the ${limitMb} MB that it may use`,
    "Allow more with the setting leakline.analysis.memoryMb (the command: --memory MB), or analyse a part of the workspace. What was found before is kept.",
  );
}

function cancelled(): Failure {
  return new Failure("cancelled", "the analysis was cancelled", "Start it again when you want it.");
}
