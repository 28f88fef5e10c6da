import { describe, expect, it, vi, afterEach, beforeEach } from "vitest";
import { Failure } from "../../../src/model/failure";
import { TimeLimit } from "../../../src/observe/targets/time-limit";

beforeEach(() => { vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] }); });
afterEach(() => { vi.useRealTimers(); });

const late = (): Failure => new Failure("timeout", "late", "wait");
const never = (): Promise<never> => new Promise(() => undefined);

describe("a time limit", () => {
  it("ends with the failure it was given", async () => {
    const limit = new TimeLimit(new AbortController().signal, 1000, late);
    const work = limit.race(never());
    vi.advanceTimersByTime(999);
    expect(limit.signal.aborted).toBe(false);
    vi.advanceTimersByTime(1);
    await expect(work).rejects.toMatchObject({ reason: "timeout" });
    expect(vi.getTimerCount()).toBe(0);
  });

  it("stands still while a person is asked, and goes on with what was left", async () => {
    const limit = new TimeLimit(new AbortController().signal, 1000, late);
    vi.advanceTimersByTime(600);
    let answer: (text: string) => void = () => undefined;
    const asked = limit.paused(new Promise<string>((resolve) => { answer = resolve; }));
    vi.advanceTimersByTime(60_000);
    expect(limit.signal.aborted).toBe(false);
    answer("yes");
    expect(await asked).toBe("yes");
    vi.advanceTimersByTime(399);
    expect(limit.signal.aborted).toBe(false);
    vi.advanceTimersByTime(1);
    expect(limit.signal.reason).toMatchObject({ reason: "timeout" });
  });

  it("is cancelled from outside, also while a person is asked, and keeps an outer Failure", async () => {
    const controller = new AbortController();
    const limit = new TimeLimit(controller.signal, 1000, late);
    const asked = limit.paused(never());
    controller.abort();
    await expect(asked).rejects.toMatchObject({ name: "Failure", reason: "cancelled" });
    const reason = new Failure("timeout", "outer", "wait");
    expect(new TimeLimit(AbortSignal.abort(reason), 1000, late).signal.reason).toBe(reason);
  });

  it("frees its timer and its listener", () => {
    const controller = new AbortController();
    const removed = vi.spyOn(controller.signal, "removeEventListener");
    const limit = new TimeLimit(controller.signal, 1000, late);
    limit.dispose();
    limit.pause();
    limit.resume();
    expect(vi.getTimerCount()).toBe(0);
    expect(removed).toHaveBeenCalledOnce();
    controller.abort();
    expect(limit.signal.aborted).toBe(false);
  });
});
