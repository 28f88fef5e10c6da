import { formatEndpoint } from "../../model/endpoint";
import type { Diagnosis, Evidence } from "../../model/diagnosis";
import type { Confidence } from "../../model/finding";
import { readAcceptQueue, readArrivals } from "../arrivals";
import type { Arrivals } from "../arrivals";
import { countOf, formatCount } from "../figures";
import { sizeOf } from "../groups";
import type { Group } from "../groups";
import { seenBefore } from "../history/seen-before";
import { sentAgain } from "../retransmissions";
import type { Scene } from "../scene";
import { nameEnd, socketAt } from "../scene";
import { speaksAgainst, speaksFor } from "./cause";
import type { CauseReader } from "./cause";
import { diagnosedProcess, sayProcess } from "./diagnosed-process";

const FEW = 3;
/** Without timers and a second look: so many at once towards one end are no coincidence. */
const BLIND = 10;
/** A handshake across the world takes a third of a second; the first retransmission comes after one (RFC 6298). */
const STILL_THERE_MS = 1000;
/** Data came this recently: the far end lives. */
const ALIVE_MS = 10_000;

/** SYN_SENT towards one end that gets no answer (docs/sockets.md section 7): the machine or the way there is gone, a firewall drops, or the far end's accept queue is full. */
export const connectStalled: CauseReader = {
  cause: "connect-stalled",
  diagnose: (scene) => scene.groups.flatMap((group) => diagnoseGroup(scene, group) ?? []),
};

function diagnoseGroup(scene: Scene, group: Group): Diagnosis | null {
  if (group.direction !== "outbound" || (group.states.SYN_SENT ?? 0) < FEW) return null;
  const opening = group.sockets.filter((index) => socketAt(scene, index).state === "SYN_SENT");
  const before = seenBefore(scene, opening, STILL_THERE_MS);
  const stuck = opening.filter((index) => (sentAgain(socketAt(scene, index)) ?? 0) >= 1 || before.get(index)?.socket.state === "SYN_SENT");
  const timed = before.size > 0 || opening.some((index) => sentAgain(socketAt(scene, index)) !== null);
  const blind = !timed && opening.length >= BLIND;
  if (stuck.length < FEW && !blind) return null;
  const sockets = blind ? opening : stuck;

  const evidence: Evidence[] = [];
  let again = 0;
  for (const index of stuck) again = Math.max(again, sentAgain(socketAt(scene, index)) ?? 0);
  if (blind) evidence.push(
    speaksFor("connections to this end are being opened at this moment, and none has got an answer yet", countOf(opening.length, "socket"), opening),
    speaksAgainst("since when is not known: the capture has neither timers (ss -o) nor a second look, so it may be a burst", null, opening),
  );
  else {
    evidence.push(speaksFor("the handshake gets no answer: these still stand in SYN_SENT", countOf(stuck.length, "socket"), stuck));
    // The first is sent again after a second, the others no sooner (tcp_retries2, tcp_syn_linear_timeouts in ip-sysctl.rst).
    if (again > 0) evidence.push(speaksFor("the kernel has sent the first packet again, a second and more each time", `up to ${countOf(again, "time")}`, stuck));
  }
  const listener = listenerHere(scene, group);
  const full = listener !== null && readAcceptQueue(scene, listener).full;
  if (listener !== null) evidence.push(sayListener(scene, listener, full));
  const made = establishedTo(scene, group);
  const alive = made.filter((index) => (socketAt(scene, index).info?.lastReceiveMs ?? Infinity) < ALIVE_MS);
  if (alive.length > 0) evidence.push(speaksFor("connections to the same end that were made before are answered: it lives and takes no new ones (a full accept queue, or a limit)", countOf(alive.length, "connection"), alive));
  else if (made.length === 0 && listener === null) evidence.push(speaksFor("no connection to this end is established: the machine, its port or the way there is gone, or a firewall drops the packets", null, sockets));
  if (group.pid === null) evidence.push(speaksAgainst("who opens these connections is not known", null, sockets));

  const confidence: Confidence = blind ? "low" : stuck.length >= 10 || again >= 3 || full ? "high" : "medium";
  const process = diagnosedProcess(scene, group.pid, group.process);
  return {
    cause: "connect-stalled",
    title: `${nameEnd(scene, group)} does not answer: ${countOf(sockets.length, "connection")} wait for the handshake`,
    severity: blind ? "notice" : stuck.length >= 10 ? "critical" : "warning",
    confidence,
    count: group.counted > 0 ? Math.max(sockets.length, group.states.SYN_SENT ?? 0) : sockets.length,
    states: { SYN_SENT: group.states.SYN_SENT ?? sockets.length },
    process,
    service: scene.serviceOf(group),
    direction: "outbound",
    endpoint: group.endpoint,
    peerIdleTimeout: null,
    leakMomentsMs: [],
    evidence,
    lookFor: ["no-timeout", "blocking-in-async"],
    advice: [
      full ? `Look at ${sayProcess(diagnosedProcess(scene, listener?.pid ?? null, listener?.process ?? null))} first: it listens there and does not accept.` : `See whether ${formatEndpoint(group.endpoint)} can be reached from this host at all, and what a firewall on the way does with its packets.`,
      alive.length > 0 || full ? "Preserve the far end's host too: its listener's Recv-Q shows the full queue." : "A dropped packet is silent; a machine that is up and has no such port would refuse at once.",
      `Give every connect in ${sayProcess(process)} a timeout of a few seconds: the kernel tries for two minutes (tcp_syn_retries), and each waiting caller holds a worker for as long.`,
    ],
    snapshot: scene.index,
    sockets,
  };
}

