/** Products by the family that a rule may name instead. */
const FAMILIES: Readonly<Record<string, string>> = {
  mysql: "database", postgresql: "database", mssql: "database", oracle: "database", mongodb: "database", cassandra: "database", sqlite: "database", clickhouse: "database", database: "database",
  redis: "cache", memcached: "cache", cache: "cache",
  kafka: "queue", rabbitmq: "queue", queue: "queue",
  http: "http", grpc: "http", elasticsearch: "http", proxy: "proxy",
};

export type ServiceMatch = "same" | "other-product" | "other-family" | "unknown";

/** Could the service that a rule or a pool names be the one that stands there? A family's name fits each of its products. */
export function matchService(named: string, there: string): ServiceMatch {
  if (named === there) return "same";
  const ours = familyOf(named);
  const theirs = familyOf(there);
  if (ours === null || theirs === null || ours === "proxy" || theirs === "proxy") return "unknown";
  if (ours !== theirs) return "other-family";
  return named === ours || there === theirs ? "same" : "other-product";
}

function familyOf(kind: string): string | null {
  return Object.hasOwn(FAMILIES, kind) ? (FAMILIES[kind] ?? null) : null;
}
