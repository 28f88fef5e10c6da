import type { Socket } from "../../model/socket";
import type { Scene } from "../scene";
import { identityOf } from "./same-socket";

/** One look before, and how long ago it was, milliseconds. */
export interface SeenBefore {
  readonly socket: Socket;
  readonly agoMs: number;
}

/**
 * How these sockets looked at the nearest earlier look that is at least `leastMs` old, by their place in `sockets`: what still stands there as it stood
 * then is no passing state. Empty when there is no such look, or the looks have no times.
 */
export function seenBefore(scene: Scene, sockets: readonly number[], leastMs: number): ReadonlyMap<number, SeenBefore> {
  const found = new Map<number, SeenBefore>();
  if (scene.takenMs === null || sockets.length === 0) return found;
  const wanted = new Map<string, number>();
  for (const index of sockets) wanted.set(identityOf(scene.snapshot.sockets[index] as Socket), index);
  for (const look of [...scene.earlier].reverse()) {
    if (look.takenMs === null || scene.takenMs - look.takenMs < leastMs) continue;
    for (const socket of look.snapshot.sockets) {
      const index = wanted.get(identityOf(socket));
      if (index !== undefined) found.set(index, { socket, agoMs: scene.takenMs - look.takenMs });
    }
    return found;
  }
  return found;
}
