import type { Evidence } from "../../model/diagnosis";
import { formatCount, formatDuration } from "../figures";
import type { Scene } from "../scene";
import { socketAt } from "../scene";
import type { History } from "./history";

/** A shorter time says nothing of whether a connection is used, milliseconds. */
const LONG_ENOUGH_MS = 2000;

/**
 * What the looks between saw of these sockets: `none of the 47 was used again over 10 min`. Fewer than three looks, or sockets that were not followed, tell
 * nothing.
 */
export function usedSinceFirstSeen(scene: Scene, history: History, sockets: readonly number[]): Evidence[] {
  if (history.looks < 3) return [];
  let longest = 0;
  const followed: number[] = [];
  const used: number[] = [];
  for (const index of sockets) {
    const life = history.lifeOf(socketAt(scene, index));
    if (life === null || life.lastSeenMs - life.firstSeenMs < LONG_ENOUGH_MS) continue;
    longest = Math.max(longest, life.lastSeenMs - life.firstSeenMs);
    followed.push(index);
    if (life.uses > 0) used.push(index);
  }
  if (followed.length < 3) return [];
  if (used.length === 0) return [{ supports: true, text: `none of the ${formatCount(followed.length)} was used again over ${formatDuration(longest)}`, figure: `${formatCount(history.looks)} looks`, sockets: followed }];
  return [{ supports: used.length * 4 < followed.length, text: `of the ${formatCount(followed.length)} that were followed over ${formatDuration(longest)} some were used again before they were stuck`, figure: `${formatCount(used.length)} used`, sockets: used }];
}
