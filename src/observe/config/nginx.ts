import type { ConfiguredEndpoint, ConfiguredTimeout, EndpointBehind, ServiceKind } from "../../model/service";
import type { ConfigText } from "./config-text";
import { readDuration } from "./duration";
import { isAnyAddress, nameOf } from "./entry-endpoints";
import { readHost, readPort } from "./named-host";
import { firstKind, kindOfPort, kindOfWords } from "./service-kinds";

export function isNginx(text: string): boolean {
  return /(^|\s)(upstream\s+\S+\s*\{|(proxy|fastcgi|uwsgi|scgi|grpc|memcached)_pass\s)/.test(text) && text.includes(";");
}

const PASS_KINDS: Readonly<Record<string, ServiceKind>> = { memcached: "memcached", grpc: "grpc" };
/** nginx's documentation: how long it waits for the next bytes of either side, or keeps an idle connection. `proxy_timeout` is the stream module's. */
const IDLE_TIMEOUTS: ReadonlySet<string> = new Set([
  "proxy_read_timeout", "proxy_send_timeout", "proxy_timeout", "fastcgi_read_timeout", "fastcgi_send_timeout", "uwsgi_read_timeout", "uwsgi_send_timeout", "scgi_read_timeout", "scgi_send_timeout",
  "grpc_read_timeout", "grpc_send_timeout", "memcached_read_timeout", "keepalive_timeout", "client_body_timeout", "client_header_timeout", "send_timeout",
]);

/** A directive or a block: `listen 80;` has no children, `server { ... }` has. Lines from 1. */
interface Directive {
  readonly words: readonly string[];
  readonly line: number;
  readonly children: Directive[] | null;
}

/** As `endpointsOfNginxFiles`, for a file on its own. */
export function endpointsOfNginx(file: string, text: string): ConfiguredEndpoint[] {
  return endpointsOfNginxFiles([{ file, text }]);
}

/**
 * nginx: the servers of each `upstream` block, the `*_pass` directives that name a host themselves, and each port that a `server` listens at
 * with what it passes on to and how long it waits. A block of one file may name an upstream of another.
 */
export function endpointsOfNginxFiles(files: readonly ConfigText[]): ConfiguredEndpoint[] {
  const trees = files.map(({ file, text }) => ({ file, directives: readDirectives(text) }));
  const upstreams = new Map<string, EndpointBehind[]>();
  for (const { directives } of trees) {
    walk(directives, (directive) => {
      if (directive.words[0] === "upstream" && directive.children !== null) upstreams.set(directive.words[1] ?? "", directive.children.flatMap((child) => upstreamServer(child) ?? []));
    });
  }
  const found: ConfiguredEndpoint[] = [];
  for (const { file, directives } of trees) {
    const timeoutsAt = (path: readonly (readonly Directive[])[]): ConfiguredTimeout[] => {
      const known = new Map<string, ConfiguredTimeout>();
      for (const level of path) for (const one of level) {
        const ms = IDLE_TIMEOUTS.has(one.words[0] ?? "") ? readDuration(one.words[1] ?? "", "s") : null;
        if (ms !== null && ms > 0) known.set(one.words[0] ?? "", { directive: one.words[0] ?? "", ms, file, line: one.line });
      }
      return [...known.values()];
    };
    const visit = (level: readonly Directive[], path: readonly (readonly Directive[])[]): void => {
      const here = [...path, level];
      for (const directive of level) {
        const [word = "", first = ""] = directive.words;
        if (word === "upstream" && directive.children !== null) {
          for (const child of directive.children) {
            const server = upstreamServer(child);
            if (server === null) continue;
            const kind = firstKind(kindOfPort(server.port), kindOfWords(first), "http");
            found.push({ host: server.host, port: server.port, kind, name: nameOf(server.host, first, kind), key: `upstream ${first}`, file, line: child.line, ...withTimeouts(timeoutsOfPasses(trees, first)) });
          }
          continue;
        }
        const pass = /^(proxy|fastcgi|uwsgi|scgi|grpc|memcached)_pass$/.exec(word)?.[1];
        const end = pass === undefined ? null : passEnd(first);
        if (pass !== undefined && end !== null && end.port !== null && !upstreams.has(end.host)) {
          const kind = firstKind(kindOfPort(end.port), PASS_KINDS[pass] ?? "http");
          found.push({ host: end.host, port: end.port, kind, name: nameOf(end.host, "", kind), key: `${pass}_pass`, file, line: directive.line, ...withTimeouts(timeoutsAt(here)) });
        }
        if (word === "server" && directive.children !== null) found.push(...listens(file, directive, upstreams, (inner) => timeoutsAt([...here, ...inner])));
        if (directive.children !== null) visit(directive.children, here);
      }
    };
    visit(directives, []);
  }
  return found;
}

/** The idle times that hold where this upstream is passed to. */
function timeoutsOfPasses(trees: readonly { readonly file: string; readonly directives: readonly Directive[] }[], upstream: string): ConfiguredTimeout[] {
  const known = new Map<string, ConfiguredTimeout>();
  for (const { file, directives } of trees) {
    const visit = (level: readonly Directive[], outer: ReadonlyMap<string, ConfiguredTimeout>): void => {
      const inner = new Map(outer);
      for (const { words, line } of level) {
        const ms = IDLE_TIMEOUTS.has(words[0] ?? "") ? readDuration(words[1] ?? "", "s") : null;
        if (ms !== null && ms > 0) inner.set(words[0] ?? "", { directive: words[0] ?? "", ms, file, line });
      }
      for (const { words, children } of level) {
        if (/_pass$/.test(words[0] ?? "") && passEnd(words[1] ?? "")?.host === upstream) for (const timeout of inner.values()) known.set(`${timeout.file}:${timeout.line}`, timeout);
        if (children !== null) visit(children, inner);
      }
    };
    visit(directives, new Map());
  }
  return [...known.values()];
}

function withTimeouts(timeouts: readonly ConfiguredTimeout[]): Pick<ConfiguredEndpoint, "timeouts"> {
  return timeouts.length === 0 ? {} : { timeouts };
}

/** The ports of one `server` block, when it passes something on. */
function listens(file: string, server: Directive, upstreams: ReadonlyMap<string, readonly EndpointBehind[]>, timeoutsAt: (inner: readonly (readonly Directive[])[]) => ConfiguredTimeout[]): ConfiguredEndpoint[] {
  const children = server.children ?? [];
  const behind: EndpointBehind[] = [];
  const timeouts = new Map<string, ConfiguredTimeout>();
  let passes: string | null = null;
  const collect = (level: readonly Directive[], path: readonly (readonly Directive[])[]): void => {
    const here = [...path, level];
    for (const directive of level) {
      if (/^(proxy|fastcgi|uwsgi|scgi|grpc|memcached)_pass$/.test(directive.words[0] ?? "")) {
        const end = passEnd(directive.words[1] ?? "");
        if (end === null) continue;
        passes ??= end.host;
        const known = upstreams.get(end.host) ?? (end.port === null ? [] : [{ host: end.host, port: end.port, name: null }]);
        for (const one of known) if (!behind.some((other) => other.host === one.host && other.port === one.port)) behind.push(one);
        for (const timeout of timeoutsAt(here)) timeouts.set(`${timeout.directive} ${timeout.line}`, timeout);
      }
      if (directive.children !== null) collect(directive.children, here);
    }
  };
  collect(children, []);
  if (passes === null || behind.length === 0) return [];
  const serverName = children.find(({ words }) => words[0] === "server_name")?.words.slice(1).find((name) => /[A-Za-z]/.test(name) && readHost(name) !== null);
  return children.flatMap(({ words, line }): ConfiguredEndpoint[] => {
    if (words[0] !== "listen") return [];
    const match = /^(?:(\[[^\]]+\]|[\w.*-]+):)?(\d{1,5})$/.exec(words[1] ?? "") ?? /^(\[[^\]]+\]|\d+(?:\.\d+){3})$/.exec(words[1] ?? "");
    const port = match === null ? null : match[2] === undefined ? 80 : readPort(match[2]);
    if (match === null || port === null) return [];
    const written = match[1] === undefined || match[1] === "*" ? "0.0.0.0" : readHost(match[1]);
    if (written === null) return [];
    const first = behind[0];
    const kind = firstKind(kindOfPort(first?.port ?? 0), kindOfWords(passes ?? ""), "http");
    return [{
      host: isAnyAddress(written) ? "localhost" : written, port, kind, name: serverName ?? passes ?? "", key: serverName === undefined ? "server" : `server ${serverName}`, file, line, behind, ...withTimeouts([...timeouts.values()]),
    }];
  });
}

