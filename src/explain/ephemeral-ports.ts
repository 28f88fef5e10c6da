import type { Snapshot } from "../model/snapshot";

/** Linux's default `net.ipv4.ip_local_port_range` (Documentation/networking/ip-sysctl.rst). */
const LINUX: readonly [number, number] = [32768, 60999];
/** The dynamic ports of RFC 6335 section 6: what macOS, FreeBSD's high range and Windows (Vista and newer) use. */
const RFC_6335: readonly [number, number] = [49152, 65535];

/** The range, inclusive, from which this target takes the local ports of outgoing connections. */
export function ephemeralRange(snapshot: Snapshot): readonly [number, number] {
  const told = snapshot.kernel?.localPortRange ?? null;
  if (told !== null) return told;
  return /macos|bsd|windows/.test(snapshot.source.format) ? RFC_6335 : LINUX;
}
