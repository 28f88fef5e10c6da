import { readHost, readPort } from "./named-host";
import type { NamedHost } from "./named-host";
import { kindOfPort, readScheme } from "./service-kinds";

/**
 * Every host and port that a connection string in this text names, in the order of the text. Passwords are read over, never kept.
 * Linear in the text, and little more than a few substring searches where there is none: it runs on every file of a workspace.
 */
export function findConnectionStrings(text: string): NamedHost[] {
  return [...findUrls(text), ...findOracleThin(text), ...findGoSqlDriver(text), ...findLibpq(text), ...findSemicolons(text)].sort((a, b) => a.offset - b.offset);
}

const SCHEME_BEFORE = /(?:jdbc:|r2dbc:(?:pool:)?|vertx-reactive:)?[A-Za-z][A-Za-z0-9]*(?:\+[A-Za-z0-9]+)?(?::[A-Za-z0-9-]+)?:$/;
/** What cannot stand in a connection string, whatever the language around it. */
const URL_END = /[\s"'`<>\\|^]/;
const LONGEST = 400;

/** RFC 3986 URLs with a scheme we know, and their relatives: several hosts with commas (MongoDB, PostgreSQL, JDBC), passwords that were not encoded. */
function findUrls(text: string): NamedHost[] {
  const found: NamedHost[] = [];
  for (let at = text.indexOf("://"); at >= 0; at = text.indexOf("://", at + 3)) {
    const written = SCHEME_BEFORE.exec(text.slice(Math.max(0, at - 50), at + 1))?.[0];
    const scheme = written === undefined ? null : readScheme(written.slice(0, -1));
    if (written === undefined || scheme === null) continue;
    const http = scheme.kind === "http";
    const ahead = text.slice(at + 3, at + 3 + LONGEST);
    const stop = ahead.search(URL_END);
    const authority = authorityOf(stop < 0 ? ahead : ahead.slice(0, stop), http);
    for (const part of authority.split(",")) {
      const end = /^(\[[^\]]+\]|[^:\s]+?)(?::(\d{1,5}))?[).;}\]]*$/.exec(part.replace(/^(?:tcp|address)\(/, ""));
      if (end === null) continue;
      const host = readHost(end[1] ?? "");
      const port = end[2] === undefined ? scheme.port : readPort(end[2]);
      if (host === null || port === null || (http && isReference(host))) continue;
      const kind = scheme.kind === "other" || (http && end[2] !== undefined && kindOfPort(port) === "elasticsearch") ? kindOfPort(port) : scheme.kind;
      found.push({ host, port, kind, offset: at + 1 - written.length });
    }
  }
  return found;
}

