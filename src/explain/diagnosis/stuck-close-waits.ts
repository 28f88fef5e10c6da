import type { Snapshot } from "../../model/snapshot";
import { identityOf } from "../history/same-socket";
import type { Scene } from "../scene";
import { socketAt } from "../scene";
import { closeWaitTimes } from "../socket-times";

/** Any server holds a few CLOSE_WAITs for the moment it needs to read the end of file and close. */
const YOUNG_MS = 5000;
/** But nobody holds many of them for a second. */
const CROWD_YOUNG_MS = 1000;
const CROWD = 5;

/** The CLOSE_WAITs of a group that are no passing moment, by what the receive queue tells (docs/sockets.md section 1). */
export interface StuckCloseWaits {
  readonly all: readonly number[];
  /** At least the FIN is unread (Recv-Q 1 and more). */
  readonly unread: readonly number[];
  /** The end of file was read (Recv-Q 0). */
  readonly read: readonly number[];
  /** The capture has no queues. */
  readonly queueUnknown: readonly number[];
  /** Why `queueUnknown` is not known, in words. */
  readonly whyUnknown: string;
  /** Those of `all` of which it is known that they have lasted: by their age, or because an earlier look shows them too. */
  readonly lasting: number;
  /** Young or still in use, so not counted. */
  readonly passing: readonly number[];
  /** Enough of them to speak of: three that lasted, or four whose age nobody knows. */
  readonly worthReporting: boolean;
}

/** Linux counts an unread FIN as one byte of the receive queue; BSD, macOS and Solaris count data alone (ADR 0102), so that 0 tells nothing there. */
function countsEndOfFile({ source }: Snapshot): boolean {
  return !/netstat-(?:bsd|solaris)|sockstat-freebsd/.test(source.format) || /\bss\b|netstat-linux|proc-net-tcp|probe:/.test(source.format);
}

export function stuckCloseWaits(scene: Scene, sockets: readonly number[]): StuckCloseWaits {
  return scene.once(sockets, () => readStuck(scene, sockets));
}

function readStuck(scene: Scene, sockets: readonly number[]): StuckCloseWaits {
  const closeWaits = sockets.filter((index) => socketAt(scene, index).state === "CLOSE_WAIT");
  const before = closeWaits.length === 0 ? null : scene.closeWaitsBefore();
  const times = closeWaits.map((index) => closeWaitTimes(socketAt(scene, index)));
  let lingering = 0;
  for (const { ageMs } of times) if (ageMs !== null && ageMs >= CROWD_YOUNG_MS) lingering += 1;
  const limit = lingering >= CROWD ? CROWD_YOUNG_MS : YOUNG_MS;

  const all: number[] = [];
  const passing: number[] = [];
  const doubtful: number[] = [];
  let lasting = 0;
  closeWaits.forEach((index, place) => {
    const socket = socketAt(scene, index);
    const { ageMs, ageCertain } = times[place] ?? closeWaitTimes(socket);
    // A certain age knows better: the same ports and inode may be another connection by now.
    const seenBefore = !ageCertain && before !== null && before.gapMs >= limit && before.sockets.has(identityOf(socket));
    const sentMs = socket.info?.lastSendMs ?? Infinity;
    // Half-closed on purpose: we go on sending after the peer's FIN, and it goes on taking it.
    const inUse = ageMs !== null && sentMs < Math.min(ageMs, YOUNG_MS);
    const stillSending = sentMs < 1000 && (socket.sendQueue ?? 0) > 0;
    const old = seenBefore || (ageMs !== null && ageMs >= limit);
    if ((!old && ageMs !== null && ageCertain) || inUse || stillSending) {
      passing.push(index);
      return;
    }
    // Probes make an old one look young; a busy server's are young. Those of a second and more decide.
    if (!old && ageMs !== null && ageMs < CROWD_YOUNG_MS && scene.directions.of(index) === "inbound") {
      doubtful.push(index);
      return;
    }
    all.push(index);
    if (old) lasting += 1;
  });
  const proven = all.length > doubtful.length;
  for (const index of doubtful) (proven ? all : passing).push(index);
  const counted = countsEndOfFile(scene.snapshot);
  const queue = (index: number): number | null => {
    const bytes = socketAt(scene, index).recvQueue;
    return bytes === 0 && !counted ? null : bytes;
  };
  return {
    all,
    unread: all.filter((index) => (queue(index) ?? 0) >= 1),
    read: all.filter((index) => queue(index) === 0),
    queueUnknown: all.filter((index) => queue(index) === null),
    whyUnknown: counted ? "Recv-Q is not in the capture" : "that system does not count an unread end of file in Recv-Q",
    lasting,
    passing,
    worthReporting: lasting >= 3 || all.length >= 4,
  };
}
