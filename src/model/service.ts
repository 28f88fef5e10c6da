export const SERVICE_KINDS = [
  "mysql", "postgresql", "redis", "mongodb", "memcached", "kafka", "rabbitmq", "elasticsearch", "mssql", "oracle", "cassandra",
  "ldap", "smtp", "dns", "ssh", "http", "proxy", "grpc", "database", "cache", "queue", "other",
] as const;

/** What kind of thing stands at an endpoint. `database`, `cache`, `queue` when the product is not known. */
export type ServiceKind = (typeof SERVICE_KINDS)[number];

/** How we know a name: every one is shown with it. Strongest first. */
export const NAME_SOURCES = ["own-listener", "workspace-config", "hosts-file", "capture", "well-known-port"] as const;
export type NameSource = (typeof NAME_SOURCES)[number];

export interface HowWeKnow {
  readonly source: NameSource;
  /** In words, with the place: `docker-compose.yml:14 (DATABASE_URL)`, `port 3306 is registered for mysql`. */
  readonly text: string;
  readonly name: string;
  readonly kind: ServiceKind;
  /** Workspace place of the name where it has one. Path relative to the workspace. */
  readonly file: string | null;
  readonly line: number | null;
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
}
