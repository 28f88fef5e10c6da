import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { explain } from "../../../src/explain/explain";
import { logBursts } from "../../../src/explain/history/log-bursts";
import { Pace } from "../../../src/investigate/watch/pace";
import { spreadLooks } from "../../../src/investigate/watch/spread-looks";
import type { WatchedLook } from "../../../src/investigate/watch/watch";
import { watch } from "../../../src/investigate/watch/watch";
import { workspaceEvents } from "../../../src/investigate/watch/workspace-events";
import { Failure } from "../../../src/model/failure";
import type { Investigation } from "../../../src/model/investigation";
import type { LogRecords } from "../../../src/model/log-records";
import type { LookCost, Snapshot } from "../../../src/model/snapshot";
import { later, look, TAKEN_MS } from "../../explain/look-builder";

const cost = (targetCpuMs: number | null, wallMs = 100): LookCost => ({ wallMs, bytes: 1, rawBytes: 1, targetCpuMs });
const caseOf = (snapshot: Snapshot): Investigation => ({ targets: ["local"], startedAt: "", tookMs: 1, snapshots: [snapshot], findings: [], suspects: [], analysis: null, workspace: null, ...explain({ snapshots: [snapshot], configured: [] }) }) as unknown as Investigation;

/** A watch of looks that cost what they are told to; `fail` throws in its turn. */
async function watched(options: { looks?: number; forMs?: number; intervalMs?: number; costs?: LookCost; fail?: (turn: number) => Failure | null; controller?: AbortController; onLook?: (one: WatchedLook) => void; now?: () => number; during?: (turn: number) => void; takenMs?: (turn: number) => number; steps?: (turn: number) => void }) {
  const looks: WatchedLook[] = [];
  const away: string[] = [];
  const gaps: (string | null)[] = [];
  let turn = 0;
  const controller = options.controller ?? new AbortController();
  const result = await watch(async (_previous, gapBefore) => {
    turn += 1;
    const failure = options.fail?.(turn) ?? null;
    if (failure !== null) throw failure;
    options.during?.(turn);
    const snapshot = { ...later(look([]), options.takenMs?.(turn) ?? turn * 1000), cost: options.costs ?? cost(0.1) };
    gaps.push(gapBefore(snapshot));
    options.steps?.(turn);
    return caseOf(snapshot);
  }, {
    intervalMs: options.intervalMs ?? 5, forMs: options.forMs ?? null, looks: options.looks ?? null, record: null, signal: controller.signal,
    onLook: (one) => { looks.push(one); options.onLook?.(one); }, onAway: (failure) => away.push(failure.reason),
  }, options.now ?? Date.now);
  return { looks, away, gaps, result };
}

describe("a watch", () => {
  it("ends after so many looks, and says which is the last", async () => {
    const { looks, result } = await watched({ looks: 3 });
    expect(looks.map(({ number, last }) => [number, last])).toEqual([[1, false], [2, false], [3, true]]);
    expect(result).toBe(looks[2]?.investigation);
  });
  it("ends after its time, and when it is interrupted, with what it saw last", async () => {
    expect((await watched({ forMs: 60, intervalMs: 20 })).looks.at(-1)?.last).toBe(true);
    const controller = new AbortController();
    const { looks, result } = await watched({ intervalMs: 60_000, controller, onLook: () => setTimeout(() => controller.abort(), 5) });
    expect(looks).toHaveLength(1);
    expect(result).toBe(looks[0]?.investigation);
  });
  it("waits for a target that is away, and shows that time as a gap", async () => {
    const { away, gaps } = await watched({ looks: 2, fail: (turn) => (turn === 2 ? new Failure("connectionLost", "db7 went away", "wait") : null) });
    expect(away).toEqual(["connectionLost"]);
    expect(gaps).toEqual([null, "it was away: db7 went away"]);
  });
  it("shows the time in which this machine slept as a gap", async () => {
    let slept = 0;
    const { gaps } = await watched({ looks: 2, intervalMs: 50, now: () => Date.now() + slept, onLook: () => setTimeout(() => { slept = 3_600_000; }, 10) });
    expect(gaps[0]).toBeNull();
    expect(gaps[1]).toMatch(/^this machine slept, or was too busy to look, for 3\d{3} s$/);
  });
  describe("that is put to sleep while a look is under way", () => {
    const HOUR_MS = 3_600_000;
    const asleepIn = async (when: "during" | "steps", takenMs: (turn: number) => number) => {
      let slept = 0;
      const { gaps, looks } = await watched({ looks: 4, now: () => Date.now() + slept, takenMs, [when]: (turn: number) => { if (turn === 2) slept = HOUR_MS; } });
      expect(looks.map(({ gap }) => gap)).toEqual(gaps);
      return gaps.map((gap) => (gap === null ? null : /^this machine slept, or was too busy to look, for 3\d{3} s$/.test(gap) ? "slept" : gap));
    };
    it("has a gap before that look, where the target answered after it", async () => {
      expect(await asleepIn("during", (turn) => turn * 1000 + (turn >= 2 ? HOUR_MS : 0))).toEqual([null, "slept", null, null]);
    });
    it("has a gap behind that look, where the target had answered before it", async () => {
      expect(await asleepIn("during", (turn) => turn * 1000 + (turn >= 3 ? HOUR_MS : 0))).toEqual([null, null, "slept", null]);
      expect(await asleepIn("steps", (turn) => turn * 1000 + (turn >= 3 ? HOUR_MS : 0))).toEqual([null, null, "slept", null]);
    });
    it("has none where the target's clock shows that the looks follow each other", async () => {
      expect(await asleepIn("during", (turn) => turn * 1000)).toEqual([null, null, null, null]);
    });
  });
  it("does not wait for what does not pass, nor for a target that was never reached", async () => {
    await expect(watched({ looks: 2, fail: (turn) => (turn === 2 ? new Failure("hostKeyChanged", "changed", "look") : null) })).rejects.toMatchObject({ reason: "hostKeyChanged" });
    await expect(watched({ looks: 2, fail: () => new Failure("unreachable", "never", "look") })).rejects.toMatchObject({ reason: "unreachable" });
  });
  it("looks less often where a look costs more than a tenth of the interval, and tells what it costs", async () => {
    const { looks } = await watched({ looks: 1, intervalMs: 1000, costs: cost(180) });
    expect(looks[0]).toMatchObject({ intervalMs: 1800, slowed: true, costMs: 180, share: 0.1 });
  });
});

