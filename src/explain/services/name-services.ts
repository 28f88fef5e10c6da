import { formatEndpoint, isLoopback } from "../../model/endpoint";
import type { Confidence } from "../../model/finding";
import type { Process } from "../../model/process";
import type { ConfiguredEndpoint, HowWeKnow, NamedEndpoint, Service, ServiceKind } from "../../model/service";
import type { HostName, Snapshot } from "../../model/snapshot";
import { isTrialFile } from "../../model/trial-file";
import type { Directions } from "../direction";
import type { Group } from "../groups";
import { mainOwner } from "../groups";
import { isGoBetween, kindOfProgram } from "./known-programs";
import { wellKnownPort } from "./well-known-ports";

/** Names what stands at the ends of connections, and remembers each name it gave. */
export interface ServiceNames {
  /** What stands at a group's endpoint; null: nothing tells. The same group end always gives the same object. */
  serviceOf(snapshot: Snapshot, directions: Directions, processes: ReadonlyMap<number, Process>, group: Group): Service | null;
}

export function createServiceNames(configured: readonly ConfiguredEndpoint[]): ServiceNames {
  const byPort = indexByPort(configured);
  const given = new WeakMap<Snapshot, Map<string, Service | null>>();
  const told = new WeakMap<Snapshot, TargetsWord>();
  return {
    serviceOf: (snapshot, directions, processes, group) => {
      let services = given.get(snapshot);
      if (services === undefined) given.set(snapshot, (services = new Map<string, Service | null>()));
      const far = group.direction === "outbound" || (group.direction === null && group.states.LISTEN === undefined);
      const key = `${far ? "far" : "own"} ${group.endpoint.address}%${group.endpoint.zone ?? ""} ${group.endpoint.port} ${group.namespace ?? ""}`;
      let service = services.get(key);
      if (service === undefined) {
        let word = told.get(snapshot);
        if (word === undefined) told.set(snapshot, (word = readTargetsWord(snapshot)));
        service = nameService({ snapshot, ...word, directions, processes, group, far, byPort });
        services.set(key, service);
      }
      return service;
    },
  };
}

function indexByPort(configured: readonly ConfiguredEndpoint[]): Map<number, ConfiguredEndpoint[]> {
  const byPort = new Map<number, ConfiguredEndpoint[]>();
  for (const endpoint of configured) {
    const known = byPort.get(endpoint.port);
    if (known === undefined) byPort.set(endpoint.port, [endpoint]);
    else known.push(endpoint);
  }
  return byPort;
}

/** What the target itself says of names, made ready to be asked. */
interface TargetsWord {
  readonly hosts: HostIndex;
  /** The hosts file's names and, for what configuration means by a name, those of a cluster and of DNS. */
  readonly resolvable: HostIndex;
  /** What its load balancers are configured to. */
  readonly ownConfig: ReadonlyMap<number, readonly ConfiguredEndpoint[]>;
  readonly named: ReadonlyMap<string, readonly NamedEndpoint[]>;
}

function readTargetsWord(snapshot: Snapshot): TargetsWord {
  const named = new Map<string, NamedEndpoint[]>();
  for (const endpoint of snapshot.namedEndpoints ?? []) {
    const known = named.get(endpoint.address);
    if (known === undefined) named.set(endpoint.address, [endpoint]);
    else known.push(endpoint);
  }
  // A cluster's services are addresses with names, as those of a hosts file are: configuration may use them.
  const more = (snapshot.namedEndpoints ?? []).filter((one) => one.source === "kubernetes" || one.source === "reverse-dns").map(({ address, name, text }) => ({ address, name, from: text }));
  const searchDomains = snapshot.searchDomains ?? [];
  return { hosts: indexHosts(snapshot.hostNames, searchDomains), resolvable: indexHosts([...snapshot.hostNames, ...more], searchDomains), ownConfig: indexByPort(snapshot.configured ?? []), named };
}

/** The target's hosts file, which may hold a hundred thousand names to block. */
interface HostIndex {
  readonly byAddress: ReadonlyMap<string, readonly HostName[]>;
  /** Canonical. */
  readonly names: ReadonlySet<string>;
  readonly searchDomains: readonly string[];
}

function indexHosts(hostNames: readonly HostName[], searchDomains: readonly string[]): HostIndex {
  const byAddress = new Map<string, HostName[]>();
  const names = new Set<string>();
  for (const entry of hostNames) {
    names.add(canonicalHost(entry.name));
    const known = byAddress.get(entry.address);
    if (known === undefined) byAddress.set(entry.address, [entry]);
    else known.push(entry);
  }
  return { byAddress, names, searchDomains };
}

interface Question extends TargetsWord {
  readonly snapshot: Snapshot;
  readonly directions: Directions;
  readonly processes: ReadonlyMap<number, Process>;
  readonly group: Group;
  readonly far: boolean;
  readonly byPort: ReadonlyMap<number, readonly ConfiguredEndpoint[]>;
}

const NAMES_SERVICES: ReadonlySet<string> = new Set(["load-balancer", "kubernetes", "container", "service-environment"]);
const GENERIC: ReadonlySet<ServiceKind> = new Set(["database", "cache", "queue"]);

