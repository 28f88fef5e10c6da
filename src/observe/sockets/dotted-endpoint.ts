import type { Endpoint } from "../../model/endpoint";
import { EndpointReader } from "./endpoint-reader";
import { canonicalAddress } from "./ip-address";
import { ownText, TextPool } from "./own-text";
import { portOfService } from "./service-ports";

const DOT = 46;
const SLOTS = 8192;

/**
 * Reads `address.port` as the netstats of BSD, macOS, Solaris, AIX and HP-UX print it: the port stands behind the last dot. Names and long
 * IPv6 addresses are cut in the middle, before the dot. Endpoints that repeat are shared.
 */
export class DottedEndpointReader {
  /** Addresses that were seen to be cut off. */
  cutAddresses = 0;
  /** Whether the last endpoint read is one in figures or a wildcard, whole. */
  numeric = true;
  readonly #shared = new EndpointReader();
  readonly #known = new Map<string, ReadEndpoint>();
  readonly #texts = new TextPool();

  /** The endpoint, or null when this is no `address.port`. */
  read(text: string): Endpoint | null {
    const quick = this.#readV4(text);
    if (quick !== null) {
      this.numeric = true;
      return quick;
    }
    const known = this.#known.get(text);
    if (known !== undefined) {
      this.numeric = known.numeric;
      if (known.cut) this.cutAddresses += 1;
      return known.endpoint;
    }
    const read = readEndpoint(text, this.#texts);
    if (read === null) return null;
    this.numeric = read.numeric;
    if (read.cut) this.cutAddresses += 1;
    if (this.#known.size > SLOTS) this.#known.clear();
    this.#known.set(ownText(text), read);
    return read.endpoint;
  }

  /** `a.b.c.d.port`, or null when it is anything else: nearly every endpoint of a large capture, so without an expression. */
  #readV4(text: string): Endpoint | null {
    let bits = 0;
    let number = 0;
    let digits = 0;
    let dots = 0;
    for (let at = 0; at < text.length; at += 1) {
      const code = text.charCodeAt(at);
      if (code >= 48 && code <= 57) {
        number = number * 10 + code - 48;
        digits += 1;
      } else if (code === DOT && dots < 4) {
        if (digits === 0 || digits > 3 || number > 255) return null;
        bits = (bits << 8) | number;
        number = 0;
        digits = 0;
        dots += 1;
      } else return null;
    }
    return dots === 4 && digits > 0 && digits < 6 && number <= 65_535 ? this.#shared.ofV4(bits, number) : null;
  }
}

interface ReadEndpoint {
  readonly endpoint: Endpoint;
  readonly numeric: boolean;
  readonly cut: boolean;
}

function readEndpoint(text: string, texts: TextPool): ReadEndpoint | null {
  // An SCTP socket of Solaris that is not bound.
  if (text === "0.0.0.0") return { endpoint: { address: text, port: 0, zone: null }, numeric: true, cut: false };
  const dot = text.lastIndexOf(".");
  if (dot < 1) return null;
  const portText = text.slice(dot + 1);
  let host = text.slice(0, dot);
  const port = readPort(portText);
  if (port === undefined) return null;
  let zone: string | null = null;
  const percent = host.indexOf("%");
  if (percent > 0) {
    zone = host.slice(percent + 1);
    host = host.slice(0, percent);
    if (!/^[\w.-]{0,32}$/.test(zone) || !host.includes(":")) return null;
    if (zone === "") zone = null;
  }
  if (host === "*") return { endpoint: { address: "*", port, zone }, numeric: true, cut: false };
  const address = canonicalAddress(host);
  if (address !== null) return { endpoint: { address: texts.share(address), port, zone: zone === null ? null : texts.share(zone) }, numeric: true, cut: false };
  if (host.includes(":")) {
    // A long IPv6 address, cut to fit the column.
    return /^[0-9a-fA-F:]{2,39}$/.test(host) ? { endpoint: { address: texts.share(host), port, zone }, numeric: false, cut: true } : null;
  }
  // Figures alone are an address of BSD's old short form (`10.0.0/24`), or no address at all.
  if (!/^[A-Za-z0-9_][\w.-]*$/.test(host) || !/[A-Za-z]/.test(host)) return null;
  return { endpoint: { address: texts.share(host), port, zone }, numeric: false, cut: host.charCodeAt(host.length - 1) === DOT };
}

/** Number, 0 for `*`, null for a name that is not known (or is cut), undefined when it cannot be a port. */
function readPort(text: string): number | null | undefined {
  if (text === "*") return 0;
  if (/^\d{1,5}$/.test(text)) {
    const port = Number(text);
    return port <= 65_535 ? port : undefined;
  }
  return /^[A-Za-z0-9][A-Za-z0-9_+*/-]*$/.test(text) && /[A-Za-z]/.test(text) ? portOfService(text) : undefined;
}
