import type { Container } from "../../../model/container";
import { containerLabel, serviceInContainer } from "../../../model/container";
import type { Process, ProgramIdentity } from "../../../model/process";
import type { NamedEndpoint } from "../../../model/service";
import type { MissingFact, NetworkNamespace, Snapshot } from "../../../model/snapshot";
import { kindOfWords } from "../../config/service-kinds";
import { canonicalAddress } from "../../sockets/ip-address";
import { withIdentity } from "./process-identity";
import type { SectionFamily } from "./section-family";

/** More than any host runs; a list from a host is not believed to be endless. */
const MOST_CONTAINERS = 20_000;

/** `containers`: what the engines' clients say of the containers of the host (parts/containers.sh). */
export class ContainerSections implements SectionFamily {
  readonly sections = ["containers"];
  #asked = false;
  readonly #containers = new Map<string, Container>();
  readonly #podAddresses = new Map<string, string[]>();
  readonly #refused: { readonly client: string; readonly code: string }[] = [];

  begin(): void {
    this.#asked = true;
  }

  read(_section: string, line: string): void {
    const [, kind = "", rest = ""] = /^([CPLE]) (.*)$/.exec(line) ?? [];
    if (kind === "C") {
      const [, client = "", json = ""] = /^([a-z]+) (\[.*)$/.exec(rest) ?? [];
      this.#add(readContainer(client, listIn(json)));
    } else if (kind === "P") {
      const [namespace, name, address] = listIn(rest).map(wordIn);
      const canonical = canonicalAddress(address ?? "");
      if (namespace && name && canonical !== null) this.#podAddresses.set(`${namespace}/${name}`, [...(this.#podAddresses.get(`${namespace}/${name}`) ?? []), canonical]);
    } else if (kind === "L") this.#add(readLogName(rest));
    else if (kind === "E") {
      const [, client = "", code = ""] = /^([a-z]+) (\d+|denied)$/.exec(rest) ?? [];
      if (client !== "") this.#refused.push({ client, code });
    }
  }

  complete(snapshot: Snapshot): Snapshot {
    if (!this.#asked) return snapshot;
    const containers = [...this.#containers.values()].map((container): Container => {
      const addresses = container.pod === null || container.networks.length > 0 ? undefined : this.#podAddresses.get(`${container.pod.namespace}/${container.pod.name}`);
      return addresses === undefined ? container : { ...container, networks: [{ name: "pod", addresses }] };
    });
    const names = new ContainerNames(containers, snapshot);
    return {
      ...snapshot,
      containers,
      processes: snapshot.processes.map((process) => names.named(process)),
      namespaces: snapshot.namespaces.map((namespace) => names.namedSpace(namespace)),
      ...(containers.length === 0 ? {} : { namedEndpoints: [...(snapshot.namedEndpoints ?? []), ...endpointsOf(containers)] }),
      missing: [...snapshot.missing, ...this.#refused.map(missing)],
    };
  }

  /** The first to tell of a container is believed; who comes later fills what is not told yet. */
  #add(container: Container | null): void {
    if (container === null || this.#containers.size >= MOST_CONTAINERS) return;
    const known = this.#containers.get(container.id);
    this.#containers.set(container.id, known === undefined ? container : {
      ...known, name: known.name ?? container.name, image: known.image ?? container.image, pid: known.pid ?? container.pid, pod: known.pod ?? container.pod, compose: known.compose ?? container.compose,
      networks: known.networks.length > 0 ? known.networks : container.networks,
    });
  }
}

/** Which container a process or a namespace belongs to. */
class ContainerNames {
  readonly #byId: ReadonlyMap<string, Container>;
  readonly #byPid: ReadonlyMap<number, Container>;
  /** By the inode of the network namespace of its first process; null: several that do not share a pod. */
  readonly #bySpace = new Map<string, Container | null>();

  constructor(containers: readonly Container[], snapshot: Snapshot) {
    this.#byId = new Map(containers.map((container) => [container.id, container]));
    this.#byPid = new Map(containers.flatMap((container) => (container.pid === null ? [] : [[container.pid, container] as const])));
    const own = snapshot.namespaces.find((namespace) => namespace.id === null)?.inode ?? null;
    for (const process of snapshot.processes) {
      const container = this.#of(process);
      // A container on the host's own network gives its name to nobody else there.
      if (container === null || process.namespace === null || process.namespace === own) continue;
      const known = this.#bySpace.get(process.namespace);
      this.#bySpace.set(process.namespace, known === undefined || known?.id === container.id ? container : null);
    }
  }

  named(process: Process): Process {
    const container = this.#of(process);
    if (container === null) return process;
    const said: ProgramIdentity[] = [{ kind: "container", value: containerLabel(container), from: `${container.toldBy}: ${container.id.slice(0, 12)}` }];
    if (container.image !== null) said.push({ kind: "image", value: container.image, from: `${container.toldBy}: ${container.id.slice(0, 12)}` });
    return withIdentity(process, said);
  }

