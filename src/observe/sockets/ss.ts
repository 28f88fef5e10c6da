import type { Endpoint } from "../../model/endpoint";
import type { Socket, SocketOwner, SocketTimer, TcpInfo } from "../../model/socket";
import type { TcpState } from "../../model/tcp-state";
import { holdsTwoEnds } from "./columns";
import type { EndpointReader } from "./endpoint-reader";
import { ownText, TextPool } from "./own-text";
import type { LineReader, SnapshotDraft, SocketDraft } from "./snapshot-draft";
import { draftSocket } from "./snapshot-draft";
import { tcpStateOf } from "./state-names";

const FORMAT = "ss";
const TAB = 9;
const BLANK = 32;
const ZERO = 48;
const NINE = 57;

/** The Netid column (iproute2 misc/ss.c). `ignored`: families that have no address:port. */
const NETIDS: ReadonlyMap<string, Socket["protocol"] | "ignored"> = new Map<string, Socket["protocol"] | "ignored">([
  ["tcp", "tcp"], ["tcp6", "tcp"], ["udp", "udp"], ["udp6", "udp"], ["mptcp", "mptcp"], ["sctp", "sctp"], ["raw", "other"], ["raw6", "other"],
  ["dccp", "other"], ["icmp6", "other"], ["icmp", "other"], ["udplite", "udp"], ["???", "other"],
  ["u_str", "ignored"], ["u_dgr", "ignored"], ["u_seq", "ignored"], ["nl", "ignored"], ["p_raw", "ignored"], ["p_dgr", "ignored"],
  ["v_str", "ignored"], ["v_dgr", "ignored"], ["ti_rd", "ignored"], ["ti_dg", "ignored"], ["ti_sq", "ignored"], ["ti_st", "ignored"], ["xdp", "ignored"],
  ["unix", "ignored"],
]);

const HEADING = /^\s*(?:(?:Netid|State|Recv-Q|Send-Q|Local|Peer|Address:Port|Address:PortProcess|Address|Port|Process|PortProcess|users|Timer)(?:\s+|$))+$/;

/** What ss says of a family that this kernel cannot list; the others follow. */
const NOTICE = /^(?:RTNETLINK|TCPDIAG) answers: [A-Z][\w -]*$|^Cannot open netlink socket: /;

