import type { ServiceKind } from "../../model/service";

interface Scheme {
  readonly kind: ServiceKind;
  readonly port: number | null;
}

/** URL schemes of connection strings: what they speak to, and the port when none is written. Driver suffixes (`+psycopg2`) are cut before. */
const SCHEMES: Readonly<Record<string, Scheme>> = {
  mysql: { kind: "mysql", port: 3306 }, mysqlx: { kind: "mysql", port: 33060 }, mysql2: { kind: "mysql", port: 3306 }, mariadb: { kind: "mysql", port: 3306 }, tidb: { kind: "mysql", port: 4000 },
  postgres: { kind: "postgresql", port: 5432 }, postgresql: { kind: "postgresql", port: 5432 }, pgsql: { kind: "postgresql", port: 5432 }, postgis: { kind: "postgresql", port: 5432 }, cockroachdb: { kind: "postgresql", port: 26257 }, cockroach: { kind: "postgresql", port: 26257 }, redshift: { kind: "postgresql", port: 5439 },
  redis: { kind: "redis", port: 6379 }, rediss: { kind: "redis", port: 6379 }, valkey: { kind: "redis", port: 6379 }, valkeys: { kind: "redis", port: 6379 },
  mongodb: { kind: "mongodb", port: 27017 },
  amqp: { kind: "rabbitmq", port: 5672 }, amqps: { kind: "rabbitmq", port: 5671 },
  kafka: { kind: "kafka", port: 9092 }, memcached: { kind: "memcached", port: 11211 }, memcache: { kind: "memcached", port: 11211 },
  sqlserver: { kind: "mssql", port: 1433 }, mssql: { kind: "mssql", port: 1433 }, oracle: { kind: "oracle", port: 1521 },
  cassandra: { kind: "cassandra", port: 9042 }, clickhouse: { kind: "database", port: 9000 }, elasticsearch: { kind: "elasticsearch", port: 9200 },
  nats: { kind: "queue", port: 4222 }, mqtt: { kind: "queue", port: 1883 }, mqtts: { kind: "queue", port: 8883 }, stomp: { kind: "queue", port: 61613 }, pulsar: { kind: "queue", port: 6650 }, beanstalkd: { kind: "queue", port: 11300 },
  ldap: { kind: "ldap", port: 389 }, ldaps: { kind: "ldap", port: 636 }, smtp: { kind: "smtp", port: 25 }, smtps: { kind: "smtp", port: 465 },
  http: { kind: "http", port: 80 }, https: { kind: "http", port: 443 }, ws: { kind: "http", port: 80 }, wss: { kind: "http", port: 443 }, grpc: { kind: "grpc", port: null }, grpcs: { kind: "grpc", port: null },
  neo4j: { kind: "database", port: 7687 }, bolt: { kind: "database", port: 7687 }, influxdb: { kind: "database", port: 8086 }, couchdb: { kind: "database", port: 5984 }, db2: { kind: "database", port: 50000 }, firebirdsql: { kind: "database", port: 3050 },
  tcp: { kind: "other", port: null }, ssh: { kind: "ssh", port: 22 }, sftp: { kind: "ssh", port: 22 }, dns: { kind: "dns", port: 53 },
};

/** `postgresql+asyncpg`, `jdbc:mysql`, `mongodb+srv`: the scheme's own word. null: none that we know. */
export function readScheme(scheme: string): Scheme | null {
  // `jdbc:mysql:replication`, `r2dbc:pool:postgresql`, `vertx-reactive:mysql`: the first word that is a product's.
  const word = scheme.toLowerCase().split(":").map((part) => part.replace(/\+.*$/, "")).find((part) => Object.hasOwn(SCHEMES, part));
  return word === undefined ? null : (SCHEMES[word] ?? null);
}

/** Words in a key, a variable's stem, an image or a service's name that tell the kind. Products before families. */
const WORDS: readonly (readonly [RegExp, ServiceKind])[] = [
  [/mysql|maria|percona|tidb/, "mysql"], [/postgres|pgsql|psycopg|asyncpg|npgsql|psql|pgbouncer|timescale|postgis|cockroach|(^|[^a-z])pg([^a-z]|$)/, "postgresql"], [/redis|valkey|keydb|dragonfly/, "redis"],
  [/mongo/, "mongodb"], [/memcache/, "memcached"], [/kafka|redpanda/, "kafka"], [/rabbit|amqp/, "rabbitmq"], [/elastic|opensearch/, "elasticsearch"], [/mssql|sqlserver|sql-server/, "mssql"],
  [/oracle/, "oracle"], [/cassandra|scylla/, "cassandra"], [/ldap/, "ldap"], [/smtp|(^|[^a-z])mail/, "smtp"], [/haproxy|envoy|traefik/, "proxy"], [/nginx|apache|httpd|caddy/, "http"], [/grpc/, "grpc"],
  [/(^|[^a-z])(db|database|datasource|jdbc|sql)([^a-z]|$)|clickhouse|influx|neo4j|couch/, "database"], [/(^|[^a-z])cache([^a-z]|$)/, "cache"], [/(^|[^a-z])(queue|broker|nats|mqtt|activemq|pulsar)([^a-z]|$)/, "queue"],
  [/(^|[^a-z])(http|api|web|url)([^a-z]|$)/, "http"],
];

/** What a name says about the kind of service; `other` when nothing. */
export function kindOfWords(name: string): ServiceKind {
  const words = name.replace(/([a-z0-9])([A-Z])/g, "$1-$2").toLowerCase().replace(/[_.\s/]+/g, "-");
  for (const [pattern, kind] of WORDS) if (pattern.test(words)) return kind;
  return "other";
}

const PORT_KINDS: Readonly<Record<number, ServiceKind>> = {
  3306: "mysql", 33060: "mysql", 5432: "postgresql", 6432: "postgresql", 6379: "redis", 27017: "mongodb", 11211: "memcached", 9092: "kafka", 5672: "rabbitmq", 5671: "rabbitmq",
  9200: "elasticsearch", 1433: "mssql", 1521: "oracle", 9042: "cassandra", 389: "ldap", 636: "ldap", 25: "smtp", 587: "smtp", 53: "dns", 22: "ssh", 80: "http", 443: "http", 8080: "http", 4222: "queue", 50051: "grpc",
};

export function kindOfPort(port: number): ServiceKind {
  return PORT_KINDS[port] ?? "other";
}

/** The usual port of a product; null for families. */
export function usualPort(kind: ServiceKind): number | null {
  return { mysql: 3306, postgresql: 5432, redis: 6379, mongodb: 27017, memcached: 11211, kafka: 9092, rabbitmq: 5672, elasticsearch: 9200, mssql: 1433, oracle: 1521, cassandra: 9042 }[kind as string] ?? null;
}

/** The first that says something. */
export function firstKind(...kinds: readonly ServiceKind[]): ServiceKind {
  return kinds.find((kind) => kind !== "other") ?? "other";
}
