import { extname } from "node:path";
import { Failure } from "../../../model/failure";
import { RecordWriter } from "./record-writer";
import type { RecordedLook } from "./snapshot-codec";

/** What a target is called in a file's name. */
function fileWord(target: string): string {
  const word = target.replace(/^[a-z]+:\/\//, "").replace(/[^A-Za-z0-9._-]+/g, "-").replace(/^[-.]+|[-.]+$/g, "").slice(0, 80);
  return word === "" ? "target" : word;
}

/** `hour.lk` of `ssh://web-1` is `hour.web-1.lk`: each target of a set has a record of its own, which can be opened alone or together with the others'. */
export function recordNames(name: string, targets: readonly string[]): string[] {
  if (targets.length === 1) return [name];
  const end = extname(name);
  const taken = new Set<string>();
  return targets.map((target) => {
    const word = fileWord(target);
    let own = word;
    for (let more = 2; taken.has(own); more += 1) own = `${word}-${more}`;
    taken.add(own);
    return `${name.slice(0, name.length - end.length)}.${own}${end}`;
  });
}

/** The records of a watch: one for each target. Owns their files until `close`. */
export class WatchRecord {
  readonly #writers: ReadonlyMap<string, RecordWriter>;

  private constructor(writers: ReadonlyMap<string, RecordWriter>) {
    this.#writers = writers;
  }

  /**
   * @param targets in the command's form, each once
   * @throws Failure as `RecordWriter.open` does; what was opened before that is closed
   */
  static async open(file: { readonly path: string; readonly name: string }, targets: readonly string[], startedAt: string, intervalMs: number): Promise<WatchRecord> {
    const paths = recordNames(file.path, targets);
    const names = recordNames(file.name, targets);
    const writers = new Map<string, RecordWriter>();
    try {
      for (const [at, target] of targets.entries()) writers.set(target, await RecordWriter.open(paths[at] as string, names[at] as string, { target, startedAt, intervalMs }));
    } catch (error) {
      await Promise.all([...writers.values()].map((writer) => writer.close()));
      throw error;
    }
    return new WatchRecord(writers);
  }

  /** All files together. */
  get bytes(): number {
    return [...this.#writers.values()].reduce((sum, { bytes }) => sum + bytes, 0);
  }

  async append(look: RecordedLook): Promise<void> {
    const { target } = look.snapshot.source;
    const writer = this.#writers.get(target);
    if (writer === undefined) throw new Failure("usage", `no record of ${target} is kept`, "Start the watch anew with it.");
    await writer.append(look);
  }

  async close(): Promise<void> {
    await Promise.all([...this.#writers.values()].map((writer) => writer.close()));
  }
}
