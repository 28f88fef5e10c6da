import type { Endpoint } from "../../model/endpoint";
import type { SocketTimer } from "../../model/socket";
import type { EndpointReader } from "./endpoint-reader";
import { formatIpv6, readIpv4, swap32, swapWords } from "./ip-address";
import type { LineReader, SnapshotDraft, SocketDraft } from "./snapshot-draft";
import { draftSocket } from "./snapshot-draft";
import { STATE_NUMBERS } from "./state-names";

const FORMAT = "proc-net-tcp";
const ROW = /^\s*\d+: ([0-9A-Fa-f]{8}|[0-9A-Fa-f]{32}):([0-9A-Fa-f]{4}) ([0-9A-Fa-f]{8}|[0-9A-Fa-f]{32}):([0-9A-Fa-f]{4}) ([0-9A-Fa-f]{2}) ([0-9A-Fa-f]{8,16}):([0-9A-Fa-f]{8,16}) ([0-9A-Fa-f]{2}):([0-9A-Fa-f]{8,16}) ([0-9A-Fa-f]{8,16})\s+(\d{1,15})\s+(\d{1,15})\s+(\d{1,15})(.*)$/;
/** USER_HZ, in which /proc prints times: 100 on every Linux. */
const JIFFY_MS = 10;
/** Less than one private address on each side says: a guess, and told as one. */
const CERTAIN_VOTES = 3;

/**
 * Reads /proc/net/tcp and tcp6 (and udp, udp6), from the kernel's tcp4_seq_show and tcp6_seq_show. Each 32-bit word of an address stands in
 * the byte order of the machine that printed it; which one that was is decided by which reading makes the likelier addresses.
 */
export class ProcNetTcpReader implements LineReader {
  readonly format = FORMAT;
  readonly #draft: SnapshotDraft;
  readonly #endpoints: EndpointReader;
  readonly #own: SocketDraft[] = [];
  #udp = false;
  /** Above zero: the words are little-endian (x86, arm64). */
  #littleVotes = 0;
  readonly #bigEndian: boolean | null;

  /** @param bigEndian The byte order where the target told it; null: decide by the addresses. */
  constructor(draft: SnapshotDraft, endpoints: EndpointReader, bigEndian: boolean | null = null) {
    this.#draft = draft;
    this.#endpoints = endpoints;
    this.#bigEndian = bigEndian;
  }

  read(line: string): boolean {
    const row = ROW.exec(line);
    if (row === null) return this.#readHeading(line);
    const [, localHex = "", localPort = "", remoteHex = "", remotePort = "", stateHex = "", tx = "", rx = "", timerHex = "", when = "", retransmits = "", uid = "", , inode = "", tail = ""] = row;
    if (localHex.length !== remoteHex.length) return false;
    // Behind the inode TCP prints seven figures (two for TIME_WAIT), UDP three.
    const extras = tail.trim() === "" ? 0 : tail.trim().split(/\s+/).length;
    const udp = extras === 3 || (extras === 0 && this.#udp);
    const state = udp ? null : STATE_NUMBERS[Number.parseInt(stateHex, 16)];
    if (state === undefined) return false;
    const socket = draftSocket(
      udp ? "udp" : "tcp", state, this.#endpoint(localHex, localPort), this.#endpoint(remoteHex, remotePort), Number.parseInt(rx, 16),
      state === "LISTEN" ? null : Number.parseInt(tx, 16),
    );
    socket.uid = Number(uid);
    socket.inode = Number(inode);
    socket.timer = udp ? null : readProcTimer(Number.parseInt(timerHex, 16), Number.parseInt(when, 16), Number.parseInt(retransmits, 16));
    this.#draft.table(FORMAT).uidsPrinted = true;
    this.#draft.sockets.push(socket);
    this.#draft.addRow(FORMAT);
    this.#own.push(socket);
    return true;
  }

  finish(): void {
    // A few private addresses decide it; with nothing but wildcards, or likelihoods that cancel out, it is the usual machine's order that is assumed.
    if (this.#bigEndian === null && Math.abs(this.#littleVotes) < CERTAIN_VOTES && this.#own.some((socket) => socket.remote.port !== 0)) {
      this.#draft.missing.push({
        what: "the byte order of the addresses of /proc/net/tcp",
        why: `they read about as well either way; ${this.#littleVotes < 0 ? "big-endian (s390x, and some others)" : "little-endian (x86, arm64)"} is assumed`,
        remedy: "if the addresses look reversed, capture with ss or netstat instead, which print them in full",
      });
    }
    if (!(this.#bigEndian ?? this.#littleVotes < 0)) return;
    for (const socket of this.#own) {
      socket.local = swapped(socket.local);
      socket.remote = swapped(socket.remote);
    }
  }

  #readHeading(line: string): boolean {
    if (!/^\s*sl\s+local_address\s+(?:rem_address|remote_address)\s+st\s/.test(line)) return false;
    this.#draft.endTable();
    this.#udp = /\bdrops\b/.test(line);
    return true;
  }