describe("the pace", () => {
  it("is not changed by one dear look, and comes back when looks are cheap again", () => {
    const pace = new Pace(1000);
    for (const ms of [50, 900, 50, 50]) pace.add(cost(ms));
    expect(pace.intervalMs).toBe(1000);
    for (const ms of [900, 900, 900]) pace.add(cost(ms));
    expect(pace.intervalMs).toBe(9000);
    for (const ms of [50, 50, 50]) pace.add(cost(ms));
    expect(pace).toMatchObject({ intervalMs: 1000, slowed: false });
  });
  it("goes by the time that a look takes where the CPU is not told", () => {
    const pace = new Pace(1000);
    pace.add(cost(null, 400));
    expect(pace.intervalMs).toBe(4000);
  });
});

describe("the looks that are kept", () => {
  it("are the first, the last two, and fewer the older they are", () => {
    let kept: readonly Snapshot[] = [];
    for (let at = 0; at <= 2000; at += 1) kept = spreadLooks([...kept, later(look([]), at * 5000)], 12);
    const ages = kept.map(({ clock }) => (TAKEN_MS + 2000 * 5000 - (clock?.targetMs ?? 0)) / 1000);
    expect(kept).toHaveLength(12);
    expect(ages[0]).toBe(10_000);
    expect(ages.slice(-2)).toEqual([5, 0]);
    expect(ages.filter((age) => age <= 120).length).toBeGreaterThanOrEqual(4);
    expect(ages.filter((age) => age > 120 && age < 10_000).length).toBeGreaterThanOrEqual(3);
  });
});

describe("deploys and commits of the workspace", () => {
  it("stand on the time line, by git, which runs nothing that the repository asks for", async () => {
    const root = mkdtempSync(join(tmpdir(), "leakline-git-"));
    const run = (...args: string[]): string => execFileSync("git", ["-C", root, ...args], { encoding: "utf8", env: { ...process.env, GIT_AUTHOR_DATE: "@1772366400 +0000", GIT_COMMITTER_DATE: "@1772366400 +0000", GIT_CONFIG_GLOBAL: "/dev/null" } });
    try {
      run("init", "-q");
      run("config", "user.email", "a@example.invalid");
      run("config", "user.name", "a");
      writeFileSync(join(root, "a"), "1");
      run("add", "a");
      run("commit", "-qm", "Refunds begin a transaction");
      run("tag", "v1.4.0");
      // A repository that would run a program of its own, if it could.
      run("config", "core.fsmonitor", `touch ${root}/ran; false`);
      run("config", "core.pager", `touch ${root}/ran`);
      run("config", "log.showSignature", "true");
      run("config", "gpg.program", `${root}/evil`);
      writeFileSync(join(root, "evil"), `#!/bin/sh\ntouch ${root}/ran\n`, { mode: 0o755 });
      const events = await workspaceEvents(root, 1_772_366_000_000, 1_772_367_000_000, new AbortController().signal);
      expect(events.map(({ kind, timeMs, text }) => [kind, timeMs, text.replace(/^[0-9a-f]{7,} /, "")])).toEqual([["deploy", 1_772_366_400_000, "tag v1.4.0"], ["commit", 1_772_366_400_000, "Refunds begin a transaction"]]);
      expect(existsSync(join(root, "ran"))).toBe(false);
      expect(await workspaceEvents(root, 0, 1_000_000, new AbortController().signal)).toEqual([]);
    } finally {
      rmSync(root, { recursive: true, force: true });
    }
  });
  it("are none where there is no repository", async () => {
    const root = mkdtempSync(join(tmpdir(), "leakline-nogit-"));
    try {
      expect(await workspaceEvents(root, 0, Date.now(), new AbortController().signal)).toEqual([]);
    } finally {
      rmSync(root, { recursive: true, force: true });
    }
  });
});

describe("bursts of log lines", () => {
  const logOf = (timesMs: number[]): LogRecords => ({ source: { name: "app.log" }, size: timesMs.length, timesMs: Float64Array.from(timesMs) }) as unknown as LogRecords;
  it("are told with what is usual; a steady log has none", () => {
    const steady = Array.from({ length: 6000 }, (_, line) => line * 100);
    expect(logBursts([logOf(steady)], 0, 600_000)).toEqual([]);
    const burst = [...steady, ...Array.from({ length: 900 }, (_, line) => 300_000 + line * 5)].sort((a, b) => a - b);
    expect(logBursts([logOf(burst)], 0, 600_000)).toMatchObject([{ kind: "log-burst", timeMs: 300_000, untilMs: 305_000, text: "950 lines in app.log, where 50 are usual" }]);
  });
});
