import type { ConfiguredEndpoint, ConfiguredTimeout, EndpointBehind } from "../../model/service";
import { readDuration } from "./duration";
import { isAnyAddress, nameOf } from "./entry-endpoints";
import { readHost, readPort } from "./named-host";
import { firstKind, kindOfPort, kindOfWords } from "./service-kinds";
import { get, getPath, itemsOf, textOf } from "./tree";
import type { Tree, TreeMap } from "./tree";

/** How long Envoy lets a connection, a stream or a request lie (v3 API: HttpConnectionManager, TcpProxy, RouteAction, HttpProtocolOptions). */
const IDLE_TIMEOUTS: ReadonlySet<string> = new Set(["idle_timeout", "stream_idle_timeout", "timeout", "request_timeout", "max_connection_duration", "max_downstream_connection_duration", "max_stream_duration"]);
const DEEPEST = 40;

interface Found {
  readonly listeners: TreeMap[];
  readonly clusters: TreeMap[];
}

/** Envoy's bootstrap, or its listeners and clusters in files of their own: a listener has filter chains, a cluster its endpoints. */
export function isEnvoy(tree: Tree): tree is TreeMap {
  const { listeners, clusters } = findParts(tree);
  return listeners.length > 0 || clusters.length > 0;
}

/** Each listener with the endpoints of the clusters that it passes on to, and each of those endpoints. */
export function endpointsOfEnvoy(file: string, tree: Tree): ConfiguredEndpoint[] {
  const { listeners, clusters } = findParts(tree);
  const behindOf = new Map<string, { readonly behind: readonly EndpointBehind[]; readonly timeouts: readonly ConfiguredTimeout[] }>();
  const found: ConfiguredEndpoint[] = [];
  for (const cluster of clusters) {
    const name = textOf(get(cluster, "name")) ?? "";
    const timeouts = timeoutsIn(file, cluster);
    const ends = socketAddresses(getPath(cluster, "load_assignment") ?? get(cluster, "hosts"));
    behindOf.set(name, { behind: ends.map(({ host, port }) => ({ host, port, name: nameOf(host, name, "other") })), timeouts });
    for (const { host, port, line } of ends) {
      const kind = firstKind(kindOfPort(port), kindOfWords(name));
      found.push({ host, port, kind, name: nameOf(host, name, kind), key: `cluster ${name}`, file, line, ...(timeouts.length === 0 ? {} : { timeouts }) });
    }
  }
  for (const listener of listeners) {
    const end = socketAddresses(get(listener, "address"))[0];
    if (end === undefined) continue;
    const reached = [...clusterNames(get(listener, "filter_chains"))].flatMap((name) => behindOf.get(name) ?? []);
    const behind = reached.flatMap((one) => one.behind);
    const timeouts = [...timeoutsIn(file, listener), ...reached.flatMap((one) => one.timeouts)];
    const name = textOf(get(listener, "name")) ?? behind[0]?.name ?? "envoy";
    const kind = firstKind(kindOfPort(behind[0]?.port ?? 0), kindOfWords(name), kindOfPort(end.port));
    found.push({
      host: isAnyAddress(end.host) ? "localhost" : end.host, port: end.port, kind, name, key: `listener ${name}`, file, line: end.line, ...(behind.length === 0 ? {} : { behind }), ...(timeouts.length === 0 ? {} : { timeouts }),
    });
  }
  return found.sort((a, b) => a.line - b.line);
}

function findParts(root: Tree): Found {
  const found: Found = { listeners: [], clusters: [] };
  const visit = (tree: Tree, depth: number): void => {
    if (depth > DEEPEST || tree.kind === "value") return;
    if (tree.kind === "list") {
      for (const item of tree.items) visit(item, depth + 1);
      return;
    }
    if (get(tree, "filter_chains")?.kind === "list" && get(tree, "address") !== null) found.listeners.push(tree);
    else if (get(tree, "name")?.kind === "value" && (get(tree, "load_assignment")?.kind === "map" || (get(tree, "hosts")?.kind === "list" && get(tree, "connect_timeout") !== null))) found.clusters.push(tree);
    else for (const [, value] of tree.entries) visit(value, depth + 1);
  };
  visit(root, 0);
  return found;
}

function socketAddresses(root: Tree | null): { host: string; port: number; line: number }[] {
  const found: { host: string; port: number; line: number }[] = [];
  const visit = (tree: Tree, depth: number): void => {
    if (depth > DEEPEST || tree.kind === "value") return;
    if (tree.kind === "list") for (const item of tree.items) visit(item, depth + 1);
    else {
      const address = get(tree, "socket_address");
      if (address?.kind === "map") {
        const host = readHost(textOf(get(address, "address")) ?? "");
        const port = readPort(textOf(get(address, "port_value")) ?? "");
        const line = get(address, "port_value")?.line ?? address.line;
        if (host !== null && port !== null) found.push({ host, port, line });
      } else for (const [, value] of tree.entries) visit(value, depth + 1);
    }
  };
  if (root !== null) visit(root, 0);
  return found;
}

/** `cluster: shop`, and those of `weighted_clusters`. */
function clusterNames(root: Tree | null): Set<string> {
  const names = new Set<string>();
  const visit = (tree: Tree, depth: number): void => {
    if (depth > DEEPEST || tree.kind === "value") return;
    if (tree.kind === "list") for (const item of tree.items) visit(item, depth + 1);
    else for (const [key, value] of tree.entries) {
      if (key === "cluster" && value.kind === "value") names.add(value.value);
      if (key === "weighted_clusters") for (const item of itemsOf(get(value, "clusters"))) names.add(textOf(get(item, "name")) ?? "");
      visit(value, depth + 1);
    }
  };
  if (root !== null) visit(root, 0);
  return names;
}

function timeoutsIn(file: string, root: Tree): ConfiguredTimeout[] {
  const found: ConfiguredTimeout[] = [];
  const visit = (tree: Tree, depth: number): void => {
    if (depth > DEEPEST || tree.kind === "value") return;
    if (tree.kind === "list") for (const item of tree.items) visit(item, depth + 1);
    else for (const [key, value] of tree.entries) {
      if (key === "health_checks") continue;
      const ms = IDLE_TIMEOUTS.has(key) && value.kind === "value" ? readDuration(value.value, "s") : null;
      if (ms !== null && ms > 0) found.push({ directive: key, ms, file, line: value.line });
      else visit(value, depth + 1);
    }
  };
  visit(root, 0);
  return found;
}
