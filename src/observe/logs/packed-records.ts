import { LOG_LEVELS } from "../../model/log";
import type { LogLevel, LogSource } from "../../model/log";
import type { LogRecord, LogRecords } from "../../model/log-records";
import type { Envelope } from "./envelope";
import { EnvelopeScan } from "./envelope";
import type { LineFormat } from "./formats/line-format";
import { LineScan } from "./formats/line-format";
import { GrowingColumn } from "./growing-column";
import { KeptText } from "./kept-text";

/** How a record's first line is made up: what collectors put before it, and the format behind that (null: the program's own words at once). */
export interface LineShape {
  readonly envelopes: readonly Envelope[];
  readonly format: LineFormat | null;
}

/** A record as the reader hands it over. The message is `text` from `messageAt` to `messageEnd`, or no piece of it (`messageAt` is -1) and is reckoned again when it is wanted. */
export interface DraftRecord {
  readonly line: number;
  readonly timeMs: number;
  readonly level: LogLevel | null;
  readonly text: string;
  readonly messageAt: number;
  readonly messageEnd: number;
  readonly shape: LineShape;
}

/** No more than so many shapes occur in one log: beyond, lines are taken for the program's words. */
const MOST_SHAPES = 250;
const PLAIN: LineShape = { envelopes: [], format: null };

/** Records in columns and text in pieces: some 30 bytes a record besides its text. */
export class RecordStore {
  readonly #text = new KeptText();
  readonly #times = new GrowingColumn((size) => new Float64Array(size));
  readonly #lines = new GrowingColumn((size) => new Uint32Array(size));
  readonly #pieces = new GrowingColumn((size) => new Uint16Array(size));
  readonly #starts = new GrowingColumn((size) => new Uint32Array(size));
  readonly #lengths = new GrowingColumn((size) => new Uint32Array(size));
  readonly #messageAt = new GrowingColumn((size) => new Uint32Array(size));
  readonly #messageLengths = new GrowingColumn((size) => new Uint32Array(size));
  readonly #levels = new GrowingColumn((size) => new Uint8Array(size));
  readonly #shapeOf = new GrowingColumn((size) => new Uint8Array(size));
  readonly #shapes: LineShape[] = [PLAIN];

  add(draft: DraftRecord): void {
    this.#times.push(draft.timeMs);
    this.#lines.push(draft.line);
    this.#pieces.push(this.#text.piece);
    this.#starts.push(this.#text.offset);
    this.#lengths.push(draft.text.length);
    this.#messageAt.push(draft.messageAt < 0 ? NO_PIECE : draft.messageAt);
    this.#messageLengths.push(Math.max(0, draft.messageEnd - draft.messageAt));
    this.#levels.push(draft.level === null ? 0 : LOG_LEVELS.indexOf(draft.level) + 1);
    this.#shapeOf.push(this.#indexOf(draft.shape));
    this.#text.append(draft.text);
  }

  shiftTimes(from: number, to: number, byMs: number): void {
    if (byMs === 0) return;
    for (let index = from; index < to; index += 1) this.#times.set(index, this.#times.at(index) + byMs);
  }

  get size(): number {
    return this.#times.size;
  }

  get timesMs(): Float64Array {
    return this.#times.view();
  }

  records(source: LogSource): LogRecords {
    return new PackedRecords(this, source);
  }

  line(index: number): number {
    return this.#lines.at(index);
  }

  timeMs(index: number): number | null {
    const ms = this.#times.at(index);
    return Number.isNaN(ms) ? null : ms;
  }

