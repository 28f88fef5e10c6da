/**
 * One end of a connection.
 *
 * `address` is canonical text: no brackets, no zone, v4-mapped IPv6 (`::ffff:a.b.c.d`) folded to IPv4.
 * Wildcards stay as the tool told them: `0.0.0.0`, `::`, or `*` for a dual-stack wildcard. A name instead of a number
 * (a tool run without `-n`) is kept as it was printed.
 * `port` is 0 for "any" (`*`), `null` when it could not be read (cut off, or a service name that is not known).
 * `zone` is the interface of a scoped address (`fe80::1%eth0` gives `eth0`).
 */
export interface Endpoint {
  readonly address: string;
  readonly port: number | null;
  readonly zone: string | null;
}

const WILDCARDS = new Set(["*", "0.0.0.0", "::"]);

export function isWildcard(address: string): boolean {
  return WILDCARDS.has(address);
}

/** True for 127.0.0.0/8 and ::1 in canonical text. */
export function isLoopback(address: string): boolean {
  return address.startsWith("127.") || address === "::1" || address === "localhost";
}

/** `10.0.0.1:443`, `[::1]:443`, `*:80`; an unknown port prints as `?`, any port as `*`. */
export function formatEndpoint(endpoint: Endpoint): string {
  const zone = endpoint.zone === null ? "" : `%${endpoint.zone}`;
  const host = endpoint.address.includes(":") ? `[${endpoint.address}${zone}]` : `${endpoint.address}${zone}`;
  const port = endpoint.port === null ? "?" : endpoint.port === 0 ? "*" : String(endpoint.port);
  return `${host}:${port}`;
}
