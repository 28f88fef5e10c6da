import { formatEndpoint } from "../../model/endpoint";
import type { Endpoint } from "../../model/endpoint";
import type { Service } from "../../model/service";
import type { TalkEdge, TalkGraph, TalkNode } from "../../model/talk";
import type { TcpState } from "../../model/tcp-state";
import { readArrivals } from "../arrivals";
import { countOf } from "../figures";
import type { Group } from "../groups";
import { nameEnd, socketAt } from "../scene";
import type { HostScene } from "./host-scene";
import { isShared } from "./host-scene";
import { sayStuck, stuckEdge } from "./stuck-edge";

/** More addresses than this at one listener are clients, and no longer somebody. */
const CLIENTS_TOLD_APART = 8;
/** A picture with more ends than this is no picture. */
const MOST_FAR_ENDS = 150;

interface EdgeDraft {
  readonly from: number;
  readonly to: number;
  readonly states: Partial<Record<TcpState, number>>;
  count: number;
  stuck: number;
  readonly why: string[];
  readonly places: { snapshot: number; sockets: number[] }[];
}

/** Who talks to whom: every process of the hosts that has connections, what it calls, and who calls it; stuck connections are told on their edge. */
export function drawTalk(hosts: readonly HostScene[], services: readonly Service[]): TalkGraph {
  return new Drawing(hosts, services).finish();
}

class Drawing {
  readonly #services: readonly Service[];
  readonly #nodes: TalkNode[] = [];
  readonly #nodeByKey = new Map<string, number>();
  readonly #edges = new Map<string, EdgeDraft>();
  /** The process at the near end of each outbound connection to a host of the set, by its two ends as the far side sees them. */
  readonly #callers = new Map<string, number>();
  readonly #hostByAddress = new Map<string, HostScene>();

  constructor(hosts: readonly HostScene[], services: readonly Service[]) {
    this.#services = services;
    for (const host of hosts) for (const address of host.scene.snapshot.ownAddresses) if (isSharedAddress(address)) this.#hostByAddress.set(address, host);
    for (const host of hosts) for (const group of host.scene.groups) this.#outbound(host, group);
    for (const host of hosts) this.#inbound(host);
  }

  finish(): TalkGraph {
    const edges = [...this.#edges.values()].sort((a, b) => b.stuck - a.stuck || b.count - a.count);
    return fold(this.#nodes, edges.map((edge): TalkEdge => ({ ...edge, stuck: Math.min(edge.stuck, edge.count) })));
  }

  #outbound(host: HostScene, group: Group): void {
    if (group.direction !== "outbound") return;
    const from = this.#process(host, group.pid, group.process);
    const to = this.#farEnd(host, group);
    const stuck = stuckEdge(host.scene, group, host.diagnoses);
    const edge = this.#edge(from, to);
    edge.count += group.sockets.length + group.counted;
    for (const [state, count] of Object.entries(group.states)) edge.states[state as TcpState] = (edge.states[state as TcpState] ?? 0) + count;
    this.#mark(edge, host, group.sockets, stuck.all.length, sayStuck(stuck));
    if (!this.#isOurs(host, group.endpoint.address)) return;
    for (const index of group.sockets) {
      const socket = socketAt(host.scene, index);
      this.#callers.set(`${scope(host, socket.remote.address)}${formatEndpoint(socket.remote)} ${formatEndpoint(socket.local)}`, from);
    }
  }

  #inbound(host: HostScene): void {
    const { scene } = host;
    const known = new Map<number, string>();
    for (const one of host.diagnoses) if (one.direction === "inbound" && one.confidence !== "low") for (const index of one.sockets) if (!known.has(index)) known.set(index, one.cause);
    for (const arrivals of readArrivals(scene)) {
      const sockets = [...arrivals.accepted, ...arrivals.waiting];
      if (sockets.length === 0) continue;
      const to = this.#process(host, arrivals.pid, arrivals.process);
      const addresses = new Set(sockets.map((index) => socketAt(scene, index).remote.address));
      for (const [from, group] of this.#byCaller(host, sockets, addresses)) {
        const edge = this.#edge(from, to);
        const stuck = group.filter((index) => known.has(index));
        // The other end has counted these connections already.
        if (edge.count === 0 || this.#nodes[from]?.kind === "clients") {
          edge.count += group.length;
          for (const index of group) {
            const { state } = socketAt(scene, index);
            if (state !== null) edge.states[state] = (edge.states[state] ?? 0) + 1;
          }
        }
        const causes = new Map<string, number>();
        for (const index of stuck) causes.set(known.get(index) ?? "", (causes.get(known.get(index) ?? "") ?? 0) + 1);
        this.#mark(edge, host, group, stuck.length, [...causes].map(([cause, count]) => `${countOf(count, "connection")}: ${cause}`));
      }
    }
  }

  #byCaller(host: HostScene, sockets: readonly number[], addresses: ReadonlySet<string>): Map<number, number[]> {
    const callers = new Map<number, number[]>();
    const nodes = new Map<string, number>();
    for (const index of sockets) {
      const socket = socketAt(host.scene, index);
      const { address } = socket.remote;
      const caller = this.#isOurs(host, address) ? this.#callers.get(`${scope(host, socket.local.address)}${formatEndpoint(socket.local)} ${formatEndpoint(socket.remote)}`) : undefined;
      let from = caller ?? nodes.get(address);
      if (from === undefined) nodes.set(address, (from = this.#clients(host, address, addresses.size)));
      const group = callers.get(from);
      if (group === undefined) callers.set(from, [index]);
      else group.push(index);
    }
    return callers;
  }

  #clients(host: HostScene, address: string, addresses: number): number {
    const known = this.#hostByAddress.get(address);
    const more = { kind: "clients", pid: null, endpoint: null, service: null } as const;
    return addresses > CLIENTS_TOLD_APART && known === undefined
      ? this.#node(`clients of ${host.target} ${addresses}`, { ...more, label: `${addresses} clients`, target: null })
      : this.#node(`client ${scope(host, address)}${address}`, { ...more, label: known?.name ?? address, target: known?.target ?? null });
  }

  /** Whether the far end's own table may have been seen: on the same host, or on another one of the set. */
  #isOurs(host: HostScene, address: string): boolean {
    return this.#hostByAddress.has(address) || !isShared(host.scene, address);
  }

