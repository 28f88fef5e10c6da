import type { Confidence } from "../../model/finding";
import type { Diagnosis, Evidence } from "../../model/diagnosis";
import { countOf, formatCount, formatDuration } from "../figures";
import type { Group } from "../groups";
import { climbs, seriesOf } from "../history/series";
import { readHangUps } from "../peer-idle-timeout";
import type { HangUpPattern } from "../peer-idle-timeout";
import type { History } from "../history/history";
import { usedSinceFirstSeen } from "../history/used-since";
import type { Scene } from "../scene";
import { nameEnd, socketAt } from "../scene";
import { closeWaitTimes, unusedMs } from "../socket-times";
import { countStatesOf, speaksAgainst, speaksFor } from "./cause";
import type { CauseReader } from "./cause";
import { configuredTimeout } from "./configured-timeout";
import { diagnosedProcess } from "./diagnosed-process";
import { leakMoments } from "./leak-moments";
import { notTold } from "./ownership-told";
import { stuckCloseWaits } from "./stuck-close-waits";

/**
 * Outbound connections whose end of file nobody has read: the peer hung up, and the application has not touched the connection since
 * (docs/sockets.md section 1, rows four and five). They are pinned by an unfinished transaction or an open result, or they lie forgotten.
 */
export const connectionPinned: CauseReader = {
  cause: "connection-pinned",
  diagnose: (scene, history) => scene.groups.flatMap((group) => diagnoseGroup(scene, group, history) ?? []),
};

/** What speaks for pinned and against an idle pool, in points. */
export interface PinnedSigns {
  readonly points: number;
  readonly evidence: readonly Evidence[];
}

/** The pools that people use keep at most ten idle connections unless they are told otherwise (HikariCP, pg, Tomcat JDBC). */
const USUAL_IDLE_POOL = 10;

/** Weighs a group of hung-up outbound connections: leaked ones, or a pool's idle ones? Shared with idle-timeout-mismatch. */
export function weighPinned(scene: Scene, group: Group, unread: readonly number[], hangUps: HangUpPattern): PinnedSigns {
  const evidence: Evidence[] = [];
  let points = 0;
  if (unread.length > USUAL_IDLE_POOL) {
    points += unread.length > 2 * USUAL_IDLE_POOL ? 3 : 2;
    evidence.push(speaksFor("more than a pool usually keeps idle", countOf(unread.length, "connection"), unread));
  } else {
    evidence.push(speaksAgainst("no more than a pool may keep idle: it could be an idle pool", countOf(unread.length, "connection"), unread));
    if (unread.length >= 5) points += 1;
  }

  // A restart of the peer hangs up on a whole idle pool. (The evidence is told with the hang-ups.)
  if (hangUps.timeout === null && hangUps.atOnce === true) points -= 3;

  const series = seriesOf(scene, group, "CLOSE_WAIT");
  if (climbs(series)) {
    points += 2;
    const span = series.spanMs === null ? "" : ` in ${formatDuration(series.spanMs)}`;
    evidence.push(speaksFor("it grows, and none is given back", `${formatCount(series.counts[0] ?? 0)} to ${formatCount(series.counts[series.counts.length - 1] ?? 0)}${span}`, unread));
  } else if (series.counts.length >= 2 && Math.max(...series.counts.slice(-2)) === Math.min(...series.counts.slice(-2))) {
    evidence.push(speaksAgainst("their number did not grow since the look before", countOf(unread.length, "connection"), unread));
  }

  // The peer hung up on the oldest, and the application went on using this peer without tidying it away.
  let oldestAge = 0;
  for (const index of unread) oldestAge = Math.max(oldestAge, closeWaitTimes(socketAt(scene, index)).ageMs ?? 0);
  const usedSince = group.sockets.filter((index) => {
    const used = unusedMs(socketAt(scene, index));
    return used !== null && used + 1000 < oldestAge;
  });
  if (usedSince.length > 0) {
    points += 2;
    evidence.push(speaksFor("the process went on using this peer after the oldest was hung up, and left it there", countOf(usedSince.length, "connection"), usedSince));
  }

  const service = scene.serviceOf(group);
  if (service !== null && TRANSACTIONAL.has(service.kind)) {
    points += 1;
    evidence.push(speaksFor(`${service.kind === "database" ? "a database" : service.kind} stands there: an unfinished transaction or an open result keeps its connection`, null, unread));
  }
  return { points, evidence };
}

const TRANSACTIONAL: ReadonlySet<string> = new Set(["mysql", "postgresql", "mssql", "oracle", "database", "mongodb"]);

