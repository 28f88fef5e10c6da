import type { Scene } from "../scene";
import { socketAt } from "../scene";
import { closeWaitTimes, unusedMs } from "../socket-times";
import type { HostScene } from "./host-scene";
import { onOurClock } from "./host-scene";

/** When trouble began on one host. Epoch milliseconds. */
export interface Onset {
  /** On the host's clock. */
  readonly hostMs: number;
  readonly oursMs: number;
  /** How far `oursMs` may be off either way: the clock offset's error, and the gap between two looks where only those tell. */
  readonly errorMs: number;
  /** The stuck moment in the middle, our clock: half of the trouble lies before it. */
  readonly middleMs: number;
  /** Every stuck moment, our clock, ascending. Empty: the looks alone tell. */
  readonly momentsMs: readonly number[];
}

/** A few that lie about from earlier do not make a beginning. */
const LEFTOVERS = 0.05;
const ENOUGH_FOR_LEFTOVERS = 20;

/**
 * When these sockets got stuck: the first of their moments (a twentieth left over from earlier aside). A socket is stuck since its application
 * last used it; one whose last request was answered, since its peer hung up on it. Where tcp_info does not tell, the first look that shows
 * trouble does. null: nothing tells, or the host's clock is not known.
 *
 * @param troubled whether an earlier look shows the same trouble; null: not asked
 */
export function onsetOf({ scene }: HostScene, sockets: readonly number[], troubled: ((look: Scene) => boolean) | null): Onset | null {
  const { clock } = scene.snapshot;
  if (clock === null) return null;
  const moments: number[] = [];
  for (const index of sockets) {
    const ago = stuckForMs(scene, index);
    if (ago !== null) moments.push(clock.targetMs - ago);
  }
  moments.sort((a, b) => a - b);
  const first = moments[moments.length >= ENOUGH_FOR_LEFTOVERS ? Math.floor(moments.length * LEFTOVERS) : 0];
  if (first !== undefined) {
    const ours = onOurClock(scene, first);
    const middle = moments[moments.length >> 1] ?? first;
    return ours === null ? null : { hostMs: first, oursMs: ours.ms, errorMs: ours.errorMs, middleMs: middle - clock.offsetMs, momentsMs: moments.map((ms) => ms - clock.offsetMs) };
  }
  return troubled === null ? null : fromLooks(scene, troubled);
}

/** Between the last look without the trouble and the first with it. */
function fromLooks(scene: Scene, troubled: (look: Scene) => boolean): Onset | null {
  const looks = [...scene.earlier, scene].filter((look) => look.takenMs !== null);
  const at = looks.findIndex(troubled);
  const first = looks[at];
  const before = looks[at - 1];
  if (at < 1 || first === undefined || before === undefined || first.takenMs === null || before.takenMs === null) return null;
  const hostMs = (first.takenMs + before.takenMs) / 2;
  const ours = onOurClock(first, hostMs);
  return ours === null ? null : { hostMs, oursMs: ours.ms, errorMs: ours.errorMs + (first.takenMs - before.takenMs) / 2, middleMs: ours.ms, momentsMs: [] };
}

/** How long a socket has been stuck, milliseconds; null: not told. */
function stuckForMs(scene: Scene, index: number): number | null {
  const socket = socketAt(scene, index);
  const { info } = socket;
  if (info === null || socket.state === "LISTEN") return null;
  const inbound = scene.directions.of(index) === "inbound";
  if (inbound && socket.state === "CLOSE_WAIT" && info.lastSendMs !== null && info.lastReceiveMs !== null && info.lastSendMs < info.lastReceiveMs) {
    return closeWaitTimes(socket).ageMs;
  }
  return inbound ? unusedMs(socket) : (info.lastSendMs ?? unusedMs(socket));
}
