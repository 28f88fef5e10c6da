import { join } from "node:path";
import { Failure } from "../../model/failure";
import type { FileFlow } from "../flow/flow-model";
import type { Language } from "../languages/language";
import { outlineFlow } from "../prefilter";
import type { FunctionOutline } from "../prefilter";
import { readSourceFile, sourceText } from "../source-file";
import { readStatements } from "../statements/read-statements";
import type { StatementOutcome } from "../statements/file-statements";
import type { Engine } from "./engine";
import { WorkTime } from "./work-time";
import type { SyntaxNode } from "./syntax";

export interface LowerTask {
  /** Absolute folder of the workspace. */
  readonly root: string;
  readonly file: string;
  readonly language: string;
  readonly module: string;
}

/** A lowered file as bytes, so that it can be moved between threads and into the cache without being looked at. */
export interface Lowered {
  readonly ok: true;
  /** Hash of the content that was really lowered. */
  readonly hash: string;
  readonly flow: Uint8Array;
  readonly outlines: readonly FunctionOutline[];
}
export type LowerOutcome = Lowered | { readonly ok: false; readonly reason: string };

/** Lowers files one by one, or several at a time when there are workers. A file that cannot be lowered gives a reason, never a rejection. */
export interface Lowerer {
  /** How many files it takes at a time. */
  readonly width: number;
  lower(task: LowerTask): Promise<LowerOutcome>;
  dispose(): Promise<void>;
}

/**
 * As JSON: a flow is plain data without shared parts, and the runtime reads JSON faster than its own format, into a quarter less memory,
 * because it makes short strings the same object (27,000 of the 320,000 strings of a large package are distinct).
 *
 * @returns bytes that own their buffer, so that it can be moved to another thread
 */
export function packFlow(flow: FileFlow): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(flow));
}

/** Throws when the bytes are no flow. */
export function unpackFlow(bytes: Uint8Array): FileFlow {
  return JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString()) as FileFlow;
}

/** What lowers one file in the thread it is called in. */
export class FileLowerer {
  readonly #engine: Engine;
  readonly #languages: readonly Language[];
  readonly #ruled: ReadonlyMap<string, ReadonlySet<string>>;

  /** @param ruled by language id, the last names of the calls that its rules speak of (`ruledNames`) */
  constructor(engine: Engine, languages: readonly Language[], ruled: ReadonlyMap<string, ReadonlySet<string>>) {
    this.#engine = engine;
    this.#languages = languages;
    this.#ruled = ruled;
  }

  /**
   * Loads the language's grammars on the first file of it: a workspace rarely holds more than two languages.
   * @param limitMs parsing is given up after so much work (`WorkTime`)
   */
  async lower(task: LowerTask, limitMs: number): Promise<LowerOutcome> {
    const read = await this.#read(task, limitMs, (flow) => ({ flow: packFlow(flow), outlines: outlineFlow(flow, this.#ruled.get(task.language) ?? new Set()) }));
    return read.ok ? { ok: true, hash: read.hash, ...read.value } : read;
  }

  /** What the file logs. The same limits. */
  async readStatements(task: LowerTask, limitMs: number): Promise<StatementOutcome> {
    const read = await this.#read(task, limitMs, (flow, root, text) => readStatements(root, text, flow));
    return read.ok ? { ok: true, hash: read.hash, statements: read.value } : read;
  }

  /** Lowers one file, and makes something of it while its tree is there. */
  async #read<T>(task: LowerTask, limitMs: number, use: (flow: FileFlow, root: SyntaxNode, text: string) => T): Promise<{ readonly ok: true; readonly hash: string; readonly value: T } | { readonly ok: false; readonly reason: string }> {
    const language = this.#languages.find(({ id }) => id === task.language);
    if (language === undefined) return { ok: false, reason: `no language ${task.language}` };
    await this.#engine.load(language);
    const source = readSourceFile(join(task.root, task.file));
    if (!source.ok) return source;
    const text = sourceText(source.bytes);
    const worked = new WorkTime();
    try {
      const value = this.#engine.withTree(
        language,
        text,
        (root) => use(language.lower({ file: task.file, text, root, module: task.module }), root, text),
        { file: task.file, shouldStop: () => worked.leftMs(limitMs) <= 0 },
      );
      return { ok: true, hash: source.hash, value };
    } catch (error) {
      if (error instanceof Failure && error.reason === "cancelled") return { ok: false, reason: overTime(limitMs) };
      // A defect of a language file must not cost the other files: named, counted, shown.
      return { ok: false, reason: `could not be lowered: ${error instanceof Error ? error.message : String(error)}` };
    }
  }
}

export function overTime(limitMs: number): string {
  return `over ${limitMs >= 1000 ? `${limitMs / 1000} s` : `${limitMs} ms`}`;
}
