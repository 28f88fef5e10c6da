import type { ServiceKind } from "../../model/service";

/** A host and port found in text, before it has a place. */
export interface NamedHost {
  readonly host: string;
  readonly port: number;
  readonly kind: ServiceKind;
  /** Offset into the text that was searched. */
  readonly offset: number;
}

/** A host's name or address as configuration writes it, or null when it is no host (a placeholder, a path, an empty string). Brackets are taken off. */
export function readHost(text: string): string | null {
  const host = text.trim().replace(/^\[([0-9a-fA-F:.%\w]+)\]$/, "$1");
  if (host.length === 0 || host.length > 253) return null;
  if (/^[0-9a-fA-F:]+(\.\d+){0,3}$/.test(host) && host.includes(":") && host.split(":").length > 2) return host.toLowerCase();
  if (!/^[A-Za-z0-9_]([A-Za-z0-9_.-]*[A-Za-z0-9_])?\.?$/.test(host)) return null;
  // Digits alone are a port or a count; `1.2.3` is a version.
  if (/^[\d.]+$/.test(host) && !isIpv4(host)) return null;
  return host.replace(/\.$/, "");
}

function isIpv4(host: string): boolean {
  const parts = host.split(".");
  return parts.length === 4 && parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) <= 255);
}

/** 1 to 65535, or null. */
export function readPort(text: string | number): number | null {
  const written = String(text).trim();
  if (!/^\d{1,5}$/.test(written)) return null;
  const port = Number(written);
  return port >= 1 && port <= 65535 ? port : null;
}

/** A host's address rather than its name. */
export function isAddress(host: string): boolean {
  return isIpv4(host) || host.includes(":");
}
