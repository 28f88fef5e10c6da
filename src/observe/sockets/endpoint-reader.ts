import type { Endpoint } from "../../model/endpoint";
import { formatIpv4, formatIpv6, readIpv4, readIpv6 } from "./ip-address";
import { ownText, TextPool } from "./own-text";
import { portOfService } from "./service-ports";

const ZERO = 48;
const NINE = 57;
const DOT = 46;
const COLON = 58;
const STAR = 42;
const OPEN = 91;
const SLOTS = 8192;

interface ReadAddress {
  readonly address: string;
  readonly zone: string | null;
  /** False for a name, or an IPv6 address that the tool cut off. */
  readonly numeric: boolean;
  readonly cut: boolean;
}

/**
 * Reads `address:port` as ss, net-tools and BusyBox print it into the model's canonical Endpoint. Endpoints that repeat are shared: a
 * capture of a million connections to one database holds that database's endpoint once.
 */
export class EndpointReader {
  /** IPv6 addresses that the tool cut off to fit its column. */
  cutAddresses = 0;
  /** Whether the last endpoint read was an address in figures (and not a name). */
  numeric = true;

  readonly #v4 = new Map<number, string>();
  readonly #addresses = new Map<string, ReadAddress>();
  readonly #slots: (Endpoint | undefined)[] = new Array<Endpoint | undefined>(SLOTS).fill(undefined);
  readonly #slotBits = new Int32Array(SLOTS);
  readonly #slotPorts = new Int32Array(SLOTS).fill(-1);
  readonly #names = new TextPool();

  /** The endpoint at `[start, end)` of the line, or null when this is no `address:port`. */
  read(line: string, start: number, end: number): Endpoint | null {
    const first = line.charCodeAt(start);
    if (first >= ZERO && first <= NINE) {
      const quick = this.#readV4(line, start, end, end);
      if (quick !== null) return quick;
    } else if (first === OPEN) {
      if (line.startsWith("[::ffff:", start)) {
        const close = line.indexOf("]", start);
        if (close !== -1 && close < end) {
          const quick = this.#readV4(line, start + 8, close, end);
          if (quick !== null) return quick;
        }
      }
    } else if (first === COLON && line.startsWith("::ffff:", start)) {
      const quick = this.#readV4(line, start + 7, end, end);
      if (quick !== null) return quick;
    }
    return this.#readAny(line.slice(start, end));
  }

  /** An endpoint of a known IPv4 address in 32 bits. */
  ofV4(bits: number, port: number): Endpoint {
    const slot = (Math.imul(bits, 0x9e3779b1) ^ Math.imul(port, 0x85ebca6b)) >>> 19;
    const known = this.#slots[slot];
    if (known !== undefined && this.#slotBits[slot] === bits && this.#slotPorts[slot] === port) return known;
    let address = this.#v4.get(bits);
    if (address === undefined) {
      address = formatIpv4(bits);
      if (this.#v4.size > 500_000) this.#v4.clear();
      this.#v4.set(bits, address);
    }
    const endpoint: Endpoint = { address, port, zone: null };
    this.#slots[slot] = endpoint;
    this.#slotBits[slot] = bits;
    this.#slotPorts[slot] = port;
    return endpoint;
  }

  /** `a.b.c.d` up to `addressEnd` (or to the colon), then the port up to `end`; null when it is anything else. */
  #readV4(line: string, start: number, addressEnd: number, end: number): Endpoint | null {
    let bits = 0;
    let octet = 0;
    let digits = 0;
    let dots = 0;
    let position = start;
    for (; position < addressEnd; position += 1) {
      const code = line.charCodeAt(position);
      if (code >= ZERO && code <= NINE) {
        octet = octet * 10 + code - ZERO;
        digits += 1;
      } else if (code === DOT) {
        if (digits === 0 || octet > 255) return null;
        bits = (bits << 8) | octet;
        octet = 0;
        digits = 0;
        dots += 1;
      } else break;
    }
    if (dots !== 3 || digits === 0 || digits > 3 || octet > 255) return null;
    bits = (bits << 8) | octet;
    if (line.charCodeAt(position) === 93) position += 1;
    if (line.charCodeAt(position) !== COLON) return null;
    position += 1;
    if (position >= end) return null;
    this.numeric = true;
    if (line.charCodeAt(position) === STAR && position + 1 === end) return this.ofV4(bits, 0);
    let port = 0;
    for (; position < end; position += 1) {
      const code = line.charCodeAt(position);
      if (code < ZERO || code > NINE) return null;
      port = port * 10 + code - ZERO;
    }
    return port > 65_535 ? null : this.ofV4(bits, port);
  }

  #readAny(text: string): Endpoint | null {
    const colon = text.lastIndexOf(":");
    if (colon === -1 || (colon === 0 && text.length < 2)) return null;
    const address = this.#readAddress(text.slice(0, colon));
    if (address === null) return null;
    const port = readPort(text.slice(colon + 1), address.cut);
    if (port === undefined) return null;
    if (address.cut) this.cutAddresses += 1;
    this.numeric = address.numeric;
    return { address: address.address, port, zone: address.zone };
  }

