import { History } from "../../explain/history/history";
import { makeScene } from "../../explain/scene";
import { createServiceNames } from "../../explain/services/name-services";
import { Failure } from "../../model/failure";
import type { PoolsOf } from "../../model/pool-size";
import type { Snapshot } from "../../model/snapshot";
import type { OpenedFile } from "../investigator";
import { readRecord } from "./record/record-reader";
import { spreadLooks } from "./spread-looks";

/** A record, made ready to be explained. */
export interface OpenedRecord {
  readonly target: string;
  /** Some of the looks, the last one included (`spreadLooks`). */
  readonly snapshots: readonly Snapshot[];
  /** All looks but the last. */
  readonly history: History;
  /** Why nobody looked before the last one; null: it follows the others. */
  readonly gap: string | null;
}

export interface RecordChoice {
  /** Epoch milliseconds on the target's clock, both included. Absent: from the first, to the last look. */
  readonly fromMs?: number;
  readonly toMs?: number;
}

/** Sockets of all looks together, after which only every second look, then every fourth is gone through: a day at ten thousand sockets takes half a minute. */
const MOST_SOCKETS = 1_500_000;

/**
 * Goes through a record look by look, holding some of them.
 *
 * @throws Failure `notUnderstood` as `readRecord` does, and when no look of the range is there; `cancelled` by the signal's reason
 */
export async function openRecord(file: OpenedFile, { fromMs, toMs }: RecordChoice, mostLooks: number, signal: AbortSignal, poolsOf?: PoolsOf): Promise<OpenedRecord> {
  const record = await readRecord(file.chunks, file.name);
  const names = createServiceNames([]);
  const history = new History();
  let snapshots: readonly Snapshot[] = [];
  let last: { snapshot: Snapshot; gap: string | null } | null = null;
  let stride = 1;
  let turn = 0;
  let sockets = 0;
  const range = {
    ...(fromMs === undefined ? {} : { fromMs }), ...(toMs === undefined ? {} : { toMs }),
    wants: (): boolean => (turn++) % stride === 0,
  };
  for await (const look of record.looks(range)) {
    signal.throwIfAborted();
    if (last !== null) history.add(makeScene(last.snapshot, 0, [], names, poolsOf), last.gap === null ? {} : { gap: last.gap });
    last = look;
    snapshots = spreadLooks([...snapshots, look.snapshot], mostLooks);
    sockets += look.snapshot.sockets.length;
    if (sockets > MOST_SOCKETS) {
      sockets = 0;
      stride *= 2;
    }
  }
  if (last === null) {
    const asked = fromMs === undefined && toMs === undefined ? "" : " in that time";
    throw new Failure("notUnderstood", `${file.name}: no look${asked} in this record${record.damage.length === 0 ? "" : ` (${record.damage.join("; ")})`}`, asked === "" ? "The watch ended before its first look was written." : "Name another range, or leave it out.");
  }
  const damaged = record.damage.map((what) => ({ what: "a part of the record", why: what, remedy: "nothing: the rest of it is whole, and shown" }));
  if (stride > 1) damaged.push({ what: "some of the looks", why: `the record is large: in its later part one look in ${stride} was gone through`, remedy: "open a shorter time of it: --from TIME --to TIME" });
  const final = damaged.length === 0 ? last.snapshot : { ...last.snapshot, missing: [...last.snapshot.missing, ...damaged] };
  return { target: record.header.target, snapshots: [...snapshots.slice(0, -1), final], history, gap: last.gap };
}
