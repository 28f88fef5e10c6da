import { formatEndpoint } from "../model/endpoint";
import type { PoolsOf } from "../model/pool-size";
import type { Process } from "../model/process";
import type { Service } from "../model/service";
import { lookedAtMs } from "../model/snapshot";
import type { Snapshot } from "../model/snapshot";
import type { Socket } from "../model/socket";
import { readDirections } from "./direction";
import type { Directions } from "./direction";
import { groupSockets } from "./groups";
import type { Group } from "./groups";
import { identityOf } from "./history/same-socket";
import { closeWaitTimes } from "./socket-times";
import type { ServiceNames } from "./services/name-services";

/** One look, made ready for the causes: directions, groups and processes at hand, and the looks before it. */
export interface Scene {
  readonly snapshot: Snapshot;
  /** Index of the snapshot in the investigation. */
  readonly index: number;
  readonly directions: Directions;
  readonly groups: readonly Group[];
  readonly groupsByKey: ReadonlyMap<string, Group>;
  readonly processes: ReadonlyMap<number, Process>;
  /** Earlier looks at the same target, oldest first. */
  readonly earlier: readonly Scene[];
  /** Epoch milliseconds of the look on the target's clock, else on ours; null when the capture does not tell. */
  readonly takenMs: number | null;
  serviceOf(group: Group): Service | null;
  readonly poolsOf: PoolsOf;
  /** What `read` gives for this key, read once for each scene: several causes ask the same of a million sockets. */
  once<T>(key: object, read: () => T): T;
  /** The sockets that were in CLOSE_WAIT at the look before this one, and how long ago that was; null: no such look. */
  closeWaitsBefore(): EarlierCloseWaits | null;
  /** The lowest idle time before the hang-up that an earlier look gave for this socket in CLOSE_WAIT, milliseconds; null: none did. */
  readonly earlierIdleMs: (socket: Socket) => number | null;
}

/** The sockets in CLOSE_WAIT of an earlier look. */
export interface EarlierCloseWaits {
  /** `identityOf` each. */
  readonly sockets: ReadonlySet<string>;
  readonly gapMs: number;
}

export function makeScene(snapshot: Snapshot, index: number, earlier: readonly Scene[], names: ServiceNames, poolsOf: PoolsOf = () => []): Scene {
  const { directions, processes, groups, groupsByKey } = factsOf(snapshot);
  let before: EarlierCloseWaits | null | undefined;
  let idle: ReadonlyMap<string, number> | null = null;
  const told = new WeakMap<object, unknown>();
  const scene: Scene = {
    snapshot,
    index,
    directions,
    groups,
    groupsByKey,
    processes,
    earlier,
    takenMs: lookedAtMs(snapshot),
    serviceOf: (group) => names.serviceOf(snapshot, directions, processes, group),
    poolsOf,
    earlierIdleMs: (socket) => {
      if (earlier.length === 0) return null;
      idle ??= readEarlierIdle(earlier);
      return idle.get(identityOf(socket)) ?? null;
    },
    once: <T>(key: object, read: () => T): T => {
      if (!told.has(key)) told.set(key, read());
      return told.get(key) as T;
    },
    closeWaitsBefore: () => (before === undefined ? (before = readCloseWaitsBefore(scene)) : before),
  };
  return scene;
}

type SceneFacts = Pick<Scene, "directions" | "processes" | "groups" | "groupsByKey">;

/** What follows from a snapshot alone, for as long as that is held: a watch explains the same dozen of earlier looks again and again. */
const known = new WeakMap<Snapshot, SceneFacts>();

function factsOf(snapshot: Snapshot): SceneFacts {
  const before = known.get(snapshot);
  if (before !== undefined) return before;
  const directions = readDirections(snapshot);
  const processes = new Map(snapshot.processes.map((process) => [process.pid, process]));
  const groups = groupSockets(snapshot, directions, processes);
  const facts = { directions, processes, groups, groupsByKey: new Map(groups.map((group) => [group.key, group])) };
  known.set(snapshot, facts);
  return facts;
}

function readCloseWaitsBefore(scene: Scene): EarlierCloseWaits | null {
  const previous = scene.earlier[scene.earlier.length - 1];
  if (previous === undefined || previous.takenMs === null || scene.takenMs === null) return null;
  const sockets = new Set<string>();
  for (const socket of previous.snapshot.sockets) if (socket.state === "CLOSE_WAIT") sockets.add(identityOf(socket));
  return { sockets, gapMs: scene.takenMs - previous.takenMs };
}

function readEarlierIdle(earlier: readonly Scene[]): Map<string, number> {
  const lowest = new Map<string, number>();
  for (const look of earlier) {
    for (const socket of look.snapshot.sockets) {
      if (socket.state !== "CLOSE_WAIT") continue;
      const { idleMs } = closeWaitTimes(socket);
      if (idleMs === null) continue;
      const name = identityOf(socket);
      lowest.set(name, Math.min(idleMs, lowest.get(name) ?? Infinity));
    }
  }
  return lowest;
}

export function socketAt(scene: Scene, index: number): Socket {
  const socket = scene.snapshot.sockets[index];
  if (socket === undefined) throw new RangeError(`no socket ${index} in this snapshot`);
  return socket;
}

/** What a person would call a group's end: `mysql-lb:3306`, `10.0.0.3:3306 (mysql)`, `*:8080`. */
export function nameEnd(scene: Scene, group: Group): string {
  const end = formatEndpoint(group.endpoint);
  if (group.direction !== "outbound") return end;
  const service = scene.serviceOf(group);
  if (service === null || service.name === group.endpoint.address) return end;
  return service.how.every((how) => how.source === "well-known-port") ? `${end} (${service.name})` : `${service.name}:${group.endpoint.port ?? "?"}`;
}
