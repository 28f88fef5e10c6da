import type { TargetClock } from "../../model/snapshot";

/** /proc/uptime counts hundredths of a second, cut off. */
const UPTIME_STEP_MS = 10;

/** One reading of the target's clocks. */
export interface ClockSample {
  /** Epoch milliseconds; whole seconds when the host's `date` has no fraction. null: the uptime alone was read. */
  readonly epochMs: number | null;
  readonly precise: boolean;
  /** /proc/uptime in milliseconds before and after the clock was read, or null. */
  readonly uptimeMs: readonly [from: number, to: number] | null;
}

/** The samples that a look takes, by the place in it. */
export type ClockSamples = ReadonlyMap<string, ClockSample>;

/** Reads `clock NAME EPOCH UPTIME UPTIME`, where `-` stands for what was not read; null when it is not one. */
export function readClockSample(epoch: string, uptime: string, uptimeAfter: string): ClockSample | null {
  const upOf = (word: string): number | null => (/^\d+(?:\.\d+)?$/.test(word) ? Number(word) * 1000 : null);
  const from = upOf(uptime);
  const uptimeMs = from === null ? null : ([from, Math.max(from, upOf(uptimeAfter) ?? from)] as const);
  if (epoch === "-") return uptimeMs === null ? null : { epochMs: null, precise: false, uptimeMs };
  if (!/^\d{6,}(?:[.,]\d+)?$/.test(epoch)) return null;
  return { epochMs: Number(epoch.replace(",", ".")) * 1000, precise: /[.,]\d/.test(epoch), uptimeMs };
}

/** When the host booted, in epoch milliseconds on its own clock, and by how much that may be wrong. */
export interface BootTime {
  readonly epochMs: number;
  readonly errorMs: number;
}

/** A stretch of time that holds the moment looked for, epoch milliseconds. */
type Stretch = readonly [low: number, high: number];

/**
 * The boot moment: clock minus uptime. Each reading tells it within the time that passed between the two readings of the uptime around it, a hundredth of
 * a second for the uptime itself, and a second where the clock has no fraction; all of them hold at once. `btime` of /proc/stat (whole seconds, cut off)
 * helps where no clock has a fraction.
 */
export function bootTime(samples: ClockSamples, btimeSeconds: number | null): BootTime | null {
  const stretches = (precise: boolean): Stretch[] => [...samples.values()].flatMap(({ epochMs, precise: fraction, uptimeMs }): Stretch[] =>
    epochMs === null || uptimeMs === null || fraction !== precise ? [] : [[epochMs - uptimeMs[1] - UPTIME_STEP_MS, epochMs + (precise ? 0 : 1000) - uptimeMs[0]]]);
  const exact = together(stretches(true));
  const told = exact ?? together([...stretches(false), ...(btimeSeconds === null ? [] : [[btimeSeconds * 1000, btimeSeconds * 1000 + 1000] as const])]);
  if (told === null || (exact === null && stretches(false).length === 0)) return null;
  const [low, high] = told;
  return { epochMs: (low + high) / 2, errorMs: Math.max(1, (high - low) / 2) };
}

/** What all stretches have in common. Where one does not fit the narrower ones (the clock was set while we looked), it is left out. null: there are none. */
function together(stretches: readonly Stretch[]): Stretch | null {
  let common: Stretch | null = null;
  for (const [low, high] of [...stretches].sort((one, other) => one[1] - one[0] - (other[1] - other[0]))) {
    if (common === null) common = [low, high];
    else if (low < common[1] && high > common[0]) common = [Math.max(low, common[0]), Math.min(high, common[1])];
  }
  return common;
}

/** The moment of a sample in epoch milliseconds, with its error; null: nothing places its uptime in time. */
export function momentOf({ epochMs, precise, uptimeMs }: ClockSample, boot: BootTime | null): { ms: number; errorMs: number } | null {
  if (precise && epochMs !== null) return { ms: epochMs, errorMs: 0 };
  if (uptimeMs !== null && boot !== null) {
    const [from, to] = uptimeMs;
    return { ms: boot.epochMs + (from + to + UPTIME_STEP_MS) / 2, errorMs: boot.errorMs + (to - from + UPTIME_STEP_MS) / 2 };
  }
  return epochMs === null ? null : { ms: epochMs + 500, errorMs: 500 };
}

/**
 * The target's clock against ours: the script ran between our sending it and its answer's end, so the difference of the middles is the
 * offset, and what the round trip lasted beyond the script itself, halved, is its error (as NTP reckons, RFC 5905 section 8).
 */
export function targetClock(samples: ClockSamples, btimeSeconds: number | null, sentAtMs: number, endedAtMs: number): TargetClock | null {
  const boot = bootTime(samples, btimeSeconds);
  const at = (name: string): { ms: number; errorMs: number } | null => {
    const sample = samples.get(name);
    return sample === undefined ? null : momentOf(sample, boot);
  };
  const start = at("start");
  if (start === null) return null;
  const before = at("before") ?? start;
  const after = at("after") ?? before;
  const end = at("end") ?? after;
  const offsetMs = (start.ms - sentAtMs + (end.ms - endedAtMs)) / 2;
  const slack = Math.max(0, endedAtMs - sentAtMs - (end.ms - start.ms)) / 2;
  return {
    targetMs: (before.ms + after.ms) / 2,
    offsetMs,
    offsetErrorMs: slack + Math.max(start.errorMs, end.errorMs),
    readErrorMs: Math.max(0, after.ms - before.ms) / 2 + Math.max(before.errorMs, after.errorMs),
  };
}
