import type { Socket } from "../../model/socket";

/**
 * A name for a socket that stays the same from look to look: the kernel's cookie, which is never used twice (sock_diag(7)); else
 * inode and both ends, as inodes are used again.
 */
export function identityOf(socket: Socket): string {
  if (socket.cookie !== null) return `sk:${socket.cookie}`;
  return `${socket.namespace ?? ""} ${socket.inode ?? ""} ${socket.local.address}:${socket.local.port} ${socket.remote.address}:${socket.remote.port}`;
}