/** The listener at the far end, when it is on this host: in the same network namespace, or in one whose address it is. */
function listenerHere(scene: Scene, group: Group): Arrivals | null {
  const { sites, siteFor } = scene.directions;
  const { address, port } = group.endpoint;
  // A foreign address is answered by a wildcard listener of ours only where it is our own.
  const own = (namespace: string | null): readonly string[] => (namespace === null ? scene.snapshot.ownAddresses : (scene.snapshot.namespaces.find((one) => one.id === namespace)?.ownAddresses ?? []));
  const loopback = address.startsWith("127.") || address === "::1";
  const namespaces = loopback ? [group.namespace] : [...new Set(sites.map((site) => site.namespace))].filter((namespace) => own(namespace).includes(address));
  for (const namespace of namespaces) {
    const at = siteFor(namespace, address, port);
    const found = at === null ? undefined : readArrivals(scene).find((arrivals) => arrivals.listeners.some((index) => sites[at]?.sockets.includes(index)));
    if (found !== undefined) return found;
  }
  return null;
}

function sayListener(scene: Scene, listener: Arrivals, full: boolean): Evidence {
  const who = sayProcess(diagnosedProcess(scene, listener.pid, listener.process));
  const figure = listener.queue === null ? null : `${formatCount(listener.queue.length)}${listener.queue.limit === null ? "" : ` of ${formatCount(listener.queue.limit)}`}`;
  return full
    ? speaksFor(`${who} listens there, on this host, and its accept queue is full: the kernel drops new handshakes`, figure, listener.listeners)
    : speaksAgainst(`${who} listens there, on this host, and its accept queue is not full`, figure, listener.listeners);
}

/** Established connections from this network namespace to the same end, whoever holds them. */
function establishedTo(scene: Scene, { namespace, endpoint }: Group): number[] {
  return scene.groups.filter((other) => other.direction === "outbound" && other.namespace === namespace && sizeOf(other) > 0 && other.endpoint.address === endpoint.address && other.endpoint.port === endpoint.port)
    .flatMap((other) => other.sockets.filter((index) => socketAt(scene, index).state === "ESTABLISHED"));
}