/** Host, port and their like between the user's name and the path. A password may hold `/`, `?` and `@`: the last `@` that a host follows ends it. */
function authorityOf(rest: string, http: boolean): string {
  const path = rest.search(/[/?#]/);
  const head = path < 0 ? rest : rest.slice(0, path);
  const at = head.lastIndexOf("@");
  if (at >= 0) return head.slice(at + 1);
  // No user so far, but `user:pass/word@host`: only where a user may be and no path holds an @ of its own.
  if (!http && head.includes(":")) {
    const later = /^.*@((?:\[[^\]]+\]|[\w.-]+)(?::\d{1,5})?(?:,[\w.-]+(?::\d{1,5})?)*)(?=[/?#;]|$)/.exec(rest);
    if (later?.[1] !== undefined) return later[1];
  }
  return head.split(";", 1)[0] ?? "";
}

/** Namespaces, schemas, licences and documentation: addresses in every source tree that no program connects to. */
function isReference(host: string): boolean {
  return /(^|\.)(example\.(com|org|net)|w3\.org|xmlsoap\.org|apache\.org|json-schema\.org|schema\.org|github\.com|github\.io|githubusercontent\.com|golang\.org|go\.dev|pkg\.go\.dev|python\.org|readthedocs\.(io|org)|opensource\.org|gnu\.org|mozilla\.org|ietf\.org|rfc-editor\.org|wikipedia\.org|stackoverflow\.com|npmjs\.(com|org)|pypi\.org|springframework\.org|microsoft\.com|gitlab\.com|bitbucket\.org|creativecommons\.org|unicode\.org|purl\.org|sun\.com|eclipse\.org|gradle\.org|nodejs\.org|jetbrains\.com|docker\.com|kubernetes\.io|schemastore\.org)$/i.test(host);
}

/** `jdbc:oracle:thin:@10.0.0.3:1521:ORCL`, also `@//10.0.0.3:1521/service`. */
function findOracleThin(text: string): NamedHost[] {
  const found: NamedHost[] = [];
  for (let at = text.indexOf("jdbc:oracle:"); at >= 0; at = text.indexOf("jdbc:oracle:", at + 12)) {
    const match = /^jdbc:oracle:\w+:[^@\s"']{0,100}@(?:\/\/)?([\w.-]+):(\d{1,5})/.exec(text.slice(at, at + LONGEST));
    const host = readHost(match?.[1] ?? "");
    const port = readPort(match?.[2] ?? "");
    if (host !== null && port !== null) found.push({ host, port, kind: "oracle", offset: at });
  }
  return found;
}

/** go-sql-driver/mysql: `user:password@tcp(10.0.0.3:3306)/db`; without a port, 3306. `%s` and variables inside name no host. */
function findGoSqlDriver(text: string): NamedHost[] {
  const found: NamedHost[] = [];
  for (let at = text.indexOf("tcp("); at >= 0; at = text.indexOf("tcp(", at + 4)) {
    const before = text[at - 1];
    // A call of some function tcp() is none: the DSN starts with it, or has the user's @ before it.
    if (before !== "@" && !(before !== undefined && /["'`=\s]/.test(before) && /^tcp\([^)"'`]*\)\//.test(text.slice(at, at + 200)))) continue;
    const match = /^tcp6?\(\s*(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9_.-]+)(?::(\d{1,5}))?\s*\)/.exec(text.slice(at, at + 200));
    const host = readHost(match?.[1] ?? "");
    const port = match?.[2] === undefined ? 3306 : readPort(match[2]);
    if (host !== null && port !== null) found.push({ host, port, kind: "mysql", offset: at });
  }
  return found;
}

/** libpq's keyword form, `host=10.0.0.3 port=5432 dbname=shop`, several hosts with commas. Only when another of its keywords stands beside: `host=` alone is any text. */
function findLibpq(text: string): NamedHost[] {
  if (!text.includes("host=") && !text.includes("host =")) return [];
  const found: NamedHost[] = [];
  for (const match of text.matchAll(/(?<![\w.-])(host(?:addr)?) ?= ?('?)([A-Za-z0-9_.:,-]+)\2(?=[\s;"'`]|$)/g)) {
    const line = stringAround(text, match.index);
    if (!/(?<![\w-])(dbname|sslmode|connect_timeout|application_name) ?=/.test(line) || line.includes(";")) continue;
    const ports = (/(?<![\w-])port ?= ?'?(\d{1,5}(?:,\d{1,5})*)/.exec(line)?.[1] ?? "5432").split(",");
    (match[3] ?? "").split(",").forEach((written, index) => {
      const host = readHost(written);
      const port = readPort(ports[index] ?? ports[0] ?? "");
      if (host !== null && port !== null) found.push({ host, port, kind: "postgresql", offset: match.index });
    });
  }
  return found;
}

/** The `;` form of ADO.NET and ODBC: `Server=10.0.0.3,1433;Database=..`, `Host=10.0.0.3;Port=5432;..`, `Data Source=tcp:host,1433;..`. */
function findSemicolons(text: string): NamedHost[] {
  if (!text.includes("=") || !text.includes(";") || !/(server|data source|host) ?=/i.test(text)) return [];
  const found: NamedHost[] = [];
  for (const match of text.matchAll(/(?<![\w-])(server|data source|host) ?= ?(?:tcp:)?([A-Za-z0-9_.-]+)(?:\\{1,2}[A-Za-z0-9_]+)?(?:[,:](\d{1,5}))?;/gi)) {
    const line = stringAround(text, match.index);
    if (!/(?<![\w-])(database|initial catalog|user id|uid|username|integrated security|trusted_connection) ?=/i.test(line)) continue;
    const word = (match[1] ?? "").toLowerCase();
    const postgres = word === "host" || /npgsql|postgres/i.test(line);
    const mysql = /mysql|maria|SslMode=|AllowUserVariables/i.test(line) || /;\s*port ?= ?3306/i.test(line);
    const host = readHost(match[2] ?? "");
    const port = readPort(match[3] ?? /;\s*port ?= ?(\d{1,5})/i.exec(line)?.[1] ?? (postgres ? "5432" : mysql ? "3306" : "1433"));
    if (host === null || port === null) continue;
    const byPort = kindOfPort(port);
    found.push({ host, port, kind: byPort !== "other" ? byPort : postgres ? "postgresql" : mysql ? "mysql" : "database", offset: match.index });
  }
  return found;
}

/** The string literal or the line that an offset stands in; of a very long line only what is near. */
function stringAround(text: string, offset: number): string {
  const before = text.slice(Math.max(0, offset - LONGEST), offset);
  const after = text.slice(offset, offset + LONGEST);
  const start = Math.max(before.lastIndexOf("\n"), before.lastIndexOf('"'), before.lastIndexOf("`"));
  const end = after.search(/[\n"`]/);
  return before.slice(start + 1) + (end < 0 ? after : after.slice(0, end));
}
