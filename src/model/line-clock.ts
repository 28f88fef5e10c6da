import type { Investigation } from "./investigation";

/** By how much a target's clock (in the command's form) is ahead of the one that a case is shown by, milliseconds. */
export type AheadOf = (target: string | undefined) => number;

export const ONE_CLOCK: AheadOf = () => 0;

/** A case of one target is shown by its clock, as its logs are; several share a time line, which is on ours. */
export function clocksOf({ timeline, targets, snapshots }: Pick<Investigation, "timeline" | "targets" | "snapshots">): AheadOf {
  if (timeline === undefined ? targets.length < 2 : timeline.onOurClock !== true) return ONE_CLOCK;
  const offsets = new Map(snapshots.map(({ source, clock }) => [source.target, clock?.offsetMs ?? 0]));
  return (target) => (target === undefined ? 0 : (offsets.get(target) ?? 0));
}
