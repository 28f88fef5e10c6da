import type { Socket, SocketTimer } from "../../model/socket";
import { holdsAddress, isCount } from "./columns";
import type { EndpointReader } from "./endpoint-reader";
import { TextPool } from "./own-text";
import type { LineReader, SnapshotDraft } from "./snapshot-draft";
import { draftSocket } from "./snapshot-draft";
import { tcpStateOf } from "./state-names";

const FORMAT = "netstat-linux";

const PROTOCOLS: ReadonlyMap<string, Socket["protocol"]> = new Map<string, Socket["protocol"]>([
  ["tcp", "tcp"], ["tcp6", "tcp"], ["tcpx", "tcp"], ["udp", "udp"], ["udp6", "udp"], ["udpl", "udp"], ["udpl6", "udp"], ["udplite", "udp"], ["udplite6", "udp"],
  ["raw", "other"], ["raw6", "other"], ["sctp", "sctp"], ["sctp6", "sctp"], ["dccp", "other"], ["dccp6", "other"], ["icmp", "other"], ["icmp6", "other"], ["mptcp", "mptcp"],
]);

/** Begins "(Not all processes could be identified ... you would have to be root to see it all.)", in the languages of net-tools' catalogues. */
const PRIVILEGE_NOTICE = /^[(（](?:Not all processes could be|No info could be read for "-p"|Für "-p"|Pro „-p“|Pas d'infos lues pour "-p"|"-p" jaoks|Não foi possível ler informações para "-p"|"-p"の情報を|Es konnten nicht alle|Všechny procesy nemohly|Tous les processus ne|Nem todos os processos|一部のプロセスが|Mõnesid protsesse|并非所有进程都能)/;

/**
 * Reads `netstat` of net-tools and BusyBox in every mix of options: `Proto Recv-Q Send-Q Local Foreign [State] [User Inode]
 * [PID/Program name] [Timer]`. Columns are told apart by what stands in them, because headings are translated and columns are pushed
 * out of line by long values. Sources: netstat(8), net-tools netstat.c, BusyBox networking/netstat.c.
 */
export class NetstatLinuxReader implements LineReader {
  readonly format = FORMAT;
  readonly #draft: SnapshotDraft;
  readonly #endpoints: EndpointReader;
  readonly #texts = new TextPool();
  #inUnixTable = false;
  #unixRows = 0;
  /** Inside the privilege notice, which has two lines. */
  #inNotice = false;

  constructor(draft: SnapshotDraft, endpoints: EndpointReader) {
    this.#draft = draft;
    this.#endpoints = endpoints;
  }

  read(line: string): boolean {
    const text = line.trimEnd();
    const columns = splitColumns(text, 5);
    if (columns === null) return this.#readOther(text);
    const [proto, recv, send, local, foreign, rest] = columns;
    const protocol = PROTOCOLS.get(proto);
    if (protocol === undefined) return this.#readOther(text);
    if (!isCount(recv) || !isCount(send)) return this.#readOther(text);
    const localEnd = this.#endpoints.read(local, 0, local.length);
    if (localEnd === null) return false;
    const remoteEnd = this.#endpoints.read(foreign, 0, foreign.length);
    if (remoteEnd === null) return false;

    let tail = rest;
    let timer: SocketTimer | null = null;
    const timed = tail.length > 500 ? null : /(?:^|\s)(\S+)\s+\({1,2}(-?\d{1,15}(?:[.,]\d{1,15})?)\/(-?\d{1,15})\/(-?\d{1,15})\)$/.exec(tail);
    if (timed !== null) {
      timer = readNetstatTimer(timed[1] ?? "", timed[2] ?? "", timed[3] ?? "");
      tail = tail.slice(0, tail.length - timed[0].length).trim();
    }

    let state: Socket["state"] = null;
    const [first, afterFirst] = takeWord(tail);
    const named = first === "" ? undefined : tcpStateOf(first);
    if (protocol === "tcp" || protocol === "mptcp") {
      if (named !== undefined) {
        state = named;
        tail = afterFirst;
      } else if (tcpStateOf(tail.split(/\s+/, 2).join("_")) !== undefined) {
        // Czech says "POSLEDNÍ ACK".
        state = tcpStateOf(tail.split(/\s+/, 2).join("_")) ?? null;
        tail = takeWord(afterFirst)[1];
      } else if (UNKNOWN_STATE.has(first)) {
        tail = afterFirst;
      } else if (!/^(?:-|\d+\/.*|)$/.test(first)) {
        // A language that we do not know. What listens has no far end, in every language; any other row is shown as not understood
        // rather than counted wrongly.
        if (!foreign.endsWith(":*")) return false;
        state = "LISTEN";
        tail = afterFirst;
      }
    } else if (named !== undefined || (proto.startsWith("raw") && /^\d{1,3}$/.test(first))) {
      // A raw socket's state is a number.
      tail = afterFirst;
      if (protocol === "sctp") state = named ?? null;
    }

    let uid: number | null = null;
    let inode: number | null = null;
    const [user, afterUser] = takeWord(tail);
    const [number, afterInode] = takeWord(afterUser);
    if (user !== "" && user !== "-" && isCount(number) && !/^\d+\//.test(user)) {
      uid = isCount(user) ? Number(user) : user === "root" ? 0 : null;
      inode = Number(number);
      tail = afterInode;
    }

    const socket = draftSocket(
      protocol, state, localEnd, remoteEnd, Number(recv),
      // For LISTEN net-tools prints 0: the accept queue's limit is not in /proc/net/tcp.
      state === "LISTEN" ? null : Number(send),
    );
    socket.uid = uid;
    socket.inode = inode;
    socket.timer = timer;
    const table = this.#draft.table(FORMAT);
    if (inode !== null) table.uidsPrinted = true;
    const owner = /^(\d{1,15})\/(.*)$/.exec(tail);
    if (owner !== null) {
      const name = (owner[2] ?? "").trim();
      socket.owners = [{ pid: Number(owner[1]), process: name === "" ? null : this.#texts.share(name), fd: null }];
      socket.ownership = "owned";
      table.ownersAsked = true;
    } else if (tail === "-" || tail.startsWith("- ")) {
      table.ownersAsked = true;
    }
    this.#draft.sockets.push(socket);
    this.#draft.addRow(FORMAT);
    return true;
  }

  finish(): void {
    const cut = this.#endpoints.cutAddresses;
    if (cut > 0) {
      this.#draft.missing.push({
        what: `${cut} IPv6 addresses in full`,
        why: "netstat cut them off to fit its column",
        remedy: "run netstat again with -W (or use ss -tanpoie)",
      });
    }
  }

  /** Headings, the privilege notice, and rows of families without ports. */
  #readOther(line: string): boolean {
    // BSD heads its column `(state)`.
    if (line.startsWith("Proto") && /^Proto\s+\S/.test(line) && !line.includes("(state)") && !holdsAddress(line)) {
      this.#draft.endTable();
      this.#inUnixTable = /RefCnt|Flags|I-Node/.test(line);
      if (!this.#inUnixTable) {
        const table = this.#draft.table(FORMAT);
        if (line.includes("PID/Program")) table.ownersAsked = true;
      }
      return true;
    }
    if (/^(?:unix|UNIX)\s+\d+\s+\[/.test(line)) {
      // Unix-domain sockets have no addresses: understood, and no part of this picture.
      this.#unixRows += 1;
      return true;
    }
    if (this.#inUnixTable && this.#unixRows > 0 && /^(?:l2cap|rfcomm)\s/.test(line)) return true;
    if (PRIVILEGE_NOTICE.test(line) || (this.#inNotice && /[)）]\s*$/.test(line))) {
      this.#inNotice = !/[)）]\s*$/.test(line);
      this.#draft.hint = { ...this.#draft.hint, ownersAsked: true, asRoot: false };
      const table = this.#draft.table(FORMAT);
      table.asRoot = false;
      table.ownersAsked = true;
      return true;
    }
    if (holdsAddress(line)) return false;
    return /^Active (?:Internet|UNIX|Bluetooth|X\.25|AX\.25|IPX)\b/.test(line) || /^IPv[46] /.test(line) || /^netstat: no support for `/.test(line);
  }
}

/** `keepalive (7183.21/0/0)`: seconds, retransmits, probes. `off` is no timer. */
function readNetstatTimer(word: string, seconds: string, retransmits: string): SocketTimer | null {
  if (OFF.has(word)) return null;
  const kind: SocketTimer["kind"] = TIMER_WORDS.get(word) ?? (word.endsWith("-4") ? "persist" : "unknown");
  const time = Number(seconds.replace(",", "."));
  return { kind, expiresInMs: time < 0 ? 0 : Math.round(time * 1000), retransmits: Number(retransmits) };
}

/** net-tools' word for a state that it does not know, in the languages of its catalogues. */
const UNKNOWN_STATE = new Set(["UNKNOWN", "UNBEKANNT", "NEZNÁM", "TUNDMATU", "INCONNU", "DESCONHECIDA", "不明"]);

/** net-tools' words for the timers, in the languages of its catalogues. */
const OFF = new Set(["off", "aus", "vyp", "eikäi", "desligado", "av", "オフ", "关闭"]);
const TIMER_WORDS: ReadonlyMap<string, SocketTimer["kind"]> = new Map<string, SocketTimer["kind"]>([
  ["on", "on"], ["ein", "on"], ["zapnut", "on"], ["käib", "on"], ["em", "on"], ["på", "on"], ["オン", "on"], ["打开", "on"],
  ["keepalive", "keepalive"], ["キープアライブ", "keepalive"], ["timewait", "timewait"], ["時間待ち", "timewait"], ["probe", "persist"],
]);

/** The first `count` words and the rest, or null when there are fewer. */
function splitColumns(line: string, count: 5): [string, string, string, string, string, string] | null {
  const words: string[] = [];
  let rest = line.trimStart();
  for (let index = 0; index < count; index += 1) {
    if (rest === "") return null;
    const [word, after] = takeWord(rest);
    words.push(word);
    rest = after;
  }
  const [one = "", two = "", three = "", four = "", five = ""] = words;
  return [one, two, three, four, five, rest];
}

function takeWord(text: string): [word: string, rest: string] {
  const start = text.trimStart();
  const blank = start.search(/\s/);
  return blank === -1 ? [start, ""] : [start.slice(0, blank), start.slice(blank).trimStart()];
}
