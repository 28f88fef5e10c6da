import type { Snapshot } from "../model/snapshot";

/** Linux's default `net.ipv4.ip_local_port_range` (Documentation/networking/ip-sysctl.rst). */
const LINUX: readonly [number, number] = [32768, 60999];
/** The dynamic ports of RFC 6335 section 6: what macOS, FreeBSD's high range and Windows (Vista and newer) use. */
const RFC_6335: readonly [number, number] = [49152, 65535];

/** Solaris, illumos: `tcp_smallest_anon_port` and `tcp_largest_anon_port`. */
const SOLARIS: readonly [number, number] = [32768, 65535];

/** `net.ipv4.ip_local_port_range` of a network namespace, which has its own; null: not told. */
export function toldPortRange(snapshot: Snapshot, namespace: string | null): readonly [number, number] | null {
  if (namespace === null) return snapshot.kernel?.localPortRange ?? null;
  return snapshot.namespaces.find((one) => one.id === namespace)?.localPortRange ?? null;
}

/** The range, inclusive, from which connections out of this namespace of the target take their local ports. */
export function ephemeralRange(snapshot: Snapshot, namespace: string | null): readonly [number, number] {
  const told = toldPortRange(snapshot, namespace);
  if (told !== null) return told;
  if (snapshot.source.format.includes("solaris")) return SOLARIS;
  return /macos|bsd|windows|get-nettcpconnection/.test(snapshot.source.format) ? RFC_6335 : LINUX;
}
