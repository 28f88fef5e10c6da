import * as z from "zod/mini";
import { Failure } from "../model/failure";
import type { FailureReason } from "../model/failure";

/** Any carrier of structured-clone messages: a webview, `acquireVsCodeApi()`, a worker, a pair of arrays in a test. */
export interface Port {
  post(message: unknown): void;
  /** Returns the function that stops listening. */
  listen(handler: (message: unknown) => void): () => void;
}

/** One method: what it takes and what it gives. Both are validated where they arrive. */
export interface Method<Params = unknown, Result = unknown> {
  readonly params: z.ZodMiniType<Params>;
  readonly result: z.ZodMiniType<Result>;
}
export type Methods = Readonly<Record<string, Method>>;
export type ParamsOf<M extends Methods, K extends keyof M> = z.infer<M[K]["params"]>;
export type ResultOf<M extends Methods, K extends keyof M> = z.infer<M[K]["result"]>;

const failureSchema = z.object({ reason: z.string(), message: z.string(), remedy: z.string() });
const envelopeSchema = z.discriminatedUnion("type", [
  z.object({ type: z.literal("request"), id: z.number(), method: z.string(), params: z.unknown() }),
  z.object({ type: z.literal("cancel"), id: z.number() }),
  z.object({ type: z.literal("result"), id: z.number(), result: z.unknown() }),
  z.object({ type: z.literal("failure"), id: z.number(), failure: failureSchema }),
  z.object({ type: z.literal("event"), event: z.unknown() }),
]);
type Envelope = z.infer<typeof envelopeSchema>;

const REASONS: ReadonlySet<string> = new Set<FailureReason>([
  "usage", "cancelled", "timeout", "unreachable", "hostKeyUnknown", "hostKeyChanged", "hostKeyRevoked", "authRefused", "keyUnreadable",
  "configInvalid", "toolMissing", "answerTooLarge", "answerBroken", "connectionLost", "notFound", "notRunning", "denied", "unsupported", "ruleInvalid",
  "fileUnreadable", "notUnderstood", "outOfMemory",
]);

function isReason(text: string): text is FailureReason {
  return REASONS.has(text);
}

function toFailure(told: z.infer<typeof failureSchema>): Failure {
  return new Failure(isReason(told.reason) ? told.reason : "answerBroken", told.message, told.remedy);
}

/**
 * True for a `Failure` of any bundle: the extension and the product are two files, each with its own copy of the class,
 * so `instanceof` would not know the other's.
 */
export function isFailure(thrown: unknown): thrown is Failure {
  return thrown instanceof Error && thrown.name === "Failure" && "reason" in thrown && typeof thrown.reason === "string" && "remedy" in thrown;
}

/** Any thrown thing in the form that crosses a channel. Stacks stay at home. */
export function describeFailure(thrown: unknown): z.infer<typeof failureSchema> {
  if (isFailure(thrown)) return { reason: thrown.reason, message: thrown.message, remedy: thrown.remedy };
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return { reason: "answerBroken", message, remedy: "Run Leakline: Show Log and report what it says." };
}

function parseWith<T>(schema: z.ZodMiniType<T>, value: unknown, where: string): T {
  const parsed = z.safeParse(schema, value);
  if (parsed.success) return parsed.data;
  const first = parsed.error.issues[0];
  const place = first === undefined ? "" : ` at ${first.path.map(String).join(".") || "the top"}: ${first.message}`;
  throw new Failure("answerBroken", `${where} is not what it should be${place}`, "Reload the window; if it happens again, report it.");
}

/** The asking side. */
export interface Caller<M extends Methods> {
  /** Rejects with the `Failure` of the other side, `cancelled` when `signal` aborts, `connectionLost` after `dispose`. */
  call<K extends keyof M & string>(method: K, params: ParamsOf<M, K>, signal?: AbortSignal): Promise<ResultOf<M, K>>;
  dispose(): void;
}

interface Pending {
  readonly resolve: (value: unknown) => void;
  readonly reject: (failure: Failure) => void;
  readonly method: string;
}

