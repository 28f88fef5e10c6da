import type { ConfiguredEndpoint } from "../../model/service";
import { nameOf, stemOfPath } from "./entry-endpoints";
import { isAddress, readHost, readPort } from "./named-host";
import { firstKind, kindOfPort, kindOfWords, usualPort } from "./service-kinds";

/**
 * Hosts and ports that source code of any language writes as literals: `"10.0.0.3:6379"`, `host="10.0.0.3", port=3306`,
 * `'HOST': 'db', 'PORT': '5432'`. Connection strings are found elsewhere.
 */
export function endpointsOfSource(file: string, text: string, lineOf: (offset: number) => number): ConfiguredEndpoint[] {
  const found: ConfiguredEndpoint[] = [];
  for (const match of text.matchAll(/(["'`])(\[[0-9A-Fa-f:]+\]|[A-Za-z0-9][A-Za-z0-9_.-]*):(\d{2,5})\1/g)) {
    const host = readHost(match[2] ?? "");
    const port = readPort(match[3] ?? "");
    if (host === null || port === null || host === "0.0.0.0") continue;
    const byPort = kindOfPort(port);
    // A bare word and a number are anything; with a product's own port they are a service.
    if (!isAddress(host) && host !== "localhost" && !/[.-][A-Za-z]/.test(host) && (byPort === "other" || byPort === "http" || byPort === "ssh")) continue;
    if (/\.(go|py|js|ts|java|rb|c|cpp|h|rs|php|html|css|json|ya?ml|txt|md)$/.test(host)) continue;
    const key = assignedName(text, match.index);
    const kind = firstKind(byPort, kindOfWords(key ?? ""));
    found.push({ host, port, kind, name: nameOf(host, key === null ? "" : stemOfPath(key.split(".")), kind), key, file, line: lineOf(match.index) });
  }
  if (!/host/i.test(text)) return found;
  // host and port as two arguments, fields or dictionary entries beside each other.
  for (const match of text.matchAll(/(?<![\w.])(["']?)(\w*host(?:name)?)\1\s*(?:=|:|=>)\s*(["'`])([A-Za-z0-9_.-]+)\3/gi)) {
    const host = readHost(match[4] ?? "");
    if (host === null || host === "0.0.0.0") continue;
    const { before, after, outer } = blockAround(text, match.index);
    const near = before + after;
    const stem = (match[2] ?? "").replace(/_?host(name)?$/i, "");
    const written = new RegExp(`(?<![\\w.])["']?${stem}_?port["']?\\s*(?:=|:|=>)\\s*["']?(\\d{2,5})\\b`, "i").exec(after + before);
    const words = kindOfWords(`${stem} ${outer} ${/(?:engine|driver|dialect|adapter|provider|type|client)["']?\s*(?:=>|=|:)\s*["']?([\w.]+)/i.exec(near)?.[1] ?? ""} ${/([\w.]+)\s*\([^()]*$/.exec(text.slice(Math.max(0, match.index - 200), match.index))?.[1] ?? ""}`);
    const port = written === null ? usualPort(words) : readPort(written[1] ?? "");
    if (port === null) continue;
    const kind = firstKind(FAMILIES.has(words) ? "other" : words, kindOfPort(port), words);
    found.push({ host, port, kind, name: nameOf(host, stem, kind), key: match[2] ?? null, file, line: lineOf(match.index) });
  }
  return found;
}

/** The name that the literal at this offset is given to: `addr` of `addr := "..."`, `Addr` of `Addr: "..."`. Never what is inside the literal. */
export function assignedName(text: string, offset: number): string | null {
  const start = text.lastIndexOf("\n", offset - 1) + 1;
  const before = text.slice(Math.max(start, offset - 200), offset);
  return /([A-Za-z_][\w.]*)["']?\]?\s*(?::\s*[\w.[\]*]+\s*)?(?::=|=>|=|:)\s*(?:[A-Za-z_][\w.]*\(\s*(?:["'][\w.]+["']\s*,\s*)?)?[brfu]?["'`]?$/.exec(before)?.[1] ?? null;
}

/** Kinds that name no product: a product's own port says more. */
const FAMILIES: ReadonlySet<string> = new Set(["http", "database", "cache", "queue"]);
const WIDEST_BLOCK = 300;

/** What stands in the same brackets as this offset, before and after it; nested ones included. */
function blockAround(text: string, offset: number): { readonly before: string; readonly after: string; readonly outer: string } {
  let start = offset;
  for (let depth = 0; start > 0 && offset - start < WIDEST_BLOCK; start--) {
    const char = text[start - 1] ?? "";
    if (/[)\]}]/.test(char)) depth += 1;
    else if (/[([{]/.test(char) && --depth < 0) break;
  }
  let end = offset;
  for (let depth = 0; end < text.length && end - offset < WIDEST_BLOCK; end++) {
    const char = text[end] ?? "";
    if (/[([{]/.test(char)) depth += 1;
    else if (/[)\]}]/.test(char) && --depth < 0) break;
  }
  // The keys that lead to it: `'redis' => ['default' => [`.
  const outer = /(?:["']?\w+["']?\s*(?:=>|:|=)\s*[[{(]\s*){1,2}$/.exec(text.slice(Math.max(0, start - 80), start))?.[0] ?? "";
  return { before: text.slice(start, offset), after: text.slice(offset, end), outer: [...outer.matchAll(/\w+/g)].join(" ") };
}
