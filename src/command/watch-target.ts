import { resolve } from "node:path";
import type { Investigator, ScanOptions, WatchedLook } from "../investigate/investigator";
import type { Investigation } from "../model/investigation";
import type { Target } from "../model/target";
import type { Picture } from "../report/talk-picture";
import { causesOf, watchLine, watchSummary } from "../report/watch-text";
import type { CommandRoom } from "./command-room";

/** What one scan and a watch have in common. */
export type ScanShared = Omit<ScanOptions, "previous" | "keepConnection" | "gap">;

export interface WatchTargetsOptions {
  readonly shared: ScanShared;
  /** false: only the last look is told. */
  readonly watch: boolean;
  /** Seconds. */
  readonly interval: number;
  readonly looks?: number;
  /** Milliseconds. */
  readonly for?: number;
  readonly record?: string;
  readonly json: boolean;
  readonly format?: Picture;
}

/**
 * A watch as a person reads it: the whole report at the first look, whenever the causes change, and at the end; a line for each look between.
 * As JSON: a document for each look.
 */
export async function watchTargets(investigator: Investigator, targets: readonly Target[], room: CommandRoom, options: WatchTargetsOptions): Promise<void> {
  const { shared, watch, interval, looks, json } = options;
  let told: string | null = null;
  let last: WatchedLook | null = null;
  const tellLook = async (look: WatchedLook): Promise<void> => {
    const before = last;
    last = look;
    // The first look is dearer than those behind it.
    if (look.slowed && before !== null && (before.number === 1 || !before.slowed)) room.tell(`a look costs more than a tenth of ${interval} s: looking every ${look.intervalMs / 1000} s`);
    if (!watch && !look.last) return;
    const causes = causesOf(look.investigation);
    if (json || look.last || causes !== told) {
      await room.report(look.investigation, json, options.format);
      told = causes;
    }
    if (!json && watch) await room.say([`${watchLine(look)}\n`]);
  };
  const result: Investigation | null = await investigator.watch(targets, {
    ...shared,
    intervalMs: interval * 1000,
    forMs: options.for ?? null,
    looks: looks ?? null,
    ...(options.record === undefined ? {} : { record: { path: resolve(room.cwd, options.record), name: options.record } }),
    onLook: tellLook,
    onAway: (failure, waitMs) => room.tell(`${failure.message} Looking again in ${waitMs / 1000} s.`),
  });
  const seen = last as WatchedLook | null;
  if (seen !== null && watch) room.tell(watchSummary(seen, options.record ?? null));
  // Ended by hand between two looks: what was seen last is the answer.
  if (result !== null) room.found(result.diagnoses.length > 0);
  if (result !== null && !watch && seen?.last !== true) await room.report(result, json, options.format);
}
