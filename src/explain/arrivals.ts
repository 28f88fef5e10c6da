import type { Endpoint } from "../model/endpoint";
import type { Socket } from "../model/socket";
import type { Group } from "./groups";
import { mainOwner, sizeOf } from "./groups";
import type { Scene } from "./scene";
import { socketAt } from "./scene";
import { closeWaitTimes } from "./socket-times";

/** All that came in through one listener, whichever worker holds it. */
export interface Arrivals {
  readonly endpoint: Endpoint;
  /** The group to name and to look up the service by: the listener's, else the biggest inbound one. */
  readonly face: Group;
  /** Index into the directions' sites; null: no listener was seen, the ports told. */
  readonly site: number | null;
  /** LISTEN sockets. Empty: none was seen. */
  readonly listeners: readonly number[];
  /** Held by a process, or by nobody knows whom: not known to be waiting for accept(). */
  readonly accepted: readonly number[];
  /** Handshake done, never accepted: no owner and no inode (the kernel makes the inode at accept(2)). */
  readonly waiting: readonly number[];
  /** The process that accepts here: the holder of most connections, else the listener's owner. */
  readonly pid: number | null;
  readonly process: string | null;
  /** Accept queue's length now and its limit, of the fullest LISTEN socket; null: not known. */
  readonly queue: { readonly length: number; readonly limit: number | null } | null;
}

/** A connection in the accept queue as the socket table shows it. */
export function neverAccepted(socket: Socket): boolean {
  return socket.ownership === "none" && (socket.inode === null || socket.inode === 0)
    && (socket.state === "ESTABLISHED" || socket.state === "CLOSE_WAIT");
}

/** What came in, listener by listener, busiest first. */
export function readArrivals(scene: Scene): readonly Arrivals[] {
  return scene.once(readArrivals, () => readAll(scene));
}

function readAll(scene: Scene): Arrivals[] {
  const byListener = new Map<string, Group[]>();
  for (const group of scene.groups) {
    if (group.direction !== "inbound" && group.states.LISTEN === undefined) continue;
    const key = `${group.endpoint.address}%${group.endpoint.zone ?? ""} ${group.endpoint.port} ${group.namespace ?? ""}`;
    const groups = byListener.get(key);
    if (groups === undefined) byListener.set(key, [group]);
    else groups.push(group);
  }
  return [...byListener.values()].map((groups) => readOne(scene, groups));
}

function readOne(scene: Scene, groups: readonly Group[]): Arrivals {
  const listeners: number[] = [];
  const accepted: number[] = [];
  const waiting: number[] = [];
  let face = groups[0] as Group;
  let holder: Group | null = null;
  for (const group of groups) {
    if (group.states.LISTEN !== undefined) {
      face = group;
      for (const index of group.sockets) listeners.push(index);
      continue;
    }
    for (const index of group.sockets) (neverAccepted(socketAt(scene, index)) ? waiting : accepted).push(index);
    if (group.pid !== null && (holder === null || sizeOf(group) > sizeOf(holder))) holder = group;
  }
  let queue: { length: number; limit: number | null } | null = null;
  let owner: { pid: number; process: string | null } | null = null;
  for (const index of listeners) {
    const socket = socketAt(scene, index);
    owner ??= mainOwner(socket);
    if (socket.recvQueue === null) continue;
    if (queue === null || socket.recvQueue > queue.length) queue = { length: socket.recvQueue, limit: socket.sendQueue };
  }
  const pid = holder?.pid ?? owner?.pid ?? null;
  return {
    endpoint: face.endpoint,
    face,
    site: face.site,
    listeners,
    accepted,
    waiting,
    pid,
    process: holder?.process ?? owner?.process ?? (pid === null ? null : (scene.processes.get(pid)?.name ?? null)),
    queue,
  };
}

/** What a listener's accept queue tells. */
export interface AcceptQueue {
  readonly stalled: boolean;
  readonly full: boolean;
  /** Waiting connections whose peer has given up already. */
  readonly givenUp: readonly number[];
  /** Waiting connections with a known wait of a second or more. */
  readonly longWaiting: readonly number[];
  /** Longest wait of a connection that still waits, milliseconds; null: not known. */
  readonly longestMs: number | null;
}

/** A queue this long says something by itself when no times are known. */
const LONG_QUEUE = 8;

/** Is nobody accepting here? Any busy server has one or two in its queue for a moment: a stall needs waits, or a queue that is full. */
export function readAcceptQueue(scene: Scene, arrivals: Arrivals): AcceptQueue {
  const givenUp: number[] = [];
  const longWaiting: number[] = [];
  let longestMs: number | null = null;
  for (const index of arrivals.waiting) {
    const socket = socketAt(scene, index);
    if (socket.state === "CLOSE_WAIT") givenUp.push(index);
    const waited = waitedMs(socket);
    if (waited === null) continue;
    longestMs = Math.max(longestMs ?? 0, waited);
    if (waited >= 1000) longWaiting.push(index);
  }
  const length = arrivals.queue?.length ?? arrivals.waiting.length;
  const limit = arrivals.queue?.limit ?? null;
  // The kernel admits limit + 1 (sk_acceptq_is_full compares with `>`), so full is above the limit.
  const full = limit !== null && length > limit && length >= 3;
  const long = longestMs === null && length >= LONG_QUEUE && (limit === null || length >= limit / 4);
  return { stalled: full || long || longWaiting.length >= 3 || givenUp.length >= 3, full, givenUp, longWaiting, longestMs };
}

/** How long a connection has been waiting to be accepted, or had when its peer gave up: since its last byte came, at least. */
function waitedMs(socket: Socket): number | null {
  if (socket.info === null) return null;
  if (socket.state === "CLOSE_WAIT") return closeWaitTimes(socket).unusedMs;
  const { lastSendMs, lastReceiveMs } = socket.info;
  // We have never sent: lastsnd stands at the connection's birth.
  return lastSendMs ?? lastReceiveMs;
}
