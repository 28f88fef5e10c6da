import type { LogLevel, LogSource, LogSourceKind } from "../../model/log";
import type { LogRecords } from "../../model/log-records";
import type { SkippedLine } from "../../model/snapshot";
import { LineSplitter } from "../sockets/line-splitter";
import { continues } from "./continuation";
import { ENVELOPES, EnvelopeScan } from "./envelope";
import type { Envelope } from "./envelope";
import { unwrapJson } from "./json-envelope";
import type { LineFormat } from "./formats/line-format";
import { LineScan } from "./formats/line-format";
import { LINE_FORMATS } from "./formats/registry";
import { JSON_LINES } from "./formats/json";
import { NGINX_ERROR } from "./formats/nginx-error";
import { readHead, STAMPED } from "./formats/stamped";
import { w3cFormat } from "./formats/w3c";
import { hideSecrets } from "./hide-secrets";
import { levelOfWord } from "./level";
import type { LineShape } from "./packed-records";
import { RecordStore } from "./packed-records";
import { TimeSettler } from "./settle-times";
import type { LogClock } from "./settle-times";

/** What is known of a log before it is read. */
export interface LogOrigin {
  readonly kind: LogSourceKind;
  readonly name: string;
  readonly how: string;
  readonly pid: number | null;
  readonly clock: LogClock;
  /** When the machine booted, epoch milliseconds on its clock: the kernel counts from there. Absent or null: not known. */
  readonly bootMs?: number | null;
}

/** Takes a log in pieces of any size. */
export interface LogReader {
  push(text: string): void;
  /**
   * All that was pushed. Never throws: what could not be placed stands in the source's `skipped`.
   *
   * @param leftUnread What of the log was not read, in words, or null.
   */
  finish(leftUnread: string | null): LogRecords;
  /** How much of the text so far is a log: the share of lines that begin a record of a known format, or go on with one. 0 when nothing was pushed. */
  share(): number;
  /** Lines so far. */
  readonly lines: number;
}

/** Longer lines are cut: nobody reads them, and a binary file has no line ends. */
const LONGEST_LINE = 256_000;
/** What one record may gather: a log without stamps behind its first line is no record of a gigabyte. */
const MOST_LINES = 2_000;
const MOST_CHARACTERS = 512_000;
const MOST_ENVELOPES = 3;
const MOST_SKIPPED = 1_000;

export function createLogReader(origin: LogOrigin): LogReader {
  return new Reader(origin);
}

class Reader implements LogReader {
  readonly #origin: LogOrigin;
  readonly #store = new RecordStore();
  readonly #settler: TimeSettler;
  readonly #kernel: ((line: string) => string) | null;
  readonly #lines = new LineSplitter((line) => this.#line(line));
  readonly #scan = new LineScan();
  readonly #envelope = new EnvelopeScan();
  readonly #shapes: LineShape[] = [];
  readonly #counts = new Map<string, number>();
  readonly #skipped: SkippedLine[] = [];
  /** What the last line was made of: it is tried first. */
  #shape: LineShape = { envelopes: [], format: null };
  #number = 0;
  #bytes = 0;
  #known = 0;
  #blank = 0;
  /** Some record so far had a stamp of its own: lines without one go on with the one before. */
  #stamped = false;
  /** What was added to times of day, and to how many records: a log that is followed is finished several times. */
  #shift = 0;
  #shiftedTo = 0;
  #firstMs = Number.POSITIVE_INFINITY;
  #lastMs = Number.NEGATIVE_INFINITY;

  // The record that may still go on.
  #open = false;
  #openLine = 0;
  #openTime = Number.NaN;
  #openLevel: LogLevel | null = null;
  #openText = "";
  #openMore: string[] = [];
  #openCharacters = 0;
  #openMessageAt = 0;
  #openMessageEnd = 0;
  #openShape: LineShape = this.#shape;
  /** What a line `#Fields:` said of those below it. */
  #columns: LineFormat | null = null;
  /** Lines of a JSON object that may go on. */
  #pretty: string[] | null = null;
  /** CRI cut the line: the rest comes in the next one. */
  #partial = false;

  constructor(origin: LogOrigin) {
    this.#origin = origin;
    this.#settler = new TimeSettler(origin.clock);
    const { bootMs = null } = origin;
    this.#kernel = origin.kind === "kernel" && bootMs !== null ? (line) => kernelLine(line, bootMs) : null;
  }

  push(text: string): void {
    this.#bytes += text.length;
    this.#lines.push(text);
  }

  get lines(): number {
    return this.#number;
  }

  share(): number {
    const lines = this.#number - this.#blank;
    return lines === 0 ? 0 : this.#known / lines;
  }

