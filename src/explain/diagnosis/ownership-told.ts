import type { Evidence } from "../../model/diagnosis";
import type { Scene } from "../scene";
import { socketAt } from "../scene";
import { countOf } from "../figures";
import { speaksAgainst } from "./cause";

/** What the capture cannot say about these sockets' owner and times, as evidence that lowers the confidence. Nothing missing: nothing said. */
export function notTold(scene: Scene, sockets: readonly number[]): Evidence[] {
  const hidden: number[] = [];
  const notAsked: number[] = [];
  const noTimes: number[] = [];
  for (const index of sockets) {
    const socket = socketAt(scene, index);
    if (socket.ownership === "hidden") hidden.push(index);
    if (socket.ownership === "not-asked") notAsked.push(index);
    if (socket.info === null || socket.info.lastAckMs === null) noTimes.push(index);
  }
  const said: Evidence[] = [];
  if (hidden.length > 0) said.push(speaksAgainst("their owner is not known: this look was not allowed to see it (not root)", countOf(hidden.length, "socket"), hidden));
  if (notAsked.length > 0) said.push(speaksAgainst("their owner is not known: the capture has no owner column", countOf(notAsked.length, "socket"), notAsked));
  if (noTimes.length > 0) said.push(speaksAgainst("since when is not known: the capture has no tcp_info (ss -i), so some may be passing", countOf(noTimes.length, "socket"), noTimes));
  return said;
}
