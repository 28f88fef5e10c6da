import type { Diagnosis, Evidence } from "../../model/diagnosis";
import type { Confidence } from "../../model/finding";
import { countOf, formatCount, formatDuration, medianOfSorted } from "../figures";
import type { Group } from "../groups";
import { seenBefore } from "../history/seen-before";
import { otherEnds, sayHolders } from "../other-ends";
import { sentAgain } from "../retransmissions";
import type { Scene } from "../scene";
import { nameEnd, socketAt } from "../scene";
import { countStatesOf, speaksAgainst, speaksFor } from "./cause";
import type { CauseReader } from "./cause";
import { diagnosedProcess, sayProcess } from "./diagnosed-process";
import { leakMoments } from "./leak-moments";

/** No byte was taken for this long. A receiver that is merely slow takes some. */
const STALLED_MS = 5_000;
/** One alone: a player that is paused, a pager that waits for a key. */
const ALONE_MS = 60_000;
const FEW = 3;
/** Retransmissions of the same bytes: after this many the way there is gone rather than lossy. */
const GONE_AFTER = 3;

/**
 * Bytes that the far end does not take (docs/sockets.md section 7). Its window is closed (timer persist): it stopped reading. Or nothing is acknowledged
 * (retransmissions): the way there or the machine is gone. Whoever writes there next waits in send(2).
 */
export const sendStalled: CauseReader = {
  cause: "send-stalled",
  diagnose: (scene) => scene.groups.flatMap((group) => diagnoseGroup(scene, group) ?? []),
};

interface Stalled {
  /** The far end's window is closed. */
  readonly closed: number[];
  /** Sent again and again without an acknowledgement. */
  readonly unanswered: number[];
  /** The same bytes as at an earlier look; no timer tells why. */
  readonly unmoved: number[];
  /** For how long at least, milliseconds, longest. */
  readonly longestMs: number;
}