function upstreamServer({ words }: Directive): EndpointBehind | null {
  const match = words[0] === "server" ? /^(\[[^\]]+\]|[\w.-]+)(?::(\d{1,5}))?$/.exec(words[1] ?? "") : null;
  const host = match === null ? null : readHost(match[1] ?? "");
  const port = match?.[2] === undefined ? 80 : readPort(match[2]);
  return host === null || port === null ? null : { host, port, name: null };
}

/** `http://shop:8080/x`, `shop`, `127.0.0.1:9000`; a variable in it names nobody. */
function passEnd(written: string): { host: string; port: number | null } | null {
  const match = /^(?:(https?|grpcs?):\/\/)?(\[[^\]]+\]|[\w.-]+)(?::(\d{1,5}))?(?:\/.*)?$/.exec(written);
  const host = match === null ? null : readHost(match[2] ?? "");
  if (match === null || host === null) return null;
  const usual = match[1] === "http" ? 80 : match[1] === "https" ? 443 : null;
  return { host, port: match[3] === undefined ? usual : readPort(match[3]) };
}

function walk(directives: readonly Directive[], visit: (directive: Directive) => void): void {
  for (const directive of directives) {
    visit(directive);
    if (directive.children !== null) walk(directive.children, visit);
  }
}

const DEEPEST = 30;

