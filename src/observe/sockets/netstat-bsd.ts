import type { Socket, SocketOwner } from "../../model/socket";
import { NO_OWNERS } from "../../model/socket";
import { holdsAddress, isCount } from "./columns";
import { DottedEndpointReader } from "./dotted-endpoint";
import { TextPool } from "./own-text";
import type { LineReader, SnapshotDraft } from "./snapshot-draft";
import { draftSocket } from "./snapshot-draft";
import { tcpStateOf, tcpStateOfCut } from "./state-names";

const FORMAT = "netstat-bsd";
const ROW = /^\s*(?:(?:0x)?([0-9a-f]{5,16})\s+)?(tcp|udp|udpl|sctp|icmp?|divert|ip|raw|mptcp|mp_tcp)(4|6|46|64)?\s+(\S.*)$/;
const HEADING = /^\s*(?:(?:Tcpcb|Socket|PCB\/ADDR|PCB|Address|Inpcb)\s+)?Proto\s+(?:Recv-Q|Listen|Rexmit)\b/;
const LISTEN_QUEUES = /^(\d+)\/(\d+)\/(\d+)$/;

/** Rows and headings of the tables that stand beside the Internet's: UNIX-domain sockets, kernel control and event sockets, multipath. */
const OTHER_TABLES = [
  /^Active (?:Internet|Multipath|LOCAL|UNIX|kernel|Netgraph|Local)\b/i,
  /^Registered kernel control modules/i,
  /^Current listen queue sizes \(/,
  /^(?:Address|Proto\/ID|Proto|Socket|SADR\/PCB)\s+(?:Type|Flags|unit|Recv-Q|id)\b/i,
  /^\s*id\s+flags\s+pcbcount\b/,
  /^Listen\s+Local Address/,
  /^(?:0x)?[0-9a-f]{6,16}\s+(?:stream|dgram|seqpac\w*|rdm|raw)\b/,
  /^(?:kctl|kevt|systm)\d?\s+\d+\s+\d+/,
  /^(?:unix|local)\s+\d+\/\d+\/\d+\s/,
];

/**
 * Reads `netstat -a` of macOS, FreeBSD, OpenBSD, NetBSD, and of AIX and HP-UX, which share its form: `[PCB] Proto Recv-Q Send-Q Local
 * Foreign [(state)] ...`, the port behind the last dot. Queues are bytes in the socket's buffers; a FIN counts none. For LISTEN the two
 * are those of the (empty) buffers and not the accept queue, so both are unknown, except with `-L`, which prints the queue itself as
 * `qlen/incqlen/maxqlen`. With `-T` (FreeBSD) and `-x` no state is printed, and `-T` has retransmits in place of the queues.
 * Sources: netstat(1) of each system; Apple's network_cmds and FreeBSD's usr.bin/netstat inet.c for the columns and their widths.
 */
export class NetstatBsdReader implements LineReader {
  readonly format = FORMAT;
  readonly #draft: SnapshotDraft;
  readonly #endpoints = new DottedEndpointReader();
  readonly #texts = new TextPool();
  /** The heading named a `pid` column (macOS `-v`). */
  #pidColumn = false;
  /** Inside a table of kernel control modules, whose rows are figures. */
  #inModules = false;
  /** Inside macOS's `-L`, whose rows have no protocol. */
  #inQueues = false;
  #brim = 0;

  constructor(draft: SnapshotDraft) {
    this.#draft = draft;
  }

  read(line: string): boolean {
    const row = ROW.exec(line);
    if (row === null) return this.#readOther(line);
    const [, pcb, proto = "", , rest = ""] = row;
    const words = rest.trimEnd().split(/\s+/, 24);
    const [one = "", two = "", three = ""] = words;
    const protocol = protocolOf(proto);

    const queued = LISTEN_QUEUES.exec(one);
    if (queued !== null && words.length === 2) return this.#addListener(protocol, queued, two);
    if (!isCount(one) || !isCount(two)) return false;
    // FreeBSD -T: retransmits, out of order, zero windows.
    const counters = isCount(three) ? 3 : 2;
    const local = this.#endpoint(words[counters], pcb !== undefined);
    if (local === null) return false;
    const remote = this.#endpoint(words[counters + 1], pcb !== undefined);
    if (remote === null) return false;

    let next = counters + 2;
    let state: Socket["state"] = null;
    const word = words[next];
    if (word !== undefined && !isCount(word)) {
      const known = tcpStateOf(word) ?? (next === words.length - 1 ? tcpStateOfCut(word) : undefined);
      if (known === undefined && protocol === "tcp" && !/^[0-9a-f]{8,}$/.test(word) && !word.includes(":")) return false;
      if (known !== undefined) {
        if (protocol === "tcp" || protocol === "sctp" || protocol === "mptcp") state = known;
        next += 1;
      }
    }
    const listening = state === "LISTEN";
    const socket = draftSocket(protocol, state, local, remote, counters === 3 || listening ? null : Number(one), counters === 3 || listening ? null : Number(two));
    const table = this.#draft.table(FORMAT);
    const owners = this.#readOwner(words, next);
    if (owners !== null) {
      // macOS tells everybody who uses a socket; 0 is the kernel.
      table.ownersAsked = true;
      table.asRoot = true;
      if (owners.length > 0) {
        socket.owners = owners;
        socket.ownership = "owned";
      }
    }
    this.#draft.sockets.push(socket);
    this.#draft.addRow(FORMAT);
    this.#inModules = false;
    return true;
  }

  finish(): void {
    const cut = this.#endpoints.cutAddresses + this.#brim;
    if (cut === 0) return;
    this.#draft.missing.push({
      what: `${cut} addresses in full`,
      why: this.#brim === 0 ? "netstat cut them off to fit its column" : `netstat cuts what does not fit its column: ${this.#endpoints.cutAddresses} are cut, ${this.#brim} fill it to the brim and may be`,
      remedy: "run netstat again with -n, and with -W where it is known (macOS: -l); or use lsof -nPi, on FreeBSD sockstat -46",
    });
  }

  #endpoint(text: string | undefined, short: boolean): Socket["local"] | null {
    if (text === undefined) return null;
    const cut = this.#endpoints.cutAddresses;
    const endpoint = this.#endpoints.read(text);
    if (endpoint === null) return null;
    // The host part has room for 16 characters, with -A for 12.
    const width = text.lastIndexOf(".");
    if (this.#endpoints.cutAddresses === cut && (width === 16 || (short && width === 12)) && !(this.#endpoints.numeric && !short && !text.includes(":"))) this.#brim += 1;
    return endpoint;
  }

  /** macOS `-v`: `[rxbytes txbytes] rhiwat shiwat name:pid state options`, of old `rhiwat shiwat pid epid state options`. Null: no such column. */
  #readOwner(words: readonly string[], from: number): readonly SocketOwner[] | null {
    const count = words.length - from;
    if (count < 3) return null;
    let numbers = from;
    while (numbers < from + 6 && isCount(words[numbers])) numbers += 1;
    // The name may hold blanks, brackets and colons: it ends at the last colon before the two hexadecimal columns.
    for (const before of [4, 2]) {
      if (numbers < from + before) continue;
      for (let at = from + before; at < words.length && at < from + before + 8; at += 1) {
        const owner = /^(.*):(\d{1,10})$/.exec(words[at] ?? "");
        if (owner === null || (at + 1 < words.length && !/^(?:0x)?[0-9a-f]{4,8}$/.test(words[at + 1] ?? ""))) continue;
        const name = [...words.slice(from + before, at), owner[1] ?? ""].join(" ").trim();
        return ownedBy(Number(owner[2]), name === "" ? null : this.#texts.share(name));
      }
    }
    for (const before of [4, 6]) {
      const coded = /^(?:0x)?[0-9a-f]{4,5}$/.test(words[from + before] ?? "") && /^(?:0x)?[0-9a-f]{8}$/.test(words[from + before + 1] ?? "");
      if (numbers >= from + before && (coded || (this.#pidColumn && count === before))) return ownedBy(Number(words[from + before - 2]), null);
    }
    return null;
  }

  #addListener(protocol: Socket["protocol"], queued: RegExpExecArray, local: string): boolean {
    const endpoint = this.#endpoint(local, false);
    if (endpoint === null) return false;
    this.#draft.table(FORMAT);
    this.#draft.sockets.push(draftSocket(protocol, "LISTEN", endpoint, { address: "*", port: 0, zone: null }, Number(queued[1]), Number(queued[3])));
    this.#draft.addRow(FORMAT);
    return true;
  }

  #readOther(line: string): boolean {
    if (HEADING.test(line) && /\bLocal\b/.test(line) && !holdsAddress(line)) {
      this.#draft.endTable();
      this.#pidColumn = /\bpid\b/.test(line);
      this.#inModules = false;
      this.#inQueues = false;
      return true;
    }
    if (this.#inQueues) {
      const queue = /^\s*(\d+\/\d+\/\d+)\s+(\S+)\s*$/.exec(line);
      const sizes = queue === null ? null : LISTEN_QUEUES.exec(queue[1] ?? "");
      if (queue !== null && sizes !== null) return this.#addListener("tcp", sizes, queue[2] ?? "");
    }
    if (this.#inModules && /^\s*[0-9a-f]+\s+[0-9a-f]+\s+\d+\s+\d+\s+\d+\s+\S+/.test(line)) return true;
    if (!OTHER_TABLES.some((form) => form.test(line)) || (/^Active|^Listen|^Proto/i.test(line) && holdsAddress(line))) return false;
    this.#inModules = /pcbcount|^Registered/.test(line);
    this.#inQueues = line.startsWith("Listen") || (this.#inQueues && line.startsWith("Current"));
    return true;
  }
}

function protocolOf(word: string): Socket["protocol"] {
  if (word === "tcp") return "tcp";
  if (word === "udp" || word === "udpl") return "udp";
  if (word === "sctp") return "sctp";
  return word === "mptcp" || word === "mp_tcp" ? "mptcp" : "other";
}

function ownedBy(pid: number, process: string | null): readonly SocketOwner[] {
  return pid === 0 ? NO_OWNERS : [{ pid, process, fd: null }];
}
