import type { LineReader, SnapshotDraft } from "./snapshot-draft";

/**
 * Reads /proc/net/netstat and /proc/net/snmp: pairs of lines with one prefix, names and then values. Columns differ between kernels, so they
 * are joined by name; a counter is called as nstat(8) calls it (`TcpExtListenDrops`). `nstat -az` itself is read too.
 */
export class KernelCounterReader implements LineReader {
  readonly format = "proc-net-netstat";
  readonly #draft: SnapshotDraft;
  #prefix = "";
  #names: readonly string[] = [];

  constructor(draft: SnapshotDraft) {
    this.#draft = draft;
  }

  read(line: string): boolean {
    const pair = /^([A-Z][A-Za-z0-9]*): (\S.*?)\s*$/.exec(line);
    if (pair !== null) {
      const [, prefix = "", rest = ""] = pair;
      const words = rest.split(/\s+/);
      if (words.every((word) => /^[A-Za-z][A-Za-z0-9_]*$/.test(word)) && PREFIXES.has(prefix)) {
        this.#prefix = prefix;
        this.#names = words;
        return true;
      }
      if (prefix !== this.#prefix || !words.every((word) => /^-?\d+$/.test(word))) return false;
      for (const [index, name] of this.#names.entries()) {
        const value = words[index];
        if (value !== undefined) this.#draft.counters[prefix + name] = Number(value);
      }
      this.#prefix = "";
      this.#draft.addRow(this.format);
      return true;
    }
    if (/^#kernel\s*$/.test(line)) return true;
    const nstat = /^((?:Tcp|TcpExt|Ip|IpExt|Udp|Icmp|MPTcpExt|UdpLite|Ip6|Udp6|Icmp6)[A-Z][A-Za-z0-9]*)\s+(\d+)\s+[\d.]+\s*$/.exec(line);
    if (nstat === null) return false;
    this.#draft.counters[nstat[1] ?? ""] = Number(nstat[2]);
    this.#draft.addRow(this.format);
    return true;
  }
}

const PREFIXES = new Set(["TcpExt", "IpExt", "MPTcpExt", "Ip", "Icmp", "IcmpMsg", "Tcp", "Udp", "UdpLite"]);
