import type { ConfiguredEndpoint, ServiceKind } from "../../model/service";
import { findConnectionStrings } from "./connection-strings";
import { keyOf } from "./entry";
import type { Entry } from "./entry";
import { isAddress, readHost, readPort } from "./named-host";
import { firstKind, kindOfPort, kindOfWords, usualPort } from "./service-kinds";
import { fillVariables } from "./variables";

/** Last words of a key that holds a host, of one that holds a port, and of one that says what stands there. */
const HOST_WORDS: ReadonlySet<string> = new Set(["host", "hostname", "server", "servername", "addr", "address", "ip", "ipaddress", "endpoint", "domain", "service", "fqdn", "host_name", "server_name", "bind_host"]);
const PORT_WORDS: ReadonlySet<string> = new Set(["port", "portnumber", "port_number", "port_value", "tcp_port"]);
const TYPE_WORDS: ReadonlySet<string> = new Set(["driver", "type", "engine", "dialect", "adapter", "client", "connection", "provider", "vendor", "drivername", "driver_class_name", "protocol"]);
/** Last words that say nothing about what stands there. */
const EMPTY_WORDS: ReadonlySet<string> = new Set(["url", "uri", "dsn", "addr", "address", "host", "hosts", "hostname", "endpoint", "endpoints", "server", "servers", "connection", "string", "connectionstring", "jdbc", "name", "value", "nodes", "brokers", "data", "source", "default", "primary", "env", "config", "options", "settings"]);

/**
 * The endpoints that a list of settings names: connection strings, `host:port` lists, and host and port in two settings that belong
 * together (same parent, same stem). Variables give what the same file, or their default, says.
 */
export function endpointsOfEntries(file: string, entries: readonly Entry[]): ConfiguredEndpoint[] {
  const values = new Map(entries.filter((entry) => entry.path.length === 1 && /^[A-Z]/.test(entry.path[0] ?? "")).map((entry) => [entry.path[0] ?? "", entry.value]));
  const filled = entries.map((entry) => (entry.value.includes("${") ? { ...entry, value: fillVariables(entry.value, values) } : entry));
  const found: ConfiguredEndpoint[] = [];
  const settled = new Set<Entry>();
  for (const entry of filled) {
    const direct = endpointsOfValue(file, entry);
    if (direct.length > 0) {
      settled.add(entry);
      found.push(...direct);
    }
  }
  found.push(...joinSiblings(file, filled, settled));
  return found.sort((a, b) => a.line - b.line);
}

/** A connection string, or `host:port` with commas, in one value. */
function endpointsOfValue(file: string, entry: Entry): ConfiguredEndpoint[] {
  const { value } = entry;
  if (value.length < 4 || !value.includes(":") && !value.includes("=")) return [];
  const strings = findConnectionStrings(value);
  const key = keyOf(entry);
  if (strings.length > 0) {
    return strings.map(({ host, port, kind, offset }) => {
      const better = kind === "other" || kind === "database" ? firstKind(kindOfWords(key), kindOfPort(port), kind) : kind;
      return { host, port, kind: better, name: nameOf(host, stemOfPath(entry.path), better), key, file, line: entry.line + countLines(value, offset) };
    });
  }
  if (value.length > 2000 || /\s/.test(value.trim().replace(/\s*[,;]\s*/g, ","))) return [];
  const parts = value.split(/[,;]/).map((part) => part.trim()).filter((part) => part !== "");
  const found: ConfiguredEndpoint[] = [];
  for (const part of parts) {
    const match = /^(?:[A-Z_]+:\/\/)?(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9_.-]+):(\d{1,5})$/.exec(part);
    const host = readHost(match?.[1] ?? "");
    const port = readPort(match?.[2] ?? "");
    if (host === null || port === null || isAnyAddress(host)) continue;
    const kind = firstKind(productOf(key), kindOfPort(port), kindOfWords(key));
    // `image: redis:7000`, `when: noon:30`: a bare word and a number need a key or a port that speaks for them.
    const plain = !isAddress(host) && !host.includes(".") && host !== "localhost";
    if (plain && (kindOfPort(port) === "other" && productOf(key) === "other" && !speaksOfHosts(entry.path) || /(^|\.)(image|tag|version)$/i.test(key))) continue;
    found.push({ host, port, kind, name: nameOf(host, stemOfPath(entry.path), kind), key, file, line: entry.line });
  }
  return found;
}

/** Product words come before what the port says, family words after. */
function productOf(words: string): ServiceKind {
  const kind = kindOfWords(words);
  return kind === "database" || kind === "cache" || kind === "queue" || kind === "http" ? "other" : kind;
}

