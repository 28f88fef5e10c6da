import { isTcp } from "./direction";
import { mainOwner } from "./groups";
import type { Scene } from "./scene";
import { socketAt } from "./scene";

/**
 * Both ends of a connection stand in one look when they are on one host, in one network namespace or in two. Gives, for those of `sockets` of which
 * that is so, the socket at the other end (index to index). One pass over the look; nothing is kept for the sockets that nobody asks about.
 */
export function otherEnds(scene: Scene, sockets: readonly number[]): ReadonlyMap<number, number> {
  const wanted = new Map<string, number>();
  for (const index of sockets) {
    const { local, remote } = socketAt(scene, index);
    if (local.port !== null && remote.port !== null) wanted.set(`${remote.address} ${remote.port} ${local.address} ${local.port}`, index);
  }
  const found = new Map<number, number>();
  if (wanted.size === 0) return found;
  scene.snapshot.sockets.forEach((socket, index) => {
    if (!isTcp(socket) || socket.state === "LISTEN") return;
    const mine = wanted.get(`${socket.local.address} ${socket.local.port} ${socket.remote.address} ${socket.remote.port}`);
    if (mine === undefined || mine === index) return;
    // Each namespace has a loopback of its own: the same addresses there are another connection.
    if (isLoopback(socket.local.address) && socketAt(scene, mine).namespace !== socket.namespace) return;
    found.set(mine, index);
  });
  return found;
}

/** The processes that hold these sockets: `feeder (pid 812), feeder (pid 813)`; null when nobody is known to. */
export function sayHolders(scene: Scene, sockets: Iterable<number>): string | null {
  const held = new Map<number, string>();
  for (const index of sockets) {
    const owner = mainOwner(socketAt(scene, index));
    if (owner !== null) held.set(owner.pid, scene.processes.get(owner.pid)?.name ?? owner.process ?? "?");
  }
  const said = [...held].slice(0, 3).map(([pid, name]) => `${name} (pid ${pid})`).join(", ");
  return held.size === 0 ? null : held.size > 3 ? `${said} and ${held.size - 3} more` : said;
}

function isLoopback(address: string): boolean {
  return address.startsWith("127.") || address === "::1";
}
