import type { ConfiguredEndpoint, NamedEndpoint, ServiceKind } from "../../model/service";
import { canonicalAddress } from "../sockets/ip-address";
import { readPort } from "./named-host";
import { firstKind, kindOfPort, kindOfWords } from "./service-kinds";
import { get, getPath, itemsOf, textOf } from "./tree";
import type { Tree, TreeMap } from "./tree";

const KINDS: ReadonlySet<string> = new Set(["Service", "Endpoints", "EndpointSlice", "Pod", "Node"]);

/** The objects of a Kubernetes API answer or of a manifest: one, or a `List` of them. Each has `apiVersion` and `kind`. */
function objectsOf(tree: Tree): TreeMap[] {
  if (tree.kind === "list") return tree.items.flatMap(objectsOf);
  if (tree.kind !== "map" || textOf(get(tree, "kind")) === null) return [];
  const items = get(tree, "items");
  // Items of a typed list (`ServiceList`) need not repeat their kind; kubectl's own `List` does.
  if (items !== null) return itemsOf(items).flatMap(objectsOf);
  return get(tree, "apiVersion") !== null && KINDS.has(textOf(get(tree, "kind")) ?? "") ? [tree] : [];
}

/** Is this an answer of `kubectl get ... -o json`, or a manifest, that names endpoints? An empty list is one, too. */
export function isKubernetes(tree: Tree): boolean {
  if (objectsOf(tree).length > 0) return true;
  return tree.kind === "map" && /^(\w*List)$/.test(textOf(get(tree, "kind")) ?? "") && get(tree, "apiVersion") !== null && get(tree, "items") !== null;
}

/**
 * What the objects of a cluster are called, by address: services at their cluster, external and load balancer's addresses, the pods behind
 * them at their ports, nodes (Kubernetes API v1, discovery.k8s.io/v1). Nothing but names, addresses and ports is taken.
 */
export function namesOfKubernetes(tree: Tree): NamedEndpoint[] {
  const found: NamedEndpoint[] = [];
  const add = (address: string | null, port: number | null, name: string, kind: ServiceKind, confidence: NamedEndpoint["confidence"], text: string): void => {
    const clean = address === null ? null : canonicalAddress(address);
    if (clean !== null && clean !== "0.0.0.0" && clean !== "::") found.push({ address: clean, port, name, kind, source: "kubernetes", confidence, text });
  };
  for (const object of objectsOf(tree)) {
    const name = textOf(getPath(object, "metadata", "name"));
    if (name === null) continue;
    const namespace = textOf(getPath(object, "metadata", "namespace"));
    const at = (one: string): string => (namespace === null ? one : `${one}.${namespace}`);
    switch (textOf(get(object, "kind"))) {
      case "Service": {
        const balancers = itemsOf(getPath(object, "status", "loadBalancer", "ingress")).map((one) => textOf(get(one, "ip")));
        const addresses = new Set([textOf(getPath(object, "spec", "clusterIP")), ...textsOf(getPath(object, "spec", "clusterIPs")), ...textsOf(getPath(object, "spec", "externalIPs")), ...balancers]);
        for (const { port, called } of portsOf(getPath(object, "spec", "ports"), "port")) {
          for (const address of addresses) add(address, port, at(name), kindAt(name, called, port), "high", `Kubernetes service ${at(name)}${called === null ? "" : ` (${called})`}`);
        }
        break;
      }
      case "Endpoints":
        for (const subset of itemsOf(get(object, "subsets"))) {
          const ends = [...itemsOf(get(subset, "addresses")), ...itemsOf(get(subset, "notReadyAddresses"))];
          for (const { port, called } of portsOf(get(subset, "ports"), "port")) {
            for (const end of ends) add(textOf(get(end, "ip")), port, at(name), kindAt(name, called, port), "high", behindService(at(name), textOf(getPath(end, "targetRef", "name"))));
          }
        }
        break;
      case "EndpointSlice": {
        const service = textOf(getPath(object, "metadata", "labels", "kubernetes.io/service-name")) ?? name;
        for (const { port, called } of portsOf(get(object, "ports"), "port")) {
          for (const end of itemsOf(get(object, "endpoints"))) {
            for (const address of textsOf(get(end, "addresses"))) add(address, port, at(service), kindAt(service, called, port), "high", behindService(at(service), textOf(getPath(end, "targetRef", "name"))));
          }
        }
        break;
      }
      case "Pod": {
        // A pod on its host's network has the host's address, as others have.
        if (textOf(getPath(object, "spec", "hostNetwork")) === "true") break;
        const addresses = new Set([textOf(getPath(object, "status", "podIP")), ...itemsOf(getPath(object, "status", "podIPs")).map((one) => textOf(get(one, "ip")))]);
        const over = /^(Succeeded|Failed)$/.test(textOf(getPath(object, "status", "phase")) ?? "");
        for (const address of addresses) add(address, null, at(name), "other", over ? "low" : "medium", `Kubernetes pod ${at(name)}${over ? ", which has ended" : ""}`);
        break;
      }
      case "Node":
        for (const one of itemsOf(getPath(object, "status", "addresses"))) {
          if (/IP$/.test(textOf(get(one, "type")) ?? "")) add(textOf(get(one, "address")), null, name, "other", "medium", `Kubernetes node ${name}`);
        }
        break;
      default:
    }
  }
  const seen = new Set<string>();
  return found.filter((one) => {
    const key = `${one.address} ${one.port} ${one.name} ${one.text}`;
    return seen.has(key) ? false : (seen.add(key), true);
  });
}

/** Services of a manifest in the workspace, under the names that their neighbours know them by. */
export function endpointsOfManifest(file: string, trees: readonly Tree[]): ConfiguredEndpoint[] {
  return trees.flatMap(objectsOf).flatMap((object): ConfiguredEndpoint[] => {
    const name = textOf(getPath(object, "metadata", "name"));
    if (textOf(get(object, "kind")) !== "Service" || name === null || !/^[a-z0-9.-]+$/i.test(name)) return [];
    const namespace = textOf(getPath(object, "metadata", "namespace"));
    const clusterIp = textOf(getPath(object, "spec", "clusterIP"));
    const external = textOf(getPath(object, "spec", "externalName"));
    const address = clusterIp === null ? null : canonicalAddress(clusterIp);
    const hosts = [name, ...(namespace === null ? [] : [`${name}.${namespace}`]), ...(external === null ? [] : [external]), ...(address === null ? [] : [address])];
    return portsOf(getPath(object, "spec", "ports"), "port").flatMap(({ port, called, line }) =>
      hosts.map((host) => ({ host, port, kind: kindAt(name, called, port), name, key: `Service ${name}`, file, line })));
  });
}

function behindService(service: string, pod: string | null): string {
  return `Kubernetes endpoint of the service ${service}${pod === null ? "" : `, pod ${pod}`}`;
}

function portsOf(tree: Tree | null, key: string): { port: number; called: string | null; line: number }[] {
  return itemsOf(tree).flatMap((item) => {
    const port = readPort(textOf(get(item, key)) ?? "");
    // UDP and SCTP are other sockets.
    if (port === null || !/^(TCP)?$/.test(textOf(get(item, "protocol")) ?? "")) return [];
    return [{ port, called: textOf(get(item, "name")), line: get(item, key)?.line ?? item.line }];
  });
}

function textsOf(tree: Tree | null): string[] {
  return itemsOf(tree).flatMap((item) => textOf(item) ?? []);
}

function kindAt(name: string, called: string | null, port: number): ServiceKind {
  return firstKind(kindOfPort(port), kindOfWords(name), kindOfWords(called ?? ""));
}
