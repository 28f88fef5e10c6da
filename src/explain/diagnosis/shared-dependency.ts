import type { DiagnosedHost, Diagnosis, Evidence } from "../../model/diagnosis";
import type { Confidence, FindingKind } from "../../model/finding";
import { formatEndpoint } from "../../model/endpoint";
import { countOf, formatCount, formatDuration } from "../figures";
import type { Group } from "../groups";
import type { HostScene } from "../hosts/host-scene";
import { isShared } from "../hosts/host-scene";
import type { Onset } from "../hosts/onset";
import { onsetOf } from "../hosts/onset";
import { holdersOf, sayStuck, stuckEdge } from "../hosts/stuck-edge";
import type { StuckEdge } from "../hosts/stuck-edge";
import { nameEnd, socketAt } from "../scene";
import type { HostsCauseReader } from "./cause";
import { countStatesOf, speaksAgainst, speaksFor } from "./cause";
import { diagnosedProcess } from "./diagnosed-process";

/** One or two stuck connections are found on any host. */
const FEW = 3;
/** Looks further apart than this do not show the same moment. */
const SAME_MOMENT_MS = 10 * 60_000;

/**
 * The same remote stuck on several hosts: what they share is more likely to be ill than each of them on its own. Addresses that mean something
 * else on each host (loopback, its own, those of its containers) are no shared remote.
 */
export const sharedDependency: HostsCauseReader = {
  cause: "shared-dependency",
  diagnoseHosts(hosts) {
    if (hosts.length < 2) return [];
    const remotes = new Map<string, Caller[]>();
    for (const host of hosts) {
      for (const caller of callersOf(host)) {
        const callers = remotes.get(caller.remote);
        if (callers === undefined) remotes.set(caller.remote, [caller]);
        else callers.push(caller);
      }
    }
    return [...remotes.values()].flatMap((callers) => diagnoseRemote(hosts, callers) ?? []);
  },
};

/** What one host has to do with one remote. */
interface Caller {
  readonly host: HostScene;
  readonly remote: string;
  /** The biggest group, to name the end by. */
  readonly face: Group;
  readonly sockets: readonly number[];
  readonly stuck: StuckEdge;
}

function callersOf(host: HostScene): Caller[] {
  const callers = new Map<string, { face: Group; sockets: number[]; stuck: StuckEdge }>();
  for (const group of host.scene.groups) {
    if (group.direction !== "outbound" || group.endpoint.port === null || !isShared(host.scene, group.endpoint.address)) continue;
    const remote = formatEndpoint({ ...group.endpoint, zone: null });
    const stuck = stuckEdge(host.scene, group, host.diagnoses);
    const known = callers.get(remote);
    if (known === undefined) callers.set(remote, { face: group, sockets: [...group.sockets], stuck });
    else {
      known.sockets.push(...group.sockets);
      known.stuck = join(known.stuck, stuck);
    }
  }
  return [...callers].map(([remote, caller]) => ({ host, remote, ...caller }));
}

function join(a: StuckEdge, b: StuckEdge): StuckEdge {
  return {
    hungUp: [...a.hungUp, ...b.hungUp], unanswered: [...a.unanswered, ...b.unanswered], unconnected: [...a.unconnected, ...b.unconnected],
    untaken: [...a.untaken, ...b.untaken], all: [...a.all, ...b.all],
  };
}

