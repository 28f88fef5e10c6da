import type { TargetClock } from "../../model/snapshot";

/** One reading of the target's clocks. */
export interface ClockSample {
  /** Epoch milliseconds; whole seconds when the host's `date` has no fraction. */
  readonly epochMs: number;
  readonly precise: boolean;
  /** /proc/uptime in milliseconds (it counts in 10 ms), or null. */
  readonly uptimeMs: number | null;
}

/** The samples that a look takes, by the place in it. */
export type ClockSamples = ReadonlyMap<string, ClockSample>;

/** Reads `clock NAME EPOCH UPTIME`; null when it is not one. */
export function readClockSample(epoch: string, uptime: string): ClockSample | null {
  if (!/^\d{6,}(?:[.,]\d+)?$/.test(epoch)) return null;
  const precise = /[.,]\d/.test(epoch);
  const up = /^\d+(?:\.\d+)?$/.test(uptime) ? Number(uptime) * 1000 : null;
  return { epochMs: Number(epoch.replace(",", ".")) * 1000, precise, uptimeMs: up };
}

/** When the host booted, in epoch milliseconds on its own clock, and by how much that may be wrong. */
export interface BootTime {
  readonly epochMs: number;
  readonly errorMs: number;
}

/**
 * The boot moment: clock minus uptime where the clock has a fraction. Otherwise each whole-second reading says only in which second we are;
 * the uptime beside it (10 ms) turns each into an interval for the same moment, and `btime` of /proc/stat (whole seconds, cut off) is one more.
 */
export function bootTime(samples: ClockSamples, btimeSeconds: number | null): BootTime | null {
  let low = Number.NEGATIVE_INFINITY;
  let high = Number.POSITIVE_INFINITY;
  for (const sample of samples.values()) {
    if (sample.uptimeMs === null) continue;
    if (sample.precise) return { epochMs: sample.epochMs - sample.uptimeMs, errorMs: 10 };
    low = Math.max(low, sample.epochMs - sample.uptimeMs - 10);
    high = Math.min(high, sample.epochMs + 1000 - sample.uptimeMs);
  }
  if (btimeSeconds !== null) {
    const from = btimeSeconds * 1000;
    // Where the two disagree (the clock was set while we looked), the readings win.
    if (from < high && from + 1000 > low) {
      low = Math.max(low, from);
      high = Math.min(high, from + 1000);
    }
  }
  if (!Number.isFinite(low) || !Number.isFinite(high)) return null;
  return { epochMs: (low + high) / 2, errorMs: Math.max(10, (high - low) / 2) };
}

/** The moment of a sample in epoch milliseconds, with its error. */
export function momentOf(sample: ClockSample, boot: BootTime | null): { ms: number; errorMs: number } {
  if (sample.precise) return { ms: sample.epochMs, errorMs: 0 };
  if (sample.uptimeMs !== null && boot !== null) return { ms: boot.epochMs + sample.uptimeMs, errorMs: boot.errorMs };
  return { ms: sample.epochMs + 500, errorMs: 500 };
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
