import { formatIpv4, formatIpv6, readIpv4, readIpv6 } from "../../observe/sockets/ip-address";

/** What a word names: words of one sort are told apart, words of two sorts never share a pseudonym. */
export type Sort = "host" | "process" | "service" | "path" | "unit" | "interface" | "namespace" | "user" | "file" | "function" | "capture" | "rule" | "word";

/** Folders and slices that every system has: they say nothing of whose it is. */
const PUBLIC_SEGMENTS = new Set([
  "", ".", "..", "bin", "sbin", "usr", "lib", "lib64", "libexec", "local", "opt", "var", "etc", "proc", "run", "srv", "tmp", "root", "home", "app", "src", "dev", "sys", "share", "log", "www",
  "system.slice", "user.slice", "machine.slice", "init.scope", "docker", "kubepods", "kubepods.slice", "libpod", "lxc", "unified",
]);
const PUBLIC_INTERFACE = /^(?:lo|eth|en[ops]|ens|eno|enp|wlan|docker|br|veth|tun|tap|bond|cni|flannel|cali|utun|awdl|bridge)[\d.a-z]{0,4}$/;

/**
 * Consistent stand-ins: the same word gets the same one everywhere, and nothing leads back from it. What addresses tell about structure is
 * kept: loopback and wildcards as they are, private stays private, neighbours of one /24 (IPv4) or /64 (IPv6) stay neighbours.
 */
export class Pseudonyms {
  readonly #given = new Map<string, string>();
  readonly #counts = new Map<string, number>();
  readonly #addresses = new Map<string, string>();
  /** Original words with their stand-ins, for free text. Longest first is the reader's business. */
  readonly words = new Map<string, string>();

  name(sort: Sort, word: string): string {
    if (word === "") return "";
    const key = `${sort} ${word}`;
    let given = this.#given.get(key);
    if (given === undefined) {
      given = `${sort}-${this.#next(sort)}`;
      this.#given.set(key, given);
      this.#remember(word, given);
    }
    return given;
  }

  /** An address, or the name that a tool printed in its place. */
  address(text: string): string {
    const known = this.#addresses.get(text);
    if (known !== undefined) return known;
    const given = this.#newAddress(text);
    this.#addresses.set(text, given);
    if (given !== text) this.#remember(text, given);
    return given;
  }

  interface(zone: string): string {
    return PUBLIC_INTERFACE.test(zone) ? zone : this.name("interface", zone);
  }

  /** Path, cgroup or module: part by part, so that what lies together stays together. Extensions (`.py`, `.service`) are kept. */
  path(text: string, sort: Sort, separator = "/"): string {
    return text.split(separator).map((part) => this.#segment(part, sort)).join(separator);
  }

  #segment(part: string, sort: Sort): string {
    if (PUBLIC_SEGMENTS.has(part)) return part;
    const extension = /\.(?:service|slice|scope|socket|mount|swap|[a-z][a-z0-9]{0,4})$/i.exec(part)?.[0] ?? "";
    const stem = part.slice(0, part.length - extension.length);
    if (stem === "") return part;
    return `${this.name(sort, stem)}${extension}`;
  }

  #newAddress(text: string): string {
    if (text === "" || text === "*" || text === "::" || text === "0.0.0.0" || text === "localhost") return text;
    const v4 = readIpv4(text);
    if (v4 !== null) return this.#newIpv4(v4);
    const v6 = text.includes(":") ? readIpv6(text) : null;
    if (v6 !== null) return this.#newIpv6(v6);
    return this.name("host", text.toLowerCase());
  }

  #newIpv4(bits: number): string {
    const first = bits >>> 24;
    if (first === 127) return formatIpv4(bits);
    const second = (bits >>> 16) & 255;
    const prefix = bits >>> 8;
    // Sorts of address by RFC 6890; what stands in for them is documentation or benchmarking space (RFC 5737, RFC 2544), or private again.
    const [sort, base, networks] =
      first === 10 || (first === 172 && second >= 16 && second < 32) || (first === 192 && second === 168) ? ["private", 10 << 24, 65_536] as const
        : first === 169 && second === 254 ? ["link", ((169 << 24) | (254 << 16)) >>> 0, 256] as const
          : first >= 224 ? ["multicast", ((233 << 24) | (252 << 16)) >>> 0, 256] as const
            : ["public", ((198 << 24) | (18 << 16)) >>> 0, 512] as const;
    const network = this.#number(`${sort} network`, String(prefix)) % networks;
    const host = this.#number(`${sort} network ${prefix}`, String(bits)) % 254;
    return formatIpv4((base + network * 256 + host + 1) >>> 0);
  }

  #newIpv6(groups: readonly number[]): string {
    if (groups.slice(0, 7).every((group) => group === 0) && groups[7] === 1) return "::1";
    const first = groups[0] ?? 0;
    const [sort, base] = (first & 0xffc0) === 0xfe80 ? ["link6", [0xfe80, 0]] as const
      : (first & 0xfe00) === 0xfc00 ? ["unique6", [0xfd00, 0]] as const
        : (first & 0xff00) === 0xff00 ? ["multicast6", [0xff0e, 0xdb8]] as const
          : ["public6", [0x2001, 0xdb8]] as const;
    const prefix = groups.slice(0, 4).join(":");
    const network = sort === "link6" ? 0 : this.#number(`${sort} network`, prefix) + 1;
    const host = this.#number(`${sort} network ${prefix}`, groups.join(":")) + 1;
    return formatIpv6([base[0], base[1], (network >>> 16) & 0xffff, network & 0xffff, 0, 0, (host >>> 16) & 0xffff, host & 0xffff]);
  }

  /** From 0, by first appearance. */
  #number(among: string, word: string): number {
    const key = `${among}\0${word}`;
    const known = this.#given.get(key);
    if (known !== undefined) return Number(known);
    const number = this.#next(among) - 1;
    this.#given.set(key, String(number));
    return number;
  }

  #next(among: string): number {
    const number = (this.#counts.get(among) ?? 0) + 1;
    this.#counts.set(among, number);
    return number;
  }

  #remember(word: string, given: string): void {
    if (!this.words.has(word)) this.words.set(word, given);
  }
}
