import type { MissingFact } from "../../model/snapshot";
import { isWildcard } from "../../model/endpoint";
import type { SnapshotDraft, SocketDraft, SocketTable } from "./snapshot-draft";

/** Daemons that only root can look into: seeing one of them as an owner means that the tool ran as root. */
const ROOTS_OWN = new Set(["systemd", "init", "sshd", "rpcbind", "systemd-resolve", "systemd-network", "dhclient", "chronyd", "cron", "NetworkManager", "kubelet", "kube-proxy", "dockerd", "docker-proxy", "containerd"]);

/**
 * Says for each socket of a capture without an owner whether nobody holds it (`none`) or the tool was not allowed to see who does
 * (`hidden`), or was not asked. What counts, strongest first:
 *
 * 1. inode 0, TIME_WAIT and SYN_RECEIVED: the kernel itself says that no descriptor exists;
 * 2. the capture says who ran the tool: root's prompt, sudo, net-tools' privilege notice;
 * 3. owners of two users (or root's own daemons) are seen: only root sees those. With one user seen, that user's other sockets are known;
 * 4. the owner of the listener is seen: had it accepted the connection, it would be seen here too.
 */
export function settleOwnership(draft: SnapshotDraft): void {
  let hidden = 0;
  const notAsked = new Map<string, number>();
  for (const table of draft.tables) {
    const rows = draft.sockets.slice(table.firstSocket, table.endSocket);
    const counted = table.ownersAsked === true ? settleTable(table, rows) : settleUnasked(rows);
    hidden += counted.hidden;
    const remedy = OWNERS_SHOWN_BY[table.format] ?? "capture again as root with owners: ss -tanpoie (or netstat -anpo)";
    if (counted.notAsked > 0) notAsked.set(remedy, (notAsked.get(remedy) ?? 0) + counted.notAsked);
  }
  if (hidden > 0) draft.missing.push(hiddenOwners(hidden));
  for (const [remedy, count] of notAsked) draft.missing.push({ what: `the processes of ${count} sockets`, why: "the capture has no owner column", remedy });
}

/** How the systems without ss show who holds a socket. */
const OWNERS_SHOWN_BY: Readonly<Record<string, string>> = {
  "netstat-windows": "capture again with netstat -ano (and as administrator with -b for the programs)",
  "get-nettcpconnection": "capture again with the OwningProcess column",
  "netstat-bsd": "capture again with netstat -anv on macOS, sockstat -46 on FreeBSD, fstat on OpenBSD and NetBSD; or with lsof -nPi as root",
  "netstat-solaris": "capture again as root with netstat -anu (Solaris 11, illumos) or pfiles",
};

/** The fact that owners were out of sight, with what to do. */
export function hiddenOwners(count: number): MissingFact {
  return {
    what: `the owners of ${count} sockets`,
    why: "whoever looked was not root, so other users' processes were out of sight: these sockets may be held by somebody, or by nobody",
    remedy: "look again as root (sudo ss -tanpoie), or as the user who runs the service",
  };
}

function settleUnasked(rows: readonly SocketDraft[]): { hidden: number; notAsked: number } {
  let notAsked = 0;
  for (const row of rows) {
    if (row.inode === 0) row.ownership = "none";
    else notAsked += 1;
  }
  return { hidden: 0, notAsked };
}

function settleTable(table: SocketTable, rows: readonly SocketDraft[]): { hidden: number; notAsked: number } {
  const ownedUids = new Set<number>();
  const seenListeners = new Set<string>();
  let rootsOwn = false;
  for (const row of rows) {
    if (row.owners.length === 0) continue;
    if (row.uid !== null) ownedUids.add(row.uid);
    if (row.state === "LISTEN") seenListeners.add(listenerKey(row.local.address, row.local.port));
    rootsOwn ||= row.owners.some((owner) => owner.process !== null && ROOTS_OWN.has(owner.process.split(":")[0] ?? ""));
  }
  const asRoot = table.asRoot ?? (ownedUids.size > 1 || ownedUids.has(0) || (ownedUids.size === 0 && rootsOwn) ? true : null);
  let hidden = 0;
  for (const row of rows) {
    if (row.owners.length > 0) continue;
    const none = row.inode === 0 || row.state === "TIME_WAIT" || row.state === "SYN_RECEIVED" || asRoot === true
      || (row.uid !== null && row.inode !== null && ownedUids.has(row.uid))
      || (row.state !== "LISTEN" && hasListener(seenListeners, row));
    row.ownership = none ? "none" : "hidden";
    if (!none) hidden += 1;
  }
  return { hidden, notAsked: 0 };
}

function listenerKey(address: string, port: number | null): string {
  return `${isWildcard(address) ? "*" : address} ${port ?? "?"}`;
}

function hasListener(listeners: ReadonlySet<string>, row: SocketDraft): boolean {
  if (listeners.size === 0 || row.local.port === null) return false;
  return listeners.has(listenerKey(row.local.address, row.local.port)) || listeners.has(listenerKey("*", row.local.port));
}
