import type { Diagnosis, Evidence } from "../../model/diagnosis";
import type { Confidence } from "../../model/finding";
import { formatEndpoint } from "../../model/endpoint";
import { readAcceptQueue, readArrivals } from "../arrivals";
import type { Arrivals } from "../arrivals";
import { countOf, formatCount, formatDuration } from "../figures";
import { readHangUps } from "../peer-idle-timeout";
import type { Scene } from "../scene";
import { socketAt } from "../scene";
import { countStatesOf, speaksAgainst, speaksFor } from "./cause";
import type { CauseReader } from "./cause";
import { configuredTimeout } from "./configured-timeout";
import { diagnosedProcess, sayProcess } from "./diagnosed-process";
import { leakMoments } from "./leak-moments";
import { notTold } from "./ownership-told";
import { stuckCloseWaits } from "./stuck-close-waits";

/** A request that has been lying unread this long in an accepted connection says that its worker is not at it. */
const UNREAD_REQUEST_MS = 5000;

/**
 * Inbound connections that were accepted and whose peer gave up while the handler was busy (docs/sockets.md section 1, rows two and three):
 * Recv-Q 1, the request was read and the FIN was not; more, the request itself was never read. When the loop is blocked as well,
 * connections whose end of file was read (Recv-Q 0) wait for the same handlers.
 */
export const handlerStalled: CauseReader = {
  cause: "handler-stalled",
  diagnose: (scene) => readArrivals(scene).flatMap((arrivals) => diagnoseListener(scene, arrivals) ?? []),
};

function diagnoseListener(scene: Scene, arrivals: Arrivals): Diagnosis | null {
  const stuck = stuckCloseWaits(scene, arrivals.accepted);
  const acceptStalled = readAcceptQueue(scene, arrivals).stalled;
  const neverRead = arrivals.accepted.filter((index) => {
    const socket = socketAt(scene, index);
    return socket.state === "ESTABLISHED" && (socket.recvQueue ?? 0) > 0 && (socket.info?.lastReceiveMs ?? 0) >= UNREAD_REQUEST_MS;
  });
  const enough = (stuck.worthReporting && stuck.unread.length >= 3) || neverRead.length >= 5 || (acceptStalled && stuck.worthReporting);
  if (!enough || (stuck.read.length > stuck.unread.length * 4 && !acceptStalled)) return null;

  const one = stuck.unread.filter((index) => socketAt(scene, index).recvQueue === 1);
  const more = stuck.unread.filter((index) => (socketAt(scene, index).recvQueue ?? 0) > 1);
  const evidence: Evidence[] = [];
  if (one.length > 0) evidence.push(speaksFor("the request was read and the peer's FIN was not (Recv-Q 1): the handler is still at it", countOf(one.length, "socket"), one));
  if (more.length > 0) evidence.push(speaksFor("the request itself was never read (Recv-Q above 1): its worker is blocked before it reads", countOf(more.length, "socket"), more));
  if (neverRead.length > 0) evidence.push(speaksFor(`a request has been lying unread for more than ${UNREAD_REQUEST_MS / 1000} s, its client still waits`, `${formatCount(neverRead.length)} ESTABLISHED`, neverRead));
  if (acceptStalled && stuck.read.length > 0) evidence.push(speaksFor("the end of file was read (Recv-Q 0) and the handler waits for its turn: the same listener's queue is stalled", countOf(stuck.read.length, "socket"), stuck.read));
  const service = scene.serviceOf(arrivals.face);
  const hangUps = readHangUps(stuck.all.map((index) => socketAt(scene, index)));
  if (hangUps.timeout !== null) evidence.push(speaksFor("the peers gave up after a constant time: their own timeout", formatDuration(hangUps.timeout.medianMs), stuck.all), ...configuredTimeout(service, hangUps.timeout, stuck.all));
  if (!acceptStalled && stuck.read.length > 0) evidence.push(speaksAgainst("on these the end of file was read (Recv-Q 0): a close may be missing", countOf(stuck.read.length, "socket"), stuck.read));
  if (stuck.queueUnknown.length > 0) evidence.push(speaksAgainst(stuck.whyUnknown, countOf(stuck.queueUnknown.length, "socket"), stuck.queueUnknown));
  const working = arrivals.accepted.filter((index) => socketAt(scene, index).state === "ESTABLISHED" && (socketAt(scene, index).info?.lastSendMs ?? Infinity) < 1000);
  if (working.length > 0) evidence.push(speaksAgainst("other connections of this listener were answered within the last second", countOf(working.length, "connection"), working));
  if (!acceptStalled && arrivals.queue !== null) evidence.push(speaksAgainst("new connections are still accepted: the accept queue is not stalled", `${formatCount(arrivals.queue.length)} waiting`, arrivals.listeners));
  const sockets = acceptStalled ? [...stuck.all, ...neverRead] : [...stuck.unread, ...neverRead];
  const unknown = notTold(scene, sockets);
  evidence.push(...unknown);

  const owned = sockets.every((index) => socketAt(scene, index).ownership === "owned");
  const confidence: Confidence = !owned ? "low" : unknown.length > 0 ? "medium" : sockets.length >= 10 ? "high" : "medium";
  const process = diagnosedProcess(scene, arrivals.pid, arrivals.process);
  return {
    cause: "handler-stalled",
    title: `Handlers on ${formatEndpoint(arrivals.endpoint)} are still busy after their clients gave up`,
    severity: sockets.length >= 10 ? "warning" : "notice",
    confidence,
    count: sockets.length,
    states: countStatesOf(scene, sockets),
    process,
    service,
    direction: "inbound",
    endpoint: arrivals.endpoint,
    peerIdleTimeout: hangUps.timeout,
    leakMomentsMs: leakMoments(scene, sockets, "inbound"),
    evidence,
    lookFor: ["blocking-in-async", "no-timeout", "transaction-leak"],
    advice: [
      "Preserve the scene first.",
      `Take the stacks of ${sayProcess(process)} now: they show what the handlers wait for.`,
      "Look at what this process waits for: a slow service without a timeout, or a pool with nothing left to lend.",
      "Give each call to another service a timeout below the one of the clients here.",
    ],
    snapshot: scene.index,
    sockets,
  };
}
