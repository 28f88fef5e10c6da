import type { Endpoint } from "../../model/endpoint";
import type { Socket } from "../../model/socket";
import { isCount } from "./columns";
import type { EndpointReader } from "./endpoint-reader";
import { TextPool } from "./own-text";
import type { SnapshotDraft, SocketDraft, SocketTable } from "./snapshot-draft";
import { draftSocket } from "./snapshot-draft";
import { tcpStateOf } from "./state-names";

/** One open file as lsof tells it, in whichever of its forms. `null`: not printed. */
export interface LsofFile {
  readonly pid: number;
  /** As printed, which may be cut to the column. */
  readonly command: string | null;
  readonly parentPid: number | null;
  readonly uid: number | null;
  /** `12`, `cwd`, `txt`; null where the selected fields leave it out. */
  readonly fd: string | null;
  /** `IPv4`, `IPv6`, `sock`, `REG`, ... */
  readonly type: string | null;
  /** The DEVICE column: for an Internet socket its inode on Linux, an address of the kernel on BSD, macOS and Solaris. */
  readonly device: string | null;
  readonly inode: number | null;
  /** `TCP`, `UDP`, ... */
  readonly protocol: string | null;
  readonly name: string;
  readonly state: string | null;
  readonly recvQueue: number | null;
  readonly sendQueue: number | null;
}

const PROTOCOLS: ReadonlyMap<string, Socket["protocol"]> = new Map<string, Socket["protocol"]>([
  ["TCP", "tcp"], ["TCP6", "tcp"], ["UDP", "udp"], ["UDP6", "udp"], ["UDPLITE", "udp"], ["SCTP", "sctp"], ["RAW", "other"], ["ICMP", "other"], ["ICMPV6", "other"], ["ICMP6", "other"],
]);

/**
 * What a socket descriptor is called whose socket stands in no table of the namespace that lsof looked at: `protocol: TCP` since 4.85,
 * `can't identify protocol` before (dialects/linux/dsock.c); `no PCB` where BSD's kernel has dropped the connection's control block.
 */