function nameService(question: Question): Service | null {
  const { address, port } = question.group.endpoint;
  const how = [
    ...ownListener(question), ...configuredAs(question, question.byPort, "workspace-config"), ...configuredAs(question, question.ownConfig, "load-balancer"),
    ...namedBy(question, "kubernetes"), ...namedBy(question, "container"), ...namedBy(question, "service-environment"), ...hostsFile(question), ...namedBy(question, "reverse-dns"), ...capture(question),
    ...servicesFile(question), ...wellKnown(question),
  ];
  const strongest = how[0];
  if (strongest === undefined) return null;
  // A load balancer on this host is named by what the workspace calls the service behind it.
  const behind = strongest.source === "own-listener" && isGoBetween(strongest.name) ? how.find((one) => one.source === "workspace-config") ?? how.find((one) => NAMES_SERVICES.has(one.source)) : undefined;
  const kind = bestKind(how.filter((one) => one !== strongest || behind === undefined)) ?? strongest.kind;
  return { name: (behind ?? strongest).name, kind, address, port, how };
}

/** The kind of the strongest source that names a product; failing that one that names a family; failing that whatever the first says. */
function bestKind(how: readonly HowWeKnow[]): ServiceKind | null {
  const telling = how.find((one) => one.kind !== "other" && one.kind !== "proxy" && !GENERIC.has(one.kind) && !vague(one, how))
    ?? how.find((one) => GENERIC.has(one.kind))
    ?? how.find((one) => one.kind !== "other");
  return telling?.kind ?? how[0]?.kind ?? null;
}

/** `http` from a port number alone says less than a family that the workspace names. */
function vague(one: HowWeKnow, how: readonly HowWeKnow[]): boolean {
  return one.source === "well-known-port" && (one.kind === "http" || one.kind === "grpc") && how.some((other) => other !== one && GENERIC.has(other.kind));
}

/** The addresses that lead back into the same network namespace. */
function ownAddresses(snapshot: Snapshot, namespace: string | null): readonly string[] {
  return namespace === null ? snapshot.ownAddresses : (snapshot.namespaces.find((one) => one.id === namespace)?.ownAddresses ?? []);
}

function ownListener({ snapshot, directions, processes, group, far }: Question): HowWeKnow[] {
  const { address, port } = group.endpoint;
  const ours = !far || isLoopback(address) || ownAddresses(snapshot, group.namespace).includes(address);
  const site = far ? directions.siteFor(group.namespace, address, port) : group.site;
  if (!ours || site === null) return [];
  for (const index of directions.sites[site]?.sockets ?? []) {
    const socket = snapshot.sockets[index];
    const owner = socket === undefined ? null : mainOwner(socket);
    if (owner === null) continue;
    const process = processes.get(owner.pid);
    const name = process?.name ?? owner.process ?? null;
    if (name === null) continue;
    const text = `${name} (pid ${owner.pid}) listens there on this host`;
    return [{ source: "own-listener", text, name, kind: kindOfProgram(name, process?.commandLine ?? null), confidence: "high", file: null, line: null }];
  }
  return [];
}

/** Names for "this machine" in configuration. */
const THIS_MACHINE: ReadonlySet<string> = new Set(["localhost", "host.docker.internal", "0.0.0.0", "::", "*", "ip6-localhost"]);
/** So many different hosts answer at these ports that the port alone ties no name to an address. */
const COMMON_PORTS: ReadonlySet<number> = new Set([22, 53, 80, 443, 8000, 8080, 8443]);

/** What configuration says: the workspace's files, or those of the target's own load balancers, whose places are no places of the workspace. */
function configuredAs({ snapshot, resolvable: hosts, group, far }: Question, byPort: ReadonlyMap<number, readonly ConfiguredEndpoint[]>, source: "workspace-config" | "load-balancer"): HowWeKnow[] {
  const { address, port } = group.endpoint;
  const ours = source === "load-balancer";
  // A listener is named by the load balancer that opened it; the workspace's files speak of what one connects to.
  if (port === null || (!far && !ours)) return [];
  const exact: HowWeKnow[] = [];
  const byName: HowWeKnow[] = [];
  const mine = !far || isLoopback(address) || ownAddresses(snapshot, group.namespace).includes(address);
  for (const endpoint of byPort.get(port) ?? []) {
    const host = canonicalHost(endpoint.host);
    const place = `${endpoint.file}:${endpoint.line}${ours ? " on the host" : ""}${endpoint.key === null ? "" : ` (${endpoint.key})`}${sayBehind(endpoint)}`;
    const know = (text: string, confidence: Confidence): HowWeKnow => ({
      source, text, name: endpoint.name, kind: endpoint.kind, confidence, file: ours ? null : endpoint.file, line: ours ? null : endpoint.line, ...(endpoint.timeouts === undefined ? {} : { timeouts: endpoint.timeouts }),
    });
    if (host === canonicalHost(address) || (mine && (THIS_MACHINE.has(host) || isLoopback(host) || snapshot.ownAddresses.includes(host)))) exact.push(know(place, isTrialFile(endpoint.file) ? "medium" : "high"));
    else {
      const mapped = hosts.byAddress.get(address)?.find((entry) => sameHost(entry.name, host, hosts.searchDomains));
      if (mapped !== undefined) exact.push(know(`${place} names ${endpoint.host}, which ${mapped.from} maps to this address`, "high"));
      // Only a name that the host's own files do not place elsewhere.
      else if (isName(host) && !COMMON_PORTS.has(port) && !THIS_MACHINE.has(host) && !hosts.names.has(host)) {
        byName.push(know(`${place} names ${endpoint.host}:${port}; same port, the name's address was not looked up`, "low"));
      }
    }
  }
  const seen = new Set<string>();
  const unique = (one: HowWeKnow): boolean => {
    const key = `${one.file}:${one.line} ${one.text} ${one.name} ${one.kind}`;
    return seen.has(key) ? false : (seen.add(key), true);
  };
  if (exact.length > 0) return exact.filter(unique).sort((a, b) => told(b) - told(a) || Number(isTrialFile(a.file ?? "")) - Number(isTrialFile(b.file ?? "")));
  // Several names for one port: each may be meant, so none is.
  return new Set(byName.map((one) => one.name)).size === 1 ? byName.filter(unique) : [];
}

