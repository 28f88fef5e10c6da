import { isAddress, readHost, readPort } from "./named-host";
import type { NamedHost } from "./named-host";
import { kindOfPort, readScheme } from "./service-kinds";

/** Nothing here holds a connection string: decided by plain substring searches, as this runs on every file of a workspace. */
export function mayHoldConnectionString(text: string): boolean {
  return text.includes("://") || text.includes("tcp(") || text.includes("host=") || text.includes("Server=") || text.includes("server=") || text.includes("Data Source=") || text.includes("jdbc:") || text.includes("SERVER=") || text.includes("HOST=");
}

/** Every host and port that a connection string in this text names. Passwords are read over, never kept. */
export function findConnectionStrings(text: string): NamedHost[] {
  return [...findUrls(text), ...findGoSqlDriver(text), ...findKeywordStrings(text)].sort((a, b) => a.offset - b.offset);
}

const URL = /\b((?:jdbc:)?[A-Za-z][A-Za-z0-9]{1,20}(?:\+[A-Za-z0-9]+)?(?::[a-z]+)?):(?:thin:[^@\s]{0,80}@)?\/\/([^\s"'`<>\\|^)(,;]{1,300}(?:,[^\s"'`<>\\|^)(;]{1,300})?)/g;

function findUrls(text: string): NamedHost[] {
  if (!text.includes("://") && !text.includes("jdbc:")) return [];
  const found: NamedHost[] = [];
  for (const match of text.matchAll(URL)) {
    const scheme = readScheme(match[1] ?? "");
    if (scheme === null) continue;
    // user:password@ may hold an @ or / of its own (not encoded): the last @ before the path ends it.
    const rest = match[2] ?? "";
    const slash = rest.search(/[/?#]/);
    const at = slash < 0 ? rest.lastIndexOf("@") : rest.lastIndexOf("@", slash) >= 0 ? rest.lastIndexOf("@", slash) : rest.indexOf("@") >= 0 && !/^https?$/i.test(match[1] ?? "") && rest.slice(0, slash).includes(":") && readPortAfterColon(rest.slice(0, slash)) === null ? rest.lastIndexOf("@") : -1;
    const authority = rest.slice(at + 1).split(/[/?#]/, 1)[0] ?? "";
    for (const part of authority.split(",")) {
      const end = /^(\[[^\]]+\]|[^:]+)(?::(\d{1,5}))?$/.exec(part);
      if (end === null) continue;
      const host = readHost(end[1] ?? "");
      const port = end[2] === undefined ? scheme.port : readPort(end[2]);
      if (host === null || port === null) continue;
      if (scheme.kind === "http" && isPublicExample(host)) continue;
      found.push({ host, port, kind: scheme.kind === "other" ? kindOfPort(port) : scheme.kind, offset: match.index });
    }
  }
  return found;
}

function readPortAfterColon(text: string): number | null {
  return readPort(text.slice(text.lastIndexOf(":") + 1));
}

/** Namespaces, schemas, licences and documentation: addresses that stand in every source tree and that no program connects to. */
function isPublicExample(host: string): boolean {
  return /(^|\.)(example\.(com|org|net)|w3\.org|xmlsoap\.org|apache\.org|json-schema\.org|schema\.org|github\.com|githubusercontent\.com|golang\.org|go\.dev|python\.org|readthedocs\.(io|org)|opensource\.org|gnu\.org|mozilla\.org|ietf\.org|rfc-editor\.org|wikipedia\.org|stackoverflow\.com|npmjs\.(com|org)|pypi\.org|springframework\.org|microsoft\.com|google\.com|gitlab\.com|creativecommons\.org|unicode\.org|purl\.org|sun\.com|oracle\.com|maven\.org)$/i.test(host);
}

/** go-sql-driver/mysql: `user:password@tcp(10.0.0.3:3306)/db`; without a port, 3306. `tcp(...)` alone stands in formatted strings. */
function findGoSqlDriver(text: string): NamedHost[] {
  if (!text.includes("tcp(")) return [];
  const found: NamedHost[] = [];
  for (const match of text.matchAll(/@tcp\(\s*(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9_.-]+)(?::(\d{1,5}))?\s*\)/g)) {
    const host = readHost(match[1] ?? "");
    const port = match[2] === undefined ? 3306 : readPort(match[2]);
    if (host !== null && port !== null) found.push({ host, port, kind: "mysql", offset: match.index });
  }
  return found;
}

/**
 * libpq's keyword form (`host=10.0.0.3 port=5432 dbname=shop`) and the `;` form of ADO.NET and ODBC (`Server=10.0.0.3,1433;Database=..`,
 * `Data Source=...`). Only when another keyword of the form stands beside: `host=` alone is any text.
 */
function findKeywordStrings(text: string): NamedHost[] {
  const found: NamedHost[] = [];
  if (text.includes("host=")) {
    for (const match of text.matchAll(/(?<![\w-])host=('?)([A-Za-z0-9_.:,-]+)\1(?=[\s;"'`]|$)/g)) {
      const line = lineAround(text, match.index);
      if (!/(?<![\w-])(dbname|sslmode|user|password)=/.test(line)) continue;
      const ports = (/(?<![\w-])port=(\d{1,5}(?:,\d{1,5})*)/.exec(line)?.[1] ?? "5432").split(",");
      (match[2] ?? "").split(",").forEach((written, index) => {
        const host = readHost(written);
        const port = readPort(ports[index] ?? ports[0] ?? "");
        if (host !== null && port !== null) found.push({ host, port, kind: "postgresql", offset: match.index });
      });
    }
  }
  if (/(server|data source|host)=/i.test(text)) {
    for (const match of text.matchAll(/(?<![\w-])(?:server|data source|host)=(?:tcp:)?([A-Za-z0-9_.-]+)(?:[,:](\d{1,5}))?(?:\\[A-Za-z0-9]+)?;/gi)) {
      const line = lineAround(text, match.index);
      if (!/(database|initial catalog|user id|uid|pwd|password|username)=/i.test(line)) continue;
      const host = readHost(match[1] ?? "");
      const port = readPort(match[2] ?? /;\s*port=(\d{1,5})/i.exec(line)?.[1] ?? (/(mysql|SslMode=)/i.test(line) ? "3306" : /^host=/i.test(match[0]) ? "5432" : "1433"));
      if (host !== null && port !== null) found.push({ host, port, kind: port === 3306 ? "mysql" : port === 5432 || /^host=/i.test(match[0]) ? "postgresql" : port === 1433 ? "mssql" : "database", offset: match.index });
    }
  }
  return found;
}

function lineAround(text: string, offset: number): string {
  const start = text.lastIndexOf("\n", offset) + 1;
  const end = text.indexOf("\n", offset);
  // One very long line (minified) is looked at around the place only.
  return text.slice(Math.max(start, offset - 400), Math.min(end < 0 ? text.length : end, offset + 400));
}

export function nameOfHost(host: string, kind: string): string {
  return isAddress(host) && kind !== "other" ? kind : host;
}