  finish(leftUnread: string | null): LogRecords {
    const rest = this.#lines.takeRest();
    if (rest !== "") this.#line(rest);
    for (const line of this.#pretty ?? []) this.#take(line, null);
    this.#pretty = null;
    this.#close();
    const shift = this.#settler.dayShiftMs();
    this.#store.shiftTimes(0, this.#shiftedTo, shift - this.#shift);
    this.#store.shiftTimes(this.#shiftedTo, this.#store.size, shift);
    this.#shift = shift;
    this.#shiftedTo = this.#store.size;
    const [format = "plain"] = [...this.#counts].sort((one, other) => other[1] - one[1])[0] ?? [];
    const source: LogSource = {
      kind: this.#origin.kind,
      name: this.#origin.name,
      how: this.#origin.how,
      pid: this.#origin.pid,
      format,
      assumptions: this.#settler.assumptions(),
      firstMs: Number.isFinite(this.#firstMs) ? this.#firstMs + shift : null,
      lastMs: Number.isFinite(this.#lastMs) ? this.#lastMs + shift : null,
      lines: this.#number,
      bytes: this.#bytes,
      records: this.#store.size,
      leftUnread,
      skipped: this.#skipped,
    };
    return this.#store.records(source);
  }

  #line(raw: string): void {
    this.#number += 1;
    let line = raw.charCodeAt(raw.length - 1) === 13 ? raw.slice(0, -1) : raw;
    if (line.length > LONGEST_LINE) {
      this.#skip(line, `longer than ${LONGEST_LINE} characters: its end was cut off`);
      line = line.slice(0, LONGEST_LINE);
    }
    if (line.includes("\u001b")) line = withoutEscapes(line);
    if (line.charCodeAt(0) === 0xfeff) line = line.slice(1);
    if (this.#kernel !== null && line.charCodeAt(0) === 91) line = this.#kernel(line);
    const unwrapped = line.charCodeAt(0) === 123 ? unwrapJson(line) : null;
    let given: LogLevel | null = null;
    if (unwrapped !== null) {
      line = unwrapped.line;
      given = unwrapped.level;
    }
    if (line === "" || isBlank(line)) {
      this.#blank += 1;
      return;
    }
    if (line.charCodeAt(0) === 35 && line.startsWith("#Fields: ")) this.#columns = w3cFormat(line.slice(9));
    if (this.#pretty !== null || line === "{") {
      this.#gatherJson(line);
      return;
    }
    this.#take(line, given);
    // What a journal holds as one record stays one.
    for (const more of unwrapped?.more ?? []) this.#append(more);
  }

  /** An object over several lines is one record when it is whole; otherwise its lines are what they would be alone. */
  #gatherJson(line: string): void {
    const pretty = (this.#pretty ??= []);
    pretty.push(line);
    if (line !== "}" && line !== "}," && pretty.length < MOST_LINES) return;
    this.#pretty = null;
    const text = pretty.join("\n").replace(/,$/, "");
    const scan = this.#scan;
    scan.begin(text, 0);
    if (JSON_LINES.read(text, 0, scan) && (scan.hasStamp || scan.message !== "")) {
      this.#envelope.begin();
      const shape = this.#shapeOf(NO_ENVELOPES, JSON_LINES);
      const number = this.#number;
      this.#begin(text, shape, null);
      this.#openLine = number - pretty.length + 1;
      this.#known += pretty.length - 1;
      return;
    }
    const end = this.#number;
    for (const [index, each] of pretty.entries()) {
      this.#number = end - pretty.length + 1 + index;
      this.#take(each, null);
    }
    this.#number = end;
  }

  #take(line: string, given: LogLevel | null): void {
    const envelope = this.#envelope;
    const scan = this.#scan;
    envelope.begin();
    let shape = this.#shape;
    let at = this.#through(line, shape.envelopes);
    let envelopes: readonly Envelope[] = shape.envelopes;
    if (at < 0) {
      envelope.begin();
      ({ envelopes, at } = this.#unwrap(line));
    }
    if (this.#partial) {
      this.#partial = envelope.partial;
      this.#glue(line.slice(at));
      return;
    }
    this.#partial = envelope.partial;

    scan.begin(line, at);
    const format = at >= line.length ? null : this.#formatOf(line, at, scan, shape.envelopes === envelopes ? shape.format : null);
    // A collector that was met before may have left this line alone.
    if (format === null && envelopes.length === 0 && at === 0 && this.#open && this.#continues(line, 0, false)) {
      this.#append(line);
      return;
    }
    if (format === null && envelope.hasStamp) {
      if (this.#open && this.#openShape.envelopes === envelopes && this.#continues(line, at, true)) {
        this.#append(line.slice(at));
        return;
      }
      scan.begin(line, at);
      readHead(line, at, scan);
    } else if (format === null && envelopes.length > 0) {
      if (this.#open && this.#continues(line, at, false)) {
        this.#append(line.slice(at));
        return;
      }
    } else if (format !== null && format.id === "stamped" && this.#open && continuesStamped(line, scan) && this.#openShape.format === format) {
      // Some write the stamp before each line of a trace.
      this.#append(line.slice(scan.messageAt));
      return;
    }
    shape = this.#shapeOf(envelopes, format);
    this.#shape = shape;
    this.#begin(line, shape, given);
  }

  #begin(line: string, shape: LineShape, given: LogLevel | null): void {
    this.#close();
    const scan = this.#scan;
    const envelope = this.#envelope;
    if (shape.format !== null || envelope.hasStamp) this.#known += 1;
    this.#open = true;
    this.#openLine = this.#number;
    this.#openShape = shape;
    this.#openText = line;
    this.#openCharacters = line.length;
    this.#openLevel = scan.level ?? given ?? envelope.level;
    this.#openTime = scan.hasStamp ? this.#ownTime() : envelope.hasStamp ? this.#settler.settle(envelope.stamp, null) : Number.NaN;
    if (scan.hasStamp) this.#stamped = true;
    if (scan.message !== null) this.#openMessageAt = this.#openMessageEnd = -1;
    else {
      this.#openMessageAt = scan.messageAt;
      this.#openMessageEnd = Math.max(scan.messageAt, scan.messageEnd);
    }
    const id = shape.format?.id ?? (shape.envelopes.at(-1)?.id ?? "plain");
    this.#counts.set(id, (this.#counts.get(id) ?? 0) + 1);
  }

  /** The program's own stamp says when it happened; where that has whole seconds alone and the collector's falls into that second, the collector's says it closer. */
  #ownTime(): number {
    const { stamp } = this.#scan;
    const envelope = this.#envelope;
    const own = this.#settler.settle(stamp, envelope.hasStamp ? envelope.stamp : null);
    if (!envelope.hasStamp || envelope.stamp.kind !== "moment" || envelope.stamp.precisionMs >= stamp.precisionMs) return own;
    const outer = envelope.stamp.ms;
    return outer >= own && outer < own + stamp.precisionMs ? outer : own;
  }

  /** Goes through the heads that the last line had. -1: this one has others. */
  #through(line: string, envelopes: readonly Envelope[]): number {
    let at = 0;
    for (const each of envelopes) {
      if (!each.read(line, at, this.#envelope)) return -1;
      at = this.#envelope.end;
    }
    // A line without heads may be the first that has one.
    return envelopes.length === 0 && mayHaveEnvelope(line) ? -1 : at;
  }

  #unwrap(line: string): { envelopes: readonly Envelope[]; at: number } {
    let at = 0;
    const found: Envelope[] = [];
    while (found.length < MOST_ENVELOPES) {
      const next = ENVELOPES.find((each) => each.read(line, at, this.#envelope));
      if (next === undefined) break;
      found.push(next);
      at = this.#envelope.end;
    }
    return { envelopes: this.#envelopesLike(found), at };
  }

  /** The same heads in the same order are one list, so that they can be compared. */
  #envelopesLike(found: readonly Envelope[]): readonly Envelope[] {
    if (found.length === 0) return NO_ENVELOPES;
    const known = this.#shapes.find(({ envelopes }) => envelopes.length === found.length && envelopes.every((each, index) => each === found[index]));
    return known?.envelopes ?? found;
  }

  #formatOf(line: string, at: number, scan: LineScan, first: LineFormat | null): LineFormat | null {
    if (this.#columns !== null && this.#columns !== first) {
      if (this.#columns.read(line, at, scan)) return this.#columns;
      scan.begin(line, at);
    }
    if (first !== null) {
      // The general one would take nginx's lines as well.
      if (first === STAMPED && line.charCodeAt(at + 4) === 47 && NGINX_ERROR.read(line, at, scan)) return NGINX_ERROR;
      if (first.read(line, at, scan)) return first;
      scan.begin(line, at);
    }
    for (const format of LINE_FORMATS) {
      if (format === first) continue;
      if (format.read(line, at, scan)) return format;
      scan.begin(line, at);
    }
    return null;
  }

  #shapeOf(envelopes: readonly Envelope[], format: LineFormat | null): LineShape {
    if (this.#shape.envelopes === envelopes && this.#shape.format === format) return this.#shape;
    let shape = this.#shapes.find((each) => each.envelopes === envelopes && each.format === format);
    if (shape === undefined) {
      shape = { envelopes, format };
      this.#shapes.push(shape);
    }
    return shape;
  }

  /** Whether a line that begins no record goes on with the open one. `collected`: a collector's stamp stands before it, so it may as well stand alone. */
  #continues(line: string, at: number, collected: boolean): boolean {
    if (this.#columns !== null && line.charCodeAt(at) === 35) return false;
    if (this.#openMore.length >= MOST_LINES || this.#openCharacters >= MOST_CHARACTERS) return false;
    if (continues(line, at)) return true;
    return !collected && this.#stamped;
  }

  #append(text: string): void {
    if (!this.#open) {
      this.#scan.begin(text, 0);
      this.#envelope.begin();
      this.#begin(text, this.#shapeOf(NO_ENVELOPES, null), null);
      return;
    }
    this.#known += 1;
    if (this.#openMore.length === 0) this.#saidBelow(text);
    this.#openMore.push(text);
    this.#openCharacters += text.length;
  }

  /** java.util.logging and .NET's console say in the second line what the first one announces. */
  #saidBelow(text: string): void {
    if (this.#openLevel !== null) return;
    const level = /^(SEVERE|WARNING|INFO|CONFIG|FINE|FINER|FINEST|WARNUNG|INFORMATION|SCHWERWIEGEND): /.exec(text);
    if (level === null) return;
    this.#openLevel = levelOfWord(level[1] ?? "") ?? "error";
    this.#openMessageAt = this.#openText.length + 1 + level[0].length;
    this.#openMessageEnd = this.#openText.length + 1 + text.length;
  }

  /** The rest of a line that was cut. */
  #glue(text: string): void {
    if (!this.#open || this.#openCharacters >= MOST_CHARACTERS) return;
    const toEnd = this.#openMessageEnd === this.#openText.length;
    this.#openText += text;
    this.#openCharacters += text.length;
    if (toEnd) this.#openMessageEnd = this.#openText.length;
  }

  #close(): void {
    if (!this.#open) return;
    this.#open = false;
    let text = this.#openMore.length === 0 ? this.#openText : `${this.#openText}\n${this.#openMore.join("\n")}`;
    this.#openMore = [];
    const shown = hideSecrets(text);
    if (shown !== text) {
      // What was hidden has another length: where the message stands is found again.
      const message = this.#openMessageAt < 0 ? "" : text.slice(this.#openMessageAt, this.#openMessageEnd);
      const hidden = hideSecrets(message);
      const at = this.#openMessageAt < 0 ? -1 : shown.indexOf(hidden, 0);
      text = shown;
      this.#openMessageAt = at;
      this.#openMessageEnd = at < 0 ? -1 : at + hidden.length;
    }
    const time = this.#openTime;
    if (time < this.#firstMs) this.#firstMs = time;
    if (time > this.#lastMs) this.#lastMs = time;
    this.#store.add({ line: this.#openLine, timeMs: time, level: this.#openLevel, text, messageAt: this.#openMessageAt, messageEnd: this.#openMessageEnd, shape: this.#openShape });
  }

  #skip(text: string, reason: string): void {
    if (this.#skipped.length < MOST_SKIPPED) this.#skipped.push({ line: this.#number, text: hideSecrets(text.slice(0, 200)), reason });
  }
}

/** dmesg counts the seconds since the boot: `[  123.456789] text`. As syslog would have it. */
function kernelLine(line: string, bootMs: number): string {
  const match = /^\[ *(\d+\.\d+)\] ?/.exec(line);
  return match === null ? line : `${new Date(bootMs + Number(match[1]) * 1000).toISOString()} localhost kernel: ${line.slice(match[0].length)}`;
}

const NO_ENVELOPES: readonly Envelope[] = [];

/** CSI, OSC and the short sequences that colour a log (ECMA-48), and what is left of them where the escape itself was lost is left alone. */
function withoutEscapes(line: string): string {
  return line.replace(/\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)|[@-Z\\^_]|[()][A-Z0-9])/g, "");
}

function isBlank(line: string): boolean {
  for (let at = 0; at < line.length; at += 1) if (line.charCodeAt(at) > 32) return false;
  return true;
}

/** Cheap signs that a collector put something before the line; what has none has no head. */
function mayHaveEnvelope(line: string): boolean {
  const code = line.charCodeAt(0);
  if (code === 60) return true;
  if (code === 91) return line.startsWith("[pod/");
  if (code >= 48 && code <= 57) return line.charCodeAt(4) === 45 || (code === 49 && line.charCodeAt(1) === 32) || hasBar(line);
  return (code >= 65 && code <= 90 && line.charCodeAt(3) === 32) || hasBar(line);
}

function hasBar(line: string): boolean {
  const bar = line.indexOf("|");
  return bar > 0 && bar < 60;
}

function continuesStamped(line: string, scan: LineScan): boolean {
  const code = line.charCodeAt(scan.messageAt);
  return code === 9 || (scan.messageAt === scan.stamp.end + 1 && continues(line, scan.messageAt));
}
