import type { PeerIdleTimeout } from "../model/diagnosis";
import type { Socket } from "../model/socket";
import { medianOfSorted } from "./figures";
import { closeWaitTimes } from "./socket-times";
import type { CloseWaitTimes } from "./socket-times";

/** The peer's idle timeout as the hung-up connections show it, and how far it can be trusted. */
export interface HangUpPattern {
  /** null: fewer than two connections tell, or they were hung up after differing times. */
  readonly timeout: PeerIdleTimeout | null;
  /** True: keepalive probes may have moved `lastack`, so the figure is an upper limit. */
  readonly upperLimit: boolean;
  /** All idle times that could be read, ascending, in milliseconds. */
  readonly idleMs: readonly number[];
  /** All hung up within one second of each other, as when the peer restarts; null: not known or fewer than two. */
  readonly atOnce: boolean | null;
}

/** Figures count as one constant when they lie this close: a timer's tick and the network's jitter, or 2 %. */
function tolerance(ms: number): number {
  return Math.max(150, ms * 0.02);
}

/**
 * `min(lastsnd, lastrcv) - lastack` over sockets in CLOSE_WAIT (docs/sockets.md section 3): when it is the same on many connections it is the
 * peer's idle timeout. Connections that were hung up for another reason (the peer's restart, a shorter life) are left out as long as
 * the constant holds for most; a figure that a keepalive probe may have stretched counts only when no better one is there, and then
 * the lowest cluster does, as a probe can only add to it. `earlierIdleMs` gives what an earlier look said of the same socket: the lower
 * figure is the better one. See docs/decisions/0031-idle-time-under-keepalive.md.
 */
export function readHangUps(sockets: Iterable<Socket>, earlierIdleMs: (socket: Socket) => number | null = () => null): HangUpPattern {
  const certain: number[] = [];
  const all: number[] = [];
  let keepaliveMs = 0;
  let youngest = Infinity;
  let oldest = -Infinity;
  let aged = 0;
  let allAgesCertain = true;
  const uncertain: number[] = [];
  for (const socket of sockets) {
    const acked = socket.info?.lastAckMs ?? null;
    if (socket.timer?.kind === "keepalive" && socket.timer.expiresInMs !== null && acked !== null) keepaliveMs = Math.max(keepaliveMs, socket.timer.expiresInMs + acked);
    if (socket.state !== "CLOSE_WAIT") continue;
    const times = closeWaitTimes(socket);
    if (times.ageMs !== null) {
      aged += 1;
      youngest = Math.min(youngest, times.ageMs);
      oldest = Math.max(oldest, times.ageMs);
      if (!times.ageCertain) allAgesCertain = false;
    }
    // No data ever flowed, or the hang-up came with the last byte: that is no idle time.
    if (times.idleMs === null || times.idleMs < 100) continue;
    const idleMs = times.ageCertain ? times.idleMs : Math.min(times.idleMs, earlierIdleMs(socket) ?? Infinity);
    all.push(idleMs);
    (times.ageCertain || beforeFirstProbe(socket, times) ? certain : uncertain).push(idleMs);
  }
  // A probe is answered only after the keepalive time: idle times below it cannot hold one.
  for (const idle of uncertain) if (idle < keepaliveMs * 0.98) certain.push(idle);
  all.sort((a, b) => a - b);
  const trusted = certain.length >= 2 ? certain.sort((a, b) => a - b) : all;
  const upperLimit = trusted === all && certain.length < all.length;
  return {
    timeout: constantOf(trusted, upperLimit),
    upperLimit,
    idleMs: all,
    atOnce: aged < 2 || !allAgesCertain ? null : oldest - youngest <= 1000,
  };
}

/** Keepalive times that programs and systems use, in seconds: Go 15, Linux 7200, and round ones. */
const USUAL_KEEPALIVE = [10, 15, 20, 30, 45, 60, 90, 120, 180, 300, 600, 1800, 7200];

/**
 * Does the timer still stand as the last data set it? It runs out a keepalive time after the last activity it knew of: when it runs out
 * a usual time after the last data, and not after the last ACK, no probe was sent since.
 */
function beforeFirstProbe(socket: Socket, times: CloseWaitTimes): boolean {
  const expires = socket.timer?.expiresInMs ?? null;
  if (expires === null || times.unusedMs === null || times.ageMs === null) return false;
  return isUsual(times.unusedMs + expires) && !isUsual(times.ageMs + expires);
}

/** ss(8) prints whole seconds from ten on, so a second is the best it can do. */
function isUsual(ms: number): boolean {
  return USUAL_KEEPALIVE.some((seconds) => Math.abs(ms - seconds * 1000) <= 1000);
}

function constantOf(sorted: readonly number[], lowestCluster: boolean): PeerIdleTimeout | null {
  if (sorted.length < 2) return null;
  let best: [number, number] = [0, 0];
  let end = 0;
  for (let start = 0; start < sorted.length; start++) {
    const low = sorted[start] ?? 0;
    end = Math.max(end, start);
    while (end + 1 < sorted.length && (sorted[end + 1] ?? 0) - low <= tolerance(low)) end++;
    if (end - start > best[1] - best[0]) best = [start, end];
    // Probes only stretch: the first cluster that holds a fair share is the one without them.
    if (lowestCluster && end - start + 1 >= Math.max(2, sorted.length * 0.15)) {
      best = [start, end];
      break;
    }
  }
  const cluster = sorted.slice(best[0], best[1] + 1);
  if (cluster.length < 2 || (!lowestCluster && cluster.length < sorted.length * 0.6)) return null;
  const median = medianOfSorted(cluster) ?? 0;
  return { medianMs: median, lowMs: cluster[0] ?? median, highMs: cluster[cluster.length - 1] ?? median, sockets: cluster.length };
}
