import { getHeapStatistics } from "node:v8";
import { workerData } from "node:worker_threads";
import { Failure } from "../../model/failure";
import type { Finding } from "../../model/finding";
import { AnalysisSession } from "../analysis-session";
import type { AnalysisProgress } from "../analysis-session";
import type { Language } from "../languages/language";
import { LANGUAGES } from "../languages/registry";
import { ruledNames } from "../prefilter";
import { loadBuiltInRules } from "../rules/built-in";
import type { RuleFile } from "../rules/rule-model";
import { selectRules } from "../rules/rule-names";
import { StatementSession } from "../statements/statement-session";
import type { Engine, EngineId } from "./engine";
import { LowerPool } from "./lower-pool";
import { FileLowerer } from "./lowerer";
import type { LowerTask } from "./lowerer";
import { createNativeEngine } from "./native-engine";
import { createWasmEngine } from "./wasm-engine";
import type { WasmSource } from "./wasm-engine";
import { Moved, serveThread } from "./worker-thread";

/** Which of the two kinds of worker a thread is, and what it needs. Plain data. */
export interface LocateWorkerData {
  readonly leakline: "session" | "lower";
  readonly workerFile: string;
  readonly engine: EngineId;
  /** Folder whose node_modules have the native engine. */
  readonly nativeFrom: string;
  readonly workers: number;
  readonly cacheDirectory: string | null;
  readonly version: string;
  /** Rules besides the built-in ones. */
  readonly rules: readonly RuleFile[];
  /** Of these and the built-in ones, the names (`isNamed`) of those that are looked for; empty: all. */
  readonly only: readonly string[];
  /** For a lowering worker, which loads no rules: the last names of the calls that they speak of, by language id. */
  readonly ruled: ReadonlyMap<string, ReadonlySet<string>>;
  /** A file that takes more work is given up. Milliseconds. */
  readonly fileLimitMs: number;
}

export interface AnalyzeCall {
  readonly root: string;
  readonly only: readonly string[];
  /** See `AnalyzeOptions.first`. */
  readonly first: readonly string[];
  /** Whether somebody wants to be told of findings as they come. */
  readonly asTheyCome: boolean;
  /** Files to read again since the last look; null: look at everything. */
  readonly changed: readonly string[] | null;
}

/** What a session tells while it works. */
export type SessionEvent =
  | { readonly kind: "progress"; readonly phase: "read" | "parse" | "solve"; readonly done: number; readonly total: number }
  | { readonly kind: "findings"; readonly findings: readonly Finding[] }
  | { readonly kind: "notice"; readonly text: string };

/**
 * The program of a worker thread. Its file is built by whoever bundles: for the command it is the command's own file, which calls this
 * when it finds itself inside a thread. The session worker owns the lowering workers, so that killing it kills all.
 *
 * @param languages for tests; all of the registry otherwise
 */
export function runLocateWorker(wasm: WasmSource, languages: readonly Language[] = LANGUAGES): void {
  const data = workerData as LocateWorkerData;
  if (data.leakline === "session") serveSession(data, rulesOf(data), languages);
  else serveLowering(data, languages, wasm);
}

function rulesOf({ rules, only }: LocateWorkerData): readonly RuleFile[] {
  const all = [...loadBuiltInRules(), ...rules];
  return only.length === 0 ? all : selectRules(all, only);
}

function serveLowering(data: LocateWorkerData, languages: readonly Language[], wasm: WasmSource): void {
  const engine: Promise<Engine> = data.engine === "native" ? createNativeEngine(data.nativeFrom, []) : createWasmEngine(wasm, []);
  const lowerer = engine.then((made) => new FileLowerer(made, languages, data.ruled));
  // Told at the first call: nobody listens before.
  lowerer.catch(() => undefined);
  serveThread({
    ready: async () => void (await lowerer),
    lower: async (task) => {
      const outcome = await (await lowerer).lower(task as LowerTask, data.fileLimitMs);
      return outcome.ok ? new Moved(outcome, [outcome.flow.buffer as ArrayBuffer]) : outcome;
    },
    statements: async (task) => (await lowerer).readStatements(task as LowerTask, data.fileLimitMs),
  });
}

/** The share of this thread's memory beyond which it is no longer waited for what one more change would need. */
const TIGHT = 0.8;

function isTight(): boolean {
  const { used_heap_size: used, heap_size_limit: limit } = getHeapStatistics();
  return used > TIGHT * limit;
}

function serveSession(data: LocateWorkerData, rules: readonly RuleFile[], languages: readonly Language[]): void {
  let sessions: { readonly analysis: AnalysisSession; readonly statements: StatementSession } | null = null;
  const open = async (emit: (event: SessionEvent) => void): Promise<NonNullable<typeof sessions>> => {
    if (sessions !== null) return sessions;
    const engine = await usableEngine(data, emit);
    const lowerer = new LowerPool({
      workerFile: data.workerFile,
      workers: data.workers,
      data: { ...data, leakline: "lower", engine, rules: [], ruled: new Map(languages.map(({ id }) => [id, ruledNames(rules, id)])) } satisfies LocateWorkerData,
      limitMs: data.fileLimitMs,
    });
    sessions = {
      analysis: new AnalysisSession({ engine, lowerer, languages, rules, cacheDirectory: data.cacheDirectory, version: data.version, onNotice: (text) => emit({ kind: "notice", text }), isTight }),
      statements: new StatementSession({ reader: lowerer, languages, cacheDirectory: data.cacheDirectory, version: `${data.version}/${engine}` }),
    };
    return sessions;
  };
  const progressTo = (emit: (event: SessionEvent) => void) => (progress: AnalysisProgress): void => {
    emit({ kind: "progress", ...progress } satisfies SessionEvent);
  };
  serveThread({
    statements: async (root, emit) => (await open(emit)).statements.read(root as string, progressTo(emit)),
    analyze: async (argument, emit) => {
      const { root, only, first, asTheyCome, changed } = argument as AnalyzeCall;
      const onProgress = progressTo(emit);
      const early = asTheyCome ? { first, onFindings: (findings: readonly Finding[]) => void emit({ kind: "findings", findings }) } : {};
      const made = (await open(emit)).analysis;
      return changed === null ? made.analyze(root, { only, onProgress, ...early }) : made.update(root, changed, { only, onProgress });
    },
  });
}

/** The engine asked for, or the wasm engine when the native one does not load; then it is said, once a session. */
async function usableEngine(data: LocateWorkerData, emit: (event: SessionEvent) => void): Promise<EngineId> {
  if (data.engine === "wasm") return "wasm";
  try {
    (await createNativeEngine(data.nativeFrom, [])).dispose();
    return "native";
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    emit({ kind: "notice", text: `${error.message}. Going on with the wasm engine. ${error.remedy}` });
    return "wasm";
  }
}