  /** The id of a cgroup is true, but nobody knows it by heart; a name that somebody gave stays. */
  namedSpace(namespace: NetworkNamespace): NetworkNamespace {
    if (namespace.id === null || namespace.how?.startsWith("named ") === true) return namespace;
    const container = (namespace.containerId === null ? undefined : this.#byId.get(namespace.containerId))
      ?? (namespace.pid === null ? undefined : this.#byPid.get(namespace.pid)) ?? (namespace.inode === null ? undefined : this.#bySpace.get(namespace.inode));
    if (container === undefined || container === null) return namespace;
    const name = container.pod === null ? containerLabel(container) : `${container.pod.namespace}/${container.pod.name}`;
    return { ...namespace, name, how: `${container.toldBy} calls ${container.id.slice(0, 12)} so`, containerId: namespace.containerId ?? container.id };
  }

  #of(process: Process): Container | null {
    for (const [id] of process.cgroup?.matchAll(/[0-9a-f]{64}/g) ?? []) {
      const container = this.#byId.get(id);
      if (container !== undefined) return container;
    }
    return this.#byPid.get(process.pid) ?? (process.parentPid === null ? undefined : this.#byPid.get(process.parentPid)) ?? null;
  }
}

/** What has an address of its own is an endpoint with a name. The containers of a pod share theirs. */
function endpointsOf(containers: readonly Container[]): NamedEndpoint[] {
  const endpoints = new Map<string, NamedEndpoint>();
  for (const container of containers) {
    const name = serviceInContainer(container);
    const stated = kindOfWords(container.image?.replace(/^.*\/|[:@].*$/g, "") ?? "");
    for (const network of container.networks) {
      for (const address of network.addresses) {
        if (endpoints.has(`${address} ${name}`)) continue;
        endpoints.set(`${address} ${name}`, {
          address, port: null, name, kind: stated === "other" ? kindOfWords(name) : stated, source: "container", confidence: "high",
          text: `${container.toldBy} gives this address on network ${network.name} to container ${containerLabel(container)} (${container.id.slice(0, 12)}${container.image === null ? "" : `, image ${container.image}`})`,
        });
      }
    }
  }
  return [...endpoints.values()];
}

function readContainer(client: string, fields: readonly unknown[]): Container | null {
  const [id, name, image, , project, service, namespace, pod, container] = fields.map(wordIn);
  const pid = fields[3];
  if (!id || !/^[0-9a-f]{64}$/.test(id)) return null;
  const networks = Array.isArray(fields[9]) ? fields[9] : [];
  return {
    id, toldBy: client,
    name: name?.replace(/^\//, "") ?? null,
    image: image ?? null,
    pid: typeof pid === "number" && Number.isSafeInteger(pid) && pid > 0 ? pid : null,
    pod: namespace && pod ? { name: pod, namespace, container: container ?? null } : null,
    compose: project && service ? { project, service } : null,
    networks: networks.flatMap((network: unknown) => {
      if (!Array.isArray(network)) return [];
      const [label, ...addresses] = network.map(wordIn);
      return label ? [{ name: label, addresses: addresses.flatMap((address) => canonicalAddress(address ?? "") ?? []) }] : [];
    }),
  };
}

/** `POD_NAMESPACE_CONTAINER-ID.log`: none of the names holds an underscore (RFC 1123). */
function readLogName(file: string): Container | null {
  const match = /^([a-z0-9.-]{1,253})_([a-z0-9-]{1,63})_([a-z0-9-]{1,63})-([0-9a-f]{64})\.log$/.exec(file);
  if (match === null) return null;
  const [, name = "", namespace = "", container = "", id = ""] = match;
  return { id, toldBy: "kubelet", name: null, image: null, pid: null, pod: { name, namespace, container }, compose: null, networks: [] };
}

function missing({ client, code }: { readonly client: string; readonly code: string }): MissingFact {
  const late = code === "124" || code === "137" || code === "143";
  return {
    what: `what ${client} calls its containers`,
    why: late ? `${client} did not answer within 2 s` : code === "denied" ? `this user may not talk to ${client}` : `${client} refused (exit code ${code})`,
    remedy: late ? `look again when ${client} answers` : `look as root, or as a user who may run \`${client} ps\``,
  };
}

function listIn(json: string): unknown[] {
  try {
    const list: unknown = JSON.parse(json);
    return Array.isArray(list) ? list : [];
  } catch {
    return [];
  }
}

/** A word of a host: text, not empty, not endless, without control characters. Go prints a label that is not there as an empty word. */
function wordIn(value: unknown): string | null {
  if (typeof value !== "string") return null;
  const word = value.replace(/[\u0000-\u001f\u007f-\u009f]/g, "?").slice(0, 512);
  return word === "" || word === "<no value>" ? null : word;
}
