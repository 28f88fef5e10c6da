import type { Investigation } from "../../model/investigation";
import { lastLooks, placeName } from "../../model/histories";
import type { PanelTalk } from "../../protocol/panel";
import { listStates } from "./row-index";

/** Who talks to whom, without the sockets; null where there is nothing to draw. */
export function toPanelTalk(investigation: Investigation): PanelTalk | null {
  const { talk } = investigation;
  if (talk === undefined || talk.edges.length === 0) return null;
  const looks = lastLooks(investigation.snapshots).flatMap((index) => investigation.snapshots[index] ?? []);
  const hosts = new Map(looks.map((snapshot) => [snapshot.source.target, placeName(snapshot)]));
  return {
    nodes: talk.nodes.map(({ kind, label, target }) => ({ kind, label, host: target === null ? null : (hosts.get(target) ?? target) })),
    edges: talk.edges.map(({ from, to, count, stuck, states, why, places }) => ({
      from, to, count, stuck, states: listStates(states), why: [...why], sockets: places.reduce((sum, { sockets }) => sum + sockets.length, 0),
    })),
  };
}
