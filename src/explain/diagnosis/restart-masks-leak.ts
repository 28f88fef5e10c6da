import type { Diagnosis, Direction, Evidence } from "../../model/diagnosis";
import { formatEndpoint } from "../../model/endpoint";
import type { Endpoint } from "../../model/endpoint";
import type { Restart } from "../../model/past";
import { countOf, formatCount, formatDuration } from "../figures";
import type { Group } from "../groups";
import type { History } from "../history/history";
import { groupKey } from "../history/measures";
import type { Points } from "../history/slope";
import { cutsOf, pointsOf } from "../history/timeline";
import type { Period } from "../history/trend";
import { climbs, periodsOf, sawtoothOf } from "../history/trend";
import type { Scene } from "../scene";
import { nameEnd, socketAt } from "../scene";
import { countStatesOf, speaksAgainst, speaksFor } from "./cause";
import type { CauseReader } from "./cause";
import { diagnosedProcess, sayProcess } from "./diagnosed-process";
import { leakMoments } from "./leak-moments";

/** A period this much shorter than the one before it is shorter. */
const SHORTER = 0.93;

/**
 * What a service holds climbs, a restart empties it, and it climbs again: the restarts hide a leak (docs/sockets.md section 7). A service that is steady
 * between its restarts, or fills a pool and rests, shows nothing of that.
 */
export const restartMasksLeak: CauseReader = {
  cause: "restart-masks-leak",
  diagnose(scene, history) {
    const lineages = [...new Set(history.restarts.map(({ lineage }) => lineage))];
    return lineages.flatMap((lineage) => {
      const found = heldBy(scene, history, lineage).flatMap((held): Sawtooth[] => {
        const teeth = sawtoothOf(periodsOf(held.points, cutsOf(history, lineage)));
        return teeth === null ? [] : [{ held, teeth }];
      });
      // The sockets say more than the descriptors that hold them; of several ends the one with the most teeth, and the highest.
      const [worst] = found.sort((a, b) => Number(a.held.group === null) - Number(b.held.group === null) || b.teeth.length - a.teeth.length || peakOf(b.teeth) - peakOf(a.teeth));
      return worst === undefined ? [] : [tell(scene, history, lineage, worst)];
    });
  },
};

/** A quantity of one service over all looks. */
interface Held {
  readonly noun: string;
  readonly points: Points;
  /** null: its descriptors. */
  readonly group: { readonly key: string; readonly direction: Direction | null; readonly endpoint: Endpoint } | null;
}

interface Sawtooth {
  readonly held: Held;
  readonly teeth: readonly Period[];
}

/** What can leak: sockets that the peer hung up on, connections out with them, and descriptors. Clients that come in are load. */
function heldBy(scene: Scene, history: History, lineage: string): Held[] {
  const { table } = history;
  const groups = new Map<string, { endpoint: Endpoint; open: Points | null; closing: Points | null }>();
  const held: Held[] = [];
  for (const row of table.rows) {
    if (row.lineage !== lineage) continue;
    const { subject } = row;
    if (subject.kind === "descriptors") held.push({ noun: "descriptor", points: pointsOf(table, row), group: null });
    if (subject.kind !== "group") continue;
    const group = groups.get(subject.group) ?? { endpoint: subject.endpoint, open: null, closing: null };
    if (subject.state === "ESTABLISHED") group.open = pointsOf(table, row);
    if (subject.state === "CLOSE_WAIT") group.closing = pointsOf(table, row);
    groups.set(subject.group, group);
  }
  for (const [key, { endpoint, open, closing }] of groups) {
    const direction = key.startsWith("O ") ? "outbound" : key.startsWith("I ") ? "inbound" : null;
    const group = { key, direction, endpoint } as const;
    // Those that the peer hung up on meanwhile belong to the same climb.
    if (direction === "outbound" && open !== null && !usedAgain(scene, history, lineage, key)) held.push({ noun: "connection", points: closing === null ? open : sumOf(open, closing), group });
    else if (closing !== null) held.push({ noun: "CLOSE_WAIT", points: closing, group });
  }
  return held;
}

/** Connections that are lent again and again are a pool's, however many they are. */
function usedAgain(scene: Scene, history: History, lineage: string, key: string): boolean {
  let used = 0;
  let followed = 0;
  for (const index of socketsOf(scene, lineage, key)) {
    const life = history.lifeOf(socketAt(scene, index));
    if (life === null || life.lastSeenMs <= life.firstSeenMs) continue;
    followed += 1;
    if (life.uses > 0) used += 1;
  }
  return followed >= 4 && used > followed / 2;
}

function groupsOf(scene: Scene, lineage: string, key: string): Group[] {
  return scene.groups.filter((group) => groupKey(group, lineage) === key);
}

function socketsOf(scene: Scene, lineage: string, key: string): number[] {
  return groupsOf(scene, lineage, key).flatMap(({ sockets }) => sockets).filter((index) => ["ESTABLISHED", "CLOSE_WAIT"].includes(socketAt(scene, index).state ?? ""));
}

