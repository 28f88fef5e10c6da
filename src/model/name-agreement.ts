import type { Confidence } from "./finding";
import { SERVICE_KINDS } from "./service";
import type { HowWeKnow, NameSource, Service, ServiceKind } from "./service";

/** What a source is usually worth; a document of before says no confidence of its own. */
export const USUAL_CONFIDENCE: Readonly<Record<NameSource, Confidence>> = {
  "own-listener": "high", "workspace-config": "high", "load-balancer": "high", kubernetes: "high", container: "high", "service-environment": "medium", "hosts-file": "medium", "reverse-dns": "medium",
  capture: "medium", "services-file": "low", "well-known-port": "low",
};

/** Products by the family that a source may name instead. */
const FAMILIES: Readonly<Partial<Record<ServiceKind, readonly ServiceKind[]>>> = {
  database: ["mysql", "postgresql", "mongodb", "mssql", "oracle", "cassandra", "elasticsearch", "redis"],
  cache: ["redis", "memcached"],
  queue: ["kafka", "rabbitmq", "redis"],
  http: ["grpc", "elasticsearch"],
};

/** A host's name and the name of the service on it are two names for one thing; two host names, or two service names, are a question. */
const SORTS: Readonly<Partial<Record<NameSource, "service" | "host">>> = {
  "workspace-config": "service", "load-balancer": "service", kubernetes: "service", container: "service", "service-environment": "service", "hosts-file": "host", "reverse-dns": "host", capture: "host",
};

/** `mysql`, `database`: what a setting or a section is called that says what stands there, and not whose it is. */
const NO_NAMES: ReadonlySet<string> = new Set([...SERVICE_KINDS, "db"]);

/** Do these two sources contradict each other? They tell of different products, or give different names of the same sort. */
export function contradict(one: HowWeKnow, other: HowWeKnow): boolean {
  if (one.source === other.source && one.file === other.file && one.name === other.name) return false;
  if (differentKinds(one.kind, other.kind)) return true;
  const sort = SORTS[one.source];
  return sort !== undefined && one.source !== other.source && sort === SORTS[other.source] && !NO_NAMES.has(one.name.toLowerCase()) && !NO_NAMES.has(other.name.toLowerCase()) && !sameName(one.name, other.name);
}

function differentKinds(one: ServiceKind, other: ServiceKind): boolean {
  const says = (kind: ServiceKind): boolean => kind !== "other" && kind !== "proxy";
  return one !== other && says(one) && says(other) && FAMILIES[one]?.includes(other) !== true && FAMILIES[other]?.includes(one) !== true;
}

/** `db` and `db.internal` are one host; so are `orders` and `orders.shop.svc.cluster.local`. */
function sameName(one: string, other: string): boolean {
  const [a, b] = [one.toLowerCase(), other.toLowerCase()];
  return a === b || a.startsWith(`${b}.`) || b.startsWith(`${a}.`);
}

/** The sources that contradict one that stands before them, in their order. */
export function contradicting(how: readonly HowWeKnow[]): HowWeKnow[] {
  return how.filter((one, index) => how.slice(0, index).some((earlier) => contradict(earlier, one)));
}

/** `orders (mysql), high confidence: docker-compose.yml:14 (DATABASE_URL)`. */
export function sayHow(how: HowWeKnow): string {
  return `${how.name}${how.kind === "other" || how.kind === how.name ? "" : ` (${how.kind})`}, ${how.confidence} confidence: ${how.text}`;
}

/** Every source of a service's name in words, strongest first; one that contradicts an earlier one begins with `but`. */
export function sayAllHow(service: Pick<Service, "how">): string[] {
  const against = new Set(contradicting(service.how));
  return service.how.map((how) => `${against.has(how) ? "but " : ""}${sayHow(how)}`);
}
