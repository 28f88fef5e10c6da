import { describe, expect, test } from "vitest";
import * as z from "zod/mini";
import { Failure } from "../../src/model/failure";
import { createAnswerer, createCaller, isFailure } from "../../src/protocol/channel";
import type { Port } from "../../src/protocol/channel";

const METHODS = {
  half: { params: z.object({ of: z.number() }), result: z.object({ is: z.number() }) },
  wait: { params: z.object({}), result: z.object({}) },
} as const;
const event = z.object({ text: z.string() });

/** `Promise.withResolvers` is not in Node 20. */
function withResolvers<T>(): { promise: Promise<T>; resolve: (value: T) => void } {
  let resolve: (value: T) => void = () => {};
  const promise = new Promise<T>((now) => { resolve = now; });
  return { promise, resolve };
}

/** Two ends of one wire; messages cross as structured clones, one turn later. */
function wire(): { a: Port; b: Port; sent: unknown[] } {
  const listeners = { a: new Set<(message: unknown) => void>(), b: new Set<(message: unknown) => void>() };
  const sent: unknown[] = [];
  const end = (own: "a" | "b", other: "a" | "b"): Port => ({
    post(message) {
      sent.push(message);
      const copy = structuredClone(message);
      queueMicrotask(() => listeners[other].forEach((handler) => handler(copy)));
    },
    listen(handler) {
      listeners[own].add(handler);
      return () => listeners[own].delete(handler);
    },
  });
  return { a: end("a", "b"), b: end("b", "a"), sent };
}

function pair(handlers: Partial<{ half: (of: number) => unknown; wait: (signal: AbortSignal) => Promise<unknown> }> = {}) {
  const { a, b, sent } = wire();
  const told: string[] = [];
  const broken: Failure[] = [];
  const caller = createCaller(a, METHODS, { schema: event, on: ({ text }) => told.push(text), onBroken: (failure) => broken.push(failure) });
  const answerer = createAnswerer<typeof METHODS, { text: string }>(b, METHODS, {
    half: ({ of }) => (handlers.half?.(of) ?? { is: of / 2 }) as { is: number },
    wait: async (_, signal) => ((await handlers.wait?.(signal)) ?? {}) as Record<string, never>,
  });
  return { caller, answerer, told, broken, sent, a, b };
}

const reasonOf = (promise: Promise<unknown>): Promise<string> =>
  promise.then(() => "resolved", (thrown: unknown) => (isFailure(thrown) ? thrown.reason : `not a Failure: ${String(thrown)}`));

describe("a call", () => {
  test("gets its own answer, whatever the order", async () => {
    const { caller } = pair();
    const answers = await Promise.all([caller.call("half", { of: 8 }), caller.call("half", { of: 3 })]);
    expect(answers).toEqual([{ is: 4 }, { is: 1.5 }]);
  });

  test("rejects with the other side's failure: reason, message and remedy", async () => {
    const { caller } = pair({ half: () => { throw new Failure("notFound", "no such half", "Ask for another."); } });
    await expect(caller.call("half", { of: 1 })).rejects.toMatchObject({ name: "Failure", reason: "notFound", message: "no such half", remedy: "Ask for another." });
  });

  test("rejects when a plain error is thrown, without its stack", async () => {
    const { caller, sent } = pair({ half: () => { throw new Error("boom"); } });
    expect(await reasonOf(caller.call("half", { of: 1 }))).toBe("answerBroken");
    expect(JSON.stringify(sent)).not.toContain("channel.test");
  });

  test("rejects an answer of the wrong shape and says where", async () => {
    const { caller } = pair({ half: () => ({ is: "four" }) });
    await expect(caller.call("half", { of: 8 })).rejects.toMatchObject({ reason: "answerBroken", message: expect.stringContaining("is") as string });
  });

  test("with parameters of the wrong shape is refused by the other side", async () => {
    const { caller } = pair();
    expect(await reasonOf(caller.call("half", { of: "8" } as unknown as { of: number }))).toBe("answerBroken");
  });

  test("of a method that is not there is refused, inherited names too", async () => {
    const { caller } = pair();
    expect(await reasonOf(caller.call("toString" as "half", { of: 1 }))).toBe("unsupported");
  });
});

describe("cancelling", () => {
  test("rejects at once and aborts the work on the other side", async () => {
    const aborted = withResolvers<void>();
    const { caller } = pair({ wait: (signal) => new Promise(() => signal.addEventListener("abort", () => aborted.resolve())) });
    const controller = new AbortController();
    const call = reasonOf(caller.call("wait", {}, controller.signal));
    await Promise.resolve();
    controller.abort();
    expect(await call).toBe("cancelled");
    await aborted.promise;
  });

  test("leaves no answer to come later", async () => {
    const finish = withResolvers<void>();
    const { caller, sent } = pair({ wait: async () => { await finish.promise; return {}; } });
    const controller = new AbortController();
    const call = reasonOf(caller.call("wait", {}, controller.signal));
    await Promise.resolve();
    controller.abort();
    await call;
    await Promise.resolve();
    finish.resolve();
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(sent.filter((message) => (message as { type: string }).type === "result")).toEqual([]);
  });

  test("before the call asks nothing", async () => {
    const { caller, sent } = pair();
    expect(await reasonOf(caller.call("wait", {}, AbortSignal.abort()))).toBe("cancelled");
    expect(sent).toEqual([]);
  });
});

describe("the end", () => {
  test("of the asking side rejects what waits and what comes after", async () => {
    const { caller } = pair({ wait: () => new Promise(() => {}) });
    const waiting = reasonOf(caller.call("wait", {}));
    caller.dispose();
    expect(await waiting).toBe("connectionLost");
    expect(await reasonOf(caller.call("half", { of: 1 }))).toBe("connectionLost");
  });

  test("of the answering side aborts its work and posts nothing more", async () => {
    const seen = withResolvers<AbortSignal>();
    const { caller, answerer, sent } = pair({ wait: (signal) => { seen.resolve(signal); return new Promise(() => {}); } });
    void reasonOf(caller.call("wait", {}));
    const signal = await seen.promise;
    answerer.dispose();
    answerer.tell({ text: "late" });
    expect(signal.aborted).toBe(true);
    expect(sent.some((message) => (message as { type: string }).type === "event")).toBe(false);
  });
});

describe("events", () => {
  test("arrive in order", async () => {
    const { answerer, told } = pair();
    answerer.tell({ text: "one" });
    answerer.tell({ text: "two" });
    await new Promise((resolve) => setTimeout(resolve, 1));
    expect(told).toEqual(["one", "two"]);
  });

  test("of the wrong shape are reported, not delivered", async () => {
    const { answerer, told, broken } = pair();
    answerer.tell({ text: 7 } as unknown as { text: string });
    await new Promise((resolve) => setTimeout(resolve, 1));
    expect(told).toEqual([]);
    expect(broken.map((failure) => failure.reason)).toEqual(["answerBroken"]);
  });
});

test("messages of others are passed over", async () => {
  const { caller, a, b } = pair();
  for (const stray of [null, 7, "hello", { type: "request" }, { type: "result", id: "1" }, { kind: "state" }]) {
    a.post(stray);
    b.post(stray);
  }
  expect(await caller.call("half", { of: 2 })).toEqual({ is: 1 });
});