const IN_NO_TABLE = /^(?:can't identify protocol|protocol: (?:TCP|TCPv6|MPTCP|MPTCPv6)\s*$|no PCB\b)/;

/**
 * Puts lsof's open files into the draft: sockets with their owners, processes with what their files say of them. A socket that several
 * descriptors share (fork, dup) is one socket with several owners; rows that a thread repeats are one descriptor.
 */
export class LsofFiles {
  readonly #format: string;
  readonly #draft: SnapshotDraft;
  readonly #endpoints: EndpointReader;
  readonly #texts = new TextPool();
  #table: SocketTable | null = null;
  /** Descriptors of the current listing, `pid fd`. */
  readonly #seen = new Set<string>();
  /** Sockets of the current listing by what lsof says they are. */
  readonly #byDevice = new Map<string, SocketDraft>();
  readonly #dead = new Set<number>();
  readonly #deadSeen = new Set<string>();
  readonly #refused = new Set<number>();
  #sockets = 0;

  constructor(format: string, draft: SnapshotDraft, endpoints: EndpointReader) {
    this.#format = format;
    this.#draft = draft;
    this.#endpoints = endpoints;
  }

  /** False when the file is an Internet socket whose name makes no sense: its line is then not understood. */
  add(file: LsofFile): boolean {
    const inet = file.protocol !== null && (file.type === null || /^(?:IPv[46]|inet|inet6)$/i.test(file.type));
    let ends: readonly [Endpoint, Endpoint] | null = null;
    if (inet && !IN_NO_TABLE.test(file.name)) {
      ends = this.#ends(file.name);
      if (ends === null) return false;
    }
    const table = this.#draft.table(this.#format);
    if (table !== this.#table) {
      this.#table = table;
      this.#seen.clear();
      this.#byDevice.clear();
    }
    const process = this.#draft.processes.of(file.pid, file.command === null ? null : this.#texts.share(file.command));
    process.parentPid ??= file.parentPid;
    process.uid ??= file.uid;
    if (/permission denied/i.test(file.name)) {
      this.#refused.add(file.pid);
      return true;
    }
    if (file.fd === "cwd" && file.type === "DIR") process.cwd ??= this.#texts.share(file.name);
    if (file.fd === "txt" && file.type !== "unknown" && file.name.startsWith("/")) process.exe ??= this.#texts.share(file.name);
    const fd = file.fd !== null && isCount(file.fd) ? Number(file.fd) : null;
    if (fd !== null || file.device !== null) {
      const descriptor = `${file.pid} ${fd ?? "?"} ${fd === null ? file.device : ""}`;
      if (this.#seen.has(descriptor)) return true;
      this.#seen.add(descriptor);
    }
    if (ends !== null) this.#addSocket(file, fd, ends);
    else if (IN_NO_TABLE.test(file.name) && (file.type === "sock" || inet)) {
      this.#dead.add(file.pid);
      const inode = file.inode ?? numberOf(file.device) ?? fd ?? process.deadSocketInodes.length;
      if (!this.#deadSeen.has(`${file.pid} ${inode}`)) {
        this.#deadSeen.add(`${file.pid} ${inode}`);
        process.deadSocketInodes.push(inode);
      }
    }
    return true;
  }

  /** Whether this can be the name of an Internet socket. */
  understands(name: string): boolean {
    return IN_NO_TABLE.test(name) || this.#ends(name) !== null;
  }

  finish(): void {
    const { missing } = this.#draft;
    if (this.#dead.size > 0) {
      missing.push({
        what: "where the held sockets without a connection belong",
        why: "lsof lists descriptors whose socket is in no table (\"protocol: TCP\", \"can't identify protocol\"): sockets that died and are still held look so, and so do those of another network namespace",
        remedy: "look at the host itself (leakline scan), or run lsof inside the process's own network namespace (nsenter -t PID -n)",
      });
    }
    if (this.#refused.size > 0) {
      missing.push({ what: `the descriptors of ${this.#refused.size} processes`, why: "lsof was not allowed to read them", remedy: "run lsof again as root" });
    }
    if (this.#sockets > 0 && [...this.#draft.rows.keys()].every((format) => format.startsWith("lsof"))) {
      missing.push({
        what: "the sockets that no process holds",
        why: "lsof lists the descriptors of processes: what was never accepted, or is in TIME_WAIT, has none",
        remedy: "capture ss -tanpoie as root as well",
      });
    }
  }

  #addSocket(file: LsofFile, fd: number | null, [local, remote]: readonly [Endpoint, Endpoint]): void {
    const protocol = PROTOCOLS.get((file.protocol ?? "").toUpperCase()) ?? "other";
    const owner = { pid: file.pid, process: file.command === null ? null : this.#texts.share(file.command), fd };
    const known = file.device === null ? undefined : this.#byDevice.get(file.device);
    if (known !== undefined && known.local.port === local.port && known.remote.port === remote.port) {
      known.owners = [...known.owners, owner];
      return;
    }
    const word = file.state ?? "";
    const state = protocol !== "tcp" ? null : (tcpStateOf(word) ?? (/^(?:IDLE|BOUND|UNBOUND)$/.test(word) ? "CLOSED" : null));
    const socket = draftSocket(protocol, state, file.type === "IPv4" ? ofV4(local) : local, file.type === "IPv4" ? ofV4(remote) : remote, file.recvQueue, state === "LISTEN" ? null : file.sendQueue);
    socket.owners = [owner];
    socket.ownership = "owned";
    socket.uid = file.uid;
    // On Linux the DEVICE column of a socket is its inode.
    if (file.device !== null && isCount(file.device)) socket.inode = Number(file.device);
    this.#draft.sockets.push(socket);
    if (file.device !== null && file.device !== "0" && file.device !== "0x0") this.#byDevice.set(this.#texts.share(file.device), socket);
    const table = this.#draft.table(this.#format);
    table.ownersAsked = true;
    this.#sockets += 1;
  }

  /** `*:22`, `10.0.0.1:22->10.0.0.2:5000`, `[::1]:80`, `host:service`. */
  #ends(name: string): readonly [Endpoint, Endpoint] | null {
    const arrow = name.indexOf("->");
    const near = arrow === -1 ? name : name.slice(0, arrow);
    const local = this.#endpoints.read(near, 0, near.length);
    if (local === null) return null;
    if (arrow === -1) return [local, { address: "*", port: 0, zone: null }];
    const remote = this.#endpoints.read(name, arrow + 2, name.length);
    return remote === null ? null : [local, remote];
  }
}

/** lsof prints `*` for the wildcard of either family; of IPv6 it does not tell whether IPv4 is meant too, which `*` stands for. */
function ofV4(endpoint: Endpoint): Endpoint {
  return endpoint.address === "*" ? { ...endpoint, address: "0.0.0.0" } : endpoint;
}

/** A kernel's address as a number where one can hold it, to tell one socket from another. */
function numberOf(device: string | null): number | null {
  if (device === null || !/^(?:0x[0-9a-f]+|\d+)$/i.test(device)) return null;
  const number = Number(device);
  return Number.isSafeInteger(number) && number > 0 ? number : null;
}

/** lsof escapes what is not printable, and blanks, as `\x20`; `^A` for control characters (lib/misc.c, safestrprt). */
export function unescapeCommand(printed: string): string {
  return printed.replace(/\\x([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

/** `LISTEN QR=0 QS=0 SO=...` between the brackets behind a name, or the `T` fields of -F. */
export function readLsofStates(text: string): { state: string | null; recvQueue: number | null; sendQueue: number | null } {
  let state: string | null = null;
  let recvQueue: number | null = null;
  let sendQueue: number | null = null;
  for (const word of text.split(/[\s,]+/)) {
    const [key = "", value] = word.split("=", 2);
    if (value === undefined) state ??= /^[A-Z][A-Z_0-9]*$/.test(key) ? key : null;
    else if (key === "ST") state = value;
    else if (key === "QR" && isCount(value)) recvQueue = Number(value);
    else if (key === "QS" && isCount(value)) sendQueue = Number(value);
  }
  return { state, recvQueue, sendQueue };
}
