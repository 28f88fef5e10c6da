import { describe, expect, it } from "vitest";
import { waitAfterFailure } from "../../src/investigate/watch/try-again";
import { KeptReaches } from "../../src/investigate/kept-reaches";
import { Failure } from "../../src/model/failure";
import type { Reach } from "../../src/observe/targets/reach";

const lost = (): Failure => new Failure("connectionLost", "gone", "connect again");

/** Reaches that count how often they were opened and closed. */
function host(): { readonly opened: () => number; readonly open: () => Promise<Reach>; readonly closed: () => number } {
  let opened = 0;
  let closed = 0;
  return {
    opened: () => opened,
    closed: () => closed,
    open: async () => {
      opened++;
      return { target: { kind: "local" }, run: () => Promise.reject(lost()), close: async () => { closed++; } };
    },
  };
}

describe("a kept connection", () => {
  it("serves look after look, and is closed with its owner", async () => {
    const kept = new KeptReaches();
    const { open, opened, closed } = host();
    for (let turn = 0; turn < 5; turn++) await kept.use("a", true, open, async () => turn, () => undefined);
    expect([opened(), closed()]).toEqual([1, 0]);
    await kept.dispose();
    await kept.dispose();
    expect(closed()).toBe(1);
  });

  it("that has gone is opened again, once, and it is said", async () => {
    const kept = new KeptReaches();
    const { open, opened, closed } = host();
    const told: string[] = [];
    await kept.use("a", true, open, async () => 1, () => undefined);
    let tries = 0;
    expect(await kept.use("a", true, open, async () => {
      if (++tries === 1) throw lost();
      return "second";
    }, (failure) => told.push(failure.reason))).toBe("second");
    expect([opened(), closed(), told]).toEqual([2, 1, ["connectionLost"]]);
    await expect(kept.use("a", true, open, () => Promise.reject(lost()), () => undefined)).rejects.toMatchObject({ reason: "connectionLost" });
    expect([opened(), closed()]).toEqual([3, 3]);
  });

  it("that fails in another way, or is not to be kept, is closed", async () => {
    const kept = new KeptReaches();
    const { open, opened, closed } = host();
    await kept.use("a", false, open, async () => 1, () => undefined);
    await kept.use("a", true, open, async () => 1, () => undefined);
    await expect(kept.use("a", true, open, () => Promise.reject(new Failure("timeout", "late", "wait")), () => undefined)).rejects.toMatchObject({ reason: "timeout" });
    expect([opened(), closed()]).toEqual([2, 2]);
  });
});

describe("a watch whose host is away", () => {
  it("looks again after 1, 2, 4, ... 60 s, and gives up in the end", () => {
    expect([1, 2, 3, 4, 7, 8, 10].map((failures) => waitAfterFailure(lost(), failures))).toEqual([1000, 2000, 4000, 8000, 60_000, 60_000, 60_000]);
    expect(waitAfterFailure(lost(), 11)).toBe(null);
  });

  it("does not wait for what does not pass", () => {
    for (const reason of ["hostKeyChanged", "authRefused", "cancelled", "configInvalid"] as const) expect(waitAfterFailure(new Failure(reason, "no", "mend it"), 1)).toBe(null);
    expect(waitAfterFailure(new Error("a defect"), 1)).toBe(null);
  });
});
