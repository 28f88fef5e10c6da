import type { Endpoint } from "../../model/endpoint";
import type { Socket, SocketOwner } from "../../model/socket";
import { isCount } from "./columns";
import { DottedEndpointReader } from "./dotted-endpoint";
import { TextPool } from "./own-text";
import type { LineReader, SnapshotDraft, SocketDraft } from "./snapshot-draft";
import { draftSocket } from "./snapshot-draft";
import { tcpStateOf, tcpStateOfCut } from "./state-names";

const FORMAT = "netstat-solaris";
const UDP_STATES = new Set(["idle", "unbound", "connected", "unknown"]);
/** A row of UNIX-domain sockets: address, type, vnode. */
const UNIX_ROW = /^(?:0x)?[0-9a-f]{8,16}\s+(?:stream-ord|stream|dgram|seqpacket)\b/;

/**
 * Reads `netstat -a` of Solaris and illumos, whose sections name the protocol and whose rows do not: `Local Remote [User Pid Command] Swind
 * Send-Q Rwind Recv-Q State [If]`, the port behind the last dot. Swind and Rwind are windows and left out. For LISTEN the queues are not
 * the accept queue's (that is in kstat and `tcpListenDrop`), so both are unknown. `-u` prints a socket once for each process that holds it.
 * Sources: netstat(8) of illumos and netstat(1M) of Oracle Solaris 11.
 */
export class NetstatSolarisReader implements LineReader {
  readonly format = FORMAT;
  readonly #draft: SnapshotDraft;
  readonly #endpoints = new DottedEndpointReader();
  readonly #texts = new TextPool();
  #section: Socket["protocol"] | null = null;
  #inUnixTable = false;
  #ownersPrinted = false;
  #last: SocketDraft | null = null;
  #lastLine = 0;

  constructor(draft: SnapshotDraft) {
    this.#draft = draft;
  }

  read(line: string): boolean {
    const words = line.trim().split(/\s+/, 24);
    const first = words[0] ?? "";
    if (words.length < 2 || !first.includes(".")) return this.#readOther(line);
    const local = this.#endpoints.read(first);
    if (local === null) return this.#readOther(line);
    return this.#readTcp(words, local) || this.#readUdp(words, local);
  }

  finish(): void {
    const cut = this.#endpoints.cutAddresses;
    if (cut > 0) this.#draft.missing.push({ what: `${cut} addresses in full`, why: "netstat cut them off to fit its column", remedy: "run netstat again with -n" });
  }

  #readTcp(words: readonly string[], local: Endpoint): boolean {
    if (words.length < 7) return false;
    const remote = this.#endpoints.read(words[1] ?? "");
    if (remote === null) return false;
    // The state is last, or the interface behind it is.
    for (const at of [words.length - 1, words.length - 2]) {
      const streams = /^\d+\/\d+$/.test(words[at - 1] ?? "");
      const numbers = streams ? at - 5 : at - 4;
      if (numbers < 2 || ![0, 1, 2, 3].every((offset) => isCount(words[numbers + offset]))) continue;
      const state = readState(words[at] ?? "", at === words.length - 1);
      if (state === undefined && !streams) continue;
      const zone = at === words.length - 2 ? (words[at + 1] ?? null) : null;
      const listening = state === "LISTEN";
      const socket = draftSocket(
        streams ? "sctp" : (this.#section ?? "tcp"), state ?? null, scoped(local, zone), scoped(remote, zone),
        listening ? null : Number(words[numbers + 3]), listening ? null : Number(words[numbers + 1]),
      );
      this.#add(socket, words.slice(2, numbers));
      return true;
    }
    return false;
  }

