import { Failure } from "../model/failure";
import type { Investigation } from "../model/investigation";
import type { LogRecords } from "../model/log-records";
import type { PreservedFacts } from "../model/preserved";
import type { NamedEndpoint } from "../model/service";
import type { Snapshot } from "../model/snapshot";
import type { Engine } from "../locate/parsing/engine";
import { factsWithPools } from "./facts-with-pools";
import type { FactsWithPools } from "./facts-with-pools";
import type { Investigator, OpenedFile } from "./investigator";
import { poolsOfProcesses } from "./pools-of-process";
import { readOpenedFile } from "./read-files";
import type { LogReading } from "./read-files";
import { openRecord } from "./watch/open-record";
import type { OpenedRecord } from "./watch/open-record";
import { peekRecord } from "./watch/peek-record";

/** Looks kept as history in one investigation: enough for growth, bounded for memory. */
export const MAX_HISTORY = 12;

type OpenOptions = Parameters<Investigator["open"]>[1] & { readonly logReading: LogReading; readonly textEngine: () => Promise<Engine> };

/** What files that are opened together hold, by what each is. */
export interface GatheredFiles {
  readonly snapshots: readonly Snapshot[];
  /** How each snapshot's file, or the scene that it comes from, is called. */
  readonly targets: readonly string[];
  readonly named: readonly NamedEndpoint[];
  readonly logs: readonly LogRecords[];
  readonly saved: readonly Investigation[];
  /** Of a scene whose case has to be told anew: a part of it is damaged. */
  readonly preserved: PreservedFacts | null;
  /** Of each capture, when its file was written; undefined: not known. */
  readonly modified: readonly (number | undefined)[];
  readonly records: readonly OpenedRecord[];
}

/** Reads files that are opened together, one after the other. Throws `Failure` for one that is nothing of the kind. */
export async function gatherOpened(files: readonly OpenedFile[], options: OpenOptions): Promise<GatheredFiles> {
  const snapshots: Snapshot[] = [];
  const targets: string[] = [];
  const named: NamedEndpoint[] = [];
  const logs: LogRecords[] = [];
  const saved: Investigation[] = [];
  /** Of a scene whose case has to be told anew: a part of it is damaged. */
  let preserved: PreservedFacts | null = null;
  const modified: (number | undefined)[] = [];
  const records: OpenedRecord[] = [];
  /** The looks of a record are measured as they are read: what limits them must be known before. */
  let recordFacts: FactsWithPools | null = null;
  for (const opened of files) {
    options.onProgress({ phase: "look", text: `Reading ${opened.name}` });
    const { record: isRecord, file } = await peekRecord(opened);
    if (isRecord) {
      recordFacts ??= options.workspaceRoot === null ? null : await factsWithPools(options.textEngine, options.workspaceRoot, options.signal);
      const poolsOf = recordFacts === null ? undefined : poolsOfProcesses(recordFacts.pools, recordFacts.modules, options.workspaceRoot);
      const record = await openRecord(file, options, MAX_HISTORY, options.signal, poolsOf);
      if (records.some(({ target }) => target === record.target)) throw new Failure("usage", `${file.name}: another record of ${record.target}`, "Open the records of one target one at a time; those of several hosts can be opened together.");
      records.push(record);
      continue;
    }
    const content = await readOpenedFile(file, options.signal, options.logReading);
    if (content.kind === "investigation") {
      saved.push(content.investigation);
      continue;
    }
    if (content.kind === "scene") {
      const { scene } = content;
      if (scene.investigation !== null) saved.push(scene.investigation);
      else {
        snapshots.push(...scene.snapshots);
        targets.push(...scene.targets);
        ({ preserved } = scene);
      }
      continue;
    }
    if (content.kind === "log") {
      logs.push(content.records);
      continue;
    }
    if (content.kind === "names") {
      named.push(...content.names);
      continue;
    }
    snapshots.push(content.snapshot);
    targets.push(file.name);
    modified.push(file.modifiedAtMs);
  }
  return { snapshots, targets, named, logs, saved, preserved, modified, records };
}
