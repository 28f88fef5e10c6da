import type { SuspectReason } from "../../model/suspect";
import { WEIGHTS } from "./weights";

/** The last commit that changed a line between a finding's opening call and where its path leaves. */
export interface RecentChange {
  /** Index into the findings. */
  readonly finding: number;
  readonly commit: string;
  readonly subject: string;
  /** When it was committed, epoch milliseconds. */
  readonly atMs: number;
}

const DAY_MS = 86_400_000;

/**
 * A change shortly before the trouble speaks for the place, a little: most leaks are older than they look. One that was committed after the process
 * started is not in it, and says nothing.
 *
 * @param startedMs when the process started, @param lookedMs when it was looked at: epoch milliseconds; null: not known
 */
export function weighChange(change: RecentChange | undefined, startedMs: number | null, lookedMs: number | null): SuspectReason[] {
  if (change === undefined || lookedMs === null || change.atMs > (startedMs ?? lookedMs)) return [];
  const days = (lookedMs - change.atMs) / DAY_MS;
  const weight = WEIGHTS.recentChange.find(({ days: within }) => days <= within);
  if (weight === undefined) return [];
  const when = days < 1 ? "less than a day" : days < 2 ? "a day" : `${Math.floor(days)} days`;
  return [{ factor: "recent-change", points: weight.points, text: `changed ${when} before the look, in ${change.commit} (${change.subject})` }];
}
