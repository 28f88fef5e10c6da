import type { Diagnosis, Evidence } from "../../model/diagnosis";
import type { Confidence } from "../../model/finding";
import { formatEndpoint } from "../../model/endpoint";
import { readAcceptQueue, readArrivals } from "../arrivals";
import { countOf, formatCount, formatDuration } from "../figures";
import { climbs, seriesOf } from "../history/series";
import type { Group } from "../groups";
import { readHangUps } from "../peer-idle-timeout";
import type { Scene } from "../scene";
import { nameEnd, socketAt } from "../scene";
import { closeWaitTimes } from "../socket-times";
import { countStatesOf, speaksAgainst, speaksFor } from "./cause";
import type { CauseReader } from "./cause";
import { diagnosedProcess, sayProcess } from "./diagnosed-process";
import { leakMoments } from "./leak-moments";
import { notTold } from "./ownership-told";
import { stuckCloseWaits } from "./stuck-close-waits";

/** A table of states without sockets shows no ages and no queues: below this many, CLOSE_WAIT may be passing. */
const COUNTED_ONLY = 20;
/** A handler may take this long before it closes; what is held longer after the end of file was read is forgotten. */
const FORGOTTEN_MS = 60_000;

/** The application has read the end of file (Recv-Q 0) and still holds the descriptor: a missing close (docs/sockets.md section 1, last row). */
export const endOfFileIgnored: CauseReader = {
  cause: "end-of-file-ignored",
  diagnose: (scene) => {
    const counted = diagnoseCountedOnly(scene);
    if (counted !== null) return [counted];
    const stalledSites = new Set(readArrivals(scene).filter((arrivals) => readAcceptQueue(scene, arrivals).stalled)
      .map((arrivals) => `${formatEndpoint(arrivals.endpoint)} ${arrivals.face.namespace ?? ""}`));
    return scene.groups.flatMap((group) => diagnoseGroup(scene, group, stalledSites) ?? []);
  },
};

