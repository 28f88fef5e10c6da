import type { ConfiguredEndpoint, ServiceKind } from "../../model/service";
import { isAnyAddress } from "./entry-endpoints";
import { readHost, readPort } from "./named-host";
import { kindOfPort, kindOfWords } from "./service-kinds";

interface Section {
  readonly type: string;
  readonly name: string;
  readonly binds: { readonly host: string; readonly port: number; readonly line: number }[];
  readonly servers: { readonly host: string; readonly port: number; readonly name: string; readonly line: number }[];
  mode: string | null;
  backend: string | null;
}

export function isHaproxy(text: string): boolean {
  return /^(listen|backend|frontend)\s+\S+/m.test(text) && /^\s+(server|bind)\s+\S+/m.test(text);
}

/** HAProxy's configuration manual, chapter 4: the servers of each section, and its binds, which stand for the servers behind them. */
export function endpointsOfHaproxy(file: string, text: string): ConfiguredEndpoint[] {
  const sections: Section[] = [];
  let defaultMode: string | null = null;
  let current: Section | null = null;
  let inDefaults = false;
  text.split(/\r?\n/).forEach((written, index) => {
    const line = written.replace(/(^|\s)#.*$/, "").trim();
    const words = line.split(/\s+/);
    const head = /^(listen|backend|frontend|defaults|global)\b\s*(\S*)/.exec(line);
    if (head !== null) {
      const type = head[1] ?? "";
      inDefaults = type === "defaults";
      current = type === "defaults" || type === "global" ? null : { type, name: head[2] ?? "", binds: [], servers: [], mode: null, backend: null };
      if (current !== null) sections.push(current);
      return;
    }
    if (words[0] === "mode" && inDefaults) defaultMode = words[1] ?? null;
    if (current === null) return;
    if (words[0] === "mode") current.mode = words[1] ?? null;
    else if (words[0] === "default_backend") current.backend = words[1] ?? null;
    else if (words[0] === "bind") {
      for (const address of (words[1] ?? "").split(",")) {
        const end = readEnd(address);
        if (end !== null) current.binds.push({ ...end, line: index + 1 });
      }
    } else if (words[0] === "server") {
      const end = readEnd(words[2] ?? "");
      if (end !== null) current.servers.push({ ...end, name: words[1] ?? "", line: index + 1 });
    }
  });

  const kindOf = (section: Section): ServiceKind => {
    for (const server of section.servers) if (kindOfPort(server.port) !== "other") return kindOfPort(server.port);
    const behind = section.backend === null ? undefined : sections.find((other) => other.type === "backend" && other.name === section.backend);
    if (behind !== undefined) return kindOf({ ...behind, backend: null });
    const words = kindOfWords(`${section.name} ${section.servers.map((server) => server.name).join(" ")}`);
    return words !== "other" ? words : (section.mode ?? defaultMode) === "http" ? "http" : "other";
  };
  return sections.flatMap((section) => {
    const kind = kindOf(section);
    const key = `${section.type} ${section.name}`;
    return [
      ...section.binds.map(({ host, port, line }) => ({ host: isAnyAddress(host) ? "localhost" : host, port, kind, name: section.name, key, file, line })),
      ...section.servers.map(({ host, port, name, line }) => ({ host, port, kind, name, key: `${key} server ${name}`, file, line })),
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
