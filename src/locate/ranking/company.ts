import { formatEndpoint } from "../../model/endpoint";
import type { Service, ServiceKind } from "../../model/service";
import type { Snapshot } from "../../model/snapshot";

/** A far end that a process holds connections to at the moment of the look. */
export interface FarEnd {
  readonly end: string;
  /** null: nobody knows what stands there. */
  readonly kind: ServiceKind | null;
  readonly connections: number;
}

/** The far ends of each process. */
export type Company = ReadonlyMap<number, readonly FarEnd[]>;

/** Whom these processes speak to: their outgoing connections that are open or being opened. One pass over the sockets. */
export function readCompany(snapshot: Snapshot | undefined, pids: ReadonlySet<number>, services: readonly Service[]): Company {
  const company = new Map<number, Map<string, { end: string; kind: ServiceKind | null; connections: number }>>();
  if (snapshot === undefined || pids.size === 0) return new Map();
  const kinds = new Map(services.map((service) => [`${service.address} ${service.port}`, service.kind]));
  const listening = new Set<string>();
  for (const socket of snapshot.sockets) if (socket.state === "LISTEN") listening.add(`${socket.namespace ?? ""} ${socket.local.port}`);
  for (const socket of snapshot.sockets) {
    if ((socket.state !== "ESTABLISHED" && socket.state !== "SYN_SENT") || socket.owners.length === 0) continue;
    const pid = socket.owners.find((owner) => pids.has(owner.pid))?.pid;
    if (pid === undefined || listening.has(`${socket.namespace ?? ""} ${socket.local.port}`)) continue;
    let ends = company.get(pid);
    if (ends === undefined) company.set(pid, (ends = new Map<string, { end: string; kind: ServiceKind | null; connections: number }>()));
    const key = `${socket.remote.address} ${socket.remote.port}`;
    const known = ends.get(key);
    if (known !== undefined) known.connections += 1;
    else {
      const kind = kinds.get(key) ?? null;
      ends.set(key, { end: formatEndpoint(socket.remote), kind: kind === "other" || kind === "proxy" ? null : kind, connections: 1 });
    }
  }
  return new Map([...company].map(([pid, ends]) => [pid, [...ends.values()]]));
}
