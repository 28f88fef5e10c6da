import { formatEndpoint } from "../../model/endpoint";
import type { Diagnosis, Evidence } from "../../model/diagnosis";
import type { Confidence } from "../../model/finding";
import { readAcceptQueue, readArrivals } from "../arrivals";
import { countOf, formatCount, formatShare } from "../figures";
import type { Group } from "../groups";
import { seenBefore } from "../history/seen-before";
import { sentAgain } from "../retransmissions";
import type { Scene } from "../scene";
import { socketAt } from "../scene";
import { speaksAgainst, speaksFor } from "./cause";
import type { CauseReader } from "./cause";
import { diagnosedProcess, sayProcess } from "./diagnosed-process";

/** Beside a full accept queue a few say it. */
const FEW = 3;
/** Clients with bad lines are always there: this many, and this part of those who got in. */
const MANY = 10;
const SHARE_OF_ESTABLISHED = 0.02;
/** Without timers and a second look. */
const BLIND = 100;
/** A handshake takes one round trip; the answer is sent again after a second (RFC 6298). */
const STILL_THERE_MS = 1000;
/** Kernel counters of requests that found no place (net/ipv4/tcp_input.c): dropped, or answered with a cookie instead. */
const TURNED_AWAY = ["TcpExtTCPReqQFullDrop", "TcpExtTCPReqQFullDoCookies"] as const;

/**
 * SYN_RECEIVED piles up at a listener (docs/sockets.md section 7): its accept queue is full, so that the last packet of each handshake is dropped; or that packet
 * never comes: forged senders, or a path that is open one way only.
 */
export const synBacklog: CauseReader = {
  cause: "syn-backlog",
  diagnose: (scene) => scene.groups.flatMap((group) => diagnoseGroup(scene, group) ?? []),
};

