import type { Snapshot } from "./snapshot";

/** Looks at one target, oldest first, as indices into the snapshots. Never empty. */
export type History = readonly number[];

/**
 * Which snapshots are whose history: each target that was looked at has its own. Captures that are opened together are one host's looks in the
 * given order, unless they name several hosts themselves. Histories stand in the order of their first look.
 */
export function historiesOf(snapshots: readonly Snapshot[]): History[] {
  const named = new Set(snapshots.flatMap((snapshot) => (isLive(snapshot) || snapshot.hostname === null ? [] : [snapshot.hostname])));
  const histories = new Map<string, number[]>();
  snapshots.forEach((snapshot, index) => {
    const key = isLive(snapshot) ? `target ${snapshot.source.target}` : `capture ${named.size > 1 ? (snapshot.hostname ?? "") : ""}`;
    const history = histories.get(key);
    if (history === undefined) histories.set(key, [index]);
    else history.push(index);
  });
  return [...histories.values()];
}

/** Indices of each history's last look: what is so now, target by target. */
export function lastLooks(snapshots: readonly Snapshot[]): number[] {
  return historiesOf(snapshots).map((history) => history[history.length - 1] as number);
}

/** What a person calls the place that a look was made at. */
export function placeName(snapshot: Snapshot): string {
  return isLive(snapshot) && snapshot.source.target !== "local" ? snapshot.source.target.replace(/^ssh:\/\//, "") : (snapshot.hostname ?? snapshot.source.target);
}

/** A look of ours, as opposed to a capture that somebody else took. */
function isLive(snapshot: Snapshot): boolean {
  return snapshot.source.format.startsWith("probe:");
}
