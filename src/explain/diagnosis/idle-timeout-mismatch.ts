import type { Diagnosis } from "../../model/diagnosis";
import { countOf, formatDuration } from "../figures";
import type { Group } from "../groups";
import { readHangUps } from "../peer-idle-timeout";
import type { Scene } from "../scene";
import { nameEnd, socketAt } from "../scene";
import { countStatesOf, speaksAgainst, speaksFor } from "./cause";
import type { CauseReader } from "./cause";
import { configuredTimeout } from "./configured-timeout";
import { sayHangUps, weighPinned } from "./connection-pinned";
import { diagnosedProcess, sayProcess } from "./diagnosed-process";
import { leakMoments } from "./leak-moments";
import { notTold } from "./ownership-told";
import { stuckCloseWaits } from "./stuck-close-waits";

/** From this many on, and with this much speaking for a leak, the peer's idle timeout is told by `connection-pinned` alone. */
const CLEARLY_PINNED = 3;

/**
 * The peer hangs up after a constant idle time, and the pool keeps connections longer than that: the next request that takes one of
 * them fails with "broken pipe", "gone away" or "connection reset".
 */
export const idleTimeoutMismatch: CauseReader = {
  cause: "idle-timeout-mismatch",
  diagnose: (scene) => scene.groups.flatMap((group) => diagnoseGroup(scene, group) ?? []),
};

function diagnoseGroup(scene: Scene, group: Group): Diagnosis | null {
  if (group.direction !== "outbound" || (group.states.CLOSE_WAIT ?? 0) < 2) return null;
  const stuck = stuckCloseWaits(scene, group.sockets);
  const sockets = stuck.unread;
  if (stuck.lasting < 2 || sockets.length < 2) return null;
  const hangUps = readHangUps(sockets.map((index) => socketAt(scene, index)), scene.earlierIdleMs);
  const { timeout } = hangUps;
  // An upper limit is no time to advise by.
  if (timeout === null || hangUps.upperLimit) return null;
  const pinned = weighPinned(scene, group, sockets, hangUps);
  if (sockets.length >= 3 && pinned.points >= CLEARLY_PINNED) return null;

  const alone = sockets.length < 3;
  const process = diagnosedProcess(scene, group.pid, group.process);
  const service = scene.serviceOf(group);
  const leakSigns = pinned.evidence.filter((one) => one.supports).map((one) => ({ ...one, supports: false }));
  return {
    cause: "idle-timeout-mismatch",
    title: `${nameEnd(scene, group)} hangs up after ${formatDuration(timeout.medianMs)} idle, and the pool keeps connections longer`,
    severity: "notice",
    confidence: alone || pinned.points <= 0 ? "medium" : "low",
    count: sockets.length,
    states: countStatesOf(scene, sockets),
    process,
    service,
    direction: "outbound",
    endpoint: group.endpoint,
    peerIdleTimeout: timeout,
    leakMomentsMs: leakMoments(scene, sockets, "outbound"),
    evidence: [
      ...sayHangUps(hangUps, sockets).filter((one) => one.supports),
      ...configuredTimeout(service, timeout, sockets),
      ...(sockets.length <= 10 ? [speaksFor("few enough to be a pool's idle connections", countOf(sockets.length, "connection"), sockets)] : []),
      ...leakSigns,
      ...sayHangUps(hangUps, sockets).filter((one) => !one.supports),
      ...(alone ? [] : [speaksAgainst("a leak looks the same at first: an unfinished transaction keeps its connection idle too", null, sockets)]),
      ...notTold(scene, sockets),
    ],
    lookFor: ["pool-config"],
    advice: [
      `Give the pool of ${sayProcess(process)} a maximum idle time, or a maximum lifetime, below ${formatDuration(timeout.medianMs)}.`,
      "Where the pool can test a connection before it lends it, switch that on.",
      "Look again in a few minutes: when the number grows it is a leak and no idle pool.",
    ],
    snapshot: scene.index,
    sockets,
  };
}