/** What a line begins with that goes on with the row before it. */
const ATTRIBUTES_BEGIN =
  /^\s*(?:users:\(\(|timer:\(|uid:\d|ino:\d|sk:[0-9a-f]|cgroup:|v6only:|fwmark:|class_id:|skmem:\(|tos:|[<-]-[>-](?:\s|$)|(?:ts|sack|ecn|ecnseen|fastopen|app_limited|cubic|bbr\d?|reno|dctcp|vegas|htcp|bic|westwood|illinois|hybla|yeah|cdg|nv|lp|scalable|veno|highspeed)\s|(?:wscale|rto|rtt|mss|cwnd|ssthresh|lastsnd|lastrcv|lastack|backoff|ato|pmtu|rcvmss|advmss|delivered|busy|unacked|retrans|lost|minrtt|notsent|snd_wnd|bytes_\w+|segs_\w+|data_segs_\w+|rcv_\w+):|(?:send|pacing_rate|delivery_rate) \d)/;

/**
 * Reads `ss` in every column set: with and without heading (`-H`), one line or two (`-O`), wrapped, with the Netid, State or queue columns
 * dropped, old and new owner lists. Sources: ss(8) and iproute2 misc/ss.c; and the history of its output in the tool's commits.
 */
export class SsReader implements LineReader {
  readonly format = FORMAT;
  readonly #draft: SnapshotDraft;
  readonly #endpoints: EndpointReader;
  readonly #texts = new TextPool();
  /** The row that continuation lines belong to, and its text. */
  #open: SocketDraft | null = null;
  #openText = "";
  #openLine = 0;
  /** Length of the last printed piece of the row: as wide as the widest line, it was cut at the terminal's edge. */
  #openPiece = 0;
  #headed = false;
  #headingHasQueues = true;
  /** Protocol of rows without a Netid column. */
  #protocol: Socket["protocol"] = "tcp";
  #protocolKnown = false;
  /** State of rows without a State column, when the command told (`ss state close-wait`). */
  #impliedState: TcpState | null = null;
  #widest = 0;

  constructor(draft: SnapshotDraft, endpoints: EndpointReader) {
    this.#draft = draft;
    this.#endpoints = endpoints;
  }

  /** A command that was typed before the rows: its options say what the columns cannot. */
  setCommand(letters: string, command: string): void {
    this.#close();
    this.#headed = false;
    this.#headingHasQueues = true;
    const tcp = letters.includes("t");
    const udp = letters.includes("u");
    this.#protocol = udp && !tcp ? "udp" : "tcp";
    this.#protocolKnown = tcp !== udp;
    const filter = /\bstate\s+([a-z0-9-]+)/i.exec(command);
    this.#impliedState = filter === null ? null : (tcpStateOf(filter[1] ?? "") ?? null);
    if (this.#impliedState === null && letters.includes("l") && tcp && !udp) this.#impliedState = "LISTEN";
  }

  read(line: string): boolean {
    if (line.charCodeAt(0) === TAB && this.#open !== null && !holdsTwoEnds(line)) {
      // The second line of a socket without tcp_info (TIME_WAIT) is blank.
      if (this.#readAttributes(line, 1, line.length, this.#open) > 0 || skipBlanks(line, 1, line.length) === line.length) return true;
    }
    const socket = this.#readRow(line);
    if (socket !== undefined) {
      if (socket !== null) {
        this.#draft.table(FORMAT);
        this.#draft.sockets.push(socket);
      }
      this.#open = socket;
      this.#openText = line;
      this.#openPiece = line.length;
      this.#openLine = this.#draft.lineNumber;
      if (line.length > this.#widest) this.#widest = line.length;
      this.#draft.addRow(FORMAT);
      return true;
    }
    return this.#readHeading(line) || this.#readContinuation(line) || NOTICE.test(line);
  }

  readBroken(first: string, second: string): boolean {
    for (const joined of [first + second, `${first} ${second.trimStart()}`]) {
      const socket = this.#readRow(joined);
      if (socket === undefined || socket === null) continue;
      this.#draft.table(FORMAT);
      this.#draft.sockets.push(socket);
      this.#draft.addRow(FORMAT);
      this.#open = socket;
      this.#openText = joined;
      this.#openPiece = second.length;
      if (first.length > this.#widest) this.#widest = first.length;
      this.#openLine = this.#draft.lineNumber;
      return true;
    }
    return false;
  }

  #close(): void {
    this.#open = null;
    this.#openText = "";
  }

  #readHeading(line: string): boolean {
    if (!HEADING.test(line) || !/Recv-Q|Address|Process|Netid/.test(line)) return false;
    if (/Recv-Q|Local/.test(line)) {
      this.#draft.endTable();
      this.#headed = true;
      this.#headingHasQueues = line.includes("Recv-Q");
      this.#widest = 0;
      if (line.includes("Netid")) this.#protocolKnown = false;
    }
    this.#close();
    return true;
  }

  /** A line that goes on with the row before it: tcp_info, a wrapped Process column, or a row cut at the terminal's edge. */
  #readContinuation(line: string): boolean {
    const open = this.#open;
    if (open === null || this.#openLine < this.#draft.lineNumber - 3) return false;
    // The row before has both its ends: what names two more is a row of its own, however broken.
    if (holdsTwoEnds(line) || beginsRow(line)) return false;
    const previous = this.#openText;
    const cutInside = previous.includes("users:((") && !previous.includes("))", previous.indexOf("users:(("));
    if (cutInside || (this.#openPiece === this.#widest && this.#openPiece >= 40 && this.#openLine === this.#draft.lineNumber - 1 && !/^\s/.test(line))) {
      const whole = previous + line;
      const again = this.#readRow(whole);
      if (again !== undefined && again !== null && (moreThan(again, open) || (cutInside && /pid=|\)\)/.test(line)))) {
        this.#draft.sockets[this.#draft.sockets.length - 1] = again;
        this.#open = again;
        this.#openText = whole;
        this.#openPiece = line.length;
        this.#openLine = this.#draft.lineNumber;
        return true;
      }
    }
    if (!ATTRIBUTES_BEGIN.test(line) || this.#readAttributes(line, 0, line.length, open) === 0) return false;
    this.#openLine = this.#draft.lineNumber;
    return true;
  }

  /** The socket of a row; null for a row of a family without addresses; undefined when the line is no row. */
  #readRow(line: string): SocketDraft | null | undefined {
    const length = line.length;
    let position = 0;
    while (position < length && isBlank(line.charCodeAt(position))) position += 1;
    let end = wordEnd(line, position, length);
    if (end === position) return undefined;

    let protocol = this.#protocol;
    let netidPrinted = false;
    let stateWord: string | null = null;
    let state: TcpState | null = this.#impliedState;
    let code = line.charCodeAt(position);
    if (code < ZERO || code > NINE) {
      let word = line.slice(position, end);
      const netid = NETIDS.get(word);
      if (netid !== undefined) {
        const next = skipBlanks(line, end, length);
        const nextEnd = wordEnd(line, next, length);
        if (netid === "ignored") {
          const following = line.slice(next, nextEnd);
          return tcpStateOf(following) !== undefined || following === "UNCONN" || /^\d+$/.test(following) && this.#headed ? null : undefined;
        }
        protocol = netid;
        netidPrinted = true;
        position = next;
        end = nextEnd;
        word = line.slice(position, end);
        code = line.charCodeAt(position);
      }
      if (code < ZERO || code > NINE) {
        const named = tcpStateOf(word);
        if (named !== undefined || word === "UNCONN" || word === "UNKNOWN") {
          stateWord = word;
          state = named ?? null;
          position = skipBlanks(line, end, length);
          end = wordEnd(line, position, length);
        } else if (netidPrinted ? this.#headed === false : this.#headed === false || this.#headingHasQueues) {
          return undefined;
        }
      } else if (netidPrinted && !this.#headed && stateWord === null && this.#impliedState === null && !/^\d+\s+\d+\s+\S+:\S+\s+\S+:\S+/.test(line.slice(position))) {
        return undefined;
      }
    }

    let recvQueue: number | null = null;
    let sendQueue: number | null = null;
    const first = readUint(line, position, end);
    if (first !== -1) {
      const secondStart = skipBlanks(line, end, length);
      const secondEnd = wordEnd(line, secondStart, length);
      const second = readUint(line, secondStart, secondEnd);
      if (second === -1) return undefined;
      recvQueue = first;
      sendQueue = second;
      position = skipBlanks(line, secondEnd, length);
      end = wordEnd(line, position, length);
    } else if (stateWord === null && this.#headingHasQueues) {
      return undefined;
    }

    const local = this.#endpoints.read(line, position, end);
    if (local === null) return undefined;
    const localNumeric = this.#endpoints.numeric;
    const remoteStart = skipBlanks(line, end, length);
    const remoteEnd = wordEnd(line, remoteStart, length);
    if (remoteStart === remoteEnd) return undefined;
    const remote = this.#endpoints.read(line, remoteStart, remoteEnd);
    if (remote === null) return undefined;
    // Four columns of anything are no row yet: without a state or a heading the addresses must be figures.
    if (stateWord === null && !this.#headed && !(localNumeric && this.#endpoints.numeric)) return undefined;
    // net-tools prints `tcp 0 0 local foreign STATE`: the state behind the addresses is not ss.
    if (netidPrinted && stateWord === null && remoteEnd < length) {
      const next = skipBlanks(line, remoteEnd, length);
      if (tcpStateOf(line.slice(next, wordEnd(line, next, length))) !== undefined) return undefined;
    }
    if (netidPrinted && stateWord === null && !this.#headed) return undefined;

    if (!netidPrinted) {
      if (stateWord === "UNCONN" && !this.#protocolKnown) this.#becomeUdp();
      protocol = this.#protocol;
    }
    if (protocol === "tcp" || protocol === "mptcp") {
      if (stateWord === "UNCONN") state = "CLOSED";
    } else {
      state = null;
    }
    const socket = draftSocket(protocol, state, local, remote, recvQueue, sendQueue);
    if (remoteEnd < length) this.#readAttributes(line, remoteEnd, length, socket);
    return socket;
  }

  /** `ss -uan` drops the Netid column: an UNCONN row says that the whole table is UDP, unless TCP's own states stand in it. */
  #becomeUdp(): void {
    const table = this.#draft.table(FORMAT);
    const rows = this.#draft.sockets.slice(table.firstSocket);
    this.#protocolKnown = true;
    if (rows.some((row) => row.protocol === "tcp" && row.state !== "ESTABLISHED" && row.state !== null)) return;
    this.#protocol = "udp";
    for (const row of rows) {
      row.protocol = "udp";
      row.state = null;
    }
  }

  /** Reads what stands behind the addresses into the socket; returns how many words of it were known. */
  #readAttributes(printed: string, from: number, end: number, socket: SocketDraft): number {
    let known = 0;
    let infoWords = 0;
    let congestionControl: string | null = null;
    let lastSend = -1;
    let lastReceive = -1;
    let lastAck = -1;
    let bytesSent = -1;
    let bytesAcked = -1;
    let bytesReceived = -1;
    let retransmits = -1;
    let totalRetransmits = -1;
    let unacked = -1;
    let notSent = -1;
    let rtt = -1;
    let rto = -1;
    let backoff = -1;
    let congestionWindow = -1;
    let timed = false;

    const line = printed.indexOf("\t", from) === -1 ? printed : printed.replaceAll("\t", " ");
    let position = from;
    while (position < end) {
      if (line.charCodeAt(position) === BLANK) {
        position += 1;
        continue;
      }
      const start = position;
      // The engine's own search is several times faster than a loop over the characters, and most of tcp_info is passed over.
      position = line.indexOf(" ", start);
      if (position === -1 || position > end) position = end;
      let handled = true;
      switch (line.charCodeAt(start)) {
        case 117: // u
          if (line.startsWith("users:((", start)) position = this.#readOwners(line, start + 7, end, socket);
          else if (line.startsWith("uid:", start)) socket.uid = uintAt(line, start + 4, end);
          else if (line.startsWith("unacked:", start)) unacked = uintAt(line, start + 8, end);
          else handled = false;
          break;
        case 116: { // t
          const close = line.startsWith("timer:(", start) ? line.indexOf(")", start) : -1;
          if (close !== -1 && close < end) {
            socket.timer = readTimer(line.slice(start + 7, close));
            position = close + 1;
          } else handled = false;
          break;
        }
        case 105: // i
          if (line.startsWith("ino:", start)) socket.inode = uintAt(line, start + 4, end);
          else handled = false;
          break;
        case 115: // s
          if (line.startsWith("sk:", start)) socket.cookie = ownText(line.slice(start + 3, position));
          else handled = line.startsWith("skmem:(", start);
          break;
        case 99: // c
          if (line.startsWith("cwnd:", start)) {
            congestionWindow = uintAt(line, start + 5, end);
            infoWords += 1;
          } else if (line.startsWith("cgroup:", start)) socket.cgroup = this.#texts.share(line.slice(start + 7, position));
          else handled = false;
          break;
        case 108: // l
          if (line.startsWith("lastsnd:", start)) lastSend = uintAt(line, start + 8, end);
          else if (line.startsWith("lastrcv:", start)) lastReceive = uintAt(line, start + 8, end);
          else if (line.startsWith("lastack:", start)) lastAck = uintAt(line, start + 8, end);
          else handled = false;
          if (handled) {
            infoWords += 1;
            timed = true;
          }
          break;
        case 98: // b
          if (line.startsWith("bytes_sent:", start)) bytesSent = uintAt(line, start + 11, end);
          else if (line.startsWith("bytes_acked:", start)) bytesAcked = uintAt(line, start + 12, end);
          else if (line.startsWith("bytes_received:", start)) bytesReceived = uintAt(line, start + 15, end);
          else if (line.startsWith("backoff:", start)) backoff = uintAt(line, start + 8, end);
          else handled = false;
          if (handled) infoWords += 1;
          break;
        case 114: // r
          if (line.startsWith("rtt:", start)) {
            rtt = decimalAt(line, start + 4, end);
            timed = true;
          } else if (line.startsWith("rto:", start)) {
            rto = decimalAt(line, start + 4, end);
            timed = true;
          } else if (line.startsWith("retrans:", start)) {
            retransmits = uintAt(line, start + 8, end);
            const slash = line.indexOf("/", start);
            if (slash !== -1 && slash < position) totalRetransmits = uintAt(line, slash + 1, end);
          } else handled = false;
          if (handled) infoWords += 1;
          break;
        case 110: // n
          if (line.startsWith("notsent:", start)) {
            notSent = uintAt(line, start + 8, end);
            infoWords += 1;
          } else handled = false;
          break;
        case 119: // w
          handled = line.startsWith("wscale:", start);
          if (handled) infoWords += 1;
          break;
        case 109: // m
          handled = line.startsWith("mss:", start) || line.startsWith("minrtt:", start);
          if (handled) infoWords += 1;
          break;
        default:
          handled = false;
      }
      if (handled) known += 1;
      // A bare word before the figures: a flag (ts, sack), or the congestion control.
      else if (infoWords === 0 && congestionControl === null) congestionControl = congestionControlOf(line.slice(start, position));
    }
    if (socket.inode !== null && known > 0) {
      // `-e` prints no uid for root.
      if (socket.uid === null && socket.inode > 0) socket.uid = 0;
      this.#draft.table(FORMAT).uidsPrinted = true;
    }

    if (infoWords > 0 && (socket.protocol === "tcp" || socket.protocol === "mptcp")) {
      const before = socket.info;
      // Before the handshake these count from the machine's start: they say nothing.
      if (socket.state === "SYN_SENT" || socket.state === "LISTEN" || socket.state === "SYN_RECEIVED") lastSend = lastReceive = lastAck = -1;
      // ss prints these three only when they are not zero: on a row that has the round-trip figures, not printed means "just now".
      const synchronised = timed && socket.state !== "LISTEN" && socket.state !== "SYN_SENT" && socket.state !== "SYN_RECEIVED";
      const unsaid = synchronised && before === null ? 0 : null;
      const info: TcpInfo = {
        lastSendMs: lastSend >= 0 ? lastSend : (before?.lastSendMs ?? unsaid),
        lastReceiveMs: lastReceive >= 0 ? lastReceive : (before?.lastReceiveMs ?? unsaid),
        lastAckMs: lastAck >= 0 ? lastAck : (before?.lastAckMs ?? unsaid),
        bytesSent: bytesSent >= 0 ? bytesSent : (before?.bytesSent ?? null),
        bytesAcked: bytesAcked >= 0 ? bytesAcked : (before?.bytesAcked ?? null),
        bytesReceived: bytesReceived >= 0 ? bytesReceived : (before?.bytesReceived ?? null),
        retransmits: retransmits >= 0 ? retransmits : (before?.retransmits ?? null),
        totalRetransmits: totalRetransmits >= 0 ? totalRetransmits : (before?.totalRetransmits ?? null),
        unacked: unacked >= 0 ? unacked : (before?.unacked ?? null),
        notSent: notSent >= 0 ? notSent : (before?.notSent ?? null),
        rttMs: rtt >= 0 ? rtt : (before?.rttMs ?? null),
        rtoMs: rto >= 0 ? rto : (before?.rtoMs ?? null),
        backoff: backoff >= 0 ? backoff : (before?.backoff ?? null),
        congestionWindow: congestionWindow >= 0 ? congestionWindow : (before?.congestionWindow ?? null),
        congestionControl: congestionControl !== null ? this.#texts.share(congestionControl) : (before?.congestionControl ?? null),
      };
      socket.info = info;
    }
    return known;
  }

  /** Reads `(("name",pid=1,fd=2),...)` from its first bracket; returns the position behind it. */
  #readOwners(line: string, start: number, end: number, socket: SocketDraft): number {
    const owners: SocketOwner[] = [];
    let position = start;
    let threads = false;
    while (position < end && line.charCodeAt(position) === 40 && line.charCodeAt(position + 1) === 34) {
      // A process may call itself anything, quotes and brackets included: the name ends where the figures begin.
      let close = line.indexOf('",', position + 2);
      while (close !== -1 && close < end && !line.startsWith("pid=", close + 2) && !isDigit(line.charCodeAt(close + 2))) {
        close = line.indexOf('",', close + 1);
      }
      if (close === -1 || close >= end) break;
      const name = this.#texts.share(line.slice(position + 2, close));
      let pid = -1;
      let fd: number | null = null;
      let field = close + 2;
      if (line.startsWith("pid=", field)) {
        let stop = line.indexOf(")", field);
        if (stop === -1 || stop > end) stop = end;
        pid = uintAt(line, field + 4, stop);
        const fdAt = line.indexOf("fd=", field);
        if (fdAt !== -1 && fdAt < stop) fd = uintAt(line, fdAt + 3, stop);
        const tidAt = line.indexOf("tid=", field);
        if (tidAt !== -1 && tidAt < stop) threads = true;
        field = stop;
      } else {
        pid = uintAt(line, field, end);
        const comma = line.indexOf(",", field);
        if (comma !== -1 && comma < end && isDigit(line.charCodeAt(comma + 1))) fd = uintAt(line, comma + 1, end);
        const stop = line.indexOf(")", field);
        field = stop === -1 || stop > end ? end : stop;
      }
      // Threads (-T) show the same descriptor again and again.
      if (!threads || !owners.some((owner) => owner.pid === pid && owner.fd === fd)) owners.push({ pid, process: name, fd });
      position = field + 1;
      if (line.charCodeAt(position) === 44) position += 1;
    }
    if (owners.length > 0) {
      socket.owners = owners;
      socket.ownership = "owned";
      this.#draft.table(FORMAT).ownersAsked = true;
    }
    while (position < end && line.charCodeAt(position) === 41) position += 1;
    return position;
  }
}

/** `kind,time,retransmits` of ss's timer column. */
export function readTimer(text: string): SocketTimer {
  const [word = "", time = "", count = ""] = text.split(",");
  const kind = word === "on" || word === "keepalive" || word === "timewait" || word === "persist" ? word : "unknown";
  return { kind, expiresInMs: readTimerTime(time), retransmits: /^\d+$/.test(count) ? Number(count) : null };
}

/**
 * Milliseconds of `59min`, `1min30sec`, `9sec`, `052ms`, `1.076sec`. iproute2 before 6.11 prints 1.076 seconds as `1.076ms`: where whole
 * seconds stand before the point, the unit is seconds whatever it says (iproute2 3e807112).
 */
export function readTimerTime(text: string): number | null {
  const match = /^(?:(\d+)min)?(?:(\d+)(?:\.(\d+))?(sec|ms))?(?:(\d+)ms)?$/.exec(text);
  if (match === null || text === "") return null;
  const [, minutes, whole, fraction, unit, extra] = match;
  let milliseconds = Number(minutes ?? 0) * 60_000 + Number(extra ?? 0);
  if (whole !== undefined) {
    if (fraction !== undefined) milliseconds += Number(whole) * 1000 + Number(fraction.slice(0, 3).padEnd(3, "0"));
    else milliseconds += unit === "ms" ? Number(whole) : Number(whole) * 1000;
  }
  return milliseconds;
}

const FLAGS = new Set(["ts", "sack", "ecn", "ecnseen", "fastopen", "app_limited", "<->", "-->", "<--", "---", "send", "pacing_rate", "delivery_rate", "max_pacing_rate", "tcp-ulp-mptcp", "tcp-ulp-tls", "--"]);

function congestionControlOf(word: string): string | null {
  return FLAGS.has(word) || !/^[a-z][a-z0-9_-]{1,15}$/.test(word) ? null : word;
}

/** Whether reading a row together with the next line told more than the row alone. */
function moreThan(whole: SocketDraft, part: SocketDraft): boolean {
  return samePlace(whole.local, part.local)
    && (!samePlace(whole.remote, part.remote) ? whole.remote.port !== null : whole.owners.length > part.owners.length || (whole.inode !== null && part.inode === null)
      || (whole.timer !== null && part.timer === null) || (whole.info !== null && part.info === null) || (whole.cookie !== part.cookie) || whole.cgroup !== part.cgroup);
}

function samePlace(one: Endpoint, other: Endpoint): boolean {
  return one.address === other.address && one.port === other.port;
}

/** Whether the first word is a state or a family: no row is cut so that its rest begins with one. */
function beginsRow(line: string): boolean {
  const word = line.slice(0, wordEnd(line, 0, Math.min(line.length, 24)));
  return tcpStateOf(word) !== undefined || word === "UNCONN" || NETIDS.has(word);
}

function isBlank(code: number): boolean {
  return code === BLANK || code === TAB;
}

function isDigit(code: number): boolean {
  return code >= ZERO && code <= NINE;
}

function skipBlanks(line: string, from: number, end: number): number {
  let position = from;
  while (position < end && isBlank(line.charCodeAt(position))) position += 1;
  return position;
}

function wordEnd(line: string, from: number, end: number): number {
  let position = from;
  while (position < end && !isBlank(line.charCodeAt(position))) position += 1;
  return position;
}

/** The whole word as an unsigned number, or -1. */
function readUint(line: string, start: number, end: number): number {
  if (start >= end || end - start > 15) return -1;
  let value = 0;
  for (let position = start; position < end; position += 1) {
    const code = line.charCodeAt(position);
    if (!isDigit(code)) return -1;
    value = value * 10 + code - ZERO;
  }
  return value;
}

/** The unsigned number that begins here (0 when none does). */
function uintAt(line: string, start: number, end: number): number {
  let value = 0;
  for (let position = start; position < end; position += 1) {
    const code = line.charCodeAt(position);
    if (!isDigit(code)) break;
    value = value * 10 + code - ZERO;
  }
  // What no kernel prints is no number that can be reckoned with.
  return value > Number.MAX_SAFE_INTEGER ? Number.MAX_SAFE_INTEGER : value;
}

/** The decimal number that begins here. */
function decimalAt(line: string, start: number, end: number): number {
  let position = start;
  while (position < end && (isDigit(line.charCodeAt(position)) || line.charCodeAt(position) === 46)) position += 1;
  return Number(line.slice(start, position));
}
