import { Worker, parentPort } from "node:worker_threads";
import type { ResourceLimits, TransferListItem } from "node:worker_threads";
import { Failure } from "../../model/failure";
import type { FailureReason } from "../../model/failure";
import { WorkTime } from "./work-time";

/** Between two looks at a call that has almost worked for its limit. */
const LOOK_AGAIN_MS = 5;

/** What crosses the border between a thread and its owner. */
interface Call {
  readonly id: number;
  readonly method: string;
  readonly argument: unknown;
}
type Answer =
  | { readonly id: number; readonly kind: "started" }
  | { readonly id: number; readonly kind: "event"; readonly event: unknown }
  | { readonly id: number; readonly kind: "result"; readonly result: unknown }
  | { readonly id: number; readonly kind: "error"; readonly message: string; readonly reason: FailureReason | null; readonly remedy: string; readonly stack: string | null };

export interface CallOptions {
  /** The thread is killed when one call works longer (`WorkTime`); counted from when the thread begins with it, not from when it was sent. Milliseconds. */
  readonly limitMs?: number;
  readonly onEvent?: (event: unknown) => void;
}

/** What a thread may use, and what its owner is told when that was not enough. */
export interface ThreadMemory {
  readonly limits: () => Pick<ResourceLimits, "maxOldGenerationSizeMb" | "maxYoungGenerationSizeMb">;
  /** @param limitMb what the thread was started with */
  readonly exhausted: (limitMb: number) => Failure;
}

interface Pending {
  readonly id: number;
  readonly options: CallOptions;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: Error) => void;
  timer: NodeJS.Timeout | null;
}

/**
 * A worker thread that answers one call at a time, and that can be killed in the middle of one: then, or after it crashed, the next call
 * starts it anew. An idle thread does not keep the process alive.
 */
export class WorkerThread {
  readonly #file: string;
  readonly #data: unknown;
  readonly #memory: ThreadMemory | null;
  #worker: Worker | null = null;
  #pending: Pending | null = null;
  #lastId = 0;

  /**
   * @param data `workerData` of the thread: plain data
   * @param memory asked at each start of the thread; the runtime's own limits when not given
   */
  constructor(file: string, data: unknown, memory: ThreadMemory | null = null) {
    this.#file = file;
    this.#data = data;
    this.#memory = memory;
  }

  get running(): boolean {
    return this.#worker !== null;
  }

