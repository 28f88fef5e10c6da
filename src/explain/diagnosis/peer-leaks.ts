import type { Diagnosis, Evidence } from "../../model/diagnosis";
import type { Confidence } from "../../model/finding";
import { countOf, formatDuration, medianOfSorted } from "../figures";
import type { Group } from "../groups";
import { seenBefore } from "../history/seen-before";
import { otherEnds, sayHolders } from "../other-ends";
import type { Scene } from "../scene";
import { nameEnd, socketAt } from "../scene";
import { unusedMs } from "../socket-times";
import { speaksAgainst, speaksFor } from "./cause";
import type { CauseReader } from "./cause";
import { diagnosedProcess, sayProcess } from "./diagnosed-process";

/** A server that closes with care reads on for some seconds after its FIN (nginx's lingering_timeout: 5 s), a half-closing client waits for its answer. */
const LONG_MS = 30_000;
const FEW = 5;
/** Without times and a second look. */
const BLIND = 30;

/**
 * FIN_WAIT_2 held by a process (docs/sockets.md section 7): we have said that we are done, the peer has acknowledged that and does not hang up. Its
 * CLOSE_WAIT is our FIN_WAIT_2. The kernel ends only those that nobody holds (tcp_fin_timeout).
 */
export const peerLeaks: CauseReader = {
  cause: "peer-leaks",
  diagnose: (scene) => scene.groups.flatMap((group) => diagnoseGroup(scene, group) ?? []),
};

function diagnoseGroup(scene: Scene, group: Group): Diagnosis | null {
  if (group.direction === null || group.pid === null || (group.states.FIN_WAIT_2 ?? 0) < FEW) return null;
  const all = group.sockets.filter((index) => socketAt(scene, index).state === "FIN_WAIT_2");
  const before = seenBefore(scene, all, LONG_MS);
  // A keepalive answer is no data and does not count.
  const quiet = all.map((index) => ({ index, ms: Math.max(unusedMs(socketAt(scene, index)) ?? 0, before.get(index)?.socket.state === "FIN_WAIT_2" ? (before.get(index)?.agoMs ?? 0) : 0) }));
  const timed = before.size > 0 || all.some((index) => unusedMs(socketAt(scene, index)) !== null);
  const long = quiet.filter(({ ms }) => ms >= LONG_MS);
  const blind = !timed && all.length >= BLIND;
  if (long.length < FEW && !blind) return null;
  const sockets = blind ? all : long.map(({ index }) => index);

  const evidence: Evidence[] = [speaksFor("this side said that it is done (FIN, acknowledged) and holds the socket still: the peer does not hang up", countOf(sockets.length, "socket"), sockets)];
  if (!blind) {
    const ages = long.map(({ ms }) => ms).sort((a, b) => a - b);
    evidence.push(speaksFor("nothing has come from the peer since, in the middle for", formatDuration(medianOfSorted(ages) ?? 0), sockets));
  } else evidence.push(speaksAgainst("since when is not known: the capture has no tcp_info (ss -i), so some may be passing", null, sockets));
  const ends = [...otherEnds(scene, sockets).values()].filter((index) => socketAt(scene, index).state === "CLOSE_WAIT");
  const leaker = sayHolders(scene, ends);
  if (ends.length > 0) evidence.push(speaksFor(`the other ends are on this host, in CLOSE_WAIT, held by ${leaker ?? "a process that this look does not show"}`, countOf(ends.length, "socket"), ends));
  else evidence.push(speaksAgainst("the peer may still be at work on its answer: its own side was not seen", null, sockets));
  const passing = all.length - sockets.length;
  if (passing > 0) evidence.push(speaksAgainst("others are young, or data still came: an orderly end", countOf(passing, "socket")));

  const confidence: Confidence = blind ? "low" : ends.length >= FEW || sockets.length >= 20 ? "high" : "medium";
  const process = diagnosedProcess(scene, group.pid, group.process);
  const peer = group.direction === "inbound" ? `Clients of ${nameEnd(scene, group)}` : nameEnd(scene, group);
  return {
    cause: "peer-leaks",
    title: `${leaker === null ? peer : `${leaker}, the peer,`} ${leaker === null && group.direction === "inbound" ? "do" : "does"} not close: ${countOf(sockets.length, "connection")} of ${process?.name ?? "this process"} ${sockets.length === 1 ? "waits" : "wait"} in FIN_WAIT_2`,
    severity: blind || sockets.length < 20 ? "notice" : "warning",
    confidence,
    count: sockets.length,
    states: { FIN_WAIT_2: sockets.length },
    process,
    service: scene.serviceOf(group),
    direction: group.direction,
    endpoint: group.endpoint,
    peerIdleTimeout: null,
    leakMomentsMs: [],
    evidence,
    // What can be mended here is the wait without an end; the missing close is the peer's.
    lookFor: ["no-timeout"],
    advice: [
      leaker === null ? "Look at the peer's host: the same connections stand there in CLOSE_WAIT, and its process leaks them." : `Look at ${leaker}: it holds the other ends in CLOSE_WAIT, and the line to mend is there.`,
      `Until then ${sayProcess(process)} can help itself: a timeout on the wait for the peer's end, then close. What nobody holds the kernel ends after tcp_fin_timeout.`,
    ],
    snapshot: scene.index,
    sockets,
  };
}
