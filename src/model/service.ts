import type { Confidence } from "./finding";

export const SERVICE_KINDS = [
  "mysql", "postgresql", "redis", "mongodb", "memcached", "kafka", "rabbitmq", "elasticsearch", "mssql", "oracle", "cassandra",
  "ldap", "smtp", "dns", "ssh", "http", "proxy", "grpc", "database", "cache", "queue", "other",
] as const;

/** What kind of thing stands at an endpoint. `database`, `cache`, `queue` when the product is not known. */
export type ServiceKind = (typeof SERVICE_KINDS)[number];

/** How we know a name: every one is shown with it. Strongest first. */
export const NAME_SOURCES = [
  "own-listener", "workspace-config", "load-balancer", "kubernetes", "container", "service-environment", "hosts-file", "reverse-dns", "capture", "services-file", "well-known-port",
] as const;
export type NameSource = (typeof NAME_SOURCES)[number];

export interface HowWeKnow {
  readonly source: NameSource;
  /** In words, with the place: `docker-compose.yml:14 (DATABASE_URL)`, `port 3306 is registered for mysql`. */
  readonly text: string;
  readonly name: string;
  readonly kind: ServiceKind;
  /** How far it can be trusted that this very endpoint is meant. */
  readonly confidence: Confidence;
  /** Workspace place of the name where it has one. Path relative to the workspace. */
  readonly file: string | null;
  readonly line: number | null;
  /** Idle times that the configuration of a load balancer sets for this endpoint; absent: it sets none, or it is no load balancer. */
  readonly timeouts?: readonly ConfiguredTimeout[];
}

/** An idle time that a configuration sets, and where. */
export interface ConfiguredTimeout {
  /** As it is written: `timeout server`, `proxy_read_timeout`, `idle_timeout`. */
  readonly directive: string;
  /** Milliseconds. */
  readonly ms: number;
  /** Relative to the workspace, or the path on the target. */
  readonly file: string;
  readonly line: number;
}

/** What stands at an endpoint. `how` is strongest first and never empty; sources that disagree are all kept. */
export interface Service {
  readonly name: string;
  readonly kind: ServiceKind;
  readonly address: string;
  readonly port: number | null;
  readonly how: readonly HowWeKnow[];
}

/** An endpoint that the workspace's configuration names. `host` may be a name or an address. */
export interface ConfiguredEndpoint {
  readonly host: string;
  readonly port: number;
  readonly kind: ServiceKind;
  /** The name a person would use: the host name, the compose service, the variable's stem (`DB` of `DB_HOST`). */
  readonly name: string;
  /** The key or variable it stands under, for `how`. Never a value: DSNs carry passwords. */
  readonly key: string | null;
  readonly file: string;
  readonly line: number;
  /** For an endpoint at which a load balancer listens: where it passes connections on to. */
  readonly behind?: readonly EndpointBehind[];
  readonly timeouts?: readonly ConfiguredTimeout[];
}

/** A server behind a load balancer. `name` is what the configuration calls it; null: nothing. */
export interface EndpointBehind {
  readonly host: string;
  readonly port: number;
  readonly name: string | null;
}

/** What the target, or a list of facts about its neighbours, says of an endpoint: a Kubernetes service, a name from DNS. */
export interface NamedEndpoint {
  /** Canonical text. */
  readonly address: string;
  /** null: all ports of the address. */
  readonly port: number | null;
  readonly name: string;
  readonly kind: ServiceKind;
  readonly source: NameSource;
  readonly confidence: Confidence;
  /** How it is known, in words, with the place. */
  readonly text: string;
}
