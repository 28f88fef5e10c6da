import type { Snapshot } from "../../model/snapshot";
import type { TcpState } from "../../model/tcp-state";
import { holdsAddress, holdsTwoEnds } from "./columns";
import { EndpointReader } from "./endpoint-reader";
import { KernelCounterReader } from "./kernel-counters";
import { LineSplitter } from "./line-splitter";
import { GetNetTcpConnectionReader } from "./get-nettcpconnection";
import { NetstatBsdReader } from "./netstat-bsd";
import { LsofFieldReader } from "./lsof-fields";
import { LsofTableReader } from "./lsof-table";
import { NetstatLinuxReader } from "./netstat-linux";
import { NetstatSolarisReader } from "./netstat-solaris";
import { NetstatStatisticsReader } from "./netstat-statistics";
import { NetstatWindowsReader } from "./netstat-windows";
import { NodeExporterReader } from "./node-exporter";
import { ownText } from "./own-text";
import { settleOwnership } from "./ownership";
import { ProcNetTcpReader } from "./proc-net-tcp";
import type { PromptLine } from "./prompt";
import { readPrompt, socketToolOptions } from "./prompt";
import { settleRepeatedLooks } from "./repeated-looks";
import type { LineReader } from "./snapshot-draft";
import { SnapshotDraft } from "./snapshot-draft";
import { SockstatFreebsdReader } from "./sockstat-freebsd";
import { SockstatLinuxReader } from "./sockstat-linux";
import { isTableRule, unwrapped } from "./wrapped-line";
import { SsReader } from "./ss";
import { SsSummaryReader, StateTableReader } from "./state-table";

/** Takes a capture in pieces of any size and gives its Snapshot. */
export interface CaptureReader {
  push(text: string): void;
  /** The snapshot of everything pushed. Never throws: what was not understood stands in `skipped`. */
  finish(): Snapshot;
}

/**
 * What became of a line: a row of a table; understood, but no row (a heading, a notice, a prompt, more of the row before it); not
 * understood, and kept in `skipped`; or blank.
 */
export type LineFate = "row" | "known" | "skipped" | "blank";

/**
 * Reads captures of socket tables: ss, netstat of every system, PowerShell, lsof, /proc/net/tcp, counts by state, kernel counters, several
 * in one text, recognised line by line by what they hold. CRLF, byte order marks, terminal colours, prompts and quoting are seen through.
 *
 * @param name What the capture is called: a file's name, or `-`.
 * @param onFate Told what became of each line, so that it can be checked that none is lost. The last word on a line counts: one that may
 * belong to the next is settled later, and what is in `skipped` is told of once more at the end.
 */
export function createCaptureReader(name: string, onFate: ((line: number, fate: LineFate) => void) | null = null): CaptureReader {
  return new MixedCaptureReader(name, onFate);
}

interface HeldLine {
  readonly number: number;
  readonly text: string;
}

class MixedCaptureReader implements CaptureReader {
  readonly #name: string;
  readonly #draft = new SnapshotDraft();
  readonly #onFate: ((line: number, fate: LineFate) => void) | null;
  readonly #ss: SsReader;
  readonly #lsofFields: LsofFieldReader;
  readonly #readers: readonly LineReader[];
  /** The reader that understood the last line: it is asked first. */
  #current: LineReader;
  readonly #lines = new LineSplitter((line) => this.#line(line));
  /** A line that nobody understood alone: it may be the first half of a broken row, or the title of the heading that follows. */
  #held: HeldLine | null = null;
  /** Lines that were no rows and yet list a socket. */
  readonly #swallowed: HeldLine[] = [];

