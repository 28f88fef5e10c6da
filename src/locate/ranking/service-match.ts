import type { Diagnosis } from "../../model/diagnosis";
import type { Finding } from "../../model/finding";
import type { SuspectReason } from "../../model/suspect";
import type { Company } from "./company";
import { WEIGHTS } from "./weights";

/** Products by the family that a rule may name instead. */
const FAMILIES: Readonly<Record<string, string>> = {
  mysql: "database", postgresql: "database", mssql: "database", oracle: "database", mongodb: "database", cassandra: "database", sqlite: "database", clickhouse: "database", database: "database",
  redis: "cache", memcached: "cache", cache: "cache",
  kafka: "queue", rabbitmq: "queue", queue: "queue",
  http: "http", grpc: "http", elasticsearch: "http", proxy: "proxy",
};

type Match = "same" | "other-product" | "other-family" | "unknown";

/** Could the service that a rule names be the one that stands there? A family's name fits each of its products. */
export function matchService(rule: string, there: string): Match {
  if (rule === there) return "same";
  const ours = familyOf(rule);
  const theirs = familyOf(there);
  if (ours === null || theirs === null || ours === "proxy" || theirs === "proxy") return "unknown";
  if (ours !== theirs) return "other-family";
  return rule === ours || there === theirs ? "same" : "other-product";
}

function familyOf(kind: string): string | null {
  return Object.hasOwn(FAMILIES, kind) ? (FAMILIES[kind] ?? null) : null;
}

/** Does the finding speak to the service at the stuck end? For inbound causes: to one that the same process speaks to. */
export function weighService(diagnosis: Diagnosis, finding: Finding, company: Company): SuspectReason[] {
  const speaksTo = finding.service;
  if (speaksTo === null) return [];
  const weights = WEIGHTS.speaksToService;
  const reason = (points: number, text: string): SuspectReason[] => [{ factor: "speaks-to-service", points, text }];

  if (diagnosis.direction === "inbound") {
    const ends = diagnosis.process === null ? [] : (company.get(diagnosis.process.pid) ?? []);
    const match = ends.find((end) => end.kind !== null && matchService(speaksTo, end.kind) === "same");
    if (match !== undefined) return reason(weights.processSpeaksToKind, `speaks to ${speaksTo}, and the process has a connection to ${match.end} (${match.kind ?? speaksTo})`);
    const unknown = ends.find((end) => end.kind === null);
    return unknown === undefined ? [] : reason(weights.processSpeaksToUnknown, `speaks to ${speaksTo}, and the process has a connection to ${unknown.end}`);
  }

  const { service } = diagnosis;
  if (service === null) return [];
  const byPortAlone = service.how.every((how) => how.source === "well-known-port");
  switch (matchService(speaksTo, service.kind)) {
    case "same":
      return reason(weights.same, `speaks to ${speaksTo}, and ${service.kind === speaksTo ? "that" : service.kind} is what stands at ${service.name}`);
    case "other-product":
      return byPortAlone ? [] : reason(weights.otherProduct, `speaks to ${speaksTo}, and ${service.kind} is what stands at ${service.name}`);
    case "other-family":
      return reason(weights.other, `speaks to ${speaksTo}, and ${service.kind} is what stands at ${service.name}`);
    case "unknown":
      return [];
  }
}
