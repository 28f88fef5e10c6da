import type { Endpoint } from "../../model/endpoint";
import type { Socket } from "../../model/socket";
import type { EndpointReader } from "./endpoint-reader";
import { TextPool } from "./own-text";
import { portOfService } from "./service-ports";
import type { LineReader, SnapshotDraft, SocketDraft } from "./snapshot-draft";
import { draftSocket } from "./snapshot-draft";
import { tcpStateOf, tcpStateOfCut } from "./state-names";

const FORMAT = "netstat-windows";
const ROW = /^\s*(TCP|UDP)(?:v6)?\s+(\S+)\s+(\S+)(?:\s+(\S.*))?$/i;
/** What `-t` prints behind the PID: Offload State. */
const OFFLOAD = /^(?:InHost|Offloaded|Offloading|Uploading)$/i;

/** The word that begins the heading, in the languages of Windows; and the titles above it. Only to know them for headings: nothing is read from them. */
const HEADING = /^\s*(?:Proto|Prot\.|协议|協定|通訊協定|プロトコル|프로토콜|Имя|Протокол|Protokół|Protokol|İl\.Kr\.|Πρωτόκολλο)(?:\.|o|os|coll?o)?\s+\S[^:\d]*$/i;
const TITLES = new Set([
  "active connections", "aktive verbindungen", "connexions actives", "conexiones activas", "connessioni attive", "conexões ativas", "ligações activas", "ligações ativas",
  "活动连接", "活動連線", "使用中連線", "アクティブな接続", "활성 연결", "активные подключения", "aktywne połączenia", "actieve verbindingen", "aktiva anslutningar", "aktive forbindelser",
  "aktive tilkoblinger", "aktiiviset yhteydet", "aktív kapcsolatok", "aktivní připojení", "etkin bağlantılar", "ενεργές συνδέσεις",
]);

/** What `-b` prints where it may not look, as far as it was seen; in other languages it is known by its place (see `#readProgram`). */
const NO_OWNERSHIP = /^\s*(?:Can ?not obtain ownership information|Es konnten keine Besitzerinformationen|Impossible d.obtenir les informations|No se puede obtener (?:la )?información de propiedad|无法获取所有权信息|無法取得擁有權資訊|所有者情報を取得できません|소유권 정보를 (?:가져|얻을)|Не удается получить сведения о владельце|Impossibile ottenere informazioni sulla proprietà|Não (?:é|foi) possível obter informações (?:de|sobre a?) propriedade|x: Windows Sockets initialization failed)/i;

/**
 * Reads `netstat` of Windows with any of `-a -b -f -n -o -q -t`: `Proto Local Foreign [State] [PID] [Offload State]`, no queues. Headings
 * are translated and never read; states are translated in some languages, and what listens is known in all of them by its far end
 * `0.0.0.0:0`, `[::]:0` or `name:0`. A state in a language that is not known is not guessed: the row is left.
 * Source: "netstat" in Microsoft's Windows commands reference, and MIB_TCP_STATE (tcpmib.h) for the states.
 */
export class NetstatWindowsReader implements LineReader {
  readonly format = FORMAT;
  readonly #draft: SnapshotDraft;
  readonly #endpoints: EndpointReader;
  readonly #texts = new TextPool();
  /** The row that program lines (`-b`) belong to. */
  #open: SocketDraft | null = null;
  #openLine = 0;
  /** Whether a program line was seen: only then are unknown lines behind a row taken for what `-b` says. */
  #programs = false;
  readonly #withoutPid = new Map<string, number>();

  constructor(draft: SnapshotDraft, endpoints: EndpointReader) {
    this.#draft = draft;
    this.#endpoints = endpoints;
  }

  read(line: string): boolean {
    const row = ROW.exec(line);
    if (row === null) return this.#readProgram(line) || this.#readHeading(line);
    const [, proto = "", local = "", foreign = "", tail = ""] = row;
    const localEnd = this.#endpoint(local);
    if (localEnd === null) return false;
    const remoteEnd = this.#endpoint(foreign);
    if (remoteEnd === null) return false;
    const udp = proto === "UDP" || proto.toUpperCase() === "UDP";
    const words = tail === "" ? [] : tail.trimEnd().split(/\s+/);
    let state: Socket["state"] = null;
    let next = 0;
    const word = words[0];
    if (word !== undefined && !/^\d+$/.test(word)) {
      const known = readState(word, words.length === 1);
      if (known !== undefined) state = known;
      else if (!udp && remoteEnd.port === 0) state = "LISTEN";
      else if (!udp && !OFFLOAD.test(word)) return false;
      if (udp) state = null;
      next = 1;
    } else if (!udp && remoteEnd.port === 0) {
      state = "LISTEN";
    }

    const socket = draftSocket(udp ? "udp" : "tcp", state, localEnd, remoteEnd, null, null);
    const table = this.#draft.table(FORMAT);
    const printed = words[next];
    if (printed !== undefined && /^\d{1,10}$/.test(printed)) {
      // Windows shows everybody the PID of every socket; 0 is the idle process: nobody holds a TIME_WAIT.
      table.ownersAsked = true;
      table.asRoot = true;
      const pid = Number(printed);
      if (pid > 0) {
        socket.owners = [{ pid, process: null, fd: null }];
        socket.ownership = "owned";
      }
    }
    this.#draft.sockets.push(socket);
    this.#draft.addRow(FORMAT);
    this.#open = socket;
    this.#openLine = this.#draft.lineNumber;
    return true;
  }

