import type { Socket } from "../model/socket";

/** What tcp_info tells of a CLOSE_WAIT's past (docs/sockets.md section 3). Milliseconds. null: the capture does not tell. */
export interface CloseWaitTimes {
  /** Since the peer's FIN. A lower bound when `ageCertain` is false. */
  readonly ageMs: number | null;
  /**
   * False when an answered keepalive probe may have refreshed `lastack` since the FIN. A probe goes out when the connection has been
   * silent for the keepalive time, and the timer never stands above that time: so a connection whose last data is younger than
   * what the timer still has to run has not been probed.
   */
  readonly ageCertain: boolean;
  /** How long no data had flowed when the peer hung up. An upper bound when `ageCertain` is false. */
  readonly idleMs: number | null;
  /** Since the application last sent, or data last came: the last sign of use. */
  readonly unusedMs: number | null;
}

const UNKNOWN: CloseWaitTimes = { ageMs: null, ageCertain: false, idleMs: null, unusedMs: null };

export function closeWaitTimes(socket: Socket): CloseWaitTimes {
  const { info } = socket;
  if (info === null) return UNKNOWN;
  const { lastSendMs, lastReceiveMs, lastAckMs } = info;
  // Unread bytes before the FIN in an idle outbound connection are the peer's goodbye (close_notify, an error packet): they came
  // with the FIN, so the last receive says nothing about use. A request that waits unread came long before its FIN.
  const goodbye = socket.recvQueue !== null && socket.recvQueue > 1 && lastReceiveMs !== null && lastAckMs !== null
    && Math.abs(lastReceiveMs - lastAckMs) <= 1000 && lastSendMs !== null && lastSendMs > lastReceiveMs;
  const unusedMs = goodbye ? lastSendMs : smaller(lastSendMs, lastReceiveMs);
  if (lastAckMs === null) return { ...UNKNOWN, unusedMs };
  const idle = unusedMs === null ? null : unusedMs - lastAckMs;
  return { ageMs: lastAckMs, ageCertain: probeExcluded(socket, unusedMs), idleMs: idle === null || idle < 0 ? null : idle, unusedMs };
}

function probeExcluded(socket: Socket, unusedMs: number | null): boolean {
  if (socket.timer === null || socket.timer.kind !== "keepalive") return true;
  return socket.timer.expiresInMs !== null && unusedMs !== null && unusedMs < socket.timer.expiresInMs;
}

/** Milliseconds since data last flowed either way, or null. */
export function unusedMs(socket: Socket): number | null {
  return socket.info === null ? null : smaller(socket.info.lastSendMs, socket.info.lastReceiveMs);
}

function smaller(a: number | null, b: number | null): number | null {
  if (a === null) return b;
  return b === null ? a : Math.min(a, b);
}
