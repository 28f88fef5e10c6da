import type { ConfiguredEndpoint, ServiceKind } from "../../model/service";
import { nameOf } from "./entry-endpoints";
import { readHost, readPort } from "./named-host";
import { kindOfPort, kindOfWords } from "./service-kinds";

export function isNginx(text: string): boolean {
  return /(^|\s)(upstream\s+\S+\s*\{|(proxy|fastcgi|uwsgi|scgi|grpc|memcached)_pass\s)/.test(text) && text.includes(";");
}

const PASS_KINDS: Readonly<Record<string, ServiceKind>> = { memcached: "memcached", grpc: "grpc" };

/** nginx: the servers of each `upstream` block, and `*_pass` directives that name a host themselves. URLs in `proxy_pass` are found as connection strings. */
export function endpointsOfNginx(file: string, text: string): ConfiguredEndpoint[] {
  const found: ConfiguredEndpoint[] = [];
  let upstream: string | null = null;
  text.split(/\r?\n/).forEach((written, index) => {
    const line = written.replace(/#.*$/, "").trim();
    const opened = /^upstream\s+(\S+?)\s*\{/.exec(line);
    if (opened !== null) upstream = opened[1] ?? null;
    const server = upstream === null ? null : /(?:^|[{;\s])server\s+(\[[^\]]+\]|[\w.-]+)(?::(\d{1,5}))?[\s;]/.exec(line);
    if (server !== null && upstream !== null) {
      const host = readHost(server[1] ?? "");
      const port = server[2] === undefined ? 80 : readPort(server[2]);
      const words = kindOfWords(upstream);
      if (host !== null && port !== null) {
        const kind = kindOfPort(port) !== "other" ? kindOfPort(port) : words !== "other" ? words : "http";
        found.push({ host, port, kind, name: nameOf(host, upstream, kind), key: `upstream ${upstream}`, file, line: index + 1 });
      }
    }
    const pass = /^(?:.*[{\s])?(fastcgi|uwsgi|scgi|grpc|memcached|proxy)_pass\s+(\[[^\]]+\]|[\w.-]+):(\d{1,5})\s*;/.exec(line);
    const host = pass === null ? null : readHost(pass[2] ?? "");
    const port = pass === null ? null : readPort(pass[3] ?? "");
    if (pass !== null && host !== null && port !== null) {
      const kind = kindOfPort(port) !== "other" ? kindOfPort(port) : (PASS_KINDS[pass[1] ?? ""] ?? "http");
      found.push({ host, port, kind, name: nameOf(host, "", kind), key: `${pass[1] ?? ""}_pass`, file, line: index + 1 });
    }
    if (line.includes("}")) upstream = null;
  });
  return found;
}
