import type { Diagnosis, Evidence } from "../../model/diagnosis";
import type { Confidence } from "../../model/finding";
import { formatEndpoint } from "../../model/endpoint";
import { readAcceptQueue, readArrivals } from "../arrivals";
import type { Arrivals } from "../arrivals";
import { countOf, formatCount, formatDuration, formatShare, medianOfSorted } from "../figures";
import { readHangUps } from "../peer-idle-timeout";
import type { Scene } from "../scene";
import { socketAt } from "../scene";
import { countStatesOf, speaksAgainst, speaksFor } from "./cause";
import type { CauseReader } from "./cause";
import { configuredTimeout } from "./configured-timeout";
import { diagnosedProcess, sayProcess } from "./diagnosed-process";
import { leakMoments } from "./leak-moments";
import { stuckCloseWaits } from "./stuck-close-waits";

/**
 * Connections finish their handshake and nobody calls accept(2): a blocked event loop, or workers that are all busy (docs/sockets.md sections 1
 * and 2). They show as ESTABLISHED or CLOSE_WAIT without owner and inode, with the request unread.
 */
export const acceptQueueStalled: CauseReader = {
  cause: "accept-queue-stalled",
  diagnose: (scene) => readArrivals(scene).flatMap((arrivals) => diagnoseListener(scene, arrivals) ?? []),
};

function diagnoseListener(scene: Scene, arrivals: Arrivals): Diagnosis | null {
  const queue = readAcceptQueue(scene, arrivals);
  if (!queue.stalled) return null;
  const { waiting, listeners } = arrivals;
  const length = arrivals.queue?.length ?? waiting.length;
  const limit = arrivals.queue?.limit ?? null;
  const evidence: Evidence[] = [];
  let points = 0;

  if (arrivals.queue !== null) {
    const figure = `${formatCount(length)}${limit === null ? "" : ` of ${formatCount(limit)}`}`;
    if (queue.full) points += 2;
    evidence.push(queue.full
      ? speaksFor("the accept queue is full: the kernel turns new connections away", figure, listeners)
      : speaksFor("connections wait in the accept queue (the listener's Recv-Q)", figure, listeners));
  }
  if (waiting.length > 0) {
    points += 1;
    const unread = waiting.map((index) => socketAt(scene, index).recvQueue ?? 0).filter((bytes) => bytes > 0).sort((a, b) => a - b);
    const median = medianOfSorted(unread);
    const bytes = median === null ? "" : `, their requests unread (${formatCount(median)} bytes in the middle)`;
    evidence.push(speaksFor(`nobody accepted these: they have no owner${bytes}`, countOf(waiting.length, "connection"), waiting));
  }
  if (queue.longWaiting.length > 0) {
    points += 2;
    evidence.push(speaksFor("they have been waiting to be accepted for a second and more", `up to ${formatDuration(queue.longestMs ?? 0)}`, queue.longWaiting));
  }
  if (queue.givenUp.length > 0) {
    points += 2;
    evidence.push(speaksFor("peers gave up before they were accepted (CLOSE_WAIT without owner)", countOf(queue.givenUp.length, "connection"), queue.givenUp));
  }
  const held = stuckCloseWaits(scene, arrivals.accepted);
  if (held.all.length >= 3) {
    points += 1;
    evidence.push(speaksFor("connections that were accepted have been given up by their peers too", countOf(held.all.length, "CLOSE_WAIT socket"), held.all));
  }
  evidence.push(...sayCounters(scene, queue.full));

  const unknownWaits = queue.longestMs === null;
  if (!queue.full && limit !== null) evidence.push(speaksAgainst("the queue is not full: new connections still get in", `${formatShare(length, limit)} of its limit`, listeners));
  if (unknownWaits) evidence.push(speaksAgainst("how long they have waited is not known: the capture has no tcp_info (ss -i), so it may be a burst", null, waiting));
  else if (queue.longWaiting.length === 0) evidence.push(speaksAgainst("nobody has waited for a second yet: it may be a burst", `up to ${formatDuration(queue.longestMs ?? 0)}`, waiting));
  if (waiting.length === 0) evidence.push(speaksAgainst("the waiting connections themselves could not be told from the accepted ones: this look does not show owners", null, listeners));
  if (arrivals.queue === null) evidence.push(speaksAgainst("the listener was not in the capture: the queue's limit is not known", null));

  const confidence: Confidence = points >= 4 ? "high" : points >= 2 ? "medium" : "low";
  const process = diagnosedProcess(scene, arrivals.pid, arrivals.process);
  const service = scene.serviceOf(arrivals.face);
  const { timeout } = readHangUps([...waiting, ...held.all].map((index) => socketAt(scene, index)));
  const sockets = waiting.length > 0 ? waiting : listeners;
  return {
    cause: "accept-queue-stalled",
    title: `Connections wait on ${formatEndpoint(arrivals.endpoint)} and ${process === null ? "nobody" : process.name} does not accept them`.replace("nobody does not accept", "nobody accepts"),
    severity: queue.full || queue.longWaiting.length + queue.givenUp.length >= 10 ? "critical" : "warning",
    confidence,
    count: Math.max(length, waiting.length),
    states: countStatesOf(scene, sockets),
    process,
    service,
    direction: "inbound",
    endpoint: arrivals.endpoint,
    peerIdleTimeout: timeout,
    leakMomentsMs: leakMoments(scene, waiting, "inbound"),
    evidence: [...evidence, ...configuredTimeout(service, timeout, sockets)],
    lookFor: ["blocking-in-async", "no-timeout"],
    advice: [
      "Preserve the scene first: a restart empties the queue and with it the proof.",
      `Take the stacks of ${sayProcess(process)} now (py-spy dump, a goroutine dump, jstack): the frame that holds the loop or the workers is the culprit.`,
      "Look for a call that waits inside an event loop, or for workers that all wait for the same slow service.",
      "Do not raise the backlog: clients would only wait longer before they give up.",
    ],
    snapshot: scene.index,
    sockets,
  };
}

/** `TcpExtListenOverflows` since the look before, or since the machine started. */
function sayCounters(scene: Scene, full: boolean): Evidence[] {
  const now = scene.snapshot.kernel?.counters.TcpExtListenOverflows;
  if (now === undefined) return [];
  const before = scene.earlier[scene.earlier.length - 1]?.snapshot.kernel?.counters.TcpExtListenOverflows;
  if (before !== undefined && now > before) return [speaksFor("connections were turned away since the look before (ListenOverflows)", formatCount(now - before))];
  if (now === 0) return [speaksAgainst("no connection has been turned away since the machine started (ListenOverflows)", "0")];
  if (before !== undefined) return [speaksAgainst("no connection was turned away since the look before (ListenOverflows)", "0")];
  // Since the machine started, and by any listener: it says something beside a full queue only.
  return full ? [speaksFor("connections were turned away since the machine started (ListenOverflows, all listeners)", formatCount(now))] : [];
}