function tell(scene: Scene, history: History, lineage: string, { held, teeth }: Sawtooth): Diagnosis {
  const restarts = history.restarts.filter((restart) => restart.lineage === lineage);
  const last = restarts[restarts.length - 1] as Restart;
  const groups = held.group === null ? [] : groupsOf(scene, lineage, held.group.key);
  const sockets = held.group === null ? [] : socketsOf(scene, lineage, held.group.key);
  const process = diagnosedProcess(scene, last.afterPid, last.name);
  const [group] = groups;
  const end = group === undefined ? (held.group === null ? null : formatEndpoint(held.group.endpoint)) : nameEnd(scene, group);
  const lengths = periodLengths(teeth, restarts);
  const shorter = getShorter(lengths);
  const ended = lengths.length;
  const of = held.group === null ? "descriptors" : held.group.direction === "outbound" ? `connections to ${end}` : `connections in on ${end} that their peers hung up on`;

  const evidence: Evidence[] = [
    speaksFor(`its ${of} climb after each start, and a restart empties them`, teeth.map(({ peak }) => formatCount(peak)).join(", "), sockets),
    speaksFor("its start time changed each time they fell", countOf(restarts.length, "restart")),
  ];
  if (shorter) evidence.push(speaksFor("each period was shorter than the one before", lengths.map(formatDuration).join(", ")));
  else if (ended >= 2) evidence.push(speaksAgainst("the periods do not get shorter: it climbs as fast as before", lengths.map(formatDuration).join(", ")));
  const abandoned = neverUsedAgain(scene, history, sockets);
  if (abandoned.length > 0) evidence.push(speaksFor("of those that are there now none was used again since it was first seen", countOf(abandoned.length, "connection"), abandoned));
  if (teeth.length === 2) evidence.push(speaksAgainst("it was seen to climb twice only", null));
  if (!climbs(teeth[teeth.length - 1] as Period)) evidence.push(speaksAgainst("since the last start it does not climb yet", null, sockets));
  if (held.group === null) evidence.push(speaksAgainst("which of its descriptors they are is not told", null));
  const states = countStatesOf(scene, sockets);
  const now = held.points.values[held.points.values.length - 1] ?? 0;
  return {
    cause: "restart-masks-leak",
    title: `Restarts hide a leak of ${last.name}: its ${held.noun === "descriptor" ? "descriptors" : "connections"} climb again each time${shorter ? ", each time faster" : ""}`,
    severity: shorter ? "critical" : "warning",
    confidence: teeth.length >= 3 ? "high" : "medium",
    count: held.group === null ? now : sockets.length,
    states,
    process,
    service: group === undefined ? null : scene.serviceOf(group),
    direction: held.group?.direction ?? null,
    endpoint: held.group?.endpoint ?? null,
    peerIdleTimeout: null,
    leakMomentsMs: held.group === null ? [] : leakMoments(scene, sockets, held.group.direction),
    evidence,
    lookFor: ["transaction-leak", "resource-leak", "client-churn"],
    advice: [
      "Preserve the scene before the next restart: each one so far took the evidence with it.",
      lengths.length > 0 ? `At this pace ${sayProcess(process)} is full again ${formatDuration(lengths[lengths.length - 1] ?? 0)} after its start: that is the time there is.` : "Keep watching until it is full again.",
      "What changed before the first climb, in code, configuration or load, is where it began.",
    ],
    snapshot: scene.index,
    sockets,
  };
}

/** How long each climb lasted, from the process's start (where it is told) to the restart that ended it. Milliseconds. */
function periodLengths(teeth: readonly Period[], restarts: readonly Restart[]): number[] {
  return teeth.flatMap((tooth): number[] => {
    const from = tooth.timesMs[0] ?? 0;
    const restart = restarts.find(({ timeMs }) => timeMs > (tooth.timesMs[tooth.timesMs.length - 1] ?? 0));
    return restart === undefined ? [] : [restart.timeMs - Math.min(from, restart.beforeStartedMs ?? from)];
  });
}

function getShorter(lengths: readonly number[]): boolean {
  return lengths.length >= 2 && lengths.every((length, at) => at === 0 || length <= (lengths[at - 1] ?? 0) * SHORTER);
}

function neverUsedAgain(scene: Scene, history: History, sockets: readonly number[]): number[] {
  const followed = sockets.flatMap((index) => {
    const life = history.lifeOf(socketAt(scene, index));
    return life === null || life.lastSeenMs <= life.firstSeenMs ? [] : [{ index, uses: life.uses }];
  });
  return followed.some(({ uses }) => uses > 0) ? [] : followed.map(({ index }) => index);
}

function peakOf(teeth: readonly Period[]): number {
  return Math.max(...teeth.map(({ peak }) => peak));
}

/** Both at once, at the times that both tell. */
function sumOf(one: Points, other: Points): Points {
  const more = new Map(other.timesMs.map((ms, at) => [ms, other.values[at] ?? 0]));
  return { timesMs: one.timesMs, values: one.values.map((value, at) => value + (more.get(one.timesMs[at] ?? 0) ?? 0)) };
}
