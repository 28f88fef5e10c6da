import type { Socket } from "../model/socket";

/** How often the kernel has sent again what stands at the head of this socket's queue, a SYN or its answer included; null: not printed. */
export function sentAgain(socket: Socket): number | null {
  const byTimer = socket.timer?.kind === "on" ? socket.timer.retransmits : null;
  const byInfo = socket.info?.retransmits ?? null;
  return byTimer === null ? byInfo : Math.max(byTimer, byInfo ?? 0);
}