  /** `*.111   Idle`, with a remote end only where the socket is connected. */
  #readUdp(words: readonly string[], local: Endpoint): boolean {
    for (const at of [words.length - 1, words.length - 2]) {
      if (at < 1 || !UDP_STATES.has((words[at] ?? "").toLowerCase())) continue;
      const remote = at >= 2 ? this.#endpoints.read(words[1] ?? "") : null;
      const owner = words.slice(remote === null ? 1 : 2, at);
      if (owner.length !== 0 && (owner.length < 2 || !isCount(owner[1]))) continue;
      const zone = at === words.length - 2 ? (words[at + 1] ?? null) : null;
      this.#add(draftSocket("udp", null, scoped(local, zone), remote === null ? { address: "*", port: 0, zone: null } : scoped(remote, zone), null, null), owner);
      return true;
    }
    return false;
  }

  /** @param owner `user pid command` of `-u`, or nothing. */
  #add(socket: SocketDraft, owner: readonly string[]): void {
    const table = this.#draft.table(FORMAT);
    if (this.#ownersPrinted) table.ownersAsked = true;
    const held = this.#readOwner(owner);
    if (held !== null) {
      table.ownersAsked = true;
      const last = this.#last;
      if (last !== null && this.#lastLine === this.#draft.lineNumber - 1 && last.owners.length > 0 && sameSocket(last, socket) && !last.owners.some((owner) => owner.pid === held.pid)) {
        last.owners = [...last.owners, held];
        this.#lastLine = this.#draft.lineNumber;
        this.#draft.addRow(FORMAT);
        return;
      }
      socket.owners = [held];
      socket.ownership = "owned";
    }
    this.#draft.sockets.push(socket);
    this.#draft.addRow(FORMAT);
    this.#last = socket;
    this.#lastLine = this.#draft.lineNumber;
  }

  #readOwner(words: readonly string[]): SocketOwner | null {
    const pid = words[1];
    if (pid === undefined || !isCount(pid)) return null;
    const name = words.slice(2).join(" ");
    return { pid: Number(pid), process: name === "" ? null : this.#texts.share(name), fd: null };
  }

  #readOther(line: string): boolean {
    const section = /^(TCP|UDP|SCTP)(?::(?:\s+IPv[46])?)?\s*$/.exec(line);
    if (section !== null) {
      this.#draft.endTable();
      this.#section = section[1] === "UDP" ? "udp" : section[1] === "SCTP" ? "sctp" : "tcp";
      this.#inUnixTable = false;
      return true;
    }
    if (/^\s*Local Address\s+Remote Address\b/.test(line)) {
      this.#draft.endTable();
      this.#ownersPrinted = /\bPid\b/.test(line);
      return true;
    }
    if (/^\s*-{6,}(?:\s+-{2,})+\s*$/.test(line)) return this.#section !== null || this.#last !== null || this.#inUnixTable;
    if (/^(?:Address|User)\s+.*\b(?:Type|Vnode)\b/.test(line) && /\b(?:Vnode|Conn)\b/.test(line) && !/Recv-Q/.test(line)) {
      this.#inUnixTable = true;
      return true;
    }
    return this.#inUnixTable && UNIX_ROW.test(line);
  }
}

/** A socket that is bound, or not even that, and not connected: CLOSED in RFC 9293's words. */
function readState(word: string, last: boolean): Socket["state"] | undefined {
  const known = tcpStateOf(word);
  if (known !== undefined) return known;
  if (/^(?:IDLE|BOUND|UNBOUND)$/i.test(word)) return "CLOSED";
  return last ? tcpStateOfCut(word) : undefined;
}

/** The interface column belongs to link-local addresses. */
function scoped(endpoint: Endpoint, zone: string | null): Endpoint {
  return zone !== null && endpoint.zone === null && /^fe[89ab]/i.test(endpoint.address) ? { ...endpoint, zone } : endpoint;
}

function sameSocket(one: Socket, other: Socket): boolean {
  return one.protocol === other.protocol && one.state === other.state && one.local.address === other.local.address && one.local.port === other.local.port
    && one.remote.address === other.remote.address && one.remote.port === other.remote.port;
}