const MOST_BEHIND_SAID = 3;

/** `, which passes to db1 10.0.0.3:3306, db2 10.0.0.4:3306`; empty for what is no load balancer. */
function sayBehind({ behind }: ConfiguredEndpoint): string {
  if (behind === undefined || behind.length === 0) return "";
  const said = behind.slice(0, MOST_BEHIND_SAID).map((server) => `${server.name === null || server.name === server.host ? "" : `${server.name} `}${formatEndpoint({ address: server.host, port: server.port, zone: null })}`);
  return `, which passes to ${said.join(", ")}${behind.length > said.length ? ` and ${behind.length - said.length} more` : ""}`;
}

/** Configuration that says what kind of thing it is comes before one that does not. */
function told(one: HowWeKnow): number {
  return one.kind === "other" ? 0 : 1;
}

function hostsFile({ hosts, group, far }: Question): HowWeKnow[] {
  const { address } = group.endpoint;
  if (!far || isLoopback(address)) return [];
  return (hosts.byAddress.get(address) ?? [])
    .map((entry) => ({ source: "hosts-file" as const, text: `${entry.from} of the host names ${entry.address}`, name: entry.name, kind: "other" as const, confidence: "medium" as const, file: null, line: null }));
}

/** What a Kubernetes API, a pod's environment or DNS says of this address; a name for this very port comes before one for all of them. */
function namedBy({ named, group, far }: Question, source: NamedEndpoint["source"]): HowWeKnow[] {
  const { address, port } = group.endpoint;
  if (isLoopback(address)) return [];
  return (named.get(address) ?? [])
    .filter((one) => one.source === source && (one.port === null ? far : one.port === port))
    .sort((a, b) => Number(a.port === null) - Number(b.port === null))
    .map(({ text, name, kind, confidence }) => ({ source, text, name, kind, confidence, file: null, line: null }));
}

/** The target's /etc/services; only where it says another thing than the list that everybody has. */
function servicesFile({ named, group }: Question): HowWeKnow[] {
  const { port } = group.endpoint;
  const known = port === null ? null : wellKnownPort(port);
  return (named.get("*") ?? [])
    .filter((one) => one.source === "services-file" && one.port === port && one.name !== known?.name)
    .map(({ text, name, kind, confidence }) => ({
      source: "services-file", text: known === null ? text : `${text}; the registered name is ${known.name}`, name, kind, confidence, file: null, line: null,
    }));
}

function capture({ group, far }: Question): HowWeKnow[] {
  const { address } = group.endpoint;
  if (!far || !isName(address) || isLoopback(address)) return [];
  return [{ source: "capture", text: "the capture prints this name instead of an address", name: address, kind: "other", confidence: "medium", file: null, line: null }];
}

function wellKnown({ group }: Question): HowWeKnow[] {
  const { port } = group.endpoint;
  const known = port === null ? null : wellKnownPort(port);
  return known === null ? [] : [{ source: "well-known-port", text: `port ${port} is usually ${known.name}`, name: known.name, kind: known.kind, confidence: "low", file: null, line: null }];
}

function canonicalHost(host: string): string {
  return host.replace(/^\[|\]$/g, "").replace(/^::ffff:(?=\d+\.)/i, "").toLowerCase().replace(/\.$/, "");
}

/** The same name, or the same once the resolver has completed it. */
function sameHost(name: string, host: string, searchDomains: readonly string[]): boolean {
  const known = canonicalHost(name);
  return known === host || searchDomains.some((domain) => known === `${host}.${domain}` || host === `${known}.${domain}`);
}

/** A host's name rather than its address. */
function isName(host: string): boolean {
  return !/^[\d.]+$/.test(host) && !host.includes(":") && host !== "*";
}

