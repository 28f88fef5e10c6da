import type { ServiceKind } from "../../model/service";

/** What a program serves, by its process name (`comm` is cut at 15 bytes, so the names here are too). */
const PROGRAMS: Readonly<Record<string, ServiceKind>> = {
  mysqld: "mysql", mariadbd: "mysql", mysqlrouter: "mysql", proxysql: "mysql", "tidb-server": "mysql", maxscale: "mysql",
  postgres: "postgresql", postmaster: "postgresql", pgbouncer: "postgresql", pgpool: "postgresql", cockroach: "postgresql", odyssey: "postgresql",
  "redis-server": "redis", "redis-sentinel": "redis", "valkey-server": "redis", keydb: "redis", "keydb-server": "redis", dragonfly: "redis", nutcracker: "redis", twemproxy: "redis",
  mongod: "mongodb", mongos: "mongodb", memcached: "memcached", sqlservr: "mssql", tnslsnr: "oracle",
  "beam.smp": "rabbitmq", "rabbitmq-server": "rabbitmq", "nats-server": "queue", mosquitto: "queue",
  "clickhouse-serv": "database", "clickhouse-server": "database", influxd: "database",
  haproxy: "proxy", envoy: "proxy", traefik: "proxy", "docker-proxy": "proxy", squid: "proxy", "rootlessport": "proxy", "slirp4netns": "proxy", "kube-proxy": "proxy", socat: "proxy", stunnel: "proxy", stunnel4: "proxy", "cloud_sql_proxy": "proxy", "cloud-sql-proxy": "proxy",
  nginx: "http", apache2: "http", httpd: "http", caddy: "http", lighttpd: "http", gunicorn: "http", uwsgi: "http", uvicorn: "http",
  sshd: "ssh", named: "dns", dnsmasq: "dns", unbound: "dns", "systemd-resolve": "dns", coredns: "dns", slapd: "ldap", exim4: "smtp", master: "smtp", postfix: "smtp", etcd: "grpc",
};

/** Programs that only pass connections on: what a person calls the service behind them is a better name. */
const GO_BETWEENS: ReadonlySet<string> = new Set(["haproxy", "envoy", "traefik", "docker-proxy", "rootlessport", "slirp4netns", "kube-proxy", "socat", "stunnel", "stunnel4", "cloud_sql_proxy", "cloud-sql-proxy", "nginx", "ssh", "sshd"]);

/** Java programs go by their main class. */
const MAIN_CLASSES: readonly (readonly [RegExp, ServiceKind])[] = [
  [/\bkafka\.Kafka\b/, "kafka"], [/\borg\.(elasticsearch|opensearch)\./, "elasticsearch"], [/\bCassandraDaemon\b/, "cassandra"],
  [/\bQuorumPeerMain\b/, "other"], [/\bactivemq/i, "queue"],
];

export function kindOfProgram(name: string, commandLine: string | null): ServiceKind {
  const known = Object.hasOwn(PROGRAMS, name) ? PROGRAMS[name] : undefined;
  if (known !== undefined) return known;
  if (commandLine !== null) for (const [pattern, kind] of MAIN_CLASSES) if (pattern.test(commandLine)) return kind;
  return "other";
}

export function isGoBetween(name: string): boolean {
  return GO_BETWEENS.has(name);
}