  /**
   * Rejects with Failure `timeout` when the limit was passed, `cancelled` when the thread was killed by its owner, `notUnderstood` when it
   * crashed (or what `ThreadMemory.exhausted` says when its memory was not enough), and with what the handler itself failed with. When it rejects with one of the first two, the thread is really gone.
   */
  async call(method: string, argument: unknown, options: CallOptions = {}): Promise<unknown> {
    if (this.#pending !== null) throw new Error("a worker thread answers one call at a time");
    const worker = (this.#worker ??= this.#start());
    const id = ++this.#lastId;
    worker.ref();
    return new Promise((resolve, reject) => {
      this.#pending = { id, options, resolve, reject, timer: null };
      worker.postMessage({ id, method, argument } satisfies Call);
    });
  }

  /** Ends the thread at once, whatever it is doing. Resolves when it is gone. */
  async kill(why: Failure = killed()): Promise<void> {
    const worker = this.#worker;
    const pending = this.#take();
    this.#worker = null;
    if (worker !== null) {
      worker.removeAllListeners();
      // An error while dying has nobody left to tell.
      worker.on("error", () => undefined);
      await worker.terminate();
    }
    pending?.reject(why);
  }

  #start(): Worker {
    const resourceLimits = this.#memory?.limits();
    const worker = new Worker(this.#file, { workerData: this.#data, ...(resourceLimits === undefined ? {} : { resourceLimits }) });
    worker.on("message", (answer: Answer) => {
      this.#hear(answer);
    });
    worker.on("error", (error) => {
      const isExhausted = this.#memory !== null && (error as NodeJS.ErrnoException).code === "ERR_WORKER_OUT_OF_MEMORY";
      this.#lose(worker, isExhausted ? this.#memory.exhausted(resourceLimits?.maxOldGenerationSizeMb ?? 0) : crashed(error instanceof Error ? error.message : String(error), error));
    });
    worker.on("exit", (status) => {
      this.#lose(worker, crashed(`it ended with status ${status}`));
    });
    return worker;
  }

  #hear(answer: Answer): void {
    const pending = this.#pending;
    if (pending === null || answer.id !== pending.id) return;
    switch (answer.kind) {
      case "started":
        if (pending.options.limitMs !== undefined) this.#limit(pending, pending.options.limitMs, new WorkTime());
        return;
      case "event":
        pending.options.onEvent?.(answer.event);
        return;
      case "result":
        this.#take();
        this.#worker?.unref();
        pending.resolve(answer.result);
        return;
      case "error": {
        this.#take();
        this.#worker?.unref();
        const error = answer.reason === null ? new Error(answer.message) : new Failure(answer.reason, answer.message, answer.remedy);
        if (answer.stack !== null) error.stack = answer.stack;
        pending.reject(error);
      }
    }
  }

  /** Looks again when the limit could be reached at the earliest, until it is. */
  #limit(pending: Pending, limitMs: number, worked: WorkTime): void {
    const leftMs = worked.leftMs(limitMs);
    if (leftMs <= 0) void this.kill(new Failure("timeout", "the worker took too long", "Leave the file out, or allow more time."));
    else pending.timer = setTimeout(() => void this.#limit(pending, limitMs, worked), Math.max(leftMs, LOOK_AGAIN_MS));
  }

  #lose(worker: Worker, why: Failure): void {
    if (this.#worker !== worker) return;
    this.#worker = null;
    this.#take()?.reject(why);
  }

  #take(): Pending | null {
    const pending = this.#pending;
    this.#pending = null;
    if (pending !== null && pending.timer !== null) clearTimeout(pending.timer);
    return pending;
  }
}

function killed(): Failure {
  return new Failure("cancelled", "the analysis was cancelled", "Start it again when you want it.");
}

function crashed(how: string, cause?: unknown): Failure {
  return new Failure("notUnderstood", `a worker of the analysis crashed: ${how}`, "Try again; if it stays, leave the named file out and report it.", { cause });
}

/** A result whose buffers are moved to the owner instead of copied. */
export class Moved {
  constructor(
    readonly value: unknown,
    readonly buffers: readonly TransferListItem[],
  ) {}
}

export type Handlers = Readonly<Record<string, (argument: unknown, emit: (event: unknown) => void) => unknown>>;

/** Inside a worker thread: answers its owner's calls with these handlers. A handler that throws rejects the owner's call. */
export function serveThread(handlers: Handlers): void {
  const port = parentPort;
  if (port === null) throw new Error("not inside a worker thread");
  const answer = (message: Answer, buffers: readonly TransferListItem[] = []): void => {
    port.postMessage(message, buffers);
  };
  port.on("message", ({ id, method, argument }: Call) => {
    const handler = handlers[method];
    answer({ id, kind: "started" });
    void (async () => {
      try {
        if (handler === undefined) throw new Error(`a worker has no method ${method}`);
        const result = await handler(argument, (event) => {
          answer({ id, kind: "event", event });
        });
        if (result instanceof Moved) answer({ id, kind: "result", result: result.value }, result.buffers);
        else answer({ id, kind: "result", result });
      } catch (error) {
        const failure = error instanceof Failure ? error : null;
        const plain = error instanceof Error ? error : new Error(String(error));
        answer({ id, kind: "error", message: plain.message, reason: failure?.reason ?? null, remedy: failure?.remedy ?? "", stack: plain.stack ?? null });
      }
    })();
  });
}