function speaksOfHosts(path: readonly string[]): boolean {
  return path.some((element) => /host|addr|server|broker|endpoint|node|url|uri|dsn|bootstrap|contact|upstream|backend|peer|cluster|connect/i.test(element));
}

interface Siblings {
  readonly parent: readonly string[];
  readonly stem: string;
  host: Entry | null;
  port: Entry | null;
}

/** Host and port in two settings: `DB_HOST` and `DB_PORT`, `database.host` and `database.port`, `dbHost` and `dbPort`. */
function joinSiblings(file: string, entries: readonly Entry[], settled: ReadonlySet<Entry>): ConfiguredEndpoint[] {
  const pairs = new Map<string, Siblings>();
  const types = new Map<string, string>();
  for (const entry of entries) {
    const own = entry.path[entry.path.length - 1] ?? "";
    const parent = entry.path.slice(0, -1);
    const words = wordsOf(own);
    for (const take of [2, 1]) {
      const last = words.slice(-take).join("_");
      const stem = words.slice(0, -take).join("_");
      if (words.length < take) continue;
      const key = `${parent.join("\u0000")}\u0001${stem}`;
      const isHost = HOST_WORDS.has(last);
      if (isHost || PORT_WORDS.has(last)) {
        let pair = pairs.get(key);
        if (pair === undefined) pairs.set(key, (pair = { parent, stem: own.slice(0, stemLength(own, stem)), host: null, port: null }));
        if (isHost && !settled.has(entry)) pair.host ??= readHost(entry.value) === null ? null : entry;
        else if (!isHost) pair.port ??= readPort(entry.value) === null ? null : entry;
        break;
      }
      if (TYPE_WORDS.has(last)) {
        types.set(key, entry.value);
        break;
      }
    }
  }

  const found: ConfiguredEndpoint[] = [];
  for (const [key, pair] of pairs) {
    const host = pair.host === null ? null : readHost(pair.host.value);
    if (pair.host === null || host === null || isAnyAddress(host)) continue;
    const path = [...pair.parent, pair.stem].filter((element) => element !== "");
    const written = pair.port === null ? null : readPort(pair.port.value);
    const told = kindOfWords(types.get(key) ?? "");
    const words = kindOfWords(path.join("."));
    const product = firstKind(told, productOf(path.join(".")));
    // A name without a port must at least be called after a product, or be a product's own default place.
    const port = written ?? usualPort(product) ?? (words === "database" || words === "cache" || words === "queue" ? usualPort(kindOfWords(host)) : null);
    if (port === null) continue;
    const kind = firstKind(product, kindOfPort(port), words, kindOfWords(host));
    found.push({ host, port, kind, name: nameOf(host, stemOfPath([...pair.parent, pair.stem]), kind), key: keyOf(pair.host), file, line: pair.host.line });
  }
  return found;
}

/** `dbHost`, `DB_HOST`, `db-host`, `db.host`: the words, in lower case. */
function wordsOf(key: string): string[] {
  return key.replace(/([a-z0-9])([A-Z])/g, "$1_$2").toLowerCase().split(/[_\-.\s]+/).filter((word) => word !== "");
}

/** Length of the written key up to the end of its stem. */
function stemLength(own: string, stem: string): number {
  let wanted = stem.replaceAll("_", "").length;
  let length = 0;
  while (wanted > 0 && length < own.length) {
    if (/[A-Za-z0-9]/.test(own[length] ?? "")) wanted -= 1;
    length += 1;
  }
  return length;
}

/** What a person would call the thing by its key: `DB` of `DB_HOST`, `datasource` of `spring.datasource.url`. Empty: the key says nothing. */
export function stemOfPath(path: readonly string[]): string {
  for (let index = path.length - 1; index >= 0; index--) {
    const element = path[index] ?? "";
    if (/^\d*$/.test(element)) continue;
    const words = wordsOf(element);
    let keep = words.length;
    while (keep > 0 && EMPTY_WORDS.has(words[keep - 1] ?? "")) keep -= 1;
    if (keep > 0) return element.slice(0, stemLength(element, words.slice(0, keep).join("_")));
  }
  return "";
}

/** A host's name is what people say; an address is called after its key, or after what stands there. */
export function nameOf(host: string, stem: string, kind: ServiceKind): string {
  const thisMachine = host === "localhost" || host === "host.docker.internal";
  if (!isAddress(host) && !thisMachine) return host;
  return stem !== "" ? stem : kind !== "other" ? kind : host;
}

/** An address to listen on, not one to connect to. */
export function isAnyAddress(host: string): boolean {
  return host === "0.0.0.0" || host === "::" || host === "*";
}

function countLines(text: string, end: number): number {
  let lines = 0;
  for (let at = text.indexOf("\n"); at >= 0 && at < end; at = text.indexOf("\n", at + 1)) lines += 1;
  return lines;
}
