import type { Direction } from "../model/diagnosis";
import type { Endpoint } from "../model/endpoint";
import type { Process } from "../model/process";
import type { Snapshot } from "../model/snapshot";
import type { Socket, SocketOwner } from "../model/socket";
import type { TcpState } from "../model/tcp-state";
import { isTcp } from "./direction";
import type { Directions } from "./direction";

/** A ConnectionGroup in the making: what the causes are read from. */
export interface Group {
  /** The same in every look at the same target: finds a group's past. */
  readonly key: string;
  readonly namespace: string | null;
  readonly direction: Direction | null;
  readonly pid: number | null;
  readonly process: string | null;
  readonly endpoint: Endpoint;
  /** The listener behind an inbound or listening group, index into the directions' sites. */
  readonly site: number | null;
  /** Of all its sockets, those that the target only counted included. */
  readonly states: Partial<Record<TcpState, number>>;
  /** The listed ones. */
  readonly sockets: number[];
  /** How many more the target counted and did not list (`Snapshot.summaries`). */
  counted: number;
}

/** All sockets of a group, the listed and the counted. */
export function sizeOf(group: Group): number {
  return group.sockets.length + group.counted;
}

/** The process that stands for a shared socket: the lowest pid, which is the parent of the workers that inherited it. */
export function mainOwner(socket: Socket): SocketOwner | null {
  let main: SocketOwner | null = null;
  for (const owner of socket.owners) if (main === null || owner.pid < main.pid) main = owner;
  return main;
}

/**
 * Puts the TCP sockets of a snapshot into groups: same process, direction and far end (outbound) or listener (inbound, listening).
 * One pass. Biggest group first; equal ones as they came.
 */
export function groupSockets(snapshot: Snapshot, directions: Directions, processes: ReadonlyMap<number, Process>): Group[] {
  const groups: Group[] = [];
  // Maps in maps rather than one joined key: no text is built for each of a million sockets.
  const byWay = new Map<string, Map<number, Map<string, Map<number, Group>>>>();
  snapshot.sockets.forEach((socket, index) => {
    if (!isTcp(socket)) return;
    const listening = socket.state === "LISTEN";
    const direction = listening ? null : directions.of(index);
    const site = directions.siteOf(index);
    const siteEnd = site === null ? undefined : directions.sites[site]?.endpoint;
    const endpoint = listening || direction === "inbound" ? (siteEnd ?? socket.local) : socket.remote;
    const owner = mainOwner(socket);
    const way = listening ? "L" : direction === "inbound" ? "I" : direction === "outbound" ? "O" : "?";
    const place = socket.namespace === null && endpoint.zone === null ? endpoint.address : `${endpoint.address}%${endpoint.zone ?? ""} ${socket.namespace ?? ""}`;
    const byPort = inside(inside(inside(byWay, way), owner?.pid ?? -1), place);
    const port = endpoint.port ?? -1;
    let group = byPort.get(port);
    if (group === undefined) {
      const process = owner === null ? null : (owner.process ?? processes.get(owner.pid)?.name ?? null);
      const key = `${way} ${owner?.pid ?? "-"} ${place} ${port}`;
      group = { key, namespace: socket.namespace, direction, pid: owner?.pid ?? null, process, endpoint, site, states: {}, sockets: [], counted: 0 };
      byPort.set(port, group);
      groups.push(group);
    }
    group.sockets.push(index);
    if (socket.state !== null) group.states[socket.state] = (group.states[socket.state] ?? 0) + 1;
  });
  addCounted(snapshot, directions, groups);
  return groups.sort((a, b) => sizeOf(b) - sizeOf(a));
}

/**
 * Puts counted sockets to the group that the listed ones of the same end belong to. Their owner is not told one by one: where all the listed
 * connections of that end are one process's, so are these (the listed are a sample); where they are several's, or none's, nobody's name is put to them.
 */
function addCounted(snapshot: Snapshot, directions: Directions, groups: Group[]): void {
  if (snapshot.summaries.length === 0) return;
  const byEnd = new Map<string, Group[]>();
  const nameEnd = (direction: Direction | null, namespace: string | null, { address, port, zone }: Endpoint): string => `${direction} ${namespace ?? ""} ${address}%${zone ?? ""} ${port}`;
  const put = (group: Group): void => {
    const end = nameEnd(group.direction, group.namespace, group.endpoint);
    const known = byEnd.get(end);
    if (known === undefined) byEnd.set(end, [group]);
    else known.push(group);
  };
  for (const group of groups) if (group.direction !== null) put(group);
  for (const { namespace, state, direction, endpoint: counted, count } of snapshot.summaries) {
    const site = direction === "inbound" ? directions.siteFor(namespace, counted.address, counted.port) : null;
    const endpoint = site === null ? counted : (directions.sites[site]?.endpoint ?? counted);
    const there = byEnd.get(nameEnd(direction, namespace, endpoint)) ?? [];
    // TIME_WAIT is the kernel's own, whoever opened it.
    const owned = state === "TIME_WAIT" ? [] : there.filter((group) => group.pid !== null);
    let group = owned.length === 1 ? owned[0] : there.find((each) => each.pid === null);
    if (group === undefined) {
      const place = namespace === null && endpoint.zone === null ? endpoint.address : `${endpoint.address}%${endpoint.zone ?? ""} ${namespace ?? ""}`;
      group = {
        key: `${direction === "inbound" ? "I" : "O"} - ${place} ${endpoint.port ?? -1}`, namespace, direction, pid: null, process: null, endpoint, site, states: {}, sockets: [], counted: 0,
      };
      groups.push(group);
      put(group);
    }
    group.counted += count;
    group.states[state] = (group.states[state] ?? 0) + count;
  }
}

function inside<K, I, V>(maps: Map<K, Map<I, V>>, key: K): Map<I, V> {
  let map = maps.get(key);
  if (map === undefined) maps.set(key, (map = new Map<I, V>()));
  return map;
}
