import type { ConfiguredEndpoint, ConfiguredTimeout, EndpointBehind, ServiceKind } from "../../model/service";
import type { ConfigText } from "./config-text";
import { readDuration } from "./duration";
import { isAnyAddress } from "./entry-endpoints";
import { readHost, readPort } from "./named-host";
import { kindOfPort, kindOfWords } from "./service-kinds";

interface Section {
  readonly file: string;
  readonly type: string;
  readonly name: string;
  readonly binds: { readonly host: string; readonly port: number; readonly line: number }[];
  readonly servers: { readonly host: string; readonly port: number; readonly name: string; readonly line: number }[];
  /** By directive; those of the `defaults` before it first. */
  readonly timeouts: Map<string, ConfiguredTimeout>;
  mode: string | null;
  readonly backends: string[];
}

export function isHaproxy(text: string): boolean {
  return /^(listen|backend|frontend)\s+\S+/m.test(text) && /^\s+(server|bind)\s+\S+/m.test(text);
}

/** After which idle time a connection is ended; `connect`, `queue` and `check` end none that is idle. */
const IDLE_TIMEOUTS: ReadonlySet<string> = new Set(["client", "server", "tunnel", "http-keep-alive", "http-request", "client-fin", "server-fin"]);

/** As `endpointsOfHaproxyFiles`, for a file on its own. */
export function endpointsOfHaproxy(file: string, text: string): ConfiguredEndpoint[] {
  return endpointsOfHaproxyFiles([{ file, text }]);
}

/**
 * HAProxy's configuration manual, chapter 4: the servers of each section, and its binds with what stands behind them and how long they wait.
 * Several files (`-f` more than once, or a folder) are one configuration, in their order.
 */
export function endpointsOfHaproxyFiles(files: readonly ConfigText[]): ConfiguredEndpoint[] {
  const sections: Section[] = [];
  const named = new Map<string, Section>();
  let defaults: Section | null = null;
  let current: Section | null = null;
  for (const { file, text } of files) text.split(/\r?\n/).forEach((written, index) => {
    const line = written.replace(/(^|\s)#.*$/, "").trim();
    const words = line.split(/\s+/);
    const head = /^(listen|backend|frontend|defaults|global)\b\s*(\S*)(?:\s+from\s+(\S+))?/.exec(line);
    if (head !== null) {
      const [, type = "", name = "", from] = head;
      const base: Section | null = type === "global" || type === "defaults" ? null : ((from === undefined ? undefined : named.get(from)) ?? defaults);
      current = { file, type, name, binds: [], servers: [], timeouts: new Map(base?.timeouts), mode: base?.mode ?? null, backends: [] };
      if (type === "defaults") {
        defaults = current;
        named.set(name, current);
      } else if (type !== "global") sections.push(current);
      return;
    }
    if (current === null) return;
    switch (words[0]) {
      case "mode":
        current.mode = words[1] ?? null;
        break;
      case "default_backend":
      case "use_backend":
        // A backend chosen by a format (`%[req.hdr(host)]`) is any.
        if (words[1] !== undefined && !current.backends.includes(words[1])) current.backends.push(words[1]);
        break;
      case "timeout":
      case "clitimeout":
      case "srvtimeout": {
        const which = words[0] === "timeout" ? (words[1] ?? "") : words[0] === "clitimeout" ? "client" : "server";
        const ms = readDuration(words[words[0] === "timeout" ? 2 : 1] ?? "", "ms");
        if (IDLE_TIMEOUTS.has(which) && ms !== null && ms > 0) current.timeouts.set(which, { directive: `timeout ${which}`, ms, file, line: index + 1 });
        break;
      }
      case "bind":
        for (const address of (words[1] ?? "").split(",")) {
          const end = readEnd(address);
          if (end !== null) current.binds.push({ ...end, line: index + 1 });
        }
        break;
      case "server": {
        const end = readEnd(words[2] ?? "");
        if (end !== null) current.servers.push({ ...end, name: words[1] ?? "", line: index + 1 });
        break;
      }
      default:
    }
  });

  const backendsOf = (section: Section): Section[] => sections.filter((other) => (other.type === "backend" || other.type === "listen") && section.backends.includes(other.name));
  const kindOf = (section: Section): ServiceKind => {
    for (const server of section.servers) if (kindOfPort(server.port) !== "other") return kindOfPort(server.port);
    const behind = backendsOf(section)[0];
    if (behind !== undefined && behind !== section) return kindOf({ ...behind, backends: [] });
    const words = kindOfWords(`${section.name} ${section.servers.map((server) => server.name).join(" ")}`);
    return words !== "other" ? words : section.mode === "http" ? "http" : "other";
  };
  return sections.flatMap((section) => {
    const kind = kindOf(section);
    const key = `${section.type} ${section.name}`;
    const { file } = section;
    const reached = [section, ...backendsOf(section)];
    const behind: EndpointBehind[] = reached.flatMap(({ servers }) => servers.map(({ host, port, name }) => ({ host, port, name })));
    // The client's side of a connection is closed as soon as the server's is.
    const timeouts = [...new Map(reached.flatMap((one) => [...one.timeouts.values()]).map((timeout) => [`${timeout.directive} ${timeout.line}`, timeout])).values()];
    return [
      ...section.binds.map(({ host, port, line }): ConfiguredEndpoint => ({
        host: isAnyAddress(host) ? "localhost" : host, port, kind, name: section.name, key, file, line, ...(behind.length === 0 ? {} : { behind }), ...(timeouts.length === 0 ? {} : { timeouts }),
      })),
      ...section.servers.map(({ host, port, name, line }): ConfiguredEndpoint => ({
        host, port, kind, name, key: `${key} server ${name}`, file, line, ...(section.timeouts.size === 0 ? {} : { timeouts: [...section.timeouts.values()] }),
      })),
    ];
  });
}

/** `10.0.0.3:3306`, `*:3306`, `:3306`, `ipv4@10.0.0.3:3306`, `[::1]:80`. Sockets and port offsets (`:+100`) name no port. */
function readEnd(written: string): { host: string; port: number } | null {
  const match = /^(?:(?:ipv4|ipv6|tcp|tcp4|tcp6)@)?(\[[^\]]+\]|[^:\s]*|[0-9A-Fa-f:]*):(\d{1,5})$/.exec(written);
  const port = readPort(match?.[2] ?? "");
  if (match === null || port === null) return null;
  const address = match[1] ?? "";
  const host = address === "" || address === "*" ? "0.0.0.0" : readHost(address);
  return host === null ? null : { host, port };
}