function diagnoseGroup(scene: Scene, group: Group, stalledSites: ReadonlySet<string>): Diagnosis | null {
  if ((group.states.CLOSE_WAIT ?? 0) === 0) return null;
  const stuck = stuckCloseWaits(scene, group.sockets);
  // Inbound without queues: a missing close is the plainest reading, and is said to be a guess.
  let sockets = group.direction === "inbound" ? [...stuck.read, ...stuck.queueUnknown] : stuck.read;
  if (!stuck.worthReporting || sockets.length < 3) return null;
  const queued = group.direction === "inbound" && stalledSites.has(`${formatEndpoint(group.endpoint)} ${group.namespace ?? ""}`);
  if (queued) {
    // The loop that would close them is blocked: they are handlers waiting for their turn, unless they are far older than that.
    sockets = sockets.filter((index) => (closeWaitTimes(socketAt(scene, index)).ageMs ?? 0) >= FORGOTTEN_MS);
    if (sockets.length < 3) return null;
  }
  // A client that leaves a busy server: the same handlers show unread ones beside.
  if (group.direction === "inbound" && stuck.unread.length > sockets.length * 4) return null;

  const evidence: Evidence[] = [];
  if (stuck.read.length > 0) evidence.push(speaksFor("the end of file was read (Recv-Q 0) and the descriptor is still held: nobody calls close", countOf(stuck.read.length, "socket"), stuck.read));
  let oldest = 0;
  let old = 0;
  for (const index of sockets) {
    const age = closeWaitTimes(socketAt(scene, index)).ageMs ?? 0;
    oldest = Math.max(oldest, age);
    if (age >= FORGOTTEN_MS) old += 1;
  }
  const series = seriesOf(scene, group, "CLOSE_WAIT");
  const growing = climbs(series);
  if (growing) evidence.push(speaksFor("it grows, and none is given back", `${formatCount(series.counts[0] ?? 0)} to ${formatCount(series.counts[series.counts.length - 1] ?? 0)}`, sockets));
  if (old > 0) evidence.push(speaksFor("held for more than a minute after the peer closed", `${countOf(old, "socket")}, oldest ${formatDuration(oldest)}`, sockets));
  else if (oldest > 0) evidence.push(speaksAgainst("none is older than a minute: slow handlers may still close them", `oldest ${formatDuration(oldest)}`, sockets));
  if (stuck.unread.length > 0) evidence.push(speaksAgainst("beside them are connections whose end of file is unread: their handlers may be busy and close when they are done", countOf(stuck.unread.length, "socket"), stuck.unread));
  if (stuck.queueUnknown.length > 0) evidence.push(speaksAgainst(`${stuck.whyUnknown}: an unread end of file and an ignored one cannot be told apart`, countOf(stuck.queueUnknown.length, "socket"), stuck.queueUnknown));
  if (queued) evidence.push(speaksAgainst("the same listener's accept queue is stalled: its loop may never come to closing them", null, sockets));
  const sending = sockets.filter((index) => (socketAt(scene, index).sendQueue ?? 0) > 0);
  if (sending.length > 0) evidence.push(speaksAgainst("data is still under way to the peer (Send-Q above 0)", countOf(sending.length, "socket"), sending));
  const unknown = notTold(scene, sockets);
  evidence.push(...unknown);

  const points = (sockets.length >= 10 ? 1 : 0) + (sockets.length >= 50 ? 1 : 0) + (old > sockets.length / 2 ? 2 : 0) + (growing ? 1 : 0)
    - (stuck.unread.length > sockets.length / 4 ? 1 : 0) - (queued ? 1 : 0);
  let confidence: Confidence = points >= 2 ? "high" : points >= 1 ? "medium" : "low";
  if (stuck.queueUnknown.length > 0) confidence = "low";
  else if (unknown.length > 0 && confidence === "high") confidence = "medium";
  const process = diagnosedProcess(scene, group.pid, group.process);
  const where = group.direction === "inbound" ? `Connections accepted on ${formatEndpoint(group.endpoint)}` : `Connections to ${nameEnd(scene, group)}`;
  return {
    cause: "end-of-file-ignored",
    title: stuck.read.length > 0 ? `${where} are read to their end and never closed` : `${where} are never closed after their peers hang up`,
    severity: sockets.length >= 50 ? "critical" : confidence === "low" ? "notice" : "warning",
    confidence,
    count: sockets.length,
    states: countStatesOf(scene, sockets),
    process,
    service: scene.serviceOf(group),
    direction: group.direction,
    endpoint: group.endpoint,
    peerIdleTimeout: readHangUps(sockets.map((index) => socketAt(scene, index))).timeout,
    leakMomentsMs: leakMoments(scene, sockets, group.direction),
    evidence,
    lookFor: stuck.read.length > 0 ? ["resource-leak"] : ["resource-leak", "blocking-in-async"],
    advice: [
      "Preserve the scene first: a restart closes the descriptors and hides which path forgot them.",
      `Look for a path in ${sayProcess(process)} that leaves after the read without closing: an early return, an error branch, an exception.`,
      "Watch the count: as long as it stays below the descriptor limit there is time to find the line.",
    ],
    snapshot: scene.index,
    sockets,
  };
}

/** A capture that carries only counts by state: CLOSE_WAIT is told, its reason cannot be. */
function diagnoseCountedOnly(scene: Scene): Diagnosis | null {
  const counts = scene.snapshot.statesOnly;
  const count = counts?.CLOSE_WAIT ?? 0;
  if (counts === null || count < COUNTED_ONLY) return null;
  const established = counts.ESTABLISHED ?? 0;
  return {
    cause: "end-of-file-ignored",
    title: `${countOf(count, "connection")} hang in CLOSE_WAIT: the peers closed, this side did not`,
    severity: count >= 100 ? "warning" : "notice",
    confidence: "low",
    count,
    states: { CLOSE_WAIT: count },
    process: null,
    service: null,
    direction: null,
    endpoint: null,
    peerIdleTimeout: null,
    leakMomentsMs: [],
    evidence: [
      speaksFor("the peers have closed and this side has not", `${formatCount(count)} CLOSE_WAIT`),
      ...(count > established ? [speaksFor("more connections are abandoned than alive", `${formatCount(count)} against ${formatCount(established)} ESTABLISHED`)] : []),
      speaksAgainst("only counts are known: no queues, owners, ends or ages, so an unread end of file, a busy handler and a missing close cannot be told apart", null),
    ],
    lookFor: ["resource-leak", "transaction-leak", "blocking-in-async"],
    advice: [
      "Take a full look before anything is restarted: leakline preserve, or ss -tanpoie as root, saved to a file.",
      "Then Recv-Q, owner and direction of each socket tell which of the causes it is.",
    ],
    snapshot: scene.index,
    sockets: [],
  };
}
