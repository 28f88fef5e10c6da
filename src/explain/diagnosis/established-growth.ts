import type { Diagnosis, Evidence } from "../../model/diagnosis";
import type { Confidence } from "../../model/finding";
import { countOf, formatCount, formatDuration } from "../figures";
import { sizeOf } from "../groups";
import type { Group } from "../groups";
import type { History } from "../history/history";
import { groupKey } from "../history/measures";
import { identityOf } from "../history/same-socket";
import { climbs, seriesOf } from "../history/series";
import { cutsOf, pointsOf } from "../history/timeline";
import { courseOf } from "../history/trend";
import { usedSinceFirstSeen } from "../history/used-since";
import type { Scene } from "../scene";
import { nameEnd, socketAt } from "../scene";
import { unusedMs } from "../socket-times";
import { countStatesOf, speaksAgainst, speaksFor } from "./cause";
import type { CauseReader } from "./cause";
import { diagnosedProcess, sayProcess } from "./diagnosed-process";
import { leakMoments } from "./leak-moments";

/** A connection that was silent for this long is idle, whatever the network's pace. */
const IDLE_MS = 1000;
/** The same last use, read at two looks: the clocks of both are good to this much. */
const SAME_MOMENT_MS = 1500;
/** Without tcp_info only a steady climb over several looks says something. */
const BLIND_LOOKS = 3;
const BLIND_GROWTH = 10;

/**
 * The early sign (docs/sockets.md section 5): connections to one peer lie idle and are never used again, and yet new ones are opened. A pool
 * that gets its connections back lends an idle one before it opens another.
 */
export const establishedGrowth: CauseReader = {
  cause: "established-growth",
  diagnose: (scene, history) => (scene.earlier.length === 0 ? [] : scene.groups.flatMap((group) => diagnoseGroup(scene, group, history) ?? [])),
};

function diagnoseGroup(scene: Scene, group: Group, history: History): Diagnosis | null {
  if (group.direction !== "outbound" || (group.states.ESTABLISHED ?? 0) < 5) return null;
  const series = seriesOf(scene, group, "ESTABLISHED");
  // Those that the peer hung up on meanwhile belong to the same climb.
  const closing = seriesOf(scene, group, "CLOSE_WAIT").counts;
  const counts = series.counts.map((count, look) => count + (closing[look] ?? 0));
  const first = counts[0] ?? 0;
  const last = counts[counts.length - 1] ?? 0;
  const growth = last - first;
  if (growth < 3 || !climbs({ ...series, counts }) || passesClientsOn(scene, group, growth)) return null;

  const abandoned = readAbandoned(scene, group);
  if (abandoned === null) {
    if (counts.length < BLIND_LOOKS || growth < BLIND_GROWTH) return null;
  } else if (abandoned.untouched.length < 3 || Math.max(abandoned.opened, group.counted > 0 ? growth : 0) < 3) return null;

  const span = series.spanMs === null ? "" : ` in ${formatDuration(series.spanMs)}`;
  const sockets = abandoned?.idle ?? group.sockets.filter((index) => socketAt(scene, index).state === "ESTABLISHED");
  const evidence: Evidence[] = [speaksFor("connections to this peer grow and none is given back", `${formatCount(first)} to ${formatCount(last)}${span}`, group.sockets)];
  if (abandoned !== null) {
    evidence.push(
      speaksFor("these lay idle at the look before and were not used again, though new ones were opened: a pool would have lent them", countOf(abandoned.untouched.length, "connection"), abandoned.untouched),
      speaksFor("opened since the first look", countOf(group.counted > 0 ? Math.max(abandoned.opened, growth) : abandoned.opened, "connection"), sockets),
    );
    // The target lists the same few of each end at every look, and counts the rest.
    if (group.counted > 0) evidence.push(speaksAgainst("only some of these connections were listed and could be followed; the rest were counted", `${formatCount(group.sockets.length)} of ${formatCount(sizeOf(group))}`, group.sockets));
    if (abandoned.reused > 0) evidence.push(speaksAgainst("some that lay idle were used again", countOf(abandoned.reused, "connection"), sockets));
  } else {
    evidence.push(speaksAgainst("when each was last used is not known: the capture has no tcp_info (ss -i), so it may be rising load", null, sockets));
  }
  evidence.push(...usedSinceFirstSeen(scene, history, abandoned?.untouched ?? sockets), ...paceOf(history, group, sockets));
  if (counts.length === 2) evidence.push(speaksAgainst("only two looks so far: a pool that warms up grows too", series.spanMs === null ? null : formatDuration(series.spanMs), sockets));
  if (group.pid === null) evidence.push(speaksAgainst("the owner of these connections is not known", null, sockets));

  const never = abandoned !== null && abandoned.reused === 0;
  const confidence: Confidence = abandoned === null ? "low" : counts.length >= 3 && never && growth >= 10 ? "high" : "medium";
  const process = diagnosedProcess(scene, group.pid, group.process);
  return {
    cause: "established-growth",
    title: `Idle connections to ${nameEnd(scene, group)} grow and are never used again`,
    severity: sockets.length >= 50 ? "warning" : confidence === "low" ? "notice" : "warning",
    confidence,
    count: sockets.length,
    states: countStatesOf(scene, sockets),
    process,
    service: scene.serviceOf(group),
    direction: "outbound",
    endpoint: group.endpoint,
    peerIdleTimeout: null,
    leakMomentsMs: leakMoments(scene, sockets, "outbound"),
    evidence,
    lookFor: ["transaction-leak", "resource-leak", "client-churn"],
    advice: [
      "It has not broken yet: preserve the scene, and keep watching.",
      `Look in the log of ${sayProcess(process)} at the leak moments: what ran then took a connection and did not give it back.`,
      "Ask the peer what its idle sessions hold: an open transaction shows there (SHOW PROCESSLIST, pg_stat_activity).",
    ],
    snapshot: scene.index,
    sockets,
  };
}

