import { readCsvRow } from "./csv-row";
import { JsonObjects } from "./json-lines";
import { CIM_PROPERTIES, PowershellSockets, SOCKET_PROPERTIES, stateOf } from "./powershell-properties";
import type { TableHeading } from "./powershell-table";
import { readTableHeading, readTableRow } from "./powershell-table";
import type { LineReader, SnapshotDraft, SocketDraft } from "./snapshot-draft";

const FORMAT = "get-nettcpconnection";
/** A row without its heading: address, port, address, port, state, [setting], pid. */
const BARE_ROW = /^\s*([0-9a-fA-F:.%…]+)\s+(\d{1,5})\s+([0-9a-fA-F:.%…]+)\s+(\d{1,5})\s+([A-Z][A-Za-z0-9]+)(?:\s+([A-Za-z][\w-]*))?(?:\s+(\d{1,10}))?\s*$/;
const LIST_LINE = /^\s*([A-Za-z]\w{2,40})\s*:(?: (.*))?$/;
const JSON_BEGIN = /^\s*(?:\[\s*)?\{\s*(?:"|$)|^\s*\[\s*$/;

interface HeldLine {
  readonly number: number;
  readonly text: string;
}

/**
 * Reads PowerShell's `Get-NetTCPConnection` and `Get-NetUDPEndpoint` in every form that it prints: Format-Table (its own, or any choice of
 * columns), Format-List, `ConvertTo-Csv`/`Export-Csv` with and without type line, and `ConvertTo-Json`. Property names are English in every
 * language of Windows. Source: MSFT_NetTCPConnection and MSFT_NetUDPEndpoint in Microsoft's reference.
 */
export class GetNetTcpConnectionReader implements LineReader {
  readonly format = FORMAT;
  readonly #draft: SnapshotDraft;
  readonly #sockets = new PowershellSockets();
  readonly #json = new JsonObjects((text) => this.#readObject(text));
  /** What the last command or type line asked for. */
  #udp: boolean | null = null;
  #heading: TableHeading | null = null;
  #headingLine = 0;
  #csv: { readonly names: readonly string[]; readonly separator: string } | null = null;
  #list = new Map<string, string>();
  #lastProperty = "";
  /** Lines taken before it is known whether they are a socket: given back if they are not. */
  #held: HeldLine[] = [];
  #inJson = false;
  #jsonSockets = 0;
  /** Whether the line just read ended an object that is no socket. */
  #foreignObject = false;

  constructor(draft: SnapshotDraft) {
    this.#draft = draft;
  }

  begin(command: string): void {
    this.#endList();
    this.#endJson();
    this.#heading = null;
    this.#csv = null;
    this.#udp = /Get-NetUDPEndpoint/i.test(command) ? true : /Get-NetTCPConnection/i.test(command) ? false : null;
  }

  read(line: string): boolean {
    if (this.#inJson || JSON_BEGIN.test(line)) return this.#readJson(line);
    if (this.#csv !== null && this.#readCsv(line)) return true;
    if (this.#heading !== null && this.#readRow(line, this.#heading)) return true;
    return this.#readListLine(line) || this.#readBareRow(line) || this.#readHeading(line);
  }

  finish(): void {
    this.#endList();
    this.#endJson();
    const cut = this.#sockets.cutAddresses;
    if (cut > 0) {
      this.#draft.missing.push({
        what: `${cut} addresses in full`,
        why: "PowerShell's table cut them off to fit its column",
        remedy: "capture again with Get-NetTCPConnection | ConvertTo-Csv -NoTypeInformation (or Format-Table -AutoSize into a wide window)",
      });
    }
  }

  #add(socket: SocketDraft): void {
    const table = this.#draft.table(FORMAT);
    if (socket.owners.length > 0) {
      // Windows shows everybody the PID of every socket.
      table.ownersAsked = true;
      table.asRoot = true;
    }
    this.#draft.sockets.push(socket);
    this.#draft.addRow(FORMAT);
  }

  #readHeading(line: string): boolean {
    if (/^#TYPE\s/.test(line)) {
      this.#udp = /UDP/i.test(line) ? true : /TCP/i.test(line) ? false : this.#udp;
      return /MSFT_Net|Selected\.|CimInstance/.test(line);
    }
    if (this.#heading !== null && /^\s*-{2,}(?:\s+-{2,})*\s*$/.test(line)) return true;
    // A narrow window broke the names: `OwningPr` above `ocess`.
    if (this.#headingLine !== 0 && this.#headingLine === this.#draft.lineNumber - 1 && /^\s+[a-z]{1,12}(?:\s+[a-z]{1,12})*\s*$/.test(line)) return true;
    if (!/localaddress/i.test(line)) return false;
    const csv = readCsvHeading(line);
    if (csv !== null) {
      this.#endList();
      this.#draft.endTable();
      this.#csv = csv;
      this.#heading = null;
      return true;
    }
    const heading = readTableHeading(line, "localaddress", SOCKET_PROPERTIES);
    if (heading === null) return false;
    this.#endList();
    this.#draft.endTable();
    this.#heading = heading;
    this.#headingLine = this.#draft.lineNumber;
    this.#csv = null;
    return true;
  }

  #readRow(line: string, heading: TableHeading): boolean {
    const cells = readTableRow(line, heading);
    if (cells === null) return false;
    const socket = this.#sockets.read(cells, this.#udp);
    if (socket === null) return false;
    this.#add(socket);
    return true;
  }

  #readBareRow(line: string): boolean {
    const row = BARE_ROW.exec(line);
    if (row === null || stateOf(row[5] ?? "") === undefined) return false;
    const cells = new Map([["localaddress", row[1] ?? ""], ["localport", row[2] ?? ""], ["remoteaddress", row[3] ?? ""], ["remoteport", row[4] ?? ""], ["state", row[5] ?? ""], ["owningprocess", row[7] ?? ""]]);
    const socket = this.#sockets.read(cells, false);
    if (socket === null) return false;
    this.#add(socket);
    return true;
  }

  #readCsv(line: string): boolean {
    const csv = this.#csv;
    if (csv === null) return false;
    const fields = readCsvRow(line, csv.separator);
    if (fields === null || fields.length !== csv.names.length) return false;
    const cells = new Map<string, string>();
    for (const [index, name] of csv.names.entries()) cells.set(name, fields[index] ?? "");
    const socket = this.#sockets.read(cells, this.#udp);
    if (socket === null) return false;
    this.#add(socket);
    return true;
  }

  #readListLine(line: string): boolean {
    const match = LIST_LINE.exec(line);
    if (match === null) {
      // A long value goes on, indented, under its property.
      if (this.#held.length === 0 || !/^\s{8,}\S/.test(line) || SOCKET_PROPERTIES.has(this.#lastProperty)) return false;
      this.#hold(line);
      return true;
    }
    const name = (match[1] ?? "").toLowerCase();
    const value = (match[2] ?? "").trim();
    if (this.#list.size === 0) {
      if (!SOCKET_PROPERTIES.has(name) || (name === "state" && !/^[A-Z][a-z]/.test(value)) || (name === "state" && stateOf(value) === undefined)) return false;
      if (name === "creationtime" || name.endsWith("port") ) return false;
    } else if (!CIM_PROPERTIES.has(name) && !/^process/.test(name)) {
      return false;
    }
    if (this.#list.has(name)) this.#endList();
    this.#list.set(name, value);
    this.#lastProperty = name;
    this.#hold(line);
    return true;
  }

  #hold(text: string): void {
    if (text.trim() !== "") this.#held.push({ number: this.#draft.lineNumber, text });
  }

  #endList(): void {
    if (this.#list.size === 0) return;
    const socket = this.#sockets.read(this.#list, this.#udp);
    if (socket === null) this.#giveBack("properties that make no socket");
    else this.#add(socket);
    this.#held = [];
    this.#list = new Map();
  }

  #giveBack(reason: string): void {
    for (const { number, text } of this.#held) this.#draft.skip(number, text, reason);
    this.#held = [];
  }

  #readJson(line: string): boolean {
    const before = this.#jsonSockets;
    this.#foreignObject = false;
    if (!this.#inJson) this.#endList();
    const fits = this.#json.push(line);
    if (!fits || (!this.#json.open && !this.#inJson && this.#jsonSockets === before)) {
      // Whole on one line and no socket, or no JSON after all: the line itself goes on to the other readers.
      const taken = this.#jsonSockets > before;
      this.#json.reset();
      this.#endJson();
      return taken;
    }
    this.#inJson = this.#json.open;
    if (this.#jsonSockets > before) this.#held = [];
    else this.#hold(line);
    if (this.#foreignObject) this.#giveBack("JSON that is no socket");
    if (!this.#inJson) {
      // The bracket that closes an array of sockets belongs to it.
      if (this.#jsonSockets > 0) this.#held = [];
      this.#endJson();
    }
    return true;
  }

  #endJson(): void {
    if (!this.#inJson && this.#jsonSockets === 0) return;
    this.#giveBack("JSON that is no socket");
    this.#inJson = false;
    this.#jsonSockets = 0;
    this.#json.reset();
  }

  #readObject(text: string): void {
    let parsed: unknown;
    try {
      parsed = JSON.parse(text);
    } catch {
      this.#foreignObject = true;
      return;
    }
    const before = this.#jsonSockets;
    for (const object of objectsOf(parsed)) {
      const properties = new Map<string, string>();
      for (const [name, value] of Object.entries(object)) {
        if (typeof value === "string" || typeof value === "number") properties.set(name.toLowerCase(), String(value));
      }
      if (!properties.has("localaddress")) continue;
      const socket = this.#sockets.read(properties, this.#udp);
      if (socket === null) continue;
      this.#add(socket);
      this.#jsonSockets += 1;
    }
    if (this.#jsonSockets === before) this.#foreignObject = true;
  }
}

/** The object itself, or those of the array that PowerShell wrapped as `{ "value": [...], "Count": n }`. */
function objectsOf(parsed: unknown): readonly object[] {
  if (typeof parsed !== "object" || parsed === null) return [];
  const wrapped = "value" in parsed && Array.isArray(parsed.value) ? (parsed.value as unknown[]) : null;
  return wrapped === null ? [parsed] : wrapped.filter((each): each is object => typeof each === "object" && each !== null);
}

function readCsvHeading(line: string): { readonly names: readonly string[]; readonly separator: string } | null {
  for (const separator of [",", ";", "\t"]) {
    if (!line.includes(separator)) continue;
    const fields = readCsvRow(line, separator);
    if (fields === null || fields.length < 2) continue;
    const names = fields.map((field) => field.trim().toLowerCase());
    if (names.includes("localaddress") && names.includes("localport")) return { names, separator };
  }
  return null;
}
