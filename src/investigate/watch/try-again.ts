import { Failure } from "../../model/failure";

/** What passes by itself: a host that restarts, a network that comes back. */
const PASSING = new Set(["connectionLost", "unreachable", "timeout"]);
const LONGEST_MS = 60_000;
/** About six minutes of trying. */
const MOST = 10;

/**
 * How long a watch waits after its n-th failure in a row (from 1) before it looks again: 1, 2, 4, ... 60 s. null: it is over, because the failure is
 * not one that passes, or there were too many.
 */
export function waitAfterFailure(error: unknown, failuresInARow: number): number | null {
  if (!(error instanceof Failure) || !PASSING.has(error.reason) || failuresInARow > MOST) return null;
  return Math.min(LONGEST_MS, 1000 * 2 ** (failuresInARow - 1));
}
