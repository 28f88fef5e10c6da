import type { HostName } from "../../model/snapshot";
import { canonicalAddress, formatIpv6 } from "../sockets/ip-address";

/** The names of an /etc/hosts (hosts(5)), in its order. */
export function readHostsFile(text: string): HostName[] {
  const names: HostName[] = [];
  for (const line of text.split("\n")) {
    const [printed = "", ...hosts] = (line.split("#")[0] ?? "").trim().split(/\s+/);
    const address = canonicalAddress(printed.split("%")[0] ?? "");
    if (address === null) continue;
    for (const name of hosts) names.push({ address, name, from: "/etc/hosts" });
  }
  return names;
}

/** A host's own addresses from `ip -o addr show`, or from /proc/net/fib_trie and if_inet6. Canonical text, each once. */
export function readOwnAddresses(text: string): string[] {
  const addresses = new Set<string>();
  let leaf: string | null = null;
  for (const line of text.split("\n")) {
    const shown = /^\d+:\s+\S+\s+inet6?\s+([0-9a-fA-F.:]+)(?:\/\d+|\s)/.exec(line);
    const node = /^[\s|]*\|--\s+([\d.]+)\s*$/.exec(line);
    const inet6 = /^([0-9a-f]{32})\s+[0-9a-f]+\s+[0-9a-f]+\s/.exec(line);
    let printed: string | null = null;
    if (shown !== null) printed = shown[1] ?? null;
    else if (node !== null) leaf = node[1] ?? null;
    else if (leaf !== null && /\/32 host LOCAL/.test(line)) printed = leaf;
    else if (inet6 !== null) {
      const hex = inet6[1] ?? "";
      printed = formatIpv6([0, 4, 8, 12, 16, 20, 24, 28].map((at) => Number.parseInt(hex.slice(at, at + 4), 16)));
    }
    const address = printed === null ? null : canonicalAddress(printed);
    if (address !== null) addresses.add(address);
  }
  return [...addresses];
}
