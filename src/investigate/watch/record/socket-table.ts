import { identityOf } from "../../../explain/history/same-socket";
import type { Socket } from "../../../model/socket";
import type { ByteReader, ByteWriter } from "./bytes";
import { BYTES_RECEIVED, BYTES_SENT, COLUMNS, figuresOf, LAST_RECEIVE, LAST_SEND, socketOf, Texts } from "./socket-columns";

/** Figures of one socket as they were last written: moments in place of times before and after the look. */
type Kept = (number | null)[];

/**
 * Clocks and ticks move a moment by a few milliseconds from look to look. Within this the first reading stays, so that a socket which nothing
 * happened to costs nothing.
 */
const SAME_MOMENT_MS = 250;
/** The same where the byte counters prove that nothing was sent or received meanwhile. */
const UNUSED_MOMENT_MS = 2000;
/** ss prints timers of ten seconds and more in whole seconds, and those above nine minutes in minutes. */
const timerRounding = (ms: number): number => (ms > 540_000 ? 60_000 : 1100);

/**
 * The socket tables of looks that follow each other, each written as what changed since the one before. Columns, so that alike figures stand
 * together: gone, new and changed sockets; of the changed ones which columns changed, as one of a few patterns; then the figures, column by column.
 */
export class SocketTableWriter {
  readonly #texts = new Texts();
  readonly #slots = new Map<string, number>();
  readonly #kept: (Kept | null)[] = [];
  readonly #free: number[] = [];
  readonly #patterns = new Map<string, number>();
  #textsWritten = 0;

