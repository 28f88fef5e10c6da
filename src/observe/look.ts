import type { Snapshot } from "../model/snapshot";
import { createProbeReader } from "./probe/probe";
import { probeScript, USUAL_CHOICES } from "./probe/script";
import type { ProbeChoices } from "./probe/script";
import type { Reach } from "./targets/reach";

/** A million sockets with tcp_info are some 600 MB of text; nobody's host has more. */
const LARGEST_ANSWER = 1_000_000_000;

/**
 * One look at a target: one script, one round trip.
 *
 * @throws Failure as the Reach does (`cancelled`, `timeout`, `connectionLost`, `toolMissing`). An answer that lacks something is no failure:
 * the snapshot's `missing` says what.
 */
export async function look(reach: Reach, options: { readonly signal: AbortSignal; readonly timeLimitMs: number; readonly choices?: ProbeChoices }): Promise<Snapshot> {
  const reader = createProbeReader();
  const result = await reach.run({
    script: probeScript(options.choices ?? USUAL_CHOICES),
    onOutput: (text) => reader.push(text),
    signal: options.signal,
    timeLimitMs: options.timeLimitMs,
    maxBytes: LARGEST_ANSWER,
  });
  const snapshot = reader.finish({
    target: reach.target,
    sentAtMs: result.sentAtMs,
    endedAtMs: result.endedAtMs,
    truncated: result.truncated,
    stderr: result.stderr,
    bytes: result.bytes,
  });
  const { missing = [] } = result;
  return missing.length === 0 ? snapshot : { ...snapshot, missing: [...snapshot.missing, ...missing] };
}
