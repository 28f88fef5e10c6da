import type { DiagnosedHost, Diagnosis, Evidence } from "../../model/diagnosis";
import type { Confidence } from "../../model/finding";
import type { Endpoint } from "../../model/endpoint";
import { countOf, formatCount, formatDuration } from "../figures";
import { historyOf } from "../history/history";
import type { HostScene } from "../hosts/host-scene";
import type { Onset } from "../hosts/onset";
import { onsetOf } from "../hosts/onset";
import type { Scene } from "../scene";
import { socketAt } from "../scene";
import { acceptQueueStalled } from "./accept-queue-stalled";
import type { HostsCauseReader } from "./cause";
import { countStatesOf, speaksAgainst, speaksFor } from "./cause";
import { handlerStalled } from "./handler-stalled";
import { clockTime } from "./shared-dependency";

/** Whoever comes from one of at most so many addresses comes through a proxy. */
const PROXIES = 8;
/** Two hosts that fall within a second of each other fell together. */
const TOGETHER_MS = 1_000;
/** Later than this a fall is a story of its own. */
const LONGEST_STEP_MS = 60 * 60_000;

/**
 * Trouble that moves from host to host: the first falls, the proxy before them sends its share to the next, and that one falls under it. What
 * shows it is the order: half of the first one's stuck moments lie before the next one's first.
 */
export const cascade: HostsCauseReader = {
  cause: "cascade",
  diagnoseHosts(hosts) {
    const services = new Map<number, Fallen[]>();
    for (const host of hosts) {
      for (const fallen of fallenOf(host)) {
        const known = services.get(fallen.port);
        if (known === undefined) services.set(fallen.port, [fallen]);
        else known.push(fallen);
      }
    }
    return [...services.values()].flatMap((fallen) => diagnoseService(hosts, fallen) ?? []);
  },
};

/** A host whose service on one port is in trouble with those who call it, or was at an earlier look. */
interface Fallen {
  readonly host: HostScene;
  /** The look that shows it: the last one, or the last that did. */
  readonly scene: Scene;
  readonly port: number;
  readonly endpoint: Endpoint;
  readonly diagnosis: Diagnosis;
  readonly sockets: readonly number[];
  readonly onset: Onset;
  readonly over: boolean;
}

const INBOUND = [acceptQueueStalled, handlerStalled];

/** These two go by one look. */
const NO_HISTORY = historyOf([]);

function troublesAt(scene: Scene): readonly Diagnosis[] {
  return scene.once(troublesAt, () => INBOUND.flatMap((reader) => reader.diagnose(scene, NO_HISTORY)).filter((one) => one.confidence !== "low"));
}

function fallenOf(host: HostScene): Fallen[] {
  const fallen: Fallen[] = [];
  const seen = new Set<number>();
  for (const scene of [host.scene, ...host.scene.earlier.slice().reverse()]) {
    const here = new Map<number, Diagnosis[]>();
    for (const one of troublesAt(scene)) {
      const port = one.endpoint?.port ?? null;
      if (port === null || seen.has(port)) continue;
      const known = here.get(port);
      if (known === undefined) here.set(port, [one]);
      else known.push(one);
    }
    for (const [port, [worst, ...others]] of here) {
      if (worst === undefined || worst.endpoint === null) continue;
      seen.add(port);
      const sockets = [...new Set([worst, ...others].flatMap((one) => one.sockets))];
      const troubled = (look: Scene): boolean => troublesAt(look).some((one) => one.endpoint?.port === port);
      const onset = onsetOf({ ...host, scene }, sockets, troubled);
      if (onset !== null) fallen.push({ host, scene, port, endpoint: worst.endpoint, diagnosis: worst, sockets, onset, over: scene !== host.scene });
    }
  }
  return fallen;
}