  #readAddress(text: string): ReadAddress | null {
    const known = this.#addresses.get(text);
    if (known !== undefined) return known;
    const read = readAddress(text);
    if (read === null) return null;
    const own = { ...read, address: this.#names.share(read.address), zone: read.zone === null ? null : this.#names.share(read.zone) };
    if (this.#addresses.size > 200_000) this.#addresses.clear();
    this.#addresses.set(ownText(text), own);
    return own;
  }
}

/** Number, 0 for `*`, null for a name that is not known or a port that was cut off, undefined when it cannot be a port. */
function readPort(text: string, addressCut: boolean): number | null | undefined {
  if (text === "*") return 0;
  if (text === "") return addressCut ? null : undefined;
  // `2001:db8::a.443` is BSD's: an address that is not cut, with its port behind a dot.
  if (addressCut && text.includes(".")) return undefined;
  if (/^\d+$/.test(text)) {
    // A cut address may take the port with it: what stands after the last colon is then a group of the address.
    if (addressCut && text.length > 1 && text.startsWith("0")) return null;
    const port = Number(text);
    return port <= 65_535 ? port : undefined;
  }
  if (addressCut && /^[0-9a-fA-F]{1,4}$/.test(text)) return null;
  if (!/^[A-Za-z][A-Za-z0-9_.+*/-]*$/.test(text) && !/^[0-9]+[A-Za-z_-][A-Za-z0-9_.+-]*$/.test(text)) return undefined;
  return portOfService(text);
}

function readAddress(printed: string): ReadAddress | null {
  let text = printed;
  let zone: string | null = null;
  const percent = text.indexOf("%");
  if (percent !== -1) {
    zone = text.slice(percent + 1);
    text = text.slice(0, percent);
    // Both `[fe80::1]%eth0` and `[fe80::1%eth0]` are met.
    if (zone.endsWith("]")) {
      zone = zone.slice(0, -1);
      text = `${text}]`;
    }
    if (zone === "" || text === "") return null;
  }
  if (text.startsWith("[")) {
    if (!text.endsWith("]")) return null;
    text = text.slice(1, -1);
    if (!text.includes(":") && text !== "*") return null;
  }
  if (text === "*") return { address: "*", zone, numeric: true, cut: false };
  if (text.includes(":")) {
    const groups = readIpv6(text);
    if (groups !== null) return { address: formatIpv6(groups), zone, numeric: true, cut: false };
    // net-tools cuts a long IPv6 address to fit its column: what is left is kept as it stands.
    return /^[0-9a-fA-F:.]{3,}$/.test(text) ? { address: text, zone, numeric: false, cut: true } : null;
  }
  const bits = readIpv4(text);
  if (bits !== null) return { address: formatIpv4(bits), zone, numeric: true, cut: false };
  return /^[A-Za-z0-9_](?:[A-Za-z0-9_.-]*)$/.test(text) && /[A-Za-z]/.test(text) ? { address: text, zone, numeric: false, cut: false } : null;
}
