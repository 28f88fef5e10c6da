import type { Snapshot } from "../model/snapshot";

/**
 * Most tools print no time. Captures that are opened together, and that all say nothing, are given the times at which their files were last written to, if these
 * go up in the given order, so that they have a place on a line; that it is assumed is said. Nothing is changed when one of them tells.
 *
 * @param modifiedAtMs of each capture's file, epoch milliseconds; undefined: not known
 */
export function withFileTimes(snapshots: readonly Snapshot[], modifiedAtMs: readonly (number | undefined)[]): readonly Snapshot[] {
  if (snapshots.length < 2 || snapshots.some(({ source, clock }) => source.takenAt !== null || clock !== null)) return snapshots;
  const ascending = modifiedAtMs.every((ms, at) => ms !== undefined && ms > (modifiedAtMs[at - 1] ?? 0));
  if (!ascending || modifiedAtMs.length !== snapshots.length) return snapshots;
  return snapshots.map((snapshot, at) => ({
    ...snapshot,
    source: { ...snapshot.source, takenAt: new Date(modifiedAtMs[at] ?? 0).toISOString() },
    missing: [...snapshot.missing, {
      what: "when the captures were taken", why: "they do not say it: the times at which their files were last written to stand for it", remedy: "let each begin with the date (date -Is), or watch the host: leakline scan --watch",
    }],
  }));
}
