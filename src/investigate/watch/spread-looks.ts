import type { Snapshot } from "../../model/snapshot";

/**
 * Keeps at most `most` looks of many: the first, the last two, and between them ever fewer the older they are, so that a minute ago and an hour ago
 * both stand beside now. Looks without a time: the last ones.
 */
export function spreadLooks(looks: readonly Snapshot[], most: number): readonly Snapshot[] {
  const kept = [...looks];
  while (kept.length > Math.max(3, most)) {
    const times = kept.map(timeOf);
    const now = times.at(-1) ?? Number.NaN;
    let least = 1;
    let leastLoss = Number.POSITIVE_INFINITY;
    for (let at = 1; at < kept.length - 2; at += 1) {
      // The hole that it would leave, against how long ago it was.
      const hole = (times[at + 1] ?? Number.NaN) - (times[at - 1] ?? Number.NaN);
      const loss = hole / Math.max(1, now - (times[at] ?? Number.NaN));
      if (loss < leastLoss) {
        leastLoss = loss;
        least = at;
      }
    }
    kept.splice(Number.isFinite(leastLoss) ? least : 0, 1);
  }
  return kept;
}

function timeOf({ clock, source }: Snapshot): number {
  return clock?.targetMs ?? (source.takenAt === null ? Number.NaN : Date.parse(source.takenAt));
}
