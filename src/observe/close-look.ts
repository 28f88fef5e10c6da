import { Failure } from "../model/failure";
import type { LookCost } from "../model/snapshot";
import type { CloseLook } from "./probe/close-look/reader";
import { CloseLookReader } from "./probe/close-look/reader";
import { closeLookScript } from "./probe/close-look/script";
import type { Reach } from "./targets/reach";

/** Some thousand descriptors and threads make a megabyte. */
const LARGEST_ANSWER = 64_000_000;

/**
 * Looks closely at a few processes: what each descriptor points at, where each thread stands, their limits, the machine's settings. Reads only.
 * Never throws but for `cancelled`: what did not come in time, or not whole, is in `unfinished`.
 */
export async function closeLook(reach: Reach, pids: readonly number[], options: { readonly signal: AbortSignal; readonly timeLimitMs: number }): Promise<{ readonly found: CloseLook; readonly cost: LookCost }> {
  const reader = new CloseLookReader();
  const beganMs = Date.now();
  let bytes = 0;
  let why: string | null = null;
  try {
    const result = await reach.run({
      script: closeLookScript(pids), onOutput: (text) => reader.push(text), signal: options.signal, timeLimitMs: Math.max(500, options.timeLimitMs), maxBytes: LARGEST_ANSWER,
    });
    ({ bytes } = result);
    if (result.truncated) why = `the answer was larger than ${LARGEST_ANSWER / 1_000_000} MB`;
  } catch (error) {
    if (!(error instanceof Failure) || error.reason === "cancelled") throw error;
    why = error.message;
  }
  const found = reader.finish(pids);
  if (why === null && !reader.ended) why = "the host's answer ended early";
  const cut = why === null ? [] : [{ what: "descriptors, threads, limits and settings", why, remedy: "what had come until then is here; preserve again with a longer --time-limit" }];
  return {
    found: { ...found, unfinished: [...cut, ...found.unfinished] },
    cost: { wallMs: Date.now() - beganMs, bytes: bytes === 0 ? null : bytes, rawBytes: bytes === 0 ? null : bytes, targetCpuMs: found.targetCpuMs },
  };
}