  explainsBefore(text: string): boolean {
    // A service's name whose indentation was lost: its program has just been read.
    if (this.#programs && this.#openLine === this.#draft.lineNumber && /^\s*[\w.$-]{1,80}\s*$/.test(text)) return true;
    return TITLES.has(text.trim().toLowerCase()) || HEADING.test(text);
  }

  finish(): void {
    const without = [...this.#withoutPid].sort(([, one], [, other]) => other - one);
    if (without.length === 0) return;
    const count = without.reduce((sum, [, sockets]) => sum + sockets, 0);
    this.#draft.missing.push({
      what: `the process ids of ${count} sockets`,
      why: `netstat named programs (${without.slice(0, 5).map(([name, sockets]) => `${name} ${sockets}`).join(", ")}${without.length > 5 ? ", ..." : ""}) but ran without -o: several processes may run one program`,
      remedy: "capture again with netstat -abno",
    });
  }

  /** Without `-n` only the first label of a name is printed, and that may be all figures: `25:https` is a host called 25. */
  #endpoint(text: string): Endpoint | null {
    const read = this.#endpoints.read(text, 0, text.length);
    if (read !== null) return read;
    const named = /^([\w-]{1,63}):(\d{1,5}|[A-Za-z][\w.+-]*)$/.exec(text);
    if (named === null) return null;
    const [, name = "", service = ""] = named;
    const port = /^\d/.test(service) ? Number(service) : portOfService(service);
    return port !== null && port > 65_535 ? null : { address: this.#texts.share(name), port, zone: null };
  }

  /** The lines that `-b` prints behind a row: its service or components, then `[program.exe]`; or that it was not allowed to see. */
  #readProgram(line: string): boolean {
    const open = this.#open;
    // Old versions list every component, one a line.
    if (open === null || this.#openLine < this.#draft.lineNumber - 40) return false;
    const program = /^\s*\[([^\]:@\\/]{1,200})\]\s*$/.exec(line);
    if (program !== null) {
      this.#programs = true;
      const name = this.#texts.share(program[1] ?? "");
      const owner = open.owners[0];
      if (owner !== undefined) open.owners = [{ ...owner, process: name }];
      else if (open.state !== "TIME_WAIT") this.#withoutPid.set(name, (this.#withoutPid.get(name) ?? 0) + 1);
      this.#openLine = this.#draft.lineNumber;
      return true;
    }
    const direct = this.#openLine === this.#draft.lineNumber - 1;
    if (!direct) return false;
    const refusal = (NO_OWNERSHIP.test(line) && !/[.:\]]:?\d/.test(line.replace(/x: Windows Sockets.*$/, ""))) || (this.#programs && /^ (?! )[^\d:[\]]{8,120}$/.test(line) && !/\s{2,}/.test(line.trim()));
    if (refusal) {
      if (open.owners.length === 0 && open.state !== "TIME_WAIT") open.ownership = "hidden";
      return true;
    }
    // `  RpcSs`; of old versions `  C:\WINDOWS\system32\WS2_32.dll` and `  -- unknown component(s) --`.
    const component = /^ {2}(?! )[\w.$-]{1,80}\s*$/.test(line) || /^\s+[A-Za-z]:\\[^:]{1,200}\s*$/.test(line) || /^\s+-- [^:]{3,60} --\s*$/.test(line);
    if (component) this.#openLine = this.#draft.lineNumber;
    return component;
  }

  #readHeading(line: string): boolean {
    if (TITLES.has(line.trim().toLowerCase())) {
      this.#open = null;
      return true;
    }
    if (!HEADING.test(line) || /Recv-Q|RefCnt|Listen\b/.test(line)) return false;
    this.#draft.endTable();
    this.#open = null;
    if (/\bPID\s*(?:$|\S)/.test(line)) this.#draft.table(FORMAT).ownersAsked = true;
    return true;
  }
}

/** MIB_TCP_STATE beside RFC 9293's states: a bound socket that is not connected and a block that is being deleted are CLOSED. */
function readState(word: string, last: boolean): Socket["state"] | undefined {
  const known = tcpStateOf(word);
  if (known !== undefined) return known;
  if (/^(?:BOUND|DELETE_TCB)$/i.test(word)) return "CLOSED";
  return last ? tcpStateOfCut(word) : undefined;
}