  /** Appends one look's sockets. `timeMs`: the look's time, to which the sockets' times are relative. */
  write(out: ByteWriter, sockets: readonly Socket[], timeMs: number): void {
    const seen = new Map<string, number>();
    const there: { name: string; kept: Kept }[] = sockets.map((socket) => {
      const plain = identityOf(socket);
      // Captures can list the same name twice; both are kept.
      const turn = (seen.get(plain) ?? 0) + 1;
      seen.set(plain, turn);
      return { name: turn === 1 ? plain : `${plain} #${turn}`, kept: momentsOf(figuresOf(socket, this.#texts), timeMs) };
    });
    out.uint(this.#texts.texts.length - this.#textsWritten);
    for (; this.#textsWritten < this.#texts.texts.length; this.#textsWritten += 1) out.text(this.#texts.at(this.#textsWritten));

    const names = new Set(there.map(({ name }) => name));
    const gone: number[] = [];
    for (const [name, slot] of this.#slots) {
      if (names.has(name)) continue;
      gone.push(slot);
      this.#slots.delete(name);
      this.#kept[slot] = null;
    }
    writeAscending(out, gone.sort((a, b) => a - b));
    this.#free.push(...gone);

    const changed: { slot: number; before: Kept; now: Kept; columns: number[] }[] = [];
    const fresh: Kept[] = [];
    for (const { name, kept } of there) {
      const slot = this.#slots.get(name);
      if (slot === undefined) {
        const place = this.#free.pop() ?? this.#kept.length;
        this.#slots.set(name, place);
        this.#kept[place] = kept;
        fresh.push(kept);
        continue;
      }
      const before = this.#kept[slot] as Kept;
      const columns = changedColumns(before, kept, timeMs);
      if (columns.length === 0) continue;
      const now = before.slice();
      for (const column of columns) now[column] = kept[column] ?? null;
      changed.push({ slot, before, now, columns });
      this.#kept[slot] = now;
    }
    out.uint(fresh.length);
    for (const [column] of COLUMNS.entries()) {
      let last = 0;
      for (const kept of fresh) {
        const code = codeOf(kept, column, timeMs);
        out.int(code - last);
        last = code;
      }
    }

    changed.sort((a, b) => a.slot - b.slot);
    writeAscending(out, changed.map(({ slot }) => slot));
    for (const { columns } of changed) {
      const key = columns.join(" ");
      const known = this.#patterns.get(key);
      if (known !== undefined) out.uint(known + 1);
      else {
        out.uint(0);
        writeAscending(out, columns);
        this.#patterns.set(key, this.#patterns.size);
      }
    }
    for (const [column, { keeping }] of COLUMNS.entries()) {
      for (const { before, now, columns } of changed) {
        if (!columns.includes(column)) continue;
        // A new moment has nothing to do with the one before it.
        if (keeping === "figure") out.int(codeOf(now, column, timeMs) - codeOf(before, column, timeMs));
        else out.int(codeOf(now, column, timeMs));
      }
    }
  }
}

/** Reads what a SocketTableWriter wrote, look by look from the first. Throws RangeError where the bytes make no table. */
export class SocketTableReader {
  readonly #texts = new Texts();
  readonly #kept: (Kept | null)[] = [];
  readonly #free: number[] = [];
  readonly #patterns: number[][] = [];

  /** Goes on to the next look. */
  advance(bytes: ByteReader, timeMs: number): void {
    for (let left = bytes.count(); left > 0; left -= 1) this.#texts.add(bytes.text());
    for (const slot of readAscending(bytes)) {
      this.#kept[slot] = null;
      this.#free.push(slot);
    }
    const fresh = Array.from({ length: bytes.count() }, (): Kept => []);
    for (const [column] of COLUMNS.entries()) {
      let last = 0;
      for (const kept of fresh) {
        last += bytes.int();
        kept[column] = figureOf(last, kept, column, timeMs);
      }
    }
    for (const kept of fresh) this.#kept[this.#free.pop() ?? this.#kept.length] = kept;

    const changed = readAscending(bytes).map((slot) => {
      const before = this.#kept[slot];
      if (before === null || before === undefined) throw new RangeError(`no socket in place ${slot}`);
      const now = before.slice();
      this.#kept[slot] = now;
      return { before, now, columns: [] as readonly number[] };
    });
    for (const one of changed) {
      const pattern = bytes.uint();
      if (pattern === 0) this.#patterns.push(readAscending(bytes));
      const columns = this.#patterns[pattern === 0 ? this.#patterns.length - 1 : pattern - 1];
      if (columns === undefined) throw new RangeError(`no pattern ${pattern}`);
      one.columns = columns;
    }
    for (const [column, { keeping }] of COLUMNS.entries()) {
      for (const { before, now, columns } of changed) {
        if (!columns.includes(column)) continue;
        now[column] = figureOf(bytes.int() + (keeping === "figure" ? codeOf(before, column, timeMs) : 0), now, column, timeMs);
      }
    }
  }

  /** The sockets of the look that it stands at. */
  sockets(timeMs: number): Socket[] {
    return this.#kept.flatMap((kept) => (kept === null ? [] : [socketOf(timesOf(kept, timeMs), this.#texts)]));
  }
}

function momentsOf(figures: (number | null)[], timeMs: number): Kept {
  return figures.map((figure, column) => shift(figure, column, timeMs, 1));
}

function timesOf(kept: Kept, timeMs: number): Kept {
  return kept.map((figure, column) => {
    const time = shift(figure, column, timeMs, -1);
    return time === null || COLUMNS[column]?.keeping === "figure" ? time : Math.max(0, time);
  });
}

/** From a time before (after) the look to its moment, and back: either way the same subtraction (or sum with the sign). */
function shift(figure: number | null, column: number, timeMs: number, way: 1 | -1): number | null {
  const keeping = COLUMNS[column]?.keeping;
  if (figure === null || keeping === "figure") return figure;
  return keeping === "ago" ? timeMs - figure : figure + way * timeMs;
}

function changedColumns(before: Kept, now: Kept, timeMs: number): number[] {
  const columns: number[] = [];
  const counted = now[BYTES_SENT] !== null || now[BYTES_RECEIVED] !== null;
  const used = now[BYTES_SENT] !== before[BYTES_SENT] || now[BYTES_RECEIVED] !== before[BYTES_RECEIVED];
  for (const [column, { keeping }] of COLUMNS.entries()) {
    const was = before[column] ?? null;
    const is = now[column] ?? null;
    if (was === is) continue;
    if (was === null || is === null || keeping === "figure") columns.push(column);
    else {
      const moved = Math.abs(is - was);
      const flows = column === LAST_SEND || column === LAST_RECEIVE;
      const same = keeping === "ahead" ? timerRounding(Math.max(is, was) - timeMs) : flows && used ? 0 : flows && counted ? UNUSED_MOMENT_MS : SAME_MOMENT_MS;
      if (moved > same) columns.push(column);
    }
  }
  return columns;
}

/** A figure as it is written: 0 for null; times from the look and not from 1970; less what it resembles. */
function codeOf(kept: Kept, column: number, timeMs: number): number {
  const figure = kept[column] ?? null;
  if (figure === null) return 0;
  const { like, least } = COLUMNS[column] as (typeof COLUMNS)[number];
  const time = shift(figure, column, timeMs, -1) as number;
  const resembled = like === null ? null : shift(kept[like] ?? null, like, timeMs, -1);
  // Differences may be below zero: they are written as zigzag numbers, so that null stays apart.
  if (like !== null) {
    const difference = time - (resembled ?? 0);
    return 1 + (difference < 0 ? -2 * difference - 1 : 2 * difference);
  }
  return time - Math.min(least, 0) + 1;
}

function figureOf(code: number, kept: Kept, column: number, timeMs: number): number | null {
  if (code === 0) return null;
  const { like, least } = COLUMNS[column] as (typeof COLUMNS)[number];
  if (like === null) return shift(code - 1 + Math.min(least, 0), column, timeMs, 1);
  const zigzag = code - 1;
  const difference = zigzag % 2 === 1 ? -(zigzag + 1) / 2 : zigzag / 2;
  const resembled = shift(kept[like] ?? null, like, timeMs, -1);
  return shift(difference + (resembled ?? 0), column, timeMs, 1);
}

function writeAscending(out: ByteWriter, numbers: readonly number[]): void {
  out.uint(numbers.length);
  let last = 0;
  for (const number of numbers) {
    out.uint(number - last);
    last = number;
  }
}

function readAscending(bytes: ByteReader): number[] {
  let last = 0;
  return Array.from({ length: bytes.count() }, () => (last += bytes.uint()));
}