function diagnoseGroup(scene: Scene, group: Group): Diagnosis | null {
  const count = group.states.SYN_RECEIVED ?? 0;
  if (group.direction !== "inbound" || count < FEW) return null;
  const half = group.sockets.filter((index) => socketAt(scene, index).state === "SYN_RECEIVED");
  const before = seenBefore(scene, half, STILL_THERE_MS);
  const stuck = half.filter((index) => (sentAgain(socketAt(scene, index)) ?? 0) >= 1 || before.get(index)?.socket.state === "SYN_RECEIVED");
  const timed = before.size > 0 || half.some((index) => sentAgain(socketAt(scene, index)) !== null);
  const arrivals = readArrivals(scene).find(({ face, endpoint }) => face.namespace === group.namespace && endpoint.port === group.endpoint.port && endpoint.address === group.endpoint.address) ?? null;
  const queue = arrivals === null ? null : readAcceptQueue(scene, arrivals);
  const full = queue?.full === true;
  const inside = arrivals === null ? 0 : arrivals.accepted.filter((index) => socketAt(scene, index).state === "ESTABLISHED").length;
  const blind = !timed && count >= BLIND && count >= inside / 2;
  // The listed ones are a sample of the counted.
  const scale = half.length === 0 ? 1 : count / half.length;
  if (!blind && stuck.length * scale < (full ? FEW : Math.max(MANY, inside * SHARE_OF_ESTABLISHED))) return null;

  const sockets = blind ? half : stuck;
  const evidence: Evidence[] = [blind
    ? speaksFor("handshakes are half done (SYN_RECEIVED)", countOf(count, "socket"), half)
    : speaksFor("our answer to the first packet was sent again, and the last packet of the handshake has not been taken in", countOf(stuck.length, "socket"), stuck)];
  if (blind) evidence.push(speaksAgainst("since when is not known: the capture has neither timers (ss -o) nor a second look, so it may be a burst of new clients", null, half));
  const limit = arrivals?.queue?.limit ?? null;
  if (full) evidence.push(speaksFor("the accept queue is full: handshakes that their clients think done are not let in", `${formatCount(arrivals?.queue?.length ?? 0)} of ${formatCount(limit ?? 0)}`, arrivals?.listeners ?? []));
  else if (arrivals !== null && arrivals.queue !== null) evidence.push(speaksAgainst("the accept queue is not full: the program accepts what gets through", limit === null ? formatCount(arrivals.queue.length) : `${formatShare(arrivals.queue.length, limit)} of its limit`, arrivals.listeners));
  if (limit !== null && limit > 0 && count >= limit / 2) evidence.push(speaksFor("of the requests that the listener may keep waiting", `${formatCount(count)} of ${formatCount(limit)}`, half));
  evidence.push(...sayTurnedAway(scene));
  const senders = new Set(sockets.map((index) => socketAt(scene, index).remote.address));
  const scattered = sockets.length >= MANY && senders.size >= sockets.length / 2;
  if (!full && scattered) evidence.push(speaksFor("nearly each comes from another address: forged senders look like that (a SYN flood)", `${formatCount(senders.size)} addresses`, sockets));
  else if (!full && senders.size <= 3) evidence.push(speaksFor("all come from the same few addresses: the way back to them, or their last packet's way to us, is closed (a firewall, an asymmetric route)", [...senders].join(", "), sockets));
  if (inside > 0 && !full) evidence.push(speaksAgainst("other clients of this listener got in", countOf(inside, "connection")));

  const confidence: Confidence = blind ? "low" : full || stuck.length >= 50 ? "high" : "medium";
  const process = arrivals === null ? null : diagnosedProcess(scene, arrivals.pid, arrivals.process);
  return {
    cause: "syn-backlog",
    title: `${countOf(blind ? count : stuck.length, "handshake")} with ${formatEndpoint(group.endpoint)} ${(blind ? count : stuck.length) === 1 ? "is" : "are"} not finished`,
    severity: blind ? "notice" : full || stuck.length >= 50 ? "critical" : "warning",
    confidence,
    count: blind || group.counted > 0 ? count : stuck.length,
    states: { SYN_RECEIVED: count },
    process,
    service: scene.serviceOf(arrivals?.face ?? group),
    direction: "inbound",
    endpoint: group.endpoint,
    peerIdleTimeout: null,
    leakMomentsMs: [],
    evidence,
    // Only where the program does not accept is there a line to find.
    lookFor: full ? ["blocking-in-async", "no-timeout"] : [],
    advice: full
      ? [
        "Preserve the scene first: a restart empties the queues and with them the proof.",
        `Take the stacks of ${sayProcess(process)} now: what keeps it from accepting is the cause, the half-done handshakes are the consequence.`,
      ]
      : [
        scattered ? "Keep SYN cookies on (net.ipv4.tcp_syncookies=1): they answer a flood without keeping anything." : "Capture both ways at once (tcpdump on this host and on one of the senders): see whether our SYN-ACK arrives there, and its answer here.",
        "No line of the program makes this: look at firewalls, load balancers and routes between these addresses and this host.",
      ],
    snapshot: scene.index,
    sockets,
  };
}

/** What the kernel counted of requests without a place, since the look before. What it counted since its start may be of any day and listener. */
function sayTurnedAway(scene: Scene): Evidence[] {
  const now = scene.snapshot.kernel?.counters;
  const before = scene.earlier[scene.earlier.length - 1]?.snapshot.kernel?.counters;
  if (now === undefined) return [];
  const total = TURNED_AWAY.reduce((sum, name) => sum + (now[name] ?? 0), 0);
  if (!TURNED_AWAY.some((name) => now[name] !== undefined)) return [];
  if (before === undefined) return total === 0 ? [speaksAgainst("no request has been without a place since the machine started (TCPReqQFullDrop, TCPReqQFullDoCookies)", "0")] : [];
  const grown = total - TURNED_AWAY.reduce((sum, name) => sum + (before[name] ?? 0), 0);
  return grown > 0
    ? [speaksFor("requests that found no place since the look before (TCPReqQFullDrop, TCPReqQFullDoCookies; all listeners)", formatCount(grown))]
    : [speaksAgainst("every request found a place since the look before (TCPReqQFullDrop, TCPReqQFullDoCookies)", "0")];
}
