import type { ServiceKind } from "../../model/service";

export interface WellKnownPort {
  readonly name: string;
  readonly kind: ServiceKind;
}

/**
 * What usually stands at a TCP port: IANA's registrations and the defaults of the programs themselves. Only ports that say something;
 * the weakest way of knowing a name.
 */
const PORTS: readonly (readonly [port: number, name: string, kind: ServiceKind])[] = [
  [21, "ftp", "other"], [22, "ssh", "ssh"], [23, "telnet", "other"], [25, "smtp", "smtp"], [53, "dns", "dns"], [80, "http", "http"],
  [110, "pop3", "other"], [111, "rpcbind", "other"], [143, "imap", "other"], [389, "ldap", "ldap"], [443, "https", "http"], [445, "smb", "other"], [465, "smtps", "smtp"],
  [514, "syslog", "other"], [587, "submission", "smtp"], [636, "ldaps", "ldap"], [853, "dns-over-tls", "dns"], [873, "rsync", "other"], [993, "imaps", "other"], [1433, "mssql", "mssql"],
  [1521, "oracle", "oracle"], [1883, "mqtt", "queue"], [2049, "nfs", "other"], [2181, "zookeeper", "other"], [2375, "docker", "http"],
  [2376, "docker", "http"], [2379, "etcd", "grpc"], [2380, "etcd-peer", "http"], [3128, "squid", "proxy"], [3268, "ldap", "ldap"], [3306, "mysql", "mysql"],
  [33060, "mysqlx", "mysql"], [4222, "nats", "queue"], [4317, "otlp", "grpc"], [4318, "otlp-http", "http"], [4369, "epmd", "other"], [5432, "postgresql", "postgresql"], [5433, "postgresql", "postgresql"],
  [5601, "kibana", "http"], [5671, "amqps", "rabbitmq"], [5672, "amqp", "rabbitmq"], [5984, "couchdb", "database"], [6033, "proxysql", "mysql"], [6379, "redis", "redis"], [6380, "redis", "redis"],
  [6432, "pgbouncer", "postgresql"], [6443, "kubernetes-api", "http"], [7000, "cassandra", "cassandra"], [7687, "neo4j", "database"], [8000, "http-alt", "http"], [8080, "http-alt", "http"], [8086, "influxdb", "database"],
  [8123, "clickhouse", "database"], [8200, "vault", "http"], [8443, "https-alt", "http"], [8500, "consul", "http"], [8529, "arangodb", "database"], [8888, "http-alt", "http"], [9000, "clickhouse-native", "database"], [9042, "cassandra", "cassandra"],
  [9090, "prometheus", "http"], [9092, "kafka", "kafka"], [9093, "kafka", "kafka"], [9094, "kafka", "kafka"], [9200, "elasticsearch", "elasticsearch"],
  [9300, "elasticsearch", "elasticsearch"], [11211, "memcached", "memcached"], [15672, "rabbitmq-management", "http"], [16379, "redis-bus", "redis"], [26257, "cockroachdb", "postgresql"], [26379, "redis-sentinel", "redis"], [27017, "mongodb", "mongodb"],
  [27018, "mongodb", "mongodb"], [27019, "mongodb", "mongodb"], [28015, "rethinkdb", "database"], [50000, "db2", "database"], [50051, "grpc", "grpc"], [61613, "stomp", "queue"], [61616, "activemq", "queue"],
  [4000, "tidb", "mysql"], [4444, "galera", "mysql"], [5000, "http-alt", "http"], [6650, "pulsar", "queue"], [8428, "victoriametrics", "http"], [9669, "nebula", "database"], [19530, "milvus", "grpc"],
];

const BY_PORT = new Map(PORTS.map(([port, name, kind]) => [port, { name, kind }]));

export function wellKnownPort(port: number): WellKnownPort | null {
  return BY_PORT.get(port) ?? null;
}
