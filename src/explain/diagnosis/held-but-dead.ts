import type { Diagnosis, Evidence } from "../../model/diagnosis";
import type { Confidence } from "../../model/finding";
import type { Process } from "../../model/process";
import { countOf, formatCount } from "../figures";
import type { Group } from "../groups";
import type { Scene } from "../scene";
import { formatShare } from "../figures";
import { speaksAgainst, speaksFor } from "./cause";
import type { CauseReader } from "./cause";
import { diagnosedProcess } from "./diagnosed-process";

/** A process may hold a few sockets that are in no table: made and not yet connected, or of a kind that was not listed. */
const A_FEW = 5;

/**
 * Descriptors of sockets that left every table of their namespace (docs/sockets.md section 4): the peer's orphan timed out, our keepalive probe
 * was answered by RST, and the application still holds the descriptor.
 */
export const heldButDead: CauseReader = {
  cause: "held-but-dead",
  diagnose: (scene) => scene.snapshot.processes.flatMap((process) => diagnoseProcess(scene, process) ?? []),
};

function diagnoseProcess(scene: Scene, process: Process): Diagnosis | null {
  const count = process.deadSocketInodes.length;
  if (count < A_FEW) return null;
  const past = scene.earlier.map((look) => look.processes.get(process.pid)?.deadSocketInodes.length ?? null);
  const first = past.find((dead) => dead !== null) ?? null;
  const grew = first !== null && count >= first + 3;
  if (first !== null && first >= count && count < 10 * A_FEW) return null;

  const hungUp = hungUpGroup(scene, process.pid);
  const evidence: Evidence[] = [speaksFor("held descriptors whose socket stands in no table any more: netstat and ss do not show them", countOf(count, "descriptor"))];
  if (grew && first !== null) evidence.push(speaksFor("their number grows", `${formatCount(first)} to ${formatCount(count)}`));
  if (process.socketDescriptors !== null && process.socketDescriptors > 0) {
    evidence.push(speaksFor("of all the sockets that the process holds", `${formatShare(count, process.socketDescriptors)} of ${formatCount(process.socketDescriptors)}`));
  }
  if (hungUp !== null) {
    evidence.push(speaksFor("the same process holds connections in CLOSE_WAIT: these die the same way once the peer's side is gone", countOf(hungUp.states.CLOSE_WAIT ?? 0, "socket"), hungUp.sockets));
  } else {
    evidence.push(speaksAgainst("whom they spoke to is not known: no connection in CLOSE_WAIT is left to tell", null));
  }
  if (!grew) evidence.push(speaksAgainst("sockets of another network namespace, or never connected, look the same", null));

  const confidence: Confidence = grew || count >= 100 ? "high" : hungUp !== null || count >= 20 ? "medium" : "low";
  return {
    cause: "held-but-dead",
    title: `${process.name} holds ${countOf(count, "socket")} that died long ago`,
    severity: count >= 100 ? "critical" : confidence === "low" ? "notice" : "warning",
    confidence,
    count,
    states: {},
    process: diagnosedProcess(scene, process.pid, process.name),
    service: hungUp === null ? null : scene.serviceOf(hungUp),
    direction: hungUp?.direction ?? null,
    endpoint: hungUp?.endpoint ?? null,
    peerIdleTimeout: null,
    leakMomentsMs: [],
    evidence,
    lookFor: ["transaction-leak", "resource-leak"],
    advice: [
      "Preserve the scene first: only the process's own descriptors still show these.",
      "Do not trust a falling CLOSE_WAIT count: the sockets left the table, the descriptors did not.",
      "Watch the process's descriptors against their limit; a restart frees them and hides the line that leaks.",
    ],
    snapshot: scene.index,
    sockets: [],
  };
}

/** The outbound group of this process with most CLOSE_WAITs: most likely where the dead ones came from. */
function hungUpGroup(scene: Scene, pid: number): Group | null {
  let most: Group | null = null;
  for (const group of scene.groups) {
    if (group.pid !== pid || group.direction !== "outbound" || (group.states.CLOSE_WAIT ?? 0) === 0) continue;
    if (most === null || (group.states.CLOSE_WAIT ?? 0) > (most.states.CLOSE_WAIT ?? 0)) most = group;
  }
  return most;
}
