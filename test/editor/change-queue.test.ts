import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { ChangeQueue } from "../../src/editor/change-queue";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A queue whose work ends when the test says so. */
function queued(): { readonly queue: ChangeQueue; readonly batches: (readonly string[])[]; readonly signals: AbortSignal[]; end(): Promise<void>; fail(): Promise<void> } {
  const batches: (readonly string[])[] = [];
  const signals: AbortSignal[] = [];
  let settle: { resolve: () => void; reject: (why: Error) => void } | null = null;
  const queue = new ChangeQueue((changed, signal) => {
    batches.push(changed);
    signals.push(signal);
    return new Promise((resolve, reject) => {
      settle = { resolve, reject };
      signal.addEventListener("abort", () => reject(new Error("aborted")));
    });
  }, { quietMs: 100, mostMs: 1_000 });
  return {
    queue, batches, signals,
    end: async () => { settle?.resolve(); await vi.advanceTimersByTimeAsync(0); },
    fail: async () => { settle?.reject(new Error("no")); await vi.advanceTimersByTimeAsync(0); },
  };
}

describe("changes", () => {
  test("wait until it is quiet, and are handed over once, together", async () => {
    const { queue, batches } = queued();
    queue.add("a.go");
    await vi.advanceTimersByTimeAsync(80);
    queue.add("b.go");
    queue.add("a.go");
    await vi.advanceTimersByTimeAsync(80);
    expect(batches).toEqual([]);
    await vi.advanceTimersByTimeAsync(30);
    expect(batches).toEqual([["a.go", "b.go"]]);
  });

  test("that never stop are not put off for ever", async () => {
    const { queue, batches } = queued();
    for (let at = 0; at < 30; at++) {
      queue.add(`f${at}.go`);
      await vi.advanceTimersByTimeAsync(50);
    }
    expect(batches).toHaveLength(1);
    expect(batches[0]!.length).toBeGreaterThan(15);
  });

  test("that come while others are worked on are the next batch", async () => {
    const { queue, batches, end } = queued();
    queue.add("a.go");
    await vi.advanceTimersByTimeAsync(150);
    queue.add("b.go");
    await vi.advanceTimersByTimeAsync(5_000);
    expect(batches).toEqual([["a.go"]]);
    await end();
    await vi.advanceTimersByTimeAsync(150);
    expect(batches).toEqual([["a.go"], ["b.go"]]);
  });

  test("whose work was cancelled, or failed, are part of the next batch, and of no batch of their own", async () => {
    const { queue, batches, signals, fail, end } = queued();
    queue.add("a.go");
    await vi.advanceTimersByTimeAsync(150);
    expect(queue.cancel()).toBe(true);
    await vi.advanceTimersByTimeAsync(5_000);
    expect(signals[0]!.aborted).toBe(true);
    expect(batches).toHaveLength(1);
    expect(queue.cancel()).toBe(false);
    queue.add("b.go");
    await vi.advanceTimersByTimeAsync(150);
    expect([...batches[1]!].sort()).toEqual(["a.go", "b.go"]);
    await fail();
    queue.add("c.go");
    await vi.advanceTimersByTimeAsync(150);
    expect([...batches[2]!].sort()).toEqual(["a.go", "b.go", "c.go"]);
    await end();
    queue.add("d.go");
    await vi.advanceTimersByTimeAsync(150);
    expect(batches[3]).toEqual(["d.go"]);
  });

  test("are forgotten when nobody wants them any more", async () => {
    const { queue, batches, signals } = queued();
    queue.add("a.go");
    await vi.advanceTimersByTimeAsync(150);
    queue.add("b.go");
    queue.clear();
    await vi.advanceTimersByTimeAsync(5_000);
    expect(signals[0]!.aborted).toBe(true);
    queue.add("c.go");
    await vi.advanceTimersByTimeAsync(150);
    expect(batches[1]).toEqual(expect.arrayContaining(["c.go"]));
    expect(batches[1]).not.toContain("b.go");
  });
});
