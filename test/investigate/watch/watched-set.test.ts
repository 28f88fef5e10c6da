import { describe, expect, it } from "vitest";
import { WatchedSet } from "../../../src/investigate/watch/watched-set";
import { Failure } from "../../../src/model/failure";
import type { Target } from "../../../src/model/target";
import { formatTarget } from "../../../src/model/target";
import type { TargetLook } from "../../../src/investigate/target-looks";
import { look } from "../../explain/look-builder";

const host = (name: string): Target => ({ kind: "ssh", user: null, host: name, port: null });
const lookOf = (target: Target): TargetLook => ({ snapshot: look([], { source: { format: "probe:ss", target: formatTarget(target), takenAt: null } }), logs: null });

/** A set whose hosts do at each turn what they are told to: a look, a failure, or nothing until they are let go. */
function setOf(names: readonly string[], act: (name: string, turn: number) => Failure | "look" | Promise<void>, patienceMs = 50) {
  let nowMs = 0;
  const turns = new Map<string, number>();
  const away: string[] = [];
  const controller = new AbortController();
  let most = 0;
  let running = 0;
  const set = new WatchedSet(names.map(host), {
    patienceMs, signal: controller.signal, now: () => nowMs, onAway: (failure, waitMs) => away.push(`${failure.message} ${waitMs}`),
    lookAt: async (target, signal) => {
      const name = target.kind === "ssh" ? target.host : "";
      const turn = (turns.get(name) ?? 0) + 1;
      turns.set(name, turn);
      running += 1;
      most = Math.max(most, running);
      try {
        const what = act(name, turn);
        if (what instanceof Failure) throw what;
        if (what === "look") await new Promise((resolve) => setImmediate(resolve));
        else await Promise.race([what, new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason as Error)))]);
        return lookOf(target);
      } finally {
        running -= 1;
      }
    },
  });
  const round = async (gap: string | null = null): Promise<string> => {
    const { looks, unreached } = await set.round(() => gap);
    return `${looks.map(({ target, gap: since }) => `${formatTarget(target).slice(6)}${since === null ? "" : ` (${since})`}`).join(", ")} | ${unreached.map(({ target }) => target.slice(6)).join(", ")}`;
  };
  return { set, round, turns, away, controller, most: () => most, pass: (ms: number): void => void (nowMs += ms) };
}

const lost = new Failure("connectionLost", "b went away", "wait");

describe("a set that is watched", () => {
  it("is looked at in rounds, a few hosts at a time, in the order they were named", async () => {
    const names = Array.from({ length: 20 }, (_, n) => `h${n}`);
    const { round, most } = setOf(names, () => "look");
    expect(await round()).toBe(`${names.join(", ")} | `);
    expect(await round("this machine slept")).toBe(`${names.map((name) => `${name} (this machine slept)`).join(", ")} | `);
    expect(most()).toBe(8);
  });
  it("goes on without a host that is away, looks for it ever less often, and has it back behind a gap", async () => {
    const { round, turns, away, pass } = setOf(["a", "b"], (name, turn) => (name === "b" && turn >= 2 && turn <= 4 ? lost : "look"));
    expect(await round()).toBe("a, b | ");
    expect(await round()).toBe("a | b");
    pass(900);
    expect(await round()).toBe("a | b");
    expect(turns.get("b")).toBe(2);
    pass(200);
    await round();
    pass(1900);
    await round();
    expect(turns.get("b")).toBe(3);
    pass(200);
    await round();
    pass(4100);
    expect(await round()).toBe("a, b (it was away: b went away) | ");
    expect(away).toEqual(["b went away 1000", "b went away 2000", "b went away 4000"]);
    expect(await round()).toBe("a, b | ");
    expect(turns.get("a")).toBe(8);
  });
  it("does not wait for a slow host, nor ask it twice; its look counts when it comes, without a gap", async () => {
    let letGo = (): void => {};
    const { round, turns } = setOf(["a", "b"], (name, turn) => (name === "b" && turn === 2 ? new Promise<void>((resolve) => (letGo = resolve)) : "look"), 20);
    await round();
    expect(await round()).toBe("a | b");
    expect(await round()).toBe("a | b");
    expect(turns.get("b")).toBe(2);
    letGo();
    expect(await round()).toBe("a, b | ");
  });
  it("never tries again what does not pass, and says why", async () => {
    const refused = new Failure("authRefused", "b refused every key", "add a key");
    const { round, set, turns, pass } = setOf(["a", "b"], (name) => (name === "b" ? refused : "look"));
    expect(await round()).toBe("a | b");
    pass(10_000_000);
    expect((await set.round(() => null)).unreached).toEqual([{ target: "ssh://b", why: "b refused every key", remedy: "add a key" }]);
    expect(turns.get("b")).toBe(1);
  });
  it("fails when the first round reaches nobody; later that all are away is for the watch to wait for", async () => {
    await expect(setOf(["a", "b"], () => lost).round()).rejects.toMatchObject({ reason: "unreachable", message: /none of 2 targets.*ssh:\/\/a: b went away/ as unknown });
    const later = setOf(["a", "b"], (_, turn) => (turn === 1 || turn > 2 ? "look" : lost));
    await later.round();
    await expect(later.round()).rejects.toBe(lost);
    later.pass(1100);
    expect(await later.round()).toBe("a (it was away: b went away), b (it was away: b went away) | ");
  });
  it("ends what is under way", async () => {
    const { set, round, controller } = setOf(["a", "b"], (name, turn) => (name === "b" && turn === 2 ? new Promise<void>(() => {}) : "look"), 20);
    await round();
    await round();
    await set.dispose();
    controller.abort();
    await expect(set.round(() => null)).rejects.toThrow();
  });
});
