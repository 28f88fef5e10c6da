import type { ConfiguredEndpoint, ServiceKind } from "../../model/service";
import type { Entry } from "./entry";
import { endpointsOfEntries } from "./entry-endpoints";
import { readHost, readPort } from "./named-host";
import { kindOfPort, kindOfWords, usualPort } from "./service-kinds";
import { entriesOfTree, get } from "./tree";
import type { Tree, TreeMap } from "./tree";
import { fillVariables } from "./variables";

/** A Compose file (compose-spec): a map of services, each with an image, a build, or ports. */
export function isCompose(tree: Tree): tree is TreeMap {
  const services = tree.kind === "map" ? get(tree, "services") : null;
  return services?.kind === "map" && services.entries.some(([, service]) => service.kind === "map" && ["image", "build", "ports", "environment"].some((key) => get(service, key) !== null));
}

/**
 * What a Compose file names: each service under its own name at its container ports (as its neighbours reach it), and at its published
 * ports on this machine; and what the services' environments name.
 */
export function endpointsOfCompose(file: string, tree: TreeMap): ConfiguredEndpoint[] {
  const services = get(tree, "services");
  if (services?.kind !== "map") return [];
  const found: ConfiguredEndpoint[] = [];
  for (const [name, service] of services.entries) {
    if (service.kind !== "map") continue;
    found.push(...portsOfService(file, name, service), ...endpointsOfEntries(file, environmentOf(name, service)));
  }
  return found;
}

function portsOfService(file: string, name: string, service: TreeMap): ConfiguredEndpoint[] {
  const image = get(service, "image");
  const kind = kindOfImage(image?.kind === "value" ? fillVariables(image.value) : null, name);
  const found: ConfiguredEndpoint[] = [];
  const names = [name, ...["container_name", "hostname"].map((key) => get(service, key)).flatMap((tree) => (tree?.kind === "value" && readHost(tree.value) !== null ? [tree.value] : []))];
  const add = (host: string, port: number, containerPort: number, key: string, line: number): void => {
    const at = { host, port, kind: kindAt(kind, containerPort), name, key: `services.${name}.${key}`, file, line };
    if (!found.some((known) => known.host === at.host && known.port === at.port)) found.push(at);
  };
  const inside = (port: number, key: string, line: number): void => {
    for (const host of new Set(names)) add(host, port, port, key, line);
  };
  const ports = get(service, "ports");
  for (const item of ports?.kind === "list" ? ports.items : []) {
    for (const mapping of item.kind === "map" ? readLong(item) : item.kind === "value" ? readShort(item.value) : []) {
      inside(mapping.container, "ports", item.line);
      if (mapping.published !== null) add(mapping.address ?? "localhost", mapping.published, mapping.container, "ports", item.line);
    }
  }
  const expose = get(service, "expose");
  for (const item of expose?.kind === "list" ? expose.items : []) {
    const port = item.kind === "value" ? readPort(item.value.replace(/\/tcp$/, "")) : null;
    if (port !== null) inside(port, "expose", item.line);
  }
  // A database needs no ports of its own to be reached by its neighbours.
  const usual = usualPort(kind);
  if (found.length === 0 && usual !== null && image !== null) inside(usual, "image", image.line);
  return found;
}

interface PortMapping {
  readonly address: string | null;
  readonly published: number | null;
  readonly container: number;
}

/** `8080:80`, `127.0.0.1:8001:8001`, `[::1]:80:80`, `9090-9091:8080-8081`, `3000`, `6060:6060/udp`. A range that docker picks from names no port. */
function readShort(written: string): PortMapping[] {
  const text = fillVariables(written).trim();
  if (/\/udp$/i.test(text)) return [];
  const match = /^(?:(\[[^\]]+\]|\d+(?:\.\d+){3}):)?(?:(\d+(?:-\d+)?)?:)?(\d+(?:-\d+)?)(?:\/tcp)?$/i.exec(text);
  return match === null ? [] : pair(match[2] ?? null, match[3] ?? "", match[1] ?? null);
}

function readLong(item: TreeMap): PortMapping[] {
  const value = (key: string): string | null => {
    const tree = get(item, key);
    return tree?.kind === "value" ? fillVariables(tree.value) : null;
  };
  if (/udp/i.test(value("protocol") ?? "")) return [];
  return pair(value("published"), value("target") ?? "", value("host_ip"));
}

const WIDEST_RANGE = 100;

function pair(published: string | null, container: string, address: string | null): PortMapping[] {
  const inside = readRange(container);
  const outside = published === null ? null : readRange(published);
  const host = address === null ? null : readHost(address);
  const bound = host === null || host === "0.0.0.0" || host === "::" ? null : host;
  return inside.map((port, index) => ({ address: bound, published: outside !== null && outside.length === inside.length ? (outside[index] ?? null) : null, container: port }));
}

function readRange(text: string): number[] {
  const [low, high] = text.split("-").map((part) => readPort(part));
  if (low === null || low === undefined) return [];
  if (high === undefined || high === null || high < low || high - low > WIDEST_RANGE) return [low];
  return Array.from({ length: high - low + 1 }, (_, index) => low + index);
}

/** `bitnami/mysql:8.0` is mysql; without an image the service's name tells. Tags and registries say nothing. */
function kindOfImage(image: string | null, service: string): ServiceKind {
  if (image !== null) {
    return kindOfWords(image.replace(/@.*$/, "").replace(/:[^/]*$/, "").split("/").slice(-2).join("/"));
  }
  return kindOfWords(service);
}

/** A product's management page is at a port of its own. */
function kindAt(kind: ServiceKind, containerPort: number): ServiceKind {
  const byPort = kindOfPort(containerPort);
  if (kind === "other") return byPort;
  return byPort === "http" && kind !== "proxy" ? "http" : kind;
}

function environmentOf(name: string, service: TreeMap): Entry[] {
  const environment = get(service, "environment");
  if (environment?.kind === "map") return entriesOfTree(environment);
  if (environment?.kind !== "list") return [];
  return environment.items.flatMap((item): Entry[] => {
    const match = item.kind === "value" ? /^([\w.-]+)=(.*)$/s.exec(item.value) : null;
    return match === null ? [] : [{ path: [match[1] ?? name], value: match[2] ?? "", line: item.line }];
  });
}
