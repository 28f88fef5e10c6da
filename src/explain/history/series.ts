import type { TcpState } from "../../model/tcp-state";
import type { Group } from "../groups";
import type { Scene } from "../scene";

/** A group's number of sockets in one state over the looks, this one last. Looks in which the group was not there count 0. */
export interface Series {
  readonly counts: readonly number[];
  /** From the first look to this one; null: not known. */
  readonly spanMs: number | null;
}

export function seriesOf(scene: Scene, group: Group, state: TcpState): Series {
  const scenes = [...scene.earlier, scene];
  const first = scenes[0]?.takenMs ?? null;
  return {
    counts: scenes.map((look) => look.groupsByKey.get(group.key)?.states[state] ?? 0),
    spanMs: scenes.length < 2 || first === null || scene.takenMs === null ? null : Math.max(0, scene.takenMs - first),
  };
}

/** True when the last count is above the first and no look fell back by more than a tenth: a leak only climbs. */
export function climbs(series: Series): boolean {
  const { counts } = series;
  const first = counts[0] ?? 0;
  const last = counts[counts.length - 1] ?? 0;
  if (counts.length < 2 || last <= first) return false;
  let peak = 0;
  for (const count of counts) {
    if (count < peak * 0.9) return false;
    peak = Math.max(peak, count);
  }
  return true;
}
