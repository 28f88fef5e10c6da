import type { Ownership, Socket, SocketOwner, SocketTimer, TcpInfo } from "../../../model/socket";
import { NO_OWNERS } from "../../../model/socket";
import type { TcpState } from "../../../model/tcp-state";

/** Texts that occur again and again, by number from 0. Both sides fill it in the same order. */
export class Texts {
  readonly #numbers = new Map<string, number>();
  readonly texts: string[] = [];

  number(text: string): number {
    let number = this.#numbers.get(text);
    if (number === undefined) this.#numbers.set(text, (number = this.add(text)));
    return number;
  }

  add(text: string): number {
    this.#numbers.set(text, this.texts.length);
    return this.texts.push(text) - 1;
  }

  at(number: number): string {
    const text = this.texts[number];
    if (text === undefined) throw new RangeError(`no text ${number}`);
    return text;
  }
}

/**
 * How a column's figure is kept:
 * - `figure`: as it is, changed when it differs;
 * - `ago`: milliseconds before the look. What is compared is the moment, which stays while the figure grows from look to look;
 * - `ahead`: milliseconds after the look, likewise.
 */
type Keeping = "figure" | "ago" | "ahead";

export interface Column {
  readonly name: string;
  readonly keeping: Keeping;
  /** An earlier column whose figure this one resembles: the difference is written. */
  readonly like: number | null;
  /** The smallest whole number; null is written as 0, and this as 1. */
  readonly least: number;
}

/** Every field of a Socket as a whole number or null. The order is the format's: a new one goes to the end, with a new version. */
export const COLUMNS: readonly Column[] = [
  "protocol", "state", "localAddress", "localPort", "localZone", "remoteAddress", "remotePort", "remoteZone", "recvQueue", "sendQueue", "ownership",
  "pid", "process", "fd", "owners", "inode", "uid", "cgroup", "namespace", "cookie", "cookieText", "timer", "timerExpires", "timerRetransmits",
  "info", "lastSend", "lastReceive", "lastAck", "bytesSent", "bytesAcked", "bytesReceived", "retransmits", "totalRetransmits", "unacked", "notSent", "rtt", "rto",
  "backoff", "congestionWindow", "congestionControl",
].map((name, _index, names): Column => ({
  name,
  keeping: name === "timerExpires" ? "ahead" : name.startsWith("last") ? "ago" : "figure",
  like: name === "lastReceive" ? names.indexOf("lastSend") : name === "lastAck" ? names.indexOf("lastReceive") : name === "bytesAcked" ? names.indexOf("bytesSent") : null,
  least: name === "fd" || name === "uid" ? -1 : 0,
}));

const AT: Readonly<Record<string, number>> = Object.fromEntries(COLUMNS.map(({ name }, index) => [name, index]));
export const LAST_SEND = AT["lastSend"] as number;
export const LAST_RECEIVE = AT["lastReceive"] as number;
export const BYTES_SENT = AT["bytesSent"] as number;
export const BYTES_RECEIVED = AT["bytesReceived"] as number;

/** Cookies are hexadecimal numbers; those that a number holds exactly, and that are printed as we print them, are kept as numbers. */
const COOKIE = /^(?:0|[1-9a-f][0-9a-f]{0,11})$/;
/** Round trips are printed with three decimals. */
const FINE = 1000;