/** How fast it grows, as all looks together tell it. */
function paceOf(history: History, group: Group, sockets: readonly number[]): Evidence[] {
  const row = history.table.row(`group ${groupKey(group, history.lineageOf(group.pid))} ESTABLISHED`);
  if (row === undefined) return [];
  const course = courseOf(pointsOf(history.table, row), cutsOf(history, row.lineage), null, "connections");
  if (course.verdict === "grows") return [speaksFor(`over ${formatCount(history.looks)} looks it ${course.text}`, null, sockets)];
  return course.verdict === "plateau" ? [speaksAgainst(`over ${formatCount(history.looks)} looks it ${course.text}: it may have found its size`, null, sockets)] : [];
}

interface Abandoned {
  /** Idle now. */
  readonly idle: readonly number[];
  /** Idle at an earlier look, and not used since. */
  readonly untouched: readonly number[];
  /** Not there at the first look. */
  readonly opened: number;
  /** Idle at an earlier look, and used since. */
  readonly reused: number;
}

/** Follows each connection from the first look to this one. null: tcp_info or the looks' times are missing. */
function readAbandoned(scene: Scene, group: Group): Abandoned | null {
  const first = scene.earlier.find((look) => look.groupsByKey.has(group.key)) ?? scene.earlier[0];
  if (first === undefined || first.takenMs === null || scene.takenMs === null) return null;
  const before = new Map<string, number | null>();
  for (const index of first.groupsByKey.get(group.key)?.sockets ?? []) {
    const socket = socketAt(first, index);
    before.set(identityOf(socket), unusedMs(socket));
  }
  const idle: number[] = [];
  const untouched: number[] = [];
  let opened = 0;
  let reused = 0;
  let timed = 0;
  for (const index of group.sockets) {
    const socket = socketAt(scene, index);
    if (socket.state !== "ESTABLISHED" && socket.state !== "CLOSE_WAIT") continue;
    const unused = unusedMs(socket);
    if (unused === null) continue;
    timed += 1;
    if (unused >= IDLE_MS) idle.push(index);
    const earlierUnused = before.get(identityOf(socket));
    if (earlierUnused === undefined) opened += 1;
    if (earlierUnused === undefined || earlierUnused === null || earlierUnused < IDLE_MS) continue;
    const moved = scene.takenMs - unused - (first.takenMs - earlierUnused);
    if (moved > SAME_MOMENT_MS) reused += 1;
    else untouched.push(index);
  }
  return timed === 0 ? null : { idle, untouched, opened, reused };
}

/** A proxy opens one connection for each client: when what comes in grew as much as what goes out, nothing leaks here. */
function passesClientsOn(scene: Scene, group: Group, growth: number): boolean {
  if (group.pid === null) return false;
  const inbound = (look: Scene): number => {
    let count = 0;
    for (const other of look.groups) if (other.pid === group.pid && other.direction === "inbound") count += other.states.ESTABLISHED ?? 0;
    return count;
  };
  const first = scene.earlier[0];
  return first !== undefined && inbound(scene) - inbound(first) >= growth * 0.8;
}
