import type { Endpoint } from "../../model/endpoint";
import type { KernelFacts, MissingFact, SkippedLine } from "../../model/snapshot";
import type { Socket } from "../../model/socket";
import { NO_OWNERS } from "../../model/socket";
import type { TcpState } from "../../model/tcp-state";
import { ownText } from "./own-text";
import { ProcessDrafts } from "./process-drafts";

/** A socket while its capture is still being read: later lines (tcp_info, the rest of a wrapped row) add to it. */
export type SocketDraft = { -readonly [Key in keyof Socket]: Socket[Key] };

/** A socket of which only the row's first columns are known yet. All fields stand in one order, so that every row has one shape. */
export function draftSocket(
  protocol: Socket["protocol"],
  state: TcpState | null,
  local: Endpoint,
  remote: Endpoint,
  recvQueue: number | null,
  sendQueue: number | null,
): SocketDraft {
  return {
    protocol, state, local, remote, recvQueue, sendQueue,
    owners: NO_OWNERS, ownership: "not-asked", inode: null, uid: null, timer: null, info: null, cgroup: null, namespace: null, cookie: null,
  };
}

/** One printed table of a capture: the rows between a heading (or a prompt, or another format) and the next. */
export interface SocketTable {
  readonly format: string;
  firstSocket: number;
  endSocket: number;
  /** Whether the tool was asked for owners; null until the rows (or the command, or the heading) tell. */
  ownersAsked: boolean | null;
  /** Whether the tool ran as root, where the capture says so itself (prompt, privilege notice). */
  asRoot: boolean | null;
  /** The host and the command of the prompt above it; null where there was none. */
  readonly host: string | null;
  readonly command: string | null;
  /** Rows of this table print their user (ss -e prints none for root, so a missing uid means 0). */
  uidsPrinted: boolean;
}

/** What the readers of one capture write into. */
export class SnapshotDraft {
  readonly sockets: SocketDraft[] = [];
  readonly skipped: SkippedLine[] = [];
  readonly tables: SocketTable[] = [];
  readonly missing: MissingFact[] = [];
  /** Rows understood, by format: the snapshot is named after them. */
  readonly rows = new Map<string, number>();
  /** Lines that were rows (or the second half of one), of all formats. */
  rowLines = 0;
  readonly counters: Record<string, number> = {};
  /** What the capture tells of processes themselves (lsof). */
  readonly processes = new ProcessDrafts();
  /** Tables of counts by state, oldest first. */
  readonly stateTables: Partial<Record<TcpState, number>>[] = [];
  /** The line now being read, from 1. */
  lineNumber = 0;
  /** What the command typed before the next table told about it. */
  hint: { readonly asRoot: boolean | null; readonly ownersAsked: boolean; readonly host?: string | null; readonly command?: string | null } | null = null;
  #table: SocketTable | null = null;

  /** Ends the current table: the next row begins another. */
  endTable(): void {
    if (this.#table !== null) this.#table.endSocket = this.sockets.length;
    this.#table = null;
  }

  /** The table that rows of this format belong to now. */
  table(format: string): SocketTable {
    const current = this.#table;
    if (current !== null && current.format === format) return current;
    this.endTable();
    const table: SocketTable = {
      format, firstSocket: this.sockets.length, endSocket: this.sockets.length,
      ownersAsked: this.hint?.ownersAsked === true ? true : null, asRoot: this.hint?.asRoot ?? null,
      host: this.hint?.host ?? null, command: this.hint?.command ?? null, uidsPrinted: false,
    };
    this.tables.push(table);
    this.#table = table;
    return table;
  }

  addRow(format: string): void {
    this.rowLines += 1;
    this.rows.set(format, (this.rows.get(format) ?? 0) + 1);
  }

  /** Keeps a line that was not understood. A blank one, which a reader held with others, is no loss. */
  skip(line: number, text: string, reason: string): void {
    if (text.trim() === "") return;
    this.skipped.push({ line, text: ownText(text), reason });
  }

  /** Kernel counters as a snapshot carries them, or null when the capture had none. */
  kernel(): KernelFacts | null {
    return Object.keys(this.counters).length === 0 ? null : { counters: this.counters, localPortRange: null, settings: {}, release: null };
  }
}

/** Reads one format, line by line. */
export interface LineReader {
  readonly format: string;
  /** Takes the line when it is of this format and returns true; otherwise changes nothing and returns false. */
  read(line: string): boolean;
  /** A row broken in two by a narrow terminal: takes both halves as one when they make a row. */
  readBroken?(first: string, second: string): boolean;
  /** Whether a line that nobody understood belongs to the line that this reader has just taken after it: a title, a translated heading. */
  explainsBefore?(text: string): boolean;
  /** A command that was typed before the next lines, whatever tool it runs. */
  begin?(command: string): void;
  /** Called once after the last line. */
  finish?(): void;
}