/** A socket's figures, null: not told. Times as they are in the socket: before or after the look. */
export function figuresOf(socket: Socket, texts: Texts): (number | null)[] {
  const text = (value: string | null): number | null => (value === null ? null : texts.number(value));
  const whole = (value: number | null): number | null => (value === null ? null : Math.round(value));
  const fine = (value: number | null): number | null => (value === null ? null : Math.round(value * FINE));
  const { info, timer, local, remote, cookie } = socket;
  const [owner] = socket.owners;
  const numeric = cookie !== null && COOKIE.test(cookie);
  return [
    texts.number(socket.protocol), text(socket.state), texts.number(local.address), whole(local.port), text(local.zone), texts.number(remote.address), whole(remote.port), text(remote.zone),
    whole(socket.recvQueue), whole(socket.sendQueue), texts.number(socket.ownership),
    owner?.pid ?? null, text(owner?.process ?? null), whole(owner?.fd ?? null), socket.owners.length > 1 ? texts.number(JSON.stringify(socket.owners)) : null,
    whole(socket.inode), whole(socket.uid), text(socket.cgroup), text(socket.namespace), numeric ? Number.parseInt(cookie, 16) : null, numeric ? null : text(cookie),
    text(timer?.kind ?? null), whole(timer?.expiresInMs ?? null), whole(timer?.retransmits ?? null),
    info === null ? null : 1, whole(info?.lastSendMs ?? null), whole(info?.lastReceiveMs ?? null), whole(info?.lastAckMs ?? null),
    whole(info?.bytesSent ?? null), whole(info?.bytesAcked ?? null), whole(info?.bytesReceived ?? null), whole(info?.retransmits ?? null), whole(info?.totalRetransmits ?? null),
    whole(info?.unacked ?? null), whole(info?.notSent ?? null), fine(info?.rttMs ?? null), fine(info?.rtoMs ?? null),
    whole(info?.backoff ?? null), whole(info?.congestionWindow ?? null), text(info?.congestionControl ?? null),
  ];
}

/** The socket of these figures. Throws RangeError for figures that no socket has. */
export function socketOf(figures: readonly (number | null)[], texts: Texts): Socket {
  const figure = (name: string): number | null => figures[AT[name] as number] ?? null;
  const text = (name: string): string | null => {
    const number = figure(name);
    return number === null ? null : texts.at(number);
  };
  const needed = (name: string): string => {
    const value = text(name);
    if (value === null) throw new RangeError(`a socket without ${name}`);
    return value;
  };
  const fine = (name: string): number | null => {
    const value = figure(name);
    return value === null ? null : value / FINE;
  };
  const pid = figure("pid");
  const owners = text("owners");
  const cookie = figure("cookie");
  const timer = text("timer");
  return {
    protocol: needed("protocol") as Socket["protocol"],
    state: text("state") as TcpState | null,
    local: { address: needed("localAddress"), port: figure("localPort"), zone: text("localZone") },
    remote: { address: needed("remoteAddress"), port: figure("remotePort"), zone: text("remoteZone") },
    recvQueue: figure("recvQueue"),
    sendQueue: figure("sendQueue"),
    owners: owners !== null ? (JSON.parse(owners) as SocketOwner[]) : pid === null ? NO_OWNERS : [{ pid, process: text("process"), fd: figure("fd") }],
    ownership: needed("ownership") as Ownership,
    inode: figure("inode"),
    uid: figure("uid"),
    timer: timer === null ? null : { kind: timer as SocketTimer["kind"], expiresInMs: figure("timerExpires"), retransmits: figure("timerRetransmits") },
    info: figure("info") === null ? null : infoOf(figure, fine, text("congestionControl")),
    cgroup: text("cgroup"),
    namespace: text("namespace"),
    cookie: cookie === null ? text("cookieText") : cookie.toString(16),
  };
}

function infoOf(figure: (name: string) => number | null, fine: (name: string) => number | null, congestionControl: string | null): TcpInfo {
  return {
    lastSendMs: figure("lastSend"), lastReceiveMs: figure("lastReceive"), lastAckMs: figure("lastAck"),
    bytesSent: figure("bytesSent"), bytesAcked: figure("bytesAcked"), bytesReceived: figure("bytesReceived"),
    retransmits: figure("retransmits"), totalRetransmits: figure("totalRetransmits"), unacked: figure("unacked"), notSent: figure("notSent"),
    rttMs: fine("rtt"), rtoMs: fine("rto"), backoff: figure("backoff"), congestionWindow: figure("congestionWindow"), congestionControl,
  };
}
