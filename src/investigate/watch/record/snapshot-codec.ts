import * as z from "zod";
import type { Process } from "../../../model/process";
import type { Snapshot } from "../../../model/snapshot";
import { ByteReader, ByteWriter } from "./bytes";
import { SocketTableReader, SocketTableWriter } from "./socket-table";

/** One look of a record. */
export interface RecordedLook {
  readonly snapshot: Snapshot;
  /** Why nobody looked between the look before and this one; null: they follow each other. */
  readonly gap: string | null;
}

/** Boot time is reckoned at every look from two clocks; the first reading of a start stays. */
const SAME_START_MS = 2000;

/**
 * Looks that follow each other, each as bytes that hold what changed. Sockets in columns (SocketTableWriter); of the rest each part as JSON when it differs
 * from the part before, processes one by one; counters of the kernel as differences. The compressor behind it knows the parts before.
 */
export class SnapshotWriter {
  readonly #sockets = new SocketTableWriter();
  readonly #parts = new Map<string, string>();
  readonly #starts = new Map<number, number>();
  #counters: readonly (readonly [string, number])[] = [];

  write({ snapshot, gap }: RecordedLook): Uint8Array {
    const out = new ByteWriter();
    const { sockets, processes, kernel, source, clock, cost, ...rest } = snapshot;
    const timeMs = timeOf(snapshot);
    out.text(JSON.stringify({ timeMs, gap, takenAt: source.takenAt, clock, cost }));

    const parts = new Map<string, string>(Object.entries({ ...rest, source: { ...source, takenAt: null }, kernel: kernel === null ? null : { ...kernel, counters: {} } })
      .flatMap(([name, value]) => (value === undefined ? [] : [[name, JSON.stringify(value)] as const])));
    for (const process of processes) parts.set(`${process.pid}`, JSON.stringify(this.#withFirstStart(process)));
    const gone = [...this.#parts.keys()].filter((name) => !parts.has(name));
    out.uint(gone.length);
    for (const name of gone) {
      out.text(name);
      this.#parts.delete(name);
      this.#starts.delete(Number(name));
    }
    const changed = [...parts].filter(([name, text]) => this.#parts.get(name) !== text);
    out.uint(changed.length);
    for (const [name, text] of changed) {
      out.text(name);
      out.text(text);
      this.#parts.set(name, text);
    }
    this.#writeCounters(out, kernel?.counters ?? {});
    this.#sockets.write(out, sockets, timeMs);
    return out.take();
  }

  #withFirstStart(process: Process): Process {
    if (process.startedAtMs === null) return process;
    const first = this.#starts.get(process.pid);
    if (first !== undefined && Math.abs(first - process.startedAtMs) <= SAME_START_MS) return { ...process, startedAtMs: first };
    this.#starts.set(process.pid, process.startedAtMs);
    return process;
  }

  #writeCounters(out: ByteWriter, counters: Readonly<Record<string, number>>): void {
    const now = Object.entries(counters).filter(([, value]) => Number.isSafeInteger(value));
    const sameNames = now.length === this.#counters.length && now.every(([name], at) => name === this.#counters[at]?.[0]);
    out.uint(sameNames ? 0 : 1);
    if (!sameNames) {
      out.text(JSON.stringify(now.map(([name]) => name)));
      for (const [, value] of now) out.int(value);
    } else {
      const moved = now.flatMap(([, value], at) => (value === this.#counters[at]?.[1] ? [] : [{ at, by: value - (this.#counters[at]?.[1] ?? 0) }]));
      out.uint(moved.length);
      for (const { at } of moved) out.uint(at);
      for (const { by } of moved) out.int(by);
    }
    this.#counters = now;
  }
}

const head = z.object({
  timeMs: z.number(), gap: z.string().nullable(), takenAt: z.string().nullable(),
  clock: z.object({ targetMs: z.number(), offsetMs: z.number(), offsetErrorMs: z.number() }).nullable(),
  cost: z.object({ wallMs: z.number(), bytes: z.number().nullable(), rawBytes: z.number().nullable(), targetCpuMs: z.number().nullable() }).nullable(),
});
const names = z.array(z.string());

/** Reads what a SnapshotWriter wrote, look by look from the first. Throws where the bytes make no look: RangeError, SyntaxError or a ZodError. */
export class SnapshotReader {
  readonly #sockets = new SocketTableReader();
  readonly #parts = new Map<string, unknown>();
  #counters: [string, number][] = [];
  #head: z.infer<typeof head> | null = null;

  /** Goes on to the next look. @returns its gap */
  advance(bytes: Uint8Array): string | null {
    const input = new ByteReader(bytes);
    this.#head = head.parse(JSON.parse(input.text()));
    for (let left = input.count(); left > 0; left -= 1) this.#parts.delete(input.text());
    for (let left = input.count(); left > 0; left -= 1) {
      const name = input.text();
      this.#parts.set(name, JSON.parse(input.text()));
    }
    this.#readCounters(input);
    this.#sockets.advance(input, this.#head.timeMs);
    return this.#head.gap;
  }

  /** The look that it stands at. `validate` (protocol) says whether the rest of it is a Snapshot. */
  look(validate: (data: Readonly<Record<string, unknown>>) => Snapshot): RecordedLook {
    if (this.#head === null) throw new RangeError("no look was read");
    const { timeMs, gap, takenAt, clock, cost } = this.#head;
    const sockets = this.#sockets.sockets(timeMs);
    const rest: Record<string, unknown> = {};
    const processes: [number, unknown][] = [];
    for (const [name, value] of this.#parts) {
      if (/^\d+$/.test(name)) processes.push([Number(name), value]);
      else rest[name] = value;
    }
    const kernel = rest["kernel"];
    return {
      gap,
      snapshot: {
        ...validate({
          ...rest,
          source: { ...(rest["source"] as object), takenAt },
          kernel: typeof kernel === "object" && kernel !== null ? { ...kernel, counters: Object.fromEntries(this.#counters) } : null,
          processes: processes.sort(([one], [other]) => one - other).map(([, value]) => value),
          sockets: [], clock, cost,
        }),
        sockets,
      },
    };
  }

  #readCounters(input: ByteReader): void {
    if (input.uint() === 1) {
      this.#counters = names.parse(JSON.parse(input.text())).map((name) => [name, 0]);
      for (const counter of this.#counters) counter[1] = input.int();
      return;
    }
    const moved = Array.from({ length: input.count() }, () => input.uint());
    for (const at of moved) {
      const counter = this.#counters[at];
      if (counter === undefined) throw new RangeError(`no counter ${at}`);
      counter[1] += input.int();
    }
  }
}

/** A look's time on the target's clock, whole milliseconds; where the target's is not known, ours. */
export function timeOf({ clock, source }: Snapshot): number {
  const ms = clock?.targetMs ?? (source.takenAt === null ? Number.NaN : Date.parse(source.takenAt));
  return Number.isNaN(ms) ? 0 : Math.round(ms);
}
