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
  readonly states: Partial<Record<TcpState, number>>;
  readonly sockets: number[];
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
      group = { key, namespace: socket.namespace, direction, pid: owner?.pid ?? null, process, endpoint, site, states: {}, sockets: [] };
      byPort.set(port, group);
      groups.push(group);
    }
    group.sockets.push(index);
    if (socket.state !== null) group.states[socket.state] = (group.states[socket.state] ?? 0) + 1;
  });
  return groups.sort((a, b) => b.sockets.length - a.sockets.length);
}

function inside<K, I, V>(maps: Map<K, Map<I, V>>, key: K): Map<I, V> {
  let map = maps.get(key);
  if (map === undefined) maps.set(key, (map = new Map<I, V>()));
  return map;
}
