import type { Direction } from "../model/diagnosis";
import { isWildcard } from "../model/endpoint";
import type { Endpoint } from "../model/endpoint";
import type { Snapshot } from "../model/snapshot";
import type { Socket } from "../model/socket";
import { ephemeralRange } from "./ephemeral-ports";

/** One address and port that this host listens on, in one network namespace. SO_REUSEPORT gives it several LISTEN sockets. */
export interface ListenerSite {
  readonly namespace: string | null;
  readonly endpoint: Endpoint;
  /** Indices of its LISTEN sockets, never empty. */
  readonly sockets: readonly number[];
}

/** Which way each socket of a snapshot was opened. Columns, not objects: a snapshot can hold a million sockets. */
export interface Directions {
  readonly sites: readonly ListenerSite[];
  /** null: LISTEN, no TCP, or nothing tells. */
  of(socket: number): Direction | null;
  /** Index into `sites` of the listener that an inbound socket came through, or that a LISTEN socket is; null: none was seen. */
  siteOf(socket: number): number | null;
  /** The site that would answer a connection to this address and port from inside `namespace`; null: none. */
  siteFor(namespace: string | null, address: string, port: number | null): number | null;
}

const UNKNOWN = 0;
const INBOUND = 1;
const OUTBOUND = 2;

export function isTcp(socket: Socket): boolean {
  return socket.protocol === "tcp" || socket.protocol === "mptcp";
}

/**
 * docs/sockets.md section 1: inbound when local address and port match a listener in the same network namespace (wildcards included), outbound
 * otherwise. When the capture has no listeners at all, the ports decide: an ephemeral local port says outbound, a fixed local port
 * with an ephemeral remote one says inbound; when both are ephemeral, the end that many sockets share is the server's.
 */
export function readDirections(snapshot: Snapshot): Directions {
  const { sockets } = snapshot;
  const sites: { namespace: string | null; endpoint: Endpoint; sockets: number[] }[] = [];
  const byNamespace = new Map<string | null, Map<number, number[]>>();
  const siteOf = new Int32Array(sockets.length).fill(-1);
  const codes = new Uint8Array(sockets.length);

  sockets.forEach((socket, index) => {
    if (socket.state !== "LISTEN" || !isTcp(socket) || socket.local.port === null) return;
    let ports = byNamespace.get(socket.namespace);
    if (ports === undefined) byNamespace.set(socket.namespace, (ports = new Map<number, number[]>()));
    let atPort = ports.get(socket.local.port);
    if (atPort === undefined) ports.set(socket.local.port, (atPort = []));
    const known = atPort.find((site) => sites[site]?.endpoint.address === socket.local.address && sites[site].endpoint.zone === socket.local.zone);
    if (known !== undefined) {
      sites[known]?.sockets.push(index);
      siteOf[index] = known;
      return;
    }
    siteOf[index] = sites.length;
    atPort.push(sites.length);
    sites.push({ namespace: socket.namespace, endpoint: socket.local, sockets: [index] });
  });

  const siteFor = (namespace: string | null, address: string, port: number | null): number | null => {
    if (port === null) return null;
    const atPort = byNamespace.get(namespace)?.get(port);
    if (atPort === undefined) return null;
    let wildcard: number | null = null;
    for (const site of atPort) {
      const listening = sites[site]?.endpoint.address;
      if (listening === undefined) continue;
      if (listening === address) return site;
      // `::` answers IPv4 too unless it is v6only; `0.0.0.0` never answers IPv6.
      if (isWildcard(listening) && !(listening === "0.0.0.0" && address.includes(":"))) {
        if (wildcard === null || listening === (address.includes(":") ? "::" : "0.0.0.0")) wildcard = site;
      }
    }
    return wildcard;
  };

  const ranges = new Map<string | null, readonly [number, number]>();
  const isEphemeral = (namespace: string | null, port: number | null): boolean => {
    let range = ranges.get(namespace);
    if (range === undefined) ranges.set(namespace, (range = ephemeralRange(snapshot, namespace)));
    return port !== null && port >= range[0] && port <= range[1];
  };
  const crowds = new Map<string | null, Crowds>();
  sockets.forEach((socket, index) => {
    if (!isTcp(socket) || socket.state === "LISTEN" || socket.remote.port === 0) return;
    const site = siteFor(socket.namespace, socket.local.address, socket.local.port);
    const ephemeral = (port: number | null): boolean => isEphemeral(socket.namespace, port);
    if (socket.state === "SYN_SENT") codes[index] = OUTBOUND;
    else if (site !== null) {
      codes[index] = INBOUND;
      siteOf[index] = site;
    } else if (socket.state === "SYN_RECEIVED") codes[index] = INBOUND;
    else if (ephemeral(socket.local.port)) {
      if (!ephemeral(socket.remote.port) || byNamespace.has(socket.namespace)) codes[index] = OUTBOUND;
      else {
        let crowd = crowds.get(socket.namespace);
        if (crowd === undefined) crowds.set(socket.namespace, (crowd = countCrowds(sockets, socket.namespace)));
        codes[index] = crowd.decide(socket);
      }
    } else if (ephemeral(socket.remote.port)) codes[index] = INBOUND;
    // A fixed port on both ends: outbound once the listeners were seen and this is none of them.
    else if (socket.local.port !== null && byNamespace.has(socket.namespace)) codes[index] = OUTBOUND;
  });

  return {
    sites,
    of: (socket) => (codes[socket] === INBOUND ? "inbound" : codes[socket] === OUTBOUND ? "outbound" : null),
    siteOf: (socket) => {
      const site = siteOf[socket];
      return site === undefined || site < 0 ? null : site;
    },
    siteFor,
  };
}

interface Crowds {
  decide(socket: Socket): number;
}

/** How many sockets share a local port and how many share a remote end: a server's port is shared by many. */
function countCrowds(sockets: readonly Socket[], namespace: string | null): Crowds {
  const locals = new Map<number | null, number>();
  const remotes = new Map<string, number>();
  const remoteKey = (socket: Socket): string => `${socket.remote.address} ${socket.remote.port}`;
  for (const socket of sockets) {
    if (!isTcp(socket) || socket.namespace !== namespace) continue;
    locals.set(socket.local.port, (locals.get(socket.local.port) ?? 0) + 1);
    remotes.set(remoteKey(socket), (remotes.get(remoteKey(socket)) ?? 0) + 1);
  }
  return {
    decide: (socket) => {
      const local = locals.get(socket.local.port) ?? 0;
      const remote = remotes.get(remoteKey(socket)) ?? 0;
      return local === remote ? UNKNOWN : local > remote ? INBOUND : OUTBOUND;
    },
  };
}
