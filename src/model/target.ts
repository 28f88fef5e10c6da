/** How a host is reached by ssh. */
export interface SshPlace {
  readonly host: string;
  readonly user: string | null;
  readonly port: number | null;
}

export const CONTAINER_ENGINES = ["docker", "podman"] as const;
/** The client program that reaches a container. What it talks to (a socket, another machine) is its own business: DOCKER_HOST, contexts, connections. */
export type ContainerEngine = (typeof CONTAINER_ENGINES)[number];

export interface ContainerTarget {
  readonly kind: "container";
  readonly engine: ContainerEngine;
  /** A container's name, or its id or the beginning of it. */
  readonly name: string;
  /** The host where the client program is run; null for this machine. */
  readonly host: SshPlace | null;
}

export interface PodTarget {
  readonly kind: "pod";
  /** A context of the kubeconfig; null for its current one. */
  readonly context: string | null;
  readonly namespace: string;
  readonly pod: string;
  /** null: the pod's default container. */
  readonly container: string | null;
  /** The host where kubectl is run; null for this machine. */
  readonly host: SshPlace | null;
}

/** A place we can look at. */
export type Target =
  | { readonly kind: "local" }
  | ({ readonly kind: "ssh" } & SshPlace)
  | ContainerTarget
  | PodTarget
  | { readonly kind: "capture"; readonly name: string };

/** The form the command takes: `local`, `ssh://user@host:22`, `docker://web`, `podman+ssh://user@host/web`, `k8s://context@namespace/pod/container`; a capture's own name. */
export function formatTarget(target: Target): string {
  switch (target.kind) {
    case "local":
      return "local";
    case "capture":
      return target.name;
    case "ssh":
      return `ssh://${formatPlace(target)}`;
    case "container":
      return target.host === null ? `${target.engine}://${target.name}` : `${target.engine}+ssh://${formatPlace(target.host)}/${target.name}`;
    case "pod": {
      const path = `${target.context === null ? "" : `${target.context}@`}${target.namespace}/${target.pod}${target.container === null ? "" : `/${target.container}`}`;
      return target.host === null ? `k8s://${path}` : `k8s+ssh://${formatPlace(target.host)}/${path}`;
    }
  }
}

function formatPlace({ host, user, port }: SshPlace): string {
  return `${user === null ? "" : `${user}@`}${host.includes(":") ? `[${host}]` : host}${port === null ? "" : `:${port}`}`;
}
