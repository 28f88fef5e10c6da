import { Failure } from "../../model/failure";
import { overTime } from "./lowerer";
import type { LowerOutcome, LowerTask, Lowerer } from "./lowerer";
import type { StatementOutcome } from "../statements/file-statements";
import type { StatementReader } from "../statements/statement-session";
import { WorkerThread } from "./worker-thread";

export interface LowerPoolOptions {
  readonly workerFile: string;
  readonly workers: number;
  /** `workerData` of each worker. */
  readonly data: unknown;
  /** A file that takes longer is given up: its worker is killed and a new one started for the next file. Milliseconds. */
  readonly limitMs: number;
}

/** Lowers files in worker threads. A hanging or crashing file costs that file, and the start of a thread. */
export class LowerPool implements Lowerer, StatementReader {
  readonly width: number;
  readonly #limitMs: number;
  readonly #idle: WorkerThread[];
  readonly #all: readonly WorkerThread[];
  readonly #waiting: ((thread: WorkerThread) => void)[] = [];

  constructor({ workerFile, workers, data, limitMs }: LowerPoolOptions) {
    this.width = workers;
    this.#limitMs = limitMs;
    this.#all = Array.from({ length: workers }, () => new WorkerThread(workerFile, data));
    this.#idle = [...this.#all];
  }

  async lower(task: LowerTask): Promise<LowerOutcome> {
    return (await this.#ask("lower", task)) as LowerOutcome;
  }

  async readStatements(task: LowerTask): Promise<StatementOutcome> {
    return (await this.#ask("statements", task)) as StatementOutcome;
  }

  async #ask(method: "lower" | "statements", task: LowerTask): Promise<unknown> {
    const thread = this.#idle.pop() ?? (await new Promise<WorkerThread>((resolve) => this.#waiting.push(resolve)));
    try {
      return await thread.call(method, task, { limitMs: this.#limitMs });
    } catch (error) {
      if (error instanceof Failure && error.reason === "cancelled") throw error;
      if (error instanceof Failure && error.reason === "timeout") return { ok: false, reason: overTime(this.#limitMs) };
      return { ok: false, reason: error instanceof Error ? error.message : String(error) };
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#idle.push(thread);
      else next(thread);
    }
  }

  async dispose(): Promise<void> {
    await Promise.all(this.#all.map((thread) => thread.kill()));
  }
}
