import { formatEndpoint } from "../../model/endpoint";
import { countStates } from "../../model/snapshot";
import { TCP_STATES } from "../../model/tcp-state";
import type { SeriesSubject } from "../../model/timeline";
import { readArrivals } from "../arrivals";
import { toldPortRange } from "../ephemeral-ports";
import { sizeOf } from "../groups";
import type { Group } from "../groups";
import { readPoolUses, sayPlace } from "../pool-use";
import type { Scene } from "../scene";
import { nameEnd } from "../scene";
import type { Lineages } from "./lineages";

/** One figure of one look. */
export interface Measure {
  /** The same for the same quantity at every look, over restarts of its process too. */
  readonly key: string;
  readonly subject: SeriesSubject;
  readonly label: string;
  readonly value: number;
  readonly limit: number | null;
  /** The service that it belongs to (`Lineages`), whose restarts cut it; null: none. */
  readonly lineage: string | null;
}

/** Of the biggest groups, and of the remote ends with the most connections: the rest are small by then. */
const GROUPS = 150;
const REMOTES = 20;
/** Fewer connections to one remote end are far from any port range's end. */
const PORTS_WORTH_TELLING = 50;

/** What one look tells in figures: sockets by state and by group, accept queues, descriptors, pools, local ports. */
export function measuresOf(scene: Scene, lineages: Lineages): Measure[] {
  const measures = new Map<string, Measure>();
  const put = (measure: Measure): void => {
    const known = measures.get(measure.key);
    // Workers of one service hold their connections together.
    measures.set(measure.key, known === undefined ? measure : { ...known, value: known.value + measure.value });
  };
  for (const [state, value] of Object.entries(countStates(scene.snapshot))) {
    const known = TCP_STATES.find((one) => one === state);
    if (known !== undefined) put({ key: `state ${known}`, subject: { kind: "state", state: known }, label: known, value, limit: null, lineage: null });
  }
  for (const group of scene.groups.filter(({ states }) => states.LISTEN === undefined).slice(0, GROUPS)) {
    const lineage = lineages.of(group.pid);
    const key = groupKey(group, lineage);
    const held = group.process ?? (group.pid === null ? "nobody's" : `pid ${group.pid}`);
    const label = group.direction === "inbound" ? `${held}, in on ${formatEndpoint(group.endpoint)}` : `${held} to ${nameEnd(scene, group)}`;
    for (const state of TCP_STATES) {
      const value = group.states[state];
      if (value === undefined) continue;
      put({
        key: `group ${key} ${state}`,
        subject: { kind: "group", group: key, state, pid: group.pid, process: group.process, endpoint: group.endpoint, service: scene.serviceOf(group)?.name ?? null },
        label: `${label}, ${state}`, value, limit: null, lineage,
      });
    }
  }
  for (const { endpoint, queue, pid } of readArrivals(scene)) {
    if (queue === null) continue;
    const end = formatEndpoint(endpoint);
    put({ key: `queue ${end}`, subject: { kind: "accept-queue", endpoint }, label: `accept queue of ${end}`, value: queue.length, limit: queue.limit, lineage: lineages.of(pid) });
  }
  const fullest = new Map<string, Measure>();
  for (const process of scene.processes.values()) {
    if (process.openDescriptors === null) continue;
    const lineage = lineages.of(process.pid) ?? `pid ${process.pid}`;
    const known = fullest.get(lineage);
    if (known !== undefined && known.value >= process.openDescriptors) continue;
    fullest.set(lineage, {
      key: `descriptors ${lineage}`, subject: { kind: "descriptors", pid: process.pid, process: process.name },
      label: `descriptors of ${process.name}`, value: process.openDescriptors, limit: process.descriptorLimit, lineage,
    });
  }
  for (const measure of fullest.values()) put(measure);
  for (const measure of pools(scene, lineages)) put(measure);
  for (const measure of localPorts(scene)) put(measure);
  return [...measures.values()];
}

/** A group's name over restarts: without the process's number. */
export function groupKey(group: Group, lineage: string | null): string {
  const way = group.direction === "inbound" ? "I" : group.direction === "outbound" ? "O" : "?";
  return `${way} ${lineage ?? "-"} ${group.namespace ?? ""} ${formatEndpoint(group.endpoint)}`;
}

/** The pools whose size is known. A limit is each process's own: of workers the fullest counts. */
function pools(scene: Scene, lineages: Lineages): Iterable<Measure> {
  const fullest = new Map<string, Measure>();
  for (const { process, service, endpoint, end, held, pool } of readPoolUses(scene)) {
    if (pool === null || pool.size === null) continue;
    const lineage = lineages.of(process.pid) ?? `pid ${process.pid}`;
    const key = `pool ${lineage} ${service.name} ${pool.per === "host" ? formatEndpoint(endpoint) : (endpoint.port ?? "")}`;
    const known = fullest.get(key);
    if (known !== undefined && known.value >= held) continue;
    fullest.set(key, {
      key, subject: { kind: "pool", pid: process.pid, process: process.name, endpoint, service: service.name, file: pool.file, line: pool.line },
      label: `pool of ${process.name} to ${end} (${sayPlace(pool)})`, value: held, limit: pool.size, lineage,
    });
  }
  return fullest.values();
}

/** Each connection to one remote end takes a local port of its own (ip(7), ip_local_port_range), those in TIME_WAIT too. */
function localPorts(scene: Scene): Measure[] {
  const remotes = new Map<string, { group: Group; ports: number }>();
  for (const group of scene.groups) {
    if (group.direction !== "outbound") continue;
    const key = `ports ${group.namespace ?? ""} ${formatEndpoint(group.endpoint)}`;
    const known = remotes.get(key);
    if (known === undefined) remotes.set(key, { group, ports: sizeOf(group) });
    else known.ports += sizeOf(group);
  }
  return [...remotes]
    .filter(([, { ports }]) => ports >= PORTS_WORTH_TELLING)
    .sort(([, a], [, b]) => b.ports - a.ports)
    .slice(0, REMOTES)
    .map(([key, { group, ports }]) => {
      const range = toldPortRange(scene.snapshot, group.namespace);
      return {
        key, subject: { kind: "local-ports", endpoint: group.endpoint }, label: `local ports towards ${nameEnd(scene, group)}`, value: ports,
        limit: range === null ? null : range[1] - range[0] + 1, lineage: null,
      };
    });
}