function diagnoseService(hosts: readonly HostScene[], all: readonly Fallen[]): Diagnosis | null {
  if (all.length < 2) return null;
  const inOrder = [...all].sort((a, b) => a.onset.oursMs - b.onset.oursMs);
  const [first] = inOrder;
  if (first === undefined) return null;
  // Each step has to follow from the one before it; what fell by itself begins no chain.
  const chain: Fallen[] = [first];
  const unordered: Fallen[] = [];
  for (const next of inOrder.slice(1)) {
    const before = chain[chain.length - 1] as Fallen;
    const gap = next.onset.oursMs - before.onset.oursMs;
    if (gap > LONGEST_STEP_MS) return null;
    if (gap <= TOGETHER_MS + before.onset.errorMs + next.onset.errorMs) unordered.push(next);
    else if (before.onset.middleMs <= next.onset.oursMs + before.onset.errorMs + next.onset.errorMs) chain.push(next);
    else return null;
  }
  if (chain.length < 2) return null;

  const evidence: Evidence[] = chain.map((fallen, place) => {
    const step = place === 0 ? "" : `, ${formatDuration(fallen.onset.oursMs - (chain[place - 1] as Fallen).onset.oursMs)} after ${(chain[place - 1] as Fallen).host.name}`;
    return { ...speaksFor(`${ordinal(place)} ${fallen.host.name}: stuck from ${clockTime(fallen.onset.oursMs)} UTC (±${formatDuration(fallen.onset.errorMs)})${step}${fallen.over ? ", and well again since" : ""}`, countOf(fallen.sockets.length, "socket"), fallen.sockets), snapshot: fallen.scene.index };
  });
  let points = chain.length > 2 ? 1 : 0;

  const front = frontOf(hosts, chain);
  if (front === null) evidence.push(speaksAgainst("they are not called from the same few addresses: a proxy before them does not show", null));
  else {
    points += 1;
    evidence.push(speaksFor(`the same proxy calls them: ${front.text}`, null));
  }
  const moved = chain.slice(1).map((next, place) => loadBefore(chain[place] as Fallen, next)).filter((one) => one !== null);
  const gaveUp = moved.filter((one) => one.after < one.before / 2);
  if (gaveUp.length > 0) {
    points += 1;
    for (const one of gaveUp) evidence.push(speaksFor(`requests to ${one.name} fell off when ${one.next} began to fall: its share went there`, `${perSecond(one.before)} to ${perSecond(one.after)} a second`));
  } else if (moved.length > 0) {
    for (const one of moved) evidence.push(speaksAgainst(`requests went on coming to ${one.name} after ${one.next} had begun to fall`, `${perSecond(one.before)} to ${perSecond(one.after)} a second`));
  }
  for (const fallen of unordered) evidence.push(speaksAgainst(`${fallen.host.name} fell at the same time as another, as far as the clocks tell: its place in the order is not known`, `±${formatDuration(fallen.onset.errorMs)}`, []));
  const fine = hosts.filter((host) => !all.some((fallen) => fallen.host === host) && listensOn(host.scene, first.port));
  for (const host of fine) evidence.push(speaksAgainst(`${host.name} serves the same port and has not fallen`, null));

  const confidence: Confidence = points >= 2 ? "high" : points === 1 ? "medium" : "low";
  const last = chain[chain.length - 1] as Fallen;
  const told = [...chain, ...unordered].map((fallen): DiagnosedHost => ({
    target: fallen.host.target, name: fallen.host.name, snapshot: fallen.scene.index, sockets: fallen.sockets, process: fallen.diagnosis.process,
    sinceMs: fallen.onset.hostMs, sinceOursMs: fallen.onset.oursMs, sinceErrorMs: fallen.onset.errorMs,
  }));
  return {
    cause: "cascade",
    title: `Port ${first.port} falls host by host: ${chain.map((fallen) => fallen.host.name).join(", then ")}`,
    severity: confidence === "low" ? "warning" : "critical",
    confidence,
    count: told.reduce((sum, host) => sum + host.sockets.length, 0),
    states: countStatesOf(first.scene, first.sockets),
    process: first.diagnosis.process,
    service: first.diagnosis.service,
    direction: "inbound",
    endpoint: first.endpoint,
    peerIdleTimeout: null,
    leakMomentsMs: [],
    evidence,
    lookFor: first.diagnosis.lookFor,
    advice: [
      `Look at ${first.host.name}: what happened there at ${clockTime(first.onset.hostMs)} (its clock) is the cause; the others fell under its share.`,
      "Preserve the scene of each before you restart one: the first one's shows why.",
      fine.length > 0 ? `Keep load from ${fine.map((host) => host.name).join(", ")}: a limit of connections for each server at the proxy stops the next step.` : "A limit of connections for each server at the proxy (maxconn, max_conns) keeps the next one from falling under the share of the last.",
      `Restarting ${last.host.name} alone brings the load back to a host that falls again.`,
    ],
    snapshot: first.scene.index,
    sockets: first.sockets,
    hosts: told,
  };
}

