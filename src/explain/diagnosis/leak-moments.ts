import type { Scene } from "../scene";
import { socketAt } from "../scene";
import { unusedMs } from "../socket-times";

/**
 * When the application last used each socket, on the target's clock, ascending (docs/sockets.md section 3). Outbound: when it last sent
 * (`lastsnd`). Inbound: when data last flowed either way. Empty when the target's clock or tcp_info is not known.
 */
export function leakMoments(scene: Scene, sockets: readonly number[], direction: "inbound" | "outbound" | null): number[] {
  const { clock } = scene.snapshot;
  if (clock === null) return [];
  const moments: number[] = [];
  for (const index of sockets) {
    const socket = socketAt(scene, index);
    const ago = direction === "outbound" ? (socket.info?.lastSendMs ?? null) : unusedMs(socket);
    if (ago !== null) moments.push(clock.targetMs - ago);
  }
  return moments.sort((a, b) => a - b);
}