  /** What an outbound group ends at: a process of a host of the set, or something that none of them is. */
  #farEnd(host: HostScene, group: Group): number {
    const { endpoint } = group;
    const there = isShared(host.scene, endpoint.address) ? this.#hostByAddress.get(endpoint.address) : host;
    const site = there === undefined ? null : there.scene.directions.siteFor(there === host ? group.namespace : null, endpoint.address, endpoint.port);
    if (there !== undefined && site !== null) {
      const arrivals = readArrivals(there.scene).find((one) => one.site === site);
      if (arrivals !== undefined && arrivals.pid !== null) return this.#process(there, arrivals.pid, arrivals.process);
    }
    const service = host.scene.serviceOf(group);
    return this.#node(`remote ${scope(host, endpoint.address)}${formatEndpoint({ ...endpoint, zone: null })}`, {
      kind: "remote", label: nameEnd(host.scene, group), target: null, pid: null, endpoint: plain(endpoint), service: service === null ? null : indexOrNull(this.#services.indexOf(service)),
    });
  }

  /** Workers of one program are one node. */
  #process(host: HostScene, pid: number | null, name: string | null): number {
    const known = pid === null ? undefined : host.scene.processes.get(pid);
    const label = known?.name ?? name ?? (pid === null ? "unknown process" : `process ${pid}`);
    return this.#node(`process ${host.target} ${label} ${known?.cgroup ?? ""}`, { kind: "service", label, target: host.target, pid, endpoint: null, service: null });
  }

  #node(key: string, node: TalkNode): number {
    const known = this.#nodeByKey.get(key);
    if (known !== undefined) return known;
    this.#nodes.push(node);
    this.#nodeByKey.set(key, this.#nodes.length - 1);
    return this.#nodes.length - 1;
  }

  #edge(from: number, to: number): EdgeDraft {
    const key = `${from} ${to}`;
    let edge = this.#edges.get(key);
    if (edge === undefined) this.#edges.set(key, (edge = { from, to, states: {}, count: 0, stuck: 0, why: [], places: [] }));
    return edge;
  }

  #mark(edge: EdgeDraft, host: HostScene, sockets: readonly number[], stuck: number, why: readonly string[]): void {
    edge.stuck += stuck;
    edge.why.push(...why.filter((text) => !edge.why.includes(text)));
    const place = edge.places.find((one) => one.snapshot === host.scene.index);
    if (place === undefined) edge.places.push({ snapshot: host.scene.index, sockets: [...sockets] });
    else for (const index of sockets) place.sockets.push(index);
  }
}

/** What is not stuck goes first: the ends with the fewest connections become one. */
function fold(nodes: readonly TalkNode[], edges: readonly TalkEdge[]): TalkGraph {
  const far = nodes.map((node, index) => ({ node, index })).filter(({ node }) => node.kind !== "service");
  if (far.length <= MOST_FAR_ENDS) return { nodes, edges };
  const kept = new Set<number>();
  nodes.forEach((node, index) => {
    if (node.kind === "service") kept.add(index);
  });
  const services = kept.size;
  // The edges are sorted: stuck ones first, then the biggest.
  for (const edge of edges) {
    for (const end of [edge.from, edge.to]) if (kept.size < services + MOST_FAR_ENDS) kept.add(end);
  }
  const place = new Map([...kept].sort((a, b) => a - b).map((index, at) => [index, at]));
  const others = place.size;
  const merged = new Map<string, TalkEdge>();
  for (const edge of edges) {
    const from = place.get(edge.from) ?? others;
    const to = place.get(edge.to) ?? others;
    const key = `${from} ${to}`;
    const before = merged.get(key);
    merged.set(key, before === undefined ? { ...edge, from, to } : joinEdges(before, edge));
  }
  const rest: TalkNode = { kind: "remote", label: `${nodes.length - kept.size} other ends`, target: null, pid: null, endpoint: null, service: null };
  return { nodes: [...[...place.keys()].map((index) => nodes[index] as TalkNode), rest], edges: [...merged.values()] };
}

function joinEdges(a: TalkEdge, b: TalkEdge): TalkEdge {
  const states: Partial<Record<TcpState, number>> = { ...a.states };
  for (const [state, count] of Object.entries(b.states)) states[state as TcpState] = (states[state as TcpState] ?? 0) + count;
  return { ...a, states, count: a.count + b.count, stuck: a.stuck + b.stuck, why: [...new Set([...a.why, ...b.why])], places: [...a.places, ...b.places] };
}

/** Addresses that mean something else on each host stand under the host's name. */
function scope(host: HostScene, address: string): string {
  return isShared(host.scene, address) || (isSharedAddress(address) && host.scene.snapshot.ownAddresses.includes(address)) ? "" : `${host.target} `;
}

function isSharedAddress(address: string): boolean {
  return !address.startsWith("127.") && address !== "::1" && !address.startsWith("fe80:") && !address.startsWith("169.254.");
}

function plain(endpoint: Endpoint): Endpoint {
  return { ...endpoint, zone: null };
}

function indexOrNull(index: number): number | null {
  return index === -1 ? null : index;
}
