import type { LogSource, LogSourceKind } from "../../../model/log";
import type { LogRecords } from "../../../model/log-records";
import type { MissingFact } from "../../../model/snapshot";
import type { Reach } from "../../targets/reach";
import { Failure } from "../../../model/failure";
import { formatTarget } from "../../../model/target";
import { createLogReader } from "../log-reader";
import type { LogReader } from "../log-reader";
import type { LogClock } from "../settle-times";
import { Zone } from "../zone";
import { LogsAnswer } from "./logs-answer";
import type { LogPiece } from "./logs-answer";
import { logsScript } from "./logs-script";

/** What is to be read of a target's logs. */
export interface LogWish {
  readonly pids: readonly number[];
  /** Epoch milliseconds on the target's clock. */
  readonly sinceMs: number;
  /** The target's clock now, epoch milliseconds: no line is from later. */
  readonly nowMs: number;
  readonly signal: AbortSignal;
  readonly timeLimitMs: number;
}

export interface ReadLogs {
  readonly logs: readonly LogRecords[];
  readonly missing: readonly MissingFact[];
}

/** How much is read. Whole numbers. */
export interface LogLimits {
  /** At most so many bytes of one log, the newest, its rotated files with it; and of all. */
  readonly fileBytes: number;
  readonly totalBytes: number;
  /** At most so many entries of a journal or of a container's client. */
  readonly entries: number;
}

const USUAL_LIMITS: LogLimits = { fileBytes: 16_000_000, totalBytes: 64_000_000, entries: 100_000 };
/** Text over the wire: base64 of the worst case that does not compress. */
const LARGEST_ANSWER = 200_000_000;
/** A journal, a container's client and the kernel are asked for their whole range; in a watch no more often than this. */
const ASK_AGAIN_MS = 60_000;
/** A log that was followed for so long begins anew: what it said before is let go. */
const MOST_FOLLOWED = 64_000_000;

/** One log while it is read, and between two looks of a watch. */
interface Followed {
  readonly reader: LogReader;
  bytes: number;
  leftUnread: string | null;
  /** It can only be asked for its whole range. */
  whole: boolean;
}

/**
 * The logs of one target: found and read by one script over a connection that stands, from the end, bounded; a second reading takes what was written
 * since. Read-only, and nothing of the host goes into a shell line.
 */
export class TargetLogs {
  readonly #limits: LogLimits;
  readonly #followed = new Map<string, Followed>();
  /** How far each file was read, by its number. */
  readonly #offsets = new Map<string, number>();

  #askedAtMs = Number.NEGATIVE_INFINITY;
  #lastPrinted: readonly LogRecords[] = [];

  constructor(limits: LogLimits = USUAL_LIMITS) {
    this.#limits = limits;
  }