/** nginx's grammar: words, quoted or not, up to `;` or a block in braces; `#` to the line's end is a comment. What is broken ends its block. */
function readDirectives(text: string): Directive[] {
  let at = 0;
  let line = 1;
  const word = (): string => {
    const quote = text[at] === '"' || text[at] === "'" ? text[at] : null;
    let value = "";
    if (quote !== null) {
      for (at += 1; at < text.length && text[at] !== quote; at++) {
        if (text[at] === "\\") at += 1;
        if (text[at] === "\n") line += 1;
        value += text[at] ?? "";
      }
      at += 1;
      return value;
    }
    for (; at < text.length; at++) {
      const char = text[at] ?? "";
      // `${name}` is part of a word.
      if (char === "$" && text[at + 1] === "{") {
        const end = text.indexOf("}", at);
        const stop = end < 0 || end - at > 100 ? at + 1 : end;
        value += text.slice(at, stop + 1);
        at = stop;
        continue;
      }
      if (/[\s;{}]/.test(char)) break;
      value += char;
    }
    return value;
  };
  const block = (depth: number): Directive[] => {
    const directives: Directive[] = [];
    let words: string[] = [];
    let start = line;
    while (at < text.length) {
      const char = text[at] ?? "";
      if (char === "\n") {
        line += 1;
        at += 1;
      } else if (/\s/.test(char)) at += 1;
      else if (char === "#") {
        const end = text.indexOf("\n", at);
        at = end < 0 ? text.length : end;
      } else if (char === ";") {
        if (words.length > 0) directives.push({ words, line: start, children: null });
        words = [];
        at += 1;
      } else if (char === "{") {
        at += 1;
        const children = depth >= DEEPEST ? [] : block(depth + 1);
        directives.push({ words, line: start, children });
        words = [];
      } else if (char === "}") {
        at += 1;
        if (depth > 0) break;
      } else {
        if (words.length === 0) start = line;
        words.push(word());
      }
    }
    if (words.length > 0) directives.push({ words, line: start, children: null });
    return directives;
  };
  return block(0);
}