/** Addresses that most of each host's stuck connections come from, or a host of the set that connects to all of them. */
function frontOf(hosts: readonly HostScene[], chain: readonly Fallen[]): { readonly text: string } | null {
  const peers = chain.map(({ scene, sockets }) => {
    const counts = new Map<string, number>();
    for (const index of sockets) {
      const socket = socketAt(scene, index);
      if (socket.state !== "LISTEN") counts.set(socket.remote.address, (counts.get(socket.remote.address) ?? 0) + 1);
    }
    return counts;
  });
  const common = [...(peers[0]?.keys() ?? [])].filter((address) => peers.every((counts) => counts.has(address)));
  const most = peers.every((counts) => {
    const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
    return total > 0 && common.reduce((sum, address) => sum + (counts.get(address) ?? 0), 0) * 2 >= total;
  });
  const own = new Map(hosts.flatMap((host) => host.scene.snapshot.ownAddresses.map((address) => [address, host.name] as const)));
  if (common.length > 0 && common.length <= PROXIES && most) return { text: common.map((address) => (own.has(address) ? `${own.get(address)} (${address})` : address)).join(", ") };
  const nodes = chain.map(({ host, port }) => ({ addresses: new Set(host.scene.snapshot.ownAddresses), port }));
  const caller = hosts.find((host) => nodes.every(({ addresses, port }) => host.scene.groups.some((group) => group.direction === "outbound" && group.endpoint.port === port && addresses.has(group.endpoint.address))));
  return caller === undefined ? null : { text: caller.name };
}

interface MovedLoad {
  readonly name: string;
  readonly next: string;
  /** Stuck requests a second that the first got, before and after the next began to fall. */
  readonly before: number;
  readonly after: number;
}

/** What stays stuck keeps the moment it came: so the rate at which requests came to a fallen host is written in its sockets. */
function loadBefore(fallen: Fallen, next: Fallen): MovedLoad | null {
  const { momentsMs } = fallen.onset;
  const taken = fallen.scene.takenMs === null ? null : fallen.scene.takenMs - (fallen.scene.snapshot.clock?.offsetMs ?? 0);
  if (taken === null || momentsMs.length < 5) return null;
  const split = next.onset.oursMs;
  const beforeMs = split - fallen.onset.oursMs;
  const afterMs = taken - split;
  if (beforeMs < 500 || afterMs < 500) return null;
  const before = momentsMs.filter((ms) => ms >= fallen.onset.oursMs && ms < split).length;
  const after = momentsMs.filter((ms) => ms >= split).length;
  return { name: fallen.host.name, next: next.host.name, before: (before * 1000) / beforeMs, after: (after * 1000) / afterMs };
}

function listensOn(scene: Scene, port: number): boolean {
  return scene.directions.sites.some((site) => site.endpoint.port === port);
}

function perSecond(rate: number): string {
  return rate >= 10 ? formatCount(rate) : rate.toFixed(1);
}

function ordinal(place: number): string {
  return place === 0 ? "first" : place === 1 ? "then" : "and then";
}