function diagnoseRemote(hosts: readonly HostScene[], callers: readonly Caller[]): Diagnosis | null {
  const stuck = callers
    .filter((caller) => caller.stuck.all.length >= FEW)
    .map((caller) => ({ ...caller, onset: onsetOf(caller.host, caller.stuck.all, null) }))
    .sort((a, b) => (a.onset?.oursMs ?? Infinity) - (b.onset?.oursMs ?? Infinity) || b.stuck.all.length - a.stuck.all.length);
  const first = stuck[0];
  if (first === undefined || stuck.length < 2) return null;
  const fine = callers.filter((caller) => caller.stuck.all.length < FEW && caller.sockets.some((index) => socketAt(caller.host.scene, index).state === "ESTABLISHED"));
  const { scene } = first.host;
  const service = scene.serviceOf(first.face);
  const name = nameEnd(scene, first.face);
  const total = stuck.reduce((sum, caller) => sum + caller.stuck.all.length, 0);

  const evidence: Evidence[] = stuck.map(({ host, stuck: edge, onset }) => ({
    ...speaksFor(`${host.name}: ${sayStuck(edge).join(", ")}${sayOnset(onset)}`, countOf(edge.all.length, "socket"), edge.all), snapshot: host.scene.index,
  }));
  const silent = stuck.reduce((sum, { stuck: edge }) => sum + edge.unanswered.length + edge.unconnected.length + edge.untaken.length, 0);
  const hungUp = total - silent;
  if (silent > 0) evidence.push(speaksFor("the remote itself gives no answer: nothing on these hosts can bring one", `${formatCount(silent)} of ${formatCount(total)}`));
  const atRemote = hosts.find((host) => host.scene.snapshot.ownAddresses.includes(first.face.endpoint.address));
  if (atRemote !== undefined) {
    const ill = atRemote.diagnoses.filter((one) => one.direction === "inbound" && one.endpoint?.port === first.face.endpoint.port);
    evidence.push(ill.length > 0
      ? { ...speaksFor(`it stands on ${atRemote.name}, which shows it too: ${ill[0]?.title ?? ""}`, null, ill[0]?.sockets ?? []), snapshot: atRemote.scene.index }
      : { ...speaksAgainst(`it stands on ${atRemote.name}, where its listener shows no trouble`, null), snapshot: atRemote.scene.index });
  }
  for (const caller of fine) {
    const working = caller.sockets.filter((index) => socketAt(caller.host.scene, index).state === "ESTABLISHED");
    evidence.push({ ...speaksAgainst(`${caller.host.name} talks to the same remote and is not stuck on it`, `${formatCount(working.length)} ESTABLISHED`, working), snapshot: caller.host.scene.index });
  }
  if (hungUp > silent) evidence.push(speaksAgainst("the remote did answer: it hung up, and the applications left the connections there; the same code may leak on each host", `${formatCount(hungUp)} of ${formatCount(total)}`));
  const apart = spreadOf(stuck.map(({ host }) => host));
  if (apart > SAME_MOMENT_MS) evidence.push(speaksAgainst("the looks at these hosts lie far apart", formatDuration(apart)));
  const listens = service !== null && SUBSCRIBED.has(service.kind) && stuck.every(({ stuck: edge }) => edge.unanswered.length === edge.all.length);
  if (listens) evidence.push(speaksAgainst(`clients of ${service.kind} may wait for the next message for long, without being stuck`, null));

  const doubts = Number(hungUp > silent) + Number(apart > SAME_MOMENT_MS) + Number(listens) + (fine.length >= stuck.length ? 2 : fine.length > 0 ? 1 : 0);
  const confidence: Confidence = doubts === 0 ? "high" : doubts === 1 ? "medium" : "low";
  const lookFor: FindingKind[] = silent > 0 ? ["no-timeout", "blocking-in-async"] : [];
  const told = stuck.map(({ host, stuck: edge, onset }): DiagnosedHost => ({
    target: host.target, name: host.name, snapshot: host.scene.index, sockets: edge.all,
    process: diagnosedProcess(host.scene, holdersOf(host.scene, edge.all)[0] ?? null, null),
    sinceMs: onset?.hostMs ?? null, sinceOursMs: onset?.oursMs ?? null, sinceErrorMs: onset?.errorMs ?? null,
  }));
  return {
    cause: "shared-dependency",
    title: `${name} is what ${countOf(stuck.length, "host")} are stuck on: ${told.map((host) => host.name).join(", ")}`,
    severity: confidence === "low" ? "notice" : silent > 0 ? "critical" : "warning",
    confidence,
    count: total,
    states: countStatesOf(scene, first.stuck.all),
    process: told[0]?.process ?? null,
    service,
    direction: "outbound",
    endpoint: first.face.endpoint,
    peerIdleTimeout: null,
    leakMomentsMs: [],
    evidence,
    lookFor,
    advice: [
      `Look at ${name} itself first: what it shares with all of these hosts is the likelier culprit than each of them.`,
      "Preserve the scene of it and of one of these hosts before anything is restarted.",
      "Give every call to it a timeout: then its trouble stays its own.",
    ],
    snapshot: scene.index,
    sockets: first.stuck.all,
    hosts: told,
  };
}

/** What stands at such ends sends when it has something, not when it is asked. */
const SUBSCRIBED: ReadonlySet<string> = new Set(["redis", "kafka", "rabbitmq", "queue", "cache"]);

function sayOnset(onset: Onset | null): string {
  return onset === null ? "" : `, since ${clockTime(onset.oursMs)} UTC (±${formatDuration(onset.errorMs)})`;
}

/** `12:04:31.250` */
export function clockTime(ms: number): string {
  return new Date(ms).toISOString().slice(11, 23);
}

/** How far the last looks at these hosts lie apart, milliseconds, our clock. */
function spreadOf(hosts: readonly HostScene[]): number {
  const taken = hosts.flatMap(({ scene: { snapshot } }) => (snapshot.source.takenAt === null ? [] : [Date.parse(snapshot.source.takenAt)])).filter((ms) => !Number.isNaN(ms));
  return taken.length < 2 ? 0 : Math.max(...taken) - Math.min(...taken);
}