  #endpoint(hex: string, portHex: string): Endpoint {
    const port = Number.parseInt(portHex, 16);
    if (hex.length === 8) {
      const word = Number.parseInt(hex, 16);
      this.#littleVotes += likelihoodV4(swap32(word)) - likelihoodV4(word);
      return this.#endpoints.ofV4(swap32(word) | 0, port);
    }
    const words = [0, 8, 16, 24].map((at) => Number.parseInt(hex.slice(at, at + 8), 16));
    const little = words.map(swap32);
    this.#littleVotes += likelihoodV6(little) - likelihoodV6(words);
    const address = formatIpv6(little.flatMap((word) => [word >>> 16, word & 0xffff]));
    const v4 = address.includes(":") ? null : readIpv4(address);
    return v4 === null ? { address, port, zone: null } : this.#endpoints.ofV4(v4 | 0, port);
  }
}

function swapped(endpoint: Endpoint): Endpoint {
  return { ...endpoint, address: swapWords(endpoint.address) };
}

/** How likely a host has this address: private and loopback ranges often, multicast and reserved never. */
function likelihoodV4(bits: number): number {
  const a = bits >>> 24;
  const b = (bits >>> 16) & 255;
  if (bits === 0) return 0;
  if (a === 127) return (bits & 0xffffff) === 1 || (bits & 0xffff) === 0x35 ? 8 : 3;
  if (a === 10 || (a === 192 && b === 168) || (a === 172 && b >= 16 && b < 32)) return 4;
  if ((a === 100 && b >= 64 && b < 128) || (a === 169 && b === 254)) return 2;
  if (a === 0 || a >= 224) return -4;
  // A last octet of 0 is a network, not a host.
  return (bits & 255) === 0 ? -1 : 1;
}

function likelihoodV6(words: readonly number[]): number {
  const [one = 0, two = 0, three = 0, four = 0] = words;
  if (one === 0 && two === 0) {
    if (three === 0) return four === 0 ? 0 : four === 1 ? 8 : -2;
    return three === 0xffff ? 4 + likelihoodV4(four) : -4;
  }
  const top = one >>> 16;
  if ((top & 0xffc0) === 0xfe80) return two === 0 ? 8 : 2;
  if ((top & 0xe000) === 0x2000 || (top & 0xfe00) === 0xfc00) return 4;
  return -4;
}

function readProcTimer(kind: number, when: number, retransmits: number): SocketTimer | null {
  if (kind === 0) return null;
  const names: readonly SocketTimer["kind"][] = ["unknown", "on", "keepalive", "timewait", "persist"];
  // A timer that has just run out wraps below zero.
  const expiresInMs = when > 0x7fff_ffff ? 0 : when * JIFFY_MS;
  return { kind: names[kind] ?? "unknown", expiresInMs, retransmits };
}