  constructor(name: string, onFate: ((line: number, fate: LineFate) => void) | null) {
    this.#name = name;
    this.#onFate = onFate;
    const draft = this.#draft;
    const endpoints = new EndpointReader();
    this.#ss = new SsReader(draft, endpoints);
    this.#lsofFields = new LsofFieldReader(draft, endpoints);
    this.#readers = [
      this.#ss,
      new NetstatLinuxReader(draft, endpoints),
      new LsofTableReader(draft, endpoints),
      this.#lsofFields,
      new ProcNetTcpReader(draft, endpoints),
      new NetstatWindowsReader(draft, endpoints),
      new NetstatBsdReader(draft),
      new NetstatSolarisReader(draft),
      new GetNetTcpConnectionReader(draft),
      new SockstatFreebsdReader(draft, endpoints),
      new StateTableReader(draft),
      new SsSummaryReader(draft),
      new KernelCounterReader(draft),
      new NetstatStatisticsReader(draft),
      new SockstatLinuxReader(draft),
      new NodeExporterReader(draft),
    ];
    this.#current = this.#ss;
  }

  push(text: string): void {
    this.#lines.push(text);
  }

  finish(): Snapshot {
    const rest = this.#lines.takeRest();
    if (rest !== "") this.#line(rest);
    this.#dropHeld();
    const draft = this.#draft;
    for (const reader of this.#readers) reader.finish?.();
    draft.endTable();
    if (this.#swallowed.length > 0) {
      // A reader that held such a line has given it back already.
      const shown = new Set(draft.skipped.map(({ line }) => line));
      for (const { number, text } of this.#swallowed) if (!shown.has(number)) draft.skip(number, text, "a heading or a notice with a row inside");
    }
    if (this.#onFate !== null) for (const { line } of draft.skipped) this.#onFate(line, "skipped");
    settleRepeatedLooks(draft);
    settleOwnership(draft);
    return {
      source: { format: formatName(draft), target: this.#name, takenAt: null },
      sockets: draft.sockets,
      statesOnly: this.#statesOnly(),
      processes: draft.processes.list(),
      kernel: draft.kernel(),
      clock: null,
      privilege: null,
      hostname: null,
      hostNames: [],
      namespaces: [],
      summaries: [],
      ownAddresses: [],
      // A reader that holds lines until it knows what they are gives them back late.
      skipped: draft.skipped.sort((one, other) => one.line - other.line),
      missing: draft.missing,
      cost: null,
    };
  }

  #line(raw: string): void {
    this.#draft.lineNumber += 1;
    if (this.#onFate === null) this.#take(raw);
    else this.#takeAndTell(raw, this.#onFate);
  }

  #takeAndTell(raw: string, onFate: (line: number, fate: LineFate) => void): void {
    const number = this.#draft.lineNumber;
    const rowsBefore = this.#draft.rowLines;
    const heldBefore = this.#held;
    this.#take(raw);
    // The line before was waiting for this one: put together, they are one row; a title goes with its heading.
    if (heldBefore !== null && this.#held !== heldBefore && this.#draft.skipped.at(-1)?.line !== heldBefore.number) onFate(heldBefore.number, "known");
    if (this.#held !== null && this.#held !== heldBefore) return;
    onFate(number, this.#draft.rowLines > rowsBefore ? "row" : plainText(raw).trim() === "" ? "blank" : "known");
  }

  #take(raw: string): void {
    const line = raw.charCodeAt(raw.length - 1) === 13 ? raw.replace(/\r+$/, "") : raw;
    if (line === "") return;
    const rowsBefore = this.#draft.rowLines;
    if (line.indexOf("\x1b") === -1 && this.#current.read(line)) {
      if (this.#draft.rowLines === rowsBefore) this.#keepSwallowedRow(line);
      if (this.#held !== null) this.#releaseHeld(line, this.#current);
      return;
    }
    this.#unfamiliar(line);
  }

  #unfamiliar(raw: string): void {
    // `lsof -F0` ends its fields with NUL; elsewhere a NUL is what is left of UTF-16.
    if (raw.includes("\0") && this.#lsofFields.read(raw)) {
      this.#dropHeld();
      this.#current = this.#lsofFields;
      return;
    }
    const line = plainText(raw);
    if (line.trim() === "") return;
    if (this.#understood(line)) return;
    const prompt = readPrompt(line);
    if (prompt !== null) {
      this.#dropHeld();
      this.#beginCommand(prompt);
      return;
    }
    for (const text of unwrapped(line)) if (this.#understood(text)) return;
    if (isTableRule(line)) return;
    const held = this.#held;
    if (held !== null && held.number === this.#draft.lineNumber - 1 && this.#ss.readBroken(held.text, line)) {
      this.#held = null;
      return;
    }
    this.#dropHeld();
    this.#held = { number: this.#draft.lineNumber, text: line };
  }

  #understood(line: string): boolean {
    const rowsBefore = this.#draft.rowLines;
    for (const reader of [this.#current, ...this.#readers]) {
      if (!reader.read(line)) continue;
      if (this.#draft.rowLines === rowsBefore) this.#keepSwallowedRow(line);
      this.#releaseHeld(line, reader);
      this.#current = reader;
      return true;
    }
    return false;
  }

  /** A heading or a notice that a row was glued to is no row: what it held is shown. Lines that begin with a tab go on with a row. */
  #keepSwallowedRow(line: string): void {
    if (line.charCodeAt(0) !== 9 && holdsTwoEnds(line)) this.#swallowed.push({ number: this.#draft.lineNumber, text: ownText(line) });
  }

  #beginCommand({ command, asRoot, host }: PromptLine): void {
    const letters = socketToolOptions(command);
    this.#draft.endTable();
    this.#draft.hint = { asRoot, ownersAsked: letters !== null && letters.includes("p"), host, command: command === "" ? null : command };
    if (letters !== null) this.#ss.setCommand(letters, command);
    for (const reader of this.#readers) reader.begin?.(command);
  }

  /** The held line stands alone after all, unless it is the title (in whatever language) of the heading or row that `reader` has taken after it. */
  #releaseHeld(next: string, reader: LineReader): void {
    const held = this.#held;
    if (held !== null && held.number >= this.#draft.lineNumber - 2 && !holdsAddress(held.text) && ((held.number === this.#draft.lineNumber - 1 && /^Proto\s/.test(next) && !/\d[.:]\d/.test(held.text)) || reader.explainsBefore?.(held.text) === true)) this.#held = null;
    this.#dropHeld();
  }

  #dropHeld(): void {
    const held = this.#held;
    this.#held = null;
    if (held === null) return;
    this.#draft.skip(held.number, held.text, whyNotUnderstood(held.text));
  }

  #statesOnly(): Partial<Record<TcpState, number>> | null {
    const tables = this.#draft.stateTables;
    if (tables.length === 0) return null;
    if (this.#draft.sockets.length > 0) {
      this.#draft.missing.push({ what: `${tables.length} tables of counts by state`, why: "the capture lists the sockets themselves, and these are counted", remedy: "put the counts into a file of their own to read them" });
      return null;
    }
    const peak: Partial<Record<TcpState, number>> = {};
    for (const table of tables) {
      for (const [state, count] of Object.entries(table) as [TcpState, number][]) peak[state] = Math.max(peak[state] ?? 0, count);
    }
    if (tables.length > 1) {
      this.#draft.missing.push({ what: `the course of ${tables.length} counts`, why: "the capture holds several tables of counts; the highest count of each state is given", remedy: "open the tables one by one, or watch the host" });
    }
    this.#draft.missing.push({ what: "the sockets", why: "the capture holds counts by state only", remedy: "capture ss -tanpoie as root" });
    return peak;
  }
}

/** Without colours, cursor movements, byte order marks and the zeros of half-decoded UTF-16. */
function plainText(line: string): string {
  return line
    .replace(/\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\-_])/g, "")
    .replace(/[\uFEFF\uFFFE\0\x07\x08\x0e\x0f]/g, "")
    .replace(/\u00a0/g, " ")
    .replace(/\r/g, "");
}

function whyNotUnderstood(line: string): string {
  if (/^\s*(?:TCP|UDP)\s+\S+:\S+\s+\S+:\S+\s+\S/.test(line)) return "a row of Windows netstat whose state is in a language that is not known";
  if (/^(?:tcp|udp)(?:4|6|46)?\s+\d+\s+\d+\s/.test(line)) return "a netstat row whose addresses or state were not understood";
  return "no reader knows this line";
}

function formatName(draft: SnapshotDraft): string {
  if (draft.rows.size === 0) return "unknown";
  return [...draft.rows].sort(([, one], [, other]) => other - one).map(([format]) => format).join("+");
}
