import type { Endpoint } from "../../model/endpoint";
import { formatEndpoint } from "../../model/endpoint";
import type { Socket } from "../../model/socket";
import type { TcpState } from "../../model/tcp-state";
import type { SocketLife } from "../../model/timeline";
import { isTcp } from "../direction";
import type { Scene } from "../scene";
import { socketAt } from "../scene";
import { closeWaitTimes, unusedMs } from "../socket-times";
import { identityOf } from "./same-socket";

/** More sockets than this are not followed one by one: a look at a million is followed by its figures alone. */
const MOST_FOLLOWED = 200_000;
/** The same last use, read at two looks: the clocks of both are good to this much. */
const SAME_MOMENT_MS = 1500;
/** How far a connection has come, RFC 9293 section 3.3.2: none goes back. */
const STAGE: Readonly<Record<TcpState, number>> = {
  LISTEN: 0, SYN_SENT: 0, SYN_RECEIVED: 0, ESTABLISHED: 1, FIN_WAIT_1: 2, FIN_WAIT_2: 3, CLOSE_WAIT: 2, CLOSING: 3, LAST_ACK: 3, TIME_WAIT: 4, CLOSED: 5,
};

interface Life {
  firstSeenMs: number;
  lastSeenMs: number;
  states: { state: TcpState; sinceMs: number }[];
  lastUsedMs: number | null;
  uses: number;
  sent: number | null;
  consumed: number | null;
  pid: number | null;
  look: number;
}

/** The peer's goodbye on connections of one far end, seen at one look. */
export interface HangUps {
  readonly endpoint: Endpoint;
  readonly process: string | null;
  readonly timeMs: number;
  readonly untilMs: number;
  readonly sockets: number;
}

/**
 * Each socket's life between looks, so that ages, growth and "never used again" are facts. Of living sockets only: a socket that is gone at a look
 * is forgotten. The same name with counters that fell, or in a state that no connection goes back to, is another connection.
 */
export class SocketLives {
  readonly #lives = new Map<string, Life>();
  #look = 0;
  /** Sockets that were not followed because there are too many. */
  left = 0;

  /** The life of a socket that the last look shows; null: not followed. */
  of(socket: Socket): SocketLife | null {
    const name = identityOf(socket);
    const life = this.#lives.get(name);
    if (life === undefined) return null;
    const { firstSeenMs, lastSeenMs, states, lastUsedMs, uses } = life;
    return { socket: name, firstSeenMs, lastSeenMs, states, lastUsedMs, uses };
  }

  /** One look further; gives the peers that hung up meanwhile. */
  add(scene: Scene, timeMs: number): HangUps[] {
    this.#look += 1;
    const first = this.#look === 1;
    this.left = 0;
    const hungUp = new Map<string, { endpoint: Endpoint; process: string | null; from: number; until: number; sockets: number }>();
    for (const group of scene.groups) {
      if (group.states.LISTEN !== undefined) continue;
      for (const index of group.sockets) {
        const socket = socketAt(scene, index);
        const { state } = socket;
        if (state === null || state === "TIME_WAIT" || state === "LISTEN" || !isTcp(socket)) continue;
        const told = this.#follow(socket, state, group.pid, timeMs);
        if (told !== "hung up" || first) continue;
        const age = closeWaitTimes(socket).ageMs;
        const at = age === null ? timeMs : timeMs - age;
        const key = `${group.direction ?? ""} ${group.pid ?? ""} ${group.namespace ?? ""} ${formatEndpoint(group.endpoint)}`;
        const known = hungUp.get(key);
        if (known === undefined) hungUp.set(key, { endpoint: group.endpoint, process: group.process, from: at, until: at, sockets: 1 });
        else {
          known.from = Math.min(known.from, at);
          known.until = Math.max(known.until, at);
          known.sockets += 1;
        }
      }
    }
    for (const [name, life] of this.#lives) if (life.look !== this.#look) this.#lives.delete(name);
    return [...hungUp.values()].map(({ endpoint, process, from, until, sockets }) => ({ endpoint, process, timeMs: from, untilMs: until, sockets }));
  }

  #follow(socket: Socket, state: TcpState, pid: number | null, timeMs: number): "hung up" | null {
    const name = identityOf(socket);
    const sent = socket.info?.bytesSent ?? null;
    const received = socket.info?.bytesReceived ?? null;
    // What lies unread in the receive queue was not used; an unread FIN counts as one byte there.
    const consumed = received === null ? null : Math.max(0, received - (socket.recvQueue ?? 0));
    const quiet = unusedMs(socket);
    const usedMs = quiet === null ? null : timeMs - quiet;
    let life = this.#lives.get(name);
    const before = life?.states.at(-1)?.state;
    if (life !== undefined && (STAGE[state] < STAGE[before ?? state] || fell(life.sent, sent))) {
      this.#lives.delete(name);
      life = undefined;
    }
    if (life === undefined) {
      if (this.#lives.size >= MOST_FOLLOWED) {
        this.left += 1;
        return null;
      }
      this.#lives.set(name, { firstSeenMs: timeMs, lastSeenMs: timeMs, states: [{ state, sinceMs: timeMs }], lastUsedMs: usedMs, uses: 0, sent, consumed, pid, look: this.#look });
      return state === "CLOSE_WAIT" ? "hung up" : null;
    }
    // ss leaves out counters that are zero.
    const counted = sent !== null || consumed !== null || life.sent !== null || life.consumed !== null;
    const used = counted
      ? (sent ?? 0) > (life.sent ?? 0) || (consumed ?? 0) > (life.consumed ?? 0)
      : usedMs !== null && life.lastUsedMs !== null && usedMs > life.lastUsedMs + SAME_MOMENT_MS;
    if (used) life.uses += 1;
    if (usedMs !== null && (life.lastUsedMs === null || used)) life.lastUsedMs = Math.max(usedMs, life.lastUsedMs ?? usedMs);
    life.lastSeenMs = timeMs;
    life.look = this.#look;
    life.sent = sent ?? life.sent;
    life.consumed = consumed ?? life.consumed;
    life.pid = pid;
    if (before === state) return null;
    life.states = [...life.states, { state, sinceMs: timeMs }];
    return state === "CLOSE_WAIT" ? "hung up" : null;
  }
}

function fell(before: number | null, now: number | null): boolean {
  return before !== null && now !== null && now < before;
}