export function createCaller<M extends Methods, E>(
  port: Port,
  methods: M,
  events: { readonly schema: z.ZodMiniType<E>; readonly on: (event: E) => void; readonly onBroken: (failure: Failure) => void },
): Caller<M> {
  const pending = new Map<number, Pending>();
  let nextId = 1;
  let disposed = false;

  const settle = (envelope: Extract<Envelope, { type: "result" | "failure" }>): void => {
    const waiting = pending.get(envelope.id);
    if (waiting === undefined) return; // cancelled meanwhile
    pending.delete(envelope.id);
    if (envelope.type === "failure") return waiting.reject(toFailure(envelope.failure));
    const method = methods[waiting.method];
    if (method === undefined) return;
    try {
      waiting.resolve(parseWith(method.result, envelope.result, `the answer to ${waiting.method}`));
    } catch (thrown) {
      waiting.reject(thrown as Failure);
    }
  };

  const stop = port.listen((message) => {
    const parsed = z.safeParse(envelopeSchema, message);
    if (!parsed.success) return; // not ours: other scripts post to the same window
    const envelope = parsed.data;
    if (envelope.type === "result" || envelope.type === "failure") settle(envelope);
    if (envelope.type !== "event") return;
    try {
      events.on(parseWith(events.schema, envelope.event, "an event"));
    } catch (thrown) {
      events.onBroken(isFailure(thrown) ? thrown : toFailure(describeFailure(thrown)));
    }
  });

  return {
    call(method, params, signal) {
      if (disposed) return Promise.reject(new Failure("connectionLost", "the other side is gone", "Open the view again."));
      if (signal?.aborted === true) return Promise.reject(new Failure("cancelled", `${method} was cancelled`, "Ask again."));
      const id = nextId++;
      return new Promise((resolve, reject) => {
        const onAbort = (): void => {
          if (!pending.delete(id)) return;
          port.post({ type: "cancel", id } satisfies Envelope);
          reject(new Failure("cancelled", `${method} was cancelled`, "Ask again."));
        };
        const done = (): void => signal?.removeEventListener("abort", onAbort);
        pending.set(id, {
          method,
          resolve: (value) => { done(); resolve(value as never); },
          reject: (failure) => { done(); reject(failure); },
        });
        signal?.addEventListener("abort", onAbort, { once: true });
        port.post({ type: "request", id, method, params } satisfies Envelope);
      });
    },
    dispose() {
      disposed = true;
      stop();
      for (const waiting of pending.values()) waiting.reject(new Failure("connectionLost", "the other side is gone", "Open the view again."));
      pending.clear();
    },
  };
}

export type Handlers<M extends Methods> = {
  readonly [K in keyof M]: (params: ParamsOf<M, K>, signal: AbortSignal) => Promise<ResultOf<M, K>> | ResultOf<M, K>;
};

/** The answering side; it can also tell events. */
export interface Answerer<E> {
  tell(event: E): void;
  dispose(): void;
}

export function createAnswerer<M extends Methods, E>(port: Port, methods: M, handlers: Handlers<M>): Answerer<E> {
  const running = new Map<number, AbortController>();
  let disposed = false;

  const answer = async (name: string, params: unknown, signal: AbortSignal): Promise<unknown> => {
    const method = Object.hasOwn(methods, name) ? methods[name] : undefined;
    const handler = Object.hasOwn(handlers, name) ? handlers[name] : undefined;
    if (method === undefined || handler === undefined) {
      throw new Failure("unsupported", `there is no method ${name}`, "Reload the window: the view and the extension are of different versions.");
    }
    return handler(parseWith(method.params, params, `the request ${name}`) as never, signal);
  };

  const stop = port.listen((message) => {
    const parsed = z.safeParse(envelopeSchema, message);
    if (!parsed.success) return;
    const envelope = parsed.data;
    if (envelope.type === "cancel") {
      running.get(envelope.id)?.abort();
      running.delete(envelope.id);
      return;
    }
    if (envelope.type !== "request") return;
    const { id, method, params } = envelope;
    const controller = new AbortController();
    running.set(id, controller);
    const send = (reply: Envelope): void => {
      // A cancelled caller does not wait any more, and a disposed port may throw.
      if (!disposed && running.delete(id)) port.post(reply);
    };
    answer(method, params, controller.signal).then(
      (result) => send({ type: "result", id, result }),
      (thrown: unknown) => send({ type: "failure", id, failure: describeFailure(thrown) }),
    );
  });

  return {
    tell(event) {
      if (!disposed) port.post({ type: "event", event } satisfies Envelope);
    },
    dispose() {
      disposed = true;
      stop();
      for (const controller of running.values()) controller.abort();
      running.clear();
    },
  };
}