function diagnoseGroup(scene: Scene, group: Group): Diagnosis | null {
  if (group.direction === null || (group.states.ESTABLISHED ?? 0) + (group.states.CLOSE_WAIT ?? 0) === 0) return null;
  const { closed, unanswered, unmoved, longestMs } = readStalled(scene, group);
  const sockets = [...closed, ...unanswered, ...unmoved].sort((a, b) => a - b);
  if (sockets.length === 0 || (sockets.length < FEW && longestMs < ALONE_MS)) return null;

  const evidence: Evidence[] = [];
  if (closed.length > 0) evidence.push(speaksFor("the far end's window is closed: it does not read, and the kernel only asks whether it would (timer persist)", countOf(closed.length, "connection"), closed));
  if (unanswered.length > 0) evidence.push(speaksFor("the same bytes were sent again and again and nobody acknowledges them: the way there or the machine is gone", countOf(unanswered.length, "connection"), unanswered));
  if (unmoved.length > 0) evidence.push(speaksFor("exactly as many bytes wait as at the earlier look (Send-Q)", countOf(unmoved.length, "connection"), unmoved));
  const waiting = sockets.map((index) => socketAt(scene, index).sendQueue ?? 0).sort((a, b) => a - b);
  evidence.push(
    speaksFor("bytes that wait to be taken (Send-Q), in the middle", `${formatCount(medianOfSorted(waiting) ?? 0)} bytes`, sockets),
    speaksFor("no byte has been taken for", `up to ${formatDuration(longestMs)}`, sockets),
  );
  const ends = otherEnds(scene, sockets);
  const unread = [...ends.values()].filter((index) => (socketAt(scene, index).recvQueue ?? 0) > 0);
  const reader = sayHolders(scene, unread);
  if (unread.length > 0) evidence.push(speaksFor(`the far end is on this host: ${reader ?? "nobody that this look shows"} holds these and has not read them (Recv-Q)`, countOf(unread.length, "socket"), unread));
  const flowing = group.sockets.filter((index) => {
    const socket = socketAt(scene, index);
    return socket.state === "ESTABLISHED" && socket.sendQueue === 0 && (socket.info?.lastSendMs ?? Infinity) < STALLED_MS;
  });
  if (flowing.length > 0) evidence.push(speaksAgainst("other connections to this end are written to and taken", countOf(flowing.length, "connection"), flowing));
  if (sockets.length < FEW) evidence.push(speaksAgainst("one receiver alone may be paused on purpose", countOf(sockets.length, "connection"), sockets));
  if (unmoved.length === sockets.length) evidence.push(speaksAgainst("why is not known: the capture has no timers (ss -o)", null, sockets));
  if (group.pid === null) evidence.push(speaksAgainst("who writes there is not known", null, sockets));

  const confidence: Confidence = sockets.length < FEW ? "low" : unmoved.length === sockets.length ? "medium" : sockets.length >= 10 || longestMs >= ALONE_MS || reader !== null ? "high" : "medium";
  const process = diagnosedProcess(scene, group.pid, group.process);
  const who = group.direction === "inbound" ? `clients of ${nameEnd(scene, group)}` : nameEnd(scene, group);
  const gone = unanswered.length > sockets.length / 2;
  return {
    cause: "send-stalled",
    title: gone ? `Nothing that is sent to ${who} is acknowledged: the way there is gone` : `${countOf(sockets.length, "receiver")} at the other end (${who}) ${sockets.length === 1 ? "does" : "do"} not read what is sent`,
    severity: sockets.length < FEW ? "notice" : "warning",
    confidence,
    count: sockets.length,
    states: countStatesOf(scene, sockets),
    process,
    service: scene.serviceOf(group),
    direction: group.direction,
    endpoint: group.endpoint,
    peerIdleTimeout: null,
    leakMomentsMs: leakMoments(scene, sockets, "outbound"),
    evidence,
    lookFor: ["no-timeout", "blocking-in-async", "resource-leak"],
    advice: [
      "Preserve the scene first.",
      gone ? "See whether the far machine is up and what lies between: without an acknowledgement the kernel goes on for a quarter of an hour (tcp_retries2)." : `Look at the reader: take the stacks of ${reader ?? "the program at the other end"}, and see what keeps it from reading.`,
      `Take the stacks of ${sayProcess(process)} too: whoever waits in send or write holds what it holds (a lock, a worker, a transaction) for as long.`,
      "Give each write a timeout, or the connection one (TCP_USER_TIMEOUT), and bound what is kept for a slow receiver.",
    ],
    snapshot: scene.index,
    sockets,
  };
}

function readStalled(scene: Scene, group: Group): Stalled {
  const closed: number[] = [];
  const unanswered: number[] = [];
  const unmoved: number[] = [];
  const untold: number[] = [];
  let longestMs = 0;
  for (const index of group.sockets) {
    const socket = socketAt(scene, index);
    if ((socket.state !== "ESTABLISHED" && socket.state !== "CLOSE_WAIT") || (socket.sendQueue ?? 0) <= 0) continue;
    const { info, timer } = socket;
    // A probe of a closed window carries no data: it does not move lastsnd, and its answer moves lastack (tcp_output.c, tcp_write_wakeup).
    if (timer?.kind === "persist" && info !== null && info.lastSendMs !== null) {
      if (info.lastSendMs < STALLED_MS) continue;
      closed.push(index);
      longestMs = Math.max(longestMs, info.lastSendMs);
    } else if (timer?.kind === "on" && info !== null && info.lastAckMs !== null) {
      if ((sentAgain(socket) ?? 0) < GONE_AFTER || info.lastAckMs < STALLED_MS) continue;
      unanswered.push(index);
      longestMs = Math.max(longestMs, info.lastAckMs);
    } else untold.push(index);
  }
  for (const [index, { socket, agoMs }] of seenBefore(scene, untold, STALLED_MS)) {
    if (socket.sendQueue !== socketAt(scene, index).sendQueue) continue;
    unmoved.push(index);
    longestMs = Math.max(longestMs, agoMs);
  }
  return { closed, unanswered, unmoved, longestMs };
}
