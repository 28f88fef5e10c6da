import type { TcpState } from "../../model/tcp-state";
import type { LineReader, SnapshotDraft } from "./snapshot-draft";
import { tcpStateOf } from "./state-names";

const FORMAT = "state-summary";
/** What `awk '{++S[$NF]}'` counts when it meets the headings: no states, but part of the table. */
const HEADING_WORDS = new Set(["state", "foreign", "address", "servers)", "established)", "recv-q", "address:port", "port", "process", "unconn", "connections", "name", "local"]);

/** Reads tables of counts by state, as `awk '{++S[$NF]} ...'` (`CLOSE_WAIT 126`) and `uniq -c` (`126 CLOSE_WAIT`) make them. */
export class StateTableReader implements LineReader {
  readonly format = FORMAT;
  readonly #draft: SnapshotDraft;
  #open: Partial<Record<TcpState, number>> | null = null;
  #lastLine = 0;

  constructor(draft: SnapshotDraft) {
    this.#draft = draft;
  }

  read(line: string): boolean {
    if (line.length > 100) return false;
    const match = /^\s*(?:([A-Za-zÀ-ÿ][\w:)À-ÿ-]*?)\s*[\s:=,]\s*(\d+)|(\d+)\s+([A-Za-zÀ-ÿ][\w:)À-ÿ-]*))\s*$/.exec(line);
    if (match === null) return false;
    const word = match[1] ?? match[4] ?? "";
    const count = Number(match[2] ?? match[3]);
    const state = tcpStateOf(word);
    if (state === undefined) return this.#open !== null && this.#lastLine === this.#draft.lineNumber - 1 && HEADING_WORDS.has(word.toLowerCase()) && this.#step();
    let table = this.#open;
    if (table === null || table[state] !== undefined || this.#lastLine !== this.#draft.lineNumber - 1) {
      table = {};
      this.#draft.stateTables.push(table);
      this.#open = table;
    }
    table[state] = count;
    this.#draft.addRow(FORMAT);
    return this.#step();
  }

  #step(): true {
    this.#lastLine = this.#draft.lineNumber;
    return true;
  }
}

/** Reads `ss -s`: the TCP line's totals. Older versions also print `synrecv` and `ports`. */
export class SsSummaryReader implements LineReader {
  readonly format = "ss-s";
  readonly #draft: SnapshotDraft;
  #inside = 0;

  constructor(draft: SnapshotDraft) {
    this.#draft = draft;
  }

  read(line: string): boolean {
    if (/^Total:\s+\d+(?:\s+\(kernel \d+\))?\s*$/.test(line)) return this.#step();
    const tcp = /^TCP:\s+\d+\s+\(estab (\d+), closed \d+, orphaned \d+,(?: synrecv (\d+),)? timewait (\d+)/.exec(line);
    if (tcp !== null) {
      const table: Partial<Record<TcpState, number>> = {};
      const counts: readonly (readonly [TcpState, string | undefined])[] = [["SYN_RECEIVED", tcp[2]], ["ESTABLISHED", tcp[1]], ["TIME_WAIT", tcp[3]]];
      for (const [state, count] of counts) if (count !== undefined && count !== "0") table[state] = Number(count);
      this.#draft.stateTables.push(table);
      this.#draft.addRow(this.format);
      return this.#step();
    }
    if (this.#inside === 0 || this.#draft.lineNumber - this.#inside > 3) return false;
    if (/^Transport\s+Total\s+IP\s+IPv6\s*$/.test(line) || /^(?:\*|RAW|UDP|TCP|INET|FRAG)\s+(?:\d+|-)\s+(?:\d+|-)\s+(?:\d+|-)\s*$/.test(line)) return this.#step();
    return false;
  }

  #step(): true {
    this.#inside = this.#draft.lineNumber;
    return true;
  }
}