function diagnoseGroup(scene: Scene, group: Group, history: History): Diagnosis | null {
  if (group.direction === "inbound" || (group.states.CLOSE_WAIT ?? 0) === 0) return null;
  const stuck = stuckCloseWaits(scene, group.sockets);
  // Without queues an outbound CLOSE_WAIT is more often untouched than read to its end.
  const sockets = [...stuck.unread, ...stuck.queueUnknown];
  if (!stuck.worthReporting || sockets.length < 3 || sockets.length < stuck.read.length) return null;

  const hangUps = readHangUps(group.sockets.map((index) => socketAt(scene, index)), scene.earlierIdleMs);
  const signs = weighPinned(scene, group, sockets, hangUps);
  const evidence: Evidence[] = [];
  if (stuck.unread.length > 0) evidence.push(speaksFor(sayUnread(scene, stuck.unread), countOf(stuck.unread.length, "socket"), stuck.unread));
  const service = scene.serviceOf(group);
  evidence.push(...sayHangUps(hangUps, sockets), ...configuredTimeout(service, hangUps.timeout, sockets, hangUps.upperLimit), ...signs.evidence.filter((one) => one.supports));
  evidence.push(...usedSinceFirstSeen(scene, history, sockets));
  if (stuck.queueUnknown.length > 0) evidence.push(speaksAgainst(`${stuck.whyUnknown}: an unread end of file and an ignored one cannot be told apart`, countOf(stuck.queueUnknown.length, "socket"), stuck.queueUnknown));
  if (group.direction === null) evidence.push(speaksAgainst("which side opened the connections is not known: the capture shows no listener", countOf(sockets.length, "socket"), sockets));
  if (stuck.read.length > 0) evidence.push(speaksAgainst("these were read to their end (Recv-Q 0)", countOf(stuck.read.length, "socket"), stuck.read));
  const usable = group.states.ESTABLISHED ?? 0;
  if (usable > 0) evidence.push(speaksAgainst("other connections to the same peer still work", `${formatCount(usable)} ESTABLISHED`, group.sockets.filter((index) => socketAt(scene, index).state === "ESTABLISHED")));
  const unknown = notTold(scene, sockets);
  evidence.push(...signs.evidence.filter((one) => !one.supports), ...unknown, speaksAgainst("the pool's own limits were not seen", null));

  let confidence: Confidence = signs.points >= 3 ? "high" : signs.points >= 2 ? "medium" : "low";
  if (stuck.queueUnknown.length > 0 || group.direction === null) confidence = "low";
  else if (unknown.length > 0 && confidence === "high") confidence = "medium";
  const process = diagnosedProcess(scene, group.pid, group.process);
  return {
    cause: "connection-pinned",
    title: `Connections to ${nameEnd(scene, group)} are pinned and never closed`,
    severity: sockets.length >= 50 && confidence !== "low" ? "critical" : confidence === "low" && sockets.length < 10 ? "notice" : "warning",
    confidence,
    count: sockets.length,
    states: countStatesOf(scene, sockets),
    process,
    service,
    direction: group.direction,
    endpoint: group.endpoint,
    peerIdleTimeout: hangUps.timeout,
    leakMomentsMs: leakMoments(scene, sockets, "outbound"),
    evidence,
    lookFor: ["transaction-leak", "resource-leak"],
    advice: [
      "Preserve the scene before anything else: a restart closes these connections and with them every trace.",
      "Do not raise the pool's limit: it only takes longer to fill.",
      "Look in the log at the leak moments: each is the last time the application used one of these connections.",
      "If it must go on now, give the pool a maximum lifetime below the peer's idle timeout; what is pinned comes back only when the code gives it back.",
    ],
    snapshot: scene.index,
    sockets,
  };
}

/** All have Recv-Q 1: the FIN alone. More: the peer's goodbye lies before it. */
function sayUnread(scene: Scene, unread: readonly number[]): string {
  const withGoodbye = unread.filter((index) => (socketAt(scene, index).recvQueue ?? 0) > 1).length;
  if (withGoodbye === 0) return "each has an unread FIN (Recv-Q 1): nobody touched it since the peer hung up";
  return `nobody touched them since the peer hung up: the FIN is unread on each, and on ${formatCount(withGoodbye)} also the peer's last words (Recv-Q above 1)`;
}

/** The peer's idle timeout in words, or why there is none. Shared with idle-timeout-mismatch. */
export function sayHangUps(hangUps: HangUpPattern, sockets: readonly number[]): Evidence[] {
  const { timeout } = hangUps;
  if (timeout !== null) {
    const spread = timeout.highMs - timeout.lowMs < 50 ? "" : `, ${formatDuration(timeout.lowMs)} to ${formatDuration(timeout.highMs)}`;
    const said = [speaksFor(`the peer hung up after a constant idle time on ${countOf(timeout.sockets, "connection")}: its idle timeout`, `${formatDuration(timeout.medianMs)}${spread}`, sockets)];
    if (hangUps.upperLimit) said.push(speaksAgainst("keepalive probes may have stretched that idle time: it is an upper limit", formatDuration(timeout.medianMs), sockets));
    return said;
  }
  if (hangUps.atOnce === true) return [speaksAgainst("the peer hung up on all of them at once, as when it restarts", countOf(sockets.length, "connection"), sockets)];
  const low = hangUps.idleMs[0];
  const high = hangUps.idleMs[hangUps.idleMs.length - 1];
  if (low === undefined || high === undefined || hangUps.idleMs.length < 2) return [];
  return [speaksAgainst("the peer hung up after differing idle times: no idle timeout shows", `${formatDuration(low)} to ${formatDuration(high)}`, sockets)];
}