  level(index: number): LogLevel | null {
    return LOG_LEVELS[this.#levels.at(index) - 1] ?? null;
  }

  text(index: number): string {
    const start = this.#starts.at(index);
    return this.#text.slice(this.#pieces.at(index), start, start + this.#lengths.at(index));
  }

  message(index: number): string {
    const at = this.#messageAt.at(index);
    if (at === NO_PIECE) return this.#messageAgain(index);
    const start = this.#starts.at(index) + at;
    return this.#text.slice(this.#pieces.at(index), start, start + this.#messageLengths.at(index));
  }

  fields(index: number): Readonly<Record<string, string>> {
    const { envelopes, format } = this.#shapes[this.#shapeOf.at(index)] ?? PLAIN;
    const line = firstLine(this.text(index));
    const out: Record<string, string> = {};
    const at = behind(line, envelopes, out);
    format?.fields(line, at, out);
    return out;
  }

  #messageAgain(index: number): string {
    const { envelopes, format } = this.#shapes[this.#shapeOf.at(index)] ?? PLAIN;
    const line = firstLine(this.text(index));
    const at = behind(line, envelopes, null);
    again.begin(line, at);
    return format?.read(line, at, again) === true ? (again.message ?? line.slice(again.messageAt, again.messageEnd)) : line.slice(at);
  }

  #indexOf(shape: LineShape): number {
    if (shape === this.#lastShape) return this.#lastIndex;
    let index = this.#shapes.indexOf(shape);
    if (index === -1) {
      if (this.#shapes.length >= MOST_SHAPES) return 0;
      index = this.#shapes.push(shape) - 1;
    }
    this.#lastShape = shape;
    this.#lastIndex = index;
    return index;
  }

  #lastShape: LineShape = PLAIN;
  #lastIndex = 0;
}

const NO_PIECE = 0xffff_ffff;
const again = new LineScan();
const envelopeAgain = new EnvelopeScan();

function firstLine(text: string): string {
  const end = text.indexOf("\n");
  // JSON over several lines begins with a brace alone, and counts whole.
  return end === -1 || (end === 1 && text.charCodeAt(0) === 123) ? text : text.slice(0, end);
}

/** Where the program's own text begins; with `out`, what the heads before it say goes there. */
function behind(line: string, envelopes: readonly Envelope[], out: Record<string, string> | null): number {
  let at = 0;
  for (const envelope of envelopes) {
    if (!envelope.read(line, at, envelopeAgain)) break;
    if (out !== null) envelope.fields(line, at, out);
    at = envelopeAgain.end;
  }
  return at;
}

class PackedRecords implements LogRecords {
  readonly source: LogSource;
  readonly #store: RecordStore;
  readonly size: number;

  constructor(store: RecordStore, source: LogSource) {
    this.#store = store;
    this.source = source;
    this.size = store.size;
  }

  get timesMs(): Float64Array {
    return this.#store.timesMs.subarray(0, this.size);
  }

  at(index: number): LogRecord {
    if (!(index >= 0 && index < this.size)) throw new RangeError(`no record ${index} of ${this.size}`);
    return new PackedRecord(this.#store, index);
  }

  onTarget(target: string): LogRecords {
    return new PackedRecords(this.#store, { ...this.source, target });
  }

  withAssumptions(more: readonly string[]): LogRecords {
    return more.length === 0 ? this : new PackedRecords(this.#store, { ...this.source, assumptions: [...this.source.assumptions, ...more] });
  }

  leaving(leftUnread: string): LogRecords {
    return new PackedRecords(this.#store, { ...this.source, leftUnread });
  }

  *[Symbol.iterator](): Generator<LogRecord> {
    for (let index = 0; index < this.size; index += 1) yield new PackedRecord(this.#store, index);
  }
}

class PackedRecord implements LogRecord {
  readonly #store: RecordStore;
  readonly #index: number;

  constructor(store: RecordStore, index: number) {
    this.#store = store;
    this.#index = index;
  }

  get line(): number {
    return this.#store.line(this.#index);
  }

  get timeMs(): number | null {
    return this.#store.timeMs(this.#index);
  }

  get level(): LogLevel | null {
    return this.#store.level(this.#index);
  }

  get message(): string {
    return this.#store.message(this.#index);
  }

  get text(): string {
    return this.#store.text(this.#index);
  }

  get fields(): Readonly<Record<string, string>> {
    return this.#store.fields(this.#index);
  }
}