  /** @throws Failure as the Reach does. A log that cannot be read is no failure. */
  async read(reach: Reach, wish: LogWish): Promise<ReadLogs> {
    const missing: MissingFact[] = [];
    const unread: LogSource[] = [];
    const seen = new Set<string>();
    const filesOnly = wish.nowMs - this.#askedAtMs < ASK_AGAIN_MS && wish.nowMs >= this.#askedAtMs;
    if (!filesOnly) this.#askedAtMs = wish.nowMs;
    let zone: { readonly zone: Zone | null; readonly from: string } = { zone: null, from: "" };
    let current: { readonly key: string; readonly log: Followed } | null = null;
    let told: { kind: LogSourceKind; pid: number | null; zone: string | null; name: string; how: string } | null = null;
    let piece: LogPiece | null = null;
    let dropLine = false;
    let bootMs: number | null = null;

    const begin = (): Followed => {
      const what = told ?? { kind: "file" as const, pid: null, zone: null, name: "?", how: "" };
      const key = `${what.kind} ${what.name}`;
      seen.add(key);
      let log = this.#followed.get(key);
      // A journal is asked for its range again, and a file that was rotated away begins anew.
      if (log === undefined || piece?.behind === null || log.bytes > MOST_FOLLOWED) {
        const own = what.zone === null ? null : Zone.named(what.zone);
        const clock: LogClock = { zone: own ?? zone.zone, zoneFrom: own === null ? zone.from : "its process sees", notAfterMs: wish.nowMs };
        log = { reader: createLogReader({ kind: what.kind, name: what.name, how: what.how, pid: what.pid, clock, bootMs }), bytes: 0, leftUnread: null, whole: piece?.file === null };
        this.#followed.set(key, log);
      }
      current = { key, log };
      return log;
    };

    const answer = new LogsAnswer({
      zone: (name, offset) => {
        const named = name === "" ? null : Zone.named(name);
        const fixed = named ?? (/^[+-]\d{4}$/.test(offset) ? Zone.named(offset) : null);
        zone = { zone: fixed, from: "the target's" };
      },
      boot: (seconds) => {
        if (Number.isFinite(seconds)) bootMs = seconds * 1000;
      },
      clock: () => {},
      log: (next) => {
        told = next;
        current = null;
      },
      piece: (next) => {
        piece = next;
        const log = current?.log ?? begin();
        dropLine = next.tailBytes !== null && next.size > next.tailBytes;
        if (dropLine) log.leftUnread ??= `the last ${megabytes(next.tailBytes ?? 0)} of ${megabytes(next.size)}`;
        if (next.file !== null && next.what !== "rotated") this.#offsets.set(next.file, next.size);
      },
      text: (text) => {
        const log = current?.log;
        if (log === undefined) return;
        let taken = text;
        if (dropLine) {
          // What the cut left of a line is no line.
          const end = text.indexOf("\n");
          if (end === -1) return;
          taken = text.slice(end + 1);
          dropLine = false;
        }
        log.bytes += taken.length;
        log.reader.push(taken);
      },
      pieceEnd: (bytes, broken) => {
        const log = current?.log;
        if (log === undefined || piece === null) return;
        if (broken !== null) missing.push({ what: `the end of ${piece.name}`, why: `it did not come whole: ${broken}`, remedy: "look again" });
        if (piece.tailBytes !== null && piece.size <= piece.tailBytes && bytes >= piece.tailBytes) log.leftUnread ??= `the last ${megabytes(piece.tailBytes)} of it`;
        if (piece.tailEntries !== null && log.reader.lines >= piece.tailEntries) log.leftUnread ??= `the newest ${piece.tailEntries} entries`;
      },
      unread: (name) => {
        unread.push({ kind: "file", name, how: "found, and not read", pid: null, format: "plain", assumptions: [], firstMs: null, lastMs: null, lines: 0, bytes: 0, records: 0, leftUnread: "all of it: the other logs took what may be read of all", skipped: [] });
      },
      end: () => {},
    });

    const result = await reach.run({
      script: logsScript({
        pids: wish.pids, sinceMs: wish.sinceMs, ...this.#limits, filesOnly,
        pack: reach.target.kind !== "local", kernel: reach.target.kind === "local" || reach.target.kind === "ssh", follow: this.#offsets,
      }),
      onOutput: (text) => answer.push(text),
      signal: wish.signal,
      timeLimitMs: wish.timeLimitMs,
      maxBytes: LARGEST_ANSWER,
    });
    if (!answer.finish() || result.truncated) missing.push({ what: "the end of the logs", why: result.truncated ? "they were longer than allowed" : "the script that reads them ended before it was done", remedy: "look again, or open the log files with `leakline open`" });
    const logs: LogRecords[] = [];
    if (reach.printed !== undefined && filesOnly) {
      logs.push(...this.#lastPrinted);
    } else if (reach.printed !== undefined) {
      // A container of a pod that was restarted printed the interesting lines before that. Mostly there was none, and its client says so with an error.
      const before = reach.target.kind === "pod" ? await this.#printed(reach, reach.printed, wish, true) : null;
      const told = await this.#printed(reach, reach.printed, wish, false);
      this.#lastPrinted = [before?.records, told.records].filter((records) => records !== null && records !== undefined);
      logs.push(...this.#lastPrinted);
      missing.push(...told.missing);
    }
    for (const [key, log] of this.#followed) {
      if (!seen.has(key) && !(filesOnly && log.whole)) continue;
      const records = log.reader.finish(null);
      const { firstMs } = records.source;
      // Where the wanted range begins after what was read, nothing wanted is missing.
      logs.push(log.leftUnread !== null && (firstMs === null || firstMs > wish.sinceMs) ? records.leaving(log.leftUnread) : records);
    }
    return { logs: [...logs.filter(({ size }) => size > 0), ...unread.map(emptyRecords)], missing };
  }

  /** What a container or a pod has printed, as its client tells. `previous`: the one that ran in its place before it was restarted. */
  async #printed(reach: Reach, printed: NonNullable<Reach["printed"]>, wish: LogWish, previous: boolean): Promise<{ readonly records: LogRecords | null; readonly missing: readonly MissingFact[] }> {
    const { target } = reach;
    const client = target.kind === "container" ? `${target.engine} logs` : "kubectl logs";
    const reader = createLogReader({
      kind: target.kind === "pod" ? "pod" : "container", name: previous ? `${formatTarget(target)}, before its restart` : formatTarget(target), how: `what it printed, as \`${client}${previous ? " --previous" : ""}\` tells`, pid: null, clock: { zone: null, zoneFrom: "", notAfterMs: wish.nowMs },
    });
    const { entries, fileBytes } = this.#limits;
    let said = "";
    try {
      const result = await printed({ sinceMs: wish.sinceMs, lines: entries, ...(previous ? { previous } : {}), onOutput: (text) => reader.push(text), signal: wish.signal, timeLimitMs: wish.timeLimitMs, maxBytes: fileBytes });
      if (result.exitCode === 0 || result.truncated) {
        const left = result.truncated ? `what came behind the first ${megabytes(fileBytes)}` : reader.lines >= entries ? `the newest ${entries} lines` : null;
        const records = reader.finish(left);
        return { records: records.size === 0 ? null : records, missing: [] };
      }
      said = result.stderr;
    } catch (error) {
      if (!(error instanceof Failure) || error.reason === "cancelled") throw error;
      said = error.message;
    }
    return { records: null, missing: [{ what: "what the target printed", why: `\`${client}\` did not tell: ${said.replace(/[\u0000-\u001f\u007f\s]+/g, " ").trim().slice(0, 300)}`, remedy: "try it by hand; some log drivers keep nothing that can be read" }] };
  }
}

function megabytes(bytes: number): string {
  return bytes >= 1e9 ? `${(bytes / 1e9).toFixed(1)} GB` : bytes >= 1e6 ? `${(bytes / 1e6).toFixed(1)} MB` : `${Math.ceil(bytes / 1000)} kB`;
}

/** A log that is known of and was not read. */
function emptyRecords(source: LogSource): LogRecords {
  const reader = createLogReader({ kind: source.kind, name: source.name, how: source.how, pid: source.pid, clock: { zone: null, zoneFrom: "", notAfterMs: null }, bootMs: null });
  return reader.finish(source.leftUnread);
}
