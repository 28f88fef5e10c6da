import type { TcpState } from "../../model/tcp-state";
import type { LineReader, SnapshotDraft } from "./snapshot-draft";
import { tcpStateOf } from "./state-names";

const FORMAT = "state-summary";
/** What `awk '{++S[$NF]}'` counts when it meets the headings: no states, but part of the table. */
const HEADING_WORDS = new Set(["state", "foreign", "address", "servers)", "established)", "recv-q", "address:port", "port", "process", "unconn", "connections", "name", "local"]);

/** Headings and totals that people and tools put around such counts. */
const HEADING = /^\s*(?:\|\s*)?(?:(?:tcp\s+)?(?:state|status|count|counts|connections|number|name|total|sum)s?\b[\s:|,;=]*){1,3}(?:group)?\s*(?:\d+)?\s*\|?\s*$/i;
/** A heading that says both of its columns needs no table before it to be one. */
const BOTH_COLUMNS = /^\W*(?:tcp\s+)?(?:(?:state|status|name)\W+(?:count|connections|number)s?|(?:count|connections|number)s?\W+(?:state|status|name))(?:\W+group)?\W*$/i;
const RULER = /^\s*[|+:]?(?:-{2,}|={2,})[-+=|:\s]*$/;
const WORD = String.raw`[A-Za-zÀ-ÿ][\w)À-ÿ-]*`;
/** `CLOSE_WAIT 126`, `CLOSE_WAIT: 126`, `S[CLOSE_WAIT] = 126`, `"close_wait": 126,`, `| CLOSE_WAIT | 126 |`, `CLOSE_WAIT,126 (12.5%)`. */
const WORD_FIRST = new RegExp(String.raw`^[\s|*•-]*(?:[A-Za-z]+\[)?["'\x60]?(${WORD})["'\x60:\]]*(?:\s*[\s:=,;|]\s*|\s*(?:=>|->|\.{2,})\s*)(\d+)\s*(?:\(?\d+(?:\.\d+)?\s*%\)?)?[\s|,;]*$`);
/** `126 CLOSE_WAIT`, `126x CLOSE_WAIT`, `126 | CLOSE_WAIT`, and PowerShell's `126 CloseWait {...}`. */
const COUNT_FIRST = new RegExp(String.raw`^[\s|]*(\d+)(?:\s*[xX×]\s|\s*[\s:=,;|]\s*)["'\x60]?(${WORD})["'\x60:]?\s*(?:\{.*\}?|\(?\d+(?:\.\d+)?\s*%\)?)?[\s|,;]*$`);
/** Several in one line, as status pages print them: `ESTABLISHED:10 CLOSE_WAIT:3`, `estab 10, close-wait 3`. */
const PAIR = new RegExp(String.raw`(${WORD})\s*[:= ]\s*(\d+)(?=[\s,;]|$)[\s,;]*`, "y");

/**
 * Reads tables of counts by state, as `awk '{++S[$NF]} ...'` (`CLOSE_WAIT 126`), `uniq -c` (`126 CLOSE_WAIT`), and those who retell them
 * write them. A state that comes again begins another table: a later count of the same.
 */
export class StateTableReader implements LineReader {
  readonly format = FORMAT;
  readonly #draft: SnapshotDraft;
  #open: Partial<Record<TcpState, number>> | null = null;
  #headed = false;
  #lastLine = 0;

  constructor(draft: SnapshotDraft) {
    this.#draft = draft;
  }

  read(line: string): boolean {
    if (line.length > 200) return false;
    if (BOTH_COLUMNS.test(line)) {
      this.#headed = true;
      return this.#step();
    }
    const near = (this.#open !== null || this.#headed) && this.#lastLine >= this.#draft.lineNumber - 2;
    const first = WORD_FIRST.exec(line);
    const other = first === null ? COUNT_FIRST.exec(line) : null;
    if (first === null && other === null) {
      if (near && (HEADING.test(line) || RULER.test(line))) return this.#step();
      return this.#readPairs(line);
    }
    const word = first?.[1] ?? other?.[2] ?? "";
    const state = tcpStateOf(word);
    if (state === undefined) {
      // What the pipe made of the headings stands among the states; it is part of the table only where there is one.
      if (near && this.#lastLine === this.#draft.lineNumber - 1 && (HEADING_WORDS.has(word.toLowerCase()) || HEADING.test(line))) return this.#step();
      return false;
    }
    this.#count(state, Number(first?.[2] ?? other?.[1]));
    this.#draft.addRow(FORMAT);
    return this.#step();
  }

  explainsBefore(text: string): boolean {
    return HEADING.test(text) || RULER.test(text);
  }

  #readPairs(line: string): boolean {
    const pairs: [TcpState, number][] = [];
    PAIR.lastIndex = line.length - line.trimStart().length;
    for (let match = PAIR.exec(line); match !== null; match = PAIR.exec(line)) {
      const state = tcpStateOf(match[1] ?? "");
      if (state === undefined) return false;
      pairs.push([state, Number(match[2])]);
      if (PAIR.lastIndex >= line.trimEnd().length) {
        if (pairs.length < 2) return false;
        for (const [each, count] of pairs) this.#count(each, count);
        this.#draft.addRow(FORMAT);
        return this.#step();
      }
    }
    return false;
  }

  #count(state: TcpState, count: number): void {
    let table = this.#open;
    if (table === null || table[state] !== undefined || this.#lastLine < this.#draft.lineNumber - 2) {
      table = {};
      this.#draft.stateTables.push(table);
      this.#open = table;
    }
    table[state] = count;
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
